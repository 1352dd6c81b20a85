"""A right, or a package of one registration, has one appraisal a day.

Prices of a withdrawn appraisal do not count: a price can't be taken back, only its event can.

Before: two prices of ZL202110123456.7 on one day pass, and the later line silently wins.
After: the second is an error.
"""

from typing import Any

from beancount.core import data

from ledger.checks import MARKER, CheckError
from ledger.checks.gathered import gather

__plugins__ = ("check",)


def check(entries: list[data.Directive], options: dict[str, Any]) -> tuple[list[data.Directive], list[CheckError]]:
    """Find prices of one commodity, in one unit, on one day."""
    MARKER.leave(options, __name__)
    gathered = gather(entries, options)
    errors = []
    seen: set[tuple[object, ...]] = set()
    for entry in gathered.prices:
        key = (entry.date, entry.currency, entry.amount.currency)
        if gathered.is_withdrawn(entry):
            continue
        if key in seen:
            errors.append(CheckError(entry.meta, f"{entry.currency} 在 {entry.date} 有两个评估值", entry))
        seen.add(key)
    return entries, errors
