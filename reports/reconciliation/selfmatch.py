"""Refuses to reconcile books with themselves: the statement must be another paper than the vouchers' basis.

A journal may not be replaced by statements (会计基础工作规范 57), so the same rows on both sides prove nothing.
Three tests: the kind of paper, the file's digest, and the rows themselves where a file was saved again.
"""

from collections.abc import Iterable, Iterator, Sequence

from ledger.book import Book
from ledger.faults import ExitCode, Fault, FaultKind, Place
from ledger.papers import BankLine, BankPaper

NOT_A_STATEMENT = FaultKind(
    "对账-来源-01",
    "不是对账单",
    "银行出具的对账单",
    "流水是记账依据，不能用来对账。对账单原已登记的，运行 riskpool verify 查明是谁换了它，用备份恢复。",
    ExitCode.REFUSED,
)
SAME_FILE = FaultKind(
    "对账-来源-02",
    "对账单与记账凭证出自同一文件",
    "与记账依据相互独立的对账单",
    "用自己的流水核对自己的账不能证明什么。运行 riskpool verify 查明账内所存的对账单是否被换过，用备份恢复。",
    ExitCode.REFUSED,
)
SAME_ROWS = FaultKind(
    "对账-来源-03",
    "对账单的各行与已入账流水完全相同",
    "与记账依据相互独立的对账单",
    "这份对账单的内容是从流水抄来的。运行 riskpool verify 查明账内所存的对账单是否被换过，用备份恢复。",
    ExitCode.REFUSED,
)
KINDS = (NOT_A_STATEMENT, SAME_FILE, SAME_ROWS)


def self_match_faults(book: Book, slug: str, statements: Sequence[BankPaper]) -> tuple[Fault, ...]:
    """Every reason why these statements can't stand against the account's vouchers."""
    basis = _basis_digests(book, slug)
    lists = [paper for digest in sorted(basis) if (kept := book.paper(digest)) for paper in kept.papers]
    return tuple(fault for paper in statements for fault in _faults(paper, basis, lists))


def _basis_digests(book: Book, slug: str) -> frozenset[str]:
    account = book.chart.cash(slug)
    return frozenset(source.digest16 for voucher in book.vouchers_of(account) for source in voucher.sources)


def _faults(paper: BankPaper, basis: frozenset[str], lists: Iterable[BankPaper]) -> Iterator[Fault]:
    place = Place(paper.file.name)
    if paper.kind != "statement":
        yield Fault(NOT_A_STATEMENT, "账内所存的这份文件标作流水", place)
    elif paper.file.short in basis:
        yield Fault(SAME_FILE, f"所指的文件 {paper.file.short} 正是记账所据的流水", place)
    else:
        for other in lists:
            if other.layout == paper.layout and paper.lines and _rows(other.lines) == _rows(paper.lines):
                yield Fault(SAME_ROWS, f"与「{other.file.name}」各行相同", place)


def _rows(lines: Iterable[BankLine]) -> frozenset[str]:
    # All that the bank wrote, without the place in the file: a statement of its own layout never equals a list.
    return frozenset(line.model_dump_json(exclude={"line"}) for line in lines)
