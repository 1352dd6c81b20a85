"""Are the books unchanged? Every batch re-hashed, the chain re-run, every kept file compared with its digest.

The first changed voucher is named, and what was changed in it where the books say it twice (ledger.traces). What the
books cannot see by themselves (a rebuilt chain, a tail cut off with its log) needs what somebody else keeps: a close
receipt, a copy of the head.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, zip_longest
from pathlib import Path
from typing import Any

from beancount.core import data

from ledger.book import POOL_FILE
from ledger.canon import BATCH, GENESIS, MARK, canonical, chain_hash, mark_of_form, own_of_forms
from ledger.faults import ExitCode, Fault, FaultKind, Place
from ledger.folder import CHART, HEAD, MAIN
from ledger.held import Held
from ledger.journal import PEOPLE, head_text
from ledger.oplog import ABANDON, FIRST, LogRecord, record_bytes
from ledger.parsing import parse_text
from ledger.printing import write_text
from ledger.provenance import SHORT, digest
from ledger.seal import Receipt, parse_seal, rule_folder, seal_name, seal_place
from ledger.store import A_VIEW, FOLDERS, TEMP, VIEW
from ledger.traces import Shelf, change_of, marked, named

CHANGED = FaultKind(
    "核验-改动-01",
    "账套被改动",
    "与入账时逐字一致的内容",
    "用备份恢复后重新核验；查明何人何时改动。",
    ExitCode.FINDINGS,
)
RESTYLED = FaultKind(
    "核验-改动-02",
    "批次的注释或空白被改动，内容未变",
    "与入账时逐字一致的文字",
    "金额和文字未受影响；用备份恢复原文件，查明何人改动。",
    ExitCode.FINDINGS,
)
BROKEN_CHAIN = FaultKind(
    "核验-链-01", "批次链断开", "序号连续、前后相接的批次", "缺失或多出的批次用备份恢复。", ExitCode.FINDINGS
)
UNFINISHED = FaultKind(
    "核验-日志-01",
    "最后一次操作没有完成",
    "日志所记的批次在账内",
    "若当时程序中断，重做这一步即可；否则尾部批次可能被删去，请与结账回执核对。",
    ExitCode.FINDINGS,
)
KINDS = (CHANGED, RESTYLED, BROKEN_CHAIN, UNFINISHED)

UNREADABLE = (UnicodeDecodeError, ValueError, TypeError, AssertionError, KeyError, IndexError, AttributeError)
"""What a damaged file can raise while it is taken apart: each becomes "can't be read", with the file's name."""


@dataclass
class _Batch:
    """One batch file as it was read: what its header states, its entries, and what is wrong with it.

    ``entries`` are those of a file that does not fit its hashes: they are kept to say what was changed.
    """

    name: str
    sequence: int
    own: str = ""
    meta: data.Meta = field(default_factory=dict)
    numbers: tuple[str, ...] = ()
    entries: Sequence[data.Directive] = ()
    faults: list[Fault] = field(default_factory=list)


@dataclass
class _Chain:
    """What the batches gave: the chain after each, and each header's metadata by the batch's own hash."""

    batches: list[_Batch] = field(default_factory=list)
    values: dict[int, str] = field(default_factory=dict)

    @property
    def sequence(self) -> int:
        """The last batch's place, -1 without one."""
        return self.batches[-1].sequence if self.batches else -1

    @property
    def last(self) -> str | None:
        """The chain's value so far; None where the last batch can't be read."""
        return self.values.get(self.sequence) if self.batches else GENESIS

    @property
    def owns(self) -> dict[str, data.Meta]:
        """Every header's metadata by its batch's own hash."""
        return {batch.own: batch.meta for batch in self.batches if batch.own}


def verify(root: Path, receipts: Sequence[Held] = ()) -> tuple[Fault, ...]:
    """All differences found, first things first; an empty tuple means unchanged. Never raises over a damaged file.

    ``receipts`` are what others keep of these books: only they show a tail cut off with all that spoke of it.
    """
    if (root / VIEW).is_file() and not (root / "batches").exists():
        return (Fault(A_VIEW, root.name),)
    chain = _Chain()
    for path in sorted(root.glob("batches/*/*.beancount"), key=lambda item: item.name):
        chain.batches.append(_batch(root, path, chain))
    records, faults = _records(root)
    _explain(root, chain, records)
    found = [fault for batch in chain.batches for fault in batch.faults]
    if not chain.batches:
        found.append(Fault(BROKEN_CHAIN, "没有任何批次", Place("batches")))
    found += _head(root, chain)
    found += _seals(root, chain)
    found += faults
    found += _intents(records, chain, _kept(root))
    found += _strays(root)
    found += [fault for held in receipts for fault in held.differences(root, chain.values)]
    return tuple(found)


def _batch(root: Path, path: Path, chain: _Chain) -> _Batch:
    """Read and judge one batch. What can't be read leaves a fault and as much of its header as stands."""
    read = _Batch(path.relative_to(root).as_posix(), chain.sequence + 1)
    try:
        text = path.read_bytes().decode("utf-8")
        entries, errors, _ = parse_text(text, path)
        _stated(read, entries, text, chain)
        if errors:
            read.faults.append(_torn(read.name, entries, errors))
        else:
            _judge(root, read, text, entries)
    except UNREADABLE:
        read.faults.append(Fault(CHANGED, "批次文件读不懂", Place(read.name)))
    return read


_HEADER = re.compile(r'^\d{4}-\d\d-\d\d custom "batch" "1" (\d{1,6}) "([0-9a-f]{64})" "([0-9a-f]{64})"$', re.MULTILINE)


def _stated(read: _Batch, entries: Sequence[data.Directive], text: str, chain: _Chain) -> None:
    """Take the chain on from what the header states: so one changed batch is one finding, and not all that follow."""
    header = entries[0] if entries else None
    if isinstance(header, data.Custom) and header.type == BATCH:
        number, before, own = (value.value for value in (header.values or ())[1:4])
    elif match := _HEADER.search(text):
        number, before, own = match.groups()
    else:
        return
    number, read.own = int(number), str(own)
    if number != read.sequence:
        what = f"批头序号 {number:06d}，按次序应为 {read.sequence:06d}"
        read.faults.append(Fault(BROKEN_CHAIN, what, Place(read.name)))
    elif chain.last is not None and before != chain.last:
        read.faults.append(Fault(BROKEN_CHAIN, "批头所记的前一链值与前一批次不符", Place(read.name)))
    read.sequence = number
    chain.values[number] = chain_hash(str(before), number, read.own)


def _torn(name: str, entries: Sequence[data.Directive], errors: Sequence[Any]) -> Fault:
    """A text that does not parse: where it breaks, and the last entry before that which is whole."""
    row = min(int((error.source or {}).get("lineno", 0)) for error in errors)
    whole = [entry for entry in entries if marked(entry) and int(entry.meta["lineno"]) < row]
    last = f"，最后一条完好的是 {named(whole[-1])}" if whole else "，没有一条完好"
    return Fault(CHANGED, f"从第 {row} 行起读不懂{last}", Place(name, row=row))


def _judge(root: Path, read: _Batch, text: str, entries: Sequence[data.Directive]) -> None:
    name, header = read.name, entries[0]
    assert isinstance(header, data.Custom), "a batch begins with its header"
    assert header.type == BATCH, "a batch begins with its header"
    read.meta = header.meta
    read.numbers = tuple(str(entry.meta["voucher"]) for entry in entries if "voucher" in entry.meta)
    forms = [canonical(entry) for entry in entries]
    fits = [entry.meta.get(MARK) == mark_of_form(form) for entry, form in zip(entries[1:], forms[1:], strict=True)]
    now = own_of_forms(forms)
    if now != read.own or not all(fits):
        # What was changed is said when all batches are known: numbers that are missing show among their neighbours.
        read.entries = entries
        read.faults.append(Fault(CHANGED, f"内容散列不符：现为 {now[:12]}，批头记 {read.own[:12]}", Place(name)))
    elif (printed := _printed(header, entries[1:])) != text:
        read.faults.append(_restyled(name, printed, text))
    year = str(header.meta.get("posted-at", ""))[:4]
    if (Path(name).name, Path(name).parent.name) != (f"{read.sequence:06d}-{read.own[:12]}.beancount", year):
        read.faults.append(Fault(CHANGED, "批次文件被改名或移动", Place(name)))
    if not read.sequence:
        read.faults += _outside(root, header.meta)
    read.faults += _named_files(root, name, entries)
    if (sha256 := header.meta.get("draft-sha256")) and not any(
        _same(kept, str(sha256)) for kept in (root / "drafts").glob(f"{header.meta['draft']}-*.json")
    ):
        read.faults.append(Fault(CHANGED, f"{header.meta['draft']} 的草稿缺失或内容已变", Place("drafts")))


def _printed(header: data.Custom, entries: Sequence[data.Directive]) -> str:
    """A batch's text as it was written, from what it says now."""
    people = [(name, str(header.meta[name])) for name in PEOPLE if name in header.meta]
    return write_text(header, map(_unresolved, entries), people, pushed=True)


def _unresolved(entry: data.Directive) -> data.Directive:
    if isinstance(entry, data.Document):
        return entry._replace(filename=f"../../documents/{Path(entry.filename).name}")
    return entry


_TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|;[^\n]*|[^\s";]+', re.DOTALL)


def _restyled(name: str, printed: str, text: str) -> Fault:
    """The hashes fit and the text does not: only comments and blanks differ, or other lines that are no entries."""
    ours, theirs = printed.split("\n"), text.split("\n")
    pairs = enumerate(zip_longest(ours, theirs), 1)
    row, now = next((row, now) for row, (was, now) in pairs if was != now)
    kind = RESTYLED if _tokens(printed) == _tokens(text) else CHANGED
    return Fault(kind, f"第 {row} 行的文字与入账时不同：{(now or '（到此为止）').strip()[:80]}", Place(name, row=row))


def _tokens(text: str) -> list[str]:
    """The words of a text without comments, blanks and line ends."""
    return [token for token in _TOKEN.findall(text) if not token.startswith(";")]


SEARCHED = 20
"""Changed entries of one batch whose former content is looked for; the others are only named."""


def _explain(root: Path, chain: _Chain, records: Sequence[tuple[str, LogRecord]]) -> None:
    """Put in front of each changed batch's fault which vouchers were changed, and how."""
    known = {number for batch in chain.batches for number in batch.numbers}
    for batch in chain.batches:
        if batch.entries:
            record = next((record for _, record in records if record.batch == batch.own), None)
            found = [*_changed(root, batch), *_doubled(batch), *_missing(batch, chain, known, record)]
            batch.faults[:0] = found or _elsewhere(batch, record)


def _changed(root: Path, batch: _Batch) -> list[Fault]:
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


def _doubled(batch: _Batch) -> list[Fault]:
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


def _missing(batch: _Batch, chain: _Chain, known: set[str], record: LogRecord | None) -> list[Fault]:
    """Numbers that stood in a batch: the log names its first and last, the others are gaps between their neighbours."""
    said = {item for item in (record.what if record else ()) if item[:2] in {"记-", "登-"}}
    lost = sorted(said - set(batch.numbers)) + sorted(_gaps(batch, chain, known) - said)
    return [Fault(CHANGED, f"{number} 被删去，或其字号被改", Place(batch.name)) for number in lost]


def _gaps(batch: _Batch, chain: _Chain, known: set[str]) -> set[str]:
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


def _elsewhere(batch: _Batch, record: LogRecord | None) -> list[Fault]:
    """Every entry fits its mark, none is doubled, no number is missing: then the header, the order, a mere note."""
    if record and _said(batch.meta) != (record.previous, record.act, record.at, record.who):
        return [Fault(CHANGED, "批头与操作日志所记不同（办理的事、时间或人员）", Place(batch.name, row=1))]
    places = [(number.rpartition("-")[0], _nth(number)) for number in batch.numbers]
    if any(one[0] == two[0] and one[1] > two[1] for one, two in pairwise(places)):
        return [Fault(CHANGED, "分录的次序被调换", Place(batch.name))]
    return [Fault(CHANGED, "批头被改动，或有不编号的记录被删去、调换", Place(batch.name))]


def _outside(root: Path, meta: data.Meta) -> list[Fault]:
    return [
        Fault(CHANGED, "与建账时不同", Place(name))
        for key, name in (("pool-sha256", POOL_FILE), ("main-sha256", MAIN), ("chart-sha256", CHART))
        if not _same(root / name, str(meta.get(key)))
    ]


def _same(path: Path, sha256: str) -> bool:
    return path.is_file() and digest(path.read_bytes()) == sha256


def _named_files(root: Path, name: str, entries: Sequence[data.Directive]) -> list[Fault]:
    """Every file a batch names by digest: documents, what was read of them, rule texts, working papers."""
    return [
        Fault(CHANGED, f"{name} 所记的文件缺失或内容已变", Place(path.relative_to(root).as_posix()))
        for entry in entries
        for path, sha256 in _named(root, entry)
        if not _same(path, sha256)
    ]


def _named(root: Path, entry: data.Directive) -> Iterator[tuple[Path, str]]:
    meta = entry.meta
    if isinstance(entry, data.Document):
        stem = Path(entry.filename).name
        yield root / "documents" / stem, str(meta.get("sha256"))
        for key, folder in (("reading", "readings"), ("paper", "statements")):
            if key in meta:
                yield root / folder / f"{stem[:SHORT]}.json", str(meta[key])
    elif meta.get("kind") == "RuleAdopted":
        sha256 = str(meta["sha256"])
        yield root / rule_folder(str(meta["rule"]), sha256) / "rule_text.toml", sha256
    elif meta.get("kind") == "AccountReconciled":
        sha256 = str(meta["working-paper"])
        yield root / "reconciliations" / f"{meta['month']}-{meta['account']}-{sha256[:12]}.json", sha256


_HEAD = re.compile(rb"; \xe9\x93\xbe\xe5\xa4\xb4 (\d{6}) [0-9a-f]{64}\n")


def _head(root: Path, chain: _Chain) -> Iterator[Fault]:
    path = root / HEAD
    said = path.read_bytes() if path.is_file() else b""
    last = chain.sequence
    before = chain.values.get(last - 1) or GENESIS
    # One behind is what a run killed before its last step leaves; the next posting writes it.
    if not chain.batches or said in {head_text(last, chain.last or "").encode(), head_text(last - 1, before).encode()}:
        return
    match = _HEAD.fullmatch(said)
    if match and int(match[1]) > last:
        yield Fault(BROKEN_CHAIN, f"链头记到批次 {int(match[1]):06d}，账内只到 {last:06d}：尾部被删去", Place(HEAD))
    else:
        yield Fault(BROKEN_CHAIN, "与链尾不符：尾部可能被删去，或有批次被改动", Place(HEAD))


def _seals(root: Path, chain: _Chain) -> Iterator[Fault]:
    steps: dict[str, int] = {}
    last: dict[str, str] = {}
    for path in sorted((root / "seals").glob("*.json"), key=seal_place):
        name = path.relative_to(root).as_posix()
        content = path.read_bytes()
        try:
            seal = parse_seal(content)
        except ValueError:
            yield Fault(CHANGED, "结账回执读不懂", Place(name))
            continue
        steps[seal.month] = steps.get(seal.month, 0) + 1
        is_next = seal.step == steps[seal.month] and (seal.step % 2 == 1) == isinstance(seal, Receipt)
        if name != seal_name(seal) or not is_next:
            yield Fault(CHANGED, f"{seal.month} 的结账、重开记录缺少一步或被改名", Place(name))
        if chain.values.get(seal.sequence) != seal.chain:
            yield Fault(BROKEN_CHAIN, f"{seal.month} 结账回执的链头与账簿不符", Place(name))
        if not isinstance(seal, Receipt) and seal.receipt != last.get(seal.month):
            yield Fault(CHANGED, f"{seal.month} 的重开记录所指的回执不在账内", Place(name))
        last[seal.month] = digest(content)
        for report, sha256 in seal.reports if isinstance(seal, Receipt) else ():
            kept = root / "papers" / f"{seal.month}-{seal.step}" / report
            if not _same(kept, sha256):
                yield Fault(CHANGED, "已封存的报表缺失或内容已变", Place(kept.relative_to(root).as_posix()))


def _strays(root: Path) -> Iterator[Fault]:
    """Files that this program never writes; what a killed run was writing is forgotten by the next."""
    own = {POOL_FILE, MAIN, CHART, HEAD, TEMP, ".lock"}
    for path in sorted(root.iterdir()):
        if path.name not in own and (path.is_file() or path.name not in FOLDERS):
            yield Fault(CHANGED, "不是本程序写的文件", Place(path.name))
    for path in sorted((root / "batches").rglob("*")):
        if path.is_file() and path.suffix != ".beancount":
            yield Fault(CHANGED, "不是本程序写的文件", Place(path.relative_to(root).as_posix()))


def _records(root: Path) -> tuple[list[tuple[str, LogRecord]], list[Fault]]:
    """The log's records with their files' names, and what is wrong with the log itself."""
    records: list[tuple[str, LogRecord]] = []
    faults: list[Fault] = []
    previous = FIRST
    for number, path in enumerate(sorted((root / "log").glob("*.json")), 1):
        name = path.relative_to(root).as_posix()
        content = path.read_bytes()
        try:
            record = LogRecord.model_validate_json(content)
        except ValueError:
            return records, [*faults, Fault(CHANGED, "操作日志读不懂", Place(name))]
        if record.previous != previous or record.number != number:
            faults.append(Fault(CHANGED, "操作日志的链断开", Place(name)))
        elif content != record_bytes(record):
            faults.append(Fault(CHANGED, "操作日志的文字被改动", Place(name)))
        previous = digest(content)
        records.append((name, record))
    return records, faults


def _kept(root: Path) -> dict[str, str]:
    """Every file but batches that the log announces, by digest."""
    return {
        digest(path.read_bytes()): path.relative_to(root).as_posix()
        for folder in ("seals", "drafts")
        for path in sorted((root / folder).glob("*.json"))
    }


def _intents(records: Sequence[tuple[str, LogRecord]], chain: _Chain, kept: dict[str, str]) -> Iterator[Fault]:
    """Each batch, receipt and draft's step has its record, each record its file, or the next one gives it up."""
    named = {record.batch: record for _, record in records if record.batch}
    for own, meta in chain.owns.items():
        if own not in named:
            yield Fault(CHANGED, f"操作日志里没有批次 {own[:12]} 的记录", Place("log"))
        elif _said(meta) != (named[own].previous, named[own].act, named[own].at, named[own].who):
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


def _said(meta: data.Meta) -> tuple[str, str, str, tuple[str, ...]]:
    """What a batch's header says of its own record: the log before it, act, instant, people."""
    who = dict.fromkeys(str(meta[name]) for name in PEOPLE if name in meta)
    return str(meta.get("log")), str(meta.get("act")), str(meta.get("posted-at")), tuple(who)


def _done_later(record: LogRecord, following: Sequence[LogRecord], kept: dict[str, str]) -> bool:
    return any((later.act, later.what) == (record.act, record.what) and later.batch in kept for later in following)
