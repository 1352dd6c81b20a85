"""Headroom (余量): as of a day, how much every limit of a text has left, and which loans would trip one next.

Pure: the caller says what the books held on the day. A limit that the text leaves unset, or whose measure nobody
worked out, has no figure here and says why; none is ever invented. Amounts are fen.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from ledger.money import yuan_text
from riskpool.clauses.kind import TOPICS, Clause, StateRow
from riskpool.clauses.standing import LEVERAGE_FACTS
from riskpool.facts import FactValue, title_of
from riskpool.literals import MILLION, Comparison, span
from riskpool.rulefile import RuleText
from riskpool.suspension import HOLDING, NO_DENOMINATOR, Measure, own_measures

POOL = "pool"
"""The key of the whole pool's measures, beside banks' codes and guarantors' names."""

_SCOPES = {POOL: "全池", "guarantor": "担保机构"}

LIMIT_TOPICS = ("base_cap", "payment_cap", "suspension", "leverage", "budget", "balance_limit")
"""Topics under which a text sets a limit that can be used up."""

UNSET = "办法没有写明，不能计算"
NO_MEASURE = "没有逐期指标，不能计算"
NO_FIGURE = "账簿没有这项数，不能计算"


class LiveLoan(NamedTuple):
    """A loan in the pool on the day, not yet decided: what is unpaid of its principal, and whether it is overdue."""

    loan: str
    bank: str
    enterprise: str
    exposure: str
    outstanding_fen: int
    due_on: date
    is_overdue: bool


class Trip(NamedTuple):
    """A loan that would carry a measure over a line.

    ``how`` is ``maturity`` (falling due unpaid in the order of due days, with all that fall due before it) or
    ``alone`` (its own default is enough). ``short_fen`` is by how much the room is then passed.
    """

    loan: str
    due_on: date
    how: str
    short_fen: int


@dataclass(frozen=True, slots=True)
class Headroom:
    """One limit as of a day: ``whose`` (a bank, an enterprise, the pool, a year), what it allows, what is used.

    ``room_fen`` is the most that can still come without passing the limit, below zero once it is passed; None where
    it can't be said, and ``why`` tells. ``next`` are the loans that would trip it.
    """

    article: str
    kind: str
    whose: str
    limit: str
    used_fen: int | None = None
    room_fen: int | None = None
    why: str = ""
    next: tuple[Trip, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """What the books held at the end of ``on``: what cases took of each meter, measures, live loans, the pool's facts.

    ``measures`` stand under a bank's code, a guarantor's name or :data:`POOL`.
    ``pool`` states ``in_pool_principal pool_balance pool_paid_in pool_paid_out`` as far as they are known;
    ``funded_this_year_fen`` is what rounds gave in the day's calendar year, paid or not: what the next
    round finds used. ``names`` say what people call a bank's code or an exposure.
    """

    on: date
    used: Mapping[str, int]
    measures: Mapping[str, Sequence[Measure]]
    loans: Sequence[LiveLoan]
    pool: Mapping[str, FactValue]
    funded_this_year_fen: int | None
    names: Mapping[str, str] = field(default_factory=dict)


def headroom(text: RuleText, standing: Standing) -> tuple[Headroom, ...]:
    """Every limit of the text as of the day, in the order of the text; then the limits that it does not state."""
    rooms = [room for clause in text.clauses for room in _READERS.get(clause.kind, _none)(clause, text, standing)]
    unseen = [
        Headroom("（未写）", silence.topic, "", TOPICS[silence.topic], why=f"{_SILENT[silence.status]}——{silence.why}")
        for silence in text.silent
        if silence.topic in LIMIT_TOPICS
    ]
    return (*rooms, *unseen)


_SILENT = {
    "unset": "没有看到条款，不知道有没有这项限额",
    "assumed": "假定没有这项限额",
    "sourced": "原文没有这项限额",
}


def _none(_clause: Clause, _text: RuleText, _standing: Standing) -> list[Headroom]:
    return []


def _caps(clause: Clause, text: RuleText, standing: Standing) -> list[Headroom]:
    """Meters with use on them, and those of the banks and enterprises in the pool that have none yet."""
    if {"meter", "per", "amount"} & set(clause.unset):
        return [Headroom(clause.article, clause.kind, "", UNSET, why=_unset_words(clause))]
    meter, per, amount = clause.word("meter"), clause.words("per"), clause.integer("amount")
    keys = {key for key in standing.used if key.split("|")[0] == meter}
    # A meter by loan has one entry a loan: those that nothing was taken of yet are all whole and are not listed.
    if not {"exposure", *_NOT_KNOWN} & set(per):
        keys |= {_key(meter, per, loan, standing.on) for loan in standing.loans}
    limit = f"{yuan_text(amount)} 元{_when_words(clause)}"
    if not keys:
        return [Headroom(clause.article, clause.kind, "每户（尚无占用）", limit, 0, amount)]
    found = []
    for key in sorted(keys):
        used = standing.used.get(key, 0)
        # What a default would be paid is known only when it is claimed; what it adds to a base of principal is known.
        loans = [loan for loan in standing.loans if _key(meter, per, loan, standing.on) == key]
        trips = _alone(loans, amount - used) if clause.kind == "base_cap" and _counts_principal(text) else ()
        whose = _key_words(key, standing)
        found.append(Headroom(clause.article, clause.kind, whose, limit, used, amount - used, next=trips))
    return found


def _counts_principal(text: RuleText) -> bool:
    return all("components" not in c.unset and "principal" in c.words("components") for c in text.clauses_of("base_of"))


def _alone(loans: Sequence[LiveLoan], room: int) -> tuple[Trip, ...]:
    return tuple(
        Trip(loan.loan, loan.due_on, "alone", loan.outstanding_fen - max(room, 0))
        for loan in sorted(loans, key=lambda loan: (loan.due_on, loan.loan))
        if loan.outstanding_fen > max(room, 0)
    )


_NOT_KNOWN = ("guarantor", "filed_year")
"""Dimensions that a live loan does not state: under a meter by one of them no loan is listed and none named next."""


def _key(meter: str, per: tuple[str, ...], loan: LiveLoan, on: date) -> str:
    """The key under which a loan's case would count, were it accepted and decided in the day's year."""
    values = {"exposure": loan.exposure, "enterprise": loan.enterprise, "bank": loan.bank, "pool": "全池"}
    values |= dict.fromkeys(_NOT_KNOWN, "")
    return "|".join([meter, *(f"{name}={values.get(name, str(on.year))}" for name in per)])


def _key_words(key: str, standing: Standing) -> str:
    values = [part.partition("=") for part in key.split("|")[1:]]
    return "，".join(
        f"{value} 年" if name.endswith("_year") else standing.names.get(value, value) for name, _, value in values
    )


def _when_words(clause: Clause) -> str:
    return f"（只限{'，'.join(title_of(part.fact) for part in clause.when)}符合条件的）" if clause.when else ""


def _unset_words(clause: Clause) -> str:
    return "；".join(clause.unset.values())


def _leverage(clause: Clause, text: RuleText, standing: Standing) -> list[Headroom]:
    if clause.unset:
        return [Headroom(clause.article, clause.kind, "全池", UNSET, why=_unset_words(clause))]
    basis, multiple = clause.word("basis"), clause.integer("multiple")
    base = _size(text) if basis == "size" else standing.pool.get(LEVERAGE_FACTS[basis])
    used = standing.pool.get("in_pool_principal")
    if not isinstance(base, int) or not isinstance(used, int):
        return [Headroom(clause.article, clause.kind, "全池", NO_FIGURE, why=f"倍数的基数：{basis}")]
    limit = base * multiple // MILLION
    words = f"{yuan_text(limit)} 元{_when_words(clause)}"
    return [Headroom(clause.article, clause.kind, "全池", words, used, limit - used)]


def _size(text: RuleText) -> int | None:
    return next((clause.integer("amount") for clause in text.clauses_of("pool_size") if not clause.unset), None)


def _budget(clause: Clause, _text: RuleText, standing: Standing) -> list[Headroom]:
    if {"per", "amount"} & set(clause.unset):
        return [Headroom(clause.article, clause.kind, "", UNSET, why=_unset_words(clause))]
    amount, year = clause.integer("amount"), f"{standing.on.year} 年"
    # Rounds are told by their year alone here, not by mode or by bank.
    if clause.when or clause.words("per") != ("paid_year",) or standing.funded_this_year_fen is None:
        return [
            Headroom(clause.article, clause.kind, year, f"{yuan_text(amount)} 元{_when_words(clause)}", why=NO_FIGURE)
        ]
    used = standing.funded_this_year_fen
    return [Headroom(clause.article, clause.kind, year, f"{yuan_text(amount)} 元", used, amount - used)]


def _balance(clause: Clause, text: RuleText, standing: Standing) -> list[Headroom]:
    if "basis" in clause.unset:
        return [Headroom(clause.article, clause.kind, "全池", UNSET, why=_unset_words(clause))]
    basis = clause.word("basis")
    names = {"balance": "pool_balance", "paid_in": "pool_paid_in"}
    base = _size(text) if basis == "size" else standing.pool.get(names[basis])
    used = 0 if basis == "balance" else standing.pool.get("pool_paid_out")
    if not isinstance(base, int) or not isinstance(used, int):
        return [Headroom(clause.article, clause.kind, "全池", NO_FIGURE, why=NO_FIGURE)]
    words = f"{yuan_text(base)} 元{_when_words(clause)}"
    return [Headroom(clause.article, clause.kind, "全池", words, used, base - used)]


def _suspension(clause: Clause, _text: RuleText, standing: Standing) -> list[Headroom]:
    """One line per bank and per row of the table that holds a bank: how far the measure is below that row."""
    if set(clause.unset) - {"resumes"}:
        return [Headroom(clause.article, clause.kind, "", UNSET, why=_unset_words(clause))]
    scope, rows = clause.word("scope"), sorted(clause.states("states"), key=lambda row: span(row.where)[0])
    holding = [row for row in rows if row.effect in HOLDING]
    if scope == "bank":
        whose = [key for key in standing.measures if key != POOL]
    else:
        whose = [key for key, measures in standing.measures.items() if own_measures(clause, measures)] or [scope]
    return [_to_row(clause, row, key, standing) for key in whose for row in holding]


def _to_row(clause: Clause, row: StateRow, key: str, standing: Standing) -> Headroom:
    known = [item for item in own_measures(clause, standing.measures.get(key, ())) if item.on <= standing.on]
    whose = _SCOPES.get(key) or standing.names.get(key, key)
    limit = f"{'且'.join(test.text for test in row.where)}：{row.state}{_when_words(clause)}"
    made = Headroom(clause.article, clause.kind, whose, limit)
    is_overdue_principal = (clause.word("measure"), clause.word("over")) == ("overdue_principal", "amount")
    # A bank without a month end has nothing overdue; of a guarantor or the pool nothing is known then.
    if not known and not (is_overdue_principal and clause.word("scope") == "bank"):
        return _said(made, NO_MEASURE)
    last = max(known, key=lambda item: item.on) if known else Measure(standing.on, 0)
    if not last.over_fen:
        return _said(made, NO_DENOMINATOR)
    floors = [test for test in row.where if test.op in ("at_least", "above")]
    if not floors:
        return _said(made, "本档没有下限，说不出还差多少")
    if any(_passes(test, last) for test in row.where if test not in floors):
        return _said(made, f"指标 {yuan_text(last.amount_fen)} 元已越过本档")
    room = max(_most_below(test, last) for test in floors) - last.amount_fen
    loans = [loan for loan in standing.loans if key in (loan.bank, POOL)]
    trips = _trips(loans, room) if is_overdue_principal and room >= 0 else ()
    return Headroom(made.article, made.kind, whose, limit, last.amount_fen, room, next=trips)


def _said(made: Headroom, why: str) -> Headroom:
    return Headroom(made.article, made.kind, made.whose, made.limit, why=why)


def _most_below(test: Comparison, measure: Measure) -> int:
    """The largest amount that does not yet reach a row's lower edge: 「达到」 includes the edge, 「超过」 does not."""
    value, over = _edge(test, measure)
    return -(-value // over) - 1 if test.op == "at_least" else value // over


def _passes(test: Comparison, measure: Measure) -> bool:
    """Whether a measure is beyond a row's upper edge."""
    value, over = _edge(test, measure)
    amount = measure.amount_fen * over
    return amount > value if test.op == "at_most" else amount >= value


def _edge(test: Comparison, measure: Measure) -> tuple[int, int]:
    """A row's edge in fen as an exact ratio: an amount as it stands, a rate of the denominator."""
    if test.quantity.dimension == "money":
        return test.quantity.value, 1
    return test.quantity.value * measure.over_fen, MILLION


def _trips(loans: Sequence[LiveLoan], room: int) -> tuple[Trip, ...]:
    """Loans not yet overdue whose own default passes the room, and the first that does so by falling due in turn."""
    sound = sorted((loan for loan in loans if not loan.is_overdue), key=lambda loan: (loan.due_on, loan.loan))
    trips = _alone(sound, room)
    total = 0
    for loan in sound:
        total += loan.outstanding_fen
        if total > room:
            return (Trip(loan.loan, loan.due_on, "maturity", total - room), *trips)
    return trips


_READERS: dict[str, Callable[[Clause, RuleText, Standing], list[Headroom]]] = {
    "base_cap": _caps,
    "payment_cap": _caps,
    "suspension": _suspension,
    "leverage_limit": _leverage,
    "budget": _budget,
    "balance_limit": _balance,
}
