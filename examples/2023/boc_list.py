"""中国银行 HISQRY: CSV in GBK with a preamble of totals and 38 bilingual columns."""

import csv
from collections.abc import Sequence
from datetime import date
from io import StringIO

from bank_rows import BankRow, digits, yuan
from parties import ACCOUNTS, OWN_NAME

BOC_HEADER = (
    "交易类型[ Transaction Type ]",
    "业务类型[ Business type ]",
    "付款人开户行号[ Account holding bank number of payer ]",
    "付款人开户行名[ Payer account bank ]",
    "付款人账号[ Debit Account No. ]",
    "付款人名称[ Payer's Name ]",
    "收款人开户行行号[ Account holding bank number of beneficiary ]",
    "收款人开户行名[ Beneficiary account bank ]",
    "收款人账号[ Payee's Account Number ]",
    "收款人名称[ Payee's Name ]",
    "交易日期[ Transaction Date ]",
    "交易时间[ Transaction time ]",
    "交易货币[ Trade Currency ]",
    "交易金额[ Trade Amount ]",
    "交易后余额[ After-transaction balance ]",
    "起息日期[ Value Date ]",
    "汇率[ Exchange rate ]",
    "交易流水号[ Transaction reference number ]",
    "客户申请号[ Online Banking Transaction Ref.(Bank Ref.) ]",
    "客户业务编号[ Customer Transaction Ref.(Customer Ref.) ]",
    "凭证类型[ Voucher type ]",
    "凭证号码[ Voucher number ]",
    "记录标识号[ Record ID ]",
    "摘要[ Reference ]",
    "用途[ Purpose ]",
    "交易附言[ Remark ]",
    "备注[ Remarks ]",
    "预留项1[ Reserve1 ]",
    "预留项2[ Reserve2 ]",
    "预留项3[ Reserve3 ]",
    "名义付款人开户行行号[ Opening bank number of nominal payer ]",
    "名义付款人开户行名[ Opening bank name of nominal payer ]",
    "名义付款人账号[ Payment A/C No. ]",
    "名义付款人名称[ Name of nominal payer ]",
    "名义收款人开户行号[ Opening bank number of nominal payee ]",
    "名义收款人开户行名[ Opening bank name of nominal payee ]",
    "名义收款人账号[ Account number of nominal payee ]",
    "名义收款人名称[ Name of nominal payee ]",
)


def _journal(rows: Sequence[BankRow], row: BankRow) -> tuple[str, int]:
    """The bank's journal number of a row and its place in it: a fee shares the payment's journal."""
    together = [other for other in rows if other.at == row.at]
    return f"0{digits(8, 'boc', together[0].no)}", together.index(row) + 1


def _boc_row(rows: Sequence[BankRow], row: BankRow, *, commas: bool, tabs: bool) -> list[str]:
    own = ACCOUNTS[row.account]
    journal, record = _journal(rows, row)
    ours = [own.bank_no, own.bank_name, own.number, OWN_NAME]
    theirs = ["", row.party_bank, row.party_account, row.party]
    record_id = f"{journal}{record:09d}{row.no:09d}"
    cells = [""] * len(BOC_HEADER)
    cells[0] = "来账" if row.fen > 0 else "往账"
    cells[1] = row.sort
    cells[2:6], cells[6:10] = (theirs, ours) if row.fen > 0 else (ours, theirs)
    cells[10:18] = [
        f"{row.at:%Y%m%d}",
        f"{row.at:%H:%M:%S}",
        "CNY",
        yuan(row.fen, plus=True),
        yuan(row.balance_fen, commas=True) if commas else yuan(row.balance_fen, plus=True),
        f"{row.at:%Y%m%d}",
        "",
        f"{int(journal)}{record:03d}",
    ]
    cells[22:26] = [record_id, row.summary, row.purpose, row.remark]
    if tabs:  # the bank's own guard against spreadsheets that eat long numbers
        for place in (4, 8, 17, 22):
            cells[place] += "\t" if cells[place] else ""
    return cells


def boc_list(
    account: str, first: date, last: date, rows: Sequence[BankRow], *, commas: bool = False, tabs: bool = False
) -> bytes:
    """A 中国银行 HISQRY file: preamble, 38 bilingual titles, rows in ascending time."""
    outs, ins = [row.fen for row in rows if row.fen < 0], [row.fen for row in rows if row.fen > 0]
    text = StringIO()
    sheet = csv.writer(text, lineterminator="\r\n")
    sheet.writerows(
        [
            ("查询账号[ Inquirer account number ]", ACCOUNTS[account].number + ("\t" if tabs else "")),
            ("总笔数[ Total number ]", len(rows)),
            ("借方发生总笔数[ Total Numbers of Debited Payments ]", len(outs)),
            ("借方发生总额[ Total Debit Amount of Payments ]", yuan(-sum(outs), commas=True)),
            ("贷方发生总笔数[ Total Numbers of Credited Payments ]", len(ins)),
            ("贷方发生总额[ Total Credit Amount of Payments ]", yuan(sum(ins), commas=True)),
            ("查询时间范围[ Time Range ]", f"{first:%Y%m%d}-{last:%Y%m%d}"),
            BOC_HEADER,
        ]
    )
    sheet.writerows(_boc_row(rows, row, commas=commas, tabs=tabs) for row in rows)
    return text.getvalue().encode("gbk")
