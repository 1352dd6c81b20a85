"""Would beancount's loader find anything wrong with these entries? Answered for sound books in linear time.

A yes is the loader's own: our checks run as they stand, beancount's validations too, and what is done here by a
shorter way (assertions, documents, sums) asks the same question. A no means "ask the loader": it has the words.
"""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from beancount.core import data
from beancount.ops import balance, validation

from ledger.checks import MARKER, exact_sums

_ZERO = Decimal(0)
_VALIDATIONS = (
    validation.validate_open_close,
    validation.validate_active_accounts,
    validation.validate_currency_constraints,
    validation.validate_duplicate_balances,
    validation.validate_duplicate_commodities,
    validation.validate_documents_paths,
)
"""beancount's own, but for the one that asks whether transactions balance: exact_sums asks it more strictly."""


def sound(entries: list[data.Directive], options: dict[str, Any]) -> bool:
    """Whether the loader would give these sorted entries back as they are and without an error.

    The checks named in the options run and leave their marks there.
    """
    if options["documents"] or options["plugin_processing_mode"] != "default":
        return False
    if not all(map(_stands, entries)):
        return False
    for name, config in options["plugin"]:
        if config is not None or not _passes(import_module(name), entries, options):
            return False
    if exact_sums.__name__ not in options.get(MARKER.KEY, ()) and exact_sums.check(entries, {})[1]:
        return False
    return _balances_hold(entries, options) and not any(check(entries, options) for check in _VALIDATIONS)  # type: ignore[no-untyped-call] # beancount's


def _passes(module: ModuleType, entries: list[data.Directive], options: dict[str, Any]) -> bool:
    """Whether a plugin finds nothing and leaves the entries as they are."""
    for item in module.__plugins__:
        check = getattr(module, item) if isinstance(item, str) else item
        after, errors = check(entries, options)
        if errors or after is not entries:
            return False
    return True


def _stands(entry: data.Directive) -> bool:
    """Nothing is padded, and a document's file is there."""
    if type(entry) is data.Document:
        return Path(entry.filename).exists()
    return type(entry) is not data.Pad


def _balances_hold(entries: Sequence[data.Directive], options: dict[str, Any]) -> bool:
    """Every balance assertion, its account's children counted.

    beancount's own matches each account with each asserted one, which for a thousand loans is a million times.
    """
    asserted = {entry.account for entry in entries if type(entry) is data.Balance}
    currencies = {entry.account: entry.currencies for entry in entries if type(entry) is data.Open}

    @cache
    def above(account: str) -> tuple[str, ...]:
        parts = account.split(":")
        names = (":".join(parts[:length]) for length in range(1, len(parts) + 1))
        return tuple(name for name in names if name in asserted)

    totals: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for entry in entries:
        if type(entry) is data.Transaction:
            legs: Any = entry.postings
            for leg in legs:
                for account in above(leg.account):
                    number, currency = leg.units
                    totals[account, currency] += number
        elif type(entry) is data.Balance:
            amount: Any = entry.amount
            number, currency = amount
            allowed = currencies.get(entry.account)
            if entry.account not in currencies or (allowed and currency not in allowed):
                return False
            tolerance = balance.get_balance_tolerance(entry, options)
            if abs(totals.get((entry.account, currency), _ZERO) - number) > tolerance:
                return False
    return True
