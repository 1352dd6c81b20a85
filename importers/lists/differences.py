"""How a list differs from what was imported, said with both values: changed cells, new rows inside, rows missing."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from difflib import SequenceMatcher
from itertools import zip_longest

from importers import grammar
from importers.files import label
from importers.lists.joining import Joined, same_key
from importers.records import BankExtract
from ledger.faults import Fault, FaultKind, Place
from ledger.ids import AccountSlug
from ledger.money import yuan_text
from ledger.openitems import ListedLine
from ledger.papers import BankLine
from ledger.provenance import SourceFile

CHANGED = FaultKind(
    "导入-更改-01",
    "已导入的行与以前不同",
    "与以前导入的同一行逐格一致",
    "请向银行核实哪一份为准，不要改动银行文件；以前导入的还在草稿中而有误的，先退回草稿再导入；已记账的，书面问明后用更正凭证处理。",
)
NOT_CONTIGUOUS = FaultKind(
    "导入-衔接-02",
    "已导入的期间里出现新行",
    "与以前导入重叠的部分逐行一致",
    "若两份流水之间漏了一段，请导出从前一份末行到后一份首行的完整流水；否则可能是银行补记了旧账，书面问明后再处理。",
)
KINDS = (CHANGED, NOT_CONTIGUOUS)

SHOWN = 20
"""Differences said of one file; more of them say nothing more."""
_MAX_PAIRS = 250_000


@dataclass(frozen=True, slots=True)
class Differences:
    """Says how a list differs from what was imported, with both values."""

    extract: BankExtract
    source: SourceFile
    slug: AccountSlug

    def of_pairs(self, pairs: Iterable[tuple[BankLine, ListedLine]]) -> Iterator[Fault]:
        """Cells that differ in lines known to be the same."""
        for line, before in pairs:
            if before.layout == self.extract.layout and before.cells:
                yield from self._of_cells(line.line.row, before)
            else:
                yield from self._of_meaning(line, before)

    def of_period(self, joined: Joined, listed: Sequence[ListedLine]) -> Iterator[Fault]:
        """Imported lines of the list's own period that it does not show. Its last day may not have been over."""
        first, until = self.extract.from_on, self.extract.until_on
        shown = {id(before) for before in joined.known if before is not None}
        for before in listed if shown else ():
            is_within = first is not None and until is not None and first <= before.line.on < until - timedelta(days=1)
            if is_within and id(before) not in shown:
                yield self._missing(before, joined.lines[0])

    def of_failed(self, listed: Iterable[ListedLine]) -> Iterator[Fault]:
        """Imported lines that the list now says did not happen."""
        failed = {item.serial: item for item in self.extract.failed if item.serial}
        for before in listed:
            if item := failed.get(before.line.serial):
                found = tuple(self._of_cells(item.row, before))
                yield from found or [self._changed(item.row, "交易状态", item.status, before, "已入账")]

    def of_twins(self, lines: Sequence[BankLine], listed: Sequence[ListedLine]) -> Iterator[Fault]:
        """Imported lines of the same day, amount and balance, where nothing else shows where a list belongs."""
        left = list(listed)
        for line in lines:
            near = next((before for before in left if same_key(before.line) == same_key(line)), None)
            if near is not None:
                left.remove(near)
                yield from self.of_pairs([(line, near)])

    def of_runs(self, lines: Sequence[BankLine], listed: Sequence[ListedLine]) -> Iterator[Fault]:
        """What keeps a list from fitting: changed lines, new ones between old ones, old ones missing."""
        timed = all(line.at is not None for line in (*lines, *(before.line for before in listed)))
        ours = [_ident(line, timed=timed) for line in lines]
        theirs = [_ident(before.line, timed=timed) for before in listed]
        codes = SequenceMatcher(None, theirs, ours, autojunk=False).get_opcodes()
        if not any(tag == "equal" for tag, *_ in codes):
            return
        for tag, first, last, start, stop in codes:
            if tag == "equal":
                yield from self.of_pairs(zip(lines[start:stop], listed[first:last], strict=True))
                continue
            for before, line in _across(listed[first:last], lines[start:stop], from_end=start == 0):
                if before and line and _near(line, before.line):
                    yield from self.of_pairs([(line, before)])
                elif line and last < len(listed):
                    yield self._new(line)
                elif before and 0 < start < len(lines):
                    yield self._missing(before, lines[start])

    def of_rows(self, listed: Sequence[ListedLine]) -> Iterator[Fault]:
        """Changed cells of rows that could not be read or proved, by the cells alone; for the message only."""
        theirs = [before for before in listed if before.layout == self.extract.layout and before.cells]
        known = Counter(_signature(before.cells) for before in theirs)
        rows = {row: cells for row, cells in self.extract.originals.items() if not known[_signature(cells)]}
        own = Counter(_signature(cells) for cells in self.extract.originals.values())
        left = [before for before in theirs if not own[_signature(before.cells)]]
        if not rows or len(rows) * len(left) > _MAX_PAIRS:
            return
        for row, cells in rows.items():
            near = max(left, key=lambda before: _likeness(before.cells, cells), default=None)
            if near is not None and _likeness(near.cells, cells) > 0.5:
                yield from self._of_cells(row, near)

    def _of_cells(self, row: int, before: ListedLine) -> Iterator[Fault]:
        old = _by_title(before.cells)
        for title, text in _by_title(self.extract.originals[row]).items():
            if title[0] in self.extract.unsteady or title not in old:
                continue
            if not grammar.same(text, old[title]):
                yield self._changed(row, title[0], text, before, old[title])

    def _of_meaning(self, line: BankLine, before: ListedLine) -> Iterator[Fault]:
        old = before.line
        values = (
            ("日期", line.on.isoformat(), old.on.isoformat()),
            ("金额", yuan_text(line.amount_fen), yuan_text(old.amount_fen)),
            ("余额", yuan_text(line.balance_fen or 0), yuan_text(old.balance_fen or 0)),
            ("对方户名", line.counterparty, old.counterparty),
            ("对方账号", line.counterparty_account, old.counterparty_account),
        )
        for title, now, then in values:
            if now and then and not grammar.same(now, then):
                yield self._changed(line.line.row, title, now, before, then)

    def _changed(self, row: int, title: str, now: str, before: ListedLine, then: str) -> Fault:
        found = f"本文件为「{now.strip() or '空白'}」，以前导入的为「{then.strip() or '空白'}」"
        expected = f"「{then.strip() or '空白'}」（{before.file} 第 {before.line.line.row} 行）"
        return Fault(CHANGED, found, Place(self.source.name, self.extract.sheet, row, title), expected=expected)

    def _new(self, line: BankLine) -> Fault:
        found = f"以前没有的一行 {line.on.isoformat()} {yuan_text(line.amount_fen)}"
        return Fault(NOT_CONTIGUOUS, found, Place(self.source.name, self.extract.sheet, line.line.row))

    def _missing(self, before: ListedLine, line: BankLine) -> Fault:
        then = before.line
        found = (
            f"这一行旁边少了 {then.on.isoformat()} {yuan_text(then.amount_fen)}（{before.file} 第 {then.line.row} 行）"
        )
        return Fault(NOT_CONTIGUOUS, found, Place(self.source.name, self.extract.sheet, line.line.row))


def _across(
    old: Sequence[ListedLine], new: Sequence[BankLine], *, from_end: bool
) -> Iterator[tuple[ListedLine | None, BankLine | None]]:
    # A list that begins inside the imported run lies against the end of what came before it.
    if not from_end:
        return iter(zip_longest(old, new))
    return reversed(list(zip_longest(reversed(old), reversed(new))))


def _near(line: BankLine, old: BankLine) -> bool:
    alike = (line.on == old.on, line.amount_fen == old.amount_fen, line.balance_fen == old.balance_fen)
    if line.serial and old.serial:
        return line.serial == old.serial or (all(alike) and line.at == old.at)
    return all(alike) or (sum(alike) == 2 and line.at == old.at)


def _ident(line: BankLine, *, timed: bool) -> tuple[object, ...]:
    if line.serial:
        return (line.serial,)
    return (*same_key(line), line.at) if timed else same_key(line)


Cells = Sequence[tuple[str, str]]


def _by_title(cells: Cells) -> Mapping[tuple[str, int], str]:
    seen: Counter[str] = Counter()
    found = {}
    for title, text in cells:
        name = label(title)
        found[name, seen[name]] = text
        seen[name] += 1
    return found


def _signature(cells: Cells) -> tuple[tuple[str, str], ...]:
    return tuple((label(title), grammar.folded(text)) for title, text in cells if text.strip())


def _likeness(old: Cells, new: Cells) -> float:
    mine, theirs = set(_signature(new)), set(_signature(old))
    return len(mine & theirs) / max(1, len(mine | theirs))
