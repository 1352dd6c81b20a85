"""xlsx by openpyxl's read-only mode, the one reader that survived every hostile file (banks.md §8).

The zip's own directory was checked before (:mod:`importers.files.container`). Rows stream from openpyxl's own sheet
parser and are put in their places here, because its ``iter_rows`` leaves out, in silence, a row whose number does not
rise and a cell that stands left of the one before. The sheet's own word about its size is never read: bank generators
write a false one, and where it is missing openpyxl reads the whole sheet in search of it. What a cell's XML means is
openpyxl's to say; the XML itself is read by lxml, of which openpyxl's own choice (defusedxml, in pure Python) takes
three times as long.
"""

import io
import warnings
from collections.abc import Generator, Iterator, Sequence
from functools import cache
from importlib import import_module
from typing import Any

from importers.files.cells import texts_of
from importers.files.kinds import (
    DAMAGED,
    HARDENED,
    MAX_COLUMNS,
    MAX_EMPTY_ROWS,
    MAX_ROWS,
    NO_RESULT,
    TOO_BIG,
    UNSAFE_XML,
)
from importers.files.sheets import Row, column_letter
from ledger.faults import Fault, Place, Refusal, refuse

_SAVE_AGAIN = "请在 Excel 中打开，另存为「Excel 工作簿（*.xlsx）」，不选 Strict Open XML，再导入。"


def read_xlsx(content: bytes) -> tuple[str, Iterator[tuple[str, Iterator[Row]]]]:
    """("", sheets), rows streaming; raises Refusal for a workbook that is broken or unsafe."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of styles it drops; we read values only
        try:
            sheets = _opened(content)
        except (MemoryError, Refusal):
            raise
        except Exception as error:  # noqa: BLE001 - a broken workbook fails in any of openpyxl's layers
            raise _unread(error) from None
    return "", ((sheet.title, _rows(sheet)) for sheet in sheets)


def _opened(content: bytes) -> Sequence[Any]:
    excel: Any = import_module("openpyxl.reader.excel")
    measured = excel.ReadOnlyWorksheet
    excel.ReadOnlyWorksheet = _unmeasured()  # there is no other way to say it
    try:
        reader = excel.ExcelReader(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        reader.read()
    finally:
        excel.ReadOnlyWorksheet = measured
    # openpyxl passes over a sheet whose part it does not find, in silence; of the strict form it finds none.
    listed = sum(1 for sheet in reader.parser.sheets if sheet.id) or len(reader.parser.sheets)
    found = len(reader.wb.sheetnames)
    if found < listed:
        raise refuse(DAMAGED, f"工作簿列有 {listed} 张工作表，读得到 {found} 张", remedy=_SAVE_AGAIN)
    return list(reader.wb.worksheets)


@cache
def _unmeasured() -> Any:  # noqa: ANN401 - a class of openpyxl's
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet  # noqa: PLC0415 - only the reading process pays for it

    class Unmeasured(ReadOnlyWorksheet):
        def _get_size(self) -> None:
            """Not asked for: see the module's docstring."""

    return Unmeasured


def _unread(error: Exception) -> Refusal:
    from defusedxml import DefusedXmlException  # noqa: PLC0415 - only the reading process pays for it

    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, DefusedXmlException):
        cause = cause.__cause__
    if cause is not None:
        return refuse(UNSAFE_XML, f"工作簿里有文档类型或实体（{type(cause).__name__}）")
    return refuse(DAMAGED, f"工作簿读不通（{type(error).__name__}）")


def _without_doctype(element: Any) -> None:  # noqa: ANN401 - lxml's element class is private
    """Refuse a document type before anything is read that it could have declared."""
    if element.getroottree().docinfo.internalDTD is not None:
        raise refuse(UNSAFE_XML, "工作簿里有文档类型或实体")


def _rows(sheet: Any) -> Iterator[Row]:  # noqa: ANN401 - openpyxl's read-only sheet has no public type
    filled = 0
    for number, values in _values(sheet):
        place = Place(sheet=sheet.title, row=number)
        if number > MAX_ROWS or len(values) > MAX_COLUMNS:
            raise Refusal([Fault(TOO_BIG, f"第 {number} 行，{len(values)} 列", place)])
        if number - filled > MAX_EMPTY_ROWS:
            raise Refusal([Fault(TOO_BIG, f"连续 {MAX_EMPTY_ROWS} 行以上空白", place)])
        cells = texts_of(values, sheet.title, number)
        if any(map(str.strip, cells)):
            filled = number
            yield Row(number, cells)


def _values(sheet: Any) -> Iterator[tuple[int, Sequence[object]]]:  # noqa: ANN401 - same
    book = sheet.parent
    try:
        with sheet._get_source() as source:  # noqa: SLF001 - what iter_rows itself begins with
            parser = _parser()(
                source,
                sheet._shared_strings,  # noqa: SLF001 - same
                data_only=True,
                epoch=book.epoch,
                date_formats=book._date_formats,  # noqa: SLF001 - same
                timedelta_formats=book._timedelta_formats,  # noqa: SLF001 - same
            )
            before = 0
            for number, cells in parser.parse():
                yield number, _placed(sheet, before, number, cells)
                before = number
    except (MemoryError, GeneratorExit, Refusal):
        raise
    except _Unworked as unworked:
        place = Place(sheet=sheet.title, row=unworked.row, column=column_letter(unworked.column - 1))
        raise Refusal([Fault(NO_RESULT, "公式，没有结果", place)]) from None
    except Exception as error:  # noqa: BLE001 - rows are read from the zip as they stream by
        raise _unread(error) from None


def _placed(sheet: Any, before: int, number: int, cells: Sequence[dict[str, Any]]) -> Sequence[object]:  # noqa: ANN401 - same
    """The values of a row in their columns; its number must rise above the one ``before``, its cells to the right."""
    if number <= before:
        raise _misplaced(sheet, number)
    values: list[object] = []
    for cell in cells:
        gap = cell["column"] - len(values) - 1
        if gap < 0 or cell["row"] != number:
            raise _misplaced(sheet, number)
        if gap:
            if cell["column"] > MAX_COLUMNS:
                place = Place(sheet=sheet.title, row=number)
                raise Refusal([Fault(TOO_BIG, f"第 {number} 行，{cell['column']} 列", place)])
            values += [None] * gap
        values.append(cell["value"])
    return values


def _misplaced(sheet: Any, number: int) -> Refusal:  # noqa: ANN401 - same
    return Refusal([Fault(DAMAGED, "行或单元格的位置重复、倒退或互相矛盾", Place(sheet=sheet.title, row=number))])


class _Unworked(Exception):  # noqa: N818 - never leaves this module
    """A formula whose result is not in the file."""

    def __init__(self, row: int, column: int) -> None:
        super().__init__(row, column)
        self.row, self.column = row, column


@cache
def _parser() -> Any:  # noqa: ANN401 - a class of openpyxl's that has no stub
    """The sheet parser of openpyxl, minding formulas nobody has worked out: as blanks they would be amounts of 0.

    Only rows are looked at: what a sheet says of its columns, filters and print settings is no business of ours.
    """
    from lxml import etree  # noqa: PLC0415 - only the reading process pays for it
    from openpyxl.worksheet._reader import (  # noqa: PLC0415 - same
        FORMULA_TAG,
        ROW_TAG,
        VALUE_TAG,
        WorkSheetParser,
    )
    from openpyxl.xml.constants import SHEET_MAIN_NS  # noqa: PLC0415 - same

    class Minding(WorkSheetParser):
        def parse(self) -> Generator[Any, None, None]:
            events = etree.iterparse(
                self.source,
                events=("start", "end"),
                tag=(f"{{{SHEET_MAIN_NS}}}worksheet", ROW_TAG),
                collect_ids=False,
                **HARDENED,
            )
            for event, element in events:
                if event == "start":
                    _without_doctype(element)
                elif element.tag == ROW_TAG:
                    yield self.parse_row(element)
                    element.clear()
                    while element.getprevious() is not None:  # or the emptied rows themselves would fill the memory
                        del element.getparent()[0]
            _without_doctype(events.root)

        def parse_cell(self, element: Any) -> Any:  # noqa: ANN401 - an element of whichever XML library is there
            cell = super().parse_cell(element)
            if cell["value"] is None and element.find(FORMULA_TAG) is not None and not worked(element):
                raise _Unworked(cell["row"], cell["column"])
            return cell

    def worked(element: Any) -> bool:  # noqa: ANN401 - same
        # An empty result is a text's; openpyxl itself writes an empty value for one that nobody has worked out.
        value = element.find(VALUE_TAG)
        return value is not None and (bool(value.text) or element.get("t") == "str")

    return Minding
