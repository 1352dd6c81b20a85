"""Lists in our own templates: loan filings, tapes, insurance, applications, recoveries, opening."""

from importers.registers.columns import KINDS as TEMPLATE_KINDS
from importers.registers.recognise import intake, read_opening
from importers.registers.template import pool_lists, write_template
from importers.registers.wrongs import KINDS

__all__ = ["KINDS", "TEMPLATE_KINDS", "intake", "pool_lists", "read_opening", "write_template"]
