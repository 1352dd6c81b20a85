"""The beangulp face of the same road: one importer for all kinds of files, for preview only.

What it shows is what ``riskpool import`` would draft. It writes nothing, and a file with a fault shows its
faults and no entry. ``deduplicate`` is overridden, because beangulp's own drops real payments that look alike
(facts/beancount.md §0.3): here an entry is known when its event id is, and never otherwise.
"""

import datetime as dt
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from beancount.core import data
from beangulp.exceptions import Error
from beangulp.extract import DUPLICATE
from beangulp.importer import Importer

from importers.files import kinds
from importers.intake import recognise_file
from importers.lists.claim import CHOOSE_ACCOUNT
from importers.lists.sighting import UNKNOWN
from ledger.accounts import LOANS, Chart
from ledger.events import EVENT, ReceiptFiled
from ledger.faults import Fault, Place, Refusal
from ledger.ids import AccountSlug
from ledger.openitems import OpenItems
from ledger.papers import Intake
from ledger.postings import postings
from ledger.provenance import SHORT, digest

if TYPE_CHECKING:
    from importers.registers import Binding

NOT_OURS = frozenset({kind.code for kind in (*kinds.KINDS, UNKNOWN)})
"""Faults that say "this is no file of ours" rather than "this file of ours is wrong"."""
KEPT = 64
"""Files whose reading is remembered: beangulp and Fava ask four times of each."""


class PoolImporter(Importer):
    """Every file that the pool reads, seen through one view of what is open."""

    def __init__(
        self, view: OpenItems, *, account_hint: AccountSlug | None = None, bindings: "Sequence[Binding]" = ()
    ) -> None:
        """Keep the view, the account that binds a list which names none, and what banks' own columns mean.

        Each file is read once per content.
        """
        self._view = view
        self._hint = account_hint
        self._bindings = bindings
        self._read: OrderedDict[str, Intake | Refusal] = OrderedDict()

    @property
    def name(self) -> str:
        """The importer's id in beangulp's and Fava's lists."""
        return "importers.pool"

    def identify(self, filepath: str) -> bool:
        """Whether a file is one of the kinds we read, faulty or not; by content."""
        found = self._intake(filepath)
        return isinstance(found, Intake) or not any(fault.code in NOT_OURS for fault in found.faults)

    def account(self, filepath: str) -> data.Account:
        """The bank account the paper is of; a register belongs to no bank account and goes under 9001."""
        found = self._intake(filepath)
        if isinstance(found, Intake):
            of = [paper.account for paper in found.papers]
            of += [event.account for event in found.events if isinstance(event, ReceiptFiled)]
            if of:
                return Chart(self._view.pool).cash(of[0])
        return LOANS

    def date(self, filepath: str) -> dt.date | None:
        """The last day that the file speaks of; never the file's own time."""
        found = self._intake(filepath)
        if isinstance(found, Refusal):
            return None
        days = [line.on for line in found.paper.lines] if found.paper else []
        return max((*days, *(event.on for event in found.events)), default=None)

    def filename(self, filepath: str) -> str:
        """The name under which the books keep such a file: its digest and what it is, nothing of the user's name."""
        found = self._intake(filepath)
        sort = found.reading.kind if isinstance(found, Intake) else "refused"
        suffix = Path(filepath).suffix.lower()
        return f"{digest(Path(filepath).read_bytes())[:SHORT]}-{sort}{suffix if suffix.isascii() else ''}"

    def extract(self, filepath: str, existing: data.Entries) -> data.Entries:  # noqa: ARG002 - identity is exact, nothing is compared with the existing
        """The entries that posting the file's drafts would make; raises beangulp's Error with a bad one's faults."""
        found = self._intake(filepath)
        if isinstance(found, Refusal):
            raise Error(str(found))  # type: ignore[no-untyped-call] # beangulp is untyped
        chart, opened = Chart(self._view.pool), set[str]()
        entries: data.Entries = []
        for event in found.events:
            if event.model_dump()["kind"] == "RecoveryReported":
                continue  # shared out by the rule text, which no importer knows
            made = postings(EVENT.validate_python(event.model_dump()), chart, opened)
            opened.update(entry.account for entry in made if isinstance(entry, data.Open))
            entries += made
        for number, entry in enumerate(entries, start=1):
            entry.meta.update(filename=filepath, lineno=number)  # beangulp sorts by them
        return entries

    def deduplicate(self, entries: data.Entries, existing: data.Entries) -> None:
        """Mark an entry whose event id stands in the existing ledger; resemblance is never asked."""
        known = {entry.meta["event"]: entry for entry in existing if "event" in entry.meta}
        for entry in entries:
            if (before := known.get(entry.meta.get("event"))) is not None:
                entry.meta[DUPLICATE] = before

    def _intake(self, filepath: str) -> Intake | Refusal:
        path = Path(filepath)
        if path.stat().st_size > kinds.MAX_BYTES:  # not even opened: its size says so
            return Refusal([Fault(kinds.TOO_BIG, f"{path.stat().st_size:,} 字节", Place(path.name))])
        content = path.read_bytes()
        key = digest(content)
        if key not in self._read:
            self._read[key] = self._recognised(content, path.name)
            while len(self._read) > KEPT:
                self._read.popitem(last=False)
        return self._read[key]

    def _recognised(self, content: bytes, name: str) -> Intake | Refusal:
        # The hint is for those files of a folder that don't say whose they are; the others would contradict it.
        found = self._tried(content, name, None)
        if self._hint and isinstance(found, Refusal) and {fault.kind for fault in found.faults} == {CHOOSE_ACCOUNT}:
            return self._tried(content, name, self._hint)
        return found

    def _tried(self, content: bytes, name: str, hint: AccountSlug | None) -> Intake | Refusal:
        try:
            return recognise_file(content, name, self._view, account_hint=hint, bindings=self._bindings)
        except Refusal as refusal:
            return refusal
