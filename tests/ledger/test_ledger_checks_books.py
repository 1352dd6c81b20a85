"""Each check on real books: a pool's whole life passes, and one edit of one entry is caught by the check it is for."""

import gc
import importlib
import shutil
import time
from datetime import date, timedelta
from pathlib import Path

import pytest
from beancount.core import data
from ledger_samples import CHIEFED, LOAN, POOL, SAMPLES, Office, founded, head, interest, key, notified, paid, share
from whole_life import RENEWED, SECOND, direct, lived, pledged, received, repaid, unpledged, withdrawn

from ledger import checks
from ledger.accounts import Chart
from ledger.checks.gathered import gather
from ledger.events import AnyEvent, LoanReleased, NumberExplained
from ledger.faults import Refusal
from ledger.pool import parse_pool
from ledger.postings import postings
from ledger.reader import load


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Books in which everything happened once and nothing is wrong."""
    return lived(founded(tmp_path_factory.mktemp("life") / "books")).root


@pytest.fixture
def living(life: Path, tmp_path: Path) -> Office:
    """The same, of the test's own."""
    return Office(shutil.copytree(life, tmp_path / "books"))


def found_by(name: str, root: Path) -> list[str]:
    """What one check says of books as they lie on disk."""
    loaded = load(root)
    return [error.message for error in checked(name, list(loaded.entries))]


def checked(name: str, entries: list[data.Directive]) -> list[checks.CheckError]:
    module = importlib.import_module(f"ledger.checks.{name}")
    return list(module.check(entries, {})[1])


def edit(root: Path, markers: tuple[str, ...], old: str, new: str) -> None:
    """Change one place in the one entry that holds all the markers."""
    hits = []
    for path in sorted(root.glob("batches/*/*.beancount")):
        entries = path.read_text(encoding="utf-8").split("\n\n")
        hits += [(path, entries, at) for at, entry in enumerate(entries) if all(marker in entry for marker in markers)]
    ((path, entries, at),) = hits
    assert entries[at].count(old) == 1, entries[at]
    entries[at] = entries[at].replace(old, new)
    path.write_text("\n\n".join(entries), encoding="utf-8")


CASE = ('kind: "CompensationDecided"', 'case: "BC2023-001"')
EDITS = {
    "one sum off": (
        "exact_sums",
        ('kind: "CompensationPaid"', "2400000.01"),
        "-2400000.01 CNY",
        "-2400000.02 CNY",
        "借贷不平：CNY 相差 -0.01",
    ),
    "a number left out": ("numbering", ('voucher: "记-2023-10-0001"',), "记-2023-10-0001", "记-2023-10-0002", "断号"),
    "an event twice": (
        "unique_events",
        ('kind: "LoanRepaid"', "amount-yuan: 50000.00"),
        f'event: "{key("repaid-1")}"',
        f'event: "{key("released-2")}"',
        "重复入账",
    ),
    "a red leg changed": (
        "reversed_once",
        ('kind: "EventWithdrawn"',),
        "12.34 CNY\n  Income",
        "12.43 CNY\n  Income",
        "逐行",
    ),
    "another voucher cancelled": (
        "reversed_once",
        ('kind: "EventWithdrawn"',),
        'cancels: "记-2023-03-0001"',
        'cancels: "记-2023-01-0001"',
        "不是逐行相反",
    ),
    "a withdrawal of another event": (
        "reversed_once",
        ('kind: "EventWithdrawn"',),
        f'withdraws: "{key("wrong interest")}"',
        f'withdraws: "{key("next year")}"',
        "没有逐张注销",
    ),
    "paid before the money came": (
        "funded",
        ('kind: "ContributionReceived"', "3000000.00"),
        "2023-01-05 *",
        "2023-07-05 *",
        "专户 在 2023-06-30 日终为负",
    ),
    "borne by another": (
        "contributors_agree",
        (*CASE, "Expenses:5501"),
        'contributor: "02"',
        'contributor: "01"',
        "出资方 01 应为 1600000.01",
    ),
    "borne by nobody": (
        "contributors_agree",
        (*CASE, "Expenses:5501"),
        '    contributor: "02"\n',
        "",
        "没有写明出资方",
    ),
    "got back by another": (
        "contributors_agree",
        ('kind: "RecoveryNotified"',),
        "01:96666.67",
        "01:96666.68",
        "各出资方合计 145000.02，应为 145000.01",
    ),
    "carried over to another": (
        "contributors_agree",
        ('kind: "YearClosed"',),
        'shares: "01:-10.00',
        'shares: "01:-11.00',
        "出资方 01 应为 -11.00",
    ),
    "paid in by another": (
        "contributors_agree",
        ('kind: "ContributionReceived"', "50.00 CNY"),
        'contributor: "02"',
        'contributor: "01"',
        "出资方 01 应为 50.00",
    ),
    "still unknown at the year's end": (
        "identified_by_year_end",
        ('kind: "ReceiptIdentified"',),
        "2023-12-20 *",
        "2024-01-20 *",
        "2023 年末结转时待查款项未清",
    ),
    "filed without a number": (
        "loan_filed",
        ('filing-no: "BA2023-001"',),
        '  filing-no: "BA2023-001"\n',
        "",
        "没有备案号",
    ),
    "applied for before it was filed": (
        "loan_filed",
        ('kind: "CompensationApplied"', 'case: "BC2023-001"'),
        "2023-06-05 open",
        "2023-03-05 open",
        "借据 BOC2023-0001 在 2023-03-05 没有备案",
    ),
    "a loan that nobody filed": (
        "loan_filed",
        ('kind: "InsuranceIssued"',),
        'loan: "BOC2023-0001"',
        'loan: "BOC2023-0099"',
        "借据 BOC2023-0099 没有备案",
    ),
    "more in the register than was filed": (
        "register_kept",
        ('filing-no: "BA2023-001"',),
        "outstanding-yuan: 4800000.00",
        "outstanding-yuan: 4700000.00",
        "借据 BOC2023-0001 在 2023-03-06 的登记与事项相差 100000.00",
    ),
    "a repayment told otherwise": (
        "register_kept",
        ('kind: "LoanRepaid"', "amount-yuan: 50000.00"),
        "amount-yuan: 50000.00",
        "amount-yuan: 5000.00",
        "在 2023-05-31 的登记与事项相差 -45000.00",
    ),
    "less principal taken over": (
        "register_kept",
        CASE,
        "unpaid-principal-yuan: 4800000.00",
        "unpaid-principal-yuan: 4000000.00",
        "（已裁决部分） 在 2023-06-20",
    ),
    "a renewal with an exposure of its own": (
        "one_exposure",
        ('kind: "LoanIncluded"', f'loan: "{RENEWED}"'),
        'exposure: "test-',
        'exposure: "exposure-',
        f"续贷 {RENEWED} 与原借据 {SECOND} 的授信编号不同",
    ),
    "another borrower under one exposure": (
        "one_exposure",
        ('kind: "LoanIncluded"', f'loan: "{RENEWED}"'),
        'uscc: "91330282MA00000000"',
        'uscc: "91330282MA11111111"',
        "不是同一银行的同一借款人",
    ),
    "renewed by another": (
        "one_exposure",
        ('kind: "LoanReleased"', 'reason: "renewed"'),
        f'renewed-by: "{RENEWED}"',
        'renewed-by: "BOC2023-0009"',
        "没有因续贷出池",
    ),
    "renewed before the old loan left": (
        "one_exposure",
        ('kind: "LoanReleased"', 'reason: "renewed"'),
        "2023-11-20 *",
        "2023-11-21 *",
        "没有因续贷出池",
    ),
    "booked after it left": (
        "after_release",
        ('kind: "LoanReleased"', 'reason: "settled"'),
        "2023-12-31 note",
        "2023-12-30 note",
        f"借据 {RENEWED} 已于 2023-12-30 出池，2023-12-31 又有记录",
    ),
    "pledged before it was free": (
        "pledged_once",
        ('kind: "PledgeReleased"', f'pledge: "Y-{SECOND}"'),
        "2023-11-20 *",
        "2023-11-21 *",
        "一权两押：TM22222222-09 在 2023-11-20",
    ),
    "two values on a day": (
        "one_price_a_day",
        ('kind: "IpAppraised"', f'pledge: "Y-{RENEWED}"'),
        "2023-11-20 price",
        "2023-04-10 price",
        "TM22222222-09 在 2023-04-10 有两个评估值",
    ),
    "cover that ends before the loan": (
        "held_to_the_end",
        ('kind: "InsuranceIssued"',),
        "until-on: 2024-03-03",
        "until-on: 2024-03-01",
        "保单 P2023-001 止于 2024-03-01，早于借据 BOC2023-0001 备案的到期日 2024-03-02",
    ),
    "a loan that outlasts its cover": (
        "held_to_the_end",
        ('filing-no: "BA2023-001"',),
        "due-on: 2024-03-02",
        "due-on: 2024-03-04",
        "早于借据 BOC2023-0001 备案的到期日 2024-03-04",
    ),
    "a pledge that ends before the loan": (
        "held_to_the_end",
        ('kind: "PledgeReleased"', f'pledge: "Y-{RENEWED}"'),
        "2023-12-28 *",
        "2023-11-28 *",
        f"质押登记 Y-{RENEWED} 已注销，2023-11-30 借据 {RENEWED} 尚有本金 1950000.00",
    ),
    "approved another sum": (
        "compensation_as_decided",
        CASE,
        "approved-yuan: 2400000.01",
        "approved-yuan: 2400000.10",
        "裁决 BC2023-001 应记 Expenses:5501风险补偿 2400000.10，分录是 2400000.01",
    ),
    "claimed another sum": (
        "compensation_as_decided",
        ('kind: "CompensationDenied"',),
        "claimed-yuan: 10000.00",
        "claimed-yuan: 10001.00",
        "裁决 BC2023-003 应记 Assets:9401待裁决申请 -10001.00",
    ),
    "another party's share": (
        "compensation_as_decided",
        CASE,
        "insurer:1440000.00",
        "guarantor:1440000.00",
        "应记 Assets:9501他方应担:GUARANTOR 1440000.00，分录是 0",
    ),
    "queued another sum": (
        "compensation_as_decided",
        ('kind: "CompensationDecided"', "queued-yuan: 40000.00"),
        "queued-yuan: 40000.00",
        "queued-yuan: 30000.00",
        "应记 Assets:9403待支付排队 30000.00，分录是 40000.00",
    ),
    "a second decision that books another sum": (
        "compensation_as_decided",
        ('kind: "CompensationRedecided"', "clawback-yuan: 10000.00"),
        "clawback-yuan: 10000.00",
        "clawback-yuan: 9000.00",
        "裁决 BC2023-004 应记 Assets:1221其他应收款 9000.00，分录是 10000.00",
    ),
    "a second decision that does not settle the difference": (
        "compensation_as_decided",
        ('kind: "CompensationRedecided"', "clawback-yuan: 10000.00"),
        "approved-yuan: 90000.00",
        "approved-yuan: 80000.00",
        "案件 BC2023-004 再次裁决的结算与应补的差额相差 10000.00",
    ),
    "a second decision that raises another's share": (
        "compensation_as_decided",
        ('kind: "CompensationRedecided"', "guarantor:50.00"),
        "guarantor:50.00",
        "guarantor:60.00",
        "应记 Assets:9501他方应担:GUARANTOR 60.00，分录是 50.00",
    ),
    "given back to another": (
        "contributors_agree",
        ('kind: "CompensationRedecided"', "returned:"),
        'returned: "01:7000.00、02:3000.00"',
        'returned: "01:3000.00、02:7000.00"',
        "出资方 01 应为 3000.00，Expenses:5503补偿退回 的分录是 7000.00",
    ),
    "given back and not shared out whole": (
        "contributors_agree",
        ('kind: "CompensationRedecided"', "returned:"),
        'returned: "01:7000.00、02:3000.00"',
        'returned: "01:7000.00、02:2000.00"',
        "各出资方合计 9000.00，应为 10000.00",
    ),
    "claimed back another sum": (
        "recourse_as_paid",
        ('kind: "CompensationRedecided"', "clawback-yuan: 10000.00"),
        "clawback-yuan: 10000.00",
        "clawback-yuan: 9000.00",
        "案件 BC2023-004 在 2023-09-05 的待追偿与收付事项相差",
    ),
    "lapsed another sum": (
        "compensation_as_decided",
        ('kind: "QueueLapsed"',),
        "amount-yuan: 3000.00",
        "amount-yuan: 2000.00",
        "应记 Assets:9403待支付排队 -2000.00，分录是 -3000.00",
    ),
    "a round whose record is another": (
        "compensation_as_decided",
        ('kind: "QueueLapsed"',),
        'round: "a330',
        'round: "b330',
        "裁决 BC2023-004 的记录不在账内",
    ),
    "held back without a record": (
        "compensation_as_decided",
        ('kind: "CompensationDeferred"',),
        'decision: "a330',
        'decision: "b330',
        "裁决 BC2023-004 的记录不在账内",
    ),
    "a decision whose record is another": (
        "compensation_as_decided",
        ('sort: "decision"',),
        'sha256: "a330',
        'sha256: "b330',
        "裁决 BC2023-001 的记录不在账内",
    ),
    "paid before it was decided": (
        "decided_paid",
        ('kind: "CompensationPaid"', 'case: "BC2023-001"'),
        "2023-06-30 *",
        "2023-06-19 *",
        "案件 BC2023-001 已付 2400000.01，超过裁决 0",
    ),
    "paid before the queue was funded": (
        "decided_paid",
        ('kind: "CompensationPaid"', "ZF2023-003"),
        "2023-08-12 *",
        "2023-08-09 *",
        "案件 BC2023-002 已付 100000.00，超过裁决 60000.00",
    ),
    "recovered another sum": (
        "recourse_as_paid",
        ('kind: "RecoveryNotified"',),
        "pool-yuan: 145000.01",
        "pool-yuan: 145000.10",
        "案件 BC2023-001 在 2023-09-28 的待追偿与收付事项相差 0.09",
    ),
    "written off another sum": (
        "recourse_as_paid",
        ('kind: "LossWrittenOff"',),
        "amount-yuan: 20.00",
        "amount-yuan: 21.00",
        "案件 BC2023-001 在 2023-11-15 的待追偿与收付事项相差 1.00",
    ),
}


@pytest.mark.parametrize("what", EDITS)
def test_one_edit_of_real_books_is_caught_by_its_check(living: Office, what: str) -> None:
    name, markers, old, new, said = EDITS[what]
    assert load(living.root).errors == ()
    edit(living.root, markers, old, new)
    messages = found_by(name, living.root)
    assert any(said in message for message in messages), messages
    assert set(messages) <= {error.partition(" ")[2] for error in load(living.root).errors}
    with pytest.raises(Refusal):
        assert living.book


def test_every_check_is_proven_on_real_books() -> None:
    assert {f"ledger.checks.{edited[0]}" for edited in EDITS.values()} == set(checks.NAMES)


def test_the_demonstration_year_has_nothing_wrong_and_every_check_looked_at_it(demo_year: Path) -> None:
    loaded = load(demo_year / "books")
    assert loaded.errors == ()
    assert checks.MARKER.missing(loaded.options) == ()


# ── withdrawals ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_withdrawn_filing_leaves_no_loan(living: Office) -> None:
    # Filed by mistake, withdrawn the next day, filed anew: once at any time.
    day = date(2024, 2, 1)
    living.post(direct("BOC2024-0009", day, 700))
    living.post(withdrawn(living, "BOC2024-0009", date(2024, 2, 2)), signed=CHIEFED)
    refused(living, "借据 BOC2024-0009 在 2024-02-03 没有备案", repaid("late", "BOC2024-0009", date(2024, 2, 3), 100))
    anew = direct("BOC2024-0009", date(2024, 2, 2), 700, event_id=key("BOC2024-0009 again"))
    living.post(anew)
    living.post(repaid("late", "BOC2024-0009", date(2024, 2, 3), 100))
    refused(living, "备案两次", direct("BOC2024-0009", date(2024, 2, 4), 700, event_id=key("a third time")))


def test_a_withdrawn_release_lets_the_loan_be_booked_again(living: Office) -> None:
    late = repaid("late", RENEWED, date(2024, 1, 8), 1_000)
    refused(living, f"借据 {RENEWED} 已于 2023-12-31 出池，2024-01-08 又有记录", late)
    living.post(withdrawn(living, "released-2", date(2024, 1, 7)), signed=CHIEFED)
    living.post(withdrawn(living, "repaid-2", date(2024, 1, 8)), signed=CHIEFED)
    living.post(late)
    again = LoanReleased(**head("released-3", date(2024, 1, 9), "结清出池"), bank="boc", loan=RENEWED, reason="settled")
    living.post(again)
    refused(living, "又有记录", repaid("later", RENEWED, date(2024, 1, 10), 1_000))
    twice = again.model_copy(update={"event_id": key("released-4"), "on": date(2024, 1, 11)})
    refused(living, "出池两次", twice)


def test_a_withdrawn_payment_is_no_payment(living: Office) -> None:
    second = paid("paid-again", on=date(2024, 1, 20), case="BC2023-002", amount_fen=4_000_000, instruction_no="ZF-9")
    refused(living, "案件 BC2023-002 已付 140000.00，超过裁决 100000.00", second)
    living.post(withdrawn(living, "paid-3", date(2024, 1, 20)), signed=CHIEFED)
    living.post(second)


def test_a_withdrawal_must_take_back_every_entry(living: Office) -> None:
    whole = withdrawn(living, "paid-3", date(2024, 1, 20))
    part = whole.model_copy(update={"red": whole.red[:1]})
    refused(living, "没有逐张注销", part)
    changed = whole.red[0].model_copy(
        update={"legs": tuple(leg.model_copy(update={"number": 2 * leg.number}) for leg in whole.red[0].legs)}
    )
    refused(living, "不是逐行相反", whole.model_copy(update={"red": (changed, *whole.red[1:])}))


def test_a_result_of_an_earlier_year_is_taken_back_on_accumulated_results(living: Office) -> None:
    # The decision of 2023 goes in 2024: compensation by contributor becomes accumulated results of the same.
    for name in ("paid-3", "paid-2", "funded"):
        living.post(withdrawn(living, name, date(2024, 1, 20)), signed=CHIEFED)
    gone = withdrawn(living, "decided-2", date(2024, 1, 21))
    assert any(red.restated for red in gone.red)
    living.post(gone, signed=CHIEFED)
    swapped = [
        leg.model_copy(update={"account": leg.account.replace("01市财政", "02县财政")}) for leg in gone.red[0].legs
    ]
    assert swapped != list(gone.red[0].legs)


def test_a_restated_leg_under_another_contributor_is_caught(living: Office) -> None:
    for name in ("paid-3", "paid-2", "funded"):
        living.post(withdrawn(living, name, date(2024, 1, 20)), signed=CHIEFED)
    living.post(withdrawn(living, "decided-2", date(2024, 1, 21)), signed=CHIEFED)
    markers = ('was: "CompensationDecided"', "Equity:3201累计结余:01市财政")
    edit(living.root, markers, "Equity:3201累计结余:02县财政", "Equity:3201累计结余:01市财政")
    assert any("不是逐行相反" in text for text in found_by("reversed_once", living.root))


# ── what must not be called wrong ─────────────────────────────────────────────────────────────────────────


def test_an_extended_loan_may_outlast_its_cover(living: Office) -> None:
    # At the filing the policy ran to the end; an extension is a later fact of the world.
    living.post(SAMPLES["TermExtended"])


def test_cover_may_end_early_and_a_policy_that_no_filing_names_may_be_short(living: Office) -> None:
    living.post(SAMPLES["InsuranceIssued"].model_copy(update={
        "event_id": key("beside"), "policy": "P2023-009", "until_on": date(2023, 4, 1),
    }))  # fmt: skip
    lapse = SAMPLES["InsuranceLapsed"].model_copy(
        update={"event_id": key("ended early"), "policy": "P2023-009", "on": date(2023, 3, 20)}
    )
    living.post(lapse)


def test_a_decided_loan_may_lose_its_pledge(living: Office) -> None:
    # The bank sold the rights: what is left is the recourse's.
    living.post(SAMPLES["PledgeReleased"])


def test_a_pledge_may_be_exchanged_for_another(living: Office) -> None:
    day = date(2024, 2, 1)
    living.post(direct("BOC2024-0001", day, 500_000), pledged("BOC2024-0001", day))
    alone = unpledged("BOC2024-0001", date(2024, 2, 20))
    refused(living, "质押登记 Y-BOC2024-0001 已注销，2024-02-29 借据 BOC2024-0001 尚有本金 5000.00", alone)
    other = pledged("BOC2024-0002", date(2024, 2, 20)).model_copy(update={"loans": ("BOC2024-0001",)})
    living.post(alone, other)


def test_a_pledge_may_go_before_the_month_end_that_tells_of_the_settlement(living: Office) -> None:
    day = date(2024, 2, 1)
    living.post(direct("BOC2024-0001", day, 500_000), pledged("BOC2024-0001", day))
    living.post(unpledged("BOC2024-0001", date(2024, 2, 5)), repaid("all", "BOC2024-0001", date(2024, 2, 29), 500_000))


def test_a_recovery_after_the_loan_left_is_no_booking_on_it(living: Office) -> None:
    # A case lives longer than its loan on the bank's list: interest recovered later touches no principal.
    all_back = notified("rest", number=2, gross_fen=451_000_000, cost_fen=0, principal_fen=451_000_000, pool_fen=0,
                        contributors=(), on=date(2024, 1, 10))  # fmt: skip
    settled = LoanReleased(**head("left", date(2024, 1, 31), "结清出池"), bank="boc", loan=LOAN, reason="settled")
    living.post(all_back)
    living.post(settled)
    living.post(notified("interest", number=3, gross_fen=100, cost_fen=0, principal_fen=0, pool_fen=50,
                         contributors=(share("01", 30), share("02", 20)), on=date(2024, 3, 1)))  # fmt: skip


def test_an_open_receipt_is_no_error_while_the_year_is_not_carried_over(living: Office) -> None:
    unknown = received("unknown-3", date(2024, 3, 1), 100)
    living.post(unknown)
    late = received("unknown-4", date(2023, 12, 31), 100)
    refused(living, "2023 年末结转时待查款项未清", late)


def test_a_gap_that_a_record_explains_is_none_and_the_number_is_never_given(living: Office) -> None:
    said = NumberExplained(
        **head("explained", date(2024, 2, 1), "断号说明"),
        voucher_no="记-2024-01-0002",
        reason="批次文件损坏",
        chief="li",
    )
    living.post(said, signed=CHIEFED)
    assert living.post(interest("after", 5, date(2024, 1, 9))).vouchers == ("记-2024-01-0003",)
    wrong = said.model_copy(update={"event_id": key("explained wrongly"), "voucher_no": "记-2024-01-0001"})
    refused(living, "并不缺", wrong)


def refused(office: Office, words: str, *events: AnyEvent) -> None:
    """The journal refuses the act for this reason, among others, and writes nothing."""
    before = office.files()
    with pytest.raises(Refusal) as caught:
        office.post(*events, signed=CHIEFED)
    assert words in str(caught.value), str(caught.value)
    assert office.files() == before


# ── one pass ──────────────────────────────────────────────────────────────────────────────────────────────


def test_entries_are_gathered_once_a_load_and_anew_for_others(living: Office) -> None:
    entries = list(living.book.entries)
    options: dict[str, object] = {}
    first = gather(entries, options)
    assert gather(entries, options) is first
    more = [*entries, entries[0]]
    assert gather(more, options) is not first
    entries.append(entries[0])
    assert gather(entries, options) is not first


def entries_of(loans: int) -> list[data.Directive]:
    """Filings, pledges and repayments of so many loans, as postings make them."""
    chart, made = Chart(parse_pool(POOL)), list[data.Directive]()
    for number in range(loans):
        loan, day = f"L{number:06d}", date(2023, 1, 1) + timedelta(days=number * 300 // loans)
        for event in (direct(loan, day, 1_000), pledged(loan, day), repaid(f"repaid {loan}", loan, day, 500)):
            made += postings(event, chart, ())
    for number, entry in enumerate(made):
        entry.meta["lineno"] = number
    return sorted(made, key=data.entry_sortkey)


def test_the_checks_cost_grows_with_the_books_and_not_faster() -> None:
    # Linear: eight times the loans, about eight times the work; with a loop in a loop it is sixty times.
    small, large = (min(spent_on(entries_of(loans)) for _ in range(3)) for loans in (250, 2_000))
    assert large < 8 * 3 * small, (small, large)


def spent_on(entries: list[data.Directive]) -> float:
    """Seconds of all checks, the collector paused as the reader pauses it."""
    gc.collect()
    gc.disable()
    try:
        options: dict[str, object] = {}
        begun = time.process_time()
        for check in checks.all_checks():
            check(entries, options)
        return time.process_time() - begun
    finally:
        gc.enable()
