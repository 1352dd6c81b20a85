"""What is paid in a case never exceeds what was decided, bounces counted, at the end of any day.

A decision or a payment that was withdrawn counts no more from the day of its withdrawal.

Before: a second instruction for a case that is already paid passes.
After: the day whose payments go beyond the approved sum is an error.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from beancount.core import data

from ledger.checks import MARKER, CheckError
from ledger.checks.gathered import ZERO, Gathered, Move, day_ends, gather, number, text

__plugins__ = ("check",)

_SIGNS = {"CompensationPaid": 1, "PaymentBounced": -1}
_DECIDED = "CompensationDecided"


def check(entries: list[data.Directive], options: dict[str, Any]) -> tuple[list[data.Directive], list[CheckError]]:
    """Compare payments per case with its decision, by the events' facts."""
    MARKER.leave(options, __name__)
    gathered = gather(entries, options)
    errors = []
    for on, case, over, entry in day_ends(_overpaid(gathered)):
        if over.is_nan() or over > 0:
            approved = _approved(gathered, case, on)
            errors.append(CheckError(entry.meta, f"案件 {case} 已付 {approved + over}，超过裁决 {approved}", entry))
    return entries, errors


def _overpaid(gathered: Gathered) -> Iterator[Move[str]]:
    for on, sign, entry in gathered.changes(_DECIDED, *_SIGNS):
        kind = text(entry, "kind")
        amount = -number(entry, "approved-yuan") if kind == _DECIDED else _SIGNS[kind] * number(entry, "amount-yuan")
        yield on, text(entry, "case"), sign * amount, entry


def _approved(gathered: Gathered, case: str, on: date) -> Decimal:
    """What a case's decisions grant at the end of a day."""
    standing = (change for change in gathered.changes(_DECIDED) if change.on <= on)
    return sum(
        (
            change.sign * number(change.entry, "approved-yuan")
            for change in standing
            if text(change.entry, "case") == case
        ),
        ZERO,
    )
