"""Reads the officers' cases: YAML files in this folder, facts and outcome in the law's own words.

A file says under which text (`rule`, a shipped one; `text`, an invented one in texts/) and in which shape its cases
stand; `facts` may name a table in texts/. A case changes facts, may amend clauses, and says what comes out.
"""

import tomllib
from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ledger.provenance import digest
from riskpool.clauses import KINDS
from riskpool.decision import Decision
from riskpool.facts import AVAILABLE, FACTS, PAID_IN, SUSPENSION, CaseFacts, FactValue
from riskpool.literals import quantity
from riskpool.rulefile import RuleText, rule_text_of
from riskpool.ruletext import shipped_file, shipped_refs
from riskpool.suspension import Measure
from riskpool.waterfall import Used, decide

FOLDER = Path(__file__).parent
VERDICTS = {"予以补偿": "approved", "不予补偿": "denied", "暂缓补偿": "deferred"}
SHAPES = ("decide", "suspension", "recovery", "filing", "round", "clock", "version", "charge")
EDGES = "edge_cases"
"""The table of the edge cases: it points at cases and is none itself."""

_NUMBERS = ("money", "months", "multiple")


def fen(text: str) -> int:
    """An amount written with its unit, in fen; a minus sign may stand before it."""
    found = quantity(text.removeprefix("-"))
    assert found, f"{text!r} is no quantity"
    assert found.dimension == "money", f"{text!r} is no amount"
    return -found.value if text.startswith("-") else found.value


def fact(name: str, value: Any) -> FactValue:  # noqa: ANN401 - whatever YAML read
    """A fact as an officer writes it."""
    if name.startswith((PAID_IN, AVAILABLE)):
        return fen(value)
    if name.startswith(SUSPENSION):
        return str(value)
    spec = FACTS[name]
    if spec.dimension in _NUMBERS:
        found = quantity(value)
        assert found, f"{name}: {value!r}"
        assert found.dimension == spec.dimension, f"{name}: {value!r} is no {spec.dimension}"
        return found.value
    match spec.dimension:
        case "day":
            assert isinstance(value, date)
            return value.isoformat()
        case "flag":
            return {"是": True, "否": False}[value]
        case "words":
            return tuple(sorted(spec.words[word] if spec.words else word for word in value))
        case _:
            return str(spec.words.get(value, value))


@cache
def tables() -> dict[str, dict[str, Any]]:
    """Every file of cases by its stem."""
    found = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.yaml"))}
    del found[EDGES]
    assert all(table.get("shape", "decide") in SHAPES for table in found.values())
    return found


def cases(shape: str) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """(file: name, the file's table, the case) of every case in a shape."""
    for stem, table in tables().items():
        if table.get("shape", "decide") == shape:
            for case in table["cases"]:
                yield f"{stem}: {case['name']}", table, case


def facts_of(table: Mapping[str, Any], case: Mapping[str, Any]) -> dict[str, FactValue]:
    """The file's facts with the case's changes; a fact set to nothing is not stated."""
    stated = table.get("facts", {})
    if isinstance(stated, str):
        stated = yaml.safe_load((FOLDER / "texts" / f"{stated}.yaml").read_text(encoding="utf-8"))
    stated = {**stated, **case.get("change", {})}
    return {name: fact(name, value) for name, value in stated.items() if value is not None}


def text_of(table: Mapping[str, Any], case: Mapping[str, Any]) -> RuleText:
    """The text that the case stands under, its own amendments made."""
    return _text(
        table.get("rule", ""),
        table.get("text", ""),
        yaml.safe_dump([table.get("amend", {}), case.get("amend", {})], allow_unicode=True),
        yaml.safe_dump([table.get("drop", []), case.get("drop", [])], allow_unicode=True),
    )


@cache
def _text(rule: str, sample: str, amend: str, drop: str) -> RuleText:
    """Parsed once for each wording, so that it is bound once too."""
    if rule:
        ref = next(ref for ref in shipped_refs() if rule in (ref, ref.partition("@")[0]))
        content = shipped_file(ref)
    else:
        content = (FOLDER / "texts" / f"{sample}.toml").read_bytes()
    raw = deepcopy(tomllib.loads(content.decode()))
    for place in [place for places in yaml.safe_load(drop) for place in places]:
        _drop(raw, place)
    for changes in yaml.safe_load(amend):
        for place, change in changes.items():
            _amend(raw, place, change)
    return rule_text_of(raw, digest(content), f"{rule or sample}.toml")


def _drop(raw: dict[str, Any], place: str) -> None:
    """Take a clause out; a topic that nothing speaks of any more is silent."""
    article, kind = place.split(" ")
    del raw["clause"][article][kind]
    topic = KINDS[kind].topic
    left = {KINDS[name].topic for kinds in raw["clause"].values() for name in kinds}
    if topic not in left:
        raw.setdefault("silent", []).append({"status": "sourced", "topics": [topic], "why": "案例中没有这一条"})


def _amend(raw: dict[str, Any], place: str, change: Mapping[str, Any]) -> None:
    """Change parameters of a clause, or of the head; a parameter set to nothing is taken out."""
    article, _, kind = place.partition(" ")
    table = raw["clause"].setdefault(article, {}).setdefault(kind, {}) if kind else raw[article]
    if kind:
        for silent in raw.get("silent", []):
            silent["topics"] = [topic for topic in silent["topics"] if topic != KINDS[kind].topic]
    for name, value in change.items():
        if value is None:
            table.pop(name, None)
        else:
            table[name] = value


def decided(table: Mapping[str, Any], case: Mapping[str, Any]) -> Decision:
    """The decision on a case."""
    values = facts_of(table, case)
    used = [Used(item["meter"], item["case"], fen(item["amount"])) for item in case.get("used", [])]
    return decide(text_of(table, case), CaseFacts("本案", values, dict.fromkeys(values, "案例")), used)


def measures(case: Mapping[str, Any]) -> list[Measure]:
    """A case's measures: an amount a day, or `[amount, denominator]` with the measure's name, scope and denominator."""
    found = []
    for on, value in case.get("measures", {}).items():
        amount, over = value if isinstance(value, list) else (value, "")
        of = case.get("of", {})
        found.append(Measure(on, fen(amount), **of, **({"over_fen": fen(over)} if over else {})))
    return found
