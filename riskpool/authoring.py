"""Writing a signed text down as a rule text: questions in Chinese, clause by clause, and the file that answers make.

Pure: ``ask`` puts one question and gives back what was typed. A question left empty leaves its field unset, never
filled in; each parameter is read as the file's reader would, and asked again with what it expected.
"""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from riskpool.clauses import KINDS as CLAUSE_KINDS
from riskpool.clauses.drawing import PAID_IN_WORD
from riskpool.clauses.kind import NEVER_SILENT, TOPICS, Kind, Parameter
from riskpool.facts import BASE_FACTS, DEDUCTION_FACTS, FACTS, METER_DIMENSIONS
from riskpool.parameters import ROUND_DIMENSIONS, Context, Unreadable, read_parameter, read_when
from riskpool.provisions import YEARS
from riskpool.rulefile import NO_END

LEFT_EMPTY = "录入时留空，待核对已签发文本"
"""Why a field is unset that the officer passed over."""

SPLIT = re.compile(r"[、，,;；\s]+")
EFFECTS = {"refuse_new": "不再受理新备案", "defer": "暂缓补偿", "none": "只记状态"}


class Question(NamedTuple):
    """One question; ``options`` are (key, title), answered by number, key or title. ``fault`` is why it comes again."""

    text: str
    options: tuple[tuple[str, str], ...] = ()
    hint: str = ""
    fault: str = ""


Ask = Callable[[Question], str]


def author(ask: Ask, today: date) -> dict[str, Any]:
    """The table of a rule text, from answers; ``today`` is the day on which it was checked."""
    head, unset = _head(ask, today)
    parties = _parties(ask)
    if not parties:
        unset["party"] = LEFT_EMPTY
    clauses: dict[str, dict[str, Any]] = {}
    silent: list[dict[str, Any]] = []
    for topic, title in TOPICS.items():
        _topic(ask, topic, title, tuple(parties), clauses, silent)
    if unset:
        head["unset"] = unset
    table: dict[str, Any] = {"rule_text": head}
    if parties:
        table["party"] = parties
    return {**table, "clause": clauses, "silent": silent}


def _again(ask: Ask, question: Question, read: Callable[[str], Any]) -> Any:  # noqa: ANN401 - whatever the reader makes
    """Ask until the answer can be read; None for an empty one."""
    while True:
        said = ask(question).strip()
        if not said:
            return None
        try:
            return read(said)
        except Unreadable as expected:
            question = question._replace(fault=f"读不懂「{said}」，应为：{expected}")


def _must_say(ask: Ask, question: Question, read: Callable[[str], Any]) -> Any:  # noqa: ANN401 - same
    while True:
        found = _again(ask, question, read)
        if found is not None:
            return found
        question = question._replace(fault="这一项不能留空")


def _head(ask: Ask, today: date) -> tuple[dict[str, Any], dict[str, str]]:
    head: dict[str, Any] = {
        "slug": _must_say(ask, Question("办法的简称（小写字母、数字、连字符，如 cixi-2026）"), _slug),
        "source": _must_say(ask, Question("出处：文号、网址或纸质原件的存放处"), str),
        "trust": _must_say(ask, Question("出处的可信程度，自定（如 A 原件、B 转载）"), str),
        "status": "sourced",
        "checked_on": today,
        "takes_over": [],
    }
    unset: dict[str, str] = {}
    days = tuple((name, spec.title) for name, spec in FACTS.items() if spec.dimension == "day")
    asked: tuple[tuple[str, Question, Callable[[str], Any]], ...] = (
        ("title", Question("办法的全称"), str),
        ("issuer", Question("发文机关"), str),
        ("effective_on", Question("施行日期（yyyy-mm-dd）"), _day),
        ("lapsed_on", Question(f"第一个不再适用的日子（yyyy-mm-dd）；原文没有截止的写「{NO_END}」"), _end),
        ("dated_by", Question("按哪一日（几日）选择版本", days, "编号，几个用顿号隔开"), _names(days)),
    )
    for name, question, read in asked:
        found = _again(ask, question, read)
        if found is None:
            unset[name] = LEFT_EMPTY
        else:
            head[name] = found
    heirs = Question("承接（取代）哪些已采用的版本，如 cixi-2024@2024-01-01", (), "几个用顿号隔开；没有的直接回车")
    head["takes_over"] = _again(ask, heirs, _versions) or []
    return head, unset


def _slug(said: str) -> str:
    if not re.fullmatch(r"[a-z0-9-]{2,30}", said):
        raise Unreadable("小写字母、数字、连字符，2 至 30 位")
    return said


def _versions(said: str) -> list[str]:
    found = [word for word in SPLIT.split(said) if word]
    if not all(re.fullmatch(r"[a-z0-9-]{2,30}@\d{4}-\d{2}-\d{2}", word) for word in found):
        raise Unreadable("简称@施行日期，见 riskpool rules list")
    return found


def _day(said: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise Unreadable("yyyy-mm-dd") from None


def _end(said: str) -> date | str:
    return said if said == NO_END else _day(said)


def _names(options: Sequence[tuple[str, str]]) -> Callable[[str], list[str]]:
    def read(said: str) -> list[str]:
        return [_one(word, options) for word in SPLIT.split(said) if word]

    return read


def _one(said: str, options: Sequence[tuple[str, str]]) -> str:
    """A key, by its number in the list, itself or its title."""
    if said.isascii() and said.isdigit() and 0 < int(said) <= len(options):
        return options[int(said) - 1][0]
    for key, title in options:
        if said in (key, title):
            return key
    raise Unreadable("所列的编号或名称")


def _parties(ask: Ask) -> dict[str, dict[str, Any]]:
    """The parties in the order in which shares are rounded; the first is ours."""
    found: dict[str, dict[str, Any]] = {}
    first = True
    while True:
        which = "本池（我方）" if first else "下一个分担方"
        text = f"{which}：英文简称 空格 名称，如 {'pool 风险池' if first else 'bank 合作银行'}；没有了直接回车"
        said = _again(ask, Question(text), _party)
        if said is None:
            return found
        found[said[0]] = {"title": said[1], **({"ours": True} if first else {})}
        first = False


def _party(said: str) -> tuple[str, str]:
    key, _, title = said.partition(" ")
    if not re.fullmatch(r"[a-z][a-z_]{1,29}", key) or not title.strip():
        raise Unreadable("英文简称、空格、名称")
    return key, title.strip()


def _topic(
    ask: Ask,
    topic: str,
    title: str,
    parties: tuple[str, ...],
    clauses: dict[str, dict[str, Any]],
    silent: list[dict[str, Any]],
) -> None:
    kinds = [kind for kind in CLAUSE_KINDS.values() if kind.topic == topic]
    ways = [("said", "原文有规定")]
    if topic not in NEVER_SILENT:
        ways += [("none", "通读全文，没有规定"), ("assumed", "按没有规定处理（假定）")]
    how = _again(
        ask, Question(f"事项「{title}」", tuple(ways), "直接回车＝没有看到，列为未定"), lambda s: _one(s, ways)
    )
    if how == "said":
        while _clause(ask, title, kinds, parties, clauses):
            pass
        if any(name in given for given in clauses.values() for name in (kind.name for kind in kinds)):
            return
        how = None
    status = {"none": "sourced", "assumed": "assumed", None: "unset"}[how]
    why = "通读全文，没有规定" if how == "none" else LEFT_EMPTY
    if how == "assumed":
        why = _must_say(ask, Question(f"为什么按没有「{title}」处理"), str)
    silent.append({"status": status, "topics": [topic], "why": why})


def _clause(
    ask: Ask, topic: str, kinds: Sequence[Kind], parties: tuple[str, ...], clauses: dict[str, dict[str, Any]]
) -> bool:
    """One clause of a topic; False when there is none more."""
    options = tuple((kind.name, kind.title) for kind in kinds)
    name = _again(
        ask, Question(f"「{topic}」的一条，属于", options, "没有（更多）了直接回车"), lambda s: _one(s, options)
    )
    if name is None:
        return False
    kind = CLAUSE_KINDS[name]

    def new_article(said: str) -> str:
        if name in clauses.get(said, {}) or not said.strip():
            raise Unreadable("条、款、项，与已录入的不同")
        return said

    article = _must_say(ask, Question(f"「{kind.title}」在第几条第几款第几项"), new_article)
    table: dict[str, Any] = {}
    says = _again(ask, Question("用自己的话写这一条说了什么"), str)
    if says:
        table["says"] = says
    when = _again(
        ask, Question("适用前提：没有就回车；如 贷款类别=保险贷款，几个用分号隔开，几选一用「或」"), _premises
    )
    if when:
        table["when"] = when
    unset: dict[str, str] = {}
    assumed: dict[str, str] = {}
    for parameter in kind.parameters:
        value = _parameter(ask, parameter, Context(parties, table))
        if value is None:
            unset[parameter.name] = LEFT_EMPTY
            continue
        table[parameter.name] = value
        why = ask(Question(f"「{parameter.title}」是原文写明的直接回车；按推定的，写理由")).strip()
        if why:
            assumed[parameter.name] = why
    table.update({key: given for key, given in (("unset", unset), ("assumed", assumed)) if given})
    clauses.setdefault(article, {})[name] = table
    return True


def _premises(said: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in re.split(r"[;；]", said):
        name, sign, words = part.partition("=")
        if not sign:
            raise Unreadable("事实=用语")
        values = [_plain(word.strip()) for word in words.split("或")]
        found[_fact(name.strip())] = values[0] if len(values) == 1 else {"any_of": values}
    read_when(found)
    return found


def _plain(word: str) -> str | bool:
    return {"是": True, "否": False}.get(word, word)


def _fact(said: str) -> str:
    return _one(said, [(name, spec.title) for name, spec in FACTS.items()])


def _parameter(ask: Ask, parameter: Parameter, context: Context) -> Any:  # noqa: ANN401 - a TOML value
    """A parameter's raw value as the file holds it; None when it was left empty."""
    question, typed = _form(parameter, context)

    def read(said: str) -> Any:  # noqa: ANN401 - same
        raw = typed(said)
        read_parameter(raw, parameter, context)
        return raw

    if parameter.sort in ("bands", "states"):
        return _rows(ask, question, typed, parameter, context)
    return _again(ask, question, read)


def _rows(ask: Ask, question: Question, typed: Callable[[str], Any], parameter: Parameter, context: Context) -> Any:  # noqa: ANN401 - same
    """A table row by row; one that does not hold together is asked from the start."""
    while True:
        rows: list[Any] = []
        while (
            row := _again(ask, question._replace(text=f"{question.text}，第 {len(rows) + 1} 档"), typed)
        ) is not None:
            rows.append(row)
            question = question._replace(fault="")
        if not rows:
            return None
        try:
            read_parameter(rows, parameter, context)
        except Unreadable as expected:
            question = question._replace(fault=f"这些档不能用，应为：{expected}；请从第 1 档重填")
        else:
            return rows


def _form(parameter: Parameter, context: Context) -> tuple[Question, Callable[[str], Any]]:
    """How a parameter is asked for, and how its answer is typed."""
    title, sort = parameter.title, parameter.sort.partition(":")[0]
    several = "编号，几个用顿号隔开"
    listed: Mapping[str, Sequence[tuple[str, str]]] = {
        "choice": tuple(parameter.choices.items()),
        "party": [(key, key) for key in context.parties],
        "day": [(name, spec.title) for name, spec in FACTS.items() if spec.dimension == "day"],
        "amount": [(name, spec.title) for name, spec in FACTS.items() if spec.dimension == "money"],
    }
    if sort in listed:
        options = listed[sort]
        return Question(title, tuple(options)), lambda said: _one(said, options)
    lists: Mapping[str, Sequence[tuple[str, str]]] = {
        "parties": [(key, key) for key in context.parties],
        "charges": tuple(parameter.choices.items()),
        "components": [(name, FACTS[name].title) for name in BASE_FACTS],
        "deductions": [(name, FACTS[name].title) for name in DEDUCTION_FACTS],
        "dimensions": [(name, _dimension(name)) for name in METER_DIMENSIONS],
        "round_dimensions": [(name, _dimension(name)) for name in ROUND_DIMENSIONS],
    }
    if sort in lists:
        options, none = lists[sort], "；没有写「无」" if sort == "deductions" else ""
        read = _names(options)
        return (
            Question(title, tuple(options), several + none),
            lambda said: [] if none and said == "无" else read(said),
        )
    match sort:
        case "fact":
            return Question(f"{title}（docs/rules.md 第 7 节的名称，中英文均可）"), _fact
        case "must":
            return Question(f"{title}（如 不超过800万元、是、否、专利；几个用语都可的用顿号隔开）"), _wanted
        case "papers":
            return Question(f"{title}（原文所列的名称，几个用顿号隔开）"), SPLIT.split
        case "parts":
            return Question(f"{title}，如 {'、'.join(f'{key}=1' for key in context.parties)}"), _shares
        case "draw_parts":
            return Question(f"{title}：「{PAID_IN_WORD}」，或 01=3、02=2，或依次 01、02"), _drawn
        case "bands":
            return Question(f"{title}：门槛：比例，如 超过300万元且不超过800万元：35%；没有规定的 门槛：原因"), _band
        case "states":
            effects = "、".join(f"{key} {word}" for key, word in EFFECTS.items())
            return Question(f"{title}：门槛：状态：{effects}（：期限），如 超过6%：暂停：refuse_new：3个月"), _state
        case _:
            return Question(f"{title}（用原文的写法，带单位）"), str


def _dimension(name: str) -> str:
    fact = METER_DIMENSIONS.get(name)
    return YEARS.get(name) or (FACTS[fact].title if fact else name)


def _wanted(said: str) -> Any:  # noqa: ANN401 - a threshold, a flag, a word or words
    words = [_plain(word) for word in SPLIT.split(said) if word]
    return words[0] if len(words) == 1 else words


def _shares(said: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in SPLIT.split(said):
        name, _, count = part.partition("=")
        if not (count.isascii() and count.isdigit()):
            raise Unreadable("各方=整数份数")
        found[name] = int(count)
    return found


def _drawn(said: str) -> Any:  # noqa: ANN401 - a word, parts or an order
    if said == PAID_IN_WORD:
        return said
    return _shares(said) if "=" in said else [word for word in SPLIT.split(said) if word]


def _where(said: str) -> str | list[str]:
    words = [word.strip() for word in said.split("且")]
    return words[0] if len(words) == 1 else words


def _band(said: str) -> dict[str, Any]:
    where, sign, rest = said.replace(":", "：").partition("：")
    if not sign or not rest.strip():
        raise Unreadable("门槛：比例，或 门槛：没有规定的原因")
    named = "rate" if rest.strip().endswith("%") else "why"
    return {"where": _where(where), named: rest.strip()}


def _state(said: str) -> dict[str, Any]:
    where, *rest = [part.strip() for part in said.replace(":", "：").split("：")]
    match rest:
        case [why]:
            return {"where": _where(where), "why": why}
        case [state, effect]:
            return {"where": _where(where), "state": state, "effect": effect}
        case [state, effect, lasts]:
            return {"where": _where(where), "state": state, "effect": effect, "lasts": lasts}
    raise Unreadable("门槛：状态：作用（：期限），或 门槛：没有规定的原因")


def to_toml(table: Mapping[str, Any]) -> bytes:
    """The table as a rule_text.toml; what it reads back as is asserted to be the same."""
    lines = ["[rule_text]", *_pairs(table["rule_text"]), ""]
    if "party" in table:
        lines += ["[party]", *_pairs(table["party"]), ""]
    for article, kinds in table["clause"].items():
        for kind, given in kinds.items():
            lines += [f"[clause.{_text(article)}.{kind}]", *_pairs(given), ""]
    for entry in table["silent"]:
        lines += ["[[silent]]", *_pairs(entry), ""]
    content = "\n".join(lines)
    wanted = {key: value for key, value in table.items() if value}
    assert tomllib.loads(content) == wanted, "a rule text reads back as it was answered"
    return content.encode()


def _pairs(table: Mapping[str, Any]) -> list[str]:
    return [f"{_key(name)} = {_value(value)}" for name, value in table.items()]


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _text(name)


def _text(said: str) -> str:
    """A basic string: quotes, backslashes and control characters escaped."""
    plain = said.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda found: f"\\u{ord(found[0]):04x}", plain) + '"'


def _value(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case date():
            return value.isoformat()
        case str():
            return _text(value)
        case Mapping():
            return "{ " + ", ".join(_pairs(value)) + " }"
        case list():
            return "[" + ", ".join(map(_value, value)) + "]"
    raise AssertionError(f"{value!r} is nothing that a rule text holds")
