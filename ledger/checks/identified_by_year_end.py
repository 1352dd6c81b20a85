"""When a year's result is carried over (年末结转) no receipt is under inquiry (待查) at its end.

How old such a receipt may grow within a year no text says: ageing is a report's to show, an open one at year end
is an error. A year that is not carried over yet is not judged.

Before: a year with 7,777.00 still unidentified on 31 December is carried over.
After: it is an error naming the account and what it holds.
"""

from typing import Any

from beancount.core import data

from ledger.accounts import OWED, UNIDENTIFIED
from ledger.checks import MARKER, CheckError
from ledger.checks.gathered import ZERO, gather, number, units_of

__plugins__ = ("check",)


def check(entries: list[data.Directive], options: dict[str, Any]) -> tuple[list[data.Directive], list[CheckError]]:
    """Sum the accounts of unidentified receipts to the end of each year that is carried over."""
    MARKER.leave(options, __name__)
    gathered = gather(entries, options)
    closed = {int(number(entry, "year")): entry for entry in gathered.standing("YearClosed")}
    errors: list[CheckError] = []
    if not closed:
        return entries, errors
    waiting = [pair for pair in gathered.under(OWED) if pair[0].startswith(UNIDENTIFIED)]
    for year, entry in sorted(closed.items()):
        for account, legs in waiting:
            left = sum((units_of(leg) for moved, leg in legs if moved.date.year <= year), ZERO)
            if left:
                errors.append(CheckError(entry.meta, f"{year} 年末结转时待查款项未清：{account} {left}", entry))
    return entries, errors
