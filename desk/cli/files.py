"""Files in, drafts out: import, draft, review, post."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from desk.cli.opening import actor, office
from desk.cli.say import (
    As,
    AsJson,
    Books,
    err,
    fault_table,
    following,
    in_books,
    in_turn,
    json_out,
    line,
    refused,
    table,
)
from ledger.faults import Refusal, legible, refuse
from ledger.money import yuan_text

if TYPE_CHECKING:
    from desk.acts.intake import Imported
    from ledger.drafts import State

No = Annotated[str, typer.Argument(help="草稿编号，如 D000012（riskpool draft list 列出）")]

draft_app = typer.Typer(help="草稿：列出、查看、修改、退回。", no_args_is_help=True, rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    """Put this module's commands on the app."""
    app.command("import")(import_)
    app.add_typer(draft_app, name="draft")
    app.command()(review)
    app.command()(post)


def import_(
    paths: Annotated[list[str], typer.Argument(help="文件或文件夹")],
    who: As,
    books: Books = "books",
    account: Annotated[str, typer.Option("--account", help="文件里没有本方账号时，指明账户代号")] = "",
    synonyms: Annotated[
        str,
        typer.Option("--synonyms", envvar="RISKPOOL_SYNONYMS", help="栏目对应文件或文件夹，缺省为账套旁边的 synonyms"),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """导入银行流水、对账单和各种登记表：按内容识别，生成草稿；有误的文件整份不入账。"""
    from desk.acts.intake import NO_FILES, import_paths
    from desk.acts.synonyms import bindings

    desk, bound = office(books), bindings(synonyms, Path(books))
    files = [found for path in paths for found in _files(Path(path))]
    if not files:
        raise refuse(NO_FILES, "、".join(paths))
    outcomes = import_paths(desk, files, who=actor(who), account=account or None, bindings=bound, bar=in_turn)
    done = [found for _, found in outcomes if not isinstance(found, Refusal)]
    refusals = [(name, found) for name, found in outcomes if isinstance(found, Refusal)]
    if as_json:
        json_out(
            {
                "files": [_plain(item) for item in done],
                "refused": [{"file": name, "faults": fault_table(found.faults)} for name, found in refusals],
            }
        )
    else:
        _show(done, refusals)
        fresh = [item.draft for item in done if item.draft]
        if fresh:
            following(f"riskpool review {' '.join(fresh)} {in_books(books)} --as 复核人")
    if refusals:
        raise typer.Exit(int(max(found.exit_code for _, found in refusals)))


JUNK = (".", "~$", "Thumbs.db", "desktop.ini")
"""Beginnings of file names that office programs and systems leave in folders; nobody sent them."""


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(found for found in path.rglob("*") if found.is_file() and not found.name.startswith(JUNK))
    return [path]


def _plain(item: "Imported") -> dict[str, object]:
    return {
        "file": item.file,
        "sha256": item.sha256,
        "kind": item.kind,
        "title": item.title,
        "layout": item.layout,
        "period": item.period,
        "in_yuan": yuan_text(item.sum_in_fen, commas=False),
        "out_yuan": yuan_text(item.sum_out_fen, commas=False),
        "amounts_yuan": {name: yuan_text(fen, commas=False) for name, fen in item.amounts},
        "rows": dict(item.rows),
        "new": item.events,
        "draft": item.draft,
        "already": item.already,
        "warnings": list(item.warnings),
    }


OUTCOMES = {"event": "入账", "evidence": "凭据", "known": "已有", "statement": "对账", "ignored": "不计"}


def _show(done: "list[Imported]", refusals: list[tuple[str, Refusal]]) -> None:
    rows = [_row(item) for item in done]
    for name, found in refusals:
        kinds = dict.fromkeys(f"{fault.code} {fault.kind.title}" for fault in found.faults)
        shown = [*list(kinds)[:SHOWN_KINDS], *(["…"] if len(kinds) > SHOWN_KINDS else [])]
        rows.append((name, "\n".join(shown), "", f"拒收 {len(found.faults)} 处"))
    table(("文件", "是什么、期间、合计", "各行", "结果"), rows)
    for item in done:
        for warning in item.warnings:
            line(f"提示 {warning if warning.startswith(item.file) else f'{item.file}：{warning}'}")
    for name, found in refusals:
        err.print(f"── {legible(name)}：整份未入账，账簿没有变化", markup=False)
        refused(found)


SHOWN_KINDS = 3
"""Kinds of fault that the table names of one file; each stands in full below it."""


def _row(item: "Imported") -> tuple[str, ...]:
    sums = [f"收 {yuan_text(item.sum_in_fen)} 付 {yuan_text(item.sum_out_fen)}"] if item.is_paper else []
    sums += [f"{name} {yuan_text(fen)}" for name, fen in item.amounts]
    what = "\n".join(filter(None, (item.title, item.period, *sums)))
    counts = "\n".join(f"{OUTCOMES[name]} {count}" for name, count in item.rows)
    result = f"{item.events} 项 → {item.draft}" if item.draft else "0 新增"
    return item.file, what, counts, "0 新增\n此前已导入" if item.already else result


@draft_app.command("list")
def draft_list(
    books: Books = "books",
    every: Annotated[bool, typer.Option("--all", help="连已记账、已退回的一起列出")] = False,
    as_json: AsJson = False,
) -> None:
    """列出草稿及其状态。"""
    from ledger.drafts import STATE_NAMES

    shown = [item for item in office(books).drafts if every or item.is_waiting]
    if as_json:
        json_out([{"draft": i.no, "state": i.state, "title": i.content.title, "preparer": i.preparer} for i in shown])
        return
    if not shown:
        line("没有草稿。" if every else "没有待复核、待记账的草稿；连已记账、已退回的一起列出：--all。")
        return
    table(
        ("编号", "状态", "事项", "制单", "项数", "说明"),
        [
            (i.no, STATE_NAMES[i.state], i.content.title, i.preparer, len(i.content.events), i.steps[-1].reason)
            for i in shown
        ],
    )


@draft_app.command("show")
def draft_show(no: No, books: Books = "books") -> None:
    """查看一份草稿将记入什么。"""
    from desk.acts.preview import preview

    for text in preview(office(books), no):
        line(text)


@draft_app.command("amend")
def draft_amend(
    no: No,
    who: As,
    reason: Annotated[str, typer.Option("--reason", help="修改原因")],
    drop: Annotated[list[str] | None, typer.Option("--drop", help="去掉的事项编号，可重复")] = None,
    summary: Annotated[list[str] | None, typer.Option("--summary", help="事项编号=新摘要，可重复")] = None,
    books: Books = "books",
) -> None:
    """修改草稿：换摘要或去掉手工事项；原稿留存。银行流水的行不能去掉。"""
    from desk.acts.preview import amended

    desk = office(books)
    draft = amended(desk, no, drop=tuple(drop or ()), summaries=tuple(summary or ()), reason=reason, who=actor(who))
    line(f"{draft.no} 已修改，待复核。")


@draft_app.command("reject")
def draft_reject(
    no: No, who: As, reason: Annotated[str, typer.Option("--reason", help="退回原因")], books: Books = "books"
) -> None:
    """退回草稿并写明原因；所据文件可以重新导入。"""
    from desk.acts.drafting import reject

    draft = reject(office(books), no, actor(who), reason)
    line(f"{draft.no} 已退回：{reason}")


def _numbers(books: str, numbers: list[str], state: "State") -> list[str]:
    if numbers:
        return numbers
    from desk.acts.drafting import waiting

    return waiting(office(books), state)


def _in_turn(
    numbers: Sequence[str], act: Callable[[str], dict[str, object]], word: str, *, as_json: bool
) -> list[dict[str, object]]:
    """What the act says of each draft, one after another.

    Where one is refused, those before it stand: they are said along with the refusal, and those not come to.
    """
    done: list[dict[str, object]] = []
    for place, no in enumerate(numbers, 1):
        try:
            done.append(act(no))
        except Refusal as refusal:
            if as_json:
                left = list(numbers[place:])
                faults = fault_table(refusal.faults)
                json_out({"refused": True, "draft": no, "faults": faults, "done": done, "left": left})
                raise typer.Exit(int(refusal.exit_code)) from None
            if len(numbers) > 1:
                err.print(
                    f"草稿 {no} 没有{word}，原因如下。在它之前 {place - 1} 份已{word}，"
                    f"在它之后 {len(numbers) - place} 份还没有办。",
                    markup=False,
                )
            raise
    return done


def review(
    who: As,
    numbers: Annotated[list[str] | None, typer.Argument(help="草稿编号；缺省为全部待复核")] = None,
    books: Books = "books",
    as_json: AsJson = False,
) -> None:
    """复核草稿；复核人不能是制单人。"""
    from desk.acts import drafting

    desk, chosen = office(books), _numbers(books, numbers or [], "draft")

    def sign(no: str) -> dict[str, object]:
        draft = drafting.review(desk, no, actor(who))
        if not as_json:
            line(f"{draft.no} 已复核「{draft.content.title}」")
        return {"draft": draft.no, "state": draft.state}

    done = _in_turn(chosen, sign, "复核", as_json=as_json)
    if as_json:
        json_out(done)
        return
    line(f"共复核 {len(chosen)} 份。")
    if chosen:
        following(f"riskpool post {' '.join(chosen)} {in_books(books)} --as 记账人")


def _spans(numbers: Sequence[str]) -> str:
    """Voucher numbers by their word (记 or 登), each the first and the last; one that is alone once."""
    words = dict.fromkeys(no[0] for no in numbers)
    runs = [[no for no in numbers if no[0] == word] for word in words]
    return "，".join(run[0] if len(run) == 1 else f"{run[0]} … {run[-1]}" for run in runs) or "没有凭证"


def post(
    who: As,
    numbers: Annotated[list[str] | None, typer.Argument(help="草稿编号；缺省为全部已复核")] = None,
    books: Books = "books",
    as_json: AsJson = False,
) -> None:
    """记账：一份草稿成为一个批次，凭证编号，此后不改。"""
    from desk.acts.drafting import post_draft

    desk = office(books)

    def book(no: str) -> dict[str, object]:
        posted = post_draft(desk, no, actor(who))
        if not as_json:
            new = f"{no} 已记账：批次 {posted.sequence:06d}，{_spans(posted.vouchers)}"
            line(f"{no} 此前已记账，0 新增" if posted.known and not posted.vouchers else new)
        return {"draft": no, "batch": posted.sequence, "vouchers": posted.vouchers, "known": posted.known}

    results = _in_turn(_numbers(books, numbers or [], "reviewed"), book, "记账", as_json=as_json)
    if as_json:
        json_out(results)
        return
    line(f"共记账 {len(results)} 份。")
    if results:
        following(f"riskpool status {in_books(books)}")
