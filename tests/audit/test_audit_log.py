"""The operation log as people read it: every act has a name, every record is found, nothing in it runs."""

import ast
import csv
import io
import json
import subprocess
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from werkzeug.test import Client

from desk.acts.auditing import export_log, search_log
from desk.server import make_app
from ledger.faults import Refusal
from ledger.oplog import LogRecord, record_bytes
from ledger.provenance import digest
from reports.audit.operations import PLAIN, POSTED, Wanted, act_title, log_of

Command = Callable[..., subprocess.CompletedProcess[str]]
REPO = Path(__file__).resolve().parents[2]
NAMES = ("陈某", "陆某", "沈某", "顾某", "405200000018")


def acts_in_the_code() -> Iterator[str]:
    """Every act that the program can write: what a draft proposes, what a log record is appended under."""
    for path in (*REPO.glob("desk/**/*.py"), *REPO.glob("ledger/**/*.py")):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef):
                yield from acts_of(function)


def acts_of(function: ast.FunctionDef) -> Iterator[str]:
    """The texts given in the place of an act, also through a name assigned in the same function."""
    nodes = [*ast.walk(function)]
    assigned = {
        target.id: node.value
        for node in nodes
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    places = {"Proposal": 0, "Posting": 0, "append": 2}
    for node in nodes:
        if isinstance(node, ast.Call):
            place = places.get(getattr(node.func, "id", getattr(node.func, "attr", "")), -1)
            word = node.args[place] if 0 <= place < len(node.args) else None
            word = assigned.get(word.id, word) if isinstance(word, ast.Name) else word
            branches = [word.body, word.orelse] if isinstance(word, ast.IfExp) else [word]
            yield from (
                item.value for item in branches if isinstance(item, ast.Constant) and isinstance(item.value, str)
            )


def test_every_act_of_the_program_has_a_name() -> None:
    acts = {*acts_in_the_code()}
    assert {"import", "init", "close", "reopen", "pay"} <= acts
    assert {"review", "reject", "amend"} <= {*PLAIN}
    assert acts <= {*POSTED, *PLAIN}, "name the act in reports/audit/operations.py"


def test_every_record_of_the_year_is_named(demo_year: Path) -> None:
    for item in log_of(demo_year / "books"):
        assert item.title != item.record.act
        assert not item.title.isascii()
    assert act_title("draft-pay") == "制单：拨付补偿款"
    assert act_title("pay") == "记账：拨付补偿款"
    assert act_title("never-heard-of") == "never-heard-of"


def test_search_finds_by_person_act_day_and_text(demo_year: Path) -> None:
    books = demo_year / "books"
    every = search_log(books, Wanted())
    assert [item.record.number for item in every] == [*range(1, len(every) + 1)]
    assert {item.record.act for item in search_log(books, Wanted(act="拨付"))} == {"pay", "draft-pay"}
    assert {item.record.act for item in search_log(books, Wanted(act="pay"))} == {"pay"}
    assert all("gu" in item.record.who for item in search_log(books, Wanted(who="gu")))
    assert search_log(books, Wanted(who="gu"))
    span = search_log(books, Wanted(from_on=date(2023, 6, 1), through_on=date(2023, 6, 30)))
    assert {item.record.at[:7] for item in span} == {"2023-06"}
    assert any(item.record.at[:10] == "2023-06-30" for item in span), "the last day counts"
    draft = search_log(books, Wanted(text="D000061"))
    assert [item.record.act for item in draft] == ["draft-pay", "review", "pay"]
    assert search_log(books, Wanted(who="nobody")) == ()
    parts = [search_log(books, Wanted(who="lu", act=act)) for act in {item.record.act for item in every}]
    assert sum(map(len, parts)) == len(search_log(books, Wanted(who="lu")))


def test_the_command_prints_ids_only(riskpool: Command, demo_year: Path) -> None:
    done = riskpool(
        "log", "-b", str(demo_year / "books"), "--act", "拨付", "--from", "2023-06-01", "--until", "2023-06-30"
    )
    assert done.returncode == 0
    assert "记-2023-06-0004" in done.stdout
    assert "共 2 条。" in done.stdout
    whole = riskpool("log", "-b", str(demo_year / "books"), "--json")
    assert len(json.loads(whole.stdout)) == len(log_of(demo_year / "books"))
    assert not any(name in done.stdout + whole.stdout for name in NAMES)
    assert riskpool("log", "-b", str(demo_year / "books"), "--from", "30.6.2023").returncode == 2


@pytest.fixture
def evil_log(tmp_path: Path) -> Path:
    """A log whose words a spreadsheet would run, written by the real form but not by our acts."""
    (tmp_path / "books" / "log").mkdir(parents=True)
    (tmp_path / "books" / "main.beancount").touch()
    previous = "0" * 64
    for number, word in enumerate(('=cmd|"/c calc"!A1', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1", "' =1"), 1):
        record = LogRecord(
            number=number, at="2023-01-01T09:00:00", who=(word,), act=word, what=(word,), previous=previous
        )
        content = record_bytes(record)
        (tmp_path / "books" / "log" / f"{number:06d}-x.json").write_bytes(content)
        previous = digest(content)
    return tmp_path / "books"


def test_nothing_in_an_export_runs(evil_log: Path, tmp_path: Path) -> None:
    found = search_log(evil_log, Wanted())
    export_log(found, tmp_path / "log.csv")
    rows = [*csv.reader(io.StringIO((tmp_path / "log.csv").read_bytes().decode("utf-8-sig"), newline=""))][1:]
    assert len(rows) == 8
    assert all(not cell or cell[0] not in "=+-@\t\r＝" for line in rows for cell in line)
    assert [line[4].removeprefix("'") for line in rows] == [item.record.what[0] for item in found]
    export_log(found, tmp_path / "log.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "log.xlsx").worksheets[0]
    for line in [*sheet.iter_rows(min_row=2)]:
        for column in (2, 3, 4, 5):
            assert line[column].data_type == "s"
            assert line[column].quotePrefix


def test_an_export_is_whole_in_each_form(riskpool: Command, demo_year: Path, tmp_path: Path) -> None:
    books = demo_year / "books"
    every = log_of(books)
    for suffix in ("csv", "json", "xlsx"):
        done = riskpool("log", "-b", str(books), "--out", str(tmp_path / f"log.{suffix}"))
        assert done.returncode == 0, done.stderr
        assert f"{len(every)} 条" in done.stdout
    table = json.loads((tmp_path / "log.json").read_text(encoding="utf-8"))
    assert [LogRecord.model_validate({key: item[key] for key in item if key != "title"}) for item in table] == [
        item.record for item in every
    ]
    rows = [*csv.reader(io.StringIO((tmp_path / "log.csv").read_text(encoding="utf-8-sig")))][1:]
    assert [line[6] for line in rows] == [item.record.batch for item in every]
    assert openpyxl.load_workbook(tmp_path / "log.xlsx").worksheets[0].max_row == len(every) + 1
    before = (tmp_path / "log.xlsx").read_bytes()
    riskpool("log", "-b", str(books), "--out", str(tmp_path / "again.xlsx"))
    assert (tmp_path / "again.xlsx").read_bytes() == before
    assert riskpool("log", "-b", str(books), "--out", str(tmp_path / "log.doc")).returncode == 2
    assert riskpool("log", "-b", str(books), "--out", str(books / "log.csv")).returncode == 2


def test_a_damaged_record_is_said_not_passed_over(small_copy: Path) -> None:
    path = sorted((small_copy / "log").glob("*.json"))[3]
    path.write_bytes(b"{")
    with pytest.raises(Refusal) as caught:
        search_log(small_copy, Wanted())
    assert caught.value.faults[0].code == "核验-日志-02"
    assert path.name in str(caught.value)


def test_the_page_searches_and_escapes(demo_year: Path) -> None:
    browser = Client(make_app(demo_year / "books", port=5000))

    def page(path: str) -> str:
        answer = browser.get(path, headers={"Host": "127.0.0.1:5000"})
        assert answer.status_code == 200
        return str(answer.get_data(as_text=True))

    first = page("/riskpool/pool/log/")
    assert f"共 {len(log_of(demo_year / 'books'))} 条" in first
    assert "制单：拨付补偿款" in first
    assert "/riskpool/pool/log/" in page("/riskpool/pool/"), "the sidebar leads to it"
    narrowed = page("/riskpool/pool/log/?who=gu&act=decide")
    assert "共 3 条" in narrowed
    assert "/riskpool/pool/voucher/" in narrowed
    found = page("/riskpool/pool/log/?find=%3Cscript%3Ealert(1)%3C/script%3E&page=9999")
    assert "<script>alert(1)" not in found
    assert "没有符合的记录" in found
    assert not any(name in first + narrowed for name in NAMES)
