"""The option parser in the officer's language: its ``--help`` and what it says of a command wrongly written."""

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
    (r"<list\[str\]>", "<文字>…     "),
    (r"<str>", "<文字>"),
    (r"<int>", "<整数>"),
    (r"\[required\]", "[必填]"),
    (r"; required\]", "；必填]"),
    (r"env\s+var:\s+", "环境变量 "),
    (r"(; |\[)default: ?", r"\1缺省 "),
)
"""What the parser prints around our own texts."""

_REFUSED = (
    (r"No such command '(.*?)'\. Did you mean (.*)\?", r"没有命令 \1，是不是 \2"),
    (r"No such command '(.*)'\.?", r"没有命令 \1"),
    (r"No such option: (\S+) \(Possible options: (.*)\)", r"没有选项 \1，是不是 \2"),
    (r"No such option: (.*)", r"没有选项 \1"),
    (r"Missing argument '(.*)'\.?", r"缺少参数 \1"),
    (r"Missing option '(.*?)'.*", r"缺少选项 \1"),
    (r"Missing command\.?", "缺少子命令"),
    (r"Got unexpected extra argument\(s\) \((.*)\)", r"多出参数 \1；账套文件夹写在 --books 之后"),
    (r"Option '(.*)' requires an argument\.?", r"选项 \1 缺少取值"),
    (r"Option '(.*)' does not take a value\.?", r"选项 \1 不带取值"),
    (r"Invalid value for '?(.*?)'?: Input should be a valid integer.*", r"\1 的取值不对：应为整数"),
    (r"Invalid value for '?(.*?)'?: .*?'(.*)' is not one of (.*?)\.?", r"\1 的取值不对：\2，应为其中之一 \3"),
    (r"Invalid value for '?(.*?)'?: (.*)", r"\1 的取值不对：\2"),
)
"""What the parser says of a command that it does not take, the first that fits."""


def in_chinese(error: typer.TyperException) -> str:
    """What the parser says, in the officer's language: the missing with what it is, the unknown as it stands."""
    message = error.format_message()
    for pattern, words in _REFUSED:
        if match := re.fullmatch(pattern, message, re.DOTALL):
            told, what = match.expand(words), getattr(getattr(error, "param", None), "help", None)
            return f"{told}（{what}）" if what and told.startswith("缺少") else told
    return message


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
