"""The only module that opens a file for writing under a books folder.

One lock; every file is new and written as temp + fsync + rename + fsync of the folder, so that a reader
sees the old state or the new one and nothing between. Only ``head.beancount``, a derived comment, is ever
replaced. POSIX only.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
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
    "账套没有被改动。腾出空间或检查权限后，原样重做这一步。",
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
    "账簿-打开-05",
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


@dataclass(frozen=True, slots=True)
class Store:
    """Writes under one books folder. All paths are relative to it, ASCII, without ``..``."""

    root: Path

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the one lock of these books; waits up to five seconds, then refuses."""
        if not self.root.is_dir():
            raise Refusal([Fault(NO_FOLDER, self.root.name)])
        refuse_view(self.root)
        try:
            with FileLock(self.root / ".lock", timeout=LOCK_SECONDS, mode=FILE_MODE):
                self._sweep()
                yield
        except Timeout:
            raise Refusal([Fault(BUSY, "锁 5 秒内未放开")]) from None

    def create(self) -> None:
        """Make the folder and its rooms."""
        self.root.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        self.root.chmod(FOLDER_MODE)
        for name in FOLDERS:
            (self.root / name).mkdir(mode=FOLDER_MODE, exist_ok=True)

    def write_new(self, name: str, content: bytes) -> bool:
        """Write a file that must not exist; False when it stands there with the same bytes already."""
        path = self._path(name)
        if path.exists():
            if path.read_bytes() == content:
                return False
            raise Refusal([Fault(DIFFERS, name)])
        self._write(path, content)
        return True

    def write_unsealed(self, stem: str, name: str, content: bytes) -> None:
        """Write a paper of a close ``yyyy-mm-step``: until its receipt stands, a later attempt may replace it."""
        assert not (self.root / "seals" / f"{stem}-closed.json").exists(), f"{stem} is sealed"
        self._write(self._path(f"papers/{stem}/{name}"), content)

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
        temp = path.with_name(f"{path.name}.tmp")
        try:
            _make_folders(path.parent)
            handle = os.open(temp, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE_MODE)
            try:
                _write_all(handle, content)
                os.fsync(handle)
            finally:
                os.close(handle)
            temp.rename(path)
            _sync_folder(path.parent)
        except OSError as error:
            temp.unlink(missing_ok=True)
            found = f"{path.relative_to(self.root)}：{os_words(error)}"
            raise Refusal([Fault(DISK, found)]) from error

    def _sweep(self) -> None:
        """Forget temp files that a killed run left: none of them was ever part of the books."""
        for folder in (self.root, *(self.root / name for name in FOLDERS)):
            pattern = "**/*.tmp" if folder != self.root else "*.tmp"
            for stray in folder.glob(pattern):
                stray.unlink()


def refuse_view(root: Path) -> None:
    """Refuse a daily view where a set of books is asked for."""
    if (root / VIEW).is_file():
        raise Refusal([Fault(A_VIEW, root.name)])


def _make_folders(folder: Path) -> None:
    """Missing folders one by one: ``parents=True`` would give only the last of them our mode."""
    if not folder.is_dir():
        _make_folders(folder.parent)
        folder.mkdir(mode=FOLDER_MODE)
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
