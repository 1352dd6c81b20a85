"""A random but valid year of invented vouchers, posted by the real journal; as a script it shows three engines agree.

``python tests/random_year.py --vouchers 10000 --seed 1`` founds books, posts the year in acts of up to 500 events,
closes every month, and compares every balance of every month end between our book, hledger and the auditor's script.
"""

import argparse
import csv
import io
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from desk.acts import drafting, months, rules, yearend
from desk.acts.auditing import ARCHIVE, SCRIPT, audit_kit
from desk.acts.office import Actor, Office, month_days
from ledger import accounts as acc
from ledger.events import (
    AccountReconciled,
    AnyEvent,
    ClawbackDecided,
    CompensationApplied,
    CompensationPaid,
    ContributionReceived,
    ContributorShare,
    DepositMatured,
    DepositPlaced,
    FeeCharged,
    InsuranceIssued,
    InterestReceived,
    IpAppraised,
    IpRightListed,
    LoanIncluded,
    LoanReleased,
    LoanRepaid,
    LossWrittenOff,
    ManualVoucher,
    OpeningTaken,
    PaymentBounced,
    PledgeRegistered,
    PledgeReleased,
    ReceiptIdentified,
    ReceiptUnidentified,
    RecoveryNotified,
    RecoveryReceived,
    RecoveryReported,
    TapeConfirmed,
    TransferArrived,
    TransferSent,
    VoucherLine,
)
from ledger.founding import first_batch, found
from ledger.ids import event_id
from ledger.journal import Posting, post
from ledger.money import allocate
from ledger.papers import Attachment
from ledger.pool import parse_pool
from ledger.provenance import digest
from ledger.signing import Signatures
from ledger.withdrawable import BANK_ROWS
from ledger.withdrawal import Request, withdrawal_of
from reports.export import to_hledger
from riskpool.cases import decide, facts_of, history_of, loan_facts, recovery_of, terms_of
from riskpool.decision import Decision
from riskpool.granting import events_of
from riskpool.ruletext import shipped

REPO = Path(__file__).resolve().parent.parent
POOL = REPO / "examples" / "2023" / "pool.toml"
YEAR, BEGINS_ON = 2023, date(2022, 12, 31)
MONTHS = [f"{YEAR}-{number:02d}" for number in range(1, 13)]
DEDICATED = {"boc": "boc-01", "abchina": "abchina-01", "crcb": "crcb-01"}
PER_ACT = 500
REVERSIBLE = {"InterestReceived", "FeeCharged", "ContributionReceived", "ManualVoucher"}
FLAGS = ("registered_in_city", "in_good_credit", "use_holds", "pledge_registered", "bank_demanded")
ZERO_FEN = (
    *("penalty_interest", "recovery_cost", "disposal_proceeds"),
    *("insurer_paid", "guarantee_payment", "awarded_elsewhere"),
)


@dataclass
class Loan:
    """A loan as the generator follows it: what its tape will say, and how far its case has come."""

    filed: LoanIncluded
    outstanding: int
    case: str = ""
    decision: Decision | None = None
    paid: int = 0
    paid_on: date = date.min
    notified: list[Any] = field(default_factory=list)
    released: bool = False


@dataclass
class Year:
    """The books and the state of chance. Everything is told to the real journal; nothing is written by hand."""

    root: Path
    chance: random.Random
    office: Office
    loans: list[Loan] = field(default_factory=list)
    serial: int = 0
    minutes: int = 0

    def key(self, *parts: object) -> str:
        """An event id never used before."""
        self.serial += 1
        return event_id(str(parts[0]), *parts[1:], self.serial)

    def fen(self, most: int) -> int:
        """A random amount to the fen."""
        return self.chance.randrange(1, most)

    def some_day(self, month: str, after: date | None = None) -> date:
        """A day of a month, not before ``after``."""
        first_on, until_on = month_days(month)
        start = max(first_on, after or first_on)
        return start + timedelta(self.chance.randrange((until_on - start).days))

    def post(self, act: str, events: Sequence[AnyEvent], *, papers: Sequence[Attachment] = (), chief: str = "") -> None:
        """Post events in acts of up to 500, signed by two."""
        for start in range(0, len(events), PER_ACT):
            self.minutes += 1
            at = datetime.combine(events[start].on + timedelta(40), datetime.min.time()) + timedelta(
                minutes=self.minutes
            )
            signed = Signatures(preparer="chen", reviewer="lu", bookkeeper="shen", chief=chief, at=at)
            chunk = events[start : start + PER_ACT]
            with self.office.locked() as store:
                posting = Posting(act, chunk, signed, documents=papers if not start else ())
                self.office.keep(post(store, self.office.book, posting).book)

    def attach(self, content: bytes, account: str, sort: str, name: str, link: str) -> Attachment:
        """Keep a record's bytes in the books."""
        with self.office.locked():
            path = self.office.keep_document(content, sort, "json")
        return Attachment(path=path, account=account, name=name, sha256=digest(content), sort=sort, link=link)

    def found(self, defaulting: int) -> None:
        """Batch 000000: money, and the loans that will fail in the year."""
        pool_text = POOL.read_text(encoding="utf-8")
        signed = Signatures(preparer="chen", reviewer="lu", bookkeeper="shen", at=datetime(YEAR, 1, 1, 9))  # noqa: DTZ001 - the office's own clock has no zone
        store = found(self.root, pool_text, signed, BEGINS_ON)
        chart = acc.Chart(parse_pool(pool_text))
        cash = [
            VoucherLine(account=chart.cash(slug), amount_fen=10**12 + number)
            for number, slug in enumerate(DEDICATED.values())
        ]
        total = sum(line.amount_fen for line in cash)
        capital = [VoucherLine(account=chart.paid_in("01"), amount_fen=-total // 3)]
        capital.append(VoucherLine(account=chart.paid_in("02"), amount_fen=-total - capital[0].amount_fen))
        opening = OpeningTaken(event_id=self.key("opening"), on=BEGINS_ON, summary="期初建账", lines=(*cash, *capital))
        events: list[AnyEvent] = [opening]
        for _ in range(defaulting):
            due_on = date(YEAR - 1, 9, 1) + timedelta(self.chance.randrange(280))
            events += self.loan(BEGINS_ON, due_on, opening=True)
        with store.lock():
            first_batch(store, pool_text, events, signed, (), BEGINS_ON)
        actor = Actor("chen", datetime(YEAR, 1, 1, 9, 1))  # noqa: DTZ001 - same
        draft = rules.adopt(self.office, "demo-2023", date(YEAR, 1, 1), chief="gu", who=actor)
        drafting.review(self.office, draft.no, Actor("lu", actor.at))
        drafting.post_draft(self.office, draft.no, Actor("shen", actor.at))

    def loan(self, on: date, due_on: date, *, opening: bool = False) -> list[AnyEvent]:
        """A loan with its right, pledge, appraisal and, where insured, policy."""
        number = len(self.loans) + 1
        bank = self.chance.choice([*DEDICATED])
        name, right, pledge = (
            f"{bank.upper()}2023-{number:04d}",
            f"ZL2020{number:08d}.{number % 10}",
            f"YP2023{number:08d}",
        )
        principal, who = self.fen(10**9) + 10**6, f"虚构企业{number}（虚构）"
        policy = f"BX2023-{number:04d}" if self.chance.random() < 0.5 else None
        filed_on = min(on, due_on) - timedelta(100) if opening else on
        common = {"on": on, "summary": f"{name} 入库"}
        filed = LoanIncluded(
            event_id=self.key("loan"), **common, loan=name, bank=bank, borrower=who, uscc=f"91330282XX{number:08d}",
            contract_no=f"HT{number}", filing_no=f"BA{number}", product="insured" if policy else "direct",
            principal_fen=principal, outstanding_fen=principal, annual_rate="0.0435", disbursed_on=filed_on,
            due_on=due_on, filed_on=filed_on, rights=(right,), pledge=pledge, policy=policy,
            exposure=event_id("exposure", name), opening=opening,
        )  # fmt: skip
        self.loans.append(Loan(filed, principal))
        events: list[AnyEvent] = [
            IpRightListed(event_id=self.key("right"), **common, right=right, ip_type="patent", title="装置", owner=who),
            PledgeRegistered(
                event_id=self.key("pledge"), **common, pledge=pledge, bank=bank, pledgor=who, rights=(right,),
                loans=(name,), registered_on=filed_on,
            ),
            IpAppraised(event_id=self.key("value"), **common, right=right, pledge=pledge, value_fen=self.fen(10**10)),
            filed,
        ]  # fmt: skip
        if policy:
            span = {"from_on": filed_on, "until_on": due_on + timedelta(400)}
            paid = {"insured": who, "sum_fen": principal, "premium_fen": principal // 100}
            events.append(
                InsuranceIssued(
                    event_id=self.key("policy"), **common, policy=policy, insurer="01", loan=name, **span, **paid
                )
            )
        return events

    def small(self, month: str) -> list[AnyEvent]:
        """One or two everyday money events of a month."""
        on, slug, amount = self.some_day(month), self.chance.choice([*DEDICATED.values()]), self.fen(10**8)
        head = {"event_id": self.key("bank"), "on": on, "account": slug}
        party = self.chance.choice(["01", "02"])
        match self.chance.randrange(8):
            case 0:
                return [ContributionReceived(**head, summary="出资", contributor=party, amount_fen=amount)]
            case 1 | 2:
                return [InterestReceived(**head, summary="结息", amount_fen=amount)]
            case 3 | 4:
                return [FeeCharged(**head, summary="手续费", amount_fen=amount % 10_000 + 1)]
            case 5:
                other = self.chance.choice([item for item in DEDICATED.values() if item != slug])
                sent = {"amount_fen": amount, "instruction_no": f"HB-{self.serial}"}
                later = {"event_id": self.key("bank"), "on": self.some_day(month, on), "account": other}
                return [
                    TransferSent(**head, summary="划转转出", to_account=other, **sent),
                    TransferArrived(**later, summary="划转转入", from_account=slug, amount_fen=amount),
                ]
            case 6:
                placed = {**head, "account": "boc-01", "deposit": "boc-02", "instruction_no": f"DQ-{self.serial}"}
                later = {
                    "event_id": self.key("bank"),
                    "on": self.some_day(month, on),
                    "account": "boc-01",
                    "deposit": "boc-02",
                }
                return [
                    DepositPlaced(**placed, summary="存入定期", amount_fen=amount),
                    DepositMatured(**later, summary="定期到期", principal_fen=amount, interest_fen=amount % 10_007),
                ]
            case _:
                target = self.chance.choice(["contribution", "interest"])
                who = {"contributor": party} if target == "contribution" else {}
                later = {"event_id": self.key("identify"), "on": self.some_day(month, on), "account": slug}
                return [
                    ReceiptUnidentified(**head, summary="待查", amount_fen=amount),
                    ReceiptIdentified(
                        **later,
                        summary="认领",
                        receipt=head["event_id"],
                        amount_fen=amount,
                        target=target,
                        reason="来函",
                        **who,
                    ),
                ]

    def by_hand(self, month: str) -> AnyEvent:
        """A voucher by hand of two to five legs."""
        chart = self.office.book.chart
        accounts = [acc.INTEREST, acc.FEES, chart.paid_in("01"), chart.paid_in("02"), chart.cash("crcb-01")]
        chosen = self.chance.sample(accounts, self.chance.randrange(2, 5))
        amounts = [self.fen(10**7) * self.chance.choice([1, -1]) for _ in chosen[1:]]
        if not sum(amounts):
            amounts[0] += 1
        lines = [
            VoucherLine(account=name, amount_fen=fen)
            for name, fen in zip(chosen, [-sum(amounts), *amounts], strict=True)
        ]
        head = {"event_id": self.key("manual"), "on": self.some_day(month), "summary": '手工 "调整" \\ ；'}
        return ManualVoucher(**head, lines=tuple(lines), reason="虚构", attachments=self.chance.randrange(1, 9))

    def reversals(self, month: str, count: int) -> list[AnyEvent]:
        """Earlier vouchers withdrawn in red, most with the right one in blue: the bank's money must have a name."""
        book = self.office.book
        every = [item for item in book.vouchers if item.kind in REVERSIBLE and item.event not in book.withdrawn]
        events: list[AnyEvent] = []
        for voucher in self.chance.sample(every, min(count, len(every))):
            factor = self.chance.choice([1, 3] if voucher.kind in BANK_ROWS else [0, 1, 3])
            blue = [VoucherLine(account=leg.account, amount_fen=leg.fen * factor) for leg in voucher.legs if factor]
            on = self.some_day(month, voucher.on)
            events.append(withdrawal_of(book, Request(voucher.event, "mistake", "抄错", on, tuple(blue))))
        return events

    def afterwards(self, month: str) -> list[AnyEvent]:
        """Some paid cases are clawed back in part, some written off for what is left; then nothing more comes."""
        book, events = self.office.book, list[AnyEvent]()
        for loan in self.loans:
            if not loan.paid or self.chance.random() < 0.93:
                continue
            left = book.balance_fen(book.chart.recourse(loan.filed.bank, loan.case), commodity=acc.RECOURSE)
            what = {"case": loan.case, "bank": loan.filed.bank, "reason": "虚构", "chief": "gu"}
            head = {
                "event_id": self.key("after"),
                "on": month_days(month)[1] - timedelta(1),
                "summary": f"{loan.case} 后续",
            }
            assert loan.decision is not None, "only approved cases are paid"
            parts = dict(sorted(loan.decision.contributors.items()))
            amount = self.fen(left + 1)
            shares = zip(parts, allocate(amount, tuple(parts.values()), residual=len(parts) - 1), strict=True)
            split = tuple(ContributorShare(contributor=no, amount_fen=fen) for no, fen in shares if fen)
            if left and self.chance.random() < 0.5:
                events.append(LossWrittenOff(**head, **what, amount_fen=left))
            elif left:
                events.append(ClawbackDecided(**head, **what, amount_fen=amount, contributors=split, cause="offered"))
            loan.paid = 0
        return events

    def repayments(self, month: str) -> list[AnyEvent]:
        """Sound loans pay back a part; some all of it and leave the pool."""
        events: list[AnyEvent] = []
        for loan in self.loans:
            if loan.filed.due_on < date(YEAR + 1, 1, 1) or loan.released or self.chance.random() < 0.6:
                continue
            on = self.some_day(month, loan.filed.on)
            is_last = self.chance.random() < 0.1
            amount = loan.outstanding if is_last else self.fen(loan.outstanding)
            head, what = (
                {"on": on, "summary": f"{loan.filed.loan} 还本"},
                {"loan": loan.filed.loan, "bank": loan.filed.bank},
            )
            events.append(LoanRepaid(event_id=self.key("repaid"), **head, **what, amount_fen=amount))
            loan.outstanding -= amount
            if not loan.outstanding:
                loan.released = True
                pledge = {"pledge": loan.filed.pledge, "bank": loan.filed.bank, "rights": loan.filed.rights}
                events.append(LoanReleased(event_id=self.key("released"), **head, **what, reason="settled"))
                events.append(PledgeReleased(event_id=self.key("unpledged"), **head, **pledge))
        return events

    def applications(self, month: str) -> list[tuple[Loan, CompensationApplied]]:
        """Loans overdue by more than ninety days: their banks apply, most of them in good order."""
        found = []
        for loan in self.loans:
            on = self.some_day(month)
            if loan.case or on <= loan.filed.due_on + timedelta(95) or self.chance.random() < 0.6:
                continue
            loan.case = f"BC{YEAR}-{len([item for item in self.loans if item.case]) + 1:03d}"
            flags = dict.fromkeys(FLAGS, "true") | {
                "in_good_credit": self.chance.choice(["true", "true", "true", "false"])
            }
            amounts = {f"{name}_fen": "0" for name in ZERO_FEN}
            applied = CompensationApplied(
                event_id=self.key("apply"), on=on, summary=f"{loan.case} 申请", case=loan.case, loan=loan.filed.loan,
                bank=loan.filed.bank, claimed_fen=loan.outstanding, principal_fen=loan.outstanding, interest_fen=0,
                accepted_on=on, facts=(*(flags | amounts).items(), ("assessed_on", on.isoformat())), attachments=3,
            )  # fmt: skip
            found.append((loan, applied))
        return found

    def decide(self, cases: Sequence[tuple[Loan, CompensationApplied]]) -> None:
        """Decide cases by the shipped text, with the real engine: one act of the chief."""
        book = self.office.book
        paid_in = [(no, -book.balance_fen(book.chart.paid_in(no))) for no in ("01", "02")]
        events, papers = list[AnyEvent](), list[Attachment]()
        for loan, applied in cases:
            facts = facts_of(applied, loan_facts(loan.filed), paid_in=paid_in, approved_earlier_fen=0)
            decision = decide(shipped("demo-2023"), facts, [])
            unpaid = loan.outstanding
            events.append(events_of(decision, applied, on=applied.on, chief="gu", unpaid_principal_fen=unpaid))
            loan.decision = decision if decision.verdict == "approved" else None
            account = book.chart.claim(loan.filed.bank, loan.case)
            link = f"case-{loan.case}"
            papers.append(self.attach(decision.to_bytes(), account, "decision", f"裁决 {loan.case}", link))
        self.post("decide", events, papers=papers, chief="gu")

    def payments(self, month: str, loan: Loan, after: date) -> list[AnyEvent]:
        """Pay a decided case; one in four bounces and is paid again."""
        assert loan.decision is not None, "only approved cases are paid"
        amount = loan.decision.settle
        what = {"case": loan.case, "bank": loan.filed.bank, "account": DEDICATED[loan.filed.bank], "amount_fen": amount}
        loan.paid, events, on = amount, list[AnyEvent](), after
        for number in range(1 + 2 * (self.chance.random() < 0.25)):
            on = self.some_day(month, on)
            head = {"event_id": self.key("pay"), "on": on, "summary": f"{loan.case} 拨付"}
            if number == 1:
                events.append(PaymentBounced(**head, **what, payment=events[0].event_id))
            else:
                events.append(CompensationPaid(**head, **what, instruction_no=f"BF-{self.serial}"))
        loan.paid_on = on
        return events

    def recoveries(self, month: str) -> None:
        """Some paid cases get something back, by the real computation; one notice in six is a mistake and withdrawn."""
        events, papers, mistaken = list[AnyEvent](), list[Attachment](), list[tuple[Loan, RecoveryNotified]]()
        for loan in self.loans:
            if not loan.paid or self.chance.random() < 0.7 or loan.decision is None:
                continue
            gross = self.fen(max(loan.filed.principal_fen // 3, 2))
            principal = min(loan.outstanding, gross // 2)
            on = self.some_day(month, loan.paid_on)
            number = len(loan.notified) + 1
            report = RecoveryReported(
                event_id=self.key("recovery"), on=on, summary=f"{loan.case} 第 {number} 期追偿", case=loan.case,
                loan=loan.filed.loan, bank=loan.filed.bank, number=number, gross_fen=gross, cost_fen=gross // 17,
                principal_fen=principal, source="collateral",
            )  # fmt: skip
            terms = terms_of(loan.decision)
            event, record = recovery_of(report, terms, paid_fen=loan.paid, history=history_of(loan.notified))
            loan.notified.append(event)
            loan.outstanding -= principal
            account = self.office.book.chart.loan(loan.filed.bank, loan.filed.loan)
            papers.append(self.attach(record, account, "recovery", f"追偿计算 {loan.case}", f"case-{loan.case}"))
            events.append(event)
            if self.chance.random() < 1 / 6:
                mistaken.append((loan, event))
            elif event.pool_fen:
                what = {"case": loan.case, "bank": loan.filed.bank, "account": DEDICATED[loan.filed.bank]}
                head = {"event_id": self.key("bank"), "on": self.some_day(month, on), "summary": f"{loan.case} 到账"}
                events.append(RecoveryReceived(**head, **what, amount_fen=event.pool_fen))
        self.post("import", events, papers=papers)
        red: list[AnyEvent] = []
        for loan, event in mistaken:
            asked = Request(event.event_id, "mistake", "银行误报", self.some_day(month, event.on))
            red.append(withdrawal_of(self.office.book, asked))
            loan.notified.remove(event)
            loan.outstanding += event.principal_fen
        self.post("reverse", red)

    def month_end(self, month: str) -> None:
        """The banks' tapes, the sign-offs with their working papers, in December the year's result, the receipt."""
        until_on = month_days(month)[1]
        head = {"on": until_on - timedelta(1), "summary": f"{month} 月末"}
        events: list[AnyEvent] = [
            TapeConfirmed(
                event_id=self.key("tape"), **head, loan=loan.filed.loan, bank=loan.filed.bank, month=month,
                outstanding_fen=loan.outstanding, overdue_days=max((until_on - loan.filed.due_on).days, 0),
                grade="normal",
            )
            for loan in self.loans
            if loan.outstanding
        ]  # fmt: skip
        book = self.office.book
        for account in book.pool.account:
            balance = book.balance_fen(book.chart.cash(account.slug), until_on)
            record = f'{{"account":"{account.slug}","fen":{balance}}}\n'.encode()
            with self.office.locked() as store:
                store.write_new(f"reconciliations/{month}-{account.slug}-{digest(record)[:12]}.json", record)
            said = {
                "book_fen": balance,
                "statement_fen": balance,
                "statement": digest(b"s"),
                "working_paper": digest(record),
            }
            events.append(
                AccountReconciled(event_id=self.key("reconciled"), **head, account=account.slug, month=month, **said)
            )
        self.post("import", events)
        if month == MONTHS[-1]:
            year_end = yearend.year_end_of(self.office.book, YEAR)
            assert year_end is not None, "a year has a result"
            self.post("year-end", year_end.events)
        self.close(month)

    def close(self, month: str) -> None:
        """Seal the month as ``riskpool close`` does, without its printed papers."""
        actor = Actor("chen", datetime.combine(month_days(month)[1], datetime.min.time()))
        receipt = months._receipt(self.office, month, (), actor, "lu")  # noqa: SLF001 - the act itself asks for bank statements
        with self.office.locked() as store:
            months._seal(store, receipt, actor, "lu")  # noqa: SLF001 - same

    def month(self, month: str, vouchers: int) -> None:
        """Everything of a month, in an order that the journal's checks accept; about as many vouchers as asked."""
        events: list[AnyEvent] = []
        for _ in range(3):
            events += self.loan(self.some_day(month), date(YEAR + 1, 3, 1) + timedelta(self.chance.randrange(500)))
        events += self.repayments(month)
        cases = self.applications(month)
        events += [applied for _, applied in cases]
        while sum(1 for item in events if hasattr(item, "account") or isinstance(item, ManualVoucher)) < vouchers:
            events += self.small(month) if self.chance.random() < 0.95 else [self.by_hand(month)]
        self.post("import", sorted(events, key=lambda item: item.on))
        self.decide(cases)
        paid = [item for loan, applied in cases if loan.decision for item in self.payments(month, loan, applied.on)]
        self.post("pay", paid)
        self.recoveries(month)
        self.post("reverse", self.reversals(month, vouchers // 25))
        self.post("write-off", self.afterwards(month), chief="gu")
        self.month_end(month)


def make_year(root: Path, *, vouchers: int, seed: int) -> Office:
    """Found books under ``root`` and post a year of at least so many money vouchers."""
    office = Office(root)
    year = Year(root, random.Random(seed), office)  # noqa: S311 - a test's seeded variety
    year.found(defaulting=max(vouchers // 100, 8))
    for number, month in enumerate(MONTHS):
        done = sum(1 for item in office.book.vouchers if item.is_money)
        year.month(month, max((vouchers - done) // (12 - number) + 1, 10))
    return office


Balances = dict[tuple[str, str], Decimal]


def ours(office: Office, until_on: date = date.max) -> Balances:
    """Every balance but zero, of every account and commodity, by our book."""
    units = {leg.commodity for voucher in office.book.vouchers for leg in voucher.legs}
    every = {(name, unit): total for unit in units for name, total in office.book.balances(until_on, unit).items()}
    return {key: total for key, total in every.items() if total}


def hledgers(hledger: str, journal: Path, until_on: date) -> Balances:
    """The same by hledger."""
    command = [
        hledger,
        "-f",
        str(journal),
        "bal",
        "--flat",
        "-N",
        "-O",
        "csv",
        "--layout=bare",
        "-e",
        until_on.isoformat(),
    ]
    env = {**os.environ, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8", env=env)
    rows = list(csv.reader(io.StringIO(done.stdout)))[1:]
    return {(name, unit): Decimal(re.sub(r"[^0-9.-]", "", amount)) for name, unit, amount in rows}


def scripts(folder: Path) -> tuple[int, str, Balances]:
    """The same by the auditor's script, in an empty environment; its exit code and page too."""
    table = folder / "balances.csv"
    command = [sys.executable, "-I", "-S", str(folder / SCRIPT), str(folder / ARCHIVE), "--csv", str(table)]
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, encoding="utf-8", env={"LC_ALL": "C.UTF-8"}
    )
    rows = list(csv.reader(io.StringIO(table.read_text(encoding="utf-8-sig"))))[1:] if table.is_file() else []
    return done.returncode, done.stdout + done.stderr, {(name, unit): Decimal(total) for name, unit, total in rows}


def main() -> int:
    """Make a year and print whether three engines agree on every balance."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--vouchers", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    hledger = shutil.which("hledger")
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        office = make_year(Path(folder) / "books", vouchers=asked.vouchers, seed=asked.seed)
        money = sum(1 for item in office.book.vouchers if item.is_money)
        sys.stdout.write(f"{money} vouchers, {len(office.book.vouchers) - money} registers, seed {asked.seed}, ")
        sys.stdout.write(f"{len(office.book.batches)} acts, posted in {time.perf_counter() - start:.0f} s\n")
        audit_kit(office.root, Path(folder) / "kit")
        start = time.perf_counter()
        code, page, theirs = scripts(Path(folder) / "kit")
        sys.stdout.write(f"{page}\nre-performed in {time.perf_counter() - start:.1f} s\n")
        wrong = int(code != 0 or theirs != ours(office))
        sys.stdout.write(f"reperform.py: {len(theirs)} balances, {'all equal' if not wrong else 'NOT EQUAL'}\n")
        if hledger:
            journal = Path(folder) / "books.journal"
            journal.write_text(to_hledger(office.book, registers=True), encoding="utf-8")
            counted = 0
            for month in MONTHS:
                until_on = month_days(month)[1]
                mine, other = ours(office, until_on), hledgers(hledger, journal, until_on)
                wrong += mine != other
                counted += len(mine)
            sys.stdout.write(f"hledger: {counted} balances at 12 month ends, {wrong} months differ\n")
        else:
            sys.stdout.write("hledger: not installed\n")
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main())
