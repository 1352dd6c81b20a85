"""Money we move or name ourselves: instructions, unidentified receipts, vouchers by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from desk.acts.office import Actor, Office, Proposal, attached
from ledger.accounts import FEES, IN_TRANSIT, INTEREST
from ledger.book import Book
from ledger.casefiles import case_files
from ledger.drafts import Draft
from ledger.events import (
    CompensationPaid,
    ContributionReturned,
    DepositPlaced,
    EventWithdrawn,
    ManualVoucher,
    ReceiptIdentified,
    ReceiptUnidentified,
    TransferSent,
    VoucherLine,
)
from ledger.faults import ExitCode, Fault, FaultKind, Refusal
from ledger.ids import event_id
from ledger.money import yuan_text
from ledger.papers import Attachment
from ledger.provenance import SHORT

UNKNOWN_RECEIPT = FaultKind(
    "资金-待查-01", "没有这笔待查款项", "riskpool status 列出的待查款项编号", "用 riskpool status 查看尚未认领的款项。"
)
NOTHING_DUE = FaultKind(
    "资金-付款-01",
    "这个案件没有待付的补偿款",
    "已裁决、未付或已退汇的案件",
    "先运行 riskpool decide；核定后排队的，先由 riskpool fund 安排资金；已付的案件不再付款。",
    ExitCode.REFUSED,
)
UNKNOWN_ACCOUNT = FaultKind("资金-账户-01", "没有这个账户", "pool.toml 中 account 的 slug", "检查账户代号。")
UNBALANCED = FaultKind(
    "资金-凭证-01", "手工凭证不成立", "两行以上、借贷相等、只用现金类科目的分录", "改正分录后重新提交。"
)
OVER_PAID_IN = FaultKind(
    "资金-出资-01", "退回的出资不成立", "大于零、不超过该方实缴余额", "核对出资方和金额。", ExitCode.REFUSED
)
NO_TARGET = FaultKind(
    "资金-待查-02",
    "认领的对象不明",
    "认领为出资的写明出资方编号；认领为追偿款的写明账内案件编号",
    "补上 --contributor 或 --case 后重新运行。",
)
BAD_TRANSFER = FaultKind(
    "资金-划转-01", "这笔划转不成立", "从专户转到另一账户，金额大于零", "改正账户或金额后重新提交。"
)
KINDS = (
    OVER_PAID_IN,
    BAD_TRANSFER,
    NO_TARGET,
    UNKNOWN_RECEIPT,
    NOTHING_DUE,
    UNKNOWN_ACCOUNT,
    UNBALANCED,
)


def _account(office: Office, slug: str) -> None:
    if slug not in {item.slug for item in office.book.pool.account}:
        raise Refusal([Fault(UNKNOWN_ACCOUNT, slug)])


def pay(office: Office, case: str, account: str, instruction: str, on: date, *, who: Actor) -> Draft:
    """Draft the payment of a decided case: the whole part neither paid nor drafted, dated the day it is sent."""
    with office.locked():
        _account(office, account)
        found = case_files(office.book).get(case)
        drafted = [
            (draft.no, event.amount_fen)
            for draft in office.drafts
            if draft.is_waiting
            for event in draft.content.events
            if isinstance(event, CompensationPaid) and event.case == case
        ]
        due = (found.due_fen if found else 0) - sum(fen for _, fen in drafted)
        if found is None or due <= 0:
            waiting = "、".join(f"草稿 {no} 拨付 {yuan_text(fen)} 元" for no, fen in drafted)
            remedy = "先复核、记账，或退回这份草稿。" if drafted else ""
            raise Refusal([Fault(NOTHING_DUE, f"{case}{f'：{waiting}，待记账' if drafted else ''}", remedy=remedy)])
        event = CompensationPaid(
            event_id=event_id("pay", instruction),
            on=on,
            summary=f"拨付风险补偿款 {case}",
            case=case,
            bank=found.bank,
            account=account,
            amount_fen=due,
            instruction_no=instruction,
        )
        ruling = found.redecided[-1] if found.redecided else found.decided
        assert ruling is not None, "what is due was decided"
        basis = Attachment(
            path=f"documents/{ruling.decision[:SHORT]}-decision.json",
            account=office.book.chart.claim(found.bank, case),
            name=f"裁决 {case}",
            sha256=ruling.decision,
            sort="decision",
            link=f"case-{case}",
        )
        title = f"拨付 {case} 补偿款 {yuan_text(due)} 元"
        return office.propose(Proposal("pay", title, [event], documents=[basis]), who)


def return_contribution(
    office: Office,
    contributor: str,
    account: str,
    amount_fen: int,
    instruction: str,
    reason: str,
    on: date,
    *,
    who: Actor,
) -> Draft:
    """Draft the return of part of a contribution: an instruction of ours, whose bank row will bear it out."""
    with office.locked():
        _account(office, account)
        book = office.book
        if contributor not in {item.no for item in book.pool.contributor}:
            raise Refusal([Fault(NO_TARGET, f"出资方 {contributor}")])
        waiting = sum(
            event.amount_fen
            for draft in office.drafts
            if draft.is_waiting
            for event in draft.content.events
            if isinstance(event, ContributionReturned) and event.contributor == contributor
        )
        refuse_over_paid_in(book, contributor, amount_fen, waiting)
        name = next(item.name for item in book.pool.contributor if item.no == contributor)
        event = ContributionReturned(
            event_id=event_id("pay", instruction),
            on=on,
            summary=f"退回{name}出资",
            account=account,
            contributor=contributor,
            amount_fen=amount_fen,
            instruction_no=instruction,
            reason=reason,
        )
        return office.propose(Proposal("return-paid-in", f"{event.summary} {yuan_text(amount_fen)} 元", [event]), who)


def refuse_over_paid_in(book: Book, contributor: str, amount_fen: int, waiting_fen: int = 0) -> None:
    """No more goes back to a contributor than it has paid in, drafts that wait counted; asked again at posting."""
    paid_in = -book.balance_fen(book.chart.paid_in(contributor))
    if not 0 < amount_fen <= paid_in - waiting_fen:
        drafted = f"，已制单待记账的退回 {yuan_text(waiting_fen)} 元" if waiting_fen else ""
        found = f"出资方 {contributor} 实缴 {yuan_text(paid_in)} 元{drafted}，退回 {yuan_text(amount_fen)} 元"
        raise Refusal([Fault(OVER_PAID_IN, found)])


def transfer(
    office: Office, account: str, to: str, amount_fen: int, instruction: str, on: date, *, who: Actor
) -> Draft:
    """Draft an internal transfer, or a time deposit when ``to`` is a deposit account."""
    with office.locked():
        _account(office, account)
        _account(office, to)
        if amount_fen <= 0 or to == account or office.book.pool.account_of(account).sort != "dedicated":
            raise Refusal([Fault(BAD_TRANSFER, f"{account} → {to} {yuan_text(amount_fen)} 元")])
        event: TransferSent | DepositPlaced
        if office.book.pool.account_of(to).sort == "deposit":
            event = DepositPlaced(
                event_id=event_id("pay", instruction),
                on=on,
                summary="存入定期",
                account=account,
                deposit=to,
                amount_fen=amount_fen,
                instruction_no=instruction,
            )
        else:
            event = TransferSent(
                event_id=event_id("pay", instruction),
                on=on,
                summary="专户间划转",
                account=account,
                to_account=to,
                amount_fen=amount_fen,
                instruction_no=instruction,
            )
        title = f"{event.summary} {yuan_text(amount_fen)} 元"
        return office.propose(Proposal("transfer", title, [event]), who)


def identify(
    office: Office,
    receipt: str,
    target: Literal["contribution", "interest", "recovery"],
    reason: str,
    on: date,
    *,
    contributor: str | None = None,
    case: str | None = None,
    who: Actor,
) -> Draft:
    """Draft the naming of an unidentified receipt: a contribution, a recovery, or interest."""
    with office.locked():
        found = [item for item in office.view().unidentified if item[0] == receipt]
        if not found:
            raise Refusal([Fault(UNKNOWN_RECEIPT, receipt)])
        _, account, amount = found[0]
        file = case_files(office.book).get(case) if case else None
        faults = [Fault(NO_TARGET, "未写明出资方")] if target == "contribution" and not contributor else []
        if contributor and contributor not in {party.no for party in office.book.pool.contributor}:
            faults.append(Fault(NO_TARGET, f"出资方 {contributor}"))
        if target == "recovery":
            due = {item.case: item.amount_fen for item in office.view().receivables}
            if amount > due.get(case or "", 0):
                found_text = f"案件 {case or '（未写明）'} 应收 {yuan_text(due.get(case or '', 0))} 元"
                faults.append(Fault(NO_TARGET, found_text, expected="银行已通知、尚未到账的追偿款不少于这笔款项"))
        begun = (*office.book.events(ReceiptUnidentified), *office.book.events(EventWithdrawn))
        if any(event.on > on for event in begun if event.event_id == receipt):
            faults.append(Fault(NO_TARGET, f"{on} 早于到账日、转入待查的日期"))
        if faults:
            raise Refusal(faults)
        event = ReceiptIdentified(
            event_id=event_id("identify", receipt),
            on=on,
            summary=f"待查款项认领：{reason}",
            receipt=receipt,
            account=account,
            amount_fen=amount,
            target=target,
            contributor=contributor,
            case=case,
            bank=file.bank if file else None,
            reason=reason,
        )
        return office.propose(Proposal("identify", f"认领待查款项 {yuan_text(amount)} 元", [event]), who)


@dataclass(frozen=True, slots=True)
class HandVoucher:
    """A voucher as somebody wrote it; ``number`` is the office's own paper number, its identity."""

    number: str
    summary: str
    reason: str
    lines: tuple[VoucherLine, ...]


def by_hand(book: Book) -> frozenset[str]:
    """Accounts that a hand may book on: payables, receivables and compensation have acts of their own."""
    pool, chart = book.pool, book.chart
    cash = {chart.cash(account.slug) for account in pool.account}
    parties = {name for party in pool.contributor for name in (chart.paid_in(party.no), chart.accumulated(party.no))}
    return frozenset(cash | parties | {IN_TRANSIT, INTEREST, FEES})


def manual(office: Office, written: HandVoucher, on: date, *, papers: Sequence[tuple[str, bytes]], who: Actor) -> Draft:
    """Draft a voucher written by hand; only cash-side accounts of the chart, balanced."""
    with office.locked():
        book = office.book
        known = by_hand(book)
        faults = [Fault(UNBALANCED, f"科目 {line.account}") for line in written.lines if line.account not in known]
        residue = sum(line.amount_fen for line in written.lines)
        if residue or len(written.lines) < 2:
            faults.append(Fault(UNBALANCED, f"借贷相差 {yuan_text(residue)}"))
        if not papers:
            faults.append(Fault(UNBALANCED, "没有附件"))
        if faults:
            raise Refusal(faults)
        event = ManualVoucher(
            event_id=event_id("manual", written.number),
            on=on,
            summary=written.summary,
            lines=written.lines,
            reason=written.reason,
            attachments=len(papers),
        )
        documents = attached(papers, written.lines[0].account)
        proposal = Proposal("manual", f"手工凭证：{written.summary}", [event], documents=documents)
        return office.propose(proposal, who, keep=lambda: office.put_away(documents, papers))
