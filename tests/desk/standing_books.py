"""Invented books under an invented text that asks the books: two contributors, two banks, filings as files."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from desk_office import through, who
from pools import pool_toml

from desk.acts.intake import Imported, import_file
from desk.acts.office import Office
from desk.acts.rules import adopt
from importers.registers import write_template
from ledger.events import (
    AnyEvent,
    CompensationApplied,
    OpeningTaken,
    TapeConfirmed,
    VoucherLine,
)
from ledger.founding import first_batch, found
from ledger.ids import event_id, patent_check_digit
from ledger.journal import Posting, post
from ledger.signing import Signatures
from ledger.store import Store

TEXT = Path(__file__).parent / "texts" / "example-standing"
POOL = pool_toml(
    {"title": "示例风险池（虚构）", "slug": "example", "unit": "示例办公室（虚构）"},
    staff={
        "chen": ("陈（虚构）", "preparer"),
        "lu": ("陆（虚构）", "reviewer"),
        "shen": ("沈（虚构）", "bookkeeper"),
        "gu": ("顾（虚构）", "chief"),
    },
    banks=("boc", "crcb"),
    accounts={"boc-01": ("405200000018", "中行专户（虚构）"), "crcb-01": ("2010000000000000017", "农商专户（虚构）")},
    contributors=("市级财政（虚构）", "县级财政（虚构）"),
)
BOC, CRCB = "Assets:1002银行存款:01中国银行:01专户", "Assets:1002银行存款:03慈溪农商银行:01专户"
CITY, COUNTY = "Equity:3101出资:01市级财政虚构", "Equity:3101出资:02县级财政虚构"
MILLION = 100_000_000
"""A million yuan in fen."""
SIGNED = Signatures(
    preparer="chen", reviewer="lu", bookkeeper="shen", chief="gu", at=datetime(2024, 12, 31, 9, tzinfo=UTC)
)


def begun(
    root: Path, *, city_fen: int = 3 * MILLION, county_fen: int = 2 * MILLION, text: Path | None = TEXT
) -> Office:
    """Books that begin on 1 January 2024 with what the two contributors have paid in, the text adopted."""
    opened_on = date(2024, 1, 1)
    lines = (
        VoucherLine(account=BOC, amount_fen=city_fen + county_fen - MILLION),
        VoucherLine(account=CRCB, amount_fen=MILLION),
        VoucherLine(account=CITY, amount_fen=-city_fen),
        VoucherLine(account=COUNTY, amount_fen=-county_fen),
    )
    store = found(root, POOL, SIGNED, opened_on)
    opening = OpeningTaken(event_id=event_id("open", 1), on=opened_on, summary="期初建账", lines=lines)
    first_batch(store, POOL, [opening], SIGNED, (), opened_on)
    office = Office(root)
    if text:
        adopt(office, str(text), opened_on, chief="gu", who=who("chen", "2024-01-02"))
        through(office, "2024-01-02")
    return office


def put(office: Office, *events: AnyEvent) -> None:
    """Post events as they are: what no test of this room is about."""
    office.keep(post(Store(office.root), office.book, Posting("import", list(events), SIGNED)).book)


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def filing(number: int, fen: int, day: str, bank: str = "中国银行", **more: str) -> dict[str, str]:
    """A row of a filing list: one loan of an enterprise of its own, filed on a day."""
    return {
        "loan": f"L{number:04d}",
        "contract_no": f"HT-{number}",
        "filing_no": f"BA-{number}",
        "filed_on": day,
        "bank": bank,
        "borrower": f"示例企业{number}（虚构）",
        "uscc": more.pop("uscc", "91330282MA2AAAAA09"),
        "product": "直贷",
        "principal_fen": yuan(fen),
        "outstanding_fen": yuan(fen),
        "annual_rate": "4.35%",
        "disbursed_on": day,
        "due_on": f"{int(day[:4]) + 1}-12-20",
        "pledge": f"YP{number:04d}",
        **more,
    }


def right(number: int) -> dict[str, str]:
    """The patent behind loan ``number``, of a range never issued."""
    body = f"20171{9_900_000 + number:07}"
    return {
        "pledge": f"YP{number:04d}",
        "registered_on": "2024-01-02",
        "rank": "1",
        "right": f"ZL{body}.{patent_check_digit(body)}",
        "title": f"一种装置{number}（虚构）",
        "owner": f"示例企业{number}（虚构）",
        "expires_on": "2037-01-01",
        "appraised": "单项",
        "value_fen": "5000000.00",
        "appraised_on": "2024-01-02",
    }


def file_of(rows: Sequence[dict[str, str]]) -> bytes:
    rights = [right(int(row["loan"][1:])) for row in rows]
    return write_template("loans", {"loans": list(rows), "rights": rights})


def take_in(office: Office, rows: Sequence[dict[str, str]], day: str, name: str = "备案.xlsx") -> Imported:
    """Import a filing list; nothing is posted."""
    return import_file(office, file_of(rows), name, who=who("chen", day))


def taken_in(office: Office, rows: Sequence[dict[str, str]], day: str, name: str = "备案.xlsx") -> Imported:
    """Import a filing list and post it."""
    done = take_in(office, rows, day, name)
    through(office, day)
    return done


def tape(loan: str, month: str, last_day: int, fen: int, bank: str = "boc", *, days: int = 0) -> TapeConfirmed:
    """A bank's month-end word; a loan that is overdue has a bad grade too."""
    return TapeConfirmed(
        event_id=event_id("tape", bank, loan, month), on=date.fromisoformat(f"{month}-{last_day:02d}"),
        summary="月末确认", loan=loan, bank=bank, month=month, outstanding_fen=fen, overdue_days=days,
        grade="substandard" if days else "normal",
    )  # fmt: skip


def applied(case: str, loan: str, fen: int, day: str, bank: str = "boc") -> CompensationApplied:
    """An application for the whole unpaid principal."""
    return CompensationApplied(
        event_id=event_id("app", case), on=date.fromisoformat(day), summary="受理补偿申请", case=case, loan=loan,
        bank=bank, claimed_fen=fen, principal_fen=fen, interest_fen=0, accepted_on=date.fromisoformat(day),
        facts=(("disposal_proceeds_fen", "0"),), attachments=1,
    )  # fmt: skip
