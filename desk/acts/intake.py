"""Import: a file's bytes become kept documents, a reading, and one draft; or a refusal and nothing at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from desk.acts import rulings
from desk.acts.filing import filed, keep
from desk.acts.office import Actor, Office, Proposal, bytes_of
from importers.intake import recognise_file
from ledger.accounts import LOANS
from ledger.drafts import STATE_NAMES, Draft
from ledger.events import AnyEvent, LoanIncluded, RecoveryReported
from ledger.events.base import Event
from ledger.faults import Fault, FaultKind, Refusal
from ledger.papers import Attachment, Intake, Reading
from ledger.provenance import digest

if TYPE_CHECKING:
    from importers.registers import Binding

HELD = FaultKind(
    "导入-草稿-01",
    "同样的事项还在草稿中",
    "另一份文件的草稿已记账或已退回",
    "若这份是更正，先退回那份草稿（riskpool draft reject）再导入；若是重复，不必再导。",
)
KINDS = (HELD,)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did with one file. ``rows`` counts by outcome; ``draft`` is empty where nothing is new."""

    file: str
    sha256: str
    title: str
    layout: str
    period: str
    sum_in_fen: int
    sum_out_fen: int
    rows: tuple[tuple[str, int], ...]
    events: int
    draft: str
    already: bool
    warnings: tuple[str, ...] = ()

    @property
    def is_new(self) -> bool:
        """Whether anything is to be reviewed and posted."""
        return bool(self.draft)


def import_path(
    office: Office, path: Path, *, who: Actor, account: str | None = None, bindings: "Sequence[Binding]" = ()
) -> Imported:
    """Import one file from disk; the file itself is never changed."""
    return import_file(office, bytes_of(path), path.name, who=who, account=account, bindings=bindings)


def import_file(
    office: Office,
    content: bytes,
    name: str,
    *,
    who: Actor,
    account: str | None = None,
    bindings: "Sequence[Binding]" = (),
) -> Imported:
    """Import one file: 0 new when its bytes were imported before and not sent back.

    Raises:
        Refusal: any fault in the file; then nothing of it is kept and the books are unchanged.
    """
    with office.locked():
        sha = digest(content)
        if (reading := _standing(office, sha)) is not None:
            return _again(reading, name, _waiting(office, sha))
        intake = recognise_file(content, name, office.view(), account_hint=account, bindings=bindings)
        events, documents, warnings = _completed(office, intake)
        if not events and (held := _held(office, intake.reading)):
            raise Refusal([Fault(HELD, f"{name} 所述的事项都在草稿 {'、'.join(held)} 中")])
        keep(office.store, content, name, intake)
        documents += _binding(office, intake, bindings)
        draft = _proposed(office, intake, events, documents, who) if events else None
        return _imported(intake, len(events), draft, warnings)


def _standing(office: Office, sha: str) -> Reading | None:
    """The reading of the same bytes, unless every draft made from them was sent back."""
    reading = office.reading(sha)
    if reading is None:
        return None
    made = [draft for draft in office.drafts if sha in draft.content.files]
    return reading if not made or any(draft.is_live for draft in made) else None


def _completed(office: Office, intake: Intake) -> tuple[list[AnyEvent], list[Attachment], tuple[str, ...]]:
    """The intake's events with what only desk can add: recoveries shared out, statements filed, loans judged."""
    events: list[AnyEvent] = []
    documents: list[Attachment] = []
    for event in intake.events:
        if isinstance(event, RecoveryReported):
            notified, record = rulings.recovery(office, event, earlier=events)
            path = office.keep_document(record, "recovery", "json")
            account = office.book.chart.loan(event.bank, event.loan)
            documents.append(
                Attachment(
                    path=path,
                    account=account,
                    name=f"追偿计算 {event.case} 第 {event.number} 期",
                    sha256=digest(record),
                    sort="recovery",
                    link=f"case-{event.case}",
                )
            )
            events.append(notified)
        else:
            events.append(_posted_kind(event))
    events += rulings.suspensions(office, events)
    loans = [event for event in events if isinstance(event, LoanIncluded) and not event.opening]
    warnings = rulings.refuse_ineligible(office, loans, intake.reading)
    if intake.paper is not None and intake.paper.kind == "statement":
        events.append(filed(intake.paper, intake.reading))
    return events, documents, warnings


def _binding(office: Office, intake: Intake, bindings: "Sequence[Binding]") -> list[Attachment]:
    """The binding by which a bank's own workbook was read: what its columns meant then is kept with the file."""
    _, _, slug = intake.reading.layout.partition("+")
    return [
        Attachment(
            path=office.keep_document(binding.text().encode(), "binding", "toml"),
            account=LOANS,
            name=f"栏目对应 {slug}",
            sha256=digest(binding.text().encode()),
            sort="binding",
        )
        for binding in bindings
        if binding.slug == slug
    ]


def _posted_kind(event: Event) -> AnyEvent:
    return event  # type: ignore[return-value] # importers give events of the union; EVENT checks when a draft is read


def _proposed(office: Office, intake: Intake, events: list[AnyEvent], documents: list[Attachment], who: Actor) -> Draft:
    title = f"{intake.reading.title}：{intake.reading.file.name}"
    files = (intake.reading.file.sha256,)
    return office.propose(Proposal("import", title, events, files, documents), who)


def _counts(reading: Reading) -> tuple[tuple[str, int], ...]:
    found: dict[str, int] = {}
    for row in reading.rows:
        found[row.outcome] = found.get(row.outcome, 0) + 1
    return tuple(sorted(found.items()))


def _held(office: Office, reading: Reading) -> tuple[str, ...]:
    """Drafts that hold all that a register says: kept now, another version of it would be taken for known."""
    if reading.kind == "list":
        return ()
    said = {event for row in reading.rows if row.outcome == "known" for event in row.events}
    return tuple(
        draft.no
        for draft in office.drafts
        if draft.state in {"draft", "reviewed"} and said & {event.event_id for event in draft.content.events}
    )


def _waiting(office: Office, sha: str) -> tuple[str, ...]:
    """What is still to be done with a file's draft, in words."""
    return tuple(
        f"在 {draft.no} {STATE_NAMES[draft.state]}"
        for draft in office.drafts
        if sha in draft.content.files and draft.state in {"draft", "reviewed"}
    )


def _again(reading: Reading, name: str, waiting: tuple[str, ...]) -> Imported:
    sha, counts = reading.file.sha256, _counts(reading)
    return Imported(name, sha, reading.title, reading.layout, "", 0, 0, counts, 0, "", already=True, warnings=waiting)


def _imported(intake: Intake, events: int, draft: Draft | None, warnings: tuple[str, ...]) -> Imported:
    paper, reading = intake.paper, intake.reading
    amounts = [line.amount_fen for line in paper.lines] if paper else []
    return Imported(
        file=reading.file.name,
        sha256=reading.file.sha256,
        title=reading.title,
        layout=reading.layout,
        period=f"{paper.from_on} 至 {paper.until_on}（不含）" if paper else "",
        sum_in_fen=sum(amount for amount in amounts if amount > 0),
        sum_out_fen=-sum(amount for amount in amounts if amount < 0),
        rows=_counts(reading),
        events=events,
        draft=draft.no if draft else "",
        already=False,
        warnings=(*intake.warnings, *warnings),
    )
