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
from golden_papers import Move, at, delimited, zjrc_a

from desk.acts.intake import Imported, import_paths
from desk.acts.office import Office
from ledger.provenance import digest

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


def one_second(opening: int, mark: str) -> dict[str, bytes]:
    """Four lists of one second: a line, a later one, money in and out between them that joins both ways, and all."""
    fees = [Move(at(3, 9, 0), fen, summary="手续费", purpose=f"手续费{mark}") for fen in (100_00, 20_00, -20_00, 20_00)]
    cuts = {"x": (0, 1), "y": (3, 4), "in-out": (1, 3), "all": (0, 4)}
    return {
        name: delimited(zjrc_a(fees[one:two], opening + sum(fee.fen for fee in fees[:one]), one), "gb18030")
        for name, (one, two) in cuts.items()
    }


def test_a_list_that_joins_both_ways_waits_for_the_longer_one_beside_it(opened_year: Path, tmp_path: Path) -> None:
    """Files of one day come in the order of their digests: here what can't be decided yet before what decides it."""
    office = Office(Path(shutil.copytree(opened_year, tmp_path / "books")))
    opening = next(end.closing_fen for end in office.view().list_ends if end.account == "crcb-01")
    wanted = ["x", "y", "in-out", "all"]
    marks = (str(number) for number in range(1000))
    lists = next(
        made
        for made in (one_second(opening, mark) for mark in marks)
        if sorted(made, key=lambda name: digest(made[name])) == wanted
    )
    folder = tmp_path / "in"
    folder.mkdir()
    for name, content in lists.items():
        (folder / f"{name}.csv").write_bytes(content)
    outcomes = import_paths(office, sorted(folder.iterdir()), who=who("chen", "2023-05-04"))
    found = {name: done.events for name, done in outcomes if isinstance(done, Imported)}
    assert found == {"x.csv": 1, "y.csv": 1, "all.csv": 2, "in-out.csv": 0}
