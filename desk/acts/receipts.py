"""Are these books the ones that a close receipt speaks of? What a chain alone cannot show, a kept receipt does."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ledger.faults import ExitCode, Fault, FaultKind, Place, Refusal
from ledger.provenance import digest
from ledger.seal import Receipt
from reports.audit.contents import links

BAD_RECEIPT = FaultKind(
    "核验-回执-01",
    "这不是结账回执",
    "结账时写下、交另一位保管人保存的 seals/*.json",
    "核对 --receipt 所指的文件。",
)
OTHER_BOOKS = FaultKind(
    "核验-回执-02",
    "账簿与结账回执不符",
    "回执所记的链头和批次",
    "账簿可能被换成旧的、被删去尾部，或被整体改写：以回执为准，用备份恢复后重新核验。",
    ExitCode.FINDINGS,
)
KINDS = (BAD_RECEIPT, OTHER_BOOKS)


class KeptReceipt(NamedTuple):
    """A receipt as somebody else kept it: its exact bytes, and what they say."""

    content: bytes
    receipt: Receipt


def read_receipt(content: bytes) -> KeptReceipt:
    """Read a kept receipt; what is no receipt is refused."""
    try:
        return KeptReceipt(content, Receipt.model_validate_json(content))
    except ValueError:
        raise Refusal([Fault(BAD_RECEIPT, "读不懂")]) from None


def receipt_faults(root: Path, kept: KeptReceipt) -> tuple[Fault, ...]:
    """How books differ from a receipt kept elsewhere. Ask ``verify`` too: it proves that the headers tell the truth."""
    return tuple(_differences(root, *kept))


def _differences(root: Path, content: bytes, receipt: Receipt) -> Iterator[Fault]:
    chain = links(root)
    what = f"{receipt.month} 结账时批次 {receipt.sequence:06d}，链头 {receipt.chain[:12]}"
    if receipt.sequence >= len(chain):
        yield Fault(OTHER_BOOKS, f"账簿只到批次 {len(chain) - 1:06d}", Place("batches"), expected=what)
    elif (found := chain[receipt.sequence].chain) != receipt.chain:
        yield Fault(OTHER_BOOKS, f"批次 {receipt.sequence:06d} 的链头是 {found[:12]}", Place("batches"), expected=what)
    if digest(content) not in {digest(path.read_bytes()) for path in (root / "seals").glob("*.json")}:
        yield Fault(OTHER_BOOKS, "账簿里没有这份回执，或与它不同", Place("seals"), expected=what)
