"""A decision that explains itself: facts, frozen clauses, steps, and what each party bears.

Every amount is int fen. The canonical bytes of a decision (sorted keys, UTF-8, newline at the end) are kept
in the books under their SHA-256, so anyone can read them back and re-compute each step.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, get_args

from ledger.provenance import digest
from riskpool.facts import FactValue

Op = Literal[
    "sum", "min", "max", "sub", "share", "share_down", "at_least", "above", "at_most", "below", "equal", "one_of"
]
OPS: tuple[str, ...] = get_args(Op)
"""The twelve operations; riskpool.checker says what each of them computes."""

Effect = Literal["", "refuse", "defer", "flag", "skip", "row"]
"""What a result of 0 does: ``skip`` ends the clause, ``row`` goes on to the next row."""

Origin = str | int
"""Where an operand is from: a step's number, or ``f:`` fact, ``p:<clause>.`` literal, ``u:`` meter, ``k`` constant."""

Value = int | str | bool
FORMAT = 1


class Operand(NamedTuple):
    """One value that a step used, and where it is from."""

    origin: Origin
    value: Value


class Step(NamedTuple):
    """One operation under one clause. ``name`` says what the result is, e.g. ``base`` or ``due.pool``."""

    no: int
    clause: int
    kind: str
    op: Op
    operands: tuple[Operand, ...]
    result: int
    name: str = ""
    effect: Effect = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a condition came to: the clause, whether it holds, what follows when not, and the sentence."""

    clause: str
    kind: str
    holds: bool
    effect: Effect
    sentence: str


@dataclass(frozen=True, slots=True)
class FrozenClause:
    """A clause as it stood when the case was decided: its number, article, kind and integers."""

    no: int
    article: str
    kind: str
    says: str
    literals: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class RecoveryTerms:
    """How recoveries of the case are shared: proportions as integers, never as decimals.

    ``parts`` are the parties' amounts of the loss base (fen), whose sum is ``whole``; ``contributors`` the
    parts (fen) in which the pool's own payment was drawn. Where the text shares by its nominal ratio, ``parts``
    holds ours alone, of ``whole``.
    """

    clause: str
    costs: str
    by: str
    limit: str
    parts: Mapping[str, int]
    whole: int
    contributors: Mapping[str, int]
    ours: str = "pool"


@dataclass(frozen=True, slots=True)
class Decision:
    """The whole record of one decision.

    ``used`` are the meters as other cases left them, ``consumption`` what this case takes of them in all.
    ``parties`` are the parties' keys and titles in the order of the text, ``ours`` and ``residual`` two of
    them; ``due`` is each party's amount and sums to ``base``. ``settle`` is what is now to be paid: our due
    less what earlier decisions of the same case approved (below zero: to be paid back). ``refusals`` are the
    clauses that refused, or in a deferred case those that hold the payment back; neither consumes anything.
    """

    rule: str
    rule_sha256: str
    title: str
    demo: bool
    case: str
    facts: Mapping[str, FactValue]
    evidence: Mapping[str, str]
    used: Mapping[str, int]
    clauses: tuple[FrozenClause, ...]
    plan: tuple[int, ...]
    steps: tuple[Step, ...]
    verdict: Literal["approved", "denied", "deferred"]
    refusals: tuple[int, ...]
    loss: int
    base: int
    parties: tuple[tuple[str, str], ...]
    ours: str
    residual: str
    due: Mapping[str, int]
    settle: int
    contributors: Mapping[str, int]
    consumption: Mapping[str, int]
    recovery: RecoveryTerms | None
    assumed: tuple[str, ...]

    def clause(self, no: int) -> FrozenClause:
        """The frozen clause with this number."""
        return self.clauses[no - 1]

    @property
    def outside(self) -> int:
        """The part of the loss that the base leaves out: deductions, the part without IP, what a cap leaves out."""
        return self.loss - self.base

    def to_bytes(self) -> bytes:
        """Canonical JSON: sorted keys, UTF-8, newline at the end."""
        return canonical_bytes(to_json(self))

    @property
    def sha256(self) -> str:
        """Digest of :meth:`to_bytes`, under which the books keep the record."""
        return digest(self.to_bytes())


def canonical_bytes(value: Mapping[str, Any]) -> bytes:
    """The one JSON form in which a record is stored and digested."""
    return (json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n").encode()


def to_json(decision: Decision) -> dict[str, Any]:
    """The decision as plain JSON values."""
    plain = {name: getattr(decision, name) for name in Decision.__slots__}
    maps = ("facts", "evidence", "used", "due", "contributors", "consumption")
    return {
        **plain,
        **{name: dict(plain[name]) for name in maps},
        "format": FORMAT,
        "clauses": [clause_json(clause) for clause in decision.clauses],
        "parties": [list(party) for party in decision.parties],
        "steps": [step_json(step) for step in decision.steps],
        "recovery": terms_json(decision.recovery) if decision.recovery else None,
    }


def from_bytes(content: bytes) -> Decision:
    """Read back what :meth:`Decision.to_bytes` wrote; another format is our mistake, not a user's."""
    return of_json(json.loads(content))


def of_json(stored: Mapping[str, Any]) -> Decision:
    """The decision that :func:`to_json` said as plain values."""
    table = dict(stored)
    assert table.pop("format") == FORMAT, "unknown decision format"
    table["facts"] = {name: tuple(v) if isinstance(v, list) else v for name, v in table["facts"].items()}
    table["clauses"] = tuple(FrozenClause(**clause) for clause in table["clauses"])
    table["parties"] = tuple((key, title) for key, title in table["parties"])
    table["steps"] = tuple(step_of_json(step) for step in table["steps"])
    table["recovery"] = RecoveryTerms(**table["recovery"]) if table["recovery"] else None
    plain: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in table.items()}
    return Decision(**plain)


def terms_json(terms: RecoveryTerms) -> dict[str, Any]:
    """Recovery terms as plain JSON values."""
    plain = {name: getattr(terms, name) for name in RecoveryTerms.__slots__}
    return {**plain, "parts": dict(terms.parts), "contributors": dict(terms.contributors)}


def step_json(step: Step) -> dict[str, Any]:
    """One step as plain JSON values; an operand is ``[origin, value]``."""
    plain = {name: getattr(step, name) for name in Step._fields}
    return {**plain, "operands": [[operand.origin, operand.value] for operand in step.operands]}


def step_of_json(table: Mapping[str, Any]) -> Step:
    """Read back what :func:`step_json` wrote."""
    return Step(**{**table, "operands": tuple(Operand(origin, value) for origin, value in table["operands"])})


def clause_json(clause: FrozenClause) -> dict[str, Any]:
    """One frozen clause as plain JSON values."""
    plain = {name: getattr(clause, name) for name in FrozenClause.__slots__}
    return {**plain, "literals": dict(clause.literals)}
