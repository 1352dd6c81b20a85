"""The insurance that stands beside the pool: policies and what insurers pay to the bank."""

from datetime import date
from typing import Literal

from ledger.events.base import Event, NaturalFen, PartyNo, PositiveFen, Text
from ledger.ids import CaseNo, LoanNo, PolicyNo


class InsuranceIssued(Event):
    """A policy that covers a pledge loan (保单). The insurer is not the pool's to pay."""

    kind: Literal["InsuranceIssued"] = "InsuranceIssued"
    policy: PolicyNo
    insurer: PartyNo
    loan: LoanNo
    insured: Text
    sum_fen: PositiveFen
    premium_fen: NaturalFen
    from_on: date
    until_on: date


class InsuranceLapsed(Event):
    """A policy ended with no claim (保单到期或退保)."""

    kind: Literal["InsuranceLapsed"] = "InsuranceLapsed"
    policy: PolicyNo
    insurer: PartyNo
    sum_fen: PositiveFen


class InsuranceEndorsed(Event):
    """A policy's sum or end was changed (批改), both as before and after; the cover moves by the difference."""

    kind: Literal["InsuranceEndorsed"] = "InsuranceEndorsed"
    policy: PolicyNo
    insurer: PartyNo
    loan: LoanNo
    endorsement_no: Text
    sum_before_fen: NaturalFen
    sum_after_fen: NaturalFen
    until_on: date


class InsuranceClaimRefused(Event):
    """The insurer refused a claim (拒赔): what of its share is still awaited in the case is no longer so."""

    kind: Literal["InsuranceClaimRefused"] = "InsuranceClaimRefused"
    case: CaseNo
    policy: PolicyNo
    insurer: PartyNo
    amount_fen: NaturalFen = 0
    reason: Text


class InsuranceClaimPaid(Event):
    """The insurer paid the bank (保险理赔): its share of the case is no longer due from others."""

    kind: Literal["InsuranceClaimPaid"] = "InsuranceClaimPaid"
    case: CaseNo
    policy: PolicyNo
    insurer: PartyNo
    amount_fen: PositiveFen
    cover_fen: PositiveFen
