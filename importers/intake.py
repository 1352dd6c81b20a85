"""The one road from a file to drafts: read it, find out what it is by content, prove it, recognise its rows.

What a file is, is decided by an explicit ordered table of layouts. A file that none of them fits is refused
with the nearest one and the words in which it differs. Every row ends as event, evidence, known, statement or
ignored with a reason, or the file is refused whole with every fault.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from importers.banks import abchina, boc, crcb
from importers.banks.proof import Claim, prove
from importers.filed import REASON, is_filed
from importers.files import Table, Workbook, find_table, headers, label, read_file
from importers.recognise import Recognition, recognise
from importers.records import BankExtract, Layout, Sighting
from importers.standards import bkrs
from ledger.faults import Fault, FaultKind, Place, Refusal
from ledger.ids import AccountSlug
from ledger.openitems import OpenItems
from ledger.papers import BankPaper, Intake, Reading, ReadRow
from ledger.provenance import SourceFile, digest

if TYPE_CHECKING:
    from importers.registers import Binding

UNKNOWN = FaultKind(
    "导入-版式-01",
    "认不出这是什么文件",
    "三家银行的流水、财政部电子对账单，或本系统模板的登记表",
    "请核对文件；登记表请用 riskpool template 给出的模板填写。",
)
DRIFTED = FaultKind(
    "导入-版式-02",
    "版式与已知的不同",
    "已知版式的全部栏目",
    "请在网银选择原来的导出格式；若银行已改版，请按 docs/architecture.md 添加版式。",
)
KINDS = (UNKNOWN, DRIFTED)

LAYOUTS: tuple[Layout, ...] = (*boc.LAYOUTS, *abchina.LAYOUTS, *crcb.LAYOUTS)
"""Tried in this order; a fourth bank is one more module and one more name here."""


def recognise_file(
    content: bytes,
    name: str,
    view: OpenItems,
    *,
    account_hint: AccountSlug | None = None,
    bindings: "Sequence[Binding]" = (),
) -> Intake:
    """What a file says, as drafts, evidence and the reading of all its rows; raises Refusal with every fault.

    ``name`` labels the file and decides nothing. ``account_hint`` binds a list that does not name its account,
    ``bindings`` say what the columns of banks' own registers mean.
    """
    source = SourceFile(name=name, sha256=digest(content))
    workbook = read_file(content, name)
    return recognise_workbook(workbook, source, view, account_hint=account_hint, bindings=bindings)


def recognise_workbook(
    workbook: Workbook,
    source: SourceFile,
    view: OpenItems,
    *,
    account_hint: AccountSlug | None = None,
    bindings: "Sequence[Binding]" = (),
) -> Intake:
    """What a file that was read says; raises Refusal with every fault. The pure part of :func:`recognise_file`."""
    if workbook.root is not None:
        return _statement(workbook, source, view, account_hint)
    if sighting := sight(workbook, source):
        return _list(sighting, view, account_hint)
    if register := _register(workbook, source, view, bindings):
        return register
    raise Refusal([_unknown(workbook, source)])


def sight(workbook: Workbook, source: SourceFile) -> Sighting | None:
    """The first layout whose header words, and title where it has one, stand in one of the sheets."""
    for layout in LAYOUTS:
        for sheet in workbook.sheets:
            table = find_table(sheet, layout.words)
            if table and _titled(layout, table):
                return Sighting(layout, source, workbook, table)
    return None


def _titled(layout: Layout, table: Table) -> bool:
    said = {label(cell) for row in table.above for cell in row.cells}
    return not layout.above or bool(layout.above & said)


def _list(sighting: Sighting, view: OpenItems, hint: AccountSlug | None) -> Intake:
    extract = sighting.layout.read(sighting)
    faults = [*sighting.faults, *_second_papers(sighting)]
    if faults:
        raise Refusal(faults)
    paper = prove(Claim(extract, sighting.source, "list", sighting.layout.bank), view, hint)
    recognition = recognise(paper, view)
    if recognition.faults:
        raise Refusal(recognition.faults)
    return Intake(
        reading=_reading(extract, paper, recognition, sighting),
        paper=paper,
        events=tuple(row.event for row in recognition.rows if row.event is not None),
        warnings=recognition.warnings,
    )


def _second_papers(sighting: Sighting) -> Iterator[Fault]:
    # A second sheet with rows is another paper; leaving it out would lose its rows in silence.
    for sheet in sighting.workbook.sheets:
        if sheet.rows and sheet.name != sighting.table.sheet:
            yield Fault(boc.TWO_ACCOUNTS, "另一张有内容的工作表", Place(sighting.source.name, sheet.name))


def _reading(extract: BankExtract, paper: BankPaper, recognition: Recognition, sighting: Sighting) -> Reading:
    rows = [
        ReadRow(
            line=row.line.line,
            cells=extract.originals[row.line.line],
            outcome=row.outcome,
            events=(row.key,),
            reason=row.reason,
        )
        for row in recognition.rows
    ]
    reading = _sorted_reading(extract, paper.file, "list", [*rows, *extract.asides])
    sheet = next(sheet for sheet in sighting.workbook.sheets if sheet.name == sighting.table.sheet)
    assert [row.line.row for row in reading.rows] == [row.number for row in sheet.rows], "a row has vanished"
    posted = sum(line.amount_fen for line in paper.lines)
    assert paper.opening_fen + posted == paper.closing_fen, "the reading does not sum to the paper"
    return reading


def _sorted_reading(extract: BankExtract, source: SourceFile, kind: str, rows: list[ReadRow]) -> Reading:
    in_order = sorted(rows, key=lambda row: row.line.row)
    return Reading(file=source, kind=kind, title=extract.title, layout=extract.layout, rows=tuple(in_order))


def _statement(workbook: Workbook, source: SourceFile, view: OpenItems, hint: AccountSlug | None) -> Intake:
    assert workbook.root is not None, "only an XML file comes here"
    if not bkrs.is_voucher(workbook.root):
        raise Refusal([Fault(UNKNOWN, f"XML，根元素 {workbook.root.name}"[:80], Place(source.name))])
    extract = bkrs.read_bkrs(workbook.root, source)
    paper = prove(Claim(extract, source, "statement", None), view, hint)
    is_known = is_filed(paper, view)
    rows = [
        ReadRow(
            line=line.line,
            cells=extract.originals[line.line],
            outcome="known" if is_known else "statement",
            reason=REASON if is_known else "对账单明细",
        )
        for line in paper.lines
    ]
    reading = _sorted_reading(extract, source, "statement", [*rows, *extract.asides])
    return Intake(reading=reading, paper=None if is_known else paper)


def _register(workbook: Workbook, source: SourceFile, view: OpenItems, bindings: "Sequence[Binding]") -> Intake | None:
    from importers import registers  # noqa: PLC0415 - bank files need none of the registers' weight

    return registers.intake(workbook, source, view, bindings)


# ── no layout fits ────────────────────────────────────────────────────────────────────────────────────────


def _unknown(workbook: Workbook, source: SourceFile) -> Fault:
    near = max(_likenesses(workbook), key=lambda item: item[0], default=None)
    if near is None or near[0] < NEAR_SHARE:
        words = next((text for sheet in workbook.sheets for row in sheet.rows for text in row.cells if text), "空表")
        return Fault(UNKNOWN, f"开头是「{words[:30]}」", Place(source.name))
    _, layout, sheet, number, labels = near
    missing = [word for word in layout.words if word not in labels] or [f"标题{'或'.join(sorted(layout.above))}"]
    added = [text for text in labels if text and text not in layout.words]
    found = f"最接近「{layout.title}」（{layout.slug}），缺少：{'、'.join(missing)}"
    found += f"；另有：{'、'.join(added)}" if added else ""
    return Fault(DRIFTED, found[:400], Place(source.name, sheet, number), expected="、".join(layout.words))


NEAR_SHARE = 0.5
"""From half of a layout's words on, a file counts as that bank's in a layout we do not know."""


def _likenesses(workbook: Workbook) -> Iterator[tuple[float, Layout, str, int, tuple[str, ...]]]:
    for layout in LAYOUTS:
        for sheet in workbook.sheets:
            for index, labels in headers(sheet):
                share = len(set(layout.words) & set(labels)) / len(layout.words)
                yield share, layout, sheet.name, sheet.rows[index].number, labels
