"""Are the books consistent, and what is next for whom."""

import os
import shlex
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from desk.acts.funding import held_by
from desk.acts.months import next_month, obstacles
from desk.acts.office import Office, bytes_of, month_days
from desk.acts.rulings import settled_fen, stored_decision
from ledger.casefiles import case_files
from ledger.checks import MARKER
from ledger.events import QueueFunded, QueueLapsed, RuleAdopted
from ledger.faults import Fault, Refusal
from ledger.folder import HEAD
from ledger.held import Held
from ledger.money import yuan_text
from ledger.reader import NO_BOOKS, load
from ledger.store import LOCK, Store
from ledger.verify import verify
from riskpool.checker import problems


class Checked(NamedTuple):
    """The result of ``check``."""

    problems: tuple[str, ...]
    entries: int
    vouchers: int


def check_books(root: Path) -> Checked:
    """Load the books with every check; an unloadable folder is refused, an inconsistent one listed."""
    loaded = load(root)
    records = _records(root) if not loaded.errors else ()
    missing = tuple(f"检查没有运行：{name}" for name in MARKER.missing(loaded.options))
    numbered = sum(1 for entry in loaded.entries if "voucher" in entry.meta)
    return Checked((*missing, *loaded.errors, *records), len(loaded.entries), numbered)


def _records(root: Path) -> tuple[str, ...]:
    """Every decision's record is there, unchanged, and gives its figures by its own steps."""
    office = Office(root)
    found: list[str] = []
    for event in (ruling for file in case_files(office.book).values() for ruling in file.rulings):
        try:
            record = stored_decision(office, event.decision)
        except Refusal as refusal:
            found += [f"{event.case} {fault.kind.title}：{fault.found}" for fault in refusal.faults]
            continue
        found += [f"{event.case} 裁决记录：{problem}" for problem in problems(record)]
        if record.settle != settled_fen(event):
            found.append(f"{event.case} 裁决记录的金额与凭证不符")
    return tuple(found)


def stand(root: Path) -> Held | None:
    """Where the chain of books stands by their own head: what a second custodian notes down."""
    path = root / HEAD
    try:
        return Held.read(HEAD, path.read_bytes()) if path.is_file() else None
    except Refusal:
        return None


def verify_books(root: Path, receipts: Sequence[Path] = ()) -> tuple[Fault, ...]:
    """Everything by which books differ from what was posted, and from receipts (or heads) kept elsewhere.

    Beside somebody who is posting, half an act looks like a change: what was found is looked for again when nobody
    writes. A copy without a lock has no writer and is left as it is.
    """
    if not root.is_dir():
        raise Refusal([Fault(NO_BOOKS, f"没有文件夹 {root}")])
    kept = [Held.read(path.name, bytes_of(path)) for path in receipts]
    found = verify(root, kept)
    if found and (root / LOCK).is_file() and os.access(root / LOCK, os.W_OK):
        with Store(root).still():
            found = verify(root, kept)
    return found


class Task(NamedTuple):
    """Something to do: what, who may do it, and the command."""

    what: str
    who: str
    command: str


def tasks(office: Office, on: date) -> tuple[Task, ...]:
    """Everything open on a day, in the order of the work; each with who may act and the command to paste."""
    found: list[Task] = []
    if not office.book.events(RuleAdopted):
        found.append(
            Task("尚未采用管理办法：备案不核验入库条件，申请不能裁决", "", "rules adopt 办法名称 --as … --chief …")
        )
    for draft in office.drafts:
        if draft.is_waiting:
            act, role = ("review", "reviewer") if draft.state == "draft" else ("post", "bookkeeper")
            who = _staff(office, role, without=draft.makers if role == "reviewer" else frozenset())
            words = "待复核" if draft.state == "draft" else "待记账"
            found.append(Task(f"{words} {draft.no}「{draft.content.title}」", who, f"{act} {draft.no} --as …"))
    for receipt, slug, amount in office.view().unidentified:
        command = f"identify {receipt} --as-what … --reason … --as …"
        found.append(Task(f"待查款项 {slug} {yuan_text(amount)} 元", "", command))
    found += [*_cases(office), *_queue(office, on)]
    found += _month(office, on, {task.what for task in found})
    preparers = _staff(office, "preparer")
    books = shlex.quote(str(office.root))
    return tuple(Task(task.what, task.who or preparers, f"riskpool {task.command} --books {books}") for task in found)


def _staff(office: Office, role: str, without: frozenset[str] = frozenset()) -> str:
    people = office.book.pool.staff
    return "、".join(f"{item.name}（{item.id}）" for item in people if role in item.roles and item.id not in without)


def _cases(office: Office) -> list[Task]:
    found = []
    for case in case_files(office.book).values():
        if case.applied and not case.decided and not case.denied:
            held = f"（{case.deferred[-1].on} 暂缓）" if case.deferred else ""
            found.append(Task(f"待裁决 {case.case}{held}", "", f"decide {case.case} --chief … --as …"))
        elif case.decided and case.pending:
            found.append(Task(f"待再次裁决 {case.case}", "", f"decide {case.case} --chief … --as …"))
        if case.due_fen > 0:
            due = yuan_text(case.due_fen)
            command = f"pay {case.case} --account … --instruction … --as …"
            found.append(Task(f"待拨付 {case.case} {due} 元", "", command))
        if case.returned_fen and case.owed_fen > case.received_fen:
            owed = yuan_text(case.owed_fen - case.received_fen)
            found.append(Task(f"银行应交未到账 {case.case} {owed} 元（补偿退回、追偿款）", "", "import 流水 --as …"))
    return found


def _queue(office: Office, on: date) -> list[Task]:
    """A round where it would give money to what waits, else what is waited for; nothing where one is drafted."""
    waiting = [case for case in case_files(office.book).values() if case.queued_fen]
    drafted = [event for draft in office.drafts if draft.is_waiting for event in draft.content.events]
    if not waiting or any(isinstance(event, QueueFunded | QueueLapsed) for event in drafted):
        return []
    said = f"排队等待资金 {len(waiting)} 件 {yuan_text(sum(case.queued_fen for case in waiting))} 元"
    try:
        held = held_by(office, on)
    except Refusal:
        held = ()  # the round itself says why it can't be held
    if not held:
        return [Task(said, "", "fund --chief … --as …")]
    why = f"{'、'.join(held)}在 {on} 没有余量，不能办拨付轮次；等资金到位或转入下一年度"
    return [Task(f"{said}：{why}", "暂时无人可办", "headroom")]


def _month(office: Office, on: date, said: set[str]) -> list[Task]:
    month = next_month(office)
    if on < month_days(month)[1]:  # its statements and month-end registers can't have come yet
        return []
    against = [item for item in obstacles(office, month) if "草稿" not in item.text]
    if not against and not any("草稿" in text or text.startswith("待复核") for text in said):
        return [Task(f"{month} 可以结账", "", f"close {month} --reviewed-by … --as …")]
    return [Task(item.text, "", item.command) for item in against]
