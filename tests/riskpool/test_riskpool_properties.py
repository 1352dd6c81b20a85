"""Properties that hold whatever the figures: conservation, cutting, scaling, a case blind to itself."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from riskpool.cases import Used, consumption_of
from riskpool.checker import problems
from riskpool.decision import Decision, from_bytes
from riskpool.facts import CaseFacts, FactValue
from riskpool.recovery import RecoveryHistory, share_recovery
from riskpool.ruletext import shipped
from riskpool.waterfall import decide

FEN = st.integers(0, 10**11)
TEXTS = st.sampled_from(["demo-2023", "wenzhou-2020", "deyang", "zhongshan"])
PRODUCTS = st.sampled_from(["insured", "direct"])
QUICK = settings(max_examples=60, deadline=None, derandomize=True)


def case(
    principal: int, product: str, paid_in: tuple[int, ...] = (3, 2), earlier: int = 0, name: str = "C1"
) -> CaseFacts:
    values: dict[str, FactValue] = {
        "principal": principal,
        "disposal_proceeds": 0,
        "approved_earlier": earlier,
        "filed_on": "2022-01-01",
        "due_on": "2023-01-01",
        "assessed_on": "2023-06-01",
        "product": product,
        "ip_types": ("patent",),
        "exposure": "exposure-1",
        "registered_in_city": True,
        "in_good_credit": True,
        "enterprise_size": "small",
        "is_ip_pledged": True,
    }
    values |= {f"paid_in.{number:02d}": amount for number, amount in enumerate(paid_in, 1)}
    return CaseFacts(name, values, dict.fromkeys(values, "随机"))


@QUICK
@given(text=TEXTS, principal=FEN, product=PRODUCTS, paid_in=st.lists(FEN, min_size=1, max_size=4).filter(any))
def test_shares_sum_to_the_base_and_contributors_to_ours(
    text: str, principal: int, product: str, paid_in: list[int]
) -> None:
    decision = decide(shipped(text), case(principal, product, tuple(paid_in)), [])
    assert sum(decision.due.values()) == decision.base == principal
    assert min(decision.due.values()) >= 0
    if decision.contributors:
        assert sum(decision.contributors.values()) == decision.due["pool"]
        assert min(decision.contributors.values()) >= 0
    assert problems(decision) == ()
    again = from_bytes(decision.to_bytes())
    assert (again, again.to_bytes()) == (decision, decision.to_bytes())


@QUICK
@given(text=TEXTS, principal=st.integers(0, 10**8), product=PRODUCTS)
def test_amounts_times_the_whole_scale_exactly(text: str, principal: int, product: str) -> None:
    """At multiples of the parts' whole nothing is rounded, so below any cap ten times in is ten times out."""
    fen = principal // 1000 * 100 % 10_000_000
    one = decide(shipped(text), case(fen, product), []).due
    ten = decide(shipped(text), case(fen * 10, product), []).due
    assert {party: amount * 10 for party, amount in one.items()} == ten


@QUICK
@given(principal=FEN, others=st.lists(st.integers(0, 10**8), max_size=4))
def test_cap_is_never_passed_and_a_case_never_sees_itself(principal: int, others: list[int]) -> None:
    used = [Used("loan_payment|exposure=exposure-1", f"X{number}", amount) for number, amount in enumerate(others)]
    first = decide(shipped("wenzhou-2020"), case(principal, "direct"), used)
    assert first.due["pool"] + sum(others) <= max(100_000_000, sum(others))
    again = decide(
        shipped("wenzhou-2020"),
        case(principal, "direct", earlier=first.due["pool"]),
        [*used, *consumption_of(first)],
    )
    assert again.due == first.due
    assert again.settle == 0


@QUICK
@given(principal=st.integers(1, 10**10), more=st.integers(1, 10**10))
def test_splitting_an_application_changes_no_total(principal: int, more: int) -> None:
    """A second application on the loan settles the difference to the whole; the total is that of one application."""
    text = shipped("wenzhou-2020")
    first = decide(text, case(principal, "direct"), [])
    second = decide(text, case(principal + more, "direct", earlier=first.settle), consumption_of(first))
    whole = decide(text, case(principal + more, "direct"), [])
    assert first.settle + second.settle == whole.settle


def recovered(decision: Decision, cuts: list[tuple[int, int]]) -> tuple[int, dict[str, int]]:
    """Our total and the contributors' over instalments of (gross, cost)."""
    assert decision.recovery
    history, split = RecoveryHistory(), dict.fromkeys(decision.contributors, 0)
    for gross, cost in cuts:
        share = share_recovery(decision.recovery, decision.settle, history, gross, cost, case="C1")
        assert share.pool_fen >= 0
        for number, amount in share.contributors:
            split[number] += amount
        history = RecoveryHistory(
            history.gross_fen + gross,
            history.cost_fen + cost,
            history.notified_fen + share.pool_fen,
            tuple(split.items()),
        )
    return history.notified_fen, split


@QUICK
@given(
    principal=st.integers(2, 10**9),
    product=PRODUCTS,
    paid_in=st.lists(st.integers(1, 10**9), min_size=1, max_size=3),
    costs=st.integers(0, 10**6),
    cuts=st.lists(st.integers(1, 10**8), min_size=1, max_size=8),
)
def test_many_instalments_equal_one(
    principal: int, product: str, paid_in: list[int], costs: int, cuts: list[int]
) -> None:
    """Costs known with the first instalment: any cutting of the gross gives the one-shot total, per contributor."""
    decision = decide(shipped("demo-2023"), case(principal, product, tuple(paid_in)), [])
    pieces = [(gross, costs if index == 0 else 0) for index, gross in enumerate(cuts)]
    total, split = recovered(decision, pieces)
    assert (total, split) == recovered(decision, [(sum(cuts), costs)])
    assert total <= decision.settle


def test_the_same_case_gives_the_same_bytes() -> None:
    first = decide(shipped("demo-2023"), case(12_345_67, "insured"), [])
    second = decide(shipped("demo-2023"), case(12_345_67, "insured"), [])
    assert first.to_bytes() == second.to_bytes()
    assert first.to_bytes().endswith(b"\n")
    assert date.fromisoformat(first.rule.partition("@")[2]) == date(2023, 1, 1)
