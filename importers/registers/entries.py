"""One cell, one row: from the officer's text to a value, or a fault that points at it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

from importers.grammar import day, folded, is_blank, moment, money
from importers.registers import wrongs
from importers.registers.columns import GRADES, Column
from importers.registers.titles import PERCENT, STRANGE, WAN, plain
from ledger.faults import Fault, FaultKind, Place
from ledger.ids import component, uscc
from ledger.money import FEN_PER_YUAN, MAX_FEN, yuan_text
from ledger.provenance import SourceLine

Value = str | int | date

NUMBERS = frozenset({"loan", "policy", "case", "pledge", "renews", "endorsement"})
"""Columns whose text becomes a component of an account's name."""
MAX_TEXT = 200
MAX_LIST = 450
"""Longest list of names: it becomes one fact of at most 500 characters."""
_UNPRINTED = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]+")
"""Line breaks and other controls inside a cell: the books' text has no place for them."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a cell can't be read; ``expected`` where the kind's own words are too general."""

    kind: FaultKind
    expected: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a register: typed values by column key, and the row as it stood."""

    line: SourceLine
    place: Place
    excerpt: tuple[str, ...]
    cells: tuple[tuple[str, str], ...]
    titles: Mapping[str, tuple[str, int | None]]
    values: Mapping[str, Value]

    def text(self, key: str) -> str:
        """A text, id, choice or rate; "" when the cell is empty."""
        value = self.values.get(key, "")
        assert isinstance(value, str), f"{key} is no text"
        return value

    def number(self, key: str) -> int:
        """An amount in fen or a count; 0 when the cell is empty."""
        value = self.values.get(key, 0)
        assert isinstance(value, int), f"{key} is no number"
        return value

    def maybe(self, key: str) -> int | None:
        """An amount in fen, None when the cell is empty."""
        return self.number(key) if key in self.values else None

    def day(self, key: str) -> date:
        """A day that a required column holds."""
        value = self.values[key]
        assert isinstance(value, date), f"{key} is no day"
        return value

    def maybe_day(self, key: str) -> date | None:
        """A day, None when the cell is empty."""
        return self.day(key) if key in self.values else None

    def fault(self, kind: FaultKind, found: str, key: str = "", *, expected: str = "", remedy: str = "") -> Fault:
        """A fault at this row, at the column ``key`` where one is to blame."""
        title, index = self.titles.get(key, ("", None))
        place = Place(self.place.file, self.place.sheet, self.place.row, title)
        return Fault(kind, found, place, self.excerpt, index, expected, remedy)


def value_of(column: Column, text: str, unit: str = "") -> Value | Wrong | None:
    """Read one cell under a title that states ``unit``: a value, why it is none, or None for an empty optional cell.

    Every accepted form is listed in docs/registers.md; nothing else is read.
    """
    plain_text = folded(text)
    if not plain_text or (column.form not in {"text", "id"} and is_blank(plain_text)):
        return Wrong(wrongs.BLANK) if column.required else None
    # Names stay as the officer wrote them, full width and all; everything else is read in its folded form.
    raw = column.form in {"text", "list"}
    return _READ[column.form](column, text.strip() if raw else plain_text, unit)


def _text(_column: Column, text: str, _unit: str) -> Value | Wrong:
    line = _UNPRINTED.sub(" ", text).strip()
    return line if len(line) <= MAX_TEXT else Wrong(wrongs.TOO_LONG)


def _list(_column: Column, text: str, _unit: str) -> Value | Wrong:
    names = [_UNPRINTED.sub(" ", name).strip() for name in re.split(r"[、；;\r\n]", text)]
    joined = "、".join(name for name in names if name)
    return joined if len(joined) <= MAX_LIST else Wrong(wrongs.TOO_LONG, f"不超过 {MAX_LIST} 字")


def _id(column: Column, text: str, _unit: str) -> Value | Wrong:
    if column.key == "uscc":
        text = uscc(text)
    if column.key not in NUMBERS:
        return _text(column, text, "")
    return component(text) or Wrong(wrongs.BAD_NO)


def _day(_column: Column, text: str, _unit: str) -> Value | Wrong:
    # A whole instant at midnight is a day, as many programs write one; any other time of day says more than a day.
    found = moment(text)
    return found[0] if found and found[1] in {None, time()} else Wrong(wrongs.BAD_DAY)


def _month(column: Column, text: str, _unit: str) -> Value | Wrong:
    # 2023-05, 202305, 2023年5月 and a whole day of the month (a spreadsheet's habit) all name the month.
    named = text.replace("年", "-").removesuffix("月").replace("/", "-").replace(".", "-")
    digits = f"{named[:4]}-{named[4:]}" if len(named) == 6 and named.isdigit() else named
    on = day(f"{digits}-01") if digits.count("-") == 1 else _day(column, text, "")
    return f"{on:%Y-%m}" if isinstance(on, date) else Wrong(wrongs.BAD_DAY, "月份，如 2023-03")


def _money(column: Column, text: str, unit: str) -> Value | Wrong:
    if unit == STRANGE:
        return Wrong(wrongs.BAD_AMOUNT, "栏名或表头写明的单位为元或万元")
    fen = _ten_thousands(text) if unit == WAN else money(text)
    if fen is None:
        return Wrong(wrongs.BAD_AMOUNT, "以万元计、合到分为整数的金额" if unit == WAN else "")
    if column.least is not None and fen < column.least:
        return Wrong(wrongs.BAD_AMOUNT, "大于零的金额" if column.least else "不为负的金额")
    return fen


_WAN = re.compile(r"-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]{1,6})?", re.ASCII)


def _ten_thousands(text: str) -> int | None:
    """An amount in 万元 as fen, None when it is none: at most six decimals, because the sixth is a fen."""
    if not _WAN.fullmatch(text):
        return None
    fen = Decimal(text.replace(",", "")) * 10_000 * FEN_PER_YUAN
    assert fen == fen.to_integral_value(), "six decimals of 万元 are whole fen"
    return int(fen) if abs(fen) <= MAX_FEN else None


def _int(column: Column, text: str, _unit: str) -> Value | Wrong:
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        return Wrong(wrongs.BAD_NUMBER)
    number = int(text)
    return number if number >= (column.least or 0) else Wrong(wrongs.BAD_NUMBER, f"不小于 {column.least} 的整数")


def _choice(column: Column, text: str, _unit: str) -> Value | Wrong:
    words = {plain(word): value for word, value in column.choices}
    found = words.get(plain(text))
    return found if found is not None else Wrong(wrongs.BAD_CHOICE, "、".join(dict(column.choices)))


def _rate(_column: Column, text: str, unit: str) -> Value | Wrong:
    # A percent-formatted number cell arrives as its fraction; a bare 4.35 could be either and is refused. Where the
    # title says %, a bare number counts per cent; one below 1 could still be such a cell's fraction and is refused.
    number = text.removesuffix("%").strip()
    if not re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", number, re.ASCII):
        return Wrong(wrongs.BAD_RATE)
    is_percent = text.endswith("%") or unit == PERCENT
    if unit == STRANGE or (unit == PERCENT and not text.endswith("%") and Decimal(number) < 1):
        return Wrong(wrongs.BAD_RATE, "格里带百分号的年利率，如 4.35%")
    fraction = Decimal(number) / (100 if is_percent else 1)
    if not 0 < fraction < 1:
        return Wrong(wrongs.BAD_RATE)
    printed = f"{fraction.normalize():f}"
    return printed if len(printed) <= len("0.12345678") else Wrong(wrongs.BAD_RATE, "至多六位小数的百分比")


_READ: dict[str, Callable[[Column, str, str], Value | Wrong]] = {
    "text": _text,
    "id": _id,
    "list": _list,
    "date": _day,
    "month": _month,
    "money": _money,
    "choice": _choice,
    "int": _int,
    "rate": _rate,
}


def same_words(one: str, other: str) -> bool:
    """Whether two names agree once width, case, blanks and the sort of bracket are set aside."""
    return plain(one).upper() == plain(other).upper()


def yuan_words(fen: int) -> str:
    """An amount in a fault's words: ``1,234.50 元``."""
    return f"{yuan_text(fen)} 元"


def value_words(column: Column, value: Value | None) -> str:
    """A value in a fault's words: an amount in yuan, a choice as the officer's word, 空 for none."""
    if value is None:
        return "空"
    if column.form == "money":
        assert isinstance(value, int), "money is read as fen"
        return yuan_words(value)
    if column.form == "rate":
        return f"{(Decimal(str(value)) * 100).normalize():f}%"
    return next((word for word, name in column.choices if name == value), str(value))


def grade_words(grade: str) -> str:
    """A loan's grade in a fault's words: 次级; 未分类 where there is none."""
    return next((word for word, name in GRADES if name == grade), "未分类")
