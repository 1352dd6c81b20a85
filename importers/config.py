"""``python -m importers.config identify|extract FILE…``: what beangulp (and Fava's import page) would see.

Preview only. The pool's settings are read from the file that ``RISKPOOL_POOL`` names, ``pool.toml`` by default.
beangulp's ``archive`` is left out and ``extract`` writes to stdout alone: measured, ``archive -f`` loses the old
bank file and ``extract -o`` replaces a whole ledger (facts/reliability.md §3.7).
"""

import os
import sys
from pathlib import Path
from typing import Any

import beangulp
import click
from beangulp import identify

from importers import bean
from importers.files.kinds import MAX_BYTES
from ledger.faults import Refusal, refuse
from ledger.openitems import OpenItems
from ledger.pool import BAD_POOL, parse_pool

POOL_VARIABLE = "RISKPOOL_POOL"


def configured(pool_file: Path) -> list[bean.PoolImporter]:
    """The importers for a pool: one, because a file's kind is decided by its content; raises Refusal."""
    try:
        text = pool_file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise refuse(BAD_POOL, f"{POOL_VARIABLE} 所指的 {pool_file.name} 读不到") from None
    pool = parse_pool(text, pool_file.name)
    return [bean.PoolImporter(OpenItems(pool=pool))]


def main() -> None:
    """Run beangulp's identify or extract on the command line."""
    identify.FILE_TOO_LARGE_THRESHOLD = MAX_BYTES  # beangulp skips larger files in silence
    try:
        importers = configured(Path(os.environ.get(POOL_VARIABLE, "pool.toml")))
    except Refusal as refusal:
        sys.stderr.write(f"{refusal}\n")
        sys.exit(refusal.exit_code)
    group: Any = beangulp.Ingest(importers).cli  # type: ignore[no-untyped-call] # beangulp is untyped
    del group.commands["archive"]
    output = next(option for option in group.commands["extract"].params if option.name == "output")
    output.type, output.hidden = _Stdout(), True
    group()


class _Stdout(click.ParamType):  # type: ignore[type-arg] # generic in the stub only
    """Takes ``-`` and nothing else."""

    name = "stdout"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> object:
        if value != "-":
            self.fail("只作预览，不写文件", param, ctx)
        return sys.stdout


if __name__ == "__main__":
    main()
