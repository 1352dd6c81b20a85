"""The books, read only: vouchers, balances, events rebuilt, loans and cases as of a day.

Everything here is derived from the loaded entries; nothing is cached on disk and nothing is written.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import TypeVar

from beancount.core import data

from ledger.accounts import CNY, IN_TRANSIT, Chart
from ledger.canon import BATCH, GENESIS, chain_hash
from ledger.events import Event, EventWithdrawn, PoolAmended
from ledger.facts import event_of, fields_of
from ledger.faults import ExitCode, Fault, FaultKind, Refusal
from ledger.ids import EventId, event_id
from ledger.money import fen_of_yuan
from ledger.papers import Attachment, BankPaper, Reading
from ledger.pool import Pool, parse_pool
from ledger.postings import RED, REGISTER, VOUCHER, units
from ledger.provenance import SHORT, digest, parse_line
from ledger.reader import Loaded, load_sound

NO_VOUCHER = FaultKind(
    "账簿-凭证-01",
    "没有这张凭证",
    "账内已有的凭证字号，如 记-2023-03-0001",
    "用 riskpool report ledger 查出正确的字号。",
)
LOST_SETTINGS = FaultKind(
    "账簿-设置-01",
    "账内所存的 pool.toml 缺失或被改动",
    "修改设置时存入账套的原文",
    "用备份恢复；运行 riskpool verify。",
    ExitCode.REFUSED,
)
KINDS = (NO_VOUCHER, LOST_SETTINGS)
POOL_FILE = "pool.toml"
E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg: debit positive. ``number`` is yuan, or units of an IP right."""

    account: str
    number: Decimal
    commodity: str
    contributor: str = ""

    @property
    def fen(self) -> int:
        """The amount in fen; only for money and memo money, not for units of rights."""
        return fen_of_yuan(self.number)


@dataclass(frozen=True, slots=True)
class Source:
    """A row of a file, as the books name it: digest's first 16 hex digits, sheet, row."""

    digest16: str
    sheet: str
    row: int


@dataclass(frozen=True, slots=True)
class Voucher:
    """A numbered entry: 记- (money) or 登- (register), as posted. ``batch`` is its batch's sequence."""

    no: str
    on: date
    summary: str
    legs: tuple[Leg, ...]
    event: EventId
    kind: str
    sources: tuple[Source, ...]
    links: frozenset[str]
    is_money: bool
    is_red: bool
    batch: int
    attachments: int
    preparer: str
    reviewer: str
    bookkeeper: str
    chief: str
    cancels: str
    corrects: str

    @property
    def month(self) -> str:
        """The accounting month, ``yyyy-mm``."""
        return f"{self.on:%Y-%m}"


@dataclass(frozen=True, slots=True)
class BatchHead:
    """A batch as its header says: place in the chain, who and when."""

    sequence: int
    previous: str
    own: str
    on: date
    act: str
    draft: str
    posted_at: str
    path: str

    @property
    def chain(self) -> str:
        """The chain's value after this batch."""
        return chain_hash(self.previous, self.sequence, self.own)


@dataclass(frozen=True, slots=True)
class Fact:
    """An event in a line: its id, its kind, its day, its summary."""

    event: EventId
    kind: str
    on: date
    summary: str


_NAMES = ("case", "loan", "pledge", "policy", "renewed-by")
"""Metadata keys that hold a number people ask by."""


def _text(meta: data.Meta, key: str) -> str:
    return str(meta.get(key, ""))


@dataclass(frozen=True)
class Book:
    """One state of the books. Build with :meth:`load` or, from a loader's result, with :meth:`of`."""

    loaded: Loaded
    pool: Pool

    @classmethod
    def load(cls, root: Path) -> "Book":
        """Load a books folder; refused when it has any error or its checks did not run."""
        return cls.of(load_sound(root))

    @classmethod
    def of(cls, loaded: Loaded) -> "Book":
        """The same over entries already loaded."""
        return cls(loaded, pool_of(loaded))

    @property
    def root(self) -> Path:
        """The books folder."""
        return self.loaded.root

    @property
    def entries(self) -> tuple[data.Directive, ...]:
        """All directives in beancount's order."""
        return self.loaded.entries

    @cached_property
    def chart(self) -> Chart:
        """The account names of this pool."""
        return Chart(self.pool)

    @cached_property
    def batches(self) -> tuple[BatchHead, ...]:
        """All batches in sequence."""
        heads = [_head(self.root, entry) for entry in self.entries if _is_head(entry)]
        return tuple(sorted(heads, key=lambda head: head.sequence))

    @property
    def head(self) -> str:
        """The chain's present value (链头)."""
        return self.batches[-1].chain if self.batches else GENESIS

    @property
    def begun_on(self) -> date:
        """The day on which the chart was opened: an opening's, else the day that the books were said to begin."""
        return self.opened_on(IN_TRANSIT)

    @cached_property
    def openings(self) -> dict[str, date]:
        """The day on which each account was opened."""
        return {entry.account: entry.date for entry in self.entries if isinstance(entry, data.Open)}

    def opened_on(self, account: str) -> date:
        """The day on which an account was opened; asking for one that is not is our mistake."""
        return self.openings[account]

    @property
    def last_on(self) -> date:
        """The latest day on which anything numbered is dated."""
        return max((voucher.on for voucher in self.vouchers), default=date.min)

    @cached_property
    def vouchers(self) -> tuple[Voucher, ...]:
        """All numbered entries, money and register, by day and then posting order."""
        found = [
            _voucher(entry, self._fact_meta.get(_text(entry.meta, "event"), entry.meta))
            for entry in self.entries
            if isinstance(entry, data.Transaction)
        ]
        return tuple(
            sorted(found, key=lambda item: (item.on, item.batch, item.no[0] != "记", int(item.no.rpartition("-")[2])))
        )

    @cached_property
    def _by_no(self) -> dict[str, Voucher]:
        return {voucher.no: voucher for voucher in self.vouchers}

    def voucher(self, no: str) -> Voucher:
        """The voucher with this number; an unknown number is the user's to correct."""
        found = self._by_no.get(no)
        if found is None:
            raise Refusal([Fault(NO_VOUCHER, no)])
        return found

    def vouchers_of(self, account: str, from_on: date = date.min, until_on: date = date.max) -> Iterator[Voucher]:
        """Vouchers with a leg on the account or below it, dated in [from_on, until_on)."""
        for voucher in self.vouchers:
            if from_on <= voucher.on < until_on and any(below(leg.account, account) for leg in voucher.legs):
                yield voucher

    def balance(self, account: str, until_on: date = date.max, commodity: str = CNY) -> Decimal:
        """Balance of an account and all below it before ``until_on``, in the commodity's own number."""
        total = Decimal(0)
        for voucher in self.vouchers:
            if voucher.on < until_on:
                total += sum(
                    (leg.number for leg in voucher.legs if leg.commodity == commodity and below(leg.account, account)),
                    Decimal(0),
                )
        return total

    def balance_fen(self, account: str, until_on: date = date.max, commodity: str = CNY) -> int:
        """The same in fen."""
        return fen_of_yuan(self.balance(account, until_on, commodity))

    def balances(self, until_on: date = date.max, commodity: str = CNY) -> dict[str, Decimal]:
        """Every account's own balance before ``until_on`` in one commodity, accounts in name order."""
        totals: dict[str, Decimal] = {}
        for voucher in self.vouchers:
            if voucher.on < until_on:
                for leg in voucher.legs:
                    if leg.commodity == commodity:
                        totals[leg.account] = totals.get(leg.account, Decimal(0)) + leg.number
        return dict(sorted(totals.items()))

    @cached_property
    def _facts(self) -> dict[str, list[data.Directive]]:
        by_kind: dict[str, list[data.Directive]] = {}
        for entry in sorted(self.entries, key=_posted):
            if "kind" in entry.meta:
                by_kind.setdefault(str(entry.meta["kind"]), []).append(entry)
        return by_kind

    @cached_property
    def _fact_meta(self) -> dict[EventId, data.Meta]:
        return {str(entry.meta["event"]): entry.meta for group in self._facts.values() for entry in group}

    def place(self, event: EventId) -> tuple[str, int]:
        """Where a posted event stands: batch file, whose name begins with its sequence, and line. Later is greater."""
        meta = self._fact_meta[event]
        return _file(meta["filename"]), meta["lineno"]

    @cached_property
    def posted(self) -> frozenset[EventId]:
        """The ids of all events in the books, those withdrawn included."""
        return frozenset(self._fact_meta)

    @cached_property
    def withdrawn(self) -> dict[EventId, date]:
        """The ids of the events that were taken back, and the day from which their facts no longer stand."""
        found = self._facts.get(EventWithdrawn.__name__, [])
        return {str(entry.meta["withdraws"]): entry.date for entry in found}

    @cached_property
    def known(self) -> frozenset[EventId]:
        """The ids of things that stand in the books; one that was withdrawn and not done again is not among them."""
        return frozenset(event for event in self.posted if self.anew(event) in self.posted)

    def anew(self, event: EventId) -> EventId:
        """The id under which a thing is posted now: its own, or after each withdrawal the next one."""
        times, found = 1, event
        while found in self.withdrawn:
            times += 1
            found = event_id(event.partition("-")[0], event, times)
        return found

    def kind_of(self, event: EventId) -> str:
        """The kind of a posted event; empty where there is no such."""
        return _text(self._fact_meta.get(event, {}), "kind")

    @cached_property
    def opened(self) -> frozenset[str]:
        """All account and commodity names the books know."""
        return frozenset(
            self.openings.keys() | {entry.currency for entry in self.entries if isinstance(entry, data.Commodity)}
        )

    def events(self, kind: type[E], until_on: date = date.max) -> tuple[E, ...]:
        """The events of a kind that stand, rebuilt from the directives that carry their facts, in the books' order.

        One that was withdrawn before ``until_on`` is not among them; as of an earlier day it still is.
        """
        return tuple(
            self._event(kind, entry)
            for entry in self._facts.get(kind.__name__, [])
            if self.withdrawn.get(str(entry.meta["event"]), date.max) >= until_on
        )

    def event(self, kind: type[E], event: EventId) -> E:
        """One event by its id, standing or not; the kind must be its own."""
        found = next(entry for entry in self._facts[kind.__name__] if entry.meta["event"] == event)
        return self._event(kind, found)

    def _event(self, kind: type[E], entry: data.Directive) -> E:
        return event_of(kind, entry.meta, _day(entry), _summary(entry), self._hand_legs(kind, entry))

    def facts_about(self, number: str) -> tuple["Fact", ...]:
        """Every event whose facts or links name a case, a loan, a pledge or a policy, by day and as posted."""
        names = {number, f"case-{number}", f"loan-{number}"}
        found = []
        for entry in sorted((entry for group in self._facts.values() for entry in group), key=_posted):
            links = getattr(entry, "links", None) or ()
            if names & set(links) or any(entry.meta.get(key) == number for key in _NAMES):
                meta = entry.meta
                found.append(Fact(_text(meta, "event"), _text(meta, "kind"), _day(entry), _summary(entry)))
        return tuple(found)

    def entries_of(self, event: EventId) -> tuple[data.Directive, ...]:
        """Every entry of an event, in the books' order."""
        return tuple(entry for entry in self.entries if entry.meta.get("event") == event)

    def _hand_legs(self, kind: type[Event], entry: data.Directive) -> dict[str, object]:
        """The legs of events whose lines were written by hand, from their own entries."""
        if not _by_hand(kind):
            return {}
        entries = self._transactions_of.get(_text(entry.meta, "event"), [])
        if "lines" in fields_of(kind):
            return {"lines": _lines_of(entries[0])}
        blue = [_lines_of(other) for other in entries if "cancels" not in other.meta]
        red = [_red_of(other) for other in entries if "cancels" in other.meta]
        return {"red": red, "blue": blue[0] if blue else []}

    @cached_property
    def _transactions_of(self) -> dict[EventId, list[data.Transaction]]:
        found: dict[EventId, list[data.Transaction]] = {}
        for entry in sorted(self.entries, key=lambda item: int(item.meta["lineno"])):
            if isinstance(entry, data.Transaction):
                found.setdefault(_text(entry.meta, "event"), []).append(entry)
        return found

    def voucher_of(self, event: EventId) -> tuple[Voucher, ...]:
        """The vouchers of one event (money first)."""
        return self._by_event.get(event, ())

    @cached_property
    def _by_event(self) -> dict[EventId, tuple[Voucher, ...]]:
        found: dict[EventId, tuple[Voucher, ...]] = {}
        for voucher in self.vouchers:
            found[voucher.event] = (*found.get(voucher.event, ()), voucher)
        return found

    def sources_of(self, event: EventId) -> tuple[Source, ...]:
        """The rows an event was read from, whether it made vouchers or only notes."""
        return _sources(self._fact_meta.get(event, {}))

    def reading(self, digest16: str) -> Reading | None:
        """What was read of a file, row by row, or None where the books hold no such file."""
        path = self.root / "readings" / f"{digest16}.json"
        return Reading.model_validate_json(path.read_text(encoding="utf-8")) if path.is_file() else None

    def paper(self, digest16: str) -> BankPaper | None:
        """A bank's paper (list or statement) in neutral words."""
        path = self.root / "statements" / f"{digest16}.json"
        return BankPaper.model_validate_json(path.read_text(encoding="utf-8")) if path.is_file() else None

    def documents(self) -> tuple[Attachment, ...]:
        """Every document the batches carry, in the books' order."""
        found = [entry for entry in self.entries if isinstance(entry, data.Document)]
        return tuple(
            Attachment(
                path=f"documents/{Path(entry.filename).name}",
                account=entry.account,
                name=_text(entry.meta, "name"),
                sha256=_text(entry.meta, "sha256"),
                sort=_text(entry.meta, "sort"),
                link=next(iter(sorted(entry.links or ())), ""),
            )
            for entry in found
        )

    def titles(self) -> dict[str, str]:
        """The title (名称) of each account that has one."""
        return {
            entry.account: str(entry.meta["title"])
            for entry in self.entries
            if isinstance(entry, data.Open) and "title" in entry.meta
        }


@cache
def _by_hand(kind: type[Event]) -> bool:
    return bool({"lines", "red"} & fields_of(kind).keys())


def below(account: str, parent: str) -> bool:
    """Whether an account is the parent or stands below it."""
    return account == parent or account.startswith(f"{parent}:")


def _posted(entry: data.Directive) -> tuple[date, str, int]:
    """By day, then as posted: a batch file's name begins with its sequence. The loader's order forgets batches."""
    return entry.date, _file(entry.meta["filename"]), entry.meta["lineno"]


@lru_cache(maxsize=4096)
def _file(path: str) -> str:
    return path.rpartition("/")[2]


def _is_head(entry: data.Directive) -> bool:
    return isinstance(entry, data.Custom) and entry.type == BATCH


def _head(root: Path, entry: data.Directive) -> BatchHead:
    assert isinstance(entry, data.Custom), "a batch head is a custom directive"
    _, sequence, previous, own = (item.value for item in entry.values or ())
    meta = entry.meta
    path = Path(meta["filename"]).resolve().relative_to(root.resolve()).as_posix()
    return BatchHead(
        int(sequence),
        previous,
        own,
        entry.date,
        _text(meta, "act"),
        _text(meta, "draft"),
        _text(meta, "posted-at"),
        path,
    )


def _sources(meta: data.Meta) -> tuple[Source, ...]:
    texts = [str(value) for key, value in meta.items() if key == "source" or key.startswith("source-")]
    return tuple(Source(*parse_line(text)) for text in texts)


def _day(entry: data.Directive) -> date:
    """The event's own day: an assertion stands on the day after, because it is checked at the start of its day."""
    return entry.date - timedelta(days=1) if isinstance(entry, data.Balance) else entry.date


def _summary(entry: data.Directive) -> str:
    said = entry.narration if isinstance(entry, data.Transaction) else getattr(entry, "comment", "")
    return str(entry.meta.get("summary", said or ""))


def pool_of(loaded: Loaded) -> Pool:
    """The settings in force: those of the last amendment, else those that the books were founded with."""
    amended = [entry for entry in loaded.entries if entry.meta.get("kind") == PoolAmended.__name__]
    if not amended:
        founded = loaded.root / POOL_FILE
        if not founded.is_file():
            raise Refusal([Fault(LOST_SETTINGS, POOL_FILE)])
        return parse_pool(founded.read_text(encoding="utf-8"))
    last = max(amended, key=lambda entry: Path(str(entry.meta["filename"])).name)
    sha256 = str(last.meta["settings"])
    path = loaded.root / pool_file(sha256)
    content = path.read_bytes() if path.is_file() else b""
    if digest(content) != sha256:
        raise Refusal([Fault(LOST_SETTINGS, path.name)])
    return parse_pool(content.decode("utf-8"))


def pool_file(sha256: str) -> str:
    """Where an amended pool.toml is kept."""
    return f"documents/{sha256[:SHORT]}-pool.toml"


def _lines_of(entry: data.Transaction) -> list[dict[str, object]]:
    return [
        {"account": leg.account, "amount_fen": leg.fen, "contributor": leg.contributor or None}
        for leg in legs_of(entry.postings)
    ]


def _red_of(entry: data.Transaction) -> dict[str, object]:
    legs = [
        {"account": leg.account, "number": leg.number, "commodity": leg.commodity, "contributor": leg.contributor}
        for leg in legs_of(entry.postings)
    ]
    is_restated = RED not in (entry.tags or ())
    return {"no": entry.meta["cancels"], "on": entry.meta["of"], "legs": legs, "restated": is_restated}


def legs_of(postings: Iterable[data.Posting]) -> Iterator[Leg]:
    """A transaction's postings as legs."""
    for leg in postings:
        amount = units(leg)
        assert amount.number is not None, "every leg is written"
        yield Leg(leg.account, amount.number, amount.currency, _text(leg.meta or {}, "contributor"))


def _voucher(entry: data.Transaction, facts: data.Meta) -> Voucher:
    """A transaction as a voucher; ``facts`` is the metadata of its event's first directive."""
    meta, tags = entry.meta, entry.tags or frozenset()
    assert (VOUCHER in tags) != (REGISTER in tags), "an entry is a voucher or a register entry"
    return Voucher(
        no=_text(meta, "voucher"),
        on=entry.date,
        summary=entry.narration or "",
        legs=tuple(legs_of(entry.postings)),
        event=_text(meta, "event"),
        kind=_text(facts, "kind"),
        sources=_sources(facts),
        links=frozenset(entry.links or ()),
        is_money=VOUCHER in tags,
        is_red=RED in tags,
        batch=int(Path(str(meta["filename"])).name[:6]),
        attachments=int(meta.get("papers", 0)),
        preparer=_text(meta, "preparer"),
        reviewer=_text(meta, "reviewer"),
        bookkeeper=_text(meta, "bookkeeper"),
        chief=_text(meta, "chief"),
        cancels=_text(meta, "cancels"),
        corrects=_text(facts, "corrects"),
    )
