from datetime import date
from typing import Any

import pytest
from registers.filled import BORROWER, Rows, View, codes, loan_row, loan_state, patent, posted, read, refused, right_row

from ledger.faults import Fault
from ledger.ids import event_id
from ledger.openitems import OpenItems
from ledger.papers import Intake

HEADING = {"bank": "中国银行", "month": "2023-05"}


def row(**changes: str) -> dict[str, str]:
    base = {
        "loan": "BOC2023-0001",
        "borrower": BORROWER,
        "outstanding_fen": "2400000.50",
        "repaid_fen": "100000.00",
        "by_compensation_fen": "0",
        "by_recovery_fen": "0",
        "overdue_days": "0",
        "grade": "正常",
    }
    return base | changes


def tape(rows: Rows, view: OpenItems) -> Intake:
    return read("tapes", rows, view, HEADING)


def faults(rows: Rows, view: OpenItems) -> tuple[Fault, ...]:
    return refused("tapes", rows, view, HEADING)


def test_a_tape_becomes_repayment_and_confirmation(view: View) -> None:
    result = tape([row(grade="关注", overdue_days="31")], view(loans=(loan_state(),)))
    repaid, confirmed = result.events
    assert (repaid.kind, repaid.amount_fen, repaid.on) == ("LoanRepaid", 10_000_000, date(2023, 5, 31))
    assert (confirmed.kind, confirmed.month, confirmed.outstanding_fen) == ("TapeConfirmed", "2023-05", 240_000_050)
    assert (confirmed.grade, confirmed.overdue_days) == ("special_mention", 31)
    assert confirmed.event_id == event_id("tape", "boc", "BOC2023-0001", "2023-05")


def test_the_last_payment_settles_the_loan_and_frees_the_pledge(view: View) -> None:
    pledged = ((patent(1), "YP2023001", "boc"), (patent(2), "YP2023001", "boc"), (patent(3), "YP9", "boc"))
    rows = [row(outstanding_fen="0", repaid_fen="2500000.50", pledge_released_on="2023-05-29")]
    result = tape(rows, view(loans=(loan_state(),), rights_pledged=pledged))
    assert [event.kind for event in result.events] == ["LoanRepaid", "TapeConfirmed", "LoanReleased", "PledgeReleased"]
    released, unpledged = result.events[2:]
    assert (released.reason, released.outstanding_fen) == ("settled", 0)
    assert (unpledged.on, unpledged.rights) == (date(2023, 5, 29), (patent(1), patent(2)))


def filed(view: View, day: str) -> OpenItems:
    """The loan as the books know it, from a filing list of that day."""
    filing = read("loans", {"loans": [loan_row(filed_on=day)], "rights": [right_row()]}, view())
    return view(loans=(loan_state(), loan_state(loan="BOC2022-0009", contract_no="HT-9")), **posted(filing))


OLDER = row(loan="BOC2022-0009")


def test_a_loan_filed_after_the_month_need_not_be_on_its_tape(view: View) -> None:
    """A tape comes some days after its month: loans that were filed in between are not on it yet."""
    assert len(tape([OLDER], filed(view, "2023-06-01")).events) == 2
    (fault,) = faults([OLDER], filed(view, "2023-05-31"))
    assert (fault.code, fault.found[:12]) == ("导入-登记-24", "BOC2023-0001")


def test_a_tape_that_lists_a_loan_before_it_was_filed_is_refused(view: View) -> None:
    (fault,) = faults([row(), OLDER], filed(view, "2023-06-01"))
    assert (fault.code, fault.found) == ("导入-登记-18", "2023-06-01 备案，晚于 2023-05 月末")
    assert len(tape([row(), OLDER], filed(view, "2023-05-31")).events) == 4


def test_a_late_deregistration_is_booked_at_the_month_it_is_told(view: View) -> None:
    loans = (loan_state(outstanding_fen=0, released=True, last_tape_on=date(2023, 4, 30)),)
    rows = [row(outstanding_fen="0", repaid_fen="0", pledge_released_on="2023-04-12")]
    (unpledged,) = tape(rows, view(loans=loans, rights_pledged=((patent(1), "YP2023001", "boc"),))).events
    assert (unpledged.kind, unpledged.on) == ("PledgeReleased", date(2023, 5, 31))
    assert "2023-04-12" in unpledged.summary


def test_a_released_loan_need_not_be_listed_and_is_passed_over_at_zero(view: View) -> None:
    gone = loan_state(loan="BOC2022-0009", released=True, outstanding_fen=0)
    rows = [row(), row(loan="BOC2022-0009", outstanding_fen="0", repaid_fen="500.00")]
    assert len(tape(rows[:1], view(loans=(loan_state(), gone))).events) == 2
    result = tape(rows, view(loans=(loan_state(), gone)))
    passed = [item for item in result.reading.rows if ("借据号", "BOC2022-0009") in item.cells]
    assert [(item.outcome, item.reason) for item in passed] == [("ignored", "已出池")]


def test_a_released_loan_with_a_balance_is_refused(view: View) -> None:
    assert codes(faults([row()], view(loans=(loan_state(released=True, outstanding_fen=0),)))) == ["18"]


def test_the_arithmetic_must_hold_to_the_fen(view: View) -> None:
    (fault,) = faults([row(outstanding_fen="2400000.51")], view(loans=(loan_state(),)))
    assert (fault.code, fault.found) == ("导入-登记-25", "月末余额 2,400,000.51 元")
    assert fault.expected == "账上 2,500,000.50 元 减本月还本 = 2,400,000.50 元"


def test_every_loan_of_the_bank_must_be_listed(view: View) -> None:
    others = (loan_state(loan="BOC2023-0002"), loan_state(loan="CR-1", bank="crcb"))
    (fault,) = faults([row()], view(loans=(loan_state(), *others)))
    assert fault.code == "导入-登记-24"
    assert fault.found.startswith("BOC2023-0002（")


def test_a_missing_month_is_named(view: View) -> None:
    (fault,) = faults([row()], view(loans=(loan_state(last_tape_on=date(2023, 3, 31)),)))
    assert (fault.code, fault.expected) == ("导入-登记-23", "2023-04 的月末状况")


def test_a_missing_month_is_said_once_and_before_all_else(view: View) -> None:
    states = [loan_state(loan=f"BOC-{number}", last_tape_on=date(2023, 3, 31)) for number in (1, 2, 3)]
    rows = [row(loan="BOC-1"), row(loan="BOC-2", outstanding_fen="1.00")]
    assert codes(faults(rows, view(loans=tuple(states)))) == ["23"]


@pytest.mark.parametrize("last", [date(2023, 4, 30), date(2023, 5, 1)])
def test_the_following_month_is_read_from_either_day_of_a_confirmation(view: View, last: date) -> None:
    assert len(tape([row()], view(loans=(loan_state(last_tape_on=last),))).events) == 2


def test_december_is_followed_by_january(view: View) -> None:
    heading = {"bank": "中国银行", "month": "2024-01"}
    loans = (loan_state(last_tape_on=date(2023, 12, 31)),)
    assert len(read("tapes", [row()], view(loans=loans), heading).events) == 2


def test_compensation_taken_off_is_told_from_repayment(view: View) -> None:
    rows = [row(by_compensation_fen="100000.00", grade="可疑", overdue_days="120")]
    reduced, confirmed = tape(rows, view(loans=(loan_state(decided=True),))).events
    assert (reduced.kind, reduced.amount_fen) == ("TapeReducedByCompensation", 10_000_000)
    assert confirmed.kind == "TapeConfirmed"


def test_a_recovery_already_notified_is_not_taken_off_twice(view: View) -> None:
    rows = [row(by_recovery_fen="100000.00")]
    # RecoveryNotified lowered the books' figure by the 100,000 already.
    (confirmed,) = tape(rows, view(loans=(loan_state(decided=True, outstanding_fen=240_000_050),))).events
    assert confirmed.kind == "TapeConfirmed"


def test_a_recovery_not_yet_notified_is_asked_for(view: View) -> None:
    (fault,) = faults([row(by_recovery_fen="100000.00")], view(loans=(loan_state(decided=True),)))
    assert (fault.code, fault.found) == ("导入-登记-25", "追偿冲减 100,000.00 元 尚未入账")
    assert fault.remedy.startswith("先导入该案件的追偿报告")


@pytest.mark.parametrize(
    ("changes", "decided"),
    [
        ({"by_compensation_fen": "100000.01"}, True),
        ({"by_compensation_fen": "99999.99"}, True),
        ({"by_compensation_fen": "0.01"}, False),
    ],
)
def test_reductions_must_fit(view: View, changes: dict[str, str], decided: bool) -> None:
    assert codes(faults([row(**changes)], view(loans=(loan_state(decided=decided),)))) == ["26"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"loan": "BOC2023-0009"}, ["15", "24"]),
        ({"borrower": "别家（虚构）"}, ["18"]),
        ({"pledge_released_on": "2023-06-01"}, ["22"]),
        ({"grade": "优"}, ["09"]),
    ],
)
def test_a_tape_row_is_refused(view: View, changes: dict[str, str], code: list[str]) -> None:
    known = view(loans=(loan_state(),), rights_pledged=((patent(1), "YP2023001", "boc"),))
    assert sorted(codes(faults([row(**changes)], known))) == code


def test_an_old_tape_imported_again_asks_for_no_loan_filed_since(view: View) -> None:
    later = loan_state(loan="BOC2023-0002")
    loans = (loan_state(outstanding_fen=1, last_tape_on=date(2023, 6, 30)), later)
    known = frozenset({event_id("tape", "boc", "BOC2023-0001", "2023-05")})
    result = tape([row()], view(loans=loans, known_events=known))
    assert result.events == ()
    assert [item.outcome for item in result.reading.rows].count("known") == 1


TAPED = {"grade": "次级", "overdue_days": "119"}


def taped(view: View, **since: Any) -> OpenItems:  # noqa: ANN401 - LoanState's own fields
    """The view after the May tape was posted; ``since`` is what the books say of the loan today."""
    first = tape([row(**TAPED)], view(loans=(loan_state(),)))
    return view(loans=(loan_state(**{"last_tape_on": date(2023, 5, 31)} | since),), **posted(first))


@pytest.mark.parametrize(
    ("changes", "column", "found", "expected"),
    [
        ({"grade": "正常"}, "五级分类", "正常", "次级"),
        ({"overdue_days": "5"}, "逾期天数", "5", "119"),
        ({"outstanding_fen": "2400000.51"}, "月末余额", "2,400,000.51 元", "2,400,000.50 元"),
        ({"repaid_fen": "99999.99"}, "本月还本", "99,999.99 元", "100,000.00 元"),
        ({"by_recovery_fen": "1"}, "其中追偿冲减", "1.00 元", "0.00 元"),
        ({"pledge_released_on": "2023-05-31"}, "质押注销日期", "2023-05-31", "空"),
    ],
)
@pytest.mark.parametrize("since", [{}, {"last_tape_on": date(2023, 9, 30)}, {"decided": True}, {"released": True}])
def test_a_posted_month_told_otherwise_is_refused(
    view: View, since: dict[str, Any], changes: dict[str, str], column: str, found: str, expected: str
) -> None:
    (fault,) = faults([row(**TAPED | changes)], taped(view, **since))
    assert (fault.code, fault.place.column, fault.found) == ("导入-登记-32", column, found)
    assert fault.expected == f"已入账或在草稿中 {expected}（a.xlsx 第 7 行）"


@pytest.mark.parametrize(
    "since", [{}, {"last_tape_on": date(2023, 9, 30)}, {"decided": True, "outstanding_fen": 1}, {"released": True}]
)
def test_a_posted_month_told_again_is_known_whatever_has_happened_since(view: View, since: dict[str, Any]) -> None:
    result = tape([row(**TAPED, remark="另注")], taped(view, **since))
    assert (result.events, result.warnings) == ((), ())
    assert [item.outcome for item in result.reading.rows].count("known") == 1
