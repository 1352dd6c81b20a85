"""A column's title as a bank prints it: the words that are compared, and the unit that it states.

A unit is never guessed: amounts are yuan unless the title, or a line above the header, says 万元. Any other unit of
money is none that we read.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from importers.files import Row

YUAN, WAN, PERCENT, STRANGE = "元", "万元", "%", "?"
"""Units: yuan, ten thousand yuan, per cent, and one that we do not read."""

_BRACKETS = str.maketrans("[]{}【】〔〕〖〗「」『』《》", "()()" + "()" * 6)
_UNIT = re.compile(r"[(:/,,、]*(?:单位:?)?(人民币)?(万元|元|%|天|日|期|个|CNY|RMB)\)?")
_TAIL = re.compile(r"\(([^()]*)\)$")
_STRANGE_MONEY = re.compile(r"[十百千亿]+万?元|美元|欧元|日元|英镑|港元|港币|外币|USD|EUR|HKD|JPY|‰")
_MONEY_LINE = re.compile(
    r"(?:单位[:为]?|^|\()(?:人民币)?[:]?((?:[十百千万亿]*元)|美元|欧元|港元|港币)(?:\)|$|[、,;，；\s])"
)
_MARKS = "*＊:：·"


class Title(NamedTuple):
    """``whole`` is the title in compared form, ``stem`` the same without a unit, ``unit`` the unit it states."""

    whole: str
    stem: str
    unit: str


def plain(text: str) -> str:
    """A title or name in the form in which it is compared: NFKC, no blanks, one sort of bracket."""
    folded = "".join(char for char in unicodedata.normalize("NFKC", text) if not char.isspace())
    return _INVISIBLE.sub("", folded).translate(_BRACKETS)


_INVISIBLE = re.compile("[\x00-\x1f\x7f\u200b-\u200f\u2060\ufeff\ud800-\udfff]")


def title(text: str) -> Title:
    """Read a header cell. ``贷款余额（万元）`` is 贷款余额 in 万元; ``年利率(%)`` is 年利率 in per cent."""
    whole = plain(text).strip(_MARKS)
    tail = _TAIL.search(whole)
    stated = _UNIT.fullmatch(tail[0]) if tail else None
    if tail and stated:
        return Title(whole, whole[: tail.start()].strip(_MARKS), _unit(stated[2]))
    if _STRANGE_MONEY.search(whole):
        return Title(whole, whole, STRANGE)
    if "万元" in whole:
        return Title(whole, whole, WAN)
    # Of a bilingual title only the part before the bracket is compared, as in importers.files.label.
    stem = whole[: tail.start()] if tail and "[" in unicodedata.normalize("NFKC", text) else whole
    return Title(whole, stem or whole, "")


def _unit(word: str) -> str:
    return {"万元": WAN, "%": PERCENT, "元": YUAN, "CNY": YUAN, "RMB": YUAN}.get(word, "")


def stated_unit(above: Iterable[Row]) -> str:
    """The unit of money that a line above the header states for the whole table; "" where none does.

    Two lines that disagree, or a unit other than 元 and 万元, give ``STRANGE``.
    """
    found = {
        {"元": YUAN, "万元": WAN}.get(match[1], STRANGE)
        for row in above
        for cell in row.cells
        if (match := _MONEY_LINE.search(plain(cell)))
    }
    return found.pop() if len(found) == 1 else STRANGE if found else ""
