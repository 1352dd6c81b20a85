"""银行佐证: which papers of the bank show a voucher's money. One transaction is one fact with up to three papers.

::

    voucher ══ list row (流水)        exact: the voucher was read from it, or it confirms our instruction
        ╚═════ statement line (对账单) same account, day, amount, and the same balance, number or party
        ╚═════ receipt (回单)          its number stands in the statement line; else serial or party

Pure, derived from the books at each asking and written nowhere. A paper is shown as a voucher's only where exactly one
can be it: proved by a number, a serial, the balance after it or the other party; or because on that day there is one
voucher of that amount and one such paper. Twins that nothing tells apart are counted, never dealt out.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from ledger.accounts import CNY
from ledger.book import Book, Source, Voucher
from ledger.events import MatchConfirmed, ReceiptFiled
from ledger.ids import AccountSlug
from ledger.listed import papers
from ledger.papers import BankPaper
from reports.reconciliation.lines import BookLine, book_lines, filed_statements

Sort = Literal["流水", "对账单", "回单"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A paper of one sort for what a voucher did to ``account``: the row that shows it, or why none is named.

    ``papers`` and ``vouchers`` count what of that day and amount is left over on either side, where they are twins.
    """

    account: AccountSlug
    sort: Sort
    source: Source | None = None
    papers: int = 0
    vouchers: int = 0

    @property
    def said(self) -> str:
        """Why no row is named, in an officer's words; empty where one is."""
        if self.source is not None:
            return ""
        if not self.papers:
            return "无"
        if self.papers > 1:
            return f"同日同额有 {self.papers} 张，不能确定"
        if self.vouchers > 1:
            return f"同日同额有 1 张，凭证却有 {self.vouchers} 张，不能确定"
        return "同日同额有 1 张，但对方或余额不同，不能确定"


@dataclass(frozen=True, slots=True)
class _Seen:
    """One transaction as a voucher or a paper tells it; what it does not tell is empty.

    ``key`` is the number of the voucher, or the bank row's identity; ``number`` a receipt's own.
    """

    on: date
    amount_fen: int
    source: Source | None = None
    key: str = ""
    number: str = ""
    serials: frozenset[str] = frozenset()
    balance_fen: int | None = None
    account: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class _Paired:
    """For the left items, by place: the right one that each is; of the others, how many like it either side has."""

    of: dict[int, int]
    left_over: dict[int, tuple[int, int]]


class Evidences:
    """The evidence of every voucher in one state of the books; an account's papers are laid out once, when asked."""

    def __init__(self, book: Book) -> None:
        """Keep the book; nothing is read yet."""
        self._book = book
        self._laid: dict[AccountSlug, dict[str, tuple[Evidence, ...]]] = {}

    def of(self, voucher: Voucher) -> tuple[Evidence, ...]:
        """Its evidence of each sort, for each dedicated account that it moves.

        Empty where it moves none, and for a voucher that was cancelled: the bank's row is that of the blue one.
        """
        moved = {leg.account for leg in voucher.legs if leg.commodity == CNY}
        slugs = [item.slug for item in self._book.pool.account if self._book.chart.cash(item.slug) in moved]
        return tuple(one for slug in slugs for one in self._account(slug).get(voucher.no, ()))

    def _account(self, slug: AccountSlug) -> dict[str, tuple[Evidence, ...]]:
        if slug not in self._laid:
            self._laid[slug] = _laid(self._book, slug)
        return self._laid[slug]


def _laid(book: Book, slug: AccountSlug) -> dict[str, tuple[Evidence, ...]]:
    """By voucher of an account: its evidence of each sort."""
    _, lines = book_lines(book, slug, date.max)
    rows = dict(_seen(papers(book, "list"), slug))
    deals = [_deal(book, line, rows) for line in lines]
    statements = [seen for _, seen in _seen(filed_statements(book, slug, date.max), slug)]
    settled = {(event.voucher_no, event.row) for event in book.events(MatchConfirmed) if event.account == slug}
    shown = _paired(deals, statements, lambda ours, theirs: (ours.key, theirs.key) in settled)
    stated = [_told_more(deal, statements[shown.of[at]]) if at in shown.of else deal for at, deal in enumerate(deals)]
    # What only the statement shows may have its receipt too, which must not be given to a voucher.
    stated += [seen for at, seen in enumerate(statements) if at not in shown.of.values()]
    receipts = [_receipt(book, event) for event in book.events(ReceiptFiled) if event.account == slug]
    filed = _paired(stated, receipts, lambda ours, theirs: bool(theirs.number) and ours.number == theirs.number)
    return {
        line.voucher: (
            Evidence(slug, "流水", deals[at].source),
            Evidence(slug, "对账单", *_shown_by(at, shown, statements)),
            Evidence(slug, "回单", *_shown_by(at, filed, receipts)),
        )
        for at, line in enumerate(lines)
    }


def _shown_by(at: int, paired: _Paired, found: Sequence[_Seen]) -> tuple[Source | None, int, int]:
    if at in paired.of:
        return found[paired.of[at]].source, 0, 0
    return None, *paired.left_over.get(at, (0, 0))


# ── what each side tells ──────────────────────────────────────────────────────────────────────────────────


def _seen(found: Iterable[BankPaper], slug: AccountSlug) -> Iterator[tuple[Source, _Seen]]:
    """The lines of an account in a bank's papers, by their places."""
    for paper in (one for file in found for one in file.papers if one.account == slug):
        for line in paper.lines:
            source = Source(paper.file.short, line.line.sheet, line.line.row)
            yield (
                source,
                _Seen(
                    on=line.on,
                    amount_fen=line.amount_fen,
                    source=source,
                    key=line.key(slug),
                    number=line.serial if paper.kind == "statement" else "",
                    serials=frozenset({line.serial} - {""}),
                    balance_fen=line.balance_fen,
                    account=line.counterparty_account,
                    name=line.counterparty,
                ),
            )


def _receipt(book: Book, event: ReceiptFiled) -> _Seen:
    return _Seen(
        on=event.transacted_on,
        amount_fen=event.amount_fen,
        source=book.sources_of(event.event_id)[0],
        number=event.receipt_no,
        serials=frozenset({event.receipt_no, event.bank_serial} - {""}),
        account=event.counterparty_account,
        name=event.counterparty,
    )


def _deal(book: Book, line: BookLine, rows: Mapping[Source, _Seen]) -> _Seen:
    """A voucher's transaction as the list tells it; without a list row, as we instructed it."""
    places = [source for event in sorted(line.keys) for source in book.sources_of(event)]
    row = next((rows[place] for place in places if place in rows), None)
    if row is None:
        # A matured deposit is read from the other account's list: that row is no evidence of this one.
        bare = next((place for place in places if book.paper(place.digest16) is None), None)
        return _Seen(line.on, line.amount_fen, source=bare, key=line.voucher)
    return replace(row, key=line.voucher)


def _told_more(deal: _Seen, statement: _Seen) -> _Seen:
    return replace(
        deal,
        number=statement.number,
        serials=deal.serials | statement.serials,
        account=deal.account or statement.account,
        name=deal.name or statement.name,
    )


# ── which is which ────────────────────────────────────────────────────────────────────────────────────────


Fits = Callable[[_Seen, _Seen], bool]


def _paired(left: Sequence[_Seen], right: Sequence[_Seen], surely: Fits) -> _Paired:
    """Pair by day and amount: by what proves it first, and only what fits nothing else, either way."""
    groups: dict[tuple[date, int], tuple[dict[int, _Seen], dict[int, _Seen]]] = defaultdict(lambda: ({}, {}))
    for side, items in enumerate((left, right)):
        for at, item in enumerate(items):
            groups[item.on, item.amount_fen][side][at] = item
    paired = _Paired({}, {})
    for ours, theirs in groups.values():
        for fits in (surely, _by_serial, _by_balance, _by_party):
            _take(paired, ours, theirs, fits)
        if len(ours) == len(theirs) == 1:
            _take(paired, ours, theirs, lambda one, other: not _apart(one, other))
        paired.left_over.update(dict.fromkeys(ours, (len(theirs), len(ours))))
    return paired


def _take(paired: _Paired, ours: dict[int, _Seen], theirs: dict[int, _Seen], fits: Fits) -> None:
    """Take out those of which each fits the other and nothing else."""
    of = {at: [other for other, item in theirs.items() if fits(mine, item)] for at, mine in ours.items()}
    sole = {one: others[0] for one, others in of.items() if len(others) == 1}
    for one, other in sole.items():
        if sum(other in others for others in of.values()) == 1:
            paired.of[one] = other
            del ours[one], theirs[other]


def _by_serial(ours: _Seen, theirs: _Seen) -> bool:
    return bool(ours.serials & theirs.serials)


def _by_balance(ours: _Seen, theirs: _Seen) -> bool:
    return ours.balance_fen is not None and ours.balance_fen == theirs.balance_fen


def _by_party(ours: _Seen, theirs: _Seen) -> bool:
    return not _apart(ours, theirs) and _party(ours, theirs) is True


def _party(ours: _Seen, theirs: _Seen) -> bool | None:
    """Whether both name the same other party; None where one of them does not say. Accounts before names."""
    for one, other in ((ours.account, theirs.account), (ours.name, theirs.name)):
        mine, its = _letters(one), _letters(other)
        if mine and its:
            return mine == its
    return None


def _letters(text: str) -> str:
    """A number or name as it is compared; nothing of one that is masked."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    return "" if "*" in plain else plain


def _apart(ours: _Seen, theirs: _Seen) -> bool:
    """Whether the two contradict each other in what both tell."""
    for one, other in ((ours.number, theirs.number), (ours.balance_fen, theirs.balance_fen)):
        if one not in {"", None} and other not in {"", None} and one != other:
            return True
    return _party(ours, theirs) is False
