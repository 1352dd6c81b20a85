"""Closed months: a receipt each (结账回执), and what may no longer be dated in them.

Reopening is a later record, not a deletion; this storey writes and reads receipts only.
"""

from datetime import date
from pathlib import Path

from ledger.events.base import Frozen, Month
from ledger.postings import next_day
from ledger.provenance import Sha256


class Receipt(Frozen):
    """What a month's close states, for a second custodian to keep.

    ``chain`` is the chain head at the close; ``trial_balance`` every CNY account with yuan text before the
    month's end; ``sources`` and ``reports`` digests by file name.
    """

    month: Month
    closed_at: str
    closed_by: tuple[str, ...]
    sequence: int
    chain: Sha256
    trial_balance: tuple[tuple[str, str], ...]
    sources: tuple[tuple[str, Sha256], ...]
    reports: tuple[tuple[str, Sha256], ...]


def rule_folder(ref: str, sha256: str) -> str:
    """Where the books keep an adopted rule text: by slug, first day and digest.

    So a corrected text of the same day stands beside one that was sent back.
    """
    slug, _, version = ref.partition("@")
    return f"rules/{slug}/{version}-{sha256[:12]}"


def receipts(root: Path) -> tuple[Receipt, ...]:
    """All close receipts by month."""
    paths = sorted((root / "seals").glob("*.json"))
    return tuple(Receipt.model_validate_json(path.read_text(encoding="utf-8")) for path in paths)


def open_from(root: Path) -> date:
    """The first day on which a new entry may be dated: the day after the last closed month."""
    closed = sorted((root / "seals").glob("*.json"))
    return next_day(closed[-1].stem) if closed else date.min
