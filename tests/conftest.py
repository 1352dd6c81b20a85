"""What every room's tests share: the demonstration year, tools that pip can't install, the closing line."""

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock
from tools import REPO, run_command

_SKIPPED: Counter[str] = Counter()


@pytest.fixture(scope="session")
def riskpool() -> Callable[..., subprocess.CompletedProcess[str]]:
    return run_command


@pytest.fixture(scope="session")
def demo_year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that ``riskpool demo`` wrote: books/ and papers/. Made once for all workers; never written to."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    root = shared / "demo-year"
    with FileLock(shared / "demo-year.lock", timeout=600):
        if not (shared / "demo-year.done").exists():
            done = run_command("demo", "--out", str(root), "--quiet")
            assert done.returncode == 0, done.stdout + done.stderr
            (shared / "demo-year.done").touch()
    return root


@pytest.fixture(scope="session")
def opened_year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Books with the example's opening and nothing else, founded by the command line. Never written to."""
    example = REPO / "examples" / "2023"
    books = tmp_path_factory.mktemp("opened") / "books"
    proofs = [arg for path in sorted((example / "files/2023-02").iterdir()) for arg in ("--statement", str(path))]
    pool = ("--pool", str(example / "pool.toml"), "--opening", str(example / "opening.xlsx"))
    who = ("--as", "chen", "--reviewed-by", "lu", "--bookkeeper", "shen")
    done = run_command("init", str(books), *pool, *who, *proofs, RISKPOOL_NOW="2023-03-01T09:00:00")
    assert done.returncode == 0, done.stderr
    return books


@pytest.fixture
def opened_copy(opened_year: Path, tmp_path: Path) -> Path:
    """A copy of the opened books to work on."""
    return Path(shutil.copytree(opened_year, tmp_path / "books"))


@pytest.fixture
def books_copy(demo_year: Path, tmp_path: Path) -> Path:
    """A copy of the demonstration's books to work on."""
    return Path(shutil.copytree(demo_year / "books", tmp_path / "books"))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped and isinstance(report.longrepr, tuple):
        reason = re.sub(r"^Skipped: ", "", str(report.longrepr[2]))
        _SKIPPED[reason] += 1


def pytest_unconfigure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return
    reasons = "；".join(f"{reason}（{count}）" for reason, count in sorted(_SKIPPED.items()))
    total = sum(_SKIPPED.values())
    sys.stdout.write(f"跳过 / skipped {total}" + (f"：{reasons}\n" if total else "\n"))
