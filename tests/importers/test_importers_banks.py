from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from importers.intake import recognise_file
from ledger.events import ContributionReceived, FeeCharged, InterestReceived
from ledger.openitems import ListEnd, OpenItems

# Classes of conftest.py, which can't be imported under importlib mode.
Papers = Moves = Take = Again = Any

OPENING = 1_000_000_00
NET = 50_000_000 + 123_456 - 4_000

Make = Callable[[Any, Any], bytes]
LAYOUTS: dict[str, tuple[str, Make]] = {
    "boc.hisqry38.v1": ("boc-01", lambda papers, moves: papers.csv(papers.hisqry(moves, OPENING))),
    "abchina.detail11.v1": ("abchina-01", lambda papers, moves: papers.xlsx(papers.detail(moves, OPENING, "1b"))),
    "abchina.detail10.v1": ("abchina-01", lambda papers, moves: papers.xls(papers.detail(moves, OPENING, "1c"))),
    "abchina.detail19.v1": ("abchina-01", lambda papers, moves: papers.xlsx(papers.detail(moves, OPENING, "2b"))),
    "crcb.zjrc-a.v1": ("crcb-01", lambda papers, moves: papers.xlsx(papers.zjrc_a(moves, OPENING))),
    "crcb.zjrc-b.v1": ("crcb-01", lambda papers, moves: papers.xlsx(papers.zjrc_b(moves, OPENING))),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_layout_gives_the_same_month(
    layout: str, papers: Papers, april: Moves, view: OpenItems, take: Take
) -> None:
    account, make = LAYOUTS[layout]
    intake = take(make(papers, april), view)
    assert intake.paper
    assert (intake.paper.layout, intake.paper.account, intake.paper.kind) == (layout, account, "list")
    assert (intake.paper.opening_fen, intake.paper.closing_fen) == (OPENING, OPENING + NET)
    assert [type(event) for event in intake.events] == [ContributionReceived, InterestReceived, FeeCharged, FeeCharged]
    assert len({event.event_id for event in intake.events}) == 4
    assert Counter(row.outcome for row in intake.reading.rows)["event"] == 4


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_same_rows_a_second_time_are_known(
    layout: str, papers: Papers, april: Moves, view: OpenItems, take: Take, again: Again
) -> None:
    make = LAYOUTS[layout][1]
    first = take(make(papers, april), view)
    second = take(make(papers, april), again(view, first))
    assert second.events == ()
    assert Counter(row.outcome for row in second.reading.rows)["known"] == 4


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_longer_export_adds_only_what_is_new(
    layout: str, papers: Papers, april: Moves, view: OpenItems, take: Take, again: Again
) -> None:
    make = LAYOUTS[layout][1]
    first = take(make(papers, april[:3]), view)
    second = take(make(papers, april), again(view, first))
    assert len(first.events) == 3
    assert [type(event) for event in second.events] == [FeeCharged]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_newest_first_is_the_same_month(layout: str, papers: Papers, april: Moves, view: OpenItems, take: Take) -> None:
    rows_of: dict[str, Callable[[], list[list[str]]]] = {
        "boc.hisqry38.v1": lambda: papers.hisqry(april, OPENING),
        "abchina.detail11.v1": lambda: papers.detail(april, OPENING, "1b")[:-2],
        "abchina.detail10.v1": lambda: papers.detail(april, OPENING, "1c")[:-2],
        "abchina.detail19.v1": lambda: papers.detail(april, OPENING, "2b")[:-2],
        "crcb.zjrc-a.v1": lambda: papers.zjrc_a(april, OPENING),
        "crcb.zjrc-b.v1": lambda: papers.zjrc_b(april, OPENING),
    }
    rows = rows_of[layout]()
    turned = papers.csv([*rows[:-4], *reversed(rows[-4:])])
    forward, backward = take(papers.csv(rows), view), take(turned, view)
    assert [event.event_id for event in forward.events] == [event.event_id for event in backward.events]
    assert backward.paper
    assert backward.paper.opening_fen == OPENING


def test_both_layouts_of_the_rural_bank_are_one_identity(
    papers: Papers, april: Moves, view: OpenItems, take: Take, again: Again
) -> None:
    first = take(papers.xlsx(papers.zjrc_a(april, OPENING)), view)
    second = take(papers.xlsx(papers.zjrc_b(april, OPENING)), again(view, first))
    assert (len(first.events), second.events) == (4, ())


def test_abc_exported_in_two_variants_is_one_identity(
    papers: Papers, april: Moves, view: OpenItems, take: Take, again: Again
) -> None:
    first = take(papers.xlsx(papers.detail(april, OPENING, "1b")), view)
    second = take(papers.xlsx(papers.detail(april, OPENING, "2b")), again(view, first))
    assert (len(first.events), second.events) == (4, ())


def test_numeric_cells_of_biff_are_exact_to_the_fen(papers: Papers, april: Moves, view: OpenItems, take: Take) -> None:
    as_text = take(papers.xls(papers.detail(april, OPENING, "1c")), view)
    as_numbers = take(papers.xls(papers.detail(april, OPENING, "1c"), numeric=True), view)
    assert [event.event_id for event in as_numbers.events] == [event.event_id for event in as_text.events]


def test_every_row_of_the_sheet_is_in_the_reading_with_its_cells(
    papers: Papers, april: Moves, view: OpenItems, take: Take
) -> None:
    rows = papers.hisqry(april, OPENING)
    reading = take(papers.csv(rows), view).reading
    assert [row.line.row for row in reading.rows] == list(range(1, len(rows) + 1))
    contribution = dict(reading.rows[8].cells)
    assert contribution["记录标识号[ Record ID ]"] == rows[8][22]
    assert len(reading.rows[8].cells) == 38
    assert all(row.reason for row in reading.rows)


@pytest.mark.parametrize("encoding", ["gbk", "utf-8-sig", "utf-16"])
def test_the_encoding_does_not_matter(encoding: str, papers: Papers, april: Moves, view: OpenItems, take: Take) -> None:
    assert len(take(papers.csv(papers.hisqry(april, OPENING), encoding), view).events) == 4


def test_a_date_that_carries_a_time_is_that_day(papers: Papers, april: Moves, view: OpenItems, take: Take) -> None:
    plain, timed = papers.hisqry(april, OPENING), papers.hisqry(april, OPENING)
    for row in timed[8:]:
        row[10] = f"{row[10][:4]}-{row[10][4:6]}-{row[10][6:]} 00:00:00"
    one, other = (take(papers.csv(rows), view).paper for rows in (plain, timed))
    assert one is not None
    assert other is not None
    assert [(line.on, line.at, line.serial) for line in other.lines] == [
        (line.on, line.at, line.serial) for line in one.lines
    ]


def test_a_list_without_its_account_is_bound_by_its_only_account_or_by_balance(
    papers: Papers, april: Moves, view: OpenItems, take: Take
) -> None:
    content = papers.xlsx(papers.detail(april, OPENING, "1a"))
    assert take(content, view).paper.account == "abchina-01"
    twin = view.pool.account_of("abchina-01").model_copy(update={"slug": "abchina-02", "number": "39530001040000023"})
    two = view.model_copy(update={"pool": view.pool.model_copy(update={"account": (*view.pool.account, twin)})})
    end = ListEnd(account="abchina-02", until_on=april[0].on, closing_fen=OPENING)
    assert take(content, two.model_copy(update={"list_ends": (end,)})).paper.account == "abchina-02"
    assert take(content, two, "abchina-01").paper.account == "abchina-01"


def test_the_placeholder_in_place_of_an_account_is_no_account(
    papers: Papers, april: Moves, view: OpenItems, take: Take
) -> None:
    assert take(papers.xlsx(papers.zjrc_b(april, OPENING, "子账户账号")), view).paper.account == "crcb-01"


def test_an_empty_month_keeps_the_balance_of_the_list_before(
    papers: Papers, april: Moves, view: OpenItems, take: Take
) -> None:
    end = ListEnd(account="boc-01", until_on=april[0].on, closing_fen=OPENING)
    intake = take(papers.csv(papers.hisqry([], 0)), view.model_copy(update={"list_ends": (end,)}))
    assert (intake.paper.opening_fen, intake.paper.closing_fen, intake.events) == (OPENING, OPENING, ())


def test_the_whole_road_with_its_own_process(papers: Papers, april: Moves, view: OpenItems) -> None:
    intake = recognise_file(papers.csv(papers.hisqry(april, OPENING)), "HISQRY.xls", view)
    assert (intake.reading.file.name, len(intake.events)) == ("HISQRY.xls", 4)
