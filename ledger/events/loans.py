"""What happens to pledge loans and the rights behind them. The principal is the bank's, never the pool's."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from ledger.events.base import BankCode, Event, Month, NaturalFen, PositiveFen, RuleRef, Text
from ledger.ids import EventId, LoanNo, PolicyNo, RegNo

LoanGrade = Literal["normal", "special_mention", "substandard", "doubtful", "loss"]
"""五级分类: 正常 关注 次级 可疑 损失."""

RightCode = Annotated[str, Field(pattern=r"^(ZL|TM|CR|GI)[A-Z0-9.-]{3,30}$")]
"""An IP right as its commodity, from :func:`ledger.ids.ip_right`."""

AnnualRate = Annotated[str, Field(pattern=r"^0\.[0-9]{1,8}$")]
"""A yearly rate as a decimal fraction in text, e.g. ``0.0435``."""


class LoanIncluded(Event):
    """A pledge loan was filed with the pool (入库备案): one 借据, as the bank's tape will list it.

    ``principal_fen`` is the contract's amount, ``outstanding_fen`` what is unpaid on ``on``. ``exposure``
    is shared by a loan and its renewals, so that a cap counts once. ``quota_fen`` holds the IP part and
    the whole of the collateral as the contract writes them, None where it writes none.
    """

    kind: Literal["LoanIncluded"] = "LoanIncluded"
    loan: LoanNo
    bank: BankCode
    borrower: Text
    uscc: Text
    contract_no: Text
    filing_no: Text
    product: Literal["insured", "direct"]
    principal_fen: PositiveFen
    outstanding_fen: PositiveFen
    annual_rate: AnnualRate
    disbursed_on: date
    due_on: date
    filed_on: date
    rights: tuple[RightCode, ...] = Field(min_length=1)
    pledge: RegNo
    ip_quota_fen: NaturalFen | None = None
    collateral_quota_fen: NaturalFen | None = None
    policy: PolicyNo | None = None
    guarantor: Text = ""
    use: Text = ""
    town: Text = ""
    industry: Text = ""
    exposure: EventId
    renews: LoanNo | None = None
    opening: bool = False


class LoanRepaid(Event):
    """Principal the borrower paid back, as the difference of two tapes shows it (还本)."""

    kind: Literal["LoanRepaid"] = "LoanRepaid"
    loan: LoanNo
    bank: BankCode
    amount_fen: PositiveFen


class LoanReleased(Event):
    """A loan left the pool (出池): paid off, or renewed by another.

    ``outstanding_fen`` is what the books still carry at that moment and the renewal takes over; zero for a
    loan whose last repayment was posted before.
    """

    kind: Literal["LoanReleased"] = "LoanReleased"
    loan: LoanNo
    bank: BankCode
    reason: Literal["settled", "renewed"]
    renewed_by: LoanNo | None = None
    outstanding_fen: NaturalFen = 0


class TapeConfirmed(Event):
    """The bank's month-end word on a loan: balance, days overdue, grade.

    ``on`` is the month's last day; the assertion stands on the 1st of the next month, because beancount
    checks a balance at the start of its day.
    """

    kind: Literal["TapeConfirmed"] = "TapeConfirmed"
    loan: LoanNo
    bank: BankCode
    month: Month
    outstanding_fen: NaturalFen
    overdue_days: int = Field(ge=0)
    grade: LoanGrade


class TermExtended(Event):
    """A term extension (展期), filed with the pool."""

    kind: Literal["TermExtended"] = "TermExtended"
    loan: LoanNo
    bank: BankCode
    new_due_on: date
    filing_no: Text


class IpRightListed(Event):
    """An IP right became known to the books: becomes a commodity, once in its life."""

    kind: Literal["IpRightListed"] = "IpRightListed"
    right: RightCode
    ip_type: Literal["patent", "trademark", "copyright", "geographical_indication"]
    title: Text
    owner: Text
    expires_on: date | None = None


class PledgeRegistered(Event):
    """A pledge registration (质押登记): several rights, one registration number, one pledgee."""

    kind: Literal["PledgeRegistered"] = "PledgeRegistered"
    pledge: RegNo
    bank: BankCode
    pledgor: Text
    rights: tuple[RightCode, ...] = Field(min_length=1)
    loans: tuple[LoanNo, ...] = Field(min_length=1)
    registered_on: date
    rank: int = Field(default=1, ge=1)


class PledgeReleased(Event):
    """A pledge was deregistered (质押注销)."""

    kind: Literal["PledgeReleased"] = "PledgeReleased"
    pledge: RegNo
    bank: BankCode
    rights: tuple[RightCode, ...] = Field(min_length=1)


class IpAppraised(Event):
    """An appraisal (评估值): of one right, or of a package of one registration whose rights carry no price."""

    kind: Literal["IpAppraised"] = "IpAppraised"
    right: RightCode | None = None
    pledge: RegNo
    value_fen: PositiveFen
    appraiser: Text = ""


class IpLapsed(Event):
    """An IP right lapsed (权利终止): unpaid fees, expiry, invalidation. Its value is none from that day."""

    kind: Literal["IpLapsed"] = "IpLapsed"
    right: RightCode
    pledge: RegNo
    reason: Text


class SuspensionTripped(Event):
    """A limit of the rule text was reached (熔断): new filings or payments of a bank wait."""

    kind: Literal["SuspensionTripped"] = "SuspensionTripped"
    bank: BankCode
    rule: RuleRef
    clause: Text
    state: Text
    measure_fen: NaturalFen


class SuspensionLifted(Event):
    """The limit no longer holds (恢复)."""

    kind: Literal["SuspensionLifted"] = "SuspensionLifted"
    bank: BankCode
    rule: RuleRef
    clause: Text
    measure_fen: NaturalFen
