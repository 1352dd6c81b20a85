"""A pocket calculator for printed lines: re-computes a step from its own sentence, knowing no rule text and no code.

``computed`` gives what the result column must say. A line that it can't read fails: nobody else could follow it.
"""

import math
import re
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction

AMOUNT = r"-?[\d,]+\.\d+ ?元"
_DAY = r"\d{4}-\d{2}-\d{2}"
_NUMBER = re.compile(r"(-?[\d,]+(?:\.\d+)?) ?(亿元|万元|元|%|个百分点|倍|天|个月|年)?(（四舍五入到分）)?$")
_UNITS = {
    "亿元": Fraction(10**8),
    "万元": Fraction(10**4),
    "%": Fraction(1, 100),
    "个百分点": Fraction(1, 100),
    "年": Fraction(12),
}
_WORDS: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "不超过": lambda a, b: a <= b,
    "不高于": lambda a, b: a <= b,
    "不低于": lambda a, b: a >= b,
    "不少于": lambda a, b: a >= b,
    "达到": lambda a, b: a >= b,
    "满": lambda a, b: a >= b,
    "超过": lambda a, b: a > b,
    "高于": lambda a, b: a > b,
    "不满": lambda a, b: a < b,
    "不足": lambda a, b: a < b,
    "低于": lambda a, b: a < b,
}
_ORDERS: dict[str, Callable[[date, date], bool]] = {
    "早于": lambda a, b: a < b,
    "不晚于": lambda a, b: a <= b,
    "晚于": lambda a, b: a > b,
    "不早于": lambda a, b: a >= b,
}
_YES = {"符合": "是", "适用": "是", "不符合": "否", "不适用": "否"}


def number(text: str) -> Fraction:
    """The number that a text ends in, in yuan, as a part of one, or as it stands."""
    found = _NUMBER.search(text.strip())
    assert found, f"no number at the end of {text!r}"
    return Fraction(found[1].replace(",", "")) * _UNITS.get(found[2] or "", Fraction(1))


def computed(sentence: str) -> str:
    """What a step comes to, as its result column prints it; empty where the line computes nothing.

    Raises:
        AssertionError: the line can't be re-computed, or what it says of itself is wrong.
    """
    for reads in (_days, _verdict, _chosen, _equation, _given):
        found = reads(sentence)
        if found is not None:
            return found
    raise AssertionError(f"not to be followed with a calculator: {sentence}")


def _days(text: str) -> str | None:
    found = re.fullmatch(rf"自到期日 ({_DAY})（当日不计）至 ({_DAY})，逾期 (-?[\d,]+) 天", text)
    if found:
        counted = (date.fromisoformat(found[2]) - date.fromisoformat(found[1])).days
        assert counted == number(found[3]), text
        return f"{counted:,}"
    found = re.fullmatch(rf"自.+? ({_DAY}) 起（当日不计）(\d+) 天，加休息日 (\d+) 天，最后一日为 ({_DAY})", text)
    if found:
        last = date.fromisoformat(found[1]) + timedelta(days=int(found[2]) + int(found[3]))
        assert last.isoformat() == found[4], text
        return found[4]
    return None


def _verdict(text: str) -> str | None:
    if found := re.fullmatch(r"材料「[^」]+」：(有|缺)", text):
        return found[1]  # the list of what came stands in the facts above
    found = re.fullmatch(r"(.+)：(符合|不符合|适用|不适用)", text)
    if not found:
        if re.fullmatch(r"本案没有.+不适用", text):
            return "否"
        return None
    said, answer = found[1], _YES[found[2]]
    assert answer == ("是" if _holds(said) else "否"), text
    return answer


def _holds(said: str) -> bool:
    if found := re.fullmatch(rf".* ({_DAY})，须(早于|不晚于|晚于|不早于).*? ?({_DAY})", said):
        return _ORDERS[found[2]](date.fromisoformat(found[1]), date.fromisoformat(found[3]))
    if found := re.fullmatch(r"本条适用于.+?为((?:或?「[^」]*」)+)；本案为「([^」]*)」", said):
        return found[2] in _quoted(found[1])
    if found := re.fullmatch(r".+?为「([^」]*)」，(?:须为|不缓付的状态为)((?:或?「[^」]*」)+)", said):
        return found[1] in _quoted(found[2])
    if found := re.fullmatch(r"保险人拒赔为「(是|否)」，没有拒赔的才由其承担", said):
        return found[1] == "否"
    if found := re.fullmatch(r"合同写明各项担保额度：(是|否)，须写明", said):
        return found[1] == "是"
    if found := re.fullmatch(rf"(?:在池本金合计 )?({AMOUNT}) ?(?:不超过可用额度|，上限) ?({AMOUNT})", said):
        return number(found[1]) <= number(found[2])
    if found := re.fullmatch(rf".+? ({AMOUNT}) ÷ .+? ({AMOUNT})，须(\D+)(\S+)", said):
        return _WORDS[found[3]](number(found[1]), number(found[4]) * number(found[2]))
    if found := re.fullmatch(r"本条适用于\D+?(不?(?:超过|低于|足|满)|达到)([^；]+)；本案为 (.+)", said):
        return _WORDS[found[1]](number(found[3]), number(found[2]))
    if found := re.fullmatch(r"本条适用于\D+?([^；]+)(以上|以下)；本案为 (.+)", said):
        a, b = number(found[3]), number(found[1])
        return a >= b if found[2] == "以上" else a <= b
    found = re.fullmatch(r".+? ([^ ]+ ?[^ ]+)，(?:须|本档为)(\D+)(\S+)", said)
    assert found, f"not to be judged from what is printed: {said}"
    return _WORDS[found[2]](number(found[1]), number(found[3]))


def _quoted(text: str) -> list[str]:
    return re.findall(r"「([^」]*)」", text)


def _chosen(text: str) -> str | None:
    if found := re.fullmatch(r"(.+?)与(.+)取较(小|大)数(?:（已通知的不追减）)?，(?:为|本次) (.+)", text):
        # A party's name may hold the very word that joins the two figures: the first figure ends in a unit.
        first = re.match(r".*?[元%](?=与)", text)
        assert first, text
        a, b = number(first[0]), number(text[first.end() :].partition("取较")[0])
        assert number(found[4]) == (min(a, b) if found[3] == "小" else max(a, b)), text
        return _printed(found[4])
    if found := re.fullmatch(rf".+?({AMOUNT})，小于零的按零计，为 ({AMOUNT})", text):
        assert number(found[2]) == max(number(found[1]), 0), text
        return _printed(found[2])
    if found := re.fullmatch(rf".+?({AMOUNT})，超过额度的整笔不计（上一步(不?)符合），为 ({AMOUNT})", text):
        assert number(found[3]) == (0 if found[2] else number(found[1])), text
        return _printed(found[3])
    if found := re.fullmatch(rf".+?({AMOUNT})，拒赔的不由其承担（(已|没有)拒赔），为 ({AMOUNT})", text):
        assert number(found[3]) == (0 if found[2] == "已" else number(found[1])), text
        return _printed(found[3])
    return None


def _equation(text: str) -> str | None:
    found = re.fullmatch(
        r"(.+?) = ?(-?[\d,.]+ ?(?:元|%)?)(?:（(四舍五入到|舍去) ?(分|[\d.]+ 元)(?:以下| 以下)?）)?", text
    )
    if not found:
        return None
    unit = Fraction(1, 100) if found[4] in (None, "分") else number(found[4])
    value = _value(found[1])
    if found[3]:
        whole = math.floor(value / unit + (Fraction(1, 2) if found[3] == "四舍五入到" else 0))
        value = whole * unit
    assert value == number(found[2]), f"{text}: {value}"
    return _printed(found[2])


def _value(expression: str) -> Fraction:
    """A sum of products, left to right; each figure is the number that ends its term."""
    total, sign = Fraction(0), 1
    for part in re.split(r"( ＋ | － )", expression):
        if part in (" ＋ ", " － "):
            sign = 1 if "＋" in part else -1
            continue
        product, divides = Fraction(1), False
        for figure in re.split(r"( × | ÷ )", part):
            if figure in (" × ", " ÷ "):
                divides = "÷" in figure
            else:
                product = product / number(figure) if divides else product * number(figure)
        total += sign * product
    return total


def _given(text: str) -> str | None:
    """A rate or an amount that the text itself gives."""
    if found := re.fullmatch(r".+(?:分担比例|本档比例) (\S+%)", text):
        return found[1]
    if found := re.fullmatch(rf"(?:合同没有写明各项额度，知识产权部分|应由各出资方依次承担) ({AMOUNT})", text):
        return _printed(found[1])
    return "" if re.fullmatch(rf"按贷款金额 {AMOUNT} ?平均", text) else None


def _printed(text: str) -> str:
    return text.removesuffix("元").strip()
