"""What papers say of money that was taken back: once, and under its own name."""

from datetime import date
from pathlib import Path

from desk_office import code, through, who
from standing_books import applied, begun, filing, put, taken_in, tape

from desk.acts import cash, corrections, rulings
from desk.acts.corrections import Correction
from desk.acts.office import Office
from ledger.events import (
    ContributionReceived,
    ContributionReturned,
    ContributorShare,
    ReceiptReturned,
    ReceiptUnidentified,
    RecoveryNotified,
    RecoveryReceived,
)
from ledger.ids import event_id
from reports.contributors import standings
from reports.footing import Issue
from reports.monthly.cash import cash_blocks, unidentified_lines
from reports.monthly.figures import Figure
from reports.monthly.period import Period

DAY, LAST = "2024-02-20", date(2024, 2, 29)
ON = date.fromisoformat(DAY)
CHEN = who("chen", DAY)


def back(office: Office, target: str) -> None:
    corrections.reverse(office, Correction(target, "试", ON), who=CHEN)
    through(office, DAY)


def period(office: Office) -> Period:
    return Period(office.book, Issue(LAST, "lu"))


def test_a_return_that_was_taken_back_is_not_paid_in_once_more(tmp_path: Path) -> None:
    """The statement said that the contributor had paid in what it had only not got back."""
    office = begun(tmp_path / "books")
    cash.return_contribution(office, "01", "boc-01", 100, "TC-1", "纪要", ON, who=CHEN)
    through(office, DAY)
    (sent,) = office.book.events(ContributionReturned)
    back(office, sent.event_id)
    first, *_ = standings(office.book, date(2024, 2, 1), date(2024, 3, 1))
    assert (first.by_nature["paid_in"], first.by_nature["returned"]) == (0, 0)


def test_what_went_under_inquiry_is_told_and_what_went_back_is_not(tmp_path: Path) -> None:
    """The month's report named a receipt long returned, and was silent of one that a withdrawal had put there."""
    office = begun(tmp_path / "books")
    unknown = ReceiptUnidentified(
        event_id=event_id("bank", "r1"), on=date(2024, 2, 1), summary="不明来款", account="boc-01", amount_fen=700
    )
    returned = ReceiptReturned(
        event_id=event_id("bank", "r2"),
        on=date(2024, 2, 2),
        summary="退回",
        receipt=unknown.event_id,
        account="boc-01",
        amount_fen=700,
    )
    paid_in = ContributionReceived(
        event_id=event_id("bank", "r3"),
        on=date(2024, 2, 3),
        summary="出资到账",
        account="boc-01",
        contributor="01",
        amount_fen=900,
    )
    put(office, unknown, returned, paid_in)
    back(office, paid_in.event_id)
    (line,) = unidentified_lines(period(office))
    assert line.startswith(f"待查款项：{DAY} 撤回：出资到账，账龄 9 天")
    ((receipt, *_),) = office.view().unidentified
    early = lambda: cash.identify(  # noqa: E731
        office, receipt, "contribution", "试", date(2024, 2, 19), contributor="02", who=CHEN
    )
    assert code(early) == "资金-待查-02", "before it was under inquiry nobody can have named it"
    cash.identify(office, receipt, "contribution", "进账单", ON, contributor="02", who=CHEN)
    through(office, DAY)
    assert unidentified_lines(period(office)) == ()


def received(office: Office) -> int:
    flows = next(block for block in cash_blocks(period(office)) if block.key == "flows")
    line = next(line for line in flows.lines if line.key == "received")
    figure = line.cells[-1]
    assert isinstance(figure, Figure)
    return figure.value


def test_a_recovery_named_wrongly_and_again_arrived_once(tmp_path: Path) -> None:
    """Taken back and named anew, the same money stood twice among the recoveries received."""
    office = begun(tmp_path / "books")
    taken_in(office, [filing(1, 10_000_000, "2024-01-03")], "2024-01-03")
    put(office, tape("L0001", "2024-01", 31, 10_000_000), applied("C1", "L0001", 10_000_000, "2024-02-05"))
    rulings.decide(office, "C1", date(2024, 2, 6), chief="gu", who=who("chen", "2024-02-06"))
    through(office, "2024-02-06")
    cash.pay(office, "C1", "boc-01", "ZF-1", date(2024, 2, 7), who=who("chen", "2024-02-07"))
    through(office, "2024-02-07")
    share = ContributorShare(contributor="02", amount_fen=5_000)
    notified = RecoveryNotified(
        event_id=event_id("recovery", 1), on=date(2024, 2, 8), summary="追偿", case="C1", loan="L0001", bank="boc",
        number=1, gross_fen=10_000, cost_fen=0, principal_fen=0, pool_fen=5_000, contributors=(share,), steps="0" * 64,
    )  # fmt: skip
    arrived = RecoveryReceived(
        event_id=event_id("bank", "r9"), on=date(2024, 2, 9), summary="到账", case="C1", bank="boc", account="boc-01",
        amount_fen=5_000,
    )  # fmt: skip
    put(office, notified, arrived)
    assert received(office) == 5_000
    back(office, arrived.event_id)
    assert received(office) == 0
    ((receipt, *_),) = office.view().unidentified
    cash.identify(office, receipt, "recovery", "进账单", ON, case="C1", who=CHEN)
    through(office, DAY)
    assert received(office) == 5_000
