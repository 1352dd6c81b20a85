"""Nine kinds of tampering and one of harmless editing, done to the text of books by chance; seeded.

Each returns what an auditor must be told: the numbers of which one must be named, and, where a value was replaced,
what stood there before.
"""

import random
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))

from invent import Office, Pool

from ledger.faults import Fault
from ledger.held import Held
from ledger.verification.kinds import RESTYLED
from ledger.verify import verify

SEED = 20230401
HEAD = "head.beancount"
_NUMBER = re.compile(r'voucher: "([记登]-\d{4}-\d\d-\d{4})"')
_LEG = re.compile(r"^  ([A-Z]\S+) +(-?\d+\.\d\d) (\S+)$", re.MULTILINE)
_ACCOUNT = re.compile(r"^\S+ open (\S+)", re.MULTILINE)


def invented(root: Path, seed: int = 5) -> Path:
    """A year of about 300 numbers in 24 acts: money, loans, pledges, policies, cases, sign-offs, one sealed month."""
    pool = Pool(seed, 2023, cases=0.02)
    office = Office.founded(root, pool)
    for month in pool.year(2023, 300):
        half = len(month) // 2
        office.post(month[:half])
        office.post(month[half:])
        if month[0].on.month == 6:
            office.seal("2023-06")
    return root


@dataclass
class Books:
    """A copy of sound books to work on: changed, judged, put right again."""

    root: Path
    chance: random.Random
    before: dict[Path, bytes] = field(default_factory=dict)

    @classmethod
    def copied(cls, sound: Path, to: Path, seed: int) -> "Books":
        return cls(Path(shutil.copytree(sound, to)), random.Random(seed))  # noqa: S311 - seeded invention

    def batches(self) -> list[Path]:
        return sorted(self.root.glob("batches/*/*.beancount"), key=lambda path: path.name)

    def write(self, path: Path, content: bytes | None) -> None:
        """Change a file, or take it away; :meth:`restore` puts it back."""
        self.before.setdefault(path, path.read_bytes())
        if content is None:
            path.unlink()
        else:
            path.write_bytes(content)

    def restore(self) -> None:
        for path, content in self.before.items():
            path.write_bytes(content)
        self.before.clear()

    def transaction(self, words: str = "") -> tuple[Path, str]:
        """A transaction of some batch, as the text of its entry."""
        while True:
            path = self.chance.choice(self.batches())
            found = [block for block in blocks(path) if _NUMBER.search(block) and words in block]
            if found:
                return path, self.chance.choice(found)

    def replace(self, path: Path, old: str, new: str) -> None:
        text = path.read_text(encoding="utf-8")
        assert text.count(old) >= 1
        assert old != new
        self.write(path, text.replace(old, new, 1).encode())


def blocks(path: Path) -> list[str]:
    """The entries of a batch as they stand, header and pushed names aside."""
    parts = path.read_text(encoding="utf-8").split("\n\n")
    return [part for part in parts if re.match(r"\d{4}-\d\d-\d\d ", part) and "custom" not in part.split("\n", 1)[0]]


@dataclass(frozen=True)
class Told:
    """What must be named, any one of ``names``; ``was`` is what stood where something was replaced."""

    names: frozenset[str]
    was: frozenset[str] = frozenset()


def number_of(block: str) -> str:
    match = _NUMBER.search(block)
    assert match
    return match[1]


def _other_digit(chance: random.Random, amount: str) -> str:
    places = [place for place, char in enumerate(amount) if char.isdecimal()]
    place = chance.choice(places[1:] or places)
    digit = chance.choice([char for char in "0123456789" if char != amount[place]])
    return amount[:place] + digit + amount[place + 1 :]


def one_leg(books: Books) -> Told:
    path, block = books.transaction()
    leg = books.chance.choice(
        list(_LEG.finditer(block)) or list(re.finditer(r"(  \S+ +)(-?\d+)( \S+)$", block, re.MULTILINE))
    )
    now = _other_digit(books.chance, leg[2])
    books.replace(path, block, block[: leg.start(2)] + now + block[leg.end(2) :])
    return Told(frozenset({number_of(block)}), frozenset({leg[2].lstrip("-")}))


def both_legs(books: Books) -> Told:
    while True:
        path, block = books.transaction(".CNY" if books.chance.random() < 0.3 else " CNY")
        legs = _LEG.findall(block)
        sizes = {amount.lstrip("-") for _, amount, _ in legs}
        if len(legs) == 2 and len(sizes) == 1:
            break
    was = sizes.pop()
    now = _other_digit(books.chance, was)
    lines = [
        re.sub(rf"(?<=[ -]){re.escape(was)} ", f"{now} ", line) if _LEG.match(line) else line
        for line in block.split("\n")
    ]
    books.replace(path, block, "\n".join(lines))
    return Told(frozenset({number_of(block)}), frozenset({was}))


def delete(books: Books) -> Told:
    path, block = books.transaction()
    books.replace(path, f"{block}\n\n", "")
    return Told(frozenset({number_of(block)}))


def double(books: Books) -> Told:
    path, block = books.transaction()
    books.replace(path, block, f"{block}\n\n{block}")
    return Told(frozenset({number_of(block)}))


def swap_amounts(books: Books) -> Told:
    while True:
        (one, first), (two, second) = books.transaction(" CNY"), books.transaction(" CNY")
        a, b = ({amount.lstrip("-") for _, amount, _ in _LEG.findall(block)} for block in (first, second))
        if one != two and len(a) == len(b) == 1 and a != b:
            break
    x, y = a.pop(), b.pop()
    for path, block, was, now in ((one, first, x, y), (two, second, y, x)):
        head, legs = block[: block.index("\n  mark:")], block[block.index("\n  mark:") :]
        books.replace(path, block, head + legs.replace(f"{was} CNY", f"{now} CNY"))
    return Told(frozenset({number_of(first), number_of(second)}), frozenset({x, y}))


def summary(books: Books) -> Told:
    path, block = books.transaction()
    text = re.search(r'\* "(.*?)"', block)
    assert text
    new = books.chance.choice(
        [f'* "某某" "{text[1]}"', f'* "{text[1]}款"', f'* "{text[1][1:]}"', f'* "{text[1][::-1]}"', '* "别的事"']
    )
    if new == text[0]:
        new = '* "另一件事"'
    books.replace(path, block, block.replace(text[0], new, 1))
    return Told(frozenset({number_of(block)}), frozenset({text[1], "（无）"}))


def day(books: Books) -> Told:
    path, block = books.transaction()
    was = block[:10]
    now = books.chance.choice([f"{was[:8]}{other:02d}" for other in range(1, 29) if f"{other:02d}" != was[8:]])
    books.replace(path, block, now + block[10:])
    return Told(frozenset({number_of(block)}), frozenset({was}))


def account(books: Books) -> Told:
    path, block = books.transaction()
    leg = books.chance.choice(list(re.finditer(r"^  ([A-Z]\S+:\S+) ", block, re.MULTILINE)))
    texts = [(books.root / "chart.beancount").read_text(encoding="utf-8"), path.read_text(encoding="utf-8")]
    known = [name for text in texts for name in _ACCOUNT.findall(text) if name != leg[1]]
    books.replace(path, block, block[: leg.start(1)] + books.chance.choice(known) + block[leg.end(1) :])
    return Told(frozenset({number_of(block)}), frozenset({leg[1]}))


def cut_tail(books: Books) -> Told:
    """The last batch, or its last entry, taken away; half the time the head is put back as if it had never been."""
    last = books.batches()[-1]
    numbers = [number_of(block) for block in blocks(last) if _NUMBER.search(block)]
    if books.chance.random() < 0.3:
        block = [block for block in blocks(last) if _NUMBER.search(block)][-1]
        books.replace(last, f"{block}\n\n", "")
        return Told(frozenset({number_of(block)}))
    previous = re.search(r'"batch" "1" (\d+) "([0-9a-f]{64})"', last.read_text(encoding="utf-8"))
    assert previous
    books.write(last, None)
    if books.chance.random() < 0.5:
        books.write(books.root / HEAD, f"; 链头 {int(previous[1]) - 1:06d} {previous[2]}\n".encode())
    return Told(frozenset({numbers[0], numbers[-1], f"{int(previous[1]):06d}"}))


def metadata(books: Books) -> Told:
    """A fact of a transaction changed, taken out, put in, or its signature changed."""
    path, block = books.transaction()
    lines = [
        found
        for found in re.finditer(r"^  ([a-z][\w-]*): (.+)$", block, re.MULTILINE)
        if found[1] not in {"mark", "voucher"}
    ]
    found = books.chance.choice(lines)
    way = books.chance.randrange(4)
    was = found[2].strip('"')
    if way == 0:
        new = block[: found.start()] + block[found.end() + 1 :]
    elif way == 1:
        new = block[: found.start()] + f'  added: "x"\n{found[0]}' + block[found.end() :]
        was = "（无）"
    elif found[2].startswith('"'):
        new = block[: found.start(2)] + f'"{was}x"' + block[found.end(2) :]
    else:
        new = (
            block[: found.start(2)]
            + (_other_digit(books.chance, was) if was[:1].isdecimal() else "TRUE")
            + block[found.end(2) :]
        )
    if new == block:
        return metadata(books)
    books.replace(path, block, new)
    return Told(frozenset({number_of(block)}), frozenset({was}))


KINDS: dict[str, Callable[[Books], Told]] = {
    "one leg": one_leg,
    "both legs": both_legs,
    "an entry deleted": delete,
    "an entry doubled": double,
    "two amounts swapped": swap_amounts,
    "payee or summary": summary,
    "date": day,
    "another account": account,
    "the tail cut": cut_tail,
}
"""The nine kinds of the issue."""
MORE: dict[str, Callable[[Books], Told]] = {"metadata": metadata}


def comment(books: Books) -> None:
    """An edit that changes no content: comments, blanks, blank lines, anywhere outside strings."""
    path = books.chance.choice(books.batches())
    lines = path.read_text(encoding="utf-8").split("\n")
    place = books.chance.randrange(len(lines) - 1)
    way = books.chance.randrange(5)
    if way == 0:
        lines.insert(place, f"; 备注 {books.chance.random()}")
    elif way == 1:
        lines.insert(place, "")
    elif way == 2:
        lines[place] += "  ; 已核对"
    elif way == 3:
        lines[place] += books.chance.choice([" ", "\t", "   "])
    else:
        legs = [number for number, line in enumerate(lines) if _LEG.match(line)]
        place = books.chance.choice(legs)
        account, amount, unit = _LEG.findall(lines[place])[0]
        lines[place] = f"  {account}     {amount} {unit} "
    text = "\n".join(lines)
    if text == path.read_text(encoding="utf-8"):
        comment(books)
    else:
        books.write(path, text.encode())


def names(faults: tuple[Fault, ...], told: Told) -> bool:
    """Whether the first thing said names what was changed."""
    return bool(faults) and any(name in f"{faults[0].found} {faults[0].place}" for name in told.names)


def restored(faults: tuple[Fault, ...], told: Told) -> bool | None:
    """Whether what is said to have stood there did; None where nothing is said of it."""
    said = [re.search(r"原为 (.+)$", fault.found) for fault in faults]
    given = [match[1].lstrip("-") for match in said if match]
    return all(any(was in value or value in was for was in told.was) for value in given) if given else None


@dataclass
class Count:
    """Runs of one kind: how many were found, named, and said right of what stood there before."""

    runs: int = 0
    found: int = 0
    named: int = 0
    told: int = 0
    wrong: list[str] = field(default_factory=list)


def tamper(books: Books, kind: Callable[[Books], Told], runs: int) -> Count:
    count = Count()
    for _ in range(runs):
        told = kind(books)
        faults = verify(books.root)
        count.runs += 1
        count.found += bool(faults)
        count.named += names(faults, told)
        right = restored(faults, told)
        count.told += right is True
        if not names(faults, told) or right is False:
            count.wrong.append(f"{told}: {[fault.found for fault in faults[:3]]}")
        books.restore()
    assert verify(books.root) == ()
    return count


def restyle(books: Books, runs: int) -> Count:
    """Comment edits: each is found, and none is taken for a change of content."""
    count = Count()
    for _ in range(runs):
        comment(books)
        faults = verify(books.root)
        count.runs += 1
        count.found += bool(faults)
        count.named += bool(faults) and all(fault.kind is RESTYLED for fault in faults)
        if not faults or any(fault.kind is not RESTYLED for fault in faults):
            count.wrong.append(str([f"{fault.place} {fault.found}" for fault in faults]))
        books.restore()
    assert verify(books.root) == ()
    return count


def cuts(books: Books, length: int, step: int) -> Iterator[tuple[int, tuple[Fault, ...]]]:
    """The books cut at each byte of their last so many: what verify says of each cut."""
    files = books.batches()
    for cut in range(1, length + 1, step):
        left = cut
        for path in reversed(files):
            size = path.stat().st_size
            if left >= size:
                books.write(path, None)
                left -= size
                continue
            if left:
                books.write(path, path.read_bytes()[: size - left])
            break
        yield cut, verify(books.root)
        books.restore()


def flips(books: Books, runs: int) -> Iterator[tuple[str, tuple[Fault, ...]]]:
    """One byte changed anywhere in the books, so many times: what verify says of each."""
    files = [path for path in sorted(books.root.rglob("*")) if path.is_file() and path.name != ".lock"]
    sizes = [path.stat().st_size for path in files]
    for _ in range(runs):
        (path,) = books.chance.choices(files, weights=sizes)
        content = bytearray(path.read_bytes())
        place = books.chance.randrange(len(content))
        content[place] ^= books.chance.randrange(1, 256)
        books.write(path, bytes(content))
        yield f"{path.relative_to(books.root)} byte {place}", verify(books.root)
        books.restore()


def held(root: Path) -> Held:
    """A copy of the head, as somebody keeps it elsewhere."""
    return Held.read(HEAD, (root / HEAD).read_bytes())
