"""Properties over whole sequences of cases: caps hold, money is conserved, order is defined, the past stays put."""

from datetime import date, timedelta

from cases.reading import FOLDER, facts_of, text_of
from hypothesis import given, settings
from hypothesis import strategies as st

from riskpool.cases import consumption_of
from riskpool.checker import problems
from riskpool.decision import Decision, from_bytes
from riskpool.facts import CaseFacts, FactValue
from riskpool.rounds import Claim, share_out_round
from riskpool.rulefile import RuleText, read_rule_text
from riskpool.ruletext import shipped
from riskpool.waterfall import Used, decide

TABLE = {"text": "sample", "facts": "sample"}
SAMPLE, FACTS = text_of(TABLE, {}), facts_of(TABLE, {})
QUICK = settings(max_examples=60, deadline=None, derandomize=True)
FEN = st.integers(0, 10**9)

ONE = st.fixed_dictionaries(
    {
        "principal": FEN,
        "interest": st.integers(0, 10**7),
        "insurer_paid": st.integers(0, 10**8),
        "awarded_elsewhere": st.integers(0, 10**7),
        "loan_principal": st.integers(1, 10**9),
        "enterprise": st.sampled_from(["甲公司", "乙公司"]),
        "bank": st.sampled_from(["boc", "abchina"]),
        "product": st.sampled_from(["insured", "direct"]),
        "is_high_tech": st.booleans(),
        "available.01": st.just(10**12),
    }
)


def run(text: RuleText, case: str, values: dict[str, FactValue], used: list[Used]) -> Decision:
    return decide(text, CaseFacts(case, values, dict.fromkeys(values, "随机")), used)


def decided(stated: list[dict[str, FactValue]], text: RuleText = SAMPLE) -> list[Decision]:
    """Cases decided one after the other, each seeing what those before it took."""
    found: list[Decision] = []
    used: list[Used] = []
    for number, more in enumerate(stated):
        found.append(run(text, f"C{number}", {**FACTS, **more}, used))
        used += consumption_of(found[-1])
    return found


@QUICK
@given(st.lists(ONE, min_size=1, max_size=8))
def test_no_cap_is_ever_passed_and_no_fen_is_lost(stated: list[dict[str, FactValue]]) -> None:
    totals: dict[str, int] = {}
    for decision in decided(stated):
        assert sum(decision.due.values()) == decision.base
        assert decision.base + decision.outside == decision.loss
        assert min(decision.due.values()) >= 0
        assert sum(decision.contributors.values()) == decision.due["pool"]
        assert problems(decision) == ()
        for meter, amount in decision.consumption.items():
            totals[meter] = totals.get(meter, 0) + amount
    for meter, total in totals.items():
        assert total <= (1_200_000_000 if meter.startswith("enterprise_base") else 200_000_000), meter


@QUICK
@given(ONE)
def test_public_money_and_receipts_never_pass_the_loss(more: dict[str, FactValue]) -> None:
    decision = run(SAMPLE, "C", {**FACTS, **more}, [])
    public = decision.due["province"] + decision.due["pool"]
    received = sum(int(str(more[name])) for name in ("insurer_paid", "awarded_elsewhere"))
    if decision.due["pool"]:
        assert public + received <= decision.loss
        assert (public + int(str(more["awarded_elsewhere"]))) * 100 <= decision.base * 55


@QUICK
@given(ONE, st.integers(0, 10**9))
def test_a_case_decided_twice_pays_in_all_what_it_would_pay_at_once(more: dict[str, FactValue], first: int) -> None:
    early = run(SAMPLE, "C", {**FACTS, **more, "principal": first}, [])
    late = run(SAMPLE, "C", {**FACTS, **more, "approved_earlier": early.settle}, list(consumption_of(early)))
    assert early.settle + late.settle == run(SAMPLE, "C", {**FACTS, **more}, []).settle


def renamed(order: tuple[str, ...]) -> RuleText:
    """Zhangjiakou's four parties in another order: only who stands where changes."""
    names = {"pool": 50, "insurer": 20, "appraiser": 10, "bank": 20}
    lines = "\n".join(f'{name} = {{ title = "{name}"{", ours = true" if name == "pool" else ""} }}' for name in order)
    parts = ", ".join(f"{name} = {names[name]}" for name in order)
    content = (FOLDER / "texts" / "sample.toml").read_text(encoding="utf-8")
    head = content.partition("[party]")[0]
    silent = (
        "eligibility clock deadline ip_part base_cap payment_cap all_levels no_gain suspension size leverage budget"
    )
    topics = ", ".join(f'"{topic}"' for topic in f"{silent} balance_limit contributors recovery charges".split())
    return read_rule_text(
        f"""{head}[party]
{lines}
[clause."一".base_of]
components = ["principal"]
less = []
[clause."二".share_by_parts]
parts = {{ {parts} }}
[clause."三".allotment]
residual = "bank"
unit = "1分"
op = "share"
[[silent]]
status = "sourced"
topics = [{topics}]
why = "虚构"
""".encode()
    )


@QUICK
@given(st.permutations(["pool", "insurer", "appraiser", "bank"]), st.integers(0, 10**9))
def test_parties_permuted_permute(order: list[str], principal: int) -> None:
    """At multiples of ten fen nothing is rounded, and each party's amount is its own wherever it stands."""
    values: dict[str, FactValue] = {"principal": principal * 10, "approved_earlier": 0}
    first = run(renamed(("pool", "insurer", "appraiser", "bank")), "C", values, []).due
    assert dict(run(renamed(tuple(order)), "C", values, []).due) == dict(first)


@QUICK
@given(ONE, st.integers(2, 1000))
def test_amounts_scaled_scale(more: dict[str, FactValue], by: int) -> None:
    """Wenzhou at multiples of four fen, below its cap."""
    principal = int(str(more["principal"])) // 1000 * 4
    values: dict[str, FactValue] = {"principal": principal, "disposal_proceeds": 0, "approved_earlier": 0}
    values |= {"exposure": "E", "enterprise_size": "small", "is_ip_pledged": True}
    text = shipped("wenzhou-2020")
    one, many = run(text, "C", values, []), run(text, "C", {**values, "principal": principal * by}, [])
    if one.due["pool"] * by <= 100_000_000:
        assert {party: amount * by for party, amount in one.due.items()} == dict(many.due)


@QUICK
@given(st.lists(st.tuples(st.integers(0, 3), FEN), min_size=1, max_size=6), st.integers(0, 10**9), st.booleans())
def test_a_round_pays_no_more_than_there_is_and_its_order_is_defined(
    asked: list[tuple[int, int]], balance: int, flag: bool
) -> None:
    text = text_of(TABLE, {"amend": {"第十七条 balance_limit": {"share_out": "fifo" if flag else "pro_rata"}}})
    start = date(2025, 3, 3)
    claims = [
        Claim(f"C{no}", "boc", start + timedelta(day), start + timedelta(day), due)
        for no, (day, due) in enumerate(asked)
    ]
    done = share_out_round(text, claims, date(2025, 12, 1), used={}, pool={"pool_balance": balance})
    assert (
        done.computation
        == share_out_round(text, claims[::-1], date(2025, 12, 1), used={}, pool={"pool_balance": balance}).computation
    )
    due = {claim.case: claim.due_fen for claim in claims}
    assert sum(one.now_fen for one in done.paid) == min(balance, 500_000_000, sum(due.values()))
    for one in done.paid:
        assert 0 <= one.now_fen <= due[one.case]
        assert one.now_fen + sum(amount for _, _, amount in one.rest) == due[one.case]


@QUICK
@given(ONE)
def test_a_past_decision_recomputes_to_the_same_bytes_whatever_came_later(more: dict[str, FactValue]) -> None:
    """A newer version of the text exists; the case goes by the one frozen with it, from its own stored facts."""
    then = run(SAMPLE, "C", {**FACTS, **more}, [])
    newer = text_of(TABLE, {"amend": {"rule_text": {"slug": "newer"}, "第八条第一款 share_by_rate": {"rate": "11%"}}})
    assert run(newer, "C", {**FACTS, **more}, []).rule != then.rule
    stored = from_bytes(then.to_bytes())
    again = decide(SAMPLE, CaseFacts(stored.case, stored.facts, stored.evidence), [])
    assert again.to_bytes() == then.to_bytes()
