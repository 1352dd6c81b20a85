"""Every transaction sums to exactly zero in every commodity.

Before: a leg of 100.00 against -99.995 passes beancount's own tolerance.
After: it is an error naming the commodity and the residue.
"""

from decimal import Decimal
from typing import Any

from beancount.core import data

from ledger.checks import MARKER, CheckError, transactions

__plugins__ = ("check",)


def check(entries: list[data.Directive], options: dict[str, Any]) -> tuple[list[data.Directive], list[CheckError]]:
    """Sum the legs of each transaction per commodity, without tolerance."""
    MARKER.leave(options, __name__)
    errors = []
    for entry in transactions(entries):
        totals: dict[str, Decimal] = {}
        for leg in entry.postings:
            if leg.units is not None and leg.units.number is not None:
                totals[leg.units.currency] = totals.get(leg.units.currency, Decimal(0)) + leg.units.number
        for commodity, total in totals.items():
            if total:
                errors.append(CheckError(entry.meta, f"借贷不平：{commodity} 相差 {total}", entry))
    return entries, errors
