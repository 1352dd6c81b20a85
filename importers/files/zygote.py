"""The warm server: imports the readers once, then forks one capped child a file.

Starting an interpreter with its libraries costs a quarter of a second; a fork costs a few milliseconds. The
server itself never looks at a file's bytes. Requests and answers are framed: 8 bytes of length, then the
bytes; an answer begins with the child's exit status and what it used, see :class:`Ending`.
"""

import os
import select
import signal
import struct
import sys
import time
from importlib import import_module
from typing import BinaryIO, NamedTuple

from importers.files.child import run
from importers.files.kinds import MAX_OUTPUT_BYTES, WALL_SECONDS

LENGTH, ENDING = struct.Struct(">Q"), struct.Struct(">iQd")
TIMED_OUT, OVERFLOWED = -1000, -1001
"""Statuses of a child that was ended: it was waited for as long as anything is, or it wrote more than it may."""
_SLACK = 1 << 20
"""What a child may write beyond its rows: its own last word."""
_CHUNK = 1 << 20


class Ending(NamedTuple):
    """How a child ended: its exit status (negative: the signal that ended it), and what it used."""

    status: int
    peak_kib: int
    cpu_seconds: float


READERS = ("openpyxl", "xlrd", "lxml.etree", "defusedxml.ElementTree")
"""Libraries that every child needs: imported before the first fork."""


def main() -> None:
    """Serve files from stdin until it closes."""
    for name in READERS:
        import_module(name)
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    while header := requests.read(LENGTH.size):
        (size,) = LENGTH.unpack(header)
        ending, output = _forked(requests.read(size))
        answers.write(LENGTH.pack(ENDING.size + len(output)) + ENDING.pack(*ending))
        answers.write(output)
        answers.flush()


def _forked(content: bytes) -> tuple[Ending, bytes]:
    """Read one file in a child; how it ended and what it wrote."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read_end)
        _be_child(content, write_end)
    os.close(write_end)
    output, ended = _drained(read_end)
    os.close(read_end)
    if ended:
        os.kill(child, signal.SIGKILL)
    _, status, used = os.wait4(child, 0)
    return Ending(ended or os.waitstatus_to_exitcode(status), used.ru_maxrss, used.ru_utime + used.ru_stime), output


def _be_child(content: bytes, write_end: int) -> None:
    code = 1
    try:
        sink: BinaryIO
        with os.fdopen(write_end, "wb") as sink:
            run(content, sink)
        code = 0
    finally:
        os._exit(code)  # the server's buffers and handlers are not the child's to flush


def _drained(read_end: int) -> tuple[bytes, int]:
    """All that a child wrote, and 0; or what it wrote before it had to be ended, and why."""
    deadline = time.monotonic() + WALL_SECONDS
    written = bytearray()
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([read_end], [], [], left)[0]:
            return bytes(written), TIMED_OUT
        chunk = os.read(read_end, _CHUNK)
        if not chunk:
            return bytes(written), 0
        written += chunk
        if len(written) > MAX_OUTPUT_BYTES + _SLACK:
            return b"", OVERFLOWED


if __name__ == "__main__":
    main()
