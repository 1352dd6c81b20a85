"""What a paper's cell can hold. A cell is typed, so that both printed forms show the same value.

Money is ``int`` fen, days are ``date``, rates are integer ratios: nothing is rounded before it is printed.
A cell that others compute with carries a ``name``, unique in its paper.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from ledger.money import half_up, yuan, yuan_text

Align = Literal["left", "center", "right"]

RATE_SCALE = 10_000
"""Rates are printed to a hundredth of a percent."""


@dataclass(frozen=True, slots=True)
class Words:
    """Text. Never read as markup or as a formula, whatever it begins with. ``span`` counts columns."""

    text: str
    bold: bool = False
    span: int = 1
    align: Align = "left"
    red: bool = False


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in fen, printed in yuan. ``hides_zero`` leaves a zero blank, as account books do."""

    fen: int
    name: str = ""
    bold: bool = False
    hides_zero: bool = False
    red: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day, printed ``2023-05-31``."""

    on: date


@dataclass(frozen=True, slots=True)
class Count:
    """A number of things or days."""

    value: int
    name: str = ""
    bold: bool = False
    hides_zero: bool = False


@dataclass(frozen=True, slots=True)
class Rate:
    """An integer ratio printed as a percentage; a denominator of zero prints 「—」.

    With ``of`` (the names of numerator and denominator cells) it is a live formula in xlsx.
    """

    numerator: int
    denominator: int
    of: tuple[str, str] | None = None

    @property
    def fraction(self) -> Decimal | None:
        """The ratio to four decimals, half up; None when nothing stands below the line."""
        if self.denominator == 0:
            return None
        sign = -1 if self.denominator < 0 else 1
        return Decimal(half_up(sign * self.numerator * RATE_SCALE, abs(self.denominator))) / RATE_SCALE


@dataclass(frozen=True, slots=True)
class Ref:
    """A named cell in a formula, added (``sign`` 1) or taken away (-1)."""

    name: str
    sign: int = 1


@dataclass(frozen=True, slots=True)
class Span:
    """All cells of one column from one named cell down to another, added or taken away."""

    first: str
    last: str
    sign: int = 1


Shape = Literal["sum", "floor", "size"]
"""``sum`` as it is; ``floor`` not below zero; ``size`` without its sign."""


@dataclass(frozen=True, slots=True)
class Total:
    """A value computed from other cells of the paper: a live formula in xlsx, with ``value`` stored beside.

    ``value`` is fen, or a plain number when ``unit`` is ``count``. The paper checks that the two agree.
    """

    value: int
    terms: tuple[Ref | Span, ...]
    name: str = ""
    unit: Literal["fen", "count"] = "fen"
    shape: Shape = "sum"
    bold: bool = False
    hides_zero: bool = False


Cell = Words | Money | Day | Count | Rate | Total | None
"""A table's cell; None is blank."""


def shaped(value: int, shape: Shape) -> int:
    """A formula's sum after its shape."""
    match shape:
        case "sum":
            return value
        case "floor":
            return max(value, 0)
        case "size":
            return abs(value)


def number_of(cell: Cell) -> int:
    """What a cell counts for in a sum: fen, or a plain number; text and blanks count nothing."""
    match cell:
        case Money():
            return cell.fen
        case Count() | Total():
            return cell.value
        case _:
            return 0


def name_of(cell: Cell) -> str:
    """A cell's name, empty when it has none."""
    return cell.name if isinstance(cell, Money | Count | Total) else ""


def stored(cell: Count | Money | Total) -> Decimal | int:
    """The number that a spreadsheet stores for a cell: yuan or a plain number."""
    match cell:
        case Money():
            return yuan(cell.fen)
        case Total() if cell.unit == "fen":
            return yuan(cell.value)
        case Total() | Count():
            return cell.value


def printed(cell: Cell) -> str:
    """A cell as it reads on paper."""
    match cell:
        case None:
            return ""
        case Words():
            return cell.text
        case Day():
            return cell.on.isoformat()
        case Rate():
            return "—" if cell.fraction is None else f"{cell.fraction * 100:.2f}%"
        case Count():
            return "" if cell.hides_zero and not cell.value else str(cell.value)
        case Money():
            return "" if cell.hides_zero and not cell.fen else yuan_text(cell.fen)
        case Total():
            if cell.hides_zero and not cell.value:
                return ""
            return yuan_text(cell.value) if cell.unit == "fen" else str(cell.value)


def alignment(cell: Cell) -> Align:
    """Where a cell's text stands: numbers right, days in the middle, words as they ask."""
    match cell:
        case Words():
            return cell.align
        case Day() | None:
            return "center"
        case _:
            return "right"


def is_bold(cell: Cell) -> bool:
    """Whether a cell asks for bold type."""
    return isinstance(cell, Words | Money | Count | Total) and cell.bold


def is_red(cell: Cell) -> bool:
    """Whether a cell is printed in red: a reversal's entries, or an amount below zero that says so."""
    return isinstance(cell, Words | Money) and cell.red


def words(text: str, **more: bool) -> Words:
    """A text cell that is set in the middle: for short codes and directions."""
    return Words(text, align="center", **more)
