"""An outside table of loans under a rule text: every figure checked by another road, plain csv and Fraction."""

import csv
import json
import re
from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import loan_table
import pytest

from desk.acts.backtest import backtest
from ledger.faults import Refusal
from riskpool.portfoliomap import Odd, read_map

HERE = Path(__file__).resolve().parents[1] / "portfolio"
TABLE, BY_LENDER, BY_LOAN = HERE / "loans.csv", HERE / "map-lender.toml", HERE / "map.toml"
STATUSES = {"CHGOFF": "lost", "PIF": "paid", "EXEMPT": "open", "CANCLD": "void"}


class Plain(NamedTuple):
    """A row read by the other road, amounts in yuan; ``odd`` is our word for what is wrong with it, or empty."""

    row: int
    number: str
    status: str
    lender: str
    gross: Fraction
    covered: Fraction
    loss: Fraction
    back: Fraction
    odd: str


def yuan(text: str) -> Fraction | None:
    plain = text.replace("$", "").replace(",", "").strip()
    return Fraction(plain) if re.fullmatch(r"\d+(\.\d+)?", plain) else None


def is_day(text: str) -> bool:
    try:
        datetime.strptime(text, "%m/%d/%Y")  # noqa: DTZ007 - a day, no moment
    except ValueError:
        return False
    return True


def plain_rows(path: Path = TABLE) -> Iterator[Plain]:
    seen: set[str] = set()
    with path.open(encoding="utf-8", newline="") as stream:
        header, *rows = list(csv.reader(stream))
    for number, cells in enumerate(rows, start=2):
        row = dict(zip(header, cells, strict=False))
        gross, loss = yuan(row["GrossApproval"]), yuan(row["GrossChargeOffAmount"] or "0")
        back, covered = yuan(row["RecoveredAmount"] or "0"), yuan(row["GuaranteedApproval"])
        status = STATUSES.get(row["LoanStatus"], "")
        odd = oddness(row, len(cells) != len(header), gross, loss, status)
        if not odd and row["LoanNumber"] in seen:
            odd = "编号重复"
        if not odd:
            seen.add(row["LoanNumber"])
        amounts = (one or Fraction(0) for one in (gross, covered, loss, back))
        yield Plain(number, row["LoanNumber"], status, row["Lender"], *amounts, odd)


def oddness(row: dict[str, str], broken: bool, gross: Fraction | None, loss: Fraction | None, status: str) -> str:
    if broken:
        return "栏数与表头不同"
    if not row["LoanStatus"].strip():
        return "状态空白"
    if not status:
        return "状态未列入对应文件"
    if gross is None or loss is None:
        return "金额读不出"
    if status != "lost":
        return ("已结清而有损失" if status == "paid" else "未核销而有损失") if loss else ""
    if loss > gross:
        return "损失大于放款"
    if not row["ChargeOffDate"]:
        return "核销而无日期"
    return "" if is_day(row["ChargeOffDate"]) else "日期读不出"


def cents(amount: Fraction) -> Fraction:
    """Half up to the cent, by another formula than the product's."""
    return Fraction((amount * 100 + Fraction(1, 2)).__floor__(), 100)


def read_back(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_fixture_is_the_seeded_generators(tmp_path: Path) -> None:
    loan_table.write(tmp_path / "again.csv", 300, 4, odd_every=12)
    assert (tmp_path / "again.csv").read_bytes() == TABLE.read_bytes()


def test_a_text_of_one_rate_and_a_cap_a_loan(tmp_path: Path) -> None:
    """Wenzhou: a quarter of the loss, at most a million a loan; the bank bears the rest."""
    done = backtest(TABLE, BY_LOAN, "wenzhou-2020", tmp_path / "out")
    lost = [row for row in plain_rows() if row.status == "lost" and not row.odd]
    found = read_back(done.folder, "results.csv")
    assert [row["编号"] for row in found] == [row.number for row in lost]
    total = Fraction(0)
    for ours, row in zip(found, lost, strict=True):
        due = min(cents(row.loss / 4), Fraction(1_000_000))
        covered = cents(row.loss * row.covered / row.gross)
        total += due
        assert Fraction(ours["本池应补"]) == due
        assert Fraction(ours["贷款银行承担"]) == row.loss - due
        assert Fraction(ours["表内保障额"]) == covered
        assert Fraction(ours["本池应补减表内保障额"]) == due - covered
    said = {line["项目"]: line for line in json.loads((done.folder / "totals.json").read_text())["合计"]}
    assert Fraction(said["予以补偿（本池应补）"]["金额"]) == total
    assert Fraction(said["损失合计"]["金额"]) == sum(row.loss for row in lost)
    assert "返还本池合计" not in said  # the text has no clause on recoveries


def test_parts_a_ceiling_a_meter_over_lenders_and_recoveries(tmp_path: Path) -> None:
    done = backtest(TABLE, BY_LENDER, str(HERE / "rules"), tmp_path / "out")
    used: dict[str, Fraction] = {}
    lost = [row for row in plain_rows() if row.status == "lost" and not row.odd]
    verdicts = set()
    for ours, row in zip(read_back(done.folder, "results.csv"), lost, strict=True):
        if row.gross > 60_000_000:
            assert (ours["结论"], ours["本池应补"], ours["不补或不能裁决的原因"]) == ("不予补偿", "0.00", "第一条")
            verdicts.add("denied")
            continue
        room = max(Fraction(8_000_000) - used.get(row.lender, Fraction(0)), Fraction(0))
        share = cents(row.loss * 3 / 7)
        due, insurer = min(share, room), cents(row.loss * 2 / 7)
        used[row.lender] = used.get(row.lender, Fraction(0)) + due
        verdicts.add("cut" if due < share else "whole")
        back = min(cents(row.back * due / row.loss), due) if due else Fraction(0)
        assert Fraction(ours["风险池承担"]) == Fraction(ours["本池应补"]) == due
        assert Fraction(ours["保险人承担"]) == insurer
        assert Fraction(ours["合作银行承担"]) == row.loss - due - insurer
        assert Fraction(ours["返还本池"]) == back
    assert verdicts == {"denied", "cut", "whole"}


def test_odd_rows_are_named_and_none_of_them_is_decided(tmp_path: Path) -> None:
    done = backtest(TABLE, BY_LOAN, "wenzhou-2020", tmp_path / "out")
    expected = [(str(row.row), row.number, row.odd) for row in plain_rows() if row.odd]
    found = read_back(done.folder, "odd.csv")
    assert [(row["行"], row["编号"], row["种类"]) for row in found] == expected
    assert done.odd == len(expected)
    assert {kind for _, _, kind in expected} >= {
        "损失大于放款",
        "已结清而有损失",
        "核销而无日期",
        "状态空白",
        "状态未列入对应文件",
        "金额读不出",
        "编号重复",
        "栏数与表头不同",
        "日期读不出",
    }
    decided = {row["行"] for row in read_back(done.folder, "results.csv")}
    assert not decided & {row for row, _, _ in expected}
    said = json.loads((done.folder / "totals.json").read_text())["合计"]
    counted = [line["行数"] for line in said if line["项目"].endswith("（放款额）") or "异常" in line["项目"]]
    assert sum(counted) == said[0]["行数"] == done.rows == 300


def codes(refusal: pytest.ExceptionInfo[Refusal]) -> set[str]:
    return {fault.code for fault in refusal.value.faults}


def test_a_text_whose_facts_the_table_lacks_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refusal:
        backtest(TABLE, BY_LOAN, "weihai", tmp_path / "out")
    assert codes(refusal) == {"回测-事实-01"}
    named = " ".join(fault.found for fault in refusal.value.faults)
    for fact in ("recognised_on", "applied_on", "is_mixed", "ip_quota", "business_year"):
        assert fact in named
    assert not (tmp_path / "out").exists()


def test_a_clause_that_what_is_stated_rules_out_asks_for_nothing(tmp_path: Path) -> None:
    """Changsha reads no fact of guarantees where every loan is stated to be without one."""
    content = BY_LOAN.read_text(encoding="utf-8").replace("product", "is_guaranteed").replace('"直接贷款"', "false")
    (tmp_path / "map.toml").write_text(content, encoding="utf-8")
    needed = [fault.found for fault in _missing(tmp_path / "map.toml", tmp_path, "changsha-2022")]
    assert not any("guarantee_multiple" in one for one in needed)


def _missing(mapping: Path, place: Path, rules: str) -> tuple[object, ...]:
    try:
        backtest(TABLE, mapping, rules, place / "out")
    except Refusal as refusal:
        return refusal.faults
    return ()


@pytest.mark.parametrize("rules", ["cixi", "ningbo-2018"])
def test_unset_texts_are_refused(rules: str, tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refusal:
        backtest(TABLE, BY_LOAN, rules, tmp_path / "out")
    assert codes(refusal) <= {"办法-未定-01", "办法-未定-02"}


def test_an_unset_parameter_refuses_before_any_row(tmp_path: Path) -> None:
    text = (HERE / "rules" / "rule_text.toml").read_text(encoding="utf-8")
    text = text.replace('amount = "800万元"\n', 'unset = { amount = "未见" }\n')
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "rule_text.toml").write_text(text, encoding="utf-8")
    with pytest.raises(Refusal) as refusal:
        backtest(TABLE, BY_LENDER, str(tmp_path / "rules"), tmp_path / "out")
    assert codes(refusal) == {"办法-未定-02"}


def test_the_same_table_gives_the_same_bytes_and_a_filled_folder_is_left_alone(tmp_path: Path) -> None:
    names = ("results.csv", "odd.csv", "totals.json")
    for place in ("one", "two"):
        backtest(TABLE, BY_LENDER, str(HERE / "rules"), tmp_path / place)
    assert [(tmp_path / "one" / name).read_bytes() for name in names] == [
        (tmp_path / "two" / name).read_bytes() for name in names
    ]
    with pytest.raises(Refusal) as refusal:
        backtest(TABLE, BY_LENDER, str(HERE / "rules"), tmp_path / "one")
    assert codes(refusal) == {"回测-输出-01"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (('loan = "LoanNumber"', 'loan = "Nobody"'), "回测-对应-02"),
        (('unit = "元"', 'unit = "dollar"'), "回测-对应-01"),
        (('dates = "mm/dd/yyyy"', 'dates = "mm/dd/yy"'), "回测-对应-01"),
        (('disposal_proceeds = "0元"', "disposal_proceeds = 0"), "回测-对应-01"),
        (('disposal_proceeds = "核销额已是扣除处置所得之后的数"', ""), "回测-对应-01"),
        (('lost = ["CHGOFF"]', ""), "回测-对应-01"),
        (('covered_of = "GrossApproval"', ""), "回测-对应-01"),
        (("[facts]", '[facts]\nis_mixed = "Program"'), "回测-对应-01"),
        (("[table]", "[tables]"), "回测-对应-01"),
        *((('strip = "$"', f'strip = "{marks}"'), "回测-对应-01") for marks in ("$.", "-", "()", "$0")),
    ],
)
def test_a_map_is_read_strictly(change: tuple[str, str], code: str, tmp_path: Path) -> None:
    content = BY_LOAN.read_text(encoding="utf-8")
    assert change[0] in content
    (tmp_path / "map.toml").write_text(content.replace(*change), encoding="utf-8")
    with pytest.raises(Refusal) as refusal:
        backtest(TABLE, tmp_path / "map.toml", "wenzhou-2020", tmp_path / "out")
    assert codes(refusal) == {code}


@pytest.mark.parametrize("content", [b"", b"LoanNumber\xff\xfe", b'LoanNumber,"broken', b"a\x00b"])
def test_a_table_that_cannot_be_read_is_refused_and_leaves_nothing(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "loans.csv").write_bytes(content)
    with pytest.raises(Refusal) as refusal:
        backtest(tmp_path / "loans.csv", BY_LOAN, "wenzhou-2020", tmp_path / "out")
    assert codes(refusal) <= {"回测-表格-01", "回测-对应-02"}
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").iterdir())


def test_amounts_in_other_units_come_to_the_same_fen() -> None:
    content = BY_LOAN.read_text(encoding="utf-8")
    for unit, text, fen in (("元", "12,345.60", 1_234_560), ("万元", "1.23", 1_230_000), ("分", "77", 77)):
        loans = read_map(content.replace('unit = "元"', f'unit = "{unit}"').encode(), "map.toml")
        header = TABLE.read_text(encoding="utf-8").partition("\n")[0].split(",")
        assert loans.columns_of(header, "loans.csv").amount(text, "金额") == fen


DAYS = {
    "yyyy-mm-dd": ("2024-01-05", ("20240105", "2024-W01-5", "2024-1-5", "2024-01-05 00:00:00", "２０２４-01-05")),
    "yyyy/mm/dd": ("2024/1/5", ("2024-01-05", "2024/W01/5", "24/1/5")),
    "yyyymmdd": ("20240105", ("2024-01-05", "2024W015", "202415")),
    "mm/dd/yyyy": ("1/5/2024", ("2024/01/05", "1/5/24", "13/1/2024")),
    "dd/mm/yyyy": ("05/01/2024", ("5-1-2024", "1/13/2024")),
}


@pytest.mark.parametrize("form", DAYS)
def test_a_day_is_read_in_the_form_that_the_map_names_and_in_no_other(form: str) -> None:
    content = BY_LOAN.read_text(encoding="utf-8").replace("mm/dd/yyyy", form)
    header = TABLE.read_text(encoding="utf-8").partition("\n")[0].split(",")
    columns = read_map(content.encode(), "map.toml").columns_of(header, "loans.csv")
    right, wrong = DAYS[form]
    assert columns.iso(right, "核销日") == "2024-01-05"
    for text in wrong:
        with pytest.raises(Odd) as odd:
            columns.iso(text, "核销日")
        assert odd.value.kind == "日期读不出", text


BANKS_ONLY = {
    "claimant": '"合作银行"',
    "enterprise_size": '"小微"',
    "uses_other_mode": "false",
    "is_ip_pledged": "true",
    "uses_policy_tool": "false",
    "'suspension.S24（银行暂缓）'": '"正常"',
}


def test_an_unset_parameter_of_a_clause_that_what_is_stated_rules_out_bars_nothing(tmp_path: Path) -> None:
    """Guangzhou 2025 leaves open what guarantors are measured by: a table of banks' loans doesn't ask it."""
    content = BY_LOAN.read_text(encoding="utf-8").replace('enterprise_size = "小微"\nis_ip_pledged = true\n', "")
    content = re.sub(r"^(enterprise_size|is_ip_pledged) = .*\n", "", content, flags=re.MULTILINE)
    stated = "".join(f"{name} = {value}\n" for name, value in BANKS_ONLY.items())
    why = "".join(f'{name} = "试算"\n' for name in BANKS_ONLY)
    content = content.replace("[stated]\n", f"[stated]\n{stated}").replace("[why]\n", f"[why]\n{why}")
    (tmp_path / "map.toml").write_text(content, encoding="utf-8")
    done = backtest(TABLE, tmp_path / "map.toml", "guangzhou-2025", tmp_path / "out")
    lost = {row.number: row for row in plain_rows() if row.status == "lost" and not row.odd}
    found = read_back(done.folder, "results.csv")
    assert len(found) == len(lost)
    for row in found:
        plain = lost[row["编号"]]
        if plain.gross > 30_000_000:
            assert row["结论"] == "不予补偿"
        elif plain.gross > 5_000_000:
            assert (row["结论"], row["不补或不能裁决的原因"][:8]) == ("不能裁决", "办法-未定-02")
        else:
            assert Fraction(row["本池应补"]) == cents(plain.loss / 2)
    (tmp_path / "map.toml").write_text(
        content.replace('claimant = "合作银行"', 'claimant = "担保机构"'), encoding="utf-8"
    )
    with pytest.raises(Refusal) as refusal:
        backtest(TABLE, tmp_path / "map.toml", "guangzhou-2025", tmp_path / "other")
    assert codes(refusal) == {"办法-未定-02"}
