"""The archive of a set of books: one plain tar of which every byte follows from its manifest and its files.

No compression, names in order, one time stamp, so the same books give the same bytes on any machine and any tar
program opens it. Reading back compares each header with the one we would have written: no link, no path of its
own, no wrong size and no changed byte can pass.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, BinaryIO, Literal, NamedTuple

from pydantic import Field

from ledger.events.base import Frozen
from ledger.faults import ExitCode, Fault, FaultKind, Place, Refusal
from ledger.oplog import record_bytes
from ledger.provenance import Sha256, digest
from reports.audit.retention import Retention, retention_of

DAMAGED = FaultKind(
    "备份-归档-01",
    "归档残缺或被改动",
    "riskpool backup 或 audit-kit 写出的、逐字节未变的归档",
    "换一份备份重试；没有恢复任何东西。",
    ExitCode.REFUSED,
)
KINDS = (DAMAGED,)

FORMAT: Literal["riskpool-archive/1"] = "riskpool-archive/1"
MANIFEST, CHECKSUM = "manifest.json", "manifest.sha256"
_PART = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}"
NAME = f"{_PART}(/{_PART})*"
"""A path within the books: no part of it is hidden, empty, or leads up; each fits a ustar header."""
LONGEST = 155
"""Characters of a path: what its folders may take in a ustar header."""
BLOCK = 512
_END = bytes(2 * BLOCK)
_TIME = 315_532_800
"""1980-01-01, the one time stamp: when a file was last touched is no part of the books."""
_LONG = 100
"""Bytes of a ustar header's name field; what is longer is split at a slash into a prefix and a name."""

_LARGEST = 8**11 - 1
"""Bytes of a file: eleven octal digits."""


class PackedFile(Frozen):
    """One file of an archive: its path in the books, size, digest, and how long it must be kept."""

    name: Annotated[str, Field(pattern=f"^{NAME}$", max_length=LONGEST)]
    size: Annotated[int, Field(ge=0, le=_LARGEST)]
    sha256: Sha256
    retention: Retention


class Manifest(Frozen):
    """What an archive holds: the chain head of the books, through which closed month (empty: all), every file."""

    format: Literal["riskpool-archive/1"] = FORMAT
    sequence: Annotated[int, Field(ge=0)]
    chain: Sha256
    until: str = ""
    files: tuple[PackedFile, ...]


class Member(NamedTuple):
    """A file to pack: its path in the books and where its bytes are (a file, or the bytes of a derived one)."""

    name: str
    source: Path | bytes

    def read(self) -> bytes:
        """The bytes."""
        return self.source if isinstance(self.source, bytes) else self.source.read_bytes()


def manifest_of(members: Iterable[Member], sequence: int, chain: str, until: str = "") -> Manifest:
    """The manifest of files in the order of their names."""
    rows = []
    for member in sorted(members, key=lambda item: item.name):
        content = member.read()
        kept = retention_of(member.name)
        rows.append(PackedFile(name=member.name, size=len(content), sha256=digest(content), retention=kept))
    return Manifest(sequence=sequence, chain=chain, until=until, files=tuple(rows))


def pack(out: BinaryIO, manifest: Manifest, members: Mapping[str, Member]) -> str:
    """Write the archive; returns its digest. A file that changed since its manifest was made is refused."""
    state = hashlib.sha256()
    for name, content in _contents(manifest, members):
        for part in (_header(name, len(content)), content, bytes(-len(content) % BLOCK)):
            state.update(part)
            out.write(part)
    state.update(_END)
    out.write(_END)
    return state.hexdigest()


def _contents(manifest: Manifest, members: Mapping[str, Member]) -> Iterator[tuple[str, bytes]]:
    content = record_bytes(manifest)
    yield MANIFEST, content
    yield CHECKSUM, _checksum(content)
    for row in manifest.files:
        content = members[row.name].read()
        if digest(content) != row.sha256:
            raise Refusal([Fault(DAMAGED, "写归档时文件正在变动", Place(row.name))])
        yield row.name, content


def _checksum(content: bytes) -> bytes:
    """The manifest's digest as ``sha256sum -c`` takes it: every byte of an archive is held by another."""
    return f"{digest(content)}  {MANIFEST}\n".encode()


def _header(name: str, size: int) -> bytes:
    """The one ustar header of a regular file."""
    prefix, short = "", name
    if len(name) > _LONG:
        prefix, _, short = name.rpartition("/")
    fields = (
        short.encode().ljust(_LONG, b"\0"),
        b"0000600\0" + 2 * b"0000000\0",
        f"{size:011o}\0{_TIME:011o}\0".encode(),
        b" " * 8 + b"0" + bytes(_LONG) + b"ustar\x0000" + bytes(64) + 2 * b"0000000\0",
        prefix.encode().ljust(LONGEST, b"\0") + bytes(12),
    )
    block = b"".join(fields)
    assert len(block) == BLOCK, "a header is one block"
    return block[:148] + f"{sum(block):06o}\0 ".encode() + block[156:]


class Package:
    """An archive being read, from its beginning to its end."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        """``size`` is the whole archive's: nothing in it can be larger. Refuses what has no sound manifest."""
        self._stream, self._left, self._state = stream, size, hashlib.sha256()
        self.manifest = self._manifest()

    @property
    def sha256(self) -> str:
        """The digest of all that was read."""
        return self._state.hexdigest()

    def _manifest(self) -> Manifest:
        head = self._take(BLOCK, MANIFEST)
        try:
            size = int(head[124:135], 8)
        except ValueError:
            raise _damaged(MANIFEST, "不是这种归档") from None
        if head != _header(MANIFEST, size):
            raise _damaged(MANIFEST, "不是这种归档")
        content = self._content(MANIFEST, size)
        checksum = _checksum(content)
        block = self._take(BLOCK, CHECKSUM)
        if block != _header(CHECKSUM, len(checksum)) or self._content(CHECKSUM, len(checksum)) != checksum:
            raise _damaged(CHECKSUM, "清单与其散列不符")
        try:
            manifest = Manifest.model_validate(json.loads(content))
        except (ValueError, RecursionError):
            raise _damaged(MANIFEST, "清单读不懂") from None
        names = [row.name for row in manifest.files]
        if record_bytes(manifest) != content or names != sorted(set(names)) or {MANIFEST, CHECKSUM} & {*names}:
            raise _damaged(MANIFEST, "清单写法不对")
        return manifest

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Every file in order, proved against the manifest; then the end, and nothing after it."""
        for row in self.manifest.files:
            if self._take(BLOCK, row.name) != _header(row.name, row.size):
                raise _damaged(row.name, "文件头与清单不符")
            content = self._content(row.name, row.size)
            if digest(content) != row.sha256:
                raise _damaged(row.name, "内容与清单不符")
            yield row.name, content
        if self._take(len(_END), MANIFEST) != _END or self._left or self._stream.read(1):
            raise _damaged(MANIFEST, "归档末尾有多余的内容")

    def _content(self, name: str, size: int) -> bytes:
        content = self._take(size, name)
        if any(self._take(-size % BLOCK, name)):
            raise _damaged(name, "文件之间有多余的内容")
        return content

    def _take(self, size: int, name: str) -> bytes:
        found = self._stream.read(size) if size <= self._left else b""
        if len(found) != size:
            raise _damaged(name, "归档在此处被截断")
        self._left -= size
        self._state.update(found)
        return found


def _damaged(name: str, found: str) -> Refusal:
    return Refusal([Fault(DAMAGED, found, Place(name))])
