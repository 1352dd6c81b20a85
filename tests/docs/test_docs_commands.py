"""Every command is on the README, and every command line in a paper is one that the program takes."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from desk.cli.app import app
from ledger.faults import ExitCode

REPO = Path(__file__).resolve().parents[2]
PAGES = (REPO / "README.md", *sorted((REPO / "docs").glob("*.md")))
PROGRAM: Any = get_command(app)
"""The command tree; typer carries its own copy of click, untyped here."""
LINE = re.compile(r"^\s*(?:\$ )?(?:\.venv/bin/)?(riskpool .*)$", re.MULTILINE)


def commands(tree: Any = PROGRAM, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:  # noqa: ANN401 - see PROGRAM
    for name, found in tree.commands.items():
        if hasattr(found, "commands"):
            yield from commands(found, (*above, name))
        else:
            yield (*above, name)


def blocks() -> Iterator[tuple[str, str]]:
    """Whole command lines in fenced blocks, without a shell comment."""
    for page in PAGES:
        for block in re.findall(r"```(?:sh|console)\n(.*?)\n```", page.read_text(encoding="utf-8"), re.DOTALL):
            for line in LINE.findall(block):
                yield page.name, re.sub(r"\s+#\s.*", "", line)


def spans() -> Iterator[tuple[str, str]]:
    """Commands named in running text."""
    for page in PAGES:
        for text in re.findall(r"`(riskpool [^`]+)`", page.read_text(encoding="utf-8")):
            yield page.name, text


def parsed(words: list[str]) -> None:
    """Parse a whole command line without running it; the parser's own error tells what is wrong."""
    tree, context = PROGRAM, None
    name, rest = "riskpool", words
    while hasattr(tree, "commands"):
        context = tree.make_context(name, list(rest), parent=context)
        name, tree, rest = tree.resolve_command(context, [*context._protected_args, *context.args])  # noqa: SLF001 - click's own way to the rest
    tree.make_context(name, list(rest), parent=context)


@pytest.mark.parametrize("command", [*commands()], ids=" ".join)
def test_every_command_is_in_the_readmes_table(command: tuple[str, ...]) -> None:
    rows = [
        line for line in (REPO / "README.md").read_text(encoding="utf-8").splitlines() if line.startswith("| `riskpool")
    ]
    assert any(f"`riskpool {' '.join(command)}`" in row for row in rows)


@pytest.mark.parametrize(("page", "line"), [*blocks()], ids=lambda value: value[:60])
def test_a_command_line_shown_is_one_the_program_takes(page: str, line: str) -> None:
    assert page
    parsed(shlex.split(line)[1:])


@pytest.mark.parametrize(("page", "text"), sorted(set(spans())), ids=lambda value: value[:60])
def test_a_command_named_in_running_text_exists_with_its_options(page: str, text: str) -> None:
    words, tree = text.split()[1:], PROGRAM
    assert page
    while words and hasattr(tree, "commands") and not words[0].startswith("-"):
        assert words[0] in tree.commands, f"{page} names {text}"
        tree = tree.commands[words.pop(0)]
    known = {option for parameter in tree.params for option in parameter.opts} | {"--help"}
    assert {word for word in words if word.startswith("-")} <= known, f"{page} names {text}"


def test_the_commands_of_the_order_are_all_there() -> None:
    wanted = """init template import draft review post identify rules decide pay reverse reconcile close report export
        check verify status serve demo"""
    assert {command[0] for command in commands()} >= {*re.findall(r"\w+", wanted)}


def test_the_exit_codes_are_told_as_they_are() -> None:
    text = (REPO / "README.md").read_text(encoding="utf-8")
    told = {int(code): word for code, word in re.findall(r"(\d) \S+ (done|findings|bad input|refused)", text)}
    assert told == {int(code): code.name.lower().replace("_", " ") for code in ExitCode}


def test_both_commands_stand_on_the_readmes_first_screen() -> None:
    first = (REPO / "README.md").read_text(encoding="utf-8").splitlines()[:30]
    for wanted in (
        "make demo",
        "make test",
        "慈溪的比例没有公开",
        "its rule text is unset and refuses",
        "编造",
        "invented",
    ):
        assert any(wanted in line for line in first), wanted
