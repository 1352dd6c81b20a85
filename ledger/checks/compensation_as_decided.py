"""What a decision books is what it decided, and the record of it is kept in the books.

Approved: compensation and payable are the approved sum less what is queued, that part is in the queue, the claim is
settled, the whole unpaid principal goes over, every other party has its share (the contributors' parts are
``contributors_agree``'s). Denied: the claim is settled and nothing else moves. Decided again: what is granted or cut,
queued, claimed back, and what others bear more or less, as its facts say; they sum to the difference of what is due.
Funded: the queue becomes compensation and payable; lapsed: it is gone. The digest that a decision's or a round's facts
name is that of a document.

Before: a decision of 240,000.01 whose voucher books 240,000.10 on both sides passes.
After: it is an error naming the account that differs; so is a decision without its record.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from beancount.core import data

from ledger.accounts import (
    CLAIMS,
    CLAIMS_CONTRA,
    COMPENSATION,
    DECIDED,
    LOANS,
    OTHERS,
    OTHERS_CONTRA,
    PAYABLES,
    QUEUE,
    QUEUE_CONTRA,
    RECEIVABLES,
    RECOURSES,
    RECOURSES_CONTRA,
    RETURNED,
)
from ledger.checks import MARKER, CheckError
from ledger.checks.gathered import ZERO, Gathered, gather, number, shares, text, units_of

__plugins__ = ("check",)

_AGAIN, _FUNDED, _LAPSED = "CompensationRedecided", "QueueFunded", "QueueLapsed"
_KINDS = ("CompensationDecided", "CompensationDenied", _AGAIN, _FUNDED, _LAPSED)
_RECORDED = (*_KINDS, "CompensationDeferred")


def check(entries: list[data.Directive], options: dict[str, Any]) -> tuple[list[data.Directive], list[CheckError]]:
    """Compare the entries of each decision with its facts."""
    MARKER.leave(options, __name__)
    gathered = gather(entries, options)
    errors = []
    for entry in gathered.of(*_KINDS):
        case = text(entry, "case")
        said, booked = _said(entry), _booked(gathered, entry)
        for account in sorted(said.keys() | booked.keys()):
            if said.get(account, ZERO) != booked.get(account, ZERO):
                found = f"裁决 {case} 应记 {account} {said.get(account, ZERO)}，分录是 {booked.get(account, ZERO)}"
                errors.append(CheckError(entry.meta, found, entry))
    for entry in gathered.of(_AGAIN):
        if gap := _gap(entry):
            found = f"案件 {text(entry, 'case')} 再次裁决的结算与应补的差额相差 {gap}"
            errors.append(CheckError(entry.meta, found, entry))
    for entry in gathered.of(*_RECORDED):
        record = text(entry, "round" if text(entry, "kind") in (_FUNDED, _LAPSED) else "decision")
        # A queue that was funded before rounds had records names none.
        if record not in gathered.documents and not (text(entry, "kind") == _FUNDED and not record):
            errors.append(CheckError(entry.meta, f"裁决 {text(entry, 'case')} 的记录不在账内", entry))
    return entries, errors


def _gap(entry: data.Directive) -> Decimal:
    """What the settlement of a second decision is off the difference of what is due."""
    settled = number(entry, "granted-yuan") + number(entry, "queued-yuan")
    settled -= number(entry, "clawback-yuan") + number(entry, "recovered-yuan")
    return settled - (number(entry, "approved-yuan") - number(entry, "before-yuan"))


def _said(entry: data.Directive) -> dict[str, Decimal]:
    """What the facts say should stand under each root, and under each party's account."""
    claimed, principal = number(entry, "claimed-yuan"), number(entry, "unpaid-principal-yuan")
    queued, back, others = number(entry, "queued-yuan"), number(entry, "clawback-yuan"), _others(entry)
    match text(entry, "kind"):
        case "CompensationRedecided":
            funded = number(entry, "granted-yuan")
        case "QueueFunded":
            funded = -(queued := -number(entry, "amount-yuan"))
        case "QueueLapsed":
            funded, queued = ZERO, -number(entry, "amount-yuan")
        case _:
            funded = number(entry, "approved-yuan") - queued
    return {
        COMPENSATION: funded,
        PAYABLES: -funded,
        RECEIVABLES: back,
        RETURNED: -back,
        RECOURSES: -back,
        RECOURSES_CONTRA: back,
        QUEUE: queued,
        QUEUE_CONTRA: -queued,
        CLAIMS: -claimed,
        CLAIMS_CONTRA: claimed,
        LOANS: -principal,
        DECIDED: principal,
        OTHERS_CONTRA: -sum(others.values(), ZERO),
        **{f"{OTHERS}:{_component(party)}": amount for party, amount in others.items()},
    }


def _others(entry: data.Directive) -> dict[str, Decimal]:
    """What other parties' registers change by: all of it at the first decision, the difference later."""
    if text(entry, "kind") != _AGAIN:
        return shares(entry, "others")
    changes = shares(entry, "raised")
    for party, amount in shares(entry, "lowered").items():
        changes[party] = changes.get(party, ZERO) - amount
    return changes


def _component(party: str) -> str:
    return party.upper().replace("_", "-")


_ROOTS = (
    COMPENSATION,
    PAYABLES,
    RECEIVABLES,
    RETURNED,
    RECOURSES,
    RECOURSES_CONTRA,
    QUEUE,
    QUEUE_CONTRA,
    CLAIMS,
    CLAIMS_CONTRA,
    LOANS,
    OTHERS_CONTRA,
)


def _booked(gathered: Gathered, entry: data.Directive) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for key, amount in _legs(gathered, entry):
        found[key] = found.get(key, ZERO) + amount
    return found


def _legs(gathered: Gathered, fact: data.Directive) -> Iterator[tuple[str, Decimal]]:
    for entry in gathered.of_event.get(text(fact, "event"), ()):
        for leg in entry.postings:
            yield _key(leg.account), units_of(leg)


def _key(account: str) -> str:
    """The name under which a leg is compared: its root, a party's account without the case, 已裁决 apart."""
    if account.endswith(f":{DECIDED}"):
        return DECIDED
    if account.startswith(f"{OTHERS}:"):
        return f"{OTHERS}:{account.rpartition(':')[2]}"
    return next((root for root in _ROOTS if account == root or account.startswith(f"{root}:")), account)
