"""What is paid in a case never exceeds what was decided, bounces counted, at the end of any day.

Before: a second instruction for a case that is already paid passes.
After: the day whose payments go beyond the approved sum is an error.
"""

from decimal import Decimal
from itertools import groupby
from typing import Any

from beancount.core import data

from ledger.checks import MARKER, CheckError

__plugins__ = ("check",)

_SIGNS = {"CompensationPaid": 1, "PaymentBounced": -1}


def check(entries: list[data.Directive], options: dict[str, Any]) -> tuple[list[data.Directive], list[CheckError]]:
    """Compare payments per case with its decision, by the events' facts."""
    MARKER.leave(options, __name__)
    errors = []
    approved: dict[str, Decimal] = {}
    paid: dict[str, Decimal] = {}
    facts = [entry for entry in entries if entry.meta.get("kind") in {*_SIGNS, "CompensationDecided"}]
    for _, group in groupby(facts, key=lambda entry: entry.date):
        touched: dict[str, data.Directive] = {}
        for entry in group:
            kind, case = str(entry.meta["kind"]), str(entry.meta["case"])
            if kind == "CompensationDecided":
                approved[case] = approved.get(case, Decimal(0)) + entry.meta["approved-yuan"]
            else:
                paid[case] = paid.get(case, Decimal(0)) + _SIGNS[kind] * entry.meta["amount-yuan"]
                touched[case] = entry
        errors += [
            CheckError(last.meta, f"案件 {case} 已付 {paid[case]}，超过裁决 {approved.get(case, Decimal(0))}", last)
            for case, last in touched.items()
            if paid[case] > approved.get(case, Decimal(0))
        ]
    return entries, errors
