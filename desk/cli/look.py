"""Looking: check, verify, status, serve, demo."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from desk.cli.opening import day, office
from desk.cli.say import AsJson, Books, Receipts, called, err, fault_table, following, json_out, line, table
from ledger.faults import ExitCode, FaultKind, listed, refuse

NO_EXTRA = FaultKind(
    "命令-组件-01",
    "没有安装看账的组件",
    "装有 desk 附加组件（fava、waitress）的环境",
    "按 requirements/desk.lock 安装后再运行；其余命令不需要它。",
    ExitCode.REFUSED,
)
KINDS = (NO_EXTRA,)


def register(app: typer.Typer) -> None:
    """Put this module's commands on the app."""
    app.command()(check)
    app.command()(verify)
    app.command()(status)
    app.command()(headroom)
    app.command()(trail)
    app.command()(findings)
    app.command()(daily)
    app.command()(serve)
    app.command()(demo)


def check(books: Books = "books", as_json: AsJson = False) -> None:
    """账簿是否一致：借贷、断言、编号、质押、付款等全部检查。"""
    from desk.acts.inspection import check_books

    found = check_books(Path(books))
    if as_json:
        json_out({"consistent": not found.problems, "problems": list(found.problems), "entries": found.entries})
    else:
        for problem in found.problems:
            err.print(problem, markup=False)
        line(
            f"一致：{found.entries} 条记录，{found.vouchers} 张凭证和登记，全部检查通过。"
            if not found.problems
            else f"不一致：{len(found.problems)} 处。"
        )
    if found.problems:
        raise typer.Exit(int(ExitCode.FINDINGS))


def trail(
    number: Annotated[str, typer.Argument(help="案件编号、借据号、质押登记号或保单号")],
    books: Books = "books",
    as_json: AsJson = False,
) -> None:
    """一个案件或一笔贷款的全部经过：日期、事项、字号、事项编号。"""
    from desk.acts.trail import trail as steps_of

    steps = steps_of(office(books), number)
    if as_json:
        json_out([step._asdict() for step in steps])
        return
    table(("日期", "事项", "凭证", "摘要", "编号", "状态"), steps, title=number)


def findings(
    number: Annotated[str, typer.Argument(help="借据号")], books: Books = "books", as_json: AsJson = False
) -> None:
    """一笔贷款入库时的核验：所依办法、事实和依据、逐条结果，取自入库时存下的记录。"""
    from desk.acts.inclusion import filed_as
    from reports.forms.filing_review import conclusion, fact_rows, finding_rows

    desk = office(books)
    found = filed_as(desk, number)
    if as_json:
        json_out([record.to_json() if record else None for _, record in found])
        return
    for loan, record in found:
        bank = desk.book.pool.bank_of(loan.bank).name
        if record is None:
            why = "期初接收" if loan.opening else "入库时尚未采用办法，或没有随核验记录入库"
            line(f"{loan.loan}（{bank}）无入库核验记录：{why}。")
            continue
        line(f"{loan.loan}（{bank}）{loan.filed_on} 备案，依《{record.title}》{record.rule}：{conclusion(record)}。")
        table(("事实", "取值", "依据"), fact_rows(desk.book, record))
        table(("条款", "种类", "结果", "核验"), finding_rows(record))


def _stand(books: str) -> dict[str, object] | None:
    """Where the chain stands; None where nothing stands yet or its head can't be read."""
    from desk.acts.inspection import stand

    found = stand(Path(books))
    return {"sequence": found.sequence, "chain": found.chain} if found else None


def _unchanged(books: str, receipts: int) -> str:
    found = _stand(books)
    where = f"账内到第 {found['sequence']:06d} 批，链头 {found['chain']}。" if found else ""
    held = f"与另存的 {receipts} 份回执相符。" if receipts else "没有用另存的回执核对（--receipt），看不出整本账被换。"
    return f"未被改动。{where}{held}"


def verify(books: Books = "books", receipt: Receipts = None, as_json: AsJson = False) -> None:
    """账簿是否未被改动：逐批散列、链、附件、回执、操作日志。

    有另一位保管人手里的回执时，还看得出尾部被删、换成旧账、整体改写。
    """
    from desk.acts.inspection import verify_books

    faults = verify_books(Path(books), [Path(item) for item in receipt or ()])
    if as_json:
        json_out({"unchanged": not faults, "faults": fault_table(faults), **(_stand(books) or {})})
    else:
        for text in listed(faults):
            err.print(text, markup=False)
        line(_unchanged(books, len(receipt or ())) if not faults else f"有改动：{len(faults)} 处，最先的一处列在最前。")
    if faults:
        raise typer.Exit(int(ExitCode.FINDINGS))


def status(books: Books = "books", as_json: AsJson = False) -> None:
    """下一步是什么、该谁办：待复核、待记账、待查、未对账、可结账的月份。"""
    from desk.acts.inspection import tasks

    found = tasks(office(books), day(""))
    if as_json:
        json_out([task._asdict() for task in found])
        return
    if not found:
        line("没有待办。新到的文件用 riskpool import 导入。")
        return
    for number, task in enumerate(found, 1):
        line(f"{number}. {task.what}")
        line(f"   由谁：{task.who}")
        line(f"   {called(task.command)}")


def headroom(
    on: Annotated[str, typer.Option("--on", help="截至哪一天，如 2023-06-30；不写为账上最后一天")] = "",
    books: Books = "books",
    as_json: AsJson = False,
) -> None:
    """办法的各项限额还余多少，哪些贷款到期不还或违约会越过限额；办法没写的照实说。"""
    from desk.acts.headroom import headroom_on

    found = headroom_on(office(books), day(on) if on else None)
    if as_json:
        json_out({"rule": found.rule, "on": found.on, "limits": [row._asdict() for row in found.lines]})
        return
    numbered = list(enumerate(found.lines, 1))
    table(
        ("序", "依据条款", "限额", "对象", "已用（元）", "余量（元）"),
        [(number, row.clause, row.kind, row.whose, row.used, row.room) for number, row in numbered],
        title=f"截至 {found.on} 的余量（{found.rule}）",
    )
    for number, row in numbered:  # sentences: in a column of their own they would be a syllable a line
        line(f"{number}. {row.limit}{f'。{row.note}' if row.note else ''}")
    if not on:
        line(f"没有写 --on：截至账上最后一笔的日期 {found.on}，不是今天。")


def daily(
    books: Books = "books",
    out: Annotated[str, typer.Option("--out", help="节略账写到哪个文件夹；再次运行只补上新的批次")] = "daily",
    as_json: AsJson = False,
) -> None:
    """节略账：封存年度只留上年结转和未了事项，当年照列；只供日常查阅，可随时删去重做。"""
    from desk.acts.daily import daily as write

    done = write(Path(books), Path(out))
    if as_json:
        json_out({**done.view.model_dump(mode="json"), "continued": done.continued, "unchanged": done.unchanged})
        return
    how = "没有新的批次" if done.unchanged else "补上了新的批次" if done.continued else "全部写成"
    line(f"节略账 {out}：{done.view.cut} 结转，截至批次 {done.view.sequence:06d}，{how}。")
    following(f"riskpool serve {shlex.quote(out)}")


def serve(
    books: Annotated[str, typer.Argument(help="账套或节略账的文件夹")] = "books",
    port: Annotated[int, typer.Option("--port", help="本机端口")] = 5000,
) -> None:
    """在本机浏览器里看账：Fava 在本程序的防护之后，只读。"""
    try:
        from desk.server import serve as serve_books
    except ModuleNotFoundError as error:
        raise refuse(NO_EXTRA, f"缺少 {error.name}") from None

    serve_books(Path(books), port=port)


def demo(
    out: Annotated[str, typer.Option("--out", help="演示账套写到哪里（须为空）")] = "demo",
    quiet: Annotated[bool, typer.Option("--quiet", help="不显示进度条")] = False,
) -> None:
    """演示：把虚构的一年从文件到结账、报表走一遍。"""
    from desk.demo import run_demo

    done = run_demo(Path(out), quiet=quiet)
    table(("项目", "数量"), done.rows, title="演示完成（全部数据均为虚构）")
    following(f"riskpool serve {shlex.quote(str(Path(out) / 'books'))}")
