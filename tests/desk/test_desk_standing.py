"""What the books say of the pool on a day, and decisions that ask for it: drawn in order, held back, going on again."""

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from desk_office import code, through, who
from standing_books import BOC, MILLION, applied, begun, filing, put, taken_in, tape

from desk.acts import drafting, rulings, standing
from desk.acts.office import Office
from desk.acts.rulings import stored_decision
from ledger.events import (
    CompensationDecided,
    CompensationDeferred,
    CompensationPaid,
    ContributionReceived,
    FeeCharged,
    InterestReceived,
    ManualVoucher,
    ReceiptUnidentified,
    RecoveryNotified,
    RecoveryReceived,
    TransferSent,
    VoucherLine,
)
from ledger.events.base import ContributorShare
from ledger.ids import event_id
from reports.contributors import NOBODY, standings

DAY = date(2024, 4, 5)


@pytest.fixture(scope="module")
def lent_books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three loans of one bank in the pool; two applications for 2,000,000 and 3,000,000 wait."""
    office = begun(tmp_path_factory.mktemp("lent") / "books")
    loans = {1: 3 * MILLION, 2: 2 * MILLION, 3: 5 * MILLION}
    rows = [filing(number, fen, "2024-01-10") for number, fen in loans.items()]
    taken_in(office, rows, "2024-01-10")
    put(office, *(tape(f"L000{number}", "2024-02", 29, fen) for number, fen in loans.items()))
    put(office, applied("BC-1", "L0001", 3 * MILLION, "2024-03-01"))
    put(office, applied("BC-2", "L0002", 2 * MILLION, "2024-03-02"))
    return office.root


@pytest.fixture
def books(lent_books: Path, tmp_path: Path) -> Office:
    return Office(Path(shutil.copytree(lent_books, tmp_path / "books")))


def decided(office: Office, case: str, on: date = DAY) -> CompensationDecided:
    ruled = rulings.decide(office, case, on, chief="gu", who=who("chen", "2024-06-30"))
    assert ruled.draft is not None
    (event,) = ruled.draft.content.events
    assert isinstance(event, CompensationDecided)
    return event


def drawn(event: CompensationDecided) -> dict[str, int]:
    return {share.contributor: share.amount_fen for share in event.contributors}


def test_contributors_are_drawn_in_the_text_s_order_until_each_is_empty(books: Office) -> None:
    """The county (02) has 2,000,000 and goes first; what is beyond is the city's. A waiting draft keeps its money."""
    first, second = decided(books, "BC-1"), decided(books, "BC-2")
    assert drawn(first) == {"02": 150_000_000}
    assert drawn(second) == {"02": 50_000_000, "01": 50_000_000}
    through(books, "2024-06-30")
    record = stored_decision(books, second.decision)
    assert (record.facts["available.02"], record.facts["available.01"]) == (50_000_000, 3 * MILLION)
    assert record.facts["decided_on"] == DAY.isoformat()
    assert [event.decision for event in books.book.events(CompensationDecided)] == [first.decision, second.decision]


def test_a_draft_that_was_sent_back_gives_its_money_back_and_the_later_one_is_stale(books: Office) -> None:
    decided(books, "BC-1")
    second = decided(books, "BC-2")
    one, two = (draft.no for draft in books.drafts[-2:])
    drafting.reject(books, one, who("lu", "2024-06-30"), "试")
    assert code(lambda: rulings.require_current(books, two, second)) == "裁决-依据-01"
    drafting.reject(books, two, who("lu", "2024-06-30"), "试")
    assert drawn(decided(books, "BC-2")) == {"02": MILLION}


def test_a_decision_of_an_earlier_day_leaves_money_for_one_posted_for_a_later_day(books: Office) -> None:
    decided(books, "BC-1", date(2024, 5, 5))
    through(books, "2024-06-30")
    assert drawn(decided(books, "BC-2")) == {"02": 50_000_000, "01": 50_000_000}


def test_money_of_a_later_day_changes_no_decision_of_a_day_before(books: Office) -> None:
    event = decided(books, "BC-1")
    draft = books.drafts[-1].no
    come = ContributionReceived(
        event_id=event_id("bank", 1), on=DAY + timedelta(days=1), summary="出资", account="boc-01", contributor="02",
        amount_fen=MILLION,
    )  # fmt: skip
    put(books, come)
    rulings.require_current(books, draft, event)
    put(books, come.model_copy(update={"event_id": event_id("bank", 2), "on": DAY}))
    assert code(lambda: rulings.require_current(books, draft, event)) == "裁决-依据-01"


def held_back(office: Office, case: str, day: date) -> tuple[str, ...]:
    """The clauses that hold a case back on a day; the draft that says so is sent back."""
    rulings.decide(office, case, day, chief="gu", who=who("chen", "2024-06-30"))
    event = office.drafts[-1].content.events[0]
    assert isinstance(event, CompensationDeferred)
    drafting.reject(office, office.drafts[-1].no, who("lu", "2024-06-30"), "试")
    return event.clauses


def test_a_suspended_bank_s_application_waits_and_goes_on_after_its_resumption(books: Office) -> None:
    """Over a fifth of the balance at the end of March, not over it at the end of April."""
    march = [tape("L0001", "2024-03", 31, 3 * MILLION), tape("L0002", "2024-03", 31, 2 * MILLION, days=40)]
    put(books, *march, tape("L0003", "2024-03", 31, 5 * MILLION, days=1))
    assert drawn(decided(books, "BC-1", date(2024, 3, 30))), "the day before"
    drafting.reject(books, books.drafts[-1].no, who("lu", "2024-06-30"), "试")
    for day in (date(2024, 3, 31), DAY):
        assert held_back(books, "BC-1", day) == ("第八条第二款",)
    april = [tape("L0001", "2024-04", 30, 3 * MILLION), tape("L0002", "2024-04", 30, 2 * MILLION, days=70)]
    put(books, *april, tape("L0003", "2024-04", 30, 5 * MILLION))
    assert held_back(books, "BC-1", date(2024, 4, 29)) == ("第八条第二款",)
    event = decided(books, "BC-1", date(2024, 4, 30))
    record = stored_decision(books, event.decision)
    assert record.facts["suspension.第八条第二款"] == "正常"
    assert "2,000,000.00 元 ÷ 10,000,000.00 元" in record.evidence["suspension.第八条第二款"]
    through(books, "2024-06-30")
    assert books.book.events(CompensationDecided)[-1].decision == event.decision


def funded(office: Office) -> None:
    """BC-1 decided and paid in part of its life: recovered 1,000 and 600 of it arrived; interest 300, fees 20 fen."""
    event = decided(office, "BC-1")
    through(office, "2024-06-30")
    shares = (ContributorShare(contributor="02", amount_fen=1000),)
    put(
        office,
        CompensationPaid(
            event_id=event_id("pay", 1), on=date(2024, 4, 8), summary="拨付", case="BC-1", bank="boc",
            account="boc-01", amount_fen=event.approved_fen, instruction_no="ZL-1",
        ),
        RecoveryNotified(
            event_id=event_id("rec", 1), on=date(2024, 5, 1), summary="追偿", case="BC-1", loan="L0001", bank="boc",
            number=1, gross_fen=2000, cost_fen=0, principal_fen=2000, pool_fen=1000, contributors=shares,
            steps="0" * 64,
        ),
        RecoveryReceived(
            event_id=event_id("bank", 5), on=date(2024, 5, 9), summary="到账", case="BC-1", bank="boc",
            account="boc-01", amount_fen=600,
        ),
        InterestReceived(
            event_id=event_id("bank", 6), on=date(2024, 5, 20), summary="利息", account="boc-01", amount_fen=300
        ),
        FeeCharged(
            event_id=event_id("bank", 7), on=date(2024, 5, 10), summary="手续费", account="boc-01", amount_fen=20
        ),
    )  # fmt: skip


def test_each_figure_of_a_day_is_what_the_books_hold_at_its_end(books: Office) -> None:
    funded(books)
    book = books.book
    before, after = date(2024, 4, 4), DAY
    assert standing.balance_fen(book, before) == standing.cash_fen(book, before) == 5 * MILLION
    # Decided is spoken for before it is paid; the cash is still there.
    assert standing.cash_fen(book, after) == 5 * MILLION
    assert standing.balance_fen(book, after) == 5 * MILLION - 150_000_000
    assert standing.balance_fen(book, date(2024, 4, 8)) == standing.cash_fen(book, date(2024, 4, 8)) == 350_000_000
    assert standing.paid_out_fen(book, date(2024, 4, 7)) == 0
    assert standing.paid_out_fen(book, date(2024, 4, 8)) == 150_000_000
    assert standing.deposit_fen(book, "crcb", after) == MILLION
    assert standing.deposit_fen(book, "boc", date(2024, 4, 8)) == 250_000_000
    # Notified is no money; what arrives is; fees beyond interest go by paid-in shares 3 : 2; interest is nobody's yet.
    for on, city, county in (
        (date(2024, 5, 1), 3 * MILLION, 50_000_000),
        (date(2024, 5, 9), 3 * MILLION, 50_000_600),
        (date(2024, 5, 10), 3 * MILLION - 12, 50_000_592),
        (date(2024, 5, 20), 3 * MILLION, 50_000_600),
    ):
        assert standing.available_fen(book, on) == {"01": city, "02": county}


def test_transfers_on_their_way_are_the_pool_s_and_unnamed_receipts_are_not(books: Office) -> None:
    put(
        books,
        TransferSent(
            event_id=event_id("pay", 9), on=DAY, summary="划转", account="boc-01", to_account="crcb-01",
            amount_fen=MILLION, instruction_no="HZ-1",
        ),
        ReceiptUnidentified(event_id=event_id("bank", 9), on=DAY, summary="待查", account="crcb-01", amount_fen=7),
    )  # fmt: skip
    assert standing.cash_fen(books.book, DAY) == 4 * MILLION + 7
    assert standing.balance_fen(books.book, DAY) == 5 * MILLION


def test_what_the_books_cannot_say_is_not_said(books: Office) -> None:
    asked = ("bank_quota", "pool_balance", "available.01", "principal")
    assert standing.pool_facts(books.book, DAY, asked, bank="boc").keys() == {"pool_balance", "available.01"}
    lines = (
        VoucherLine(account="Assets:1221其他应收款:01中国银行", amount_fen=5),
        VoucherLine(account=BOC, amount_fen=-5),
    )
    put(books, ManualVoucher(
        event_id=event_id("hand", 1), on=DAY, summary="手工", lines=lines, reason="试", attachments=1,
    ))  # fmt: skip
    assert standing.available_fen(books.book, DAY) is None
    assert standing.pool_facts(books.book, DAY, asked, bank="boc").keys() == {"pool_balance"}
    assert code(lambda: decided(books, "BC-1")) == "裁决-事实-01"


def test_the_year_s_books_add_up_on_every_day_and_an_earlier_life_is_not_guessed(demo_year: Path) -> None:
    book = Office(demo_year / "books").book
    days = sorted({voucher.on for voucher in book.vouchers})
    assert len(days) > 50
    for on in days:
        left = standing.available_fen(book, on)
        assert left is not None
        nobody = next(item.closing for item in standings(book, date.min, on + timedelta(days=1))
                      if item.contributor == NOBODY)  # fmt: skip
        assert sum(left.values()) + max(nobody, 0) == standing.balance_fen(book, on)
    assert standing.paid_out_fen(book, days[-1]) is None
    # The books began in March: what had been filed that year before is not known, so neither is its ratio.
    over = {(item.on.year, item.over) for item in standing.measures_of(book, "boc")}
    assert (2023, "booked_principal") not in over
    assert {(2023, "amount"), (2023, "loan_balance"), (2024, "booked_principal")} <= over


def test_a_pool_s_month_counts_when_every_bank_has_said_it(books: Office) -> None:
    """The other bank's loan came in in February: its word on February is not there yet, so the pool has no month."""
    fen = MILLION // 4
    put(books, contribution())
    taken_in(books, [filing(9, fen, "2024-02-05", bank="慈溪农商银行")], "2024-03-06", "农商.xlsx")
    assert standing.pool_measures(books.book) == ()
    put(books, tape("L0009", "2024-02", 29, fen, "crcb", days=3))
    found = {(item.name, item.over): (item.amount_fen, item.over_fen) for item in standing.pool_measures(books.book)}
    assert found["npl_principal", "loan_balance"] == (fen, 10 * MILLION + fen)
    assert found["overdue_principal", "amount"] == (fen, 1)
    assert found["npl_principal", "booked_principal"] == (fen, 10 * MILLION + fen)


def contribution() -> ContributionReceived:
    """Room under the multiple for one loan more."""
    return ContributionReceived(
        event_id=event_id("bank", 20), on=date(2024, 1, 20), summary="出资", account="boc-01", contributor="01",
        amount_fen=MILLION,
    )  # fmt: skip
