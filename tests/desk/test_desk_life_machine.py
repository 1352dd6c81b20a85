"""Any order of acts on a few cases: each is done or refused in words, and what must hold holds after each.

A seeded walk. A slice runs with the other tests; ``make life`` walks ``LIFE_STEPS`` steps.
"""

import os
import random
import shutil
import sys
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from desk_office import who
from standing_books import begun, put, taken_in
from test_desk_life import LOANS, PAPER, TEXT, WAN, application, contribution_of, filing, tapes

from desk.acts import afterwards, cash, corrections, drafting, funding, rulings, supplements
from desk.acts.inspection import check_books
from desk.acts.office import Office, Proposal
from ledger import accounts as acc
from ledger.book import Book, below
from ledger.casefiles import CaseFile, case_files
from ledger.events import (
    AnyEvent,
    ApplicationSupplemented,
    ClawbackDecided,
    CompensationDecided,
    CompensationDeferred,
    CompensationDenied,
    CompensationPaid,
    CompensationRedecided,
    LossWrittenOff,
    PaymentBounced,
    QueueFunded,
    QueueLapsed,
    RecoveryNotified,
    RecoveryReceived,
    RecoveryReported,
)
from ledger.faults import Refusal
from ledger.ids import event_id
from ledger.papers import Attachment
from ledger.provenance import digest
from ledger.verify import verify
from reports.audit import reperform

STEPS = int(os.environ.get("LIFE_STEPS", "0"))
SEED = int(os.environ.get("LIFE_SEED", "1"))
WALK = 60
"""Steps of one walk on fresh books."""
CASES = {"A": 1, "B": 2, "C": 3}
ANNUAL = 60 * WAN
"""What the text lets the pool pay a year."""
WAITS = "example-life"
AT_ONCE = "no rounds"
TAKEN_BACK = (
    ApplicationSupplemented, CompensationDecided, CompensationDeferred, CompensationDenied, CompensationRedecided,
    CompensationPaid, ClawbackDecided, LossWrittenOff, QueueFunded, QueueLapsed, RecoveryNotified, RecoveryReceived,
)  # fmt: skip


class Walk:
    """Books, a day that mostly goes on, dice, and what was done so far for whoever reads a failure."""

    def __init__(self, office: Office, seed: int) -> None:
        self.office, self.dice = office, random.Random(seed)  # noqa: S311 - dice of a test, seeded so that a failure comes again
        self.today, self.number, self.done = date(2024, 6, 3), 0, list[str]()
        self.told = Counter[str]()

    def step(self) -> None:
        """One act, signed and posted, on the day or a little before; refused acts leave nothing behind."""
        self.today += timedelta(days=self.dice.choice((0, 0, 1, 3, 40)))
        act = self.dice.choices(list(ACTS), list(ACTS.values()))[0]
        case = self.dice.choice(list(CASES))
        on = self.today - timedelta(days=self.dice.choice((0, 0, 0, 0, 1, 2, 9)))
        self.number += 1
        said = f"{self.number} {act.__name__} {case} {on}"
        self.done.append(said)
        before = len(self.office.book.batches)
        try:
            act(self, case, on)
            self._post()
        except Refusal as refusal:
            said += " -> " + "、".join(f.code for f in refusal.faults)
            self._give_up()
        after = len(self.office.book.batches)
        self.told[act.__name__ if after > before else f"{act.__name__} refused"] += 1
        self.done[-1] = said

    def _post(self) -> None:
        day = self.today.isoformat()
        for draft in [item for item in self.office.drafts if item.state == "draft"]:
            drafting.review(self.office, draft.no, who("lu", day))
        for draft in [item for item in self.office.drafts if item.state == "reviewed"]:
            drafting.post_draft(self.office, draft.no, who("shen", day))

    def _give_up(self) -> None:
        for draft in [item for item in self.office.drafts if item.state in {"draft", "reviewed"}]:
            drafting.reject(self.office, draft.no, who("lu", self.today.isoformat()), "试")

    def chen(self) -> object:
        return who("chen", self.today.isoformat())

    def file(self, case: str) -> CaseFile:
        return case_files(self.office.book)[case]


def decide(walk: Walk, case: str, on: date) -> None:
    rulings.decide(walk.office, case, on, chief="gu", who=walk.chen())


def supplement(walk: Walk, case: str, on: date) -> None:
    roll, whole = walk.dice, LOANS[CASES[case]]
    facts = {
        "disposal_proceeds": f"{roll.choice((0, whole // 7, whole // 3, whole, whole - 3)) / 100:.2f}",
        "use_was_misused": roll.choice(("是", "否", "否", "否")),
    }
    names = roll.choice((["disposal_proceeds"], ["use_was_misused"], list(facts)))
    claimed = roll.choice((0, 0, 333, WAN))
    said = {name: facts[name] for name in names}
    if walk.file(case).decided and roll.random() < 0.05:
        said["principal"] = f"{whole * 3 / 100:.2f}"
        claimed = whole * 2
    supplements.supplement(walk.office, supplements.Said(case, claimed, "试", said), on, papers=PAPER, who=walk.chen())


def fund(walk: Walk, case: str, on: date) -> None:
    del case
    funding.fund(walk.office, on, chief="gu", who=walk.chen())


def pay(walk: Walk, case: str, on: date) -> None:
    account = walk.dice.choice(("boc-01", "crcb-01"))
    cash.pay(walk.office, case, account, f"ZF-{walk.number}", on, who=walk.chen())


def bounce(walk: Walk, case: str, on: date) -> None:
    back = {item.payment for item in walk.office.book.events(PaymentBounced)}
    sent = [item for item in walk.file(case).payments if item.event_id not in back and item.on <= on]
    if sent:
        one = walk.dice.choice(sent)
        _put(walk, PaymentBounced(
            event_id=event_id("bounce", case, walk.number), on=on, summary="退汇", account=one.account, bank="boc",
            payment=one.event_id, case=case, amount_fen=one.amount_fen,
        ))  # fmt: skip


def recover(walk: Walk, case: str, on: date) -> None:
    file, whole = walk.file(case), LOANS[CASES[case]]
    if file.paid_fen <= 0:
        return
    report = RecoveryReported(
        event_id=event_id("recovery", case, walk.number), on=on, summary="追偿", case=case, bank="boc",
        loan=file.loan, number=max((item.number for item in file.notified), default=0) + 1,
        gross_fen=walk.dice.choice((1, 777, whole // 9, whole)), cost_fen=walk.dice.choice((0, 0, 500)),
        principal_fen=0, source="borrower",
    )  # fmt: skip
    event, record = rulings.recovery(walk.office, report, earlier=())
    path = walk.office.keep_document(record, "recovery", "json")
    account = walk.office.book.chart.recourse("boc", case)
    paper = Attachment(path=path, account=account, name="追偿分配", sha256=digest(record), sort="recovery")
    walk.office.propose(Proposal("import", "追偿", [event], documents=[paper]), walk.chen())


def receive(walk: Walk, case: str, on: date) -> None:
    file = walk.file(case)
    owed = file.owed_fen - file.received_fen
    if owed > 0:
        _put(walk, RecoveryReceived(
            event_id=event_id("received", case, walk.number), on=on, summary="追偿到账", case=case, bank="boc",
            account="boc-01", amount_fen=walk.dice.choice((owed, max(owed // 3, 1))),
        ))  # fmt: skip


def claw_back(walk: Walk, case: str, on: date) -> None:
    amount = walk.dice.choice((1, WAN, max(walk.file(case).recourse_fen, 0)))
    afterwards.claw_back(walk.office, case, amount, "offered", "试", on, chief="gu", who=walk.chen())


def write_off(walk: Walk, case: str, on: date) -> None:
    afterwards.write_off(walk.office, case, "试", on, papers=PAPER, chief="gu", who=walk.chen())


def take_back(walk: Walk, case: str, on: date) -> None:
    """Any event of the case, mostly its newest."""
    events: list[AnyEvent] = [e for kind in TAKEN_BACK for e in walk.office.book.events(kind) if e.case == case]
    order = [event for event in walk.office.book.posted if event in {item.event_id for item in events}]
    if order:
        one = order[-1] if walk.dice.random() < 0.6 else walk.dice.choice(order)
        corrections.reverse(walk.office, corrections.Correction(one, "试", on, chief="gu"), who=walk.chen())


def contribute(walk: Walk, case: str, on: date) -> None:
    del case
    fen = walk.dice.choice((1, 7 * WAN, 33 * WAN))
    _put(walk, contribution_of(walk.dice.choice(("01", "02")), fen, on.isoformat()).model_copy(
        update={"event_id": event_id("contribution", walk.number)}
    ))  # fmt: skip


def draw_down(walk: Walk, case: str, on: date) -> None:
    """A contributor takes money back: so that rounds meet an empty pool."""
    del case
    no, fen = walk.dice.choice((("01", 60 * WAN), ("02", 40 * WAN), ("01", 15 * WAN)))
    cash.return_contribution(walk.office, no, "boc-01", fen, f"TC-{walk.number}", "试", on, who=walk.chen())


def bad_month(walk: Walk, case: str, on: date) -> None:
    """The bank's word for the month before: over its ratio, or not."""
    del case
    last = on.replace(day=1) - timedelta(days=1)
    days = {"n4": 40} if walk.dice.random() < 0.3 else {}
    month = f"{last:%Y-%m}"
    if last >= date(2024, 5, 31):
        _put(walk, *tapes(month, last.day, **days))


def _put(walk: Walk, *events: AnyEvent) -> None:
    """What a bank's file would bring; the books may refuse it."""
    put(walk.office, *events)


ACTS: dict[Callable[[Walk, str, date], None], int] = {
    decide: 10, supplement: 7, fund: 6, pay: 6, bounce: 1, recover: 3, receive: 2, claw_back: 1, write_off: 1,
    take_back: 4, contribute: 1, draw_down: 1, bad_month: 1,
}  # fmt: skip
"""Acts by how often they are tried."""


def sums(book: Book, *roots: str) -> int:
    """What stands under some accounts, in fen of whatever they count."""
    return sum(
        int(value * 100)
        for commodity in ("CNY", "CLAIM.CNY", "RECOURSE.CNY", "OTHER.CNY")
        for name, value in book.balances(commodity=commodity).items()
        if any(below(name, root) for root in roots)
    )


def invariants(walk: Walk) -> None:
    """What the cases say is what the accounts hold, to the fen, and nobody has less than nothing."""
    book, files = walk.office.book, case_files(walk.office.book)
    assert -sums(book, acc.PAYABLES) == sum(file.due_fen for file in files.values())
    assert sums(book, acc.QUEUE) == sum(file.queued_fen for file in files.values())
    assert sums(book, acc.RECEIVABLES) == sum(file.owed_fen - file.received_fen for file in files.values())
    assert sums(book, acc.RECOURSES) == sum(file.recourse_fen for file in files.values())
    for case, file in files.items():
        lapsed = sum(item.amount_fen for item in file.lapsed)
        borne = file.borne_fen()
        assert min(file.due_fen, file.queued_fen, file.recourse_fen, file.written_off_fen, *borne.values(), 0) == 0
        assert sum(borne.values()) + file.queued_fen + lapsed == file.approved_fen, f"{case}: what is due, by whom"
        given_back = sum(item.recovered_fen for item in file.redecided)
        assert 0 <= given_back <= file.recovered_fen, f"{case}: more counted as come back than came"
        last = file.redecided[-1] if file.redecided else file.decided
        if last is not None:
            record = rulings.stored_decision(walk.office, last.decision)
            assert record.due.get("pool", 0) == file.approved_fen
            assert 2 * file.approved_fen <= LOANS[CASES[case]], f"{case}: never more than half of the loan"
    years = Counter[int]()
    for event in book.events(QueueFunded):
        years[event.on.year] += event.amount_fen
    assert max(years.values(), default=0) <= ANNUAL


def whole(office: Office) -> None:
    """The whole books, as an auditor and the checks read them."""
    assert check_books(office.root).problems == ()
    assert verify(office.root) == ()
    assert reperform.main(str(office.root)) == 0


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Books under the text that pays in rounds, and under the same text without them; three cases each."""
    made = {}
    for name in (WAITS, AT_ONCE):
        folder = tmp_path_factory.mktemp("walk")
        text = (TEXT / "rule_text.toml").read_text(encoding="utf-8")
        if name == AT_ONCE:
            start, end = text.index('[clause."第九条"'), text.index('[clause."第十一条"')
            text = (text[:start] + text[end:]).replace('["size"', '["size", "budget", "balance_limit"')
        (folder / "rule_text.toml").write_text(text, encoding="utf-8")
        office = begun(folder / "books", city_fen=120 * WAN + 7, county_fen=80 * WAN, text=folder)
        taken_in(office, [filing(number, fen, "2024-03-05") for number, fen in LOANS.items()], "2024-03-06")
        put(office, *tapes("2024-04", 30))
        for case, number in CASES.items():
            put(office, application(case, f"L{number:04d}", LOANS[number], f"2024-05-0{number}"))
        made[name] = office.root
    return made


def walk_once(started: dict[str, Path], folder: Path, seed: int, steps: int = WALK) -> Counter[str]:
    text = AT_ONCE if seed % 3 == 0 else WAITS
    walk = Walk(Office(Path(shutil.copytree(started[text], folder / f"books-{seed}"))), seed)
    try:
        for _ in range(steps):
            walk.step()
            invariants(walk)
        whole(walk.office)
    except Exception as error:
        error.add_note(f"seed {seed} {text}\n" + "\n".join(walk.done))
        raise
    return walk.told


@pytest.mark.parametrize("seed", range(SEED, SEED + max(STEPS // WALK, 4)))
def test_any_order_of_acts_is_done_or_refused_and_the_books_stay_true(
    started: dict[str, Path], tmp_path: Path, seed: int
) -> None:
    told = walk_once(started, tmp_path, seed)
    sys.stdout.write(f"{dict(sorted(told.items()))}\n")
    assert any(not name.endswith("refused") for name in told)
