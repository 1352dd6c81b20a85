"""BIFF ``.xls`` by xlrd on bytes. A cut file makes xlrd raise IndexError and worse, so everything is caught."""

import io
from collections.abc import Iterator
from typing import Any

from importers.files.cells import texts_of
from importers.files.kinds import DAMAGED, MAX_COLUMNS, TOO_BIG
from importers.files.sheets import Row
from ledger.faults import Fault, Place, Refusal, refuse

_PASSWORD = "EncryptedPackage".encode("utf-16-le")
"""The stream in which Office puts a workbook that has a password; it is no BIFF at all."""

_PLAIN = frozenset({0, 1, 2, 6})
"""xlrd's cell types that are taken as they are: empty, text, number, blank."""


def read_biff(content: bytes) -> tuple[str, Iterator[tuple[str, Iterator[Row]]]]:
    """("", sheets); raises Refusal when the workbook is cut, encrypted or not BIFF at all."""
    import xlrd  # noqa: PLC0415 - only the reading process pays for it

    if _PASSWORD in content:
        raise refuse(DAMAGED, "设有密码的工作簿")
    try:
        # Ragged: a lone cell at the far corner must not be padded to sixteen million.
        book = xlrd.open_workbook(file_contents=content, logfile=io.StringIO(), on_demand=False, ragged_rows=True)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - measured: IndexError, XLRDError, struct.error, AssertionError
        raise refuse(DAMAGED, f"BIFF 工作簿读不通（{type(error).__name__}）") from None
    return "", ((sheet.name, _rows(sheet, book.datemode)) for sheet in book.sheets())


def _rows(sheet: Any, datemode: Any) -> Iterator[Row]:  # noqa: ANN401 - xlrd is untyped
    if sheet.ncols > MAX_COLUMNS:
        raise Refusal([Fault(TOO_BIG, f"{sheet.ncols} 列", Place(sheet=sheet.name))])
    for index in range(sheet.nrows):
        sorts, values = sheet.row_types(index), sheet.row_values(index)
        told = (
            value if sort in _PLAIN else _told(sort, value, datemode) for sort, value in zip(sorts, values, strict=True)
        )
        cells = texts_of(told, sheet.name, index + 1)
        if any(map(str.strip, cells)):
            yield Row(index + 1, cells)


def _told(sort: int, value: object, datemode: Any) -> object:  # noqa: ANN401 - xlrd's stub wants a literal
    import xlrd  # noqa: PLC0415 - only the reading process pays for it

    match sort:
        case xlrd.XL_CELL_BOOLEAN:
            return bool(value)
        case xlrd.XL_CELL_ERROR:
            return str(xlrd.error_text_from_code.get(value, "#ERROR!"))  # type: ignore[call-overload] # always an int
        case xlrd.XL_CELL_DATE:
            assert isinstance(value, float), "xlrd gives days as numbers"
            return _instant(value, datemode)
        case _:
            return value


def _instant(serial: float, datemode: Any) -> object:  # noqa: ANN401 - xlrd's stub wants a literal
    import xlrd  # noqa: PLC0415 - only the reading process pays for it

    try:
        instant = xlrd.xldate_as_datetime(serial, datemode)
    except (ValueError, OverflowError):
        return str(serial)  # no day: the grammar refuses it where a day is read
    return instant.time() if 0 <= serial < 1 else instant
