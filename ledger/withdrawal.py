"""Taking an event back (撤回): the event that cancels every entry of another in red, at the day it is made.

What was before the event is so again. Which may be taken back, and what goes first, says :mod:`ledger.withdrawable`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from beancount.core import data

from ledger.book import Book, Voucher
from ledger.events import (
    AnyEvent,
    EventWithdrawn,
    RedEntry,
    RedLeg,
    RuleAdopted,
    VoucherLine,
)
from ledger.faults import ExitCode, Fault, FaultKind, Refusal
from ledger.ids import EventId, event_id
from ledger.postings import links_of
from ledger.withdrawable import BANK_ROWS_IN, KIND_OF, QUESTIONS, adjusted

NOT_WITHDRAWABLE = FaultKind(
    "更正-撤回-01",
    "这类事项不能撤回",
    "资金、贷款、质押、保险、案件的事项",
    "银行的月末贷款状况、期初余额、已确认的付款是事实，不撤回：以后来的事项反映变化（下月月报、退汇、补偿退回）。",
    ExitCode.REFUSED,
)
BUILT_UPON = FaultKind(
    "更正-撤回-02",
    "后来的事项以它为依据",
    "没有后续事项的记录",
    "先撤回后来的事项，再撤回这一件。",
    ExitCode.REFUSED,
)
WITHDRAWN_BEFORE = FaultKind(
    "更正-撤回-03",
    "已经撤回或更正过",
    "每张凭证至多注销一次",
    "用 riskpool report voucher 查看注销它的凭证。",
    ExitCode.REFUSED,
)
TOO_EARLY = FaultKind("更正-撤回-04", "撤回的日期早于原事项", "不早于原事项的日期", "改正 --on。", ExitCode.REFUSED)
NO_CONTRIBUTOR = FaultKind(
    "更正-撤回-05",
    "以前年度的收支没有写明出资方",
    "以前年度的损益转到各出资方的累计结余",
    "用 riskpool adjust --prior-year 写明各行后更正。",
    ExitCode.REFUSED,
)
KINDS = (NOT_WITHDRAWABLE, BUILT_UPON, WITHDRAWN_BEFORE, TOO_EARLY, NO_CONTRIBUTOR)

Cause = Literal["mistake", "withdrawn", "incomplete"]


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks: the event, why, from which day, the right lines in its place, who among the chiefs."""

    event: EventId
    cause: Cause
    reason: str
    on: date
    blue: Sequence[VoucherLine] = ()
    chief: str = ""


def withdrawal_of(book: Book, asked: Request) -> EventWithdrawn:
    """The event that takes another back, with all its red entries.

    Raises:
        Refusal: its kind is not taken back, something was built on it, or it was taken back before.
    """
    kind = book.kind_of(asked.event)
    if asked.event in book.withdrawn:
        raise Refusal([Fault(WITHDRAWN_BEFORE, asked.event)])
    if kind not in QUESTIONS:
        said = "、".join(voucher.no for voucher in book.voucher_of(asked.event)) or asked.event
        raise Refusal([Fault(NOT_WITHDRAWABLE, f"{said} 是不撤回的事项（{kind}）")])
    event = book.event(KIND_OF[kind], asked.event)
    if asked.on < event.on:
        raise Refusal([Fault(TOO_EARLY, f"{event.on} {event.summary}")])
    if against := [*QUESTIONS[kind](book, event), *adjusted(book, event)]:
        raise Refusal([Fault(BUILT_UPON, text) for text in against])
    vouchers = _in_order(book.voucher_of(asked.event))
    slug = _bank_account(event) if not asked.blue else None
    return EventWithdrawn(
        event_id=event_id("withdraw", asked.event),
        on=asked.on,
        summary=f"撤回：{event.summary}"[:500],
        withdraws=asked.event,
        was=kind,
        place=_place(book, asked.event),
        cause=asked.cause,
        reason=asked.reason,
        red=tuple(_red(book, voucher, asked.on.year) for voucher in vouchers),
        blue=tuple(asked.blue) or _inquiry(book, slug, vouchers),
        inquiry_fen=_cash_in(book, slug, vouchers) if slug else 0,
        cash=slug,
        trail=tuple(sorted(links_of(event))),
        restores=_rule_before(book, event),
        chief=asked.chief,
    )


def _in_order(vouchers: Sequence[Voucher]) -> tuple[Voucher, ...]:
    """As they stand in their batch: numbers of one event may lie in two series."""
    return tuple(sorted(vouchers, key=lambda item: (not item.is_money, item.no)))


def _red(book: Book, voucher: Voucher, year: int) -> RedEntry:
    """The exact negative; in a later year, results go to accumulated results instead."""
    is_restated = voucher.on.year != year and any(_is_result(leg.account) for leg in voucher.legs)
    legs = []
    for leg in voucher.legs:
        account = leg.account
        if is_restated and _is_result(account):
            if not leg.contributor:
                raise Refusal([Fault(NO_CONTRIBUTOR, f"{voucher.no} {account}")])
            account = book.chart.accumulated(leg.contributor)
        legs.append(RedLeg(account=account, number=-leg.number, commodity=leg.commodity, contributor=leg.contributor))
    return RedEntry(no=voucher.no, on=voucher.on, legs=tuple(legs), restated=is_restated)


def _is_result(account: str) -> bool:
    return account.startswith(("Income:", "Expenses:"))


def _place(book: Book, event: EventId) -> str:
    """An account that the event touched, for a remark."""
    for entry in book.entries_of(event):
        if isinstance(entry, data.Transaction):
            return entry.postings[0].account
        if isinstance(entry, data.Open | data.Note | data.Balance):
            return entry.account
    raise AssertionError(f"{event} touches no account")


def _bank_account(event: AnyEvent) -> str | None:
    """The bank account whose row is the event's basis: the money is there, whatever it was taken for."""
    if isinstance(event, BANK_ROWS_IN):
        return event.account
    return None


def _cash_in(book: Book, slug: str, vouchers: Sequence[Voucher]) -> int:
    cash = book.chart.cash(slug)
    return sum(leg.fen for voucher in vouchers for leg in voucher.legs if leg.account == cash)


def _inquiry(book: Book, slug: str | None, vouchers: Sequence[Voucher]) -> tuple[VoucherLine, ...]:
    """The blue voucher of money that a bank's row shows and that now bears no name: 待查款项."""
    if slug is None:
        return ()
    amount = _cash_in(book, slug, vouchers)
    waiting = book.chart.unidentified(book.pool.account_of(slug).bank)
    return (
        VoucherLine(account=book.chart.cash(slug), amount_fen=amount),
        VoucherLine(account=waiting, amount_fen=-amount),
    )


def _rule_before(book: Book, event: AnyEvent) -> str:
    """Where an adoption is taken back: the text that was the last one adopted before it, else "none"."""
    if not isinstance(event, RuleAdopted):
        return ""
    others = [item for item in book.events(RuleAdopted) if item.event_id != event.event_id]
    return others[-1].rule if others else "none"
