"""An invented table of loans, seeded: some lost, some paid in full, a few rows odd in each way we name.

The columns are those of public loan-loss tables: a guaranteed share per loan, a charge-off with its day, a status.
"""

import csv
import random
from collections.abc import Iterator
from pathlib import Path

HEADER = (
    "AsOfDate",
    "Program",
    "LoanNumber",
    "BorrowerName",
    "BorrowerStreet",
    "BorrowerCity",
    "BorrowerState",
    "BorrowerZip",
    "Lender",
    "LenderStreet",
    "LenderCity",
    "LenderState",
    "LenderZip",
    "GrossApproval",
    "GuaranteedApproval",
    "ApprovalDate",
    "ApprovalFiscalYear",
    "FirstDisbursementDate",
    "ProcessingMethod",
    "InitialInterestRate",
    "TermInMonths",
    "IndustryCode",
    "IndustryDescription",
    "FranchiseCode",
    "ProjectCounty",
    "ProjectState",
    "BusinessType",
    "JobsSupported",
    "LoanStatus",
    "ChargeOffDate",
    "GrossChargeOffAmount",
    "RecoveredAmount",
)

NUMBER, GROSS, STATUS = (HEADER.index(name) for name in ("LoanNumber", "GrossApproval", "LoanStatus"))


def rows(count: int, seed: int, *, odd_every: int = 40) -> Iterator[list[str]]:
    """The table's rows, header first; about every ``odd_every``-th is odd (0: none)."""
    chance = random.Random(seed)  # noqa: S311 - seeded invention
    yield list(HEADER)
    for number in range(1, count + 1):
        row = _row(chance, number)
        if odd_every and chance.randrange(odd_every) == 0:
            _spoil(row, chance, number)
        yield row


def _row(chance: random.Random, number: int) -> list[str]:
    gross = chance.choice([50_000_00, 350_000_00, chance.randrange(1_000_00, 90_000_000_00)])
    share = chance.choice([50, 75, 85, 90])
    number_text = f"L{number:08d}"
    day = f"{chance.randrange(1, 13):02d}/{chance.randrange(1, 29):02d}/{chance.randrange(2005, 2020)}"
    status = chance.choice(["CHGOFF", "CHGOFF", "PIF", "PIF", "PIF", "PIF", "EXEMPT", "EXEMPT", "CANCLD", "CANCLD"])
    loss = chance.randrange(1, gross + 1) if status == "CHGOFF" else 0
    back = chance.choice([0, 0, loss // 3, chance.randrange(loss + 1)]) if loss else 0
    place = chance.randrange(90)
    return [
        "06/30/2024",
        "7A",
        number_text,
        f"Invented Borrower {number}",
        f"{chance.randrange(9999)} Main Street",
        f"Town {place}",
        "ZZ",
        f"{place:05d}",
        f"Bank {chance.randrange(40)}",
        "1 Market Square",
        "Bankville",
        "ZZ",
        "00001",
        f"${gross // 100:,}.{gross % 100:02d}",
        f"${gross * share // 100 // 100:,}.{gross * share // 100 % 100:02d}",
        day,
        day[6:],
        day,
        "Preferred Lenders Program",
        f"{chance.randrange(4, 12)}.{chance.randrange(100):02d}",
        str(chance.choice([60, 84, 120, 240, 300])),
        str(chance.randrange(110_000, 999_999)),
        "Other invented trades and services",
        "",
        f"County {place}",
        "ZZ",
        "CORPORATION",
        str(chance.randrange(60)),
        status,
        f"{day[:6]}{int(day[6:]) + 2}" if loss else "",
        f"{loss // 100}.{loss % 100:02d}" if loss else "",
        f"{back // 100}.{back % 100:02d}" if back else "",
    ]


def _spoil(row: list[str], chance: random.Random, number: int) -> None:
    way = chance.randrange(9)
    if way == 0:
        row[STATUS:] = ["CHGOFF", "01/02/2012", "99999999.99", ""]  # above the loan
    elif way == 1:
        row[STATUS:] = ["PIF", "", "12.34", ""]
    elif way == 2:
        row[STATUS:] = ["CHGOFF", "", "1.00", ""]  # no day
    elif way == 3:
        row[STATUS] = "  "
    elif way == 4:
        row[STATUS] = "COMMIT?"
    elif way == 5:
        row[GROSS] = "about 5,000"
    elif way == 6:
        row[NUMBER] = f"L{max(number - 1, 1):08d}"  # the one before once more
    elif way == 7:
        row.append("one cell too many")
    else:
        row[STATUS:] = ["CHGOFF", "02/30/2012", "1.00", ""]  # no such day


def write(path: Path, count: int, seed: int, *, odd_every: int = 40) -> None:
    """Write a table as csv."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows(count, seed, odd_every=odd_every))
