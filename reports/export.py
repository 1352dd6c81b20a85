"""The books for other programs: an hledger journal whose balances must equal ours, csv and xlsx tables."""

import io
import re
from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal

import xlsxwriter

from ledger.accounts import CNY
from ledger.book import Book, Voucher
from ledger.money import CENT
from reports.render.sheet import DAY_FORMAT, MONEY_FORMAT, looks_live
from reports.tables import FlatTable, Value, cases, entries, loans, to_csv

_UNSAFE = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")
_SWAPS = str.maketrans({";": "；", "|": "｜", "(": "（", ")": "）"})


def to_hledger(book: Book, *, registers: bool = False) -> str:
    """Vouchers in hledger's journal format, commodities quoted: money alone, or with the ``registers`` (备查登记).

    Account names are ours as they stand: letters, digits and hyphens only, no blanks.
    """
    chosen = [voucher for voucher in book.vouchers if registers or voucher.is_money]
    accounts = sorted({leg.account for voucher in chosen for leg in voucher.legs})
    units = sorted({leg.commodity for voucher in chosen for leg in voucher.legs} - {CNY})
    head = [
        f"; {_plain(book.pool.title)}　链头 {book.head}",
        "decimal-mark .",
        f'commodity 1000.00 "{CNY}"',
        *(f'commodity 1000.00 "{unit}"' for unit in units),
        *(f"account {account}" for account in accounts),
    ]
    return "\n".join([*head, "", *map(_entry, chosen)])


def _entry(voucher: Voucher) -> str:
    assert voucher.is_money == all(leg.commodity == CNY for leg in voucher.legs), "a money voucher holds CNY only"
    lines = [f"{voucher.on.isoformat()} * ({voucher.no}) {_plain(voucher.summary)}"]
    lines += [f'    {leg.account}  {leg.number.quantize(CENT)} "{leg.commodity}"' for leg in voucher.legs]
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    """A description that hledger reads back whole: no comment sign, payee bar, code brackets or line end."""
    return _UNSAFE.sub(" ", text).translate(_SWAPS)


def flat_tables(book: Book) -> tuple[FlatTable, ...]:
    """Entries, loans and cases as they stand now."""
    return entries(book), loans(book), cases(book)


def csv_tables(book: Book) -> tuple[tuple[str, bytes], ...]:
    """The flat tables as (name, csv bytes)."""
    return tuple((table.name, to_csv(table)) for table in flat_tables(book))


def xlsx_tables(book: Book) -> bytes:
    """The flat tables as one workbook, a sheet each; the same bytes for the same books."""
    return workbook_of(flat_tables(book), book.pool.title, book.last_on)


def workbook_of(tables: Iterable[FlatTable], title: str, on: date) -> bytes:
    """Flat tables as one workbook, a sheet each; ``on`` is the day it says it was made."""
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True})
    workbook.set_properties({"title": title, "created": datetime.combine(on, time())})
    forms = _Forms(workbook)
    for table in tables:
        sheet = workbook.add_worksheet(table.name)
        sheet.freeze_panes(1, 0)
        for column, name in enumerate(table.columns):
            sheet.write_string(0, column, name, forms.head)
            sheet.set_column(column, column, 14)
        for line, row in enumerate(table.rows, 1):
            for column, value in enumerate(row):
                forms.write(sheet, line, column, value)
    workbook.close()
    return buffer.getvalue()


class _Forms:
    """The formats of an exported table, made once each, and the one way to write a typed cell."""

    def __init__(self, workbook: xlsxwriter.Workbook) -> None:
        self.head = workbook.add_format({"bold": True})
        self.day = workbook.add_format({"num_format": DAY_FORMAT})
        self.money = workbook.add_format({"num_format": MONEY_FORMAT})
        self.quoted = workbook.add_format({"quote_prefix": True})

    def write(self, sheet: xlsxwriter.worksheet.Worksheet, line: int, column: int, value: Value) -> None:
        """Write a value by its type: text is never read as a formula."""
        match value:
            case bool():
                sheet.write_boolean(line, column, value)
            case str():
                sheet.write_string(line, column, value, self.quoted if looks_live(value) else None)
            case date():
                sheet.write_datetime(line, column, datetime.combine(value, time()), self.day)
            case Decimal():
                sheet.write_number(line, column, value, self.money)  # type: ignore[call-overload] # the stub leaves Decimal out
            case int():
                sheet.write_number(line, column, value)
