"""A table's heading, in one row or, where columns share a group, in two."""

from dataclasses import dataclass

from reports.render.paper import Table


@dataclass(frozen=True, slots=True)
class HeadingCell:
    """One cell of a heading: ``span`` columns wide, ``deep`` rows high."""

    text: str
    span: int = 1
    deep: int = 1


def heading_rows(table: Table) -> list[list[HeadingCell]]:
    """The heading's rows; a cell of depth two stands in the first row only."""
    if not any(column.group for column in table.columns):
        return [[HeadingCell(column.title) for column in table.columns]]
    upper: list[HeadingCell] = []
    before = ""
    for column in table.columns:
        if column.group and column.group == before:
            upper[-1] = HeadingCell(column.group, upper[-1].span + 1)
        else:
            upper.append(HeadingCell(column.group or column.title, deep=1 if column.group else 2))
        before = column.group
    return [upper, [HeadingCell(column.title) for column in table.columns if column.group]]
