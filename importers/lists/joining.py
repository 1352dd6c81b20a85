"""Where a list joins what was imported before: which of its lines are known, which are new.

The account's imported lines are a run; a list is a stretch of the same account without a hole, so it can lie against
the run in few ways, mostly one::

      imported   a b c d e
      the list         d e f g      two known, two new

New lines stand after the run, or in a seam: between two neighbours that no imported list shows side by side. Balances
can't show every seam that has a hole, because lines that sum to nothing leave no trace::

      imported   a b c | g h        c ends where g begins; d e f sum to nothing
      the list       c d e f g      three new
      the list       c d            one new, and from now on the hole shows

What a place needs, else it is none:

1. Every line that lies on an imported one says the same, and no imported one between them is left out.
2. The list begins on an imported line or at the balance of the one before it; a gap before it is refused.
3. No new line is an imported one with something changed in it (:func:`_is_changed`).

Two places that would make different lines new are two histories of the account that would have given the bank the same
files, so nothing in them can decide, and the list is refused. It takes two equal lines of one day, second, amount,
balance, party: money that went and came back within a second, or within a day where the bank prints none. A serial of
the bank's decides always. docs/decisions.md has the proof, and why windows that overlap join in some order.

A line without the bank's own serial is known by the key it was given then, its n-th included, so that a list which
begins in the middle of a day does not count its twins anew.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from importers.records import BankExtract
from ledger.faults import FaultKind
from ledger.listed import follows
from ledger.openitems import ListedLine
from ledger.papers import BankLine

UNSURE = FaultKind(
    "导入-衔接-03",
    "与以前导入的接法不止一种",
    "只有一种接法：重叠的行能与以前导入的逐行对上",
    "请从更早的一天起重新导出，使文件的首行在以前导入的范围之内。",
)
KINDS = (UNSURE,)
MAX_PLACES = 1000
"""Places looked at before a tangle of equal lines counts as unsure."""

Known = tuple[ListedLine | None, ...]
"""For each line of a list the imported line that it is, or None where it is new."""


@dataclass(frozen=True, slots=True)
class Run:
    """A list's lines in order, with the balances before the first and after the last."""

    lines: tuple[BankLine, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Imported:
    """The account's imported lines from some day on. ``left_fen`` is the balance before the first, None: not known.

    ``is_whole`` unless lines stand before the first that were not asked for; then no list may begin there.
    """

    lines: Sequence[ListedLine]
    left_fen: int | None
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class Joined:
    """A list laid against the imported run: its lines numbered, and which of them are known.

    ``leaves`` is the imported line before which something is still missing, now that the list stands there.
    """

    lines: tuple[BankLine, ...]
    known: Known
    leaves: ListedLine | None = None

    @property
    def pairs(self) -> tuple[tuple[BankLine, ListedLine], ...]:
        """The known lines with the imported ones that they are."""
        both = zip(self.lines, self.known, strict=True)
        return tuple((line, before) for line, before in both if before is not None)


def join(run: Run, imported: Imported, extract: BankExtract) -> Joined | FaultKind | None:
    """The one place in which a list fits; None when there is none, UNSURE when there are several."""
    if not imported.lines and imported.left_fen in {None, run.start}:
        return _joined(run, (), _Place(0, (None,) * len(run.lines), None))
    laying = _Laying(run, imported)
    found = list(islice(laying.places(), MAX_PLACES))
    if len(found) == MAX_PLACES:
        return UNSURE
    found = [place for place in found if laying.is_history(place)]
    if len(found) > 1 and extract.from_on is not None:
        found = [place for place in found if _begins_the_day(imported.lines, place.at, extract)] or found
    if len({place.mask for place in found}) > 1:
        return UNSURE
    found = [place for place in found if not laying.repeated(place)]
    return _joined(run, imported.lines, min(found, key=lambda place: place.leaves is not None)) if found else None


@dataclass(frozen=True, slots=True)
class _Place:
    """One way for a list to lie: its first line on or before the imported line ``at``; each line's imported one."""

    at: int
    known: Known
    leaves: ListedLine | None

    @property
    def mask(self) -> tuple[bool, ...]:
        return tuple(before is None for before in self.known)

    @property
    def new(self) -> Iterator[int]:
        """The new lines, by their place in the list."""
        return (index for index, before in enumerate(self.known) if before is None)

    @property
    def shown(self) -> frozenset[int]:
        return frozenset(id(before) for before in self.known if before is not None)


@dataclass
class _Laying:
    """Lays a list against the imported run in every way there is."""

    run: Run
    imported: Imported
    _serials: dict[str, list[int]] = field(init=False)
    _keys: dict[tuple[object, ...], list[int]] = field(init=False)
    _moments: dict[tuple[object, ...], list[ListedLine]] = field(init=False)

    def __post_init__(self) -> None:
        self._serials, self._keys = defaultdict(list), defaultdict(list)
        for index, line in enumerate(self.run.lines):
            self._serials[line.serial].append(index)
            self._keys[same_key(line)].append(index)
        self._moments = defaultdict(list)
        for before in self.imported.lines:
            self._moments[_moment(before.line)].append(before)

    def places(self) -> Iterator[_Place]:
        """Every way, in the run's order. Whether a line may be the imported one with a change is not asked yet."""
        first = self.run.lines[0]
        for at, before in enumerate(self.imported.lines):
            if same(first, before):
                yield from self._onwards(at, 0, at, [])
        for at in range(len(self.imported.lines) + 1):
            if self._may_begin(at):
                yield from self._inserted(at, 0, at, [])

    def _onwards(self, began: int, index: int, at: int, known: list[ListedLine | None]) -> Iterator[_Place]:
        lines, listed = self.run.lines, self.imported.lines
        while index < len(lines):
            if index and self._is_seam(at):
                yield from self._inserted(began, index, at, known)
            if at == len(listed) or not same(lines[index], listed[at]):
                return
            known.append(listed[at])
            index, at = index + 1, at + 1
        yield _Place(began, tuple(known), None)

    def _inserted(self, began: int, index: int, at: int, known: list[ListedLine | None]) -> Iterator[_Place]:
        """Lines from ``index`` on stand in the seam before ``at``: up to one that is ``at``, or all of them."""
        lines, listed = self.run.lines, self.imported.lines
        for until in self._same_as(at):
            if until > index and self._may_stand(at, lines[index:until]):
                yield from self._onwards(began, until, at, [*known, *(None,) * (until - index)])
        if self._may_stand(at, lines[index:]):
            meets = at == len(listed) or _before(listed[at]) == self.run.end
            if meets or at or self.imported.left_fen is not None:
                yield _Place(began, (*known, *(None,) * (len(lines) - index)), None if meets else listed[at])

    def _same_as(self, at: int) -> Sequence[int]:
        if at == len(self.imported.lines):
            return ()
        before = self.imported.lines[at]
        found = {*self._keys[same_key(before.line)], *(self._serials[before.line.serial] if before.line.serial else ())}
        return sorted(index for index in found if same(self.run.lines[index], before))

    def _may_begin(self, at: int) -> bool:
        """Whether a list whose first line is new may begin in the seam before ``at``."""
        listed = self.imported.lines
        if not at:
            return (self.imported.is_whole or not listed) and self.imported.left_fen in {None, self.run.start}
        before, lines = listed[at - 1].line, self.run.lines
        meets = before.balance_fen == self.run.start and self._is_seam(at)
        return meets and follows(lines[0], before)

    def _is_seam(self, at: int) -> bool:
        return at == len(self.imported.lines) or not self.imported.lines[at].joined

    def _may_stand(self, at: int, lines: Sequence[BankLine]) -> bool:
        """Whether lines may stand in a seam: on days that neither neighbour's file shows whole."""
        listed = self.imported.lines
        if at == len(listed):
            return True
        first, last, after = lines[0].on, lines[-1].on, listed[at]
        if last > after.line.on or (last < after.line.on and last >= after.from_on):
            return False
        before = listed[at - 1] if at else None
        return before is None or first == before.line.on or (first > before.line.on and first >= before.until_on)

    def is_history(self, place: _Place) -> bool:
        """Whether the place may be what happened: nothing changed in it, nothing told a second time without reason."""
        lines, new = self.run.lines, list(place.new)
        shown = place.shown
        for index in new:
            unshown = [one for one in self._moments.get(_moment(lines[index]), ()) if id(one) not in shown]
            if any(_is_changed(lines[index], other) for other in unshown):
                return False
        if place.leaves is not None:
            # Still missing lines could explain any repetition; they are not made up to choose a place.
            is_last = new[-2:-1] != [new[-1] - 1]
            changed = is_last and _differences(lines[new[-1]], place.leaves.line) <= 1
            return not changed and not self.repeated(place)
        return not self.repeated(place) or (self._is_in_time(place) and not any(lines[index].serial for index in new))

    def repeated(self, place: _Place) -> bool:
        """Whether a new line is equal to an imported one that the list does not show: nothing proves it is another."""
        shown = place.shown
        return any(
            same(self.run.lines[index], other) and id(other) not in shown
            for index in place.new
            for other in self._moments.get(_moment(self.run.lines[index]), ())
        )

    def _is_in_time(self, place: _Place) -> bool:
        """Whether each stretch of new lines keeps time with its imported neighbours."""
        lines, listed, at = self.run.lines, self.imported.lines, place.at
        for index, before in enumerate(place.known):
            if before is not None:
                at += 1
                continue
            begins = at and (not index or place.known[index - 1] is not None)
            ends = at < len(listed) and (index + 1 == len(lines) or place.known[index + 1] is not None)
            if begins and not follows(lines[index], listed[at - 1].line):
                return False
            if ends and not follows(listed[at].line, lines[index]):
                return False
        return True


def _is_changed(line: BankLine, other: ListedLine) -> bool:
    """Another party at one moment with one amount and balance: it is that line, changed. Two serials are two lines."""
    return not same(line, other) and not (line.serial and other.line.serial)


def _differences(line: BankLine, other: BankLine) -> int:
    """In how many of the things by which a line is known two lines differ."""
    serial = bool(line.serial and other.serial and line.serial != other.serial)
    return serial + sum(
        one != two
        for one, two in (
            (line.on, other.on),
            (line.at, other.at),
            (line.amount_fen, other.amount_fen),
            (line.balance_fen, other.balance_fen),
            (line.counterparty, other.counterparty),
        )
    )


def _moment(line: BankLine) -> tuple[object, ...]:
    return (line.on, line.at, line.amount_fen, line.balance_fen)


def _before(item: ListedLine) -> int | None:
    return None if item.line.balance_fen is None else item.line.balance_fen - item.line.amount_fen


def _begins_the_day(listed: Sequence[ListedLine], at: int, extract: BankExtract) -> bool:
    # A list that states its first day holds that day whole.
    assert extract.from_on is not None, "asked of lists with a period only"
    return at == 0 or listed[at - 1].line.on < extract.from_on


def same(line: BankLine, before: ListedLine) -> bool:
    """Whether two lines are one transaction: by serial where both have one, else by all that the key holds."""
    other = before.line
    if line.serial and other.serial:
        return line.serial == other.serial
    timed = line.at is None or other.at is None or line.at == other.at
    return timed and same_key(line) == same_key(other)


def same_key(line: BankLine) -> tuple[object, ...]:
    """What a line without a serial is known by, its n-th apart."""
    return (line.on, line.amount_fen, line.balance_fen, line.counterparty)


def numbered(lines: Iterable[BankLine], before: Iterable[BankLine] = ()) -> Iterator[BankLine]:
    """The lines, each with the first n among its equals that is free; those with a serial need none."""
    taken: defaultdict[tuple[object, ...], set[int]] = defaultdict(set)
    for line in before:
        if not line.serial:
            taken[same_key(line)].add(line.nth)
    for line in lines:
        if line.serial:
            yield line
        else:
            numbers = taken[same_key(line)]
            nth = next(n for n in range(1, len(numbers) + 2) if n not in numbers)
            numbers.add(nth)
            yield line if nth == line.nth else line.model_copy(update={"nth": nth})


def _joined(run: Run, listed: Sequence[ListedLine], place: _Place) -> Joined:
    new = numbered(
        (line for line, before in zip(run.lines, place.known, strict=True) if before is None),
        (before.line for before in listed),
    )
    lines = tuple(
        next(new) if before is None else line.model_copy(update={"nth": before.line.nth})
        for line, before in zip(run.lines, place.known, strict=True)
    )
    return Joined(lines, place.known, place.leaves)
