"""A receipt kept elsewhere finds what a chain alone cannot: a cut tail, an old copy, a chain rebuilt whole."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from audit.forging import batches, forge, swap

from desk.acts.archive import restore
from desk.acts.auditing import audit_kit
from ledger.verify import verify

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def kept(small_year: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The receipt of August, as the second custodian keeps it."""
    path = tmp_path_factory.mktemp("custodian") / "2023-08.json"
    shutil.copy(min((small_year / "seals").glob("2023-08*")), path)
    return path


def verified(riskpool: Command, books: Path, receipt: Path) -> tuple[int, str]:
    done = riskpool("verify", "-b", str(books), "--receipt", str(receipt))
    return done.returncode, done.stdout + done.stderr


def test_true_books_agree_with_every_receipt(riskpool: Command, small_year: Path, kept: Path) -> None:
    code, said = verified(riskpool, small_year, kept)
    head = (small_year / "head.beancount").read_text(encoding="utf-8").split()
    assert (code, said) == (0, f"未被改动。账内到第 {head[2]} 批，链头 {head[3]}。与另存的 1 份回执相符。\n")
    assert len([*(small_year / "seals").glob("*.json")]) == 12
    for path in (small_year / "seals").glob("*.json"):
        assert verified(riskpool, small_year, path)[0] == 0


def test_a_chain_rebuilt_whole_is_found_by_the_receipt_alone(riskpool: Command, small_copy: Path, kept: Path) -> None:
    forge(small_copy, lambda books: swap(batches(books)[2], '"结息"', '"结息了"'))
    assert verify(small_copy) == ()
    code, said = verified(riskpool, small_copy, kept)
    assert code == 1
    assert "核验-回执-02" in said
    assert "被换过" in said


def test_an_old_copy_is_found(riskpool: Command, small_year: Path, kept: Path, tmp_path: Path) -> None:
    """Books as they stood at the end of May, sound in themselves."""
    audit_kit(small_year, tmp_path / "kit", "2023-05")
    restore(tmp_path / "kit" / "books.tar", tmp_path / "old")
    assert verify(tmp_path / "old") == ()
    code, said = verified(riskpool, tmp_path / "old", kept)
    assert code == 1
    assert "账簿只到批次" in said


def test_damage_is_told_beside_the_receipt(riskpool: Command, small_copy: Path, kept: Path) -> None:
    batches(small_copy)[3].write_bytes(b"\xff\xfe")
    code, said = verified(riskpool, small_copy, kept)
    assert code == 1
    assert "核验-改动-01" in said
    assert "批次文件读不懂" in said


def test_what_is_no_receipt_is_refused(riskpool: Command, small_year: Path, tmp_path: Path) -> None:
    for content in (b"", b"{}", b"\xff", json.dumps({"month": "2023-08"}).encode()):
        (tmp_path / "r.json").write_bytes(content)
        code, said = verified(riskpool, small_year, tmp_path / "r.json")
        assert code == 2
        assert "核验-回执-01" in said
    assert verified(riskpool, small_year, tmp_path / "none.json")[0] == 2
    assert verified(riskpool, tmp_path / "none", tmp_path / "r.json")[0] == 2
