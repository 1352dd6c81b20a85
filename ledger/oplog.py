"""The operation log (操作日志): who, when, what; one file an act, chained, ids only.

An act's record is written before its batch and so is its intent: a record whose batch is not in the chain
was begun and not carried out, which ``check`` shows. Names and account numbers never stand here.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ledger.events.base import Frozen
from ledger.store import Store

FIRST = "0" * 64


class LogRecord(Frozen):
    """One act. ``batch`` is the own hash of the batch it was to commit, empty for acts without one."""

    number: int
    at: str
    who: tuple[str, ...]
    act: str
    what: tuple[str, ...] = ()
    batch: str = ""
    previous: str


@dataclass(frozen=True, slots=True)
class OperationLog:
    """The log of one books folder."""

    store: Store

    def records(self) -> tuple[LogRecord, ...]:
        """All records in order."""
        return tuple(LogRecord.model_validate_json(path.read_text(encoding="utf-8")) for path in self._paths())

    def _paths(self) -> list[Path]:
        return sorted((self.store.root / "log").glob("*.json"))

    def append(self, at: datetime, who: tuple[str, ...], act: str, what: tuple[str, ...] = (), batch: str = "") -> None:
        """Write the next record; the caller holds the lock."""
        paths = self._paths()
        previous = hashlib.sha256(paths[-1].read_bytes()).hexdigest() if paths else FIRST
        record = LogRecord(
            number=len(paths) + 1, at=at.isoformat(), who=who, act=act, what=what, batch=batch, previous=previous
        )
        self.store.write_new(f"log/{record.number:06d}-{act}.json", record_bytes(record))

    def broken_at(self) -> str:
        """The first record whose previous hash is not that of the record before it, or an empty text."""
        previous = FIRST
        for number, path in enumerate(self._paths(), 1):
            content = path.read_bytes()
            record = LogRecord.model_validate_json(content)
            if record.previous != previous or record.number != number:
                return path.name
            previous = hashlib.sha256(content).hexdigest()
        return ""


def record_bytes(record: Frozen) -> bytes:
    """A record as canonical JSON: sorted keys, UTF-8, one newline at the end."""
    text = json.dumps(record.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, indent=1)
    return f"{text}\n".encode()
