"""Filings under a text that asks the books: barred at the fen, in row order; what was found stays with the loan."""

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from subprocess import CompletedProcess

import openpyxl
import pytest
from desk_office import code, through, who
from standing_books import MILLION, begun, filing, put, take_in, taken_in, tape

from desk.acts import drafting
from desk.acts.inclusion import judge_filing
from desk.acts.office import Office
from desk.acts.rules import adopted
from ledger.events import LoanIncluded, LoanRepaid
from ledger.faults import Refusal
from ledger.ids import event_id
from ledger.money import yuan_text
from ledger.verify import verify
from reports.forms.filing_review import FINDINGS, findings_of
from riskpool.decision import canonical_bytes
from riskpool.filings import file_again, record_of

DAY, LATER = "2024-03-05", "2024-03-06"


@pytest.fixture(scope="module")
def begun_books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return begun(tmp_path_factory.mktemp("standing") / "books").root


@pytest.fixture
def books(begun_books: Path, tmp_path: Path) -> Office:
    return Office(Path(shutil.copytree(begun_books, tmp_path / "books")))


def refused(office: Office, rows: list[dict[str, str]], day: str = LATER) -> list[tuple[str, str]]:
    """(loan, article) of each finding that bars a file."""
    with pytest.raises(Refusal) as refusal:
        take_in(office, rows, day)
    assert {fault.code for fault in refusal.value.faults} == {"入库-条件-01"}
    return [(fault.found.split(" ")[0], fault.found.split(" ")[1].partition("：")[0]) for fault in refusal.value.faults]


ROWS = [filing(1, 4 * MILLION, DAY), filing(2, 4 * MILLION, DAY)]


def test_rows_of_one_file_count_each_other_and_the_row_that_passes_the_limit_is_refused(books: Office) -> None:
    """Paid in 5,000,000, twice that: 10,000,000. The third row is exactly at it, a fen more is over it."""
    assert refused(books, [*ROWS, filing(3, 2 * MILLION + 1, DAY)]) == [("L0003", "第九条")]
    assert not list((books.root / "documents").glob("*-findings.json")), "a refused file leaves nothing"
    assert take_in(books, [*ROWS, filing(3, 2 * MILLION, DAY)], LATER).is_new
    third = books.drafts[-1].content.documents[2]
    record = record_of((books.root / third.path).read_bytes())
    assert record.facts["in_pool_principal"] == 8 * MILLION
    assert record.facts["pool_paid_in"] == 5 * MILLION


def test_the_row_that_is_over_is_the_one_in_row_order(books: Office) -> None:
    rows = [filing(3, 2 * MILLION + 1, DAY), *ROWS]
    assert refused(books, rows) == [("L0002", "第九条")]


def test_a_barred_row_takes_no_room_from_those_after_it(books: Office) -> None:
    rows = [filing(1, 10 * MILLION + 1, DAY), filing(2, 10 * MILLION, DAY)]
    assert refused(books, rows) == [("L0001", "第九条")]


def test_a_draft_that_waits_takes_room_and_gives_it_back_when_sent_back(books: Office) -> None:
    first = take_in(books, ROWS, DAY)
    more = [filing(3, 2 * MILLION + 1, DAY)]
    assert refused(books, more) == [("L0003", "第九条")]
    drafting.reject(books, first.draft, who("lu", LATER), "试")
    assert take_in(books, more, LATER, "再报.xlsx").is_new


def test_posted_loans_take_room_and_repaid_ones_give_it_back(books: Office) -> None:
    taken_in(books, ROWS, DAY)
    more = [filing(3, 2 * MILLION + 1, LATER)]
    assert refused(books, more) == [("L0003", "第九条")]
    loan = books.book.events(LoanIncluded)[0]
    put(books, LoanRepaid(
        event_id=event_id("repay", 1), on=date.fromisoformat(DAY), summary="还本", loan=loan.loan, bank="boc",
        amount_fen=1,
    ))  # fmt: skip
    assert take_in(books, more, LATER).is_new


def test_a_loan_filed_late_for_an_earlier_day_does_not_pass_what_came_in_since(books: Office) -> None:
    taken_in(books, [filing(1, 8 * MILLION, LATER)], LATER)
    assert refused(books, [filing(2, 2 * MILLION + 1, DAY)]) == [("L0002", "第九条")]


def test_a_renewal_does_not_count_the_loan_that_it_renews(books: Office) -> None:
    taken_in(books, [filing(1, 6 * MILLION, DAY)], DAY)
    renewal = filing(2, 6 * MILLION, LATER, renews="L0001")
    assert take_in(books, [renewal], LATER).is_new


def test_a_remark_bars_nothing_and_is_seen_at_import_and_kept(books: Office) -> None:
    done = take_in(books, ROWS, LATER)
    assert [warning.partition("：")[0] for warning in done.warnings] == ["L0001 第四条（提示）", "L0002 第四条（提示）"]
    through(books, LATER)
    record = findings_of(books.book, "boc", "L0001")
    assert record is not None
    assert [(item.clause, item.holds, item.effect) for item in record.findings] == [
        ("第三条", True, "refuse"),
        ("第四条", False, "flag"),
        ("第九条", True, ""),
        ("第九条", True, ""),
        ("第九条", True, "refuse"),
        ("第八条第一款", True, ""),
    ]
    assert (record.verdict, len(record.remarks)) == ("admitted", 1)


def test_what_a_loan_came_in_by_is_frozen_and_comes_out_again_byte_for_byte(books: Office) -> None:
    taken_in(books, ROWS, LATER)
    (text,) = adopted(books)
    loans = books.book.events(LoanIncluded)
    kept = [item for item in books.book.documents() if item.sort == FINDINGS]
    assert [item.account for item in kept] == [books.book.chart.loan("boc", loan.loan) for loan in loans]
    for at, (loan, item) in enumerate(zip(loans, kept, strict=True)):
        content = (books.root / item.path).read_bytes()
        record = record_of(content)
        assert record.to_bytes() == content == canonical_bytes(json.loads(content))
        assert file_again(text, record).to_bytes() == content
        # And from the books, as they stood for the filing: the rows before it, none after it.
        others = frozenset((one.bank, one.loan) for one in loans[at:])
        assert judge_filing(books.book, text, loan, without=others).to_bytes() == content
    assert verify(books.root) == ()


def test_a_record_that_was_changed_is_found(books: Office) -> None:
    taken_in(books, ROWS, LATER)
    path = next((books.root / "documents").glob("*-findings.json"))
    path.chmod(0o600)
    path.write_bytes(path.read_bytes().replace(b'"verdict":"admitted"', b'"verdict":"refused"'))
    assert code(lambda: [findings_of(books.book, "boc", loan) for loan in ("L0001", "L0002")]) == "入库-记录-01"
    assert [fault.code for fault in verify(books.root)]


def test_a_draft_whose_ground_has_moved_is_not_posted(books: Office) -> None:
    """A later draft was judged with this one in the pool; sent back, the record is no longer what the books give."""
    first = take_in(books, ROWS, DAY)
    second = take_in(books, [filing(3, MILLION, DAY)], LATER, "后报.xlsx")
    drafting.reject(books, first.draft, who("lu", LATER), "试")
    drafting.review(books, second.draft, who("lu", LATER))
    assert code(lambda: drafting.post_draft(books, second.draft, who("shen", LATER))) == "入库-依据-01"


def test_a_bank_is_barred_from_the_day_its_tape_says_and_let_in_again_when_it_falls(books: Office) -> None:
    taken_in(books, [filing(1, 2 * MILLION, "2024-01-10")], "2024-01-10")
    more = lambda day: [filing(2, MILLION, day)]  # noqa: E731 - a row of a day
    put(books, tape("L0001", "2024-02", 29, 2 * MILLION, days=5))
    assert take_in(books, more("2024-02-28"), "2024-03-01").is_new
    drafting.reject(books, books.drafts[-1].no, who("lu", LATER), "试")
    assert refused(books, more("2024-02-29")) == [("L0002", "第八条第一款")]
    other = [filing(3, MILLION, "2024-03-01", bank="慈溪农商银行")]
    assert take_in(books, other, LATER, "农商.xlsx").is_new
    put(books, tape("L0001", "2024-03", 31, 2 * MILLION))
    assert refused(books, more("2024-03-30"), "2024-04-02") == [("L0002", "第八条第一款")]
    assert take_in(books, more("2024-03-31"), "2024-04-02").is_new


def test_the_findings_are_shown_by_a_command_and_printed_as_a_paper(
    books: Office, tmp_path: Path, riskpool: Callable[..., CompletedProcess[str]]
) -> None:
    taken_in(books, ROWS, LATER)
    record = findings_of(books.book, "boc", "L0002")
    assert record is not None
    shown = riskpool("findings", "L0002", "-b", str(books.root), "--json")
    assert json.loads(shown.stdout) == [json.loads(record.to_bytes())]
    assert "符合入库条件，另有 1 项提示" in riskpool("findings", "L0002", "-b", str(books.root)).stdout
    done = riskpool("report", "loan", "L0002", "-b", str(books.root), "--out", str(tmp_path / "papers"))
    assert done.returncode == 0, done.stderr
    sheet = openpyxl.load_workbook(tmp_path / "papers" / "L0002-filing-review.xlsx").active
    assert sheet is not None
    cells = {str(cell) for row in sheet.values for cell in row if cell is not None}
    assert {item.sentence for item in record.findings} <= cells
    assert {f"{yuan_text(int(str(record.facts[name])))} 元" for name in ("in_pool_principal", "pool_paid_in")} <= cells
    assert f"《{record.title}》{record.rule}" in cells
    assert (tmp_path / "papers" / "L0002-filing-review.pdf").read_bytes().startswith(b"%PDF")
