"""Adopting a rule text (采用管理办法): copied into the books with its digest, an event of two people."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from desk.acts.office import Actor, Office, Proposal, put
from ledger.drafts import Draft
from ledger.events import RuleAdopted
from ledger.faults import ExitCode, Fault, FaultKind, Place, Refusal
from ledger.ids import event_id
from ledger.provenance import digest
from ledger.seal import rule_folder
from ledger.signing import require
from riskpool.authoring import Ask, to_toml
from riskpool.authoring import author as answered
from riskpool.binding import bind
from riskpool.clauses import KINDS as CLAUSE_KINDS
from riskpool.clauses.kind import TOPICS
from riskpool.comparison import ComparedLine, compare
from riskpool.rulefile import read_rule_text
from riskpool.ruletext import (
    UNDATED,
    RuleText,
    open_faults,
    passed_over,
    refuse_unset,
    shipped,
    shipped_file,
    shipped_refs,
)
from riskpool.views import STATUS_WORDS, describe

RULE_FILE, NOTES_FILE = "rule_text.toml", "notes.md"
ALTERED = FaultKind(
    "办法-采用-01",
    "账内所存办法与采用时不同",
    "采用时的文本",
    "账内办法文件不得改动：用备份恢复。",
    ExitCode.REFUSED,
)
NOT_ADOPTED = FaultKind(
    "办法-采用-02", "尚未采用任何管理办法", "已采用的办法", "先运行 riskpool rules adopt。", ExitCode.REFUSED
)
NO_FILE = FaultKind(
    "办法-采用-03", "找不到办法文件", "随附办法的名称，或含 rule_text.toml 的文件夹", "检查名称或路径。"
)
OVERLAPS = FaultKind(
    "办法-采用-04",
    "与已采用的办法施行期重叠",
    "施行期不重叠，或在新文本的 takes_over 写明承接已采用的版本",
    "由主管确定承接关系，写进新文本后再采用。",
    ExitCode.REFUSED,
)
UNCHANGED = "采用后的版本不改：改动写成新版本，另定施行日期，并写明 takes_over"
TAKE_BACK = "按新版本采用；原来的采用有误的，先退回草稿（riskpool draft reject），已记账的先撤回（riskpool reverse）。"
"""What is asked where a version of the same name and day is there already, and what to do."""
KINDS = (OVERLAPS, ALTERED, NOT_ADOPTED, NO_FILE)


def adopt(office: Office, source: str, on: date, *, chief: str, who: Actor) -> Draft:
    """Draft the adoption of a shipped rule text (its name) or of a folder with ``rule_text.toml``.

    A text with anything essential unset is refused, naming each unset field and where it is entered; so is one that
    would be in force beside another, adopted or waiting in a draft.
    """
    place, text = _text(source)
    refuse_unset(text)
    content, notes = _files(place)
    with office.locked() as store:
        require(office.book.pool, chief, "chief")
        _refuse_two_of_a_day(text, (*adopted(office), *_waiting(office)))
        place = rule_folder(text.ref, digest(content))

        def keep() -> None:
            store.write_new(f"{place}/{RULE_FILE}", content)
            if notes:
                store.write_new(f"{place}/{NOTES_FILE}", notes)

        event = RuleAdopted(
            event_id=event_id("rule", text.ref, digest(content)),
            on=on,
            summary=f"采用 {text.ref}",
            rule=text.ref,
            title=text.title,
            sha256=digest(content),
            effective_on=date.fromisoformat(text.ref.partition("@")[2]),
            demo=text.demo,
        )
        return office.propose(Proposal("adopt", f"采用办法：{text.title}", [event], chief=chief), who, keep=keep)


def author(ask: Ask, target: Path | None, today: date) -> tuple[Path, "Validated"]:
    """Write the folder of a signed text from the answers to its questions; what stands there is not replaced.

    Raises:
        Refusal: the answers do not hold together as a whole (every fault named), or the files are there already.
    """
    table = answered(ask, today)
    content = to_toml(table)
    text = read_rule_text(content, RULE_FILE)
    place = target or Path("rules") / text.slug / (text.effective_on.isoformat() if text.effective_on else UNDATED)
    notes = f"# {text.title or text.slug}\n\n- 出处：{text.source}\n- 录入并核对：{today.isoformat()}\n"
    put(place / RULE_FILE, content, keep=True)
    put(place / NOTES_FILE, notes.encode(), keep=True)
    return place, validate(str(place))


def _refuse_two_of_a_day(text: RuleText, others: Sequence[RuleText]) -> None:
    faults = []
    for other in others:
        if other.ref == text.ref and other.sha256 != text.sha256:
            faults.append(
                Fault(OVERLAPS, f"{text.ref} 已采用过或正在采用，内容与此不同", expected=UNCHANGED, remedy=TAKE_BACK)
            )
        elif _overlap(text, other) and other.ref not in text.takes_over:
            faults.append(Fault(OVERLAPS, f"{text.ref} 与 {other.ref}"))
    if faults:
        raise Refusal(faults)


def _overlap(text: RuleText, other: RuleText) -> bool:
    """Whether some day lies in both texts' periods: then neither would be the one in force."""
    first = max(text.effective_on or date.min, other.effective_on or date.min)
    return first < min(text.lapsed_on or date.max, other.lapsed_on or date.max) and text.ref != other.ref


def text_of(source: str) -> RuleText:
    """A rule text by the name of a shipped one, or from a folder."""
    return _text(source)[1]


def _text(source: str) -> tuple[str, RuleText]:
    """A rule text by the name of a shipped one, or from a folder; and where its files are (a ref, or a path)."""
    folder = Path(source)
    if (folder / RULE_FILE).is_file():
        return str(folder), read_rule_text((folder / RULE_FILE).read_bytes(), RULE_FILE)
    if "/" in source or folder.is_dir():
        raise Refusal([Fault(NO_FILE, source)])
    refs = [ref for ref in shipped_refs() if source in (ref, ref.partition("@")[0])]
    return refs[0] if len(refs) == 1 else source, shipped(source)


def _files(place: str) -> tuple[bytes, bytes]:
    """The text's bytes and its notes', from a folder or from the package."""
    folder = Path(place)
    if (folder / RULE_FILE).is_file():
        notes = folder / NOTES_FILE
        return (folder / RULE_FILE).read_bytes(), notes.read_bytes() if notes.is_file() else b""
    return shipped_file(place), shipped_file(place, NOTES_FILE)


def adopted(office: Office) -> tuple[RuleText, ...]:
    """The rule texts in these books, read from their adopted copies, whose digests must hold."""
    return _kept(office, office.book.events(RuleAdopted))


def _waiting(office: Office) -> tuple[RuleText, ...]:
    """The rule texts whose adoption waits in a draft."""
    drafts = [draft for draft in office.drafts if draft.is_waiting]
    return _kept(office, [event for one in drafts for event in one.content.events if isinstance(event, RuleAdopted)])


def _kept(office: Office, events: Sequence[RuleAdopted]) -> tuple[RuleText, ...]:
    texts = []
    for event in events:
        name = f"{rule_folder(event.rule, event.sha256)}/{RULE_FILE}"
        content = (office.root / name).read_bytes() if (office.root / name).is_file() else b""
        if digest(content) != event.sha256:
            raise Refusal([Fault(ALTERED, f"{event.rule} 的文本已不是采用时的", Place(name))])
        texts.append(read_rule_text(content, name))
    return tuple(texts)


class Listed(NamedTuple):
    """A rule text in a list: its name, title, first day, what is sourced, and whether these books adopted it."""

    ref: str
    title: str
    effective_on: str
    status: str
    adopted: str


def catalogue(office: Office | None) -> tuple[Listed, ...]:
    """The rule texts shipped, and those a set of books has adopted."""
    mine = {event.rule for event in office.book.events(RuleAdopted)} if office else set()
    rows = []
    for ref in shipped_refs():
        text = shipped(ref)
        gaps = len(open_faults(text))
        status = "演示" if text.demo else (f"未定 {gaps} 项" if gaps else "可采用")
        begins = text.effective_on.isoformat() if text.effective_on else "未定"
        rows.append(Listed(ref, text.title, begins, status, "已采用" if ref in mine else ""))
    rows += [
        Listed(ref, "（账套自有文本）", ref.partition("@")[2], "", "已采用")
        for ref in sorted(mine - set(shipped_refs()))
    ]
    return tuple(rows)


class ParameterRow(NamedTuple):
    """One parameter of a rule text as a line."""

    clause: str
    kind: str
    title: str
    value: str
    status: str
    source: str
    trust: str
    checked_on: str


def parameters(source: str) -> tuple[ParameterRow, ...]:
    """Every parameter, head field and silent topic of a text, with status and source or the reason."""
    _, text = _text(source)
    return tuple(
        ParameterRow(
            line.clause,
            CLAUSE_KINDS[line.kind].title if line.kind in CLAUSE_KINDS else "",
            line.title,
            line.value,
            STATUS_WORDS[line.status],
            line.why or line.source,
            line.trust,
            line.checked_on,
        )
        for line in describe(text)
    )


def compared(first: str, second: str) -> tuple[ComparedLine, ...]:
    """Two rule texts line by line, each a shipped one's name or a folder."""
    return compare(_text(first)[1], _text(second)[1])


class Validated(NamedTuple):
    """What a text is worth: its clauses, parameters by status, and everything that keeps it from being complete."""

    ref: str
    clauses: int
    sourced: int
    assumed: int
    unset: int
    missing: tuple[Fault, ...]
    can_be_adopted: bool
    passed_over: tuple[str, ...]
    """Titles of later topics that the text does not speak of: it stands without them, and nothing is asked."""


def validate(source: str) -> Validated:
    """Read a text whole; a file that contradicts itself is refused with every fault found.

    A text that can be adopted is bound too, as a decision would bind it.
    """
    _, text = _text(source)
    count = Counter(line.status for line in describe(text))
    adoptable = not text.unset and all(silence.status != "unset" for silence in text.silent)
    if adoptable:
        bind(text)
    name = text.ref if text.effective_on else text.slug
    counts = (count["sourced"], count["assumed"], count["unset"])
    later = tuple(TOPICS[topic] for topic in passed_over(text))
    return Validated(name, len(text.clauses), *counts, open_faults(text), adoptable, later)
