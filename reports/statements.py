"""科目余额表: opening, turnover and closing of every account, parents as live sums of their children.

The money accounts balance; memo accounts stand in a table of their own, each in its own commodity.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ledger.book import Book, Voucher, below
from ledger.money import fen_of_yuan
from reports.footing import Issue, short_footnotes, staff_name, unit_name
from reports.render.cells import Cell, Count, Money, Ref, Total, Words, words
from reports.render.paper import Column, Paper, Row, Section, Signatures, Table
from reports.titles import chart_order, code_of, commodity_title, name_of
from reports.turnovers import Turnover, turnovers

SIDES = ("od", "oc", "d", "c", "ed", "ec")
"""Columns: opening, turnover, closing; debit and credit of each."""

MEMO_LEVELS = 3
"""Memo accounts are shown by class and bank or insurer; the single loan has its own ledger."""


@dataclass(frozen=True, slots=True)
class _Line:
    """One account of the money table: its figures by column and its children's row numbers."""

    account: str
    figures: tuple[int, ...]
    children: tuple[int, ...]
    level: int


def trial_balance(book: Book, issue: Issue, from_on: date) -> Paper:
    """The 科目余额表 of ``[from_on, issue.as_of]``, which lie in one year."""
    assert from_on.year == issue.as_of.year, "a trial balance stays within a year"
    figures = turnovers(book, from_on, issue.until_on)
    sections: list[Section] = [_money_table(figures)]
    if reds := _red_rows(figures):
        titles = ("科目编码", "科目名称", "红字借方", "红字贷方", "蓝字借方", "蓝字贷方")
        sections.append(
            Table(tuple(map(Column, titles)), tuple(reds), "其中：红字冲销（已含在本期发生额内，以负数计）")
        )
    sections.append(_memo_table(book, from_on, issue.until_on))
    sections.append(Signatures((("制表", staff_name(book, issue.prepared_by)), ("复核", ""), ("主管", ""))))
    span = f"{from_on.isoformat()} 至 {issue.as_of.isoformat()}"
    notes = short_footnotes(
        book, issue, "损益类科目年初为零；上年损益在年末结转前列于「本年结余」。备查科目不与资金科目相加。"
    )
    return Paper("科目余额表", issue.as_of, tuple(sections), (unit_name(book), span), "单位：元", notes, lies=True)


def _money_table(figures: Mapping[str, Turnover]) -> Table:
    lines = _lines(figures)
    rows = [_row(at, line) for at, line in enumerate(lines)]
    tops = [at for at, line in enumerate(lines) if line.level == 0]
    sums = [_sum(side, tops, lines, bold=True) for side in SIDES]
    rows.append(Row((Words("合计", span=2, bold=True), *sums), "total"))
    opening, turnover, closing = (
        sum(lines[at].figures[pair] - lines[at].figures[pair + 1] for at in tops) for pair in (0, 2, 4)
    )
    assert opening == turnover == closing == 0, "debits and credits differ"
    figures_of = tuple(
        Column(side, group) for group in ("期初余额", "本期发生额", "期末余额") for side in ("借方", "贷方")
    )
    columns = (Column("科目编码"), Column("科目名称"), *figures_of)
    return Table(columns, tuple(rows), "一、资金科目", freezes=True)


def _lines(figures: Mapping[str, Turnover]) -> list[_Line]:
    parents = {":".join(name.split(":")[:depth]) for name in figures for depth in range(2, name.count(":") + 2)}
    accounts = sorted(parents, key=chart_order)
    leaves = [
        account for account in accounts if not any(below(other, account) for other in figures if other != account)
    ]
    # A parent with entries of its own would make its children's sum a lie: no event posts money to one.
    assert all(account in leaves for account in figures), "money was posted to a parent account"
    number = {account: at for at, account in enumerate(accounts)}
    lines = []
    for account in accounts:
        children = tuple(number[other] for other in accounts if other.rpartition(":")[0] == account)
        summed = [_six(figures[leaf]) for leaf in leaves if below(leaf, account)]
        lines.append(_Line(account, tuple(map(sum, zip(*summed, strict=True))), children, account.count(":") - 1))
    return lines


def _six(own: Turnover) -> tuple[int, ...]:
    debit, credit = max(own.opening, 0), max(-own.opening, 0)
    return debit, credit, own.debit, own.credit, max(own.closing, 0), max(-own.closing, 0)


def _row(at: int, line: _Line) -> Row:
    name = f"{'　' * line.level}{name_of(line.account)}"
    cells = [_figure(side, at, line) for side in SIDES]
    return Row((Words(code_of(line.account)), Words(name), *cells))


def _figure(side: str, at: int, line: _Line) -> Cell:
    value = line.figures[SIDES.index(side)]
    if line.children:
        terms = tuple(Ref(f"{side}{child}") for child in line.children)
        return Total(value, terms, f"{side}{at}", hides_zero=True)
    if side in ("ed", "ec"):
        sign = 1 if side == "ed" else -1
        parts = (("od", sign), ("oc", -sign), ("d", sign), ("c", -sign))
        terms = tuple(Ref(f"{part}{at}", way) for part, way in parts)
        return Total(value, terms, f"{side}{at}", shape="floor", hides_zero=True)
    return Money(value, f"{side}{at}", hides_zero=True)


def _sum(side: str, tops: Iterable[int], lines: list[_Line], *, bold: bool) -> Total:
    value = sum(lines[at].figures[SIDES.index(side)] for at in tops)
    return Total(value, tuple(Ref(f"{side}{at}") for at in tops), f"{side}-total", bold=bold)


def _red_rows(figures: Mapping[str, Turnover]) -> list[Row]:
    return [
        Row(
            (
                Words(code_of(account)),
                Words(name_of(account)),
                Money(own.red_debit, hides_zero=True, red=True),
                Money(own.red_credit, hides_zero=True, red=True),
                Money(own.debit - own.red_debit, hides_zero=True),
                Money(own.credit - own.red_credit, hides_zero=True),
            )
        )
        for account, own in sorted(figures.items(), key=lambda item: chart_order(item[0]))
        if own.red_debit or own.red_credit
    ]


MemoKey = tuple[str, str]
"""(account down to the bank, what is counted)."""


def _memo_table(book: Book, from_on: date, until_on: date) -> Table:
    found: dict[MemoKey, list[Decimal]] = {}
    for voucher in book.vouchers:
        if not voucher.is_money and voucher.on < until_on:
            _add_memo(found, voucher, is_opening=voucher.on < from_on)
    rows = []
    for at, ((account, unit), amounts) in enumerate(
        sorted(found.items(), key=lambda item: (*chart_order(item[0][0]), ""))
    ):
        cells = _memo_cells(at, unit, amounts)
        rows.append(Row((Words(code_of(account)), Words(name_of(account)), words(unit), *cells)))
    titles = ("科目编码", "科目名称", "计量", "期初余额", "本期增加", "本期减少", "期末余额")
    return Table(
        tuple(map(Column, titles)),
        tuple(rows),
        "二、备查科目（各按自身计量，互不相加；对应科目金额相同、方向相反，从略）",
    )


def _add_memo(found: dict[MemoKey, list[Decimal]], voucher: Voucher, *, is_opening: bool) -> None:
    for leg in voucher.legs:
        if leg.account.startswith("Assets:"):
            account = ":".join(leg.account.split(":")[: MEMO_LEVELS if leg.commodity.endswith(".CNY") else 2])
            amounts = found.setdefault((account, commodity_title(leg.commodity)), [Decimal(0)] * 3)
            amounts[0 if is_opening else 1 if leg.number > 0 else 2] += leg.number if is_opening else abs(leg.number)


def _memo_cells(at: int, unit: str, amounts: list[Decimal]) -> tuple[Cell, ...]:
    opening, more, less = amounts
    names = [f"memo-{part}{at}" for part in ("o", "i", "d")]
    terms = (Ref(names[0]), Ref(names[1]), Ref(names[2], -1))
    if unit == "件":
        counts = [Count(int(amount), name) for amount, name in zip(amounts, names, strict=True)]
        return (*counts, Total(int(opening + more - less), terms, unit="count"))
    money = [Money(fen_of_yuan(amount), name) for amount, name in zip(amounts, names, strict=True)]
    return (*money, Total(fen_of_yuan(opening + more - less), terms))
