"""Each way in which a bank's paper can be wrong: refused whole, with its code, place and both values."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from ledger.faults import Fault, Refusal
from ledger.openitems import ListEnd, OpenItems

# Classes of conftest.py, which can't be imported under importlib mode.
Papers = Moves = Take = Again = Any
Rows = list[list[str]]

OPENING = 1_000_000_00
FIRST = 8
"""Index of the first line of a HISQRY table."""


@pytest.fixture
def refused(take: Take, view: OpenItems) -> Callable[..., Sequence[Fault]]:
    def faults(content: bytes, seen: OpenItems | None = None, hint: str | None = None) -> Sequence[Fault]:
        with pytest.raises(Refusal) as caught:
            take(content, seen or view, hint)
        return caught.value.faults

    return faults


@pytest.fixture
def hisqry(papers: Papers, april: Moves) -> Rows:
    rows: Rows = papers.hisqry(april, OPENING)
    return rows


Refused = Callable[..., Sequence[Fault]]


def test_an_unreadable_amount_names_row_column_and_text(hisqry: Rows, papers: Papers, refused: Refused) -> None:
    hisqry[FIRST][13] = "+5O0000.00"
    found = refused(papers.csv(hisqry))
    assert [(fault.code, fault.place.row, fault.place.column) for fault in found] == [("导入-金额-01", 9, "交易金额")]
    assert "读到：+5O0000.00" in str(found[0])
    assert "^^^" in str(found[0])


def test_all_unreadable_cells_are_gathered(hisqry: Rows, papers: Papers, refused: Refused) -> None:
    hisqry[FIRST][13], hisqry[FIRST + 1][10], hisqry[FIRST + 2][12] = "x", "2023/02/30", "USD"
    hisqry[FIRST + 3][22] = "2.02E+26"
    codes = [fault.code for fault in refused(papers.csv(hisqry))]
    assert codes == ["导入-金额-01", "导入-日期-01", "导入-币种-01", "导入-流水号-01"]


def test_a_broken_running_balance_says_both_figures(hisqry: Rows, papers: Papers, refused: Refused) -> None:
    hisqry[FIRST + 1][14] = "1,501,234.57"
    (fault,) = refused(papers.csv(hisqry))
    assert (fault.code, fault.place.row) == ("导入-余额-01", 10)
    assert "余额却是 1,501,234.57" in fault.found
    assert fault.expected == "余额 1,501,234.56"


def test_control_totals_that_disagree_are_each_named(hisqry: Rows, papers: Papers, refused: Refused) -> None:
    hisqry[1][1], hisqry[5][1] = "5", "500,000.00"
    found = refused(papers.csv(hisqry))
    assert [fault.code for fault in found] == ["导入-余额-02", "导入-余额-02"]
    assert "文件称收入金额 500,000.00，逐笔相加 501,234.56" in found[1].found


@pytest.mark.parametrize("index", range(4))
def test_any_deleted_row_is_noticed(index: int, hisqry: Rows, papers: Papers, refused: Refused) -> None:
    del hisqry[FIRST + index]
    assert "导入-余额-02" in {fault.code for fault in refused(papers.csv(hisqry))}


@pytest.mark.parametrize("variant", ["1b", "1c", "2b"])
def test_a_file_cut_before_its_last_row_is_noticed_by_the_footer(
    variant: str, papers: Papers, april: Moves, refused: Refused
) -> None:
    rows = papers.detail(april, OPENING, variant)
    del rows[-3]
    assert [fault.code for fault in refused(papers.xls(rows))] == ["导入-余额-02"]


def test_a_truncated_workbook_is_refused(papers: Papers, april: Moves, refused: Refused) -> None:
    content = papers.xls(papers.detail(april, OPENING, "1c"))
    assert [fault.code for fault in refused(content[: len(content) // 2])] == ["导入-文件-03"]


@pytest.mark.parametrize(("word", "sign"), [("往账", "+"), ("来账", "-"), ("转账", "+")])
def test_direction_and_sign_must_agree(word: str, sign: str, hisqry: Rows, papers: Papers, refused: Refused) -> None:
    hisqry[FIRST][0], hisqry[FIRST][13] = word, f"{sign}500000.00"
    assert "导入-方向-01" in {fault.code for fault in refused(papers.csv(hisqry))}


def test_columns_printed_the_other_way_round_break_the_chain(papers: Papers, april: Moves, refused: Refused) -> None:
    rows = papers.detail(april, OPENING, "1b")[:-2]
    rows[2][1], rows[2][2] = rows[2][2], rows[2][1]
    assert [fault.code for fault in refused(papers.xlsx(rows))] == ["导入-余额-01"]


def test_both_sides_filled_or_none_is_refused(papers: Papers, april: Moves, refused: Refused) -> None:
    rows = papers.detail(april, OPENING, "1b")
    rows[3][1], rows[3][2] = "1.00", "1.00"
    rows[4][1], rows[4][2] = "", "0.00"
    assert [fault.code for fault in refused(papers.xlsx(rows))] == ["导入-金额-02", "导入-金额-02"]


def test_another_banks_account_is_refused(papers: Papers, april: Moves, refused: Refused) -> None:
    (fault,) = refused(papers.csv(papers.hisqry(april, OPENING, "201000123456789")))
    assert fault.code == "导入-账号-02"
    assert "慈溪农商银行" in fault.found


def test_an_unknown_account_is_refused_and_its_number_not_printed(
    papers: Papers, april: Moves, refused: Refused
) -> None:
    (fault,) = refused(papers.csv(papers.hisqry(april, OPENING, "405200009999")))
    assert fault.code == "导入-账号-01"
    assert "405200009999" not in str(fault)


def test_a_hint_that_disagrees_with_the_file_is_refused(hisqry: Rows, papers: Papers, refused: Refused) -> None:
    assert [fault.code for fault in refused(papers.csv(hisqry), None, "boc-02")] == ["导入-账号-04"]
    assert [fault.code for fault in refused(papers.csv(hisqry), None, "crcb-01")] == ["导入-账号-02"]
    assert [fault.code for fault in refused(papers.csv(hisqry), None, "boc-09")] == ["导入-账号-01"]


@pytest.mark.parametrize("said", ["4052****0018", "4.052E+11"])
def test_an_account_number_that_is_not_whole_is_not_taken_for_none(
    said: str, hisqry: Rows, papers: Papers, refused: Refused
) -> None:
    hisqry[0][1] = said
    (fault,) = refused(papers.csv(hisqry), None, "boc-02")
    assert (fault.code, fault.place.row, fault.place.column, fault.found) == ("导入-流水号-01", 1, "查询账号", said)


def test_a_masked_account_of_abc_is_not_bound_to_another(papers: Papers, april: Moves, refused: Refused) -> None:
    rows = papers.detail(april, OPENING, "1b")
    rows[1][2] = "3953****0015"
    (fault,) = refused(papers.xlsx(rows))
    assert (fault.code, fault.place.row, fault.place.column) == ("导入-流水号-01", 2, "账户号")


@pytest.mark.parametrize("form", ["zjrc_a", "zjrc_b"])
def test_an_account_named_above_a_table_that_has_none_of_its_own_is_asked(
    form: str, papers: Papers, april: Moves, take: Take, view: OpenItems, refused: Refused
) -> None:
    rows = getattr(papers, form)(april, OPENING)
    assert take(papers.xlsx([["账号：201000123456789"], *rows]), view).paper.account == "crcb-01"
    (fault,) = refused(papers.xlsx([["账号：201000123456797"], *rows]))
    assert fault.code == ("导入-账号-01" if form == "zjrc_a" else "导入-流水号-01")


def test_rows_that_name_our_side_say_whose_the_list_is(
    hisqry: Rows, papers: Papers, take: Take, view: OpenItems, refused: Refused
) -> None:
    """Without an account above the table the payee of what came in and the payer of what went out is the account."""
    hisqry[0][1] = ""
    assert take(papers.csv(hisqry), view).paper.account == "boc-01"
    assert [fault.code for fault in refused(papers.csv(hisqry), None, "boc-02")] == ["导入-账号-04"]
    hisqry[FIRST + 1][8] = "405200000026"
    (fault,) = refused(papers.csv(hisqry))
    assert (fault.code, fault.place.row, fault.place.column) == ("导入-方向-01", FIRST + 2, "收款人账号")


def test_a_list_that_could_be_of_two_accounts_must_be_bound(
    papers: Papers, april: Moves, view: OpenItems, refused: Refused
) -> None:
    twin = view.pool.account_of("crcb-01").model_copy(update={"slug": "crcb-02", "number": "201000123456797"})
    pool = view.pool.model_copy(update={"account": (*view.pool.account, twin)})
    content = papers.xlsx(papers.zjrc_a(april, OPENING))
    assert [fault.code for fault in refused(content, OpenItems(pool=pool))] == ["导入-账号-03"]


def test_a_gap_against_the_last_import_says_both_balances(
    hisqry: Rows, papers: Papers, april: Moves, view: OpenItems, refused: Refused
) -> None:
    end = ListEnd(account="boc-01", until_on=april[0].on, closing_fen=OPENING - 1)
    (fault,) = refused(papers.csv(hisqry), view.model_copy(update={"list_ends": (end,)}))
    assert (fault.code, fault.place.row) == ("导入-衔接-01", 9)
    assert "1,000,000.00，相差 0.01" in fault.found
    assert "999,999.99（上次导入截至 2023-04-02）" in fault.expected


def test_a_new_row_inside_what_was_imported_is_refused(
    hisqry: Rows, papers: Papers, take: Take, view: OpenItems, refused: Refused, again: Again
) -> None:
    seen = again(view, take(papers.csv(hisqry), view))
    (imported,) = seen.papers.lists
    without = imported.model_copy(update={"lines": (imported.lines[0], *imported.lines[2:])})
    kept = replace(seen.papers, lists=(without,))
    (fault,) = refused(papers.csv(hisqry), seen.model_copy(update={"papers": kept}))
    assert (fault.code, fault.place.row) == ("导入-衔接-02", 10)


def test_a_day_outside_the_files_own_period_is_refused(hisqry: Rows, papers: Papers, refused: Refused) -> None:
    hisqry[6][1] = "20230401-20230427"
    assert [fault.code for fault in refused(papers.csv(hisqry))] == ["导入-日期-02", "导入-日期-02"]


def test_a_serial_that_stands_twice_is_refused(hisqry: Rows, papers: Papers, refused: Refused) -> None:
    hisqry[FIRST + 3][22] = hisqry[FIRST + 2][22]
    assert [fault.code for fault in refused(papers.csv(hisqry))] == ["导入-流水号-02"]


def test_two_accounts_in_one_file_are_refused(hisqry: Rows, papers: Papers, refused: Refused) -> None:
    found = refused(papers.csv([*hisqry, *hisqry]))
    assert [(fault.code, fault.place.row) for fault in found] == [("导入-版式-03", 13)]


def test_a_transaction_that_did_not_succeed_is_refused(papers: Papers, april: Moves, refused: Refused) -> None:
    rows = papers.zjrc_b(april, OPENING)
    rows[2][13] = "交易失败"
    assert [fault.code for fault in refused(papers.xlsx(rows))] == ["导入-状态-01"]


@pytest.mark.parametrize("row", [["合计", *[""] * 8, "收 1.00"], ["以上为全部记录"]])
def test_a_row_without_a_status_is_not_said_to_have_failed(
    row: list[str], papers: Papers, april: Moves, refused: Refused
) -> None:
    (fault,) = refused(papers.xlsx([*papers.zjrc_b(april, OPENING), row]))
    assert (fault.code, fault.place.column, fault.found) == ("导入-状态-01", "交易状态", "空白")


def test_a_first_list_without_any_line_is_refused(papers: Papers, refused: Refused) -> None:
    assert [fault.code for fault in refused(papers.csv(papers.hisqry([], 0)))] == ["导入-空表-01"]


def test_a_later_list_without_any_line_must_say_its_days(
    papers: Papers, april: Moves, view: OpenItems, refused: Refused
) -> None:
    end = ListEnd(account="abchina-01", until_on=april[0].on, closing_fen=OPENING)
    seen = view.model_copy(update={"list_ends": (end,)})
    (fault,) = refused(papers.xlsx(papers.detail((), OPENING, "1b")), seen)
    assert (fault.code, fault.found) == ("导入-空表-01", "0 行，没有写明期间")
    assert fault.expected == "写明起止日期的空表，或至少一笔交易"


def test_an_unknown_file_says_so(refused: Refused) -> None:
    (fault,) = refused("姓名,电话\n某人（虚构）,1\n".encode())
    assert fault.code == "导入-版式-01"
    assert "姓名" in fault.found


def test_a_drifted_layout_names_the_nearest_and_the_words(hisqry: Rows, papers: Papers, refused: Refused) -> None:
    hisqry[7][22] = "记录编号[ Record No. ]"
    (fault,) = refused(papers.csv(hisqry))
    assert fault.code == "导入-版式-02"
    assert "boc.hisqry38.v1），缺少：记录标识号；" in fault.found
    assert "记录编号" in fault.found


def test_a_look_alike_of_another_bank_is_not_taken_for_abc(papers: Papers, april: Moves, refused: Refused) -> None:
    rows = papers.detail(april, OPENING, "1b")
    rows[0][0] = "四川农信账户交易明细"
    (fault,) = refused(papers.xlsx(rows))
    assert fault.code == "导入-版式-02"
    assert "标题" in fault.found


def test_a_moved_and_an_added_column_are_understood(hisqry: Rows, papers: Papers, take: Take, view: OpenItems) -> None:
    for row in hisqry[7:]:
        row.insert(0, row.pop(22))
        row.append("新栏")
    assert len(take(papers.csv(hisqry), view).events) == 4


def test_control_characters_and_endless_texts_are_refused(hisqry: Rows, papers: Papers, refused: Refused) -> None:
    hisqry[FIRST][25], hisqry[FIRST + 1][25] = "出资\x07款", "长" * 501
    assert [fault.code for fault in refused(papers.csv(hisqry))] == ["导入-文字-01", "导入-文字-01"]


def test_a_second_sheet_with_rows_is_not_left_out_in_silence(papers: Papers, april: Moves, refused: Refused) -> None:
    import io  # noqa: PLC0415 - this test alone makes two sheets

    import xlsxwriter  # noqa: PLC0415 - same

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for name in ("一", "二"):
            sheet = book.add_worksheet(name)
            for index, row in enumerate(papers.zjrc_a(april, OPENING)):
                sheet.write_row(index, 0, row)
    assert [(fault.code, fault.place.sheet) for fault in refused(out.getvalue())] == [("导入-版式-03", "二")]
