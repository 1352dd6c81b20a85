"""入库核验表: what a loan came in by, from the record frozen with it; every finding, and what each rests on."""

from dataclasses import replace

from ledger.book import Book
from ledger.events import LoanIncluded
from ledger.faults import ExitCode, Fault, FaultKind, Refusal
from ledger.money import yuan_text
from ledger.provenance import SHORT, digest
from reports.footing import Issue, footnotes, staff_name, unit_name
from reports.forms.decisions import fact_words
from reports.render.cells import Day, Money, Words
from reports.render.paper import Column, KeyValues, Paper, Row, Section, Signatures, Table
from riskpool.clauses import KINDS as CLAUSE_KINDS
from riskpool.facts import FACTS, FactValue, title_of
from riskpool.filings import EFFECTS, FilingRecord, record_of
from riskpool.suspension import Measure

ALTERED_FINDINGS = FaultKind(
    "入库-记录-01",
    "账内的入库核验记录缺失或被改动",
    "与入库时相同的记录",
    "用备份恢复；运行 riskpool verify。",
    ExitCode.REFUSED,
)
NO_FINDINGS = FaultKind(
    "入库-记录-02",
    "这笔贷款入库时没有核验记录",
    "采用办法以后经备案清单入库的贷款",
    "期初接收和采用办法以前入库的贷款没有核验记录；用 riskpool trail 查看其经过。",
)
KINDS = (ALTERED_FINDINGS, NO_FINDINGS)

FINDINGS = "findings"
"""The sort of a findings record among a book's documents."""


def findings_of(book: Book, bank: str, loan: str) -> FilingRecord | None:
    """What a loan came in by, from the books; None where it came in without a record.

    Raises:
        Refusal: the record is missing or was changed.
    """
    account = book.chart.loan(bank, loan)
    held = [item for item in book.documents() if item.sort == FINDINGS and item.account == account]
    if not held:
        return None
    path = book.root / held[-1].path
    content = path.read_bytes() if path.is_file() else b""
    if digest(content) != held[-1].sha256:
        raise Refusal([Fault(ALTERED_FINDINGS, f"{loan}，摘要 {held[-1].sha256[:SHORT]}")])
    return record_of(content)


def conclusion(record: FilingRecord) -> str:
    """A filing's verdict in words, with how many remarks it was let in with."""
    if record.refusals:
        return EFFECTS["refuse"]
    return f"符合入库条件，另有 {len(record.remarks)} 项提示" if record.remarks else "符合入库条件"


_ORDER = tuple(FACTS)


def finding_rows(record: FilingRecord) -> tuple[tuple[str, str, str, str], ...]:
    """Each finding as an officer reads it: article, kind of clause, whether it holds, the sentence."""
    return tuple(
        (
            item.clause,
            CLAUSE_KINDS[item.kind].title,
            "不适用" if item.effect == "skip" else "符合" if item.holds else EFFECTS[item.effect],
            item.sentence,
        )
        for item in record.findings
    )


def fact_rows(book: Book, record: FilingRecord) -> tuple[tuple[str, str, str], ...]:
    """Each fact as an officer reads it: its title, its value (a bank by its name), what it was read from."""
    return tuple(
        (title_of(name), _fact_words(book, name, value), record.evidence[name])
        for name, value in sorted(record.facts.items(), key=lambda item: _ORDER.index(item[0]))
    )


def _fact_words(book: Book, name: str, value: FactValue) -> str:
    return fact_words(book, name, value) or f"{yuan_text(int(str(value)))} 元"


def filing_review(book: Book, loan: LoanIncluded, issue: Issue) -> Paper:
    """The form of one loan.

    Raises:
        Refusal: the loan came in without a record, or its record was changed.
    """
    record = findings_of(book, loan.bank, loan.loan)
    if record is None:
        raise Refusal([Fault(NO_FINDINGS, loan.loan)])
    findings = Table(
        tuple(map(Column, ("条款", "种类", "结果", "核验"))),
        tuple(Row(tuple(map(Words, row))) for row in finding_rows(record)),
        "三、逐条核验",
    )
    facts = Table(
        tuple(map(Column, ("事实", "取值", "依据"))),
        tuple(Row(tuple(map(Words, row))) for row in fact_rows(book, record)),
        "二、核验所据的事实",
    )
    sections: list[Section] = [_filed(book, loan, record), facts, findings]
    if record.measures:
        sections.append(_measures(record.measures))
    sections.append(Signatures((("制表", staff_name(book, issue.prepared_by)), ("复核", ""), ("主管", ""))))
    made = replace(issue, assumed=record.assumed, rules=(record.rule,))
    said = f"本表出自入库时存入账套的核验记录，摘要 {record.sha256[:SHORT]}；其后修改办法不影响本表。"
    notes = footnotes(book, made, said)
    subtitle = (unit_name(book), f"借据 {loan.loan}")
    return Paper("入库核验表", issue.as_of, tuple(sections), subtitle, "金额单位：元", notes)


def _filed(book: Book, loan: LoanIncluded, record: FilingRecord) -> KeyValues:
    return KeyValues(
        (
            ("借据号", Words(loan.loan)),
            ("银行", Words(book.pool.bank_of(loan.bank).name)),
            ("借款企业", Words(loan.borrower)),
            ("备案号", Words(loan.filing_no)),
            ("合同金额", Money(loan.principal_fen)),
            ("备案日", Day(loan.filed_on)),
            ("所依办法", Words(f"《{record.title}》{record.rule}")),
            ("结论", Words(conclusion(record), bold=True)),
        ),
        "一、备案",
    )


_MEASURES = {"overdue_principal": "逾期本金", "npl_principal": "不良本金"}
_OVER = {"amount": "", "loan_balance": "贷款余额", "booked_principal": "当年入库本金"}
_SCOPES = {"bank": "该行", "pool": "全池"}


def _measures(measures: tuple[Measure, ...]) -> Table:
    rows = tuple(
        Row(
            (
                Day(item.on),
                Words(f"{_SCOPES[item.scope]}{_MEASURES[item.name]}"),
                Money(item.amount_fen),
                Words(_OVER[item.over]),
                Money(item.over_fen) if item.over != "amount" else Words(""),
            )
        )
        for item in measures
    )
    return Table(tuple(map(Column, ("截至", "指标", "金额", "分母", "分母金额"))), rows, "四、判断熔断所据的逐期指标")
