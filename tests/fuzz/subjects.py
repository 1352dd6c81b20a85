"""One example file of every committed kind, with the open items as they stood when it came in."""

import json
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from desk.acts.office import Office
from ledger.book import Book
from ledger.journal import HEAD, head_text
from ledger.openitems import OpenItems
from ledger.papers import Reading
from ledger.provenance import digest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "2023"


@dataclass(frozen=True)
class Subject:
    """A file that is accepted under its view; ``layout`` is what the program took it for."""

    layout: str
    name: str
    content: bytes
    view: OpenItems

    def __str__(self) -> str:
        return f"{self.layout}{Path(self.name).suffix}"


def subjects(books: Path, folder: Path) -> list[Subject]:
    """The longest example of each layout and suffix that the demonstration read; its books are only copied."""
    book = Book.load(books)
    files = {digest(path.read_bytes()): path for path in sorted(EXAMPLES.rglob("*.*")) if path.is_file()}
    longest: dict[tuple[str, str], tuple[int, Reading]] = {}
    for path in sorted((books / "readings").glob("*.json")):
        reading = Reading.model_validate_json(path.read_bytes())
        key = (reading.layout, files[reading.file.sha256].suffix)
        longest[key] = max(longest.get(key, (0, reading)), (len(reading.rows), reading), key=lambda item: item[0])
    found = []
    for (layout, _), (_, reading) in sorted(longest.items(), key=lambda item: item[0]):
        path = files[reading.file.sha256]
        found.append(Subject(layout, path.name, path.read_bytes(), _view_before(book, books, reading, folder / layout)))
    return found


def _view_before(book: Book, books: Path, reading: Reading, folder: Path) -> OpenItems:
    """What was open before the batch that posted a file."""
    number = _batch_of(book, books, reading.file.sha256)
    if number == 0:
        return OpenItems(pool=book.pool)
    _cut(book, books, number, folder)
    return Office(folder).view()


def cut_back(books: Path, state: str, folder: Path) -> Path:
    """A copy of books as they once stood: ``year`` as now, ``opened`` after the opening.

    Else before an example file came in, or before an act on something: ``decide BC2023-001``.
    """
    if state == "year":
        return Path(shutil.copytree(books, folder))
    book = _whole(books)
    return _cut(book, books, _number(book, books, state), folder)


@cache
def _whole(books: Path) -> Book:
    """Books that nobody changes, loaded once for all the states that are cut from them."""
    return Book.load(books)


def _number(book: Book, books: Path, state: str) -> int:
    if state == "opened":
        return 1
    if " " not in state:
        return _batch_of(book, books, digest((EXAMPLES / "files" / state).read_bytes()))
    act, what = state.split(" ")
    return next(head.sequence for head in book.batches if head.act == act and what in _text(books, head.sequence))


def _batch_of(book: Book, books: Path, sha256: str) -> int:
    """The sequence of the batch that posted a file."""
    return next(head.sequence for head in book.batches if sha256 in _text(books, head.sequence))


def _cut(book: Book, books: Path, number: int, folder: Path) -> Path:
    """A copy of the books with the batches before ``number``, and what belongs to them."""
    shutil.copytree(books, folder)
    for path in folder.glob("batches/*/*.beancount"):
        if int(path.name[:6]) >= number:
            path.unlink()
    left = "".join(path.read_text(encoding="utf-8") for path in folder.glob("batches/*/*.beancount"))
    for path in (*folder.glob("readings/*.json"), *folder.glob("statements/*.json")):
        if path.stem not in left:
            path.unlink()
    posted = {head.draft for head in book.batches[:number]}
    for path in (folder / "drafts").glob("*.json"):
        if path.name[:7] not in posted:
            path.unlink()
    (folder / HEAD).write_text(head_text(number - 1, book.batches[number - 1].chain), encoding="utf-8")
    for path in folder.glob("seals/*.json"):
        if json.loads(path.read_text(encoding="utf-8"))["sequence"] >= number:
            path.unlink()
    records = sorted(folder.glob("log/*.json"))
    own = book.batches[number - 1].own
    last = next(at for at, path in enumerate(records) if own in path.read_text(encoding="utf-8"))
    for path in records[last + 1 :]:
        path.unlink()
    return folder


def _text(books: Path, sequence: int) -> str:
    (path,) = books.glob(f"batches/*/{sequence:06d}-*.beancount")
    return path.read_text(encoding="utf-8")
