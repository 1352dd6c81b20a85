"""Which events may be taken back (撤回), and what stands in the way of each: whatever was built on it goes first.

What people or banks have really done (money sent and confirmed, a tape, a statement of balances taken over) is not
withdrawn; it is answered by the act that undoes it in the world. A kind that is not in the table is such a fact.
"""

from collections.abc import Callable, Iterable, Iterator

from ledger.book import Book
from ledger.casefiles import CaseFile, Ruling, case_files
from ledger.events import (
    AccountReconciled,
    AnyEvent,
    ApplicationSupplemented,
    BankRowConfirmed,
    ClawbackDecided,
    CompensationApplied,
    CompensationDecided,
    CompensationDeferred,
    CompensationDenied,
    CompensationPaid,
    CompensationRedecided,
    ContributionReceived,
    ContributionReturned,
    DepositMatured,
    DepositPlaced,
    FeeCharged,
    InsuranceClaimPaid,
    InsuranceClaimRefused,
    InsuranceEndorsed,
    InsuranceIssued,
    InsuranceLapsed,
    InterestReceived,
    LoanIncluded,
    LoanReleased,
    LoanRepaid,
    LossWrittenOff,
    ManualVoucher,
    MatchConfirmed,
    PaymentBounced,
    PledgeRegistered,
    PledgeReleased,
    QueueFunded,
    QueueLapsed,
    ReceiptIdentified,
    RecoveryNotified,
    RecoveryReceived,
    RuleAdopted,
    StatementFiled,
    TapeConfirmed,
    TermExtended,
    TransferArrived,
    TransferSent,
    VoucherAdjusted,
)
from ledger.seal import is_closed

Question = Callable[[Book, AnyEvent], Iterator[str]]

BANK_ROWS_IN = (
    ContributionReceived,
    InterestReceived,
    TransferArrived,
    DepositMatured,
    RecoveryReceived,
    PaymentBounced,
)
"""Events whose basis is a bank's row of money in."""


def _nothing(book: Book, event: AnyEvent) -> Iterator[str]:
    del book, event
    yield from ()


def _case(book: Book, event: AnyEvent) -> CaseFile:
    return case_files(book)[getattr(event, "case", "")]


def _later(book: Book, event: AnyEvent, others: Iterable[AnyEvent]) -> Iterator[str]:
    """Those that were posted after the event, in words: only they can rest on it, whatever their days.

    By days two events of one day would each stand in the other's way, and neither could go first; and what is dated
    earlier than what it rests on would not stand in the way.
    """
    here = book.place(event.event_id)
    yield from (f"{item.on} {item.summary}" for item in others if book.place(item.event_id) > here)


def _sent(book: Book, event: AnyEvent) -> Iterator[str]:
    """Money that a bank's row shows as sent, or that arrived or came back."""
    for row in book.events(BankRowConfirmed):
        if row.confirms == event.event_id:
            yield f"{row.on} 银行流水已证实这笔付款"
    if isinstance(event, CompensationPaid):
        if _case(book, event).recourse_fen < event.amount_fen:
            yield "这笔补偿款已有追偿、退回或核销"
        yield from (
            f"{item.on} 这笔付款已退汇" for item in book.events(PaymentBounced) if item.payment == event.event_id
        )
    if isinstance(event, TransferSent):
        for item in book.events(TransferArrived):
            if (item.account, item.from_account, item.amount_fen) == (
                event.to_account,
                event.account,
                event.amount_fen,
            ) and item.on >= event.on:
                yield f"{item.on} 同额款项已转入 {item.account}"
    if isinstance(event, DepositPlaced):
        yield from (f"{item.on} 定期已到期" for item in book.events(DepositMatured) if item.deposit == event.deposit)


def _application(book: Book, event: AnyEvent) -> Iterator[str]:
    found = _case(book, event)
    if found.decided:
        yield f"{found.decided.on} 已裁决"
    if found.denied:
        yield f"{found.denied.on} 已裁决不予补偿"
    yield from (f"{later.on} {later.summary}" for later in found.supplements)


def _supplement(book: Book, event: AnyEvent) -> Iterator[str]:
    assert isinstance(event, ApplicationSupplemented), "asked of supplements only"
    found = _case(book, event)
    if event not in found.pending or found.denied:
        yield "已据此裁决"
    yield from (f"{later.on} {later.summary}" for later in found.supplements if later.number > event.number)


def _decision(book: Book, event: AnyEvent) -> Iterator[str]:
    found = _case(book, event)
    paid = sum(item.amount_fen for item in found.payments) - sum(item.amount_fen for item in found.bounced)
    if paid:
        yield "补偿款已拨付：先办补偿退回，或撤回尚未执行的付款"
    later = (*found.notified, *found.claims, *found.refused, *found.funded, *found.lapsed, *found.redecided)
    seen = (event.supplements if isinstance(event, CompensationDecided) else None) or 0
    after = [item for item in found.supplements if item.number > seen]
    yield from (f"{item.on} {item.summary}" for item in (*later, *after))


def _again(book: Book, event: AnyEvent) -> Iterator[str]:
    """A second decision: what was paid, funded or given back on it, and what was said or decided since."""
    assert isinstance(event, CompensationRedecided), "asked of second decisions only"
    found = _case(book, event)
    yield from (f"{item.on} {item.summary}" for item in found.redecided if item.number > event.number)
    yield from (f"{item.on} {item.summary}" for item in found.supplements if item.number > event.supplements)
    if found.due_fen < event.granted_fen:
        yield "补偿款已拨付"
    if found.queued_fen < event.queued_fen:
        yield "排队部分已到位或不再支付"
    if found.received_fen > found.owed_fen - event.clawback_fen:
        yield "退回款已到账"
    yield from _later(book, event, found.notified)


def _funded(book: Book, event: AnyEvent) -> Iterator[str]:
    yield from _later(book, event, _case(book, event).redecided)
    if _case(book, event).due_fen < getattr(event, "amount_fen", 0):
        yield "补偿款已拨付"


def _lapsed(book: Book, event: AnyEvent) -> Iterator[str]:
    yield from _later(book, event, _case(book, event).redecided)


def _recovery(book: Book, event: AnyEvent) -> Iterator[str]:
    assert isinstance(event, RecoveryNotified), "asked of recoveries only"
    found = _case(book, event)
    yield from (f"{item.on} 第 {item.number} 次追偿" for item in found.notified if item.number > event.number)
    if found.received_fen > found.owed_fen - event.pool_fen:
        yield "追偿款已到账"
    yield from _later(book, event, found.redecided)


def _clawback(book: Book, event: AnyEvent) -> Iterator[str]:
    found = _case(book, event)
    if found.received_fen > found.owed_fen - getattr(event, "amount_fen", 0):
        yield "退回款已到账"


def _written_off(book: Book, event: AnyEvent) -> Iterator[str]:
    after = [item for item in _case(book, event).notified if item.after_write_off_fen]
    yield from (f"{text}（核销后又有追偿）" for text in _later(book, event, after))


def _loan(book: Book, event: AnyEvent) -> Iterator[str]:
    loan = getattr(event, "loan", "")
    later: tuple[AnyEvent, ...] = (
        *book.events(TapeConfirmed),
        *book.events(LoanRepaid),
        *book.events(TermExtended),
        *book.events(LoanReleased),
        *book.events(CompensationApplied),
        *book.events(InsuranceIssued),
    )
    yield from (f"{item.on} {item.summary}" for item in later if getattr(item, "loan", "") == loan)


def _repaid(book: Book, event: AnyEvent) -> Iterator[str]:
    loan = getattr(event, "loan", "")
    yield from (f"{item.on} {item.summary}" for item in book.events(LoanReleased) if item.loan == loan)


def _released(book: Book, event: AnyEvent) -> Iterator[str]:
    assert isinstance(event, LoanReleased), "asked of releases only"
    if event.renewed_by:
        yield from (f"{item.on} {item.summary}" for item in book.events(LoanIncluded) if item.loan == event.renewed_by)


def _pledged(book: Book, event: AnyEvent) -> Iterator[str]:
    assert isinstance(event, PledgeRegistered), "asked of registrations only"
    yield from (f"{item.on} {item.summary}" for item in book.events(PledgeReleased) if item.pledge == event.pledge)
    yield from (f"{item.on} {item.summary}" for item in book.events(LoanIncluded) if item.pledge == event.pledge)


def _insured(book: Book, event: AnyEvent) -> Iterator[str]:
    later: tuple[InsuranceLapsed | InsuranceEndorsed | InsuranceClaimPaid | InsuranceClaimRefused, ...] = (
        *book.events(InsuranceLapsed),
        *book.events(InsuranceEndorsed),
        *book.events(InsuranceClaimPaid),
        *book.events(InsuranceClaimRefused),
    )
    policy = getattr(event, "policy", "")
    yield from _later(book, event, (item for item in later if item.policy == policy))


def _filed(book: Book, event: AnyEvent) -> Iterator[str]:
    assert isinstance(event, StatementFiled), "asked of statements only"
    for item in book.events(AccountReconciled):
        if item.statement == event.statement:
            yield f"{item.month} {item.account} 已据此对账签认"


def _reconciled(book: Book, event: AnyEvent) -> Iterator[str]:
    assert isinstance(event, AccountReconciled), "asked of sign-offs only"
    if is_closed(book.root, event.month):
        yield f"{event.month} 已结账：先由两人重开"


def _matched(book: Book, event: AnyEvent) -> Iterator[str]:
    month = f"{event.on:%Y-%m}"
    account = getattr(event, "account", "")
    for item in book.events(AccountReconciled):
        if item.account == account and item.month == month:
            yield f"{month} {account} 已对账签认"


def _ruled(book: Book, event: AnyEvent) -> Iterator[str]:
    rule = getattr(event, "rule", "")
    decided: tuple[Ruling, ...] = (
        *book.events(CompensationDecided),
        *book.events(CompensationDenied),
        *book.events(CompensationDeferred),
    )
    yield from (f"{item.on} {item.summary}" for item in decided if item.rule == rule)


def adjusted(book: Book, event: AnyEvent) -> Iterator[str]:
    """What corrected the event's vouchers by a difference or across a year: alone it would correct nothing."""
    made = (item for item in book.events(VoucherAdjusted) if item.corrects_event == event.event_id)
    yield from (f"{item.on} {item.summary}" for item in made)


BANK_ROWS = frozenset(kind.__name__ for kind in (*BANK_ROWS_IN, FeeCharged))
"""Events whose basis is a bank's row: what the row moved stays moved, whatever it is called."""

_TABLE: tuple[tuple[type[AnyEvent], Question], ...] = (
    (ManualVoucher, _nothing),
    (VoucherAdjusted, _nothing),
    (ContributionReceived, _nothing),
    (InterestReceived, _nothing),
    (FeeCharged, _nothing),
    (TransferArrived, _nothing),
    (DepositMatured, _nothing),
    (RecoveryReceived, _nothing),
    (PaymentBounced, _nothing),
    (ReceiptIdentified, _nothing),
    (ContributionReturned, _sent),
    (TransferSent, _sent),
    (DepositPlaced, _sent),
    (CompensationPaid, _sent),
    (BankRowConfirmed, _matched),
    (MatchConfirmed, _matched),
    (StatementFiled, _filed),
    (AccountReconciled, _reconciled),
    (LoanIncluded, _loan),
    (LoanRepaid, _repaid),
    (LoanReleased, _released),
    (TermExtended, _nothing),
    (PledgeRegistered, _pledged),
    (PledgeReleased, _nothing),
    (InsuranceIssued, _insured),
    (InsuranceEndorsed, _insured),
    (InsuranceLapsed, _nothing),
    (InsuranceClaimPaid, _nothing),
    (InsuranceClaimRefused, _nothing),
    (CompensationApplied, _application),
    (ApplicationSupplemented, _supplement),
    (CompensationDeferred, _nothing),
    (CompensationDecided, _decision),
    (CompensationRedecided, _again),
    (CompensationDenied, _nothing),
    (QueueFunded, _funded),
    (QueueLapsed, _lapsed),
    (RecoveryNotified, _recovery),
    (ClawbackDecided, _clawback),
    (LossWrittenOff, _written_off),
    (RuleAdopted, _ruled),
)
KIND_OF: dict[str, type[AnyEvent]] = {kind.__name__: kind for kind, _ in _TABLE}
QUESTIONS: dict[str, Question] = {kind.__name__: question for kind, question in _TABLE}
"""What may be taken back, and what is asked first. A kind that is not here is a fact that stays."""

NEEDS_CHIEF = frozenset(
    {
        "CompensationDeferred",
        "CompensationDecided",
        "CompensationRedecided",
        "CompensationDenied",
        "QueueFunded",
        "QueueLapsed",
        "ClawbackDecided",
        "LossWrittenOff",
        "RuleAdopted",
    }
)
"""What a chief signed is taken back by a chief."""
