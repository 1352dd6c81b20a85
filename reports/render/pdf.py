"""A paper as PDF/A-2b by typst: bundled fonts only, a fixed document date, the same bytes each time.

The paper goes to typst as JSON in ``sys.inputs``; the template ``paper.typ`` only lays it out, so no text from
outside is ever read as markup. Fonts are loaded and the template is compiled once per process.
"""

import functools
import json
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import typst

from reports.render.cells import Cell, Words, alignment, is_bold, is_red, printed
from reports.render.glyphs import BOLD, REGULAR, check_glyphs
from reports.render.headings import heading_rows
from reports.render.measure import breakable, text_em
from reports.render.paper import SIGN_RULE, Annex, KeyValues, Note, Paper, Row, Section, Signatures, Table
from reports.render.plan import LANDSCAPE_PT, PAD_PT, PORTRAIT_PT, Plan, plan, sections_of, table_of

TEMPLATE = Path(__file__).parent / "paper.typ"
FILLS = {"plain": [], "head": ["#f6f7f9"], "total": ["#f0f0f0"]}
PAIR_SIZE_PT = 9.0

Json = dict[str, Any]
"""A value for the template; its shape is paper.typ's business."""


@functools.cache
def _compiler() -> Any:  # noqa: ANN401 - typst's stub names the class, its module does not export it
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[REGULAR.parent.as_posix()]
    )
    found = {(font.family, font.weight) for font in fonts.fonts()}
    assert found == {("Noto Sans SC", 400), ("Noto Sans SC", 700)}, f"{REGULAR} and {BOLD} expected, found {found}"
    return typst.Compiler(font_paths=fonts, ignore_system_fonts=True)


def to_pdf(paper: Paper) -> bytes:
    """Print a paper. Raises ``Refusal`` naming each character that the bundled font lacks."""
    check_glyphs(paper)
    stamp = datetime.combine(paper.as_of, time(), UTC)
    content, warnings = _compiler().compile_with_warnings(
        input=TEMPLATE.read_bytes(),
        format="pdf",
        sys_inputs={"paper": json.dumps(_lowered(paper), ensure_ascii=False)},
        pdf_standards="a-2b",
        timestamp=stamp,
    )
    assert not warnings, [warning.message for warning in warnings]
    assert isinstance(content, bytes), "one PDF is expected"
    return content


def _lowered(paper: Paper) -> Json:
    planned = plan(paper)
    numbers = iter(range(len(sections_of(paper))))
    lower = functools.partial(_section, planned)
    return {
        "title": paper.title,
        "author": "",
        "day": [paper.as_of.year, paper.as_of.month, paper.as_of.day],
        "landscape": planned.landscape,
        "head": paper.subtitle[0] if paper.subtitle else "",
        "foot": f"截至 {paper.as_of.isoformat()}",
        "subtitle": list(paper.subtitle),
        "unit": paper.unit_line,
        "sections": [lower(next(numbers), section) for section in paper.sections],
        "annexes": [_annex(annex, [lower(next(numbers), each) for each in annex.sections]) for annex in paper.annexes],
        "footnotes": [breakable(line) for line in paper.footnotes],
    }


def _annex(annex: Annex, sections: list[Json]) -> Json:
    return {"title": annex.title, "sections": sections}


def _section(planned: Plan, at: int, section: Section) -> Json:
    if table := table_of(section):
        return _table(table, *planned.tables[at])
    match section:
        case KeyValues():
            return _pairs(section, LANDSCAPE_PT if planned.landscape else PORTRAIT_PT)
        case Signatures():
            return {"kind": "signatures", "places": [[role, name or SIGN_RULE] for role, name in section.places]}
        case Note():
            return {"kind": "note", "title": section.title, "lines": [breakable(line) for line in section.lines]}
        case _:
            raise AssertionError(section)


def _cell(cell: Cell, *, style: str = "plain") -> Json:
    return {
        "text": breakable(printed(cell)),
        "align": alignment(cell),
        "span": cell.span if isinstance(cell, Words) else 1,
        "bold": is_bold(cell) or style != "plain",
        "red": is_red(cell),
        "fill": FILLS[style],
    }


def _table(table: Table, size: float, widths: tuple[float, ...]) -> Json:
    empty = Row((Words(table.empty, span=len(table.columns), align="center"),))
    rows = [[_cell(cell, style=row.style) for cell in row.cells] for row in table.rows or (empty,)]
    return {
        "kind": "table",
        "title": table.title,
        "size": size,
        "widths": [round(width, 3) for width in widths],
        "heading": [
            [{"text": cell.text, "span": cell.span, "deep": cell.deep} for cell in row] for row in heading_rows(table)
        ],
        "rows": rows,
    }


def _pairs(section: KeyValues, room: float) -> Json:
    if not section.boxed:
        heads = [_cell(Words(f"{label}：{printed(cell)}" if label else printed(cell))) for label, cell in section.pairs]
        return {"kind": "pairs", "title": section.title, "boxed": False, "cells": heads}
    cells = [each for label, cell in section.pairs for each in (_label(label), _value(cell))]
    short = -len(section.pairs) % section.across
    cells += [each for _ in range(short) for each in (_label(""), _cell(None))]
    label = max(text_em(label) for label, _ in section.pairs) * PAIR_SIZE_PT + 4 * PAD_PT
    label = min(label, room / section.across / 2.2)
    widths = [label, room / section.across - label] * section.across
    return {"kind": "pairs", "title": section.title, "boxed": True, "widths": widths, "cells": cells}


def _label(text: str) -> Json:
    return _cell(Words(text, align="center"), style="head") | {"bold": False}


def _value(cell: Cell) -> Json:
    return _cell(cell) | {"align": "left"}
