"""The command ``import`` on a folder: one table, the same as JSON, exit codes, a bar on a terminal and nowhere else."""

import json
import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from golden_papers import Move, at, bker, ofd

from ledger.money import yuan_text

Command = Callable[..., subprocess.CompletedProcess[str]]
EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "2023"
MARCH = EXAMPLES / "files" / "2023-03"
LATER = ("*-tape-*", "*-policies-*")
"""They speak of loans that are drafted in the same folder and not posted yet."""


@pytest.fixture
def books(opened_copy: Path) -> Path:
    return opened_copy


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """Lists of three banks, statements, a receipt, registers; and two files that are nothing of ours."""
    folder = Path(shutil.copytree(MARCH, tmp_path / "in", ignore=shutil.ignore_patterns(*LATER)))
    (folder / "照片.png").write_bytes(b"\x89PNG\r\n")
    text = (MARCH / "boc-01-list-202303.csv").read_bytes()
    (folder / "改过.csv").write_bytes(text.replace(b",CNY,", b",USD,"))
    (folder / "回单.xml").write_bytes(bker(Move(at(21, 2, 10, month=3), 7_502_50, summary="结息"), 1, "2023-12-31"))
    (folder / ".DS_Store").write_bytes(b"junk that a system leaves")
    return folder


def test_one_table_says_of_every_file_what_it_is_and_what_became_of_it(
    riskpool: Command, books: Path, mixed: Path
) -> None:
    arguments = ("import", str(mixed), "-b", str(books), "--as", "chen")
    told = json.loads(riskpool(*arguments, "--json").stdout)
    assert {item["file"] for item in told["refused"]} == {"照片.png", "改过.csv"}
    assert len(told["files"]) == len(list(mixed.iterdir())) - 3
    assert {item["kind"] for item in told["files"]} == {"list", "statement", "receipt", "loans"}
    assert all(item["title"] and item["period"] and item["draft"] for item in told["files"])
    (receipt,) = [item for item in told["files"] if item["kind"] == "receipt"]
    assert (receipt["period"], receipt["in_yuan"], receipt["out_yuan"]) == ("2023-03-21", "7502.50", "0.00")


def test_the_table_and_the_json_say_the_same(riskpool: Command, books: Path, mixed: Path) -> None:
    twin = Path(shutil.copytree(books, books.parent / "twin"))
    shown = riskpool("import", str(mixed), "-b", str(books), "--as", "chen")
    told = riskpool("import", str(mixed), "-b", str(twin), "--as", "chen", "--json")
    assert (shown.returncode, told.returncode) == (2, 2)
    data = json.loads(told.stdout)
    flat = shown.stdout.replace("\n", "")
    for item in data["files"]:
        assert item["file"] in flat
        assert item["title"] in flat
        assert item["period"] in flat
        assert item["draft"] in flat
        if item["kind"] in {"list", "statement", "receipt"}:
            for side in ("in_yuan", "out_yuan"):
                assert yuan_text(round(float(item[side]) * 100)) in flat
        for name, amount in item["amounts_yuan"].items():
            assert f"{name} {yuan_text(round(float(amount) * 100))}" in flat
    for item in data["refused"]:
        assert item["file"] in flat
        for fault in item["faults"]:
            assert f"{fault['code']} {fault['title']}" in flat
            assert fault["found"] in shown.stderr
    assert shown.stdout.count("│ ") >= len(data["files"]) + len(data["refused"])


def test_imported_again_the_table_still_says_what_each_file_was(riskpool: Command, books: Path, mixed: Path) -> None:
    arguments = ("import", str(mixed), "-b", str(books), "--as", "chen", "--json")
    first, again = (json.loads(riskpool(*arguments).stdout) for _ in range(2))
    same = ("file", "kind", "title", "period", "in_yuan", "out_yuan")
    assert [[item[name] for name in same] for item in first["files"]] == [
        [item[name] for name in same] for item in again["files"]
    ]
    assert {item["new"] for item in again["files"]} == {0}


def test_a_statement_that_is_known_is_not_said_to_come_to_nothing(riskpool: Command, books: Path, mixed: Path) -> None:
    statement = mixed / "boc-01-statement-202303.xml"
    (mixed / "又一份.ofd").write_bytes(ofd("bkrs20230331.xml", statement.read_bytes()))
    for path in (statement, mixed / "又一份.ofd"):
        done = riskpool("import", str(path), "-b", str(books), "--as", "chen")
        assert done.returncode == 0, done.stderr
    assert "0 新增" in done.stdout
    assert "付 0.00" not in done.stdout


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (("boc-01-list-202303.csv",), 0),
        (("boc-01-list-202303.csv", "照片.png"), 2),
        (("没有这个文件.csv",), 2),
        (("空",), 2),
    ],
)
def test_the_exit_code_says_whether_every_file_went_in(
    names: tuple[str, ...], code: int, riskpool: Command, books: Path, mixed: Path
) -> None:
    (mixed / "空").mkdir()
    done = riskpool("import", *(str(mixed / name) for name in names), "-b", str(books), "--as", "chen")
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr


def test_a_bar_moves_on_a_terminal_and_a_pipe_sees_none(riskpool: Command, books: Path, mixed: Path) -> None:
    ours, theirs = pty.openpty()
    command = [str(Path(sys.executable).with_name("riskpool")), "import", str(mixed), "-b", str(books), "--as", "chen"]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=theirs, env={**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    ) as running:
        os.close(theirs)
        seen = b""
        while chunk := _read(ours):
            seen += chunk
    os.close(ours)
    count = len(list(mixed.iterdir())) - 1
    assert running.returncode == 2
    assert f"/{count}".encode() in seen
    assert b"boc-loans-202303.xlsx" in seen
    piped = riskpool("import", str(mixed), "-b", str(books), "--as", "chen")
    assert f"/{count}" not in piped.stderr + piped.stdout


def _read(handle: int) -> bytes:
    try:
        return os.read(handle, 4096)
    except OSError:  # the other end is closed
        return b""
