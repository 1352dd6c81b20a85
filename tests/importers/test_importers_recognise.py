from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from importers.recognise import MONEY_IN, MONEY_OUT
from ledger.events import (
    BankRowConfirmed,
    ContributionReceived,
    DepositMatured,
    FeeCharged,
    InterestReceived,
    PaymentBounced,
    ReceiptUnidentified,
    RecoveryReceived,
    TransferArrived,
)
from ledger.faults import Fault, Refusal
from ledger.ids import event_id
from ledger.openitems import CaseState, OpenItems, OpenPayment, OpenReceivable
from ledger.papers import Intake

# Classes of conftest.py, which can't be imported under importlib mode.
Papers = Take = Any
Move = Callable[..., Any]

OPENING = 1_000_000_00
DAY = date(2023, 4, 10)
BRANCH = "中国银行股份有限公司慈溪某支行（虚构）"


def paid(no: str, fen: int, case: str = "", **more: object) -> OpenPayment:
    """A compensation we instructed from boc-01, or what ``more`` says."""
    bank = "boc" if case else None
    fields = {"sort": "compensation", "account": "boc-01", "case": case or None, "bank": bank, "on": DAY, **more}
    return OpenPayment.model_validate(
        {"event": event_id("pay", no), "amount_fen": fen, "instruction_no": no, **fields},
    )


def case_of(no: str) -> CaseState:
    return CaseState(case=no, loan="L-1", bank="boc", borrower="某公司（虚构）", state="approved")


@pytest.fixture
def boc(papers: Papers, take: Take, view: OpenItems) -> Callable[..., Intake]:
    """An intake of a 中国银行 list with these movements, seen with these open items."""

    def made(*moves: object, **items: object) -> Intake:
        content = papers.csv(papers.hisqry(moves, OPENING), "gb18030")
        intake: Intake = take(content, view.model_copy(update=items))
        return intake

    return made


Boc = Callable[..., Intake]


def outgoing_fault(boc: Boc, *moves: object, **items: object) -> Fault:
    with pytest.raises(Refusal) as refused:
        boc(*moves, **items)
    (fault,) = refused.value.faults
    return fault


def test_a_payment_is_confirmed_by_its_instruction_number(boc: Boc, move: Move) -> None:
    payment = paid("BF-2023-001", 300_000_00, "C-1")
    row = move(DAY, -300_000_00, BRANCH, "405299900012", remark="补偿款 ＢＦ-2023-001")
    intake = boc(row, payments=(payment,), cases=(case_of("C-1"),))
    (event,) = intake.events
    assert isinstance(event, BankRowConfirmed)
    assert (event.confirms, event.amount_fen) == (payment.event, -300_000_00)
    assert (intake.reading.rows[-1].outcome, intake.reading.rows[-1].events) == ("evidence", (event.event_id,))
    assert intake.warnings == ()


def test_an_unexpected_payee_is_said(boc: Boc, move: Move) -> None:
    row = move(DAY, -300_000_00, "某商行（虚构）", "405299900012", remark="C-1")
    intake = boc(row, payments=(paid("BF-2", 300_000_00, "C-1"),), cases=(case_of("C-1"),))
    assert "某商行（虚构）" in intake.warnings[0]


def test_without_a_number_the_payee_decides_and_it_is_said(boc: Boc, move: Move) -> None:
    row = move(DAY, -300_000_00, BRANCH, "405299900012")
    intake = boc(row, payments=(paid("BF-2", 300_000_00, "C-1"),), cases=(case_of("C-1"),))
    assert isinstance(intake.events[0], BankRowConfirmed)
    assert "没有案号或指令号" in intake.warnings[0]


def test_a_case_number_is_matched_whole(boc: Boc, move: Move) -> None:
    row = move(DAY, -300_000_00, "某商行（虚构）", "405299900012", remark="C-10")
    fault = outgoing_fault(boc, row, payments=(paid("BF-2", 300_000_00, "C-1"),), cases=(case_of("C-1"),))
    assert fault.code == "导入-支出-01"


@pytest.mark.parametrize(
    ("fen", "who", "number", "summary"),
    [
        (-300_000_00, "某公司（虚构）", "405299900012", "转账"),
        (-300_000_01, BRANCH, "405299900012", "C-1"),
        (-300_000_00, "", "405200000026", "转账"),
        (-50_00, "某咨询公司（虚构）", "405299900012", "服务费"),
    ],
)
def test_money_out_that_nobody_instructed_is_a_fault(
    fen: int, who: str, number: str, summary: str, boc: Boc, move: Move
) -> None:
    fault = outgoing_fault(boc, move(DAY, fen, who, number, summary), payments=(paid("BF-2", 300_000_00, "C-9"),))
    assert (fault.code, fault.place.row) == ("导入-支出-01", 9)


def test_two_payments_that_fit_are_a_tie_and_never_chosen_from(boc: Boc, move: Move) -> None:
    payments = (paid("BF-1", 300_000_00, "C-1"), paid("BF-2", 300_000_00, "C-1"))
    row = move(DAY, -300_000_00, BRANCH, "405299900012", remark="C-1")
    fault = outgoing_fault(boc, row, payments=payments, cases=(case_of("C-1"),))
    assert fault.code == "导入-支出-02"
    assert "BF-1（2023-04-10）、BF-2（2023-04-10）" in fault.found
    named = row._replace(remark="C-1 BF-2")
    assert boc(named, payments=payments, cases=(case_of("C-1"),)).events[0].confirms == payments[1].event  # type: ignore[attr-defined]


def test_a_bounce_in_the_file_of_its_payment(boc: Boc, move: Move) -> None:
    out = move(DAY, -300_000_00, BRANCH, "405299900012", remark="BF-1")
    back = move(DAY, 300_000_00, BRANCH, "405299900012", remark="退汇 账号户名不符")
    payment = paid("BF-1", 300_000_00, "C-1")
    first, second = boc(out, back, payments=(payment,), cases=(case_of("C-1"),)).events
    assert isinstance(first, BankRowConfirmed)
    assert isinstance(second, PaymentBounced)
    assert (second.payment, second.case, second.amount_fen) == (payment.event, "C-1", 300_000_00)


def test_a_bounce_then_paid_again_in_one_file(boc: Boc, move: Move) -> None:
    payments = (paid("BF-1", 300_000_00, "C-1"), paid("BF-2", 300_000_00, "C-1"))
    out = move(DAY, -300_000_00, BRANCH, "405299900012", remark="C-1 BF-1")
    back = move(DAY, 300_000_00, BRANCH, "405299900012", remark="退汇")
    events = boc(out, back, out._replace(remark="C-1 BF-2"), payments=payments, cases=(case_of("C-1"),)).events
    assert [type(event) for event in events] == [BankRowConfirmed, PaymentBounced, BankRowConfirmed]


def test_a_bounce_of_two_possible_payments_goes_under_inquiry_with_a_warning(boc: Boc, move: Move) -> None:
    payments = tuple(paid(no, 300_000_00, "C-1", confirmed=True) for no in ("BF-1", "BF-2"))
    intake = boc(move(DAY, 300_000_00, BRANCH, "405299900012", remark="退汇"), payments=payments)
    assert isinstance(intake.events[0], ReceiptUnidentified)
    assert "BF-1（2023-04-10）、BF-2（2023-04-10）" in intake.warnings[0]


def test_a_return_of_nothing_we_sent_goes_under_inquiry(boc: Boc, move: Move) -> None:
    assert isinstance(boc(move(DAY, 1_00, "某公司（虚构）", remark="退款")).events[0], ReceiptUnidentified)


def test_contributions_by_alias_and_a_bank_only_by_words(boc: Boc, move: Move) -> None:
    rows = (
        move(DAY, 100, "市级财政（虚构）"),
        move(DAY, 100, "县级财政国库支付中心 (虚构)"),
        move(DAY, 100, BRANCH, remark="2023年出资款"),
        move(DAY, 100, BRANCH, remark="往来款"),
        move(DAY, 100, "市级财政局下属某公司（虚构）"),
    )
    events = boc(*rows).events
    found = [event.contributor if isinstance(event, ContributionReceived) else None for event in events]
    assert found == ["01", "02", "02", None, None]


def test_interest_and_fees_only_from_or_to_nobody_or_a_bank(boc: Boc, move: Move) -> None:
    rows = (
        move(DAY, 100, summary="结息"),
        move(DAY, 100, "单位活期存款应付利息", summary="利息"),
        move(DAY, 100, "某借款公司（虚构）", summary="利息"),
        move(DAY, -100, summary="收费"),
        move(DAY, -100, BRANCH, summary="手续费"),
    )
    kinds = [type(event) for event in boc(*rows).events]
    assert kinds == [InterestReceived, InterestReceived, ReceiptUnidentified, FeeCharged, FeeCharged]


def test_a_transfer_from_our_own_account_arrives(boc: Boc, move: Move) -> None:
    sent = paid("HB-1", 100_00, sort="transfer", account="crcb-01", to_account="boc-01")
    row = move(DAY, 100_00, "测试管理办公室（虚构）", "201000123456789")
    intake = boc(row, payments=(sent,))
    (event,) = intake.events
    assert isinstance(event, TransferArrived)
    assert (event.from_account, intake.warnings) == ("crcb-01", ())
    assert "没有同额的划转指令" in boc(row).warnings[0]


def test_a_matured_deposit_is_split_into_principal_and_interest(boc: Boc, move: Move) -> None:
    placed = paid("DQ-1", 5_000_000_00, sort="deposit", to_account="boc-02", confirmed=True)
    row = move(DAY, 5_042_250_00, "测试管理办公室（虚构）", "405200000026", summary="到期本息")
    (event,) = boc(row, payments=(placed,)).events
    assert isinstance(event, DepositMatured)
    assert (event.deposit, event.principal_fen, event.interest_fen) == ("boc-02", 5_000_000_00, 42_250_00)
    two = (placed, paid("DQ-2", 3_000_000_00, sort="deposit", to_account="boc-02", confirmed=True))
    tied = boc(row, payments=two)
    assert isinstance(tied.events[0], ReceiptUnidentified)
    assert "DQ-1" in tied.warnings[0]


def test_recoveries_by_case_number_up_to_what_is_receivable(boc: Boc, move: Move) -> None:
    waiting = (OpenReceivable(case="BC2023-001", bank="boc", amount_fen=100_00, notified_on=DAY),)
    row = move(DAY, 60_00, BRANCH, remark="追偿款bc2023-001第1笔")
    intake = boc(row, row._replace(fen=50_00), row._replace(fen=40_00), receivables=waiting)
    kinds = [type(event) for event in intake.events]
    assert kinds == [RecoveryReceived, ReceiptUnidentified, RecoveryReceived]
    assert "余 40.00 元" in intake.warnings[0]


def test_a_recovery_naming_two_cases_is_a_tie(boc: Boc, move: Move) -> None:
    waiting = tuple(OpenReceivable(case=no, bank="boc", amount_fen=100_00, notified_on=DAY) for no in ("C-1", "C-2"))
    intake = boc(move(DAY, 60_00, BRANCH, remark="C-1、C-2 追偿款"), receivables=waiting)
    assert isinstance(intake.events[0], ReceiptUnidentified)
    assert "C-1、C-2" in intake.warnings[0]


def test_every_recogniser_says_on_which_words_it_acts() -> None:
    for name, recogniser in (*MONEY_IN, *MONEY_OUT):
        assert name
        assert recogniser.__doc__


def test_the_row_itself_is_the_source_of_its_event(boc: Boc, move: Move) -> None:
    intake = boc(move(DAY, 100, summary="结息"))
    (event,) = intake.events
    assert intake.paper
    assert event.sources == (intake.paper.lines[0].line,)
    assert event.event_id == intake.paper.lines[0].key("boc-01")
    assert event.sources[0].row == 9
