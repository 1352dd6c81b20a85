"""Money over any sequence of applications, payments, recoveries and withdrawals: none is made, none is lost.

A small office is told acts in a random order and keeps only what books would keep: decisions, payments, notified
recoveries. The engine answers each act from that alone.
"""

from dataclasses import dataclass, field

from cases.reading import facts_of, text_of
from hypothesis import given, settings
from hypothesis import strategies as st

from riskpool.cases import consumption_of
from riskpool.checker import problems
from riskpool.decision import Decision, from_bytes
from riskpool.facts import CaseFacts, FactValue
from riskpool.recovery import RecoveryHistory, share_recovery
from riskpool.rulefile import RuleText
from riskpool.ruletext import shipped
from riskpool.waterfall import Used, decide

TABLE = {"text": "sample", "facts": "sample"}
SAMPLE, FACTS = text_of(TABLE, {}), facts_of(TABLE, {})
CAPS = {"loan_payment": 200_000_000, "enterprise_base": 1_200_000_000}
QUICK = settings(max_examples=60, deadline=None, derandomize=True)

CASES = st.sampled_from(["C1", "C2", "C3"])
APPLY = st.tuples(st.just("apply"), CASES, st.integers(0, 10**9), st.sampled_from(["甲公司", "乙公司"]))
PAY = st.tuples(st.just("pay"), CASES)
RECOVER = st.tuples(st.just("recover"), CASES, st.integers(1, 10**9), st.integers(0, 10**7))
WITHDRAW = st.tuples(st.just("withdraw"), CASES)
ACTS = st.lists(st.one_of(APPLY, APPLY, RECOVER, RECOVER, PAY, WITHDRAW), max_size=16)


@dataclass
class Office:
    """What books keep of the cases."""

    decided: dict[str, Decision] = field(default_factory=dict)
    paid: dict[str, int] = field(default_factory=dict)
    back: dict[str, RecoveryHistory] = field(default_factory=dict)

    def used(self) -> list[Used]:
        return [item for decision in self.decided.values() for item in consumption_of(decision)]

    def act(self, name: str, case: str, *rest: int | str) -> None:
        getattr(self, name)(case, *rest)

    def apply(self, case: str, principal: int, enterprise: str) -> None:
        """A first application, or a corrected one: decided as a whole, the difference is settled."""
        if case in self.back:
            return
        before = self.decided.get(case)
        earlier = before.due["pool"] if before and before.verdict == "approved" else 0
        more: dict[str, FactValue] = {"principal": principal, "enterprise": enterprise, "exposure": case}
        if before:
            more["enterprise"] = before.facts["enterprise"]
        values = {**FACTS, **more, "approved_earlier": earlier, "available.01": 10**12}
        found = decide(SAMPLE, CaseFacts(case, values, dict.fromkeys(values, "随机")), self.used())
        assert problems(found) == ()
        assert found.settle == found.due.get("pool", 0) - earlier
        self.decided[case] = found

    def pay(self, case: str) -> None:
        if case in self.decided and self.decided[case].verdict == "approved":
            self.paid[case] = self.decided[case].due["pool"]

    def recover(self, case: str, gross: int, cost: int) -> None:
        """Reported of a case that was paid, or is paid on the day."""
        if case not in self.paid:
            self.pay(case)
        found = self.decided.get(case)
        if not self.paid.get(case) or not found or not found.recovery or self.paid[case] != found.due["pool"]:
            return
        history = self.back.get(case, RecoveryHistory())
        share = share_recovery(found.recovery, self.paid[case], history, gross, cost, case=case)
        assert share.pool_fen >= 0
        assert sum(amount for _, amount in share.contributors) == share.pool_fen
        split = dict(history.contributors)
        for number, amount in share.contributors:
            split[number] = split.get(number, 0) + amount
        self.back[case] = RecoveryHistory(
            history.gross_fen + gross, history.cost_fen + cost, history.notified_fen + share.pool_fen, (*split.items(),)
        )

    def withdraw(self, case: str) -> None:
        """Before payment the case and what it took of any meter are gone."""
        if case not in self.paid:
            self.decided.pop(case, None)

    def check(self) -> None:
        totals: dict[str, int] = {}
        for case, decision in self.decided.items():
            assert sum(decision.due.values()) == (decision.base if decision.due else 0)
            assert decision.base + decision.outside == decision.loss
            if decision.verdict == "approved":
                assert sum(decision.contributors.values()) == decision.due["pool"]
            returned = self.back.get(case, RecoveryHistory())
            assert 0 <= returned.notified_fen <= self.paid.get(case, 0)
            assert returned.notified_fen <= max(returned.gross_fen - returned.cost_fen, 0) or returned.cost_fen
            assert sum(amount for _, amount in returned.contributors) == returned.notified_fen
        for item in self.used():
            totals[item.meter] = totals.get(item.meter, 0) + item.amount_fen
        for meter, total in totals.items():
            assert total <= CAPS.get(meter.partition("|")[0], total), meter


@QUICK
@given(ACTS)
def test_money_is_conserved_and_no_cap_passed_whatever_happens_in_whatever_order(acts: list[tuple[str, ...]]) -> None:
    office = Office()
    for act in acts:
        office.act(*act)
        office.check()


@QUICK
@given(ACTS, APPLY)
def test_a_withdrawn_case_leaves_no_trace(acts: list[tuple[str, ...]], more: tuple[str, str, int, str]) -> None:
    """Applied and withdrawn again: every later decision is byte for byte what it would have been."""
    one, other = Office(), Office()
    for act in acts:
        one.act(*act)
        other.act(*act)
    if "C5" not in one.decided:
        one.apply("C5", more[2], more[3])
        one.withdraw("C5")
    one.act(*more)
    other.act(*more)
    assert {case: one.decided[case].to_bytes() for case in one.decided} == {
        case: other.decided[case].to_bytes() for case in other.decided
    }


@QUICK
@given(ACTS, st.randoms(use_true_random=False))
def test_the_order_in_which_meters_are_told_changes_nothing(acts: list[tuple[str, ...]], chance: object) -> None:
    office = Office()
    for act in acts:
        office.act(*act)
    used = office.used()
    shuffled = list(used)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    values: dict[str, FactValue] = {**FACTS, "exposure": "C9", "available.01": 10**12}
    facts = CaseFacts("C9", values, dict.fromkeys(values, "随机"))
    assert decide(SAMPLE, facts, used).to_bytes() == decide(SAMPLE, facts, shuffled).to_bytes()


@QUICK
@given(ACTS)
def test_every_past_decision_recomputes_to_its_bytes_after_newer_versions_exist(acts: list[tuple[str, ...]]) -> None:
    """From the record alone: its facts, and the meters as they stood; a newer version is bound beside it."""
    office = Office()
    for act in acts:
        office.act(*act)
    newer = text_of(TABLE, {"amend": {"rule_text": {"slug": "newer"}, "第八条第一款 share_by_rate": {"rate": "11%"}}})
    for decision in office.decided.values():
        stored = from_bytes(decision.to_bytes())
        used = [Used(meter, "others", amount) for meter, amount in stored.used.items()]
        facts = CaseFacts(stored.case, stored.facts, stored.evidence)
        assert decide(newer, facts, used).rule != stored.rule
        assert decide(SAMPLE, facts, used).to_bytes() == decision.to_bytes()


PLAIN = ("demo-2023", "deyang", "zhongshan")
"""Shipped texts without caps or bands in what they compute: only rounding keeps amounts from scaling."""


@QUICK
@given(st.sampled_from(PLAIN), st.integers(0, 10**7), st.sampled_from(["insured", "direct"]))
def test_ten_times_the_amounts_are_ten_times_the_shares(slug: str, tens: int, product: str) -> None:
    """At multiples of a hundred fen every text's parts come out even, so nothing is rounded."""
    text: RuleText = shipped(slug)
    one, ten = (_due(text, tens * 100 * by, product) for by in (1, 10))
    assert {party: amount * 10 for party, amount in one.items()} == ten


def _due(text: RuleText, principal: int, product: str) -> dict[str, int]:
    values: dict[str, FactValue] = {**FACTS, "principal": principal, "product": product, "interest": 0}
    values |= {"disposal_proceeds": 0, "insurer_paid": 0, "awarded_elsewhere": 0, "approved_earlier": 0}
    values |= {"ip_types": ("patent",), "filed_on": "2022-01-01", "due_on": "2023-01-01", "assessed_on": "2023-06-01"}
    values |= {"registered_in_city": True, "in_good_credit": True, "paid_in.01": 1}
    return dict(decide(text, CaseFacts("C", values, dict.fromkeys(values, "随机")), []).due)
