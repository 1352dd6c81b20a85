"""Money we move or name ourselves, and putting right what is posted."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from desk.cli.opening import actor, day, fen, office
from desk.cli.say import As, AsJson, Books, On, proposed

Lines = Annotated[list[str], typer.Option("--line", help="一行分录：科目=金额，借正贷负，可重复")]


def register(app: typer.Typer) -> None:
    """Put this module's commands on the app."""
    app.command()(transfer)
    app.command()(identify)
    app.command()(voucher)
    app.command()(reverse)
    app.command()(adjust)
    app.command("explain-number")(explain_number)
    app.command("return-contribution")(return_contribution)


def transfer(
    account: Annotated[str, typer.Option("--account", help="转出账户代号")],
    to: Annotated[str, typer.Option("--to", help="转入账户代号；定期账户即存入定期")],
    amount: Annotated[str, typer.Option("--amount", help="金额，元")],
    instruction: Annotated[str, typer.Option("--instruction", help="本单位的指令编号")],
    who: As,
    books: Books = "books",
    on: On = "",
    as_json: AsJson = False,
) -> None:
    """专户间划转或存入定期：按本单位指令制单，银行流水到时作凭据。"""
    from desk.acts import cash

    proposed(
        cash.transfer(office(books), account, to, fen(amount), instruction, day(on), who=actor(who)),
        books,
        as_json=as_json,
    )


def identify(
    receipt: Annotated[str, typer.Argument(help="待查款项编号（riskpool status 列出）")],
    target: Annotated[Literal["contribution", "interest", "recovery"], typer.Option("--as-what", help="认领为什么")],
    reason: Annotated[str, typer.Option("--reason", help="依据")],
    who: As,
    contributor: Annotated[str, typer.Option("--contributor", help="出资方编号")] = "",
    case: Annotated[str, typer.Option("--case", help="案件编号")] = "",
    books: Books = "books",
    on: On = "",
    as_json: AsJson = False,
) -> None:
    """认领一笔待查款项。"""
    from desk.acts import cash

    draft = cash.identify(
        office(books),
        receipt,
        target,
        reason,
        day(on),
        contributor=contributor or None,
        case=case or None,
        who=actor(who),
    )
    proposed(draft, books, as_json=as_json)


def voucher(
    number: Annotated[str, typer.Option("--number", help="本单位手工凭证的编号")],
    summary: Annotated[str, typer.Option("--summary", help="摘要")],
    reason: Annotated[str, typer.Option("--reason", help="原因")],
    lines: Lines,
    who: As,
    attachment: Annotated[list[str], typer.Option("--attachment", help="附件文件，可重复，至少一份")],
    books: Books = "books",
    on: On = "",
    as_json: AsJson = False,
) -> None:
    """手工凭证：写明原因并附原件，由另一人复核。"""
    from desk.acts import cash
    from desk.acts.office import bytes_of
    from desk.acts.preview import read_lines

    desk = office(books)
    written = cash.HandVoucher(number, summary, reason, read_lines(desk, lines))
    papers = [(Path(item).name, bytes_of(Path(item))) for item in attachment]
    proposed(cash.manual(desk, written, day(on), papers=papers, who=actor(who)), books, as_json=as_json)


Cause = Annotated[
    Literal["mistake", "withdrawn", "incomplete"],
    typer.Option("--cause", help="mistake 记账差错，withdrawn 银行撤回，incomplete 材料不全退回补正"),
]
Chief = Annotated[str, typer.Option("--chief", help="主管的人员编号")]


def reverse(
    no: Annotated[str, typer.Argument(help="凭证或登记字号，如 记-2023-05-0004；没有字号的写事项编号")],
    reason: Annotated[str, typer.Option("--reason", help="原因")],
    who: As,
    lines: Annotated[list[str] | None, typer.Option("--line", help="蓝字分录：科目=金额，借正贷负，可重复")] = None,
    cause: Cause = "mistake",
    chief: Chief = "",
    books: Books = "books",
    on: On = "",
    as_json: AsJson = False,
) -> None:
    """撤回一件事项：它的凭证和登记全部红字注销；给出分录的同时作蓝字订正。原凭证不动。"""
    from desk.acts import corrections
    from desk.acts.preview import read_lines

    desk = office(books)
    asked = corrections.Correction(no, reason, day(on), read_lines(desk, lines or []), cause, chief)
    proposed(corrections.reverse(desk, asked, who=actor(who)), books, as_json=as_json)


def adjust(
    no: Annotated[str, typer.Argument(help="要更正的凭证字号，如 记-2023-05-0004")],
    reason: Annotated[str, typer.Option("--reason", help="原因")],
    lines: Lines,
    who: As,
    prior_year: Annotated[bool, typer.Option("--prior-year", help="更正以前年度的凭证（蓝字）")] = False,
    books: Books = "books",
    on: On = "",
    as_json: AsJson = False,
) -> None:
    """差额更正：只有金额错的手工凭证，按差额另制一张；或用蓝字更正以前年度的凭证。"""
    from desk.acts import corrections
    from desk.acts.preview import read_lines

    desk = office(books)
    draft = corrections.adjust(
        desk, no, read_lines(desk, lines), reason, day(on), prior_year=prior_year, who=actor(who)
    )
    proposed(draft, books, as_json=as_json)


def explain_number(
    no: Annotated[str, typer.Argument(help="作废的凭证字号，如 记-2023-04-0008")],
    reason: Annotated[str, typer.Option("--reason", help="为什么缺号")],
    who: As,
    chief: Chief,
    books: Books = "books",
    on: On = "",
    as_json: AsJson = False,
) -> None:
    """断号说明：下一个凭证字号作废不用时写明原因，由主管签字；此后跳过这个字号。"""
    from desk.acts import corrections

    draft = corrections.explain_number(office(books), no, reason, day(on), chief=chief, who=actor(who))
    proposed(draft, books, as_json=as_json)


def return_contribution(
    contributor: Annotated[str, typer.Argument(help="出资方编号")],
    account: Annotated[str, typer.Option("--account", help="付款账户代号")],
    amount: Annotated[str, typer.Option("--amount", help="金额，元")],
    instruction: Annotated[str, typer.Option("--instruction", help="本单位的付款指令编号")],
    reason: Annotated[str, typer.Option("--reason", help="依据")],
    who: As,
    books: Books = "books",
    on: On = "",
    as_json: AsJson = False,
) -> None:
    """退回一部分出资：按本单位指令制单，银行流水到时作凭据。"""
    from desk.acts import cash

    draft = cash.return_contribution(
        office(books), contributor, account, fen(amount), instruction, reason, day(on), who=actor(who)
    )
    proposed(draft, books, as_json=as_json)
