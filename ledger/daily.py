"""The daily view (节略账): the open year with what it needs of the sealed ones, for daily work in Fava.

Derived and disposable. As of the last day of the last sealed year it holds one opening entry per commodity (上年结转),
the accounts and commodities still in use with their metadata, the last price of each, every state line, and the whole
trail of what was open then: cases, loans with their pledges and policies, receipts under inquiry. The open year's
batches are included from the books where they lie. It is no set of books: nothing can be posted to it.

The openings are the year's closing balances as the trial balance has them. The trail is part of these, so a
counter-entry of the same day takes it out again, commodity by commodity.
"""

import glob
import os
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from beancount.core import data
from beancount.core.amount import Amount

from ledger.accounts import CLAIMS, COVERS, LOANS, OTHERS, PLEDGES, RECOURSES
from ledger.book import Book
from ledger.canon import BATCH, chain_hash
from ledger.casefiles import CaseFile, case_files
from ledger.events import ReceiptIdentified, ReceiptReturned, ReceiptUnidentified
from ledger.events.base import Frozen
from ledger.faults import ExitCode, Fault, FaultKind, Refusal
from ledger.folder import CHART, HEAD, MAIN
from ledger.journal import head_text
from ledger.oplog import record_bytes
from ledger.parsing import ZERO, Names, parse
from ledger.postings import next_day
from ledger.printing import entry_text
from ledger.provenance import Sha256, digest
from ledger.seal import Reopening, receipts, seals
from ledger.store import VIEW, refuse_view

NO_YEAR = FaultKind(
    "账簿-节略-01",
    "还没有封存过一个年度",
    "十二月已结账的年度",
    "账还不长，直接在账套上看：riskpool serve。",
    ExitCode.REFUSED,
)
STALE = FaultKind(
    "账簿-节略-02",
    "节略账已过期",
    "与账套同一个链头的节略账",
    "重新运行 riskpool daily：只补上新的批次，很快。",
    ExitCode.REFUSED,
)
KINDS = (NO_YEAR, STALE)

CARRIED = "carried.beancount"
OPENING, COUNTER = "opening", "carried"
"""Tags of the opening entries, and of those that take the trail out of them."""
_PLACES = {LOANS: ("loan", 3), RECOURSES: ("case", 3), CLAIMS: ("case", 3), OTHERS: ("case", 2)}
_PLACES |= {PLEDGES: ("pledge", 2), COVERS: ("policy", 3)}
"""Under each of these accounts: the fact that names what an account below it is of, and the place of that name."""
_STATES = frozenset({"RuleAdopted", "SuspensionTripped", "SuspensionLifted"})


class View(Frozen):
    """What a daily view says of itself (``daily.json``): which books, until where, and the batches it includes."""

    books: str
    title: str
    cut: date
    sealed: Sha256
    sequence: int
    chain: Sha256
    included: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """A view's files by name, and whether it could be taken on from the one before."""

    view: View
    files: Mapping[str, bytes]
    continued: bool = False


def cut_of(root: Path) -> tuple[date, Sha256]:
    """The last day of the last sealed year, and the digest of what its December's receipt says."""
    refuse_view(root)
    sealed = [receipt for receipt in receipts(root) if receipt.month.endswith("-12")]
    if not sealed:
        opened = [seal.month for seal in seals(root) if isinstance(seal, Reopening) and seal.month.endswith("-12")]
        if opened:
            found = f"{opened[-1]} 已重开，还没有再结账"
            raise Refusal([Fault(NO_YEAR, found, remedy="重新结账后再运行；现在直接在账套上看：riskpool serve。")])
        raise Refusal([Fault(NO_YEAR, "没有十二月的结账回执")])
    last = sealed[-1]
    return date(int(last.month[:4]), 12, 31), digest(record_bytes(last))


def stale(out: Path, books: Path | None = None) -> str:
    """Why a view no longer shows the books as they stand, in words; empty while it does."""
    view = read_view(out)
    root = books or (out / view.books)
    head = root / HEAD
    if not head.is_file():
        return f"找不到账套 {root}"
    said = head.read_text(encoding="utf-8")
    now = head_text(view.sequence, view.chain)
    return "" if said == now else f"账套已到{_short(said)}…，节略账还在{_short(now)}…"


def _short(head: str) -> str:
    """A chain head as people compare it: the batch and the beginning of its hash."""
    return head.strip("; \n")[: len("链头 000000 000000000000")]


def read_view(out: Path) -> View:
    """What a view says of itself."""
    return View.model_validate_json((out / VIEW).read_bytes())


def made(root: Path, out: Path) -> Made:
    """The view of the books as they stand, taken on from the one in ``out`` where that only lacks later batches."""
    cut, sealed = cut_of(root)
    before = read_view(out) if (out / VIEW).is_file() and (out / CARRIED).is_file() else None
    if before and (before.cut, before.sealed, before.books) == (cut, sealed, _to(root, out)):
        continued = _continued(before, root, out)
        if continued:
            return continued
    return _anew(root, out, cut, sealed)


def _to(root: Path, out: Path) -> str:
    return os.path.relpath(root.resolve(), out.resolve())


def _anew(root: Path, out: Path, cut: date, sealed: Sha256) -> Made:
    """The whole view from the whole books."""
    book = Book.load(root)
    later: dict[str, list[data.Directive]] = defaultdict(list)
    mixed: set[str] = set()
    for entry in book.entries:
        name = str(entry.meta["filename"])
        if entry.date > cut:
            later[name].append(entry)
        elif not (isinstance(entry, data.Custom) and entry.type == BATCH):
            mixed.add(name)
    whole = sorted(name for name in later if name not in mixed and "/batches/" in name)
    # A batch of the first days of the year may hold entries of both: its later ones are written out.
    split = [entry for name, entries in later.items() if name in mixed for entry in entries]
    split = [entry for entry in split if not (isinstance(entry, data.Custom) and entry.type == BATCH)]
    text = "\n".join([_LEAD, *map(entry_text, [*carried(book, cut), *split])])
    view = View(
        books=_to(root, out),
        title=book.pool.title,
        cut=cut,
        sealed=sealed,
        sequence=book.batches[-1].sequence,
        chain=book.head,
        included=tuple(Path(name).relative_to(Path(os.path.abspath(root))).as_posix() for name in whole),  # noqa: PTH100 - as the loader names them
    )
    return _with_main(view, root, out, {CARRIED: text.encode()})


_LEAD = "; 由 riskpool daily 从账套写成：封存年度的结转和未了事项。只供查阅，可随时删去重做。\n"


def _with_main(view: View, root: Path, out: Path, files: Mapping[str, bytes], *, continued: bool = False) -> Made:
    texts = {MAIN: _main_text(view, root, out).encode(), VIEW: record_bytes(view), **files}
    return Made(view, texts, continued)


def _main_text(view: View, root: Path, out: Path) -> str:
    """The top file: the books' own options under a title that says what this is. No checks: it is no set of books."""
    kept = [
        line
        for line in (root / MAIN).read_text(encoding="utf-8").splitlines()
        if line.startswith(("option", "1970-01-01")) and not line.startswith('option "title"')
    ]
    title = f"{view.title}（节略账：{view.cut} 结转，截至批次 {view.sequence:06d}，只供查阅）"
    paths = [os.path.relpath(root.resolve() / name, out.resolve()) for name in view.included]
    quoted = [glob.escape(path).replace("\\", "\\\\").replace('"', '\\"') for path in paths]
    lines = [
        _LEAD,
        f'option "title" "{title}"',
        *kept,
        f'include "{CARRIED}"',
        *(f'include "{path}"' for path in quoted),
    ]
    return "\n".join(lines) + "\n"


def _continued(before: View, root: Path, out: Path) -> Made | None:
    """The same view with the batches posted since; None where one of them touches what the view does not carry."""
    heads = sorted(root.glob("batches/*/*.beancount"), key=lambda path: path.name)
    fresh = [path for path in heads if int(path.name[:6]) > before.sequence]
    known = [(out / CARRIED).read_text(encoding="utf-8")]
    known += [(root / name).read_text(encoding="utf-8") for name in before.included]
    opened = {name for text in known for name in _OPEN.findall(text)}
    linked = {name for text in known for name in _LINK.findall(text)}
    chain, names = before.chain, Names()
    for sequence, path in enumerate(fresh, before.sequence + 1):
        parsed = parse(path.read_bytes(), str(path), names, ZERO)
        header = parsed.entries[0] if parsed and parsed.entries else None
        if parsed is None or not isinstance(header, data.Custom) or header.type != BATCH:
            return None
        number, previous, own = (value.value for value in (header.values or ())[1:4])
        if (int(number), previous) != (sequence, chain):
            return None
        chain = chain_hash(previous, sequence, own)
        opened |= {entry.account for entry in parsed.entries if isinstance(entry, data.Open)}
        if not set(_accounts(parsed.entries)) <= opened or not _follows(parsed.entries[1:], before.cut, linked):
            return None
    view = before.model_copy(
        update={
            "sequence": before.sequence + len(fresh),
            "chain": chain,
            "included": (*before.included, *(path.relative_to(root).as_posix() for path in fresh)),
        }
    )
    return _with_main(view, root, out, {CARRIED: known[0].encode()}, continued=True)


_OPEN = re.compile(r"^\S+ open (\S+)", re.MULTILINE)
_LINK = re.compile(r"\^((?:case|loan)-\S+)")


def _follows(entries: Sequence[data.Directive], cut: date, linked: set[str]) -> bool:
    """Later than the cut, and of no case or loan whose beginning the view does not show."""
    begun = {"CompensationApplied", "CaseTaken", "LoanIncluded"}
    for entry in entries:
        links = {name for name in getattr(entry, "links", None) or () if _LINK.fullmatch(f"^{name}")}
        if entry.meta.get("kind") in begun:
            linked |= {f"{key}-{entry.meta[key]}" for key in ("case", "loan") if key in entry.meta}
        if entry.date <= cut or not links <= linked:
            return False
    return True


def carried(book: Book, cut: date) -> list[data.Directive]:
    """What the view holds of the sealed years, in the order it is written."""
    sealed = [entry for entry in book.entries if entry.date <= cut]
    later = [entry for entry in book.entries if entry.date > cut]
    balances = _balances(sealed)
    names = _open_names(book, cut, balances, later)
    events = _open_events(book, cut, sealed, names)
    trail = [entry for entry in sealed if _is_trail(entry, events, names)]
    openings = [*_entries(balances, cut, OPENING), *_entries(_negated(_balances(trail)), cut, COUNTER)]
    accounts = set(_accounts([*openings, *trail, *later]))
    units = {leg.units.currency for entry in [*openings, *trail] for leg in _legs(entry) if leg.units is not None}
    units |= {f"PKG.{account.rpartition(':')[2]}" for account in accounts if account.startswith(f"{PLEDGES}:")}
    opens = [entry for entry in sealed if isinstance(entry, data.Open) and _in_use(entry, accounts)]
    known = [entry for entry in sealed if isinstance(entry, data.Commodity) and entry.currency in units]
    prices = {entry.currency: entry for entry in sealed if isinstance(entry, data.Price) and entry.currency in units}
    states = [entry for entry in sealed if isinstance(entry, data.Event)]
    return [*opens, *known, *states, *trail, *prices.values(), *openings]


def _legs(entry: data.Directive) -> Sequence[data.Posting]:
    return entry.postings if isinstance(entry, data.Transaction) else ()


def _in_use(entry: data.Open, accounts: Collection[str]) -> bool:
    return entry.account in accounts or Path(str(entry.meta["filename"])).name == CHART


def _accounts(entries: Iterable[data.Directive]) -> Iterator[str]:
    """Every account that entries name, but for those they open."""
    for entry in entries:
        yield from (leg.account for leg in _legs(entry))
        if not isinstance(entry, data.Open) and (account := getattr(entry, "account", "")):
            yield account


_Balances = Mapping[tuple[str, str, str], Decimal]
"""By unit, account and contributor."""


def _balances(entries: Iterable[data.Directive]) -> _Balances:
    totals: defaultdict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for entry in entries:
        for leg in _legs(entry):
            assert leg.units is not None, "every leg is written"
            assert leg.units.number is not None, "every leg is written"
            contributor = str((leg.meta or {}).get("contributor", ""))
            totals[leg.units.currency, leg.account, contributor] += leg.units.number
    return {key: total for key, total in sorted(totals.items()) if total}


def _negated(balances: _Balances) -> _Balances:
    return {key: -total for key, total in balances.items()}


_WORDS = {OPENING: "上年结转", COUNTER: "冲抵：此前的未了事项已含在上年结转中"}


def _entries(balances: _Balances, cut: date, tag: str) -> list[data.Directive]:
    """One entry per money and memo money, one for all rights: balances as legs, which sum to zero in each."""
    legs: dict[str, list[data.Posting]] = {}
    for (unit, account, contributor), total in balances.items():
        meta = {"contributor": contributor} if contributor else None
        leg = data.Posting(account, Amount(total, unit), None, None, None, meta)
        legs.setdefault(unit if unit.endswith("CNY") else "权利", []).append(leg)
    none: frozenset[str] = frozenset()
    return [
        data.Transaction({}, cut, "*", None, f"{_WORDS[tag]} {unit} {cut}", frozenset({tag}), none, found)
        for unit, found in legs.items()
    ]


def _open_names(
    book: Book, cut: date, balances: _Balances, later: Iterable[data.Directive]
) -> Mapping[str, Collection[str]]:
    """What is not finished at the cut, or touched after it: numbers of cases, loans, pledges, policies."""
    names: dict[str, set[str]] = {key: set() for key in ("case", "loan", "pledge", "policy")}
    for _, account, _ in balances:
        parts = account.split(":")
        key, place = _PLACES.get(":".join(parts[:2]), ("", 0))
        if key and len(parts) > place:
            names[key].add(parts[place])
    for entry in later:
        for link in getattr(entry, "links", None) or ():
            if _LINK.fullmatch(f"^{link}"):
                key, _, name = link.partition("-")
                names[key].add(name)
    for item in case_files(book, next_day(f"{cut:%Y-%m}")).values():
        if item.case in names["case"] or _unsettled(item):
            names["case"].add(item.case)
            names["loan"].add(item.loan)
    return names


def _unsettled(item: CaseFile) -> bool:
    """Money is still to move: ours not paid in full, or a recovery notified and not received in full."""
    return bool(item.due_fen or item.queued_fen or item.pending or item.owed_fen != item.received_fen)


def _open_events(
    book: Book, cut: date, sealed: Sequence[data.Directive], names: Mapping[str, Collection[str]]
) -> set[str]:
    """The events before the cut that a thing still open is the story of; every change of the rules and limits."""
    until_on = next_day(f"{cut:%Y-%m}")
    named = {event.receipt for event in book.events(ReceiptIdentified, until_on) if event.on <= cut}
    named |= {event.receipt for event in book.events(ReceiptReturned, until_on) if event.on <= cut}
    events = {event.event_id for event in book.events(ReceiptUnidentified, until_on) if event.on <= cut} - named
    facts = [entry.meta for entry in sealed if "kind" in entry.meta]
    for meta in facts:
        if meta["kind"] in _STATES or any(str(meta.get(key)) in held for key, held in names.items()):
            events.add(str(meta["event"]))
    # A bank's row confirms what was instructed; a withdrawal takes something back.
    for key in ("confirms", "withdraws"):
        events |= {str(meta["event"]) for meta in facts if str(meta.get(key)) in events}
    return events


def _is_trail(entry: data.Directive, events: Collection[str], names: Mapping[str, Collection[str]]) -> bool:
    """An entry of such an event, or a paper of such a case or loan. Assertions and what is kept anyway are not."""
    if isinstance(entry, data.Document):
        parts = (link.partition("-") for link in entry.links or ())
        return any(name in names.get(key, ()) for key, _, name in parts)
    return isinstance(entry, (data.Transaction, data.Note)) and entry.meta.get("event") in events
