"""A workbook cell's value as text, in one way only. A number that may have lost digits is refused.

Numbers: whole ones without a point, others as the shortest decimal that reads back to the same double, never
with an exponent; so an amount exact to the fen shows at most two decimals and anything else is refused by the
grammar of money. Days: ISO, the time left out at midnight.
"""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from importers.files.kinds import LONG_DIGITS, LONG_NUMBER, MAX_CELL_CHARS, TOO_BIG
from importers.files.sheets import column_letter
from ledger.faults import Fault, Place, Refusal


def text_of(value: object, sheet: str, row: int, column: int) -> str:
    """The text of one cell; raises Refusal naming the place when a number is too long to be whole."""
    if value is None:
        return ""
    if isinstance(value, str):
        return _bounded(value, Place(sheet=sheet, row=row, column=column_letter(column)))
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number(value, Place(sheet=sheet, row=row, column=column_letter(column)))
    return _day(value)


def _bounded(text: str, place: Place) -> str:
    if len(text) > MAX_CELL_CHARS:
        raise Refusal([Fault(TOO_BIG, f"一个单元格有 {len(text):,} 个字符", place)])
    return text


def _number(value: float, place: Place) -> str:
    if not abs(value) < LONG_NUMBER:  # written so that NaN is refused too
        raise Refusal([Fault(LONG_DIGITS, f"数值 {value!r}", place)])
    if value == int(value):
        return str(int(value))
    return format(Decimal(repr(value)), "f")


def _day(value: object) -> str:
    # A workbook holds instants as fractions of a day: half a second is the noise of that fraction.
    if isinstance(value, datetime):
        value = (value + timedelta(milliseconds=500)).replace(microsecond=0)
        return str(value.date()) if value.time() == time() else str(value)
    if isinstance(value, time):
        return value.replace(microsecond=0).isoformat()
    assert isinstance(value, date | timedelta), f"unknown cell type {type(value).__name__}"
    return str(value)
