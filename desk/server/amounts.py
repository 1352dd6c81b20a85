"""How our pages print amounts. They come in fen and leave as text; nothing is computed from the text."""

from decimal import Decimal

from ledger.book import Voucher
from ledger.money import yuan_text

COMMODITIES = {
    "CNY": "元",
    "LOAN.CNY": "元（在池本金）",
    "COVER.CNY": "元（保险保障）",
    "CLAIM.CNY": "元（补偿申请）",
    "RECOURSE.CNY": "元（待追偿）",
    "OTHER.CNY": "元（他方应担）",
}


def counts_money(item: Voucher) -> bool:
    """Whether all legs are money or memo money, not units of rights."""
    return all(leg.commodity in COMMODITIES for leg in item.legs)


def amount(fen: int, *, blank: bool = False) -> str:
    """An amount as the pages print it; ``blank`` leaves zero out, as in columns of a table."""
    return "" if blank and not fen else yuan_text(fen)


def percent(rate: str) -> str:
    """A yearly rate, kept as a decimal fraction, as a percentage: ``0.0395`` is ``3.95%``."""
    return f"{(Decimal(rate) * 100).normalize():f}%"


def turnover(item: Voucher) -> str:
    """One side of a voucher for a list: yuan (negative in red), rights moved, or 多项 where amounts are unlike."""
    if len({leg.commodity for leg in item.legs if leg.commodity in COMMODITIES}) > 1:
        return "多项"
    side = sum((leg.number for leg in item.legs if leg.number > 0), start=Decimal(0))
    if not counts_money(item):
        return f"{side:f} 件"
    return f"{-side if item.is_red else side:,}"


def wan(fen: int) -> str:
    """An amount in 万元 with two decimals, for the tiles: the exact figure stands beside it."""
    sign, whole = ("-" if fen < 0 else ""), (abs(fen) + 5_000) // 10_000
    return f"{sign}{whole // 100:,}.{whole % 100:02d}"
