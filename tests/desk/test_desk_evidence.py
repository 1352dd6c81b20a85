"""One transaction arrives as list, receipt and statement: the voucher shows each, and twins are counted, not dealt."""

from datetime import date

from desk_office import through, who
from golden_papers import APRIL, Move, at, bker, bkrs, delimited, hisqry

from desk.acts import cash
from desk.acts.intake import import_file
from desk.acts.office import Office
from desk.acts.papers import shown_voucher, voucher_papers
from ledger.book import Book, Source, Voucher
from ledger.events import ReceiptFiled, TransferSent
from ledger.provenance import SHORT, digest
from ledger.seal import open_from
from reports.evidence import Evidences
from reports.render.cells import Words, printed
from reports.render.paper import KeyValues, Table, all_cells

OPENING = 1_206_748_250
"""Where boc-01 stands at the end of March."""
VERSION = "2023-12-31"
STATEMENT = bkrs(APRIL, OPENING, VERSION)
LIST = delimited(hisqry(APRIL, OPENING), "gbk")
CONTRIBUTION, SHOP_1, SHOP_2, FEE_1, FEE_2, INTEREST, CHARGE = range(7)


def receipt(move: int) -> bytes:
    return bker(APRIL[move], move + 1, VERSION)


def short(content: bytes) -> str:
    return digest(content)[:SHORT]


def filed(office: Office, *contents: bytes) -> Book:
    """The books with these files imported and posted, one after another."""
    for content in contents:
        import_file(office, content, f"{short(content)}.文件", who=who("chen", "2023-05-02"))
        through(office, "2023-05-02")
    return office.book


def voucher_at(book: Book, row: int, listed: bytes = LIST) -> Voucher:
    """The voucher of a row of a list, its rows counted from 0."""
    place = Source(short(listed), "", row + 9)
    return next(item for item in book.vouchers if place in item.sources)


def said(book: Book, row: int, listed: bytes = LIST) -> list[str]:
    """What is said instead of a row, for 流水, 对账单, 回单."""
    return [item.said for item in Evidences(book).of(voucher_at(book, row, listed))]


def sources(book: Book, row: int) -> list[Source | None]:
    return [item.source for item in Evidences(book).of(voucher_at(book, row))]


def three(row: int, paper: bytes) -> list[Source]:
    """The places of a transaction in its three papers."""
    return [Source(short(LIST), "", row + 9), Source(short(STATEMENT), "", row + 1), Source(short(paper), "", 1)]


def test_one_transaction_in_three_papers_is_one_fact_with_three_evidences(office: Office) -> None:
    """The receipt first and the list last: the order in which they come decides nothing."""
    papers = (receipt(CONTRIBUTION), STATEMENT, LIST)
    book = filed(office, *papers)
    assert len(book.events(ReceiptFiled)) == 1
    assert sources(book, CONTRIBUTION) == three(CONTRIBUTION, receipt(CONTRIBUTION))
    assert said(book, CONTRIBUTION) == ["", "", ""]
    shown = "\n".join(shown_voucher(office, voucher_at(book, CONTRIBUTION).no))
    for sort, paper in zip(("回单", "对账单", "流水"), papers, strict=True):
        assert f"佐证·{sort} {short(paper)}.文件 第 " in shown
    assert said(book, INTEREST) == ["", "", "无"]
    assert "Bookkeeping" not in shown, "the standard's element names are put into words"
    assert "对账单" in shown
    assert "佐证·回单 无" in "\n".join(shown_voucher(office, voucher_at(book, INTEREST).no))


def test_the_printed_voucher_bears_its_evidence_and_says_in_words_what_it_is_of(office: Office) -> None:
    book = filed(office, receipt(CONTRIBUTION), STATEMENT, LIST)
    voucher = voucher_at(book, CONTRIBUTION)
    (named,) = voucher_papers(office, voucher.no, prepared_by="chen")
    head = named.paper.sections[0]
    assert isinstance(head, KeyValues)
    assert dict(head.pairs)["事项"] == Words("出资到账")
    assert voucher.event in named.paper.footnotes[0], "an auditor's number stands in the foot"
    table = next(item for item in named.paper.sections if isinstance(item, Table) and item.title.startswith("佐证"))
    said = [[printed(cell) for cell in row.cells] for row in table.rows]
    sorts = [(row[0], row[2].partition("（")[0]) for row in said if len(row) > 1]
    papers = (LIST, STATEMENT, receipt(CONTRIBUTION))
    assert sorts == [
        (sort, f"{short(paper)}.文件") for sort, paper in zip(("流水", "对账单", "回单"), papers, strict=True)
    ]
    texts = [row[0] for row in said if len(row) == 1]
    assert [text.partition("：")[0] for text in texts] == ["记账日期", "验证码"], "the list's row stands under 来源"
    (unseen,) = voucher_papers(office, voucher_at(book, INTEREST).no, prepared_by="chen")
    assert "回单" in repr(unseen.paper)
    assert Words("无", span=3) in list(all_cells(unseen.paper))


def test_twins_are_told_apart_by_the_statement_and_by_nothing_else(office: Office) -> None:
    """Each twin's balance stands in list and statement, each receipt's number in the statement: nothing is guessed."""
    book = filed(office, LIST, receipt(SHOP_1), receipt(SHOP_2), receipt(FEE_2))
    for row, words in (
        (SHOP_1, "同日同额有 2 张，不能确定"),
        (SHOP_2, "同日同额有 2 张，不能确定"),
        (FEE_1, "同日同额有 1 张，凭证却有 2 张，不能确定"),
        (FEE_2, "同日同额有 1 张，凭证却有 2 张，不能确定"),
    ):
        assert said(book, row) == ["", "无", words]
        assert f"佐证·回单 {words}" in "\n".join(shown_voucher(office, voucher_at(book, row).no))
    book = filed(office, STATEMENT)
    for row in (SHOP_1, SHOP_2, FEE_2):
        assert sources(book, row) == three(row, receipt(row))
    assert said(book, FEE_1) == ["", "", "无"]


def test_twins_of_two_payers_are_told_apart_by_them_and_a_third_s_receipt_fits_no_row(office: Office) -> None:
    first = Move(at(6, 10, 0, 1), 1_200_00, "慈溪甲厂（虚构）", "33010000000000000035", "转账", "往来")
    second = first._replace(who="慈溪乙厂（虚构）", number="33010000000000000043")
    alone = first._replace(fen=77_00)
    listed = delimited(hisqry([first, second, alone], OPENING), "gbk")
    theirs = [bker(second, 1, VERSION), bker(first, 2, VERSION), bker(second._replace(fen=77_00), 3, VERSION)]
    book = filed(office, listed, *theirs)
    seen = Evidences(book)
    assert seen.of(voucher_at(book, 0, listed))[2].source == Source(short(theirs[1]), "", 1)
    assert seen.of(voucher_at(book, 1, listed))[2].source == Source(short(theirs[0]), "", 1)
    assert said(book, 2, listed) == ["", "无", "同日同额有 1 张，但对方或余额不同，不能确定"]


def test_a_receipt_of_what_only_the_statement_shows_goes_to_no_voucher(office: Office) -> None:
    """The list ends before the second twin; the statement has both, and says whose number the receipt bears."""
    first = delimited(hisqry(APRIL[:2], OPENING), "gbk")
    book = filed(office, first, STATEMENT, receipt(SHOP_2))
    assert said(book, SHOP_1, first) == ["", "", "无"]


def test_a_payment_that_we_instructed_has_its_row_its_statement_and_its_receipt(office: Office) -> None:
    sent = Move(at(3, 9, 30), -50_000_00, "慈溪某知识产权质押融资风险池管理办公室（虚构）", "39530001040000015", "划转")
    cash.transfer(office, "boc-01", "abchina-01", 50_000_00, "HZ-9", date(2023, 4, 3), who=who("chen", "2023-04-03"))
    through(office, "2023-04-03")
    (event,) = office.book.events(TransferSent)
    (voucher,) = office.book.voucher_of(event.event_id)
    assert [item.said for item in Evidences(office.book).of(voucher)] == ["无", "无", "无"]
    assert voucher.sources == ()
    papers = [delimited(hisqry([sent], OPENING), "gbk"), bkrs([sent], OPENING, VERSION), bker(sent, 1, VERSION)]
    book = filed(office, *papers)
    rows = (9, 1, 1)
    assert [item.source for item in Evidences(book).of(voucher)] == [
        Source(short(paper), "", row) for paper, row in zip(papers, rows, strict=True)
    ]


def test_a_voucher_of_two_accounts_names_the_account_of_each_paper(year: Office) -> None:
    (placed,) = [item for item in year.book.vouchers if item.kind == "DepositPlaced"]
    assert {item.account for item in Evidences(year.book).of(placed)} == {"boc-01", "boc-02"}
    shown = "\n".join(shown_voucher(year, placed.no))
    assert "佐证·流水（中国银行专户（虚构）） boc-01-list-" in shown
    assert "佐证·对账单（中国银行定期（虚构）） boc-02-statement-" in shown


def test_every_voucher_of_a_year_has_its_row_and_its_statement_and_shares_them_with_none(year: Office) -> None:
    book = year.book
    seen = Evidences(book)
    found = [(voucher, seen.of(voucher)) for voucher in book.vouchers if voucher.is_money]
    rows = [item.source for _, papers in found for item in papers if item.source]
    assert len(rows) > 50
    assert len(rows) == len(set(rows))
    missing = [(voucher.no, item.sort, item.said) for voucher, papers in found for item in papers[:2] if item.said]
    assert missing == []


def test_a_receipt_that_comes_after_its_month_was_closed_is_filed_on_the_first_open_day(year: Office) -> None:
    open_on = open_from(year.root)
    assert open_on > date(2023, 4, 30)
    import_file(year, receipt(INTEREST), "回单.xml", who=who("chen", "2024-03-04"))
    through(year, "2024-03-04")
    filed_late = year.book.events(ReceiptFiled)[-1]
    assert filed_late.on == open_on
    assert filed_late.transacted_on == filed_late.dated_on == APRIL[INTEREST].at.date()
    assert not import_file(year, receipt(INTEREST), "回单.xml", who=who("chen", "2024-03-04")).is_new
