"""docs/accounts.md knows every account, every builder, every event and every check."""

import inspect
import re
from pathlib import Path
from typing import get_args

import pytest

from ledger import accounts, checks
from ledger.accounts import FIXED, Chart
from ledger.book import Book
from ledger.events import AnyEvent, Event, RecoveryReported
from ledger.facts import meta_of

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "accounts.md").read_text(encoding="utf-8")
CELLS = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line.startswith("|")]
EVENTS: tuple[type[Event], ...] = get_args(AnyEvent)


def constants() -> dict[str, str]:
    """Names of the account and commodity constants of ledger.accounts."""
    return {name: value for name, value in vars(accounts).items() if name.isupper() and isinstance(value, str)}


@pytest.mark.parametrize("row", FIXED, ids=lambda row: row.account)
def test_every_fixed_account_has_its_row_with_its_commodity(row: accounts.ChartRow) -> None:
    code = row.account.rpartition(":")[2]
    rows = [cells for cells in CELLS if any(f"{code}`" in cell for cell in cells)]
    assert rows, row.account
    assert any((row.commodity or "权利") in cells for cells in rows)


@pytest.mark.parametrize("name", sorted(constants()))
def test_every_constant_is_named_beside_what_it_spells(name: str) -> None:
    value = constants()[name]
    if name == "DECIDED":
        assert f"{value}`" in PAGE
        return
    assert any(f"`{name}`" in " ".join(cells) and value in " ".join(cells) for cells in CELLS)


@pytest.mark.parametrize("name", [name for name, _ in inspect.getmembers(Chart, inspect.isfunction) if name[0] != "_"])
def test_every_builder_is_named(name: str) -> None:
    assert f"`{name}`" in PAGE or f"`Chart.{name}`" in PAGE


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.__name__)
def test_every_event_has_its_row_of_entries(kind: type[Event]) -> None:
    rows = [cells for cells in CELLS if cells[0].split()[0] == kind.__name__]
    assert len(rows) == 1
    assert all(rows[0])


def test_the_page_has_no_event_that_is_not() -> None:
    named = {
        cells[0].split()[0] for cells in CELLS if re.fullmatch(r"[A-Z][a-z]+[A-Z]\w+ [\u4e00-\u9fff、]+", cells[0])
    }
    assert named == {kind.__name__ for kind in EVENTS}
    assert f"`{RecoveryReported.__name__}`" in PAGE


@pytest.mark.parametrize("name", checks.NAMES)
def test_every_check_is_told(name: str) -> None:
    assert any(cells[0] == f"`{name.rpartition('.')[2]}`" for cells in CELLS)


def test_the_accounts_of_real_books_are_on_the_page(demo_year: Path) -> None:
    codes = {
        part for name in Book.load(demo_year / "books").opened if ":" in name for part in name.split(":")[1:2] if part
    }
    assert codes
    assert {code for code in codes if code not in PAGE} == set()


def test_facts_come_in_the_order_and_under_the_keys_that_the_page_tells(made_books: Path) -> None:
    book = Book.load(made_books)
    for kind in EVENTS:
        for event in book.events(kind):
            keys = list(meta_of(event))
            assert keys[:2] == ["event", "kind"]
            fen = [name for name in type(event).model_fields if name.endswith("_fen")]
            assert all(
                f"{name[:-4].replace('_', '-')}-yuan" in keys for name in fen if getattr(event, name) is not None
            )
