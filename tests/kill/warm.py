"""A warm interpreter: loads the program once, then forks one real process for each command line.

Starting Python costs half a second, a fork milliseconds; the process that is killed is a process of its own all the
same, runs the console script's own function, and makes the system calls that it makes when started cold (which
``test_a_cold_start_makes_the_same_writes`` compares). Requests and answers are JSON lines on stdin and stdout.
"""

import atexit
import ctypes
import json
import os
import sys
from importlib import import_module
from pathlib import Path

LOADED = (
    "desk.cli.app",
    "desk.acts.closing",
    "desk.acts.drafting",
    "desk.acts.intake",
    "desk.acts.opening",
    "desk.acts.preview",
    "desk.acts.rules",
    "reports.render.pdf",
    "reports.render.xlsx",
)
"""What a command would import by itself: here once."""

PR_SET_PTRACER, ANY = 0x59616D61, ctypes.c_ulong(-1)


def main() -> None:
    for name in (*LOADED, *sys.argv[1:]):
        import_module(name)
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
    os.environ.update(env)
    sys.argv = ["riskpool", *arguments]
    code = 1
    os.read(hear, 1)
    try:
        sys.modules["desk.cli.app"].main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
    finally:
        atexit._run_exitfuncs()  # noqa: SLF001 - a process that ends runs them
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
