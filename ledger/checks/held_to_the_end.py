"""Cover and pledge do not end before their loan.

Two rules, each as narrow as an officer can hold it:

* The policy that a filing names runs at least to the due day of that filing, by its own words or an endorsement's.
  An extension of the term, an overdue loan, a policy beside it and one that ends early (退保) are later facts of the
  world and not judged here.
* A registration whose last right is released leaves no undecided principal behind: at the end of the month of the
  release (a tape tells repayments at month ends only) every loan that it secures stands at zero, or another live
  registration names that loan. What a decision has taken over is not counted: the bank may have sold the right.

Before: a policy to 30 June for a loan due on 31 July passes, and so does the release of a pledge whose loan runs on.
After: both are errors.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from beancount.core import data

from ledger.accounts import DECIDED, LOANS, PLEDGES
from ledger.checks import MARKER, CheckError
from ledger.checks.gathered import ZERO, Gathered, Legs, day, day_of, gather, text, units_of, words
from ledger.checks.loan_filed import loan_of

__plugins__ = ("check",)


def check(entries: list[data.Directive], options: dict[str, Any]) -> tuple[list[data.Directive], list[CheckError]]:
    """Compare policies with due days, and released registrations with what their loans still carry."""
    MARKER.leave(options, __name__)
    gathered = gather(entries, options)
    return entries, [*_covers(gathered), *_pledges(gathered)]


def _covers(gathered: Gathered) -> Iterator[CheckError]:
    filed = {(text(entry, "loan"), text(entry, "policy")): entry for entry in gathered.standing("LoanIncluded")}
    ends: dict[str, list[date]] = {}
    for entry in gathered.standing("InsuranceIssued", "InsuranceEndorsed"):
        ends.setdefault(text(entry, "policy"), []).append(day(entry, "until-on") or date.min)
    for entry in gathered.standing("InsuranceIssued"):
        loan, until_on = filed.get((text(entry, "loan"), text(entry, "policy"))), max(ends[text(entry, "policy")])
        due_on = day(loan, "due-on") if loan else None
        if loan and (due_on is None or until_on < due_on):
            found = (
                f"保单 {text(entry, 'policy')} 止于 {until_on}，早于借据 {text(entry, 'loan')} 备案的到期日 {due_on}"
            )
            yield CheckError(entry.meta, found, entry)


def _pledges(gathered: Gathered) -> Iterator[CheckError]:
    releases = list(gathered.standing("PledgeReleased"))
    if not releases:
        return
    secured: dict[str, set[str]] = {}
    securing: dict[str, set[str]] = {}
    for entry in gathered.standing("PledgeRegistered"):
        secured.setdefault(text(entry, "pledge"), set()).update(words(entry, "loans"))
    for entry in gathered.standing("LoanIncluded"):
        secured.setdefault(text(entry, "pledge"), set()).add(text(entry, "loan"))
    for pledge, loans in secured.items():
        for loan in loans:
            securing.setdefault(loan, set()).add(pledge)
    rights, principal = _Held(gathered, PLEDGES), _Held(gathered, LOANS)
    for entry in releases:
        pledge, ends_on = text(entry, "pledge"), _month_end(day_of(entry))
        if rights.at(pledge, ends_on):
            continue
        for loan in sorted(secured.get(pledge, ())):
            if (left := principal.at(loan, ends_on)) and not any(rights.at(other, ends_on) for other in securing[loan]):
                found = f"质押登记 {pledge} 已注销，{ends_on} 借据 {loan} 尚有本金 {left}"
                yield CheckError(entry.meta, found, entry)


class _Held:
    """What the accounts of one register hold by registration or loan, decided parts of loans left out."""

    def __init__(self, gathered: Gathered, root: str) -> None:
        self._legs: dict[str, Legs] = {}
        for account, legs in gathered.under(root):
            if not account.endswith(f":{DECIDED}"):
                self._legs[loan_of(account) if root == LOANS else account.rpartition(":")[2]] = legs

    def at(self, name: str, on: date) -> Decimal:
        """The balance at the end of a day."""
        return sum((units_of(leg) for entry, leg in self._legs.get(name, ()) if entry.date <= on), ZERO)


def _month_end(on: date) -> date:
    return on.replace(day=monthrange(on.year, on.month)[1])
