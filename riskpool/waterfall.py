"""The engine: a rule text bound once, then run over cases phase by phase until the remainder is named.

All findings of the gate are gathered; a refusal there stops the arithmetic. After the caps the residual party
takes what is left of the base, so the parties' amounts sum to it exactly.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from ledger.faults import ExitCode, Fault, FaultKind, Place, Refusal
from riskpool.clauses import KINDS as CLAUSE_KINDS
from riskpool.clauses.kind import DECIDING_PHASES, GATE_PHASES, PHASES, Bound, Clause, Condition, Seats
from riskpool.clauses.requirements import compared
from riskpool.clauses.run import ONE, Figure, LightStep, Run, Template, Word
from riskpool.decision import Decision, FrozenClause, Operand, RecoveryTerms, Step
from riskpool.facts import CaseFacts
from riskpool.parameters import flatten
from riskpool.provisions import assumptions
from riskpool.ruletext import RuleText, refuse_unset, unset_parameter

NO_SHARE = FaultKind(
    "裁决-条款-02",
    "没有分担条款适用于本案",
    "办法对本案这类贷款规定了我方的分担比例",
    "核对贷款类别；办法确无规定的，报主管。",
    ExitCode.REFUSED,
)
KINDS = (NO_SHARE,)

_SHARING = PHASES[: PHASES.index("allot")]
"""Phases up to the ratios: after them it is known whether we share in the case at all."""


class Used(NamedTuple):
    """What one case takes of a meter in all (fen). A later decision of the case replaces it."""

    meter: str
    case: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class BoundText:
    """A rule text whose clauses have become closures; made once by :func:`bind`."""

    text: RuleText
    seats: Seats
    gate: tuple[Bound, ...]
    sharing: tuple[Bound, ...]
    rest: tuple[Bound, ...]
    gate_frozen: tuple[FrozenClause, ...]
    all_frozen: tuple[FrozenClause, ...]
    assumed: tuple[str, ...]


@lru_cache(maxsize=32)
def bind(text: RuleText) -> BoundText:
    """Bind a text's clauses; refuses one that leaves a topic or a field of its head unset."""
    refuse_unset(text)
    deciding = [clause for clause in text.clauses if CLAUSE_KINDS[clause.kind].phase in DECIDING_PHASES]
    gate = [clause for clause in deciding if CLAUSE_KINDS[clause.kind].phase in GATE_PHASES]
    sharing = [clause for clause in deciding[len(gate) :] if CLAUSE_KINDS[clause.kind].phase in _SHARING]
    rest = deciding[len(gate) + len(sharing) :]
    seats = seats_of(text)
    return BoundText(
        text,
        seats,
        tuple(bind_clause(clause, seats) for clause in gate),
        tuple(bind_clause(clause, seats) for clause in sharing),
        tuple(bind_clause(clause, seats) for clause in rest),
        tuple(frozen_clause(clause) for clause in gate),
        tuple(frozen_clause(clause) for clause in deciding),
        assumptions(text),
    )


def seats_of(text: RuleText) -> Seats:
    """Who sits where in a text whose head and topics are set."""
    ours = next(party.key for party in text.parties if party.ours)
    allotment = text.clauses_of("allotment")[0]
    return Seats(tuple(party.key for party in text.parties), ours, str(allotment.parameters.get("residual", "")))


def frozen_clause(clause: Clause) -> FrozenClause:
    """A clause as a decision freezes it."""
    return FrozenClause(clause.no, clause.article, clause.kind, clause.says, flatten(clause.parameters, clause.when))


def bind_clause(clause: Clause, seats: Seats) -> Bound:
    """A clause as a closure: its ``when`` first, then the kind's own, or the refusal of what is unset."""
    make = CLAUSE_KINDS[clause.kind].bind
    assert make, f"{clause.kind} is not run by a decision"
    body = _refusing(clause) if clause.unset else make(clause, seats)
    tests = [_bind_condition(clause, condition) for condition in clause.when]

    def guarded(run: Run) -> None:
        if all(test(run) for test in tests):
            body(run)

    return guarded if tests else body


def _refusing(clause: Clause) -> Bound:
    def unset(_run: Run) -> None:
        raise unset_parameter(clause)

    return unset


def _bind_condition(clause: Clause, condition: Condition) -> Callable[[Run], bool]:
    fact, key = condition.fact, f"p:{clause.no}.when.{condition.fact}"
    threshold = condition.threshold
    if threshold:
        template = Template(clause.no, clause.kind, threshold.op, fact, "skip")
        limit = Figure(threshold.quantity.value, key)

        def reaches(run: Run) -> bool:
            amount = run.money(fact)
            holds = compared(threshold.op, amount, limit)
            run.add(template, (ONE, amount, ONE, limit), int(holds))
            return holds

        return reaches
    template = Template(clause.no, clause.kind, "one_of", fact, "skip")
    allowed = tuple(Word(word, f"{key}.{index}") for index, word in enumerate(condition.allowed))

    def is_among(run: Run) -> bool:
        value = run.fact(fact)
        assert isinstance(value, str | bool), f"{fact} is neither a word nor a flag"
        return run.add_one_of(template, Word(value, f"f:{fact}"), allowed)

    return is_among


def used_by_others(used: Sequence[Used], case: str) -> dict[str, int]:
    """Fold the meters over every case but this one: a case never sees its own earlier consumption."""
    totals: dict[str, int] = {}
    for item in used:
        if item.case != case:
            totals[item.meter] = totals.get(item.meter, 0) + item.amount_fen
    return totals


def decide(text: RuleText, facts: CaseFacts, used: Sequence[Used]) -> Decision:
    """Decide a case cumulatively: all that is due on it, less what was approved before (``settle``).

    Raises:
        Refusal: the text leaves a topic unset; a fact or a parameter the case reads is missing.
    """
    bound = bind(text)
    run = Run(facts, used_by_others(used, facts.case))
    _run_gate(bound, run)
    if run.refused:
        return _decision(bound, run, bound.gate_frozen)
    for clause in bound.sharing:
        clause(run)
    # Asked before any cap: a cap on nothing would make "no share" look like "no room".
    if bound.seats.ours not in run.ratios or bound.seats.ours == bound.seats.residual:
        raise Refusal([Fault(NO_SHARE, f"适用《{text.title}》", Place(f"案件 {facts.case}"))])
    for clause in bound.rest:
        clause(run)
    return _decision(bound, run, bound.all_frozen)


def _run_gate(bound: BoundText, run: Run) -> None:
    faults: list[Fault] = []
    for clause in bound.gate:
        try:
            clause(run)
        except Refusal as refusal:
            faults += refusal.faults
    if faults:
        raise Refusal(faults)


def _settle(bound: BoundText, run: Run) -> Figure:
    """The engine's last steps, under the clause that says how amounts are allotted."""
    residual, number = bound.seats.residual, run.allotted_by
    amounts = tuple(run.due.values())
    rest = run.base.value - sum(item.value for item in amounts)
    assert rest >= 0, "the parties' amounts pass the base"
    remainder = Template(number, "allotment", "sub", f"due.{residual}")
    run.due[residual] = run.add(remainder, (run.base, *amounts), rest)
    assert sum(item.value for item in run.due.values()) == run.base.value, "shares do not sum to the base"
    ours, earlier = run.due[bound.seats.ours], run.money("approved_earlier")
    return run.add(Template(number, "allotment", "sub", "settle"), (ours, earlier), ours.value - earlier.value)


def _decision(bound: BoundText, run: Run, frozen: tuple[FrozenClause, ...]) -> Decision:
    text, denied = bound.text, bool(run.refused)
    settle = 0 if denied else _settle(bound, run).value
    due = {party: run.due[party].value for party in bound.seats.order if party in run.due}
    contributors = {number: figure.value for number, figure in run.contributors.items()}
    return Decision(
        rule=text.ref,
        rule_sha256=text.sha256,
        title=text.title,
        demo=text.demo,
        case=run.facts.case,
        facts=dict(run.facts.values),
        evidence=dict(run.facts.evidence),
        used={meter: run.used.get(meter, 0) for meter in run.meters},
        clauses=frozen,
        plan=tuple(clause.no for clause in frozen),
        steps=steps_of(run.trace),
        verdict="denied" if denied else "approved",
        refusals=tuple(dict.fromkeys(run.refused)),
        loss=run.loss.value,
        base=run.base.value,
        parties=tuple((party.key, party.title) for party in text.parties),
        ours=bound.seats.ours,
        residual=bound.seats.residual,
        due=due,
        settle=settle,
        contributors=contributors,
        consumption={meter: run.due[payer].value for meter, payer in run.meters.items()},
        recovery=None if denied else _terms(bound, due, contributors),
        assumed=bound.assumed,
    )


def _terms(bound: BoundText, due: Mapping[str, int], contributors: Mapping[str, int]) -> RecoveryTerms | None:
    """The proportions of recoveries, frozen with the decision; None where the text has no such clause."""
    found = bound.text.clauses_of("recovery_split")
    if not found or found[0].unset or not due[bound.seats.ours]:
        return None
    return terms(found[0], due, contributors, bound.seats.ours)


def terms(clause: Clause, parts: Mapping[str, int], contributors: Mapping[str, int], ours: str) -> RecoveryTerms:
    """Recovery terms from a ``recovery_split`` clause and the parties' amounts of a decision."""
    return RecoveryTerms(
        clause=clause.article,
        costs=clause.word("costs"),
        by=clause.word("by"),
        limit=clause.word("limit"),
        parts=dict(parts),
        whole=sum(parts.values()),
        contributors=dict(contributors),
        ours=ours,
    )


def steps_of(trace: Sequence[LightStep]) -> tuple[Step, ...]:
    """Light steps as records, numbered from 1."""
    return tuple(
        Step(
            number,
            template.clause,
            template.kind,
            template.op,
            tuple(Operand(operand.origin, operand.value) for operand in operands),
            result,
            template.name,
            template.effect,
        )
        for number, (template, operands, result) in enumerate(trace, start=1)
    )
