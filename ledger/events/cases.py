"""The life of a compensation case: applied, decided, paid, recovered; and the rule text in force.

A case's figures come from ``riskpool``'s decision, kept in the books under its digest; the event carries
the amounts that are posted, and the digest that lets anyone re-compute them.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from ledger.events.base import (
    BankCode,
    ContributorShare,
    Event,
    Fen,
    Frozen,
    NaturalFen,
    PositiveFen,
    RuleRef,
    Text,
)
from ledger.ids import AccountSlug, CaseNo, LoanNo
from ledger.provenance import Sha256

PartyName = Annotated[str, Field(pattern=r"^[a-z_]{2,20}$")]
"""A loss-sharing party's key in a rule text: pool, bank, insurer, guarantor, appraiser."""


FactName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=34)]
"""A fact's name in an application. It becomes a metadata key and must come back from it."""


Clauses = Annotated[tuple[Annotated[str, Field(pattern=r"^[^、]{1,200}$")], ...], Field(min_length=1)]
"""The articles that something rests on, as the rule text names them."""


class PartyAmount(Frozen):
    """What one loss-sharing party bears, in fen."""

    party: PartyName
    amount_fen: NaturalFen


class CompensationApplied(Event):
    """A bank applied for compensation (补偿申请). ``facts`` are the application's own statements.

    Fact values: ``*_fen`` amounts, ``*_on`` ISO days, flags ``true``/``false``, else words; all as text.
    """

    kind: Literal["CompensationApplied"] = "CompensationApplied"
    case: CaseNo
    loan: LoanNo
    bank: BankCode
    claimed_fen: PositiveFen
    principal_fen: NaturalFen
    interest_fen: NaturalFen
    accepted_on: date
    facts: tuple[tuple[FactName, str], ...] = ()
    attachments: int = Field(ge=0)


class CompensationDecided(Event):
    """Approved or reduced (补偿裁决). Sum of ``parties`` + bank's own remainder = ``base_fen``.

    ``queued_fen`` is the part of ``approved_fen`` that has no money yet (排队); ``contributors`` sum to the rest.
    Under a text with a budget or a limit by the pool's money all of it waits for a round (:class:`QueueFunded`).
    ``supplements`` is the number of the last :class:`ApplicationSupplemented` that the decision has seen.
    """

    kind: Literal["CompensationDecided"] = "CompensationDecided"
    case: CaseNo
    loan: LoanNo
    bank: BankCode
    outcome: Literal["approved", "reduced"]
    claimed_fen: PositiveFen
    base_fen: NaturalFen
    approved_fen: PositiveFen
    unpaid_principal_fen: PositiveFen
    queued_fen: NaturalFen = 0
    contributors: tuple[ContributorShare, ...] = ()
    others: tuple[PartyAmount, ...] = ()
    supplements: int | None = None
    rule: RuleRef
    decision: Sha256
    chief: Text


class CompensationDeferred(Event):
    """Held back for now (暂缓补偿), with the clauses that hold it back. The application waits and keeps its place."""

    kind: Literal["CompensationDeferred"] = "CompensationDeferred"
    case: CaseNo
    loan: LoanNo
    bank: BankCode
    clauses: Clauses
    rule: RuleRef
    decision: Sha256
    chief: Text


class ApplicationSupplemented(Event):
    """What is said of a case anew (补充申请、补正): a further claim, or facts that came later, each with its papers.

    ``principal_fen`` and ``interest_fen`` are of the whole case as it is now; ``facts`` are those that are said
    otherwise than before (their form is :class:`CompensationApplied`'s); ``claimed_fen`` is what is claimed on top.
    """

    kind: Literal["ApplicationSupplemented"] = "ApplicationSupplemented"
    case: CaseNo
    loan: LoanNo
    bank: BankCode
    number: int = Field(ge=1)
    claimed_fen: NaturalFen
    principal_fen: NaturalFen
    interest_fen: NaturalFen
    facts: tuple[tuple[FactName, str], ...] = ()
    reason: Text
    attachments: int = Field(ge=1)


class CompensationRedecided(Event):
    """A decided case is decided again as a whole, and the difference is settled (再次裁决).

    ``approved_fen`` is all that is due on the case now, ``before_fen`` what was before; their difference is what is
    granted, and queued, less what the bank gives back and what has come back already:
    ``approved_fen - before_fen = granted_fen + queued_fen - clawback_fen - recovered_fen``. Where less is due, first
    what is queued falls away, then what is not yet paid (both below zero), then the bank gives back what has not come
    back as a recovery. Where more is due again, what was taken as come back so is a recovery again (below zero) before
    anything is granted. ``contributors`` sum to ``granted_fen``, ``returned`` to ``clawback_fen``; ``others`` are the
    other parties' amounts now, ``raised`` and ``lowered`` how their registers change. ``supplements`` is the number
    of the last :class:`ApplicationSupplemented` that the decision has seen.
    """

    kind: Literal["CompensationRedecided"] = "CompensationRedecided"
    case: CaseNo
    loan: LoanNo
    bank: BankCode
    number: int = Field(ge=2)
    outcome: Literal["more", "less", "same", "denied"]
    claimed_fen: NaturalFen
    base_fen: NaturalFen
    approved_fen: NaturalFen
    before_fen: NaturalFen
    granted_fen: Fen = 0
    queued_fen: Fen = 0
    clawback_fen: NaturalFen = 0
    recovered_fen: Fen = 0
    contributors: tuple[ContributorShare, ...] = ()
    returned: tuple[ContributorShare, ...] = ()
    others: tuple[PartyAmount, ...] = ()
    raised: tuple[PartyAmount, ...] = ()
    lowered: tuple[PartyAmount, ...] = ()
    supplements: int = Field(ge=1)
    rule: RuleRef
    decision: Sha256
    chief: Text


class QueueFunded(Event):
    """A part of an approved compensation that was queued gets its money (排队补偿到位).

    ``round`` is the digest of the round's computation, in which all that waited were shared out together.
    """

    kind: Literal["QueueFunded"] = "QueueFunded"
    case: CaseNo
    bank: BankCode
    amount_fen: PositiveFen
    contributors: tuple[ContributorShare, ...] = Field(min_length=1)
    round: Sha256 | None = None
    chief: Text


class QueueLapsed(Event):
    """What of an approved compensation a round leaves unpaid for good (不再支付), under the clause that says so."""

    kind: Literal["QueueLapsed"] = "QueueLapsed"
    case: CaseNo
    bank: BankCode
    amount_fen: PositiveFen
    clauses: Clauses
    round: Sha256
    chief: Text


class CompensationDenied(Event):
    """Denied (不予补偿), with the clauses that refused."""

    kind: Literal["CompensationDenied"] = "CompensationDenied"
    case: CaseNo
    loan: LoanNo
    bank: BankCode
    claimed_fen: PositiveFen
    clauses: Clauses
    rule: RuleRef
    decision: Sha256
    chief: Text


class CompensationPaid(Event):
    """Our instruction to pay a decided compensation (补偿款拨付), dated the day it is sent."""

    kind: Literal["CompensationPaid"] = "CompensationPaid"
    case: CaseNo
    bank: BankCode
    account: AccountSlug
    amount_fen: PositiveFen
    instruction_no: Text


class TapeReducedByCompensation(Event):
    """The bank took the compensation off the loan's balance; the recourse stays."""

    kind: Literal["TapeReducedByCompensation"] = "TapeReducedByCompensation"
    loan: LoanNo
    bank: BankCode
    amount_fen: PositiveFen


class RecoveryReported(Event):
    """A bank's recovery report as it was read, before the rule text shares it out.

    Never posted: desk hands it to ``riskpool``, which answers with a :class:`RecoveryNotified`. Amounts are
    this instalment's; ``principal_fen`` is the part by which the bank's tape will fall.
    """

    kind: Literal["RecoveryReported"] = "RecoveryReported"
    case: CaseNo
    loan: LoanNo
    bank: BankCode
    number: int = Field(ge=1)
    gross_fen: PositiveFen
    cost_fen: NaturalFen
    principal_fen: NaturalFen
    source: Literal["borrower", "collateral", "guarantor", "other"]


class RecoveryNotified(Event):
    """The bank reported a recovery (追偿通知); the pool's share becomes a receivable.

    ``gross_fen`` and ``cost_fen`` are this instalment's; ``pool_fen`` is computed cumulatively by the
    rule text, ``steps`` is the digest of that computation. ``after_write_off_fen`` is the part of ``pool_fen`` that
    comes on a right already written off (账销案存).
    """

    kind: Literal["RecoveryNotified"] = "RecoveryNotified"
    case: CaseNo
    loan: LoanNo
    bank: BankCode
    number: int = Field(ge=1)
    gross_fen: PositiveFen
    cost_fen: NaturalFen
    principal_fen: NaturalFen
    pool_fen: NaturalFen
    contributors: tuple[ContributorShare, ...]
    after_write_off_fen: NaturalFen = 0
    steps: Sha256


class RecoveryReceived(Event):
    """The pool's share of a recovery arrived (追偿款到账)."""

    kind: Literal["RecoveryReceived"] = "RecoveryReceived"
    case: CaseNo
    bank: BankCode
    account: AccountSlug
    amount_fen: PositiveFen


class ClawbackDecided(Event):
    """A paid compensation must come back (补偿退回): misuse, overpayment, or the bank's own offer.

    The bank owes it at once; its arrival is a :class:`RecoveryReceived`. Contributors get back in the proportions
    in which they paid.
    """

    kind: Literal["ClawbackDecided"] = "ClawbackDecided"
    case: CaseNo
    bank: BankCode
    amount_fen: PositiveFen
    contributors: tuple[ContributorShare, ...] = Field(min_length=1)
    cause: Literal["misuse", "overpaid", "offered"]
    reason: Text
    chief: Text


class LossWrittenOff(Event):
    """What will not come back is written off (核销). The right lives on outside the account (账销案存)."""

    kind: Literal["LossWrittenOff"] = "LossWrittenOff"
    case: CaseNo
    bank: BankCode
    amount_fen: PositiveFen
    reason: Text
    chief: Text


class CaseTaken(Event):
    """A running case at the opening (期初在办案件): what was paid and recovered before the books began.

    ``parts`` are the contributors' integer parts of the payment, in which recoveries return;
    ``loss_parts`` the parties' integer amounts frozen by the earlier decision, ours under ``pool``.
    """

    kind: Literal["CaseTaken"] = "CaseTaken"
    case: CaseNo
    loan: LoanNo
    bank: BankCode
    borrower: Text
    unpaid_principal_fen: NaturalFen
    base_fen: PositiveFen
    paid_fen: PositiveFen
    recovered_fen: NaturalFen
    notified_unreceived_fen: NaturalFen
    recourse_fen: NaturalFen
    recovered_gross_fen: NaturalFen = 0
    recovered_cost_fen: NaturalFen = 0
    decided_on: date
    parts: tuple[ContributorShare, ...] = Field(min_length=1)
    loss_parts: tuple[PartyAmount, ...] = Field(min_length=2)
    rule_words: Text


class RuleAdopted(Event):
    """A rule text came into force for this pool (采用管理办法): copied into the books with its digest."""

    kind: Literal["RuleAdopted"] = "RuleAdopted"
    rule: RuleRef
    title: Text
    sha256: Sha256
    effective_on: date
    demo: bool = False
