"""A rule text bound once: every clause a closure that holds its integers, in the order in which a case passes.

Bound texts are kept, so that only the first case under a text pays for reading its parameters.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from ledger.faults import Refusal
from riskpool.clauses import KINDS as CLAUSE_KINDS
from riskpool.clauses.kind import DECIDING_PHASES, GATE_PHASES, Bound, Clause, Condition, Phase, Seats
from riskpool.clauses.requirements import compared
from riskpool.clauses.run import ONE, Run, Template, UnsetRead, WordTest
from riskpool.clauses.standing import defers
from riskpool.decision import FrozenClause
from riskpool.facts import CaseFacts, FactValue
from riskpool.parameters import flatten
from riskpool.provisions import assumptions
from riskpool.ruletext import RuleText, refuse_unset, unset_parameter

_SHARING: tuple[Phase, ...] = ("base", "ip_part", "base_cap", "share", "points", "ceiling")
"""Phases up to the ratios: after them it is known whether we share in the case at all."""
_AMOUNTS: tuple[Phase, ...] = ("allot", "cap", "level", "gain", "deferral")
_DRAWING: tuple[Phase, ...] = ("contributors",)


@dataclass(frozen=True, slots=True)
class BoundText:
    """A rule text whose clauses have become closures; made once by :func:`bind`. Clauses are numbered as they run."""

    text: RuleText
    seats: Seats
    gate: tuple[Bound, ...]
    sharing: tuple[Bound, ...]
    amounts: tuple[Bound, ...]
    drawing: tuple[Bound, ...]
    frozen: tuple[FrozenClause, ...]
    assumed: tuple[str, ...]


@lru_cache(maxsize=64)
def bind(text: RuleText) -> BoundText:
    """Bind a text's clauses; refuses one that leaves a topic or a field of its head unset."""
    refuse_unset(text)
    seats = seats_of(text)
    ordered = sorted(
        (clause for clause in text.clauses if phase_of(clause)),
        key=lambda clause: DECIDING_PHASES.index(phase_of(clause) or "base"),
    )
    numbered = [replace(clause, no=number) for number, clause in enumerate(ordered, start=1)]

    def bound(phases: Sequence[Phase]) -> tuple[Bound, ...]:
        return tuple(bind_clause(clause, seats) for clause in numbered if phase_of(clause) in phases)

    return BoundText(
        text,
        seats,
        bound(GATE_PHASES),
        bound(_SHARING),
        bound(_AMOUNTS),
        bound(_DRAWING),
        tuple(frozen_clause(clause) for clause in numbered),
        assumptions(text),
    )


def phase_of(clause: Clause) -> Phase | None:
    """The phase in which a decision runs the clause; None for one that speaks elsewhere."""
    kind = CLAUSE_KINDS[clause.kind]
    if kind.phase == "suspension":
        return "deferral" if defers(clause) else None
    if kind.name == "deadline" and clause.parameters.get("use") == "return":
        return None
    return kind.phase if kind.phase in DECIDING_PHASES else None


def seats_of(text: RuleText) -> Seats:
    """Who sits where in a text whose head and topics are set."""
    ours = next(party.key for party in text.parties if party.ours)
    residual = str(text.clauses_of("allotment")[0].parameters.get("residual", ""))
    sizes = [clause for clause in text.clauses_of("pool_size") if not clause.unset]
    size = (sizes[0].integer("amount"), f"p:{sizes[0].no}.amount") if sizes else None
    return Seats(tuple(party.key for party in text.parties), ours, residual, size)


def frozen_clause(clause: Clause) -> FrozenClause:
    """A clause as a decision freezes it."""
    return FrozenClause(clause.no, clause.article, clause.kind, clause.says, flatten(clause.parameters, clause.when))


def bind_clause(clause: Clause, seats: Seats) -> Bound:
    """A clause as a closure: its ``when`` first, then the kind's own, or the refusal of what is unset."""
    kind = CLAUSE_KINDS[clause.kind]
    assert kind.bind, f"{clause.kind} is not run by a decision"
    if set(clause.unset) - set(kind.lazy):
        body = _refusing(clause)
    else:
        body = kind.bind(clause, seats)
        if clause.unset:
            body = _refusing_when_read(clause, body)
    return guarded(clause, body)


def guarded(clause: Clause, body: Bound) -> Bound:
    """A clause's body behind its ``when``: every part a step, one that fails the last of the clause."""
    for condition in reversed(clause.when):
        body = _guarded(clause, condition, body)
    return body


def _refusing(clause: Clause) -> Bound:
    def unset(_run: Run) -> None:
        raise unset_parameter(clause)

    return unset


def _refusing_when_read(clause: Clause, body: Bound) -> Bound:
    def asked(run: Run) -> None:
        try:
            body(run)
        except UnsetRead:
            raise unset_parameter(clause) from None

    return asked


def _guarded(clause: Clause, condition: Condition, body: Bound) -> Bound:
    """A clause's body behind one part of its ``when``: a step that fails is the last of the clause."""
    fact, key = condition.fact, f"p:{clause.no}.when.{condition.fact}"
    threshold = condition.threshold
    if threshold:
        template = Template(clause.no, clause.kind, threshold.op, fact, "skip")
        limit = (threshold.quantity.value, key)

        def when_reached(run: Run) -> None:
            amount = run.money(fact)
            reached = compared(threshold.op, amount[0], limit[0])
            run.add(template, (ONE, amount, ONE, limit), int(reached))
            if reached:
                body(run)

        return when_reached
    template = Template(clause.no, clause.kind, "one_of", fact, "skip")
    allowed = tuple((word, f"{key}.{index}") for index, word in enumerate(condition.allowed))
    test = WordTest(template, f"f:{fact}", allowed)

    known = test.known

    def when_among(run: Run) -> None:
        # Most of a run's steps are these: a word asked before has its step at hand.
        step = known.get(run.values.get(fact, "")) or test.step(run.fact(fact))
        run.trace.append(step)
        if step[2]:
            body(run)

    return when_among


def applies(clause: Clause, facts: CaseFacts) -> bool:
    """Whether a clause speaks of a case or a filing, outside a decision.

    Raises:
        Refusal: a fact that its ``when`` asks for is not stated.
    """
    missing = [facts.missing(condition.fact) for condition in clause.when if condition.fact not in facts.values]
    if missing:
        raise Refusal(missing)
    return all(holds(condition, facts.values[condition.fact]) for condition in clause.when)


def holds(condition: Condition, value: FactValue) -> bool:
    """Whether a fact satisfies one part of a ``when``, without a step: outside a decision."""
    if condition.threshold:
        assert isinstance(value, int), f"{condition.fact} is no number"
        return condition.threshold.holds(value)
    return value in condition.allowed
