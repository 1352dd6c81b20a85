"""A zip judged by its own directory alone, before one byte of it is unpacked: what it is, and whether it is safe."""

import io
import zipfile
import zlib
from typing import Literal

from importers.files.kinds import (
    DAMAGED,
    MAX_MEMBERS,
    MAX_RATIO,
    MAX_UNPACKED_BYTES,
    SMALL_BYTES,
    TOO_BIG,
    UNKNOWN_KIND,
)
from ledger.faults import refuse

_ENCRYPTED = 0x1
"""Bit of a member's flags."""
_OTHERS = (
    ("xl/workbook.bin", "Excel 二进制工作簿（.xlsb）", "请在 Excel 中打开后导出为 .xlsx，长号码须为文本。"),
    ("word/document.xml", "Word 文档", "可作附件保存；流水请从网银导出为 Excel 或 CSV。"),
    ("content.xml", "OpenDocument 文件", "请从网银导出为 Excel 或 CSV。"),
)
"""A member that names another program's file; what that is; what to do."""

UNREADABLE = (zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError, NotImplementedError)
"""What zipfile raises on spoiled bytes; the last is its word for a compression or a version that it does not know."""


def contained(content: bytes) -> Literal["xlsx", "ofd"]:
    """What a zip holds; raises Refusal when it is unsafe, damaged, or of no kind we read.

    Unpacked sizes are those of the directory: the unpacker never writes more of a member than its entry says.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            members = opened.infolist()
    except UNREADABLE:
        raise refuse(DAMAGED, "压缩目录读不出") from None
    _bounded(members)
    names = [member.filename for member in members]
    if len(set(names)) < len(names):
        raise refuse(DAMAGED, "压缩包里有同名成员，不同的程序会读出不同的内容")
    if any(name.startswith("/") or ".." in name.replace("\\", "/").split("/") for name in names):
        raise refuse(UNKNOWN_KIND, "压缩包成员的路径越界")
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise refuse(DAMAGED, "压缩包设有密码")
    _agreeing(content)
    return _kind(set(names))


def _agreeing(content: bytes) -> None:
    """Each member begins under the name that the directory gives it: else one program finds it and another does not."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            for member in opened.infolist():
                opened.open(member).close()
    except UNREADABLE:
        raise refuse(DAMAGED, "压缩包的目录与成员不一致，不同的程序会读出不同的内容") from None


def _bounded(members: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(member.file_size for member in members)
    large = (member for member in members if member.file_size > SMALL_BYTES)
    ratio = max((member.file_size // max(member.compress_size, 1) for member in large), default=0)
    if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED_BYTES or ratio > MAX_RATIO:
        raise refuse(TOO_BIG, f"压缩包 {len(members):,} 个成员，解开 {unpacked:,} 字节，最大压缩率 {ratio:,} 倍")


def _kind(names: set[str]) -> Literal["xlsx", "ofd"]:
    if {"[Content_Types].xml", "xl/workbook.xml"} <= names:
        return "xlsx"
    if "OFD.xml" in names:
        return "ofd"
    for member, title, remedy in _OTHERS:
        if member in names:
            raise refuse(UNKNOWN_KIND, title, remedy=remedy)
    raise refuse(UNKNOWN_KIND, "压缩包（不是 Excel 工作簿）", remedy="请先解压，再逐个导入里面的文件。")
