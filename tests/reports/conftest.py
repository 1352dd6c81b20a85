"""A small invented year, posted through the real journal, for the papers to be made from."""

import io
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
from pools import pool_toml

from ledger.book import Book
from ledger.events import (
    BankRowConfirmed,
    CompensationApplied,
    CompensationPaid,
    ContributionReceived,
    ContributorShare,
    FeeCharged,
    InsuranceIssued,
    InterestReceived,
    IpRightListed,
    LoanIncluded,
    LoanReleased,
    LoanRepaid,
    OpeningTaken,
    PledgeRegistered,
    RecoveryNotified,
    RuleAdopted,
    StatementFiled,
    SuspensionTripped,
    TapeConfirmed,
    TransferArrived,
    TransferSent,
    VoucherLine,
)
from ledger.founding import first_batch, found
from ledger.ids import event_id
from ledger.journal import Posting, post
from ledger.papers import Attachment, BankLine, BankPaper, Reading, ReadRow
from ledger.provenance import SourceFile, SourceLine, digest
from ledger.signing import Signatures
from ledger.store import Store
from ledger.withdrawal import Request, withdrawal_of
from riskpool.cases import decide, facts_of, loan_facts
from riskpool.decision import Decision
from riskpool.granting import events_of
from riskpool.ruletext import RuleText, shipped

POOL = pool_toml(
    {"title": "示例子风险池", "slug": "example", "unit": "示例市财政局"},
    staff={"zhang": ("张三（虚构）", "preparer bookkeeper"), "li": ("李四（虚构）", "reviewer chief")},
    banks=("boc", "crcb"),
    accounts={
        "boc-01": ("370012345678", "示例子风险池中行专户"),
        "crcb-01": ("201000123456789", "示例子风险池农商专户"),
    },
    contributors=("市财政", "县财政"),
    insurers=("示例财险（虚构）",),
)
SIGNED = Signatures(
    preparer="zhang", reviewer="li", bookkeeper="zhang", chief="li", at=datetime(2023, 12, 31, 9, tzinfo=UTC)
)
LIST = SourceFile(name="boc-2023-03.csv", sha256=digest("流水".encode()))
BOC = "Assets:1002银行存款:01中国银行:01专户"


def row(number: int) -> tuple[SourceLine, ...]:
    return (SourceLine(sha256=LIST.sha256, sheet="明细", row=number),)


def bank_key(serial: str, account: str = "boc-01") -> str:
    return event_id("bank", account, "serial", serial)


def statement(
    month: str, opening: int, lines: list[tuple[date, int, str, str]], *, name: str = "", kind: str = "statement"
) -> BankPaper:
    """A statement of boc-01: (day, signed fen, serial, words) in order, balances chained."""
    year, number = int(month[:4]), int(month[5:])
    file = SourceFile(name=name or f"对账单-{month}.xml", sha256=digest(f"{month}{name}{kind}".encode()))
    balance, made = opening, []
    for at, (on, amount, serial, said) in enumerate(lines, 1):
        balance += amount
        place = SourceLine(sha256=file.sha256, row=at)
        made.append(
            BankLine(line=place, on=on, amount_fen=amount, balance_fen=balance, serial=serial, bank_summary=said)
        )
    return BankPaper(
        file=file, kind=kind, bank="boc", layout="bkrs", account="boc-01", from_on=date(year, number, 1),
        until_on=date(year, number + 1, 1), opening_fen=opening, closing_fen=balance, lines=tuple(made),
    )  # fmt: skip


MARCH = statement(
    "2023-03",
    500_000_000,
    [
        (date(2023, 3, 6), 100_000_000, "S1", "出资"),
        (date(2023, 3, 21), 12_345, "S2", "结息"),
        (date(2023, 3, 22), -1_500, "S3", "手续费"),
        (date(2023, 3, 30), 88_800, "S9", "=汇入 <script>"),
    ],
)
APRIL = statement("2023-04", MARCH.closing_fen, [(date(2023, 4, 3), -20_000_000, "S4", "划转")])


def opening_events() -> list[object]:
    lines = (
        VoucherLine(account=BOC, amount_fen=500_000_000),
        VoucherLine(account="Equity:3101出资:01市财政", amount_fen=-300_000_000),
        VoucherLine(account="Equity:3101出资:02县财政", amount_fen=-200_000_000),
    )
    return [OpeningTaken(event_id=event_id("open", 1), on=date(2023, 2, 28), summary="期初建账", lines=lines)]


def loan_events() -> list[object]:
    made: list[object] = []
    for at, (bank, borrower, right, ip_type) in enumerate(
        [
            ("boc", "慈溪甲精密机械有限公司（虚构）", "ZL202110123456.X", "patent"),
            ("boc", "慈溪乙电器有限公司（虚构）", "TM12345678-09", "trademark"),
            ("crcb", "慈溪丙𬭎业有限公司（虚构）", "TM87654321-11", "trademark"),
        ],
        1,
    ):
        on = date(2023, 3, 7 + at)
        loan, pledge = f"L2023-000{at}", f"ZY2023-000{at}"
        base = {"on": on, "bank": bank}
        made += [
            IpRightListed(event_id=event_id("ip", right), on=on, summary=f"登记知识产权 {right}", right=right,
                          ip_type=ip_type, title="一种装置", owner=borrower),
            LoanIncluded(event_id=event_id("loan", loan), summary=f"{borrower}入库", loan=loan, borrower=borrower,
                         uscc="91330282MA2XXXXX0X", contract_no=f"HT-{at}", filing_no=f"BA2023-{at:03d}",
                         product="insured" if at == 1 else "direct", principal_fen=300_000_000,
                         outstanding_fen=300_000_000, annual_rate="0.0435",
                         disbursed_on=date(2022, 1, 20),
                         due_on=date(2023, 1, 20) if at == 1 else date(2023, 5, 20 + at),
                         filed_on=date(2022, 2, 1), opening=True, rights=(right,), pledge=pledge,
                         policy="P1" if at == 1 else None, town="浒山街道", industry="C34 通用设备制造业",
                         exposure=event_id("exp", loan), **base),
            PledgeRegistered(event_id=event_id("pledge", pledge), summary="质押登记", pledge=pledge, pledgor=borrower,
                             rights=(right,), loans=(loan,), registered_on=on, **base),
        ]  # fmt: skip
    made.append(
        InsuranceIssued(event_id=event_id("pol", "P1"), on=date(2023, 3, 9), summary="承保", policy="P1", insurer="01",
                        loan="L2023-0001", insured="慈溪甲精密机械有限公司（虚构）", sum_fen=300_000_000,
                        premium_fen=300_000, from_on=date(2023, 3, 9), until_on=date(2023, 6, 9))
    )  # fmt: skip
    return made


def cash_events() -> list[object]:
    boc = {"account": "boc-01"}
    return [
        ContributionReceived(event_id=bank_key("S1"), on=date(2023, 3, 6), summary="收市财政出资", contributor="01",
                             amount_fen=100_000_000, sources=row(2), **boc),
        InterestReceived(event_id=bank_key("S2"), on=date(2023, 3, 21), summary="专户结息", amount_fen=12_345,
                         sources=row(3), **boc),
        FeeCharged(event_id=bank_key("S3"), on=date(2023, 3, 22), summary="手续费", amount_fen=1_500,
                   sources=row(4), **boc),
        TransferSent(event_id=event_id("pay", "T1"), on=date(2023, 3, 31), summary="划转至农商专户",
                     to_account="crcb-01", amount_fen=20_000_000, instruction_no="T1", **boc),
        BankRowConfirmed(event_id=bank_key("S4"), on=date(2023, 4, 3), summary="银行已付出",
                         confirms=event_id("pay", "T1"), amount_fen=-20_000_000, **boc),
        TransferArrived(event_id=bank_key("N1", "crcb-01"), on=date(2023, 4, 3), summary="划转到账",
                        account="crcb-01", from_account="boc-01", amount_fen=20_000_000),
    ]  # fmt: skip


def tape_events() -> list[object]:
    return [
        LoanRepaid(event_id=event_id("rep", "L2023-0002"), on=date(2023, 4, 20), summary="还本", loan="L2023-0002",
                   bank="boc", amount_fen=300_000_000),
        LoanReleased(event_id=event_id("rel", "L2023-0002"), on=date(2023, 4, 20), summary="结清出池",
                     loan="L2023-0002", bank="boc", reason="settled"),
        TapeConfirmed(event_id=event_id("tape", "L2023-0001", 4), on=date(2023, 4, 30), summary="月末确认",
                      loan="L2023-0001", bank="boc", month="2023-04", outstanding_fen=300_000_000, overdue_days=45,
                      grade="substandard"),
        TapeConfirmed(event_id=event_id("tape", "L2023-0003", 4), on=date(2023, 4, 30), summary="月末确认",
                      loan="L2023-0003", bank="crcb", month="2023-04", outstanding_fen=300_000_000, overdue_days=0,
                      grade="normal"),
    ]  # fmt: skip


def adopted() -> RuleText:
    return shipped("demo-2023")


def application(case: str, loan: str, bank: str, *, in_credit: str) -> CompensationApplied:
    facts = {
        "pledge_registered": "true", "registered_in_city": "true", "in_good_credit": in_credit,
        "disposal_proceeds_fen": "0", "disposal_proceeds": "0",
    }  # fmt: skip
    return CompensationApplied(
        event_id=event_id("app", case), on=date(2023, 5, 8), summary="受理补偿申请", case=case, loan=loan, bank=bank,
        claimed_fen=300_000_000, principal_fen=300_000_000, interest_fen=0, accepted_on=date(2023, 5, 8),
        facts=tuple(facts.items()), attachments=4,
    )  # fmt: skip


def decided(book: Book, applied: CompensationApplied) -> Decision:
    loan = next(event for event in book.events(LoanIncluded) if event.loan == applied.loan)
    paid_in = (("01", 400_000_000), ("02", 200_000_000))
    facts = facts_of(applied, loan_facts(loan), paid_in=paid_in, approved_earlier_fen=0)
    return decide(adopted(), facts, ())


def case_events(store: Store, book: Book) -> list[object]:
    text = adopted()
    case = {"case": "BC2023-001", "bank": "boc"}
    first = application("BC2023-001", "L2023-0001", "boc", in_credit="true")
    second = application("BC2023-002", "L2023-0003", "crcb", in_credit="false")
    third = application("BC2023-003", "L2023-0003", "crcb", in_credit="true")
    made: list[object] = [
        RuleAdopted(event_id=event_id("rule", 1), on=date(2023, 3, 1), summary="采用演示办法", rule=text.ref,
                    title=text.title, sha256=text.sha256, effective_on=date(2023, 1, 1), demo=True),
        first, second, third,
    ]  # fmt: skip
    for applied in (first, second):
        decision = decided(book, applied)
        store.write_new(f"documents/{decision.sha256[:16]}-decision.json", decision.to_bytes())
        made.append(events_of(decision, applied, on=date(2023, 5, 15), chief="li", unpaid_principal_fen=300_000_000))
    return [
        *made,
        CompensationPaid(event_id=event_id("pay", "C1"), on=date(2023, 5, 18), summary="拨付补偿款", account="boc-01",
                         amount_fen=150_000_000, instruction_no="C1", **case),
        RecoveryNotified(event_id=event_id("rec", 1), on=date(2023, 5, 25), summary="追偿通知", loan="L2023-0001",
                         number=1, gross_fen=10_000_000, cost_fen=1_000_000, principal_fen=9_000_000,
                         pool_fen=4_500_000,
                         contributors=(ContributorShare(contributor="01", amount_fen=3_000_000),
                                       ContributorShare(contributor="02", amount_fen=1_500_000)),
                         steps=digest(b"steps"), **case),
        SuspensionTripped(event_id=event_id("sus", 1), on=date(2023, 5, 31), summary="逾期达到熔断线", bank="boc",
                          rule=text.ref, clause="演示第十条", state="暂停整改", measure_fen=300_000_000),
    ]  # fmt: skip


def records(store: Store) -> list[Attachment]:
    """The decision records that the store keeps, as documents of the act that decides."""
    return [
        Attachment(
            path=f"documents/{path.name}",
            account="Assets:9401待裁决申请",
            name=path.name,
            sha256=digest(path.read_bytes()),
            sort="decision",
        )
        for path in sorted(store.root.glob("documents/*-decision.json"))
    ]


def reversal(book: Book) -> list[object]:
    """The fee was booked 15.00; it should have been 1.50 higher in another summary: red and blue."""
    voucher = next(item for item in book.vouchers if item.kind == "FeeCharged")
    blue = tuple(VoucherLine(account=leg.account, amount_fen=leg.fen) for leg in voucher.legs)
    return [withdrawal_of(book, Request(voucher.event, "mistake", "摘要写错", date(2023, 3, 28), blue))]


def filing(paper: BankPaper, month: str) -> StatementFiled:
    return StatementFiled(
        event_id=event_id("stmt", paper.account, month), on=paper.until_on, summary=f"{month} 对账单",
        account=paper.account, month=month, closing_fen=paper.closing_fen, statement=paper.file.sha256,
    )  # fmt: skip


def reading() -> Reading:
    words = {2: "出资", 3: "结息", 4: "=手续费"}
    rows = tuple(
        ReadRow(line=row(number)[0], cells=(("交易日期", "20230306"), ("摘要", said), ("空栏", " ")), outcome="event")
        for number, said in words.items()
    )
    return Reading(file=LIST, kind="list", title="流水", layout="boc-hisqry", rows=rows)


@pytest.fixture(scope="session")
def year_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("books") / "b"
    store = found(root, POOL, SIGNED, date(2023, 1, 1))
    book = first_batch(store, POOL, opening_events(), SIGNED, (), date(2023, 1, 1)).book
    kept = reading()
    store.write_new(f"readings/{LIST.short}.json", kept.model_dump_json().encode())
    store.write_new(f"documents/{LIST.short}-list.csv", "流水".encode())
    for paper in (MARCH, APRIL):
        store.write_new(f"statements/{paper.file.short}.json", paper.model_dump_json().encode())
    for events in (loan_events(), cash_events(), tape_events()):
        book = post(store, book, Posting("import", events, SIGNED)).book
    events = case_events(store, book)
    book = post(store, book, Posting("decide", events, SIGNED, documents=records(store))).book
    book = post(store, book, Posting("reverse", reversal(book), SIGNED)).book
    post(store, book, Posting("import", [filing(MARCH, "2023-03"), filing(APRIL, "2023-04")], SIGNED))
    return root


@pytest.fixture(scope="session")
def book(year_root: Path) -> Book:
    return Book.load(year_root)


@pytest.fixture
def tool(request: pytest.FixtureRequest) -> str:
    """The program that the test's ``needs`` marker names; skipped by name when absent, an error under CI=1."""
    marker = request.node.get_closest_marker("needs")
    name = str(marker.args[0])
    path = shutil.which(name)
    if path is None:
        if os.environ.get("CI"):
            pytest.fail(f"{name} is missing")
        pytest.skip(f"needs {name}")
    return path


def read_cells(content: bytes, *, values: bool = True) -> dict[str, object]:
    """Every filled cell of a workbook: its value, or with ``values=False`` its formula."""
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=values)
    return {
        f"{sheet.title}!{cell.coordinate}": cell.value
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


def recomputed(tool: str, workbooks: Mapping[str, bytes], folder: Path) -> dict[str, dict[str, object]]:
    """The values of each workbook after LibreOffice, started once, has computed every formula."""
    for name, content in workbooks.items():
        (folder / f"{name}.xlsx").write_bytes(_bare(content))
    command = [tool, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to"]
    command += ["xlsx:Calc MS Excel 2007 XML", "--outdir", "out", *(f"{name}.xlsx" for name in workbooks)]
    subprocess.run(command, cwd=folder, capture_output=True, check=True, timeout=120)
    return {name: read_cells((folder / "out" / f"{name}.xlsx").read_bytes()) for name in workbooks}


def _bare(content: bytes) -> bytes:
    bare = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(bare, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", part) if "worksheets/" in name else part)
    return bare.getvalue()


@pytest.fixture
def cell_values() -> Callable[..., dict[str, object]]:
    """Reads every filled cell of a workbook."""
    return read_cells


@pytest.fixture
def recalculate() -> Callable[[str, Mapping[str, bytes], Path], dict[str, dict[str, object]]]:
    """Has LibreOffice compute the formulas of workbooks."""
    return recomputed
