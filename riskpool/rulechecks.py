"""What a rule text must satisfy as a whole: its clauses and silences against each other."""

from collections.abc import Sequence
from typing import Protocol

from riskpool.clauses import KINDS as CLAUSE_KINDS
from riskpool.clauses.kind import NEVER_SILENT, TOPICS, Clause
from riskpool.rulefaults import BAD_CLAUSE, BAD_PARAMETER, BAD_TOPIC, Reading


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
    _check_residual(clauses, reading)
    _check_meters(clauses, reading)


def _check_topics(clauses: Sequence[Clause], silent: Sequence[Silence], reading: Reading) -> None:
    bound = {CLAUSE_KINDS[clause.kind].topic for clause in clauses}
    named = [silence.topic for silence in silent]
    for topic in sorted(set(named) - set(TOPICS)):
        reading.fault(BAD_TOPIC, "[[silent]]", f"没有「{topic}」这一事项", "、".join(TOPICS))
    for topic, title in TOPICS.items():
        count = named.count(topic) + (topic in bound)
        if count == 0:
            reading.fault(BAD_TOPIC, topic, f"「{title}」未交代")
        elif count > 1:
            reading.fault(BAD_TOPIC, topic, f"「{title}」重复交代")
    for silence in silent:
        if silence.topic in NEVER_SILENT and silence.status != "unset":
            reading.fault(
                BAD_TOPIC, silence.topic, f"「{TOPICS[silence.topic]}」不能没有规定", "由条款规定，或为 unset"
            )


def _check_residual(clauses: tuple[Clause, ...], reading: Reading) -> None:
    allotments = [clause for clause in clauses if clause.kind == "allotment"]
    if len(allotments) > 1:
        reading.fault(BAD_CLAUSE, f'[clause."{allotments[1].article}".allotment]', "舍入与尾差规定了两次", "只规定一次")
    residual = allotments[0].parameters.get("residual") if allotments else None
    for clause in clauses:
        if clause.kind in ("share_by_rate", "payment_cap") and residual and clause.parameters.get("payer") == residual:
            section = f'[clause."{clause.article}".{clause.kind}] payer'
            reading.fault(BAD_PARAMETER, section, str(residual), "尾差归属方承担其余全部，不能另定比例或上限")


def _check_meters(clauses: tuple[Clause, ...], reading: Reading) -> None:
    """One meter counts one payer's payments by one measure; amounts may differ, for a cap that varies by ``when``."""
    first: dict[object, Clause] = {}
    for clause in clauses:
        if clause.kind == "payment_cap" and "meter" in clause.parameters:
            known = first.setdefault(clause.parameters["meter"], clause)
            for name, title in (("payer", "分担方"), ("per", "按何计")):
                if clause.parameters.get(name) != known.parameters.get(name):
                    section = f'[clause."{clause.article}".payment_cap] meter'
                    found = f"额度「{clause.parameters['meter']}」与{known.article}同名，{title}却不同"
                    reading.fault(BAD_PARAMETER, section, found, "一个额度名称只归一个分担方、只按一种方式计，另起名称")
