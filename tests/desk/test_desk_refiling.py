"""Past filings under another text: what was found comes out again; where the texts part ways is said, with totals."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from desk_office import through, who
from standing_books import MILLION, TEXT, applied, begun, filing, put, taken_in, tape

from desk.acts import rulings
from desk.acts.office import Office
from desk.acts.refiling import KEPT, NO_HISTORY, NO_TEXT, VERDICTS, Refiled, refiled, totals
from desk.acts.rules import adopt, adopted, text_of
from desk.acts.whatif import what_if
from ledger.events import LoanRepaid
from ledger.ids import event_id
from reports.forms.filing_review import findings_of
from riskpool.filings import file_again
from riskpool.rulefile import RuleText, read_rule_text

OWN = (TEXT / "rule_text.toml").read_text(encoding="utf-8")


def other(*changes: tuple[str, str]) -> RuleText:
    """The same text with words changed, out of force in the year of the books."""
    said = OWN.replace("effective_on = 2024-01-01", "effective_on = 2026-01-01")
    for old, new in changes:
        assert old in said
        said = said.replace(old, new)
    return read_rule_text(said.encode(), "rule_text.toml")


def words(found: tuple[Refiled, ...]) -> list[tuple[str, str, str, str]]:
    return [(one.loan.loan, KEPT[one.reproduced], VERDICTS[one.then], VERDICTS[one.other]) for one in found]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """L0001 came in before any text was adopted; the others were judged. L0002 has 1,500,000 overdue since March."""
    made = begun(tmp_path_factory.mktemp("past") / "books", text=None)
    taken_in(made, [filing(1, MILLION, "2024-02-01")], "2024-02-02")
    adopt(made, str(TEXT), date(2024, 2, 5), chief="gu", who=who("chen", "2024-02-05"))
    through(made, "2024-02-05")
    taken_in(made, [filing(2, 6 * MILLION, "2024-03-05"), filing(3, 2 * MILLION, "2024-03-05")], "2024-03-06")
    repaid = LoanRepaid(
        event_id=event_id("repay", 1), on=date(2024, 3, 20), summary="还本", loan="L0002", bank="boc",
        amount_fen=6 * MILLION - 150_000_000,
    )  # fmt: skip
    put(
        made,
        repaid,
        tape("L0001", "2024-03", 31, MILLION),
        tape("L0002", "2024-03", 31, 150_000_000, days=9),
        tape("L0003", "2024-03", 31, 2 * MILLION),
    )
    taken_in(made, [filing(4, MILLION // 2, "2024-04-10", bank="慈溪农商银行")], "2024-04-10", "农商.xlsx")
    taken_in(made, [filing(5, MILLION // 2, "2024-04-11")], "2024-04-11", "中行.xlsx")
    return made


def test_under_its_own_text_nothing_differs_and_every_record_comes_out_again(office: Office) -> None:
    found = refiled(office, adopted(office)[0])
    assert words(found) == [
        ("L0001", "无记录", "可入库", "可入库"),
        ("L0002", "一致", "可入库", "可入库"),
        ("L0003", "一致", "可入库", "可入库"),
        ("L0004", "一致", "可入库", "可入库"),
        ("L0005", "一致", "可入库", "可入库"),
    ]
    assert not any(one.differs for one in found)


def test_a_loan_that_the_other_text_bars_takes_no_room_from_those_after_it(office: Office) -> None:
    """Once the paid-in sum, 5,000,000: the second loan does not fit; the third does, as the second is not there."""
    found = refiled(office, other(('multiple = "2倍"', 'multiple = "1倍"')))
    assert [VERDICTS[one.other] for one in found] == ["可入库", "不予入库", "可入库", "可入库", "可入库"]
    assert found[1].other_why == "第九条：在池本金合计 7,000,000.00 元，上限 5,000,000.00 元：不符合"
    said = dict(totals(found))
    assert said["原办法可入库、新办法不予入库"] == "1 笔，合同金额 6,000,000.00 元"
    assert said["原办法不予入库、新办法可入库"] == "0 笔，合同金额 0.00 元"
    assert (said["有入库核验记录"], said["按原办法重算与记录逐字节相同"]) == ("4", "4")


STRICT = (("达到200万元", "达到100万元"), ('resumes = "不满200万元"', 'resumes = "不满100万元"'))
WHOLE = ('满二百万元后恢复"\nscope = "bank"', '满二百万元后恢复"\nscope = "pool"')
SMALL = ('must = "不超过300万元"\neffect = "flag"', 'must = "不超过300万元"\neffect = "refuse"')


def test_the_other_text_s_suspension_runs_over_the_history_that_the_books_hold(office: Office) -> None:
    """From 1,000,000 on a bank is stopped: that bank's filing of April, and not the other bank's."""
    found = refiled(office, other(*STRICT))
    assert [VERDICTS[one.other] for one in found] == ["可入库", "可入库", "可入库", "可入库", "不予入库"]
    assert found[4].other_why == "第八条第一款：状态「停止备案」，自 2024-03-31 起，不再受理新备案"
    # By the whole pool both banks are. Before the pool's first month end its measure is not known, nor guessed.
    found = refiled(office, other(*STRICT, WHOLE))
    assert [VERDICTS[one.other] for one in found] == ["不能判断", "不能判断", "不能判断", "不予入库", "不予入库"]
    assert "熔断-指标-01" in found[0].other_why
    assert dict(totals(found))["有一方不能判断"] == "3 笔，合同金额 9,000,000.00 元"


def test_a_loan_that_the_other_text_bars_does_not_count_in_its_suspensions(office: Office) -> None:
    """Barred for its size, the overdue loan is not in the other text's pool: its bank is not stopped by it."""
    found = refiled(office, other(*STRICT, SMALL))
    assert [VERDICTS[one.other] for one in found] == ["可入库", "不予入库", "可入库", "可入库", "可入库"]


def test_what_the_other_text_asks_and_no_account_holds_is_said(office: Office) -> None:
    found = refiled(office, other(('basis = "paid_in"', 'basis = "bank_quota"')))
    assert {VERDICTS[one.other] for one in found} == {"不能判断"}
    assert all("裁决-事实-01" in one.other_why and "bank_quota" in one.other_why for one in found)


def test_a_loan_without_record_may_be_one_that_its_own_text_would_have_barred(tmp_path: Path) -> None:
    office = begun(tmp_path / "books", text=None)
    taken_in(office, [filing(1, 10 * MILLION + 1, "2024-02-01")], "2024-02-02")
    (one,) = refiled(office, other())
    assert (one.then, one.then_why, VERDICTS[one.other]) == (None, NO_TEXT, "不予入库")
    adopt(office, str(TEXT), date(2024, 2, 5), chief="gu", who=who("chen", "2024-02-05"))
    through(office, "2024-02-05")
    found = refiled(office, other(('multiple = "2倍"', 'multiple = "3倍"')))
    assert words(found) == [("L0001", "无记录", "不予入库", "可入库")]
    assert dict(totals(found))["原办法不予入库、新办法可入库"] == "1 笔，合同金额 10,000,000.01 元"


def test_loans_from_before_the_books_are_judged_by_their_own_filing_alone(demo_year: Path) -> None:
    """The opening's loans were filed before the books began: only conditions on the filing itself can be judged."""
    office = Office(demo_year / "books")
    found = refiled(office, text_of("demo-2023"))
    before = [one for one in found if one.loan.opening]
    after = [one for one in found if not one.loan.opening]
    assert before
    assert after
    assert {(one.reproduced, one.other_why) for one in before} == {(None, NO_HISTORY)}
    assert {(one.reproduced, one.then, one.other) for one in after} == {(True, "admitted", "admitted")}
    alone = refiled(office, text_of("zhongshan"))
    assert {one.other for one in alone} == {"admitted"}


def test_a_record_says_no_more_than_its_text_gives(office: Office) -> None:
    (text,) = adopted(office)
    record = findings_of(office.book, "boc", "L0002")
    assert record is not None
    assert file_again(text, record) == record
    for spoiled in (
        replace(record, findings=(replace(record.findings[0], holds=False), *record.findings[1:])),
        replace(record, facts={**record.facts, "in_pool_principal": 1}),
        replace(record, states=()),
    ):
        assert file_again(text, spoiled).to_bytes() != spoiled.to_bytes()


def test_a_case_is_tried_with_what_the_books_say_of_its_day(tmp_path: Path) -> None:
    """The other text holds back payments by a state: it is worked out for the day of the decision, not asked for."""
    office = begun(tmp_path / "books")
    taken_in(office, [filing(1, MILLION, "2024-01-10"), filing(2, MILLION, "2024-01-10")], "2024-01-10")
    put(office, tape("L0001", "2024-02", 29, MILLION), tape("L0002", "2024-02", 29, MILLION))
    put(office, applied("BC-1", "L0001", MILLION, "2024-03-01"))
    rulings.decide(office, "BC-1", date(2024, 3, 4), chief="gu", who=who("chen", "2024-03-04"))
    through(office, "2024-03-04")
    said = OWN.replace("effective_on = 2024-01-01", "effective_on = 2026-01-01")
    folder = tmp_path / "other"
    folder.mkdir()
    for rate, verdict in (('where = "超过20%"', "予以补偿"), ('where = "不低于0%"', "暂缓补偿")):
        text = said.replace('where = "超过20%"', rate)
        (folder / "rule_text.toml").write_text(text, encoding="utf-8")
        done = what_if(office, str(folder))
        assert [(row[4], row[5]) for row in done.rows] == [("一致", verdict)]
        assert done.unlike == ()


def test_the_command_lists_the_loans_whose_verdict_differs(
    office: Office, tmp_path: Path, riskpool: Callable[..., CompletedProcess[str]]
) -> None:
    said = OWN.replace('multiple = "2倍"', 'multiple = "1倍"')
    (tmp_path / "rule_text.toml").write_text(said, encoding="utf-8")
    done = riskpool("what-if", str(tmp_path), "-b", str(office.root), "--json")
    assert done.returncode == 0, done.stderr
    table = json.loads(done.stdout)
    assert [(row["借据"], row["原办法"], row["新办法"]) for row in table["loans"]][1] == ("L0002", "可入库", "不予入库")
    done = riskpool("what-if", str(tmp_path), "-b", str(office.root))
    assert "L0002" in done.stdout
    assert "L0003" not in done.stdout
