"""A workbook made from one of our templates, as typed rows; every fault of reading is gathered.

The template is known by the words in its title cell, else by the words of its header: never by the name of
the file or the position of a column.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from importers import files
from importers.files import Sheet, Workbook, headers, label, table_at, unnamed
from importers.registers import wrongs
from importers.registers.columns import TEMPLATES, Column, Table, Template
from importers.registers.entries import Entry, Value, Wrong, value_of, yuan_words
from ledger.faults import Fault, FaultKind, Place
from ledger.provenance import SourceFile, SourceLine

NOTES_SHEET = "填表说明"
TOTAL = "合计"


@dataclass
class Register:
    """One register as read: the heading, and each table's rows by the table's key."""

    template: Template
    file: SourceFile
    heading: Entry
    tables: dict[str, tuple[Entry, ...]]
    others: tuple[tuple[SourceLine, tuple[tuple[str, str], ...], str], ...]
    """Rows that are no entries (titles, heading, header, 合计, notes), each with why it is passed over."""


def recognised(workbook: Workbook) -> Template | None:
    """Which of our templates a workbook was made from; None when it is none of ours."""
    marked = {label(template.marker): template for template in TEMPLATES}
    for sheet in workbook.sheets:
        for row in sheet.rows[:3]:
            for cell in row.cells:
                found = [template for mark, template in marked.items() if mark in label(cell)]
                if found:
                    return found[0]
    return next((item for item in TEMPLATES if any(_holds(sheet, item.tables[0]) for sheet in workbook.sheets)), None)


def _wanted(table: Table) -> set[str]:
    return {label(column.title) for column in table.columns if column.required}


def _holds(sheet: Sheet, table: Table) -> bool:
    return any(_wanted(table).issubset(labels) for _, labels in headers(sheet))


def read_register(workbook: Workbook, template: Template, file: SourceFile) -> tuple[Register, list[Fault]]:
    """All rows of the workbook under ``template``, and what is wrong with them."""
    reader = _Reader(file, template)
    register = reader.read(workbook)
    return register, reader.faults


@dataclass
class _Reader:
    file: SourceFile
    template: Template
    faults: list[Fault] = field(default_factory=list)
    others: list[tuple[SourceLine, tuple[tuple[str, str], ...], str]] = field(default_factory=list)
    heading: Entry | None = None

    def read(self, workbook: Workbook) -> Register:
        left = list(workbook.sheets)
        tables: dict[str, tuple[Entry, ...]] = {}
        for table in self.template.tables:
            sheet = _sheet_for(table, left)
            if sheet is None:
                if not table.optional:
                    self._fault(wrongs.NO_COLUMN, f"没有工作表「{table.sheet}」")
                tables[table.key] = ()
                continue
            left.remove(sheet)
            tables[table.key] = self._table(sheet, table)
        for sheet in left:
            self._stray(sheet)
        heading = self.heading or Entry(self._line("", 1), Place(self.file.name), (), (), {}, {})
        return Register(self.template, self.file, heading, tables, tuple(self.others))

    def _fault(self, kind: FaultKind, found: str, place: Place | None = None, expected: str = "") -> None:
        self.faults.append(Fault(kind, found, place or Place(self.file.name), expected=expected))

    def _line(self, sheet: str, row: int) -> SourceLine:
        return SourceLine(sha256=self.file.sha256, sheet=sheet, row=row)

    def _pass(self, sheet: str, row: files.Row, reason: str) -> None:
        self.others.append((self._line(sheet, row.number), unnamed(row), reason))

    def _stray(self, sheet: Sheet) -> None:
        if label(sheet.name) == NOTES_SHEET:
            for row in sheet.rows:
                self._pass(sheet.name, row, NOTES_SHEET)
        elif sheet.rows:
            self._fault(wrongs.MORE_SHEETS, f"{len(sheet.rows)} 行", Place(self.file.name, sheet.name))

    def _table(self, sheet: Sheet, table: Table) -> tuple[Entry, ...]:
        index = _header(sheet, table)
        if index is None:
            place = Place(self.file.name, sheet.name)
            self._fault(wrongs.NO_COLUMN, "找不到表头", place, "、".join(item.title for item in table.columns))
            return ()
        found = table_at(sheet, index)
        if not self._whole(found, table):
            return ()
        for row in found.above:
            self._pass(sheet.name, row, TOTAL if _is_total(row) else "标题与抬头")
        self._pass(sheet.name, found.header, "表头")
        if table.heading:
            self._heading(found, table)
        entries = [self._entry(found, table, row) for row in found.rows if not _is_total(row)]
        for row in found.rows:
            if _is_total(row):
                self._pass(sheet.name, row, TOTAL)
        self._totals(found, table, entries)
        return tuple(entries)

    def _whole(self, found: files.Table, table: Table) -> bool:
        place = Place(self.file.name, found.sheet, found.header.number)
        missing = [item.title for item in table.columns if item.required and label(item.title) not in found.labels]
        twice = [item.title for item in table.columns if found.labels.count(label(item.title)) > 1]
        if missing:
            self._fault(wrongs.NO_COLUMN, f"缺少栏目「{'」「'.join(missing)}」", place)
        if twice:
            self._fault(wrongs.NO_COLUMN, f"栏目「{'」「'.join(twice)}」出现不止一次", place)
        return not missing and not twice

    def _heading(self, found: files.Table, table: Table) -> None:
        titles = {column.key: (column.title, None) for column in table.heading}
        place = Place(self.file.name, found.sheet)
        values, cells, at = {}, [], found.header.number
        for column in table.heading:
            text, row = files.beside(found.above, label(column.title))
            at = min(at, row.number) if row else at
            cells.append((column.title, text))
            where = Place(self.file.name, found.sheet, row.number if row else None, column.title)
            value = value_of(column, text)
            if isinstance(value, Wrong):
                self._fault(value.kind, text or "空", where, value.expected)
            elif value is not None:
                values[column.key] = value
        self.heading = Entry(self._line(found.sheet, at), place, (), tuple(cells), titles, values)

    def _entry(self, found: files.Table, table: Table, row: files.Row) -> Entry:
        titles = {column.key: (column.title, found.column(label(column.title))) for column in table.columns}
        place = Place(self.file.name, found.sheet, row.number)
        values: dict[str, Value] = {}
        cells = tuple((title, text) for title, text in found.original(row) if text)
        excerpt = row.cells[: 1 + max(index for index, text in enumerate(row.cells) if text)]
        entry = Entry(self._line(found.sheet, row.number), place, excerpt, cells, titles, values)
        for column in table.columns:
            text = found.cell(row, label(column.title))
            value = value_of(column, text)
            if isinstance(value, Wrong):
                self.faults.append(entry.fault(value.kind, text or "空", column.key, expected=value.expected))
            elif value is not None:
                values[column.key] = value
        return entry

    def _totals(self, found: files.Table, table: Table, entries: Iterable[Entry]) -> None:
        if not table.totals:
            return
        rows = [row for row in (*found.above, *found.rows) if _is_total(row)]
        if not rows:
            self._fault(wrongs.TOTALS, "没有合计行", Place(self.file.name, found.sheet))
        listed = tuple(entries)
        for column in table.columns:
            if column.key in table.totals and not self._is_faulty(found.sheet, column):
                for row in rows:
                    self._total(found, column, row, sum(entry.number(column.key) for entry in listed))

    def _is_faulty(self, sheet: str, column: Column) -> bool:
        return any(fault.place.sheet == sheet and fault.place.column == column.title for fault in self.faults)

    def _total(self, found: files.Table, column: Column, row: files.Row, total: int) -> None:
        text = found.cell(row, label(column.title))
        value = value_of(column._replace(required=False, least=None), text)
        if value != total and not (value is None and total == 0):
            place = Place(self.file.name, found.sheet, row.number, column.title)
            self._fault(wrongs.TOTALS, f"合计 {text or '空'}", place, f"各行之和 {yuan_words(total)}")


def _is_total(row: files.Row) -> bool:
    first = next((cell for cell in row.cells if cell.strip()), "")
    return label(first).rstrip(":") == TOTAL


def _sheet_for(table: Table, sheets: list[Sheet]) -> Sheet | None:
    named = [sheet for sheet in sheets if label(sheet.name) == label(table.sheet)]
    alike = (sheet for sheet in sheets if label(sheet.name) != NOTES_SHEET and _holds(sheet, table))
    return named[0] if named else next(alike, None)


def _header(sheet: Sheet, table: Table) -> int | None:
    """The row that holds most of the table's titles: one that lacks a title is still the header."""
    titles = {label(column.title) for column in table.columns}
    best = max(_matches(sheet, titles), default=(0, 0))
    return -best[1] if best[0] > 1 else None


def _matches(sheet: Sheet, titles: set[str]) -> Iterator[tuple[int, int]]:
    # Of two rows that hold as many, the upper one wins.
    for index, labels in headers(sheet):
        yield len(titles.intersection(labels)), -index


def doubled(entries: Iterable[Entry], *keys: str) -> Iterator[Fault]:
    """A fault for each row whose ``keys`` an earlier row already held."""
    seen: dict[tuple[str, ...], int] = {}
    for entry in entries:
        key = tuple(str(entry.values.get(name, "")) for name in keys)
        if key in seen:
            found = f"{'、'.join(key)}，第 {seen[key]} 行已有"
            yield entry.fault(wrongs.TWICE, found, keys[0])
        else:
            seen[key] = entry.line.row
