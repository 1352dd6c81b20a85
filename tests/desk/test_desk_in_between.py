"""Two drafts that were both right when they were written: the second to be posted is asked again."""

from datetime import date
from pathlib import Path

import pytest
from desk_office import code, who
from standing_books import MILLION, applied, begun, filing, put, taken_in, tape

from desk.acts import cash, corrections, drafting, rulings
from desk.acts.corrections import Correction
from desk.acts.office import Office
from ledger.drafts import Draft
from ledger.events import CompensationApplied, CompensationDecided, LoanIncluded, PoolAmended, VoucherLine
from ledger.faults import Refusal
from ledger.provenance import digest
from ledger.verify import verify

DAY = "2024-02-06"
ON = date.fromisoformat(DAY)
CHEN = who("chen", DAY)


def posted(office: Office, draft: Draft) -> None:
    drafting.review(office, draft.no, who("lu", DAY))
    drafting.post_draft(office, draft.no, who("shen", DAY))


def refused(office: Office, draft: Draft) -> str:
    """The code with which a draft that waits is refused; the books stay as they are."""
    head = office.book.head
    drafting.review(office, draft.no, who("lu", DAY))
    said = code(lambda: drafting.post_draft(office, draft.no, who("shen", DAY)))
    assert office.book.head == head
    assert verify(office.root) == ()
    return said


def back(office: Office, target: str, chief: str = "") -> Draft:
    return corrections.reverse(office, Correction(target, "试", ON, chief=chief), who=CHEN)


def swap(office: Office, fen: int) -> tuple[VoucherLine, ...]:
    chart = office.book.chart
    lines = ((chart.paid_in("01"), fen), (chart.paid_in("02"), -fen))
    return tuple(VoucherLine(account=account, amount_fen=amount) for account, amount in lines)


def by_hand(office: Office, fen: int) -> str:
    """A voucher that moves paid-in money from one contributor to the other: its number."""
    written = cash.HandVoucher("SG-1", "调整出资归属", "纪要", swap(office, fen))
    draft = cash.manual(office, written, ON, papers=[("纪要.txt", b"n")], who=CHEN)
    posted(office, draft)
    return office.book.voucher_of(draft.content.events[0].event_id)[0].no


def adjust(office: Office, no: str, fen: int) -> Draft:
    return corrections.adjust(office, no, swap(office, fen), "算错", ON, prior_year=False, who=CHEN)


def paid_in(office: Office) -> int:
    return -office.book.balance_fen(office.book.chart.paid_in("01"))


def test_a_voucher_and_its_difference_do_not_pass_each_other(tmp_path: Path) -> None:
    """Both were posted: the voucher was cancelled and the difference stood alone, half a yuan nobody had moved."""
    office = begun(tmp_path / "books")
    before, no = paid_in(office), by_hand(office, 100)
    difference, cancelled = adjust(office, no, 50), back(office, no)
    posted(office, cancelled)
    assert refused(office, difference) == "更正-差额-01"
    assert paid_in(office) == before
    other = begun(tmp_path / "others")
    no = by_hand(other, 100)
    difference, cancelled = adjust(other, no, 50), back(other, no)
    posted(other, difference)
    assert refused(other, cancelled) == "更正-撤回-02"
    assert paid_in(other) == before - 150


def test_a_difference_does_not_turn_a_voucher_round(tmp_path: Path) -> None:
    """Less by twice the amount is no error of the amount: it gave the other contributor what this one had."""
    office = begun(tmp_path / "books")
    no = by_hand(office, 100)
    assert code(lambda: adjust(office, no, -101)) == "更正-差额-01"
    posted(office, adjust(office, no, -60))
    assert code(lambda: adjust(office, no, -41)) == "更正-差额-01", "with the first it would pass zero"
    posted(office, adjust(office, no, -40))
    assert paid_in(office) == 3 * MILLION


def with_case(root: Path) -> Office:
    office = begun(root)
    taken_in(office, [filing(1, MILLION // 10, "2024-01-03")], "2024-01-03")
    put(office, tape("L0001", "2024-01", 31, MILLION // 10))
    return office


def test_a_loan_is_not_taken_back_from_under_an_application_of_the_same_day(tmp_path: Path) -> None:
    office = with_case(tmp_path / "books")
    (loan,) = office.book.events(LoanIncluded)
    assert code(lambda: back(office, loan.event_id)) == "更正-撤回-02", "a tape stands on it"
    other = begun(tmp_path / "others")
    taken_in(other, [filing(1, MILLION // 10, "2024-01-03")], "2024-01-03")
    (loan,) = other.book.events(LoanIncluded)
    draft = back(other, loan.event_id)
    put(other, applied("C1", "L0001", MILLION // 10, DAY))
    assert refused(other, draft) == "更正-撤回-02"
    assert other.book.events(LoanIncluded)


def test_a_decision_whose_application_was_withdrawn_is_refused_in_words(tmp_path: Path) -> None:
    """The program broke off at the case that was no longer there."""
    office = with_case(tmp_path / "books")
    put(office, applied("C1", "L0001", MILLION // 10, "2024-02-05"))
    (application,) = office.book.events(CompensationApplied)
    decision = rulings.decide(office, "C1", ON, chief="gu", who=CHEN).draft
    posted(office, back(office, application.event_id))
    assert refused(office, decision) == "裁决-依据-01"


def test_a_decision_paid_meanwhile_is_not_taken_back(tmp_path: Path) -> None:
    office = with_case(tmp_path / "books")
    put(office, applied("C1", "L0001", MILLION // 10, "2024-02-05"))
    posted(office, rulings.decide(office, "C1", ON, chief="gu", who=CHEN).draft)
    (decided,) = office.book.events(CompensationDecided)
    draft = back(office, decided.event_id, chief="gu")
    posted(office, cash.pay(office, "C1", "boc-01", "ZF-1", ON, who=CHEN))
    assert refused(office, draft) == "更正-撤回-02"


def test_what_a_draft_pays_is_not_drafted_again_under_another_instruction(tmp_path: Path) -> None:
    """The second was taken, reviewed, and refused only when it was posted."""
    office = with_case(tmp_path / "books")
    put(office, applied("C1", "L0001", MILLION // 10, "2024-02-05"))
    posted(office, rulings.decide(office, "C1", ON, chief="gu", who=CHEN).draft)
    first = cash.pay(office, "C1", "boc-01", "ZF-1", ON, who=CHEN)
    with pytest.raises(Refusal) as refusal:
        cash.pay(office, "C1", "boc-01", "ZF-2", ON, who=CHEN)
    (fault,) = refusal.value.faults
    assert (fault.code, fault.found) == ("资金-付款-01", f"C1：草稿 {first.no} 拨付 50,000.00 元，待记账")
    drafting.reject(office, first.no, who("lu", DAY), "账户写错")
    posted(office, cash.pay(office, "C1", "boc-01", "ZF-2", ON, who=CHEN))
    assert code(lambda: cash.pay(office, "C1", "boc-01", "ZF-3", ON, who=CHEN)) == "资金-付款-01"


def test_a_day_before_an_account_was_opened_is_refused_when_the_draft_is_written(tmp_path: Path) -> None:
    """Drafted and signed, it was refused at posting in beancount's own English."""
    office = begun(tmp_path / "books")
    written = cash.HandVoucher("SG-1", "调整出资归属", "纪要", swap(office, 100))
    early = date(2023, 12, 31)
    assert code(lambda: cash.manual(office, written, early, papers=[("n.txt", b"n")], who=CHEN)) == "记账-期间-02"
    posted(office, cash.manual(office, written, date(2024, 1, 1), papers=[("n.txt", b"n")], who=CHEN))


ACCOUNT = """
[[account]]
slug = "boc-{0}"
bank = "boc"
no = "{0}"
sort = "dedicated"
number = "00000000{0}"
name = "中行新专户{0}（虚构）"
"""


def test_a_second_text_of_the_settings_does_not_undo_the_first(tmp_path: Path) -> None:
    """Both were posted: the account of the first was gone from the settings, and its chart account stood there."""
    office = begun(tmp_path / "books")
    text = (office.root / "pool.toml").read_text(encoding="utf-8")

    def amend(said: str, day: str = DAY) -> Draft:
        on = date.fromisoformat(day)
        return corrections.amend_pool(office, "pool.toml", said.encode(), "开户", on, chief="gu", who=CHEN)

    first, second = amend(text + ACCOUNT.format("02")), amend(text + ACCOUNT.format("03"))
    posted(office, first)
    assert refused(office, second) == "更正-依据-01"
    drafting.reject(office, second.no, who("lu", DAY), "另一份已记账")
    both = text + ACCOUNT.format("02") + ACCOUNT.format("03")
    # In force is what was posted last, though it bears an earlier day.
    posted(office, amend(both, "2024-02-01"))
    posted(office, amend(both + ACCOUNT.format("04")))
    assert [item.slug for item in office.book.pool.account][2:] == ["boc-02", "boc-03", "boc-04"]
    told = [item for item in office.book.events(PoolAmended) if item.before == digest(both.encode())]
    assert len(told) == 1, "each text names the one before it"


def test_a_blank_is_no_reason(tmp_path: Path) -> None:
    """Drafts were made, sent back and numbers explained with nothing said of why."""
    office = begun(tmp_path / "books")
    no = by_hand(office, 100)

    def written(reason: str, summary: str) -> cash.HandVoucher:
        return cash.HandVoucher("SG-2", summary, reason, swap(office, 7))

    papers = [("纪要.txt", b"m")]
    acts = (
        lambda: corrections.reverse(office, Correction(no, " ", ON), who=CHEN),
        lambda: corrections.adjust(office, no, swap(office, 1), "", ON, prior_year=False, who=CHEN),
        lambda: corrections.explain_number(office, "记-2024-02-0002", "　", ON, chief="gu", who=CHEN),
        lambda: cash.manual(office, written(" ", "调整"), ON, papers=papers, who=CHEN),
        lambda: cash.manual(office, written("纪要", ""), ON, papers=papers, who=CHEN),
    )
    for act in acts:
        assert code(act) == "草稿-原因-01"
    draft = cash.manual(office, written("纪要", "调整"), ON, papers=papers, who=CHEN)
    assert code(lambda: drafting.reject(office, draft.no, who("lu", DAY), "\t")) == "草稿-原因-01"
    event = draft.content.events[0].model_copy(update={"summary": " "})
    assert code(lambda: drafting.amend(office, draft.no, [event], CHEN, "改")) == "草稿-原因-01"
