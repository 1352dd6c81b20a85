"""The life of an application: held back, decided, queued, funded in rounds, supplemented, decided again, settled."""

import json
import re
import shutil
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from desk_office import code, through, who
from standing_books import MILLION, applied, begun, filing, put, taken_in, tape
from werkzeug.test import Client

from desk.acts import afterwards, cash, corrections, drafting, funding, rulings, supplements
from desk.acts.headroom import headroom_on, standing_of
from desk.acts.inspection import check_books, tasks
from desk.acts.office import Office, Proposal
from desk.acts.papers import case_notice_papers, case_paper, loan_papers, voucher_papers, write_papers
from desk.acts.preview import preview
from desk.acts.rules import adopted
from desk.cli import casework, look
from desk.server import make_app
from ledger.book import Book
from ledger.casefiles import CaseFile, case_files
from ledger.events import (
    ClawbackDecided,
    CompensationApplied,
    CompensationPaid,
    ContributionReceived,
    PaymentBounced,
    QueueLapsed,
    RecoveryReported,
    TapeConfirmed,
)
from ledger.faults import Refusal
from ledger.ids import event_id
from ledger.papers import Attachment
from ledger.provenance import digest
from ledger.verify import verify
from reports.audit import reperform
from reports.footing import Issue
from reports.forms.compensation_review import compensation_review
from reports.render.cells import Money
from reports.render.paper import KeyValues, Signatures, texts
from riskpool.checker import problems

TEXT = Path(__file__).parent / "texts" / "example-life"
WAN = 1_000_000
"""Ten thousand yuan in fen."""
PAPER = (("处置情况.pdf", b"%PDF-1.4 invented"),)


LOANS = {1: MILLION, 2: 80 * WAN, 3: 50 * WAN, 4: 320 * WAN}


def tapes(month: str, last_day: int, **days: int) -> list[TapeConfirmed]:
    """The bank's word on all loans, none repaid; overdue are those of ``days``, by number."""
    return [
        tape(f"L{number:04d}", month, last_day, fen, days=days.get(f"n{number}", 0)) for number, fen in LOANS.items()
    ]


def application(case: str, loan: str, fen: int, day: str, **facts: str) -> CompensationApplied:
    """An application for ``fen`` of unpaid principal, nothing disposed of, nothing misused."""
    said = {"disposal_proceeds_fen": "0", "use_was_misused": "false", **facts}
    return applied(case, loan, fen, day).model_copy(update={"facts": tuple(said.items())})


@pytest.fixture(scope="module")
def begun_books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Paid in 1,200,000 and 800,000; four loans, all regular in April; two of them applied for, A before B."""
    office = begun(tmp_path_factory.mktemp("life") / "books", city_fen=120 * WAN, county_fen=80 * WAN, text=TEXT)
    taken_in(office, [filing(number, fen, "2024-03-05") for number, fen in LOANS.items()], "2024-03-06")
    put(office, *tapes("2024-04", 30))
    put(office, application("A", "L0001", MILLION, "2024-05-06"), application("B", "L0002", 80 * WAN, "2024-05-07"))
    return office.root


@pytest.fixture
def books(begun_books: Path, tmp_path: Path) -> Office:
    return Office(Path(shutil.copytree(begun_books, tmp_path / "books")))


def on(day: str) -> date:
    return date.fromisoformat(day)


def decided(office: Office, case: str, day: str) -> CaseFile:
    rulings.decide(office, case, on(day), chief="gu", who=who("chen", day))
    through(office, day)
    return file_of(office, case)


def file_of(office: Office, case: str) -> CaseFile:
    return case_files(office.book)[case]


def funded(office: Office, day: str) -> funding.Round:
    made = funding.fund(office, on(day), chief="gu", who=who("chen", day))
    through(office, day)
    return made


def paid(office: Office, case: str, day: str, number: str) -> None:
    cash.pay(office, case, "boc-01", number, on(day), who=who("chen", day))
    through(office, day)


def said(office: Office, case: str, day: str, claimed: int = 0, **facts: str) -> None:
    what = supplements.Said(case, claimed, "处置完毕", facts)
    supplements.supplement(office, what, on(day), papers=PAPER, who=who("chen", day))
    through(office, day)


def sound(office: Office) -> None:
    """Checked, unchanged, every record sound, and the auditor's own script agrees."""
    checked = check_books(office.root)
    assert checked.problems == ()
    assert verify(office.root) == ()
    assert reperform.main(str(office.root)) == 0


def said_to(office: Office, case: str, day: str, **facts: str) -> None:
    """The same, of drafts that wait only this one signed and posted."""
    what = supplements.Said(case, 0, "处置完毕", facts)
    draft = supplements.supplement(office, what, on(day), papers=PAPER, who=who("chen", day))
    drafting.review(office, draft.no, who("lu", day))
    drafting.post_draft(office, draft.no, who("shen", day))


def taken_back(books: Office, event: str, day: str) -> None:
    """What was posted is taken back, with the chief's word."""
    corrections.reverse(books, corrections.Correction(event, "试", on(day), chief="gu"), who=who("chen", day))
    through(books, day)


def notify(office: Office, case: str, day: str, gross: int) -> None:
    """A recovery as the bank reports it, shared out and posted with its computation."""
    report = RecoveryReported(
        event_id=event_id("recovery", case, day), on=on(day), summary="追偿", case=case, bank="boc",
        loan=file_of(office, case).loan, number=1, gross_fen=gross, cost_fen=0, principal_fen=0, source="borrower",
    )  # fmt: skip
    event, record = rulings.recovery(office, report, earlier=())
    path = office.keep_document(record, "recovery", "json")
    account = office.book.chart.recourse("boc", case)
    paper = Attachment(path=path, account=account, name="追偿分配", sha256=digest(record), sort="recovery")
    office.propose(Proposal("import", "追偿", [event], documents=[paper]), who("chen", day))
    through(office, day)


def bounce_of(payment: CompensationPaid, day: str) -> PaymentBounced:
    return PaymentBounced(
        event_id=event_id("bounce", payment.event_id), on=on(day), summary="退汇", account=payment.account,
        bank=payment.bank, payment=payment.event_id, case=payment.case, amount_fen=payment.amount_fen,
    )  # fmt: skip


def contribution_of(contributor: str, fen: int, day: str) -> ContributionReceived:
    return ContributionReceived(
        event_id=event_id("contribution", contributor, day), on=on(day), summary="补充出资", account="boc-01",
        contributor=contributor, amount_fen=fen,
    )  # fmt: skip


def balance(book: Book, account: str, commodity: str = "CNY") -> int:
    return book.balance_fen(account, commodity=commodity)


def test_a_bank_over_its_ratio_waits_and_is_decided_when_it_has_fallen(books: Office) -> None:
    """Bad loans of 180万 of 550万 are over 20 %; a month later 100万 are not."""
    put(books, *tapes("2024-05", 31, n1=40, n2=40))
    ruled = rulings.decide(books, "A", on("2024-06-03"), chief="gu", who=who("chen", "2024-06-03"))
    assert (ruled.verdict, ruled.approved_fen) == ("暂缓补偿", 0)
    through(books, "2024-06-03")
    file = file_of(books, "A")
    assert [event.clauses for event in file.deferred] == [("第八条",)]
    assert (file.decided, file.ruling) == (None, file.deferred[0])
    assert balance(books.book, books.book.chart.claim("boc", "A"), "CLAIM.CNY") == MILLION, "the claim waits"
    assert any("待裁决 A（2024-06-03 暂缓）" in task.what for task in tasks(books, on("2024-06-03")))
    put(books, *tapes("2024-06", 30, n1=70))
    assert decided(books, "A", "2024-07-03").approved_fen == 50 * WAN
    sound(books)


def test_what_is_granted_under_a_budget_waits_for_its_round_in_the_order_of_acceptance(books: Office) -> None:
    first, second = decided(books, "A", "2024-06-03"), decided(books, "B", "2024-06-03")
    assert (first.approved_fen, first.queued_fen, first.due_fen) == (50 * WAN, 50 * WAN, 0)
    assert (second.approved_fen, second.queued_fen) == (40 * WAN, 40 * WAN)
    assert code(lambda: paid(books, "A", "2024-06-04", "ZF-1")) == "资金-付款-01"
    made = funded(books, "2024-06-05")
    assert [(case, asked, now) for case, asked, now, _ in made.lines] == [
        ("A", 50 * WAN, 50 * WAN),
        ("B", 40 * WAN, 10 * WAN),
    ]
    assert made.lines[1][3] == "第九条 300,000.00 元继续排队"
    # Given and not yet paid: the next round of the year finds it gone, and so does the headroom.
    budget = next(line for line in headroom_on(books, on("2024-06-05")).lines if line.kind == "年度预算")
    assert (budget.used, budget.room) == ("600,000.00", "0.00")
    assert [
        (item.amount_fen, [share.amount_fen for share in item.contributors]) for item in file_of(books, "A").funded
    ] == [(50 * WAN, [30 * WAN, 20 * WAN])]
    paid(books, "A", "2024-06-06", "ZF-1")
    assert code(lambda: funded(books, "2024-12-30")) == "裁决-轮次-02"
    next_year = funded(books, "2025-01-06")
    assert [(case, now) for case, _, now, _ in next_year.lines] == [("B", 30 * WAN)]
    file = file_of(books, "B")
    assert (file.queued_fen, file.due_fen) == (0, 40 * WAN)
    shares = [share for item in file.funded for share in item.contributors]
    assert sum(share.amount_fen for share in shares if share.contributor == "01") == 24 * WAN
    paid(books, "B", "2025-01-07", "ZF-2")
    assert code(lambda: funded(books, "2025-01-08")) == "裁决-轮次-01"
    sound(books)


def queue_tasks(office: Office, day: str) -> list[tuple[str, str]]:
    """(what, the command's name) of what the queue asks for."""
    found = [task for task in tasks(office, on(day)) if task.what.startswith("排队")]
    return [(task.what, task.command.split()[1]) for task in found]


def test_a_round_is_a_task_only_on_a_day_that_has_money_for_it(books: Office) -> None:
    assert queue_tasks(books, "2024-06-03") == []
    decided(books, "A", "2024-06-03")
    decided(books, "B", "2024-06-03")
    assert queue_tasks(books, "2024-06-04") == [("排队等待资金 2 件 900,000.00 元", "fund")]
    funding.fund(books, on("2024-06-05"), chief="gu", who=who("chen", "2024-06-05"))
    assert queue_tasks(books, "2024-06-05") == [], "the draft of the round is the task"
    through(books, "2024-06-05")
    why = "第九条（年度预算）在 2024-06-06 没有余量，不能办拨付轮次；等资金到位或转入下一年度"
    assert queue_tasks(books, "2024-06-06") == [(f"排队等待资金 1 件 300,000.00 元：{why}", "headroom")]
    assert queue_tasks(books, "2025-01-06") == [("排队等待资金 1 件 300,000.00 元", "fund")]


def test_what_the_pool_cannot_pay_lapses_by_the_text_and_the_queue_is_empty(books: Office) -> None:
    """Contributors take back 154万 first: 46万 are left for the 60万 that the budget gives of claims of 90万."""
    decided(books, "A", "2024-06-03")
    decided(books, "B", "2024-06-03")
    cash.return_contribution(
        books, "01", "boc-01", 99 * WAN, "TC-1", "会议纪要", on("2024-06-04"), who=who("chen", "2024-06-04")
    )
    cash.return_contribution(
        books, "02", "crcb-01", 55 * WAN, "TC-2", "会议纪要", on("2024-06-04"), who=who("chen", "2024-06-04")
    )
    through(books, "2024-06-04")
    made = funded(books, "2024-06-05")
    assert [now for _, _, now, _ in made.lines] == [38_333_333, 7_666_667]
    assert sum(now for _, _, now, _ in made.lines) == 46 * WAN
    files = case_files(books.book)
    assert [item.amount_fen for item in files["A"].lapsed] == [50 * WAN - 38_333_333]
    assert (files["A"].queued_fen, files["B"].queued_fen) == (0, 30 * WAN), "what the budget left waits on"
    assert {type(event) for event in books.book.events(QueueLapsed)} == {QueueLapsed}
    sound(books)


def test_less_is_due_after_a_disposal_first_the_queue_then_the_unpaid_then_the_bank_gives_back(books: Office) -> None:
    decided(books, "A", "2024-06-03")
    decided(books, "B", "2024-06-03")
    funded(books, "2024-06-05")  # A 50万 whole, B 10万 of 40万
    paid(books, "A", "2024-06-06", "ZF-1")
    said(books, "B", "2024-06-10", disposal_proceeds="700000.00")  # base 10万: 5万 due, 30万 queued and 5万 unpaid go
    again = decided(books, "B", "2024-06-11").redecided[-1]
    assert (again.outcome, again.approved_fen, again.before_fen) == ("less", 5 * WAN, 40 * WAN)
    assert (again.queued_fen, again.granted_fen, again.clawback_fen) == (-30 * WAN, -5 * WAN, 0)
    assert [(share.contributor, share.amount_fen) for share in again.contributors] == [
        ("01", -3 * WAN),
        ("02", -2 * WAN),
    ]
    said(books, "A", "2024-06-12", 质物处置所得="200000.00")
    file = decided(books, "A", "2024-06-13")
    again = file.redecided[-1]
    assert (again.approved_fen, again.granted_fen, again.clawback_fen) == (40 * WAN, 0, 10 * WAN)
    assert {share.contributor: share.amount_fen for share in again.returned} == {"01": 6 * WAN, "02": 4 * WAN}
    assert [(item.party, item.amount_fen) for item in again.lowered] == [("insurer", 4 * WAN)]
    assert file.recourse_fen == 40 * WAN
    assert file.owed_fen == 10 * WAN
    sound(books)


def test_more_is_due_it_is_queued_and_funded_in_the_proportions_of_what_is_still_to_bear(books: Office) -> None:
    put(books, application("C", "L0003", 40 * WAN, "2024-05-08", disposal_proceeds_fen=str(20 * WAN)))
    assert decided(books, "C", "2024-06-03").approved_fen == 10 * WAN
    funded(books, "2024-06-04")
    paid(books, "C", "2024-06-05", "ZF-1")
    put(books, contribution_of("02", 40 * WAN, "2024-06-06"))  # paid in is now half and half
    said(books, "C", "2024-06-07", claimed=10 * WAN, principal="500000.00", disposal_proceeds="100000.00")
    file = decided(books, "C", "2024-06-08")
    again = file.redecided[-1]
    assert (again.approved_fen, again.before_fen, again.queued_fen, again.granted_fen) == (
        20 * WAN,
        10 * WAN,
        10 * WAN,
        0,
    )
    assert again.claimed_fen == 10 * WAN
    assert balance(books.book, books.book.chart.claim("boc", "C"), "CLAIM.CNY") == 0
    funded(books, "2024-06-09")
    shares = file_of(books, "C").funded[-1].contributors
    assert [(share.contributor, share.amount_fen) for share in shares] == [("01", 4 * WAN), ("02", 6 * WAN)]
    paid(books, "C", "2024-06-10", "ZF-2")
    assert file_of(books, "C").borne_fen() == {"01": 10 * WAN, "02": 10 * WAN}
    record = rulings.stored_decision(books, again.decision)
    assert problems(record) == ()
    assert record.evidence["disposal_proceeds"] == record.evidence["claimed"] == "补充申请第 1 次"
    assert record.facts["approved_earlier"] == 10 * WAN
    sound(books)


def test_misuse_found_after_payment_and_a_recovery_takes_back_what_has_not_come_back(books: Office) -> None:
    decided(books, "A", "2024-06-03")
    funded(books, "2024-06-04")
    paid(books, "A", "2024-06-05", "ZF-1")
    notify(books, "A", "2024-06-20", gross=8 * WAN)  # the pool's half: 4万
    said(books, "A", "2024-07-01", use_was_misused="是")
    file = decided(books, "A", "2024-07-02")
    again = file.redecided[-1]
    assert (again.outcome, again.approved_fen, again.clawback_fen, again.recovered_fen) == (
        "denied",
        0,
        46 * WAN,
        4 * WAN,
    )
    assert (file.recourse_fen, file.due_fen, sum(file.borne_fen().values())) == (0, 0, 0)
    sound(books)
    # It turns out to be an error: the correction says otherwise, and everything is due again but what came back.
    said(books, "A", "2024-07-10", use_was_misused="否")
    again = decided(books, "A", "2024-07-11").redecided[-1]
    assert (again.approved_fen, again.queued_fen, again.recovered_fen) == (50 * WAN, 46 * WAN, -4 * WAN)
    funded(books, "2025-01-06")
    paid(books, "A", "2025-01-07", "ZF-2")
    file = file_of(books, "A")
    assert (file.recourse_fen, file.borne_fen()) == (46 * WAN, {"01": 30 * WAN, "02": 20 * WAN})
    notify(books, "A", "2025-01-08", gross=2 * WAN)
    assert file_of(books, "A").recovered_fen == 5 * WAN, "half of 10万 in all, whatever was decided between"
    sound(books)


def test_a_second_decision_taken_back_leaves_the_case_as_it_was_and_can_be_made_again(books: Office) -> None:
    decided(books, "A", "2024-06-03")
    funded(books, "2024-06-04")
    said(books, "A", "2024-06-05", disposal_proceeds="200000.00")
    before = file_of(books, "A")
    again = decided(books, "A", "2024-06-06").redecided[-1]
    taken_back(books, again.event_id, "2024-06-07")
    assert file_of(books, "A") == before
    made = decided(books, "A", "2024-06-08").redecided[-1]
    assert made.event_id != again.event_id
    assert (made.approved_fen, made.granted_fen) == (again.approved_fen, again.granted_fen) == (40 * WAN, -10 * WAN)
    sound(books)


def test_a_decision_and_a_round_are_posted_only_as_the_books_give_them_then(books: Office) -> None:
    decided(books, "A", "2024-06-03")
    decided(books, "B", "2024-06-03")
    funding.fund(books, on("2024-06-04"), chief="gu", who=who("chen", "2024-06-04"))
    drafting.review(books, books.drafts[-1].no, who("lu", "2024-06-04"))
    said_to(books, "A", "2024-06-04", disposal_proceeds="200000.00")
    rulings.decide(books, "A", on("2024-06-05"), chief="gu", who=who("chen", "2024-06-05"))
    decision, round_ = books.drafts[-1].no, books.drafts[-3].no
    drafting.review(books, decision, who("lu", "2024-06-05"))
    assert drafting.post_draft(books, decision, who("shen", "2024-06-05")).vouchers
    assert code(lambda: drafting.post_draft(books, round_, who("shen", "2024-06-05"))) == "裁决-依据-01"


def test_what_can_t_be_said_anew_is_refused_all_at_once(books: Office) -> None:
    facts = {"质物处置所得": "二十万", "filed_on": "2024-01-01", "没有这项": "1", "use_was_misused": "否"}
    what = supplements.Said("A", 0, "试", facts)
    with pytest.raises(Refusal) as refused:
        supplements.supplement(books, what, on("2024-05-01"), papers=(), who=who("chen", "2024-05-01"))
    assert [fault.code for fault in refused.value.faults] == ["裁决-补充-02"] * 6
    assert code(lambda: said(books, "没有", "2024-06-01", claimed=1)) == "裁决-补充-01"
    assert (
        code(lambda: rulings.decide(books, "X", on("2024-06-01"), chief="gu", who=who("chen", "2024-06-01")))
        == "裁决-案件-01"
    )
    decided(books, "A", "2024-06-03")
    assert code(lambda: decided(books, "A", "2024-06-04")) == "裁决-案件-01"
    funded(books, "2024-06-05")
    paid(books, "A", "2024-06-06", "ZF-1")
    afterwards.claw_back(
        books, "A", WAN, "offered", "银行退回", on("2024-06-07"), chief="gu", who=who("chen", "2024-06-07")
    )
    through(books, "2024-06-07")
    assert [share.amount_fen for share in books.book.events(ClawbackDecided)[0].contributors] == [60_00_00, 40_00_00]
    said(books, "A", "2024-06-08", disposal_proceeds="200000.00")
    assert code(lambda: decided(books, "A", "2024-06-09")) == "裁决-再次-01"


def test_a_supplement_that_says_nothing_new_is_refused_and_one_that_only_claims_says_so(books: Office) -> None:
    decided(books, "A", "2024-06-03")
    for facts, why in (
        ({}, "也没有列出事实"),
        ({"质物处置所得": "0.00"}, "所列的事实（质物处置所得）与以前所说的相同"),
    ):
        with pytest.raises(Refusal) as refused:
            said(books, "A", "2024-06-04", **facts)
        (fault,) = refused.value.faults
        assert (fault.code, fault.found) == ("裁决-补充-02", f"没有新的内容：没有另行申请的金额，{why}")
    said(books, "A", "2024-06-05", claimed=WAN)
    assert file_of(books, "A").supplements[-1].summary == "A 第 1 次补充：再申请 10,000.00 元，所据事实未变"


def test_a_decision_counts_what_is_assumed_and_lists_it_when_asked(
    books: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    def printed(**how: bool) -> str:
        casework.decide("A", who="chen", chief="gu", books=str(books.root), on="2024-06-03", **how)
        return capsys.readouterr().out

    short = printed()
    drafting.reject(books, books.drafts[-1].no, who("lu", "2024-06-03"), "重来")
    long = printed(verbose=True)
    drafting.reject(books, books.drafts[-1].no, who("lu", "2024-06-03"), "重来")
    every = json.loads(printed(as_json=True))["assumed"]
    assert len(every) > 1
    assert f"所用办法有 {len(every)} 项为假定或程序约定：加 --verbose 逐项列出" in short
    assert "riskpool report case A 的审核表" in short
    assert "假定 1" not in short
    assert [f"假定 {number}：{text}" for number, text in enumerate(every, 1)] == [
        said for said in long.splitlines() if said.startswith("假定 ")
    ]


def test_headroom_says_which_day_it_is_of_where_none_was_asked_for(
    books: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    look.headroom(books=str(books.root))
    assert f"没有写 --on：截至账上最后一笔的日期 {books.book.last_on}" in capsys.readouterr().out
    look.headroom(on="2024-05-10", books=str(books.root))
    assert "没有写 --on" not in capsys.readouterr().out


def test_the_commands_say_where_a_supplement_changes_no_amount(
    books: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    decided(books, "A", "2024-06-03")
    (tmp_path / "函.pdf").write_bytes(b"%PDF-1.4 invented")
    common = {"who": "chen", "books": str(books.root)}
    casework.supplement("A", "补报", [str(tmp_path / "函.pdf")], claim="10000.00", on="2024-06-05", **common)
    assert "只有申请金额是新的" in capsys.readouterr().out
    through(books, "2024-06-05")
    casework.decide("A", chief="gu", on="2024-06-06", **common)
    assert "补充的内容没有改变应补金额" in capsys.readouterr().out


def test_a_supplement_claims_no_more_principal_than_was_unpaid_when_the_case_was_decided(books: Office) -> None:
    """Of a loan of 100万 nobody gets half of 300万, however often the case is decided."""
    decided(books, "A", "2024-06-03")
    said(books, "A", "2024-06-04", claimed=200 * WAN, principal="3000000.00")
    with pytest.raises(Refusal) as refused:
        decided(books, "A", "2024-06-05")
    fault = refused.value.faults[0]
    assert (fault.code, fault.found) == ("裁决-本金-01", "A：申请书 3,000,000.00 元，账面 1,000,000.00 元")
    assert file_of(books, "A").approved_fen == 50 * WAN


def test_of_a_case_that_lapsed_in_part_no_less_is_decided_until_the_lapse_is_taken_back(books: Office) -> None:
    """46万 in the pool: A gets 38万 of its 50万, the rest lapses; then 40万 are due: less than 50, more than it has."""
    test_what_the_pool_cannot_pay_lapses_by_the_text_and_the_queue_is_empty(books)
    cash.pay(books, "A", "crcb-01", "ZF-1", on("2024-06-06"), who=who("chen", "2024-06-06"))
    through(books, "2024-06-06")
    said(books, "A", "2024-06-10", disposal_proceeds="200000.00")
    with pytest.raises(Refusal) as refused:
        decided(books, "A", "2024-06-11")
    assert [(fault.code, fault.found) for fault in refused.value.faults] == [
        ("裁决-再次-01", "2024-06-05 A 不再支付 116,666.67 元")
    ]
    taken_back(books, file_of(books, "A").lapsed[0].event_id, "2024-06-12")
    file = decided(books, "A", "2024-06-13")
    again = file.redecided[-1]
    assert (again.queued_fen, again.granted_fen, again.clawback_fen, again.recovered_fen) == (-10 * WAN, 0, 0, 0)
    assert (file.queued_fen, file.recourse_fen) == (1_666_667, 38_333_333)
    sound(books)


def test_a_decision_is_not_dated_before_what_it_rests_on(books: Office) -> None:
    said(books, "A", "2024-06-10", disposal_proceeds="200000.00")
    with pytest.raises(Refusal) as refused:
        decided(books, "A", "2024-06-09")
    assert refused.value.faults[0].found == "A：2024-06-10 A 第 1 次补充：补正事实"
    assert decided(books, "A", "2024-06-10").approved_fen == 40 * WAN


def test_a_round_of_an_earlier_day_gives_nothing_that_a_later_one_has_given(books: Office) -> None:
    """46万 in the pool, given to A and B on 5 June; the budget would give B 14万 more on 4 June."""
    test_what_the_pool_cannot_pay_lapses_by_the_text_and_the_queue_is_empty(books)
    made = funding.fund(books, on("2024-06-04"), chief="gu", who=who("chen", "2024-06-05"))
    assert [(case, now) for case, _, now, _ in made.lines] == [("B", 0)]


def test_a_payment_that_comes_back_after_a_claw_back_is_refused_with_what_goes_first(books: Office) -> None:
    """15万 of 50万 were asked back; then the bank's row says that the 50万 never arrived."""
    decided(books, "A", "2024-06-03")
    funded(books, "2024-06-04")
    paid(books, "A", "2024-06-05", "ZF-1")
    said(books, "A", "2024-06-10", disposal_proceeds="300000.00")
    again = decided(books, "A", "2024-06-11").redecided[-1]
    bounced = bounce_of(file_of(books, "A").payments[0], "2024-06-12")
    with pytest.raises(Refusal) as refused:
        put(books, bounced)
    assert "先撤回那些事项，再记退汇" in refused.value.faults[0].found
    taken_back(books, again.event_id, "2024-06-12")
    put(books, bounced)
    assert decided(books, "A", "2024-06-13").due_fen == 35 * WAN
    sound(books)


def test_what_of_one_day_came_first_is_told_by_the_books(books: Office) -> None:
    """Decided again and funded on one day: the round comes after, in whatever order its kind is read."""
    decided(books, "A", "2024-06-03")
    funded(books, "2024-06-04")
    paid(books, "A", "2024-06-05", "ZF-1")
    notify(books, "A", "2024-06-06", gross=8 * WAN)
    said(books, "A", "2024-06-07", use_was_misused="是")
    decided(books, "A", "2024-06-07")
    said(books, "A", "2024-06-07", use_was_misused="否")
    decided(books, "A", "2024-06-07")
    funded(books, "2024-06-07")
    file = file_of(books, "A")
    told = [event.summary for event in file.after(on("2024-06-06"))]
    assert [words.partition("，")[0] for words in told] == [
        "A 第 1 次补充：补正事实",
        "A 再次裁决",
        "A 第 2 次补充：补正事实",
        "A 再次裁决",
        "A 排队补偿到位 100,000.00 元",
    ]
    assert file.borne_fen() == {"01": 84 * WAN // 10, "02": 56 * WAN // 10}, "4万 came back and stands, 10万 is funded"
    assert sum(file.counted_fen().values()) == 0
    sound(books)


def test_held_back_twice_on_one_day_each_time_with_its_own_reasons(books: Office) -> None:
    put(books, *tapes("2024-05", 31, n1=100, n4=100))
    first = decided(books, "A", "2024-06-03").ruling
    said(books, "A", "2024-06-03", disposal_proceeds="1.00")
    file = decided(books, "A", "2024-06-03")
    assert len({item.event_id for item in file.deferred}) == 2
    assert first == file.deferred[0]
    sound(books)


def test_what_a_second_decision_rests_on_is_not_taken_back_before_it(books: Office) -> None:
    decided(books, "A", "2024-06-03")
    funded(books, "2024-06-04")
    paid(books, "A", "2024-06-05", "ZF-1")
    said(books, "A", "2024-06-10", disposal_proceeds="200000.00")
    file = decided(books, "A", "2024-06-11")
    for event in (file.payments[0], file.funded[0]):
        assert code(partial(taken_back, books, event.event_id, "2024-06-12")) == "更正-撤回-02"


def test_a_text_that_queues_and_draws_in_turn_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "text"
    folder.mkdir()
    text = (TEXT / "rule_text.toml").read_text(encoding="utf-8").replace('parts = "实缴比例"', 'parts = ["02", "01"]')
    (folder / "rule_text.toml").write_text(text, encoding="utf-8")
    office = begun(tmp_path / "books", text=folder)
    taken_in(office, [filing(1, MILLION, "2024-03-05")], "2024-03-06")
    put(office, tape("L0001", "2024-04", 30, MILLION), application("A", "L0001", MILLION, "2024-05-06"))
    assert code(lambda: decided(office, "A", "2024-06-03")) == "裁决-出资-05"


def test_the_review_form_says_what_was_settled_and_what_was_ruled_before(books: Office) -> None:
    decided(books, "A", "2024-06-03")
    funded(books, "2024-06-04")
    paid(books, "A", "2024-06-05", "ZF-1")
    said(books, "A", "2024-06-10", disposal_proceeds="200000.00")
    decided(books, "A", "2024-06-11")
    issue = Issue(on("2024-06-12"), "chen")
    text = repr(compensation_review(books.book, "A", issue))
    for words in ("再次裁决：核减", "核减：银行应退回", "历次裁决", "补充申请第 1 次", "其中补充 1 次"):
        assert words in text, words


def test_each_step_of_a_case_has_its_paper_and_a_round_is_worked_out_on_it(books: Office, tmp_path: Path) -> None:
    decided(books, "A", "2024-06-03")
    decided(books, "B", "2024-06-03")
    funded(books, "2024-06-04")
    paid(books, "B", "2024-06-05", "ZF-1")
    said(books, "B", "2024-06-10", disposal_proceeds="700000.00")
    decided(books, "B", "2024-06-11")
    papers = case_notice_papers(books, "B", prepared_by="chen")
    assert [named.paper.title for named in papers] == [
        f"{title}事项单" for title in ("补偿申请", "补偿裁决", "排队补偿到位", "补偿款拨付", "补充申请", "再次裁决")
    ]
    text = repr(papers[2].paper)
    for words in ("继续排队", "本轮拨付合计：500,000.00 元 ＋ 100,000.00 元 = 600,000.00 元", "各出资方"):
        assert words in text, words
    written = write_papers(papers, tmp_path)
    assert len(written) == 2 * len(papers), "an xlsx and a PDF each"


def test_a_notice_names_who_acted_also_where_no_voucher_is_made_and_counts_what_is_assumed(books: Office) -> None:
    """Everything on one day, in an order that is not that of the kinds: decided, said anew, decided again, funded."""
    day = "2024-06-03"
    decided(books, "A", day)
    said(books, "A", day, disposal_proceeds="200000.00")
    decided(books, "A", day)
    funded(books, day)
    papers = case_notice_papers(books, "A", prepared_by="chen")
    assert [named.name for named in papers] == [
        "A-notice-01-2024-05-06-compensation-applied",
        "A-notice-02-2024-06-03-compensation-decided",
        "A-notice-03-2024-06-03-application-supplemented",
        "A-notice-04-2024-06-03-compensation-redecided",
        "A-notice-05-2024-06-03-queue-funded",
    ]
    supplement = papers[2].paper
    signed = next(section for section in supplement.sections if isinstance(section, Signatures))
    assert signed.places[:2] == (("经办", "陈（虚构）"), ("复核", "陆（虚构）"))
    assumed = len(rulings.stored_decision(books, file_of(books, "A").redecided[-1].decision).assumed)
    foot = "\n".join(supplement.footnotes)
    assert f"办法中有 {assumed} 项为假定或程序约定" in foot
    assert "1. " not in foot, "they are listed on the review form"


def test_a_delay_is_signed_on_the_review_form(books: Office) -> None:
    put(books, *tapes("2024-05", 31, n1=40, n2=40))
    decided(books, "A", "2024-06-03")
    review = compensation_review(books.book, "A", Issue(on("2024-06-03"), "chen"))
    signed = next(section for section in review.sections if isinstance(section, Signatures))
    assert signed.places[:2] == (("经办", "陈（虚构）"), ("复核", "陆（虚构）"))


def test_no_paper_and_no_list_prints_a_number_of_the_program_for_an_exposure(books: Office) -> None:
    decided(books, "A", "2024-06-03")
    review = case_paper(books, "A", prepared_by="chen")[0].paper
    filed = loan_papers(books, "L0001", prepared_by="chen")[0].paper
    said = {text for paper in (review, filed) for text in texts(paper)}
    assert "借据 L0001 起" in said
    assert "借据 L0001 起" in standing_of(books, adopted(books)[0], on("2024-06-03")).names.values()
    assert not any("exposure-" in text for text in said)


def page(office: Office, path: str) -> str:
    return (
        Client(make_app(office.root, port=5000)).get(f"/riskpool/pool/{path}", headers={"Host": "127.0.0.1:5000"}).text
    )


def test_a_case_stands_on_its_page_as_what_it_waits_for_and_as_written_off_when_it_is(books: Office) -> None:
    decided(books, "A", "2024-06-03")
    funded(books, "2024-06-05")
    assert '<span class="desk-mark">核减待拨付</span>' in page(books, "case/A/")
    paid(books, "A", "2024-06-06", "ZF-1")
    assert '<span class="desk-mark">已拨付</span>' in page(books, "case/A/")
    afterwards.write_off(
        books, "A", "法院终结执行", on("2024-06-20"), papers=PAPER, chief="gu", who=who("chen", "2024-06-20")
    )
    through(books, "2024-06-20")
    shown = page(books, "case/A/")
    assert '<span class="desk-mark">已核销</span>' in shown
    assert "<td>已核销</td>" in page(books, "cases/")
    # Out of 待追偿 and into 账销案存: the two pairs are one amount.
    (written,) = re.findall(r'<td>A 核销[^<]*</td>\s*<td class="num">([^<]*)</td>', shown)
    assert written == "500,000.00"
    (event,) = file_of(books, "A").written_off
    (voucher,) = books.book.voucher_of(event.event_id)
    form = voucher_papers(books, voucher.no, prepared_by="chen")[0].paper
    assert not any("合计" in text for text in texts(form)), "two memo pairs have no sum"


def test_after_a_second_decision_page_notice_tasks_and_draft_say_what_stands_now(books: Office) -> None:
    decided(books, "A", "2024-06-03")
    funded(books, "2024-06-05")
    paid(books, "A", "2024-06-06", "ZF-1")
    said(books, "A", "2024-06-12", 质物处置所得="200000.00")
    ruled = rulings.decide(books, "A", on("2024-06-13"), chief="gu", who=who("chen", "2024-06-13"))
    assert ruled.draft
    shown = "\n".join(preview(books, ruled.draft.no))
    assert "（再次裁决 " in shown
    assert "追偿权，元" in shown
    assert "RECOURSE" not in shown
    through(books, "2024-06-13")
    page = (
        Client(make_app(books.root, port=5000)).get("/riskpool/pool/case/A/", headers={"Host": "127.0.0.1:5000"}).text
    )
    assert '<td>认定损失</td><td class="num">800,000.00</td>' in page, "the base of the decision that stands"
    assert '<dt>银行应退回</dt><dd class="num">100,000.00 元</dd>' in page
    assert "<h3>补充申请</h3>" in page
    assert any(
        task.what == "银行应交未到账 A 100,000.00 元（补偿退回、追偿款）" for task in tasks(books, on("2024-06-13"))
    )
    papers = [item.paper for item in case_notice_papers(books, "A", prepared_by="chen")]
    head = next(paper for paper in papers if paper.title == "补充申请事项单").sections[0]
    assert isinstance(head, KeyValues)
    facts = dict(head.pairs)
    assert facts["未收回本金"] == Money(MILLION)
    assert facts["质物处置所得"] == Money(20 * WAN)
    assert "另行申请金额" not in facts, "nothing more was claimed"


def test_of_two_things_of_one_day_the_later_one_goes_first(books: Office) -> None:
    """By days alone each stood in the other's way, and neither could be taken back."""
    decided(books, "A", "2024-06-03")
    funded(books, "2024-06-05")
    paid(books, "A", "2024-06-06", "ZF-1")
    said(books, "A", "2024-07-01", disposal_proceeds="10000.00")
    decided(books, "A", "2024-07-02")
    notify(books, "A", "2024-07-02", 10 * WAN)
    again, notified = file_of(books, "A").redecided[0], file_of(books, "A").notified[0]

    assert code(lambda: taken_back(books, again.event_id, "2024-07-03")) == "更正-撤回-02"
    taken_back(books, notified.event_id, "2024-07-03")
    taken_back(books, again.event_id, "2024-07-03")
    file = file_of(books, "A")
    assert (file.redecided, file.notified, file.recourse_fen) == ([], [], 50 * WAN)
    sound(books)


def test_what_is_dated_earlier_and_rests_on_a_decision_stands_in_its_way(books: Office) -> None:
    """A recovery that the bank dates before the second decision is shared out by it where it comes in after it."""
    decided(books, "A", "2024-06-03")
    funded(books, "2024-06-05")
    paid(books, "A", "2024-06-06", "ZF-1")
    said(books, "A", "2024-07-01", disposal_proceeds="10000.00")
    decided(books, "A", "2024-07-02")
    notify(books, "A", "2024-06-28", 10 * WAN)
    again = file_of(books, "A").redecided[0]
    assert code(lambda: taken_back(books, again.event_id, "2024-07-03")) == "更正-撤回-02"
