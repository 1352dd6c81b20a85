"""A small real set of books for the papers' tests, and the papers themselves."""

import shutil
from datetime import date, datetime
from pathlib import Path

import pytest

from desk.acts import cash, drafting
from desk.acts.intake import import_path
from desk.acts.months import sign_off
from desk.acts.office import Actor, Office
from desk.acts.opening import OpeningFiles, open_books
from desk.acts.rules import adopt
from ledger.events import VoucherLine

REPO = Path(__file__).resolve().parents[2]
EXAMPLE = REPO / "examples" / "2023"
ACCOUNTS = ("boc-01", "boc-02", "abchina-01", "crcb-01")
AT = datetime(2023, 4, 4, 9, 0)  # noqa: DTZ001 - the office's own clock has no zone
HARD_TEXT = 'tab\tand line\nend; "quoted" \\ back # ^ 「引」'


@pytest.fixture(scope="session")
def made_books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Books with every form of entry: opening, rule text, bank list, tape, hand voucher, sign-off. Never written to."""
    root = tmp_path_factory.mktemp("papers") / "books"
    statements = tuple(EXAMPLE / "files/2023-02" / f"{slug}-statement-202302.xml" for slug in ACCOUNTS)
    files = OpeningFiles(EXAMPLE / "pool.toml", EXAMPLE / "opening.xlsx", statements)
    maker = Actor("chen", AT)
    open_books(root, files, date(2023, 3, 1), who=maker, reviewer="lu", bookkeeper="shen")
    office = Office(root)
    adopt(office, "demo-2023", date(2023, 3, 1), chief="gu", who=maker)
    post_all(office)
    march = EXAMPLE / "files" / "2023-03"
    names = [f"{bank}-loans-202303.xlsx" for bank in ("boc", "abchina", "crcb")]
    for name in (*names, "boc-01-list-202303.csv", "boc-01-statement-202303.xml"):
        import_path(office, march / name, who=maker)
    post_all(office)
    import_path(office, march / "boc-tape-202303.xlsx", who=maker)
    lines = (
        VoucherLine(account=office.book.chart.paid_in("01"), amount_fen=-12_345),
        VoucherLine(account=office.book.chart.paid_in("02"), amount_fen=12_345),
    )
    written = cash.HandVoucher("S-1", HARD_TEXT, HARD_TEXT, lines)
    cash.manual(office, written, date(2023, 3, 31), papers=[("附件.txt", b"invented")], who=maker)
    sign_off(office, "boc-01", "2023-03", who=maker)
    post_all(office)
    return root


def post_all(office: Office) -> None:
    """Review and post whatever waits."""
    for draft in office.drafts:
        if draft.state == "draft":
            drafting.review(office, draft.no, Actor("lu", AT))
            drafting.post_draft(office, draft.no, Actor("shen", AT))


@pytest.fixture
def copied_books(made_books: Path, tmp_path: Path) -> Path:
    """A copy to spoil."""
    return Path(shutil.copytree(made_books, tmp_path / "books"))
