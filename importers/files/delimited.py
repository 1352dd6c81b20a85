"""Text tables: a strict ladder of encodings, the delimiter from the header line, ``="…"`` unwrapped."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from importers.files.kinds import ENCODING, MAX_CELL_CHARS, MAX_COLUMNS, MAX_ROWS, NO_TABLE, TOO_BIG
from importers.files.sheets import HEADER_SEARCH_ROWS, Row
from ledger.faults import Fault, Place, Refusal, refuse

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_LADDER = ("utf-8", "gb18030")
_DELIMITERS = (",", "\t", "|")
_WRAPPED = re.compile(r'="(.*)"', re.DOTALL)
_BESIDE = re.compile(r'(?<=[,|])"?\t|\t(?="?(?:[,|]|\r?$))')
"""A tab beside another delimiter or at the line's end: a blank, by which net banks keep long numbers text."""
_WRONG = (
    ("unexpected end of data", "引号没有配对，直到文件末尾"),
    ("field larger", f"一个单元格超过 {MAX_CELL_CHARS:,} 个字符"),
)
"""What the csv module says of a text, in part, and the same in words for an officer."""


def decode(content: bytes) -> tuple[str, str]:
    """(encoding, text): by BOM, else UTF-8, else GB18030, each strict; raises Refusal when none fits."""
    marked = [name for bom, name in _BOMS if content.startswith(bom)]
    for encoding in marked or _LADDER:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\ufffd" in text or "\0" in text:
            raise refuse(ENCODING, "含有乱码字符（U+FFFD 或 NUL）")
        return encoding, text
    raise refuse(ENCODING, "按 UTF-8 和 GB18030 都读不通")


def read_delimited(content: bytes) -> tuple[str, Iterator[tuple[str, Iterator[Row]]]]:
    """(encoding, sheets): one nameless sheet. A row's number is the one a spreadsheet would show."""
    encoding, text = decode(content)
    form = _Form(encoding, delimiter_of(text), wrapped='="' in text)
    return encoding, iter([("", _rows(content, form))])


@dataclass(frozen=True, slots=True)
class _Form:
    encoding: str
    delimiter: str
    wrapped: bool
    """Whether any cell could be written ``="…"``."""


def delimiter_of(text: str) -> str:
    """The delimiter that splits one of the first 50 lines into most cells: the header line's.

    A preamble's amounts hold thousands commas, so the widest line decides and not the first. A tab that ends a cell
    before another delimiter is a blank: each cell of some exports has one.
    """
    lines = text.split("\n", HEADER_SEARCH_ROWS)[:HEADER_SEARCH_ROWS]
    bare = [_BESIDE.sub("", line) for line in lines]
    widths = {mark: max(line.count(mark) for line in bare) for mark in _DELIMITERS}
    widest = max(widths.values())
    best = [mark for mark, width in widths.items() if width == widest]
    if not widest:
        raise refuse(NO_TABLE, "前 50 行里没有逗号、制表符或竖线")
    if len(best) > 1:
        raise refuse(NO_TABLE, "分列符号不唯一，无法确定")
    return best[0]


def _rows(content: bytes, form: _Form) -> Iterator[Row]:
    csv.field_size_limit(MAX_CELL_CHARS)
    # Decoded again bit by bit: the whole text at four bytes a character would not fit beside the file.
    lines = io.TextIOWrapper(io.BytesIO(content), form.encoding, "strict", newline="")
    reader = csv.reader(lines, delimiter=form.delimiter, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if number > MAX_ROWS or len(cells) > MAX_COLUMNS:
                raise Refusal([Fault(TOO_BIG, f"第 {number} 行，{len(cells)} 列", Place(row=number))])
            if any(map(str.strip, cells)):
                yield Row(number, tuple(map(_unwrapped, cells)) if form.wrapped else tuple(cells))
    except csv.Error as error:
        found = next((words for said, words in _WRONG if said in str(error)), "引号用得不合规则")
        raise Refusal([Fault(NO_TABLE, f"分列出错：{found}", Place(row=number + 1))]) from None


def _unwrapped(cell: str) -> str:
    match = _WRAPPED.fullmatch(cell)
    return match[1] if match else cell
