"""Our pages in Fava's frame: each view asks the state of the books for data and fills one template.

The routes stand on Fava's own app below the ledger's URL, so its header, sidebar and history work. Text
from banks reaches the browser through Jinja's escaping only.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from flask import Response, abort, render_template, request, send_from_directory
from markupsafe import Markup

from desk.server import papers
from desk.server.addresses import account_url, entry_url, source_url, url, voucher_url
from desk.server.amounts import COMMODITIES, amount, counts_money, percent, turnover, wan
from desk.server.cases import Cases
from desk.server.chart import Series, bars
from desk.server.favahost import Document, FavaHost, attachment, current, documents
from desk.server.figures import Figures
from desk.server.limits import leverage
from desk.server.loans import GRADES, STATES, Loans
from desk.server.report import behind, months_of, report
from ledger.book import Book, Source, Voucher
from ledger.events import BankRowConfirmed, RuleAdopted
from ledger.money import capital_text
from ledger.papers import Reading
from ledger.reader import Loaded
from reports.audit.operations import Wanted, log_of
from reports.evidence import Evidences
from reports.titles import KIND_TITLES, column_title

PAGE = 50
LONGEST_SEARCH = 80
MONTHS = 12
SORTS = {
    "statement": "对账单（无发生额）",
    "list": "流水（无发生额）",
    "decision": "裁决记录",
    "recovery": "追偿计算记录",
    "findings": "入库核验记录",
    "attachment": "凭证附件",
}
"""A document's kind where the books hold no rows of it."""
OUTCOMES = {
    "event": "已入账",
    "evidence": "已入账事项的佐证",
    "known": "此前已入账",
    "statement": "对账单行（只用于对账）",
    "ignored": "不入账",
}


@dataclass(frozen=True)
class View:
    """One state of the books with all that our pages read from it, computed at most once."""

    book: Book

    @cached_property
    def figures(self) -> Figures:
        """The first page's figures."""
        return Figures(self.book)

    @cached_property
    def loans(self) -> Loans:
        """The loans."""
        return Loans(self.book)

    @cached_property
    def cases(self) -> Cases:
        """The cases."""
        return Cases(self.book)

    @cached_property
    def evidences(self) -> Evidences:
        """Which papers of the bank show which voucher."""
        return Evidences(self.book)

    @cached_property
    def _readings(self) -> dict[str, Reading | None]:
        return {}

    def reading(self, digest16: str) -> Reading | None:
        """What was read of a file; kept, since a digest never means other rows."""
        if digest16 not in self._readings:
            self._readings[digest16] = self.book.reading(digest16)
        return self._readings[digest16]

    @cached_property
    def titles(self) -> dict[str, str]:
        """Account titles."""
        return self.book.titles()

    @cached_property
    def staff(self) -> dict[str, str]:
        """Names by staff id."""
        return {person.id: person.name for person in self.book.pool.staff}


def view_of(loaded: Loaded) -> View:
    """What our pages read, over entries already loaded."""
    return View(Book.of(loaded))


def _view() -> View:
    view = current().view
    assert isinstance(view, View), "the host was given our view"
    return view


def add_views(host: FavaHost) -> None:
    """Register our pages, our static files and the words they use on Fava's app."""
    app = host.app
    for name, function in (
        *(("url", url), ("account_url", account_url), ("voucher_url", voucher_url), ("source_url", source_url)),
        *(
            ("amount", amount),
            ("percent", percent),
            ("wan", wan),
            ("turnover", turnover),
            ("desk_entry_url", entry_url),
            ("column_title", column_title),
        ),
    ):
        app.add_template_global(function, name if name.startswith("desk_") else f"desk_{name}")
    for rule, view in PAGES.items():
        app.add_url_rule(f"/<bfile>/pool/{rule}", f"desk_{view.__name__.strip('_')}", view)
    add_static(host)


def add_static(host: FavaHost) -> None:
    """Register our style and script."""
    host.app.add_url_rule("/desk-static/<path:name>", "desk_static", _static)


def _static(name: str) -> Response:
    return send_from_directory(Path(__file__).with_name("static"), name)


def _page(title: str, template: str, **values: object) -> str:
    view = _view()
    content = Markup(render_template(template, view=view, book=view.book, title=title, **values))  # noqa: S704 - our own template, autoescaped
    return render_template("_layout.html", content=content, page_title=title)


def home() -> str:
    """风险池首页: the pool at a glance, by bank and by month."""
    view = _view()
    months = view.figures.by_month[-MONTHS:]
    labels = [line.title for line in months]
    charts = (
        (
            "月末在池贷款本金与池内资金（万元）",
            bars(
                "月末在池贷款本金与池内资金",
                labels,
                [
                    Series("在池贷款本金", "loans", [line.loans_fen for line in months]),
                    Series("池内资金", "cash", [line.cash_fen for line in months]),
                ],
            ),
            (("loans", "在池贷款本金"), ("cash", "池内资金")),
        ),
        (
            "各月补偿实付与追偿到账（万元）",
            bars(
                "各月补偿实付与追偿到账",
                labels,
                [
                    Series("补偿实付", "paid", [line.paid_fen for line in months]),
                    Series("追偿到账", "recovered", [line.recovered_fen for line in months]),
                ],
            ),
            (("paid", "补偿实付"), ("recovered", "追偿到账")),
        ),
    )
    pending = [row for row in view.cases.rows if row.is_open]
    errors = view.book.loaded.errors
    return _page(
        "风险池首页",
        "desk_home.html",
        charts=charts,
        months=months[::-1],
        pending=pending,
        errors=errors,
        trouble=current().trouble,
        leverage=leverage(view.book, view.figures),
    )


def loans() -> str:
    """The list of loans, narrowed by bank and state."""
    bank, state = request.args.get("bank", ""), request.args.get("state", "")
    rows = [
        row
        for row in _view().loans.rows
        if bank in {"", row.facts.bank} and (state == row.state if state in STATES else True)
    ]
    return _page("贷款", "desk_loans.html", rows=rows, bank=bank, state=state, states=STATES)


def loan(no: str) -> str:
    """One loan: facts, state, rights, tapes, entries, papers, source rows."""
    view = _view()
    row = view.loans.row(no) or abort(404)
    vouchers = view.loans.vouchers(no)
    sources = view.loans.sources(no)
    return _page(
        f"贷款 {no}",
        "desk_loan.html",
        row=row,
        vouchers=vouchers,
        grades=GRADES,
        sources=sources,
        documents=_documents(sources),
        filed=view.loans.filed(row.facts),
    )


def cases() -> str:
    """The list of cases."""
    return _page("案件", "desk_cases.html", rows=_view().cases.rows)


def case(no: str) -> str:
    """One case: what was claimed, decided, paid, recovered; every entry; papers and source rows."""
    view = _view()
    row = view.cases.row(no) or abort(404)
    shown = [paper for paper in papers.listed(view.book.root, view.book.pool) if no in paper.title]
    sources = view.cases.sources(no)
    return _page(
        f"案件 {no}",
        "desk_case.html",
        row=row,
        shares=view.cases.shares(row),
        titles={adopted.rule: adopted.title for adopted in view.book.events(RuleAdopted)},
        vouchers=view.cases.vouchers(no),
        shown=shown,
        sources=sources,
        documents=_documents(sources, f"case-{no}"),
    )


def vouchers() -> str:
    """Vouchers and register entries of a month, fifty to a page."""
    every = _view().book.vouchers
    months = sorted({item.month for item in every}, reverse=True)
    month = request.args.get("month", "")
    month = month if month in months else (months[0] if months else "")
    sort = request.args.get("sort", "")
    found = [item for item in every if item.month == month and sort in {"", "记" if item.is_money else "登"}]
    page = min(max(_whole(request.args.get("page", "1")), 1), max(-(-len(found) // PAGE), 1))
    return _page(
        "凭证",
        "desk_vouchers.html",
        months=months,
        month=month,
        sort=sort,
        count=len(found),
        page=page,
        pages=max(-(-len(found) // PAGE), 1),
        rows=found[(page - 1) * PAGE : page * PAGE],
    )


def monthly() -> str:
    """风险池运行月报 of a month, each figure a link to the vouchers behind it."""
    book = _view().book
    months = months_of(book)
    month = request.args.get("month", "")
    month = month if month in months else (months[0] if months else "")
    blocks = report(book, month) if month else ()
    return _page("月报", "desk_monthly.html", months=months, month=month, blocks=blocks)


def figure(month: str, key: str) -> str:
    """One figure of a month's report and its vouchers."""
    book = _view().book
    found = behind(book, month, key) if month in months_of(book) else None
    if found is None:
        abort(404)
    return _page("数字的来历", "desk_figure.html", month=month, found=found)


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 1


def voucher(no: str) -> str:
    """One voucher as a voucher form, with its people, its evidence and its source rows."""
    view = _view()
    numbered = {item.no: item for item in view.book.vouchers}
    item = numbered.get(no) or abort(404)
    series = item.no.rpartition("-")[0]
    same = [numbered[other] for other in sorted(numbered) if other.rpartition("-")[0] == series]
    place = same.index(item)
    confirmed = [event for event in view.book.events(BankRowConfirmed) if event.confirms == item.event]
    evidence = [source for event in confirmed for source in view.book.sources_of(event.event_id)]
    debit = sum(leg.fen for leg in item.legs if leg.number > 0) if counts_money(item) else 0
    batch = next((head for head in view.book.batches if head.sequence == item.batch), None)
    return _page(
        item.no,
        "desk_voucher.html",
        item=item,
        before=same[place - 1] if place else None,
        after=same[place + 1] if place + 1 < len(same) else None,
        kind=KIND_TITLES.get(item.kind, item.kind) if item.kind else _kind_of(view, item),
        siblings=[other for other in view.book.voucher_of(item.event) if other.no != item.no],
        sources=view.book.sources_of(item.event),
        evidence=evidence,
        papers=view.evidences.of(item),
        cancelled_by=[other.no for other in view.book.vouchers if item.no in {other.cancels, other.corrects}],
        debit=debit,
        capital=capital_text(debit) if item.is_money else "",
        batch=batch,
        attached=[found for found in documents() if batch and found.batch == Path(batch.path).name],
        sorts=SORTS,
        commodities=COMMODITIES,
    )


def _kind_of(view: View, item: Voucher) -> str:
    first = next((other for other in view.book.voucher_of(item.event) if other.kind), None)
    return KIND_TITLES.get(first.kind, first.kind) if first else ""


def source(digest16: str, sheet: str, row: int) -> str:
    """A row of a source file as it stood there, and what became of it."""
    view = _view()
    reading = view.reading(digest16) if papers.is_digest16(digest16) else None
    name = "" if sheet == "-" else sheet
    rows = [item for item in reading.rows if item.line.sheet == name] if reading else []
    found = next((place for place, item in enumerate(rows) if item.line.row == row), None)
    if reading is None or found is None:
        abort(404)
    read = rows[found]
    made = [item for event in read.events for item in view.book.voucher_of(event)]
    return _page(
        f"来源行 {reading.file.name} 第 {row} 行",
        "desk_source.html",
        reading=reading,
        read=read,
        outcome=OUTCOMES[read.outcome],
        made=made,
        before=rows[found - 1].line if found else None,
        after=rows[found + 1].line if found + 1 < len(rows) else None,
        original=papers.document_path(view.book.root, digest16),
        digest16=digest16,
        sheet=sheet,
    )


def original(digest16: str) -> Response:
    """The bytes of a source file as they came in, to be saved."""
    path = papers.document_path(_view().book.root, digest16) or abort(404)
    reading = _view().reading(digest16)
    return attachment(path, reading.file.name if reading else path.name)


def paper_list() -> str:
    """The papers written so far, by folder."""
    shown = papers.listed(_view().book.root, _view().book.pool)
    return _page("报表文件", "desk_papers.html", shown=shown, heading=papers.heading)


def paper(path: str) -> Response:
    """One paper, to be saved."""
    return attachment(papers.paper_path(_view().book.root, path) or abort(404))


def files() -> str:
    """The source files kept in the books, newest first, each with its rows and its bytes."""
    shown: dict[str, Document] = {item.kept: item for item in documents()}
    newest = sorted(shown.values(), key=lambda item: (item.on, item.name), reverse=True)
    return _page(
        "来源文件", "desk_files.html", sorts=SORTS, shown=[(item, _first_row(item.kept[:16])) for item in newest]
    )


def _first_row(digest16: str) -> tuple[str, str]:
    # The reading's title and its first row's page; both empty for a file that was not read row by row.
    reading = _view().reading(digest16)
    if reading is None or not reading.rows:
        return "", ""
    line = reading.rows[0].line
    return reading.title or reading.kind, source_url(Source(digest16, line.sheet, line.row))


def operations() -> str:
    """操作日志: who did what when, newest first, fifty to a page; narrowed by person, act and text. Ids only."""
    who, act, text = (request.args.get(name, "")[:LONGEST_SEARCH].strip() for name in ("who", "act", "find"))
    every = log_of(_view().book.root)
    found = [item for item in every if Wanted(who, act, text=text).fits(item)][::-1]
    pages = max(-(-len(found) // PAGE), 1)
    page = min(max(_whole(request.args.get("page", "1")), 1), pages)
    return _page(
        "操作日志",
        "desk_operations.html",
        acts=sorted({(item.record.act, item.title) for item in every}),
        people=sorted({person for item in every for person in item.record.who}),
        asked={"who": who, "act": act, "find": text},
        count=len(found),
        page=page,
        pages=pages,
        rows=found[(page - 1) * PAGE : page * PAGE],
    )


def version() -> dict[str, int]:
    """What the browser polls each second: rises when a batch was posted."""
    return {"version": current().version}


def _documents(sources: Iterable[tuple[str, Source]], link: str = "") -> list[Document]:
    kept = {source.digest16 for _, source in sources}
    return [item for item in documents() if item.kept[:16] in kept or (link and link in item.links)]


PAGES: dict[str, Callable[..., Any]] = {
    "": home,
    "loans/": loans,
    "loan/<no>/": loan,
    "cases/": cases,
    "case/<no>/": case,
    "vouchers/": vouchers,
    "voucher/<no>/": voucher,
    "monthly/": monthly,
    "figure/<month>/<key>/": figure,
    "source/<digest16>/<sheet>/<int:row>/": source,
    "original/<digest16>": original,
    "papers/": paper_list,
    "files/": files,
    "paper/<path:path>": paper,
    "log/": operations,
    "version": version,
}
"""Rule below ``/<ledger>/pool/`` and its view; the endpoint is ``desk_`` and the view's name."""

__all__ = ["View", "add_views", "view_of"]
