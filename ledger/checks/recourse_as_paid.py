"""What may still come back in a case (待追偿) is what was paid, less what came back and what was written off.

Paid: paid and not bounced, or taken over at the opening. Back: the pool's share of recoveries, and what was claimed
back. What was written off lives on (账销案存), less recoveries on it.

Before: a recovery that lowers the receivable and not the recourse passes.
After: the case is named with the difference, on the day on which the two part.
"""

from collections.abc import Iterator
from typing import Any

from beancount.core import data

from ledger.accounts import RECOURSES, WRITTEN_OFF
from ledger.checks import MARKER, CheckError
from ledger.checks.gathered import Gathered, Move, gather, number, residues, text, units_of

__plugins__ = ("check",)

_FACTS = {
    "CaseTaken": ((RECOURSES, 1, "recourse-yuan"),),
    "CompensationPaid": ((RECOURSES, 1, "amount-yuan"),),
    "PaymentBounced": ((RECOURSES, -1, "amount-yuan"),),
    "ClawbackDecided": ((RECOURSES, -1, "amount-yuan"),),
    "CompensationRedecided": ((RECOURSES, -1, "clawback-yuan"),),
    "RecoveryNotified": (
        (RECOURSES, -1, "pool-yuan"),
        (RECOURSES, 1, "after-write-off-yuan"),
        (WRITTEN_OFF, -1, "after-write-off-yuan"),
    ),
    "LossWrittenOff": ((RECOURSES, -1, "amount-yuan"), (WRITTEN_OFF, 1, "amount-yuan")),
}
"""What each fact does to the two accounts of its case."""
_TITLES = {RECOURSES: "待追偿", WRITTEN_OFF: "账销案存"}


def check(entries: list[data.Directive], options: dict[str, Any]) -> tuple[list[data.Directive], list[CheckError]]:
    """Fold the facts of each case and compare them with its account."""
    MARKER.leave(options, __name__)
    errors = []
    for end in residues(_moves(gather(entries, options))):
        case, root = end.key
        found = f"案件 {case} 在 {end.on} 的{_TITLES[root]}与收付事项相差 {end.balance}"
        errors.append(CheckError(end.entry.meta, found, end.entry))
    return entries, errors


def _moves(gathered: Gathered) -> Iterator[Move[tuple[str, str]]]:
    for root in (RECOURSES, WRITTEN_OFF):
        for account, legs in gathered.under(root):
            key = (account.rpartition(":")[2], root)
            yield from ((entry.date, key, units_of(leg), entry) for entry, leg in legs)
    for on, sign, fact in gathered.changes(*_FACTS):
        for root, direction, name in _FACTS[text(fact, "kind")]:
            yield on, (text(fact, "case"), root), -sign * direction * number(fact, name), fact
