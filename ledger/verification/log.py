"""The operation log held against the batches, drafts and receipts that it announces."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from beancount.core import data

from ledger.faults import Fault, Place
from ledger.journal import PEOPLE
from ledger.oplog import ABANDON, FIRST, LogRecord, record_bytes
from ledger.provenance import digest
from ledger.verification.chain import Chain
from ledger.verification.kinds import CHANGED, UNFINISHED


def records(root: Path) -> tuple[list[tuple[str, LogRecord]], list[Fault]]:
    """The log's records with their files' names, and what is wrong with the log itself."""
    read: list[tuple[str, LogRecord]] = []
    faults: list[Fault] = []
    previous = FIRST
    for number, path in enumerate(sorted((root / "log").glob("*.json")), 1):
        name = path.relative_to(root).as_posix()
        content = path.read_bytes()
        try:
            record = LogRecord.model_validate_json(content)
        except ValueError:
            return read, [*faults, Fault(CHANGED, "操作日志读不懂", Place(name))]
        if record.previous != previous or record.number != number:
            faults.append(Fault(CHANGED, "操作日志的链断开", Place(name)))
        elif content != record_bytes(record):
            faults.append(Fault(CHANGED, "操作日志的文字被改动", Place(name)))
        previous = digest(content)
        read.append((name, record))
    return read, faults


def kept(root: Path) -> dict[str, str]:
    """Every file but batches that the log announces, by digest."""
    return {
        digest(path.read_bytes()): path.relative_to(root).as_posix()
        for folder in ("seals", "drafts")
        for path in sorted((root / folder).glob("*.json"))
    }


def intents(records: Sequence[tuple[str, LogRecord]], chain: Chain, kept: dict[str, str]) -> Iterator[Fault]:
    """Each batch, receipt and draft's step has its record, each record its file, or the next one gives it up."""
    named = {record.batch: record for _, record in records if record.batch}
    for own, meta in chain.owns.items():
        if own not in named:
            yield Fault(CHANGED, f"操作日志里没有批次 {own[:12]} 的记录", Place("log"))
        elif said_by_header(meta) != (named[own].previous, named[own].act, named[own].at, named[own].who):
            yield Fault(CHANGED, f"批次 {own[:12]} 的操作记录，或它之前的操作日志被改动", Place("log"))
    for sha256, file in kept.items():
        if sha256 not in named:
            yield Fault(CHANGED, "操作日志里没有它的记录，或内容已变", Place(file))
    for index, (name, record) in enumerate(records):
        if not record.batch or record.batch in chain.owns or kept.get(record.batch) == record.file:
            continue
        following = [later for _, later in records[index + 1 :]]
        what = f"{record.at} {record.act} {'、'.join(record.what)}"
        if not following:
            yield Fault(UNFINISHED, what, Place(name))
        elif following[0].act != ABANDON or following[0].what != (f"{record.number:06d}",):
            yield Fault(CHANGED, f"{what}：所记的批次、草稿或回执不在账内", Place(name))
        elif record.act in {"close", "reopen"} and not _done_later(record, following, kept):
            # A close or a reopening that was killed is done again; one whose seal was taken away is not.
            yield Fault(UNFINISHED, f"{what}：结账或重开未完成，或其记录被删去", Place(name))


def said_by_header(meta: data.Meta) -> tuple[str, str, str, tuple[str, ...]]:
    """What a batch's header says of its own record: the log before it, act, instant, people."""
    who = dict.fromkeys(str(meta[name]) for name in PEOPLE if name in meta)
    return str(meta.get("log")), str(meta.get("act")), str(meta.get("posted-at")), tuple(who)


def _done_later(record: LogRecord, following: Sequence[LogRecord], kept: dict[str, str]) -> bool:
    return any((later.act, later.what) == (record.act, record.what) and later.batch in kept for later in following)
