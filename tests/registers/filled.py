"""One invented pool, one filled row per template, and the road from a template's bytes to an intake."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import pytest
from pools import pool_toml

from importers.files import Sheet, Workbook
from importers.files.xlsx import read_xlsx
from importers.registers import intake, write_template
from ledger.faults import Fault, Refusal
from ledger.ids import event_id, patent_check_digit
from ledger.openitems import CaseState, LoanState, OpenItems, PolicyState, SaidBefore
from ledger.papers import Intake
from ledger.provenance import SourceFile, digest

POOL = pool_toml(
    {"title": "示例风险池（虚构）", "slug": "example", "unit": "示例办公室（虚构）"},
    staff={"aa": ("甲（虚构）", "preparer"), "bb": ("乙（虚构）", "reviewer")},
    banks=("boc", "crcb"),
    accounts={"boc-01": ("405200000018", "中行专户（虚构）"), "crcb-01": ("2010000000000000017", "农商专户（虚构）")},
    contributors=("市级财政（虚构）", "县级财政（虚构）"),
    insurers=("示例财险（虚构）",),
    aliases={"中国银行": ("中国银行示例支行（虚构）",)},
)
BORROWER = "慈溪某电器有限公司（虚构）"
USCC = "91330282MA2AAAAA09"
Rows = Sequence[Mapping[str, str]] | Mapping[str, Sequence[Mapping[str, str]]]
View = Callable[..., OpenItems]


def patent(serial: int) -> str:
    """A patent number with a right check digit, of a range never issued."""
    body = f"20171{9_900_000 + serial:07}"
    return f"ZL{body}.{patent_check_digit(body)}"


def loan_row(**changes: str) -> dict[str, str]:
    row = {
        "loan": "BOC2023-0001",
        "contract_no": "HT-1",
        "filing_no": "BA-1",
        "filed_on": "2023-03-10",
        "bank": "中国银行",
        "borrower": BORROWER,
        "uscc": USCC,
        "product": "保险",
        "principal_fen": "3000000.00",
        "outstanding_fen": "2,500,000.50",
        "annual_rate": "4.35%",
        "disbursed_on": "2023-03-08",
        "due_on": "2024-03-07",
        "pledge": "YP2023001",
        "policy": "P-1",
    }
    return row | changes


def right_row(serial: int = 1, **changes: str) -> dict[str, str]:
    row = {
        "pledge": "YP2023001",
        "registered_on": "2023-03-01",
        "rank": "1",
        "right": patent(serial),
        "title": "一种开关（虚构）",
        "owner": BORROWER,
        "expires_on": "2037-01-01",
        "appraised": "单项",
        "value_fen": "5000000.00",
        "appraised_on": "2023-02-20",
    }
    return row | changes


def loan_state(**changes: Any) -> LoanState:  # noqa: ANN401 - LoanState's own fields
    state: dict[str, Any] = {
        "loan": "BOC2023-0001",
        "bank": "boc",
        "borrower": BORROWER,
        "uscc": USCC,
        "outstanding_fen": 250_000_050,
        "due_on": date(2024, 3, 7),
        "exposure": event_id("exposure", "boc", "BOC2023-0001"),
        "pledge": "YP2023001",
    }
    return LoanState(**{**state, **changes})


def case_state(**changes: Any) -> CaseState:  # noqa: ANN401 - CaseState's own fields
    state: dict[str, Any] = {"case": "BC-1", "loan": "BOC2023-0001", "bank": "boc", "borrower": BORROWER}
    return CaseState(**{**state, "state": "paid", **changes})


def policy_state(**changes: Any) -> PolicyState:  # noqa: ANN401 - PolicyState's own fields
    state: dict[str, Any] = {"policy": "P-1", "insurer": "01", "loan": "BOC2023-0001", "cover_fen": 100_000_00}
    return PolicyState(**{**state, "until_on": date(2024, 3, 7), **changes})


def workbook(content: bytes) -> Workbook:
    """The bytes as the reading process gives them, without the cost of the process."""
    encoding, sheets = read_xlsx(content)
    return Workbook("xlsx", encoding, tuple(Sheet(name, tuple(rows)) for name, rows in sheets))


def source(content: bytes, name: str = "a.xlsx") -> SourceFile:
    return SourceFile(name=name, sha256=digest(content))


def read(kind: str, rows: Rows, view: OpenItems, heading: Mapping[str, str] | None = None) -> Intake:
    """Write the template, read it back."""
    content = write_template(kind, rows, heading=heading)
    result = intake(workbook(content), source(content), view)
    assert result is not None
    return result


def refused(kind: str, rows: Rows, view: OpenItems, heading: Mapping[str, str] | None = None) -> tuple[Fault, ...]:
    """The faults of a template that must be refused."""
    with pytest.raises(Refusal) as refusal:
        read(kind, rows, view, heading)
    return refusal.value.faults


def codes(faults: Sequence[Fault]) -> list[str]:
    return [fault.code.removeprefix("导入-登记-") for fault in faults]


def posted(*intakes: Intake) -> dict[str, Any]:
    """What a view knows once these were posted: their events, and the rows that each was read from."""
    rows = {row.line: SaidBefore(item.reading, row) for item in intakes for row in item.reading.rows}
    events = {event.event_id: event for item in intakes for event in item.events}
    return {
        "known_events": frozenset(events),
        "said_before": lambda event: tuple(rows[line] for line in events[event].sources) if event in events else (),
    }
