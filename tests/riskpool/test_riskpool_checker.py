"""The checker against a few hundred random decisions: no figure can be changed and no clause dropped unseen."""

import json
import random
from collections.abc import Iterator
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import pytest

from riskpool.cases import Used
from riskpool.checker import problems
from riskpool.decision import Decision, canonical_bytes, from_bytes
from riskpool.facts import CaseFacts, FactValue
from riskpool.ruletext import shipped
from riskpool.waterfall import decide

TEXTS = ("demo-2023", "wenzhou-2020", "deyang", "zhongshan")


def random_decision(seed: int) -> Decision:
    """A decision under one of the shipped texts, approved or denied as it falls."""
    chance = random.Random(seed)  # noqa: S311 - a test's seeded variety
    due_on = date(2023, 1, 1) + timedelta(chance.randrange(300))
    principal = chance.choice([0, 1, 3, 101, chance.randrange(1, 10**9)])
    types = chance.choice([("patent",), ("patent",), ("patent", "trademark"), ("copyright", "patent")])
    values: dict[str, FactValue] = {
        "principal": principal,
        "disposal_proceeds": chance.choice([0, 0, chance.randrange(principal + 2)]),
        "approved_earlier": 0,
        "filed_on": (due_on - timedelta(chance.randrange(-1, 300))).isoformat(),
        "due_on": due_on.isoformat(),
        "assessed_on": (due_on + timedelta(chance.choice([60, 90, 91, 92, 200, 300]))).isoformat(),
        "product": chance.choice(["insured", "direct"]),
        "ip_types": types,
        "exposure": "exposure-1",
        "registered_in_city": True,
        "in_good_credit": chance.random() < 0.9,
        "paid_in.01": chance.randrange(1, 10**9),
        "paid_in.02": chance.randrange(10**9),
        "paid_in.03": chance.randrange(10**9),
    }
    used = [Used("loan_payment|exposure=exposure-1", "E", chance.choice([0, 30_000_000, 120_000_000]))]
    facts = CaseFacts(f"C{seed}", values, dict.fromkeys(values, "随机"))
    return decide(shipped(chance.choice(TEXTS)), facts, used)


def read_numbers(table: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
    """(container, key) of every number in a decision's JSON that bears on it: all but what no step has read."""
    origins = {str(origin) for step in table["steps"] for origin, _ in step["operands"]}
    for step in table["steps"]:
        yield step, "no"
        yield step, "clause"
        yield step, "result"
        for operand in step["operands"]:
            yield operand, 1
    for literals, prefix in [(table["facts"], "f:"), *((c["literals"], f"p:{c['no']}.") for c in table["clauses"])]:
        yield from ((literals, name) for name in literals if f"{prefix}{name}" in origins)
    yield from ((clause, "no") for clause in table["clauses"])
    for name in ("used", "due", "contributors", "consumption"):
        yield from ((table[name], key) for key in table[name])
    for name in ("plan", "refusals"):
        yield from ((table[name], index) for index in range(len(table[name])))
    if table["verdict"] == "approved":
        yield from ((table, name) for name in ("loss", "base", "settle"))
    if table["recovery"]:
        yield table["recovery"], "whole"
        for name in ("parts", "contributors"):
            yield from ((table["recovery"][name], key) for key in table["recovery"][name])


def changed(decision: Decision, which: int, by: int) -> Decision | None:
    """The decision with its ``which``-th number changed; None when that place holds no integer."""
    table = json.loads(decision.to_bytes())
    container, key = list(read_numbers(table))[which]
    if type(container[key]) is not int:
        return None
    container[key] += by
    return from_bytes(canonical_bytes(table))


@pytest.mark.parametrize("block", range(6))
def test_every_single_number_change_is_caught(block: int) -> None:
    tried = 0
    for seed in range(block * 50, block * 50 + 50):
        decision = random_decision(seed)
        assert problems(decision) == ()
        chance = random.Random(seed)  # noqa: S311 - a test's seeded variety
        places = list(read_numbers(json.loads(decision.to_bytes())))
        for which in chance.sample(range(len(places)), min(12, len(places))):
            forged = changed(decision, which, chance.choice([-1, 1, 100]))
            if forged is not None:
                tried += 1
                assert problems(forged), f"seed {seed}, number {which}"
    assert tried > 300


def test_every_number_of_one_decision_is_caught() -> None:
    for seed in (1, 2, 3, 4, 5, 6, 7, 8):
        decision = random_decision(seed)
        for which in range(len(list(read_numbers(json.loads(decision.to_bytes()))))):
            forged = changed(decision, which, 1)
            assert forged is None or problems(forged), f"seed {seed}, number {which}"


def test_every_dropped_clause_is_caught() -> None:
    for seed in range(150):
        decision = random_decision(seed)
        for clause in decision.clauses:
            table = json.loads(decision.to_bytes())
            table["steps"] = [step for step in table["steps"] if step["clause"] != clause.no]
            assert problems(from_bytes(canonical_bytes(table))), f"seed {seed}, steps of clause {clause.no}"
            quiet = deepcopy(json.loads(decision.to_bytes()))
            quiet["plan"] = [number for number in quiet["plan"] if number != clause.no]
            assert problems(from_bytes(canonical_bytes(quiet))), f"seed {seed}, plan without {clause.no}"


def test_an_operand_named_after_another_figure_is_caught() -> None:
    decision = random_decision(3)
    table = json.loads(decision.to_bytes())
    results = [step["result"] for step in table["steps"]]
    for step in table["steps"]:
        for operand in step["operands"]:
            if isinstance(operand[0], int):
                wrong = next((n for n, result in enumerate(results, 1) if result != operand[1]), None)
                forged = deepcopy(table)
                forged["steps"][step["no"] - 1]["operands"][step["operands"].index(operand)][0] = wrong
                assert problems(from_bytes(canonical_bytes(forged)))


def test_verdict_turned_round_is_caught() -> None:
    for seed in range(60):
        table = json.loads(random_decision(seed).to_bytes())
        table["verdict"] = "denied" if table["verdict"] == "approved" else "approved"
        table["due"] = table["due"] or {"pool": 0}
        assert problems(from_bytes(canonical_bytes(table)))
