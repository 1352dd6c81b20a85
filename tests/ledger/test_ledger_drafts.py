"""Drafts: the states and who may move them; nothing is replaced, nothing weighs before it is posted."""

from datetime import timedelta

import pytest
from ledger_samples import AT, BOC, Office, contribution

from desk.acts import office as desk_office
from desk.acts.drafting import post_draft
from ledger.drafts import Draft, DraftStep, amend, draft, drafts, open_draft, reject, review
from ledger.faults import ExitCode, Refusal
from ledger.provenance import digest
from ledger.verify import verify


def step(title: str = "草稿", **more: object) -> DraftStep:
    """A drafting step by zhang."""
    fields = {"draft": "D000000", "step": 1, "action": "drafted", "at": AT, "by": "zhang", "title": title}
    return DraftStep.model_validate({**fields, "events": (contribution("a", 5),), **more})


def drafted(office: Office, title: str = "草稿", **more: object) -> Draft:
    with office.store.lock():
        return open_draft(office.store, office.book, step(title, **more), existing=drafts(office.book))


def refused(code: str) -> pytest.RaisesExc[Refusal]:
    return pytest.raises(Refusal, match=code)


def test_drafts_are_numbered_and_weigh_nothing(office: Office) -> None:
    balance = office.book.balances()
    assert [drafted(office, f"第{n}份").no for n in range(3)] == ["D000001", "D000002", "D000003"]
    assert [item.content.title for item in drafts(office.book)] == ["第0份", "第1份", "第2份"]
    assert all((item.state, item.is_live, item.reviewer) == ("draft", True, None) for item in drafts(office.book))
    assert office.book.balances() == balance
    assert verify(office.root) == ()


def test_the_road_from_draft_to_posted(office: Office) -> None:
    made = drafted(office)
    reviewed = review(office.store, office.book, made.no, "li", AT + timedelta(hours=1))
    assert (reviewed.state, reviewed.preparer, reviewed.reviewer) == ("reviewed", "zhang", "li")
    assert draft(office.book, made.no) == reviewed
    office.post(*reviewed.content.events, draft=made.no)
    posted = draft(office.book, made.no)
    assert (posted.state, posted.is_posted) == ("posted", True)
    assert posted.content.events == (contribution("a", 5),)
    assert office.book.balance_fen(BOC) == 90_000_005
    for act in (
        lambda: review(office.store, office.book, made.no, "li", AT),
        lambda: reject(office.store, office.book, made.no, "li", AT, "晚了"),
        lambda: amend(office.store, office.book, made.no, step()),
    ):
        with refused("草稿-状态-01"):
            act()


def test_a_maker_never_checks_himself(office: Office) -> None:
    made = drafted(office, by="wang")
    with refused("人员-权限-02"):
        review(office.store, office.book, made.no, "wang", AT)
    assert review(office.store, office.book, made.no, "li", AT).state == "reviewed"
    other = drafted(office)
    amend(office.store, office.book, other.no, step("改", action="amended", by="wang"))
    with refused("人员-权限-02"):
        review(office.store, office.book, other.no, "wang", AT)


@pytest.mark.parametrize(("who", "code"), [("nobody", "人员-身份-01"), ("zhang", "人员-权限-01")])
def test_only_a_reviewer_reviews_and_rejects(office: Office, who: str, code: str) -> None:
    made = drafted(office)
    before = office.files()
    with refused(code):
        review(office.store, office.book, made.no, who, AT)
    with refused(code):
        reject(office.store, office.book, made.no, who, AT, "不许")
    assert office.files() == before


@pytest.mark.parametrize(("who", "code"), [("nobody", "人员-身份-01"), ("li", "人员-权限-01")])
def test_only_a_preparer_drafts(office: Office, who: str, code: str) -> None:
    with refused(code) as caught:
        drafted(office, by=who)
    assert caught.value.exit_code is ExitCode.REFUSED
    assert drafts(office.book) == ()


def test_a_rejected_draft_stays_on_file_with_its_reason(office: Office) -> None:
    made = drafted(office, files=(digest(b"list"),))
    back = reject(office.store, office.book, made.no, "li", AT, '缺回单，"请补"')
    assert (back.state, back.is_live) == ("rejected", False)
    kept = draft(office.book, made.no)
    assert kept.steps[-1].reason == '缺回单，"请补"'
    assert kept.content.files == (digest(b"list"),)
    for act in (
        lambda: review(office.store, office.book, made.no, "li", AT),
        lambda: reject(office.store, office.book, made.no, "li", AT, "再退"),
        lambda: amend(office.store, office.book, made.no, step(action="amended")),
    ):
        with refused("草稿-状态-01"):
            act()
    assert drafted(office).no == "D000002"


def test_an_amended_draft_is_reviewed_anew_and_keeps_what_was_proposed(office: Office) -> None:
    made = drafted(office)
    review(office.store, office.book, made.no, "li", AT)
    amended = amend(office.store, office.book, made.no, step("改后", action="amended", events=(contribution("b", 6),)))
    assert (amended.state, amended.reviewer, amended.content.title) == ("draft", None, "改后")
    assert [item.action for item in amended.steps] == ["drafted", "reviewed", "amended"]
    assert amended.steps[0].events == (contribution("a", 5),)
    with refused("人员-权限-01"):
        amend(office.store, office.book, made.no, step(action="amended", by="li"))


def test_a_draft_of_many_steps_is_read_in_their_order(office: Office) -> None:
    made = drafted(office)
    for number in range(11):
        amend(office.store, office.book, made.no, step(f"第{number}稿", action="amended"))
    review(office.store, office.book, made.no, "li", AT)
    found = draft(office.book, made.no)
    assert (found.state, found.content.title) == ("reviewed", "第10稿")
    assert [item.step for item in found.steps] == list(range(1, 14))


def test_an_unknown_draft_is_refused_in_words(office: Office) -> None:
    with refused("草稿-编号-01") as caught:
        draft(office.book, "D000009")
    assert caught.value.exit_code is ExitCode.BAD_INPUT


def test_a_step_is_one_new_file_and_none_is_replaced(office: Office) -> None:
    made = drafted(office)
    first = office.files()
    review(office.store, office.book, made.no, "li", AT)
    after = office.files()
    assert set(after) - set(first) == {"drafts/D000001-2-reviewed.json", "log/000003-review.json"}
    assert all(after[name] == content for name, content in first.items())


def test_a_draft_edited_after_its_review_is_not_posted(office: Office) -> None:
    # By desk's own act, as the next morning's process reads it.
    made = drafted(office)
    review(office.store, office.book, made.no, "li", AT)
    path = office.root / "drafts" / "D000001-1-drafted.json"
    text = path.read_text(encoding="utf-8")
    assert '"amount_fen": 5' in text
    path.rename(path.with_suffix(".old"))
    path.write_text(text.replace('"amount_fen": 5', '"amount_fen": 5000000'), encoding="utf-8")
    with pytest.raises(Refusal, match="草稿-改动-01"):
        post_draft(desk_office.Office(office.root), made.no, desk_office.Actor("zhang", AT))
    assert office.book.balance_fen(BOC) == 90_000_000
