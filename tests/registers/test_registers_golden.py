"""Every kind of register on its road through real books: read, read again, cut, shuffled, changed cell by cell."""

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from registers.filled import workbook
from registers.golden_registers import (
    DAYS,
    FILES,
    GOLDEN,
    KINDS,
    Stage,
    edited,
    pair,
    read,
    read_opening_of,
    readings,
    resaved,
    walked,
    who,
    write,
)

from desk.acts.intake import import_file
from desk.acts.office import Office
from importers.files import Row, Sheet, Workbook
from importers.registers import TEMPLATE_KINDS
from importers.registers.columns import Column, Table, template_of
from importers.registers.header import header_of, header_row
from importers.registers.register import is_signed, is_total
from importers.registers.synonyms import Words
from ledger.faults import Refusal
from ledger.papers import Intake

LISTS = tuple(name for name in DAYS if name != "statement")
"""Files whose rows stand for themselves; a statement's order is part of what it says."""


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Stage]:
    return walked(tmp_path_factory.mktemp("golden"))


def stripped(intake: Intake) -> list[dict[str, Any]]:
    """The events without the places that they were read from."""
    return [event.model_dump(exclude={"sources"}) for event in intake.events]


def test_there_is_a_golden_file_of_every_kind() -> None:
    assert {*KINDS.values(), "opening"} == set(TEMPLATE_KINDS)


def test_the_files_are_what_the_writer_writes(tmp_path: Path) -> None:
    write(tmp_path / "golden")
    assert set(FILES) <= {path.name for path in GOLDEN.iterdir()}
    for path in (tmp_path / "golden").rglob("*.*"):
        assert path.read_bytes() == (GOLDEN / path.relative_to(tmp_path / "golden")).read_bytes(), path.name


def test_what_is_read_is_what_is_committed(stages: dict[str, Stage]) -> None:
    for name, text in readings(stages).items():
        assert text == (GOLDEN / f"{name}.json").read_text(encoding="utf-8"), name


@pytest.mark.parametrize("name", DAYS)
def test_each_kind_has_its_golden_pair_of_beangulp(stages: dict[str, Stage], name: str) -> None:
    assert pair(stages[name]) == (GOLDEN / f"{name}.beancount").read_bytes()


@pytest.mark.parametrize("name", DAYS)
def test_a_file_imported_twice_adds_nothing(stages: dict[str, Stage], name: str) -> None:
    stage = stages[name]
    office, maker = Office(stage.after), who("aa", stage.day)
    again = import_file(office, stage.content, "again.xlsx", who=maker, bindings=stage.bindings)
    assert (again.already, again.events, again.draft) == (True, 0, "")
    saved = import_file(office, resaved(stage.content), "resaved.xlsx", who=maker, bindings=stage.bindings)
    assert (saved.already, saved.events, saved.draft) == (False, 0, "")
    assert dict(saved.rows).get("known", 0) > 0
    assert not {"event", "statement"} & set(dict(saved.rows))


# ── rows: cut and shuffled ────────────────────────────────────────────────────────────────────────────────


def places(
    book: Workbook, kind: str, bindings: tuple[Any, ...]
) -> Iterator[tuple[Table, str, Mapping[str, int], list[int]]]:
    """(table, sheet, columns by key, numbers of the data rows) of every table in a workbook."""
    for table in template_of(kind).tables:
        words = Words(table, bindings[0] if bindings else None)
        named = [sheet for sheet in book.sheets if sheet.name == table.sheet]
        sheet = named[0] if named else book.sheets[0]
        index = header_row(sheet, words)
        assert index is not None
        columns = {key: at for key, (at, _) in header_of(sheet.rows[index].cells, words).columns.items()}
        rows = [row.number for row in sheet.rows[index + 1 :] if not is_total(row) and not is_signed(row)]
        yield table, sheet.name, columns, rows


def every_row(stage: Stage) -> Iterator[tuple[str, int]]:
    seen = set()
    for _, sheet, _, rows in places(workbook(stage.content), KINDS[stage.name], stage.bindings):
        for row in rows:
            if (sheet, row) not in seen:
                seen.add((sheet, row))
                yield sheet, row


@pytest.mark.parametrize("name", DAYS)
def test_any_row_deleted_is_refused(stages: dict[str, Stage], name: str) -> None:
    stage = stages[name]
    rows = list(every_row(stage))
    assert rows
    for sheet, row in rows:
        cut = edited(stage.content, lambda book: book[sheet].delete_rows(row))  # noqa: B023 - called at once
        with pytest.raises(Refusal):
            read(stage, cut)


def shuffled(content: bytes, kind: str, bindings: tuple[Any, ...], seed: int) -> bytes:
    chance = random.Random(seed)  # noqa: S311 - a seeded shuffle, no secret

    def change(book: openpyxl.Workbook) -> None:
        done = set()
        for _, name, _, rows in places(workbook(content), kind, bindings):
            if name in done:
                continue
            done.add(name)
            sheet, order = book[name], rows[:]
            chance.shuffle(order)
            values = {row: [cell.value for cell in sheet[row]] for row in rows}
            formats = {row: [cell.number_format for cell in sheet[row]] for row in rows}
            for to, source in zip(rows, order, strict=True):
                for cell, value, look in zip(sheet[to], values[source], formats[source], strict=True):
                    cell.value, cell.number_format = value, look

    return edited(content, change)


@pytest.mark.parametrize("name", LISTS)
def test_rows_in_any_order_say_the_same(stages: dict[str, Stage], name: str) -> None:
    stage = stages[name]
    said = stripped(read(stage, stage.content))
    assert said
    for seed in range(5):
        assert stripped(read(stage, shuffled(stage.content, KINDS[name], stage.bindings, seed))) == said


def test_an_opening_s_rows_in_any_order_say_the_same_and_none_may_lack() -> None:
    content = (GOLDEN / "opening.xlsx").read_bytes()
    said = stripped(read_opening_of(content))
    for seed in range(5):
        assert stripped(read_opening_of(shuffled(content, "opening", (), seed))) == said
    for _, sheet, _, rows in places(workbook(content), "opening", ()):
        for row in rows:
            with pytest.raises(Refusal):
                read_opening_of(edited(content, lambda book: book[sheet].delete_rows(row)))  # noqa: B023


# ── one cell changed ──────────────────────────────────────────────────────────────────────────────────────

FREE = frozenset({"remark", "ip_type", "net_fen"})
"""What a bank may leave out or word otherwise when it says a row again: it adds nothing to what is posted."""
FILLED = {
    "text": "某某（虚构）",
    "id": "X-9",
    "list": "另一件",
    "date": "2023-06-30",
    "rate": "5%",
    "int": "7",
    "money": "1",
}


def other_text(column: Column, text: str) -> str:
    """Another value of the column's own form."""
    if column.choices:
        meanings = dict(column.choices)
        return next(word for word, meant in reversed(column.choices) if meant != meanings.get(text))
    if not text:
        return FILLED[column.form]
    if column.form in {"money", "int"} or (column.form == "rate" and not text.endswith("%")):
        return f"{Decimal(text) + 1:f}"
    if column.form == "date":
        return "2031-12-31"
    if column.form == "rate":
        return "9.99%"
    if text[-1].isdigit():
        return f"{text[:-1]}{(int(text[-1]) + 1) % 10}"
    return f"{text}改"


class Changed(NamedTuple):
    """A workbook of which one cell was changed, and its 合计 with it."""

    place: str
    column: Column
    was: str
    now: str
    workbook: Workbook


def cells_changed(stage: Stage) -> Iterator[Changed]:
    """Every cell of every row changed, one at a time."""
    book = workbook(stage.content)
    for table, sheet, columns, rows in places(book, KINDS[stage.name], stage.bindings):
        by_key = {column.key: column for column in table.columns}
        for row in rows:
            for key, index in columns.items():
                if key in by_key:
                    yield changed_cell(book, table, by_key[key], (sheet, row, index))


def changed_cell(book: Workbook, table: Table, column: Column, place: tuple[str, int, int]) -> Changed:
    name, number, index = place
    was = text_at(book, place)
    now = other_text(column, was)
    changes = {(number, index): now}
    if column.key in table.totals:
        more = Decimal(now) - Decimal(was or 0)
        for row in next(sheet for sheet in book.sheets if sheet.name == name).rows:
            if is_total(row):
                changes[row.number, index] = f"{Decimal(text_at(book, (name, row.number, index)) or 0) + more:f}"
    sheets = tuple(replaced(sheet, changes) if sheet.name == name else sheet for sheet in book.sheets)
    return Changed(f"{name}!{get_column_letter(index + 1)}{number}", column, was, now, replace(book, sheets=sheets))


def text_at(book: Workbook, place: tuple[str, int, int]) -> str:
    name, number, index = place
    rows = next(sheet for sheet in book.sheets if sheet.name == name).rows
    cells = next(row.cells for row in rows if row.number == number)
    return cells[index] if index < len(cells) else ""


def replaced(sheet: Sheet, changes: Mapping[tuple[int, int], str]) -> Sheet:
    rows = []
    for row in sheet.rows:
        cells = list(row.cells)
        for (number, index), text in changes.items():
            if number == row.number:
                cells += [""] * (index + 1 - len(cells))
                cells[index] = text
        rows.append(Row(row.number, tuple(cells)))
    return replace(sheet, rows=tuple(rows))


def refusal_of(stage: Stage, content: Workbook) -> Refusal | None:
    try:
        read(stage, content, after=True)
    except Refusal as refusal:
        return refusal
    return None


@pytest.mark.parametrize("name", LISTS)
def test_any_cell_changed_in_a_posted_file_is_refused_with_both_values(stages: dict[str, Stage], name: str) -> None:
    stage, tried, both = stages[name], 0, 0
    for changed in cells_changed(stage):
        if changed.column.key in FREE:
            continue
        tried += 1
        refusal = refusal_of(stage, changed.workbook)
        words = f"{changed.place} {changed.column.title}: {changed.was!r} became {changed.now!r}"
        assert refusal, f"{words} and nobody said so"
        assert all(fault.found and (fault.expected or fault.kind.expected) for fault in refusal.faults), words
        both += any(fault.code == "导入-登记-32" for fault in refusal.faults)
    assert tried > 5
    assert both >= tried / 4, f"{both} of {tried}"


def test_a_changed_cell_shows_what_was_and_what_is(stages: dict[str, Stage]) -> None:
    stage = stages["tapes"]
    content = edited(stage.content, lambda book: setattr(book["月末贷款状况"]["G9"], "value", 5))
    with pytest.raises(Refusal) as refusal:
        read(stage, content, after=True)
    (fault,) = refusal.value.faults
    assert (fault.place.column, fault.found) == ("逾期天数", "5")
    assert fault.expected == "已入账或在草稿中 0（tapes.xlsx 第 9 行）"


def test_a_remark_worded_otherwise_is_known(stages: dict[str, Stage]) -> None:
    stage = stages["tapes"]
    content = edited(stage.content, lambda book: setattr(book["月末贷款状况"]["J9"], "value", "另注"))
    assert read(stage, content, after=True).events == ()


@pytest.mark.parametrize(("row", "column"), [(9, "D"), (9, "E"), (10, "C"), (10, "E")])
def test_a_changed_amount_of_a_posted_statement_is_refused(stages: dict[str, Stage], row: int, column: str) -> None:
    stage = stages["statement"]

    def change(book: openpyxl.Workbook) -> None:
        cell = book["纸质对账单录入"][f"{column}{row}"]
        cell.value = (cell.value or 0) + 1

    with pytest.raises(Refusal):
        read(stage, edited(stage.content, change), after=True)


def test_a_draft_that_waits_is_not_contradicted_in_silence(stages: dict[str, Stage], tmp_path: Path) -> None:
    stage = stages["extensions"]
    office = Office(Path(shutil.copytree(stage.before, tmp_path / "books")))
    first = import_file(office, stage.content, "a.xlsx", who=who("aa", stage.day))
    assert first.draft
    content = edited(stage.content, lambda book: setattr(book["展期备案"]["E6"], "value", "ZQ-2"))
    with pytest.raises(Refusal) as refusal:
        import_file(office, content, "b.xlsx", who=who("aa", stage.day))
    (fault,) = refusal.value.faults
    assert (fault.code, fault.found) == ("导入-登记-32", "ZQ-2")
    assert fault.expected.startswith("已入账或在草稿中 ZQ-1（a.xlsx")


def beangulp(stage: Stage, command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    named = {"RISKPOOL_BOOKS": str(stage.before), "RISKPOOL_SYNONYMS": str(GOLDEN / "synonyms")}
    return subprocess.run(
        [sys.executable, "-X", "utf8", "-m", "importers.config", command, str(folder / f"{stage.name}.xlsx")],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, **named},
        check=False,
    )


@pytest.mark.parametrize("name", ["own", "insurance"])
def test_the_commands_of_beangulp_preview_a_register_over_real_books_and_write_nothing(
    stages: dict[str, Stage], name: str, tmp_path: Path
) -> None:
    stage = stages[name]
    shutil.copy(GOLDEN / f"{name}.xlsx", tmp_path)
    before = {path: path.stat().st_mtime_ns for root in (stage.before, tmp_path) for path in root.rglob("*")}
    identified = beangulp(stage, "identify", tmp_path)
    assert (identified.returncode, "importers.pool" in identified.stdout) == (0, True)
    extracted = beangulp(stage, "extract", tmp_path)
    assert extracted.returncode == 0, extracted.stderr
    pairs = (GOLDEN / f"{name}.beancount").read_text(encoding="utf-8")
    for line in pairs.splitlines():
        assert line.startswith(";;") or line.strip() in extracted.stdout
    archived = beangulp(stage, "archive", tmp_path)
    assert (archived.returncode, f"-{KINDS[name]}.xlsx" in archived.stderr) == (0, True)
    after = {path: path.stat().st_mtime_ns for root in (stage.before, tmp_path) for path in root.rglob("*")}
    assert after == before
