"""Lists and statements: observed layouts, unbroken chains, and two papers that agree without being one."""

import csv
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import openpyxl
import pytest
import xlrd
from examples.paper_reading import (
    FILES,
    READ,
    YEAR,
    bkrs_facts,
    grid,
    list_lines,
    list_paths,
    register,
    statement_lines,
)

ACCOUNTS = ("boc-01", "abchina-01", "crcb-01")
MONTHS = [path.name for path in sorted(FILES.iterdir())][1:]


def test_the_year_has_twelve_months_from_march() -> None:
    assert (MONTHS[0], MONTHS[-1], len(MONTHS)) == ("2023-03", "2024-02", 12)


@pytest.mark.parametrize("account", ACCOUNTS)
def test_balances_run_without_a_break_from_the_opening(account: str) -> None:
    lines = list_lines(account)
    opening = {row["对象"]: Decimal(row["借方余额"] or 0) for row in register(YEAR / "opening.xlsx", "科目")}
    assert lines[0].balance - lines[0].amount == opening[account]
    assert all(second.balance == first.balance + second.amount for first, second in pairwise(lines))


@pytest.mark.parametrize("account", ACCOUNTS)
@pytest.mark.parametrize("month", MONTHS)
def test_a_statement_ends_where_the_list_does(account: str, month: str) -> None:
    day = month.replace("-", "")
    listed = [line for line in list_lines(account) if line.day.startswith(day)]
    (path,) = FILES.glob(f"{month}/{account}-statement-*")
    stated, closing = statement_lines(path)
    assert stated == listed
    assert closing == listed[-1].balance


@pytest.mark.parametrize("month", MONTHS)
def test_the_time_deposit_has_a_statement_each_month(month: str) -> None:
    stated, closing = statement_lines(FILES / month / f"boc-02-statement-{month.replace('-', '')}.xml")
    assert closing == (Decimal("5000000.00") if "2023-04" <= month < "2023-10" else Decimal("0.00"))
    assert len(stated) == (month in {"2023-04", "2023-10"})


def test_list_and_statement_share_no_serial_number() -> None:
    listed = {row[22].strip() for path in list_paths("boc-01") for row in grid(path)[8:]}
    for path in list_paths("crcb-01"):
        header, *rows = grid(path)
        listed |= {row[header.index("流水号")] for row in rows}
    stated: list[str] = []
    for path in FILES.glob("*/*-statement-*.xml"):
        stated += [item["NumberOfBankElectronicReceipt"] for item in bkrs_facts(path)[2]]
    assert len(stated) == len(set(stated))
    assert not listed & set(stated)


def test_each_bank_has_its_own_bkrs_namespace() -> None:
    found = {path.name.split("-")[0]: bkrs_facts(path)[0] for path in FILES.glob("*/*-statement-*.xml")}
    base = "http://xbrl.mof.gov.cn/taxonomy"
    assert found == {
        "boc": f"{base}/2023-12-31/bkrs",
        "abchina": f"{base}/2023-05-15/bkrs",
        "crcb": f"{base}/2021-11-30/bkrs",
    }


def test_boc_is_gbk_csv_with_38_bilingual_columns_and_true_totals() -> None:
    for path in list_paths("boc-01"):
        cells = grid(path)
        header, rows = cells[7], cells[8:]
        assert len(header) == 38
        assert header[22] == "记录标识号[ Record ID ]"
        assert cells[0][0] == "查询账号[ Inquirer account number ]"
        amounts = [Decimal(row[13]) for row in rows]
        assert int(cells[1][1]) == len(rows)
        assert Decimal(cells[3][1].replace(",", "")) == -sum(fen for fen in amounts if fen < 0)
        assert Decimal(cells[5][1].replace(",", "")) == sum(fen for fen in amounts if fen > 0)
        assert all((row[0] == "来账") == (amount > 0) for row, amount in zip(rows, amounts, strict=True))
        assert all(len(row[22].strip()) == 27 for row in rows)
        with pytest.raises(UnicodeDecodeError):
            path.read_bytes().decode("utf-8")


def test_abchina_comes_as_real_biff_and_in_two_xlsx_headers() -> None:
    headers = set()
    for path in list_paths("abchina-01"):
        assert path.read_bytes()[:4] == (b"\xd0\xcf\x11\xe0" if path.suffix == ".xls" else b"PK\x03\x04")
        cells = grid(path)
        assert cells[0][0] == "账户明细"
        headers.add(tuple(filter(None, cells[2])))
        assert [row[0] for row in cells[-2:]] == ["汇总收入金额", "汇总支出金额"]
        lines = list(READ["abchina-01"](cells))
        assert number_of(cells[-2][1]) == sum(line.amount for line in lines if line.amount > 0)
    common = {"交易时间", "收入金额", "支出金额", "账户余额", "对方账号", "对方户名", "交易用途", "摘要"}
    assert all(common <= set(header) for header in headers)
    assert sorted(len(header) for header in headers) == [9, 10, 11]
    assert {header[-1] for header in headers} == {"摘要", "交易说明", "会计日期"}


def number_of(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def test_crcb_comes_in_both_provincial_layouts() -> None:
    firsts = [grid(path)[0] for path in list_paths("crcb-01")]
    assert {(header[0], len(header)) for header in firsts} == {("流水号", 14), ("交易时间", 16)}
    october = grid(FILES / "2023-10" / "crcb-01-list-202310.xlsx")
    assert {row[1] for row in october[1:]} == {"子账户账号"}


def cells_of(path: Path) -> Iterator[object]:
    if path.suffix == ".xls":
        biff = xlrd.open_workbook(str(path)).sheet_by_index(0)
        for row in range(biff.nrows):
            yield from biff.row_values(row)
    else:
        for cells in openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True):
            yield from cells


def test_long_numbers_are_text_in_every_workbook() -> None:
    for path in (*list_paths("abchina-01"), *list_paths("crcb-01")):
        numbers = [value for value in cells_of(path) if isinstance(value, int | float)]
        assert [value for value in numbers if value >= 1e9] == []


@pytest.mark.parametrize(
    ("name", "sign"),
    [
        ("2023-05/boc-01-list-202305.csv", '"9,'),  # thousands commas in balances
        ("2023-09/boc-01-list-202309.csv", "405200000018\t"),  # tabs that guard long numbers
        ("2023-08/boc-01-list-202308.csv", "<script>alert(1)</script>"),
    ],
)
def test_awkward_but_real_things_are_there(name: str, sign: str) -> None:
    assert sign in (FILES / name).read_bytes().decode("gbk")


def test_two_rows_are_twins_in_all_but_their_balance() -> None:
    rows = grid(FILES / "2023-09" / "abchina-01-list-202309.xls")
    twins = [row for row in rows if row[0].startswith("2023-09-12")]
    assert len(twins) == 2
    assert [row[:3] for row in twins] == [twins[0][:3]] * 2


def test_a_payment_bounces_and_is_paid_again() -> None:
    rows = [row for path in list_paths("boc-01") for row in csv_rows(path) if "BC2023-002" in row[25]]
    assert [(row[10], row[13]) for row in rows] == [
        ("20231020", "-393827.17"),
        ("20231023", "+393827.17"),
        ("20231025", "-393827.17"),
    ]


def csv_rows(path: Path) -> list[list[str]]:
    return list(csv.reader(path.read_bytes().decode("gbk").splitlines()))[8:]
