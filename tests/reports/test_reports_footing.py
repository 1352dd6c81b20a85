"""The foot of every paper: which rule texts it rests on, whose they are not, and all that they assume."""

import re
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from ledger.book import Book
from ledger.casefiles import case_files
from ledger.events import LoanIncluded, RuleAdopted
from ledger.ids import event_id
from ledger.journal import Posting, post
from ledger.papers import Attachment
from ledger.signing import Signatures
from ledger.store import Store
from reports.footing import Issue, footnotes, rules_of
from reports.forms import compensation_review
from reports.forms.decisions import decision_of, steps_of
from reports.monthly import monthly_report
from reports.render.cells import printed
from reports.render.paper import KeyValues, Paper, texts
from riskpool.cases import decide, facts_of, loan_facts
from riskpool.facts import GRADES, PRODUCTS
from riskpool.granting import events_of
from riskpool.ruletext import shipped
from riskpool.views import assumed

MAY = Issue(date(2023, 5, 31), "zhang")
SIGNED = Signatures(
    preparer="zhang", reviewer="li", bookkeeper="zhang", chief="li", at=datetime(2023, 12, 31, 9, tzinfo=UTC)
)
DEMO, DEYANG = "demo-2023@2023-01-01", "deyang@2018-10-22"


def adoption(rule: str, title: str, on: date) -> RuleAdopted:
    return RuleAdopted(
        event_id=event_id("rule", rule),
        on=on,
        summary=f"采用 {rule}",
        rule=rule,
        title=title,
        sha256=shipped("deyang").sha256,
        effective_on=date.fromisoformat(rule.partition("@")[2]),
    )


@pytest.fixture(scope="module")
def adopting(year_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Book:
    """The year's books with deyang and an invented cixi text adopted beside the demo text."""
    root = tmp_path_factory.mktemp("adopting") / "b"
    shutil.copytree(year_root, root)
    events = [
        adoption(DEYANG, shipped("deyang").title, date(2023, 5, 20)),
        adoption("cixi@2023-05-25", "慈溪办法（虚构）", date(2023, 5, 25)),
    ]
    return post(Store(root), Book.load(root), Posting("adopt", events, SIGNED)).book


def foot(paper: Paper) -> str:
    return "\n".join(paper.footnotes)


def rule_notes(notes: Sequence[str]) -> list[str]:
    return [note for note in notes if "所用办法" in note or "办法。" in note]


def test_every_text_in_force_is_named_and_only_cixis_is_cixis(adopting: Book) -> None:
    assert rule_notes(footnotes(adopting, MAY)) == [
        f"所用办法为演示文本《{shipped('demo-2023').title}》（{DEMO}），不是慈溪的规定。",
        f"所用办法为《{shipped('deyang').title}》（{DEYANG}），不是慈溪的规定。",
        "所用办法为《慈溪办法（虚构）》（cixi@2023-05-25）。",
    ]
    head = next(section for section in monthly_report(adopting, MAY).sections if isinstance(section, KeyValues))
    told = next(printed(value) for title, value in head.pairs if title == "适用办法")
    assert all(ref in told for ref in (DEMO, DEYANG, "cixi@2023-05-25"))


def test_a_paper_knows_no_text_before_its_adoption_and_those_that_it_is_told(adopting: Book) -> None:
    early = replace(MAY, as_of=date(2023, 2, 28))
    assert rule_notes(footnotes(adopting, early)) == ["账内尚无已采用并施行的管理办法。"]
    assert [event.rule for event in rules_of(adopting, replace(MAY, as_of=date(2023, 5, 20)))] == [DEMO, DEYANG]
    assert [event.rule for event in rules_of(adopting, replace(MAY, rules=(DEYANG,)))] == [DEYANG]
    assert rules_of(adopting, replace(MAY, rules=())) == ()


def test_a_text_that_is_no_demo_prints_its_assumptions_too(adopting: Book) -> None:
    said = assumed(shipped("deyang"))
    told = foot(monthly_report(adopting, replace(MAY, assumed=said, rules=(DEYANG,))))
    assert f"{len(said)}. {said[-1]}。" in told
    assert all(one in told for one in said)


def test_a_decided_form_prints_its_own_decisions_text_and_assumptions(adopting: Book) -> None:
    other = replace(MAY, assumed=("别的办法的假定",), rules=(DEYANG,))
    for case in ("BC2023-001", "BC2023-002"):
        decision = decision_of(adopting, case_files(adopting)[case])
        assert decision
        told = foot(compensation_review(adopting, case, other))
        assert "别的办法的假定" not in told
        assert DEMO in told
        assert DEYANG not in told
        assert all(one in told for one in decision.assumed)
    undecided = foot(compensation_review(adopting, "BC2023-003", other))
    assert "1. 别的办法的假定" in undecided
    assert DEYANG in undecided


def test_a_form_decided_under_a_text_that_is_no_demo_prints_what_that_text_assumes(
    adopting: Book, tmp_path: Path
) -> None:
    root = tmp_path / "b"
    shutil.copytree(adopting.root, root)
    book = Book.load(root)
    applied = case_files(book)["BC2023-003"].applied
    assert applied
    loan = next(event for event in book.events(LoanIncluded) if event.loan == applied.loan)
    found = facts_of(applied, loan_facts(loan), paid_in=[("01", 1)], approved_earlier_fen=0)
    decision = decide(shipped("deyang"), found, [])
    Store(root).write_new(f"documents/{decision.sha256[:16]}-decision.json", decision.to_bytes())
    event = events_of(decision, applied, on=date(2023, 5, 29), chief="li", unpaid_principal_fen=300_000_000)
    record = Attachment(
        path=f"documents/{decision.sha256[:16]}-decision.json",
        account="Assets:9401待裁决申请",
        name="裁决",
        sha256=decision.sha256,
        sort="decision",
    )
    deciding = Posting("decide", [event], SIGNED, documents=[record])
    told = foot(compensation_review(post(Store(root), book, deciding).book, applied.case, MAY))
    assert not decision.demo
    assert rule_notes(told.splitlines()) == [f"所用办法为《{shipped('deyang').title}》（{DEYANG}），不是慈溪的规定。"]
    assert all(one in told for one in assumed(shipped("deyang")))


def test_our_summary_of_a_clause_is_not_set_as_quoted_law(book: Book) -> None:
    decision = decision_of(book, case_files(book)["BC2023-001"])
    assert decision
    said = {clause.says for clause in decision.clauses}
    lead = [step.text.partition("\n")[0] for step in steps_of(decision) if "\n" in step.text]
    # A clause that assumes something points to the foot, after what it says or alone.
    first = list(filter(None, (re.sub(r"（含假定，见表尾第 [\d、 ]+项）$", "", line) for line in lead)))
    assert first
    assert all(text.startswith("大意：") for text in first)
    assert {text.removeprefix("大意：") for text in first} <= said
    assert not any(f"「{one}」" in text for one in said for text in texts(compensation_review(book, "BC2023-001", MAY)))


def test_words_of_products_and_grades_are_those_of_the_facts(book: Book) -> None:
    told = set(texts(compensation_review(book, "BC2023-001", MAY)))
    loan = next(event for event in book.events(LoanIncluded) if event.loan == "L2023-0001")
    assert next(word for word, key in PRODUCTS.items() if key == loan.product) in told
    assert any("次级" in text for text in told)
    shown = set(texts(monthly_report(book, MAY)))
    assert set(GRADES) <= shown
