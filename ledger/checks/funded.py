"""No cash, transit or receivable account is below zero at the end of a day, no payable above, no memo negative.

Before: paying 100 from an account that holds 50 passes.
After: the day's end is an error.
"""

from decimal import Decimal
from typing import Any

from beancount.core import data

from ledger.accounts import CLAIMS, COVERS, LOANS, OTHERS, RECOURSES
from ledger.checks import MARKER, CheckError, transactions

__plugins__ = ("check",)


OWED = "Liabilities:2241"


def _wrong(account: str) -> str:
    return "为借方余额" if account.startswith(OWED) else "为负"


def check(entries: list[data.Directive], options: dict[str, Any]) -> tuple[list[data.Directive], list[CheckError]]:
    """Run balances per account and commodity; judge each touched one at the end of its day."""
    MARKER.leave(options, __name__)
    errors = []
    kept = ("Assets:1002", "Assets:1012", "Assets:1221", OWED, CLAIMS, COVERS, LOANS, OTHERS, RECOURSES)
    balances: dict[tuple[str, str], Decimal] = {}
    touched: dict[tuple[str, str], data.Transaction] = {}
    every = transactions(entries)
    for index, entry in enumerate(every):
        for leg in entry.postings:
            if leg.account.startswith(kept) and leg.units is not None and leg.units.number is not None:
                key = (leg.account, leg.units.currency)
                balances[key] = balances.get(key, Decimal(0)) + leg.units.number
                touched[key] = entry
        if index + 1 == len(every) or every[index + 1].date != entry.date:
            errors += [
                CheckError(last.meta, f"{key[0]} 在 {entry.date} 日终{_wrong(key[0])}：{balances[key]} {key[1]}", last)
                for key, last in sorted(touched.items(), key=lambda item: item[0])
                if (balances[key] > 0 if key[0].startswith(OWED) else balances[key] < 0)
            ]
            touched = {}
    return entries, errors
