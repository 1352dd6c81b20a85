"""A daily view in the browser: marked on every page, without the pages that need the whole books, never out of date."""

import io
import sys
from pathlib import Path
from typing import Any

import pytest
from tools import run_command

from desk.acts.daily import daily
from desk.server import make_app
from ledger.faults import ExitCode, Refusal

sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))

from invent import Office, Pool

HOST = "127.0.0.1:5000"


class Answer:
    """What the whole application answers to one GET."""

    def __init__(self, app: Any, path: str) -> None:  # noqa: ANN401 - a WSGI application
        self.status = ""
        path, _, query = path.partition("?")
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "HTTP_HOST": HOST,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "5000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "SCRIPT_NAME": "",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": sys.stderr,
            "wsgi.url_scheme": "http",
            "wsgi.version": (1, 0),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        self.text = b"".join(app(environ, self._start)).decode()

    def _start(self, status: str, _headers: object, _exc_info: object = None) -> None:
        self.status = status


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> tuple[Office, Pool, Path]:
    pool, root = Pool(9, 2021), tmp_path_factory.mktemp("long")
    office = Office.founded(root / "books", pool)
    for events in pool.year(2021, 240):
        office.post(events)
    office.seal("2021-12")
    office.post(pool.month(2022, 1, 20))
    daily(office.root, root / "daily")
    return office, pool, root / "daily"


def test_every_page_says_that_it_is_a_view(long: tuple[Office, Pool, Path]) -> None:
    app = make_app(long[2])
    for path in ("/riskpool/pool/", "/riskpool/journal/", "/riskpool/trial_balance/", "/riskpool/balance_sheet/"):
        page = Answer(app, path)
        assert page.status.startswith("200"), path
        assert "节略账" in page.text, path
    home = Answer(app, "/riskpool/pool/").text
    assert "这是节略账，不是账套" in home
    assert "2021-12-31" in home


def test_pages_that_need_the_whole_books_are_not_there(long: tuple[Office, Pool, Path]) -> None:
    app = make_app(long[2])
    for path in ("/riskpool/pool/monthly/", "/riskpool/pool/vouchers/", "/riskpool/pool/loans/"):
        assert Answer(app, path).status.startswith("404"), path
    assert "pool/monthly" not in Answer(app, "/riskpool/pool/").text


def test_a_view_that_fell_behind_answers_nothing_until_it_is_written_again(long: tuple[Office, Pool, Path]) -> None:
    office, pool, out = long
    app = make_app(out)
    office.post(pool.month(2022, 2, 20))
    for path in ("/riskpool/pool/", "/riskpool/journal/"):
        page = Answer(app, path)
        assert page.status.startswith("503")
        assert "账簿-节略-02" in page.text
    with pytest.raises(Refusal, match="账簿-节略-02"):
        make_app(out)
    again = daily(office.root, out)
    assert (again.continued, again.unchanged) == (True, False)
    page = Answer(app, "/riskpool/journal/")
    assert page.status.startswith("200")
    assert f"截至批次 {again.view.sequence:06d}" in page.text
    assert daily(office.root, out).unchanged


def test_the_command_writes_it_and_no_other_command_takes_it_for_books(
    long: tuple[Office, Pool, Path], tmp_path: Path
) -> None:
    books, out = str(long[0].root), tmp_path / "daily"
    done = run_command("daily", "--books", books, "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert "全部写成" in done.stdout
    assert "没有新的批次" in run_command("daily", "--books", books, "--out", str(out)).stdout
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    paper = tmp_path / "list.csv"
    paper.write_text("x", encoding="utf-8")
    for args in (
        ("check",),
        ("status",),
        ("import", str(paper), "--as", "zhang"),
        ("post", "D000001", "--as", "zhang"),
        ("verify",),
    ):
        refused = run_command(*args, "--books", str(out))
        assert refused.returncode in {ExitCode.REFUSED, ExitCode.BAD_INPUT, ExitCode.FINDINGS}, (args, refused.stdout)
        assert "节略账" in refused.stderr, (args, refused.stderr)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_a_folder_of_something_else_is_not_written_over(long: tuple[Office, Pool, Path], tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x", encoding="utf-8")
    with pytest.raises(Refusal, match="账簿-节略-03"):
        daily(long[0].root, tmp_path)
    with pytest.raises(Refusal, match="账套文件夹内"):
        daily(long[0].root, long[0].root / "daily")
