"""Every transaction sums to exactly zero in every commodity.

Before: a leg of 100.00 against -99.995 passes beancount's own tolerance.
After: it is an error naming the commodity and the residue.
"""

from decimal import Decimal
from typing import Any

from beancount.core import data

from ledger.checks import MARKER, CheckError
from ledger.checks.gathered import commodity_of, gather, units_of

__plugins__ = ("check",)


def check(entries: list[data.Directive], options: dict[str, Any]) -> tuple[list[data.Directive], list[CheckError]]:
    """Sum the legs of each transaction per commodity, without tolerance."""
    MARKER.leave(options, __name__)
    errors = []
    for entry in gather(entries, options).transactions:
        if _is_pair(entry.postings):
            continue
        totals: dict[str, Decimal] = {}
        for leg in entry.postings:
            commodity = commodity_of(leg)
            totals[commodity] = totals.get(commodity, Decimal(0)) + units_of(leg)
        for commodity, total in totals.items():
            if total:
                errors.append(CheckError(entry.meta, f"借贷不平：{commodity} 相差 {total}", entry))
    return entries, errors


def _is_pair(legs: list[data.Posting]) -> bool:
    """Whether an entry is two legs of one commodity that are each other's negative, as most are."""
    if len(legs) != 2:
        return False
    one, other = legs
    return commodity_of(one) == commodity_of(other) and units_of(one) == units_of(other).copy_negate()
