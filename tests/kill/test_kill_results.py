"""A long run's results survive its end: a torn line is none, a wrong one stays, another program begins anew."""

from pathlib import Path

import pytest
import results
from results import Journal, Result, fingerprint, table

RIGHT = Result("month: post", "SIGKILL", "write#1 books/.writing.tmp")
WRONG = Result("month: post", "EIO", "write#1 books/.writing.tmp", ("changed or lost: ['books/head']",))


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "KEPT", tmp_path / "kept")


def test_a_broken_run_goes_on_and_its_torn_line_is_done_again() -> None:
    journal = Journal.of("p", resume=False)
    journal.add(RIGHT)
    journal.add(WRONG)
    whole = journal.path.read_bytes()
    journal.path.write_bytes(whole[:-5])
    again = Journal.of("p", resume=True)
    assert again.results() == {RIGHT.key: RIGHT}
    again.add(WRONG)
    assert Journal.of("p", resume=True).results() == {RIGHT.key: RIGHT, WRONG.key: WRONG}
    assert Journal.of("q", resume=True).results() == {}
    assert Journal.of("p", resume=False).results() == {}


def test_a_line_that_cannot_be_read_in_the_middle_is_no_result() -> None:
    journal = Journal.of("p", resume=False)
    journal.add(RIGHT)
    journal.path.write_bytes(b"torn\n" + journal.path.read_bytes())
    with pytest.raises(ValueError, match="Expecting value"):
        journal.results()


def test_the_table_counts_what_was_wrong() -> None:
    lines = list(table([RIGHT, WRONG], ["month: post"], ["SIGKILL", "EIO"]))
    assert [line.split()[-2:] for line in lines[1:]] == [["1/0", "1/1"], ["1/0", "1/1"]]


def test_every_line_of_the_program_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ledger").mkdir()
    (tmp_path / "ledger" / "a.py").write_text("1")
    monkeypatch.setattr(results, "ROOT", tmp_path)
    before = fingerprint()
    (tmp_path / "ledger" / "a.py").write_text("2")
    assert fingerprint() != before
