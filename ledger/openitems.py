"""What the books still wait for, as plain values: the read-only view that desk hands to importers.

Importers never load a book (docs/architecture.md); they are told here which rows are known, which of our
payments still lack their bank row, and which loans, rights, policies and cases exist. "Known" counts posted
events and those in live drafts, so that a row is never drafted twice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from pydantic import ConfigDict, Field

from ledger.events.base import BankCode, Fen, Frozen, NaturalFen, PartyNo, PositiveFen, Text
from ledger.events.loans import LoanGrade, RightCode
from ledger.ids import AccountSlug, CaseNo, EventId, LoanNo, PolicyNo, RegNo
from ledger.papers import BankLine, Reading, ReadRow
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
    """A loan in the pool as the books know it today; ``last_tape_on`` is the last day of its last tape's month.

    ``tape_fen`` is what is owed at the end of the month after it, of which the next tape tells: what was booked later
    is not on that tape. None before a first tape and where nobody asks for it.
    """

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
    tape_fen: NaturalFen | None = None


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
    """Where an account's imported transaction lists end: the next must begin with this balance.

    ``begins_fen`` is the balance that was taken over, with which the first list began.
    """

    account: AccountSlug
    until_on: date
    closing_fen: Fen
    begins_fen: Fen | None = None


class ListedLine(Frozen):
    """A line of an imported list as it stood: its place, the file's name and layout, the row's own cells.

    ``line`` bears the n-th under which it became known; ``from_on`` and ``until_on`` are its list's first day and the
    first day that its list does not cover. ``joined``: some list shows it right after the line before it in the run, so
    that nothing can stand between the two.
    """

    line: BankLine
    file: str
    layout: str
    from_on: date
    until_on: date
    cells: tuple[tuple[str, str], ...] = ()
    joined: bool = False


class FiledReceipt(Frozen):
    """An electronic receipt (回单) that is in the books or in a live draft, by its number."""

    account: AccountSlug
    number: Text
    on: date
    amount_fen: Fen
    counterparty: Text
    sha256: Sha256


class FiledStatement(Frozen):
    """A bank's statement that is in the books or in a live draft; ``movements`` are its lines' days and amounts."""

    account: AccountSlug
    from_on: date
    until_on: date
    closing_fen: Fen
    sha256: Sha256
    layout: Text = ""
    movements: tuple[tuple[date, Fen], ...] = ()


class SaidBefore(NamedTuple):
    """A row that a known event was read from, and the reading of the whole file that it stands in."""

    reading: Reading
    row: ReadRow


def _nothing(_event: EventId) -> tuple[SaidBefore, ...]:
    return ()


@dataclass(frozen=True)
class KeptPapers:
    """The lines of papers that were imported, asked for only where a file overlaps them: here none.

    So a long history costs a new file nothing; :class:`ledger.listed.Listed` answers from the books.
    """

    def lines(self, account: AccountSlug, from_on: date) -> tuple[ListedLine, ...]:  # noqa: ARG002 - see the subclass
        """The imported lines of an account from a day on, in the order of their chain."""
        return ()

    def stated(self, sha256: Sha256) -> tuple[ListedLine, ...]:  # noqa: ARG002 - see the subclass
        """The lines of a filed statement, by its digest."""
        return ()

    def cells_of(self, sha256: Sha256) -> tuple[tuple[str, str], ...]:  # noqa: ARG002 - see the subclass
        """All cells of a kept file, by its digest: a receipt's fields."""
        return ()


class OpenItems(Frozen):
    """The whole view, as of now. ``said_before`` asks the kept readings, and only for events that are known."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

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
    receipts: tuple[FiledReceipt, ...] = ()
    papers: KeptPapers = KeptPapers()
    unidentified: tuple[tuple[EventId, AccountSlug, PositiveFen], ...] = ()
    said_before: Callable[[EventId], tuple[SaidBefore, ...]] = Field(default=_nothing, repr=False, exclude=True)
