"""Are the books consistent, and what is next for whom."""

from pathlib import Path
from typing import NamedTuple

from desk.acts.months import obstacles
from desk.acts.office import Office, month_days
from desk.acts.rulings import stored_decision
from ledger.checks import MARKER
from ledger.events import CompensationDecided, CompensationDenied
from ledger.faults import Refusal
from ledger.money import yuan_text
from ledger.reader import load
from ledger.seal import receipts
from ledger.views import case_files
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
    decided, denied = office.book.events(CompensationDecided), office.book.events(CompensationDenied)
    every: list[CompensationDecided | CompensationDenied] = [*decided, *denied]
    for event in every:
        try:
            record = stored_decision(office, event.decision)
        except Refusal as refusal:
            found += [f"{event.case} {fault.kind.title}：{fault.found}" for fault in refusal.faults]
            continue
        found += [f"{event.case} 裁决记录：{problem}" for problem in problems(record)]
        if isinstance(event, CompensationDecided) and record.settle != event.approved_fen:
            found.append(f"{event.case} 裁决记录的金额与凭证不符")
    return tuple(found)


class Task(NamedTuple):
    """Something to do: what, which role, and the command."""

    what: str
    role: str
    command: str


def tasks(office: Office) -> tuple[Task, ...]:
    """Everything open, in the order of the work."""
    books = f"--books {office.root}"
    found: list[Task] = []
    for draft in office.drafts:
        if draft.state == "draft":
            command = f"riskpool review {draft.no} {books} --as …"
            found.append(Task(f"待复核 {draft.no}「{draft.content.title}」", "复核", command))
        elif draft.state == "reviewed":
            found.append(
                Task(f"待记账 {draft.no}「{draft.content.title}」", "记账", f"riskpool post {draft.no} {books} --as …")
            )
    for receipt, slug, amount in office.view().unidentified:
        command = f"riskpool identify {receipt} --as-what … --reason … {books} --as …"
        found.append(Task(f"待查款项 {slug} {yuan_text(amount)} 元", "制单", command))
    found += _cases(office, books)
    found += _month(office, books)
    return tuple(found)


def _cases(office: Office, books: str) -> list[Task]:
    found = []
    for case in case_files(office.book).values():
        if case.applied and not case.decided and not case.denied:
            command = f"riskpool decide {case.case} --chief … {books} --as …"
            found.append(Task(f"待裁决 {case.case}", "制单、主管", command))
        elif case.decided and case.paid_fen < case.decided.approved_fen:
            due = yuan_text(case.decided.approved_fen - case.paid_fen)
            command = f"riskpool pay {case.case} --account … --instruction … {books} --as …"
            found.append(Task(f"待拨付 {case.case} {due} 元", "制单", command))
    return found


def _month(office: Office, books: str) -> list[Task]:
    closed = receipts(office.root)
    if not office.book.vouchers:
        return []
    first = min(voucher.on for voucher in office.book.vouchers)
    month = f"{month_days(closed[-1].month)[1]:%Y-%m}" if closed else f"{month_days(f'{first:%Y-%m}')[1]:%Y-%m}"
    against = obstacles(office, month)
    if not against:
        return [Task(f"{month} 可以结账", "制单、复核", f"riskpool close {month} --reviewed-by … {books} --as …")]
    return [Task(text, "制单", f"riskpool reconcile {month} {books}") for text in against if "对账" in text]
