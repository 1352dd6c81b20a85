"""Pure views for papers and pages: what a rule text says, and how a decision's figure arose."""

from datetime import date
from typing import NamedTuple

from ledger.money import yuan_text
from riskpool.clauses import KINDS as CLAUSE_KINDS
from riskpool.decision import Decision, Step
from riskpool.facts import PAID_IN
from riskpool.provisions import STATUS_WORDS, ParameterLine, assumed_of, describe
from riskpool.provisions import assumptions as assumed
from riskpool.rounds import Paid, RoundOutcome
from riskpool.sentences import blended_text, rate_text, sentence

__all__ = [
    "STATUS_WORDS",
    "ParameterLine",
    "ShareLine",
    "StepLine",
    "assumed",
    "assumed_of",
    "describe",
    "explain",
    "explain_round",
    "reasons",
    "rest_text",
    "shares",
]


class StepLine(NamedTuple):
    """One step of a decision on its paper; ``amount_fen`` is None where the result is no money, ``plain`` says it."""

    clause: str
    kind: str
    says: str
    sentence: str
    amount_fen: int | None
    plain: str = ""


class ShareLine(NamedTuple):
    """What one party bears."""

    party: str
    title: str
    amount_fen: int


_NO_MONEY = ("overdue_days", "whole", "last_day", "rate", "blend", "blend_whole")
"""Stems of the names of steps whose result is a number, a day or a rate."""
_TESTS = ("at_least", "above", "at_most", "below", "equal", "one_of")


def explain(decision: Decision) -> tuple[StepLine, ...]:
    """How the figure arose, clause by clause, each line to be followed with a pocket calculator."""
    lines = []
    for step in decision.steps:
        clause = decision.clause(step.clause)
        amount = step.result if _is_money(step) else None
        title = CLAUSE_KINDS[clause.kind].title
        plain = "" if amount is not None else _plain(step)
        lines.append(StepLine(clause.article, title, clause.says, sentence(decision, step), amount, plain))
    return tuple(lines)


def explain_round(done: RoundOutcome) -> tuple[StepLine, ...]:
    """How a round's amounts arose; the last line, the round's total, is of no clause."""
    lines = []
    for step in done.steps:
        clause = done.clause(step.clause) if step.clause else None
        kind = CLAUSE_KINDS[clause.kind].title if clause else "合计"
        article, says = (clause.article, clause.says) if clause else ("", "")
        lines.append(StepLine(article, kind, says, sentence(done, step), step.result))
    return tuple(lines)


_RESTS = {"queue": "继续排队", "next_year": "转下一年度", "lapse": "不再支付"}


def rest_text(paid: Paid) -> str:
    """What becomes of what a round leaves of a claim, in an officer's words."""
    return "；".join(f"{article} {yuan_text(fen)} 元{_RESTS[becomes]}" for article, becomes, fen in paid.rest)


def _is_money(step: Step) -> bool:
    if step.name == "draw_whole":  # fixed parts are numbers, paid-in amounts are money
        return str(step.operands[0].origin).startswith(f"f:{PAID_IN}")
    return step.op not in _TESTS and step.name.partition(".")[0] not in _NO_MONEY


def _plain(step: Step) -> str:
    """A result that is no money: yes or no, a number of days or parts, a day, a rate, a loan's amount times a rate."""
    if step.kind == "require_papers" and step.effect != "skip":
        return "有" if step.result else "缺"
    if step.op in _TESTS:
        return "是" if step.result else "否"
    match step.name.partition(".")[0]:
        case "last_day":
            return date.fromordinal(step.result).isoformat()
        case "rate":
            return rate_text(step.result)
        case "blend":
            return blended_text(step.result).removesuffix(" 元")
        case "blend_whole":
            return ""  # the loan's amount, which its sentence names
        case _:
            return f"{step.result:,}"


def shares(decision: Decision) -> tuple[ShareLine, ...]:
    """Every party's share of the loss base, in the order of the text; empty when the case was denied."""
    titles = dict(decision.parties)
    return tuple(ShareLine(party, titles[party], decision.due[party]) for party in titles if party in decision.due)


def missing_papers(decision: Decision) -> dict[str, tuple[str, ...]]:
    """Article → the papers it asks for that did not come and for want of which the case waits or is denied."""
    found: dict[str, tuple[str, ...]] = {}
    for step in decision.steps:
        if step.kind == "require_papers" and step.effect in ("refuse", "defer") and not step.result:
            article = decision.clause(step.clause).article
            found[article] = (*found.get(article, ()), str(step.operands[0].value))
    return found


def reasons(decision: Decision) -> tuple[StepLine, ...]:
    """The conditions that refused, as lines of a denial's paper."""
    return tuple(
        line
        for step, line in zip(decision.steps, explain(decision), strict=True)
        if step.effect == "refuse" and not step.result
    )
