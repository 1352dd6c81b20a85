"""Headroom of the adopted text as of a day: what each limit has left, and the loans that would trip one next."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from desk.acts.office import Office
from desk.acts.rules import NOT_ADOPTED, adopted
from desk.acts.rulings import stored_decision
from desk.acts.standing import balance_fen, covered, measures_of, paid_in_fen, paid_out_fen, pool_measures
from ledger.casefiles import case_files
from ledger.events import QueueFunded
from ledger.faults import Fault, Refusal
from ledger.money import yuan_text
from ledger.views import loan_states
from reports.forms.decisions import exposures
from riskpool.cases import consumption_of, text_on
from riskpool.clauses import KINDS as CLAUSE_KINDS
from riskpool.clauses.kind import TOPICS
from riskpool.headroom import POOL, Headroom, LiveLoan, Standing, Trip, headroom
from riskpool.rulefile import RuleText


class RoomLine(NamedTuple):
    """One limit as an officer reads it; amounts are yuan as text, empty where they can't be said."""

    clause: str
    kind: str
    whose: str
    limit: str
    used: str
    room: str
    note: str


class HeadroomShown(NamedTuple):
    """All limits of the text in force on a day."""

    rule: str
    on: str
    lines: tuple[RoomLine, ...]


def headroom_on(office: Office, on: date | None = None) -> HeadroomShown:
    """Every limit of the text in force on ``on`` (the books' last day where none is given).

    Raises:
        Refusal: no text was adopted, none or several are in force on the day, or a decision's record is missing.
    """
    day = on or office.book.last_on
    texts = adopted(office)
    if not texts:
        raise Refusal([Fault(NOT_ADOPTED, "账内没有办法")])
    text = text_on(texts, day)
    rooms = headroom(text, standing_of(office, text, day))
    return HeadroomShown(text.ref, day.isoformat(), tuple(map(_line, rooms)))


def standing_of(office: Office, text: RuleText, on: date) -> Standing:
    """What the books held at the end of ``on``. A measure of a month counts from the month's last day."""
    book, until_on = office.book, on + timedelta(days=1)
    used: dict[str, int] = {}
    for file in case_files(book, until_on).values():
        ruling = file.redecided[-1] if file.redecided else file.decided
        for use in consumption_of(stored_decision(office, ruling.decision)) if ruling else ():
            used[use.meter] = used.get(use.meter, 0) + use.amount_fen
    states = [state for state in loan_states(book, until_on) if not state.released and not state.decided]
    loans = [
        LiveLoan(
            state.loan, state.bank, state.uscc, state.exposure, state.outstanding_fen, state.due_on,
            is_overdue=state.overdue_days > 0,
        )
        for state in states
    ]  # fmt: skip
    funded = [event for event in book.events(QueueFunded) if event.round and event.on <= on]
    paid_out = paid_out_fen(book, on)
    # As a round counts: what was promised is as good as paid.
    promised = sum(file.due_fen for file in case_files(book, until_on).values())
    return Standing(
        on=on,
        used=used,
        measures={
            POOL: covered(text, pool_measures(book)),
            **{bank.code: covered(text, measures_of(book, bank.code)) for bank in book.pool.bank},
        },
        loans=loans,
        pool={
            "in_pool_principal": sum(loan.outstanding_fen for loan in loans),
            "pool_balance": balance_fen(book, on),
            "pool_paid_in": sum(paid_in_fen(book, party.no, on) for party in book.pool.contributor),
            **({} if paid_out is None else {"pool_paid_out": paid_out + promised}),
        },
        funded_this_year_fen=sum(event.amount_fen for event in funded if event.on.year == on.year),
        names={**{bank.code: bank.name for bank in book.pool.bank}, **exposures(book)},
    )


def _line(room: Headroom) -> RoomLine:
    kind = CLAUSE_KINDS[room.kind].title if room.kind in CLAUSE_KINDS else TOPICS[room.kind]
    used, left = ("" if amount is None else yuan_text(amount) for amount in (room.used_fen, room.room_fen))
    note = "；".join([*([room.why] if room.why else []), *_next_text(room.next)])
    if room.room_fen is not None and room.room_fen < 0:
        note = "；".join(["已越过限额", *([note] if note else [])])
    return RoomLine(room.article, kind, room.whose, room.limit, used, left, note)


def _next_text(trips: Sequence[Trip]) -> list[str]:
    """The loan at which the limit is passed if none is repaid on its due day, and those whose own default passes it."""
    said = [
        f"以后到期的都不还，到 {trip.loan}（{trip.due_on} 到期）越过，超出 {yuan_text(trip.short_fen)} 元"
        for trip in trips
        if trip.how == "maturity"
    ]
    alone = [f"{trip.loan}（超出 {yuan_text(trip.short_fen)} 元）" for trip in trips if trip.how == "alone"]
    return [*said, *([f"一笔违约就越过的：{'、'.join(alone)}"] if alone else [])]
