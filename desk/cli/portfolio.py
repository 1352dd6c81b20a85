"""Trying a rule text: over anybody's table of loans."""

from pathlib import Path
from typing import Annotated

import typer

from desk.cli.say import AsJson, err, json_out, line, table
from ledger.faults import ExitCode
from ledger.money import yuan_text


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(backtest)


def backtest(
    loans: Annotated[str, typer.Option("--loans", help="贷款表，csv，首行是栏名")],
    mapping: Annotated[str, typer.Option("--map", help="对应文件：每一栏是什么，写法见 docs/backtest.md")],
    rules: Annotated[str, typer.Option("--rules", help="办法名称，或含 rule_text.toml 的文件夹")],
    out: Annotated[str, typer.Option("--out", help="结果写到哪个文件夹，须是空的")],
    as_json: AsJson = False,
) -> None:
    """用一个办法试算一张外来的贷款表：逐笔结果、异常行、合计；不是裁决，不记账。"""
    from desk.acts.backtest import backtest as run

    def beat(rows: int) -> None:
        err.print(f"已算 {rows:,} 行", markup=False)

    done = run(Path(loans), Path(mapping), rules, Path(out), beat)
    rows = [
        (item, "" if count is None else f"{count:,}", "" if fen is None else yuan_text(fen))
        for item, count, fen in done.table
    ]
    if as_json:
        json_out({"folder": str(done.folder), "rows": done.rows, "odd": done.odd, "table": rows})
    else:
        table(("项目", "行数", "金额（元）"), rows)
        line(f"逐笔结果、异常行和合计已写到 {done.folder}（results.csv、odd.csv、totals.json）。")
    if done.odd:
        raise typer.Exit(ExitCode.FINDINGS)
