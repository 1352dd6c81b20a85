"""A red entry takes back one numbered entry: that exists, is not later, leg by leg to zero, and once.

Red is what is tagged ``#red``; it names in ``cancels`` the number that it takes back. So it is with the red voucher
of a correction and with every entry of a withdrawal.

Before: two red vouchers against 记-2023-05-0004 pass, and one whose legs are others than the voucher's.
After: the second is an error, so is a red entry against nothing, and one that leaves something of a leg standing.
"""

from collections import Counter
from decimal import Decimal
from typing import Any

from beancount.core import data

from ledger.checks import MARKER, CheckError
from ledger.checks.gathered import commodity_of, gather, text, units_of
from ledger.postings import RED

__plugins__ = ("check",)

Leg = tuple[str, str, Decimal, str]


def check(entries: list[data.Directive], options: dict[str, Any]) -> tuple[list[data.Directive], list[CheckError]]:
    """Match each red entry with the one whose number it names in ``cancels``."""
    MARKER.leave(options, __name__)
    every = gather(entries, options).transactions
    bearing = [entry for entry in every if RED in (entry.tags or ()) or "cancels" in entry.meta]
    numbered = {text(entry, "voucher"): entry for entry in every} if bearing else {}
    errors = []
    seen: set[str] = set()
    for red in bearing:
        target = text(red, "cancels")
        if found := _wrong(red, numbered.get(target) if target else None, target, seen):
            errors.append(CheckError(red.meta, found, red))
        seen.add(target)
    return entries, errors


def _wrong(red: data.Transaction, of: data.Transaction | None, target: str, seen: set[str]) -> str:
    if RED not in (red.tags or ()):
        return f"写明注销 {target} 的分录不是红字"
    if of is None:
        return f"红字凭证所注销的 {target or '（未写明）'} 不存在"
    if target in seen:
        return f"凭证 {target} 被注销两次"
    if red.date < of.date:
        return f"红字凭证的日期 {red.date} 早于所注销的 {target}（{of.date}）"
    left = _legs(of, 1)
    left.subtract(_legs(red, -1))
    if any(left.values()):
        accounts = "、".join(sorted({leg[0] for leg, count in left.items() if count}))
        return f"红字凭证与所注销的 {target} 不是逐行相反：{accounts}"
    return ""


def _legs(entry: data.Transaction, sign: int) -> Counter[Leg]:
    return Counter(
        (leg.account, commodity_of(leg), sign * units_of(leg), str((leg.meta or {}).get("contributor", "")))
        for leg in entry.postings
    )
