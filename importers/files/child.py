"""The reading process: limits set on itself, one file in, its rows as JSON lines out.

Forked by :mod:`importers.files.zygote` only. One JSON value a line: a head, then sheets and batches of rows (or
an XML tree), then an end with the number of lines, by which a reader that died half way is known. JSON and not
pickle, because this process has touched hostile bytes and the parent must not run what it says.
"""

import gc
import json
import resource
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import BinaryIO

from importers.files.biff import read_biff
from importers.files.container import contained
from importers.files.delimited import read_delimited
from importers.files.kinds import (
    CPU_SECONDS,
    DAMAGED,
    ENCODING,
    EXHAUSTED,
    MAX_CELLS,
    MAX_OUTPUT_BYTES,
    MAX_SHEET_NAME,
    MEMORY_BYTES,
    TOO_BIG,
)
from importers.files.markup import read_xml
from importers.files.ofd import read_ofd
from importers.files.sheets import Row
from importers.files.sniff import sniff
from importers.files.xlsx import read_xlsx
from ledger.faults import Refusal, refuse

BATCH_ROWS = 500
_READERS = {"xlsx": read_xlsx, "xls": read_biff, "csv": read_delimited}
_MARKUP = {"xml": read_xml, "ofd": read_ofd}


def limit_myself() -> None:
    """Cap address space, CPU seconds, written files and core dumps of this process."""
    for what, cap, end in (
        (resource.RLIMIT_AS, MEMORY_BYTES, MEMORY_BYTES),
        # A second apart: at the first the system says SIGXCPU, by which the parent knows what was used up.
        (resource.RLIMIT_CPU, CPU_SECONDS, CPU_SECONDS + 1),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        _, hard = resource.getrlimit(what)
        least = end if hard == resource.RLIM_INFINITY else min(end, hard)  # the tighter of the two
        resource.setrlimit(what, (min(cap, least), least))


def parts(content: bytes) -> Iterator[object]:
    """What is written, value by value: head, then ``{"sheet": name}`` and ``{"rows": [...]}``, or ``{"root": tree}``.

    A row is ``[number, [cell, ...]]``. Raises Refusal.
    """
    kind = _kind(content)
    if kind in _MARKUP:
        encoding, root = _MARKUP[kind](content)
        yield {"kind": kind, "encoding": encoding}
        yield {"root": root}
        return
    encoding, sheets = _READERS[kind](content)
    yield {"kind": kind, "encoding": encoding}
    cells = 0
    for name, rows in sheets:
        if len(name) > MAX_SHEET_NAME or not name.isprintable():
            raise refuse(DAMAGED, "工作表名称过长或含控制字符")
        yield {"sheet": name}
        for batch in _batches(rows):
            if (cells := cells + sum(len(row.cells) for row in batch)) > MAX_CELLS:
                raise refuse(TOO_BIG, f"单元格多于 {MAX_CELLS:,} 个")
            yield {"rows": batch}


def _kind(content: bytes) -> str:
    sort = sniff(content)
    return contained(content) if sort == "zip" else {"ole": "xls", "text": "csv", "xml": "xml"}[sort]


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    running = iter(rows)
    while batch := list(islice(running, BATCH_ROWS)):
        yield batch


def run(content: bytes, out: BinaryIO) -> None:
    """Read a file's bytes under limits, write the parts; a refusal is written as such, memory gone as another."""
    limit_myself()
    gc.disable()  # what a reader makes is in no cycle, and it ends with its file; the cap on memory stands either way
    count = size = 0
    last: dict[str, object]
    try:
        for part in parts(content):
            line = json.dumps(part, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            if (size := size + len(line)) > MAX_OUTPUT_BYTES:
                raise refuse(TOO_BIG, f"内容多于 {MAX_OUTPUT_BYTES >> 20} MB")
            out.write(line)
            count += 1
        last = {"end": count}
    except Refusal as refusal:
        last = _refused(refusal)
    except UnicodeEncodeError:
        last = _refused(refuse(ENCODING, "含有不成对的代理字符"))
    except (MemoryError, RecursionError):
        last = _refused(refuse(EXHAUSTED, "内存用尽"))
    out.write(json.dumps(last).encode() + b"\n")


def _refused(refusal: Refusal) -> dict[str, object]:
    fault = refusal.faults[0]
    place = fault.place
    return {
        "refused": fault.kind.code,
        "found": fault.found,
        "remedy": fault.remedy,
        "place": [place.sheet, place.row, place.column],
    }


assert Row._fields == ("number", "cells"), "the parent reads a row as [number, cells]"
