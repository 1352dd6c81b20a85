"""The bank's papers as they were imported, read again for what comes next: their order, their ends, their lines.

A list joins the end of the one before it, so the lists of an account, in the order in which they were proposed, are one
run of lines. A list that added nothing (all known, or an empty month) has no draft and no place in that order.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path

from ledger.book import Book
from ledger.drafts import Draft
from ledger.ids import AccountSlug
from ledger.openitems import KeptPapers, ListedLine, ListEnd
from ledger.papers import BankLine, BankPaper, Reading
from ledger.provenance import SHORT


def papers_of_file(path: Path) -> tuple[BankPaper, ...]:
    """The papers of one kept file: one, or one for each account that the file holds."""
    found = path.stat()
    return _parsed(str(path), (found.st_ino, found.st_size, found.st_mtime_ns))


@lru_cache(maxsize=1 << 12)
def _parsed(path: str, state: tuple[int, int, int]) -> tuple[BankPaper, ...]:
    assert state[0], "a file has an inode"
    paper = BankPaper.model_validate_json(Path(path).read_text(encoding="utf-8"))
    return paper.papers


def papers(book: Book, kind: str) -> tuple[BankPaper, ...]:
    """All bank papers of a kind (``list`` or ``statement``) kept in the books, by account and first day."""
    every = (paper for path in sorted((book.root / "statements").glob("*.json")) for paper in papers_of_file(path))
    kept = [paper for paper in every if paper.kind == kind]
    return tuple(sorted(kept, key=lambda paper: (paper.account, paper.from_on, paper.file.sha256)))


@dataclass(frozen=True)
class Listed(KeptPapers):
    """Lists, in the order in which they were proposed, and statements; ``reading`` finds a file's rows by digest."""

    reading: Callable[[str], Reading | None] = field(compare=False)
    lists: tuple[BankPaper, ...]
    statements: tuple[BankPaper, ...]
    _runs: dict[AccountSlug, tuple[ListedLine, ...]] = field(default_factory=dict, repr=False, compare=False)

    def ends(self) -> Iterator[ListEnd]:
        """Where each account's lists end: the balance after the last line, the first day that no list covers."""
        by_account: dict[str, list[BankPaper]] = {}
        for paper in self.lists:
            by_account.setdefault(paper.account, []).append(paper)
        for slug, found in by_account.items():
            until_on = max(paper.until_on for paper in found)
            yield ListEnd(account=slug, until_on=until_on, closing_fen=self._closing(slug, found))

    def _closing(self, slug: AccountSlug, found: Sequence[BankPaper]) -> int:
        """The balance at which the latest list ends; where several end on one day, the run of their lines decides."""
        filled = [paper for paper in found if paper.lines]
        if not filled:
            return found[-1].closing_fen
        last = max(paper.lines[-1].on for paper in filled)
        latest = [paper for paper in filled if paper.lines[-1].on == last]
        if len({paper.closing_fen for paper in latest}) == 1:
            return latest[-1].closing_fen
        closing = self.lines(slug, last)[-1].line.balance_fen
        assert closing is not None, "every list has a running balance"
        return closing

    def lines(self, slug: AccountSlug, from_on: date) -> tuple[ListedLine, ...]:
        """The imported lines of an account from a day on, in the order of their chain."""
        run = _Run(slug)
        for paper in self.lists:
            if paper.account == slug and paper.until_on > from_on:
                run.take(self._lines(paper))
        first = next((at for at, item in enumerate(run.lines) if item.line.on >= from_on), len(run.lines))
        return tuple(run.lines[first:])

    def stated(self, sha256: str) -> tuple[ListedLine, ...]:
        """The lines of a filed statement."""
        return tuple(item for paper in self.statements if paper.file.sha256 == sha256 for item in self._lines(paper))

    def cells_of(self, sha256: str) -> tuple[tuple[str, str], ...]:
        """All cells of a kept file, row after row."""
        reading = self.reading(sha256[:SHORT])
        return tuple(cell for row in reading.rows for cell in row.cells) if reading else ()

    def _lines(self, paper: BankPaper) -> tuple[ListedLine, ...]:
        key = f"{paper.file.sha256}!{paper.account}"
        if key not in self._runs:
            reading = self.reading(paper.file.short)
            self._runs[key] = tuple(_with_cells(paper, reading))
        return self._runs[key]


def _with_cells(paper: BankPaper, reading: Reading | None) -> Iterator[ListedLine]:
    cells = {(row.line.sheet, row.line.row): row.cells for row in reading.rows} if reading else {}
    for number, line in enumerate(paper.lines):
        own = cells.get((line.line.sheet, line.line.row), ())
        yield ListedLine(
            line=line,
            file=paper.file.name,
            layout=paper.layout,
            from_on=paper.from_on,
            until_on=paper.until_on,
            cells=own,
            joined=number > 0,
        )


@dataclass
class _Run:
    """The lines of an account in one order, list by list.

    A list shows its lines side by side, so lines that it shares with those before it say where its new ones stand. One
    that shares none stands where the balances and the time let it.
    """

    slug: AccountSlug
    lines: list[ListedLine] = field(default_factory=list)
    _at: dict[str, int] = field(default_factory=dict)

    def take(self, paper: Sequence[ListedLine]) -> None:
        """Put a list's new lines in their places."""
        keys = [item.line.key(self.slug) for item in paper]
        first = next((index for index, key in enumerate(keys) if key in self._at), len(keys))
        if first == len(keys):
            self._put(place_of(self.lines, paper), paper, keys)
            return
        self._put(self._at[keys[first]], paper[:first], keys[:first])
        index = first
        while index < len(keys):
            if (at := self._at.get(keys[index])) is not None:
                if index and not self.lines[at].joined and at and self._at[keys[index - 1]] == at - 1:
                    self.lines[at] = self.lines[at].model_copy(update={"joined": True})
                index += 1
                continue
            until = next((one for one in range(index, len(keys)) if keys[one] in self._at), len(keys))
            self._put(self._at[keys[index - 1]] + 1, paper[index:until], keys[index:until])
            index = until

    def _put(self, at: int, items: Sequence[ListedLine], keys: Sequence[str]) -> None:
        if at == len(self.lines):
            self._at.update(zip(keys, range(at, at + len(keys)), strict=True))
            self.lines += items
        elif items:
            self.lines[at:at] = items
            self._at = {item.line.key(self.slug): place for place, item in enumerate(self.lines)}


def place_of(run: Sequence[ListedLine], stretch: Sequence[ListedLine]) -> int:
    """Where lines that are all new stand: after the run, else where both balances meet, else where the first does."""
    if not stretch:
        return len(run)
    first, last = stretch[0], stretch[-1]
    if not run or (_after(run[-1]) == _before(first) and follows(first.line, run[-1].line)):
        return len(run)
    meets_one = None
    for at, item in enumerate(run):
        before = run[at - 1] if at else None
        in_time = (before is None or follows(first.line, before.line)) and follows(item.line, last.line)
        if item.joined or not in_time:
            continue
        meets = before is None or _after(before) == _before(first)
        if meets and _after(last) == _before(item):
            return at
        if meets and before is not None:
            meets_one = at
    return len(run) if meets_one is None else meets_one


def follows(line: BankLine, last: BankLine) -> bool:
    """Whether a line may come after another: by the second where both have one on one day, else by the day."""
    if line.on == last.on and line.at is not None and last.at is not None:
        return line.at >= last.at
    return line.on >= last.on


def _after(item: ListedLine) -> int | None:
    return item.line.balance_fen


def _before(item: ListedLine) -> int:
    assert item.line.balance_fen is not None, "every list has a running balance"
    return item.line.balance_fen - item.line.amount_fen


def listed(book: Book, every: Sequence[Draft], rejected: Iterable[str]) -> Listed:
    """The books' papers, without those of files that were sent back, in the order in which they were proposed."""
    gone = frozenset(rejected)
    rank = {digest: number for number, draft in enumerate(every) for digest in draft.content.files}

    def place(paper: BankPaper) -> tuple[int, date, date, str]:
        return rank.get(paper.file.sha256, len(every)), paper.until_on, paper.from_on, paper.file.sha256

    kept = [paper for paper in papers(book, "list") if paper.file.sha256 not in gone]
    statements = [paper for paper in papers(book, "statement") if paper.file.sha256 not in gone]
    return Listed(book.reading, tuple(sorted(kept, key=place)), tuple(statements))
