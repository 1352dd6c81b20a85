"""Files made to hurt: a clear fault for each, within the reading process's limits, and never a crash."""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest
from fuzz.hostile import HTML, biff, every, far_corner_biff, zip_bomb
from fuzz.subjects import EXAMPLES

from importers.files import kinds, read_file, worker
from importers.files.zygote import Ending
from importers.intake import recognise_file
from ledger.faults import Refusal
from ledger.openitems import OpenItems
from ledger.pool import parse_pool

Command = Callable[..., subprocess.CompletedProcess[str]]
UNOPENED = frozenset({"zip-bomb.xlsx", "overlaps.xlsx", "many-members.xlsx", "twin-members.xlsx"})
"""Refused by their own directory: no byte of them is unpacked."""
FILES = EXAMPLES / "files" / "2023-03"
NAMES = (
    'quote".csv',
    "back\\slash.csv",
    "line\nend.csv",
    "=cmd|' calc'!A0.csv",
    "<script>alert(1)</script>".replace("/", "_") + ".csv",
    "[red]markup[_red].csv",
    "bell\x07\x1b[2J.csv",
    "右\u202e左.csv",
    "长" * 70 + ".csv",
    os.fsdecode("中行.csv".encode("gbk")),
)
"""Names under which a file may be handed in; the last is GBK, which is no text at all to a system of today."""


@pytest.fixture(scope="module")
def view() -> OpenItems:
    return OpenItems(pool=parse_pool((EXAMPLES / "pool.toml").read_text(encoding="utf-8")))


def test_every_hostile_file_is_refused_with_its_fault_within_the_limits(
    view: OpenItems, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask, used = worker._SERVER.ask, list[Ending]()  # noqa: SLF001 - the one place that learns what a child used

    def asked(content: bytes) -> tuple[Ending, bytes]:
        ending, output = ask(content)
        used.append(ending)
        return ending, output

    monkeypatch.setattr(worker._SERVER, "ask", asked)  # noqa: SLF001 - same
    for name, content, code in every():
        used.clear()
        with pytest.raises(Refusal) as refused:
            recognise_file(content, name, view)
        (fault,) = refused.value.faults
        assert (name, fault.code, fault.place.file) == (name, code, name)
        for ending in used:
            assert ending.status == 0, f"{name}: the reading process did not end by itself"
            assert ending.peak_kib * 1024 <= kinds.MEMORY_BYTES, name
            assert ending.cpu_seconds <= kinds.CPU_SECONDS, name
            assert name not in UNOPENED or ending.peak_kib < 100 * 1024, f"{name} was unpacked"


def sheets_or_code(content: bytes) -> object:
    try:
        return read_file(content, "x.xls").sheets
    except Refusal as refused:
        return refused.faults[0].code


@pytest.mark.parametrize("length", range(0, len(biff()), 97))
def test_a_biff_workbook_cut_anywhere_is_a_fault_or_whole(length: int) -> None:
    content = biff()
    found = sheets_or_code(content[:length])
    assert found in {"导入-文件-02", "导入-文件-03"} or found == sheets_or_code(content)


def test_a_cell_at_the_far_corner_of_biff_costs_no_memory() -> None:
    (sheet,) = read_file(far_corner_biff(), "x.xls").sheets
    assert [(row.number, len(row.cells)) for row in sheet.rows] == [(65_536, 256)]


def test_a_reading_process_that_writes_without_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's own cap, which holds whatever a child was made to do."""
    from importers.files import zygote  # noqa: PLC0415 - its innards are turned here

    def endless(_: bytes, out: object) -> None:
        while True:
            out.write(b"x" * (1 << 20))  # type: ignore[attr-defined] # a pipe

    monkeypatch.setattr(zygote, "run", endless)
    ending, output = zygote._forked(b"")  # noqa: SLF001 - same
    assert (ending.status, output) == (zygote.OVERFLOWED, b"")


def said_of(run: Callable[..., None], monkeypatch: pytest.MonkeyPatch, **limits: float) -> tuple[str, Ending]:
    """What an officer reads of a file whose reading process does ``run``, and how that process ended."""
    from importers.files import child, zygote  # noqa: PLC0415 - their innards are turned here

    endings = []

    def asked(content: bytes) -> tuple[Ending, bytes]:
        ending, output = zygote._forked(content)  # noqa: SLF001 - same
        endings.append(ending)
        return ending, output

    monkeypatch.setattr(zygote, "run", run)
    monkeypatch.setattr(worker._SERVER, "ask", asked)  # noqa: SLF001 - same
    for name, limit in limits.items():
        monkeypatch.setattr(child if name == "CPU_SECONDS" else zygote, name, limit)
    with pytest.raises(Refusal) as refused:
        read_file(b"a,b\n", "a.csv")
    return str(refused.value), endings[0]


def test_a_process_that_waits_for_ever_is_ended_and_the_sentence_says_that_it_waited(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said, ending = said_of(lambda *_: time.sleep(3600), monkeypatch, WALL_SECONDS=0.3)
    assert (said[:13], ending.cpu_seconds < 1) == ("[导入-文件-07] a.", True)
    assert f"还没有读完，{kinds.CPU_SECONDS} 秒处理器时间却没有用满" in said
    assert "机器太忙或被挂起" in said


def test_a_process_that_burns_its_seconds_is_ended_and_the_sentence_says_that_it_worked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from importers.files.child import limit_myself  # noqa: PLC0415 - its limits are turned here

    def burning(*_: object) -> None:
        limit_myself()
        while True:
            pass

    said, ending = said_of(burning, monkeypatch, CPU_SECONDS=1)
    assert ending.cpu_seconds < 3
    assert f"读到：用满了 {kinds.CPU_SECONDS} 秒处理器时间" in said
    assert "挂起" not in said


def test_a_machine_that_is_held_refuses_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is stopped for longer than its processor time, and goes on: only its own work counts."""
    from importers.files import child, zygote  # noqa: PLC0415 - their innards are turned here

    def held(content: bytes, out: BinaryIO) -> None:
        subprocess.Popen(("sh", "-c", f"sleep 2; kill -CONT {os.getpid()}"))
        os.kill(os.getpid(), signal.SIGSTOP)
        child.run(content, out)

    monkeypatch.setattr(child, "CPU_SECONDS", 1)
    monkeypatch.setattr(zygote, "run", held)
    monkeypatch.setattr(worker._SERVER, "ask", zygote._forked)  # noqa: SLF001 - same
    (sheet,) = read_file("账户,金额\n甲（虚构）,1.00\n".encode(), "a.csv").sheets
    assert [row.cells for row in sheet.rows] == [("账户", "金额"), ("甲（虚构）", "1.00")]


# ── through the command line ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def books(opened_copy: Path) -> Path:
    return opened_copy


def test_a_folder_of_hostile_files_leaves_the_good_one_its_place(
    riskpool: Command, books: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "bomb.xlsx").write_bytes(zip_bomb())
    (folder / "page.xls").write_bytes(HTML)
    shutil.copy(FILES / "boc-01-list-202303.csv", folder / "good.csv")
    with (folder / "huge.csv").open("wb") as huge:
        huge.truncate(4 << 30)  # a file of holes: 4 GB that are nowhere
    os.mkfifo(folder / "pipe.csv")
    done = riskpool("import", str(folder), "-b", str(books), "--as", "chen", "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 2, done.stderr
    assert [(item["file"], item["new"] > 0) for item in told["files"]] == [("good.csv", True)]
    refused = {item["file"]: [fault["code"] for fault in item["faults"]] for item in told["refused"]}
    assert refused == {"bomb.xlsx": ["导入-文件-01"], "huge.csv": ["导入-文件-01"], "page.xls": ["导入-文件-02"]}
    piped = riskpool("import", str(folder / "pipe.csv"), "-b", str(books), "--as", "chen")
    assert (piped.returncode, "不是普通文件" in piped.stderr) == (2, True)


def test_a_files_name_is_text_and_nothing_more(riskpool: Command, books: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    good = sorted(path for path in FILES.iterdir() if path.suffix in {".csv", ".xls", ".xml"} or "-l" in path.name)
    for name, path in zip(NAMES, good, strict=True):
        shutil.copy(path, folder / name)
    shown = riskpool("import", str(folder), "-b", str(books), "--as", "chen")
    assert shown.returncode == 0, shown.stderr
    for command, who in (("review", "lu"), ("post", "shen")):
        done = riskpool(command, "-b", str(books), "--as", who)
        assert done.returncode == 0, done.stderr
    for check in (("check", "-b", str(books)), ("verify", "-b", str(books))):
        done = riskpool(*check)
        assert done.returncode == 0, done.stdout + done.stderr
    again = riskpool("import", str(folder), "-b", str(books), "--as", "chen")
    assert again.stdout.count("此前已导入") == len(NAMES)
    for name in NAMES:
        (folder / name).write_bytes(b"%PDF-1.7 " + os.fsencode(name))
    bad = riskpool("import", str(folder), "-b", str(books), "--as", "chen")
    assert (bad.returncode, bad.stderr.count("[导入-文件-02]")) == (2, len(NAMES))
    for text in (shown.stdout, again.stdout, bad.stdout, bad.stderr):
        assert not {"\x07", "\x1b", "\u202e"} & set(text)
        assert "[red]markup[_red]" in text
        assert "中行" in text
    assert "Traceback" not in bad.stderr
