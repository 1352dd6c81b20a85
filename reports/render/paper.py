"""A paper: one frozen value from which xlsx and PDF are both printed.

Sections stand one under another. A ``Table``'s columns may share a second heading (``group``). Nothing here
knows a ledger or a file format; a paper asserts its own arithmetic when it is made.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from reports.render.cells import Cell, Count, Money, Span, Total, Words, name_of, number_of, printed, shaped

SIGN_RULE = "＿＿＿＿＿＿"
"""The line on which a person signs."""


@dataclass(frozen=True, slots=True)
class Column:
    """A table's column. ``group`` is a heading shared with its neighbours of the same group."""

    title: str
    group: str = ""


Style = Literal["plain", "head", "total"]


@dataclass(frozen=True, slots=True)
class Row:
    """A table's row: plain, a sub-heading, or a total."""

    cells: tuple[Cell, ...]
    style: Style = "plain"

    @property
    def width(self) -> int:
        """How many columns the cells take."""
        return sum(cell.span if isinstance(cell, Words) else 1 for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Table:
    """A ruled table. ``freezes`` keeps its heading in sight in a spreadsheet."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    title: str = ""
    freezes: bool = False
    empty: str = "（无）"

    def __post_init__(self) -> None:
        for row in self.rows:
            assert row.width == len(self.columns), f"row of {row.width} under {len(self.columns)} columns: {row}"


@dataclass(frozen=True, slots=True)
class KeyValues:
    """Labelled values: boxed, ``across`` pairs to a line, or unboxed as a paper's heading line."""

    pairs: tuple[tuple[str, Cell], ...]
    title: str = ""
    across: int = 2
    boxed: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a computation: which clause, what was done with which figures, what came out."""

    no: int
    clause: str
    text: str
    result: Cell
    effect: str = ""


@dataclass(frozen=True, slots=True)
class Steps:
    """A computation, clause by clause."""

    title: str
    steps: tuple[Step, ...]

    def table(self) -> Table:
        """The steps as a ruled table, which is how both forms print them."""
        rows = tuple(
            Row(
                (
                    Words(str(step.no), align="center"),
                    Words(step.clause),
                    Words(step.text),
                    step.result,
                    Words(step.effect),
                )
            )
            for step in self.steps
        )
        titles = ("步", "依据条款", "事实、参数与算法", "结果", "结论")
        return Table(tuple(Column(title) for title in titles), rows, self.title)


@dataclass(frozen=True, slots=True)
class Signatures:
    """Places to sign: (role, name already known or empty)."""

    places: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Note:
    """Plain paragraphs under a title."""

    lines: tuple[str, ...]
    title: str = ""


Section = Table | KeyValues | Steps | Signatures | Note


@dataclass(frozen=True, slots=True)
class Annex:
    """What follows the paper: another sheet in xlsx, further pages in PDF."""

    title: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole paper. ``unit_line`` stands at the right under the title, e.g. 「单位：元」.

    ``lies`` sets the page across whatever its content, so that a kind of paper always looks the same.
    """

    title: str
    as_of: date
    sections: tuple[Section, ...]
    subtitle: tuple[str, ...] = ()
    unit_line: str = ""
    footnotes: tuple[str, ...] = ()
    annexes: tuple[Annex, ...] = ()
    lies: bool = False

    def __post_init__(self) -> None:
        grid = named_cells(self)
        for cell in all_cells(self):
            if isinstance(cell, Total):
                found = recomputed(cell, grid)
                assert found == cell.value, f"{self.title}: stored {cell.value}, recomputed {found}: {cell}"


def grids(paper: Paper) -> Iterator[tuple[tuple[Cell, ...], ...]]:
    """The cells of each section as rows, in order; text-only sections give none."""
    for section in [*paper.sections, *(each for annex in paper.annexes for each in annex.sections)]:
        match section:
            case Table():
                yield tuple(row.cells for row in section.rows)
            case Steps():
                yield tuple(row.cells for row in section.table().rows)
            case KeyValues():
                yield tuple((cell,) for _, cell in section.pairs)
            case _:
                yield ()


def all_cells(paper: Paper) -> Iterator[Cell]:
    """Every cell of the paper."""
    return (cell for grid in grids(paper) for row in grid for cell in row)


Place = tuple[int, int, int]
"""Section, row, column: columns counted with their spans."""


def named_cells(paper: Paper) -> dict[str, int]:
    """The numbers that stand under each name, and under ``name..name`` for each span that a formula uses."""
    places: dict[str, Place] = {}
    columns: dict[tuple[int, int], dict[int, int]] = {}
    values: dict[str, int] = {}
    for at, grid in enumerate(grids(paper)):
        for line, row in enumerate(grid):
            column = 0
            for cell in row:
                columns.setdefault((at, column), {})[line] = number_of(cell)
                if name := name_of(cell):
                    assert name not in values, f"two cells are named {name!r}"
                    places[name], values[name] = (at, line, column), number_of(cell)
                column += cell.span if isinstance(cell, Words) else 1
    for cell in all_cells(paper):
        for term in cell.terms if isinstance(cell, Total) else ():
            if isinstance(term, Span):
                values[span_key(term)] = _span_sum(term, places, columns)
    return values


def span_key(span: Span) -> str:
    """The key of a span's sum in :func:`named_cells`."""
    return f"{span.first}..{span.last}"


def _span_sum(span: Span, places: dict[str, Place], columns: dict[tuple[int, int], dict[int, int]]) -> int:
    (at, first, column), (at_last, last, column_last) = places[span.first], places[span.last]
    assert (at, column) == (at_last, column_last), f"{span} is not one column"
    assert first <= last, f"{span} runs upwards"
    lines = columns[at, column]
    return sum(lines.get(line, 0) for line in range(first, last + 1))


def recomputed(total: Total, grid: dict[str, int]) -> int:
    """A formula's value from the cells it names."""
    keys = [(term.sign, span_key(term) if isinstance(term, Span) else term.name) for term in total.terms]
    return shaped(sum(sign * grid[key] for sign, key in keys), total.shape)


def texts(paper: Paper) -> Iterator[str]:
    """Every text of the paper that is printed, for the check of glyphs."""
    yield from (paper.title, paper.unit_line, *paper.subtitle, *paper.footnotes)
    yield from (printed(cell) for cell in all_cells(paper))
    for section in [*paper.sections, *(each for annex in paper.annexes for each in annex.sections)]:
        yield from _section_texts(section)
    yield from (annex.title for annex in paper.annexes)


def _section_texts(section: Section) -> Iterator[str]:
    match section:
        case Table():
            yield from (section.title, section.empty)
            yield from (text for column in section.columns for text in (column.title, column.group))
        case Steps():
            yield section.title
        case KeyValues():
            yield section.title
            yield from (label for label, _ in section.pairs)
        case Signatures():
            yield from (text for place in section.places for text in place)
        case Note():
            yield from (section.title, *section.lines)


def column_total(rows: Sequence[Row], stem: str, *, unit: Literal["fen", "count"] = "fen") -> Cell:
    """A live SUM over the cells named ``<stem>0 … <stem>N``, which stand one under another; zero over none."""
    values = [number_of(cell) for row in rows for cell in row.cells if _numbered(name_of(cell), stem)]
    if not values:
        return Money(0, bold=True) if unit == "fen" else Count(0, bold=True)
    return Total(sum(values), (Span(f"{stem}0", f"{stem}{len(values) - 1}"),), unit=unit, bold=True)


def _numbered(name: str, stem: str) -> bool:
    return name.startswith(stem) and name[len(stem) :].isdigit()
