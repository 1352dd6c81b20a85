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
