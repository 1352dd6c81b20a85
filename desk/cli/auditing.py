"""For auditors and for the day the disk fails: audit-kit, backup, restore, log."""

import shlex
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from desk.cli.opening import day, month
from desk.cli.say import AsJson, Books, Receipt, err, fault_table, following, in_books, json_out, line, table
from ledger.faults import ExitCode, listed

if TYPE_CHECKING:
    from desk.acts.archive import Archived

SHOWN = 200
"""Records printed on the screen; the rest is for --out."""


def register(app: typer.Typer) -> None:
    """Put this module's commands on the app."""
    app.command("audit-kit")(audit_kit)
    app.command()(backup)
    app.command()(restore)
    app.command()(log)


def audit_kit(
    out: Annotated[str, typer.Option("--out", help="写到哪个文件夹")],
    books: Books = "books",
    until: Annotated[str, typer.Option("--until", metavar="MONTH", help="只取到这个已结账的月份 yyyy-mm")] = "",
    as_json: AsJson = False,
) -> None:
    """审计包：账簿的归档，和一个不依赖本系统的再验证脚本。"""
    from desk.acts.auditing import SCRIPT
    from desk.acts.auditing import audit_kit as write

    found = write(Path(books), Path(out), month(until) if until else "")
    _written(found, as_json=as_json)
    if not as_json:
        following(shlex.join(("python3", "-I", "-S", str(Path(out) / SCRIPT), str(found.path))))
    _exit(found)


def backup(
    to: Annotated[str, typer.Option("--to", help="写到哪个文件（须尚不存在，在账套以外）")],
    books: Books = "books",
    as_json: AsJson = False,
) -> None:
    """备份：把整套账写成一个归档，带清单和链头。同样的账得到同样的字节。"""
    from desk.acts.archive import backup as write

    found = write(Path(books), Path(to))
    _written(found, as_json=as_json)
    _exit(found)


def _written(found: "Archived", *, as_json: bool) -> None:
    manifest = found.manifest
    if as_json:
        head = {"sequence": manifest.sequence, "chain": manifest.chain, "until": manifest.until}
        counts = {"files": len(manifest.files), "bytes": sum(row.size for row in manifest.files)}
        path = {"path": str(found.path), "sha256": found.sha256, "already": found.already}
        json_out({**path, **head, **counts, "faults": fault_table(found.faults)})
        return
    line(f"{'原已写好' if found.already else '已写到'} {found.path}：{len(manifest.files)} 个文件")
    line(f"链头 {manifest.sequence:06d} {manifest.chain}")
    line(f"归档 SHA-256 {found.sha256}")
    for text in listed(found.faults):
        err.print(text, markup=False)
    if found.faults:
        line(f"注意：账簿有改动 {len(found.faults)} 处（见上），归档保留了现状；这不是一份好的备份。")


def _exit(found: "Archived") -> None:
    if found.faults:
        raise typer.Exit(int(ExitCode.FINDINGS))


def restore(
    archive: Annotated[str, typer.Argument(help="riskpool backup 写出的归档")],
    to: Annotated[str, typer.Option("--to", help="恢复到哪个新文件夹（须为空或尚不存在）")],
    receipt: Receipt = "",
    as_json: AsJson = False,
) -> None:
    """恢复：把归档写成新的账套，逐字节核对、重新核验、比对链头；有一处不符就什么都不留下。"""
    from desk.acts.archive import restore as write
    from desk.acts.office import bytes_of
    from ledger.held import Held

    kept = Held.read(Path(receipt).name, bytes_of(Path(receipt))) if receipt else None
    found = write(Path(archive), Path(to), kept)
    said, now = (f"{item.sequence:06d} {item.chain}" for item in (found.manifest, found.head))
    if as_json:
        json_out(
            {"manifest": said, "restored": now, "files": len(found.manifest.files), "faults": fault_table(found.faults)}
        )
    else:
        line(f"已恢复到 {to}：{len(found.manifest.files)} 个文件，已逐字节核对并核验。")
        if found.manifest.until:
            line(f"这是截至 {found.manifest.until} 结账时的归档，不是全部账簿。")
        line(f"清单链头 {said}")
        line(f"恢复链头 {now}　一致")
        for text in listed(found.faults):
            err.print(text, markup=False)
        following(f"riskpool check {in_books(to)}")
    if found.faults:
        raise typer.Exit(int(ExitCode.FINDINGS))


def log(
    books: Books = "books",
    who: Annotated[str, typer.Option("--who", help="人员编号")] = "",
    act: Annotated[str, typer.Option("--act", help="事项：代码（如 pay），或中文名称的一部分（如 拨付）")] = "",
    since: Annotated[str, typer.Option("--from", help="起始日期 yyyy-mm-dd")] = "",
    until: Annotated[str, typer.Option("--until", help="截止日期 yyyy-mm-dd，当天计入")] = "",
    find: Annotated[str, typer.Option("--find", help="内容中的文字：草稿号、凭证字号、月份、散列")] = "",
    out: Annotated[str, typer.Option("--out", help="导出到 .xlsx、.csv 或 .json 文件")] = "",
    as_json: AsJson = False,
) -> None:
    """操作日志：谁、何时、办了什么；可查找、可导出。只有编号，没有姓名和账号。"""
    from desk.acts.auditing import export_log, search_log
    from reports.audit.operations import Wanted

    span = (day(since) if since else date.min, day(until) if until else date.max)
    found = search_log(Path(books), Wanted(who, act, *span, find))
    if out:
        line(f"{export_log(found, Path(out))}　{len(found)} 条")
        return
    if as_json:
        json_out([{**item.record.model_dump(mode="json"), "title": item.title} for item in found])
        return
    rows = [
        (r.number, r.at.replace("T", " "), "、".join(r.who), item.title, "、".join(r.what))
        for item in found[-SHOWN:]
        for r in (item.record,)
    ]
    table(("序号", "时间", "人员", "事项", "内容"), rows, title="操作日志")
    line(f"共 {len(found)} 条" + (f"，只显示最后 {SHOWN} 条；用 --out 导出全部。" if len(found) > SHOWN else "。"))
