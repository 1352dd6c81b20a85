"""The invented cases: three applications of the year, one case running at the opening, two recoveries."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from loans import Loan, portfolio

LOANS = portfolio()
EXTENDED, RUNNING = LOANS[5], LOANS[12]


@dataclass(frozen=True, slots=True)
class Case:
    """A compensation case: what the bank claims and what the demo rule makes of it (5:5, 5:2:3)."""

    no: str
    loan: Loan
    applied_on: date
    accepted_on: date
    decided_on: date
    interest_fen: int
    attachments: str

    @property
    def principal_fen(self) -> int:
        """Unpaid principal, the base under a text that pays principal only."""
        month = f"{self.applied_on - timedelta(days=self.applied_on.day):%Y-%m}"
        return self.loan.balance(month)

    @property
    def claimed_fen(self) -> int:
        """Half of principal and interest together, rounded half up."""
        return half(self.principal_fen + self.interest_fen)

    @property
    def due_fen(self) -> int:
        """The pool's half of the principal, rounded half up."""
        return half(self.principal_fen)


def half(fen: int) -> int:
    """Five parts of ten, half up to the fen."""
    return (fen + 1) // 2


def thirty_percent(fen: int) -> int:
    """Three parts of ten, half up to the fen."""
    return (fen * 3 + 5) // 10


RUNNING_CASE_NO = "BC2022-001"
RUNNING_BASE_FEN, RUNNING_PAID_FEN = 400_000_00, 200_000_00
RUNNING_GROSS_FEN, RUNNING_COST_FEN, RUNNING_NOTIFIED_FEN = 220_000_00, 20_000_00, 100_000_00
RUNNING_INSTALMENTS = (60_000_00, 40_000_00)

APPROVED = Case(
    "BC2023-001",
    LOANS[4],
    date(2023, 6, 12),
    date(2023, 6, 13),
    date(2023, 6, 20),
    0,
    "补偿申请书、借款合同、催收记录、质押登记通知书、贷款余额证明",
)
REDUCED = Case(
    "BC2023-002",
    LOANS[1],
    date(2023, 10, 12),
    date(2023, 10, 13),
    date(2023, 10, 18),
    24_871_56,
    "补偿申请书、借款合同、保险单、催收记录、质押登记通知书、利息清单",
)
DENIED = Case(
    "BC2023-003",
    LOANS[9],
    date(2023, 11, 20),
    date(2023, 11, 21),
    date(2023, 11, 28),
    0,
    "补偿申请书、借款合同、催收记录",
)
CASES = (APPROVED, REDUCED, DENIED)

INSURER_PAID_FEN, INSURER_PAID_ON = thirty_percent(REDUCED.principal_fen), date(2023, 11, 15)

RECOVERY_ON = date(2023, 12, 28)
RECOVERY_GROSS_FEN, RECOVERY_COST_FEN = 120_000_55, 8_333_22
RECOVERY_POOL_FEN = half(RECOVERY_GROSS_FEN - RECOVERY_COST_FEN)
RECOVERY_PRINCIPAL_FEN = RECOVERY_GROSS_FEN - RECOVERY_COST_FEN - RECOVERY_POOL_FEN
RECOVERY_INSTALMENTS = (30_000_00, RECOVERY_POOL_FEN - 30_000_00)


def with_reductions(loans: Iterable[Loan]) -> tuple[Loan, ...]:
    """The portfolio with the principal that compensation and recovery took off two loans."""
    off = {
        APPROVED.loan.no: ({"2023-07": APPROVED.due_fen}, {"2023-12": RECOVERY_PRINCIPAL_FEN}),
        REDUCED.loan.no: ({"2023-11": REDUCED.due_fen}, {}),
    }
    changed = []
    for loan in loans:
        paid, recovered = off.get(loan.no, ({}, {}))
        repaid = {**loan.repaid, **paid, **recovered}
        changed.append(replace(loan, repaid=repaid, by_compensation=paid, by_recovery=recovered))
    return tuple(changed)


TAPE_LOANS = with_reductions(LOANS)

INSTRUCTIONS = {
    "deposit": "DQ-2023-001",
    "approved": "BF-2023-001",
    "transfer": "HB-2023-001",
    "reduced": "BF-2023-002",
    "reduced-again": "BF-2023-003",
}
