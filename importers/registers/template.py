"""Our own xlsx templates: drop-downs, validation and notes, the same bytes each time.

Amounts are written as decimal numbers of at most 15 significant digits, which a spreadsheet keeps exactly, and
everything else as text, so that no spreadsheet program drops a digit of a number that names something.
"""

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from importers.registers.columns import Column, Table, Template, template_of
from ledger.money import fen_of_text, yuan
from ledger.pool import Pool

Row = Mapping[str, str]
Lists = Mapping[str, Sequence[str]]

ENTRY_ROWS = 500
"""Rows prepared for entry below the header."""

TITLE = "合计"
COUNTED = "笔"
DOUBLE_DIGITS = 15
"""Significant digits of which every decimal survives a spreadsheet's binary number."""
_EPOCH = datetime(2023, 1, 1, tzinfo=UTC).replace(tzinfo=None)  # XlsxWriter writes it as it stands
_FONT = {"font_name": "宋体", "font_size": 11}
_FORMATS: dict[str, dict[str, object]] = {
    "title": {"bold": True, "font_size": 14},
    "note": {"font_color": "#C00000"},
    "label": {"bold": True, "bg_color": "#F2F2F2", "border": 1},
    "header": {"bold": True, "bg_color": "#DDEBF7", "border": 1, "text_wrap": True, "valign": "vcenter"},
    "optional": {"bg_color": "#EDEDED", "border": 1, "text_wrap": True, "valign": "vcenter"},
    "text": {"num_format": "@"},
    "money": {"num_format": "#,##0.00"},
    "int": {"num_format": "0"},
    "total": {"num_format": "#,##0.00", "bold": True, "top": 1},
    "wrap": {"text_wrap": True, "valign": "top"},
}
_WANTS = {
    "text": "文字",
    "id": "文字（不是数值，位数不能少）",
    "list": "名称，用「、」隔开",
    "date": "日期，如 2023-03-31",
    "month": "月份，如 2023-03",
    "money": "金额，元，两位小数",
    "choice": "从下拉表中选",
    "rate": "百分比，如 4.35%",
    "int": "整数",
}


def pool_lists(pool: Pool) -> dict[str, tuple[str, ...]]:
    """The drop-downs that only pool.toml knows: banks and insurers by name."""
    return {
        "bank": tuple(bank.name for bank in pool.bank),
        "insurer": tuple(insurer.name for insurer in pool.insurer),
    }


def write_template(
    kind: str,
    rows: Sequence[Row] | Mapping[str, Sequence[Row]] = (),
    *,
    title_note: str = "",
    heading: Row | None = None,
    lists: Lists | None = None,
) -> bytes:
    """The template of ``kind`` as xlsx bytes, filled with ``rows``; without rows it is empty.

    Rows are keyed by column key and hold the officer's own text (``1234.50``, ``2023-03-31``, ``保险``). For a
    template of several sheets, ``rows`` maps a table's key to its rows; a plain sequence fills the first.
    ``title_note`` stands under the title (where examples say that they are invented). ``lists`` gives
    the drop-downs of columns that depend on the pool (:func:`pool_lists`).
    """
    spec = template_of(kind)
    tables = rows if isinstance(rows, Mapping) else {spec.tables[0].key: rows}
    assert set(tables) <= {table.key for table in spec.tables}, f"unknown table in {sorted(tables)}"
    spec = spec._replace(tables=tuple(_drawn(table, tables.get(table.key, ())) for table in spec.tables))
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": spec.title, "created": _EPOCH})
    pen = _Pen(book, lists or {})
    for table in spec.tables:
        pen.table(spec, table, tables.get(table.key, ()), title_note, heading or {})
    pen.notes(spec)
    book.close()
    return buffer.getvalue()


def _drawn(table: Table, rows: Sequence[Row]) -> Table:
    """The table without the late columns that no row of a filled form has."""
    shown = (
        column for column in table.columns if not (rows and column.is_late) or any(column.key in row for row in rows)
    )
    return table._replace(columns=tuple(shown))


class _Pen:
    """Draws the sheets of one workbook."""

    def __init__(self, book: Workbook, lists: Lists) -> None:
        self.book = book
        self.lists = lists
        self.formats: dict[str, Format] = {name: book.add_format({**_FONT, **look}) for name, look in _FORMATS.items()}

    def table(self, spec: Template, table: Table, rows: Sequence[Row], title_note: str, heading: Row) -> None:
        """One sheet: title, heading, 合计, header, rows."""
        sheet = self.book.add_worksheet(table.sheet)
        sheet.write_string(0, 0, f"{spec.title}{spec.marker}", self.formats["title"])
        sheet.write_string(1, 0, title_note, self.formats["note"])
        assert set(heading) <= {column.key for column in spec.tables[0].heading}, f"unknown heading in {heading}"
        at = self._heading(sheet, table, heading)
        self._totals(sheet, table, rows, at)
        at += 1
        self._header(sheet, table, at)
        sheet.freeze_panes(at + 1, 1)
        _for_paper(sheet)
        keys = {column.key for column in table.columns}
        for number, row in enumerate(rows, at + 1):
            assert set(row) <= keys, f"unknown column in {sorted(set(row) - keys)}"
            for index, column in enumerate(table.columns):
                self._cell(sheet, (number, index), column, row.get(column.key, ""))
        for index, column in enumerate(table.columns):
            self._validate(sheet, column, (at + 1, index), (at + ENTRY_ROWS, index))

    def _heading(self, sheet: Worksheet, table: Table, heading: Row) -> int:
        for number, column in enumerate(table.heading, 2):
            sheet.write_string(number, 0, column.title, self.formats["label"])
            self._cell(sheet, (number, 1), column, heading.get(column.key, ""))
            self._validate(sheet, column, (number, 1), (number, 1))
        return 2 + len(table.heading)

    def _totals(self, sheet: Worksheet, table: Table, rows: Sequence[Row], at: int) -> None:
        """合计: how many rows (笔数) under the second column, the sums under theirs; all live."""
        first, last = at + 3, at + 2 + max(ENTRY_ROWS, len(rows))
        sheet.write_string(at, 0, TITLE, self.formats["label"])
        count = f'=COUNTA(A{first}:A{last})&" {COUNTED}"'
        assert table.columns[1].key not in table.totals, "the count stands under the second column"
        sheet.write_formula(at, 1, count, self.formats["label"], f"{len(rows)} {COUNTED}")
        for index, column in enumerate(table.columns):
            if column.key in table.totals:
                letter = xl_col_to_name(index)
                total = sum(_fen(row.get(column.key, "") or "0") for row in rows)
                formula = f"=SUM({letter}{first}:{letter}{last})"
                sheet.write_formula(at, index, formula, self.formats["total"], _exact(total))

    def _header(self, sheet: Worksheet, table: Table, at: int) -> None:
        sheet.set_row(at, 32)
        for index, column in enumerate(table.columns):
            look = "header" if column.required else "optional"
            sheet.write_string(at, index, column.title, self.formats[look])
            sheet.set_column(index, index, column.width, self.formats[_look(column)])

    def _cell(self, sheet: Worksheet, at: tuple[int, int], column: Column, text: str) -> None:
        look = self.formats[_look(column)]
        if not text:
            sheet.write_blank(*at, None, look)
        elif column.form == "money":
            sheet.write_number(*at, _exact(_fen(text)), look)
        elif column.form == "int":
            sheet.write_number(*at, int(text), look)
        else:
            sheet.write_string(*at, text, look)

    def _validate(self, sheet: Worksheet, column: Column, first: tuple[int, int], last: tuple[int, int]) -> None:
        words = tuple(self.lists.get(column.key, ())) or tuple(word for word, _ in column.choices)
        wants = f"{_WANTS[column.form]}{'；' + column.note if column.note else ''}"
        sheet.data_validation(
            *first,
            *last,
            {
                **_rule(column, words, xl_rowcol_to_cell(*first)),
                "input_title": column.title,
                "input_message": wants[:255],
                "error_title": f"{column.title}不对"[:32],
                "error_message": f"应填：{_WANTS[column.form]}",
            },
        )

    def notes(self, spec: Template) -> None:
        """The sheet 填表说明: what each column wants."""
        sheet = self.book.add_worksheet("填表说明")
        sheet.write_string(0, 0, f"{spec.title}填表说明", self.formats["title"])
        sheet.set_column(0, 1, 18)
        sheet.set_column(2, 2, 8)
        sheet.set_column(3, 3, 60)
        sheet.set_column(4, 4, 60)
        _for_paper(sheet)
        number = 1
        for note in spec.notes:
            sheet.write_string(number, 0, note)
            number += 1
        self._line(sheet, number, ("工作表", "栏目", "必填", "格式", "说明"), "header")
        for table in spec.tables:
            for column in (*table.heading, *table.columns):
                number += 1
                must = "必填" if column.required else "选填"
                words = "、".join(word for word, _ in column.choices)
                wants = f"{_WANTS[column.form]}{'：' + words if words else ''}"
                self._line(sheet, number, (table.sheet, column.title, must, wants, column.note), "wrap")

    def _line(self, sheet: Worksheet, number: int, texts: tuple[str, ...], look: str) -> None:
        for index, text in enumerate(texts):
            sheet.write_string(number, index, text, self.formats[look])


def _for_paper(sheet: Worksheet) -> None:
    """A4 across, all columns on one page's width: filings are printed and signed."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _look(column: Column) -> str:
    return column.form if column.form in {"money", "int"} else "text"


def _rule(column: Column, words: tuple[str, ...], cell: str) -> dict[str, object]:
    if words:
        return {"validate": "list", "source": list(words)}
    if column.form == "money":
        return {"validate": "decimal", "criteria": "between", "minimum": -(10**13), "maximum": 10**13}
    if column.form == "int":
        return {"validate": "integer", "criteria": ">=", "value": 0}
    if column.form == "date":
        return {"validate": "custom", "value": f"=AND(LEN({cell})=10,ISNUMBER(DATEVALUE({cell})))"}
    if column.form == "month":
        return {"validate": "custom", "value": f'=AND(LEN({cell})=7,ISNUMBER(DATEVALUE({cell}&"-01")))'}
    if column.form == "rate":
        return {"validate": "custom", "value": f'=RIGHT({cell},1)="%"'}
    return {"validate": "any"}


def _exact(fen: int) -> Any:  # noqa: ANN401 - XlsxWriter prints a Decimal digit by digit; its stubs know float only
    """The amount as XlsxWriter is to print it; a spreadsheet's double keeps 15 significant digits and no more."""
    assert abs(fen) < 10**DOUBLE_DIGITS, f"{yuan(fen)} has more than {DOUBLE_DIGITS} digits"
    amount: Decimal = yuan(fen)
    return amount


def _fen(text: str) -> int:
    fen = fen_of_text(text)
    assert fen is not None, f"not an amount: {text!r}"
    return fen
