"""``python -m importers.config identify|extract|archive FILE…``: beangulp's face, and the import config of stock Fava.

Preview only: nothing is written, moved or posted. ``RISKPOOL_BOOKS`` names the books whose open items the preview
knows; without it ``RISKPOOL_POOL`` names a ``pool.toml`` (``pool.toml`` by default) and nothing is open. A list that
does not name its account is bound by ``RISKPOOL_ACCOUNT``. Banks' own registers are read by the bindings that
``RISKPOOL_SYNONYMS`` names, a file or a folder, else by those beside the books. Fava reads ``CONFIG`` when a ledger's
``import-config`` option points at this file; start it with ``--read-only``, for the buttons Move, Upload and Save on
its import page are Fava's own and would write.

beangulp's own ``archive`` moves files and, with ``-f``, loses the old one; ``extract -o`` replaces a whole ledger
(facts/reliability.md §3.7). Here the one only says where a file would be kept and the other writes to stdout alone.
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
from importers.registers import Binding, read_binding
from importers.registers.synonyms import BAD_BINDING
from ledger.book import Book
from ledger.drafts import drafts
from ledger.faults import Place, Refusal, refuse
from ledger.openitems import OpenItems
from ledger.pool import BAD_POOL, parse_pool
from ledger.views import open_items

BOOKS_VARIABLE, POOL_VARIABLE, ACCOUNT_VARIABLE = "RISKPOOL_BOOKS", "RISKPOOL_POOL", "RISKPOOL_ACCOUNT"
SYNONYMS_VARIABLE = "RISKPOOL_SYNONYMS"


def configured() -> list[bean.PoolImporter]:
    """The importers: one, because a file's kind is decided by its content; raises Refusal."""
    books = os.environ.get(BOOKS_VARIABLE)
    view = _of_books(Path(books)) if books else _of_pool(Path(os.environ.get(POOL_VARIABLE, "pool.toml")))
    bindings = _bindings(os.environ.get(SYNONYMS_VARIABLE), Path(books) if books else None)
    return [bean.PoolImporter(view, account_hint=os.environ.get(ACCOUNT_VARIABLE) or None, bindings=bindings)]


def _bindings(named: str | None, books: Path | None) -> tuple[Binding, ...]:
    folder = Path(named) if named else books.absolute().parent / "synonyms" if books else None
    if folder is None:
        return ()
    paths = sorted(folder.glob("*.toml")) if folder.is_dir() else [folder] if named else []
    return tuple(_binding(path) for path in paths)


def _binding(path: Path) -> Binding:
    try:
        content = path.read_bytes()
    except OSError:
        raise refuse(BAD_BINDING, f"{SYNONYMS_VARIABLE} 所指的文件读不到", place=Place(path.name)) from None
    return read_binding(content, path.name)


def _of_books(root: Path) -> OpenItems:
    # The one place where this room reads books: elsewhere desk does it, but beangulp and Fava start here.
    book = Book.load(root)
    return open_items(book, drafts(book))


def _of_pool(pool_file: Path) -> OpenItems:
    try:
        text = pool_file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise refuse(BAD_POOL, f"{POOL_VARIABLE} 所指的 {pool_file.name} 读不到") from None
    return OpenItems(pool=parse_pool(text, pool_file.name))


def main() -> None:
    """Run beangulp's identify, extract or archive on the command line."""
    identify.FILE_TOO_LARGE_THRESHOLD = MAX_BYTES  # beangulp skips larger files in silence
    try:
        importers = configured()
    except Refusal as refusal:
        sys.stderr.write(f"{refusal}\n")
        sys.exit(refusal.exit_code)
    group: Any = beangulp.Ingest(importers).cli  # type: ignore[no-untyped-call] # beangulp is untyped
    _only_say(group.commands["archive"])
    output = next(option for option in group.commands["extract"].params if option.name == "output")
    output.type, output.hidden = _Stdout(), True
    group()


def _only_say(archive: Any) -> None:  # noqa: ANN401 - click's command, of whichever version beangulp brings
    archive.help = "Say where each file would be kept; nothing is moved."
    archive.params = [option for option in archive.params if option.name not in {"overwrite", "dry_run", "destination"}]
    moving = archive.callback
    archive.callback = lambda **said: moving(**said, overwrite=False, dry_run=True, destination="documents")


class _Stdout(click.ParamType):  # type: ignore[type-arg] # generic in the stub only
    """Takes ``-`` and nothing else."""

    name = "stdout"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> object:
        if value != "-":
            self.fail("只作预览，不写文件", param, ctx)
        return sys.stdout


if __name__ == "__main__":
    main()
elif __name__ == "<run_path>":  # how Fava runs a config file
    CONFIG = configured()
