"""Books to audit: a small random year, and the page that the script prints of a folder."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from random_year import make_year

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "ledger"))  # the ledger's invented books

from desk.acts.auditing import script

Page = tuple[int, list[str]]


@pytest.fixture(scope="session")
def small_year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Books of a random year of some three hundred vouchers, with cases, recoveries and twelve closes. Read only."""
    root = tmp_path_factory.mktemp("random") / "books"
    make_year(root, vouchers=240, seed=7)
    return root


@pytest.fixture
def small_copy(small_year: Path, tmp_path: Path) -> Path:
    """A copy to spoil."""
    return Path(shutil.copytree(small_year, tmp_path / "books"))


@pytest.fixture(scope="session")
def reperform(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Page]:
    """Run the script as shipped, in an empty environment; gives its exit code and what it found wrong, in order."""
    path = tmp_path_factory.mktemp("script") / "reperform.py"
    path.write_bytes(script())

    def run(*arguments: Path | str) -> Page:
        command = [sys.executable, "-I", "-S", str(path), *map(str, arguments)]
        done = subprocess.run(command, check=False, capture_output=True, text=True, encoding="utf-8", env={})
        assert "Traceback" not in done.stderr, done.stderr
        lines = done.stdout.splitlines()
        return done.returncode, [line.removeprefix("不符：") for line in lines if line.startswith("不符：")] or lines

    return run
