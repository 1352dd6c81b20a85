"""The door to reading a file: one capped process per file, so that no file can take the program with it.

A warm server (:mod:`importers.files.zygote`) forks that process; it is started at the first file.
"""

import atexit
import gc
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any

from importers.files.kinds import CPU_SECONDS, DAMAGED, EXHAUSTED, KINDS, TOO_BIG, WALL_SECONDS
from importers.files.sheets import Element, Row, Sheet, Workbook
from importers.files.sniff import sniff
from importers.files.zygote import ENDING, LENGTH, OVERFLOWED, TIMED_OUT, Ending
from ledger.faults import Fault, Place, Refusal

_COMMAND = (sys.executable, "-P", "-X", "utf8", "-m", "importers.files.zygote")
_KINDS = {kind.code: kind for kind in KINDS}
_ENDED = {
    -signal.SIGXCPU: Fault(EXHAUSTED, f"用满了 {CPU_SECONDS} 秒处理器时间"),
    TIMED_OUT: Fault(
        EXHAUSTED,
        f"等了 {WALL_SECONDS} 秒还没有读完，{CPU_SECONDS} 秒处理器时间却没有用满",
        expected=f"{WALL_SECONDS} 秒之内读完",
        remedy="多半是机器太忙或被挂起，不一定是文件的错。等机器空下来再导入一次。",
    ),
    OVERFLOWED: Fault(TOO_BIG, "读出的内容没有尽头"),
}


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Python's cycle collector at rest: a list makes millions of values, no cycle, and a third of the time is its.

    Put among the old before it wakes, they are not walked through at once; the next full collection sees them.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.freeze()
            gc.unfreeze()
            gc.enable()


@collector_at_rest()
def read_file(content: bytes, name: str) -> Workbook:
    """A file's rows; raises Refusal, its places naming the file, when it can't be read whole.

    ``name`` only labels faults. At most 512 MB and 120 s of processor time are spent, in a process of its own.
    """
    try:
        sniff(content)  # too big, empty or of no kind we read: no process needed to say so
        return assembled(_lines(content))
    except Refusal as refusal:
        raise Refusal(_named(fault, name) for fault in refusal.faults) from None


def _named(fault: Fault, name: str) -> Fault:
    place = Place(name, fault.place.sheet, fault.place.row, fault.place.column)
    return Fault(fault.kind, fault.found, place, fault.excerpt, fault.bad, fault.expected, fault.remedy)


class _Server:
    """The warm server of this process, started at the first file and asked under a lock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, content: bytes) -> tuple[Ending, bytes]:
        """How a child ended and what it wrote for one file; a server that died is started anew once."""
        with self._lock:
            for _ in range(2):
                try:
                    return self._asked(content)
                except (BrokenPipeError, EOFError):
                    self._end()
        raise Refusal([Fault(DAMAGED, "读取进程起不来")])

    def _asked(self, content: bytes) -> tuple[Ending, bytes]:
        if self._process is None or self._process.poll() is not None or self._owner != os.getpid():
            self._start()
        assert self._process is not None, "the server was just started"
        assert self._process.stdin is not None, "it has a pipe for requests"
        assert self._process.stdout is not None, "it has a pipe for answers"
        self._process.stdin.write(LENGTH.pack(len(content)) + content)
        self._process.stdin.flush()
        (size,) = LENGTH.unpack(_exactly(self._process.stdout, LENGTH.size))
        ending = _exactly(self._process.stdout, ENDING.size)
        return Ending(*ENDING.unpack(ending)), _exactly(self._process.stdout, size - ENDING.size)

    def _start(self) -> None:
        self._owner = os.getpid()  # a forked copy of this program must not share its parent's pipes
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module, nothing of the user's in it
            _COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    def _end(self) -> None:
        if self._process is not None and self._owner == os.getpid():
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    with suppress(OSError):
                        pipe.close()
            self._process = None


_SERVER = _Server()
atexit.register(_SERVER._end)  # noqa: SLF001 - same module


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    content = pipe.read(size)
    if len(content) != size:
        raise EOFError
    return content


def _lines(content: bytes) -> Iterator[Any]:
    ending, output = _SERVER.ask(content)
    if ending.status in _ENDED:
        raise Refusal([_ENDED[ending.status]])
    lines = output.splitlines()
    try:
        last = json.loads(lines[-1]) if lines else {}
    except ValueError:
        last = {}  # killed in the middle of a line
    if isinstance(last, dict) and "refused" in last:
        raise Refusal([_fault(last)])
    if last != {"end": len(lines) - 1}:
        raise Refusal([_death(ending.status)])
    return map(json.loads, lines[:-1])


def _fault(said: dict[str, Any]) -> Fault:
    sheet, row, column = said["place"]
    return Fault(_KINDS[said["refused"]], said["found"], Place("", sheet, row, column), remedy=said["remedy"])


def _death(returncode: int) -> Fault:
    if returncode < 0:
        return Fault(EXHAUSTED, f"读取进程被系统终止（信号 {-returncode}）")
    return Fault(DAMAGED, f"读取进程异常结束（{returncode}）")


def assembled(parts: Iterator[Any]) -> Workbook:
    """A workbook from the values that :func:`importers.files.child.parts` writes, in their order."""
    head = next(parts)
    sheets: list[Sheet] = []
    name, rows, root = None, list[Row](), None
    for part in parts:
        if "rows" in part:
            rows += [Row(number, tuple(cells)) for number, cells in part["rows"]]
        elif "root" in part:
            root = _element(part["root"])
        else:
            if name is not None:
                sheets.append(Sheet(name, tuple(rows)))
            name, rows = part["sheet"], []
    if name is not None:
        sheets.append(Sheet(name, tuple(rows)))
    return Workbook(head["kind"], head["encoding"], tuple(sheets), root)


def _element(node: list[Any]) -> Element:
    name, namespace, line, text, children = node
    return Element(name, namespace, line, text, tuple(_element(child) for child in children))
