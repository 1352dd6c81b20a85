"""Compensation, its payment and recovery, and rule texts: their entries."""

from collections.abc import Iterable, Iterator

from beancount.core import data

from ledger import accounts as acc
from ledger.accounts import Chart
from ledger.events import (
    ApplicationSupplemented,
    CaseTaken,
    ClawbackDecided,
    CompensationApplied,
    CompensationDecided,
    CompensationDeferred,
    CompensationDenied,
    CompensationPaid,
    CompensationRedecided,
    LossWrittenOff,
    PartyAmount,
    QueueFunded,
    QueueLapsed,
    RecoveryNotified,
    RecoveryReceived,
    RuleAdopted,
    TapeReducedByCompensation,
)
from ledger.postings.making import Making, leg, of, pair, shares


@of(CompensationApplied)
def _compensation_applied(event: CompensationApplied, made: Making, chart: Chart) -> None:
    account = chart.claim(event.bank, event.case)
    made.open(account, acc.CLAIM)
    made.register(*pair(account, acc.CLAIMS_CONTRA, event.claimed_fen, acc.CLAIM))


@of(CompensationDecided)
def _decide(event: CompensationDecided, made: Making, chart: Chart) -> None:
    funded = sum(share.amount_fen for share in event.contributors)
    assert funded + event.queued_fen == event.approved_fen, (
        "contributors' shares and the queue are not the approved sum"
    )
    payable = chart.payable(event.bank)
    made.voucher(*shares(acc.COMPENSATION, event.contributors, 1), leg(payable, -funded))
    loan, decided = chart.loan(event.bank, event.loan), chart.decided(event.bank, event.loan)
    made.open(decided, acc.LOAN)
    legs = [
        *pair(acc.CLAIMS_CONTRA, chart.claim(event.bank, event.case), event.claimed_fen, acc.CLAIM),
        *pair(decided, loan, event.unpaid_principal_fen, acc.LOAN),
    ]
    legs += _others(event.case, event.others, made, chart, 1)
    if event.queued_fen:
        queue = chart.queue(event.bank, event.case)
        made.open(queue, acc.CLAIM)
        legs += pair(queue, acc.QUEUE_CONTRA, event.queued_fen, acc.CLAIM)
    made.register(*legs)


@of(ApplicationSupplemented)
def _application_supplemented(event: ApplicationSupplemented, made: Making, chart: Chart) -> None:
    account = chart.claim(event.bank, event.case)
    made.register(*pair(account, acc.CLAIMS_CONTRA, event.claimed_fen, acc.CLAIM))
    if not made.made:
        made.note(account)


@of(CompensationDeferred)
def _compensation_deferred(event: CompensationDeferred, made: Making, chart: Chart) -> None:
    made.note(chart.claim(event.bank, event.case))


@of(CompensationRedecided)
def _redecide(event: CompensationRedecided, made: Making, chart: Chart) -> None:
    change = event.granted_fen + event.queued_fen - event.clawback_fen - event.recovered_fen
    assert event.approved_fen - event.before_fen == change, "what is settled is not the difference"
    assert sum(share.amount_fen for share in event.contributors) == event.granted_fen, "contributors and the grant"
    assert sum(share.amount_fen for share in event.returned) == event.clawback_fen, "contributors and what comes back"
    made.voucher(
        *shares(acc.COMPENSATION, event.contributors, 1),
        leg(chart.payable(event.bank), -event.granted_fen),
        leg(chart.receivable(event.bank), event.clawback_fen),
        *shares(acc.RETURNED, event.returned, -1),
    )
    claim, queue = chart.claim(event.bank, event.case), chart.queue(event.bank, event.case)
    legs = [*pair(acc.CLAIMS_CONTRA, claim, event.claimed_fen, acc.CLAIM)]
    if event.queued_fen:
        made.open(queue, acc.CLAIM)
        legs += pair(queue, acc.QUEUE_CONTRA, event.queued_fen, acc.CLAIM)
    recourse = chart.recourse(event.bank, event.case)
    legs += pair(acc.RECOURSES_CONTRA, recourse, event.clawback_fen, acc.RECOURSE)
    legs += _others(event.case, event.raised, made, chart, 1)
    legs += _others(event.case, event.lowered, made, chart, -1)
    made.register(*legs)
    if not made.made:
        made.note(claim)


def _others(case: str, parties: Iterable[PartyAmount], made: Making, chart: Chart, sign: int) -> Iterator[data.Posting]:
    """What other parties bear more or less than before, on their accounts."""
    for item in parties:
        account = chart.other(case, item.party)
        made.open(account, acc.OTHER)
        yield from pair(account, acc.OTHERS_CONTRA, sign * item.amount_fen, acc.OTHER)


@of(QueueFunded)
def _queue_funded(event: QueueFunded, made: Making, chart: Chart) -> None:
    made.voucher(*shares(acc.COMPENSATION, event.contributors, 1), leg(chart.payable(event.bank), -event.amount_fen))
    made.register(*pair(acc.QUEUE_CONTRA, chart.queue(event.bank, event.case), event.amount_fen, acc.CLAIM))


@of(QueueLapsed)
def _queue_lapsed(event: QueueLapsed, made: Making, chart: Chart) -> None:
    made.register(*pair(acc.QUEUE_CONTRA, chart.queue(event.bank, event.case), event.amount_fen, acc.CLAIM))


@of(CompensationDenied)
def _compensation_denied(event: CompensationDenied, made: Making, chart: Chart) -> None:
    account = chart.claim(event.bank, event.case)
    made.register(*pair(acc.CLAIMS_CONTRA, account, event.claimed_fen, acc.CLAIM))


@of(CompensationPaid)
def _compensation_paid(event: CompensationPaid, made: Making, chart: Chart) -> None:
    made.voucher(*pair(chart.payable(event.bank), chart.cash(event.account), event.amount_fen))
    recourse = chart.recourse(event.bank, event.case)
    made.open(recourse, acc.RECOURSE)
    made.register(*pair(recourse, acc.RECOURSES_CONTRA, event.amount_fen, acc.RECOURSE))


@of(TapeReducedByCompensation)
def _tape_reduced_by_compensation(event: TapeReducedByCompensation, made: Making, chart: Chart) -> None:
    account = chart.decided(event.bank, event.loan)
    made.register(*pair(acc.LOANS_CONTRA, account, event.amount_fen, acc.LOAN))


@of(RecoveryNotified)
def _notify(event: RecoveryNotified, made: Making, chart: Chart) -> None:
    shared = sum(share.amount_fen for share in event.contributors)
    assert shared == event.pool_fen, "contributors' shares are not the pool's share"
    made.voucher(leg(chart.receivable(event.bank), event.pool_fen), *shares(acc.RECOVERY, event.contributors, -1))
    recourse = chart.recourse(event.bank, event.case)
    legs = [
        *pair(acc.RECOURSES_CONTRA, recourse, event.pool_fen - event.after_write_off_fen, acc.RECOURSE),
        *pair(
            acc.WRITTEN_OFF_CONTRA,
            chart.written_off(event.bank, event.case),
            event.after_write_off_fen,
            acc.RECOURSE,
        ),
        *pair(acc.LOANS_CONTRA, chart.decided(event.bank, event.loan), event.principal_fen, acc.LOAN),
    ]
    made.register(*legs)
    if not made.made:
        made.note(chart.loan(event.bank, event.loan))


@of(RecoveryReceived)
def _recovery_received(event: RecoveryReceived, made: Making, chart: Chart) -> None:
    made.voucher(*pair(chart.cash(event.account), chart.receivable(event.bank), event.amount_fen))


@of(ClawbackDecided)
def _clawback_decided(event: ClawbackDecided, made: Making, chart: Chart) -> None:
    made.voucher(leg(chart.receivable(event.bank), event.amount_fen), *shares(acc.RETURNED, event.contributors, -1))
    recourse = chart.recourse(event.bank, event.case)
    made.register(*pair(acc.RECOURSES_CONTRA, recourse, event.amount_fen, acc.RECOURSE))


@of(LossWrittenOff)
def _loss_written_off(event: LossWrittenOff, made: Making, chart: Chart) -> None:
    written_off = chart.written_off(event.bank, event.case)
    made.open(written_off, acc.RECOURSE)
    made.register(
        *pair(acc.RECOURSES_CONTRA, chart.recourse(event.bank, event.case), event.amount_fen, acc.RECOURSE),
        *pair(written_off, acc.WRITTEN_OFF_CONTRA, event.amount_fen, acc.RECOURSE),
    )


@of(CaseTaken)
def _take(event: CaseTaken, made: Making, chart: Chart) -> None:
    recourse = chart.recourse(event.bank, event.case)
    made.open(recourse, acc.RECOURSE)
    loan, decided = chart.loan(event.bank, event.loan), chart.decided(event.bank, event.loan)
    made.open(decided, acc.LOAN)
    made.register(
        *pair(recourse, acc.RECOURSES_CONTRA, event.recourse_fen, acc.RECOURSE),
        *pair(decided, loan, event.unpaid_principal_fen, acc.LOAN),
    )


@of(RuleAdopted)
def _rule_adopted(event: RuleAdopted, made: Making, _: Chart) -> None:
    made.note(acc.LOANS)
    made.made.append(data.Event(made.meta(), event.on, "rule", event.rule))
