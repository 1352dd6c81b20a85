"""The order of a paper's lines, found from their running balances: one unbroken chain, or none, or several.

A line goes from the balance before it to the balance after it, so a paper's lines are arrows between balances and
an order is a walk that takes each arrow once::

      1,000.00 ──+200.00──> 1,200.00 ──-50.00──> 1,150.00 ──+10.00──> 1,160.00

Walks that keep time are asked first (day and second, then day alone), and of those the file's own order before any
other: as given, newest first, and both sorted by time. Only where none of the four fits are the arrows themselves
walked; that finds the order of a file whose rows were shuffled, and finds too whether it is the only one. Nothing is
chosen between two orders that both fit: :class:`Ambiguous` says so.

A batch (批量代发) prints one balance after all of its rows; it is one arrow with several rows.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import time
from itertools import groupby, pairwise

from ledger.papers import BankLine

MAX_WORK = 2_000_000
"""Arrows looked at before a tangle of equal balances counts as ambiguous: a hostile file may hold nothing else."""


@dataclass(frozen=True, slots=True)
class Arrow:
    """One step of the balance: a line, or a batch whose rows share the balance after the last of them."""

    lines: tuple[BankLine, ...]
    before: int
    after: int

    @property
    def said(self) -> tuple[object, ...]:
        """All that the bank wrote, without the place in the file: equal arrows may change places unseen."""
        return tuple(said(line) for line in self.lines)


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """More than one order fits; ``line`` is where they part. ``walks`` are those of the file's own that do, if any."""

    line: BankLine
    walks: "tuple[Walk, ...]" = ()


Walk = tuple[Arrow, ...]
Time = Callable[[Arrow], tuple[object, ...]]


def balance(line: BankLine) -> int:
    """A line's balance in fen."""
    assert line.balance_fen is not None, "every layout has a running balance"
    return line.balance_fen


def said(line: BankLine) -> tuple[object, ...]:
    """What the bank wrote in a line, comparable: everything but the place in the file and the n-th."""
    return (
        line.on,
        line.at or time.min,
        line.amount_fen,
        balance(line),
        line.serial,
        line.counterparty,
        line.counterparty_account,
        line.counterparty_bank,
        line.bank_summary,
        line.purpose,
        line.remark,
    )


def arrows(lines: Iterable[BankLine]) -> tuple[Arrow, ...]:
    """Each line by itself."""
    return tuple(Arrow((line,), balance(line) - line.amount_fen, balance(line)) for line in lines)


def batched(lines: Sequence[BankLine]) -> tuple[Arrow, ...]:
    """Lines of one day, side and summary with one balance become one arrow, its rows in an order of their own."""
    groups: dict[object, list[BankLine]] = defaultdict(list)
    for line in lines:
        groups[line.on, line.amount_fen > 0, line.bank_summary, balance(line)].append(line)
    return tuple(
        Arrow(
            tuple(sorted(group, key=said)),
            balance(group[0]) - sum(line.amount_fen for line in group),
            balance(group[0]),
        )
        for group in groups.values()
    )


def ordered(given: Sequence[Arrow], ends: frozenset[int], closing: int | None) -> Walk | Ambiguous | None:
    """The walk through all arrows; None when there is none.

    ``closing`` is the balance at which the paper says it ends, ``ends`` those at which lists imported before have
    ended: both only decide between walks that fit equally well.
    """
    for moment in (_instant(given), _day):
        found = _told(given, moment, ends, closing) or _walked(given, moment, ends, closing)
        if found is not None:
            return found
    # Days that go back are the bank's own business; they are believed in the file's order and no other.
    return next((walk for walk in (tuple(given), tuple(reversed(given))) if not any(breaks(walk))), None)


def breaks(walk: Sequence[Arrow]) -> Iterator[tuple[Arrow, Arrow]]:
    """Neighbours whose balances do not meet."""
    return ((before, after) for before, after in pairwise(walk) if before.after != after.before)


def nearest(given: Sequence[Arrow]) -> Walk:
    """The order, of the file's own four, that breaks least: the one in which a break is shown."""
    return min(_own_orders(given, _instant(given)), key=lambda walk: sum(1 for _ in breaks(walk)))


def _day(arrow: Arrow) -> tuple[object, ...]:
    return (arrow.lines[0].on,)


def _instant(given: Sequence[Arrow]) -> Time:
    # The second counts only on days on which every line has one.
    untimed = {line.on for arrow in given for line in arrow.lines if line.at is None}

    def instant(arrow: Arrow) -> tuple[object, ...]:
        line = arrow.lines[0]
        if line.on in untimed:
            return (line.on, time.min)
        return (line.on, line.at if len(arrow.lines) == 1 else min(item.at or time.min for item in arrow.lines))

    return instant


def _own_orders(given: Sequence[Arrow], moment: Time) -> tuple[Walk, ...]:
    backwards = tuple(reversed(given))
    return tuple(given), backwards, tuple(sorted(given, key=moment)), tuple(sorted(backwards, key=moment))


def _told(given: Sequence[Arrow], moment: Time, ends: frozenset[int], closing: int | None) -> Walk | Ambiguous | None:
    fitting: list[Walk] = []
    for walk in _own_orders(given, moment):
        if any(breaks(walk)) or walk in fitting:
            continue
        if all(moment(before) <= moment(after) for before, after in pairwise(walk)):
            fitting.append(walk)
    return _one(fitting, ends, closing, told=True)


def _one(walks: Sequence[Walk], ends: frozenset[int], closing: int | None, *, told: bool) -> Walk | Ambiguous | None:
    """The only walk, or the only one that begins or ends where it should.

    Of the file's own orders (``told``) that all begin where nothing is known, the first is what the file says.
    """
    if len(walks) < 2 or not walks[0]:
        return walks[0] if walks else None
    different = {tuple(arrow.said for arrow in walk): walk for walk in reversed(walks)}
    ending = [walk for walk in reversed(different.values()) if closing is None or walk[-1].after == closing]
    starting = [walk for walk in ending if walk[0].before in ends]
    if len(ending) == 1 or len(starting) == 1 or (told and ending and not starting):
        return (starting or ending)[0]
    first, second = (starting or ending or walks)[:2]
    parted = next(one for one, other in zip(first, second, strict=True) if one.said != other.said)
    return Ambiguous(parted.lines[0], tuple(starting or ending) if told else ())


# ── walking the arrows ────────────────────────────────────────────────────────────────────────────────────


def _walked(given: Sequence[Arrow], moment: Time, ends: frozenset[int], closing: int | None) -> Walk | Ambiguous | None:
    """Walks moment by moment. Where a moment ends is a sum, so each moment is walked by itself."""
    groups = [tuple(group) for _, group in groupby(sorted(given, key=moment), key=moment)]
    work = [MAX_WORK]
    found: list[Walk] = []
    for start in _starts(given, groups[0] if groups else ()):
        walk = _through(groups, start, work)
        if isinstance(walk, Ambiguous):
            return walk
        if walk is not None:
            found.append(walk)
    return _one(found, ends, closing, told=False)


def _starts(given: Sequence[Arrow], first: Sequence[Arrow]) -> tuple[int, ...]:
    surplus: dict[int, int] = defaultdict(int)
    for arrow in given:
        surplus[arrow.before] += 1
        surplus[arrow.after] -= 1
    uneven = sorted(surplus.items())
    over = [node for node, count in uneven if count > 0]
    if over:
        return tuple(over) if len(over) == 1 and surplus[over[0]] == 1 else ()
    return tuple(sorted({arrow.before for arrow in first}))  # it ends where it began: it may begin anywhere


def _through(groups: Iterable[Sequence[Arrow]], start: int, work: list[int]) -> Walk | Ambiguous | None:
    walk: list[Arrow] = []
    at = start
    for group in groups:
        part = _trail(group, at, work)
        if part is None or isinstance(part, Ambiguous):
            return part
        walk += part
        at = walk[-1].after
    return tuple(walk)


def _trail(group: Sequence[Arrow], start: int, work: list[int]) -> list[Arrow] | Ambiguous | None:
    """Fleury's walk: at a fork only the arrows after which the rest can still be walked; two of them are ambiguous."""
    out: dict[int, list[Arrow]] = defaultdict(list)
    for arrow in group:
        out[arrow.before].append(arrow)
    if not _walkable(out, start):
        return None
    at, walk = start, list[Arrow]()
    while len(walk) < len(group):
        choices = {(arrow.after, arrow.said): arrow for arrow in reversed(out[at])}
        if len(choices) > 1:
            work[0] -= len(choices) * (len(group) - len(walk))
            if work[0] < 0:
                return Ambiguous(group[0].lines[0])
            choices = {key: arrow for key, arrow in choices.items() if _leaves_walkable(out, arrow)}
            if len(choices) > 1:
                return Ambiguous(next(iter(choices.values())).lines[0])
        (step,) = choices.values()
        out[at].remove(step)
        walk.append(step)
        at = step.after
    return walk


def _leaves_walkable(out: dict[int, list[Arrow]], arrow: Arrow) -> bool:
    out[arrow.before].remove(arrow)
    walkable = _walkable(out, arrow.after)
    out[arrow.before].append(arrow)
    return walkable


def _walkable(out: dict[int, list[Arrow]], start: int) -> bool:
    """Whether all arrows hang together from ``start`` and every balance is left as often as it is reached."""
    surplus: dict[int, int] = defaultdict(int)
    count = 0
    for steps in out.values():
        for arrow in steps:
            count += 1
            surplus[arrow.before] += 1
            surplus[arrow.after] -= 1
    if not count:
        return True
    uneven = {node: more for node, more in surplus.items() if more}
    if uneven and (uneven.get(start) != 1 or sorted(uneven.values()) != [-1, 1]):
        return False
    reached, waiting = {start}, [start]
    seen = 0
    while waiting:
        for arrow in out.get(waiting.pop(), ()):
            seen += 1
            if arrow.after not in reached:
                reached.add(arrow.after)
                waiting.append(arrow.after)
    return seen == count
