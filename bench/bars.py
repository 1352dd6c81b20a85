"""The ledger's speed as ratios against its bars, measured in one run on invented years (`make bench`).

The two sides of a row take turns; the ratio is the median of the pairs. Our checks stand in the books as plugins for
both sides. beancount is not patched; our reader pauses the cyclic collector while it loads.
"""

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from beancount import loader
from beancount.core import data
from beancount.ops import validation
from invent import Office, Pool

from desk.acts.daily import daily
from ledger.book import Book
from ledger.reader import MAIN, load_sound
from ledger.store import Store
from ledger.verify import verify

YEAR = 10_000
SEALED = 10
FIRST = 2014
SEED = 14
OURS = "from pathlib import Path; from ledger.reader import load_sound; load_sound(Path({root!r}))"


def timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    kept = act()
    took = time.perf_counter() - start
    del kept
    return took


class Table:
    """Rows as they are measured, and the verdict on each."""

    def __init__(self) -> None:
        self.failed = 0

    def row(self, what: str, pairs: list[tuple[float, float]], bar: float | None) -> None:
        ratios = [ours / theirs for ours, theirs in pairs]
        middle = statistics.median(ratios)
        ours, theirs = (statistics.median(side) for side in zip(*pairs, strict=True))
        verdict = "" if bar is None else "meets" if middle <= bar else "MISSES"
        self.failed += verdict == "MISSES"
        said = f"≤ {bar:.1f}" if bar else "–"
        span, times = f"{min(ratios):.2f}–{max(ratios):.2f}", f"{ours:7.2f} s / {theirs:.2f} s"
        print(f"{what:74} {middle:5.2f}  {span}  {said:6} {verdict:7} {times}", flush=True)


def vouchers(book: Book) -> int:
    return sum(1 for entry in book.entries if isinstance(entry, data.Transaction))


def grown(root: Path, years: int, *, acts: int) -> tuple[Office, Pool]:
    """Books of some years, each of ``acts`` acts and sealed."""
    pool = Pool(SEED, FIRST)
    office = Office.founded(root, pool)
    for year in range(FIRST, FIRST + years):
        months = list(pool.year(year, YEAR))
        size = len(months) // acts
        for start in range(0, len(months), size):
            office.post([event for month in months[start : start + size] for event in month])
        office.seal(f"{year}-12")
    return office, pool


def loading(table: Table, books: Path) -> None:
    main = str(books / MAIN)
    bean_check = [str(Path(sys.executable).with_name("bean-check")), "--no-cache", main]
    ours = [sys.executable, "-c", OURS.format(root=str(books))]

    def process(command: list[str]) -> float:
        return timed(lambda: subprocess.run(command, check=True, capture_output=True))

    table.row(
        "load 10,000, a process each / bean-check --no-cache",
        [(process(ours), process(bean_check)) for _ in range(5)],
        0.8,
    )

    def theirs(more: list[Any]) -> float:
        # What bean-check calls, and without its slow extra; a copy, because beancount adds to the list it is given.
        known = list(validation.VALIDATIONS)
        try:
            return timed(lambda: loader.load_file(main, extra_validations=more))
        finally:
            validation.VALIDATIONS[:] = known

    here = [(timed(lambda: load_sound(books)), theirs(validation.HARDCORE_VALIDATIONS)) for _ in range(5)]
    table.row("load 10,000, in one process / bean-check's call", here, 0.8)
    table.row("  the same / the loader alone, as Fava calls it", [(a, theirs([])) for a, _ in here], None)


def posting(table: Table, books: Path, pool: Pool, place: Path) -> None:
    events = [event for month in pool.year(FIRST + 1, YEAR) for event in month]
    pairs, stock, made = [], [], 0
    for number in range(5):
        root = Path(shutil.copytree(books, place / f"post-{number}"))
        load = timed(lambda root=root: load_sound(root))
        theirs = timed(lambda root=root: loader.load_file(str(root / MAIN)))
        office = Office(root, Book.load(root))
        office.prepare(events)
        with Store(root).lock():
            before = vouchers(office.book)
            took = timed(lambda office=office: office.commit(events))
        made = vouchers(office.book) - before
        pairs.append((took, load))
        stock.append((took, theirs))
        shutil.rmtree(root)
    assert made >= YEAR, made
    what = f"post {made:,} in one act into an open year of 10,000"
    table.row(f"{what} / the loader alone loading it", stock, 2.0)
    table.row("  the same / our reader, which itself takes a third of that", pairs, None)


def verifying(table: Table, books: Path) -> None:
    count = vouchers(Book.load(books))
    assert count >= YEAR * SEALED, count
    assert verify(books) == ()
    pairs = [(timed(lambda: verify(books)), timed(lambda: load_sound(books))) for _ in range(3)]
    table.row(f"verify {count:,} / load them", pairs, 1.5)


def viewing(table: Table, books: Path, alone: Path, place: Path) -> None:
    view, year = str(place / "daily" / MAIN), str(alone / MAIN)
    made = timed(lambda: daily(books, place / "daily"))
    entries, errors, _ = loader.load_file(view)
    assert not errors, errors[:3]
    carried = sum(1 for entry in entries if entry.date.year < FIRST + SEALED)
    pairs = [(timed(lambda: loader.load_file(view)), timed(lambda: loader.load_file(year))) for _ in range(5)]
    table.row("open the daily view over ten sealed years / a year of 10,000 alone", pairs, 1.3)
    print(f"  the view: {len(entries):,} entries, {carried:,} of them carried; written from the books in {made:.1f} s")


def main() -> None:
    table = Table()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        print(f"{'':74} {'ratio':5}  {'range':9}  {'bar':6} {'':7} ours / against")
        year, pool = grown(place / "year", 1, acts=12)
        loading(table, year.root)
        posting(table, year.root, pool, place)
        begun = time.perf_counter()
        office, pool = grown(place / "long", SEALED, acts=4)
        print(f"  (100,000 vouchers told and posted in {time.perf_counter() - begun:.0f} s)", flush=True)
        verifying(table, office.root)
        for events in pool.year(FIRST + SEALED, YEAR):
            office.post(events)
        viewing(table, office.root, year.root, place)
        begun = time.perf_counter()
        again = daily(office.root, place / "daily")
        assert again.unchanged
        office.post(pool.month(FIRST + SEALED + 1, 1, 20))
        begun = time.perf_counter()
        again = daily(office.root, place / "daily")
        assert again.continued
        print(f"  taken on after one more act in {time.perf_counter() - begun:.1f} s")
    sys.exit(1 if table.failed else 0)


if __name__ == "__main__":
    main()
