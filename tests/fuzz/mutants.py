"""Ways to spoil a file: in its bytes, cells, rows, header, encoding. Seeded, so each can be made again."""

import io
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

import xlsxwriter
import xlwt
from fuzz.grids import Grid, grid_of, kind_of, text_of_csv

NASTY: tuple[object, ...] = (
    "",
    " ",
    "-",
    "—",
    "0",
    "-0.00",
    "0.001",
    "1e3",
    "１，０００．００",
    "－１００．００",
    "(100.00)",
    "1,00,000.00",
    "+1,2O0.00",
    "¥12.30",
    "支 3,080.00",
    "NaN",
    "inf",
    "9" * 20,
    "9" * 400,
    "99999999999999.99",
    "2023-02-30",
    "1900-01-00",
    "2023-13-01",
    "20230431",
    "45000",
    "=1+1",
    "=cmd|' /C calc'!A0",
    "@SUM(A1)",
    "<script>alert(1)</script>",
    'a "quoted" \\ back',
    "第一行\n第二行",
    "tab\there",
    "bell\x07",
    "\x1b[2J",
    "#N/A",
    "TRUE",
    "未知",
    "合计",
    "汇总收入金额",
    "查询账号",
    "㐀𠀀",
    "e\u0301\u202e",
    "长" * 600,
    6.22848040256489e18,
    6228480402564890018,
    1e-7,
    0.1 + 0.2,
    -12.34,
    True,
)
"""What a cell may come to hold: wrong, foreign, dangerous, or written as another program would."""


@dataclass(frozen=True)
class Mutant:
    """A spoiled file: how, from which seed."""

    how: str
    seed: int
    content: bytes


Spoil = Callable[[Random, bytes], bytes]


def mutant(content: bytes, seed: int) -> Mutant:
    """The mutant of a file that a seed names."""
    random = Random(seed)  # noqa: S311 - a seeded order, no secret
    how = random.choice(tuple(WAYS))
    for _ in range(20):
        spoiled = WAYS[how](random, content)
        if spoiled != content:
            return Mutant(how, seed, spoiled)
    return Mutant("bit", seed, bits(random, content))


# ── bytes ─────────────────────────────────────────────────────────────────────────────────────────────────


def bits(random: Random, content: bytes) -> bytes:
    """Some bits flipped."""
    spoiled = bytearray(content)
    for _ in range(random.choice((1, 1, 1, 2, 8, 64))):
        spoiled[random.randrange(len(spoiled))] ^= 1 << random.randrange(8)
    return bytes(spoiled)


def chunk(random: Random, content: bytes) -> bytes:
    """A stretch cut out, doubled, overwritten or thrown to the end; or the file cut short."""
    first, last = sorted(random.randrange(len(content) + 1) for _ in range(2))
    last = min(last, first + random.choice((1, 4, 64, 1024, 10**9)))
    piece = content[first:last]
    return random.choice(
        (
            content[:first] + content[last:],
            content[:last] + piece + content[last:],
            content[:first] + random.randbytes(len(piece)) + content[last:],
            content[:first] + bytes(len(piece)) + content[last:],
            content[:first] + content[last:] + piece,
            content[:first],
        )
    )


def member(random: Random, content: bytes) -> bytes:
    """Bits or stretches of one unpacked member of a zip: deeper than its checksum; else of the file."""
    if kind_of(content) != "xlsx":
        return random.choice((bits, chunk))(random, content)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        items = old.infolist()
        chosen = random.choice([item.filename for item in items if item.file_size])
        for item in items:
            inner = old.read(item)
            if item.filename == chosen:
                if random.random() < 0.1:
                    continue
                inner = random.choice((bits, chunk))(random, inner)
            new.writestr(item.filename, inner)
    return out.getvalue()


# ── cells, rows, header ───────────────────────────────────────────────────────────────────────────────────


def cell(random: Random, content: bytes) -> bytes:
    """One to three cells hold something else: nasty, a neighbour's text, or their own with one digit changed."""
    grid = grid_of(content)
    for _ in range(random.choice((1, 1, 2, 3))):
        place = grid.any_cell(random)
        if place is None:
            break
        row, column = place
        own = str(row[column])
        digits = [index for index, char in enumerate(own) if char.isdigit()]
        choice = random.random()
        if choice < 0.4 and digits:
            index = random.choice(digits)
            row[column] = own[:index] + random.choice("0123456789") + own[index + 1 :]
        elif choice < 0.5:
            other = grid.any_cell(random)
            assert other is not None, "there is at least the one just taken"
            row[column] = other[0][other[1]]
        elif choice < 0.6:
            row[column] = f" {own}\u3000" if random.random() < 0.5 else f"{own}\t"
        else:
            row[column] = random.choice(NASTY)
    return written(grid, content)


def row(random: Random, content: bytes) -> bytes:
    """Rows taken away, doubled, exchanged, shuffled, emptied; or a foreign one put in."""
    grid = grid_of(content)
    rows = grid.any_rows(random)
    if not rows:
        return content
    index, other = random.randrange(len(rows)), random.randrange(len(rows))
    match random.randrange(6):
        case 0:
            del rows[index]
        case 1:
            rows.insert(other, list(rows[index]))
        case 2:
            rows[index], rows[other] = rows[other], rows[index]
        case 3:
            tail = rows[index:]
            random.shuffle(tail)
            rows[index:] = tail
        case 4:
            rows.insert(index, [])
        case _:
            rows.insert(index, [random.choice(NASTY) for _ in rows[other]])
    return written(grid, content)


def header(random: Random, content: bytes) -> bytes:
    """The widest of the first rows: a title renamed, doubled, exchanged; a column dropped, moved; all moved down."""
    grid = grid_of(content)
    rows = grid.any_rows(random)
    widest = max(rows[:20], key=len, default=[])
    if len(widest) < 2:
        return cell(random, content)
    column, other = random.randrange(len(widest)), random.randrange(len(widest))
    match random.randrange(6):
        case 0:
            widest[column] = f"{widest[column]}（新）"
        case 1:
            widest[column] = widest[other]
        case 2:
            widest[column], widest[other] = widest[other], widest[column]
        case 3:
            for line in rows:
                del line[column : column + 1]
        case 4:
            for line in rows:
                if len(line) > max(column, other):
                    line.insert(other, line.pop(column))
        case _:
            rows[:0] = [["说明"]] * random.choice((1, 3, 60))
    return written(grid, content)


# ── encoding ──────────────────────────────────────────────────────────────────────────────────────────────

_ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gbk", "gb18030", "big5", "latin-1", "shift_jis", "utf-7")
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\x00\x00", b"")


def encoding(random: Random, content: bytes) -> bytes:
    """Text written in another encoding or under a false mark; a workbook saved again as another kind of file."""
    kind = kind_of(content)
    if kind == "csv":
        text = text_of_csv(content)
        return random.choice(_MARKS) + text.encode(random.choice(_ENCODINGS), "replace")
    if kind == "xml":
        said, real = random.choice(_ENCODINGS), random.choice(_ENCODINGS)
        text = content.decode("utf-8-sig")
        body = text.partition("?>")[2] or text
        return f'<?xml version="1.0" encoding="{said}"?>{body}'.encode(real, "replace")
    grid = grid_of(content)
    return random.choice(_SAVERS)(grid)


def written(grid: Grid, content: bytes) -> bytes:
    """A grid in the form it was read from."""
    return {"csv": _csv, "xlsx": _xlsx, "xls": _xls, "xml": _xml}[kind_of(content)](grid)


def _csv(grid: Grid) -> bytes:
    (rows,) = grid.sheets.values()
    lines = (",".join(_quoted(str(item)) for item in line) for line in rows)
    return "\r\n".join(lines).encode("gb18030", "replace") + b"\r\n"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(char in text for char in ',"\r\n') else text


def _xlsx(grid: Grid) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "nan_inf_to_errors": True}) as book:
        for name, rows in grid.sheets.items():
            sheet = book.add_worksheet(name)
            for index, line in enumerate(rows):
                for column, item in enumerate(line):
                    if isinstance(item, bool):
                        sheet.write_boolean(index, column, item)
                    elif isinstance(item, int | float):
                        sheet.write_number(index, column, item)
                    elif item not in {"", None}:
                        sheet.write_string(index, column, str(item))
    return out.getvalue()


def _xls(grid: Grid) -> bytes:
    book, out = xlwt.Workbook(encoding="utf-8"), io.BytesIO()
    for name, rows in grid.sheets.items():
        sheet = book.add_sheet(name, cell_overwrite_ok=True)
        for index, line in enumerate(rows):
            for column, item in enumerate(line[:256]):
                if item not in {"", None}:
                    sheet.write(index, column, item)
    book.save(out)
    return out.getvalue()


def _html(grid: Grid) -> bytes:
    rows = next(iter(grid.sheets.values()))
    cells = ("".join(f"<td>{item}</td>" for item in line) for line in rows)
    return ("<html><table>" + "".join(f"<tr>{line}</tr>" for line in cells) + "</table></html>").encode(
        "gbk", "replace"
    )


def _tsv(grid: Grid) -> bytes:
    rows = next(iter(grid.sheets.values()))
    return "\r\n".join("\t".join(f'="{item}"' for item in line) for line in rows).encode("gbk", "replace")


def _spreadsheet_xml(grid: Grid) -> bytes:
    rows = next(iter(grid.sheets.values()))
    book = ET.Element("{urn:schemas-microsoft-com:office:spreadsheet}Workbook")
    for line in rows:
        item = ET.SubElement(book, "Row")
        for value in line:
            ET.SubElement(item, "Cell").text = "".join(char for char in str(value) if char.isprintable())
    return ET.tostring(book, encoding="utf-8", xml_declaration=True)


_SAVERS: Sequence[Callable[[Grid], bytes]] = (_xlsx, _xls, _html, _tsv, _spreadsheet_xml)


def _xml(grid: Grid) -> bytes:
    assert grid.tree is not None, "an XML file's grid is a view of its tree"
    grid.to_tree()
    return ET.tostring(grid.tree, encoding="utf-8", xml_declaration=True)


WAYS: dict[str, Spoil] = {
    "bit": bits,
    "chunk": chunk,
    "member": member,
    "cell": cell,
    "row": row,
    "header": header,
    "encoding": encoding,
}
