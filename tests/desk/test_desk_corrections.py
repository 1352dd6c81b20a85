"""Putting posted things right, as an officer does it: take back, adjust, reopen a month, change the settings."""

import json
from datetime import date
from pathlib import Path
from typing import get_args

import pytest
from desk_office import EXAMPLES, FILES, code, through, who

from desk.acts import afterwards, cash, closing, corrections, drafting, months
from desk.acts.corrections import Correction
from desk.acts.intake import import_file
from desk.acts.office import Office, Proposal
from desk.acts.trail import trail
from ledger.book import Book
from ledger.casefiles import case_files
from ledger.events import (
    AnyEvent,
    CompensationApplied,
    ContributionReceived,
    ContributionReturned,
    EventWithdrawn,
    FeeCharged,
    InterestReceived,
    PoolAmended,
    VoucherLine,
)
from ledger.faults import Refusal
from ledger.money import yuan_text
from ledger.seal import open_from, receipts, seals
from ledger.verify import verify
from ledger.views import open_items
from reports.audit import reperform
from reports.reconciliation.lines import book_lines
from reports.titles import KIND_TITLES

DAY = "2023-04-06"
ON = date(2023, 4, 6)
LATE = "2024-03-05"
LATE_ON = date(2024, 3, 5)


def back(office: Office, target: str, day: str = DAY, **more: object) -> None:
    asked = Correction(target, "更正试验", date.fromisoformat(day), **more)  # type: ignore[arg-type] # one dictionary of several types
    corrections.reverse(office, asked, who=who("chen", day))
    through(office, day)


def contribution(office: Office) -> ContributionReceived:
    return office.book.events(ContributionReceived)[0]


def number_of(office: Office, event: str) -> str:
    return next(item.no for item in office.book.voucher_of(event) if item.is_money)


def test_misread_money_goes_under_inquiry_and_keeps_its_bank_row(year: Office) -> None:
    paid_in = contribution(year)
    slug, before = paid_in.account, book_lines(year.book, paid_in.account, date(2024, 4, 1))
    back(year, number_of(year, paid_in.event_id), LATE)
    opening, lines = book_lines(year.book, slug, date(2024, 4, 1))
    assert opening == before[0]
    assert sorted((line.amount_fen, paid_in.event_id in line.keys) for line in lines) == sorted(
        (line.amount_fen, paid_in.event_id in line.keys) for line in before[1]
    )
    (waiting,) = [item for item in year.view().unidentified if item[1] == slug]
    other = next(party.no for party in year.book.pool.contributor if party.no != paid_in.contributor)
    cash.identify(year, waiting[0], "contribution", "进账单", LATE_ON, contributor=other, who=who("chen", LATE))
    through(year, LATE)
    assert not [item for item in year.view().unidentified if item[1] == slug]
    assert verify(year.root) == ()


def test_blue_lines_leave_what_the_bank_shows(year: Office) -> None:
    paid_in, chart = contribution(year), year.book.chart
    wrong = (
        VoucherLine(account=chart.cash(paid_in.account), amount_fen=paid_in.amount_fen - 1),
        VoucherLine(account=chart.paid_in("02"), amount_fen=1 - paid_in.amount_fen),
    )
    asked = Correction(paid_in.event_id, "试", LATE_ON, wrong)
    assert code(lambda: corrections.reverse(year, asked, who=who("chen", LATE))) == "更正-蓝字-01"


def test_a_fee_is_not_taken_back_without_saying_what_the_row_was(year: Office) -> None:
    fee = year.book.events(FeeCharged)[-1]
    asked = Correction(number_of(year, fee.event_id), "试", LATE_ON)
    assert code(lambda: corrections.reverse(year, asked, who=who("chen", LATE))) == "更正-蓝字-01"


def test_an_application_goes_back_and_comes_again_under_its_number(year: Office) -> None:
    applied = year.book.events(CompensationApplied)[0]
    assert (
        code(
            lambda: corrections.return_application(
                year, applied.case, "incomplete", "缺裁判文书", LATE_ON, who=who("chen", LATE)
            )
        )
        == "更正-申请-01"
    )
    asked = Correction(applied.event_id, "试", LATE_ON, cause="incomplete")
    assert code(lambda: corrections.reverse(year, asked, who=who("chen", LATE))) == "更正-撤回-02"


def test_a_chiefs_act_is_taken_back_by_a_chief(year: Office) -> None:
    denied = next(item for item in case_files(year.book).values() if item.denied)
    assert denied.denied
    asked = Correction(denied.denied.event_id, "补充了证据", LATE_ON)
    assert code(lambda: corrections.reverse(year, asked, who=who("chen", LATE))) == "更正-主管-01"
    back(year, denied.denied.event_id, LATE, chief="gu")
    found = case_files(year.book)[denied.case]
    assert (found.denied, found.decided) == (None, None)
    corrections.return_application(year, denied.case, "incomplete", "退回补正", LATE_ON, who=who("chen", LATE))
    through(year, LATE)
    assert denied.case not in case_files(year.book)
    assert [item.cause for item in year.book.events(EventWithdrawn)][-1] == "incomplete"
    assert denied.applied
    proposal = Proposal("import", "重新申请", [denied.applied.model_copy(update={"on": LATE_ON})])
    again = year.propose(proposal, who("chen", LATE))
    assert again.content.events[0].event_id == year.book.anew(denied.applied.event_id) != denied.applied.event_id
    through(year, LATE)
    assert case_files(year.book)[denied.case].applied
    assert verify(year.root) == ()


# ── difference vouchers, missing numbers ──────────────────────────────────────────────────────────────────


def hand(office: Office, day: str, fen: int) -> str:
    chart = office.book.chart
    lines = (
        VoucherLine(account=chart.paid_in("01"), amount_fen=fen),
        VoucherLine(account=chart.paid_in("02"), amount_fen=-fen),
    )
    written = cash.HandVoucher(f"SG-{day}-{fen}", "调整出资归属", "会议纪要", lines)
    draft = cash.manual(office, written, date.fromisoformat(day), papers=[("纪要.pdf", b"%PDF")], who=who("chen", day))
    through(office, day)
    return number_of(office, draft.content.events[0].event_id)


def lines_of(office: Office, fen: int) -> tuple[VoucherLine, ...]:
    chart = office.book.chart
    return (
        VoucherLine(account=chart.paid_in("01"), amount_fen=fen),
        VoucherLine(account=chart.paid_in("02"), amount_fen=-fen),
    )


def test_a_wrong_amount_takes_a_difference_voucher_either_way(office: Office) -> None:
    no = hand(office, "2023-04-03", 1_000)
    was = office.book.balance_fen(office.book.chart.paid_in("01"))
    for fen in (50, -20):
        corrections.adjust(office, no, lines_of(office, fen), "算错", ON, prior_year=False, who=who("chen", DAY))
        through(office, DAY)
    book = office.book
    more, less = (item for item in book.vouchers if item.corrects == no)
    voucher = book.voucher(no)
    words = f"{voucher.on.year}年{voucher.on.month}月{voucher.on.day}日{no}号凭证金额"
    assert (more.summary, more.is_red) == (f"调增{words}", False)
    assert (less.summary, less.is_red) == (f"调减{words}", True)
    assert book.balance_fen(book.chart.paid_in("01")) == was + 30
    assert verify(office.root) == ()


def test_a_voucher_is_not_taken_back_from_under_its_difference(office: Office) -> None:
    """The difference stayed and corrected nothing, and nothing could take it away any more."""
    was = office.book.balance_fen(office.book.chart.paid_in("01"))
    no = hand(office, "2023-04-03", 1_000)
    corrections.adjust(office, no, lines_of(office, 5), "算错", ON, prior_year=False, who=who("chen", DAY))
    through(office, DAY)
    difference = next(item for item in office.book.vouchers if item.corrects == no)
    assert code(lambda: back(office, no)) == "更正-撤回-02"
    back(office, difference.no)
    corrections.adjust(office, no, lines_of(office, 5), "又算错", ON, prior_year=False, who=who("chen", DAY))
    through(office, DAY)
    again = next(item for item in office.book.vouchers if item.corrects == no and item.no != difference.no)
    back(office, again.no)
    back(office, no)
    assert office.book.balance_fen(office.book.chart.paid_in("01")) == was
    assert verify(office.root) == ()
    assert reperform.main(str(office.root)) == 0


def test_what_is_no_difference_is_refused(office: Office) -> None:
    no, chart = hand(office, "2023-04-03", 1_000), office.book.chart
    mixed = (*lines_of(office, 5)[:1], VoucherLine(account=chart.cash("boc-01"), amount_fen=-5))
    for lines in (mixed, lines_of(office, 5)[:1]):
        act = lambda: corrections.adjust(office, no, lines, "试", ON, prior_year=False, who=who("chen", DAY))  # noqa: B023, E731
        assert code(act) in {"更正-差额-01", "更正-蓝字-01"}
    early = lambda: corrections.adjust(office, no, lines_of(office, 5), "试", ON, prior_year=True, who=who("chen", DAY))  # noqa: E731
    assert code(early) == "更正-差额-01"


def test_an_earlier_years_voucher_takes_a_blue_correcting_one(year: Office) -> None:
    old = number_of(year, contribution(year).event_id)
    corrections.adjust(year, old, lines_of(year, 7), "上年归属有误", LATE_ON, prior_year=True, who=who("chen", LATE))
    through(year, LATE)
    made = next(item for item in year.book.vouchers if item.corrects == old)
    assert made.summary.startswith("更正以前年度2023年")
    assert not made.is_red


def test_a_spoiled_number_is_explained_and_never_given(office: Office) -> None:
    no = hand(office, "2023-04-03", 1_000)
    series, last = no.rpartition("-")[0], int(no.rpartition("-")[2])
    for asked in (
        no,
        f"{series}-{last + 2:04d}",
        "记-2031-01-0001",
        "记-2023-04-x",
        f"{series}-{last + 1}",
        "无-2023-04-0001",
    ):
        act = lambda: corrections.explain_number(office, asked, "试", ON, chief="gu", who=who("chen", DAY))  # noqa: B023, E731
        assert code(act) == "更正-断号-01"
    spoiled = f"{series}-{last + 1:04d}"
    corrections.explain_number(office, spoiled, "纸质凭证作废", ON, chief="gu", who=who("chen", DAY))
    through(office, DAY)
    assert hand(office, "2023-04-06", 2_000) == f"{series}-{last + 2:04d}"
    again = lambda: corrections.explain_number(office, spoiled, "试", ON, chief="gu", who=who("chen", DAY))  # noqa: E731
    assert code(again) == "更正-断号-01"
    assert office.book.loaded.errors == ()
    assert verify(office.root) == ()


# ── after the payment, and contributions back ─────────────────────────────────────────────────────────────


def paid_case(office: Office) -> str:
    return next(item.case for item in case_files(office.book).values() if item.payments and item.recourse_fen > 100)


def test_a_claw_back_returns_to_contributors_as_they_paid(year: Office) -> None:
    case = paid_case(year)
    before = case_files(year.book)[case]
    for fen in (33, 34):
        afterwards.claw_back(year, case, fen, "misuse", "挪用", LATE_ON, chief="gu", who=who("chen", LATE))
        through(year, LATE)
    found, book = case_files(year.book)[case], year.book
    assert found.recourse_fen == before.recourse_fen - 67
    recourse = book.balance_fen(book.chart.recourse(found.bank, case), commodity="RECOURSE.CNY")
    assert recourse == found.recourse_fen
    whole = afterwards._by_payment(before, 67)  # noqa: SLF001 - parts must equal the whole
    parts = {share.contributor: share.amount_fen for share in whole}
    got = {
        no: sum(s.amount_fen for event in found.clawbacks for s in event.contributors if s.contributor == no)
        for no in parts
    }
    assert got == parts
    act = lambda: afterwards.claw_back(  # noqa: E731
        year, case, found.recourse_fen + 1, "offered", "试", LATE_ON, chief="gu", who=who("chen", LATE)
    )
    assert code(act) == "案件-后续-01"


def test_a_write_off_keeps_the_right_outside_the_account(year: Office) -> None:
    case = paid_case(year)
    amount = case_files(year.book)[case].recourse_fen
    afterwards.write_off(
        year, case, "终本裁定", LATE_ON, papers=(("裁定书.pdf", b"%PDF-1"),), chief="gu", who=who("chen", LATE)
    )
    through(year, LATE)
    book = year.book
    found = case_files(book)[case]
    assert (found.recourse_fen, found.written_off_fen) == (0, amount)
    assert book.balance_fen(book.chart.written_off(found.bank, case), commodity="RECOURSE.CNY") == amount
    assert verify(year.root) == ()


def test_a_contribution_goes_back_within_what_was_paid_in(year: Office) -> None:
    paid_in = contribution(year)
    args = (year, paid_in.contributor, paid_in.account)
    too_much = -year.book.balance_fen(year.book.chart.paid_in(paid_in.contributor)) + 1
    act = lambda: cash.return_contribution(*args, too_much, "TC-1", "试", LATE_ON, who=who("chen", LATE))  # noqa: E731
    assert code(act) == "资金-出资-01"
    cash.return_contribution(*args, 100, "TC-1", "纪要", LATE_ON, who=who("chen", LATE))
    # What a waiting draft gives back can't go back a second time.
    with pytest.raises(Refusal) as twice:
        cash.return_contribution(*args, too_much - 100, "TC-2", "试", LATE_ON, who=who("chen", LATE))
    (fault,) = twice.value.faults
    paid_in_now = f"实缴 {yuan_text(too_much - 1)} 元，已制单待记账的退回 1.00 元，退回 {yuan_text(too_much - 100)} 元"
    assert (fault.code, fault.found) == ("资金-出资-01", f"出资方 {paid_in.contributor} {paid_in_now}")
    through(year, LATE)
    (sent,) = year.book.events(ContributionReturned)
    (open_one,) = [item for item in open_items(year.book, ()).payments if item.event == sent.event_id]
    assert (open_one.sort, open_one.contributor, open_one.confirmed) == ("contribution", paid_in.contributor, False)


# ── reopening ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_month_is_reopened_corrected_and_closed_again(year: Office) -> None:
    last = receipts(year.root)[-1].month
    kept = {path: path.read_bytes() for path in (year.root / "seals").iterdir()}
    papers = {path: path.read_bytes() for path in (year.root / "papers" / f"{last}-1").iterdir()}
    day = "2024-03-06"
    months.reopen(year, last, "出资方归属有误", who=who("gu", day), second="lu")
    assert open_from(year.root) == date(int(last[:4]), int(last[5:]), 1)
    hand(year, f"{last}-28", 4_200)
    changed = months.changes_of(year, last)
    assert {item.account for item in changed} == {year.book.chart.paid_in(no) for no in ("01", "02")}
    closed = closing.close_month(year, last, who=who("chen", day), second="lu")
    assert closed.receipt
    assert closed.receipt.step == 3
    assert receipts(year.root)[-1] == closed.receipt
    assert [seal.sort for seal in seals(year.root) if seal.month == last] == ["closed", "reopened", "closed"]
    assert all(path.read_bytes() == content for path, content in (kept | papers).items())
    assert verify(year.root) == ()
    reopening = json.loads((year.root / "seals" / f"{last}-2-reopened.json").read_text(encoding="utf-8"))
    assert reopening["reopened_by"] == ["gu", "lu"]
    assert reopening["reason"] == "出资方归属有误"
    # A step taken away is found.
    (year.root / "seals" / f"{last}-2-reopened.json").unlink()
    assert verify(year.root) != ()


@pytest.mark.parametrize(
    ("month", "chief", "second", "reason", "expected"),
    [
        ("2023-05", "gu", "lu", "试", "结账-重开-01"),
        ("2024-02", "gu", "gu", "试", "人员-权限-01"),
        ("2024-02", "chen", "lu", "试", "人员-权限-01"),
        ("2024-02", "gu", "lu", " ", "结账-重开-02"),
    ],
)
def test_reopening_asks_two_people_a_reason_and_the_last_month(
    year: Office, month: str, chief: str, second: str, reason: str, expected: str
) -> None:
    act = lambda: months.reopen(year, month, reason, who=who(chief, LATE), second=second)  # noqa: E731
    assert code(act) == expected


def test_a_signed_balance_stays_true_in_a_reopened_month(year: Office) -> None:
    months.reopen(year, "2024-02", "试", who=who("gu", LATE), second="lu")
    chart = year.book.chart
    lines = (
        VoucherLine(account=chart.cash("boc-01"), amount_fen=100),
        VoucherLine(account=chart.paid_in("01"), amount_fen=-100),
    )
    written = cash.HandVoucher("SG-X", "补记", "漏记", lines)
    draft = cash.manual(year, written, date(2024, 2, 20), papers=[("a.pdf", b"%PDF")], who=who("chen", LATE))
    drafting.review(year, draft.no, who("lu", LATE))
    with pytest.raises(Refusal, match="记账-检查-01") as refused:
        drafting.post_draft(year, draft.no, who("shen", LATE))
    assert "已签认" in str(refused.value)


# ── settings ──────────────────────────────────────────────────────────────────────────────────────────────

NEW_STAFF = """
[[staff]]
id = "sun"
name = "孙某某（虚构）"
roles = ["preparer"]
"""
NEW_ACCOUNT = """
[[account]]
slug = "boc-09"
bank = "boc"
no = "09"
sort = "dedicated"
number = "0000000099"
name = "中国银行新专户"
"""


def settings(tmp_path: Path, more: str = "", old: str = "", new: str = "") -> tuple[str, bytes]:
    text = (EXAMPLES / "pool.toml").read_text(encoding="utf-8") + more
    assert old in text
    path = tmp_path / "pool.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path.name, path.read_bytes()


def test_people_and_accounts_are_added_while_the_books_run(office: Office, tmp_path: Path) -> None:
    name, content = settings(tmp_path, NEW_STAFF + NEW_ACCOUNT)
    corrections.amend_pool(office, name, content, "人员和账户增加", ON, chief="gu", who=who("chen", DAY))
    assert office.book.pool.staff_of("sun") is None
    through(office, DAY)
    (amended,) = office.book.events(PoolAmended)
    assert "增加人员 sun" in amended.changes
    assert "增加账户 boc-09" in amended.changes
    fresh = Office(office.root)
    assert fresh.book.pool.staff_of("sun")
    assert fresh.book.titles()[fresh.book.chart.cash("boc-09")] == "中国银行新专户"
    cash.transfer(fresh, "boc-01", "boc-09", 100, "HZ-77", ON, who=who("sun", DAY))
    through(fresh, DAY)
    assert verify(office.root) == ()
    kept = next((office.root / "documents").glob("*-pool.toml"))
    kept.write_bytes(kept.read_bytes() + b"#")
    assert verify(office.root) != ()
    with pytest.raises(Refusal, match="账簿-设置-01"):
        Book.load(office.root)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", "设置-修改-02"),
        ('slug = "boc-01"', 'slug = "boc-77"', "设置-修改-01"),
        ('unit = "', 'unit = "新', "设置-修改-01"),
        ('roles = ["chief"]', 'roles = ["preparer"]', "人员-名单-01"),
    ],
)
def test_what_the_books_rest_on_is_not_changed(
    office: Office, tmp_path: Path, old: str, new: str, expected: str
) -> None:
    name, content = settings(tmp_path, "", old, new)
    act = lambda: corrections.amend_pool(office, name, content, "试", ON, chief="gu", who=who("chen", DAY))  # noqa: E731
    assert code(act) == expected


def test_a_draft_of_someone_who_left_is_said_to_be_made_anew(office: Office, tmp_path: Path) -> None:
    """It said that the poster was unknown, who was not, and left the draft standing in the month's way."""
    waiting = cash.transfer(office, "boc-01", "crcb-01", 100, "HZ-78", ON, who=who("chen", DAY))
    drafting.review(office, waiting.no, who("lu", DAY))
    name, content = settings(tmp_path, "", 'id = "chen"', 'id = "sun"')
    gone = corrections.amend_pool(office, name, content, "调离", ON, chief="gu", who=who("chen", DAY))
    drafting.review(office, gone.no, who("lu", DAY))
    drafting.post_draft(office, gone.no, who("shen", DAY))
    with pytest.raises(Refusal, match="人员-身份-01") as refused:
        drafting.post_draft(office, waiting.no, who("shen", DAY))
    assert f"{waiting.no} 的制单：chen" in str(refused.value)
    assert "riskpool draft reject" in str(refused.value)
    drafting.reject(office, waiting.no, who("lu", DAY), "制单人已调离")
    assert verify(office.root) == ()


# ── the trail ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_cases_trail_names_every_event_and_what_was_taken_back(year: Office) -> None:
    denied = next(item for item in case_files(year.book).values() if item.denied)
    assert denied.denied
    back(year, denied.denied.event_id, LATE, chief="gu")
    steps = trail(year, denied.case)
    assert [step.what for step in steps] == ["补偿申请", "不予补偿", "撤回"]
    assert steps[1].state == f"{LATE_ON} 撤回"
    assert all(step.numbers for step in steps)
    assert code(lambda: trail(year, "BC2099-999")) == "案件-经过-01"


def test_every_kind_of_event_has_its_chinese_name() -> None:
    assert set(KIND_TITLES) == {kind.__name__ for kind in get_args(AnyEvent)}


# ── a bank's row is booked once, whatever it is called ────────────────────────────────────────────────────


def test_a_list_with_other_bytes_does_not_book_a_withdrawn_row_again(office: Office) -> None:
    """Its money lay under inquiry and was drafted a second time: posted, the account held it twice."""
    interest = office.book.events(InterestReceived)[0]
    cash_account = office.book.chart.cash(interest.account)
    before = office.book.balance_fen(cash_account)
    back(office, interest.event_id)
    ((_, slug, amount),) = office.view().unidentified
    assert (slug, amount) == (interest.account, interest.amount_fen)
    path = next((FILES / "2023-03").glob(f"{slug}-list*"))
    import_file(office, path.read_bytes() + b"\r\n", "再导出.csv", who=who("chen", DAY))
    through(office, DAY)
    assert office.book.balance_fen(cash_account) == before
    assert len(office.view().unidentified) == 1
