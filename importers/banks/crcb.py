"""慈溪农商银行: the two layouts of the 浙江农信 net bank, one identity (banks.md §3).

ZJRC-A has no account of its own and two unsigned columns, ZJRC-B has both a sign word (``支 3,080.00``) and a
status. The same transaction bears the same 流水号 in both, so importing one after the other adds nothing.
"""

from collections.abc import Callable
from dataclasses import replace

from importers import grammar
from importers.files import Row, label
from importers.records import BAD_DIRECTION, BAD_SERIAL, BAD_STATUS, BankExtract, Cells, Layout, Side, Sighting
from ledger.faults import Fault
from ledger.papers import BankLine

_SUM_WORDS = ("合计", "总计")
_DONE = "交易成功"
_PLACEHOLDER = "子账户账号"
"""ZJRC-B prints these words instead of the account number of a sub-account."""


def read_a(sighting: Sighting) -> BankExtract:
    """ZJRC-A: 汇出金额, 汇入金额, no own account; a 合计 row is checked against the lines."""
    sums = tuple(row for row in sighting.table.rows if _is_sum(row))
    extract = _extract(sighting, _line_a, sums)
    inflow, outflow = (_sum_of(sighting, sums, name) for name in ("汇入金额", "汇出金额"))
    return replace(extract, inflow=Side(fen=inflow), outflow=Side(fen=outflow))


def read_b(sighting: Sighting) -> BankExtract:
    """ZJRC-B: one amount with its sign word, status, own account or a placeholder."""
    return replace(_extract(sighting, _line_b, ()), account_number=_own_account(sighting))


def _extract(sighting: Sighting, read: Callable[[Cells], BankLine], sums: tuple[Row, ...]) -> BankExtract:
    table = sighting.table
    lines, originals = [], {}
    for row in table.rows:
        if row in sums:
            continue
        cells = sighting.cells(row)
        lines.append(read(cells))
        originals[cells.line] = table.original(row)
    return BankExtract(
        layout=sighting.layout.slug,
        title=sighting.layout.title,
        account_number="",
        lines=tuple(lines),
        originals=originals,
        asides=(
            *(sighting.aside(row, "抬头") for row in table.above),
            sighting.aside(table.header, "表头"),
            *(sighting.aside(row, "合计行，已与明细核对") for row in sums),
        ),
    )


def _is_sum(row: Row) -> bool:
    return next((label(cell) for cell in row.cells if cell.strip()), "").startswith(_SUM_WORDS)


def _sum_of(sighting: Sighting, sums: tuple[Row, ...], name: str) -> int | None:
    return sighting.cells(sums[-1]).money(name) if sums else None


def _line_a(cells: Cells) -> BankLine:
    on, at = cells.moment("交易时间")
    return BankLine(
        line=cells.line,
        on=on,
        at=at,
        amount_fen=cells.two_sides("汇入金额", "汇出金额"),
        balance_fen=cells.money("余额"),
        serial=cells.serial("流水号"),
        counterparty=cells.words("对方户名"),
        counterparty_account=cells.account("对方账号"),
        counterparty_bank=cells.words("对方银行名称"),
        bank_summary=cells.words("摘要"),
        purpose=cells.words("用途"),
    )


def _line_b(cells: Cells) -> BankLine:
    on, at = cells.moment("交易时间")
    cells.currency("币种")
    if label(cells.raw("交易状态")) != _DONE:
        cells.fault(BAD_STATUS, "交易状态")
    if not grammar.folded(cells.raw("交易金额")).startswith(("收", "支")):
        cells.fault(BAD_DIRECTION, "交易金额")
    return BankLine(
        line=cells.line,
        on=on,
        at=at,
        amount_fen=cells.money("交易金额"),
        balance_fen=cells.money("余额"),
        serial=cells.serial("流水号"),
        counterparty=cells.words("对方户名"),
        counterparty_account=cells.account("对方账号"),
        counterparty_bank=cells.words("对方开户行"),
        bank_summary=cells.words("摘要"),
        purpose=cells.words("用途"),
    )


def _own_account(sighting: Sighting) -> str:
    """The one account number all rows print; "" when every row has the placeholder or nothing."""
    table = sighting.table
    printed = {table.cell(row, "交易账号"): row for row in table.rows}
    numbers = {text: row for text, row in printed.items() if text not in {"", _PLACEHOLDER}}
    bad = [row for text, row in numbers.items() if not grammar.account_number(text)]
    if bad or len(numbers) > 1:
        row = (bad or list(numbers.values()))[-1]
        found = "、".join(sorted(numbers))
        sighting.faults.append(
            Fault(BAD_SERIAL, found, sighting.place(row, "交易账号"), expected="全部行同一个本方账号")
        )
        return ""
    return grammar.account_number(next(iter(numbers), ""))


LAYOUTS = (
    Layout(
        slug="crcb.zjrc-a.v1",
        bank="crcb",
        title="慈溪农商银行流水（汇出汇入两栏）",
        words=(
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
        ),
        read=read_a,
    ),
    Layout(
        slug="crcb.zjrc-b.v1",
        bank="crcb",
        title="慈溪农商银行流水（收支合栏）",
        words=(
            "交易时间",
            "交易账号",
            "对方账号",
            "对方户名",
            "对方开户行",
            "币种",
            "摘要",
            "余额",
            "交易金额",
            "用途",
            "交易状态",
            "流水号",
        ),
        read=read_b,
    ),
)
