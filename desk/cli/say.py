"""How the command line speaks: faults, tables, JSON, exit codes. Nothing here decides anything."""

import errno
import json
import re
import shlex
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from ledger.faults import Fault, FaultKind, Refusal, legible, listed

if TYPE_CHECKING:
    from ledger.drafts import Draft

Books = Annotated[str, typer.Option("--books", "-b", envvar="RISKPOOL_BOOKS", help="账套文件夹")]
As = Annotated[str, typer.Option("--as", help="操作人：pool.toml 中的人员编号（未经登录，属自述）")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON，供脚本使用")]
Receipts = Annotated[list[str] | None, typer.Option("--receipt", help="另一位保管人手里的结账回执或链头，可重复")]
Receipt = Annotated[str, typer.Option("--receipt", help="另一位保管人手里的结账回执，与账簿比对")]
On = Annotated[str, typer.Option("--on", help="业务日期 yyyy-mm-dd，缺省为今天")]

PIPE_WIDTH = 200
"""Columns where nobody's window says how wide it is: a pipe or a file."""

out = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else PIPE_WIDTH)
err = Console(stderr=True, highlight=False, soft_wrap=True, width=None if sys.stderr.isatty() else PIPE_WIDTH)


def json_out(value: object) -> None:
    """Print a value as one JSON document."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n")


WHOLE = frozenset({"名称", "凭证", "结果", "编号", "账面余额", "对账单余额", "金额（元）"})
"""Columns that are copied from the screen: never folded."""


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str = "") -> None:
    """Print a table; cells are text as they are, never markup. A column of amounts stands at its right edge."""
    shown = Table(title=title or None, title_justify="left", show_lines=False)
    said = [list(row) for row in rows]
    for number, column in enumerate(columns):
        cells = [str(row[number]) for row in said if str(row[number])]
        is_amount = bool(cells) and all(map(_AMOUNT.fullmatch, cells))
        shown.add_column(
            column, overflow="fold", no_wrap=column in WHOLE or is_amount, justify="right" if is_amount else "left"
        )
    for row in said:
        shown.add_row(*(_cell(cell) for cell in row))
    out.print(shown)


_AMOUNT = re.compile(r"[-−]?[0-9,]*[0-9](\.[0-9]+)?( 元)?|[借贷平] [0-9,.]+")


def _cell(cell: object) -> Text:
    return Text("\n".join(map(legible, str(cell).split("\n"))))


def in_turn(paths: Sequence[Path], what: str) -> Iterator[Path]:
    """The paths one by one, with a bar on a terminal: how many are done, how long it takes, which one is at hand."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[now]}", markup=False),
    )
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task(what, total=len(paths), now="")
        for path in paths:
            bar.update(task, now=legible(path.name, 40))
            yield path
            bar.advance(task)


def line(text: str) -> None:
    """Print a line as it is, without markup; what would move the cursor is printed as an escape."""
    out.print("\n".join(map(legible, text.split("\n"))), markup=False)


def following(command: str) -> None:
    """The one next command, written as this one was called, so that it can be pasted."""
    out.print(f"下一步：{called(command)}", markup=False, style="bold")


def in_books(books: str) -> str:
    """``--books`` and the folder as a shell reads it: its name may have blanks."""
    return f"--books {shlex.quote(books)}"


def called(command: str) -> str:
    """A ``riskpool …`` command by the name that reaches this program from here."""
    here = Path(sys.argv[0])
    if here.name != "riskpool" or shutil.which("riskpool") == str(here):
        return command
    near = here.relative_to(Path.cwd()) if here.is_relative_to(Path.cwd()) else here
    return command.replace("riskpool ", f"{shlex.quote(str(near))} ", 1)


def proposed(draft: "Draft", books: str, *, as_json: bool = False) -> None:
    """Say that a draft was made, and who must act next."""
    if as_json:
        json_out({"draft": draft.no, "state": draft.state, "title": draft.content.title})
        return
    line(f"已制单 {draft.no}「{draft.content.title}」")
    following(f"riskpool review {draft.no} {in_books(books)} --as 复核人")


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


BAD_TEXT = FaultKind(
    "命令-文字-01", "命令中的文字不能写入账簿", "至多 500 字、编码正确的文字", "改短或改正这段文字后重新运行。"
)
KINDS = (BAD_TEXT,)
_TEXT_ERRORS = {"string_too_long": "太长", "string_unicode": "不是正确编码的文字"}


def unfit_texts(error: ValidationError) -> Refusal | None:
    """What the user typed and no event may bear, as a refusal; None where anything else is wrong, which is ours."""
    if any(item["type"] not in _TEXT_ERRORS for item in error.errors()):
        return None
    return Refusal(
        Fault(BAD_TEXT, f"{item['loc'][-1]} {_TEXT_ERRORS[item['type']]}：{str(item['input'])[:20]!r}")
        for item in error.errors()
    )


def unfit_name(error: OSError) -> Refusal | None:
    """A path longer than the system allows, as a refusal; None where anything else is wrong."""
    if error.errno != errno.ENAMETOOLONG:
        return None
    return Refusal([Fault(BAD_TEXT, f"文件名过长：{str(error.filename)[:40]!r}")])


def refuse_bytes(words: Iterable[str]) -> None:
    """Words of a command that are no text (a broken paste) and name no file either are refused by name."""
    unfit = [word for word in words if any("\ud800" <= char <= "\udfff" for char in word) and not _names_file(word)]
    if unfit:
        raise Refusal(Fault(BAD_TEXT, f"{_TEXT_ERRORS['string_unicode']}：{word[:40]!r}") for word in unfit)


def _names_file(word: str) -> bool:
    """Whether a word, or what follows its ``=``, is a file: its name may be in any encoding."""
    try:
        return Path(word).exists() or (word.startswith("--") and Path(word.partition("=")[2]).exists())
    except OSError:  # longer than any file's name
        return False


SHOWN_FAULTS = 50
"""Faults printed in full; the count of the others is said."""


def refused(refusal: Refusal, *, as_json: bool = False) -> int:
    """Print a refusal and return the exit code it asks for."""
    if as_json:
        json_out({"refused": True, "faults": fault_table(refusal.faults)})
    else:
        for text in listed(refusal.faults[:SHOWN_FAULTS]):
            err.print(text, markup=False)
            err.print()
        if len(refusal.faults) > SHOWN_FAULTS:
            err.print(f"另有 {len(refusal.faults) - SHOWN_FAULTS} 处同类问题未列出。", markup=False)
    return int(refusal.exit_code)
