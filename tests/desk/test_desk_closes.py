"""Which month is closed, and at a year's end who gets what: books without an opening, contributors without money."""

from datetime import date
from pathlib import Path

from desk_office import EXAMPLES, code, through, who

from desk.acts import cash, closing, months
from desk.acts.inspection import tasks
from desk.acts.office import Office
from desk.acts.opening import OpeningFiles, open_books
from desk.acts.yearend import year_end_of
from ledger.accounts import INTEREST
from ledger.events import VoucherLine, YearClosed

MORE = (("03", "镇级财政"), ("04", "街道财政"))


def begun(root: Path, on: str, pool: Path = EXAMPLES / "pool.toml") -> Office:
    """Books that begin on a day without any balance."""
    files = OpeningFiles(pool, None)
    open_books(root, files, date.fromisoformat(on), who=who("chen", on), reviewer="lu", bookkeeper="shen")
    return Office(root)


def by_hand(office: Office, number: str, day: str, *lines: tuple[str, int]) -> None:
    written = cash.HandVoucher(number, number, "试", tuple(VoucherLine(account=a, amount_fen=fen) for a, fen in lines))
    cash.manual(office, written, date.fromisoformat(day), papers=[("n.txt", b"n")], who=who("chen", day))
    through(office, day)


def test_books_without_an_opening_close_their_first_month_first(tmp_path: Path) -> None:
    """The first voucher says nothing of it: of the last day of a month it made the next one the first."""
    office = begun(tmp_path / "books", "2023-03-01")

    def refusal(month: str) -> str:
        return code(lambda: closing.close_month(office, month, who=who("chen", "2023-05-04"), second="lu"))

    assert refusal("2023-03") == "结账-条件-01", "it is March's turn, with no voucher in the books"
    assert any("2023-03 尚未对账签认" in task.what for task in tasks(office, date(2023, 4, 3)))
    chart = office.book.chart
    by_hand(office, "SG-1", "2023-04-30", (chart.cash("boc-01"), 500), (INTEREST, -500))
    assert months.next_month(office) == "2023-03"
    assert (refusal("2023-03"), refusal("2023-05")) == ("结账-条件-01", "结账-月份-01")


def test_a_contributor_that_has_paid_in_nothing_gets_no_fen_of_the_interest(tmp_path: Path) -> None:
    """Of one fen in three parts the fen was left over for the first contributor, who has no part at all."""
    pool = tmp_path / "pool.toml"
    more = "".join(f'[[contributor]]\nno = "{no}"\nname = "{name}（虚构）"\n' for no, name in MORE)
    pool.write_text((EXAMPLES / "pool.toml").read_text(encoding="utf-8") + more, encoding="utf-8")
    office = begun(tmp_path / "books", "2023-03-01", pool)
    chart = office.book.chart
    parties = [chart.paid_in(party.no) for party in office.book.pool.contributor]
    paid_in = [(name, -700) for name in parties[1:]]
    by_hand(office, "SG-1", "2023-04-03", (chart.cash("boc-01"), 700 * len(paid_in)), *paid_in)
    for common in (1, 99, -101, -1, -99):
        by_hand(office, f"LX{common}", "2023-04-03", (chart.cash("boc-01"), common), (INTEREST, -common))
        made = year_end_of(office.book, 2023)
        assert made is not None
        (event,) = made.events
        assert isinstance(event, YearClosed)
        assert {share.contributor for share in event.shares} <= {"02", "03", "04"}, common
