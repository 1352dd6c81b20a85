"""The right ground for a refusal, caps that find nothing to cut, negative paid-in shares, costs that come late."""

import pytest

from ledger.faults import Refusal
from riskpool.cases import Used, consumption_of
from riskpool.checker import problems
from riskpool.decision import Decision, RecoveryTerms
from riskpool.facts import CaseFacts, FactValue
from riskpool.recovery import RecoveryHistory, share_recovery
from riskpool.rulefile import read_rule_text
from riskpool.ruletext import shipped, shipped_file
from riskpool.views import explain
from riskpool.waterfall import decide

WENZHOU = shipped_file("wenzhou-2020@2020-01-01").decode()
INSURER_CAP = """[clause."另条".payment_cap]
payer = "insurer"
meter = "insurer_payment"
per = ["exposure"]
amount = "1万元"
mode = "truncate"
[[silent]]"""


def facts(case: str = "C1", **more: FactValue) -> CaseFacts:
    values: dict[str, FactValue] = {
        "principal": 100_000_000,
        "disposal_proceeds": 0,
        "approved_earlier": 0,
        "filed_on": "2022-01-01",
        "due_on": "2023-01-01",
        "assessed_on": "2023-06-01",
        "product": "direct",
        "ip_types": ("patent",),
        "exposure": "E1",
        "registered_in_city": True,
        "in_good_credit": True,
        "enterprise_size": "small",
        "is_ip_pledged": True,
        "paid_in.01": 3,
        "paid_in.02": 2,
        **more,
    }
    return CaseFacts(case, values, dict.fromkeys(values, "案例"))


def insurer_capped(case: CaseFacts, used: list[Used]) -> Decision:
    """Wenzhou with an insurer who bears a tenth of insured loans, capped on a meter of its own."""
    share = '[clause."投保".share_by_rate]\nwhen = { product = "保险贷款" }\npayer = "insurer"\nrate = "10%"\n'
    content = WENZHOU.replace("[party]", '[party]\ninsurer = { title = "保险机构" }')
    return decide(read_rule_text(content.replace("[[silent]]", share + INSURER_CAP, 1).encode()), case, used)


def test_no_share_clause_is_its_own_ground_even_under_a_cap() -> None:
    content = WENZHOU.replace('payer = "pool"\nrate', 'when = { product = "保险贷款" }\npayer = "pool"\nrate')
    text = read_rule_text(content.encode())
    assert decide(text, facts(product="insured"), []).due["pool"] == 25_000_000
    with pytest.raises(Refusal, match="裁决-条款-02"):
        decide(text, facts(), [])


def test_a_text_whose_remainder_is_ours_is_refused() -> None:
    content = WENZHOU.replace('residual = "bank"', 'residual = "pool"').replace('payer = "pool"', 'payer = "bank"')
    with pytest.raises(Refusal, match="裁决-条款-02"):
        decide(read_rule_text(content.encode()), facts(), [])


def test_a_cap_on_a_payer_who_bears_nothing_is_skipped_and_uses_no_meter() -> None:
    direct = insurer_capped(facts(), [])
    assert "insurer" not in direct.due
    assert set(direct.consumption) == {"loan_payment|exposure=E1"}
    assert problems(direct) == ()
    assert [line.sentence for line in explain(direct) if line.clause == "另条"] == [
        "本案没有由保险机构分担的金额，上限不适用"
    ]
    insured = insurer_capped(facts(product="insured"), [])
    assert insured.due["insurer"] == 1_000_000
    again = insurer_capped(facts("C2", product="insured"), list(consumption_of(insured)))
    assert (again.due["insurer"], again.due["pool"]) == (0, 25_000_000)
    assert problems(again) == ()


def test_a_negative_paid_in_share_refuses() -> None:
    with pytest.raises(Refusal, match="裁决-出资-03") as refused:
        decide(shipped("demo-2023"), facts(**{"paid_in.01": -5_00, "paid_in.02": 10_00}), [])
    assert refused.value.faults[0].found == "出资方 01 -5.00 元"


def test_costs_that_come_late_are_not_taken_back_and_the_sum_says_so() -> None:
    """What the docstring and the papers say: cutting gives the one-shot sum only while the net does not fall."""
    terms = RecoveryTerms("约定", "first", "decided", "paid", {"pool": 1, "bank": 1}, 2, {"01": 2, "02": 1})

    def shared(*cuts: tuple[int, int]) -> list[int]:
        history, ours = RecoveryHistory(), []
        for gross, cost in cuts:
            share = share_recovery(terms, 10**9, history, gross, cost, case="C1")
            split = dict(history.contributors)
            for number, amount in share.contributors:
                split[number] = split.get(number, 0) + amount
            history = RecoveryHistory(
                history.gross_fen + gross,
                history.cost_fen + cost,
                history.notified_fen + share.pool_fen,
                tuple(split.items()),
            )
            ours.append(share.pool_fen)
        return ours

    assert shared((10_000_001, 10_000_000)) == [1]
    assert shared((10_000_000, 0), (1, 10_000_000)) == [5_000_000, 0]
    assert shared((10_000_000, 0), (1, 10_000_000), (10_000_001, 0)) == [5_000_000, 0, 1]
