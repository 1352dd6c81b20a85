"""中国银行: the corporate account history HISQRY, 38 bilingual columns (banks.md §1.1).

The preamble names the account and states totals of both sides; each row says its direction twice, by word and
by sign. The identity of a row is 记录标识号, 27 digits as text.
"""

from datetime import date, timedelta

from importers import grammar
from importers.files import Row, beside, label
from importers.records import BAD_DAY, BAD_DIRECTION, BAD_MONEY, BankExtract, Cells, Layout, Side, Sighting
from ledger.faults import Fault, FaultKind
from ledger.papers import BankLine

TWO_ACCOUNTS = FaultKind(
    "导入-版式-03",
    "一个文件里有几个账户",
    "每个文件只含一个账户的流水",
    "请在网银逐个账户导出。",
)
KINDS = (TWO_ACCOUNTS,)

_ACCOUNT = "查询账号"
_TIME_RANGE = "查询时间范围"
_DIRECTIONS = {"来账": 1, "往账": -1}
_PAYER = ("付款人名称", "付款人账号", "付款人开户行名")
_PAYEE = ("收款人名称", "收款人账号", "收款人开户行名")


def read_hisqry(sighting: Sighting) -> BankExtract:
    """A HISQRY table with its preamble as an extract; what can't be read is in ``sighting.faults``."""
    table, own = sighting.table, _own_account(sighting)
    lines, originals = [], {}
    for row in table.rows:
        if label(row.cells[0]) == _ACCOUNT:
            sighting.faults.append(Fault(TWO_ACCOUNTS, "又一个查询账号", sighting.place(row)))
            break
        cells = sighting.cells(row)
        lines.append(_line(cells, own))
        originals[cells.line] = table.original(row)
    from_on, until_on = _period(sighting)
    return BankExtract(
        layout=sighting.layout.slug,
        title=sighting.layout.title,
        account_number=own,
        lines=tuple(lines),
        originals=originals,
        asides=(
            *(sighting.aside(row, "抬头：账号、期间和合计，已与明细核对") for row in table.above),
            sighting.aside(table.header, "表头"),
        ),
        from_on=from_on,
        until_on=until_on,
        count=_count(sighting, "总笔数"),
        inflow=Side(_count(sighting, "贷方发生总笔数"), _sum(sighting, "贷方发生总额")),
        outflow=Side(_count(sighting, "借方发生总笔数"), _sum(sighting, "借方发生总额")),
    )


def _own_account(sighting: Sighting) -> str:
    return grammar.account_number(beside(sighting.table.above, _ACCOUNT)[0])


def _line(cells: Cells, own: str) -> BankLine:
    sign = _direction(cells, own)
    name, account, bank = _PAYEE if sign < 0 else _PAYER
    cells.currency("交易货币")
    return BankLine(
        line=cells.line,
        on=cells.day("交易日期"),
        at=cells.clock("交易时间"),
        amount_fen=cells.money("交易金额"),
        balance_fen=cells.money("交易后余额"),
        serial=cells.serial("记录标识号"),
        counterparty=cells.words(name),
        counterparty_account=cells.account(account),
        counterparty_bank=cells.words(bank),
        bank_summary=cells.words("业务类型", "摘要"),
        purpose=cells.words("用途"),
        remark=cells.words("交易附言", "备注", "客户业务编号"),
    )


def _direction(cells: Cells, own: str) -> int:
    """+1 in, -1 out: the word, the amount's sign and the side on which our own account stands must agree."""
    sign = _DIRECTIONS.get(label(cells.raw("交易类型")), 0)
    amount = grammar.money(cells.raw("交易金额"))
    if not sign:
        cells.fault(BAD_DIRECTION, "交易类型")
    elif amount is not None and amount * sign <= 0:
        cells.fault(BAD_DIRECTION, "交易金额", f"{cells.raw('交易类型')} {cells.raw('交易金额')}")
    ours = _PAYER[1] if sign < 0 else _PAYEE[1]
    printed = grammar.account_number(cells.raw(ours))
    if own and printed and printed != own:
        cells.fault(BAD_DIRECTION, ours, f"本方账号应为尾号 {own[-4:]}，此处为尾号 {printed[-4:]}")
    return sign


def _period(sighting: Sighting) -> tuple[date | None, date | None]:
    text, row = beside(sighting.table.above, _TIME_RANGE)
    if row is None:
        return None, None
    first, _, last = text.partition("-")
    from_on, last_on = grammar.day(first), grammar.day(last)
    if from_on is None or last_on is None:
        sighting.faults.append(Fault(BAD_DAY, text or "空白", sighting.place(row, _TIME_RANGE)))
        return None, None
    return from_on, last_on + timedelta(days=1)


def _count(sighting: Sighting, name: str) -> int | None:
    text, row = beside(sighting.table.above, name)
    if row is None:
        return None
    if not (text.isascii() and text.isdigit()):
        sighting.faults.append(_unreadable(sighting, name, text, row))
        return None
    return int(text)


def _sum(sighting: Sighting, name: str) -> int | None:
    text, row = beside(sighting.table.above, name)
    if row is None:
        return None
    fen = grammar.money(text)
    if fen is None:
        sighting.faults.append(_unreadable(sighting, name, text, row))
        return None
    return abs(fen)


def _unreadable(sighting: Sighting, name: str, text: str, row: Row) -> Fault:
    return Fault(BAD_MONEY, text or "空白", sighting.place(row, name), expected="抬头中的笔数或金额")


LAYOUTS = (
    Layout(
        slug="boc.hisqry38.v1",
        bank="boc",
        title="中国银行流水（HISQRY）",
        words=(
            "交易类型",
            "业务类型",
            *_PAYER,
            *_PAYEE,
            "交易日期",
            "交易时间",
            "交易货币",
            "交易金额",
            "交易后余额",
            "记录标识号",
            "摘要",
            "用途",
            "交易附言",
            "备注",
        ),
        read=read_hisqry,
    ),
)
