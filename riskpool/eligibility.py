"""Eligibility at inclusion: all findings on a loan's filing, never only the first; frozen with the filing.

A requirement that speaks at filing is judged on the filing's own facts; whether the bank is suspended, and whether
the pool's multiple still has room, are further findings. Facts nobody states refuse the judgement, each named.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ledger.faults import Fault, Place, Refusal
from riskpool.binding import bind_clause, frozen_clause, guarded, seats_of
from riskpool.clauses.kind import Clause
from riskpool.clauses.run import Run
from riskpool.clauses.standing import NOT_STATED
from riskpool.decision import Finding, FrozenClause, Step
from riskpool.facts import CaseFacts, FactValue
from riskpool.rulefile import RuleText
from riskpool.ruletext import refuse_unset
from riskpool.sentences import sentence
from riskpool.suspension import SuspensionState, barring_clauses
from riskpool.waterfall import steps_of

AT_INCLUSION = ("require", "require_order", "require_ratio")
"""Kinds that say themselves when they are judged."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a filing came to: every finding, the clauses that were asked, and all steps, numbered through.

    ``places`` says for each finding which step it is, 0 for a suspension, whose state stands by itself.
    """

    findings: tuple[Finding, ...]
    places: tuple[int, ...]
    clauses: tuple[FrozenClause, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class _Filing:
    """What a sentence about a filing needs: its facts and the clauses as they stand."""

    facts: Mapping[str, FactValue]
    parties: tuple[tuple[str, str], ...]
    clauses: Mapping[int, FrozenClause]
    steps: tuple[Step, ...]

    def clause(self, no: int) -> FrozenClause:
        return self.clauses[no]


def filing_findings(text: RuleText, facts: CaseFacts, suspensions: Sequence[SuspensionState]) -> tuple[Finding, ...]:
    """Every finding at inclusion, as :func:`judge` has them."""
    return judge(text, facts, suspensions).findings


def judge(text: RuleText, facts: CaseFacts, suspensions: Sequence[SuspensionState]) -> Judgement:
    """Judge a filing. A finding that does not hold with effect ``refuse`` bars it.

    Raises:
        Refusal: the text has unset topics, a fact is missing, or the bank's state is one no row describes.
    """
    refuse_unset(text)
    faults: list[Fault] = []
    run, seats, asked = Run(facts, {}), seats_of(text), asked_at_inclusion(text)
    # Of a suspension only its premise is asked here: one that does not apply must be seen not to.
    premised = [clause for clause in barring_clauses(text) if clause.when]
    bodies = [bind_clause(clause, seats) for clause in asked] + [guarded(clause, _nothing) for clause in premised]
    for body in bodies:
        try:
            body(run)
        except Refusal as refusal:
            faults += refusal.faults
    holes = [state for state in suspensions if state.effect == "ask"]
    faults += [Fault(NOT_STATED, f"{state.clause}：{state.why}", Place(f"备案 {facts.case}")) for state in holes]
    if faults:
        raise Refusal(faults)
    frozen, steps = tuple(map(frozen_clause, (*asked, *premised))), steps_of(run.trace)
    parties = tuple((party.key, party.title) for party in text.parties)
    filing = _Filing(facts.values, parties, {clause.no: clause for clause in frozen}, steps)
    found = [_finding(filing, step) for step in steps]
    places = (*(step.no for step in steps), *(0 for _ in suspensions))
    return Judgement((*found, *map(_suspended, suspensions)), places, frozen, steps)


def _nothing(_run: Run) -> None:
    """A suspension's state is worked out from its history, not by a step."""


def asked_at_inclusion(text: RuleText) -> list[Clause]:
    """The clauses that a filing is judged by, suspensions apart, whose state is worked out from its history."""
    # `at` unset: whether the clause speaks at filing is not known, so it is asked and refuses.
    judged = [
        clause
        for clause in text.clauses
        if clause.kind in AT_INCLUSION and clause.parameters.get("at", "inclusion") == "inclusion"
    ]
    return [*judged, *text.clauses_of("leverage_limit")]


def _finding(filing: _Filing, step: Step) -> Finding:
    judges = step.op in ("at_least", "above", "at_most", "below", "one_of")
    holds = bool(step.result) or not judges or step.effect == "skip"
    return Finding(filing.clause(step.clause).article, step.kind, holds, step.effect, sentence(filing, step))


def _suspended(state: SuspensionState) -> Finding:
    barred = state.effect == "refuse_new"
    since = f"，自 {state.since.isoformat()} 起" if state.since else ""
    why = f"（{state.why}）" if state.why else ""
    return Finding(
        state.clause,
        "suspension",
        not barred,
        "refuse" if barred else "",
        f"状态「{state.state}」{since}{why}" + ("，不再受理新备案" if barred else ""),
    )
