"""A fault as an officer reads it, to the letter; refusals gather and keep the gravest code."""

import pytest

from ledger.faults import ExitCode, Fault, FaultKind, Place, Refusal, listed, refuse

KIND = FaultKind("导入-金额-03", "金额读不懂", "带正负号、以元计、两位小数的金额", "对照网银原件核对后重新导出。")
GRAVE = FaultKind("记账-期间-01", "已结账", "未结账月份", "在当前月份更正。", ExitCode.REFUSED)


def test_a_fault_with_its_row() -> None:
    fault = Fault(
        KIND,
        "+1,2O0.00",
        Place("boc-2024-03.xlsx", "明细", 18, "交易金额"),
        excerpt=("20240312", "慈溪某某公司", "+1,2O0.00"),
        bad=2,
        remedy="对照网银原件核对后重新导出。本文件 46 行均未入账。",
    )
    assert str(fault) == (
        "[导入-金额-03] boc-2024-03.xlsx 工作表「明细」 第 18 行「交易金额」\n"
        "   18 | 20240312  慈溪某某公司  +1,2O0.00\n"
        "                                ^^^^^^^^^\n"
        "读到：+1,2O0.00      应为：带正负号、以元计、两位小数的金额\n"
        "怎么办：对照网银原件核对后重新导出。本文件 46 行均未入账。"
    )


def test_a_fault_without_a_place_says_its_title() -> None:
    assert str(Fault(GRAVE, "2023-01-06")) == (
        "[记账-期间-01] 已结账\n读到：2023-01-06      应为：未结账月份\n怎么办：在当前月份更正。"
    )


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (Place(), ""),
        (Place("a.csv"), "a.csv"),
        (Place("a.csv", row=3), "a.csv 第 3 行"),
        (Place("a.xls", "明细"), "a.xls 工作表「明细」"),
        (Place(row=3, column="金额"), "第 3 行「金额」"),
        (Place(column="金额"), "「金额」"),
    ],
)
def test_a_place_in_words(place: Place, text: str) -> None:
    assert str(place) == text


def test_an_excerpt_without_an_offending_cell_or_row() -> None:
    fault = Fault(KIND, "x", Place("a.csv"), excerpt=("一", ""), bad=1)
    assert str(fault).splitlines()[1:3] == ["   | 一  ", "         ^"]
    assert "^" not in str(Fault(KIND, "x", excerpt=("一",)))
    assert "^" not in str(Fault(KIND, "x", excerpt=("一",), bad=5))


def test_a_refusal_says_every_fault_and_the_gravest_code() -> None:
    refusal = Refusal([Fault(KIND, "a"), Fault(GRAVE, "b"), Fault(KIND, "c")])
    assert [fault.found for fault in refusal.faults] == ["a", "b", "c"]
    assert str(refusal).count("怎么办") == 3
    assert refusal.exit_code is ExitCode.REFUSED
    assert Refusal([Fault(KIND, "a")]).exit_code is ExitCode.BAD_INPUT


def test_a_refusal_for_one_reason() -> None:
    refusal = refuse(GRAVE, "b", expected="二月", place=Place("a.csv"))
    assert refusal.faults == (Fault(GRAVE, "b", Place("a.csv"), expected="二月"),)


def test_a_refusal_without_a_reason_is_our_own_mistake() -> None:
    with pytest.raises(AssertionError):
        Refusal([])


def test_what_a_file_says_can_move_no_cursor_and_fill_no_screen() -> None:
    fault = Fault(KIND, "长" * 600, Place("a\nb\x1b[2J.csv"), excerpt=("1\x07", "户\u202e名\u3000丙", "x" * 99), bad=2)
    first, cells, caret, found, _ = str(fault).splitlines()
    assert first == "[导入-金额-03] a\\nb\\x1b[2J.csv"
    assert cells == f"   | 1\\x07  户\\u202e名\u3000丙  {'x' * 60}…"
    assert caret.endswith("^" * 61)
    assert found.startswith(f"读到：{'长' * 500}…      应为：")


def test_what_several_faults_in_a_row_ask_for_is_said_once_after_the_last() -> None:
    a, b, c = Fault(KIND, "a"), Fault(GRAVE, "b"), Fault(GRAVE, "c", Place("x.csv"))
    d = Fault(GRAVE, "d", remedy="另外的办法。")
    assert list(listed([a, b, c, d])) == [
        str(a),
        "[记账-期间-01] 已结账\n读到：b      应为：未结账月份",
        "[记账-期间-01] x.csv\n读到：c      应为：未结账月份\n怎么办：（以上 2 处）在当前月份更正。",
        str(d),
    ]
    assert list(listed([])) == []
