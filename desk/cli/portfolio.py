"""Trying a rule text: over anybody's table of loans, over the past cases of these books."""

from pathlib import Path
from typing import Annotated

import typer

from desk.cli.opening import office
from desk.cli.say import AsJson, Books, err, json_out, line, table
from ledger.faults import ExitCode
from ledger.money import yuan_text


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(backtest)
    app.command("what-if")(what_if)


def what_if(
    rules: Annotated[str, typer.Argument(help="另一个办法：名称，或含 rule_text.toml 的文件夹")],
    books: Books = "books",
    as_json: AsJson = False,
) -> None:
    """账内历次裁决和入库换一个办法试算：先按原办法重算核对，再逐案列差额、逐笔列入库结论的不同；不记账。"""
    from desk.acts.refiling import TITLES
    from desk.acts.whatif import what_if as run

    done = run(office(books), rules)
    titles = ("案件", "受理", "原核定", "实付", "重算", "新办法", "新办法应补", "差额", "原因")
    if as_json:
        rows = [dict(zip(titles, row, strict=True)) for row in done.rows]
        loans = [dict(zip(TITLES, row, strict=True)) for row in done.every_loan]
        json_out(
            {
                "title": done.title,
                "cases": rows,
                "totals": dict(done.totals),
                "loans": loans,
                "loan_totals": dict(done.loan_totals),
                "unlike": done.unlike,
            }
        )
    else:
        line(f"换用《{done.title}》试算，不论其施行期；不是裁决，不记账。")
        table(titles, done.rows)
        table(("合计", ""), done.totals)
        table(TITLES, done.loans, title="入库结论不同、不能判断或重算不一致的贷款")
        table(("贷款合计", ""), done.loan_totals)
    if done.unlike:
        raise typer.Exit(ExitCode.FINDINGS)


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
