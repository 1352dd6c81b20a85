"""Format 1 for ever: books with every kind of correction, written once, which every later program must read and check.

``write_format_1.py`` tells how they were made. Nothing here writes them.
"""

import json
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

import pytest
from beancount import loader

from desk.acts import cash, drafting
from desk.acts.auditing import audit_kit, script
from desk.acts.office import Actor, Office
from ledger.book import Book
from ledger.events import AnyEvent, EventWithdrawn, NumberExplained, PoolAmended, VoucherAdjusted, VoucherLine
from ledger.provenance import digest
from ledger.store import FILE_MODE, FOLDER_MODE
from ledger.verify import verify

FROZEN = Path(__file__).parent / "golden" / "format-1"
PINNED = "75ceb9ff3bea96144ca69b865805781fc3a047b9a370e81378ac8a8ed1db6093"
"""The digest of all files under ``golden/format-1``, names and bytes."""


def tree(root: Path) -> str:
    """A digest of every file in a folder: its name and its bytes."""
    lines = [
        f"{path.relative_to(root).as_posix()} {digest(path.read_bytes())}"
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name != ".lock"
    ]
    return digest("\n".join(lines).encode())


@pytest.fixture
def books(tmp_path: Path) -> Path:
    """A copy with the modes that books have: git keeps none."""
    root = Path(shutil.copytree(FROZEN / "books", tmp_path / "books"))
    for path in (root, *root.rglob("*")):
        path.chmod(FOLDER_MODE if path.is_dir() else FILE_MODE)
    return root


def test_nobody_changed_the_frozen_books() -> None:
    assert tree(FROZEN) == PINNED, (
        "tests/ledger/golden/format-1 was changed. Format 1 is frozen: these files stay as they were written, and the"
        " program must go on reading them. A later format is reached by a new batch in new golden books beside them,"
        " never by rewriting these."
    )


def test_they_load_and_verify_and_nothing_is_written(books: Path) -> None:
    before = tree(books)
    assert verify(books) == ()
    book = Book.load(books)
    assert len(book.batches) == 21
    assert tree(books) == before == tree(FROZEN / "books")


def test_the_shipped_script_re_performs_them(books: Path, tmp_path: Path) -> None:
    (tmp_path / "reperform.py").write_bytes(script())
    audit_kit(books, tmp_path / "kit")
    for source in (books, tmp_path / "kit" / "books.tar"):
        command = [sys.executable, "-I", str(tmp_path / "reperform.py"), str(source)]
        done = subprocess.run(command, check=False, capture_output=True, text=True, encoding="utf-8")
        assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "结论：全部相符"), done.stdout + done.stderr


def test_every_balance_and_every_event_is_read_as_on_the_day_they_were_written(books: Path) -> None:
    """A later program may know more of an event; what was said then it says still."""
    said = json.loads((FROZEN / "says.json").read_text(encoding="utf-8"))
    book = Book.load(books)
    assert book.head == said["head"]
    for unit, balances in said["balances"].items():
        assert {account: str(number) for account, number in book.balances(commodity=unit).items()} == balances
    assert book.posted == said["events"].keys()
    kinds = {kind.__name__: kind for kind in get_args(AnyEvent)}
    for key, fields in said["events"].items():
        now: dict[str, Any] = book.event(kinds[book.kind_of(key)], key).model_dump(mode="json")
        assert {name: now[name] for name in fields} == fields


def test_stock_beancount_reads_them_without_an_error(books: Path) -> None:
    _, errors, _ = loader.load_file(str(books / "main.beancount"))
    assert errors == []


def test_they_hold_what_they_are_kept_for(books: Path) -> None:
    book = Book.load(books)
    assert {event.sort for event in book.events(VoucherAdjusted)} == {"more", "prior_year"}
    assert {book.kind_of(event.withdraws) for event in book.events(EventWithdrawn)} == {
        "CompensationDecided",
        "ManualVoucher",
    }
    assert [event.voucher_no for event in book.events(NumberExplained)] == ["记-2023-12-0006"]
    assert book.events(PoolAmended)
    assert [path.name for path in sorted((books / "seals").iterdir())] == [
        "2023-12-1-closed.json",
        "2023-12-2-reopened.json",
        "2023-12-3-closed.json",
    ]
    assert [path.name for path in (books / "drafts").glob("*rejected*")]


def test_an_office_goes_on_with_them(books: Path) -> None:
    """The next act is one new batch after the old ones, which stay as they are; so is every later format's first."""
    old = {path: path.read_bytes() for path in (books / "batches").rglob("*.beancount")}
    office = Office(books)
    at, chart = datetime.fromisoformat("2024-07-12T09:00:00"), office.book.chart
    lines = [VoucherLine(account=chart.paid_in(no), amount_fen=fen) for no, fen in (("01", 5), ("02", -5))]
    hand = cash.HandVoucher("SG-9", "续记", "来函", lines)
    made = cash.manual(office, hand, at.date(), papers=[("n.txt", b"n")], who=Actor("chen", at))
    drafting.review(office, made.no, Actor("lu", at))
    drafting.post_draft(office, made.no, Actor("shen", at))
    assert office.book.vouchers[-1].no == "记-2024-07-0006"
    assert verify(books) == ()
    assert {path: path.read_bytes() for path in old} == old
    assert len(list((books / "batches").rglob("*.beancount"))) == len(old) + 1
