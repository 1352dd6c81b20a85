"""Sentences for officers, rendered from steps on demand: one Chinese template per (kind, operation).

A template's fields are the step's operands by place (``v0``, ``v1`` ...) and ``r``, its result, each with the word that
says how to write it: 元, 日, 数, 例 (a part of a whole), 词, 判 (符合 or 不符合).
"""

from collections.abc import Mapping
from datetime import date
from typing import Protocol

from ledger.money import yuan_text
from riskpool.decision import FrozenClause, Step
from riskpool.facts import PAID_IN, FactValue, title_of, word_text
from riskpool.literals import MILLION

SENTENCES: dict[tuple[str, str], str] = {
    ("require", "one_of"): "{f}为「{v0:词}」，须为{rest}：{r:判}",
    ("require_order", "below"): "{f} {v1:日}，须早于{g} {v3:日}：{r:判}",
    ("require_order", "at_most"): "{f} {v1:日}，须不晚于{g} {v3:日}：{r:判}",
    ("require_order", "above"): "{f} {v1:日}，须晚于{g} {v3:日}：{r:判}",
    ("require_order", "at_least"): "{f} {v1:日}，须不早于{g} {v3:日}：{r:判}",
    ("overdue_day", "sub"): "自到期日 {v1:日}（当日不计）至 {v0:日}，逾期 {r:数} 天",
    ("base_of", "sum"): "未收回的计入项目合计 {r:元}（{all:元}）",
    ("base_of", "sub"): "减去扣除项目 {others:元}，余 {r:元}",
    ("base_of", "max"): "损失基数 {r:元}（不低于零）",
    ("share_by_parts", "sum"): "各方份数 {all:数}，共 {r:数} 份",
    ("share_by_rate", "min"): "分担比例 {r:率}",
    ("allotment", "share"): "{p}：{v2:元} × {v3:例} ÷ {v0:例} = {r:元}（四舍五入到 {v1:元}）",
    ("allotment", "share_down"): "{p}：{v2:元} × {v3:例} ÷ {v0:例} = {r:元}（舍去 {v1:元} 以下）",
    ("allotment", "sub"): "{v0:元} 减去 {others:元}，其余 {r:元} 由{p}承担",
    ("allotment", "min"): "{p}承担 {r:元}（不超过余额 {v1:元}）",
    ("payment_cap", "sub"): "上限 {v0:元}，他案已占用 {v1:元}，余 {r:元}",
    ("payment_cap", "max"): "可用额度 {r:元}（不低于零）",
    ("payment_cap", "min"): "{p}应担 {v0:元}，可用额度 {v1:元}，取 {r:元}",
    ("contributor_draw", "sum"): "出资方份额 {all:例}，合计 {r:例}",
    ("contributor_draw", "share"): "{p}：{v2:元} × {v3:例} ÷ {v0:例} = {r:元}",
    ("contributor_draw", "sub"): "{v0:元} 减去 {others:元}，其余 {r:元} 由{p}承担",
    ("contributor_draw", "min"): "{p}承担 {r:元}（不超过余额 {v1:元}）",
}
"""(kind, op) → template; thresholds and skipped clauses have their own below."""

NAMED_SENTENCES: dict[tuple[str, str], str] = {
    ("left", "sub"): "{v0:元} 减去已分的 {others:元}，可供{p}承担 {r:元}",
    ("no_due", "above"): "本案没有由{p}分担的金额，上限不适用",
    ("settle", "sub"): "应补 {v0:元}，减去此前已核定的 {v1:元}，本次应拨付 {r:元}",
}
"""Steps whose name says more than their kind, by (name, op)."""

RATE_SENTENCES = {
    "share": "{p}：{v2:元} × {v3:率} = {r:元}（四舍五入到 {v1:元}）",
    "share_down": "{p}：{v2:元} × {v3:率} = {r:元}（舍去 {v1:元} 以下）",
}
"""An allotment by a rate instead of parts, by op."""

RECOVERY_SENTENCES: dict[tuple[str, str], str] = {
    ("gross_total", "sum"): "累计追回 {r:元}",
    ("cost_total", "sum"): "累计追偿费用 {r:元}",
    ("net_of_costs", "sub"): "扣除费用后 {r:元}",
    ("net_total", "max"): "累计可分配净额 {r:元}（不低于零）",
    ("share_total", "share"): "本池累计应得 {v2:元} × {v3:元} ÷ {v0:元} = {r:元}",
    ("share_total", "min"): "不超过已付补偿 {v1:元}：{r:元}",
    ("share_total", "max"): "此前已通知 {v1:元}，不追减：{r:元}",
    ("pool", "sub"): "本期本池应得 {v0:元} － {v1:元} = {r:元}",
    ("draw_whole", "sum"): "出资方按付款时的金额分配，合计 {r:元}",
    ("draw", "share"): "{p}累计：{v2:元} × {v3:元} ÷ {v0:元} = {r:元}",
    ("contributor", "share"): "{p}累计：{v2:元} × {v3:元} ÷ {v0:元} = {r:元}",
    ("contributor", "min"): "{p}累计 {r:元}",
    ("contributor", "sub"): "{p}累计 {r:元}（取余额）",
    ("instalment", "sub"): "{p}本期 {v0:元} － {v1:元} = {r:元}",
}
"""The same for the steps of a recovery, by (name, op)."""

THRESHOLD = "{f} {value}，须{must}：{r:判}"
SKIPPED = "本条适用于{f}为{rest}；本案为「{v0:词}」：{r:适}"
SKIPPED_THRESHOLD = "本条适用于{f}{must}；本案为 {value}：{r:适}"


class Setting(Protocol):
    """Where a sentence finds titles and words: a decision has all of it."""

    @property
    def facts(self) -> Mapping[str, FactValue]:
        """The facts of the case."""

    @property
    def parties(self) -> tuple[tuple[str, str], ...]:
        """Parties' keys and titles."""

    def clause(self, no: int) -> FrozenClause:
        """The frozen clause with this number."""


def sentence(setting: Setting, step: Step) -> str:
    """The step in an officer's words, to be followed with a pocket calculator."""
    return _template(step).format_map(_Fields(setting, step))


def _template(step: Step) -> str:
    threshold = step.op in ("at_least", "above", "at_most", "below") and step.kind != "require_order"
    named = (step.name.partition(".")[0], step.op)
    if named in NAMED_SENTENCES:
        return NAMED_SENTENCES[named]
    if step.effect == "skip":
        return SKIPPED_THRESHOLD if threshold else SKIPPED
    if step.kind == "recovery_split":
        return RECOVERY_SENTENCES[named]
    if step.kind == "allotment" and step.op in RATE_SENTENCES and step.operands[0].origin == f"k{MILLION}":
        return RATE_SENTENCES[step.op]
    return THRESHOLD if threshold else SENTENCES[step.kind, step.op]


class _Amount:
    """One operand or result, written as the template's format word says."""

    def __init__(self, values: tuple[object, ...], *, in_yuan: bool = False) -> None:
        self.values, self.in_yuan = values, in_yuan

    def __format__(self, word: str) -> str:
        return "、".join(_written(value, "元" if self.in_yuan and word == "例" else word) for value in self.values)


def _written(value: object, word: str) -> str:
    if word == "词":
        return word_text(value)
    assert isinstance(value, int), "only words are not integers"
    match word:
        case "元":
            return f"{yuan_text(value)} 元"
        case "日":
            return date.fromordinal(value).isoformat()
        case "率":
            return rate_text(value)
        case "判":
            return "符合" if value else "不符合"
        case "适":
            return "适用" if value else "不适用"
        case _:
            return f"{value:,}"


def rate_text(millionths: int) -> str:
    """A rate in millionths as a percentage without trailing zeros: ``25%``, ``0.5%``."""
    whole, rest = divmod(millionths * 100, MILLION)
    return f"{whole}{f'.{rest:06d}'.rstrip('0').rstrip('.')}%"


class _Fields(dict[str, object]):
    """The fields a template may use, worked out when it asks for them."""

    def __init__(self, setting: Setting, step: Step) -> None:
        super().__init__()
        self.setting, self.step = setting, step

    def __missing__(self, key: str) -> object:
        operands = self.step.operands
        values = tuple(operand.value for operand in operands)
        # Contributors' paid-in amounts are parts written as money.
        in_yuan = any(str(operand.origin).startswith(f"f:{PAID_IN}") for operand in operands)
        if key[1:].isdigit():
            return _Amount((values[int(key[1:])],), in_yuan=in_yuan)
        match key:
            case "r":
                return _Amount((self.step.result,), in_yuan=in_yuan)
            case "all":
                return _Amount(values, in_yuan=in_yuan)
            case "others":
                return _Amount(values[1:] or (0,))
            case "rest":
                return "或".join(f"「{word_text(value)}」" for value in values[1:])
            case "value" | "must":
                return self._threshold(key)
            case "p":
                return self._bearer()
        return self._fact(key)

    def _fact(self, key: str) -> str:
        # The fact asked about stands first (words) or second (order of days: "f" than "g").
        places = {"f": 0 if self.step.op == "one_of" else 1, "g": 3}
        origin = self.step.operands[places[key]].origin
        if isinstance(origin, int):
            return "逾期天数"
        name = origin.removeprefix("f:")
        stem, _, index = name.rpartition(".")
        return title_of(stem if index.isdigit() and stem in self.setting.facts else name)

    def _threshold(self, key: str) -> str:
        _, subject, _, limit = self.step.operands
        if key == "value":
            return _written(subject.value, "数") + " 天" if isinstance(subject.origin, int) else _yuan(subject.value)
        number, _, name = str(limit.origin).removeprefix("p:").partition(".")
        return str(self.setting.clause(int(number)).literals[f"{name}.text"])

    def _bearer(self) -> str:
        _, _, who = self.step.name.partition(".")
        return dict(self.setting.parties).get(who, f"出资方{who}")


def _yuan(value: object) -> str:
    return _written(value, "元")
