"""How long each file of the books is kept: 《会计档案管理办法》(财政部、国家档案局令第79号) 附表1.

Its table names vouchers, books, reconciliations, statements and reports. Drafts, the log, rule texts and receipts
are not in it; they are kept as long as the vouchers that they explain (our judgement, docs/decisions.md).
"""

import re
from typing import Literal

Retention = Literal["30年", "10年"]

_TABLE: tuple[tuple[str, Retention], ...] = (
    (r"papers/.*", "10年"),
    (r"reconciliations/.*", "10年"),
    (r"documents/[0-9a-f]+-statement\..*", "10年"),
    (r".*", "30年"),
)
"""First that fits: monthly papers, 余额调节表 and its working paper, 对账单; vouchers, books and all else.

What the table keeps for ever (年度财务会计报告, 保管清册, 销毁清册) the program does not write.
"""


def retention_of(name: str) -> Retention:
    """The least time for which a file is kept, by its path in the books."""
    return next(kept for pattern, kept in _TABLE if re.fullmatch(pattern, name))
