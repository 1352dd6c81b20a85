"""Where the books meet the rule text: applications decided, recoveries shared, banks suspended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from desk.acts import standing
from desk.acts.office import Actor, Office, Proposal, document_path
from desk.acts.redeciding import (
    frozen_text,
    refuse_drawn_later,
    refuse_less_of_lapsed,
    refuse_settled_otherwise,
    standing_of,
)
from desk.acts.rules import NOT_ADOPTED, adopted
from ledger.book import Book
from ledger.casefiles import CaseFile, Granting, Ruling, case_files
from ledger.drafts import Draft
from ledger.events import (
    AnyEvent,
    CompensationDecided,
    CompensationDeferred,
    CompensationDenied,
    CompensationRedecided,
    LoanIncluded,
    RecoveryNotified,
    RecoveryReported,
    SuspensionLifted,
    SuspensionTripped,
    TapeConfirmed,
    TermExtended,
)
from ledger.events.base import Event
from ledger.faults import ExitCode, Fault, FaultKind, Refusal
from ledger.money import yuan_text
from ledger.papers import Attachment
from ledger.provenance import digest
from ledger.seal import open_from
from ledger.signing import require
from ledger.views import loan_states
from riskpool.cases import (
    LoanFacts,
    consumption_of,
    facts_of,
    history_of,
    loan_facts,
    opening_history,
    opening_terms,
    recovery_of,
    suspension_events,
    terms_of,
    text_for,
)
from riskpool.cases import (
    decide as decide_case,
)
from riskpool.checker import problems
from riskpool.decision import Decision, from_bytes
from riskpool.facts import AVAILABLE, CaseFacts
from riskpool.granting import events_of, redecision_of
from riskpool.needs import facts_needed
from riskpool.rounds import has_rounds
from riskpool.ruletext import RuleText, text_on, texts_on
from riskpool.views import explain, shares

NO_CASE = FaultKind(
    "裁决-案件-01",
    "没有这件待裁决的申请",
    "已入账、尚未裁决的申请，或裁决之后另有补充的案件",
    "用 riskpool status 查看待裁决的案件；有新的申请金额或事实的，先运行 riskpool supplement。",
)
OVERSTATED = FaultKind(
    "裁决-本金-01",
    "申请的未收回本金大于账面",
    "不大于贷款在账上的未还本金",
    "未裁决的，请银行按现在的未还本金、以新的案件编号重报；已裁决的，先用 riskpool reverse 撤回写错的补充申请。",
    ExitCode.REFUSED,
)
STALE = FaultKind(
    "裁决-依据-01",
    "裁决的依据在制单之后变了",
    "按现在的账簿重新裁决得到同样的结果",
    "退回这份草稿，重新运行 riskpool decide。",
    ExitCode.REFUSED,
)
ALTERED_RECORD = FaultKind(
    "裁决-记录-01",
    "账内的裁决记录缺失或被改动",
    "与裁决时相同的记录",
    "用备份恢复；运行 riskpool verify。",
    ExitCode.REFUSED,
)
UNPAID = FaultKind(
    "追偿-未付-01",
    "补偿款没有拨付完，追偿份额会被少算",
    "核定的补偿拨付完以后登记的追偿",
    "先拨付（riskpool pay，排队的先 riskpool fund），由银行按拨付后的通知日上报；或补充处置所得（supplement）重算。",
    ExitCode.REFUSED,
)
KINDS = (NO_CASE, OVERSTATED, STALE, ALTERED_RECORD, UNPAID)


@dataclass(frozen=True, slots=True)
class Ruled:
    """A decision as shown to people: verdict, amount in fen, steps (clause, sentence, yuan text), assumptions."""

    verdict: str
    approved_fen: int
    steps: tuple[tuple[str, str, str], ...]
    assumed: tuple[str, ...]
    draft: Draft | None
    queued_fen: int = 0
    """What of a grant waits for a round of payments."""


VERDICTS = {"approved": "核定", "reduced": "核减", "denied": "不予补偿", "deferred": "暂缓补偿"}
AGAIN = {"more": "增补", "less": "核减", "same": "金额不变", "denied": "不予补偿"}
"""What a later decision of a case says of the difference."""


def decide(office: Office, case: str, on: date, *, chief: str, who: Actor) -> Ruled:
    """Decide an application under the adopted text that claims it; the draft carries the whole decision.

    A case that was decided and supplemented since is decided again as a whole, by the text that decided it first.
    """
    with office.locked():
        book = office.book
        require(book.pool, chief, "chief")
        file = case_files(book).get(case)
        if file is None or file.applied is None or file.denied or (file.decided and not file.pending):
            raise Refusal([Fault(NO_CASE, case)])
        if later := file.after(on):
            as_of = f"到 {on} 为止的事项"
            raise Refusal([Fault(NO_CASE, f"{case}：{item.on} {item.summary}", expected=as_of) for item in later])
        if file.decided:
            refuse_settled_otherwise(file)
        text, decision = _decision(office, file, on)
        if faults := problems(decision):
            raise AssertionError(f"our own decision does not check: {faults[:3]}")
        event = _event(book, file, text, decision, on=on, chief=chief)
        record = decision.to_bytes()
        document = Attachment(
            path=document_path(record, "decision", "json"),
            account=book.chart.claim(file.bank, case),
            name=f"裁决 {case}",
            sha256=digest(record),
            sort="decision",
            link=f"case-{case}",
        )
        word = verdict_of(event)
        proposal = Proposal("decide", f"裁决 {case}：{word}", [event], documents=[document], chief=chief)
        draft = office.propose(proposal, who, keep=lambda: office.put_away([document], [("", record)]))
        queued = event.queued_fen if isinstance(event, CompensationDecided | CompensationRedecided) else 0
        return Ruled(word, settled_fen(event), _lines(decision), decision.assumed, draft, queued)


def _event(book: Book, file: CaseFile, text: RuleText, decision: Decision, *, on: date, chief: str) -> Ruling:
    """What a decision becomes: of a case's first one a grant or a denial, of a later one the difference; or a delay."""
    application, waits = file.application, has_rounds(text)
    assert application is not None, "only applications are decided"
    refuse_drawn_later(text)
    if file.decided:
        refuse_overstated(file, file.decided.unpaid_principal_fen)
        made = redecision_of(decision, application, standing_of(book, file), on=on, chief=chief, waits=waits)
        refuse_less_of_lapsed(file, made)
        return made
    return events_of(
        decision,
        application,
        on=on,
        chief=chief,
        unpaid_principal_fen=outstanding_fen(book, file),
        waits=waits,
        supplements=max((item.number for item in file.supplements), default=None),
    )


def outstanding_fen(book: Book, file: CaseFile) -> int:
    """The loan's unpaid principal on the bank's tape; an application that claims more of it is refused."""
    outstanding = next(state.outstanding_fen for state in loan_states(book) if state.loan == file.loan)
    refuse_overstated(file, outstanding)
    return outstanding


def refuse_overstated(file: CaseFile, outstanding_fen: int) -> None:
    """An application, with all that was said since, claims no more principal than was unpaid when it was first decided.

    What the first decision took over is the most that the case can be about, however often it is decided again.
    """
    application = file.application
    assert application is not None, "only applications are decided"
    if application.principal_fen > outstanding_fen:
        found = f"申请书 {yuan_text(application.principal_fen)} 元，账面 {yuan_text(outstanding_fen)} 元"
        raise Refusal([Fault(OVERSTATED, f"{file.case}：{found}")])


def require_current(office: Office, draft: str, event: Ruling) -> None:
    """A decision is posted only as the books stand now give it: the same record, and the same event made of it."""
    file = case_files(office.book).get(event.case)
    # Withdrawn, or ruled in between by another draft: a first decision that comes second, or a second one with nothing
    # new.
    # So does what came in since and is dated later: a decision rests on all that is known of its case.
    if file is None or file.denied or (file.decided and not file.pending) or file.after(event.on):
        raise Refusal([Fault(STALE, f"{draft} {event.summary}")])
    text, decision = _decision(office, file, event.on, before=draft)
    made = _event(office.book, file, text, decision, on=event.on, chief=event.chief)
    if made.model_copy(update={"event_id": event.event_id}) != event:
        raise Refusal([Fault(STALE, f"{draft} {event.summary}")])


def verdict_of(event: Ruling) -> str:
    """A ruling in two words."""
    match event:
        case CompensationDecided():
            return VERDICTS[event.outcome]
        case CompensationRedecided():
            return f"再次裁决，{AGAIN[event.outcome]}"
        case CompensationDeferred():
            return VERDICTS["deferred"]
        case CompensationDenied():
            return VERDICTS["denied"]


def settled_fen(event: Ruling) -> int:
    """What a ruling settles, in fen: granted, or on a second decision the difference."""
    match event:
        case CompensationDecided():
            return event.approved_fen
        case CompensationRedecided():
            return event.approved_fen - event.before_fen
        case _:
            return 0


def _lines(decision: Decision) -> tuple[tuple[str, str, str], ...]:
    steps = [
        (line.clause, line.sentence, "" if line.amount_fen is None else yuan_text(line.amount_fen))
        for line in explain(decision)
    ]
    return (*steps, *(("各方分担", share.title, yuan_text(share.amount_fen)) for share in shares(decision)))


def _decision(office: Office, file: CaseFile, on: date, *, before: str = "") -> tuple[RuleText, Decision]:
    """The decision of a day, as the books stand; of waiting drafts only those older than ``before`` count."""
    decided = _decided(office, before)
    used = [use for event in decided.values() for use in consumption_of(stored_decision(office, event.decision))]
    waiting = [item for item in decided.values() if item.event_id not in office.book.posted]
    text, facts = case_facts(office, file, on, waiting=waiting)
    return text, decide_case(text, facts, used)


def case_facts(office: Office, file: CaseFile, on: date, *, waiting: Sequence[Granting]) -> tuple[RuleText, CaseFacts]:
    """The adopted text that claims a case, and every fact that it may read in a decision of the day ``on``.

    A case that was decided keeps its text. ``waiting`` are decisions in drafts that must find their money untouched.
    What the text asks of the pool and the states that hold back payments are worked out as :mod:`desk.acts.standing`
    says; the rest stays missing.

    Raises:
        Refusal: no text was adopted or none claims the case; a fact contradicts the filing.
    """
    book, application = office.book, file.application
    assert application is not None, "only applications are decided"
    known = partial(
        facts_of,
        application,
        _loan(book, file.loan),
        paid_in=[(party.no, standing.paid_in_fen(book, party.no, on)) for party in book.pool.contributor],
        approved_earlier_fen=file.approved_fen,
        later=file.said_later,
    )
    texts, day = adopted(office), {"decided_on": on.isoformat()}
    if not texts:
        raise Refusal([Fault(NOT_ADOPTED, "账内没有办法")])
    if file.decided:
        text = frozen_text(texts, file, stored_decision(office, file.decided.decision).rule_sha256)
    else:
        text = text_for(texts, known(pool=day))
    spoken_for = standing.spoken_for(book, on, waiting)
    pool = standing.pool_facts(book, on, facts_needed(text, {}), bank=file.bank, spoken_for=spoken_for)
    # The whole case is drawn again: what it took of a contributor before is there for it, as it was the first time.
    for number, fen in file.borne_fen().items():
        if isinstance(left := pool.get(f"{AVAILABLE}{number}"), int):
            pool[f"{AVAILABLE}{number}"] = left + fen
    return text, known(states=standing.states_on(book, text, file.bank, on), pool={**day, **pool})


def stored_decision(office: Office, sha256: str) -> Decision:
    """A decision from the record kept in the books, whose digest must hold."""
    path = office.root / "documents" / f"{sha256[:16]}-decision.json"
    content = path.read_bytes() if path.is_file() else b""
    if digest(content) != sha256:
        raise Refusal([Fault(ALTERED_RECORD, path.name)])
    return from_bytes(content)


def _decided(office: Office, before: str) -> dict[str, Granting]:
    """The decisions that use meters and money, by case: posted, and in live drafts older than ``before``."""
    waiting = [
        event
        for draft in office.drafts
        if draft.is_waiting and (not before or draft.no < before)
        for event in draft.content.events
    ]
    found: dict[str, Granting] = {}
    for event in (*office.book.events(CompensationDecided), *office.book.events(CompensationRedecided), *waiting):
        if isinstance(event, CompensationDecided | CompensationRedecided):
            found[event.case] = event  # a later decision of a case replaces what the earlier one took
    return found


def _loan(book: Book, loan: str) -> LoanFacts:
    filed = next(event for event in book.events(LoanIncluded) if event.loan == loan)
    return loan_facts(filed, book.events(TermExtended))


def suspensions(office: Office, events: Sequence[Event]) -> tuple[SuspensionTripped | SuspensionLifted, ...]:
    """The suspensions that a month's tapes trip or lift, as far as the books do not hold them yet.

    Only months that the text covers count. A change whose own day is in a closed month is booked on the first
    open day; its summary says since when.
    """
    banks = {event.bank for event in events if isinstance(event, TapeConfirmed)}
    found: list[SuspensionTripped | SuspensionLifted] = []
    for bank in sorted(banks):
        measures = standing.measures_of(office.book, bank, events)
        texts = adopted(office)
        if not texts:
            continue
        if not texts_on(texts, measures[-1].on):
            continue
        text = text_on(texts, measures[-1].on)
        for event in suspension_events(text, bank, standing.covered(text, measures)):
            if event.event_id not in office.book.posted:
                on = max(event.on, open_from(office.root))
                summary = f"{event.summary}（{event.on} 起）"
                found.append(event.model_copy(update={"on": on, "summary": summary}))
    return tuple(found)


def recovery(
    office: Office, report: RecoveryReported, *, earlier: Sequence[AnyEvent]
) -> tuple[RecoveryNotified, bytes]:
    """Share out one reported recovery by the proportions frozen with the case."""
    file = case_files(office.book)[report.case]
    before = [event for event in earlier if isinstance(event, RecoveryNotified) and event.case == report.case]
    if file.granting is not None:
        frozen, opening = terms_of(stored_decision(office, file.granting.decision)), None
    else:
        assert file.taken is not None, "a case is decided here or taken over"
        texts = adopted(office)
        if not texts:
            raise Refusal([Fault(NOT_ADOPTED, f"{report.case} 追偿分配")])
        text = text_on(texts, report.on)
        frozen, opening = opening_terms(file.taken, text), opening_history(file.taken)
    history = history_of([*file.notified, *before], opening)
    # What the bank gave back already cannot come back a second time as a recovery.
    paid = file.paid_fen - file.returned_fen
    event, record = recovery_of(report, frozen, paid_fen=paid, history=history)
    _refuse_unpaid(report, event, file, recovery_of(report, frozen, paid_fen=paid + _coming(file), history=history)[0])
    left = file.recourse_fen - sum(item.pool_fen - item.after_write_off_fen for item in before)
    return event.model_copy(update={"after_write_off_fen": max(0, event.pool_fen - left)}), record


def _coming(file: CaseFile) -> int:
    """What of the decision that stands is still to be paid, funded or waiting."""
    return file.due_fen + file.queued_fen


def _refuse_unpaid(report: RecoveryReported, event: RecoveryNotified, file: CaseFile, whole: RecoveryNotified) -> None:
    """A recovery that is cut to what was paid so far, while more is to be paid: the rest would come back to nobody.

    The share is worked out once, when the report comes in. One that is dated before the payment it comes back on is
    refused too: no posting could take it.
    """
    found = ""
    if event.pool_fen < whole.pool_fen:
        found = (
            f"{report.case} 尚有 {yuan_text(_coming(file))} 元没有拨付；现在只算得 {yuan_text(event.pool_fen)} 元，"
            f"拨付完应为 {yuan_text(whole.pool_fen)} 元"
        )
    later = [item for item in file.payments if item.on > report.on]
    if later and event.pool_fen > file.recourse_fen - sum(item.amount_fen for item in later):
        found = f"{report.case} 通知日 {report.on}，补偿款 {later[-1].on} 才拨付"
    if found:
        raise Refusal([Fault(UNPAID, found)])
