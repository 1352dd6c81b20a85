"""Formulas of a paper as a spreadsheet writes them. Built from our own terms only, never from data."""

from decimal import Decimal

from xlsxwriter.utility import xl_rowcol_to_cell

from reports.render.cells import Rate, Ref, Shape, Span, Total, stored

Where = tuple[str, int, int]
"""Sheet, row and column of a cell, from 0."""


def formula_of(cell: Total | Rate, sheet: str, places: dict[str, Where]) -> tuple[str, Decimal | int | str]:
    """A cell's formula on ``sheet`` and the value stored beside it."""
    if isinstance(cell, Rate):
        assert cell.of, "a rate that waits names its cells"
        over, under = (_address(places[name], sheet) for name in cell.of)
        formula = f'=IF({under}=0,"—",ROUND({over}/{under},4))'
        return formula, "—" if cell.fraction is None else cell.fraction
    terms = "".join(f"{'-' if term.sign < 0 else '+'}{_term(term, sheet, places)}" for term in cell.terms)
    # Yuan are binary fractions in a spreadsheet: rounding to the fen makes its sum equal the stored one.
    total = f"ROUND({terms.removeprefix('+') or '0'},2)"
    return f"={_shaped(total, cell.shape)}", stored(cell)


def _term(term: Ref | Span, sheet: str, places: dict[str, Where]) -> str:
    if isinstance(term, Ref):
        return _address(places[term.name], sheet)
    return f"SUM({_address(places[term.first], sheet)}:{xl_rowcol_to_cell(*places[term.last][1:])})"


def _address(where: Where, here: str) -> str:
    sheet, row, column = where
    address = str(xl_rowcol_to_cell(row, column))
    return address if sheet == here else f"'{sheet}'!{address}"


def _shaped(total: str, shape: Shape) -> str:
    match shape:
        case "sum":
            return total
        case "floor":
            return f"MAX({total},0)"
        case "size":
            return f"ABS({total})"
