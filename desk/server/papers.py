"""The papers written for a pool, and the source files kept in its books: listed, and handed out to be saved."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ledger.provenance import SHORT

SUFFIXES = {".xlsx": "表格", ".pdf": "PDF", ".docx": "文档", ".csv": "CSV", ".zip": "压缩包"}
MAX_LISTED = 2_000


@dataclass(frozen=True, slots=True)
class Paper:
    """A file that the program wrote: where it lies below its folder, its kind, its size in bytes."""

    path: str
    folder: str
    name: str
    sort: str
    size: int


def folders_of(books: Path) -> tuple[Path, ...]:
    """Where papers may lie: beside the books or in them."""
    return tuple(path for path in (books.parent / "papers", books / "papers") if path.is_dir())


def listed(books: Path) -> tuple[Paper, ...]:
    """All papers of known kinds, by folder and name."""
    found = [paper for folder in folders_of(books) for paper in _below(folder)]
    return tuple(sorted(found, key=lambda paper: (paper.folder, paper.name))[:MAX_LISTED])


def _below(folder: Path) -> Iterator[Paper]:
    for path in folder.rglob("*"):
        if path.suffix in SUFFIXES and path.is_file() and not path.is_symlink():
            inner = path.relative_to(folder)
            yield Paper(
                inner.as_posix(), inner.parent.as_posix(), path.name, SUFFIXES[path.suffix], path.stat().st_size
            )


def paper_path(books: Path, path: str) -> Path | None:
    """The paper listed under ``path``, or None: only what the list shows is handed out."""
    if path not in {paper.path for paper in listed(books)}:
        return None
    return next((folder / path for folder in folders_of(books) if (folder / path).is_file()), None)


def document_path(books: Path, digest16: str) -> Path | None:
    """The kept bytes of a source file, by the first 16 hex digits of its digest."""
    if not is_digest16(digest16):
        return None
    kept = sorted((books / "documents").glob(f"{digest16}*"))
    return kept[0] if kept else None


def is_digest16(text: str) -> bool:
    """Whether a text from an address names a file as the books do."""
    return len(text) == SHORT and set(text) <= set("0123456789abcdef")
