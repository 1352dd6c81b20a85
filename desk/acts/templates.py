"""Registers to fill in: the templates that our importer reads."""

from importers.registers import TEMPLATE_KINDS, write_template
from ledger.faults import FaultKind, refuse

NO_KIND = FaultKind("模板-种类-01", "没有这种模板", "、".join(sorted(TEMPLATE_KINDS)), "从所列种类中选一种。")
KINDS = (NO_KIND,)


def template_bytes(kind: str) -> bytes:
    """One empty template as xlsx bytes, the same each time."""
    if kind not in TEMPLATE_KINDS:
        raise refuse(NO_KIND, kind)
    return write_template(kind)
