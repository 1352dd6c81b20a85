"""Are the books unchanged? Every batch re-hashed, the chain re-run, every kept file compared with its digest.

The first changed voucher is named, and what was changed in it where the books say it twice (ledger.traces). What the
books cannot see by themselves (a rebuilt chain, a tail cut off with its log) needs what somebody else keeps: a close
receipt, a copy of the head.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from ledger.book import POOL_FILE
from ledger.canon import GENESIS
from ledger.faults import Fault, Place
from ledger.folder import CHART, HEAD, MAIN
from ledger.held import Held
from ledger.journal import head_text
from ledger.provenance import digest
from ledger.seal import Receipt, parse_seal, seal_name, seal_place
from ledger.store import A_VIEW, FOLDERS, LOCK, TEMP, VIEW
from ledger.verification import log
from ledger.verification.batches import read_batch, same
from ledger.verification.chain import Chain
from ledger.verification.changes import explain
from ledger.verification.kinds import BROKEN_CHAIN, CHANGED


def verify(root: Path, receipts: Sequence[Held] = ()) -> tuple[Fault, ...]:
    """All differences found, first things first; an empty tuple means unchanged. Never raises over a damaged file.

    ``receipts`` are what others keep of these books: only they show a tail cut off with all that spoke of it.
    """
    if (root / VIEW).is_file() and not (root / "batches").exists():
        return (Fault(A_VIEW, root.name),)
    chain = Chain()
    for path in sorted(root.glob("batches/*/*.beancount"), key=lambda item: item.name):
        chain.batches.append(read_batch(root, path, chain))
    records, faults = log.records(root)
    explain(root, chain, records)
    found = [fault for batch in chain.batches for fault in batch.faults]
    if not chain.batches:
        found.append(Fault(BROKEN_CHAIN, "没有任何批次", Place("batches")))
    found += _head(root, chain)
    found += _seals(root, chain)
    found += faults
    found += log.intents(records, chain, log.kept(root))
    found += _strays(root)
    found += [fault for held in receipts for fault in held.differences(root, chain.values)]
    return tuple(found)


_HEAD = re.compile(rb"; \xe9\x93\xbe\xe5\xa4\xb4 (\d{6}) [0-9a-f]{64}\n")


def _head(root: Path, chain: Chain) -> Iterator[Fault]:
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


def _seals(root: Path, chain: Chain) -> Iterator[Fault]:
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
            if not same(kept, sha256):
                yield Fault(CHANGED, "已封存的报表缺失或内容已变", Place(kept.relative_to(root).as_posix()))


def _strays(root: Path) -> Iterator[Fault]:
    """Files that this program never writes; what a killed run was writing is forgotten by the next."""
    own = {POOL_FILE, MAIN, CHART, HEAD, TEMP, LOCK}
    for path in sorted(root.iterdir()):
        if path.name not in own and (path.is_file() or path.name not in FOLDERS):
            yield Fault(CHANGED, "不是本程序写的文件", Place(path.name))
    for path in sorted((root / "batches").rglob("*")):
        if path.is_file() and path.suffix != ".beancount":
            yield Fault(CHANGED, "不是本程序写的文件", Place(path.relative_to(root).as_posix()))
