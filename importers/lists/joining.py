"""Where a list joins what was imported before: which of its lines are known, which are new.

An account's imported lines are one run, because a list with a gap before it is refused. A new list is another run of
the same account, so it can lie against the old one in few ways, mostly one::

      imported   a b c d e
      the list         d e f g      two known, two new

A place fits when every line that lies on an imported one says the same. If several places fit and they would make
different lines new, the list is refused: nothing is chosen.

Between two imported files there may be a hole: the file of a draft that was sent back, or lines that sum to nothing and
whose absence no balance could show. A list that begins where the one file ends and ends where the other begins fills
it. Inside one file nothing is ever added.

A line without the bank's own serial is known by the key it was given then, its n-th included, so that a list which
begins in the middle of a day does not count its twins anew.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from importers.records import BankExtract
from ledger.faults import FaultKind
from ledger.openitems import ListedLine
from ledger.papers import BankLine

UNSURE = FaultKind(
    "导入-衔接-03",
    "与以前导入的接法不止一种",
    "只有一种接法：重叠的行能与以前导入的逐行对上",
    "请从更早的一天起重新导出，使文件的首行在以前导入的范围之内。",
)
KINDS = (UNSURE,)

Known = tuple[ListedLine | None, ...]
"""For each line of a list the imported line that it is, or None where it is new."""


@dataclass(frozen=True, slots=True)
class Run:
    """A list's lines in order, with the balances before the first and after the last."""

    lines: tuple[BankLine, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Joined:
    """A list laid against the imported run: its lines numbered, and which of them are known."""

    lines: tuple[BankLine, ...]
    known: Known

    @property
    def pairs(self) -> tuple[tuple[BankLine, ListedLine], ...]:
        """The known lines with the imported ones that they are."""
        both = zip(self.lines, self.known, strict=True)
        return tuple((line, before) for line, before in both if before is not None)


def join(run: Run, listed: Sequence[ListedLine], extract: BankExtract, *, continues: bool) -> Joined | FaultKind | None:
    """The one place in which a list fits; None when there is none, UNSURE when there are several.

    ``listed`` is the imported run from the list's first day on. ``continues``: the list starts from the balance at
    which the imported run ends, or nothing was imported.
    """
    places = [at for at in range(len(listed)) if same(run.lines[0], listed[at])]
    fitting = [(at, known) for at in places if (known := _laid(run, listed, at)) is not None]
    if continues and (not listed or _follows(run.lines[0], listed[-1].line)):
        fitting.append((len(listed), (None,) * len(run.lines)))
    fitting = [item for item in fitting if not _repeats(run, listed, item[1])]
    if len(fitting) > 1 and extract.from_on is not None:
        fitting = [item for item in fitting if _begins_the_day(listed, item[0], extract)] or fitting
    if len({tuple(before is None for before in known) for _, known in fitting}) > 1:
        return UNSURE
    return _joined(run, listed, fitting[-1][1]) if fitting else None


def fill(run: Run, listed: Sequence[ListedLine], begins_fen: int | None) -> Joined | None:
    """A list between two imported files, or before the first: from the balance of the one to that of the other.

    ``listed`` is the imported run from well before the list on; ``begins_fen`` the balance from which the account's
    first list must start, None where it is not known.
    """
    new: Known = (None,) * len(run.lines)
    for at in range(0 if _repeats(run, listed, new) else len(listed)):
        left = listed[at - 1].line.balance_fen if at else begins_fen
        if _is_hole(listed, at, run.lines) and left in {run.start, None} and _before(listed[at]) == run.end:
            return _joined(run, listed, new)
    return None


def _repeats(run: Run, listed: Sequence[ListedLine], known: Known) -> bool:
    """Whether a line that would be new stands at the moment and the balance of an imported one that is not shown.

    Then it is that one with something changed in it, and never a second one.
    """
    used = {id(before) for before in known if before is not None}
    left = {_moment(before.line) for before in listed if id(before) not in used}
    return any(before is None and _moment(line) in left for line, before in zip(run.lines, known, strict=True))


def _moment(line: BankLine) -> tuple[object, ...]:
    return (line.on, line.at, line.amount_fen, line.balance_fen)


def _follows(line: BankLine, last: BankLine) -> bool:
    if line.on == last.on and line.at is not None and last.at is not None:
        return line.at >= last.at
    return line.on >= last.on


def _laid(run: Run, listed: Sequence[ListedLine], at: int) -> Known | None:
    """Which imported line each line is, with the first on ``at``; None where one lies on another transaction."""
    known: list[ListedLine | None] = []
    lines, place = run.lines, at
    while len(known) < len(lines):
        index = len(known)
        if place == len(listed):
            known += [None] * (len(lines) - index)
        elif same(lines[index], listed[place]):
            known.append(listed[place])
            place += 1
        else:
            until = next((one for one in range(index, len(lines)) if same(lines[one], listed[place])), len(lines))
            closes = until < len(lines) or run.end == _before(listed[place])
            if not closes or not _is_hole(listed, place, lines[index:until]):
                return None
            known += [None] * (until - index)
    return tuple(known)


def _is_hole(listed: Sequence[ListedLine], at: int, lines: Sequence[BankLine]) -> bool:
    """Whether lines may stand before an imported one: between two files, on days that neither shows whole."""
    first, last = lines[0].on, lines[-1].on
    after = listed[at]
    if last > after.line.on or (last < after.line.on and last >= after.from_on):
        return False
    if not at:
        return True
    before = listed[at - 1]
    if before.line.line.sha256 == after.line.line.sha256 or first < before.line.on:
        return False
    return first == before.line.on or first >= before.until_on


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
    """The lines with their n-th among equals; those with a serial need none."""
    seen: Counter[tuple[object, ...]] = Counter(same_key(line) for line in before if not line.serial)
    for line in lines:
        if line.serial:
            yield line
        else:
            seen[same_key(line)] += 1
            nth = seen[same_key(line)]
            yield line if nth == line.nth else line.model_copy(update={"nth": nth})


def _joined(run: Run, listed: Sequence[ListedLine], known: Known) -> Joined:
    new = numbered(
        (line for line, before in zip(run.lines, known, strict=True) if before is None),
        (before.line for before in listed),
    )
    lines = tuple(
        next(new) if before is None else line.model_copy(update={"nth": before.line.nth})
        for line, before in zip(run.lines, known, strict=True)
    )
    return Joined(lines, known)
