"""An IP right is pledged at most once at the end of any day.

Before: a second unit of ZL202110123456.7 on another registration passes.
After: the day's end shows two units, which is an error.
"""

from typing import Any

from beancount.core import data

from ledger.accounts import PLEDGES
from ledger.checks import MARKER, CheckError
from ledger.checks.gathered import day_ends, gather, leg_moves

__plugins__ = ("check",)


def check(entries: list[data.Directive], options: dict[str, Any]) -> tuple[list[data.Directive], list[CheckError]]:
    """Hold a running count of units per right under the pledge accounts, judged at the end of each day."""
    MARKER.leave(options, __name__)
    moves = (move for _, legs in gather(entries, options).under(PLEDGES) for move in leg_moves(legs))
    errors = [
        CheckError(end.entry.meta, f"一权两押：{end.key} 在 {end.on} 日终质押 {end.balance} 次", end.entry)
        for end in day_ends(moves)
        if end.balance not in (0, 1)
    ]
    return entries, errors
