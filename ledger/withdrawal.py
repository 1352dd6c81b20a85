"""Taking an event back (撤回): which may be, what stands in the way, and the event that does it.

A withdrawal cancels every entry of its event in red, at the day it is made, so what was before the event is so
again. It is refused where something later was built on the event: that goes first. What people or banks have
really done (money sent and confirmed, a tape, a statement of balances taken over) is not withdrawn; it is answered
by the act that undoes it in the world.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from beancount.core import data

from ledger.book import Book, Voucher
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
    EventWithdrawn,
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
    RedEntry,
    RedLeg,
    RuleAdopted,
    StatementFiled,
    TapeConfirmed,
    TermExtended,
    TransferArrived,
    TransferSent,
    VoucherLine,
)
from ledger.faults import ExitCode, Fault, FaultKind, Refusal
from ledger.ids import EventId, event_id
from ledger.postings import links_of
from ledger.seal import is_closed

NOT_WITHDRAWABLE = FaultKind(
    "更正-撤回-01",
    "这类事项不能撤回",
    "资金、贷款、质押、保险、案件的事项",
    "银行的月末贷款状况、期初余额、已确认的付款是事实，不撤回：以后来的事项反映变化（下月月报、退汇、补偿退回）。",
    ExitCode.REFUSED,
)
BUILT_UPON = FaultKind(
    "更正-撤回-02",
    "后来的事项以它为依据",
    "没有后续事项的记录",
    "先撤回后来的事项，再撤回这一件。",
    ExitCode.REFUSED,
)
WITHDRAWN_BEFORE = FaultKind(
    "更正-撤回-03",
    "已经撤回或更正过",
    "每张凭证至多注销一次",
    "用 riskpool report voucher 查看注销它的凭证。",
    ExitCode.REFUSED,
)
TOO_EARLY = FaultKind("更正-撤回-04", "撤回的日期早于原事项", "不早于原事项的日期", "改正 --on。", ExitCode.REFUSED)
NO_CONTRIBUTOR = FaultKind(
    "更正-撤回-05",
    "以前年度的收支没有写明出资方",
    "以前年度的损益转到各出资方的累计结余",
    "用 riskpool adjust --prior-year 写明各行后更正。",
    ExitCode.REFUSED,
)
KINDS = (NOT_WITHDRAWABLE, BUILT_UPON, WITHDRAWN_BEFORE, TOO_EARLY, NO_CONTRIBUTOR)

Cause = Literal["mistake", "withdrawn", "incomplete"]
Question = Callable[[Book, AnyEvent], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks: the event, why, from which day, the right lines in its place, who among the chiefs."""

    event: EventId
    cause: Cause
    reason: str
    on: date
    blue: Sequence[VoucherLine] = ()
    chief: str = ""


def withdrawal_of(book: Book, asked: Request) -> EventWithdrawn:
    """The event that takes another back, with all its red entries.

    Raises:
        Refusal: its kind is not taken back, something was built on it, or it was taken back before.
    """
    kind = book.kind_of(asked.event)
    if asked.event in book.withdrawn:
        raise Refusal([Fault(WITHDRAWN_BEFORE, asked.event)])
    if kind not in QUESTIONS:
        said = "、".join(voucher.no for voucher in book.voucher_of(asked.event)) or asked.event
        raise Refusal([Fault(NOT_WITHDRAWABLE, f"{said} 是不撤回的事项（{kind}）")])
    event = book.event(KIND_OF[kind], asked.event)
    if asked.on < event.on:
        raise Refusal([Fault(TOO_EARLY, f"{event.on} {event.summary}")])
    if against := list(QUESTIONS[kind](book, event)):
        raise Refusal([Fault(BUILT_UPON, text) for text in against])
    vouchers = _in_order(book.voucher_of(asked.event))
    slug = _bank_account(event) if not asked.blue else None
    return EventWithdrawn(
        event_id=event_id("withdraw", asked.event),
        on=asked.on,
        summary=f"撤回：{event.summary}"[:500],
        withdraws=asked.event,
        was=kind,
        place=_place(book, asked.event),
        cause=asked.cause,
        reason=asked.reason,
        red=tuple(_red(book, voucher, asked.on.year) for voucher in vouchers),
        blue=tuple(asked.blue) or _inquiry(book, slug, vouchers),
        inquiry_fen=_cash_in(book, slug, vouchers) if slug else 0,
        cash=slug,
        trail=tuple(sorted(links_of(event))),
        restores=_rule_before(book, event),
        chief=asked.chief,
    )


def _in_order(vouchers: Sequence[Voucher]) -> tuple[Voucher, ...]:
    """As they stand in their batch: numbers of one event may lie in two series."""
    return tuple(sorted(vouchers, key=lambda item: (not item.is_money, item.no)))


def _red(book: Book, voucher: Voucher, year: int) -> RedEntry:
    """The exact negative; in a later year, results go to accumulated results instead."""
    is_restated = voucher.on.year != year and any(_is_result(leg.account) for leg in voucher.legs)
    legs = []
    for leg in voucher.legs:
        account = leg.account
        if is_restated and _is_result(account):
            if not leg.contributor:
                raise Refusal([Fault(NO_CONTRIBUTOR, f"{voucher.no} {account}")])
            account = book.chart.accumulated(leg.contributor)
        legs.append(RedLeg(account=account, number=-leg.number, commodity=leg.commodity, contributor=leg.contributor))
    return RedEntry(no=voucher.no, on=voucher.on, legs=tuple(legs), restated=is_restated)


def _is_result(account: str) -> bool:
    return account.startswith(("Income:", "Expenses:"))


def _place(book: Book, event: EventId) -> str:
    """An account that the event touched, for a remark."""
    for entry in book.entries_of(event):
        if isinstance(entry, data.Transaction):
            return entry.postings[0].account
        if isinstance(entry, data.Open | data.Note | data.Balance):
            return entry.account
    raise AssertionError(f"{event} touches no account")


def _bank_account(event: AnyEvent) -> str | None:
    """The bank account whose row is the event's basis: the money is there, whatever it was taken for."""
    if isinstance(event, _BANK_ROWS_IN):
        return event.account
    return None


def _cash_in(book: Book, slug: str, vouchers: Sequence[Voucher]) -> int:
    cash = book.chart.cash(slug)
    return sum(leg.fen for voucher in vouchers for leg in voucher.legs if leg.account == cash)


def _inquiry(book: Book, slug: str | None, vouchers: Sequence[Voucher]) -> tuple[VoucherLine, ...]:
    """The blue voucher of money that a bank's row shows and that now bears no name: 待查款项."""
    if slug is None:
        return ()
    amount = _cash_in(book, slug, vouchers)
    waiting = book.chart.unidentified(book.pool.account_of(slug).bank)
    return (
        VoucherLine(account=book.chart.cash(slug), amount_fen=amount),
        VoucherLine(account=waiting, amount_fen=-amount),
    )


def _rule_before(book: Book, event: AnyEvent) -> str:
    """Where an adoption is taken back: the text that was the last one adopted before it, else "none"."""
    if not isinstance(event, RuleAdopted):
        return ""
    others = [item for item in book.events(RuleAdopted) if item.event_id != event.event_id]
    return others[-1].rule if others else "none"


_BANK_ROWS_IN = (
    ContributionReceived,
    InterestReceived,
    TransferArrived,
    DepositMatured,
    RecoveryReceived,
    PaymentBounced,
)
"""Events whose basis is a bank's row of money in."""


# ── what stands in the way, kind by kind ──────────────────────────────────────────────────────────────────


def _nothing(book: Book, event: AnyEvent) -> Iterator[str]:
    del book, event
    yield from ()


def _case(book: Book, event: AnyEvent) -> CaseFile:
    return case_files(book)[getattr(event, "case", "")]


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
    yield from (f"{item.on} {item.summary}" for item in found.notified if item.on >= event.on)


def _funded(book: Book, event: AnyEvent) -> Iterator[str]:
    yield from (f"{item.on} {item.summary}" for item in _case(book, event).redecided if item.on >= event.on)
    if _case(book, event).due_fen < getattr(event, "amount_fen", 0):
        yield "补偿款已拨付"


def _lapsed(book: Book, event: AnyEvent) -> Iterator[str]:
    yield from (f"{item.on} {item.summary}" for item in _case(book, event).redecided if item.on >= event.on)


def _recovery(book: Book, event: AnyEvent) -> Iterator[str]:
    assert isinstance(event, RecoveryNotified), "asked of recoveries only"
    found = _case(book, event)
    yield from (f"{item.on} 第 {item.number} 次追偿" for item in found.notified if item.number > event.number)
    if found.received_fen > found.owed_fen - event.pool_fen:
        yield "追偿款已到账"
    yield from (f"{item.on} {item.summary}" for item in found.redecided if item.on >= event.on)


def _clawback(book: Book, event: AnyEvent) -> Iterator[str]:
    found = _case(book, event)
    if found.received_fen > found.owed_fen - getattr(event, "amount_fen", 0):
        yield "退回款已到账"


def _written_off(book: Book, event: AnyEvent) -> Iterator[str]:
    for item in _case(book, event).notified:
        if item.after_write_off_fen and item.on >= event.on:
            yield f"{item.on} 核销后又有追偿"


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
    for item in later:
        if item.policy == policy and item.event_id != event.event_id and item.on >= event.on:
            yield f"{item.on} {item.summary}"


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


BANK_ROWS = frozenset(kind.__name__ for kind in (*_BANK_ROWS_IN, FeeCharged))
"""Events whose basis is a bank's row: what the row moved stays moved, whatever it is called."""

_TABLE: tuple[tuple[type[AnyEvent], Question], ...] = (
    (ManualVoucher, _nothing),
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
