"""Harm done on purpose, so that the stage is seen to notice: steps written before the log says that they will be."""

from ledger import drafts
from ledger.oplog import OperationLog, record_bytes


def _write(store: drafts.Store, step: drafts.DraftStep) -> None:
    store.write_new(f"drafts/{step.draft}-{step.step}-{step.action}.json", record_bytes(step))
    OperationLog(store).append(step.at, (step.by,), "review", (step.draft,))


drafts._write = _write  # noqa: SLF001 - the harm
