from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pytest
from registers.filled import (
    View,
    codes,
    loan_row,
    loan_state,
    patent,
    read,
    refused,
    right_row,
)

from ledger.faults import Fault
from ledger.ids import event_id
from ledger.openitems import LoanState, OpenItems
from ledger.papers import Intake


def loans(loan_rows: Sequence[Mapping[str, str]], right_rows: Sequence[Mapping[str, str]], view: OpenItems) -> Intake:
    return read("loans", {"loans": loan_rows, "rights": right_rows}, view)


def faults(
    loan_rows: Sequence[Mapping[str, str]], right_rows: Sequence[Mapping[str, str]], view: OpenItems
) -> tuple[Fault, ...]:
    return refused("loans", {"loans": loan_rows, "rights": right_rows}, view)


def test_a_filing_becomes_right_pledge_appraisal_and_loan(view: View) -> None:
    result = loans([loan_row()], [right_row(1), right_row(2, value_fen="1,000.01")], view())
    assert [event.kind for event in result.events] == [
        "IpRightListed",
        "IpRightListed",
        "PledgeRegistered",
        "IpAppraised",
        "IpAppraised",
        "LoanIncluded",
    ]
    loan = result.events[-1]
    assert loan.event_id == event_id("loan", "boc", "BOC2023-0001")
    assert (loan.on, loan.bank, loan.product, loan.annual_rate) == (date(2023, 3, 10), "boc", "insured", "0.0435")
    assert (loan.principal_fen, loan.outstanding_fen) == (300_000_000, 250_000_050)
    assert loan.rights == (patent(1), patent(2))
    assert loan.exposure == event_id("exposure", "boc", "BOC2023-0001")
    assert (loan.ip_quota_fen, loan.renews, loan.opening) == (None, None, False)
    pledge = result.events[2]
    assert (pledge.loans, pledge.registered_on, pledge.on) == (("BOC2023-0001",), date(2023, 3, 1), date(2023, 3, 10))
    assert result.events[4].value_fen == 100_001
    assert {line.sheet for line in pledge.sources} == {"质押权利"}


def test_event_ids_do_not_depend_on_the_file(view: View) -> None:
    one = loans([loan_row()], [right_row()], view())
    other = loans([loan_row(use="流动资金", bank="BOC")], [right_row()], view())
    assert one.reading.file.sha256 != other.reading.file.sha256
    assert [event.event_id for event in one.events] == [event.event_id for event in other.events]


def test_a_wrong_check_digit_of_the_credit_code_only_warns(view: View) -> None:
    result = loans([loan_row(uscc="91330282MA2AAAAA0X")], [right_row()], view())
    assert any("校验位不符" in text and "第 5 行" in text for text in result.warnings)


@pytest.mark.parametrize(
    ("stated", "warns"),
    [
        ({}, False),
        ({"ip_quota_fen": "1000000.00", "collateral_quota_fen": "1500000.00"}, False),
        ({"ip_quota_fen": "1000000.00"}, True),
        ({"collateral_quota_fen": "1500000.00"}, True),
    ],
)
def test_one_quota_without_the_other_warns(view: View, stated: dict[str, str], warns: bool) -> None:
    result = loans([loan_row(**stated)], [right_row()], view())
    assert any("只填了一项" in text and "第 5 行" in text for text in result.warnings) is warns


def test_a_package_is_priced_once(view: View) -> None:
    rights = [right_row(1, appraised="整体"), right_row(2, appraised="整体", value_fen="")]
    priced = [event for event in loans([loan_row()], rights, view()).events if event.kind == "IpAppraised"]
    assert [(event.right, event.value_fen) for event in priced] == [(None, 500_000_000)]


def test_two_loans_may_share_a_registration(view: View) -> None:
    result = loans([loan_row(), loan_row(loan="BOC2023-0002")], [right_row()], view())
    pledges = [event for event in result.events if event.kind == "PledgeRegistered"]
    assert [event.loans for event in pledges] == [("BOC2023-0001", "BOC2023-0002")]


def test_a_right_pledged_elsewhere_is_refused(view: View) -> None:
    (fault,) = faults([loan_row()], [right_row()], view(rights_pledged=((patent(1), "YP2022009", "crcb"),)))
    assert (fault.code, fault.kind.title, fault.place.column) == ("导入-登记-19", "一权两押", "权利编号")
    assert fault.found == f"{patent(1)} 已质押给慈溪农商银行，登记号 YP2022009"


def test_a_right_under_another_registration_of_the_same_bank_is_refused(view: View) -> None:
    assert codes(faults([loan_row()], [right_row()], view(rights_pledged=((patent(1), "YP2022009", "boc"),)))) == ["19"]


def test_a_right_twice_in_one_file_is_refused(view: View) -> None:
    rows = [loan_row(), loan_row(loan="BOC2023-0002", pledge="YP2023002")]
    (fault,) = faults(rows, [right_row(1), right_row(1, pledge="YP2023002")], view())
    assert (fault.code, fault.found) == ("导入-登记-19", f"{patent(1)} 在第 5 行已列入质押登记 YP2023001")


def test_one_registration_for_two_banks_is_refused(view: View) -> None:
    rows = [loan_row(), loan_row(loan="CR-1", bank="慈溪农商银行")]
    assert codes(faults(rows, [right_row()], view())) == ["19"]


@pytest.mark.parametrize(
    ("changes", "right", "code", "column"),
    [
        ({"bank": "某某银行"}, {}, "14", "合作银行"),
        ({"due_on": "2023-03-08"}, {}, "22", "到期日"),
        ({"outstanding_fen": "3000000.01"}, {}, "06", "未偿本金"),
        ({"pledge": "YP-9"}, {"pledge": "YP-9", "right": "ZL201799000010"}, "20", "权利编号"),
        ({}, {"value_fen": ""}, "04", "评估值"),
        ({"outstanding_fen": "0"}, {}, "06", "未偿本金"),
        ({"product": "其他"}, {}, "09", "产品"),
        ({"annual_rate": "4.35"}, {}, "08", "年利率"),
        ({"loan": "借据1"}, {}, "10", "借据号"),
    ],
)
def test_a_row_is_refused(view: View, changes: dict[str, str], right: dict[str, str], code: str, column: str) -> None:
    (fault,) = faults([loan_row(**changes)], [right_row(**right)], view())
    assert (codes([fault]), fault.place.column) == ([code], column)


def test_a_loan_twice_in_one_file_is_refused(view: View) -> None:
    (fault,) = faults([loan_row(), loan_row()], [right_row()], view())
    assert (fault.code, fault.found) == ("导入-登记-13", "BOC2023-0001，第 5 行已有")


def test_rights_without_a_loan_and_loans_without_a_right_are_refused(view: View) -> None:
    found = [fault.found for fault in faults([loan_row()], [right_row(pledge="YP-8")], view())]
    assert found == ["「质押权利」表没有 YP2023001", "没有贷款用到 YP-8"]


RENEWAL = loan_row(loan="BOC2024-0001", pledge="YP2024001", renews="BOC2023-0001", filed_on="2024-03-07")


def pledged_view(view: View, *others: LoanState, **more: Any) -> OpenItems:  # noqa: ANN401 - fields of OpenItems
    return view(loans=(loan_state(), *others), rights_known=frozenset({patent(1)}), **more)


def test_a_renewal_releases_the_old_loan_and_keeps_its_exposure(view: View) -> None:
    before = pledged_view(view, rights_pledged=((patent(1), "YP2023001", "boc"),))
    result = loans([RENEWAL], [right_row(pledge="YP2024001")], before)
    kinds = [event.kind for event in result.events]
    assert kinds == ["PledgeReleased", "PledgeRegistered", "IpAppraised", "LoanReleased", "LoanIncluded"]
    released, included = result.events[-2:]
    assert (released.loan, released.reason, released.renewed_by) == ("BOC2023-0001", "renewed", "BOC2024-0001")
    assert released.outstanding_fen == 250_000_050
    assert included.exposure == loan_state().exposure
    assert included.renews == "BOC2023-0001"
    assert any("附注销通知" in text for text in result.warnings)


def test_a_renewal_may_keep_the_registration(view: View) -> None:
    before = pledged_view(
        view,
        rights_pledged=((patent(1), "YP2023001", "boc"),),
        known_events=frozenset({event_id("pledge", "boc", "YP2023001")}),
    )
    result = loans([RENEWAL | {"pledge": "YP2023001"}], [right_row(appraised_on="2024-02-01")], before)
    assert [event.kind for event in result.events] == ["IpAppraised", "LoanReleased", "LoanIncluded"]


def test_a_renewal_cannot_take_a_pledge_that_another_loan_lives_on(view: View) -> None:
    before = pledged_view(view, loan_state(loan="BOC2023-0002"), rights_pledged=((patent(1), "YP2023001", "boc"),))
    assert codes(faults([RENEWAL], [right_row(pledge="YP2024001")], before)) == ["19"]


@pytest.mark.parametrize(
    ("state", "code"),
    [({"released": True}, "15"), ({"uscc": "91330282MA2BBBBB09"}, "18"), ({"decided": True}, "18")],
)
def test_a_renewal_of_the_wrong_loan_is_refused(view: View, state: dict[str, Any], code: str) -> None:
    before = view(loans=(loan_state(**state),))
    assert codes(faults([RENEWAL], [right_row(pledge="YP2024001")], before)) == [code]


def test_names_stay_as_they_were_written(view: View) -> None:
    name = "慈溪　长河　电器有限公司（虚构）"
    result = loans([loan_row(borrower=f" {name}\n")], [right_row(owner="甲\n乙（虚构）")], view())
    assert result.events[-1].borrower == name
    assert result.events[0].owner == "甲 乙（虚构）"
