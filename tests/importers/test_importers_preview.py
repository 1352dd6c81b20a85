"""beangulp's command line and stock Fava's import page show every kind of file, and change nothing."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from beancount import loader
from beangulp.extract import extract_from_file
from fava.application import create_app
from fuzz.subjects import EXAMPLES, subjects

from importers import config
from importers.bean import PoolImporter
from ledger.provenance import digest

MARCH = EXAMPLES / "files" / "2023-03"
SHOWN = ("*-list-*", "*-loans-*", "*-statement-*")
"""What the opened books can take in straight away; tapes and policies need the loans posted first."""


def state(root: Path) -> Mapping[str, str]:
    return {path.relative_to(root).as_posix(): digest(path.read_bytes()) for path in root.rglob("*") if path.is_file()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "in"
    made.mkdir()
    for pattern in SHOWN:
        for path in MARCH.glob(pattern):
            shutil.copy(path, made / path.name)
    (made / "照片.png").write_bytes(b"\x89PNG\r\n")
    return made


def test_every_kind_is_identified_and_shows_what_would_be_drafted(
    demo_year: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    for subject in subjects(demo_year / "books", tmp_path_factory.mktemp("before")):
        path = tmp_path / subject.name
        path.write_bytes(subject.content)
        importer = PoolImporter(subject.view)
        assert importer.identify(str(path)), subject
        assert importer.account(str(path)).startswith("Assets:")
        assert importer.filename(str(path)).startswith(digest(subject.content)[:16])
        entries = extract_from_file(importer, str(path), [])
        silent = "statement" in importer.filename(str(path)) or subject.layout.startswith("recoveries")
        assert bool(entries) is not silent, subject


def run(books: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-X", "utf8", "-m", "importers.config", *arguments],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "RISKPOOL_BOOKS": str(books)},
        check=False,
    )


def test_the_command_knows_the_books_and_touches_neither_them_nor_the_files(
    opened_copy: Path, folder: Path, tmp_path: Path
) -> None:
    before = state(opened_copy), state(folder)
    count = len(list(folder.iterdir())) - 1
    identified = run(opened_copy, "identify", "-v", str(folder))
    assert (identified.returncode, identified.stdout.count("importers.pool")) == (0, count)
    shown = run(opened_copy, "extract", str(folder))
    assert shown.returncode == 0, shown.stderr
    ledger = tmp_path / "shown.beancount"
    ledger.write_text(shown.stdout, encoding="utf-8")
    entries, _, _ = loader.load_file(str(ledger))
    assert {entry.meta["kind"] for entry in entries if "kind" in entry.meta} >= {"LoanIncluded", "InterestReceived"}
    kept = run(opened_copy, "archive", str(folder))
    assert (kept.returncode, kept.stderr.count("documents/Assets/")) == (0, count)
    assert (state(opened_copy), state(folder)) == before


def test_stock_fava_shows_them_on_its_import_page(
    opened_copy: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(config.BOOKS_VARIABLE, str(opened_copy))
    ledger = tmp_path / "preview.beancount"
    options = {"import-config": Path(config.__file__).resolve(), "import-dirs": folder}
    lines = (f'2020-01-01 custom "fava-option" "{name}" "{value}"' for name, value in options.items())
    ledger.write_text("\n".join(('option "title" "preview"', *lines, "")), encoding="utf-8")
    before = state(opened_copy), state(folder)
    client = create_app([str(ledger)]).test_client()
    files = client.get("/preview/api/imports").get_json()["data"]
    known = {item["basename"]: item for item in files if item["importers"]}
    assert set(known) == {path.name for path in folder.iterdir()} - {"照片.png"}
    for name, item in known.items():
        (importer,) = item["importers"]
        query = {"filename": item["name"], "importer": importer["importer_name"]}
        answer = client.get("/preview/api/extract", query_string=query)
        assert answer.status_code == 200, name
        assert bool(answer.get_json()["data"]) is ("statement" not in name)
    assert (state(opened_copy), state(folder)) == before


def test_books_that_are_none_are_said_and_not_a_traceback(tmp_path: Path) -> None:
    done = run(tmp_path, "identify", ".")
    assert done.returncode == 2
    assert done.stderr.startswith("[账簿-打开-01]")
