"""Eligibility at inclusion: all findings on a loan's filing, never only the first; frozen with the filing.

A requirement that speaks at filing is judged on the filing's own facts; whether the bank is suspended, and whether
the pool's multiple still has room, are further findings. Facts nobody states refuse the judgement, each named.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ledger.faults import Fault, Place, Refusal
from riskpool.binding import bind_clause, frozen_clause, seats_of
from riskpool.clauses.kind import Clause
from riskpool.clauses.run import Run
from riskpool.clauses.standing import NOT_STATED
from riskpool.decision import Finding, FrozenClause, Step
from riskpool.facts import CaseFacts, FactValue
from riskpool.rulefile import RuleText
from riskpool.ruletext import refuse_unset
from riskpool.sentences import sentence
from riskpool.suspension import SuspensionState
from riskpool.waterfall import steps_of

AT_INCLUSION = ("require", "require_order", "require_ratio")
"""Kinds that say themselves when they are judged."""


@dataclass(frozen=True, slots=True)
class _Filing:
    """What a sentence about a filing needs: its facts and the clause as it stands."""

    facts: Mapping[str, FactValue]
    parties: tuple[tuple[str, str], ...]
    frozen: FrozenClause
    steps: tuple[Step, ...]

    def clause(self, no: int) -> FrozenClause:
        assert no == self.frozen.no, "a filing's clause is judged alone"
        return self.frozen


def filing_findings(text: RuleText, facts: CaseFacts, suspensions: Sequence[SuspensionState]) -> tuple[Finding, ...]:
    """Every finding at inclusion. A finding that does not hold with effect ``refuse`` bars the filing.

    Raises:
        Refusal: the text has unset topics, a fact is missing, or the bank's state is one no row describes.
    """
    refuse_unset(text)
    faults: list[Fault] = []
    findings: list[Finding] = []
    for clause in _asked_at_inclusion(text):
        try:
            findings += _judge(text, clause, facts)
        except Refusal as refusal:
            faults += refusal.faults
    holes = [state for state in suspensions if state.effect == "ask"]
    faults += [Fault(NOT_STATED, f"{state.clause}：{state.why}", Place(f"备案 {facts.case}")) for state in holes]
    if faults:
        raise Refusal(faults)
    return (*findings, *(_suspended(state) for state in suspensions))


def _asked_at_inclusion(text: RuleText) -> list[Clause]:
    # `at` unset: whether the clause speaks at filing is not known, so it is asked and refuses.
    judged = [
        clause
        for clause in text.clauses
        if clause.kind in AT_INCLUSION and clause.parameters.get("at", "inclusion") == "inclusion"
    ]
    return [*judged, *text.clauses_of("leverage_limit")]


def _judge(text: RuleText, clause: Clause, facts: CaseFacts) -> list[Finding]:
    run = Run(facts, {})
    bind_clause(clause, seats_of(text))(run)
    parties = tuple((party.key, party.title) for party in text.parties)
    steps = steps_of(run.trace)
    filing = _Filing(facts.values, parties, frozen_clause(clause), steps)
    return [_finding(clause, filing, step) for step in steps]


def _finding(clause: Clause, filing: _Filing, step: Step) -> Finding:
    judges = step.op in ("at_least", "above", "at_most", "below", "one_of")
    holds = bool(step.result) or not judges or step.effect == "skip"
    return Finding(clause.article, clause.kind, holds, step.effect, sentence(filing, step))


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
