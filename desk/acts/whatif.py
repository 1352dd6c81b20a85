"""What another rule text would have made of the cases and loans in these books: nothing is drafted or posted."""

from contextlib import suppress
from typing import NamedTuple

from desk.acts import refiling, standing
from desk.acts.office import Office
from desk.acts.rules import NOT_ADOPTED, adopted, text_of
from desk.acts.rulings import stored_decision
from ledger.book import Book
from ledger.casefiles import Granting
from ledger.events import (
    CompensationDecided,
    CompensationDenied,
    CompensationPaid,
    CompensationRedecided,
    PaymentBounced,
)
from ledger.faults import Fault, Refusal
from ledger.money import yuan_text
from riskpool.decision import Decision
from riskpool.facts import SUSPENSION, FactValue
from riskpool.needs import facts_needed
from riskpool.ruletext import RuleText
from riskpool.whatif import PastCase, Retried, retried

VERDICTS = {"approved": "予以补偿", "denied": "不予补偿", "deferred": "暂缓补偿", None: "不能裁决"}


class WhatIf(NamedTuple):
    """All cases and loans under the other text, as lines for people, and the totals of those that it decides.

    ``unlike`` are the cases and loans whose record their own text no longer gives.
    """

    title: str
    rows: tuple[tuple[str, ...], ...]
    totals: tuple[tuple[str, str], ...]
    unlike: tuple[str, ...]
    loans: tuple[tuple[str, ...], ...]
    """Loans on which the texts part ways, or one of them can't be applied."""
    loan_totals: tuple[tuple[str, str], ...]
    every_loan: tuple[tuple[str, ...], ...]


def what_if(office: Office, source: str) -> WhatIf:
    """Try every decided case and every filing of the books under another text.

    Raises:
        Refusal: the text is unset, or a decision's own text is not in the books.
    """
    other, book = text_of(source), office.book
    by_digest = {text.sha256: text for text in adopted(office)}
    paid: dict[str, int] = {}
    for event in book.events(CompensationPaid):
        paid[event.case] = paid.get(event.case, 0) + event.amount_fen
    for back in book.events(PaymentBounced):
        paid[back.case] = paid.get(back.case, 0) - back.amount_fen
    ruled: dict[str, CompensationDenied | CompensationDecided | CompensationRedecided] = {}
    ruled |= {item.case: item for item in book.events(CompensationDenied)}
    ruled |= {item.case: item for item in book.events(CompensationDecided)}
    ruled |= {item.case: item for item in book.events(CompensationRedecided)}
    past = []
    for case, ruling in ruled.items():
        record = stored_decision(office, ruling.decision)
        past.append(PastCase(record, _text(record, by_digest), paid.get(case, 0), _asked(book, other, ruling)))
    found = retried(past, other)
    decided = [one for one in found if one.other_fen is not None]
    totals = (
        ("案件", f"{len(found)}"),
        ("按原办法重算与裁决记录逐字节相同", f"{sum(one.reproduced for one in found)}"),
        ("原核定合计", yuan_text(sum(one.granted_fen for one in found))),
        ("实付合计", yuan_text(sum(one.paid_fen for one in found))),
        ("新办法能裁决的案件", f"{len(decided)}"),
        ("其中原核定合计", yuan_text(sum(one.granted_fen for one in decided))),
        ("其中新办法应补合计", yuan_text(sum(one.other_fen or 0 for one in decided))),
        ("差额合计", yuan_text(sum(one.difference_fen or 0 for one in decided))),
    )
    filings = refiling.refiled(office, other)
    telling = [one for one in filings if one.differs or one.reproduced is False or None in (one.then, one.other)]
    unlike = [one.case for one in found if not one.reproduced]
    unlike += [one.loan.loan for one in filings if one.reproduced is False]
    return WhatIf(
        other.title,
        tuple(map(_row, found)),
        totals,
        tuple(unlike),
        refiling.lines(book, telling),
        tuple(refiling.totals(filings)),
        refiling.lines(book, filings),
    )


def _asked(book: Book, other: RuleText, event: Granting | CompensationDenied) -> dict[str, FactValue]:
    """What the other text asks of the day of a decision and the books hold; what they don't stays missing."""
    found: dict[str, FactValue] = {"decided_on": event.on.isoformat()}
    found |= standing.pool_facts(book, event.on, facts_needed(other, {}), bank=event.bank)
    with suppress(Refusal):
        states = standing.states_on(book, other, event.bank, event.on, ever=True)
        found |= {f"{SUSPENSION}{state.clause}": state.state for state in states}
    return found


def _text(record: Decision, by_digest: dict[str, RuleText]) -> RuleText:
    if record.rule_sha256 not in by_digest:
        raise Refusal([Fault(NOT_ADOPTED, f"案件 {record.case} 所依的 {record.rule}")])
    return by_digest[record.rule_sha256]


def _row(one: Retried) -> tuple[str, ...]:
    other = "" if one.other_fen is None else yuan_text(one.other_fen)
    difference = "" if one.difference_fen is None else yuan_text(one.difference_fen)
    return (
        one.case,
        one.accepted_on,
        yuan_text(one.granted_fen),
        yuan_text(one.paid_fen),
        "一致" if one.reproduced else "不一致",
        VERDICTS[one.verdict],
        other,
        difference,
        one.why,
    )
