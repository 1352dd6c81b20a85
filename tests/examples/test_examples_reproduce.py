"""The committed files are what the script makes, byte for byte, and nothing else lies beside them."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

YEAR = Path(__file__).parents[2] / "examples" / "2023"
MAX_BYTES = 6_000_000


def tree(folder: Path) -> dict[str, bytes]:
    made = [folder / "acts.toml", folder / "opening.xlsx", *sorted((folder / "files").rglob("*"))]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in made if path.is_file()}


@pytest.fixture(scope="module")
def committed() -> dict[str, bytes]:
    return tree(YEAR)


def test_a_second_run_gives_the_committed_bytes(tmp_path: Path, committed: dict[str, bytes]) -> None:
    subprocess.run([sys.executable, str(YEAR / "make.py"), str(tmp_path)], check=True, capture_output=True)
    again = tree(tmp_path)
    assert sorted(again) == sorted(committed)
    changed = [name for name in again if again[name] != committed[name]]
    assert changed == [], "the script or a template has changed: run examples/2023/make.py and commit its files"


def test_the_files_are_small_and_their_names_plain(committed: dict[str, bytes]) -> None:
    assert sum(map(len, committed.values())) < MAX_BYTES
    assert all(name.isascii() and ":" not in name and len(name.encode()) <= 100 for name in committed)


def test_no_two_papers_share_their_bytes(committed: dict[str, bytes]) -> None:
    assert len(set(committed.values())) == len(committed)


def test_every_file_is_used_by_exactly_one_act(committed: dict[str, bytes]) -> None:
    steps = tomllib.loads(committed["acts.toml"].decode())["step"]
    used = [name for step in steps for key in ("files", "statements", "papers") for name in step.get(key, [])]
    assert sorted(used) == sorted(name.removeprefix("files/") for name in committed if name.startswith("files/"))
