"""What the demonstration year must show (README): balances, statements, tapes, cases, traces, a second engine."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tools import require_tool

from desk.acts.office import Office, month_days
from ledger import accounts as acc
from ledger.book import Book
from ledger.casefiles import case_files
from ledger.events import AccountReconciled, CompensationDecided, TapeConfirmed
from ledger.postings import next_day
from ledger.views import papers
from reports.reconciliation import filed_statements, reconcile
from riskpool.checker import problems
from riskpool.decision import from_bytes

Command = Callable[..., subprocess.CompletedProcess[str]]
MONTHS = [f"2023-{number:02d}" for number in range(3, 13)] + ["2024-01", "2024-02"]


@pytest.fixture(scope="module")
def book(demo_year: Path) -> Book:
    return Book.load(demo_year / "books")


def test_bean_check_finds_no_error(demo_year: Path) -> None:
    bean_check = str(Path(sys.executable).with_name("bean-check"))
    command = [bean_check, "--no-cache", str(demo_year / "books" / "main.beancount")]  # a cache beside books is refused
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_check_and_verify_agree_that_all_is_well(riskpool: Command, demo_year: Path) -> None:
    books = str(demo_year / "books")
    assert json.loads(riskpool("check", "-b", books, "--json").stdout)["problems"] == []
    assert (
        json.loads(riskpool("verify", "-b", books, "--json").stdout).items()
        >= {"unchanged": True, "faults": []}.items()
    )


@pytest.mark.parametrize("month", MONTHS)
def test_every_account_and_month_meets_its_statement_to_the_fen(book: Book, month: str) -> None:
    _, until_on = month_days(month)
    for account in book.pool.account:
        statements = filed_statements(book, account.slug, until_on)
        assert statements[-1].until_on == until_on, f"{account.slug} has no statement of {month}"
        done = reconcile(book, account.slug, statements)
        ours = book.balance_fen(book.chart.cash(account.slug), until_on)
        plus = sum(item.amount_fen for item in (*done.side("bank_in"), *done.side("book_out")))
        minus = sum(item.amount_fen for item in (*done.side("bank_out"), *done.side("book_in")))
        assert ours + plus - minus == statements[-1].closing_fen
        assert done.holds, done.findings
        assert all(item.text and item.number and item.on < until_on for item in done.items)


def test_items_in_transit_stand_over_a_month_end_and_clear(book: Book) -> None:
    seen = 0
    for month in MONTHS:
        for account in book.pool.account:
            done = reconcile(book, account.slug, filed_statements(book, account.slug, month_days(month)[1]))
            seen += len(done.items)
    assert seen >= 1
    assert book.balance_fen(acc.IN_TRANSIT, date(2023, 9, 1)) == 100_000_000
    assert book.balance_fen(acc.IN_TRANSIT, date(2023, 10, 1)) == 0
    for account in book.pool.account:
        done = reconcile(book, account.slug, filed_statements(book, account.slug, date(2024, 3, 1)))
        assert not done.items, f"{account.slug} ends the year with items in transit"


def test_every_account_and_month_was_signed_off(book: Book) -> None:
    signed = {(event.account, event.month) for event in book.events(AccountReconciled)}
    assert signed == {(account.slug, month) for account in book.pool.account for month in MONTHS}


def test_loan_balances_equal_the_banks_tapes(book: Book) -> None:
    tapes = book.events(TapeConfirmed)
    assert len(tapes) > 200
    for tape in tapes:
        account = book.chart.loan(tape.bank, tape.loan)
        assert book.balance_fen(account, next_day(tape.month), acc.LOAN) == tape.outstanding_fen


def test_each_losss_shares_sum_to_it_and_its_record_checks(book: Book) -> None:
    decided = book.events(CompensationDecided)
    assert {event.outcome for event in decided} == {"approved", "reduced"}
    for event in decided:
        record = from_bytes((book.root / "documents" / f"{event.decision[:16]}-decision.json").read_bytes())
        assert problems(record) == ()
        assert sum(record.due.values()) == record.base == event.base_fen
        assert sum(share.amount_fen for share in event.contributors) == event.approved_fen


def test_recourse_of_each_case_is_paid_less_recovered(book: Book) -> None:
    files = case_files(book)
    assert len(files) == 4
    for case, file in files.items():
        account = book.chart.recourse(file.bank, case)
        assert book.balance_fen(account, commodity=acc.RECOURSE) == file.paid_fen - file.recovered_fen


def test_year_end_leaves_no_result_behind(book: Book) -> None:
    total = sum(
        value
        for name, value in book.balances(date(2024, 1, 1)).items()
        if name.startswith(("Income:", "Expenses:")) or name == acc.YEAR_RESULT
    )
    assert total == 0


def test_nothing_unidentified_is_left(book: Book) -> None:
    for bank in book.pool.bank:
        assert book.balance_fen(book.chart.unidentified(bank.code)) == 0


def test_hledger_reports_the_same_balance_for_every_account(book: Book, riskpool: Command, tmp_path: Path) -> None:
    hledger = require_tool("hledger")
    journal = tmp_path / "books.journal"
    assert riskpool("export", "hledger", "-b", str(book.root), "--out", str(journal)).returncode == 0
    command = [hledger, "-f", str(journal), "bal", "--flat", "-E", "-N", "-O", "csv"]
    env = {**os.environ, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8", env=env)
    rows = list(csv.reader(io.StringIO(done.stdout)))[1:]
    theirs = {name: Decimal(re.sub(r"[^0-9.-]", "", amount) or "0") for name, amount in rows}
    ours = book.balances()
    assert len(theirs) == len(ours) >= 15
    assert {name: theirs[name] for name in ours} == ours


def test_from_a_figure_to_vouchers_to_a_row(book: Book, riskpool: Command) -> None:
    books = str(book.root)
    rows = json.loads(riskpool("report", "figure", "2023-06", "14", "-b", books, "--json").stdout)
    numbers = {number for row in rows for number in row["vouchers"]}
    assert numbers
    shown = riskpool("report", "voucher", min(numbers), "-b", books).stdout
    place = re.search(r"来源 (\S+)(?: 工作表「(.*)」)? 第 (\d+) 行", shown)
    assert place, shown
    voucher = book.voucher(min(numbers))
    reading = book.reading(voucher.sources[0].digest16)
    assert reading is not None
    assert reading.file.name == place[1]
    row = next(row for row in reading.rows if row.line.row == int(place[3]))
    assert voucher.event in row.events


def test_every_figure_of_every_month_has_vouchers_that_exist(book: Book) -> None:
    from desk.acts.papers import traced  # noqa: PLC0415 - loads every paper

    office = Office(book.root)
    counted = 0
    for month in ("2023-03", "2023-10", "2024-02"):
        for row in traced(office, month, ""):
            counted += 1
            assert all(book.voucher(number) for number in row.vouchers)
    assert counted > 100


def test_every_list_row_ended_as_something(book: Book) -> None:
    lists = papers(book, "list")
    assert len(lists) == 37
    for paper in lists:
        reading = book.reading(paper.file.short)
        assert reading is not None
        kept = [row for row in reading.rows if row.outcome in {"event", "evidence", "known"}]
        assert len(kept) == len(paper.lines)
        assert all(row.events[0] in book.posted for row in kept)


def test_one_posting_on_1002_per_bank_row(book: Book) -> None:
    """Each row of each list stands once: as the voucher it drafted, or as evidence of one we instructed."""
    rows = sum(len(paper.lines) for paper in papers(book, "list"))
    events = {
        entry.meta["event"]
        for entry in book.entries
        if "kind" in entry.meta and str(entry.meta["event"]).startswith("bank-")
    }
    assert len(events) == rows
