"""An outside portfolio read from a csv file as a stream, decided under a rule text, and written down whole.

Nothing of the table is kept in memory: numbers seen and meters stand in a scratch database on disk, results are
written as they come. The results appear under their names when the run is through; a broken run leaves none.
"""

import csv
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, TextIO

from desk.acts.office import bytes_of, put, refuse_inside_books, textual
from desk.acts.rules import text_of
from ledger.faults import ExitCode, Fault, FaultKind, Place, Refusal, os_words
from ledger.money import yuan_text
from ledger.provenance import digest
from riskpool.portfolio import LoanResult, OddRow, Portfolio
from riskpool.portfoliomap import STATUSES, LoanMap, read_map
from riskpool.provisions import assumptions
from riskpool.ruletext import RuleText

BAD_TABLE = FaultKind("回测-表格-01", "表格读不出", "首行是栏名、各行栏数相同的 csv 文件", "核对编码和分隔符后重试。")
NOT_EMPTY = FaultKind(
    "回测-输出-01", "输出文件夹里已有别的文件", "空的或尚不存在的文件夹", "用 --out 换一个文件夹。", ExitCode.REFUSED
)
KINDS = (BAD_TABLE, NOT_EMPTY)

RESULTS, ODD, TOTALS = "results.csv", "odd.csv", "totals.json"
VERDICTS = {"approved": "予以补偿", "denied": "不予补偿", "deferred": "暂缓补偿", None: "不能裁决"}
BEAT = 50_000
"""Rows between two reports of progress."""


class Backtest(NamedTuple):
    """What a run came to; ``table`` are lines of (item, rows, fen or None)."""

    folder: Path
    rows: int
    table: tuple[tuple[str, int | None, int | None], ...]
    odd: int


class Scratch:
    """Numbers seen and meters, on disk, so that a million loans take no more memory than a hundred."""

    def __init__(self, folder: Path) -> None:
        self.base = sqlite3.connect(folder / "scratch.db", isolation_level=None)
        for line in (
            "PRAGMA journal_mode = OFF",
            "PRAGMA synchronous = OFF",
            "PRAGMA locking_mode = EXCLUSIVE",
            "PRAGMA cache_size = -2048",
            "CREATE TABLE seen (loan TEXT PRIMARY KEY) WITHOUT ROWID",
            "CREATE TABLE meters (meter TEXT PRIMARY KEY, fen INTEGER) WITHOUT ROWID",
            "BEGIN",
        ):
            self.base.execute(line)

    def is_new(self, loan: str) -> bool:
        """Keep a loan's number; False when it was kept before."""
        return self.base.execute("INSERT OR IGNORE INTO seen VALUES (?)", (loan,)).rowcount == 1

    def used(self, meter: str) -> int:
        """Fen taken of a meter so far."""
        found = self.base.execute("SELECT fen FROM meters WHERE meter = ?", (meter,)).fetchone()
        return int(found[0]) if found else 0

    def take(self, meter: str, amount: int) -> None:
        """Take fen of a meter."""
        self.base.execute("INSERT OR REPLACE INTO meters VALUES (?, ?)", (meter, self.used(meter) + amount))

    def close(self) -> None:
        """Let go of the file."""
        self.base.close()


def backtest(
    loans: Path, mapping: Path, rules: str, out: Path, beat: Callable[[int], object] = lambda _: None
) -> Backtest:
    """Run a rule text over a table of loans; ``beat`` hears how many rows are done.

    Raises:
        Refusal: the table, the map or the text can't be read; facts are missing; the folder isn't empty.
    """
    refuse_inside_books(out)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise Refusal([Fault(NOT_EMPTY, f"{textual(out.name)} 里已有文件，或本身就是文件")])
    text = text_of(rules)
    content = bytes_of(mapping)
    loan_map = read_map(content, textual(mapping.name))
    try:
        with TemporaryDirectory() as place, loans.open(encoding=loan_map.encoding, newline="") as stream:
            return _run(_Job(loans, loan_map, digest(content), text, out), stream, Path(place), beat)
    except OSError as error:
        raise Refusal([Fault(BAD_TABLE, os_words(error), Place(textual(loans.name)))]) from None


class _Job(NamedTuple):
    loans: Path
    map: LoanMap
    map_sha256: str
    text: RuleText
    out: Path


def _run(job: _Job, stream: TextIO, place: Path, beat: Callable[[int], object]) -> Backtest:
    name = textual(job.loans.name)
    rows = _rows(stream, job.map.delimiter, name)
    first = next(rows, None)
    if first is None:
        raise Refusal([Fault(BAD_TABLE, "没有表头", Place(name))])
    portfolio = Portfolio(job.text, job.map, first[1], name)
    job.out.mkdir(parents=True, exist_ok=True)
    temps = [job.out / f".{file}.tmp" for file in (RESULTS, ODD)]
    try:
        with (
            closing(Scratch(place)) as scratch,
            temps[0].open("w", encoding="utf-8", newline="") as results,
            temps[1].open("w", encoding="utf-8", newline="") as odd,
        ):
            _write(portfolio, rows, scratch, csv.writer(results).writerow, csv.writer(odd).writerow, beat)
        for temp, file in zip(temps, (RESULTS, ODD), strict=True):
            temp.replace(job.out / file)
    finally:
        for temp in temps:
            with suppress(OSError):
                temp.unlink(missing_ok=True)
    table = summary(portfolio)
    put(job.out / TOTALS, _totals_json(job, table))
    counted = portfolio.totals.count.items()
    return Backtest(job.out, portfolio.totals.rows, table, sum(n for key, n in counted if key.startswith("odd:")))


def _rows(stream: TextIO, delimiter: str, name: str) -> Iterator[tuple[int, Sequence[str]]]:
    reader, number = csv.reader(stream, delimiter=delimiter, strict=True), 0
    try:
        for cells in reader:
            number += 1
            if number == 1 and cells:
                cells[0] = cells[0].removeprefix("\ufeff")
            yield number, cells
    except (csv.Error, UnicodeDecodeError) as error:
        words = "引号没有成对，或一格过长" if isinstance(error, csv.Error) else f"不是 {stream.encoding} 编码的文字"
        raise Refusal([Fault(BAD_TABLE, words, Place(name, row=number + 1))]) from None


def _write(
    portfolio: Portfolio,
    rows: Iterator[tuple[int, Sequence[str]]],
    scratch: Scratch,
    result: Callable[[Sequence[object]], object],
    odd: Callable[[Sequence[object]], object],
    beat: Callable[[int], object],
) -> None:
    result((*HEAD, *(f"{title}承担" for title in portfolio.parties), *TAIL))
    odd(("行", "编号", "种类", "读到"))
    blank = [""] * len(portfolio.parties)
    for done in portfolio.run(rows, scratch):
        if isinstance(done, OddRow):
            odd(done)
        else:
            result(_line(done, blank))
        if done.row % BEAT == 0:
            beat(done.row)


HEAD = ("行", "编号", "结论", "放款", "损失", "损失基数", "本池应补")
TAIL = ("追回", "返还本池", "表内保障额", "本池应补减表内保障额", "不补或不能裁决的原因")


def _line(done: LoanResult, blank: Sequence[str]) -> list[object]:
    covered = done.covered
    return [
        done.row,
        done.loan,
        VERDICTS[done.verdict],
        plain(done.disbursed),
        plain(done.loss),
        plain(done.base),
        plain(done.ours),
        *(map(plain, done.parties) if done.parties else blank),
        plain(done.recovered),
        plain(done.returned),
        "" if covered is None else plain(covered),
        "" if covered is None else plain(done.ours - covered),
        done.why,
    ]


def plain(fen: int) -> str:
    """Yuan with two decimals and no commas, by whole numbers alone."""
    return f"{fen // 100}.{fen % 100:02d}" if fen >= 0 else f"-{-fen // 100}.{-fen % 100:02d}"


def summary(portfolio: Portfolio) -> tuple[tuple[str, int | None, int | None], ...]:
    """The totals as lines of (item, rows, fen)."""
    totals = portfolio.totals
    count, amount = totals.count, totals.amount
    found: list[tuple[str, int | None, int | None]] = [("全部行", totals.rows, None)]
    for key, title in STATUSES.items():
        found.append((f"{title}（放款额）", count.get(f"status:{key}", 0), amount.get(f"status:{key}", 0)))
    odd = sorted(key for key in count if key.startswith("odd:"))
    found += [(f"异常未裁决：{key.removeprefix('odd:')}", count[key], None) for key in odd]
    found.append(("损失合计", None, amount.get("loss", 0)))
    for verdict, title in VERDICTS.items():
        if verdict:
            key = f"verdict:{verdict}"
            found.append((f"{title}（本池应补）", count.get(key, 0), amount.get(key, 0)))
    refused = sorted(key for key in count if key.startswith("refused:"))
    found += [(f"不能裁决：{key.removeprefix('refused:')}（损失额）", count[key], amount[key]) for key in refused]
    found.append(("损失基数合计", None, amount.get("base", 0)))
    found += [(f"{title}承担合计", None, amount.get(f"party:{title}", 0)) for title in portfolio.parties]
    found.append(("追回合计", None, amount.get("recovered", 0)))
    if portfolio.bound.text.clauses_of("recovery_split"):
        found.append(("返还本池合计", None, amount.get("returned", 0)))
    if "covered" in amount:
        found.append(("表内保障额合计", None, amount["covered"]))
        ours = sum(amount.get(f"verdict:{verdict}", 0) for verdict in VERDICTS if verdict)
        found.append(("本池应补减表内保障额", None, ours - amount["covered"]))
    return tuple(found)


def _totals_json(job: _Job, table: Sequence[tuple[str, int | None, int | None]]) -> bytes:
    text = job.text
    said = {
        "办法": {"名称": text.title, "编号": text.slug, "散列": text.sha256},
        "对应文件散列": job.map_sha256,
        "合计": [
            {"项目": item, "行数": rows, "金额": None if fen is None else yuan_text(fen, commas=False)}
            for item, rows, fen in table
        ],
        "一律取值": {name: {"取值": value, "理由": job.map.why[name]} for name, value in job.map.stated.items()},
        "假定": list(assumptions(text)),
        "说明": NOTES,
    }
    return (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()


NOTES = (
    "不论办法的施行期，一律按此办法试算；不是裁决，不记账。",
    "每笔贷款只算一次，此前没有核定；额度按表中行的次序占用。",
    "不计年度预算、余额限制、放大倍数、熔断逐期状态和出资方之间的分担。",
    "追回按一次分配计算，返还不超过办法所定限度。",
)
