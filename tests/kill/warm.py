"""A warm interpreter: loads the program once, then forks one real process for each command line.

Starting Python costs half a second, a fork milliseconds; the process that is killed is a process of its own all the
same, runs the console script's own function, and makes the system calls that it makes when started cold (which
``test_a_cold_start_makes_the_same_writes`` compares). Requests and answers are JSON lines on stdin and stdout.
"""

import atexit
import ctypes
import gc
import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

LOADED = (
    "desk.cli.app",
    "desk.acts.archive",
    "desk.acts.auditing",
    "desk.acts.closing",
    "desk.acts.corrections",
    "desk.acts.drafting",
    "desk.acts.intake",
    "desk.acts.opening",
    "desk.acts.preview",
    "desk.acts.rules",
    "desk.acts.synonyms",
    "ledger.checks.every",
    "reports.render.pdf",
    "reports.render.xlsx",
    "typer._adapters",
)
"""What a command would import by itself: here once."""

PR_SET_PTRACER, ANY = 0x59616D61, ctypes.c_ulong(-1)


class _Shared:
    """The warm interpreter's one reading process, as each forked command sees it: to be asked, not to be ended.

    A command that is killed dies in a writing call, never between a question and its answer, so that the next one
    finds the pipes empty.
    """

    def __init__(self, server: "subprocess.Popen[bytes]") -> None:
        self.stdin, self.stdout = server.stdin, server.stdout

    def poll(self) -> None:
        """It runs: it is the warm interpreter's child, and ends with it."""


def main() -> None:
    for name in (*LOADED, *sys.argv[1:]):
        import_module(name)
    reading = sys.modules["importers.files.worker"]._SERVER  # noqa: SLF001 - what a command would start at its first file
    reading._start()  # noqa: SLF001
    gc.freeze()  # what is loaded is loaded: a fork need not look through it
    held: dict[int, int] = {}
    for line in sys.stdin:
        request = json.loads(line)
        if "start" in request:
            pid, gate = _forked(request)
            held[pid] = gate
            answer = {"pid": pid}
        else:
            pid = request["go"]
            gate = held.pop(pid)
            os.write(gate, b"!")
            os.close(gate)
            _, status = os.waitpid(pid, 0)
            answer = {"code": os.waitstatus_to_exitcode(status)}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _forked(request: dict[str, object]) -> tuple[int, int]:
    hear, gate = os.pipe()
    pid = os.fork()
    if pid:
        os.close(hear)
        return pid, gate
    os.close(gate)
    _be_command(hear, list(map(str, request["start"])), dict(request["env"]), Path(str(request["said"])))  # type: ignore[arg-type] # our own JSON
    raise AssertionError


def _be_command(hear: int, arguments: list[str], env: dict[str, str], said: Path) -> None:
    """Wait for the word, then be ``riskpool ARGUMENTS`` to the end."""
    ctypes.CDLL(None).prctl(PR_SET_PTRACER, ANY, 0, 0, 0)  # where a machine lets only parents trace
    out = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    for stream, number in ((os.open(os.devnull, os.O_RDONLY), 0), (out, 1), (out, 2)):
        os.dup2(stream, number)
    reading = sys.modules["importers.files.worker"]._SERVER  # noqa: SLF001 - see _Shared
    reading._process, reading._owner = _Shared(reading._process), os.getpid()  # noqa: SLF001
    os.environ.update(env)
    sys.argv = ["riskpool", *arguments]
    code = 1
    os.read(hear, 1)
    try:
        sys.modules["desk.cli.app"].main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
    finally:
        reading._process = None  # noqa: SLF001 - not this command's to end
        atexit._run_exitfuncs()  # noqa: SLF001 - a process that ends runs them
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
