"""Pure views for papers and pages: what a rule text says, and how a decision's figure arose."""

from collections.abc import Mapping
from typing import NamedTuple

from riskpool.clauses import KINDS as CLAUSE_KINDS
from riskpool.clauses.kind import TOPICS, Clause, ParameterValue, StateRow
from riskpool.decision import Decision, Step
from riskpool.facts import FACTS, PAID_IN
from riskpool.literals import Comparison, Quantity
from riskpool.rulefile import HEADER, NO_END, RuleText
from riskpool.sentences import sentence
from riskpool.waterfall import assumptions

NOT_CIXI = "非慈溪规定"
STATUS_WORDS = {"sourced": "有出处", "assumed": "假定", "unset": "未定"}


class ParameterLine(NamedTuple):
    """One parameter, head field or silent topic of a text, as a page lists it. ``status`` is a key of STATUS_WORDS."""

    clause: str
    kind: str
    name: str
    title: str
    value: str
    status: str
    source: str
    trust: str
    checked_on: str
    why: str


class StepLine(NamedTuple):
    """One step of a decision on its paper; ``amount_fen`` is None where the result is no money."""

    clause: str
    kind: str
    says: str
    sentence: str
    amount_fen: int | None


class ShareLine(NamedTuple):
    """What one party bears."""

    party: str
    title: str
    amount_fen: int


def describe(text: RuleText) -> tuple[ParameterLine, ...]:
    """Every parameter with clause, value, status and source, in order: head, clauses, silent topics."""
    clauses = [line for clause in text.clauses for line in _clause_lines(clause)]
    return (*_head_lines(text), *clauses, *_silent_lines(text))


def assumed(text: RuleText) -> tuple[str, ...]:
    """Everything the text assumes, as sentences: printed on each paper that rests on it."""
    return assumptions(text)


def _head_lines(text: RuleText) -> list[ParameterLine]:
    values = {
        "title": text.title,
        "issuer": text.issuer,
        "effective_on": text.effective_on.isoformat() if text.effective_on else "",
        "lapsed_on": text.lapsed_on.isoformat() if text.lapsed_on else NO_END,
        "dated_by": "、".join(FACTS[name].title for name in text.dated_by),
        "party": "、".join(party.title for party in text.parties),
    }
    return [
        ParameterLine(
            "抬头",
            "rule_text",
            name,
            title,
            "" if name in text.unset else values[name],
            _status(name, text.unset, text.assumed, text.status),
            text.source,
            text.trust,
            text.checked_on,
            text.unset.get(name) or text.assumed.get(name, ""),
        )
        for name, title in HEADER.items()
    ]


def _status(name: str, unset: Mapping[str, str], assumptions_of: Mapping[str, str], otherwise: str) -> str:
    if name in unset:
        return "unset"
    return "assumed" if name in assumptions_of else otherwise


def _clause_lines(clause: Clause) -> list[ParameterLine]:
    return [
        ParameterLine(
            clause.article,
            clause.kind,
            parameter.name,
            parameter.title,
            "" if parameter.name in clause.unset else value_text(clause.parameters[parameter.name]),
            _status(parameter.name, clause.unset, clause.assumed, clause.status),
            clause.source,
            clause.trust,
            clause.checked_on,
            clause.unset.get(parameter.name) or clause.assumed.get(parameter.name, ""),
        )
        for parameter in CLAUSE_KINDS[clause.kind].parameters
    ]


def _silent_lines(text: RuleText) -> list[ParameterLine]:
    return [
        ParameterLine(
            "原文无条款",
            "silent",
            silence.topic,
            TOPICS[silence.topic],
            "" if silence.status == "unset" else "无此规定",
            silence.status,
            text.source,
            text.trust,
            text.checked_on,
            silence.why,
        )
        for silence in text.silent
    ]


def value_text(value: ParameterValue) -> str:
    """A parameter's value in the words of the text."""
    match value:
        case Quantity() | Comparison():
            return value.text
        case bool():
            return "是" if value else "否"
        case str():
            return FACTS[value].title if value in FACTS else value
        case Mapping():
            return "、".join(f"{name} {part}" for name, part in value.items())
        case _:
            return "、".join(_item_text(item) for item in value) or "无"


def _item_text(item: object) -> str:
    if isinstance(item, StateRow):
        where = "且".join(condition.text for condition in item.where)
        lasts = f"，{item.lasts_months} 个月" if item.lasts_months else ""
        return f"{where}：{item.state or '原文未规定'}{lasts}"
    return FACTS[item].title if isinstance(item, str) and item in FACTS else str(item)


_NO_MONEY = {"overdue_days", "whole"}
_TESTS = ("at_least", "above", "at_most", "below", "equal", "one_of")


def explain(decision: Decision) -> tuple[StepLine, ...]:
    """How the figure arose, clause by clause, each line to be followed with a pocket calculator."""
    lines = []
    for step in decision.steps:
        clause = decision.clause(step.clause)
        amount = step.result if _is_money(step) else None
        title = CLAUSE_KINDS[clause.kind].title
        lines.append(StepLine(clause.article, title, clause.says, sentence(decision, step), amount))
    return tuple(lines)


def _is_money(step: Step) -> bool:
    if step.name == "draw_whole":  # fixed parts are numbers, paid-in amounts are money
        return str(step.operands[0].origin).startswith(f"f:{PAID_IN}")
    return step.op not in _TESTS and step.name not in _NO_MONEY and not step.name.startswith("rate.")


def shares(decision: Decision) -> tuple[ShareLine, ...]:
    """Every party's share of the loss base, in the order of the text; empty when the case was denied."""
    titles = dict(decision.parties)
    return tuple(ShareLine(party, titles[party], decision.due[party]) for party in titles if party in decision.due)


def reasons(decision: Decision) -> tuple[StepLine, ...]:
    """The conditions that refused, as lines of a denial's paper."""
    return tuple(
        line
        for step, line in zip(decision.steps, explain(decision), strict=True)
        if step.effect == "refuse" and not step.result
    )
