"""A paper as xlsx: live formulas with the computed value stored beside, the same bytes each time."""

import io
from datetime import datetime, time

import xlsxwriter

from reports.render.paper import Paper
from reports.render.sheet import DAY_FORMAT, Sheet


def to_xlsx(paper: Paper) -> bytes:
    """Print a paper as a workbook: one sheet, and one more for each annex."""
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True, "default_date_format": DAY_FORMAT})
    workbook.set_properties({"title": paper.title, "created": datetime.combine(paper.as_of, time())})
    parts = [(paper.title, paper.sections), *((annex.title, annex.sections) for annex in paper.annexes)]
    sheets = [Sheet(workbook, _sheet_name(title, at)) for at, (title, _) in enumerate(parts)]
    for at, ((title, sections), sheet) in enumerate(zip(parts, sheets, strict=True)):
        sheet.fit(sections, lies=paper.lies)
        sheet.head(title, paper if at == 0 else None)
        for section in sections:
            sheet.section(section)
        sheet.foot(paper, notes=paper.footnotes if at == 0 else ())
    places = {name: place for sheet in sheets for name, place in sheet.names.items()}
    for sheet in sheets:
        sheet.write_formulas(places)
    workbook.close()
    return buffer.getvalue()


def _sheet_name(title: str, at: int) -> str:
    kept = "".join(char for char in title if char not in "[]:*?/\\'")
    return kept[:24] if at == 0 else f"{kept[:24]}{at}"
