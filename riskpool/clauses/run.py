"""One run of a bound rule text over one case: the state that phases write, and the light trace of steps.

A step is the tuple ``(template, operands, result)`` while a run lasts, because a record per step would
cost more than the arithmetic; riskpool.waterfall makes it a Step on demand.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from ledger.faults import Fault, FaultKind, Place, Refusal
from ledger.money import yuan_text
from riskpool.decision import Effect, Op, Origin, Value
from riskpool.facts import BAD_FACT, METER_DIMENSIONS, CaseFacts, FactValue, day_number, title_of


class Template(NamedTuple):
    """What is the same every time a clause adds this step."""

    clause: int
    kind: str
    op: Op
    name: str = ""
    effect: Effect = ""


Figure = tuple[int, Origin]
"""A value and the origin under which later steps name it: ``figure[0]`` and ``figure[1]``.

A plain pair: a record with slots costs three times as much to make, a named tuple six, and a run makes dozens.
"""

Word = tuple[Value, Origin]
"""A word or flag and its origin; only ``one_of`` looks at one."""

LightStep = tuple[Template, tuple[Figure | Word, ...], int]


@cache
def template(clause: int, kind: str, op: Op, name: str) -> Template:
    """A template that only a run can name (by party, by contributor); kept, because making one costs a step."""
    return Template(clause, kind, op, name)


class Slice(NamedTuple):
    """A slice of the loan (fen) and the rate that a marginal table gives it."""

    width: Figure
    rate: Figure


@dataclass(slots=True, eq=False)
class Ratio:
    """A payer's part of the whole, each with its origin; with ``slices`` the whole is the loan and they blend."""

    part: Figure
    whole: Figure
    slices: tuple[Slice, ...] = ()


class UnsetRead(Exception):  # noqa: N818 - a condition of the text, turned into a refusal by riskpool.waterfall
    """A case reads a parameter that its text leaves unset, where other cases do not."""


ZERO: Figure = (0, "k0")
ONE: Figure = (1, "k1")
NO_STEP = Template(0, "", "sum")


class WordTest:
    """The step that asks whether a word or flag is among the allowed ones.

    The word decides the whole step, so the steps of the first words asked are kept and added again as they are.
    """

    __slots__ = ("allowed", "known", "origin", "template")
    MOST = 64
    """Enough for every closed list of words; of open words (a bank's code) no more than this are kept."""

    def __init__(self, template: Template, origin: Origin, allowed: tuple[Word, ...]) -> None:
        self.template, self.origin, self.allowed = template, origin, allowed
        self.known: dict[FactValue, LightStep] = {}

    def step(self, value: FactValue) -> LightStep:
        """The step for a word, its result 0 or 1."""
        assert not isinstance(value, tuple), f"{self.origin} is neither a word nor a flag"
        known = self.known.get(value)
        if known:
            return known
        result = int(any(word == value for word, _ in self.allowed))
        made = (self.template, ((value, self.origin), *self.allowed), result)
        if len(self.known) < self.MOST:
            self.known[value] = made
        return made


class Run:
    """The state of a run. Base kinds write ``loss`` and ``base``, share kinds ``ratios``, the rest ``due``.

    ``remainder`` and ``settling`` are the steps with which the clause of the allotment ends the arithmetic.
    ``meters`` names, for each meter touched, whose figure it counts: a payer, or "" for the base. ``derived`` are
    facts that a clause worked out itself (days of a calendar), each with its evidence.
    """

    __slots__ = (
        "base",
        "components",
        "contributors",
        "deferred",
        "derived",
        "due",
        "facts",
        "loss",
        "meters",
        "nominal",
        "ratios",
        "refused",
        "remainder",
        "settling",
        "trace",
        "used",
        "values",
    )

    def __init__(self, facts: CaseFacts, used: Mapping[str, int]) -> None:
        self.facts, self.values, self.used = facts, facts.values, used
        self.trace: list[LightStep] = []
        self.refused: list[int] = []
        self.deferred: list[int] = []
        self.loss: Figure = ZERO
        self.base: Figure = ZERO
        self.components: tuple[str, ...] = ()
        self.ratios: dict[str, Ratio] = {}
        self.due: dict[str, Figure] = {}
        self.nominal = (0, 0)
        self.meters: dict[str, str] = {}
        self.contributors: dict[str, Figure] = {}
        self.derived: dict[str, tuple[int, str]] = {}
        self.remainder = self.settling = NO_STEP

    def add(self, template: Template, operands: tuple[Figure, ...], result: int) -> Figure:
        """Add a step over figures; its result is a figure named by the step's number."""
        trace = self.trace
        trace.append((template, operands, result))
        return (result, len(trace))

    def add_again(self, step: LightStep) -> Figure:
        """Add a step that is the same in every case."""
        trace = self.trace
        trace.append(step)
        return (step[2], len(trace))

    def ask(self, test: WordTest, name: str) -> bool:
        """Add the step that asks whether a fact, a word or a flag, is among the allowed ones."""
        try:
            value = self.values[name]
        except KeyError:
            raise Refusal([self.facts.missing(name)]) from None
        step = test.known.get(value) or test.step(value)
        self.trace.append(step)
        return step[2] == 1

    def ask_of(self, test: WordTest, value: Value) -> bool:
        """The same of a value at hand: one of several words."""
        step = test.step(value)
        self.trace.append(step)
        return step[2] == 1

    def note(self, template: Template) -> None:
        """Keep a clause whose condition failed, by the effect that its text gives it."""
        if template.effect == "refuse":
            self.refused.append(template.clause)
        elif template.effect == "defer":
            self.deferred.append(template.clause)

    def fact(self, name: str) -> FactValue:
        """A fact's value; a missing one refuses the case."""
        try:
            return self.values[name]
        except KeyError:
            raise Refusal([self.facts.missing(name)]) from None

    def money(self, name: str) -> Figure:
        """A fact that is a number: fen, months, millionths."""
        value = self.values.get(name)
        if value is None:
            raise Refusal([self.facts.missing(name)])
        assert isinstance(value, int), f"{name} is no number"
        return (value, "f:" + name)

    def moneys(self, names: tuple[str, ...]) -> tuple[tuple[Figure, ...], int]:
        """Several facts that are numbers, and their sum."""
        found, total = [], 0
        for name in names:
            figure = self.money(name)
            found.append(figure)
            total += figure[0]
        return tuple(found), total

    def day(self, name: str) -> Figure:
        """A day as a whole number."""
        return (day_number(self.fact(name)), f"f:{name}")

    def meter(self, name: str, per: tuple[str, ...]) -> Figure:
        """What other cases have used of a meter; its key is the meter's name and one part per dimension."""
        key = name
        for dimension in per:
            fact = METER_DIMENSIONS[dimension]
            value = str(self.fact(fact)) if fact else "全池"
            key += f"|{dimension}={value[:4] if dimension.endswith('_year') else value}"
        return (self.used.get(key, 0), f"u:{key}")

    def refusal(self, kind: FaultKind, found: str) -> Refusal:
        """A refusal that names the case."""
        return Refusal([Fault(kind, found, Place(self.facts.named))])

    def wrong_fact(self, name: str, fen: int, expected: str, remedy: str = "") -> Refusal:
        """A refusal of one fact's amount."""
        return Refusal(
            [
                Fault(
                    BAD_FACT,
                    f"{yuan_text(fen)} 元",
                    Place(self.facts.named, column=title_of(name)),
                    expected=expected,
                    remedy=remedy,
                )
            ]
        )
