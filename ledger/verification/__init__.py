"""The parts of ``ledger.verify``: batches, what changed in them, the log."""
