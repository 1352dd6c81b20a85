"""Three engines agree on every balance: our book, hledger, and the auditor's script. The full year: ``make audit``."""

import csv
import io
import subprocess
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from random_year import MONTHS, hledgers, make_year, ours, scripts
from tools import require_tool

from desk.acts.auditing import audit_kit
from desk.acts.office import Office, month_days
from reports.export import to_hledger

Page = tuple[int, list[str]]
Command = Callable[..., subprocess.CompletedProcess[str]]


def agree_with_hledger(office: Office, folder: Path, months: list[str]) -> int:
    hledger = require_tool("hledger")
    journal = folder / "books.journal"
    journal.write_text(to_hledger(office.book, registers=True), encoding="utf-8")
    counted = 0
    for month in months:
        until_on = month_days(month)[1]
        mine = ours(office, until_on)
        assert hledgers(hledger, journal, until_on) == mine, month
        counted += len(mine)
    return counted


@pytest.fixture(scope="module")
def random_office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Another random year than the other tests' books, and larger."""
    return make_year(tmp_path_factory.mktemp("agree") / "books", vouchers=600, seed=20_231)


def test_hledger_agrees_on_every_balance_of_the_demonstration(demo_year: Path, tmp_path: Path) -> None:
    months = [*MONTHS[2:], "2024-01", "2024-02"]
    assert agree_with_hledger(Office(demo_year / "books"), tmp_path, months) > 1000


def test_hledger_agrees_on_every_balance_of_a_random_year(random_office: Office, tmp_path: Path) -> None:
    assert sum(1 for voucher in random_office.book.vouchers if voucher.is_money) >= 600
    assert agree_with_hledger(random_office, tmp_path, MONTHS) > 1000


def test_the_script_agrees_on_every_balance_of_the_demonstration(demo_year: Path, tmp_path: Path) -> None:
    office = Office(demo_year / "books")
    audit_kit(office.root, tmp_path)
    code, page, theirs = scripts(tmp_path)
    assert (code, theirs) == (0, ours(office)), page


def test_the_script_agrees_on_every_balance_of_a_random_year(random_office: Office, tmp_path: Path) -> None:
    audit_kit(random_office.root, tmp_path)
    code, page, theirs = scripts(tmp_path)
    assert (code, theirs) == (0, ours(random_office)), page


@pytest.mark.parametrize("month", MONTHS)
def test_the_kit_of_a_month_holds_what_stood_at_its_close(random_office: Office, tmp_path: Path, month: str) -> None:
    """Its balances are those that our book has of the batches of then; nothing later is in it."""
    found = audit_kit(random_office.root, tmp_path, month)
    code, page, theirs = scripts(tmp_path)
    assert code == 0, page
    book = random_office.book
    mine: dict[tuple[str, str], Decimal] = {}
    legs = [leg for item in book.vouchers if item.batch <= found.manifest.sequence for leg in item.legs]
    for leg in legs:
        mine[leg.account, leg.commodity] = mine.get((leg.account, leg.commodity), Decimal(0)) + leg.number
    assert theirs == {key: total for key, total in mine.items() if total}
    assert max(voucher.month for voucher in book.vouchers if voucher.batch <= found.manifest.sequence) == month
    names = [row.name for row in found.manifest.files]
    assert sum(name.startswith("seals/") for name in names) == MONTHS.index(month) + 1
    assert not any(name.startswith("seals/") and name[6:13] > month for name in names)


def test_a_month_that_is_not_closed_has_no_kit(riskpool: Command, demo_year: Path, tmp_path: Path) -> None:
    done = riskpool("audit-kit", "-b", str(demo_year / "books"), "--out", str(tmp_path / "kit"), "--until", "2024-03")
    assert done.returncode == 3
    assert "备份-月份-01" in done.stderr
    assert not [*tmp_path.rglob("*.tar")]


def test_the_kit_of_a_closed_month_of_the_demonstration_is_sound_books(
    riskpool: Command, reperform: Callable[..., Page], demo_year: Path, tmp_path: Path
) -> None:
    books, kit = demo_year / "books", tmp_path / "kit"
    assert riskpool("audit-kit", "-b", str(books), "--out", str(kit), "--until", "2023-09").returncode == 0
    assert reperform(kit / "books.tar")[0] == 0
    assert riskpool("restore", str(kit / "books.tar"), "--to", str(tmp_path / "old")).returncode == 0
    assert riskpool("check", "-b", str(tmp_path / "old")).returncode == 0
    kept = {path.name for path in (tmp_path / "old" / "papers").rglob("*") if path.is_file()}
    assert kept
    assert all(name[:7] <= "2023-09" for name in kept)
    again = riskpool("audit-kit", "-b", str(books), "--out", str(tmp_path / "again"), "--until", "2023-09")
    assert again.returncode == 0
    assert (tmp_path / "again" / "books.tar").read_bytes() == (kit / "books.tar").read_bytes()


def test_the_balances_are_a_table_that_opens(random_office: Office, tmp_path: Path) -> None:
    audit_kit(random_office.root, tmp_path)
    scripts(tmp_path)
    rows = [*csv.reader(io.StringIO((tmp_path / "balances.csv").read_text(encoding="utf-8-sig")))]
    assert rows[0] == ["科目", "单位", "余额（借正贷负）"]
    assert {len(row) for row in rows} == {3}
