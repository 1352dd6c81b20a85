"""Two texts side by side, and what a text says of its premises."""

import pytest
from cases.reading import FOLDER

from riskpool.comparison import compare
from riskpool.provisions import describe
from riskpool.rulefile import read_rule_text
from riskpool.ruletext import open_faults, passed_over, shipped, shipped_refs


def lines(first: str, second: str) -> dict[tuple[str, str], tuple[str, str]]:
    return {(line.topic, line.item): (line.first, line.second) for line in compare(shipped(first), shipped(second))}


@pytest.mark.parametrize("ref", shipped_refs())
def test_a_text_is_the_same_as_itself(ref: str) -> None:
    found = compare(shipped(ref), shipped(ref))
    assert found
    assert all(line.is_same for line in found)


def test_papers_are_compared_by_name_and_an_older_text_passes_them_over() -> None:
    sample = read_rule_text((FOLDER / "texts" / "sample.toml").read_bytes())
    demo, deyang = shipped("demo-2023"), shipped("deyang")
    said = {(line.topic, line.item): (line.first, line.second) for line in compare(sample, demo)}
    assert said["申请材料", "材料·须交的材料"] == ("补偿申请书、借款合同、催收记录", "未交代")
    assert said["申请材料", "材料·缺少时"] == ("暂缓", "未交代")
    assert lines("demo-2023", "deyang")["申请材料", ""] == ("未交代", "未见全文，按无此规定")
    twice = {(line.topic, line.item): line.first for line in compare(sample, sample)}
    assert twice["申请材料", "材料·须交的材料"] == "补偿申请书、借款合同、催收记录"
    assert [passed_over(text) for text in (sample, demo, deyang, shipped("cixi"))] == [(), ("papers",), (), ()]
    assert ("papers", "assumed") in {(one.topic, one.status) for one in deyang.silent}


def test_the_text_of_the_office_and_of_ningbo_leave_papers_unset() -> None:
    for slug in ("cixi", "ningbo-2018"):
        assert any("申请材料（papers）未定" in fault.found for fault in open_faults(shipped(slug)))


def test_what_differs_is_said_in_both_texts_words() -> None:
    found = lines("deyang", "zhongshan")
    assert found["分担比例", "按份分担·各方份数"] == (
        "财政风险补偿 5、保险机构 3、贷款银行 2",
        "风险补偿资金 54、合作银行 26、保险公司 16、评估机构 4",
    )
    assert found["分担比例", "按份分担·适用于"] == ("贷款类别为保险贷款", "")
    assert found["分担比例", "按份分担2·各方份数"] == ("财政风险补偿 5、贷款银行 5", "没有这一条")
    assert found["熔断与恢复", "熔断·恢复条件"] == ("不满500万元", "未见全文，按无此规定")
    assert found["补偿金额上限", ""] == ("未见全文，按无此规定", "未见全文，按无此规定")


def test_unset_and_assumed_are_told_apart() -> None:
    found = lines("guangzhou-2025", "cixi")
    assert found["分担比例", "分档比例·适用方法"] == ("未定", "未见原文")
    assert found["分担比例", "分档比例·据以分档的金额"] == ("借款合同金额（假定）", "未见原文")
    assert found["抬头", "施行日期"] == ("2025-10-01", "未定")


def test_swapping_the_texts_swaps_the_sides() -> None:
    one, other = compare(shipped("weihai"), shipped("anhui-2022")), compare(shipped("anhui-2022"), shipped("weihai"))
    assert {(a.topic, a.item, a.first, a.second) for a in one} == {(b.topic, b.item, b.second, b.first) for b in other}


def test_a_premise_is_a_line_of_its_clause() -> None:
    found = [line.value for line in describe(shipped("guangzhou-2025")) if line.name == "when"]
    assert found[0] == "企业规模为中型"
    assert "申请人为合作银行，贷款以知识产权质押为是" in found
