"""A case's whole story, folded from the books' events: what was claimed, decided, funded, paid and came back."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

from ledger.book import Book
from ledger.events import (
    ApplicationSupplemented,
    CaseTaken,
    ClawbackDecided,
    CompensationApplied,
    CompensationDecided,
    CompensationDeferred,
    CompensationDenied,
    CompensationPaid,
    CompensationRedecided,
    InsuranceClaimPaid,
    InsuranceClaimRefused,
    LossWrittenOff,
    PaymentBounced,
    QueueFunded,
    QueueLapsed,
    ReceiptIdentified,
    RecoveryNotified,
    RecoveryReceived,
)
from ledger.events.base import Event
from ledger.ids import EventId
from ledger.money import apportion

_CaseEvent = (
    ApplicationSupplemented
    | CompensationDeferred
    | CompensationRedecided
    | CompensationPaid
    | PaymentBounced
    | QueueFunded
    | QueueLapsed
    | RecoveryNotified
    | RecoveryReceived
    | InsuranceClaimPaid
    | InsuranceClaimRefused
    | ClawbackDecided
    | LossWrittenOff
)

Granting = CompensationDecided | CompensationRedecided
"""A decision of which something may be due."""
Ruling = CompensationDecided | CompensationRedecided | CompensationDenied | CompensationDeferred
"""An event that says what became of an application, with the record of why."""


@dataclass
class CaseFile:
    """All events of one case, in the books' order: what a paper about it is made from."""

    case: str
    place: Callable[[EventId], tuple[str, int]] = field(repr=False, compare=False)
    """Where a posted event stands in the books (:meth:`Book.place`): tells what of one day came first."""
    applied: CompensationApplied | None = None
    decided: CompensationDecided | None = None
    denied: CompensationDenied | None = None
    taken: CaseTaken | None = None
    supplements: list[ApplicationSupplemented] = field(default_factory=list)
    deferred: list[CompensationDeferred] = field(default_factory=list)
    redecided: list[CompensationRedecided] = field(default_factory=list)
    payments: list[CompensationPaid] = field(default_factory=list)
    bounced: list[PaymentBounced] = field(default_factory=list)
    notified: list[RecoveryNotified] = field(default_factory=list)
    received: list[RecoveryReceived] = field(default_factory=list)
    claims: list[InsuranceClaimPaid] = field(default_factory=list)
    refused: list[InsuranceClaimRefused] = field(default_factory=list)
    funded: list[QueueFunded] = field(default_factory=list)
    lapsed: list[QueueLapsed] = field(default_factory=list)
    clawbacks: list[ClawbackDecided] = field(default_factory=list)
    written_off: list[LossWrittenOff] = field(default_factory=list)
    named: list[ReceiptIdentified] = field(default_factory=list)

    @property
    def bank(self) -> str:
        """The bank's code."""
        return self._origin.bank

    @property
    def loan(self) -> str:
        """The loan's number."""
        return self._origin.loan

    @property
    def begun_on(self) -> date:
        """The day of the application, or of the opening that took the case over."""
        return self._origin.on

    @property
    def _origin(self) -> CompensationApplied | CaseTaken:
        origin = self.applied or self.taken
        assert origin is not None, f"case {self.case} has no beginning"
        return origin

    def after(self, on: date) -> tuple[Event, ...]:
        """What the books hold of the case that is dated after a day, oldest first."""
        single: tuple[Event | None, ...] = (self.applied, self.decided, self.denied, self.taken)
        several = [event for _, place in _GATHERED for event in getattr(self, place)]
        events = [event for event in (*single, *several, *self.named) if event is not None and event.on > on]
        return tuple(sorted(events, key=self._place))

    def _place(self, event: Event) -> tuple[date, tuple[str, int]]:
        return event.on, self.place(event.event_id)

    @property
    def ruling(self) -> Ruling | None:
        """What stands: the latest decision, else the denial, else the latest deferral."""
        if self.redecided:
            return self.redecided[-1]
        return self.decided or self.denied or (self.deferred[-1] if self.deferred else None)

    @property
    def rulings(self) -> tuple[Ruling, ...]:
        """Every ruling of the case, in order."""
        first = self.decided or self.denied
        return (*self.deferred, *([first] if first else []), *self.redecided)

    @property
    def granting(self) -> Granting | None:
        """The decision in whose proportions recoveries are shared: the latest that grants anything."""
        granted = [item for item in self.redecided if item.approved_fen]
        return granted[-1] if granted else self.decided

    @property
    def pending(self) -> tuple[ApplicationSupplemented, ...]:
        """What was said anew and no decision has seen yet."""
        last = self.redecided[-1] if self.redecided else self.decided
        seen = (last.supplements if last else None) or 0
        return tuple(item for item in self.supplements if item.number > seen)

    @property
    def application(self) -> CompensationApplied | None:
        """The application as it stands with all that was said since: the whole case's claim, amounts and facts."""
        if self.applied is None or not self.supplements:
            return self.applied
        last, facts = self.supplements[-1], dict(self.applied.facts)
        for said in self.supplements:
            facts |= dict(said.facts)
        whole = {
            "claimed_fen": self.claimed_fen,
            "principal_fen": last.principal_fen,
            "interest_fen": last.interest_fen,
        }
        facts |= {name: str(amount) for name, amount in whole.items() if name in facts}
        papers = self.applied.attachments + sum(said.attachments for said in self.supplements)
        return self.applied.model_copy(update={**whole, "facts": tuple(facts.items()), "attachments": papers})

    @property
    def said_later(self) -> dict[str, str]:
        """Which facts were said anew, and in which supplement: 补充申请第 1 次."""
        later: dict[str, str] = {}
        for before, said in zip((self.applied, *self.supplements), self.supplements, strict=False):
            names = {name.removesuffix("_fen") for name, _ in said.facts}
            names |= {"claimed"} if said.claimed_fen else set()
            for name in ("principal_fen", "interest_fen"):
                if before is not None and getattr(before, name) != getattr(said, name):
                    names.add(name.removesuffix("_fen"))
            later |= dict.fromkeys(names, f"补充申请第 {said.number} 次")
        return later

    def borne_fen(self) -> dict[str, int]:
        """What each contributor bears of the case: granted to it, less what was cut, given back or came back since.

        What came back as a recovery and counts against a later decision goes by the proportions then borne.
        """
        return self._folded()[0]

    def counted_fen(self) -> dict[str, int]:
        """What of each contributor's part decisions that lowered it took as come back in recoveries (抵减的追偿)."""
        return self._folded()[1]

    def _folded(self) -> tuple[dict[str, int], dict[str, int]]:
        borne: Counter[str] = Counter()
        counted: Counter[str] = Counter()
        if self.decided:
            borne.update({share.contributor: share.amount_fen for share in self.decided.contributors})
        later: list[QueueFunded | CompensationRedecided] = [*self.funded, *self.redecided]
        for event in sorted(later, key=self._place):
            for share in event.contributors:
                borne[share.contributor] += share.amount_fen
            if isinstance(event, CompensationRedecided):
                for share in event.returned:
                    borne[share.contributor] -= share.amount_fen
                numbers = sorted(borne)
                if event.recovered_fen >= 0:
                    came = apportion(event.recovered_fen, [borne[number] for number in numbers])
                else:
                    stands = apportion(-event.recovered_fen, [counted[number] for number in numbers])
                    came = tuple(-part for part in stands)
                for number, part in zip(numbers, came, strict=True):
                    borne[number] -= part
                    counted[number] += part
        return dict(sorted(borne.items())), dict(sorted(counted.items()))

    @property
    def claimed_fen(self) -> int:
        """What was claimed in all."""
        first = self.applied.claimed_fen if self.applied else 0
        return first + sum(item.claimed_fen for item in self.supplements)

    @property
    def approved_fen(self) -> int:
        """All that is due from the pool by the decision that stands."""
        if self.redecided:
            return self.redecided[-1].approved_fen
        return self.decided.approved_fen if self.decided else 0

    @property
    def paid_fen(self) -> int:
        """Paid and not bounced, those before the opening included."""
        before = self.taken.paid_fen if self.taken else 0
        return before + sum(item.amount_fen for item in self.payments) - sum(item.amount_fen for item in self.bounced)

    @property
    def recovered_fen(self) -> int:
        """The pool's share of all recoveries notified, those before the opening included."""
        before = self.taken.paid_fen - self.taken.recourse_fen if self.taken else 0
        return before + sum(item.pool_fen for item in self.notified)

    @property
    def returned_fen(self) -> int:
        """What the bank was told to give back of the compensation (补偿退回)."""
        again = sum(item.clawback_fen for item in self.redecided)
        return again + sum(item.amount_fen for item in self.clawbacks)

    @property
    def written_off_fen(self) -> int:
        """What of the recourse was written off, recoveries since then taken off."""
        after = sum(item.after_write_off_fen for item in self.notified)
        return sum(item.amount_fen for item in self.written_off) - after

    @property
    def recourse_fen(self) -> int:
        """What may still come back and is not written off: paid, less recovered, returned and written off."""
        return self.paid_fen - self.recovered_fen - self.returned_fen - self.written_off_fen

    @property
    def queued_fen(self) -> int:
        """What of the approved sum still waits for money."""
        queued = self.decided.queued_fen if self.decided else 0
        queued += sum(item.queued_fen for item in self.redecided)
        queued -= sum(item.amount_fen for item in self.lapsed)
        return queued - sum(item.amount_fen for item in self.funded)

    @property
    def due_fen(self) -> int:
        """What is approved, funded and not paid."""
        if not self.decided:
            return 0
        granted = self.decided.approved_fen - self.decided.queued_fen + sum(item.granted_fen for item in self.redecided)
        return granted + sum(item.amount_fen for item in self.funded) - self.paid_fen

    @property
    def owed_fen(self) -> int:
        """What the bank was told to hand over since the opening, recoveries and what it gives back, received or not."""
        before = self.taken.notified_unreceived_fen if self.taken else 0
        return before + sum(item.pool_fen for item in self.notified) + self.returned_fen

    @property
    def received_fen(self) -> int:
        """What of it has arrived since the opening, receipts named later included."""
        return sum(item.amount_fen for item in self.received) + sum(item.amount_fen for item in self.named)


_GATHERED: tuple[tuple[type[_CaseEvent], str], ...] = (
    (ApplicationSupplemented, "supplements"),
    (CompensationDeferred, "deferred"),
    (CompensationRedecided, "redecided"),
    (CompensationPaid, "payments"),
    (PaymentBounced, "bounced"),
    (QueueFunded, "funded"),
    (QueueLapsed, "lapsed"),
    (RecoveryNotified, "notified"),
    (RecoveryReceived, "received"),
    (InsuranceClaimPaid, "claims"),
    (InsuranceClaimRefused, "refused"),
    (ClawbackDecided, "clawbacks"),
    (LossWrittenOff, "written_off"),
)
"""Events of which a case may have several, and where its file keeps them."""


def case_files(book: Book, until_on: date = date.max) -> dict[str, CaseFile]:
    """Every case with its events dated before ``until_on``, by case number."""
    files: dict[str, CaseFile] = {}

    def of(case: str) -> CaseFile:
        return files.setdefault(case, CaseFile(case, book.place))

    for applied in book.events(CompensationApplied, until_on):
        of(applied.case).applied = applied
    for decided in book.events(CompensationDecided, until_on):
        of(decided.case).decided = decided
    for denied in book.events(CompensationDenied, until_on):
        of(denied.case).denied = denied
    for taken in book.events(CaseTaken, until_on):
        of(taken.case).taken = taken
    for kind, place in _GATHERED:
        for event in book.events(kind, until_on):
            getattr(of(event.case), place).append(event)
    for named in book.events(ReceiptIdentified, until_on):
        if named.case and named.target == "recovery":
            of(named.case).named.append(named)
    files = {case: item for case, item in files.items() if item.applied or item.taken}
    files = {case: _before(item, until_on) for case, item in files.items() if item.begun_on < until_on}
    return dict(sorted(files.items()))


def _before(item: CaseFile, until_on: date) -> CaseFile:
    """The case as it stood before a day: later events taken out."""
    before = replace(
        item,
        decided=item.decided if item.decided and item.decided.on < until_on else None,
        denied=item.denied if item.denied and item.denied.on < until_on else None,
    )
    for place in (*(place for _, place in _GATHERED), "named"):
        setattr(before, place, [event for event in getattr(item, place) if event.on < until_on])
    return before
