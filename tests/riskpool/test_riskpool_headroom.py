"""Headroom agrees with what the suspension says day by day, names the loans that trip next, and invents nothing."""

from datetime import date, timedelta
from typing import Any

from cases.reading import text_of
from hypothesis import given, settings
from hypothesis import strategies as st

from riskpool.headroom import Headroom, LiveLoan, Standing, headroom
from riskpool.rulefile import RuleText
from riskpool.ruletext import shipped, shipped_refs
from riskpool.suspension import HOLDING, Measure, states_as_of

QUICK = settings(max_examples=150, deadline=None, derandomize=True)
START = date(2023, 1, 1)
DEYANG = shipped("deyang")
WAN = 1_000_000


def standing(on: date, **more: Any) -> Standing:  # noqa: ANN401 - any field of a standing
    stated: dict[str, Any] = {
        "used": {}, "measures": {"boc": []}, "loans": [], "pool": {}, "funded_this_year_fen": 0,
    }  # fmt: skip
    return Standing(on, **(stated | more))


def rooms(text: RuleText, kind: str, **more: Any) -> list[Headroom]:  # noqa: ANN401 - any field of a standing
    return [room for room in headroom(text, standing(date(2023, 6, 30), **more)) if room.kind == kind]


def first_passed(text: RuleText, measures: list[Measure]) -> date | None:
    for measure in sorted(measures):
        found = headroom(text, standing(measure.on, measures={"boc": measures, "pool": measures}))
        if any(room.kind == "suspension" and room.room_fen is not None and room.room_fen < 0 for room in found):
            return measure.on
    return None


def first_tripped(text: RuleText, measures: list[Measure]) -> date | None:
    for measure in sorted(measures):
        if any(state.effect in HOLDING for state in states_as_of(text, measures, measure.on)):
            return measure.on
    return None


EDGES = st.sampled_from([0, 1, 100 * WAN - 1, 100 * WAN, 300 * WAN, 300 * WAN + 1, 500 * WAN - 1, 500 * WAN])


@QUICK
@given(st.lists(EDGES | st.integers(0, 700 * WAN), min_size=1, max_size=12))
def test_the_first_day_without_room_is_the_day_of_the_suspension_on_amounts(amounts: list[int]) -> None:
    history = [Measure(START + timedelta(days=at), amount) for at, amount in enumerate(amounts)]
    assert first_passed(DEYANG, history) == first_tripped(DEYANG, history)


RATIO = text_of({"text": "sample", "facts": "sample"}, {})
ASKED = [
    {"name": clause.word("measure"), "scope": clause.word("scope"), "over": clause.word("over")}
    for clause in RATIO.clauses_of("suspension")
]


@QUICK
@given(st.lists(st.tuples(st.integers(0, 12_000), st.integers(0, 100_000)), min_size=1, max_size=12))
def test_the_first_day_without_room_is_the_day_of_the_suspension_on_ratios(pairs: list[tuple[int, int]]) -> None:
    days = [(START + timedelta(days=at), a, b) for at, (a, b) in enumerate(pairs)]
    history = [Measure(on, a, over_fen=b, **asked) for on, a, b in days for asked in ASKED]
    assert first_passed(RATIO, history) == first_tripped(RATIO, history)


@QUICK
@given(st.integers(0, 99 * WAN), st.lists(st.integers(1, 80 * WAN), min_size=1, max_size=8))
def test_the_loans_named_next_are_those_that_trip(overdue: int, outstanding: list[int]) -> None:
    on = date(2023, 6, 30)
    loans = [
        LiveLoan(f"L{at}", "boc", "甲", f"e{at}", fen, on + timedelta(days=at + 1), is_overdue=False)
        for at, fen in enumerate(outstanding)
    ]
    found = headroom(DEYANG, standing(on, measures={"boc": [Measure(on, overdue)]}, loans=loans))
    lowest = next(room for room in found if room.kind == "suspension")
    assert lowest.room_fen == 100 * WAN - 1 - overdue
    total = overdue
    trips = {(trip.how, trip.loan) for trip in lowest.next}
    matured = []
    for loan in loans:
        before, total = total, total + loan.outstanding_fen
        if before < 100 * WAN <= total:
            matured.append(("maturity", loan.loan))
        assert (("alone", loan.loan) in trips) == (overdue + loan.outstanding_fen >= 100 * WAN)
    assert [trip for trip in trips if trip[0] == "maturity"] == matured


def test_a_hole_has_no_figure_and_says_so() -> None:
    low, top = rooms(DEYANG, "suspension", measures={"boc": [Measure(date(2023, 5, 31), 400 * WAN)]})
    assert (low.room_fen, top.room_fen) == (None, 100 * WAN - 1)
    assert "已越过本档" in low.why


def test_a_cap_shows_what_each_meter_has_left() -> None:
    used = {"loan_payment|exposure=e1": 30 * WAN, "loan_payment|exposure=e2": 100 * WAN, "other|bank=boc": 5}
    found = rooms(shipped("wenzhou-2020"), "payment_cap", used=used)
    assert [(room.whose, room.used_fen, room.room_fen) for room in found] == [
        ("e1", 30 * WAN, 70 * WAN),
        ("e2", 100 * WAN, 0),
    ]


def test_an_enterprises_base_cap_names_the_loans_whose_principal_alone_passes_it() -> None:
    loans = [
        LiveLoan("L1", "boc", "甲", "e1", 900 * WAN, date(2023, 9, 1), is_overdue=False),
        LiveLoan("L2", "boc", "乙", "e2", 1300 * WAN, date(2023, 8, 1), is_overdue=False),
    ]
    (used,) = {clause.word("meter") for clause in RATIO.clauses_of("base_cap")}
    found = rooms(RATIO, "base_cap", loans=loans, used={f"{used}|enterprise=甲": 400 * WAN})
    shown = {room.whose: (room.room_fen, [(trip.loan, trip.short_fen) for trip in room.next]) for room in found}
    assert shown == {"甲": (800 * WAN, [("L1", 100 * WAN)]), "乙": (1200 * WAN, [("L2", 100 * WAN)])}


def test_leverage_and_balance_are_measured_against_the_books_figures() -> None:
    pool = {"in_pool_principal": 900 * WAN, "pool_balance": 60 * WAN, "pool_paid_in": 100 * WAN, "pool_paid_out": 0}
    for kind in ("leverage_limit", "balance_limit", "budget"):
        for room in rooms(RATIO, kind, pool=pool):
            assert room.used_fen is not None
            assert room.room_fen is not None
        assert all(room.room_fen is None and room.why for room in rooms(RATIO, kind, funded_this_year_fen=None))


def test_every_shipped_text_answers_and_says_why_where_it_has_no_figure() -> None:
    for ref in shipped_refs():
        for room in headroom(shipped(ref), standing(date(2023, 6, 30))):
            assert (room.room_fen is None) == bool(room.why), (ref, room)
    unseen = headroom(shipped("cixi"), standing(date(2023, 6, 30)))
    assert unseen
    assert all(room.room_fen is None and "不知道" in room.why for room in unseen)
