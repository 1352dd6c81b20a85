"""财政部《电子凭证会计数据标准》 银行电子对账单 (bkrs), an XBRL instance: a bank's statement of one month.

Three dated namespaces, matched by local name (banks.md §7). ``IdentificationOfCreditOrDebit`` 1 is money in,
0 money out, as the balances of the published sample prove; a negative amount is a red row and keeps its sign.
The identity of a line is its 回单 number, because the business serial repeats even in the sample.
"""

import re
from dataclasses import dataclass
from datetime import date

from importers import grammar
from importers.files import Element
from importers.records import BAD_CURRENCY, BAD_DAY, BAD_DIRECTION, BAD_MONEY, BAD_TEXT, MAX_TEXT, BankExtract
from ledger.faults import Fault, FaultKind, Place, Refusal
from ledger.papers import BankLine, ReadRow
from ledger.provenance import SourceFile, SourceLine

UNKNOWN_VERSION = FaultKind(
    "导入-版式-04",
    "电子凭证种类或版本不认识",
    "财政部银行电子对账单 bkrs，2021-11-30、2023-05-15 或 2023-12-31 版",
    "请向银行索取对账单（不是回单）的 XML；新版标准需先升级本系统。",
)
KINDS = (UNKNOWN_VERSION,)

VERSIONS = ("2021-11-30", "2023-05-15", "2023-12-31")
_NAMESPACE = re.compile(r"http://xbrl\.mof\.gov\.cn/taxonomy/(\d{4}-\d{2}-\d{2})/([a-z]+)", re.ASCII)
_TUPLE = "InformationOfReconcileDetailsTuple"
_CLOSING = "AccountBalanceAtTheEndOfReconciliationCycle"
_CNY = frozenset({"CNY", "RMB", "人民币", "156"})
_SIGNS = {"1": 1, "0": -1}


def is_voucher(root: Element) -> bool:
    """Whether an XML document is an instance of the 财政部 standard, of whatever kind and version."""
    return root.name == "xbrl" and any(_NAMESPACE.fullmatch(child.namespace) for child in root.children)


@dataclass(frozen=True, slots=True)
class _Part:
    """The head (``number`` None) or one detail, read by the standard's element names; faults are gathered.

    A detail's row is its ordinal from 1: an instance is often written on a single line.
    """

    element: Element
    number: int | None
    source: SourceFile
    faults: list[Fault]

    @property
    def line(self) -> SourceLine:
        return SourceLine(sha256=self.source.sha256, row=self.number or 1)

    @property
    def original(self) -> tuple[tuple[str, str], ...]:
        return tuple((child.name, child.text.strip()) for child in self.element.children)

    def fault(self, kind: FaultKind, name: str, found: str = "") -> None:
        place = Place(self.source.name, "", self.number, name)
        self.faults.append(Fault(kind, found or self.element.value(name) or "空白", place))

    def money(self, name: str) -> int:
        fen = grammar.money(self.element.value(name))
        if fen is None:
            self.fault(BAD_MONEY, name)
        return fen or 0

    def sign(self, name: str) -> int:
        text = self.element.value(name)
        if text not in _SIGNS:
            self.fault(BAD_DIRECTION, name)
        return _SIGNS.get(text, 1)

    def words(self, name: str) -> str:
        text = " ".join(self.element.value(name).split())
        if len(text) > MAX_TEXT:
            self.fault(BAD_TEXT, name, f"{len(text)} 字")
            return ""
        return "" if grammar.is_blank(text) else text


def read_bkrs(root: Element, source: SourceFile) -> BankExtract:
    """A statement's month as an extract; raises Refusal with every fault."""
    version, faults = _version(root, source), list[Fault]()
    head = _Part(root, None, source, faults)
    if grammar.folded(root.value("Currency")).upper() not in _CNY:
        head.fault(BAD_CURRENCY, "Currency")
    from_on, until_on = _month(head)
    tuples = (child for child in root.children if child.name == _TUPLE)
    details = [_Part(child, number, source, faults) for number, child in enumerate(tuples, start=1)]
    amounts = [detail.money("TransactionAmount") for detail in details]
    lines = tuple(_line(detail, amount) for detail, amount in zip(details, amounts, strict=True) if amount)
    closing = head.money(next((child.name for child in root.children if child.name.startswith(_CLOSING)), _CLOSING))
    if faults:
        raise Refusal(faults)
    number = root.value("CustomerSettlementBankAccount")
    return BankExtract(
        layout=f"mof.bkrs.{version}",
        title="财政部电子对账单（bkrs）",
        # A number that is none (masked, or missing) still names an account: one that is not ours.
        account_number=grammar.account_number(number) or number or "未写账号",
        lines=lines,
        originals={detail.line: detail.original for detail, amount in zip(details, amounts, strict=True) if amount},
        asides=tuple(_aside(detail) for detail, amount in zip(details, amounts, strict=True) if not amount),
        from_on=from_on,
        until_on=until_on,
        closing_fen=closing,
    )


def _version(root: Element, source: SourceFile) -> str:
    names = [_NAMESPACE.fullmatch(child.namespace) for child in root.children]
    found = sorted({(name[2], name[1]) for name in names if name})
    if len(found) != 1 or found[0][0] != "bkrs" or found[0][1] not in VERSIONS:
        said = "、".join(f"{sort} {day}" for sort, day in found)
        raise Refusal([Fault(UNKNOWN_VERSION, said, Place(source.name))])
    return found[0][1]


def _month(head: _Part) -> tuple[date | None, date | None]:
    year = head.element.value("YearOfBankReconciliationStatement")
    month = head.element.value("MonthOfBankReconciliationStatement")
    from_on = grammar.day(f"{year}{month.zfill(2)}01")
    if from_on is None:
        head.fault(BAD_DAY, "MonthOfBankReconciliationStatement", f"{year} 年 {month} 月")
        return None, None
    return from_on, date(from_on.year + from_on.month // 12, from_on.month % 12 + 1, 1)


def _line(detail: _Part, amount: int) -> BankLine:
    on = grammar.day(detail.element.value("DateOfBookkeeping"))
    if on is None:
        detail.fault(BAD_DAY, "DateOfBookkeeping")
    balance = detail.money("AccountBalance")
    if detail.element.value("DebitOrCreditOfBalance"):
        balance *= detail.sign("DebitOrCreditOfBalance")
    return BankLine(
        line=detail.line,
        on=on or date.min,
        at=grammar.clock(detail.element.value("TimeOfBookkeeping")),
        amount_fen=amount * detail.sign("IdentificationOfCreditOrDebit"),
        balance_fen=balance,
        serial=grammar.folded(detail.element.value("NumberOfBankElectronicReceipt")),
        counterparty=detail.words("NameOfCounterparty"),
        counterparty_account=detail.words("AccountOfCounterparty"),
        counterparty_bank=detail.words("DepositoryBankOfCounterparty"),
        bank_summary=detail.words("TypesOfBusinessProducts"),
        remark=detail.words("NotesOfBankElectronicReceipt"),
    )


def _aside(detail: _Part) -> ReadRow:
    return ReadRow(line=detail.line, cells=detail.original, outcome="ignored", reason="发生额为零的明细")
