"""What may still come back in a case (待追偿) is what was paid and not returned, less the pool's share of recoveries.

Before: a recovery that lowers the receivable and not the recourse passes.
After: the case is named with the difference, on the day on which the two part.
"""

from collections.abc import Iterator
from typing import Any

from beancount.core import data

from ledger.accounts import RECOURSES
from ledger.checks import MARKER, CheckError
from ledger.checks.gathered import Gathered, Move, gather, number, residues, text, units_of

__plugins__ = ("check",)

_FACTS = {
    "CaseTaken": (1, "recourse-yuan"),
    "CompensationPaid": (1, "amount-yuan"),
    "PaymentBounced": (-1, "amount-yuan"),
    "RecoveryNotified": (-1, "pool-yuan"),
}
"""What each fact does to the recourse of its case."""


def check(entries: list[data.Directive], options: dict[str, Any]) -> tuple[list[data.Directive], list[CheckError]]:
    """Fold the facts of each case and compare them with its account."""
    MARKER.leave(options, __name__)
    errors = [
        CheckError(end.entry.meta, f"案件 {end.key} 在 {end.on} 的待追偿与收付事项相差 {end.balance}", end.entry)
        for end in residues(_moves(gather(entries, options)))
    ]
    return entries, errors


def _moves(gathered: Gathered) -> Iterator[Move[str]]:
    for account, legs in gathered.under(RECOURSES):
        case = account.rpartition(":")[2]
        yield from ((entry.date, case, units_of(leg), entry) for entry, leg in legs)
    for on, sign, fact in gathered.changes(*_FACTS):
        direction, key = _FACTS[text(fact, "kind")]
        yield on, text(fact, "case"), -sign * direction * number(fact, key), fact
