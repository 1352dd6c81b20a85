"""How the frozen books of format 1 were made: ``python tests/ledger/write_format_1.py FOLDER``, through the real acts.

It documents them and makes the next format's; it never writes ``golden/format-1``, which stays as it was written for
ever (``test_ledger_format_1.py``). Every act is a command line of its own, but for the missing number: no sound books
lack one, so its record is drafted through the office and then reviewed and posted like every other.
"""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import get_args

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "kill")]

import acts  # noqa: E402 - the small pool of tests/kill, and its files
from tools import run_command  # noqa: E402

from desk.acts import months  # noqa: E402
from desk.acts.office import Actor, Office, Proposal  # noqa: E402
from importers.registers import write_template  # noqa: E402
from ledger.book import Book  # noqa: E402
from ledger.events import AnyEvent, NumberExplained  # noqa: E402
from ledger.ids import event_id  # noqa: E402

MISSING = "记-2023-12-0006"
LINES = "--line 出资:01市级={0} --line 出资:02县级=-{0}"
SIGN = "review --as lu", "post --as shen"


def by_hand(number: str, summary: str, yuan: str) -> str:
    """A voucher by hand, from the city's share to the county's."""
    said = f"voucher --number {number} --summary {summary} --reason 来函 --attachment {{files}}/notice.txt"
    return f"{said} {LINES.format(yuan)} --as chen"


STORY: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "2023-12-01T09:00:00",
        (
            "init {books} --pool {files}/pool.toml --on 2023-11-30 --as chen --reviewed-by lu --bookkeeper shen",
            "rules adopt demo-2023 --chief gu --as chen",
            *SIGN,
        ),
    ),
    ("2024-01-04T09:00:00", ("import {files}/list-2023-12.csv --as chen", *SIGN)),
    (
        "2024-01-05T09:00:00",
        (
            f"{by_hand('SG-1', '调整出资归属', '2000.00')} --on 2023-12-29",
            *SIGN,
            f"adjust 记-2023-12-0004 --reason 少记一千元 {LINES.format('1000.00')} --as chen --on 2023-12-29",
            *SIGN,
            "missing",
            *SIGN,
            f"{by_hand('SG-2', '多写一个零', '70000.00')} --on 2023-12-30",
            *SIGN,
            f"reverse 记-2023-12-0007 --reason 多写一个零 {LINES.format('7000.00')} --as chen --on 2023-12-30",
            *SIGN,
            f"{by_hand('SG-3', '误制', '1.00')} --on 2023-12-30",
            "draft reject {last} --reason 不办 --as lu",
        ),
    ),
    (
        "2024-01-06T09:00:00",
        (
            "import {files}/statement-2023-12.xml --as chen",
            *SIGN,
            "reconcile 2023-12 --sign-as chen",
            *SIGN,
            "close",
            *SIGN,
            "close",
        ),
    ),
    (
        "2024-01-08T09:00:00",
        (
            "reopen 2023-12 --reason 补记来函 --as gu --reviewed-by lu",
            f"{by_hand('SG-4', '补记来函', '300.00')} --on 2023-12-31",
            *SIGN,
            "close",
        ),
    ),
    (
        "2024-01-10T09:00:00",
        (
            f"adjust 记-2023-12-0004 --prior-year --reason 归属有误 {LINES.format('50.00')} --as chen",
            *SIGN,
            "amend-pool {files}/pool-2.toml --reason 增加别名 --chief gu --as chen",
            *SIGN,
        ),
    ),
    ("2024-04-03T09:00:00", ("import {files}/loans-2024.xlsx --as chen", *SIGN)),
    (
        "2024-07-11T09:00:00",
        (
            "import {files}/applications-2024.xlsx --as chen",
            *SIGN,
            "decide BC2023-001 --chief gu --as chen",
            *SIGN,
            "reverse 记-2024-07-0001 --reason 误裁 --chief gu --as chen",
            *SIGN,
            "decide BC2023-001 --chief gu --as chen",
            *SIGN,
            "pay BC2023-001 --account boc-01 --instruction BF-1 --as chen",
            *SIGN,
            "import {files}/recoveries-2024.xlsx --as chen",
            *SIGN,
        ),
    ),
)


def moved(row: dict[str, str]) -> dict[str, str]:
    """A row of 2023 in 2024: its case and numbers stay."""
    return {
        key: value.replace("2023-", "2024-") if key.endswith(("_on", "since_on")) else value
        for key, value in row.items()
    }


def write_files(folder: Path) -> Path:
    """The files of tests/kill, and its case a year later."""
    acts.write_files(folder)
    bank = {"bank": "中国银行"}
    loans = {"loans": [moved(acts.LOAN)], "rights": [moved(acts.RIGHT)]}
    (folder / "loans-2024.xlsx").write_bytes(write_template("loans", loans))
    (folder / "applications-2024.xlsx").write_bytes(
        write_template("applications", [moved(acts.APPLICATION)], heading=bank)
    )
    (folder / "recoveries-2024.xlsx").write_bytes(write_template("recoveries", [moved(acts.RECOVERY)], heading=bank))
    return folder


def explain_missing(books: Path, now: str) -> None:
    """Draft the record of a number that is not given."""
    office, who = Office(books), Actor("chen", datetime.fromisoformat(now))
    said = NumberExplained(
        event_id=event_id("number", MISSING),
        on=who.at.date(),
        summary=f"{MISSING} 断号说明",
        voucher_no=MISSING,
        reason="该号的纸质凭证作废，未记账（虚构）",
        chief="gu",
    )
    with office.locked():
        office.propose(Proposal("explain", said.summary, [said], chief="gu"), who)


def close(books: Path, now: str) -> None:
    """Close December, or draft its year end: with one small paper, because no format rests on its looks."""
    who = Actor("chen", datetime.fromisoformat(now))
    months.close(Office(books), "2023-12", (("2023-12-note.txt", "结账说明（虚构）\n".encode()),), who=who, second="lu")


BY_FUNCTION = {"missing": explain_missing, "close": close}


def write(folder: Path) -> Path:
    """Play the story; the books."""
    books, files = folder / "books", write_files(folder / "files")
    for now, lines in STORY:
        for line in lines:
            if line in BY_FUNCTION:
                BY_FUNCTION[line](books, now)
                continue
            last = max((path.name[:7] for path in (books / "drafts").glob("D*.json")), default="")
            words = [word.format(books=books, files=files, last=last) for word in line.split()]
            where = () if words[0] == "init" else ("-b", str(books))
            done = run_command(*words, *where, RISKPOOL_NOW=now)
            assert done.returncode == 0, f"{line}: {done.returncode} {done.stdout}{done.stderr}"
    (books / ".lock").unlink()
    (folder / "says.json").write_text(says(books), encoding="utf-8")
    return books


def says(books: Path) -> str:
    """What the books say, for a later program to be held to: every balance, every event ever posted, as JSON."""
    book = Book.load(books)
    units = {leg.commodity for voucher in book.vouchers for leg in voucher.legs}
    balances = {
        unit: {account: str(number) for account, number in book.balances(commodity=unit).items()} for unit in units
    }
    kinds = {kind.__name__: kind for kind in get_args(AnyEvent)}
    events = {key: book.event(kinds[book.kind_of(key)], key).model_dump(mode="json") for key in book.posted}
    said = {"head": book.head, "balances": balances, "events": events}
    return json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    write(Path(sys.argv[1]))
