"""``--help`` in the officer's language: the option parser's own words, which it takes from no table of ours."""

import re

import typer
from typer.main import get_command

_WORDS = (
    (r"(?m)^Usage: ", "用法："),
    (r"(?m)^Arguments:$", "参数："),
    (r"(?m)^Options:$", "选项："),
    (r"(?m)^Commands:$", "命令："),
    (r"Show\s+this\s+message\s+and\s+exit\.", "显示本说明。"),
    (r"\[OPTIONS\]", "[选项]"),
    (r"COMMAND \[ARGS\]\.\.\.", "命令 [参数]…"),
    (r"<str>", "<文字>"),
    (r"<int>", "<整数>"),
    (r"\[required\]", "[必填]"),
    (r"; required\]", "；必填]"),
    (r"env var: ", "环境变量 "),
    (r"(; |\[)default: ?", r"\1缺省 "),
)
"""What the parser prints around our own texts."""


class _Context(typer.Context):
    """A command at work, whose help speaks Chinese."""

    def get_help(self) -> str:
        """The help as the parser lays it out, its own words put into Chinese."""
        text = super().get_help()
        for pattern, words in _WORDS:
            text = re.sub(pattern, words, text)
        return text


def command_of(app: typer.Typer) -> "typer.core.TyperGroup":
    """The app's commands, all of them with our help."""
    command = get_command(app)
    assert isinstance(command, typer.core.TyperGroup), "the app has subcommands"
    command.context_class = _Context
    waiting = list(command.commands.values())
    while waiting:
        one = waiting.pop()
        one.context_class = _Context
        waiting += one.commands.values() if isinstance(one, typer.core.TyperGroup) else ()
    return command
