"""Cases: decide, pay, and what may follow."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from desk.cli.opening import actor, day, fen, office
from desk.cli.say import As, AsJson, Books, On, following, in_books, json_out, line, proposed, table
from ledger.money import yuan_text


def register(app: typer.Typer) -> None:
    """Put this module's commands on the app."""
    app.command()(decide)
    app.command()(supplement)
    app.command()(fund)
    app.command()(pay)
    app.command("return-application")(return_application)
    app.command()(clawback)
    app.command("write-off")(write_off)


def decide(
    case: Annotated[str, typer.Argument(help="案件编号")],
    who: As,
    chief: Annotated[str, typer.Option("--chief", help="主管的人员编号")],
    books: Books = "books",
    on: On = "",
    verbose: Annotated[bool, typer.Option("--verbose", help="逐项列出办法中的假定")] = False,
    as_json: AsJson = False,
) -> None:
    """按已采用的办法裁决一件补偿申请，逐条列出数字怎样得来；裁决后另有补充的，整案重算，结算差额。"""
    from desk.acts.rulings import AGAIN
    from desk.acts.rulings import decide as rule

    ruled = rule(office(books), case, day(on), chief=chief, who=actor(who))
    if as_json:
        json_out(
            {
                "case": case,
                "verdict": ruled.verdict,
                "approved_yuan": yuan_text(ruled.approved_fen, commas=False),
                "queued_yuan": yuan_text(ruled.queued_fen, commas=False),
                "steps": [list(step) for step in ruled.steps],
                "assumed": list(ruled.assumed),
                "draft": ruled.draft.no if ruled.draft else "",
            }
        )
        return
    table(("条款", "怎样得来", "金额（元）"), ruled.steps, title=f"{case} 裁决：{ruled.verdict}")
    for number, text in enumerate(ruled.assumed if verbose else (), 1):
        line(f"假定 {number}：{text}")
    if ruled.assumed and not verbose:
        line(
            f"所用办法有 {len(ruled.assumed)} 项为假定或程序约定：加 --verbose 逐项列出；"
            f"记账后 riskpool report case {case} 的审核表表尾也有。"
        )
    if ruled.verdict == f"再次裁决，{AGAIN['same']}":
        line("补充的内容没有改变应补金额：本次裁决不增不减，记账后没有收付。")
    if ruled.queued_fen > 0:
        line(f"排队等待资金 {yuan_text(ruled.queued_fen)} 元：记账后由 riskpool fund 安排，才能拨付。")
    if ruled.draft:
        line(f"已制单 {ruled.draft.no}「{ruled.draft.content.title}」")
        following(f"riskpool review {ruled.draft.no} {in_books(books)} --as 复核人")


def supplement(
    case: Annotated[str, typer.Argument(help="案件编号")],
    reason: Annotated[str, typer.Option("--reason", help="说明")],
    attachment: Annotated[list[str], typer.Option("--attachment", help="材料文件，可重复")],
    who: As,
    claim: Annotated[str, typer.Option("--claim", help="另行申请的金额，元；只补正事实的不写")] = "0",
    fact: Annotated[
        list[str] | None,
        typer.Option(
            "--fact", help="事实=取值，名称见 docs/rules.md 事实表，如 保险已赔=200000.00、已起诉或仲裁=是，可重复"
        ),
    ] = None,
    books: Books = "books",
    on: On = "",
    as_json: AsJson = False,
) -> None:
    """补充一件申请：另行申请的金额，或裁决前后才有的事实，附材料；复核、记账后再裁决。"""
    from desk.acts import supplements
    from desk.acts.office import bytes_of

    said = supplements.Said(case, fen(claim), reason, _facts(fact or ()))
    papers = tuple((Path(item).name, bytes_of(Path(item))) for item in attachment)
    draft = supplements.supplement(office(books), said, day(on), papers=papers, who=actor(who))
    if supplements.NOTHING_ELSE in draft.content.title and not as_json:
        line(
            "注意：只有申请金额是新的，未收回本金、利息和其他事实都与以前相同；金额由这些事实算出的，再次裁决不会改变。"
        )
    proposed(draft, books, as_json=as_json)


def _facts(texts: Sequence[str]) -> dict[str, str]:
    """Facts by name; what is said twice of one stands side by side, so that neither is lost and no amount is read."""
    facts: dict[str, str] = {}
    for text in texts:
        name, value = map(str.strip, text.partition("=")[::2])
        facts[name] = f"{facts[name]}、{value}" if name in facts else value
    return facts


def fund(
    who: As,
    chief: Annotated[str, typer.Option("--chief", help="主管的人员编号")],
    books: Books = "books",
    on: On = "",
    as_json: AsJson = False,
) -> None:
    """办一轮拨付：按办法的预算和余额，给排队的案件安排资金，逐步列出怎样得来；记账后逐案拨付。"""
    from desk.acts import funding

    made = funding.fund(office(books), day(on), chief=chief, who=actor(who))
    lines = [(case, yuan_text(asked), yuan_text(now), rest) for case, asked, now, rest in made.lines]
    if as_json:
        keys = ("case", "queued_yuan", "now_yuan", "rest")
        plain = [
            (case, yuan_text(asked, commas=False), yuan_text(now, commas=False), rest)
            for case, asked, now, rest in made.lines
        ]
        said = [dict(zip(keys, line, strict=True)) for line in plain]
        json_out({"cases": said, "steps": [list(step) for step in made.steps], "draft": made.draft.no})
        return
    table(("案件", "排队（元）", "本次（元）", "其余"), lines, title=made.draft.content.title)
    table(("条款", "怎样得来", "金额（元）"), made.steps, title="逐步")
    line(f"已制单 {made.draft.no}「{made.draft.content.title}」")
    following(f"riskpool review {made.draft.no} {in_books(books)} --as 复核人")


def pay(
    case: Annotated[str, typer.Argument(help="案件编号")],
    account: Annotated[str, typer.Option("--account", help="付款账户代号")],
    instruction: Annotated[str, typer.Option("--instruction", help="本单位的付款指令编号")],
    who: As,
    books: Books = "books",
    on: On = "",
    as_json: AsJson = False,
) -> None:
    """拨付已裁决的补偿款：按本单位指令制单，银行流水到时作凭据。"""
    from desk.acts import cash

    draft = cash.pay(office(books), case, account, instruction, day(on), who=actor(who))
    proposed(draft, books, as_json=as_json)


def return_application(
    case: Annotated[str, typer.Argument(help="案件编号")],
    cause: Annotated[
        Literal["withdrawn", "incomplete"],
        typer.Option("--cause", help="withdrawn 银行撤回，incomplete 材料不全退回补正"),
    ],
    reason: Annotated[str, typer.Option("--reason", help="说明")],
    who: As,
    books: Books = "books",
    on: On = "",
    as_json: AsJson = False,
) -> None:
    """退回一件尚未裁决的补偿申请；同一案件编号可以重新申请。"""
    from desk.acts import corrections

    draft = corrections.return_application(office(books), case, cause, reason, day(on), who=actor(who))
    proposed(draft, books, as_json=as_json)


def clawback(
    case: Annotated[str, typer.Argument(help="案件编号")],
    amount: Annotated[str, typer.Option("--amount", help="应退回的金额，元")],
    cause: Annotated[
        Literal["misuse", "overpaid", "offered"],
        typer.Option("--cause", help="misuse 资金挪用，overpaid 多付，offered 银行自愿退回"),
    ],
    reason: Annotated[str, typer.Option("--reason", help="依据")],
    who: As,
    chief: Annotated[str, typer.Option("--chief", help="主管的人员编号")],
    books: Books = "books",
    on: On = "",
    as_json: AsJson = False,
) -> None:
    """决定追回一笔已拨付的补偿：银行应退；到账后导入流水，自动认出。"""
    from desk.acts import afterwards

    draft = afterwards.claw_back(office(books), case, fen(amount), cause, reason, day(on), chief=chief, who=actor(who))
    proposed(draft, books, as_json=as_json)


def write_off(
    case: Annotated[str, typer.Argument(help="案件编号")],
    reason: Annotated[str, typer.Option("--reason", help="依据")],
    who: As,
    chief: Annotated[str, typer.Option("--chief", help="主管的人员编号")],
    attachment: Annotated[list[str] | None, typer.Option("--attachment", help="附件文件，可重复")] = None,
    books: Books = "books",
    on: On = "",
    as_json: AsJson = False,
) -> None:
    """核销一个案件余下的待追偿金额，账销案存。"""
    from desk.acts import afterwards
    from desk.acts.office import bytes_of

    papers = tuple((Path(item).name, bytes_of(Path(item))) for item in attachment or ())
    draft = afterwards.write_off(office(books), case, reason, day(on), papers=papers, chief=chief, who=actor(who))
    proposed(draft, books, as_json=as_json)
