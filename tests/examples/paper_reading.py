"""The example papers read without any of the product's code: what the tests compare against."""

import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import openpyxl
import xlrd
from lxml import etree

YEAR = Path(__file__).parents[2] / "examples" / "2023"
FILES = YEAR / "files"


class Line(NamedTuple):
    """A row of a bank's paper: day as yyyymmdd, amounts in yuan."""

    day: str
    amount: Decimal
    balance: Decimal


def grid(path: Path, sheet: int = 0) -> list[list[str]]:
    """A sheet's cells as text, blank where empty."""
    if path.suffix == ".csv":
        return list(csv.reader(io.StringIO(path.read_bytes().decode("gbk"))))
    if path.suffix == ".xls":
        biff = xlrd.open_workbook(str(path)).sheet_by_index(sheet)
        return [[str(cell) for cell in biff.row_values(row)] for row in range(biff.nrows)]
    page = openpyxl.load_workbook(path).worksheets[sheet]
    return [["" if cell is None else str(cell) for cell in row] for row in page.iter_rows(values_only=True)]


def register(path: Path, header: str, sheet: int = 0) -> list[dict[str, str]]:
    """The rows of a register's sheet below the row that begins with ``header``."""
    cells = grid(path, sheet)
    at = next(number for number, row in enumerate(cells) if row and row[0] == header)
    return [dict(zip(cells[at], row, strict=True)) for row in cells[at + 1 :] if row[0]]


def number(text: str) -> Decimal:
    """An amount with commas, a sign word or a tab."""
    plain = text.strip().replace(",", "")
    return -Decimal(plain[2:]) if plain.startswith("支") else Decimal(plain.removeprefix("收 ") or "0")


def boc_lines(cells: list[list[str]]) -> Iterator[Line]:
    """HISQRY: rows under the eighth line."""
    for row in cells[8:]:
        yield Line(row[10], number(row[13]), number(row[14]))


def abchina_lines(cells: list[list[str]]) -> Iterator[Line]:
    """账户明细, oldest first whatever the file's order."""
    rows = [row for row in cells[3:] if not row[0].startswith("汇总")]
    lines = [Line(row[0][:10].replace("-", ""), number(row[1]) - number(row[2]), number(row[3])) for row in rows]
    stamps = [row[0] for row in rows]
    return iter(lines[::-1] if stamps[0] > stamps[-1] else lines)


def crcb_lines(cells: list[list[str]]) -> Iterator[Line]:
    """Either layout, by its first title."""
    for row in cells[1:]:
        if cells[0][0] == "流水号":
            yield Line(row[1], number(row[4]) - number(row[3]), number(row[7]))
        else:
            yield Line(row[0][:10].replace("-", ""), number(row[9]), number(row[8]))


READ = {"boc-01": boc_lines, "abchina-01": abchina_lines, "crcb-01": crcb_lines}


def list_paths(account: str) -> list[Path]:
    """An account's transaction lists in time."""
    return sorted(FILES.glob(f"*/{account}-list-*"))


def list_lines(account: str) -> list[Line]:
    """All rows of an account's lists through the year."""
    return [line for path in list_paths(account) for line in READ[account](grid(path))]


def bkrs_facts(path: Path) -> tuple[str, dict[str, str], list[dict[str, str]]]:
    """A statement's namespace, its head and its details, by local names."""
    root = etree.parse(path).getroot()
    bkrs = root.nsmap["bkrs"]

    def facts(parent: etree._Element) -> dict[str, str]:
        return {etree.QName(child).localname: child.text or "" for child in parent if isinstance(child.tag, str)}

    details = root.findall(f"{{{bkrs}}}InformationOfReconcileDetailsTuple")
    return bkrs, facts(root), [facts(detail) for detail in details]


def statement_lines(path: Path) -> tuple[list[Line], Decimal]:
    """A statement's rows and closing balance, whether XBRL or keyed from paper."""
    if path.suffix == ".xlsx":
        cells = grid(path)
        closing = next(Decimal(row[1]) for row in cells if row[0] == "期末余额")
        rows = register(path, "日期")
        told = [
            Line(row["日期"].replace("-", ""), number(row["收入"]) - number(row["支出"]), number(row["余额"]))
            for row in rows
        ]
        return told, closing
    _, head, details = bkrs_facts(path)
    lines = [
        Line(
            item["DateOfBookkeeping"].replace("-", ""),
            Decimal(item["TransactionAmount"]) * (1 if item["IdentificationOfCreditOrDebit"] == "1" else -1),
            Decimal(item["AccountBalance"]),
        )
        for item in details
    ]
    return lines, Decimal(head["AccountBalanceAtTheEndOfReconciliationCycleAmount"])
