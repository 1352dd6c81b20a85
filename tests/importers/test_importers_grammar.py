from datetime import date, time

import pytest

from importers import grammar
from importers.files import label


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1,234.50", 123450),
        ("+129646.38", 12964638),
        ("-400000.00", -40000000),
        ("－１００．００", -10000),
        ("−100.00", -10000),
        ("(100.00)", -10000),
        ("支 3,080.00", -308000),
        ("收 1,000.00", 100000),
        ("￥12.3", 1230),
        ("0", 0),
        ("  7.00\t", 700),
        ("12\u3000", 1200),
    ],
)
def test_money_is_read(text: str, fen: int) -> None:
    assert grammar.money(text) == fen


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "1,2O0.00",
        "1.005",
        "1,23.00",
        "12,34",
        "支 -3.00",
        "3.00 支",
        "1e5",
        "1 000",
        "10.",
        "一百",
        "٣",
        "9" * 20,
    ],
)
def test_money_is_refused(text: str) -> None:
    assert grammar.money(text) is None


@pytest.mark.parametrize(
    "text", ["20230412", "2023-04-12", "2023/4/12", "2023.04.12", "2023年4月12日", "２０２３-04-12"]
)
def test_a_day_is_read(text: str) -> None:
    assert grammar.day(text) == date(2023, 4, 12)


@pytest.mark.parametrize("text", ["20230230", "23-04-12", "2023-04/12", "12/04/2023", "20230412x", "18991231", "45000"])
def test_a_day_is_refused(text: str) -> None:
    assert grammar.day(text) is None


@pytest.mark.parametrize(
    "text",
    ["2023-04-20 13:34:55", "20230420 13:34:55", "20230420  13:34:55", "2023042013:34:55", "2023-04-20T13:34:55"],
)
def test_a_moment_is_read(text: str) -> None:
    assert grammar.moment(text) == (date(2023, 4, 20), time(13, 34, 55))


def test_a_moment_may_lack_its_time_but_not_its_day() -> None:
    assert grammar.moment("2023-04-20") == (date(2023, 4, 20), None)
    assert grammar.moment("13:34:55") is None
    assert grammar.moment("2023-04-20 25:00:00") is None


def test_blanks_and_account_numbers() -> None:
    assert all(grammar.is_blank(text) for text in ("", " ", "-", "—", "——", "－"))
    assert not grammar.is_blank("0")
    assert grammar.account_number("6228 4804-0256 4890018") == "6228480402564890018"
    assert grammar.account_number("子账户账号") == ""
    assert grammar.account_number("6.22E+18") == ""


def test_labels_are_compared_on_their_chinese_part() -> None:
    assert label("总笔数[ Total number ]") == label("总笔数[Total number ]") == label("总 笔　数") == "总笔数"
    assert label("账　　号 ") == "账号"
