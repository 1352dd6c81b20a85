"""The written grammar of days, times and amounts in files. What it does not say is not read: nothing is guessed.

Full width is folded first (NFKC) and surrounding blanks (space, tab, NBSP, full-width space) are dropped.

======== ==================================================================================================
day      ``20230412`` · ``2023-04-12`` · ``2023/4/12`` · ``2023.04.12`` · ``2023年4月12日``; years 1990 to 2099
time     ``13:34:55`` · ``13:34`` · ``133455``
moment   a day, or a day and a time with blanks or ``T`` between; zero-padded ones may touch
money    [收|支] [+|-] [¥] digits, commas in threes, at most two decimals; ``(100.00)`` is negative
blank    nothing, ``-``, ``--``, ``—``, ``——``
account  6 to 32 digits, blanks and hyphens between them dropped
======== ==================================================================================================
"""

import re
import unicodedata
from datetime import date, time
from functools import lru_cache

from ledger.money import fen_of_text

_DAY = re.compile(r"(\d{4})(?:(\d{2})(\d{2})|([-/.])(\d{1,2})\4(\d{1,2})|年(\d{1,2})月(\d{1,2})日)", re.ASCII)
_TIME = re.compile(r"(\d{2}):(\d{2})(?::(\d{2}))?|(\d{2})(\d{2})(\d{2})", re.ASCII)
_TOUCHING = re.compile(r"(\d{8}|\d{4}([-/])\d{2}\2\d{2})T?(\d{2}:\d{2}:\d{2})", re.ASCII)
_MONEY = re.compile(r"([收支]?)\s*([+-]?)[¥]?\s*([\d,]+(?:\.\d+)?)", re.ASCII)
_BRACKETED = re.compile(r"\(([\d,]+(?:\.\d+)?)\)", re.ASCII)
_BETWEEN, _ACCOUNT = re.compile(r"[\s-]"), re.compile(r"[0-9]{6,32}")
_BLANK = frozenset({"", "-", "--", "—", "——"})
_MINUS = str.maketrans({"−": "-", "﹣": "-"})
_KEPT = 4096
"""Answers kept: days, times and accounts repeat from row to row."""
_SECONDS = 1 << 17
"""Times of day kept: a day has 86,400."""
FIRST_YEAR, LAST_YEAR = 1990, 2099


def folded(text: str) -> str:
    """The text in NFKC without surrounding blanks."""
    return text.strip() if text.isascii() else unicodedata.normalize("NFKC", text).strip()


@lru_cache(maxsize=_KEPT)
def is_blank(text: str) -> bool:
    """Whether a cell says "nothing here"."""
    return folded(text) in _BLANK


@lru_cache(maxsize=_KEPT)
def day(text: str) -> date | None:
    """The day a text names, else None."""
    match = _DAY.fullmatch(folded(text))
    if not match:
        return None
    year, month, number = int(match[1]), match[2] or match[5] or match[7], match[3] or match[6] or match[8]
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, int(month), int(number))
    except ValueError:
        return None


@lru_cache(maxsize=_SECONDS)
def clock(text: str) -> time | None:
    """The time of day a text names, else None."""
    match = _TIME.fullmatch(folded(text))
    if not match:
        return None
    hour, minute, second = match[1] or match[4], match[2] or match[5], match[3] or match[6] or "0"
    try:
        return time(int(hour), int(minute), int(second))
    except ValueError:
        return None


def moment(text: str) -> tuple[date, time | None] | None:
    """A day with or without a time of day, else None."""
    plain = folded(text)
    if on := day(plain):
        return on, None
    if match := _TOUCHING.fullmatch("".join(plain.split())):
        first, second = match[1], match[3]
    else:
        first, _, second = plain.replace("T", " ", 1).partition(" ")
    on, at = day(first), clock(second)
    return (on, at) if on and at else None


def money(text: str) -> int | None:
    """The amount a text names, in fen with its sign, else None. 收 is positive, 支 is negative."""
    if (fen := fen_of_text(text)) is not None:
        return fen  # digits, commas and a sign alone: what nearly every cell holds
    plain = folded(text).translate(_MINUS)
    if match := _BRACKETED.fullmatch(plain):
        return _negative(fen_of_text(match[1]))
    match = _MONEY.fullmatch(plain)
    if not match or (match[1] and match[2]):
        return None
    fen = fen_of_text(match[3])
    return _negative(fen) if match[1] == "支" or match[2] == "-" else fen


def _negative(fen: int | None) -> int | None:
    return None if fen is None else -fen


@lru_cache(maxsize=_KEPT)
def account_number(text: str) -> str:
    """An account number as bare digits; "" when the text is not one."""
    digits = _BETWEEN.sub("", folded(text))
    return digits if _ACCOUNT.fullmatch(digits) else ""


def same(one: str, other: str) -> bool:
    """Whether two cells say the same in other writing: blanks, full width, commas, another form of the same day.

    Only what can't be an identifier is compared by value: figures with a point or comma, days and times. ``007`` is
    not ``7``.
    """
    first, second = (" ".join(folded(text).split()) for text in (one, other))
    if first == second or (_says_nothing(first) and _says_nothing(second)):
        return True
    if any(mark in first + second for mark in ".,") and money(first) is not None:
        return money(first) == money(second)
    at = moment(first) or clock(first)
    return at is not None and at == (moment(second) or clock(second))


def _says_nothing(text: str) -> bool:
    return is_blank(text) or money(text) == 0
