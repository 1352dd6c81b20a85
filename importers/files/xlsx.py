"""xlsx by openpyxl's read-only mode, the one reader that survived every hostile file (banks.md §8).

The zip's own directory is checked before anything is unpacked (:mod:`importers.files.container`);
``reset_dimensions`` because bank generators write a false sheet size; caps while the rows stream by.
"""

import io
import warnings
from collections.abc import Iterator
from typing import Any

from importers.files.cells import texts_of
from importers.files.kinds import DAMAGED, MAX_COLUMNS, MAX_EMPTY_ROWS, MAX_ROWS, TOO_BIG, UNSAFE_XML
from importers.files.sheets import Row
from ledger.faults import Fault, Place, Refusal, refuse


def read_xlsx(content: bytes) -> tuple[str, Iterator[tuple[str, Iterator[Row]]]]:
    """("", sheets), rows streaming; raises Refusal for a workbook that is broken or unsafe."""
    import openpyxl  # noqa: PLC0415 - only the reading process pays for it

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of styles it drops; we read values only
        try:
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            sheets = list(book.worksheets)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - a broken workbook fails in any of openpyxl's layers
            raise _unread(error) from None
    return "", ((sheet.title, _rows(sheet)) for sheet in sheets)


def _unread(error: Exception) -> Refusal:
    from defusedxml.common import DefusedXmlException  # noqa: PLC0415 - only the reading process pays for it

    if isinstance(error, DefusedXmlException):
        return refuse(UNSAFE_XML, f"工作簿里有文档类型或实体（{type(error).__name__}）")
    return refuse(DAMAGED, f"工作簿读不通（{type(error).__name__}）")


def _rows(sheet: Any) -> Iterator[Row]:  # noqa: ANN401 - openpyxl's read-only sheet has no public type
    sheet.reset_dimensions()
    empty = 0
    for number, values in enumerate(_values(sheet), start=1):
        if number > MAX_ROWS or len(values) > MAX_COLUMNS:
            raise Refusal([Fault(TOO_BIG, f"第 {number} 行，{len(values)} 列", Place(sheet=sheet.title, row=number))])
        cells = texts_of(values, sheet.title, number)
        if any(cells):
            empty = 0
            yield Row(number, cells)
        elif (empty := empty + 1) > MAX_EMPTY_ROWS:
            place = Place(sheet=sheet.title, row=number)
            raise Refusal([Fault(TOO_BIG, f"连续 {MAX_EMPTY_ROWS} 行以上空白", place)])


def _values(sheet: Any) -> Iterator[tuple[object, ...]]:  # noqa: ANN401 - same
    try:
        yield from sheet.iter_rows(values_only=True)
    except (MemoryError, GeneratorExit):
        raise
    except Exception as error:  # noqa: BLE001 - rows are read from the zip as they stream by
        raise _unread(error) from None
