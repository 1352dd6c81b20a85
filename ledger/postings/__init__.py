"""Event to entries: the one total function that makes beancount directives (docs/accounts.md).

An event may make a voucher (tag ``#voucher``, CNY only) and a register entry (tag ``#register``, memo
commodities only) under one event id. Numbers are not given here: the journal gives them at posting.
"""

from collections.abc import Collection
from decimal import Decimal
from typing import get_args

from beancount.core import data

from ledger.accounts import Chart
from ledger.events import AnyEvent, EventWithdrawn
from ledger.ids import component
from ledger.postings import cases, cash, corrections, insurance, loans
from ledger.postings.making import ADJUST, RED, REGISTER, VOUCHER, WRITERS, Making, next_day, units

__all__ = ["ADJUST", "RED", "REGISTER", "VOUCHER", "links_of", "next_day", "postings", "units"]

assert all((cash, cases, corrections, insurance, loans)), "each names its kinds"
assert WRITERS.keys() == set(get_args(AnyEvent)), "every kind of event has its entries"


def links_of(event: AnyEvent) -> frozenset[str]:
    """The ASCII links by which one click shows the whole life of a case, a loan, a bank row."""
    links = set()
    fields = vars(event)  # a field that a kind has not is simply not there: asking the model for it is slow
    if event.event_id.startswith("bank-"):
        links.add(event.event_id)
    for name, prefix in (("case", "case-"), ("loan", "loan-"), ("exposure", ""), ("confirms", ""), ("payment", "")):
        if value := fields.get(name):
            links.add(f"{prefix}{value}")
    if rule := fields.get("rule"):
        links.add(f"rule-{rule.replace('@', '-')}")
    if (filing := fields.get("filing_no")) and (slug := component(filing)):
        links.add(f"filing-{slug}")
    if isinstance(event, EventWithdrawn):
        links |= set(event.trail)
    return frozenset(links)


def postings(event: AnyEvent, chart: Chart, opened: Collection[str]) -> list[data.Directive]:
    """The directives of one event. ``opened`` are the accounts and commodities the books already know.

    Source of each form: docs/accounts.md, "event → entries". Every transaction made sums to zero in every
    commodity (asserted).
    """
    made = Making(event, chart, opened, links=links_of(event))
    WRITERS[type(event)](event, made, chart)
    first = made.made[0] if made.made else None
    if first is not None and not isinstance(first, (data.Transaction, data.Note)):
        first.meta["summary"] = event.summary
    assert made.made, f"{type(event).__name__} left no trace"
    for entry in made.made:
        if isinstance(entry, data.Transaction):
            _assert_zero(entry)
    return made.made


def _assert_zero(entry: data.Transaction) -> None:
    totals: dict[str, Decimal] = {}
    for leg in entry.postings:
        amount = units(leg)
        assert amount.number is not None, "every leg is written"
        totals[amount.currency] = totals.get(amount.currency, Decimal(0)) + amount.number
    assert not any(totals.values()), f"{entry.narration}: {totals} does not sum to zero"
