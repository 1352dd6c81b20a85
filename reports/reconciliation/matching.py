"""Which of our lines is which of the bank's: exact key first, then what can only be each other, else left open.

::

    book lines ──┐                       ┌── statement lines (all months so far)
                 ├─ 1 key: serial, or a bank row confirmed earlier
                 ├─ 2 pairs a person confirmed
                 ├─ 3 twins: same day and amount, as many on each side, all of one kind on each side
                 ├─ 4 same amount, the same days on both sides, no day twice
                 ├─ 5 same amount, days within the window, one candidate each way
                 └─ the rest stays open: in transit; several candidates are told as ties
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from reports.reconciliation.lines import BookLine, StatementLine

WINDOW_DAYS = 5
"""Calendar days between our booking and the bank's: three working days and a weekend."""

How = Literal["key", "person", "twins", "day", "amount"]


@dataclass(frozen=True, slots=True)
class Match:
    """One of our lines and the bank's line that shows it. ``how`` says by what they were matched."""

    book: BookLine
    bank: StatementLine
    how: How


@dataclass(frozen=True, slots=True)
class Tie:
    """Lines of one amount that could be matched in more than one way: for a person to settle."""

    book: tuple[BookLine, ...]
    bank: tuple[StatementLine, ...]


@dataclass(frozen=True, slots=True)
class Matching:
    """All lines of both sides, each in exactly one place; ``ties`` point into the open ones."""

    matches: tuple[Match, ...]
    open_book: tuple[BookLine, ...]
    open_bank: tuple[StatementLine, ...]
    ties: tuple[Tie, ...]


def match_lines(
    book: Sequence[BookLine],
    bank: Sequence[StatementLine],
    *,
    confirmed: Iterable[tuple[str, str]] = (),
    window_days: int = WINDOW_DAYS,
) -> Matching:
    """Match two sides. ``confirmed`` are (voucher number, bank row key) pairs that a person settled."""
    settled = frozenset(confirmed)
    matches: list[Match] = []
    left, right = list(book), list(bank)
    _take(matches, left, right, "key", lambda ours, theirs: theirs.key in ours.keys)
    _take(matches, left, right, "person", lambda ours, theirs: (ours.voucher, theirs.key) in settled)
    _take_twins(matches, left, right)
    even = _even_amounts(left, right)
    _take(matches, left, right, "day", lambda ours, theirs: ours.amount_fen in even and ours.on == theirs.on)
    _take(matches, left, right, "amount", lambda ours, theirs: abs((theirs.on - ours.on).days) <= window_days)
    ties = _ties(left, right, window_days)
    made = Matching(tuple(matches), tuple(left), tuple(right), ties)
    assert len(book) == len(made.matches) + len(made.open_book), "a book line vanished"
    assert len(bank) == len(made.matches) + len(made.open_bank), "a statement line vanished"
    return made


def _take(
    matches: list[Match],
    left: list[BookLine],
    right: list[StatementLine],
    how: How,
    fits: Callable[[BookLine, StatementLine], bool],
) -> None:
    """Move to ``matches`` what fits exactly one line of the other side, both ways; amounts must be equal."""
    candidates = _candidates(left, right, fits)
    wanted: dict[int, list[int]] = defaultdict(list)
    for ours, theirs in candidates.items():
        for each in theirs:
            wanted[each].append(ours)
    pairs = [
        (ours, theirs[0]) for ours, theirs in candidates.items() if len(theirs) == 1 and wanted[theirs[0]] == [ours]
    ]
    matches += [Match(left[ours], right[theirs], how) for ours, theirs in pairs]
    for at in sorted((ours for ours, _ in pairs), reverse=True):
        del left[at]
    for at in sorted((theirs for _, theirs in pairs), reverse=True):
        del right[at]


def _take_twins(matches: list[Match], left: list[BookLine], right: list[StatementLine]) -> None:
    """Pair, in order, lines that can be exchanged without changing any figure or word of the paper.

    Two equal fees of one day are such: on each side the same amount, day and wording, and as many here as there.
    """
    mine: dict[tuple[int, date], list[BookLine]] = defaultdict(list)
    banks: dict[tuple[int, date], list[StatementLine]] = defaultdict(list)
    for ours in left:
        mine[ours.amount_fen, ours.on].append(ours)
    for theirs in right:
        banks[theirs.amount_fen, theirs.on].append(theirs)
    for place, group in mine.items():
        others = banks.get(place, [])
        if len(group) == len(others) > 1 and _alike(group, others):
            matches += [Match(ours, theirs, "twins") for ours, theirs in zip(group, others, strict=True)]
            for ours, theirs in zip(group, others, strict=True):
                left.remove(ours)
                right.remove(theirs)


def _alike(group: Sequence[BookLine], others: Sequence[StatementLine]) -> bool:
    ours = {(line.summary, line.counter) for line in group}
    words = {(each.line.counterparty, each.line.bank_summary, each.line.purpose, each.line.remark) for each in others}
    return len(ours) == 1 and len(words) == 1


def _even_amounts(left: Sequence[BookLine], right: Sequence[StatementLine]) -> frozenset[int]:
    """Amounts whose open lines fall on the very same days on both sides, no day twice: then the day decides."""
    days: dict[int, tuple[list[date], list[date]]] = defaultdict(lambda: ([], []))
    for ours in left:
        days[ours.amount_fen][0].append(ours.on)
    for theirs in right:
        days[theirs.amount_fen][1].append(theirs.on)
    return frozenset(
        amount
        for amount, (mine, banks) in days.items()
        if sorted(mine) == sorted(banks) and len(set(mine)) == len(mine)
    )


def _candidates(
    left: Sequence[BookLine], right: Sequence[StatementLine], fits: Callable[[BookLine, StatementLine], bool]
) -> dict[int, list[int]]:
    by_amount: dict[int, list[int]] = defaultdict(list)
    for at, theirs in enumerate(right):
        by_amount[theirs.amount_fen].append(at)
    return {
        at: found
        for at, ours in enumerate(left)
        if (found := [i for i in by_amount[ours.amount_fen] if fits(ours, right[i])])
    }


def _ties(left: Sequence[BookLine], right: Sequence[StatementLine], window_days: int) -> tuple[Tie, ...]:
    found = _candidates(left, right, lambda ours, theirs: abs((theirs.on - ours.on).days) <= window_days)
    by_amount: dict[int, tuple[set[int], set[int]]] = {}
    for ours, theirs in found.items():
        group = by_amount.setdefault(left[ours].amount_fen, (set(), set()))
        group[0].add(ours)
        group[1].update(theirs)
    return tuple(
        Tie(tuple(left[at] for at in sorted(ours)), tuple(right[at] for at in sorted(theirs)))
        for _, (ours, theirs) in sorted(by_amount.items())
    )
