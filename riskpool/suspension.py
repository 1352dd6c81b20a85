"""Suspensions (熔断): the state of a bank as of a day, as a fold over the history of its measure.

A state is not a function of today's figure alone: a suspension lasts its time, and a full stop is left only when
the text's own condition of resumption holds. Where the text has a hole the state is "not stated" and the act
that asks is refused.
"""

import calendar
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from ledger.events import SuspensionLifted, SuspensionTripped
from ledger.faults import ExitCode, Fault, FaultKind, Refusal
from ledger.ids import event_id
from ledger.money import yuan_text
from riskpool.binding import applies
from riskpool.clauses.kind import Clause, StateRow
from riskpool.clauses.requirements import compared
from riskpool.clauses.standing import NOT_STATED, SUSPENSION, defers
from riskpool.facts import CaseFacts
from riskpool.literals import MILLION, Comparison, span
from riskpool.rulefile import RuleText
from riskpool.ruletext import unset_parameter

NO_MEASURE = FaultKind(
    "熔断-指标-01",
    "没有判断熔断所需的指标",
    "办法所用指标的逐期数",
    "由人工按办法核算该项指标，报主管决定是否受理。",
    ExitCode.REFUSED,
)
KINDS = (NOT_STATED, NO_MEASURE)

HOLE = "原文未规定"
"""The state shown where a text's table has a hole."""

HOLDING = ("refuse_new", "defer")
"""Effects that hold a bank: a state with one of them is left by time or by the text's words only."""


class Measure(NamedTuple):
    """A measure as known on a day, fen: of a bank, a guarantor or the whole pool; ``over_fen`` is its denominator.

    ``name`` and ``scope`` are the words of the clause that asks. A denominator of zero trips nothing.
    """

    on: date
    amount_fen: int
    name: str = "overdue_principal"
    scope: str = "bank"
    over: str = "amount"
    over_fen: int = 1


class SuspensionState(NamedTuple):
    """A state: its name, its effect (``refuse_new defer none ask``), since when, on which measure.

    ``why`` says why a state is not stated, or that a denominator was zero and nothing could be measured.
    """

    clause: str
    state: str
    effect: str
    since: date | None
    measure_fen: int = 0
    why: str = ""
    over_fen: int = 1

    @property
    def evidence(self) -> str:
        """What the state rests on, for a decision's list of facts."""
        since = f"，自 {self.since.isoformat()} 起" if self.since else ""
        over = f" ÷ {yuan_text(self.over_fen)} 元" if self.over_fen != 1 else ""
        return f"逐期指标：{yuan_text(self.measure_fen)} 元{over}{since}"


NO_DENOMINATOR = "分母为零，不能计算，按未触发处理"


def states_as_of(text: RuleText, measures: Sequence[Measure], as_of: date) -> tuple[SuspensionState, ...]:
    """The state under each suspension clause at the end of ``as_of``; empty when the text has none.

    ``measures`` are those of the bank, its guarantor and the pool; each clause takes its own. A clause's ``when`` is
    not asked here: it speaks of a filing or a case, and a state is one of a bank.

    Raises:
        Refusal: a clause's measure was not worked out up to the day, or a parameter it reads is unset.
    """
    return tuple(_state_as_of(clause, measures, as_of) for clause in text.clauses_of("suspension"))


def barring_states(
    text: RuleText, measures: Sequence[Measure], as_of: date, facts: CaseFacts
) -> tuple[SuspensionState, ...]:
    """The states that a filing asks for, by its own ``facts``.

    A clause that only holds back payments is not asked, nor its measure; no more is one whose ``when`` fails.

    Raises:
        Refusal: a fact that a ``when`` asks for is missing; else as :func:`states_as_of`.
    """
    return tuple(_state_as_of(clause, measures, as_of) for clause in barring_clauses(text) if applies(clause, facts))


def barring_clauses(text: RuleText) -> list[Clause]:
    """The suspension clauses that a filing asks."""
    return [clause for clause in text.clauses_of("suspension") if _bars(clause)]


def deferring_states(text: RuleText, measures: Sequence[Measure], as_of: date) -> tuple[SuspensionState, ...]:
    """The states that a decision may ask for, as far as they can be known.

    A clause whose measure or parameter is missing has none here: only a case that reads its state is then refused.
    """
    found = []
    for clause in text.clauses_of("suspension"):
        if defers(clause) and not set(clause.unset) - {"resumes"}:
            own = own_measures(clause, _up_to(as_of, measures))
            if own:
                found.append(_state_as_of(clause, own, as_of))
    return tuple(found)


def _bars(clause: Clause) -> bool:
    effects = {row.effect for row in clause.states("states")} if "states" in clause.parameters else {"refuse_new"}
    return "refuse_new" in effects or "defer" not in effects


def _state_as_of(clause: Clause, measures: Sequence[Measure], as_of: date) -> SuspensionState:
    # No month end yet is no overdue loan, and the table is asked what it says of nothing.
    known = _in_order(_measures_of(clause, _up_to(as_of, measures))) or [Measure(as_of, 0)]
    known.append(known[-1]._replace(on=as_of))  # time alone can end a suspension
    *_, last = _states(clause, known)
    return last


def _up_to(as_of: date, measures: Sequence[Measure]) -> list[Measure]:
    return [measure for measure in measures if measure.on <= as_of]


def _in_order(measures: Sequence[Measure]) -> list[Measure]:
    """One reading a day, oldest first."""
    return [measure for _, measure in sorted({measure.on: measure for measure in measures}.items())]


def own_measures(clause: Clause, measures: Sequence[Measure]) -> list[Measure]:
    """The measures that a clause asks for, by the words of its measure, scope and denominator."""
    asked = tuple(clause.word(name) for name in ("measure", "scope", "over"))
    return [measure for measure in measures if (measure.name, measure.scope, measure.over) == asked]


def _measures_of(clause: Clause, measures: Sequence[Measure]) -> list[Measure]:
    """A clause's own measures. No month end yet is no overdue loan; any other measure that is missing is refused."""
    refuse_unset_parts(clause)
    asked = tuple(clause.word(name) for name in ("measure", "scope", "over"))
    found = own_measures(clause, measures)
    if not found and asked != ("overdue_principal", "bank", "amount"):
        raise Refusal([Fault(NO_MEASURE, f"{clause.article}：没有{_measure_words(clause)}")])
    return found


def _measure_words(clause: Clause) -> str:
    """What a clause measures, in the words of its own parameters."""
    words = {parameter.name: parameter.choices for parameter in SUSPENSION.parameters}
    measure, scope, over = (words[name][clause.word(name)] for name in ("measure", "scope", "over"))
    return f"{measure}（{scope}，{over if clause.word('over') == 'amount' else f'除以{over}'}）的逐期数"


def refuse_unset_parts(clause: Clause) -> None:
    """Refuse a clause with anything unset but ``resumes``, which only a suspension that lasts reads."""
    if set(clause.unset) - {"resumes"}:
        raise unset_parameter(clause)


def _history(clause: Clause, measures: Sequence[Measure]) -> list[SuspensionState]:
    """The states that differ from the one before."""
    states = pairwise(_states(clause, _in_order(measures)))
    return [state for before, state in states if state.state != before.state]


def _states(clause: Clause, readings: Sequence[Measure]) -> Iterator[SuspensionState]:
    """The state before any reading and after each: one that was come to shows its first day and that day's measure."""
    state = shown = _begun(clause)
    yield shown
    for reading in readings:
        following = _next(clause, state, reading)
        is_other = following.state != state.state
        state = following if is_other else following._replace(since=state.since)
        shown = state if is_other or not state.since else shown
        yield shown


def _begun(clause: Clause) -> SuspensionState:
    """Before any reading: nothing was ever tripped, so that there is no day since when."""
    return SuspensionState(clause.article, clause.word("otherwise"), "none", None)


def _next(clause: Clause, state: SuspensionState, reading: Measure) -> SuspensionState:
    row, current = _row(clause, reading), _row_named(clause, state.state)
    before = _row(clause, reading._replace(amount_fen=state.measure_fen, over_fen=state.over_fen))
    if current is None and row and not row.state and before is row and state.since:
        return state  # come to a state while inside the hole, by the text's own words: still in it
    if row and row.state and row.effect in HOLDING and (current is None or _begins(row) >= _begins(current)):
        return _state(clause, row, reading)
    if current and state.since and current.effect in HOLDING:
        if _is_top(clause, current):
            if not _resumes(clause, reading):
                return state
            # Left by the text's own words: a hole below the line can't hold the bank any longer.
            return _state(clause, row, reading) if row and row.state else _normal_at(clause, reading)
        if current.lasts_months and reading.on < months_after(state.since, current.lasts_months):
            return state
    return _state(clause, row, reading) if row else _normal_at(clause, reading)


def _resumes(clause: Clause, reading: Measure) -> bool:
    """Whether the gravest state is left, asked below its line only; a text must say when."""
    if "resumes" in clause.unset:
        raise unset_parameter(clause)
    return _holds(clause.threshold("resumes"), reading)


def _holds(test: Comparison, reading: Measure) -> bool:
    """Whether a measure satisfies a threshold; a ratio by cross-multiplication, a denominator of zero trips nothing."""
    if test.quantity.dimension == "money":
        return test.holds(reading.amount_fen)
    if not reading.over_fen:
        return test.holds(0)
    return compared(test.op, reading.amount_fen * MILLION, test.quantity.value * reading.over_fen)


def _row(clause: Clause, reading: Measure) -> StateRow | None:
    return next((row for row in _rows(clause) if all(_holds(item, reading) for item in row.where)), None)


def _row_named(clause: Clause, name: str) -> StateRow | None:
    return next((row for row in _rows(clause) if row.state == name), None)


def _rows(clause: Clause) -> tuple[StateRow, ...]:
    return clause.states("states")


def _begins(row: StateRow) -> int:
    """Where a row begins, in half steps: graver rows begin higher."""
    return span(row.where)[0]


def _is_top(clause: Clause, row: StateRow) -> bool:
    return _begins(row) == max(map(_begins, _rows(clause)))


def _state(clause: Clause, row: StateRow, reading: Measure) -> SuspensionState:
    state = row.state or HOLE
    return SuspensionState(clause.article, state, row.effect, reading.on, reading.amount_fen, row.why, reading.over_fen)


def _normal_at(clause: Clause, reading: Measure) -> SuspensionState:
    why = "" if reading.over_fen else NO_DENOMINATOR
    return _begun(clause)._replace(since=reading.on, measure_fen=reading.amount_fen, why=why, over_fen=reading.over_fen)


def months_after(day: date, months: int) -> date:
    """The same day ``months`` later, or that month's last day where it has no such day (民法典 202)."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, min(day.day, calendar.monthrange(years, month + 1)[1]))


def suspension_events(
    text: RuleText, bank: str, measures: Sequence[Measure]
) -> tuple[SuspensionTripped | SuspensionLifted, ...]:
    """Every change of a bank's state as events. Ids come from clause, day and state: posting again adds nothing.

    Clauses that measure a guarantor or the whole pool make no event of a bank.
    """
    return tuple(
        _event(text, bank, change, is_lifted=change.state == clause.word("otherwise"))
        for clause in text.clauses_of("suspension")
        if clause.parameters.get("scope", "bank") == "bank"
        for change in _history(clause, _known(clause, measures))
    )


def _known(clause: Clause, measures: Sequence[Measure]) -> list[Measure]:
    """A clause's own measures, as far as they were worked out; an unset clause is refused."""
    refuse_unset_parts(clause)
    return own_measures(clause, measures)


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
