"""Where a process writes, and what becomes of it when it dies or fails there: strace around the real command line.

A point is one system call that changes something in the area (the folder that holds the books): its name, its path
and the how-manieth of that name on that path it is. ``strace -P PATH -e inject=NAME:...:when=N`` hits just that one.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

HERE = Path(__file__).parent
WRITES = (
    *("open", "openat", "creat", "write", "writev", "pwrite64", "pwritev", "pwritev2", "copy_file_range", "sendfile"),
    *("fsync", "fdatasync", "sync_file_range", "truncate", "ftruncate", "fallocate", "chmod", "fchmod", "fchmodat"),
    *("rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat", "unlink", "unlinkat"),
    *("mkdir", "mkdirat", "rmdir"),
)
"""Every call by which a file or a folder can come to be, change, be made lasting, or go."""

ON_OPEN_FILES = {
    "write",
    "writev",
    "pwrite64",
    "pwritev",
    "pwritev2",
    "fsync",
    "fdatasync",
    "sync_file_range",
    "ftruncate",
    "fallocate",
    "fchmod",
    "sendfile",
}
"""Those that name their file by a descriptor: the first argument."""

KILLED = -9
_CALL = re.compile(r"^(?P<pid>\d+) +(?P<name>\w+)\((?P<args>.*)\) += (?P<result>-?\d+|\?)")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_OPENED = re.compile(r"\b\d+<(/[^>]*)>")


@dataclass(frozen=True, order=True, slots=True)
class Point:
    """One writing call: the ``nth`` of its name on its path, counted as strace counts."""

    name: str
    path: str
    nth: int
    before: tuple[tuple[str, int], ...] = ()
    """How often each call was made on this path before: where the disk turns read-only, all of them fail from here."""

    def __str__(self) -> str:
        return f"{self.name}#{self.nth} {self.path}"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its exit code (negative: the signal), what it printed, what strace saw."""

    code: int
    said: str
    traced: str = ""


class Warm:
    """A warm interpreter, from which each command is a process of its own."""

    def __init__(self, said: Path, spoiled: str = "") -> None:
        """``spoiled`` names a module beside this one that is loaded too and does harm on purpose."""
        self._said = said
        command = [sys.executable, "-X", "utf8", str(HERE / "warm.py"), *([spoiled] if spoiled else [])]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(20)

    def _ask(self, request: Mapping[str, object]) -> dict[str, int]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer: dict[str, int] = json.loads(self._process.stdout.readline())
        return answer

    def run(self, arguments: Iterable[str], now: str, strace: Iterable[str] = ()) -> Ended:
        """Run a command line to its end, under strace where options are given."""
        request = {"start": list(arguments), "env": {"RISKPOOL_NOW": now}, "said": str(self._said)}
        pid = self._ask(request)["pid"]
        options = list(strace)
        traced = self._said.with_suffix(".strace")
        tracer = _attached(pid, options, traced) if options else None
        code = self._ask({"go": pid})["code"]
        if tracer is not None:
            tracer.wait(60)
            assert tracer.stderr is not None
            tracer.stderr.close()
        trace = traced.read_text(encoding="utf-8", errors="replace") if tracer else ""
        return Ended(code, self._said.read_text(encoding="utf-8"), trace)


def _attached(pid: int, options: Iterable[str], traced: Path) -> "subprocess.Popen[str]":
    """Strace, once it holds the process: what runs after this is traced from its first call."""
    command = ["strace", "-y", "-s", "64", "-o", str(traced), *options, "-p", str(pid)]
    tracer = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert tracer.stderr is not None
    said = tracer.stderr.readline()
    assert f"Process {pid} attached" in said, said
    return tracer


def points(trace: str, area: Path) -> list[Point]:
    """The writing calls of a trace (``strace -f``) in the area, in order; all of one process."""
    seen: Counter[tuple[str, str]] = Counter()
    found: list[Point] = []
    writers: set[str] = set()
    for line in trace.splitlines():
        match = _CALL.match(line)
        if match is None:
            continue
        paths = list(dict.fromkeys(_paths(match["name"], match["args"])))
        seen.update((match["name"], path) for path in paths)
        if not paths or not _inside(paths[0], area) or match["result"].startswith("-") or not _writes(match):
            continue
        writers.add(match["pid"])
        before = tuple(sorted((name, count) for (name, path), count in seen.items() if path == paths[0]))
        found.append(Point(match["name"], paths[0], seen[match["name"], paths[0]], before))
    assert len(writers) <= 1, f"more than one process writes in the books: {writers}"
    return found


def _writes(match: re.Match[str]) -> bool:
    return "open" not in match["name"] or bool(re.search(r"O_CREAT|O_TRUNC", match["args"]))


def _paths(name: str, arguments: str) -> list[str]:
    """The paths by which strace would match a call, the changed one first."""
    opened = _OPENED.findall(arguments)
    if name in ON_OPEN_FILES:
        return opened[:1]
    if name == "copy_file_range":
        return opened[::-1]
    words = _QUOTED.findall(arguments)
    # A name relative to an open folder (rmtree) is matched by the folder.
    return [word for word in words if word.startswith("/")] + opened


def _inside(path: str, area: Path) -> bool:
    return path == str(area) or path.startswith(f"{area}/")


def tracing() -> list[str]:
    """Options of the first, un-injected run: every writing call, children followed."""
    return ["-f", "-e", f"trace={','.join(WRITES)}"]


def hitting(point: Point, what: str) -> list[str]:
    """Options that do ``what`` (``signal=SIGKILL``, ``error=ENOSPC``) at one point.

    Without ``-f``: the first run showed that only the command's own thread writes in the books (:func:`points`).
    """
    return ["-P", point.path, "-e", f"trace={point.name}", "-e", f"inject={point.name}:{what}:when={point.nth}"]


def turning_read_only(point: Point) -> list[str]:
    """Options by which this call on its path and all later ones fail, as on a disk that turned read-only."""
    made = dict(point.before)
    made[point.name] -= 1  # the call itself is in the count
    names = ("openat", "write", "fsync", "rename", "mkdir", "unlink") if point.path.endswith(".tmp") else (point.name,)
    options = ["-P", point.path, "-e", f"trace={','.join(names)}"]
    for name in names:
        options += ["-e", f"inject={name}:error=EROFS:when={made.get(name, 0) + 1}+"]
    return options


def was_killed_at(ended: Ended, point: Point) -> bool:
    """Strace's own word that the process died in that call, which was not carried out."""
    lines = ended.traced.splitlines()
    dead = bool(lines) and "+++ killed by SIGKILL +++" in lines[-1]
    call = lines[-2] if len(lines) > 1 else ""
    return ended.code == KILLED and dead and call.startswith(f"{point.name}(") and call.rstrip().endswith("= ?")


def failed_at(ended: Ended) -> bool:
    """Strace's own word that a call was made to fail."""
    return "(INJECTED)" in ended.traced


def state(area: Path) -> dict[str, bytes | tuple[str, ...]]:
    """All files of the area and what they say, apart from what a given-up attempt leaves in the log.

    A batch names the log before it, so that an attempt given up before it changes its hashes and nothing else: they
    are left out, as is the lock. Folders count too.
    """
    found: dict[str, bytes | tuple[str, ...]] = {}
    for path in sorted(area.rglob("*")):
        name = path.relative_to(area).as_posix()
        if path.is_dir():
            found[f"{name}/"] = b""
        elif path.suffix == ".beancount" and path.parent.parent.name == "batches":
            found[name.rpartition("-")[0]] = _unhashed(path.read_bytes())
        elif path.name == "head.beancount":
            found[name] = path.read_bytes()[:16]
        elif path.parent.name == "log":
            continue
        elif path.name != ".lock":
            found[name] = path.read_bytes()
    for folder in sorted(area.rglob("log")):
        found[folder.relative_to(area).as_posix()] = records(folder)
    return found


def _unhashed(batch: bytes) -> bytes:
    head, _, rest = batch.partition(b"\n")
    return re.sub(rb' "[0-9a-f]{64}" "[0-9a-f]{64}"$', b"", head) + re.sub(
        rb'\n  log: "[0-9a-f]{64}"', b"", rest, count=1
    )


def records(folder: Path) -> tuple[str, ...]:
    """What the log says was done, attempts that were given up left out."""
    kept: list[str] = []
    for path in sorted(folder.glob("*.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        if record["act"] == "abandon":
            kept.pop()
        else:
            kept.append(" ".join((record["at"], *record["who"], record["act"], *record["what"])))
    return tuple(kept)


def fresh(source: Path, area: Path) -> None:
    """Put a copy of ``source`` in the area's place, modes kept."""
    if area.exists():
        shutil.rmtree(area)
    shutil.copytree(source, area, symlinks=True)


def scratch() -> "tempfile.TemporaryDirectory[str]":
    """A folder to break books in: in memory where there is such a place, because a kill does not ask what lies below.

    What reaches the platter is the business of fsync, whose calls are points like all others.
    """
    memory = Path("/dev/shm")  # noqa: S108 - a place, not a file name
    return tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None)


def have_strace() -> str:
    """Why strace can't be used here; empty when it can."""
    if shutil.which("strace") is None:
        return "needs strace"
    done = subprocess.run(["strace", "-o", os.devnull, "true"], check=False, capture_output=True)
    return "" if done.returncode == 0 else "strace may not trace here"
