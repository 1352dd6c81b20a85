"""What a rule text must satisfy as a whole: its clauses and silences against each other."""

from collections.abc import Sequence
from typing import Protocol

from riskpool.clauses import KINDS as CLAUSE_KINDS
from riskpool.clauses.kind import LATER_TOPICS, NEVER_SILENT, TOPICS, Clause
from riskpool.literals import MILLION
from riskpool.rulefaults import BAD_CLAUSE, BAD_PARAMETER, BAD_TOPIC, Reading

ONCE = ("allotment", "contributor_draw", "pool_size", "recovery_split", "balance_limit")
"""Kinds that a text binds once: two of them would say two things of one matter."""

PREMISELESS = ("pool_size", "recovery_split", "pool_may_pay")
"""Kinds that speak of the pool or of every recovery: no case states facts to them, so a ``when`` would go unasked."""

COUNTING = {"base_cap": "基数", "payment_cap": "补偿", "budget": "预算"}
"""Kinds with a meter, and what the meter counts."""


class Silence(Protocol):
    """A topic that no clause binds, and its status."""

    @property
    def topic(self) -> str:
        """A key of TOPICS, if the file is right."""

    @property
    def status(self) -> str:
        """``sourced``, ``assumed`` or ``unset``."""


def check_whole(clauses: tuple[Clause, ...], silent: Sequence[Silence], reading: Reading) -> None:
    """Every topic spoken of once, one rounding, no fixed share for the residual party, one payer to a meter."""
    _check_topics(clauses, silent, reading)
    _check_once(clauses, reading)
    _check_residual(clauses, reading)
    _check_meters(clauses, reading)
    _check_size(clauses, silent, reading)
    for clause in clauses:
        _check_clause(clause, clauses, reading)


def section_of(clause: Clause, parameter: str = "") -> str:
    """The clause's section of the file, and a parameter in it."""
    return f'[clause."{clause.article}".{clause.kind}] {parameter}'.rstrip()


def _check_topics(clauses: Sequence[Clause], silent: Sequence[Silence], reading: Reading) -> None:
    bound = {CLAUSE_KINDS[clause.kind].topic for clause in clauses}
    named = [silence.topic for silence in silent]
    for topic in sorted(set(named) - set(TOPICS)):
        reading.fault(BAD_TOPIC, "[[silent]]", f"没有「{topic}」这一事项", "、".join(TOPICS))
    for topic, title in TOPICS.items():
        count = named.count(topic) + (topic in bound)
        if count == 0 and topic not in LATER_TOPICS:
            reading.fault(BAD_TOPIC, topic, f"「{title}」未交代")
        elif count > 1:
            reading.fault(BAD_TOPIC, topic, f"「{title}」重复交代")
    for silence in silent:
        if silence.topic in NEVER_SILENT and silence.status != "unset":
            reading.fault(
                BAD_TOPIC, silence.topic, f"「{TOPICS[silence.topic]}」不能没有规定", "由条款规定，或为 unset"
            )


def _check_once(clauses: Sequence[Clause], reading: Reading) -> None:
    for name in ONCE:
        found = [clause for clause in clauses if clause.kind == name]
        for clause in found[1:]:
            reading.fault(BAD_CLAUSE, section_of(clause), f"{CLAUSE_KINDS[name].title}规定了两次", "只规定一次")
    for clause in [clause for clause in clauses if _is_return(clause)][1:]:
        reading.fault(BAD_CLAUSE, section_of(clause), "返还追偿款的期限规定了两次", "只规定一次")


def _is_return(clause: Clause) -> bool:
    return clause.kind == "deadline" and clause.parameters.get("use") == "return"


def _check_residual(clauses: Sequence[Clause], reading: Reading) -> None:
    allotments = [clause for clause in clauses if clause.kind == "allotment"]
    residual = allotments[0].parameters.get("residual") if allotments else None
    for clause in clauses:
        named = [name for name in ("payer", "payers", "cut") if residual and _names(clause, name, residual)]
        for name in named:
            reading.fault(
                BAD_PARAMETER, section_of(clause, name), str(residual), "尾差归属方承担其余全部，不能另定比例或上限"
            )


def _names(clause: Clause, parameter: str, party: object) -> bool:
    value = clause.parameters.get(parameter)
    return value == party or (isinstance(value, tuple) and party in value)


def _check_meters(clauses: tuple[Clause, ...], reading: Reading) -> None:
    """One meter counts one thing by one measure; amounts may differ, for a cap that varies by ``when``."""
    first: dict[object, Clause] = {}
    for clause in clauses:
        if clause.kind in COUNTING and "meter" in clause.parameters:
            known = first.setdefault(clause.parameters["meter"], clause)
            if known.kind != clause.kind:
                found = f"额度「{clause.parameters['meter']}」与{known.article}同名，{COUNTING[known.kind]}却不是一回事"
                reading.fault(BAD_PARAMETER, section_of(clause, "meter"), found, "另起名称")
            for name, title in (("payer", "分担方"), ("per", "按何计")):
                if clause.parameters.get(name) != known.parameters.get(name):
                    found = f"额度「{clause.parameters['meter']}」与{known.article}同名，{title}却不同"
                    section = section_of(clause, "meter")
                    reading.fault(BAD_PARAMETER, section, found, "一个额度名称只归一个分担方、只按一种方式计，另起名称")


def _check_size(clauses: Sequence[Clause], silent: Sequence[Silence], reading: Reading) -> None:
    """What is measured by the pool's size needs a text that speaks of it; not seen (unset) bars adoption anyway."""
    is_spoken = any(clause.kind == "pool_size" for clause in clauses)
    is_open = any((silence.topic, silence.status) == ("size", "unset") for silence in silent)
    for clause in clauses:
        if clause.parameters.get("basis") == "size" and not (is_spoken or is_open):
            expected = "另有资金池规模（pool_size）的条款；没有见到的，事项 size 列为 unset"
            reading.fault(BAD_PARAMETER, section_of(clause, "basis"), "以资金池规模为准，办法没有写规模", expected)


def _check_clause(clause: Clause, clauses: Sequence[Clause], reading: Reading) -> None:
    match clause.kind:
        case "base_of":
            both = set(clause.words("components") if "components" in clause.parameters else ()) & set(
                clause.words("less") if "less" in clause.parameters else ()
            )
            if both:
                reading.fault(BAD_PARAMETER, section_of(clause, "less"), "、".join(sorted(both)), "不同时计入又扣除")
        case "allotment" if clause.when:
            reading_as = "每件案件都要舍入，尾差总有一方承担"
            reading.fault(BAD_CLAUSE, f"{section_of(clause)} when", "舍入与尾差附有前提", reading_as)
        case _ if clause.when and (clause.kind in PREMISELESS or _is_return(clause)):
            found = f"{CLAUSE_KINDS[clause.kind].title}附有前提"
            reading.fault(BAD_CLAUSE, f"{section_of(clause)} when", found, "不附前提；程序在此处没有案件的事实可问")
        case "share_by_rate" | "all_levels_ceiling":
            _check_rate(clause, reading)
        case "rate_points" | "rate_ceiling":
            _check_rate(clause, reading)
            parts = [other for other in clauses if other.kind == "share_by_parts"]
            if any(
                clause.parameters.get("payer") in other.parts("parts") for other in parts if "parts" in other.parameters
            ):
                reading.fault(
                    BAD_PARAMETER, section_of(clause, "payer"), "该方按份分担", "百分点和最高比例只用于比例，不用于份数"
                )
        case "require" | "require_order" | "require_ratio":
            if clause.parameters.get("effect") == "defer" and clause.parameters.get("at") == "inclusion":
                reading.fault(BAD_PARAMETER, section_of(clause, "effect"), "备案时暂缓", "暂缓只用于申请时")
        case _:
            pass


def _check_rate(clause: Clause, reading: Reading) -> None:
    if "rate" in clause.parameters and clause.integer("rate") > MILLION:
        reading.fault(BAD_PARAMETER, section_of(clause, "rate"), "超过整体", "不超过 100%")
