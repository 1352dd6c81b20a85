"""Speed of the road from a file to checked events, as ratios against their bars, measured in one run (`make bench`).

Each pair runs the two sides in turn and prints the median of the pairwise ratios with the range. The papers are
invented as large as a year of a busy account could be; what is measured starts at bytes in memory.

    python bench/imports.py                    # all
    python bench/imports.py --rows 20000       # a quick look
    python bench/imports.py --only xlsx38      # one line of it: xlsx11, xlsx38, csv, growth, known
"""

import argparse
import csv
import gc
import io
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

import openpyxl
import xlsxwriter

from desk.demo import EXAMPLES
from importers.files import read_file
from importers.intake import recognise_file
from ledger.ids import event_id
from ledger.openitems import OpenItems
from ledger.papers import Intake
from ledger.pool import Pool, parse_pool

ROUNDS = 5
ONLY = ("xlsx11", "xlsx38", "csv", "growth", "known")
ROWS, FEW = 100_000, 10_000
OPENING_FEN = 1_000_000_000
BEGIN = datetime(2023, 1, 1, 8)  # noqa: DTZ001 - a bank prints its own clock, without a zone
Line = tuple[datetime, int, int, str, str]
"""Instant, signed fen, balance after, other party, words."""

ABCHINA = (
    *("交易时间", "收入金额", "支出金额", "账户余额", "交易行名", "对方省市"),
    *("对方账号", "对方户名", "交易用途", "摘要", "会计日期"),
)


def timed(act: Callable[[], object]) -> float:
    gc.collect()
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


class Verdicts:
    """Which bars were missed, by name."""

    def __init__(self, rounds: int) -> None:
        self.rounds = rounds
        self.missed: list[str] = []

    def ratio(
        self,
        name: str,
        ours: Callable[[], object],
        theirs: Callable[[], object],
        against: str,
        bar: float | None = None,
    ) -> None:
        ours()
        theirs()
        pairs = [(timed(ours), timed(theirs)) for _ in range(self.rounds)]
        ratios = sorted(mine / other for mine, other in pairs)
        mine, other = (statistics.median(side) for side in zip(*pairs, strict=True))
        said = f"{name}: {statistics.median(ratios):.2f} × {against} "
        said += f"({ratios[0]:.2f} – {ratios[-1]:.2f}; ours {mine:.2f} s, theirs {other:.2f} s)"
        self.judge(said, name, statistics.median(ratios), bar)

    def judge(self, said: str, name: str, value: float, bar: float | None) -> None:
        if bar is not None and value > bar:
            self.missed.append(name)
        verdict = "" if bar is None else f", bar {bar:g}: {'meets' if value <= bar else 'MISSES'}"
        print(f"{said}{verdict}", flush=True)


def lines(count: int) -> Iterator[Line]:
    """A year on one account: contributions, interest, unknown receipts, fees; every balance right."""
    balance, at = OPENING_FEN, BEGIN
    kinds = (
        (12_345_678, "市级财政国库支付中心（虚构）", "出资款"),
        (1_234, "", "结息"),
        (4_567_800, "慈溪某某电器有限公司（虚构）", "货款"),
        (-2_000, "", "账户服务费"),
    )
    for number in range(count):
        fen, who, words = kinds[number % len(kinds)]
        fen += number % 97 if fen > 0 else -(number % 97)
        balance += fen
        at += timedelta(seconds=31_000_000 // (count + 1))
        yield at, fen, balance, who, words


def yuan(fen: int) -> str:
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def hisqry(count: int, header: list[str], own: str) -> list[list[str]]:
    """中国银行's 38 columns, as full as observed: both parties, their banks, references, words."""
    every = list(lines(count))
    went, came = [line[1] for line in every if line[1] < 0], [line[1] for line in every if line[1] > 0]
    rows = [
        ["查询账号[ Inquirer account number ]", own],
        ["总笔数[ Total number ]", str(count)],
        ["借方发生总笔数[ Total Numbers of Debited Payments ]", str(len(went))],
        ["借方发生总额[ Total Debit Amount of Payments ]", yuan(-sum(went))],
        ["贷方发生总笔数[ Total Numbers of Credited Payments ]", str(len(came))],
        ["贷方发生总额[ Total Credit Amount of Payments ]", yuan(sum(came))],
        ["查询时间范围[ Time Range ]", "20230101-20231231"],
        header,
    ]
    ours = ["10658", "中国银行股份有限公司慈溪某支行（虚构）", own, "慈溪某知识产权质押融资风险池管理办公室（虚构）"]
    for number, (at, fen, balance, who, words) in enumerate(every, start=1):
        theirs = ["102332000011", "某银行某支行（虚构）", "3901000000000000001", who] if who else [""] * 4
        journal, day = f"{75_000_000 + number:09d}", f"{at:%Y%m%d}"
        row = [""] * len(header)
        row[0], row[1] = ("来账", "跨行转账") if fen > 0 else ("往账", "收费")
        row[2:6], row[6:10] = (theirs, ours) if fen > 0 else (ours, theirs)
        row[10:15] = [day, f"{at:%H:%M:%S}", "CNY", ("+" if fen > 0 else "") + yuan(fen), "+" + yuan(balance)]
        row[15], row[17], row[22] = day, f"{int(journal)}001", f"{journal}{1:09d}{number:09d}"
        row[23], row[25] = words, words
        rows.append(row)
    return rows


def detail(count: int) -> list[list[object]]:
    """农业银行's 11 columns with amounts as numbers."""
    rows: list[list[object]] = [["账户明细"], list(ABCHINA)]
    for at, fen, balance, who, words in lines(count):
        sides = (fen / 100, 0) if fen > 0 else (0, -fen / 100)
        party = ["某银行某支行（虚构）", "浙江", "3901000000000000001", who] if who else ["", "", "", ""]
        rows.append([f"{at:%Y-%m-%d %H:%M:%S}", *sides, balance / 100, *party, words, words, f"{at:%Y%m%d}"])
    return rows


def workbook(rows: list[list[object]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        sheet = made.add_worksheet("Sheet1")
        for index, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    if cell:
                        sheet.write_string(index, column, cell)
                else:
                    sheet.write_number(index, column, cell)
    return out.getvalue()


def bare_xlsx(content: bytes) -> int:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    sheet = book.worksheets[0]
    sheet.reset_dimensions()
    return sum(1 for _ in sheet.iter_rows(values_only=True))


def bare_csv(content: bytes) -> int:
    rows = csv.reader(io.StringIO(content.decode("gb18030"), newline=""))
    for _ in range(8):
        next(rows)
    return len([[*row[:13], Decimal(row[13]), Decimal(row[14]), *row[15:]] for row in rows])


def text(rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode("gb18030")


def known(count: int) -> frozenset[str]:
    return frozenset(event_id("bank", "boc-01", "serial", f"earlier-{number}") for number in range(count))


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=ROWS)
    asked.add_argument("--rounds", type=int, default=ROUNDS)
    asked.add_argument("--only", choices=ONLY)
    chosen = asked.parse_args()
    count, found = chosen.rows, Verdicts(chosen.rounds)
    few = count * FEW // ROWS
    pool: Pool = parse_pool((EXAMPLES / "pool.toml").read_text(encoding="utf-8"))
    view = OpenItems(pool=pool)
    sample = next((EXAMPLES / "files" / "2023-06").glob("boc-01-list-*.csv")).read_bytes()
    header = next(csv.reader(io.StringIO(sample.decode("gb18030").split("\r\n")[7])))
    own = pool.account_of("boc-01").number

    def events(content: bytes, seen: OpenItems = view) -> Intake:
        found = recognise_file(content, "list", seen)
        assert found.paper is not None
        assert len(found.events) == len(found.paper.lines)
        return found

    def reading(name: str, bar: float, rows: list[list[object]]) -> None:
        content = workbook(rows)
        found.ratio(
            f"{name}, xlsx of {count:,} rows ({len(content) / 2**20:.1f} MB) to rows",
            *(lambda: read_file(content, "list"), lambda: bare_xlsx(content)),
            *("a bare openpyxl read-only loop", bar),
        )

    if chosen.only in {None, "xlsx11"}:
        reading("农业银行 11 columns", 1.6, detail(count))
    if chosen.only in {None, "xlsx38"}:
        reading("中国银行 38 columns", 1.3, [list[object](row) for row in hisqry(count, header, own)])
    if chosen.only in {"xlsx11", "xlsx38"}:
        return 1 if found.missed else 0
    content, small = text(hisqry(count, header, own)), text(hisqry(few, header, own))
    if chosen.only in {None, "csv"}:
        size = f"中国银行 38 columns, csv of {count:,} rows ({len(content) / 2**20:.1f} MB) to checked events"
        found.ratio(size, lambda: events(content), lambda: bare_csv(content), "bare csv and Decimal", 10)
    if chosen.only in {None, "growth"}:
        _growth(found, events, (small, few), (content, count))
    if chosen.only in {None, "known"}:
        _known(found, events, view, small, few)
    return 1 if found.missed else 0


def _growth(found: Verdicts, events: Callable[..., Intake], small: tuple[bytes, int], large: tuple[bytes, int]) -> None:
    """What a row costs in a long list against a short one; the two are timed in turn, the best of each counts."""
    events(small[0])
    rounds = [[timed(partial(events, rows)) / many for rows, many in (small, large)] for _ in range(found.rounds)]
    few, many = (min(side) for side in zip(*rounds, strict=True))
    per_row = f"{few * 1e6:.1f} µs at {small[1]:,}, {many * 1e6:.1f} µs at {large[1]:,}"
    name = "cost per row"
    found.judge(f"{name}: {per_row}: {many / few:.2f} ×", name, many / few, 1.15)


def _known(found: Verdicts, events: Callable[..., Intake], view: OpenItems, content: bytes, count: int) -> None:
    """What a list costs after many lines that were imported before."""
    for earlier in (ROWS, 10 * ROWS):
        seen = view.model_copy(update={"known_events": known(earlier)})
        found.ratio(
            f"csv of {count:,} rows after {earlier:,} lines imported before",
            lambda s=seen: events(content, s),
            lambda: events(content),
            "the same after none",
            1.15,
        )


if __name__ == "__main__":
    sys.exit(main())
