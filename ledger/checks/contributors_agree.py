"""What each contributor bears, gets back, pays in and is carried over is what the facts share out to it.

Compensation, recoveries and returns are booked by contributor, each leg with its number; on an account of one
contributor a leg bears no other's. The shares in the facts are the legs, and they sum to what is shared out: of a
decision what is approved and not queued, of a recovery the pool's part.

Before: a decision of 02:80,000.00 whose leg stands under 01 passes, and so does a recovery without a contributor.
After: both are errors.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from beancount.core import data

from ledger.accounts import ACCUMULATED, COMPENSATION, PAID_IN, RECOVERY, RETURNED
from ledger.checks import MARKER, CheckError
from ledger.checks.gathered import ZERO, Gathered, gather, number, shares, text, units_of

__plugins__ = ("check",)

_SHARED = (COMPENSATION, RECOVERY, RETURNED)
_OWN = (PAID_IN, ACCUMULATED)
_FACTS = {
    "CompensationDecided": ("contributors", COMPENSATION, 1),
    "CompensationRedecided": ("contributors", COMPENSATION, 1),
    "RecoveryNotified": ("contributors", RECOVERY, -1),
    "QueueFunded": ("contributors", COMPENSATION, 1),
    "ClawbackDecided": ("contributors", RETURNED, -1),
    "YearClosed": ("shares", ACCUMULATED, -1),
    "ContributionReceived": ("contributor", PAID_IN, -1),
    "ContributionReturned": ("contributor", PAID_IN, 1),
    "ReceiptIdentified": ("contributor", PAID_IN, -1),
}
"""Where the shares of a kind stand: the fact, the account's root, the sign of its legs."""
_GIVEN_BACK = {"CompensationRedecided": ("returned", RETURNED, -1)}
"""The same for a second sharing out by the same fact."""
_WHOLES = {
    "CompensationDecided": ("approved-yuan", "queued-yuan"),
    "CompensationRedecided": ("granted-yuan", ""),
    "QueueFunded": ("amount-yuan", ""),
    "RecoveryNotified": ("pool-yuan", ""),
    "ClawbackDecided": ("amount-yuan", ""),
}
"""What the shares of a kind sum to: one amount less another."""
_WHOLES_BACK = {"CompensationRedecided": ("clawback-yuan", "")}


def check(entries: list[data.Directive], options: dict[str, Any]) -> tuple[list[data.Directive], list[CheckError]]:
    """Look at every leg that is a contributor's, then at every fact that shares something out."""
    MARKER.leave(options, __name__)
    gathered = gather(entries, options)
    parts = (*_parts(gathered, _FACTS, _WHOLES), *_parts(gathered, _GIVEN_BACK, _WHOLES_BACK))
    return entries, [*_labels(gathered), *parts]


def _named(leg: data.Posting) -> str:
    return str((leg.meta or {}).get("contributor", ""))


def _own(account: str) -> str:
    """The number of the contributor whose account it is."""
    return account.rpartition(":")[2][:2]


def _labels(gathered: Gathered) -> Iterator[CheckError]:
    for root in _SHARED:
        for account, legs in gathered.under(root):
            for entry, leg in legs:
                if not _named(leg):
                    yield CheckError(entry.meta, f"{account} {units_of(leg)} 没有写明出资方", entry)
    for root in _OWN:
        for account, legs in gathered.under(root):
            whose = ("", _own(account))
            for entry, leg in legs:
                if _named(leg) not in whose:
                    yield CheckError(entry.meta, f"{account} {units_of(leg)} 写的是出资方 {_named(leg)}", entry)


def _parts(
    gathered: Gathered, facts: Mapping[str, tuple[str, str, int]], wholes: Mapping[str, tuple[str, str]]
) -> Iterator[CheckError]:
    for entry in gathered.of(*facts):
        key, root, sign = facts[text(entry, "kind")]
        said = shares(entry, key) if key != "contributor" else _whole(entry)
        if whole := wholes.get(text(entry, "kind")):
            total, should = sum(said.values(), ZERO), number(entry, whole[0]) - number(entry, whole[1])
            if total != should:
                yield CheckError(entry.meta, f"各出资方合计 {total}，应为 {should}", entry)
        booked: dict[str, Decimal] = {}
        for leg in gathered.event_legs(entry, root):
            who = _named(leg) if root in _SHARED else _own(leg.account)
            booked[who] = booked.get(who, ZERO) + sign * units_of(leg)
        for who in sorted(said.keys() | booked.keys()):
            if said.get(who, ZERO) != booked.get(who, ZERO):
                found = f"出资方 {who} 应为 {said.get(who, ZERO)}，{root} 的分录是 {booked.get(who, ZERO)}"
                yield CheckError(entry.meta, found, entry)


def _whole(entry: data.Directive) -> dict[str, Decimal]:
    """An amount that is one contributor's; a receipt named otherwise is none's."""
    who = text(entry, "contributor")
    is_contribution = text(entry, "target") in ("", "contribution")
    return {who: number(entry, "amount-yuan")} if who and is_contribution else {}
