"""Directives of one event under construction, legs, and which function makes the entries of which kind."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from beancount.core import data
from beancount.core.amount import Amount

from ledger import accounts as acc
from ledger.accounts import Chart
from ledger.events import ContributorShare, Event, VoucherLine
from ledger.facts import meta_of
from ledger.money import yuan
from ledger.slots import bare

VOUCHER, REGISTER, RED, ADJUST = "voucher", "register", "red", "adjust"
EXACT = Decimal(0)
"""Every balance assertion is written ``~ 0``: beancount's default forgives a fen."""


@dataclass
class Making:
    """Directives of one event under construction; the first one carries the event's facts."""

    event: Event
    chart: Chart
    opened: Collection[str]
    made: list[data.Directive] = field(default_factory=list)
    links: frozenset[str] = frozenset()

    def meta(self) -> data.Meta:
        """Full facts for the first directive, the event's id for the others."""
        if self.made:
            return {"event": self.event.event_id}
        return dict(meta_of(self.event))

    def open(self, account: str, commodity: str) -> None:
        """Open an account once in its life."""
        if account not in self.opened and all(getattr(item, "account", "") != account for item in self.made):
            self.made.append(data.Open(self.meta(), self.event.on, account, [commodity] if commodity else [], None))

    def entry(
        self,
        tag: str,
        legs: Iterable[data.Posting],
        *,
        more: Sequence[str] = (),
        summary: str = "",
        of: data.Meta | None = None,
    ) -> None:
        """A transaction; legs of zero are left out, and one with none is not made. ``of``: what it corrects."""
        kept = _by_commodity([leg for leg in legs if units(leg).number])
        if kept:
            tags = frozenset({tag, *more})
            narration, meta = summary or self.event.summary, {**self.meta(), **(of or {})}
            if "kind" in meta and narration != self.event.summary:
                meta["summary"] = self.event.summary
            self.made.append(data.Transaction(meta, self.event.on, "*", None, narration, tags, self.links, kept))

    def voucher(self, *legs: data.Posting) -> None:
        """A 记- entry, in CNY only."""
        assert all(units(leg).currency == acc.CNY for leg in legs), "a voucher holds CNY only"
        self.entry(VOUCHER, legs)

    def register(self, *legs: data.Posting) -> None:
        """A 登- entry, in memo commodities only."""
        assert all(units(leg).currency != acc.CNY for leg in legs), "a register entry holds no CNY"
        self.entry(REGISTER, legs)

    def note(self, account: str) -> None:
        """A dated remark on an account, with the event's facts."""
        meta, comment = self.meta(), bare(self.event.summary)
        if comment != self.event.summary:
            meta["summary"] = self.event.summary
        self.made.append(data.Note(meta, self.event.on, account, comment, frozenset(), self.links))

    def holds(self, account: str, fen: int, commodity: str, on: date) -> None:
        """An exact balance assertion at the start of ``on``, the day after the event's own."""
        assert on == self.event.on + timedelta(days=1), "a closing balance is asserted on the next day"
        amount = Amount(yuan(fen), commodity)
        self.made.append(data.Balance(self.meta(), on, account, amount, EXACT, None))


def units(leg: data.Posting) -> Amount:
    """A posting's amount. Every leg of our books is written: no interpolation."""
    assert leg.units is not None, f"{leg.account}: a leg without an amount"
    return leg.units


def _by_commodity(legs: list[data.Posting]) -> list[data.Posting]:
    """Legs of one commodity together, in the order in which commodities first come: beancount reads them back so."""
    order = list(dict.fromkeys([units(leg).currency for leg in legs]))
    return sorted(legs, key=lambda leg: order.index(units(leg).currency)) if len(order) > 1 else legs


def leg(account: str, fen: int, commodity: str = acc.CNY, contributor: str | None = None) -> data.Posting:
    """A leg of so many fen; a debit is positive."""
    meta = {"contributor": contributor} if contributor else None
    return data.Posting(account, Amount(yuan(fen), commodity), None, None, None, meta)


def pair(debit: str, credit: str, fen: int, commodity: str = acc.CNY) -> tuple[data.Posting, data.Posting]:
    """Debit and credit of one amount in fen."""
    return leg(debit, fen, commodity), leg(credit, -fen, commodity)


def shares(account: str, parts: Iterable[ContributorShare], sign: int) -> list[data.Posting]:
    """Each contributor's part as a leg of its own."""
    return [leg(account, sign * part.amount_fen, contributor=part.contributor) for part in parts]


def lines(written: Iterable[VoucherLine]) -> list[data.Posting]:
    """Legs as somebody wrote them."""
    return [leg(line.account, line.amount_fen, contributor=line.contributor) for line in written]


def next_day(month: str) -> date:
    """The first day after a month ``yyyy-mm``: where its closing balances are asserted."""
    year, number = int(month[:4]), int(month[5:])
    return date(year + number // 12, number % 12 + 1, 1)


Writer = Callable[[Any, Making, Chart], None]
WRITERS: dict[type[Event], Writer] = {}
"""What makes the entries of each kind of event."""
W = TypeVar("W", bound=Writer)


def of(*kinds: type[Event]) -> Callable[[W], W]:
    """Name the kinds of event whose entries a function makes."""

    def named(writer: W) -> W:
        for kind in kinds:
            assert kind not in WRITERS, f"{kind.__name__} has its entries already"
            WRITERS[kind] = writer
        return writer

    return named
