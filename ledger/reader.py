"""The one door to the books: a quick way for sound ones, beancount's own loader for all others.

Both give the same entries, errors and options (tests/ledger/test_ledger_reader.py). The quick way knows what sound
books are: every leg written, nothing padded, no cost. Where it meets anything else, or any error, it gives up and
the loader speaks; so an officer only ever reads the loader's words. Before either runs, files that would bring in
foreign code or foreign files are refused.

The loader's pickle cache runs code on load and hides edits that restore a file's size and time
(facts/reliability.md 3.4, 3.5), so it is switched off for the whole process.
"""

import glob
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from beancount import loader
from beancount.core import data
from beancount.parser import parser

from ledger.checks import EVERY, MARKER, NAMES
from ledger.faults import Fault, FaultKind, Place, Refusal
from ledger.folder import MAIN, STRANGE, is_between, refuse_after, refuse_before
from ledger.parsing import Names, collector_paused, parse
from ledger.soundness import sound
from ledger.store import refuse_view

loader.initialize(use_cache=False)

NO_BOOKS = FaultKind(
    "账簿-打开-01",
    "不是账套文件夹",
    "riskpool init 建立的账套文件夹",
    "检查 --books 所指的位置；尚未建账的先运行 riskpool init。",
)
BROKEN_BOOKS = FaultKind(
    "账簿-打开-02",
    "账套读入时有错",
    "没有错误的账套",
    "不要改动任何文件；运行 riskpool verify 找出被改动的凭证，用备份恢复。",
)
UNCHECKED = FaultKind(
    "账簿-打开-03",
    "账套的检查没有运行",
    "main.beancount 第一层列明本程序的全部检查插件",
    "main.beancount 可能被改动：用备份恢复，或与 docs/format-1.md 对照。",
)
KINDS = (NO_BOOKS, BROKEN_BOOKS, UNCHECKED)


@dataclass(frozen=True)
class Loaded:
    """What the loader gave: sorted entries, its errors as text with places, options."""

    root: Path
    entries: tuple[data.Directive, ...]
    errors: tuple[str, ...]
    options: dict[str, Any]


LOADS = 5
"""How often a load is done anew because batches came while the folder was listed; each time they must come again."""


def load(root: Path) -> Loaded:
    """Load a books folder whatever its errors; a folder without a main file, or not fit to be loaded, is refused."""
    refuse_view(root)
    main = root / MAIN
    if not main.is_file():
        raise Refusal([Fault(NO_BOOKS, f"{root} 下没有 {MAIN}")])
    refuse_before(root)
    for _ in range(LOADS):
        loaded = _once(root)
        if not is_between(root, loaded.options["include"]):
            break
    refuse_after(root, loaded.entries, loaded.options)
    return loaded


def _once(root: Path) -> Loaded:
    with collector_paused():
        name = os.path.abspath(root / MAIN)  # noqa: PTH100 - the loader's name for it: links are not followed
        paths = _included(name, parser.parse_file(name)[2]["include"])
        entries, errors, options = _quick(name, paths) or _by_loader(name, paths)
    return of_entries(root, entries, errors, options)


_Triple = tuple[list[data.Directive], list[Any], dict[str, Any]]


def _refuse_foreign(files: Sequence[tuple[str, dict[str, Any]]], included: frozenset[str]) -> None:
    """Refuse what would make the loader run code that is not ours, or open files that are not the books' own."""
    found = []
    for name, options in files:
        strange = [f"引入了 {item}" for item in options["include"] if item not in included]
        strange += [f"插件 {item}" for item, _ in options["plugin"] if item not in {EVERY, *NAMES}]
        strange += ["insert_pythonpath"] if options["insert_pythonpath"] else []
        found += [Fault(STRANGE, text, Place(name)) for text in strange]
    if found:
        raise Refusal(found)


def _included(main: str, patterns: Sequence[str]) -> list[str]:
    """The files that a main file includes: the loader's names for them, in its order."""
    folder = os.path.dirname(main)  # noqa: PTH120 - pathlib's glob gives another order
    found = [path for item in patterns for path in glob.glob(os.path.join(folder, item), recursive=True)]  # noqa: PTH118, PTH207 - same
    return [os.path.normpath(path) for path in found]


def _by_loader(main: str, paths: Sequence[str]) -> _Triple:
    """Beancount's own loading, after a look whether any file of the books names foreign ones."""
    kept = [path for path in paths if Path(path).is_file()]
    _refuse_foreign([(Path(path).name, parser.parse_file(path)[2]) for path in kept], frozenset())
    entries, errors, options = loader.load_file(main)
    return entries, errors, options


def _quick(main: str, paths: Sequence[str]) -> _Triple | None:
    """The same in a fraction of the time for sound books; None for all others, at the first sign."""
    names = Names()
    top = parse(Path(main).read_bytes(), main, names)
    if top is None or not _complete(main, paths, top.options["include"]):
        return None
    options, entries, others = top.options, list(top.entries), []
    for path in paths:
        part = parse(Path(path).read_bytes(), path, names, options["tolerance_multiplier"])
        if part is None:
            return None
        _refuse_foreign([(Path(path).name, part.options)], frozenset())
        entries += part.entries
        others.append(part.options)
    options["include"] = sorted([main, *paths])
    options = loader.aggregate_options_map(options, others)
    entries.sort(key=data.entry_sortkey)
    if not sound(entries, options):
        return None
    options["input_hash"] = loader.compute_input_hash(options["include"])
    return entries, [], options


def _complete(main: str, paths: Sequence[str], patterns: Sequence[str]) -> bool:
    """Every pattern has a file, every file stands there and is named once."""
    once = len({main, *paths}) == len(paths) + 1
    return once and all(map(os.path.isfile, paths)) and all(_included(main, [pattern]) for pattern in patterns)


def of_entries(root: Path, entries: list[data.Directive], errors: list[Any], options: dict[str, Any]) -> Loaded:
    """The same for entries somebody else has loaded (Fava), so that one load is one state."""
    return Loaded(root, tuple(entries), tuple(_error(root, item) for item in errors), options)


def _error(root: Path, error: Any) -> str:  # noqa: ANN401 - beancount's errors are namedtuples of many modules
    source = error.source or {}
    name = str(source.get("filename", ""))
    place = name.removeprefix(f"{root.resolve()}/").removeprefix(f"{root}/")
    return f"{place}:{source.get('lineno', 0)} {error.message}"


def load_sound(root: Path) -> Loaded:
    """Load a books folder that must be without error and whose checks must have run."""
    loaded = load(root)
    if loaded.errors:
        raise Refusal([Fault(BROKEN_BOOKS, text, Place(MAIN)) for text in loaded.errors[:20]])
    missing = MARKER.missing(loaded.options)
    if missing:
        raise Refusal([Fault(UNCHECKED, f"未运行：{'、'.join(missing)}", Place(MAIN))])
    return loaded
