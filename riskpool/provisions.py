"""What a rule text provides, line by line, and what of it is assumed: in the titles and words that officers read.

One reading of "status" for pages and papers alike: a parameter is unset, else assumed (by its own entry, or because
its clause or the whole text is), else sourced.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from riskpool.clauses import KINDS as CLAUSE_KINDS
from riskpool.clauses.kind import TOPICS, BandRow, Clause, Condition, Parameter, ParameterValue, StateRow
from riskpool.facts import FACTS, word_text
from riskpool.literals import Comparison, Quantity
from riskpool.rulefile import HEADER, NO_END, RuleText

STATUS_WORDS = {"sourced": "有出处", "assumed": "假定", "unset": "未定"}
SILENCE_WORDS = {"sourced": "原文无此规定", "assumed": "未见全文，按无此规定", "unset": "未见原文"}
"""How a topic without a clause stands, by status: "it says nothing" and "we have not seen it" are two things."""

UNEXPLAINED = "整体按假定录入，未逐项写明原因"
"""Why a parameter is assumed when only its clause, or the whole text, says that it is."""

CARRIED = (
    "追偿分配（程序约定，办法未写）：按历次累计数计算，已通知的不追减；后来才报的费用超过先前所得的，"
    "差额从以后各期所得中抵补，以后不再有所得的，不收回"
)
LAST_TAKES_REST = "出资方之间的尾差（程序约定，办法未写）：承担时归列名最后的出资方，追偿所得分配时归编号最后的出资方"
IP_ROUNDED = "知识产权部分（程序约定，办法未写）：按合同写明的额度占比计算，四舍五入到分，其余不属本池分担"
LEVELS_ROUNDED = "各级合计上限（程序约定，办法未写）：上限舍去分以下，合计不会超过上限"
PERIODS = (
    "期限（程序约定）：起算日当日不计；工作日按公布的放假和调休安排数；按天数计的期限末日遇休息日的，顺延到下一工作日"
)
CUMULATED = "按比例支付（程序约定，办法未写）：按受理先后累计舍入，合计正好等于可付金额"
_CONVENTIONS = {
    PERIODS: ("deadline",),
    IP_ROUNDED: ("ip_part",),
    LEVELS_ROUNDED: ("all_levels_ceiling",),
    CUMULATED: ("budget", "balance_limit"),
    CARRIED: ("recovery_split",),
    LAST_TAKES_REST: ("contributor_draw", "recovery_split"),
}
"""What the program settles because no text does, and the kinds of clause whose figures rest on it."""


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


def describe(text: RuleText) -> tuple[ParameterLine, ...]:
    """Every parameter with clause, value, status and source, in order: head, clauses, silent topics."""
    parties = {party.key: party.title for party in text.parties}
    clauses = [line for clause in text.clauses for line in _clause_lines(clause, parties)]
    return (*_head_lines(text), *clauses, *_silent_lines(text))


def assumptions(text: RuleText) -> tuple[str, ...]:
    """Everything that figures under this text assume, as sentences: printed on each paper that rests on it.

    Each names the parameter's title, the value taken and why; silent topics with one reason share a sentence; the
    program's own conventions stand last.
    """
    lines = [line for line in describe(text) if line.status == "assumed"]
    stated = [f"{_place(line)}·{line.title}：{line.value}——{line.why}" for line in lines if line.kind != "silent"]
    silent: dict[str, list[str]] = {}
    for line in lines:
        if line.kind == "silent":
            silent.setdefault(line.why, []).append(line.title)
    topics = [f"按无此规定处理：{'、'.join(titles)}——{why}" for why, titles in silent.items()]
    conventions = [said for said, kinds in _CONVENTIONS.items() if any(map(text.clauses_of, kinds))]
    return (*stated, *topics, *conventions)


def assumed_of(texts: Sequence[RuleText]) -> tuple[str, ...]:
    """The assumptions of all these texts; each sentence names its text where there are several."""
    if len(texts) == 1:
        return assumptions(texts[0])
    return tuple(f"《{text.title}》{said}" for text in texts for said in assumptions(text))


def _place(line: ParameterLine) -> str:
    return line.clause if line.kind == "rule_text" else f"{line.clause}·{CLAUSE_KINDS[line.kind].title}"


def _standing(name: str, unset: Mapping[str, str], assumed: Mapping[str, str], otherwise: str) -> tuple[str, str]:
    """A parameter's status, and why it is not sourced."""
    if name in unset:
        return "unset", unset[name]
    if name in assumed:
        return "assumed", assumed[name]
    return otherwise, UNEXPLAINED if otherwise == "assumed" else ""


def _head_lines(text: RuleText) -> list[ParameterLine]:
    values = {
        "title": text.title,
        "issuer": text.issuer,
        "effective_on": text.effective_on.isoformat() if text.effective_on else "",
        "lapsed_on": text.lapsed_on.isoformat() if text.lapsed_on else NO_END,
        "dated_by": "、".join(FACTS[name].title for name in text.dated_by),
        "party": "、".join(party.title for party in text.parties),
    }
    lines = []
    for name, title in HEADER.items():
        status, why = _standing(name, text.unset, text.assumed, text.status)
        value = "" if status == "unset" else values[name]
        origin = (text.source, text.trust, text.checked_on)
        lines.append(ParameterLine("抬头", "rule_text", name, title, value, status, *origin, why))
    return lines


def _clause_lines(clause: Clause, parties: Mapping[str, str]) -> list[ParameterLine]:
    lines = []
    if clause.when:
        premises = "，".join(map(premise_text, clause.when))
        status, why = _standing("when", {}, clause.assumed, clause.status)
        origin = (clause.source, clause.trust, clause.checked_on)
        lines.append(ParameterLine(clause.article, clause.kind, "when", "适用于", premises, status, *origin, why))
    for parameter in CLAUSE_KINDS[clause.kind].parameters:
        name = parameter.name
        status, why = _standing(name, clause.unset, clause.assumed, clause.status)
        value = "" if name in clause.unset else value_text(clause.parameters[name], parameter, parties)
        origin = (clause.source, clause.trust, clause.checked_on)
        lines.append(ParameterLine(clause.article, clause.kind, name, parameter.title, value, status, *origin, why))
    return lines


def premise_text(condition: Condition) -> str:
    """A part of a ``when`` in an officer's words."""
    title = FACTS[condition.fact].title
    if condition.threshold:
        return f"{title}{condition.threshold.text}"
    return f"{title}为{'或'.join(word_text(word) for word in condition.allowed)}"


def _silent_lines(text: RuleText) -> list[ParameterLine]:
    return [
        ParameterLine(
            SILENCE_WORDS[silence.status],
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


def value_text(value: ParameterValue, parameter: Parameter, parties: Mapping[str, str]) -> str:
    """A parameter's value in the words of the text; ``parties`` are the text's, key to title."""
    match value:
        case Quantity() | Comparison():
            return value.text
        case bool():
            return "是" if value else "否"
        case str():
            return _word_text(value, parameter, parties)
        case Mapping():
            return "、".join(f"{parties.get(name, f'出资方{name}')} {part}" for name, part in value.items())
        case _:
            return ("；" if parameter.sort in TABLES else "、").join(
                _item_text(item, parameter, parties) for item in value
            ) or "无"


def _word_text(word: str, parameter: Parameter, parties: Mapping[str, str]) -> str:
    # A party and a fact may bear one key ("bank"), so the parameter's sort decides.
    if parameter.sort == "party":
        return parties[word]
    if parameter.sort in ("fact", "day", "amount"):
        return FACTS[word].title
    return parameter.choices.get(word, word)


TABLES = ("states", "bands")
YEARS = {
    "filed_year": "备案年度",
    "recognised_year": "上级认定年度",
    "accepted_year": "受理年度",
    "decided_year": "裁决年度",
    "paid_year": "拨付年度",
    "pool": "全池",
}


def _item_text(item: object, parameter: Parameter, parties: Mapping[str, str]) -> str:
    if isinstance(item, StateRow):
        lasts = f"，{item.lasts_months} 个月" if item.lasts_months else ""
        return f"{_where_text(item)}：{item.state or '原文未规定'}{STATE_EFFECTS[item.effect]}{lasts}"
    if isinstance(item, BandRow):
        return f"{_where_text(item)}：{item.rate.text if item.rate else '原文未规定'}"
    word = str(item)
    match parameter.sort:
        case "must":
            return word_text(item)
        case "parties":
            return parties[word]
        case "charges":
            return parameter.choices[word]
        case "draw_parts":
            return f"出资方{word}"
        case "papers":
            return word
        case _:
            return YEARS.get(word) or FACTS[word].title


STATE_EFFECTS = {"refuse_new": "，不再受理新备案", "defer": "，暂缓补偿", "none": "", "ask": ""}


def _where_text(row: StateRow | BandRow) -> str:
    return "且".join(condition.text for condition in row.where)
