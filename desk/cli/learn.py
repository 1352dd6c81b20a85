"""The dialogue ``riskpool template learn``: one question a line, answered by number or word."""

import shlex
import sys
from pathlib import Path

import typer

from desk.cli.say import following, line, out, table
from importers.registers.learning import Question


class Dialogue:
    """Questions on the screen, one after another; a list that was shown is not written out a second time."""

    def __init__(self) -> None:
        """Nothing was shown yet."""
        self._shown: tuple[str, ...] = ()

    def ask(self, question: Question) -> str:
        """Put one question on the screen and read the answer; an end of input is an interruption."""
        line("")
        if question.refused:
            wanted = "请填下面的编号或栏名" if question.options else "请填这一栏的内容"
            line(f"「{question.refused}」不能作答，{wanted}。")
        line(question.text)
        if question.samples:
            line(f"  开头几行：{'　'.join(question.samples)}")
        self._list(question.options)
        hint = "填编号或栏名" if question.options else "填文字"
        out.print(f"{hint}{'；直接回车＝不读这一栏' if question.may_pass else ''}：", end="", markup=False)
        said = sys.stdin.readline()
        if not said:
            raise typer.Abort
        return said.rstrip("\n")

    def _list(self, options: tuple[str, ...]) -> None:
        """A new list one a line; the same as before not again; what is left of one that was shown, on one line."""
        if not options:
            return
        if options == self._shown:
            line("  编号同上")
        elif set(options) < set(self._shown):
            line(f"  还剩：{'　'.join(f'{number} {option}' for number, option in enumerate(options, start=1))}")
        else:
            for number, option in enumerate(options, start=1):
                line(f"  {number:>2}  {option}")
        self._shown = options


def learn(file: str, kind: str, party: str, answers: str, target: str) -> None:
    """Run the dialogue, or take the answers from a file, and show what the proof read."""
    from desk.acts import templates

    begun = templates.beginning(kind, party, Path(answers) if answers else None)
    bound = templates.learn(Path(file), begun, None if answers else Dialogue().ask, Path(target) if target else None)
    table(("本系统的栏目", "对方的栏目", "第一行读作"), bound.learnt.pairs)
    for sheet, rows in bound.learnt.rows:
        line(f"「{sheet}」读通 {rows} 行")
    for title, total in bound.learnt.sums:
        line(f"  {title}合计 {total}")
    line(f"栏目对应已写到 {bound.path}，请核对上表；此后这种表直接导入。")
    following(f"riskpool import {shlex.quote(file)} --as 制单人 --synonyms {shlex.quote(str(bound.path.parent))}")
