"""docs/glossary.md: its words are the code's words, and the words it bars are not."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, get_args, get_origin

import pytest

from ledger.drafts import DraftStep, State
from ledger.events import AnyEvent, Event, RecoveryReported
from ledger.papers import BankPaper
from ledger.pool import BankAccount, Role

REPO = Path(__file__).resolve().parents[2]
PAGE = (REPO / "docs" / "glossary.md").read_text(encoding="utf-8")
WORDS, _, EXCEPTIONS = PAGE.partition("## 例外")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in WORDS.splitlines() if line.startswith("| ")]
BARRED = frozenset(re.findall(r"`(\w+)` ✗", WORDS))
EXCEPTED = frozenset(re.findall(r"^\| `(\w+)` \|", EXCEPTIONS, re.MULTILINE))
NO_MODULE = frozenset({"utils", "helpers", "common", "manager", "data", "info"})
LATER = "后续"


def sources(*rooms: str) -> Iterator[Path]:
    for room in rooms:
        yield from sorted((REPO / room).rglob("*.py"))


def defined(path: Path) -> Iterator[str]:
    """Names that a module defines: functions, classes, arguments, variables, and its own."""
    yield path.stem
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def parts(name: str) -> set[str]:
    """``LoanNo`` and ``loan_no`` as their words, and the whole."""
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name)} | {name.lower()}


def is_barred(name: str) -> bool:
    words = parts(name)
    # 「extension」 is barred alone: term_extension says what is extended. The others are barred within names too.
    return bool((BARRED - {"extension"}) & words) or name.lower().strip("_") == "extension"


def test_the_page_bars_words() -> None:
    assert len(BARRED) >= 7
    assert {"fund", "policy", "extension"} <= BARRED


def test_barred_words_are_not_defined_in_ledger_riskpool_and_reports() -> None:
    found = {
        name: path for path in sources("ledger", "riskpool", "reports") for name in defined(path) if is_barred(name)
    }
    assert {name: path.relative_to(REPO).as_posix() for name, path in found.items() if name not in EXCEPTED} == {}


@pytest.mark.parametrize("name", sorted(EXCEPTED))
def test_an_exception_is_still_needed(name: str) -> None:
    assert is_barred(name)
    assert any(name in defined(path) for path in sources("ledger", "riskpool", "reports"))


def test_no_module_has_a_name_that_says_nothing() -> None:
    rooms = ("ledger", "importers", "riskpool", "reports", "desk")
    assert [path for path in sources(*rooms) if path.stem in NO_MODULE] == []


def identifiers() -> Iterator[tuple[str, str]]:
    for cells in ROWS:
        if len(cells) == 3 and cells[0] != "中文":
            for word in re.findall(r"`(\w+)`", cells[1]):
                yield word, cells[2]


@pytest.fixture(scope="module")
def code() -> frozenset[str]:
    """Every word of every room: of its names and of its texts in quotes."""
    text = "\n".join(
        path.read_text(encoding="utf-8") for path in sources("ledger", "importers", "riskpool", "reports", "desk")
    )
    names = set(re.findall(r"[A-Za-z_][A-Za-z0-9_]*", text))
    return frozenset({*names, *(word for name in names for word in parts(name))})


def test_every_word_is_used_or_marked_as_kept_for_later(code: frozenset[str]) -> None:
    unused = {word for word, note in identifiers() if LATER not in note and word not in code and not _runs(word, code)}
    assert unused == set()


def _runs(word: str, code: frozenset[str]) -> bool:
    """A word of two or more that stands inside longer names, as ``rule_text`` does in ``read_rule_text``."""
    return "_" in word and any(word in name.lower() for name in code)


def test_a_word_kept_for_later_has_not_come_yet(code: frozenset[str]) -> None:
    assert {word for word, note in identifiers() if LATER in note and word in code} == set()


def literal_words(kind: type[object]) -> Iterator[str]:
    for field in getattr(kind, "model_fields", {}).values():
        if get_origin(field.annotation) is Literal:
            yield from (word for word in get_args(field.annotation) if isinstance(word, str))


def test_every_event_is_in_the_glossary() -> None:
    kinds: tuple[type[Event], ...] = (*get_args(AnyEvent), RecoveryReported)
    assert {kind.__name__ for kind in kinds if f"`{kind.__name__}`" not in WORDS} == set()


def test_every_word_that_a_field_can_take_is_in_the_glossary() -> None:
    kinds: tuple[type[object], ...] = (*get_args(AnyEvent), RecoveryReported, BankAccount, BankPaper)
    words = {word for kind in kinds for word in literal_words(kind)} - {kind.__name__ for kind in kinds}
    words |= {*get_args(Role), *get_args(State), *literal_words(DraftStep)} - {"drafted", "amended"}
    assert {word for word in words if f"`{word}`" not in WORDS} == set()
