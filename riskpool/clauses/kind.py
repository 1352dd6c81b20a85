"""What a kind of clause is: its parameters and phase (spec) and the closure it becomes (bind).

A clause binds a kind to an article of a rule text. ``bind`` runs once, when a text is loaded for deciding; the
closure holds the clause's integers and only adds steps to a run.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from riskpool.clauses.run import Run
from riskpool.literals import Comparison, Quantity

Phase = Literal[
    "eligibility",
    "clock",
    "base",
    "ip_part",
    "base_cap",
    "share",
    "points",
    "ceiling",
    "allot",
    "cap",
    "level",
    "gain",
    "deferral",
    "contributors",
    "suspension",
    "leverage",
    "budget",
    "balance",
    "recovery",
    "charge",
]
PHASES: tuple[Phase, ...] = get_args(Phase)
"""In the order in which a case passes through them."""

GATE_PHASES: tuple[Phase, ...] = ("eligibility", "clock")
"""Phases whose findings are all gathered before any arithmetic."""

DECIDING_PHASES: tuple[Phase, ...] = PHASES[: PHASES.index("suspension")]
"""Phases that a decision runs; the others speak at filing, over a round of payments, or at a recovery."""

TOPICS: dict[str, str] = {
    "eligibility": "入库与申请条件",
    "papers": "申请材料",
    "clock": "逾期起算与天数",
    "deadline": "申请与返还期限",
    "base": "损失基数",
    "ip_part": "混合担保中的知识产权部分",
    "base_cap": "计入基数的上限",
    "share": "分担比例",
    "allotment": "舍入与尾差",
    "payment_cap": "补偿金额上限",
    "all_levels": "各级补偿合计上限",
    "no_gain": "补偿后不得获利",
    "suspension": "熔断与恢复",
    "size": "资金池规模",
    "leverage": "放大倍数",
    "budget": "年度预算与排队",
    "balance_limit": "以余额为限",
    "contributors": "出资方之间的承担",
    "recovery": "追偿所得的分配",
    "charges": "可由专户列支的费用",
}
"""What a rule text must speak of or be said to be silent on."""

LATER_TOPICS = ("papers",)
"""Topics that came after texts had been adopted: a text may pass over them, and then nothing is asked of a case."""

NEVER_SILENT = ("base", "share", "allotment")
"""Topics without which no figure can arise: bound by a clause, or unset."""


@dataclass(frozen=True, slots=True)
class StateRow:
    """One row of a suspension's table; ``state`` is empty where the text has a hole, ``why`` says so."""

    where: tuple[Comparison, ...]
    state: str
    effect: str
    lasts_months: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class BandRow:
    """One band of a loan's size and its rate; a band without a rate is a hole of the text, ``why`` says so."""

    where: tuple[Comparison, ...]
    rate: Quantity | None
    why: str = ""


ParameterValue = (
    Quantity
    | Comparison
    | str
    | bool
    | tuple[str, ...]
    | tuple[int, ...]
    | Mapping[str, int]
    | tuple[StateRow, ...]
    | tuple[BandRow, ...]
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a kind: ``sort`` names the reader in riskpool.parameters, ``choices`` its words with titles."""

    name: str
    title: str
    sort: str
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Condition:
    """One part of a ``when``: a fact that must be among words or flags, or satisfy a threshold."""

    fact: str
    allowed: tuple[str | bool, ...] = ()
    threshold: Comparison | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Clause:
    """A clause of a rule text. ``no`` counts in phase order from 1; ``unset`` and ``assumed`` say why."""

    no: int
    article: str
    kind: str
    says: str
    parameters: Mapping[str, ParameterValue]
    when: tuple[Condition, ...] = ()
    unset: Mapping[str, str] = field(default_factory=dict)
    assumed: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    trust: str = ""
    status: str = "sourced"
    checked_on: str = ""

    def integer(self, name: str) -> int:
        """A quantity's integer: fen, millionths, days, months or a multiple."""
        value = self.parameters[name]
        assert isinstance(value, Quantity), f"{name} is no quantity"
        return value.value

    def word(self, name: str) -> str:
        """A choice, a party, a fact's name or a meter's name."""
        value = self.parameters[name]
        assert isinstance(value, str), f"{name} is no word"
        return value

    def words(self, name: str) -> tuple[str, ...]:
        """Several names or words."""
        value = self.parameters[name]
        assert isinstance(value, tuple), f"{name} is no list"
        return tuple(str(item) for item in value)

    def threshold(self, name: str) -> Comparison:
        """A threshold."""
        value = self.parameters[name]
        assert isinstance(value, Comparison), f"{name} is no threshold"
        return value

    def bands(self, name: str) -> tuple[BandRow, ...]:
        """A table of bands, in the order of the file."""
        value = self.parameters[name]
        assert isinstance(value, tuple), f"{name} is no table"
        return tuple(row for row in value if isinstance(row, BandRow))

    def states(self, name: str) -> tuple[StateRow, ...]:
        """A table of states, in the order of the file."""
        value = self.parameters[name]
        assert isinstance(value, tuple), f"{name} is no table"
        return tuple(row for row in value if isinstance(row, StateRow))

    def parts(self, name: str) -> dict[str, int]:
        """Integer parts by party or contributor."""
        value = self.parameters[name]
        assert isinstance(value, Mapping), f"{name} is no table of parts"
        return dict(value)


@dataclass(frozen=True, slots=True)
class Seats:
    """Who sits where: parties in the text's order, ours, the one that takes the remainder; and the pool's stated size.

    ``size`` is the amount of the text's ``pool_size`` clause and the origin under which steps name it.
    """

    order: tuple[str, ...]
    ours: str
    residual: str
    size: tuple[int, str] | None = None


Bound = Callable[[Run], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of clause: name, Chinese title, phase, topic, parameters, and its bind.

    ``bind`` is None for kinds that no closure runs (suspension, budget, recovery ...): riskpool's modules of
    those names read them. ``lazy`` names parameters that only some cases read: unset, they refuse those alone.
    """

    name: str
    title: str
    phase: Phase
    topic: str
    parameters: tuple[Parameter, ...]
    bind: Callable[[Clause, Seats], Bound] | None = None
    lazy: tuple[str, ...] = ()
