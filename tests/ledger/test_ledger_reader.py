"""Our quick ways give what beancount's own give: entries, errors, options, text, and the form that is hashed."""

import json
import random
import shutil
import string
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from beancount import loader
from beancount.core import data
from beancount.core.amount import Amount
from beancount.parser import booking, parser, printer
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_samples import POOL, SAMPLES, Office, founded

from ledger import reader, soundness
from ledger.accounts import Chart
from ledger.canon import canonical
from ledger.checks import NAMES
from ledger.faults import Refusal
from ledger.parsing import Names, parse, parse_text
from ledger.pool import parse_pool
from ledger.postings import postings
from ledger.printing import entry_text
from ledger.reader import load

sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))

from invent import Office as InventedOffice
from invent import Pool

GOLDEN = Path(__file__).parent / "golden" / "books"
loader.initialize(use_cache=False)


def plain(options: dict[str, Any]) -> dict[str, Any]:
    """Options whose display context can be compared."""
    contexts = {
        currency: (found.has_sign, found.integer_max, dict(getattr(found, "fractional_dist").hist))  # noqa: B009 - beancount types it away
        for currency, found in options["dcontext"].ccontexts.items()
    }
    kept = {key: value for key, value in options.items() if key != "riskpool_gathered"}  # the checks' own notes
    return {**kept, "dcontext": {name: value for name, value in contexts.items() if value[2]}}


def assert_same(root: Path) -> None:
    """The books load by our quick way, and to what the loader gives, to the last key and its order."""
    entries, errors, options = loader.load_file(str(root / reader.MAIN))
    assert errors == []
    main = str((root / reader.MAIN).absolute())
    quick = reader._quick(main, reader._included(main, parser.parse_file(main)[2]["include"]))  # noqa: SLF001 - the very way that is tested
    assert quick is not None, "sound books go the quick way"
    assert quick[0] == entries
    for ours, theirs in zip(quick[0], entries, strict=True):
        assert type(ours) is type(theirs)
        assert list(ours.meta) == list(theirs.meta)
        assert [type(value) for value in ours.meta.values()] == [type(value) for value in theirs.meta.values()]
        assert canonical(ours) == canonical(theirs)
    assert plain(quick[2]) == plain(options)
    assert list(quick[2]) == list(options)
    assert load(root).entries == tuple(entries)


def test_new_books_load_as_the_loader_loads_them(office: Office) -> None:
    assert_same(office.root)


def test_books_with_a_story_load_as_the_loader_loads_them(full_office: Office) -> None:
    assert_same(full_office.root)


def test_golden_books_load_as_the_loader_loads_them(tmp_path: Path) -> None:
    # Only their batches are kept: the documents that they name are put beside them.
    root = Path(shutil.copytree(GOLDEN, tmp_path / "golden"))
    (root / "documents").mkdir()
    for path in (root, *root.rglob("*")):  # a checkout is readable by all, books are not
        path.chmod(0o700 if path.is_dir() else 0o600)
    for entry in load(root).entries:
        if isinstance(entry, data.Document):
            (root / "documents" / Path(entry.filename).name).write_bytes(b"")
    assert_same(root)


@pytest.mark.parametrize("seed", range(3))
def test_random_years_load_as_the_loader_loads_them(tmp_path: Path, seed: int) -> None:
    pool = Pool(seed, 2020)
    office = InventedOffice.founded(tmp_path / "books", pool)
    for events in pool.year(2020, 360):
        office.post(events)
    assert_same(office.root)
    assert len([entry for entry in office.book.entries if isinstance(entry, data.Transaction)]) > 360
    # What a posting keeps in memory is what a fresh load gives.
    assert office.book.entries == load(office.root).entries


BROKEN: dict[str, Callable[[str], str]] = {
    "an amount off": lambda text: text.replace("22.22 CNY", "22.23 CNY", 1),
    "a missing amount": lambda text: text.replace("  22.22 CNY", "", 1),
    "a cost": lambda text: text.replace("22.22 CNY", "22.22 CNY {1 CNY}", 1),
    "a price": lambda text: text.replace("22.22 CNY", "22.22 CNY @ 1 CNY", 1),
    "a total price": lambda text: text.replace("22.22 CNY", "22.22 CNY @@ 22.22 CNY", 1),
    "a leg's flag": lambda text: text.replace("  Assets", "  ! Assets", 1),
    "a key twice": lambda text: text.replace("  papers: 0", "  papers: 0\n  papers: 1", 1),
    "a pushed key again": lambda text: text.replace("  papers: 0", '  papers: 0\n  preparer: "li"', 1),
    "a tag on its own line": lambda text: text.replace("  papers: 0", "  #late\n  papers: 0", 1),
    "a tag after the legs": lambda text: text.replace("22.22 CNY\n", "22.22 CNY\n  #late\n", 1),
    "three strings": lambda text: text.replace('"市财政出资"', '"a" "b" "c"', 1),
    "a pushed tag": lambda text: f"pushtag #late\n{text}",
    "a pushed tag, popped": lambda text: f"pushtag #late\n{text}poptag #late\n",
    "a pushed key, not popped": lambda text: f'{text}pushmeta late: "x"\n',
    "a bad account": lambda text: text.replace("Assets:1002银行存款", "Assets:银行存款"),
    "an unknown account": lambda text: text.replace("01中国银行:01专户", "01中国银行:09专户"),
    "a syntax error": lambda text: f"{text}what\n",
    "an option": lambda text: f'option "title" "x"\n{text}',
    "a second currency option": lambda text: f'option "operating_currency" "USD"\n{text}',
    "another root name": lambda text: f'option "name_assets" "Zichan"\n{text}',
    "a failed assertion": lambda text: f"{text}2024-01-01 balance Assets:1012在途资金 5.00 ~ 0 CNY\n",
    "an assertion in a wrong unit": lambda text: f"{text}2024-01-01 balance Assets:1012在途资金 0 ~ 0 USD\n",
    "an assertion of nothing": lambda text: f"{text}2024-01-01 balance Assets:1999没有 0 ~ 0 CNY\n",
    "a loose assertion": lambda text: f"{text}2024-01-01 balance Assets:1012在途资金 0.00 CNY\n",
    "a parent's assertion": lambda text: f"{text}2023-12-31 balance Assets:1002银行存款 3900033.33 ~ 0 CNY\n",
    "an account opened twice": lambda text: f"{text}2023-03-01 open Assets:1012在途资金 CNY\n",
    "a wrong unit": lambda text: text.replace("22.22 CNY", "22.22 LOAN.CNY"),
    "a missing document": lambda text: f'{text}2023-03-01 document Assets:1012在途资金 "../../documents/none.pdf"\n',
    "a file given twice": lambda text: text,
    "a close": lambda text: f"{text}2024-12-31 close Assets:1012在途资金\n",
    "an expression": lambda text: text.replace("-22.22 CNY", "-11.11 - 11.11 CNY", 1),
    "a payee": lambda text: text.replace('"市财政出资"', '"某某" "市财政出资"', 1),
    "no summary": lambda text: text.replace('* "市财政出资"', "*", 1),
    "a flag": lambda text: text.replace('* "市财政出资"', '! "市财政出资"', 1),
    "an empty value": lambda text: text.replace("  papers: 0", "  papers:", 1),
    "an amount as a fact": lambda text: text.replace("  papers: 0", "  papers: 1.00 CNY", 1),
    "more digits": lambda text: text.replace("22.22 CNY", "22.220 CNY"),
    "a comment": lambda text: text.replace("  papers: 0", "  papers: 0 ; ;", 1),
    "returns": lambda text: text.replace("\n", "\r\n"),
    "a bad byte": lambda text: text.replace("22.22 CNY", "22.22 CNY \x00"),
    "an interleaved unit": lambda text: text.replace(
        "22.22 CNY\n", "22.22 CNY\n  Assets:9101质押权利 1 ZL1\n  Equity:9102质押权利对应 -1 ZL1\n", 1
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_any_other_text_is_read_as_the_loader_reads_it(full_office: Office, name: str) -> None:
    path = full_office.batches()[-1]
    path.write_text(BROKEN[name](path.read_text(encoding="utf-8")), encoding="utf-8", newline="")
    if name == "a file given twice":
        main = full_office.root / reader.MAIN
        main.write_text(main.read_text(encoding="utf-8") + 'include "chart.beancount"\n', encoding="utf-8")
    entries, errors, options = loader.load_file(str(full_office.root / reader.MAIN))
    loaded = load(full_office.root)
    assert loaded.entries == tuple(entries)
    assert [text.partition(" ")[2] for text in loaded.errors] == [error.message for error in errors]
    assert plain(loaded.options) == plain(options)


@pytest.mark.parametrize(
    ("file", "line", "words"),
    [
        ("main.beancount", 'plugin "this"', "插件 this"),
        ("main.beancount", 'include "/etc/hostname"', "引入 /etc/hostname"),
        ("main.beancount", 'option "insert_pythonpath" "TRUE"', "insert_pythonpath"),
        ("batch", 'include "../../log/evil.txt"', "引入了 ../../log/evil.txt"),
        ("batch", 'plugin "this"', "插件 this"),
        ("chart.beancount", 'include "log/evil.txt"', "引入了 log/evil.txt"),
        ("head.beancount", 'option "insert_pythonpath" "TRUE"', "insert_pythonpath"),
    ],
)
def test_foreign_code_and_files_are_refused_before_they_are_touched(
    full_office: Office, monkeypatch: pytest.MonkeyPatch, file: str, line: str, words: str
) -> None:
    path = full_office.batches()[-1] if file == "batch" else full_office.root / file
    path.write_text(path.read_text(encoding="utf-8") + f"{line}\n", encoding="utf-8")
    monkeypatch.setattr(loader, "load_file", lambda *_: pytest.fail("the loader was asked"))
    monkeypatch.delitem(sys.modules, "this", raising=False)
    with pytest.raises(Refusal, match=words):
        load(full_office.root)
    assert "this" not in sys.modules


def test_every_check_runs_on_the_quick_way_and_leaves_its_mark(full_office: Office) -> None:
    assert load(full_office.root).options["riskpool_checks"] == list(NAMES)


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_each_kind_of_event_is_printed_parsed_and_hashed_as_beancount_does(name: str) -> None:
    made = postings(SAMPLES[name], Chart(parse_pool(POOL)), ())
    for entry in made:
        assert entry_text(entry) == printer.format_entry(entry)
        assert canonical(entry) == independent(entry)
    text = "\n".join(map(printer.format_entry, made))
    entries, errors, options = parser.parse_string(text, report_filename="/books/batch")
    entries, more = booking.book(entries, {**options, "tolerance_multiplier": Decimal(0)})
    ours = parse(text.encode(), "/books/batch", Names(), Decimal(0))
    assert ours is not None
    assert (errors, more) == ([], [])
    assert ours.entries == sorted(entries, key=lambda entry: int(entry.meta["lineno"]))
    assert plain(ours.options) == plain(options)
    assert [independent(entry) for entry in ours.entries] == [canonical(entry) for entry in ours.entries]


def independent(entry: data.Directive) -> str:  # noqa: C901 - a line a kind
    """The canonical form of docs/format-1.md §4 by Python's own JSON, written a second time."""

    def value(found: object) -> object:
        match found:
            case bool() | str():
                return found
            case Decimal():
                return {"d": str(found)}
            case date():
                return {"on": found.isoformat()}
            case _:
                return str(found)

    def meta(found: data.Meta | None) -> list[list[object]]:
        hidden = {"filename", "lineno", "mark"}
        return [
            [key, value(item)] for key, item in sorted((found or {}).items()) if key not in hidden and key[0] != "_"
        ]

    def names(found: object) -> list[str]:
        return sorted(found or ())  # type: ignore[call-overload] # a set or None

    match entry:
        case data.Transaction():
            legs = [
                [leg.account, str(leg.units.number), leg.units.currency, meta(leg.meta)]
                for leg in entry.postings
                if leg.units is not None
            ]
            head = [entry.flag, entry.payee or "", entry.narration or ""]
            body: list[object] = [*head, names(entry.tags), names(entry.links), legs]
        case data.Open():
            body = [entry.account, list(entry.currencies or ())]
        case data.Commodity():
            body = [entry.currency]
        case data.Price():
            body = [entry.currency, str(entry.amount.number), entry.amount.currency]
        case data.Balance():
            body = [entry.account, str(entry.amount.number), entry.amount.currency, str(entry.tolerance)]
        case data.Note():
            body = [entry.account, entry.comment, names(entry.tags), names(entry.links)]
        case data.Event():
            body = [entry.type, entry.description]
        case _:
            raise AssertionError(type(entry).__name__)
    form = [type(entry).__name__, entry.date.isoformat(), *body, meta(entry.meta)]
    return json.dumps(form, ensure_ascii=False, separators=(",", ":"))


TEXTS = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="".join(map(chr, [*range(9), *range(11, 32), 127]))),
    max_size=40,
)
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=2, max_value=10**13, min_value=-(10**13))
FACTS = st.dictionaries(
    st.text(string.ascii_lowercase, min_size=2, max_size=8).filter(lambda key: key not in {"filename", "lineno"}),
    st.one_of(TEXTS, NUMBERS, st.dates(date(1970, 1, 1), date(2999, 12, 31)), st.booleans()),
    max_size=6,
)
ACCOUNTS = st.sampled_from(["Assets:1002银行存款:01中国银行:01专户", "Equity:3101出资:01市财政", "Income:4501专户利息"])
UNITS = st.sampled_from(["CNY", "LOAN.CNY", "ZL202110123456.7"])
LEGS = st.lists(st.tuples(ACCOUNTS, NUMBERS, UNITS, st.none() | FACTS), min_size=1, max_size=5)


@settings(max_examples=300, deadline=None)
@given(TEXTS, FACTS, LEGS, st.sampled_from("*!"))
def test_any_transaction_is_printed_and_hashed_as_beancount_prints_and_json_has_it(
    text: str, facts: dict[str, Any], legs: list[tuple[str, Decimal, str, dict[str, Any] | None]], flag: str
) -> None:
    made = [data.Posting(account, Amount(number, unit), None, None, None, meta) for account, number, unit, meta in legs]
    names = frozenset({"voucher"}), frozenset({"v2023-03-0001", "case-1"})
    entry = data.Transaction(facts, date(2023, 3, 1), flag, None, text, *names, made)
    assert entry_text(entry) == printer.format_entry(entry)
    assert canonical(entry) == independent(entry)
    back, errors, _ = parse_text(entry_text(entry), Path("/books/batch"))
    assert errors == []
    by_unit = {unit: index for index, (_, _, unit, _) in reversed(list(enumerate(legs)))}
    booked = entry._replace(
        postings=sorted(made, key=lambda leg: by_unit[leg.units.currency if leg.units is not None else ""])
    )
    assert [canonical(found) for found in back] == [canonical(booked)]


def test_assertions_are_judged_as_beancount_judges_them() -> None:
    # Trees of accounts, several units, assertions on leaves and parents, some of them wrong.
    chance = random.Random(20240229)  # noqa: S311 - seeded invention
    names = ["Assets:A", "Assets:A:B", "Assets:A:B:C", "Assets:AB", "Assets:A:D"]
    verdicts = set()
    for _ in range(300):
        lines = [
            'option "tolerance_multiplier" "0"',
            *(f"2020-01-01 open {name}" for name in names),
            "2020-01-01 open Equity:E",
        ]
        held: dict[tuple[str, str], int] = {}
        for day in range(2, 12):
            for _ in range(2):
                name, unit, number = chance.choice(names), chance.choice(("CNY", "USD")), chance.randint(-5, 5) or 1
                held[name, unit] = held.get((name, unit), 0) + number
                lines.append(f'2020-01-{day:02d} * "x"\n  {name}  {number}.00 {unit}\n  Equity:E  {-number}.00 {unit}')
        for _ in range(2):
            name, unit = chance.choice(names), chance.choice(("CNY", "USD"))
            total = sum(
                value for (held_in, of), value in held.items() if of == unit and f"{held_in}:".startswith(f"{name}:")
            )
            off = chance.choice(("00", "00", "00", "01"))
            lines.append(f"2020-02-01 balance {name}  {total}.{off} ~ 0 {unit}")
        entries, errors, options = loader.load_string("\n".join(lines))
        verdicts.add(not errors)
        assert soundness._balances_hold(entries, options) == (not errors), "\n".join(lines)  # noqa: SLF001 - the shorter way itself
    assert verdicts == {True, False}


def test_a_founded_book_is_read_in_any_place(tmp_path: Path) -> None:
    for name in ("a b", "账套", "~", "."):
        office = founded(tmp_path / name / "books")
        assert len(load(office.root).entries) > 30, name
