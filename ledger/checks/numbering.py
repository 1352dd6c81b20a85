"""Voucher and register numbers run from 1 without gap or double, per sort and month, or a record says why not.

A missing number needs an explanation record (缺号说明): an entry of the kind ``NumberExplained`` names it under
``voucher-no``. It explains that number only, and only while no entry bears it.

Before: 记-2023-03-0001, 记-2023-03-0003 loads without a word.
After: the missing number is an error unless it is explained; so is a transaction without a number, and an
explanation of a number that is not missing.
"""

import re
from collections.abc import Iterator
from typing import Any

from beancount.core import data

from ledger.checks import MARKER, CheckError
from ledger.checks.gathered import gather, text

__plugins__ = ("check",)

_NUMBER = re.compile(r"0[0-9]{3}|[1-9][0-9]{3,8}")
"""Four digits, more only where four do not hold it."""
MAX_NAMED = 1000
"""Missing numbers that are named one by one (and may be explained); of more only the first and the last are."""


def check(entries: list[data.Directive], options: dict[str, Any]) -> tuple[list[data.Directive], list[CheckError]]:
    """Collect the numbers of each sort and month and compare them with 1, 2, ...."""
    MARKER.leave(options, __name__)
    gathered = gather(entries, options)
    errors: list[CheckError] = []
    seen: dict[str, dict[int, data.Transaction]] = {}
    for entry in gathered.transactions:
        series, _, number = text(entry, "voucher").rpartition("-")
        if not series or not _NUMBER.fullmatch(number):
            errors.append(CheckError(entry.meta, "分录没有凭证字号", entry))
        elif series[2:] != entry.date.isoformat()[:7]:
            errors.append(CheckError(entry.meta, f"凭证字号 {series} 与日期 {entry.date} 不在同月", entry))
        elif int(number) in seen.setdefault(series, {}):
            errors.append(CheckError(entry.meta, f"凭证字号 {series}-{number} 重号", entry))
        else:
            seen[series][int(number)] = entry
    explained = {text(entry, "voucher-no"): entry for entry in gathered.of("NumberExplained")}
    explained = {no: entry for no, entry in explained.items() if not gathered.is_withdrawn(entry)}
    return entries, [*errors, *_gaps(seen, frozenset(explained)), *_needless(seen, explained)]


def _gaps(seen: dict[str, dict[int, data.Transaction]], explained: frozenset[str]) -> Iterator[CheckError]:
    for series, numbers in seen.items():
        last = 0
        for number in sorted(numbers):
            if number > last + 1 + MAX_NAMED:
                words = f"凭证字号断号：缺 {series}-{last + 1:04d} 至 {series}-{number - 1:04d}"
                yield CheckError(numbers[number].meta, words, numbers[number])
            else:
                for gap in range(last + 1, number):
                    if f"{series}-{gap:04d}" not in explained:
                        words = f"凭证字号断号：缺 {series}-{gap:04d}"
                        yield CheckError(numbers[number].meta, words, numbers[number])
            last = number


def _needless(
    seen: dict[str, dict[int, data.Transaction]], explained: dict[str, data.Directive]
) -> Iterator[CheckError]:
    for no, entry in explained.items():
        series, _, number = no.rpartition("-")
        if _NUMBER.fullmatch(number) and int(number) in seen.get(series, {}):
            yield CheckError(entry.meta, f"凭证字号 {no} 并不缺，不应有缺号说明", entry)
