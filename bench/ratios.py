"""Speed as ratios measured in one run against something honest; printed, never asserted (`make bench`).

Each pair runs the two sides in turn, five times, and prints the median of the pairwise ratios with the range.
"""

import csv
import io
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

from desk.acts.office import Office
from desk.acts.papers import issue
from desk.demo import EXAMPLES, run_demo
from importers.files import read_file
from importers.intake import recognise_file
from ledger.book import Book
from ledger.openitems import OpenItems
from ledger.pool import parse_pool
from ledger.verify import verify
from reports.monthly import monthly_report

ROUNDS = 5


def timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def ratio(name: str, ours: Callable[[], object], theirs: Callable[[], object], against: str) -> None:
    ours()
    theirs()
    pairs = [(timed(ours), timed(theirs)) for _ in range(ROUNDS)]
    ratios = sorted(mine / other for mine, other in pairs)
    print(
        f"{name}: {statistics.median(ratios):.2f} × {against} "
        f"({ratios[0]:.2f} – {ratios[-1]:.2f}; ours {statistics.median(a for a, _ in pairs) * 1000:.0f} ms)"
    )


def bare_csv(content: bytes) -> list[list[object]]:
    rows = csv.reader(io.StringIO(content.decode("gb18030")))
    return [
        [Decimal(cell.strip().replace(",", "")) if number in {13, 14} else cell for number, cell in enumerate(row)]
        for row in list(rows)[8:]
    ]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "demo"
        print(f"demo: {timed(lambda: run_demo(root, quiet=True)):.1f} s, once")
        books = root / "books"
        bean_check = [str(Path(sys.executable).with_name("bean-check")), "--no-cache", str(books / "main.beancount")]
        riskpool = str(Path(sys.executable).with_name("riskpool"))
        ratio(
            "riskpool check, a process",
            lambda: subprocess.run([riskpool, "check", "-b", str(books)], check=True, capture_output=True),
            lambda: subprocess.run(bean_check, check=True, capture_output=True),
            "bean-check --no-cache",
        )
        ratio("verify", lambda: verify(books), lambda: Book.load(books), "loading the books")
        office = Office(books)
        making = issue(office, date(2024, 2, 29), "")
        ratio("月报", lambda: monthly_report(office.book, making), lambda: Book.load(books), "loading the books")
        pool = parse_pool((EXAMPLES / "pool.toml").read_text(encoding="utf-8"))
        path = next((EXAMPLES / "files" / "2023-06").glob("boc-01-list-*.csv"))
        content, view = path.read_bytes(), OpenItems(pool=pool)
        ratio(
            "reading a bank list in its capped process",
            lambda: read_file(content, path.name),
            lambda: bare_csv(content),
            "bare csv and Decimal on the same tiny file (the process is the cost)",
        )
        sample = next((EXAMPLES / "files" / "2023-03").glob("boc-01-list-*.csv")).read_bytes()
        ratio(
            "list to checked events",
            lambda: recognise_file(sample, "list.csv", view),
            lambda: read_file(sample, "list.csv"),
            "reading it",
        )
        shutil.rmtree(root)


if __name__ == "__main__":
    main()
