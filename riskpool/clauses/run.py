"""One run of a bound rule text over one case: the state that phases write, and the light trace of steps.

A step is the tuple ``(template, operands, result)`` while a run lasts, because a record per step would
cost more than the arithmetic; riskpool.waterfall makes it a Step on demand.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from ledger.faults import Fault, FaultKind, Place, Refusal
from riskpool.decision import Effect, Op, Origin, Value
from riskpool.facts import BAD_FACT, METER_DIMENSIONS, CaseFacts, FactValue, day_number, title_of


class Template(NamedTuple):
    """What is the same every time a clause adds this step."""

    clause: int
    kind: str
    op: Op
    name: str = ""
    effect: Effect = ""


@dataclass(slots=True, eq=False)
class Figure:
    """An integer and the origin under which later steps name it; made once and never changed.

    A plain record with slots: a named or frozen tuple costs eight times as much to make, and a run makes dozens.
    """

    value: int
    origin: Origin


@dataclass(slots=True, eq=False)
class Word:
    """A word or flag and its origin; only ``one_of`` looks at one."""

    value: Value
    origin: Origin


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


ZERO = Figure(0, "k0")
ONE = Figure(1, "k1")


@dataclass(slots=True)
class Run:
    """The state of a run. Base kinds write ``loss`` and ``base``, share kinds ``ratios``, the rest ``due``.

    ``meters`` names, for each meter touched, whose figure it counts: a payer, or "" for the base. ``derived`` are
    facts that a clause worked out itself (days of a calendar), each with its evidence.
    """

    facts: CaseFacts
    used: Mapping[str, int]
    trace: list[LightStep] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    deferred: list[int] = field(default_factory=list)
    loss: Figure = ZERO
    base: Figure = ZERO
    components: tuple[str, ...] = ()
    ratios: dict[str, Ratio] = field(default_factory=dict)
    due: dict[str, Figure] = field(default_factory=dict)
    allotted_by: int = 0
    nominal: tuple[int, int] = (0, 0)
    meters: dict[str, str] = field(default_factory=dict)
    contributors: dict[str, Figure] = field(default_factory=dict)
    derived: dict[str, tuple[int, str]] = field(default_factory=dict)

    def add(self, template: Template, operands: tuple[Figure, ...], result: int) -> Figure:
        """Add a step over figures; its result is a figure named by the step's number."""
        self.trace.append((template, operands, result))
        return Figure(result, len(self.trace))

    def add_one_of(self, template: Template, subject: Word, allowed: tuple[Word, ...]) -> bool:
        """Add the step that asks whether a word or flag is among the allowed ones."""
        value = subject.value
        for word in allowed:
            if word.value == value:
                self.trace.append((template, (subject, *allowed), 1))
                return True
        self.trace.append((template, (subject, *allowed), 0))
        return False

    def note(self, template: Template, *, holds: bool) -> None:
        """Keep a clause whose condition failed, by the effect that its text gives it."""
        if not holds:
            if template.effect == "refuse":
                self.refused.append(template.clause)
            elif template.effect == "defer":
                self.deferred.append(template.clause)

    def fact(self, name: str) -> FactValue:
        """A fact's value; a missing one refuses the case."""
        try:
            return self.facts.values[name]
        except KeyError:
            raise Refusal([self.facts.missing(name)]) from None

    def money(self, name: str) -> Figure:
        """A fact that is a number: fen, months, millionths."""
        value = self.facts.values.get(name)
        if value is None:
            raise Refusal([self.facts.missing(name)])
        assert isinstance(value, int), f"{name} is no number"
        return Figure(value, "f:" + name)

    def day(self, name: str) -> Figure:
        """A day as a whole number."""
        return Figure(day_number(self.fact(name)), f"f:{name}")

    def meter(self, name: str, per: tuple[str, ...]) -> Figure:
        """What other cases have used of a meter; its key is the meter's name and one part per dimension."""
        key = name
        for dimension in per:
            fact = METER_DIMENSIONS[dimension]
            value = str(self.fact(fact)) if fact else "全池"
            key += f"|{dimension}={value[:4] if dimension.endswith('_year') else value}"
        return Figure(self.used.get(key, 0), f"u:{key}")

    def refusal(self, kind: FaultKind, found: str) -> Refusal:
        """A refusal that names the case."""
        return Refusal([Fault(kind, found, Place(f"案件 {self.facts.case}"))])

    def wrong_fact(self, name: str, found: str, expected: str) -> Refusal:
        """A refusal of one fact's value."""
        return Refusal(
            [Fault(BAD_FACT, found, Place(f"案件 {self.facts.case}", column=title_of(name)), expected=expected)]
        )
