"""Twice the same: the demonstration run again, and every file imported again."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from openpyxl import load_workbook
from tools import run_command

from ledger.provenance import digest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "2023"
Command = Callable[..., subprocess.CompletedProcess[str]]


def tree(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): digest(path.read_bytes())
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def test_the_demonstration_twice_gives_the_same_bytes(demo_year: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    done = run_command("demo", "--out", str(again), "--quiet", PYTHONHASHSEED="4242", TZ="America/Lima")
    assert done.returncode == 0, done.stdout + done.stderr
    first, second = tree(demo_year), tree(again)
    assert first == second
    kinds = {Path(name).suffix for name in first}
    assert {".beancount", ".json", ".xlsx", ".pdf", ".toml"} <= kinds


def test_every_file_a_second_time_adds_nothing(demo_year: Path, riskpool: Command, tmp_path: Path) -> None:
    books = tmp_path / "books"
    shutil.copytree(demo_year / "books", books)
    before = tree(books)
    accepted = sorted(
        path
        for path in (EXAMPLES / "files").rglob("*")
        if path.is_file() and path.suffix in {".csv", ".xls", ".xlsx", ".xml"} and "rejected" not in path.parts
    )
    done = riskpool("import", *map(str, accepted), "-b", str(books), "--as", "chen", "--json")
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    files = json.loads(done.stdout)["files"]
    assert len(files) == len(accepted) > 150
    assert all(item["already"] and item["new"] == 0 and not item["draft"] for item in files)
    assert tree(books) == before


def test_of_a_recovery_that_is_refused_its_computation_is_not_kept_either(
    demo_year: Path, riskpool: Command, tmp_path: Path
) -> None:
    """The second instalment is worked out by the case's terms; its day lies ahead, so that no draft is made."""
    books = Path(shutil.copytree(demo_year / "books", tmp_path / "books"))
    book = load_workbook(EXAMPLES / "files" / "2023-12" / "abchina-recovery-BC2023-001.xlsx", data_only=True)
    sheet = book["追偿报告"]
    sheet["B6"], sheet["D6"], sheet["E6"] = 2, "2099-12-28", 9000
    sheet["A4"], sheet["E4"], sheet["F4"], sheet["G4"], sheet["H4"] = "合计", 9000, 8333.22, None, 55833.66
    book.save(tmp_path / "追偿第二期.xlsx")
    before = tree(books)
    done = riskpool("import", str(tmp_path / "追偿第二期.xlsx"), "-b", str(books), "--as", "chen")
    assert (done.returncode, "草稿-日期-01" in done.stderr) == (3, True), done.stderr
    assert tree(books) == before
