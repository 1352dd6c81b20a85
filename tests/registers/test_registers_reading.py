"""How cells, headers and totals are read, and what is said when they can't be."""

import io
from collections.abc import Callable, Mapping

import openpyxl
import pytest
from registers.filled import (
    BORROWER,
    Rows,
    View,
    codes,
    loan_row,
    loan_state,
    read,
    refused,
    right_row,
    source,
    workbook,
)

from importers.files import Row, Sheet, Workbook, read_file
from importers.registers import KINDS, intake, read_opening, write_template
from importers.registers.columns import Column, Form
from importers.registers.entries import Wrong, value_of
from ledger.faults import Fault, Refusal
from ledger.openitems import OpenItems

HEADING = {"bank": "中国银行"}
EXTENSION = {
    "loan": "BOC2023-0001",
    "borrower": BORROWER,
    "due_on": "2024-03-07",
    "new_due_on": "2024-09-07",
    "filing_no": "ZQ-1",
    "filed_on": "2024-02-20",
}


@pytest.mark.parametrize(
    ("form", "text", "value"),
    [
        ("rate", "4.35%", "0.0435"),
        ("rate", "0.0435", "0.0435"),
        ("rate", "３.6％", "0.036"),
        ("month", "2023-05", "2023-05"),
        ("month", "202305", "2023-05"),
        ("month", "2023年5月", "2023-05"),
        ("month", "2023-05-31", "2023-05"),
        ("int", "0", 0),
        ("money", "1,200.5", 120_050),
        ("id", " ａb-1 ", "ab-1"),
    ],
)
def test_a_cell_reads_as(form: Form, text: str, value: object) -> None:
    assert value_of(Column("栏", "key", form), text) == value


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("rate", "4.35"),
        ("rate", "0%"),
        ("rate", "100%"),
        ("rate", "nan%"),
        ("rate", "0.123456789%"),
        ("month", "2023-13"),
        ("month", "五月"),
        ("int", "-1"),
        ("int", "1.5"),
        ("money", "1,2O0.00"),
        ("money", "-1.00"),
        ("date", "2023-02-30"),
        ("text", "字" * 201),
    ],
)
def test_a_cell_is_refused(form: Form, text: str) -> None:
    assert isinstance(value_of(Column("栏", "key", form), text), Wrong)


def test_a_fault_points_at_the_cell(view: View) -> None:
    rows = [EXTENSION | {"new_due_on": "2024-09-31"}]
    (fault,) = refused("extensions", rows, view(), HEADING)
    assert str(fault) == (
        "[导入-登记-05] a.xlsx 工作表「展期备案」 第 6 行「新到期日」\n"
        "   6 | BOC2023-0001  慈溪某电器有限公司（虚构）  2024-03-07  2024-09-31  ZQ-1  2024-02-20\n"
        "                                                             ^^^^^^^^^^\n"
        "读到：2024-09-31      应为：日期，如 2023-03-31；月份，如 2023-03\n"
        "怎么办：改成所示写法后重新导入。"
    )


def test_all_faults_of_a_file_come_together(view: View) -> None:
    rows = [EXTENSION | {"due_on": ""}, EXTENSION | {"filed_on": "昨天", "loan": "BOC 2"}]
    faults = refused("extensions", rows, view(), {"bank": ""})
    assert codes(faults) == ["04", "04", "10", "05"]
    assert [fault.place.column for fault in faults] == ["合作银行", "原到期日", "借据号", "备案日"]


def edited(
    kind: str, rows: Rows, heading: Mapping[str, str] | None, change: Callable[[openpyxl.Workbook], object]
) -> bytes:
    """A template changed as an officer might, its computed values kept, by openpyxl."""
    book = openpyxl.load_workbook(io.BytesIO(write_template(kind, rows, heading=heading)), data_only=True)
    change(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def faults_of(content: bytes, view: OpenItems) -> tuple[Fault, ...]:
    with pytest.raises(Refusal) as refusal:
        intake(workbook(content), source(content), view)
    return refusal.value.faults


def test_columns_may_move_and_the_title_may_go(view: View) -> None:
    def change(book: openpyxl.Workbook) -> None:
        sheet = book["展期备案"]
        sheet["A1"] = "某支行展期表"
        sheet["B4"] = "1 笔"
        sheet.move_range("A5:G6", cols=3)

    content = edited("extensions", [EXTENSION], HEADING, change)
    result = intake(workbook(content), source(content), view(loans=(loan_state(),)))
    assert [event.kind for event in result.events] == ["TermExtended"]


def test_a_missing_column_is_named(view: View) -> None:
    content = edited("extensions", [EXTENSION], HEADING, lambda book: book["展期备案"].delete_cols(4))
    (fault,) = faults_of(content, view())
    assert (fault.code, fault.found) == ("导入-登记-01", "缺少栏目「新到期日」")


def test_a_doubled_column_is_refused(view: View) -> None:
    def change(book: openpyxl.Workbook) -> None:
        book["展期备案"]["H5"] = "新到期日"

    (fault,) = faults_of(edited("extensions", [EXTENSION], HEADING, change), view())
    assert fault.found == "栏目「新到期日」出现不止一次"


def test_another_sheet_with_rows_is_refused(view: View) -> None:
    def change(book: openpyxl.Workbook) -> None:
        book["展期备案"]["B4"] = "1 笔"
        book.create_sheet("补充")["A1"] = "BOC2023-0009"

    (fault,) = faults_of(edited("extensions", [EXTENSION], HEADING, change), view())
    assert (fault.code, fault.place.sheet) == ("导入-登记-03", "补充")


def test_a_control_total_that_disagrees_is_refused(view: View) -> None:
    def change(book: openpyxl.Workbook) -> None:
        book["入库备案"]["I3"] = 1
        book["入库备案"]["J3"] = 2_500_000.50
        book["质押权利"]["I3"] = 5_000_000

    rows = {"loans": [loan_row()], "rights": [right_row()]}
    (fault,) = faults_of(edited("loans", rows, None, change), view())
    assert (fault.code, fault.found, fault.expected) == ("导入-登记-12", "合计 1", "各行之和 3,000,000.00 元")


def test_a_file_whose_totals_were_never_computed_is_refused() -> None:
    # openpyxl keeps the formula and writes an empty value beside it, as some other programs do.
    rows = {"loans": [loan_row()], "rights": [right_row()]}
    buffer = io.BytesIO()
    openpyxl.load_workbook(io.BytesIO(write_template("loans", rows))).save(buffer)
    with pytest.raises(Refusal) as refusal:
        workbook(buffer.getvalue())
    (fault,) = refusal.value.faults
    assert (fault.code, fault.place.sheet, fault.place.row) == ("导入-数字-02", "入库备案", 3)


def test_a_file_whose_totals_are_blank_is_refused(view: View) -> None:
    def change(book: openpyxl.Workbook) -> None:
        for sheet, cell in (("入库备案", "I3"), ("入库备案", "J3"), ("质押权利", "I3")):
            book[sheet][cell] = None

    rows = {"loans": [loan_row()], "rights": [right_row()]}
    faults = faults_of(edited("loans", rows, None, change), view())
    assert [fault.found for fault in faults] == ["合计 空"] * 3


@pytest.mark.parametrize(
    ("stated", "found"),
    [("2 笔", "合计 2 笔"), (None, "合计行是空的")],
    ids=["another count", "a count never computed"],
)
def test_a_count_of_rows_that_is_not_theirs_is_refused(view: View, stated: str | None, found: str) -> None:
    def change(book: openpyxl.Workbook) -> None:
        book["展期备案"]["B4"] = stated

    (fault,) = faults_of(edited("extensions", [EXTENSION], HEADING, change), view(loans=(loan_state(),)))
    assert (fault.code, fault.found, fault.place.row) == ("导入-登记-12", found, 4)


def test_a_file_of_the_earlier_template_without_a_count_is_read(view: View) -> None:
    content = edited("extensions", [EXTENSION], HEADING, lambda book: book["展期备案"].delete_rows(4))
    result = intake(workbook(content), source(content), view(loans=(loan_state(),)))
    assert [event.kind for event in result.events] == ["TermExtended"]


def test_an_empty_template_is_refused(view: View) -> None:
    (fault,) = refused("extensions", [], view(), HEADING)
    assert fault.code == "导入-登记-02"


def test_what_is_none_of_ours_is_left_to_others(view: View) -> None:
    stranger = Workbook("csv", "utf-8", (Sheet("", (Row(1, ("交易日期", "金额")), Row(2, ("20230101", "1.00")))),))
    assert intake(stranger, source(b"x"), view()) is None
    with pytest.raises(Refusal, match="不是本系统的模板"):
        read_opening(stranger, source(b"x"), view().pool)


def test_no_row_of_the_file_vanishes(view: View) -> None:
    content = write_template("extensions", [EXTENSION], heading=HEADING, title_note="虚构")
    read_back = read_file(content, "a.xlsx")
    result = intake(read_back, source(content), view(loans=(loan_state(),)))
    places = [(row.line.sheet, row.line.row) for row in result.reading.rows]
    assert places == [(sheet.name, row.number) for sheet in read_back.sheets for row in sheet.rows]
    assert {row.outcome for row in result.reading.rows} == {"event", "ignored"}
    assert all(row.reason for row in result.reading.rows if row.outcome == "ignored")


def test_fault_codes_are_unique_and_in_order() -> None:
    assert [kind.code for kind in KINDS] == [f"导入-登记-{number:02}" for number in range(1, len(KINDS) + 1)]


def test_a_second_import_makes_nothing_new(view: View) -> None:
    rows = {"loans": [loan_row()], "rights": [right_row()]}
    first = read("loans", rows, view())
    pledged = ((right_row()["right"], "YP2023001", "boc"),)
    after = view(
        known_events=frozenset(event.event_id for event in first.events),
        rights_known=frozenset({right_row()["right"]}),
        rights_pledged=pledged,
        loans=(loan_state(),),
    )
    again = read("loans", rows, after)
    assert again.events == ()
    assert [row.outcome for row in again.reading.rows if row.outcome != "ignored"] == ["known", "known"]
