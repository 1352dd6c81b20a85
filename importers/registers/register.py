"""A workbook as typed rows of one of our templates, columns found by their words; every fault is gathered."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from importers import files
from importers.files import Sheet, Workbook, label, table_at, unnamed
from importers.registers import wrongs
from importers.registers.columns import Column, Table, Template
from importers.registers.entries import Entry, Value, Wrong, value_of, value_words, yuan_words
from importers.registers.header import field_name, header_of, header_row, holds
from importers.registers.synonyms import IN_TITLE, Binding, Words
from importers.registers.titles import plain, stated_unit
from ledger.faults import Fault, FaultKind, Place
from ledger.provenance import SourceFile, SourceLine

NOTES_SHEET = "填表说明"
TOTALS = frozenset({"合计", "总计"})
TOTAL = "合计"
HEADER = "表头"
"""Why a header row is passed over in a reading."""
FOOT = re.compile(r"(制表|填表|填报|复核|审核|经办|负责|主管|制单|单位负责|备注|说明|注)[人员]*[:(]")
"""How the lines under a table begin that somebody signs or remarks on; such a line fills no column that names a row."""
_COUNT = re.compile(r"(?<![\d.,])(\d{1,6})笔")
_MONTH_IN_TITLE = re.compile(r"(20\d{2})年(\d{1,2})月")

Other = tuple[SourceLine, tuple[tuple[str, str], ...], str]


@dataclass
class Register:
    """One register as read: the heading, and each table's rows by the table's key, in the order of their identity."""

    template: Template
    file: SourceFile
    heading: Entry
    tables: dict[str, tuple[Entry, ...]]
    others: tuple[Other, ...]
    """Rows that are no entries (titles, heading, header, 合计, notes), each with why it is passed over."""
    binding: Binding | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A table found on a sheet: which of its columns is which of ours, and what unit each states."""

    table: files.Table
    columns: Mapping[str, tuple[int, str]]
    words: Words

    def text(self, row: files.Row, key: str) -> str:
        """The stripped text of a row under our column ``key``; "" when the file has no such column or cell."""
        index = self.columns.get(key, (len(row.cells), ""))[0]
        return row.cells[index].strip() if index < len(row.cells) else ""

    def printed(self, column: Column) -> str:
        """The column's title as the file prints it; ours where the file has none."""
        index = self.columns.get(column.key, (None, ""))[0]
        return column.title if index is None else self.table.header.cells[index].strip()


def read_register(
    workbook: Workbook, template: Template, file: SourceFile, binding: Binding | None = None
) -> tuple[Register, list[Fault]]:
    """All rows of the workbook under ``template``, and what is wrong with them."""
    reader = _Reader(file, template, binding)
    register = reader.read(workbook)
    return register, reader.faults


@dataclass
class _Reader:
    file: SourceFile
    template: Template
    binding: Binding | None = None
    faults: list[Fault] = field(default_factory=list)
    others: dict[SourceLine, Other] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    strange: dict[str, set[str]] = field(default_factory=dict)
    heading: Entry | None = None

    def read(self, workbook: Workbook) -> Register:
        left = list(workbook.sheets)
        tables: dict[str, tuple[Entry, ...]] = {}
        for table in self.template.tables:
            sheet = self._sheet_for(table, left, workbook)
            if sheet is None:
                if not table.optional:
                    self._fault(wrongs.NO_COLUMN, f"没有工作表「{table.sheet}」")
                tables[table.key] = ()
                continue
            left = [item for item in left if item is not sheet]
            tables[table.key] = self._table(sheet, table)
        self._share(tables)
        for sheet in left:
            self._stray(sheet)
        for name, titles in self.strange.items():
            if titles:
                place = Place(self.file.name, name)
                self.warnings.append(f"{place}：栏目「{'」「'.join(sorted(titles))}」不是本系统的栏目，没有读")
        heading = self.heading or Entry(self._line("", 1), Place(self.file.name), (), (), {}, {})
        held = {entry.line for entries in tables.values() for entry in entries}
        others = tuple(other for line, other in self.others.items() if line not in held)
        return Register(self.template, self.file, heading, tables, others, self.binding, tuple(self.warnings))

    def _sheet_for(self, table: Table, left: Sequence[Sheet], workbook: Workbook) -> Sheet | None:
        name = self.binding.sheets.get(table.key) if self.binding else None
        if name is not None:  # one sheet of a bank's may hold two tables of ours
            named = [sheet for sheet in workbook.sheets if label(sheet.name) == label(name)]
            return next(iter(named or self._only_sheet(workbook)), None)
        named = [sheet for sheet in left if label(sheet.name) == label(table.sheet)]
        alike = (sheet for sheet in left if label(sheet.name) != NOTES_SHEET and holds(sheet, table, self.binding))
        return named[0] if named else next(alike, None)

    def _only_sheet(self, workbook: Workbook) -> list[Sheet]:
        """The one sheet with rows where the binding knows of one alone: such sheets are often named by the month."""
        assert self.binding, "asked for a bound workbook"
        unread = {NOTES_SHEET, *(label(name) for name in self.binding.unread_sheets)}
        filled = [sheet for sheet in workbook.sheets if sheet.rows and label(sheet.name) not in unread]
        return filled if len(filled) == 1 and len(set(self.binding.sheets.values())) == 1 else []

    def _fault(self, kind: FaultKind, found: str, place: Place | None = None, expected: str = "") -> None:
        self.faults.append(Fault(kind, found, place or Place(self.file.name), expected=expected))

    def _line(self, sheet: str, row: int) -> SourceLine:
        return SourceLine(sha256=self.file.sha256, sheet=sheet, row=row)

    def _pass(self, sheet: str, row: files.Row, reason: str) -> None:
        line = self._line(sheet, row.number)
        self.others.setdefault(line, (line, unnamed(row), reason))

    def _share(self, tables: dict[str, tuple[Entry, ...]]) -> None:
        """Where one sheet serves two tables, a loan stands on a row for each of its rights: said alike, it is one loan.

        Every such row stays an entry of the other table, so that none vanishes.
        """
        first = self.template.tables[0]
        others = {entry.line for key, entries in tables.items() if key != first.key for entry in entries}
        seen: dict[tuple[object, ...], Entry] = {}
        kept = []
        for entry in tables[first.key]:
            named = tuple(entry.values.get(key) for key in first.identity)
            if entry.line in others and named in seen:
                self.faults += _unlike(first, entry, seen[named])
                continue
            seen.setdefault(named, entry)
            kept.append(entry)
        tables[first.key] = tuple(kept)

    def _stray(self, sheet: Sheet) -> None:
        unread = {label(name) for name in self.binding.unread_sheets} if self.binding else set()
        if label(sheet.name) in {NOTES_SHEET, *unread}:
            for row in sheet.rows:
                self._pass(sheet.name, row, NOTES_SHEET if label(sheet.name) == NOTES_SHEET else "不读的工作表")
        elif sheet.rows:
            self._fault(wrongs.MORE_SHEETS, f"{len(sheet.rows)} 行", Place(self.file.name, sheet.name))

    def _table(self, sheet: Sheet, table: Table) -> tuple[Entry, ...]:
        words = Words(table, self.binding)
        index = header_row(sheet, words)
        if index is None:
            place = Place(self.file.name, sheet.name)
            self._fault(wrongs.NO_COLUMN, "找不到表头", place, "、".join(item.title for item in table.columns))
            return ()
        found = self._found(table_at(sheet, index), words)
        if found is None:
            return ()
        for row in found.table.above:
            self._pass(sheet.name, row, TOTAL if is_total(row) else "标题与抬头")
        self._pass(sheet.name, found.table.header, HEADER)
        if table.heading:
            self._heading(found)
        entries = []
        for row in found.table.rows:
            if is_total(row):
                self._pass(sheet.name, row, TOTAL)
            elif _is_foot(row, found):
                self._pass(sheet.name, row, "表下的签字或说明")
            else:
                entries.append(self._entry(found, row))
        self._totals(found, entries)
        return tuple(sorted(entries, key=_by(table)) if table.identity else entries)

    def _found(self, at: files.Table, words: Words) -> Found | None:
        """The table with its columns resolved; None, with faults, where one lacks or stands twice."""
        table, place = words.table, Place(self.file.name, at.sheet, at.header.number)
        header = header_of(at.header.cells, words)
        missing = [
            item.title
            for item in table.columns
            if item.required and item.key not in header.columns and not self._said(item)
        ]
        if missing:
            self._fault(wrongs.NO_COLUMN, f"缺少栏目「{'」「'.join(missing)}」", place)
        if header.twice:
            named = [item.title for item in (*table.heading, *table.columns) if item.key in header.twice]
            self._fault(wrongs.NO_COLUMN, f"栏目「{'」「'.join(named)}」出现不止一次", place)
        unit = stated_unit(at.above)
        filled = {name for index, name in header.strange.items() if any(any(row.cells[index:][:1]) for row in at.rows)}
        # Where two tables share a sheet, a title is strange when it is none of either's.
        self.strange[at.sheet] = self.strange.get(at.sheet, filled) & filled
        money = {item.key for item in table.columns if item.form == "money"}
        columns = {key: (index, own or (unit if key in money else "")) for key, (index, own) in header.columns.items()}
        return None if missing or header.twice else Found(at, columns, words)

    def _said(self, column: Column) -> str:
        return self.binding.constant(column) if self.binding else ""

    def _heading(self, found: Found) -> None:
        at = found.table
        titles: dict[str, tuple[str, int | None]] = {}
        values, cells, first = {}, [], at.header.number
        for column in found.words.table.heading:
            name, text, row = self._field(found, column)
            titles[column.key] = (name, None)
            first = min(first, row.number) if row else first
            cells.append((name, text))
            where = Place(self.file.name, at.sheet, row.number if row else None, name)
            value = value_of(column, found.words.choice(column, text), stated_unit(at.above))
            if isinstance(value, Wrong):
                self._fault(value.kind, text or "空", where, value.expected)
            elif value is not None:
                values[column.key] = value
        place = Place(self.file.name, at.sheet)
        self.heading = Entry(self._line(at.sheet, first), place, (), tuple(cells), titles, values)

    def _field(self, found: Found, column: Column) -> tuple[str, str, files.Row | None]:
        """(printed name, text, row) of a heading field: beside its name, in a column, in the title, or said for all."""
        for row in found.table.above:
            for cell in row.cells:
                name = field_name(cell)
                if name and found.words.key_of(name)[0] == column.key:
                    text, at = files.beside([row], label(name))
                    return name, text, at
        rows = [row for row in found.table.rows if not is_total(row) and found.text(row, column.key)]
        if column.key in found.columns:  # a column that says the same on every row
            texts = dict.fromkeys(found.text(row, column.key) for row in rows)
            return found.printed(column), "、".join(texts), rows[0] if rows else None
        if self.binding and self.binding.columns.get(IN_TITLE) == column.title:
            months = {
                f"{match[1]}年{match[2]}月": row
                for row in found.table.above
                for cell in row.cells
                for match in _MONTH_IN_TITLE.finditer(plain(cell))
            }
            return IN_TITLE, "、".join(months), next(iter(months.values()), None)  # two months in a title are none
        return column.title, self._said(column), None

    def _entry(self, found: Found, row: files.Row) -> Entry:
        at = found.table
        titles: dict[str, tuple[str, int | None]] = {}
        place = Place(self.file.name, at.sheet, row.number)
        values: dict[str, Value] = {}
        cells = tuple((name, text) for name, text in at.original(row) if text)
        excerpt = row.cells[: 1 + max(index for index, text in enumerate(row.cells) if text)]
        entry = Entry(self._line(at.sheet, row.number), place, excerpt, cells, titles, values)
        for column in found.words.table.columns:
            index, unit = found.columns.get(column.key, (None, ""))
            text = self._said(column) if index is None else found.text(row, column.key)
            titles[column.key] = (found.printed(column), index)
            value = value_of(column, found.words.choice(column, text), unit)
            if isinstance(value, Wrong):
                self.faults.append(entry.fault(value.kind, text or "空", column.key, expected=value.expected))
            elif value is not None:
                values[column.key] = value
        return entry

    def _totals(self, found: Found, entries: Sequence[Entry]) -> None:
        """Every count and sum that the file states of its rows must be theirs."""
        at, table = found.table, found.words.table
        rows = [row for row in (*at.above, *at.rows) if is_total(row)]
        must = table.key in self.binding.totals if self.binding else bool(table.totals)
        place = Place(self.file.name, at.sheet)
        if not rows and must:
            self._fault(wrongs.TOTALS, "没有合计行", place)
        elif not rows and self.binding:
            self.warnings.append(f"{place}：表中没有合计行，漏行查不出来")
        summed = [item for item in table.columns if item.key in table.totals and item.key in found.columns]
        for row in rows:
            self._count(found, row, len(entries), is_only=not summed)
            for column in summed:
                if not self._is_faulty(found, column):
                    self._total(found, column, row, sum(entry.number(column.key) for entry in entries))

    def _count(self, found: Found, row: files.Row, count: int, *, is_only: bool) -> None:
        place = Place(self.file.name, found.table.sheet, row.number)
        stated = [match[1] for cell in row.cells if (match := _COUNT.search(plain(cell)))]
        for text in stated:
            if int(text) != count:
                self._fault(wrongs.TOTALS, f"合计 {text} 笔", place, f"表中 {count} 笔")
        if is_only and not stated and not any(cell.strip() for cell in row.cells[1:]):
            # A 合计 that states nothing has lost its formulas' values: a program saved the file without computing it.
            self._fault(wrongs.TOTALS, "合计行是空的", place, f"{count} 笔")

    def _is_faulty(self, found: Found, column: Column) -> bool:
        printed = found.printed(column)
        return any(fault.place.sheet == found.table.sheet and fault.place.column == printed for fault in self.faults)

    def _total(self, found: Found, column: Column, row: files.Row, total: int) -> None:
        text = found.text(row, column.key)
        if self.binding and not text:
            return  # a bank's own 合计 sums what it likes
        value = value_of(column._replace(required=False, least=None), text, found.columns[column.key][1])
        if value != total and not (value is None and total == 0):
            place = Place(self.file.name, found.table.sheet, row.number, found.printed(column))
            self._fault(wrongs.TOTALS, f"合计 {text or '空'}", place, f"各行之和 {yuan_words(total)}")


def _unlike(table: Table, entry: Entry, other: Entry) -> Iterator[Fault]:
    """What two rows of one loan say differently of it."""
    for column in table.columns:
        one, two = entry.values.get(column.key), other.values.get(column.key)
        if one != two:
            expected = f"与第 {other.line.row} 行同一编号的「{value_words(column, two)}」相同"
            yield entry.fault(wrongs.TWICE, value_words(column, one), column.key, expected=expected)


def _by(table: Table) -> Callable[[Entry], tuple[str, ...]]:
    """The order of what names a row; rows that are named alike keep the file's order."""
    named = [column for key in table.identity for column in table.columns if column.key == key]
    return lambda entry: tuple(_sortable(column, entry.values.get(column.key, "")) for column in named)


def _sortable(column: Column, value: Value) -> str:
    if column.choices:
        return next((f"{at:03d}" for at, (_, word) in enumerate(column.choices) if word == value), "")
    return f"{value:020d}" if isinstance(value, int) else str(value)


def is_total(row: files.Row) -> bool:
    """Whether a row begins with 合计 or 总计."""
    first = next((cell for cell in row.cells if cell.strip()), "")
    return plain(first).rstrip(":") in TOTALS


def is_signed(row: files.Row) -> bool:
    """Whether a row begins like the lines under a table that somebody signs or remarks on."""
    return bool(FOOT.match(plain(next((cell for cell in row.cells if cell.strip()), ""))))


def _is_foot(row: files.Row, found: Found) -> bool:
    first = next((cell.strip() for cell in row.cells if cell.strip()), "")
    named = {found.text(row, key) for key in found.words.table.identity} - {"", first}
    return is_signed(row) and not named


def doubled(entries: Iterable[Entry], *keys: str) -> Iterator[Fault]:
    """A fault for each row whose ``keys`` an earlier row already held."""
    seen: dict[tuple[str, ...], int] = {}
    for entry in sorted(entries, key=lambda item: item.line.row):
        key = tuple(str(entry.values.get(name, "")) for name in keys)
        if key in seen:
            found = f"{'、'.join(key)}，第 {seen[key]} 行已有"
            yield entry.fault(wrongs.TWICE, found, keys[0])
        else:
            seen[key] = entry.line.row
