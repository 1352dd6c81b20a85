"""Identities and provenance: frozen golden ids, check digits, what an outside number becomes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ledger.ids import component, event_id, ip_right, patent_check_digit, patent_check_wanted, uscc, uscc_holds
from ledger.papers import BankLine
from ledger.provenance import SourceFile, SourceLine, digest, parse_line


@pytest.mark.parametrize(
    ("namespace", "key", "frozen"),
    [
        ("bank", ("boc-01", "serial", "20230321-0001"), "bank-8c0f1c0797cfa89ce8df"),
        ("bank", ("boc-01", "2023-03-21", -250000, "9500", "某某（虚构）", 1), "bank-8e82a92231ae2049b8af"),
        ("loan", ("boc", "BOC2023-0001"), "loan-7721a1798e27ee7e19e6"),
        ("pay", ("ZF2023-001",), "pay-a250d760d39206b3615a"),
        ("year", (2023,), "year-b7b8603e2cc1d4b8f0f0"),
        ("test", ("a", "b"), "test-d7add6a0cd3e9f55123b"),
        ("test", ('a","b',), "test-afabc530d5d5140a17a5"),
        ("test", (), "test-ecfd160805b1b0481fd0"),
    ],
)
def test_an_event_id_never_changes(namespace: str, key: tuple[str | int, ...], frozen: str) -> None:
    # Frozen for ever: every posted book names its facts by these.
    assert event_id(namespace, *key) == frozen


@given(st.lists(st.one_of(st.text(max_size=9), st.integers()), max_size=4), st.lists(st.text(max_size=9), max_size=4))
def test_other_keys_give_other_ids(one: list[str | int], two: list[str | int]) -> None:
    assert (event_id("x", *one) == event_id("x", *two)) == (one == two)
    assert event_id("x", *one) != event_id("y", *one)


def test_a_number_and_its_text_are_two_keys() -> None:
    assert event_id("x", 1) != event_id("x", "1")


@pytest.mark.parametrize("namespace", ["", "Bank", "bank-1", "银行", "a b"])
def test_a_bad_namespace_is_our_own_mistake(namespace: str) -> None:
    with pytest.raises(AssertionError, match="namespace"):
        event_id(namespace, "a")


def line(**fields: object) -> BankLine:
    base = {"line": {"sha256": "0" * 64, "row": 2}, "on": "2023-03-21", "amount_fen": -250_000, "balance_fen": 9_500}
    return BankLine.model_validate({**base, **fields})


def test_a_bank_rows_key_is_frozen() -> None:
    assert line(serial="S1").key("boc-01") == event_id("bank", "boc-01", "serial", "S1")
    assert line(counterparty="某某").key("boc-01") == event_id(
        "bank", "boc-01", "2023-03-21", -250_000, "9500", "某某", 1
    )


def test_a_bank_rows_key_is_its_place_in_the_world_and_not_in_a_file() -> None:
    moved = line(line={"sha256": "1" * 64, "sheet": "另", "row": 99}, remark="别的", bank_summary="别的")
    assert moved.key("boc-01") == line().key("boc-01")
    keys = {line().key("boc-01"), line().key("boc-02"), line(nth=2).key("boc-01"), line(balance_fen=None).key("boc-01")}
    keys |= {
        line(amount_fen=250_000).key("boc-01"),
        line(on="2023-03-22").key("boc-01"),
        line(serial="1").key("boc-01"),
    }
    assert len(keys) == 7


@pytest.mark.parametrize(
    ("body", "check"),
    [("201910002345", "3"), ("85100001", "0"), ("202110123456", "7"), ("202220000006", "9")],
)
def test_a_patents_check_digit(body: str, check: str) -> None:
    # By hand for 202110123456: 2·2+0·3+2·4+1·5+1·6+0·7+1·8+2·9+3·2+4·3+5·4+6·5 = 117, 117 mod 11 = 7.
    assert patent_check_digit(body) == check


@given(st.from_regex(r"20[0-2][0-9][123][0-9]{7}", fullmatch=True), st.integers(0, 11), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(body: str, place: int, more: int) -> None:
    wrong = body[:place] + str((int(body[place]) + more) % 10) + body[place + 1 :]
    assert patent_check_digit(body) != patent_check_digit(wrong)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ZL202110123456.7", ("ZL202110123456.7", "patent")),
        ("2021101234567", ("ZL202110123456.7", "patent")),
        (" zl 2021 1012 3456.7 ", ("ZL202110123456.7", "patent")),
        ("ＺＬ２０２１１０１２３４５６．７", ("ZL202110123456.7", "patent")),
        ("ZL202110123456.8", None),
        ("TM12345678-9", ("TM12345678-09", "trademark")),
        ("12345678-09", ("TM12345678-09", "trademark")),
        ("2021SR0123456", ("CR2021SR0123456", "copyright")),
        ("第12345678号第9类", ("TM12345678-09", "trademark")),
        ("G1234567-5", ("TMG1234567-05", "trademark")),
        ("TM12345678-46", None),
        ("TM12345678-0", None),
        ("85100001.0", ("ZL85100001.0", "patent")),
        ("ZL20211012345.0", None),
        ("2008SR02345", ("CR2008SR02345", "copyright")),
        ("国作登字-2021-F-00012345", ("CRCN-2021-F-00012345", "copyright")),
        ("浙作登字－11－2021－A－123", ("CRZJ-11-2021-A-123", "copyright")),
        ("CRZJ-11-2021-A-123", ("CRZJ-11-2021-A-123", "copyright")),
        ("某作登字-2021-A-123", None),
        ("GI123", ("GI123", "geographical_indication")),
        ("AGI01234", ("GIAGI01234", "geographical_indication")),
        ("GIAGI01234", ("GIAGI01234", "geographical_indication")),
        ("123", None),
        ("", None),
        ("ZL", None),
        ("一种示例装置", None),
        ("TM12345678", None),
    ],
)
def test_a_rights_number(text: str, found: tuple[str, str] | None) -> None:
    assert ip_right(text) == found


def test_a_right_in_another_script_is_none() -> None:
    assert ip_right("TM١٢٣٤٥٦٧٨-09") is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (" boc2023-0001 ", "BOC2023-0001"),
        ("ＢＯＣ１", "BOC1"),
        ("A" * 40, "A" * 40),
        ("A" * 41, None),
        ("-A", None),
        ("A-", None),
        ("A B", None),
        ("A:B", None),
        ("借1", None),
        ("", None),
        ('A"', None),
    ],
)
def test_an_outside_number_as_an_account_component(text: str, found: str | None) -> None:
    assert component(text) == found


@given(st.text(max_size=20))
def test_a_component_is_ascii_and_stays_what_it_is(text: str) -> None:
    slug = component(text)
    if slug is not None:
        assert slug.isascii()
        assert component(slug) == slug


def test_a_credit_code_is_checked() -> None:
    assert uscc_holds("91350100M000100Y43")  # the standard's own example
    assert not uscc_holds("91350100M000100Y44")
    assert not uscc_holds("")


def test_a_credit_code_of_a_lettered_authority_is_checked_too() -> None:
    # By hand for A9330282MA2AAAAA0: the authority's letter counts 10 in the weighted sum like any other letter.
    alphabet, weights = "0123456789ABCDEFGHJKLMNPQRTUWXY", [3**place % 31 for place in range(17)]
    for first in "ANY":
        body = f"{first}9330282MA2AAAAA0"
        check = alphabet[-sum(alphabet.index(char) * weight for char, weight in zip(body, weights, strict=True)) % 31]
        assert uscc_holds(body + check)
        assert not uscc_holds(body + alphabet[(alphabet.index(check) + 1) % 31])
        assert not uscc_holds(f"{first}9330282MI2AAAAA0{check}")


def test_a_credit_code_is_compared_in_one_form() -> None:
    assert uscc(" ９１３５０１００ｍ000100y43") == "91350100M000100Y43"
    assert uscc_holds("９１３５０１００ｍ000100Y43")


def test_a_patents_wanted_check_digit_is_told() -> None:
    assert (patent_check_wanted("2021101234568"), patent_check_wanted("TM1-1")) == ("7", "")


def test_a_printed_right_reads_back() -> None:
    for text in ("ZL202110123456.7", "G1234567A-5", "2008SR02345", "国作登字-2021-F-00012345", "AGI01234", "GI123"):
        found = ip_right(text)
        assert found is not None
        assert ip_right(found[0]) == found


def test_bytes_have_a_digest_and_files_a_short_one() -> None:
    assert digest(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert SourceFile(name="空.csv", sha256=digest(b"")).short == "e3b0c44298fc1c14"


@given(st.text(st.characters(exclude_characters="\n\r", exclude_categories=["Cs"]), max_size=31), st.integers(1, 10**7))
def test_a_source_line_reads_back(sheet: str, row: int) -> None:
    written = SourceLine(sha256=digest(b""), sheet=sheet, row=row).text()
    assert parse_line(written) == ("e3b0c44298fc1c14", sheet, row)


def test_a_source_line_is_written_so() -> None:
    assert SourceLine(sha256=digest(b""), sheet="a!b", row=3).text() == "e3b0c44298fc1c14!a!b!3"


def test_a_sheets_name_with_a_newline_reads_back_or_is_no_sheet() -> None:
    try:
        written = SourceLine(sha256=digest(b""), sheet="a\nb", row=3).text()
    except ValidationError:
        return
    assert parse_line(written) == ("e3b0c44298fc1c14", "a\nb", 3)


@pytest.mark.parametrize("fields", [{"row": 0}, {"row": -1}, {"sha256": "E" * 64}, {"sha256": "0" * 63}, {"more": 1}])
def test_a_place_that_is_none_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        SourceLine.model_validate({"sha256": "0" * 64, "row": 1, **fields})
