from collections import Counter
from datetime import date

import pytest
from registers.filled import BORROWER, codes, loan_row, patent, right_row, source, workbook

from importers.registers import read_opening, write_template
from ledger.faults import Refusal
from ledger.ids import event_id
from ledger.papers import Intake
from ledger.pool import Pool

BALANCES = [
    {"account": "银行存款", "party": "405200000018", "debit_fen": "9000000.00"},
    {"account": "银行存款", "party": "crcb-01", "debit_fen": "930000.00"},
    {"account": "追偿应收款", "party": "中国银行", "debit_fen": "20000.00"},
    {"account": "待查款项", "party": "慈溪农商银行", "debit_fen": "0", "credit_fen": "0"},
    {"account": "出资", "party": "市级财政（虚构）", "credit_fen": "6000000.00"},
    {"account": "出资", "party": "02", "credit_fen": "4000000.00"},
    {"account": "累计结余", "party": "01", "debit_fen": "30000.00"},
    {"account": "累计结余", "party": "02", "debit_fen": "20000.00"},
]
CASE = {
    "case": "BC2022-001",
    "loan": "BOC2023-0002",
    "bank": "中国银行",
    "borrower": BORROWER,
    "decided_on": "2022-11-01",
    "unpaid_principal_fen": "150000.00",
    "base_fen": "200000.00",
    "paid_fen": "100000.00",
    "recovered_fen": "30000.00",
    "notified_unreceived_fen": "20000.00",
    "recourse_fen": "50000.00",
    "recovered_gross_fen": "110000.00",
    "recovered_cost_fen": "10000.00",
    "rule_words": "旧办法第九条（虚构）",
}
SHARES = [
    {"case": "BC2022-001", "sort": "出资方份数", "name": "01", "amount": "60000.00"},
    {"case": "BC2022-001", "sort": "出资方份数", "name": "县级财政（虚构）", "amount": "40000.00"},
    {"case": "BC2022-001", "sort": "损失分担金额", "name": "pool", "amount": "100000.00"},
    {"case": "BC2022-001", "sort": "损失分担金额", "name": "BANK", "amount": "100000.00"},
]
POLICY = {
    "policy": "P-1",
    "insurer": "示例财险（虚构）",
    "loan": "BOC2023-0001",
    "insured": BORROWER,
    "sum_fen": "3000000.00",
    "premium_fen": "45000.00",
    "from_on": "2023-02-10",
    "until_on": "2024-02-09",
}
EARLY = {"filed_on": "2023-02-10", "disbursed_on": "2023-02-08"}
TABLES = {
    "balances": BALANCES,
    "loans": [
        loan_row(**EARLY, renews="BOC2021-0007"),
        loan_row(**EARLY, loan="BOC2023-0002", pledge="YP2", product="直贷", policy="", outstanding_fen="150000.00"),
    ],
    "rights": [right_row(1), right_row(2, pledge="YP2")],
    "policies": [POLICY],
    "cases": [CASE],
    "case_shares": SHARES,
}


def opening(pool: Pool, tables: dict[str, list[dict[str, str]]] = TABLES, on: str = "2023-02-28") -> Intake:
    content = write_template("opening", tables, heading={"on": on})
    return read_opening(workbook(content), source(content), pool)


def changed(table: str, number: int, **changes: str) -> dict[str, list[dict[str, str]]]:
    rows = [row | (changes if index == number else {}) for index, row in enumerate(TABLES[table])]
    return TABLES | {table: rows}


def refused(pool: Pool, tables: dict[str, list[dict[str, str]]], on: str = "2023-02-28") -> list[str]:
    with pytest.raises(Refusal) as refusal:
        opening(pool, tables, on)
    return codes(refusal.value.faults)


def test_an_opening_is_one_day_and_sums_to_zero(pool: Pool) -> None:
    result = opening(pool)
    assert {event.on for event in result.events} == {date(2023, 2, 28)}
    assert Counter(event.kind for event in result.events) == {
        "OpeningTaken": 1,
        "IpRightListed": 2,
        "PledgeRegistered": 2,
        "IpAppraised": 2,
        "LoanIncluded": 2,
        "InsuranceIssued": 1,
        "CaseTaken": 1,
    }
    taken = result.events[0]
    assert sum(line.amount_fen for line in taken.lines) == 0
    assert [(line.account, line.amount_fen) for line in taken.lines][:3] == [
        ("Assets:1002银行存款:01中国银行:01专户", 900_000_000),
        ("Assets:1002银行存款:03慈溪农商银行:01专户", 93_000_000),
        ("Assets:1221其他应收款:01中国银行", 2_000_000),
    ]
    assert taken.lines[3].account == "Equity:3101出资:01市级财政虚构"
    assert taken.lines[-1].account == "Equity:3201累计结余:02县级财政虚构"


def test_loans_taken_over_keep_the_identity_of_a_filing(pool: Pool) -> None:
    loans = [event for event in opening(pool).events if event.kind == "LoanIncluded"]
    assert loans[0].event_id == event_id("loan", "boc", "BOC2023-0001")
    assert (loans[0].opening, loans[0].filed_on) == (True, date(2023, 2, 10))
    # The renewed loan is from before the books: nothing to release, but one exposure.
    assert loans[0].renews == "BOC2021-0007"
    assert loans[0].exposure == event_id("exposure", "boc", "BOC2021-0007")


def test_a_running_case_is_taken_with_its_proportions(pool: Pool) -> None:
    (case,) = [event for event in opening(pool).events if event.kind == "CaseTaken"]
    assert (case.paid_fen, case.recourse_fen, case.notified_unreceived_fen) == (10_000_000, 5_000_000, 2_000_000)
    assert [(part.contributor, part.amount_fen) for part in case.parts] == [("01", 6_000_000), ("02", 4_000_000)]
    assert [(part.party, part.amount_fen) for part in case.loss_parts] == [("pool", 10_000_000), ("bank", 10_000_000)]
    assert len(case.sources) == 5


def test_a_balance_of_zero_is_passed_over_and_an_absent_account_warned_of(pool: Pool) -> None:
    result = opening(pool)
    assert [row.reason for row in result.reading.rows if row.outcome == "ignored"].count("余额为零") == 1
    assert result.warnings == ()
    fewer = changed("balances", 5, credit_fen="3070000.00")["balances"]
    rows = [row for row in fewer if row["party"] != "crcb-01"]
    result = opening(pool, TABLES | {"balances": rows})
    assert any("crcb-01" in text for text in result.warnings)


def test_policies_are_dated_the_opening_day(pool: Pool) -> None:
    (issued,) = [event for event in opening(pool).events if event.kind == "InsuranceIssued"]
    assert (issued.on, issued.from_on, issued.insurer) == (date(2023, 2, 28), date(2023, 2, 10), "01")


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        (changed("balances", 0, debit_fen="9000000.01"), ["29"]),
        (changed("balances", 0, party="405200000099"), ["14"]),
        (changed("balances", 2, party=""), ["14", "30"]),
        (changed("balances", 4, party="省级财政"), ["14"]),
        (changed("balances", 0, credit_fen="0.01"), ["28", "29"]),
        (changed("balances", 5, party="02", account="累计结余"), ["13"]),
        (changed("cases", 0, recourse_fen="50000.01"), ["30"]),
        (changed("cases", 0, base_fen="200000.01"), ["30"]),
        (changed("cases", 0, recovered_gross_fen="49999.99"), ["30"]),
        (changed("cases", 0, unpaid_principal_fen="150000.01"), ["30"]),
        (changed("cases", 0, loan="BOC2023-0009"), ["15"]),
        (changed("cases", 0, decided_on="2023-03-01"), ["22"]),
        (changed("case_shares", 0, amount="60000.01"), ["30"]),
        (changed("case_shares", 3, name="别方"), ["14", "30", "30"]),
        (changed("case_shares", 3, case="BC-9"), ["16", "30", "30"]),
        (changed("policies", 0, loan="BOC2023-0009"), ["15"]),
        (changed("loans", 0, filed_on="2023-03-01"), ["22"]),
        (changed("rights", 1, right=patent(1)), ["19"]),
    ],
)
def test_an_opening_is_refused(pool: Pool, tables: dict[str, list[dict[str, str]]], expected: list[str]) -> None:
    assert refused(pool, tables) == expected


def test_what_cases_call_notified_must_be_the_receivable(pool: Pool) -> None:
    tables = changed("balances", 2, debit_fen="20000.01")
    tables["balances"][0] = BALANCES[0] | {"debit_fen": "8999999.99"}
    assert refused(pool, tables) == ["30"]


def test_another_template_is_no_opening(pool: Pool) -> None:
    content = write_template("loans", {"loans": [loan_row()], "rights": [right_row()]})
    with pytest.raises(Refusal, match="期初建账表"):
        read_opening(workbook(content), source(content), pool)
