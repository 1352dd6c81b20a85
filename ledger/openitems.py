"""What the books still wait for, as plain values: the read-only view that desk hands to importers.

Importers never load a book (docs/architecture.md); they are told here which rows are known, which of our
payments still lack their bank row, and which loans, rights, policies and cases exist. "Known" counts posted
events and those in live drafts, so that a row is never drafted twice.
"""

from collections.abc import Callable
from datetime import date
from typing import Literal, NamedTuple

from pydantic import Field

from ledger.events.base import BankCode, Fen, Frozen, NaturalFen, PartyNo, PositiveFen, Text
from ledger.events.loans import LoanGrade, RightCode
from ledger.ids import AccountSlug, CaseNo, EventId, LoanNo, PolicyNo, RegNo
from ledger.papers import Reading, ReadRow
from ledger.pool import Pool
from ledger.provenance import Sha256


class OpenPayment(Frozen):
    """Money we sent; ``bank`` is the case's, where it is a compensation.

    ``confirmed`` once a bank row was attached; it may bounce even then.
    """

    event: EventId
    sort: Literal["compensation", "transfer", "deposit", "contribution"]
    account: AccountSlug
    amount_fen: PositiveFen
    on: date
    instruction_no: Text
    case: CaseNo | None = None
    bank: BankCode | None = None
    to_account: AccountSlug | None = None
    contributor: PartyNo | None = None
    confirmed: bool = False
    returned: bool = False


class OpenReceivable(Frozen):
    """The pool's share of a recovery that the bank notified and has not yet sent in full."""

    case: CaseNo
    bank: BankCode
    amount_fen: PositiveFen
    notified_on: date


class LoanState(Frozen):
    """A loan in the pool as the books know it today; ``last_tape_on`` is the last day of its last tape's month."""

    loan: LoanNo
    bank: BankCode
    borrower: Text
    uscc: Text
    outstanding_fen: NaturalFen
    due_on: date
    exposure: EventId
    pledge: RegNo
    contract_no: Text = ""
    filing_no: Text = ""
    policy: PolicyNo | None = None
    grade: LoanGrade | None = None
    overdue_days: int = 0
    decided: bool = False
    released: bool = False
    last_tape_on: date | None = None


class PolicyState(Frozen):
    """A policy in force."""

    policy: PolicyNo
    insurer: PartyNo
    loan: LoanNo
    cover_fen: NaturalFen
    until_on: date


class CaseState(Frozen):
    """A case: applied, decided, paid so far, and what other parties still owe the bank."""

    case: CaseNo
    loan: LoanNo
    bank: BankCode
    borrower: Text
    state: Literal["applied", "approved", "denied", "paid"]
    approved_fen: NaturalFen = 0
    paid_fen: NaturalFen = 0
    recourse_fen: Fen = 0
    insurer_due_fen: NaturalFen = 0
    notified_count: int = 0


class ListEnd(Frozen):
    """Where an account's imported transaction lists end: the next must begin with this balance."""

    account: AccountSlug
    until_on: date
    closing_fen: Fen


class FiledStatement(Frozen):
    """A bank's statement that is in the books or in a live draft; ``movements`` are its lines' days and amounts."""

    account: AccountSlug
    from_on: date
    until_on: date
    closing_fen: Fen
    sha256: Sha256
    movements: tuple[tuple[date, Fen], ...] = ()


class SaidBefore(NamedTuple):
    """A row that a known event was read from, and the reading of the whole file that it stands in."""

    reading: Reading
    row: ReadRow


def _nothing(_event: EventId) -> tuple[SaidBefore, ...]:
    return ()


class OpenItems(Frozen):
    """The whole view, as of now. ``said_before`` asks the kept readings, and only for events that are known."""

    pool: Pool
    known_events: frozenset[EventId] = frozenset()
    payments: tuple[OpenPayment, ...] = ()
    receivables: tuple[OpenReceivable, ...] = ()
    loans: tuple[LoanState, ...] = ()
    policies: tuple[PolicyState, ...] = ()
    cases: tuple[CaseState, ...] = ()
    rights_known: frozenset[RightCode] = frozenset()
    rights_pledged: tuple[tuple[RightCode, RegNo, BankCode], ...] = ()
    list_ends: tuple[ListEnd, ...] = ()
    statements: tuple[FiledStatement, ...] = ()
    unidentified: tuple[tuple[EventId, AccountSlug, PositiveFen], ...] = ()
    said_before: Callable[[EventId], tuple[SaidBefore, ...]] = Field(default=_nothing, repr=False, exclude=True)
