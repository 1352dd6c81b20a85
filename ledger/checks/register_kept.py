"""What the register carries of a loan is what its facts say, at the end of any day.

In the pool: the principal at filing, less what was repaid, what a renewal took over, what a decision took over. Taken
over by a decision (已裁决): that principal, less what the bank wrote down by compensation and by recoveries.

Before: a repayment of 10,000 whose register entry moves 1,000 passes.
After: the loan is named with the difference, on the day on which the two part.
"""

from collections.abc import Iterator
from typing import Any

from beancount.core import data

from ledger.accounts import DECIDED, LOANS
from ledger.checks import MARKER, CheckError
from ledger.checks.gathered import Gathered, Move, gather, number, residues, text, units_of
from ledger.checks.loan_filed import loan_of

__plugins__ = ("check",)

_FACTS = {
    "LoanIncluded": (("", 1, "outstanding-yuan"),),
    "LoanRepaid": (("", -1, "amount-yuan"),),
    "LoanReleased": (("", -1, "outstanding-yuan"),),
    "CompensationDecided": (("", -1, "unpaid-principal-yuan"), (DECIDED, 1, "unpaid-principal-yuan")),
    "CaseTaken": (("", -1, "unpaid-principal-yuan"), (DECIDED, 1, "unpaid-principal-yuan")),
    "TapeReducedByCompensation": ((DECIDED, -1, "amount-yuan"),),
    "RecoveryNotified": ((DECIDED, -1, "principal-yuan"),),
}
"""What each fact does to the two parts of a loan."""


def check(entries: list[data.Directive], options: dict[str, Any]) -> tuple[list[data.Directive], list[CheckError]]:
    """Fold the facts of each loan and compare them with its register accounts."""
    MARKER.leave(options, __name__)
    errors = []
    for end in residues(_moves(gather(entries, options))):
        loan, part = end.key
        found = f"借据 {loan}{'（已裁决部分）' if part else ''} 在 {end.on} 的登记与事项相差 {end.balance}"
        errors.append(CheckError(end.entry.meta, found, end.entry))
    return entries, errors


def _moves(gathered: Gathered) -> Iterator[Move[tuple[str, str]]]:
    for account, legs in gathered.under(LOANS):
        key = (loan_of(account), DECIDED if account.endswith(f":{DECIDED}") else "")
        yield from ((entry.date, key, units_of(leg), entry) for entry, leg in legs)
    for on, sign, fact in gathered.changes(*_FACTS):
        for part, direction, name in _FACTS[text(fact, "kind")]:
            yield on, (text(fact, "loan"), part), -sign * direction * number(fact, name), fact
