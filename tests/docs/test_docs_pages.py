"""The papers as papers: links lead somewhere, no machine or host is named, what they say of the tree holds."""

import importlib
import re
import tomllib
from pathlib import Path

import pytest

from importers.intake import LAYOUTS

REPO = Path(__file__).resolve().parents[2]
PAGES = (REPO / "README.md", *sorted((REPO / "docs").glob("*.md")))
NAMES = {
    "accounts",
    "album",
    "architecture",
    "backtest",
    "decisions",
    "faults",
    "first-month",
    "format-1",
    "glossary",
    "layouts",
    "proofs",
    "registers",
    "rules",
}
MACHINE = re.compile(r"(?<![\w.])/(?:work|tmp|home|root|usr|opt|var|etc|mnt|Users)\b|[A-Z]:\\")
ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s`)」]+|\b(?:[a-z0-9-]+\.)+(?:com|org|net|io|cn|dev)\b")
LOOPBACK = "http://127.0.0.1:5000/"


def test_every_paper_is_there() -> None:
    assert {page.stem for page in PAGES} == {*NAMES, "README"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files_that_are_there(page: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
        path, _, anchor = target.partition("#")
        assert not anchor
        assert (page.parent / path).resolve().is_file(), f"{page.name} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_paper_names_a_machine_or_a_host(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert MACHINE.findall(text) == []
    assert [found for found in ADDRESS.findall(text) if found != LOOPBACK] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_folders_and_files_of_ours_that_are_named_are_there(page: Path) -> None:
    rooms = ("ledger", "importers", "riskpool", "reports", "desk", "tests", "docs", "examples", "bench", ".ci")
    for named in re.findall(r"`([\w./-]+)`", page.read_text(encoding="utf-8")):
        if named.split("/")[0] in rooms and "/" in named:
            assert (REPO / named).exists(), f"{page.name} names {named}"


def test_architecture_is_a_page_to_hold_in_the_head() -> None:
    text = (REPO / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 150


def test_the_picture_names_modules_that_are_there() -> None:
    text = (REPO / "docs" / "architecture.md").read_text(encoding="utf-8")
    picture = re.findall(r"```\n(.*?)```", text, re.DOTALL)[0]
    for room, until in (("ledger", "reports"), ("reports", "desk"), ("desk", "")):
        part = re.split(rf"─ {room} ─", picture)[1]
        part = re.split(rf"─ {until} ─", part)[0] if until else part
        rows = re.findall(r"^ │ ((?:[a-z]+/? ?)+?)(?:  |\()", part, re.MULTILINE)
        names = [name for row in rows for name in row.split()]
        assert names
        for name in names:
            place = REPO / room / name.rstrip("/")
            assert place.is_dir() or place.with_suffix(".py").is_file(), f"{room} has no {name}"


def test_decisions_are_dated() -> None:
    text = (REPO / "docs" / "decisions.md").read_text(encoding="utf-8")
    heads = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert heads
    assert all(re.match(r"\d{4}-\d{2}-\d{2} · ", head) for head in heads)


def test_a_bank_is_one_module_in_two_lists_as_the_page_says() -> None:
    modules = {path.stem for path in (REPO / "importers" / "banks").glob("*.py")} - {"__init__", "proof"}
    banks = {name: importlib.import_module(f"importers.banks.{name}") for name in sorted(modules)}
    assert {layout.slug for bank in banks.values() for layout in bank.LAYOUTS} == {layout.slug for layout in LAYOUTS}
    assert all(layout.bank == name for name, bank in banks.items() for layout in bank.LAYOUTS)
    settings = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {item["name"]: item for item in settings["tool"]["importlinter"]["contracts"]}
    assert set(contracts["no bank imports another"]["modules"]) == {f"importers.banks.{name}" for name in banks}
    page = (REPO / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert "importers.intake.LAYOUTS" in page
    assert "no bank imports another" in page


def test_nothing_above_the_importers_knows_a_bank_by_name() -> None:
    codes = re.compile(r"""["'](?:boc|abchina|crcb)["']""")
    rooms = ("ledger", "riskpool", "reports", "desk")
    assert [
        path.relative_to(REPO).as_posix()
        for room in rooms
        for path in (REPO / room).rglob("*.py")
        if codes.search(path.read_text(encoding="utf-8"))
    ] == []
