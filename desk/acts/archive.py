"""Backup and restore (备份、恢复): one archive with its manifest out, sound books of the same chain head back in."""

import contextlib
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from desk.acts.office import UNREADABLE, UNWRITABLE, refuse_inside_books
from ledger.faults import ExitCode, Fault, FaultKind, Place, Refusal, os_words
from ledger.founding import founding
from ledger.held import Held
from ledger.store import FILE_MODE, Store
from ledger.verification.kinds import UNFINISHED
from ledger.verify import verify
from reports.audit.contents import Link, all_members, links
from reports.audit.package import Manifest, Member, Package, manifest_of, pack

OCCUPIED = FaultKind(
    "备份-位置-01",
    "恢复的位置不是空的",
    "空的或尚不存在的文件夹",
    "换一个位置；已有的账套不会被覆盖。",
    ExitCode.REFUSED,
)
UNSOUND = FaultKind(
    "备份-核验-01",
    "归档里的账簿通不过核验",
    "未被改动的账簿，链头与清单、回执相同",
    "没有恢复任何东西。换一份备份；要查看这一份，可用任何 tar 程序解开。",
    ExitCode.REFUSED,
)
KINDS = (OCCUPIED, UNSOUND)


class Archived(NamedTuple):
    """An archive that was written. ``faults`` are what ``verify`` said; ``already``: the same file stood there."""

    path: Path
    sha256: str
    manifest: Manifest
    faults: tuple[Fault, ...]
    already: bool


class Restored(NamedTuple):
    """Books that were restored: the manifest's chain head and theirs, equal, and an act left unfinished, if any."""

    manifest: Manifest
    head: Link
    faults: tuple[Fault, ...]


def backup(root: Path, to: Path) -> Archived:
    """Write all of the books into one new archive, under the lock. The same books give the same bytes.

    Books that ``verify`` finds changed are kept all the same, and said to be so: what there is must not be lost,
    but it must not pass for a good backup either.
    """
    links(root)
    with Store(root).lock():
        return write_archive(to, all_members(root), links(root)[-1], faults=verify(root))


def write_archive(
    path: Path, members: tuple[Member, ...], head: Link, until: str = "", faults: tuple[Fault, ...] = ()
) -> Archived:
    """Pack files into an archive that appears whole or not at all; one of the same name is never replaced."""
    refuse_inside_books(path)
    manifest = manifest_of(members, head.sequence, head.chain, until)
    with _new_file(path) as (temp, stream):
        sha256 = pack(stream, manifest, {member.name: member for member in members})
        _sync(stream)
        already = path.exists()
        if already and _digest_of(path) != sha256:
            raise Refusal([Fault(UNWRITABLE, f"{path} 已存在", expected="尚不存在的文件名", remedy="换一个文件名。")])
        temp.rename(path)
    return Archived(path, sha256, manifest, faults, already)


def _digest_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextlib.contextmanager
def _new_file(path: Path) -> Iterator[tuple[Path, BinaryIO]]:
    temp = path.with_name(f".{path.name}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(temp, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE_MODE)
        with os.fdopen(handle, "wb") as stream:
            yield temp, stream
        # A disk of another make may not let its folders be flushed: the archive itself was.
        with contextlib.suppress(OSError):
            _sync_folder(path.parent)
    except OSError as error:
        raise Refusal([Fault(UNWRITABLE, os_words(error), Place(str(path)))]) from error
    finally:
        with contextlib.suppress(OSError):  # a disk that refuses this too has been said to
            temp.unlink(missing_ok=True)


def _sync(stream: BinaryIO) -> None:
    stream.flush()
    os.fsync(stream.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def restore(archive: Path, to: Path, receipt: Held | None = None) -> Restored:
    """Restore an archive into a new folder: written beside it, proved, then renamed; or refused with nothing left.

    Raises:
        Refusal: the place is taken; the archive is cut, altered or not ours; the books in it fail ``verify``, have
            another chain head than the manifest, or another history than the receipt.
    """
    refuse_inside_books(to)
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise Refusal([Fault(OCCUPIED, str(to))])
    try:
        with _opened(archive) as stream, founding(to) as place:
            restored = _restored(stream, place, archive.name, receipt)
    except OSError as error:
        raise Refusal([Fault(UNWRITABLE, os_words(error), Place(str(to)))]) from error
    with contextlib.suppress(OSError):
        _sync_folder(to.resolve().parent)
    return restored


def _restored(stream: BinaryIO, place: Path, name: str, receipt: Held | None) -> Restored:
    package = Package(stream, os.fstat(stream.fileno()).st_size)
    store = Store(place)
    store.create()
    for file, content in package.files():
        store.write_new(file, content)
    faults = verify(place, [receipt] if receipt else ())
    against = [fault for fault in faults if fault.kind is not UNFINISHED]
    head = links(place)[-1]
    if (head.sequence, head.chain) != (package.manifest.sequence, package.manifest.chain):
        against.append(Fault(UNSOUND, f"链头 {head.chain}", expected=f"清单所记的 {package.manifest.chain}"))
    if against:
        raise Refusal([Fault(UNSOUND, f"{len(against)} 处不符", Place(name)), *against])
    return Restored(package.manifest, head, faults)


@contextlib.contextmanager
def _opened(archive: Path) -> Iterator[BinaryIO]:
    try:
        stream = archive.open("rb")
    except OSError as error:
        raise Refusal([Fault(UNREADABLE, os_words(error), Place(archive.name))]) from None
    with stream:
        yield stream
