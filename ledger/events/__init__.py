"""What can happen: one frozen record per kind of event, in families.

``AnyEvent`` is the whole list. A new kind is added here, in its family, in ``ledger.postings`` and in
docs/accounts.md; the total match in postings does not type-check until it is.
"""

from typing import Annotated

from pydantic import Field, TypeAdapter

from ledger.events.base import ContributorShare, Event
from ledger.events.cases import (
    CaseTaken,
    CompensationApplied,
    CompensationDecided,
    CompensationDenied,
    CompensationPaid,
    PartyAmount,
    RecoveryNotified,
    RecoveryReceived,
    RecoveryReported,
    RuleAdopted,
    TapeReducedByCompensation,
)
from ledger.events.cash import (
    AccountReconciled,
    BankRowConfirmed,
    ContributionReceived,
    DepositMatured,
    DepositPlaced,
    FeeCharged,
    InterestReceived,
    ManualVoucher,
    MatchConfirmed,
    OpeningTaken,
    PaymentBounced,
    ReceiptIdentified,
    ReceiptUnidentified,
    StatementFiled,
    TransferArrived,
    TransferSent,
    VoucherLine,
    VoucherReversed,
    YearClosed,
)
from ledger.events.insurance import InsuranceClaimPaid, InsuranceIssued, InsuranceLapsed
from ledger.events.loans import (
    IpAppraised,
    IpRightListed,
    LoanIncluded,
    LoanReleased,
    LoanRepaid,
    PledgeRegistered,
    PledgeReleased,
    SuspensionLifted,
    SuspensionTripped,
    TapeConfirmed,
    TermExtended,
)

AnyEvent = (
    ContributionReceived
    | InterestReceived
    | FeeCharged
    | TransferSent
    | TransferArrived
    | DepositPlaced
    | DepositMatured
    | ReceiptUnidentified
    | ReceiptIdentified
    | PaymentBounced
    | BankRowConfirmed
    | ManualVoucher
    | VoucherReversed
    | OpeningTaken
    | StatementFiled
    | AccountReconciled
    | MatchConfirmed
    | YearClosed
    | LoanIncluded
    | LoanRepaid
    | LoanReleased
    | TapeConfirmed
    | TermExtended
    | IpRightListed
    | PledgeRegistered
    | PledgeReleased
    | IpAppraised
    | SuspensionTripped
    | SuspensionLifted
    | InsuranceIssued
    | InsuranceLapsed
    | InsuranceClaimPaid
    | CompensationApplied
    | CompensationDecided
    | CompensationDenied
    | CompensationPaid
    | TapeReducedByCompensation
    | RecoveryNotified
    | RecoveryReceived
    | CaseTaken
    | RuleAdopted
)

EVENT: TypeAdapter[AnyEvent] = TypeAdapter(Annotated[AnyEvent, Field(discriminator="kind")])
"""Reads and writes any event as JSON: the form a draft is kept in."""

__all__ = [
    "EVENT",
    "AccountReconciled",
    "AnyEvent",
    "BankRowConfirmed",
    "CaseTaken",
    "CompensationApplied",
    "CompensationDecided",
    "CompensationDenied",
    "CompensationPaid",
    "ContributionReceived",
    "ContributorShare",
    "DepositMatured",
    "DepositPlaced",
    "Event",
    "FeeCharged",
    "InsuranceClaimPaid",
    "InsuranceIssued",
    "InsuranceLapsed",
    "InterestReceived",
    "IpAppraised",
    "IpRightListed",
    "LoanIncluded",
    "LoanReleased",
    "LoanRepaid",
    "ManualVoucher",
    "MatchConfirmed",
    "OpeningTaken",
    "PartyAmount",
    "PaymentBounced",
    "PledgeRegistered",
    "PledgeReleased",
    "ReceiptIdentified",
    "ReceiptUnidentified",
    "RecoveryNotified",
    "RecoveryReceived",
    "RecoveryReported",
    "RuleAdopted",
    "StatementFiled",
    "SuspensionLifted",
    "SuspensionTripped",
    "TapeConfirmed",
    "TapeReducedByCompensation",
    "TermExtended",
    "TransferArrived",
    "TransferSent",
    "VoucherLine",
    "VoucherReversed",
    "YearClosed",
]
