"""The bank's own terms, typed: a paper as it stands in the file, before anything about it is proved.

:mod:`importers.lists.reading` turns a table into a :class:`BankExtract` with the help of :class:`Cells`, which reads a
row by the bank's own column titles and gathers what it can't read as faults. Proving order, sums and account is
:mod:`importers.lists.proof`'s.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from functools import lru_cache

from importers import grammar
from importers.files import Row, Table, beside, unnamed
from importers.layout import Layout, Means
from ledger.faults import Fault, FaultKind, Place
from ledger.papers import BankLine, ReadRow
from ledger.provenance import SourceFile, SourceLine

BAD_MONEY = FaultKind(
    "导入-金额-01",
    "金额读不懂",
    "以元计、至多两位小数的金额，可带正负号、千分位逗号",
    "对照网银原件核对后重新导出。本文件所有行均未入账。",
)
NO_MONEY = FaultKind(
    "导入-金额-02",
    "收支金额不唯一",
    "收入、支出两栏中恰有一栏有非零金额",
    "对照网银原件核对后重新导出。本文件所有行均未入账。",
)
BAD_DAY = FaultKind(
    "导入-日期-01",
    "日期或时间读不懂",
    "形如 20230412、2023-04-12、2023-04-12 13:34:55 的日期时间",
    "对照网银原件核对后重新导出。本文件所有行均未入账。",
)
BAD_TEXT = FaultKind(
    "导入-文字-01",
    "文字过长或含控制字符",
    "不超过 500 字、不含控制字符的文字",
    "对照网银原件核对；确是原文如此的，请联系银行更正摘要。",
)
BAD_SERIAL = FaultKind(
    "导入-流水号-01",
    "流水号或账号缺失、残缺",
    "银行给出的完整流水号、账号，文本单元格",
    "从网银重新导出，不要在 Excel 里另存。",
)
BAD_DIRECTION = FaultKind(
    "导入-方向-01",
    "收付方向与金额正负矛盾",
    "来账、收为正，往账、支为负",
    "对照网银原件核对后重新导出。本文件所有行均未入账。",
)
BAD_STATUS = FaultKind(
    "导入-状态-01",
    "交易未成功",
    "交易状态为「交易成功」",
    "请在网银只勾选成功的交易重新导出；若状态有误，向银行核实。",
)
BAD_CURRENCY = FaultKind(
    "导入-币种-01",
    "不是人民币",
    "人民币（CNY）",
    "本系统只记人民币专户，请核对导出的是哪个账户。",
)
KINDS = (BAD_MONEY, NO_MONEY, BAD_DAY, BAD_TEXT, BAD_SERIAL, BAD_DIRECTION, BAD_STATUS, BAD_CURRENCY)

_CNY = frozenset({"", "CNY", "RMB", "人民币", "人民币元", "001", "01", "156"})
_UNPRINTED = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters and half characters (Unicode Cc and Cs)."""
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?[Ee]\+?[0-9]+")
MAX_TEXT = 500
_SHOWN_CELLS = 5


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a paper's own totals, each None where the file does not state it. ``fen`` is unsigned."""

    count: int | None = None
    fen: int | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """A row whose transaction did not happen: its place, serial and status, the balance it prints (None: none)."""

    row: int
    serial: str
    status: str
    balance_fen: int | None


@dataclass(frozen=True, slots=True)
class BankExtract:
    """A bank's paper as read: lines in the file's order, everything else the file says about itself.

    ``account_number`` is "" where the file does not name its own account. ``originals`` are the cells of each line
    by its row. ``asides`` are the rows that are no line: title, preamble, header, totals, each with its reason.
    ``until_on`` is the first day not covered. ``two_sided`` where nothing but the column says which way money went.
    ``unsteady`` are titles of cells that another export may say otherwise. ``first_row`` names a table that is not
    the file's only one.
    """

    layout: str
    title: str
    account_number: str
    lines: tuple[BankLine, ...]
    originals: Mapping[int, tuple[tuple[str, str], ...]]
    asides: tuple[ReadRow, ...] = ()
    from_on: date | None = None
    until_on: date | None = None
    count: int | None = None
    inflow: Side = Side()
    outflow: Side = Side()
    closing_fen: int | None = None
    failed: tuple[Failed, ...] = ()
    two_sided: bool = False
    unsteady: frozenset[str] = frozenset()
    first_row: int | None = None
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A layout found in a file: one table of it. Faults go into ``faults``."""

    layout: Layout
    source: SourceFile
    table: Table
    is_one_of_several: bool = False
    faults: list[Fault] = field(default_factory=list)

    def titles(self) -> dict[Means, tuple[str, ...]]:
        """The titles, as this header prints them, of each meaning; in the layout's order."""
        found: dict[Means, tuple[str, ...]] = {}
        for column in self.layout.columns:
            name = next((name for name in (column.name, *column.also) if name in self.table.labels), None)
            if name is not None:
                found[column.means] = (*found.get(column.means, ()), name)
        return found

    def place(self, row: Row | None = None, column: str = "") -> Place:
        """A place in this file for a fault."""
        return Place(self.source.name, self.table.sheet, row.number if row else None, column)

    def currency(self, name: str) -> None:
        """Note a fault when a field above the table names a currency that is not CNY."""
        text, row = beside(self.table.above, name)
        if row and grammar.folded(text).upper() not in _CNY:
            self.faults.append(Fault(BAD_CURRENCY, text, self.place(row, name)))

    def aside(self, row: Row, reason: str) -> ReadRow:
        """A row that is no line of the paper, kept with the reason."""
        return ReadRow(
            line=self.table.line(row, self.source.sha256), cells=unnamed(row), outcome="ignored", reason=reason
        )


@lru_cache(maxsize=1 << 14)
def _words(raw: str) -> str | None:
    """A cell's words with blanks collapsed, "" where it only says that there are none, None with control characters."""
    text = " ".join(raw.split())
    if _UNPRINTED.search(text):
        return None
    return "" if grammar.is_blank(text) else text


@dataclass(slots=True)
class Cells:
    """One row, read by the titles of its columns. What can't be read becomes a fault and a harmless value.

    The value after a fault is never used: a file with a fault is refused whole.
    """

    source: SourceFile
    table: Table
    row: Row
    faults: list[Fault]
    index: Mapping[str, int]

    @property
    def line(self) -> SourceLine:
        """The row's place for the books."""
        return self.table.line(self.row, self.source.sha256)

    def raw(self, name: str) -> str:
        """The stripped text under a title; "" where the column or the cell is missing."""
        try:
            return self.row.cells[self.index[name]].strip()
        except (KeyError, IndexError):
            return ""

    def fault(self, kind: FaultKind, name: str, found: str = "") -> None:
        """Note a fault at the cell under ``name``, showing the filled cells around it."""
        index = self.index.get(name)
        filled = [number for number, cell in enumerate(self.row.cells) if cell.strip() or number == index]
        middle = filled.index(index) if index in filled else 0
        shown = filled[max(0, middle - _SHOWN_CELLS // 2) :][:_SHOWN_CELLS]
        place = Place(self.source.name, self.table.sheet, self.row.number, name)
        excerpt = tuple(self.row.cells[number].strip() for number in shown if number < len(self.row.cells))
        bad = shown.index(index) if index in shown else None
        self.faults.append(Fault(kind, found or self.raw(name) or "空白", place, excerpt, bad))

    def words(self, *names: str) -> str:
        """Free text under one or more titles: blanks collapsed, "nothing here" marks and repeats dropped."""
        texts: list[str] = []
        for name in names:
            raw = self.raw(name)
            text = _words(raw) if raw else ""
            if text is None:
                self.fault(BAD_TEXT, name, "控制字符")
            elif text and text not in texts:
                texts.append(text)
        if not texts:
            return ""
        joined = " ".join(texts)
        if len(joined) > MAX_TEXT:
            self.fault(BAD_TEXT, names[0], f"{len(joined)} 字")
            return ""
        return joined

    def money(self, name: str) -> int:
        """A required amount in fen, with its sign."""
        fen = grammar.money(self.raw(name))
        if fen is None:
            self.fault(BAD_MONEY, name)
        return fen or 0

    def optional_money(self, name: str) -> int:
        """An amount in fen, 0 for an empty cell."""
        return 0 if grammar.is_blank(self.raw(name)) else self.money(name)

    def two_sides(self, inflow: str, outflow: str) -> int:
        """The signed amount of a row that has one column a side; exactly one of them holds something.

        A negative figure in either column is a red row (红字) of that side and keeps its sign there.
        """
        came, went = self.optional_money(inflow), self.optional_money(outflow)
        if bool(came) == bool(went):
            self.fault(
                NO_MONEY, inflow, f"{inflow} {self.raw(inflow) or '空白'}，{outflow} {self.raw(outflow) or '空白'}"
            )
        return came - went

    def day(self, name: str) -> date:
        """A required day; a cell of a date may carry a time, which is not asked for here."""
        on = grammar.day(self.raw(name))
        if on is None and (moment := grammar.moment(self.raw(name))):
            on = moment[0]
        if on is None:
            self.fault(BAD_DAY, name)
        return on or date.min

    def clock(self, name: str) -> time | None:
        """A time of day; None for an empty cell."""
        if grammar.is_blank(self.raw(name)):
            return None
        at = grammar.clock(self.raw(name))
        if at is None:
            self.fault(BAD_DAY, name)
        return at

    def moment(self, name: str) -> tuple[date, time | None]:
        """A required day with its time where the cell has one."""
        moment = grammar.moment(self.raw(name))
        if moment is None:
            self.fault(BAD_DAY, name)
        return moment or (date.min, None)

    def account(self, name: str) -> str:
        """Another party's account as printed; one that a spreadsheet has turned into 6.22E+18 is a fault."""
        text = self.words(name)
        if text and not text.isdigit() and _SCIENTIFIC.fullmatch(grammar.folded(text)):
            self.fault(BAD_SERIAL, name)
        return text

    def currency(self, name: str) -> None:
        """Note a fault unless the cell says CNY in one of its spellings, or nothing."""
        text = self.raw(name)
        if text not in _CNY and grammar.folded(text).upper() not in _CNY:
            self.fault(BAD_CURRENCY, name)

    def serial(self, name: str) -> str:
        """A required serial number of the bank: letters and digits, kept as text."""
        text = grammar.folded(self.raw(name))
        if not (text.isascii() and (text.isalnum() or text.replace("-", "").isalnum()) and len(text) <= 64):
            self.fault(BAD_SERIAL, name)
        return text
