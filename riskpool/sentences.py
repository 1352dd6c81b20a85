"""Sentences for officers, rendered from steps on demand: one Chinese template per (kind, operation).

A template's fields are the step's operands by place (``v0``, ``v1`` ...) and ``r``, its result, each with the word that
says how to write it: 元, 日, 数, 例 (a part of a whole), 词, 判 (符合 or 不符合), 有 (or 缺).
"""

from collections.abc import Mapping
from datetime import date
from typing import Protocol

from ledger.money import yuan_text
from riskpool.decision import FrozenClause, Operand, Step
from riskpool.facts import PAID_IN, FactValue, decimal_text, fact_text, title_of, word_text
from riskpool.literals import MILLION

SENTENCES: dict[tuple[str, str], str] = {
    ("require", "one_of"): "{f}为「{v0:词}」，须为{rest}：{r:判}",
    ("require_papers", "one_of"): "材料「{v0:词}」：{r:有}",
    ("require_order", "below"): "{f} {v1:日}，须早于{g} {v3:日}：{r:判}",
    ("require_order", "at_most"): "{f} {v1:日}，须不晚于{g} {v3:日}：{r:判}",
    ("require_order", "above"): "{f} {v1:日}，须晚于{g} {v3:日}：{r:判}",
    ("require_order", "at_least"): "{f} {v1:日}，须不早于{g} {v3:日}：{r:判}",
    ("overdue_day", "sub"): "自到期日 {v1:日}（当日不计）至 {v0:日}，逾期 {r:数} 天",
    ("deadline", "sum"): "自{since} {v0:日} 起（当日不计）{v1:数} 天，加休息日 {v2:数} 天，最后一日为 {r:日}",
    ("deadline", "at_most"): "{f} {v1:日}，须不晚于 {v3:日}：{r:判}",
    ("base_of", "sum"): "计入合计：{terms} = {r:元}",
    ("base_of", "sub"): "减去扣除项目：{v0:元} － {less} = {r:元}",
    ("base_of", "max"): "损失基数：{v0:元}，小于零的按零计，为 {r:元}",
    ("ip_part", "one_of"): "合同写明各项担保额度：{v0:词}，须写明：{r:判}",
    ("ip_part", "share"): "知识产权部分：{v2:元} × {v3:元} ÷ {v0:元} = {r:元}（四舍五入到分）",
    ("ip_part", "min"): "合同没有写明各项额度，知识产权部分 {r:元}",
    ("base_cap", "sub"): "上限 {v0:元} － 他案已占用 {v1:元} = {r:元}",
    ("base_cap", "max"): "可用额度：{v0:元}，小于零的按零计，为 {r:元}",
    ("base_cap", "min"): "基数 {v0:元}与可用额度 {v1:元}取较小数，为 {r:元}",
    ("base_cap", "share"): "基数 {v2:元}，超过额度的整笔不计（上一步{v3:判}），为 {r:元}",
    ("share_by_parts", "sum"): "各方份数：{terms} = {r:数}",
    ("share_by_rate", "min"): "{p}分担比例 {r:率}",
    ("rate_by_band", "min"): "{p}本档比例 {r:率}",
    ("rate_points", "sum"): "{p}比例 {v0:率} ＋ {v1:点} = {r:率}",
    ("rate_ceiling", "min"): "{p}比例 {v0:率}与最高比例 {v1:率}取较小数，为 {r:率}",
    ("allotment", "share"): "{p}：{v2:元} × {v3:例} ÷ {v0:例} = {r:元}（四舍五入到 {v1:元}）",
    ("allotment", "share_down"): "{p}：{v2:元} × {v3:例} ÷ {v0:例} = {r:元}（舍去 {v1:元} 以下）",
    ("allotment", "sub"): "其余由{p}承担：{v0:元} － {less} = {r:元}",
    ("allotment", "min"): "{p}承担：{v0:元}与余额 {v1:元}取较小数，为 {r:元}",
    ("payment_cap", "sub"): "上限 {v0:元} － 他案已占用 {v1:元} = {r:元}",
    ("payment_cap", "max"): "可用额度：{v0:元}，小于零的按零计，为 {r:元}",
    ("payment_cap", "min"): "{p}应担 {v0:元}与可用额度 {v1:元}取较小数，为 {r:元}",
    ("payment_cap", "share"): "{p}应担 {v2:元}，超过额度的整笔不计（上一步{v3:判}），为 {r:元}",
    ("all_levels_ceiling", "share_down"): "各级合计上限 {v2:元} × {v3:率} = {r:元}（舍去分以下）",
    ("all_levels_ceiling", "sum"): "各级应补与他处已获合计：{terms} = {r:元}",
    ("all_levels_ceiling", "max"): "超出：{v0:元}，小于零的按零计，为 {r:元}",
    ("all_levels_ceiling", "min"): "{p}核减：待核减 {v0:元}与其应担 {v1:元}取较小数，为 {r:元}",
    ("all_levels_ceiling", "sub"): "{p}应担 {v0:元} － {v1:元} = {r:元}",
    ("no_gain", "sum"): "另有所得合计：{terms} = {r:元}",
    ("no_gain", "sub"): "损失 {v0:元} － 另有所得 {v1:元} = {r:元}",
    ("no_gain", "max"): "至多可补：{v0:元}，小于零的按零计，为 {r:元}",
    ("no_gain", "min"): "{p}应担 {v0:元}与至多可补 {v1:元}取较小数，为 {r:元}",
    ("suspension", "one_of"): "状态为「{v0:词}」，不缓付的状态为{rest}：{r:判}",
    ("leverage_limit", "share_down"): "在池本金上限：{v2:元} × {v3:倍} = {r:元}（舍去分以下）",
    ("leverage_limit", "sum"): "在池本金与本笔合计：{terms} = {r:元}",
    ("leverage_limit", "at_most"): "在池本金合计 {v1:元}，上限 {v3:元}：{r:判}",
    ("contributor_draw", "sum"): "出资方份额合计：{terms} = {r:例}",
    ("contributor_draw", "share"): "{p}：{v2:元} × {v3:例} ÷ {v0:例} = {r:元}（四舍五入到分）",
    ("contributor_draw", "sub"): "其余由{p}承担：{v0:元} － {less} = {r:元}",
    ("contributor_draw", "min"): "{p}承担：{v0:元}与余额 {v1:元}取较小数，为 {r:元}",
}
"""(kind, op) → template; thresholds and skipped clauses have their own below."""

NAMED_SENTENCES: dict[tuple[str, str], str] = {
    ("left", "sub"): "可供{p}承担：{v0:元} － {less} = {r:元}",
    ("no_due", "above"): "本案没有由{p}分担的金额，上限不适用",
    ("no_rate", "above"): "本案没有{p}的比例，本条不适用",
    ("fits", "at_most"): "{v1:元} 不超过可用额度 {v3:元}：{r:判}",
    ("slice_top", "min"): "{v0:元}与本档上沿 {v1:元}取较小数，为 {r:元}",
    ("slice", "sub"): "本档内：{v0:元} － {v1:元} = {r:元}",
    ("blend", "share"): "{p}：{pairs} = {r:百万}",
    ("blend_whole", "share"): "按贷款金额 {v2:元} 平均",
    ("insurer_refused", "one_of"): "保险人拒赔为「{v0:词}」，没有拒赔的才由其承担：{r:判}",
    ("over", "sub"): "合计 {v0:元} － 上限 {v1:元} = {r:元}",
    ("excess", "sub"): "尚待核减：{v0:元} － {v1:元} = {r:元}",
    ("to_draw", "max"): "应由各出资方依次承担 {r:元}",
    ("to_draw", "sub"): "尚余：{v0:元} － {v1:元} = {r:元}",
    ("settle", "sub"): "本次应拨付：应补 {v0:元} － 此前已核定 {v1:元} = {r:元}",
}
"""Steps whose name says more than their kind, by (name, op)."""

RATE_SENTENCES = {
    "share": "{p}：{v2:元} × {v3:率} = {r:元}（四舍五入到 {v1:元}）",
    "share_down": "{p}：{v2:元} × {v3:率} = {r:元}（舍去 {v1:元} 以下）",
}
"""An allotment by a rate instead of parts, by op."""

RECOVERY_SENTENCES: dict[tuple[str, str], str] = {
    ("gross_total", "sum"): "累计追回：此前 {v0:元} ＋ 本期 {v1:元} = {r:元}",
    ("cost_total", "sum"): "累计追偿费用：此前 {v0:元} ＋ 本期 {v1:元} = {r:元}",
    ("net_of_costs", "sub"): "扣除费用：{v0:元} － {v1:元} = {r:元}",
    ("net_total", "max"): "累计可分配净额：{v0:元}，小于零的按零计，为 {r:元}",
    ("share_total", "share"): "本池累计应得：{v2:元} × {v3:元} ÷ {v0:元} = {r:元}（四舍五入到分）",
    ("share_total", "min"): "累计应得 {v0:元}与已付补偿 {v1:元}取较小数，为 {r:元}",
    ("share_total", "max"): "累计应得 {v0:元}与此前已通知 {v1:元}取较大数（已通知的不追减），为 {r:元}",
    ("pool", "sub"): "本期本池应得：{v0:元} － {v1:元} = {r:元}",
    ("draw_whole", "sum"): "出资方按付款时的金额分配，合计：{plus} = {r:元}",
    ("draw", "share"): "{p}累计：{v2:元} × {v3:元} ÷ {v0:元} = {r:元}（四舍五入到分）",
    ("contributor", "share"): "{p}累计：{v2:元} × {v3:元} ÷ {v0:元} = {r:元}（四舍五入到分）",
    ("contributor", "min"): "{p}累计：{v0:元}与余额 {v1:元}取较小数，为 {r:元}",
    ("contributor", "sub"): "其余归{p}累计：{v0:元} － {minus} = {r:元}",
    ("instalment", "sub"): "{p}本期：{v0:元} － {v1:元} = {r:元}",
}
"""The same for the steps of a recovery, by (name, op)."""

ROUND_SENTENCES: dict[tuple[str, str], str] = {
    ("unused", "sub"): "限额 {v0:元} － 此前已用 {v1:元} = {r:元}",
    ("room", "max"): "可付：{v0:元}，小于零的按零计，为 {r:元}",
    ("room", "sub"): "尚余：{v0:元} － {v1:元} = {r:元}",
    ("asked", "sum"): "本轮各案应付合计：{plus} = {r:元}",
    ("now", "min"): "案件 {case}：应付 {v0:元}与可付 {v1:元}取较小数，本次 {r:元}",
    ("now", "sub"): "案件 {case} 本次：累计 {v0:元} － 前面各案 {v1:元} = {r:元}",
    ("prefix", "sum"): "排到本案累计应付：{plus} = {r:元}",
    ("pool", "sum"): "本轮拨付合计：{plus} = {r:元}",
    ("given", "share"): "累计可付：{v2:元} × {v3:元} ÷ {v0:元} = {r:元}（四舍五入到分）",
}
"""The same for the steps of a round of payments, by (name, op)."""

THRESHOLD = "{f} {value}，须{must}：{r:判}"
RATIO = "{f} {v1:元} ÷ {g} {v3:元}，须{share}：{r:判}"
BAND = "{f} {value}，本档为{must}：{r:适}"
BEARS = "{p}应担 {v2:元}，拒赔的不由其承担（{refusal}），为 {r:元}"
BLENDED = {
    "share": "{p}：{v2:元} × {v3:百万} ÷ {v0:百万} = {r:元}（四舍五入到 {v1:元}）",
    "share_down": "{p}：{v2:元} × {v3:百万} ÷ {v0:百万} = {r:元}（舍去 {v1:元} 以下）",
}
"""An allotment by a blended rate: both factors are written as yuan."""
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

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps before and after: a step may say what an earlier one of them was."""

    def clause(self, no: int) -> FrozenClause:
        """The frozen clause with this number."""


def sentence(setting: Setting, step: Step) -> str:
    """The step in an officer's words, to be followed with a pocket calculator."""
    return _template(setting, step).format_map(_Fields(setting, step))


def _template(setting: Setting, step: Step) -> str:
    threshold = step.op in ("at_least", "above", "at_most", "below")
    named = (step.name.partition(".")[0], step.op)
    if named in NAMED_SENTENCES:
        return NAMED_SENTENCES[named]
    if step.effect == "skip":
        return SKIPPED_THRESHOLD if threshold else SKIPPED
    if step.effect == "row":
        return BAND
    if step.kind == "recovery_split":
        return RECOVERY_SENTENCES[named]
    if step.kind in ("budget", "balance_limit", "round"):
        return ROUND_SENTENCES[named]
    if step.kind == "allotment" and step.op in RATE_SENTENCES:
        return _allotted(setting, step)
    if step.kind == "require_ratio":
        return RATIO
    if (step.kind, step.op) in SENTENCES:
        return SENTENCES[step.kind, step.op]
    assert threshold, f"no sentence for {step.kind} {step.op}"
    return THRESHOLD


def _allotted(setting: Setting, step: Step) -> str:
    whole = step.operands[0].origin
    if whole == "k1":
        return BEARS
    if whole == f"k{MILLION}":
        return RATE_SENTENCES[step.op]
    blended = isinstance(whole, int) and setting.steps[whole - 1].name == "blend_whole"
    return BLENDED[step.op] if blended else SENTENCES[step.kind, step.op]


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
        case "倍":
            return f"{decimal_text(value)} 倍"
        case "点":
            return f"{decimal_text(value * 100)} 个百分点"
        case "百万":
            return blended_text(value)
        case "判":
            return "符合" if value else "不符合"
        case "有":
            return "有" if value else "缺"
        case "适":
            return "适用" if value else "不适用"
        case _:
            return f"{value:,}"


def blended_text(value: int) -> str:
    """Fen times millionths as yuan, to the last digit and with two decimals at least."""
    whole, rest = divmod(value, 100 * MILLION)
    decimals = f"{rest:08d}".rstrip("0")
    return f"{whole:,}.{decimals.ljust(2, '0')} 元"


def rate_text(millionths: int) -> str:
    """A rate in millionths as a percentage without trailing zeros: ``25%``, ``0.5%``."""
    return f"{decimal_text(millionths * 100)}%"


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
            case "terms" | "less" | "plus" | "minus":
                return self._joined(key, in_yuan=in_yuan)
            case "refusal":
                return "没有拒赔" if values[3] else "已拒赔"
            case "rest":
                return "或".join(f"「{word_text(value)}」" for value in values[1:])
            case "value" | "must" | "share":
                return self._threshold(key)
            case "since":
                return title_of(str(operands[0].origin).removeprefix("f:"))
            case "case":
                return self.step.name.partition(".")[2]
            case "pairs":
                pairs = zip(values[2::2], values[3::2], strict=True)
                return " ＋ ".join(f"{_yuan(width)} × {_written(rate, '率')}" for width, rate in pairs)
            case "p":
                return self._bearer()
        return self._fact(key)

    def _joined(self, key: str, *, in_yuan: bool) -> str:
        """All operands added (``terms plus``), or all but the first taken off (``less minus``); two of them named."""
        adds = key in ("terms", "plus")
        operands = self.step.operands if adds else self.step.operands[1:]
        named = key in ("terms", "less")
        parts = [self._labelled(operand, in_yuan=in_yuan) if named else _yuan(operand.value) for operand in operands]
        return (" ＋ " if adds else " － ").join(parts) or _yuan(0)

    def _labelled(self, operand: Operand, *, in_yuan: bool) -> str:
        """An operand with the name of what it is: a fact, a party's amount, a party's or contributor's parts."""
        origin, is_part = operand.origin, False
        if isinstance(origin, int):
            label = self._titled(self.setting.steps[origin - 1].name)
        elif origin.startswith("p:"):
            label, is_part = self._titled(origin), True
        else:
            label = title_of(origin.removeprefix("f:"))
        amount = _written(operand.value, "数" if is_part and not in_yuan else "元")
        return f"{label} {amount}" if label else amount

    def _titled(self, name: str) -> str:
        """The party or contributor that a dotted name ends in, if any."""
        who = name.rpartition(".")[2]
        return "" if who == name else dict(self.setting.parties).get(who, f"出资方{who}")

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
        _, subject, rate, limit = self.step.operands
        if key == "value":
            if isinstance(subject.origin, int):
                return f"{_written(subject.value, '数')} 天"
            return fact_text(subject.origin.removeprefix("f:"), subject.value) or _yuan(subject.value)
        limit = rate if key == "share" else limit
        number, _, name = str(limit.origin).removeprefix("p:").partition(".")
        return str(self.setting.clause(int(number)).literals[f"{name}.text"])

    def _bearer(self) -> str:
        _, _, who = self.step.name.partition(".")
        return dict(self.setting.parties).get(who, f"出资方{who}")


def _yuan(value: object) -> str:
    return _written(value, "元")
