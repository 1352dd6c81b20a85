"""Where a fact came from: a file by its bytes, a row by its place in that file."""

import hashlib
import re
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 digest in lower-case hexadecimal."""

SHORT = 16
"""Hex digits of a digest that name a file inside the books (64 bits)."""


def digest(content: bytes) -> str:
    """SHA-256 of a file's bytes, 64 hex digits."""
    return hashlib.sha256(content).hexdigest()


class SourceFile(BaseModel):
    """A file as it was handed in: its own name and the digest of its bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    sha256: Sha256

    @property
    def short(self) -> str:
        """The first 16 hex digits, by which the books name the file."""
        return self.sha256[:SHORT]


class SourceLine(BaseModel):
    """One row of one file. ``row`` counts from 1 as the officer's spreadsheet shows it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: Sha256
    sheet: Annotated[str, Field(max_length=100)] = ""
    row: Annotated[int, Field(ge=1)]

    def text(self) -> str:
        """As written into the books: ``<digest16>!<sheet>!<row>``."""
        return f"{self.sha256[:SHORT]}!{self.sheet}!{self.row}"


_LINE = re.compile(r"([0-9a-f]{16})!(.*)!([1-9][0-9]*)", re.DOTALL)


def parse_line(text: str) -> tuple[str, str, int]:
    """Split what :meth:`SourceLine.text` wrote into (digest16, sheet, row)."""
    match = _LINE.fullmatch(text)
    assert match, f"not a source line: {text!r}"
    return match[1], match[2], int(match[3])
