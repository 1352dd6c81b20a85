"""Workbooks that come out the same each time: a fixed creation time, money as exact decimals."""

from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter

CREATED = datetime(2024, 3, 1, 9, 0, tzinfo=UTC).replace(tzinfo=None)
"""The creation time written into every workbook, so that two runs give the same bytes."""

Cell = str | Decimal
Grid = list[list[Cell]]


def number(fen: int) -> Decimal:
    """An amount in fen as the yuan that a numeric cell holds."""
    return Decimal(fen) / 100


def open_workbook(out: BytesIO) -> Any:  # noqa: ANN401 - xlsxwriter carries no types
    """A new workbook, marked as invented."""
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": CREATED, "comments": "虚构示例"})
    return book


def fill(sheet: Any, grid: Grid, first_row: int, money: Any) -> None:  # noqa: ANN401 - xlsxwriter carries no types
    """Write a grid from ``first_row`` (0-based) on; ``money`` is the format of numeric cells."""
    for row, cells in enumerate(grid, first_row):
        for column, cell in enumerate(cells):
            if isinstance(cell, Decimal):
                sheet.write_number(row, column, cell, money)
            elif cell:
                sheet.write_string(row, column, cell)
