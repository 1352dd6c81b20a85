"""Statements, ledgers, vouchers, the monthly report, the review form, exports: figures against the books."""

import io
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from ledger.book import Book
from ledger.faults import Refusal
from ledger.papers import ReadRow
from ledger.provenance import SourceLine
from reports.export import csv_tables, to_hledger, xlsx_tables
from reports.footing import Issue
from reports.forms import compensation_review
from reports.ledgers import three_column
from reports.monthly import RuleFigure, monthly_report, trace
from reports.monthly.figures import shortened
from reports.render.cells import Money, Total, printed
from reports.render.paper import Paper, Steps, Table, all_cells, texts
from reports.render.pdf import to_pdf
from reports.render.xlsx import to_xlsx
from reports.statements import trial_balance
from reports.tables import FlatTable, cases, entries, loans, to_csv, to_frame
from reports.titles import account_named, code_of, column_title, full_name
from reports.turnovers import turnovers
from reports.vouchers import row_text, voucher_paper

Cells = Callable[..., dict[str, object]]
Recalculation = Callable[[str, Mapping[str, bytes], Path], dict[str, dict[str, object]]]
MAY = Issue(date(2023, 5, 31), "zhang", ("某参数为假定",))
YEAR_ON = date(2023, 1, 1)
BOC = "Assets:1002银行存款:01中国银行:01专户"


def rows_of(paper: Paper) -> list[list[str]]:
    return [
        [printed(cell) for cell in row.cells]
        for section in paper.sections
        if isinstance(section, Table)
        for row in section.rows
    ]


def row_of(paper: Paper, *head: str) -> list[str]:
    return next(row for row in rows_of(paper) if row[: len(head)] == list(head))


def every_paper(book: Book) -> dict[str, Paper]:
    red = next(voucher for voucher in book.vouchers if voucher.is_red)
    return {
        "trial_balance": trial_balance(book, MAY, date(2023, 3, 1)),
        "cash_ledger": three_column(book, BOC, MAY, YEAR_ON),
        "pledge_ledger": three_column(book, "Assets:9101质押权利", MAY, YEAR_ON),
        "voucher": voucher_paper(book, "记-2023-03-0003", MAY),
        "red_voucher": voucher_paper(book, red.no, MAY),
        "register": voucher_paper(book, "登-2023-03-0001", MAY),
        "monthly": monthly_report(book, MAY),
        "approved": compensation_review(book, "BC2023-001", MAY),
        "denied": compensation_review(book, "BC2023-002", MAY),
        "undecided": compensation_review(book, "BC2023-003", MAY),
    }


def test_every_paper_prints_both_ways_the_same_twice_and_is_footed(book: Book) -> None:
    again = every_paper(book)
    for name, paper in every_paper(book).items():
        assert to_pdf(paper) == to_pdf(again[name]), name
        assert to_xlsx(paper) == to_xlsx(again[name]), name
        foot = "\n".join(paper.footnotes)
        for said in (
            book.pool.title,
            "2023-05-31",
            book.head[:16],
            "未经登录核验的自述",
            "均为虚构",
            "不是慈溪的规定",
            "假定",
        ):
            assert said in foot, (name, said)


def test_red_takes_back_turnover_and_stands_apart(book: Book) -> None:
    found = turnovers(book, date(2023, 3, 1), MAY.until_on)
    fees = found["Expenses:5511手续费"]
    assert (fees.debit, fees.credit, fees.red_debit, fees.closing) == (1_500, 0, -1_500, 1_500)
    assert found[BOC].credit == 20_000_000 + 150_000_000 + 1_500
    assert found[BOC].red_credit == -1_500


def test_an_opening_is_never_turnover(book: Book) -> None:
    found = turnovers(book, date(2023, 2, 1), date(2023, 3, 1))
    assert (found[BOC].opening, found[BOC].debit) == (500_000_000, 0)


def test_last_years_income_goes_to_the_years_result(book: Book) -> None:
    found = turnovers(book, date(2024, 1, 1), date(2024, 2, 1))
    assert "Income:4501专户利息" not in found
    nominal = sum(
        book.balance_fen(account) for account in book.balances() if account.startswith(("Income:", "Expenses:"))
    )
    assert found["Equity:3202本年结余"].opening == nominal
    assert sum(each.opening for each in found.values()) == 0


def test_the_trial_balance_balances_and_agrees_with_the_books(book: Book) -> None:
    paper = trial_balance(book, MAY, date(2023, 3, 1))
    total = row_of(paper, "合计")
    assert total[1] == total[2]
    assert total[3] == total[4]
    assert total[5] == total[6]
    cash = row_of(paper, "1002.01.01")
    assert cash[2:] == ["5,000,000.00", "", "1,000,123.45", "1,700,015.00", "4,300,108.45", ""]
    assert book.balance_fen(BOC, MAY.until_on) == 430_010_845
    parent = row_of(paper, "1002")
    assert parent[6] == "4,500,108.45"
    assert row_of(paper, "9101")[3:] == ["0", "3", "0", "3"]


def test_a_parents_line_is_a_live_sum_of_its_children(book: Book) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(to_xlsx(trial_balance(book, MAY, date(2023, 3, 1))))).active
    assert sheet is not None
    at = {row[0].value: row[0].row for row in reversed(list(sheet.iter_rows()))}
    assert sheet.cell(at["1002"], 3).value == f"=ROUND(C{at['1002.01']}+C{at['1002.03']},2)"
    leaf = at["1002.01.01"]
    assert sheet.cell(leaf, 7).value == f"=MAX(ROUND(C{leaf}-D{leaf}+E{leaf}-F{leaf},2),0)"


def test_the_ledger_runs_to_the_books_balance(book: Book) -> None:
    rows = rows_of(three_column(book, BOC, MAY, YEAR_ON))
    assert rows[0][2:] == ["上年结转", "", "", "", "借", "5,000,000.00"]
    assert rows[-1][-2:] == ["借", "4,300,108.45"]
    march = next(row for row in rows if row[0] == "2023-03 本月合计")
    assert march[1:] == ["1,000,123.45", "200,015.00", "借", "5,800,108.45"]
    assert [row[5] for row in rows if row[2].startswith("注销")] == ["-15.00"]


def test_a_ledger_from_within_the_year_carries_forward(book: Book) -> None:
    rows = rows_of(three_column(book, BOC, MAY, date(2023, 4, 1)))
    assert rows[0][2] == "承前"
    year = [row for row in rows if row[0] == "本年累计"][-1]
    assert year[1:3] == ["1,000,123.45", "1,700,015.00"]


def test_accounts_are_found_as_officers_name_them(book: Book) -> None:
    assert account_named(book, "1002.01.01") == account_named(book, BOC) == BOC
    assert account_named(book, "手续费") == "Expenses:5511手续费"
    assert account_named(book, "L2023-0002") == "Assets:9001在池贷款本金:01中国银行:L2023-0002"
    assert (code_of(BOC), full_name(BOC)) == ("1002.01.01", "银行存款—中国银行—专户")
    for text in ("专户", "没有", ""):
        with pytest.raises(Refusal, match="报表-科目-01"):
            account_named(book, text)


def test_a_voucher_shows_its_capitals_people_and_the_rows_text(book: Book) -> None:
    paper = voucher_paper(book, "记-2023-03-0003", MAY)
    said = list(texts(paper))
    for text in (
        "合计（大写）：壹拾伍元整",
        "张三（虚构）",
        "李四（虚构）",
        "交易日期：20230306；摘要：=手续费",
        "boc-2023-03.csv（",
    ):
        assert any(text in each for each in said), text
    assert row_of(paper, "手续费", "5511 手续费")[3:] == ["15.00", ""]


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("DateOfBookkeeping", "记账日期"),
        ("交易日期[ Transaction Date ]", "交易日期"),
        ("余额[元]", "余额[元]"),
        ("[ Remark ]", "[ Remark ]"),
        ("Unheard", "Unheard"),
    ],
)
def test_a_files_heading_is_said_in_chinese_where_we_know_it(title: str, said: str) -> None:
    assert column_title(title) == said


def test_a_red_voucher_is_marked_and_negative(book: Book) -> None:
    red = next(voucher for voucher in book.vouchers if voucher.is_red)
    paper = voucher_paper(book, red.no, MAY)
    assert any("【红字】注销2023年3月22日记-2023-03-0003号凭证" in text for text in texts(paper))
    money = [cell for cell in all_cells(paper) if isinstance(cell, Money) and cell.fen]
    assert [cell.fen for cell in money] == [-1_500, -1_500]
    assert all(cell.red for cell in money)


def test_an_unknown_voucher_is_refused(book: Book) -> None:
    with pytest.raises(Refusal, match="账簿-凭证-01"):
        voucher_paper(book, "记-2023-03-9999", MAY)


@pytest.mark.parametrize(
    ("key", "value", "vouchers"),
    [
        ("cash.boc-01.balance", 430_010_845, ("记-2023-02-0001", "记-2023-05-0002")),
        ("contributions.01.year", 100_000_000, ("记-2023-03-0001",)),
        ("flows.paid.month", 150_000_000, ("记-2023-05-0002",)),
        ("flows.recovered.month", 4_500_000, ("记-2023-05-0003",)),
        ("waiting.boc.receivable", 4_500_000, ("记-2023-05-0003",)),
        ("loans.boc.principal", 291_000_000, ("登-2023-03-0001",)),
        ("loans.total.count", 2, ("登-2023-03-0001", "登-2023-03-0005")),
        ("quality.boc.npl", 291_000_000, ("登-2023-03-0001",)),
        ("applications.received.month_count", 3, ()),
        ("cases.BC2023-001.recourse", 145_500_000, ()),
        ("insurance.in_force.sum", 300_000_000, ()),
        ("insurance.within_30.count", 1, ()),
    ],
)
def test_a_figure_leads_to_its_vouchers(book: Book, key: str, value: int, vouchers: tuple[str, ...]) -> None:
    (found,) = trace(book, MAY, key)
    assert found.figure.value == value
    assert found.figure.vouchers
    assert set(vouchers) <= set(found.figure.vouchers)
    assert all(book.voucher(no).on < MAY.until_on for no in found.figure.vouchers)


def test_a_line_or_its_number_leads_to_all_its_figures(book: Book) -> None:
    line = trace(book, MAY, "loans.boc")
    assert [each.key for each in line] == [
        f"loans.boc.{name}" for name in ("count", "enterprises", "principal", "decided")
    ]
    assert trace(book, MAY, str(line[0].line_no)) == line
    with pytest.raises(Refusal, match="报表-月报-01"):
        trace(book, MAY, "loans.nobody")


def test_groupings_of_loans_add_up_to_the_pool(book: Book) -> None:
    whole = trace(book, MAY, "loans.total.principal")[0].figure.value
    for block in ("ip", "town", "industry", "overdue", "grades", "maturing"):
        assert trace(book, MAY, f"{block}.total.principal")[0].figure.value == whole, block


def test_a_month_knows_nothing_later(book: Book) -> None:
    april = Issue(date(2023, 4, 30))
    assert trace(book, april, "applications.received.year_count")[0].figure.value == 0
    assert trace(book, april, "movements.settled.count")[0].figure.value == 1
    said = set(texts(monthly_report(book, april)))
    assert "暂停整改" not in said
    assert "调节后相符" in said


def test_leverage_is_stated_only_where_the_rule_text_states_it(book: Book) -> None:
    assert "管理办法未载" in set(texts(monthly_report(book, MAY)))
    stated = monthly_report(book, MAY, (RuleFigure("放大倍数", "5 倍，上限 10 倍", "第七条"),))
    assert "管理办法未载" not in set(texts(stated))
    assert "暂停整改" in set(texts(stated))


def test_runs_of_voucher_numbers_are_joined() -> None:
    assert shortened(["记-2023-03-0003", "记-2023-03-0001", "记-2023-03-0002", "登-2023-03-0002"]) == (
        "登-2023-03-0002、记-2023-03-0001至0003"
    )


def test_the_review_form_explains_and_its_shares_make_the_base(book: Book) -> None:
    paper = compensation_review(book, "BC2023-001", MAY)
    steps = next(section for section in paper.sections if isinstance(section, Steps)).steps
    assert any("3,000,000.00 元 × 5 ÷ 10 = 1,500,000.00 元" in step.text for step in steps)
    assert any("逾期 108 天" in step.text for step in steps)
    assert row_of(paper, "风险池")[2:] == ["1,500,000.00", "50.00%"]
    assert row_of(paper, "合计")[1] == row_of(paper, "损失基数")[1] == "3,000,000.00"
    assert row_of(paper, "县财政")[1] == "500,000.00"
    assert "人民币壹佰伍拾万元整" in set(texts(paper))
    assert sum(isinstance(cell, Total) for cell in all_cells(paper)) >= 3


def test_a_denial_names_its_clauses_and_shares_nothing(book: Book) -> None:
    said = list(texts(compensation_review(book, "BC2023-002", MAY)))
    assert "不予补偿" in said
    assert "演示第二条" in said
    assert not any("各方分担" in text for text in said)
    assert {"四、逐条审核", "五、审核结论"} <= set(said)


def test_before_the_decision_the_form_says_so(book: Book) -> None:
    assert "尚未裁决。" in set(texts(compensation_review(book, "BC2023-003", MAY)))
    assert "尚未裁决。" in set(texts(compensation_review(book, "BC2023-001", replace(MAY, as_of=date(2023, 5, 10)))))
    with pytest.raises(Refusal, match="报表-案件-01"):
        compensation_review(book, "BC2023-999", MAY)


def test_a_decision_record_that_was_changed_is_refused(year_root: Path, tmp_path: Path) -> None:
    copy = tmp_path / "books"
    shutil.copytree(year_root, copy)
    for path in copy.glob("documents/*-decision.json"):
        path.write_bytes(path.read_bytes().replace(b"150000000", b"150000001"))
    with pytest.raises(Refusal, match="报表-裁决-01"):
        compensation_review(Book.load(copy), "BC2023-001", MAY)


def test_csv_text_that_looks_live_is_quoted_and_numbers_are_not() -> None:
    content = to_csv(FlatTable("t", ("a", "b"), (("=1+1", Decimal("-1.00")), ("＝x", True))))
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig") == "a,b\r\n'=1+1,-1.00\r\n'＝x,1\r\n"


def test_flat_tables_hold_what_the_books_hold(book: Book) -> None:
    legs = entries(book)
    at = {name: place for place, name in enumerate(legs.columns)}
    cash = sum(row[at["amount"]] for row in legs.rows if row[at["account"]] == BOC)  # type: ignore[misc]
    assert cash == Decimal("4300108.45")
    assert len(loans(book).rows) == 3
    frame = to_frame(cases(book))
    assert list(frame["case"]) == ["BC2023-001", "BC2023-002", "BC2023-003"]
    assert frame["recourse"][0] == Decimal("1455000.00")
    assert str(frame["begun_on"].dtype).startswith("datetime64")


def test_tables_are_imported_without_pandas() -> None:
    code = "import sys, reports.tables, reports.monthly; print('pandas' in sys.modules)"
    python = Path(re.sub(r"lib/python.*", "bin/python", pytest.__file__))
    done = subprocess.run([python, "-c", code], capture_output=True, check=True, cwd=Path(__file__).parents[2])
    assert done.stdout.strip() == b"False"


def test_the_hledger_journal_is_quoted_and_safe(book: Book) -> None:
    text = to_hledger(book)
    assert (
        '2023-03-06 * (记-2023-03-0001) 收市财政出资\n    Assets:1002银行存款:01中国银行:01专户  1000000.00 "CNY"'
        in text
    )
    assert "LOAN.CNY" not in text
    hostile = replace(book.vouchers[0], summary="a;b|c(d)\n2023-01-01 x")
    changed = replace(book)
    changed.__dict__["vouchers"] = (hostile,)
    assert "a；b｜c（d） 2023-01-01 x\n" in to_hledger(changed)


@pytest.mark.needs("hledger")
def test_hledger_reports_our_balances(tool: str, book: Book, tmp_path: Path) -> None:
    (tmp_path / "a.journal").write_text(to_hledger(book), encoding="utf-8")
    command = [tool, "-f", "a.journal", "balance", "--flat", "--empty", "-O", "csv", "-N"]
    environment = {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "PATH": str(Path(tool).parent)}
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True, env=environment)
    rows = [line.strip('"').split('","') for line in done.stdout.decode().splitlines()[1:]]
    theirs = {
        account: Decimal(amount.replace('"', "").replace("CNY", "").replace(",", "").strip())
        for account, amount in rows
    }
    assert theirs == dict(book.balances())


def test_exported_tables_are_stable_and_typed(book: Book) -> None:
    assert xlsx_tables(book) == xlsx_tables(book)
    sheets = openpyxl.load_workbook(io.BytesIO(xlsx_tables(book)))
    assert sheets.sheetnames == ["entries", "loans", "cases"] == [name for name, _ in csv_tables(book)]
    assert sheets["cases"]["L2"].value == 1455000
    assert sheets["entries"].max_row == sum(len(voucher.legs) for voucher in book.vouchers) + 1


@pytest.mark.needs("soffice")
def test_every_papers_stored_values_equal_a_recalculation(
    tool: str, book: Book, tmp_path: Path, cell_values: Cells, recalculate: Recalculation
) -> None:
    papers = {name: to_xlsx(paper) for name, paper in every_paper(book).items()}
    recalculated = recalculate(tool, papers, tmp_path)
    for name, content in papers.items():
        assert recalculated[name] == cell_values(content), name


def test_a_rows_padding_is_no_obstacle_to_its_voucher() -> None:
    line = SourceLine(sha256="0" * 64, row=1)
    row = ReadRow(
        line=line, cells=(("交易流水号", "27790367001\t"), ("空", "\t"), ("摘要", "甲\u200b乙")), outcome="event"
    )
    assert row_text(row) == "交易流水号：27790367001；摘要：甲 乙"


def test_a_ledger_of_rights_counts_pieces(book: Book) -> None:
    paper = three_column(book, "Assets:9101质押权利", MAY, YEAR_ON)
    assert paper.unit_line == "单位：件"
    assert [row[4:] for row in rows_of(paper)[1:4]] == [["1", "", "借", str(at)] for at in (1, 2, 3)]
