"""Are the books unchanged? Every batch re-hashed, the chain re-run, every kept file compared with its digest.

The first difference is named; what the books cannot see by themselves (a rebuilt chain, a cut tail) needs
the close receipt that a second custodian keeps.
"""

from collections.abc import Iterator
from pathlib import Path

from beancount.core import data

from ledger.book import POOL_FILE
from ledger.canon import GENESIS, MARK, chain_hash, mark_of, own_hash
from ledger.faults import ExitCode, Fault, FaultKind, Place
from ledger.founding import CHART, HEAD
from ledger.journal import head_text, parse_text
from ledger.oplog import OperationLog
from ledger.provenance import SHORT, digest
from ledger.reader import MAIN
from ledger.seal import receipts
from ledger.store import Store

CHANGED = FaultKind(
    "核验-改动-01",
    "账套被改动",
    "与入账时逐字一致的内容",
    "用备份恢复后重新核验；查明何人何时改动。",
    ExitCode.FINDINGS,
)
BROKEN_CHAIN = FaultKind(
    "核验-链-01", "批次链断开", "序号连续、前后相接的批次", "缺失或多出的批次用备份恢复。", ExitCode.FINDINGS
)
KINDS = (CHANGED, BROKEN_CHAIN)


def verify(root: Path) -> tuple[Fault, ...]:
    """All differences found, first things first; an empty tuple means unchanged."""
    return tuple(_verify(root))


def _verify(root: Path) -> Iterator[Fault]:
    previous, sequence, chains = GENESIS, -1, []
    for sequence, path in enumerate(sorted(root.glob("batches/*/*.beancount"), key=lambda item: item.name)):
        name = path.relative_to(root).as_posix()
        entries, errors, _ = parse_text(path.read_text(encoding="utf-8"), path)
        if errors or not entries or not isinstance(entries[0], data.Custom):
            yield Fault(CHANGED, "批次文件读不懂", Place(name))
            return
        yield from _marks(name, entries)
        number, before, own = (value.value for value in (entries[0].values or ())[1:4])
        if own_hash(entries) != own:
            yield Fault(CHANGED, f"内容散列不符：现为 {own_hash(entries)[:12]}，批头记 {own[:12]}", Place(name))
        if int(number) != sequence or before != previous:
            yield Fault(BROKEN_CHAIN, f"批头序号 {int(number):06d}，按次序应为 {sequence:06d}", Place(name))
        if not sequence:
            yield from _outside(root, entries[0].meta)
        previous = chain_hash(previous, sequence, own_hash(entries))
        chains.append(previous)
        yield from _documents(root, name, entries)
    if sequence < 0:
        yield Fault(BROKEN_CHAIN, "没有任何批次", Place("batches"))
    elif (root / HEAD).read_text(encoding="utf-8") != head_text(sequence, previous):
        yield Fault(BROKEN_CHAIN, "head.beancount 与链尾不符：尾部可能被删去，或有批次被改动", Place(HEAD))
    for receipt in receipts(root):
        if receipt.sequence >= len(chains) or chains[receipt.sequence] != receipt.chain:
            yield Fault(BROKEN_CHAIN, f"{receipt.month} 结账回执的链头与账簿不符", Place(f"seals/{receipt.month}.json"))
        for name, sha256 in receipt.reports:
            path = root / "papers" / receipt.month / name
            if not path.is_file() or digest(path.read_bytes()) != sha256:
                yield Fault(CHANGED, "已封存的报表缺失或内容已变", Place(f"papers/{receipt.month}/{name}"))
    if stray := OperationLog(Store(root)).broken_at():
        yield Fault(CHANGED, "操作日志的链断开", Place(f"log/{stray}"))


def _marks(name: str, entries: list[data.Directive]) -> Iterator[Fault]:
    for entry in entries[1:]:
        if entry.meta.get(MARK) != mark_of(entry):
            what = entry.meta.get("voucher") or f"{type(entry).__name__}（第 {entry.meta['lineno']} 行）"
            yield Fault(CHANGED, f"{what} 的内容与其标记不符", Place(name, row=int(entry.meta["lineno"])))


def _outside(root: Path, meta: data.Meta) -> Iterator[Fault]:
    for key, name in (("pool-sha256", POOL_FILE), ("main-sha256", MAIN), ("chart-sha256", CHART)):
        path = root / name
        if not path.is_file() or digest(path.read_bytes()) != meta.get(key):
            yield Fault(CHANGED, "与建账时不同", Place(name))


def _documents(root: Path, name: str, entries: list[data.Directive]) -> Iterator[Fault]:
    """Every file a batch names by digest: documents, what was read of them, rule texts, working papers."""
    for entry in entries:
        for path, sha256 in _named(root, entry):
            if not path.is_file() or digest(path.read_bytes()) != sha256:
                where = path.relative_to(root).as_posix()
                yield Fault(CHANGED, f"{name} 所记的 {where} 缺失或内容已变", Place(where))


def _named(root: Path, entry: data.Directive) -> Iterator[tuple[Path, str]]:
    meta = entry.meta
    if isinstance(entry, data.Document):
        stem = Path(entry.filename).name
        yield root / "documents" / stem, str(meta.get("sha256"))
        for key, folder in (("reading", "readings"), ("paper", "statements")):
            if key in meta:
                yield root / folder / f"{stem[:SHORT]}.json", str(meta[key])
    elif meta.get("kind") == "RuleAdopted":
        slug, _, version = str(meta["rule"]).partition("@")
        yield root / "rules" / slug / version / "rule_text.toml", str(meta["sha256"])
    elif meta.get("kind") == "AccountReconciled":
        sha256 = str(meta["working-paper"])
        yield root / "reconciliations" / f"{meta['month']}-{meta['account']}-{sha256[:12]}.json", sha256
