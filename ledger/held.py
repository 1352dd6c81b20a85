"""What somebody else keeps of the books: a close receipt, or a copy of the one line of ``head.beancount``.

A chain does not stop its owner from going back to an older copy, or from cutting the tail and posting again: it fits
in itself. It no longer fits what was handed out before.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ledger.faults import ExitCode, Fault, FaultKind, Place, Refusal
from ledger.provenance import digest

BAD_RECEIPT = FaultKind(
    "核验-回执-01",
    "这不是结账回执，也不是链头的副本",
    "结账时交另一位保管人的 seals/*.json，或当时的 head.beancount 一行",
    "核对 --receipt 所指的文件。",
)
OTHER_BOOKS = FaultKind(
    "核验-回执-02",
    "账簿与另存的回执不符",
    "回执所记的批次和链头",
    "账簿可能被换成旧的、被删去尾部后重记，或被整体改写：以回执为准，用备份恢复后重新核验。",
    ExitCode.FINDINGS,
)
KINDS = (BAD_RECEIPT, OTHER_BOOKS)

_HEAD = re.compile(r"; 链头 (\d{6}) ([0-9a-f]{64})\s*")
_CHAIN = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Held:
    """Where the chain stood once, by a file that others keep; ``seal`` is its digest where it is a receipt."""

    name: str
    sequence: int
    chain: str
    seal: str = ""

    @classmethod
    def read(cls, name: str, content: bytes) -> "Held":
        """A kept file's word; refused where it is neither a receipt nor a head."""
        try:
            text = content.decode("utf-8")
            if match := _HEAD.fullmatch(text):
                return cls(name, int(match[1]), match[2])
            said = json.loads(text)
            sequence, chain = said["sequence"], said["chain"]
        except (ValueError, KeyError, TypeError):
            sequence = chain = None
        if type(sequence) is not int or type(chain) is not str or not _CHAIN.fullmatch(chain):
            raise Refusal([Fault(BAD_RECEIPT, "读不懂", Place(name))]) from None
        return cls(name, sequence, chain, digest(content))

    def differences(self, root: Path, chain: Mapping[int, str]) -> Iterator[Fault]:
        """How books differ from it. ``chain`` is the chain's value after each batch, as ``verify`` re-ran it."""
        expected = f"批次 {self.sequence:06d} 之后链头为 {self.chain[:12]}"
        found = chain.get(self.sequence)
        if found is None:
            last = f"{max(chain):06d}" if chain else "（没有批次）"
            what = f"账簿只到批次 {last}：尾部被删去，或恢复了旧的副本"
            yield Fault(OTHER_BOOKS, what, Place(self.name), expected=expected)
        elif found != self.chain:
            what = f"批次 {self.sequence:06d} 之后链头为 {found[:12]}：它或它以前的批次被换过"
            yield Fault(OTHER_BOOKS, what, Place(self.name), expected=expected)
        if self.seal and self.seal not in {digest(path.read_bytes()) for path in (root / "seals").glob("*.json")}:
            yield Fault(
                OTHER_BOOKS, "账内没有这份回执，或与它不同", Place(self.name), expected="seals/ 下逐字节相同的回执"
            )
