"""Filings judged and their findings kept: what a loan came in by stays with it, and is worked out again at posting."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from desk.acts import standing
from desk.acts.office import Office, document_path
from desk.acts.rules import adopted
from desk.acts.trail import NO_TRAIL
from ledger.book import Book
from ledger.drafts import DraftStep
from ledger.events import AnyEvent, LoanIncluded
from ledger.faults import ExitCode, Fault, FaultKind, Place, Refusal, refuse
from ledger.papers import Attachment
from reports.forms.filing_review import FINDINGS, findings_of
from riskpool.cases import filing_facts, loan_facts
from riskpool.facts import FactValue
from riskpool.filings import EFFECTS, FilingRecord, facts_asked, file_loan
from riskpool.ruletext import RuleText, text_on, texts_on
from riskpool.suspension import barring_clauses

INELIGIBLE = FaultKind(
    "入库-条件-01",
    "不符合入库条件",
    "办法规定的全部入库条件",
    "退回银行；确有依据的请补正材料后重新报送整份清单。",
    ExitCode.BAD_INPUT,
)
STALE_FILING = FaultKind(
    "入库-依据-01",
    "入库核验的依据在制单之后变了",
    "按现在的账簿重新核验得到同样的结果",
    "退回这份草稿，重新导入这份备案清单。",
    ExitCode.REFUSED,
)
KINDS = (INELIGIBLE, STALE_FILING)

NOT_JUDGED = "尚未采用管理办法：这些备案没有按入库条件核验"


@dataclass(frozen=True, slots=True)
class Judged:
    """Filings as they were judged: their records, in the order of the filings, and what the officer is to see."""

    records: tuple[FilingRecord, ...] = ()
    warnings: tuple[str, ...] = ()

    def attachments(self, book: Book) -> list[Attachment]:
        """The records as documents, each on its loan's account."""
        return [
            Attachment(
                path=document_path(record.to_bytes(), FINDINGS, "json"),
                account=book.chart.loan(record.bank, record.loan),
                name=f"入库核验 {record.loan}",
                sha256=record.sha256,
                sort=FINDINGS,
                link=f"loan-{record.loan}",
            )
            for record in self.records
        ]

    def put_away(self, office: Office) -> None:
        """Write the records under their digests, for ever."""
        for record in self.records:
            office.keep_document(record.to_bytes(), FINDINGS, "json")


def judge_filings(office: Office, events: Iterable[AnyEvent], file: str, *, before: str = "") -> Judged:
    """Judge the filings among a file's events by the text in force on each filing's day; all findings of all at once.

    A filing counts those before it: earlier rows of the file, filings in live drafts (older than ``before`` where one
    is given), and what the books hold. Where no text covers the day there is nothing to judge by: a warning says so.
    Loans taken over at the opening were filed elsewhere and are not judged.

    Raises:
        Refusal: a filing is barred, with every finding that bars it; two texts claim the day; a fact is missing.
    """
    loans = sorted(_filings(events), key=_row)
    texts = adopted(office)
    if not texts:
        return Judged(warnings=(NOT_JUDGED,) if loans else ())
    accepted = _waiting(office, before)
    records: list[FilingRecord] = []
    warnings: list[str] = []
    faults: list[Fault] = []
    for loan in loans:
        if not texts_on(texts, loan.filed_on):
            warnings.append(f"{loan.loan} 备案日 {loan.filed_on} 没有施行中的办法，没有按入库条件核验")
            accepted.append(loan)
            continue
        try:
            record = judge_filing(office.book, text_on(texts, loan.filed_on), loan, accepted)
        except Refusal as refusal:
            faults += refusal.faults
            continue
        place = Place(file, loan.sources[0].sheet, loan.sources[0].row) if loan.sources else Place(file)
        faults += [Fault(INELIGIBLE, f"{loan.loan} {item.clause}：{item.sentence}", place) for item in record.refusals]
        warnings += [f"{loan.loan} {item.clause}（{EFFECTS[item.effect]}）：{item.sentence}" for item in record.remarks]
        records.append(record)
        # A barred filing takes no room: the rows after it are judged as they would stand without it.
        accepted += [] if record.refusals else [loan]
    if faults:
        raise Refusal(faults)
    return Judged(tuple(records), tuple(warnings))


def _filings(events: Iterable[AnyEvent]) -> list[LoanIncluded]:
    return [event for event in events if isinstance(event, LoanIncluded) and not event.opening]


def _row(loan: LoanIncluded) -> int:
    """A filing's row in its file; readers may hand loans on in another order."""
    return loan.sources[0].row if loan.sources else 0


def judge_filing(
    book: Book,
    text: RuleText,
    loan: LoanIncluded,
    accepted: Sequence[LoanIncluded] = (),
    without: frozenset[tuple[str, str]] = frozenset(),
    *,
    ever: bool = False,
) -> FilingRecord:
    """One filing under a text, as the books stand at the end of its filing day.

    ``accepted`` as in :func:`desk.acts.standing.in_pool_fen`. ``without`` are loans (bank, number) that the books hold
    and this trial leaves out; ``ever`` tries the text outside its period too.

    Raises:
        Refusal: the text is unset, or asks for what the books can't say.
    """
    asked = facts_asked(text)
    pool: dict[str, FactValue] = standing.pool_facts(book, loan.filed_on, asked, bank=loan.bank)
    if "in_pool_principal" in asked:
        pool["in_pool_principal"] = standing.in_pool_fen(book, loan, accepted, without)
    measures = standing.measures_asked(book, barring_clauses(text), loan.bank, without)
    facts = filing_facts(loan_facts(loan), pool)
    return file_loan(text, facts, loan.bank, loan.filed_on, measures if ever else standing.covered(text, measures))


def filed_as(office: Office, number: str) -> tuple[tuple[LoanIncluded, FilingRecord | None], ...]:
    """The loans of a number (two banks may use the same one), each with what it came in by, None where unrecorded.

    Raises:
        Refusal: no such loan; a record is missing or was changed.
    """
    loans = [loan for loan in office.book.events(LoanIncluded) if loan.loan == number]
    if not loans:
        raise refuse(NO_TRAIL, number, expected="账内贷款的借据号")
    return tuple((loan, findings_of(office.book, loan.bank, loan.loan)) for loan in loans)


def _waiting(office: Office, before: str) -> list[LoanIncluded]:
    """Filings in drafts that were accepted before and are not posted yet, in the order of the drafts."""
    return [
        event
        for draft in office.drafts
        if draft.is_waiting and (not before or draft.no < before)
        for event in draft.content.events
        if isinstance(event, LoanIncluded)
    ]


def require_current_filings(office: Office, draft: str, content: DraftStep) -> None:
    """Filings are posted only as the books now judge them: the same records, byte for byte, as the draft holds."""
    if not _filings(content.events):
        return
    found = judge_filings(office, content.events, draft, before=draft)
    now = {record.sha256: record.loan for record in found.records}
    then = {item.sha256: item.name for item in content.documents if item.sort == FINDINGS}
    if now.keys() != then.keys():
        changed = "、".join(sorted({loan for sha256, loan in now.items() if sha256 not in then}))
        raise Refusal([Fault(STALE_FILING, f"{draft} {changed or content.title}")])
