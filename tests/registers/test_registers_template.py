import io

import openpyxl
import pytest
from registers.filled import loan_row, right_row, workbook

from importers.registers import TEMPLATE_KINDS, pool_lists, write_template
from importers.registers.columns import TEMPLATES, Template, template_of
from importers.registers.header import recognised
from ledger.pool import Pool


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


@pytest.mark.parametrize("kind", TEMPLATE_KINDS)
def test_a_template_is_the_same_bytes_each_time(kind: str) -> None:
    assert write_template(kind) == write_template(kind)


@pytest.mark.parametrize("kind", TEMPLATE_KINDS)
def test_a_template_is_known_by_its_content(kind: str) -> None:
    found = recognised(workbook(write_template(kind)))
    assert found is template_of(kind)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda item: item.kind)
def test_every_choice_has_its_drop_down_and_every_column_its_validation(template: Template) -> None:
    book = opened(write_template(template.kind))
    for table in template.tables:
        sheet = book[table.sheet]
        rules = {rule.promptTitle: rule for rule in sheet.data_validations.dataValidation}
        for column in (*table.heading, *table.columns):
            rule = rules[column.title]
            if column.choices:
                assert rule.type == "list"
                assert rule.formula1 == '"' + ",".join(word for word, _ in column.choices) + '"'
            elif column.form in {"money", "int", "date", "month", "rate"}:
                assert rule.type in {"decimal", "whole", "custom"}


def test_banks_and_insurers_of_the_pool_become_drop_downs(pool: Pool) -> None:
    book = opened(write_template("loans", lists=pool_lists(pool)))
    rules = {rule.promptTitle: rule for rule in book["入库备案"].data_validations.dataValidation}
    assert rules["合作银行"].formula1 == '"中国银行,慈溪农商银行"'


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda item: item.kind)
def test_the_notes_sheet_explains_every_column(template: Template) -> None:
    rows = list(opened(write_template(template.kind))["填表说明"].iter_rows(values_only=True))
    for table in template.tables:
        for column in (*table.heading, *table.columns):
            must = "必填" if column.required else "选填"
            assert any(row[:3] == (table.sheet, column.title, must) for row in rows)


def test_ids_are_text_amounts_are_numbers_and_totals_are_live() -> None:
    row = loan_row(contract_no="1234567890123456789", principal_fen="9,999,999,999,999.99")
    content = write_template("loans", {"loans": [row], "rights": [right_row()]}, title_note="虚构示例")
    sheet = opened(content)["入库备案"]
    header = [cell.value for cell in sheet[4]]
    values = dict(zip(header, sheet[5], strict=True))
    assert sheet["A2"].value == "虚构示例"
    assert values["合同号"].value == "1234567890123456789"
    assert values["合同号"].number_format == "@"
    assert values["合同金额"].value == 9_999_999_999_999.99
    total = sheet.cell(3, header.index("合同金额") + 1)
    assert total.value.startswith("=SUM(")
    stored = openpyxl.load_workbook(io.BytesIO(content), data_only=True)["入库备案"]
    assert stored.cell(3, header.index("合同金额") + 1).value == 9_999_999_999_999.99


def test_text_that_looks_like_a_formula_stays_text() -> None:
    content = write_template("loans", {"loans": [loan_row(use="=1+1")], "rights": []})
    sheet = opened(content)["入库备案"]
    found = [cell for cell in sheet[5] if cell.value == "=1+1"]
    assert [cell.data_type for cell in found] == ["s"]


def test_an_unknown_column_is_our_mistake() -> None:
    with pytest.raises(AssertionError, match="nosuch"):
        write_template("extensions", [{"nosuch": "1"}])


def test_keys_and_titles_are_unique_within_a_table() -> None:
    for template in TEMPLATES:
        for table in template.tables:
            columns = (*table.heading, *table.columns)
            assert len({column.title for column in columns}) == len(columns)
            assert len({column.key for column in columns}) == len(columns)
            assert set(table.totals) <= {column.key for column in table.columns if column.form == "money"}


def test_a_late_column_stands_in_an_empty_form_and_in_a_filled_one_that_has_it() -> None:
    def titles(rows: list[dict[str, str]]) -> list[object]:
        return [cell.value for row in opened(write_template("applications", rows))["补偿申请"] for cell in row]

    assert "材料" in titles([])
    assert "材料" not in titles([{"case": "C1"}])
    assert "材料" in titles([{"case": "C1"}, {"case": "C2", "papers": "催收记录"}])
