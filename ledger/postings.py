"""Event to entries: the one total function that makes beancount directives (docs/accounts.md).

An event may make a voucher (tag ``#voucher``, CNY only) and a register entry (tag ``#register``, memo
commodities only) under one event id. Numbers are not given here: the journal gives them at posting.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import assert_never

from beancount.core import data
from beancount.core.amount import Amount

from ledger import accounts as acc
from ledger.accounts import Chart
from ledger.events import (
    AccountOpened,
    AccountReconciled,
    AnyEvent,
    BankRowConfirmed,
    CaseTaken,
    ClawbackDecided,
    CompensationApplied,
    CompensationDecided,
    CompensationDenied,
    CompensationPaid,
    ContributionReceived,
    ContributionReturned,
    ContributorShare,
    DepositMatured,
    DepositPlaced,
    Event,
    EventWithdrawn,
    FeeCharged,
    InsuranceClaimPaid,
    InsuranceClaimRefused,
    InsuranceEndorsed,
    InsuranceIssued,
    InsuranceLapsed,
    InterestReceived,
    IpAppraised,
    IpLapsed,
    IpRightListed,
    LoanIncluded,
    LoanReleased,
    LoanRepaid,
    LossWrittenOff,
    ManualVoucher,
    MatchConfirmed,
    NumberExplained,
    OpeningTaken,
    PaymentBounced,
    PledgeRegistered,
    PledgeReleased,
    PoolAmended,
    QueueFunded,
    ReceiptFiled,
    ReceiptIdentified,
    ReceiptReturned,
    ReceiptUnidentified,
    RecoveryNotified,
    RecoveryReceived,
    RedLeg,
    RuleAdopted,
    StatementFiled,
    SuspensionLifted,
    SuspensionTripped,
    TapeConfirmed,
    TapeReducedByCompensation,
    TermExtended,
    TransferArrived,
    TransferSent,
    VoucherAdjusted,
    VoucherLine,
    YearClosed,
)
from ledger.facts import meta_of
from ledger.ids import component
from ledger.money import yuan
from ledger.slots import bare

VOUCHER, REGISTER, RED, ADJUST = "voucher", "register", "red", "adjust"
EXACT = Decimal(0)
"""Every balance assertion is written ``~ 0``: beancount's default forgives a fen."""


@dataclass
class _Draft:
    """Directives of one event under construction; the first one carries the event's facts."""

    event: Event
    chart: Chart
    opened: Collection[str]
    made: list[data.Directive] = field(default_factory=list)
    links: frozenset[str] = frozenset()

    def meta(self) -> data.Meta:
        """Full facts for the first directive, the event's id for the others."""
        if self.made:
            return {"event": self.event.event_id}
        return dict(meta_of(self.event))

    def open(self, account: str, commodity: str) -> None:
        """Open an account once in its life."""
        if account not in self.opened and all(getattr(item, "account", "") != account for item in self.made):
            self.made.append(data.Open(self.meta(), self.event.on, account, [commodity] if commodity else [], None))

    def entry(
        self,
        tag: str,
        legs: Iterable[data.Posting],
        *,
        more: Sequence[str] = (),
        summary: str = "",
        of: data.Meta | None = None,
    ) -> None:
        """A transaction; legs of zero are left out, and one with none is not made. ``of``: what it corrects."""
        kept = _by_commodity([leg for leg in legs if units(leg).number])
        if kept:
            tags = frozenset({tag, *more})
            narration, meta = summary or self.event.summary, {**self.meta(), **(of or {})}
            if "kind" in meta and narration != self.event.summary:
                meta["summary"] = self.event.summary
            self.made.append(data.Transaction(meta, self.event.on, "*", None, narration, tags, self.links, kept))

    def voucher(self, *legs: data.Posting) -> None:
        """A 记- entry, in CNY only."""
        assert all(units(leg).currency == acc.CNY for leg in legs), "a voucher holds CNY only"
        self.entry(VOUCHER, legs)

    def register(self, *legs: data.Posting) -> None:
        """A 登- entry, in memo commodities only."""
        assert all(units(leg).currency != acc.CNY for leg in legs), "a register entry holds no CNY"
        self.entry(REGISTER, legs)

    def note(self, account: str) -> None:
        """A dated remark on an account, with the event's facts."""
        meta, comment = self.meta(), bare(self.event.summary)
        if comment != self.event.summary:
            meta["summary"] = self.event.summary
        self.made.append(data.Note(meta, self.event.on, account, comment, frozenset(), self.links))

    def holds(self, account: str, fen: int, commodity: str, on: date) -> None:
        """An exact balance assertion at the start of ``on``, the day after the event's own."""
        assert on == self.event.on + timedelta(days=1), "a closing balance is asserted on the next day"
        amount = Amount(yuan(fen), commodity)
        self.made.append(data.Balance(self.meta(), on, account, amount, EXACT, None))


def units(leg: data.Posting) -> Amount:
    """A posting's amount. Every leg of our books is written: no interpolation."""
    assert leg.units is not None, f"{leg.account}: a leg without an amount"
    return leg.units


def _by_commodity(legs: list[data.Posting]) -> list[data.Posting]:
    """Legs of one commodity together, in the order in which commodities first come: beancount reads them back so."""
    order = list(dict.fromkeys([units(leg).currency for leg in legs]))
    return sorted(legs, key=lambda leg: order.index(units(leg).currency)) if len(order) > 1 else legs


def _leg(account: str, fen: int, commodity: str = acc.CNY, contributor: str | None = None) -> data.Posting:
    meta = {"contributor": contributor} if contributor else None
    return data.Posting(account, Amount(yuan(fen), commodity), None, None, None, meta)


def _pair(debit: str, credit: str, fen: int, commodity: str = acc.CNY) -> tuple[data.Posting, data.Posting]:
    return _leg(debit, fen, commodity), _leg(credit, -fen, commodity)


def _shares(account: str, shares: Iterable[ContributorShare], sign: int) -> list[data.Posting]:
    return [_leg(account, sign * share.amount_fen, contributor=share.contributor) for share in shares]


def _lines(lines: Iterable[VoucherLine]) -> list[data.Posting]:
    return [_leg(line.account, line.amount_fen, contributor=line.contributor) for line in lines]


def next_day(month: str) -> date:
    """The first day after a month ``yyyy-mm``: where its closing balances are asserted."""
    year, number = int(month[:4]), int(month[5:])
    return date(year + number // 12, number % 12 + 1, 1)


def links_of(event: AnyEvent) -> frozenset[str]:
    """The ASCII links by which one click shows the whole life of a case, a loan, a bank row."""
    links = set()
    fields = vars(event)  # a field that a kind has not is simply not there: asking the model for it is slow
    if event.event_id.startswith("bank-"):
        links.add(event.event_id)
    for name, prefix in (("case", "case-"), ("loan", "loan-"), ("exposure", ""), ("confirms", ""), ("payment", "")):
        if value := fields.get(name):
            links.add(f"{prefix}{value}")
    if rule := fields.get("rule"):
        links.add(f"rule-{rule.replace('@', '-')}")
    if (filing := fields.get("filing_no")) and (slug := component(filing)):
        links.add(f"filing-{slug}")
    if isinstance(event, EventWithdrawn):
        links |= set(event.trail)
    return frozenset(links)


def postings(event: AnyEvent, chart: Chart, opened: Collection[str]) -> list[data.Directive]:
    """The directives of one event. ``opened`` are the accounts and commodities the books already know.

    Source of each form: docs/accounts.md, "event → entries". Every transaction made sums to zero in every
    commodity (asserted).
    """
    made = _Draft(event, chart, opened, links=links_of(event))
    _write(event, made, chart)
    first = made.made[0] if made.made else None
    if first is not None and not isinstance(first, (data.Transaction, data.Note)):
        first.meta["summary"] = event.summary
    assert made.made, f"{type(event).__name__} left no trace"
    for entry in made.made:
        if isinstance(entry, data.Transaction):
            _assert_zero(entry)
    return made.made


def _assert_zero(entry: data.Transaction) -> None:
    totals: dict[str, Decimal] = {}
    for leg in entry.postings:
        amount = units(leg)
        assert amount.number is not None, "every leg is written"
        totals[amount.currency] = totals.get(amount.currency, Decimal(0)) + amount.number
    assert not any(totals.values()), f"{entry.narration}: {totals} does not sum to zero"


def _write(event: AnyEvent, made: _Draft, chart: Chart) -> None:  # noqa: C901, PLR0912, PLR0915 - one total match is the point: a case a kind, checked by assert_never
    match event:
        case ContributionReceived():
            made.voucher(*_pair(chart.cash(event.account), chart.paid_in(event.contributor), event.amount_fen))
        case ContributionReturned():
            made.voucher(*_pair(chart.paid_in(event.contributor), chart.cash(event.account), event.amount_fen))
        case InterestReceived():
            made.voucher(*_pair(chart.cash(event.account), acc.INTEREST, event.amount_fen))
        case FeeCharged():
            made.voucher(*_pair(acc.FEES, chart.cash(event.account), event.amount_fen))
        case TransferSent():
            made.voucher(*_pair(acc.IN_TRANSIT, chart.cash(event.account), event.amount_fen))
        case TransferArrived():
            made.voucher(*_pair(chart.cash(event.account), acc.IN_TRANSIT, event.amount_fen))
        case DepositPlaced():
            made.voucher(*_pair(chart.cash(event.deposit), chart.cash(event.account), event.amount_fen))
        case DepositMatured():
            made.voucher(
                _leg(chart.cash(event.account), event.principal_fen + event.interest_fen),
                _leg(chart.cash(event.deposit), -event.principal_fen),
                _leg(acc.INTEREST, -event.interest_fen),
            )
        case ReceiptUnidentified():
            bank = chart.pool.account_of(event.account).bank
            made.voucher(*_pair(chart.cash(event.account), chart.unidentified(bank), event.amount_fen))
        case ReceiptIdentified():
            bank = chart.pool.account_of(event.account).bank
            made.voucher(*_pair(chart.unidentified(bank), _target(event, chart), event.amount_fen))
        case ReceiptReturned():
            bank = chart.pool.account_of(event.account).bank
            made.voucher(*_pair(chart.unidentified(bank), chart.cash(event.account), event.amount_fen))
        case PaymentBounced():
            made.voucher(*_pair(chart.cash(event.account), chart.payable(event.bank), event.amount_fen))
            recourse = chart.recourse(event.bank, event.case)
            made.register(*_pair(acc.RECOURSES_CONTRA, recourse, event.amount_fen, acc.RECOURSE))
        case BankRowConfirmed() | StatementFiled() | ReceiptFiled() | MatchConfirmed():
            made.note(chart.cash(event.account))
        case ManualVoucher() | OpeningTaken():
            made.voucher(*_lines(event.lines))
        case EventWithdrawn():
            _withdraw(event, made)
        case VoucherAdjusted():
            _adjust(event, made)
        case NumberExplained() | PoolAmended():
            made.note(acc.YEAR_RESULT)
        case AccountOpened():
            made.open(event.account_name, event.commodity)
        case AccountReconciled():
            made.holds(chart.cash(event.account), event.book_fen, acc.CNY, next_day(event.month))
        case YearClosed():
            total = sum(share.amount_fen for share in event.shares)
            legs = [_leg(chart.accumulated(item.contributor), -item.amount_fen) for item in event.shares]
            made.voucher(_leg(acc.YEAR_RESULT, total), *legs)
        case LoanIncluded():
            account = chart.loan(event.bank, event.loan)
            made.open(account, acc.LOAN)
            made.register(*_pair(account, acc.LOANS_CONTRA, event.outstanding_fen, acc.LOAN))
        case LoanRepaid():
            account = chart.loan(event.bank, event.loan)
            made.register(*_pair(acc.LOANS_CONTRA, account, event.amount_fen, acc.LOAN))
        case LoanReleased():
            account = chart.loan(event.bank, event.loan)
            if event.outstanding_fen:
                made.register(*_pair(acc.LOANS_CONTRA, account, event.outstanding_fen, acc.LOAN))
            else:
                made.note(account)
        case TapeConfirmed():
            account = chart.loan(event.bank, event.loan)
            made.holds(account, event.outstanding_fen, acc.LOAN, next_day(event.month))
        case TermExtended():
            made.note(chart.loan(event.bank, event.loan))
        case IpRightListed():
            if event.right not in made.opened:
                made.made.append(data.Commodity(made.meta(), event.on, event.right))
        case PledgeRegistered():
            made.open(chart.pledge(event.pledge), "")
            made.register(*_units(event.rights, chart.pledge(event.pledge), acc.PLEDGES_CONTRA))
        case PledgeReleased():
            made.register(*_units(event.rights, acc.PLEDGES_CONTRA, chart.pledge(event.pledge)))
        case IpAppraised():
            commodity = event.right or f"PKG.{event.pledge}"
            amount = Amount(yuan(event.value_fen), acc.APPRAISAL)
            made.made.append(data.Price(made.meta(), event.on, commodity, amount))
            made.note(chart.pledge(event.pledge))
        case IpLapsed():
            made.made.append(data.Price(made.meta(), event.on, event.right, Amount(yuan(0), acc.APPRAISAL)))
            made.note(chart.pledge(event.pledge))
        case SuspensionTripped() | SuspensionLifted():
            made.note(chart.loans_of(event.bank))
            state = event.state if isinstance(event, SuspensionTripped) else "normal"
            made.made.append(data.Event(made.meta(), event.on, f"suspension-{event.bank}", state))
        case InsuranceIssued():
            account = chart.cover(event.insurer, event.policy)
            made.open(account, acc.COVER)
            made.register(*_pair(account, acc.COVERS_CONTRA, event.sum_fen, acc.COVER))
        case InsuranceLapsed():
            account = chart.cover(event.insurer, event.policy)
            made.register(*_pair(acc.COVERS_CONTRA, account, event.sum_fen, acc.COVER))
        case InsuranceEndorsed():
            account, change = chart.cover(event.insurer, event.policy), event.sum_after_fen - event.sum_before_fen
            made.register(*_pair(account, acc.COVERS_CONTRA, change, acc.COVER))
            if not change:
                made.note(account)
        case InsuranceClaimRefused():
            share = chart.other(event.case, "insurer")
            made.register(*_pair(acc.OTHERS_CONTRA, share, event.amount_fen, acc.OTHER))
            if not event.amount_fen:
                made.note(chart.cover(event.insurer, event.policy))
        case InsuranceClaimPaid():
            share = chart.other(event.case, "insurer")
            cover = chart.cover(event.insurer, event.policy)
            made.register(
                *_pair(acc.OTHERS_CONTRA, share, event.amount_fen, acc.OTHER),
                *_pair(acc.COVERS_CONTRA, cover, event.cover_fen, acc.COVER),
            )
        case CompensationApplied():
            account = chart.claim(event.bank, event.case)
            made.open(account, acc.CLAIM)
            made.register(*_pair(account, acc.CLAIMS_CONTRA, event.claimed_fen, acc.CLAIM))
        case CompensationDecided():
            _decide(event, made, chart)
        case QueueFunded():
            made.voucher(
                *_shares(acc.COMPENSATION, event.contributors, 1), _leg(chart.payable(event.bank), -event.amount_fen)
            )
            made.register(*_pair(acc.QUEUE_CONTRA, chart.queue(event.bank, event.case), event.amount_fen, acc.CLAIM))
        case CompensationDenied():
            account = chart.claim(event.bank, event.case)
            made.register(*_pair(acc.CLAIMS_CONTRA, account, event.claimed_fen, acc.CLAIM))
        case CompensationPaid():
            made.voucher(*_pair(chart.payable(event.bank), chart.cash(event.account), event.amount_fen))
            recourse = chart.recourse(event.bank, event.case)
            made.open(recourse, acc.RECOURSE)
            made.register(*_pair(recourse, acc.RECOURSES_CONTRA, event.amount_fen, acc.RECOURSE))
        case TapeReducedByCompensation():
            account = chart.decided(event.bank, event.loan)
            made.register(*_pair(acc.LOANS_CONTRA, account, event.amount_fen, acc.LOAN))
        case RecoveryNotified():
            _notify(event, made, chart)
        case RecoveryReceived():
            made.voucher(*_pair(chart.cash(event.account), chart.receivable(event.bank), event.amount_fen))
        case ClawbackDecided():
            made.voucher(
                _leg(chart.receivable(event.bank), event.amount_fen), *_shares(acc.RETURNED, event.contributors, -1)
            )
            recourse = chart.recourse(event.bank, event.case)
            made.register(*_pair(acc.RECOURSES_CONTRA, recourse, event.amount_fen, acc.RECOURSE))
        case LossWrittenOff():
            written_off = chart.written_off(event.bank, event.case)
            made.open(written_off, acc.RECOURSE)
            made.register(
                *_pair(acc.RECOURSES_CONTRA, chart.recourse(event.bank, event.case), event.amount_fen, acc.RECOURSE),
                *_pair(written_off, acc.WRITTEN_OFF_CONTRA, event.amount_fen, acc.RECOURSE),
            )
        case CaseTaken():
            _take(event, made, chart)
        case RuleAdopted():
            made.note(acc.LOANS)
            made.made.append(data.Event(made.meta(), event.on, "rule", event.rule))
        case _:
            assert_never(event)


def _target(event: ReceiptIdentified, chart: Chart) -> str:
    match event.target:
        case "contribution":
            assert event.contributor, "a contribution names its contributor"
            return chart.paid_in(event.contributor)
        case "recovery":
            assert event.bank, "a recovery names its bank"
            return chart.receivable(event.bank)
        case "interest":
            return acc.INTEREST


def _units(rights: Iterable[str], debit: str, credit: str) -> list[data.Posting]:
    one = Decimal(1)
    legs = []
    for right in rights:
        legs += [
            data.Posting(debit, Amount(one, right), None, None, None, None),
            data.Posting(credit, Amount(-one, right), None, None, None, None),
        ]
    return legs


def _day(on: date) -> str:
    return f"{on.year}年{on.month}月{on.day}日"


def _withdraw(event: EventWithdrawn, made: _Draft) -> None:
    # The wording is prescribed: 会计基础工作规范 51(5).
    for red in event.red:
        legs = [_red_leg(leg) for leg in red.legs]
        what = f"{_day(red.on)}{red.no}号{'凭证' if red.is_money else '登记'}"
        tag = VOUCHER if red.is_money else REGISTER
        words = f"更正以前年度{what}" if red.restated else f"注销{what}"
        made.entry(
            tag, legs, more=(ADJUST if red.restated else RED,), summary=words, of={"cancels": red.no, "of": red.on}
        )
    if event.blue:
        first = event.red[0]
        made.entry(VOUCHER, _lines(event.blue), summary=f"订正{_day(first.on)}{first.no}号凭证")
    if not made.made:
        made.note(event.place)
    if event.restores:
        made.made.append(data.Event(made.meta(), event.on, "rule", event.restores))


def _red_leg(leg: RedLeg) -> data.Posting:
    meta = {"contributor": leg.contributor} if leg.contributor else None
    return data.Posting(leg.account, Amount(leg.number, leg.commodity), None, None, None, meta)


def _adjust(event: VoucherAdjusted, made: _Draft) -> None:
    what = f"{_day(event.corrects_on)}{event.corrects}号凭证"
    words = {"more": f"调增{what}金额", "less": f"调减{what}金额", "prior_year": f"更正以前年度{what}"}[event.sort]
    more = (ADJUST, RED) if event.sort == "less" else (ADJUST,)
    made.entry(VOUCHER, _lines(event.lines), more=more, summary=words)


def _decide(event: CompensationDecided, made: _Draft, chart: Chart) -> None:
    funded = sum(share.amount_fen for share in event.contributors)
    assert funded + event.queued_fen == event.approved_fen, (
        "contributors' shares and the queue are not the approved sum"
    )
    payable = chart.payable(event.bank)
    made.voucher(*_shares(acc.COMPENSATION, event.contributors, 1), _leg(payable, -funded))
    loan, decided = chart.loan(event.bank, event.loan), chart.decided(event.bank, event.loan)
    made.open(decided, acc.LOAN)
    legs = [
        *_pair(acc.CLAIMS_CONTRA, chart.claim(event.bank, event.case), event.claimed_fen, acc.CLAIM),
        *_pair(decided, loan, event.unpaid_principal_fen, acc.LOAN),
    ]
    for item in event.others:
        account = chart.other(event.case, item.party)
        made.open(account, acc.OTHER)
        legs += _pair(account, acc.OTHERS_CONTRA, item.amount_fen, acc.OTHER)
    if event.queued_fen:
        queue = chart.queue(event.bank, event.case)
        made.open(queue, acc.CLAIM)
        legs += _pair(queue, acc.QUEUE_CONTRA, event.queued_fen, acc.CLAIM)
    made.register(*legs)


def _notify(event: RecoveryNotified, made: _Draft, chart: Chart) -> None:
    shared = sum(share.amount_fen for share in event.contributors)
    assert shared == event.pool_fen, "contributors' shares are not the pool's share"
    made.voucher(_leg(chart.receivable(event.bank), event.pool_fen), *_shares(acc.RECOVERY, event.contributors, -1))
    recourse = chart.recourse(event.bank, event.case)
    legs = [
        *_pair(acc.RECOURSES_CONTRA, recourse, event.pool_fen - event.after_write_off_fen, acc.RECOURSE),
        *_pair(
            acc.WRITTEN_OFF_CONTRA,
            chart.written_off(event.bank, event.case),
            event.after_write_off_fen,
            acc.RECOURSE,
        ),
        *_pair(acc.LOANS_CONTRA, chart.decided(event.bank, event.loan), event.principal_fen, acc.LOAN),
    ]
    made.register(*legs)
    if not made.made:
        made.note(chart.loan(event.bank, event.loan))


def _take(event: CaseTaken, made: _Draft, chart: Chart) -> None:
    recourse = chart.recourse(event.bank, event.case)
    made.open(recourse, acc.RECOURSE)
    loan, decided = chart.loan(event.bank, event.loan), chart.decided(event.bank, event.loan)
    made.open(decided, acc.LOAN)
    made.register(
        *_pair(recourse, acc.RECOURSES_CONTRA, event.recourse_fen, acc.RECOURSE),
        *_pair(decided, loan, event.unpaid_principal_fen, acc.LOAN),
    )
