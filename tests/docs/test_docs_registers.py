"""docs/registers.md lists every form of a cell and of an identifier that is read: each line is tried as it stands."""

import re
import tomllib
from pathlib import Path

import pytest

from importers.registers import TEMPLATE_KINDS, read_binding
from importers.registers.columns import GRADES, Column, template_of
from importers.registers.entries import Value, Wrong, value_of, value_words
from importers.registers.synonyms import Words
from importers.registers.titles import PERCENT, WAN
from ledger.ids import ip_right

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "registers.md").read_text(encoding="utf-8")
TAPE = Words(template_of("tapes").tables[0])
FORMS = {
    "日期": (Column("栏", "day", "date"), ""),
    "月份": (Column("栏", "month", "month"), ""),
    "金额": (Column("栏", "fen", "money"), ""),
    "金额（万元）": (Column("栏", "fen", "money"), WAN),
    "年利率": (Column("栏", "rate", "rate"), ""),
    "年利率（%）": (Column("栏", "rate", "rate"), PERCENT),
    "整数": (Column("栏", "int", "int"), ""),
    "五级分类": (Column("五级分类", "grade", "choice", choices=GRADES), ""),
    "附件清单": (Column("栏", "list", "list"), ""),
}


def section(number: int) -> list[list[str]]:
    text = PAGE.split(f"\n## {number}. ")[1].split("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("|") and "---" not in line]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def read(form: str, text: str) -> Value | Wrong | None:
    column, unit = FORMS[form]
    return value_of(column, TAPE.choice(column, text), unit)


ACCEPTED = [(row[0], row[1].strip("`"), row[2]) for row in section(2) if len(row) == 3 and row[0] != "形式"]
REFUSED = [
    (row[0], text)
    for row in section(2)
    if len(row) == 2 and row[0] != "形式"
    for text in re.findall("`([^`]+)`", row[1])
]
NUMBERS = [(row[1].strip("`"), row[2]) for row in section(3) if row[0] != "是什么"]


def test_the_page_speaks_of_every_form_and_kind() -> None:
    assert {form for form, _, _ in ACCEPTED} == set(FORMS)
    assert {form for form, _ in REFUSED} == set(FORMS) - {"附件清单"}
    assert {row[0].strip("`") for row in section(1) if row[0].startswith("`")} == set(TEMPLATE_KINDS)


@pytest.mark.parametrize(("form", "text", "meant"), ACCEPTED)
def test_a_form_on_the_page_is_read_as_it_says(form: str, text: str, meant: str) -> None:
    value = read(form, text)
    assert not isinstance(value, Wrong), text
    assert value_words(FORMS[form][0], value) == meant


@pytest.mark.parametrize(("form", "text"), REFUSED)
def test_a_form_that_the_page_refuses_is_refused(form: str, text: str) -> None:
    assert isinstance(read(form, text), Wrong), text


@pytest.mark.parametrize(("text", "meant"), NUMBERS)
def test_an_identifier_on_the_page_is_read_as_it_says(text: str, meant: str) -> None:
    found = ip_right(text)
    assert found is not None
    assert found[0] == meant


def test_the_binding_on_the_page_is_one() -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert read_binding(block.encode(), "页").columns == tomllib.loads(block)["columns"]
