"""慈溪农商银行: the two layouts of the provincial net bank, one identity of a row in both."""

from collections.abc import Sequence
from io import BytesIO

from bank_rows import BankRow, digits, yuan
from parties import ACCOUNTS, OWN_NAME
from workbook import Cell, Grid, fill, number, open_workbook

ZJRC_A = (
    "流水号",
    "交易日期",
    "交易时间",
    "汇出金额",
    "汇入金额",
    "对方账号",
    "对方户名",
    "余额",
    "摘要",
    "用途",
    "对方银行名称",
    "凭证",
    "子账户账号",
    "子账户户名",
)
ZJRC_B = (
    "交易时间",
    "交易账号",
    "交易户名",
    "对方账号",
    "对方户名",
    "对方开户行",
    "币种",
    "摘要",
    "余额",
    "交易金额",
    "交易渠道",
    "操作员",
    "用途",
    "交易状态",
    "流水号",
    "凭证号码",
)


def _zjrc_ids(row: BankRow) -> tuple[str, str]:
    return f"1{digits(7, 'zjrc', row.no)}", f"6{digits(7, 'zjrc-voucher', row.no)}"


def _zjrc_purpose(row: BankRow) -> str:
    return f"{row.purpose} {row.remark}".strip()


def _zjrc_a(row: BankRow) -> list[Cell]:
    serial, voucher = _zjrc_ids(row)
    return [
        serial,
        f"{row.at:%Y%m%d}",
        f"{row.at:%Y%m%d %H:%M:%S}",
        yuan(-row.fen) if row.fen < 0 else "",
        yuan(row.fen) if row.fen > 0 else "",
        row.party_account,
        row.party,
        yuan(row.balance_fen),
        row.summary,
        _zjrc_purpose(row),
        row.party_bank,
        voucher,
        "",
        "",
    ]


def _zjrc_b(row: BankRow, *, placeholder: bool) -> list[Cell]:
    serial, voucher = _zjrc_ids(row)
    return [
        f"{row.at:%Y-%m-%d %H:%M:%S}",
        "子账户账号" if placeholder else ACCOUNTS[row.account].number,
        OWN_NAME,
        row.party_account,
        row.party,
        f"{row.party_bank}(402332098764)" if row.party_bank else "",
        "人民币",
        row.summary,
        number(row.balance_fen),
        f"{'收' if row.fen > 0 else '支'} {yuan(abs(row.fen), commas=True)}",
        "企业互联APP" if row.party else "柜面",
        "0001" if row.party else "",
        _zjrc_purpose(row),
        "交易成功",
        serial,
        voucher,
    ]


def _zjrc_book(grid: Grid) -> bytes:
    out = BytesIO()
    book = open_workbook(out)
    fill(book.add_worksheet("交易明细"), grid, 0, book.add_format({"num_format": "0.00"}))
    book.close()
    return out.getvalue()


def zjrc_list_a(rows: Sequence[BankRow]) -> bytes:
    """慈溪农商银行, 14 columns, all text, two unsigned amount columns, no account number anywhere."""
    return _zjrc_book([list(ZJRC_A), *[_zjrc_a(row) for row in rows]])


def zjrc_list_b(rows: Sequence[BankRow], *, placeholder: bool = False) -> bytes:
    """慈溪农商银行, 16 columns, direction and amount in one text; ``placeholder`` hides the account."""
    return _zjrc_book([list(ZJRC_B), *[_zjrc_b(row, placeholder=placeholder) for row in rows]])
