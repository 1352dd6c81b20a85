"""Which facts a rule text reads: for a table of loans that may not carry them, and for officers who gather papers."""

from collections.abc import Mapping

from riskpool.binding import holds, phase_of
from riskpool.clauses.drawing import PAID_IN_WORD
from riskpool.clauses.kind import Clause
from riskpool.facts import AVAILABLE, METER_DIMENSIONS, PAID_IN, PAPERS, SUSPENSION, FactValue
from riskpool.ruletext import RuleText

_NAMED = ("fact", "than", "over", "since", "by")
"""Parameters that name one fact."""
_LISTED = ("components", "less", "receipts")
"""Parameters that name several."""
_ALSO = {
    "require_papers": (PAPERS,),
    "overdue_day": ("assessed_on",),
    "ip_part": ("quota_written", "ip_quota", "all_quotas"),
    "all_levels_ceiling": ("awarded_elsewhere",),
    "allotment": ("approved_earlier",),
}
"""What a kind reads beside its parameters."""


def facts_of_clause(clause: Clause) -> tuple[str, ...]:
    """The facts that a clause may read in a decision, those of its ``when`` first; prefixes end in a dot."""
    found = [condition.fact for condition in clause.when]
    if clause.kind == "suspension":  # its ratio is worked out elsewhere; a decision reads the state
        return (*found, f"{SUSPENSION}{clause.article}")
    if clause.kind == "contributor_draw":
        return (*found, *_drawn(clause))
    given = clause.parameters
    found += [str(given[name]) for name in _NAMED if name in given]
    found += [word for name in _LISTED if name in given for word in clause.words(name)]
    if "per" in given:
        found += [METER_DIMENSIONS[dimension] for dimension in clause.words("per") if METER_DIMENSIONS[dimension]]
    return tuple(dict.fromkeys((*found, *_ALSO.get(clause.kind, ()))))


def _drawn(clause: Clause) -> tuple[str, ...]:
    parts = clause.parameters.get("parts")
    if isinstance(parts, tuple):
        return tuple(f"{AVAILABLE}{number}" for number in parts)
    return (PAID_IN,) if parts == PAID_IN_WORD else ()


def may_apply(clause: Clause, stated: Mapping[str, FactValue]) -> bool:
    """Whether a clause speaks of any case at all, where ``stated`` are facts that are the same in every case."""
    return all(condition.fact not in stated or holds(condition, stated[condition.fact]) for condition in clause.when)


def facts_needed(text: RuleText, stated: Mapping[str, FactValue]) -> dict[str, tuple[str, ...]]:
    """Fact → the articles whose clauses read it, over all clauses that a decision runs, in their order.

    ``stated`` are facts that are the same in every case: a clause whose ``when`` they rule out reads nothing.
    """
    found: dict[str, tuple[str, ...]] = {}
    for clause in text.clauses:
        if phase_of(clause) and may_apply(clause, stated):
            for name in facts_of_clause(clause):
                found[name] = (*found.get(name, ()), clause.article)
    return found
