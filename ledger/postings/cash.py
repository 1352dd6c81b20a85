"""Money, statements and what was confirmed of them: their entries."""

from ledger import accounts as acc
from ledger.accounts import Chart
from ledger.events import (
    AccountReconciled,
    BankRowConfirmed,
    ContributionReceived,
    ContributionReturned,
    DepositMatured,
    DepositPlaced,
    FeeCharged,
    InterestReceived,
    ManualVoucher,
    MatchConfirmed,
    OpeningTaken,
    PaymentBounced,
    ReceiptFiled,
    ReceiptIdentified,
    ReceiptReturned,
    ReceiptUnidentified,
    StatementFiled,
    TransferArrived,
    TransferSent,
    YearClosed,
)
from ledger.postings.making import Making, leg, lines, next_day, of, pair


@of(ContributionReceived)
def _contribution_received(event: ContributionReceived, made: Making, chart: Chart) -> None:
    made.voucher(*pair(chart.cash(event.account), chart.paid_in(event.contributor), event.amount_fen))


@of(ContributionReturned)
def _contribution_returned(event: ContributionReturned, made: Making, chart: Chart) -> None:
    made.voucher(*pair(chart.paid_in(event.contributor), chart.cash(event.account), event.amount_fen))


@of(InterestReceived)
def _interest_received(event: InterestReceived, made: Making, chart: Chart) -> None:
    made.voucher(*pair(chart.cash(event.account), acc.INTEREST, event.amount_fen))


@of(FeeCharged)
def _fee_charged(event: FeeCharged, made: Making, chart: Chart) -> None:
    made.voucher(*pair(acc.FEES, chart.cash(event.account), event.amount_fen))


@of(TransferSent)
def _transfer_sent(event: TransferSent, made: Making, chart: Chart) -> None:
    made.voucher(*pair(acc.IN_TRANSIT, chart.cash(event.account), event.amount_fen))


@of(TransferArrived)
def _transfer_arrived(event: TransferArrived, made: Making, chart: Chart) -> None:
    made.voucher(*pair(chart.cash(event.account), acc.IN_TRANSIT, event.amount_fen))


@of(DepositPlaced)
def _deposit_placed(event: DepositPlaced, made: Making, chart: Chart) -> None:
    made.voucher(*pair(chart.cash(event.deposit), chart.cash(event.account), event.amount_fen))


@of(DepositMatured)
def _deposit_matured(event: DepositMatured, made: Making, chart: Chart) -> None:
    made.voucher(
        leg(chart.cash(event.account), event.principal_fen + event.interest_fen),
        leg(chart.cash(event.deposit), -event.principal_fen),
        leg(acc.INTEREST, -event.interest_fen),
    )


@of(ReceiptUnidentified)
def _receipt_unidentified(event: ReceiptUnidentified, made: Making, chart: Chart) -> None:
    bank = chart.pool.account_of(event.account).bank
    made.voucher(*pair(chart.cash(event.account), chart.unidentified(bank), event.amount_fen))


@of(ReceiptIdentified)
def _receipt_identified(event: ReceiptIdentified, made: Making, chart: Chart) -> None:
    bank = chart.pool.account_of(event.account).bank
    made.voucher(*pair(chart.unidentified(bank), _target(event, chart), event.amount_fen))


@of(ReceiptReturned)
def _receipt_returned(event: ReceiptReturned, made: Making, chart: Chart) -> None:
    bank = chart.pool.account_of(event.account).bank
    made.voucher(*pair(chart.unidentified(bank), chart.cash(event.account), event.amount_fen))


@of(PaymentBounced)
def _payment_bounced(event: PaymentBounced, made: Making, chart: Chart) -> None:
    made.voucher(*pair(chart.cash(event.account), chart.payable(event.bank), event.amount_fen))
    recourse = chart.recourse(event.bank, event.case)
    made.register(*pair(acc.RECOURSES_CONTRA, recourse, event.amount_fen, acc.RECOURSE))


@of(BankRowConfirmed, StatementFiled, ReceiptFiled, MatchConfirmed)
def _evidence(
    event: BankRowConfirmed | StatementFiled | ReceiptFiled | MatchConfirmed, made: Making, chart: Chart
) -> None:
    made.note(chart.cash(event.account))


@of(ManualVoucher, OpeningTaken)
def _by_hand(event: ManualVoucher | OpeningTaken, made: Making, _: Chart) -> None:
    made.voucher(*lines(event.lines))


@of(AccountReconciled)
def _account_reconciled(event: AccountReconciled, made: Making, chart: Chart) -> None:
    made.holds(chart.cash(event.account), event.book_fen, acc.CNY, next_day(event.month))


@of(YearClosed)
def _year_closed(event: YearClosed, made: Making, chart: Chart) -> None:
    total = sum(share.amount_fen for share in event.shares)
    legs = [leg(chart.accumulated(item.contributor), -item.amount_fen) for item in event.shares]
    made.voucher(leg(acc.YEAR_RESULT, total), *legs)


def _target(event: ReceiptIdentified, chart: Chart) -> str:
    match event.target:
        case "contribution":
            assert event.contributor, "a contribution names its contributor"
            return chart.paid_in(event.contributor)
        case "recovery":
            assert event.bank, "a recovery names its bank"
            return chart.receivable(event.bank)
        case "interest":
            return acc.INTEREST
