"""Writes the golden files anew: `python tests/ledger/write_golden.py`. Read the diff; docs/decisions.md says why.

A change under golden/books is a change of format 1: after a release it needs a new format, not a new golden.
"""

import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from beancount.parser import printer
from ledger_samples import POOL, SAMPLES, founded, told

from ledger.accounts import Chart
from ledger.pool import parse_pool
from ledger.postings import postings

GOLDEN = Path(__file__).parent / "golden"
FROZEN = ("main.beancount", "chart.beancount", "head.beancount", "batches", "log")


def write() -> None:
    """All event goldens, and the files of one small set of books."""
    chart = Chart(parse_pool(POOL))
    for name, event in SAMPLES.items():
        text = "\n".join(printer.format_entry(entry) for entry in postings(event, chart, ()))
        (GOLDEN / "events" / f"{name}.beancount").write_text(text, encoding="utf-8")
    shutil.rmtree(GOLDEN / "books", ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        office = told(founded(Path(folder) / "books"))
        for name, content in office.files().items():
            if name.startswith(FROZEN):
                path = GOLDEN / "books" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)


if __name__ == "__main__":
    write()
