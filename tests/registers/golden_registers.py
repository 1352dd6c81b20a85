"""One small invented file of every kind of register, and the road of each through real books.

``python tests/registers/golden_registers.py`` writes ``golden/`` anew: the files, and what was read of each. A test
compares both with what is committed.
"""

import io
import json
import shutil
import sys
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import xlsxwriter
from beangulp.testing import run_importer, write_expected

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from registers.filled import BORROWER, POOL, USCC, patent, workbook

from desk.acts import drafting, rulings
from desk.acts.intake import import_file
from desk.acts.office import Actor, Office
from desk.acts.opening import OpeningFiles, open_books
from desk.acts.rules import adopt
from desk.acts.synonyms import binding_at
from importers.bean import PoolImporter
from importers.files import Workbook
from importers.intake import recognise_workbook
from importers.registers import Binding, read_opening, write_template
from ledger.openitems import OpenItems
from ledger.papers import Intake, Reading
from ledger.pool import parse_pool
from ledger.provenance import SourceFile, digest

GOLDEN = Path(__file__).parent / "golden"
NOTE = "虚构：人员、企业、权利、编号均为编造"
OTHER, OTHER_USCC = "慈溪另一模具有限公司（虚构）", "91330282MA2BBBBB04"
Row = dict[str, str]

STAFF = """
[[staff]]
id = "cc"
name = "丙（虚构）"
roles = ["bookkeeper"]
[[staff]]
id = "dd"
name = "丁（虚构）"
roles = ["chief"]
"""
BANK, INSURER = {"bank": "中国银行"}, {"insurer": "示例财险（虚构）"}


def _loan(no: str, **changes: str) -> Row:
    base = {
        "loan": no,
        "contract_no": f"HT-{no}",
        "filing_no": f"BA-{no}",
        "filed_on": "2023-03-10",
        "bank": "中国银行",
        "borrower": BORROWER,
        "uscc": USCC,
        "product": "直贷",
        "annual_rate": "4.35%",
        "disbursed_on": "2022-10-08",
    }
    return base | changes


def _right(pledge: str, right: str, **changes: str) -> Row:
    base = {
        "pledge": pledge,
        "registered_on": "2022-09-30",
        "rank": "1",
        "right": right,
        "title": "一种开关（虚构）",
        "owner": BORROWER,
        "expires_on": "2037-01-01",
        "appraised": "单项",
        "value_fen": "2000000.00",
        "appraised_on": "2022-09-01",
        "appraiser": "某评估公司（虚构）",
    }
    return base | changes


OPENING: Mapping[str, Sequence[Row]] = {
    "balances": [
        {"account": "银行存款", "party": "boc-01", "debit_fen": "930000.00"},
        {"account": "追偿应收款", "party": "中国银行", "debit_fen": "20000.00"},
        {"account": "出资", "party": "01", "credit_fen": "600000.00"},
        {"account": "出资", "party": "02", "credit_fen": "400000.00"},
        {"account": "累计结余", "party": "01", "debit_fen": "30000.00"},
        {"account": "累计结余", "party": "02", "debit_fen": "20000.00"},
    ],
    "loans": [
        _loan(
            "BOC2022-0001",
            filed_on="2022-02-10",
            disbursed_on="2022-02-08",
            due_on="2022-08-07",
            principal_fen="200000.00",
            outstanding_fen="150000.00",
            pledge="YP2022001",
        ),
        _loan(
            "BOC2022-0002",
            filed_on="2022-04-10",
            disbursed_on="2022-04-08",
            due_on="2023-04-07",
            borrower=OTHER,
            uscc=OTHER_USCC,
            product="保险",
            principal_fen="800000.00",
            outstanding_fen="500000.00",
            pledge="YP2022002",
            policy="P-2022-1",
            insurer="示例财险（虚构）",
        ),
    ],
    "rights": [
        _right("YP2022001", patent(1)),
        _right("YP2022002", patent(2), owner=OTHER, title="一种模具（虚构）"),
    ],
    "policies": [
        {
            "policy": "P-2022-1",
            "insurer": "示例财险（虚构）",
            "loan": "BOC2022-0002",
            "insured": OTHER,
            "sum_fen": "800000.00",
            "premium_fen": "8000.00",
            "from_on": "2022-04-08",
            "until_on": "2023-04-07",
        }
    ],
    "cases": [
        {
            "case": "BC2022-001",
            "loan": "BOC2022-0001",
            "bank": "中国银行",
            "borrower": BORROWER,
            "decided_on": "2022-12-01",
            "unpaid_principal_fen": "150000.00",
            "base_fen": "200000.00",
            "paid_fen": "100000.00",
            "recovered_fen": "30000.00",
            "notified_unreceived_fen": "20000.00",
            "recourse_fen": "50000.00",
            "recovered_gross_fen": "110000.00",
            "recovered_cost_fen": "10000.00",
            "rule_words": "旧办法第九条（虚构）",
        }
    ],
    "case_shares": [
        {"case": "BC2022-001", "sort": "出资方份数", "name": "01", "amount": "60000.00"},
        {"case": "BC2022-001", "sort": "出资方份数", "name": "02", "amount": "40000.00"},
        {"case": "BC2022-001", "sort": "损失分担金额", "name": "pool", "amount": "100000.00"},
        {"case": "BC2022-001", "sort": "损失分担金额", "name": "bank", "amount": "100000.00"},
    ],
}
LOANS: Mapping[str, Sequence[Row]] = {
    "loans": [
        _loan(
            "BOC2023-0001",
            product="保险",
            principal_fen="1200000.00",
            outstanding_fen="1000000.00",
            due_on="2023-04-10",
            pledge="YP2023001",
            ip_quota_fen="600000.00",
            collateral_quota_fen="1200000.00",
            policy="P-2023-1",
            insurer="示例财险（虚构）",
            guarantor="保证人某某（虚构）",
            use="采购原材料",
            town="某镇",
            industry="电气机械",
        ),
        _loan(
            "BOC2023-0002",
            principal_fen="300000.00",
            outstanding_fen="300000.00",
            due_on="2023-10-07",
            pledge="YP2023002",
        ),
        _loan(
            "BOC2023-0003",
            borrower=OTHER,
            uscc=OTHER_USCC,
            principal_fen="500000.00",
            outstanding_fen="500000.00",
            disbursed_on="2023-03-08",
            due_on="2024-03-07",
            pledge="YP2022002",
            renews="BOC2022-0002",
        ),
    ],
    "rights": [
        _right("YP2023001", patent(3)),
        _right("YP2023001", "TM12345678-09", title="某商标（虚构）", value_fen="300000.00", ip_type="商标"),
        _right("YP2023002", patent(4), appraised="整体", value_fen="900000.00"),
        _right("YP2023002", patent(5), appraised="整体", value_fen="", title="一种插座（虚构）"),
        _right("YP2022002", patent(2), owner=OTHER, title="一种模具（虚构）"),
    ],
}


def _taped(no: str, borrower: str, outstanding: str, repaid: str = "0", **changes: str) -> Row:
    base = {"by_compensation_fen": "0", "by_recovery_fen": "0", "overdue_days": "0", "grade": "正常"}
    return base | {"loan": no, "borrower": borrower, "outstanding_fen": outstanding, "repaid_fen": repaid} | changes


TAPES = [
    _taped("BOC2022-0001", BORROWER, "150000.00", grade="可疑", overdue_days="236"),
    _taped("BOC2023-0001", BORROWER, "1000000.00"),
    _taped("BOC2023-0002", BORROWER, "250000.00", "50000.00", remark="按月还本"),
    _taped("BOC2023-0003", OTHER, "500000.00"),
]
EXTENSIONS = [
    {
        "loan": "BOC2023-0002",
        "borrower": BORROWER,
        "due_on": "2023-10-07",
        "new_due_on": "2024-04-07",
        "filing_no": "ZQ-1",
        "filed_on": "2023-04-20",
        "remark": "展期六个月（虚构）",
    }
]
_POLICY = {"policy": "P-2023-1", "loan": "BOC2023-0001", "insured": BORROWER}
INSURANCE = [
    {
        **_POLICY,
        "act": "承保",
        "sum_fen": "1200000.00",
        "premium_fen": "18000.00",
        "from_on": "2023-03-12",
        "until_on": "2024-03-11",
    },
    {
        **_POLICY,
        "act": "批改",
        "sum_fen": "1000000.00",
        "sum_before_fen": "1200000.00",
        "premium_fen": "-1500.00",
        "until_on": "2024-03-11",
        "endorsement": "PD-1",
        "acted_on": "2023-03-20",
    },
    {
        "act": "退保",
        "policy": "P-2022-1",
        "loan": "BOC2022-0002",
        "insured": OTHER,
        "acted_on": "2023-03-21",
    },
]
APPLICATIONS = [
    {
        "case": "BC2023-001",
        "loan": "BOC2023-0001",
        "borrower": BORROWER,
        "applied_on": "2023-07-19",
        "accepted_on": "2023-07-20",
        "claimant": "合作银行",
        "due_on": "2023-04-10",
        "overdue_since_on": "2023-04-11",
        "assessed_on": "2023-07-20",
        "principal_fen": "1000000.00",
        "interest_fen": "12000.00",
        **dict.fromkeys(
            (
                "penalty_interest_fen",
                "recovery_cost_fen",
                "disposal_proceeds_fen",
                "insurer_paid_fen",
                "guarantee_payment_fen",
                "awarded_elsewhere_fen",
            ),
            "0.00",
        ),
        "claimed_fen": "500000.00",
        "grade": "次级",
        **dict.fromkeys(
            ("registered_in_city", "in_good_credit", "use_holds", "pledge_registered", "bank_demanded"), "是"
        ),
        "is_sued": "否",
        "is_disposed": "否",
        "attachments": "补偿申请书、借款合同；催收记录",
    }
]
CLAIMS = [
    {**_POLICY, "act": "理赔", "amount_fen": "250000.00", "case": "BC2023-001", "acted_on": "2023-08-10"},
    {
        **_POLICY,
        "act": "拒赔",
        "refused_fen": "50000.00",
        "case": "BC2023-001",
        "acted_on": "2023-08-11",
        "reason": "免赔额（虚构）",
    },
]
RECOVERIES = [
    {
        "case": "BC2022-001",
        "number": "1",
        "loan": "BOC2022-0001",
        "notified_on": "2023-08-20",
        "gross_fen": "60000.00",
        "cost_fen": "5000.00",
        "net_fen": "55000.00",
        "principal_fen": "55000.00",
        "source": "质物处置",
        "remark": "拍卖（虚构）",
    }
]
STATEMENT = [
    {
        "on": "2023-03-21",
        "bank_summary": "结息",
        "inflow_fen": "120.50",
        "balance_fen": "930120.50",
        "counterparty": "某银行（虚构）",
    },
    {
        "on": "2023-03-21",
        "bank_summary": "手续费",
        "outflow_fen": "20.50",
        "balance_fen": "930100.00",
        "serial": "0007",
    },
]
OWN_TITLES = (
    *("序号", "借据编号", "借款合同编号", "备案编号", "备案日期", "客户名称", "社会信用代码", "业务品种", "合同金额"),
    *("备案时余额", "年利率(%)", "放款日期", "到期日", "质押登记编号", "质押登记日", "知识产权编号", "知识产权名称"),
    *("权利人", "评估价值", "评估日期", "客户经理"),
)
OWN_ROWS = [
    ("1", "BOC2023-0004", patent(6).removeprefix("ZL"), "一种线圈（虚构）", "500"),
    ("2", "BOC2023-0004", patent(7), "一种壳体（虚构）", "120.5"),
]


def own_workbook() -> bytes:
    """A bank's own 台账: one sheet for loans and rights, in 万元, a 合计 below, a line to sign."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"created": datetime(2023, 1, 1)})  # noqa: DTZ001 - XlsxWriter writes it as it stands
    sheet = book.add_worksheet("2023年4月")
    sheet.write_string(0, 0, "某支行知识产权质押贷款台账（虚构）")
    sheet.write_string(1, 0, "金额单位：万元")
    for index, name in enumerate(OWN_TITLES):
        sheet.write_string(2, index, name)
    day = book.add_format({"num_format": "yyyy/m/d"})
    for at, (number, loan, right, title, value) in enumerate(OWN_ROWS, start=3):
        texts = {0: number, 1: loan, 2: "HT-4", 3: "BA-4", 5: BORROWER, 6: USCC, 7: "流贷（保证保险）"}
        texts |= {11: "2023.4.3", 12: "2024年4月2日", 13: "YP2023004", 14: "20230401", 15: right, 16: title}
        texts |= {17: BORROWER, 19: "2023-03-20", 20: "某经理（虚构）"}
        for index, text in texts.items():
            sheet.write_string(at, index, text)
        sheet.write_datetime(at, 4, datetime(2023, 4, 6), day)  # noqa: DTZ001 - a day, as a spreadsheet has it
        for index, amount in {8: 80, 9: 75.00005, 10: 4.35, 18: float(value)}.items():
            sheet.write_number(at, index, amount)
    sheet.write_string(5, 0, "合计")
    for index, amount in {8: 160, 9: 150.0001, 18: 620.5}.items():
        sheet.write_number(5, index, amount)
    sheet.write_string(6, 0, "制表：某人（虚构）")
    book.close()
    return buffer.getvalue()


OWN_BINDING = Binding(
    kind="loans",
    party="boc",
    columns={"序号": "", "业务品种": "产品", "备案时余额": "未偿本金", "客户经理": ""},
    values={"产品": {"流贷（保证保险）": "保险"}},
    constants={"合作银行": "boc", "顺位": "1", "评估方式": "单项"},
    sheets={"loans": "台账", "rights": "台账"},
    totals=("loans", "rights"),
)


def _template(kind: str, rows: Any, heading: Row | None = None) -> bytes:  # noqa: ANN401 - write_template's rows
    return write_template(kind, rows, heading=heading, title_note=NOTE)


def _statement(number: str, month: str, opening: str, closing: str, rows: Sequence[Row] = ()) -> bytes:
    heading = {"number": number, "month": month, "opening_fen": opening, "closing_fen": closing}
    return _template("statement", rows, heading)


BOC, CRCB = "405200000018", "2010000000000000017"
FILES: Mapping[str, Callable[[], bytes]] = {
    "opening.xlsx": lambda: _template("opening", OPENING, {"on": "2023-02-28"}),
    "proof-boc.xlsx": lambda: _statement(BOC, "2023-02", "930000.00", "930000.00"),
    "proof-crcb.xlsx": lambda: _statement(CRCB, "2023-02", "0", "0"),
    "loans.xlsx": lambda: _template("loans", LOANS),
    "insurance.xlsx": lambda: _template("insurance", INSURANCE, INSURER),
    "tapes.xlsx": lambda: _template("tapes", TAPES, BANK | {"month": "2023-03"}),
    "statement.xlsx": lambda: _statement(BOC, "2023-03", "930000.00", "930100.00", STATEMENT),
    "extensions.xlsx": lambda: _template("extensions", EXTENSIONS, BANK),
    "own.xlsx": own_workbook,
    "applications.xlsx": lambda: _template("applications", APPLICATIONS, BANK),
    "claims.xlsx": lambda: _template("insurance", CLAIMS, INSURER),
    "recoveries.xlsx": lambda: _template("recoveries", RECOVERIES, BANK),
}
DAYS = {
    "loans": "2023-03-15",
    "insurance": "2023-04-03",
    "tapes": "2023-04-03",
    "statement": "2023-04-03",
    "extensions": "2023-04-20",
    "own": "2023-04-21",
    "applications": "2023-07-20",
    "claims": "2023-08-15",
    "recoveries": "2023-08-21",
}
"""The files in the order in which an officer imports them, and the day on which he does."""
KINDS = {name: {"own": "loans", "claims": "insurance"}.get(name, name) for name in DAYS}


class Stage(NamedTuple):
    """One file on its road: the books before it came in, and after it was posted."""

    name: str
    before: Path
    after: Path
    day: str

    @property
    def content(self) -> bytes:
        return (GOLDEN / f"{self.name}.xlsx").read_bytes()

    @property
    def bindings(self) -> tuple[Binding, ...]:
        return (binding_at(GOLDEN / "synonyms" / "loans-boc.toml"),) if self.name == "own" else ()


def who(staff: str, day: str) -> Actor:
    return Actor(staff, datetime.fromisoformat(f"{day}T10:00:00"))


def through(office: Office, day: str) -> None:
    for draft in office.drafts:
        if draft.state == "draft":
            drafting.review(office, draft.no, who("bb", day))
            drafting.post_draft(office, draft.no, who("cc", day))


def found(root: Path, folder: Path = GOLDEN) -> Office:
    """The invented pool's books, founded with the opening and a rule text adopted."""
    root.parent.mkdir(parents=True, exist_ok=True)
    pool = root.parent / "pool.toml"
    pool.write_text(POOL + STAFF, encoding="utf-8")
    files = OpeningFiles(pool, folder / "opening.xlsx", (folder / "proof-boc.xlsx", folder / "proof-crcb.xlsx"))
    open_books(root, files, date(2023, 3, 1), who=who("aa", "2023-03-01"), reviewer="bb", bookkeeper="cc")
    office = Office(root)
    adopt(office, "demo-2023", date(2023, 3, 1), chief="dd", who=who("aa", "2023-03-01"))
    through(office, "2023-03-01")
    return office


def walked(root: Path) -> dict[str, Stage]:
    """Every golden file imported and posted in turn, with the books kept before and after each."""
    found(root / "books")
    stages = {}
    for name, day in DAYS.items():
        if name == "claims":  # an insurer owes a case only once it is decided
            rulings.decide(
                Office(root / "books"), "BC2023-001", date(2023, 8, 1), chief="dd", who=who("aa", "2023-08-01")
            )
            through(Office(root / "books"), "2023-08-01")
        before = Path(shutil.copytree(root / "books", root / f"{name}-before"))
        stage = Stage(name, before, root / f"{name}-after", day)
        import_file(Office(root / "books"), stage.content, f"{name}.xlsx", who=who("aa", day), bindings=stage.bindings)
        through(Office(root / "books"), day)
        shutil.copytree(root / "books", stage.after)
        stages[name] = stage
    return stages


def told(reading: Reading, events: Sequence[Any]) -> str:
    """What was read of a file, as it is committed: each event, and what became of each row."""
    rows = [
        {"row": f"{row.line.sheet} {row.line.row}", "outcome": row.outcome, "reason": row.reason}
        for row in reading.rows
        if row.line.sheet != "填表说明"
    ]
    plain = [event.model_dump(mode="json", exclude={"sources"}, exclude_defaults=True) for event in events]
    kinds = [{"kind": event.kind, **fields} for event, fields in zip(events, plain, strict=True)]
    return json.dumps({"events": kinds, "rows": rows}, ensure_ascii=False, indent=1) + "\n"


def resaved(content: bytes) -> bytes:
    """The same workbook under other bytes, as saving it once more gives."""
    buffer = io.BytesIO(content)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.comment = b"saved once more"
    return buffer.getvalue()


def edited(content: bytes, change: Callable[[openpyxl.Workbook], object]) -> bytes:
    """The workbook with its computed values kept, changed by hand, saved."""
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    change(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def write(folder: Path) -> None:
    """The whole of ``golden/``: files first, then what the product reads of them."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "synonyms").mkdir(parents=True)
    for name, made in FILES.items():
        (folder / name).write_bytes(made())
    (folder / "synonyms" / "loans-boc.toml").write_text(OWN_BINDING.text(), encoding="utf-8")


def main() -> None:
    """Write the files, walk them, write what was read."""
    import tempfile  # noqa: PLC0415 - only this script needs it

    write(GOLDEN)
    with tempfile.TemporaryDirectory() as place:
        stages = walked(Path(place))
        for name, text in readings(stages).items():
            (GOLDEN / f"{name}.json").write_text(text, encoding="utf-8")
        for name, stage in stages.items():
            (GOLDEN / f"{name}.beancount").write_bytes(pair(stage))


def pair(stage: Stage) -> bytes:
    """What beangulp's ``generate`` would write beside a file; its own writer takes the locale's encoding."""
    importer = PoolImporter(Office(stage.before).view(), bindings=stage.bindings)
    document = GOLDEN / f"{stage.name}.xlsx"
    out = io.StringIO(newline="\n")
    write_expected(out, *run_importer(importer, str(document)))  # type: ignore[no-untyped-call] # beangulp is untyped
    return out.getvalue().encode()


def readings(stages: Mapping[str, Stage]) -> dict[str, str]:
    """What each golden file says, read against the books as they stood; and the opening."""
    found = {}
    for name, stage in stages.items():
        intake = read(stage, stage.content)
        found[name] = told(intake.reading, intake.events)
    opening = read_opening_of((GOLDEN / "opening.xlsx").read_bytes())
    return found | {"opening": told(opening.reading, opening.events)}


def read_opening_of(content: bytes) -> Intake:
    """What an opening says, for the invented pool."""
    source = SourceFile(name="opening.xlsx", sha256=digest(content))
    return read_opening(workbook(content), source, parse_pool(POOL + STAFF))


@cache
def view(books: Path) -> OpenItems:
    return Office(books).view()


def read(stage: Stage, content: bytes | Workbook, *, after: bool = False) -> Intake:
    """A workbook in the place of a stage's file, read against its books before or after."""
    book = workbook(content) if isinstance(content, bytes) else content
    source = SourceFile(name=f"{stage.name}.xlsx", sha256=digest(repr(book).encode()))
    books = view(stage.after if after else stage.before)
    return recognise_workbook(book, source, books, bindings=stage.bindings)


if __name__ == "__main__":
    main()
