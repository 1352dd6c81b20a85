"""An open set of books as the acts need it: store, book, drafts, and the lock around every act."""

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path, PurePath

from desk.acts.filing import suffix_of
from importers.files.kinds import TOO_BIG
from ledger.book import Book
from ledger.drafts import Draft, DraftStep, drafts, open_draft
from ledger.events import AnyEvent, InsuranceIssued, ManualVoucher
from ledger.faults import ExitCode, Fault, FaultKind, Place, Refusal, legible, os_words
from ledger.folder import HEAD
from ledger.journal import is_current, refuse_unwritable, settle
from ledger.openitems import OpenItems
from ledger.papers import Attachment, Reading
from ledger.provenance import digest
from ledger.signing import require
from ledger.store import Store
from ledger.views import open_items

UNREADABLE = FaultKind(
    "导入-文件-90", "文件打不开", "可以读取的文件", "检查路径和文件名是否正确、文件是否正被别的程序占用。"
)
TWICE = FaultKind(
    "草稿-重复-01",
    "这件事已经办过，或已在草稿中",
    "没有用过的指令编号、凭证编号；没有办过的事项",
    "用 riskpool draft list --all 查明；在等的草稿先复核、记账或退回，再办下一件；确是另一件事的，换一个编号。",
    ExitCode.REFUSED,
)
FUTURE = FaultKind(
    "草稿-日期-01",
    "业务日期在今天之后",
    "不晚于今天的日期",
    "到那一天再办；日期写错的，改正 --on，或由出具方更正文件。",
    ExitCode.REFUSED,
)
NO_REASON = FaultKind(
    "草稿-原因-01", "没有写明原因或摘要", "不是空白的文字", "补上 --reason（手工凭证还有 --summary）后重新运行。"
)
UNWRITABLE = FaultKind("导出-文件-01", "文件写不下来", "可以写入的文件夹", "检查 --out 所指的位置和权限。")
KINDS = (UNREADABLE, TWICE, FUTURE, NO_REASON, UNWRITABLE)


def put(path: Path, content: bytes, *, keep: bool = False) -> Path:
    """Write a file for the user, whole or not at all; the folder is made where it is missing. Never inside books.

    ``keep``: what stands there is not replaced, unless it is the same.
    """
    refuse_inside_books(path)
    if keep and path.is_file() and path.read_bytes() != content:
        raise Refusal(
            [Fault(UNWRITABLE, f"{path} 已存在", expected="尚不存在的文件名", remedy="用 --out 换一个文件名。")]
        )
    temp = path.with_name(f".{path.name}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temp.write_bytes(content)
        temp.replace(path)
    except OSError as error:
        with suppress(OSError):
            temp.unlink(missing_ok=True)
        raise Refusal([Fault(UNWRITABLE, os_words(error), Place(str(path)))]) from None
    return path


def refuse_inside_books(path: Path) -> None:
    """Nothing that is made for a user is written into a set of books."""
    if any((folder / HEAD).is_file() for folder in path.resolve().parents):
        raise Refusal([Fault(UNWRITABLE, f"{path} 在账套文件夹内", expected="账套以外的位置")])


def bytes_of(path: Path, limit: int = 0) -> bytes:
    """A user's file as it is; one that can't be read is the user's to find.

    ``limit``: bytes from which on a file is not even opened, 0 for none.
    """
    try:
        status = path.stat()
        if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
            raise Refusal([Fault(UNREADABLE, "不是普通文件", Place(textual(path.name)))])
        if limit and status.st_size > limit:
            raise Refusal([Fault(TOO_BIG, f"{status.st_size:,} 字节", Place(textual(path.name)))])
        return path.read_bytes()
    except OSError as error:
        raise Refusal([Fault(UNREADABLE, os_words(error), Place(textual(path.name)))]) from None


def textual(name: str) -> str:
    """A file's name as text that books can hold: GBK from an older system is read, control characters become ``_``.

    The name only labels a file; its digest names it.
    """
    said = os.fsencode(name)
    for encoding in ("utf-8", "gb18030"):
        try:
            name = said.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        name = said.decode("utf-8", "replace")
    return "".join(char if legible(char) == char else "_" for char in name)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts and when. Without a login ``id`` is a statement by whoever sits there; papers say so."""

    id: str
    at: datetime


@dataclass
class Office:
    """One books folder at work. The book is kept between acts and re-read when somebody else has posted."""

    root: Path
    _book: Book | None = field(default=None, repr=False)

    @property
    def store(self) -> Store:
        """The writer of this folder."""
        return Store(self.root)

    @property
    def book(self) -> Book:
        """The books as they stand; sound, or the act is refused."""
        if self._book is None or not is_current(self._book):
            self._book = Book.load(self.root)
        return self._book

    def keep(self, book: Book) -> None:
        """Take over the state after a post, which equals what a fresh load would give (tested)."""
        self._book = book

    @contextmanager
    def locked(self) -> Iterator[Store]:
        """Hold the lock; within it ``book`` is current, and what a killed run left is finished."""
        with self.store.lock():
            settle(self.store, self.book)
            yield self.store

    @property
    def drafts(self) -> tuple[Draft, ...]:
        """All drafts."""
        return drafts(self.book)

    def view(self) -> OpenItems:
        """What importers may know."""
        return open_items(self.book, self.drafts)

    def propose(self, proposal: "Proposal", who: Actor, *, keep: Callable[[], object] = lambda: None) -> Draft:
        """Write a draft; the caller holds the lock. What was proposed or posted before is refused, never done twice.

        ``keep`` puts away the papers it rests on, once nothing refuses it any more: of a refused act nothing stays.
        Only a policy may begin after today: insurers send them before cover begins.
        """
        require(self.book.pool, who.id, "preparer")
        refuse_unexplained(proposal.events)
        events = tuple(self._anew(event) for event in proposal.events)
        if proposal.act != "import":
            known = self.view().known_events
            twice = [event for event in events if event.event_id in known]
            if twice:
                raise Refusal([Fault(TWICE, event.summary) for event in twice])
        early = [event for event in events if event.on > who.at.date() and not isinstance(event, InsuranceIssued)]
        if early:
            raise Refusal([Fault(FUTURE, f"{event.on} {event.summary}") for event in early])
        refuse_unwritable(self.book, events, proposal.documents)
        keep()
        step = DraftStep(
            draft="D000000",
            step=1,
            action="drafted",
            at=who.at,
            by=who.id,
            act=proposal.act,
            title=proposal.title,
            chief=proposal.chief,
            events=events,
            files=tuple(proposal.files),
            documents=tuple(proposal.documents),
        )
        return open_draft(self.store, self.book, step, existing=self.drafts)

    def _anew(self, event: AnyEvent) -> AnyEvent:
        """A thing that was withdrawn is proposed under its next id: the old one is taken for ever."""
        return event.model_copy(update={"event_id": self.book.anew(event.event_id)})

    def put_away(self, documents: Sequence[Attachment], papers: Sequence[tuple[str, bytes]]) -> None:
        """Write the papers of :func:`attached` under their digests, for ever."""
        for made, (_, content) in zip(documents, papers, strict=True):
            self.store.write_new(made.path, content)

    def keep_document(self, content: bytes, sort: str, suffix: str) -> str:
        """Put bytes under ``documents/`` by their digest, for ever; returns the path within the books."""
        path = document_path(content, sort, suffix)
        self.store.write_new(path, content)
        return path

    def reading(self, sha256: str) -> Reading | None:
        """What was read of a file."""
        return self.book.reading(sha256[:16])


def refuse_unexplained(events: Sequence[AnyEvent]) -> None:
    """What is to bear a reason bears one, and a voucher by hand a summary too: blanks explain nothing."""
    said = [(event, getattr(event, "reason", "-")) for event in events]
    said += [(event, event.summary) for event in events if isinstance(event, ManualVoucher)]
    if faults := [Fault(NO_REASON, event.summary.strip() or "（空白）") for event, text in said if not text.strip()]:
        raise Refusal(faults)


@dataclass(frozen=True)
class Proposal:
    """What a draft is to hold: an act's name (ASCII), a title for people, events, files, documents."""

    act: str
    title: str
    events: Sequence[AnyEvent]
    files: Sequence[str] = ()
    documents: Sequence[Attachment] = ()
    chief: str = ""


def attached(papers: Sequence[tuple[str, bytes]], account: str, link: str = "") -> list[Attachment]:
    """What people hand in with an act, as it will hang on an account; nothing is written yet."""
    return [
        Attachment(
            path=document_path(content, "attachment", PurePath(name).suffix),
            account=account,
            name=name,
            sha256=digest(content),
            sort="attachment",
            link=link,
        )
        for name, content in papers
    ]


def document_path(content: bytes, sort: str, suffix: str) -> str:
    """Where bytes lie under ``documents/``: by their digest, with what they are and a plain suffix."""
    return f"documents/{digest(content)[:16]}-{sort}.{suffix_of(f'x.{suffix.lstrip(chr(46))}')}"


def month_days(month: str) -> tuple[date, date]:
    """A month ``yyyy-mm`` as [first day, first day of the next)."""
    year, number = int(month[:4]), int(month[5:])
    return date(year, number, 1), date(year + number // 12, number % 12 + 1, 1)
