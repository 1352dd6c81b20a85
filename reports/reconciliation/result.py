"""A month of one bank account reconciled: balances, items in transit, adjusted balances, findings. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

from ledger.book import Book
from ledger.events import MatchConfirmed
from ledger.faults import ExitCode, Fault, FaultKind, Refusal
from ledger.ids import AccountSlug
from ledger.money import yuan_text
from ledger.papers import BankPaper
from reports.reconciliation.lines import BookLine, StatementLine, book_lines, statement_lines
from reports.reconciliation.matching import Matching, match_lines
from reports.reconciliation.selfmatch import self_match_faults

NO_STATEMENT = FaultKind(
    "对账-期间-01",
    "没有这个月的对账单",
    "该账户自建账起逐月的对账单",
    "用 riskpool import 登记开户行出具的对账单后再对账。",
    ExitCode.REFUSED,
)
KINDS = (NO_STATEMENT,)

OLD_DAYS = 90
"""An item open longer than this needs an explanation line (facts/features.md 2.4)."""

Side = Literal["bank_in", "bank_out", "book_in", "book_out"]
"""Who has it: the bank or our books; ``in`` received, ``out`` paid; the other side has not."""

SIDE_TITLES: dict[Side, str] = {
    "bank_in": "银行已收、企业未收",
    "bank_out": "银行已付、企业未付",
    "book_in": "企业已收、银行未收",
    "book_out": "企业已付、银行未付",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One item in transit (未达账项). ``amount_fen`` is positive; ``number`` a voucher's or the bank's serial."""

    side: Side
    on: date
    amount_fen: int
    text: str
    number: str
    age_days: int
    key: str


@dataclass(frozen=True, slots=True)
class Cleared:
    """An item that was in transit at the end of the month before, and the day it was cleared, or None."""

    item: Item
    cleared_on: date | None
    by: str


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The result. It ``holds`` when both adjusted balances are equal and nothing waits for a person."""

    account: AccountSlug
    as_of: date
    statement: BankPaper
    book_fen: int
    statement_fen: int
    items: tuple[Item, ...]
    cleared: tuple[Cleared, ...]
    matching: Matching
    findings: tuple[str, ...]

    def side(self, side: Side) -> tuple[Item, ...]:
        """The items of one kind, by day."""
        return tuple(item for item in self.items if item.side == side)

    def _total(self, side: Side) -> int:
        return sum(item.amount_fen for item in self.side(side))

    @property
    def adjusted_book_fen(self) -> int:
        """Our balance after what only the bank has."""
        return self.book_fen + self._total("bank_in") - self._total("bank_out")

    @property
    def adjusted_statement_fen(self) -> int:
        """The bank's balance after what only we have."""
        return self.statement_fen + self._total("book_in") - self._total("book_out")

    @property
    def holds(self) -> bool:
        """Whether the month can be signed off."""
        return self.adjusted_book_fen == self.adjusted_statement_fen and not self.findings


def confirmed_matches(book: Book, slug: AccountSlug) -> tuple[tuple[str, str], ...]:
    """The pairs of voucher and bank row that people confirmed on an account."""
    return tuple((event.voucher_no, event.row) for event in book.events(MatchConfirmed) if event.account == slug)


def reconcile(book: Book, slug: AccountSlug, statements: Sequence[BankPaper]) -> Reconciliation:
    """Reconcile an account at the end of the last statement's month.

    ``statements`` are all of the account from the opening on, in order, so that an item of one month finds its
    bank line in the next. What people confirmed is taken from the books, so that every paper of a month says what was
    signed. Raises ``Refusal`` when there is none, or when a statement is no independent paper.
    """
    if not statements:
        raise Refusal([Fault(NO_STATEMENT, book.pool.account_of(slug).name)])
    if faults := self_match_faults(book, slug, statements):
        raise Refusal(faults)
    last = statements[-1]
    taken, lines = book_lines(book, slug, last.until_on)
    first_on = statements[0].from_on
    opening = taken + sum(line.amount_fen for line in lines if line.on < first_on)
    running = tuple(line for line in lines if line.on >= first_on)
    confirmed = confirmed_matches(book, slug)
    matching = match_lines(running, statement_lines(statements), confirmed=confirmed)
    as_of = last.until_on - timedelta(days=1)
    return Reconciliation(
        account=slug,
        as_of=as_of,
        statement=last,
        book_fen=opening + sum(line.amount_fen for line in running),
        statement_fen=last.closing_fen,
        items=_items(matching, as_of),
        cleared=_cleared(running, statements, matching, confirmed),
        matching=matching,
        findings=tuple(_findings(opening, statements, matching)),
    )


def _items(matching: Matching, as_of: date) -> tuple[Item, ...]:
    items = [_of_book(line, as_of) for line in matching.open_book]
    items += [_of_bank(line, as_of) for line in matching.open_bank]
    return tuple(sorted(items, key=lambda item: (item.side, item.on, item.number, item.key)))


def _of_book(line: BookLine, as_of: date) -> Item:
    side: Side = "book_in" if line.amount_fen > 0 else "book_out"
    age = (as_of - line.on).days
    return Item(side, line.on, abs(line.amount_fen), line.summary, line.voucher, age, line.voucher)


def _of_bank(line: StatementLine, as_of: date) -> Item:
    side: Side = "bank_in" if line.amount_fen > 0 else "bank_out"
    row = line.line
    said = "　".join(
        dict.fromkeys(text for text in (row.counterparty, row.bank_summary, row.purpose or row.remark) if text)
    )
    number = row.serial or f"对账单第 {row.line.row} 行"
    return Item(side, row.on, abs(row.amount_fen), said, number, (as_of - row.on).days, line.key)


def _cleared(
    lines: Sequence[BookLine], statements: Sequence[BankPaper], matching: Matching, confirmed: Iterable[tuple[str, str]]
) -> tuple[Cleared, ...]:
    """What became, this month, of the items that were in transit at the end of the month before."""
    if len(statements) == 1:
        return ()
    before = statements[-2].until_on
    earlier = match_lines(
        [line for line in lines if line.on < before], statement_lines(statements[:-1]), confirmed=confirmed
    )
    by_voucher = {match.book.voucher: match for match in matching.matches}
    by_key = {match.bank.key: match for match in matching.matches}
    found: list[Cleared] = []
    for item in _items(earlier, before - timedelta(days=1)):
        if match := by_voucher.get(item.key):
            found.append(Cleared(item, match.bank.on, match.bank.line.serial or "对账单"))
        elif match := by_key.get(item.key):
            found.append(Cleared(item, match.book.on, match.book.voucher))
        else:
            found.append(Cleared(item, None, ""))
    return tuple(found)


def _findings(opening: int, statements: Sequence[BankPaper], matching: Matching) -> Iterable[str]:
    if opening != statements[0].opening_fen:
        yield f"期初不符：账面 {yuan_text(opening)} 元，对账单 {yuan_text(statements[0].opening_fen)} 元"
    for earlier, later in pairwise(statements):
        if earlier.until_on != later.from_on or earlier.closing_fen != later.opening_fen:
            yield f"对账单不连续：{earlier.file.name} 与 {later.file.name} 之间日期或余额接不上"
    for ours in matching.open_book:
        for theirs in matching.open_bank:
            if theirs.key in ours.keys:
                amounts = f"账面 {yuan_text(ours.amount_fen)} 元，银行 {yuan_text(theirs.amount_fen)} 元"
                yield f"同一银行流水金额不一致：凭证 {ours.voucher} {amounts}"
    for tie in matching.ties:
        vouchers = "、".join(line.voucher for line in tie.book)
        rows = "、".join(f"{line.on.isoformat()} 第 {line.line.line.row} 行" for line in tie.bank)
        amount = yuan_text(abs(tie.book[0].amount_fen))
        yield f"待人工确认：金额 {amount} 元的凭证 {vouchers} 与对账单 {rows} 有不止一种对应"
