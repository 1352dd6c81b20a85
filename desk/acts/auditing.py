"""What an auditor asks for: the archive with its script, and the operation log."""

import json
from datetime import date
from importlib import resources
from pathlib import Path

from desk.acts.archive import Archived, write_archive
from desk.acts.office import put
from ledger.faults import Fault, FaultKind, Refusal
from ledger.folder import MAIN
from ledger.reader import NO_BOOKS
from ledger.store import Store, refuse_view
from ledger.verify import verify
from reports.audit.contents import all_members, links, members_until
from reports.audit.operations import Logged, Wanted, log_of, log_table
from reports.tables import to_csv

WRONG_SUFFIX = FaultKind(
    "导出-文件-02", "导出文件的种类不对", "以 .xlsx、.csv 或 .json 结尾的文件名", "改正 --out 后重新运行。"
)
KINDS = (WRONG_SUFFIX,)

ARCHIVE = "books.tar"
SCRIPT = "reperform.py"


def audit_kit(root: Path, out: Path, until: str = "") -> Archived:
    """Write the archive and, beside it, the one script that re-performs it. ``until`` is a closed month.

    Up to a month the archive holds what stood when that month was closed, and no more.
    """
    links(root)
    put(out / SCRIPT, script(), keep=True)
    with Store(root).lock():
        if until:
            members, head = members_until(root, until)
        else:
            members, head = all_members(root), links(root)[-1]
        return write_archive(out / ARCHIVE, members, head, until, verify(root))


def script() -> bytes:
    """The auditor's script as it ships: it imports nothing of ours."""
    return (resources.files("reports.audit") / SCRIPT).read_bytes()


def search_log(root: Path, wanted: Wanted) -> tuple[Logged, ...]:
    """The records of the operation log that are wanted, oldest first."""
    refuse_view(root)
    if not (root / MAIN).is_file():
        raise Refusal([Fault(NO_BOOKS, f"{root} 下没有 {MAIN}")])
    return tuple(item for item in log_of(root) if wanted.fits(item))


def export_log(items: tuple[Logged, ...], path: Path) -> Path:
    """Write records as xlsx, csv or json, by the file's name. Text that a spreadsheet could run is made harmless."""
    table = log_table(items)
    match path.suffix.lower():
        case ".csv":
            content = to_csv(table)
        case ".json":
            rows = [{**item.record.model_dump(mode="json"), "title": item.title} for item in items]
            content = (json.dumps(rows, ensure_ascii=False, indent=1) + "\n").encode()
        case ".xlsx":
            from reports.export import workbook_of  # noqa: PLC0415 - only this export needs it

            last_on = date.fromisoformat(items[-1].record.at[:10]) if items else date(2000, 1, 1)
            content = workbook_of([table], "操作日志", last_on)
        case _:
            raise Refusal([Fault(WRONG_SUFFIX, path.name)])
    return put(path, content)
