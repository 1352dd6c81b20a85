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
    """One side of an entry for a list: yuan (negative in red), rights moved, or 多项 where amounts are unlike.

    A register entry may move one fact out of a memo account and into another: its pairs are no sum. What they have
    in common is shown once, else each.
    """
    if len({leg.commodity for leg in item.legs if leg.commodity in COMMODITIES}) > 1:
        return "多项"
    side = sum((leg.number for leg in item.legs if leg.number > 0), start=Decimal(0))
    if not counts_money(item):
        return f"{side:f} 件"
    sides = [side] if item.is_money else _pairs(item)
    return "；".join(f"{-amount if item.is_red else amount:,}" for amount in dict.fromkeys(sides))


def _pairs(item: Voucher) -> list[Decimal]:
    """The debit side of each run of legs that balances by itself, as a register entry is written."""
    sides, debit, left = [], Decimal(0), Decimal(0)
    for leg in item.legs:
        debit, left = debit + max(leg.number, Decimal(0)), left + leg.number
        if not left:
            sides.append(debit)
            debit = Decimal(0)
    assert not left, f"{item.no} does not balance"
    return sides


def wan(fen: int) -> str:
    """An amount in 万元 with two decimals, for the tiles: the exact figure stands beside it."""
    sign, whole = ("-" if fen < 0 else ""), (abs(fen) + 5_000) // 10_000
    return f"{sign}{whole // 100:,}.{whole % 100:02d}"
