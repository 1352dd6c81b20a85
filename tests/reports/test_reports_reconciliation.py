"""Matching, items in transit, self-match, and the 调节表 itself."""

import io
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest

from ledger.book import Book
from ledger.faults import Refusal
from ledger.ids import event_id
from ledger.papers import BankLine, BankPaper
from ledger.provenance import SourceFile, SourceLine, digest
from reports.footing import Issue
from reports.reconciliation import balance_reconciliation, filed_statements, reconcile
from reports.reconciliation.lines import BookLine, StatementLine, book_lines
from reports.reconciliation.matching import match_lines
from reports.render.pdf import to_pdf
from reports.render.xlsx import to_xlsx

MARCH, APRIL = date(2023, 4, 1), date(2023, 5, 1)
DAY = date(2023, 3, 10)


def ours(voucher: str, amount: int, days: int = 0, *keys: str) -> BookLine:
    return BookLine(voucher, DAY + timedelta(days=days), amount, f"摘要 {voucher}", frozenset(keys))


def theirs(key: str, amount: int, days: int = 0, row: int = 1) -> StatementLine:
    place = SourceLine(sha256=digest(b"s"), row=row)
    return StatementLine(key, "d" * 16, BankLine(line=place, on=DAY + timedelta(days=days), amount_fen=amount))


def pairs(book: list[BookLine], bank: list[StatementLine], **more: object) -> list[tuple[str, str, str]]:
    made = match_lines(book, bank, **more)  # type: ignore[arg-type]
    return [(match.book.voucher, match.bank.key, match.how) for match in made.matches]


def test_the_key_decides_before_amount_and_day() -> None:
    book = [ours("记1", 100, 0, "k2"), ours("记2", 100, 0, "k1")]
    bank = [theirs("k1", 100), theirs("k2", 100)]
    assert pairs(book, bank) == [("记1", "k2", "key"), ("记2", "k1", "key")]


def test_a_key_with_another_amount_is_no_match() -> None:
    made = match_lines([ours("记1", 100, 0, "k1")], [theirs("k1", 101)])
    assert not made.matches
    assert len(made.open_book) == len(made.open_bank) == 1


@pytest.mark.parametrize(("days", "matched"), [(4, True), (5, True), (6, False), (-5, True), (-6, False)])
def test_the_window_of_days(days: int, matched: bool) -> None:
    assert bool(pairs([ours("记1", 100)], [theirs("k1", 100, days)])) is matched


def test_equal_days_without_repetition_decide() -> None:
    book = [ours("记1", 100, 0), ours("记2", 100, 3)]
    bank = [theirs("k2", 100, 3), theirs("k1", 100, 0)]
    assert pairs(book, bank) == [("记1", "k1", "day"), ("记2", "k2", "day")]


def test_a_tie_stays_open_and_is_told() -> None:
    book = [ours("记1", 100), ours("记2", 100)]
    made = match_lines(book, [theirs("k1", 100)])
    assert not made.matches
    assert [(len(tie.book), len(tie.bank)) for tie in made.ties] == [(2, 1)]


def test_two_on_one_day_are_a_tie_until_a_person_says() -> None:
    book = [ours("记1", 100), ours("记2", 100)]
    bank = [theirs("k1", 100), theirs("k2", 100)]
    assert not pairs(book, bank)
    # One pair settled leaves the other only one way.
    assert pairs(book, bank, confirmed=[("记1", "k2")]) == [("记1", "k2", "person"), ("记2", "k1", "day")]
    made = match_lines(book, bank, confirmed=[("记1", "k2"), ("记2", "k1")])
    assert [match.how for match in made.matches] == ["person", "person"]
    assert not made.ties


def test_signs_never_meet() -> None:
    assert not pairs([ours("记1", 100)], [theirs("k1", -100)])


def test_march_names_each_item_in_transit(book: Book) -> None:
    done = reconcile(book, "boc-01", filed_statements(book, "boc-01", MARCH))
    assert done.book_fen == book.balance_fen(book.chart.cash("boc-01"), MARCH) == 580_010_845
    assert done.statement_fen == 600_099_645
    assert [(item.side, item.on, item.amount_fen, item.age_days) for item in done.items] == [
        ("bank_in", date(2023, 3, 30), 88_800, 1),
        ("book_out", date(2023, 3, 31), 20_000_000, 0),
    ]
    assert done.adjusted_book_fen == done.adjusted_statement_fen == 580_099_645
    assert done.holds


def test_april_clears_what_march_left(book: Book) -> None:
    done = reconcile(book, "boc-01", filed_statements(book, "boc-01", APRIL))
    assert [(item.side, item.age_days) for item in done.items] == [("bank_in", 31)]
    assert [(each.item.side, each.cleared_on) for each in done.cleared] == [
        ("bank_in", None),
        ("book_out", date(2023, 4, 3)),
    ]
    assert done.holds


def test_a_reversed_voucher_leaves_only_its_correction(book: Book) -> None:
    _, lines = book_lines(book, "boc-01", APRIL)
    fees = [line for line in lines if abs(line.amount_fen) == 1_500]
    assert [(line.summary[:2], line.amount_fen) for line in fees] == [("订正", -1_500)]
    # The bank row of the cancelled voucher now stands for the blue one.
    assert event_id("bank", "boc-01", "serial", "S3") in fees[0].keys


def test_no_statement_is_refused(book: Book) -> None:
    with pytest.raises(Refusal, match="对账-期间-01"):
        reconcile(book, "crcb-01", ())


def changed(paper: BankPaper, **more: object) -> BankPaper:
    return paper.model_copy(update=more)


def test_a_transaction_list_is_no_statement(book: Book) -> None:
    statement = filed_statements(book, "boc-01", MARCH)[0]
    with pytest.raises(Refusal, match="对账-来源-01"):
        reconcile(book, "boc-01", [changed(statement, kind="list")])


def test_the_vouchers_own_file_is_no_statement(book: Book) -> None:
    statement = filed_statements(book, "boc-01", MARCH)[0]
    source = next(source for voucher in book.vouchers for source in voucher.sources)
    file = SourceFile(name="改名.xml", sha256=source.digest16 + "0" * 48)
    with pytest.raises(Refusal, match="对账-来源-02"):
        reconcile(book, "boc-01", [changed(statement, file=file)])


def test_a_list_saved_again_is_no_statement(book: Book, year_root: Path) -> None:
    statement = filed_statements(book, "boc-01", MARCH)[0]
    source = next(source for voucher in book.vouchers for source in voucher.sources)
    listed = changed(statement, kind="list", file=SourceFile(name="流水.csv", sha256=source.digest16 + "0" * 48))
    path = year_root / "statements" / f"{source.digest16}.json"
    path.write_text(listed.model_dump_json(), encoding="utf-8")
    try:
        with pytest.raises(Refusal, match="对账-来源-03"):
            reconcile(book, "boc-01", [statement])
    finally:
        path.unlink()
    assert reconcile(book, "boc-01", [statement]).holds


def test_another_opening_and_a_gap_are_findings(book: Book) -> None:
    march, april = filed_statements(book, "boc-01", APRIL)
    done = reconcile(book, "boc-01", [changed(march, opening_fen=march.opening_fen + 1), april])
    assert any(finding.startswith("期初不符") for finding in done.findings)
    assert not done.holds
    done = reconcile(book, "boc-01", [march, changed(april, opening_fen=april.opening_fen - 1)])
    assert any(finding.startswith("对账单不连续") for finding in done.findings)


def test_an_amount_that_differs_under_one_serial_is_a_finding(book: Book) -> None:
    march = filed_statements(book, "boc-01", MARCH)[0]
    first = march.lines[0].model_copy(update={"amount_fen": march.lines[0].amount_fen + 1})
    done = reconcile(book, "boc-01", [changed(march, lines=(first, *march.lines[1:]))])
    assert any(finding.startswith("同一银行流水金额不一致：凭证 记-2023-03-0001") for finding in done.findings)
    assert not done.holds


def test_the_paper_balances_live_and_names_its_items(book: Book) -> None:
    done = reconcile(book, "boc-01", filed_statements(book, "boc-01", MARCH))
    content = to_xlsx(balance_reconciliation(book, done, Issue(done.as_of, "zhang")))
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    by_label = {row[0].value: row for row in sheet.iter_rows()}
    adjusted = by_label["调节后余额"]
    at = adjusted[0].row
    assert adjusted[4].value == f"=ROUND(E{at - 5}+SUM(E{at - 3}:E{at - 3}),2)"
    assert adjusted[9].value == f"=ROUND(J{at - 5}-SUM(J{at - 1}:J{at - 1}),2)"
    assert by_label["差额（应为 0.00）"][9].value == f"=ROUND(E{at}-J{at},2)"
    values = openpyxl.load_workbook(io.BytesIO(content), data_only=True).active
    assert values is not None
    assert [values.cell(at, 5).value, values.cell(at, 10).value, values.cell(at + 1, 10).value] == [
        5800996.45,
        5800996.45,
        0,
    ]
    said = {cell.value for row in values.iter_rows() for cell in row}
    assert {"=汇入 <script>", "S9", "记-2023-03-0004", "减：企业已付、银行未付"} <= said


def test_the_paper_is_the_same_bytes_twice(book: Book) -> None:
    done = reconcile(book, "boc-01", filed_statements(book, "boc-01", APRIL))
    issue = Issue(done.as_of, "zhang")
    assert to_pdf(balance_reconciliation(book, done, issue)) == to_pdf(balance_reconciliation(book, done, issue))
    assert to_xlsx(balance_reconciliation(book, done, issue)) == to_xlsx(balance_reconciliation(book, done, issue))


def test_the_foot_says_whose_when_and_that_all_is_invented(book: Book) -> None:
    done = reconcile(book, "boc-01", filed_statements(book, "boc-01", MARCH))
    foot = "\n".join(balance_reconciliation(book, done, Issue(done.as_of, "zhang", ("假定甲",))).footnotes)
    for said in (
        book.pool.title,
        "2023-03-31",
        book.head[:16],
        "张三（虚构）（未经登录核验的自述；表上其他各人的签名亦同）",
        "均为虚构",
        "不是慈溪的规定",
        "办法中有 1 项为假定或程序约定，须由主管部门确认，逐项列于《风险池运行月报》表尾。",
    ):
        assert said in foot
    assert "假定甲" not in foot, "no figure of a reconciliation rests on the rule text"


def fee(voucher: str, *, summary: str = "手续费", days: int = 0) -> BookLine:
    return BookLine(voucher, DAY + timedelta(days=days), -2_500, summary, frozenset(), ("Expenses:5511手续费",))


def test_twins_that_nobody_could_tell_apart_are_paired() -> None:
    bank = [theirs("k1", -2_500, 0, 1), theirs("k2", -2_500, 0, 2)]
    assert pairs([fee("记1"), fee("记2")], bank) == [("记1", "k1", "twins"), ("记2", "k2", "twins")]


@pytest.mark.parametrize(
    ("book", "count"),
    [
        ([fee("记1"), fee("记2", summary="回单费")], 2),
        ([fee("记1"), fee("记2"), fee("记3")], 2),
        ([fee("记1"), fee("记2", days=1)], 2),
    ],
    ids=["another wording", "one more of ours", "another day"],
)
def test_others_of_one_amount_stay_a_tie(book: list[BookLine], count: int) -> None:
    made = match_lines(book, [theirs(f"k{at}", -2_500, 0, at) for at in range(1, count + 1)])
    assert not made.matches
    assert len(made.ties) == 1
