"""The operation log (操作日志): who, when, what; one file an act, chained, ids only.

An act's record is written before the file that the act is for (a batch, a receipt, a draft's step), and so is its
intent: a record whose file does not stand was begun and not carried out, and the next record says so. Names and
account numbers never stand here.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ledger.events.base import Frozen
from ledger.provenance import digest
from ledger.store import Store

FIRST = "0" * 64
"""What the first record names as the one before it."""
ABANDON = "abandon"
"""Act of a record that gives up the one before it."""


class LogRecord(Frozen):
    """One act. ``file`` is what it was to write, if anything, and ``batch`` that file's digest.

    Of a batch it is the batch's own hash, part of which stands in the file's name.
    """

    number: int
    at: str
    who: tuple[str, ...]
    act: str
    what: tuple[str, ...] = ()
    file: str = ""
    batch: str = ""
    previous: str

    def stands(self, root: Path) -> bool:
        """Whether what the act was to write is there."""
        path = root / self.file
        if not path.is_file():
            return False
        return self.batch[:12] in path.name if path.suffix == ".beancount" else digest(path.read_bytes()) == self.batch


@dataclass(frozen=True, slots=True)
class OperationLog:
    """The log of one books folder."""

    store: Store

    def records(self) -> tuple[LogRecord, ...]:
        """All records in order."""
        return tuple(_read(self._folder / name) for name in sorted(self._names()))

    @property
    def _folder(self) -> Path:
        return self.store.root / "log"

    def _names(self) -> Iterator[str]:
        # One listing and no path objects: this is asked several times an act, of a folder that only grows.
        listed = os.scandir(self._folder) if self._folder.is_dir() else ()
        return (item.name for item in listed if item.name.endswith(".json"))

    def _newest(self) -> Path | None:
        name = max(self._names(), default="")
        return self._folder / name if name else None

    def last(self) -> str:
        """The digest of the last record: what the next one, and the next batch, commit to."""
        newest = self._newest()
        return digest(newest.read_bytes()) if newest else FIRST

    def append(
        self,
        at: datetime,
        who: tuple[str, ...],
        act: str,
        what: tuple[str, ...] = (),
        *,
        file: str = "",
        batch: str = "",
    ) -> None:
        """Write the next record; the caller holds the lock and then writes ``file``, whose digest is ``batch``."""
        assert bool(file) == bool(batch), "an act that writes says what and where"
        self.settle(at, who)
        self._write(at, who, act, what, file, batch)

    def settle(self, at: datetime, who: tuple[str, ...]) -> None:
        """Say of an act that was begun and killed before its commit that it is given up.

        Only the last can be such a one, because this is asked before every record.
        """
        newest = self._newest()
        record = _read(newest) if newest else None
        if record and record.file and not record.stands(self.store.root):
            self._write(at, who, ABANDON, (f"{record.number:06d}",), "", "")

    def _write(
        self, at: datetime, who: tuple[str, ...], act: str, what: tuple[str, ...], file: str, batch: str
    ) -> None:
        newest = self._newest()
        record = LogRecord(
            number=int(newest.name[:6]) + 1 if newest else 1,
            at=at.isoformat(),
            who=who,
            act=act,
            what=what,
            file=file,
            batch=batch,
            previous=digest(newest.read_bytes()) if newest else FIRST,
        )
        self.store.write_new(f"log/{record.number:06d}-{act}.json", record_bytes(record))


def _read(path: Path) -> LogRecord:
    return LogRecord.model_validate_json(path.read_text(encoding="utf-8"))


def record_bytes(record: Frozen) -> bytes:
    """A record as canonical JSON: sorted keys, UTF-8, one newline at the end."""
    text = json.dumps(record.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, indent=1)
    return f"{text}\n".encode()
