"""Voucher and register numbers run from 1 without gap or double, per sort and month.

Before: 记-2023-03-0001, 记-2023-03-0003 loads without a word.
After: the missing number is an error; so is a transaction without a number.
"""

from typing import Any

from beancount.core import data

from ledger.checks import MARKER, CheckError, transactions

__plugins__ = ("check",)


def check(entries: list[data.Directive], options: dict[str, Any]) -> tuple[list[data.Directive], list[CheckError]]:
    """Collect the numbers of each sort and month and compare them with 1, 2, ...."""
    MARKER.leave(options, __name__)
    errors: list[CheckError] = []
    seen: dict[str, dict[int, data.Transaction]] = {}
    for entry in transactions(entries):
        series, _, number = str(entry.meta.get("voucher", "")).rpartition("-")
        if not series or not number.isdecimal():
            errors.append(CheckError(entry.meta, "分录没有凭证字号", entry))
        elif series[2:] != f"{entry.date:%Y-%m}":
            errors.append(CheckError(entry.meta, f"凭证字号 {series} 与日期 {entry.date} 不在同月", entry))
        elif int(number) in seen.setdefault(series, {}):
            errors.append(CheckError(entry.meta, f"凭证字号 {series}-{number} 重号", entry))
        else:
            seen[series][int(number)] = entry
    for series, numbers in seen.items():
        for gap in sorted(set(range(1, max(numbers) + 1)) - set(numbers)):
            after = numbers[min(found for found in numbers if found > gap)]
            errors.append(CheckError(after.meta, f"凭证字号断号：缺 {series}-{gap:04d}", after))
    return entries, errors
