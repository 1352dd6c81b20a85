"""Which row of a sheet is a header of ours, and whose workbook it is: decided by words, never by place or file name."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from importers import files
from importers.files import Sheet, Workbook, headers, label
from importers.registers.columns import TEMPLATES, Table, Template
from importers.registers.synonyms import IN_TITLE, UNREAD, Binding, Words
from importers.registers.titles import plain, title

NEAR_COLUMNS, NEAR_SHARE = 4, 0.5
"""Columns, and share of the required ones, from which a header is taken for ours in a layout that has changed."""


class Header(NamedTuple):
    """A row read as a header: key -> (index, unit stated), keys met twice, titles that are none of ours by index."""

    columns: Mapping[str, tuple[int, str]]
    twice: tuple[str, ...]
    strange: Mapping[int, str]


def header_of(cells: Sequence[str], words: Words) -> Header:
    """A row of cells taken as a header."""
    columns: dict[str, tuple[int, str]] = {}
    twice, strange = [], {}
    for index, cell in enumerate(cells):
        if not cell.strip():
            continue
        key, unit = words.key_of(cell)
        if key is None:
            strange[index] = cell.strip()
        elif key in columns:
            twice.append(key)
        elif key != UNREAD:
            columns[key] = (index, unit)
    return Header(columns, tuple(twice), strange)


def header_row(sheet: Sheet, words: Words) -> int | None:
    """Index of the row that holds most of the table's titles: one that lacks a title is still the header."""
    # Of two rows that hold as many, the upper one wins.
    held = ((len(header_of(sheet.rows[index].cells, words).columns), -index) for index, _ in headers(sheet))
    best = max(held, default=(0, 0))
    return -best[1] if best[0] > 1 else None


def recognised(workbook: Workbook) -> Template | None:
    """Which of our templates a workbook was made from; None when it is none of ours."""
    marked = {label(template.marker): template for template in TEMPLATES}
    for sheet in workbook.sheets:
        for row in sheet.rows[:3]:
            for cell in row.cells:
                found = [template for mark, template in marked.items() if mark in label(cell)]
                if found:
                    return found[0]
    return next((item for item in TEMPLATES if any(holds(sheet, item.tables[0]) for sheet in workbook.sheets)), None)


def is_marked(workbook: Workbook) -> bool:
    """Whether a workbook says of itself that it was made from a template of ours."""
    marks = {label(template.marker) for template in TEMPLATES}
    tops = (label(cell) for sheet in workbook.sheets for row in sheet.rows[:3] for cell in row.cells)
    return any(mark in cell for cell in tops for mark in marks)


def holds(sheet: Sheet, table: Table, binding: Binding | None = None) -> bool:
    """Whether a sheet has every column that the table must have."""
    words = Words(table, binding)
    wanted = {item.key for item in table.columns if item.required and not (binding and binding.constant(item))}
    return any(wanted <= header_of(row.cells, words).columns.keys() for row in tops(sheet))


def fits(workbook: Workbook, binding: Binding) -> bool:
    """Whether a workbook has every title that a binding speaks of: one that lacks any has changed since."""
    wanted = {title(theirs).whole for theirs, ours in binding.columns.items() if ours != UNREAD and theirs != IN_TITLE}
    cells = [cell for sheet in workbook.sheets for row in tops(sheet) for cell in row.cells if cell]
    said = {title(cell).whole for cell in cells} | {title(field_name(cell)).whole for cell in cells}
    first = binding.template.tables[0]
    return wanted <= said and any(holds(sheet, first, binding) for sheet in workbook.sheets)


def tops(sheet: Sheet) -> Iterator[files.Row]:
    """The rows that could be a header."""
    return (sheet.rows[index] for index, _ in headers(sheet))


def field_name(cell: str) -> str:
    """The name of a field in a cell ``报表月份：2023-05`` or ``报表月份``."""
    return plain(cell).partition(":")[0]


class Likeness(NamedTuple):
    """A row that is nearly a header of ours: where it stands, which template's, what it lacks and has beside."""

    share: float
    sheet: str
    row: int
    template: Template
    lacking: tuple[str, ...]
    strange: tuple[str, ...]


def nearest(workbook: Workbook, bindings: Sequence[Binding]) -> Likeness | None:
    """The row most like a header of ours; None when none is like one."""
    return max(_likenesses(workbook, bindings), key=lambda item: item.share, default=None)


def _likenesses(workbook: Workbook, bindings: Sequence[Binding]) -> Iterator[Likeness]:
    for template, binding in (*((item, None) for item in TEMPLATES), *((item.template, item) for item in bindings)):
        wanted = [item for item in template.tables[0].columns if item.required]
        words = Words(template.tables[0], binding)
        for sheet in workbook.sheets:
            for row in tops(sheet):
                found = header_of(row.cells, words)
                lacking = tuple(item.title for item in wanted if item.key not in found.columns)
                share = 1 - len(lacking) / len(wanted)
                if len(wanted) - len(lacking) >= NEAR_COLUMNS and share >= NEAR_SHARE:
                    strange = tuple(found.strange.values())
                    yield Likeness(share, sheet.name, row.number, template, lacking, strange)
