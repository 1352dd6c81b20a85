"""How wide a text is and how wide a column must be, in em: one em is a Chinese character's width.

Widths are slightly over-estimated from the bundled font's advances, so that what is planned always fits.
"""

import re
import unicodedata

from reports.render.cells import Words, printed
from reports.render.paper import Row, Table

WIDE_EM = 1.0
DIGIT_EM = 0.56
NARROW_EM = 0.58
CAPITAL_EM = 0.74
BREAK_RUN = 34
"""Latin runs longer than this many characters may be broken anywhere: digests, long serials."""

TEXT_CAP_EM = 32.0
"""A text column asks for no more than this: longer text wraps."""

WORD_CHARS = 4
"""A cell of no more characters is one word and stands on one line: 「不适用」 over two lines reads as two."""

_RUN = re.compile(r"[!-~]+")
_LONG = re.compile(rf"[!-~]{{{BREAK_RUN + 1},}}")
_ZERO_WIDTH_SPACE = "\u200b"


def text_em(text: str) -> float:
    """The width of one line of text."""
    return sum(_char_em(char) for char in text)


def _char_em(char: str) -> float:
    if unicodedata.east_asian_width(char) in "WFA":
        return WIDE_EM
    if char.isdigit() or char in ".,-: ":
        return DIGIT_EM
    return CAPITAL_EM if char.isupper() or char in "@%&#" else NARROW_EM


def unbroken_em(text: str) -> float:
    """The width of the longest part that may not be broken."""
    runs = [match[0][:BREAK_RUN] for match in _RUN.finditer(text)]
    return max([text_em(run) for run in runs] + [WIDE_EM if text else 0.0])


def breakable(text: str) -> str:
    """The text with places to break inside its long Latin runs; for PDF only."""
    return _LONG.sub(lambda match: _ZERO_WIDTH_SPACE.join(match[0]), text)


def column_widths(table: Table) -> list[tuple[float, float]]:
    """For each column (least, wished) width in em, without padding."""
    widths = [(_heading_em(column.title), _heading_em(column.title)) for column in table.columns]
    for row in table.rows:
        for at, (least, wished) in _row_widths(row):
            widths[at] = (max(widths[at][0], least), max(widths[at][1], wished))
    return widths


def _heading_em(title: str) -> float:
    # A heading of up to four characters stands on one line; a longer one may take two.
    return max(min(text_em(title), 4.2), text_em(title) / 2, unbroken_em(title))


def _row_widths(row: Row) -> list[tuple[int, tuple[float, float]]]:
    found: list[tuple[int, tuple[float, float]]] = []
    at = 0
    for cell in row.cells:
        if not isinstance(cell, Words):
            width = text_em(printed(cell))
            found.append((at, (width, width)))
        elif cell.span == 1:
            wished = min(text_em(cell.text), TEXT_CAP_EM)
            found.append((at, (wished if len(cell.text) <= WORD_CHARS else unbroken_em(cell.text), wished)))
        at += cell.span if isinstance(cell, Words) else 1
    return found
