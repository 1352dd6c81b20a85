"""A voucher is reversed at most once, and only one that exists.

Before: two red vouchers against 记-2023-05-0004 pass.
After: the second is an error, and so is a red voucher against nothing.
"""

from typing import Any

from beancount.core import data

from ledger.checks import MARKER, CheckError, transactions

__plugins__ = ("check",)


def check(entries: list[data.Directive], options: dict[str, Any]) -> tuple[list[data.Directive], list[CheckError]]:
    """Match the metadata ``cancels`` of red vouchers with the numbers in the book."""
    MARKER.leave(options, __name__)
    errors = []
    every = transactions(entries)
    numbers = {str(entry.meta.get("voucher", "")) for entry in every}
    seen: set[str] = set()
    for entry in every:
        target = str(entry.meta.get("cancels", "")) if "red" in (entry.tags or ()) else ""
        if "red" in (entry.tags or ()) and "adjust" not in (entry.tags or ()) and target not in numbers:
            errors.append(CheckError(entry.meta, f"红字凭证所注销的 {target or '（未写明）'} 不存在", entry))
        elif target and target in seen:
            errors.append(CheckError(entry.meta, f"凭证 {target} 被注销两次", entry))
        seen.add(target)
    return entries, errors
