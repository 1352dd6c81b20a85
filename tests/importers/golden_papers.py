"""One invented April on every layout and kind of file that is read（全部虚构）: the makers of the golden files.

What stands here is told once, as movements; each maker prints them as that bank prints them (facts/banks.md). The files
under ``golden/`` are committed and are what the tests read; ``write_golden.py`` makes them anew.
"""

import io
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple, Protocol, TypeVar

import xlsxwriter
import xlwt
from beangulp.testing import main as beangulp_main
from beangulp.testing import run_importer, write_expected

from importers.bean import PoolImporter
from importers.files.child import parts
from importers.files.worker import assembled
from importers.intake import recognise_workbook
from ledger.events import ReceiptFiled
from ledger.listed import Listed
from ledger.money import yuan_text
from ledger.openitems import FiledReceipt, FiledStatement, ListEnd, OpenItems
from ledger.papers import BankPaper, Intake, Reading
from ledger.pool import parse_pool
from ledger.provenance import SourceFile, digest
from ledger.views import filed_statements

GOLDEN = Path(__file__).parent / "golden"
OPENING = 1_000_000_00
FIRST_DAY, NEXT_MONTH = date(2023, 4, 1), date(2023, 5, 1)
FINANCE, SHOP = "市级财政国库支付中心（虚构）", "慈溪某某电器有限公司（虚构）"
OFFICE = "测试管理办公室（虚构）"
NUMBERS = {
    "boc-01": "405200000018",
    "boc-03": "405200000034",
    "abchina-01": "39530001040000015",
    "abchina-02": "39530001040000023",
    "crcb-01": "201000123456789",
}
_BANKS = {"boc": ("01", "中国银行"), "abchina": ("02", "农业银行"), "crcb": ("03", "慈溪农商银行")}


def _pool() -> str:
    people = "".join(
        f'[[staff]]\nid = "{who}"\nname = "{who}（虚构）"\nroles = ["{role}"]\n'
        for who, role in (("zhi", "preparer"), ("fu", "reviewer"), ("ji", "bookkeeper"), ("gu", "chief"))
    )
    banks = "".join(f'[[bank]]\ncode = "{code}"\nno = "{no}"\nname = "{name}"\n' for code, (no, name) in _BANKS.items())
    accounts = "".join(
        f'[[account]]\nslug = "{slug}"\nbank = "{slug[:-3]}"\nno = "{slug[-2:]}"\nsort = "dedicated"\n'
        f'number = "{number}"\nname = "{slug} 专户（虚构）"\n'
        for slug, number in NUMBERS.items()
    )
    contributor = '[[contributor]]\nno = "01"\nname = "市级财政（虚构）"\naliases = ["市级财政国库支付中心（虚构）"]\n'
    head = '[pool]\ntitle = "测试风险池（虚构）"\nslug = "golden"\nunit = "测试管理办公室（虚构）"\ninvented = true\n'
    return f"{head}{people}{banks}{accounts}{contributor}"


POOL = _pool()


class Move(NamedTuple):
    """One movement, before any bank has printed it."""

    at: datetime
    fen: int
    who: str = ""
    number: str = ""
    summary: str = "转账"
    purpose: str = ""

    @property
    def on(self) -> date:
        return self.at.date()


def at(day: int, hour: int, minute: int, second: int = 0, month: int = 4) -> datetime:
    return datetime(2023, month, day, hour, minute, second)  # noqa: DTZ001 - a bank prints its own clock, without a zone


APRIL = (
    Move(at(3, 9, 15, 7), 500_000_00, FINANCE, "33010000000000000001", "转账", "出资款"),
    Move(at(6, 10, 0, 1), 1_200_00, SHOP, "33010000000000000027", "转账", "往来"),
    Move(at(6, 10, 0, 1), 1_200_00, SHOP, "33010000000000000027", "转账", "往来"),
    Move(at(12, 11, 30, 5), -20_00, summary="手续费", purpose="手续费"),
    Move(at(12, 11, 30, 5), -20_00, summary="手续费", purpose="手续费"),
    Move(at(21, 2, 10), 1_234_56, summary="结息"),
    Move(at(28, 16, 0), -50_00, summary="账户管理费", purpose="账户管理费"),
)
"""Genuine twins twice: two equal receipts of one payer and two equal fees, each pair in one second."""
MAY = (Move(at(5, 9, 0, month=5), -20_00, summary="手续费"), Move(at(21, 2, 10, month=5), 77, summary="结息"))
WORDLESS = tuple(move for move in APRIL if move.fen > 0)
"""A layout without any word of the bank's can't say that money out is a fee."""
CLOSING = OPENING + sum(move.fen for move in APRIL)
Rows = list[list[str]]


class Moved(Protocol):
    """Anything with an amount in fen."""

    @property
    def fen(self) -> int: ...


M = TypeVar("M", bound=Moved)


def with_balances(moves: Iterable[M], opening: int) -> list[tuple[M, int, int]]:
    """(movement, balance after it, number from 1)."""
    found = []
    for number, move in enumerate(moves, start=1):
        opening += move.fen
        found.append((move, opening, number))
    return found


# ── 中国银行 ──────────────────────────────────────────────────────────────────────────────────────────────

HISQRY = (
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
    *(f"预留项{number}[ Reserve{number} ]" for number in (1, 2, 3)),
    "名义付款人开户行行号[ Opening bank number of nominal payer ]",
    "名义付款人开户行名[ Opening bank name of nominal payer ]",
    "名义付款人账号[ Payment A/C No. ]",
    "名义付款人名称[ Name of nominal payer ]",
    "名义收款人开户行号[ Opening bank number of nominal payee ]",
    "名义收款人开户行名[ Opening bank name of nominal payee ]",
    "名义收款人账号[ Account number of nominal payee ]",
    "名义收款人名称[ Name of nominal payee ]",
)


def hisqry(moves: Sequence[Move], opening: int, own: str = NUMBERS["boc-01"], first: int = 0) -> Rows:
    """Preamble, header and rows; ``first`` counts the account's earlier rows, for their serials."""
    came = [move.fen for move in moves if move.fen > 0]
    went = [-move.fen for move in moves if move.fen < 0]
    month = moves[0].at if moves else at(1, 0, 0)
    last = 30 if month.month == 4 else 31
    rows = [
        ["查询账号[ Inquirer account number ]", own],
        ["总笔数[ Total number ]", str(len(moves))],
        ["借方发生总笔数[ Total Numbers of Debited Payments ]", str(len(went))],
        ["借方发生总额[ Total Debit Amount of Payments ]", yuan_text(sum(went))],
        ["贷方发生总笔数[ Total Numbers of Credited Payments ]", str(len(came))],
        ["贷方发生总额[ Total Credit Amount of Payments ]", yuan_text(sum(came))],
        ["查询时间范围[ Time Range ]", f"{month:%Y%m}01-{month:%Y%m}{last}"],
        list(HISQRY),
    ]
    for move, balance, number in with_balances(moves, opening):
        rows.append(_hisqry_row(move, balance, first + number, own))
    return rows


def _hisqry_row(move: Move, balance: int, number: int, own: str) -> list[str]:
    row = [""] * len(HISQRY)
    ours, theirs = (3, 7) if move.fen < 0 else (7, 3)
    row[ours - 1 : ours + 3] = ["10658", "中国银行慈溪某支行（虚构）", own, OFFICE]
    if move.who:
        row[theirs - 1 : theirs + 3] = ["", "某银行某支行（虚构）", move.number, move.who]
    journal = f"{75_783_668 + number:09d}"
    row[0], row[1] = ("来账" if move.fen > 0 else "往账"), ("收费" if "费" in move.summary else move.summary)
    row[10], row[11], row[12] = f"{move.at:%Y%m%d}", f"{move.at:%H:%M:%S}", "CNY"
    row[13], row[14] = (
        ("+" if move.fen > 0 else "") + yuan_text(move.fen, commas=False),
        yuan_text(balance, commas=False),
    )
    row[15], row[17] = f"{move.at:%Y%m%d}", f"{int(journal)}085"
    row[20], row[21] = "电子转账凭证", f"{800_000 + number}"
    row[22] = f"{journal}{number:09d}{own[-9:]}"
    row[23], row[25] = move.summary, move.purpose
    return row


# ── 农业银行 ──────────────────────────────────────────────────────────────────────────────────────────────

_OTHER = ["对方账号", "对方户名"]
_MOMENT = ["交易时间", "收入金额", "支出金额", "账户余额"]
_NINETEEN = (
    *("交易日期", "交易时间戳", "收入金额", "支出金额", "本次余额", "手续费总额", "交易方式", "交易行名", "交易类别"),
    *("对方省市", "对方账号", "对方户名", "交易说明", "交易摘要", "交易附言", "交易凭证号", "交易日志号"),
    *("账簿号", "账簿名称"),
)
ABC = {
    "1a": [*_MOMENT, "交易行名", "对方省市", *_OTHER, "交易用途", "摘要", "会计日期"],
    "1c": [*_MOMENT, *_OTHER, "交易用途", "对方开户行", "摘要", "交易说明"],
    "1c-no-notes": [*_MOMENT, *_OTHER, "交易用途", "对方开户行", "摘要"],
    "1c-no-summary": [*_MOMENT, *_OTHER, "交易用途", "对方开户行"],
    "1c-ordinal": ["序号", *_MOMENT, *_OTHER, "交易用途", "对方开户行", "摘要", "交易说明"],
    "2a": list(_NINETEEN),
    "3": [*_MOMENT, *_OTHER, "对方开户行"],
    "old": [*_MOMENT, "交易行名", "对方省市", *_OTHER, "交易用途"],
}
ABC["1b"], ABC["2b"] = ABC["1a"], ABC["2a"]


def detail(moves: Sequence[Move], opening: int, variant: str, first: int = 0) -> Rows:
    """Title, account fields of the variant, header, rows, footer; ``first`` counts the account's earlier rows."""
    own = NUMBERS["abchina-01"]
    rows = [["账户历史明细" if variant == "3" else "账户明细"]]
    if variant in {"1b", "2b"}:
        rows.append(["账户号", "", own, "", "", "账户名称", "", OFFICE])
    if variant == "3" or variant.startswith("1c"):
        period = f"起止日期: {FIRST_DAY}至{NEXT_MONTH.replace(month=4, day=30)}"
        rows.append([f"账号: {own}", "", f"户名: {OFFICE}", "", "", "币种: 人民币", "", period])
    rows.append(list(ABC[variant]))
    for move, balance, number in with_balances(moves, opening):
        cell = _detail_cells(move, balance, first + number)
        rows.append([cell.get(name, "") for name in ABC[variant]])
    rows.append(["汇总收入金额", yuan_text(sum(move.fen for move in moves if move.fen > 0))])
    rows.append(["汇总支出金额", yuan_text(-sum(move.fen for move in moves if move.fen < 0))])
    return rows


def _detail_cells(move: Move, balance: int, number: int) -> Mapping[str, str]:
    return {
        "序号": str(number),
        "交易时间": f"{move.at:%Y-%m-%d %H:%M:%S}",
        "交易日期": f"{move.at:%Y%m%d}",
        "交易时间戳": f"{move.at:%H:%M:%S}",
        "收入金额": yuan_text(move.fen) if move.fen > 0 else "",
        "支出金额": yuan_text(-move.fen) if move.fen < 0 else "0.0",
        "账户余额": yuan_text(balance),
        "本次余额": yuan_text(balance),
        "手续费总额": "0.00",
        "交易方式": "网银",
        "交易行名": "慈溪某支行（虚构）",
        "交易类别": "转账",
        "对方省市": "浙江" if move.who else "",
        "对方账号": move.number,
        "对方户名": move.who,
        "对方开户行": "某银行某支行（虚构）" if move.who else "",
        "交易用途": move.purpose,
        "摘要": move.summary,
        "交易说明": "",
        "交易摘要": move.summary,
        "交易附言": move.purpose,
        "交易日志号": f"5000{number:05d}",
        "会计日期": f"{move.at:%Y%m%d}",
    }


# ── 慈溪农商银行 ──────────────────────────────────────────────────────────────────────────────────────────

ZJRC_A = (
    *("流水号", "交易日期", "交易时间", "汇出金额", "汇入金额", "对方账号", "对方户名", "余额", "摘要", "用途"),
    *("对方银行名称", "凭证", "子账户账号", "子账户户名"),
)
ZJRC_B = (
    *("交易时间", "交易账号", "交易户名", "对方账号", "对方户名", "对方开户行", "币种", "摘要", "余额", "交易金额"),
    *("交易渠道", "操作员", "用途", "交易状态", "流水号", "凭证号码"),
)


def zjrc_a(moves: Sequence[Move], opening: int, first: int = 0) -> Rows:
    """No account of its own, two columns, everything text."""
    rows = [list(ZJRC_A)]
    for move, balance, number in with_balances(moves, opening):
        cell = _zjrc_cells(move, balance, first + number)
        rows.append([cell.get(name, "") for name in ZJRC_A])
    return rows


def zjrc_b(moves: Sequence[Move], opening: int, own: str = NUMBERS["crcb-01"], first: int = 0) -> Rows:
    """A sign word, a status, an own account or the placeholder."""
    rows = [list(ZJRC_B)]
    for move, balance, number in with_balances(moves, opening):
        cell = {**_zjrc_cells(move, balance, first + number), "交易账号": own}
        cell["交易时间"] = f"{move.at:%Y-%m-%d %H:%M:%S}"
        rows.append([cell.get(name, "") for name in ZJRC_B])
    return rows


def _zjrc_cells(move: Move, balance: int, number: int) -> dict[str, str]:
    return {
        "流水号": f"{16_616_045 + number}",
        "交易日期": f"{move.at:%Y%m%d}",
        "交易时间": f"{move.at:%Y%m%d %H:%M:%S}",
        "汇出金额": yuan_text(-move.fen, commas=False) if move.fen < 0 else "",
        "汇入金额": yuan_text(move.fen, commas=False) if move.fen > 0 else "",
        "交易金额": f"{'收' if move.fen > 0 else '支'} {yuan_text(abs(move.fen))}",
        "交易户名": OFFICE,
        "对方账号": move.number,
        "对方户名": move.who,
        "对方银行名称": "某银行某支行（虚构）" if move.who else "",
        "对方开户行": "某银行某支行(104581014123)（虚构）" if move.who else "",
        "币种": "人民币",
        "余额": yuan_text(balance, commas=False),
        "摘要": move.summary,
        "用途": move.purpose,
        "交易渠道": "企业互联APP",
        "操作员": "9001",
        "交易状态": "交易成功",
        "凭证": f"{63_916_103 + number}",
        "凭证号码": f"{63_916_103 + number}",
    }


def with_failed(rows: Rows) -> Rows:
    """The list with a transfer that did not happen after its fourth line: the balance stands still."""
    before = rows[4]
    failed = list(before)
    failed[ZJRC_B.index("交易金额")] = "支 9,000.00"
    failed[ZJRC_B.index("交易状态")] = "交易失败"
    failed[ZJRC_B.index("流水号")] = "16616999"
    return [*rows[:5], failed, *rows[5:]]


# ── 财政部 bkrs, bker ────────────────────────────────────────────────────────────────────────────────────

VERSIONS = ("2021-11-30", "2023-05-15", "2023-12-31")


def _instance(kind: str, version: str, inner: str) -> bytes:
    space = f"http://xbrl.mof.gov.cn/taxonomy/{version}/{kind}"
    schema = f'<link:schemaRef xlink:type="simple" xlink:href="{kind}_entry_point_{version}.xsd"/>'
    spaces = 'xmlns="http://www.xbrl.org/2003/instance" xmlns:link="http://www.xbrl.org/2003/linkbase" '
    spaces += f'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:{kind}="{space}"'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<xbrl {spaces}>\n{schema}\n{inner}</xbrl>\n'.encode()


def _elements(kind: str, fields: Mapping[str, str]) -> str:
    return "".join(f'<{kind}:{name} contextRef="c">{text}</{kind}:{name}>\n' for name, text in fields.items())


def bkrs(
    moves: Sequence[Move], opening: int, version: str, own: str = NUMBERS["boc-01"], *, twins: bool = False
) -> bytes:
    """A month's statement. ``twins`` writes each transaction as two details, the second of zero."""
    month = f"{moves[0].at:%m}" if moves else "04"
    inner = _elements(
        "bkrs",
        {
            "IdentificationCodeOfIssuer": "104332000001",
            "Currency": "CNY",
            "CustomerSettlementBankAccount": own,
            "NameOfCustomerAccount": OFFICE,
            "YearOfBankReconciliationStatement": "2023",
            "MonthOfBankReconciliationStatement": month,
            "PrintTimes": "1",
        },
    )
    balance = opening
    for number, move in enumerate(moves, start=1):
        balance += move.fen
        fields = _bkrs_fields(move, balance, number, month)
        halves = [fields, {**fields, "TransactionAmount": "0.00"}] if twins else [fields]
        for half in halves:
            name = "bkrs:InformationOfReconcileDetailsTuple"
            inner += f"<{name}>\n{_elements('bkrs', half)}</{name}>\n"
    closing = {"AccountBalanceAtTheEndOfReconciliationCycle": yuan_text(balance, commas=False)}
    return _instance("bkrs", version, inner + _elements("bkrs", closing))


def _bkrs_fields(move: Move, balance: int, number: int, month: str) -> dict[str, str]:
    # A fee given back is a red row: the side of the fee with a negative amount.
    is_red = move.fen > 0 and "费" in move.summary
    came = (move.fen > 0) != is_red
    return {
        "DateOfBookkeeping": move.on.isoformat(),
        "TypesOfBusinessProducts": move.summary,
        "BusinessSerialNumber": "S00000001",
        "NotesOfBankElectronicReceipt": move.purpose,
        "IdentificationOfCreditOrDebit": "1" if came else "0",
        "TransactionAmount": yuan_text(-move.fen if is_red else abs(move.fen), commas=False),
        "DebitOrCreditOfBalance": "1",
        "AccountBalance": yuan_text(balance, commas=False),
        "AccountOfCounterparty": move.number,
        "NameOfCounterparty": move.who,
        "TimeOfBookkeeping": f"{move.at:%H:%M:%S}",
        "NumberOfBankElectronicReceipt": f"2023{month}{number:024d}",
    }


def bker(move: Move, number: int, version: str, own: str = NUMBERS["boc-01"]) -> bytes:
    """The receipt of one transaction."""
    ours, theirs = ("Payee", "Payer") if move.fen > 0 else ("Payer", "Payee")
    fields = {
        "IdentifyingCode": f"YZM{number:09d}",
        "NumberOfBankElectronicReceipt": f"2023{move.at:%m}{number:024d}",
        "TypeOfBankElectronicReceipt": "转账回单",
        "DateOfBookkeeping": move.on.isoformat(),
        "IssueDate": "2023-05-02",
        "IdentificationOfCreditOrDebit": "1" if move.fen > 0 else "0",
        "Currency": "CNY",
        "TransactionAmountInFigures": yuan_text(abs(move.fen), commas=False),
        "BusinessSerialNumber": "S00000001",
        "Usage": move.purpose,
        f"AccountNameOf{ours}": OFFICE,
        f"AccountNumberOf{ours}": own,
        f"AccountNameOf{theirs}": move.who,
        f"AccountNumberOf{theirs}": move.number,
        "PrintTimes": "1",
    }
    return _instance("bker", version, _elements("bker", fields))


def ofd(name: str, instance: bytes, folder: str = "Doc_0/Attachs") -> bytes:
    """The least that calls itself an OFD, with the instance attached."""
    page = b'<?xml version="1.0" encoding="UTF-8"?>\n<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016" Version="1.1"/>\n'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for path, content in (("OFD.xml", page), ("Doc_0/Document.xml", page), (f"{folder}/{name}", instance)):
            package.writestr(zipfile.ZipInfo(path, (2023, 5, 2, 9, 0, 0)), content)
    return out.getvalue()


# ── bytes ─────────────────────────────────────────────────────────────────────────────────────────────────


def delimited(rows: Rows, encoding: str, mark: str = ",") -> bytes:
    """Rows as a text table."""
    lines = [mark.join(f'"{cell}"' if mark in cell else cell for cell in row) for row in rows]
    return ("\r\n".join(lines) + "\r\n").encode(encoding)


def biff(rows: Rows) -> bytes:
    """Rows as real BIFF, the title merged over all columns as the bank does."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("账户明细")
    sheet.write_merge(0, 0, 0, 9, rows[0][0])
    for index, row in enumerate(rows[1:], start=1):
        for column, cell in enumerate(row):
            if cell:
                sheet.write(index, column, cell)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def workbook(rows: Rows, *, first_row: int = 0, numbers: Iterable[str] = ()) -> bytes:
    """Rows as xlsx of text cells; columns titled with one of ``numbers`` (and totals) hold numbers."""
    out = io.BytesIO()
    top = next(index for index, row in enumerate(rows) if sum(1 for cell in row if cell) > 5)
    header = rows[top]
    columns = {index for index, title in enumerate(header) if title.partition("[")[0] in set(numbers)}
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"created": datetime(2023, 5, 2, tzinfo=UTC)})
        sheet = book.add_worksheet("Sheet1")
        for index, row in enumerate(rows):
            for column, cell in enumerate(row):
                plain = cell.replace(",", "")
                if column in columns and index > top and plain.lstrip("+-").replace(".", "", 1).isdigit():
                    sheet.write_number(index + first_row, column, Decimal(plain))
                elif cell:
                    sheet.write_string(index + first_row, column, cell)
    return out.getvalue()


# ── the table of golden files ─────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Golden:
    """One kind of file: its makers from rows, the account it is of, what its file says of its own end.

    ``body`` are the first and the end of the lines' rows. ``is_closed``: the file itself would tell of a
    missing last line, by totals or a closing balance.
    """

    name: str
    layout: str
    account: str
    rows: Callable[[Sequence[Move], int], Rows]
    made: Callable[[Rows], bytes]
    body: tuple[int, int | None]
    is_closed: bool = True
    hint: str | None = None
    moves: Sequence[Move] = APRIL

    def content(self) -> bytes:
        """The golden file anew."""
        return self.made(self.rows(self.moves, OPENING))


def _boc(name: str, made: Callable[[Rows], bytes]) -> Golden:
    return Golden(f"boc-{name}", "boc.hisqry38.v1", "boc-01", hisqry, made, (8, None))


def _abc(variant: str, layout: str, made: Callable[[Rows], bytes], suffix: str) -> Golden:
    head = 2 if variant in {"1a", "2a", "old"} else 3
    hint = "abchina-01" if head == 2 else None
    made_rows: Callable[[Sequence[Move], int], Rows] = lambda moves, opening: detail(moves, opening, variant)  # noqa: E731
    moves = WORDLESS if variant == "3" else APRIL
    slug = f"abchina.{layout}.v1"
    return Golden(f"abchina-{variant}.{suffix}", slug, "abchina-01", made_rows, made, (head, -2), True, hint, moves)


_AMOUNTS = ("交易金额", "交易后余额", "交易日期", "起息日期")
LISTS = (
    _boc("gbk.csv", lambda rows: delimited(rows, "gbk")),
    _boc("utf8-bom.csv", lambda rows: delimited(rows, "utf-8-sig")),
    _boc("utf16.csv", lambda rows: delimited(rows, "utf-16")),
    _boc("pipes.txt", lambda rows: delimited(rows, "gbk", "|")),
    _boc("text.xlsx", lambda rows: workbook(rows, first_row=1)),
    _boc("numbers.xlsx", lambda rows: workbook(rows, first_row=1, numbers=_AMOUNTS)),
    _abc("1a", "detail11", biff, "xls"),
    _abc("1b", "detail11", workbook, "xlsx"),
    _abc("1c", "detail10", biff, "xls"),
    _abc("1c-no-notes", "detail9", biff, "xls"),
    _abc("1c-no-summary", "history7", biff, "xls"),
    _abc("1c-ordinal", "detail10", biff, "xls"),
    _abc("2a", "detail19", workbook, "xlsx"),
    _abc("2b", "detail19", lambda rows: workbook(rows, numbers=("收入金额", "支出金额", "本次余额")), "xlsx"),
    _abc("3", "history7", biff, "xls"),
    _abc("old", "old9", biff, "xls"),
    Golden("crcb-a.xlsx", "crcb.zjrc-a.v1", "crcb-01", zjrc_a, workbook, (1, None), is_closed=False),
    Golden("crcb-b.xlsx", "crcb.zjrc-b.v1", "crcb-01", zjrc_b, workbook, (1, None), is_closed=False),
    Golden(
        "crcb-b-placeholder-and-failed.xlsx",
        "crcb.zjrc-b.v1",
        "crcb-01",
        lambda moves, opening: with_failed(zjrc_b(moves, opening, "子账户账号")),
        workbook,
        (1, None),
        is_closed=False,
    ),
)
RED = Move(at(13, 9, 0), 20_00, summary="冲回手续费")


def others() -> dict[str, bytes]:
    """Golden files that are not one list: several accounts in one, statements, receipts."""
    both = [*hisqry(APRIL[:5], OPENING), *hisqry(APRIL[5:], OPENING, NUMBERS["boc-03"], first=50)]
    files = {"boc-two-accounts.csv": delimited(both, "gbk")}
    for version in VERSIONS:
        files[f"bkrs-{version}.xml"] = bkrs(APRIL, OPENING, version)
        files[f"bker-{version}.xml"] = bker(APRIL[0], 1, version)
    red = (*APRIL[:5], RED, *APRIL[5:])
    files["bkrs-twins-and-red.xml"] = bkrs(red, OPENING, VERSIONS[0], twins=True)
    files["bkrs.ofd"] = ofd("bkrs20230430.xml", files["bkrs-2023-12-31.xml"])
    files["bker.ofd"] = ofd("bker20230403.xml", files["bker-2023-12-31.xml"])
    return files


def every_file() -> dict[str, bytes]:
    """All golden inputs."""
    return {**{item.name: item.content() for item in LISTS}, **others()}


# ── reading them ──────────────────────────────────────────────────────────────────────────────────────────


def opened() -> OpenItems:
    """What is open on 1 April: every account stands at the same balance, proved by March's statement."""
    ends = tuple(ListEnd(account=slug, until_on=FIRST_DAY, closing_fen=OPENING, begins_fen=OPENING) for slug in NUMBERS)
    march = tuple(
        FiledStatement(
            account=slug,
            from_on=date(2023, 3, 1),
            until_on=FIRST_DAY,
            closing_fen=OPENING,
            sha256=digest(slug.encode()),
        )
        for slug in NUMBERS
    )
    return OpenItems(pool=parse_pool(POOL), list_ends=ends, statements=march)


def taken(content: bytes, view: OpenItems, hint: str | None = None, name: str = "流水") -> Intake:
    """A file recognised as the reading process would read it, in this process: 0.3 s less a call."""
    book = assembled(json.loads(json.dumps(part)) for part in parts(content))
    return recognise_workbook(book, SourceFile(name=name, sha256=digest(content)), view, account_hint=hint)


class Shelf:
    """What the books would tell of files imported one after another: the real :class:`Listed`, readings in memory."""

    def __init__(self, view: OpenItems) -> None:
        self.view = view
        self._march = view.statements
        self._readings: dict[str, Reading] = {}
        self._lists: list[BankPaper] = []
        self._statements: list[BankPaper] = []

    def put(self, intake: Intake) -> OpenItems:
        """The view after an intake was drafted."""
        self._readings[intake.reading.file.short] = intake.reading
        for paper in intake.papers:
            if paper.kind == "statement":
                self._statements.append(paper)
            elif intake.events:
                self._lists.append(paper)
        listed = Listed(self._readings.get, tuple(self._lists), tuple(self._statements))
        begins = {end.account: end.begins_fen for end in self.view.list_ends}
        now = (end.model_copy(update={"begins_fen": begins.get(end.account)}) for end in listed.ends())
        ends = {end.account: end for end in (*self.view.list_ends, *now)}
        self.view = self.view.model_copy(
            update={
                "known_events": self.view.known_events | {event.event_id for event in intake.events},
                "list_ends": tuple(ends.values()),
                "statements": (*self._march, *filed_statements(listed)),
                "receipts": (*self.view.receipts, *_receipts(intake)),
                "papers": listed,
            }
        )
        return self.view


def _receipts(intake: Intake) -> Iterable[FiledReceipt]:
    for item in intake.events:
        if isinstance(item, ReceiptFiled):
            yield FiledReceipt(
                account=item.account,
                number=item.receipt_no,
                on=item.on,
                amount_fen=item.amount_fen,
                counterparty=item.counterparty,
                sha256=item.receipt,
            )


def told(intake: Intake) -> str:
    """All that was understood of a file, as text to be compared: paper, events, every row with its outcome."""
    said = {
        "papers": [json.loads(paper.model_dump_json(exclude={"also"})) for paper in intake.papers],
        "events": [json.loads(event.model_dump_json()) for event in intake.events],
        "rows": [
            f"{row.line.sheet}!{row.line.row} {row.outcome} {row.reason} {'|'.join(text for _, text in row.cells)}"
            for row in intake.reading.rows
        ],
        "warnings": list(intake.warnings),
    }
    return json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


# ── beangulp's face of them ───────────────────────────────────────────────────────────────────────────────


def pool_importer() -> PoolImporter:
    """The one importer, over what is open on 1 April; 农业银行's lists that name no account are of the first."""
    return PoolImporter(opened(), account_hint="abchina-01")


def pair(importer: PoolImporter, document: Path) -> bytes:
    """What beangulp's ``generate`` would write beside a document; its own writer takes the locale's encoding."""
    out = io.StringIO(newline="\n")
    write_expected(out, *run_importer(importer, str(document)))  # type: ignore[no-untyped-call] # beangulp is untyped
    return out.getvalue().encode()


if __name__ == "__main__":
    beangulp_main(pool_importer())
