"""The money: balances by account, contributions, compensation paid, recoveries, interest and fees."""

from ledger import accounts as acc
from ledger.book import Book, Voucher
from ledger.events import (
    CompensationPaid,
    EventWithdrawn,
    OpeningTaken,
    PaymentBounced,
    ReceiptIdentified,
    ReceiptReturned,
    ReceiptUnidentified,
    RecoveryReceived,
)
from reports.monthly.figures import Block, Figure, Line, fen
from reports.monthly.period import SPANS, Period

RECEIPTS = (RecoveryReceived.__name__, ReceiptIdentified.__name__)


def cash_blocks(period: Period) -> list[Block]:
    """Balances; then what came in and went out, by month, year and in all."""
    return [_balances(period), _contributions(period), _flows(period), _waiting(period)]


def _balances(period: Period) -> Block:
    book = period.book
    lines = []
    for item in book.pool.account:
        account = book.chart.cash(item.slug)
        opening = period.opening(account)
        change = period.moved(account, "month", 1)
        lines.append(Line(item.slug, item.name, (opening, change, period.balance(account))))
    opening = period.opening(acc.IN_TRANSIT)
    lines.append(
        Line("transit", "在途资金", (opening, period.moved(acc.IN_TRANSIT, "month", 1), period.balance(acc.IN_TRANSIT)))
    )
    columns = (("opening", "月初余额"), ("change", "本月净增减"), ("balance", "月末余额"))
    return Block("cash", "一、池内资金", "账户", columns, tuple(lines), ("opening", "change", "balance"))


def _contributions(period: Period) -> Block:
    book = period.book
    lines = []
    for party in book.pool.contributor:
        account = book.chart.paid_in(party.no)
        month, year = (period.moved(account, span, -1, _is_no_opening) for span in ("month", "year"))
        lines.append(Line(party.no, party.name, (month, year, period.balance(account, sign=-1))))
    columns = (("month", "本月到账"), ("year", "本年累计"), ("all", "累计出资"))
    return Block("contributions", "二、出资", "出资方", columns, tuple(lines), ("month", "year", "all"))


def _is_no_opening(voucher: Voucher) -> bool:
    return voucher.kind != OpeningTaken.__name__


def _flows(period: Period) -> Block:
    lines = (
        Line("paid", "补偿款实付（扣除退汇）", tuple(_paid(period, span) for span, _ in SPANS)),
        Line("decided", "补偿支出（按裁决）", tuple(period.moved(acc.COMPENSATION, span, 1) for span, _ in SPANS)),
        Line("recovered", "追偿收回（按通知）", tuple(period.moved(acc.RECOVERY, span, -1) for span, _ in SPANS)),
        Line("received", "追偿款到账", tuple(_received(period, span) for span, _ in SPANS)),
        Line("interest", "专户利息", tuple(period.moved(acc.INTEREST, span, -1) for span, _ in SPANS)),
        Line("fees", "手续费", tuple(period.moved(acc.FEES, span, 1) for span, _ in SPANS)),
    )
    return Block("flows", "三、补偿、追偿与损益", "项目", SPANS, lines)


def _paid(period: Period, span: str) -> Figure:
    paid, bounced = period.events(CompensationPaid, span), period.events(PaymentBounced, span)
    total = sum(event.amount_fen for event in paid) - sum(event.amount_fen for event in bounced)
    return fen(total, _money(period, [*paid, *bounced]))


def _received(period: Period, span: str) -> Figure:
    # A recovery may also arrive unnamed and be identified later: both end on the bank's receivable.
    accounts = [period.book.chart.receivable(bank.code) for bank in period.book.pool.bank]
    parts = [period.moved(account, span, -1, lambda voucher: _arrived(period.book, voucher)) for account in accounts]
    return fen(sum(part.value for part in parts), (no for part in parts for no in part.vouchers))


def _arrived(book: Book, voucher: Voucher) -> bool:
    """A receipt, or what takes one back: money that goes under inquiry and is named again comes once."""
    kind = voucher.kind
    return (book.event(EventWithdrawn, voucher.event).was if kind == EventWithdrawn.__name__ else kind) in RECEIPTS


def _money(period: Period, events: list[CompensationPaid | PaymentBounced]) -> list[str]:
    return [no for no in period.numbers(events) if no.startswith("记")]


def _waiting(period: Period) -> Block:
    book = period.book
    lines = []
    for bank in book.pool.bank:
        receivable = period.balance(book.chart.receivable(bank.code))
        payable = period.balance(book.chart.payable(bank.code), sign=-1)
        unnamed = period.balance(book.chart.unidentified(bank.code), sign=-1)
        lines.append(Line(bank.code, bank.name, (receivable, payable, unnamed)))
    columns = (("receivable", "应收追偿款"), ("payable", "已裁决未付"), ("unidentified", "待查款项"))
    return Block("waiting", "四、月末应收应付与待查", "银行", columns, tuple(lines), tuple(key for key, _ in columns))


def unidentified_lines(period: Period) -> tuple[str, ...]:
    """A sentence for each receipt that nobody has named yet, with its age."""
    closed = {event.receipt for event in period.events(ReceiptIdentified)}
    closed |= {event.receipt for event in period.events(ReceiptReturned)}
    put_there = (event for event in period.events(EventWithdrawn) if event.inquiry_fen)
    return tuple(
        f"待查款项：{event.on.isoformat()} {event.summary}，账龄 {(period.issue.as_of - event.on).days} 天"
        for event in (*period.events(ReceiptUnidentified), *put_there)
        if event.event_id not in closed
    )
