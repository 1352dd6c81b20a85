"""The only module that opens a file for writing under a books folder.

One lock; every file is new and written as temp + fsync + rename + fsync of the folder, so that a reader
sees the old state or the new one and nothing between. Only ``head.beancount``, a derived comment, is ever
replaced, and what no batch or receipt names yet. POSIX only.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from ledger.faults import ExitCode, Fault, FaultKind, Refusal, os_words

BUSY = FaultKind(
    "账簿-写入-01",
    "另一个程序正在写这套账",
    "同一时间只有一个程序写账",
    "等它做完再试；若没有别的程序在运行，过一分钟再试。",
    ExitCode.REFUSED,
)
DISK = FaultKind(
    "账簿-写入-02",
    "磁盘写入失败",
    "可写且有空间的磁盘",
    "账套没有损坏，没写完的不作数。腾出空间或检查权限后，原样重做这一步：已写下的不会重复。",
    ExitCode.REFUSED,
)
DIFFERS = FaultKind(
    "账簿-写入-03",
    "同名文件已存在且内容不同",
    "账内文件写下后不再改动",
    "不要改动账套内的文件；运行 riskpool verify 查明。",
    ExitCode.REFUSED,
)
NO_FOLDER = FaultKind(
    "账簿-写入-04", "没有这个账套文件夹", "riskpool init 建立的账套文件夹", "检查 --books 所指的位置。"
)
VIEW = "daily.json"
"""What a daily view holds and a set of books never does (ledger.daily)."""
A_VIEW = FaultKind(
    "账簿-节略-04",
    "这是节略账，不是账套",
    "riskpool init 建立的账套文件夹",
    "节略账只供查阅，什么都不能记入：用 --books 指明它所出自的账套。",
    ExitCode.REFUSED,
)
KINDS = (BUSY, DISK, DIFFERS, NO_FOLDER, A_VIEW)

FOLDER_MODE, FILE_MODE = 0o700, 0o600
FOLDERS = (
    "batches",
    "drafts",
    "documents",
    "readings",
    "statements",
    "reconciliations",
    "seals",
    "papers",
    "log",
    "rules",
)
LOCK_SECONDS = 5.0
LOCK = ".lock"
TEMP = ".writing.tmp"
"""The one place where a file is written before it is given its name: a killed run leaves this and nothing else."""


@dataclass(frozen=True, slots=True)
class Store:
    """Writes under one books folder. All paths are relative to it, ASCII, without ``..``."""

    root: Path

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the one lock of these books; waits up to five seconds, then refuses."""
        with self.still():
            with _on_disk(TEMP):
                (self.root / TEMP).unlink(missing_ok=True)  # what a killed run left was never part of the books
            yield

    @contextmanager
    def still(self) -> Iterator[None]:
        """Hold the lock to look and not to write: nothing is cleared away."""
        if not self.root.is_dir():
            raise Refusal([Fault(NO_FOLDER, self.root.name)])
        refuse_view(self.root)
        lock = FileLock(self.root / LOCK, timeout=LOCK_SECONDS, mode=FILE_MODE)
        with _on_disk(LOCK):
            try:
                lock.acquire()
            except Timeout:
                raise Refusal([Fault(BUSY, "锁 5 秒内未放开")]) from None
        try:
            yield
        finally:
            lock.release()

    def begin(self) -> None:
        """Make the folder anew: what a founding that was broken off left goes, one that is going on is refused."""
        if self.root.exists():
            with self.lock(), _on_disk(self.root.name):
                shutil.rmtree(self.root)
        with _on_disk(self.root.name):
            _make_folders(self.root.parent, 0o777)  # the user's own folders, as his umask has them
            self.root.mkdir(mode=FOLDER_MODE)

    def create(self) -> None:
        """Make the folder and its rooms."""
        with _on_disk(self.root.name):
            self.root.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
            self.root.chmod(FOLDER_MODE)
            for name in FOLDERS:
                (self.root / name).mkdir(mode=FOLDER_MODE, exist_ok=True)

    def become(self, root: Path) -> None:
        """Take another name by one rename, made lasting: the last step of founding."""
        with _on_disk(root.name):
            self.root.rename(root)
            _sync_folder(root.parent)

    def write_new(self, name: str, content: bytes) -> bool:
        """Write a file that must not exist; False when it stands there with the same bytes already."""
        path = self._path(name)
        if path.exists():
            if path.read_bytes() == content:
                with _on_disk(name):
                    _sync_folder(path.parent)  # a run killed after its rename had not made it lasting
                return False
            raise Refusal([Fault(DIFFERS, name)])
        self._write(path, content)
        return True

    def write_unsealed(self, stem: str, name: str, content: bytes) -> None:
        """Write a paper of a close ``yyyy-mm-step``: until its receipt stands, a later attempt may replace it."""
        assert not (self.root / "seals" / f"{stem}-closed.json").exists(), f"{stem} is sealed"
        self._write(self._path(f"papers/{stem}/{name}"), content)

    def write_unnamed(self, name: str, content: bytes) -> None:
        """Write what is read of a file that no batch names yet: a later attempt may read it otherwise."""
        self._write(self._path(name), content)

    def replace_head(self, text: str) -> None:
        """Replace the derived head comment: the last step of a commit, which Fava's watcher notices."""
        self._write(self._path("head.beancount"), text.encode())

    def _path(self, name: str) -> Path:
        assert name.isascii(), f"file name must be ASCII: {name!r}"
        parts = Path(name).parts
        assert parts, "a file needs a name"
        assert ".." not in parts, f"{name!r} leaves the books"
        assert not Path(name).is_absolute(), f"{name!r} is absolute"
        return self.root / name

    def _write(self, path: Path, content: bytes) -> None:
        temp = self.root / TEMP
        with _on_disk(path.relative_to(self.root).as_posix()):
            try:
                _make_folders(path.parent)
                handle = os.open(temp, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, FILE_MODE)
                try:
                    _write_all(handle, content)
                    os.fsync(handle)
                finally:
                    os.close(handle)
                temp.rename(path)
                _sync_folder(path.parent)
            except OSError:
                with suppress(OSError):  # a disk that refuses this too keeps it for the next run to forget
                    temp.unlink(missing_ok=True)
                raise


@contextmanager
def _on_disk(name: str) -> Iterator[None]:
    """What the operating system refuses is a fault that names what was to be written."""
    try:
        yield
    except OSError as error:
        raise Refusal([Fault(DISK, f"{name}：{os_words(error)}")]) from error


def refuse_view(root: Path) -> None:
    """Refuse a daily view where a set of books is asked for."""
    if (root / VIEW).is_file():
        raise Refusal([Fault(A_VIEW, root.name)])


def _make_folders(folder: Path, mode: int = FOLDER_MODE) -> None:
    """Missing folders one by one, each made lasting: ``parents=True`` would give only the last of them our mode."""
    if not folder.is_dir():
        _make_folders(folder.parent, mode)
        folder.mkdir(mode=mode)
        _sync_folder(folder.parent)


def _write_all(handle: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(handle, view) :]


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
