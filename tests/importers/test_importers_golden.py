"""Each layout and kind of file: its golden extract; twice is nothing new; a row missing, moved or changed.

The files under ``golden/`` are as committed; ``golden_papers`` knows how each was made, so that the same file can be
again with one row gone, the rows shuffled, or one cell changed.
"""

import random
from collections.abc import Iterator

import pytest
from golden_papers import (
    APRIL,
    CLOSING,
    GOLDEN,
    LISTS,
    MAY,
    OPENING,
    ZJRC_B,
    Golden,
    Shelf,
    every_file,
    opened,
    others,
    taken,
    told,
    zjrc_a,
    zjrc_b,
)

from ledger.faults import Refusal
from ledger.papers import Intake

NAMES = sorted(every_file())
HINTS = {item.name: item.hint for item in LISTS}
VOUCHERS = sorted(name for name in others() if name.endswith(".xml"))
STATEMENTS = [name for name in VOUCHERS if name.startswith("bkrs")]
each_list = pytest.mark.parametrize("golden", LISTS, ids=lambda item: item.name)


def file(name: str) -> bytes:
    return (GOLDEN / name).read_bytes()


def imported(golden: Golden) -> Shelf:
    """What is open after the golden file was imported."""
    shelf = Shelf(opened())
    shelf.put(taken(file(golden.name), shelf.view, golden.hint, golden.name))
    return shelf


def body(golden: Golden) -> tuple[list[list[str]], range]:
    """The golden file's rows, and the indices of its lines."""
    rows = [list(row) for row in golden.rows(golden.moves, OPENING)]
    first, end = golden.body
    return rows, range(first, len(rows) if end is None else len(rows) + end)


def happened(row: list[str]) -> bool:
    return "交易失败" not in row


@pytest.mark.parametrize("name", NAMES)
def test_the_golden_file_reads_as_committed(name: str) -> None:
    expected = (GOLDEN / f"{name}.expected.json").read_text(encoding="utf-8")
    assert told(taken(file(name), opened(), HINTS.get(name), name)) == expected


def test_every_golden_file_is_of_a_maker_and_every_layout_has_one() -> None:
    from importers.intake import LAYOUTS  # noqa: PLC0415 - asked of by this test alone

    kept = {path.name for path in GOLDEN.iterdir()}
    assert kept == {f"{name}{suffix}" for name in NAMES for suffix in ("", ".expected.json", ".beancount")}
    assert {item.layout for item in LISTS} == {layout.slug for layout in LAYOUTS}


@each_list
def test_a_list_has_each_line_once_with_all_its_cells(golden: Golden) -> None:
    intake = taken(file(golden.name), opened(), golden.hint)
    assert intake.paper is not None
    assert (intake.paper.layout, intake.paper.account) == (golden.layout, golden.account)
    assert [line.amount_fen for line in intake.paper.lines] == [move.fen for move in golden.moves]
    assert len({event.event_id for event in intake.events}) == len(golden.moves)
    rows, lines = body(golden)
    assert len(intake.reading.rows) == len(rows)
    for index in lines:
        kept = [title for title, _ in intake.reading.rows[index].cells]
        header = rows[lines.start - 1]
        assert kept[: len(header)] == header
        assert [text for text in rows[index][len(kept) :] if text] == []


@each_list
def test_twice_imported_adds_nothing(golden: Golden) -> None:
    shelf = imported(golden)
    again = taken(file(golden.name) + b"", shelf.view, golden.hint)
    assert again.events == ()
    made_anew = taken(golden.content(), shelf.view, golden.hint)
    assert made_anew.events == ()


@each_list
def test_any_row_deleted_is_refused(golden: Golden) -> None:
    rows, lines = body(golden)
    for index in lines:
        if not happened(rows[index]) or (index == lines[-1] and not golden.is_closed):
            continue
        with pytest.raises(Refusal) as refused:
            taken(golden.made([*rows[:index], *rows[index + 1 :]]), opened(), golden.hint)
        assert {fault.code[:5] for fault in refused.value.faults} <= {"导入-余额", "导入-衔接", "导入-状态"}


@pytest.mark.parametrize("golden", [item for item in LISTS if not item.is_closed], ids=lambda item: item.name)
def test_a_last_row_missing_where_the_file_states_no_end_is_refused_at_the_next_file(golden: Golden) -> None:
    """Such a file is what the bank would have given out a day earlier: nothing is lost, and nothing can follow it."""
    rows, lines = body(golden)
    shelf = Shelf(opened())
    shelf.put(taken(golden.made([*rows[: lines[-1]], *rows[lines[-1] + 1 :]]), shelf.view, golden.hint))
    following = zjrc_a(MAY, CLOSING, 50) if golden.rows is zjrc_a else zjrc_b(MAY, CLOSING, first=50)
    with pytest.raises(Refusal) as refused:
        taken(golden.made(following), shelf.view, golden.hint)
    assert [fault.code for fault in refused.value.faults] == ["导入-衔接-01"]
    whole = taken(file(golden.name), shelf.view, golden.hint)
    assert [event.event_id for event in whole.events] == [
        event.event_id for event in taken(file(golden.name), opened(), golden.hint).events[-1:]
    ]


def plain(intake: Intake) -> tuple[object, ...]:
    """What was understood, without the rows' places and the file's digest."""
    assert intake.paper is not None
    lines = [line.model_dump(exclude={"line"}) for line in intake.paper.lines]
    events = [event.model_dump(exclude={"sources"}) for event in intake.events]
    return intake.paper.model_dump(exclude={"file", "lines"}), lines, events


@each_list
def test_rows_shuffled_give_the_same(golden: Golden) -> None:
    straight = plain(taken(golden.content(), opened(), golden.hint))
    for seed in range(25):
        rows, lines = body(golden)
        mixed = rows[lines.start : lines.stop]
        random.Random(seed).shuffle(mixed)  # noqa: S311 - a seeded order, no secret
        rows[lines.start : lines.stop] = mixed
        shuffled = taken(golden.made(rows), opened(), golden.hint)
        assert plain(shuffled) == straight


@each_list
def test_newest_first_gives_the_same(golden: Golden) -> None:
    rows, lines = body(golden)
    rows[lines.start : lines.stop] = reversed(rows[lines.start : lines.stop])
    assert plain(taken(golden.made(rows), opened(), golden.hint)) == plain(
        taken(golden.content(), opened(), golden.hint)
    )


def changed(text: str) -> str:
    """Another text in the same place: a figure is one more, a word is another word."""
    if not text:
        return "改"
    digits = [index for index, char in enumerate(text) if char.isdigit()]
    if not digits:
        return f"{text}改"
    at = digits[-1]
    return f"{text[:at]}{(int(text[at]) + 1) % 10}{text[at + 1 :]}"


def single_changes(golden: Golden) -> Iterator[tuple[int, int, str, str]]:
    """Every cell of the first, a middle and the last line that happened, with what it is changed to."""
    rows, lines = body(golden)
    done = [index for index in lines if happened(rows[index])]
    for index in (done[0], done[len(done) // 2], done[-1]):
        for column, text in enumerate(rows[index]):
            yield index, column, text, changed(text)


@each_list
def test_one_cell_changed_in_an_imported_file_is_refused_with_both_values(golden: Golden) -> None:
    shelf = imported(golden)
    header = body(golden)[0][body(golden)[1].start - 1]
    for index, column, before, after in single_changes(golden):
        if header[column] == "序号":
            continue
        rows, _ = body(golden)
        rows[index][column] = after
        with pytest.raises(Refusal) as refused:
            taken(golden.made(rows), shelf.view, golden.hint)
        said = str(refused.value)
        where = f"{golden.name} row {index} {header[column]!r}: {before!r} -> {after!r}\n{said}"
        assert is_shown(after, said), where
        assert is_shown(before, said), where


SIGNS = str.maketrans("", "", "+-")


def is_shown(text: str, said: str) -> bool:
    """Whether a fault shows a cell's text; a figure of a numeric cell has lost its commas and zeros."""
    figure = text.replace(",", "").lstrip("+-")
    if "." in figure and figure.replace(".", "", 1).isdigit():
        return figure in said.replace(",", "") or f"「{figure.rstrip('0').rstrip('.')}」" in said.translate(SIGNS)
    whole = text.strip() or "空白"
    return f"「{whole}」" in said or (len(whole) > 3 and whole in said)


def test_an_ordinal_may_change_because_another_export_counts_otherwise() -> None:
    golden = next(item for item in LISTS if item.name == "abchina-1c-ordinal.xls")
    rows, lines = body(golden)
    for index in lines:
        rows[index][0] = str(int(rows[index][0]) + 100)
    assert taken(golden.made(rows), imported(golden).view).events == ()


# ── statements ────────────────────────────────────────────────────────────────────────────────────────────

TUPLE = "bkrs:InformationOfReconcileDetailsTuple"


def details(name: str) -> tuple[str, list[str], str]:
    """A statement's text before, in and after its details."""
    text = file(name).decode()
    head, *rest = text.split(f"<{TUPLE}>")
    last, tail = rest[-1].split(f"</{TUPLE}>")
    found = [f"<{TUPLE}>{item}" for item in (*rest[:-1], f"{last}</{TUPLE}>\n")]
    return head, found, tail.lstrip("\n")


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_shuffled_gives_the_same(name: str) -> None:
    head, found, tail = details(name)
    straight = plain(taken(f"{head}{''.join(found)}{tail}".encode(), opened()))
    for seed in range(25):
        random.Random(seed).shuffle(found)  # noqa: S311 - a seeded order, no secret
        assert plain(taken(f"{head}{''.join(found)}{tail}".encode(), opened())) == straight


@pytest.mark.parametrize("name", STATEMENTS)
def test_any_detail_deleted_from_a_statement_is_refused(name: str) -> None:
    head, found, tail = details(name)
    for index, detail in enumerate(found):
        if ">0.00<" in detail:
            continue
        with pytest.raises(Refusal) as refused:
            taken(f"{head}{''.join([*found[:index], *found[index + 1 :]])}{tail}".encode(), opened())
        assert {fault.code for fault in refused.value.faults} <= {"导入-余额-01", "导入-余额-03", "导入-对账单-02"}


@pytest.mark.parametrize("name", VOUCHERS)
def test_a_voucher_twice_imported_adds_nothing(name: str) -> None:
    shelf = Shelf(opened())
    shelf.put(taken(file(name), shelf.view))
    again = taken(file(name) + b"\n", shelf.view)
    assert (again.paper, again.events) == (None, ())
    assert {row.outcome for row in again.reading.rows} <= {"known", "ignored"}


OTHER_PAPER = {
    "Currency",
    "CustomerSettlementBankAccount",
    "AccountNumberOfPayee",
    "YearOfBankReconciliationStatement",
    "MonthOfBankReconciliationStatement",
}
"""Changed, the voucher is of another account, month or money, and is refused as that."""


def elements(text: str) -> Iterator[tuple[str, int, int]]:
    """(local name, start, end) of every element's own text."""
    at = 0
    while (start := text.find(' contextRef="c">', at)) >= 0:
        name = text[text.rfind(":", 0, start) + 1 : start]
        begin = start + len(' contextRef="c">')
        at = text.find("<", begin)
        yield name, begin, at


@pytest.mark.parametrize("name", VOUCHERS)
def test_one_element_changed_in_an_imported_voucher_is_refused_with_both_values(name: str) -> None:
    shelf = Shelf(opened())
    shelf.put(taken(file(name), shelf.view))
    text = file(name).decode()
    # A receipt's number is its identity; head fields that only describe the issuer and the printing are not compared.
    exempt = {"PrintTimes", "IdentificationCodeOfIssuer", "NameOfCustomerAccount"}
    exempt |= {"NumberOfBankElectronicReceipt"} if name.startswith("bker") else set()
    for element, begin, end in elements(text):
        before = text[begin:end]
        if element in exempt or before == "0.00" or is_of_a_zero_twin(text, begin):
            continue
        after = changed(before)
        with pytest.raises(Refusal) as refused:
            taken(f"{text[:begin]}{after}{text[end:]}".encode(), shelf.view)
        if element not in OTHER_PAPER:
            said = str(refused.value)
            assert is_shown(after, said), f"{element} {before!r} -> {after!r}\n{said}"
            assert is_shown(before, said), f"{element} {before!r} -> {after!r}\n{said}"


def is_of_a_zero_twin(text: str, at: int) -> bool:
    start, end = text.rfind(f"<{TUPLE}>", 0, at), text.find(f"</{TUPLE}>", at)
    return start >= 0 and end >= 0 and ">0.00<" in text[start:end] and text.find(f"</{TUPLE}>", start) == end


def test_a_receipt_of_twins_is_kept_for_each() -> None:
    from golden_papers import bker  # noqa: PLC0415 - used by this test alone

    shelf = Shelf(opened())
    for number in (2, 3):
        intake = taken(bker(APRIL[number - 1], number, "2023-12-31"), shelf.view)
        assert len(intake.events) == 1
        shelf.put(intake)
    assert len(shelf.view.receipts) == 2


def test_the_failed_transfer_is_told_and_not_booked() -> None:
    name = "crcb-b-placeholder-and-failed.xlsx"
    intake = taken(file(name), opened())
    (failed,) = [row for row in intake.reading.rows if "交易失败" in row.reason]
    assert (failed.outcome, dict(failed.cells)["交易金额"]) == ("ignored", "支 9,000.00")
    assert "交易失败" in intake.warnings[0]
    assert ZJRC_B[13] == "交易状态"
