"""An invented pool's books, posted through the real journal, and the real server over them."""

import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from beancount.core import data
from beancount.parser import printer
from pools import pool_toml
from waitress.server import create_server

from desk.server import make_app
from ledger import checks
from ledger.accounts import Chart
from ledger.book import Book
from ledger.events import (
    AnyEvent,
    BankRowConfirmed,
    CompensationApplied,
    CompensationDecided,
    CompensationDenied,
    CompensationPaid,
    ContributionReceived,
    ContributorShare,
    EventWithdrawn,
    FeeCharged,
    InsuranceIssued,
    InterestReceived,
    IpAppraised,
    IpRightListed,
    LoanIncluded,
    LoanRepaid,
    PartyAmount,
    PledgeRegistered,
    RecoveryNotified,
    RecoveryReceived,
    RedEntry,
    RedLeg,
    TapeConfirmed,
    VoucherLine,
)
from ledger.ids import event_id
from ledger.journal import Posting, post
from ledger.money import yuan
from ledger.papers import Attachment, Reading, ReadRow
from ledger.pool import parse_pool
from ledger.provenance import SourceFile, SourceLine, digest
from ledger.signing import Signatures
from ledger.store import Store

TITLE = "示例市知识产权质押融资风险池"
POOL = pool_toml(
    {"title": TITLE, "slug": "example", "unit": "示例市财政局（虚构）"},
    staff={"zhang": ("张某某", "preparer bookkeeper"), "li": ("李某某", "reviewer chief")},
    banks=("boc", "abchina"),
    accounts={"boc-01": ("0000000001", "中国银行专户"), "abchina-01": ("0000000002", "农业银行专户")},
    contributors=("市财政", "县财政"),
    insurers=("示例保险（虚构）",),
)
EVIL = (
    "<script>document.title='改'</script><img src=x onerror=\"document.title='改'\">"
    "<style>*{outline:9px solid red}</style>"
)
FILE = SourceFile(name="示例流水（虚构）.xlsx", sha256=digest(b"list"))
SHEET = "明细"
DECISION = digest(b"decision")


def need_tool(name: str) -> str:
    """The path of a Debian program; the test is skipped by name without it, an error under CI=1."""
    path = shutil.which(name)
    if path is None:
        if os.environ.get("CI"):
            pytest.fail(f"needs {name}")
        pytest.skip(f"needs {name}")
    return path


def line(row: int) -> SourceLine:
    """A row of the invented bank list."""
    return SourceLine(sha256=FILE.sha256, sheet=SHEET, row=row)


@dataclass
class Office:
    """A books folder under construction, and the acts by which it grows."""

    root: Path

    @property
    def store(self) -> Store:
        return Store(self.root)

    def init(self) -> None:
        self.store.create()
        pool = parse_pool(POOL)
        plugins = "\n".join(f'plugin "{name}"' for name in checks.NAMES)
        opens = [
            data.Open(
                {"title": row.title}, date(2022, 12, 31), row.account, [row.commodity] if row.commodity else [], None
            )
            for row in Chart(pool).fixed()
        ]
        files = {
            "pool.toml": POOL,
            "chart.beancount": "".join(printer.format_entry(entry) for entry in opens),
            "head.beancount": "; 空\n",
            "main.beancount": (
                f'option "title" "{TITLE}"\noption "operating_currency" "CNY"\n'
                'option "account_current_earnings" "3202本年结余"\noption "account_previous_earnings" "3202本年结余"\n'
                f'option "tolerance_multiplier" "0"\n{plugins}\n'
                'include "chart.beancount"\ninclude "head.beancount"\ninclude "batches/*/*.beancount"\n'
            ),
        }
        for name, text in files.items():
            self.store.write_new(name, text.encode())
        (self.root / "batches" / "2023").mkdir(mode=0o700, parents=True, exist_ok=True)
        self.store.write_new("batches/2023/none.beancount", b"; first\n")

    def post(self, act: str, *events: AnyEvent) -> tuple[str, ...]:
        signed = Signatures(
            preparer="zhang", reviewer="li", bookkeeper="zhang", chief="li", at=datetime(2023, 12, 31, 9, tzinfo=UTC)
        )
        with self.store.lock():
            documents = [self.record()] if any(hasattr(event, "decision") for event in events) else []
            posting = Posting("post", events, signed, draft=act, documents=documents)
            return post(self.store, Book.load(self.root), posting).vouchers

    def record(self) -> Attachment:
        """The record that the invented decisions name."""
        path = f"documents/{DECISION[:16]}-decision.json"
        self.store.write_new(path, b"decision")
        return Attachment(
            path=path, account="Assets:9401待裁决申请", name="裁决（虚构）", sha256=DECISION, sort="decision"
        )

    def keep_reading(self, rows: tuple[ReadRow, ...]) -> None:
        reading = Reading(file=FILE, kind="boc-list", title="中国银行 交易明细", layout="boc/hisqry", rows=rows)
        self.store.write_new(f"readings/{FILE.short}.json", reading.model_dump_json().encode())
        self.store.write_new(f"documents/{FILE.short}-list.xlsx", b"list")


def contribution(row: int, fen: int, on: date, *, summary: str = "", account: str = "boc-01") -> ContributionReceived:
    """A contribution read from a row of the invented list."""
    return ContributionReceived(
        event_id=event_id("bank", account, row),
        on=on,
        summary=summary or "收到市财政出资（虚构）",
        sources=(line(row),),
        account=account,
        contributor="01",
        amount_fen=fen,
    )


def loan(no: str, bank: str, borrower: str, fen: int, on: date) -> list[AnyEvent]:
    """A loan with its right, pledge and filing."""
    right, pledge = f"ZL2021{int(digest(no.encode())[:8], 16) % 10**8:08d}.1", f"Y{no}"
    common = {"on": on, "sources": (line(40),)}
    return [
        IpRightListed(
            event_id=event_id("right", right),
            summary="权利登记",
            right=right,
            ip_type="patent",
            title="一种示例装置（虚构）",
            owner=borrower,
            **common,
        ),
        PledgeRegistered(
            event_id=event_id("pledge", pledge),
            summary="质押登记",
            pledge=pledge,
            bank=bank,
            pledgor=borrower,
            rights=(right,),
            loans=(no,),
            registered_on=on,
            **common,
        ),
        IpAppraised(
            event_id=event_id("price", right), summary="评估", right=right, pledge=pledge, value_fen=fen * 2, **common
        ),
        LoanIncluded(
            event_id=event_id("loan", no),
            summary=f"{borrower}贷款入库",
            loan=no,
            bank=bank,
            borrower=borrower,
            uscc=f"91330282MA{no[-4:]}00001X"[:18],
            contract_no=f"HT-{no}",
            filing_no=f"BA-{no}",
            product="insured",
            principal_fen=fen,
            outstanding_fen=fen,
            annual_rate="0.0435",
            disbursed_on=on,
            due_on=date(on.year + 1, on.month, on.day),
            filed_on=on,
            rights=(right,),
            pledge=pledge,
            exposure=event_id("exposure", no),
            **common,
        ),
    ]


def year() -> list[tuple[str, list[AnyEvent]]]:
    """Acts of an invented year: money in, loans, tapes, three cases, a recovery, a reversal."""
    first = contribution(2, 500_000_000, date(2023, 3, 1))
    evil = contribution(3, 300_000_000, date(2023, 3, 2), summary=f"县财政出资 {EVIL}（虚构）", account="abchina-01")
    acts: list[tuple[str, list[AnyEvent]]] = [("出资", [first, evil])]
    loans: list[AnyEvent] = []
    for number in range(1, 9):
        bank, head = ("boc", "BOC") if number % 2 else ("abchina", "ABC")
        borrower = f"示例{'甲乙丙丁戊己庚辛'[number - 1]}科技有限公司（虚构）"
        loans += loan(
            f"{head}2023-{number:04d}", bank, borrower, 80_000_000 + number * 35_000_000, date(2023, 3, number)
        )
    acts.append(("贷款备案", loans))
    wrong = contribution(4, 12_345_600, date(2023, 4, 3), summary="误记出资（虚构）")
    acts.append(("出资", [wrong]))
    chart = Chart(parse_pool(POOL))
    legs = ((chart.cash("boc-01"), -12_345_600), (chart.paid_in("01"), 12_345_600))
    red = tuple(RedLeg(account=name, number=yuan(fen), commodity="CNY") for name, fen in legs)
    blue = tuple(VoucherLine(account=name, amount_fen=-fen) for name, fen in legs)
    for month in range(3, 9):
        last = date(2023, month + 1, 1).toordinal() - 1
        on = date.fromordinal(last)
        acts.append(
            (
                "利息与费用",
                [
                    InterestReceived(
                        event_id=event_id("bank", "interest", month),
                        on=on,
                        summary="专户利息（虚构）",
                        sources=(line(4 + month),),
                        account="boc-01",
                        amount_fen=123_456 * month,
                    ),
                    FeeCharged(
                        event_id=event_id("bank", "fee", month),
                        on=on,
                        summary="账户管理费（虚构）",
                        account="abchina-01",
                        sources=(line(20 + month),),
                        amount_fen=2_000,
                    ),
                ],
            )
        )
    acts.append(
        (
            "红字冲销",
            [
                EventWithdrawn(
                    event_id=event_id("withdraw", wrong.event_id),
                    on=date(2023, 5, 4),
                    summary="冲销",
                    withdraws=wrong.event_id,
                    was="ContributionReceived",
                    place=chart.cash("boc-01"),
                    red=(RedEntry(no="记-2023-04-0001", on=date(2023, 4, 3), legs=red),),
                    blue=blue,
                    reason="金额摘要有误（虚构）",
                )
            ],
        )
    )
    acts.append(
        (
            "还本",
            [
                LoanRepaid(
                    event_id=event_id("repaid", 1),
                    on=date(2023, 5, 20),
                    summary="还本（虚构）",
                    loan="BOC2023-0001",
                    bank="boc",
                    amount_fen=115_000_000,
                    sources=(line(41),),
                ),
            ],
        )
    )
    acts.append(
        (
            "月报",
            [
                TapeConfirmed(
                    event_id=event_id("tape", "ABC2023-0002", 5),
                    on=date(2023, 5, 31),
                    summary="月报",
                    loan="ABC2023-0002",
                    bank="abchina",
                    month="2023-05",
                    outstanding_fen=150_000_000,
                    overdue_days=95,
                    grade="doubtful",
                    sources=(line(42),),
                ),
                InsuranceIssued(
                    event_id=event_id("policy", "P1"),
                    on=date(2023, 5, 31),
                    summary="承保",
                    policy="PICC-0001",
                    insurer="01",
                    loan="ABC2023-0002",
                    insured="农业银行",
                    sum_fen=150_000_000,
                    premium_fen=1_500_000,
                    from_on=date(2023, 3, 2),
                    until_on=date(2024, 3, 2),
                    sources=(line(43),),
                ),
            ],
        )
    )
    return acts + compensation()


def compensation() -> list[tuple[str, list[AnyEvent]]]:
    """Three cases: approved and paid with a recovery, denied, pending."""

    def applied(case: str, no: str, bank: str, fen: int, day: int) -> CompensationApplied:
        return CompensationApplied(
            event_id=event_id("case", case),
            on=date(2023, 6, day),
            summary=f"{no}补偿申请（虚构）",
            case=case,
            loan=no,
            bank=bank,
            claimed_fen=fen,
            principal_fen=fen - 1_000_000,
            interest_fen=1_000_000,
            accepted_on=date(2023, 6, day),
            attachments=2,
            sources=(line(44),),
        )

    paid = event_id("pay", "CASE-2023-001")
    rule, paper = "demo-2023@2023-01-01", DECISION
    return [
        (
            "补偿申请",
            [
                applied("CASE-2023-001", "ABC2023-0002", "abchina", 151_000_000, 5),
                applied("CASE-2023-002", "BOC2023-0003", "boc", 186_000_000, 9),
                applied("CASE-2023-003", "ABC2023-0004", "abchina", 221_000_000, 12),
            ],
        ),
        (
            "裁决",
            [
                CompensationDecided(
                    event_id=event_id("decision", 1),
                    on=date(2023, 6, 20),
                    summary="裁决（虚构）",
                    case="CASE-2023-001",
                    loan="ABC2023-0002",
                    bank="abchina",
                    outcome="reduced",
                    claimed_fen=151_000_000,
                    base_fen=150_000_000,
                    approved_fen=45_000_000,
                    unpaid_principal_fen=150_000_000,
                    contributors=(
                        ContributorShare(contributor="01", amount_fen=30_000_000),
                        ContributorShare(contributor="02", amount_fen=15_000_000),
                    ),
                    others=(PartyAmount(party="insurer", amount_fen=75_000_000),),
                    rule=rule,
                    decision=paper,
                    chief="li",
                ),
                CompensationDenied(
                    event_id=event_id("decision", 2),
                    on=date(2023, 6, 21),
                    summary="不予补偿（虚构）",
                    case="CASE-2023-002",
                    loan="BOC2023-0003",
                    bank="boc",
                    claimed_fen=186_000_000,
                    clauses=("第七条", "第九条"),
                    rule=rule,
                    decision=paper,
                    chief="li",
                ),
            ],
        ),
        (
            "拨付",
            [
                CompensationPaid(
                    event_id=paid,
                    on=date(2023, 7, 3),
                    summary="拨付补偿款（虚构）",
                    case="CASE-2023-001",
                    bank="abchina",
                    account="abchina-01",
                    amount_fen=45_000_000,
                    instruction_no="2023-001",
                ),
                BankRowConfirmed(
                    event_id=event_id("bank", "abchina-01", 30),
                    on=date(2023, 7, 4),
                    summary="银行行佐证",
                    account="abchina-01",
                    confirms=paid,
                    amount_fen=-45_000_000,
                    sources=(line(30),),
                ),
            ],
        ),
        (
            "追偿",
            [
                RecoveryNotified(
                    event_id=event_id("notice", 1),
                    on=date(2023, 8, 8),
                    summary="追偿通知（虚构）",
                    case="CASE-2023-001",
                    loan="ABC2023-0002",
                    bank="abchina",
                    number=1,
                    gross_fen=20_000_000,
                    cost_fen=2_000_000,
                    principal_fen=18_000_000,
                    pool_fen=5_400_000,
                    contributors=(
                        ContributorShare(contributor="01", amount_fen=3_600_000),
                        ContributorShare(contributor="02", amount_fen=1_800_000),
                    ),
                    steps=digest(b"steps"),
                    sources=(line(45),),
                ),
                RecoveryReceived(
                    event_id=event_id("bank", "abchina-01", 31),
                    on=date(2023, 8, 21),
                    summary="追偿款到账（虚构）",
                    case="CASE-2023-001",
                    bank="abchina",
                    account="abchina-01",
                    amount_fen=3_000_000,
                    sources=(line(31),),
                ),
            ],
        ),
    ]


def rows() -> tuple[ReadRow, ...]:
    """The rows of the invented list, the second one hostile."""
    by_row: dict[int, list[str]] = {}
    for _, events in year():
        for event in events:
            for source in event.sources:
                by_row.setdefault(source.row, []).append(event.event_id)
    return tuple(
        ReadRow(
            line=line(row),
            cells=(
                ("交易日期[Transaction Date]", "20230302"),
                ("对方户名[Payer's Name]", EVIL if row == 3 else "示例付款人（虚构）"),
                ("交易金额[Trade Amount]", "3,000,000.00"),
                ("附言[Remark]", "  两个空格在前"),
            ),
            outcome="event",
            events=tuple(events),
        )
        for row, events in sorted(by_row.items())
    )


def small_books(root: Path) -> Office:
    """Books with the whole invented year."""
    office = Office(root)
    office.init()
    for act, events in year():
        office.post(act, *events)
    office.keep_reading(rows())
    papers = root.parent / "papers" / "2023-06"
    papers.mkdir(parents=True)
    (papers / "CASE-2023-001-compensation-review.pdf").write_bytes(b"%PDF-1.7 example")
    return office


@dataclass(frozen=True)
class Desk:
    """A running server."""

    office: Office
    port: int

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}/riskpool/{path}"


def start(office: Office) -> Iterator[Desk]:
    """The real server on a free port, as ``serve`` sets it up."""
    probe = create_server(lambda _e, _s: [], host="127.0.0.1", port=0)
    port = int(probe.effective_port)
    probe.close()
    server = create_server(make_app(office.root, port=port), host="127.0.0.1", port=port, threads=8, ident=None)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield Desk(office, port)
    finally:
        server.close()
        server.task_dispatcher.shutdown()
        thread.join(timeout=5)
