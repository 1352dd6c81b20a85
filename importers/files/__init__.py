"""Bytes become rows of text with their places: sniffed by content, read in a capped process of their own."""

from importers.files.kinds import KINDS
from importers.files.sheets import (
    Element,
    Row,
    Sheet,
    Table,
    Workbook,
    beside,
    column_letter,
    find_table,
    headers,
    label,
    table_at,
    unnamed,
)
from importers.files.worker import collector_at_rest, read_file

__all__ = [
    "KINDS",
    "Element",
    "Row",
    "Sheet",
    "Table",
    "Workbook",
    "beside",
    "collector_at_rest",
    "column_letter",
    "find_table",
    "headers",
    "label",
    "read_file",
    "table_at",
    "unnamed",
]
