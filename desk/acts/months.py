"""A month's end: reconcile each account, close the month, keep the receipt."""

import dataclasses
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pydantic import BaseModel

from desk.acts.office import Actor, Office, Proposal, month_days
from ledger.book import Book
from ledger.drafts import Draft
from ledger.events import (
    AccountReconciled,
    ContributorShare,
    LoanIncluded,
    LoanReleased,
    TapeConfirmed,
    YearClosed,
)
from ledger.faults import ExitCode, Fault, FaultKind, Refusal
from ledger.ids import event_id
from ledger.money import allocate, fen_of_yuan, yuan, yuan_text
from ledger.oplog import OperationLog, record_bytes
from ledger.provenance import digest
from ledger.seal import Receipt, receipts
from ledger.signing import SAME_PERSON, require
from reports.reconciliation.lines import filed_statements
from reports.reconciliation.result import Reconciliation, reconcile

NOT_READY = FaultKind(
    "结账-条件-01",
    "这个月还不能结账",
    "凭证全部记账、各户对平、待查有说明、贷款月报齐全",
    "逐项办妥后再结账；riskpool status 列出下一步。",
    ExitCode.FINDINGS,
)
CLOSED_ALREADY = FaultKind("结账-月份-01", "结账的月份不对", "最早的未结账月份", "按月份次序结账。", ExitCode.REFUSED)
KINDS = (NOT_READY, CLOSED_ALREADY)
DECEMBER = "-12"


def reconciliation(office: Office, slug: str, month: str) -> Reconciliation:
    """Compare an account's month with its statement; pure, nothing is written."""
    _, until_on = month_days(month)
    book = office.book
    confirmed: list[tuple[str, str]] = []
    return reconcile(book, slug, filed_statements(book, slug, until_on), confirmed=confirmed)


def sign_off(office: Office, slug: str, month: str, *, who: Actor) -> Draft:
    """Draft the sign-off of a reconciled account: it writes the exact balance assertion. Refused with findings."""
    with office.locked() as store:
        done = reconciliation(office, slug, month)
        if not done.holds:
            found = "；".join(done.findings) or (
                f"调节后仍相差 {yuan_text(done.adjusted_book_fen - done.adjusted_statement_fen)} 元"
            )
            raise Refusal([Fault(NOT_READY, f"{slug} {month}：{found}")])
        record = working_paper(done)
        store.write_new(f"reconciliations/{month}-{slug}-{digest(record)[:12]}.json", record)
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
        return office.propose(Proposal("reconcile", f"{month} 对账签认：{name}", [event]), who)


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


def obstacles(office: Office, month: str) -> tuple[str, ...]:
    """Everything that still stands against closing a month, in the order to clear it."""
    return tuple(_obstacles(office, month))


def _obstacles(office: Office, month: str) -> Iterator[str]:
    _, until_on = month_days(month)
    book = office.book
    for draft in office.drafts:
        if draft.state in {"draft", "reviewed"} and any(event.on < until_on for event in draft.content.events):
            yield f"草稿 {draft.no}「{draft.content.title}」尚未记账"
    done = {(item.account, item.month) for item in book.events(AccountReconciled)}
    for account in book.pool.account:
        if (account.slug, month) not in done:
            yield f"{account.name}（{account.slug}）{month} 尚未对账签认"
    yield from _untaped(book, month, until_on)
    for _, slug, amount in office.view().unidentified:
        if month.endswith(DECEMBER):
            yield f"年末不得有待查款项：{slug} {yuan_text(amount)} 元"


def _untaped(book: Book, month: str, until_on: date) -> Iterator[str]:
    taped = {item.loan for item in book.events(TapeConfirmed) if item.month == month}
    released = {item.loan: item.on for item in book.events(LoanReleased)}
    for loan in book.events(LoanIncluded):
        gone_on = released.get(loan.loan, date.max)
        if loan.on < until_on and gone_on >= until_on and loan.loan not in taped:
            yield f"贷款 {loan.loan} 没有 {month} 的月末贷款状况"


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
        expected = _next_month(office)
        if month != expected:
            raise Refusal([Fault(CLOSED_ALREADY, month, expected=expected)])
        against = obstacles(office, month)
        if against:
            raise Refusal([Fault(NOT_READY, text) for text in against])
        if month.endswith(DECEMBER) and int(month[:4]) not in {item.year for item in book.events(YearClosed)}:
            return Closed(None, office.propose(_year_end(book, int(month[:4])), who))
        for name, content in files:
            store.write_unsealed(month, f"papers/{month}/{name}", content)
        reports = tuple((name, digest(content)) for name, content in files)
        receipt = _receipt(office, month, reports, who, second)
        seal = record_bytes(receipt)
        OperationLog(store).append(who.at, (who.id, second), "close", (month,), digest(seal))
        store.write_new(f"seals/{month}.json", seal)
        return Closed(receipt, None)


def _next_month(office: Office) -> str:
    closed = receipts(office.root)
    if closed:
        return f"{month_days(closed[-1].month)[1]:%Y-%m}"
    first = min(voucher.on for voucher in office.book.vouchers)
    # The opening stands on the last day before the first month (books.md trap 2).
    return f"{first + timedelta(days=1):%Y-%m}"


def _receipt(office: Office, month: str, reports: tuple[tuple[str, str], ...], who: Actor, second: str) -> Receipt:
    book = office.book
    _, until_on = month_days(month)
    sources = {(item.name, item.sha256) for item in book.documents()}
    return Receipt(
        month=month,
        closed_at=who.at.isoformat(),
        closed_by=(who.id, second),
        sequence=book.batches[-1].sequence,
        chain=book.head,
        trial_balance=tuple((name, str(value)) for name, value in book.balances(until_on).items() if value),
        sources=tuple(sorted(sources)),
        reports=reports,
    )


def _year_end(book: Book, year: int) -> Proposal:
    """The year's result by contributor: what each bore and got back, interest and fees by paid-in shares."""
    own: dict[str, int] = {party.no: 0 for party in book.pool.contributor}
    common = 0
    for voucher in book.vouchers:
        if voucher.on.year == year:
            for leg in voucher.legs:
                if leg.commodity == "CNY" and leg.account.startswith(("Income:", "Expenses:")):
                    if leg.contributor:
                        own[leg.contributor] -= leg.fen
                    else:
                        common -= leg.fen
    until_on = date(year + 1, 1, 1)
    paid_in = [-fen_of_yuan(book.balance(book.chart.paid_in(no), until_on)) for no in own]
    shared = allocate(common, paid_in, residual=0)
    shares = tuple(
        ContributorShare(contributor=no, amount_fen=amount + extra)
        for (no, amount), extra in zip(own.items(), shared, strict=True)
    )
    event = YearClosed(
        event_id=event_id("year", year),
        on=date(year, 12, 31),
        # No text states whose the interest is; the summary says that paid-in shares are our convention.
        summary=f"{year} 年度结余转入累计结余（利息、手续费按实缴出资分摊，系约定）",
        year=year,
        shares=shares,
    )
    total = yuan(sum(share.amount_fen for share in shares))
    return Proposal("year-end", f"{year} 年末结转 {total} 元", [event])
