"""How the command line speaks: faults, tables, JSON, exit codes. Nothing here decides anything."""

import json
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from ledger.faults import Fault, Refusal

if TYPE_CHECKING:
    from ledger.drafts import Draft

Books = Annotated[str, typer.Option("--books", "-b", envvar="RISKPOOL_BOOKS", help="账套文件夹")]
As = Annotated[str, typer.Option("--as", help="操作人：pool.toml 中的人员编号（未经登录，属自述）")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON，供脚本使用")]
Receipt = Annotated[str, typer.Option("--receipt", help="另一位保管人手里的结账回执，与账簿比对")]
On = Annotated[str, typer.Option("--on", help="业务日期 yyyy-mm-dd，缺省为今天")]

PIPE_WIDTH = 200
"""Columns where nobody's window says how wide it is: a pipe or a file."""

out = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else PIPE_WIDTH)
err = Console(stderr=True, highlight=False, soft_wrap=True, width=None if sys.stderr.isatty() else PIPE_WIDTH)


def json_out(value: object) -> None:
    """Print a value as one JSON document."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n")


WHOLE = frozenset({"凭证", "结果", "编号", "账面余额", "对账单余额", "金额（元）"})
"""Columns that are copied from the screen: never folded."""


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str = "") -> None:
    """Print a table; cells are text as they are, never markup."""
    shown = Table(title=title or None, title_justify="left", show_lines=False)
    for column in columns:
        shown.add_column(column, overflow="fold", no_wrap=column in WHOLE)
    for row in rows:
        shown.add_row(*(_plain(cell) for cell in row))
    out.print(shown)


def _plain(cell: object) -> str:
    return str(cell).replace("[", "\\[")


def line(text: str) -> None:
    """Print a line as it is, without markup."""
    out.print(text, markup=False)


def following(command: str) -> None:
    """The one next command, written as this one was called, so that it can be pasted."""
    out.print(f"下一步：{called(command)}", markup=False, style="bold")


def called(command: str) -> str:
    """A ``riskpool …`` command by the name that reaches this program from here."""
    here = Path(sys.argv[0])
    if here.name != "riskpool" or shutil.which("riskpool") == str(here):
        return command
    near = here.relative_to(Path.cwd()) if here.is_relative_to(Path.cwd()) else here
    return command.replace("riskpool ", f"{near} ", 1)


def proposed(draft: "Draft", books: str, *, as_json: bool = False) -> None:
    """Say that a draft was made, and who must act next."""
    if as_json:
        json_out({"draft": draft.no, "state": draft.state, "title": draft.content.title})
        return
    line(f"已制单 {draft.no}「{draft.content.title}」")
    following(f"riskpool review {draft.no} --books {books} --as 复核人")


def fault_table(faults: Iterable[Fault]) -> list[Mapping[str, Any]]:
    """Faults as plain values for ``--json``."""
    return [
        {
            "code": fault.code,
            "title": fault.kind.title,
            "file": fault.place.file,
            "sheet": fault.place.sheet,
            "row": fault.place.row,
            "column": fault.place.column,
            "found": fault.found,
            "expected": fault.expected or fault.kind.expected,
            "remedy": fault.remedy or fault.kind.remedy,
            "excerpt": list(fault.excerpt),
        }
        for fault in faults
    ]


SHOWN_FAULTS = 50
"""Faults printed in full; the count of the others is said."""


def refused(refusal: Refusal, *, as_json: bool = False) -> int:
    """Print a refusal and return the exit code it asks for."""
    if as_json:
        json_out({"refused": True, "faults": fault_table(refusal.faults)})
    else:
        for fault in refusal.faults[:SHOWN_FAULTS]:
            err.print(str(fault), markup=False)
            err.print()
        if len(refusal.faults) > SHOWN_FAULTS:
            err.print(f"另有 {len(refusal.faults) - SHOWN_FAULTS} 处同类问题未列出。", markup=False)
    return int(refusal.exit_code)
