"""Cases: decide, pay."""

from typing import Annotated

import typer

from desk.cli.opening import actor, day, office
from desk.cli.say import As, AsJson, Books, On, following, json_out, line, proposed, table
from ledger.money import yuan_text


def register(app: typer.Typer) -> None:
    """Put this module's commands on the app."""
    app.command()(decide)
    app.command()(pay)


def decide(
    case: Annotated[str, typer.Argument(help="案件编号")],
    who: As,
    chief: Annotated[str, typer.Option("--chief", help="主管的人员编号")],
    books: Books = "books",
    on: On = "",
    as_json: AsJson = False,
) -> None:
    """按已采用的办法裁决一件补偿申请，逐条列出数字怎样得来。"""
    from desk.acts.rulings import decide as rule

    ruled = rule(office(books), case, day(on), chief=chief, who=actor(who))
    if as_json:
        json_out(
            {
                "case": case,
                "verdict": ruled.verdict,
                "approved_yuan": yuan_text(ruled.approved_fen, commas=False),
                "steps": [list(step) for step in ruled.steps],
                "draft": ruled.draft.no if ruled.draft else "",
            }
        )
        return
    table(("条款", "怎样得来", "金额（元）"), ruled.steps, title=f"{case} 裁决：{ruled.verdict}")
    for text in ruled.assumed:
        line(f"假定：{text}")
    if ruled.draft:
        line(f"已制单 {ruled.draft.no}「{ruled.draft.content.title}」")
        following(f"riskpool review {ruled.draft.no} --books {books} --as 复核人")


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
