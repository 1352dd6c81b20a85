"""What happens in the invented year on the pool's accounts beside its cases: plain values, int fen.

The only simulated thing is interest: a quarter's daily balances at 0.25 % a year, credited on the 21st.
Everything else stands here by hand, and the module asserts that it agrees with itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from bank_rows import BankRow, month_days
from cases import (
    APPROVED,
    INSTRUCTIONS,
    INSURER_PAID_FEN,
    LOANS,
    RECOVERY_INSTALMENTS,
    RECOVERY_POOL_FEN,
    REDUCED,
    RUNNING,
    RUNNING_BASE_FEN,
    RUNNING_CASE_NO,
    RUNNING_COST_FEN,
    RUNNING_GROSS_FEN,
    RUNNING_INSTALMENTS,
    RUNNING_NOTIFIED_FEN,
    TAPE_LOANS,
    Case,
    half,
)
from loans import MONTHS, OPENING_ON
from parties import ACCOUNTS, BRANCH, CONTRIBUTOR_ACCOUNT, CONTRIBUTOR_PAYER, LOSS_ACCOUNT, OWN_NAME, is_workday

OPENING_CASH = {"boc-01": 12_000_000_00, "boc-02": 0, "abchina-01": 6_000_000_00, "crcb-01": 4_000_000_00}
PAID_IN = {"01": 15_000_000_00, "02": 10_000_000_00}

PLACED_FEN, TERM_INTEREST_FEN = 5_000_000_00, 38_750_00  # 1.55 % for six months
TRANSFER_FEN = 1_000_000_00
UNIDENTIFIED_FEN = 120_000_00
PAYER_UNKNOWN = "某街道财政所<script>alert(1)</script>（虚构）"


def _at(day: str, clock: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time.fromisoformat(clock))


def _contribution(account: str, at: datetime, fen: int, no: str, remark: str) -> BankRow:
    number, bank = CONTRIBUTOR_ACCOUNT[no]
    return BankRow(account, at, fen, CONTRIBUTOR_PAYER[no], number, bank, "转账", "转账", "出资款", remark)


def _from_bank(account: str, at: datetime, fen: int, purpose: str, remark: str) -> BankRow:
    bank = ACCOUNTS[account].bank
    return BankRow(account, at, fen, BRANCH[bank], LOSS_ACCOUNT[bank], BRANCH[bank], "转账", "转账", purpose, remark)


def _between(account: str, other: str, at: datetime, fen: int, purpose: str, remark: str) -> BankRow:
    there = ACCOUNTS[other]
    return BankRow(account, at, fen, OWN_NAME, there.number, there.bank_name, "转账", "转账", purpose, remark)


def _fee(account: str, at: datetime, fen: int, summary: str) -> BankRow:
    return BankRow(account, at, -fen, sort="收费", summary=summary)


def _payment(case: Case, account: str, at: datetime, instruction: str) -> BankRow:
    return _from_bank(account, at, -case.due_fen, "风险补偿款", f"{case.no} {instruction}")


def _boc() -> list[BankRow]:
    account = "boc-01"
    first, second = RUNNING_INSTALMENTS
    placed, transferred = INSTRUCTIONS["deposit"], INSTRUCTIONS["transfer"]
    sent, paid, bounced, again = (
        _at("2023-08-31", "15:21:07"),
        _at("2023-10-20", "10:05:33"),
        _at("2023-10-23", "09:40:12"),
        _at("2023-10-25", "14:18:50"),
    )
    returned = _from_bank(
        account, bounced, REDUCED.due_fen, "退汇", f"退汇 收款人户名不符 {REDUCED.no} {INSTRUCTIONS['reduced']}"
    )
    return [
        _from_bank(account, _at("2023-03-15", "09:31:02"), first, "追偿款", f"{RUNNING_CASE_NO} 追偿所得 第1笔"),
        _between(account, "boc-02", _at("2023-04-10", "10:11:12"), -PLACED_FEN, "存入定期", f"{placed} 定期六个月"),
        _contribution(account, _at("2023-04-12", "14:02:45"), 2_000_000_00, "01", "2023年第一批出资"),
        _from_bank(account, _at("2023-05-10", "11:16:29"), second, "追偿款", f"{RUNNING_CASE_NO} 追偿所得 第2笔"),
        BankRow(
            account,
            _at("2023-08-17", "16:44:08"),
            UNIDENTIFIED_FEN,
            PAYER_UNKNOWN,
            "405299900038",
            "某商业银行（虚构）",
            "转账",
            "转账",
            "",
            "<script>alert(1)</script>",
        ),
        _between(account, "crcb-01", sent, -TRANSFER_FEN, "内部划转", transferred),
        _fee(account, sent, 15_50, "手续费"),
        _between(
            account,
            "boc-02",
            _at("2023-10-10", "08:30:01"),
            PLACED_FEN + TERM_INTEREST_FEN,
            "定期到期",
            f"{placed} 定期到期本息",
        ),
        _payment(REDUCED, account, paid, INSTRUCTIONS["reduced"]),
        replace(returned, summary="退汇"),
        _payment(REDUCED, account, again, INSTRUCTIONS["reduced-again"]),
        _contribution(account, _at("2023-11-09", "10:20:30"), 1_000_000_00, "01", "2023年第二批出资"),
    ]


def _abchina() -> list[BankRow]:
    account = "abchina-01"
    first, second = RECOVERY_INSTALMENTS
    key = _at("2023-09-12", "10:30:00")
    paid_in = _contribution(account, _at("2023-12-08", "15:05:59"), 800_000_00, "02", "2023年第二批出资")
    return [
        _payment(APPROVED, account, _at("2023-07-03", "09:02:17"), INSTRUCTIONS["approved"]),
        _fee(account, key, 25_00, "网银证书工本费"),
        _fee(account, key, 25_00, "网银证书工本费"),  # a genuine twin: two keys bought at once
        replace(paid_in, party="县级财政\u3000国库支付中心（虚构）"),  # a full-width blank in the name
        _from_bank(account, _at("2024-01-18", "10:45:21"), first, "追偿款", f"{APPROVED.no} 追偿所得 第1笔"),
        _from_bank(account, _at("2024-02-20", "13:37:40"), second, "追偿款", f"{APPROVED.no} 追偿所得 第2笔"),
    ]


def _crcb() -> list[BankRow]:
    account = "crcb-01"
    transferred = INSTRUCTIONS["transfer"]
    return [
        _contribution(account, _at("2023-05-18", "10:00:36"), 1_500_000_00, "02", "2023年第一批出资"),
        _between(account, "boc-01", _at("2023-09-01", "09:05:44"), TRANSFER_FEN, "内部划转", transferred),
    ]


_MONTHLY_FEE = {"boc-01": (20_00, "账户服务费"), "abchina-01": (10_00, "账户管理费"), "crcb-01": (5_00, "账户管理费")}


def _monthly_fees() -> list[BankRow]:
    rows = []
    for month in MONTHS:
        _, last = month_days(month)
        day = last - timedelta(days=3)
        while not is_workday(day):
            day -= timedelta(days=1)
        for account, (fen, summary) in _MONTHLY_FEE.items():
            rows.append(_fee(account, _at(day.isoformat(), "17:00:05"), fen, summary))
    return rows


INTEREST_DAYS = (date(2023, 3, 21), date(2023, 6, 21), date(2023, 9, 21), date(2023, 12, 21))
_RATE = (25, 10_000 * 360)  # 0.25 % a year of 360 days


def _interest(opening: int, rows: Sequence[BankRow], since: date, until: date) -> int:
    """Interest on the balances at the end of each day in ``[since, until)``, half up to the fen."""
    total = 0
    day = since
    while day < until:
        total += opening + sum(row.fen for row in rows if row.at.date() <= day)
        day += timedelta(days=1)
    parts, whole = _RATE
    return (total * parts * 2 + whole) // (2 * whole)


def _with_interest(account: str, rows: list[BankRow]) -> list[BankRow]:
    since = date(2022, 12, 21)
    for day in INTEREST_DAYS:
        fen = _interest(OPENING_CASH[account], rows, since, day)
        rows = [*rows, BankRow(account, _at(day.isoformat(), "02:10:00"), fen, sort="利息", summary="结息")]
        since = day
    return rows


def _numbered(account: str, rows: Iterable[BankRow]) -> list[BankRow]:
    balance = OPENING_CASH[account]
    numbered = []
    for number, row in enumerate(sorted(rows, key=lambda row: row.at), 1):
        balance += row.fen
        assert balance >= 0, f"{account} overdrawn on {row.at}"
        assert row.sort == "利息" or is_workday(row.at.date()), f"{row.at} is no working day"
        numbered.append(replace(row, balance_fen=balance, no=number))
    return numbered


def _deposit_rows() -> list[BankRow]:
    """The time deposit's own side: only its statement shows these."""
    placed = _between("boc-02", "boc-01", _at("2023-04-10", "10:11:12"), PLACED_FEN, "存入定期", "定期六个月")
    matured = _between("boc-02", "boc-01", _at("2023-10-10", "08:30:01"), -PLACED_FEN, "定期到期", "本金转出")
    return [replace(placed, sort="定期"), replace(matured, sort="定期")]


def bank_rows() -> dict[str, list[BankRow]]:
    """All rows of all accounts, in time, with running balances."""
    told: dict[str, list[BankRow]] = defaultdict(list)
    for row in [*_boc(), *_abchina(), *_crcb(), *_monthly_fees()]:
        told[row.account].append(row)
    rows = {account: _numbered(account, _with_interest(account, told[account])) for account in _MONTHLY_FEE}
    return {**rows, "boc-02": _numbered("boc-02", _deposit_rows())}


ROWS = bank_rows()


def rows_of(account: str, month: str) -> list[BankRow]:
    """One account's rows of one month, ascending."""
    return [row for row in ROWS[account] if row.month == month]


def balance_at(account: str, day: date) -> int:
    """An account's balance at the end of ``day``, by the bank."""
    before = [row.balance_fen for row in ROWS[account] if row.at.date() <= day]
    return before[-1] if before else OPENING_CASH[account]


def opening_results() -> dict[str, int]:
    """Accumulated result per contributor: assets less paid-in, split as the paid-in is (3 : 2)."""
    assets = sum(OPENING_CASH.values()) + RUNNING_NOTIFIED_FEN
    result = assets - sum(PAID_IN.values())
    first = result * 3 // 5
    shares = {"01": first, "02": result - first}
    assert PAID_IN["01"] * 2 == PAID_IN["02"] * 3, "the split is 3 : 2 because the paid-in is"
    return shares


def contributor_split(fen: int) -> dict[str, int]:
    """An amount by 3 : 2; the second takes the remainder."""
    first = (fen * 3 * 2 + 5) // 10
    return {"01": first, "02": fen - first}


SUSPENDS_AT_FEN = 1_000_000_00
"""Overdue principal of a bank at which demo-2023 stops its new filings: the year stays below it.

The loan of the case that was decided before the opening is counted here too, to be on the safe side.
"""


def _check_overdue() -> None:
    decided = {case.loan.no: f"{case.decided_on:%Y-%m}" for case in (APPROVED, REDUCED)}
    for month in MONTHS:
        for bank in BRANCH:
            overdue = [loan for loan in TAPE_LOANS if loan.bank == bank and loan.overdue_days(month)]
            open_fen = sum(loan.balance(month) for loan in overdue if month < decided.get(loan.no, "9999-12"))
            assert open_fen < SUSPENDS_AT_FEN, f"{bank} would be suspended in {month}"


def _check() -> None:
    assert sum(RUNNING_INSTALMENTS) == RUNNING_NOTIFIED_FEN == half(RUNNING_GROSS_FEN - RUNNING_COST_FEN)
    assert RUNNING.outstanding_fen == RUNNING_BASE_FEN - RUNNING_GROSS_FEN
    assert sum(RECOVERY_INSTALMENTS) == RECOVERY_POOL_FEN
    assert sum(opening_results().values()) + sum(PAID_IN.values()) == sum(OPENING_CASH.values()) + RUNNING_NOTIFIED_FEN
    bank_part = REDUCED.principal_fen - REDUCED.due_fen - INSURER_PAID_FEN
    assert bank_part > 0, "the bank bears the rest"
    assert len({loan.no for loan in LOANS}) == len(LOANS) >= 40
    assert len({loan.firm.code for loan in LOANS}) >= 30
    for loan in TAPE_LOANS:
        balances = [loan.balance(month) for month in MONTHS]
        assert balances == sorted(balances, reverse=True), f"{loan.no} grows"
        assert balances[-1] >= 0, f"{loan.no} below zero"
        assert loan.disbursed_on <= loan.filed_on < loan.due_on
        assert loan.pledge.registered_on <= loan.disbursed_on
        assert is_workday(loan.filed_on), f"{loan.no} filed on a holiday"
    _check_overdue()
    for account, rows in ROWS.items():
        assert OPENING_CASH[account] + sum(row.fen for row in rows) == rows[-1].balance_fen
    assert balance_at("boc-01", OPENING_ON) == OPENING_CASH["boc-01"]


_check()
