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
from ledger.papers import BankPaper, Reading
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
        seen: set[str] = set()
        run: list[ListedLine] = []
        for paper in self.lists:
            if paper.account != slug or paper.until_on <= from_on:
                continue
            fresh = [item for item in self._lines(paper) if item.line.key(slug) not in seen]
            seen.update(item.line.key(slug) for item in fresh)
            for stretch in _stretches(fresh):
                _put(run, stretch)
        first = next((at for at, item in enumerate(run) if item.line.on >= from_on), len(run))
        return tuple(run[first:])

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
    for line in paper.lines:
        own = cells.get((line.line.sheet, line.line.row), ())
        yield ListedLine(
            line=line,
            file=paper.file.name,
            layout=paper.layout,
            from_on=paper.from_on,
            until_on=paper.until_on,
            cells=own,
        )


def _stretches(lines: Sequence[ListedLine]) -> Iterator[list[ListedLine]]:
    """A paper's new lines, cut where lines that were known before stood between them."""
    stretch: list[ListedLine] = []
    for item in lines:
        if stretch and _after(stretch[-1]) != _before(item) and _after(stretch[-1]) != _after(item):
            yield stretch
            stretch = []
        stretch.append(item)
    if stretch:
        yield stretch


def _put(run: list[ListedLine], stretch: list[ListedLine]) -> None:
    """Put lines into the run: mostly at its end, else into the hole that they fill."""
    first, last = stretch[0], stretch[-1]
    if not run or (_after(run[-1]) == _before(first) and first.line.on >= run[-1].line.on):
        run += stretch
        return
    for at in range(len(run)):
        meets = not at or _after(run[at - 1]) == _before(first)
        if meets and _after(last) == _before(run[at]) and last.line.on <= run[at].line.on:
            run[at:at] = stretch
            return
    run += stretch


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
        return rank.get(paper.file.sha256, -1), paper.until_on, paper.from_on, paper.file.sha256

    kept = [paper for paper in papers(book, "list") if paper.file.sha256 not in gone]
    statements = [paper for paper in papers(book, "statement") if paper.file.sha256 not in gone]
    return Listed(book.reading, tuple(sorted(kept, key=place)), tuple(statements))
