"""One run of a bound rule text over one case: the state that phases write, and the light trace of steps.

A step is the tuple ``(template, operands, result)`` while a run lasts, because a record per step would
cost more than the arithmetic; riskpool.waterfall makes it a Step on demand.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ledger.faults import Refusal
from riskpool.decision import Effect, Op, Origin, Value
from riskpool.facts import CaseFacts, FactValue, day_number


class Template(NamedTuple):
    """What is the same every time a clause adds this step."""

    clause: int
    kind: str
    op: Op
    name: str = ""
    effect: Effect = ""


class Figure(NamedTuple):
    """An integer and the origin under which later steps name it."""

    value: int
    origin: Origin


class Word(NamedTuple):
    """A word or flag and its origin; only ``one_of`` looks at one."""

    value: Value
    origin: Origin


LightStep = tuple[Template, tuple[Figure | Word, ...], int]


class Ratio(NamedTuple):
    """A payer's part of the whole, each with its origin."""

    part: Figure
    whole: Figure


ZERO = Figure(0, "k0")
ONE = Figure(1, "k1")


@dataclass(slots=True)
class Run:
    """The state of a run. Base kinds write ``loss`` and ``base``, share kinds ``ratios``, the rest ``due``."""

    facts: CaseFacts
    used: Mapping[str, int]
    trace: list[LightStep] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    loss: Figure = ZERO
    base: Figure = ZERO
    ratios: dict[str, Ratio] = field(default_factory=dict)
    due: dict[str, Figure] = field(default_factory=dict)
    allotted_by: int = 0
    meters: dict[str, str] = field(default_factory=dict)
    contributors: dict[str, Figure] = field(default_factory=dict)

    def add(self, template: Template, operands: tuple[Figure, ...], result: int) -> Figure:
        """Add a step over figures; its result is a figure named by the step's number."""
        self.trace.append((template, operands, result))
        return Figure(result, len(self.trace))

    def add_one_of(self, template: Template, subject: Word, allowed: tuple[Word, ...]) -> bool:
        """Add the step that asks whether a word or flag is among the allowed ones."""
        holds = any(word.value == subject.value for word in allowed)
        self.trace.append((template, (subject, *allowed), int(holds)))
        return holds

    def fact(self, name: str) -> FactValue:
        """A fact's value; a missing one refuses the case."""
        try:
            return self.facts.values[name]
        except KeyError:
            raise Refusal([self.facts.missing(name)]) from None

    def money(self, name: str) -> Figure:
        """A money fact in fen."""
        value = self.fact(name)
        assert isinstance(value, int), f"{name} is no amount"
        return Figure(value, f"f:{name}")

    def day(self, name: str) -> Figure:
        """A day as a whole number."""
        return Figure(day_number(self.fact(name)), f"f:{name}")
