"""财政部《电子凭证会计数据标准》 银行电子回单 (bker), an XBRL instance: the bank's receipt of one transaction.

A receipt is evidence. It makes no entry of money, whichever of receipt, list and statement comes first; which row it
belongs to is read from the books (:mod:`reports.evidence`). Its identity is its own number and our account: the same
receipt handed in again, alone or inside an OFD, is known, and one that says something else under that number is refused
with both values.
"""

from collections.abc import Iterator
from datetime import date

from importers import grammar
from importers.files import Element
from importers.lists.claim import UNKNOWN_ACCOUNT
from importers.lists.differences import CHANGED
from importers.records import BAD_DAY, BAD_DIRECTION, BAD_SERIAL, NO_MONEY
from importers.standards.voucher import UNKNOWN_VERSION, Kind, Part
from ledger.events import ReceiptFiled
from ledger.faults import Fault, Place, Refusal
from ledger.ids import event_id
from ledger.openitems import FiledReceipt, OpenItems
from ledger.papers import Intake, Reading, ReadRow
from ledger.pool import BankAccount
from ledger.provenance import SourceFile

_AMOUNT = "TransactionAmountInFigures"
_NUMBER = "NumberOfBankElectronicReceipt"
_SIGN = "IdentificationOfCreditOrDebit"
_DAYS = ("DateOfBookkeeping", "IssueDate")
_PRINTED = "Print"
"""Elements that count or date printings differ between copies of one receipt."""


def receipt_intake(root: Element, kind: Kind, source: SourceFile, view: OpenItems) -> Intake:
    """A receipt as an event that files it, or as known; raises Refusal with every fault."""
    part = Part(root, None, source, [])
    if not part.text(_AMOUNT):
        raise Refusal([Fault(UNKNOWN_VERSION, f"bker {kind.version}，没有 {_AMOUNT}", Place(source.name))])
    number = grammar.folded(part.text(_NUMBER))
    same = [item for item in view.receipts if item.number == number]
    try:
        event = _event(part, number, view)
    except Refusal as refusal:
        changed = (fault for item in same for fault in _changes(part, item, view))
        raise Refusal([*refusal.faults, *changed]) from None
    held = next((item for item in same if item.account == event.account), None)
    if held is not None and (changes := tuple(_changes(part, held, view))):
        raise Refusal(changes)
    reading = Reading(
        file=source,
        kind="receipt",
        title="财政部电子回单（bker）",
        layout=f"mof.bker.{kind.version}",
        rows=(
            ReadRow(
                line=part.line,
                cells=part.original,
                outcome="known" if held else "evidence",
                events=(event.event_id,),
                reason="该回单已有一份" if held else "银行回单，作为凭据保存",
            ),
        ),
    )
    return Intake(reading=reading, events=() if held else (event,))


def _event(part: Part, number: str, view: OpenItems) -> ReceiptFiled:
    part.currency("Currency")
    if not number or len(number) > 64:
        part.fault(BAD_SERIAL, _NUMBER)
    fen = part.money(_AMOUNT) * part.sign(_SIGN)
    if not fen and not part.faults:
        part.fault(NO_MONEY, _AMOUNT)
    account = _account(part, view)
    on = _day(part)
    if part.faults:
        raise Refusal(part.faults)
    other = "Payer" if fen > 0 else "Payee"
    return ReceiptFiled(
        event_id=event_id("receipt", account.slug, number),
        on=on,
        summary=f"收到回单 {number}"[:500],
        sources=(part.line,),
        account=account.slug,
        receipt_no=number,
        bank_serial=part.words("BusinessSerialNumber"),
        amount_fen=fen,
        counterparty=part.words(f"AccountNameOf{other}"),
        counterparty_account=part.words(f"AccountNumberOf{other}"),
        receipt=part.source.sha256,
    )


def _day(part: Part) -> date:
    for name in _DAYS:
        if text := part.text(name):
            moment = grammar.moment(text)
            if moment is None:
                part.fault(BAD_DAY, name)
            return moment[0] if moment else date.min
    part.fault(BAD_DAY, _DAYS[0])
    return date.min


def _account(part: Part, view: OpenItems) -> BankAccount:
    """Our account: the payee's where money came in, the payer's where it went out; the other side proves nothing."""
    side, other = ("Payee", "Payer") if part.text(_SIGN) == "1" else ("Payer", "Payee")
    if ours := _ours(part, f"AccountNumberOf{side}", view):
        return ours
    if _ours(part, f"AccountNumberOf{other}", view):
        part.fault(BAD_DIRECTION, _SIGN, f"{part.text(_SIGN) or '空白'}，本方账户却在另一边")
        raise Refusal(part.faults)
    number = part.text(f"AccountNumberOf{side}")
    raise Refusal(
        [*part.faults, Fault(UNKNOWN_ACCOUNT, f"尾号 {number[-4:]}" if number else "空白", Place(part.source.name))]
    )


def _ours(part: Part, name: str, view: OpenItems) -> BankAccount | None:
    number = grammar.account_number(part.text(name))
    found = (item for item in view.pool.account if grammar.account_number(item.number) == number)
    return next(found, None) if number else None


def _changes(part: Part, held: FiledReceipt, view: OpenItems) -> Iterator[Fault]:
    old = dict(view.papers.cells_of(held.sha256))
    wrong = [
        (name, text, old[name])
        for name, text in part.original
        if name in old and _PRINTED not in name and not grammar.same(text, old[name])
    ]
    for name, now, then in wrong:
        found = f"本文件为「{now or '空白'}」，以前导入的为「{then or '空白'}」"
        yield Fault(CHANGED, found, Place(part.source.name, "", None, name), expected=f"「{then or '空白'}」")
