"""Drafts at work: propose again, send back, sign, post."""

from collections.abc import Sequence

from desk.acts.cash import refuse_over_paid_in
from desk.acts.corrections import require_current_correction
from desk.acts.funding import require_current_round
from desk.acts.inclusion import require_current_filings
from desk.acts.office import NO_REASON, Actor, Office, refuse_unexplained
from desk.acts.rulings import require_current
from desk.acts.yearend import require_current_year_end
from ledger import drafts as shelf
from ledger.book import Book
from ledger.casefiles import Ruling
from ledger.drafts import STATE_NAMES, WRONG_STATE, Draft, DraftStep, State
from ledger.events import AnyEvent, ContributionReturned, QueueFunded, QueueLapsed, YearClosed
from ledger.faults import Fault, Refusal
from ledger.journal import Posted, Posting, post
from ledger.oplog import record_bytes
from ledger.pool import Role
from ledger.provenance import digest
from ledger.signing import ROLE_NAMES, Signatures, require

GONE = "退回这份草稿（riskpool draft reject），由在岗的人员重新制单、复核。"


def amend(office: Office, no: str, events: Sequence[AnyEvent], who: Actor, reason: str) -> Draft:
    """Replace what a draft proposes; the earlier proposal stays on file."""
    refuse_unexplained(events)
    with office.locked() as store:
        before = shelf.draft(office.book, no).content
        step = before.model_copy(
            update={"action": "amended", "events": tuple(events), "by": who.id, "at": who.at, "reason": reason}
        )
        return shelf.amend(store, office.book, no, DraftStep.model_validate(step.model_dump()))


def reject(office: Office, no: str, who: Actor, reason: str) -> Draft:
    """Send a draft back with its reason."""
    if not reason.strip():
        raise Refusal([Fault(NO_REASON, no)])
    with office.locked() as store:
        return shelf.reject(store, office.book, no, who.id, who.at, reason)


def waiting(office: Office, state: State) -> list[str]:
    """The numbers of the drafts in a state; what a killed run left is finished first, also where none waits."""
    with office.locked():
        return [item.no for item in office.drafts if item.state == state]


def review(office: Office, no: str, who: Actor) -> Draft:
    """Sign a draft as its reviewer."""
    with office.locked() as store:
        return shelf.review(store, office.book, no, who.id, who.at)


def _refuse_departed(book: Book, draft: Draft) -> None:
    """Whoever made, signed or answers for a draft is still there with that role; else another one makes it anew.

    Said of the draft: of whom the command names, the staff list is asked anyway.
    """
    faults: list[Fault] = []
    signed: tuple[tuple[str, Role], ...] = ((draft.preparer, "preparer"), (draft.reviewer or "", "reviewer"))
    for staff_id, role in (*signed, *(((draft.content.chief, "chief"),) if draft.content.chief else ())):
        try:
            require(book.pool, staff_id, role)
        except Refusal as refusal:
            found = f"{draft.no} 的{ROLE_NAMES[role]}：{refusal.faults[0].found}"
            faults.append(Fault(refusal.faults[0].kind, found, expected="仍在名单中、仍有此岗位的人员", remedy=GONE))
    if faults:
        raise Refusal(faults)


def post_draft(office: Office, no: str, who: Actor) -> Posted:
    """Post a reviewed draft (记账): one draft, one batch. Posting a posted draft again is 0 new."""
    with office.locked() as store:
        book = office.book
        require(book.pool, who.id, "bookkeeper")
        draft = shelf.draft(book, no)
        if draft.state == "posted":
            return Posted(book, len(book.batches) - 1, (), len(draft.content.events))
        if draft.reviewer is None:
            raise Refusal([Fault(WRONG_STATE, f"{no} {STATE_NAMES[draft.state]}")])
        shelf.require_unchanged(draft)
        content = draft.content
        _refuse_departed(book, draft)
        require_current_filings(office, no, content)
        for event in content.events:
            if isinstance(event, Ruling):
                require_current(office, no, event)
            elif isinstance(event, YearClosed):
                require_current_year_end(book, event)
            elif isinstance(event, ContributionReturned):
                refuse_over_paid_in(book, event.contributor, event.amount_fen)
            else:
                require_current_correction(book, event)
        if rounds := tuple(event for event in content.events if isinstance(event, QueueFunded | QueueLapsed)):
            require_current_round(office, no, rounds)
        readings = [found for sha in content.files if (found := office.reading(sha))]
        signed = Signatures(
            preparer=draft.preparer, reviewer=draft.reviewer, bookkeeper=who.id, chief=content.chief, at=who.at
        )
        marks = (("draft-sha256", digest(record_bytes(content))),)
        posting = Posting(content.act, content.events, signed, no, readings, content.documents, marks)
        posted = post(store, book, posting)
        office.keep(posted.book)
        return posted
