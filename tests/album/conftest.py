"""Where faults are provoked: the demonstration's books, made once for all rooms."""

from pathlib import Path

import pytest
from album.stage import Theatre


@pytest.fixture(scope="module")
def theatre(demo_year: Path, tmp_path_factory: pytest.TempPathFactory) -> Theatre:
    return Theatre(demo_year / "books", tmp_path_factory.mktemp("album"))
