"""The one door to beancount's loader: cache off, collector paused, errors kept.

The loader's pickle cache runs code on load and hides edits that restore a file's size and time
(facts/reliability.md 3.4, 3.5), so it is switched off for the whole process.
"""

import gc
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from beancount import loader
from beancount.core import data

from ledger.checks import MARKER
from ledger.faults import Fault, FaultKind, Place, Refusal
from ledger.folder import MAIN, is_between, refuse_after, refuse_before

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
    paused = gc.isenabled()
    gc.disable()
    try:
        entries, errors, options = loader.load_file(str(root / MAIN))
    finally:
        if paused:
            gc.enable()
    return of_entries(root, entries, errors, options)


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
