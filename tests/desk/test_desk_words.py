"""What the commands say around the figures: help in Chinese, lists once, what is assumed as a count."""

import io
import re
import sys

import pytest
from tools import run_command

from desk.cli.learn import Dialogue
from importers.registers.learning import Question

ENGLISH = re.compile(r"Usage|Options|Arguments|Commands|Show this|message|required|default|env var|<str>|<int>|COMMAND")


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


def test_a_group_without_its_command_prints_its_help_and_no_reproach() -> None:
    done = run_command("rules")
    assert done.returncode == 2
    assert done.stderr.startswith("用法：riskpool rules [选项] 命令 [参数]…")
    assert "命令写法有误" not in done.stderr


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
