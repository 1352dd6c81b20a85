"""Opening balance, debit and credit turnover and closing balance per account: the figures of account books.

A red entry has only a negative sign in the books, so it counts as a negative debit or credit on the side that it
cancels, apart from the other entries (docs/accounts.md, trap 4). Income and expenses begin each year at zero;
what they were goes to 本年结余 until the year-end voucher has carried it on.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ledger.accounts import CNY, YEAR_RESULT
from ledger.book import Book, Leg, Voucher
from ledger.events import OpeningTaken

NOMINAL = ("Income:", "Expenses:")


@dataclass(slots=True)
class Turnover:
    """One account's figures in fen; ``opening`` and :attr:`closing` are signed, debit positive."""

    opening: int = 0
    debit: int = 0
    credit: int = 0
    red_debit: int = 0
    red_credit: int = 0

    @property
    def closing(self) -> int:
        """Opening plus debits minus credits, red ones included."""
        return self.opening + self.debit - self.credit

    def add(self, fen: int, *, is_red: bool) -> None:
        """Count one leg. A red leg takes back the other side's turnover."""
        debit, credit = sides(fen, is_red=is_red)
        self.debit, self.credit = self.debit + debit, self.credit + credit
        if is_red:
            self.red_debit, self.red_credit = self.red_debit + debit, self.red_credit + credit


def sides(fen: int, *, is_red: bool) -> tuple[int, int]:
    """(debit, credit) of a leg as an account book shows it; a red leg is negative on the side it cancels."""
    if (fen >= 0) != is_red:
        return fen, 0
    return 0, -fen


def turnovers(book: Book, from_on: date, until_on: date, commodity: str = CNY) -> dict[str, Turnover]:
    """Every account's own figures in one commodity over ``[from_on, until_on)``, accounts in name order.

    What an opening took over is opening balance in every period, never turnover.
    """
    found: dict[str, Turnover] = {}
    year_on = date(from_on.year, 1, 1)
    for voucher, leg in _legs(book, commodity):
        if voucher.on >= until_on:
            continue
        if voucher.on < year_on and leg.account.startswith(NOMINAL):
            found.setdefault(YEAR_RESULT, Turnover()).opening += leg.fen
        elif voucher.on < from_on or voucher.kind == OpeningTaken.__name__:
            found.setdefault(leg.account, Turnover()).opening += leg.fen
        else:
            found.setdefault(leg.account, Turnover()).add(leg.fen, is_red=voucher.is_red)
    return dict(sorted(found.items()))


def _legs(book: Book, commodity: str) -> Iterable[tuple[Voucher, Leg]]:
    return ((voucher, leg) for voucher in book.vouchers for leg in voucher.legs if leg.commodity == commodity)
