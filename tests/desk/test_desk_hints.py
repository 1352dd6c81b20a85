"""What the commands offer to do next: it can be pasted, it is due, and it names who can."""

import shlex
import shutil
from datetime import date
from pathlib import Path

import pytest
from desk_office import FILES, code, through, who
from tools import run_command

from desk.acts.inspection import tasks
from desk.acts.intake import import_paths
from desk.acts.office import Office
from ledger.faults import Refusal

LISTS = ("boc-01-list-202303.csv", "crcb-01-list-202303.xlsx")


def next_words(printed: str) -> list[str]:
    """The proposed command as a shell reads it."""
    said = next(line for line in printed.splitlines() if line.startswith("下一步："))
    return shlex.split(said.removeprefix("下一步："))


def test_the_next_command_can_be_pasted_where_a_folder_has_blanks(opened_year: Path, tmp_path: Path) -> None:
    books = Path(shutil.copytree(opened_year, tmp_path / "三月 账" / "books"))
    file = str(FILES / "2023-03" / LISTS[0])
    done = run_command("import", file, "--books", str(books), "--as", "chen", RISKPOOL_NOW="2023-04-03T09:00:00")
    assert done.returncode == 0, done.stderr
    words = next_words(done.stdout)
    assert words[words.index("--books") + 1] == str(books)
    for role, name in (("复核人", "lu"), ("记账人", "shen")):
        said = [name if word == role else word for word in words[1:]]
        done = run_command(*said, RISKPOOL_NOW="2023-04-03T10:00:00")
        assert done.returncode == 0, done.stderr
        words = next_words(done.stdout)
    assert words[1:] == ["status", "--books", str(books)]


def test_a_month_that_is_not_over_waits_for_nothing(office: Office) -> None:
    """On 30 March nobody can have the statement of March yet; on 1 April everything of it is due."""
    through(office, "2023-04-03")
    assert [task.what for task in tasks(office, date(2023, 3, 31)) if "2023-03" in task.what] == []
    assert any("2023-03 尚未对账签认" in task.what for task in tasks(office, date(2023, 4, 1)))


def test_a_wrong_person_is_told_once_and_who_can(office: Office) -> None:
    """Not once a file, as if the files were at fault."""
    paths = [FILES / "2023-03" / name for name in LISTS]
    with pytest.raises(Refusal) as refused:
        import_paths(office, paths, who=who("wang", "2023-04-03"))
    (fault,) = refused.value.faults
    assert (fault.code, fault.expected) == ("人员-身份-01", "人员编号之一：chen、lu、shen、gu")
    assert code(lambda: import_paths(office, paths, who=who("gu", "2023-04-03"))) == "人员-权限-01"
    with pytest.raises(Refusal, match="请有此岗位的人员办理：陈某（虚构）（chen）、陆某（虚构）（lu）。"):
        import_paths(office, paths, who=who("gu", "2023-04-03"))


def test_a_case_taken_over_has_no_form_and_is_said_to_be_one(opened_copy: Path) -> None:
    done = run_command("report", "case", "BC2022-001", "--books", str(opened_copy))
    assert done.returncode == 2
    assert "期初接收的案件" in done.stderr


def test_no_drafts_are_no_empty_table(opened_copy: Path) -> None:
    done = run_command("draft", "list", "--books", str(opened_copy))
    assert done.stdout == "没有待复核、待记账的草稿；连已记账、已退回的一起列出：--all。\n"
