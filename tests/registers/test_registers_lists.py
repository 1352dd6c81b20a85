"""Insurance, applications, recovery reports, extensions, keyed statements."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from registers.filled import BORROWER, Rows, View, case_state, codes, loan_state, policy_state, read, refused

from importers.files import read_file
from importers.registers import intake, write_template
from ledger.ids import event_id
from ledger.money import yuan_text
from ledger.openitems import FiledStatement
from ledger.papers import BankPaper
from ledger.provenance import SourceFile, digest

BANK = {"bank": "中国银行"}
INSURER = {"insurer": "示例财险（虚构）"}


def policy_row(**changes: str) -> dict[str, str]:
    base = {
        "act": "承保",
        "policy": "P-1",
        "loan": "BOC2023-0001",
        "insured": BORROWER,
        "sum_fen": "3000000.00",
        "premium_fen": "45000.00",
        "from_on": "2023-03-10",
        "until_on": "2024-03-09",
    }
    return base | changes


ACTED = {"sum_fen": "", "premium_fen": "", "from_on": "", "until_on": "", "acted_on": "2023-12-20"}
PAID = policy_row(**ACTED, act="理赔", amount_fen="60000.00", case="BC-1")


def test_policies_issued_paid_and_ended(view: View) -> None:
    known = view(
        loans=(loan_state(), loan_state(loan="BOC2023-0002")),
        policies=(policy_state(), policy_state(policy="P-2", loan="BOC2023-0002")),
        cases=(case_state(insurer_due_fen=60_000_00),),
    )
    ended = policy_row(**ACTED, act="退保", policy="P-2", loan="BOC2023-0002")
    issued, paid, lapsed = read("insurance", [policy_row(policy="P-3"), PAID, ended], known, INSURER).events
    assert (issued.kind, issued.sum_fen, issued.premium_fen) == ("InsuranceIssued", 300_000_000, 4_500_000)
    assert issued.event_id == event_id("policy", "01", "P-3")
    assert (paid.kind, paid.amount_fen, paid.cover_fen, paid.case) == (
        "InsuranceClaimPaid",
        6_000_000,
        6_000_000,
        "BC-1",
    )
    assert (lapsed.kind, lapsed.sum_fen, lapsed.on) == ("InsuranceLapsed", 100_000_00, date(2023, 12, 20))


ENDORSED = policy_row(
    act="批改",
    sum_before_fen="100000.00",
    sum_fen="80000.00",
    premium_fen="",
    from_on="",
    until_on="2024-06-30",
    endorsement="PD-1",
    acted_on="2023-06-01",
)
REFUSED = policy_row(**ACTED, act="拒赔", case="BC-1", refused_fen="60000.00", reason="免赔期内（虚构）")


def test_an_endorsement_moves_the_cover_for_the_rows_after_it(view: View) -> None:
    known = view(loans=(loan_state(),), policies=(policy_state(),))
    ended = policy_row(**ACTED, act="退保")
    endorsed, lapsed = read("insurance", [ended, ENDORSED], known, INSURER).events
    assert (endorsed.kind, endorsed.endorsement_no, endorsed.until_on) == (
        "InsuranceEndorsed",
        "PD-1",
        date(2024, 6, 30),
    )
    assert (endorsed.sum_before_fen, endorsed.sum_after_fen, endorsed.on) == (100_000_00, 80_000_00, date(2023, 6, 1))
    assert endorsed.event_id == event_id("endorse", "01", "P-1", "PD-1")
    assert (lapsed.kind, lapsed.sum_fen) == ("InsuranceLapsed", 80_000_00)


def test_a_policy_issued_and_endorsed_in_one_list(view: View) -> None:
    issued = policy_row(policy="P-3", sum_fen="100000.00", from_on="2023-05-01")
    events = read("insurance", [ENDORSED | {"policy": "P-3"}, issued], view(loans=(loan_state(),)), INSURER).events
    assert [event.kind for event in events] == ["InsuranceIssued", "InsuranceEndorsed"]


def test_an_endorsement_s_premium_is_kept_and_said_not_to_be_booked(view: View) -> None:
    known = view(loans=(loan_state(),), policies=(policy_state(),))
    (warning,) = read("insurance", [ENDORSED | {"premium_fen": "-300.00"}], known, INSURER).warnings
    assert warning.endswith("批改增减的保费 -300.00 元 只留存，账上不记保费")


def test_a_refused_claim_is_no_longer_awaited(view: View) -> None:
    known = view(loans=(loan_state(),), policies=(policy_state(),), cases=(case_state(insurer_due_fen=100_000_00),))
    paid, refused_ = read("insurance", [REFUSED | {"refused_fen": "40000.00"}, PAID], known, INSURER).events
    assert (paid.kind, refused_.kind) == ("InsuranceClaimPaid", "InsuranceClaimRefused")
    assert (refused_.amount_fen, refused_.reason, refused_.case) == (40_000_00, "免赔期内（虚构）", "BC-1")


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([ENDORSED | {"sum_before_fen": "99999.99"}], ["18"]),
        ([ENDORSED | {"endorsement": ""}], ["04"]),
        ([ENDORSED, ENDORSED], ["13"]),
        ([ENDORSED | {"policy": "P-9"}], ["17"]),
        ([REFUSED | {"refused_fen": "100000.01"}], ["18"]),
        ([REFUSED | {"reason": ""}], ["04"]),
        ([PAID, REFUSED | {"refused_fen": "40000.01"}], ["18"]),
        ([PAID, PAID], ["13"]),
        ([policy_row(policy="P-3", premium_fen="-1")], ["06"]),
    ],
)
def test_an_endorsement_or_refusal_is_refused(view: View, rows: Rows, expected: list[str]) -> None:
    known = view(loans=(loan_state(),), policies=(policy_state(),), cases=(case_state(insurer_due_fen=100_000_00),))
    assert codes(refused("insurance", rows, known, INSURER))[:1] == expected


@pytest.mark.parametrize(
    ("row", "due_fen", "expected"),
    [
        (policy_row(premium_fen=""), 0, ["04"]),
        (policy_row(until_on="2023-03-09"), 0, ["22"]),
        (policy_row(loan="BOC2023-0009"), 0, ["15"]),
        (PAID, 59_999_99, ["18"]),
        (PAID | {"amount_fen": "100000.01"}, 10**9, ["18"]),
        (PAID | {"case": ""}, 10**9, ["04"]),
        (PAID | {"case": "BC-9"}, 10**9, ["16"]),
        (PAID | {"policy": "P-9"}, 10**9, ["17"]),
        (PAID | {"loan": "BOC2023-0002"}, 10**9, ["18"]),
    ],
)
def test_an_insurance_row_is_refused(view: View, row: dict[str, str], due_fen: int, expected: list[str]) -> None:
    known = view(loans=(loan_state(),), policies=(policy_state(),), cases=(case_state(insurer_due_fen=due_fen),))
    assert codes(refused("insurance", [row], known, INSURER)) == expected


def test_an_unknown_insurer_is_refused(view: View) -> None:
    known = view(loans=(loan_state(),))
    assert codes(refused("insurance", [policy_row()], known, {"insurer": "别家财险"})) == ["14"]


APPLICATION = {
    "case": "BC-1",
    "loan": "BOC2023-0001",
    "borrower": BORROWER,
    "applied_on": "2024-06-11",
    "accepted_on": "2024-06-12",
    "claimant": "合作银行",
    "due_on": "2024-03-07",
    "overdue_since_on": "2024-03-08",
    "assessed_on": "2024-06-12",
    "principal_fen": "2500000.50",
    "interest_fen": "1000.00",
    "penalty_interest_fen": "0",
    "recovery_cost_fen": "0",
    "disposal_proceeds_fen": "0",
    "insurer_paid_fen": "0",
    "guarantee_payment_fen": "0",
    "awarded_elsewhere_fen": "0",
    "claimed_fen": "1250000.00",
    "grade": "可疑",
    "registered_in_city": "是",
    "in_good_credit": "是",
    "use_holds": "是",
    "pledge_registered": "是",
    "bank_demanded": "是",
    "is_sued": "否",
    "is_disposed": "否",
    "attachments": "补偿申请书、借款合同、催收记录",
}


def test_an_application_carries_its_facts(view: View) -> None:
    (applied,) = read("applications", [APPLICATION], view(loans=(loan_state(),)), BANK).events
    assert (applied.kind, applied.on, applied.accepted_on) == (
        "CompensationApplied",
        date(2024, 6, 11),
        date(2024, 6, 12),
    )
    assert (applied.claimed_fen, applied.principal_fen, applied.interest_fen) == (125_000_000, 250_000_050, 100_000)
    assert applied.attachments == 3
    facts = dict(applied.facts)
    assert facts["principal_fen"] == "250000050"
    assert facts["assessed_on"] == "2024-06-12"
    assert (facts["pledge_registered"], facts["is_sued"], facts["grade"]) == ("true", "false", "doubtful")
    assert (facts["claimant"], facts["insurer_paid_fen"]) == ("bank", "0")
    assert "accelerated_on" not in facts


def test_the_papers_that_came_are_a_fact_where_the_form_says_them(view: View) -> None:
    (silent,) = read("applications", [APPLICATION], view(loans=(loan_state(),)), BANK).events
    assert "papers" not in dict(silent.facts)
    (empty,) = read("applications", [APPLICATION | {"papers": ""}], view(loans=(loan_state(),)), BANK).events
    assert "papers" not in dict(empty.facts)
    said = APPLICATION | {"papers": "补偿申请书；借款合同（副本）、、催收记录"}
    (applied,) = read("applications", [said], view(loans=(loan_state(),)), BANK).events
    assert dict(applied.facts)["papers"] == "补偿申请书、借款合同（副本）、催收记录"
    assert applied.attachments == 3, "papers are not counted as attachments"


def warned(view: View, changes: dict[str, str], **state: object) -> str:
    """The one warning that an application brings."""
    (warning,) = read("applications", [APPLICATION | changes], view(loans=(loan_state(**state),)), BANK).warnings
    return warning


def test_less_principal_than_the_books_carry_warns(view: View) -> None:
    assert warned(view, {"principal_fen": "2500000.49"}).endswith("「未偿本金」2,500,000.49 元，账上 2,500,000.50 元")


def test_more_principal_than_the_books_carry_is_refused(view: View) -> None:
    rows = [APPLICATION | {"principal_fen": "2500000.51"}]
    (fault,) = refused("applications", rows, view(loans=(loan_state(),)), BANK)
    assert (fault.code, fault.found) == ("导入-登记-18", "2,500,000.51 元")
    assert fault.expected == "不超过账上未偿本金 2,500,000.50 元"


TAPED: dict[str, Any] = {"last_tape_on": date(2024, 5, 31), "grade": "doubtful", "overdue_days": 85}


def test_what_the_last_tape_says_otherwise_is_shown(view: View) -> None:
    assert read("applications", [APPLICATION], view(loans=(loan_state(**TAPED),)), BANK).warnings == ()
    assert warned(view, {"grade": "次级"}, **TAPED).endswith("「五级分类」次级，2024-05 月末状况为「可疑」")
    days = warned(view, {}, **TAPED | {"overdue_days": 0})
    assert days.endswith("按「逾期起算日」到 2024-05-31 逾期 85 天，2024-05 月末状况为 0 天")


def test_a_tape_from_before_the_default_says_nothing_otherwise(view: View) -> None:
    before = {"last_tape_on": date(2024, 2, 29), "grade": "doubtful", "overdue_days": 0}
    assert read("applications", [APPLICATION], view(loans=(loan_state(**before),)), BANK).warnings == ()


def test_the_days_of_an_application_follow_the_filed_term(view: View) -> None:
    rows = [APPLICATION | {"overdue_since_on": "2024-03-07", "assessed_on": "2029-01-01"}]
    assessed, since = refused("applications", rows, view(loans=(loan_state(),)), BANK)
    assert (assessed.code, assessed.found, assessed.expected) == (
        "导入-登记-22",
        "2029-01-01",
        "不晚于受理日 2024-06-12",
    )
    assert (since.code, since.found) == ("导入-登记-18", "2024-03-07")
    assert since.expected == "备案的到期日 2024-03-07 的次日 2024-03-08"


def test_a_term_declared_ended_early_is_overdue_from_the_next_day(view: View) -> None:
    known = view(loans=(loan_state(),))
    early = APPLICATION | {"accelerated_on": "2024-01-10"}
    (applied,) = read("applications", [early | {"overdue_since_on": "2024-01-11"}], known, BANK).events
    assert dict(applied.facts)["accelerated_on"] == "2024-01-10"
    (fault,) = refused("applications", [early], known, BANK)
    assert fault.expected == "提前到期宣布日 2024-01-10 的次日 2024-01-11"


@pytest.mark.parametrize(
    ("changes", "state", "expected"),
    [
        ({"accepted_on": "2024-06-10", "assessed_on": "2024-06-10"}, {}, ["22"]),
        ({"due_on": "2024-09-07"}, {}, ["18"]),
        ({}, {"released": True}, ["15"]),
        ({"loan": "BOC2023-0009"}, {}, ["15"]),
        ({"is_sued": "不详"}, {}, ["09"]),
        ({"insurer_paid_fen": ""}, {}, ["04"]),
        ({"claimed_fen": "0"}, {}, ["06"]),
    ],
)
def test_an_application_is_refused(
    view: View, changes: dict[str, str], state: dict[str, Any], expected: list[str]
) -> None:
    known = view(loans=(loan_state(**state),))
    assert codes(refused("applications", [APPLICATION | changes], known, BANK)) == expected


def test_a_case_number_is_used_once(view: View) -> None:
    known = view(loans=(loan_state(),), cases=(case_state(),))
    assert codes(refused("applications", [APPLICATION], known, BANK)) == ["13"]


def test_a_loan_of_another_bank_is_refused(view: View) -> None:
    known = view(loans=(loan_state(),))
    assert codes(refused("applications", [APPLICATION], known, {"bank": "慈溪农商银行"})) == ["15"]


def recovery_row(**changes: str) -> dict[str, str]:
    base = {
        "case": "BC-1",
        "number": "1",
        "loan": "BOC2023-0001",
        "notified_on": "2023-12-28",
        "gross_fen": "200000.00",
        "cost_fen": "20000.00",
        "principal_fen": "180000.00",
        "source": "质物处置",
    }
    return base | changes


def test_recovery_reports_are_read_and_never_shared_out_here(view: View) -> None:
    known = view(loans=(loan_state(),), cases=(case_state(notified_count=1),))
    rows = [recovery_row(number="3", principal_fen="0"), recovery_row(number="2")]
    second, third = read("recoveries", rows, known, BANK).events
    assert (second.kind, second.number, second.source) == ("RecoveryReported", 2, "collateral")
    assert (second.gross_fen, second.cost_fen, second.principal_fen) == (20_000_000, 2_000_000, 18_000_000)
    assert second.event_id == event_id("recovery", "boc", "BC-1", 2)
    assert third.number == 3


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"number": "2"}, ["31"]),
        ({"case": "BC-9"}, ["16"]),
        ({"principal_fen": "2500000.51"}, ["18"]),
        ({"gross_fen": "0"}, ["06"]),
        ({"number": "0"}, ["07"]),
    ],
)
def test_a_recovery_is_refused(view: View, changes: dict[str, str], expected: list[str]) -> None:
    known = view(loans=(loan_state(),), cases=(case_state(),))
    assert codes(refused("recoveries", [recovery_row(**changes)], known, BANK)) == expected


EXTENSION = {
    "loan": "BOC2023-0001",
    "borrower": BORROWER,
    "due_on": "2024-03-07",
    "new_due_on": "2024-09-07",
    "filing_no": "ZQ-1",
    "filed_on": "2024-02-20",
}


def test_an_extension_moves_the_due_day(view: View) -> None:
    (extended,) = read("extensions", [EXTENSION], view(loans=(loan_state(),)), BANK).events
    assert (extended.kind, extended.new_due_on, extended.on) == ("TermExtended", date(2024, 9, 7), date(2024, 2, 20))


@pytest.mark.parametrize(
    ("changes", "expected"), [({"due_on": "2024-03-06"}, ["18"]), ({"new_due_on": "2024-03-07"}, ["22"])]
)
def test_an_extension_is_refused(view: View, changes: dict[str, str], expected: list[str]) -> None:
    known = view(loans=(loan_state(),))
    assert codes(refused("extensions", [EXTENSION | changes], known, BANK)) == expected


STATEMENT = {"number": "2010000000000000017", "month": "2023-02", "opening_fen": "1000.00", "closing_fen": "1100.01"}
LINES = [
    {"on": "2023-02-01", "inflow_fen": "200.01", "balance_fen": "1200.01", "counterparty": "甲（虚构）"},
    {"on": "2023-02-28", "outflow_fen": "50.00", "balance_fen": "1150.01"},
    {"on": "2023-02-28", "outflow_fen": "50.00", "balance_fen": "1100.01", "serial": "000123"},
]


def paper(rows: Rows, view: View, heading: Mapping[str, str] | None = None) -> BankPaper:
    content = write_template("statement", rows, heading=heading or STATEMENT)
    result = intake(read_file(content, "s.xlsx"), SourceFile(name="s.xlsx", sha256=digest(content)), view())
    assert result is not None
    assert result.events == ()
    assert result.paper is not None
    return result.paper


def test_a_keyed_statement_is_paper_only(view: View) -> None:
    keyed = paper(LINES, view)
    assert (keyed.kind, keyed.keyed, keyed.account, keyed.bank) == ("statement", True, "crcb-01", "crcb")
    assert (keyed.from_on, keyed.until_on) == (date(2023, 2, 1), date(2023, 3, 1))
    assert [line.amount_fen for line in keyed.lines] == [20_001, -5_000, -5_000]
    assert keyed.opening_fen + sum(line.amount_fen for line in keyed.lines) == keyed.closing_fen
    assert keyed.lines[2].serial == "000123"


def test_a_month_without_a_movement_is_a_statement(view: View) -> None:
    assert paper([], view, STATEMENT | {"closing_fen": "1000.00"}).lines == ()


@pytest.mark.parametrize(
    ("line", "changes", "expected", "found"),
    [
        (1, {"balance_fen": "1150.02"}, ["27", "27"], "余额 1,150.02 元"),
        (1, {"on": "2023-03-01"}, ["22"], "2023-03-01"),
        (1, {"inflow_fen": "50.00"}, ["28", "27"], "支出、收入都空或都填"),
        (2, {"balance_fen": "1100.02"}, ["27", "27"], "余额 1,100.02 元"),
    ],
)
def test_a_broken_statement_is_refused(
    view: View, line: int, changes: dict[str, str], expected: list[str], found: str
) -> None:
    rows = [row | (changes if index == line else {}) for index, row in enumerate(LINES)]
    faults = refused("statement", rows, view(), STATEMENT)
    assert (codes(faults), faults[0].found) == (expected, found)


def test_a_statement_of_a_strange_account_is_refused(view: View) -> None:
    assert codes(refused("statement", LINES, view(), STATEMENT | {"number": "123456789"})) == ["14"]


def filed(keyed: BankPaper, **changes: object) -> FiledStatement:
    """A keyed statement as the books tell of it once it is filed."""
    fields = {key: getattr(keyed, key) for key in ("account", "from_on", "until_on", "closing_fen")}
    movements = tuple((line.on, line.amount_fen) for line in keyed.lines)
    return FiledStatement.model_validate({**fields, "sha256": "0" * 64, "movements": movements, **changes})


def test_a_statement_keyed_again_is_known_and_files_nothing(view: View) -> None:
    held = view(statements=(filed(paper(LINES, view)),))
    result = read("statement", [LINES[0] | {"counterparty": "甲商行（虚构）"}, *LINES[1:]], held, STATEMENT)
    assert (result.paper, result.events) == (None, ())
    outcomes = [row.outcome for row in result.reading.rows]
    assert (outcomes.count("known"), outcomes.count("statement")) == (3, 0)


@pytest.mark.parametrize("changes", [{"closing_fen": 110_002}, {"movements": ()}])
def test_another_statement_of_a_month_is_refused(view: View, changes: dict[str, object]) -> None:
    held = view(statements=(filed(paper(LINES, view), **changes),))
    (fault,) = refused("statement", LINES, held, STATEMENT)
    assert fault.code == "导入-对账单-01"
    assert "1,100.01" in fault.found
    assert f"{yuan_text(held.statements[0].closing_fen)} 元" in fault.expected
