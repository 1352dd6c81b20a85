"""A month's end: reconcile each account, close the month, keep the receipt."""

import dataclasses
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from pydantic import BaseModel

from desk.acts.cash import UNKNOWN_ACCOUNT
from desk.acts.office import TWICE, Actor, Office, Proposal, month_days
from desk.acts.yearend import unshared, year_end_of
from ledger.book import Book
from ledger.drafts import Draft
from ledger.events import (
    AccountReconciled,
    LoanIncluded,
    LoanReleased,
    MatchConfirmed,
    OpeningTaken,
    StatementFiled,
    TapeConfirmed,
)
from ledger.faults import ExitCode, Fault, FaultKind, Refusal
from ledger.ids import event_id
from ledger.journal import preview_legs
from ledger.money import yuan_text
from ledger.oplog import OperationLog, record_bytes
from ledger.provenance import digest
from ledger.seal import Receipt, Reopening, last_step, receipts, seal_name, seals
from ledger.signing import SAME_PERSON, require
from ledger.store import Store
from reports.reconciliation.lines import filed_statements
from reports.reconciliation.result import NO_STATEMENT, Reconciliation, reconcile

NOT_READY = FaultKind(
    "结账-条件-01",
    "这个月还不能结账",
    "凭证全部记账、各户对平、待查有说明、贷款月报齐全",
    "逐项办妥后再结账；riskpool status 列出下一步。",
    ExitCode.FINDINGS,
)
CLOSED_ALREADY = FaultKind("结账-月份-01", "结账的月份不对", "最早的未结账月份", "按月份次序结账。", ExitCode.REFUSED)
NOT_LAST = FaultKind(
    "结账-重开-01",
    "重开的月份不对",
    "最后一个已结账的月份",
    "从最后一个已结账的月份起逐月重开；办妥后按月份次序重新结账。",
    ExitCode.REFUSED,
)
NO_REASON = FaultKind("结账-重开-02", "没有写明原因", "重开的原因", "补上 --reason 后重新运行。")
NO_TIE = FaultKind(
    "对账-确认-01",
    "这两笔不在待人工确认之列",
    "riskpool reconcile --json 的 ties 所列的凭证和流水编号",
    "用 riskpool reconcile 查看待确认的对应。",
)
KINDS = (NOT_READY, CLOSED_ALREADY, NOT_LAST, NO_REASON, NO_TIE)
DECEMBER = "-12"


def reconciliation(office: Office, slug: str, month: str) -> Reconciliation:
    """Compare an account's month with its statement; pure, nothing is written."""
    _, until_on = month_days(month)
    book = office.book
    if slug not in {item.slug for item in book.pool.account}:
        raise Refusal([Fault(UNKNOWN_ACCOUNT, slug)])
    statements = filed_statements(book, slug, until_on)
    if not statements or statements[-1].until_on != until_on:
        raise Refusal([Fault(NO_STATEMENT, f"{book.pool.account_of(slug).name}（{slug}）{month}")])
    return reconcile(book, slug, statements)


def sign_off(office: Office, slug: str, month: str, *, who: Actor) -> Draft:
    """Draft the sign-off of a reconciled account: it writes the exact balance assertion. Refused with findings."""
    with office.locked() as store:
        done = reconciliation(office, slug, month)
        if waiting := _waiting(office, slug, month_days(month)[1]):
            raise Refusal([Fault(NOT_READY, text) for text in waiting])
        if not done.holds:
            found = "；".join(done.findings) or (
                f"调节后仍相差 {yuan_text(done.adjusted_book_fen - done.adjusted_statement_fen)} 元"
            )
            raise Refusal([Fault(NOT_READY, f"{slug} {month}：{found}")])
        if unlisted := tuple(_unlisted(office, slug, month)):
            raise Refusal([Fault(NOT_READY, text) for text in unlisted])
        record = working_paper(done)
        file = f"reconciliations/{month}-{slug}-{digest(record)[:12]}.json"
        event = AccountReconciled(
            event_id=event_id("reconciled", slug, month, digest(record)),
            on=month_days(month)[1] - timedelta(days=1),
            summary=f"{month} 对账相符",
            account=slug,
            month=month,
            book_fen=done.book_fen,
            statement_fen=done.statement_fen,
            statement=done.statement.file.sha256,
            working_paper=digest(record),
        )
        name = office.book.pool.account_of(slug).name
        proposal = Proposal("reconcile", f"{month} 对账签认：{name}", [event])
        return office.propose(proposal, who, keep=lambda: store.write_new(file, record))


def _waiting(office: Office, slug: str, until_on: date) -> tuple[str, ...]:
    """Drafts that would still move the account in the month: signed first, they could never be posted."""
    return tuple(
        f"草稿 {draft.no}「{draft.content.title}」涉及 {slug}，须先记账或退回"
        for draft in office.drafts
        if draft.is_waiting and _moves(office.book, draft, slug, until_on)
    )


def _moves(book: Book, draft: Draft, slug: str, until_on: date) -> bool:
    """Whether the draft has something of the account before the day: its own, or a leg by hand or by a correction."""
    cash = book.chart.cash(slug)
    return any(
        event.on < until_on
        and event.event_id not in book.posted
        and (getattr(event, "account", "") == slug or any(leg.account == cash for leg in legs))
        for event, legs in preview_legs(book, draft.content.events)
    )


def working_paper(done: Reconciliation) -> bytes:
    """The record kept of a reconciliation: balances, every match with its reason, every item in transit."""
    table = {field.name: getattr(done, field.name) for field in dataclasses.fields(done)}
    table["statement"] = done.statement.file.model_dump()
    text = json.dumps(table, ensure_ascii=False, sort_keys=True, indent=1, default=_plain)
    return f"{text}\n".encode()


def _plain(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    return str(value)


@dataclass(frozen=True, slots=True)
class Closed:
    """What closing did: the receipt, or the year-end draft that must be posted first."""

    receipt: Receipt | None
    draft: Draft | None


class Obstacle(NamedTuple):
    """What stands against a close: in words, whose it is, and the command that clears it (without books and names)."""

    text: str
    role: str
    command: str


def obstacles(office: Office, month: str) -> tuple[Obstacle, ...]:
    """Everything that still stands against closing a month, in the order to clear it."""
    return tuple(_obstacles(office, month))


def _obstacles(office: Office, month: str) -> Iterator[Obstacle]:
    _, until_on = month_days(month)
    book = office.book
    for draft in office.drafts:
        if draft.is_waiting and any(event.on < until_on for event in draft.content.events):
            act, role = ("review", "复核") if draft.state == "draft" else ("post", "记账")
            yield Obstacle(f"草稿 {draft.no}「{draft.content.title}」尚未记账", role, f"{act} {draft.no} --as …")
    filed = {item.statement for item in book.events(StatementFiled) if item.month == month}
    done = {item.account for item in book.events(AccountReconciled) if item.month == month and item.statement in filed}
    for account in book.pool.account:
        if book.opened_on(book.chart.cash(account.slug)) >= until_on:
            continue  # an account that was added after the month: no bank has a statement of it
        if account.slug not in done:
            text = f"{account.name}（{account.slug}）{month} 尚未对账签认"
            command = f"reconcile {month} --account {account.slug} --sign-as …"
            yield Obstacle(
                text, "制单", command if _has_statement(book, account.slug, month) else "import 对账单 --as …"
            )
        else:
            yield from (Obstacle(text, "制单", "import 流水 --as …") for text in _unlisted(office, account.slug, month))
    yield from (Obstacle(text, "制单", "import 月末贷款状况 --as …") for text in _untaped(book, month, until_on))
    if month.endswith(DECEMBER):
        for bank in book.pool.bank:
            if waiting := book.balance_fen(book.chart.unidentified(bank.code), until_on):
                text = f"年末不得有待查款项：{bank.name} {yuan_text(-waiting)} 元"
                yield Obstacle(text, "制单", "identify 款项编号 --as-what … --reason … --as …")
        yield from (Obstacle(text, "制单", command) for text, command in unshared(book, int(month[:4])))


def _has_statement(book: Book, slug: str, month: str) -> bool:
    _, until_on = month_days(month)
    statements = filed_statements(book, slug, until_on)
    return bool(statements) and statements[-1].until_on == until_on


def _unlisted(office: Office, slug: str, month: str) -> Iterator[str]:
    """What only the bank has, on days that no imported list covers: once closed, those rows could not be posted."""
    covered = {end.account: end.until_on for end in office.view().list_ends}.get(slug, date.min)
    done = reconciliation(office, slug, month)
    for item in (*done.side("bank_in"), *done.side("bank_out")):
        if item.on >= covered:
            yield f"{slug} {item.on} 的银行流水还没有导入：{yuan_text(item.amount_fen)} 元 {item.text}"


def _untaped(book: Book, month: str, until_on: date) -> Iterator[str]:
    taped = {item.loan for item in book.events(TapeConfirmed) if item.month == month}
    released = {item.loan: item.on for item in book.events(LoanReleased)}
    for bank in book.pool.bank:
        missing = [
            loan.loan
            for loan in book.events(LoanIncluded)
            if loan.bank == bank.code
            and loan.on < until_on
            and released.get(loan.loan, date.max) >= until_on
            and loan.loan not in taped
        ]
        if missing:
            shown = "、".join(missing[:3])
            yield f"{bank.name} {month} 的月末贷款状况缺 {len(missing)} 笔：{shown}{' 等' if missing[3:] else ''}"


def close(office: Office, month: str, files: Sequence[tuple[str, bytes]], *, who: Actor, second: str) -> Closed:
    """Close a month with two people: the gate, the year-end voucher in December, the receipt.

    ``files`` are the month's papers as (name, bytes): kept in the books before the receipt that seals them, so
    that a run killed between the two leaves an open month. Refused with every obstacle.
    """
    with office.locked() as store:
        book = office.book
        require(book.pool, who.id, "preparer")
        require(book.pool, second, "reviewer")
        if who.id == second:
            raise Refusal([Fault(SAME_PERSON, who.id)])
        expected = next_month(office)
        if month != expected:
            raise Refusal([Fault(CLOSED_ALREADY, month, expected=expected)])
        against = obstacles(office, month)
        if against:
            raise Refusal([Fault(NOT_READY, item.text) for item in against])
        if month.endswith(DECEMBER) and (year_end := year_end_of(book, int(month[:4]))):
            return Closed(None, office.propose(year_end, who))
        reports = tuple((name, digest(content)) for name, content in files)
        receipt = _receipt(office, month, reports, who, second)
        for name, content in files:
            store.write_unsealed(receipt.stem, name, content)
        _seal(store, receipt, who, second)
        return Closed(receipt, None)


def _seal(store: Store, seal: Receipt | Reopening, who: Actor, second: str) -> None:
    content = record_bytes(seal)
    act = "close" if isinstance(seal, Receipt) else "reopen"
    file = seal_name(seal)
    OperationLog(store).append(who.at, (who.id, second), act, (seal.month,), file=file, batch=digest(content))
    store.write_new(file, content)


def reopen(office: Office, month: str, reason: str, *, who: Actor, second: str) -> Reopening:
    """Open the last closed month again (重开): two people and a reason; its receipt and papers are kept.

    Earlier months are reached one by one, the latest first. What was signed of bank balances stays signed.
    """
    with office.locked() as store:
        book = office.book
        require(book.pool, who.id, "chief")
        require(book.pool, second, "reviewer")
        if who.id == second:
            raise Refusal([Fault(SAME_PERSON, who.id)])
        closed = receipts(office.root)
        last = closed[-1].month if closed else ""
        if month != last:
            raise Refusal([Fault(NOT_LAST, month, expected=last or "没有已结账的月份")])
        if not reason.strip():
            raise Refusal([Fault(NO_REASON, month)])
        _, until_on = month_days(month)
        reopening = Reopening(
            month=month,
            step=last_step(office.root, month) + 1,
            reopened_at=who.at.isoformat(),
            reopened_by=(who.id, second),
            reason=reason,
            receipt=digest(record_bytes(closed[-1])),
            sequence=book.batches[-1].sequence,
            chain=book.head,
            trial_balance=_trial_balance(book, until_on),
        )
        _seal(store, reopening, who, second)
        return reopening


class Change(NamedTuple):
    """An account whose balance of a month differs between two closes, in yuan text."""

    account: str
    before: str
    after: str


def changes_of(office: Office, month: str) -> tuple[Change, ...]:
    """What a reopening changed: the month's trial balance at its last reopening, and now."""
    before = [seal for seal in seals(office.root) if seal.month == month and isinstance(seal, Reopening)]
    if not before:
        return ()
    then, now = dict(before[-1].trial_balance), dict(_trial_balance(office.book, month_days(month)[1]))
    names = sorted(set(then) | set(now))
    return tuple(
        Change(name, then.get(name, "0.00"), now.get(name, "0.00"))
        for name in names
        if then.get(name, "0.00") != now.get(name, "0.00")
    )


def next_month(office: Office) -> str:
    """The month to be closed next: after the last closed one, else the books' first, whether or not it has vouchers."""
    closed = receipts(office.root)
    if closed:
        return f"{month_days(closed[-1].month)[1]:%Y-%m}"
    # An opening stands on the last day before the first month (books.md trap 2); books without one begin on their day.
    taken = [event.on + timedelta(days=1) for event in office.book.events(OpeningTaken)]
    return f"{min(taken, default=office.book.begun_on):%Y-%m}"


def _receipt(office: Office, month: str, reports: tuple[tuple[str, str], ...], who: Actor, second: str) -> Receipt:
    book = office.book
    _, until_on = month_days(month)
    sources = {(item.name, item.sha256) for item in book.documents()}
    return Receipt(
        month=month,
        step=last_step(office.root, month) + 1,
        closed_at=who.at.isoformat(),
        closed_by=(who.id, second),
        sequence=book.batches[-1].sequence,
        chain=book.head,
        trial_balance=_trial_balance(book, until_on),
        sources=tuple(sorted(sources)),
        reports=reports,
    )


def _trial_balance(book: Book, until_on: date) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(value)) for name, value in book.balances(until_on).items() if value)


def match(office: Office, slug: str, voucher: str, row: str, on: date, *, who: Actor) -> Draft:
    """Draft a person's word that a voucher and a bank's row are the same, where the program will not choose."""
    with office.locked():
        month = f"{on:%Y-%m}"
        done = reconciliation(office, slug, month)
        ours = {line.voucher for tie in done.matching.ties for line in tie.book}
        theirs = {line.key for tie in done.matching.ties for line in tie.bank}
        if voucher not in ours or row not in theirs:
            raise Refusal([Fault(NO_TIE, f"{voucher} 与 {row}", expected="、".join((*sorted(ours), *sorted(theirs))))])
        pending = [event for draft in office.drafts if draft.is_live for event in draft.content.events]
        said = [event for event in (*office.book.events(MatchConfirmed), *pending) if isinstance(event, MatchConfirmed)]
        if any(event.row == row or event.voucher_no == voucher for event in said):
            raise Refusal([Fault(TWICE, f"{voucher} 或这一行流水已经确认过对应")])
        event = MatchConfirmed(
            event_id=event_id("match", slug, voucher, row),
            on=on,
            summary=f"{voucher} 与银行流水为同一笔",
            account=slug,
            voucher_no=voucher,
            row=row,
        )
        return office.propose(Proposal("match", f"确认对应：{voucher}", [event]), who)
