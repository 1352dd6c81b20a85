"""A slice of `make mutants`: every wrong version of the caps' meters and of what the pool may bear falls to a case.

And nothing stands in the list of wrong versions that change nothing but what still arises.
"""

import subprocess
import sys
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
SLICE = "clauses.meters,charges"


def test_no_wrong_version_of_two_small_modules_lives_past_the_officers_cases() -> None:
    run = [sys.executable, "tests/mutation/run.py", "--first-only", "--only", SLICE]
    done = subprocess.run(run, cwd=REPO, capture_output=True, text=True, check=False)
    *_, row, _ = done.stdout.splitlines()
    assert done.returncode == 0, done.stdout + done.stderr
    name, *figures = row.split()
    made, by_cases, by_tests, same, live = map(int, figures)
    assert name == "all"
    assert (by_tests, live) == (0, 0)
    assert made == by_cases + same > 50


def test_every_listed_wrong_version_still_arises() -> None:
    run = [sys.executable, "tests/mutation/run.py", "--listed"]
    done = subprocess.run(run, cwd=REPO, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith(", 0 of them do not arise\n")
