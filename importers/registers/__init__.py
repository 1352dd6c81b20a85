"""Registers: loan filings, tapes, insurance, applications, recoveries, extensions, opening; ours or bound to ours."""

from importers.registers import synonyms, wrongs
from importers.registers.columns import KINDS as TEMPLATE_KINDS
from importers.registers.recognise import intake, read_opening
from importers.registers.synonyms import BINDABLE, Binding, read_binding
from importers.registers.template import pool_lists, write_template

KINDS = (*wrongs.KINDS, *synonyms.KINDS)

__all__ = [
    "BINDABLE",
    "KINDS",
    "TEMPLATE_KINDS",
    "Binding",
    "intake",
    "pool_lists",
    "read_binding",
    "read_opening",
    "write_template",
]
