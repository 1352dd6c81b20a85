"""Makes the stage importable. What takes long runs under ``make kill``; here a seeded slice of each."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from killing import Warm, have_strace, scratch
from stage import Stage, Trial


def need_strace() -> None:
    """Skip by name where nothing can be traced; an error under CI=1."""
    if trouble := have_strace():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(trouble)


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """One stage for all tests of this folder."""
    need_strace()
    with scratch() as folder, Warm(Path(folder) / "said") as warm:
        yield Stage(Path(folder), warm)


@pytest.fixture(scope="session")
def trials(stage: Stage) -> list[Trial]:
    """Every act of every story, ready to be broken."""
    return list(stage.trials())
