"""A second statement for a month that has one: said again it is known, said otherwise it is refused.

The books keep one statement an account and month, because the month's reconciliation rests on it and the next
one must begin where it ended. Banks give out the same month under other bytes (a file saved again, the paper typed in
beside the electronic one), so the month's lines are compared, not the files.
"""

from ledger.faults import Fault, FaultKind, Place, Refusal
from ledger.money import yuan_text
from ledger.openitems import FiledStatement, OpenItems
from ledger.papers import BankPaper

ANOTHER = FaultKind(
    "导入-对账单-01",
    "该账户该月已有一份不同的对账单",
    "每个账户每月一份对账单",
    "请与银行核对哪一份为准；先前的一份尚在草稿中而有误的，退回草稿后重新导入。",
)
KINDS = (ANOTHER,)

REASON = "该月对账单已有一份，日期与金额逐笔相同"
"""Why a row of a statement said again is known."""


def is_filed(paper: BankPaper, view: OpenItems) -> bool:
    """Whether the books hold the same statement: same account and first day, same days and amounts, same closing.

    Raises:
        Refusal: they hold another one for that account and month.
    """
    held = [item for item in view.statements if (item.account, item.from_on) == (paper.account, paper.from_on)]
    other = next((item for item in held if not _says_the_same(paper, item)), None)
    if other is not None:
        raise Refusal([_another(paper, other)])
    return bool(held)


def _says_the_same(paper: BankPaper, held: FiledStatement) -> bool:
    movements = tuple((line.on, line.amount_fen) for line in paper.lines)
    said = (paper.until_on, paper.closing_fen, movements)
    return said == (held.until_on, held.closing_fen, held.movements)


def _another(paper: BankPaper, held: FiledStatement) -> Fault:
    found = f"{paper.account} {paper.from_on:%Y-%m}，期末余额 {yuan_text(paper.closing_fen)} 元，{len(paper.lines)} 笔"
    expected = f"与已入账或在草稿中的一份相同：期末余额 {yuan_text(held.closing_fen)} 元，{len(held.movements)} 笔"
    return Fault(ANOTHER, found, Place(paper.file.name), expected=expected)
