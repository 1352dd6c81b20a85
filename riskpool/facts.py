"""The facts a rule text may ask for: one table of names, each with its dimension and its Chinese title.

A fact has no default. "None received" is a fact with evidence; a fact that is missing refuses the case that
reads it. Inside a decision money is int fen, a day is its ISO text, a flag is a bool, a word its key.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from ledger.faults import Fault, FaultKind, Place
from ledger.money import MAX_FEN

FactDimension = Literal["money", "months", "multiple", "day", "flag", "word", "words"]
FactValue = int | str | bool | tuple[str, ...]
"""Money as int fen, months and millionths as int, a day as ISO text, a flag, a word's key, or several words' keys."""

MISSING_FACT = FaultKind(
    "裁决-事实-01", "缺少裁决所需的事实", "办法条款所用的每项事实都有取值和依据", "补齐该项事实的材料后重新裁决。"
)
BAD_FACT = FaultKind(
    "裁决-事实-02",
    "事实写法不对或与备案不一致",
    "与备案登记一致、写法正确的事实",
    "核对申请材料与备案登记，更正后重报。",
)
KINDS = (MISSING_FACT, BAD_FACT)

IP_TYPES = {"专利": "patent", "商标": "trademark", "著作权": "copyright", "地理标志": "geographical_indication"}
PRODUCTS = {"保险贷款": "insured", "直接贷款": "direct"}
GRADES = {"正常": "normal", "关注": "special_mention", "次级": "substandard", "可疑": "doubtful", "损失": "loss"}
SIZES = {"小微": "small", "中型": "medium", "大型": "large"}
CREDIT_GRADES = {"甲等": "grade_a", "乙等": "grade_b", "丙等": "grade_c", "丁等": "grade_d", "戊等": "grade_e"}
YEARS = {"首年": "first_year", "以后年度": "later_year"}
POINT_GROUNDS = {
    "知识产权质押": "ip_pledge",
    "首贷": "first_loan",
    "信用": "unsecured",
    "应收账款": "receivables",
    "存货": "inventory",
    "无": "none",
}
CLAIMANTS = {"合作银行": "bank", "担保机构": "guarantor", "保险人": "insurer"}


@dataclass(frozen=True, slots=True)
class FactSpec:
    """One fact: its name, dimension, title for officers, and the words it can take (empty: any word)."""

    name: str
    dimension: FactDimension
    title: str
    words: Mapping[str, str] = field(default_factory=dict)


_SPECS = (
    FactSpec("loan_principal", "money", "借款合同金额"),
    FactSpec("principal", "money", "未收回本金"),
    FactSpec("interest", "money", "未收回利息"),
    FactSpec("penalty_interest", "money", "罚息"),
    FactSpec("recovery_cost", "money", "已发生的追偿费用"),
    FactSpec("disposal_proceeds", "money", "质物处置所得"),
    FactSpec("insurer_paid", "money", "保险已赔"),
    FactSpec("guarantee_payment", "money", "担保已代偿"),
    FactSpec("awarded_elsewhere", "money", "他处已获补偿"),
    FactSpec("other_collateral_proceeds", "money", "其他担保物处置所得"),
    FactSpec("ip_quota", "money", "合同写明的知识产权担保额度"),
    FactSpec("all_quotas", "money", "合同写明的各项担保额度合计"),
    FactSpec("claimed", "money", "申请补偿金额"),
    FactSpec("approved_earlier", "money", "本案此前已核定金额"),
    FactSpec("in_pool_principal", "money", "在池本金合计（不含本笔）"),
    FactSpec("pool_balance", "money", "池内余额"),
    FactSpec("pool_paid_in", "money", "实缴出资合计"),
    FactSpec("pool_paid_out", "money", "已拨付补偿合计"),
    FactSpec("bank_quota", "money", "配给该行的额度"),
    FactSpec("bank_deposit", "money", "存放该行的资金"),
    FactSpec("loan_term", "months", "贷款期限（不足一月按一月）"),
    FactSpec("guarantee_multiple", "multiple", "放款时担保放大倍数"),
    FactSpec("filed_on", "day", "备案日"),
    FactSpec("disbursed_on", "day", "放款日"),
    FactSpec("due_on", "day", "到期日（展期已备案的为展期后）"),
    FactSpec("effective_due_on", "day", "有效到期日（节假日顺延、提前到期后）"),
    FactSpec("overdue_since_on", "day", "逾期起算日"),
    FactSpec("accelerated_on", "day", "提前到期宣布日"),
    FactSpec("applied_on", "day", "申请日"),
    FactSpec("accepted_on", "day", "受理日"),
    FactSpec("assessed_on", "day", "逾期计算截止日"),
    FactSpec("lost_on", "day", "损失发生日"),
    FactSpec("disposed_on", "day", "质物处置完毕日"),
    FactSpec("recognised_on", "day", "上级认定日"),
    FactSpec("decided_on", "day", "裁决日"),
    FactSpec("recovered_on", "day", "银行收到追偿款日"),
    FactSpec("returned_on", "day", "追偿款返还日"),
    FactSpec("product", "word", "贷款类别", PRODUCTS),
    FactSpec("ip_types", "words", "质押知识产权类型", IP_TYPES),
    FactSpec("bank", "word", "申请银行"),
    FactSpec("exposure", "word", "授信编号（续贷相同）"),
    FactSpec("enterprise", "word", "借款企业的统一社会信用代码"),
    FactSpec("grade", "word", "五级分类", GRADES),
    FactSpec("claimant", "word", "申请人", CLAIMANTS),
    FactSpec("guarantor", "word", "担保机构"),
    FactSpec("enterprise_size", "word", "企业规模", SIZES),
    FactSpec("credit_grade", "word", "企业信用等次", CREDIT_GRADES),
    FactSpec("business_year", "word", "业务年度", YEARS),
    FactSpec("points_ground", "word", "加点情形", POINT_GROUNDS),
    FactSpec("papers", "words", "材料"),
    FactSpec("use_holds", "flag", "贷款用途合规"),
    FactSpec("bank_demanded", "flag", "银行已催收"),
    FactSpec("is_sued", "flag", "已起诉或仲裁"),
    FactSpec("is_disposed", "flag", "质物已处置"),
    FactSpec("pledge_registered", "flag", "质权已登记"),
    FactSpec("in_good_credit", "flag", "企业近三年信用良好"),
    FactSpec("registered_in_city", "flag", "企业在本市登记"),
    FactSpec("is_tech_firm", "flag", "企业为科技型企业"),
    FactSpec("is_high_tech", "flag", "企业为高新技术企业"),
    FactSpec("is_ip_pledged", "flag", "贷款以知识产权质押"),
    FactSpec("uses_policy_tool", "flag", "使用政策性货币工具"),
    FactSpec("is_guaranteed", "flag", "贷款有担保机构担保"),
    FactSpec("is_industrial_firm", "flag", "企业为工业企业"),
    FactSpec("is_mixed", "flag", "混合担保（另有其他担保物）"),
    FactSpec("is_in_other_scheme", "flag", "已享受其他财政补偿"),
    FactSpec("uses_other_mode", "flag", "同一笔贷款已用另一种补偿模式"),
    FactSpec("insurer_refused", "flag", "保险人拒赔"),
    FactSpec("quota_written", "flag", "合同写明各项担保额度"),
    FactSpec("use_was_misused", "flag", "贷款被挪用或有欺诈"),
)
FACTS: dict[str, FactSpec] = {spec.name: spec for spec in _SPECS}
"""Every fact a rule text can name."""

BASE_FACTS = ("principal", "interest", "penalty_interest", "recovery_cost", "guarantee_payment")
"""Facts of which a loss base can be made up."""

DEDUCTION_FACTS = (
    "disposal_proceeds",
    "other_collateral_proceeds",
    "insurer_paid",
    "guarantee_payment",
    "awarded_elsewhere",
)
"""Facts that a loss base can be reduced by: what the claimant has received from elsewhere."""

OWN_RECEIPTS = {"insurer": "insurer_paid", "guarantor": "guarantee_payment"}
"""Parties whose actual payment to the claimant is a fact of its own: it counts instead of their share."""

METER_DIMENSIONS = {
    "exposure": "exposure",
    "enterprise": "enterprise",
    "bank": "bank",
    "guarantor": "guarantor",
    "filed_year": "filed_on",
    "recognised_year": "recognised_on",
    "accepted_year": "accepted_on",
    "decided_year": "decided_on",
    "pool": "",
}
"""Dimensions of a meter and the fact that each is read from; a year is the first four digits of its day."""

PAPERS = "papers"
"""The fact that names the papers that came with an application, in the words of the rule text's own list."""

NO_PAPERS = "无"
"""What stands there when none came: that none came is stated, too."""

PAID_IN = "paid_in."
"""Prefix of the facts that say what each contributor has paid in: ``paid_in.01``."""

AVAILABLE = "available."
"""Prefix of the facts that say what each contributor still has in the pool: ``available.01``."""

SUSPENSION = "suspension."
"""Prefix of the facts that say in which state a suspension clause (by its article) stands."""

REST_DAYS = "rest_days."
"""Prefix of the days a calendar adds to a period: ``rest_days.recognised_on.10个工作日``; worked out, not stated."""


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """A case's facts and, for each, the paper it was read from (same keys). A filing's have its loan as ``case``."""

    case: str
    values: Mapping[str, FactValue]
    evidence: Mapping[str, str]
    sort: str = "案件"

    @property
    def named(self) -> str:
        """What a fault is about: a case with its number, a filing with its loan's."""
        return f"{self.sort} {self.case}"

    def missing(self, name: str) -> Fault:
        """The fault that says a clause needs a fact that is not there."""
        return Fault(MISSING_FACT, f"{title_of(name)}（{name}）没有取值", Place(self.named, column=title_of(name)))


def title_of(name: str) -> str:
    """A fact's Chinese title."""
    prefix, _, rest = name.partition(".")
    match f"{prefix}.":
        case "paid_in.":
            return f"出资方 {rest} 实缴出资"
        case "available.":
            return f"出资方 {rest} 可用余额"
        case "suspension.":
            return f"「{rest}」的状态"
        case "rest_days.":
            since, _, period = rest.partition(".")
            return f"自{FACTS[since].title}起{period}内的休息日"
    return FACTS[name].title


def fact_text(name: str, value: FactValue) -> str | None:
    """A fact's value in an officer's words; None for money, which each paper writes in its own way."""
    if isinstance(value, tuple):
        return "、".join(map(word_text, value))
    if isinstance(value, bool | str):
        return word_text(value)
    if name.startswith(REST_DAYS):
        return f"{value} 天"
    match FACTS[name].dimension if name in FACTS else "money":
        case "months":
            return f"{value} 个月"
        case "multiple":
            return f"{decimal_text(value)} 倍"
        case _:
            return None


def decimal_text(millionths: int) -> str:
    """Millionths as a decimal without trailing zeros: ``10``, ``5.3``."""
    whole, rest = divmod(millionths, 1_000_000)
    return f"{whole}{f'.{rest:06d}'.rstrip('0').rstrip('.')}"


def day_number(value: FactValue) -> int:
    """A day as a whole number, so that two days can be subtracted (proleptic ordinal)."""
    assert isinstance(value, str), "a day is ISO text"
    return date.fromisoformat(value).toordinal()


def word_text(value: object) -> str:
    """A word's key or a flag in Chinese; an open word (a bank's code) stays as it is."""
    if isinstance(value, bool):
        return "是" if value else "否"
    return _WORDS.get(str(value), str(value))


_WORDS = {key: word for spec in _SPECS for word, key in spec.words.items()}


def parse_fact(name: str, text: str) -> FactValue | None:
    """Read one fact written as text (the form an application carries); None when it can't be read."""
    spec = FACTS[name]
    match spec.dimension:
        case "money" | "months" | "multiple":
            digits = text.isascii() and text.isdigit() and len(text) <= len(str(MAX_FEN))
            return int(text) if digits and int(text) <= MAX_FEN else None
        case "day":
            return _day(text)
        case "flag":
            return {"true": True, "false": False}.get(text)
        case "word":
            return spec.words.get(text, text) if _is_word(spec, text) else None
        case "words":
            return _listed(spec, text)


def _listed(spec: FactSpec, text: str) -> tuple[str, ...] | None:
    """Several words, each once and sorted: of a closed list, or papers, which every rule text names itself."""
    if not spec.words:
        return tuple(sorted(names)) if (names := paper_names(text)) else None
    parts = [part.strip() for part in text.replace("、", ",").split(",")]
    found = [spec.words.get(part, part) for part in parts if _is_word(spec, part)]
    return tuple(sorted(set(found))) if len(found) == len(parts) else None


_BETWEEN = re.compile(r"[、，,；;]")
_BRACKETS = str.maketrans({"(": "（", ")": "）"})
LONGEST_NAME = 40
"""Characters of a paper's name: what is longer says something about a paper."""


def paper_name(text: str) -> str | None:
    """A paper's name as it is compared, without blanks and with one sort of bracket; None when it is no name."""
    name = "".join(text.split()).translate(_BRACKETS)
    is_name = bool(name) and len(name) <= LONGEST_NAME and name.isprintable() and not _BETWEEN.search(name)
    return name if is_name else None


def paper_names(text: str) -> tuple[str, ...] | None:
    """The papers that a text lists, in its order and each once; None when a part of it is no name.

    「无」 stands alone or not at all.
    """
    names = [paper_name(part) for part in _BETWEEN.split(text)]
    found = tuple(dict.fromkeys(name for name in names if name))
    return found if all(names) and (NO_PAPERS not in found or len(found) == 1) else None


def papers_with(before: str, more: str) -> str | None:
    """What came before and what comes now as one list, in the form that an application carries; None: unreadable.

    What stood there before and can't be read counts for nothing: it is replaced.
    """
    added = paper_names(more)
    if added is None:
        return None
    together = dict.fromkeys((*(paper_names(before) or ()), *added))
    return "、".join(name for name in together if name != NO_PAPERS) or NO_PAPERS


def _is_word(spec: FactSpec, text: str) -> bool:
    return bool(text) and (not spec.words or text in spec.words or text in spec.words.values())


def _day(text: str) -> str | None:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None


def paid_in_facts(shares: Iterable[tuple[str, int]]) -> dict[str, FactValue]:
    """Contributors' paid-in amounts (fen) as facts, in the order given."""
    return {f"{PAID_IN}{number}": amount for number, amount in shares}
