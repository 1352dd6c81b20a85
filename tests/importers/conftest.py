"""Bank papers made as the banks make them (facts/banks.md), all of them invented（虚构）."""

import io
import json
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import NamedTuple

import pytest
import xlsxwriter
import xlwt
from pools import pool_toml

from importers.files.child import parts
from importers.files.worker import assembled
from importers.intake import recognise_workbook
from ledger.money import yuan_text
from ledger.openitems import OpenItems
from ledger.papers import Intake
from ledger.pool import Pool, parse_pool
from ledger.provenance import SourceFile, digest

sys.path.insert(0, str(Path(__file__).parent))

from golden_papers import ABC, HISQRY, NUMBERS, ZJRC_A, ZJRC_B, Shelf, delimited, with_balances

POOL = pool_toml(
    {"title": "测试风险池（虚构）", "slug": "test-pool", "unit": "测试管理办公室（虚构）"},
    staff={"zhi": ("制某（虚构）", "preparer"), "fu": ("复某（虚构）", "reviewer")},
    banks=("boc", "abchina", "crcb"),
    accounts={
        "boc-01": ("405200000018", "中行专户（虚构）"),
        "boc-02": ("405200000026", "中行定期（虚构）"),
        "abchina-01": ("39530001040000015", "农行专户（虚构）"),
        "crcb-01": ("201000123456789", "农商专户（虚构）"),
    },
    contributors=("市级财政（虚构）", "县级财政（虚构）"),
    aliases={
        "中国银行": ("中国银行股份有限公司慈溪某支行（虚构）",),
        "市级财政（虚构）": ("市级财政国库支付中心（虚构）",),
        "县级财政（虚构）": ("县级财政国库支付中心（虚构）", "中国银行股份有限公司慈溪某支行（虚构）"),
    },
)


class Move(NamedTuple):
    """One movement on an account, before any bank has printed it."""

    on: date
    fen: int
    who: str = ""
    number: str = ""
    summary: str = "转账"
    remark: str = ""
    at: time = time(10, 30, 5)

    @property
    def stamp(self) -> datetime:
        return datetime.combine(self.on, self.at)


class Papers:
    """Makes the rows and the bytes of every layout from movements and an opening balance in fen."""

    def hisqry(self, moves: Sequence[Move], opening: int, own: str = NUMBERS["boc-01"]) -> list[list[str]]:
        """中国银行 HISQRY: preamble, header, rows."""
        came = [move.fen for move in moves if move.fen > 0]
        went = [-move.fen for move in moves if move.fen < 0]
        rows = [
            ["查询账号[ Inquirer account number ]", own],
            ["总笔数[ Total number ]", str(len(moves))],
            ["借方发生总笔数[ Total Numbers of Debited Payments ]", str(len(went))],
            ["借方发生总额[ Total Debit Amount of Payments ]", yuan_text(sum(went))],
            ["贷方发生总笔数[ Total Numbers of Credited Payments ]", str(len(came))],
            ["贷方发生总额[ Total Credit Amount of Payments ]", yuan_text(sum(came))],
            ["查询时间范围[ Time Range ]", "20230401-20230430"],
            list(HISQRY),
        ]
        for move, balance, number in with_balances(moves, opening):
            row = [""] * len(HISQRY)
            ours, theirs = ((4, 5), (8, 9)) if move.fen < 0 else ((8, 9), (4, 5))
            row[ours[0]], row[ours[1]] = own, "测试管理办公室（虚构）"
            row[theirs[0]], row[theirs[1]] = move.number, move.who
            row[0], row[1] = ("来账" if move.fen > 0 else "往账"), move.summary
            row[10], row[11], row[12] = f"{move.on:%Y%m%d}", f"{move.at}", "CNY"
            row[13] = ("+" if move.fen > 0 else "") + yuan_text(move.fen, commas=False)
            row[14] = yuan_text(balance)
            row[22] = f"{move.on:%Y%m%d}{number:05d}{balance:014d}"
            row[25] = move.remark
            rows.append(row)
        return rows

    def detail(self, moves: Sequence[Move], opening: int, variant: str) -> list[list[str]]:
        """农业银行 账户明细 in one of its header variants, with its footer."""
        rows = [["账户明细"]]
        own = NUMBERS["abchina-01"]
        if variant in {"1b", "2b"}:
            rows.append(["账户号", "", own, "", "", "账户名称", "", "测试管理办公室（虚构）"])
        if variant == "1c":
            rows.append(
                [
                    f"账号: {own}",
                    "",
                    "户名: 测试（虚构）",
                    "",
                    "",
                    "币种: 人民币",
                    "",
                    "起止日期: 2023-04-01至2023-04-30",
                ]
            )
        rows.append(list(ABC[variant]))
        for move, balance, number in with_balances(moves, opening):
            cell = {
                "交易时间": f"{move.stamp:%Y-%m-%d %H:%M:%S}",
                "交易日期": f"{move.on:%Y%m%d}",
                "交易时间戳": f"{move.at}",
                "收入金额": yuan_text(move.fen) if move.fen > 0 else "0.00",
                "支出金额": yuan_text(-move.fen) if move.fen < 0 else "",
                "账户余额": yuan_text(balance),
                "本次余额": yuan_text(balance),
                "对方账号": move.number,
                "对方户名": move.who,
                "摘要": move.summary,
                "交易摘要": move.summary,
                "交易用途": move.remark,
                "交易附言": move.remark,
                "交易日志号": f"L{number}",
            }
            rows.append([cell.get(name, "") for name in ABC[variant]])
        rows.append(["汇总收入金额", yuan_text(sum(move.fen for move in moves if move.fen > 0))])
        rows.append(["汇总支出金额", yuan_text(-sum(move.fen for move in moves if move.fen < 0))])
        return rows

    def zjrc_a(self, moves: Sequence[Move], opening: int) -> list[list[str]]:
        """浙江农信 layout A: two columns, no account of its own."""
        rows = [list(ZJRC_A)]
        for move, balance, number in with_balances(moves, opening):
            cell = {
                "流水号": f"1661{number:04d}",
                "交易日期": f"{move.on:%Y%m%d}",
                "交易时间": f"{move.stamp:%Y%m%d %H:%M:%S}",
                "汇出金额": yuan_text(-move.fen, commas=False) if move.fen < 0 else "",
                "汇入金额": yuan_text(move.fen, commas=False) if move.fen > 0 else "",
                "对方账号": move.number,
                "对方户名": move.who,
                "余额": yuan_text(balance, commas=False),
                "摘要": move.summary,
                "用途": move.remark,
                "凭证": f"{63916104 + number}",
            }
            rows.append([cell.get(name, "") for name in ZJRC_A])
        return rows

    def zjrc_b(self, moves: Sequence[Move], opening: int, own: str = NUMBERS["crcb-01"]) -> list[list[str]]:
        """浙江农信 layout B: a sign word, a status."""
        rows = [list(ZJRC_B)]
        for move, balance, number in with_balances(moves, opening):
            cell = {
                "交易时间": f"{move.stamp:%Y-%m-%d %H:%M:%S}",
                "交易账号": own,
                "对方账号": move.number,
                "对方户名": move.who,
                "对方开户行": "某银行某支行(104581014123)（虚构）",
                "币种": "人民币",
                "摘要": move.summary,
                "余额": yuan_text(balance, commas=False),
                "交易金额": f"{'收' if move.fen > 0 else '支'} {yuan_text(abs(move.fen))}",
                "用途": move.remark,
                "交易状态": "交易成功",
                "流水号": f"1661{number:04d}",
                "凭证号码": f"{63916104 + number}",
            }
            rows.append([cell.get(name, "") for name in ZJRC_B])
        return rows

    @staticmethod
    def bkrs(moves: Sequence[Move], opening: int, version: str, own: str = NUMBERS["boc-01"]) -> bytes:
        """财政部 bkrs of April 2023, as small as the standard allows."""
        items, balance = [], opening
        for number, move in enumerate(moves, start=1):
            balance += move.fen
            fields = {
                "DateOfBookkeeping": move.on.isoformat(),
                "BusinessSerialNumber": "S1",
                "IdentificationOfCreditOrDebit": "1" if move.fen > 0 else "0",
                "TransactionAmount": yuan_text(abs(move.fen), commas=False),
                "DebitOrCreditOfBalance": "1",
                "AccountBalance": yuan_text(balance, commas=False),
                "NameOfCounterparty": move.who,
                "NumberOfBankElectronicReceipt": f"202304{number:020d}",
            }
            inner = "".join(f"<m:{name}>{text}</m:{name}>" for name, text in fields.items())
            items.append(f"<m:InformationOfReconcileDetailsTuple>{inner}</m:InformationOfReconcileDetailsTuple>")
        head = {
            "Currency": "CNY",
            "CustomerSettlementBankAccount": own,
            "YearOfBankReconciliationStatement": "2023",
            "MonthOfBankReconciliationStatement": "04",
        }
        closing = "AccountBalanceAtTheEndOfReconciliationCycleAmount"
        text = (
            f'<xbrl xmlns="http://www.xbrl.org/2003/instance" xmlns:m="http://xbrl.mof.gov.cn/taxonomy/{version}/bkrs">'
            + "".join(f"<m:{name}>{value}</m:{name}>" for name, value in head.items())
            + "".join(items)
            + f"<m:{closing}>{yuan_text(balance, commas=False)}</m:{closing}></xbrl>"
        )
        return f'<?xml version="1.0" encoding="UTF-8"?>{text}'.encode()

    @staticmethod
    def csv(rows: Sequence[Sequence[str]], encoding: str = "gbk") -> bytes:
        """Rows as a CSV with every cell that needs it quoted."""
        return delimited(rows, encoding)

    @staticmethod
    def xls(rows: Sequence[Sequence[str]], *, numeric: bool = False) -> bytes:
        """Rows as real BIFF; amounts as numbers where asked."""
        book = xlwt.Workbook(encoding="utf-8")
        sheet = book.add_sheet("账户明细")
        for index, row in enumerate(rows):
            for column, cell in enumerate(row):
                plain = cell.replace(",", "")
                is_amount = numeric and "." in plain and plain.replace(".", "").replace("-", "").isdigit()
                if cell:
                    sheet.write(index, column, float(plain) if is_amount else cell)
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    @staticmethod
    def xlsx(rows: Sequence[Sequence[str]]) -> bytes:
        """Rows as an xlsx of text cells."""
        out = io.BytesIO()
        with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
            sheet = book.add_worksheet("Sheet1")
            for index, row in enumerate(rows):
                for column, cell in enumerate(row):
                    sheet.write_string(index, column, cell)
        return out.getvalue()


@pytest.fixture
def papers() -> Papers:
    return Papers()


@pytest.fixture
def pool() -> Pool:
    return parse_pool(POOL)


@pytest.fixture
def view(pool: Pool) -> OpenItems:
    return OpenItems(pool=pool)


@pytest.fixture
def move() -> type[Move]:
    return Move


@pytest.fixture
def again() -> Callable[[OpenItems, Intake], OpenItems]:
    """The view after one intake was drafted."""
    return lambda view, intake: Shelf(view).put(intake)


Take = Callable[..., Intake]


@pytest.fixture
def take() -> Take:
    """Recognise a file as the reading process would read it, in this process: 0.3 s less a call."""

    def taken(content: bytes, view: OpenItems, account_hint: str | None = None) -> Intake:
        workbook = assembled(json.loads(json.dumps(part)) for part in parts(content))
        source = SourceFile(name="流水.csv", sha256=digest(content))
        return recognise_workbook(workbook, source, view, account_hint=account_hint)

    return taken


@pytest.fixture
def april() -> list[Move]:
    """A month with nothing that needs an instruction: a contribution, interest, two equal fees in one second."""
    return [
        Move(date(2023, 4, 3), 50_000_000, "市级财政国库支付中心（虚构）", "33010000000000000001", "转账", "出资款"),
        Move(date(2023, 4, 21), 123_456, summary="结息", at=time(2, 10)),
        Move(date(2023, 4, 28), -2_000, summary="账户管理费"),
        Move(date(2023, 4, 28), -2_000, summary="账户管理费"),
    ]
