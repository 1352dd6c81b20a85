"""One sheet of a workbook, written from the top down; formulas wait until every named cell has its place.

Text is always written as a string cell, never handed to anything that guesses; what a spreadsheet might take
for a formula when it is edited also gets the format's own quote prefix, which leaves the text itself alone.
"""

import unicodedata
from datetime import datetime, time
from typing import Any

from reports.render.cells import (
    Cell,
    Count,
    Day,
    Money,
    Rate,
    Total,
    Words,
    alignment,
    is_bold,
    is_red,
    name_of,
    printed,
    stored,
)
from reports.render.formulas import Where, formula_of
from reports.render.headings import HeadingCell, heading_rows
from reports.render.measure import text_em
from reports.render.paper import SIGN_RULE, KeyValues, Note, Paper, Row, Section, Signatures, Table
from reports.render.plan import table_of

MONEY_FORMAT = "#,##0.00"
BLANK_ZERO_FORMAT = '#,##0.00;-#,##0.00;""'
BLANK_ZERO_COUNT = '0;-0;""'
RATE_FORMAT = "0.00%"
DAY_FORMAT = "yyyy-mm-dd"
FONT = "宋体"
WIDEST_CHARS = 38.0
"""No column of a sheet is wider; longer text wraps."""

PORTRAIT_CHARS = 105.0
"""A sheet wider than this lies across: set upright it would print too small to read."""

LINE_HEIGHT = 15
A4 = 9
MAX_CELL_CHARS = 32_767
"""What an xlsx cell can hold."""

GAP = "        "

Look = dict[str, Any]
"""XlsxWriter's format properties."""

_BOX: Look = {"border": 1}
_HEADING: Look = _BOX | {"bold": True, "align": "center", "bg_color": "#EEF1F5", "text_wrap": True}
_LABEL: Look = _BOX | {"align": "center", "bg_color": "#F6F7F9", "text_wrap": True}
_VALUE: Look = _BOX | {"align": "left", "text_wrap": True}

_TRIGGERS = frozenset("=+-@\t\r\n'|%")


def looks_live(text: str) -> bool:
    """Whether a spreadsheet might take the text for a formula: first character, also in its full-width form."""
    first = text.lstrip(" \u3000")[:1]
    return bool(first) and (first in _TRIGGERS or unicodedata.normalize("NFKC", first) in _TRIGGERS)


class Sheet:
    """One sheet. Call :meth:`fit`, :meth:`head`, :meth:`section` …, :meth:`foot`, then :meth:`write_formulas`."""

    def __init__(self, workbook: Any, name: str) -> None:  # noqa: ANN401 - XlsxWriter is untyped
        self.workbook, self.name = workbook, name
        self.sheet = workbook.add_worksheet(name)
        self.names: dict[str, Where] = {}
        self.row = 0
        self.widths = [0.0]
        self.frozen = False
        self._waiting: list[tuple[int, int, Total | Rate, Any]] = []
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def fit(self, sections: tuple[Section, ...], *, lies: bool = False) -> None:
        """Set the columns' widths for all tables that will share them, and with them the page's way round."""
        tables = [table for section in sections if (table := table_of(section))]
        self.widths = [9.0] * max([len(table.columns) for table in tables] + [4])
        for table in tables:
            self._widen(Row(tuple(Words(column.title) for column in table.columns)))
            for row in table.rows:
                self._widen(row)
        for at, width in enumerate(self.widths):
            self.sheet.set_column(at, at, round(width, 1))
        if lies or sum(self.widths) > PORTRAIT_CHARS:
            self.sheet.set_landscape()

    def _widen(self, row: Row) -> None:
        at = 0
        for cell in row.cells:
            span = cell.span if isinstance(cell, Words) else 1
            if span == 1:
                self.widths[at] = max(self.widths[at], min(text_em(printed(cell)) * 2 + 2, WIDEST_CHARS))
            at += span

    def head(self, title: str, paper: Paper | None) -> None:
        """The title, and on the first sheet what stands under it."""
        self._line(title, {"align": "center", "bold": True, "font_size": 16}, height=26)
        for line in paper.subtitle if paper else ():
            self._line(line, {"align": "center"})
        if paper and paper.unit_line:
            self._line(paper.unit_line, {"align": "right"})

    def foot(self, paper: Paper, *, notes: tuple[str, ...]) -> None:
        """The footnotes, and the printed page: A4, one page wide, page numbers."""
        self.row += 1
        for note in notes:
            self._line(note, {"font_size": 9, "font_color": "#555555"})
        self.sheet.set_paper(A4)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        self.sheet.set_footer(f"&L截至 {paper.as_of.isoformat()}&R第 &P 页，共 &N 页")
        self.sheet.hide_gridlines(2)

    def section(self, section: Section) -> None:
        """Write one section under what is there."""
        if table := table_of(section):
            self._table(table)
            return
        match section:
            case KeyValues():
                self._pairs(section)
            case Signatures():
                self.row += 1
                self._line(GAP.join(f"{role}：{name or SIGN_RULE}" for role, name in section.places), {})
            case Note():
                self._title(section.title)
                for line in section.lines:
                    self._line(line, {"font_size": 9})
            case _:
                raise AssertionError(section)

    def write_formulas(self, places: dict[str, Where]) -> None:
        """Write the waiting formulas, each with its stored value; ``places`` are those of all sheets."""
        for row, column, cell, form in self._waiting:
            formula, value = formula_of(cell, self.name, places)
            self.sheet.write_formula(row, column, formula, form, value)

    def _format(self, look: Look) -> Any:  # noqa: ANN401 - a library's format
        # Each format is made once: the order of first use fixes the file's bytes.
        key = tuple(sorted(look.items()))
        if key not in self._formats:
            base = {"font_name": FONT, "font_size": 10, "valign": "vcenter"}
            self._formats[key] = self.workbook.add_format(base | look)
        return self._formats[key]

    def _string(self, row: int, first: int, last: int, text: str, look: Look, *, deep: int = 1) -> None:
        assert len(text) <= MAX_CELL_CHARS, "a text longer than a cell"
        form = self._format(look | ({"quote_prefix": True} if looks_live(text) else {}))
        if last > first or deep > 1:
            self.sheet.merge_range(row, first, row + deep - 1, last, "", form)
        if text:
            self.sheet.write_string(row, first, text, form)
        elif last == first and deep == 1:
            self.sheet.write_blank(row, first, None, form)

    def _lines(self, text: str, first: int, last: int) -> int:
        room = max(int(sum(self.widths[first : last + 1])) - 1, 1)
        return sum(max(1, -(-int(text_em(part) * 2) // room)) for part in text.split("\n"))

    def _line(self, text: str, look: Look, *, height: float = 0) -> None:
        last = len(self.widths) - 1
        self.sheet.set_row(self.row, height or LINE_HEIGHT * self._lines(text, 0, last))
        self._string(self.row, 0, last, text, {"text_wrap": True} | look)
        self.row += 1

    def _title(self, title: str) -> None:
        self.row += 1
        if title:
            self._line(title, {"bold": True, "font_size": 11}, height=18)

    def _table(self, table: Table) -> None:
        self._title(table.title)
        top = self.row
        self._heading(heading_rows(table))
        if table.freezes and not self.frozen:
            self.frozen = True
            self.sheet.freeze_panes(self.row, 0)
            self.sheet.repeat_rows(top, self.row - 1)
        empty = Row((Words(table.empty, span=len(table.columns), align="center"),))
        for row in table.rows or (empty,):
            self._row(row)

    def _heading(self, rows: list[list[HeadingCell]]) -> None:
        taken: set[tuple[int, int]] = set()
        for down, cells in enumerate(rows):
            at = 0
            for cell in cells:
                while (down, at) in taken:
                    at += 1
                self._string(self.row + down, at, at + cell.span - 1, cell.text, _HEADING, deep=cell.deep)
                taken |= {(down + more, at + side) for more in range(cell.deep) for side in range(cell.span)}
                at += cell.span
        self.row += len(rows)

    def _row(self, row: Row) -> None:
        at, lines = 0, 1
        for cell in row.cells:
            last = at + (cell.span if isinstance(cell, Words) else 1) - 1
            self._cell(at, last, cell, row.style)
            lines = max(lines, self._lines(printed(cell), at, last))
            at = last + 1
        if lines > 1:
            self.sheet.set_row(self.row, LINE_HEIGHT * lines)
        self.row += 1

    def _cell(self, first: int, last: int, cell: Cell, style: str = "plain", *, left: bool = False) -> None:
        look: Look = _BOX | {"align": "left" if left else alignment(cell)}
        look |= {"bold": True} if is_bold(cell) or style != "plain" else {}
        look |= {"bg_color": "#F0F0F0"} if style != "plain" else {}
        look |= {"font_color": "#C00000"} if is_red(cell) else {}
        if name := name_of(cell):
            self.names[name] = (self.name, self.row, first)
        match cell:
            case None:
                self._string(self.row, first, last, "", look)
            case Words():
                self._string(self.row, first, last, cell.text, look | {"text_wrap": True})
            case _:
                if last > first:
                    self.sheet.merge_range(self.row, first, self.row, last, "", self._format(look))
                self._number(self.row, first, cell, look)

    def _number(self, row: int, column: int, cell: Day | Money | Count | Rate | Total, look: Look) -> None:
        form = self._format(look | {"num_format": _number_format(cell)})
        match cell:
            case Day():
                self.sheet.write_datetime(row, column, datetime.combine(cell.on, time()), form)
            case Total():
                self._waiting.append((row, column, cell, form))
            case Rate() if cell.of:
                self._waiting.append((row, column, cell, form))
            case Rate() if cell.fraction is None:
                self.sheet.write_string(row, column, printed(cell), form)
            case Rate():
                self.sheet.write_number(row, column, cell.fraction, form)
            case Money() | Count():
                self.sheet.write_number(row, column, stored(cell), form)

    def _pairs(self, section: KeyValues) -> None:
        self._title(section.title)
        if not section.boxed:
            self._line(
                GAP.join(f"{label}：{printed(cell)}" if label else printed(cell) for label, cell in section.pairs), {}
            )
            return
        columns = len(self.widths)
        across = min(section.across, columns // 2)
        edges = [columns * part // across for part in range(across + 1)]
        for start in range(0, len(section.pairs), across):
            line = section.pairs[start : start + across]
            lines = 1
            for part in range(across):
                label, cell = line[part] if part < len(line) else ("", None)
                self._string(self.row, edges[part], edges[part], label, _LABEL)
                first, last = edges[part] + 1, edges[part + 1] - 1
                self._cell(first, last, cell, left=True)
                lines = max(
                    lines, self._lines(printed(cell), first, last), self._lines(label, edges[part], edges[part])
                )
            self.sheet.set_row(self.row, LINE_HEIGHT * lines)
            self.row += 1


def _number_format(cell: Day | Money | Count | Rate | Total) -> str:
    match cell:
        case Day():
            return DAY_FORMAT
        case Rate():
            return RATE_FORMAT
        case Money() | Total(unit="fen") if cell.hides_zero:
            return BLANK_ZERO_FORMAT
        case Money() | Total(unit="fen"):
            return MONEY_FORMAT
        case Count() if cell.hides_zero:
            return BLANK_ZERO_COUNT
        case _:
            return "0"
