"""What the commands say around the figures: help in Chinese, lists once, what is assumed as a count."""

import io
import re
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout, suppress

import pytest
from tools import run_command
from typer.core import TyperGroup

from desk.cli.app import app
from desk.cli.helping import command_of
from desk.cli.learn import Dialogue
from importers.registers.learning import Question

ENGLISH = re.compile(
    r"Usage|Options|Arguments|Commands|Show this|message|required|default|env\s+var|<str>|<list|<int>|COMMAND"
)


@pytest.mark.parametrize(
    "args",
    [("--help",), ("decide", "--help"), ("report", "--help"), ("report", "voucher", "--help"), ("serve", "--help")],
)
def test_help_speaks_chinese(args: tuple[str, ...]) -> None:
    done = run_command(*args)
    assert done.returncode == 0
    assert done.stdout.startswith(f"用法：riskpool {' '.join(args[:-1])}".strip())
    assert "选项：" in done.stdout
    assert "显示本说明。" in done.stdout
    assert not ENGLISH.search(done.stdout), done.stdout


def helps(group: TyperGroup, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """The help of every command of a group and of the groups in it, by what is typed to reach it."""
    for name, command in group.commands.items():
        said = io.StringIO()
        with redirect_stdout(said), suppress(SystemExit):
            command.main(["--help"], prog_name=" ".join(("riskpool", *path, name)), standalone_mode=False)
        yield " ".join((*path, name)), said.getvalue()
        if isinstance(command, TyperGroup):
            yield from helps(command, (*path, name))


def test_every_help_is_chinese_whole_and_explains_each_argument() -> None:
    """「没有说明」: an argument or option with its type alone; a summary cut off; words of the parser."""
    every = dict(helps(command_of(app)))
    assert len(every) > 50
    for name, text in every.items():
        assert not ENGLISH.search(text), name
        assert not re.search(r"\S\.\.\.$", text.partition("选项：")[2], re.MULTILINE), name
        assert not re.search(r"^  \S.* <文字>…?\s*(\[.*\])?$", text, re.MULTILINE), name


def test_a_group_without_its_command_prints_its_help_and_no_reproach() -> None:
    done = run_command("rules")
    assert done.returncode == 2
    assert done.stderr.startswith("用法：riskpool rules [选项] 命令 [参数]…")
    assert "命令写法有误" not in done.stderr


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ("statos", "没有命令 statos，是不是 'status'"),
        ("rules xxxx", "没有命令 xxxx"),
        ("status --boks x", "没有选项 --boks，是不是 --books"),
        ("status --qqqq", "没有选项 --qqqq"),
        ("status books", "多出参数 books；账套文件夹写在 --books 之后"),
        ("close", "缺少参数 MONTH（月份 yyyy-mm）"),
        ("close 2023-03", "缺少选项 --as（操作人：pool.toml 中的人员编号（未经登录，属自述））"),
        ("status --books", "选项 --books 缺少取值"),
        ("status --json=1", "选项 --json 不带取值"),
        ("serve --port x", "--port 的取值不对：应为整数"),
        (
            "identify X --as-what gift --reason r --as chen",
            "--as-what 的取值不对：gift，应为其中之一 'contribution', 'interest', 'recovery'",
        ),
    ],
)
def test_a_command_wrongly_written_is_told_in_chinese(args: str, said: str) -> None:
    done = run_command(*args.split())
    assert done.returncode == 2
    assert done.stderr.startswith(f"命令写法有误：{said}\n")


def test_a_list_is_written_out_once_in_a_dialogue(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    dialogue = Dialogue()
    every = ("借据号", "月末余额", "逾期天数")
    asked = [
        Question("column", "甲", "「甲」是本系统的哪一栏？", every),
        Question("column", "甲", "「甲」是本系统的哪一栏？", every, refused="九"),
        Question("column", "乙", "「乙」是本系统的哪一栏？", every[1:]),
        Question("word", "丙", "「丙」是哪一个？", ("正常", "关注")),
    ]
    monkeypatch.setattr(sys, "stdin", io.StringIO("1\n" * len(asked)))
    for question in asked:
        dialogue.ask(question)
    said = capsys.readouterr().out
    assert said.count("   1  借据号\n") == 1
    assert "  编号同上\n" in said
    assert "  还剩：1 月末余额　2 逾期天数\n" in said
    assert "   2  关注\n" in said
