"""A round of payments (拨付轮次): several approved claims against a year's budget and against what the pool holds.

The only place that sees several cases at once. Claims stand in order of acceptance, then of case number. A budget is
asked first, what it leaves is asked of the balance. What can't be paid now waits, goes to the next year or lapses, as
the text says; where all can be paid, how to share out is not asked.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from ledger.money import apportion, half_up
from riskpool.binding import applies, frozen_clause, seats_of
from riskpool.clauses.kind import Clause
from riskpool.clauses.run import ONE, ZERO, Figure, Run, Template
from riskpool.decision import FrozenClause, Op, Step, canonical_bytes, clause_json, step_json, step_of_json
from riskpool.facts import CaseFacts, FactValue
from riskpool.rulefile import RuleText
from riskpool.ruletext import unset_parameter
from riskpool.waterfall import steps_of

FIFO, PRO_RATA = "fifo", "pro_rata"
LAPSE = "lapse"
KIND = "round"
TOTAL = Template(0, KIND, "sum", "pool")
"""The step that sums what a round gives."""


class Claim(NamedTuple):
    """A decided amount that waits for payment. ``due_fen`` is what is still to be paid of it.

    ``facts`` are the case's own, for a clause that speaks of some cases only; ``left`` is what each contributor still
    has to bear of the case (fen), of which the payment takes in proportion.
    """

    case: str
    bank: str
    accepted_on: date
    decided_on: date
    due_fen: int
    facts: Mapping[str, FactValue] = MappingProxyType({})
    left: Mapping[str, int] = MappingProxyType({})


class Paid(NamedTuple):
    """What a round gives one claim now, by contributor, and what becomes of the rest.

    ``rest`` holds (article, 排队/转下年/不再支付, fen) each.
    """

    case: str
    now_fen: int
    rest: tuple[tuple[str, str, int], ...]
    contributors: tuple[tuple[str, int], ...] = ()

    @property
    def lapsed(self) -> tuple[tuple[str, int], ...]:
        """(article, fen) of what is not paid any more."""
        return tuple((article, amount) for article, becomes, amount in self.rest if becomes == LAPSE)


@dataclass(frozen=True, slots=True)
class RoundOutcome:
    """A whole round: what each claim gets, the steps, and the record in canonical JSON.

    ``consumption`` is what the round takes of each meter; of one read back it is what was used before it.
    """

    paid: tuple[Paid, ...]
    facts: Mapping[str, FactValue]
    steps: tuple[Step, ...]
    clauses: tuple[FrozenClause, ...]
    consumption: Mapping[str, int]
    computation: bytes

    @property
    def parties(self) -> tuple[tuple[str, str], ...]:
        """A round names cases, not parties."""
        return ()

    def clause(self, no: int) -> FrozenClause:
        """The frozen clause with this number."""
        return next(clause for clause in self.clauses if clause.no == no)


def share_out_round(
    text: RuleText, claims: Sequence[Claim], on: date, *, used: Mapping[str, int], pool: Mapping[str, FactValue]
) -> RoundOutcome:
    """Share out a round on a day. ``used`` is what earlier rounds took of each meter; ``pool`` states the pool's facts.

    A text without a budget and without a balance clause pays every claim in full: whether the money is there is then
    the books' question, not the text's.

    Raises:
        Refusal: a fact is missing, or a parameter that this round reads is unset.
    """
    queue = sorted(claims, key=lambda claim: (claim.accepted_on, claim.case))
    names = [claim.case for claim in queue]
    assert len(set(names)) == len(names), "a case stands in a round once"
    values = {**pool, **{f"claim.{claim.case}": claim.due_fen for claim in queue}}
    run = Run(CaseFacts(f"拨付 {on.isoformat()}", values, dict.fromkeys(values, "账簿")), used)
    now = {claim.case: run.money(f"claim.{claim.case}") for claim in queue}
    rest: dict[str, list[tuple[str, str, int]]] = {claim.case: [] for claim in queue}
    asked: dict[str, list[str]] = {}
    budgets, limits = text.clauses_of("budget"), text.clauses_of("balance_limit")
    for clause in budgets:
        for key, group in _groups(clause, queue, on).items():
            before = asked.setdefault(key, [])  # cases of an earlier budget on this meter: what they get is gone
            given = [now[case] for case in before if case not in group]
            _cut(run, clause, _budget_room(run, clause, key, given), group, now, rest)
            before += [case for case in group if case not in before]
    for clause in limits:
        _cut(run, clause, _balance_room(text, run, clause), [c.case for c in queue if _applies(clause, c)], now, rest)
    consumption = {key: sum(now[case][0] for case in cases) for key, cases in asked.items()}
    total = run.add(TOTAL, tuple(now.values()), sum(figure[0] for figure in now.values()))[0]
    paid = tuple(Paid(c.case, now[c.case][0], tuple(rest[c.case]), _drawn(c, now[c.case][0])) for c in queue)
    clauses = tuple(frozen_clause(clause) for clause in (*budgets, *limits))
    steps = steps_of(run.trace)
    table = {
        "format": 1,
        "on": on.isoformat(),
        "rule": text.ref,
        "facts": values,
        "used": {key: used.get(key, 0) for key in consumption},
        "clauses": [clause_json(clause) for clause in clauses],
        "steps": [step_json(step) for step in steps],
        "pool": total,
        "drawn": {one.case: dict(one.contributors) for one in paid},
        "paid": {one.case: one.now_fen for one in paid},
        "lapsed": {one.case: sum(fen for _, fen in one.lapsed) for one in paid},
        "rest": {one.case: [list(part) for part in one.rest] for one in paid},
    }
    return RoundOutcome(paid, values, steps, clauses, consumption, canonical_bytes(table))


def outcome_of(content: bytes) -> RoundOutcome:
    """A round read back from its record; its digest is the caller's to compare."""
    table = json.loads(content)
    paid = tuple(
        Paid(
            case,
            now,
            tuple((article, becomes, fen) for article, becomes, fen in table["rest"][case]),
            tuple(table["drawn"][case].items()),
        )
        for case, now in table["paid"].items()
    )
    clauses = tuple(FrozenClause(**clause) for clause in table["clauses"])
    steps = tuple(step_of_json(step) for step in table["steps"])
    return RoundOutcome(paid, table["facts"], steps, clauses, table["used"], content)


def _drawn(claim: Claim, now_fen: int) -> tuple[tuple[str, int], ...]:
    """What each contributor bears of a payment, in the proportions of what it still has to bear."""
    shares = apportion(now_fen, tuple(claim.left.values())) if claim.left else ()
    return tuple((number, fen) for number, fen in zip(claim.left, shares, strict=True) if fen)


def used_by(text: RuleText, funded: Sequence[tuple[Claim, date, int]]) -> dict[str, int]:
    """What earlier rounds took of a text's meters: (claim, day of payment, fen) each, folded by the meters' keys.

    A payment takes of a meter once, though two budgets speak of it.
    """
    totals: dict[str, int] = {}
    for claim, on, amount in funded:
        keys = [key for clause in text.clauses_of("budget") for key in _groups(clause, [claim], on)]
        for key in dict.fromkeys(keys):
            totals[key] = totals.get(key, 0) + amount
    return totals


def has_rounds(text: RuleText) -> bool:
    """Whether approved money waits for a round: the text has a budget or a limit by what the pool holds."""
    return bool(text.clauses_of("budget") or text.clauses_of("balance_limit"))


def _groups(clause: Clause, queue: Sequence[Claim], on: date) -> dict[str, list[str]]:
    """Cases by the key of the clause's meter, in the order of the queue."""
    _refuse_unset(clause, "payer", "meter", "per", "amount")
    groups: dict[str, list[str]] = {}
    for claim in queue:
        if not _applies(clause, claim):
            continue
        known = {
            "bank": claim.bank,
            "accepted_year": str(claim.accepted_on.year),
            "decided_year": str(claim.decided_on.year),
            "paid_year": str(on.year),
            "pool": "全池",
        }
        key = "|".join([clause.word("meter"), *(f"{name}={known[name]}" for name in clause.words("per"))])
        groups.setdefault(key, []).append(claim.case)
    return groups


def _applies(clause: Clause, claim: Claim) -> bool:
    """Whether a clause speaks of this claim; a fact that it asks for and nobody states refuses."""
    return applies(clause, CaseFacts(claim.case, claim.facts, {}))


def _budget_room(run: Run, clause: Clause, key: str, given: Sequence[Figure]) -> Figure:
    """What is left of a year's money: ``given`` is what another budget on the same meter gives in this round."""
    amount = (clause.integer("amount"), f"p:{clause.no}.amount")
    used = (run.used.get(key, 0), f"u:{key}")
    room = _step(run, clause, "unused", (amount, used), amount[0] - used[0])
    for figure in given:
        room = _step(run, clause, "room", (room, figure), room[0] - figure[0])
    return _floor(run, clause, room)


def _balance_room(text: RuleText, run: Run, clause: Clause) -> Figure:
    """Of the balance: what is there. Of paid-in money or the pool's size: what was paid before is taken off."""
    _refuse_unset(clause, "payer", "basis")
    basis = clause.word("basis")
    if basis == "balance":
        return _floor(run, clause, run.money("pool_balance"))
    if basis == "size":
        size = seats_of(text).size
        if size is None:
            raise unset_parameter(text.clauses_of("pool_size")[0])  # that there is one was checked when it was read
        figure: Figure = size
    else:
        figure = run.money("pool_paid_in")
    before = run.money("pool_paid_out")
    return _floor(run, clause, _step(run, clause, "unused", (figure, before), figure[0] - before[0]))


def _cut(
    run: Run,
    clause: Clause,
    room: Figure,
    group: Sequence[str],
    now: dict[str, Figure],
    rest: Mapping[str, list[tuple[str, str, int]]],
) -> None:
    """Hold a group of claims down to a room; each claim leaves a step of its own."""
    total = _add(run, clause, "asked", [now[case] for case in group])
    if total[0] <= room[0]:
        for case in group:
            now[case] = run.add(_template(clause, "min", f"now.{case}"), (now[case], room), now[case][0])
        return
    _refuse_unset(clause, "share_out", "rest")
    before = {case: now[case][0] for case in group}
    if clause.word("share_out") == FIFO:
        _in_turn(run, clause, room, group, now)
    else:
        _by_parts(run, clause, room, total, group, now)
    for case in group:
        left = before[case] - now[case][0]
        if left:
            rest[case].append((clause.article, clause.word("rest"), left))


def _in_turn(run: Run, clause: Clause, room: Figure, group: Sequence[str], now: dict[str, Figure]) -> None:
    for case in group:
        given = run.add(_template(clause, "min", f"now.{case}"), (now[case], room), min(now[case][0], room[0]))
        room = _step(run, clause, "room", (room, given), room[0] - given[0])
        now[case] = given


def _by_parts(
    run: Run, clause: Clause, room: Figure, total: Figure, group: Sequence[str], now: dict[str, Figure]
) -> None:
    """By cumulative prefixes, so that the round sums to the room exactly and nobody gets more than was asked."""
    prefix, given = ZERO, ZERO
    for case in group:
        prefix = _add(run, clause, "prefix", (prefix, now[case]))
        cumulated = half_up(room[0] * prefix[0], total[0])
        upto = run.add(_template(clause, "share", "given"), (total, ONE, room, prefix), cumulated)
        now[case] = _step(run, clause, f"now.{case}", (upto, given), upto[0] - given[0])
        given = upto


def _template(clause: Clause, op: Op, name: str) -> Template:
    return Template(clause.no, clause.kind, op, name)


def _step(run: Run, clause: Clause, name: str, operands: tuple[Figure, Figure], result: int) -> Figure:
    return run.add(_template(clause, "sub", name), operands, result)


def _floor(run: Run, clause: Clause, figure: Figure) -> Figure:
    return run.add(_template(clause, "max", "room"), (figure, ZERO), max(figure[0], 0))


def _add(run: Run, clause: Clause, name: str, figures: Sequence[Figure]) -> Figure:
    return run.add(_template(clause, "sum", name), tuple(figures), sum(figure[0] for figure in figures))


def _refuse_unset(clause: Clause, *names: str) -> None:
    if set(names) & set(clause.unset):
        raise unset_parameter(clause)
