"""三栏账: every entry of one account with debit, credit and running balance, month and year totals."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from ledger.accounts import CNY
from ledger.book import Book, Voucher, below
from ledger.events import OpeningTaken
from reports.footing import Issue, short_footnotes, staff_name, unit_name
from reports.render.cells import Cell, Count, Money, Ref, Span, Total, Words, words
from reports.render.paper import Column, KeyValues, Paper, Row, Signatures, Table
from reports.titles import code_of, commodity_title, full_name, heading_of
from reports.turnovers import NOMINAL, sides

TITLES = ("日期", "凭证字号", "摘要", "对方科目", "借方", "贷方", "方向", "余额")


@dataclass(frozen=True, slots=True)
class Entry:
    """One voucher's effect on the account: signed, debit positive, in fen or in pieces."""

    voucher: Voucher
    amount: int
    counter: str

    @property
    def debit(self) -> int:
        """What stands in the debit column; negative for a red entry."""
        return sides(self.amount, is_red=self.voucher.is_red)[0]

    @property
    def credit(self) -> int:
        """What stands in the credit column."""
        return sides(self.amount, is_red=self.voucher.is_red)[1]

    def is_carried(self, from_on: date) -> bool:
        """Whether it is part of the balance carried forward: earlier, or taken over by the opening."""
        return self.voucher.on < from_on or self.voucher.kind == OpeningTaken.__name__


def three_column(book: Book, account: str, issue: Issue, from_on: date) -> Paper:
    """The account's ledger over ``[from_on, issue.as_of]`` within one year; ``account`` is a full name.

    Use :func:`reports.titles.account_named` for what an officer typed.
    """
    assert from_on.year == issue.as_of.year, "a ledger stays within a year"
    commodities = _commodities(book, account)
    head = KeyValues(
        (
            ("科目编码", Words(code_of(account))),
            ("科目名称", Words(full_name(account))),
            ("计量", Words("、".join(dict.fromkeys(map(commodity_title, commodities))) or commodity_title(CNY))),
            ("期间", Words(f"{from_on.isoformat()} 至 {issue.as_of.isoformat()}")),
        )
    )
    entries = _entries(book, account, issue.until_on)
    in_pieces = "件" in map(commodity_title, commodities)
    table = _table(entries, account, from_on, in_pieces=in_pieces)
    sign = Signatures((("制表", staff_name(book, issue.prepared_by)), ("复核", "")))
    subtitle = (unit_name(book), heading_of(account))
    return Paper(
        "三栏式明细账",
        issue.as_of,
        (head, table, sign),
        subtitle,
        f"单位：{'件' if in_pieces else '元'}",
        short_footnotes(book, issue),
    )


def _commodities(book: Book, account: str) -> list[str]:
    return sorted(
        {leg.commodity for voucher in book.vouchers_of(account) for leg in voucher.legs if below(leg.account, account)}
    )


def _entries(book: Book, account: str, until_on: date) -> list[Entry]:
    found = []
    for voucher in book.vouchers_of(account, until_on=until_on):
        own = [leg for leg in voucher.legs if below(leg.account, account)]
        others = [leg for leg in voucher.legs if not below(leg.account, account)]
        in_fen = all(leg.commodity.endswith(CNY) for leg in own)
        amount = sum(leg.fen if in_fen else int(leg.number) for leg in own)
        counters = list(dict.fromkeys(full_name(leg.account) for leg in others))
        more = f" 等 {len(counters)} 个" if len(counters) > 1 else ""
        found.append(Entry(voucher, amount, f"{counters[0]}{more}" if counters else ""))
    return found


class _Ledger:
    """The rows under construction: running balance, and where the month and the year began."""

    def __init__(self, opening: int, *, in_pieces: bool) -> None:
        self.rows: list[Row] = []
        self.balance = opening
        self.in_pieces = in_pieces
        self.unit: Literal["fen", "count"] = "count" if in_pieces else "fen"
        self.at = self.month_at = self.year_at = 0
        self.year = (0, 0)
        self.month = (0, 0)

    def amount(self, value: int, name: str = "", *, hides_zero: bool = True) -> Cell:
        """A figure of this ledger: money, or pieces."""
        if self.in_pieces:
            return Count(value, name, hides_zero=hides_zero)
        return Money(value, name, hides_zero=hides_zero, red=value < 0)

    def direction(self) -> Words:
        """借, 贷 or 平."""
        return words("借" if self.balance > 0 else "贷" if self.balance < 0 else "平")

    def begin(self, on: date, title: str, year: tuple[int, int]) -> None:
        """The carried-forward row. ``year`` are the year's turnovers before ``on``."""
        self.year = year
        cells = (Words(on.isoformat()), Words(""), Words(title), Words(""), None, None, self.direction())
        self.rows.append(Row((*cells, self.amount(abs(self.balance), "b0", hides_zero=False)), "head"))

    def add(self, entry: Entry) -> None:
        """One entry with its live running balance."""
        before = 1 if self.balance >= 0 else -1
        self.at += 1
        at = self.at
        self.balance += entry.debit - entry.credit
        self.month = (self.month[0] + entry.debit, self.month[1] + entry.credit)
        self.year = (self.year[0] + entry.debit, self.year[1] + entry.credit)
        terms = (Ref(f"b{at - 1}", before), Ref(f"d{at}"), Ref(f"c{at}", -1))
        voucher = entry.voucher
        self.rows.append(
            Row(
                (
                    words(voucher.on.isoformat()),
                    words(voucher.no),
                    Words(voucher.summary, red=voucher.is_red),
                    Words(entry.counter),
                    self.amount(entry.debit, f"d{at}"),
                    self.amount(entry.credit, f"c{at}"),
                    self.direction(),
                    Total(abs(self.balance), terms, f"b{at}", unit=self.unit, shape="size"),
                )
            )
        )

    def end_month(self, month: str) -> None:
        """The rows 本月合计 and 本年累计."""
        if self.month_at == self.at:
            return
        first = self.month_at + 1
        sums = [
            Total(value, (Span(f"{side}{first}", f"{side}{self.at}"),), unit=self.unit, bold=True)
            for side, value in zip("dc", self.month, strict=True)
        ]
        self._total(f"{month} 本月合计", sums)
        self._total("本年累计", [self.amount(value) for value in self.year])
        self.month, self.month_at = (0, 0), self.at

    def _total(self, title: str, sums: list[Total] | list[Cell]) -> None:
        balance = self.amount(abs(self.balance), hides_zero=False)
        self.rows.append(Row((Words(title, span=4, align="center"), *sums, self.direction(), balance), "total"))


def _table(entries: list[Entry], account: str, from_on: date, *, in_pieces: bool) -> Table:
    year_on = date(from_on.year, 1, 1)
    is_nominal = account.startswith(NOMINAL)
    carried = [
        entry for entry in entries if entry.is_carried(from_on) and not (is_nominal and entry.voucher.on < year_on)
    ]
    ledger = _Ledger(sum(entry.debit - entry.credit for entry in carried), in_pieces=in_pieces)
    year = [entry for entry in carried if entry.voucher.on >= year_on and not entry.is_carried(year_on)]
    title = "上年结转" if from_on == year_on else "承前"
    ledger.begin(from_on, title, (sum(entry.debit for entry in year), sum(entry.credit for entry in year)))
    month = ""
    for entry in entries:
        if entry.is_carried(from_on):
            continue
        if month and entry.voucher.month != month:
            ledger.end_month(month)
        month = entry.voucher.month
        ledger.add(entry)
    if month:
        ledger.end_month(month)
    return Table(tuple(map(Column, TITLES)), tuple(ledger.rows), freezes=True)
