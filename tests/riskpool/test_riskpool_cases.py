"""The officers' cases: each YAML file under tests/cases says facts and outcome in the law's own words."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from ledger.money import fen_of_text
from riskpool.cases import Measure, Used
from riskpool.checker import problems
from riskpool.decision import Decision, RecoveryTerms, from_bytes
from riskpool.facts import FACTS, PAID_IN, CaseFacts, FactValue
from riskpool.literals import quantity
from riskpool.recovery import RecoveryHistory, share_recovery
from riskpool.ruletext import shipped
from riskpool.suspension import states_as_of
from riskpool.views import explain
from riskpool.waterfall import decide

CASES = Path(__file__).parent.parent / "cases"
VERDICTS = {"予以补偿": "approved", "不予补偿": "denied"}
OTHER_SHAPES = ("suspension", "recovery")


def fen(text: str) -> int:
    """An amount written with its unit, in fen."""
    found = quantity(text)
    assert found, f"{text!r} is no quantity"
    assert found.dimension == "money", f"{text!r} is no amount"
    return found.value


def fact(name: str, value: Any) -> FactValue:  # noqa: ANN401 - whatever YAML read
    """A fact as an officer writes it."""
    if name.startswith(PAID_IN) or FACTS[name].dimension == "money":
        return fen(value)
    spec = FACTS[name]
    match spec.dimension:
        case "day":
            assert isinstance(value, date)
            return value.isoformat()
        case "flag":
            return {"是": True, "否": False}[value]
        case "words":
            return tuple(spec.words[word] for word in value)
        case _:
            return str(spec.words.get(value, value))


def files(*names: str) -> list[Any]:
    """(id, file's table, case) of every case in these files, or in all that decide."""
    paths = [path for path in sorted(CASES.glob("*.yaml")) if (path.stem in names) == bool(names)]
    chosen = [path for path in paths if names or path.stem not in OTHER_SHAPES]
    found = []
    for path in chosen:
        table = yaml.safe_load(path.read_text(encoding="utf-8"))
        found += [pytest.param(table, case, id=f"{path.stem}: {case['name']}") for case in table["cases"]]
    assert found, f"no cases in {names}"
    return found


def decided(table: Mapping[str, Any], case: Mapping[str, Any]) -> Decision:
    stated = {**table["facts"], **case["change"]}
    values = {name: fact(name, value) for name, value in stated.items()}
    used = [Used(item["meter"], item["case"], fen(item["amount"])) for item in case.get("used", [])]
    return decide(shipped(table["rule"]), CaseFacts("本案", values, dict.fromkeys(values, "案例")), used)


@pytest.mark.parametrize(("table", "case"), files())
def test_case_comes_out_as_the_officer_wrote(table: Mapping[str, Any], case: Mapping[str, Any]) -> None:
    decision = decided(table, case)
    expect = case["expect"]
    assert decision.verdict == VERDICTS[expect.get("verdict", "予以补偿")]
    assert [decision.clause(no).article for no in decision.refusals] == expect.get("refused_by", [])
    for name in ("loss", "base", "settle"):
        if name in expect:
            assert getattr(decision, name) == fen(expect[name])
    for name in ("due", "contributors"):
        if name in expect:
            assert dict(getattr(decision, name)) == {key: fen(text) for key, text in expect[name].items()}
    assert problems(decision) == ()
    assert from_bytes(decision.to_bytes()) == decision
    assert all(line.sentence for line in explain(decision))


@pytest.mark.parametrize(("table", "case"), files("suspension"))
def test_suspension_state_on_the_day(table: Mapping[str, Any], case: Mapping[str, Any]) -> None:
    measures = [Measure(on, fen(amount)) for on, amount in case["measures"].items()]
    (state,) = states_as_of(shipped(table["rule"]), measures, case["as_of"])
    assert state.state == case["expect"]
    (same,) = states_as_of(shipped(table["rule"]), measures[::-1], case["as_of"])
    assert same == state


@pytest.mark.parametrize(("table", "case"), files("recovery"))
def test_recovery_by_instalments(table: Mapping[str, Any], case: Mapping[str, Any]) -> None:
    parts = {party: fen(amount) for party, amount in table["parts"].items()}
    draws = {number: fen(amount) for number, amount in table["contributors"].items()}
    terms = RecoveryTerms("约定", "first", "decided", "paid", parts, sum(parts.values()), draws)
    history, shares = RecoveryHistory(), []
    for gross, cost in case["instalments"]:
        share = share_recovery(terms, fen(table["paid"]), history, fen(gross), fen(cost), case="本案")
        split = dict(history.contributors)
        for number, amount in share.contributors:
            split[number] = split.get(number, 0) + amount
        history = RecoveryHistory(
            history.gross_fen + fen(gross),
            history.cost_fen + fen(cost),
            history.notified_fen + share.pool_fen,
            tuple(split.items()),
        )
        shares.append(share.pool_fen)
        assert sum(amount for _, amount in share.contributors) == share.pool_fen
    assert shares == [fen(text) for text in case["expect"]]


def test_amounts_in_cases_mean_what_money_reads() -> None:
    assert fen("787654.33元") == fen_of_text("787654.33")
