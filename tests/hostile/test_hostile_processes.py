"""Hostile texts through the real command in a process each: drafted and posted as data to the letter, or refused."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from beancount.core import data
from hostile_texts import OUTSIDE, hostile
from ledger_samples import BEGINS_ON, BOC, CITY, POOL, Office, founded
from tools import REPO

from ledger.book import Book
from ledger.events import ManualVoucher, TransferSent
from ledger.ids import event_id
from ledger.verify import verify

RISKPOOL = str(Path(sys.executable).with_name("riskpool"))
ENV = {**os.environ, "RISKPOOL_NOW": "2023-03-31T09:00:00", "PYTHONUTF8": "1"}
REFUSALS = {2, 3}


def command(*args: str, folder: Path = REPO) -> subprocess.CompletedProcess[bytes]:
    """The command as somebody at a shell calls it: bytes in, bytes out."""
    told = [os.fsencode(word) for word in (RISKPOOL, *args)]
    return subprocess.run(told, check=False, capture_output=True, env=ENV, cwd=folder)


@dataclass
class Desk:
    """Books, and what the commands said they took."""

    office: Office
    folder: Path
    count: int = 0
    taken: list[tuple[str, str, str]] = field(default_factory=list)

    def books(self) -> str:
        return f"--books={self.office.root}"


Route = Callable[[Desk, str], list[str]]


def voucher(desk: Desk, **told: str) -> list[str]:
    paper = desk.folder / f"paper-{desk.count}.txt"
    paper.write_text(str(desk.count), encoding="utf-8")
    words = {
        "number": f"SG-{desk.count}",
        "summary": "调整",
        "reason": "会议纪要",
        "attachment": str(paper),
        "line": f"{BOC}=1.00",
        **told,
    }
    return ["voucher", *(f"--{name}={text}" for name, text in words.items()), f"--line={CITY}=-1.00", "--on=2023-03-02"]


def attached(desk: Desk, text: str) -> list[str]:
    """An attachment of that name, where a file can bear it."""
    folder = desk.folder / f"in-{desk.count}"
    folder.mkdir()
    path = os.path.join(folder, text)  # noqa: PTH118 - pathlib would drop what is hostile in it
    with open(path, "wb") as file:  # noqa: PTH123 - same
        file.write(str(desk.count).encode())
    return voucher(desk, attachment=path)


def transfer(_: Desk, text: str) -> list[str]:
    return [
        "transfer",
        "--account=boc-01",
        "--to=abchina-01",
        "--amount=1.00",
        f"--instruction={text}",
        "--on=2023-03-02",
    ]


ROUTES: dict[str, Route] = {
    "narration": lambda desk, text: voucher(desk, summary=text),
    "metadata value": lambda desk, text: voucher(desk, reason=text),
    "document name": attached,
    "account": lambda desk, text: voucher(desk, line=f"{text}=1.00"),
    "instruction": transfer,
}
PLAIN = {
    "narration": "调整出资方",
    "metadata value": "会议纪要",
    "document name": "附件.pdf",
    "account": BOC,
    "instruction": "HB-1",
}


def told(desk: Desk, slot: str, text: str) -> str:
    """One process: ``drafted``, ``refused`` with nothing written, or ``impossible`` where no shell can say it."""
    desk.count += 1
    before = desk.office.files()
    try:
        args = [*ROUTES[slot](desk, text), "--as=zhang", "--json", desk.books()]
        done = command(*args)
    except (ValueError, OSError):
        return "impossible"
    said = (done.stdout + done.stderr).decode(errors="replace")
    if done.returncode in REFUSALS:
        assert drafts(desk.office.files()) == drafts(before), said
        return "refused"
    assert done.returncode == 0, f"{slot} {text[:80]!r}: {said}"
    desk.taken.append((slot, text, json.loads(done.stdout)["draft"]))
    return "drafted"


def drafts(files: dict[str, bytes]) -> dict[str, bytes]:
    """What of the books a refused act must have left alone: all but the papers kept under their digest."""
    return {name: content for name, content in files.items() if not name.startswith("documents/")}


def stored(book: Book, slot: str) -> Iterator[str]:
    """What the books hold in a slot, by posting order."""
    manual = sorted(book.events(ManualVoucher), key=lambda event: order(book, event.event_id))
    match slot:
        case "narration":
            yield from (event.summary for event in manual)
        case "metadata value":
            yield from (event.reason for event in manual)
        case "instruction":
            sent = sorted(book.events(TransferSent), key=lambda event: order(book, event.event_id))
            yield from (event.instruction_no for event in sent)
        case "document name":
            yield from (item.name for item in book.documents())
        case "account":
            yield from (event.lines[0].account for event in manual)


def order(book: Book, event: str) -> int:
    return book.voucher_of(event)[0].batch


def test_each_text_goes_through_a_process_as_data_or_is_refused(tmp_path: Path) -> None:
    desk = Desk(founded(tmp_path / "books"), tmp_path)
    found: dict[str, dict[str, int]] = {}
    for slot in ROUTES:
        counts = found.setdefault(slot, {"drafted": 0, "refused": 0, "impossible": 0})
        for text in (PLAIN[slot], *hostile(f"process {slot}", OUTSIDE, PLAIN[slot])):
            counts[told(desk, slot, text)] += 1
        assert sum(counts.values()) == OUTSIDE + 1
        assert counts["drafted"] >= 1, found
    numbers = [number for _, _, number in desk.taken]
    for act, who in (("review", "li"), ("post", "zhang")):
        done = command(act, *numbers, f"--as={who}", desk.books())
        assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
    book = desk.office.book
    assert verify(desk.office.root) == ()
    for slot in ROUTES:
        texts = [text for at, text, _ in desk.taken if at == slot and slot != "account"]
        assert [text for text in texts if text not in list(stored(book, slot))] == [], slot
    # One voucher an act, its header, and the paper of a voucher by hand: not an entry more.
    hands = sum(1 for slot, _, _ in desk.taken if slot != "instruction")
    opening = len(Office(founded(tmp_path / "other").root).book.entries)
    assert len(book.entries) == opening + 2 * len(desk.taken) + hands
    assert len(book.vouchers) == 1 + len(desk.taken)
    assert sum(isinstance(entry, data.Document) for entry in book.entries) == hands


def test_a_pool_is_founded_under_its_names_or_not_at_all(tmp_path: Path) -> None:
    found = {"founded": 0, "refused": 0}
    for number, text in enumerate(("示例池", *hostile("process title", OUTSIDE, "示例池"))):
        if any("\ud800" <= char <= "\udfff" for char in text):
            continue
        pool, books = tmp_path / f"pool-{number}.toml", tmp_path / f"books-{number}"
        pool.write_text(POOL.replace('"示例子风险池（虚构）"', json.dumps(text)), encoding="utf-8")
        args = ["init", str(books), f"--pool={pool}", "--as=zhang", "--reviewed-by=li", "--bookkeeper=zhang"]
        done = command(*args, f"--on={BEGINS_ON}")
        if done.returncode == 0:
            found["founded"] += 1
            assert Office(books).book.pool.title == text
            assert Office(books).book.loaded.options["title"] == text
        else:
            assert done.returncode in REFUSALS, f"{text[:80]!r}: {done.stderr.decode(errors='replace')}"
            found["refused"] += 1
            assert not books.exists()
    assert found["founded"] >= 1


@pytest.mark.parametrize("text", ["\udc80", "a\udcffb"])
def test_bytes_that_are_no_text_are_refused_by_name(tmp_path: Path, text: str) -> None:
    desk = Desk(founded(tmp_path / "books"), tmp_path)
    for slot in ("narration", "instruction"):
        assert told(desk, slot, text) == "refused"
    assert event_id("manual", "SG-1") not in desk.office.book.posted


@pytest.mark.parametrize(
    "words", [("import", "--as=chen"), ("verify", "--receipt"), ("restore", "--out=new"), ("rules", "show")]
)
@pytest.mark.parametrize("text", ["长" * 3_000, "\udc80" * 3_000])
def test_a_name_longer_than_any_file_is_refused_by_name(tmp_path: Path, words: tuple[str, ...], text: str) -> None:
    desk = Desk(founded(tmp_path / "books"), tmp_path)
    at = () if words[0] in {"restore", "rules"} else (desk.books(),)
    done = command(*words, text, *at, folder=tmp_path)
    said = done.stderr.decode(errors="replace")
    assert done.returncode in REFUSALS, said
    assert "Traceback" not in said
    assert len(said) < 2_000
