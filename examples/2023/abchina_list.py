"""农业银行 账户明细: two ``.xlsx`` headers and a real BIFF ``.xls``, each with its two total rows."""

from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlwt
from bank_rows import BankRow, month_days, yuan
from parties import ACCOUNTS, OWN_NAME
from workbook import Cell, Grid, fill, number, open_workbook

ABC_1B = (
    "交易时间",
    "收入金额",
    "支出金额",
    "账户余额",
    "交易行名",
    "对方省市",
    "对方账号",
    "对方户名",
    "交易用途",
    "摘要",
    "会计日期",
)
ABC_1C = (
    "交易时间",
    "收入金额",
    "支出金额",
    "账户余额",
    "对方账号",
    "对方户名",
    "交易用途",
    "对方开户行",
    "摘要",
    "交易说明",
)
ABC_XLS = ABC_1C[:-1]


def _abc_cells(row: BankRow, titles: Sequence[str]) -> list[Cell]:
    own = ACCOUNTS[row.account]
    told = {
        "交易时间": f"{row.at:%Y-%m-%d %H:%M:%S}",
        "交易行名": own.bank_name,
        "对方省市": "浙江宁波" if row.party else "",
        "对方账号": row.party_account,
        "对方户名": row.party,
        # Without a column of its own the remark stands behind the purpose.
        "交易用途": row.purpose if "交易说明" in titles else f"{row.purpose} {row.remark}".strip(),
        "对方开户行": row.party_bank,
        "摘要": row.summary,
        "交易说明": row.remark,
        "会计日期": f"{row.at:%Y%m%d}",
    }
    return [told.get(title, "") for title in titles]


def _abc_grid(rows: Sequence[BankRow], titles: Sequence[str], *, empty: Cell, text: bool) -> Grid:
    """Header, rows and the two total rows; ``empty`` is what the unused amount column holds."""

    def money(fen: int) -> Cell:
        return yuan(fen, commas=True) if text else number(fen)

    grid: Grid = [list(titles)]
    for row in rows:
        cells = _abc_cells(row, titles)
        cells[1:4] = [
            money(row.fen) if row.fen > 0 else empty,
            money(-row.fen) if row.fen < 0 else empty,
            money(row.balance_fen),
        ]
        grid.append(cells)
    grid.append(["汇总收入金额", money(sum(row.fen for row in rows if row.fen > 0))])
    grid.append(["汇总支出金额", money(-sum(row.fen for row in rows if row.fen < 0))])
    return grid


def abc_list_1b(account: str, rows: Sequence[BankRow]) -> bytes:
    """农业银行 ``.xlsx`` with account number and name in merged cells of row 2 and 11 columns."""
    out = BytesIO()
    book = open_workbook(out)
    sheet = book.add_worksheet("账户明细")
    sheet.merge_range("A1:K1", "账户明细", book.add_format({"font_size": 18, "align": "center"}))
    sheet.merge_range("A2:B2", "账户号")
    sheet.merge_range("C2:E2", ACCOUNTS[account].number)
    sheet.merge_range("F2:G2", "账户名称")
    sheet.merge_range("H2:K2", OWN_NAME)
    fill(sheet, _abc_grid(rows, ABC_1B, empty="", text=False), 2, book.add_format({"num_format": "#,##0.00"}))
    book.close()
    return out.getvalue()


def _abc_preamble(account: str, month: str) -> list[tuple[int, int, str]]:
    first, last = month_days(month)
    return [
        (0, 1, f"账号: {ACCOUNTS[account].number}"),
        (2, 4, f"户名: {OWN_NAME}"),
        (5, 6, "币种: 人民币"),
        (7, 8, f"起止日期: {first:%Y-%m-%d}至{last:%Y-%m-%d}"),
    ]


def abc_list_1c(account: str, month: str, rows: Sequence[BankRow]) -> bytes:
    """农业银行 ``.xlsx`` with label and value in one cell, 10 columns, newest first, amounts as text."""
    out = BytesIO()
    book = open_workbook(out)
    sheet = book.add_worksheet("Sheet1")
    sheet.merge_range("A1:J1", "账户明细", book.add_format({"font_size": 20, "align": "center"}))
    for left, right, text in _abc_preamble(account, month):
        sheet.merge_range(1, left, 1, 9 if right == 8 else right, text)
    fill(sheet, _abc_grid(rows[::-1], ABC_1C, empty="", text=True), 2, None)
    book.close()
    return out.getvalue()


def abc_list_xls(account: str, month: str, rows: Sequence[BankRow]) -> bytes:
    """农业银行 as real BIFF ``.xls``: the 1c header without 交易说明, zero in the unused column."""
    library: Any = xlwt  # it carries no types
    book = library.Workbook(encoding="utf-8")
    book.set_owner("")
    sheet = book.add_sheet("账户明细")
    sheet.write_merge(0, 0, 0, 8, "账户明细")
    for left, right, text in _abc_preamble(account, month):
        sheet.write_merge(1, 1, left, right, text)
    money = library.easyxf(num_format_str="#,##0.00")
    plain = library.easyxf()
    for row, cells in enumerate(_abc_grid(rows, ABC_XLS, empty=number(0), text=False), 2):
        for column, cell in enumerate(cells):
            if cell != "":
                sheet.write(row, column, cell, money if isinstance(cell, Decimal) else plain)
    out = BytesIO()
    book.save(out)
    return out.getvalue()
