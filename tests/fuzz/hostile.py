"""Files made to hurt, each as small as it can be and as its maker would send it; all invented."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

import xlsxwriter
import xlwt

_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
    '<Override PartName="/xl/sharedStrings.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
)
_RELS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Target="xl/workbook.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>'
)
_BOOK_RELS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Target="worksheets/sheet1.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"/>'
    '<Relationship Id="rId2" Target="sharedStrings.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"/></Relationships>'
)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_BOOK = (
    f'<?xml version="1.0"?><workbook xmlns="{_MAIN}" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="{name}" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
_SHEET = (f'<?xml version="1.0"?><worksheet xmlns="{_MAIN}"><sheetData>', "</sheetData></worksheet>")


def packed(members: dict[str, bytes]) -> bytes:
    """A zip of members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, inner in members.items():
            made.writestr(name, inner)
    return out.getvalue()


def workbook(rows: bytes, *, strings: bytes = b"<si><t>x</t></si>", name: str = "Sheet1", head: str = "") -> bytes:
    """An xlsx whose sheet holds the given ``<row>`` elements, as bare as the format allows."""
    shared = f'<?xml version="1.0"?>{head}<sst xmlns="{_MAIN}">'.encode() + strings + b"</sst>"
    return packed(
        {
            "[Content_Types].xml": _TYPES.encode(),
            "_rels/.rels": _RELS.encode(),
            "xl/workbook.xml": _BOOK.format(name=name).encode(),
            "xl/_rels/workbook.xml.rels": _BOOK_RELS.encode(),
            "xl/sharedStrings.xml": shared,
            "xl/worksheets/sheet1.xml": _SHEET[0].encode() + rows + _SHEET[1].encode(),
        }
    )


def zip_bomb() -> bytes:
    """A workbook whose sheet is 300 MB of blanks, in 300 KB."""
    return workbook(b" " * (300 << 20))


def quine_of_overlaps() -> bytes:
    """Many members of 10 MB each whose bytes are the same bytes (Fifield): small in the file, endless in sum."""
    inner = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = inner.compress(bytes(10 << 20)) + inner.flush()
    crc = zlib.crc32(bytes(10 << 20))
    local = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 8, 0, 0, crc, len(data), 10 << 20, 1, 0) + b"a" + data
    directory = b"".join(
        struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 8, 0, 0, crc, len(data), 10 << 20, len(name), 0, 0, 0, 0, 0, 0)
        + name
        for name in (f"m{number:04d}".encode() for number in range(1500))
    )
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1500, 1500, len(directory), len(local), 0)
    return local + directory + end


def shared_text_bomb() -> bytes:
    """One text of 32,000 characters that 200,000 cells share: half a megabyte that means 6 GB."""
    rows = (
        b"".join(b'<c t="s" s="%d"><v>0</v></c>' % (zlib.crc32(b"%d %d" % (row, column)) >> 8) for column in range(100))
        for row in range(2_000)
    )
    return workbook(
        b"".join(b"<row>" + row + b"</row>" for row in rows), strings=b"<si><t>" + b"x" * 32_000 + b"</t></si>"
    )


def far_corner() -> bytes:
    """A workbook of one cell at XFD1048576."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        made.add_worksheet().write(1_048_575, 16_383, "x")
    return out.getvalue()


def three_million_rows() -> bytes:
    """A sheet of 3,000,000 short rows, as no spreadsheet program would write but anybody can."""
    return workbook(b"".join(b'<row><c t="n"><v>%d</v></c></row>' % (number % 9973) for number in range(3_000_000)))


def three_million_lines() -> bytes:
    """The same as text: 23 MB."""
    return b"a,b\r\n" + b"1,2023\r\n" * 3_000_000


def far_corner_biff() -> bytes:
    """BIFF with one cell at IV65536: sixteen million cells if padded."""
    book, out = xlwt.Workbook(), io.BytesIO()
    book.add_sheet("1").write(65_535, 255, "x")
    book.save(out)
    return out.getvalue()


def biff() -> bytes:
    """A small sound BIFF workbook, to be cut."""
    book, out = xlwt.Workbook(encoding="utf-8"), io.BytesIO()
    sheet = book.add_sheet("账户明细")
    for row in range(50):
        sheet.write(row, 0, f"第 {row} 行")
        sheet.write(row, 1, row * 1.25)
    book.save(out)
    return out.getvalue()


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BILLION_LAUGHS = f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>'
XXE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'


def entities_in_workbook(doctype: str, entity: str) -> bytes:
    """A workbook whose shared strings expand an entity."""
    return workbook(b'<row><c t="s"><v>0</v></c></row>', strings=f"<si><t>&{entity};</t></si>".encode(), head=doctype)


def xml(doctype: str, entity: str) -> bytes:
    """An XML document that expands an entity."""
    return f'<?xml version="1.0" encoding="UTF-8"?>{doctype}<x>&{entity};</x>'.encode()


def deep_xml() -> bytes:
    """100,000 elements, one inside the other."""
    return b"<a>" * 100_000 + b"</a>" * 100_000


def wide_xml() -> bytes:
    """Nine million empty elements."""
    return b"<r>" + b"<a/>" * 9_000_000 + b"</r>"


SPREADSHEETML = (
    '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet><Table><Row><Cell>'
    "<Data>交易时间</Data></Cell></Row></Table></Worksheet></Workbook>"
).encode()
HTML = "<html><head><meta charset='gbk'></head><table><tr><td>交易时间</td></tr></table></html>".encode("gbk")


def many_members() -> bytes:
    """A zip of 3,000 members."""
    return packed({f"{number}": b"x" for number in range(3_000)})


def twin_members() -> bytes:
    """Two sheets of one name: which of them a program shows is its own choice."""
    content, out = workbook(b"<row><c><v>1</v></c></row>"), io.BytesIO(workbook(b"<row><c><v>1</v></c></row>"))
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "a") as made:
        import warnings  # noqa: PLC0415 - zipfile warns of exactly what is meant here

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made.writestr("xl/worksheets/sheet1.xml", old.read("xl/worksheets/sheet1.xml").replace(b"1<", b"9<"))
    return out.getvalue()


def lying_directory() -> bytes:
    """The zip bomb with sizes in its directory that are not true."""
    content = bytearray(zip_bomb())
    true = struct.pack("<I", (300 << 20) + sum(len(part) for part in _SHEET))
    for _ in range(bytes(content).count(true)):  # in the member's own head and in the directory
        at = bytes(content).index(true)
        content[at : at + 4] = struct.pack("<I", 1000)
    return bytes(content)


def every() -> Iterator[tuple[str, bytes, str]]:
    """(what it is, bytes, the code that it must be refused with)."""
    yield "zip-bomb.xlsx", zip_bomb(), "导入-文件-01"
    yield "overlaps.xlsx", quine_of_overlaps(), "导入-文件-01"
    yield "lying-directory.xlsx", lying_directory(), "导入-文件-03"
    yield "shared-text.xlsx", shared_text_bomb(), "导入-文件-07"
    yield "far-corner.xlsx", far_corner(), "导入-文件-01"
    yield "three-million.xlsx", three_million_rows(), "导入-文件-01"
    yield "three-million.csv", three_million_lines(), "导入-文件-01"
    yield "many-members.xlsx", many_members(), "导入-文件-01"
    yield "twin-members.xlsx", twin_members(), "导入-文件-03"
    yield "xxe.xlsx", entities_in_workbook(XXE, "e"), "导入-文件-06"
    yield "laughs.xlsx", entities_in_workbook(BILLION_LAUGHS, "l9"), "导入-文件-06"
    yield "xxe.xml", xml(XXE, "e"), "导入-文件-06"
    yield "laughs.xml", xml(BILLION_LAUGHS, "l9"), "导入-文件-06"
    yield "deep.xml", deep_xml(), "导入-文件-03"
    yield "wide.xml", wide_xml(), "导入-文件-07"
    yield "cut.xls", biff()[:3000], "导入-文件-03"
    yield "cut-head.xls", biff()[:600], "导入-文件-03"
    yield "html.xls", HTML, "导入-文件-02"
    yield "spreadsheetml.xls", SPREADSHEETML, "导入-文件-02"
    yield "tsv.xls", "姓名\t电话\r\n某人（虚构）\t1\r\n".encode("gbk"), "导入-版式-01"
    yield "nul.csv", "交易时间,金额\0\r\n1,2\r\n".encode("gbk"), "导入-文件-02"
    yield "utf-16-without-mark.csv", "交易时间,金额\r\n1,2\r\n".encode("utf-16-le"), "导入-文件-02"
    yield "empty.csv", b"", "导入-文件-02"
    yield "blank.csv", b"\r\n \r\n", "导入-文件-02"
    yield "long-sheet-name.xlsx", workbook(b"<row><c><v>1</v></c></row>", name="长" * 200), "导入-文件-03"
    yield "long-number.xlsx", workbook(b"<row><c><v>6228480402564890018</v></c></row>"), "导入-数字-01"
    yield "float-id.xlsx", workbook(b"<row><c><v>6.22848040256489E+18</v></c></row>"), "导入-数字-01"
    yield "row-twice.xlsx", workbook(b'<row r="1"><c><v>1</v></c></row>' * 2), "导入-文件-03"
    yield "cell-twice.xlsx", workbook(b'<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>2</v></c></row>'), "导入-文件-03"
    yield "cell-elsewhere.xlsx", workbook(b'<row r="1"><c r="A9"><v>1</v></c></row>'), "导入-文件-03"
    yield "formula.xlsx", workbook(b'<row r="1"><c r="A1"><f>1+1</f></c></row>'), "导入-数字-02"
    yield "not-a-number.xlsx", workbook(b"<row><c><v>NaN</v></c></row>"), "导入-文件-03"
    yield "endless-cell.csv", b"a,b\r\n" + b"x" * 40_000 + b",1\r\n", "导入-文件-05"
