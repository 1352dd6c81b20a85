"""The engine: a rule text bound once, then run over cases phase by phase until the remainder is named.

All findings of the gate are gathered; a refusal there stops the arithmetic. After the caps the residual party
takes what is left of the base, so the parties' amounts sum to it exactly. ``evaluate`` is the bare run, fit for
millions of cases: it reads no file and makes no record; ``record`` turns its outcome into a decision.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from ledger.faults import ExitCode, Fault, FaultKind, Refusal
from ledger.money import yuan_text
from riskpool.binding import BoundText, bind
from riskpool.clauses.kind import Clause
from riskpool.clauses.run import ZERO, LightStep, Run, Template
from riskpool.decision import Decision, Operand, RecoveryTerms, Step
from riskpool.facts import DEDUCTION_FACTS, OWN_RECEIPTS, CaseFacts
from riskpool.ruletext import RuleText

NO_SHARE = FaultKind(
    "裁决-条款-02",
    "没有分担条款适用于本案",
    "办法对本案这类贷款规定了我方的分担比例",
    "核对贷款类别；办法确无规定的，报主管。",
    ExitCode.REFUSED,
)
NO_BASE = FaultKind(
    "裁决-条款-05",
    "没有损失基数条款适用于本案",
    "办法对本案这类申请规定了损失基数",
    "核对申请人和贷款类别；办法确无规定的，报主管。",
    ExitCode.REFUSED,
)
GAIN = FaultKind(
    "裁决-获利-01",
    "各方所得合计超过损失",
    "申请人从各处所得合计不超过损失基数的计入合计",
    "核对保险赔款等是否只填属于所计损失的部分；确实超过的，采用写明不得获利（no_gain）的办法，或报主管。",
    ExitCode.REFUSED,
)
KINDS = (NO_SHARE, NO_BASE, GAIN)

Verdict = Literal["approved", "denied", "deferred"]


class Used(NamedTuple):
    """What one case takes of a meter in all (fen). A later decision of the case replaces it."""

    meter: str
    case: str
    amount_fen: int


def used_by_others(used: Sequence[Used], case: str) -> dict[str, int]:
    """Fold the meters over every case but this one: a case never sees its own earlier consumption."""
    totals: dict[str, int] = {}
    for item in used:
        if item.case != case:
            totals[item.meter] = totals.get(item.meter, 0) + item.amount_fen
    return totals


class Outcome(NamedTuple):
    """What a run came to, without a record: enough for totals over many cases. ``settle`` is fen to pay now."""

    verdict: Verdict
    settle: int
    run: Run
    plan: int


def decide(text: RuleText, facts: CaseFacts, used: Sequence[Used]) -> Decision:
    """Decide a case cumulatively: all that is due on it, less what was approved before (``settle``).

    Raises:
        Refusal: the text leaves a topic unset; a fact or a parameter the case reads is missing.
    """
    bound = bind(text)
    return record(bound, evaluate(bound, facts, used_by_others(used, facts.case)))


def evaluate(bound: BoundText, facts: CaseFacts, used: Mapping[str, int]) -> Outcome:
    """Run a bound text over one case. ``used`` is what other cases take of each meter, folded by the caller.

    Raises:
        Refusal: a fact or a parameter that the case reads is missing, or the text does not cover the case.
    """
    run = Run(facts, used)
    _run_gate(bound, run)
    plan = len(bound.gate)
    if run.refused:
        return _denied(bound, run, plan)
    for clause in bound.sharing:
        clause(run)
        plan += 1
        if run.refused:
            return _denied(bound, run, plan)
    # Asked before any cap: a cap on nothing would make "no share" look like "no room".
    if not run.components:
        raise run.refusal(NO_BASE, f"《{bound.text.title}》没有损失基数条款适用于本案")
    if bound.seats.ours not in run.ratios or bound.seats.ours == bound.seats.residual:
        raise run.refusal(NO_SHARE, f"《{bound.text.title}》没有我方的分担条款适用于本案")
    for clause in bound.amounts:
        clause(run)
    plan += len(bound.amounts)
    if run.deferred:
        _name_remainder(bound, run)
        return Outcome("deferred", 0, run, plan)
    for clause in bound.drawing:
        clause(run)
    return Outcome("approved", _settle(bound, run), run, plan + len(bound.drawing))


def _run_gate(bound: BoundText, run: Run) -> None:
    faults: list[Fault] = []
    for clause in bound.gate:
        try:
            clause(run)
        except Refusal as refusal:
            faults += refusal.faults
    if faults:
        raise Refusal(faults)


def _denied(bound: BoundText, run: Run, plan: int) -> Outcome:
    """A denial pays nothing; what was granted before is to be paid back, under the last clause that refused."""
    earlier = run.values.get("approved_earlier")
    if not isinstance(earlier, int) or not earlier:
        return Outcome("denied", 0, run, plan)
    number = run.refused[-1]
    template = Template(number, bound.frozen[number - 1].kind, "sub", "settle")
    back = run.add(template, (ZERO, (earlier, "f:approved_earlier")), -earlier)
    return Outcome("denied", back[0], run, plan)


def _name_remainder(bound: BoundText, run: Run) -> None:
    """The residual party takes the rest of the base, under the clause that says how amounts are allotted."""
    amounts = tuple(run.due.values())
    rest = run.base[0]
    for item in amounts:
        rest -= item[0]
    assert rest >= 0, "the parties' amounts pass the base"
    residual = bound.seats.residual
    run.due[residual] = run.add(run.remainder, (run.base, *amounts), rest)
    _refuse_gain(bound, run)


def _refuse_gain(bound: BoundText, run: Run) -> None:
    """Nobody is paid more than was lost: a text without a ``no_gain`` clause refuses such a case, and cuts nothing."""
    if not run.due[bound.seats.ours][0]:
        return
    values, received, components, residual = run.values, 0, run.components, bound.seats.residual
    for name in DEDUCTION_FACTS:
        value = values.get(name)
        if value and name not in components:
            assert isinstance(value, int), f"{name} is no number"
            received += value
    for party, figure in run.due.items():
        if party != residual:
            own = OWN_RECEIPTS.get(party, "")
            if own not in values or own in components:
                received += figure[0]
    if received > run.loss[0]:
        found = f"所得合计 {yuan_text(received)} 元，损失 {yuan_text(run.loss[0])} 元"
        raise run.refusal(GAIN, found)


def _settle(bound: BoundText, run: Run) -> int:
    _name_remainder(bound, run)
    ours, earlier = run.due[bound.seats.ours], run.money("approved_earlier")
    return run.add(run.settling, (ours, earlier), ours[0] - earlier[0])[0]


def record(bound: BoundText, outcome: Outcome) -> Decision:
    """The decision that an outcome becomes: every step, fact, literal and meter that it rests on."""
    text, run, verdict = bound.text, outcome.run, outcome.verdict
    frozen = bound.frozen[: outcome.plan]
    due = {} if verdict == "denied" else {key: run.due[key][0] for key in bound.seats.order if key in run.due}
    contributors = {number: figure[0] for number, figure in run.contributors.items()}
    derived = run.derived
    return Decision(
        rule=text.ref,
        rule_sha256=text.sha256,
        title=text.title,
        demo=text.demo,
        case=run.facts.case,
        facts={**run.values, **{name: value for name, (value, _) in derived.items()}},
        evidence={**run.facts.evidence, **{name: evidence for name, (_, evidence) in derived.items()}},
        used={meter: run.used.get(meter, 0) for meter in run.meters},
        clauses=frozen,
        plan=tuple(clause.no for clause in frozen),
        steps=steps_of(run.trace),
        verdict=verdict,
        refusals=tuple(dict.fromkeys(run.refused or run.deferred)),
        loss=run.loss[0],
        base=run.base[0],
        parties=tuple((party.key, party.title) for party in text.parties),
        ours=bound.seats.ours,
        residual=bound.seats.residual,
        due=due,
        settle=outcome.settle,
        contributors=contributors,
        consumption=consumed(outcome),
        recovery=_terms(bound, outcome, due, contributors) if verdict == "approved" else None,
        assumed=bound.assumed,
    )


def consumed(outcome: Outcome) -> dict[str, int]:
    """What the case takes of each meter: the final base or the final due; denied and deferred cases take nothing."""
    run = outcome.run
    if outcome.verdict != "approved":
        return {}
    return {meter: (run.due[whose] if whose else run.base)[0] for meter, whose in run.meters.items()}


def recovery_terms(bound: BoundText, outcome: Outcome) -> RecoveryTerms | None:
    """The proportions of recoveries of an approved outcome, without its record and without contributors."""
    return _terms(bound, outcome, {key: figure[0] for key, figure in outcome.run.due.items()}, {})


def _terms(
    bound: BoundText, outcome: Outcome, due: Mapping[str, int], contributors: Mapping[str, int]
) -> RecoveryTerms | None:
    """The proportions of recoveries, frozen with the decision; None where the text has no such clause."""
    found, ours = bound.text.clauses_of("recovery_split"), bound.seats.ours
    if not found or found[0].unset or not due[ours]:
        return None
    if found[0].word("by") == "nominal":
        part, whole = outcome.run.nominal
        return terms(found[0], {ours: part}, contributors, ours, whole)
    return terms(found[0], due, contributors, ours)


def terms(
    clause: Clause, parts: Mapping[str, int], contributors: Mapping[str, int], ours: str, whole: int = 0
) -> RecoveryTerms:
    """Recovery terms from a ``recovery_split`` clause and the parties' amounts of a decision, or our nominal part."""
    return RecoveryTerms(
        clause=clause.article,
        costs=clause.word("costs"),
        by=clause.word("by"),
        limit=clause.word("limit"),
        parts=dict(parts),
        whole=whole or sum(parts.values()),
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
            tuple([Operand(origin, value) for value, origin in operands]),
            result,
            template.name,
            template.effect,
        )
        for number, (template, operands, result) in enumerate(trace, start=1)
    )
