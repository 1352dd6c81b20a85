"""Money must not go out wrongly and no gate may pass that should not: what an auditor tried first."""

import re
import shutil
import zipfile
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from desk_office import FILES, code, through, who

from desk.acts import cash, closing, corrections, drafting, months, rulings
from desk.acts.corrections import Correction
from desk.acts.intake import import_path
from desk.acts.office import Office, put
from desk.acts.papers import contributor_papers, ledger_papers, month_papers
from desk.acts.preview import amended, preview
from desk.acts.rules import adopt, adopted
from ledger.accounts import INTEREST
from ledger.events import VoucherLine
from ledger.faults import Refusal
from ledger.money import yuan_text
from ledger.store import Store
from ledger.verify import verify
from reports.contributors import standings
from reports.render.paper import texts as texts_of
from riskpool.ruletext import shipped_file, text_on


def test_a_month_is_not_reconciled_with_another_months_statement(office: Office) -> None:
    assert code(lambda: months.reconciliation(office, "boc-01", "2023-03")) == "对账-期间-01"
    assert code(lambda: months.reconciliation(office, "boc-02", "2031-12")) == "对账-期间-01"


def test_a_month_whose_bank_list_is_missing_is_not_signed(office: Office) -> None:
    import_path(office, next((FILES / "2023-03").glob("crcb-01-statement*")), who=who("chen", "2023-04-03"))
    through(office, "2023-04-03")
    assert months.reconciliation(office, "crcb-01", "2023-03").holds
    assert code(lambda: months.sign_off(office, "crcb-01", "2023-03", who=who("chen", "2023-04-04"))) == "结账-条件-01"


def test_a_month_does_not_close_before_everything_stands(office: Office) -> None:
    act = lambda: closing.close_month(office, "2023-03", who=who("chen", "2023-04-05"), second="lu")  # noqa: E731
    assert code(act) == "结账-条件-01"
    texts = [item.text for item in months.obstacles(office, "2023-03")]
    assert len(texts) == 4
    assert all("尚未对账签认" in text for text in texts)


def test_nobody_signs_a_close_twice(office: Office) -> None:
    act = lambda: closing.close_month(office, "2023-03", who=who("lu", "2023-04-05"), second="lu")  # noqa: E731
    assert code(act) == "人员-权限-02"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("CompensationDecided", "更正-撤回-02"),
        ("CompensationPaid", "更正-撤回-02"),
        ("RecoveryNotified", "更正-撤回-02"),
    ],
)
def test_what_a_case_rests_on_is_not_reversed_alone(year: Office, kind: str, expected: str) -> None:
    voucher = next(item for item in year.book.vouchers if item.kind == kind and item.is_money)
    asked = Correction(voucher.no, "试", date(2024, 3, 1), chief="gu")
    assert code(lambda: corrections.reverse(year, asked, who=who("chen", "2024-03-01"))) == expected


def test_a_paid_or_denied_case_is_paid_no_more(year: Office) -> None:
    for case in ("BC2023-001", "BC2023-003", "BC2022-001", "BC2099-001"):
        act = lambda: cash.pay(year, case, "boc-01", "ZF-9", date(2024, 3, 1), who=who("chen", "2024-03-01"))  # noqa: B023, E731
        assert code(act) == "资金-付款-01"


def test_an_instruction_number_serves_once(office: Office) -> None:
    def send() -> object:
        return cash.transfer(
            office, "boc-01", "abchina-01", 100, "HZ-1", date(2023, 4, 3), who=who("chen", "2023-04-03")
        )

    send()
    assert code(send) == "草稿-重复-01"
    through(office, "2023-04-03")
    assert code(send) == "草稿-重复-01"


@pytest.mark.parametrize(("to", "fen"), [("abchina-01", 0), ("abchina-01", -5), ("boc-01", 100)])
def test_a_transfer_that_is_none(office: Office, to: str, fen: int) -> None:
    maker = who("chen", "2023-04-03")
    assert code(lambda: cash.transfer(office, "boc-01", to, fen, "HZ-2", date(2023, 4, 3), who=maker)) == "资金-划转-01"


def test_nothing_is_dated_after_today(office: Office) -> None:
    maker = who("chen", "2023-04-03")
    act = lambda: cash.transfer(office, "boc-01", "abchina-01", 1, "HZ-3", date(2031, 1, 1), who=maker)  # noqa: E731
    assert code(act) == "草稿-日期-01"


def test_of_a_file_too_nothing_is_dated_after_today_but_a_cover_that_is_to_begin(office: Office) -> None:
    bank_list = next((FILES / "2023-03").glob("crcb-01-list*"))
    assert code(lambda: import_path(office, bank_list, who=who("chen", "2023-03-05"))) == "草稿-日期-01"
    import_path(office, next((FILES / "2023-04").glob("boc-loans*")), who=who("chen", "2023-04-30"))
    through(office, "2023-04-30")
    policies = next((FILES / "2023-04").glob("insurer01*"))  # its cover begins on the tenth
    assert import_path(office, policies, who=who("chen", "2023-04-09")).draft


def test_a_hand_does_not_book_on_payables_or_without_a_paper(office: Office) -> None:
    chart, maker = office.book.chart, who("chen", "2023-04-03")
    payable = (
        VoucherLine(account=chart.payable("boc"), amount_fen=100),
        VoucherLine(account=chart.cash("boc-01"), amount_fen=-100),
    )
    fees = (VoucherLine(account="Expenses:5511手续费", amount_fen=100), payable[1])
    for lines, papers in ((payable, [("a.txt", b"x")]), (fees, [])):
        written = cash.HandVoucher("SG-9", "试", "试", lines)
        act = lambda: cash.manual(office, written, date(2023, 4, 3), papers=papers, who=maker)  # noqa: B023, E731
        assert code(act) == "资金-凭证-01"


def test_a_suspension_or_a_row_is_not_dropped_from_a_draft(office: Office) -> None:
    import_path(office, next((FILES / "2023-03").glob("crcb-01-list*")), who=who("chen", "2023-04-03"))
    draft = office.drafts[-1]
    event = draft.content.events[0].event_id
    act = lambda: amended(office, draft.no, drop=[event], summaries=[], reason="x", who=who("chen", "2023-04-03"))  # noqa: E731
    assert code(act) == "草稿-事项-02"


def test_a_draft_changed_after_review_is_not_posted(office: Office) -> None:
    import_path(office, next((FILES / "2023-03").glob("crcb-01-list*")), who=who("chen", "2023-04-03"))
    no = office.drafts[-1].no
    drafting.review(office, no, who("lu", "2023-04-03"))
    path = next((office.root / "drafts").glob(f"{no}-1-*.json"))
    content = path.read_text(encoding="utf-8").replace('"title": "', '"title": "改')
    path.unlink()
    path.write_text(content, encoding="utf-8")
    assert code(lambda: drafting.post_draft(Office(office.root), no, who("shen", "2023-04-03"))) == "草稿-改动-01"


def test_a_decision_is_posted_only_on_the_books_it_was_made_on(year: Office) -> None:
    """What the year's books give for the day of a decision is its record to the byte, and no other one."""
    files = rulings.case_files(year.book)
    for file in (files["BC2023-001"], files["BC2023-002"]):
        assert file.decided is not None
        _, facts = rulings.case_facts(year, replace(file, decided=None), file.decided.on, waiting=())
        assert facts.values.items() <= rulings.stored_decision(year, file.decided.decision).facts.items()
        changed = file.decided.model_copy(update={"decision": "0" * 64})
        assert code(lambda event=changed: rulings.require_current(year, "D999999", event)) == "裁决-依据-01"


def test_a_decision_record_that_was_changed_is_not_used(year: Office) -> None:
    file = rulings.case_files(year.book)["BC2023-001"]
    assert file.decided is not None
    path = year.root / "documents" / f"{file.decided.decision[:16]}-decision.json"
    path.write_bytes(path.read_bytes() + b"\n")
    assert code(lambda: rulings.stored_decision(year, file.decided.decision)) == "裁决-记录-01"


def test_outputs_never_enter_the_books(year: Office, tmp_path: Path) -> None:
    for inside in ("main.beancount", "papers/2023-05/x.pdf", "new/folder/x.csv"):
        assert code(lambda: put(year.root / inside, b"x")) == "导出-文件-01"  # noqa: B023
    kept = tmp_path / "loans.xlsx"
    put(kept, b"filled", keep=True)
    assert code(lambda: put(kept, b"empty", keep=True)) == "导出-文件-01"
    assert kept.read_bytes() == b"filled"


def test_a_second_writer_waits_and_then_is_refused(office: Office) -> None:
    with office.locked():
        assert code(lambda: Store(office.root).lock().__enter__()) == "账簿-写入-01"


def test_no_sign_off_while_a_draft_would_still_move_the_account(office: Office) -> None:
    maker = who("chen", "2023-04-03")
    import_path(office, next((FILES / "2023-03").glob("crcb-01-statement*")), who=maker)
    through(office, "2023-04-03")
    import_path(office, next((FILES / "2023-03").glob("crcb-01-list*")), who=maker)
    assert code(lambda: months.sign_off(office, "crcb-01", "2023-03", who=maker)) == "结账-条件-01"
    through(office, "2023-04-03")
    assert months.sign_off(office, "crcb-01", "2023-03", who=maker).state == "draft"


def test_no_sign_off_while_a_voucher_by_hand_would_still_move_the_account(office: Office) -> None:
    """It names no bank account but in its lines: signed first, the voucher could never be posted."""
    maker = who("chen", "2023-04-03")
    for kind in ("list", "statement"):
        import_path(office, next((FILES / "2023-03").glob(f"crcb-01-{kind}*")), who=maker)
        through(office, "2023-04-03")
    account = office.book.chart.cash("crcb-01")
    lines = (VoucherLine(account=account, amount_fen=500), VoucherLine(account=INTEREST, amount_fen=-500))
    april, march = (
        cash.manual(office, cash.HandVoucher(number, "利息", "试", lines), day, papers=[("n.txt", b"n")], who=maker)
        for number, day in (("SG-1", date(2023, 4, 1)), ("SG-2", date(2023, 3, 25)))
    )
    with pytest.raises(Refusal) as refused:
        months.sign_off(office, "crcb-01", "2023-03", who=maker)
    assert [fault.found for fault in refused.value.faults] == [
        f"草稿 {march.no}「{march.content.title}」涉及 crcb-01，须先记账或退回"
    ]
    drafting.reject(office, march.no, who("lu", "2023-04-03"), "并无此款")
    assert months.sign_off(office, "crcb-01", "2023-03", who=maker).state == "draft"
    assert april.is_waiting, "what is dated after the month does not bar it"


def test_two_rule_texts_for_one_day_are_not_adopted(office: Office) -> None:
    act = lambda: adopt(office, "deyang", date(2023, 4, 3), chief="gu", who=who("chen", "2023-04-03"))  # noqa: E731
    assert code(act) == "办法-采用-04"


def folder_of(place: Path, **change: str) -> str:
    """The demonstration's text in a folder of its own, with a field said otherwise or a line put before another."""
    content = shipped_file("demo-2023@2023-01-01").decode()
    for was, now in change.items():
        assert f"\n{was} = " in content
        content = re.sub(rf"(?m)^{was} = .*$", now, content, count=1)
    place.mkdir()
    (place / "rule_text.toml").write_text(content, encoding="utf-8")
    return str(place)


def test_an_adopted_version_is_not_adopted_again_with_other_words(office: Office, tmp_path: Path) -> None:
    """Two contents of one name and day would both claim every case, and neither could take over the other."""
    act = partial(adopt, office, on=date(2023, 4, 3), chief="gu", who=who("chen", "2023-04-03"))
    changed = folder_of(tmp_path / "changed", issuer='issuer = "演示（更正）"')
    assert code(lambda: act(changed)) == "办法-采用-04"
    itself = folder_of(tmp_path / "itself", issuer='issuer = "演示"\ntakes_over = ["demo-2023@2023-01-01"]')
    assert code(lambda: act(itself)) == "办法-采用-04"
    assert code(lambda: act("demo-2023")) == "草稿-重复-01"


def test_an_adoption_that_waits_bars_another_for_its_days(office: Office, tmp_path: Path) -> None:
    act = partial(adopt, office, on=date(2023, 4, 3), chief="gu", who=who("chen", "2023-04-03"))
    later = 'effective_on = 2024-02-01\ntakes_over = ["demo-2023@2023-01-01"]'
    assert act(folder_of(tmp_path / "heir", effective_on=later)).is_waiting
    other = folder_of(tmp_path / "other", effective_on=later.replace("02-01", "03-01"))
    assert code(lambda: act(other)) == "办法-采用-04"
    through(office, "2023-04-03")
    assert text_on(adopted(office), date(2024, 1, 31)).ref == "demo-2023@2023-01-01"
    assert text_on(adopted(office), date(2024, 2, 1)).ref == "demo-2023@2024-02-01"


def test_every_posted_draft_can_still_be_read(year: Office) -> None:
    for draft in year.drafts:
        assert list(preview(year, draft.no))


def test_a_stray_file_in_the_books_is_named(year: Office) -> None:
    assert verify(year.root) == ()
    (year.root / "evil.beancount").write_text("x", encoding="utf-8")
    (year.root / "batches" / "2023" / "note.txt").write_text("x", encoding="utf-8")
    assert [fault.place.file for fault in verify(year.root)] == ["evil.beancount", "batches/2023/note.txt"]


def test_a_month_outside_the_books_has_no_papers(year: Office) -> None:
    for month in ("2022-06", "2025-06"):
        assert code(lambda: month_papers(year, month, prepared_by="")) == "报表-月份-01"  # noqa: B023


def test_a_ledger_from_an_earlier_year_runs_to_its_end(year: Office) -> None:
    """The books end in February 2024; the officer still needs last year's pages."""
    assert year.book.last_on == date(2024, 2, 29)
    named = ledger_papers(year, "专户利息", date(2023, 4, 1), prepared_by="chen")[0]
    assert (named.name, named.paper.as_of) == ("ledger-Income4501-2023", date(2023, 12, 31))
    assert ledger_papers(year, "专户利息", None, prepared_by="chen")[0].paper.as_of == date(2024, 2, 29)


@pytest.mark.parametrize("start", [date(2022, 12, 31), date(2024, 3, 1)])
def test_a_ledger_begins_within_the_books(year: Office, start: date) -> None:
    assert code(lambda: ledger_papers(year, "专户利息", start, prepared_by="chen")) == "报表-期间-01"
    assert code(lambda: contributor_papers(year, "01", start, prepared_by="chen")) == "报表-期间-01"


def test_a_contributor_gets_its_statement_of_a_year_that_is_past(year: Office) -> None:
    """It always ran to the last voucher: of the year before, nobody could be sent one."""
    last = date(2023, 12, 31)
    *_, named = contributor_papers(year, "01", None, last, prepared_by="chen")
    assert named.paper.as_of == last
    shown = list(texts_of(named.paper))
    assert "2023-01-01 至 2023-12-31" in shown
    closing = next(
        item for item in standings(year.book, date(2023, 1, 1), date(2024, 1, 1)) if item.contributor == "01"
    )
    assert yuan_text(closing.closing) in shown
    for from_on, until_on in ((date(2023, 7, 1), date(2023, 6, 30)), (None, date(2024, 3, 1))):
        outside = lambda: contributor_papers(year, "01", from_on, until_on, prepared_by="chen")  # noqa: B023, E731
        assert code(outside) == "报表-期间-01"


def test_a_corrected_tape_is_not_swallowed_while_the_wrong_one_is_a_draft(office: Office, tmp_path: Path) -> None:
    maker = who("chen", "2023-05-03")
    for path in sorted((FILES / "2023-04").glob("crcb-loans-*")):
        import_path(office, path, who=maker)
        through(office, "2023-05-03")
    tape = FILES / "2023-04" / "crcb-tape-202304.xlsx"
    first = import_path(office, tape, who=maker)
    assert first.draft
    again = tmp_path / "更正.xlsx"
    shutil.copy(tape, again)
    with zipfile.ZipFile(again, "a") as archive:
        archive.comment = b"saved once more"
    assert code(lambda: import_path(office, again, who=maker)) == "导入-草稿-01"
    drafting.reject(office, first.draft, who("lu", "2023-05-03"), "银行更正")
    assert import_path(office, again, who=maker).draft
