"""What all kinds of the 财政部《电子凭证会计数据标准》 have in common: kind, version and fields of an instance.

Elements are matched by local name, because three dated namespaces name the same things (banks.md §7).
"""

import re
from dataclasses import dataclass
from typing import Literal

from importers import grammar
from importers.files import Element
from importers.records import BAD_CURRENCY, BAD_DIRECTION, BAD_MONEY, BAD_TEXT, MAX_TEXT
from ledger.faults import Fault, FaultKind, Place, Refusal
from ledger.provenance import SourceFile, SourceLine

UNKNOWN_VERSION = FaultKind(
    "导入-版式-04",
    "电子凭证种类或版本不认识",
    "财政部银行电子对账单 bkrs 或银行电子回单 bker，2021-11-30、2023-05-15 或 2023-12-31 版",
    "请向银行索取对账单或回单的 XML；新版标准需先升级本系统。",
)
TWO_WORDS = FaultKind(
    "导入-版式-07",
    "电子凭证同一项写了两次，内容不同",
    "每一项只写一次",
    "请向银行重新索取对账单或回单；说不清以哪一处为准的，整份不收。",
)
KINDS = (UNKNOWN_VERSION, TWO_WORDS)

VERSIONS = ("2021-11-30", "2023-05-15", "2023-12-31")
_NAMESPACE = re.compile(r"http://xbrl\.mof\.gov\.cn/taxonomy/(\d{4}-\d{2}-\d{2})/([a-z]+)", re.ASCII)
_CNY = frozenset({"CNY", "RMB", "人民币", "人民币元", "156"})
_SIGNS = {"1": 1, "0": -1}
"""``IdentificationOfCreditOrDebit``: 1 is money in, 0 money out, as the balances of the published sample prove."""


@dataclass(frozen=True, slots=True)
class Kind:
    """The kind of an instance and the day of its taxonomy."""

    name: Literal["bkrs", "bker"]
    version: str


def kind_of(root: Element, source: SourceFile) -> Kind | None:
    """What an XML document is under the standard; None when it is nothing of it.

    Raises:
        Refusal: it is of the standard, in a kind or version that is not read.
    """
    found = _namespaces(root)
    if root.name != "xbrl" or not found:
        return None
    if len(found) == 1:
        version, name = found[0]
        if version in VERSIONS:
            if name == "bkrs":
                return Kind("bkrs", version)
            if name == "bker":
                return Kind("bker", version)
    said = "、".join(f"{name} {version}" for version, name in found)
    raise Refusal([Fault(UNKNOWN_VERSION, said, Place(source.name))])


def _namespaces(root: Element) -> list[tuple[str, str]]:
    names = (_NAMESPACE.fullmatch(child.namespace) for child in root.children)
    return sorted({(name[1], name[2]) for name in names if name})


@dataclass(frozen=True, slots=True)
class Part:
    """A head (``number`` None) or one detail, read by the standard's element names; faults are gathered.

    A detail's row is its ordinal from 1: an instance is often written on a single line.
    """

    element: Element
    number: int | None
    source: SourceFile
    faults: list[Fault]

    @property
    def line(self) -> SourceLine:
        """The detail's place for the books."""
        return SourceLine(sha256=self.source.sha256, row=self.number or 1)

    @property
    def original(self) -> tuple[tuple[str, str], ...]:
        """All that stands in it, as (element, text)."""
        return tuple((child.name, child.text.strip()) for child in leaves(self.element))

    def text(self, *names: str) -> str:
        """The stripped text of the first element that bears one of these names, at any depth; "" without one.

        One that stands twice with other words each time is noted as a fault: nobody can say which is meant.
        """
        said = [(child.name, child.text.strip()) for child in leaves(self.element) if child.name in names]
        for name in names:
            texts = list(dict.fromkeys(text for own, text in said if own == name))
            if len(texts) > 1:
                place = Place(self.source.name, "", self.number, name)
                fault = Fault(TWO_WORDS, "、".join(text[:40] or "空白" for text in texts[:3]), place)
                if fault not in self.faults:
                    self.faults.append(fault)
        return said[0][1] if said else ""

    def fault(self, kind: FaultKind, name: str, found: str = "") -> None:
        """Note a fault at an element."""
        place = Place(self.source.name, "", self.number, name)
        self.faults.append(Fault(kind, found or self.text(name) or "空白", place))

    def money(self, name: str) -> int:
        """A required amount in fen, with its sign."""
        fen = grammar.money(self.text(name))
        if fen is None:
            self.fault(BAD_MONEY, name)
        return fen or 0

    def sign(self, name: str) -> int:
        """+1 in, -1 out."""
        text = self.text(name)
        if text not in _SIGNS:
            self.fault(BAD_DIRECTION, name)
        return _SIGNS.get(text, 1)

    def words(self, *names: str) -> str:
        """Free text: blanks collapsed, "nothing here" marks dropped."""
        text = " ".join(self.text(*names).split())
        if len(text) > MAX_TEXT:
            self.fault(BAD_TEXT, names[0], f"{len(text)} 字")
            return ""
        return "" if grammar.is_blank(text) else text

    def currency(self, name: str) -> None:
        """Note a fault unless the element says CNY."""
        if grammar.folded(self.text(name)).upper() not in _CNY:
            self.fault(BAD_CURRENCY, name)


def leaves(element: Element) -> tuple[Element, ...]:
    """Every element below that has no children, in document order."""
    found: list[Element] = []
    for child in element.children:
        if child.children:
            found += leaves(child)
        else:
            found.append(child)
    return tuple(found)
