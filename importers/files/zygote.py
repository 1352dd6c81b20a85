"""The warm server: imports the readers once, then forks one capped child a file.

Starting an interpreter with its libraries costs a quarter of a second; a fork costs a few milliseconds. The
server itself never looks at a file's bytes. Requests and answers are framed: 8 bytes of length, then the
bytes; an answer begins with the child's exit status as 4 signed bytes.
"""

import os
import select
import signal
import struct
import sys
import time
from importlib import import_module
from typing import BinaryIO

from importers.files.child import run
from importers.files.kinds import WALL_SECONDS

LENGTH, STATUS = struct.Struct(">Q"), struct.Struct(">i")
TIMED_OUT = -1000
"""Status of a child that was ended because its wall time was used up."""
_CHUNK = 1 << 20


READERS = ("openpyxl", "xlrd", "lxml.etree")
"""Libraries that every child needs: imported before the first fork."""


def main() -> None:
    """Serve files from stdin until it closes."""
    for name in READERS:
        import_module(name)
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    while header := requests.read(LENGTH.size):
        (size,) = LENGTH.unpack(header)
        status, output = _forked(requests.read(size))
        answers.write(LENGTH.pack(STATUS.size + len(output)) + STATUS.pack(status))
        answers.write(output)
        answers.flush()


def _forked(content: bytes) -> tuple[int, bytes]:
    """Read one file in a child; its exit status (negative: the signal that ended it) and what it wrote."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read_end)
        _be_child(content, write_end)
    os.close(write_end)
    output, in_time = _drained(read_end)
    os.close(read_end)
    if not in_time:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return (os.waitstatus_to_exitcode(status) if in_time else TIMED_OUT), output


def _be_child(content: bytes, write_end: int) -> None:
    code = 1
    try:
        sink: BinaryIO
        with os.fdopen(write_end, "wb") as sink:
            run(content, sink)
        code = 0
    finally:
        os._exit(code)  # the server's buffers and handlers are not the child's to flush


def _drained(read_end: int) -> tuple[bytes, bool]:
    deadline = time.monotonic() + WALL_SECONDS
    chunks: list[bytes] = []
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([read_end], [], [], left)[0]:
            return b"".join(chunks), False
        chunk = os.read(read_end, _CHUNK)
        if not chunk:
            return b"".join(chunks), True
        chunks.append(chunk)


if __name__ == "__main__":
    main()
