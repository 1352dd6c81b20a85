"""The paper model and its two printed forms."""

import io
import re
import subprocess
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from ledger.faults import Refusal
from reports.render.cells import Count, Day, Money, Rate, Ref, Span, Total, Words
from reports.render.glyphs import BOLD, REGULAR, check_glyphs, glyphs
from reports.render.headings import heading_rows
from reports.render.measure import breakable, text_em
from reports.render.paper import (
    Annex,
    Column,
    KeyValues,
    Note,
    Paper,
    Row,
    Signatures,
    Step,
    Steps,
    Table,
    column_total,
)
from reports.render.pdf import to_pdf
from reports.render.plan import plan
from reports.render.sheet import looks_live
from reports.render.xlsx import to_xlsx

Cells = Callable[..., dict[str, object]]
Recalculation = Callable[[str, Mapping[str, bytes], Path], dict[str, dict[str, object]]]
DAY = date(2023, 5, 31)
LIVE = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1+1", "＋1", "－1", "＠x", "'x", "|cmd", " =1", "　＝1")


def table(rows: int = 3) -> Table:
    lines = [
        Row((Words(f"第 {at} 行"), Money(10_010 + at, f"a{at}"), Money(-5, f"b{at}", hides_zero=True), Day(DAY)))
        for at in range(rows)
    ]
    lines.append(Row((Words("合计"), column_total(lines, "a"), column_total(lines, "b"), None), "total"))
    columns = (Column("项目"), Column("借方", "发生额"), Column("贷方", "发生额"), Column("日期"))
    return Table(columns, tuple(lines), "明细", freezes=True)


def paper(*sections: object, **more: object) -> Paper:
    parts = sections or (
        KeyValues((("单位", Words("慈溪㛃𬭎（虚构）〔一〕")), ("截止日", Day(DAY)), ("户数", Count(3)))),
        KeyValues((("日期", Day(DAY)), ("字号", Words("记-0001"))), boxed=False),
        table(),
        Steps("逐条", (Step(1, "第九条", "100.00 元 × 5 ÷ 10", Money(5_000), "通过"),)),
        Note((*tuple(LIVE[:4]), "#strong[不是标记] $x$ <b> \\"), "说明"),
        Signatures((("制单", "张三"), ("复核", ""))),
    )
    return Paper("示例表", DAY, parts, subtitle=("副题",), unit_line="单位：元", footnotes=("注",), **more)  # type: ignore[arg-type]


def test_a_paper_whose_stored_total_is_wrong_cannot_be_made() -> None:
    rows = (Row((Money(1, "a0"), Total(3, (Ref("a0"), Ref("a0"))))),)
    with pytest.raises(AssertionError, match="recomputed 2"):
        paper(Table((Column("甲"), Column("乙")), rows))


@pytest.mark.parametrize(
    ("shape", "value"), [("sum", -7), ("floor", 0), ("size", 7)], ids=["as it is", "not below zero", "without sign"]
)
def test_formula_shapes(shape: str, value: int, cell_values: Cells) -> None:
    rows = (Row((Money(3, "a0"), Money(10, "b0"), Total(value, (Ref("a0"), Ref("b0", -1)), shape=shape))),)  # type: ignore[arg-type]
    made = paper(Table(tuple(map(Column, "甲乙丙")), rows))
    formula = next(str(each) for each in cell_values(to_xlsx(made), values=False).values() if str(each).startswith("="))
    assert (
        formula == {"sum": "=ROUND(A6-B6,2)", "floor": "=MAX(ROUND(A6-B6,2),0)", "size": "=ABS(ROUND(A6-B6,2))"}[shape]
    )
    assert Decimal(value) / 100 in [
        Decimal(str(each)) for each in cell_values(to_xlsx(made)).values() if isinstance(each, int | float)
    ]


def test_a_row_must_fill_its_columns() -> None:
    with pytest.raises(AssertionError, match="row of 1 under 2"):
        Table((Column("甲"), Column("乙")), (Row((Words("一"),)),))


def test_a_span_runs_down_one_column() -> None:
    rows = (Row((Money(1, "a"), Money(2, "b"))), Row((Total(3, (Span("a", "b"),)), None)))
    with pytest.raises(AssertionError, match="not one column"):
        paper(Table((Column("甲"), Column("乙")), rows))


def test_total_over_no_rows_is_zero() -> None:
    assert column_total([], "a") == Money(0, bold=True)
    assert column_total([], "a", unit="count") == Count(0, bold=True)


def test_rates_are_half_up_and_print_a_dash_over_zero() -> None:
    assert Rate(1, 3).fraction == Decimal("0.3333")
    assert Rate(5, 100_000).fraction == Decimal("0.0001")
    assert Rate(1, 0).fraction is None


def test_xlsx_holds_live_formulas_with_their_values(cell_values: Cells) -> None:
    content = to_xlsx(paper())
    formulas, values = cell_values(content, values=False), cell_values(content)
    live = {at: text for at, text in formulas.items() if isinstance(text, str) and text.startswith("=ROUND")}
    assert sorted(live.values()) == ["=ROUND(SUM(B13:B15),2)", "=ROUND(SUM(C13:C15),2)"]
    assert sorted(values[at] for at in live) == [-0.15, 300.33]


def test_text_never_becomes_a_formula(cell_values: Cells) -> None:
    rows = tuple(Row((Words(text), Money(1))) for text in LIVE)
    made = paper(
        KeyValues(tuple((text, Words(text)) for text in LIVE)),
        Table((Column("=甲"), Column("乙")), rows, "=标题"),
        Note(LIVE, "=说明"),
    )
    content = to_xlsx(made)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        styles = archive.read("xl/styles.xml").decode()
    assert "<f>" not in sheet
    assert "quotePrefix" in styles
    found = list(cell_values(content).values())
    for text in LIVE:
        # The text itself is whole in each place: label, value, cell, note.
        assert found.count(text) == 4, text


def test_looks_live_only_at_the_beginning() -> None:
    assert all(looks_live(text) for text in LIVE)
    assert not any(looks_live(text) for text in ("", "甲=乙", "1-2", "（-1）"))


def test_both_forms_are_the_same_bytes_twice() -> None:
    assert to_xlsx(paper()) == to_xlsx(paper())
    assert to_pdf(paper()) == to_pdf(paper())


def test_another_paper_in_between_changes_nothing() -> None:
    first = to_pdf(paper())
    to_pdf(replace(paper(), title="另一张"))
    assert to_pdf(paper()) == first


def test_pdf_says_that_it_is_pdf_a_2b_of_its_day() -> None:
    content = to_pdf(paper())
    assert content.startswith(b"%PDF-1.7")
    assert b"<pdfaid:part>2</pdfaid:part>" in content
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in content
    assert b"2023-05-31T00:00:00" in content


@pytest.mark.parametrize("place", ["title", "cell", "note", "label", "footnote", "annex"])
def test_a_character_without_a_glyph_is_refused_by_name(place: str) -> None:
    odd = "甲\U0001f600乙"
    made = {
        "title": lambda: replace(paper(), title=odd),
        "cell": lambda: paper(Table((Column("甲"),), (Row((Words(odd),)),))),
        "note": lambda: paper(Note((odd,))),
        "label": lambda: paper(KeyValues(((odd, Words("一")),))),
        "footnote": lambda: replace(paper(), footnotes=(odd,)),
        "annex": lambda: paper(annexes=(Annex(odd, ()),)),
    }[place]()
    with pytest.raises(Refusal) as caught:
        to_pdf(made)
    assert [fault.code for fault in caught.value.faults] == ["报表-字形-01"]
    assert "U+1F600" in caught.value.faults[0].found


def test_control_characters_have_no_glyph() -> None:
    with pytest.raises(Refusal, match=r"U\+0007"):
        check_glyphs(paper(Note(("a\x07b",))))


def test_rare_characters_and_full_width_brackets_print() -> None:
    assert {ord(char) for char in "𬭎㛃（）〔〕【】①⑳√×÷≥≤—…·％￥□＿"} <= glyphs()


def test_bold_prints_what_regular_prints() -> None:
    with TTFont(REGULAR, lazy=True) as regular, TTFont(BOLD, lazy=True) as bold:
        assert set(regular.getBestCmap() or ()) == set(bold.getBestCmap() or ())


def test_widths_are_never_below_the_fonts_own() -> None:
    with TTFont(REGULAR, lazy=True) as font:
        cmap, advances = font.getBestCmap() or {}, font["hmtx"]
        per_em = font["head"].unitsPerEm
        for text in ("-1,234,567,890.12", "2023-05-31", "记-2023-03-0001", "BOC2023-0001", "慈溪甲（虚构）公司—…"):
            real = sum(advances[cmap[ord(char)]][0] for char in text) / per_em
            assert real <= text_em(text) < real * 1.35, text


def test_a_narrow_table_stands_and_a_wide_one_lies() -> None:
    wide = Table(tuple(Column(f"列{at}") for at in range(10)), (Row(tuple(Money(123_456_789_012) for _ in range(10))),))
    assert not plan(paper()).landscape
    assert plan(paper(wide)).landscape


def test_headings_share_their_group() -> None:
    upper, lower = heading_rows(table())
    assert [(cell.text, cell.span, cell.deep) for cell in upper] == [("项目", 1, 2), ("发生额", 2, 1), ("日期", 1, 2)]
    assert [cell.text for cell in lower] == ["借方", "贷方"]


def test_only_very_long_runs_are_broken() -> None:
    assert breakable("BOC2023-0001 记-2023-03-0001") == "BOC2023-0001 记-2023-03-0001"
    assert breakable("a" * 64).replace("\u200b", "") == "a" * 64
    assert "\u200b" in breakable("a" * 64)


@pytest.mark.needs("pdftotext")
def test_pdf_text_comes_back_and_nothing_leaves_the_page(tool: str, tmp_path: Path) -> None:
    long = Table(
        tuple(map(Column, ("流水", "摘要", "金额"))),
        tuple(
            Row((Words("F" * 90), Words("很长的摘要，" * 30 + "#text(red)[x] <script>"), Money(-123_456_789_012_345)))
            for _ in range(60)
        ),
        freezes=True,
    )
    made = paper(*paper().sections, long)
    (tmp_path / "a.pdf").write_bytes(to_pdf(made))
    text = subprocess.run(
        [tool, "-layout", "a.pdf", "-"], cwd=tmp_path, capture_output=True, check=True
    ).stdout.decode()
    for said in (
        "慈溪㛃𬭎（虚构）〔一〕",
        "#strong[不是标记] $x$ <b> \\",
        "#text(red)[x] <script>",
        "300.33",
        "第1页，共",
    ):
        assert said.replace(" ", "") in re.sub(r"\s", "", text), said
    boxes = subprocess.run([tool, "-bbox", "a.pdf", "-"], cwd=tmp_path, capture_output=True, check=True).stdout.decode()
    width = float(re.search(r'<page width="([\d.]+)"', boxes)[1])  # type: ignore[index]
    spans = re.findall(r'xMin="([\d.-]+)" yMin="[\d.-]+" xMax="([\d.]+)"', boxes)
    assert len(spans) > 500
    assert all(float(left) > 30 and float(right) < width - 30 for left, right in spans)


@pytest.mark.needs("soffice")
def test_stored_values_equal_a_recalculation(
    tool: str, tmp_path: Path, cell_values: Cells, recalculate: Recalculation
) -> None:
    content = to_xlsx(
        paper(annexes=(Annex("附表", (Table((Column("甲"),), (Row((Total(30_033, (Span("a0", "a2"),)),)),)),)),))
    )
    assert recalculate(tool, {"a": content}, tmp_path)["a"] == cell_values(content)
