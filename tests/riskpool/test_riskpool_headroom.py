"""Headroom agrees with what the suspension says day by day, names the loans that trip next, and invents nothing."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from cases.reading import text_of
from hypothesis import given, settings
from hypothesis import strategies as st

from riskpool.headroom import NO_FIGURE, NO_MEASURE, UNSET, Headroom, LiveLoan, Standing, headroom
from riskpool.rulefile import RuleText
from riskpool.ruletext import shipped, shipped_refs
from riskpool.suspension import HOLDING, NO_DENOMINATOR, Measure, states_as_of

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


POOL_FIGURES = {
    "in_pool_principal": 900 * WAN, "pool_balance": 60 * WAN + 1, "pool_paid_in": 100 * WAN, "pool_paid_out": 30 * WAN,
}  # fmt: skip
LEVERAGE, BALANCE, BUDGET = "第十五条第二款 leverage_limit", "第十七条 balance_limit", "第十六条 budget"
SIZE, CAP, PAYMENT = "第十五条第一款 pool_size", "第七条 base_cap", "第十条 payment_cap"
BY_BANK, BY_POOL = "第十三条第一款 suspension", "第十三条第二款 suspension"
ONLY = "（只限贷款类别符合条件的）"
INSURED = {"when": {"product": "保险贷款"}}


def sample(**amend: Any) -> RuleText:  # noqa: ANN401 - parameters of clauses
    return text_of({"text": "sample"}, {"amend": amend})


def figures(rooms: list[Headroom]) -> list[tuple[str, int | None, int | None]]:
    return [(room.whose, room.used_fen, room.room_fen) for room in rooms]


@pytest.mark.parametrize(
    ("place", "amend", "limit", "used", "room"),
    [
        (LEVERAGE, {}, "300,000,000.00 元", 900 * WAN, 29_100 * WAN),
        (LEVERAGE, {"basis": "balance", "multiple": "1.5倍"}, "900,000.01 元", 900 * WAN, -810 * WAN + 1),
        (LEVERAGE, {"basis": "paid_in", **INSURED}, f"10,000,000.00 元{ONLY}", 900 * WAN, 100 * WAN),
        (BALANCE, {}, "600,000.01 元", 0, 60 * WAN + 1),
        (BALANCE, {"basis": "paid_in"}, "1,000,000.00 元", 30 * WAN, 70 * WAN),
        (BALANCE, {"basis": "size", **INSURED}, f"30,000,000.00 元{ONLY}", 30 * WAN, 2970 * WAN),
    ],
)
def test_leverage_and_balance_are_measured_against_the_books_figures(
    place: str, amend: dict[str, Any], limit: str, used: int, room: int
) -> None:
    (found,) = rooms(sample(**{place: amend}), place.split()[1], pool=POOL_FIGURES)
    assert (found.whose, found.limit, found.used_fen, found.room_fen, found.why) == ("全池", limit, used, room, "")


@pytest.mark.parametrize(
    ("place", "amend", "unknown"),
    [
        (LEVERAGE, {"basis": "balance"}, "pool_balance"),
        (LEVERAGE, {}, "in_pool_principal"),
        (BALANCE, {}, "pool_balance"),
        (BALANCE, {"basis": "paid_in"}, "pool_paid_in"),
        (BALANCE, {"basis": "paid_in"}, "pool_paid_out"),
        (BALANCE, {"basis": "size"}, "pool_paid_out"),
    ],
)
def test_what_the_books_do_not_know_is_said(place: str, amend: dict[str, Any], unknown: str) -> None:
    pool = {name: fen for name, fen in POOL_FIGURES.items() if name != unknown}
    (found,) = rooms(sample(**{place: amend}), place.split()[1], pool=pool)
    assert (found.whose, found.limit, found.used_fen, found.room_fen) == ("全池", NO_FIGURE, None, None)


def test_a_size_that_is_unset_is_no_figure() -> None:
    unset = {"amount": None, "unset": {"amount": "案例中未定"}}
    text = sample(**{SIZE: unset, BALANCE: {"basis": "size"}})
    for kind in ("leverage_limit", "balance_limit"):
        (found,) = rooms(text, kind, pool=POOL_FIGURES)
        assert (found.limit, found.room_fen) == (NO_FIGURE, None)


@pytest.mark.parametrize(
    ("place", "name"),
    [
        *[(place, name) for place in (CAP, PAYMENT) for name in ("meter", "per", "amount")],
        (LEVERAGE, "basis"),
        (LEVERAGE, "multiple"),
        (BALANCE, "basis"),
        (BUDGET, "per"),
        (BUDGET, "amount"),
        (BY_POOL, "states"),
        (BY_POOL, "measure"),
    ],
)
def test_a_limit_with_a_part_unset_says_why_and_nothing_else(place: str, name: str) -> None:
    text = sample(**{place: {name: None, "unset": {name: "案例中未定"}}})
    article, kind = place.split()
    (found,) = (room for room in rooms(text, kind, pool=POOL_FIGURES) if room.article == article)
    assert (found.limit, found.used_fen, found.room_fen, found.why) == (UNSET, None, None, "案例中未定")


@pytest.mark.parametrize(("place", "name"), [(CAP, "mode"), (BUDGET, "rest"), (BUDGET, "share_out"), (BALANCE, "rest")])
def test_what_is_unset_and_moves_no_room_hides_none(place: str, name: str) -> None:
    text = sample(**{place: {name: None, "unset": {name: "案例中未定"}}})
    assert all(room.room_fen is not None for room in rooms(text, place.split()[1], pool=POOL_FIGURES))
    resumes = sample(**{BY_POOL: {"resumes": None, "unset": {"resumes": "案例中未定"}}})
    month = Measure(date(2023, 5, 31), 0, "npl_principal", "pool", "loan_balance", 100)
    assert figures(rooms(resumes, "suspension", measures={"pool": [month]})) == [("全池", 0, 7)]


def test_a_budget_is_measured_by_what_was_paid_in_the_year_and_only_by_that() -> None:
    (found,) = rooms(sample(), "budget", funded_this_year_fen=123)
    assert (found.whose, found.limit) == ("2023 年", "5,000,000.00 元")
    assert (found.used_fen, found.room_fen) == (123, 500 * WAN - 123)
    for amend, paid in (({}, None), (INSURED, 123), ({"per": ["bank", "paid_year"]}, 123)):
        (found,) = rooms(sample(**{BUDGET: amend}), "budget", funded_this_year_fen=paid)
        assert (found.whose, found.used_fen, found.room_fen, found.why) == ("2023 年", None, None, NO_FIGURE)
        assert found.limit == f"5,000,000.00 元{ONLY if amend is INSURED else ''}"


def loan(number: int, fen: int, *, bank: str = "boc", month: int = 9, late: bool = False) -> LiveLoan:
    return LiveLoan(f"L{number}", bank, f"甲{number}", f"e{number}", fen, date(2023, month, 1), is_overdue=late)


def test_a_cap_that_nothing_was_taken_of_is_whole_for_each_loan() -> None:
    (found,) = rooms(shipped("wenzhou-2020"), "payment_cap", loans=[loan(1, 500 * WAN)])
    assert (found.whose, found.used_fen, found.room_fen, found.next) == ("每户（尚无占用）", 0, 100 * WAN, ())
    assert figures(rooms(sample(), "base_cap")) == [("每户（尚无占用）", 0, 1200 * WAN)]


@pytest.mark.parametrize("name", ["guarantor", "filed_year"])
def test_a_meter_by_what_a_loan_does_not_state_lists_its_uses_only(name: str) -> None:
    text = sample(**{CAP: {"per": ["enterprise", name], **INSURED}})
    found = rooms(text, "base_cap", loans=[loan(1, 1300 * WAN)])
    assert figures(found) == [("每户（尚无占用）", 0, 1200 * WAN)]
    found = rooms(
        text, "base_cap", loans=[loan(1, 1300 * WAN)], used={f"enterprise_base|enterprise=甲1|{name}=2023": 5}
    )
    assert [(room.used_fen, room.limit, room.next) for room in found] == [(5, f"12,000,000.00 元{ONLY}", ())]


def test_a_cap_by_bank_and_year_lists_every_bank_with_a_loan_and_names_no_loan() -> None:
    loans = [loan(1, 900 * WAN), loan(2, 1, bank="crcb")]
    found = rooms(
        sample(),
        "payment_cap",
        loans=loans,
        names={"boc": "中国银行"},
        used={"bank_year|bank=boc|accepted_year=2022": 7},
    )
    assert figures(found) == [
        ("中国银行，2022 年", 7, 200 * WAN - 7),
        ("中国银行，2023 年", 0, 200 * WAN),
        ("crcb，2023 年", 0, 200 * WAN),
    ]
    assert not any(room.next for room in found)


def test_loans_named_under_a_cap_pass_it_by_a_fen_and_come_by_their_due_days() -> None:
    text = sample(**{CAP: {"per": ["pool"], "amount": "100元"}})
    loans = [loan(1, 9_999), loan(2, 10_001, month=11), loan(3, 10_000), loan(4, 20_000, month=10), loan(5, 0)]
    (whole,) = rooms(text, "base_cap", loans=loans)
    assert [(trip.loan, trip.how, trip.short_fen) for trip in whole.next] == [
        ("L4", "alone", 10_000),
        ("L2", "alone", 1),
    ]
    (passed,) = rooms(text, "base_cap", loans=loans, used={"enterprise_base|pool=全池": 10_500})
    assert (passed.room_fen, [trip.loan for trip in passed.next]) == (-500, ["L1", "L3", "L4", "L2"])
    (full,) = rooms(text, "base_cap", loans=[loan(6, 1), loan(7, 0)], used={"enterprise_base|pool=全池": 10_000})
    assert [(trip.loan, trip.short_fen) for trip in full.next] == [("L6", 1)]
    assert [trip.short_fen for trip in passed.next] == [9_999, 10_000, 20_000, 10_001]


ELSE = {"says": "另一类只计利息", "components": ["interest"], "less": []}


@pytest.mark.parametrize(
    "amend",
    [
        {"第五条 base_of": {"components": ["interest"]}},
        {"第五条 base_of": {"components": None, "unset": {"components": "案例中未定"}}},
        {"第五条 base_of": INSURED, "第五条之二 base_of": {**ELSE, "when": {"product": "直接贷款"}}},
    ],
)
def test_where_the_base_may_not_count_principal_no_loan_is_named(amend: dict[str, Any]) -> None:
    assert rooms(sample(), "base_cap", loans=[loan(1, 1300 * WAN)])[0].next
    assert not rooms(sample(**amend), "base_cap", loans=[loan(1, 1300 * WAN)])[0].next


NPL = ("npl_principal", "pool", "loan_balance")
MAY = date(2023, 5, 31)


def tripping(text: RuleText, **more: Any) -> list[Headroom]:  # noqa: ANN401 - any field of a standing
    return rooms(text, "suspension", **more)


def test_a_suspension_speaks_of_the_banks_the_guarantors_or_the_pool_that_it_names() -> None:
    measures = {
        "boc": [Measure(MAY, 1, "npl_loss", "bank", "booked_principal", 100)],
        "pool": [Measure(MAY, 2, *NPL, 100)],
    }
    found = tripping(sample(), measures=measures, names={"boc": "中国银行"})
    assert figures(found) == [("中国银行", 1, 2), ("全池", 2, 5)]
    assert [room.limit for room in found] == ["超过3%：暂缓", "达到8%：停止"]
    guarantor = sample(**{BY_POOL: {"scope": "guarantor", **INSURED}})
    of = Measure(MAY, 2, "npl_principal", "guarantor", "loan_balance", 100)
    found = tripping(guarantor, measures={"某担保（虚构）": [of]})
    assert figures(found) == [("某担保（虚构）", None, None), ("某担保（虚构）", 2, 5)]
    assert [room.limit for room in found] == ["超过3%：暂缓", f"达到8%：停止{ONLY}"]
    (_, none) = tripping(guarantor)
    assert (none.whose, none.room_fen, none.why) == ("担保机构", None, NO_MEASURE)
    (_, none) = tripping(sample())
    assert (none.whose, none.room_fen, none.why) == ("全池", None, NO_MEASURE)


def test_no_month_end_yet_is_nothing_overdue_of_a_bank_and_unknown_of_the_pool() -> None:
    assert figures(tripping(DEYANG)) == [("boc", 0, 100 * WAN - 1), ("boc", 0, 500 * WAN - 1)]
    later = {"boc": [Measure(date(2023, 7, 1), 100 * WAN)]}
    assert figures(tripping(DEYANG, measures=later)) == figures(tripping(DEYANG))
    pool = text_of({"rule": "deyang"}, {"amend": {"S26（熔断） suspension": {"scope": "pool"}}})
    assert [(room.whose, room.room_fen, room.why) for room in tripping(pool)] == [("全池", None, NO_MEASURE)] * 2


def test_a_denominator_of_zero_says_so() -> None:
    found = tripping(sample(), measures={"pool": [Measure(MAY, 2, *NPL, 0)]})
    assert [(room.room_fen, room.why) for room in found] == [(None, NO_DENOMINATOR)]


@pytest.mark.parametrize(
    ("where", "amount", "room"),
    [
        ("达到8%", 8, 0),  # 8 of 101 is 7.92 %, 9 is 8.91 %
        ("超过8%", 8, 0),
        ("达到8%", 9, -1),
        (["达到2%", "达到8%"], 3, 5),
        (["达到8%", "达到2%"], 3, 5),
        (["达到8%", "不超过100%"], 8, 0),
    ],
)
def test_the_room_below_a_row_is_exact_and_of_two_lower_edges_the_higher_counts(
    where: Any,  # noqa: ANN401 - a threshold or two
    amount: int,
    room: int,
) -> None:
    states = [{"where": where, "state": "停止", "effect": "refuse_new"}]
    if "不超过100%" in where:
        states.append({"where": "超过100%", "why": "虚构的空档"})
    (found,) = tripping(sample(**{BY_POOL: {"states": states}}), measures={"pool": [Measure(MAY, amount, *NPL, 101)]})
    assert (found.used_fen, found.room_fen) == (amount, room)


@pytest.mark.parametrize(("edge", "over"), [("不超过", "超过"), ("不满", "达到")])
def test_a_row_with_an_upper_edge_is_passed_beyond_it_and_one_without_a_lower_edge_has_no_room(
    edge: str, over: str
) -> None:
    states = [
        {"where": f"{over}10%", "state": "停止", "effect": "refuse_new"},
        {"where": ["达到5%", f"{edge}10%"], "state": "暂停", "effect": "refuse_new"},
        {"where": "不满5%", "state": "整改", "effect": "refuse_new"},
    ]
    text = sample(**{BY_POOL: {"states": states}})
    shown = {}
    for amount in (49, 50, 99, 100, 101):
        low, middle, top = tripping(text, measures={"pool": [Measure(MAY, amount, *NPL, 1000)]})
        assert [room.limit.rpartition("：")[2] for room in (low, middle, top)] == ["整改", "暂停", "停止"]
        assert (low.limit, low.room_fen, low.why) == ("不满5%：整改", None, "本档没有下限，说不出还差多少")
        shown[amount] = (middle.room_fen, top.room_fen)
    at = {"不超过": (-51, 0), "不满": (None, -1)}[edge]
    last = 100 if edge == "不超过" else 99
    assert shown == {49: (0, last - 49), 50: (-1, last - 50), 99: (-50, last - 99), 100: at, 101: (None, last - 101)}


def test_rows_are_shown_from_the_lowest_whatever_their_words() -> None:
    states = [
        {"where": "超过8%", "state": "停止", "effect": "refuse_new"},
        {"where": ["达到5%", "不满8%"], "state": "暂停", "effect": "refuse_new"},
        {"where": ["达到8%", "不超过8%"], "state": "整改", "effect": "refuse_new"},
    ]
    found = tripping(sample(**{BY_POOL: {"states": states}}), measures={"pool": [Measure(MAY, 0, *NPL, 100)]})
    assert [room.limit.rpartition("：")[2] for room in found] == ["暂停", "整改", "停止"]


def test_loans_that_trip_next_are_sound_ones_of_the_bank_in_the_order_of_their_due_days() -> None:
    loans = [
        loan(1, 40, month=10),
        loan(2, 50, month=9),
        loan(3, 1000, late=True),
        loan(4, 1000, bank="crcb"),
        loan(5, 11, month=11),
    ]
    measures = {"boc": [Measure(MAY, 100 * WAN - 101)], "crcb": [Measure(MAY, 100 * WAN - 1)]}
    (boc, _, crcb, _) = tripping(DEYANG, measures=measures, loans=loans)
    # 100 fen are left: 50 and 40 fall due before, the 11 after them pass it by one; none does so alone.
    assert (boc.room_fen, [(trip.loan, trip.how, trip.short_fen) for trip in boc.next]) == (
        100,
        [("L5", "maturity", 1)],
    )
    assert (crcb.room_fen, [(trip.loan, trip.how, trip.short_fen) for trip in crcb.next]) == (
        0,
        [("L4", "maturity", 1000), ("L4", "alone", 1000)],
    )
    exact = {"boc": [Measure(MAY, 100 * WAN - 102)]}
    assert not tripping(DEYANG, measures=exact, loans=loans)[0].next
    passed = {"boc": [Measure(MAY, 100 * WAN)]}
    assert (
        tripping(DEYANG, measures=passed, loans=loans)[0].room_fen,
        tripping(DEYANG, measures=passed, loans=loans)[0].next,
    ) == (-1, ())


def test_loans_of_every_bank_trip_the_pool_and_none_is_named_under_a_ratio_or_another_measure() -> None:
    place = "S26（熔断） suspension"
    loans = [loan(1, 600 * WAN), loan(2, 600 * WAN, bank="crcb")]
    pool = text_of({"rule": "deyang"}, {"amend": {place: {"scope": "pool"}}})
    low, _ = tripping(pool, measures={"pool": [Measure(MAY, 0, scope="pool")]}, loans=loans)
    assert [trip.loan for trip in low.next] == ["L1", "L1", "L2"]
    npl = text_of({"rule": "deyang"}, {"amend": {place: {"measure": "npl_principal"}}})
    assert not any(
        room.next for room in tripping(npl, measures={"boc": [Measure(MAY, 0, "npl_principal")]}, loans=loans)
    )
    ratio = sample(**{BY_POOL: {"measure": "overdue_principal", "scope": "bank"}})
    measures = {"boc": [Measure(MAY, 0, "overdue_principal", "bank", "loan_balance", 100)]}
    assert not any(room.next for room in tripping(ratio, measures=measures, loans=loans))


def test_limits_that_a_text_does_not_state_are_told_by_how_that_is_known() -> None:
    places = [LEVERAGE, BALANCE, BUDGET, CAP, PAYMENT, BY_BANK, BY_POOL, SIZE, "第六条 ip_part"]
    text = text_of({"text": "sample", "drop": places}, {})
    topics = ["base_cap", "payment_cap", "suspension", "leverage", "budget", "balance_limit"]
    for status, words in (
        ("sourced", "原文没有这项限额"),
        ("assumed", "假定没有这项限额"),
        ("unset", "没有看到条款，不知道有没有这项限额"),
    ):
        silent = tuple(replace(silence, status=status) for silence in text.silent)
        found = headroom(replace(text, silent=silent), standing(date(2023, 6, 30)))
        assert {room.kind for room in found} == set(topics)
        assert {room.why for room in found} == {f"{words}——案例中没有这一条"}


def test_every_shipped_text_answers_and_says_why_where_it_has_no_figure() -> None:
    for ref in shipped_refs():
        for room in headroom(shipped(ref), standing(date(2023, 6, 30))):
            assert (room.room_fen is None) == bool(room.why), (ref, room)
    unseen = headroom(shipped("cixi"), standing(date(2023, 6, 30)))
    assert unseen
    assert all(room.room_fen is None and "不知道" in room.why for room in unseen)
