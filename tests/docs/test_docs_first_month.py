"""docs/first-month.md is walked: every command that it shows as run is run, and prints what the page says."""

import io
import re
import shlex
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from desk import clock
from desk.cli import app, say
from importers.registers import TEMPLATE_KINDS
from ledger.verify import verify

REPO = Path(__file__).resolve().parents[2]
PAGE = REPO / "docs" / "first-month.md"
EXAMPLE = REPO / "examples" / "2023"
PIECE = re.compile(r"(?P<shown><!-- shown only -->\n)?```console\n(?P<block>.*?)\n```", re.DOTALL)


TODAY = "2026-12-01"
"""Any day after the invented year: the page is followed by people who live later."""


def steps() -> Iterator[tuple[list[str], list[str]]]:
    """Arguments and printed lines of each command that the page runs."""
    for piece in PIECE.finditer(PAGE.read_text(encoding="utf-8")):
        if not piece["shown"]:
            for text in re.split(r"^\$ riskpool ", piece["block"], flags=re.MULTILINE)[1:]:
                command, *printed = text.rstrip("\n").split("\n")
                yield shlex.split(command), printed


def run(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> str:
    """What the command line prints, both streams in order."""
    monkeypatch.setattr(sys, "argv", ["riskpool", *arguments])
    printed = io.StringIO()
    with redirect_stdout(printed), redirect_stderr(printed), pytest.raises(SystemExit):
        app.main()
    return printed.getvalue()


def line_pattern(line: str) -> re.Pattern[str]:
    """A line of the page: blanks in any number, 「…」 for anything."""
    words = [re.escape(word) for word in re.split(r"\s+", line.strip())]
    return re.compile(r"\s+".join(words).replace("…", ".*"))


def unmet(page: list[str], printed: str) -> str:
    """The first line of the page that the program does not print, in order; empty when all are there."""
    rest = iter(printed.splitlines())
    for line in page:
        if line.strip() != "…" and not any(line_pattern(line).fullmatch(found.strip()) for found in rest):
            return line
    return ""


def test_the_first_month_goes_as_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(say.out, "width", 220)
    monkeypatch.setattr(say.err, "width", 220)
    (tmp_path / "files").symlink_to(EXAMPLE / "files")
    for name in ("pool.toml", "opening.xlsx"):
        (tmp_path / name).symlink_to(EXAMPLE / name)
    taken = 0
    for number, (arguments, page) in enumerate(steps()):
        monkeypatch.setenv(clock.FIXED, f"{TODAY}T09:00:{number:02d}")
        printed = run(arguments, monkeypatch)
        missing = unmet(page, printed)
        assert not missing, f"riskpool {' '.join(arguments)}\nthe page says: {missing}\nit prints:\n{printed}"
        taken += 1
    assert taken >= 35
    assert verify(tmp_path / "books") == ()


def test_every_template_is_in_the_pages_table() -> None:
    listed = re.findall(r"^\| `([a-z]+)` \| \S+ \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(listed) == set(TEMPLATE_KINDS)
