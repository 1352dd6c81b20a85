"""docs/format-1.md says enough: a reader written from that page alone re-computes every hash of real books."""

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.canon import canonical
from ledger.journal import parse_text
from ledger.verify import verify

PAGE = Path(__file__).resolve().parents[2] / "docs" / "format-1.md"

# ── the independent reader: standard library only, section numbers are the page's ─────────────────────────────

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s";]+', re.DOTALL)
LOGICAL = re.compile(r'(?:"(?:[^"\\]|\\.)*"|;[^\n]*|[^";\n])*', re.DOTALL)
COMMENT = re.compile(r'("(?:[^"\\]|\\.)*")|;[^\n]*', re.DOTALL)
ROOTS = ("Assets:", "Liabilities:", "Equity:", "Income:", "Expenses:")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
Meta = dict[str, object]


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def logical_lines(text: str) -> Iterator[str]:
    """§2 rules 1 and 2: strings first, then lines; comments and blank lines away."""
    for match in LOGICAL.finditer(text):
        line = COMMENT.sub(lambda found: found[1] or "", match[0]).rstrip()
        if line.strip():
            yield line


def unquoted(word: str) -> str:
    return re.sub(r"\\(.)", r"\1", word[1:-1], flags=re.DOTALL)


def value(word: str) -> object:
    if word.startswith('"'):
        return unquoted(word)
    if word in ("TRUE", "FALSE"):
        return word == "TRUE"
    return {"on": word} if DAY.fullmatch(word) else {"d": word}


class Entry:
    """One entry: its words, its metadata, its postings as (words, metadata)."""

    def __init__(self, words: list[str]) -> None:
        self.words, self.meta = words, Meta()
        self.postings: list[tuple[list[str], Meta]] = []

    def canonical(self, people: Meta) -> str:
        day, kind, *rest = self.words
        if kind == "*":
            narration, *names = rest
            tags = sorted(name[1:] for name in names if name.startswith("#"))
            links = sorted(name[1:] for name in names if name.startswith("^"))
            legs = [[*words, pairs(meta)] for words, meta in self.postings]
            own: list[object] = ["*", "", unquoted(narration), tags, links, legs]
            return self._array("Transaction", day, own, people | self.meta)
        links = sorted(name[1:] for name in rest if name.startswith("^"))
        plain = [unquoted(word) if word.startswith('"') else word for word in rest if not word.startswith("^")]
        return self._array(kind.capitalize(), day, self._own(kind, plain, links), self.meta)

    @staticmethod
    def _own(kind: str, words: list[str], links: list[str]) -> list[object]:
        match kind, words:
            case "open", [account, *commodities]:
                return [account, commodities]
            case "balance", [account, number, "~", tolerance, commodity]:
                return [account, number, commodity, tolerance]
            case "note", [account, text]:
                return [account, text, [], links]
            case "document", [account, path]:
                return [account, path.rpartition("/")[2], [], links]
            case "custom", ["batch", version, *_]:
                return ["batch", [version]]
            case ("commodity", [_]) | ("price", [_, _, _]) | ("event", [_, _]):
                return [*words]
            case _:
                raise AssertionError(f"the page knows no such form: {kind} {words}")

    @staticmethod
    def _array(name: str, day: str, own: list[object], meta: Meta) -> str:
        return json.dumps([name, day, *own, pairs(meta)], ensure_ascii=False, separators=(",", ":"))


def pairs(meta: Meta) -> list[list[object]]:
    return [[key, meta[key]] for key in sorted(meta) if key != "mark"]


def read_batch(text: str) -> tuple[list[Entry], Meta]:
    """§2 rules 3 to 5."""
    entries: list[Entry] = []
    people = Meta()
    for line in logical_lines(text):
        words = TOKEN.findall(line)
        if words[0] == "pushmeta":
            people[words[1].rstrip(":")] = value(words[2])
        elif DAY.match(line):
            entries.append(Entry(words))
        elif line.startswith("    "):
            entries[-1].postings[-1][1][words[0].rstrip(":")] = value(words[1])
        elif words[0].startswith(ROOTS):
            entries[-1].postings.append((words, Meta()))
        elif words[0] != "popmeta":
            entries[-1].meta[words[0].rstrip(":")] = value(words[1])
    return entries, people


def verified(books: Path) -> Iterator[str]:
    """§4 to §7 and the right column of §1: everything that differs, one text each."""
    chains, logs = ["0" * 64], dict[str, object]()
    numbers = dict[str, int]()
    for sequence, path in enumerate(batches(books)):
        entries, people = read_batch(path.read_text(encoding="utf-8"))
        header, name = entries[0], path.name
        own = sha("".join(f"{entry.canonical(people)}\n" for entry in entries))
        stated = [word.strip('"') for word in header.words[3:]]
        if stated != ["1", str(sequence), chains[-1], own]:
            yield f"{name}: header"
        if name != f"{sequence:06d}-{own[:12]}.beancount":
            yield f"{name}: name"
        for entry in entries[1:]:
            if entry.meta["mark"] != sha(entry.canonical(people))[:12]:
                yield f"{name}: {entry.meta.get('voucher', entry.words[1])}"
            yield from numbered(entry, numbers)
        for entry in entries:
            yield from (path for path, stated_digest in named(entry) if digest(books / path) != stated_digest)
        chains.append(sha(f"cixi-riskpool/1\n{chains[-1]}\n{sequence:06d}\n{own}\n"))
        signed = [*dict.fromkeys(header.meta[role] for role in ROLES if role in header.meta)]
        logs[own] = [header.meta[key] for key in ("log", "act", "posted-at")] + [signed]
    last = len(chains) - 2
    heads = {f"; 链头 {last:06d} {chains[-1]}\n", f"; 链头 {last - 1:06d} {chains[-2]}\n"}
    if (books / "head.beancount").read_text(encoding="utf-8") not in heads:
        yield "head.beancount"
    yield from sealed(books, chains)
    yield from logged(books, logs)


def batches(books: Path) -> list[Path]:
    return sorted(books.glob("batches/*/*.beancount"), key=lambda item: item.name)


def numbered(entry: Entry, numbers: dict[str, int]) -> Iterator[str]:
    if entry.words[1] != "*":
        return
    sort = "记" if "#voucher" in entry.words else "登"
    series = f"{sort}-{entry.words[0][:7]}"
    numbers[series] = numbers.get(series, 0) + 1
    if entry.meta["voucher"] != f"{series}-{numbers[series]:04d}":
        yield f"{entry.meta['voucher']}: number"


def named(entry: Entry) -> Iterator[tuple[str, object]]:
    """§1: the files that an entry holds by their digest."""
    meta = entry.meta
    yield from ((name, meta[key]) for key, name in OUTSIDE.items() if key in meta)
    if entry.words[1] == "document":
        kept = entry.words[3].strip('"').rpartition("/")[2]
        yield f"documents/{kept}", meta["sha256"]
        short = f"{kept.partition('-')[0]}.json"
        yield from ((f"{folder}/{short}", meta[key]) for key, folder in BESIDE.items() if key in meta)
    if meta.get("kind") == "RuleAdopted":
        yield f"rules/{str(meta['rule']).replace('@', '/')}-{meta['sha256'][:12]}/rule_text.toml", meta["sha256"]
    if meta.get("kind") == "AccountReconciled":
        paper = str(meta["working-paper"])
        yield f"reconciliations/{meta['month']}-{meta['account']}-{paper[:12]}.json", paper


ROLES = ("preparer", "reviewer", "bookkeeper", "chief")
OUTSIDE = {"pool-sha256": "pool.toml", "main-sha256": "main.beancount", "chart-sha256": "chart.beancount"}
BESIDE = {"reading": "readings", "paper": "statements"}


def sealed(books: Path, chains: list[str]) -> Iterator[str]:
    for path in sorted(books.glob("seals/*.json")):
        receipt = json.loads(path.read_text(encoding="utf-8"))
        if chains[receipt["sequence"] + 1 : receipt["sequence"] + 2] != [receipt["chain"]]:
            yield f"{path.name}: chain"
        for name, stated in receipt.get("reports", ()):
            if digest(books / "papers" / f"{receipt['month']}-{receipt['step']}" / name) != stated:
                yield name


def logged(books: Path, logs: dict[str, object]) -> Iterator[str]:
    previous, waiting = "0" * 64, dict(logs) | {digest(path): None for path in books.glob("seals/*.json")}
    begun = ""
    for number, path in enumerate(sorted(books.glob("log/*.json")), 1):
        found = json.loads(path.read_text(encoding="utf-8"))
        if (found["number"], found["previous"]) != (number, previous):
            yield path.name
        if begun and (found["act"], found["what"]) != ("abandon", [f"{number - 1:06d}"]):
            yield f"{begun} was begun and not carried out"
        begun = path.name if found["batch"] and found["batch"] not in waiting else ""
        if waiting.pop(found["batch"], None) not in (None, [previous, found["act"], found["at"], found["who"]]):
            yield f"{path.name}: its batch tells of another record"
        previous = digest(path)
    yield from (f"{name[:12]} has no record" for name in waiting)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "missing"


# ── the tests ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_pages_reader_finds_real_books_unchanged(made_books: Path) -> None:
    assert len(batches(made_books)) >= 5
    assert list(verified(made_books)) == []


def test_the_pages_reader_finds_the_demonstration_year_unchanged(demo_year: Path) -> None:
    books = demo_year / "books"
    assert len(batches(books)) > 200
    assert list(verified(books)) == []


def test_the_pages_reader_agrees_with_the_program_line_by_line(made_books: Path) -> None:
    kinds = set()
    for path in batches(made_books):
        text = path.read_text(encoding="utf-8")
        entries, people = read_batch(text)
        ours, errors, _ = parse_text(text, path)
        assert not errors
        assert [entry.canonical(people) for entry in entries] == [canonical(entry) for entry in ours]
        kinds |= {entry.words[1] for entry in entries}
    assert kinds == {"custom", "*", "open", "commodity", "price", "balance", "note", "event", "document"}


def test_the_worked_example_gives_the_hashes_it_states() -> None:
    page = PAGE.read_text(encoding="utf-8")
    blocks = dict(re.findall(r"```(beancount|json)\n(.*?)\n```", page, re.DOTALL))
    entries, people = read_batch(blocks["beancount"])
    forms = [entry.canonical(people) for entry in entries]
    assert forms == blocks["json"].split("\n")
    own = sha("".join(f"{form}\n" for form in forms))
    previous = entries[0].words[5].strip('"')
    chain = sha(f"cixi-riskpool/1\n{previous}\n{int(entries[0].words[4]):06d}\n{own}\n")
    stated = page.partition("## 8.")[2].partition("```")[0]
    assert re.findall(r"`([0-9a-f]{64})`", stated) == [own, chain]
    assert [entry.meta["mark"] for entry in entries[1:]] == [sha(form)[:12] for form in forms[1:]]


def spoil(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.chmod(0o600)
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_one_changed_digit_is_found_and_the_voucher_named(copied_books: Path) -> None:
    path = next(item for item in batches(copied_books) if "-7502.50 CNY" in item.read_text(encoding="utf-8"))
    spoil(path, "-7502.50 CNY", "-7502.51 CNY")
    found = list(verified(copied_books))
    assert f"{path.name}: header" in found
    assert f"{path.name}: 记-2023-03-0002" in found


def test_a_comment_is_no_change(copied_books: Path) -> None:
    path = batches(copied_books)[2]
    path.write_text("; looked at by the auditor\n\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert list(verified(copied_books)) == []


HELD = (
    "pool.toml",
    "main.beancount",
    "chart.beancount",
    "rules/demo-2023/*/rule_text.toml",
    "documents/*-list.csv",
    "readings/*.json",
    "statements/*.json",
    "reconciliations/*.json",
    "log/000002-*.json",
)


@pytest.mark.parametrize("pattern", HELD)
def test_files_held_by_a_digest_are_compared(copied_books: Path, pattern: str) -> None:
    path = next(copied_books.glob(pattern))
    path.write_bytes(path.read_bytes() + b"\n")
    assert len(list(verified(copied_books))) >= 1
    assert verify(copied_books), "the program sees it too"


def test_a_cut_tail_is_found(copied_books: Path) -> None:
    for path in batches(copied_books)[-2:]:
        path.unlink()
    assert "head.beancount" in list(verified(copied_books))


def test_a_sealed_paper_is_compared(demo_year: Path, tmp_path: Path) -> None:
    books = Path(shutil.copytree(demo_year / "books", tmp_path / "books"))
    paper = next(books.glob("papers/2023-05-1/*.xlsx"))
    paper.write_bytes(b"another")
    assert list(verified(books)) == [paper.name]
