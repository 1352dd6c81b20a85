"""Which layout a file is in: found by the words of its header rows, wherever they stand in the first 50 rows.

A sheet may hold several tables one below the other, each with its own preamble and header (中国银行's accounts); a
workbook may hold several sheets. Of the layouts that fit a header the one that needs most of its words is taken. What
none fits is refused with the nearest one and the words that differ, or with the bank that it seems to be from.
"""

from collections.abc import Iterator, Sequence

from importers import grammar
from importers.banks import abchina, boc, crcb
from importers.files import Row, Sheet, Table, Workbook, label
from importers.layout import Layout, Means
from importers.lists.reading import first_words
from importers.records import Sighting
from ledger.faults import Fault, FaultKind, Place
from ledger.pool import Pool
from ledger.provenance import SourceFile

UNKNOWN = FaultKind(
    "导入-版式-01",
    "认不出这是什么文件",
    "三家银行的流水、财政部电子对账单或电子回单，或本系统模板的登记表",
    "请核对文件；登记表请用 riskpool template 给出的模板填写。",
)
DRIFTED = FaultKind(
    "导入-版式-02",
    "版式与已知的不同",
    "已知版式的全部栏目",
    "请在网银选择原来的导出格式；若银行已改版，请按 docs/layouts.md 添加版式。",
)
UNKNOWN_OF_BANK = FaultKind(
    "导入-版式-05",
    "认得银行，不认得版式",
    "该银行的一种已知版式",
    "请在网银换一种导出格式；若银行已改版，请按 docs/layouts.md 添加版式。",
)
KINDS = (UNKNOWN, DRIFTED, UNKNOWN_OF_BANK)

LAYOUTS: tuple[Layout, ...] = (*boc.LAYOUTS, *abchina.LAYOUTS, *crcb.LAYOUTS)
"""A fourth bank is one more module and one more name here."""
SEARCHED_ROWS = 50
NEAR_SHARE = 0.5
"""From half of a layout's words on, a file counts as that bank's in a layout we do not know."""
_NAMED_ROWS = 8
_SHOWN = 400


def sightings(workbook: Workbook, source: SourceFile) -> tuple[Sighting, ...]:
    """Every table of a known layout, in the file's order; () when there is none."""
    found = [(layout, table) for sheet in workbook.sheets for layout, table in _tables(sheet)]
    several = len(found) > 1
    return tuple(
        Sighting(layout, source, table, several, list(_doubles(layout, table, source))) for layout, table in found
    )


def unread_sheets(workbook: Workbook, found: Sequence[Sighting]) -> tuple[Sheet, ...]:
    """Sheets with content and without a table: leaving one out would lose its rows in silence."""
    read = {sighting.table.sheet for sighting in found}
    return tuple(sheet for sheet in workbook.sheets if sheet.rows and sheet.name not in read)


def unknown(workbook: Workbook, source: SourceFile, pool: Pool) -> Fault:
    """Why no layout fits, as exactly as can be said."""
    near = max(_likenesses(workbook), key=lambda item: item[0], default=None)
    if near is not None and near[0] >= NEAR_SHARE:
        return _drifted(near[1], near[2], near[3], source)
    opening = next(
        (text for sheet in workbook.sheets for row in sheet.rows for text in row.cells if text.strip()), "空表"
    )
    banks = named_banks(workbook, pool)
    if len(banks) == 1:
        words = _widest(workbook)
        return Fault(
            UNKNOWN_OF_BANK, f"像是{banks[0]}的文件，最宽的一行是「{'、'.join(words)}」"[:_SHOWN], Place(source.name)
        )
    return Fault(UNKNOWN, f"开头是「{opening[:30]}」", Place(source.name))


def _tables(sheet: Sheet) -> Iterator[tuple[Layout, Table]]:
    start, rows = 0, sheet.rows
    while found := _header(rows, start):
        layout, at = found
        end = next((index for index in range(at + 1, len(rows)) if _begins(layout, rows, index)), len(rows))
        labels = tuple(label(cell) for cell in rows[at].cells)
        yield layout, Table(sheet.name, rows[start:at], rows[at], labels, rows[at + 1 : end])
        start = end


def _header(rows: Sequence[Row], start: int) -> tuple[Layout, int] | None:
    """The first header row from ``start`` on, with the layout that needs most of its words."""
    for at, labels in _candidates(rows, start):
        fitting = [item for item in LAYOUTS if not item.missing(labels) and _titled(item, rows[start:at])]
        if fitting:
            return max(fitting, key=lambda item: len(item.words)), at
    return None


def _candidates(rows: Sequence[Row], start: int) -> Iterator[tuple[int, frozenset[str]]]:
    for at in range(start, len(rows)):
        if rows[at].number >= (rows[start].number if start else 1) + SEARCHED_ROWS:
            return
        yield at, frozenset(label(cell) for cell in rows[at].cells)


def _titled(layout: Layout, above: Sequence[Row]) -> bool:
    return not layout.above or bool(layout.above & {label(cell) for row in above for cell in row.cells})


def _begins(layout: Layout, rows: Sequence[Row], index: int) -> bool:
    """Whether another table's preamble begins here, one whose header follows."""
    said = first_words(rows[index])
    starts = said in layout.above or said.partition(":")[0] in layout.about.account
    return starts and _header(rows, index) is not None


def _doubles(layout: Layout, table: Table, source: SourceFile) -> Iterator[Fault]:
    for column in layout.columns:
        count = table.labels.count(column.name)
        if count > 1 and column.means is not Means.KEPT:
            place = Place(source.name, table.sheet, table.header.number, column.name)
            yield Fault(DRIFTED, f"栏目「{column.name}」出现 {count} 次", place, expected="每个栏目一次")


# ── no layout fits ────────────────────────────────────────────────────────────────────────────────────────


def _likenesses(workbook: Workbook) -> Iterator[tuple[float, Layout, Sheet, Row]]:
    for layout in LAYOUTS:
        for sheet in workbook.sheets:
            for at, labels in _candidates(sheet.rows, 0):
                share = 1 - len(layout.missing(labels)) / len(layout.words)
                yield share, layout, sheet, sheet.rows[at]


def _drifted(layout: Layout, sheet: Sheet, row: Row, source: SourceFile) -> Fault:
    labels = [label(cell) for cell in row.cells]
    missing = layout.missing(labels) or (f"标题{'或'.join(sorted(layout.above))}",)
    known = {name for column in layout.columns for name in (column.name, *column.also)}
    added = [text for text in labels if text and text not in known]
    found = f"最接近「{layout.title}」（{layout.slug}），缺少：{'、'.join(missing)}"
    found += f"；另有：{'、'.join(added)}" if added else ""
    return Fault(DRIFTED, found[:_SHOWN], Place(source.name, sheet.name, row.number), expected="、".join(layout.words))


def named_banks(workbook: Workbook, pool: Pool) -> tuple[str, ...]:
    """Banks of the pool that the first rows name: by an account of ours, by name, by a layout's own title or field."""
    rows = [row for sheet in workbook.sheets for row in sheet.rows[:_NAMED_ROWS]]
    texts = [grammar.folded(cell) for row in rows for cell in row.cells if cell.strip()]
    joined, labels = "\n".join(texts), {label(text).partition(":")[0] for text in texts}
    digits = {grammar.account_number(text.rpartition(":")[2]) for text in texts}
    codes = {item.bank for item in pool.account if grammar.account_number(item.number) in digits}
    codes |= {bank.code for bank in pool.bank if any(name in joined for name in (bank.name, *bank.aliases))}
    codes |= {item.bank for item in LAYOUTS if labels & (item.above | _own_fields(item))}
    return tuple(bank.name for bank in pool.bank if bank.code in codes)


def _own_fields(layout: Layout) -> frozenset[str]:
    others = {name for item in LAYOUTS if item.bank != layout.bank for name in item.about.account}
    return frozenset(name for name in layout.about.account if name not in others and name not in _COMMON)


_COMMON = frozenset({"账号", "账户号", "帐号"})
"""Fields that any bank's paper may have."""


def _widest(workbook: Workbook) -> tuple[str, ...]:
    rows = [row for sheet in workbook.sheets for row in sheet.rows[:SEARCHED_ROWS]]
    widest = max(rows, key=lambda row: sum(1 for cell in row.cells if cell.strip()), default=None)
    return tuple(label(cell) for cell in widest.cells if cell.strip()) if widest else ()
