"""The one road from a file to drafts: read it, find out what it is by content, prove it, recognise its rows.

What a file is, is decided by layouts that are data (:mod:`importers.lists.sighting`). A file that none of them fits is
refused with the nearest one and the words in which it differs. Every row ends as event, evidence, known, statement or
ignored with a reason, or the file is refused whole with every fault.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from importers import grammar
from importers.filed import REASON, is_filed
from importers.files import Element, Workbook, collector_at_rest, read_file
from importers.lists.claim import Claim
from importers.lists.proof import Proved, prove
from importers.lists.reading import read_table
from importers.lists.sighting import LAYOUTS as LAYOUTS  # noqa: PLC0414 - the table, as those ask for it who list what is read
from importers.lists.sighting import UNKNOWN, named_banks, sightings, unknown, unread_sheets
from importers.recognise import Recognition, recognise
from importers.records import BankExtract, Sighting
from importers.standards import bker, bkrs
from importers.standards.voucher import kind_of, leaves
from ledger.faults import Fault, FaultKind, Place, Refusal
from ledger.ids import AccountSlug
from ledger.openitems import OpenItems
from ledger.papers import BankPaper, Intake, Reading, ReadRow
from ledger.pool import Pool
from ledger.provenance import SourceFile, digest

if TYPE_CHECKING:
    from importers.registers import Binding

TWO_ACCOUNTS = FaultKind(
    "导入-版式-03",
    "一个文件里有几张表，分不清是哪个账户",
    "一张表；有几张时每张各写明一个不同的本方账号",
    "请在网银逐个账户导出，每个文件一个账户。",
)
KINDS = (TWO_ACCOUNTS,)


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


Turn = tuple[int, int, date, str]
"""When a file's turn comes among files handed in together: sort, account or bank, first day, digest."""


def turn_of(workbook: Workbook, source: SourceFile, pool: Pool) -> Turn:
    """A file's turn, by its content alone: the order in which files are handed in decides nothing.

    Lists first, an account's in the order of their days, because each must join the one before; then statements and
    receipts, then registers, each by bank in the order of ``pool.toml``.
    """
    found = sightings(workbook, source)
    if found:
        extracts = [read_table(sighting) for sighting in found]
        numbers = {extract.account_number for extract in extracts}
        accounts = (grammar.account_number(item.number) in numbers for item in pool.account)
        banks = (item.bank == found[0].layout.bank for item in pool.account)
        days = (line.on for extract in extracts for line in extract.lines)
        return 0, _first(accounts, _first(banks)), min(days, default=date.max), source.sha256
    if workbook.root is not None:
        numbers = {grammar.account_number(leaf.text) for leaf in leaves(workbook.root)}
        ours = (grammar.account_number(item.number) in numbers for item in pool.account)
        return 1, _first(ours), date.min, source.sha256
    named = named_banks(workbook, pool)
    return 2, _first(bank.name in named for bank in pool.bank), date.min, source.sha256


def _first(fits: Iterable[bool], otherwise: int = 999) -> int:
    return next((number for number, fit in enumerate(fits) if fit), otherwise)


@collector_at_rest()
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
        return _voucher(workbook.root, source, view, account_hint)
    if found := sightings(workbook, source):
        return _lists(workbook, found, view, account_hint)
    if register := _register(workbook, source, view, bindings):
        return register
    raise Refusal([unknown(workbook, source, view.pool)])


# ── lists ─────────────────────────────────────────────────────────────────────────────────────────────────


def _lists(workbook: Workbook, found: Sequence[Sighting], view: OpenItems, hint: AccountSlug | None) -> Intake:
    extracts = [read_table(sighting) for sighting in found]
    if faults := [*_unclear(found, extracts), *_unread(workbook, found)]:
        raise Refusal(faults)
    proved = _all_proved(found, extracts, view, hint)
    papers = [item.paper for item in proved]
    paper = papers[0].model_copy(update={"also": tuple(papers[1:])})
    recognition = recognise(paper, view)
    if recognition.faults:
        raise Refusal(recognition.faults)
    return Intake(
        reading=_reading(workbook, found, extracts, paper, recognition),
        paper=paper,
        events=tuple(row.event for row in recognition.rows if row.event is not None),
        warnings=(*(text for item in proved for text in item.warnings), *_failed(extracts), *recognition.warnings),
    )


def _all_proved(
    found: Sequence[Sighting], extracts: Sequence[BankExtract], view: OpenItems, hint: AccountSlug | None
) -> list[Proved]:
    proved: list[Proved] = []
    faults: list[Fault] = []
    for sighting, extract in zip(found, extracts, strict=True):
        claim = Claim(extract, sighting.source, "list", sighting.layout.bank)
        try:
            proved.append(prove(claim, view, hint, sighting.faults))
        except Refusal as refusal:
            faults += refusal.faults
    if faults:
        raise Refusal(faults)
    return proved


def _unclear(found: Sequence[Sighting], extracts: Sequence[BankExtract]) -> Iterator[Fault]:
    """Tables beside the first that do not name an account of their own."""
    seen = {extracts[0].account_number}
    for sighting, extract in zip(found[1:], extracts[1:], strict=True):
        first = (*sighting.table.above, sighting.table.header)[0]
        if extract.account_number in seen | {""} or "" in seen:
            said = (
                f"又一张表，账号尾号 {extract.account_number[-4:]}"
                if extract.account_number
                else "又一张表，没有写明账号"
            )
            yield Fault(TWO_ACCOUNTS, said, sighting.place(first))
        seen.add(extract.account_number)


def _unread(workbook: Workbook, found: Sequence[Sighting]) -> Iterator[Fault]:
    for sheet in unread_sheets(workbook, found):
        yield Fault(TWO_ACCOUNTS, "另一张有内容的工作表", Place(found[0].source.name, sheet.name))


def _failed(extracts: Sequence[BankExtract]) -> Iterator[str]:
    for extract in extracts:
        for item in extract.failed:
            yield f"第 {item.row} 行状态为「{item.status}」，余额未动，没有入账"


def _reading(
    workbook: Workbook,
    found: Sequence[Sighting],
    extracts: Sequence[BankExtract],
    paper: BankPaper,
    recognition: Recognition,
) -> Reading:
    originals = {(extract.sheet, row): cells for extract in extracts for row, cells in extract.originals.items()}
    rows = [
        # Nothing in it is from outside but texts that were read as texts: built without asking that of each cell again.
        ReadRow.model_construct(
            line=row.line.line,
            cells=originals[row.line.line.sheet, row.line.line.row],
            outcome=row.outcome,
            events=(row.key,),
            reason=row.reason,
        )
        for row in recognition.rows
    ]
    order = {sheet.name: number for number, sheet in enumerate(workbook.sheets)}
    every = [*rows, *(row for extract in extracts for row in extract.asides)]
    every.sort(key=lambda row: (order[row.line.sheet], row.line.row))
    stood = [(sheet.name, row.number) for sheet in workbook.sheets for row in sheet.rows]
    assert [(row.line.sheet, row.line.row) for row in every] == stood, "a row has vanished"
    for one in paper.papers:
        posted = sum(line.amount_fen for line in one.lines)
        assert one.opening_fen + posted == one.closing_fen, "the reading does not sum to the paper"
    layout = "+".join(dict.fromkeys(extract.layout for extract in extracts))
    return Reading(file=paper.file, kind="list", title=found[0].layout.title, layout=layout, rows=tuple(every))


# ── statements and receipts of the 财政部 standard ─────────────────────────────────────────────────────────


def _voucher(root: Element, source: SourceFile, view: OpenItems, hint: AccountSlug | None) -> Intake:
    kind = kind_of(root, source)
    if kind is None:
        raise Refusal([Fault(UNKNOWN, f"XML，根元素 {root.name}"[:80], Place(source.name))])
    if kind.name == "bker":
        return bker.receipt_intake(root, kind, source, view)
    extract, unread = bkrs.statement_of(root, kind, source)
    paper = prove(Claim(extract, source, "statement", None), view, hint, unread).paper
    is_known = is_filed(paper, view, extract.originals)
    rows = [
        ReadRow(
            line=line.line,
            cells=extract.originals[line.line.row],
            outcome="known" if is_known else "statement",
            reason=REASON if is_known else "对账单明细",
        )
        for line in paper.lines
    ]
    every = sorted([*rows, *extract.asides], key=lambda row: row.line.row)
    reading = Reading(file=source, kind="statement", title=extract.title, layout=extract.layout, rows=tuple(every))
    return Intake(reading=reading, paper=None if is_known else paper)


def _register(workbook: Workbook, source: SourceFile, view: OpenItems, bindings: "Sequence[Binding]") -> Intake | None:
    from importers import registers  # noqa: PLC0415 - bank files need none of the registers' weight

    return registers.intake(workbook, source, view, bindings)
