"""The error album: each fault is met by a real file or a real command, and the page shows exactly what is printed."""

import importlib.util
import re
from types import ModuleType

import pytest
from album import deskwork, importing
from album.every import EVERY
from album.page import DOCS, PAGE, require_shown
from album.stage import Provocation, Theatre


def _maker(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, DOCS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("one", [*importing.PROVOCATIONS, *deskwork.PROVOCATIONS], ids=lambda one: one.code)
def test_a_fault_is_provoked_and_the_page_shows_what_it_prints(one: Provocation, theatre: Theatre) -> None:
    require_shown(one, theatre)


def test_every_code_is_in_the_album() -> None:
    kinds = _maker("make_faults").kinds()
    codes = [one.code for one in EVERY]
    assert sorted(set(codes)) == sorted(codes), "one picture a code"
    assert set(kinds) == set(codes), "a new code needs a provocation"
    text = PAGE.read_text(encoding="utf-8")
    assert sorted(re.findall(r"^### (\S+)$", text, re.MULTILINE)) == sorted(codes)
