"""Registers: loans, tapes, policies, cases, and the opening agree with one another."""

import tomllib
from collections import defaultdict
from decimal import Decimal

import pytest
from examples.paper_reading import FILES, YEAR, grid, register

BANKS = ("boc", "abchina", "crcb")
MONTHS = [path.name for path in sorted(FILES.iterdir())][1:]
OPENING = YEAR / "opening.xlsx"


def filings() -> list[dict[str, str]]:
    filed = [row for path in sorted(FILES.glob("*/*-loans-*.xlsx")) for row in register(path, "借据号")]
    return [*register(OPENING, "借据号", 1), *filed]


def rights() -> list[dict[str, str]]:
    filed = [row for path in sorted(FILES.glob("*/*-loans-*.xlsx")) for row in register(path, "质押登记号", 1)]
    return [*register(OPENING, "质押登记号", 2), *filed]


def tape(bank: str, month: str) -> dict[str, dict[str, str]]:
    path = FILES / month / f"{bank}-tape-{month.replace('-', '')}.xlsx"
    return {row["借据号"]: row for row in register(path, "借据号")}


def test_forty_loans_of_thirty_enterprises_with_patents_and_trademarks() -> None:
    loans = filings()
    assert len({row["借据号"] for row in loans}) == len(loans) >= 40
    assert len({row["统一社会信用代码"] for row in loans}) >= 30
    kinds = {row["权利编号"][:2] for row in rights()}
    assert kinds == {"ZL", "TM"}
    assert {row["产品"] for row in loans} == {"保险", "直贷"}


def test_a_right_stands_under_one_registration_and_every_pledge_has_rights() -> None:
    held: dict[str, set[str]] = defaultdict(set)
    for row in rights():
        held[row["权利编号"]].add(row["质押登记号"])
    assert [right for right, pledges in held.items() if len(pledges) > 1] == []
    assert {row["质押登记号"] for row in filings()} == {pledge for pledges in held.values() for pledge in pledges}


def test_the_refused_filing_offers_a_right_that_is_pledged_elsewhere() -> None:
    (path,) = FILES.glob("*/rejected/*.xlsx")
    (offered,) = register(path, "质押登记号", 1)
    taken = [row for row in rights() if row["权利编号"] == offered["权利编号"]]
    assert taken
    assert taken[0]["质押登记号"] != offered["质押登记号"]
    (corrected,) = register(path.parents[1] / path.name, "借据号")
    (refused,) = register(path, "借据号")
    assert corrected == refused


@pytest.mark.parametrize("bank", BANKS)
def test_each_tape_continues_the_one_before(bank: str) -> None:
    balances: dict[str, Decimal] = {}
    title = {"boc": "中国银行", "abchina": "农业银行", "crcb": "慈溪农商银行"}[bank]
    loans = [row for row in filings() if row["合作银行"] == title]
    for month in MONTHS:
        for row in loans:
            if row["备案日"][:7] <= month:
                balances.setdefault(row["借据号"], Decimal(row["未偿本金"]))
        listed = tape(bank, month)
        assert set(listed) == {loan for loan, balance in balances.items() if balance}
        for loan, row in listed.items():
            assert balances[loan] - Decimal(row["本月还本"]) == Decimal(row["月末余额"])
            assert Decimal(row["其中补偿冲减"]) + Decimal(row["其中追偿冲减"]) <= Decimal(row["本月还本"])
            balances[loan] = Decimal(row["月末余额"])


def test_grades_follow_days_overdue() -> None:
    steps = ((0, "正常"), (90, "关注"), (180, "次级"), (360, "可疑"), (10**6, "损失"))
    seen = set()
    for bank in BANKS:
        for month in MONTHS:
            for row in tape(bank, month).values():
                grade = next(word for limit, word in steps if int(row["逾期天数"]) <= limit)
                assert row["五级分类"] == grade
                seen.add(grade)
    assert seen == {"正常", "关注", "次级", "可疑", "损失"}


def test_one_loan_is_overdue_and_cured() -> None:
    days = [int(tape("abchina", month)["ABC2023-0006"]["逾期天数"]) for month in ("2023-09", "2023-10", "2023-11")]
    assert (days[0], days[1] > 0, days[2]) == (0, True, 0)


def test_the_opening_balances_and_its_case_adds_up() -> None:
    rows = register(OPENING, "科目")
    debit, credit = (sum(Decimal(row[side] or 0) for row in rows) for side in ("借方余额", "贷方余额"))
    assert debit == credit > 0
    (case,) = register(OPENING, "案件编号", 4)
    shares = register(OPENING, "案件编号", 5)
    paid = Decimal(case["已付补偿"])
    assert paid - Decimal(case["已收回"]) - Decimal(case["已通知未到账"]) == Decimal(case["待追偿"])
    parts = [Decimal(row["数额"]) for row in shares if row["类别"] == "出资方份数"]
    losses = [Decimal(row["数额"]) for row in shares if row["类别"] == "损失分担金额"]
    assert (sum(parts), sum(losses)) == (paid, Decimal(case["损失基数"]))


def test_the_three_applications() -> None:
    made = {path.stem[-10:]: register(path, "案件编号")[0] for path in FILES.glob("*/*-application-*.xlsx")}
    assert sorted(made) == ["BC2023-001", "BC2023-002", "BC2023-003"]
    reduced = made["BC2023-002"]
    claimed, principal = Decimal(reduced["申请金额"]), Decimal(reduced["未偿本金"])
    assert Decimal(reduced["未偿利息"]) > 0
    assert claimed > principal / 2
    policies = [
        row for path in FILES.glob("*/insurer*.xlsx") for row in register(path, "类别") if row["类别"] == "理赔"
    ]
    assert [row["案件编号"] for row in policies] == ["BC2023-002"]
    pool, insurer = Decimal("393827.17"), Decimal(policies[0]["赔款"])
    assert principal - pool - insurer == Decimal("157530.86")


def test_the_recovery_s_share_arrives_in_two_instalments() -> None:
    (path,) = FILES.glob("*/*-recovery-*.xlsx")
    (row,) = register(path, "案件编号")
    assert row["通知日"] == "2023-12-28"
    net = Decimal(row["追回毛额"]) - Decimal(row["费用"])
    received = [
        Decimal(cells[1].replace(",", ""))
        for month in ("2024-01", "2024-02")
        for cells in grid(FILES / month / f"abchina-01-list-{month.replace('-', '')}.xlsx")
        if "BC2023-001" in "".join(cells)
    ]
    assert len(received) == 2
    assert abs(sum(received) * 2 - net) <= Decimal("0.01")


def test_every_person_and_firm_is_marked_as_invented() -> None:
    pool = tomllib.loads((YEAR / "pool.toml").read_text(encoding="utf-8"))
    names = [row["name"] for sort in ("staff", "account", "contributor", "insurer") for row in pool[sort]]
    names += [row[key] for row in filings() for key in ("借款人", "保证人") if row[key]]
    names += [row[key] for row in rights() for key in ("权利名称", "评估机构")]
    assert [name for name in names if "（虚构）" not in name] == []


def test_rare_characters_and_full_width_blanks_survive() -> None:
    names = "".join(row["借款人"] for row in filings())
    assert all(sign in names for sign in ("𬭎", "㛃", "·", "\u3000"))


def test_acts_stand_in_order_of_days_and_name_known_people() -> None:
    staff = {row["id"]: row for row in tomllib.loads((YEAR / "pool.toml").read_text(encoding="utf-8"))["staff"]}
    steps = tomllib.loads((YEAR / "acts.toml").read_text(encoding="utf-8"))["step"]
    days = [step["on"] for step in steps]
    assert days == sorted(days)
    assert {step["as"] for step in steps} <= set(staff)
    assert all(step.get("reviewed_by") in {None, *staff} and step.get("reviewed_by") != step["as"] for step in steps)
    months = [step["month"] for step in steps if step["act"] == "close" and "year_end" not in step]
    assert months == MONTHS
    outcomes = {step["case"]: step["outcome"] for step in steps if step["act"] == "decide"}
    assert list(outcomes.values()) == ["approved", "reduced", "denied"]


@pytest.mark.parametrize("year", [2023, 2024, 2025, 2026])
def test_the_calendar_moves_rest_days_only_to_weekends(year: int) -> None:
    path = YEAR.parents[1] / "riskpool" / "calendars" / f"{year}.toml"
    calendar = tomllib.loads(path.read_text(encoding="utf-8"))
    assert calendar["year"] == year
    assert "国办发明电" in calendar["source"]
    for holiday in calendar["holiday"]:
        assert holiday["from_on"] < holiday["until_on"]
        assert all(day.weekday() >= 5 for day in holiday["works_on"])
