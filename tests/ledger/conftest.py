"""Makes the room's invented books importable (`ledger` itself is the product's name) and founds small ones."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from ledger_samples import Office, founded


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A freshly founded set of books with one contribution in each account."""
    return founded(tmp_path / "books")
