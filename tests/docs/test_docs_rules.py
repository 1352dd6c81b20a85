"""docs/rules.md knows every kind of clause with its parameters, every topic, fact, unit and word."""

import re
from pathlib import Path

import pytest

from riskpool.clauses import KINDS
from riskpool.clauses.kind import TOPICS, Kind
from riskpool.decision import OPS
from riskpool.facts import BASE_FACTS, DEDUCTION_FACTS, FACTS
from riskpool.literals import AFTER, BEFORE, ORDER_WORDS, UNITS
from riskpool.rulefile import HEADER, NO_END, read_rule_text
from riskpool.ruletext import open_faults, shipped_refs

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line.startswith("| `")]


def row(key: str, section: str) -> list[str]:
    part = PAGE.partition(f"## {section}")[2].partition("\n## ")[0]
    found = [cells for cells in ROWS if cells[0] == f"`{key}`" and "|".join(cells[:2])[:8] and f"| `{key}` |" in part]
    assert found, f"{key} has no row in section {section}"
    return next(cells for cells in found if f"| {' | '.join(cells)} |" in part)


@pytest.mark.parametrize("kind", [*KINDS.values()], ids=lambda kind: kind.name)
def test_every_kind_has_its_row_with_title_and_parameters(kind: Kind) -> None:
    _, title, parameters, meaning = row(kind.name, "5.")
    assert title == kind.title
    assert meaning
    for parameter in kind.parameters:
        assert f"`{parameter.name}`" in parameters
        said = row("require" if parameter.name in ("effect", "at") else kind.name, "5.")[2] if parameter.choices else ""
        assert kind.name == "require_order" or all(f"`{choice}`" in said for choice in parameter.choices)


def test_the_words_of_order_are_told() -> None:
    assert all(f"`{word}`" in PAGE for word in ORDER_WORDS)


def test_kinds_stand_in_the_order_of_their_phases_and_nothing_else_does() -> None:
    part = PAGE.partition("## 5.")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `([a-z_]+)` \|", part, re.MULTILINE).__len__() == len(KINDS)
    assert set(re.findall(r"^\| `([a-z_]+)` \|", part, re.MULTILINE)) == set(KINDS)


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_has_its_row_and_its_kinds(topic: str) -> None:
    _, title, kinds = row(topic, "6.")
    assert title == TOPICS[topic]
    assert set(re.findall(r"`(\w+)`", kinds)) == {kind.name for kind in KINDS.values() if kind.topic == topic}


@pytest.mark.parametrize("name", FACTS)
def test_every_fact_has_its_row_and_its_words(name: str) -> None:
    _, title, _, words = row(name, "7.")
    assert title == FACTS[name].title
    assert words.split() == list(FACTS[name].words)


def test_units_comparison_words_and_statuses_are_told() -> None:
    part = PAGE.partition("## 4.")[2].partition("\n## ")[0]
    units = re.findall(r"带单位：`([^`]+)`", part)[0].split()
    assert set(units) == set(UNITS)
    table = next(line for line in part.splitlines() if line.startswith("| `不超过`"))
    including, excluding = table.strip("|").split("|")
    operations = {**BEFORE, **AFTER}
    for word, operation in operations.items():
        side = including if operation in ("at_least", "at_most") else excluding
        assert word in side, word
    assert all(f"| `{status}` |" in PAGE for status in ("sourced", "assumed", "unset"))
    assert all(name in PAGE for name in (*HEADER, NO_END, *BASE_FACTS, *DEDUCTION_FACTS))
    assert len(OPS) == 12
    assert "十二种运算" in PAGE
    assert len(KINDS) == 26
    assert "二十六种条款" in PAGE


def test_the_example_text_is_one_that_can_be_adopted() -> None:
    example = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)[0]
    text = read_rule_text(example.encode())
    assert not open_faults(text)


def test_the_texts_that_ship_are_told() -> None:
    assert "cixi@undated" in shipped_refs()
    assert "随附的 `cixi` 每一项都是 `unset`" in PAGE
