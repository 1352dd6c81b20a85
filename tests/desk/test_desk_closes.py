"""Which month is closed, and at a year's end who gets what: books without an opening, contributors without money."""

from datetime import date
from pathlib import Path

import pytest
from desk_office import EXAMPLES, code, through, who
from standing_books import MILLION, yuan
from standing_books import begun as standing

from desk.acts import cash, closing, corrections, months
from desk.acts.inspection import tasks
from desk.acts.intake import import_file
from desk.acts.office import Office
from desk.acts.opening import OpeningFiles, open_books
from desk.acts.papers import contributor_papers, month_papers
from desk.acts.yearend import year_end_of
from importers.registers import write_template
from ledger.accounts import INTEREST
from ledger.daily import cut_of
from ledger.events import VoucherLine, YearClosed
from ledger.faults import Refusal
from ledger.verify import verify
from reports.audit import reperform
from reports.render.paper import texts

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


def test_books_without_a_voucher_have_no_statement_yet(tmp_path: Path) -> None:
    """It was printed all the same, of the first day of the year 1."""
    office = begun(tmp_path / "books", "2024-02-29")
    assert code(lambda: contributor_papers(office, "", None, prepared_by="chen")) == "报表-期间-01"
    assert months.next_month(office) == "2024-02"


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


def stated(office: Office, month: str, number: str, opening: int, *rows: tuple[str, int], day: str) -> None:
    """A month's statement as somebody keyed it in from paper, and the account signed off by it."""
    balance, lines = opening, []
    for on, fen in rows:
        balance += fen
        lines.append(
            {"on": on, "inflow_fen" if fen > 0 else "outflow_fen": yuan(abs(fen)), "balance_fen": yuan(balance)}
        )
    head = {"number": number, "month": month, "opening_fen": yuan(opening), "closing_fen": yuan(balance)}
    content = write_template("statement", lines, heading=head)
    import_file(office, content, f"对账单-{number[-4:]}-{month}.xlsx", who=who("chen", day))
    through(office, day)


def signed_off(office: Office, month: str, day: str) -> None:
    for slug in ("boc-01", "crcb-01"):
        months.sign_off(office, slug, month, who=who("chen", day))
    through(office, day)


BOC, CRCB = "405200000018", "2010000000000000017"


def test_a_month_in_which_nothing_moved_is_closed_like_any_other(tmp_path: Path) -> None:
    """No voucher in February and none after it: its papers were refused as of a month that the books do not have."""
    office = standing(tmp_path / "books")
    for month, day in (("2024-01", "2024-02-02"), ("2024-02", "2024-03-02")):
        stated(office, month, BOC, 4 * MILLION, day=day)
        stated(office, month, CRCB, MILLION, day=day)
        signed_off(office, month, day)
        assert closing.close_month(office, month, who=who("chen", day), second="lu").receipt
    assert verify(office.root) == ()
    assert reperform.main(str(office.root)) == 0


def test_the_sealed_paper_says_what_a_person_confirmed(tmp_path: Path) -> None:
    """Two equal transfers whose rows could be either's: matched by a person, they were still in doubt on paper."""
    office = standing(tmp_path / "books")
    for number, on in (("H1", "2024-01-10"), ("H2", "2024-01-12")):
        cash.transfer(office, "boc-01", "crcb-01", 500, number, date.fromisoformat(on), who=who("chen", on))
        through(office, on)
    day = "2024-02-02"
    stated(office, "2024-01", BOC, 4 * MILLION, ("2024-01-11", -500), ("2024-01-13", -500), day=day)
    (tie,) = months.reconciliation(office, "boc-01", "2024-01").matching.ties
    for ours, theirs in zip(tie.book, tie.bank, strict=True):
        months.match(office, "boc-01", ours.voucher, theirs.key, date(2024, 1, 31), who=who("chen", day))
    through(office, day)
    assert months.reconciliation(office, "boc-01", "2024-01").holds
    papers = {item.name: item.paper for item in month_papers(office, "2024-01", prepared_by="chen")}
    for name in ("2024-01-reconciliation-boc-01", "2024-01-monthly-report"):
        assert not any("待人工确认" in text or "不符" in text for text in texts(papers[name])), name


def test_an_account_added_later_stands_in_no_earlier_months_way(tmp_path: Path) -> None:
    """No bank has a statement of an account from before it was opened: January could never be closed."""
    office = standing(tmp_path / "books")
    settings = (office.root / "pool.toml").read_text(encoding="utf-8")
    for number in ("02", "03"):
        name = f'[[account]]\nslug = "boc-{number}"\nbank = "boc"\nno = "{number}"\nsort = "dedicated"\n'
        settings += f'{name}number = "00000000{number}"\nname = "中行新专户{number}（虚构）"\n'
        on = date.fromisoformat({"02": "2024-02-01", "03": "2024-01-31"}[number])
        actor = who("chen", "2024-02-02")
        corrections.amend_pool(office, "pool.toml", settings.encode(), "开户", on, chief="gu", who=actor)
        through(office, "2024-02-02")
    against = [item.text for item in months.obstacles(office, "2024-01")]
    assert not any("boc-02" in text for text in against)
    assert any("boc-03" in text for text in against), "opened on the month's last day, it has a statement of that month"
    assert any("boc-02" in item.text for item in months.obstacles(office, "2024-02"))


def test_a_view_of_books_whose_december_was_opened_again_says_so(books_copy: Path) -> None:
    """It said that no year had ever been sealed."""
    office = Office(books_copy)
    for month in ("2024-02", "2024-01", "2023-12"):
        months.reopen(office, month, "补记", who=who("gu", "2024-03-05"), second="lu")
    with pytest.raises(Refusal) as refused:
        cut_of(office.root)
    assert refused.value.faults[0].found == "2023-12 已重开，还没有再结账"
