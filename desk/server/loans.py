"""The loans of the pool as the desk lists them: one row a loan, with what happened to it since."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from ledger import accounts as acc
from ledger.book import Book, Source, Voucher
from ledger.events import (
    CompensationApplied,
    InsuranceIssued,
    IpAppraised,
    IpRightListed,
    LoanIncluded,
    LoanReleased,
    PledgeRegistered,
    TapeConfirmed,
    TermExtended,
)
from ledger.faults import Refusal
from ledger.ids import IP_TYPES
from ledger.money import fen_of_yuan
from ledger.provenance import parse_line
from reports.forms.filing_review import conclusion, fact_rows, finding_rows, findings_of
from reports.titles import KIND_TITLES

GRADES = {"normal": "正常", "special_mention": "关注", "substandard": "次级", "doubtful": "可疑", "loss": "损失"}
IN_POOL, DECIDED, RELEASED = "在池", "已裁决", "已出池"
STATES = (IN_POOL, DECIDED, RELEASED)


@dataclass(frozen=True, slots=True)
class LoanRow:
    """A loan as of the last posted day. Amounts in fen."""

    facts: LoanIncluded
    account: str
    bank: str
    balance_fen: int
    decided_fen: int
    due_on: date
    is_extended: bool
    tape: TapeConfirmed | None
    released_on: date | None

    @property
    def grade(self) -> str:
        """五级分类 in Chinese by the last tape; empty before the first."""
        return GRADES[self.tape.grade] if self.tape else ""

    @property
    def overdue_days(self) -> int:
        """Days overdue by the last tape."""
        return self.tape.overdue_days if self.tape else 0

    @property
    def state(self) -> str:
        """在池, 已裁决 (a decision took it over, the bank still lists it) or 已出池."""
        if self.released_on or not self.balance_fen:
            return RELEASED
        return DECIDED if self.decided_fen else IN_POOL


@dataclass(frozen=True, slots=True)
class Right:
    """A pledged right with its last appraisal in fen, None where it was priced in a package or not at all."""

    code: str
    sort: str
    title: str
    owner: str
    value_fen: int | None


@dataclass(frozen=True, slots=True)
class Filed:
    """A filing's findings as its page shows them: the conclusion, the text, findings, facts with what they rest on."""

    conclusion: str
    rule: str = ""
    findings: tuple[tuple[str, str, str, str], ...] = ()
    facts: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Loans:
    """All loans of one state of the books."""

    book: Book

    @cached_property
    def rows(self) -> tuple[LoanRow, ...]:
        """By bank in pool.toml's order, then by loan number."""
        order = {bank.code: place for place, bank in enumerate(self.book.pool.bank)}
        found = [self._row(facts) for facts in self.book.events(LoanIncluded)]
        return tuple(sorted(found, key=lambda row: (order[row.facts.bank], row.facts.loan)))

    @cached_property
    def _balances(self) -> dict[str, int]:
        return {name: fen_of_yuan(number) for name, number in self.book.balances(commodity=acc.LOAN).items()}

    @cached_property
    def _tapes(self) -> dict[str, TapeConfirmed]:
        tapes = sorted(self.book.events(TapeConfirmed), key=lambda tape: tape.month)
        return {tape.loan: tape for tape in tapes}

    @cached_property
    def _extended(self) -> dict[str, TermExtended]:
        return {item.loan: item for item in self.book.events(TermExtended)}

    @cached_property
    def _released(self) -> dict[str, LoanReleased]:
        return {item.loan: item for item in self.book.events(LoanReleased)}

    def _row(self, facts: LoanIncluded) -> LoanRow:
        chart = self.book.chart
        account = chart.loan(facts.bank, facts.loan)
        decided = self._balances.get(chart.decided(facts.bank, facts.loan), 0)
        extended, released = self._extended.get(facts.loan), self._released.get(facts.loan)
        return LoanRow(
            facts,
            account,
            chart.pool.bank_of(facts.bank).name,
            balance_fen=self._balances.get(account, 0) + decided,
            decided_fen=decided,
            due_on=extended.new_due_on if extended else facts.due_on,
            is_extended=extended is not None,
            tape=self._tapes.get(facts.loan),
            released_on=released.on if released else None,
        )

    @cached_property
    def _held(self) -> list[LoanRow]:
        return [row for row in self.rows if row.state != RELEASED]

    @property
    def borrower_count(self) -> int:
        """How many borrowers have a loan in the pool."""
        return len({row.facts.uscc or row.facts.borrower for row in self._held})

    @property
    def overdue_count(self) -> int:
        """How many loans in the pool are overdue by the last tape."""
        return sum(1 for row in self._held if row.overdue_days)

    def row(self, loan: str) -> LoanRow | None:
        """One loan, or None."""
        return next((row for row in self.rows if row.facts.loan == loan), None)

    def tapes(self, loan: str) -> tuple[TapeConfirmed, ...]:
        """The bank's month-end words on a loan, newest first."""
        found = [tape for tape in self.book.events(TapeConfirmed) if tape.loan == loan]
        return tuple(sorted(found, key=lambda tape: tape.month, reverse=True))

    def vouchers(self, loan: str) -> tuple[Voucher, ...]:
        """All numbered entries that bear the loan's link."""
        return tuple(item for item in self.book.vouchers if f"loan-{loan}" in item.links)

    def cases(self, loan: str) -> tuple[str, ...]:
        """The case numbers of applications for this loan."""
        return tuple(item.case for item in self.book.events(CompensationApplied) if item.loan == loan)

    def policies(self, loan: str) -> tuple[InsuranceIssued, ...]:
        """The policies that cover it."""
        return tuple(item for item in self.book.events(InsuranceIssued) if item.loan == loan)

    def pledge(self, reg_no: str) -> PledgeRegistered | None:
        """The pledge registration behind it."""
        return next((item for item in self.book.events(PledgeRegistered) if item.pledge == reg_no), None)

    def rights(self, facts: LoanIncluded) -> tuple[Right, ...]:
        """The rights pledged for it."""
        listed = {item.right: item for item in self.book.events(IpRightListed)}
        values = {item.right: item.value_fen for item in self.book.events(IpAppraised) if item.right}
        return tuple(
            Right(
                code,
                IP_TYPES[listed[code].ip_type] if code in listed else "",
                listed[code].title if code in listed else "",
                listed[code].owner if code in listed else "",
                values.get(code),
            )
            for code in facts.rights
        )

    def filed(self, facts: LoanIncluded) -> "Filed":
        """What it came in by: every finding of its filing."""
        try:
            record = findings_of(self.book, facts.bank, facts.loan)
        except Refusal:
            return Filed("入库核验记录缺失或被改动：运行 riskpool verify。")
        if record is None:
            return Filed("期初接收，没有入库核验记录。" if facts.opening else "没有入库核验记录。")
        return Filed(
            conclusion(record), f"《{record.title}》{record.rule}", finding_rows(record), fact_rows(self.book, record)
        )

    def sources(self, loan: str) -> tuple[tuple[str, Source], ...]:
        """(what was read, row) of every fact on the loan, in the books' order, each row once."""
        return sources_where(self.book, loan=loan)


def sources_where(book: Book, **facts: str) -> tuple[tuple[str, Source], ...]:
    """(summary, row) of every directive whose facts hold the given values; each row once."""
    found: dict[Source, str] = {}
    for entry in book.entries:
        if "kind" in entry.meta and all(entry.meta.get(key) == value for key, value in facts.items()):
            for source in sources_in(entry.meta):
                found.setdefault(source, _summary(entry.meta, entry))
    return tuple((summary, source) for source, summary in found.items())


def sources_in(meta: Mapping[str, object]) -> tuple[Source, ...]:
    """The rows that a directive's own facts name."""
    texts = [str(value) for key, value in meta.items() if key == "source" or key.startswith("source-")]
    return tuple(Source(*parse_line(text)) for text in texts)


def _summary(meta: Mapping[str, object], entry: object) -> str:
    text = meta.get("summary") or getattr(entry, "narration", "") or getattr(entry, "comment", "")
    return str(text or KIND_TITLES[str(meta["kind"])])
