"""Invented years of a pool, told as events and posted by the real journal. Seeded; all persons are （虚构）.

A year holds what a pool's year holds: contributions, interest, fees, transfers, receipts under inquiry and their
names, loans with pledges, rights, appraisals and policies, repayments, monthly tapes, releases, cases from the
application to the last recovery, and a month-end assertion of every bank account.
"""

import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from ledger.accounts import Chart
from ledger.book import Book
from ledger.events import (
    AccountReconciled,
    AnyEvent,
    BankRowConfirmed,
    CompensationApplied,
    CompensationDecided,
    CompensationPaid,
    ContributionReceived,
    FeeCharged,
    InsuranceIssued,
    InsuranceLapsed,
    InterestReceived,
    IpAppraised,
    IpRightListed,
    LoanIncluded,
    LoanReleased,
    LoanRepaid,
    OpeningTaken,
    PledgeRegistered,
    PledgeReleased,
    ReceiptIdentified,
    ReceiptUnidentified,
    RecoveryNotified,
    RecoveryReceived,
    TapeConfirmed,
    TransferArrived,
    TransferSent,
    YearClosed,
)
from ledger.founding import first_batch, found
from ledger.ids import event_id, patent_check_digit
from ledger.journal import Posted, Posting, post
from ledger.oplog import OperationLog, record_bytes
from ledger.papers import Attachment
from ledger.pool import parse_pool
from ledger.provenance import SourceLine, digest
from ledger.seal import Receipt, seal_name
from ledger.signing import Signatures
from ledger.store import Store

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from pools import pool_toml

POOL = pool_toml(
    {"title": "量度用子风险池（虚构）", "slug": "bench", "unit": "示例市财政局（虚构）"},
    staff={"zhang": ("张某某（虚构）", "preparer bookkeeper"), "li": ("李某某（虚构）", "reviewer chief")},
    banks=("boc", "abchina", "crcb"),
    accounts={
        "boc-01": ("0000000001", "中国银行专户"),
        "abchina-01": ("0000000002", "农业银行专户"),
        "crcb-01": ("0000000003", "农商银行专户"),
    },
    contributors=("市财政", "县财政"),
    insurers=("示例保险（虚构）",),
)
BANKS = ("boc", "abchina", "crcb")
OPENING_FEN = 100_000_000_00


@dataclass
class _Loan:
    """A loan on its way from inclusion to release."""

    no: str
    bank: str
    left: int
    right: str
    pledge: str
    policy: str
    cover: int
    due: int
    """Months until it is paid off."""
    case: str = ""
    paid: int = 0
    back: int = 0
    """What the pool paid for it, and what of that came back."""


@dataclass
class Pool:
    """The invented world: what is open, what each account holds; tells months one after the other."""

    seed: int
    begins: int
    """The first year."""
    tidy: bool = True
    """Whether years end as they must: every receipt named, the result shared out."""
    cases: float = 0.004
    """How often something happens that becomes a case."""
    cash: dict[str, int] = field(default_factory=lambda: dict.fromkeys(BANKS, OPENING_FEN))
    loans: list[_Loan] = field(default_factory=list)
    unnamed: list[ReceiptUnidentified] = field(default_factory=list)
    transit: list[TransferSent] = field(default_factory=list)
    result: int = 0
    count: int = 0
    events: list[AnyEvent] = field(default_factory=list)
    vouchers: int = 0

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.file = digest(f"list {self.seed}".encode())

    @property
    def opened_on(self) -> date:
        return date(self.begins - 1, 12, 31)

    def opening(self) -> OpeningTaken:
        """What the accounts held before."""
        chart = Chart(parse_pool(POOL))
        lines: list[dict[str, Any]] = [
            {"account": chart.cash(f"{bank}-01"), "amount_fen": OPENING_FEN} for bank in BANKS
        ]
        lines.append({"account": chart.paid_in("01"), "amount_fen": -OPENING_FEN * len(BANKS)})
        return OpeningTaken(
            event_id=event_id("opening", self.seed), on=self.opened_on, summary="期初建账", lines=tuple(lines)
        )

    def month(self, year: int, month: int, size: int) -> list[AnyEvent]:
        """A month's events, in the order of their days, that make ``size`` vouchers and registers, then its end."""
        self.events, self.vouchers = [], 0
        first = date(year, month, 1)
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        self._ends(first)
        while self.vouchers < size:
            on = first + timedelta(days=self.vouchers * (last.day - 1) // size)
            self._something(on)
        self._closes(last)
        return self.events

    def _say(self, kind: type[Any], on: date, vouchers: int, summary: str, **fields: object) -> Any:  # noqa: ANN401 - one maker for every kind
        self.count += 1
        name = "bank" if kind in {ContributionReceived, InterestReceived, FeeCharged, BankRowConfirmed} else "bench"
        event = kind(
            event_id=event_id(name, self.seed, self.count),
            on=on,
            summary=summary,
            sources=(SourceLine(sha256=self.file, sheet="明细", row=self.count),),
            **fields,
        )
        self.events.append(event)
        self.vouchers += vouchers
        return event

    def _something(self, on: date) -> None:
        acts = (self._money_in, self._interest, self._fee, self._transfer, self._unknown, self._loan, self._repay)
        self.rng.choices(acts, weights=(8, 14, 20, 4, 3, 5, 30))[0](on)
        if self.rng.random() < self.cases:
            self._case(on)

    def _money_in(self, on: date) -> None:
        bank, fen = self.rng.choice(BANKS), self.rng.randint(1, 50_000_000)
        self.cash[bank] += fen
        who = self.rng.choice(("01", "02"))
        self._say(
            ContributionReceived,
            on,
            1,
            f"出资到账 第{self.count}期",
            account=f"{bank}-01",
            contributor=who,
            amount_fen=fen,
            counterparty="示例市财政局（虚构）",
        )

    def _interest(self, on: date) -> None:
        bank, fen = self.rng.choice(BANKS), self.rng.randint(1, 99_999)
        self.cash[bank] += fen
        self.result += fen
        self._say(InterestReceived, on, 1, "专户结息", account=f"{bank}-01", amount_fen=fen)

    def _fee(self, on: date) -> None:
        bank, fen = self.rng.choice(BANKS), self.rng.randint(1, 5_000)
        self.cash[bank] -= fen
        self.result -= fen
        self._say(FeeCharged, on, 1, "账户管理费、网银汇划手续费", account=f"{bank}-01", amount_fen=fen)

    def _transfer(self, on: date) -> None:
        if self.transit:
            sent = self.transit.pop(0)
            self.cash[sent.to_account[:-3]] += sent.amount_fen
            self._say(
                TransferArrived,
                on,
                1,
                "专户间划转到账",
                account=sent.to_account,
                from_account=sent.account,
                amount_fen=sent.amount_fen,
            )
            return
        giver, taker = self.rng.sample(BANKS, 2)
        fen = self.rng.randint(1, self.cash[giver] // 100)
        self.cash[giver] -= fen
        sent = self._say(
            TransferSent,
            on,
            1,
            "专户间划转",
            account=f"{giver}-01",
            to_account=f"{taker}-01",
            amount_fen=fen,
            instruction_no=f"HB{self.count}",
        )
        self.transit.append(sent)
        self._say(
            BankRowConfirmed, on, 0, "银行回单：划转", account=f"{giver}-01", confirms=sent.event_id, amount_fen=-fen
        )

    def _unknown(self, on: date) -> None:
        if len(self.unnamed) > 3:
            self._name(on)
            return
        bank, fen = self.rng.choice(BANKS), self.rng.randint(1, 999_999)
        self.cash[bank] += fen
        what = self._say(
            ReceiptUnidentified, on, 1, "不明来款", account=f"{bank}-01", amount_fen=fen, counterparty="某某（虚构）"
        )
        self.unnamed.append(what)

    def _name(self, on: date) -> None:
        what = self.unnamed.pop(0)
        self._say(
            ReceiptIdentified,
            on,
            1,
            "待查款项认领：县财政出资",
            receipt=what.event_id,
            account=what.account,
            amount_fen=what.amount_fen,
            target="contribution",
            contributor="02",
            reason="县财政来函",
        )

    def _loan(self, on: date) -> None:
        number, bank = self.count, self.rng.choice(BANKS)
        body = f"{on.year}1{number:07d}"
        right = f"ZL{body}.{patent_check_digit(body)}"
        fen = self.rng.randint(10_000_000, 500_000_000)
        loan = _Loan(
            no=f"{bank.upper()}{on.year}-{number:06d}",
            bank=bank,
            left=fen,
            right=right,
            pledge=f"Y{number:010d}",
            policy=f"P{number:08d}",
            cover=fen,
            due=self.rng.randint(3, 14),
        )
        who = f"示例企业{number}有限公司（虚构）"
        self._say(
            IpRightListed,
            on,
            0,
            f"质押权利 {right}",
            right=right,
            ip_type="patent",
            title=f"一种示例装置{number}",
            owner=who,
            expires_on=date(on.year + 15, 2, 3),
        )
        self._say(
            LoanIncluded,
            on,
            1,
            f"入库备案 {loan.no}",
            loan=loan.no,
            bank=bank,
            borrower=who,
            uscc="91330282MA00000000",
            contract_no=f"借字第{number}号",
            filing_no=f"BA{on.year}-{number}",
            product="insured",
            principal_fen=fen,
            outstanding_fen=fen,
            annual_rate="0.0435",
            disbursed_on=on,
            due_on=on + timedelta(days=365),
            filed_on=on,
            rights=(right,),
            pledge=loan.pledge,
            policy=loan.policy,
            exposure=event_id("exposure", number),
            use="流动资金",
            town="示例镇",
            industry="制造业",
        )
        self._say(
            PledgeRegistered,
            on,
            1,
            f"质押登记 {loan.pledge}",
            pledge=loan.pledge,
            bank=bank,
            pledgor=who,
            rights=(right,),
            loans=(loan.no,),
            registered_on=on,
        )
        self._say(IpAppraised, on, 0, f"评估 {right}", right=right, pledge=loan.pledge, value_fen=fen * 2)
        self._say(
            InsuranceIssued,
            on,
            1,
            f"保单 {loan.policy}",
            policy=loan.policy,
            insurer="01",
            loan=loan.no,
            insured="示例支行（虚构）",
            sum_fen=fen,
            premium_fen=fen // 100,
            from_on=on,
            until_on=on + timedelta(days=366),
        )
        self.loans.append(loan)

    def _repay(self, on: date) -> None:
        open_loans = [loan for loan in self.loans if not loan.case and loan.left > 1]
        if open_loans:
            loan = self.rng.choice(open_loans)
            fen = self.rng.randint(1, max(1, loan.left // 8))
            loan.left -= fen
            self._say(LoanRepaid, on, 1, f"还本 {loan.no}", loan=loan.no, bank=loan.bank, amount_fen=fen)

    def _case(self, on: date) -> None:
        ripe = [loan for loan in self.loans if not loan.case and loan.left > 1_000_000]
        if not ripe:
            return
        loan = self.rng.choice(ripe)
        loan.case = f"BC{on.year}-{self.count:06d}"
        same = {"case": loan.case, "loan": loan.no, "bank": loan.bank}
        self._say(
            CompensationApplied,
            on,
            1,
            f"补偿申请 {loan.case}",
            **same,
            claimed_fen=loan.left,
            principal_fen=loan.left,
            interest_fen=0,
            accepted_on=on,
            attachments=4,
        )
        paid = min(loan.left // 2, self.cash[loan.bank] // 20)
        city = paid * 2 // 3
        shares = [{"contributor": "01", "amount_fen": city}, {"contributor": "02", "amount_fen": paid - city}]
        self._say(
            CompensationDecided,
            on,
            2,
            f"裁决 {loan.case}",
            **same,
            outcome="reduced",
            claimed_fen=loan.left,
            base_fen=loan.left,
            approved_fen=paid,
            unpaid_principal_fen=loan.left,
            contributors=tuple(shares),
            rule="bench@2010-01-01",
            decision=digest(loan.case.encode()),
            chief="li",
        )
        self.cash[loan.bank] -= paid
        self.result -= paid
        case = {"case": loan.case, "bank": loan.bank, "account": f"{loan.bank}-01"}
        self._say(
            CompensationPaid,
            on,
            2,
            f"拨付风险补偿款 {loan.case}",
            **case,
            amount_fen=paid,
            instruction_no=f"BF-{self.count}",
        )
        loan.paid, loan.due = paid, self.rng.randint(6, 24)
        self._recover(loan, on, number=1, pool=paid // 5, principal=paid // 5 * 2)

    def _recover(self, loan: _Loan, on: date, *, number: int, pool: int, principal: int) -> None:
        """An instalment: notified, and in the end received."""
        city = pool * 2 // 3
        self.result += pool
        loan.back += pool
        loan.left -= principal
        self._say(
            RecoveryNotified,
            on,
            2,
            f"追偿通知 {loan.case} 第 {number} 期",
            case=loan.case,
            loan=loan.no,
            bank=loan.bank,
            number=number,
            gross_fen=principal,
            cost_fen=0,
            principal_fen=principal,
            pool_fen=pool,
            contributors=({"contributor": "01", "amount_fen": city}, {"contributor": "02", "amount_fen": pool - city}),
            steps=digest(b"steps"),
        )
        self.cash[loan.bank] += pool
        self._say(
            RecoveryReceived,
            on,
            1,
            f"追偿款到账 {loan.case}",
            case=loan.case,
            bank=loan.bank,
            account=f"{loan.bank}-01",
            amount_fen=pool,
        )

    def _ends(self, on: date) -> None:
        for loan in list(self.loans):
            loan.due -= 1
            if loan.due > 0:
                continue
            if loan.case:
                # The last instalment: all that was paid is back, and nothing of the principal is left.
                self._recover(loan, on, number=2, pool=loan.paid - loan.back, principal=loan.left)
            elif loan.left:
                self._say(LoanRepaid, on, 1, f"结清 {loan.no}", loan=loan.no, bank=loan.bank, amount_fen=loan.left)
            self._say(LoanReleased, on, 0, f"出池 {loan.no}", loan=loan.no, bank=loan.bank, reason="settled")
            self._say(
                PledgeReleased,
                on,
                1,
                f"质押注销 {loan.pledge}",
                pledge=loan.pledge,
                bank=loan.bank,
                rights=(loan.right,),
            )
            self._say(
                InsuranceLapsed, on, 1, f"保单到期 {loan.policy}", policy=loan.policy, insurer="01", sum_fen=loan.cover
            )
            self.loans.remove(loan)

    def _closes(self, last: date) -> None:
        month = f"{last:%Y-%m}"
        for loan in self.loans:
            if not loan.case:
                self._say(
                    TapeConfirmed,
                    last,
                    0,
                    f"{month} 月末状况 {loan.no}",
                    loan=loan.no,
                    bank=loan.bank,
                    month=month,
                    outstanding_fen=loan.left,
                    overdue_days=0,
                    grade="normal",
                )
        if last.month == 12 and self.tidy:
            while self.unnamed:
                self._name(last)
            city = self.result // 2
            shares = [
                {"contributor": "01", "amount_fen": city},
                {"contributor": "02", "amount_fen": self.result - city},
            ]
            self._say(YearClosed, last, 1, f"{last.year} 年度结余转入累计结余", year=last.year, shares=tuple(shares))
            self.result = 0
        for bank, fen in self.cash.items():
            self._say(
                AccountReconciled,
                last,
                0,
                f"{month} 对账相符",
                account=f"{bank}-01",
                month=month,
                book_fen=fen,
                statement_fen=fen,
                statement=self.file,
                working_paper=self.file,
            )

    def year(self, year: int, size: int) -> Iterator[list[AnyEvent]]:
        """Twelve months of about ``size`` vouchers and registers."""
        for month in range(1, 13):
            yield self.month(year, month, size // 12)


@dataclass
class Office:
    """A books folder for measuring, and the shortest way to post into it."""

    root: Path
    book: Book

    @classmethod
    def founded(cls, root: Path, pool: Pool) -> "Office":
        """Books with their opening."""
        signed = _signed(pool.opened_on)
        store = found(root, POOL, signed, pool.opened_on)
        with store.lock():
            first_batch(store, POOL, [pool.opening()], signed, (), pool.opened_on)
        return cls(root, Book.load(root))

    def post(self, events: list[AnyEvent], act: str = "import") -> Posted:
        """One act by the real journal; what sign-offs rest on is written first."""
        self.prepare(events)
        with Store(self.root).lock():
            return self.commit(events, act)

    def prepare(self, events: list[AnyEvent]) -> None:
        """Write what sign-offs and decisions rest on, as their makers do before they propose."""
        store = Store(self.root)
        for event in events:
            if isinstance(event, AccountReconciled):
                name = f"{event.month}-{event.account}-{event.working_paper[:12]}.json"
                store.write_new(f"reconciliations/{name}", _PAPER[event.working_paper])
            elif isinstance(event, CompensationDecided):
                store.write_new(self._record(event).path, event.case.encode())

    def _record(self, event: CompensationDecided) -> Attachment:
        """A decision's record: invented like the rest."""
        path = f"documents/{event.decision[:16]}-decision.json"
        account = self.book.chart.payable(event.bank)
        name, sha256 = f"裁决-{event.case}.json", event.decision
        return Attachment(
            path=path, account=account, name=name, sha256=sha256, sort="decision", link=f"case-{event.case}"
        )

    def commit(self, events: list[AnyEvent], act: str = "import") -> Posted:
        """The posting alone; the lock is held."""
        signed = _signed(max(event.on for event in events))
        records = [self._record(event) for event in events if isinstance(event, CompensationDecided)]
        posted = post(Store(self.root), self.book, Posting(act, events, signed, documents=records))
        self.book = posted.book
        return posted

    def seal(self, month: str) -> Receipt:
        """Close a month as the desk does: the log's record as intent, then the receipt."""
        at = datetime(int(month[:4]), int(month[5:]), 28, 18, tzinfo=UTC)
        balances = self.book.balances()
        receipt = Receipt(
            month=month,
            step=1,
            closed_at=at.isoformat(),
            closed_by=("zhang", "li"),
            sequence=self.book.batches[-1].sequence,
            chain=self.book.head,
            trial_balance=tuple((account, str(number)) for account, number in balances.items()),
            sources=(),
            reports=(),
        )
        content = record_bytes(receipt)
        store = Store(self.root)
        with store.lock():
            log, file = OperationLog(store), seal_name(receipt)
            log.append(at, ("zhang", "li"), "close", (month,), file=file, batch=digest(content))
            store.write_new(file, content)
        return receipt


_PAPER: dict[str, bytes] = {digest(f"list {seed}".encode()): f"list {seed}".encode() for seed in range(1000)}


def _signed(on: date) -> Signatures:
    at = datetime(on.year, on.month, on.day, 9, tzinfo=UTC)
    return Signatures(preparer="zhang", reviewer="li", bookkeeper="zhang", chief="li", at=at)
