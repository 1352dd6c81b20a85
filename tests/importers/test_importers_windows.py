"""True statements cut at random into overlapping windows that come in any order: each line is posted exactly once.

A window that does not join yet is refused and handed in again after the others, as an officer does. The gate runs a
seeded part of the cuts, `make windows` all 10,000.
"""

import os
import random
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from itertools import pairwise, permutations

import pytest
from golden_papers import (
    APRIL,
    OPENING,
    WORDLESS,
    Move,
    Rows,
    Shelf,
    at,
    detail,
    hisqry,
    opened,
    with_balances,
    zjrc_a,
    zjrc_b,
)

from importers.files import Row, Sheet, Workbook
from importers.intake import recognise_workbook
from ledger.events.base import Event
from ledger.faults import Refusal
from ledger.papers import Intake
from ledger.provenance import SourceFile, digest

CUTS = int(os.environ.get("RISKPOOL_CUTS", "400"))
Printer = Callable[[Sequence[Move], int, int], Rows]


def bank_days(moves: Sequence[Move], opening: int, first: int) -> Rows:
    """中国银行 states its period: its windows are whole days."""
    rows = hisqry(moves, opening, first=first)
    rows[6][1] = f"{moves[0].at:%Y%m%d}-{moves[-1].at:%Y%m%d}"
    return rows


def history_days(moves: Sequence[Move], opening: int, first: int) -> Rows:
    """So does the 账户历史明细, here without its footer."""
    rows = detail(moves, opening, "3", first)[:-2]
    rows[1][-1] = f"起止日期: {moves[0].on}至{moves[-1].on}"
    return rows


LAYOUTS: dict[str, tuple[Printer, bool]] = {
    "中国银行": (bank_days, True),
    "农业银行 1a": (lambda moves, opening, first: detail(moves, opening, "1a", first), False),
    "农业银行 2a 无合计": (lambda moves, opening, first: detail(moves, opening, "2a", first)[:-2], False),
    "农业银行 3": (history_days, True),
    "农商行 A": (zjrc_a, False),
    "农商行 B": (lambda moves, opening, first: zjrc_b(moves, opening, "子账户账号", first), False),
}
"""(printer, whole days only)"""


def true_statement(chance: random.Random, *, wordless: bool) -> list[Move]:
    """Movements of a few days: twins of one second, equal amounts in a row, money that goes out as it came in.

    ``wordless``: in a layout without words money out can't be called a fee, so there is none.
    """
    moment, moves = at(3, 9, 0), list[Move]()
    for _ in range(chance.randint(3, 12)):
        moment += timedelta(seconds=chance.choice([1, 60, 3600, 30_000, 90_000]))
        kind = chance.choice(WORDLESS if wordless else APRIL)._replace(at=moment)
        moves.append(kind)
        if chance.random() < 0.4:
            moves.append(kind)
        if chance.random() < 0.3 and not wordless:
            fee = APRIL[3]._replace(at=moment + timedelta(seconds=1), fen=-abs(kind.fen))
            moves += [kind._replace(at=moment, fen=abs(kind.fen)), fee] if kind.fen > 0 else [fee]
        moment = moves[-1].at
    return moves


def windows(count: int, chance: random.Random) -> list[tuple[int, int]]:
    """Windows over ``count`` pieces that cover all of them, overlapping, some within others, in any order."""
    edges = sorted({0, count, *(chance.randint(0, count) for _ in range(chance.randint(0, 4)))})
    found = [
        (max(0, first - chance.randint(0, 3)), min(count, last + chance.randint(0, 2)))
        for first, last in pairwise(edges)
    ]
    found += [(first := chance.randint(0, count - 1), chance.randint(first + 1, count)) for _ in range(2)]
    chance.shuffle(found)
    return found


def days(moves: Sequence[Move]) -> list[int]:
    """Where a day begins, and the end."""
    return [at for at in range(len(moves)) if at == 0 or moves[at].on != moves[at - 1].on] + [len(moves)]


def files(moves: Sequence[Move], layout: str, chance: random.Random) -> Iterator[Rows]:
    printer, by_day = LAYOUTS[layout]
    edges = days(moves) if by_day else list(range(len(moves) + 1))
    balances = [OPENING, *(balance for _, balance, _ in with_balances(moves, OPENING))]
    for first, last in windows(len(edges) - 1, chance):
        begin, end = edges[first], edges[last]
        yield printer(moves[begin:end], balances[begin], begin)


def read(rows: Rows, shelf: Shelf, hint: str | None) -> Intake:
    sheet = Sheet("", tuple(Row(number, tuple(row)) for number, row in enumerate(rows, start=1)))
    source = SourceFile(name="流水", sha256=digest(repr(rows).encode()))
    return recognise_workbook(Workbook("csv", "utf-8", (sheet,)), source, shelf.view, account_hint=hint)


def posted(waiting: Sequence[Rows], hint: str | None) -> list[Event]:
    """All events of the files, each handed in until it joins."""
    events, left = taken_once(waiting, hint)
    assert not left, "windows that cover a statement all join in some order"
    return events


def taken_once(waiting: Sequence[Rows], hint: str | None) -> tuple[list[Event], list[Rows]]:
    """The events of the files, each handed in until it joins, and the files that never do."""
    shelf, events, left = Shelf(opened()), list[Event](), list(waiting)
    while left:
        again = []
        for rows in left:
            try:
                intake = read(rows, shelf, hint)
            except Refusal:
                again.append(rows)
                continue
            shelf.put(intake)
            events += intake.events
        if len(again) == len(left):
            break
        left = again
    return events, left


def untimed(moves: Sequence[Move], opening: int, first: int) -> Rows:
    """A 账户明细 whose bank prints the day alone."""
    rows = detail(moves, opening, "1a", first)
    return [*rows[:2], *([row[0][:10], *row[1:]] for row in rows[2:-2]), *rows[-2:]]


def without_place(events: Sequence[Event]) -> dict[str, object]:
    return {event.event_id: event.model_dump(exclude={"sources"}) for event in events}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_line_is_posted_exactly_once(layout: str) -> None:
    printer = LAYOUTS[layout][0]
    hint = "abchina-01" if layout.startswith("农业") and layout != "农业银行 3" else None
    for seed in range(-(-CUTS // len(LAYOUTS))):
        chance = random.Random(f"{layout} {seed}")  # noqa: S311 - seeded invention
        moves = true_statement(chance, wordless=layout == "农业银行 3")
        whole = posted([printer(moves, OPENING, 0)], hint)
        assert len({event.event_id for event in whole}) == len(whole) == len(moves)
        cut = posted(list(files(moves, layout, chance)), hint)
        assert len(cut) == len(moves), f"seed {seed}: a line twice or not at all"
        assert without_place(cut) == without_place(whole), f"seed {seed}"


def test_genuine_twins_both_survive_a_cut_between_them() -> None:
    twin = APRIL[1]
    moves = [APRIL[0], twin, twin, APRIL[5]]
    print_a: Callable[[Sequence[Move], int], Rows] = partial(detail, variant="1a")
    first = print_a(moves[:2], OPENING)
    second = print_a(moves[2:], OPENING + moves[0].fen + twin.fen)
    events = posted([second, first], "abchina-01")
    assert len({event.event_id for event in events}) == 4


def test_twins_that_return_to_their_balance_keep_their_numbers_in_any_window() -> None:
    """In, out, in again: two equal lines of one day with one balance after; a window may hold the second alone."""
    come = APRIL[1]
    back = come._replace(at=come.at + timedelta(minutes=1), fen=300_00)
    moves = [
        come._replace(fen=-20_00, summary="手续费", purpose="手续费", who="", number=""),
        come._replace(at=come.at + timedelta(minutes=1), fen=20_00),
        come._replace(
            at=come.at + timedelta(minutes=2), fen=-20_00, summary="手续费", purpose="手续费", who="", number=""
        ),
        come._replace(at=come.at + timedelta(minutes=3), fen=20_00),
        back._replace(at=come.at + timedelta(minutes=4)),
    ]
    print_a: Callable[[Sequence[Move], int], Rows] = partial(detail, variant="1a")
    whole = without_place(posted([print_a(moves, OPENING)], "abchina-01"))
    assert len(whole) == 5
    assert without_place(posted([print_a(moves[2:], OPENING), print_a(moves[:2], OPENING)], "abchina-01")) == whole
    assert (
        without_place(posted([print_a(moves[:3], OPENING), print_a(moves[1:], OPENING - 20_00)], "abchina-01")) == whole
    )


def test_without_a_time_of_day_a_cut_may_be_refused_and_is_never_doubled() -> None:
    """Money that comes back within a day leaves two histories that give the same files: one cut in eleven here."""
    refused = 0
    for seed in range(-(-CUTS // len(LAYOUTS))):
        chance = random.Random(f"无时刻 {seed}")  # noqa: S311 - seeded invention
        moves = true_statement(chance, wordless=False)
        whole = {event.event_id for event in posted([untimed(moves, OPENING, 0)], "abchina-01")}
        edges = windows(len(moves), chance)
        balances = [OPENING, *(balance for _, balance, _ in with_balances(moves, OPENING))]
        cut, left = taken_once([untimed(moves[one:two], balances[one], one) for one, two in edges], "abchina-01")
        ids = [event.event_id for event in cut]
        assert len(ids) == len(set(ids)), f"seed {seed}: a line twice"
        assert set(ids) <= whole, f"seed {seed}: a line that never was"
        assert left or set(ids) == whole, f"seed {seed}: a line not at all"
        refused += bool(left)
    assert refused < 0.15 * CUTS / len(LAYOUTS)


def fee(minute: int, fen: int) -> Move:
    return Move(at(3, 9, minute), fen, summary="手续费", purpose="手续费")


def abc(moves: Sequence[Move], first: int, last: int) -> Rows:
    """Lines ``first`` to ``last`` of an account's movements, as a 账户明细."""
    return detail(moves[first:last], OPENING + sum(move.fen for move in moves[:first]), "1a", first)


HIDDEN = (*(fee(minute, 20_00 if minute % 2 else -20_00) for minute in range(6)), fee(6, 700_00))
"""Pairs that sum to nothing: a list may end before one and the next begin after it, and no balance shows it."""


@pytest.mark.parametrize(
    "cuts",
    [
        ((0, 2), (4, 7), (1, 3), (2, 5)),
        ((0, 2), (4, 7), (2, 3), (2, 5)),
        ((0, 2), (4, 7), (3, 6), (1, 4)),
        ((0, 2), (6, 7), (1, 4), (3, 7)),
        ((0, 2), (6, 7), (3, 7), (1, 3), (2, 5)),
    ],
)
def test_a_hole_that_no_balance_shows_is_filled_from_either_side(cuts: Sequence[tuple[int, int]]) -> None:
    whole = without_place(posted([abc(HIDDEN, 0, 7)], "abchina-01"))
    assert without_place(posted([abc(HIDDEN, *cut) for cut in cuts], "abchina-01")) == whole


def test_a_list_that_leaves_a_hole_says_so() -> None:
    moves = (fee(0, -20_00), fee(1, -30_00), fee(2, 30_00), fee(3, -700_00))
    shelf = Shelf(opened())
    for cut in ((0, 1), (3, 4)):
        shelf.put(read(abc(moves, *cut), shelf, "abchina-01"))
    intake = read(abc(moves, 0, 2), shelf, "abchina-01")
    assert any("其间还缺流水" in text for text in intake.warnings)
    shelf.put(intake)
    assert not any("其间还缺流水" in text for text in read(abc(moves, 1, 4), shelf, "abchina-01").warnings)


def test_two_histories_that_give_the_same_files_are_refused() -> None:
    """In and out within a second, then again or not: the files are equal, so nothing may be chosen."""
    pair = (fee(0, 20_00), fee(0, -20_00))
    once, twice = (*pair, fee(1, 700_00)), (*pair, *pair, fee(1, 700_00))
    assert abc(once, 0, 2) == abc(twice, 0, 2)
    assert abc(once, 0, 3)[2:] == [*abc(twice, 2, 5)[2:]]
    shelf = Shelf(opened())
    shelf.put(read(abc(once, 0, 2), shelf, "abchina-01"))
    with pytest.raises(Refusal) as refused:
        read(abc(twice, 2, 5), shelf, "abchina-01")
    assert [fault.code for fault in refused.value.faults] == ["导入-衔接-03"]


def test_the_same_with_the_banks_serial_is_never_in_doubt() -> None:
    pair = (fee(0, 20_00), fee(0, -20_00))
    moves = (*pair, *pair, fee(1, 700_00))
    for cuts in permutations([(0, 2), (2, 5), (1, 5), (0, 3)]):
        papers = [zjrc_a(moves[one:two], OPENING + sum(move.fen for move in moves[:one]), one) for one, two in cuts]
        assert len(posted(papers, None)) == 5


def newest_first(rows: Rows) -> Rows:
    return [rows[0], *rows[:0:-1]]


def serials(moves: Sequence[Move], numbers: Sequence[int], opening: int) -> Rows:
    """Movements as a list with the banks' serials, each line's own by its number."""
    rows = zjrc_a(moves, opening)
    for row, number in zip(rows[1:], numbers, strict=True):
        row[0], row[11] = f"{16_616_045 + number}", f"{63_916_103 + number}"
    return rows


def test_one_second_s_money_in_and_out_is_read_in_the_only_order_that_joins() -> None:
    """Forwards it goes on where the account stands; backwards it would begin at a balance nothing can follow."""
    pair = (fee(0, 20_00), fee(0, -20_00))
    for turned in (newest_first, list):
        shelf = Shelf(opened())
        shelf.put(read(serials(pair, (1, 2), OPENING), shelf, None))
        intake = read(turned(serials(pair, (3, 4), OPENING)), shelf, None)
        assert intake.paper is not None
        assert (intake.paper.opening_fen, len(intake.events)) == (OPENING, 2)
        assert [line.serial for line in intake.paper.lines] == ["16616048", "16616049"]


def test_one_second_s_money_in_and_out_that_joins_both_ways_is_refused_until_a_longer_list_comes() -> None:
    """In and out before another line, or out and in after it: banks that print one newest first give equal files."""
    x, came, went, y = fee(0, 100_00), fee(0, 20_00), fee(0, -20_00), fee(0, 20_00)
    at_x, at_y = OPENING + 100_00, OPENING + 120_00
    listed = serials((came, went), (2, 3), at_x)
    assert listed == newest_first(serials((went, came), (3, 2), at_y))
    histories = (((x, came, went, y), (1, 2, 3, 4)), ((x, y, went, came), (1, 4, 3, 2)))
    for moves, numbers in histories:
        shelf = Shelf(opened())
        shelf.put(read(serials((x,), (1,), OPENING), shelf, None))
        shelf.put(read(serials((y,), (4,), at_x), shelf, None))
        with pytest.raises(Refusal) as refused:
            read(listed, shelf, None)
        assert [fault.code for fault in refused.value.faults] == ["导入-余额-04"]
        longer = read(serials(moves, numbers, OPENING), shelf, None)
        shelf.put(longer)
        assert [row.outcome for row in longer.reading.rows].count("event") == 2
        assert read(listed, shelf, None).events == ()
