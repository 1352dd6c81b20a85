"""Drafts: what importers and people propose, kept as one new file per step, weighing nothing.

draft → reviewed → posted, or rejected with its reason. A step never replaces another: the state is the fold
of a draft's files, and "posted" is read from the batch that names the draft, so no two files must agree.
"""

import os
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from ledger.book import Book
from ledger.events import AnyEvent
from ledger.events.base import Frozen, Text
from ledger.faults import ExitCode, Fault, FaultKind, Refusal
from ledger.ids import StaffId
from ledger.oplog import OperationLog, record_bytes
from ledger.papers import Attachment
from ledger.provenance import Sha256, digest
from ledger.signing import SAME_PERSON, require
from ledger.store import Store

NO_DRAFT = FaultKind("草稿-编号-01", "没有这份草稿", "riskpool draft list 列出的编号", "用 riskpool draft list 查看。")
WRONG_STATE = FaultKind(
    "草稿-状态-01",
    "草稿的状态不许可这一步",
    "制单 → 复核 → 记账；退回的不再继续",
    "用 riskpool draft list 查看状态，按次序办理。",
    ExitCode.REFUSED,
)
ALTERED = FaultKind(
    "草稿-改动-01",
    "草稿在复核之后被改动",
    "与复核时相同的内容",
    "退回这份草稿（riskpool draft reject）并查明何人改动。",
    ExitCode.REFUSED,
)
KINDS = (NO_DRAFT, WRONG_STATE, ALTERED)

DraftNo = Annotated[str, Field(pattern=r"^D\d{6}$")]
State = Literal["draft", "reviewed", "rejected", "posted"]
STATE_NAMES: dict[State, str] = {"draft": "待复核", "reviewed": "待记账", "rejected": "已退回", "posted": "已记账"}

DraftEvent = Annotated[AnyEvent, Field(discriminator="kind")]


class DraftStep(Frozen):
    """One step of a draft's life, by one person. ``events`` stand on drafting and amending steps.

    ``reviewed`` stands on reviewing steps: the digest of the proposal that was signed.
    """

    draft: DraftNo
    step: int = Field(ge=1)
    action: Literal["drafted", "amended", "reviewed", "rejected"]
    at: datetime
    by: StaffId
    reason: Text = ""
    act: Annotated[str, Field(pattern=r"^[a-z-]{2,20}$")] = "import"
    title: Text = ""
    chief: str = ""
    events: tuple[DraftEvent, ...] = ()
    files: tuple[Sha256, ...] = ()
    reviewed: Sha256 | None = None
    documents: tuple[Attachment, ...] = ()


class Draft(Frozen):
    """A draft as its steps leave it; ``steps`` in order."""

    no: DraftNo
    steps: tuple[DraftStep, ...]
    is_posted: bool

    @property
    def state(self) -> State:
        """Where it stands."""
        if self.is_posted:
            return "posted"
        last = self.steps[-1].action
        return {"drafted": "draft", "amended": "draft", "reviewed": "reviewed", "rejected": "rejected"}[last]  # type: ignore[return-value] # the values are State's own

    @property
    def is_live(self) -> bool:
        """Whether its rows count as known: anything but rejected."""
        return self.state != "rejected"

    @property
    def is_waiting(self) -> bool:
        """Whether it may still be posted: neither posted nor rejected."""
        return self.is_live and not self.is_posted

    @property
    def content(self) -> DraftStep:
        """The last step that says what is to be posted."""
        return next(step for step in reversed(self.steps) if step.action in {"drafted", "amended"})

    @property
    def preparer(self) -> StaffId:
        """Who made (or last amended) it."""
        return self.content.by

    @property
    def makers(self) -> frozenset[StaffId]:
        """Everybody who made or amended it; none of them may review it."""
        return frozenset(step.by for step in self.steps if step.action in {"drafted", "amended"})

    @property
    def reviewer(self) -> StaffId | None:
        """Who reviewed it, once reviewed."""
        last = self.steps[-1]
        return last.by if last.action == "reviewed" else None


def drafts(book: Book) -> tuple[Draft, ...]:
    """All drafts by number."""
    return _drafts(book, "")


def _drafts(book: Book, prefix: str) -> tuple[Draft, ...]:
    """The drafts whose files' names begin so: one is found without opening those of all others."""
    posted = {head.draft for head in book.batches if head.draft}
    steps: dict[str, list[DraftStep]] = {}
    folder = book.root / "drafts"
    for item in sorted(os.scandir(folder) if folder.is_dir() else (), key=lambda found: found.name):
        if not item.name.endswith(".json") or not item.name.startswith(prefix):
            continue
        found = item.stat()
        step = _read(item.path, (found.st_ino, found.st_size, found.st_mtime_ns))
        steps.setdefault(step.draft, []).append(step)
    return tuple(
        Draft(
            no=no, steps=tuple(sorted(found, key=lambda step: step.step)), is_posted=no in posted or _done(book, found)
        )
        for no, found in steps.items()
    )


def _done(book: Book, steps: Sequence[DraftStep]) -> bool:
    """Whether all that a draft proposes is in the books, posted by another one. What was sent back stays so."""
    last = max(steps, key=lambda step: step.step)
    proposal = max((step for step in steps if step.action in {"drafted", "amended"}), key=lambda step: step.step)
    done = all(event.event_id in book.posted for event in proposal.events)
    return last.action != "rejected" and bool(proposal.events) and done


@lru_cache(maxsize=1 << 16)
def _read(path: str, state: tuple[int, int, int]) -> DraftStep:
    """A step's file, parsed once for each of its states on disk (inode, size, time of change)."""
    assert state[0], "a file has an inode"
    return DraftStep.model_validate_json(Path(path).read_text(encoding="utf-8"))


def draft(book: Book, no: str) -> Draft:
    """One draft; an unknown number is the user's to correct."""
    found = next((item for item in _drafts(book, f"{no}-") if item.no == no), None)
    if found is None:
        raise Refusal([Fault(NO_DRAFT, no)])
    return found


def open_draft(store: Store, book: Book, step: DraftStep, *, existing: Sequence[Draft]) -> Draft:
    """Write a new draft and the log's record of it; its number follows the last one. The caller holds the lock."""
    require(book.pool, step.by, "preparer")
    number = f"D{len(existing) + 1:06d}"
    first = step.model_copy(update={"draft": number, "step": 1})
    _write(store, first)
    return Draft(no=number, steps=(first,), is_posted=False)


def amend(store: Store, book: Book, no: str, step: DraftStep) -> Draft:
    """Propose other events in place of a draft's; the earlier proposal stays on file. The same again is no step."""
    found = _in_state(draft(book, no), ("draft", "reviewed"))
    require(book.pool, step.by, "preparer")
    last = found.steps[-1]
    if last == step.model_copy(update={"draft": no, "step": last.step, "at": last.at}):
        return found
    return _next(store, found, step)


def review(store: Store, book: Book, no: str, by: str, at: datetime) -> Draft:
    """Sign a draft as its reviewer (复核), who is not its preparer."""
    found = _in_state(draft(book, no), ("draft",))
    require(book.pool, by, "reviewer")
    if by in found.makers:
        raise Refusal([Fault(SAME_PERSON, by)])
    signed = digest(record_bytes(found.content))
    return _next(store, found, DraftStep(draft=no, step=1, action="reviewed", at=at, by=by, reviewed=signed))


def require_unchanged(found: Draft) -> None:
    """What was signed is what would be posted, or the act is refused."""
    if found.steps[-1].reviewed != digest(record_bytes(found.content)):
        raise Refusal([Fault(ALTERED, found.no)])


def reject(store: Store, book: Book, no: str, by: str, at: datetime, reason: str) -> Draft:
    """Send a draft back with its reason; it stays on file and its file may be imported again."""
    found = _in_state(draft(book, no), ("draft", "reviewed"))
    require(book.pool, by, "reviewer")
    return _next(store, found, DraftStep(draft=no, step=1, action="rejected", at=at, by=by, reason=reason))


def _in_state(found: Draft, states: Sequence[State]) -> Draft:
    if found.state not in states:
        raise Refusal([Fault(WRONG_STATE, f"{found.no} {STATE_NAMES[found.state]}")])
    return found


def _next(store: Store, found: Draft, step: DraftStep) -> Draft:
    following = step.model_copy(update={"draft": found.no, "step": len(found.steps) + 1})
    _write(store, following)
    return Draft(no=found.no, steps=(*found.steps, following), is_posted=False)


def _write(store: Store, step: DraftStep) -> None:
    """The log says first what is to be written, then it is: a run killed between the two is given up by the next."""
    act = {"drafted": f"draft-{step.act}", "amended": "amend", "reviewed": "review", "rejected": "reject"}[step.action]
    file, content = f"drafts/{step.draft}-{step.step}-{step.action}.json", record_bytes(step)
    OperationLog(store).append(step.at, (step.by,), act, (step.draft,), file=file, batch=digest(content))
    store.write_new(file, content)
