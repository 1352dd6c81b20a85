"""A file as rows of text with their places, and the search for a header by its words.

Nothing here knows a bank. A cell is text, exactly as the file gives it; numbers and days of a workbook were
turned into text by :mod:`importers.files.cells` in one way only. ``Row.number`` counts from 1, as the officer's
spreadsheet shows it; rows without any text are left out, so numbers may jump.
"""

import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, NamedTuple

from ledger.provenance import SourceLine

FileKind = Literal["xlsx", "xls", "csv", "xml", "ofd"]
HEADER_SEARCH_ROWS = 50
"""A header is looked for in the first rows of a sheet only (banks.md §4, trap 4)."""


class Row(NamedTuple):
    """One row: its number from 1, and its cells as text ("" for an empty one; trailing ones may be missing)."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook, or the whole of a text file (then ``name`` is empty)."""

    name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Element:
    """An XML element: local name, namespace, line in the file from 1, own text, children."""

    name: str
    namespace: str
    line: int
    text: str
    children: tuple["Element", ...]

    def first(self, name: str) -> "Element | None":
        """The first child with this local name."""
        return next((child for child in self.children if child.name == name), None)

    def value(self, name: str) -> str:
        """The stripped text of the first child with this local name; "" without one."""
        child = self.first(name)
        return child.text.strip() if child else ""


@dataclass(frozen=True, slots=True)
class Workbook:
    """What a file holds. ``sheets`` is empty for XML and OFD, ``root`` is None for everything else.

    ``encoding`` is what a text file was read as ("" for workbooks, whose format says it).
    """

    kind: FileKind
    encoding: str
    sheets: tuple[Sheet, ...] = ()
    root: Element | None = None


def label(text: str) -> str:
    """A column title or field name in the form in which it is compared.

    Full width folded (NFKC), all white space removed, and of a bilingual title only the part before ``[``:
    ``总笔数[ Total number ]`` and ``总笔数[Total number ]`` are both ``总笔数``.
    """
    folded = "".join(unicodedata.normalize("NFKC", text).split())
    return folded.partition("[")[0] or folded


@dataclass(frozen=True, slots=True)
class Table:
    """A header row and what stands around it. ``labels`` are the header's cells in compared form."""

    sheet: str
    above: tuple[Row, ...]
    header: Row
    labels: tuple[str, ...]
    rows: tuple[Row, ...]
    _places: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Where each label stands first, looked up for every cell of every row."""
        places = {name: index for index, name in reversed(list(enumerate(self.labels)))}
        object.__setattr__(self, "_places", places)

    def column(self, name: str) -> int | None:
        """Index from 0 of the column with this label; None when the header has none."""
        return self._places.get(name)

    def cell(self, row: Row, name: str) -> str:
        """The stripped text in a row under a label; "" when the column or the cell is missing."""
        index = self._places.get(name)
        return row.cells[index].strip() if index is not None and index < len(row.cells) else ""

    def original(self, row: Row) -> tuple[tuple[str, str], ...]:
        """The row as (title as printed, text as printed), for ``ledger.papers.ReadRow.cells``."""
        return tuple(zip(_titles(self.header.cells, len(row.cells)), row.cells, strict=False))

    def line(self, row: Row, sha256: str) -> SourceLine:
        """The row's place for the books."""
        return SourceLine(sha256=sha256, sheet=self.sheet, row=row.number)


def column_letter(index: int) -> str:
    """A spreadsheet column's letters: 0 is ``A``, 26 is ``AA``. Names cells that stand under no title."""
    letters = ""
    index += 1
    while index:
        index, digit = divmod(index - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


@lru_cache(maxsize=64)
def _titles(header: tuple[str, ...], width: int) -> tuple[str, ...]:
    """The printed titles of a row's cells, a column's letters where it has none; at least ``width`` of them."""
    printed = (*header, *("" for _ in range(width - len(header))))
    return tuple(title or column_letter(index) for index, title in enumerate(printed))


def unnamed(row: Row) -> tuple[tuple[str, str], ...]:
    """A row outside any table (title, preamble, header, footer) as (column letter, text) of its filled cells."""
    return tuple((column_letter(index), text) for index, text in enumerate(row.cells) if text)


def headers(sheet: Sheet) -> Iterator[tuple[int, tuple[str, ...]]]:
    """(index in ``sheet.rows``, labels) of every row that could be a header: those numbered up to 50."""
    for index, row in enumerate(sheet.rows):
        if row.number > HEADER_SEARCH_ROWS:
            return
        yield index, tuple(label(cell) for cell in row.cells)


def table_at(sheet: Sheet, index: int) -> Table:
    """The table whose header is ``sheet.rows[index]``."""
    header = sheet.rows[index]
    labels = tuple(label(cell) for cell in header.cells)
    return Table(sheet.name, sheet.rows[:index], header, labels, sheet.rows[index + 1 :])


def find_table(sheet: Sheet, words: Collection[str]) -> Table | None:
    """The table under the first row that holds every one of ``words`` (labels in compared form)."""
    wanted = set(words)
    for index, labels in headers(sheet):
        if wanted.issubset(labels):
            return table_at(sheet, index)
    return None


def beside(rows: Collection[Row], name: str) -> tuple[str, Row | None]:
    """The value of a field in a preamble, and its row: ``("", None)`` when the field is not there.

    A field is a cell ``账号: 123`` with its value after the colon, or a cell ``账号`` with its value in the next
    filled cell of the same row.
    """
    for row in rows:
        for index, cell in enumerate(row.cells):
            head, _, tail = unicodedata.normalize("NFKC", cell).partition(":")
            if label(head) != name:
                continue
            if tail.strip():
                return tail.strip(), row
            rest = (other.strip() for other in row.cells[index + 1 :])
            return next((other for other in rest if other), ""), row
    return "", None
