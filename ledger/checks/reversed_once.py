"""A red entry takes back one numbered entry: that exists, is not later, leg by leg to zero, and once.

What takes back names in ``cancels`` the number, whether voucher or register entry, and is tagged ``#red``. In a later
year (``#adjust``) what stood on income and expenses stands on the contributor's accumulated results instead. A
withdrawal takes back every entry of its event. A difference (调增、调减) cancels nothing; it names in ``corrects`` a
voucher that exists and is not later.

Before: two red vouchers against 记-2023-05-0004 pass, and one whose legs are others than the voucher's.
After: the second is an error, so is a red entry against nothing, and one that leaves something of a leg standing.
"""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from beancount.core import data

from ledger.accounts import ACCUMULATED
from ledger.checks import MARKER, CheckError
from ledger.checks.gathered import Gathered, commodity_of, gather, text, units_of
from ledger.postings import ADJUST, RED

__plugins__ = ("check",)

Leg = tuple[str, str, Decimal, str]
_RESULTS = ("Income:", "Expenses:")
_CORRECTING = frozenset({RED, ADJUST})


def check(entries: list[data.Directive], options: dict[str, Any]) -> tuple[list[data.Directive], list[CheckError]]:
    """Match each red or adjusting entry with the one whose number it names."""
    MARKER.leave(options, __name__)
    gathered = gather(entries, options)
    every = gathered.transactions
    correcting = [entry for entry in every if "cancels" in entry.meta or _CORRECTING & (entry.tags or frozenset())]
    numbered = {text(entry, "voucher"): entry for entry in every} if correcting else {}
    errors = []
    seen: set[str] = set()
    for entry in correcting:
        key = "corrects" if text(entry, "kind") == "VoucherAdjusted" else "cancels"
        target = text(entry, key)
        of = numbered.get(target) if target else None
        if found := _wrong(entry, target, of) or (_undone(entry, target, of, seen) if of and key == "cancels" else ""):
            errors.append(CheckError(entry.meta, found, entry))
        if key == "cancels":
            seen.add(target)
    return entries, [*errors, *_partial(gathered)]


def _wrong(entry: data.Transaction, target: str, of: data.Transaction | None) -> str:
    if not _CORRECTING & (entry.tags or frozenset()):
        return f"写明注销 {target} 的分录不是红字"
    if of is None:
        return f"红字凭证所注销的 {target or '（未写明）'} 不存在"
    if entry.date < of.date:
        return f"红字凭证的日期 {entry.date} 早于所注销的 {target}（{of.date}）"
    return ""


def _undone(entry: data.Transaction, target: str, of: data.Transaction, seen: set[str]) -> str:
    if target in seen:
        return f"凭证 {target} 被注销两次"
    is_restated = RED not in (entry.tags or ())
    if is_restated and entry.date.year == of.date.year:
        return f"注销本年凭证 {target} 的分录不是红字"
    left = _legs(of, 1, is_restated=is_restated)
    left.subtract(_legs(entry, -1, is_restated=is_restated))
    if any(left.values()):
        accounts = "、".join(sorted({leg[0] for leg, count in left.items() if count}))
        return f"红字凭证与所注销的 {target} 不是逐行相反：{accounts}"
    return ""


def _legs(entry: data.Transaction, sign: int, *, is_restated: bool) -> Counter[Leg]:
    found: Counter[Leg] = Counter()
    for leg in entry.postings:
        account, contributor = leg.account, str((leg.meta or {}).get("contributor", ""))
        if is_restated and account.startswith(f"{ACCUMULATED}:"):
            account, contributor = ACCUMULATED, account.rpartition(":")[2][:2]
        elif is_restated and account.startswith(_RESULTS):
            account = ACCUMULATED
        found[account, commodity_of(leg), sign * units_of(leg), contributor] += 1
    return found


def _partial(gathered: Gathered) -> Iterator[CheckError]:
    """Withdrawals that leave an entry of their event standing, or take back one of another."""
    for entry in gathered.of("EventWithdrawn"):
        event = text(entry, "withdraws")
        made = {text(item, "voucher") for item in gathered.of_event.get(event, ())}
        undone = {text(item, "cancels") for item in gathered.of_event.get(text(entry, "event"), ())} - {""}
        if made != undone:
            found = f"撤回 {event} 没有逐张注销：{'、'.join(sorted(made ^ undone))}"
            yield CheckError(entry.meta, found, entry)
