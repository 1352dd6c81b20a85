"""The two sides of a reconciliation: our own cash lines and the bank's, each with what identifies it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ledger.accounts import CNY
from ledger.book import Book, Voucher
from ledger.events import BankRowConfirmed, OpeningTaken, StatementFiled
from ledger.papers import BankLine, BankPaper


@dataclass(frozen=True, slots=True)
class BookLine:
    """What one voucher did to one bank account: ``amount_fen`` positive came in.

    ``keys`` are bank rows' keys; ``counter`` the accounts on the voucher's other side.
    """

    voucher: str
    on: date
    amount_fen: int
    summary: str
    keys: frozenset[str]
    counter: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line of a statement with its key; ``digest16`` names the statement's file."""

    key: str
    digest16: str
    line: BankLine

    @property
    def on(self) -> date:
        """The bank's booking day."""
        return self.line.on

    @property
    def amount_fen(self) -> int:
        """Signed from our side: positive came in."""
        return self.line.amount_fen


def amount_on(voucher: Voucher, account: str) -> int:
    """What a voucher did to an account, in fen, debit positive."""
    return sum(leg.fen for leg in voucher.legs if leg.account == account and leg.commodity == CNY)


def book_lines(book: Book, slug: str, until_on: date) -> tuple[int, tuple[BookLine, ...]]:
    """(opening balance taken over, lines) of one bank account, by voucher, before ``until_on``.

    A voucher and the red one that cancels it leave no line: the bank never saw them. The blue one takes over
    the bank row of the voucher it corrects. A difference voucher is part of the line of the one it adjusts.
    """
    account = book.chart.cash(slug)
    confirmed = _confirmations(book, slug)
    opening, lines = 0, []
    seen = [voucher for voucher in book.vouchers_of(account, until_on=until_on) if voucher.is_money]
    cancelled = {voucher.cancels for voucher in seen}
    origin = {voucher.event: book.voucher(voucher.cancels).event for voucher in seen if voucher.cancels}
    moved = _adjusted(seen, account)
    for voucher in seen:
        amount = amount_on(voucher, account) + moved.get(voucher.no, 0)
        if voucher.kind == OpeningTaken.__name__:
            opening += amount
        elif amount and not voucher.cancels and not voucher.corrects and voucher.no not in cancelled:
            event = origin.get(voucher.event, voucher.event)
            keys = frozenset({event}) | confirmed.get(event, frozenset())
            counter = tuple(sorted({leg.account for leg in voucher.legs} - {account}))
            lines.append(BookLine(voucher.no, voucher.on, amount, voucher.summary, keys, counter))
    return opening, tuple(lines)


def _adjusted(seen: Sequence[Voucher], account: str) -> dict[str, int]:
    moved: dict[str, int] = {}
    for voucher in seen:
        if voucher.corrects:
            moved[voucher.corrects] = moved.get(voucher.corrects, 0) + amount_on(voucher, account)
    return moved


def _confirmations(book: Book, slug: str) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for event in book.events(BankRowConfirmed):
        if event.account == slug:
            found[event.confirms] = found.get(event.confirms, frozenset()) | {event.event_id}
    return found


def statement_lines(statements: Sequence[BankPaper]) -> tuple[StatementLine, ...]:
    """All lines of the statements, in the bank's order."""
    return tuple(
        StatementLine(line.key(paper.account), paper.file.short, line) for paper in statements for line in paper.lines
    )


def filed_statements(book: Book, slug: str, until_on: date) -> tuple[BankPaper, ...]:
    """The statements of one account filed for the months that end before or on ``until_on``, in order."""
    filed = sorted((event for event in book.events(StatementFiled) if event.account == slug), key=lambda e: e.month)
    papers = [paper for event in filed if (paper := book.paper(event.statement[:16]))]
    return tuple(paper for paper in papers if paper.until_on <= until_on)
