"""A round of payments (拨付轮次): what waits for money is shared out under the rule text's budget and the pool's money.

A text with a budget or a limit by what the pool holds queues what it approves; a round gives money to what waits, in
the order of acceptance. Each case keeps the text that decided it; rounds of several texts run one after another, the
older first, each with what the ones before it left.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from desk.acts.office import Actor, Office, Proposal, document_path
from desk.acts.redeciding import frozen_text
from desk.acts.rules import adopted
from desk.acts.rulings import STALE, stored_decision
from desk.acts.standing import balance_fen, pool_facts
from ledger.book import Book
from ledger.casefiles import CaseFile, case_files
from ledger.drafts import Draft
from ledger.events import QueueFunded, QueueLapsed
from ledger.faults import ExitCode, Fault, FaultKind, Refusal
from ledger.ids import event_id
from ledger.money import yuan_text
from ledger.papers import Attachment
from ledger.provenance import digest
from ledger.signing import require
from riskpool.clauses import KINDS as CLAUSE_KINDS
from riskpool.facts import FactValue
from riskpool.granting import shares_of, still_to_bear
from riskpool.rounds import Claim, RoundOutcome, share_out_round, used_by
from riskpool.rulefile import RuleText
from riskpool.views import explain_round, rest_text

NOTHING_WAITS = FaultKind(
    "裁决-轮次-01",
    "没有等待资金的案件",
    "已核定、排队等待资金的案件",
    "办法有年度预算或以余额为限的，核定后排队；用 riskpool status 查看。",
    ExitCode.REFUSED,
)
NO_MONEY = FaultKind(
    "裁决-轮次-02",
    "本轮没有可拨的资金",
    "预算或余额还有余的一天",
    "资金到位或转入下一年度后再办；排队的先后不变。",
    ExitCode.REFUSED,
)
KINDS = (NOTHING_WAITS, NO_MONEY)


@dataclass(frozen=True, slots=True)
class Round:
    """A round as shown to people: each case's amounts in fen, what becomes of the rest, and how it was worked out."""

    lines: tuple[tuple[str, int, int, str], ...]
    steps: tuple[tuple[str, str, str], ...]
    """Article, sentence, yuan as text."""
    draft: Draft


@dataclass(frozen=True, slots=True)
class _Done:
    """One text's round, with its claims' banks."""

    text: RuleText
    outcome: RoundOutcome
    files: Mapping[str, CaseFile]


def fund(office: Office, on: date, *, chief: str, who: Actor) -> Round:
    """Draft a round of a day: money for what waits, and the end of what the text does not pay any more.

    Raises:
        Refusal: nothing waits, or there is no money for any of it.
    """
    with office.locked():
        require(office.book.pool, chief, "chief")
        done = _rounds(office, on)
        if not done:
            raise Refusal([Fault(NOTHING_WAITS, "排队 0 件")])
        events = [event for one in done for event in _events(one, on, chief)]
        if not events:
            waiting = sum(file.queued_fen for one in done for file in one.files.values())
            raise Refusal([Fault(NO_MONEY, f"{on} 排队 {yuan_text(waiting)} 元")])
        documents = [document for one in done for document in _documents(office.book, one)]
        records = {digest(one.outcome.computation): one.outcome.computation for one in done}
        given = sum(event.amount_fen for event in events if isinstance(event, QueueFunded))
        proposal = Proposal(
            "fund", f"拨付轮次 {on}：{yuan_text(given)} 元", list(events), documents=documents, chief=chief
        )
        papers = [("", records[document.sha256]) for document in documents]
        draft = office.propose(proposal, who, keep=lambda: office.put_away(documents, papers))
        steps = tuple(line for one in done for line in _explained(one))
        return Round(tuple(line for one in done for line in _lines(one)), steps, draft)


def held_by(office: Office, on: date) -> tuple[str, ...]:
    """The clauses (article and kind) for which a round of a day would do nothing; none where it would do something.

    Raises:
        Refusal: the round can't be worked out.
    """
    done = _rounds(office, on)
    if any(_events(one, on, "") for one in done):
        return ()
    return tuple(
        dict.fromkeys(
            f"{clause.article}（{CLAUSE_KINDS[clause.kind].title}）"
            for one in done
            for clause in one.outcome.clauses
            if any(clause.article == article for paid in one.outcome.paid for article, _, _ in paid.rest)
        )
    )


def require_current_round(office: Office, draft: str, events: tuple[QueueFunded | QueueLapsed, ...]) -> None:
    """A round is posted only as the books give it now: the same computations for the same cases."""
    on, chief = events[0].on, events[0].chief
    made = [event for one in _rounds(office, on) for event in _events(one, on, chief)]
    if _said(made) != _said(events):
        raise Refusal([Fault(STALE, f"{draft} {events[0].summary}")])


def _said(events: list[QueueFunded | QueueLapsed] | tuple[QueueFunded | QueueLapsed, ...]) -> list[object]:
    return [event.model_dump(exclude={"event_id"}) for event in events]


def _rounds(office: Office, on: date) -> list[_Done]:
    book = office.book
    waiting = {case: file for case, file in case_files(book).items() if file.queued_fen}
    texts = adopted(office)
    of_text: dict[str, tuple[RuleText, dict[str, CaseFile]]] = {}
    for case, file in waiting.items():
        assert file.decided is not None, "only what was decided waits"
        text = frozen_text(texts, file, stored_decision(office, file.decided.decision).rule_sha256)
        of_text.setdefault(text.sha256, (text, {}))[1][case] = file
    done: list[_Done] = []
    given = 0
    for text, files in sorted(of_text.values(), key=lambda pair: (pair[0].effective_on or date.min, pair[0].ref)):
        claims = [_claim(office, file) for file in files.values()]
        outcome = share_out_round(text, claims, on, used=_used(office, text), pool=_pool(book, on, given))
        given += sum(paid.now_fen for paid in outcome.paid)
        done.append(_Done(text, outcome, files))
    return done


def _claim(office: Office, file: CaseFile) -> Claim:
    granting, applied = file.granting, file.applied
    assert granting is not None, "what waits was granted"
    assert applied is not None, "what waits was applied for"
    assert file.decided is not None, "and decided"
    decision = stored_decision(office, granting.decision)
    left = still_to_bear(decision, file.borne_fen())
    return Claim(file.case, file.bank, applied.accepted_on, file.decided.on, file.queued_fen, decision.facts, left)


def _used(office: Office, text: RuleText) -> dict[str, int]:
    """What earlier rounds took of the text's meters; names live across versions, so every round counts."""
    files = case_files(office.book)
    funded = [
        (_claim(office, files[event.case])._replace(left={}), event.on, event.amount_fen)
        for event in office.book.events(QueueFunded)
        if event.round
    ]
    return used_by(text, funded)


def _events(one: _Done, on: date, chief: str) -> list[QueueFunded | QueueLapsed]:
    record = digest(one.outcome.computation)
    made: list[QueueFunded | QueueLapsed] = []
    for paid in one.outcome.paid:
        file = one.files[paid.case]
        if paid.now_fen:
            number = len(file.funded) + 1
            made.append(
                QueueFunded(
                    event_id=event_id("fund", paid.case, number),
                    on=on,
                    summary=f"{paid.case} 排队补偿到位 {yuan_text(paid.now_fen)} 元",
                    case=paid.case,
                    bank=file.bank,
                    amount_fen=paid.now_fen,
                    contributors=shares_of(dict(paid.contributors)),
                    round=record,
                    chief=chief,
                )
            )
        if paid.lapsed:
            amount = sum(fen for _, fen in paid.lapsed)
            made.append(
                QueueLapsed(
                    event_id=event_id("lapse", paid.case, len(file.lapsed) + 1),
                    on=on,
                    summary=f"{paid.case} 不再支付 {yuan_text(amount)} 元",
                    case=paid.case,
                    bank=file.bank,
                    amount_fen=amount,
                    clauses=tuple(dict.fromkeys(article for article, _ in paid.lapsed)),
                    round=record,
                    chief=chief,
                )
            )
    return made


def _documents(book: Book, one: _Done) -> list[Attachment]:
    """The round's record beside every case that it gave to or ended."""
    record = one.outcome.computation
    return [
        Attachment(
            path=document_path(record, "round", "json"),
            account=book.chart.queue(one.files[paid.case].bank, paid.case),
            name="拨付轮次",
            sha256=digest(record),
            sort="round",
            link=f"case-{paid.case}",
        )
        for paid in one.outcome.paid
        if paid.now_fen or paid.lapsed
    ]


def _lines(one: _Done) -> list[tuple[str, int, int, str]]:
    return [(paid.case, one.files[paid.case].queued_fen, paid.now_fen, rest_text(paid)) for paid in one.outcome.paid]


def _explained(one: _Done) -> list[tuple[str, str, str]]:
    lines = explain_round(one.outcome)
    return [(line.clause, line.sentence, yuan_text(line.amount_fen or 0)) for line in lines]


def _pool(book: Book, on: date, given_fen: int) -> dict[str, FactValue]:
    """The pool's facts for a round of a day. What was given before, paid or not, in this act too, is gone already."""
    found = pool_facts(book, on, ("pool_balance", "pool_paid_in", "pool_paid_out"), bank="")
    until_on = on + timedelta(days=1)
    promised = sum(file.due_fen for file in case_files(book, until_on).values()) + given_fen
    if "pool_paid_out" in found:
        amount = found["pool_paid_out"]
        assert isinstance(amount, int), "what was paid out is an amount"
        found["pool_paid_out"] = amount + promised
    if "pool_balance" in found:
        # What was promised or sent on a later day and is posted already is gone for a round of this day too.
        found["pool_balance"] = min(balance_fen(book, on), balance_fen(book, date.max - timedelta(days=1))) - given_fen
    return found
