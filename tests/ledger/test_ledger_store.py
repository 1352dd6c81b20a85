"""The one writer: never over another file, torn or half; locks, modes, full disks and killed runs."""

import contextlib
import multiprocessing
import os
import random
import re
import subprocess
import sys
import time
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from filelock import FileLock
from ledger_samples import AT, BOC, SIGNED, Office, contribution, founded, key, told

from desk.acts import office as desk_office
from ledger.faults import ExitCode, Refusal
from ledger.ids import event_id
from ledger.journal import Posting, post
from ledger.oplog import OperationLog
from ledger.store import FILE_MODE, FOLDER_MODE, TEMP, Store
from ledger.verify import verify

LOOP = Path(__file__).with_name("posting_loop.py")
SEED = 20230301


def looping(root: Path, name: str, count: int, limit: str = "") -> subprocess.Popen[str]:
    command = [sys.executable, str(LOOP), str(root), name, str(count), limit]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_a_file_is_written_once(office: Office) -> None:
    store = office.store
    assert store.write_new("documents/a.pdf", b"one")
    assert not store.write_new("documents/a.pdf", b"one")
    with pytest.raises(Refusal) as caught:
        store.write_new("documents/a.pdf", b"two")
    assert caught.value.exit_code is ExitCode.REFUSED
    assert (office.root / "documents" / "a.pdf").read_bytes() == b"one"


@pytest.mark.parametrize("name", ["../a", "documents/../../a", "/etc/a", "documents/名.pdf", ""])
def test_a_name_outside_the_books_is_our_own_mistake(office: Office, name: str) -> None:
    with pytest.raises(AssertionError):
        office.store.write_new(name, b"x")


def test_nobody_else_reads_the_books(tmp_path: Path) -> None:
    (tmp_path / "books").mkdir(mode=0o755)
    old = os.umask(0o022)
    try:
        office = told(founded(tmp_path / "books"))
        office.attach(b"minutes")
    finally:
        os.umask(old)
    paths = [office.root, *office.root.rglob("*")]
    assert {path.stat().st_mode & 0o777 for path in paths if path.is_dir()} == {FOLDER_MODE}
    assert {path.stat().st_mode & 0o777 for path in paths if path.is_file()} == {FILE_MODE}


def test_what_a_killed_run_left_is_swept_and_nothing_else(office: Office) -> None:
    (office.root / TEMP).write_bytes(b"torn")
    (office.root / "documents" / "a.pdf.tmp").write_bytes(b"an officer's own")
    kept = office.files()
    assert verify(office.root) == ()
    with office.store.lock():
        pass
    assert set(kept) - set(office.files()) == {TEMP}


def test_a_temp_file_where_none_is_written_is_no_part_of_the_books(office: Office) -> None:
    for name in ("head.beancount.tmp", "batches/2022/000001-a.beancount.tmp"):
        (office.root / name).parent.mkdir(exist_ok=True)
        (office.root / name).write_bytes(b"torn")
    assert [fault.place.file for fault in verify(office.root)] == [
        "head.beancount.tmp",
        "batches/2022/000001-a.beancount.tmp",
    ]


def test_what_lies_where_a_file_is_written_is_never_followed(office: Office) -> None:
    target = office.root / "pool.toml"
    content = target.read_bytes()
    (office.root / TEMP).symlink_to(target)
    with pytest.raises(Refusal, match="账簿-写入-02"):
        office.store.write_new("documents/a.pdf", b"one")
    assert target.read_bytes() == content
    with office.store.lock():
        assert office.store.write_new("documents/a.pdf", b"one")
    assert target.read_bytes() == content


def test_a_killed_runs_batch_is_seen_by_who_had_loaded_before(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process died between its batch and its head: a server's book of before must not be posted on."""
    desk = desk_office.Office(office.root)
    before = desk.book

    def die(*_: object) -> None:
        raise _Killed

    with monkeypatch.context() as patch:
        patch.setattr(Store, "replace_head", die)
        with pytest.raises(_Killed):
            office.post(contribution("theirs", 1))
    assert desk.book is not before
    with desk.locked() as store:
        post(store, desk.book, Posting("import", [contribution("ours", 2)], SIGNED))
    assert [voucher.no for voucher in office.book.vouchers][1:] == ["记-2023-03-0001", "记-2023-03-0002"]
    assert verify(office.root) == ()


def test_a_second_writer_is_refused_within_six_seconds(office: Office) -> None:
    with FileLock(office.root / ".lock"):
        begun = time.monotonic()
        process = looping(office.root, "other", 1)
        _, said = process.communicate(timeout=20)
        took = time.monotonic() - begun
    assert process.returncode == ExitCode.REFUSED
    assert "账簿-写入-01" in said
    assert 4.5 < took < 15, took  # five seconds and the start of a process on a busy machine
    assert len(office.book.batches) == 1


def test_two_writers_lose_and_double_nothing(office: Office) -> None:
    processes = [looping(office.root, name, 12) for name in ("one", "two")]
    numbers: list[str] = []
    for process in processes:
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        numbers += out.split()
    assert sorted(numbers) == [f"记-2023-03-{number:04d}" for number in range(1, 25)]
    book = office.book
    expected = {key(f"{name}-{number}") for name in ("one", "two") for number in range(12)}
    assert expected < book.posted
    assert verify(office.root) == ()


def test_a_full_disk_leaves_the_old_books_and_says_so(office: Office) -> None:
    assert looping(office.root, "before", 1).communicate(timeout=30)[0] == "记-2023-03-0001\n"
    before = {name: content for name, content in office.files().items() if not name.startswith("log/")}
    process = looping(office.root, "after", 1, "600")  # a log record fits, a batch does not
    _, said = process.communicate(timeout=30)
    assert process.returncode == ExitCode.REFUSED
    assert "[账簿-写入-02]" in said
    assert re.search(r"batches/2023/000002-[0-9a-f]{12}\.beancount", said)
    assert "Traceback" not in said
    assert {name: content for name, content in office.files().items() if not name.startswith("log/")} == before
    assert office.book.balance_fen(BOC) == 90_000_000 + 100
    assert looping(office.root, "after", 1).communicate(timeout=30)[0] == "记-2023-03-0002\n"
    assert verify(office.root) == ()


def test_a_disk_full_from_the_first_byte(office: Office) -> None:
    before = office.files()
    process = looping(office.root, "after", 1, "0")
    _, said = process.communicate(timeout=30)
    assert (process.returncode, "[账簿-写入-02]" in said) == (ExitCode.REFUSED, True)
    assert office.files() == before
    assert verify(office.root) == ()


def _lives(root: Path, life: int, say: Connection) -> None:
    """A process's whole life: post until it is killed, saying each number."""
    office = Office(root)
    for number in range(10_000):
        say.send(office.post(contribution(f"life{life}-{number}", 100 + number)).vouchers[0])


def test_killed_twenty_times_the_books_stay_whole(office: Office) -> None:
    # Each process dies at a random moment of its posting loop, and the next takes over.
    chance = random.Random(SEED)  # noqa: S311 - a seeded order of deaths
    context = multiprocessing.get_context("fork")
    said: list[str] = []
    for life in range(20):
        hear, say = context.Pipe(duplex=False)
        process = context.Process(target=_lives, args=(office.root, life, say))
        process.start()
        say.close()
        said.append(hear.recv())
        time.sleep(chance.random() * 0.06)
        process.kill()
        process.join(20)
        with contextlib.suppress(EOFError):
            while True:
                said.append(hear.recv())
        book = office.book
        numbers = [voucher.no for voucher in book.vouchers_of(BOC) if voucher.month == "2023-03"]
        assert sorted(numbers) == [f"记-2023-03-{number:04d}" for number in range(1, len(numbers) + 1)]
        assert set(said) <= set(numbers), "what was said to be posted is posted"
    office.post(contribution("last", 1))
    assert verify(office.root) == ()
    assert not list(office.root.rglob("*.tmp"))
    records = {record.batch for record in OperationLog(office.store).records()}
    assert {head.own for head in office.book.batches} <= records


class _Killed(BaseException):
    """Stands for the death of the process: nothing catches it."""


STEPS = range(1, 16)


@pytest.mark.parametrize("step", STEPS)
def test_a_death_before_any_step_of_a_commit_is_forgotten_or_finished(
    office: Office, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Die before the n-th call of the operating system in a post; then reopen, verify, post again."""
    office.post(contribution("first", 1))
    calls = 0

    def dying(real: object) -> object:
        def call(*args: object, **more: object) -> object:
            nonlocal calls
            calls += 1
            if calls == step:
                raise _Killed
            return real(*args, **more)  # type: ignore[operator] # the real call

        return call

    with monkeypatch.context() as patch:
        for owner, name in ((os, "write"), (os, "fsync"), (os, "rename"), (os, "replace"), (Path, "rename")):
            patch.setattr(owner, name, dying(getattr(owner, name)))
        try:
            office.post(contribution("second", 2))
            died = False
        except _Killed:
            died = True
    book = office.book
    assert key("first") in book.posted
    again = office.post(contribution("second", 2))
    assert again.known == (key("second") in book.posted)
    office.post(contribution("third", 3))
    assert [voucher.no for voucher in office.book.vouchers][1:] == [f"记-2023-03-{n:04d}" for n in (1, 2, 3)]
    assert verify(office.root) == ()
    assert died == (step <= calls)


def test_the_steps_above_cover_a_whole_commit(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    count = 0

    def counted(real: object) -> object:
        def call(*args: object, **more: object) -> object:
            nonlocal count
            count += 1
            return real(*args, **more)  # type: ignore[operator] # the real call

        return call

    with monkeypatch.context() as patch:
        for owner, name in ((os, "write"), (os, "fsync"), (os, "rename"), (os, "replace"), (Path, "rename")):
            patch.setattr(owner, name, counted(getattr(owner, name)))
        office.post(contribution("second", 2))
    assert count == max(STEPS)


def test_right_after_a_kill_between_batch_and_head_nothing_is_called_tampering(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise _Killed

    with monkeypatch.context() as patch:
        patch.setattr(Store, "replace_head", die)
        with pytest.raises(_Killed):
            office.post(contribution("a", 1))
    assert event_id("test", "a") in office.book.posted
    codes = {fault.code for fault in verify(office.root)}
    assert not codes & {"核验-改动-01", "核验-链-01"}


def test_an_abandoned_act_followed_by_a_draft_is_not_called_tampering(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise _Killed

    real = Store.write_new
    with monkeypatch.context() as patch:
        patch.setattr(
            Store, "write_new", lambda self, name, content: (die if "batches/" in name else real)(self, name, content)
        )
        with pytest.raises(_Killed):
            office.post(contribution("a", 1))
    with office.store.lock():
        OperationLog(office.store).append(AT, ("zhang",), "draft-import", ("D000001",))
    office.post(contribution("a", 1))
    assert verify(office.root) == ()


def test_a_mistyped_folder_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(Refusal), Store(tmp_path / "typo").lock():
        pass
    assert list(tmp_path.iterdir()) == []
