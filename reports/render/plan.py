"""Which way round the page lies, how large the type is and how wide each column: decided before printing.

A column's least width is what can't be broken in it (an amount, a day, a serial). The largest type and the
portrait page are preferred; when even the smallest type leaves no room the paper is refused as our mistake.
"""

from dataclasses import dataclass

from reports.render.measure import column_widths
from reports.render.paper import Paper, Section, Steps, Table

MARGIN_PT = 42.5
PORTRAIT_PT = 595.28 - 2 * MARGIN_PT
LANDSCAPE_PT = 841.89 - 2 * MARGIN_PT
PAD_PT = 3.0
SIZES_PT = (9.5, 9.0, 8.5, 8.0, 7.5, 7.0, 6.5, 6.0, 5.5)
COMFORT_PT = 8.5
"""Below this size a wide table is turned rather than set smaller."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The page of a paper: its way round, and per table (by its place among all sections) size and widths."""

    landscape: bool
    tables: dict[int, tuple[float, tuple[float, ...]]]


def sections_of(paper: Paper) -> list[Section]:
    """All sections, annexes last: a table's place in this list is its number in the plan."""
    return [*paper.sections, *(section for annex in paper.annexes for section in annex.sections)]


def plan(paper: Paper) -> Plan:
    """Plan a paper's pages."""
    tables = {at: table for at, section in enumerate(sections_of(paper)) if (table := table_of(section))}
    widths = {at: column_widths(table) for at, table in tables.items()}
    landscape = paper.lies or any(_largest(width, PORTRAIT_PT) < COMFORT_PT for width in widths.values())
    room = LANDSCAPE_PT if landscape else PORTRAIT_PT
    return Plan(landscape, {at: _fit(width, room) for at, width in widths.items()})


def table_of(section: Section) -> Table | None:
    """The ruled table that a section is printed as, if any."""
    match section:
        case Table():
            return section
        case Steps():
            return section.table()
        case _:
            return None


def _crowded_em(widths: list[tuple[float, float]]) -> float:
    # Text wraps, but not to a column of single characters: half of the wish, at most eight em, is kept.
    return sum(max(least, min(wished, 8.0), wished / 2.5) for least, wished in widths)


def _largest(widths: list[tuple[float, float]], room: float) -> float:
    room -= 2 * PAD_PT * len(widths)
    fitting = [size for size in SIZES_PT if _crowded_em(widths) * size <= room]
    return fitting[0] if fitting else 0.0


def _fit(widths: list[tuple[float, float]], room: float) -> tuple[float, tuple[float, ...]]:
    inner = room - 2 * PAD_PT * len(widths)
    least = sum(width for width, _ in widths)
    size = _largest(widths, room) or next((size for size in SIZES_PT if least * size <= inner), 0.0)
    assert size, "a table too wide for any page"
    return size, tuple(width + 2 * PAD_PT for width in _shared(widths, inner, size))


def _shared(widths: list[tuple[float, float]], inner: float, size: float) -> list[float]:
    least = [width * size for width, _ in widths]
    extra = [max(wished * size - low, 0.0) for (_, wished), low in zip(widths, least, strict=True)]
    free = inner - sum(least)
    if sum(extra) >= free:
        share = free / sum(extra) if sum(extra) else 0.0
        return [low + more * share for low, more in zip(least, extra, strict=True)]
    # All wishes are met; what is left goes to all columns in proportion, so that the table fills the page.
    met = [low + more for low, more in zip(least, extra, strict=True)]
    left = inner - sum(met)
    return [width + left * width / sum(met) for width in met]
