"""Makes the room's invented books importable (`ledger` itself is the product's name) and founds small ones.

Books are founded and told once a session and copied for each test: no test sees another's.
"""

import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from ledger_samples import Office, contribution, founded, told


@pytest.fixture(scope="session")
def new_books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Freshly founded books, to be copied."""
    return founded(tmp_path_factory.mktemp("new") / "books").root


@pytest.fixture(scope="session")
def told_books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Books with a whole case, a document and two late vouchers, to be copied."""
    office = told(founded(tmp_path_factory.mktemp("told") / "books"))
    office.post(contribution("one", 1_111), documents=[office.attach(b"minutes")])
    office.post(contribution("two", 2_222))
    return office.root


@pytest.fixture
def office(tmp_path: Path, new_books: Path) -> Office:
    """Freshly founded books of the test's own."""
    return Office(shutil.copytree(new_books, tmp_path / "books"))


@pytest.fixture
def full_office(tmp_path: Path, told_books: Path) -> Office:
    """Books with a story of the test's own."""
    return Office(shutil.copytree(told_books, tmp_path / "books"))
