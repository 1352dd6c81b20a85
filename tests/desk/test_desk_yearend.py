"""A year's end where paid-in shares can't carry interest and fees: said in words before the close, no assertion."""

from datetime import datetime
from pathlib import Path

import pytest

from desk.acts import cash, drafting, months
from desk.acts.office import Actor, Office
from desk.acts.yearend import require_current_year_end, unshared, year_end_of
from ledger.accounts import INTEREST
from ledger.events import VoucherLine, YearClosed
from ledger.faults import Refusal
from ledger.verify import verify

AT = datetime.fromisoformat("2023-03-31T09:00:00")


def by_hand(office: Office, number: str, *lines: tuple[str, int]) -> None:
    """A voucher by hand, posted."""
    written = cash.HandVoucher(number, number, "试", [VoucherLine(account=name, amount_fen=fen) for name, fen in lines])
    made = cash.manual(office, written, AT.date(), papers=[("n.txt", b"n")], who=Actor("chen", AT))
    drafting.review(office, made.no, Actor("lu", AT))
    drafting.post_draft(office, made.no, Actor("shen", AT))


def year_end(office: Office) -> YearClosed:
    """The year's end as the books give it."""
    proposal = year_end_of(office.book, 2023)
    assert proposal is not None
    (event,) = proposal.events
    assert isinstance(event, YearClosed)
    return event


def test_a_contributor_below_zero_stands_against_the_year_end(opened_copy: Path) -> None:
    office = Office(opened_copy)
    chart = office.book.chart
    first, second = (chart.paid_in(no) for no in ("01", "02"))
    by_hand(office, "SG-1", (chart.cash("boc-01"), 500), (INTEREST, -500))
    event = year_end(office)
    require_current_year_end(office.book, event)
    assert sum(share.amount_fen for share in event.shares) == 500
    below = -office.book.balance_fen(second) + 1
    by_hand(office, "SG-2", (second, below), (first, -below))
    said = [item.text for item in months.obstacles(office, "2023-12")]
    assert any("-0.01 元，低于零" in text for text in said), said
    with pytest.raises(Refusal, match="结账-年末-01"):
        require_current_year_end(office.book, event)
    assert verify(office.root) == ()


def test_a_year_without_interest_asks_no_shares(opened_copy: Path) -> None:
    office = Office(opened_copy)
    first, second = (office.book.chart.paid_in(no) for no in ("01", "02"))
    below = -office.book.balance_fen(second) + 1
    by_hand(office, "SG-1", (second, below), (first, -below))
    assert list(unshared(office.book, 2023)) == []
    assert year_end_of(office.book, 2023) is None
