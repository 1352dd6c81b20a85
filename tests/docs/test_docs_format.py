"""docs/format-1.md says enough: a reader written from that page alone re-computes every hash of real books."""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.canon import canonical
from ledger.journal import parse_text

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
    """§4, §5, §6 and the right column of §1: everything that differs, one text each."""
    previous, numbers = "0" * 64, dict[str, int]()
    last = ""
    for sequence, path in enumerate(sorted(books.glob("batches/*/*.beancount"), key=lambda item: item.name)):
        entries, people = read_batch(path.read_text(encoding="utf-8"))
        header, name = entries[0], path.name
        own = sha("".join(f"{entry.canonical(people)}\n" for entry in entries))
        stated = [word.strip('"') for word in header.words[3:]]
        if stated != ["1", str(sequence), previous, own]:
            yield f"{name}: header"
        if name != f"{sequence:06d}-{own[:12]}.beancount":
            yield f"{name}: name"
        if not sequence:
            for key in ("pool.toml", "main.beancount", "chart.beancount"):
                if header.meta[f"{key.partition('.')[0]}-sha256"] != digest(books / key):
                    yield key
        for entry in entries[1:]:
            if entry.meta["mark"] != sha(entry.canonical(people))[:12]:
                yield f"{name}: {entry.meta.get('voucher', entry.words[1])}"
            yield from numbered(entry, numbers)
            if entry.words[1] == "document":
                kept = books / "documents" / entry.words[3].strip('"').rpartition("/")[2]
                if digest(kept) != entry.meta["sha256"]:
                    yield kept.name
            if entry.meta.get("kind") == "RuleAdopted":
                slug, _, day = str(entry.meta["rule"]).partition("@")
                if digest(books / "rules" / slug / day / "rule_text.toml") != entry.meta["sha256"]:
                    yield slug
        previous = sha(f"cixi-riskpool/1\n{previous}\n{sequence:06d}\n{own}\n")
        last = f"; 链头 {sequence:06d} {previous}\n"
    if (books / "head.beancount").read_text(encoding="utf-8") != last:
        yield "head.beancount"
    yield from logged(books)


def numbered(entry: Entry, numbers: dict[str, int]) -> Iterator[str]:
    if entry.words[1] != "*":
        return
    sort = "记" if "#voucher" in entry.words else "登"
    series = f"{sort}-{entry.words[0][:7]}"
    numbers[series] = numbers.get(series, 0) + 1
    if entry.meta["voucher"] != f"{series}-{numbers[series]:04d}":
        yield f"{entry.meta['voucher']}: number"


def logged(books: Path) -> Iterator[str]:
    previous = "0" * 64
    for number, path in enumerate(sorted(books.glob("log/*.json")), 1):
        found = json.loads(path.read_text(encoding="utf-8"))
        if (found["number"], found["previous"]) != (number, previous):
            yield path.name
        previous = digest(path)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "missing"


# ── the tests ─────────────────────────────────────────────────────────────────────────────────────────────────


def batches(books: Path) -> list[Path]:
    return sorted(books.glob("batches/*/*.beancount"), key=lambda item: item.name)


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


@pytest.mark.parametrize(
    "name", ["pool.toml", "main.beancount", "chart.beancount", "rules/demo-2023/2023-01-01/rule_text.toml"]
)
def test_files_held_by_a_digest_are_compared(copied_books: Path, name: str) -> None:
    with (copied_books / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    assert len(list(verified(copied_books))) == 1


def test_a_cut_tail_is_found_by_the_head(copied_books: Path) -> None:
    batches(copied_books)[-1].unlink()
    assert "head.beancount" in list(verified(copied_books))


def test_documents_and_log_are_compared(copied_books: Path) -> None:
    kept = next((copied_books / "documents").glob("*-list.csv"))
    kept.write_bytes(kept.read_bytes() + b" ")
    first = sorted((copied_books / "log").glob("*.json"))[0]
    first.write_bytes(first.read_bytes() + b" ")
    assert len(list(verified(copied_books))) == 2


def test_a_sign_off_names_its_working_paper(made_books: Path) -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in batches(made_books))
    stated = set(re.findall(r'working-paper: "([0-9a-f]{64})"', text))
    assert stated == {digest(path) for path in made_books.glob("reconciliations/*.json")}
