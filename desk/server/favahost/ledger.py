"""The books as Fava holds them: loaded once by us, never looked at again, swapped as a whole."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fava.core
from fava.beans.load import load_uncached
from fava.core import FavaLedger

from desk.server import words
from desk.server.favahost.kinds import FOREIGN_CODE, HOME, SLUG, UNREADABLE
from ledger.faults import refuse
from ledger.folder import is_between, refuse_after, refuse_before
from ledger.reader import LOADS

_LOADER = "load_uncached"
"""The name that FavaLedger looks up in fava.core when it loads."""


@dataclass(frozen=True, slots=True)
class Read:
    """One reading of the books: beancount's entries, errors and options."""

    entries: Any
    errors: Any
    options: Any


def load(main: Path) -> Read:
    """Read the books without beancount's pickle cache (unpickling runs code). Refuses foreign code."""
    if not main.is_file():
        raise refuse(UNREADABLE, f"{main.parent.name} 中没有 {main.name}")
    refuse_before(main.parent)
    for _ in range(LOADS):
        entries, errors, options = load_uncached(str(main), is_encrypted=False)
        if not is_between(main.parent, options["include"]):
            break
    refuse_after(main.parent, entries, options)
    for entry in entries:
        if type(entry).__name__ == "Custom" and _runs_code(entry):
            raise refuse(FOREIGN_CODE, f"{Path(str(entry.meta['filename'])).name} 第 {entry.meta['lineno']} 行")
    return Read(entries, errors, options)


def _runs_code(entry: Any) -> bool:  # noqa: ANN401 - beancount's tuples carry no types
    named = [str(value.value) for value in entry.values]
    return entry.type == "fava-extension" or (entry.type == "fava-option" and named[:1] == ["import-config"])


@contextmanager
def _reading(seam: tuple[Any, Any, Any]) -> Iterator[None]:
    # FavaLedger looks its loader up in fava.core at call time; only one ledger is built at a time.
    original = getattr(fava.core, _LOADER)
    setattr(fava.core, _LOADER, lambda *_args, **_named: seam)
    try:
        yield
    finally:
        setattr(fava.core, _LOADER, original)


class DeskLedger(FavaLedger):
    """Fava's ledger over entries that we loaded. It never looks at the disk again: a new one takes its place."""

    def __init__(self, main: Path, loaded: Read, *, version: int, view: object) -> None:
        """``version`` rises with each swap.

        ``view`` is what our own pages read, made of the same entries; None over a daily view, which has none of them.
        ``trouble`` says why a newer state could not be taken up; empty as a rule.
        """
        self.version = version
        self.view = view
        self._sidebar = words.SIDEBAR if view is not None else words.VIEW_SIDEBAR
        self.trouble = ""
        seam = (loaded.entries, loaded.errors, loaded.options)
        with _reading(seam):
            super().__init__(str(main), poll_watcher=True)

    def load_file(self) -> None:
        """Fava's own loading, then the options that this desk sets whatever the books say."""
        super().load_file()
        options = self.fava_options
        options.language, options.locale = "zh_CN", "zh_CN"
        options.default_page = HOME
        options.auto_reload = True
        options.invert_income_liabilities_equity = True
        options.show_accounts_with_zero_balance = False
        options.show_metadata_indicators = False
        options.upcoming_events = 0
        if not options.collapse_pattern:
            options.set_collapse_pattern("Assets:9.*")
        self.format_decimal.load_file()
        self.misc.load_file()
        self.misc.sidebar_links = [(label, f"/{SLUG}/{path}") for label, path in self._sidebar]

    @property
    def mtime(self) -> int:
        """What the browser compares to notice that the books have grown."""
        return self.version

    def changed(self) -> bool:
        """Never: the swap is ours to make."""
        return False
