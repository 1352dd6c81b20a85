"""From a filing and an application to events and back: the room's shell on real event records."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from cases.reading import text_of

from ledger.events import (
    CaseTaken,
    CompensationApplied,
    CompensationDecided,
    CompensationDenied,
    CompensationRedecided,
    ContributorShare,
    LoanIncluded,
    PartyAmount,
    RecoveryReported,
    SuspensionLifted,
    SuspensionTripped,
    TermExtended,
)
from ledger.faults import FaultKind, Refusal
from ledger.ids import event_id
from ledger.provenance import digest
from riskpool import calendars, cases, facts, granting, recovery, rulefaults, ruletext, suspension, waterfall
from riskpool.cases import Measure, RecoveryHistory
from riskpool.checker import problems
from riskpool.clauses import KINDS as CLAUSE_KINDS
from riskpool.clauses import drawing, loss, sharing, standing
from riskpool.decision import Decision, from_bytes
from riskpool.sentences import NAMED_SENTENCES, RECOVERY_SENTENCES, SENTENCES
from riskpool.views import explain, reasons, shares

DEMO = ruletext.shipped("demo-2023")
PAID_IN = [("01", 15_000_000_00), ("02", 10_000_000_00)]


def filing(**more: Any) -> LoanIncluded:  # noqa: ANN401 - any field of the event
    fields: dict[str, Any] = {
        "event_id": event_id("loan", "boc", "BOC2022-0002"),
        "on": date(2022, 6, 16),
        "summary": "入库备案",
        "loan": "BOC2022-0002",
        "bank": "boc",
        "borrower": "慈溪某某科技有限公司（虚构）",
        "uscc": "91330282MA0000000X",
        "contract_no": "HT-1",
        "filing_no": "BA-1",
        "product": "insured",
        "principal_fen": 100_000_000,
        "outstanding_fen": 100_000_000,
        "annual_rate": "0.0435",
        "disbursed_on": date(2022, 6, 13),
        "due_on": date(2023, 7, 10),
        "filed_on": date(2022, 6, 16),
        "rights": ("ZL202110123456.7", "TM12345678-09"),
        "pledge": "REG-1",
        "exposure": event_id("exposure", "boc", "BOC2022-0002"),
        **more,
    }
    return LoanIncluded.model_validate(fields)


def application(claimed_fen: int = 40_626_295, **more: str) -> CompensationApplied:
    stated = {
        "due_on": "2023-07-10",
        "principal": "78765433",
        "assessed_on": "2023-10-13",
        "disposal_proceeds": "0",
        "registered_in_city": "true",
        "in_good_credit": "true",
        "attachments": "补偿申请书、借款合同",
        **more,
    }
    return CompensationApplied(
        event_id=event_id("apply", "boc", "BC2023-002"),
        on=date(2023, 10, 12),
        summary="申请补偿",
        case="BC2023-002",
        loan="BOC2022-0002",
        bank="boc",
        claimed_fen=claimed_fen,
        principal_fen=78_765_433,
        interest_fen=2_487_156,
        accepted_on=date(2023, 10, 13),
        facts=tuple(stated.items()),
        attachments=2,
    )


def decided(applied: CompensationApplied, loan: LoanIncluded | None = None) -> Decision:
    found = cases.facts_of(applied, cases.loan_facts(loan or filing()), paid_in=PAID_IN, approved_earlier_fen=0)
    return cases.decide(cases.text_for([DEMO], found), found, [])


def event_for(applied: CompensationApplied, decision: Decision) -> CompensationDecided | CompensationDenied:
    return granting.events_of(
        decision, applied, on=date(2023, 10, 18), chief="某主管（虚构）", unpaid_principal_fen=78_765_433
    )


def test_a_claim_above_what_is_due_is_reduced() -> None:
    applied = application()
    decision = decided(applied)
    event = event_for(applied, decision)
    assert isinstance(event, CompensationDecided)
    assert (event.outcome, event.base_fen, event.approved_fen) == ("reduced", 78_765_433, 39_382_717)
    assert event.others == (PartyAmount(party="insurer", amount_fen=23_629_630),)
    assert [share.amount_fen for share in event.contributors] == [23_629_630, 15_753_087]
    assert (event.rule, event.decision) == ("demo-2023@2023-01-01", digest(decision.to_bytes()))
    assert [line.amount_fen for line in shares(decision)] == [39_382_717, 15_753_086, 23_629_630]
    assert problems(from_bytes(decision.to_bytes())) == ()


def test_a_claim_of_exactly_what_is_due_is_approved_and_one_below_is_refused() -> None:
    for claimed, outcome in ((39_382_718, "reduced"), (39_382_717, "approved")):
        event = event_for(application(claimed), decided(application(claimed)))
        assert isinstance(event, CompensationDecided)
        assert event.outcome == outcome
    with pytest.raises(Refusal, match="裁决-申请-01"):
        event_for(application(39_382_716), decided(application(39_382_716)))


def test_denied_names_every_article_that_refused() -> None:
    applied = application(assessed_on="2023-10-08", in_good_credit="false")
    decision = decided(applied)
    event = event_for(applied, decision)
    assert isinstance(event, CompensationDenied)
    assert event.clauses == ("演示第二条", "演示第五条")
    assert [line.clause for line in reasons(decision)] == ["演示第二条", "演示第五条"]
    assert (decision.due, decision.settle, decision.recovery) == ({}, 0, None)


def test_nothing_left_to_pay_is_a_denial_naming_the_clause_that_left_nothing() -> None:
    applied = application(disposal_proceeds="78765433")
    event = event_for(applied, decided(applied))
    assert isinstance(event, CompensationDenied)
    assert event.clauses == ("演示第六条",)


def test_an_application_that_contradicts_the_filing_is_refused_with_every_point() -> None:
    with pytest.raises(Refusal) as refused:
        decided(application(due_on="2023-07-11", in_good_credit="maybe", principal="1"))
    assert [fault.found for fault in refused.value.faults] == ["2023-07-11", "0.01 元", "maybe"]


def test_a_filed_extension_moves_the_due_day_and_so_the_clock() -> None:
    extended = TermExtended(
        event_id=event_id("extend", "boc", "BOC2022-0002"),
        on=date(2023, 7, 1),
        summary="展期",
        loan="BOC2022-0002",
        bank="boc",
        new_due_on=date(2023, 7, 20),
        filing_no="BA-2",
    )
    loan = cases.loan_facts(filing(), [extended, extended.model_copy(update={"loan": "OTHER"})])
    assert loan.due_on == date(2023, 7, 20)
    found = cases.facts_of(application(due_on="2023-07-20"), loan, paid_in=PAID_IN, approved_earlier_fen=0)
    assert cases.decide(DEMO, found, []).verdict == "denied"  # 85 days, no longer 95


QUOTAS = {"ip_quota_fen": 60_000_000, "collateral_quota_fen": 90_000_000}
"""What the contract secures by the rights, and in all, as the filing list says it."""


def test_what_the_contract_secures_is_taken_from_the_filing() -> None:
    loan = cases.loan_facts(filing(**QUOTAS))
    written = {"ip_quota": 60_000_000, "all_quotas": 90_000_000, "quota_written": True}
    for found in (
        cases.filing_facts(loan),
        cases.facts_of(application(), loan, paid_in=PAID_IN, approved_earlier_fen=0),
    ):
        assert {name: found.values[name] for name in written} == written
        assert {found.evidence[name] for name in written} == {"备案登记"}
    half = cases.filing_facts(cases.loan_facts(filing(ip_quota_fen=60_000_000))).values
    assert "ip_quota" in half
    assert not {"all_quotas", "quota_written"} & set(half)
    assert not set(written) & set(cases.filing_facts(cases.loan_facts(filing())).values)


@pytest.mark.parametrize(
    ("stated", "found", "expected"),
    [
        ({"ip_quota": "90000000"}, "900,000.00 元", "600,000.00 元"),
        ({"all_quotas": "60000000"}, "600,000.00 元", "900,000.00 元"),
        ({"quota_written": "false"}, "否", "是"),
    ],
)
def test_a_claim_that_says_another_quota_than_the_filing_is_refused(
    stated: dict[str, str], found: str, expected: str
) -> None:
    loan = cases.loan_facts(filing(**QUOTAS))
    with pytest.raises(Refusal) as refusal:
        cases.facts_of(application(**stated), loan, paid_in=PAID_IN, approved_earlier_fen=0)
    (fault,) = refusal.value.faults
    assert (fault.code, fault.found, fault.expected) == ("裁决-事实-02", found, expected)
    agreeing = application(ip_quota="60000000", all_quotas="90000000", quota_written="true")
    cases.facts_of(agreeing, loan, paid_in=PAID_IN, approved_earlier_fen=0)
    # Of a filing that leaves them blank the claim is heard.
    cases.facts_of(application(**stated), cases.loan_facts(filing()), paid_in=PAID_IN, approved_earlier_fen=0)


def standing_of(**more: object) -> granting.Standing:
    """A case that was decided once: 300,000.00 is due, 100,000.00 queued, 50,000.00 unpaid, 20,000.00 recovered."""
    fields: dict[str, Any] = {
        "approved_fen": 30_000_000, "queued_fen": 10_000_000, "unpaid_fen": 5_000_000, "recourse_fen": 13_000_000,
        "claimed_fen": 1, "borne": {"01": 12_000_000, "02": 8_000_000}, "open_others": {}, "settled_others": {},
        "number": 2, "supplements": 1,
    }  # fmt: skip
    return granting.Standing(**{**fields, **more})


def redecided(earlier_fen: int, before: granting.Standing, **changed: str) -> CompensationRedecided:
    applied = application(**changed)
    found = cases.facts_of(applied, cases.loan_facts(filing()), paid_in=PAID_IN, approved_earlier_fen=earlier_fen)
    decision = cases.decide(DEMO, found, [])
    event = granting.redecision_of(decision, applied, before, on=date(2023, 10, 18), chief="某主管（虚构）")
    assert isinstance(event, CompensationRedecided)
    return event


def test_a_case_approved_before_is_decided_into_the_difference() -> None:
    event = redecided(30_000_000, standing_of())
    assert (event.outcome, event.approved_fen, event.granted_fen) == ("more", 39_382_717, 9_382_717)
    assert sum(share.amount_fen for share in event.contributors) == 9_382_717
    borne = {share.contributor: share.amount_fen for share in event.contributors}
    assert min(borne.values()) >= 0


def test_what_is_less_goes_off_the_queue_then_the_unpaid_then_comes_back_and_a_recovery_counts() -> None:
    amounts = {"approved_fen": 90_000_000, "queued_fen": 20_000_000, "unpaid_fen": 10_000_000}
    event = redecided(90_000_000, standing_of(**amounts, borne={"01": 42_000_000, "02": 28_000_000}))
    assert event.outcome == "less"
    assert (event.queued_fen, event.granted_fen) == (-20_000_000, -10_000_000)
    assert (event.clawback_fen, event.recovered_fen) == (13_000_000, 90_000_000 - 39_382_717 - 43_000_000)
    assert [share.amount_fen for share in event.returned] == [7_800_000, 5_200_000]
    assert sum(share.amount_fen for share in event.contributors) == -10_000_000
    assert sum(share.amount_fen for share in event.returned) == 13_000_000


def test_what_is_due_again_is_not_paid_where_a_recovery_was_counted_off_before() -> None:
    before = standing_of(approved_fen=0, queued_fen=0, unpaid_fen=0, recourse_fen=0, borne={"01": 0, "02": 0})
    counted = {"01": 3_000_000, "02": 2_000_000}
    event = redecided(0, replace(before, counted=counted))
    assert (event.approved_fen, event.granted_fen, event.recovered_fen) == (39_382_717, 34_382_717, -5_000_000)
    assert [share.amount_fen for share in event.contributors] == [23_629_630 - 3_000_000, 15_753_087 - 2_000_000]


def test_an_insurer_that_has_paid_is_awaited_for_the_rest_alone_however_its_share_fell_and_rose() -> None:
    """Its share is 236,296.30 now; it paid 200,000.00, and nothing was awaited when its share was lower."""
    for awaited, raised, lowered in ((0, 3_629_630, 0), (3_629_630, 0, 0), (5_000_000, 0, 1_370_370)):
        others = {"open_others": {"insurer": awaited}, "settled_others": {"insurer": 20_000_000}}
        event = redecided(30_000_000, standing_of(**others))
        assert sum(item.amount_fen for item in event.raised) == raised
        assert sum(item.amount_fen for item in event.lowered) == lowered


def test_contributors_where_the_text_is_silent() -> None:
    deyang = ruletext.shipped("deyang")
    applied = application()
    loan = cases.loan_facts(filing(rights=("ZL202110123456.7",)))
    sole = cases.decide(deyang, cases.facts_of(applied, loan, paid_in=PAID_IN[:1], approved_earlier_fen=0), [])
    event = event_for(applied, sole)
    assert isinstance(event, CompensationDecided)
    assert event.contributors == (ContributorShare(contributor="01", amount_fen=39_382_717),)
    several = cases.decide(deyang, cases.facts_of(applied, loan, paid_in=PAID_IN, approved_earlier_fen=0), [])
    with pytest.raises(Refusal, match="裁决-出资-02"):
        event_for(applied, several)
    with pytest.raises(Refusal, match="追偿-比例-01"):
        cases.terms_of(several)


def test_nothing_paid_in_refuses() -> None:
    found = cases.facts_of(application(), cases.loan_facts(filing()), paid_in=[], approved_earlier_fen=0)
    with pytest.raises(Refusal, match="裁决-出资-01"):
        cases.decide(DEMO, found, [])


def test_inclusion_finds_everything() -> None:
    good = cases.include(DEMO, cases.loan_facts(filing()))
    assert [(finding.clause, finding.holds) for finding in good] == [
        ("演示第三条", True),
        ("演示第三条", True),
        ("演示第十条（熔断）", True),
    ]
    barred = cases.include(
        DEMO, cases.loan_facts(filing(rights=("CR2021SR012345",))), [Measure(date(2022, 5, 31), 100_000_000)]
    )
    assert [(finding.clause, finding.holds, finding.effect) for finding in barred] == [
        ("演示第三条", False, "refuse"),
        ("演示第十条（熔断）", False, "refuse"),
    ]
    assert "不符合" in barred[0].sentence
    assert "自 2022-05-31 起" in barred[1].sentence


def test_a_hole_in_the_table_refuses_the_filing_that_asks() -> None:
    loan = cases.loan_facts(filing(rights=("ZL202110123456.7",)))
    with pytest.raises(Refusal, match="熔断-状态-01"):
        cases.include(ruletext.shipped("deyang"), loan, [Measure(date(2022, 5, 31), 400_000_000)])


def test_suspension_events_follow_the_history_and_repeat_themselves() -> None:
    months = [(3, 0), (4, 120_000_000), (5, 500_000_000), (6, 499_999_999), (7, 0)]
    measures = [Measure(date(2023, month, 28), amount) for month, amount in months]
    events = cases.suspension_events(ruletext.shipped("deyang"), "boc", measures)
    shown = [(event.on.month, event.state if isinstance(event, SuspensionTripped) else "") for event in events]
    assert shown == [(4, "暂停整改"), (5, "全面停止"), (6, "")]
    assert isinstance(events[-1], SuspensionLifted)
    assert cases.suspension_events(ruletext.shipped("deyang"), "boc", measures[::-1]) == events
    falling = [Measure(date(2023, 5, 28), 500_000_000), Measure(date(2023, 6, 28), 200_000_000)]
    stopped, paused = cases.suspension_events(ruletext.shipped("deyang"), "boc", falling)
    assert [stopped.kind, paused.kind, paused.on] == ["SuspensionTripped", "SuspensionTripped", date(2023, 6, 28)]


def report(number: int, gross: int, cost: int = 0) -> RecoveryReported:
    return RecoveryReported(
        event_id=event_id("recovery", "boc", "BC2023-002", number),
        on=date(2023, 12, 28),
        summary="追偿",
        case="BC2023-002",
        loan="BOC2022-0002",
        bank="boc",
        number=number,
        gross_fen=gross,
        cost_fen=cost,
        principal_fen=0,
        source="collateral",
    )


def test_recovery_of_a_decision_in_instalments() -> None:
    terms = cases.terms_of(decided(application()))
    first, record = cases.recovery_of(report(1, 10_000_001, 1), terms, paid_fen=39_382_717, history=RecoveryHistory())
    assert (first.pool_fen, first.steps, first.number) == (5_000_000, digest(record), 1)
    assert sum(share.amount_fen for share in first.contributors) == first.pool_fen
    second, _ = cases.recovery_of(report(2, 90_000_000), terms, paid_fen=39_382_717, history=cases.history_of([first]))
    assert first.pool_fen + second.pool_fen == 39_382_717
    split = cases.history_of([first, second])
    assert dict(split.contributors) == {"01": 23_629_630, "02": 15_753_087}


def test_a_recovery_returns_to_a_sole_contributor_that_no_clause_names() -> None:
    text = text_of({"rule": "demo-2023", "drop": ["演示第九条（出资方） contributor_draw"]}, {})
    found = cases.facts_of(application(), cases.loan_facts(filing()), paid_in=PAID_IN[:1], approved_earlier_fen=0)
    terms = cases.terms_of(cases.decide(text, found, []))
    event, _ = cases.recovery_of(report(1, 10_000_000), terms, paid_fen=39_382_717, history=RecoveryHistory())
    assert event.contributors == (ContributorShare(contributor="01", amount_fen=5_000_000),)


def taken(**more: int) -> CaseTaken:
    amounts = {"recovered_gross_fen": 42_000_000, "recovered_cost_fen": 2_000_000, "recourse_fen": 20_000_000, **more}
    return CaseTaken(
        event_id=event_id("case", "boc", "BC2022-001"),
        on=date(2023, 2, 28),
        summary="期初在办案件",
        case="BC2022-001",
        loan="BOC2021-0001",
        bank="boc",
        borrower="某某公司（虚构）",
        unpaid_principal_fen=40_000_000,
        base_fen=80_000_000,
        paid_fen=40_000_000,
        recovered_fen=12_000_000,
        notified_unreceived_fen=8_000_000,
        decided_on=date(2022, 9, 1),
        parts=(
            ContributorShare(contributor="01", amount_fen=24_000_000),
            ContributorShare(contributor="02", amount_fen=16_000_000),
        ),
        loss_parts=(
            PartyAmount(party="pool", amount_fen=40_000_000),
            PartyAmount(party="bank", amount_fen=40_000_000),
        ),
        rule_words="旧办法各半",
        **amounts,
    )


def test_recovery_goes_on_from_an_opening() -> None:
    terms, history = cases.opening_terms(taken(), DEMO), cases.opening_history(taken())
    assert (history.notified_fen, dict(history.contributors)) == (20_000_000, {"01": 12_000_000, "02": 8_000_000})
    event, _ = cases.recovery_of(report(1, 1_000_001), terms, paid_fen=40_000_000, history=history)
    assert event.pool_fen == 500_001  # half of 41,000,001 net so far, half up, less 20,000,000
    with pytest.raises(Refusal, match="追偿-比例-01"):
        cases.opening_terms(taken(), ruletext.shipped("deyang"))


def test_every_kind_has_its_sentences() -> None:
    """Every kind that a closure runs has sentences; which of them are said, test_riskpool_coverage shows."""
    deciding = {kind.name for kind in CLAUSE_KINDS.values() if kind.bind}
    thresholds = {"require", "overdue_day", "require_ratio"}
    assert {kind for kind, _ in SENTENCES} | thresholds == deciding
    assert {("left", "sub"), ("settle", "sub"), ("no_due", "above")} <= set(NAMED_SENTENCES)
    lines = explain(decided(application()))
    assert all("{" not in line.sentence for line in lines)
    assert {op for _, op in RECOVERY_SENTENCES} <= {"sum", "sub", "min", "max", "share"}


def test_fault_codes_are_unique() -> None:
    modules = (calendars, facts, granting, recovery, rulefaults, ruletext, suspension, waterfall)
    listed = [kind for module in modules for kind in module.KINDS if kind is not standing.NOT_STATED]
    kinds: list[FaultKind] = [*listed, *(kind for room in (drawing, loss, sharing, standing) for kind in room.FAULTS)]
    assert len({kind.code for kind in kinds}) == len(kinds)
    assert all(kind.title and kind.expected and kind.remedy for kind in kinds)
