"""Nothing is booked on a loan or asked for it before it is filed with the pool (入库备案), and it is filed once.

Filed means: a ``LoanIncluded`` with its filing number stands, not withdrawn before that day. Moves of the loan's
register account, repayments, tapes, extensions, applications and decisions need a filing dated no later than
themselves; a pledge or a policy, which come before their loan, needs one of any day.

Before: an application for a loan that the pool never took in passes, and so does a filing without a number.
After: both are errors.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from beancount.core import data

from ledger.accounts import LOANS
from ledger.checks import MARKER, CheckError
from ledger.checks.gathered import Gathered, day_of, gather, text, words

__plugins__ = ("check",)

_AFTER = (
    "LoanRepaid",
    "LoanReleased",
    "TapeConfirmed",
    "TermExtended",
    "CompensationApplied",
    "ApplicationSupplemented",
    "CompensationDeferred",
    "CompensationDecided",
    "CompensationRedecided",
    "CompensationDenied",
    "TapeReducedByCompensation",
    "RecoveryNotified",
    "CaseTaken",
)
_ANY_DAY = {"InsuranceIssued": "loan", "InsuranceEndorsed": "loan", "PledgeRegistered": "loans"}


class _Filing(NamedTuple):
    """A span in which a loan was filed; the day of its withdrawal belongs to it, because the red entry does."""

    bank: str
    from_on: date
    last_on: date


_Filings = dict[str, list[_Filing]]


def check(entries: list[data.Directive], options: dict[str, Any]) -> tuple[list[data.Directive], list[CheckError]]:
    """Compare every mention of a loan with the days on which it was filed."""
    MARKER.leave(options, __name__)
    gathered = gather(entries, options)
    filings: _Filings = {}
    errors = []
    for entry in gathered.of("LoanIncluded"):
        errors += [CheckError(entry.meta, found, entry) for found in _file(gathered, filings, entry)]
    for entry, loan, on in _mentions(gathered):
        if not any(item.from_on <= on <= item.last_on for item in filings.get(loan, ())):
            errors.append(CheckError(entry.meta, f"借据 {loan} 在 {on} 没有备案", entry))
    for entry in gathered.of(*_ANY_DAY):
        errors += [
            CheckError(entry.meta, f"借据 {loan} 没有备案", entry)
            for loan in words(entry, _ANY_DAY[text(entry, "kind")])
            if loan not in filings
        ]
    return entries, errors


def _file(gathered: Gathered, filings: _Filings, entry: data.Directive) -> Iterator[str]:
    loan = text(entry, "loan")
    gone = gathered.withdrawn.get(text(entry, "event"))
    filed = _Filing(text(entry, "bank"), day_of(entry), gone.date if gone else date.max)
    if not text(entry, "filing-no"):
        yield f"借据 {loan} 入库而没有备案号"
    others = (item for item in filings.get(loan, ()) if item.bank == filed.bank)
    if any(item.from_on < filed.last_on and filed.from_on < item.last_on for item in others):
        yield f"借据 {loan} 备案两次"
    filings.setdefault(loan, []).append(filed)


def _mentions(gathered: Gathered) -> Iterator[tuple[data.Directive, str, date]]:
    """Each entry that moves a loan and each fact that names one, with the day."""
    for account, legs in gathered.under(LOANS):
        loan = loan_of(account)
        yield from ((entry, loan, entry.date) for entry, _ in legs)
    for fact in gathered.of(*_AFTER):
        yield fact, text(fact, "loan"), day_of(fact)


def loan_of(account: str) -> str:
    """The loan's number in the name of its register account; of the bank's parent account none."""
    parts = account.split(":", 4)
    return parts[3] if len(parts) > 3 else ""
