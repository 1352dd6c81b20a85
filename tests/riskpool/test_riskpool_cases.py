"""The officers' cases: each YAML file under tests/cases says facts and outcome in the law's own words."""

import json
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Any

import pytest
from cases.reading import VERDICTS, cases, decided, facts_of, fen, measures, text_of

from ledger.faults import Refusal
from ledger.money import fen_of_text
from riskpool.calendars import shipped_calendar
from riskpool.charges import may_bear
from riskpool.checker import _result, problems
from riskpool.clocks import effective_due_on, return_day
from riskpool.decision import RecoveryTerms, Step, from_bytes
from riskpool.eligibility import filing_findings
from riskpool.facts import CaseFacts
from riskpool.literals import MILLION, quantity
from riskpool.recovery import RecoveryHistory, pool_total, share_recovery
from riskpool.rounds import Claim, share_out_round
from riskpool.ruletext import in_force
from riskpool.suspension import barring_states, states_as_of
from riskpool.views import explain, missing_papers

Table = Mapping[str, Any]


def of(shape: str) -> Any:  # noqa: ANN401 - pytest's own marker
    found = [pytest.param(table, case, id=name) for name, table, case in cases(shape)]
    assert found, f"no cases in shape {shape}"
    return pytest.mark.parametrize(("table", "case"), found)


def expected_refusal(expect: Any) -> Any:  # noqa: ANN401 - a context manager either way
    code = expect.get("refusal") if isinstance(expect, Mapping) else None
    return pytest.raises(Refusal, match=code) if code else nullcontext()


@of("decide")
def test_case_comes_out_as_the_officer_wrote(table: Table, case: Table) -> None:
    expect = case["expect"]
    with expected_refusal(expect):
        decision = decided(table, case)
    if "refusal" in expect:
        return
    assert decision.verdict == VERDICTS[expect.get("verdict", "予以补偿")]
    held = "held_by" if decision.verdict == "deferred" else "refused_by"
    assert [decision.clause(no).article for no in decision.refusals] == expect.get(held, [])
    for name in ("loss", "base", "settle", "outside"):
        if name in expect:
            assert getattr(decision, name) == fen(expect[name])
    for name in ("due", "contributors", "consumption"):
        if name in expect:
            assert dict(getattr(decision, name)) == {key: fen(text) for key, text in expect[name].items()}
    if "returns" in expect:
        assert_our_part_of_recoveries(decision.recovery, expect["returns"])
    if "missing" in expect:
        assert missing_papers(decision) == {article: tuple(names) for article, names in expect["missing"].items()}
    flagged = [decision.clause(step.clause).article for step in decision.steps if step.effect == "flag"]
    assert set(expect.get("flagged", [])) <= set(flagged)
    assert problems(decision) == ()
    assert from_bytes(decision.to_bytes()) == decision
    assert all(line.sentence and "{" not in line.sentence for line in explain(decision))


def assert_steps_follow(steps: Sequence[Step]) -> None:
    """Each step's result is what its operation makes of its operands, by the checker's own arithmetic."""
    for step in steps:
        assert _result(step.op, [operand.value for operand in step.operands]) == step.result, step
        for operand in step.operands:
            if isinstance(operand.origin, int):
                assert steps[operand.origin - 1].result == operand.value, step


def assert_our_part_of_recoveries(found: RecoveryTerms | None, expected: str) -> None:
    """What a decision freezes for later recoveries: our part of each, a rate or 「a 分之 b」 of the whole; or 无."""
    if expected == "无":
        assert found is None
        return
    assert found
    whole, _, part = expected.partition("分之")
    rate = quantity(expected)
    top, bottom = (rate.value, MILLION) if rate else (int(part), int(whole))
    assert found.parts[found.ours] * bottom == found.whole * top


@of("filing")
def test_every_finding_on_a_filing(table: Table, case: Table) -> None:
    expect, values = case["expect"], facts_of(table, case)
    text = text_of(table, case)
    with expected_refusal(expect):
        facts = CaseFacts("本案", values, dict.fromkeys(values, "案例"))
        findings = filing_findings(text, facts, barring_states(text, measures(case), case.get("as_of"), facts))
        assert [one.clause for one in findings if not one.holds and one.effect == "refuse"] == expect["barred_by"]
        assert all(one.sentence and "{" not in one.sentence for one in findings)
        assert all(one.holds for one in findings if one.effect == "skip")


@of("suspension")
def test_suspension_state_on_the_day(table: Table, case: Table) -> None:
    found = measures(case)
    with expected_refusal(case["expect"]):
        state = states_as_of(text_of(table, case), found, case["as_of"])[table.get("clause", 0)]
        assert state.state == case["expect"]
        assert states_as_of(text_of(table, case), found[::-1], case["as_of"])[table.get("clause", 0)] == state


@of("recovery")
def test_recovery_by_instalments(table: Table, case: Table) -> None:
    parts = {party: fen(amount) for party, amount in table["parts"].items()}
    draws = {number: fen(amount) for number, amount in case.get("contributors", table["contributors"]).items()}
    how = {"costs": "first", "by": "decided", "limit": "paid", **table.get("how", {}), **case.get("how", {})}
    whole = fen(table["whole"]) if "whole" in table else sum(parts.values())
    terms = RecoveryTerms("约定", how["costs"], how["by"], how["limit"], parts, whole, draws)
    history, shares, splits, rest = RecoveryHistory(), [], [], 0
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
        splits.append(dict(share.contributors))
        rest += share.rest_fen
        net = history.gross_fen - (history.cost_fen if how["costs"] == "first" else 0)
        assert rest + history.notified_fen == max(net, 0), "what is ours and what stays with others is all the net"
        assert_steps_follow(share.steps)
        assert json.loads(share.computation)["format"] == 1
        assert sum(amount for _, amount in share.contributors) == share.pool_fen
    assert shares == [fen(text) for text in case["expect"]]
    if "split" in case:
        assert splits == [{number: fen(amount) for number, amount in one.items()} for one in case["split"]]
    if len(shares) == 1:  # the road of many cases at once, without a record
        assert pool_total(terms, fen(table["paid"]), history.gross_fen, history.cost_fen) == shares[0]


@of("round")
def test_a_round_of_payments(table: Table, case: Table) -> None:
    claims = [
        Claim(
            one["case"],
            one.get("bank", "boc"),
            one["accepted_on"],
            one.get("decided_on", one["accepted_on"]),
            fen(one["due"]),
            facts_of({}, {"change": one.get("facts", {})}),
        )
        for one in case["claims"]
    ]
    pool = facts_of({"facts": table.get("pool", {})}, {"change": case.get("pool", {})})
    used = {key: fen(amount) for key, amount in case.get("used", {}).items()}
    expect = case["expect"]
    with expected_refusal(expect):
        done = share_out_round(text_of(table, case), claims, case["paid_on"], used=used, pool=pool)
        assert {one.case: one.now_fen for one in done.paid} == {key: fen(text) for key, text in expect["now"].items()}
        rest = {one.case: [[how, fen_text] for _, how, fen_text in one.rest] for one in done.paid if one.rest}
        wanted = {key: [[how, fen(text)] for how, text in parts] for key, parts in expect.get("rest", {}).items()}
        assert rest == wanted
        stored = json.loads(done.computation)
        assert (stored["format"], stored["used"]) == (1, {key: used.get(key, 0) for key in done.consumption})
        if "consumption" in expect:
            assert done.consumption == {key: fen(text) for key, text in expect["consumption"].items()}
        assert_steps_follow(done.steps)
        again = share_out_round(text_of(table, case), claims[::-1], case["paid_on"], used=used, pool=pool)
        assert again.computation == done.computation


@of("clock")
def test_days_and_periods(table: Table, case: Table) -> None:
    with expected_refusal(case["expect"]):
        if "received_on" in case:
            found = return_day(text_of(table, case), case["received_on"])
            if case["expect"].get("last_on") == "无期限":
                assert found is None
                return
            assert found
            assert found.last_on == case["expect"]["last_on"]
            assert found.days_late(case["returned_on"]) == case["expect"]["days_late"]
        else:
            due = effective_due_on(
                case["due_on"],
                shipped_calendar(),
                filed_extensions=case.get("filed_extensions", []),
                accelerated_on=case.get("accelerated_on"),
            )
            assert due == case["expect"]["effective_due_on"]
            if "assessed_on" in case:
                assert (case["assessed_on"] - due).days == case["expect"]["overdue_days"]


@of("version")
def test_the_version_that_claims_a_case(table: Table, case: Table) -> None:
    texts = [text_of({"text": table["text"]}, {"amend": {"rule_text": head}}) for head in table["versions"]]
    with expected_refusal(case["expect"]):
        assert in_force(texts, case["days"]).slug == case["expect"]


@of("charge")
def test_what_the_pool_may_bear(table: Table, case: Table) -> None:
    with expected_refusal(case["expect"]):
        assert may_bear(text_of(table, case), case["charge"]) == case["expect"]


def test_amounts_in_cases_mean_what_money_reads() -> None:
    assert fen("787654.33元") == fen_of_text("787654.33")
