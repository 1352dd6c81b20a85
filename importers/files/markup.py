"""XML by lxml with every road outwards shut. defusedxml can't read GB2312 or GB18030, lxml can (banks.md §8)."""

import re
from typing import Any

from importers.files.kinds import DAMAGED, ENCODING, EXHAUSTED, HARDENED, UNKNOWN_KIND, UNSAFE_XML
from ledger.faults import refuse

MAX_DEPTH = 32
_SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet"
_ENCODINGS = frozenset({"utf-8", "us-ascii", "utf-16", "utf-16le", "utf-16be", "gb2312", "gbk", "gb18030"})
"""An instance that says it is Latin-1 would be read, into names that nobody wrote."""
Node = list[Any]
"""An element as JSON: [local name, namespace, line, text, [children]]."""

_GB = re.compile(rb"\s*<\?xml[^>]{0,80}encoding\s*=\s*[\"'](gb2312|gbk|gb18030)[\"']", re.IGNORECASE)
_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def read_xml(content: bytes) -> tuple[str, Node]:
    """(encoding, root); raises Refusal on a document type, on entities, on broken XML."""
    from lxml import etree  # noqa: PLC0415 - only the reading process pays for it

    # Seen in the bytes, so that the parser never starts on it; UTF-16 is caught by docinfo below.
    if _DOCTYPE.search(content.replace(b"\0", b"")):
        raise refuse(UNSAFE_XML, "<!DOCTYPE 或 <!ENTITY")
    # Read like every other text: strictly, and by one table of characters; the parser's own differs in rare ones.
    said = _GB.match(content)
    if said:
        try:
            content = content.decode("gb18030").encode("utf-8")
        except UnicodeError:
            raise refuse(ENCODING, f"XML 声明的编码是 {said[1].decode()}，内容却不是") from None
    parser = etree.XMLParser(encoding="utf-8" if said else None, **HARDENED)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        if getattr(error, "code", None) == etree.ErrorTypes.ERR_NO_MEMORY:
            raise refuse(EXHAUSTED, "内存用尽") from None
        line, column = getattr(error, "position", None) or (1, 1)
        raise refuse(DAMAGED, f"XML 在第 {line} 行、第 {column} 个字符处读不通") from None
    if etree.QName(root).namespace == _SPREADSHEET:
        raise refuse(UNKNOWN_KIND, "XML 表格 2003（SpreadsheetML）")
    docinfo: Any = root.getroottree().docinfo
    if docinfo.doctype or docinfo.internalDTD is not None:
        raise refuse(UNSAFE_XML, "文档类型声明")
    encoding = said[1].decode() if said else docinfo.encoding or "utf-8"
    if encoding.lower() not in _ENCODINGS:
        raise refuse(ENCODING, f"XML 声明的编码是 {encoding}"[:60])
    return encoding, _node(root, 0)


def _node(element: Any, depth: int) -> Node:  # noqa: ANN401 - lxml's element class is private
    from lxml import etree  # noqa: PLC0415 - only the reading process pays for it

    if depth > MAX_DEPTH:
        raise refuse(DAMAGED, f"XML 嵌套超过 {MAX_DEPTH} 层")
    name = etree.QName(element)
    children = [_node(child, depth + 1) for child in element if isinstance(child.tag, str)]
    return [name.localname, name.namespace or "", element.sourceline or 1, element.text or "", children]
