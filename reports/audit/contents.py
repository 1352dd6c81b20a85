"""Which files an archive of the books holds: all of them, or those that stood when a month was closed."""

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

from ledger.canon import chain_hash
from ledger.faults import ExitCode, Fault, FaultKind, Place, Refusal
from ledger.folder import HEAD, MAIN, STRANGE
from ledger.journal import head_text
from ledger.provenance import digest
from ledger.reader import BROKEN_BOOKS, NO_BOOKS
from ledger.seal import seal_place
from ledger.store import refuse_view
from reports.audit.operations import log_of
from reports.audit.package import LONGEST, NAME, Member

NOT_CLOSED = FaultKind(
    "备份-月份-01",
    "这个月没有结账，或结账后又反结账",
    "已经结账的月份",
    "不写 --until 取全部账簿，或先结账。",
    ExitCode.REFUSED,
)
KINDS = (NOT_CLOSED,)

_HEADER = re.compile(rb'\d{4}-\d\d-\d\d custom "batch" "1" (\d+) "([0-9a-f]{64})" "([0-9a-f]{64})"\n')
_FIXED = {MAIN, "chart.beancount", "pool.toml"}
_BY_DIGEST = frozenset({"documents", "readings", "statements", "reconciliations", "rules"})
_DIGITS = re.compile(r"[0-9a-f]{16}|[0-9a-f]{12}")


class Link(NamedTuple):
    """A batch by its header's word: place in the chain, the chain after it."""

    sequence: int
    own: str
    chain: str


def links(root: Path) -> tuple[Link, ...]:
    """The chain as the batches' headers state it; ``verify`` says whether they state the truth.

    Refuses a folder that holds no books, and one whose headers can't be read.
    """
    refuse_view(root)
    if not (root / MAIN).is_file():
        raise Refusal([Fault(NO_BOOKS, f"{root} 下没有 {MAIN}")])
    found = tuple(_link(root, path) for path in _batches(root))
    if not found:
        raise Refusal([Fault(BROKEN_BOOKS, "没有任何批次", Place("batches"))])
    return found


def _batches(root: Path) -> list[Path]:
    return sorted(root.glob("batches/*/*.beancount"), key=lambda path: path.name)


def _link(root: Path, path: Path) -> Link:
    match = _HEADER.match(path.read_bytes()[:400])
    if match is None:
        raise Refusal([Fault(BROKEN_BOOKS, "批头读不懂", Place(path.relative_to(root).as_posix()))])
    sequence, previous, own = int(match[1]), match[2].decode(), match[3].decode()
    return Link(sequence, own, chain_hash(previous, sequence, own))


def all_members(root: Path) -> tuple[Member, ...]:
    """Every file of the books but the lock and what a killed run left."""
    found = [path for path in sorted(root.rglob("*")) if not path.is_dir() or path.is_symlink()]
    kept = [path for path in found if path.name != ".lock" and path.suffix != ".tmp"]
    faults = [Fault(STRANGE, path.relative_to(root).as_posix()) for path in kept if _is_strange(root, path)]
    if faults:
        raise Refusal(faults)
    return tuple(Member(path.relative_to(root).as_posix(), path) for path in kept)


def _is_strange(root: Path, path: Path) -> bool:
    name = path.relative_to(root).as_posix()
    return path.is_symlink() or not path.is_file() or len(name) > LONGEST or not re.fullmatch(NAME, name)


def members_until(root: Path, month: str) -> tuple[tuple[Member, ...], Link]:
    """The files that stood when a month was closed, and the last batch of then: sound books of their own.

    What was logged before the close names its batches and receipts; files kept under a digest belong when one of
    those batches names the digest. The head is derived again.
    """
    seal = _close_of(root, month)
    log = log_of(root)
    closing = next((number for number, item in enumerate(log, 1) if item.record.batch == digest(seal)), 0)
    if not closing:
        raise Refusal([Fault(BROKEN_BOOKS, f"操作日志里没有 {month} 结账回执的记录", Place("log"))])
    done = {item.record.batch for item in log[:closing]}
    kept = [(path, link) for path, link in zip(_batches(root), links(root), strict=True) if link.own in done]
    seals = [path for path in _seals(root) if digest(path.read_bytes()) in done]
    wanted = {path for path, _ in kept} | {item.path for item in log[:closing]} | {*seals}
    wanted |= {path for path in (root / "drafts").glob("*.json") if digest(path.read_bytes()) in done}
    named = _Named(
        b"".join(path.read_bytes() for path, _ in kept).decode("utf-8", "replace"),
        frozenset(path.stem.removesuffix("-closed") for path in seals),
    )
    found = [
        member
        for member in all_members(root)
        if member.name in _FIXED or member.source in wanted or named.holds(member.name)
    ]
    last = kept[-1][1]
    return (*found, Member(HEAD, head_text(last.sequence, last.chain).encode())), last


def _close_of(root: Path, month: str) -> bytes:
    """A month's last receipt; refused when there is none or the last word on the month is its reopening."""
    found = [(table, path.read_bytes()) for path in _seals(root) if (table := _json(root, path))["month"] == month]
    if not found or found[-1][0]["sort"] != "closed":
        raise Refusal([Fault(NOT_CLOSED, month)])
    return found[-1][1]


def _seals(root: Path) -> list[Path]:
    return sorted((root / "seals").glob("*.json"), key=seal_place)


def _json(root: Path, path: Path) -> dict[str, Any]:
    try:
        table = json.loads(path.read_bytes())
    except ValueError:
        table = None
    if not isinstance(table, dict):
        raise Refusal([Fault(BROKEN_BOOKS, "读不懂", Place(path.relative_to(root).as_posix()))])
    return table


class _Named(NamedTuple):
    """What the batches say: their whole text, and the folders of the papers of the closes."""

    text: str
    folders: frozenset[str]

    def holds(self, name: str) -> bool:
        """Whether a kept file is named by its digits, or is a paper of one of the closes."""
        folder, _, rest = name.partition("/")
        if folder == "papers":
            return rest.partition("/")[0] in self.folders
        digits = _DIGITS.findall(rest) if folder in _BY_DIGEST else []
        return bool(digits) and digits[-1] in self.text
