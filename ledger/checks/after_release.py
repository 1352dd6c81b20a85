"""After a loan has left the pool (出池) nothing more is booked on it, and it leaves once.

Its register account moves no more after the day of the release, and no repayment, tape, extension or application is
dated later. What belongs to its case runs on: recoveries that touch no principal, and the case's money. A release
that was withdrawn binds from its own day to the day of the withdrawal.

Before: a repayment dated after the settlement passes where the account still holds it.
After: it is an error naming the loan and the day of its release.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from beancount.core import data

from ledger.accounts import LOANS
from ledger.checks import MARKER, CheckError
from ledger.checks.gathered import Gathered, day_of, gather, text
from ledger.checks.loan_filed import loan_of

__plugins__ = ("check",)

_NO_MORE = ("LoanRepaid", "TapeConfirmed", "TermExtended", "CompensationApplied")


class _Release(NamedTuple):
    """When a loan left; what is dated after ``on`` and before ``until_on`` comes too late."""

    on: date
    until_on: date


def check(entries: list[data.Directive], options: dict[str, Any]) -> tuple[list[data.Directive], list[CheckError]]:
    """Compare the day of every move and fact of a released loan with its release."""
    MARKER.leave(options, __name__)
    gathered = gather(entries, options)
    releases: dict[str, _Release] = {}
    errors = []
    for entry in gathered.of("LoanReleased"):
        gone = gathered.withdrawn.get(text(entry, "event"))
        found = _Release(day_of(entry), gone.date if gone else date.max)
        loan = text(entry, "loan")
        other = releases.setdefault(loan, found)
        if other is not found and found.on < other.until_on and other.on < found.until_on:
            errors.append(CheckError(entry.meta, f"借据 {loan} 出池两次", entry))
        elif found.until_on > other.until_on:
            releases[loan] = found
    for entry, loan, on in _later(gathered, releases):
        if releases[loan].on < on < releases[loan].until_on:
            late = f"借据 {loan} 已于 {releases[loan].on} 出池，{on} 又有记录"
            errors.append(CheckError(entry.meta, late, entry))
    return entries, errors


def _later(gathered: Gathered, releases: dict[str, _Release]) -> Iterator[tuple[data.Directive, str, date]]:
    if not releases:
        return
    for account, legs in gathered.under(LOANS):
        if (loan := loan_of(account)) in releases:
            yield from ((entry, loan, entry.date) for entry, _ in legs)
    for fact in gathered.of(*_NO_MORE):
        if text(fact, "loan") in releases and not isinstance(fact, data.Transaction):
            yield fact, text(fact, "loan"), day_of(fact)
