"""What is done about the books themselves: withdrawing an event, adjusting a voucher, amending the settings.

Nothing posted is edited. A correction is an event of its own, dated when it is made, that names what it
corrects; its wording follows 会计基础工作规范 51(5).
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from ledger.events.base import Event, Frozen, NaturalFen, Text
from ledger.events.cash import VoucherLine
from ledger.ids import AccountSlug, EventId
from ledger.provenance import Sha256

VoucherNo = Annotated[str, StringConstraints(pattern=r"^[记登]-[0-9]{4}-[0-9]{2}-[0-9]{4,6}$")]
"""A number as the journal gives it: 记- for money, 登- for the register."""

CAUSES = {"mistake": "记账差错", "withdrawn": "银行撤回", "incomplete": "材料不全退回补正"}
"""Why an event is withdrawn, and its words."""


class RedLeg(Frozen):
    """One leg of a red entry: the exact negative of the leg it cancels, in the commodity's own number."""

    account: Text
    number: Decimal
    commodity: Text
    contributor: Text = ""


class RedEntry(Frozen):
    """The entry that cancels one posted entry.

    ``restated``: the cancelled one lies in an earlier year, so its income and expenses stand on accumulated
    results instead, and the entry is a blue correcting one (51(5): 以前年度).
    """

    no: VoucherNo
    on: date
    legs: tuple[RedLeg, ...] = Field(min_length=2)
    restated: bool = False

    @property
    def is_money(self) -> bool:
        """Whether it cancels a voucher and not a register entry."""
        return self.no.startswith("记")


class EventWithdrawn(Event):
    """A posted event is taken back (撤回、红字注销): every entry of it cancelled in red, its facts no longer stand.

    Source: 会计基础工作规范 51(5). ``was`` is the event's kind; ``place`` the account on which a remark stands
    where it made no numbered entry. ``blue`` is the right voucher; ``inquiry_fen`` says that the money stays in
    the bank account ``cash`` and goes under inquiry until somebody names it. ``trail`` are the links of what is
    withdrawn; ``restores`` is the rule text in force again where an adoption is withdrawn.
    """

    kind: Literal["EventWithdrawn"] = "EventWithdrawn"
    withdraws: EventId
    was: Text
    place: Text
    cause: Literal["mistake", "withdrawn", "incomplete"] = "mistake"
    reason: Text
    red: tuple[RedEntry, ...] = ()
    blue: tuple[VoucherLine, ...] = ()
    inquiry_fen: NaturalFen = 0
    cash: AccountSlug | None = None
    trail: tuple[Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_/.-]{0,79}$")], ...] = ()
    restores: Text = ""
    chief: Text = ""


class VoucherAdjusted(Event):
    """A voucher's amount made right by the difference, or one of an earlier year by a blue correcting voucher.

    Source: 会计基础工作规范 51(5): only the amount was wrong, then the difference may be booked, more in blue,
    less in red; an error of an earlier year takes a blue correcting voucher.
    """

    kind: Literal["VoucherAdjusted"] = "VoucherAdjusted"
    corrects: VoucherNo
    corrects_on: date
    corrects_event: EventId
    sort: Literal["more", "less", "prior_year"]
    lines: tuple[VoucherLine, ...] = Field(min_length=2)
    reason: Text


class NumberExplained(Event):
    """A number that is missing from its series, and why (断号说明). No command leaves one out; a lost file may."""

    kind: Literal["NumberExplained"] = "NumberExplained"
    voucher_no: VoucherNo
    reason: Text
    chief: Text


class PoolAmended(Event):
    """The settings (pool.toml) were changed: ``settings`` is the digest of the whole new text, kept in the books.

    Banks, accounts, contributors and insurers are only added; staff may come, go and change roles.
    """

    kind: Literal["PoolAmended"] = "PoolAmended"
    settings: Sha256
    before: Sha256
    changes: Text
    reason: Text
    chief: Text


class AccountOpened(Event):
    """A fixed account that the amended settings need."""

    kind: Literal["AccountOpened"] = "AccountOpened"
    account_name: Text
    commodity: Text = ""
    title: Text
    gov: Text = ""
    guarantor: Text = ""
