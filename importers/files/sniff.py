"""What a file is, by its first bytes. Its name and suffix are never asked (banks.md §4, trap 3)."""

import codecs
import re
from typing import Literal

from importers.files.kinds import MAX_BYTES, TOO_BIG, UNKNOWN_KIND
from ledger.faults import refuse

Sort = Literal["zip", "ole", "xml", "text"]

_NAMED = (
    (b"%PDF", "PDF（只能作附件保存）"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf", "7z 压缩包"),
    (b"\x1f\x8b", "gzip 压缩包"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"{\\rtf", "RTF 文档"),
    (b"MIME-Version:", "网页（MHTML）"),
)
_WEB = re.compile(
    rb"(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|meta|title|style|script|body|div|table|p|br)\b", re.DOTALL
)
"""How web pages begin, as net banks give them out under the name .xls."""
_BOMS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def sniff(content: bytes) -> Sort:
    """The sort of a file; raises Refusal when it is too big, empty, or of a kind we do not read."""
    if len(content) > MAX_BYTES:
        raise refuse(TOO_BIG, f"{len(content):,} 字节")
    if content.startswith(b"PK\x03\x04"):
        return "zip"
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "ole"
    for magic, name in _NAMED:
        if content.startswith(magic):
            raise refuse(UNKNOWN_KIND, name)
    return _text_sort(content)


def _text_sort(content: bytes) -> Sort:
    # UTF-16 has a NUL beside every ASCII letter; dropping them is enough to see the first characters.
    head = content[:2048]
    wide = head.startswith(_BOMS[1:])
    for bom in _BOMS:
        head = head.removeprefix(bom)
    head = head.replace(b"\0", b"") if wide else head
    head = head.lstrip().lower()
    if not head:
        raise refuse(UNKNOWN_KIND, "空文件")
    if not wide and b"\0" in content:
        raise refuse(UNKNOWN_KIND, "含 NUL 字节的二进制内容")
    if not head.startswith(b"<"):
        return "text"
    if _WEB.match(head):
        raise refuse(UNKNOWN_KIND, "网页（HTML）")
    return "xml"
