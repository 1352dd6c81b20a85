"""Reading one parameter of a clause: TOML value → typed value, or the reason why it can't be read.

A reader answers with the value or raises :class:`Unreadable`, which riskpool.ruletext turns into a fault with
its place; it never guesses and has no default.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from riskpool.clauses.drawing import PAID_IN_WORD
from riskpool.clauses.kind import BandRow, Condition, Parameter, ParameterValue, StateRow
from riskpool.facts import (
    BASE_FACTS,
    DEDUCTION_FACTS,
    FACTS,
    LONGEST_NAME,
    METER_DIMENSIONS,
    NO_PAPERS,
    PAPERS,
    FactSpec,
    paper_name,
)
from riskpool.literals import DIMENSION_WORDS, Comparison, Quantity, comparison, quantity, span

_METER = re.compile(r"[a-z][a-z0-9_]{1,39}")
_CONTRIBUTOR = re.compile(r"\d{2}")
ROUND_DIMENSIONS = ("bank", "accepted_year", "decided_year", "paid_year", "pool")
"""Dimensions that a round of payments knows of each claim; ``paid_year`` is the year of the round's own day."""

_NUMBERS = ("money", "months", "multiple")
"""Dimensions of facts that are numbers and take a threshold."""


class Unreadable(Exception):  # noqa: N818 - a reading that failed, caught one floor up
    """Why a value can't be read: what was expected, in the officer's words."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a reader may look at: the text's parties and the clause's raw table."""

    parties: tuple[str, ...]
    table: Mapping[str, Any]


Reader = Callable[[Any, Parameter, Context], ParameterValue]


def read_parameter(raw: object, parameter: Parameter, context: Context) -> ParameterValue:
    """Read ``raw`` as the parameter's sort says; :class:`Unreadable` says what was expected instead."""
    sort, _, dimension = parameter.sort.partition(":")
    if sort == "threshold":
        return _threshold(raw, dimension)
    if sort in DIMENSION_WORDS:
        return _quantity(raw, sort)
    return _READERS[sort](raw, parameter, context)


def read_when(raw: object) -> tuple[Condition, ...]:
    """Read a ``when`` table: a flat *and* of ``fact = literal``, or of ``fact = { any_of = [...] }``."""
    if not isinstance(raw, Mapping):
        raise Unreadable('{ 事实 = "字面值" } 形式的前提')
    return tuple(_condition(str(name), value) for name, value in raw.items())


def _condition(name: str, raw: object) -> Condition:
    spec = _spec(name)
    if spec.dimension in _NUMBERS:
        return Condition(name, threshold=_threshold(raw, spec.dimension))
    if spec.dimension == "day":
        raise Unreadable(f"「{name}」是日期，不能作前提；先后要求用 require_order")
    if spec.dimension == "words":
        raise Unreadable(f"「{name}」是几个用语，不能作前提；逐一要求用 require，材料用 require_papers")
    values = raw.get("any_of") if isinstance(raw, Mapping) and set(raw) == {"any_of"} else [raw]
    return Condition(name, allowed=tuple(_word(item, spec) for item in _list(values)))


def _spec(name: object) -> FactSpec:
    if not isinstance(name, str) or name not in FACTS:
        raise Unreadable(f"已知的事实名：{'、'.join(FACTS)}")
    return FACTS[name]


def _list(raw: object) -> list[Any]:
    if not isinstance(raw, list) or not raw:
        raise Unreadable("至少一项的列表")
    return raw


def _quantity(raw: object, dimension: str) -> Quantity:
    found = quantity(raw)
    if not found or found.dimension != dimension:
        raise Unreadable(f"带单位的{DIMENSION_WORDS[dimension]}")
    return found


def _threshold(raw: object, dimension: str) -> Comparison:
    found = comparison(raw)
    if not found or found.quantity.dimension != dimension:
        raise Unreadable(f"比较词加带单位的{DIMENSION_WORDS[dimension]}，如「不超过…」「达到…」")
    return found


def _word(raw: object, spec: FactSpec) -> str | bool:
    if spec.dimension == "flag":
        if not isinstance(raw, bool):
            raise Unreadable("true 或 false")
        return raw
    if not isinstance(raw, str) or (spec.words and raw not in spec.words):
        raise Unreadable(f"以下用语之一：{'、'.join(spec.words) or '文字'}")
    return spec.words.get(raw, raw)


def _fact(raw: object, _parameter: Parameter, _context: Context) -> str:
    return _spec(raw).name


def _day(raw: object, _parameter: Parameter, _context: Context) -> str:
    spec = _spec(raw)
    if spec.dimension != "day":
        raise Unreadable("日期类事实")
    return spec.name


def _amount(raw: object, _parameter: Parameter, _context: Context) -> str:
    spec = _spec(raw)
    if spec.dimension != "money":
        raise Unreadable("金额类事实")
    return spec.name


def _period(raw: object, _parameter: Parameter, _context: Context) -> Quantity:
    found = quantity(raw)
    if not found or found.dimension not in ("days", "workdays"):
        raise Unreadable("天数或工作日数，如「30天」「10个工作日」")
    return found


def _must(raw: object, _parameter: Parameter, context: Context) -> ParameterValue:
    spec = _spec(context.table.get("fact"))
    if spec.name == PAPERS:
        raise Unreadable("须交哪些材料用 require_papers")
    match spec.dimension:
        case "money" | "months" | "multiple":
            return _threshold(raw, spec.dimension)
        case "day":
            raise Unreadable("日期的先后用 require_order")
        case "flag":
            return bool(_word(raw, spec))
        case _:
            return tuple(str(_word(item, spec)) for item in (raw if isinstance(raw, list) and raw else [raw]))


def _choice(raw: object, parameter: Parameter, _context: Context) -> str:
    if not isinstance(raw, str) or raw not in parameter.choices:
        raise Unreadable(f"以下之一：{'、'.join(parameter.choices)}")
    return raw


def _party(raw: object, _parameter: Parameter, context: Context) -> str:
    if not isinstance(raw, str) or raw not in context.parties:
        raise Unreadable(f"[party] 中的一方：{'、'.join(context.parties)}")
    return raw


def _parties(raw: object, _parameter: Parameter, context: Context) -> tuple[str, ...]:
    return _names(_list(raw), context.parties)


def _charges(raw: object, parameter: Parameter, _context: Context) -> tuple[str, ...]:
    return _names(_list(raw), tuple(parameter.choices))


def _parts(raw: object, _parameter: Parameter, context: Context) -> Mapping[str, int]:
    parts = _integers(raw)
    strays = [party for party in parts if party not in context.parties]
    if strays:
        raise Unreadable(f"[party] 中的各方，而非{'、'.join(strays)}")
    return parts


def _integers(raw: object) -> Mapping[str, int]:
    if not isinstance(raw, Mapping) or not raw:
        raise Unreadable("各方 = 整数份数")
    if any(isinstance(part, bool) or not isinstance(part, int) or part < 0 for part in raw.values()):
        raise Unreadable("不小于 0 的整数份数")
    if not any(raw.values()):
        raise Unreadable("份数合计大于 0")
    return {str(name): part for name, part in raw.items()}


def _draw_parts(raw: object, _parameter: Parameter, _context: Context) -> ParameterValue:
    if raw == PAID_IN_WORD:
        return PAID_IN_WORD
    given: ParameterValue = tuple(str(item) for item in raw) if isinstance(raw, list) else _integers(raw)
    numbers = tuple(given) if isinstance(given, tuple | Mapping) else ()
    if not numbers or not all(_CONTRIBUTOR.fullmatch(str(number)) for number in numbers):
        raise Unreadable(f"「{PAID_IN_WORD}」，或以 pool.toml 中两位出资方编号为名的份数，或依次支用的编号列表")
    if len(set(numbers)) != len(numbers):
        raise Unreadable("不重复的出资方编号")
    return given


def _components(raw: object, _parameter: Parameter, _context: Context) -> tuple[str, ...]:
    return _names(_list(raw), BASE_FACTS)


def _deductions(raw: object, _parameter: Parameter, _context: Context) -> tuple[str, ...]:
    if not isinstance(raw, list):
        raise Unreadable("列表；没有扣除项目写 []")
    return _names(raw, DEDUCTION_FACTS)


def _dimensions(raw: object, _parameter: Parameter, _context: Context) -> tuple[str, ...]:
    return _names(_list(raw), tuple(METER_DIMENSIONS))


def _round_dimensions(raw: object, _parameter: Parameter, _context: Context) -> tuple[str, ...]:
    return _names(_list(raw), ROUND_DIMENSIONS)


def _names(raw: list[Any], allowed: tuple[str, ...]) -> tuple[str, ...]:
    if any(name not in allowed for name in raw) or len(set(raw)) != len(raw):
        raise Unreadable(f"不重复的以下各项：{'、'.join(allowed)}")
    return tuple(raw)


def _papers(raw: object, _parameter: Parameter, _context: Context) -> tuple[str, ...]:
    names = [paper_name(item) if isinstance(item, str) else None for item in _list(raw)]
    found = tuple(name for name in names if name and name != NO_PAPERS)
    if len(set(found)) != len(names):
        raise Unreadable(f"不重复的材料名称，每个不超过 {LONGEST_NAME} 字，名称里没有顿号、逗号、分号")
    return found


def _meter(raw: object, _parameter: Parameter, _context: Context) -> str:
    if not isinstance(raw, str) or not _METER.fullmatch(raw):
        raise Unreadable("额度名称：小写英文字母、数字、下划线，2 至 40 位")
    return raw


def _label(raw: object, _parameter: Parameter, _context: Context) -> str:
    if not isinstance(raw, str) or not raw:
        raise Unreadable("状态名称")
    return raw


def _states(raw: object, _parameter: Parameter, context: Context) -> tuple[StateRow, ...]:
    dimension = _measured(context)
    rows = tuple(_state(item, dimension) for item in _list(raw))
    _check_spans([row.where for row in rows], from_zero=False)
    return rows


def _measured(context: Context) -> str:
    return "money" if context.table.get("over", "amount") == "amount" else "rate"


def _resumption(raw: object, _parameter: Parameter, context: Context) -> Comparison:
    return _threshold(raw, _measured(context))


def _check_spans(wheres: Sequence[tuple[Comparison, ...]], *, from_zero: bool) -> None:
    """Rows that overlap or leave a gap are refused; a hole of the text is a row of its own that says why."""
    spans = sorted(((span(where), where[0].text) for where in wheres), key=lambda item: item[0][0])
    for ((_, end), words), ((start, _), after) in pairwise(spans):
        if end is None or start <= end:
            raise Unreadable(f"互不重叠的分档；「{words}」与「{after}」重叠")
        if start > end + 1:
            raise Unreadable(f"首尾相接的分档；「{words}」与「{after}」之间有空档，原文如此的写一行 why")
    if from_zero and spans[0][0][0] > 0:
        raise Unreadable(f"最低一档从零开始；「{spans[0][1]}」之下有空档，原文如此的写一行 why")
    if not from_zero and spans[-1][0][1] is not None:
        raise Unreadable(f"最高一档没有上限；「{spans[-1][1]}」之上有空档")


def _where(raw: Mapping[str, Any], dimension: str) -> tuple[Comparison, ...]:
    words = raw["where"] if isinstance(raw["where"], list) else [raw["where"]]
    where = tuple(_threshold(item, dimension) for item in _list(words))
    low, high = span(where)
    if high is not None and high < low:
        raise Unreadable("能够同时成立的条件")
    return where


def _hole(raw: Mapping[str, Any], name: str) -> str:
    """Why a row has no value: the text says nothing there."""
    if not raw.get("why") or set(raw) != {"where", "why"}:
        raise Unreadable(f"没有 {name} 的一档只写 why（原文为何没有规定）")
    return str(raw["why"])


def _state(raw: object, dimension: str) -> StateRow:
    keys = {"where", "state", "effect", "lasts", "why"}
    if not isinstance(raw, Mapping) or "where" not in raw or set(raw) - keys:
        raise Unreadable("每档写 where，并写 state、effect（及 lasts）或 why")
    where = _where(raw, dimension)
    if "state" not in raw:
        return StateRow(where, "", "ask", 0, _hole(raw, "state"))
    if raw.get("effect") not in ("refuse_new", "defer", "none"):
        raise Unreadable("effect 为 refuse_new（不再受理新备案）、defer（暂缓补偿）或 none")
    months = _quantity(raw["lasts"], "months").value if "lasts" in raw else 0
    return StateRow(where, str(raw["state"]), raw["effect"], months, str(raw.get("why", "")))


def _bands(raw: object, _parameter: Parameter, _context: Context) -> tuple[BandRow, ...]:
    rows = tuple(_band(item) for item in _list(raw))
    _check_spans([row.where for row in rows], from_zero=True)
    return rows


def _band(raw: object) -> BandRow:
    if not isinstance(raw, Mapping) or "where" not in raw or set(raw) - {"where", "rate", "why"}:
        raise Unreadable("每档写 where，并写 rate 或 why")
    where = _where(raw, "money")
    if "rate" not in raw:
        return BandRow(where, None, _hole(raw, "rate"))
    return BandRow(where, _quantity(raw["rate"], "rate"), str(raw.get("why", "")))


_READERS: dict[str, Reader] = {
    "fact": _fact,
    "day": _day,
    "must": _must,
    "choice": _choice,
    "party": _party,
    "parts": _parts,
    "draw_parts": _draw_parts,
    "components": _components,
    "deductions": _deductions,
    "dimensions": _dimensions,
    "papers": _papers,
    "meter": _meter,
    "label": _label,
    "states": _states,
    "bands": _bands,
    "amount": _amount,
    "period": _period,
    "parties": _parties,
    "charges": _charges,
    "round_dimensions": _round_dimensions,
    "resumption": _resumption,
}


def flatten(parameters: Mapping[str, ParameterValue], when: tuple[Condition, ...]) -> dict[str, int | str | bool]:
    """A clause's values as the decision freezes them: name → integer, word or flag."""
    flat: dict[str, int | str | bool] = {}
    for name, value in parameters.items():
        match value:
            case Quantity():
                flat[name] = value.value
            case Comparison():
                flat[name] = value.quantity.value
                flat[f"{name}.text"] = value.text
            case Mapping():
                flat |= {f"{name}.{key}": part for key, part in value.items()}
            case tuple():
                for index, item in enumerate(value):
                    flat |= _flat_item(f"{name}.{index}", item)
            case bool():
                flat[f"{name}.0"] = value
            case str():
                flat[name] = value
    for condition in when:
        key = f"when.{condition.fact}"
        if condition.threshold:
            flat[key] = condition.threshold.quantity.value
            flat[f"{key}.text"] = condition.threshold.text
        flat |= {f"{key}.{index}": word for index, word in enumerate(condition.allowed)}
    return flat


def _flat_item(key: str, item: object) -> dict[str, int | str | bool]:
    if not isinstance(item, StateRow | BandRow):
        return {key: item} if isinstance(item, str) else {}
    flat: dict[str, int | str | bool] = {}
    for index, test in enumerate(item.where):
        flat |= {f"{key}.where.{index}": test.quantity.value, f"{key}.where.{index}.text": test.text}
    if isinstance(item, StateRow):
        return flat | {f"{key}.state": item.state, f"{key}.effect": item.effect}
    return flat | ({f"{key}.rate": item.rate.value} if item.rate else {})
