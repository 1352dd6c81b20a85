"""A bank's month as plain values: what its list and its statement are both printed from."""

import hashlib
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class BankRow:
    """One row of one account; ``fen`` is signed from our side, ``balance_fen`` stands after it.

    ``no`` counts the account's rows through the whole year, so that serials can be made from it.
    ``sort`` is the bank's 业务类型; ``summary`` 摘要, ``purpose`` 用途, ``remark`` 附言.
    """

    account: str
    at: datetime
    fen: int
    party: str = ""
    party_account: str = ""
    party_bank: str = ""
    sort: str = "转账"
    summary: str = ""
    purpose: str = ""
    remark: str = ""
    balance_fen: int = 0
    no: int = 0

    @property
    def month(self) -> str:
        """The month it belongs to, ``2023-03``."""
        return f"{self.at:%Y-%m}"


def month_days(month: str) -> tuple[date, date]:
    """The first and the last day of ``2023-03``."""
    year, number = int(month[:4]), int(month[5:])
    return date(year, number, 1), date(year, number, monthrange(year, number)[1])


def digits(length: int, *key: object) -> str:
    """``length`` digits that depend on nothing but ``key``: a bank's invented serial number."""
    value = int(hashlib.sha256(repr(key).encode()).hexdigest(), 16)
    return str(value)[-length:].zfill(length)


def yuan(fen: int, *, commas: bool = False, plus: bool = False) -> str:
    """``1,234.50`` or ``1234.50`` of an amount in fen, with ``+`` where asked."""
    sign = "-" if fen < 0 else "+" if plus else ""
    whole, cents = divmod(abs(fen), 100)
    return f"{sign}{whole:,}.{cents:02d}" if commas else f"{sign}{whole}.{cents:02d}"
