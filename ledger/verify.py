"""Are the books unchanged? Every batch re-hashed, the chain re-run, every kept file compared with its digest.

The first difference is named; what the books cannot see by themselves (a rebuilt chain, a cut tail) needs
the close receipt that a second custodian keeps.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from beancount.core import data

from ledger.book import POOL_FILE
from ledger.canon import BATCH, GENESIS, MARK, canonical, chain_hash, mark_of_form, own_of_forms
from ledger.faults import ExitCode, Fault, FaultKind, Place
from ledger.founding import CHART
from ledger.journal import HEAD, PEOPLE, head_text
from ledger.oplog import ABANDON, FIRST, LogRecord
from ledger.parsing import parse_text
from ledger.printing import write_text
from ledger.provenance import SHORT, digest
from ledger.reader import MAIN
from ledger.seal import Receipt, parse_seal, rule_folder, seal_name, seal_place
from ledger.store import FOLDERS

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
class _Chain:
    """What the batches gave: the chain after each, and each header's metadata by the batch's own hash."""

    values: list[str] = field(default_factory=list)
    owns: dict[str, data.Meta] = field(default_factory=dict)

    @property
    def last(self) -> str:
        """The chain's value so far."""
        return self.values[-1] if self.values else GENESIS


def verify(root: Path) -> tuple[Fault, ...]:
    """All differences found, first things first; an empty tuple means unchanged. Never raises over a damaged file."""
    chain = _Chain()
    faults = list(_batches(root, chain))
    faults += _head(root, chain)
    faults += _seals(root, chain)
    faults += _log(root, chain)
    faults += _strays(root)
    return tuple(faults)


def _batches(root: Path, chain: _Chain) -> Iterator[Fault]:
    paths = sorted(root.glob("batches/*/*.beancount"), key=lambda item: item.name)
    for sequence, path in enumerate(paths):
        name = path.relative_to(root).as_posix()
        try:
            yield from _batch(root, path, sequence, chain)
        except UNREADABLE:
            yield Fault(CHANGED, "批次文件读不懂", Place(name))
            return
    if not paths:
        yield Fault(BROKEN_CHAIN, "没有任何批次", Place("batches"))


def _batch(root: Path, path: Path, sequence: int, chain: _Chain) -> list[Fault]:
    name, text = path.relative_to(root).as_posix(), path.read_bytes().decode("utf-8")
    entries, errors, options = parse_text(text, path)
    header = entries[0]
    assert not errors, "a batch parses"
    assert isinstance(header, data.Custom), "a batch begins with its header"
    assert header.type == BATCH, "a batch begins with its header"
    number, before, own = (value.value for value in (header.values or ())[1:4])
    forms = [canonical(entry) for entry in entries]
    now = own_of_forms(forms)
    faults = _marks(name, entries, forms)
    if now != own:
        faults.append(Fault(CHANGED, f"内容散列不符：现为 {now[:12]}，批头记 {str(own)[:12]}", Place(name)))
    if int(number) != sequence:
        faults.append(Fault(BROKEN_CHAIN, f"批头序号 {int(number):06d}，按次序应为 {sequence:06d}", Place(name)))
    elif before != chain.last:
        faults.append(Fault(BROKEN_CHAIN, "批头所记的前一链值与前一批次不符", Place(name)))
    if not faults and (printed := _printed(header, entries[1:])) != text:
        kind = RESTYLED if _bare(printed) == _bare(text) and not options["include"] else CHANGED
        faults.append(Fault(kind, "文字与内容不符", Place(name)))
    year = str(header.meta.get("posted-at", ""))[:4]
    if (path.name, path.parent.name) != (f"{sequence:06d}-{str(own)[:12]}.beancount", year):
        faults.append(Fault(CHANGED, "批次文件被改名或移动", Place(name)))
    if not sequence:
        faults += _outside(root, header.meta)
    faults += _named_files(root, name, entries)
    if (sha256 := header.meta.get("draft-sha256")) and not any(
        _same(kept, str(sha256)) for kept in (root / "drafts").glob(f"{header.meta['draft']}-*.json")
    ):
        faults.append(Fault(CHANGED, f"{header.meta['draft']} 的草稿缺失或内容已变", Place("drafts")))
    # Go on from what the header states, so that one changed batch is one finding and not all that follow.
    chain.values.append(chain_hash(str(before), sequence, str(own)))
    chain.owns[str(own)] = header.meta
    return faults


def _printed(header: data.Custom, entries: Sequence[data.Directive]) -> str:
    """A batch's text as it was written, from what it says now."""
    people = [(name, str(header.meta[name])) for name in PEOPLE if name in header.meta]
    return write_text(header, [_unpushed(entry, dict(people)) for entry in entries], people)


def _unpushed(entry: data.Directive, people: dict[str, str]) -> data.Directive:
    if isinstance(entry, data.Transaction):
        return entry._replace(meta={key: value for key, value in entry.meta.items() if key not in people})
    if isinstance(entry, data.Document):
        return entry._replace(filename=f"../../documents/{Path(entry.filename).name}")
    return entry


def _bare(text: str) -> list[str]:
    """The lines that are neither blank nor comment, without white space at their ends."""
    return [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith(";")]


def _marks(name: str, entries: Sequence[data.Directive], forms: Sequence[str]) -> list[Fault]:
    faults = []
    for entry, form in zip(entries[1:], forms[1:], strict=True):
        if entry.meta.get(MARK) != mark_of_form(form):
            what = entry.meta.get("voucher") or f"{type(entry).__name__}（第 {entry.meta['lineno']} 行）"
            faults.append(Fault(CHANGED, f"{what} 的内容与其标记不符", Place(name, row=int(entry.meta["lineno"]))))
    return faults


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


def _head(root: Path, chain: _Chain) -> Iterator[Fault]:
    path = root / HEAD
    said = path.read_bytes() if path.is_file() else b""
    last = len(chain.values) - 1
    before = chain.values[-2] if last > 0 else GENESIS
    # One behind is what a run killed before its last step leaves; the next posting writes it.
    if chain.values and said not in {head_text(last, chain.last).encode(), head_text(last - 1, before).encode()}:
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
        if seal.sequence >= len(chain.values) or chain.values[seal.sequence] != seal.chain:
            yield Fault(BROKEN_CHAIN, f"{seal.month} 结账回执的链头与账簿不符", Place(name))
        if not isinstance(seal, Receipt) and seal.receipt != last.get(seal.month):
            yield Fault(CHANGED, f"{seal.month} 的重开记录所指的回执不在账内", Place(name))
        last[seal.month] = digest(content)
        for report, sha256 in seal.reports if isinstance(seal, Receipt) else ():
            kept = root / "papers" / f"{seal.month}-{seal.step}" / report
            if not _same(kept, sha256):
                yield Fault(CHANGED, "已封存的报表缺失或内容已变", Place(kept.relative_to(root).as_posix()))


def _strays(root: Path) -> Iterator[Fault]:
    """Files that this program never writes; a temp file of a killed run is swept by the next."""
    own = {POOL_FILE, MAIN, CHART, HEAD, ".lock"}
    for path in sorted(root.iterdir()):
        if path.suffix != ".tmp" and path.name not in own and (path.is_file() or path.name not in FOLDERS):
            yield Fault(CHANGED, "不是本程序写的文件", Place(path.name))
    for path in sorted((root / "batches").rglob("*")):
        if path.is_file() and path.suffix not in {".beancount", ".tmp"}:
            yield Fault(CHANGED, "不是本程序写的文件", Place(path.relative_to(root).as_posix()))


def _log(root: Path, chain: _Chain) -> Iterator[Fault]:
    records: list[tuple[str, LogRecord]] = []
    previous = FIRST
    for number, path in enumerate(sorted((root / "log").glob("*.json")), 1):
        name = path.relative_to(root).as_posix()
        content = path.read_bytes()
        try:
            record = LogRecord.model_validate_json(content)
        except ValueError:
            yield Fault(CHANGED, "操作日志读不懂", Place(name))
            return
        if record.previous != previous or record.number != number:
            yield Fault(CHANGED, "操作日志的链断开", Place(name))
        previous = digest(content)
        records.append((name, record))
    seals = {digest(path.read_bytes()) for path in (root / "seals").glob("*.json")}
    yield from _intents(records, chain, seals)


def _intents(records: Sequence[tuple[str, LogRecord]], chain: _Chain, seals: set[str]) -> Iterator[Fault]:
    """Each batch and seal has its record, each record its batch or seal, or the next one gives it up."""
    named = {record.batch: record for _, record in records if record.batch}
    for own, meta in chain.owns.items():
        if own not in named:
            yield Fault(CHANGED, f"操作日志里没有批次 {own[:12]} 的记录", Place("log"))
        elif _said(meta) != (named[own].previous, named[own].act, named[own].at, named[own].who):
            yield Fault(CHANGED, f"批次 {own[:12]} 的操作记录，或它之前的操作日志被改动", Place("log"))
    for seal in seals - set(named):
        yield Fault(CHANGED, f"操作日志里没有结账回执 {seal[:12]} 的记录", Place("seals"))
    for index, (name, record) in enumerate(records):
        if not record.batch or record.batch in chain.owns or record.batch in seals:
            continue
        following = [later for _, later in records[index + 1 :]]
        what = f"{record.at} {record.act} {'、'.join(record.what)}"
        if not following:
            yield Fault(UNFINISHED, what, Place(name))
        elif following[0].act != ABANDON or following[0].what != (f"{record.number:06d}",):
            yield Fault(CHANGED, f"{what}：所记的批次或回执不在账内", Place(name))
        elif record.act == "close" and not _closed_later(record, following, seals):
            # A close that was killed is done again; one whose receipt was taken away is not.
            yield Fault(UNFINISHED, f"{what}：结账未完成，或回执被删去", Place(name))


def _said(meta: data.Meta) -> tuple[str, str, str, tuple[str, ...]]:
    """What a batch's header says of its own record: the log before it, act, instant, people."""
    who = dict.fromkeys(str(meta[name]) for name in PEOPLE if name in meta)
    return str(meta.get("log")), str(meta.get("act")), str(meta.get("posted-at")), tuple(who)


def _closed_later(record: LogRecord, following: Sequence[LogRecord], seals: set[str]) -> bool:
    return any(later.act == "close" and later.what == record.what and later.batch in seals for later in following)
