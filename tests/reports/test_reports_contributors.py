"""出资方对账单: every fen of the pool's net assets is somebody's, on any day, and each statement says which."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from ledger.book import Book
from ledger.events import CompensationDecided, RecoveryNotified, YearClosed
from ledger.faults import Refusal
from reports.contributors import NOBODY, changes, contributor_statement, contributors_statement, standings
from reports.footing import Issue
from reports.render.paper import Table, all_cells, texts
from reports.render.pdf import to_pdf
from reports.render.xlsx import to_xlsx

BEGIN, END = date(2023, 3, 1), date(2024, 3, 1)


@pytest.fixture(scope="module")
def year(demo_year: Path) -> Book:
    return Book.load(demo_year / "books")


def net_assets(book: Book, until_on: date) -> int:
    return sum(
        leg.fen
        for voucher in book.vouchers
        if voucher.is_money and voucher.on < until_on
        for leg in voucher.legs
        if leg.account.startswith(("Assets:", "Liabilities:"))
    )


def test_rights_are_the_net_assets_on_every_day_that_something_moved(year: Book) -> None:
    days = sorted({voucher.on + timedelta(days=1) for voucher in year.vouchers})
    for until_on in days[::5]:
        found = standings(year, BEGIN, until_on)
        assert sum(item.closing for item in found) == net_assets(year, until_on)
    assert len(days) > 30


def test_a_year_end_leaves_nothing_of_its_year_to_nobody(year: Book) -> None:
    assert year.events(YearClosed)
    *_, nobody = standings(year, BEGIN, date(2024, 1, 1))
    assert (nobody.contributor, nobody.closing) == (NOBODY, 0)


def test_what_each_bore_and_got_back_is_what_decisions_and_notices_say(year: Book) -> None:
    for item in standings(year, BEGIN, END)[:-1]:
        borne = [share for event in year.events(CompensationDecided) for share in event.contributors]
        back = [share for event in year.events(RecoveryNotified) for share in event.contributors]
        sums = [sum(s.amount_fen for s in found if s.contributor == item.contributor) for found in (borne, back)]
        assert (item.by_nature["borne"], item.by_nature["recovered"]) == (-sums[0], sums[1])


def test_periods_join(year: Book) -> None:
    half = date(2023, 9, 1)
    first, second = standings(year, BEGIN, half), standings(year, half, END)
    assert [item.closing for item in first] == [item.opening for item in second]
    whole = standings(year, BEGIN, END)
    assert [item.closing for item in whole] == [item.closing for item in second]


def test_a_statement_lists_each_change_with_its_voucher_and_ends_in_the_standing(year: Book) -> None:
    paper = contributor_statement(year, "01", Issue(date(2024, 2, 29), "lu"), date(2024, 1, 1))
    shown = list(texts(paper))
    assert "上年结转" in shown
    own = [item for item in changes(year, END) if item.contributor == "01" and item.voucher.on >= date(2024, 1, 1)]
    assert all(item.voucher.no in shown for item in own)
    table = next(section for section in paper.sections if isinstance(section, Table))
    assert len(table.rows) == len(own) + (2 if own else 1)
    assert to_pdf(paper).startswith(b"%PDF")
    assert to_xlsx(paper) == to_xlsx(paper)


def test_the_statement_of_all_adds_up_in_its_own_cells(year: Book) -> None:
    paper = contributors_statement(year, Issue(date(2024, 2, 29), "lu"), BEGIN)
    closing = [cell for cell in all_cells(paper) if getattr(cell, "name", "") == "closing-all"]
    assert [cell.value for cell in closing] == [net_assets(year, END)]  # type: ignore[union-attr] # a Total


def test_an_unknown_contributor_is_refused(year: Book) -> None:
    with pytest.raises(Refusal, match="报表-出资方-01"):
        contributor_statement(year, "99", Issue(date(2024, 2, 29)), BEGIN)
