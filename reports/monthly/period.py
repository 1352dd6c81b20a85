"""The month that a report tells of, with quick ways from accounts and events to vouchers."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TypeVar

from ledger.accounts import CNY
from ledger.book import Book, Voucher, below
from ledger.events import Event
from ledger.ids import EventId
from reports.footing import Issue
from reports.monthly.figures import Figure, fen

E = TypeVar("E", bound=Event)
SPANS = (("month", "本月"), ("year", "本年累计"), ("all", "开账以来"))


@dataclass(frozen=True)
class Period:
    """A book and the month that ends on ``issue.as_of``."""

    book: Book
    issue: Issue

    @property
    def month_on(self) -> date:
        """The month's first day."""
        return self.issue.as_of.replace(day=1)

    @property
    def until_on(self) -> date:
        """The first day after the month."""
        return self.issue.until_on

    def from_on(self, span: str) -> date:
        """Where a span of :data:`SPANS` begins."""
        starts = {"month": self.month_on, "year": self.month_on.replace(month=1), "all": date.min}
        return starts[span]

    def events(self, kind: type[E], span: str = "all") -> list[E]:
        """The events of a kind in a span, as they stood at the month's end: what was withdrawn later is among them."""
        found = self.book.events(kind, self.until_on)
        return [event for event in found if self.from_on(span) <= event.on < self.until_on]

    def numbers(self, events: Iterable[Event | EventId]) -> list[str]:
        """The vouchers of some events."""
        ids = [event if isinstance(event, str) else event.event_id for event in events]
        return [voucher.no for each in ids for voucher in self.book.voucher_of(each) if voucher.on < self.until_on]

    @cached_property
    def _by_account(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for voucher in self.book.vouchers:
            if voucher.on < self.until_on:
                for account in dict.fromkeys(leg.account for leg in voucher.legs):
                    found.setdefault(account, []).append(voucher.no)
        return found

    def on_account(self, account: str) -> list[str]:
        """The vouchers that touched an account or one below it, up to the month's end."""
        return [no for name, numbers in self._by_account.items() if below(name, account) for no in numbers]

    def balance(self, account: str, commodity: str = CNY, sign: int = 1) -> Figure:
        """An account's balance at the month's end."""
        return fen(sign * self.book.balance_fen(account, self.until_on, commodity), self.on_account(account))

    def opening(self, account: str) -> Figure:
        """An account's balance when the month begins, and the vouchers before it."""
        before = [voucher.no for voucher in self.book.vouchers_of(account, until_on=self.month_on)]
        return fen(self.book.balance_fen(account, self.month_on), before)

    def moved(self, account: str, span: str, sign: int, keep: Callable[[Voucher], bool] = lambda _: True) -> Figure:
        """What the vouchers of a span that ``keep`` chooses did to an account, times ``sign``."""
        total, numbers = 0, []
        for voucher in self.book.vouchers_of(account, self.from_on(span), self.until_on):
            if voucher.is_money and keep(voucher):
                total += sum(leg.fen for leg in voucher.legs if below(leg.account, account))
                numbers.append(voucher.no)
        return fen(sign * total, numbers)
