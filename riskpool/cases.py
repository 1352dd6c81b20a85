"""The room's shell: from plain values to a decision, and from a decision to events.

Pure: books, files and the clock are the caller's. A record's bytes are stored under their SHA-256, which the
event carries, so that the figure can be re-computed from the record alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ledger.events import (
    CaseTaken,
    CompensationApplied,
    LoanIncluded,
    RecoveryNotified,
    RecoveryReported,
    TermExtended,
)
from ledger.faults import Fault, Place, Refusal
from ledger.money import allocate, yuan_text
from ledger.provenance import digest
from riskpool.calendars import shipped_calendar
from riskpool.clocks import known_effective_due_on
from riskpool.decision import Decision, Finding, RecoveryTerms
from riskpool.eligibility import filing_findings
from riskpool.facts import (
    BAD_FACT,
    FACTS,
    SUSPENSION,
    CaseFacts,
    FactValue,
    fact_text,
    paid_in_facts,
    parse_fact,
    title_of,
)
from riskpool.granting import contributors_of, shares_of
from riskpool.recovery import NO_TERMS, RecoveryHistory, share_recovery
from riskpool.rulefile import RuleText
from riskpool.ruletext import in_force, text_on, unset_parameter
from riskpool.suspension import Measure, SuspensionState, barring_states, suspension_events
from riskpool.waterfall import Used, decide, terms

WORKED_OUT = (
    "approved_earlier",
    "effective_due_on",
    "decided_on",
    "in_pool_principal",
    "pool_balance",
    "pool_paid_in",
    "pool_paid_out",
    "bank_quota",
    "bank_deposit",
)
"""Facts that the books and the calendar say; an application's word on them is not taken."""

FILED = (
    "loan_principal",
    "filed_on",
    "disbursed_on",
    "due_on",
    "product",
    "ip_types",
    "bank",
    "enterprise",
    "exposure",
)
"""Facts that the pool's own filing states."""

_TYPES = {"ZL": "patent", "TM": "trademark", "CR": "copyright", "GI": "geographical_indication"}

__all__ = [
    "LoanFacts",
    "Measure",
    "RecoveryHistory",
    "Used",
    "consumption_of",
    "decide",
    "facts_of",
    "filing_facts",
    "history_of",
    "include",
    "loan_facts",
    "opening_history",
    "opening_terms",
    "recovery_of",
    "suspension_events",
    "terms_of",
    "text_for",
    "text_on",
]


@dataclass(frozen=True, slots=True)
class LoanFacts:
    """What the pool's own filing says of a loan. ``due_on`` is the effective one: extensions count when filed.

    ``ip_quota_fen`` and ``all_quotas_fen`` are what the contract secures by the rights and in all, None where the
    filing leaves them blank.
    """

    loan: str
    bank: str
    enterprise: str
    exposure: str
    product: str
    principal_fen: int
    filed_on: date
    disbursed_on: date
    due_on: date
    ip_types: tuple[str, ...]
    ip_quota_fen: int | None = None
    all_quotas_fen: int | None = None


def loan_facts(loan: LoanIncluded, term_extensions: Sequence[TermExtended] = ()) -> LoanFacts:
    """The filing's facts from its event and the extensions filed since."""
    return LoanFacts(
        loan=loan.loan,
        bank=loan.bank,
        enterprise=loan.uscc,
        exposure=loan.exposure,
        product=loan.product,
        principal_fen=loan.principal_fen,
        filed_on=loan.filed_on,
        disbursed_on=loan.disbursed_on,
        due_on=max([loan.due_on, *(item.new_due_on for item in term_extensions if item.loan == loan.loan)]),
        ip_types=tuple(sorted({_TYPES[right[:2]] for right in loan.rights})),
        ip_quota_fen=loan.ip_quota_fen,
        all_quotas_fen=loan.collateral_quota_fen,
    )


def _filing_values(loan: LoanFacts) -> dict[str, FactValue]:
    quotas = {"ip_quota": loan.ip_quota_fen, "all_quotas": loan.all_quotas_fen}
    written: dict[str, FactValue] = {name: fen for name, fen in quotas.items() if fen is not None}
    if len(written) == len(quotas):
        written["quota_written"] = True
    return {
        "loan_principal": loan.principal_fen,
        "filed_on": loan.filed_on.isoformat(),
        "disbursed_on": loan.disbursed_on.isoformat(),
        "due_on": loan.due_on.isoformat(),
        "product": loan.product,
        "ip_types": loan.ip_types,
        "bank": loan.bank,
        "enterprise": loan.enterprise,
        "exposure": loan.exposure,
        **written,
    }


def text_for(texts: Sequence[RuleText], facts: CaseFacts) -> RuleText:
    """The adopted text whose version claims the case, by the days that each text's ``dated_by`` names."""
    days = {
        name: date.fromisoformat(str(value))
        for name, value in facts.values.items()
        if FACTS.get(name) and _is_day(name)
    }
    wanted = {name for text in texts for name in text.dated_by}
    missing = [facts.missing(name) for name in sorted(wanted - set(days))]
    if missing:
        raise Refusal(missing)
    return in_force(texts, {name: day for name, day in days.items() if name in wanted})


def _is_day(name: str) -> bool:
    return FACTS[name].dimension == "day"


def include(
    text: RuleText,
    loan: LoanFacts,
    measures: Sequence[Measure] = (),
    pool: Mapping[str, FactValue] | None = None,
) -> tuple[Finding, ...]:
    """Findings on a filing as of its filing day; ``measures`` are the bank's, oldest or newest first.

    ``pool`` states what a leverage limit asks: principal in the pool without this loan, and its basis. The filing
    is barred when any finding has ``effect == "refuse"`` and does not hold.

    Raises:
        Refusal: an unset topic, a missing fact, or a state that the text does not describe.
    """
    facts = filing_facts(loan, pool)
    return filing_findings(text, facts, barring_states(text, measures, loan.filed_on, facts))


def filing_facts(loan: LoanFacts, pool: Mapping[str, FactValue] | None = None) -> CaseFacts:
    """A filing's own facts, and those of the pool on its day, each with what it was read from."""
    filed, standing = _filing_values(loan), dict(pool or {})
    evidence = dict.fromkeys(filed, "备案登记") | dict.fromkeys(standing, "账簿")
    return CaseFacts(loan.loan, {**filed, **standing}, evidence, "备案")


def facts_of(
    application: CompensationApplied,
    loan: LoanFacts,
    *,
    paid_in: Sequence[tuple[str, int]],
    approved_earlier_fen: int,
    states: Sequence[SuspensionState] = (),
    pool: Mapping[str, FactValue] | None = None,
    later: Mapping[str, str] | None = None,
) -> CaseFacts:
    """All facts of a case, each with the paper it is from.

    The application's own facts are taken where :data:`riskpool.facts.FACTS` names them. One that the filing
    states too must agree with it. ``states`` are the suspension states of the day, for a text that holds back
    payments; ``pool`` more facts from the books (what each contributor still has, the day of the decision). ``later``
    are the facts that were said after the application, each with the paper.

    Raises:
        Refusal: a fact can't be read or contradicts the filing; all such are gathered.
    """
    filed = _filing_values(loan)
    stated: dict[str, FactValue] = {
        "principal": application.principal_fen,
        "interest": application.interest_fen,
        "claimed": application.claimed_fen,
        "accepted_on": application.accepted_on.isoformat(),
        "assessed_on": application.accepted_on.isoformat(),
    }
    read, faults = _application_facts(application, filed, stated)
    if faults:
        raise Refusal(faults)
    known: dict[str, FactValue] = {"approved_earlier": approved_earlier_fen, **paid_in_facts(paid_in), **(pool or {})}
    held: dict[str, FactValue] = {f"{SUSPENSION}{state.clause}": state.state for state in states}
    evidence = {
        **dict.fromkeys({**stated, **read}, "补偿申请"),
        **{name: paper for name, paper in (later or {}).items() if name in {**stated, **read}},
        **dict.fromkeys(filed, "备案登记"),
        **dict.fromkeys(known, "账簿"),
        **({"decided_on": "本次裁决"} if "decided_on" in known else {}),
        **{f"{SUSPENSION}{state.clause}": state.evidence for state in states},
    }
    values = {**stated, **read, **filed, **known, **held}
    due = _effective_due_on(loan, read)
    if due:
        values["effective_due_on"] = due.isoformat()
        evidence["effective_due_on"] = f"到期日、提前到期宣布日与{shipped_calendar().source}"
    return CaseFacts(application.case, values, evidence)


def _effective_due_on(loan: LoanFacts, read: Mapping[str, FactValue]) -> date | None:
    called = read.get("accelerated_on")
    return known_effective_due_on(loan.due_on, shipped_calendar(), date.fromisoformat(str(called)) if called else None)


def _application_facts(
    application: CompensationApplied, filed: Mapping[str, FactValue], stated: Mapping[str, FactValue]
) -> tuple[dict[str, FactValue], list[Fault]]:
    read: dict[str, FactValue] = {}
    faults: list[Fault] = []
    own = ("principal", "interest", "claimed", "accepted_on")
    for key, text in application.facts:
        name = key.removesuffix("_fen")
        if name not in FACTS or name in WORKED_OUT:
            continue  # words for people only, such as the list of attachments
        value = parse_fact(name, text)
        found, expected = text, "合乎写法的取值"
        if value is not None:
            against = filed.get(name, stated[name] if name in own else value)
            if value == against:
                read[name] = value
                continue
            found, expected = _words(name, value), _words(name, against)
        place = Place(f"案件 {application.case}", column=title_of(name))
        faults.append(Fault(BAD_FACT, found, place, expected=expected))
    return read, faults


def _words(name: str, value: FactValue) -> str:
    return fact_text(name, value) or f"{yuan_text(int(str(value)))} 元"


def consumption_of(decision: Decision) -> tuple[Used, ...]:
    """What a decided case takes of its meters: hand these of all cases to the next ``decide``."""
    return tuple(Used(meter, decision.case, amount) for meter, amount in decision.consumption.items())


def terms_of(decision: Decision) -> RecoveryTerms:
    """The proportions frozen with a decision; refuses a case whose text has no recovery clause.

    Where the text does not say how contributors bear, what comes back goes to whom the decision drew from.
    """
    if decision.recovery is None:
        raise Refusal(
            [
                Fault(
                    NO_TERMS,
                    f"《{decision.title}》没有追偿分配条款，或本案没有核定补偿",
                    Place(f"案件 {decision.case}"),
                )
            ]
        )
    return replace(decision.recovery, contributors=contributors_of(decision))


def opening_terms(taken: CaseTaken, text: RuleText) -> RecoveryTerms:
    """Terms of a case taken over at the opening: its own proportions, the adopted text's recovery clause."""
    found = text.clauses_of("recovery_split")
    if not found:
        raise Refusal([Fault(NO_TERMS, f"《{text.title}》没有追偿分配条款", Place(f"案件 {taken.case}"))])
    if found[0].unset:
        raise unset_parameter(found[0])
    parts = {part.party: part.amount_fen for part in taken.loss_parts}
    return terms(found[0], parts, {part.contributor: part.amount_fen for part in taken.parts}, "pool")


def opening_history(taken: CaseTaken) -> RecoveryHistory:
    """What was recovered before the books began, notified but not received included."""
    notified = taken.paid_fen - taken.recourse_fen
    assert notified <= taken.recovered_gross_fen, "the opening register refuses a case that got more than was recovered"
    parts = {part.contributor: part.amount_fen for part in sorted(taken.parts, key=lambda part: part.contributor)}
    # The same rule as an instalment's: half up, never above what is left, the last takes the rest.
    split = allocate(notified, tuple(parts.values()), residual=len(parts) - 1)
    return RecoveryHistory(
        taken.recovered_gross_fen, taken.recovered_cost_fen, notified, tuple(zip(parts, split, strict=True))
    )


def history_of(notified: Sequence[RecoveryNotified], opening: RecoveryHistory | None = None) -> RecoveryHistory:
    """All instalments so far, those before the opening included."""
    start = opening or RecoveryHistory()
    split = dict(start.contributors)
    for event in notified:
        for share in event.contributors:
            split[share.contributor] = split.get(share.contributor, 0) + share.amount_fen
    return RecoveryHistory(
        start.gross_fen + sum(event.gross_fen for event in notified),
        start.cost_fen + sum(event.cost_fen for event in notified),
        start.notified_fen + sum(event.pool_fen for event in notified),
        tuple(sorted(split.items())),
    )


def recovery_of(
    report: RecoveryReported, recovery_terms: RecoveryTerms, *, paid_fen: int, history: RecoveryHistory
) -> tuple[RecoveryNotified, bytes]:
    """The notification a bank's report becomes, and the computation's record (its digest is ``steps``).

    ``paid_fen`` is what the pool has paid on the case, bounced payments taken off.
    """
    share = share_recovery(recovery_terms, paid_fen, history, report.gross_fen, report.cost_fen, case=report.case)
    event = RecoveryNotified(
        event_id=report.event_id,
        on=report.on,
        summary=report.summary,
        sources=report.sources,
        case=report.case,
        loan=report.loan,
        bank=report.bank,
        number=report.number,
        gross_fen=report.gross_fen,
        cost_fen=report.cost_fen,
        principal_fen=report.principal_fen,
        pool_fen=share.pool_fen,
        contributors=shares_of(dict(share.contributors)),
        steps=digest(share.computation),
    )
    return event, share.computation
