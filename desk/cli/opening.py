"""What every command opens first: the books, the actor, the day."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from desk import clock
from ledger.faults import FaultKind, refuse
from ledger.money import fen_of_text

if TYPE_CHECKING:
    from desk.acts.office import Actor, Office

BAD_DAY = FaultKind("命令-日期-01", "日期写法不对", "yyyy-mm-dd 的日期，月份为 yyyy-mm", "改正后重新运行。")
BAD_MONEY = FaultKind("命令-金额-01", "金额写法不对", "以元计、至多两位小数的金额", "改正后重新运行。")
KINDS = (BAD_DAY, BAD_MONEY)


def office(books: str) -> "Office":
    """The books folder named on the command line."""
    from desk.acts.office import Office

    return Office(Path(books))


def actor(staff_id: str) -> "Actor":
    """Who acts, now."""
    from desk.acts.office import Actor

    return Actor(staff_id, clock.now())


def day(text: str) -> date:
    """A day from an option; today where it is empty."""
    if not text:
        return clock.now().date()
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise refuse(BAD_DAY, text) from None
    if found.isoformat() != text:  # Python also reads 20240320 and weeks
        raise refuse(BAD_DAY, text)
    return found


def month(text: str) -> str:
    """A month ``yyyy-mm`` from an argument."""
    try:
        return f"{date.fromisoformat(f'{text}-01'):%Y-%m}"
    except ValueError:
        raise refuse(BAD_DAY, text) from None


def fen(text: str) -> int:
    """An amount in yuan from an option, in fen."""
    found = fen_of_text(text)
    if found is None:
        raise refuse(BAD_MONEY, text)
    return found
