"""Layouts that drifted, exports cut off by the bank, columns the other way round; one fact told by three papers."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import permutations
from typing import NamedTuple

import pytest
from golden_papers import (
    APRIL,
    NUMBERS,
    OPENING,
    VERSIONS,
    ZJRC_B,
    Move,
    Rows,
    Shelf,
    bker,
    bkrs,
    delimited,
    detail,
    hisqry,
    opened,
    taken,
    zjrc_a,
    zjrc_b,
)

from ledger.events import ReceiptFiled
from ledger.faults import Fault, Refusal


class Printed(NamedTuple):
    """A layout: its table, the header's place, a column that it needs, the hint where the file names no account."""

    rows: Callable[[Sequence[Move], int], Rows]
    header: int
    needed: str
    hint: str | None = None


PRINTED = {
    "boc.hisqry38.v1": Printed(hisqry, 7, "记录标识号[ Record ID ]"),
    "abchina.detail11.v1": Printed(lambda moves, opening: detail(moves, opening, "1b"), 2, "账户余额"),
    "abchina.detail10.v1": Printed(lambda moves, opening: detail(moves, opening, "1c"), 2, "账户余额"),
    "abchina.detail19.v1": Printed(lambda moves, opening: detail(moves, opening, "2b"), 2, "本次余额"),
    "crcb.zjrc-a.v1": Printed(zjrc_a, 0, "汇入金额", "crcb-01"),
    "crcb.zjrc-b.v1": Printed(zjrc_b, 0, "交易状态"),
}


def refused(rows: Rows, hint: str | None = None) -> Sequence[Fault]:
    with pytest.raises(Refusal) as caught:
        taken(delimited(rows, "gbk", "|"), opened(), hint)
    return caught.value.faults


@pytest.mark.parametrize("slug", PRINTED)
def test_a_column_moved_or_added_is_understood(slug: str) -> None:
    layout = PRINTED[slug]
    straight = taken(delimited(layout.rows(APRIL, OPENING), "gbk", "|"), opened(), layout.hint)
    rows = layout.rows(APRIL, OPENING)
    at = rows[layout.header].index(layout.needed)
    for row in rows[layout.header : layout.header + len(APRIL) + 1]:
        row.insert(0, row.pop(at))
        row.append("新栏")
    rows[layout.header][-1] = "银行新加的一栏"
    drifted = taken(delimited(rows, "gbk", "|"), opened(), layout.hint)
    assert [event.event_id for event in drifted.events] == [event.event_id for event in straight.events]
    assert drifted.reading.layout == slug


@pytest.mark.parametrize("slug", PRINTED)
def test_a_renamed_column_is_refused_with_the_nearest_layout_and_the_words(slug: str) -> None:
    layout = PRINTED[slug]
    rows = layout.rows(APRIL, OPENING)
    rows[layout.header] = ["改了的名字" if cell == layout.needed else cell for cell in rows[layout.header]]
    (fault,) = refused(rows, layout.hint)
    assert fault.code == "导入-版式-02"
    assert "改了的名字" in fault.found
    assert layout.needed.partition("[")[0] in fault.found
    assert fault.place.row == layout.header + 1


def many(count: int) -> list[Move]:
    return [APRIL[1]._replace(at=APRIL[1].at + timedelta(minutes=number)) for number in range(count)]


def test_an_export_of_200_rows_without_totals_is_taken_for_cut_off() -> None:
    (fault,) = refused(zjrc_a(many(200), OPENING))
    assert (fault.code, fault.found[:5]) == ("导入-截断-01", "200 笔")
    for count in (199, 201):
        content = delimited(zjrc_a(many(count), OPENING), "gbk", "|")
        assert len(taken(content, opened(), "crcb-01").events) == count


@pytest.mark.parametrize("failed", [1, 200])
def test_rows_that_did_not_happen_count_among_the_200(failed: int) -> None:
    header, *rows = zjrc_b(many(200 - failed), OPENING)
    (_, row) = zjrc_b(many(1), OPENING - APRIL[1].fen)  # its balance is the one before all the others
    row[ZJRC_B.index("交易状态")] = "交易失败"
    rows = [header, *([*row[:-2], f"{number}", ""] for number in range(failed)), *rows]
    (fault,) = refused(rows)
    assert (fault.code, fault.found[:5]) == ("导入-截断-01", "200 笔")


def test_200_rows_whose_totals_agree_are_whole() -> None:
    assert len(taken(delimited(hisqry(many(200), OPENING), "gbk", "|"), opened()).events) == 200


def turned(moves: Sequence[Move]) -> Rows:
    """A list whose two columns are titled the other way round: 借 and 贷 seen from the bank's side."""
    rows = zjrc_a(moves, OPENING)
    header = rows[0]
    one, other = header.index("汇出金额"), header.index("汇入金额")
    header[one], header[other] = header[other], header[one]
    return rows


def test_columns_the_other_way_round_are_turned_where_the_balance_proves_it() -> None:
    straight = taken(delimited(zjrc_a(APRIL, OPENING), "gbk", "|"), opened(), "crcb-01")
    found = taken(delimited(turned(APRIL), "gbk", "|"), opened(), "crcb-01")
    assert [event.event_id for event in found.events] == [event.event_id for event in straight.events]
    assert any("收付方向以余额为准" in text for text in found.warnings)


def test_columns_the_other_way_round_are_refused_where_the_books_hold_no_such_balance() -> None:
    view = opened().model_copy(update={"list_ends": ()})
    with pytest.raises(Refusal) as caught:
        taken(delimited(turned(APRIL), "gbk", "|"), view, "crcb-01")
    assert {fault.code for fault in caught.value.faults} == {"导入-余额-01"}


@pytest.mark.parametrize("order", list(permutations(("list", "receipt", "statement"))))
def test_list_receipt_and_statement_are_one_fact_with_three_evidences(order: Sequence[str]) -> None:
    papers = {
        "list": delimited(hisqry(APRIL, OPENING), "gbk"),
        "receipt": bker(APRIL[0], 1, VERSIONS[0]),
        "statement": bkrs(APRIL, OPENING, VERSIONS[0]),
    }
    shelf = Shelf(opened())
    made = {}
    for name in order:
        made[name] = taken(papers[name], shelf.view)
        shelf.put(made[name])
    money = [event for intake in made.values() for event in intake.events if not isinstance(event, ReceiptFiled)]
    assert len(money) == len(APRIL), "only the list posts, and each line once"
    (receipt,) = made["receipt"].events
    assert isinstance(receipt, ReceiptFiled)
    assert (receipt.account, receipt.amount_fen, receipt.on) == ("boc-01", APRIL[0].fen, APRIL[0].on)
    assert {row.outcome for row in made["statement"].reading.rows} <= {"statement", "ignored"}
    assert [row.outcome for row in made["receipt"].reading.rows] == ["evidence"]
    assert NUMBERS["boc-01"] in str(made["receipt"].reading.rows[0].cells)
