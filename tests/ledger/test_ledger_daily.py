"""The daily view agrees with the whole books on every balance, shows what is open whole, and takes no entry."""

import shutil
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from beancount import loader
from beancount.core import data

from desk.acts.archive import backup
from desk.acts.auditing import audit_kit, search_log
from ledger.book import Book
from ledger.canon import canonical
from ledger.casefiles import case_files
from ledger.daily import OPENING, cut_of, made, read_view, stale
from ledger.events import LoanReleased, LoanRepaid, ReceiptUnidentified
from ledger.faults import Refusal
from ledger.ids import event_id
from ledger.journal import Posting, post
from ledger.postings import next_day
from ledger.store import Store
from ledger.views import loan_states
from ledger.withdrawal import Request, withdrawal_of
from reports.audit.operations import Wanted

sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))

from invent import Office, Pool

loader.initialize(use_cache=False)
YEARS = (2020, 2021, 2022)
CUT = date(2022, 12, 31)


def told(root: Path) -> tuple[Office, Pool]:
    """Three sealed years and half of an open one."""
    pool = Pool(3, YEARS[0], cases=0.02)
    office = Office.founded(root, pool)
    for year in YEARS:
        pool.tidy = year != YEARS[-1]  # receipts that nobody has named yet are carried over
        for events in pool.year(year, 480):
            office.post(events)
        office.seal(f"{year}-12")
    for month in range(1, 7):
        office.post(pool.month(2023, month, 40))
    return office, pool


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Pool]:
    root = tmp_path_factory.mktemp("long") / "books"
    return root, told(root)[1]


def write(root: Path, out: Path) -> Path:
    """The view as the command writes it."""
    out.mkdir(exist_ok=True)
    for name, content in made(root, out).files.items():
        (out / name).write_bytes(content)
    return out


@pytest.fixture(scope="module")
def view(books: tuple[Path, Pool]) -> Path:
    return write(books[0], books[0].with_name("daily"))


def loaded(view: Path) -> list[data.Directive]:
    """The view through beancount's own loader, as Fava reads it: without an error."""
    entries, errors, _ = loader.load_file(str(view / "main.beancount"))
    assert errors == []
    return entries


def totals(entries: Iterable[data.Directive], until_on: date) -> dict[tuple[str, str, str], Decimal]:
    """Every balance before a day that is not zero: by unit, account, contributor."""
    found: defaultdict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for entry in entries:
        if isinstance(entry, data.Transaction) and entry.date < until_on:
            for leg in entry.postings:
                units: Any = leg.units
                found[units.currency, leg.account, str((leg.meta or {}).get("contributor", ""))] += units.number
    return {key: number for key, number in found.items() if number}


def test_every_balance_agrees_on_every_day_since_the_cut(books: tuple[Path, Pool], view: Path) -> None:
    whole, part = loader.load_file(str(books[0] / "main.beancount"))[0], loaded(view)
    days = [CUT + timedelta(days=number) for number in range(1, 200)]
    assert len(totals(whole, days[0])) > 40
    for day in days:
        assert totals(part, day) == totals(whole, day), day


def test_the_openings_are_the_trial_balance_of_the_sealed_year(books: tuple[Path, Pool], view: Path) -> None:
    opening = [e for e in loaded(view) if isinstance(e, data.Transaction) and OPENING in e.tags]
    assert {entry.date for entry in opening} == {CUT}
    book = Book.load(books[0])
    for unit in ("CNY", "LOAN.CNY", "COVER.CNY", "RECOURSE.CNY"):
        (entry,) = [item for item in opening if f"上年结转 {unit} " in (item.narration or "")]
        said: defaultdict[str, Decimal] = defaultdict(Decimal)
        for leg in entry.postings:
            units: Any = leg.units
            said[leg.account] += units.number
        ours = {account: number for account, number in book.balances(CUT + timedelta(days=1), unit).items() if number}
        assert dict(said) == ours
    assert (
        len(opening) == len({leg.units.currency for e in opening for leg in e.postings if "CNY" in str(leg.units)}) + 1
    )


def test_every_assertion_of_the_open_year_stands_in_the_view_and_holds(books: tuple[Path, Pool], view: Path) -> None:
    def assertions(entries: Sequence[data.Directive]) -> list[str]:
        return sorted(canonical(e) for e in entries if isinstance(e, data.Balance) and e.date > CUT)

    ours = assertions(loaded(view))
    assert len(ours) > 50
    assert ours == assertions(Book.load(books[0]).entries)


def test_the_whole_trail_of_what_was_open_is_there(books: tuple[Path, Pool], view: Path) -> None:
    book = Book.load(books[0])
    until_on = CUT + timedelta(days=1)
    loans = {f"loan-{state.loan}" for state in loan_states(book, until_on) if state.outstanding_fen}
    cases = {
        f"case-{item.case}"
        for item in case_files(book, until_on).values()
        if item.recourse_fen or sum(note.pool_fen for note in item.notified) != item.received_fen
    }
    assert len(loans) > 5
    assert len(cases) > 1
    shown = {canonical(entry) for entry in loaded(view)}
    trail = [e for e in book.entries if set(getattr(e, "links", None) or ()) & (loans | cases)]
    assert len(trail) > 50
    assert [entry for entry in trail if canonical(entry) not in shown] == []
    # What they stand on: accounts and rights with their metadata, state lines, prices.
    used = {leg.account for entry in trail if isinstance(entry, data.Transaction) for leg in entry.postings}
    opens = [entry for entry in book.entries if isinstance(entry, data.Open) and entry.account in used]
    assert [entry for entry in opens if canonical(entry) not in shown] == []
    states = [entry for entry in book.entries if isinstance(entry, data.Event)]
    assert [entry for entry in states if canonical(entry) not in shown] == []


def test_a_receipt_that_nobody_could_name_yet_is_there(books: tuple[Path, Pool], view: Path) -> None:
    book = Book.load(books[0])
    named = {entry.meta["receipt"] for entry in book.entries if "receipt" in entry.meta and entry.date <= CUT}
    waiting = {e.event_id for e in book.events(ReceiptUnidentified) if e.on <= CUT} - named
    assert waiting
    assert waiting <= {entry.meta.get("event") for entry in loaded(view)}


def test_the_last_price_of_each_pledged_right_is_there(books: tuple[Path, Pool], view: Path) -> None:
    book = Book.load(books[0])
    held = {unit for unit, account, _ in totals(book.entries, next_day("2022-12")) if account.startswith("Assets:9101")}
    last = {e.currency: e for e in book.entries if isinstance(e, data.Price) and e.currency in held}
    assert len(last) > 5
    shown = {canonical(entry) for entry in loaded(view)}
    assert all(canonical(price) in shown for price in last.values())


def test_the_view_is_small_and_leaves_out_what_is_over(books: tuple[Path, Pool], view: Path) -> None:
    book = Book.load(books[0])
    old = [entry for entry in book.entries if entry.date <= CUT]
    carried = [entry for entry in loaded(view) if entry.date <= CUT]
    assert len(carried) < len(old) / 2
    over = {e.loan for e in book.events(LoanReleased) if e.on < date(2022, 6, 1)}
    assert over
    assert not [e for e in carried if set(getattr(e, "links", None) or ()) & {f"loan-{loan}" for loan in over}]


def test_nothing_can_be_posted_to_it(view: Path) -> None:
    before = {path.name: path.read_bytes() for path in view.iterdir()}
    with pytest.raises(Refusal, match="账簿-节略-04"):
        Book.load(view)
    with pytest.raises(Refusal, match="账簿-节略-04"), Store(view).lock():
        pass
    assert {path.name: path.read_bytes() for path in view.iterdir()} == before


def test_what_asks_for_books_says_that_it_is_a_view(view: Path, tmp_path: Path) -> None:
    """Backup said that the batches were gone and asked to restore; the log was empty; no year had been closed."""
    for act in (
        lambda: backup(view, tmp_path / "b.tar"),
        lambda: audit_kit(view, tmp_path / "kit"),
        lambda: search_log(view, Wanted()),
        lambda: made(view, tmp_path / "other"),
    ):
        with pytest.raises(Refusal, match="账簿-节略-04"):
            act()


def test_not_even_by_a_program_that_goes_past_the_doors(books: tuple[Path, Pool], view: Path, tmp_path: Path) -> None:
    # The books' state with the view as its place: the store refuses to be locked, so no act of ours gets to write.
    book = Book.load(books[0])
    store = Store(shutil.copytree(view, tmp_path / "view"))
    with pytest.raises(Refusal), store.lock():
        post(store, book, Posting("import", [], None))  # type: ignore[arg-type] # never reached


def test_years_not_sealed_have_no_view(tmp_path: Path) -> None:
    office = Office.founded(tmp_path / "books", Pool(1, 2020))
    with pytest.raises(Refusal, match="账簿-节略-01"):
        cut_of(office.root)


@pytest.fixture
def own(books: tuple[Path, Pool], tmp_path: Path) -> tuple[Office, Path]:
    root = Path(shutil.copytree(books[0], tmp_path / "books"))
    return Office(root, Book.load(root)), write(root, tmp_path / "daily")


def repaid(book: Book, loan: str, fen: int) -> LoanRepaid:
    """A repayment that the books have not yet."""
    bank = next(state.bank for state in loan_states(book) if state.loan == loan)
    key = event_id("late", loan, fen)
    return LoanRepaid(event_id=key, on=date(2023, 7, 3), summary=f"还本 {loan}", loan=loan, bank=bank, amount_fen=fen)


def test_a_view_is_stale_after_a_posting_and_taken_on_without_the_old_years(own: tuple[Office, Path]) -> None:
    office, out = own
    assert stale(out) == ""
    open_loan = next(
        state.loan for state in loan_states(office.book) if state.outstanding_fen > 100 and not state.decided
    )
    office.post([repaid(office.book, open_loan, 1)])
    assert "账套已到" in stale(out)
    again = made(office.root, out)
    assert again.continued
    assert len(again.view.included) == len(read_view(out).included) + 1
    write(office.root, out)
    assert stale(out) == ""
    entries = loaded(out)
    assert totals(entries, date.max) == totals(office.book.entries, date.max)
    shutil.rmtree(out)
    fresh = loaded(write(office.root, out))
    assert [canonical(entry) for entry in fresh] == [canonical(entry) for entry in entries]


def test_a_posting_on_something_that_was_over_makes_the_view_anew(own: tuple[Office, Path]) -> None:
    office, out = own
    gone = next(event for event in office.book.events(LoanReleased) if event.on < date(2021, 12, 1))
    office.post([withdrawal_of(office.book, Request(gone.event_id, "mistake", "误记出池", date(2023, 7, 3)))])
    done = made(office.root, out)
    assert not done.continued
    write(office.root, out)
    entries = loaded(out)
    assert totals(entries, date.max) == totals(office.book.entries, date.max)
    trail = [e for e in office.book.entries if f"loan-{gone.loan}" in (getattr(e, "links", None) or ())]
    shown = {canonical(entry) for entry in entries}
    assert len(trail) > 3
    assert all(canonical(entry) in shown for entry in trail)


def test_a_view_of_a_changed_past_is_not_taken_on(own: tuple[Office, Path]) -> None:
    office, out = own
    view = read_view(out)
    (out / "daily.json").write_bytes(view.model_copy(update={"chain": "0" * 64}).model_dump_json().encode())
    office.post(
        [
            repaid(
                office.book,
                next(s.loan for s in loan_states(office.book) if s.outstanding_fen > 9 and not s.decided),
                2,
            )
        ]
    )
    assert not made(office.root, out).continued


def test_entries_of_the_open_year_posted_with_the_old_year_are_written_out(tmp_path: Path) -> None:
    # A January entry and a December entry in one batch, posted before December was closed.
    pool = Pool(5, 2020)
    office = Office.founded(tmp_path / "books", pool)
    months = list(pool.year(2020, 240))
    for events in months[:11]:
        office.post(events)
    office.post([*months[11], *pool.month(2021, 1, 20)])
    office.seal("2020-12")
    out = write(office.root, tmp_path / "daily")
    entries = loaded(out)
    assert read_view(out).included == ()
    for day in (date(2021, 1, 1), date(2021, 1, 15), date.max):
        assert totals(entries, day) == totals(office.book.entries, day)
