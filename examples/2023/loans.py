"""The invented portfolio: loans, the rights behind them, and each loan's balance month by month.

Thirteen loans run at the opening (one of them in a running case); the others are filed during the year.
Amounts are int fen. What is not told here by hand comes from one seeded generator.
"""

import random
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from bank_rows import month_days
from parties import ENTERPRISES, Enterprise, is_workday

from ledger.ids import patent_check_digit

SEED = 20230228
MONTHS = tuple(f"{2023 + (number + 2) // 12}-{(number + 2) % 12 + 1:02d}" for number in range(12))
OPENING_ON = date(2023, 2, 28)
WAN = 10_000_00


@dataclass(frozen=True, slots=True)
class Right:
    """An IP right: number, name, owner, expiry and what it was appraised at."""

    number: str
    title: str
    owner: str
    expires_on: date
    value_fen: int


@dataclass(frozen=True, slots=True)
class Pledge:
    """A pledge registration over one or more rights; ``package`` when they were appraised as a whole."""

    number: str
    registered_on: date
    rights: tuple[Right, ...]
    package: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy on one loan."""

    number: str
    insurer: str
    sum_fen: int
    premium_fen: int
    from_on: date
    until_on: date


@dataclass(frozen=True, slots=True)
class Loan:
    """One 借据. ``repaid`` is what is paid back in a month; ``overdue`` the days on its tape."""

    no: str
    bank: str
    firm: Enterprise
    principal_fen: int
    outstanding_fen: int
    rate: str
    disbursed_on: date
    due_on: date
    filed_on: date
    filing_no: str
    pledge: Pledge
    policy: Policy | None = None
    renews: str = ""
    ip_quota_fen: int | None = None
    collateral_quota_fen: int | None = None
    guarantor: str = ""
    repaid: dict[str, int] = field(default_factory=dict)
    overdue_since: date | None = None
    cured_in: str = ""
    by_compensation: dict[str, int] = field(default_factory=dict)
    by_recovery: dict[str, int] = field(default_factory=dict)

    @property
    def product(self) -> str:
        """保险 or 直贷, as the register calls them."""
        return "保险" if self.policy else "直贷"

    @property
    def opening(self) -> bool:
        """Whether it ran before the books began."""
        return self.filed_on <= OPENING_ON

    def balance(self, month: str) -> int:
        """Unpaid principal at the end of ``month``."""
        return self.outstanding_fen - sum(fen for paid, fen in self.repaid.items() if paid <= month)

    def reduced(self, month: str) -> int:
        """What the tape's 本月还本 says for ``month``."""
        return self.repaid.get(month, 0)

    def listed(self, month: str) -> bool:
        """On the tape from its filing to the month in which it is paid off, that month included."""
        filed = f"{self.filed_on:%Y-%m}" <= month
        return filed and (self.balance(month) > 0 or self.reduced(month) > 0)

    def overdue_days(self, month: str) -> int:
        """Days overdue at the end of ``month``: 0 before the default, after the cure and when paid off."""
        _, last = month_days(month)
        since = self.overdue_since
        if since is None or since > last or (self.cured_in and month >= self.cured_in) or not self.balance(month):
            return 0
        return (last - since).days + 1

    def grade(self, month: str) -> str:
        """五级分类 by days overdue alone."""
        days = self.overdue_days(month)
        steps = ((0, "正常"), (90, "关注"), (180, "次级"), (360, "可疑"))
        return next((word for limit, word in steps if days <= limit), "损失")


_PREFIX = {"boc": "BOC", "abchina": "ABC", "crcb": "CRCB"}
_PATENTS = ("一种节能型{}装置", "一种{}的自动装配线", "{}及其控制方法", "用于{}的检测夹具")
_THINGS = ("取暖器", "深沟球轴承", "座椅调角器", "再生聚酯纤维", "插座", "注塑模具", "输液泵", "杨梅果汁")


class _Maker:
    """Gives out numbers in order and everything else from one seeded generator."""

    def __init__(self) -> None:
        self.random = random.Random(SEED)
        self.rights = 0
        self.pledges = 0
        self.policies = 0
        self.loans: dict[tuple[str, int], int] = {}

    def workday(self, day: date) -> date:
        """``day``, or the next working day after it."""
        while not is_workday(day):
            day += timedelta(days=1)
        return day

    def patent(self, firm: Enterprise, year: int) -> Right:
        """An invention, utility model or design patent, with a right check digit."""
        self.rights += 1
        sort = self.random.choice("122")
        body = f"{year}{sort}99{self.rights:05d}"
        name = self.random.choice(_PATENTS).format(self.random.choice(_THINGS))
        expires = date(year + (20 if sort == "1" else 10), self.random.randint(1, 12), self.random.randint(1, 28))
        value = self.random.randint(120, 900) * WAN
        return Right(f"ZL{body}.{patent_check_digit(body)}", f"{name}（虚构）", firm.name, expires, value)

    def trademark(self, firm: Enterprise) -> Right:
        """A registered trademark in a class of the invented firm's trade."""
        self.rights += 1
        number = f"TM99{self.rights:06d}-{self.random.choice((7, 9, 11, 12, 22, 32)):02d}"
        expires = date(self.random.randint(2026, 2031), self.random.randint(1, 12), self.random.randint(1, 28))
        return Right(number, f"{firm.name[2:5]}牌（虚构）", firm.name, expires, self.random.randint(80, 600) * WAN)

    def pledge(self, firm: Enterprise, day: date, rights: str, *, package: bool = False) -> Pledge:
        """A registration; ``rights`` is a letter each: P a patent, T a trademark."""
        self.pledges += 1
        letter = "P" if "P" in rights else "T"
        made = tuple(
            self.patent(firm, self.random.randint(2016, 2021)) if sort == "P" else self.trademark(firm)
            for sort in rights
        )
        return Pledge(f"Y{letter}{day.year}99{self.pledges:06d}", day, made, package)

    def policy(self, insurer: str, fen: int, start: date, end: date) -> Policy:
        """A policy over the whole principal at 1.2 %, running 180 days longer than the loan."""
        self.policies += 1
        number = f"BX{insurer}-{start.year}-{self.policies:04d}"
        return Policy(number, insurer, fen, fen * 12 // 1000, start, end + timedelta(days=180))

    def loan_no(self, bank: str, year: int) -> str:
        """The bank's next 借据号 of a year."""
        count = self.loans[bank, year] = self.loans.get((bank, year), 0) + 1
        return f"{_PREFIX[bank]}{year}-{count:04d}"


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is told by hand about a loan: everything else is generated."""

    bank: str
    firm: int
    wan: int
    filed: date
    due: date
    rights: str = "P"
    insurer: str = ""
    instalment: int = 0
    package: bool = False
    fen: int = 0
    same_pledge: bool = False
    guarantor: str = ""


# The opening: twelve sound loans and, last, the one whose case is running.
OPENING_PLANS = (
    _Plan("boc", 0, 300, date(2022, 4, 13), date(2023, 4, 12), "PP"),
    _Plan("boc", 1, 200, date(2022, 6, 16), date(2023, 7, 10), "P", "01", fen=787_654_33),
    _Plan("boc", 2, 450, date(2022, 9, 8), date(2024, 9, 6), "PT", instalment=10),
    _Plan("boc", 3, 120, date(2022, 11, 22), date(2023, 11, 21), "T", "02"),
    _Plan("abchina", 4, 60, date(2022, 3, 8), date(2023, 3, 3), "P"),
    _Plan("abchina", 5, 260, date(2022, 7, 18), date(2023, 7, 17), "PPT"),
    _Plan("abchina", 6, 180, date(2022, 8, 24), date(2023, 8, 23), "P", "01"),
    _Plan("abchina", 7, 500, date(2022, 12, 7), date(2024, 12, 6), "PPP", instalment=15, package=True),
    _Plan("crcb", 8, 80, date(2022, 5, 26), date(2023, 5, 25), "T"),
    _Plan("crcb", 9, 30, date(2022, 9, 21), date(2023, 9, 20), "P"),
    _Plan("crcb", 10, 150, date(2022, 10, 14), date(2023, 10, 13), "P", "02"),
    _Plan("crcb", 11, 220, date(2023, 1, 12), date(2024, 1, 11), "PT"),
)
CASE_PLAN = _Plan("boc", 12, 40, date(2021, 3, 17), date(2022, 3, 16), "P", fen=180_000_00)

# Filed during the year: bank, firm, 万元, day, due, rights, insurer.
YEAR_PLANS = (
    _Plan("boc", 13, 200, date(2023, 3, 9), date(2024, 3, 8), "P"),
    _Plan("abchina", 14, 150, date(2023, 3, 14), date(2024, 3, 13), "T", "01"),
    _Plan("crcb", 15, 90, date(2023, 3, 22), date(2023, 9, 21), "P"),
    _Plan("boc", 16, 320, date(2023, 4, 12), date(2024, 4, 11), "PP", "01"),
    _Plan("boc", 0, 280, date(2023, 4, 19), date(2024, 4, 18), "PT"),
    _Plan("crcb", 17, 110, date(2023, 4, 20), date(2024, 4, 19), "P", "02"),
    _Plan("abchina", 18, 240, date(2023, 5, 11), date(2024, 5, 10), "PP"),
    _Plan("abchina", 19, 75, date(2023, 5, 16), date(2023, 11, 15), "T"),
    _Plan("crcb", 20, 130, date(2023, 5, 24), date(2024, 5, 23), "P"),
    _Plan("boc", 21, 380, date(2023, 6, 8), date(2025, 6, 6), "PPT", instalment=10),
    _Plan("crcb", 22, 100, date(2023, 6, 15), date(2024, 6, 14), "P", "01"),
    _Plan("abchina", 23, 160, date(2023, 7, 12), date(2024, 7, 11), "P"),
    _Plan("boc", 24, 210, date(2023, 7, 19), date(2024, 7, 18), "PT", "02"),
    _Plan("crcb", 25, 85, date(2023, 7, 20), date(2024, 7, 19), "T"),
    _Plan("abchina", 26, 300, date(2023, 8, 15), date(2024, 8, 14), "PP", "01"),
    _Plan("boc", 27, 140, date(2023, 8, 16), date(2024, 2, 15), "P"),
    _Plan("crcb", 28, 190, date(2023, 9, 13), date(2024, 9, 12), "P", "02"),
    _Plan("boc", 29, 260, date(2023, 9, 14), date(2024, 9, 13), "PP"),
    _Plan("abchina", 30, 95, date(2023, 9, 20), date(2024, 9, 19), "T"),
    _Plan("boc", 31, 170, date(2023, 10, 18), date(2024, 10, 17), "P", "01"),
    _Plan("crcb", 32, 230, date(2023, 10, 19), date(2024, 10, 18), "PT"),
    _Plan("abchina", 33, 125, date(2023, 11, 8), date(2024, 11, 7), "P"),
    _Plan("boc", 14, 180, date(2023, 11, 15), date(2024, 11, 14), "P"),
    _Plan("crcb", 18, 70, date(2023, 11, 16), date(2024, 11, 15), "T", "02"),
    _Plan("abchina", 5, 200, date(2023, 12, 6), date(2024, 12, 5), "P", "01"),
    _Plan("boc", 16, 150, date(2023, 12, 13), date(2024, 12, 12), "P"),
    _Plan("crcb", 8, 105, date(2024, 1, 10), date(2025, 1, 9), "PT"),
    _Plan("abchina", 20, 145, date(2024, 1, 17), date(2025, 1, 16), "P"),
    _Plan("abchina", 20, 55, date(2024, 1, 17), date(2025, 1, 16), same_pledge=True),
    _Plan("boc", 3, 250, date(2024, 1, 24), date(2025, 1, 23), "PP", guarantor="慈溪某浒山融资担保有限公司（虚构）"),
    _Plan("crcb", 25, 60, date(2024, 2, 21), date(2025, 2, 20), "P"),
)


def _repayments(plan: _Plan, fen: int, months: tuple[str, ...]) -> dict[str, int]:
    """Instalments of ``instalment`` percent every third month, and the rest when it falls due."""
    repaid: dict[str, int] = {}
    due = f"{plan.due:%Y-%m}"
    filed = f"{plan.filed:%Y-%m}"
    if plan.instalment:
        repaid = {month: fen * plan.instalment // 100 for month in months[2::3] if filed < month < due}
    if due in months:
        repaid[due] = fen - sum(repaid.values())
    return repaid


def _loan(maker: _Maker, plan: _Plan, last: Loan | None) -> Loan:
    firm = ENTERPRISES[plan.firm]
    disbursed = maker.workday(plan.filed - timedelta(days=maker.random.randint(2, 6)))
    if f"{disbursed:%Y-%m}" != f"{plan.filed:%Y-%m}":
        disbursed = maker.workday(plan.filed.replace(day=1))
    registered = maker.workday(disbursed - timedelta(days=maker.random.randint(3, 9)))
    registered = min(registered, disbursed)
    fen = plan.fen or plan.wan * WAN
    if plan.same_pledge:
        assert last, "no loan before it to share a pledge with"
        pledge = last.pledge
    else:
        pledge = maker.pledge(firm, registered, plan.rights, package=plan.package)
    mixed = plan.firm % 9 == 2
    return Loan(
        no=maker.loan_no(plan.bank, disbursed.year),
        bank=plan.bank,
        firm=firm,
        principal_fen=plan.wan * WAN,
        outstanding_fen=fen,
        rate=f"{maker.random.choice((365, 380, 395, 415, 435, 450)) / 100:.2f}%",
        disbursed_on=disbursed,
        due_on=plan.due,
        filed_on=plan.filed,
        filing_no=f"BA{plan.filed:%Y%m%d}{maker.pledges:03d}" + ("B" if plan.same_pledge else ""),
        pledge=pledge,
        policy=maker.policy(plan.insurer, plan.wan * WAN, disbursed, plan.due) if plan.insurer else None,
        ip_quota_fen=plan.wan * WAN if mixed else None,
        collateral_quota_fen=plan.wan * WAN * 3 // 2 if mixed else None,
        guarantor=plan.guarantor,
        repaid=_repayments(plan, fen, MONTHS),
    )


OPENING_COUNT = len(OPENING_PLANS) + 1
EXTENDED_TO = date(2024, 1, 16)


def _special(loans: list[Loan]) -> list[Loan]:
    """The loans to which something happens beyond paying back."""
    defaulted, extended, renewed, late = loans[4], loans[5], loans[6], loans[9]
    insured, running = loans[1], loans[12]
    cured = next(loan for loan in loans if loan.firm is ENTERPRISES[30])
    changed = {
        defaulted.no: replace(defaulted, repaid={}, overdue_since=date(2023, 3, 4)),
        insured.no: replace(insured, repaid={}, overdue_since=date(2023, 7, 11)),
        late.no: replace(late, repaid={"2023-12": late.outstanding_fen}, overdue_since=date(2023, 9, 21)),
        running.no: replace(running, repaid={}, overdue_since=date(2022, 3, 17)),
        extended.no: replace(extended, repaid={"2024-01": extended.outstanding_fen}),
        renewed.no: replace(renewed, repaid={"2023-08": renewed.outstanding_fen}),
        cured.no: replace(cured, overdue_since=date(2023, 10, 21), cured_in="2023-11"),
    }
    return [changed.get(loan.no, loan) for loan in loans]


def _renewal(maker: _Maker, old: Loan) -> Loan:
    """The loan that renews ``old``: same firm, same rights and registration, a new note and policy."""
    signed, due = date(2023, 8, 21), date(2024, 8, 20)
    return replace(
        old,
        no=maker.loan_no(old.bank, 2023),
        rate="3.95%",
        disbursed_on=signed,
        due_on=due,
        filed_on=date(2023, 8, 24),
        filing_no="BA20230824901",
        policy=maker.policy("01", old.principal_fen, signed, due),
        renews=old.no,
        repaid={},
    )


def portfolio() -> tuple[Loan, ...]:
    """All loans, those of the opening first, in order of filing."""
    maker = _Maker()
    made: list[Loan] = []
    for plan in (*OPENING_PLANS, CASE_PLAN, *YEAR_PLANS):
        made.append(_loan(maker, plan, made[-1] if made else None))
    made = _special(made)
    made.append(_renewal(maker, made[6]))
    opening, year = made[:OPENING_COUNT], made[OPENING_COUNT:]
    return (*opening, *sorted(year, key=lambda loan: (loan.filed_on, loan.no)))
