"""What was changed in a batch that does not fit its hashes, as far as the books say things twice."""

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from ledger.canon import canonical
from ledger.faults import Fault, Place
from ledger.folder import CHART
from ledger.oplog import LogRecord
from ledger.traces import Shelf, change_of, marked, named
from ledger.verification.chain import Batch, Chain
from ledger.verification.kinds import CHANGED
from ledger.verification.log import said_by_header

SEARCHED = 20
"""Changed entries of one batch whose former content is looked for; the others are only named."""


def explain(root: Path, chain: Chain, records: Sequence[tuple[str, LogRecord]]) -> None:
    """Put in front of each changed batch's fault which vouchers were changed, and how."""
    known = {number for batch in chain.batches for number in batch.numbers}
    for batch in chain.batches:
        if batch.entries:
            record = next((record for _, record in records if record.batch == batch.own), None)
            found = [*_changed(root, batch), *_doubled(batch), *_missing(batch, chain, known, record)]
            batch.faults[:0] = found or _elsewhere(batch, record)


def _changed(root: Path, batch: Batch) -> list[Fault]:
    """Each entry that does not fit its mark, with what was changed where that can be told."""
    wrong = [entry for entry in batch.entries[1:] if not marked(entry)]
    shelf = Shelf()
    shelf.take(batch.entries)
    chart = root / CHART
    if chart.is_file():
        shelf.accounts |= set(
            re.findall(r"^\S+ open (\S+)", chart.read_bytes().decode("utf-8", "replace"), re.MULTILINE)
        )
    faults = []
    for index, entry in enumerate(wrong):
        how = change_of(entry, shelf) if index < SEARCHED else ""
        what = f"{named(entry)} 的内容与其标记不符{f'：{how}' if how else ''}"
        faults.append(Fault(CHANGED, what, Place(batch.name, row=int(entry.meta["lineno"]))))
    return faults


def _doubled(batch: Batch) -> list[Fault]:
    seen: set[str] = set()
    faults = []
    for entry in batch.entries[1:]:
        if marked(entry):
            form = canonical(entry)
            if form in seen:
                what = f"{named(entry)} 在批次里有两次"
                faults.append(Fault(CHANGED, what, Place(batch.name, row=int(entry.meta["lineno"]))))
            seen.add(form)
    return faults


def _missing(batch: Batch, chain: Chain, known: set[str], record: LogRecord | None) -> list[Fault]:
    """Numbers that stood in a batch: the log names each series' ends, others are gaps between neighbours."""
    said = {item for item in (record.what if record else ()) if item[:2] in {"记-", "登-"}}
    lost = sorted(said - set(batch.numbers)) + sorted(_gaps(batch, chain, known) - said)
    return [Fault(CHANGED, f"{number} 被删去，或其字号被改", Place(batch.name)) for number in lost]


def _gaps(batch: Batch, chain: Chain, known: set[str]) -> set[str]:
    """The numbers that stand nowhere and that only this batch can have held: in a series they run with the batches."""
    before = {number for other in chain.batches if other.sequence < batch.sequence for number in other.numbers}
    after = {number for other in chain.batches if other.sequence > batch.sequence for number in other.numbers}
    found: set[str] = set()
    for series in {number.rpartition("-")[0] for number in known}:
        last = max((_nth(number) for number in before if number.startswith(f"{series}-")), default=0)
        top = max((_nth(number) for number in batch.numbers if number.startswith(f"{series}-")), default=last)
        following = min((_nth(number) for number in after if number.startswith(f"{series}-")), default=top + 1)
        found |= {f"{series}-{number:04d}" for number in range(last + 1, max(top + 1, following))} - known
    return found


def _nth(number: str) -> int:
    tail = number.rpartition("-")[2]
    return int(tail) if tail.isdecimal() else 0


def _elsewhere(batch: Batch, record: LogRecord | None) -> list[Fault]:
    """Every entry fits its mark, none is doubled, no number is missing: then the header, the order, a mere note."""
    if record and said_by_header(batch.meta) != (record.previous, record.act, record.at, record.who):
        return [Fault(CHANGED, "批头与操作日志所记不同（办理的事、时间或人员）", Place(batch.name, row=1))]
    places = [(number.rpartition("-")[0], _nth(number)) for number in batch.numbers]
    if any(one[0] == two[0] and one[1] > two[1] for one, two in pairwise(places)):
        return [Fault(CHANGED, "分录的次序被调换", Place(batch.name))]
    return [Fault(CHANGED, "批头被改动，或有不编号的记录被删去、调换", Place(batch.name))]
