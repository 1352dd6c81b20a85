"""Files handed in together make the same books in whatever order: each byte, through the act that officers use.

All 120 orders take about 35 seconds of one core; ``RISKPOOL_ORDERS`` takes a seeded part of them.
"""

import csv
import io
import os
import random
import shutil
from itertools import permutations
from pathlib import Path

import openpyxl
from desk_office import FILES, who

from desk.acts.intake import Imported, import_paths
from desk.acts.office import Office

ORDERS = int(os.environ.get("RISKPOOL_ORDERS", "120"))
MARCH = FILES / "2023-03"


def five(folder: Path) -> list[Path]:
    """Two overlapping windows of one account, another bank's list, a statement, a register."""
    rows = []
    for month in ("03", "04"):
        book = openpyxl.load_workbook(FILES / f"2023-{month}" / f"crcb-01-list-2023{month}.xlsx", data_only=True)
        table = [["" if cell is None else str(cell) for cell in row] for row in book.worksheets[0].values]
        rows += table[1:] if rows else table
    assert len(rows) > 3, "a header and lines enough for two windows that overlap"
    folder.mkdir()
    for name, window in (("早.csv", rows[:3]), ("晚.csv", [rows[0], *rows[2:]])):
        out = io.StringIO()
        csv.writer(out, lineterminator="\r\n").writerows(window)
        (folder / name).write_bytes(out.getvalue().encode("gb18030"))
    for name in ("boc-01-list-202303.csv", "boc-01-statement-202303.xml", "boc-loans-202303.xlsx"):
        shutil.copy(MARCH / name, folder / name)
    return sorted(folder.iterdir())


def kept(books: Path) -> dict[str, bytes]:
    """All that books hold, by path; the lock apart."""
    files = (path for path in books.rglob("*") if path.is_file() and path.name != ".lock")
    return {str(path.relative_to(books)): path.read_bytes() for path in files}


def test_five_files_in_any_order_make_the_same_books(opened_year: Path, tmp_path: Path) -> None:
    files = five(tmp_path / "in")
    assert len(files) == 5
    orders = list(permutations(files))
    chosen = orders if len(orders) <= ORDERS else random.Random(5).sample(orders, ORDERS)  # noqa: S311 - a seeded choice
    first: dict[str, bytes] = {}
    for order in chosen:
        books = Path(shutil.copytree(opened_year, tmp_path / "books"))
        outcomes = import_paths(Office(books), order, who=who("chen", "2023-05-04"))
        assert all(isinstance(done, Imported) and done.draft for _, done in outcomes), outcomes
        found = kept(books)
        first = first or found
        assert {name for name in found.keys() | first.keys() if found.get(name) != first.get(name)} == set()
        shutil.rmtree(books)
