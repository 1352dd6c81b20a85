"""BIFF ``.xls`` by xlrd on bytes. A cut file makes xlrd raise IndexError and worse, so everything is caught."""

import io
from collections.abc import Iterator
from typing import Any

from importers.files.cells import text_of
from importers.files.kinds import DAMAGED, MAX_COLUMNS, TOO_BIG
from importers.files.sheets import Row
from ledger.faults import Fault, Place, Refusal, refuse


def read_biff(content: bytes) -> tuple[str, Iterator[tuple[str, Iterator[Row]]]]:
    """("", sheets); raises Refusal when the workbook is cut, encrypted or not BIFF at all."""
    import xlrd  # noqa: PLC0415 - only the reading process pays for it

    try:
        book = xlrd.open_workbook(file_contents=content, logfile=io.StringIO(), on_demand=False)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - measured: IndexError, XLRDError, struct.error, AssertionError
        raise refuse(DAMAGED, f"BIFF 工作簿读不通（{type(error).__name__}）") from None
    return "", ((sheet.name, _rows(sheet, book.datemode)) for sheet in book.sheets())


def _rows(sheet: Any, datemode: Any) -> Iterator[Row]:  # noqa: ANN401 - xlrd is untyped
    if sheet.ncols > MAX_COLUMNS:
        raise Refusal([Fault(TOO_BIG, f"{sheet.ncols} 列", Place(sheet=sheet.name))])
    for index in range(sheet.nrows):
        values = [_value(cell, datemode) for cell in sheet.row(index)]
        cells = tuple(text_of(value, sheet.name, index + 1, column) for column, value in enumerate(values))
        if any(cells):
            yield Row(index + 1, cells)


def _value(cell: Any, datemode: Any) -> object:  # noqa: ANN401 - xlrd is untyped
    import xlrd  # noqa: PLC0415 - only the reading process pays for it

    match cell.ctype:
        case xlrd.XL_CELL_EMPTY | xlrd.XL_CELL_BLANK:
            return None
        case xlrd.XL_CELL_BOOLEAN:
            return bool(cell.value)
        case xlrd.XL_CELL_ERROR:
            return str(xlrd.error_text_from_code.get(cell.value, "#ERROR!"))
        case xlrd.XL_CELL_DATE:
            return _instant(cell.value, datemode)
        case _:
            return cell.value


def _instant(serial: float, datemode: Any) -> object:  # noqa: ANN401 - xlrd's stub wants a literal
    import xlrd  # noqa: PLC0415 - only the reading process pays for it

    try:
        instant = xlrd.xldate_as_datetime(serial, datemode)
    except (ValueError, OverflowError):
        return str(serial)  # no day: the grammar refuses it where a day is read
    return instant.time() if 0 <= serial < 1 else instant
