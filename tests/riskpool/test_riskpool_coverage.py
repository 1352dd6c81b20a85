"""The cases are complete: every kind below, at and above its line; every condition alone false; every sentence said."""

from collections.abc import Iterator
from functools import cache

import pytest
from calculator import computed
from cases.reading import SHAPES, VERDICTS, cases, decided, facts_of, text_of

from ledger.money import yuan_text
from riskpool import sentences
from riskpool.binding import holds, phase_of
from riskpool.clauses import KINDS
from riskpool.clauses.kind import GATE_PHASES, Clause
from riskpool.decision import Decision, Step
from riskpool.facts import FactValue
from riskpool.rulefile import RuleText
from riskpool.ruletext import open_faults, shipped, shipped_refs
from riskpool.views import explain

NO_LINE = {"require_papers", "share_by_parts", "share_by_rate", "rate_points", "pool_size", "pool_may_pay"}
"""Kinds without a threshold: they say a part, a rate, a size or a list."""
SIDES = {"低于", "正好", "高于"}

DECIDABLE = [
    ref
    for ref in shipped_refs()
    if shipped(ref).parties and not any(silence.status == "unset" for silence in shipped(ref).silent)
]


def test_every_kind_with_a_line_has_a_case_below_at_and_above() -> None:
    sides: dict[str, set[str]] = {}
    for shape in SHAPES:
        for name, _, case in cases(shape):
            for kind, side in case.get("side", {}).items():
                assert side in SIDES, name
                sides.setdefault(kind, set()).add(side)
    assert set(sides) == set(KINDS) - NO_LINE
    assert {kind: found for kind, found in sides.items() if found != SIDES} == {}


BOUNDED = {"min", "at_most", "at_least", "above", "below"}
"""Operations that set a figure against a line."""


def stands(step: Step) -> str:
    """On which side of its line the figure of a step stands, by the step's own operands."""
    values = [int(operand.value) for operand in step.operands]
    if step.kind == "ip_part":  # the quota of IP against all quotas
        left, right = values[3], values[0]
    elif step.op == "share":
        whole, unit, *pairs = values  # what is rounded against half a unit
        top = 2 * sum(amount * part for amount, part in zip(pairs[::2], pairs[1::2], strict=True)) % (2 * whole * unit)
        left, right = top, whole * unit
    elif step.op == "sub":
        left, right = sum(values[1:]), values[0]
    elif step.op in ("min", "max"):
        left, right = values
    else:
        left, right = values[0] * values[1], values[2] * values[3]
    return "低于" if left < right else "正好" if left == right else "高于"


LINES = {
    "base_of": ("sub", "net_loss"),
    "allotment": ("share", "due."),
    "all_levels_ceiling": ("max", "excess"),
    "ip_part": ("share", "base"),
}
"""Kinds whose line is met in an operation of another sort: deductions and loss, half a fen, the excess and nothing."""
TURNED = {"contributor_draw"}
"""Kinds whose cases speak of what is there, not of what is asked."""


def test_a_case_that_says_below_at_or_above_stands_there_by_its_own_steps() -> None:
    seen: dict[str, set[str]] = {}
    for name, table, case in cases("decide"):
        if "refusal" in case["expect"]:
            continue  # an IP quota above the whole is no figure but a wrong entry
        for kind, side in case.get("side", {}).items():
            own = [step for step in decided(table, case).steps if step.kind == kind and step.effect != "skip"]
            op, named = LINES.get(kind, ("", ""))
            met = [step for step in own if (step.op == op and named in step.name if op else step.op in BOUNDED)]
            sides = {stands(step) for step in met}
            wanted = {"低于": "高于", "高于": "低于"}.get(side, side) if kind in TURNED else side
            assert wanted in sides, f"{name}: {kind} is {sides}"
            seen.setdefault(kind, set()).add(side)
    assert len(seen) > 12
    assert {kind for kind, found in seen.items() if found != SIDES} == {"ip_part"}


@cache
def deciding() -> tuple[tuple[RuleText, dict[str, FactValue], Decision], ...]:
    """Every case that comes to a decision, with its text and facts."""
    return tuple(
        (text_of(table, case), facts_of(table, case), decided(table, case))
        for _, table, case in cases("decide")
        if "refusal" not in case["expect"]
    )


def under(slug: str) -> Iterator[tuple[dict[str, FactValue], Decision]]:
    return ((facts, decision) for text, facts, decision in deciding() if text.slug == slug)


def gate_clauses() -> list[tuple[str, Clause]]:
    """(slug, clause) of every condition that can refuse an application under a shipped text."""
    found = [
        (shipped(ref).slug, clause)
        for ref in shipped_refs()
        for clause in shipped(ref).clauses
        if phase_of(clause) in GATE_PHASES and clause.parameters.get("effect") == "refuse"
    ]
    assert len(found) > 20
    return found


@pytest.mark.parametrize(("slug", "clause"), gate_clauses(), ids=lambda item: getattr(item, "article", item))
def test_each_condition_is_false_alone_in_some_case(slug: str, clause: Clause) -> None:
    alone = [
        decision
        for _, decision in under(slug)
        if [decision.clause(number).article for number in decision.refusals] == [clause.article]
    ]
    assert any(decision.verdict == VERDICTS["不予补偿"] for decision in alone), clause.article


def premises() -> list[tuple[str, Clause, int]]:
    """(slug, clause, which) of every premise of every clause of the shipped texts."""
    return [
        (shipped(ref).slug, clause, index)
        for ref in shipped_refs()
        for clause in shipped(ref).clauses
        for index in range(len(clause.when))
    ]


def facts_seen(slug: str, clause: Clause) -> list[dict[str, FactValue]]:
    """The facts on which cases ask a clause: a decision's, or for a clause of a round each claim's own."""
    if phase_of(clause):
        return [facts for facts, _ in under(slug)]
    assert clause.kind in ("budget", "balance_limit"), f"{clause.kind}: a premise that no shape of cases asks"
    return [
        facts_of({}, {"change": claim.get("facts", {})})
        for _, table, case in cases("round")
        if text_of(table, case).slug == slug and "refusal" not in case["expect"]
        for claim in case["claims"]
    ]


@pytest.mark.parametrize(("slug", "clause", "index"), premises(), ids=lambda item: getattr(item, "article", str(item)))
def test_each_premise_is_false_alone_in_some_case_and_all_hold_in_another(
    slug: str, clause: Clause, index: int
) -> None:
    seen = set()
    for facts in facts_seen(slug, clause):
        if all(premise.fact in facts for premise in clause.when):
            seen.add(tuple(holds(premise, facts[premise.fact]) for premise in clause.when))
    count = len(clause.when)
    assert (True,) * count in seen, f"{clause.article} is never applied"
    alone = tuple(place != index for place in range(count))
    assert alone in seen, f"{clause.article}: premise {clause.when[index].fact} is never false alone"


def test_every_shipped_text_that_can_decide_does_so_in_some_case() -> None:
    approved = {text.slug for text, _, decision in deciding() if decision.verdict == "approved"}
    assert {shipped(ref).slug for ref in DECIDABLE} <= approved


def test_texts_that_lack_a_topic_say_what_is_missing() -> None:
    lacking = [shipped(ref) for ref in shipped_refs() if ref not in DECIDABLE]
    assert {text.slug for text in lacking} == {"cixi", "ningbo-2018", "shenzhen"}
    assert all(open_faults(text) for text in lacking)


def test_every_sentence_is_said_somewhere_and_none_has_a_hole() -> None:
    used = set()
    for _, _, decision in deciding():
        for step in decision.steps:
            used.add(sentences._template(decision, step))  # noqa: SLF001 - which template, not only its text
            assert "{" not in sentences.sentence(decision, step)
    templates = {
        *sentences.SENTENCES.values(),
        *sentences.NAMED_SENTENCES.values(),
        *sentences.RATE_SENTENCES.values(),
        *sentences.BLENDED.values(),
        sentences.THRESHOLD,
        sentences.RATIO,
        sentences.BAND,
        sentences.BEARS,
        sentences.SKIPPED,
        sentences.SKIPPED_THRESHOLD,
    }
    leverage = {text for (kind, _), text in sentences.SENTENCES.items() if kind == "leverage_limit"}
    assert templates - leverage - used == set()


def test_every_line_of_every_case_can_be_followed_with_a_pocket_calculator() -> None:
    for _, _, decision in deciding():
        for line in explain(decision):
            printed = yuan_text(line.amount_fen) if line.amount_fen is not None else line.plain
            assert computed(line.sentence) == printed, line.sentence
