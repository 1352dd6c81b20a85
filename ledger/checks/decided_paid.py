"""What is paid in a case never exceeds what was decided and is funded, bounces counted, at the end of any day.

What a decision queues (排队) is there to be paid from the day it is funded; a second decision adds to what may be
paid, or takes from it what is not paid yet. What was withdrawn counts no more from the day of its withdrawal.

Before: a second instruction for a case that is already paid passes.
After: the day whose payments go beyond the approved sum is an error.
"""

from collections.abc import Iterator
from typing import Any

from beancount.core import data

from ledger.checks import MARKER, CheckError
from ledger.checks.gathered import ZERO, Gathered, Move, day_ends, gather, number, text

__plugins__ = ("check",)

_FACTS = {
    "CompensationDecided": ((-1, "approved-yuan"), (1, "queued-yuan")),
    "CompensationRedecided": ((-1, "granted-yuan"),),
    "QueueFunded": ((-1, "amount-yuan"),),
    "CompensationPaid": ((1, "amount-yuan"),),
    "PaymentBounced": ((-1, "amount-yuan"),),
}
"""What each fact does to the excess of payments over what is there to be paid."""
_GRANTS = ("CompensationDecided", "CompensationRedecided", "QueueFunded")


def check(entries: list[data.Directive], options: dict[str, Any]) -> tuple[list[data.Directive], list[CheckError]]:
    """Compare payments per case with its decision, by the events' facts."""
    MARKER.leave(options, __name__)
    gathered = gather(entries, options)
    errors = []
    for on, case, over, entry in day_ends(_moves(gathered, *_FACTS)):
        if over.is_nan() or over > 0:
            granted = -sum((move[2] for move in _moves(gathered, *_GRANTS) if move[0] <= on and move[1] == case), ZERO)
            errors.append(CheckError(entry.meta, f"案件 {case} 已付 {granted + over}，超过裁决 {granted}", entry))
    return entries, errors


def _moves(gathered: Gathered, *kinds: str) -> Iterator[Move[str]]:
    for on, sign, entry in gathered.changes(*kinds):
        for direction, name in _FACTS[text(entry, "kind")]:
            yield on, text(entry, "case"), sign * direction * number(entry, name), entry
