"""The papers written for a pool, and the source files kept in its books: listed, and handed out to be saved."""

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ledger.pool import Pool
from ledger.provenance import SHORT
from reports.forms.case_notice import slug_of
from reports.titles import KIND_TITLES

SUFFIXES = {".xlsx": "表格", ".pdf": "PDF", ".docx": "文档", ".csv": "CSV", ".zip": "压缩包"}
MAX_LISTED = 2_000


_TITLES = {
    "monthly-report": "风险池运行月报",
    "reconciliation": "银行存款余额调节表",
    "trial-balance": "科目余额表",
    "compensation-review": "风险补偿审核表",
    "filing-review": "入库核验表",
    "notice": "案件事项单",
    "contributors": "出资方权益变动表",
    "contributor": "出资方对账单",
    "voucher": "凭证",
    "ledger": "三栏账",
}
"""The ASCII word in a paper's file name, and the paper's title."""
_NAME = re.compile(rf"(?P<of>.*?)-?(?P<word>{'|'.join(_TITLES)})(?:-(?P<rest>.*))?")

_EVENT = re.compile(r"(?P<at>\d+-\d{4}-\d{2}-\d{2})-(?P<kind>[a-z-]+)")
KINDS_BY_SLUG = {slug_of(kind): title for kind, title in KIND_TITLES.items()}
"""A kind of event as it stands in a notice's file name, and in the officers' words."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper that the program wrote: its folder, its title, and (path below its folder, form) of each file."""

    folder: str
    title: str
    forms: tuple[tuple[str, str], ...]


def folders_of(books: Path) -> tuple[Path, ...]:
    """Where papers may lie: beside the books or in them."""
    return tuple(path for path in (books.parent / "papers", books / "papers") if path.is_dir())


def listed(books: Path, pool: Pool) -> tuple[Paper, ...]:
    """All papers of known kinds by folder and name, the forms of one paper together."""
    papers: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for path in _paths(books):
        inner = PurePosixPath(path)
        stem = (inner.parent.as_posix(), inner.stem)
        papers.setdefault(stem, []).append((path, SUFFIXES[inner.suffix]))
    return tuple(Paper(folder, _title(stem, pool), tuple(forms)) for (folder, stem), forms in sorted(papers.items()))


_SEALED = re.compile(r"(?P<month>\d{4}-\d{2})-(?P<step>\d+)")


def heading(folder: str) -> str:
    """A folder of papers in the officers' words; a close and a reopening are two steps of a month."""
    if match := _SEALED.fullmatch(folder):
        again = int(match["step"]) // 2
        return f"{match['month']} 结账时封存" + (f"（重开后第 {again} 次）" if again else "")
    return {".": "其他", "cases": "案件"}.get(folder, folder)


def _paths(books: Path) -> list[str]:
    found = {
        path.relative_to(folder).as_posix()
        for folder in folders_of(books)
        for path in folder.rglob("*")
        if path.suffix in SUFFIXES and path.is_file() and not path.is_symlink()
    }
    return sorted(found)[:MAX_LISTED]


def _title(stem: str, pool: Pool) -> str:
    """``2023-03-reconciliation-boc-01`` as ``2023-03 银行存款余额调节表 中国银行专户``; unknown names as they are."""
    match = _NAME.fullmatch(stem)
    if match is None:
        return stem
    names = {account.slug: account.name for account in pool.account} | {
        party.no: party.name for party in pool.contributor
    }
    rest = match["rest"] or ""
    if event := _EVENT.fullmatch(rest):
        rest = f"{event['at']} {KINDS_BY_SLUG.get(event['kind'], event['kind'])}"
    return " ".join(part for part in (match["of"], _TITLES[match["word"]], names.get(rest, rest)) if part)


def paper_path(books: Path, path: str) -> Path | None:
    """The paper listed under ``path``, or None: only what the list shows is handed out."""
    if path not in _paths(books):
        return None
    return next((folder / path for folder in folders_of(books) if (folder / path).is_file()), None)


def document_path(books: Path, digest16: str) -> Path | None:
    """The kept bytes of a source file, by the first 16 hex digits of its digest."""
    if not is_digest16(digest16):
        return None
    kept = sorted((books / "documents").glob(f"{digest16}*"))
    return kept[0] if kept else None


def is_digest16(text: str) -> bool:
    """Whether a text from an address names a file as the books do."""
    return len(text) == SHORT and set(text) <= set("0123456789abcdef")
