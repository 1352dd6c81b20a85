"""Files as plain grids, by other readers than the program's own: what a mutant is made from, what it is judged by."""

import csv
import io
import re
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import dataclass, field
from random import Random

import openpyxl
import xlrd

Line = list[object]
_TUPLE = re.compile(r"InformationOfReconcileDetailsTuple$")


@dataclass
class Grid:
    """Sheets by name, each a list of rows. Of XML: the head is one sheet, the details another, a row each."""

    sheets: dict[str, list[Line]]
    tree: ET.Element | None = None
    nodes: dict[str, list[list[ET.Element]]] = field(default_factory=dict)

    def any_rows(self, random: Random) -> list[Line]:
        """The rows of one sheet."""
        filled = [rows for rows in self.sheets.values() if rows]
        return random.choice(filled) if filled else []

    def any_cell(self, random: Random) -> tuple[Line, int] | None:
        """A filled cell: its row and column."""
        places = [
            (row, column)
            for rows in self.sheets.values()
            for row in rows
            for column, item in enumerate(row)
            if item not in {"", None}
        ]
        return random.choice(places) if places else None

    def to_tree(self) -> None:
        """Write the rows back into the tree: details are made anew from the first one's element names."""
        assert self.tree is not None, "only XML has a tree"
        heads, details = self.nodes["head"], self.nodes["details"]
        for nodes, row in zip(heads, self.sheets["head"], strict=False):
            for node, item in zip(nodes, row, strict=False):
                node.text = _xml_text(item)
        place = min((list(self.tree).index(node) for node in self.tree if _TUPLE.search(str(node.tag))), default=0)
        model = details[0] if details else []
        old = [node for node in self.tree if _TUPLE.search(str(node.tag))]
        for node in old:
            self.tree.remove(node)
        for row in reversed(self.sheets["details"]):
            made = ET.Element(old[0].tag)
            for node, item in zip(model, row, strict=False):
                ET.SubElement(made, node.tag, node.attrib).text = _xml_text(item)
            self.tree.insert(place, made)


def _xml_text(item: object) -> str:
    return "".join(char for char in str(item) if char in "\t\n" or ord(char) >= 0x20)


def kind_of(content: bytes) -> str:
    """csv, xlsx, xls or xml."""
    if content.startswith(b"PK"):
        return "xlsx"
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return "xls"
    head = content.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t")
    return "xml" if head.startswith(b"<") else "csv"


def text_of_csv(content: bytes) -> str:
    """A text file's text: marked UTF-16 or UTF-8, else whichever of UTF-8 and GB18030 fits."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def grid_of(content: bytes) -> Grid:
    """A file's cells; raises whatever its reader raises when the file can't be read."""
    match kind_of(content):
        case "csv":
            text = text_of_csv(content)
            mark = max(",\t|", key=lambda char: max(line.count(char) for line in text.split("\n")[:50]))
            return Grid({"": [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark)]})
        case "xlsx":
            try:
                book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
            except (IndexError, TypeError, ValueError, KeyError):
                # Spoiled looks: fonts, widths of columns. What the cells say does not need them.
                return _bare(content)
            return Grid(
                {
                    sheet.title: [["" if item is None else item for item in row] for row in sheet.values]
                    for sheet in book.worksheets
                }
            )
        case "xls":
            old = xlrd.open_workbook(file_contents=content, logfile=io.StringIO())
            return Grid(
                {
                    sheet.name: [
                        [
                            xlrd.xldate_as_datetime(cell.value, old.datemode)
                            if cell.ctype == xlrd.XL_CELL_DATE
                            else bool(cell.value)
                            if cell.ctype == xlrd.XL_CELL_BOOLEAN
                            else cell.value
                            for cell in sheet.row(index)
                        ]
                        for index in range(sheet.nrows)
                    ]
                    for sheet in old.sheets()
                }
            )
    return _of_xml(content)


def _bare(content: bytes) -> Grid:
    """The cells of a workbook from its bare XML, without any styles: a day is then its number."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        names = [name for name in package.namelist() if name.startswith("xl/") and name.endswith((".xml", ".rels"))]
        parts = {name: ET.fromstring(package.read(name)) for name in names if "styles" not in name}  # noqa: S314 - taken
    strings = [_words(item) for item in parts.get("xl/sharedStrings.xml", ())]
    targets = {item.get("Id", ""): item.get("Target", "") for item in parts["xl/_rels/workbook.xml.rels"]}
    found: dict[str, list[Line]] = {}
    for sheet in parts["xl/workbook.xml"].iter(f"{_MAIN}sheet"):
        rows: list[Line] = []
        for row in parts[f"xl/{targets[sheet.get(_RELATION, '')].removeprefix('/xl/')}"].iter(f"{_MAIN}row"):
            rows += [[] for _ in range(int(row.get("r", len(rows) + 1)) - 1 - len(rows))]
            line: Line = []
            for cell in row:
                column = openpyxl.utils.cell.coordinate_from_string(cell.get("r", "A1"))[0]
                line += [""] * (openpyxl.utils.column_index_from_string(column) - 1 - len(line))
                text = _words(cell)
                line.append(strings[int(text)] if cell.get("t") == "s" else text)
            rows.append(line)
        found[sheet.get("name", "")] = rows
    return Grid(found)


def _words(node: ET.Element) -> str:
    return "".join(item.text or "" for item in node.iter() if item.tag in {f"{_MAIN}t", f"{_MAIN}v"})


_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_DECLARED = re.compile(rb"""<\?xml[^>]*encoding=["']([A-Za-z0-9._-]+)["'][^>]*\?>""")


def _tree(content: bytes) -> ET.Element:
    # expat reads neither GBK nor a text whose declaration is wrong: decoded first, by what is declared, else seen.
    said = _DECLARED.search(content.replace(b"\0", b"")[:200])
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16" if wide else _codec(said[1].decode()) if said else "utf-8-sig", "utf-8-sig"):
        try:
            text = content.decode(encoding)
            return ET.fromstring(re.sub(r"^\ufeff?\s*<\?xml[^>]*\?>", "", text))  # noqa: S314 - the program took it
        except (UnicodeError, LookupError, ET.ParseError) as error:
            last = error
    raise last


def _codec(declared: str) -> str:
    return "gb18030" if declared.lower().startswith("gb") else declared


def _of_xml(content: bytes) -> Grid:
    tree = _tree(content)
    details = [list(node) for node in tree if _TUPLE.search(str(node.tag))]
    head = [[node] for node in tree if not _TUPLE.search(str(node.tag)) and not len(node)]
    sheets: dict[str, list[Line]] = {
        "head": [[node.text or "" for node in nodes] for nodes in head],
        "details": [[node.text or "" for node in nodes] for nodes in details],
    }
    return Grid(sheets, tree, {"head": head, "details": details})
