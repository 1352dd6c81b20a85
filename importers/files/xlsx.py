"""xlsx by openpyxl's read-only mode, the one reader that survived every hostile file (banks.md §8).

The zip's own directory is checked before anything is unpacked; ``reset_dimensions`` because bank generators
write a false sheet size; caps while the rows stream by.
"""

import io
import warnings
import zipfile
from collections.abc import Iterator
from typing import Any

from importers.files.cells import text_of
from importers.files.kinds import (
    DAMAGED,
    MAX_COLUMNS,
    MAX_EMPTY_ROWS,
    MAX_MEMBERS,
    MAX_RATIO,
    MAX_ROWS,
    MAX_UNPACKED_BYTES,
    TOO_BIG,
    UNKNOWN_KIND,
)
from importers.files.sheets import Row
from ledger.faults import Fault, Place, Refusal, refuse


def read_xlsx(content: bytes) -> tuple[str, Iterator[tuple[str, Iterator[Row]]]]:
    """("", sheets), rows streaming; raises Refusal for a container that is unsafe, broken or no workbook."""
    check_container(content)
    return "", _sheets(content)


def check_container(content: bytes) -> None:
    """Refuse by the zip directory alone: members, unpacked size, ratio, names outside, missing parts."""
    try:
        members = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise refuse(DAMAGED, f"压缩目录读不出（{error}）") from None
    unpacked = sum(member.file_size for member in members)
    ratio = max((member.file_size // max(member.compress_size, 1) for member in members), default=0)
    if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED_BYTES or ratio > MAX_RATIO:
        raise refuse(TOO_BIG, f"压缩包 {len(members)} 个成员，解开 {unpacked:,} 字节，最大压缩率 {ratio} 倍")
    names = {member.filename for member in members}
    if any(name.startswith("/") or ".." in name.split("/") for name in names):
        raise refuse(UNKNOWN_KIND, "压缩包成员的路径越界")
    if any(name.lower() == "ofd.xml" for name in names):
        raise refuse(UNKNOWN_KIND, "OFD 版式文件", remedy="请导入随附的 XML，或作附件保存。")
    if not {"[Content_Types].xml", "xl/workbook.xml"} <= names:
        raise refuse(UNKNOWN_KIND, "压缩包（不是 Excel 工作簿）", remedy="请先解压，再逐个导入里面的文件。")


def _sheets(content: bytes) -> Iterator[tuple[str, Iterator[Row]]]:
    import openpyxl  # noqa: PLC0415 - only the reading process pays for it

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of styles it drops; we read values only
        try:
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            for sheet in book.worksheets:
                yield sheet.title, _rows(sheet)
        except (Refusal, MemoryError):
            raise
        except Exception as error:  # noqa: BLE001 - a broken workbook fails in any of openpyxl's layers
            raise refuse(DAMAGED, f"工作簿读不通（{type(error).__name__}）") from None


def _rows(sheet: Any) -> Iterator[Row]:  # noqa: ANN401 - openpyxl's read-only sheet has no public type
    sheet.reset_dimensions()
    empty = 0
    for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        if number > MAX_ROWS or len(values) > MAX_COLUMNS:
            raise Refusal([Fault(TOO_BIG, f"第 {number} 行，{len(values)} 列", Place(sheet=sheet.title, row=number))])
        cells = tuple(text_of(value, sheet.title, number, index) for index, value in enumerate(values))
        if any(cells):
            empty = 0
            yield Row(number, cells)
        elif (empty := empty + 1) > MAX_EMPTY_ROWS:
            place = Place(sheet=sheet.title, row=number)
            raise Refusal([Fault(TOO_BIG, f"连续 {MAX_EMPTY_ROWS} 行以上空白", place)])
