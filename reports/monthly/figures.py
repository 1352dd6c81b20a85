"""Figures that know their vouchers: from any number of the monthly report to what it was made from.

A figure's ``key`` is ``<block>.<line>.<column>``; it names the cell too, so that totals are live sums.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from reports.render.cells import Cell, Count, Money, Span, Total, Words, words
from reports.render.paper import Column, Row, Table

Unit = Literal["fen", "count"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in fen or pieces, and the numbers of the vouchers behind it, in the books' order."""

    value: int
    unit: Unit
    vouchers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a block. A cell that is no figure (a rate, a word) has no vouchers of its own."""

    key: str
    label: str
    cells: tuple[Figure | Cell, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """One table of the report. ``columns`` are (key, title); those in ``summed`` get a live total."""

    key: str
    title: str
    label: str
    columns: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]
    summed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trace:
    """A figure's key, its place (block, 行次, line, column) in words, and the vouchers behind it."""

    key: str
    line_no: int
    block: str
    label: str
    column: str
    figure: Figure

    @property
    def is_total(self) -> bool:
        """Whether it is a column's total."""
        return self.key.split(".")[-2] == "total"


def fen(value: int, vouchers: Iterable[str] = ()) -> Figure:
    """A figure of money."""
    return Figure(value, "fen", tuple(dict.fromkeys(vouchers)))


def count(value: int, vouchers: Iterable[str] = ()) -> Figure:
    """A figure of things."""
    return Figure(value, "count", tuple(dict.fromkeys(vouchers)))


def tables(blocks: Sequence[Block]) -> list[Table]:
    """The blocks as ruled tables with 行次 running through the whole report."""
    starts = _starts(blocks)
    return [_table(block, start) for block, start in zip(blocks, starts, strict=True)]


def _starts(blocks: Sequence[Block]) -> list[int]:
    starts, at = [], 1
    for block in blocks:
        starts.append(at)
        at += len(block.lines) + bool(block.summed and block.lines)
    return starts


def _table(block: Block, start: int) -> Table:
    rows = [
        Row(
            (
                words(str(start + at)),
                Words(line.label),
                *(_cell(block, line, column) for column in range(len(block.columns))),
            )
        )
        for at, line in enumerate(block.lines)
    ]
    if block.summed and block.lines:
        sums = (_sum(block, column) for column in range(len(block.columns)))
        rows.append(Row((words(str(start + len(rows))), Words("合计", bold=True), *sums), "total"))
    columns = (Column("行次"), Column(block.label), *(Column(title) for _, title in block.columns))
    return Table(columns, tuple(rows), block.title)


def _key(block: Block, line: Line, column: int) -> str:
    return f"{block.key}.{line.key}.{block.columns[column][0]}"


def _cell(block: Block, line: Line, column: int) -> Cell:
    found = line.cells[column]
    if not isinstance(found, Figure):
        return found
    name = _key(block, line, column)
    return Money(found.value, name) if found.unit == "fen" else Count(found.value, name)


def _sum(block: Block, column: int) -> Cell:
    if block.columns[column][0] not in block.summed:
        return None
    figures = [line.cells[column] for line in block.lines]
    assert all(isinstance(each, Figure) for each in figures), "only figures are summed"
    values = [each.value for each in figures if isinstance(each, Figure)]
    unit = next(each.unit for each in figures if isinstance(each, Figure))
    span = Span(_key(block, block.lines[0], column), _key(block, block.lines[-1], column))
    return Total(sum(values), (span,), unit=unit, bold=True)


def traces(blocks: Sequence[Block]) -> Iterator[Trace]:
    """Every figure of the report with its vouchers; totals too, under the line key ``total``."""
    for block, start in zip(blocks, _starts(blocks), strict=True):
        for at, line in enumerate(block.lines):
            for column, (_, title) in enumerate(block.columns):
                found = line.cells[column]
                if isinstance(found, Figure):
                    yield Trace(_key(block, line, column), start + at, block.key, line.label, title, found)
        for column, (key, title) in enumerate(block.columns):
            if key in block.summed and block.lines:
                parts = [each for line in block.lines if isinstance(each := line.cells[column], Figure)]
                whole = Figure(
                    sum(part.value for part in parts),
                    parts[0].unit,
                    tuple(dict.fromkeys(no for part in parts for no in part.vouchers)),
                )
                no = start + len(block.lines)
                yield Trace(f"{block.key}.total.{key}", no, block.key, "合计", title, whole)


def shortened(vouchers: Iterable[str]) -> str:
    """Voucher numbers with consecutive runs joined: ``记-2023-03-0001至0006、登-2023-03-0002``."""
    runs: list[tuple[str, int, int]] = []
    for number in sorted(vouchers):
        series, _, tail = number.rpartition("-")
        if runs and runs[-1][0] == series and runs[-1][2] + 1 == int(tail):
            runs[-1] = (series, runs[-1][1], int(tail))
        else:
            runs.append((series, int(tail), int(tail)))
    return "、".join(
        f"{series}-{first:04d}" + (f"至{last:04d}" if last > first else "") for series, first, last in runs
    )
