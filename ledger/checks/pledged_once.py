"""An IP right is pledged at most once at the end of any day.

Before: a second unit of ZL202110123456.7 on another registration passes.
After: the day's end shows two units, which is an error.
"""

from typing import Any

from beancount.core import data

from ledger.accounts import PLEDGES
from ledger.checks import MARKER, CheckError, transactions

__plugins__ = ("check",)


def check(entries: list[data.Directive], options: dict[str, Any]) -> tuple[list[data.Directive], list[CheckError]]:
    """Hold a running count of units per right under the pledge accounts, judged at the end of each day."""
    MARKER.leave(options, __name__)
    errors = []
    units: dict[str, int] = {}
    touched: dict[str, data.Transaction] = {}
    moves = [entry for entry in transactions(entries) if any(leg.account.startswith(PLEDGES) for leg in entry.postings)]
    for index, entry in enumerate(moves):
        for leg in entry.postings:
            if leg.account.startswith(PLEDGES) and leg.units is not None and leg.units.number is not None:
                units[leg.units.currency] = units.get(leg.units.currency, 0) + int(leg.units.number)
                touched[leg.units.currency] = entry
        if index + 1 == len(moves) or moves[index + 1].date != entry.date:
            errors += [
                CheckError(last.meta, f"一权两押：{right} 在 {entry.date} 日终质押 {units[right]} 次", last)
                for right, last in sorted(touched.items())
                if units[right] not in (0, 1)
            ]
            touched = {}
    return entries, errors
