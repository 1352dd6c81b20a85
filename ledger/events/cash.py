"""What happens on the dedicated accounts, and the vouchers people write by hand.

Incoming money is drafted from the bank's transaction list, so its event id is the bank row's key
(namespace ``bank``). Outgoing money is drafted from our own instruction (namespace ``pay``); its bank row
arrives as :class:`BankRowConfirmed`, evidence of the posted event.
"""

from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from ledger.events.base import (
    BankCode,
    ContributorShare,
    Event,
    Fen,
    Frozen,
    Month,
    NaturalFen,
    NonZeroFen,
    PartyNo,
    PositiveFen,
    Text,
)
from ledger.ids import AccountSlug, CaseNo, EventId
from ledger.provenance import Sha256


class ContributionReceived(Event):
    """A contributor paid in (出资到账)."""

    kind: Literal["ContributionReceived"] = "ContributionReceived"
    account: AccountSlug
    contributor: PartyNo
    amount_fen: PositiveFen
    counterparty: Text = ""


class ContributionReturned(Event):
    """Part of a contribution goes back to its contributor (出资退回), on our own instruction."""

    kind: Literal["ContributionReturned"] = "ContributionReturned"
    account: AccountSlug
    contributor: PartyNo
    amount_fen: PositiveFen
    instruction_no: Text
    reason: Text


class InterestReceived(Event):
    """Interest on a dedicated account (专户利息)."""

    kind: Literal["InterestReceived"] = "InterestReceived"
    account: AccountSlug
    amount_fen: PositiveFen


class FeeCharged(Event):
    """A fee the bank took (手续费). Its basis is the bank's row: nobody instructs a fee."""

    kind: Literal["FeeCharged"] = "FeeCharged"
    account: AccountSlug
    amount_fen: PositiveFen


class TransferSent(Event):
    """An internal transfer we instructed (内部划转转出), dated the day it is sent."""

    kind: Literal["TransferSent"] = "TransferSent"
    account: AccountSlug
    to_account: AccountSlug
    amount_fen: PositiveFen
    instruction_no: Text


class TransferArrived(Event):
    """An internal transfer that arrived (内部划转转入)."""

    kind: Literal["TransferArrived"] = "TransferArrived"
    account: AccountSlug
    from_account: AccountSlug
    amount_fen: PositiveFen


class DepositPlaced(Event):
    """A time deposit we instructed (存入定期). ``deposit`` is the deposit account's slug."""

    kind: Literal["DepositPlaced"] = "DepositPlaced"
    account: AccountSlug
    deposit: AccountSlug
    amount_fen: PositiveFen
    instruction_no: Text


class DepositMatured(Event):
    """A time deposit came back with its interest (定期到期)."""

    kind: Literal["DepositMatured"] = "DepositMatured"
    account: AccountSlug
    deposit: AccountSlug
    principal_fen: PositiveFen
    interest_fen: NaturalFen


class ReceiptUnidentified(Event):
    """Money in that nobody can name yet (待查款项)."""

    kind: Literal["ReceiptUnidentified"] = "ReceiptUnidentified"
    account: AccountSlug
    amount_fen: PositiveFen
    counterparty: Text = ""


class ReceiptIdentified(Event):
    """A receipt under inquiry got its name (待查款项认领). ``receipt`` is the unidentified event."""

    kind: Literal["ReceiptIdentified"] = "ReceiptIdentified"
    receipt: EventId
    account: AccountSlug
    amount_fen: PositiveFen
    target: Literal["contribution", "interest", "recovery"]
    contributor: PartyNo | None = None
    case: CaseNo | None = None
    bank: BankCode | None = None
    reason: Text

    @model_validator(mode="after")
    def _names_its_target(self) -> Self:
        """A contribution names its contributor, a recovery its case and that case's bank."""
        if self.target == "contribution" and not self.contributor:
            raise ValueError("认领为出资须写明出资方")
        if self.target == "recovery" and not (self.case and self.bank):
            raise ValueError("认领为追偿款须写明案件")
        return self


class ReceiptReturned(Event):
    """Money that nobody could name went back (待查款项退回), or the bank undid its own row (冲正): from its row."""

    kind: Literal["ReceiptReturned"] = "ReceiptReturned"
    receipt: EventId
    account: AccountSlug
    amount_fen: PositiveFen


class PaymentBounced(Event):
    """A payment came back (退汇): the duty to pay the case's ``bank`` stands again."""

    kind: Literal["PaymentBounced"] = "PaymentBounced"
    account: AccountSlug
    bank: BankCode
    payment: EventId
    case: CaseNo
    amount_fen: PositiveFen


class BankRowConfirmed(Event):
    """A bank's row shows an event that we posted ourselves: evidence, no entry of money."""

    kind: Literal["BankRowConfirmed"] = "BankRowConfirmed"
    account: AccountSlug
    confirms: EventId
    amount_fen: Fen


class VoucherLine(Frozen):
    """One leg of a voucher; debit positive, credit negative, in fen; never zero."""

    account: Text
    amount_fen: NonZeroFen
    contributor: PartyNo | None = None


class ManualVoucher(Event):
    """A voucher written by hand, with its reason and the number of papers attached."""

    kind: Literal["ManualVoucher"] = "ManualVoucher"
    lines: tuple[VoucherLine, ...] = Field(min_length=2)
    reason: Text
    attachments: int = Field(ge=1)


class OpeningTaken(Event):
    """The balances taken over (期初建账), against contributions and accumulated results."""

    kind: Literal["OpeningTaken"] = "OpeningTaken"
    lines: tuple[VoucherLine, ...] = Field(min_length=2)


class StatementFiled(Event):
    """A bank's statement (对账单) was received and checked in itself. It posts no money."""

    kind: Literal["StatementFiled"] = "StatementFiled"
    account: AccountSlug
    month: Month
    closing_fen: Fen
    statement: Sha256
    keyed: bool = False


class ReceiptFiled(Event):
    """A bank's electronic receipt (银行电子回单) of one transaction was received. It is evidence and posts no money.

    ``amount_fen`` is signed from our side. Which row it belongs to is read from list and statement
    (``reports.evidence``), so that it does not matter which of the three came first. ``dated_on`` is the receipt's own
    day where it is not the booking day: one that comes after its month was closed is filed on the first open day.
    """

    kind: Literal["ReceiptFiled"] = "ReceiptFiled"
    account: AccountSlug
    receipt_no: Text
    bank_serial: Text = ""
    amount_fen: NonZeroFen
    counterparty: Text = ""
    counterparty_account: Text = ""
    dated_on: date | None = None
    receipt: Sha256

    @property
    def transacted_on(self) -> date:
        """The day of the transaction."""
        return self.dated_on or self.on


class AccountReconciled(Event):
    """A month of an account agrees with its statement; writes the exact balance assertion (对账签认)."""

    kind: Literal["AccountReconciled"] = "AccountReconciled"
    account: AccountSlug
    month: Month
    book_fen: Fen
    statement_fen: Fen
    statement: Sha256
    working_paper: Sha256


class MatchConfirmed(Event):
    """A person's word that a voucher and a bank's row are the same payment, where several would fit (对账确认)."""

    kind: Literal["MatchConfirmed"] = "MatchConfirmed"
    account: AccountSlug
    voucher_no: Text
    row: EventId


class YearClosed(Event):
    """Year end: the year's result goes to the contributors' accumulated results (3202 ↔ 3201)."""

    kind: Literal["YearClosed"] = "YearClosed"
    year: int
    shares: tuple[ContributorShare, ...]
