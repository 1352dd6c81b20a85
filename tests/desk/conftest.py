"""Books to act on: one month in, and the whole demonstration year. Made once a session, copied for each test."""

import shutil
import sys
from datetime import date
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(1, str(Path(__file__).parents[1] / "importers"))  # golden_papers

from desk_office import EXAMPLES, FILES, through, who

from desk.acts.intake import import_path
from desk.acts.office import Office
from desk.acts.opening import OpeningFiles, open_books
from desk.acts.rules import adopt


@pytest.fixture(scope="session")
def march(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Books with the opening, the rule text, and March's files but for crcb's list and all statements."""
    root = tmp_path_factory.mktemp("march") / "books"
    proofs = tuple(sorted((FILES / "2023-02").iterdir()))
    files = OpeningFiles(EXAMPLES / "pool.toml", EXAMPLES / "opening.xlsx", proofs)
    open_books(root, files, date(2023, 3, 1), who=who("chen", "2023-03-01"), reviewer="lu", bookkeeper="shen")
    office = Office(root)
    adopt(office, "demo-2023", date(2023, 3, 1), chief="gu", who=who("chen", "2023-03-01"))
    through(office, "2023-03-01")
    for pattern in ("*-loans-*", "insurer*", "boc-01-list*", "abchina-01-list*", "*-tape-*"):
        for path in sorted((FILES / "2023-03").glob(pattern)):
            import_path(office, path, who=who("chen", "2023-04-03"))
        through(office, "2023-04-03")
    return root


@pytest.fixture
def office(march: Path, tmp_path: Path) -> Office:
    return Office(Path(shutil.copytree(march, tmp_path / "books")))


@pytest.fixture
def year(demo_year: Path, tmp_path: Path) -> Office:
    return Office(Path(shutil.copytree(demo_year / "books", tmp_path / "year")))
