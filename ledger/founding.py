"""Founding a set of books: the folder, the main file, the chart, the settings, batch 000000."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from beancount.core import data
from beancount.parser import options, printer

from ledger import checks
from ledger.accounts import Chart
from ledger.book import POOL_FILE, Book
from ledger.canon import GENESIS
from ledger.events import AnyEvent
from ledger.faults import ExitCode, Fault, FaultKind, Refusal
from ledger.journal import HEAD, Posted, Posting, head_text, post
from ledger.papers import Reading
from ledger.pool import Pool, parse_pool
from ledger.provenance import digest
from ledger.reader import MAIN, Loaded
from ledger.signing import Signatures
from ledger.store import Store

CHART = "chart.beancount"
OCCUPIED = FaultKind(
    "建账-位置-01",
    "文件夹不是空的",
    "空的或尚不存在的文件夹",
    "换一个位置建账；已有的账套不会被改动。",
    ExitCode.REFUSED,
)
KINDS = (OCCUPIED,)


@contextmanager
def founding(root: Path) -> Iterator[Path]:
    """A place beside ``root`` to found books in, which becomes ``root`` by one rename when all went well.

    So a refused or killed founding leaves ``root`` as it was. Refused when anything stands there.
    """
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise Refusal([Fault(OCCUPIED, root.name)])
    place = root.resolve().with_name(f".{root.name}.founding")
    shutil.rmtree(place, ignore_errors=True)
    try:
        yield place
        place.rename(root.resolve())
    finally:
        shutil.rmtree(place, ignore_errors=True)


def main_text(pool: Pool) -> str:
    """The top file: options, our checks, what is included, how Fava shows it. Written once."""
    note = "（演示数据，均为虚构）" if pool.invented else ""
    return f"""; {pool.title} 账套{note}
; 本文件由 riskpool init 写成，此后不改。各项含义见 docs/format-1.md。
option "title" "{pool.title}"
option "operating_currency" "CNY"
option "tolerance_multiplier" "0"
option "account_current_earnings" "3202本年结余"
option "account_previous_earnings" "3202本年结余"
plugin "{checks.EVERY}"
include "{CHART}"
include "{HEAD}"
include "batches/*/*.beancount"
1970-01-01 custom "fava-option" "language" "zh_CN"
1970-01-01 custom "fava-option" "locale" "zh_CN"
1970-01-01 custom "fava-option" "invert-income-liabilities-equity" "true"
1970-01-01 custom "fava-option" "show-accounts-with-zero-balance" "false"
1970-01-01 custom "fava-option" "collapse-pattern" "Assets:9.*"
"""


def chart_text(pool: Pool, on: date) -> str:
    """All fixed accounts, opened on the day the books begin, with titles and the mappings of other regimes."""
    parts = ["; 科目表：固定科目。贷款、保单、案件等科目在各自的批次中开设。"]
    for row in Chart(pool).fixed():
        meta: data.Meta = {"title": row.title}
        meta |= {key: value for key, value in (("gov", row.gov), ("guarantor", row.guarantor)) if value}
        currencies = [row.commodity] if row.commodity else []
        parts.append(printer.format_entry(data.Open(meta, on, row.account, currencies, None)))
    return "\n".join(parts)


def found(root: Path, pool_text: str, signed: Signatures, on: date) -> Store:
    """Write the folder up to, not including, batch 000000."""
    pool = parse_pool(pool_text)
    store = Store(root)
    store.create()
    with store.lock():
        store.write_new(POOL_FILE, pool_text.encode())
        store.write_new(MAIN, main_text(pool).encode())
        store.write_new(CHART, chart_text(pool, on).encode())
        store.replace_head(head_text(0, GENESIS))
    assert signed.preparer, "the founder signs"
    return store


def first_batch(
    store: Store, pool_text: str, events: Sequence[AnyEvent], signed: Signatures, readings: Sequence[Reading], on: date
) -> Posted:
    """Commit batch 000000: the opening's events, and the digests of the files that stand outside the chain."""
    pool = parse_pool(pool_text)
    marks = (
        ("pool-sha256", digest(pool_text.encode())),
        ("main-sha256", digest(main_text(pool).encode())),
        ("chart-sha256", digest(chart_text(pool, on).encode())),
    )
    book = Book(_before_first(store.root, pool, on), pool)
    return post(store, book, Posting("init", events, signed, readings=readings, marks=marks))


def _before_first(root: Path, pool: Pool, on: date) -> Loaded:
    """The chart alone: the books can't be loaded yet, because an include without a match is an error."""
    opens = [
        data.Open(
            {"filename": str(root / CHART), "lineno": 0, "title": row.title},
            on,
            row.account,
            [row.commodity] if row.commodity else [],
            None,
        )
        for row in Chart(pool).fixed()
    ]

    return Loaded(root, tuple(opens), (), {**options.OPTIONS_DEFAULTS, "filename": str(root / MAIN)})
