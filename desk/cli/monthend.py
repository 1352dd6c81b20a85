"""A month's end: reconcile, close, report, export."""

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from desk.cli.opening import actor, day, month, office
from desk.cli.say import As, AsJson, Books, err, fault_table, following, in_books, json_out, line, proposed, table
from ledger.faults import ExitCode, Fault, Refusal, listed
from ledger.money import yuan_text

if TYPE_CHECKING:
    from ledger.drafts import Draft
    from reports.reconciliation.result import Reconciliation

report_app = typer.Typer(
    help="出表：调节表、科目余额表、月报、审核表、凭证、账页。", no_args_is_help=True, rich_markup_mode=None
)
export_app = typer.Typer(help="导出：hledger、csv、xlsx。", no_args_is_help=True, rich_markup_mode=None)

Out = Annotated[str, typer.Option("--out", help="写到哪个文件夹")]
By = Annotated[str, typer.Option("--as", help="制表人的人员编号，印在表上")]


def register(app: typer.Typer) -> None:
    """Put this module's commands on the app."""
    app.command()(reconcile)
    app.command()(match)
    app.command()(close)
    app.command()(reopen)
    app.add_typer(report_app, name="report")
    app.add_typer(export_app, name="export")


def reconcile(
    period: Annotated[str, typer.Argument(metavar="MONTH", help="月份 yyyy-mm")],
    books: Books = "books",
    account: Annotated[str, typer.Option("--account", help="账户代号；缺省为全部账户")] = "",
    sign: Annotated[str, typer.Option("--sign-as", help="相符时签认的制单人编号")] = "",
    as_json: AsJson = False,
) -> None:
    """与银行对账单核对，列出每笔未达账项；相符时可签认。"""
    from desk.acts.months import reconciliation, sign_off

    desk, found = office(books), month(period)
    slugs = [account] if account else [item.slug for item in desk.book.pool.account]
    results: list[tuple[str, Reconciliation]] = []
    missing: list[Fault] = []
    for slug in slugs:
        try:
            results.append((slug, reconciliation(desk, slug, found)))
        except Refusal as refusal:
            missing += refusal.faults
    drafts: list[Draft] = []
    for slug, done in results:
        if sign and done.holds:
            try:
                drafts.append(sign_off(desk, slug, found, who=actor(sign)))
            except Refusal as refusal:
                missing += refusal.faults
    missing = list(dict.fromkeys(missing))  # who may not sign may not sign any
    if as_json:
        shown = {"accounts": [_plain(slug, done) for slug, done in results], "drafts": [item.no for item in drafts]}
        json_out({**shown, "faults": fault_table(missing)})
    else:
        table(
            ("账户", "账面余额", "对账单余额", "未达", "结果"),
            [
                (
                    s,
                    yuan_text(d.book_fen),
                    yuan_text(d.statement_fen),
                    len(d.items),
                    (f"平（{len(d.items)} 笔未达）" if d.items else "相符") if d.holds else "不符",
                )
                for s, d in results
            ],
            title=f"{found} 对账",
        )
        _items(results)
        for text in listed(missing):
            err.print(text, markup=False)
        if drafts:
            following(f"riskpool review {' '.join(item.no for item in drafts)} {in_books(books)} --as 复核人")
    if missing:
        raise typer.Exit(int(max(fault.kind.exit_code for fault in missing)))
    if not all(done.holds for _, done in results):
        raise typer.Exit(int(ExitCode.FINDINGS))


def _plain(slug: str, done: "Reconciliation") -> dict[str, object]:
    return {
        "account": slug,
        "book_yuan": yuan_text(done.book_fen, commas=False),
        "statement_yuan": yuan_text(done.statement_fen, commas=False),
        "holds": done.holds,
        "items": [
            {"side": item.side, "on": item.on, "yuan": yuan_text(item.amount_fen, commas=False), "text": item.text}
            for item in done.items
        ],
        "findings": list(done.findings),
        "ties": [
            {"vouchers": [line.voucher for line in tie.book], "rows": [line.key for line in tie.bank]}
            for tie in done.matching.ties
        ],
    }


def match(
    voucher: Annotated[str, typer.Argument(help="凭证字号")],
    row: Annotated[str, typer.Argument(help="对账单流水编号（reconcile 列出）")],
    account: Annotated[str, typer.Option("--account", help="账户代号")],
    who: As,
    on: Annotated[str, typer.Option("--on", help="对账月份中的任一天 yyyy-mm-dd")],
    books: Books = "books",
    as_json: AsJson = False,
) -> None:
    """人工确认：一张凭证与对账单的一行是同一笔（程序不替人选择）。"""
    from desk.acts.months import match as confirm

    draft = confirm(office(books), account, voucher, row, day(on), who=actor(who))
    proposed(draft, books, as_json=as_json)


def _items(results: "list[tuple[str, Reconciliation]]") -> None:
    from reports.reconciliation.result import SIDE_TITLES

    for slug, done in results:
        for item in done.items:
            amount = yuan_text(item.amount_fen)
            line(
                f"  {slug} {SIDE_TITLES[item.side]} {item.on} {amount} {item.text}（{item.number}，{item.age_days} 天）"
            )
        for finding in done.findings:
            line(f"  {slug} {finding}")
        for tie in done.matching.ties:
            rows = "、".join(item.key for item in tie.bank)
            line(f"  用 riskpool match 凭证 流水 确认：流水编号 {rows}")


def close(
    period: Annotated[str, typer.Argument(metavar="MONTH", help="月份 yyyy-mm")],
    who: As,
    reviewed_by: Annotated[str, typer.Option("--reviewed-by", help="复核人的人员编号")],
    books: Books = "books",
) -> None:
    """结账：条件齐备时封存这个月并写下结账回执；十二月先作年末结转。"""
    from desk.acts.closing import close_month
    from desk.acts.months import changes_of
    from ledger.seal import seal_name
    from reports.titles import full_name

    desk, found = office(books), month(period)
    closed = close_month(desk, found, who=actor(who), second=reviewed_by)
    if closed.receipt is None:
        assert closed.draft is not None, "a close gives a receipt or a draft"
        line(f"年末结转已制单 {closed.draft.no}；复核、记账后再运行一次 riskpool close {found}。")
        raise typer.Exit(int(ExitCode.FINDINGS))
    line(f"{found} 已结账。回执 {seal_name(closed.receipt)}，链头 {closed.receipt.chain}")
    line("请把回执交另一位保管人保存：账簿自己证明不了没有被整体改写。")
    if changed := changes_of(desk, found):
        rows = [(full_name(name), _on_its_side(before), _on_its_side(after)) for name, before, after in changed]
        table(("科目", "重开前余额", "现在余额"), rows, title=f"{found} 重开前后")


def reopen(
    period: Annotated[str, typer.Argument(metavar="MONTH", help="最后一个已结账的月份 yyyy-mm")],
    reason: Annotated[str, typer.Option("--reason", help="原因")],
    who: As,
    reviewed_by: Annotated[str, typer.Option("--reviewed-by", help="复核人的人员编号")],
    books: Books = "books",
) -> None:
    """重开一个已结账的月份：主管与复核人两人办理，写明原因；原回执和报表保留。"""
    from desk.acts.months import reopen as open_again
    from ledger.seal import seal_name
    from reports.titles import full_name

    done = open_again(office(books), month(period), reason, who=actor(who), second=reviewed_by)
    line(f"{done.month} 已重开，记录 {seal_name(done)}。原回执和报表保留；对银行余额的签认不受影响。")
    rows = [(full_name(name), _on_its_side(number)) for name, number in done.trial_balance]
    table(("科目", "重开时余额"), rows, title=f"{done.month} 重开时的科目余额")
    following(f"riskpool close {done.month} --reviewed-by 复核人 {in_books(books)} --as 制单人")


def _on_its_side(balance: str) -> str:
    """A balance as officers say it: ``贷 18,020,000.00``."""
    number = Decimal(balance)
    return f"{'借' if number > 0 else '贷' if number else '平'} {abs(number):,}"


@report_app.command("month")
def report_month(
    period: Annotated[str, typer.Argument(metavar="MONTH", help="月份 yyyy-mm")],
    books: Books = "books",
    out: Out = "papers",
    who: By = "",
) -> None:
    """出当月全部表：各户余额调节表、科目余额表、风险池运行月报（xlsx 和 PDF）。"""
    from desk.acts.papers import month_papers, write_papers

    written = write_papers(month_papers(office(books), month(period), prepared_by=who), Path(out))
    for path in written:
        line(str(path))


@report_app.command("case")
def report_case(
    case: Annotated[str, typer.Argument(help="案件编号")],
    books: Books = "books",
    out: Out = "papers",
    who: By = "",
    notices: Annotated[bool, typer.Option("--notices", help="另出每一件事项的事项单")] = False,
) -> None:
    """出一件申请的风险补偿审核表；--notices 时另出从申请到结束每一件事项的事项单。"""
    from desk.acts.papers import case_notice_papers, case_paper, write_papers

    at = office(books)
    papers = case_paper(at, case, prepared_by=who)
    if notices:
        papers += case_notice_papers(at, case, prepared_by=who)
    for path in write_papers(papers, Path(out)):
        line(str(path))


@report_app.command("loan")
def report_loan(
    loan: Annotated[str, typer.Argument(help="借据号")], books: Books = "books", out: Out = "papers", who: By = ""
) -> None:
    """出一笔贷款的入库核验表：入库时逐条核验了什么、依据什么。"""
    from desk.acts.papers import loan_papers, write_papers

    for path in write_papers(loan_papers(office(books), loan, prepared_by=who), Path(out)):
        line(str(path))


@report_app.command("voucher")
def report_voucher(
    no: Annotated[str, typer.Argument(help="凭证字号，如 记-2023-03-0001")],
    books: Books = "books",
    out: Out = "",
    who: By = "",
) -> None:
    """显示一张凭证，直到来源文件的工作表和行；--out 时另出 xlsx 和 PDF。"""
    from desk.acts.papers import shown_voucher, voucher_papers, write_papers

    desk = office(books)
    for text in shown_voucher(desk, no):
        line(text)
    if out:
        for path in write_papers(voucher_papers(desk, no, prepared_by=who), Path(out)):
            line(str(path))


@report_app.command("ledger")
def report_ledger(
    account: Annotated[str, typer.Argument(help="科目全名，或能唯一认出它的一段")],
    books: Books = "books",
    since: Annotated[
        str, typer.Option("--from", help="起始日期 yyyy-mm-dd，缺省为年初；在以前年度的，出到那年年末")
    ] = "",
    out: Out = "papers",
    who: By = "",
) -> None:
    """出一个科目的三栏账。"""
    from desk.acts.papers import ledger_papers, write_papers

    start = day(since) if since else None
    for path in write_papers(ledger_papers(office(books), account, start, prepared_by=who), Path(out)):
        line(str(path))


@report_app.command("contributor")
def report_contributor(
    contributor: Annotated[str, typer.Argument(help="出资方编号；不写则出全部和权益变动表")] = "",
    books: Books = "books",
    since: Annotated[str, typer.Option("--from", help="起始日期 yyyy-mm-dd，缺省为年初")] = "",
    until: Annotated[str, typer.Option("--until", help="截止日期 yyyy-mm-dd，当天计入；缺省为最近一张凭证的日期")] = "",
    out: Out = "papers",
    who: By = "",
) -> None:
    """出资方对账单：每个出资方的出资、退回、承担、收回和余额，逐张凭证。"""
    from desk.acts.papers import contributor_papers, write_papers

    start, last = (day(text) if text else None for text in (since, until))
    for path in write_papers(contributor_papers(office(books), contributor, start, last, prepared_by=who), Path(out)):
        line(str(path))


@report_app.command("figure")
def report_figure(
    period: Annotated[str, typer.Argument(metavar="MONTH", help="月份 yyyy-mm")],
    figure: Annotated[str, typer.Argument(help="月报上的数字名称；不写则列出全部")] = "",
    books: Books = "books",
    as_json: AsJson = False,
) -> None:
    """从月报的一个数字查到它的凭证。"""
    from desk.acts.papers import traced

    rows = traced(office(books), month(period), figure)
    if as_json:
        json_out([row._asdict() for row in rows])
        return
    table(("数字", "金额或数量", "凭证"), [(row.figure, row.value, "\n".join(row.vouchers)) for row in rows])


@export_app.command("hledger")
def export_hledger(
    books: Books = "books",
    out: Annotated[str, typer.Option("--out", help="写到哪个文件")] = "books.journal",
    registers: Annotated[bool, typer.Option("--registers", help="连同备查登记（贷款、质押、追偿等）")] = False,
) -> None:
    """导出 hledger 日记账（全部 CNY 科目），供第二个引擎核对。"""
    from desk.acts.office import put
    from desk.acts.papers import hledger_text

    line(str(put(Path(out), hledger_text(office(books), registers=registers).encode())))


@export_app.command("csv")
def export_csv(books: Books = "books", out: Out = "export") -> None:
    """导出分录、贷款、案件为 csv。"""
    from desk.acts.papers import csv_files

    for path in csv_files(office(books), Path(out)):
        line(str(path))


@export_app.command("xlsx")
def export_xlsx(
    books: Books = "books", out: Annotated[str, typer.Option("--out", help="写到哪个文件")] = "books.xlsx"
) -> None:
    """导出分录、贷款、案件为一个 xlsx。"""
    from desk.acts.office import put
    from desk.acts.papers import xlsx_export

    line(str(put(Path(out), xlsx_export(office(books)))))
