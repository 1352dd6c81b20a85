"""A second statement for a month that has one: said again it is known, said otherwise it is refused.

The books keep one statement an account and month, because the month's reconciliation rests on it and the next
one must begin where it ended. Banks give out the same month under other bytes (a file saved again, the paper typed in
beside the electronic one), so the month's lines are compared, not the files; where both came in the same layout, all
that the bank wrote in them is.
"""

from collections.abc import Iterator, Mapping, Sequence

from importers import grammar
from ledger.faults import Fault, FaultKind, Place, Refusal
from ledger.money import yuan_text
from ledger.openitems import FiledStatement, ListedLine, OpenItems
from ledger.papers import BankLine, BankPaper

ANOTHER = FaultKind(
    "导入-对账单-01",
    "该账户该月已有一份不同的对账单",
    "每个账户每月一份对账单",
    "请与银行核对哪一份为准；先前的一份尚在草稿中而有误的，退回草稿后重新导入。",
)
APART = FaultKind(
    "导入-对账单-02",
    "与相邻月份的对账单不衔接",
    "期初余额等于上月对账单的期末余额，期末余额等于下月对账单的期初余额",
    "这份对账单可能缺行。请向银行索取完整的对账单。",
)
KINDS = (ANOTHER, APART)

REASON = "该月对账单已有一份，日期与金额逐笔相同"
"""Why a row of a statement said again is known."""
Originals = Mapping[int, Sequence[tuple[str, str]]]


def is_filed(paper: BankPaper, view: OpenItems, originals: Originals | None = None) -> bool:
    """Whether the books hold the same statement: same account and first day, same days and amounts, same closing.

    ``originals`` are the paper's own cells by row; given, they are held against those of a statement that came in the
    same layout.

    Raises:
        Refusal: they hold another one for that account and month.
    """
    held = [item for item in view.statements if (item.account, item.from_on) == (paper.account, paper.from_on)]
    other = next((item for item in held if not _says_the_same(paper, item)), None)
    if other is not None:
        raise Refusal([_another(paper, other)])
    changed = [
        fault
        for item in held
        if originals is not None and item.layout == paper.layout and item.sha256 != paper.file.sha256
        for fault in _changed(paper, view.papers.stated(item.sha256), originals)
    ]
    if changed := changed or [*_apart(paper, view)]:
        raise Refusal(changed)
    return bool(held)


def _apart(paper: BankPaper, view: OpenItems) -> Iterator[Fault]:
    for item in view.statements:
        if item.account != paper.account:
            continue
        opening = item.closing_fen - sum(fen for _, fen in item.movements)
        for touches, name, ours, theirs in (
            (item.until_on == paper.from_on, "期初", paper.opening_fen, item.closing_fen),
            (item.from_on == paper.until_on, "期末", paper.closing_fen, opening),
        ):
            if touches and ours != theirs:
                expected = f"{yuan_text(theirs)}（{item.from_on:%Y-%m} 对账单）"
                yield Fault(APART, f"{name}余额 {yuan_text(ours)}", Place(paper.file.name), expected=expected)


def _says_the_same(paper: BankPaper, held: FiledStatement) -> bool:
    said = (paper.until_on, paper.closing_fen, _movements(paper))
    return said == (held.until_on, held.closing_fen, held.movements)


def _movements(paper: BankPaper) -> tuple[tuple[object, int], ...]:
    return tuple((line.on, line.amount_fen) for line in paper.lines)


def _another(paper: BankPaper, held: FiledStatement) -> Fault:
    found = f"{paper.account} {paper.from_on:%Y-%m}，期末余额 {yuan_text(paper.closing_fen)} 元，{len(paper.lines)} 笔"
    expected = f"与已入账或在草稿中的一份相同：期末余额 {yuan_text(held.closing_fen)} 元，{len(held.movements)} 笔"
    if (paper.closing_fen, len(paper.lines)) == (held.closing_fen, len(held.movements)):
        differing = zip(_movements(paper), held.movements, strict=True)
        for number, (now, then) in enumerate(differing, 1):
            if now != then:
                found += f"；第 {number} 笔 {now[0]} {yuan_text(now[1])}"
                expected += f"；第 {number} 笔 {then[0]} {yuan_text(then[1])}"
                break
    return Fault(ANOTHER, found, Place(paper.file.name), expected=expected)


def _changed(paper: BankPaper, before: Sequence[ListedLine], originals: Originals) -> Iterator[Fault]:
    for line, held in zip(paper.lines, before, strict=False):
        old = dict(held.cells)
        for title, text in originals[line.line.row]:
            if title in old and not grammar.same(text, old[title]):
                yield _cell(paper, line, title, text, old[title], held)


def _cell(paper: BankPaper, line: BankLine, title: str, now: str, then: str, held: ListedLine) -> Fault:
    found = f"本文件为「{now.strip() or '空白'}」，以前导入的为「{then.strip() or '空白'}」"
    expected = f"「{then.strip() or '空白'}」（{held.file}）"
    return Fault(ANOTHER, found, Place(paper.file.name, line.line.sheet, line.line.row, title), expected=expected)
