"""The reading process: limits set on itself, one file in, its rows as JSON lines out.

Forked by :mod:`importers.files.zygote` only. One JSON value a line: a head, then sheets and rows (or an XML
tree), then an end with the number of lines, by which a reader that died half way is known. JSON and not
pickle, because this process has touched hostile bytes and the parent must not run what it says.
"""

import json
import resource
from collections.abc import Iterator
from typing import BinaryIO

from importers.files.biff import read_biff
from importers.files.delimited import read_delimited
from importers.files.kinds import CPU_SECONDS, EXHAUSTED, MEMORY_BYTES
from importers.files.markup import read_xml
from importers.files.sheets import Row
from importers.files.sniff import sniff
from importers.files.xlsx import read_xlsx
from ledger.faults import Refusal, refuse


def limit_myself() -> None:
    """Cap address space, CPU seconds, written files and core dumps of this process."""
    for what, cap in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        cap = cap if hard == resource.RLIM_INFINITY else min(cap, hard)  # noqa: PLW2901 - the tighter of the two
        resource.setrlimit(what, (cap, cap))


def parts(content: bytes) -> Iterator[object]:
    """What is written, value by value: head, then ``{"sheet": name}`` and rows, or ``{"root": tree}``."""
    sort = sniff(content)
    if sort == "xml":
        encoding, root = read_xml(content)
        yield {"kind": "xml", "encoding": encoding}
        yield {"root": root}
        return
    kind, reader = {"zip": ("xlsx", read_xlsx), "ole": ("xls", read_biff), "text": ("csv", read_delimited)}[sort]
    encoding, sheets = reader(content)
    yield {"kind": kind, "encoding": encoding}
    for name, rows in sheets:
        yield {"sheet": name}
        yield from map(list, rows)


def run(content: bytes, out: BinaryIO) -> None:
    """Read a file's bytes under limits, write the parts; a refusal is written as such, memory gone as another."""
    limit_myself()
    count = 0
    try:
        for part in parts(content):
            out.write(json.dumps(part, ensure_ascii=True, separators=(",", ":")).encode() + b"\n")
            count += 1
        last: dict[str, object] = {"end": count}
    except Refusal as refusal:
        last = _refused(refusal)
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
