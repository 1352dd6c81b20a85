"""风险池运行月报 on a page: every figure leads to the vouchers behind it, and from there to the source rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from desk.acts.office import month_days
from desk.server.amounts import amount
from ledger.book import Book, Voucher
from reports.footing import Issue
from reports.monthly.figures import Block, Figure, Trace, traces
from reports.monthly.period import Period
from reports.monthly.report import monthly_blocks
from reports.render.cells import Cell, printed


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell as the page prints it; ``key`` names the figure behind it, empty where there is none to follow."""

    text: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One numbered line of a block."""

    number: int
    label: str
    cells: tuple[Shown, ...]
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class ShownBlock:
    """One table of the report."""

    title: str
    columns: tuple[str, ...]
    lines: tuple[ShownLine, ...]


def months_of(book: Book) -> tuple[str, ...]:
    """The months that have vouchers, newest first; the opening's own month is none of the report's."""
    months = sorted({voucher.month for voucher in book.vouchers}, reverse=True)
    return tuple(months[:-1]) if len(months) > 1 else tuple(months)


def _blocks(book: Book, month: str) -> list[Block]:
    _, until_on = month_days(month)
    return monthly_blocks(Period(book, Issue(until_on - timedelta(days=1))))


def report(book: Book, month: str) -> tuple[ShownBlock, ...]:
    """The month's report, block by block, as the printed one numbers it."""
    blocks = _blocks(book, month)
    by_place = {(item.block, item.line_no, item.column): item for item in traces(blocks)}
    return tuple(_shown(blocks, by_place))


def _shown(blocks: list[Block], by_place: dict[tuple[str, int, str], Trace]) -> Iterator[ShownBlock]:
    number = 0
    for block in blocks:
        lines = []
        for line in block.lines:
            number += 1
            cells = tuple(
                _cell(found, by_place.get((block.key, number, title)))
                for found, (_, title) in zip(line.cells, block.columns, strict=True)
            )
            lines.append(ShownLine(number, line.label, cells))
        if block.summed and block.lines:
            number += 1
            totals = tuple(_total(by_place.get((block.key, number, title))) for _, title in block.columns)
            lines.append(ShownLine(number, "合计", totals, is_total=True))
        yield ShownBlock(block.title, (block.label, *(title for _, title in block.columns)), tuple(lines))


def _cell(found: Figure | Cell, trace: Trace | None) -> Shown:
    if isinstance(found, Figure):
        text = amount(found.value) if found.unit == "fen" else str(found.value)
        return Shown(text, trace.key if trace and found.vouchers else "")
    return Shown(printed(found) if found is not None else "")


def _total(trace: Trace | None) -> Shown:
    if trace is None:
        return Shown("")
    text = amount(trace.figure.value) if trace.figure.unit == "fen" else str(trace.figure.value)
    return Shown(text, trace.key if trace.figure.vouchers else "")


@dataclass(frozen=True, slots=True)
class Behind:
    """A figure and the vouchers behind it."""

    title: str
    text: str
    vouchers: tuple[Voucher, ...]


def behind(book: Book, month: str, key: str) -> Behind | None:
    """The figure with this key and its vouchers; None when the month has no such figure."""
    for item in traces(_blocks(book, month)):
        if item.key == key:
            text = amount(item.figure.value) if item.figure.unit == "fen" else str(item.figure.value)
            vouchers = tuple(book.voucher(number) for number in item.figure.vouchers)
            return Behind(f"{item.line_no} {item.label}·{item.column}", text, vouchers)
    return None
