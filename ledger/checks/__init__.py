"""Our beancount plugins: one check a module, each a function over entries that yields errors.

Each leaves its name in the options when it ran: a plugin named in an included file is silently not run
(facts/reliability.md 3.5), so the program refuses a book whose marks are missing.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple

from beancount.core import data

NAMES = (
    "ledger.checks.exact_sums",
    "ledger.checks.numbering",
    "ledger.checks.unique_events",
    "ledger.checks.reversed_once",
    "ledger.checks.funded",
    "ledger.checks.contributors_agree",
    "ledger.checks.identified_by_year_end",
    "ledger.checks.loan_filed",
    "ledger.checks.register_kept",
    "ledger.checks.one_exposure",
    "ledger.checks.after_release",
    "ledger.checks.pledged_once",
    "ledger.checks.one_price_a_day",
    "ledger.checks.held_to_the_end",
    "ledger.checks.compensation_as_decided",
    "ledger.checks.decided_paid",
    "ledger.checks.recourse_as_paid",
)
"""Every check a sound book runs, in the order in which they run."""

EVERY = "ledger.checks.every"
"""The plugin that runs them all: what main.beancount names."""


class CheckError(NamedTuple):
    """What a check found, in the shape beancount and Fava show."""

    source: data.Meta
    message: str
    entry: data.Directive | None


class _Marker:
    """The list of checks that ran, kept in the loader's options."""

    KEY = "riskpool_checks"

    def leave(self, options: dict[str, Any], name: str) -> None:
        """Say that a check ran."""
        options.setdefault(self.KEY, []).append(name)

    def missing(self, options: dict[str, Any]) -> tuple[str, ...]:
        """The checks that did not run."""
        ran = options.get(self.KEY, [])
        return tuple(name for name in NAMES if name not in ran)


MARKER = _Marker()


Check = Callable[[list[data.Directive], dict[str, Any]], tuple[list[data.Directive], list[CheckError]]]


def all_checks() -> tuple[Check, ...]:
    """The check functions of :data:`NAMES`, for judging a batch before it is committed."""
    return tuple(import_module(name).check for name in NAMES)
