"""The order of lines by their balances, held against every order that there is (small papers, all permutations)."""

import random
from collections.abc import Sequence
from datetime import date, time, timedelta
from itertools import pairwise, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importers.lists.chain import Ambiguous, arrows, batched, ordered, said
from ledger.papers import BankLine
from ledger.provenance import SourceLine, digest

SHA = digest(b"chain")
DAY = date(2023, 4, 3)


def line(row: int, day: int, second: int | None, fen: int, balance: int, who: str = "") -> BankLine:
    at = None if second is None else time(9, 0, second)
    return BankLine(
        line=SourceLine(sha256=SHA, row=row),
        on=DAY + timedelta(days=day),
        at=at,
        amount_fen=fen,
        balance_fen=balance,
        counterparty=who,
    )


def paper(moves: Sequence[tuple[int, int | None, int, str]], opening: int = 1000) -> list[BankLine]:
    found = []
    for row, (day, second, fen, who) in enumerate(moves, start=1):
        opening += fen
        found.append(line(row, day, second, fen, opening, who))
    return found


def instant(item: BankLine, untimed: set[date]) -> tuple[date, time]:
    return (item.on, time.min if item.on in untimed or item.at is None else item.at)


def every_order(lines: Sequence[BankLine], *, by_second: bool) -> set[tuple[object, ...]]:
    """All orders that keep time and leave no balance unmet, as what the bank wrote in them."""
    untimed = {item.on for item in lines if item.at is None}
    found = set()
    for order in permutations(lines):
        moments = [instant(item, untimed) if by_second else (item.on,) for item in order]
        meets = all(a.balance_fen + b.amount_fen == b.balance_fen for a, b in pairwise(order))  # type: ignore[operator] # every line here has a balance
        if meets and moments == sorted(moments):
            found.add(tuple(said(item) for item in order))
    return found


def words(walk: object) -> tuple[object, ...]:
    assert isinstance(walk, tuple)
    return tuple(said(item) for arrow in walk for item in arrow.lines)


MOVES = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.sampled_from([None, 0, 1, 1, 1]),
        st.sampled_from([100, -100, 50, -50, 7]),
        st.sampled_from(["", "甲"]),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=400, deadline=None)
@given(MOVES, st.randoms(use_true_random=False))
def test_the_only_order_is_found_and_several_are_never_chosen_from(
    moves: list[tuple[int, int | None, int, str]], mixer: random.Random
) -> None:
    moves.sort(key=lambda move: (move[0], move[1] or 0))
    mixed = paper(moves)
    mixer.shuffle(mixed)
    found = ordered(arrows(mixed), frozenset(), None)
    fitting = every_order(mixed, by_second=True) or every_order(mixed, by_second=False)
    if isinstance(found, Ambiguous):
        assert len(fitting) > 1
    else:
        assert found is not None, "a paper that was one chain is never called broken"
        assert words(found) in fitting
        given_orders = {tuple(said(item) for item in order) for order in own_orders(mixed)}
        assert len(fitting) == 1 or words(found) in given_orders, "of several orders only one the file itself is in"


def own_orders(lines: list[BankLine]) -> list[list[BankLine]]:
    untimed = {item.on for item in lines if item.at is None}
    back = lines[::-1]
    keys = (lambda item: instant(item, untimed), lambda item: item.on)
    return [lines, back, *(sorted(side, key=key) for side in (lines, back) for key in keys)]


@settings(max_examples=300, deadline=None)
@given(MOVES, st.randoms(use_true_random=False), st.integers(0, 5), st.sampled_from([1, -1, 13]))
def test_a_changed_balance_is_never_put_in_order(
    moves: list[tuple[int, int | None, int, str]], mixer: random.Random, index: int, by: int
) -> None:
    moves.sort(key=lambda move: (move[0], move[1] or 0))
    lines = paper(moves)
    at = index % len(lines)
    lines[at] = lines[at].model_copy(update={"balance_fen": lines[at].balance_fen + by})
    mixer.shuffle(lines)
    found = ordered(arrows(lines), frozenset(), None)
    if found is not None and not isinstance(found, Ambiguous):
        order = [item for arrow in found for item in arrow.lines]
        assert all(a.balance_fen + b.amount_fen == b.balance_fen for a, b in pairwise(order))


def test_a_pair_in_and_out_in_one_second_begins_where_the_books_end() -> None:
    lines = paper([(0, 1, 100, "甲"), (0, 1, -100, "甲")])
    turned = lines[::-1]
    for given_lines in (lines, turned):
        assert words(ordered(arrows(given_lines), frozenset({1000}), None)) == words((*arrows(lines),))
        assert words(ordered(arrows(given_lines), frozenset({1100}), None)) == words((*arrows(turned),))


def test_three_pairs_in_one_second_shuffled_are_ambiguous_and_in_order_are_read() -> None:
    lines = paper([(0, 1, 100, ""), (0, 1, -100, ""), (0, 1, 50, ""), (0, 1, -50, ""), (0, 2, 7, "")])
    assert words(ordered(arrows(lines), frozenset(), None)) == tuple(said(item) for item in lines)
    mixed = [lines[index] for index in (1, 4, 2, 3, 0)]
    assert isinstance(ordered(arrows(mixed), frozenset(), None), Ambiguous)


@pytest.mark.parametrize("seed", range(20))
def test_a_month_of_equal_fees_is_one_order_by_its_balances(seed: int) -> None:
    lines = paper([(number // 10, None, -20, "") for number in range(60)], opening=100_000)
    mixed = list(lines)
    random.Random(seed).shuffle(mixed)  # noqa: S311 - a seeded order, no secret
    assert words(ordered(arrows(mixed), frozenset(), None)) == tuple(said(item) for item in lines)


def test_a_batch_with_one_balance_is_one_step() -> None:
    lines = paper([(0, 1, 500, "甲"), (0, 2, -10, "乙"), (0, 2, -20, "丙"), (0, 2, -30, "丁"), (0, 3, 5, "")])
    after = lines[3].balance_fen
    batch = [item.model_copy(update={"balance_fen": after}) if item.amount_fen < 0 else item for item in lines]
    assert ordered(arrows(batch), frozenset(), None) is None
    for order in (batch, batch[::-1], [batch[index] for index in (2, 0, 4, 3, 1)]):
        walk = ordered(batched(order), frozenset(), None)
        assert [item.counterparty for arrow in walk for item in arrow.lines] == ["甲", "丁", "丙", "乙", ""]  # type: ignore[union-attr] # not ambiguous
        assert walk[0].before == 1000  # type: ignore[index] # same
        assert walk[-1].after == 1445  # type: ignore[index] # same
    short = [item for item in batch if item.counterparty != "丙"]
    assert ordered(batched(short), frozenset(), None) is None, "a batch with a row missing does not sum up"


def test_a_tangle_of_equal_balances_ends_in_time() -> None:
    lines = [
        line(number + 1, 0, 1, *((1, 1001) if number % 2 else (-1, 1000)), f"户{number}") for number in range(4000)
    ]
    lines.append(line(5000, 0, 1, 5, 1005))
    random.Random(1).shuffle(lines)  # noqa: S311 - a seeded order, no secret
    assert isinstance(ordered(arrows(lines), frozenset(), None), Ambiguous)
