"""Rule texts: what a file may say, every fault gathered, versions by day, and what cixi lacks."""

from datetime import date
from pathlib import Path

import pytest

from ledger.faults import ExitCode, Refusal
from riskpool import clauses
from riskpool.clauses.kind import TOPICS
from riskpool.facts import CaseFacts, FactValue
from riskpool.literals import AFTER, BEFORE, comparison, quantity, span
from riskpool.rounds import Claim, share_out_round
from riskpool.rulefile import HEADER, RuleText, read_rule_text
from riskpool.ruletext import in_force, open_faults, shipped, shipped_file, shipped_refs
from riskpool.views import STATUS_WORDS, assumed, describe
from riskpool.waterfall import decide

SKELETON = """
[rule_text]
slug = "{slug}"
title = "范例（虚构）"
issuer = "范例局（虚构）"
source = "虚构"
trust = "C"
status = "sourced"
checked_on = 2024-01-02
effective_on = {effective_on}
lapsed_on = {lapsed_on}
dated_by = ["accepted_on"]
takes_over = [{takes_over}]
[party]
pool = {{ title = "市风险池", ours = true }}
bank = {{ title = "合作银行" }}
{clauses}
[clause."第九条".base_of]
components = ["principal", "interest"]
less = []
[clause."第十条".share_by_rate]
payer = "pool"
rate = "40%"
[clause."第十一条".allotment]
residual = "bank"
unit = "{unit}"
op = "{op}"
[[silent]]
status = "sourced"
topics = [{silent}]
why = "通读全文，无此规定"
"""


def toml(
    clauses: str = "",
    bound: tuple[str, ...] = (),
    slug: str = "sample",
    effective_on: str = "2023-01-01",
    lapsed_on: str = '"无截止日"',
    takes_over: str = "",
    unit: str = "1分",
    op: str = "share",
) -> bytes:
    """A complete invented text with more clauses, and the topics that these bind."""
    silent = [f'"{topic}"' for topic in TOPICS if topic not in ("base", "share", "allotment", *bound)]
    return SKELETON.format(
        clauses=clauses,
        silent=", ".join(silent),
        slug=slug,
        effective_on=effective_on,
        lapsed_on=lapsed_on,
        takes_over=takes_over,
        unit=unit,
        op=op,
    ).encode()


def facts(**more: FactValue) -> CaseFacts:
    values: dict[str, FactValue] = {"principal": 100_00, "interest": 1_00, "approved_earlier": 0, **more}
    return CaseFacts("C1", values, dict.fromkeys(values, "案例"))


def faults_of(content: bytes) -> list[str]:
    with pytest.raises(Refusal) as refused:
        read_rule_text(content)
    return [str(fault) for fault in refused.value.faults]


def test_every_shipped_text_is_read_and_none_claims_to_be_cixi() -> None:
    assert {ref.partition("@")[0] for ref in shipped_refs()} == {
        "anhui-2022",
        "changsha-2022",
        "cixi",
        "demo-2023",
        "deyang",
        "guangzhou-2023",
        "guangzhou-2025",
        "meishan",
        "ningbo-2018",
        "qingdao",
        "shenzhen",
        "shenzhen-2018",
        "weihai",
        "wenzhou-2020",
        "zhangjiakou",
        "zhongshan",
        "zhuhai",
    }
    for ref in shipped_refs():
        text = shipped(ref)
        slug, _, folder = ref.partition("@")
        assert text.slug == slug
        assert folder == (text.effective_on.isoformat() if text.effective_on else "undated")
        assert shipped_file(ref, "notes.md").decode().startswith("# ")
        if slug not in ("cixi", "ningbo-2018"):
            assert "非慈溪规定" in text.title


def test_demo_says_demo_and_marks_every_field() -> None:
    text = shipped("demo-2023")
    assert text.demo
    assert "演示" in text.title
    for line in describe(text):
        assert line.status in ("sourced", "assumed"), line
        assert line.why if line.status == "assumed" else line.source, line
    assert all(line.why in "\n".join(assumed(text)) for line in describe(text) if line.status == "assumed")


def test_cixi_refuses_naming_every_unset_field_and_where_to_enter_it() -> None:
    text = shipped("cixi")
    assert text.clauses == ()
    with pytest.raises(Refusal) as refused:
        decide(text, facts(), [])
    assert refused.value.exit_code == ExitCode.REFUSED
    assert refused.value.faults == open_faults(text)
    printed = [str(fault) for fault in refused.value.faults]
    assert len(printed) == len(HEADER) + len(TOPICS)
    for name, title in HEADER.items():
        (one,) = [line for line in printed if f"{title}（{name}）未定" in line]
        assert "rules/cixi/undated/rule_text.toml" in one
        assert f"[party]" in one if name == "party" else f"[rule_text] 一节 {name}" in one  # noqa: F541
    for topic, title in TOPICS.items():
        (one,) = [line for line in printed if f"{title}（{topic}）未定" in line]
        for kind in clauses.KINDS.values():
            if kind.topic == topic:
                assert f'[clause."第…条".{kind.name}]' in one
                assert all(f"{item.name} {item.title}" in one for item in kind.parameters)
        assert "riskpool rules adopt" in one
        assert "rules/cixi/<施行日期>/" in one
    assert not any(char.isdigit() for fault in refused.value.faults for char in fault.found)
    assert {line.status for line in describe(text)} == {"unset"}


def test_ningbo_has_two_figures_and_nothing_else() -> None:
    text = shipped("ningbo-2018")
    given = {
        (line.name, line.value) for line in describe(text) if line.status == "sourced" and line.kind != "rule_text"
    }
    assert given == {("amount", "3000万元"), ("multiple", "10倍")}
    with pytest.raises(Refusal):
        decide(text, facts(), [])


@pytest.mark.parametrize(
    ("text", "dimension", "value"),
    [
        ("100万元", "money", 100_000_000),
        ("0.5亿元", "money", 5_000_000_000),
        ("1分", "money", 1),
        ("12.34元", "money", 1234),
        ("25%", "rate", 250_000),
        ("0.0001%", "rate", 1),
        ("10个百分点", "points", 100_000),
        ("10倍", "multiple", 10_000_000),
        ("2.5倍", "multiple", 2_500_000),
        ("10个工作日", "workdays", 10),
        ("1年", "months", 12),
        ("60天", "days", 60),
        ("3个月", "months", 3),
    ],
)
def test_quantity_with_its_unit(text: str, dimension: str, value: int) -> None:
    found = quantity(text)
    assert found is not None
    assert (found.dimension, found.value) == (dimension, value)


@pytest.mark.parametrize(
    "text", ["100", "100万", "-1元", "1.5天", "0.001元", "百分之五", "１元", "", 100, 0.25, None, "1e3元"]
)
def test_no_quantity_without_unit_or_with_a_fraction_of_its_smallest(text: object) -> None:
    assert quantity(text) is None
    assert comparison(text) is None


def test_comparison_words_below_at_and_above() -> None:
    """The one table of words: which include the number itself and which do not (民法典 1259)."""
    includes = {"不超过": (1, 1, 0), "不低于": (0, 1, 1), "达到": (0, 1, 1), "满": (0, 1, 1)}
    excludes = {"超过": (0, 0, 1), "不满": (1, 0, 0), "不足": (1, 0, 0), "低于": (1, 0, 0)}
    before = {**includes, **excludes}
    after = {"以上": (0, 1, 1), "以下": (1, 1, 0), "以内": (1, 1, 0), "以外": (0, 0, 1)}
    assert (set(before), set(after)) == (set(BEFORE), set(AFTER))
    for word, expected in [*((f"{w}60天", e) for w, e in before.items()), *((f"60天{w}", e) for w, e in after.items())]:
        found = comparison(word)
        assert found is not None
        assert tuple(int(found.holds(days)) for days in (59, 60, 61)) == expected, word


def test_neighbouring_thresholds_touch() -> None:
    def of(text: str) -> tuple[int, int | None]:
        found = comparison(text)
        assert found
        return span([found])

    assert of("不超过3%")[1] == of("超过3%")[0] - 1
    assert of("不满3%")[1] == of("达到3%")[0] - 1


REQUIRE = (
    '[clause."第{no}条".require]\nfact = "loan_principal"\nmust = "{must}"\neffect = "{effect}"\nat = "application"\n'
)


@pytest.mark.parametrize(
    ("must", "verdicts"),
    [
        ("不超过800万元", ("approved", "approved", "denied")),
        ("不低于800万元", ("denied", "approved", "approved")),
        ("超过800万元", ("denied", "denied", "approved")),
        ("不满800万元", ("approved", "denied", "denied")),
    ],
)
def test_require_on_an_amount_below_at_above(must: str, verdicts: tuple[str, ...]) -> None:
    text = read_rule_text(toml(REQUIRE.format(no="五", must=must, effect="refuse"), ("eligibility",)))
    amounts = (799_999_999, 800_000_000, 800_000_001)
    assert tuple(decide(text, facts(loan_principal=amount), []).verdict for amount in amounts) == verdicts


def test_a_flag_is_said_and_refuses_nothing() -> None:
    text = read_rule_text(toml(REQUIRE.format(no="五", must="超过1元", effect="flag"), ("eligibility",)))
    decision = decide(text, facts(loan_principal=100), [])
    assert (decision.verdict, decision.steps[0].result, decision.steps[0].effect) == ("approved", 0, "flag")


def test_a_missing_fact_refuses_and_all_missing_ones_of_the_gate_are_named() -> None:
    more = REQUIRE.format(no="五", must="超过1元", effect="refuse")
    more += '[clause."第六条".require]\nfact = "is_sued"\nmust = true\neffect = "refuse"\nat = "application"\n'
    text = read_rule_text(toml(more, ("eligibility",)))
    with pytest.raises(Refusal) as refused:
        decide(text, facts(), [])
    assert [fault.place.column for fault in refused.value.faults] == ["借款合同金额", "已起诉或仲裁"]


BY_SIZE = """[clause."第十七条".balance_limit]
payer = "pool"
basis = "size"
share_out = "fifo"
rest = "queue"
"""


def test_what_is_measured_by_the_pools_size_needs_a_text_that_speaks_of_it() -> None:
    with pytest.raises(Refusal) as refused:
        read_rule_text(toml(BY_SIZE, ("balance_limit",)))
    assert [fault.found for fault in refused.value.faults] == ["以资金池规模为准，办法没有写规模"]
    said = BY_SIZE + '[clause."第十八条".pool_size]\n'
    read_rule_text(toml(said + 'amount = "3000万元"\n', ("balance_limit", "size")))
    text = read_rule_text(toml(said + 'unset = { amount = "原文未写" }\n', ("balance_limit", "size")))
    on, pool = date(2023, 6, 1), {"pool_paid_out": 0}
    with pytest.raises(Refusal, match="金额（amount）未定：原文未写"):
        share_out_round(text, [Claim("BC-1", "boc", on, on, 100)], on, used={}, pool=pool)


def test_an_unset_parameter_refuses_only_the_case_that_reads_it() -> None:
    more = '[clause."第十二条".payment_cap]\nwhen = { product = "保险贷款" }\npayer = "pool"\nmeter = "loan_payment"\n'
    more += 'per = ["exposure"]\nmode = "truncate"\nunset = { amount = "原文此处缺页" }\n'
    text = read_rule_text(toml(more, ("payment_cap",)))
    assert decide(text, facts(product="direct"), []).due["pool"] == 4040
    with pytest.raises(Refusal, match="上限金额（amount）未定：原文此处缺页"):
        decide(text, facts(product="insured"), [])


@pytest.mark.parametrize(
    ("unit", "op", "pool"),
    [("1分", "share", 4041), ("1分", "share_down", 4040), ("1元", "share", 4000), ("1元", "share_down", 4000)],
)
def test_allotment_by_unit_and_rounding(unit: str, op: str, pool: int) -> None:
    """40 % of 101.02 yuan is 40.408."""
    text = read_rule_text(toml(unit=unit, op=op))
    due = decide(text, facts(interest=1_02), []).due
    assert due == {"pool": pool, "bank": 101_02 - pool}


def test_a_when_of_several_and_any_of() -> None:
    more = '[clause."第十二条".payment_cap]\nwhen = { product = { any_of = ["保险贷款", "直接贷款"] }, '
    more += 'loan_principal = "超过10元" }\n'
    more += 'payer = "pool"\nmeter = "loan_payment"\nper = ["exposure"]\namount = "1元"\nmode = "truncate"\n'
    text = read_rule_text(toml(more, ("payment_cap",)))
    capped = [
        decide(text, facts(product="direct", loan_principal=amount, exposure="E1"), []).due["pool"]
        for amount in (1000, 1001)
    ]
    assert capped == [4040, 100]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('rate = "40%"', 'rate = "40万元"', "带单位的比例"),
        ('rate = "40%"', "rate = 0.4", "带单位的比例"),
        ('rate = "40%"', "", "既无取值又未列入 unset"),
        ('rate = "40%"', 'rate = "40%"\nunset = { rate = "不明" }', "既有取值又列入 unset"),
        ('rate = "40%"', 'rate = "40%"\nextra = 1', "没有这样一个参数"),
        ('payer = "pool"', 'payer = "insurer"', "[party] 中的一方"),
        ('payer = "pool"', 'payer = "bank"', "尾差归属方承担其余全部"),
        (".share_by_rate]", ".share_by_luck]", "没有「share_by_luck」这一种类"),
        ('"principal", "interest"', '"principal", "hope"', "principal、interest"),
        ("[party]\npool", "[party]\nother = { title = '第三方', ours = true }\npool", "没有唯一的 ours = true"),
        ("effective_on = 2023-01-01", "", "施行日期既无取值又未列入 unset"),
        ("effective_on = 2023-01-01", 'effective_on = "2023-01-01"', "日期，如 2024-01-01"),
        ('trust = "C"', 'trust = ""', "非空文字"),
        ('"deadline", ', "", "「申请与返还期限」未交代"),
        ('"deadline", ', '"deadline", "share", ', "「分担比例」重复交代"),
        ('"deadline", ', '"deadline", "weather", ', "没有「weather」这一事项"),
        ('slug = "sample"', 'slug = "样本"', "小写英文字母"),
        ("[party]", "[party", "合乎 TOML 写法"),
        ("[party]", "[stray]\n[party]", "没有这样一节"),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(old: str, new: str, expected: str) -> None:
    content = toml().decode()
    assert old in content
    assert any(expected in fault for fault in faults_of(content.replace(old, new, 1).encode()))


def test_all_faults_are_gathered() -> None:
    content = toml().decode().replace('rate = "40%"', "rate = 40").replace('unit = "1分"', "unit = 1")
    content = content.replace("effective_on = 2023-01-01", "").replace('"deadline", ', "")
    assert len(faults_of(content.encode())) == 4


STATES = """[clause."第十八条".suspension]
scope = "bank"
measure = "overdue_principal"
states = [{rows}]
otherwise = "正常"
resumes = "不满500万元"
"""


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            '{ where = "达到1元", state = "停", effect = "none" }, { where = "满2元", state = "止", effect = "none" }',
            "重叠",
        ),
        (
            '{ where = ["满1元", "不满2元"], state = "甲", effect = "none" }, { where = "超过2元", why = "缺页" }',
            "空档",
        ),
        ('{ where = ["达到1元", "不满2元"], state = "停", effect = "none" }', "之上有空档"),
        ('{ where = "达到1元" }', "没有 state 的一档只写 why"),
        ('{ where = ["达到2元", "不满1元"], state = "停", effect = "none" }', "能够同时成立"),
        ('{ where = "达到1%", state = "停", effect = "none" }', "金额"),
        ('{ where = "达到1元", state = "停", effect = "maybe" }', "refuse_new"),
    ],
)
def test_states_that_overlap_or_leave_a_gap_are_refused(rows: str, expected: str) -> None:
    assert any(expected in fault for fault in faults_of(toml(STATES.format(rows=rows), ("suspension",))))


def version(slug: str, effective_on: str, lapsed_on: str = '"无截止日"', takes_over: str = "") -> RuleText:
    return read_rule_text(toml(slug=slug, effective_on=effective_on, lapsed_on=lapsed_on, takes_over=takes_over))


def test_version_in_force_on_the_day_before_on_and_after() -> None:
    old, new = version("old", "2020-07-08", "2023-01-01"), version("new", "2023-01-01")

    def on(*day: int) -> str:
        return in_force([old, new], {"accepted_on": date(*day)}).slug

    assert (on(2020, 7, 8), on(2022, 12, 31), on(2023, 1, 1)) == ("old", "old", "new")
    with pytest.raises(Refusal, match="办法-时效-01"):
        on(2020, 7, 7)
    with pytest.raises(Refusal, match="办法-时效-01"):
        in_force([shipped("cixi")], {"accepted_on": date(2023, 1, 1)})


def test_two_versions_refuse_unless_one_takes_over() -> None:
    old, new = version("old", "2020-01-01"), version("new", "2023-01-01")
    day = {"accepted_on": date(2023, 6, 1)}
    with pytest.raises(Refusal, match="old@2020-01-01、new@2023-01-01"):
        in_force([old, new], day)
    heir = version("heir", "2023-01-01", takes_over='"old@2020-01-01"')
    assert in_force([old, heir], day) is heir
    assert in_force([heir, old], day) is heir


def test_digest_is_of_the_file() -> None:
    content = shipped_file("demo-2023@2023-01-01")
    assert read_rule_text(content).sha256 == shipped("demo-2023").sha256
    assert read_rule_text(content + b"\n").sha256 != shipped("demo-2023").sha256


def test_no_shipped_text_quotes_its_source_at_length() -> None:
    """Own words: a quotation 「…」 in a rule text is a phrase, never a passage."""
    for ref in shipped_refs():
        content = shipped_file(ref).decode()
        quoted = [part.partition("」")[0] for part in content.split("「")[1:]]
        assert all(len(part) <= 20 for part in quoted), ref


def test_statuses_have_words_and_rules_are_package_data() -> None:
    assert set(STATUS_WORDS) == {"sourced", "assumed", "unset"}
    assert (Path(clauses.__file__).parent.parent / "rules" / "cixi").is_dir()
