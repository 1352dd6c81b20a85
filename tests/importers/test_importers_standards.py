import re
from pathlib import Path
from typing import Any

import pytest
from golden_papers import ofd

from importers.files import read_file
from importers.standards.bkrs import read_bkrs
from importers.standards.voucher import VERSIONS
from ledger.faults import Refusal
from ledger.openitems import FiledStatement, OpenItems
from ledger.papers import BankPaper
from ledger.provenance import SourceFile, digest

# Classes of conftest.py, which can't be imported under importlib mode.
Papers = Moves = Take = Any

OPENING = 1_000_000_00
SAMPLE = Path(__file__).parents[3] / "shared" / "samples" / "mof-bkrs-2023-12-31.xml"


@pytest.mark.parametrize("version", VERSIONS)
def test_a_statement_of_each_version_is_read_and_posts_nothing(
    version: str, papers: Papers, april: Moves, view: OpenItems, take: Take
) -> None:
    intake = take(papers.bkrs(april, OPENING, version), view)
    paper = intake.paper
    assert (paper.kind, paper.bank, paper.account, paper.layout) == (
        "statement",
        "boc",
        "boc-01",
        f"mof.bkrs.{version}",
    )
    assert (paper.from_on.isoformat(), paper.until_on.isoformat()) == ("2023-04-01", "2023-05-01")
    assert (paper.opening_fen, paper.closing_fen) == (OPENING, OPENING + sum(move.fen for move in april))
    assert intake.events == ()
    assert [row.outcome for row in intake.reading.rows] == ["statement"] * 4
    assert len({line.key("boc-01") for line in paper.lines}) == 4


def test_a_statement_does_not_wait_for_lists(papers: Papers, view: OpenItems, take: Take) -> None:
    paper = take(papers.bkrs([], 77, VERSIONS[0]), view).paper
    assert (paper.opening_fen, paper.closing_fen, paper.lines) == (77, 77, ())


def filed(paper: BankPaper) -> FiledStatement:
    """The statement as the books tell of it once it is filed."""
    return FiledStatement(
        account=paper.account,
        from_on=paper.from_on,
        until_on=paper.until_on,
        closing_fen=paper.closing_fen,
        sha256=paper.file.sha256,
        movements=tuple((line.on, line.amount_fen) for line in paper.lines),
    )


def test_a_statement_saved_again_is_known_and_files_nothing(
    papers: Papers, april: Moves, view: OpenItems, take: Take
) -> None:
    content = papers.bkrs(april, OPENING, VERSIONS[0])
    held = view.model_copy(update={"statements": (filed(take(content, view).paper),)})
    again = take(content + b"\n", held)
    assert (again.paper, again.events) == (None, ())
    assert [row.outcome for row in again.reading.rows] == ["known"] * 4
    assert {row.reason for row in again.reading.rows} == {"该月对账单已有一份，日期与金额逐笔相同"}


def test_another_statement_of_the_same_month_is_refused(
    papers: Papers, april: Moves, view: OpenItems, take: Take
) -> None:
    held = view.model_copy(update={"statements": (filed(take(papers.bkrs(april, OPENING, VERSIONS[0]), view).paper),)})
    with pytest.raises(Refusal) as refused:
        take(papers.bkrs(april[:-1], OPENING, VERSIONS[0]), held)
    (fault,) = refused.value.faults
    assert (fault.code, fault.found) == ("导入-对账单-01", "boc-01 2023-04，期末余额 1,501,214.56 元，3 笔")
    assert fault.expected == "与已入账或在草稿中的一份相同：期末余额 1,501,194.56 元，4 笔"


def test_the_same_closing_by_other_lines_is_another_statement(
    papers: Papers, april: Moves, view: OpenItems, take: Take
) -> None:
    held = view.model_copy(update={"statements": (filed(take(papers.bkrs(april, OPENING, VERSIONS[0]), view).paper),)})
    moved = [april[0]._replace(on=april[0].on.replace(day=4)), *april[1:]]
    with pytest.raises(Refusal) as refused:
        take(papers.bkrs(moved, OPENING, VERSIONS[0]), held)
    assert [fault.code for fault in refused.value.faults] == ["导入-对账单-01"]


def test_a_statement_of_another_month_or_account_does_not_count(
    papers: Papers, april: Moves, view: OpenItems, take: Take
) -> None:
    content = papers.bkrs(april, OPENING, VERSIONS[0])
    held = filed(take(content, view).paper)
    others = (
        held.model_copy(update={"account": "boc-02", "closing_fen": 1}),
        held.model_copy(update={"from_on": held.from_on.replace(month=3), "closing_fen": 1}),
    )
    assert take(content, view.model_copy(update={"statements": others})).paper is not None


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("2023-12-31/bkrs", "2026-12-31/bkrs", "导入-版式-04"),
        ("2023-12-31/bkrs", "2023-12-31/bker", "导入-版式-04"),
        ("http://xbrl.mof.gov.cn/", "http://example.invalid/", "导入-版式-01"),
        (">CNY<", ">USD<", "导入-币种-01"),
        ("Statement>04<", "Statement>13<", "导入-日期-01"),
        ("Debit>1<", "Debit>2<", "导入-方向-01"),
        (">500000.00<", ">5OO000.00<", "导入-金额-01"),
        (">1234.56<", ">1234.57<", "导入-余额-01"),
        ("405200000018", "62XX000000010001", "导入-账号-01"),
    ],
)
def test_a_wrong_statement_is_refused(
    old: str, new: str, code: str, papers: Papers, april: Moves, view: OpenItems, take: Take
) -> None:
    text = papers.bkrs(april, OPENING, "2023-12-31").decode()
    assert old in text
    with pytest.raises(Refusal) as refused:
        take(text.replace(old, new).encode(), view)
    assert code in {fault.code for fault in refused.value.faults}


def test_a_closing_balance_that_disagrees_is_refused(papers: Papers, april: Moves, view: OpenItems, take: Take) -> None:
    text = papers.bkrs(april, OPENING, "2023-12-31").decode()
    head, tail = text.rsplit("CycleAmount>1", 1)
    with pytest.raises(Refusal) as refused:
        take(f"{head}CycleAmount>2{tail}".encode(), view)
    assert [fault.code for fault in refused.value.faults] == ["导入-余额-03"]


def test_a_zero_amount_twin_is_kept_but_is_no_line(papers: Papers, april: Moves, view: OpenItems, take: Take) -> None:
    zero = april[0]._replace(fen=0)
    intake = take(papers.bkrs([april[0], zero, *april[1:]], OPENING, "2021-11-30"), view)
    assert len(intake.paper.lines) == 4
    assert [row.outcome for row in intake.reading.rows] == ["statement", "ignored", *["statement"] * 3]


@pytest.mark.skipif(not SAMPLE.exists(), reason=f"the published sample {SAMPLE.name} is not beside this checkout")
def test_the_published_sample_is_read_with_its_own_signs() -> None:
    content = SAMPLE.read_bytes()
    root = read_file(content, SAMPLE.name).root
    assert root is not None
    extract = read_bkrs(root, SourceFile(name=SAMPLE.name, sha256=digest(content)))
    assert [line.amount_fen for line in extract.lines] == [-1517733, 15622]
    assert [line.balance_fen for line in extract.lines] == [9544532, 9560154]
    assert extract.closing_fen == 9560154
    assert len({line.serial for line in extract.lines}) == 2


@pytest.mark.parametrize(
    "folder", ["Doc_0/Attachs", "Doc_0/Attachments", "Attachs", "Doc_0/Attach", "Doc_0/Res/attachs"]
)
def test_an_instance_is_found_in_whichever_folder_of_attachments_it_lies(
    folder: str, papers: Papers, april: Moves, view: OpenItems, take: Take
) -> None:
    """It was said to hold no data, which was not true."""
    content = ofd("bkrs.xml", papers.bkrs(april, OPENING, VERSIONS[2]), folder)
    assert take(content, view).paper.closing_fen == OPENING + sum(move.fen for move in april)


def test_an_element_that_stands_twice_with_other_words_is_refused(
    papers: Papers, april: Moves, view: OpenItems, take: Take
) -> None:
    """The first was taken: of two months, or two accounts, nobody can say which is meant."""
    whole = papers.bkrs(april, OPENING, VERSIONS[2]).decode()
    element = re.findall("<[^<>/]*MonthOfBankReconciliationStatement[^>]*>[^<]*</[^>]*>", whole)[0]
    assert take(whole.replace(element, element * 2).encode(), view).paper, "the same words twice say one thing"
    with pytest.raises(Refusal) as refused:
        take(whole.replace(element, element + element.replace(">04<", ">05<")).encode(), view)
    assert [(fault.code, fault.found) for fault in refused.value.faults] == [("导入-版式-07", "04、05")]
