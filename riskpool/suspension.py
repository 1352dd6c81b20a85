"""Suspensions (熔断): the state of a bank as of a day, as a fold over the history of its measure.

A state is not a function of today's figure alone: a suspension lasts its time, and a full stop is left only when
the text's own condition of resumption holds. Where the text has a hole the state is "not stated" and the act
that asks is refused.
"""

import calendar
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from ledger.events import SuspensionLifted, SuspensionTripped
from ledger.faults import ExitCode, FaultKind
from ledger.ids import event_id
from riskpool.clauses.kind import Clause, StateRow
from riskpool.literals import Comparison
from riskpool.rulefile import RuleText
from riskpool.ruletext import unset_parameter

NOT_STATED = FaultKind(
    "熔断-状态-01",
    "办法没有规定这一区间的状态",
    "办法分档表中有规定的区间",
    "报主管商办法制定机关解释后再受理。",
    ExitCode.REFUSED,
)
KINDS = (NOT_STATED,)

HOLE = "原文未规定"
"""The state shown where a text's table has a hole."""


class Measure(NamedTuple):
    """A bank's measure as known on a day: overdue principal, fen."""

    on: date
    amount_fen: int


class SuspensionState(NamedTuple):
    """A bank's state: its name, what it does (``refuse_new``, ``none``, ``ask``), since when, on which measure."""

    clause: str
    state: str
    effect: str
    since: date | None
    measure_fen: int
    why: str = ""


def states_as_of(text: RuleText, measures: Sequence[Measure], as_of: date) -> tuple[SuspensionState, ...]:
    """The state under each suspension clause at the end of ``as_of``; empty when the text has none."""
    known = [measure for measure in measures if measure.on <= as_of]
    found = []
    for clause in text.clauses_of("suspension"):
        last = _history(clause, known, as_of)
        found.append(last[-1] if last else _normal(clause, 0, None))
    return tuple(found)


def _history(clause: Clause, measures: Sequence[Measure], as_of: date | None = None) -> tuple[SuspensionState, ...]:
    if clause.unset:
        raise unset_parameter(clause)
    readings = sorted({measure.on: measure.amount_fen for measure in measures}.items())
    if as_of and readings and readings[-1][0] < as_of:
        readings.append((as_of, readings[-1][1]))  # time alone can end a suspension
    changes: list[SuspensionState] = []
    state = _normal(clause, 0, None)
    for on, amount in readings:
        following = _next(clause, state, on, amount)
        if following.state != state.state:
            changes.append(following)
            state = following
        else:
            state = following._replace(since=state.since)
    return tuple(changes)


def _next(clause: Clause, state: SuspensionState, on: date, amount: int) -> SuspensionState:
    row, current = _row(clause, amount), _row_named(clause, state.state)
    before = _row(clause, state.measure_fen)
    if current is None and row and not row.state and before is row and state.effect == "none":
        return state  # resumed by the text's own words while inside the hole: still resumed
    if row and row.state and row.effect == "refuse_new" and _rank(row) >= _rank(current):
        return _state(clause, row, on, amount)
    if current and state.since:
        if _is_top(clause, current):
            resumes = clause.threshold("resumes")
            if not resumes.holds(amount):
                return state
            # Left by the text's own words: a hole below the line can't hold the bank any longer.
            return _state(clause, row, on, amount) if row and row.state else _normal(clause, amount, on)
        if current.lasts_months and on < months_after(state.since, current.lasts_months):
            return state
    return _state(clause, row, on, amount) if row else _normal(clause, amount, on)


def _row(clause: Clause, amount: int) -> StateRow | None:
    return next((row for row in _rows(clause) if all(item.holds(amount) for item in row.where)), None)


def _row_named(clause: Clause, name: str) -> StateRow | None:
    return next((row for row in _rows(clause) if row.state == name), None)


def _rows(clause: Clause) -> tuple[StateRow, ...]:
    rows = clause.parameters["states"]
    assert isinstance(rows, tuple), "states is a table"
    return tuple(row for row in rows if isinstance(row, StateRow))


def _rank(row: StateRow | None) -> int:
    """Graver rows begin higher; no row at all is below every row."""
    return -1 if row is None else _floor(row.where)


def _floor(where: tuple[Comparison, ...]) -> int:
    return max((item.quantity.value for item in where if item.op in ("at_least", "above")), default=0)


def _is_top(clause: Clause, row: StateRow) -> bool:
    return _floor(row.where) == max(_floor(other.where) for other in _rows(clause))


def _state(clause: Clause, row: StateRow, on: date, amount: int) -> SuspensionState:
    return SuspensionState(clause.article, row.state or HOLE, row.effect, on, amount, row.why)


def _normal(clause: Clause, amount: int, on: date | None) -> SuspensionState:
    return SuspensionState(clause.article, clause.word("otherwise"), "none", on, amount)


def months_after(day: date, months: int) -> date:
    """The same day ``months`` later, or that month's last day where it has no such day (民法典 202)."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, min(day.day, calendar.monthrange(years, month + 1)[1]))


def suspension_events(
    text: RuleText, bank: str, measures: Sequence[Measure]
) -> tuple[SuspensionTripped | SuspensionLifted, ...]:
    """Every change of a bank's state as events. Ids come from clause, day and state: posting again adds nothing."""
    return tuple(
        _event(text, bank, change, is_lifted=change.state == clause.word("otherwise"))
        for clause in text.clauses_of("suspension")
        for change in _history(clause, measures)
    )


def _event(
    text: RuleText, bank: str, change: SuspensionState, *, is_lifted: bool
) -> SuspensionTripped | SuspensionLifted:
    assert change.since, "a change has its day"
    key = event_id("susp", text.ref, change.clause, bank, change.since.isoformat(), change.state)
    summary = f"{change.clause}：{change.state}"
    if is_lifted:
        return SuspensionLifted(
            event_id=key,
            on=change.since,
            summary=summary,
            bank=bank,
            rule=text.ref,
            clause=change.clause,
            measure_fen=change.measure_fen,
        )
    return SuspensionTripped(
        event_id=key,
        on=change.since,
        summary=summary,
        bank=bank,
        rule=text.ref,
        clause=change.clause,
        state=change.state,
        measure_fen=change.measure_fen,
    )
