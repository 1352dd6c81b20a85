"""A loan and its renewals share one exposure (授信编号) and carry it one at a time, so that a cap counts once.

All loans of an exposure are one borrower's at one bank. A renewal of a loan of these books bears that loan's exposure,
and at the end of any day on which the renewal is filed the renewed one has left the pool for it.

Before: a renewal with an exposure of its own passes, and so does one whose old loan stays in the pool.
After: both are errors, and so is a second borrower under one exposure.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from beancount.core import data

from ledger.checks import MARKER, CheckError
from ledger.checks.gathered import Change, Gathered, gather, text

__plugins__ = ("check",)


def check(entries: list[data.Directive], options: dict[str, Any]) -> tuple[list[data.Directive], list[CheckError]]:
    """Follow filings and releases day by day."""
    MARKER.leave(options, __name__)
    gathered = gather(entries, options)
    return entries, [*_borrowers(gathered), *_renewals(gathered)]


def _borrowers(gathered: Gathered) -> Iterator[CheckError]:
    first: dict[str, data.Directive] = {}
    for entry in gathered.of("LoanIncluded"):
        other = first.setdefault(text(entry, "exposure"), entry)
        if not gathered.is_withdrawn(entry) and any(text(entry, key) != text(other, key) for key in ("bank", "uscc")):
            found = f"借据 {text(entry, 'loan')} 与 {text(other, 'loan')} 同一授信编号，却不是同一银行的同一借款人"
            yield CheckError(entry.meta, found, entry)


def _renewals(gathered: Gathered) -> Iterator[CheckError]:
    filed: dict[tuple[str, str], data.Directive] = {}
    released: dict[tuple[str, str], data.Directive] = {}
    told: set[str] = set()
    for _, group in groupby(gathered.changes("LoanIncluded", "LoanReleased"), key=lambda change: change.on):
        touched: dict[tuple[str, str], data.Directive] = {}
        for change in group:
            states = filed if text(change.entry, "kind") == "LoanIncluded" else released
            _take(states, change)
            key = _key(change.entry)
            touched |= {other: filed[other] for other in (key, _key(change.entry, "renewed-by")) if other in filed}
        for entry in touched.values():
            old = filed.get(_key(entry, "renews"))
            if old and (found := _broken(entry, old, released.get(_key(old)))) and found not in told:
                told.add(found)
                yield CheckError(entry.meta, found, entry)


def _take(states: dict[tuple[str, str], data.Directive], change: Change) -> None:
    key = _key(change.entry)
    if change.sign > 0:
        states[key] = change.entry
    elif states.get(key) is change.entry:
        del states[key]


def _key(entry: data.Directive, name: str = "loan") -> tuple[str, str]:
    return text(entry, "bank"), text(entry, name)


def _broken(entry: data.Directive, old: data.Directive, release: data.Directive | None) -> str:
    loan, renewed = text(entry, "loan"), text(old, "loan")
    if text(entry, "exposure") != text(old, "exposure"):
        return f"续贷 {loan} 与原借据 {renewed} 的授信编号不同"
    if release is None or text(release, "renewed-by") != loan:
        return f"续贷 {loan} 已备案，原借据 {renewed} 没有因续贷出池"
    return ""
