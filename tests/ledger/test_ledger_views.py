"""What is open, after each act of one story: payment, its bank row, a bounce, a second payment, recoveries."""

from datetime import date

from ledger_samples import (
    AT,
    BOC,
    CASE,
    CHIEFED,
    EXPOSURE,
    LOAN,
    MARK,
    RIGHT,
    SAMPLES,
    Office,
    contribution,
    key,
    notified,
    paid,
    story,
    told,
)

from ledger.casefiles import case_files
from ledger.drafts import Draft, DraftStep
from ledger.events import (
    AnyEvent,
    BankRowConfirmed,
    CompensationPaid,
    DepositPlaced,
    LoanReleased,
    LoanRepaid,
    ReceiptIdentified,
    ReceiptUnidentified,
    RecoveryReceived,
    TapeConfirmed,
    TermExtended,
)
from ledger.openitems import OpenItems
from ledger.views import loan_states, open_items

PAID = 240_000_001


def view(office: Office, *pending: AnyEvent) -> OpenItems:
    """The view with the given events in a live draft."""
    if not pending:
        return open_items(office.book, ())
    step = DraftStep(draft="D000001", step=1, action="drafted", at=AT, by="zhang", events=pending)
    return open_items(office.book, [Draft(no="D000001", steps=(step,), is_posted=False)])


def until_paid(office: Office) -> Office:
    for events in story()[:6]:
        office.post(*events, signed=CHIEFED)
    return office


def payments(items: OpenItems) -> dict[str, tuple[bool, bool]]:
    return {item.event: (item.confirmed, item.returned) for item in items.payments}


def test_an_empty_pool_waits_for_nothing(office: Office) -> None:
    items = view(office)
    assert (items.payments, items.receivables, items.loans, items.cases) == ((), (), (), ())
    assert {end.account: (end.closing_fen, end.until_on) for end in items.list_ends} == {
        "boc-01": (90_000_000, date(2023, 1, 1)),
        "boc-02": (0, date(2023, 1, 1)),
        "abchina-01": (10_000_000, date(2023, 1, 1)),
    }


def test_a_payment_waits_for_its_bank_row(office: Office) -> None:
    until_paid(office)
    (payment,) = view(office).payments
    assert (payment.event, payment.sort, payment.account, payment.amount_fen) == (
        key("paid"),
        "compensation",
        "boc-01",
        PAID,
    )
    assert (payment.case, payment.bank, payment.instruction_no, payment.on) == (
        CASE,
        "boc",
        "ZF2023-001",
        date(2023, 6, 30),
    )
    assert (payment.confirmed, payment.returned) == (False, False)
    (case,) = view(office).cases
    assert (case.state, case.approved_fen, case.paid_fen, case.recourse_fen) == ("paid", PAID, PAID, PAID)
    assert case.insurer_due_fen == 144_000_000
    balance = office.book.balance_fen(BOC)
    row = SAMPLES["BankRowConfirmed"]
    assert payments(view(office, row)) == {key("paid"): (True, False)}, "a draft counts: no row is drafted twice"
    office.post(row)
    assert payments(view(office)) == {key("paid"): (True, False)}
    assert row.event_id in view(office).known_events
    assert office.book.balance_fen(BOC) == balance, "evidence posts no money"


def test_a_bounce_opens_the_duty_again_and_a_second_payment_closes_it(office: Office) -> None:
    until_paid(office)
    book = office.book
    owed, recourse = book.chart.payable("boc"), book.chart.recourse("boc", CASE)
    before = book.balance_fen(BOC)
    bounce = SAMPLES["PaymentBounced"]
    assert payments(view(office, bounce)) == {key("paid"): (False, True)}
    office.post(bounce)
    assert payments(view(office)) == {key("paid"): (False, True)}
    book = office.book
    assert book.balance_fen(owed) == -PAID
    assert book.balance_fen(recourse, commodity="RECOURSE.CNY") == 0
    assert book.balance_fen(BOC) == before + PAID
    (case,) = view(office).cases
    assert (case.state, case.paid_fen, case.recourse_fen) == ("approved", 0, 0)
    office.post(paid("again", on=date(2023, 7, 6), instruction_no="ZF2023-002"))
    assert payments(view(office)) == {key("paid"): (False, True), key("again"): (False, False)}
    book = office.book
    assert (book.balance_fen(owed), book.balance_fen(recourse, commodity="RECOURSE.CNY")) == (0, PAID)
    assert len(book.events(CompensationPaid)) == 2


def test_a_recovery_is_a_receivable_until_it_has_come_in_full(office: Office) -> None:
    until_paid(office)
    first, second = notified(), notified("more", number=2, on=date(2023, 10, 20))
    office.post(first)
    (due,) = view(office).receivables
    assert (due.case, due.bank, due.amount_fen, due.notified_on) == (CASE, "boc", 14_500_001, date(2023, 9, 28))
    part = RecoveryReceived.model_validate({**SAMPLES["RecoveryReceived"].model_dump(), "amount_fen": 4_500_000})
    assert view(office, part).receivables[0].amount_fen == 10_000_001
    office.post(part)
    assert view(office).receivables[0].amount_fen == 10_000_001
    office.post(second)
    assert view(office).receivables[0].amount_fen == 24_500_002
    rest = part.model_copy(update={"event_id": key("rest"), "amount_fen": 24_500_002, "on": date(2023, 11, 1)})
    office.post(rest)
    assert view(office).receivables == ()
    (case,) = view(office).cases
    assert (case.notified_count, case.recourse_fen) == (2, PAID - 2 * 14_500_001)
    book = office.book
    assert book.balance_fen(book.chart.receivable("boc")) == 0
    recourse = book.balance_fen(book.chart.recourse("boc", CASE), commodity="RECOURSE.CNY")
    assert recourse == case.recourse_fen, "paid − recovered, in the view and in the accounts"


def test_an_unidentified_receipt_waits_for_its_name(office: Office) -> None:
    until_paid(office)
    office.post(notified())
    unknown = SAMPLES["ReceiptUnidentified"].model_copy(update={"on": date(2023, 10, 1), "amount_fen": 14_500_001})
    assert isinstance(unknown, ReceiptUnidentified)
    office.post(unknown)
    assert view(office).unidentified == ((key("unknown"), "abchina-01", 14_500_001),)
    name = {"on": date(2023, 10, 3), "amount_fen": 14_500_001, "case": CASE}
    named = SAMPLES["ReceiptIdentified-recovery"].model_copy(update=name)
    assert isinstance(named, ReceiptIdentified)
    office.post(named)
    items, book = view(office), office.book
    assert (items.unidentified, items.receivables) == ((), ())
    assert case_files(book)[CASE].received_fen == 14_500_001
    assert book.balance_fen(book.chart.receivable("boc")) == 0, "the case's bank owed it, wherever it arrived"
    assert book.balance_fen(book.chart.unidentified("abchina")) == 0


def test_a_loan_through_its_life(office: Office) -> None:
    for events in story()[:3]:
        office.post(*events, signed=CHIEFED)
    (loan,) = loan_states(office.book)
    assert (loan.loan, loan.outstanding_fen, loan.due_on, loan.exposure) == (
        LOAN,
        480_000_000,
        date(2024, 3, 2),
        EXPOSURE,
    )
    assert (loan.grade, loan.overdue_days, loan.last_tape_on) == ("normal", 0, date(2023, 3, 31))
    repaid = SAMPLES["LoanRepaid"]
    assert isinstance(repaid, LoanRepaid)
    extended = SAMPLES["TermExtended"]
    assert isinstance(extended, TermExtended)
    office.post(repaid, extended.model_copy(update={"on": date(2023, 5, 1)}))
    (loan,) = loan_states(office.book)
    assert (loan.outstanding_fen, loan.due_on) == (479_000_000, date(2024, 9, 2))
    (earlier,) = loan_states(office.book, date(2023, 4, 30))
    assert (earlier.outstanding_fen, earlier.due_on) == (480_000_000, date(2024, 3, 2))
    assert loan_states(office.book, date(2023, 3, 6)) == ()
    released = SAMPLES["LoanReleased-renewed"]
    assert isinstance(released, LoanReleased)
    office.post(released, SAMPLES["PledgeReleased"])
    (loan,) = loan_states(office.book)
    assert (loan.released, loan.outstanding_fen) == (True, 0)
    assert view(office).rights_pledged == ()


def test_rights_policies_and_cover(office: Office) -> None:
    for events in story()[:2]:
        office.post(*events, signed=CHIEFED)
    items = view(office)
    assert items.rights_known == {RIGHT, MARK}
    assert items.rights_pledged == ((RIGHT, "Y2023330000001", "boc"), (MARK, "Y2023330000001", "boc"))
    (policy,) = items.policies
    assert (policy.policy, policy.insurer, policy.loan, policy.cover_fen) == ("P2023-001", "01", LOAN, 500_000_000)
    office.post(SAMPLES["InsuranceLapsed"])
    assert view(office).policies == ()


def test_a_case_as_it_stood_on_a_day(office: Office) -> None:
    book = told(office).book
    assert case_files(book, date(2023, 6, 5)) == {}
    file = case_files(book, date(2023, 6, 6))[CASE]
    assert (file.begun_on, file.decided, file.paid_fen) == (date(2023, 6, 5), None, 0)
    file = case_files(book, date(2023, 7, 1))[CASE]
    assert (file.decided is not None, file.paid_fen, file.recovered_fen) == (True, PAID, 0)
    file = case_files(book)[CASE]
    assert (file.paid_fen, file.recovered_fen, file.received_fen) == (PAID, 14_500_001, 14_500_001)
    assert [claim.amount_fen for claim in file.claims] == [144_000_000]
    assert loan_states(book)[0].decided
    assert not loan_states(book, date(2023, 6, 20))[0].decided


def test_a_deposit_comes_back_oldest_first(office: Office) -> None:
    placed = SAMPLES["DepositPlaced"]
    assert isinstance(placed, DepositPlaced)
    office.post(contribution("more", 90_000_000))
    office.post(placed, placed.model_copy(update={"event_id": key("second"), "instruction_no": "DQ2023-002"}))
    assert payments(view(office)) == {key("placed"): (False, False), key("second"): (False, False)}
    office.post(SAMPLES["DepositMatured"])
    assert payments(view(office)) == {key("placed"): (False, True), key("second"): (False, False)}


def test_known_is_posted_or_in_a_live_draft_but_not_rejected(office: Office) -> None:
    event = contribution("a", 1)
    assert event.event_id not in view(office).known_events
    assert event.event_id in view(office, event).known_events
    drafted = DraftStep(draft="D000001", step=1, action="drafted", at=AT, by="zhang", events=(event,))
    back = DraftStep(draft="D000001", step=2, action="rejected", at=AT, by="li", reason="退回")
    rejected = Draft(no="D000001", steps=(drafted, back), is_posted=False)
    assert event.event_id not in open_items(office.book, [rejected]).known_events
    office.post(event)
    assert event.event_id in view(office).known_events


def test_the_books_answer_by_voucher_event_and_account(office: Office) -> None:
    book = told(office).book
    assert [voucher.no for voucher in book.voucher_of(key("paid"))] == ["记-2023-06-0002", "登-2023-06-0003"]
    assert [voucher.no for voucher in book.vouchers_of(BOC, date(2023, 6, 1))] == ["记-2023-06-0002", "记-2023-10-0001"]
    assert list(book.vouchers_of(BOC, date(2023, 6, 1), date(2023, 6, 30))) == []
    assert book.titles()[BOC] == "中国银行专户"
    assert book.last_on == date(2023, 10, 8)
    assert [event.confirms for event in book.events(BankRowConfirmed)] == [key("paid")]
    assert [event.month for event in book.events(TapeConfirmed)] == ["2023-03"]
    assert sum(book.balances().values()) == 0
