"""农业银行: 企业网银 账户明细, as BIFF ``.xls`` or ``.xlsx``, six header variants (banks.md §2).

Income and expense stand in two columns, the balance after each row in a third. ABC-1 has no reference number
and ABC-2's is left aside on purpose: both then give the same transaction the same key (day, amount, balance
after, counterparty, n-th), so one exported twice in two layouts is still one. The footer 汇总收入金额 is checked.
"""

from collections.abc import Iterator
from datetime import date, time, timedelta

from importers import grammar
from importers.files import Row, beside, label
from importers.records import BAD_DAY, BAD_MONEY, BankExtract, Cells, Layout, Side, Sighting
from ledger.faults import Fault
from ledger.papers import BankLine, ReadRow

_TITLES = frozenset({"账户明细", "账户历史明细"})
_FOOTER = "汇总"
_ACCOUNT_FIELDS = ("账号", "账户号", "帐号")
_PERIOD_FIELD = "起止日期"


def read_detail(sighting: Sighting) -> BankExtract:
    """A 账户明细 table of any variant as an extract; what can't be read is in ``sighting.faults``."""
    table = sighting.table
    body, footer = _split(table.rows)
    lines, originals = [], {}
    for row in body:
        cells = sighting.cells(row)
        lines.append(_line(cells))
        originals[cells.line] = table.original(row)
    from_on, until_on = _period(sighting)
    sighting.currency("币种")
    return BankExtract(
        layout=sighting.layout.slug,
        title=sighting.layout.title,
        account_number=_own_account(sighting),
        lines=tuple(lines),
        originals=originals,
        asides=tuple(_asides(sighting, footer)),
        from_on=from_on,
        until_on=until_on,
        inflow=Side(_total(sighting, footer, "汇总收入笔数"), _total(sighting, footer, "汇总收入金额")),
        outflow=Side(_total(sighting, footer, "汇总支出笔数"), _total(sighting, footer, "汇总支出金额")),
    )


def _split(rows: tuple[Row, ...]) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    # The footer begins at the first row whose first filled cell says 汇总; every row after it belongs to it.
    for index, row in enumerate(rows):
        if next((label(cell) for cell in row.cells if cell.strip()), "").startswith(_FOOTER):
            return rows[:index], rows[index:]
    return rows, ()


def _asides(sighting: Sighting, footer: tuple[Row, ...]) -> Iterator[ReadRow]:
    yield from (sighting.aside(row, "抬头") for row in sighting.table.above)
    yield sighting.aside(sighting.table.header, "表头")
    yield from (sighting.aside(row, "合计行，已与明细核对") for row in footer)


def _line(cells: Cells) -> BankLine:
    by_date = cells.table.column("交易日期") is not None
    on, at = (cells.day("交易日期"), _stamp(cells)) if by_date else cells.moment("交易时间")
    return BankLine(
        line=cells.line,
        on=on,
        at=at,
        amount_fen=cells.two_sides("收入金额", "支出金额"),
        balance_fen=cells.money("本次余额" if by_date else "账户余额"),
        counterparty=cells.words("对方户名"),
        counterparty_account=cells.account("对方账号"),
        counterparty_bank=cells.words("对方开户行"),
        bank_summary=cells.words("摘要", "交易摘要"),
        purpose=cells.words("交易用途"),
        remark=cells.words("交易说明", "交易附言"),
    )


def _stamp(cells: Cells) -> time | None:
    # Its form is not known for certain; it only helps to order rows, and the balance proves the order anyway.
    text = cells.raw("交易时间戳")
    moment = grammar.moment(text)
    return grammar.clock(text) or (moment[1] if moment else None)


def _own_account(sighting: Sighting) -> str:
    for name in _ACCOUNT_FIELDS:
        if number := grammar.account_number(beside(sighting.table.above, name)[0]):
            return number
    return ""


def _period(sighting: Sighting) -> tuple[date | None, date | None]:
    text, row = beside(sighting.table.above, _PERIOD_FIELD)
    if row is None:
        return None, None
    days = [grammar.day(part) for part in _two_days(text)]
    if len(days) != 2 or days[0] is None or days[1] is None:
        sighting.faults.append(Fault(BAD_DAY, text or "空白", sighting.place(row, _PERIOD_FIELD)))
        return None, None
    return days[0], days[1] + timedelta(days=1)


def _two_days(text: str) -> list[str]:
    # Which mark stands between the two days was not seen; each of these was seen in some bank's file.
    for mark in ("至", "~", "—", "--", " - "):
        if mark in text:
            return text.split(mark)
    half = len(text) // 2
    return [text[:half], text[half + 1 :]]


def _total(sighting: Sighting, footer: tuple[Row, ...], name: str) -> int | None:
    text, row = beside(footer, name)
    if row is None:
        if footer and name == "汇总收入金额":
            sighting.faults.append(Fault(BAD_MONEY, "合计行没有汇总收入金额", sighting.place(footer[0], name)))
        return None
    fen = grammar.money(text.removesuffix("元").removesuffix("笔"))
    if fen is None:
        sighting.faults.append(Fault(BAD_MONEY, text or "空白", sighting.place(row, name)))
        return None
    return fen // 100 if name.endswith("笔数") else abs(fen)


_DETAIL_1AB = (
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
)
_DETAIL_19 = (
    "交易日期",
    "交易时间戳",
    "收入金额",
    "支出金额",
    "本次余额",
    "手续费总额",
    "对方账号",
    "对方户名",
    "交易说明",
    "交易摘要",
    "交易附言",
    "交易日志号",
)


def _layout(slug: str, title: str, words: tuple[str, ...]) -> Layout:
    return Layout(slug, "abchina", f"农业银行{title}", words, read_detail, _TITLES)


LAYOUTS = (
    _layout("abchina.detail11.v1", "账户明细（会计日期）", (*_DETAIL_1AB, "会计日期")),
    _layout("abchina.detail19.v1", "账户明细（19 栏）", _DETAIL_19),
    _layout(
        "abchina.detail10.v1",
        "账户明细（对方开户行）",
        (
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
        ),
    ),
    _layout(
        "abchina.detail9.v1",
        "账户明细（对方开户行，无交易说明）",
        ("交易时间", "收入金额", "支出金额", "账户余额", "对方账号", "对方户名", "交易用途", "对方开户行", "摘要"),
    ),
    _layout(
        "abchina.history7.v1",
        "账户历史明细",
        ("交易时间", "收入金额", "支出金额", "账户余额", "对方账号", "对方户名", "对方开户行"),
    ),
)
