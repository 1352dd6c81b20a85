"""What a file may not say, calendars, and folds over several cases of a meter."""

import json
from datetime import date
from pathlib import Path

import pytest
from cases.reading import FOLDER, cases, decided, facts_of, text_of

from ledger.faults import Refusal
from riskpool.binding import bind
from riskpool.calendars import shipped_calendar
from riskpool.cases import consumption_of
from riskpool.checker import problems
from riskpool.clauses import KINDS
from riskpool.decision import Decision, from_bytes
from riskpool.facts import CaseFacts, papers_with, parse_fact
from riskpool.filings import facts_asked, file_again, file_loan, record_of
from riskpool.needs import facts_needed
from riskpool.rounds import Claim, share_out_round
from riskpool.rulefile import read_rule_text
from riskpool.ruletext import shipped
from riskpool.sentences import ROUND_SENTENCES
from riskpool.suspension import NO_DENOMINATOR, Measure, barring_states, deferring_states, suspension_events
from riskpool.views import explain
from riskpool.waterfall import Used, decide, evaluate

SAMPLE = (FOLDER / "texts" / "sample.toml").read_text(encoding="utf-8")
NO_FACTS = CaseFacts("本案", {}, {})
TABLE = {"text": "sample", "facts": "sample"}


def faults_of(*pairs: tuple[str, str]) -> list[str]:
    content = SAMPLE
    for old, new in pairs:
        assert old in content, old
        content = content.replace(old, new, 1)
    with pytest.raises(Refusal) as refused:
        read_rule_text(content.encode())
    return [str(fault) for fault in refused.value.faults]


def test_the_sample_binds_every_kind_but_parts() -> None:
    assert {clause.kind for clause in read_rule_text(SAMPLE.encode()).clauses} == set(KINDS) - {"share_by_parts"}


ASKED = '"补偿申请书", "借款合同", "催收记录"'
AGAIN = {
    "allotment": 'residual = "bank"\nunit = "1分"\nop = "share"',
    "contributor_draw": 'parts = ["02", "01"]',
    "pool_size": 'amount = "1元"',
    "recovery_split": 'costs = "first"\nby = "decided"\nlimit = "paid"',
    "balance_limit": 'payer = "pool"\nbasis = "balance"\nshare_out = "fifo"\nrest = "queue"',
}
PARTS = '[clause."另条".share_by_parts]\nwhen = { product = "直接贷款" }\nparts = { pool = 3, bank = 7 }\n'


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('rate = "10%"', 'rate = "120%"', "不超过 100%"),
        ('rate = "50%"', 'rate = "150%"', "不超过 100%"),
        ('rate = "55%"', 'rate = "155%"', "不超过 100%"),
        ('unit = "1分"', 'unit = "1分"\nwhen = { product = "保险贷款" }', "舍入与尾差附有前提"),
        ('limit = "paid"', 'limit = "paid"\nwhen = { product = "保险贷款" }', "追偿分配附有前提"),
        ('amount = "3000万元"', 'amount = "3000万元"\nwhen = { product = "保险贷款" }', "资金池规模附有前提"),
        ('costs = ["audit", "legal"]', 'costs = ["audit"]\nwhen = { product = "保险贷款" }', "可列支费用附有前提"),
        ('use = "return"', 'use = "return"\nwhen = { product = "保险贷款" }', "期限附有前提"),
        ('use = "application"', 'use = "return"', "返还追偿款的期限规定了两次"),
        ('payers = ["province", "pool"]', 'payers = ["province", "bank"]', "尾差归属方承担其余全部"),
        ('cut = ["pool", "province"]', 'cut = ["bank"]', "尾差归属方承担其余全部"),
        ('cut = ["pool", "province"]', 'cut = ["pool", "pool"]', "不重复的以下各项"),
        ('receipts = ["disposal_proceeds", ', 'receipts = ["principal", ', "不重复的以下各项"),
        ('meter = "bank_year"', 'meter = "enterprise_base"', "却不是一回事"),
        (
            'components = ["principal", "interest"]',
            'components = ["principal", "disposal_proceeds"]',
            "principal、interest",
        ),
        ('less = ["disposal_proceeds"]', 'less = ["guarantee_payment"]\n', ""),
        ('over = "all_quotas"', 'over = "filed_on"', "金额类事实"),
        ('must = "不低于50%"', 'must = "不低于50元"', "比例（%）"),
        ('within = "10个工作日"', 'within = "10个月"', "天数或工作日数"),
        ('within = "10个工作日"', 'within = "10"', "天数或工作日数"),
        ('rate = "40%" },', 'rate = "40%", extra = 1 },', "每档写 where"),
        ('{ where = "不超过300万元", rate = "40%" },', '{ where = "不超过300万元" },', "没有 rate 的一档只写 why"),
        ('{ where = "不超过300万元", rate = "40%" },', "", "最低一档从零开始"),
        ('["超过300万元", "不超过800万元"]', '["达到300万元", "不超过800万元"]', "重叠"),
        ('["超过300万元", "不超过800万元"]', '["超过301万元", "不超过800万元"]', "空档"),
        ('{ where = "超过3%", state', '{ where = "超过3元", state', "比例（%）"),
        ('resumes = "不超过3%"', 'resumes = "不超过3元"', "比例（%）"),
        ('effect = "defer" }]', 'effect = "maybe" }]', "defer（暂缓补偿）"),
        ('parts = ["02", "01"]', 'parts = ["02", "02"]', "不重复的出资方编号"),
        ('parts = ["02", "01"]', 'parts = ["2"]', "两位出资方编号"),
        ('parts = ["02", "01"]', "parts = []", "两位出资方编号"),
        ('costs = ["audit", "legal"]', 'costs = ["audit", "dinner"]', "bank_fee"),
        (f"papers = [{ASKED}]", "papers = []", "至少一项的列表"),
        (f"papers = [{ASKED}]", 'papers = "催收记录"', "至少一项的列表"),
        (f"papers = [{ASKED}]", 'papers = ["催收记录", "催收 记录"]', "不重复的材料名称"),
        (f"papers = [{ASKED}]", 'papers = ["借款合同(副本)", "借款合同（副本）"]', "不重复的材料名称"),
        (f"papers = [{ASKED}]", 'papers = ["催收记录、借款合同"]', "不重复的材料名称"),
        (f"papers = [{ASKED}]", 'papers = ["催收记录", "无"]', "不重复的材料名称"),
        (f"papers = [{ASKED}]", 'papers = ["催收记录", 1]', "不重复的材料名称"),
        (f"papers = [{ASKED}]", 'papers = [" "]', "不重复的材料名称"),
        (f"papers = [{ASKED}]", f'papers = ["{"催" * 41}"]', "不超过 40 字"),
        (f"papers = [{ASKED}]", f'papers = ["{"催" * 40}", "借款合同（副本）"]', ""),
        (f"papers = [{ASKED}]", f'papers = [{ASKED}]\nwhen = {{ papers = "催收记录" }}', "不能作前提"),
        (f"papers = [{ASKED}]", f'papers = [{ASKED}]\nwhen = {{ ip_types = "专利" }}', "不能作前提"),
        ('fact = "grade"\nmust = ["次级", "可疑", "损失"]', 'fact = "papers"\nmust = "催收记录"', "用 require_papers"),
        ('per = ["paid_year"]', 'per = ["exposure"]', "paid_year"),
        ('per = ["bank", "accepted_year"]', 'per = ["bank", "paid_year"]', "accepted_year"),
        (
            'must = false\neffect = "refuse"\nat = "application"',
            'must = false\neffect = "defer"\nat = "inclusion"',
            "暂缓只用于",
        ),
        ('[clause."第九条".allotment]', f'{PARTS}[clause."第九条".allotment]', "百分点和最高比例只用于比例"),
        *((f"[party]", f'[clause."又条".{kind}]\n{body}\n[party]', "规定了两次") for kind, body in AGAIN.items()),  # noqa: F541
    ],
)
def test_a_text_that_contradicts_itself_is_refused(old: str, new: str, expected: str) -> None:
    if expected:
        assert any(expected in fault for fault in faults_of((old, new)))
    else:
        read_rule_text(SAMPLE.replace(old, new, 1).encode())


def test_a_component_is_not_taken_off_again() -> None:
    components = ('components = ["principal", "interest"]', 'components = ["guarantee_payment"]')
    assert any(
        "不同时计入又扣除" in fault
        for fault in faults_of(components, ('less = ["disposal', 'less = ["guarantee_payment", "disposal'))
    )


def test_papers_are_compared_by_their_whole_name_blanks_and_brackets_set_aside() -> None:
    assert parse_fact("papers", "借款合同(副本)、 催收 记录；处置报告,借款合同（副本）") == (
        "借款合同（副本）",
        "催收记录",
        "处置报告",
    )
    assert parse_fact("papers", "无") == ("无",)
    assert [parse_fact("papers", text) for text in ("", "无、催收记录", "催收记录、", "催" * 41, "催收\x07记录")] == [
        None
    ] * 5
    assert parse_fact("ip_types", "专利、商标") == ("patent", "trademark")
    assert parse_fact("ip_types", "专利、发明") is None


@pytest.mark.parametrize(
    ("before", "more", "together"),
    [
        ("", "催收记录", "催收记录"),
        ("无", "催收记录", "催收记录"),
        ("催收记录", "无", "催收记录"),
        ("无", "无", "无"),
        ("借款合同、催收记录", "处置报告，催收记录", "借款合同、催收记录、处置报告"),
        ("催" * 41, "借款合同", "借款合同"),
        ("借款合同", "催" * 41, None),
    ],
)
def test_papers_that_come_later_stand_with_those_before(before: str, more: str, together: str | None) -> None:
    assert papers_with(before, more) == together


def test_each_paper_is_a_line_of_its_own_and_a_premise_says_why_none_is_asked() -> None:
    decision = decided(TABLE, {"change": {"papers": ["借款合同"]}})
    lines = [(line.sentence, line.plain) for line in explain(decision) if line.kind == "材料"]
    assert lines == [("材料「补偿申请书」：缺", "缺"), ("材料「借款合同」：有", "有"), ("材料「催收记录」：缺", "缺")]
    steps = [step for step in decision.steps if step.kind == "require_papers"]
    assert {(step.op, step.name, step.effect) for step in steps} == {("one_of", "papers", "defer")}
    assert [[operand.origin for operand in step.operands] for step in steps] == [
        [f"p:{steps[0].clause}.papers.{index}", "f:papers.0"] for index in range(3)
    ]
    insured = {"第三条第六项 require_papers": {"when": {"product": "保险贷款"}}}
    (line,) = [line for line in explain(decided(TABLE, {"amend": insured})) if line.kind == "材料"]
    assert (line.sentence, line.plain) == ("本条适用于贷款类别为「保险贷款」；本案为「直接贷款」：不适用", "否")


def test_a_fact_that_is_not_stated_and_a_paper_asked_for_are_told_with_everything_else() -> None:
    with pytest.raises(Refusal) as refused:
        decided(TABLE, {"change": {"papers": None, "grade": None}})
    assert [fault.found for fault in refused.value.faults] == ["五级分类（grade）没有取值", "材料（papers）没有取值"]


def test_what_a_text_reads_of_papers_is_known_before_a_case_comes() -> None:
    assert facts_needed(text_of(TABLE, {}), {})["papers"] == ("第三条第六项",)


def test_two_bases_or_none_are_refused() -> None:
    table = {"text": "sample", "facts": "sample"}
    twice = {"amend": {"第五条之二 base_of": {"components": ["principal"], "less": []}}}
    with pytest.raises(Refusal, match="裁决-条款-03"):
        decided(table, twice)
    never = {"amend": {"第五条 base_of": {"when": {"product": "保险贷款"}}}}
    with pytest.raises(Refusal, match="裁决-条款-05"):
        decided(table, never)


def test_a_withdrawn_case_gives_its_room_back() -> None:
    """A meter is a fold over decided cases: without the withdrawn one everything is as if it had never been."""
    alone = {name: case for name, _, case in cases("decide")}["sample_conditions: 全部符合"]
    text, values = text_of(TABLE, alone), facts_of(TABLE, alone)

    def run(case: str, used: list[Used], **more: int) -> Decision:
        facts = {**values, **more}
        return decide(text, CaseFacts(case, facts, dict.fromkeys(facts, "案例")), used)

    first, other = run("A", [], principal=1_000_000_000), run("C", [], principal=150_000_000)
    used = [*consumption_of(first), *consumption_of(other)]
    assert run("B", used, principal=1_100_000_000).base == 50_000_000
    left = [use for use in used if use.case != "A"]
    assert run("B", left, principal=1_100_000_000).base == 1_050_000_000
    assert run("B", left, principal=1_100_000_000) == run("B", consumption_of(other), principal=1_100_000_000)


def test_a_second_run_of_a_case_is_blind_to_its_own_consumption_on_every_meter() -> None:
    first = decided(TABLE, {})
    values = {**facts_of(TABLE, {}), "approved_earlier": first.settle}
    again = decide(text_of(TABLE, {}), CaseFacts("本案", values, dict.fromkeys(values, "案例")), consumption_of(first))
    assert (again.due, again.base, again.consumption, again.settle) == (first.due, first.base, first.consumption, 0)


def test_evaluate_makes_the_same_figures_as_a_decision_and_no_record() -> None:
    bound = bind(text_of(TABLE, {}))
    values = facts_of(TABLE, {})
    outcome = evaluate(bound, CaseFacts("本案", values, {}), {})
    decision = decided(TABLE, {})
    assert (outcome.verdict, outcome.settle, len(outcome.run.trace)) == (
        "approved",
        decision.settle,
        len(decision.steps),
    )
    assert bind(text_of(TABLE, {})) is bound


def test_a_deferred_record_comes_back_and_a_changed_one_is_caught() -> None:
    decision = decided(TABLE, {"change": {"suspension.第十三条第一款": "暂缓"}})
    assert decision.verdict == "deferred"
    assert from_bytes(decision.to_bytes()) == decision
    for name, value in (("verdict", "approved"), ("settle", 1), ("refusals", []), ("consumption", {"x": 1})):
        table = json.loads(decision.to_bytes())
        table[name] = value
        assert problems(from_bytes(json.dumps(table).encode())), name
    assert all(line.sentence for line in explain(decision))


def test_nominal_terms_are_the_part_that_the_allotment_used() -> None:
    case = {"amend": {"第十八条 recovery_split": {"by": "nominal"}}}
    decision = decided(TABLE, case)
    assert decision.recovery
    assert (decision.recovery.parts, decision.recovery.whole) == ({"pool": 400_000}, 1_000_000)
    assert problems(decision) == ()
    table = json.loads(decision.to_bytes())
    table["recovery"]["parts"]["pool"] += 1
    assert problems(from_bytes(json.dumps(table).encode()))
    marginal = {"amend": {**case["amend"], "第八条第二款 rate_by_band": {"reading": "marginal"}}}
    blended = decided(TABLE, {**marginal, "change": {"loan_principal": "700万元"}})
    assert blended.recovery
    assert blended.recovery.parts["pool"] * 7 == blended.recovery.whole * 24 // 10
    assert problems(blended) == ()


@pytest.mark.parametrize(
    ("day", "count", "last"),
    [
        (date(2025, 4, 25), 10, date(2025, 5, 13)),  # 27 April works, 1 to 5 May rest
        (date(2025, 9, 26), 1, date(2025, 9, 28)),  # a Sunday that works
        (date(2023, 1, 20), 1, date(2023, 1, 28)),  # the spring festival, ended by a Saturday that works
        (date(2024, 2, 9), 1, date(2024, 2, 18)),
        (date(2026, 2, 13), 2, date(2026, 2, 24)),  # 14 February works, 15 to 23 rest
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
    ],
)
def test_working_days_with_their_moved_rest_days(day: date, count: int, last: date) -> None:
    assert shipped_calendar().after_working_days(day, count) == last


def test_a_year_has_as_many_working_days_as_its_notice_makes() -> None:
    """Weekdays less the weekdays that rest, plus the weekends that work: counted from the notices by another road."""
    calendar = shipped_calendar()
    for year in (2023, 2024, 2025, 2026):
        days = [date.fromordinal(n) for n in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal())]
        resting = sum(day.weekday() < 5 and day in calendar.rests_on for day in days)
        working = sum(day.weekday() >= 5 and day in calendar.works_on for day in days)
        assert sum(map(calendar.is_working, days)) == sum(day.weekday() < 5 for day in days) - resting + working
        assert 247 <= sum(map(calendar.is_working, days)) <= 252
    assert not calendar.rests_on & calendar.works_on


def test_filing_and_decision_ask_each_for_their_own_suspensions() -> None:
    text = text_of(TABLE, {})
    pool = Measure(date(2025, 3, 31), 8, "npl_principal", "pool", "loan_balance", 100)
    bank = Measure(date(2025, 3, 31), 4, "npl_loss", "bank", "booked_principal", 100)
    assert [state.state for state in barring_states(text, [pool], date(2025, 4, 1), NO_FACTS)] == ["停止"]
    (held,) = deferring_states(text, [bank], date(2025, 4, 1))
    assert (held.clause, held.state) == ("第十三条第一款", "暂缓")
    assert held.evidence == "逐期指标：0.04 元 ÷ 1.00 元，自 2025-03-31 起"
    assert deferring_states(text, [pool], date(2025, 4, 1)) == ()
    assert [event.kind for event in suspension_events(text, "boc", [bank, pool])] == ["SuspensionTripped"]
    guangzhou = shipped("guangzhou-2025")
    assert suspension_events(guangzhou, "boc", [Measure(date(2026, 3, 31), 1)]) == ()
    assert deferring_states(guangzhou, [bank], date(2026, 4, 1))[0].clause == "S24（银行暂缓）"


def test_a_state_that_was_never_left_shows_the_last_measure_and_a_denominator_of_zero() -> None:
    text = text_of(TABLE, {})
    months = [Measure(date(2025, 2, 28), 1, "npl_principal", "pool", "loan_balance", 100)]
    (state,) = barring_states(text, months, date(2025, 4, 1), NO_FACTS)
    assert (state.state, state.since, state.measure_fen, state.over_fen, state.why) == ("正常", None, 1, 100, "")
    months.append(months[0]._replace(on=date(2025, 3, 31), amount_fen=2, over_fen=0))
    (state,) = barring_states(text, months, date(2025, 4, 1), NO_FACTS)
    assert (state.since, state.measure_fen, state.over_fen, state.why) == (None, 2, 0, NO_DENOMINATOR)
    (never,) = barring_states(shipped("deyang"), [], date(2025, 4, 1), NO_FACTS)
    assert (never.state, never.since, never.measure_fen, never.evidence) == ("正常", None, 0, "逐期指标：0.00 元")


def test_a_missing_measure_is_named_in_the_clauses_own_words() -> None:
    with pytest.raises(Refusal, match="不良贷款本金（按全池，除以贷款余额）的逐期数"):
        barring_states(text_of(TABLE, {}), [], date(2025, 4, 1), NO_FACTS)
    amount = text_of({"rule": "deyang"}, {"amend": {"S26（熔断） suspension": {"measure": "npl_principal"}}})
    with pytest.raises(Refusal, match="不良贷款本金（按银行，不设分母，按金额）的逐期数"):
        barring_states(amount, [], date(2025, 4, 1), NO_FACTS)


def test_a_state_keeps_the_measure_that_it_began_with() -> None:
    months = [Measure(date(2023, 3, 31), 100_000_000), Measure(date(2023, 4, 30), 200_000_000)]
    (state,) = barring_states(shipped("deyang"), months, date(2023, 5, 1), NO_FACTS)
    assert (state.state, state.since, state.measure_fen) == ("暂停整改", date(2023, 3, 31), 100_000_000)


def test_events_of_a_clause_that_is_unset_are_refused() -> None:
    unset = {"第十三条第一款 suspension": {"measure": None, "unset": {"measure": "案例中未定"}}}
    with pytest.raises(Refusal, match="办法-未定-02"):
        suspension_events(text_of(TABLE, {"amend": unset}), "boc", [])


PREMISED = {"第十三条第二款 suspension": {"when": {"product": "保险贷款"}}}


@pytest.mark.parametrize(("product", "asked"), [("direct", False), ("insured", True)])
def test_a_filings_record_shows_a_suspensions_premise_and_only_what_it_asked(product: str, *, asked: bool) -> None:
    text = text_of(TABLE, {"amend": PREMISED, "drop": ["第十五条第二款 leverage_limit"]})
    values = {**facts_of(TABLE, {}), "product": product}
    measure = Measure(date(2025, 3, 31), 8, "npl_principal", "pool", "loan_balance", 100)
    record = file_loan(text, CaseFacts("本案", values, {}), "boc", date(2025, 4, 1), [measure])
    assert record.verdict == ("refused" if asked else "admitted")
    assert record.measures == ((measure,) if asked else ())
    assert [state.state for state in record.states] == (["停止"] if asked else [])
    (step,) = [step for step in record.steps if step.kind == "suspension"]
    assert (record.clauses[-1].article, step.clause, step.result) == ("第十三条第二款", record.clauses[-1].no, asked)
    assert record.places == (*(step.no for step in record.steps), *(0 for _ in record.states))
    bare = text_of(TABLE, {"drop": ["第十五条第二款 leverage_limit"]})
    plain = file_loan(bare, CaseFacts("本案", values, {}), "boc", date(2025, 4, 1), [measure])
    assert "suspension" not in {clause.kind for clause in plain.clauses}
    assert "product" in facts_asked(text)
    assert record_of(record.to_bytes()) == record == file_again(text, record)


def test_a_round_keeps_its_steps_and_each_has_a_sentence() -> None:
    names = set()
    for _, table, case in cases("round"):
        if "refusal" in case["expect"]:
            continue
        claims = [
            Claim(
                one["case"],
                one.get("bank", "boc"),
                one["accepted_on"],
                one["accepted_on"],
                100,
                facts_of({}, {"change": one.get("facts", {})}),
            )
            for one in case["claims"]
        ]
        done = share_out_round(
            text_of(table, case),
            claims,
            case["paid_on"],
            used={},
            pool={"pool_balance": 150, "pool_paid_in": 1, "pool_paid_out": 0},
        )
        record = json.loads(done.computation)
        assert record["paid"] == {one.case: one.now_fen for one in done.paid}
        assert sum(done.consumption.values()) >= 0
        names |= {(step.name.partition(".")[0], step.op) for step in done.steps}
    assert names <= set(ROUND_SENTENCES)
    assert Path(FOLDER / "rounds.yaml").is_file()
