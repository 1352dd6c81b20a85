"""Papers made and written: a month's, a case's, a voucher's, an account's; figures traced; exports."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from desk.acts.inclusion import filed_as
from desk.acts.office import Office, month_days, put
from desk.acts.rules import adopted
from ledger.book import Book, Source
from ledger.events import BankRowConfirmed, RuleAdopted, StatementFiled
from ledger.faults import Fault, FaultKind, Refusal
from ledger.money import yuan_text
from reports.contributors import contributor_statement, contributors_statement
from reports.evidence import Evidences
from reports.footing import Issue
from reports.forms.case_notice import case_notices
from reports.forms.compensation_review import compensation_review
from reports.forms.filing_review import filing_review
from reports.ledgers import three_column
from reports.monthly import monthly_report, trace
from reports.reconciliation import balance_reconciliation, filed_statements, reconcile
from reports.render.paper import Paper
from reports.render.pdf import to_pdf
from reports.render.xlsx import to_xlsx
from reports.statements import trial_balance
from reports.titles import KIND_TITLES, account_named, commodity_title, full_name
from reports.vouchers import row_text, voucher_paper
from riskpool.ruletext import texts_on
from riskpool.views import assumed_of

NO_MONTH = FaultKind("报表-月份-01", "账上没有这个月份", "建账当月到最近一张凭证或对账单的月份", "核对月份。")
OUTSIDE = FaultKind(
    "报表-期间-01",
    "期间不在账内",
    "建账当年年初到最近一张凭证之间的日期",
    "改正日期；不写就从最近一张凭证那年的年初起，到最近一张凭证。",
)
KINDS = (NO_MONTH, OUTSIDE)


class Named(NamedTuple):
    """A paper with the ASCII file name it is written under, without suffix."""

    name: str
    paper: Paper


def issue(office: Office, as_of: date, prepared_by: str) -> Issue:
    """The making of a paper: through which day, by whom, the texts in force and all that they assume."""
    known = {event.rule for event in office.book.events(RuleAdopted) if event.on <= as_of}
    texts = texts_on([text for text in adopted(office) if text.ref in known], as_of)
    return Issue(as_of, prepared_by, assumed_of(texts), tuple(text.ref for text in texts))


def month_papers(office: Office, month: str, *, prepared_by: str) -> tuple[Named, ...]:
    """All papers of a month: each account's 余额调节表, the 科目余额表, the 风险池运行月报."""
    first_on, until_on = month_days(month)
    book = office.book
    # A month in which nothing moved has its papers too: it is closed like any other.
    last_on = max([book.last_on, *(event.on for event in book.events(StatementFiled))])
    if until_on <= book.begun_on or first_on > last_on:
        raise Refusal([Fault(NO_MONTH, month)])
    making = issue(office, until_on - timedelta(days=1), prepared_by)
    papers = [
        Named(f"{month}-reconciliation-{account.slug}", balance_reconciliation(book, done, making))
        for account in book.pool.account
        if (statements := filed_statements(book, account.slug, until_on))
        and statements[-1].until_on == until_on
        and (done := reconcile(book, account.slug, statements))
    ]
    papers.append(Named(f"{month}-trial-balance", trial_balance(book, making, first_on)))
    papers.append(Named(f"{month}-monthly-report", monthly_report(book, making)))
    return tuple(papers)


def case_paper(office: Office, case: str, *, prepared_by: str) -> tuple[Named, ...]:
    """The 风险补偿审核表 of one application, as the books stand."""
    making = issue(office, office.book.last_on, prepared_by)
    return (Named(f"{case}-compensation-review", compensation_review(office.book, case, making)),)


def case_notice_papers(office: Office, case: str, *, prepared_by: str) -> tuple[Named, ...]:
    """A 事项单 for each thing that happened in a case, as the books stand."""
    making = issue(office, office.book.last_on, prepared_by)
    return tuple(Named(name, paper) for name, paper in case_notices(office.book, case, making))


def loan_papers(office: Office, loan: str, *, prepared_by: str) -> tuple[Named, ...]:
    """The 入库核验表 of a loan; one for each bank where several use its number."""
    making = issue(office, office.book.last_on, prepared_by)
    filed = [item for item, _ in filed_as(office, loan)]
    names = [loan if len(filed) == 1 else f"{loan}-{item.bank}" for item in filed]
    return tuple(
        Named(f"{name}-filing-review", filing_review(office.book, item, making))
        for name, item in zip(names, filed, strict=True)
    )


def voucher_papers(office: Office, no: str, *, prepared_by: str) -> tuple[Named, ...]:
    """One 记账凭证."""
    voucher = office.book.voucher(no)
    making = issue(office, voucher.on, prepared_by)
    return (Named(f"voucher-{no[2:]}-{'v' if voucher.is_money else 'r'}", voucher_paper(office.book, no, making)),)


def ledger_papers(office: Office, account: str, from_on: date | None, *, prepared_by: str) -> tuple[Named, ...]:
    """The 三栏账 of one account, found by its full name or a part that fits only one.

    From a day of an earlier year it runs to that year's end: a ledger stays within a year.
    """
    book = office.book
    name = account_named(book, account)
    start = _start(office, from_on)
    making = issue(office, min(book.last_on, date(start.year, 12, 31)), prepared_by)
    code = "".join(char for char in name if char.isascii() and char.isalnum())
    year = "" if start.year == book.last_on.year else f"-{start.year}"
    return (Named(f"ledger-{code[:40]}{year}", three_column(book, name, making, start)),)


def _start(office: Office, from_on: date | None) -> date:
    """The first day of a paper: as asked, else the beginning of the last voucher's year.

    Raises:
        Refusal: the day lies before the books' first year or after their last voucher.
    """
    book = office.book
    if not book.vouchers:
        raise Refusal([Fault(OUTSIDE, "账内还没有凭证", remedy="记账以后再出。")])
    if from_on is None:
        return date(book.last_on.year, 1, 1)
    if not date(book.vouchers[0].on.year, 1, 1) <= from_on <= book.last_on:
        raise Refusal([Fault(OUTSIDE, from_on.isoformat())])
    return from_on


def contributor_papers(
    office: Office, contributor: str, from_on: date | None, last_on: date | None = None, *, prepared_by: str
) -> tuple[Named, ...]:
    """The 出资方对账单 of one contributor, or, where none is named, of all with the 出资方权益变动表.

    Up to ``last_on``, that day included, else to the last voucher; without ``from_on`` from that year's beginning.
    """
    book = office.book
    making = issue(office, last_on or book.last_on, prepared_by)
    start = _start(office, from_on or (last_on and last_on.replace(month=1, day=1)))
    if not start <= making.as_of <= book.last_on:
        raise Refusal([Fault(OUTSIDE, f"{start.isoformat()} 至 {making.as_of.isoformat()}")])
    numbers = [contributor] if contributor else [party.no for party in book.pool.contributor]
    papers = [Named(f"contributor-{no}", contributor_statement(book, no, making, start)) for no in numbers]
    return (*(() if contributor else (Named("contributors", contributors_statement(book, making, start)),)), *papers)


def rendered(papers: Sequence[Named]) -> tuple[tuple[str, bytes], ...]:
    """Each paper as xlsx and PDF/A, by file name; the same books give the same bytes."""
    return tuple(
        (f"{name}.{suffix}", render(paper))
        for name, paper in papers
        for suffix, render in (("xlsx", to_xlsx), ("pdf", to_pdf))
    )


def write_papers(papers: Sequence[Named], folder: Path) -> tuple[Path, ...]:
    """Write each paper as xlsx and PDF/A into a folder."""
    return tuple(put(folder / name, content) for name, content in rendered(papers))


class Traced(NamedTuple):
    """A figure of the monthly report, as text, and the vouchers behind it."""

    figure: str
    value: str
    vouchers: tuple[str, ...]


def traced(office: Office, month: str, figure: str) -> tuple[Traced, ...]:
    """From a figure's key or line number to its vouchers; every figure where none is named."""
    _, until_on = month_days(month)
    making = issue(office, until_on - timedelta(days=1), "")
    return tuple(
        Traced(
            f"{item.line_no} {item.key} {item.label}·{item.column}",
            yuan_text(item.figure.value) if item.figure.unit == "fen" else str(item.figure.value),
            item.figure.vouchers,
        )
        for item in trace(office.book, making, figure)
    )


def shown_voucher(office: Office, no: str) -> Iterator[str]:
    """A voucher as lines of text, down to the rows of the files it came from and that bear it out."""
    book = office.book
    voucher = book.voucher(no)
    yield f"{voucher.no}  {voucher.on}  {voucher.summary}{'（红字）' if voucher.is_red else ''}"
    for leg in voucher.legs:
        is_debit = (leg.number > 0) != voucher.is_red
        who = f"（出资方 {leg.contributor}）" if leg.contributor else ""
        number = -abs(leg.number) if voucher.is_red else abs(leg.number)
        unit = "元" if leg.commodity == "CNY" else commodity_title(leg.commodity)
        yield f"  {'借' if is_debit else '贷'} {full_name(leg.account)} {number:,} {unit}{who}"
    names = {person.id: person.name for person in book.pool.staff}
    people = (
        ("制单", voucher.preparer),
        ("复核", voucher.reviewer),
        ("记账", voucher.bookkeeper),
        ("主管", voucher.chief),
    )
    yield "  " + "  ".join(f"{role} {names.get(who, who) or '—'}" for role, who in people)
    yield f"  事项 {KIND_TITLES[voucher.kind]}（{voucher.event}）  批次 {voucher.batch:06d}  附件 {voucher.attachments}"
    for source in voucher.sources:
        yield from _shown_source(book, source, "来源")
    found = Evidences(book).of(voucher)
    named = {evidence.source for evidence in found}
    for event in book.events(BankRowConfirmed):
        for source in book.sources_of(event.event_id) if event.confirms == voucher.event else ():
            if source not in named:
                yield from _shown_source(book, source, "银行流水佐证")
    is_one = len({evidence.account for evidence in found}) == 1
    accounts = {account.slug: account.name for account in book.pool.account}
    for evidence in found:
        word = f"佐证·{evidence.sort}" if is_one else f"佐证·{evidence.sort}（{accounts[evidence.account]}）"
        if evidence.source is None:
            yield f"  {word} {evidence.said}"
        elif evidence.source in voucher.sources:
            yield f"  {word} {_place(book, evidence.source)}"
        else:
            yield from _shown_source(book, evidence.source, word)


def _shown_source(book: Book, source: Source, word: str) -> Iterator[str]:
    reading = book.reading(source.digest16)
    rows = reading.rows if reading else ()
    yield f"  {word} {_place(book, source)}"
    yield from (f"    {row_text(row)}" for row in rows if (row.line.sheet, row.line.row) == (source.sheet, source.row))


def _place(book: Book, source: Source) -> str:
    reading = book.reading(source.digest16)
    name = reading.file.name if reading else source.digest16
    sheet = f" 工作表「{source.sheet}」" if source.sheet else ""
    return f"{name}{sheet} 第 {source.row} 行"


def hledger_text(office: Office, *, registers: bool = False) -> str:
    """The CNY books as an hledger journal, with the registers where asked."""
    from reports.export import to_hledger  # noqa: PLC0415 - only exports need it

    return to_hledger(office.book, registers=registers)


def csv_files(office: Office, folder: Path) -> tuple[Path, ...]:
    """Entries, loans and cases as csv files in a folder."""
    from reports.export import csv_tables  # noqa: PLC0415 - loads pandas

    return tuple(put(folder / f"{name}.csv", content) for name, content in csv_tables(office.book))


def xlsx_export(office: Office) -> bytes:
    """The same tables in one workbook."""
    from reports.export import xlsx_tables  # noqa: PLC0415 - loads pandas

    return xlsx_tables(office.book)
