"""What the pool's account may bear (可列支费用): asked by the journal before a cost is booked on it."""

from riskpool.clauses.standing import POOL_MAY_PAY
from riskpool.rulefile import RuleText
from riskpool.ruletext import unset_parameter

CHARGES = POOL_MAY_PAY.parameters[0].choices
"""Costs that a text can name, with their titles."""


def may_bear(text: RuleText, charge: str) -> str:
    """The article that lets the pool bear a cost; empty where the text names others only, or none.

    Raises:
        Refusal: what the pool may bear is unset in this text.
    """
    assert charge in CHARGES, f"no cost is called {charge}"
    for clause in text.clauses_of("pool_may_pay"):
        if clause.unset:
            raise unset_parameter(clause)
        if charge in clause.words("costs"):
            return clause.article
    return ""
