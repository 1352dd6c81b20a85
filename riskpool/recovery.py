"""Recoveries (追偿): what of each instalment belongs to the pool, computed over all instalments so far.

Costs come first where the rule says so; the pool's share of the net so far, less what was notified before, is
this instalment's. Nothing notified is taken back: a cost reported after the gross it belongs to is made good by
later instalments only, and by nobody if none comes. So instalments sum to what one would have given when no net so
far falls below an earlier one (all costs known in time); else they can sum to more. The proportions are the integer
pair frozen with the decision, never a percentage. Papers say so: :data:`riskpool.provisions.CARRIED`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ledger.faults import ExitCode, FaultKind
from ledger.money import half_up
from riskpool.clauses.drawing import draw
from riskpool.clauses.run import ONE, ZERO, Figure, Run, Template
from riskpool.decision import Op, RecoveryTerms, Step, canonical_bytes, step_json, terms_json
from riskpool.facts import CaseFacts, FactValue
from riskpool.waterfall import steps_of

NO_TERMS = FaultKind(
    "追偿-比例-01",
    "本案没有可用的追偿分配规定",
    "裁决时所依办法有追偿分配条款，且本案有已核定的补偿",
    "核对裁决书与办法；办法未定的，报主管。",
    ExitCode.REFUSED,
)
KINDS = (NO_TERMS,)

KIND = "recovery_split"


@dataclass(frozen=True, slots=True)
class RecoveryHistory:
    """All instalments before this one (fen): gross, cost, our share as notified, and its split over contributors."""

    gross_fen: int = 0
    cost_fen: int = 0
    notified_fen: int = 0
    contributors: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class RecoveryShare:
    """One instalment as shared out.

    ``rest_fen`` is the net that stays with the other parties (negative where later costs eat an earlier net);
    ``computation`` is the whole of it in canonical JSON.
    """

    pool_fen: int
    rest_fen: int
    contributors: tuple[tuple[str, int], ...]
    steps: tuple[Step, ...]
    computation: bytes


def share_recovery(
    terms: RecoveryTerms, paid_fen: int, history: RecoveryHistory, gross_fen: int, cost_fen: int, *, case: str
) -> RecoveryShare:
    """Share one instalment. ``paid_fen`` is what we have paid on the case, the limit of what comes back."""
    facts: dict[str, Any] = {
        "gross": gross_fen,
        "cost": cost_fen,
        "gross_before": history.gross_fen,
        "cost_before": history.cost_fen,
        "notified_before": history.notified_fen,
        "paid": paid_fen,
        **{f"notified_before.{number}": amount for number, amount in history.contributors},
    }
    run = Run(CaseFacts(case, facts, {}), {})
    net_before = max(history.gross_fen - (history.cost_fen if terms.costs == "first" else 0), 0)
    net, ours, total = _pool_share(run, terms)
    split = _split(run, terms, total, dict(history.contributors))
    assert sum(split.values()) == ours, "contributors' shares do not sum to the pool's"
    steps = steps_of(run.trace)
    table = {
        "format": 1,
        "case": case,
        "facts": facts,
        "terms": terms_json(terms),
        "steps": [step_json(step) for step in steps],
        "pool": ours,
        "contributors": split,
    }
    return RecoveryShare(ours, net - net_before - ours, tuple(split.items()), steps, canonical_bytes(table))


def pool_total(terms: RecoveryTerms, paid_fen: int, gross_fen: int, cost_fen: int) -> int:
    """Our part of all that was recovered on a case, in one instalment, without a record: for many cases at once."""
    facts: dict[str, FactValue] = {"gross": gross_fen, "cost": cost_fen, "paid": paid_fen}
    facts |= {"gross_before": 0, "cost_before": 0, "notified_before": 0}
    return _pool_share(Run(CaseFacts("", facts, {}), {}), terms)[1]


def _step(run: Run, op: Op, name: str, operands: tuple[Figure, ...], result: int) -> Figure:
    return run.add(Template(0, KIND, op, name), operands, result)


def _pool_share(run: Run, terms: RecoveryTerms) -> tuple[int, int, Figure]:
    """(net so far, our share of this instalment, our share so far)."""
    gross = _added(run, "gross_total", "gross_before", "gross")
    if terms.costs == "first":
        cost = _added(run, "cost_total", "cost_before", "cost")
        rest = _step(run, "sub", "net_of_costs", (gross, cost), gross[0] - cost[0])
        net = _step(run, "max", "net_total", (rest, ZERO), max(rest[0], 0))
    else:
        net = gross
    part = (terms.parts[terms.ours], f"t:parts.{terms.ours}")
    whole = (terms.whole, "t:whole")
    amount = half_up(net[0] * part[0], whole[0])
    total = _step(run, "share", "share_total", (whole, ONE, net, part), amount)
    if terms.limit == "paid":
        paid = run.money("paid")
        total = _step(run, "min", "share_total", (total, paid), min(total[0], paid[0]))
    # Costs that come later than an earlier net are carried forward: nothing notified is taken back.
    before = run.money("notified_before")
    total = _step(run, "max", "share_total", (total, before), max(total[0], before[0]))
    ours = _step(run, "sub", "pool", (total, before), total[0] - before[0])
    return net[0], ours[0], total


def _added(run: Run, name: str, before: str, now: str) -> Figure:
    figures = (run.money(before), run.money(now))
    return _step(run, "sum", name, figures, sum(item[0] for item in figures))


def _split(run: Run, terms: RecoveryTerms, total: Figure, before: Mapping[str, int]) -> dict[str, int]:
    """Our share so far by contributor in the proportions of the payment, less what each had before.

    The last contributor takes the remainder; an instalment of its may be a fen below zero, the sum never is off.
    """
    parts: dict[str, Figure] = {
        number: (part, f"t:contributors.{number}") for number, part in sorted(terms.contributors.items())
    }
    assert parts, "no contributor to return to"
    totals = draw(run, 0, KIND, total, parts)
    return {number: _instalment(run, number, figure, before.get(number, 0)) for number, figure in totals.items()}


def _instalment(run: Run, number: str, total: Figure, before: int) -> int:
    earlier = (before, f"f:notified_before.{number}") if before else ZERO
    return _step(run, "sub", f"instalment.{number}", (total, earlier), total[0] - before)[0]
