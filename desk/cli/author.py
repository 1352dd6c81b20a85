"""The dialogue ``riskpool rules new``: what the signed text says, clause by clause."""

import shlex
import sys
from datetime import date
from pathlib import Path

import typer

from desk.cli.say import following, line, out
from riskpool.authoring import Question


def ask(question: Question) -> str:
    """Put one question and read the answer; an end of input is an interruption, and nothing is written."""
    line("")
    if question.fault:
        line(f"！{question.fault}")
    line(question.text)
    for number, (key, title) in enumerate(question.options, start=1):
        line(f"  {number:>2}  {title}" + (f"（{key}）" if key != title else ""))
    hint = question.hint or ("填编号" if question.options else "填文字")
    out.print(f"{hint}；直接回车＝留空：", end="", markup=False)
    said = sys.stdin.readline()
    if not said:
        raise typer.Abort
    return said.rstrip("\n")


def new(target: str, today: date) -> None:
    """Run the dialogue and write the folder."""
    from desk.acts import rules

    place, found = rules.author(ask, Path(target) if target else None, today)
    line("")
    counts = f"有出处 {found.sourced} 项，假定 {found.assumed} 项，未定 {found.unset} 项"
    line(f"已写到 {place}：{counts}。请主管对照原文核对。")
    following(f"riskpool rules validate {shlex.quote(str(place))}")
