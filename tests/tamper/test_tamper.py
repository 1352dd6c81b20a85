"""Every tampering is found and named, edits of comments are told apart; a slice of `make tamper`, which runs all."""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tamper.tampering import KINDS, MORE, SEED, Books, cuts, flips, held, invented, restyle, tamper

from ledger.book import Book
from ledger.events import FeeCharged
from ledger.faults import Refusal
from ledger.held import OTHER_BOOKS, Held
from ledger.ids import event_id
from ledger.journal import Posting, post
from ledger.signing import Signatures
from ledger.store import Store
from ledger.verify import verify

RUNS = int(os.environ.get("TAMPER", "12"))
"""Runs of each kind here; `make tamper` does 200."""
STEP = 37 if RUNS < 200 else 1
"""Bytes between two cuts; `make tamper` cuts at each."""


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = invented(tmp_path_factory.mktemp("tamper") / "books")
    assert verify(root) == ()
    return root


@pytest.fixture
def books(sound: Path, tmp_path: Path) -> Books:
    return Books.copied(sound, tmp_path / "books", SEED)


@pytest.mark.parametrize("kind", [*KINDS, *MORE])
def test_each_kind_of_tampering_is_named_first(books: Books, kind: str) -> None:
    count = tamper(books, (KINDS | MORE)[kind], RUNS)
    assert (count.runs, count.found, count.named, count.wrong) == (RUNS, RUNS, RUNS, [])


def test_what_stood_there_is_said_where_the_books_say_it_twice(books: Books) -> None:
    # A leg is said again by the other leg and by the fact; an account by the chart; a day by trying.
    for kind in ("one leg", "both legs", "date", "another account"):
        assert tamper(books, KINDS[kind], RUNS).told >= RUNS * 2 // 3, kind


def test_edits_of_comments_are_told_apart(books: Books) -> None:
    count = restyle(books, 3 * RUNS)
    assert (count.found, count.named, count.wrong) == (3 * RUNS, 3 * RUNS, [])


def test_books_cut_anywhere_in_their_last_four_kilobytes_are_found(books: Books) -> None:
    done = list(cuts(books, 4096, STEP))
    assert len(done) == -(-4096 // STEP)
    assert [cut for cut, faults in done if not faults] == []


def test_a_changed_byte_anywhere_is_found(books: Books) -> None:
    assert [where for where, faults in flips(books, 3 * RUNS) if not faults] == []


def _post(root: Path, fen: int) -> None:
    """One fee more, by the real journal."""
    at = datetime(2024, 1, 2, 17, tzinfo=UTC)
    signed = Signatures(preparer="zhang", reviewer="li", bookkeeper="zhang", at=at)
    fee = FeeCharged(event_id=event_id("late", fen), on=at.date(), summary="手续费", account="boc-01", amount_fen=fen)
    with Store(root).lock():
        post(Store(root), Book.load(root), Posting("import", [fee], signed))


def test_a_receipt_finds_an_older_copy_put_back(books: Books, tmp_path: Path) -> None:
    older = Path(shutil.copytree(books.root, tmp_path / "older"))
    _post(books.root, 1)
    kept = held(books.root)
    assert verify(books.root, [kept]) == ()
    # The older copy is whole in itself.
    assert verify(older) == ()
    (fault,) = verify(older, [kept])
    assert fault.kind is OTHER_BOOKS
    assert "旧的副本" in fault.found


def test_the_one_blind_spot_is_seen_by_a_receipt(books: Books) -> None:
    """The last batch deleted, the head put back, another posted: the books fit in themselves, as after a killed run."""
    before = (books.root / "head.beancount").read_bytes()
    _post(books.root, 1)
    kept = held(books.root)
    books.batches()[-1].unlink()
    (books.root / "head.beancount").write_bytes(before)
    assert "最后一次操作没有完成" in "".join(fault.kind.title for fault in verify(books.root))
    _post(books.root, 2)
    assert verify(books.root) == ()
    (fault,) = verify(books.root, [kept])
    assert fault.kind is OTHER_BOOKS
    assert "被换过" in fault.found
    # A receipt from before says nothing of it, and several may be given.
    earlier = Held.read("head.beancount", before)
    assert verify(books.root, [earlier]) == ()
    assert [found.place.file for found in verify(books.root, [earlier, kept])] == ["head.beancount"]


def test_a_rebuilt_history_is_seen_by_a_close_receipt(sound: Path, tmp_path: Path) -> None:
    # Books told anew from the first day, every chain in order: only what was handed out before differs.
    (seal,) = (sound / "seals").glob("*.json")
    other = invented(tmp_path / "other", seed=6)
    assert verify(other) == ()
    faults = verify(other, [Held.read(seal.name, seal.read_bytes())])
    assert {fault.kind for fault in faults} == {OTHER_BOOKS}
    assert len(faults) == 2  # another chain, and no such receipt


def test_a_receipt_taken_out_of_the_books_is_seen_by_its_copy(books: Books) -> None:
    (seal,) = (books.root / "seals").glob("*.json")
    kept = Held.read(seal.name, seal.read_bytes())
    assert verify(books.root, [kept]) == ()
    seal.unlink()
    assert [fault.kind for fault in verify(books.root, [kept]) if fault.place.file == seal.name] == [OTHER_BOOKS]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"\xff", b'{"sequence": 1}', b'{"sequence": "1", "chain": "x"}', "; 链头 1 x\n".encode()],
)
def test_what_is_no_receipt_is_refused(content: bytes) -> None:
    with pytest.raises(Refusal, match="核验-回执-01"):
        Held.read("paper.json", content)
