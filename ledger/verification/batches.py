"""One batch file: re-parsed, re-hashed, compared with its printed form and with the files that it names."""

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

from beancount.core import data

from ledger.book import POOL_FILE
from ledger.canon import BATCH, MARK, canonical, chain_hash, mark_of_form, own_of_forms
from ledger.faults import Fault, Place
from ledger.folder import CHART, MAIN
from ledger.journal import PEOPLE
from ledger.parsing import parse_text
from ledger.printing import write_text
from ledger.provenance import SHORT, digest
from ledger.seal import rule_folder
from ledger.traces import marked, named
from ledger.verification.chain import Batch, Chain
from ledger.verification.kinds import BROKEN_CHAIN, CHANGED, RESTYLED

UNREADABLE = (UnicodeDecodeError, ValueError, TypeError, AssertionError, KeyError, IndexError, AttributeError)
"""What a damaged file can raise while it is taken apart: each becomes "can't be read", with the file's name."""


def read_batch(root: Path, path: Path, chain: Chain) -> Batch:
    """Read and judge one batch. What can't be read leaves a fault and as much of its header as stands."""
    read = Batch(path.relative_to(root).as_posix(), chain.sequence + 1)
    try:
        text = path.read_bytes().decode("utf-8")
        entries, errors, _ = parse_text(text, path)
        _stated(read, entries, text, chain)
        if errors:
            _mend(root, read, text, entries, errors)
        else:
            _judge(root, read, text, entries)
    except UNREADABLE:
        read.faults.append(Fault(CHANGED, "批次文件读不懂", Place(read.name)))
    return read


_HEADER = re.compile(r'^\d{4}-\d\d-\d\d custom "batch" "1" (\d{1,6}) "([0-9a-f]{64})" "([0-9a-f]{64})"$', re.MULTILINE)


def _stated(read: Batch, entries: Sequence[data.Directive], text: str, chain: Chain) -> None:
    """Take the chain on from what the header states: so one changed batch is one finding, and not all that follow."""
    header = entries[0] if entries else None
    if isinstance(header, data.Custom) and header.type == BATCH:
        number, before, own = (value.value for value in (header.values or ())[1:4])
    elif match := _HEADER.search(text):
        number, before, own = match.groups()
    else:
        return
    number, read.own = int(number), str(own)
    if number != read.sequence:
        what = f"批头序号 {number:06d}，按次序应为 {read.sequence:06d}"
        read.faults.append(Fault(BROKEN_CHAIN, what, Place(read.name)))
    elif chain.last is not None and before != chain.last:
        read.faults.append(Fault(BROKEN_CHAIN, "批头所记的前一链值与前一批次不符", Place(read.name)))
    read.sequence = number
    chain.values[number] = chain_hash(str(before), number, read.own)


def _mend(root: Path, read: Batch, text: str, entries: Sequence[data.Directive], errors: Sequence[Any]) -> None:
    """Judge a text that does not parse: an empty line or a comment put between the lines of an entry tears it apart.

    Without such lines it says what it said: then only its form was edited, though beancount can't read it so.
    """
    torn, before = _torn(read.name, entries, errors), list(read.faults)
    whole, still, _ = parse_text(_without_idle_lines(text), root / read.name)
    if not still:
        _judge(root, read, text, whole)
    found = read.faults[len(before) :]
    if [fault.kind for fault in found] == [RESTYLED]:
        torn = Fault(RESTYLED, f"{found[0].found}；beancount 因此{torn.found}", found[0].place)
    read.faults, read.entries = [*before, torn], ()


_IDLE = re.compile(r'("(?:\\.|[^"\\])*")|^[ \t]*(?:;[^\n]*)?\n', re.DOTALL | re.MULTILINE)


def _without_idle_lines(text: str) -> str:
    """The text without its empty lines and lines of comment alone; what stands in strings stays."""
    return _IDLE.sub(lambda found: found[1] or "", text)


def _torn(name: str, entries: Sequence[data.Directive], errors: Sequence[Any]) -> Fault:
    """A text that does not parse: where it breaks, and the last entry before that which is whole."""
    row = min(int((error.source or {}).get("lineno", 0)) for error in errors)
    whole = [entry for entry in entries if marked(entry) and int(entry.meta["lineno"]) < row]
    last = f"，最后一条完好的是 {named(whole[-1])}" if whole else "，没有一条完好"
    return Fault(CHANGED, f"从第 {row} 行起读不懂{last}", Place(name, row=row))


def _judge(root: Path, read: Batch, text: str, entries: Sequence[data.Directive]) -> None:
    name, header = read.name, entries[0]
    assert isinstance(header, data.Custom), "a batch begins with its header"
    assert header.type == BATCH, "a batch begins with its header"
    read.meta = header.meta
    read.numbers = tuple(str(entry.meta["voucher"]) for entry in entries if "voucher" in entry.meta)
    forms = [canonical(entry) for entry in entries]
    fits = [entry.meta.get(MARK) == mark_of_form(form) for entry, form in zip(entries[1:], forms[1:], strict=True)]
    now = own_of_forms(forms)
    if now != read.own or not all(fits):
        # What was changed is said when all batches are known: numbers that are missing show among their neighbours.
        read.entries = entries
        read.faults.append(Fault(CHANGED, f"内容散列不符：现为 {now[:12]}，批头记 {read.own[:12]}", Place(name)))
    elif (printed := _printed(header, entries[1:])) != text:
        read.faults.append(_restyled(name, printed, text))
    year = str(header.meta.get("posted-at", ""))[:4]
    if (Path(name).name, Path(name).parent.name) != (f"{read.sequence:06d}-{read.own[:12]}.beancount", year):
        read.faults.append(Fault(CHANGED, "批次文件被改名或移动", Place(name)))
    if not read.sequence:
        read.faults += _outside(root, header.meta)
    read.faults += _named_files(root, name, entries)
    if (sha256 := header.meta.get("draft-sha256")) and not any(
        same(kept, str(sha256)) for kept in (root / "drafts").glob(f"{header.meta['draft']}-*.json")
    ):
        read.faults.append(Fault(CHANGED, f"{header.meta['draft']} 的草稿缺失或内容已变", Place("drafts")))


def _printed(header: data.Custom, entries: Sequence[data.Directive]) -> str:
    """A batch's text as it was written, from what it says now."""
    people = [(name, str(header.meta[name])) for name in PEOPLE if name in header.meta]
    return write_text(header, map(_unresolved, entries), people, pushed=True)


def _unresolved(entry: data.Directive) -> data.Directive:
    if isinstance(entry, data.Document):
        return entry._replace(filename=f"../../documents/{Path(entry.filename).name}")
    return entry


_TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|;[^\n]*|[^\s";]+', re.DOTALL)


def _restyled(name: str, printed: str, text: str) -> Fault:
    """The hashes fit and the text does not: only comments and blanks differ, or other lines that are no entries."""
    ours, theirs = printed.split("\n"), text.split("\n")
    pairs = enumerate(zip_longest(ours, theirs), 1)
    row, now = next((row, now) for row, (was, now) in pairs if was != now)
    kind = RESTYLED if _tokens(printed) == _tokens(text) else CHANGED
    return Fault(kind, f"第 {row} 行的文字与入账时不同：{(now or '（到此为止）').strip()[:80]}", Place(name, row=row))


def _tokens(text: str) -> list[str]:
    """The words of a text without comments, blanks and line ends."""
    return [token for token in _TOKEN.findall(text) if not token.startswith(";")]


def _outside(root: Path, meta: data.Meta) -> list[Fault]:
    return [
        Fault(CHANGED, "与建账时不同", Place(name))
        for key, name in (("pool-sha256", POOL_FILE), ("main-sha256", MAIN), ("chart-sha256", CHART))
        if not same(root / name, str(meta.get(key)))
    ]


def same(path: Path, sha256: str) -> bool:
    """Whether the file is there and has this digest."""
    return path.is_file() and digest(path.read_bytes()) == sha256


def _named_files(root: Path, name: str, entries: Sequence[data.Directive]) -> list[Fault]:
    """Every file a batch names by digest: documents, what was read of them, rule texts, working papers."""
    return [
        Fault(CHANGED, f"{name} 所记的文件缺失或内容已变", Place(path.relative_to(root).as_posix()))
        for entry in entries
        for path, sha256 in _named(root, entry)
        if not same(path, sha256)
    ]


def _named(root: Path, entry: data.Directive) -> Iterator[tuple[Path, str]]:
    meta = entry.meta
    if isinstance(entry, data.Document):
        stem = Path(entry.filename).name
        yield root / "documents" / stem, str(meta.get("sha256"))
        for key, folder in (("reading", "readings"), ("paper", "statements")):
            if key in meta:
                yield root / folder / f"{stem[:SHORT]}.json", str(meta[key])
    elif meta.get("kind") == "RuleAdopted":
        sha256 = str(meta["sha256"])
        yield root / rule_folder(str(meta["rule"]), sha256) / "rule_text.toml", sha256
    elif meta.get("kind") == "AccountReconciled":
        sha256 = str(meta["working-paper"])
        yield root / "reconciliations" / f"{meta['month']}-{meta['account']}-{sha256[:12]}.json", sha256
