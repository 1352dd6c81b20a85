"""Setting up: init, template, rules."""

from pathlib import Path
from typing import Annotated

import typer

from desk.cli.opening import actor, day, office
from desk.cli.say import As, AsJson, Books, On, following, in_books, json_out, line, proposed, table
from ledger.faults import ExitCode, FaultKind, refuse

NO_FILE = FaultKind(
    "模板-绑定-05",
    "没有说明绑定哪个文件",
    "riskpool template learn 文件 --kind 种类 --bank 银行",
    "补上文件后重新运行。",
)
KINDS = (NO_FILE,)

rules_app = typer.Typer(
    help="管理办法：列出、查看、对照、检查、录入、采用。", no_args_is_help=True, rich_markup_mode=None
)


def register(app: typer.Typer) -> None:
    """Put this module's commands on the app."""
    app.command()(init)
    app.command()(template)
    app.command("amend-pool")(amend_pool)
    app.add_typer(rules_app, name="rules")


def init(
    books: Annotated[str, typer.Argument(help="要建立的账套文件夹")],
    pool: Annotated[str, typer.Option("--pool", help="pool.toml：人员、账户、出资方")],
    who: As,
    reviewed_by: Annotated[str, typer.Option("--reviewed-by", help="复核人的人员编号，不能是本人")],
    bookkeeper: Annotated[str, typer.Option("--bookkeeper", help="记账人的人员编号，缺省为复核人")] = "",
    opening: Annotated[str, typer.Option("--opening", help="期初建账表（riskpool template opening）")] = "",
    statement: Annotated[list[str] | None, typer.Option("--statement", help="建账日各户的对账单，可重复")] = None,
    on: Annotated[str, typer.Option("--on", help="没有期初表时账簿开始的日期；从它所在的月份起结账")] = "",
) -> None:
    """建账：建立账套文件夹，接收期初余额、在池贷款、质押、保险和在办案件。"""
    from desk.acts.opening import NO_DAY, OpeningFiles, open_books

    if not opening and not on:
        raise refuse(NO_DAY, "两者都没有给出")

    found = open_books(
        Path(books),
        OpeningFiles(Path(pool), Path(opening) if opening else None, tuple(Path(item) for item in statement or ())),
        day(on),
        who=actor(who),
        reviewer=reviewed_by,
        bookkeeper=bookkeeper or reviewed_by,
    )
    line(f"账套已建立：{books}，期初凭证和登记 {len(found.vouchers)} 张。")
    following(f"riskpool rules adopt 办法名称 {in_books(books)} --as {who} --chief 主管编号")


def amend_pool(
    pool: Annotated[str, typer.Argument(help="改好的 pool.toml")],
    reason: Annotated[str, typer.Option("--reason", help="原因")],
    who: As,
    chief: Annotated[str, typer.Option("--chief", help="主管的人员编号")],
    books: Books = "books",
    on: On = "",
    as_json: AsJson = False,
) -> None:
    """修改账套设置：人员、别名，增加银行、账户、出资方、保险人。"""
    from desk.acts.corrections import amend_pool as amend
    from desk.acts.office import bytes_of

    path = Path(pool)
    draft = amend(office(books), path.name, bytes_of(path), reason, day(on), chief=chief, who=actor(who))
    proposed(draft, books, as_json=as_json)


def template(
    kind: Annotated[
        str,
        typer.Argument(
            help="loans tapes insurance applications recoveries extensions statement opening；pool；或 learn 文件"
        ),
    ],
    file: Annotated[str, typer.Argument(help="learn：银行或保险人自己的表")] = "",
    out: Annotated[str, typer.Option("--out", help="写到哪个文件，缺省为 种类.xlsx；learn 为 synonyms/ 之下")] = "",
    bound: Annotated[str, typer.Option("--kind", help="learn：这是哪一种登记表")] = "",
    bank: Annotated[str, typer.Option("--bank", help="learn：哪家银行的，pool.toml 的银行代号")] = "",
    insurer: Annotated[str, typer.Option("--insurer", help="learn：哪家保险人的，pool.toml 的编号")] = "",
    answers: Annotated[str, typer.Option("--answers", help="learn：事先写好的回答，不再提问")] = "",
) -> None:
    """写出登记表模板（xlsx，带下拉和填表说明）或 pool.toml；learn：绑定银行自己的表。"""
    from desk.acts.office import put
    from desk.acts.templates import template_bytes

    if kind == "learn":
        from desk.cli.learn import learn

        if not file:
            raise refuse(NO_FILE, "没有给出")
        learn(file, bound, bank or insurer, answers, out)
        return
    suffix, content = template_bytes(kind)
    line(f"模板已写到 {put(Path(out or f'{kind}.{suffix}'), content, keep=True)}")


@rules_app.command("list")
def rules_list(books: Books = "books", as_json: AsJson = False) -> None:
    """列出随附的办法和本账套已采用的办法。"""
    from desk.acts.rules import catalogue

    rows = catalogue(office(books) if (Path(books) / "main.beancount").is_file() else None)
    if as_json:
        json_out([row._asdict() for row in rows])
        return
    table(
        ("名称", "标题", "施行", "状态", "本账套"),
        [(r.ref, r.title, r.effective_on, r.status, r.adopted) for r in rows],
    )


@rules_app.command("show")
def rules_show(ref: Annotated[str, typer.Argument(help="办法名称，如 demo-2023")], as_json: AsJson = False) -> None:
    """逐项列出一个办法的条款、参数、出处和状态。"""
    from desk.acts.rules import parameters

    rows = parameters(ref)
    if as_json:
        json_out([row._asdict() for row in rows])
        return
    titles = ("条款", "种类", "事项", "内容", "状态", "出处或原因", "可信", "核对")
    table(titles, [tuple(row) for row in rows])


@rules_app.command("compare")
def rules_compare(
    first: Annotated[str, typer.Argument(help="办法名称，或含 rule_text.toml 的文件夹")],
    second: Annotated[str, typer.Argument(help="另一个办法")],
    every: Annotated[bool, typer.Option("--all", help="相同的各项也列出")] = False,
    as_json: AsJson = False,
) -> None:
    """对照两个办法：逐事项、逐参数，缺省只列不同的。"""
    from desk.acts.rules import compared

    rows = [row for row in compared(first, second) if every or not row.is_same]
    if as_json:
        json_out([row._asdict() for row in rows])
        return
    table(("事项", "项目", first, second), [tuple(row) for row in rows])
    line(f"{len(rows)} 项" + ("" if every else "不同"))


@rules_app.command("validate")
def rules_validate(
    source: Annotated[str, typer.Argument(help="办法名称，或含 rule_text.toml 的文件夹")], as_json: AsJson = False
) -> None:
    """检查一个办法文件：写法、事项是否齐全、还有哪些未定；不写入账套。"""
    from desk.acts.rules import validate

    found = validate(source)
    if as_json:
        json_out({**found._asdict(), "missing": [fault.found for fault in found.missing]})
    else:
        counts = f"有出处 {found.sourced} 项，假定 {found.assumed} 项，未定 {found.unset} 项"
        line(f"{found.ref}：条款 {found.clauses} 条；{counts}。")
        if found.missing:
            table(("未定", "填在"), [(fault.found, fault.place.column) for fault in found.missing])
        for title in found.passed_over:
            line(f"没有交代「{title}」：按不作要求办；原文有规定的写成条款，通读确无的列入 [[silent]]。")
        line("可以采用。" if found.can_be_adopted else "抬头或事项有未定的，不能采用。")
    if found.missing:
        raise typer.Exit(ExitCode.FINDINGS)


@rules_app.command("new")
def rules_new(
    target: Annotated[str, typer.Option("--out", help="写到哪个文件夹，缺省为 rules/简称/施行日期")] = "",
    on: On = "",
) -> None:
    """录入一个已签发的办法：逐事项、逐条提问，写成办法文件；留空的列为未定。"""
    from desk.cli.author import new

    new(target, day(on))


@rules_app.command("adopt")
def rules_adopt(
    source: Annotated[str, typer.Argument(help="随附办法的名称，或含 rule_text.toml 的文件夹")],
    who: As,
    chief: Annotated[str, typer.Option("--chief", help="主管的人员编号")],
    books: Books = "books",
    on: On = "",
    as_json: AsJson = False,
) -> None:
    """采用一个办法：抄入账套并留下散列，由两人办理。"""
    from desk.acts.rules import adopt

    draft = adopt(office(books), source, day(on), chief=chief, who=actor(who))
    proposed(draft, books, as_json=as_json)
