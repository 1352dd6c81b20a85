"""Backup and restore: the same bytes, the same books; and nothing of an archive that is cut, altered or hostile."""

import hashlib
import io
import json
import random
import resource
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from audit.forging import batches, forge, swap
from filelock import FileLock

from desk.acts.archive import backup, restore
from ledger.faults import Refusal
from ledger.held import Held
from ledger.oplog import record_bytes
from ledger.verify import verify
from reports.audit import package
from reports.audit.contents import all_members, links
from reports.audit.package import BLOCK, CHECKSUM, MANIFEST, Manifest, Member, Package, manifest_of, pack

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def archive(small_year: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("backup") / "books.tar"
    backup(small_year, path)
    return path


def files(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def read(content: bytes) -> dict[str, bytes]:
    """Read an archive to its end without writing anything."""
    return dict(Package(io.BytesIO(content), len(content)).files())


# ── what it is ──


def test_the_same_books_give_the_same_bytes(archive: Path, small_year: Path, tmp_path: Path) -> None:
    moved = Path(shutil.copytree(small_year, tmp_path / "elsewhere"))
    for path in moved.rglob("*"):
        path.touch()
    assert backup(moved, tmp_path / "again.tar").sha256 == hashlib.sha256(archive.read_bytes()).hexdigest()
    assert (tmp_path / "again.tar").read_bytes() == archive.read_bytes()


def test_it_holds_every_file_and_any_tar_opens_it(archive: Path, small_year: Path) -> None:
    content = files(small_year)
    assert read(archive.read_bytes()) == content
    with tarfile.open(archive) as tar:
        members = {item.name: item for item in tar}
        assert [*members] == [MANIFEST, CHECKSUM, *content]
        assert {(item.type, item.mode, item.uid, item.mtime) for item in members.values()} == {
            (tarfile.REGTYPE, 0o600, 0, 315_532_800)
        }
        for name, expected in content.items():
            found = tar.extractfile(members[name])
            assert found is not None
            assert found.read() == expected


def test_its_manifest_tells_head_digests_and_how_long_each_is_kept(archive: Path, small_year: Path) -> None:
    with tarfile.open(archive) as tar:
        found = tar.extractfile(MANIFEST)
        assert found is not None
        table = json.loads(found.read())
    head = links(small_year)[-1]
    assert (table["sequence"], table["chain"]) == (head.sequence, head.chain)
    assert {row["name"]: row["sha256"] for row in table["files"]} == {
        name: hashlib.sha256(content).hexdigest() for name, content in files(small_year).items()
    }
    kept = {row["name"].partition("/")[0]: row["retention"] for row in table["files"]}
    assert kept["reconciliations"] == "10年"
    assert kept["batches"] == kept["documents"] == kept["log"] == "30年"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("documents/0123456789abcdef-statement.xml", "10年"),
        ("documents/0123456789abcdef-list.csv", "30年"),
        ("papers/2023-05/2023-05-trial-balance.pdf", "10年"),
        ("main.beancount", "30年"),
    ],
)
def test_the_term_of_a_file_is_the_tables(name: str, kept: str) -> None:
    assert package.retention_of(name) == kept


def test_a_long_path_is_split_as_ustar_asks(tmp_path: Path) -> None:
    name = f"papers/{'a' * 60}/{'b' * 85}"
    member = Member(name, b"content")
    stream = io.BytesIO()
    pack(stream, manifest_of([member], 0, "0" * 64), {name: member})
    (tmp_path / "long.tar").write_bytes(stream.getvalue())
    with tarfile.open(tmp_path / "long.tar") as tar:
        assert tar.getnames() == [MANIFEST, CHECKSUM, name]
    assert read(stream.getvalue()) == {name: b"content"}


# ── there and back ──


def test_restored_books_are_the_books(riskpool: Command, archive: Path, small_year: Path, tmp_path: Path) -> None:
    seal = min((small_year / "seals").glob("2023-06*"))
    done = riskpool("restore", str(archive), "--to", str(tmp_path / "new"), "--receipt", str(seal))
    assert done.returncode == 0, done.stderr
    head = links(small_year)[-1]
    assert f"清单链头 {head.sequence:06d} {head.chain}" in done.stdout
    assert f"恢复链头 {head.sequence:06d} {head.chain}　一致" in done.stdout
    assert files(tmp_path / "new") == files(small_year)
    modes = {(path.is_dir(), path.stat().st_mode & 0o777) for path in (tmp_path / "new").rglob("*")}
    assert modes == {(True, 0o700), (False, 0o600)}
    assert verify(tmp_path / "new") == ()
    assert riskpool("check", "-b", str(tmp_path / "new")).returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_the_demonstration_year_comes_back_whole(riskpool: Command, demo_year: Path, tmp_path: Path) -> None:
    books = demo_year / "books"
    assert riskpool("backup", "-b", str(books), "--to", str(tmp_path / "b.tar")).returncode == 0
    assert riskpool("restore", str(tmp_path / "b.tar"), "--to", str(tmp_path / "new")).returncode == 0
    assert files(tmp_path / "new") == files(books)


def test_an_unfinished_act_is_restored_and_said(small_copy: Path, tmp_path: Path) -> None:
    for path in batches(small_copy)[-1:]:
        path.unlink()
    last = links(small_copy)[-1]
    (small_copy / "head.beancount").write_text(f"; 链头 {last.sequence:06d} {last.chain}\n", encoding="utf-8")
    max((small_copy / "seals").glob("*.json")).unlink()
    closing = max((small_copy / "log").glob("*-close.json"))
    closing.unlink()
    assert [fault.code for fault in backup(small_copy, tmp_path / "b.tar").faults] == ["核验-日志-01"]
    assert [fault.code for fault in restore(tmp_path / "b.tar", tmp_path / "new").faults] == ["核验-日志-01"]


def test_ids_only_on_the_screen(riskpool: Command, archive: Path, small_year: Path, tmp_path: Path) -> None:
    shown = riskpool("backup", "-b", str(small_year), "--to", str(tmp_path / "b.tar")).stdout
    shown += riskpool("restore", str(archive), "--to", str(tmp_path / "new")).stdout
    assert not any(name in shown for name in ("陈某", "陆某", "虚构企业", "405200000018"))


# ── what stands in the way ──


def refused(*arguments: Any) -> list[str]:  # noqa: ANN401 - what restore takes
    with pytest.raises(Refusal) as caught:
        restore(*arguments)
    return [fault.code for fault in caught.value.faults]


def test_a_taken_place_is_refused_and_left_alone(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "mine.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    assert refused(archive, tmp_path / "taken") == ["备份-位置-01"]
    assert refused(archive, tmp_path / "file") == ["备份-位置-01"]
    assert (tmp_path / "taken" / "mine.txt").read_text() == "mine"


def test_no_archive_goes_into_books_and_none_is_replaced(riskpool: Command, small_copy: Path, tmp_path: Path) -> None:
    inside = riskpool("backup", "-b", str(small_copy), "--to", str(small_copy / "documents" / "b.tar"))
    assert inside.returncode == 2
    assert "在账套文件夹内" in inside.stderr
    (tmp_path / "b.tar").write_bytes(b"an earlier backup")
    again = riskpool("backup", "-b", str(small_copy), "--to", str(tmp_path / "b.tar"))
    assert (again.returncode, (tmp_path / "b.tar").read_bytes()) == (2, b"an earlier backup")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.tar", "books"]


def test_a_backup_waits_for_the_lock(riskpool: Command, small_copy: Path, tmp_path: Path) -> None:
    with FileLock(small_copy / ".lock"):
        done = riskpool("backup", "-b", str(small_copy), "--to", str(tmp_path / "b.tar"))
    assert done.returncode == 3
    assert "账簿-写入-01" in done.stderr
    assert not (tmp_path / "b.tar").exists()


def test_a_folder_without_books_is_no_backup(riskpool: Command, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = riskpool("backup", "-b", str(tmp_path / "empty"), "--to", str(tmp_path / "b.tar"))
    assert (done.returncode, [*(tmp_path / "empty").iterdir()]) == (2, [])
    assert "账簿-打开-01" in done.stderr


def test_strange_files_in_the_books_are_named(small_copy: Path, tmp_path: Path) -> None:
    (small_copy / "documents" / "备注.txt").write_text("x")
    (small_copy / "documents" / "link").symlink_to("/etc/passwd")
    with pytest.raises(Refusal) as caught:
        backup(small_copy, tmp_path / "b.tar")
    assert [fault.found for fault in caught.value.faults] == ["documents/link", "documents/备注.txt"]


def test_changed_books_are_kept_but_no_good_backup(riskpool: Command, small_copy: Path, tmp_path: Path) -> None:
    swap(batches(small_copy)[2], '"结息"', '"结息了"')
    done = riskpool("backup", "-b", str(small_copy), "--to", str(tmp_path / "b.tar"))
    assert done.returncode == 1
    assert "这不是一份好的备份" in done.stdout
    again = riskpool("restore", str(tmp_path / "b.tar"), "--to", str(tmp_path / "new"))
    assert again.returncode == 3
    assert "备份-核验-01" in again.stderr
    assert "记-2023-01-" in again.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.tar", "books"]


def test_a_full_disk_leaves_nothing(small_year: Path, archive: Path, tmp_path: Path) -> None:
    """Files may not pass 6 kB: the backup can't be written whole, nor the largest file restored."""
    program = str(Path(sys.executable).with_name("riskpool"))

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        def limit() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (6_000, 6_000))

        return subprocess.run(
            [program, *arguments], check=False, capture_output=True, text=True, encoding="utf-8", preexec_fn=limit
        )

    made = run("backup", "-b", str(small_year), "--to", str(tmp_path / "b.tar"))
    back = run("restore", str(archive), "--to", str(tmp_path / "new"))
    assert (made.returncode, back.returncode) == (2, 3), made.stderr + back.stderr
    assert "文件过大" in made.stderr
    assert "文件过大" in back.stderr
    assert [*tmp_path.iterdir()] == []


def test_another_history_than_the_receipts_is_refused(archive: Path, small_copy: Path, tmp_path: Path) -> None:
    seal = min((small_copy / "seals").glob("2023-06*")).read_bytes()
    forge(small_copy, lambda books: swap(batches(books)[2], '"结息"', '"结息了"'))
    assert backup(small_copy, tmp_path / "forged.tar").faults == ()
    assert refused(tmp_path / "forged.tar", tmp_path / "new", Held.read("seal.json", seal))[:2] == [
        "备份-核验-01",
        "核验-回执-02",
    ]
    restore(tmp_path / "forged.tar", tmp_path / "without")
    restore(archive, tmp_path / "true", Held.read("seal.json", seal))


# ── cut, altered, hostile ──


@pytest.fixture(scope="module")
def small_archive() -> bytes:
    """A few kB in the same form, so that each of its bytes can be tried."""
    members = {name: Member(name, content) for name, content in (("a/b.txt", b"one\n"), ("c", b""), ("d", bytes(513)))}
    stream = io.BytesIO()
    pack(stream, manifest_of(members.values(), 0, "0" * 64), members)
    return stream.getvalue()


def test_every_cut_is_found(small_archive: bytes, archive: Path) -> None:
    assert read(small_archive) == {"a/b.txt": b"one\n", "c": b"", "d": bytes(513)}
    for cut in range(len(small_archive)):
        with pytest.raises(Refusal):
            read(small_archive[:cut])
    for more in (b"\0", b"\0" * BLOCK, b"x"):
        with pytest.raises(Refusal):
            read(small_archive + more)
    content = archive.read_bytes()
    for cut in random.Random(3).sample(range(len(content)), 60):  # noqa: S311 - a test's seeded variety
        with pytest.raises(Refusal):
            read(content[:cut])


def test_every_changed_byte_is_found(small_archive: bytes, archive: Path) -> None:
    chance = random.Random(4)  # noqa: S311 - same
    content = bytearray(small_archive)
    for place in range(len(content)):
        content[place] ^= 1 << chance.randrange(8)
        with pytest.raises(Refusal):
            read(bytes(content))
        content[place] = small_archive[place]
    whole = bytearray(archive.read_bytes())
    for place in chance.sample(range(len(whole)), 60):
        whole[place] ^= 1 << chance.randrange(8)
        with pytest.raises(Refusal):
            read(bytes(whole))
        whole[place] = archive.read_bytes()[place]
    assert read(bytes(whole)), "and as it was it is read"


def crafted(rows: list[dict[str, Any]], members: list[tuple[bytes, bytes]], **head: Any) -> bytes:  # noqa: ANN401 - hostile values
    """An archive whose manifest says what we like: header blocks and contents as given."""
    table = {"chain": "0" * 64, "files": rows, "format": package.FORMAT, "sequence": 0, "until": "", **head}
    manifest = (json.dumps(table, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()
    checksum = package._checksum(manifest)  # noqa: SLF001 - the forger knows the form
    parts = [(package._header(name, len(body)), body) for name, body in ((MANIFEST, manifest), (CHECKSUM, checksum))]  # noqa: SLF001 - same
    parts += members
    return b"".join(block + body + bytes(-len(body) % BLOCK) for block, body in parts) + bytes(2 * BLOCK)


def row(name: str, content: bytes, **other: Any) -> dict[str, Any]:  # noqa: ANN401 - same
    return {
        "name": name,
        "retention": "30年",
        "sha256": hashlib.sha256(content).hexdigest(),
        "size": len(content),
    } | other


def header(name: str, size: int, **fields: bytes) -> bytes:
    """Our header with a link's type, another name or the like in it, and a right checksum."""
    block = bytearray(package._header("x", size))  # noqa: SLF001 - same
    places = {"type": (156, 1), "link": (157, 100), "mode": (100, 8), "prefix": (345, 155)}
    block[:100] = name.encode().ljust(100, b"\0")
    for key, value in fields.items():
        place, width = places[key]
        block[place : place + width] = value.ljust(width, b"\0")
    block[148:156] = b" " * 8
    block[148:156] = f"{sum(block):06o}\0 ".encode()
    return bytes(block)


EVIL = b"evil\n"
NAMES = (
    "../evil",
    "/evil",
    "a/../../evil",
    "a//b",
    "./evil",
    ".hidden",
    "a/.git/config",
    "b\\..\\evil",
    "c\n",
    "d/",
    "",
    "e" * 200,
)


def hostile() -> Iterator[tuple[str, bytes]]:
    for name in NAMES:
        shown = name[:90].replace("\n", "")
        yield f"name {shown!r}", crafted([row(name, EVIL)], [(header(shown, 5), EVIL)])
    yield "symlink", crafted([row("link", b"")], [(header("link", 0, type=b"2", link=b"/etc/passwd"), b"")])
    yield "hard link", crafted([row("link", b"")], [(header("link", 0, type=b"1", link=b"/etc/passwd"), b"")])
    yield "device", crafted([row("dev", b"")], [(header("dev", 0, type=b"3"), b"")])
    yield "folder", crafted([row("dir", b"")], [(header("dir", 0, type=b"5"), b"")])
    yield "prefix", crafted([row("evil", EVIL)], [(header("evil", 5, prefix=b"../.."), EVIL)])
    yield "wide mode", crafted([row("evil", EVIL)], [(header("evil", 5, mode=b"0004777"), EVIL)])
    yield "smaller than it says", crafted([row("evil", EVIL, size=4)], [(header("evil", 4), EVIL)])
    yield "larger than it is", crafted([row("evil", EVIL, size=10**13)], [(header("evil", 5), EVIL)])
    yield "negative size", crafted([row("evil", EVIL, size=-1)], [(header("evil", 5), EVIL)])
    yield "another digest", crafted([row("evil", b"good\n")], [(header("evil", 5), EVIL)])
    yield "twice", crafted([row("evil", EVIL)] * 2, [(header("evil", 5), EVIL)] * 2)
    yield "out of order", crafted([row("b", EVIL), row("a", EVIL)], [(header("b", 5), EVIL), (header("a", 5), EVIL)])
    yield "a second checksum", crafted([row(CHECKSUM, EVIL)], [(header(CHECKSUM, 5), EVIL)])
    yield "a second manifest", crafted([row(MANIFEST, EVIL)], [(header(MANIFEST, 5), EVIL)])
    yield "more than the manifest", crafted([], [(header("evil", 5), EVIL)])
    yield "less than the manifest", crafted([row("evil", EVIL)], [])
    yield "no books", crafted([row("main.beancount", EVIL)], [(header("main.beancount", 5), EVIL)])
    yield "an unknown field", crafted([], [], more=1)
    yield "another format", crafted([], [], format="riskpool-archive/2")
    yield "deep json", package._header(MANIFEST, 200_000) + b"[" * 200_000 + bytes(-200_000 % BLOCK)  # noqa: SLF001 - same
    yield "a giant manifest", package._header(MANIFEST, 8**11 - 1)  # noqa: SLF001 - same
    yield "nothing", b""
    yield "zeros", bytes(4 * BLOCK)


HOSTILE = dict(hostile())


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_archive_leaves_nothing(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "hostile.tar"
    path.write_bytes(content)
    codes = refused(path, tmp_path / "in" / "new")
    assert codes[0] in {"备份-归档-01", "备份-核验-01", "账簿-打开-01", "账簿-打开-02"}
    assert [item.relative_to(tmp_path).as_posix() for item in sorted(tmp_path.rglob("*"))] == ["in", "in/hostile.tar"]


def test_an_archive_by_another_hand_is_refused(small_year: Path, tmp_path: Path) -> None:
    for number, form in enumerate((tarfile.USTAR_FORMAT, tarfile.PAX_FORMAT, tarfile.GNU_FORMAT)):
        path = tmp_path / f"{number}.tar"
        with tarfile.open(path, "w", format=form) as tar:
            tar.add(small_year, "books")
        assert refused(path, tmp_path / "new") == ["备份-归档-01"]
    assert not (tmp_path / "new").exists()


def test_the_refusal_is_said_in_chinese(riskpool: Command, archive: Path, tmp_path: Path) -> None:
    (tmp_path / "cut.tar").write_bytes(archive.read_bytes()[:-700])
    done = riskpool("restore", str(tmp_path / "cut.tar"), "--to", str(tmp_path / "new"))
    assert done.returncode == 3
    assert "[备份-归档-01] manifest.json\n读到：归档在此处被截断" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["cut.tar"]
    gone = riskpool("restore", str(tmp_path / "none.tar"), "--to", str(tmp_path / "new"))
    assert (gone.returncode, "文件不存在" in gone.stderr) == (2, True)


def test_a_manifest_is_written_one_way(small_year: Path) -> None:
    manifest = manifest_of(all_members(small_year), 1, "0" * 64)
    assert Manifest.model_validate_json(record_bytes(manifest)) == manifest
