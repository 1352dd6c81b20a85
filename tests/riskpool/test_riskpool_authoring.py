"""`riskpool rules new`: answers become a rule text that decides; what was left empty refuses, nothing is filled in."""

import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ledger.faults import Refusal
from riskpool.authoring import LEFT_EMPTY, Question, author, to_toml
from riskpool.clauses.kind import TOPICS
from riskpool.decision import Decision
from riskpool.facts import CaseFacts, FactValue
from riskpool.rulefile import RuleText, read_rule_text
from riskpool.ruletext import open_faults
from riskpool.waterfall import decide

TODAY = date(2026, 3, 2)
HEAD = ["example-2026", "纸质原件，三楼档案室", "A", "示例市办法", "示例市财政局"]
HEAD += ["2026-01-01", "无截止日", "受理日", ""]
PARTIES = ["pool 风险池", "bank 合作银行", ""]
NONE = "2"
BY_TOPIC = {
    "eligibility": [
        *(
            "1",
            "条件",
            "第五条",
            "单笔不超过八百万元",
            "",
            "借款合同金额",
            "",
            "不超过800万元",
            "",
            "不予",
            "",
            "申请时",
            "",
        ),
        *("require", "第六条", "", "贷款类别=保险贷款或直接贷款"),
        *("is_sued", "", "是", "", "1", "", "2", "审查时点按申请理解", ""),
    ],
    "papers": [
        *("1", "材料", "第八条", "", "", "催收记录、催收记录", "催收记录、借款合同（副本）", "", "暂缓", ""),
        *("材料", "第八条之二", "", "贷款类别=保险贷款", "保险单", "", "1", "", ""),
    ],
    "base": ["1", "1", "第九条", "", "", "1、2", "", "无", "原文没有写扣除", ""],
    "share": [
        *("1", "分档比例", "第十条", "", "", "pool", "", "借款合同金额", ""),
        *("不超过300万元：45%", "超过300万元:35%", "", "", "", ""),
    ],
    "allotment": ["1", "1", "约定", "", "", "bank", "尾差归银行", "1分", "未写", "四舍五入", "未写", ""],
    "payment_cap": [
        *("1", "1", "第十二条", "", "", "1", "", "loan_payment", "", "1", ""),
        *("一百万", "100万元", "", "", ""),
    ],
    "suspension": ["3", "约定书未提"],
    "charges": [""],
}


def script() -> list[str]:
    answers = [*HEAD, *PARTIES]
    for topic in TOPICS:
        answers += BY_TOPIC.get(topic, [NONE])
    return answers


def answered(answers: list[str]) -> dict[str, Any]:
    left = iter(answers)
    return author(lambda _question: next(left), TODAY)


def said(answers: list[str]) -> tuple[RuleText, list[Question], list[str]]:
    """The text that a script of answers makes, the questions asked, and the answers left over."""
    asked: list[Question] = []
    left: Iterator[str] = iter(answers)

    def ask(question: Question) -> str:
        asked.append(question)
        return next(left)

    text = read_rule_text(to_toml(author(ask, TODAY)))
    return text, asked, list(left)


def case(text: RuleText, **more: FactValue) -> Decision:
    values: dict[str, FactValue] = {
        "loan_principal": 2_000_000_00,
        "product": "direct",
        "ip_types": ("patent",),
        "is_sued": True,
        "papers": ("借款合同（副本）", "催收记录"),
        "principal": 1_000_000_00,
        "interest": 100_00,
        "exposure": "E1",
        "approved_earlier": 0,
        **more,
    }
    return decide(text, CaseFacts("C1", values, dict.fromkeys(values, "材料")), [])


def test_the_versions_that_a_text_takes_over_are_asked_for() -> None:
    """Without them a new version of a text without an end could not be adopted."""
    answers = script()
    place = len(HEAD) - 1
    answers[place : place + 1] = ["旧办法", "example-2024@2024-01-01、example-2025@2025-01-01"]
    text, asked, left = said(answers)
    assert left == []
    assert text.takes_over == ("example-2024@2024-01-01", "example-2025@2025-01-01")
    assert any("简称@施行日期" in question.fault for question in asked)
    assert said(script())[0].takes_over == ()


def test_answers_make_a_text_that_says_what_was_answered_and_leaves_the_rest_unset() -> None:
    text, asked, left = said(script())
    assert left == []
    assert (text.title, text.ref, text.checked_on) == ("示例市办法", "example-2026@2026-01-01", "2026-03-02")
    assert [(party.key, party.ours) for party in text.parties] == [("pool", True), ("bank", False)]
    assert [(clause.article, clause.kind) for clause in text.clauses][:3] == [
        ("第五条", "require"),
        ("第六条", "require"),
        ("第八条", "require_papers"),
    ]
    first, second = text.clauses_of("require_papers")
    assert (first.parameters, second.parameters) == (
        {"papers": ("催收记录", "借款合同（副本）"), "effect": "defer"},
        {"papers": ("保险单",), "effect": "refuse"},
    )
    assert [premise.fact for premise in second.when] == ["product"]
    base = text.clauses_of("base_of")[0]
    assert (base.parameters["components"], base.parameters["less"]) == (("principal", "interest"), ())
    assert dict(base.assumed) == {"less": "原文没有写扣除"}
    assert dict(text.clauses_of("rate_by_band")[0].unset) == {"reading": LEFT_EMPTY}
    assert dict(text.clauses_of("payment_cap")[0].unset) == {"mode": LEFT_EMPTY}
    silent = {one.topic: one.status for one in text.silent}
    assert (silent["suspension"], silent["charges"], silent["clock"]) == ("assumed", "unset", "sourced")
    again = [question.fault for question in asked if question.fault]
    assert again.pop(0).startswith("读不懂「催收记录、催收记录」，应为：不重复的材料名称")
    assert again == ["读不懂「一百万」，应为：带单位的金额（元、万元、亿元）"]


def test_what_was_left_empty_refuses_and_what_was_answered_decides() -> None:
    text, _, _ = said(script())
    with pytest.raises(Refusal, match="办法-未定-01"):  # 「charges」 was passed over: the whole text can't be used
        case(text)
    answers = script()
    answers[-1] = NONE
    text, _, _ = said(answers)
    assert {fault.code for fault in open_faults(text)} == {"办法-未定-02"}
    decision = case(text)
    assert (decision.due["pool"], decision.due["bank"]) == (450_045_00, 550_055_00)
    with pytest.raises(Refusal, match="办法-未定-02"):  # the second band asks for the reading
        case(text, loan_principal=5_000_000_00)
    with pytest.raises(Refusal, match="办法-未定-02"):  # above the cap its mode is asked for
        case(text, principal=2_900_000_00)


def test_all_left_empty_is_all_unset() -> None:
    text, _, left = said(["cixi-new", "纸质原件", "A", *[""] * (6 + 1 + len(TOPICS))])
    assert left == []
    assert set(text.unset) == {"title", "issuer", "effective_on", "lapsed_on", "dated_by", "party"}
    assert {one.status for one in text.silent} == {"unset"}
    assert {one.topic for one in text.silent} == set(TOPICS)


def test_the_command_asks_on_a_terminal_and_writes_the_folder(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    command = [str(Path(sys.executable).with_name("riskpool")), "rules", "new", "--on", "2026-03-02"]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=tmp_path) as running:
        os.close(theirs)
        seen, answers = b"", iter(script())
        while chunk := _read(ours):
            seen += chunk
            if chunk.rstrip().endswith("：".encode()) and (answer := next(answers, None)) is not None:
                os.write(ours, f"{answer}\n".encode())
    os.close(ours)
    assert running.returncode == 0, seen.decode()[-500:]
    folder = tmp_path / "rules" / "example-2026" / "2026-01-01"
    assert (folder / "rule_text.toml").read_bytes() == to_toml(answered(script()))
    assert "纸质原件" in (folder / "notes.md").read_text(encoding="utf-8")
    assert "事项「损失基数」" in seen.decode()


def test_an_end_of_input_writes_nothing(tmp_path: Path) -> None:
    command = [str(Path(sys.executable).with_name("riskpool")), "rules", "new", "--out", str(tmp_path / "out")]
    done = subprocess.run(command, input="example-2026\n来源\n", capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def _read(handle: int) -> bytes:
    try:
        return os.read(handle, 4096)
    except OSError:  # the other end is closed
        return b""
