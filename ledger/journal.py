"""Posting: number, chain, re-parse and compare, check the whole book, commit one new file.

Order of a commit: documents and readings (by the caller, content-addressed), the log record as intent, the
batch file (the commit point), head. Posting an event id again is a no-op.
"""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from beancount.core import data, getters
from beancount.core.data import Custom, Document
from beancount.ops import balance as ops_balance
from beancount.ops import validation
from beancount.parser.grammar import ValueType

from ledger import checks
from ledger.accounts import Chart
from ledger.book import Book, Leg, legs_of, pool_of
from ledger.canon import BATCH, MARK, canonical, chain_hash, mark_of_form, own_of_forms
from ledger.events import AnyEvent, EventWithdrawn, ManualVoucher, NumberExplained, PoolAmended
from ledger.faults import ExitCode, Fault, FaultKind, Place, Refusal
from ledger.folder import HEAD
from ledger.oplog import OperationLog
from ledger.papers import Attachment, Reading
from ledger.parsing import collector_paused, parse_text
from ledger.postings import VOUCHER, postings
from ledger.printing import write_text
from ledger.provenance import digest
from ledger.reader import Loaded
from ledger.seal import open_from
from ledger.signing import Signatures, require_signatures
from ledger.slots import breach
from ledger.soundness import sound
from ledger.store import Store

FORMAT = "1"
PEOPLE = ("preparer", "reviewer", "bookkeeper", "chief")

UNWRITABLE = FaultKind(
    "记账-文字-01", "文字不能写入账簿", "不含控制字符、长度合适的文字", "改正来源文件或草稿中的这段文字后重试。"
)
CLOSED = FaultKind(
    "记账-期间-01",
    "日期落在已结账的月份",
    "未结账月份的日期",
    "把日期写在未结账的月份，摘要注明所属期间；确须记在那个月的，由两人重开（riskpool reopen）后再办。",
    ExitCode.REFUSED,
)
TOO_EARLY = FaultKind(
    "记账-期间-02",
    "日期早于科目启用的那一天",
    "建账、备案或科目启用当天及以后的日期",
    "核对日期、月份；确在那以前发生的，记在启用当天或以后，摘要注明所属期间。",
    ExitCode.REFUSED,
)
UNSOUND = FaultKind(
    "记账-检查-01", "记账后账簿将不一致", "记账后全部检查通过", "按所指的不符逐项改正来源或草稿；账簿没有被改动。"
)
CUT_TAIL = FaultKind(
    "记账-链头-01",
    "链头与批次不符",
    "head.beancount 与最后一个批次一致",
    "可能有批次被删去：运行 riskpool verify，用备份恢复；不要继续记账。",
    ExitCode.REFUSED,
)
UNSIGNED = FaultKind(
    "记账-主管-01", "裁决所写的主管没有签字", "裁决的主管与签字的主管相同", "由该主管办理。", ExitCode.REFUSED
)
NO_DOCUMENT = FaultKind(
    "记账-附件-01", "凭证所附的文件缺失或已变", "入账前存入账套的原件", "重新导入或重新提交这份文件。", ExitCode.REFUSED
)
KINDS = (UNWRITABLE, CLOSED, TOO_EARLY, UNSOUND, CUT_TAIL, UNSIGNED, NO_DOCUMENT)


@dataclass(frozen=True, slots=True)
class Posted:
    """What a posting did. ``vouchers`` are the numbers given; ``known`` events were already in the books."""

    book: Book
    sequence: int
    vouchers: tuple[str, ...]
    known: int


@dataclass(frozen=True, slots=True)
class Posting:
    """One act to commit: its name, its events in order, who signed, and the files it rests on."""

    act: str
    events: Sequence[AnyEvent]
    signed: Signatures
    draft: str = ""
    readings: Sequence[Reading] = ()
    documents: Sequence[Attachment] = ()
    marks: tuple[tuple[str, str], ...] = ()


@collector_paused()
def post(store: Store, book: Book, posting: Posting) -> Posted:
    """Commit an act; the caller holds the store's lock and has loaded ``book`` under it.

    Raises:
        Refusal: a signature, a slot, a closed month or a check stands against it; nothing was written.
    """
    require_signatures(book.pool, posting.signed)
    for event in posting.events:
        said = vars(event).get("chief", posting.signed.chief)
        # A withdrawal names a chief only where what it takes back was a chief's.
        if said != posting.signed.chief and (said or not isinstance(event, EventWithdrawn)):
            raise Refusal([Fault(UNSIGNED, f"{event.summary}：主管 {said}")])
    settle(store, book)
    fresh = [event for event in posting.events if event.event_id not in book.posted]
    known = len(posting.events) - len(fresh)
    if not fresh and book.batches:
        return Posted(book, len(book.batches) - 1, (), known)
    composed = compose(book, replace(posting, events=fresh))
    numbers = composed.numbers
    sequence = len(book.batches)
    log = OperationLog(store)
    log.settle(posting.signed.at, posting.signed.who)
    header = _header(posting, sequence, book.head, log.last())
    forms = [canonical(header), *composed.forms]
    own = own_of_forms(forms)
    header = _with_own(header, own)
    name = f"batches/{posting.signed.at:%Y}/{sequence:06d}-{own[:12]}.beancount"
    text = write_text(header, composed.entries, people_of(posting.signed))
    merged = _checked(book, store.root / name, text, forms, fresh)
    what = tuple(filter(None, (posting.draft, *_ends(numbers))))
    log.append(posting.signed.at, posting.signed.who, posting.act, what, file=name, batch=own)
    store.write_new(name, text.encode())
    store.replace_head(head_text(sequence, chain_hash(book.head, sequence, own)))
    return Posted(merged, sequence, tuple(numbers), known)


def settle(store: Store, book: Book) -> None:
    """Finish what a killed run left, and refuse books whose tail is gone. ``book`` was loaded under the lock.

    A head one behind the chain was not yet replaced: it is written now. A head ahead of it, or another one,
    means that batches were taken away.
    """
    if not book.batches:
        return
    last = book.batches[-1]
    if (newest := newest_batch(store.root)) != Path(last.path).name:
        raise Refusal([Fault(CUT_TAIL, f"批次 {newest}", expected=f"读入账簿时的最后一个批次 {Path(last.path).name}")])
    said = (store.root / HEAD).read_text(encoding="utf-8") if (store.root / HEAD).is_file() else ""
    if said != head_text(last.sequence, book.head):
        if said != head_text(last.sequence - 1, last.previous):
            raise Refusal(
                [Fault(CUT_TAIL, said.strip() or "没有链头", expected=head_text(last.sequence, book.head).strip())]
            )
        store.replace_head(head_text(last.sequence, book.head))


def is_current(book: Book) -> bool:
    """Whether a book loaded earlier is still the books as they stand.

    The head alone would not say: a run killed after its batch has not replaced it.
    """
    path = book.root / HEAD
    said = path.read_text(encoding="utf-8") if path.is_file() else ""
    last = Path(book.batches[-1].path).name if book.batches else ""
    return said == head_text(len(book.batches) - 1, book.head) and last == newest_batch(book.root)


def newest_batch(root: Path) -> str:
    """The file name of the batch with the highest sequence; empty without one."""
    years = [year.path for year in os.scandir(root / "batches") if year.is_dir()]
    return max((item.name for year in years for item in os.scandir(year) if item.name[:6].isdecimal()), default="")


def _ends(numbers: Sequence[str]) -> list[str]:
    """The first and last number of each series: so the log knows where one that was deleted at an end had stood."""
    series: dict[str, list[str]] = {}
    for number in numbers:
        series.setdefault(number.rpartition("-")[0], []).append(number)
    return [end for own in series.values() for end in dict.fromkeys((own[0], own[-1]))]


def preview_legs(book: Book, events: Iterable[AnyEvent]) -> Iterator[tuple[AnyEvent, tuple[Leg, ...]]]:
    """Each event with the legs it would post: for a reviewer to read before signing."""
    opened = set(book.opened)
    for event in events:
        if event.event_id in book.posted:
            yield event, tuple(leg for voucher in book.voucher_of(event.event_id) for leg in voucher.legs)
            continue
        made = postings(event, book.chart, opened)
        opened |= {name for entry in made if (name := _opens(entry))}
        yield (
            event,
            tuple(leg for entry in made if isinstance(entry, data.Transaction) for leg in legs_of(entry.postings)),
        )


def head_text(sequence: int, chain: str) -> str:
    """The content of head.beancount: one comment, derived."""
    return f"; 链头 {sequence:06d} {chain}\n"


@dataclass(frozen=True, slots=True)
class Composed:
    """An act's entries, the numbers given to them, and each entry's canonical form once it is signed."""

    entries: Sequence[data.Directive]
    numbers: Sequence[str]
    forms: Sequence[str]


def compose(book: Book, posting: Posting) -> Composed:
    """Entries of an act with their numbers given, documents appended; pure but for the faults it raises."""
    opened = set(book.opened)
    counts = _counts(book)
    entries: list[data.Directive] = []
    numbers: list[str] = []
    papers = len({line.sha256 for event in posting.events for line in event.sources} | _digests(posting.documents))
    for event in posting.events:
        for entry in postings(event, book.chart, opened):
            opened |= {name for name in (_opens(entry),) if name}
            if isinstance(entry, data.Transaction):
                attached = event.attachments if isinstance(event, ManualVoucher) else papers
                entry, number = _numbered(entry, counts, attached)  # noqa: PLW2901 - the numbered form replaces it
                numbers.append(number)
            entries.append(entry)
    entries += _documents(book, posting, entries)
    _refuse_missing(book, posting.documents)
    _refuse_bad(book, entries)
    people = dict(people_of(posting.signed))
    forms = [canonical(entry, people) for entry in entries]
    for entry, form in zip(entries, forms, strict=True):
        # Its own short hash, so that verify can name the entry that was changed. The form does not hold it.
        entry.meta[MARK] = mark_of_form(form)
    return Composed(entries, numbers, forms)


def _refuse_missing(book: Book, documents: Sequence[Attachment]) -> None:
    faults = [
        Fault(NO_DOCUMENT, item.name, Place(item.path))
        for item in documents
        if not (book.root / item.path).is_file() or digest((book.root / item.path).read_bytes()) != item.sha256
    ]
    if faults:
        raise Refusal(faults)


def _digests(documents: Iterable[Attachment]) -> set[str]:
    return {item.sha256 for item in documents}


def _opens(entry: data.Directive) -> str:
    if isinstance(entry, data.Open):
        return entry.account
    return entry.currency if isinstance(entry, data.Commodity) else ""


def _counts(book: Book) -> dict[str, int]:
    """The last number of each series: given, or explained as missing. None is given a second time."""
    counts: dict[str, int] = {}
    given = (str(entry.meta["voucher"]) for entry in book.entries if isinstance(entry, data.Transaction))
    explained = (event.voucher_no for event in book.events(NumberExplained))
    for no in (*given, *explained):
        series, _, number = no.rpartition("-")
        counts[series] = max(counts.get(series, 0), int(number))
    return counts


def _numbered(entry: data.Transaction, counts: dict[str, int], papers: int) -> tuple[data.Transaction, str]:
    """Give the next number of the entry's sort and month, as metadata and as a link."""
    is_money = VOUCHER in (entry.tags or ())
    series = f"{'记' if is_money else '登'}-{entry.date.isoformat()[:7]}"
    counts[series] = counts.get(series, 0) + 1
    number = f"{series}-{counts[series]:04d}"
    link = f"{'v' if is_money else 'r'}{number[2:]}"
    meta = {"voucher": number, "papers": Decimal(papers), **entry.meta}
    return entry._replace(meta=meta, links=(entry.links or frozenset()) | {link}), number


def _documents(book: Book, posting: Posting, entries: Sequence[data.Directive]) -> list[data.Directive]:
    """A ``document`` for each source file of the act, on the account its first entry touches."""
    made: list[data.Directive] = []
    stands = {Path(entry.filename).name for entry in book.entries if isinstance(entry, Document)}
    if not posting.events:
        return []
    on = min(event.on for event in posting.events)
    for reading in posting.readings:
        attachment = attachment_of(book, reading, _first_account(entries, book.chart))
        if Path(attachment.path).name not in stands:
            made.append(_document(on, attachment))
    last = max(event.on for event in posting.events)
    made += [_document(last, item) for item in posting.documents if Path(item.path).name not in stands]
    return made


def attachment_of(book: Book, reading: Reading, account: str) -> Attachment:
    """The document of an imported file, as stored under its digest."""
    found = sorted((book.root / "documents").glob(f"{reading.file.short}-*"))
    assert found, f"no document {reading.file.short}"
    path = f"documents/{found[0].name}"
    kept = {
        key: digest((book.root / name).read_bytes()) if (book.root / name).is_file() else ""
        for key, name in (
            ("reading", f"readings/{reading.file.short}.json"),
            ("paper", f"statements/{reading.file.short}.json"),
        )
    }
    name, sha256 = reading.file.name, reading.file.sha256
    return Attachment(path=path, account=account, name=name, sha256=sha256, sort=reading.kind, **kept)


def _first_account(entries: Sequence[data.Directive], chart: Chart) -> str:
    for entry in entries:
        if account := getattr(entry, "account", ""):
            return str(account)
        if isinstance(entry, data.Transaction):
            return entry.postings[0].account
    return chart.fixed()[0].account


def _document(on: date, item: Attachment) -> Document:
    meta: data.Meta = {"sha256": item.sha256, "name": item.name, "sort": item.sort}
    meta |= {key: value for key, value in (("reading", item.reading), ("paper", item.paper)) if value}
    links = frozenset({item.link} if item.link else ())
    return Document(meta, on, item.account, f"../../{item.path}", frozenset(), links)


def _refuse_bad(book: Book, entries: Iterable[data.Directive]) -> None:
    first_open = open_from(book.root)
    faults = []
    for entry in entries:
        if problem := breach(entry):
            faults.append(Fault(UNWRITABLE, problem))
        if entry.date < first_open:
            faults.append(Fault(CLOSED, f"{entry.date}（{first_open} 以前已结账）"))
    if faults:
        raise Refusal(faults)


def refuse_unwritable(book: Book, events: Iterable[AnyEvent], documents: Iterable[Attachment]) -> None:
    """Refuse at drafting what no posting could write: else it is seen after the review, in a draft that never ends."""
    opened, first_open = set(book.opened), open_from(book.root)
    faults = []
    for event in events:
        made = postings(event, book.chart, opened)
        opened |= {name for entry in made if (name := _opens(entry))}
        faults += [Fault(UNWRITABLE, problem) for entry in made if (problem := breach(entry))]
        if any(entry.date < first_open for entry in made):
            faults.append(Fault(CLOSED, f"{event.on} {event.summary}（{first_open} 以前已结账）"))
        elif early := _not_yet_open(book, made):
            account, opened_on = early
            faults.append(Fault(TOO_EARLY, f"{event.on} {event.summary}（{account} 自 {opened_on} 启用）"))
    for item in documents:
        if problem := breach(_document(date.min, item)):
            faults.append(Fault(UNWRITABLE, problem, Place(item.name)))
    if faults:
        raise Refusal(faults)


def _not_yet_open(book: Book, made: Sequence[data.Directive]) -> tuple[str, date] | None:
    """The first account that entries name for a day before it was opened, and the day on which it was."""
    for entry in made:
        for account in sorted(getters.get_entry_accounts(entry)):
            opened_on = book.openings.get(account, date.min)
            if entry.date < opened_on:
                return account, opened_on
    return None


def _header(posting: Posting, sequence: int, previous: str, log: str) -> Custom:
    signed = posting.signed
    meta: data.Meta = {"act": posting.act, "posted-at": signed.at.isoformat()}
    meta |= {"draft": posting.draft} if posting.draft else {}
    meta |= {**dict(people_of(signed)), "log": log}
    meta |= dict(posting.marks)
    values = [ValueType(FORMAT, str), ValueType(Decimal(sequence), Decimal), ValueType(previous, str)]
    return Custom(meta, signed.at.date(), BATCH, values)


def _with_own(header: Custom, own: str) -> Custom:
    return header._replace(values=[*(header.values or ()), ValueType(own, str)])


def people_of(signed: Signatures) -> tuple[tuple[str, str], ...]:
    """Who signed, by role, in the order the book writes them."""
    return tuple((name, getattr(signed, name)) for name in PEOPLE if getattr(signed, name))


def _checked(book: Book, path: Path, text: str, forms: Sequence[str], events: Sequence[AnyEvent]) -> Book:
    """Re-read the text, compare it entry by entry with what was meant, and check the whole book with it."""
    parsed, errors, _ = parse_text(text, path)
    assert not errors, f"our own text does not parse: {errors[:3]}"
    got = [canonical(entry) for entry in parsed]
    assert got == forms, (
        f"written text differs: {[pair for pair in zip(forms, got, strict=False) if pair[0] != pair[1]][:1]}"
    )
    _assert_rebuilt(book, parsed, events)
    merged = sorted([*book.entries, *parsed], key=data.entry_sortkey)
    problems = inspect(merged, book.loaded.options)
    if problems:
        raise Refusal([Fault(UNSOUND, problem, Place()) for problem in problems[:20]])
    loaded = Loaded(book.root, tuple(merged), (), book.loaded.options)
    return Book(loaded, pool_of(loaded) if any(isinstance(e, PoolAmended) for e in events) else book.pool)


def _assert_rebuilt(book: Book, parsed: Sequence[data.Directive], events: Sequence[AnyEvent]) -> None:
    """What the text gives back is what happened: each event, but for its sources."""
    alone = Book(Loaded(book.root, tuple(parsed), (), {}), book.pool)
    back = {found.event_id: found for kind in {type(event) for event in events} for found in alone.events(kind)}
    for event in events:
        found = back[event.event_id]
        same = type(found) is type(event) and vars(found) == {**vars(event), "sources": ()}
        assert same, f"{event.event_id} does not come back"


def inspect(entries: list[data.Directive], options: dict[str, Any]) -> list[str]:
    """Everything that would be an error on the next load: validation, balances, our own checks."""
    fresh = {**options, checks.MARKER.KEY: []}
    if sound(entries, {**fresh, "plugin": [(checks.EVERY, None)]}):
        return []
    _, errors = ops_balance.check(entries, fresh)
    errors = [*errors, *validation.validate(entries, fresh)]
    for check in checks.all_checks():
        errors += check(entries, fresh)[1]
    return [in_words(str(error.message)) for error in errors]


_BALANCE = re.compile(r"Balance failed for '(.+)': expected ([-0-9.]+) (\S+) != accumulated ([-0-9.]+) .*")


def in_words(message: str) -> str:
    """What beancount says of a failed balance, in the officer's language; other messages as they are."""
    if found := _BALANCE.fullmatch(message):
        account, said, unit, now = found.groups()
        return f"{account} 已签认或银行已确认的余额是 {said} {unit}，记账后会成为 {now}：本期已签认，不能再记入"
    return message
