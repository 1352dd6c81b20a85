"""Fen-exact money: the only place where text becomes an amount and where a fraction is rounded.

Inside the product money is an ``int`` of fen (``_fen``); at the edges it is a two-decimal
``Decimal`` of yuan (``_yuan``). A float never enters.
"""

import re
from collections.abc import Sequence
from decimal import Decimal

FEN_PER_YUAN = 100
CENT = Decimal("0.01")
MAX_FEN = 10**15
"""Largest amount handled (10 万亿元): beyond it a figure is a reading error, not money."""

_MAX_CHARS = 40
"""Far longer than the largest amount, with its commas and leading zeros; a text of ten thousand digits is none."""
_YUAN = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]{1,2})?")


def fen_of_text(text: str) -> int | None:
    """Read a yuan amount written as text, in fen; ``None`` when the text is not one.

    Accepts an optional sign, thousands commas in threes, at most two decimals. Anything else (full
    width, letters, spaces inside, three decimals) is for the caller's grammar to normalise or refuse.
    """
    if len(text) > _MAX_CHARS or not _YUAN.fullmatch(text):
        return None
    whole, _, cents = text.replace(",", "").partition(".")
    fen = int(whole + cents.ljust(2, "0"))  # the digits themselves: no fraction ever arises
    return fen if abs(fen) <= MAX_FEN else None


def fen_of_yuan(amount: Decimal) -> int:
    """Fen of a Decimal in yuan that has no fraction of a fen (asserted)."""
    assert isinstance(amount, Decimal), f"money must be Decimal, got {type(amount).__name__}"
    fen = amount * FEN_PER_YUAN
    assert fen == fen.to_integral_value(), f"{amount} has a fraction of a fen"
    return int(fen)


def yuan(fen: int) -> Decimal:
    """Yuan of an int of fen, always with two decimals."""
    assert isinstance(fen, int), f"fen must be int, got {type(fen).__name__}"
    return (Decimal(fen) / FEN_PER_YUAN).quantize(CENT)


def yuan_text(fen: int, *, commas: bool = True) -> str:
    """An amount as an officer reads it: ``-1,234.50``."""
    return f"{yuan(fen):,}" if commas else str(yuan(fen))


def half_up(numerator: int, denominator: int) -> int:
    """``numerator ÷ denominator`` rounded half away from zero: the product's one rounding rule.

    Which rule text prescribes it is that text's ``allotment`` clause; see docs/decisions.md.
    """
    assert denominator > 0, "denominator must be positive"
    sign = -1 if numerator < 0 else 1
    return sign * ((2 * abs(numerator) + denominator) // (2 * denominator))


def allocate(total_fen: int, parts: Sequence[int], *, residual: int) -> tuple[int, ...]:
    """Split ``total_fen`` by integer ``parts``; the party at index ``residual`` takes the remainder.

    Every other party gets its half-up share, in order, never more than is left. The shares sum to the
    total exactly (asserted). A party without a part gets nothing, not even a remainder: the nearest one that has a
    part takes it.
    """
    whole = sum(parts)
    assert whole > 0, "parts sum to zero"
    assert min(parts) >= 0, "a part is negative"
    assert 0 <= residual < len(parts), "residual is no party"
    _, residual = min((abs(index - residual), index) for index, part in enumerate(parts) if part)
    left = total_fen
    shares = [0] * len(parts)
    for index, part in enumerate(parts):
        if index != residual:
            share = half_up(total_fen * part, whole)
            shares[index] = min(share, left) if total_fen >= 0 else max(share, left)
            left -= shares[index]
    shares[residual] = left
    assert sum(shares) == total_fen, "shares do not sum to the whole"
    return tuple(shares)


def apportion(total_fen: int, left: Sequence[int]) -> tuple[int, ...]:
    """Split ``total_fen`` in the proportions of what each party has left; nobody gets more than it has left.

    Each takes the whole fen of its exact share; what remains goes, a fen each, to the largest fractions, the earlier
    party first. So instalments of any cutting end at exactly ``left`` (asserted: 0 <= total <= what is left).
    """
    whole = sum(left)
    assert 0 <= total_fen <= whole, "more than is left"
    assert not left or min(left) >= 0, "a party has less than nothing left"
    if not total_fen:
        return tuple(0 for _ in left)
    shares, fractions = zip(*(divmod(total_fen * part, whole) for part in left), strict=True)
    rest = total_fen - sum(shares)
    first = sorted(range(len(left)), key=lambda index: (-fractions[index], index))[:rest]
    made = tuple(share + (index in first) for index, share in enumerate(shares))
    assert sum(made) == total_fen, "shares do not sum to the whole"
    assert all(share <= part for share, part in zip(made, left, strict=True)), "a party gets more than it has left"
    return made


_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_UNITS = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")


def capital_text(fen: int) -> str:
    """An amount in Chinese capitals (大写), as on a voucher: ``壹仟贰佰叁拾肆元伍角整``."""
    assert abs(fen) <= MAX_FEN, "amount beyond the limit"
    sign, fen = ("负" if fen < 0 else ""), abs(fen)
    whole, cents = divmod(fen, FEN_PER_YUAN)
    text = _capital_integer(whole) + "元" if whole else ""
    jiao, fen_digit = divmod(cents, 10)
    if not cents:
        return f"{sign}{text or '零元'}整"
    if jiao:
        text += _DIGITS[jiao] + "角"
    elif whole:
        text += "零"
    text += _DIGITS[fen_digit] + "分" if fen_digit else "整"
    return sign + text


def _capital_integer(whole: int) -> str:
    groups: list[int] = []
    while whole:
        whole, group = divmod(whole, 10_000)
        groups.append(group)
    text, gap = "", False
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if not group:
            gap = bool(text)
            continue
        if text and (gap or group < 1000):  # a group without its thousands reads 零
            text += "零"
        text += _capital_group(group) + _GROUPS[place]
        gap = False
    return text


def _capital_group(group: int) -> str:
    text, gap = "", False
    for place in range(3, -1, -1):
        digit = group // 10**place % 10
        if digit:
            text += ("零" if gap and text else "") + _DIGITS[digit] + _UNITS[place]
            gap = False
        else:
            gap = True
    return text
