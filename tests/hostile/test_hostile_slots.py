"""Hostile texts in every slot of book text, in process: each comes back as data to the letter, or is refused."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from beancount import loader
from beancount.core import data
from beancount.core.amount import Amount
from beancount.parser.grammar import ValueType
from hostile_texts import COUNT, PIECES, hostile
from ledger_samples import BOC, CITY, POOL, SAMPLES, applied, contribution, head, leg, loan_included
from pydantic import ValidationError

from ledger.accounts import Chart
from ledger.book import Book
from ledger.canon import canonical
from ledger.events import AccountOpened, AnyEvent, BankRowConfirmed, ManualVoucher
from ledger.faults import Refusal
from ledger.founding import chart_text, main_text
from ledger.journal import parse_text, write_text
from ledger.pool import parse_pool
from ledger.postings import postings
from ledger.reader import Loaded
from ledger.slots import breach

ON = date(2023, 3, 2)
CHART = Chart(parse_pool(POOL))
META = {"event": "test-00000000000000000000"}


def header() -> data.Custom:
    values = [ValueType("1", str), ValueType(Decimal(7), Decimal), ValueType("0" * 64, str), ValueType("f" * 64, str)]
    return data.Custom({"act": "import"}, ON, "batch", values)


def entry(**fields: object) -> data.Transaction:
    """A voucher in which one slot is told."""
    legs = [
        data.Posting(name, Amount(Decimal(fen), "CNY"), None, None, None, None) for name, fen in ((BOC, 1), (CITY, -1))
    ]
    plain = {
        "meta": dict(META),
        "date": ON,
        "flag": "*",
        "payee": None,
        "narration": "摘要",
        "tags": frozenset({"voucher"}),
    }
    return data.Transaction(**{**plain, "links": frozenset(), "postings": legs, **fields})


def leg_in(commodity: str) -> data.Transaction:
    legs = [
        data.Posting(name, Amount(Decimal(one), commodity), None, None, None, None)
        for name, one in ((BOC, 1), (CITY, -1))
    ]
    return entry(postings=legs)


@dataclass(frozen=True)
class Slot:
    """Where a text goes: an event that carries it, or where no act lets one in, the directive itself."""

    plain: str
    event: Callable[[str], AnyEvent] | None = None
    directive: Callable[[str], data.Directive] | None = None
    takes: bool = True


def opened(**fields: str) -> AccountOpened:
    told = {"account_name": "Assets:1002银行存款:01中国银行:09专户", "commodity": "CNY", "title": "新户", **fields}
    return AccountOpened(**head("opened", ON, "开设科目"), **told)


def note(text: str) -> BankRowConfirmed:
    return BankRowConfirmed.model_validate({**SAMPLES["BankRowConfirmed"].model_dump(), "summary": text})


def hand(account: str) -> ManualVoucher:
    return ManualVoucher.model_validate(
        {**SAMPLES["ManualVoucher"].model_dump(), "lines": (leg(account, 5).model_dump(), leg(CITY, -5).model_dump())}
    )


def changed(name: str, **fields: object) -> AnyEvent:
    event = SAMPLES[name]
    return type(event).model_validate({**event.model_dump(), **fields})


SLOTS = {
    "payee": Slot("市财政局", directive=lambda text: entry(payee=text)),
    "narration": Slot("市财政出资", event=lambda text: contribution("a", 1, summary=text)),
    "metadata value": Slot("示例市财政局", event=lambda text: contribution("a", 1, counterparty=text)),
    "metadata value, bare": Slot("示例", directive=lambda text: entry(meta={**META, "words": text})),
    "metadata key": Slot("word", directive=lambda text: entry(meta={**META, text: "x"})),
    "name of a fact": Slot("words", event=lambda text: applied(facts=((text, "x"),))),
    "value of a fact": Slot("是", event=lambda text: applied(facts=(("words", text),))),
    "reason": Slot("会议纪要", event=lambda text: changed("ManualVoucher", reason=text)),
    "several words": Slot("第五条", event=lambda text: changed("CompensationDenied", clauses=(text, "第九条"))),
    "borrower and its contract": Slot("示例公司", event=lambda text: loan_included(borrower=text, contract_no=text)),
    "note": Slot("银行已付", event=note),
    "note, bare": Slot(
        "银行已付", directive=lambda text: data.Note(dict(META), ON, BOC, text, frozenset(), frozenset())
    ),
    "document name": Slot(
        "附件.pdf",
        directive=lambda text: data.Document(
            {"name": text, "sort": "list"}, ON, BOC, "../../documents/a.pdf", None, None
        ),
    ),
    "document file": Slot(
        "../../documents/a.pdf", directive=lambda text: data.Document({}, ON, BOC, text, frozenset(), frozenset())
    ),
    "tag": Slot("voucher", directive=lambda text: entry(tags=frozenset({"voucher", text}))),
    "link": Slot("case-1", directive=lambda text: entry(links=frozenset({text}))),
    "link of a filing": Slot("BA2023-001", event=lambda text: loan_included(filing_no=text)),
    "account": Slot(BOC, event=hand),
    "account, opened": Slot("Assets:1002银行存款:01中国银行:09专户", event=lambda text: opened(account_name=text)),
    "title of an account": Slot("新户", event=lambda text: opened(title=text)),
    "loan": Slot("BOC2023-0001", event=lambda text: loan_included(loan=text)),
    "commodity": Slot("CNY", directive=leg_in),
    "commodity, listed": Slot("ZL202110123456.7", directive=lambda text: data.Commodity(dict(META), ON, text)),
    "commodity, opened": Slot("CNY", event=lambda text: opened(commodity=text)),
    "commodity, priced": Slot(
        "ZL1", directive=lambda text: data.Price(dict(META), ON, text, Amount(Decimal("1.00"), "APPRAISAL.CNY"))
    ),
    "right": Slot("TM12345678-09", event=lambda text: loan_included(rights=(text,))),
    "event name": Slot("suspension-boc", directive=lambda text: data.Event(dict(META), ON, text, "normal")),
    "event description": Slot("suspended", event=lambda text: changed("SuspensionTripped", state=text)),
    "custom": Slot("batch", directive=lambda text: data.Custom(dict(META), ON, text, [ValueType("1", str)])),
    "custom value": Slot("1", directive=lambda text: data.Custom(dict(META), ON, "x", [ValueType(text, str)])),
}


def entries_of(slot: Slot, text: str) -> tuple[AnyEvent | None, list[data.Directive]]:
    """What would be written for a text. ValidationError: it is none that an event may bear."""
    if slot.event:
        event = slot.event(text)
        return event, postings(event, CHART, ())
    assert slot.directive, "a slot is an event's or a directive's"
    return None, [slot.directive(text)]


def outcome(slot: Slot, text: str) -> str:
    """``refused``, or ``stored`` after the batch's text has been read back and found to be exactly what was meant."""
    try:
        event, entries = entries_of(slot, text)
    except ValidationError:
        return "refused"
    if any(breach(made) for made in entries):
        return "refused"
    written = write_text(header(), entries, (("preparer", "zhang"), ("reviewer", "li")))
    parsed, errors, _ = parse_text(written, Path("batches/2023/000007-ffffffffffff.beancount"))
    assert errors == [], text
    people = {"preparer": "zhang", "reviewer": "li"}
    meant = [
        made._replace(meta={**people, **made.meta}) if isinstance(made, data.Transaction) else made
        for made in (header(), *entries)
    ]
    assert [canonical(found) for found in parsed] == [canonical(made) for made in meant], text
    if event:
        alone = Book(Loaded(Path(), tuple(parsed), (), {}), CHART.pool)
        assert alone.events(type(event)) == (event.model_copy(update={"sources": ()}),), text
    return "stored"


@pytest.mark.parametrize("name", SLOTS)
def test_each_text_is_stored_to_the_letter_or_refused(name: str) -> None:
    slot = SLOTS[name]
    found = {"stored": 0, "refused": 0}
    for text in (slot.plain, *hostile(name, COUNT, slot.plain)):
        found[outcome(slot, text)] += 1
    assert found["stored"] + found["refused"] == COUNT + 1
    assert outcome(slot, slot.plain) == "stored"
    assert found["stored"] > 1, found
    assert found["refused"] > 1, found


@pytest.mark.parametrize("name", ["narration", "metadata value", "reason", "value of a fact"])
def test_what_a_bank_may_well_send_is_kept(name: str) -> None:
    kept = [text for text in PIECES if text and not re.search(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]", text)]
    assert [text for text in kept if outcome(SLOTS[name], text) != "stored"] == []


# ── names in the settings, which become accounts, titles and an option ────────────────────────────────────


def settings(**names: str) -> str:
    """pool.toml with some of its names told otherwise."""
    text = POOL
    for old, new in names.items():
        word = {
            "title": "示例子风险池（虚构）",
            "contributor": "县财政",
            "bank": "农业银行",
            "account": "农业银行专户",
        }[old]
        assert text.count(f'"{word}"') == 1
        text = text.replace(f'"{word}"', json.dumps(new))
    return text


@pytest.mark.parametrize("name", ["title", "contributor", "bank", "account"])
def test_a_name_in_the_settings_is_a_name_or_refused(name: str, tmp_path: Path) -> None:
    plain = "示例银行"
    found = {"stored": 0, "refused": 0}
    for text in (plain, *hostile(f"settings {name}", COUNT, plain)):
        try:
            pool = parse_pool(settings(**{name: text}))
        except Refusal:
            found["refused"] += 1
            continue
        found["stored"] += 1
        main = tmp_path / "main.beancount"
        main.write_text(re.sub(r"^include .*$", "", main_text(pool), flags=re.MULTILINE), encoding="utf-8")
        (tmp_path / "chart.beancount").write_text(chart_text(pool, ON), encoding="utf-8")
        entries, errors, options = loader.load_string(f"{main.read_text(encoding='utf-8')}\n{chart_text(pool, ON)}")
        assert errors == [], text
        assert options["title"] == pool.title
        opens = [made for made in entries if isinstance(made, data.Open)]
        assert [(made.account, made.meta["title"]) for made in opens] == [
            (row.account, row.title) for row in sorted(Chart(pool).fixed(), key=lambda row: ids(opens, row.account))
        ]
        assert len(entries) == len(opens) + main_text(pool).count("custom")
    assert min(found.values()) > 1, found


def ids(opens: list[data.Open], account: str) -> int:
    return [made.account for made in opens].index(account)


def test_texts_are_the_same_every_time_and_no_two_alike() -> None:
    first, second = list(hostile("a", 900, "x")), list(hostile("a", 900, "x"))
    assert first == second
    assert len(set(first)) == 900
    assert set(PIECES) <= set(first)
    assert any(len(text) > 19_000 for text in first)
    assert list(hostile("b", 900, "x")) != first
