"""The first page's figures: cash, loans, paid and recovered, whole, by bank and by month.

All amounts in fen, all from posted entries, computed once for each state of the books.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from ledger import accounts as acc
from ledger.book import Book, Leg, Voucher, below
from ledger.events import CaseTaken, CompensationPaid, PaymentBounced, ReceiptIdentified, RecoveryReceived
from ledger.postings import next_day

CASH = "Assets:1002银行存款"
RECEIVABLE = "Assets:1221其他应收款"
PAYABLE = "Liabilities:2241其他应付款:01应付补偿款"
UNIDENTIFIED = "Liabilities:2241其他应付款:09待查款项"
PAID_IN = "Equity:3101出资"

_FLOWS = {
    CompensationPaid.__name__: PAYABLE,
    PaymentBounced.__name__: PAYABLE,
    RecoveryReceived.__name__: RECEIVABLE,
    ReceiptIdentified.__name__: RECEIVABLE,
}
"""Which kind of event moves money, and the account whose legs say how much."""


@dataclass(frozen=True, slots=True)
class Line:
    """One bank, one month or the whole: ``cash`` and ``loans`` are balances, the others sums of a span."""

    title: str
    cash_fen: int = 0
    loans_fen: int = 0
    loan_count: int = 0
    decided_fen: int = 0
    paid_fen: int = 0
    recovered_fen: int = 0
    recourse_fen: int = 0
    payable_fen: int = 0
    receivable_fen: int = 0
    unidentified_fen: int = 0


@dataclass(frozen=True, slots=True)
class AccountLine:
    """A bank account of the pool with its present balance."""

    title: str
    account: str
    balance_fen: int


@dataclass(frozen=True)
class Figures:
    """The figures of one state of the books."""

    book: Book

    @property
    def taken_fen(self) -> int:
        """Paid on running cases before the books began: in 待追偿, and not in what these books paid."""
        return sum(event.paid_fen for event in self.book.events(CaseTaken))

    @cached_property
    def total(self) -> Line:
        """The pool as a whole, over the whole life of the books."""
        return _tallied(self.book.vouchers).line("合计")

    @cached_property
    def in_transit_fen(self) -> int:
        """Money between two of our accounts."""
        return self.book.balance_fen(acc.IN_TRANSIT)

    @cached_property
    def paid_in_fen(self) -> int:
        """What the contributors have paid in."""
        return -self.book.balance_fen(PAID_IN)

    @cached_property
    def accounts(self) -> tuple[AccountLine, ...]:
        """Each bank account, in pool.toml's order."""
        chart = self.book.chart
        return tuple(
            AccountLine(item.name, chart.cash(item.slug), self.book.balance_fen(chart.cash(item.slug)))
            for item in self.book.pool.account
        )

    @cached_property
    def by_bank(self) -> tuple[Line, ...]:
        """A line a bank, in pool.toml's order."""
        chart = self.book.chart
        components = [(bank.name, chart.loans_of(bank.code).rsplit(":", 1)[1]) for bank in self.book.pool.bank]
        return tuple(_tallied(self.book.vouchers, component).line(name) for name, component in components)

    @cached_property
    def by_month(self) -> tuple[Line, ...]:
        """A line a month from the first posted to the last: closing balances and the month's sums."""
        by_month: dict[str, list[Voucher]] = {month: [] for month in _months(self.book)}
        for voucher in self.book.vouchers:
            by_month[voucher.month].append(voucher)
        tally, before, lines = _Tally(), Line(""), []
        for month, vouchers in by_month.items():
            for voucher in vouchers:
                tally.add(voucher)
            closing = tally.line(month)
            lines.append(
                replace(
                    closing,
                    paid_fen=closing.paid_fen - before.paid_fen,
                    recovered_fen=closing.recovered_fen - before.recovered_fen,
                )
            )
            before = closing
        return tuple(lines)


@dataclass
class _Tally:
    """Running sums over vouchers, of one bank (its account component) or of all (empty)."""

    bank: str = ""
    sums: Counter[str] = field(default_factory=Counter)
    loans: Counter[str] = field(default_factory=Counter)

    def add(self, voucher: Voucher) -> None:
        """Count a voucher's legs in."""
        moved = _FLOWS.get(voucher.kind, "") if voucher.is_money else ""
        for leg in voucher.legs:
            if self.bank and self.bank not in leg.account.split(":"):
                continue
            for name in _places(leg):
                self.sums[name] += leg.fen
            if below(leg.account, acc.LOANS):
                self.loans[leg.account.removesuffix(f":{acc.DECIDED}")] += leg.fen
            # A bounced payment stands in the same account with the other sign: sums are net, as in the monthly report.
            if moved and below(leg.account, moved):
                self.sums["paid" if moved == PAYABLE else "recovered"] += leg.fen

    def line(self, title: str) -> Line:
        """The sums so far, with the signs that people read."""
        return Line(
            title,
            cash_fen=self.sums["cash"],
            loans_fen=self.sums["loans"],
            loan_count=sum(1 for left in self.loans.values() if left),
            decided_fen=self.sums["decided"],
            paid_fen=self.sums["paid"],
            recovered_fen=-self.sums["recovered"],
            recourse_fen=self.sums["recourse"],
            payable_fen=-self.sums["payable"],
            receivable_fen=self.sums["receivable"],
            unidentified_fen=-self.sums["unidentified"],
        )


def _tallied(vouchers: Iterable[Voucher], bank: str = "") -> _Tally:
    tally = _Tally(bank)
    for voucher in vouchers:
        tally.add(voucher)
    return tally


def _places(leg: Leg) -> list[str]:
    roots = {
        "cash": CASH,
        "loans": acc.LOANS,
        "recourse": acc.RECOURSES,
        "payable": PAYABLE,
        "receivable": RECEIVABLE,
        "unidentified": UNIDENTIFIED,
    }
    found = [name for name, root in roots.items() if below(leg.account, root)]
    return [*found, "decided"] if leg.account.endswith(f":{acc.DECIDED}") else found


def _months(book: Book) -> list[str]:
    days = [item.on for item in book.vouchers]
    if not days:
        return []
    month, last = f"{min(days):%Y-%m}", f"{max(days):%Y-%m}"
    months = [month]
    while month < last:
        first: date = next_day(month)
        month = f"{first:%Y-%m}"
        months.append(month)
    return months
