"""Event to entries: a golden text per kind, zero sums, memo and money apart, and back to the event."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest
from beancount.core import data
from beancount.parser import printer
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_samples import CASE, LOAN, POOL, RIGHT, SAMPLES, contribution, decided, key, notified, share
from pydantic import ValidationError

from ledger.accounts import Chart
from ledger.events import EVENT, AnyEvent, CompensationApplied, CompensationDenied, Event, PledgeRegistered
from ledger.facts import event_of, meta_of
from ledger.journal import parse_text
from ledger.pool import parse_pool
from ledger.postings import REGISTER, VOUCHER, next_day, postings

CHART = Chart(parse_pool(POOL))
GOLDEN = Path(__file__).parent / "golden" / "events"
HAND_WRITTEN = {"ManualVoucher", "OpeningTaken", "EventWithdrawn", "VoucherAdjusted"}
MONEY = "CNY"


def text_of(event: AnyEvent) -> str:
    return "\n".join(printer.format_entry(entry) for entry in postings(event, CHART, ()))


def entries_of(event: AnyEvent) -> list[data.Transaction]:
    return [entry for entry in postings(event, CHART, ()) if isinstance(entry, data.Transaction)]


@pytest.mark.parametrize("name", SAMPLES)
def test_entries_of_a_kind_are_those_on_file(name: str) -> None:
    assert text_of(SAMPLES[name]) == (GOLDEN / f"{name}.beancount").read_text(encoding="utf-8")


def test_every_kind_of_event_has_a_golden_and_every_golden_a_kind() -> None:
    kinds = {kind.__name__ for kind in get_args(AnyEvent)}
    assert {type(event).__name__ for event in SAMPLES.values()} == kinds
    assert {path.stem for path in GOLDEN.glob("*.beancount")} == set(SAMPLES)
    assert all(name.partition("-")[0] == type(event).__name__ for name, event in SAMPLES.items())


@pytest.mark.parametrize("name", SAMPLES)
def test_an_entry_sums_to_zero_and_keeps_money_and_memo_apart(name: str) -> None:
    for entry in entries_of(SAMPLES[name]):
        totals: dict[str, Decimal] = {}
        for leg in entry.postings:
            assert leg.units is not None
            assert leg.units.number is not None
            totals[leg.units.currency] = totals.get(leg.units.currency, Decimal(0)) + leg.units.number
        assert not any(totals.values())
        tags = entry.tags or frozenset()
        assert len({VOUCHER, REGISTER} & tags) == 1
        assert (set(totals) == {MONEY}) if VOUCHER in tags else (MONEY not in totals)


@pytest.mark.parametrize("name", SAMPLES)
def test_each_directive_names_its_event_and_only_the_first_its_facts(name: str) -> None:
    event = SAMPLES[name]
    made = postings(event, CHART, ())
    assert [entry.meta["event"] for entry in made] == [event.event_id] * len(made)
    assert [entry.meta.get("kind") for entry in made] == [type(event).__name__] + [None] * (len(made) - 1)


@pytest.mark.parametrize("name", [name for name in SAMPLES if type(SAMPLES[name]).__name__ not in HAND_WRITTEN])
def test_a_golden_parses_back_to_the_same_event(name: str) -> None:
    """Events whose legs a hand wrote come back through Book (test_ledger_journal)."""
    event = SAMPLES[name]
    path = GOLDEN / f"{name}.beancount"
    entries, errors, _ = parse_text(path.read_text(encoding="utf-8"), path)
    assert errors == []
    first = entries[0]
    summary = first.meta.get("summary") or getattr(first, "narration", None) or getattr(first, "comment", "")
    day = event.on if isinstance(first, data.Balance) else first.date
    assert event_of(type(event), first.meta, day, summary) == event.model_copy(update={"sources": ()})


@pytest.mark.parametrize("name", SAMPLES)
def test_an_event_survives_the_draft_form(name: str) -> None:
    event = SAMPLES[name]
    assert EVENT.validate_json(EVENT.dump_json(event)) == event


TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
    st.lists(
        st.sampled_from(['"', "\\", ":", "、", "𠮷", "\u2028", "\u0085", "{", "#", "^", "；", "a", " ", "〇"])
    ).map("".join),
)


def test_free_texts_are_the_strings_without_a_grammar() -> None:
    # Guards the property below: it must keep reaching these kinds.
    assert {"summary", "borrower", "contract_no", "use", "town"} <= set(_texts(SAMPLES["LoanIncluded"]))
    assert set(_texts(SAMPLES["ReceiptUnidentified"])) == {"summary", "counterparty"}


def _texts(event: Event) -> list[str]:
    """The names of an event's free-text fields: those that take any string at all."""
    found = []
    for name, info in type(event).model_fields.items():
        if info.annotation is str and not any(getattr(item, "pattern", None) for item in info.metadata):
            try:
                event.__class__.model_validate({**event.model_dump(), name: "、\" 'x"})
            except ValueError:
                continue
            found.append(name)
    return found


@pytest.mark.parametrize("name", [name for name, event in SAMPLES.items() if type(event).__name__ not in HAND_WRITTEN])
@settings(max_examples=8, deadline=None)
@given(data_=st.data())
def test_facts_round_trip_with_any_text(name: str, data_: st.DataObject) -> None:
    event = SAMPLES[name]
    changes = {field: data_.draw(TEXTS, label=field) for field in _texts(event)}
    changed = type(event).model_validate({**event.model_dump(), **changes})
    back = event_of(type(changed), meta_of(changed), changed.on, changed.summary)
    assert back == changed.model_copy(update={"sources": ()})


@pytest.mark.parametrize("clause", ["第五条、第六条", "、", ""])
def test_a_clause_that_would_not_read_back_is_refused(clause: str) -> None:
    with pytest.raises(ValidationError):
        CompensationDenied.model_validate({**SAMPLES["CompensationDenied"].model_dump(), "clauses": (clause, "第九条")})


@given(st.lists(TEXTS.filter(lambda text: text and "、" not in text), min_size=1, max_size=4))
@settings(max_examples=30, deadline=None)
def test_the_words_of_a_tuple_round_trip(clauses: list[str]) -> None:
    fields = {**SAMPLES["CompensationDenied"].model_dump(), "clauses": tuple(clauses)}
    event = CompensationDenied.model_validate(fields)
    assert event_of(CompensationDenied, meta_of(event), event.on, event.summary) == event


@given(st.lists(st.tuples(st.from_regex(r"[a-z]{2,9}(_[a-z]{2,9}){0,2}", fullmatch=True), TEXTS), max_size=4))
@settings(max_examples=40, deadline=None)
def test_an_applications_facts_round_trip(facts: list[tuple[str, str]]) -> None:
    said = tuple(dict(facts).items())
    event = SAMPLES["CompensationApplied"].model_copy(update={"facts": said})
    assert isinstance(event, CompensationApplied)
    assert event_of(CompensationApplied, meta_of(event), event.on, event.summary).facts == said


@given(st.integers(0, 10**13), st.integers(0, 10**13))
@settings(max_examples=30, deadline=None)
def test_amounts_round_trip_to_the_fen(one: int, two: int) -> None:
    event = decided(approved_fen=one + two + 1, contributors=(share("01", one + 1), share("02", two)))
    back = event_of(type(event), meta_of(event), event.on, event.summary)
    assert (back.approved_fen, back.contributors) == (event.approved_fen, event.contributors)


def test_a_recovery_of_nothing_round_trips() -> None:
    event = notified(pool_fen=0, contributors=(), principal_fen=0)
    assert event_of(type(event), meta_of(event), event.on, event.summary).contributors == ()


def test_a_known_account_is_not_opened_again() -> None:
    made = postings(SAMPLES["LoanIncluded"], CHART, {CHART.loan("boc", LOAN)})
    assert [type(entry) for entry in made] == [data.Transaction]
    assert made[0].meta["kind"] == "LoanIncluded"


def test_a_leg_of_zero_is_left_out() -> None:
    (entry,) = entries_of(SAMPLES["DepositMatured"].model_copy(update={"interest_fen": 0}))
    assert [leg.account for leg in entry.postings] == [CHART.cash("boc-01"), CHART.cash("boc-02")]


def test_a_decision_without_others_and_a_recovery_without_principal_leave_no_stray_leg() -> None:
    accounts = {leg.account for entry in entries_of(decided(others=())) for leg in entry.postings}
    assert not any(account.startswith("Assets:9501") for account in accounts)
    accounts = {leg.account for entry in entries_of(notified(principal_fen=0)) for leg in entry.postings}
    assert not any(account.startswith("Assets:9001") for account in accounts)


def test_shares_that_miss_the_whole_are_our_own_mistake() -> None:
    with pytest.raises(AssertionError, match="shares"):
        postings(decided(contributors=(share("01", 1),)), CHART, ())
    with pytest.raises(AssertionError, match="shares"):
        postings(notified(contributors=(share("01", 1),)), CHART, ())


def test_several_rights_move_in_one_entry() -> None:
    event = SAMPLES["PledgeRegistered"]
    assert isinstance(event, PledgeRegistered)
    (entry,) = entries_of(event)
    assert [leg.units.currency for leg in entry.postings if leg.units] == [RIGHT, RIGHT, *(event.rights[1:] * 2)]


def test_links_lead_through_the_life_of_a_case() -> None:
    for name in (
        "CompensationApplied",
        "CompensationDecided",
        "CompensationPaid",
        "RecoveryReceived",
        "PaymentBounced",
    ):
        for entry in entries_of(SAMPLES[name]):
            assert f"case-{CASE}" in (entry.links or ())
    (entry,) = entries_of(contribution("row", 1, event_id=SAMPLES["InterestReceived"].event_id))
    assert SAMPLES["InterestReceived"].event_id in (entry.links or ())
    (entry,) = entries_of(contribution("row", 1))
    assert key("row") not in (entry.links or ())


@pytest.mark.parametrize(
    ("month", "day"), [("2023-01", date(2023, 2, 1)), ("2023-12", date(2024, 1, 1)), ("2024-02", date(2024, 3, 1))]
)
def test_a_months_balance_is_asserted_on_the_first_of_the_next(month: str, day: date) -> None:
    assert next_day(month) == day
