"""The office's bindings: files beside the books that say what the columns of banks' own registers mean.

They stand in ``synonyms`` beside the books and not in them: like pool.toml they are what a person reads, keeps and may
correct. The one that a file was read by is kept in the books with that file.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from desk.acts.office import bytes_of

if TYPE_CHECKING:
    from importers.registers import Binding

FOLDER = "synonyms"


def bindings(place: str, books: Path) -> "tuple[Binding, ...]":
    """The bindings of the file or folder named, else of the folder beside the books."""
    root = Path(place) if place else books.absolute().parent / FOLDER
    paths: Sequence[Path] = sorted(root.glob("*.toml")) if root.is_dir() else [root] if place else []
    return tuple({found.slug: found for found in map(binding_at, paths)}.values())


def binding_at(path: Path) -> "Binding":
    """The binding in a file; refused with every fault of it."""
    from importers.registers import read_binding  # noqa: PLC0415 - most imports have no binding, and no need of its weight

    return read_binding(bytes_of(path), path.name)
