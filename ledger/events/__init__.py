"""What can happen: one frozen record per kind of event, in families.

``AnyEvent`` is the whole list. A new kind is added here, in its family, in ``ledger.postings`` and in
docs/accounts.md; the total match in postings does not type-check until it is.
"""

from typing import Annotated

from pydantic import Field, TypeAdapter

from ledger.events.base import ContributorShare, Event
from ledger.events.cases import (
    ApplicationSupplemented,
    CaseTaken,
    ClawbackDecided,
    CompensationApplied,
    CompensationDecided,
    CompensationDeferred,
    CompensationDenied,
    CompensationPaid,
    CompensationRedecided,
    LossWrittenOff,
    PartyAmount,
    QueueFunded,
    QueueLapsed,
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
    VoucherLine,
    YearClosed,
)
from ledger.events.corrections import (
    AccountOpened,
    EventWithdrawn,
    NumberExplained,
    PoolAmended,
    RedEntry,
    RedLeg,
    VoucherAdjusted,
)
from ledger.events.insurance import (
    InsuranceClaimPaid,
    InsuranceClaimRefused,
    InsuranceEndorsed,
    InsuranceIssued,
    InsuranceLapsed,
)
from ledger.events.loans import (
    IpAppraised,
    IpLapsed,
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
    | ContributionReturned
    | InterestReceived
    | FeeCharged
    | TransferSent
    | TransferArrived
    | DepositPlaced
    | DepositMatured
    | ReceiptUnidentified
    | ReceiptIdentified
    | ReceiptReturned
    | PaymentBounced
    | BankRowConfirmed
    | ManualVoucher
    | EventWithdrawn
    | VoucherAdjusted
    | NumberExplained
    | PoolAmended
    | AccountOpened
    | OpeningTaken
    | StatementFiled
    | ReceiptFiled
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
    | IpLapsed
    | SuspensionTripped
    | SuspensionLifted
    | InsuranceIssued
    | InsuranceLapsed
    | InsuranceEndorsed
    | InsuranceClaimPaid
    | InsuranceClaimRefused
    | CompensationApplied
    | ApplicationSupplemented
    | CompensationDeferred
    | CompensationDecided
    | CompensationRedecided
    | QueueFunded
    | QueueLapsed
    | CompensationDenied
    | CompensationPaid
    | TapeReducedByCompensation
    | RecoveryNotified
    | RecoveryReceived
    | ClawbackDecided
    | LossWrittenOff
    | CaseTaken
    | RuleAdopted
)

EVENT: TypeAdapter[AnyEvent] = TypeAdapter(Annotated[AnyEvent, Field(discriminator="kind")])
"""Reads and writes any event as JSON: the form a draft is kept in."""

__all__ = [
    "EVENT",
    "AccountOpened",
    "AccountReconciled",
    "AnyEvent",
    "ApplicationSupplemented",
    "BankRowConfirmed",
    "CaseTaken",
    "ClawbackDecided",
    "CompensationApplied",
    "CompensationDecided",
    "CompensationDeferred",
    "CompensationDenied",
    "CompensationPaid",
    "CompensationRedecided",
    "ContributionReceived",
    "ContributionReturned",
    "ContributorShare",
    "DepositMatured",
    "DepositPlaced",
    "Event",
    "EventWithdrawn",
    "FeeCharged",
    "InsuranceClaimPaid",
    "InsuranceClaimRefused",
    "InsuranceEndorsed",
    "InsuranceIssued",
    "InsuranceLapsed",
    "InterestReceived",
    "IpAppraised",
    "IpLapsed",
    "IpRightListed",
    "LoanIncluded",
    "LoanReleased",
    "LoanRepaid",
    "LossWrittenOff",
    "ManualVoucher",
    "MatchConfirmed",
    "NumberExplained",
    "OpeningTaken",
    "PartyAmount",
    "PaymentBounced",
    "PledgeRegistered",
    "PledgeReleased",
    "PoolAmended",
    "QueueFunded",
    "QueueLapsed",
    "ReceiptFiled",
    "ReceiptIdentified",
    "ReceiptReturned",
    "ReceiptUnidentified",
    "RecoveryNotified",
    "RecoveryReceived",
    "RecoveryReported",
    "RedEntry",
    "RedLeg",
    "RuleAdopted",
    "StatementFiled",
    "SuspensionLifted",
    "SuspensionTripped",
    "TapeConfirmed",
    "TapeReducedByCompensation",
    "TermExtended",
    "TransferArrived",
    "TransferSent",
    "VoucherAdjusted",
    "VoucherLine",
    "YearClosed",
]
