"""A round of payments beside its amounts: what its record says, who bears it, what earlier rounds took, who waits."""

import json
from datetime import date
from typing import Any

import pytest
from cases.reading import text_of

from riskpool.rounds import Claim, has_rounds, outcome_of, share_out_round, used_by
from riskpool.rulefile import RuleText

ON = date(2025, 12, 20)
MILLION = 100_000_000
"""A million yuan in fen."""
BUDGET, LIMIT = "第十六条 budget", "第十七条 balance_limit"


def sample(*drop: str, **amend: Any) -> RuleText:  # noqa: ANN401 - parameters of clauses
    """Five million a year, first come first served; then what the pool holds, in proportion."""
    return text_of({"text": "sample"}, {"amend": {BUDGET: amend} if amend else {}, "drop": list(drop)})


def claim(case: str, fen: int, day: int = 1, left: tuple[int, ...] = ()) -> Claim:
    """A claim accepted on a day of November; ``left`` is what contributors 01, 02 … have still to bear of it."""
    accepted = date(2025, 11, day)
    return Claim(case, "boc", accepted, accepted, fen, left={f"{no:02d}": part for no, part in enumerate(left, 1)})


def test_what_lapses_is_told_apart_from_what_waits() -> None:
    """Of eight million five are paid under the budget, four of them the pool can pay."""
    claims = [claim("A", 3 * MILLION), claim("B", 5 * MILLION, 2)]
    done = share_out_round(sample(rest="lapse"), claims, ON, used={}, pool={"pool_balance": 4 * MILLION})
    first, second = done.paid
    assert [how for _, how, _ in first.rest] == ["next_year"]
    assert [how for _, how, _ in second.rest] == ["lapse", "next_year"]
    assert (first.lapsed, second.lapsed) == ((), (("第十六条", 3 * MILLION),))
    record = json.loads(done.computation)
    assert record["lapsed"] == {"A": 0, "B": 3 * MILLION}
    assert record["pool"] == sum(record["paid"].values()) == 4 * MILLION
    assert (done.steps[-1].name, done.steps[-1].result) == ("pool", 4 * MILLION)


def test_a_clause_is_found_by_its_number_in_the_round_and_in_its_record() -> None:
    done = share_out_round(sample(), [claim("A", 1)], ON, used={}, pool={"pool_balance": 1})
    again = outcome_of(done.computation)
    assert [clause.article for clause in done.clauses] == ["第十六条", "第十七条"]
    for clause in done.clauses:
        assert done.clause(clause.no) == again.clause(clause.no) == clause
    assert (again.paid, again.steps, again.parties) == (done.paid, done.steps, ())


def test_a_payment_is_borne_in_proportion_to_what_each_has_still_to_bear() -> None:
    """One has borne its whole part already and is not named; an odd fen falls to the larger remainder."""
    claims = [
        claim("A", 300, 1, (200, 100)),
        claim("B", 301, 2, (0, 301)),
        claim("C", 7, 3),
    ]
    done = share_out_round(sample(), claims, ON, used={}, pool={"pool_balance": 10**9})
    assert [one.contributors for one in done.paid] == [(("01", 200), ("02", 100)), (("02", 301),), ()]
    assert json.loads(done.computation)["drawn"] == {"A": {"01": 200, "02": 100}, "B": {"02": 301}, "C": {}}


def test_of_a_payment_in_part_the_shares_sum_to_what_is_paid() -> None:
    done = share_out_round(sample(), [claim("A", 300, 1, (200, 100))], ON, used={}, pool={"pool_balance": 100})
    assert done.paid[0].contributors == (("01", 67), ("02", 33))


def test_what_earlier_rounds_took_adds_up_by_year() -> None:
    one, other = claim("A", 300), claim("B", 500)
    funded = [(one, date(2024, 12, 31), 40), (one, ON, 100), (other, ON, 25)]
    assert used_by(sample(), funded) == {"pool_year|paid_year=2024": 40, "pool_year|paid_year=2025": 125}
    assert used_by(sample(BUDGET), funded) == {}


SECOND = "第十六条第二款 budget"
"""A second budget on the meter of the first."""


def two_budgets(**second: Any) -> RuleText:  # noqa: ANN401 - parameters of a clause
    """Five million a year for insured loans, and as stated for others, both on one meter."""
    shared = {"payer": "pool", "meter": "pool_year", "per": ["paid_year"], "share_out": "fifo", "rest": "queue"}
    amend = {BUDGET: {"when": {"product": "保险贷款"}}, SECOND: {**shared, **second}}
    return text_of({"text": "sample"}, {"amend": amend, "drop": [LIMIT]})


def test_two_budgets_on_one_meter_see_what_each_other_gives_in_the_round() -> None:
    """Each would give its five million; what the first gives is gone from the meter for the second, case by case."""
    text = two_budgets(when={"product": "直接贷款"}, amount="500万元")
    insured = claim("A", 3 * MILLION)._replace(facts={"product": "insured"})
    direct = claim("B", 4 * MILLION, 2)._replace(facts={"product": "direct"})
    done = share_out_round(text, [direct, insured], ON, used={"pool_year|paid_year=2025": 1 * MILLION}, pool={})
    assert [(one.case, one.now_fen) for one in done.paid] == [("A", 3 * MILLION), ("B", 1 * MILLION)]
    assert done.paid[1].rest == (("第十六条第二款", "queue", 3 * MILLION),)
    assert done.consumption == {"pool_year|paid_year=2025": 4 * MILLION}


def test_a_case_under_two_budgets_on_one_meter_takes_of_it_once() -> None:
    text = two_budgets(amount="400万元")
    insured = claim("A", 3 * MILLION)._replace(facts={"product": "insured"})
    done = share_out_round(text, [insured], ON, used={}, pool={})
    assert (done.paid[0].now_fen, done.consumption) == (3 * MILLION, {"pool_year|paid_year=2025": 3 * MILLION})
    assert used_by(text, [(insured, ON, 3 * MILLION)]) == {"pool_year|paid_year=2025": 3 * MILLION}


@pytest.mark.parametrize(("drop", "waits"), [((), True), ((BUDGET,), True), ((LIMIT,), True), ((BUDGET, LIMIT), False)])
def test_money_waits_for_a_round_where_a_budget_or_the_balance_limits_it(drop: tuple[str, ...], waits: bool) -> None:
    assert has_rounds(sample(*drop)) is waits
