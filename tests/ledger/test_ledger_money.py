"""Amounts: the grammar, the one rounding rule, splits that never lose a fen, Chinese capitals."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.money import MAX_FEN, allocate, capital_text, fen_of_text, fen_of_yuan, half_up, yuan, yuan_text


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("0", 0),
        ("-0.00", 0),
        ("+1,200.00", 120_000),
        ("-1.5", -150),
        ("0.01", 1),
        ("1234567.89", 123_456_789),
        ("12,345,678.9", 1_234_567_890),
        ("007", 700),
        ("10000000000000.00", MAX_FEN),
        ("-10000000000000.00", -MAX_FEN),
    ],
)
def test_an_amount_is_read(text: str, fen: int) -> None:
    assert fen_of_text(text) == fen


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "1 000", " 1", "1\n", "1.234", "1.", ".5", "1,23", "12,34.00", "1,2345", ",123", "1,,000"),
        *("1O0", "--1", "+-1", "1e5", "1E5", "0x10", "NaN", "Infinity", "1_000", "¥1", "1元", "(1.00)", "1.00-"),
        *("1．5", "１，２００", "－1", "壹", "½", "10000000000000.01", "9" * 400),
    ],
)
def test_what_is_no_amount_is_none(text: str) -> None:
    assert fen_of_text(text) is None


@pytest.mark.parametrize("text", ["１２", "١٢", "1٢", "१.00"])
def test_other_scripts_digits_are_for_the_callers_grammar(text: str) -> None:
    assert fen_of_text(text) is None


@given(st.integers(-MAX_FEN, MAX_FEN))
def test_an_amount_written_reads_back(fen: int) -> None:
    assert fen_of_text(yuan_text(fen)) == fen
    assert fen_of_text(yuan_text(fen, commas=False)) == fen
    assert fen_of_yuan(yuan(fen)) == fen
    assert str(yuan(fen)).rpartition(".")[2].isdecimal()
    assert len(str(yuan(fen)).rpartition(".")[2]) == 2


@given(st.text(max_size=12))
def test_any_text_reads_as_an_exact_amount_or_none(text: str) -> None:
    fen = fen_of_text(text)
    if fen is not None:
        assert Decimal(text.replace(",", "")) * 100 == fen


def test_money_is_shown_as_officers_write_it() -> None:
    assert [yuan_text(fen) for fen in (0, 5, -123_450, 100_000_000_00)] == [
        "0.00",
        "0.05",
        "-1,234.50",
        "100,000,000.00",
    ]
    assert yuan_text(123_450_000, commas=False) == "1234500.00"


@pytest.mark.parametrize("amount", [Decimal("0.001"), Decimal("1.005")])
def test_a_fraction_of_a_fen_is_our_own_mistake(amount: Decimal) -> None:
    with pytest.raises(AssertionError, match="fraction"):
        fen_of_yuan(amount)


def test_a_float_is_our_own_mistake() -> None:
    with pytest.raises(AssertionError, match="Decimal"):
        fen_of_yuan(1.5)  # type: ignore[arg-type] # that is the point
    with pytest.raises(AssertionError, match="int"):
        yuan(1.0)  # type: ignore[arg-type] # that is the point


@pytest.mark.parametrize(
    ("over", "under", "result"),
    [(5, 10, 1), (-5, 10, -1), (4, 10, 0), (-4, 10, 0), (15, 10, 2), (25, 10, 3), (0, 7, 0)],
)
def test_a_half_goes_away_from_zero(over: int, under: int, result: int) -> None:
    assert half_up(over, under) == result


@given(st.integers(-(10**20), 10**20), st.integers(1, 10**12))
def test_rounding_agrees_with_decimals_rule(over: int, under: int) -> None:
    exact = Fraction(over, under)
    assert abs(Fraction(half_up(over, under)) - exact) <= Fraction(1, 2)
    assert half_up(-over, under) == -half_up(over, under)
    assert half_up(over, 1000) == int((Decimal(over) / 1000).quantize(Decimal(1), ROUND_HALF_UP))


PARTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=6).filter(any)


@given(st.integers(-MAX_FEN, MAX_FEN), PARTS, st.data())
def test_shares_sum_to_the_whole_and_none_turns_against_it(total: int, parts: list[int], data: st.DataObject) -> None:
    residual = data.draw(st.integers(0, len(parts) - 1))
    shares = allocate(total, parts, residual=residual)
    assert sum(shares) == total
    assert all(share >= 0 for share in shares) if total >= 0 else all(share <= 0 for share in shares)
    for index, (share, part) in enumerate(zip(shares, parts, strict=True)):
        if index != residual and not part:
            assert share == 0
        if index != residual:
            assert abs(share) <= abs(half_up(total * part, sum(parts)))
        assert abs(share - Fraction(total * part, sum(parts))) <= len(parts)


@pytest.mark.parametrize(
    ("total", "parts", "residual", "shares"),
    [
        (100, (1, 1, 1), 2, (33, 33, 34)),
        (100, (1, 1, 1), 0, (34, 33, 33)),
        (1, (1, 1), 1, (1, 0)),
        (-1, (1, 1), 1, (-1, 0)),
        (3, (1, 1, 1, 1, 1, 1), 5, (1, 1, 1, 0, 0, 0)),
        (0, (54, 26, 16, 4), 3, (0, 0, 0, 0)),
        (1_000_003, (54, 26, 16, 4), 3, (540_002, 260_001, 160_000, 40_000)),
    ],
)
def test_splits_by_hand(total: int, parts: tuple[int, ...], residual: int, shares: tuple[int, ...]) -> None:
    assert allocate(total, parts, residual=residual) == shares


@pytest.mark.parametrize(("parts", "residual"), [((0, 0), 0), ((1, -1, 1), 0), ((1, 1), 2), ((1, 1), -1)])
def test_a_split_without_sense_is_our_own_mistake(parts: tuple[int, ...], residual: int) -> None:
    with pytest.raises(AssertionError):
        allocate(100, parts, residual=residual)


@pytest.mark.parametrize(
    ("yuan_of", "text"),
    [
        ("0", "零元整"),
        ("0.01", "壹分"),
        ("0.10", "壹角整"),
        ("0.12", "壹角贰分"),
        ("1.00", "壹元整"),
        ("1.01", "壹元零壹分"),
        ("1.10", "壹元壹角整"),
        ("10.00", "壹拾元整"),
        ("101.00", "壹佰零壹元整"),
        ("1001.50", "壹仟零壹元伍角整"),
        ("1234.50", "壹仟贰佰叁拾肆元伍角整"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("10000.00", "壹万元整"),
        ("10001.00", "壹万零壹元整"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("100100.00", "壹拾万零壹佰元整"),
        ("101000.00", "壹拾万壹仟元整"),
        ("1000100.00", "壹佰万零壹佰元整"),
        ("20000005.00", "贰仟万零伍元整"),
        ("100000000.00", "壹亿元整"),
        ("100000001.00", "壹亿零壹元整"),
        ("100010000.00", "壹亿零壹万元整"),
        ("5009800000.09", "伍拾亿零玖佰捌拾万元零玖分"),
        ("1000000000000.00", "壹万亿元整"),
        ("-4800000.01", "负肆佰捌拾万元零壹分"),
    ],
)
def test_capitals_as_on_a_voucher(yuan_of: str, text: str) -> None:
    assert capital_text(fen_of_yuan(Decimal(yuan_of))) == text


_VALUES = {char: value for value, char in enumerate("零壹贰叁肆伍陆柒捌玖")}
_PLACES = {"拾": 10, "佰": 100, "仟": 1000}


def _group(text: str) -> int:
    total, digit = 0, 0
    for char in text:
        if char in _PLACES:
            total, digit = total + digit * _PLACES[char], 0
        else:
            digit = _VALUES[char]
    return total + digit


def _fen_of_capitals(text: str) -> int:
    """An independent reader of what capital_text writes."""
    sign, text = (-1, text[1:]) if text.startswith("负") else (1, text)
    text = text.removesuffix("整")
    whole, mark, small = text.rpartition("元")
    small = small if mark else text
    total = 0
    for unit, size in (("万亿", 10**12), ("亿", 10**8), ("万", 10**4)):
        head, found, tail = whole.partition(unit)
        if found:
            total, whole = total + _group(head) * size, tail
    total = (total + _group(whole)) * 100
    for unit, size in (("角", 10), ("分", 1)):
        head, found, tail = small.partition(unit)
        if found:
            total, small = total + _group(head) * size, tail
    return sign * total


@given(st.integers(-MAX_FEN, MAX_FEN))
@settings(max_examples=300)
def test_capitals_read_back_and_never_stutter(fen: int) -> None:
    text = capital_text(fen)
    assert _fen_of_capitals(text) == fen
    assert "零零" not in text
    assert not any(f"零{unit}" in text for unit in "拾佰仟万亿")
