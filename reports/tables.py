"""Flat tables of entries, loans and cases, for csv and for pandas: the only door to pandas in the product.

pandas never decides money: amounts leave here as two-decimal Decimals. It is imported when asked for and not
before, so that commands which need no analysis start without it.
"""

import csv
import io
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from ledger.accounts import RECOURSE
from ledger.book import Book
from ledger.casefiles import case_files
from ledger.events import LoanIncluded
from ledger.money import yuan
from ledger.views import case_state, loan_states
from reports.render.sheet import looks_live
from reports.titles import code_of, full_name
from riskpool.facts import word_text

if TYPE_CHECKING:
    import pandas as pd

Value = str | int | Decimal | date | bool


@dataclass(frozen=True, slots=True)
class FlatTable:
    """A named table: ASCII column names for scripts, rows of plain values."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


def entries(book: Book, until_on: date = date.max) -> FlatTable:
    """Every leg of every voucher, money and register, in the books' order. ``amount`` is debit positive."""
    columns = (
        "voucher", "on", "month", "is_money", "is_red", "summary", "account", "account_code", "account_title",
        "amount", "commodity", "contributor", "event", "kind", "preparer", "reviewer", "bookkeeper", "source",
    )  # fmt: skip
    rows = [
        (
            voucher.no, voucher.on, voucher.month, voucher.is_money, voucher.is_red, voucher.summary,
            leg.account, code_of(leg.account), full_name(leg.account), leg.number, leg.commodity, leg.contributor,
            voucher.event, voucher.kind, voucher.preparer, voucher.reviewer, voucher.bookkeeper,
            " ".join(f"{source.digest16}!{source.sheet}!{source.row}" for source in voucher.sources),
        )
        for voucher in book.vouchers
        if voucher.on < until_on
        for leg in voucher.legs
    ]  # fmt: skip
    return FlatTable("entries", columns, tuple(rows))


def loans(book: Book, until_on: date = date.max) -> FlatTable:
    """Every loan ever included before ``until_on``, as it stood then. Amounts in yuan, days as dates."""
    filed = {event.loan: event for event in book.events(LoanIncluded)}
    columns = (
        "loan", "bank", "borrower", "uscc", "contract_no", "filing_no", "product", "principal", "outstanding",
        "annual_rate", "disbursed_on", "due_on", "filed_on", "rights", "pledge", "policy", "town", "industry",
        "loan_grade", "overdue_days", "is_decided", "is_released", "exposure",
    )  # fmt: skip
    rows = []
    for state in loan_states(book, until_on):
        loan = filed[state.loan]
        rows.append((
            loan.loan, loan.bank, loan.borrower, loan.uscc, loan.contract_no, loan.filing_no, loan.product,
            yuan(loan.principal_fen), yuan(state.outstanding_fen), Decimal(loan.annual_rate), loan.disbursed_on,
            state.due_on, loan.filed_on, " ".join(loan.rights), loan.pledge, loan.policy or "", loan.town,
            loan.industry, word_text(state.grade) if state.grade else "", state.overdue_days, state.decided,
            state.released, loan.exposure,
        ))  # fmt: skip
    return FlatTable("loans", columns, tuple(rows))


def cases(book: Book, until_on: date = date.max) -> FlatTable:
    """Every case begun before ``until_on``, as it stood then; ``recourse`` is the memo account's balance."""
    columns = (
        "case", "loan", "bank", "borrower", "state", "begun_on", "claimed", "approved", "paid", "recovered",
        "received", "recourse",
    )  # fmt: skip
    rows = []
    for item in case_files(book, until_on).values():
        state = case_state(book, item)
        recourse = book.balance_fen(book.chart.recourse(item.bank, item.case), until_on, RECOURSE)
        claimed = item.claimed_fen
        rows.append((
            item.case, item.loan, item.bank, state.borrower, state.state, item.begun_on, yuan(claimed),
            yuan(state.approved_fen), yuan(item.paid_fen), yuan(item.recovered_fen), yuan(item.received_fen),
            yuan(recourse),
        ))  # fmt: skip
    return FlatTable("cases", columns, tuple(rows))


def to_csv(table: FlatTable) -> bytes:
    """The table as csv that a spreadsheet opens: UTF-8 with its mark, CRLF, text that looks live quoted with ``'``."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(table.columns)
    writer.writerows([_csv_cell(value) for value in row] for row in table.rows)
    return buffer.getvalue().encode("utf-8-sig")


def _csv_cell(value: Value) -> str:
    match value:
        case bool():
            return "1" if value else "0"
        case str():
            return f"'{value}" if looks_live(value) else value
        case date():
            return value.isoformat()
        case _:
            return str(value)


def to_frame(table: FlatTable) -> "pd.DataFrame":
    """The table as a pandas frame; amounts stay Decimal, days are ``datetime64``."""
    import pandas as pd  # noqa: PLC0415 - loaded only by those who analyse

    frame = pd.DataFrame(list(table.rows), columns=list(table.columns))
    for column in table.columns:
        if column.endswith("_on") or column == "on":
            frame[column] = pd.to_datetime(frame[column])
    return frame
