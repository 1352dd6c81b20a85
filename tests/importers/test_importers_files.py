import io
import subprocess
import sys
import zipfile
from collections.abc import Callable

import pytest
import xlsxwriter
import xlwt

from importers.files import Row, find_table, read_file, worker
from importers.files.delimited import decode, read_delimited
from importers.files.kinds import MAX_BYTES, MAX_RATIO
from importers.files.zygote import Ending
from ledger.faults import Refusal


def book(fill: Callable[[object], object]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        fill(made.add_worksheet("明细"))
    return out.getvalue()


def packed(content: bytes, old: bytes, new: bytes) -> bytes:
    """A workbook with some bytes of its parts changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(out, "w") as made:
        for item in before.infolist():
            made.writestr(item.filename, before.read(item.filename).replace(old, new))
    return out.getvalue()


def code(content: bytes) -> str:
    with pytest.raises(Refusal) as refused:
        read_file(content, "某文件.xls")
    (fault,) = refused.value.faults
    assert fault.place.file == "某文件.xls"
    return fault.code


def test_an_xlsx_is_read_whatever_its_name_with_true_row_numbers() -> None:
    content = book(lambda sheet: (sheet.write_row(0, 0, ["甲", 1.5, 100, 0.1]), sheet.write_row(4, 1, ["007"])))
    read = read_file(content, "流水.csv")
    assert read.kind == "xlsx"
    assert read.sheets[0].rows == (Row(1, ("甲", "1.5", "100", "0.1")), Row(5, ("", "007")))


def test_a_biff_workbook_is_read() -> None:
    made, out = xlwt.Workbook(encoding="utf-8"), io.BytesIO()
    made.add_sheet("账户明细").write(1, 2, 12.34)
    made.save(out)
    read = read_file(out.getvalue(), "x")
    assert (read.kind, read.sheets[0].rows) == ("xls", (Row(2, ("", "", "12.34")),))
    assert code(out.getvalue()[:1500]) == "导入-文件-03"


def test_a_false_sheet_size_hides_nothing() -> None:
    content = book(lambda sheet: [sheet.write_row(row, 0, ["a", "b"]) for row in range(3)])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for item in old.infolist():
            text = old.read(item.filename).replace(b'<dimension ref="A1:B3"/>', b'<dimension ref="A1:A1"/>')
            new.writestr(item.filename, text)
    assert len(read_file(out.getvalue(), "x").sheets[0].rows) == 3


def test_a_long_number_that_lost_its_digits_is_refused_with_its_place() -> None:
    with pytest.raises(Refusal) as refused:
        read_file(book(lambda sheet: sheet.write_number(6, 2, 6228480402564890018)), "x.xlsx")
    (fault,) = refused.value.faults
    assert (fault.code, fault.place.sheet, fault.place.row, fault.place.column) == ("导入-数字-01", "明细", 7, "C")


def test_a_cell_at_the_far_corner_is_refused() -> None:
    assert code(book(lambda sheet: sheet.write(1_048_575, 16_383, "x"))) == "导入-文件-01"


def test_a_member_that_bears_two_names_is_refused() -> None:
    """In the directory one, at its beginning another: one program finds it, another does not."""
    content = book(lambda sheet: sheet.write_row(0, 0, ["甲", 1.5]))
    at = content.rindex(b"xl/styles.xml")
    with pytest.raises(Refusal) as refused:
        read_file(content[:at] + b"xl/stymes.xml" + content[at + 13 :], "x")
    assert [(fault.code, fault.found) for fault in refused.value.faults] == [
        ("导入-文件-03", "压缩包的目录与成员不一致，不同的程序会读出不同的内容")
    ]


def test_a_bomb_is_refused_by_its_directory_alone() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", "x")
        made.writestr("xl/workbook.xml", b"0" * 3_000_000)
    with zipfile.ZipFile(io.BytesIO(out.getvalue())) as made:
        item = made.getinfo("xl/workbook.xml")
    assert item.file_size / item.compress_size > MAX_RATIO
    assert code(out.getvalue()) == "导入-文件-01"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "导入-文件-02"),
        (b"%PDF-1.7 ...", "导入-文件-02"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "导入-文件-02"),
        ("<!-- 导出 -->\r\n<div><table><tr><td>1</td></tr></table></div>".encode("gbk"), "导入-文件-02"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n", "导入-文件-02"),
        (b"a,b\0,c\n", "导入-文件-02"),
        (b"x" * (MAX_BYTES + 1), "导入-文件-01"),
        (b"PK\x03\x04 cut", "导入-文件-03"),
        (b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "导入-文件-06"),
        ("<?xml version='1.0' encoding='UTF-16'?><!DOCTYPE x><x/>".encode("utf-16"), "导入-文件-06"),
        (b"<a><b></a>", "导入-文件-03"),
        (b"no table here\n", "导入-文件-05"),
        (b"\xff\xff\x81,\x20\xff\n", "导入-文件-04"),
        (b'a,b\n"x"y,1\n', "导入-文件-05"),
    ],
)
def test_what_is_no_readable_file_is_refused(content: bytes, expected: str) -> None:
    assert code(content) == expected


def test_a_plain_zip_is_no_workbook() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("a.csv", "a,b")
    assert code(out.getvalue()) == "导入-文件-02"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk", "gb18030"])
def test_the_ladder_of_encodings_is_strict_and_lossless(encoding: str) -> None:
    assert decode("对方户名,㐀𠀀\n".encode("gb18030" if encoding == "gbk" else encoding))[1] == "对方户名,㐀𠀀\n"


def test_the_header_line_decides_the_delimiter_and_wrapped_ids_are_unwrapped() -> None:
    text = '合计|1,234,567.00\n账号|户名|金额|备注\n="0012"|甲|"a|b"|\n'
    _, sheets = read_delimited(text.encode())
    ((_, rows),) = ((name, tuple(rows)) for name, rows in sheets)
    assert rows[2] == Row(3, ("0012", "甲", "a|b", ""))


@pytest.mark.parametrize(
    "text", ["账号\t,户名\t,金额\t\r\n1\t,甲\t,2\t\r\n", '"账号\t","户名\t","金额\t"\n"1\t","甲\t","2"\n']
)
def test_a_tab_at_the_end_of_each_cell_is_no_delimiter(text: str) -> None:
    _, sheets = read_delimited(text.encode("gbk"))
    ((_, rows),) = ((name, tuple(rows)) for name, rows in sheets)
    assert [[cell.strip() for cell in row.cells] for row in rows] == [["账号", "户名", "金额"], ["1", "甲", "2"]]


def test_a_row_of_blanks_is_no_row() -> None:
    content = book(
        lambda sheet: [sheet.write_row(row, 0, cells) for row, cells in enumerate((["a"], [" ", "　"], ["b"]))]
    )
    assert [row.number for row in read_file(content, "x").sheets[0].rows] == [1, 3]
    assert [row.number for row in read_file(b"a,b\n \t,\n1,2\n", "x").sheets[0].rows] == [1, 3]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('a,b\n"x"y,1\n', "分列出错：引号用得不合规则"),
        ('a,b\n1,"x\n', "分列出错：引号没有配对，直到文件末尾"),
        ("a,b\n1," + "x" * 40_000 + "\n", "分列出错：一个单元格超过 32,767 个字符"),
    ],
)
def test_what_is_wrong_with_a_text_table_is_said_in_chinese(text: str, found: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_file(text.encode(), "x")
    assert refused.value.faults[0].found == found


def test_where_xml_breaks_off_is_said_in_chinese() -> None:
    with pytest.raises(Refusal) as refused:
        read_file(b"<a>\n<b></a>", "x")
    assert refused.value.faults[0].found == "XML 在第 2 行、第 8 个字符处读不通"


@pytest.mark.parametrize(("type_", "is_read"), [("", False), (' t="str"', True)])
def test_a_formula_with_an_empty_value_is_one_that_nobody_has_worked_out(type_: str, is_read: bool) -> None:
    """The value that openpyxl writes beside each formula is empty. An empty text is a result, and says so."""
    plain = book(lambda sheet: sheet.write_row(0, 0, ["甲", 2, 3]))
    content = packed(plain, b'<c r="C1"><v>3</v></c>', f'<c r="C1"{type_}><f>A1</f><v></v></c>'.encode())
    if is_read:
        assert read_file(content, "x").sheets[0].rows == (Row(1, ("甲", "2", "")),)
        return
    with pytest.raises(Refusal) as refused:
        read_file(content, "x")
    (fault,) = refused.value.faults
    assert (fault.code, fault.place.row, fault.place.column) == ("导入-数字-02", 1, "C")


def test_a_sheet_that_openpyxl_passes_over_refuses_the_workbook() -> None:
    """Another case in a part's name is enough for openpyxl to leave the sheet out in silence; Excel shows it."""
    content = book(lambda sheet: sheet.write_row(0, 0, ["甲", 2, 3]))
    content = packed(content, b"/xl/worksheets/sheet1.xml", b"/xl/worksheets/Sheet1.xml")
    content = packed(content, b'Target="worksheets/sheet1.xml"', b'Target="worksheets/Sheet1.xml"')
    with pytest.raises(Refusal) as refused:
        read_file(content, "x")
    (fault,) = refused.value.faults
    assert (fault.code, fault.found) == ("导入-文件-03", "工作簿列有 1 张工作表，读得到 0 张")


def test_a_header_is_found_by_words_in_the_first_fifty_rows_only() -> None:
    content = book(lambda sheet: (sheet.write_row(49, 1, ["金 额", "日期[ Date ]"]), sheet.write_row(50, 1, ["户名"])))
    (sheet,) = read_file(content, "x").sheets
    table = find_table(sheet, ("日期", "金额"))
    assert table is not None
    assert (table.header.number, table.column("日期")) == (50, 2)
    assert find_table(sheet, ("户名",)) is None


def test_a_reader_that_dies_is_a_fault_and_not_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_COMMAND", (sys.executable, "-c", "print('{}')"))
    monkeypatch.setattr(worker, "_SERVER", type(worker._SERVER)())  # noqa: SLF001 - a server that has not begun
    assert code(b"a,b\n") == "导入-文件-03"


def test_a_child_that_is_killed_is_a_fault_and_not_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker._SERVER, "ask", lambda _: (Ending(-9, 0, 0.0), b'{"kind":'))  # noqa: SLF001 - what a killed child leaves
    assert code(b"a,b\n") == "导入-文件-07"


def test_the_reading_process_caps_its_own_memory() -> None:
    script = "from importers.files.child import limit_myself; limit_myself(); bytearray(600 * 2**20)"
    done = subprocess.run([sys.executable, "-P", "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "MemoryError" in done.stderr


def test_reading_loads_no_pandas_no_fava_and_no_reader_in_our_process() -> None:
    script = "import sys, importers.intake; print(*(set(sys.modules) & {'pandas', 'fava', 'openpyxl', 'xlrd', 'lxml'}))"
    done = subprocess.run([sys.executable, "-P", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
