"""What comes of a register: events, warnings, faults, and for each row what became of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from importers.filed import REASON
from importers.registers import wrongs
from importers.registers.entries import Entry, same_words, yuan_words
from importers.registers.register import Register
from importers.registers.synonyms import Binding
from ledger.events.base import Event
from ledger.faults import Fault, Refusal
from ledger.ids import EventId
from ledger.openitems import CaseState, LoanState, OpenItems
from ledger.papers import BankPaper, Intake, Reading, ReadRow
from ledger.pool import Bank, Insurer
from ledger.provenance import SourceLine

LAST = 10**9
"""Behind every row: a fault of a whole sheet stands after those of its rows."""


@dataclass
class Harvest:
    """The growing result of one register, and the look-ups that every kind of register needs.

    ``paper`` is a keyed statement's; ``is_filed`` marks one whose like the books hold, which gives none.
    """

    register: Register
    view: OpenItems
    bindings: tuple[Binding, ...] = ()
    events: list[Event] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    by_row: dict[SourceLine, list[EventId]] = field(default_factory=dict)
    reasons: dict[SourceLine, str] = field(default_factory=dict)
    paper: BankPaper | None = None
    is_filed: bool = False
    _ids: set[EventId] = field(default_factory=set)
    _loans: dict[str, list[LoanState]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Index the loans once: a tape of a thousand rows asks for each."""
        self.warnings += self.register.warnings
        for loan in self.view.loans:
            self._loans.setdefault(loan.loan, []).append(loan)

    def add(self, event: Event, *entries: Entry) -> None:
        """Keep an event for the rows it was read from; one that the books know is not made again."""
        for entry in entries:
            self.by_row.setdefault(entry.line, []).append(event.event_id)
        if not self.knows(event.event_id) and event.event_id not in self._ids:
            self._ids.add(event.event_id)
            self.events.append(event)

    def knows(self, event_id: EventId) -> bool:
        """Whether the event is in the books or in a live draft."""
        return event_id in self.view.known_events

    def ignore(self, entry: Entry, reason: str) -> None:
        """A row that leads to no event, with why."""
        self.reasons[entry.line] = reason

    def warn(self, entry: Entry, text: str) -> None:
        """Something the officer should look at, which stops nothing."""
        self.warnings.append(f"{entry.place}：{text}")

    def bank(self, entry: Entry, key: str = "bank") -> Bank | None:
        """The partner bank named in the row, by name, alias or code."""
        text = entry.text(key)
        for bank in self.view.pool.bank:
            if any(same_words(text, name) for name in (bank.name, bank.code, *bank.aliases)):
                return bank
        self._no_party(entry, key, (bank.name for bank in self.view.pool.bank))
        return None

    def insurer(self, entry: Entry, key: str = "insurer") -> Insurer | None:
        """The insurer named in the row, by name, alias or number."""
        text = entry.text(key)
        for insurer in self.view.pool.insurer:
            if any(same_words(text, name) for name in (insurer.name, insurer.no, *insurer.aliases)):
                return insurer
        self._no_party(entry, key, (insurer.name for insurer in self.view.pool.insurer))
        return None

    def _no_party(self, entry: Entry, key: str, names: Iterable[str]) -> None:
        if entry.text(key):  # an empty cell has its own fault
            self.faults.append(entry.fault(wrongs.NO_PARTY, entry.text(key), key, expected="、".join(names)))

    def loan(self, entry: Entry, bank: Bank | None = None) -> LoanState | None:
        """The loan named in the row; of ``bank`` where given, with the borrower the row names."""
        found = self._loans.get(entry.text("loan"), [])
        if bank:
            found = [loan for loan in found if loan.bank == bank.code]
        if not found:
            where = f"（{bank.name}）" if bank else ""
            self.faults.append(entry.fault(wrongs.NO_LOAN, f"{entry.text('loan')}{where}", "loan"))
            return None
        borrower = entry.values.get("borrower")
        if isinstance(borrower, str) and not same_words(borrower, found[0].borrower):
            expected = f"备案的借款人「{found[0].borrower}」"
            self.faults.append(entry.fault(wrongs.NOT_AS_FILED, borrower, "borrower", expected=expected))
        return found[0]

    def case(self, entry: Entry, loan: LoanState | None = None) -> CaseState | None:
        """The case named in the row, of ``loan`` where given."""
        found = [case for case in self.view.cases if case.case == entry.text("case")]
        if not found:
            self.faults.append(entry.fault(wrongs.NO_CASE, entry.text("case") or "空", "case"))
            return None
        if loan and found[0].loan != loan.loan:
            expected = f"本案的借据号 {found[0].loan}"
            self.faults.append(entry.fault(wrongs.NOT_AS_FILED, loan.loan, "loan", expected=expected))
        return found[0]

    def differs(self, entry: Entry, key: str, ours_fen: int) -> bool:
        """Warn where an amount of the row is not what the books say."""
        if entry.number(key) == ours_fen:
            return False
        title = entry.titles[key][0]
        self.warn(entry, f"「{title}」{yuan_words(entry.number(key))}，账上 {yuan_words(ours_fen)}")
        return True

    def intake(self) -> Intake:
        """The finished intake; all faults together in one refusal where there is any."""
        if self.faults:
            # Rows are taken in the order of their identity; an officer looks for faults in the order of the file.
            order = {name: at for at, name in enumerate(dict.fromkeys(fault.place.sheet for fault in self.faults))}
            raise Refusal(sorted(self.faults, key=lambda fault: (order[fault.place.sheet], fault.place.row or LAST)))
        reading = Reading(
            file=self.register.file,
            kind=self.register.template.kind,
            title=self.register.template.title,
            layout=f"{self.register.template.kind}-1{f'+{bound.slug}' if (bound := self.register.binding) else ''}",
            rows=tuple(self._rows()),
        )
        return Intake(reading=reading, paper=self.paper, events=tuple(self.events), warnings=tuple(self.warnings))

    def _rows(self) -> list[ReadRow]:
        rows = {
            line: ReadRow(line=line, cells=cells, outcome="ignored", reason=reason)
            for line, cells, reason in self.register.others
        }
        # A row that two tables share leads to the events of both: by_row is kept by the row.
        for entries in self.register.tables.values():
            rows |= {entry.line: self._row(entry) for entry in entries}
        order = {sheet: index for index, sheet in enumerate(dict.fromkeys(line.sheet for line in rows))}
        return sorted(rows.values(), key=lambda row: (order[row.line.sheet], row.line.row))

    def _row(self, entry: Entry) -> ReadRow:
        if self.is_filed:
            return ReadRow(line=entry.line, cells=entry.cells, outcome="known", reason=REASON)
        if self.paper:
            return ReadRow(line=entry.line, cells=entry.cells, outcome="statement")
        ids = self.by_row.get(entry.line, [])
        fresh = tuple(item for item in ids if item in self._ids)
        if fresh:
            return ReadRow(line=entry.line, cells=entry.cells, outcome="event", events=fresh)
        if ids:
            return ReadRow(
                line=entry.line, cells=entry.cells, outcome="known", events=tuple(ids), reason="已入账或已在草稿中"
            )
        assert entry.line in self.reasons, f"row {entry.line.text()} vanished"
        return ReadRow(line=entry.line, cells=entry.cells, outcome="ignored", reason=self.reasons[entry.line])
