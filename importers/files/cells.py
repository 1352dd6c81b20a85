"""A workbook cell's value as text, in one way only. A number that may have lost digits is refused.

Numbers: whole ones without a point, others as the shortest decimal that reads back to the same double, never
with an exponent; so an amount exact to the fen shows at most two decimals and anything else is refused by the
grammar of money. Days: ISO, the time left out at midnight.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from importers.files.kinds import LONG_DIGITS, LONG_NUMBER, MAX_CELL_CHARS, TOO_BIG
from importers.files.sheets import column_letter
from ledger.faults import Place, Refusal, refuse


def texts_of(values: Iterable[object], sheet: str, row: int) -> tuple[str, ...]:
    """The texts of one row; raises Refusal naming the place when a number is too long to be whole, a text endless."""
    return tuple(
        # Nearly every cell is a short text or nothing: those cost no call.
        ""
        if value is None
        else value
        if value.__class__ is str and len(value) <= MAX_CELL_CHARS
        else _text_of(value, sheet, row, index)
        for index, value in enumerate(values)
    )


def _text_of(value: object, sheet: str, row: int, column: int) -> str:
    try:
        if isinstance(value, str):
            return _bounded(value)
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        return _number(value) if isinstance(value, int | float) else _day(value)
    except Refusal as refusal:
        place = Place(sheet=sheet, row=row, column=column_letter(column))
        raise Refusal(replace(fault, place=place) for fault in refusal.faults) from None


def _bounded(text: str) -> str:
    if len(text) > MAX_CELL_CHARS:
        raise refuse(TOO_BIG, f"一个单元格有 {len(text):,} 个字符")
    return text


def _number(value: float) -> str:
    if not abs(value) < LONG_NUMBER:  # written so that NaN is refused too
        raise refuse(LONG_DIGITS, f"数值 {value!r}"[:60])
    if value == int(value):
        return str(int(value))
    shortest = repr(value)
    return format(Decimal(shortest), "f") if "e" in shortest else shortest


def _day(value: object) -> str:
    # A workbook holds instants as fractions of a day: half a second is the noise of that fraction.
    if isinstance(value, datetime):
        value = (value + timedelta(milliseconds=500)).replace(microsecond=0)
        return str(value.date()) if value.time() == time() else str(value)
    if isinstance(value, time):
        return value.replace(microsecond=0).isoformat()
    assert isinstance(value, date | timedelta), f"unknown cell type {type(value).__name__}"
    return str(value)
