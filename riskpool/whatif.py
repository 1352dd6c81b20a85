"""Past cases under another rule text: first the old figure once more, then what the other text would have given.

Pure. A past decision carries its own facts and meters, so the old figure needs nothing else; under the other text the
cases stand in the order of their acceptance, each seeing what those before it would have taken. A fact that the other
text asks for and the case never had is not invented: the case is listed with what is missing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from ledger.faults import Refusal
from riskpool.binding import bind
from riskpool.decision import Decision
from riskpool.facts import SUSPENSION, CaseFacts, FactValue
from riskpool.ruletext import RuleText
from riskpool.waterfall import Used, Verdict, consumed, decide, evaluate


class PastCase(NamedTuple):
    """A decided case: its stored decision, the text of its time, and what the pool has paid on it (fen).

    ``more`` are facts that the other text asks for and the books hold of the day of the decision: the pool's, and the
    states of its suspensions.
    """

    decision: Decision
    text: RuleText
    paid_fen: int
    more: Mapping[str, FactValue] = MappingProxyType({})


class Retried(NamedTuple):
    """One case tried again, fen. ``reproduced``: the old text gives the stored record, byte for byte.

    ``verdict`` and ``other_fen`` are the other text's; None where it refuses the case, and ``why`` says which facts
    or parameters are missing, or which articles deny or defer.
    """

    case: str
    accepted_on: str
    granted_fen: int
    paid_fen: int
    reproduced: bool
    verdict: Verdict | None
    other_fen: int | None
    why: str

    @property
    def difference_fen(self) -> int | None:
        """What the other text would have given more (below zero: less)."""
        return None if self.other_fen is None else self.other_fen - self.granted_fen


def retried(cases: Sequence[PastCase], other: RuleText) -> tuple[Retried, ...]:
    """Every case under the other text, in the order of acceptance and number.

    Raises:
        Refusal: the other text leaves its head or a topic unset.
    """
    bound = replace(bind(other), drawing=())  # who among the contributors bears it is another question
    used: dict[str, int] = {}
    found = []
    for case in sorted(cases, key=lambda one: (str(one.decision.facts.get("accepted_on", "")), one.decision.case)):
        old = case.decision
        # A later decision of a case records the difference; all that is due is compared.
        earlier = old.facts["approved_earlier"]
        assert isinstance(earlier, int), "an amount"
        granted = old.settle + earlier if old.verdict == "approved" else 0
        verdict, amount, why = None, None, ""
        try:
            outcome = evaluate(bound, _facts(case), used)
        except Refusal as refusal:
            why = "；".join(f"{fault.code} {fault.found}" for fault in refusal.faults)
        else:
            verdict, amount = outcome.verdict, outcome.settle + earlier
            for meter, taken in consumed(outcome).items():
                used[meter] = used.get(meter, 0) + taken
            numbers = outcome.run.refused or outcome.run.deferred
            why = "、".join(dict.fromkeys(bound.frozen[number - 1].article for number in numbers))
        day = str(old.facts.get("accepted_on", ""))
        found.append(Retried(old.case, day, granted, case.paid_fen, is_reproduced(case), verdict, amount, why))
    return tuple(found)


def _facts(case: PastCase) -> CaseFacts:
    """The case's facts for the other text: a state under the old text's article says nothing of the other's."""
    old = case.decision
    own = {name: value for name, value in old.facts.items() if not name.startswith(SUSPENSION)}
    evidence = {**old.evidence, **dict.fromkeys(case.more, "账簿")}
    return CaseFacts(old.case, {**own, **case.more}, evidence)


def is_reproduced(case: PastCase) -> bool:
    """Whether the text of the time gives the stored decision again, byte for byte, from what the record holds."""
    old = case.decision
    others: Mapping[str, int] = old.used
    facts = CaseFacts(old.case, old.facts, old.evidence)
    try:
        again = decide(case.text, facts, [Used(meter, "其他案件", amount) for meter, amount in others.items()])
    except Refusal:
        return False
    return again.to_bytes() == old.to_bytes()
