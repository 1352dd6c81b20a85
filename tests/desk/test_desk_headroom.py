"""Headroom over books: passed on the very day of a suspension, on no day before it; the invented year trips none."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from review_books import SIX, book_of

from desk.acts.headroom import headroom_on, standing_of
from desk.acts.office import Office
from desk.acts.standing import measures_of
from ledger.events import IpRightListed, LoanIncluded, SuspensionTripped, TapeConfirmed
from ledger.ids import event_id
from ledger.journal import Posting, post
from ledger.signing import Signatures
from ledger.store import Store
from riskpool.headroom import Headroom, headroom
from riskpool.ruletext import shipped
from riskpool.suspension import suspension_events

DEYANG = shipped("deyang")
OUTSTANDING = {"L1001": 60_000_000, "L1002": 50_000_000, "L1003": 400_000_000}
OVERDUE = {
    "2020-10": (),
    "2020-11": ("L1001",),
    "2020-12": ("L1001", "L1002"),
    "2021-01": ("L1001", "L1002", "L1003"),
}
"""Overdue principal at month ends: nothing, 600,000, 1,100,000 (暂停整改), 5,100,000 (全面停止)."""


def last_day(month: str) -> date:
    year, number = int(month[:4]), int(month[5:])
    return date(year, number, monthrange(year, number)[1])


def included(loan: str, at: int) -> list[IpRightListed | LoanIncluded]:
    on, right, borrower = date(2020, 9, 20), f"ZL20211012345{at}.X", f"示例企业{loan}（虚构）"
    return [
        IpRightListed(
            event_id=event_id("ip", right), on=on, summary="登记知识产权", right=right, ip_type="patent",
            title="一种装置（虚构）", owner=borrower,
        ),
        LoanIncluded(
            event_id=event_id("loan", loan), on=on, summary="入库", bank="boc", loan=loan, borrower=borrower,
            uscc="91330282MA2XXXXX0X", contract_no=f"HT-{loan}", filing_no=f"BA-{loan}", product="direct",
            principal_fen=OUTSTANDING[loan], outstanding_fen=OUTSTANDING[loan], annual_rate="0.0435",
            disbursed_on=date(2019, 10, 1), due_on=date(2020, 10, 10 + at), filed_on=on, opening=True,
            rights=(right,), pledge=f"ZY{loan}", town="浒山街道", industry="C34 通用设备制造业",
            exposure=event_id("exp", loan),
        ),
    ]  # fmt: skip


def tape(month: str, loan: str) -> TapeConfirmed:
    late = loan in OVERDUE[month]
    return TapeConfirmed(
        event_id=event_id("tape", loan, month), on=last_day(month), summary="月末确认", loan=loan, bank="boc",
        month=month, outstanding_fen=OUTSTANDING[loan], overdue_days=30 if late else 0,
        grade="substandard" if late else "normal",
    )  # fmt: skip


def limits(office: Office, on: date) -> list[Headroom]:
    return [room for room in headroom(DEYANG, standing_of(office, DEYANG, on)) if room.kind == "suspension"]


def test_a_history_replayed_day_by_day_is_passed_on_the_day_of_the_suspension(tmp_path: Path) -> None:
    book_of(tmp_path / "books", SIX[1])
    store, office = Store(tmp_path / "books"), Office(tmp_path / "books")
    moment = datetime(2021, 2, 1, 9, tzinfo=UTC)
    signed = Signatures(preparer="zhang", reviewer="li", bookkeeper="zhang", chief="li", at=moment)
    loans = [event for at, loan in enumerate(OUTSTANDING) for event in included(loan, at)]
    book = post(store, office.book, Posting("import", loans, signed)).book
    tapes = [tape(month, loan) for month in OVERDUE for loan in OUTSTANDING]
    book = post(store, book, Posting("import", tapes, signed)).book
    told = [
        (event.on, event.state)
        for event in suspension_events(DEYANG, "boc", measures_of(book, "boc"))
        if isinstance(event, SuspensionTripped)
    ]
    assert told == [(date(2020, 12, 31), "暂停整改"), (date(2021, 1, 31), "全面停止")]
    passed: dict[str, date] = {}
    day = date(2020, 9, 20)
    while day <= date(2021, 1, 31):
        for room in limits(office, day):
            if room.room_fen is not None and room.room_fen < 0:
                passed.setdefault(room.limit.rpartition("：")[2], day)
        day += timedelta(days=1)
    assert [(on, state) for state, on in passed.items()] == told
    # The day before it trips: 1,000,000 less a fen less 600,000 is left, and the next loan alone takes more.
    low = limits(office, date(2020, 12, 30))[0]
    assert low.room_fen == 39_999_999
    assert [(trip.how, trip.loan) for trip in low.next] == [
        ("maturity", "L1002"), ("alone", "L1002"), ("alone", "L1003"),
    ]  # fmt: skip


def test_the_invented_year_passes_no_limit_as_it_trips_no_suspension(demo_year: Path) -> None:
    office = Office(demo_year / "books")
    assert not office.book.events(SuspensionTripped)
    for month in range(3, 13):
        shown = headroom_on(office, last_day(f"2023-{month:02d}"))
        assert {line.whose for line in shown.lines if line.kind == "熔断"} == {
            bank.name for bank in office.book.pool.bank
        }
        assert not [line for line in shown.lines if line.room.startswith("-")]
