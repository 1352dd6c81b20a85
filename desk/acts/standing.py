"""How the pool and its banks stand on a day, worked out from the books: the facts that a rule text asks of the pool.

A day is taken at its end: what is dated on it counts. What the books can't say is left out, so that a text which asks
for it refuses the case; nothing is guessed. All amounts are fen.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from ledger import accounts as acc
from ledger.book import Book, below
from ledger.casefiles import CaseFile, Granting, case_files
from ledger.events import (
    CaseTaken,
    CompensationDecided,
    CompensationPaid,
    CompensationRedecided,
    LoanIncluded,
    LoanReleased,
    OpeningTaken,
    PaymentBounced,
    TapeConfirmed,
)
from ledger.events.base import Event
from ledger.money import allocate, fen_of_yuan
from ledger.postings import next_day
from ledger.views import loan_states
from reports.contributors import NOBODY, standings
from riskpool.clauses.kind import Clause
from riskpool.facts import AVAILABLE, FactValue
from riskpool.rulefile import RuleText
from riskpool.suspension import Measure, SuspensionState, deferring_states

BAD_GRADES = frozenset({"substandard", "doubtful", "loss"})
"""不良: 次级, 可疑, 损失."""


def day_after(on: date) -> date:
    """The first day that does not count any more."""
    return on + timedelta(days=1)


def cash_fen(book: Book, on: date) -> int:
    """What lies on all accounts and deposits of the pool."""
    return sum(fen_of_yuan(value) for name, value in book.balances(day_after(on)).items() if below(name, acc.CASH))


def deposit_fen(book: Book, bank: str, on: date) -> int:
    """What lies on the pool's accounts and deposits at one bank (存放该行的资金); money on its way is at no bank."""
    balances = book.balances(day_after(on))
    mine = {book.chart.cash(item.slug) for item in book.pool.account if item.bank == bank}
    return sum(fen_of_yuan(value) for name, value in balances.items() if name in mine)


def balance_fen(book: Book, on: date, spoken_for: Sequence[Granting] = ()) -> int:
    """What the pool can still promise (池内余额): money on accounts, in deposits and on its way between them.

    Less what was decided and not yet paid, less receipts that nobody has named, less decisions ``spoken_for`` that wait
    in drafts. What a bank has notified and not sent is no money yet.
    """
    counted = (acc.CASH, acc.IN_TRANSIT, acc.PAYABLES, acc.UNIDENTIFIED)
    held = sum(
        fen_of_yuan(value)
        for name, value in book.balances(day_after(on)).items()
        if any(below(name, account) for account in counted)
    )
    return held - sum(_funded(decision) for decision in spoken_for)


def _funded(decision: Granting) -> int:
    return sum(share.amount_fen for share in decision.contributors)


def paid_in_fen(book: Book, contributor: str, on: date = date.max - timedelta(days=1)) -> int:
    """What a contributor has paid in and not taken back (实缴出资)."""
    return -book.balance_fen(book.chart.paid_in(contributor), day_after(on))


def paid_out_fen(book: Book, on: date) -> int | None:
    """Compensation paid and not bounced, ever (已拨付补偿合计).

    None where the pool was at work before the books began: the opening carries cases and results, but not everything
    that was ever paid.
    """
    results = {book.chart.accumulated(party.no) for party in book.pool.contributor}
    before = any(line.account in results for event in book.events(OpeningTaken) for line in event.lines)
    if before or book.events(CaseTaken):
        return None
    paid = sum(event.amount_fen for event in book.events(CompensationPaid) if event.on <= on)
    return paid - sum(event.amount_fen for event in book.events(PaymentBounced) if event.on <= on)


def available_fen(book: Book, on: date, spoken_for: Sequence[Granting] = ()) -> dict[str, int] | None:
    """What each contributor still has in the pool (可用余额), by its number.

    Its own right to the pool's net assets as 出资方权益变动表 has it, less its part of recoveries that were notified
    and have not arrived, less what waiting decisions draw. Interest beyond fees is nobody's before the year-end
    voucher and is left out; fees beyond interest go by paid-in shares, as at the year's end. The sum never passes the
    pool's balance; None where accounts do not add up to it (a voucher by hand on receivables) or nobody has paid in.
    """
    rights = {item.contributor: item.closing for item in standings(book, date.min, day_after(on))}
    nobody = rights.pop(NOBODY)
    for contributor, fen in _not_arrived(book, day_after(on)):
        rights[contributor] -= fen
    if sum(rights.values()) + nobody != balance_fen(book, on):
        return None
    if nobody < 0:
        paid_in = [paid_in_fen(book, no, on) for no in rights]
        if min(paid_in) < 0 or not any(paid_in):
            return None
        shared = allocate(nobody, paid_in, residual=0)
        rights = {no: fen + part for (no, fen), part in zip(rights.items(), shared, strict=True)}
    for decision in spoken_for:
        for share in decision.contributors:
            rights[share.contributor] -= share.amount_fen
    return rights


def _not_arrived(book: Book, until_on: date) -> Iterator[tuple[str, int]]:
    """Each contributor's part of what banks have notified, or were told to give back, and not yet sent."""
    for file in case_files(book, until_on).values():
        told = _told(file)
        whole = sum(told.values())
        if whole:
            arrived = allocate(min(file.received_fen, whole), list(told.values()), residual=len(told) - 1)
            yield from ((no, fen - came) for (no, fen), came in zip(told.items(), arrived, strict=True))


def _told(file: CaseFile) -> dict[str, int]:
    told: dict[str, int] = {}
    if file.taken and file.taken.notified_unreceived_fen:
        parts = {part.contributor: part.amount_fen for part in file.taken.parts}
        split = allocate(file.taken.notified_unreceived_fen, list(parts.values()), residual=len(parts) - 1)
        told = dict(zip(parts, split, strict=True))
    back = [*(item.contributors for item in file.clawbacks), *(item.returned for item in file.redecided)]
    for shares in [*(item.contributors for item in file.notified), *back]:
        for share in shares:
            told[share.contributor] = told.get(share.contributor, 0) + share.amount_fen
    return dict(sorted(told.items()))


def in_pool_fen(
    book: Book,
    filing: LoanIncluded,
    accepted: Sequence[LoanIncluded] = (),
    without: frozenset[tuple[str, str]] = frozenset(),
) -> int:
    """Unpaid principal in the pool without this filing (在池本金合计), as its filing day ends.

    Loans decided or released do not count, nor one that this filing or an accepted one renews. ``accepted`` are filings
    accepted before this one that the books do not hold yet: earlier rows of its file, and drafts that wait. A loan
    filed for a later day and posted already was accepted before too: it counts with what was unpaid when it came in.
    ``without`` are loans (bank, number) to leave out.
    """
    until_on = day_after(filing.filed_on)
    renewed = {(item.bank, item.renews) for item in (filing, *accepted) if item.renews}
    gone = {(filing.bank, filing.loan), *renewed, *without}
    total = sum(item.outstanding_fen for item in accepted if (item.bank, item.loan) not in gone)
    total += sum(
        state.outstanding_fen
        for state in loan_states(book, until_on)
        if not state.released and not state.decided and (state.bank, state.loan) not in gone
    )
    released = {(item.bank, item.loan) for item in book.events(LoanReleased)}
    return total + sum(
        item.outstanding_fen
        for item in book.events(LoanIncluded)
        if item.on >= until_on and (item.bank, item.loan) not in gone | released
    )


def pool_facts(
    book: Book, on: date, asked: Iterable[str], *, bank: str, spoken_for: Sequence[Granting] = ()
) -> dict[str, FactValue]:
    """The facts among ``asked`` that the books say of the pool on a day; what they can't say is not among them.

    ``bank_quota`` (配给该行的额度) stands in no account and no setting, so it is never there; ``in_pool_principal``
    belongs to a filing (:func:`in_pool_fen`). ``spoken_for`` as in :func:`balance_fen`.
    """
    wanted = set(asked)
    found: dict[str, int | None] = {}
    if "pool_balance" in wanted:
        found["pool_balance"] = balance_fen(book, on, spoken_for)
    if "pool_paid_in" in wanted:
        found["pool_paid_in"] = sum(paid_in_fen(book, party.no, on) for party in book.pool.contributor)
    if "pool_paid_out" in wanted:
        found["pool_paid_out"] = paid_out_fen(book, on)
    if "bank_deposit" in wanted:
        found["bank_deposit"] = deposit_fen(book, bank, on)
    if any(name.startswith(AVAILABLE) for name in wanted):
        left = available_fen(book, on, spoken_for) or {}
        found |= {f"{AVAILABLE}{no}": fen for no, fen in left.items() if f"{AVAILABLE}{no}" in wanted}
    return {name: value for name, value in found.items() if value is not None}


def spoken_for(book: Book, on: date, waiting: Sequence[Granting]) -> tuple[Granting, ...]:
    """Decisions that a decision of ``on`` must leave money for: those that wait in drafts, and posted ones of later."""
    later: list[Granting] = [*book.events(CompensationDecided), *book.events(CompensationRedecided)]
    return (*waiting, *(event for event in later if event.on > on))


class _Month(NamedTuple):
    """What the tapes of a month say of undecided loans: overdue principal, that of bad grades, all of it."""

    overdue_fen: int = 0
    bad_fen: int = 0
    balance_fen: int = 0

    def with_tape(self, tape: TapeConfirmed) -> "_Month":
        """The same with one more loan."""
        fen = tape.outstanding_fen
        return _Month(
            self.overdue_fen + fen * (tape.overdue_days > 0),
            self.bad_fen + fen * (tape.grade in BAD_GRADES),
            self.balance_fen + fen,
        )


def measures_of(
    book: Book, bank: str, more: Sequence[Event] = (), without: frozenset[tuple[str, str]] = frozenset()
) -> tuple[Measure, ...]:
    """A bank's measures at each month end that its tapes confirm, oldest first; decided loans are left out.

    Overdue and bad principal (逾期, 不良), as amounts, over the loans' balance and over what was filed that year.
    ``more`` are tapes not posted yet; ``without`` are loans (bank, number) to leave out.
    """
    tapes = [tape for tape in _all_tapes(book, more) if tape.bank == bank]
    months = _months(book, tapes, without)
    return _measures(book, "bank", months, [item for item in _filings(book, without) if item.bank == bank])


def pool_measures(
    book: Book, more: Sequence[Event] = (), without: frozenset[tuple[str, str]] = frozenset()
) -> tuple[Measure, ...]:
    """The same of the whole pool, for the months that every bank with an undecided loan in the pool has confirmed."""
    tapes = _all_tapes(book, more)
    confirmed: dict[str, set[str]] = {}
    for tape in tapes:
        confirmed.setdefault(tape.month, set()).add(tape.bank)
    months = _months(book, tapes, without)
    whole = {month: held for month, held in months.items() if _banks_with_loans(book, month) <= confirmed[month]}
    return _measures(book, "pool", whole, _filings(book, without))


def _banks_with_loans(book: Book, month: str) -> set[str]:
    """The banks that have an undecided loan in the pool as a month ends."""
    until_on = next_day(month)
    gone = {(item.bank, item.loan) for item in book.events(LoanReleased) if item.on < until_on}
    gone |= {key for key, on in _decided(book).items() if on < until_on}
    filed = (item for item in book.events(LoanIncluded) if item.on < until_on)
    return {item.bank for item in filed if (item.bank, item.loan) not in gone}


def _all_tapes(book: Book, more: Sequence[Event]) -> list[TapeConfirmed]:
    return [*book.events(TapeConfirmed), *(event for event in more if isinstance(event, TapeConfirmed))]


def _decided(book: Book) -> dict[tuple[str, str], date]:
    decided = {(event.bank, event.loan): event.on for event in book.events(CompensationDecided)}
    return decided | {(event.bank, event.loan): event.decided_on for event in book.events(CaseTaken)}


def _months(book: Book, tapes: Iterable[TapeConfirmed], without: frozenset[tuple[str, str]]) -> dict[str, _Month]:
    """What each month's tapes say of undecided loans; a month whose loans are all decided says nothing overdue."""
    decided = _decided(book)
    months: dict[str, _Month] = {}
    for tape in tapes:
        key = (tape.bank, tape.loan)
        held = months.setdefault(tape.month, _Month())
        if key not in without and decided.get(key, date.max) >= next_day(tape.month):
            months[tape.month] = held.with_tape(tape)
    return months


def measures_asked(
    book: Book, clauses: Iterable[Clause], bank: str, without: frozenset[tuple[str, str]] = frozenset()
) -> tuple[Measure, ...]:
    """The measures of the scopes that suspension clauses name: the bank's, the pool's; none that nobody asks for."""
    scopes = {clause.word("scope") for clause in clauses if "scope" not in clause.unset}
    return (
        *(measures_of(book, bank, without=without) if "bank" in scopes else ()),
        *(pool_measures(book, without=without) if "pool" in scopes else ()),
    )


def _filings(book: Book, without: frozenset[tuple[str, str]]) -> list[LoanIncluded]:
    return [item for item in book.events(LoanIncluded) if (item.bank, item.loan) not in without]


def _measures(
    book: Book, scope: str, months: Mapping[str, _Month], filings: Sequence[LoanIncluded]
) -> tuple[Measure, ...]:
    found = []
    for month, held in sorted(months.items()):
        ended_on = next_day(month) - timedelta(days=1)
        over = {"amount": 1, "loan_balance": held.balance_fen, "booked_principal": _booked(book, filings, ended_on)}
        for name, fen in (("overdue_principal", held.overdue_fen), ("npl_principal", held.bad_fen)):
            found += [Measure(ended_on, fen, name, scope, by, total) for by, total in over.items() if total is not None]
    return tuple(found)


def _booked(book: Book, filings: Sequence[LoanIncluded], on: date) -> int | None:
    """Principal filed in the day's calendar year so far; None where the books began within that year."""
    begun_on = min((event.on for event in book.events(OpeningTaken)), default=date.min)
    if begun_on > date(on.year, 1, 1):
        return None
    return sum(item.principal_fen for item in filings if item.filed_on.year == on.year and item.filed_on <= on)


def covered(text: RuleText, measures: Iterable[Measure]) -> tuple[Measure, ...]:
    """The measures of days that the text covers: what was before it took effect trips nothing under it."""
    since = text.effective_on or date.min
    return tuple(measure for measure in measures if measure.on >= since)


def states_on(book: Book, text: RuleText, bank: str, on: date, *, ever: bool = False) -> tuple[SuspensionState, ...]:
    """The states that a decision of the day may ask for, as far as the books know their measures.

    ``ever`` tries the text outside its period too.

    Raises:
        Refusal: a suspension lasts and the text does not say when it ends.
    """
    measures = measures_asked(book, text.clauses_of("suspension"), bank)
    return deferring_states(text, measures if ever else covered(text, measures), on)
