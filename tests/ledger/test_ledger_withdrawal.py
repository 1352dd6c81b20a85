"""Taking an event back restores what was before it, whatever it was; and is refused where later things stand on it."""

from datetime import date
from decimal import Decimal

import pytest
from ledger_samples import (
    CASE,
    CHIEFED,
    LOAN,
    SAMPLES,
    SHA,
    Office,
    applied,
    contribution,
    decided,
    key,
    loan_included,
    notified,
    paid,
    redecided,
    share,
    supplemented,
)

from ledger.book import Book
from ledger.casefiles import case_files
from ledger.events import (
    AnyEvent,
    ClawbackDecided,
    EventWithdrawn,
    LoanReleased,
    LoanRepaid,
    LossWrittenOff,
    ReceiptIdentified,
    RecoveryReceived,
)
from ledger.faults import Refusal
from ledger.seal import rule_folder
from ledger.verify import verify
from ledger.views import loan_states, open_items
from ledger.withdrawable import KIND_OF, NEEDS_CHIEF
from ledger.withdrawal import Request, withdrawal_of

LATER = date(2023, 12, 20)
MONEY = contribution("big", 300_000_000, date(2023, 1, 5))
MARK = SAMPLES["IpRightListed"].model_copy(
    update={"event_id": key("right-2"), "right": SAMPLES["PledgeRegistered"].rights[1], "ip_type": "trademark"}
)
FILED = [
    SAMPLES["IpRightListed"],
    MARK,
    loan_included(),
    SAMPLES["PledgeRegistered"],
    SAMPLES["InsuranceIssued"],
]
DECIDED = [SAMPLES["RuleAdopted"], MONEY, *FILED, applied(), decided()]
PAID = [*DECIDED, paid()]


def moved(name: str, **changes: object) -> AnyEvent:
    return SAMPLES[name].model_copy(update=changes)


QUEUED = decided().model_copy(
    update={"queued_fen": 1_000, "contributors": (share("01", decided().approved_fen - 1_000),)}
)
FUNDED = moved("QueueFunded", contributors=(share("01", 1_000),))
SAID = [*PAID, supplemented()]
RELEASE = LoanReleased(
    event_id=key("release"), on=date(2023, 12, 1), summary="结清出池", loan=LOAN, bank="boc", reason="settled"
)
REPAY = LoanRepaid(
    event_id=key("repay"),
    on=date(2023, 11, 30),
    summary="还本",
    loan=LOAN,
    bank="boc",
    amount_fen=loan_included().outstanding_fen,
)
ENDORSED = moved(
    "InsuranceEndorsed",
    sum_before_fen=SAMPLES["InsuranceIssued"].sum_fen,
    sum_after_fen=SAMPLES["InsuranceIssued"].sum_fen - 500,
)
UNKNOWN = SAMPLES["ReceiptUnidentified"]
NAMED = moved(
    "ReceiptIdentified-contribution", receipt=UNKNOWN.event_id, amount_fen=UNKNOWN.amount_fen, account=UNKNOWN.account
)
UNPLEDGED = SAMPLES["PledgeReleased"]
WRITTEN_OFF = moved("LossWrittenOff", amount_fen=1_000)

STORIES: dict[str, tuple[list[AnyEvent], AnyEvent]] = {
    "ManualVoucher": ([MONEY], moved("ManualVoucher", on=date(2023, 5, 8))),
    "VoucherAdjusted": ([MONEY, moved("ManualVoucher", on=date(2023, 5, 8))], SAMPLES["VoucherAdjusted"]),
    "ContributionReceived": ([], MONEY),
    "ContributionReturned": ([MONEY], SAMPLES["ContributionReturned"]),
    "InterestReceived": ([], SAMPLES["InterestReceived"]),
    "FeeCharged": ([MONEY], SAMPLES["FeeCharged"]),
    "TransferSent": ([MONEY], SAMPLES["TransferSent"]),
    "TransferArrived": ([MONEY, SAMPLES["TransferSent"]], SAMPLES["TransferArrived"]),
    "DepositPlaced": ([MONEY], SAMPLES["DepositPlaced"]),
    "DepositMatured": ([MONEY, SAMPLES["DepositPlaced"]], SAMPLES["DepositMatured"]),
    "ReceiptIdentified": ([UNKNOWN], NAMED),
    "BankRowConfirmed": (PAID, SAMPLES["BankRowConfirmed"]),
    "MatchConfirmed": ([MONEY], SAMPLES["MatchConfirmed"]),
    "StatementFiled": ([MONEY], SAMPLES["StatementFiled"]),
    "PaymentBounced": (PAID, SAMPLES["PaymentBounced"]),
    "LoanIncluded": (FILED[:2], loan_included()),
    "LoanRepaid": (FILED, REPAY),
    "LoanReleased": ([*FILED, REPAY], RELEASE),
    "TermExtended": (FILED, moved("TermExtended", on=date(2023, 12, 4))),
    "PledgeReleased": ([*FILED, REPAY, RELEASE], UNPLEDGED.model_copy(update={"on": date(2023, 12, 2)})),
    "InsuranceIssued": (FILED[:4], SAMPLES["InsuranceIssued"]),
    "InsuranceEndorsed": (FILED, ENDORSED),
    "InsuranceLapsed": (FILED, moved("InsuranceLapsed", on=date(2023, 12, 3))),
    "InsuranceClaimPaid": (DECIDED, SAMPLES["InsuranceClaimPaid"]),
    "InsuranceClaimRefused": (DECIDED, SAMPLES["InsuranceClaimRefused"]),
    "CompensationApplied": (FILED, applied()),
    "CompensationDecided": (DECIDED[:-1], decided()),
    "CompensationDenied": (DECIDED[:-1], moved("CompensationDenied", claimed_fen=applied().claimed_fen)),
    "CompensationPaid": (DECIDED, paid()),
    "ApplicationSupplemented": (PAID, supplemented()),
    "CompensationDeferred": (DECIDED[:-1], SAMPLES["CompensationDeferred"]),
    "CompensationRedecided": (SAID, redecided()),
    "QueueFunded": ([*DECIDED[:-1], QUEUED], FUNDED),
    "QueueLapsed": ([*DECIDED[:-1], QUEUED], SAMPLES["QueueLapsed"]),
    "RecoveryNotified": (PAID, notified()),
    "RecoveryReceived": ([*PAID, notified()], SAMPLES["RecoveryReceived"]),
    "ClawbackDecided": (PAID, SAMPLES["ClawbackDecided"]),
    "LossWrittenOff": (PAID, WRITTEN_OFF),
    "RuleAdopted": ([], SAMPLES["RuleAdopted"]),
}
BANK_MONEY = {
    "ContributionReceived",
    "InterestReceived",
    "TransferArrived",
    "DepositMatured",
    "RecoveryReceived",
    "PaymentBounced",
}


def told_to(office: Office, events: list[AnyEvent]) -> Book:
    office.store.write_new(f"{rule_folder('demo-2023@2023-01-01', SHA)}/rule_text.toml", b"list")
    book = office.book
    for event in events:
        book = office.post(event, signed=CHIEFED, book=book).book
    return book


def take_back(office: Office, book: Book, event: str, **more: object) -> EventWithdrawn:
    fields = {"cause": "mistake", "reason": "试", "on": LATER, "chief": "li", **more}
    made = withdrawal_of(book, Request(event, **fields))  # type: ignore[arg-type] # one dictionary of several types
    office.post(made, signed=CHIEFED, book=book)
    return made


def balances(book: Book) -> dict[tuple[str, str], Decimal]:
    totals: dict[tuple[str, str], Decimal] = {}
    for voucher in book.vouchers:
        for item in voucher.legs:
            place = (item.account, item.commodity)
            totals[place] = totals.get(place, Decimal(0)) + item.number
    return {place: total for place, total in totals.items() if total}


def state(book: Book) -> tuple[object, ...]:
    """Everything that people and programs see of the books, but for the record of what was done."""
    items = open_items(book, ()).model_dump()
    items.pop("known_events")
    return balances(book), loan_states(book), case_files(book), items


def test_every_withdrawable_kind_has_its_story() -> None:
    assert set(STORIES) == set(KIND_OF) - {"AccountReconciled", "PledgeRegistered"}
    assert set(KIND_OF) >= NEEDS_CHIEF


@pytest.mark.parametrize("kind", STORIES)
def test_taking_an_event_back_restores_the_state_before_it(kind: str, office: Office) -> None:
    before_it, event = STORIES[kind]
    before = told_to(office, before_it)
    after = office.post(event, signed=CHIEFED, book=before).book
    assert kind == type(event).__name__
    taken = take_back(office, after, event.event_id)
    book = office.book
    assert verify(office.root) == ()
    assert event.event_id in book.posted
    assert event.event_id not in book.known
    assert book.events(KIND_OF[kind], event.on) == after.events(KIND_OF[kind])
    assert not [found for found in book.events(KIND_OF[kind]) if found.event_id == event.event_id]
    if kind not in BANK_MONEY:
        assert state(book) == state(before)
        return
    # The bank's row stays: what it brought waits under inquiry, everything else is as before.
    cash = book.chart.cash(event.account)  # type: ignore[union-attr] # all of these have an account
    waiting = book.chart.unidentified(book.pool.account_of(event.account).bank)  # type: ignore[union-attr]
    now, then = balances(book), balances(before)
    changed = {place for place in now | then if now.get(place) != then.get(place)}
    assert changed <= {(cash, "CNY"), (waiting, "CNY")}
    assert (taken.event_id, taken.cash, taken.inquiry_fen) in open_items(book, ()).unidentified


@pytest.mark.parametrize("kind", sorted(set(STORIES) - BANK_MONEY - {"RuleAdopted"}))
def test_what_was_taken_back_can_be_done_again_under_its_next_id(kind: str, office: Office) -> None:
    before_it, event = STORIES[kind]
    after = office.post(event, signed=CHIEFED, book=told_to(office, before_it)).book
    take_back(office, after, event.event_id)
    book = office.book
    again = event.model_copy(update={"event_id": book.anew(event.event_id), "on": LATER})
    assert again.event_id != event.event_id
    book = office.post(again, signed=CHIEFED).book
    assert event.event_id in book.known
    assert book.anew(event.event_id) == again.event_id
    assert balances(book) == balances(after)
    assert verify(office.root) == ()


def test_a_filing_leaves_whole_the_loan_before_its_pledge(office: Office) -> None:
    before = told_to(office, FILED[:2])
    book = office.post(loan_included(), SAMPLES["PledgeRegistered"], signed=CHIEFED, book=before).book
    assert refused(book, SAMPLES["PledgeRegistered"].event_id) == "更正-撤回-02"
    take_back(office, book, loan_included().event_id)
    take_back(office, office.book, SAMPLES["PledgeRegistered"].event_id)
    assert state(office.book) == state(before)
    assert verify(office.root) == ()


def test_red_entries_name_what_they_cancel_and_lie_on_the_same_trail(office: Office) -> None:
    book = told_to(office, DECIDED)
    take_back(office, book, decided().event_id, reason="银行撤回")
    book = office.book
    money, memo = book.voucher_of(decided().event_id)
    red_money, red_memo = sorted((item for item in book.vouchers if item.is_red), key=lambda item: not item.is_money)
    assert (red_money.cancels, red_memo.cancels) == (money.no, memo.no)
    assert red_money.summary == f"注销{money.on.year}年{money.on.month}月{money.on.day}日{money.no}号凭证"
    assert red_memo.summary.endswith(f"{memo.no}号登记")
    for was, red in ((money, red_money), (memo, red_memo)):
        assert [(item.account, -item.number, item.commodity) for item in was.legs] == [
            (item.account, item.number, item.commodity) for item in red.legs
        ]
        assert f"case-{CASE}" in red.links


def refused(book: Book, event: str) -> str:
    with pytest.raises(Refusal) as found:
        withdrawal_of(book, Request(event, "mistake", "试", LATER))
    return found.value.faults[0].code


def test_what_later_things_stand_on_is_not_taken_back(office: Office) -> None:
    book = told_to(office, [*PAID, SAMPLES["BankRowConfirmed"], notified(), SAMPLES["RecoveryReceived"]])
    for event in (applied(), decided(), paid(), notified(), loan_included(), SAMPLES["PledgeRegistered"]):
        assert refused(book, event.event_id) == "更正-撤回-02", event
    assert refused(book, SAMPLES["OpeningTaken"].event_id) == "更正-撤回-01"


def test_an_event_is_taken_back_once_and_not_before_its_day(office: Office) -> None:
    book = told_to(office, [MONEY])
    with pytest.raises(Refusal, match="更正-撤回-04"):
        withdrawal_of(book, Request(MONEY.event_id, "mistake", "试", date(2023, 1, 4)))
    take_back(office, book, MONEY.event_id)
    assert refused(office.book, MONEY.event_id) == "更正-撤回-03"


def test_money_under_inquiry_gets_its_right_name(office: Office) -> None:
    book = told_to(office, [MONEY])
    taken = take_back(office, book, MONEY.event_id)
    right = ReceiptIdentified(
        event_id=key("named-again"),
        on=LATER,
        summary="认领为县财政出资",
        receipt=taken.event_id,
        account="boc-01",
        amount_fen=MONEY.amount_fen,
        target="contribution",
        contributor="02",
        reason="进账单",
    )
    book = office.post(right).book
    assert open_items(book, ()).unidentified == ()
    assert book.balance_fen(book.chart.paid_in("02")) == -MONEY.amount_fen


def test_a_decision_of_last_year_goes_to_accumulated_results(office: Office) -> None:
    book = told_to(office, DECIDED)
    result = {name: book.balance_fen(name) for name in book.balances() if name.startswith("Expenses:")}
    made = withdrawal_of(book, Request(decided().event_id, "withdrawn", "银行撤回", date(2024, 2, 1), chief="li"))
    book = office.post(made, signed=CHIEFED, book=book).book
    assert {name: book.balance_fen(name) for name in result} == result
    assert made.red[0].restated
    assert not made.red[1].restated
    shares = {item.contributor: item.amount_fen for item in decided().contributors}
    opening = {item.account: item.amount_fen for item in SAMPLES["OpeningTaken"].lines}
    for no, fen in shares.items():
        account = book.chart.accumulated(no)
        assert book.balance_fen(account) == opening.get(account, 0) - fen
    voucher = next(item for item in book.vouchers if item.event == made.event_id and item.is_money)
    assert not voucher.is_red
    assert voucher.summary.startswith("更正以前年度")
    assert case_files(book)[CASE].decided is None


def test_what_nobody_bore_is_not_restated_by_the_program(office: Office) -> None:
    book = told_to(office, [SAMPLES["InterestReceived"]])
    with pytest.raises(Refusal, match="更正-撤回-05"):
        withdrawal_of(book, Request(SAMPLES["InterestReceived"].event_id, "mistake", "试", date(2024, 2, 1)))


def test_a_recovery_after_a_write_off_comes_off_what_was_written_off(office: Office) -> None:
    told = told_to(office, PAID)
    whole = case_files(told)[CASE].recourse_fen
    off = LossWrittenOff.model_validate({**SAMPLES["LossWrittenOff"].model_dump(), "amount_fen": whole})
    late = notified().model_copy(update={"on": LATER, "after_write_off_fen": notified().pool_fen})
    book = office.post(late, book=office.post(off, signed=CHIEFED, book=told).book).book
    found = case_files(book)[CASE]
    assert found.recourse_fen == book.balance_fen(book.chart.recourse("boc", CASE), commodity="RECOURSE.CNY") == 0
    left = book.balance_fen(book.chart.written_off("boc", CASE), commodity="RECOURSE.CNY")
    assert left == found.written_off_fen == whole - notified().pool_fen


def test_a_clawed_back_compensation_is_owed_and_arrives_as_any_recovery(office: Office) -> None:
    back = ClawbackDecided.model_validate(SAMPLES["ClawbackDecided"].model_dump())
    book = told_to(office, [*PAID, back])
    (owed,) = open_items(book, ()).receivables
    assert (owed.case, owed.amount_fen) == (CASE, back.amount_fen)
    arrived = RecoveryReceived(
        event_id=key("came-back"),
        on=LATER,
        summary="退回到账",
        case=CASE,
        bank="boc",
        account="boc-01",
        amount_fen=back.amount_fen,
    )
    book = office.post(arrived, book=book).book
    assert open_items(book, ()).receivables == ()
    assert case_files(book)[CASE].recourse_fen == paid().amount_fen - back.amount_fen


def test_a_queued_part_is_paid_only_when_it_is_funded(office: Office) -> None:
    book = told_to(office, [*DECIDED[:-1], QUEUED])
    assert case_files(book)[CASE].due_fen == QUEUED.approved_fen - 1_000
    book = office.post(FUNDED, signed=CHIEFED, book=book).book
    found = case_files(book)[CASE]
    assert (found.due_fen, found.queued_fen) == (QUEUED.approved_fen, 0)
    assert book.balance_fen(book.chart.payable("boc")) == -QUEUED.approved_fen
    assert not [place for place in balances(book) if "9403" in place[0]]
