"""What a decision becomes: the event that grants, denies, holds back, or settles the difference of a second decision.

Pure: the books' figures are arguments. A record's bytes are stored under their SHA-256, which the event carries, so
that the figure can be re-computed from the record alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from ledger.events import (
    CompensationApplied,
    CompensationDecided,
    CompensationDeferred,
    CompensationDenied,
    CompensationRedecided,
    ContributorShare,
    PartyAmount,
)
from ledger.faults import ExitCode, Fault, FaultKind, Place, Refusal
from ledger.ids import event_id
from ledger.money import apportion, yuan_text
from riskpool.decision import Decision
from riskpool.facts import PAID_IN

UNDERCLAIMED = FaultKind(
    "裁决-申请-01",
    "申请金额低于按办法应补的金额",
    "不低于应补金额的申请",
    "请银行核对并更正申请金额后重报，已裁决的案件以补充申请补报；程序不替银行放弃，也不多付。",
    ExitCode.REFUSED,
)
NO_CONTRIBUTORS = FaultKind(
    "裁决-出资-02",
    "办法没有规定各出资方如何承担",
    "有出资方承担条款，或只有一个出资方",
    "由主管商各出资方确定后，采用写明此项的版本。",
    ExitCode.REFUSED,
)
KINDS = (UNDERCLAIMED, NO_CONTRIBUTORS)


@dataclass(frozen=True, slots=True)
class Standing:
    """A decided case as the books hold it before it is decided again. Amounts in fen.

    ``approved_fen`` is what was due by the last decision, ``queued_fen`` what of it waits for money, ``unpaid_fen``
    what is funded and not paid, ``recourse_fen`` what the bank may still owe of what was paid. ``borne`` is what each
    contributor bears of the case, ``others`` the other parties' amounts by the last decision, ``open_others`` what of
    them is not paid. ``claimed_fen`` is what is claimed since.
    """

    approved_fen: int
    queued_fen: int
    unpaid_fen: int
    recourse_fen: int
    claimed_fen: int
    borne: Mapping[str, int]
    open_others: Mapping[str, int]
    settled_others: Mapping[str, int]
    number: int
    supplements: int
    counted: Mapping[str, int] = field(default_factory=dict)


def deferral_of(decision: Decision, application: CompensationApplied, *, on: date, chief: str) -> CompensationDeferred:
    """The event of a decision that holds the payment back; the application waits and keeps its place."""
    assert (decision.case, decision.verdict) == (application.case, "deferred"), "a decision that holds back"
    articles = tuple(dict.fromkeys(decision.clause(number).article for number in decision.refusals))
    return CompensationDeferred(
        event_id=event_id("defer", decision.case, on.isoformat(), decision.sha256),
        on=on,
        summary=f"{decision.case} 暂缓补偿",
        case=decision.case,
        loan=application.loan,
        bank=application.bank,
        clauses=articles,
        rule=decision.rule,
        decision=decision.sha256,
        chief=chief,
    )


def events_of(
    decision: Decision,
    application: CompensationApplied,
    *,
    on: date,
    chief: str,
    unpaid_principal_fen: int,
    waits: bool = False,
    supplements: int | None = None,
) -> CompensationDecided | CompensationDenied | CompensationDeferred:
    """The event a first decision becomes; ``unpaid_principal_fen`` is the loan's whole principal still on the tape.

    Nothing payable (no base, or no room under a cap) is a denial naming the clauses that left nothing. ``waits``: the
    text pays in rounds, so that all of it is queued.

    Raises:
        Refusal: the claim is below what is due, or contributors' shares are unknown.
    """
    assert decision.case == application.case, "a decision belongs to its own application"
    assert not decision.facts["approved_earlier"], "a first decision"
    if decision.verdict == "deferred":
        return deferral_of(decision, application, on=on, chief=chief)
    key = event_id("decide", decision.case, application.accepted_on.isoformat())
    if decision.verdict == "denied" or decision.settle == 0:
        return CompensationDenied(
            event_id=key,
            on=on,
            summary=f"{decision.case} 不予补偿",
            case=decision.case,
            loan=application.loan,
            bank=application.bank,
            claimed_fen=application.claimed_fen,
            clauses=denying_articles(decision),
            rule=decision.rule,
            decision=decision.sha256,
            chief=chief,
        )
    _refuse_underclaimed(decision, application)
    split = contributors_of(decision)
    outcome = "approved" if decision.settle == application.claimed_fen else "reduced"
    return CompensationDecided(
        event_id=key,
        on=on,
        summary=f"{decision.case} 核定风险补偿 {yuan_text(decision.settle)} 元",
        case=decision.case,
        loan=application.loan,
        bank=application.bank,
        outcome=outcome,
        claimed_fen=application.claimed_fen,
        base_fen=decision.base,
        approved_fen=decision.settle,
        unpaid_principal_fen=unpaid_principal_fen,
        queued_fen=decision.settle if waits else 0,
        contributors=() if waits else shares_of(split),
        others=_amounts(_others(decision)),
        supplements=supplements,
        rule=decision.rule,
        decision=decision.sha256,
        chief=chief,
    )


def redecision_of(
    decision: Decision,
    application: CompensationApplied,
    before: Standing,
    *,
    on: date,
    chief: str,
    waits: bool = False,
) -> CompensationRedecided | CompensationDeferred:
    """The event a later decision of a case becomes: the difference to what was due before, settled.

    More is due: first a recovery that an earlier decision counted off stands as a recovery again; the rest is
    granted, or queued where the text pays in rounds, in the proportions of what each contributor has still to bear.
    Less is due: what is queued falls away first, then what is not paid yet; of the rest the bank gives back what has
    not come back as a recovery, to the contributors in the proportions in which they bore it.

    Raises:
        Refusal: what was claimed in all is below what is due, or contributors' shares are unknown.
    """
    assert decision.case == application.case, "a decision belongs to its own application"
    assert decision.facts["approved_earlier"] == before.approved_fen, "the decision knows what was due before"
    if decision.verdict == "deferred":
        return deferral_of(decision, application, on=on, chief=chief)
    approved = decision.due.get(decision.ours, 0)
    assert decision.settle == approved - before.approved_fen, "the settlement is the difference"
    if approved:
        _refuse_underclaimed(decision, application)
    settled = _more(decision, before, waits=waits) if decision.settle >= 0 else _less(decision.settle, before)
    others = _others(decision)
    changes = {
        name: max(others.get(name, 0) - before.settled_others.get(name, 0), 0) - before.open_others.get(name, 0)
        for name in {**before.open_others, **others}
    }
    return CompensationRedecided(
        event_id=event_id("decide", decision.case, application.accepted_on.isoformat(), before.number),
        on=on,
        summary=f"{decision.case} 再次裁决，{_settled_words(decision.settle)}",
        case=decision.case,
        loan=application.loan,
        bank=application.bank,
        number=before.number,
        outcome=_outcome(decision),
        claimed_fen=before.claimed_fen,
        base_fen=decision.base,
        approved_fen=approved,
        before_fen=before.approved_fen,
        granted_fen=settled.granted_fen,
        queued_fen=settled.queued_fen,
        clawback_fen=settled.clawback_fen,
        recovered_fen=settled.recovered_fen,
        contributors=shares_of(settled.contributors),
        returned=shares_of(settled.returned),
        others=_amounts(others),
        raised=_amounts({name: change for name, change in changes.items() if change > 0}),
        lowered=_amounts({name: -change for name, change in changes.items() if change < 0}),
        supplements=before.supplements,
        rule=decision.rule,
        decision=decision.sha256,
        chief=chief,
    )


@dataclass(frozen=True, slots=True)
class _Settled:
    """How a difference is settled (fen); the fields are :class:`CompensationRedecided`'s."""

    granted_fen: int = 0
    queued_fen: int = 0
    clawback_fen: int = 0
    recovered_fen: int = 0
    contributors: Mapping[str, int] = field(default_factory=dict)
    returned: Mapping[str, int] = field(default_factory=dict)


def _more(decision: Decision, before: Standing, *, waits: bool) -> _Settled:
    """What came back stays with the pool: a case denied and granted again is not paid what its recoveries brought."""
    again = min(decision.settle, sum(before.counted.values()))
    rest = decision.settle - again
    if waits:
        return _Settled(queued_fen=rest, recovered_fen=-again)
    numbers = tuple(sorted({*before.borne, *before.counted}))
    stands = apportion(again, tuple(before.counted.get(number, 0) for number in numbers))
    borne = {number: before.borne.get(number, 0) + part for number, part in zip(numbers, stands, strict=True)}
    return _Settled(granted_fen=rest, recovered_fen=-again, contributors=drawn(decision, borne, rest))


def drawn(decision: Decision, borne: Mapping[str, int], amount_fen: int) -> dict[str, int]:
    """What each contributor bears of a further ``amount_fen``: in proportion to what it has still to bear."""
    left = still_to_bear(decision, borne)
    return dict(zip(left, apportion(amount_fen, tuple(left.values())), strict=True))


def still_to_bear(decision: Decision, borne: Mapping[str, int]) -> dict[str, int]:
    """By contributor: its part of all that is due by the decision, less what it bears already, not below zero."""
    return {number: max(part - borne.get(number, 0), 0) for number, part in contributors_of(decision).items()}


def _less(settle: int, before: Standing) -> _Settled:
    queue = min(-settle, before.queued_fen)
    unpaid = min(-settle - queue, before.unpaid_fen)
    rest = -settle - queue - unpaid
    back = min(rest, before.recourse_fen)
    numbers = tuple(sorted(before.borne))
    cut = apportion(unpaid, tuple(before.borne[number] for number in numbers))
    left = tuple(before.borne[number] - part for number, part in zip(numbers, cut, strict=True))
    return _Settled(
        granted_fen=-unpaid,
        queued_fen=-queue,
        clawback_fen=back,
        recovered_fen=rest - back,
        contributors={number: -part for number, part in zip(numbers, cut, strict=True)},
        returned=dict(zip(numbers, apportion(back, left), strict=True)),
    )


def _outcome(decision: Decision) -> Literal["more", "less", "same", "denied"]:
    if decision.verdict == "denied":
        return "denied"
    return "more" if decision.settle > 0 else "less" if decision.settle else "same"


def _settled_words(settle: int) -> str:
    if not settle:
        return "金额不变"
    return f"{'增补' if settle > 0 else '核减'} {yuan_text(abs(settle))} 元"


def _refuse_underclaimed(decision: Decision, application: CompensationApplied) -> None:
    due = decision.due[decision.ours]
    if application.claimed_fen < due:
        found = f"申请 {yuan_text(application.claimed_fen)} 元，应补 {yuan_text(due)} 元"
        raise Refusal([Fault(UNDERCLAIMED, found, Place(f"案件 {decision.case}"))])


def _others(decision: Decision) -> dict[str, int]:
    """What parties other than ourselves and the one that takes the remainder bear."""
    return {key: due for key, due in decision.due.items() if key not in (decision.ours, decision.residual) and due}


def _amounts(parties: Mapping[str, int]) -> tuple[PartyAmount, ...]:
    return tuple(PartyAmount(party=party, amount_fen=amount) for party, amount in parties.items() if amount)


def denying_articles(decision: Decision) -> tuple[str, ...]:
    """Articles that refused; where none did, those whose figure left nothing to pay."""
    refused = tuple(dict.fromkeys(decision.clause(number).article for number in decision.refusals))
    if refused:
        return refused
    name = f"due.{decision.ours}" if decision.base else "base"
    return tuple(
        dict.fromkeys(
            decision.clause(step.clause).article for step in decision.steps if step.name == name and not step.result
        )
    )


def contributors_of(decision: Decision) -> dict[str, int]:
    """Our amount by contributor; a sole contributor bears it all where the text has no such clause."""
    if decision.contributors:
        return dict(decision.contributors)
    sole = [name.removeprefix(PAID_IN) for name in decision.facts if name.startswith(PAID_IN)]
    if len(sole) != 1:
        found = f"出资方有 {len(sole)} 个，《{decision.title}》没有出资方承担条款"
        raise Refusal([Fault(NO_CONTRIBUTORS, found, Place(f"案件 {decision.case}"))])
    return {sole[0]: decision.due[decision.ours]}


def shares_of(split: Mapping[str, int]) -> tuple[ContributorShare, ...]:
    """Amounts by contributor as an event carries them, those of zero left out."""
    return tuple(ContributorShare(contributor=key, amount_fen=amount) for key, amount in split.items() if amount)
