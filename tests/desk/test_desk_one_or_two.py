"""One decision and two give the same, to contributors too: in what they bear and in what comes back to them."""

from datetime import date
from pathlib import Path

import pytest
from desk_office import code, through, who
from standing_books import CITY, COUNTY, MILLION, applied, begun, filing, put, taken_in, tape, yuan

from desk.acts import cash, drafting, rulings, supplements
from desk.acts.inspection import check_books
from desk.acts.intake import import_file
from desk.acts.office import Office
from importers.registers import write_template
from ledger.casefiles import CaseFile, case_files
from ledger.events import VoucherLine
from ledger.verify import verify
from ledger.views import loan_states
from reports.audit import reperform

WAN = 1_000_000
"""Ten thousand yuan in fen."""


def file_of(office: Office) -> CaseFile:
    return case_files(office.book)["A"]


def applied_for(root: Path, fen: int, *, city_fen: int, county_fen: int) -> Office:
    """Books under the text that draws on 02 first and then on 01; a loan of a million, ``fen`` of it applied for."""
    office = begun(root, city_fen=city_fen, county_fen=county_fen)
    taken_in(office, [filing(1, MILLION, "2024-03-05")], "2024-03-06")
    put(office, tape("L0001", "2024-03", 31, MILLION), applied("A", "L0001", fen, "2024-05-06"))
    return office


def decided_and_paid(office: Office, day: str, number: str) -> None:
    rulings.decide(office, "A", date.fromisoformat(day), chief="gu", who=who("chen", day))
    through(office, day)
    cash.pay(office, "A", "boc-01", number, date.fromisoformat(day), who=who("chen", day))
    through(office, day)


def said(office: Office, day: str, fen: int, claimed: int) -> None:
    what = supplements.Said("A", claimed, "再申请", {"principal": yuan(fen)})
    papers = (("说明.pdf", b"%PDF-1.4 invented"),)
    supplements.supplement(office, what, date.fromisoformat(day), papers=papers, who=who("chen", day))
    through(office, day)


def recovered(office: Office, day: str, number: int, gross: int, principal: int = 0) -> None:
    """A recovery as the bank's register says it."""
    row = {
        "case": "A", "number": str(number), "loan": "L0001", "notified_on": day, "gross_fen": yuan(gross),
        "cost_fen": "0.00", "principal_fen": yuan(principal), "source": "借款人还款",
    }  # fmt: skip
    content = write_template("recoveries", [row], heading={"bank": "中国银行"})
    import_file(office, content, f"追偿-{day}-{number}.xlsx", who=who("chen", day))
    through(office, day)


def back(office: Office) -> dict[str, int]:
    """What came back to each contributor in all."""
    found: dict[str, int] = {}
    for event in file_of(office).notified:
        for share in event.contributors:
            found[share.contributor] = found.get(share.contributor, 0) + share.amount_fen
    return found


def sound(office: Office) -> None:
    assert check_books(office.root).problems == ()
    assert verify(office.root) == ()
    assert reperform.main(str(office.root)) == 0


@pytest.mark.parametrize("first", [MILLION, 60 * WAN])
def test_contributors_drawn_on_in_turn_bear_and_get_back_as_after_one_decision(tmp_path: Path, first: int) -> None:
    """02 has 20万 of the 50万 due. Decided in two, the second took all of the case for 01's, and 01 got it all back."""
    office = applied_for(tmp_path / "books", first, city_fen=280 * WAN, county_fen=20 * WAN)
    decided_and_paid(office, "2024-06-03", "Z1")
    if first < MILLION:
        said(office, "2024-06-10", MILLION, MILLION - first)
        decided_and_paid(office, "2024-06-11", "Z2")
    assert file_of(office).borne_fen() == {"01": 30 * WAN, "02": 20 * WAN}
    recovered(office, "2024-06-20", 1, 50 * WAN)
    assert back(office) == {"01": 15 * WAN, "02": 10 * WAN}
    sound(office)


def test_a_second_decision_does_not_miss_the_money_that_the_case_itself_took(tmp_path: Path) -> None:
    """All there is is 150万. Of 50万 due 30万 are drawn already: the rest is there to the fen."""
    office = applied_for(tmp_path / "books", 60 * WAN, city_fen=120 * WAN, county_fen=30 * WAN)
    decided_and_paid(office, "2024-06-03", "Z1")
    cash.return_contribution(
        office, "01", "crcb-01", 100 * WAN, "T1", "退回", date(2024, 6, 5), who=who("chen", "2024-06-05")
    )
    through(office, "2024-06-05")
    said(office, "2024-06-10", MILLION, 40 * WAN)
    decided_and_paid(office, "2024-06-11", "Z2")
    assert file_of(office).borne_fen() == {"01": 20 * WAN, "02": 30 * WAN}
    sound(office)


def test_a_recovery_reported_before_the_payment_gives_the_pool_what_one_after_it_gives(tmp_path: Path) -> None:
    """Cut to what had been paid, nothing, it gave the pool nothing; then all was paid and nobody asked again."""
    office = applied_for(tmp_path / "books", MILLION, city_fen=280 * WAN, county_fen=20 * WAN)
    rulings.decide(office, "A", date(2024, 6, 3), chief="gu", who=who("chen", "2024-06-03"))
    through(office, "2024-06-03")
    assert code(lambda: recovered(office, "2024-06-04", 1, 20 * WAN)) == "追偿-未付-01"
    cash.pay(office, "A", "boc-01", "Z1", date(2024, 6, 5), who=who("chen", "2024-06-05"))
    through(office, "2024-06-05")
    assert code(lambda: recovered(office, "2024-06-04", 1, 20 * WAN)) == "追偿-未付-01", "dated before the payment"
    recovered(office, "2024-06-06", 1, 20 * WAN)
    assert file_of(office).recovered_fen == 10 * WAN
    sound(office)


def test_a_recovery_that_nothing_unpaid_cuts_waits_for_no_payment(tmp_path: Path) -> None:
    """40万 are paid, 10万 more are due: of 80万 recovered 40万 come back either way; of two fen more, not so."""
    office = applied_for(tmp_path / "books", 80 * WAN, city_fen=280 * WAN, county_fen=20 * WAN)
    decided_and_paid(office, "2024-06-03", "Z1")
    said(office, "2024-06-10", MILLION, 20 * WAN)
    rulings.decide(office, "A", date(2024, 6, 11), chief="gu", who=who("chen", "2024-06-11"))
    through(office, "2024-06-11")
    assert code(lambda: recovered(office, "2024-06-12", 1, 80 * WAN + 2)) == "追偿-未付-01"
    recovered(office, "2024-06-12", 1, 80 * WAN)
    assert file_of(office).recovered_fen == 40 * WAN
    sound(office)


def test_a_contribution_that_is_gone_at_posting_does_not_go_back(tmp_path: Path) -> None:
    """Asked of the draft alone, money taken back in between (here by a voucher by hand) went back a second time."""
    office, day = begun(tmp_path / "books"), "2024-02-01"
    waiting = cash.return_contribution(
        office, "02", "boc-01", 2 * MILLION, "T1", "退", date(2024, 2, 1), who=who("chen", day)
    )
    moved = (VoucherLine(account=COUNTY, amount_fen=1), VoucherLine(account=CITY, amount_fen=-1))
    written = cash.HandVoucher("SG-1", "出资转出", "试", moved)
    made = cash.manual(office, written, date(2024, 2, 1), papers=[("n.txt", b"n")], who=who("chen", day))
    for draft in (waiting, made):
        drafting.review(office, draft.no, who("lu", day))
    drafting.post_draft(office, made.no, who("shen", day))
    assert code(lambda: drafting.post_draft(office, waiting.no, who("shen", day))) == "资金-出资-01"
    sound(office)


def test_a_tape_that_comes_after_a_recovery_of_the_next_month_is_taken(tmp_path: Path) -> None:
    """It tells of the month's end: asked what is owed today, the bank's honest tape was refused for good."""
    office = applied_for(tmp_path / "books", MILLION, city_fen=280 * WAN, county_fen=20 * WAN)
    decided_and_paid(office, "2024-05-20", "Z1")
    put(office, tape("L0001", "2024-04", 30, MILLION, days=10))
    recovered(office, "2024-06-03", 1, 20 * WAN, 20 * WAN)

    def told(month: str, outstanding: int, by_recovery: int, day: str) -> None:
        row = {
            "loan": "L0001", "borrower": "示例企业1（虚构）", "outstanding_fen": yuan(outstanding),
            "repaid_fen": yuan(by_recovery), "by_compensation_fen": "0.00", "by_recovery_fen": yuan(by_recovery),
            "overdue_days": "40", "grade": "次级",
        }  # fmt: skip
        content = write_template("tapes", [row], heading={"bank": "中国银行", "month": month})
        import_file(office, content, f"月末-{month}.xlsx", who=who("chen", day))
        through(office, day)

    assert code(lambda: told("2024-05", 80 * WAN, 0, "2024-06-05")) == "导入-登记-25", "not yet recovered at May's end"
    told("2024-05", MILLION, 0, "2024-06-05")
    told("2024-06", 80 * WAN, 20 * WAN, "2024-07-03")
    assert [item.outstanding_fen for item in loan_states(office.book)] == [80 * WAN]
    sound(office)
