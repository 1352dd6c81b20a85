"""Past cases under another text: the old figure comes out again to the byte, the difference is another sum's."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from desk.acts.office import Office
from desk.acts.rulings import stored_decision
from desk.acts.whatif import what_if
from ledger.events import CompensationDecided, CompensationDenied, CompensationPaid, PaymentBounced
from ledger.faults import Refusal
from ledger.money import half_up, yuan_text
from riskpool.ruletext import shipped
from riskpool.whatif import PastCase, retried


@pytest.fixture(scope="module")
def office(demo_year: Path) -> Office:
    return Office(demo_year / "books")


def test_the_old_text_reproduces_what_was_granted_and_paid(office: Office) -> None:
    done = what_if(office, "demo-2023")
    granted = {event.case: event.approved_fen for event in office.book.events(CompensationDecided)}
    paid = sum(event.amount_fen for event in office.book.events(CompensationPaid))
    paid -= sum(event.amount_fen for event in office.book.events(PaymentBounced))
    assert done.unlike == ()
    assert len(done.rows) >= len(granted) > 0
    for case, _, was, _, again, _, now, difference, _ in done.rows:
        assert (again, was) == ("一致", yuan_text(granted.get(case, 0)))
        assert (now, difference) == (was, "0.00")
    totals = dict(done.totals)
    assert totals["实付合计"] == yuan_text(paid)
    assert totals["差额合计"] == "0.00"


def test_another_text_gives_its_own_figures_case_by_case_and_in_total(office: Office) -> None:
    """Zhongshan over the same losses: fifty-four parts of a hundred of principal, nothing taken off, no cap."""
    done = what_if(office, "zhongshan")
    total = 0
    digests = {one.case: one.decision for one in office.book.events(CompensationDenied)}
    digests |= {one.case: one.decision for one in office.book.events(CompensationDecided)}
    assert {row[0] for row in done.rows} == set(digests)
    for case, _, _, _, _, verdict, now, _, _ in done.rows:
        facts = stored_decision(office, digests[case]).facts
        due = half_up(int(str(facts["principal"])) * 54, 100)
        assert (verdict, now) == ("予以补偿", yuan_text(due))
        total += due
    totals = dict(done.totals)
    assert totals["其中新办法应补合计"] == yuan_text(total)
    was, now, difference = (
        Decimal(totals[name].replace(",", "")) for name in ("其中原核定合计", "其中新办法应补合计", "差额合计")
    )
    assert now - was == difference != 0


def test_a_text_that_asks_for_more_than_the_files_hold_says_what_is_missing(office: Office) -> None:
    done = what_if(office, "weihai")
    assert {row[5] for row in done.rows} == {"不能裁决"}
    assert all("recognised_on" in row[8] for row in done.rows)
    assert dict(done.totals)["新办法能裁决的案件"] == "0"


def test_an_unset_text_is_refused(office: Office) -> None:
    with pytest.raises(Refusal, match="办法-未定-01"):
        what_if(office, "cixi")


def test_a_record_that_its_text_no_longer_gives_is_found(office: Office) -> None:
    event = office.book.events(CompensationDecided)[0]
    record = stored_decision(office, event.decision)
    found = retried([PastCase(record, shipped("wenzhou-2020"), 0)], shipped("demo-2023"))
    assert [one.reproduced for one in found] == [False]


def test_the_command_prints_the_differences(demo_year: Path, riskpool: Callable[..., CompletedProcess[str]]) -> None:
    done = riskpool("what-if", "zhongshan", "-b", str(demo_year / "books"))
    assert done.returncode == 0, done.stderr
    assert "差额合计" in done.stdout
    assert "不记账" in done.stdout
