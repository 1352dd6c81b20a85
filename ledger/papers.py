"""A bank's papers in neutral words, and the reading kept of every file that came in.

Three papers must not be confused (docs/architecture.md): a transaction list (流水) is the basis of vouchers;
a statement (对账单) is the bank's independent word for a month and only ever reconciles; the balance
reconciliation (调节表) is a result. ``BankPaper.kind`` keeps the first two apart.
"""

from datetime import date, time
from typing import Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from ledger.events.base import BankCode, Event, Fen, Frozen, Text
from ledger.ids import AccountSlug, EventId, event_id
from ledger.provenance import Sha256, SourceFile, SourceLine


class BankLine(Frozen):
    """One line of a bank's paper. ``amount_fen`` is signed from our side: positive came in.

    ``serial`` is the bank's own identity of the row where the layout has one; ``nth`` tells apart rows
    that are equal in all that the composite key holds (1, 2, ... in the bank's order).
    """

    line: SourceLine
    on: date
    at: time | None = None
    amount_fen: Fen
    balance_fen: Fen | None = None
    serial: str = ""
    nth: int = Field(default=1, ge=1)
    counterparty: Text = ""
    counterparty_account: Text = ""
    counterparty_bank: Text = ""
    bank_summary: Text = ""
    purpose: Text = ""
    remark: Text = ""

    def key(self, account: AccountSlug) -> EventId:
        """The row's identity: the bank's serial, else an occurrence-aware key. Never resemblance."""
        if self.serial:
            return event_id("bank", account, "serial", self.serial)
        balance = "" if self.balance_fen is None else str(self.balance_fen)
        return event_id("bank", account, self.on.isoformat(), self.amount_fen, balance, self.counterparty, self.nth)


class BankPaper(Frozen):
    """A transaction list or a statement, checked in itself: opening + lines = closing.

    Lines stand in the order of the balance chain. ``from_on`` and ``until_on`` are the first day covered
    and the first day not covered. ``keyed`` marks a statement typed in from paper. ``also`` holds the papers of the
    other accounts where one file has several; they are left out of what is written where there are none.
    """

    file: SourceFile
    kind: Literal["list", "statement"]
    bank: BankCode
    layout: str
    account: AccountSlug
    from_on: date
    until_on: date
    opening_fen: Fen
    closing_fen: Fen
    lines: tuple[BankLine, ...]
    keyed: bool = False
    also: tuple["BankPaper", ...] = ()

    @property
    def papers(self) -> "tuple[BankPaper, ...]":
        """This paper and those beside it in the file, each by itself."""
        return (self.model_copy(update={"also": ()}), *self.also) if self.also else (self,)

    @model_serializer(mode="wrap")
    def _written(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        said: dict[str, Any] = write(self)
        return said if self.also else {key: value for key, value in said.items() if key != "also"}


class ReadRow(Frozen):
    """A row as it stood in the file, and what became of it: nothing vanishes."""

    line: SourceLine
    cells: tuple[tuple[str, str], ...]
    outcome: Literal["event", "evidence", "known", "statement", "ignored"]
    events: tuple[EventId, ...] = ()
    reason: Text = ""


class Reading(Frozen):
    """All rows of one imported file, kept in the books for ever under the file's digest."""

    file: SourceFile
    kind: str
    title: str
    layout: str
    rows: tuple[ReadRow, ...]


class Intake(Frozen):
    """What an importer made of a file that has no fault: drafts to be, evidence, and the reading."""

    reading: Reading
    paper: BankPaper | None = None
    events: tuple[Event, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def papers(self) -> tuple[BankPaper, ...]:
        """The bank's papers in the file: none, one, or one an account."""
        return self.paper.papers if self.paper else ()


class Attachment(Frozen):
    """A document an act rests on: its file under ``documents/``, the account and link it hangs on in Fava.

    ``sort`` says what it is (list, statement, decision, ...); ``name`` is the name it was handed in under.
    ``reading`` and ``paper`` are the digests of what the books keep of an imported file beside its bytes.
    """

    path: str
    account: Text
    name: Text
    sha256: Sha256
    sort: str
    link: str = ""
    reading: str = ""
    paper: str = ""
