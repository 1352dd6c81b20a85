"""The error album: each fault is met by a real file or a real command, and the page shows exactly what is printed."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
from album.every import EVERY
from album.stage import Provocation, Theatre

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = DOCS / "album.md"


def _maker(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, DOCS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def theatre(demo_year: Path, tmp_path_factory: pytest.TempPathFactory) -> Theatre:
    return Theatre(demo_year / "books", tmp_path_factory.mktemp("album"))


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.code)
def test_a_fault_is_provoked_and_the_page_shows_what_it_prints(one: Provocation, theatre: Theatre) -> None:
    code, said = theatre.said(one)
    assert f"[{one.code}]" in said
    assert code in {1, 2, 3}
    assert "Traceback" not in said
    assert f"### {one.code}\n\n{one.how}`riskpool " in PAGE.read_text(encoding="utf-8"), "run docs/make_album.py"
    assert f"\n```text\n{said}\n```\n" in PAGE.read_text(encoding="utf-8"), "run docs/make_album.py"


def test_every_code_is_in_the_album() -> None:
    kinds = _maker("make_faults").kinds()
    codes = [one.code for one in EVERY]
    assert sorted(set(codes)) == sorted(codes), "one picture a code"
    assert set(kinds) == set(codes), "a new code needs a provocation"
    text = PAGE.read_text(encoding="utf-8")
    assert sorted(re.findall(r"^### (\S+)$", text, re.MULTILINE)) == sorted(codes)
