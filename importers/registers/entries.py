"""One cell, one row: from the officer's text to a value, or a fault that points at it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from importers.files import label
from importers.grammar import day, folded, is_blank, money
from importers.registers import wrongs
from importers.registers.columns import GRADES, Column
from ledger.faults import Fault, FaultKind, Place
from ledger.ids import component
from ledger.money import yuan_text
from ledger.provenance import SourceLine

Value = str | int | date

NUMBERS = frozenset({"loan", "policy", "case", "pledge", "renews"})
"""Columns whose text becomes a component of an account's name."""
MAX_TEXT = 200
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


def value_of(column: Column, text: str) -> Value | Wrong | None:
    """Read one cell: a value, why it is none, or None for an empty optional cell."""
    plain = folded(text)
    if not plain or (column.form not in {"text", "id"} and is_blank(plain)):
        return Wrong(wrongs.BLANK) if column.required else None
    # Names stay as the officer wrote them, full width and all; everything else is read in its folded form.
    return _READ[column.form](column, _UNPRINTED.sub(" ", text).strip() if column.form == "text" else plain)


def _text(_column: Column, plain: str) -> Value | Wrong:
    return plain if len(plain) <= MAX_TEXT else Wrong(wrongs.TOO_LONG)


def _id(column: Column, plain: str) -> Value | Wrong:
    if column.key not in NUMBERS:
        return _text(column, plain)
    return component(plain) or Wrong(wrongs.BAD_NO)


def _day(_column: Column, plain: str) -> Value | Wrong:
    return day(plain) or Wrong(wrongs.BAD_DAY)


def _month(_column: Column, plain: str) -> Value | Wrong:
    # 2023-05, 202305, 2023年5月 and a whole day of the month (a spreadsheet's habit) all name the month.
    text = plain.replace("年", "-").removesuffix("月").replace("/", "-").replace(".", "-")
    digits = f"{text[:4]}-{text[4:]}" if len(text) == 6 and text.isdigit() else text
    on = day(f"{digits}-01" if digits.count("-") == 1 else digits)
    return f"{on:%Y-%m}" if on else Wrong(wrongs.BAD_DAY, "月份，如 2023-03")


def _money(column: Column, plain: str) -> Value | Wrong:
    fen = money(plain)
    if fen is None:
        return Wrong(wrongs.BAD_AMOUNT)
    if column.least is not None and fen < column.least:
        return Wrong(wrongs.BAD_AMOUNT, "大于零的金额" if column.least else "不为负的金额")
    return fen


def _int(column: Column, plain: str) -> Value | Wrong:
    if not (plain.isascii() and plain.isdigit() and len(plain) <= 6):
        return Wrong(wrongs.BAD_NUMBER)
    number = int(plain)
    return number if number >= (column.least or 0) else Wrong(wrongs.BAD_NUMBER, f"不小于 {column.least} 的整数")


def _choice(column: Column, plain: str) -> Value | Wrong:
    words = dict(column.choices)
    found = words.get("".join(plain.split()))
    return found if found is not None else Wrong(wrongs.BAD_CHOICE, "、".join(words))


def _rate(_column: Column, plain: str) -> Value | Wrong:
    # A percent-formatted number cell arrives as its fraction; a bare 4.35 could be either and is refused.
    number = plain.removesuffix("%").strip()
    try:
        fraction = Decimal(number) / (100 if plain.endswith("%") else 1)
    except InvalidOperation:
        return Wrong(wrongs.BAD_RATE)
    if not fraction.is_finite() or not 0 < fraction < 1:
        return Wrong(wrongs.BAD_RATE)
    text = f"{fraction.normalize():f}"
    return text if len(text) <= len("0.12345678") else Wrong(wrongs.BAD_RATE, "至多六位小数的百分比")


_READ: dict[str, Callable[[Column, str], Value | Wrong]] = {
    "text": _text,
    "id": _id,
    "date": _day,
    "month": _month,
    "money": _money,
    "int": _int,
    "choice": _choice,
    "rate": _rate,
}


def same_words(one: str, other: str) -> bool:
    """Whether two names agree once width, case and blanks are set aside."""
    return label(one).upper() == label(other).upper()


def yuan_words(fen: int) -> str:
    """An amount in a fault's words: ``1,234.50 元``."""
    return f"{yuan_text(fen)} 元"


def grade_words(grade: str) -> str:
    """A loan's grade in a fault's words: 次级; 未分类 where there is none."""
    return next((word for word, name in GRADES if name == grade), "未分类")
