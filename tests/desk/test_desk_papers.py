"""The papers of an application: what is missing is named, the bank brings it, the case goes on where it stood."""

import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from desk_office import code, through, who
from standing_books import MILLION, begun, filing, taken_in
from tools import run_command

from desk.acts import rulings, supplements
from desk.acts.auditing import SCRIPT
from desk.acts.intake import Imported, import_file
from desk.acts.office import Office
from desk.acts.papers import case_notice_papers
from importers.registers import write_template
from ledger.casefiles import CaseFile, case_files
from ledger.drafts import Draft
from ledger.faults import Refusal
from reports.render.paper import KeyValues
from riskpool.checker import problems
from riskpool.decision import Decision

TEXT = Path(__file__).parent / "texts" / "example-papers"
APPLIED = "2026-02-02"
LATER = "2026-02-09"
ASKED = ("补偿申请书", "借款合同", "催收记录")
SCAN = (("补正材料.pdf", b"%PDF-1.4 invented"),)


@pytest.fixture(scope="module")
def begun_books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Paid in 3 and 2 million; one loan of a million, due on 20 December 2025."""
    office = begun(tmp_path_factory.mktemp("papers") / "books", text=TEXT)
    taken_in(office, [filing(1, MILLION, "2024-03-05")], "2024-03-06")
    return office.root


@pytest.fixture
def books(begun_books: Path, tmp_path: Path) -> Office:
    return Office(Path(shutil.copytree(begun_books, tmp_path / "books")))


def form(**more: str) -> bytes:
    """The bank's application for the whole loan, as it fills our form in; ``papers`` is the column 材料."""
    money = ("interest", "penalty_interest", "recovery_cost", "disposal_proceeds", "insurer_paid")
    flags = ("registered_in_city", "in_good_credit", "use_holds", "pledge_registered", "bank_demanded", "is_sued")
    row = {
        "case": "C1",
        "loan": "L0001",
        "borrower": "示例企业1（虚构）",
        "applied_on": "2026-02-02",
        "accepted_on": "2026-02-02",
        "claimant": "合作银行",
        "due_on": "2025-12-20",
        "overdue_since_on": "2025-12-21",
        "assessed_on": "2026-02-02",
        "principal_fen": "1000000.00",
        **{f"{name}_fen": "0" for name in (*money, "guarantee_payment", "awarded_elsewhere")},
        "claimed_fen": "500000.00",
        "grade": "可疑",
        **dict.fromkeys(flags, "是"),
        "is_disposed": "否",
        "attachments": "扫描件一、扫描件二",
        **more,
    }
    return write_template("applications", [row], heading={"bank": "中国银行"})


def imported(office: Office, day: str = APPLIED, **more: str) -> Imported:
    done = import_file(office, form(**more), "补偿申请.xlsx", who=who("chen", day))
    through(office, day)
    return done


def decided(office: Office, day: str) -> tuple[CaseFile, Decision]:
    rulings.decide(office, "C1", date.fromisoformat(day), chief="gu", who=who("chen", day))
    through(office, day)
    file = case_files(office.book)["C1"]
    assert file.ruling is not None
    return file, rulings.stored_decision(office, file.ruling.decision)


def said(office: Office, day: str, **facts: str) -> Draft:
    what = supplements.Said("C1", 0, "补正", facts)
    return supplements.supplement(office, what, date.fromisoformat(day), papers=SCAN, who=who("chen", day))


def came(office: Office) -> str:
    application = case_files(office.book)["C1"].application
    assert application is not None
    return dict(application.facts)["papers"]


def test_an_empty_form_has_the_column_and_a_form_without_it_is_read(books: Office) -> None:
    titles = [
        cell.value for cell in openpyxl.load_workbook(_written(books, write_template("applications")))["补偿申请"][5]
    ]
    assert titles[-2:] == ["附件清单", "材料"]
    done = imported(books)
    assert (done.events, done.is_new) == (1, True)
    with pytest.raises(Refusal) as refused:
        decided(books, APPLIED)
    assert [(fault.code, fault.found) for fault in refused.value.faults] == [
        ("裁决-事实-01", "材料（papers）没有取值")
    ], "neither taken for complete nor for missing"
    said(books, LATER, 材料="、".join(ASKED))
    through(books, LATER)
    assert decided(books, LATER)[0].approved_fen == MILLION // 2


def _written(books: Office, content: bytes) -> Path:
    path = books.root.parent / "form.xlsx"
    path.write_bytes(content)
    return path


def test_a_supplement_adds_papers_to_those_that_came_before(books: Office) -> None:
    imported(books, papers="补偿申请书；借款合同(复印件)")
    assert came(books) == "补偿申请书、借款合同(复印件)", "the bank's words, as it wrote them"
    said(books, LATER, papers="催收记录、补偿申请书")
    through(books, LATER)
    assert came(books) == "补偿申请书、借款合同（复印件）、催收记录"
    said(books, LATER, 材料="借款合同")
    through(books, LATER)
    assert came(books) == "补偿申请书、借款合同（复印件）、催收记录、借款合同"
    assert decided(books, LATER)[1].facts["papers"] == ("借款合同", "借款合同（复印件）", "催收记录", "补偿申请书")
    assert case_files(books.book)["C1"].said_later["papers"] == "补充申请第 2 次"


@pytest.mark.parametrize(
    "text", ["补偿申请书", "借款合同、补偿申请书", "无", "", "催收记录、", "催" * 41, "催收记录、无", "催收\x07记录"]
)
def test_papers_that_are_there_already_or_no_names_are_no_supplement(books: Office, text: str) -> None:
    imported(books, papers="补偿申请书、借款合同")
    assert code(lambda: said(books, LATER, papers=text)) == "裁决-补充-02"


def test_a_name_with_signs_of_the_books_own_comes_back_as_it_was(books: Office) -> None:
    imported(books, papers="无")
    name = '=1+1"\\<b>#^{x}「甲」'
    said(books, LATER, papers=name)
    through(books, LATER)
    assert came(books) == came(Office(books.root)) == name


def test_none_came_and_what_could_not_be_read_are_replaced(books: Office) -> None:
    imported(books, papers="无")
    said(books, LATER, papers="催收记录")
    through(books, LATER)
    assert came(books) == "催收记录"


def test_a_column_that_cannot_be_read_is_put_right_by_a_supplement(books: Office) -> None:
    imported(books, papers="随本申请一并报送的全部材料详见另附的清单共计三十二页其中包括申请书和合同等等等等等等")
    assert code(lambda: decided(books, APPLIED)) == "裁决-事实-02"
    said(books, LATER, papers="、".join(ASKED))
    through(books, LATER)
    assert came(books) == "、".join(ASKED)
    assert decided(books, LATER)[1].verdict == "approved"


def test_two_supplements_at_once_lose_no_paper(books: Office) -> None:
    """The second was written while the first still waited: it may not be posted over it."""
    imported(books, papers="补偿申请书")
    said(books, LATER, papers="借款合同")
    assert code(lambda: said(books, LATER, papers="催收记录")) == "草稿-重复-01"
    through(books, LATER)
    assert set(came(books).split("、")) == {"补偿申请书", "借款合同"}


def test_an_application_said_again_with_more_papers_is_refused_and_told_of_the_supplement(books: Office) -> None:
    imported(books)
    with pytest.raises(Refusal) as refused:
        imported(books, LATER, papers="补偿申请书")
    (fault,) = refused.value.faults
    assert (fault.code, fault.found, fault.place.column) == ("导入-登记-32", "补偿申请书", "材料")
    assert "riskpool supplement" in fault.remedy


def test_the_notice_of_a_case_held_back_names_the_missing_papers_with_their_clause(books: Office) -> None:
    imported(books, papers="借款合同")
    file, decision = decided(books, APPLIED)
    assert [event.clauses for event in file.deferred] == [("第四条第一款",)]
    assert (decision.verdict, decision.settle, problems(decision)) == ("deferred", 0, ())
    notices = [named.paper for named in case_notice_papers(books, "C1", prepared_by="chen")]
    (notice,) = [paper for paper in notices if paper.title == "暂缓补偿事项单"]
    head = notice.sections[0]
    assert isinstance(head, KeyValues)
    assert dict(head.pairs)["缺少的材料"].text == "第四条第一款：补偿申请书、催收记录"
    assert not any("缺少的材料" in str(paper) for paper in notices if paper is not notice)


def run(books: Path, day: str, *args: str, expected: int = 0) -> str:
    """The real command on a day."""
    done = run_command(*args, "--books", str(books), RISKPOOL_NOW=f"{day}T10:00:00", COLUMNS="200")
    assert done.returncode == expected, done.stdout + done.stderr
    return done.stdout


def words_of(path: Path) -> str:
    """All that a workbook says."""
    sheets = openpyxl.load_workbook(path).worksheets
    return "\n".join(str(cell.value) for sheet in sheets for row in sheet.iter_rows() for cell in row if cell.value)


def signed(books: Path, day: str) -> None:
    for draft in [draft for draft in Office(books).drafts if draft.state == "draft"]:
        run(books, day, "review", draft.no, "--as", "lu")
        run(books, day, "post", draft.no, "--as", "shen")


def test_applied_with_a_paper_missing_returned_brought_and_decided_by_the_command(
    books: Office, tmp_path: Path
) -> None:
    root, file = books.root, tmp_path / "补偿申请.xlsx"
    file.write_bytes(form(papers="补偿申请书、借款合同"))
    run(root, APPLIED, "import", str(file), "--as", "chen")
    signed(root, APPLIED)
    shown = run(root, APPLIED, "decide", "C1", "--as", "chen", "--chief", "gu", "--on", APPLIED)
    assert "暂缓补偿" in shown
    for line in ("材料「补偿申请书」：有", "材料「借款合同」：有", "材料「催收记录」：缺"):
        assert line in shown
    signed(root, APPLIED)
    out = tmp_path / "notices"
    run(root, APPLIED, "report", "case", "C1", "--notices", "--out", str(out), "--as", "chen")
    told = "".join(words_of(path) for path in sorted(out.glob("C1-*.xlsx")))
    assert "第四条第一款：催收记录" in told
    assert "材料「催收记录」：缺" in told
    paper = tmp_path / "催收记录.pdf"
    paper.write_bytes(b"%PDF-1.4 invented")
    by = ("--reason", "补正", "--attachment", str(paper), "--as", "chen", "--on", LATER)
    twice = ("--fact", "质物处置所得=1.00", "--fact", "质物处置所得=2.00")
    run(root, LATER, "supplement", "C1", *twice, *by, expected=2)
    papers = ("--fact", "材料=催收记录", "--fact", "材料=处置报告", "--fact", "papers=担保函")
    run(root, LATER, "supplement", "C1", *papers, *by)
    signed(root, LATER)
    shown = run(root, LATER, "decide", "C1", "--as", "chen", "--chief", "gu", "--on", LATER)
    assert "材料「催收记录」：有" in shown
    signed(root, LATER)
    standing = case_files(Office(root).book)["C1"]
    assert came(Office(root)) == "补偿申请书、借款合同、催收记录、处置报告、担保函", "whatever way they were named"
    assert (standing.approved_fen, len(standing.deferred), len(standing.supplements)) == (MILLION // 2, 1, 1)
    run(root, LATER, "check")
    run(root, LATER, "verify")
    kit = tmp_path / "kit"
    run(root, LATER, "audit-kit", "--out", str(kit))
    again = subprocess.run(
        [sys.executable, "-I", "-S", str(kit / SCRIPT), str(kit / "books.tar")],
        check=False, capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip
    assert again.returncode == 0, again.stdout
