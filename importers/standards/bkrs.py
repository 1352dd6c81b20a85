"""财政部《电子凭证会计数据标准》 银行电子对账单 (bkrs), an XBRL instance: a bank's statement of one month.

A negative amount is a red row and keeps its sign; a detail of zero is the empty half of a twin (建设银行's 2021 files
write each transaction as two details) and is no line. The identity of a line is its 回单 number, because the business
serial repeats even in the published sample.
"""

from datetime import date

from importers import grammar
from importers.files import Element
from importers.records import BAD_DAY, BankExtract
from importers.standards.voucher import Kind, Part, kind_of
from ledger.faults import Fault, Refusal
from ledger.papers import BankLine, ReadRow
from ledger.provenance import SourceFile

_TUPLE = "InformationOfReconcileDetailsTuple"
_CLOSING = "AccountBalanceAtTheEndOfReconciliationCycle"


def read_bkrs(root: Element, source: SourceFile) -> BankExtract:
    """A statement's month as an extract; raises Refusal with every fault."""
    kind = kind_of(root, source)
    assert kind is not None, "only an instance of the standard comes here"
    extract, faults = statement_of(root, kind, source)
    if faults:
        raise Refusal(faults)
    return extract


def statement_of(root: Element, kind: Kind, source: SourceFile) -> tuple[BankExtract, tuple[Fault, ...]]:
    """A statement's month as an extract, and what could not be read."""
    faults = list[Fault]()
    head = _head(root, source, faults)
    head.currency("Currency")
    from_on, until_on = _month(head)
    tuples = (child for child in root.children if child.name == _TUPLE)
    details = [Part(child, number, source, faults) for number, child in enumerate(tuples, start=1)]
    amounts = [detail.money("TransactionAmount") for detail in details]
    lines = tuple(_line(detail, amount) for detail, amount in zip(details, amounts, strict=True) if amount)
    closing = head.money(next((child.name for child in root.children if child.name.startswith(_CLOSING)), _CLOSING))
    number = head.text("CustomerSettlementBankAccount")
    extract = BankExtract(
        layout=f"mof.bkrs.{kind.version}",
        title="财政部电子对账单（bkrs）",
        # A number that is none (masked, or missing) still names an account: one that is not ours.
        account_number=grammar.account_number(number) or number or "未写账号",
        lines=lines,
        originals={detail.line.row: detail.original for detail, amount in zip(details, amounts, strict=True) if amount},
        asides=tuple(_aside(detail) for detail, amount in zip(details, amounts, strict=True) if not amount),
        from_on=from_on,
        until_on=until_on,
        closing_fen=closing,
    )
    return extract, tuple(faults)


def _head(root: Element, source: SourceFile, faults: list[Fault]) -> Part:
    own = tuple(child for child in root.children if child.name != _TUPLE)
    return Part(Element(root.name, root.namespace, root.line, root.text, own), None, source, faults)


def _month(head: Part) -> tuple[date | None, date | None]:
    year = head.text("YearOfBankReconciliationStatement")
    month = head.text("MonthOfBankReconciliationStatement")
    from_on = grammar.day(f"{year}{month.zfill(2)}01")
    if from_on is None:
        head.fault(BAD_DAY, "MonthOfBankReconciliationStatement", f"{year} 年 {month} 月")
        return None, None
    return from_on, date(from_on.year + from_on.month // 12, from_on.month % 12 + 1, 1)


def _line(detail: Part, amount: int) -> BankLine:
    on = grammar.day(detail.text("DateOfBookkeeping"))
    if on is None:
        detail.fault(BAD_DAY, "DateOfBookkeeping")
    balance = detail.money("AccountBalance")
    if detail.text("DebitOrCreditOfBalance"):
        balance *= detail.sign("DebitOrCreditOfBalance")
    return BankLine(
        line=detail.line,
        on=on or date.min,
        at=grammar.clock(detail.text("TimeOfBookkeeping")),
        amount_fen=amount * detail.sign("IdentificationOfCreditOrDebit"),
        balance_fen=balance,
        serial=grammar.folded(detail.text("NumberOfBankElectronicReceipt")),
        counterparty=detail.words("NameOfCounterparty"),
        counterparty_account=detail.words("AccountOfCounterparty"),
        counterparty_bank=detail.words("DepositoryBankOfCounterparty"),
        bank_summary=detail.words("TypesOfBusinessProducts"),
        remark=detail.words("NotesOfBankElectronicReceipt"),
    )


def _aside(detail: Part) -> ReadRow:
    return ReadRow(line=detail.line, cells=detail.original, outcome="ignored", reason="发生额为零的明细")
