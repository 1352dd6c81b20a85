"""Hostile text in every slot, through the journal: stored as data to the letter, or refused and the books unchanged."""

from collections.abc import Iterator

import pytest
from beancount.core import data
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledger_samples import (
    AT,
    BOC,
    CITY,
    SAMPLES,
    SHA,
    Office,
    applied,
    contribution,
    founded,
    interest,
    leg,
    loan_included,
    row,
)
from pydantic import ValidationError

from ledger.events import EVENT, AnyEvent, BankRowConfirmed, CompensationApplied
from ledger.faults import Refusal
from ledger.papers import Attachment
from ledger.slots import bare, breach

FAKE = '2023-03-02 * "假" "注入" #voucher\n  Assets:1012在途资金  9.99 CNY\n  Equity:3202本年结余  -9.99 CNY\n'
HOSTILE = {
    "quote": '"',
    "closing": f'x"\n\n{FAKE}\n2023-03-02 note Assets:1012在途资金 "',
    "directive": f"\n{FAKE}",
    "option": '"\noption "title" "x"\nplugin "os"\ninclude "/etc/hostname"\n"',
    "backslash": "\\",
    "backslash quote": '\\"',
    "ends in backslash": "贷款\\",
    "newlines": "\n" * 70,
    "return": "a\r\nb",
    "tab": "a\tb",
    "nul": "a\x00b",
    "escape": "\x1b[31m红",
    "delete": "a\x7fb",
    "next line": "a\x85b",
    "separator": "a\u2028b\u2029c",
    "right to left": "\u202e改",
    "bom": "\ufeffa",
    "not a character": "\uffff",
    "beyond": "𠮷野家𪚥",
    "combining": "e\u0301" * 50,
    "joined": "甲、乙:丙；丁",
    "comment": "; 这不是注释",
    "tags": "#tag ^link {100 CNY} @ 2",
    "flag": "! txn *",
    "blank": "  ",
    "long": "长" * 500,
    "quotes and lines": '"\n' * 200,
}
SAFE = {
    "quote",
    "directive",
    "backslash",
    "newlines",
    "tab",
    "separator",
    "beyond",
    "joined",
    "comment",
    "tags",
    "long",
}
"""Texts that a bank may well send: they must be kept, not refused."""


def stored(office: Office, event: AnyEvent) -> bool:
    """Whether the event was posted: then exactly itself and nothing more, else not a byte."""
    if isinstance(event, CompensationApplied):
        office.post(loan_included())
    before, entries = office.files(), len(office.book.entries)
    vouchers = len(office.book.vouchers)
    try:
        posted = office.post(event)
    except Refusal:
        assert office.files() == before
        return False
    book = office.book
    assert [found for found in book.events(type(event)) if found.event_id == event.event_id] == [
        event.model_copy(update={"sources": ()})
    ]
    assert len(book.vouchers) == vouchers + len(posted.vouchers)
    ours = [item for item in book.entries if item.meta.get("event") == event.event_id]
    heads = 1
    assert len(book.entries) == entries + len(ours) + heads
    assert not any(item.payee for item in book.entries if isinstance(item, data.Transaction))
    return True


def _slots(text: str) -> Iterator[tuple[str, AnyEvent]]:
    yield "narration and metadata", contribution("a", 1, summary=text, counterparty=text)
    yield "note", BankRowConfirmed.model_validate({**SAMPLES["BankRowConfirmed"].model_dump(), "summary": text})
    yield "open and link", loan_included(summary=text, borrower=text, contract_no=text, use=text, filing_no=text)
    yield "fact", applied(facts=(("words", text),))


SLOTS = [name for name, _ in _slots("")]


@pytest.mark.parametrize("slot", SLOTS)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_stored_to_the_letter_or_refused(office: Office, name: str, slot: str) -> None:
    event = dict(_slots(HOSTILE[name]))[slot]
    assert stored(office, event) or name not in SAFE


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(
        st.one_of(
            st.text(max_size=80),
            st.lists(st.sampled_from([*'"\\\n\t{}#^;*! ', FAKE, "\r", "\x00", "\u2028", "𠮷", "include"])).map("".join),
        ).map(lambda text: text[:500]),
        min_size=8,
        max_size=8,
    )
)
def test_eight_random_texts_at_a_time(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    office = founded(tmp_path_factory.mktemp("books") / "books")
    events = [contribution(str(number), 1, summary=text, counterparty=text) for number, text in enumerate(texts)]
    kept = [event for event in events if not breached(event)]
    if len(kept) < len(events):
        with pytest.raises(Refusal):
            office.post(*events)
    office.post(*kept)
    book = office.book
    assert list(book.events(type(events[0]))) == [event.model_copy(update={"sources": ()}) for event in kept]
    assert len(book.vouchers) == 1 + len(kept)


def breached(event: AnyEvent) -> bool:
    text = event.summary
    return any((ord(char) < 32 and char not in "\t\n") or ord(char) == 127 for char in text)


@pytest.mark.parametrize("text", ["\ud800", "a\udfff"])
def test_a_lone_surrogate_is_no_text_at_all(text: str) -> None:
    with pytest.raises(ValidationError):
        contribution("a", 1, summary=text)
    with pytest.raises(ValidationError):
        EVENT.validate_python({**SAMPLES["LoanIncluded"].model_dump(), "borrower": text})


def test_a_text_beyond_the_limit_is_no_text() -> None:
    with pytest.raises(ValidationError):
        contribution("a", 1, summary="长" * 501)


@pytest.mark.parametrize(
    "fields",
    [
        {"loan": 'L" 1'},
        {"loan": "L:1"},
        {"pledge": "P\n1"},
        {"rights": ('ZL1"\n',)},
        {"rights": ()},
        {"bank": "BOC"},
        {"exposure": 'x"'},
        {"policy": "../x"},
    ],
)
def test_an_id_with_a_grammar_refuses_all_else(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        loan_included(**fields)


@pytest.mark.parametrize(
    "account",
    [
        f"{BOC}\n{FAKE}",
        f"{BOC}  1.00 CNY\n  {CITY}",
        f'{BOC}"',
        "Assets:a",
        "",
        "资产:现金",
        f"{BOC} ; x",
        "Assets:1002:",
    ],
)
def test_a_hand_written_account_can_not_carry_a_directive(office: Office, account: str) -> None:
    lines = (leg(account, 5), leg(CITY, -5))
    assert not stored(office, SAMPLES["ManualVoucher"].model_copy(update={"lines": lines}))


@pytest.mark.parametrize(
    "change",
    [
        {"path": f'documents/x"\n{FAKE}'},
        {"path": "documents/名.pdf"},
        {"path": "documents/../../../etc/hostname"},
        {"link": 'case-1"\n'},
        {"link": "case 1"},
        {"account": f'{BOC} "x"\n'},
    ],
)
def test_a_document_can_not_carry_a_directive_or_leave_the_books(office: Office, change: dict[str, str]) -> None:
    paper = office.attach(b"paper").model_copy(update=change)
    before = office.files()
    with pytest.raises(Refusal):
        office.post(contribution("a", 1), documents=[paper])
    assert office.files() == before


def test_a_documents_own_name_is_data(office: Office) -> None:
    paper = office.attach(b"paper").model_copy(update={"name": f'x"\n{FAKE}.pdf'})
    office.post(contribution("a", 1), documents=[paper])
    assert office.book.documents() == (paper,)
    assert len(office.book.vouchers) == 2


def test_who_handed_a_sheet_in_can_not_inject_by_its_name(office: Office) -> None:
    event = contribution("a", 1, sources=(row(3, f'!1"\n{FAKE}'[:100]),))
    assert stored(office, event)
    (source,) = office.book.sources_of(event.event_id)
    assert source.sheet == f'!1"\n{FAKE}'[:100]


def test_a_suspensions_state_is_a_word_of_ours(office: Office) -> None:
    for text in ('x"\n', "\u2028", "\\"):
        assert not stored(office, SAMPLES["SuspensionTripped"].model_copy(update={"state": text}))


META = {"filename": "<test>", "lineno": 1}
ON = AT.date()


@pytest.mark.parametrize(
    "entry",
    [
        data.Pad(META, ON, BOC, CITY),
        data.Close(META, ON, BOC),
        data.Query(META, ON, "q", "SELECT 1"),
        data.Note(META, ON, BOC, 'a"b', None, None),
        data.Note(META, ON, BOC, "a\\", None, None),
        data.Note(META, ON, BOC, "a\nb", None, None),
        data.Note(META, ON, BOC, "a", frozenset({"t\n"}), None),
        data.Note(META, ON, BOC, "a", None, frozenset({"中"})),
        data.Event(META, ON, 'a"', "b"),
        data.Event(META, ON, "a", 'b"'),
        data.Commodity(META, ON, "Zl"),
        data.Commodity(META, ON, "A" * 41),
        data.Open(META, ON, "Assets:x", None, None),
        data.Open(META, ON, BOC, ['C"'], None),
        data.Document(META, ON, BOC, "/etc/passwd", None, None),
        data.Document(META, ON, BOC, "a b.pdf", None, None),
        data.Commodity({**META, "k": "short"}, ON, "CNY"),
        data.Commodity({**META, "Key": "upper"}, ON, "CNY"),
        data.Commodity({**META, "key": 1.5}, ON, "CNY"),
        data.Commodity({**META, "key": "a\x0bb"}, ON, "CNY"),
        data.Commodity({**META, "key": "长" * 2001}, ON, "CNY"),
    ],
)
def test_each_slot_has_its_grammar(entry: data.Directive) -> None:
    assert breach(entry)


@given(st.text())
def test_a_bared_text_fits_the_slots_that_are_not_escaped(text: str) -> None:
    assert breach(data.Note(META, ON, BOC, bare(text)[:2000], None, None)) == ""
    assert len(bare(text)) == len(text)


def test_an_attachment_is_checked_by_its_digest_form() -> None:
    with pytest.raises(ValidationError):
        Attachment(path="documents/a", account=BOC, name="a", sha256=SHA.upper(), sort="list")


def test_two_lines_of_one_narration_are_one_voucher(office: Office) -> None:
    assert stored(office, interest("a", 1, summary='第一行\n第二行 "引"\\'))
    assert office.book.vouchers[-1].summary == '第一行\n第二行 "引"\\'
