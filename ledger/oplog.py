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
"""What the first record names as the one before it."""
ABANDON = "abandon"
"""Act of a record that gives up the one before it."""


class LogRecord(Frozen):
    """One act. ``batch`` is the own hash of the batch (or the digest of the seal) it was to write, if any."""

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

    def last(self) -> str:
        """The digest of the last record: what the next one, and the next batch, commit to."""
        paths = self._paths()
        return hashlib.sha256(paths[-1].read_bytes()).hexdigest() if paths else FIRST

    def append(self, at: datetime, who: tuple[str, ...], act: str, what: tuple[str, ...] = (), batch: str = "") -> None:
        """Write the next record; the caller holds the lock."""
        self.settle(at, who)
        self._write(at, who, act, what, batch)

    def settle(self, at: datetime, who: tuple[str, ...]) -> None:
        """Say of an act that was begun and killed before its commit that it is given up."""
        if given_up := self._unfinished():
            self._write(at, who, ABANDON, (f"{given_up:06d}",), "")

    def _unfinished(self) -> int:
        """The number of the last record when what it was to write does not stand, else 0.

        Only the last can be such a one, because this is asked before every record.
        """
        paths = self._paths()
        record = LogRecord.model_validate_json(paths[-1].read_text(encoding="utf-8")) if paths else None
        if record is None or not record.batch:
            return 0
        root = self.store.root
        if any(root.glob(f"batches/*/*-{record.batch[:12]}.beancount")):
            return 0
        seals = {hashlib.sha256(path.read_bytes()).hexdigest() for path in (root / "seals").glob("*.json")}
        return 0 if record.batch in seals else record.number

    def _write(self, at: datetime, who: tuple[str, ...], act: str, what: tuple[str, ...], batch: str) -> None:
        paths = self._paths()
        previous = hashlib.sha256(paths[-1].read_bytes()).hexdigest() if paths else FIRST
        record = LogRecord(
            number=len(paths) + 1, at=at.isoformat(), who=who, act=act, what=what, batch=batch, previous=previous
        )
        self.store.write_new(f"log/{record.number:06d}-{act}.json", record_bytes(record))


def record_bytes(record: Frozen) -> bytes:
    """A record as canonical JSON: sorted keys, UTF-8, one newline at the end."""
    text = json.dumps(record.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, indent=1)
    return f"{text}\n".encode()
