"""What a text provides and assumes, as pages and papers say it; what is unset never passes for a value."""

import re
from datetime import date

import pytest

from ledger.faults import Refusal
from riskpool.provisions import CARRIED, LAST_TAKES_REST, UNEXPLAINED, assumed_of, assumptions
from riskpool.rulefile import HEADER, RuleText, read_rule_text
from riskpool.ruletext import open_faults, refuse_unset, shipped, shipped_file, shipped_refs, text_on, texts_on
from riskpool.views import describe

WENZHOU = shipped_file("wenzhou-2020@2020-01-01").decode()
DAY = date(2023, 6, 1)


def changed(*pairs: tuple[str, str]) -> bytes:
    content = WENZHOU
    for old, new in pairs:
        assert old in content
        content = content.replace(old, new, 1)
    return content.encode()


def version(slug: str, takes_over: str = "") -> RuleText:
    more = f'slug = "{slug}"\ntakes_over = [{takes_over}]'
    return read_rule_text(changed(('slug = "wenzhou-2020"', more)))


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ('rate = "25%"', 'rate = "25%"\nstatus = "unset"', "列为 unset，却给出了分担方、比例"),
        ('status = "sourced"', 'status = "unset"', "列为 unset，却给出了名称、发文机关"),
        ('status = "sourced"', 'status = "unset"', "参与分担各方、条款"),
    ],
)
def test_what_is_marked_unset_can_have_no_value(old: str, new: str, found: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_rule_text(changed((old, new)))
    assert any(found in fault.found for fault in refused.value.faults)


def test_a_clause_marked_unset_without_values_is_read_and_names_its_parameters() -> None:
    bare = 'status = "unset"\nunset = { payer = "未见", rate = "未见" }'
    text = read_rule_text(changed(('payer = "pool"\nrate = "25%"', bare)))
    assert [fault.found for fault in open_faults(text)] == ["分担方（payer）未定：未见", "比例（rate）未定：未见"]
    refuse_unset(text)


def test_a_parameter_that_its_clause_or_text_marks_assumed_is_printed() -> None:
    clause = read_rule_text(changed(('rate = "25%"', 'rate = "25%"\nstatus = "assumed"')))
    assert f"汇编第 89 页（比例）·按比例分担·比例：25%——{UNEXPLAINED}" in assumptions(clause)
    text = read_rule_text(changed(('status = "sourced"', 'status = "assumed"')))
    said = "\n".join(assumptions(text))
    assert all(f"{line.title}：{line.value}——" in said for line in describe(text) if line.kind != "silent")


@pytest.mark.parametrize("ref", shipped_refs())
def test_assumptions_name_title_value_and_reason_in_chinese(ref: str) -> None:
    text = shipped(ref)
    lines = [line for line in describe(text) if line.status == "assumed"]
    said = assumptions(text)
    for line in lines:
        if line.kind == "silent":
            assert any(line.title in one and one.endswith(line.why) for one in said), line
        else:
            assert any(one.endswith(f"·{line.title}：{line.value}——{line.why}") for one in said), line
    assert not re.search(r"[a-z]{2}", "".join(said))


def test_the_words_of_assumed_values_are_those_of_officers() -> None:
    said = assumptions(shipped("demo-2023"))
    assert "演示第五条·逾期天数·要求：超过90天——德阳的天数未见，演示取九十天" in said
    assert "演示第八条（舍入）·舍入与尾差·尾差归属方：合作银行——未见舍入规定，尾差归银行" in said
    assert "抬头·失效日期：无截止日——演示" in said
    assert "演示第三条·条件·要求：专利、商标——德阳只有专利，演示扩大到商标" in said


def test_what_the_program_settles_itself_is_told_where_figures_rest_on_it() -> None:
    assert assumptions(shipped("demo-2023"))[-2:] == (CARRIED, LAST_TAKES_REST)
    assert not {CARRIED, LAST_TAKES_REST} & set(assumptions(shipped("deyang")))


def test_several_texts_say_which_of_them_assumes() -> None:
    demo, deyang = shipped("demo-2023"), shipped("deyang")
    both = assumed_of([demo, deyang])
    assert len(both) == len(assumptions(demo)) + len(assumptions(deyang))
    assert all(said.startswith((f"《{demo.title}》", f"《{deyang.title}》")) for said in both)
    assert assumed_of([demo]) == assumptions(demo)
    assert assumed_of([]) == ()


def test_no_clause_and_not_seen_are_two_things() -> None:
    labels = {status: set[str]() for status in ("sourced", "assumed", "unset")}
    for ref in shipped_refs():
        for line in describe(shipped(ref)):
            if line.kind == "silent":
                labels[line.status].add(line.clause)
    whole = changed(('[[silent]]\nstatus = "assumed"', '[[silent]]\nstatus = "sourced"'))
    labels["sourced"] = {line.clause for line in describe(read_rule_text(whole)) if line.kind == "silent"}
    assert labels == {"sourced": {"原文无此规定"}, "assumed": {"未见全文，按无此规定"}, "unset": {"未见原文"}}


@pytest.mark.parametrize("ref", shipped_refs())
def test_a_text_was_checked_after_every_day_that_its_sources_name(ref: str) -> None:
    told = re.sub(r"(?m)^lapsed_on = .*$", "", shipped_file(ref).decode()) + shipped_file(ref, "notes.md").decode()
    checked_on = shipped(ref).checked_on
    assert checked_on in shipped_file(ref, "notes.md").decode()
    assert checked_on != "2024-01-02", "the day of the sample in docs/rules.md"
    assert max(re.findall(r"\d{4}-\d{2}-\d{2}", told)) == checked_on
    assert "没有打开" in told


def test_names_of_our_own_are_assumed() -> None:
    for ref in shipped_refs():
        text = shipped(ref)
        if text.parties:
            assert {"title", "party"} <= set(text.assumed), ref


def test_ningbo_says_what_its_source_says_and_lacks_the_basis() -> None:
    text = shipped("ningbo-2018")
    (leverage,) = text.clauses_of("leverage_limit")
    assert leverage.says == "按放大十倍授信"
    assert [fault.found for fault in open_faults(text) if "basis" in fault.found]
    assert len(open_faults(text)) == 23
    with pytest.raises(Refusal) as refused:
        refuse_unset(text)
    assert refused.value.faults == open_faults(text)


def test_one_text_on_a_day_or_a_refusal() -> None:
    old, new = version("old"), version("new")
    heir = version("heir", '"old@2020-01-01"')
    assert text_on([old], DAY) is old
    assert text_on([old, heir], DAY) is heir
    assert texts_on([old, heir], DAY) == (heir,)
    assert texts_on([old, new], DAY) == (old, new)
    assert texts_on([old, shipped("cixi")], date(2019, 12, 31)) == ()
    with pytest.raises(Refusal, match="办法-时效-02"):
        text_on([new, old], DAY)
    for texts in ([], [old], [shipped("cixi")]):
        with pytest.raises(Refusal, match="办法-时效-01") as refused:
            text_on(texts, date(2019, 12, 31))
        assert refused.value.faults[0].found == "2019-12-31"


SECOND_CAP = """[clause."另条".payment_cap]
payer = "{payer}"
meter = "loan_payment"
per = ["{per}"]
amount = "1万元"
mode = "truncate"
[[silent]]"""


@pytest.mark.parametrize(
    ("payer", "per", "found"), [("city", "exposure", "分担方却不同"), ("pool", "bank", "按何计却不同")]
)
def test_a_meter_belongs_to_one_payer_and_one_measure(payer: str, per: str, found: str) -> None:
    city = ("[party]", '[party]\ncity = { title = "市级" }')
    with pytest.raises(Refusal) as refused:
        read_rule_text(changed(city, ("[[silent]]", SECOND_CAP.format(payer=payer, per=per))))
    assert [found in fault.found for fault in refused.value.faults] == [True]
    read_rule_text(changed(city, ("[[silent]]", SECOND_CAP.format(payer="pool", per="exposure"))))


def test_every_head_field_has_a_line() -> None:
    assert [line.name for line in describe(shipped("cixi"))][: len(HEADER)] == list(HEADER)
