"""Closed months: a receipt each (结账回执), reopenings (重开), and what may no longer be dated in them.

Each step of a month is one new file: closed, reopened, closed again. Nothing is taken away: a reopened month keeps
its first receipt and the papers that it sealed.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from ledger.events.base import Frozen, Month, Text
from ledger.postings import next_day
from ledger.provenance import Sha256

Lines = tuple[tuple[str, str], ...]
"""Accounts with a balance in yuan text."""


class Receipt(Frozen):
    """What a month's close states, for a second custodian to keep.

    ``step`` counts the month's seals from 1. ``chain`` is the chain head at the close; ``trial_balance`` every CNY
    account with yuan text before the month's end; ``sources`` and ``reports`` digests by file name.
    """

    sort: Literal["closed"] = "closed"
    month: Month
    step: int = Field(ge=1)
    closed_at: str
    closed_by: tuple[str, ...]
    sequence: int
    chain: Sha256
    trial_balance: Lines
    sources: tuple[tuple[str, Sha256], ...]
    reports: tuple[tuple[str, Sha256], ...]

    @property
    def stem(self) -> str:
        """Its name under ``seals/``, and the folder of its papers."""
        return f"{self.month}-{self.step}"


class Reopening(Frozen):
    """A closed month is opened again (重开): two people, a reason, and the books as they stood then.

    ``receipt`` is the digest of the receipt that no longer holds the month closed.
    """

    sort: Literal["reopened"] = "reopened"
    month: Month
    step: int = Field(ge=2)
    reopened_at: str
    reopened_by: tuple[str, ...] = Field(min_length=2)
    reason: Text
    receipt: Sha256
    sequence: int
    chain: Sha256
    trial_balance: Lines


Seal = Annotated[Receipt | Reopening, Field(discriminator="sort")]
_SEAL: TypeAdapter[Receipt | Reopening] = TypeAdapter(Seal)


def seal_name(seal: Receipt | Reopening) -> str:
    """Where a seal is kept."""
    return f"seals/{seal.month}-{seal.step}-{seal.sort}.json"


def parse_seal(content: bytes) -> Receipt | Reopening:
    """A seal from its file; raises ``ValueError`` where it is none."""
    return _SEAL.validate_json(content)


def rule_folder(ref: str, sha256: str) -> str:
    """Where the books keep an adopted rule text: by slug, first day and digest.

    So a corrected text of the same day stands beside one that was sent back.
    """
    slug, _, version = ref.partition("@")
    return f"rules/{slug}/{version}-{sha256[:12]}"


def seals(root: Path) -> tuple[Receipt | Reopening, ...]:
    """Every seal ever written, by month and step."""
    return tuple(parse_seal(path.read_bytes()) for path in _paths(root))


def receipts(root: Path) -> tuple[Receipt, ...]:
    """The receipts that hold their months closed, by month."""
    found = (parse_seal(path.read_bytes()) for _, path in _closed(root))
    return tuple(seal for seal in found if isinstance(seal, Receipt))


def last_step(root: Path, month: str) -> int:
    """How many seals a month has."""
    return len([path for path in _paths(root) if path.name.startswith(f"{month}-")])


def is_closed(root: Path, month: str) -> bool:
    """Whether a month is closed and was not opened again."""
    return any(found == month for found, _ in _closed(root))


def open_from(root: Path) -> date:
    """The first day on which a new entry may be dated: the day after the last closed month."""
    closed = list(_closed(root))
    return next_day(closed[-1][0]) if closed else date.min


def _paths(root: Path) -> list[Path]:
    """By month, then step: ``yyyy-mm-step-sort.json``."""
    return sorted((root / "seals").glob("*.json"), key=seal_place)


def seal_place(path: Path) -> tuple[str, int]:
    """A seal file's month and step; a name that is none of ours comes first in its month."""
    step = path.stem[8:].partition("-")[0]
    return path.name[:7], int(step) if step.isdecimal() else 0


def _closed(root: Path) -> Iterator[tuple[str, Path]]:
    """Each month whose last seal is a close, with that seal's file; the names alone say so."""
    last = {path.name[:7]: path for path in _paths(root)}
    yield from sorted((month, path) for month, path in last.items() if path.stem.endswith("-closed"))
