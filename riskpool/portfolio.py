"""An outside portfolio: a table of loans under a rule text, row by row, with odd rows named and not decided.

Pure and streaming: rows come as lists of cells, results go as they come, nothing is kept but totals and what the
caller's ``store`` holds (meters, numbers seen). All amounts are int fen.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Protocol

from ledger.faults import ExitCode, Fault, FaultKind, Place, Refusal
from ledger.money import half_up
from riskpool.binding import BoundText, bind, phase_of
from riskpool.clauses import KINDS as CLAUSE_KINDS
from riskpool.facts import AVAILABLE, PAID_IN, CaseFacts, FactValue, title_of
from riskpool.needs import facts_needed, may_apply
from riskpool.portfoliomap import Columns, Loan, LoanMap, Odd
from riskpool.recovery import pool_total
from riskpool.ruletext import RuleText, unset_parameter
from riskpool.waterfall import Verdict, consumed, evaluate, recovery_terms

FACTS_MISSING = FaultKind(
    "回测-事实-01",
    "表里没有办法所用的事实",
    "办法条款所用的每项事实，在对应文件的 [facts] 指明栏目，或在 [stated] 写明取值和理由",
    "补上这一栏；表里确实没有、也不能写明取值的，不能用这个办法试算。",
    ExitCode.REFUSED,
)
KINDS = (FACTS_MISSING,)

TWICE = "编号重复"
WIDTH = "栏数与表头不同"


class Store(Protocol):
    """What must outlive a row: numbers seen and meters. A caller with millions of rows keeps it on disk."""

    def is_new(self, loan: str) -> bool:
        """Keep a loan's number; False when it was kept before."""

    def used(self, meter: str) -> int:
        """Fen taken of a meter so far."""

    def take(self, meter: str, amount: int) -> None:
        """Take fen of a meter."""


class Meters(Mapping[str, int]):
    """A store's meters as the engine asks for them."""

    def __init__(self, store: Store, lone: Sequence[str]) -> None:
        self.store, self.lone = store, lone

    def __getitem__(self, meter: str) -> int:
        return 0 if self.is_lone(meter) else self.store.used(meter)

    def is_lone(self, meter: str) -> bool:
        """Whether a meter is of one loan alone: its number is the table's own, and none comes twice."""
        return any(part in meter for part in self.lone)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


class OddRow(NamedTuple):
    """A row that is reported and not decided: its number in the file (the header is row 1), kind and what was read."""

    row: int
    loan: str
    kind: str
    found: str


class LoanResult(NamedTuple):
    """One lost loan under the rule text, fen. ``verdict`` is empty where the text refuses the case: ``why`` says which.

    ``covered`` is loss × the table's own covered share, half up; None where the map names no such columns.
    ``returned`` is our part of what was recovered.
    """

    row: int
    loan: str
    verdict: Verdict | None
    disbursed: int
    loss: int
    base: int
    ours: int
    parties: tuple[int, ...]
    recovered: int
    returned: int
    covered: int | None
    why: str


@dataclass(slots=True)
class Totals:
    """Exact sums over a portfolio, fen, and how many rows each of them is over."""

    rows: int = 0
    count: dict[str, int] = field(default_factory=dict)
    amount: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, fen: int = 0) -> None:
        """Count a row under a name and add its amount."""
        self.count[name] = self.count.get(name, 0) + 1
        self.amount[name] = self.amount.get(name, 0) + fen

    def sum(self, name: str, fen: int) -> None:
        """Add an amount without counting."""
        self.amount[name] = self.amount.get(name, 0) + fen


class Portfolio:
    """A rule text and a map made ready for rows with one header.

    Raises:
        Refusal: the text leaves a topic or a parameter unset that any case here reads; facts are missing; a column is.
    """

    def __init__(self, text: RuleText, loans: LoanMap, header: Sequence[str], file: str = "") -> None:
        self.columns: Columns = loans.columns_of(header, file)
        self.bound: BoundText = replace(bind(text), drawing=())  # a foreign table has no contributors of ours
        self.loans, self.totals = loans, Totals()
        self._refuse_unset(text)
        self._refuse_missing(text)
        self.parties = tuple(party.title for party in text.parties)
        self.lone = tuple(f"|{name}=" for name in self.columns.lone)

    def _refuse_unset(self, text: RuleText) -> None:
        for clause in text.clauses:
            phase = phase_of(clause)
            if not may_apply(clause, self.loans.stated):
                continue
            if phase and phase != "contributors" and set(clause.unset) - set(CLAUSE_KINDS[clause.kind].lazy):
                raise unset_parameter(clause)

    def _refuse_missing(self, text: RuleText) -> None:
        known = {*self.columns.facts, *self.loans.stated, "approved_earlier"}
        needed = facts_needed(text, self.loans.stated)
        skipped = {name for name in needed if name.startswith((PAID_IN, AVAILABLE))}
        missing = [
            Fault(FACTS_MISSING, f"{title_of(name)}（{name}），{'、'.join(articles)}所用", Place(self.loans.file))
            for name, articles in needed.items()
            if name not in known and name not in skipped
        ]
        if missing:
            raise Refusal(missing)

    def run(self, rows: Iterable[tuple[int, Sequence[str]]], store: Store) -> Iterator[OddRow | LoanResult]:
        """Each row's result, in the order of the table, which is also the order in which caps are used up.

        Rows whose status is not one of a loss are counted and give nothing.
        """
        totals, columns, meters = self.totals, self.columns, Meters(store, self.lone)
        for number, cells in rows:
            totals.rows += 1
            try:
                loan = _sound(columns, cells, store)
            except Odd as odd:
                totals.add(f"odd:{odd.kind}")
                yield OddRow(number, columns.number_of(cells), odd.kind, odd.found)
                continue
            totals.add(f"status:{loan.status}", loan.disbursed)
            if loan.status == "lost":
                values: dict[str, FactValue] = {**self.loans.stated, **loan.facts, "approved_earlier": 0}
                yield self._decided(number, loan, values, meters)

    def _decided(self, row: int, loan: Loan, values: dict[str, FactValue], meters: Meters) -> LoanResult:
        totals, loss = self.totals, loan.loss
        covered = half_up(loss * loan.covered[0], loan.covered[1]) if loan.covered else None
        totals.sum("loss", loss)
        totals.sum("recovered", loan.recovered)
        if covered is not None:
            totals.sum("covered", covered)
        try:
            outcome = evaluate(self.bound, CaseFacts(loan.number, values, {}), meters)
        except Refusal as refusal:
            codes = "、".join(dict.fromkeys(fault.code for fault in refusal.faults))
            totals.add(f"refused:{codes}", loss)
            why = f"{codes} {refusal.faults[0].found}"
            return LoanResult(row, loan.number, None, loan.disbursed, loss, 0, 0, (), loan.recovered, 0, covered, why)
        run, seats, verdict = outcome.run, self.bound.seats, outcome.verdict
        for meter, amount in consumed(outcome).items():
            if amount and not meters.is_lone(meter):
                meters.store.take(meter, amount)
        ours = outcome.settle
        # A case held back bears nothing yet: only amounts that would be paid count.
        approved = verdict == "approved"
        shares = tuple([run.due[key][0] if key in run.due else 0 for key in seats.order]) if approved else ()
        why = "" if approved else "、".join(self._articles(run.refused or run.deferred))
        returned = 0
        if ours and loan.recovered:
            terms = recovery_terms(self.bound, outcome)
            returned = pool_total(terms, ours, loan.recovered, loan.cost) if terms else 0
        totals.add(f"verdict:{verdict}", ours)
        base = run.base[0] if approved else 0
        totals.sum("base", base)
        totals.sum("returned", returned)
        for title, share in zip(self.parties, shares, strict=False):
            totals.sum(f"party:{title}", share)
        return LoanResult(
            row, loan.number, verdict, loan.disbursed, loss, base, ours, shares, loan.recovered, returned, covered, why
        )

    def _articles(self, numbers: Sequence[int]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.bound.frozen[number - 1].article for number in numbers))


def _sound(columns: Columns, cells: Sequence[str], store: Store) -> Loan:
    if len(cells) != columns.width:
        raise Odd(WIDTH, f"{len(cells)} 栏，表头 {columns.width} 栏")
    loan = columns.checked(cells)
    if not store.is_new(loan.number):
        raise Odd(TWICE, loan.number)
    return loan
