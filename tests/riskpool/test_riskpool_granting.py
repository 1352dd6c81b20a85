"""What a decision becomes: a grant, a denial, a deferral, or the difference of a second decision to the fen."""

from datetime import date
from typing import Any

import pytest
from cases.reading import text_of
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ledger.events import CompensationApplied, CompensationDecided, CompensationDenied, CompensationRedecided
from ledger.faults import Refusal
from ledger.ids import event_id
from riskpool.decision import Decision
from riskpool.facts import CaseFacts, FactValue
from riskpool.granting import Standing, contributors_of, drawn, events_of, redecision_of, still_to_bear
from riskpool.rulefile import RuleText
from riskpool.waterfall import Used, decide

QUICK = settings(max_examples=60, deadline=None, derandomize=True)
ON = date(2023, 10, 18)
DEMO = text_of({"rule": "demo-2023"}, {})
MANY = 10**14


def decision_of(earlier: int = 0, paid_in: tuple[int, ...] = (15, 10), text: RuleText = DEMO, **more: Any) -> Decision:  # noqa: ANN401 - any fact
    """A decision on a loss of 1,000.01 yuan, of which we bear half and the insurer three tenths."""
    facts: dict[str, FactValue] = {
        "registered_in_city": True,
        "in_good_credit": True,
        "filed_on": "2022-06-16",
        "due_on": "2023-07-10",
        "accepted_on": "2023-10-13",
        "assessed_on": "2023-10-13",
        "principal": 100_001,
        "disposal_proceeds": 0,
        "product": "insured",
        "ip_types": ("patent",),
        "approved_earlier": earlier,
        **{f"paid_in.{number:02}": amount for number, amount in enumerate(paid_in, start=1)},
        **more,
    }
    return decide(text, CaseFacts("BC2023-002", facts, dict.fromkeys(facts, "依据")), list[Used]())


def application(claimed_fen: int = MANY) -> CompensationApplied:
    return CompensationApplied(
        event_id=event_id("apply", "boc", "BC2023-002"),
        on=date(2023, 10, 12),
        summary="申请补偿",
        case="BC2023-002",
        loan="BOC2022-0002",
        bank="boc",
        claimed_fen=claimed_fen,
        principal_fen=100_001,
        interest_fen=0,
        accepted_on=date(2023, 10, 13),
        facts=(),
        attachments=1,
    )


def standing(earlier: int, **more: Any) -> Standing:  # noqa: ANN401 - any field of a standing
    fields: dict[str, Any] = {
        "approved_fen": earlier, "queued_fen": 0, "unpaid_fen": 0, "recourse_fen": earlier, "claimed_fen": 1,
        "borne": {"01": earlier}, "open_others": {}, "settled_others": {}, "number": 2, "supplements": 1,
    }  # fmt: skip
    return Standing(**{**fields, **more})


def redecided(decision: Decision, before: Standing, claimed: int = MANY, *, waits: bool = False) -> Any:  # noqa: ANN401 - either event
    return redecision_of(decision, application(claimed), before, on=ON, chief="某主管（虚构）", waits=waits)


def granted(decision: Decision, claimed: int = MANY, **more: Any) -> Any:  # noqa: ANN401 - any of three events
    return events_of(
        decision, application(claimed), on=ON, chief="某主管（虚构）", unpaid_principal_fen=100_001, **more
    )


AMOUNTS = st.integers(0, 300) | st.integers(0, 10**8) | st.integers(0, 10**13)


@st.composite
def standings(draw: st.DrawFn) -> Standing:
    """A decided case: what is due is queued, unpaid, with the bank, or came back; two or three contributors bear it."""
    queued, unpaid, recourse, back = (draw(AMOUNTS) for _ in range(4))
    funded = unpaid + recourse + back
    first = draw(st.integers(0, funded))
    second = draw(st.integers(0, funded - first))
    still_open, settled = draw(AMOUNTS), draw(AMOUNTS)
    return standing(
        queued + funded,
        queued_fen=queued,
        unpaid_fen=unpaid,
        recourse_fen=recourse,
        borne={"01": first, "02": second, "03": funded - first - second},
        open_others={"insurer": still_open},
        settled_others={"insurer": settled},
    )


def amounts(shares: Any) -> dict[str, int]:  # noqa: ANN401 - shares of contributors
    return {share.contributor: share.amount_fen for share in shares}


@QUICK
@given(
    before=standings(),
    principal=st.integers(0, 600) | st.integers(0, 10**9) | st.integers(0, 10**13),
    paid_in=st.lists(st.integers(0, 10**9), min_size=3, max_size=3).filter(any),
    waits=st.booleans(),
)
def test_a_difference_is_settled_to_the_fen_in_its_order_and_by_nobody_twice(
    before: Standing, principal: int, paid_in: list[int], *, waits: bool
) -> None:
    decision = decision_of(before.approved_fen, tuple(paid_in), principal=principal)
    event = redecided(decision, before, waits=waits)
    assert isinstance(event, CompensationRedecided)
    settled = event.granted_fen + event.queued_fen - event.clawback_fen - event.recovered_fen
    assert settled == decision.settle == event.approved_fen - event.before_fen
    shares, returned = amounts(event.contributors), amounts(event.returned)
    assert (sum(shares.values()), sum(returned.values())) == (event.granted_fen, event.clawback_fen)
    after = {number: borne + shares.get(number, 0) - returned.get(number, 0) for number, borne in before.borne.items()}
    assert min(after.values()) >= 0
    if decision.settle >= 0:
        assert (event.clawback_fen, event.recovered_fen, returned) == (0, 0, {})
        assert (event.queued_fen if waits else event.granted_fen) == decision.settle
        left = still_to_bear(decision, before.borne)
        assert all(0 <= amount <= left[number] for number, amount in shares.items())
    else:
        less = -decision.settle
        off = (-event.queued_fen, -event.granted_fen, event.clawback_fen, event.recovered_fen)
        for amount, most in zip(off, (before.queued_fen, before.unpaid_fen, before.recourse_fen, less), strict=True):
            assert amount == min(less, most)  # each takes all that it can before the next is asked
            less -= amount
        assert less == 0
        assert all(amount < 0 for amount in shares.values())
        assert all(amount > 0 for amount in returned.values())


@QUICK
@given(before=standings(), principal=st.integers(0, 10**9), is_insured=st.booleans())
def test_the_order_of_parties_and_contributors_changes_nothing(
    before: Standing, principal: int, *, is_insured: bool
) -> None:
    decision = decision_of(before.approved_fen, principal=principal, product="insured" if is_insured else "direct")
    still_open, settled = {**before.open_others, "county": 7}, {**before.settled_others, "county": 3}
    before = standing(
        before.approved_fen,
        queued_fen=before.queued_fen,
        unpaid_fen=before.unpaid_fen,
        recourse_fen=before.recourse_fen,
        borne=before.borne,
        open_others=still_open,
        settled_others=settled,
    )
    turned = standing(
        before.approved_fen,
        queued_fen=before.queued_fen,
        unpaid_fen=before.unpaid_fen,
        recourse_fen=before.recourse_fen,
        borne=dict(reversed(before.borne.items())),
        open_others=dict(reversed(still_open.items())),
        settled_others=dict(reversed(settled.items())),
    )
    one, other = redecided(decision, before), redecided(decision, turned)
    assert [amounts(one.contributors), amounts(one.returned)] == [amounts(other.contributors), amounts(other.returned)]
    for name in ("others", "raised", "lowered"):
        assert {party.party: party.amount_fen for party in getattr(one, name)} == {
            party.party: party.amount_fen for party in getattr(other, name)
        }


@QUICK
@given(standings(), st.integers(0, 10**9))
def test_other_parties_registers_are_raised_and_lowered_no_further_than_what_is_open(
    before: Standing, principal: int
) -> None:
    event = redecided(decision_of(before.approved_fen, principal=principal), before)
    now = {party.party: party.amount_fen for party in event.others}.get("insurer", 0)
    raised = {party.party: party.amount_fen for party in event.raised}.get("insurer", 0)
    lowered = {party.party: party.amount_fen for party in event.lowered}.get("insurer", 0)
    awaited = max(now - before.settled_others["insurer"], 0)
    assert before.open_others["insurer"] + raised - lowered == awaited
    assert min(raised, lowered) == 0


@QUICK
@given(
    st.integers(1, 10**9),
    st.lists(st.integers(0, 10**9), min_size=1, max_size=4).filter(any),
    st.data(),
)
def test_drawing_again_and_again_ends_at_each_contributors_part(
    principal: int, paid_in: list[int], data: st.DataObject
) -> None:
    decision = decision_of(paid_in=tuple(paid_in), principal=principal)
    due = decision.due["pool"]
    assume(due)
    borne: dict[str, int] = dict.fromkeys(contributors_of(decision), 0)
    for cut in (*data.draw(st.lists(st.integers(0, due), max_size=4)), due):
        for number, amount in drawn(decision, borne, min(cut, due - sum(borne.values()))).items():
            assert amount >= 0
            borne[number] += amount
    assert borne == contributors_of(decision)


def test_less_is_taken_off_in_its_order_and_in_the_proportions_that_were_borne() -> None:
    """50,001 fen are due, 100,001 were: of 50,000 less, 10,000 wait, 20,001 are unpaid, 15,000 the bank gives back."""
    before = standing(
        100_001, queued_fen=10_000, unpaid_fen=20_001, recourse_fen=15_000, borne={"02": 30_001, "01": 60_000}
    )
    event = redecided(decision_of(100_001), before)
    assert (event.outcome, event.approved_fen, event.before_fen) == ("less", 50_001, 100_001)
    assert (event.queued_fen, event.granted_fen) == (-10_000, -20_001)
    assert (event.clawback_fen, event.recovered_fen) == (15_000, 4_999)
    assert amounts(event.contributors) == {"01": -13_334, "02": -6_667}
    assert amounts(event.returned) == {"01": 10_000, "02": 5_000}
    assert event.summary == "BC2023-002 再次裁决，核减 500.00 元"


@pytest.mark.parametrize(
    ("earlier", "outcome", "words"),
    [(50_000, "more", "增补 0.01 元"), (50_001, "same", "金额不变"), (50_002, "less", "核减 0.01 元")],
)
def test_one_fen_either_way_is_said(earlier: int, outcome: str, words: str) -> None:
    event = redecided(decision_of(earlier), standing(earlier), 50_001)
    assert (event.outcome, event.summary) == (outcome, f"BC2023-002 再次裁决，{words}")
    assert event.event_id == event_id("decide", "BC2023-002", "2023-10-13", 2)


def test_a_second_decision_that_denies_takes_all_back_and_asks_no_claim() -> None:
    event = redecided(decision_of(50_001, in_good_credit=False), standing(50_001), 1)
    assert (event.outcome, event.approved_fen, event.clawback_fen, event.others) == ("denied", 0, 50_001, ())


def test_a_claim_of_a_fen_less_than_is_due_in_all_is_refused_again() -> None:
    decision = decision_of(40_000)
    assert redecided(decision, standing(40_000), 50_001).granted_fen == 10_001
    with pytest.raises(Refusal, match="裁决-申请-01"):
        redecided(decision, standing(40_000), 50_000)


def test_more_waits_whole_where_the_text_pays_in_rounds() -> None:
    event = redecided(decision_of(40_000), standing(40_000), waits=True)
    assert (event.granted_fen, event.queued_fen, event.contributors) == (0, 10_001, ())


DEFERRING = text_of({"rule": "demo-2023"}, {"amend": {"演示第二条 require": {"effect": "defer"}}})


def test_a_decision_that_holds_back_becomes_a_deferral_the_first_time_and_the_second() -> None:
    first = granted(decision_of(text=DEFERRING, in_good_credit=False))
    again = redecided(decision_of(40_000, text=DEFERRING, in_good_credit=False), standing(40_000))
    for event in (first, again):
        assert (event.kind, event.clauses) == ("CompensationDeferred", ("演示第二条",))
        assert event.event_id == event_id("defer", "BC2023-002", "2023-10-18", event.decision)


@pytest.mark.parametrize(
    ("before", "still_open", "raised", "lowered"),
    [
        ({}, {}, [30_000], []),
        ({"insurer": 29_999}, {"insurer": 29_999}, [1], []),
        ({"insurer": 30_000}, {"insurer": 30_000}, [], []),
        ({"insurer": 30_001}, {"insurer": 30_001}, [], [1]),
        ({"insurer": 40_000}, {}, [], []),
    ],
)
def test_another_partys_register_follows_to_the_fen(
    before: dict[str, int], still_open: dict[str, int], raised: list[int], lowered: list[int]
) -> None:
    settled = {party: amount - still_open.get(party, 0) for party, amount in before.items()}
    event = redecided(decision_of(50_001), standing(50_001, open_others=still_open, settled_others=settled))
    assert [party.amount_fen for party in event.others] == [30_000]
    assert [party.amount_fen for party in event.raised] == raised
    assert [party.amount_fen for party in event.lowered] == lowered


def test_who_bears_nothing_yet_has_its_whole_part_to_bear() -> None:
    decision = decision_of()
    assert still_to_bear(decision, {}) == contributors_of(decision) == {"01": 30_001, "02": 20_000}


@pytest.mark.parametrize(("claimed", "outcome"), [(50_001, "approved"), (50_002, "reduced")])
def test_a_grant_is_now_or_waits_for_a_round(claimed: int, outcome: str) -> None:
    event = granted(decision_of(), claimed)
    assert isinstance(event, CompensationDecided)
    assert (event.outcome, event.approved_fen, event.queued_fen) == (outcome, 50_001, 0)
    assert amounts(event.contributors) == {"01": 30_001, "02": 20_000}
    assert [(party.party, party.amount_fen) for party in event.others] == [("insurer", 30_000)]
    waiting = granted(decision_of(), claimed, waits=True)
    assert (waiting.approved_fen, waiting.queued_fen, waiting.contributors) == (50_001, 50_001, ())


def test_a_contributor_and_a_party_that_bear_nothing_are_not_named() -> None:
    event = granted(decision_of(paid_in=(15, 0), principal=1))
    assert (amounts(event.contributors), event.others) == ({"01": 1}, ())


def test_a_denial_names_what_refused_or_what_left_nothing() -> None:
    refused = granted(decision_of(in_good_credit=False, registered_in_city=False))
    assert isinstance(refused, CompensationDenied)
    assert refused.clauses == ("演示第一条", "演示第二条")
    assert granted(decision_of(principal=0)).clauses == ("演示第六条",)
    capped = text_of(
        {"rule": "demo-2023"},
        {"amend": {"演示加条 payment_cap": {
            "says": "演示", "payer": "pool", "meter": "demo_cap", "per": ["pool"], "amount": "0元", "mode": "truncate",
        }}},
    )  # fmt: skip
    assert granted(decision_of(text=capped)).clauses == ("演示加条",)
