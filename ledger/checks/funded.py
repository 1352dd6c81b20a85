"""No cash, transit or receivable account is below zero at the end of a day, no payable above, no memo negative.

Before: paying 100 from an account that holds 50 passes.
After: the day's end is an error.
"""

from typing import Any

from beancount.core import data

from ledger.accounts import (
    CASH,
    CLAIMS,
    COVERS,
    IN_TRANSIT,
    LOANS,
    OTHERS,
    OWED,
    QUEUE,
    RECEIVABLES,
    RECOURSES,
    WRITTEN_OFF,
)
from ledger.checks import MARKER, CheckError
from ledger.checks.gathered import day_ends, gather, leg_moves

__plugins__ = ("check",)

_DEBIT = (CASH, IN_TRANSIT, RECEIVABLES, CLAIMS, COVERS, LOANS, OTHERS, QUEUE, RECOURSES, WRITTEN_OFF)
_SPENT = "；付款以后的追偿、退回或核销用的就是这一数额：先撤回那些事项，再记退汇"
"""What stands in the way where a payment comes back of which something was answered already."""


def check(entries: list[data.Directive], options: dict[str, Any]) -> tuple[list[data.Directive], list[CheckError]]:
    """Run balances per account and commodity; judge each touched one at the end of its day."""
    MARKER.leave(options, __name__)
    gathered = gather(entries, options)
    errors = []
    for root, sign, wrong in (*((root, 1, "为负") for root in _DEBIT), (OWED, -1, "为借方余额")):
        remedy = _SPENT if root == RECOURSES else ""
        for account, legs in gathered.under(root):
            for on, commodity, balance, entry in day_ends(leg_moves(legs)):
                if sign * balance < 0:
                    found = f"{account} 在 {on} 日终{wrong}：{balance} {commodity}{remedy}"
                    errors.append(CheckError(entry.meta, found, entry))
    return entries, errors
