"""Titles, units, synonyms: whose word means which column, and what a title says of its amounts."""

from dataclasses import replace

import pytest
from registers.filled import View, loan_row, right_row, source, workbook
from registers.golden_registers import GOLDEN, own_workbook

from importers.files import Row, Sheet, Workbook
from importers.registers import TEMPLATE_KINDS, intake, read_binding, write_template
from importers.registers.columns import template_of
from importers.registers.entries import same_words
from importers.registers.synonyms import Words, _general
from importers.registers.titles import STRANGE, WAN, YUAN, stated_unit, title
from ledger.faults import Refusal
from ledger.papers import Intake

BINDING = read_binding((GOLDEN / "synonyms" / "loans-boc.toml").read_bytes(), "loans-boc.toml")


@pytest.mark.parametrize(
    ("text", "stem", "unit"),
    [
        ("贷款余额", "贷款余额", ""),
        ("贷款余额（万元）", "贷款余额", WAN),
        ("贷款余额[万元]", "贷款余额", WAN),
        ("贷款余额【人民币万元】", "贷款余额", WAN),
        ("贷款余额(单位:万元)", "贷款余额", WAN),
        ("贷款余额/万元", "贷款余额/万元", WAN),
        ("贷款余额（元）", "贷款余额", YUAN),
        ("贷款余额（千元）", "贷款余额(千元)", STRANGE),
        ("贷款余额（亿元）", "贷款余额(亿元)", STRANGE),
        ("贷款余额（USD）", "贷款余额(USD)", STRANGE),
        ("年利率（‰）", "年利率(‰)", STRANGE),
        ("年 利 率（%）", "年利率", "%"),
        ("＊借据号：", "借据号", ""),
        ("逾期天数（天）", "逾期天数", ""),
        ("总笔数[ Total number ]", "总笔数", ""),
        ("镇（街道）", "镇(街道)", ""),
    ],
)
def test_a_title_and_its_unit(text: str, stem: str, unit: str) -> None:
    assert (title(text).stem, title(text).unit) == (stem, unit)


@pytest.mark.parametrize(
    ("texts", "unit"),
    [
        (["某表"], ""),
        (["单位：万元"], WAN),
        (["金额单位：人民币元"], YUAN),
        (["某台账（万元）"], WAN),
        (["单位：千元"], STRANGE),
        (["单位：元", "单位：万元"], STRANGE),
        (["填报单位：元通公司"], ""),
        (["填报单位：某银行"], ""),
    ],
)
def test_a_line_above_the_header_states_the_unit(texts: list[str], unit: str) -> None:
    assert stated_unit([Row(number, (text,)) for number, text in enumerate(texts, start=1)]) == unit


def renamed(content: bytes, sheet: str, titles: dict[str, str], above: str = "") -> Workbook:
    """A template's workbook with header cells renamed, and a line put where the note stands."""
    book = workbook(content)

    def row_of(row: Row) -> Row:
        cells = tuple(titles.get(cell, cell) for cell in row.cells)
        return Row(row.number, (above, *cells[1:])) if above and row.number == 2 else Row(row.number, cells)

    sheets = [Sheet(item.name, tuple(map(row_of, item.rows))) if item.name == sheet else item for item in book.sheets]
    return replace(book, sheets=tuple(sheets))


def filed(view: View, titles: dict[str, str], above: str = "", **changes: str) -> Intake:
    rows = {"loans": [loan_row(**changes)], "rights": [right_row()]}
    content = write_template("loans", rows, title_note="注")
    result = intake(renamed(content, "入库备案", titles, above), source(content), view())
    assert result is not None
    return result


def test_general_synonyms_are_read_like_our_titles(view: View) -> None:
    plain = filed(view, {})
    other = {"借据号": "借据编号", "借款人": "客户名称", "统一社会信用代码": "*社会信用代码", "放款日": "放款日期"}
    assert [event.model_dump() for event in filed(view, other).events] == [event.model_dump() for event in plain.events]


@pytest.mark.parametrize("where", ["title", "line"])
def test_ten_thousands_only_where_the_header_says_so(view: View, where: str) -> None:
    titles = {"合同金额": "合同金额（万元）", "未偿本金": "未偿本金/万元"} if where == "title" else {}
    if where == "title":
        titles["未偿本金"] = "未偿本金（万元）"
    above = "" if where == "title" else "金额单位：万元"
    rows = {"principal_fen": "300", "outstanding_fen": "250.05"}
    (loan,) = [event for event in filed(view, titles, above, **rows).events if event.kind == "LoanIncluded"]
    assert (loan.principal_fen, loan.outstanding_fen) == (300_000_000, 250_050_000)


def test_a_unit_that_we_do_not_read_is_refused_and_not_taken_for_yuan(view: View) -> None:
    with pytest.raises(Refusal) as refusal:
        filed(view, {}, "单位：千元")
    assert {fault.code for fault in refusal.value.faults} == {"导入-登记-06"}


def test_a_strange_column_is_kept_and_told(view: View) -> None:
    result = filed(view, {"备注": "无", "行业": "客户经理"}, industry="张某（虚构）")
    assert [warning for warning in result.warnings if "客户经理" in warning]
    assert any(("客户经理", "张某（虚构）") in row.cells for row in result.reading.rows)


@pytest.mark.parametrize("kind", TEMPLATE_KINDS)
def test_no_synonym_is_another_columns_title_or_said_of_two(kind: str) -> None:
    for table in template_of(kind).tables:
        columns = (*table.heading, *table.columns)
        ours = {title(column.title).stem: column.key for column in columns}
        for word, key in _general()[0][table.key].items():
            assert word not in ours, f"{word} is {ours.get(word)} and {key}"
        words = Words(table)
        assert all(words.key_of(column.title)[0] == column.key for column in columns)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("慈溪某公司（虚构）", "慈溪某公司(虚构)"),
        ("慈溪某公司【虚构】", "慈溪 某公司〔虚构〕"),
        ("ＡＢＣ公司", "abc公司"),
        ("某公司\u200b\u3000", "某公司"),
    ],
)
def test_names_are_compared_without_width_blanks_and_sorts_of_bracket(one: str, other: str) -> None:
    assert same_words(one, other)


def test_names_that_differ_in_what_a_bracket_holds_are_two() -> None:
    assert not same_words("慈溪某公司[一分厂]", "慈溪某公司[二分厂]")


# ── bindings ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_binding_is_read_back_as_it_was_written() -> None:
    assert read_binding(BINDING.text().encode(), "x") == BINDING
    odd = BINDING.model_copy(update={"columns": {'说"明\\': "用途", "行\u007f业": ""}})
    assert read_binding(odd.text().encode(), "x") == odd


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("kind = ", "写法不对"),
        ("kind = loans\n", "第 1 行第 8 个字符处写法不对"),
        ('kind = "statement"', "应为 loans、tapes"),
        ('kind = "loans"\n[columns]\n"甲" = "没有的栏"', "本系统没有栏目「没有的栏」"),
        ('kind = "loans"\n[columns]\n"甲" = "用途"\n"乙" = "用途"', "两栏都对应「用途」"),
        ('kind = "loans"\n[columns]\n"甲" = "用途"\n[constants]\n"用途" = "购料"', "既有栏目又有固定值"),
        ('kind = "loans"\n[values."产品"]\n"流贷" = "信用"', "应为 保险、直贷"),
        ('kind = "loans"\nother = 1', "other"),
        ('kind = "loans"\n[sheets]\nnone = "一"', "没有表 none"),
    ],
)
def test_a_binding_that_is_none_is_refused(text: str, found: str) -> None:
    with pytest.raises(Refusal) as refusal:
        read_binding(text.encode(), "x.toml")
    (fault,) = refusal.value.faults
    assert (fault.code, fault.place.file) == ("导入-登记-36", "x.toml")
    assert found in fault.found


def test_a_binding_in_another_encoding_is_refused() -> None:
    with pytest.raises(Refusal, match="不是 UTF-8"):
        read_binding("甲".encode("gbk"), "x.toml")


def test_two_bindings_that_fit_are_asked_about(view: View) -> None:
    other = BINDING.model_copy(update={"party": "crcb"})
    with pytest.raises(Refusal) as refusal:
        intake(workbook(own_workbook()), source(b"x"), view(), (BINDING, other))
    assert refusal.value.faults[0].code == "导入-登记-34"


def dropped(name: str) -> Workbook:
    book = workbook(own_workbook())
    (sheet,) = book.sheets
    rows = [Row(row.number, tuple("新栏" if cell == name else cell for cell in row.cells)) for row in sheet.rows]
    return replace(book, sheets=(Sheet(sheet.name, tuple(rows)),))


def test_a_bound_workbook_that_lost_a_column_is_refused_with_the_words(view: View) -> None:
    with pytest.raises(Refusal) as refusal:
        intake(dropped("备案时余额"), source(b"x"), view(), (BINDING,))
    (fault,) = refusal.value.faults
    assert fault.code == "导入-登记-33"
    assert "缺少：" in fault.found
    assert "未偿本金" in fault.found
    assert "新栏" in fault.found


def test_a_bank_s_workbook_that_nobody_bound_says_so(view: View) -> None:
    with pytest.raises(Refusal) as refusal:
        intake(workbook(own_workbook()), source(b"x"), view())
    (fault,) = refusal.value.faults
    assert fault.code == "导入-登记-33"
    assert "riskpool template learn" in fault.kind.remedy


def test_rows_of_one_loan_that_differ_are_shown_side_by_side(view: View) -> None:
    book = workbook(own_workbook())
    (sheet,) = book.sheets
    other = tuple("另一厂" if at == 5 else cell for at, cell in enumerate(sheet.rows[4].cells))
    rows = (*sheet.rows[:4], Row(5, other), *sheet.rows[5:])
    with pytest.raises(Refusal) as refusal:
        intake(replace(book, sheets=(Sheet(sheet.name, rows),)), source(b"x"), view(), (BINDING,))
    (fault,) = refusal.value.faults
    assert (fault.found, fault.place.column, fault.place.row) == ("另一厂", "客户名称", 5)
    assert "慈溪某电器有限公司（虚构）" in fault.expected
