"""Books that must not even be opened: modes, strangers, what the top file asks for. Nothing of them is run or shown."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from ledger_samples import Office, contribution

from ledger.book import Book
from ledger.faults import ExitCode, Refusal
from ledger.folder import is_between, wide
from ledger.reader import load

QUOTED = "a line of somebody else's file"


def add(name: str, text: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        path = next(root.glob(name))
        path.write_text(f"{text}\n{path.read_text(encoding='utf-8')}", encoding="utf-8")

    return change


def put(name: str, text: str = "") -> Callable[[Path], None]:
    def change(root: Path) -> None:
        (root / name).write_text(text, encoding="utf-8")
        (root / name).chmod(0o600)

    return change


def link(root: Path) -> None:
    (root / "more.beancount").symlink_to("/etc/passwd")


STRANGE: dict[str, tuple[Callable[[Path], None], str]] = {
    "a plugin that is not ours": (add("main.beancount", 'plugin "beancount.plugins.auto_accounts"'), "插件"),
    "a path for Python": (add("main.beancount", 'option "insert_pythonpath" "TRUE"'), "insert_pythonpath"),
    "a path for Python in a batch": (add("batches/*/*", 'option "insert_pythonpath" "TRUE"'), "insert_pythonpath"),
    "an outside file": (add("main.beancount", 'include "../secret.txt"'), r"\.\./secret\.txt"),
    "an outside file by a batch": (add("batches/*/*", 'include "../../../secret.txt"'), r"引入了 (\.\./)+secret.txt"),
    "an outside file by the chart": (add("chart.beancount", 'include "../secret.txt"'), r"引入了 (\.\./)+secret.txt"),
    "no balances checked": (add("main.beancount", 'option "plugin_processing_mode" "raw"'), "余额断言"),
    "documents made up": (add("main.beancount", 'option "documents" "documents"'), "没有批次的分录"),
    "a pad": (
        add(
            "chart.beancount",
            "2022-12-31 pad Assets:1012在途资金 Equity:3202本年结余\n"
            "2023-01-02 balance Assets:1012在途资金 5.00 ~ 0 CNY",
        ),
        "pad",
    ),
    "a cache file": (put(".main.beancount.picklecache"), "缓存文件"),
    "a program beside the books": (put("helper.py"), "程序文件"),
    "a link to elsewhere": (link, "链接"),
}


@pytest.mark.parametrize("name", STRANGE)
def test_what_sound_books_never_hold_is_refused(office: Office, name: str) -> None:
    (office.root.parent / "secret.txt").write_text(f"{QUOTED}\n", encoding="utf-8")
    change, words = STRANGE[name]
    change(office.root)
    for opened in (Book.load, load):
        with pytest.raises(Refusal, match=words) as caught:
            opened(office.root)
        assert QUOTED not in str(caught.value)
        assert {fault.code for fault in caught.value.faults} <= {"账簿-打开-02", "账簿-打开-04"}


def test_no_code_of_a_books_folder_is_run_on_the_way_to_its_refusal(office: Office, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    run = f"from pathlib import Path\nPath({str(canary)!r}).touch()\n__plugins__ = ()\n"
    (office.root / "evil.py").write_text(run, encoding="utf-8")
    add("main.beancount", 'option "insert_pythonpath" "TRUE"\nplugin "evil"')(office.root)
    command = [sys.executable, "-c", "from desk.cli.app import main; main()"]
    for words in (["status"], ["check"], ["report", "month", "2023-03"]):
        done = subprocess.run([*command, *words, "-b", str(office.root)], check=False, capture_output=True, text=True)
        assert done.returncode == ExitCode.BAD_INPUT, done.stderr
        assert "[账簿-打开-04]" in done.stderr
        assert not canary.exists()
    bean_check = str(Path(sys.executable).with_name("bean-check"))
    subprocess.run([bean_check, "--no-cache", str(office.root / "main.beancount")], check=False, capture_output=True)
    assert canary.exists(), "stock beancount runs it: the trap is a real one"


PATHS = (".", "batches", "batches/2023", "drafts", "documents", "log", "pool.toml", "main.beancount", "head.beancount")


@pytest.mark.parametrize("bits", [0o040, 0o004, 0o022, 0o001])
@pytest.mark.parametrize("name", PATHS)
def test_books_that_others_may_use_are_refused(office: Office, name: str, bits: int) -> None:
    path = office.root / name
    path.chmod(path.stat().st_mode | bits)
    with pytest.raises(Refusal, match="账簿-打开-05") as caught:
        assert office.book
    (fault,) = caught.value.faults
    assert (fault.place.file, caught.value.exit_code) == (name, ExitCode.REFUSED)
    assert f"{path.stat().st_mode & 0o7777:04o}" in fault.found
    path.chmod(path.stat().st_mode & ~bits)
    assert office.book


def test_a_batch_that_others_may_read_is_refused_and_the_remedy_works(office: Office) -> None:
    office.post(contribution("a", 1))
    office.batches()[1].chmod(0o644)
    with pytest.raises(Refusal, match="chmod -R go-rwx,a-st"):
        assert office.book
    subprocess.run(["chmod", "-R", "go-rwx,a-st", str(office.root)], check=True)
    assert office.book


def test_a_shared_groups_folder_does_not_make_books_wide(office: Office) -> None:
    office.root.chmod(0o2700)
    assert office.book


def test_a_file_that_its_writer_has_renamed_since_the_listing_is_not_wide(office: Office) -> None:
    # A reader lists the folder, a clerk gives .writing.tmp its name, the reader looks at what is no more.
    gone, stands = office.root / ".writing.tmp", office.root / "pool.toml"
    stands.chmod(0o644)
    assert [name for name, _ in wide(office.root, [str(gone), str(stands)])] == ["pool.toml"]


def test_a_load_between_two_commits_is_told_from_a_gap(office: Office) -> None:
    for number in range(3):
        office.post(contribution(f"c{number}", 1 + number))
    paths = [str(path) for path in office.batches()]
    assert not is_between(office.root, paths)
    assert not is_between(office.root, paths[:2])
    assert is_between(office.root, [*paths[:1], *paths[2:]])
    os.unlink(paths[1])  # noqa: PTH108 - a gap that stays one
    assert not is_between(office.root, [*paths[:1], *paths[2:]])
    with pytest.raises(Refusal, match="断号"):
        assert office.book
