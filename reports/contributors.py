"""出资方: what each contributor paid in, took back, bore and got back, and what of the pool is its own.

The pool's net assets (cash, money on its way, receivables, less payables) are wholly divided among the contributors
and what nobody has been given yet: interest and fees before the year-end voucher. The paper asserts it to the fen.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from ledger import accounts as acc
from ledger.accounts import CNY
from ledger.book import Book, Leg, Voucher
from ledger.events import ContributionReturned, EventWithdrawn, OpeningTaken, YearClosed
from ledger.faults import Fault, FaultKind, Refusal
from reports.footing import Issue, footnotes, staff_name, unit_name
from reports.render.cells import Cell, Money, Ref, Span, Total, Words
from reports.render.paper import Column, KeyValues, Paper, Row, Signatures, Table
from reports.turnovers import NOMINAL

NO_CONTRIBUTOR = FaultKind("报表-出资方-01", "没有这个出资方", "pool.toml 中出资方的两位编号", "核对编号。")
KINDS = (NO_CONTRIBUTOR,)

NATURES = {
    "paid_in": "出资",
    "returned": "退回出资",
    "borne": "承担补偿",
    "recovered": "追偿收回",
    "given_back": "补偿退回",
    "shared": "分得利息等",
    "restated": "以前年度更正",
}
"""What can change a contributor's right, in the order of the columns. 分得利息等 is net of fees."""

NOBODY = ""
"""Whose interest and fees are until a year-end voucher gives them to the contributors."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a contributor's right, in fen; an increase is positive. The opening has its own nature."""

    voucher: Voucher
    contributor: str
    nature: str
    fen: int


def changes(book: Book, until_on: date) -> tuple[Change, ...]:
    """Every change of every contributor's right before ``until_on``, by day and number."""
    found: list[Change] = []
    results: dict[tuple[int, str], int] = {}
    closed: dict[tuple[int, str], int] = {}
    for voucher in _as_posted(book, until_on):
        if voucher.kind == YearClosed.__name__ and not voucher.cancels:
            year = book.event(YearClosed, voucher.event).year
            found += _year_end(voucher, year, results, closed, book)
            continue
        for leg in voucher.legs:
            if leg.commodity == CNY and (named := _nature(book, voucher, leg)):
                contributor, nature = named
                found.append(Change(voucher, contributor, nature, -leg.fen))
                if leg.account.startswith(NOMINAL):
                    key = (voucher.on.year, contributor)
                    results[key] = results.get(key, 0) - leg.fen
    net = _net_assets(book, until_on)
    assert sum(item.fen for item in found) == net, f"contributors' rights are not the pool's net assets {net}"
    return tuple(sorted(found, key=lambda item: (item.voucher.on, item.voucher.batch, item.voucher.no)))


def _as_posted(book: Book, until_on: date) -> Sequence[Voucher]:
    """A year-end voucher sees the results posted before it, whatever their days."""
    kept = [voucher for voucher in book.vouchers if voucher.is_money and voucher.on < until_on]
    return sorted(kept, key=lambda voucher: (voucher.batch, voucher.no))


def _nature(book: Book, voucher: Voucher, leg: Leg) -> tuple[str, str] | None:
    """Whose right a leg changes, and how; None for what is no right: cash, receivables, payables."""
    if leg.account.startswith(NOMINAL):
        natures = {acc.COMPENSATION: "borne", acc.RECOVERY: "recovered", acc.RETURNED: "given_back"}
        return leg.contributor, natures.get(leg.account, "shared")
    for party in book.pool.contributor:
        is_opening = voucher.kind == OpeningTaken.__name__
        if leg.account == book.chart.paid_in(party.no):
            nature = "returned" if _is_return(book, voucher) else "paid_in"
            return party.no, "opening" if is_opening else nature
        if leg.account == book.chart.accumulated(party.no):
            return party.no, "opening" if is_opening else "restated"
    assert leg.account != acc.YEAR_RESULT, f"{voucher.no} moves the year's result and is no year-end voucher"
    return None


def _is_return(book: Book, voucher: Voucher) -> bool:
    """A return of a contribution, or what takes one back: else it would stand as paid in once more."""
    kind = voucher.kind
    if kind == EventWithdrawn.__name__:
        kind = book.event(EventWithdrawn, voucher.event).was
    return kind == ContributionReturned.__name__


def _year_end(
    voucher: Voucher,
    year: int,
    results: dict[tuple[int, str], int],
    closed: dict[tuple[int, str], int],
    book: Book,
) -> Iterator[Change]:
    """What a year-end voucher gives a contributor beyond its own result, taken from what was nobody's.

    A second voucher of the year gives only what came since, so shares and results are compared cumulatively.
    """
    for party in book.pool.contributor:
        own = sum(-leg.fen for leg in voucher.legs if leg.account == book.chart.accumulated(party.no))
        key = (year, party.no)
        extra = own - (results.get(key, 0) - closed.get(key, 0))
        closed[key] = results.get(key, 0)
        if extra:
            yield Change(voucher, party.no, "shared", extra)
            yield Change(voucher, NOBODY, "shared", -extra)


def _net_assets(book: Book, until_on: date) -> int:
    balances = book.balances(until_on)
    return sum(int(value * 100) for name, value in balances.items() if name.startswith(("Assets:", "Liabilities:")))


@dataclass(frozen=True, slots=True)
class Standing:
    """A contributor's figures over a period, in fen."""

    contributor: str
    opening: int
    by_nature: dict[str, int]

    @property
    def closing(self) -> int:
        """What of the pool is its own at the end."""
        return self.opening + sum(self.by_nature.values())


def standings(book: Book, from_on: date, until_on: date) -> tuple[Standing, ...]:
    """Every contributor's figures over ``[from_on, until_on)``, and last what is nobody's yet."""
    every = changes(book, until_on)
    names = [*(party.no for party in book.pool.contributor), NOBODY]
    found = []
    for no in names:
        own = [item for item in every if item.contributor == no]
        opening = sum(item.fen for item in own if item.nature == "opening" or item.voucher.on < from_on)
        later = [item for item in own if item.nature != "opening" and item.voucher.on >= from_on]
        by_nature = {nature: sum(item.fen for item in later if item.nature == nature) for nature in NATURES}
        found.append(Standing(no, opening, by_nature))
    return tuple(found)


def contributors_statement(book: Book, issue: Issue, from_on: date) -> Paper:
    """出资方权益变动表 over ``[from_on, issue.as_of]``: a row a contributor, a column for each kind of change."""
    rows = []
    found = standings(book, from_on, issue.until_on)
    keys = ("opening", *NATURES)
    for at, item in enumerate(found):
        name = next((p.name for p in book.pool.contributor if p.no == item.contributor), "尚未分配的利息、手续费")
        values = (item.opening, *item.by_nature.values())
        cells = [Money(value, f"{key}{at}") for key, value in zip(keys, values, strict=True)]
        closing = Total(item.closing, tuple(Ref(f"{key}{at}") for key in keys), f"closing{at}", bold=True)
        rows.append(Row((Words(item.contributor), Words(name), *cells, closing)))
    last = len(found) - 1
    sums: list[Cell] = [
        Total(sum(number), (Span(f"{key}0", f"{key}{last}"),), f"{key}-all", bold=True)
        for key, number in zip(
            (*keys, "closing"),
            zip(*((item.opening, *item.by_nature.values(), item.closing) for item in found), strict=True),
            strict=True,
        )
    ]
    rows.append(Row((Words("合计（池净资产）", span=2, bold=True), *sums), "total"))
    titles = ("编号", "出资方", "期初", *NATURES.values(), "期末")
    table = Table(tuple(map(Column, titles)), tuple(rows), freezes=True)
    return Paper(
        "出资方权益变动表",
        issue.as_of,
        (_period(issue, from_on), table, _signs(book, issue)),
        (unit_name(book),),
        "单位：元",
        footnotes(book, issue, *_notes()),
    )


def contributor_statement(book: Book, no: str, issue: Issue, from_on: date) -> Paper:
    """出资方对账单 of one contributor over ``[from_on, issue.as_of]``: every change with its voucher and balance.

    Raises:
        Refusal: pool.toml has no such contributor.
    """
    party = next((party for party in book.pool.contributor if party.no == no), None)
    if party is None:
        raise Refusal([Fault(NO_CONTRIBUTOR, no)])
    own = [item for item in changes(book, issue.until_on) if item.contributor == no]
    carried = [item for item in own if item.nature == "opening" or item.voucher.on < from_on]
    later = [item for item in own if item not in carried]
    balance = sum(item.fen for item in carried)
    head = "上年结转" if from_on == date(from_on.year, 1, 1) else "承前"
    blank = Words("")
    rows = [Row((Words(from_on.isoformat()), blank, Words(head), blank, None, None, Money(balance, "b0")), "head")]
    for at, item in enumerate(later, 1):
        balance += item.fen
        up, down = max(item.fen, 0), max(-item.fen, 0)
        terms = (Ref(f"b{at - 1}"), Ref(f"u{at}"), Ref(f"d{at}", -1))
        rows.append(
            Row(
                (
                    Words(item.voucher.on.isoformat()),
                    Words(item.voucher.no),
                    Words(item.voucher.summary, red=item.voucher.is_red),
                    Words(NATURES[item.nature]),
                    Money(up, f"u{at}", hides_zero=True),
                    Money(down, f"d{at}", hides_zero=True),
                    Total(balance, terms, f"b{at}"),
                )
            )
        )
    if later:
        spans = [(Span(f"{side}1", f"{side}{len(later)}"),) for side in "ud"]
        ups = (sum(max(item.fen, 0) for item in later), sum(max(-item.fen, 0) for item in later))
        sums = [Total(value, span, bold=True) for value, span in zip(ups, spans, strict=True)]
        rows.append(Row((Words("合计", span=4, align="center"), *sums, Money(balance)), "total"))
    titles = ("日期", "凭证字号", "摘要", "类别", "增加", "减少", "余额")
    table = Table(tuple(map(Column, titles)), tuple(rows), freezes=True)
    subtitle = (unit_name(book), f"{party.no} {party.name}")
    blocks = (_period(issue, from_on), table, _signs(book, issue))
    return Paper("出资方对账单", issue.as_of, blocks, subtitle, "单位：元", footnotes(book, issue, *_notes()))


def _period(issue: Issue, from_on: date) -> KeyValues:
    return KeyValues((("期间", Words(f"{from_on.isoformat()} 至 {issue.as_of.isoformat()}")),), boxed=False)


def _signs(book: Book, issue: Issue) -> Signatures:
    return Signatures((("制表", staff_name(book, issue.prepared_by)), ("复核", ""), ("出资方", "")))


def _notes() -> tuple[str, ...]:
    return (
        "承担补偿、追偿收回、补偿退回按裁决和通知记列，不论是否已付、已到账。",
        "利息、手续费在年末结转时分给各出资方；未结转的列为尚未分配。",
    )
