"""Binding a bank's own workbook to a template of ours: what must be asked, and the proof by reading the file.

Nothing is guessed: a column that neither our titles nor the general synonyms name is asked for, with its first
values. An answer is one of the options by its number or its word. The result is a :class:`Binding`: data.
"""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from importers.files import Row, Sheet, Table, Workbook, label, table_at
from importers.registers import columns as ours
from importers.registers import wrongs
from importers.registers.columns import Column
from importers.registers.entries import Wrong, value_of, value_words
from importers.registers.header import field_name, fits, header_of, tops
from importers.registers.register import NOTES_SHEET, Register, is_signed, is_total, read_register
from importers.registers.synonyms import IN_TITLE, UNREAD, Binding, Words
from importers.registers.titles import plain, title
from ledger.faults import Fault, FaultKind, Place, Refusal
from ledger.provenance import SourceFile

UNASKED = FaultKind(
    "模板-绑定-01",
    "还有没有回答的问题",
    "--answers 文件里的一条回答",
    "不带 --answers 运行，逐项回答；或把缺的写进该文件（写法见 docs/registers.md）。",
)
UNBOUND = FaultKind(
    "模板-绑定-02",
    "绑定之后仍读不成",
    "每个必填栏都有着落，全表读得通",
    "请银行补上所缺的栏，或改正回答后重新运行 riskpool template learn。",
)
KINDS = (UNASKED, UNBOUND)

SAMPLES = 3
_MONTH = re.compile(r"20\d{2}年\d{1,2}月")


class Question(NamedTuple):
    """One thing that only a person can say. ``options`` are the words to choose from; none means free text.

    ``refused`` is the answer just given that could not be taken, where the question is put again.
    """

    sort: Literal["sheet", "unread", "column", "field", "constant", "word"]
    subject: str
    text: str
    options: tuple[str, ...] = ()
    samples: tuple[str, ...] = ()
    table: str = ""
    may_pass: bool = False
    refused: str = ""


class Learnt(NamedTuple):
    """What the proof showed: for each column of ours its title in the file and the first value read; rows and sums."""

    pairs: tuple[tuple[str, str, str], ...]
    rows: tuple[tuple[str, int], ...]
    sums: tuple[tuple[str, str], ...]


def settled(workbook: Workbook, binding: Binding) -> Binding:
    """The binding with everything that needs no question: the only sheet there is, our own notes, 合计 rows."""
    filled = [sheet for sheet in workbook.sheets if sheet.rows and label(sheet.name) != NOTES_SHEET]
    sheets = dict(binding.sheets)
    if len(filled) == 1 and len(set(sheets.values())) == 1:
        # The one sheet there is, whatever it was called when the answers were written: often by the month.
        sheets = dict.fromkeys(sheets, filled[0].name)
    for table in binding.template.tables:
        named = [sheet for sheet in filled if label(sheet.name) == label(table.sheet)]
        only = named or (filled if len(filled) == 1 else [])
        if only and not table.optional:
            sheets.setdefault(table.key, only[0].name)
    binding = binding.model_copy(update={"sheets": sheets})
    totals = tuple(table.key for table, at in _placed(workbook, binding) if any(map(is_total, (*at.above, *at.rows))))
    constants = dict(binding.constants)
    party = next((item for item in _wanted(binding) if item.key in {"bank", "insurer"} and item.required), None)
    if party and binding.party and not _is_found(workbook, binding, party):
        constants.setdefault(party.title, binding.party)
    constants = {name: text for name, text in constants.items() if name not in binding.columns.values()}
    return binding.model_copy(update={"totals": totals, "constants": constants})


def questions(workbook: Workbook, binding: Binding) -> Iterator[Question]:
    """What is still open, sheets first: later questions depend on the answers to earlier ones."""
    yield from _sheets(workbook, binding)
    for table, at in _placed(workbook, binding):
        yield from _columns(workbook, binding, table, at)
    for table, at in _placed(workbook, binding):
        yield from _fields(workbook, binding, table, at)
        yield from _constants(workbook, binding, table)
        yield from _words(binding, table, at)


def _wanted(binding: Binding) -> Iterator[Column]:
    for table in binding.template.tables:
        yield from (*table.heading, *table.columns)


def _placed(workbook: Workbook, binding: Binding) -> Iterator[tuple[ours.Table, Table]]:
    """Each table of ours with the table of theirs that holds it, header row found."""
    for table in binding.template.tables:
        name = binding.sheets.get(table.key)
        sheet = next((item for item in workbook.sheets if name is not None and label(item.name) == label(name)), None)
        if sheet is not None and (index := _likely_header(sheet, binding, name or "")) is not None:
            yield table, table_at(sheet, index)


def _likely_header(sheet: Sheet, binding: Binding, name: str) -> int | None:
    """The row with most titles that we know, else the one with most words; the upper of two that are alike."""
    every = [Words(table, binding) for table in binding.template.tables if binding.sheets.get(table.key) == name]
    best: tuple[int, int, int] = (0, 0, 0)
    for index, row in enumerate(tops(sheet)):
        known = max((len(header_of(row.cells, words).columns) for words in every), default=0)
        worded = len([cell for cell in row.cells if re.search(r"[^\W\d]", cell)])
        best = max(best, (known, worded, -index))
    return -best[2] if best[:2] != (0, 0) else None


def _sheets(workbook: Workbook, binding: Binding) -> Iterator[Question]:
    filled = [sheet for sheet in workbook.sheets if sheet.rows and label(sheet.name) != NOTES_SHEET]
    names = tuple(sheet.name for sheet in filled)
    for table in binding.template.tables:
        if not table.optional and table.key not in binding.sheets:
            text = f"「{table.sheet}」在哪张工作表？（可以与另一表同在一张）"
            yield Question("sheet", table.key, text, names)
    used = {label(name) for name in (*binding.sheets.values(), *binding.unread_sheets)}
    if all(table.optional or table.key in binding.sheets for table in binding.template.tables):
        for name in names:
            if label(name) not in used:
                yield Question("unread", name, f"工作表「{name}」不读吗？", ("不读",))


def _shared(binding: Binding, table: ours.Table) -> list[ours.Table]:
    name = binding.sheets.get(table.key)
    return [item for item in binding.template.tables if binding.sheets.get(item.key) == name]


def _columns(workbook: Workbook, binding: Binding, table: ours.Table, at: Table) -> Iterator[Question]:
    beside = _shared(binding, table)
    if beside[0] is not table:
        return  # asked with the first table of the sheet
    every = [header_of(at.header.cells, Words(item, binding)) for item in beside]
    strange = {index: name for index, name in every[0].strange.items() if all(index in item.strange for item in every)}
    open_titles = tuple(
        dict.fromkeys(
            column.title
            for item in beside
            for column in (*item.heading, *item.columns)
            if not _is_found(workbook, binding, column)
        )
    )
    for index, name in strange.items():
        filled = (_text(row.cells, index) for row in _rows(at))
        samples = tuple(dict.fromkeys(text for text in filled if text))[:SAMPLES]
        if samples:
            text = f"「{name}」是本系统的哪一栏？"
            yield Question("column", title(name).whole, text, open_titles, samples, table.key, may_pass=True)


def _rows(at: Table) -> Iterator[Row]:
    return (row for row in at.rows if not is_total(row) and not is_signed(row))


def _text(cells: tuple[str, ...], index: int) -> str:
    return cells[index].strip() if index < len(cells) else ""


def _is_found(workbook: Workbook, binding: Binding, column: Column) -> bool:
    """Whether the workbook has a column or a field for a column of ours."""
    if column.title in binding.columns.values():
        return True
    for table, at in _placed(workbook, binding):
        words = Words(table, binding)
        held: set[str | None] = set(header_of(at.header.cells, words).columns)
        if column in table.heading:
            held |= {words.key_of(field_name(cell))[0] for row in at.above for cell in row.cells if cell.strip()}
        if column in (*table.heading, *table.columns) and column.key in held:
            return True
    return False


def _fields(workbook: Workbook, binding: Binding, table: ours.Table, at: Table) -> Iterator[Question]:
    names = tuple(dict.fromkeys(name for row in at.above for cell in row.cells if (name := field_name(cell))))
    for column in table.heading:
        if not column.required or _is_found(workbook, binding, column) or column.title in binding.constants:
            continue
        options, text = names, f"抬头里哪一项是「{column.title}」？"
        if column.form == "month" and any(_MONTH.search(plain(cell)) for row in at.above for cell in row.cells):
            options, text = (IN_TITLE, *names), f"{text}（{IN_TITLE}：写在表上方的标题里）"
        yield Question("field", column.title, text, options, table=table.key)


def _constants(workbook: Workbook, binding: Binding, table: ours.Table) -> Iterator[Question]:
    for column in table.columns:
        if column.required and not _is_found(workbook, binding, column) and column.title not in binding.constants:
            text = f"表中没有「{column.title}」：各行都填什么？（各行不同的，请银行加上这一栏）"
            yield Question("constant", column.title, text, tuple(word for word, _ in column.choices), table=table.key)


def _words(binding: Binding, table: ours.Table, at: Table) -> Iterator[Question]:
    words = Words(table, binding)
    found = header_of(at.header.cells, words).columns
    for column in table.columns:
        if not column.choices or column.key not in found:
            continue
        options = tuple(word for word, _ in column.choices)
        theirs = dict.fromkeys(
            _text(row.cells, found[column.key][0]) for row in at.rows if not is_total(row) and not is_signed(row)
        )
        for word in theirs:
            if word and isinstance(value_of(column, words.choice(column, word)), Wrong):
                yield Question("word", word, f"「{column.title}」里的「{word}」是哪一个？", options, table=column.title)


def answered(binding: Binding, question: Question, answer: str) -> Binding | None:
    """The binding with an answer in it; None where the answer is none that fits the question."""
    text = answer.strip()
    if question.options and text.isdigit() and 1 <= int(text) <= len(question.options):
        text = question.options[int(text) - 1]
    if not text and not question.may_pass:
        return None
    if text and question.options and text not in question.options:
        return None
    pairs: dict[str, dict[str, object]] = {
        "sheet": {"sheets": {**binding.sheets, question.subject: text}},
        "unread": {"unread_sheets": (*binding.unread_sheets, question.subject)},
        "column": {"columns": {**binding.columns, question.subject: text or UNREAD}},
        "field": {"columns": {**binding.columns, text: question.subject}},
        "constant": {"constants": {**binding.constants, question.subject: text}},
        "word": {
            "values": {
                **binding.values,
                question.table: {**binding.values.get(question.table, {}), question.subject: text},
            }
        },
    }
    if question.sort == "constant":
        column = next(item for item in _wanted(binding) if item.title == question.subject)
        if isinstance(value_of(column, text), Wrong):
            return None
    return Binding.model_validate({**binding.model_dump(), **pairs[question.sort]})


def prove(workbook: Workbook, source: SourceFile, binding: Binding) -> Learnt:
    """Read the whole file by the binding; raises Refusal with every fault when it can't be read."""
    register, faults = read_register(workbook, binding.template, source, binding)
    first = binding.template.tables[0]
    if not faults and not register.tables[first.key]:
        faults = [Fault(wrongs.NO_ROWS, "没有数据行", Place(source.name))]
    if not faults and not fits(workbook, binding):
        faults = [Fault(UNBOUND, "绑定后认不出这一份", Place(source.name))]
    if faults:
        raise Refusal(faults)
    pairs, sums = [], []
    for table in binding.template.tables:
        entries = sorted(register.tables[table.key], key=lambda entry: entry.line.row)
        for column in table.columns:
            value = next((entry.values[column.key] for entry in entries if column.key in entry.values), None)
            if value is not None:
                pairs.append((column.title, _from(entries[0].titles[column.key]), value_words(column, value)))
            if column.key in table.totals:
                total = sum(entry.number(column.key) for entry in entries)
                sums.append((column.title, value_words(column, total)))
    return Learnt((*_heading(register, first), *pairs), _counts(register), tuple(sums))


def _from(printed: tuple[str, int | None]) -> str:
    return printed[0] if printed[1] is not None else "（固定值）"


def _heading(register: Register, first: ours.Table) -> Iterator[tuple[str, str, str]]:
    for column in first.heading:
        if column.key in register.heading.values:
            yield (
                column.title,
                register.heading.titles[column.key][0],
                value_words(column, register.heading.values[column.key]),
            )


def _counts(register: Register) -> tuple[tuple[str, int], ...]:
    return tuple((table.sheet, len(register.tables[table.key])) for table in register.template.tables)
