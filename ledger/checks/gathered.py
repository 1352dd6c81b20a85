"""What a load's entries say, sorted out once for all checks: facts by kind, legs by account, what was withdrawn.

A withdrawn event (撤回) is gone from the day of its withdrawal. Its facts stay in the books for ever, so a check
that folds facts reads them as :meth:`Gathered.changes`, where they come to stand and go again; a check that sums
legs need not know, because the red entries are legs too. All is judged at the end of a day: within one, beancount
orders the entries of several batches by line, which says nothing.
"""

import re
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

from beancount.core import data

from ledger.facts import SEPARATOR

ZERO = Decimal(0)
NOT_A_NUMBER = Decimal("NaN")
"""What an amount is that can't be read: it equals nothing, so whatever it is compared with is an error."""
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_KEY = "riskpool_gathered"
_DAY = itemgetter(0)
K = TypeVar("K", bound=Hashable)


Legs = list[tuple[data.Transaction, data.Posting]]
"""Legs with their entries, in the loader's order."""


class Change(NamedTuple):
    """A fact that came to stand on a day (``sign`` 1), or was withdrawn on it (-1)."""

    on: date
    sign: int
    entry: data.Directive


Move = tuple[date, K, Decimal, data.Directive]
"""A number that a day adds to what is kept under a key, and whose it is."""


class DayEnd(NamedTuple):
    """What stands under a key at the end of a day that touched it; ``entry`` is the last that did."""

    on: date
    key: Any
    balance: Decimal
    entry: data.Directive


@dataclass(frozen=True, slots=True)
class Gathered:
    """One load's entries, in the loader's order, by what checks ask for; ``documents`` are digests."""

    entries: list[data.Directive]
    count: int
    transactions: list[data.Transaction] = field(default_factory=list)
    facts: dict[str, list[data.Directive]] = field(default_factory=dict)
    of_event: dict[str, list[data.Transaction]] = field(default_factory=dict)
    legs: dict[str, Legs] = field(default_factory=dict)
    accounts: dict[str, list[str]] = field(default_factory=dict)
    withdrawn: dict[str, data.Directive] = field(default_factory=dict)
    prices: list[data.Price] = field(default_factory=list)
    documents: set[str] = field(default_factory=set)

    def of(self, *kinds: str) -> Iterator[data.Directive]:
        """The entries that carry the facts of these kinds, withdrawn or not."""
        for kind in kinds:
            yield from self.facts.get(kind, ())

    def standing(self, *kinds: str) -> Iterator[data.Directive]:
        """The same without those that were withdrawn at any time."""
        return (entry for entry in self.of(*kinds) if not self.is_withdrawn(entry))

    def changes(self, *kinds: str) -> list[Change]:
        """What came to stand and what was withdrawn, by day."""
        found = []
        for entry in self.of(*kinds):
            on = day_of(entry)
            found.append(Change(on, 1, entry))
            if gone := self.withdrawn.get(text(entry, "event")):
                found.append(Change(max(gone.date, on), -1, entry))
        return sorted(found, key=_DAY)

    def is_withdrawn(self, entry: data.Directive) -> bool:
        """Whether the event of an entry was withdrawn at any time."""
        return text(entry, "event") in self.withdrawn

    def under(self, root: str) -> Iterator[tuple[str, Legs]]:
        """The accounts below one of the first level (``Assets:9001在池贷款本金``), itself included, with their legs."""
        for account in self.accounts.get(root, ()):
            yield account, self.legs[account]

    def event_legs(self, fact: data.Directive, root: str) -> Iterator[data.Posting]:
        """The legs under a root of all transactions of the event that an entry carries the facts of."""
        for entry in self.of_event.get(text(fact, "event"), ()):
            yield from (leg for leg in entry.postings if leg.account.startswith(root))


def gather(entries: list[data.Directive], options: dict[str, Any]) -> Gathered:
    """Sort out the entries, once a load: the next check of the same load is given the same."""
    kept = options.get(_KEY)
    if isinstance(kept, Gathered) and kept.entries is entries and kept.count == len(entries):
        return kept
    found = Gathered(entries, len(entries))
    for entry in entries:
        if "kind" in entry.meta:
            found.facts.setdefault(text(entry, "kind"), []).append(entry)
        if isinstance(entry, data.Transaction):
            _take(found, entry)
        elif isinstance(entry, data.Price):
            found.prices.append(entry)
        elif isinstance(entry, data.Document):
            found.documents.add(text(entry, "sha256"))
    for account in found.legs:
        found.accounts.setdefault(":".join(account.split(":", 2)[:2]), []).append(account)
    for entry in found.of("EventWithdrawn"):
        found.withdrawn.setdefault(text(entry, "withdraws"), entry)
    options[_KEY] = found
    return found


def _take(found: Gathered, entry: data.Transaction) -> None:
    found.transactions.append(entry)
    found.of_event.setdefault(text(entry, "event"), []).append(entry)
    legs = found.legs
    for leg in entry.postings:
        if leg.account in legs:
            legs[leg.account].append((entry, leg))
        else:
            legs[leg.account] = [(entry, leg)]


def day_of(entry: data.Directive) -> date:
    """The day of an event: an assertion stands on the day after it, because it is checked at the start of its day."""
    return entry.date - timedelta(days=1) if isinstance(entry, data.Balance) else entry.date


def text(entry: data.Directive, key: str) -> str:
    """A fact in words, empty where there is none."""
    value = entry.meta.get(key, "")
    return value if isinstance(value, str) else str(value)


def number(entry: data.Directive, key: str) -> Decimal:
    """A fact that is an amount, zero where there is none."""
    value = entry.meta.get(key, ZERO)
    return value if isinstance(value, Decimal) else NOT_A_NUMBER


def day(entry: data.Directive, key: str) -> date | None:
    """A fact that is a day."""
    value = entry.meta.get(key)
    return value if isinstance(value, date) else None


def words(entry: data.Directive, key: str) -> list[str]:
    """A fact of several words."""
    return [word for word in text(entry, key).split(SEPARATOR) if word]


def shares(entry: data.Directive, key: str) -> dict[str, Decimal]:
    """A fact of amounts by name (``01:12.00、02:8.00``), those of zero left out as postings leave them out."""
    found: dict[str, Decimal] = {}
    for word in words(entry, key):
        name, _, amount = word.partition(":")
        found[name] = found.get(name, ZERO) + (Decimal(amount) if _NUMBER.fullmatch(amount) else NOT_A_NUMBER)
    return {name: amount for name, amount in found.items() if amount}


def units_of(leg: data.Posting) -> Decimal:
    """A leg's number. One that is not written is no number of ours."""
    return leg.units.number if leg.units is not None and isinstance(leg.units.number, Decimal) else NOT_A_NUMBER


def commodity_of(leg: data.Posting) -> str:
    """A leg's commodity, empty where none is written."""
    return leg.units.currency if leg.units is not None and isinstance(leg.units.currency, str) else ""


def day_ends(moves: Iterable[Move[K]]) -> Iterator[DayEnd]:
    """Running sums per key, told for each touched key at the end of each day, keys in order."""
    sums: dict[K, Decimal] = {}
    touched: dict[K, data.Directive] = {}
    today = date.min
    for on, key, amount, entry in sorted(moves, key=_DAY):
        if on != today:
            yield from (DayEnd(today, name, sums[name], touched[name]) for name in sorted(touched))  # type: ignore[type-var] # keys are words or pairs of words
            today, touched = on, {}
        sums[key] = sums[key] + amount if key in sums else amount
        touched[key] = entry
    yield from (DayEnd(today, name, sums[name], touched[name]) for name in sorted(touched))  # type: ignore[type-var] # same


def leg_moves(legs: Legs) -> Iterator[Move[str]]:
    """The legs of an account as moves by commodity."""
    return ((entry.date, commodity_of(leg), units_of(leg), entry) for entry, leg in legs)


def residues(moves: Iterable[Move[K]]) -> Iterator[DayEnd]:
    """Where what the legs hold and what the facts say part: each new difference of a key, once.

    ``moves`` are the legs as they are and the facts with the opposite sign.
    """
    known: dict[K, Decimal] = {}
    for end in day_ends(moves):
        if end.balance != known.get(end.key, ZERO):
            known[end.key] = end.balance
            yield end
