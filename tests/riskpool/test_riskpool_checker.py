"""The checker against random decisions under every text that can decide: no figure changed, no clause dropped unseen.

``CHECKER_DECISIONS`` says how many decisions are tried: 300 by default, with twelve numbers of each changed; under
``CHECKER_EVERY=1`` every number of each. `make checker` tries 10,000 so, the promise.
"""

import json
import os
import random
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from cases.reading import FOLDER

from ledger.faults import Refusal
from reports.audit.reperform import record_faults
from riskpool.cases import Used
from riskpool.checker import problems
from riskpool.clauses import KINDS
from riskpool.decision import Decision, canonical_bytes, from_bytes, of_json
from riskpool.facts import FACTS, CaseFacts, FactValue
from riskpool.rulefile import RuleText, read_rule_text
from riskpool.ruletext import shipped, shipped_refs
from riskpool.waterfall import decide

DECISIONS = int(os.environ.get("CHECKER_DECISIONS", "300"))
EVERY = os.environ.get("CHECKER_EVERY") == "1"
SAMPLE = (FOLDER / "texts" / "sample.toml").read_text(encoding="utf-8")


PAPERS = ("借款合同", "催收记录", "补偿申请书")
"""What the invented text asks for, sorted as a stated fact is."""


def texts() -> list[RuleText]:
    """The shipped texts that can decide, and the invented one in two readings, so that every kind is run."""
    ready = [shipped(ref) for ref in shipped_refs()]
    ready = [text for text in ready if text.parties and not any(one.status == "unset" for one in text.silent)]
    other = SAMPLE.replace('reading = "whole"', 'reading = "marginal"').replace('by = "decided"', 'by = "nominal"')
    other = other.replace('mode = "truncate"', 'mode = "exclude"').replace(
        'without_quota = "refuse"', 'without_quota = "zero"'
    )
    return [*ready, *(read_rule_text(content.encode()) for content in (SAMPLE, SAMPLE, SAMPLE, other, other, other))]


TEXTS = texts()


def random_facts(chance: random.Random) -> dict[str, FactValue]:
    """Facts for any text, such that about half of the cases are approved."""
    due_on = date(2025, 1, 6) + timedelta(chance.randrange(60))
    principal = chance.choice([1, 3, 101, chance.randrange(1, 10**9), chance.randrange(1, 10**9)])
    values: dict[str, FactValue] = {
        name: chance.random() < 0.97 for name, spec in FACTS.items() if spec.dimension == "flag"
    }
    values |= dict.fromkeys(("is_in_other_scheme", "uses_other_mode", "use_was_misused"), chance.random() < 0.03)
    values |= {"is_mixed": chance.random() < 0.5, "insurer_refused": chance.random() < 0.3}
    values |= {name: 0 for name, spec in FACTS.items() if spec.dimension == "money"}
    words = {name: [*spec.words.values()] or ["one"] for name, spec in FACTS.items() if spec.dimension == "word"}
    values |= {name: chance.choice(found) for name, found in words.items()}
    quota = chance.randrange(1, 10**8)
    values |= {
        "loan_principal": chance.choice([10**8, 3 * 10**8, 5 * 10**8, chance.randrange(1, 11 * 10**8)]),
        "principal": principal,
        "interest": chance.randrange(principal + 1) // 20,
        "disposal_proceeds": chance.choice([0, 0, principal // 3]),
        "insurer_paid": chance.choice([0, 0, 0, principal // 2]),
        "awarded_elsewhere": chance.choice([0, 0, principal // 4]),
        "ip_quota": quota,
        "all_quotas": quota + chance.choice([0, 0, quota // 3]),
        "approved_earlier": chance.choice([0, 0, principal // 7]),
        "loan_term": chance.choice([11, 12, 12, 13]),
        "guarantee_multiple": 5_000_000,
        "due_on": due_on.isoformat(),
        "effective_due_on": due_on.isoformat(),
        "filed_on": (due_on - timedelta(chance.randrange(1, 300))).isoformat(),
        "disbursed_on": due_on.isoformat(),
        "assessed_on": (due_on + timedelta(chance.choice([60, 90, 91, 92, 200, 300]))).isoformat(),
        "recognised_on": "2025-04-25",
        "applied_on": chance.choice(["2025-05-12", "2025-05-13", "2025-05-14"]),
        "accepted_on": "2025-05-14",
        "ip_types": chance.choice([("patent",), ("patent",), ("patent", "trademark"), ("copyright", "patent")]),
        "grade": chance.choice(["loss", "loss", "doubtful", "normal"]),
        "enterprise_size": chance.choice(["small", "small", "medium", "large"]),
        "claimant": chance.choice(["bank", "bank", "bank", "guarantor"]),
        "exposure": "exposure-1",
        "enterprise": "firm-1",
        "bank": "boc",
        "paid_in.01": chance.randrange(1, 10**9),
        "paid_in.02": chance.randrange(10**9),
        "paid_in.03": chance.randrange(10**9),
        "available.01": 10**10,
        "available.02": chance.randrange(10**8),
        "suspension.第十三条第一款": chance.choice(["正常", "正常", "正常", "暂缓"]),
        "suspension.S24（银行暂缓）": chance.choice(["正常", "正常", "暂缓补偿"]),
        "papers": chance.choice([PAPERS, PAPERS, PAPERS, PAPERS[1:], ("无",)]),
    }
    return values


def random_decision(seed: int) -> Decision:
    """A decision under one of the texts, whatever its verdict; facts that the text refuses are drawn again."""
    chance = random.Random(seed)  # noqa: S311 - a test's seeded variety
    while True:
        text, values = chance.choice(TEXTS), random_facts(chance)
        meters = (
            "loan_payment|exposure=exposure-1",
            "enterprise_base|enterprise=firm-1",
            "bank_year|bank=boc|accepted_year=2025",
        )
        used = [Used(meter, "E", chance.choice([0, 30_000_000, 120_000_000, 1_100_000_000])) for meter in meters]
        facts = CaseFacts(f"C{seed}", values, dict.fromkeys(values, "随机"))
        try:
            return decide(text, facts, used)
        except Refusal:
            continue


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
    yield from ((table, name) for name in ("loss", "base", "settle"))
    if table["recovery"]:
        yield table["recovery"], "whole"
        for name in ("parts", "contributors"):
            yield from ((table["recovery"][name], key) for key in table["recovery"][name])


def forgeries(decision: Decision, chance: random.Random, most: int | None) -> Iterator[tuple[int, Decision]]:
    """The decision with one of its numbers changed, number by number; no more than ``most`` of them."""
    table = json.loads(decision.to_bytes())
    places = [place for place in enumerate(read_numbers(table)) if type(place[1][0][place[1][1]]) is int]
    for which, (container, key) in places if most is None else chance.sample(places, min(most, len(places))):
        right = container[key]
        container[key] += chance.choice([-1, 1, 100])
        yield which, of_json(table)
        container[key] = right


@pytest.mark.parametrize("block", range(6))
def test_every_single_number_change_is_caught(block: int) -> None:
    tried = 0
    for seed in range(block, DECISIONS, 6):
        decision = random_decision(seed)
        assert problems(decision) == ()
        chance = random.Random(seed)  # noqa: S311 - a test's seeded variety
        for which, forged in forgeries(decision, chance, None if EVERY else 12):
            tried += 1
            assert problems(forged), f"seed {seed}, number {which}"
    assert tried > DECISIONS
    print(f"{tried:,} changed numbers, each caught")  # noqa: T201 - the figure that make checker shows


def test_every_number_of_one_decision_is_caught() -> None:
    for seed in (1, 2, 3, 4, 5, 6, 7, 8):
        for which, forged in forgeries(random_decision(seed), random.Random(seed), None):  # noqa: S311 - seeded
            assert problems(forged), f"seed {seed}, number {which}"


@pytest.mark.parametrize("block", range(6))
def test_every_dropped_clause_is_caught(block: int) -> None:
    tried = 0
    for seed in range(block, DECISIONS, 6):
        decision = random_decision(seed)
        for clause in decision.clauses:
            tried += 1
            without = replace(decision, steps=tuple(step for step in decision.steps if step.clause != clause.no))
            assert problems(without), f"seed {seed}, steps of clause {clause.no}"
            quiet = replace(decision, plan=tuple(number for number in decision.plan if number != clause.no))
            assert problems(quiet), f"seed {seed}, plan without {clause.no}"
    print(f"{tried:,} dropped clauses, each caught, as steps and from the plan")  # noqa: T201 - same


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


def test_a_paper_that_did_not_come_is_not_written_in_unseen() -> None:
    """Neither among the facts, nor in a step, nor taken off the list that the clause asks for."""
    asked = (one for one in map(random_decision, range(300)) if "require_papers" in {step.kind for step in one.steps})
    decision = next(one for one in asked if one.facts["papers"] == PAPERS[1:] and one.verdict == "deferred")
    table = json.loads(decision.to_bytes())
    (clause,) = [item for item in table["clauses"] if item["kind"] == "require_papers"]
    missing = next(step for step in table["steps"] if step["kind"] == "require_papers" and not step["result"])
    for place, key, forged in (
        (table["facts"], "papers", list(PAPERS)),
        (table["facts"], "papers", [PAPERS[0], PAPERS[2]]),
        (clause["literals"], missing["operands"][0][0].partition(".")[2], PAPERS[1]),
        (missing["operands"][0], 1, PAPERS[1]),
        (missing["operands"][1], 1, missing["operands"][0][1]),
        (missing, "result", 1),
        (missing, "effect", "flag"),
    ):
        right, place[key] = place[key], forged
        assert problems(of_json(deepcopy(table))), key
        assert list(record_faults(table)), key
        place[key] = right
    assert problems(of_json(deepcopy(table))) == ()
    assert list(record_faults(table)) == []


def test_verdict_turned_round_is_caught() -> None:
    for seed in range(60):
        table = json.loads(random_decision(seed).to_bytes())
        table["verdict"] = "denied" if table["verdict"] == "approved" else "approved"
        table["due"] = table["due"] or {"pool": 0}
        assert problems(from_bytes(canonical_bytes(table)))


def test_the_random_decisions_run_every_kind_of_a_decision_and_every_verdict() -> None:
    decisions = [random_decision(seed) for seed in range(min(DECISIONS, 300))]
    assert {decision.verdict for decision in decisions} == {"approved", "denied", "deferred"}
    kinds = {step.kind for decision in decisions if decision.verdict == "approved" for step in decision.steps}
    assert kinds == {kind.name for kind in KINDS.values() if kind.bind} - {"leverage_limit"}
    assert {decision.rule.partition("@")[0] for decision in decisions} == {text.slug for text in TEXTS}
