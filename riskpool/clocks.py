"""Days that start and end periods: the effective due day of a loan, the last day for returning a recovery.

Only what was filed counts: an extension that nobody filed moves nothing. A due day on a rest day moves to the next
working day; a loan called in early is due on the day the bank declared.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ledger.faults import Refusal
from riskpool.calendars import Calendar
from riskpool.clauses.kind import Clause
from riskpool.clauses.requirements import last_day
from riskpool.literals import Quantity
from riskpool.rulefile import RuleText
from riskpool.ruletext import unset_parameter


@dataclass(frozen=True, slots=True)
class ReturnDay:
    """By when a recovery's share is to be returned, and under which article."""

    article: str
    last_on: date

    def days_late(self, returned_on: date) -> int:
        """Days after the last day; nothing is netted against a new claim by itself."""
        return max((returned_on - self.last_on).days, 0)


def effective_due_on(
    due_on: date, calendar: Calendar, *, filed_extensions: Sequence[date] = (), accelerated_on: date | None = None
) -> date:
    """The day after which a loan is overdue.

    Raises:
        Refusal: no calendar covers the year, so whether the day is a rest day is not known.
    """
    stated = max([due_on, *filed_extensions])
    working = calendar.working_day_from(stated)
    return working if accelerated_on is None else min(working, accelerated_on)


def known_effective_due_on(due_on: date, calendar: Calendar, accelerated_on: date | None) -> date | None:
    """The same, or None where no calendar covers the year: only a text that reads this day is then refused."""
    try:
        return effective_due_on(due_on, calendar, accelerated_on=accelerated_on)
    except Refusal:
        return None


def return_day(text: RuleText, received_on: date) -> ReturnDay | None:
    """By when the bank returns what it recovered on a day; None where the text says nothing of it.

    Raises:
        Refusal: the text's period is unset, or no calendar covers the year.
    """
    clauses = [clause for clause in text.clauses_of("deadline") if _is_return(clause)]
    if not clauses:
        return None
    clause = clauses[0]
    within = clause.parameters.get("within")
    if not isinstance(within, Quantity):
        raise unset_parameter(clause)
    return ReturnDay(clause.article, last_day(received_on, within))


def _is_return(clause: Clause) -> bool:
    return clause.parameters.get("at") == "return"
