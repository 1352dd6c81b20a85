"""Import: a file's bytes become kept documents, a reading, and one draft; or a refusal and nothing at all."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from desk.acts import rulings
from desk.acts.filing import filed, keep
from desk.acts.inclusion import Judged, judge_filings
from desk.acts.office import Actor, Office, Proposal, bytes_of, document_path, textual
from importers.files import read_file
from importers.files.kinds import MAX_BYTES
from importers.intake import Turn, recognise_file, turn_of
from importers.lists.claim import CHOOSE_ACCOUNT, GAP, SEVERAL_ORDERS
from importers.lists.joining import UNSURE
from ledger.accounts import LOANS
from ledger.drafts import STATE_NAMES, Draft
from ledger.events import AnyEvent, ReceiptFiled, RecoveryReported
from ledger.events.base import Event
from ledger.faults import Fault, FaultKind, Refusal
from ledger.papers import Attachment, BankPaper, Intake, Reading
from ledger.provenance import SHORT, SourceFile, digest
from ledger.seal import open_from
from ledger.signing import require
from ledger.store import refuse_view
from ledger.views import broken_off

if TYPE_CHECKING:
    from importers.registers import Binding

HELD = FaultKind(
    "导入-草稿-01",
    "同样的事项还在草稿中",
    "另一份文件的草稿已记账或已退回",
    "若这份是更正，先退回那份草稿（riskpool draft reject）再导入；若是重复，不必再导。",
)
NO_FILES = FaultKind(
    "导入-文件-91", "没有可导入的文件", "至少有一个文件的文件夹", "检查路径；银行的文件是否还在压缩包里、还没有解压。"
)
KINDS = (HELD, NO_FILES)


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
    amounts: tuple[tuple[str, int], ...] = ()
    """What a register's rows add up to, by what it is that is added."""
    kind: str = ""
    """list, statement, receipt, or the register's kind."""

    @property
    def is_paper(self) -> bool:
        """Whether it is a bank's list, statement or receipt with days and sums to tell: a known one has none."""
        return self.kind in {"list", "statement", "receipt"} and bool(self.period)

    @property
    def is_new(self) -> bool:
        """Whether anything is to be reviewed and posted."""
        return bool(self.draft)


WAITING = frozenset({GAP, CHOOSE_ACCOUNT, SEVERAL_ORDERS, UNSURE})
"""Faults of a list that another file of the same folder may take away."""
Outcome = tuple[str, Imported | Refusal]


def import_paths(
    office: Office,
    paths: Sequence[Path],
    *,
    who: Actor,
    account: str | None = None,
    bindings: "Sequence[Binding]" = (),
    bar: Callable[[Sequence[Path], str], Iterable[Path]] = lambda paths, _what: paths,
) -> tuple[Outcome, ...]:
    """Import files handed in together, each whole or not at all; what became of each, by name.

    They are taken in the order that their content gives, so the same files in any order make the same books. One that
    does not join yet waits for the others. ``bar`` gives the paths one by one, as it shows them.
    """
    refuse_view(office.root)
    require(office.book.pool, who.id, "preparer")  # once, before any file: it is no fault of theirs
    waiting: list[tuple[Turn, Path, bytes]] = []
    outcomes: list[Outcome] = []
    for path in bar(paths, "读取"):
        name = textual(path.name)
        try:
            content = bytes_of(path, MAX_BYTES)
            waiting.append((_turn(office, content, name), path, content))
        except Refusal as refusal:
            outcomes.append((name, refusal))
    waiting.sort(key=lambda item: (item[0], item[1].name))
    while waiting:
        held: list[tuple[Turn, Path, bytes]] = []
        refused: list[Outcome] = []
        of = {path: (turn, content) for turn, path, content in waiting}
        for path in bar(tuple(of), "导入"):
            (turn, content), name = of[path], textual(path.name)
            try:
                done = import_file(office, content, name, who=who, account=account, bindings=bindings)
                outcomes.append((name, done))
            except Refusal as refusal:
                refused.append((name, refusal))
                held.append((turn, path, content))
        if len(held) == len(waiting) or not any(_may_join(refusal) for _, refusal in refused):
            return (*outcomes, *refused)
        waiting = held
    return tuple(outcomes)


def _turn(office: Office, content: bytes, name: str) -> Turn:
    source = SourceFile(name=name, sha256=digest(content))
    return turn_of(read_file(content, name), source, office.book.pool)


def _may_join(outcome: Imported | Refusal) -> bool:
    """Whether a list was refused only because another one must come first: to join, to show whose or where it is."""
    return isinstance(outcome, Refusal) and any(fault.kind in WAITING for fault in outcome.faults)


def import_path(
    office: Office, path: Path, *, who: Actor, account: str | None = None, bindings: "Sequence[Binding]" = ()
) -> Imported:
    """Import one file from disk; the file itself is never changed."""
    content, name = bytes_of(path, MAX_BYTES), textual(path.name)
    return import_file(office, content, name, who=who, account=account, bindings=bindings)


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
        require(office.book.pool, who.id, "preparer")
        sha = digest(content)
        if (reading := _standing(office, sha)) is not None:
            return _again(office, reading, name)
        intake = recognise_file(content, name, office.view(), account_hint=account, bindings=bindings)
        events, made, judged = _completed(office, intake)
        if not events and (held := _held(office, intake.reading)):
            raise Refusal([Fault(HELD, f"{name} 所述的事项都在草稿 {'、'.join(held)} 中")])
        bound = _binding(intake, bindings)
        documents = [paper for paper, _ in made] + judged.attachments(office.book) + [paper for paper, _ in bound]

        def put_away() -> None:
            office.put_away([paper for paper, _ in (*made, *bound)], [("", record) for _, record in (*made, *bound)])
            judged.put_away(office)
            keep(office.store, content, name, intake)

        if events:
            title = f"{intake.reading.title}：{intake.reading.file.name}"
            proposal = Proposal("import", title, events, (intake.reading.file.sha256,), documents)
            draft = office.propose(proposal, who, keep=put_away)
        else:
            put_away()
            draft = None
        return _imported(intake, events, draft, judged.warnings)


def _standing(office: Office, sha: str) -> Reading | None:
    """The reading of the same bytes, unless every draft made from them was sent back, or a killed run made none."""
    reading = office.reading(sha)
    if reading is None or broken_off(office.book, office.drafts, [sha]):
        return None
    made = [draft for draft in office.drafts if sha in draft.content.files]
    return reading if not made or any(draft.is_live for draft in made) else None


_Made = tuple[Attachment, bytes]
"""A record of our own making and its bytes: written when the draft is, so that of a refused file nothing stays."""


def _completed(office: Office, intake: Intake) -> tuple[list[AnyEvent], list[_Made], Judged]:
    """The intake's events with what only desk can add: recoveries shared out, statements filed, loans judged."""
    events: list[AnyEvent] = []
    made: list[_Made] = []
    for event in intake.events:
        if isinstance(event, RecoveryReported):
            notified, record = rulings.recovery(office, event, earlier=events)
            paper = Attachment(
                path=document_path(record, "recovery", "json"),
                account=office.book.chart.loan(event.bank, event.loan),
                name=f"追偿计算 {event.case} 第 {event.number} 期",
                sha256=digest(record),
                sort="recovery",
                link=f"case-{event.case}",
            )
            made.append((paper, record))
            events.append(notified)
        elif isinstance(event, ReceiptFiled) and event.on < (open_on := open_from(office.root)):
            # A receipt that comes after its month was closed is filed on the first open day; its own day stands in it.
            events.append(event.model_copy(update={"on": open_on, "dated_on": event.on}))
        else:
            events.append(_posted_kind(event))
    events += rulings.suspensions(office, events)
    judged = judge_filings(office, events, intake.reading.file.name)
    events += [filed(said, intake.reading) for said in intake.papers if said.kind == "statement"]
    return events, made, judged


def _binding(intake: Intake, bindings: "Sequence[Binding]") -> list[_Made]:
    """The binding by which a bank's own workbook was read: what its columns meant then is kept with the file."""
    _, _, slug = intake.reading.layout.partition("+")
    found = [binding.text().encode() for binding in bindings if binding.slug == slug]
    return [(_bound(content, slug), content) for content in found]


def _bound(content: bytes, slug: str) -> Attachment:
    return Attachment(
        path=document_path(content, "binding", "toml"),
        account=LOANS,
        name=f"栏目对应 {slug}",
        sha256=digest(content),
        sort="binding",
    )


def _posted_kind(event: Event) -> AnyEvent:
    return event  # type: ignore[return-value] # importers give events of the union; EVENT checks when a draft is read


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
        if draft.is_waiting and said & {event.event_id for event in draft.content.events}
    )


def _waiting(office: Office, sha: str) -> tuple[str, ...]:
    """What is still to be done with a file's draft, in words."""
    return tuple(
        f"在 {draft.no} {STATE_NAMES[draft.state]}"
        for draft in office.drafts
        if sha in draft.content.files and draft.is_waiting
    )


AMOUNTS = {
    "LoanIncluded": ("未还本金", "outstanding_fen"),
    "TapeConfirmed": ("月末余额", "outstanding_fen"),
    "InsuranceIssued": ("保险金额", "sum_fen"),
    "InsuranceClaimPaid": ("理赔", "amount_fen"),
    "CompensationApplied": ("申请金额", "claimed_fen"),
    "RecoveryReported": ("追回毛额", "gross_fen"),
    "RecoveryNotified": ("追回毛额", "gross_fen"),
}
"""What an officer compares with the paper in hand: by kind of event, its name and the field that is added up."""


def _amounts(events: Iterable[Event]) -> tuple[tuple[str, int], ...]:
    found: dict[str, int] = {}
    for event in events:
        if (said := AMOUNTS.get(type(event).__name__)) is not None:
            name, field = said
            found[name] = found.get(name, 0) + getattr(event, field)
    return tuple(found.items())


def _days(papers: Sequence[BankPaper], events: Iterable[Event]) -> str:
    if papers:
        return "、".join(dict.fromkeys(f"{paper.from_on} 至 {paper.until_on}（不含）" for paper in papers))
    days = sorted({event.on for event in events})
    return "" if not days else str(days[0]) if len(days) == 1 else f"{days[0]} 至 {days[-1]}"


def _again(office: Office, reading: Reading, name: str) -> Imported:
    sha = reading.file.sha256
    made = [event for draft in office.drafts if sha in draft.content.files for event in draft.content.events]
    paper = office.book.paper(sha[:SHORT])
    return _told(
        Intake(reading=reading, paper=paper),
        made,
        Imported(name, sha, "", "", "", 0, 0, (), 0, "", already=True, warnings=_waiting(office, sha)),
    )


def _imported(intake: Intake, events: Sequence[Event], draft: Draft | None, warnings: tuple[str, ...]) -> Imported:
    file = intake.reading.file
    done = Imported(
        *(file.name, file.sha256, "", "", "", 0, 0, ()),
        events=len(events),
        draft=draft.no if draft else "",
        already=False,
        warnings=(*intake.warnings, *warnings),
    )
    return _told(intake, events, done)


def _told(intake: Intake, events: Sequence[Event], done: Imported) -> Imported:
    """The same with what the file is, its days, rows and sums."""
    papers, reading = intake.papers, intake.reading
    amounts = [line.amount_fen for paper in papers for line in paper.lines]
    amounts += [event.amount_fen for event in events if isinstance(event, ReceiptFiled)]
    return replace(
        done,
        title=reading.title,
        layout=reading.layout,
        period=_days(papers, events),
        sum_in_fen=sum(amount for amount in amounts if amount > 0),
        sum_out_fen=-sum(amount for amount in amounts if amount < 0),
        rows=_counts(reading),
        kind=reading.kind,
        amounts=() if papers else _amounts(events),
    )
