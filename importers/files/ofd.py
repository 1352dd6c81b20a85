"""OFD: a zip whose pages are for people; the 财政部 data, where there is any, is an attached XBRL instance.

Only that attachment is read (``Doc_0/Attachs/bkrs….xml``, banks.md §7; the folder is also called ``Attachments``, and
its place is the maker's choice). The pages are never parsed and the seal
is not verified: what the program believes is the instance, which must prove itself like any other.
"""

import io
import re
import zipfile

from importers.files.container import UNREADABLE
from importers.files.kinds import DAMAGED, UNKNOWN_KIND
from importers.files.markup import Node, read_xml
from ledger.faults import refuse

_ATTACHED = re.compile(r"(?:[^/]+/)*Attach(?:s|ments)?/[^/]+\.(?:xml|xbrl)", re.IGNORECASE)
_INSTANCE = "xbrl"
"""Local name of an instance's root."""


def read_ofd(content: bytes) -> tuple[str, Node]:
    """(encoding, root) of the one XBRL instance attached; raises Refusal for none, or for several."""
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        attached = [name for name in opened.namelist() if _ATTACHED.fullmatch(name)]
        try:
            found = [read_xml(opened.read(name)) for name in attached]
        except UNREADABLE as error:
            raise refuse(DAMAGED, f"OFD 附件解不开（{type(error).__name__}）") from None
    instances = [(encoding, root) for encoding, root in found if root[0] == _INSTANCE]
    if len(instances) != 1:
        said = "没有结构化数据" if not instances else f"有 {len(instances)} 份结构化数据"
        raise refuse(UNKNOWN_KIND, f"OFD 版式文件，{said}", remedy="请向银行索取随附的 XML；版式文件可作附件保存。")
    return instances[0]
