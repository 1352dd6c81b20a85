"""What a killed import leaves must count for nothing until the import is done again, whatever happens in between."""

from datetime import datetime
from pathlib import Path

import pytest
from acts import POOL, write_files

from desk.acts import drafting
from desk.acts import office as desk_office
from desk.acts.intake import import_path
from desk.acts.months import obstacles
from desk.acts.office import Actor, Office
from desk.acts.opening import OpeningFiles, open_books
from ledger.verify import verify


class _Killed(BaseException):
    """Stands for the death of the process: nothing catches it."""


def who(name: str = "chen") -> Actor:
    return Actor(name, datetime.fromisoformat("2023-04-03T09:00:00"))


def through(office: Office) -> None:
    for no in drafting.waiting(office, "draft"):
        drafting.review(office, no, who("lu"))
    for no in drafting.waiting(office, "reviewed"):
        drafting.post_draft(office, no, who("shen"))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_files(tmp_path_factory.mktemp("files") / "files")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    (tmp_path / "pool.toml").write_text(POOL, encoding="utf-8")
    begins = Actor("chen", datetime.fromisoformat("2023-03-01T09:00:00"))
    pool = OpeningFiles(tmp_path / "pool.toml", None)
    open_books(tmp_path / "books", pool, begins.at.date(), who=begins, reviewer="lu", bookkeeper="shen")
    return Office(tmp_path / "books")


def killed(office: Office, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies when the file is kept and before its draft is written."""

    def die(*_: object, **__: object) -> None:
        raise _Killed

    drafts, readings = len(office.drafts), len(list((office.root / "readings").iterdir()))
    with monkeypatch.context() as patch:
        patch.setattr(desk_office, "open_draft", die)
        with pytest.raises(_Killed):
            import_path(office, path, who=who())
    assert len(office.drafts) == drafts
    assert len(list((office.root / "readings").iterdir())) == readings + 1, "the file was kept"


def test_a_killed_list_covers_no_day(office: Office, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = office.view().list_ends
    killed(office, files / "list-2023-03.csv", monkeypatch)
    assert office.view().list_ends == before
    assert import_path(office, files / "list-2023-03.csv", who=who()).draft == "D000001"
    assert office.view().list_ends != before
    assert import_path(office, files / "list-2023-03.csv", who=who()).already


def test_a_killed_statement_is_not_filed(office: Office, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import_path(office, files / "list-2023-03.csv", who=who())
    through(office)
    statement = files / "statement-2023-03.xml"
    killed(office, statement, monkeypatch)
    assert office.view().statements == ()
    done = import_path(office, statement, who=who())
    assert (done.draft, dict(done.rows)["statement"]) == ("D000002", 3)
    through(office)
    assert "对账" in obstacles(office, "2023-03")[0].text
    assert verify(office.root) == ()


def test_what_came_in_between_does_not_bar_the_killed_file(
    office: Office, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same rows come in under other bytes before the killed import is repeated: it now brings nothing new."""
    path = files / "list-2023-03.csv"
    killed(office, path, monkeypatch)
    again = tmp_path / "saved-again.csv"
    again.write_bytes(path.read_bytes().replace(b"\r\n", b"\n"))
    import_path(office, again, who=who())
    through(office)
    done = import_path(office, path, who=who())
    assert (done.events, done.draft, dict(done.rows)["known"]) == (0, "", 3)
    assert import_path(office, path, who=who()).already
    assert len(office.book.vouchers) == 3
    assert verify(office.root) == ()


def test_a_file_sent_back_comes_in_again_when_others_have_come(office: Office, files: Path, tmp_path: Path) -> None:
    path = files / "list-2023-03.csv"
    drafting.reject(office, import_path(office, path, who=who()).draft, who("lu"), "试")
    again = tmp_path / "saved-again.csv"
    again.write_bytes(path.read_bytes().replace(b"\r\n", b"\n"))
    import_path(office, again, who=who())
    through(office)
    assert import_path(office, path, who=who()).events == 0
    assert verify(office.root) == ()
