"""Two rule texts side by side (办法对照): topic by topic, clause by clause of a kind, parameter by parameter.

Articles differ between texts, so clauses are matched by kind and order; what one of them does not say shows how its
silence stands. Nothing is judged: a row is the same or it is not.
"""

from itertools import zip_longest
from typing import NamedTuple

from riskpool.clauses import KINDS as CLAUSE_KINDS
from riskpool.clauses.kind import TOPICS, Clause
from riskpool.provisions import SILENCE_WORDS, STATUS_WORDS, ParameterLine, describe, premise_text
from riskpool.rulefile import HEADER, RuleText
from riskpool.ruletext import passed_over

PASSED_OVER = "未交代"
"""How a topic stands that came after the text was written, and that it passes over."""


class ComparedLine(NamedTuple):
    """One line of a comparison: topic, what is compared, and what each text says of it."""

    topic: str
    item: str
    first: str
    second: str

    @property
    def is_same(self) -> bool:
        """Whether both say the same."""
        return self.first == self.second


def compare(first: RuleText, second: RuleText) -> tuple[ComparedLine, ...]:
    """Every line of both texts, in the order of head, topics, kinds and parameters."""
    sides = (_Side(first), _Side(second))
    heads = [ComparedLine("抬头", title, *(side.head(name) for side in sides)) for name, title in HEADER.items()]
    return (*heads, *(line for topic in TOPICS for line in _topic(topic, *sides)))


def _topic(topic: str, first: "_Side", second: "_Side") -> list[ComparedLine]:
    lines = []
    for kind in (kind for kind in CLAUSE_KINDS.values() if kind.topic == topic):
        pairs = zip_longest(first.text.clauses_of(kind.name), second.text.clauses_of(kind.name))
        for number, (left, right) in enumerate(pairs, start=1):
            count = f"{number}" if number > 1 else ""
            said = (first.premises(left), second.premises(right))
            if any(said):
                lines.append(ComparedLine(TOPICS[topic], f"{kind.title}{count}·适用于", *said))
            for parameter in kind.parameters:
                item = f"{kind.title}{count}·{parameter.title}"
                values = (first.value(left, parameter.name), second.value(right, parameter.name))
                lines.append(ComparedLine(TOPICS[topic], item, *values))
    silence = (first.silence(topic), second.silence(topic))
    if not lines:
        return [ComparedLine(TOPICS[topic], "", *silence)]
    return [
        line._replace(first=line.first or silence[0] or "没有这一条", second=line.second or silence[1] or "没有这一条")
        if not line.item.endswith("适用于")
        else line
        for line in lines
    ]


class _Side:
    """One text, its lines at hand by clause and parameter."""

    def __init__(self, text: RuleText) -> None:
        self.text = text
        self.lines: dict[tuple[str, str, str], ParameterLine] = {
            (line.clause, line.kind, line.name): line for line in describe(text)
        }

    def head(self, name: str) -> str:
        return _said(self.lines["抬头", "rule_text", name])

    def value(self, clause: Clause | None, name: str) -> str:
        return _said(self.lines[clause.article, clause.kind, name]) if clause else ""

    def premises(self, clause: Clause | None) -> str:
        return "，".join(map(premise_text, clause.when)) if clause else ""

    def silence(self, topic: str) -> str:
        otherwise = PASSED_OVER if topic in passed_over(self.text) else ""
        return next((SILENCE_WORDS[item.status] for item in self.text.silent if item.topic == topic), otherwise)


def _said(line: ParameterLine) -> str:
    if line.status == "sourced":
        return line.value
    return STATUS_WORDS[line.status] if line.status == "unset" else f"{line.value}（{STATUS_WORDS[line.status]}）"
