"""What another rule text would have given on the cases in these books: nothing is drafted, nothing is posted."""

from typing import NamedTuple

from desk.acts.office import Office
from desk.acts.rules import NOT_ADOPTED, adopted, text_of
from desk.acts.rulings import stored_decision
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
from riskpool.ruletext import RuleText
from riskpool.whatif import PastCase, Retried, retried

VERDICTS = {"approved": "予以补偿", "denied": "不予补偿", "deferred": "暂缓补偿", None: "不能裁决"}


class WhatIf(NamedTuple):
    """All cases under the other text, as lines for people, and the totals of those that it decides."""

    title: str
    rows: tuple[tuple[str, ...], ...]
    totals: tuple[tuple[str, str], ...]
    unlike: tuple[str, ...]


def what_if(office: Office, source: str) -> WhatIf:
    """Try every decided case of the books under another text.

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
    digests = {event.case: event.decision for event in book.events(CompensationDenied)}
    digests |= {event.case: event.decision for event in book.events(CompensationDecided)}
    digests |= {event.case: event.decision for event in book.events(CompensationRedecided)}
    records = {case: stored_decision(office, found) for case, found in digests.items()}
    past = [PastCase(record, _text(record, by_digest), paid.get(case, 0)) for case, record in records.items()]
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
    return WhatIf(other.title, tuple(map(_row, found)), totals, tuple(one.case for one in found if not one.reproduced))


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
