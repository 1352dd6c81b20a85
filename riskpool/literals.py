"""The law's own words: quantities with their unit, comparison words, and what each of them means.

One table gives every word its meaning; a rule text never holds ``<`` or ``<=``, nor a bare number. Amounts
become fen, rates and percentage points become millionths, so that all arithmetic stays in integers.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Dimension = Literal["money", "rate", "points", "multiple", "days", "workdays", "months"]
CompareOp = Literal["at_least", "above", "at_most", "below"]

MILLION = 1_000_000
"""A rate or a multiple is held in millionths: ``25%`` is 250,000, ``10倍`` ten million."""

UNITS: dict[str, tuple[Dimension, int]] = {
    "分": ("money", 1),
    "元": ("money", 100),
    "万元": ("money", 1_000_000),
    "亿元": ("money", 10_000_000_000),
    "%": ("rate", 10_000),
    "个百分点": ("points", 10_000),
    "倍": ("multiple", MILLION),
    "天": ("days", 1),
    "日": ("days", 1),
    "个工作日": ("workdays", 1),
    "个月": ("months", 1),
    "年": ("months", 12),
}
"""Unit → (dimension, how many of our integers one unit is)."""

DIMENSION_WORDS: dict[str, str] = {
    "money": "金额（元、万元、亿元）",
    "rate": "比例（%）",
    "points": "百分点",
    "multiple": "倍数（倍）",
    "days": "天数（天）",
    "workdays": "工作日数（个工作日）",
    "months": "月数（个月、年）",
}

BEFORE: dict[str, CompareOp] = {
    "不超过": "at_most",
    "不低于": "at_least",
    "达到": "at_least",
    "满": "at_least",
    "超过": "above",
    "不满": "below",
    "不足": "below",
    "低于": "below",
}
AFTER: dict[str, CompareOp] = {"以上": "at_least", "以下": "at_most", "以内": "at_most", "以外": "above"}
"""民法典第 1259 条:「以上」「以下」「以内」「届满」包括本数;「不满」「超过」「以外」不包括本数."""

ORDER_WORDS: dict[str, CompareOp] = {"早于": "below", "不晚于": "at_most", "晚于": "above", "不早于": "at_least"}
"""Words that put two days in order."""

_NUMBER = r"([0-9]{1,12}(?:\.[0-9]{1,6})?)"
_QUANTITY = re.compile(rf"{_NUMBER}\s?({'|'.join(sorted(UNITS, key=len, reverse=True))})")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit, as written and as an integer of its dimension (fen, millionths, days ...)."""

    text: str
    dimension: Dimension
    value: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """A threshold: comparison word and quantity, as written and as an operation of a step."""

    text: str
    op: CompareOp
    quantity: Quantity

    def holds(self, value: int) -> bool:
        """Whether ``value``, in the quantity's own integers, satisfies the threshold."""
        limit = self.quantity.value
        return {
            "at_least": value >= limit,
            "above": value > limit,
            "at_most": value <= limit,
            "below": value < limit,
        }[self.op]


def quantity(text: object) -> Quantity | None:
    """Read ``"100万元"``; None for anything else, a bare number above all."""
    match = _QUANTITY.fullmatch(text.strip()) if isinstance(text, str) else None
    if not match:
        return None
    dimension, size = UNITS[match[2]]
    value = Decimal(match[1]) * size
    return Quantity(match[0], dimension, int(value)) if value == value.to_integral_value() else None


def comparison(text: object) -> Comparison | None:
    """Read ``"超过3%"`` or ``"100万元以上"``; None for anything else."""
    if not isinstance(text, str):
        return None
    written = text.strip()
    for word in sorted(BEFORE, key=len, reverse=True):
        if written.startswith(word):
            return _compared(written, BEFORE[word], written[len(word) :])
    for word, operation in AFTER.items():
        if written.endswith(word):
            return _compared(written, operation, written[: -len(word)])
    return None


def _compared(written: str, operation: CompareOp, rest: str) -> Comparison | None:
    found = quantity(rest)
    return Comparison(written, operation, found) if found else None


def span(conditions: Sequence[Comparison]) -> tuple[int, int | None]:
    """The values that satisfy all conditions, as a closed span in half steps; the end is None when open.

    ``2n`` stands for the number n and ``2n + 1`` for the gap right above it, so 达到 n and 超过 n differ
    and neighbours touch exactly, for ratios as well as for whole fen.
    """
    lowest, highest = 0, None
    for item in conditions:
        at = 2 * item.quantity.value
        if item.op in ("at_least", "above"):
            lowest = max(lowest, at + (item.op == "above"))
        else:
            end = at - (item.op == "below")
            highest = end if highest is None else min(highest, end)
    return lowest, highest
