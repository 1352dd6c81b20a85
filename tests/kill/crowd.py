"""Many at once: clerks side by side, clerks killed at any moment, readers while clerks write.

Each returns a line of figures and whether all was right.
"""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from acts import POOL

from desk.acts.inspection import verify_books
from desk.acts.office import Actor
from desk.acts.opening import OpeningFiles, open_books
from ledger.book import Book
from ledger.canon import canonical
from ledger.provenance import digest
from ledger.verify import verify

HERE = Path(__file__).parent
NOW = "2023-03-31T09:00:00"
LEFT = {"核验-日志-01"}


def _books(folder: Path) -> Path:
    (folder / "pool.toml").write_text(POOL, encoding="utf-8")
    (folder / "notice.txt").write_text("来函（虚构）\n", encoding="utf-8")
    who = Actor("chen", datetime.fromisoformat("2023-03-01T09:00:00"))
    files = OpeningFiles(folder / "pool.toml", None)
    open_books(folder / "books", files, date(2023, 2, 28), who=who, reviewer="lu", bookkeeper="shen")
    return folder / "books"


def _clerk(books: Path, name: str, count: int, first: int = 0) -> "subprocess.Popen[str]":
    pile = (name, str(count), str(books.parent / "notice.txt"), str(first))
    command = [sys.executable, str(HERE / "clerk.py"), str(books), *pile]
    env = {**os.environ, "RISKPOOL_NOW": NOW}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)


def _numbers(book: Book) -> list[str]:
    return sorted(voucher.no for voucher in book.vouchers)


def _expected(count: int) -> list[str]:
    return [f"记-2023-03-{number:04d}" for number in range(1, count + 1)]


def side_by_side(folder: Path, seed: int, *, clerks: int = 4, each: int = 100) -> tuple[str, bool]:
    """Clerks post at once: every voucher once, numbered without gap, in the order of the chain."""
    del seed  # their order is the machine's
    books = _books(folder)
    at_work = [_clerk(books, f"K{number}", each) for number in range(clerks)]
    said = [process.communicate() for process in at_work]
    faults = [err[-400:] for process, (_, err) in zip(at_work, said, strict=True) if process.returncode]
    told = sorted(number for out, _ in said for number in out.split())
    book = Book.load(books)
    summaries = {voucher.summary for voucher in book.vouchers}
    wanted = {f"K{clerk}-{number}" for clerk in range(clerks) for number in range(each)}
    right = not faults and told == _numbers(book) == _expected(clerks * each) and summaries == wanted
    right = right and verify(books) == ()
    text = f"{clerks} processes × {each} postings: {len(book.vouchers)} vouchers, {told[0]} … {told[-1]}"
    return f"{text}{'' if right else f' WRONG {faults}'}", right


def killed_at_random(folder: Path, seed: int, *, kills: int = 100) -> tuple[str, bool]:
    """A clerk is killed at a random moment of his work, again and again; the next begins with the same pile."""
    books, chance = _books(folder), random.Random(seed)  # noqa: S311 - a seeded order of deaths
    torn: list[str] = []
    told, each = _pace(books)
    for life in range(kills):
        # The last one that stands is said again, then comes the one at which the life before was killed.
        process = _clerk(books, "K", 10_000, max(len(_numbers(Book.load(books))) - 1, 0))
        assert process.stdout is not None
        told.add(process.stdout.readline().strip())  # at work: the next moments are those of writing
        time.sleep(chance.random() * each)
        process.kill()
        told |= set(process.communicate()[0].split())
        told.discard("-")
        found = _numbers(Book.load(books))
        codes = {fault.code for fault in verify(books)} - LEFT
        if codes or found != _expected(len(found)) or not told <= set(found):
            torn.append(f"life {life}: {codes} {found[-3:]}")
    # The whole pile once more, and one act: it says of the last killed one that it is given up.
    last = _clerk(books, "K", len(_numbers(Book.load(books))) + 1)
    last.communicate()
    book = Book.load(books)
    keys = [voucher.summary for voucher in book.vouchers]
    right = not torn and last.returncode == 0 and verify(books) == () and len(keys) == len(set(keys))
    return f"{kills} random kills: {len(torn)} torn, {len(keys)} vouchers, none twice{'' if right else ' WRONG'}", right


def _pace(books: Path) -> tuple[set[str], float]:
    """What a clerk says who is let be, and the seconds that a voucher takes him: kills fall within one and a half."""
    process = _clerk(books, "K", 4)
    assert process.stdout is not None
    told = {process.stdout.readline().strip()}
    begun = time.monotonic()
    told |= set(process.communicate()[0].split())
    return told, (time.monotonic() - begun) / 3 * 1.5


def read_while_written(folder: Path, seed: int, *, reads: int = 1_000, states: int = 20) -> tuple[str, bool]:
    """Readers load the books while clerks post: each load is the books after some batch, whole and nothing more.

    Read on until so many states at least were seen.
    """
    del seed
    books = _books(folder)
    writers = [_clerk(books, f"K{number}", 10_000) for number in range(2)]
    for process in writers:
        assert process.stdout is not None
        process.stdout.readline()  # at work
    seen: list[tuple[int, str, str]] = []
    mixed: list[str] = []
    while len(seen) < reads or len({count for count, _, _ in seen}) < states:
        book = Book.load(books)
        seen.append((len(book.batches), book.head, _content(book, len(book.batches))))
        if len(seen) % 10 == 0 and (told := verify_books(books)):
            mixed.append(f"verify: {[fault.found for fault in told]}")
        if [head.sequence for head in book.batches] != list(range(len(book.batches))):
            mixed.append(f"batches {[head.sequence for head in book.batches]}")
    for process in writers:
        process.kill()
        process.communicate()
    final = Book.load(books)
    truth = {count: (final.batches[count - 1].chain, _content(final, count)) for count, _, _ in seen}
    mixed += [f"{count} batches" for count, head, content in seen if truth[count] != (head, content)]
    right = not mixed and len(truth) >= states
    return f"{len(seen)} reads while written: {len(truth)} states, {len(mixed)} mixed{'' if right else ' WRONG'}", right


def _content(book: Book, batches: int) -> str:
    """A digest of all that the first so many batches say."""
    paths = {str(book.root / head.path) for head in book.batches[:batches]}
    said = [canonical(entry) for entry in book.entries if str(entry.meta["filename"]) in paths]
    return digest("\n".join(sorted(said)).encode())


CROWDS: tuple[Callable[[Path, int], tuple[str, bool]], ...] = (side_by_side, killed_at_random, read_while_written)
