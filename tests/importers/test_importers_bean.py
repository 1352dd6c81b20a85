import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from beangulp.exceptions import Error
from beangulp.extract import DUPLICATE, extract_from_file
from golden_papers import GOLDEN, every_file, pair, pool_importer

from importers.bean import PoolImporter
from ledger.openitems import OpenItems

# Classes of conftest.py, which can't be imported under importlib mode.
Papers = Moves = Any

OPENING = 1_000_000_00


@pytest.fixture
def listed(tmp_path: Path, papers: Papers, april: Moves) -> Path:
    path = tmp_path / "HISQRY.csv"
    path.write_bytes(papers.csv(papers.hisqry(april, OPENING)))
    return path


def test_a_list_shows_the_entries_its_drafts_would_make(listed: Path, view: OpenItems) -> None:
    importer = PoolImporter(view)
    assert importer.identify(str(listed))
    assert importer.account(str(listed)) == "Assets:1002银行存款:01中国银行:01专户"
    entries = extract_from_file(importer, str(listed), [])
    assert len(entries) == 4


def test_only_an_equal_event_is_a_duplicate_never_a_look_alike(listed: Path, view: OpenItems) -> None:
    importer = PoolImporter(view)
    entries = importer.extract(str(listed), [])
    earlier = PoolImporter(view).extract(str(listed), [])[:3]
    importer.deduplicate(entries, earlier)
    assert [DUPLICATE in entry.meta for entry in entries] == [True, True, True, False]
    assert entries[2].postings == entries[3].postings


@pytest.mark.parametrize("name", sorted(every_file()))
def test_each_layout_and_standard_has_its_golden_pair(name: str) -> None:
    """Written by ``write_golden.py``: UTF-8 and line feeds, whatever the locale."""
    assert pair(pool_importer(), GOLDEN / name) == (GOLDEN / f"{name}.beancount").read_bytes()


def test_beangulp_s_own_test_command_passes_over_the_golden_files() -> None:
    """Each file with a pair is identified and gives it; what has none, the expectations in JSON, is not ours."""
    script = GOLDEN.with_name("golden_papers.py")
    command = [sys.executable, "-X", "utf8", str(script), "test", str(GOLDEN)]
    paths = os.pathsep.join((str(script.parents[2]), str(script.parents[1])))
    done = subprocess.run(
        command, capture_output=True, encoding="utf-8", env={**os.environ, "PYTHONPATH": paths}, check=False
    )
    said = [line.split()[-1] for line in done.stdout.splitlines() if line.startswith("* ")]
    assert done.returncode == 0, done.stdout + done.stderr
    assert (said.count("PASSED"), said.count("IGNORED")) == (len(every_file()), len(every_file()))


def test_a_receipt_is_kept_under_its_bank_account() -> None:
    importer = pool_importer()
    for name in ("bker.ofd", "bkrs.ofd", "boc-gbk.csv"):
        assert importer.account(str(GOLDEN / name)) == "Assets:1002银行存款:01中国银行:01专户"


def test_a_foreign_file_is_not_ours_and_a_faulty_one_says_its_faults(
    tmp_path: Path, papers: Papers, april: Moves, view: OpenItems
) -> None:
    foreign, broken = tmp_path / "a.csv", tmp_path / "b.csv"
    foreign.write_text("姓名,电话\n某人（虚构）,1\n", encoding="utf-8")
    rows = papers.hisqry(april, OPENING)
    rows[9][14] = "1.00"
    broken.write_bytes(papers.csv(rows))
    importer = PoolImporter(view)
    assert not importer.identify(str(foreign))
    assert importer.identify(str(broken))
    with pytest.raises(Error, match="导入-余额-01"):
        importer.extract(str(broken), [])


def run(pool_file: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-X", "utf8", "-m", "importers.config", *arguments],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "RISKPOOL_POOL": str(pool_file)},
        check=False,
    )


def test_the_command_previews_and_never_writes(listed: Path, tmp_path: Path, view: OpenItems) -> None:
    pool_file = tmp_path / "pool.toml"
    lines = [f"[pool]\ntitle = '{view.pool.title}'\nslug = 'test-pool'\nunit = '某办（虚构）'"]
    lines += [f"[[staff]]\nid = '{item.id}'\nname = '{item.name}'\nroles = ['preparer']" for item in view.pool.staff]
    lines += [f"[[bank]]\ncode = '{item.code}'\nno = '{item.no}'\nname = '{item.name}'" for item in view.pool.bank]
    for item in view.pool.account:
        fields = {"slug": item.slug, "bank": item.bank, "no": item.no, "sort": item.sort, "number": item.number}
        lines.append("[[account]]\n" + "\n".join(f"{k} = '{v}'" for k, v in {**fields, "name": item.name}.items()))
    lines.append("[[contributor]]\nno = '01'\nname = '市级财政（虚构）'")
    pool_file.write_text("\n".join(lines), encoding="utf-8")
    before = sorted(tmp_path.iterdir())
    shown = run(pool_file, "extract", str(listed))
    assert (shown.returncode, shown.stdout.count("Assets:1002银行存款:01中国银行:01专户")) == (0, 4)
    assert run(pool_file, "extract", "-o", str(tmp_path / "main.beancount"), str(listed)).returncode == 2
    kept = run(pool_file, "archive", str(listed))
    assert (kept.returncode, "-list.csv" in kept.stderr) == (0, True)
    assert run(pool_file, "archive", "-f", str(listed)).returncode == 2
    assert sorted(tmp_path.iterdir()) == before


def test_a_missing_pool_is_said_and_not_a_traceback(tmp_path: Path) -> None:
    done = run(tmp_path / "none.toml", "identify", ".")
    assert done.returncode == 2
    assert done.stderr.startswith("[建账-设置-01]")
