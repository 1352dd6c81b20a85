"""A year's end (年末结转): what of its result is not yet with the contributors."""

from collections.abc import Iterator
from datetime import date

from desk.acts.office import Proposal
from ledger.accounts import CNY
from ledger.book import Book
from ledger.events import ContributorShare, YearClosed
from ledger.faults import ExitCode, Fault, FaultKind, Refusal
from ledger.ids import event_id
from ledger.money import allocate, fen_of_yuan, yuan, yuan_text

STALE_YEAR = FaultKind(
    "结账-年末-01",
    "年末结转的依据已变",
    "按现在账面算出的年末结转",
    "退回这份草稿，再运行一次 riskpool close。",
    ExitCode.REFUSED,
)
KINDS = (STALE_YEAR,)


def year_end_of(book: Book, year: int) -> Proposal | None:
    """What of the year's result is not yet with the contributors, as a proposal; None when nothing is left.

    Each contributor has what it bore and got back; interest and fees go by paid-in shares.
    """
    shares = _results(book, year)
    before = [event for event in book.events(YearClosed) if event.year == year]
    for event in before:
        for share in event.shares:
            shares[share.contributor] -= share.amount_fen
    left = tuple(ContributorShare(contributor=no, amount_fen=fen) for no, fen in shares.items() if fen)
    if not left:
        return None
    event = YearClosed(
        event_id=event_id("year", year, len(before) + 1),
        on=date(year, 12, 31),
        # No text states whose the interest is; the summary says that paid-in shares are our convention.
        summary=f"{year} 年度结余转入累计结余（利息、手续费按实缴出资分摊，系约定）",
        year=year,
        shares=left,
    )
    total = yuan(sum(share.amount_fen for share in left))
    return Proposal("year-end", f"{year} 年末结转 {total} 元", [event])


def _results(book: Book, year: int) -> dict[str, int]:
    own, common = _borne(book, year)
    if not common:
        return own
    shared = allocate(common, list(_paid_in(book, year).values()), residual=0)
    return {no: amount + extra for (no, amount), extra in zip(own.items(), shared, strict=True)}


def _borne(book: Book, year: int) -> tuple[dict[str, int], int]:
    """What each contributor bore and got back in a year, and what is nobody's own; in fen, a gain above zero."""
    own: dict[str, int] = {party.no: 0 for party in book.pool.contributor}
    common = 0
    for voucher in book.vouchers:
        if voucher.on.year != year:
            continue
        for leg in voucher.legs:
            if leg.commodity == CNY and leg.account.startswith(("Income:", "Expenses:")):
                if leg.contributor:
                    own[leg.contributor] -= leg.fen
                else:
                    common -= leg.fen
    return own, common


def _paid_in(book: Book, year: int) -> dict[str, int]:
    """What each contributor has paid in by the end of a year, in fen."""
    until_on = date(year + 1, 1, 1)
    return {
        party.no: -fen_of_yuan(book.balance(book.chart.paid_in(party.no), until_on)) for party in book.pool.contributor
    }


def unshared(book: Book, year: int) -> Iterator[tuple[str, str]]:
    """Why interest and fees can't go by paid-in shares, one below zero or none at all: in words, and what to do."""
    paid_in = _paid_in(book, year)
    if not _borne(book, year)[1]:
        return
    for party in book.pool.contributor:
        if paid_in[party.no] < 0:
            text = (
                f"{party.name} 的实缴出资是 {yuan_text(paid_in[party.no])} 元，低于零：利息、手续费没法按实缴出资分摊"
            )
            yield text, "reverse 凭证字号 --reason … --as …"
    if not any(paid_in.values()):
        yield "没有实缴出资：利息、手续费没法按实缴出资分摊", "import 流水 --as …"


def require_current_year_end(book: Book, event: YearClosed) -> None:
    """A year-end voucher is posted only as the books stand now give it."""
    now = None if any(unshared(book, event.year)) else year_end_of(book, event.year)
    if now is None or now.events[0] != event:
        raise Refusal([Fault(STALE_YEAR, f"{event.year} 年末结转")])
