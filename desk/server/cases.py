"""The compensation cases as the desk lists them, and the whole life of one."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from desk.server.loans import sources_where
from ledger import accounts as acc
from ledger.book import Book, Source, Voucher
from ledger.casefiles import CaseFile, case_files
from ledger.events import CompensationDecided, LoanIncluded
from ledger.faults import Refusal
from reports.forms.decisions import decision_of
from riskpool.views import StepLine, explain

APPLIED, APPROVED, REDUCED, DENIED, PAID, TAKEN = "待裁决", "待拨付", "核减待拨付", "不予补偿", "已拨付", "期初接入"
DEFERRED, AGAIN, QUEUED, RETURNED, WRITTEN_OFF = "暂缓补偿", "待再次裁决", "排队等待资金", "已退回", "已核销"

PARTIES = {
    "pool": "风险池",
    "bank": "银行",
    "insurer": "保险人",
    "guarantor": "担保人",
    "appraiser": "评估机构",
    "enterprise": "企业",
}
"""A loss-sharing party in Chinese; one that is not here is shown by its own key."""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as of the last posted day: its file and what the list shows of it. Amounts in fen."""

    file: CaseFile
    bank: str
    borrower: str
    recourse_account: str
    recourse_fen: int

    @property
    def case(self) -> str:
        """The case's number."""
        return self.file.case

    @property
    def loan(self) -> str:
        """The loan's number."""
        return self.file.loan

    @property
    def claimed_fen(self) -> int:
        """What was claimed; for a case taken over at the opening, the loss then recognised."""
        if self.file.applied:
            return self.file.claimed_fen
        return self.file.taken.base_fen if self.file.taken else 0

    @property
    def approved_fen(self) -> int:
        """What was approved."""
        if self.file.decided:
            return self.file.approved_fen
        return self.file.taken.paid_fen if self.file.taken else 0

    @property
    def decided_on(self) -> date | None:
        """The day of the decision that stands, approving, denying or holding back."""
        decision = self.file.ruling
        if decision:
            return decision.on
        return self.file.taken.decided_on if self.file.taken else None

    @property
    def state(self) -> str:
        """Where the case stands, in Chinese."""
        if self.file.denied:
            return DENIED
        if self.file.decided:
            return self._decided(self.file.decided)
        if self.is_written_off:
            return WRITTEN_OFF
        return TAKEN if self.file.taken else DEFERRED if self.file.deferred else APPLIED

    def _decided(self, decided: CompensationDecided) -> str:
        if self.file.pending:
            return AGAIN
        if self.file.due_fen:
            return APPROVED if decided.outcome == "approved" else REDUCED
        if self.file.queued_fen:
            return QUEUED
        if self.is_written_off:
            return WRITTEN_OFF
        return PAID if self.file.paid_fen > self.file.returned_fen else RETURNED

    @property
    def is_written_off(self) -> bool:
        """Whether what could still come back was written off; a recovery since does not change that."""
        return bool(self.file.written_off) and not self.file.recourse_fen

    @property
    def is_open(self) -> bool:
        """Whether somebody must still decide or pay."""
        return self.state in {APPLIED, DEFERRED, AGAIN, QUEUED, APPROVED, REDUCED}


@dataclass(frozen=True, slots=True)
class Share:
    """What one party bears of a case's base, and what of it is still due, in fen."""

    title: str
    amount_fen: int
    due_fen: int | None


@dataclass(frozen=True)
class Cases:
    """All cases of one state of the books."""

    book: Book

    @cached_property
    def rows(self) -> tuple[CaseRow, ...]:
        """Newest first; cases taken over at the opening last."""
        found = [self._row(item) for item in case_files(self.book).values()]
        return tuple(sorted(found, key=lambda row: (row.file.taken is None, row.file.begun_on, row.case), reverse=True))

    def row(self, case: str) -> CaseRow | None:
        """One case, or None."""
        return next((row for row in self.rows if row.case == case), None)

    @cached_property
    def _borrowers(self) -> dict[str, str]:
        return {item.loan: item.borrower for item in self.book.events(LoanIncluded)}

    def _row(self, file: CaseFile) -> CaseRow:
        account = self.book.chart.recourse(file.bank, file.case)
        return CaseRow(
            file,
            self.book.pool.bank_of(file.bank).name,
            self._borrowers.get(file.loan, file.taken.borrower if file.taken else ""),
            account,
            self.book.balance_fen(account, commodity=acc.RECOURSE),
        )

    def shares(self, row: CaseRow) -> tuple[Share, ...]:
        """Each party's part of the base, the pool first, the bank's remainder last; they sum to the base."""
        file = row.file
        decision = file.redecided[-1] if file.redecided else file.decided
        if decision is None:
            return ()
        others = [
            Share(PARTIES.get(item.party, item.party), item.amount_fen, self._due(row, item.party))
            for item in decision.others
        ]
        pool = Share(PARTIES["pool"], decision.approved_fen, file.due_fen + file.queued_fen)
        rest = decision.base_fen - decision.approved_fen - sum(share.amount_fen for share in others)
        named = [share for share in others if share.title == PARTIES["bank"]]
        bank = [] if named and not rest else [Share(PARTIES["bank"], rest, None)]
        return (pool, *others, *bank)

    def steps(self, row: CaseRow) -> tuple[StepLine, ...] | None:
        """The decision's steps, clause by clause; None where its record is missing or altered."""
        try:
            decision = decision_of(self.book, row.file)
        except Refusal:
            return None
        return explain(decision) if decision else ()

    def _due(self, row: CaseRow, party: str) -> int:
        return self.book.balance_fen(self.book.chart.other(row.case, party), commodity=acc.OTHER)

    def vouchers(self, case: str) -> tuple[Voucher, ...]:
        """All numbered entries that bear the case's link, in order."""
        return tuple(item for item in self.book.vouchers if f"case-{case}" in item.links)

    def sources(self, case: str) -> tuple[tuple[str, Source], ...]:
        """(what was read, row) of every fact on the case."""
        return sources_where(self.book, case=case)
