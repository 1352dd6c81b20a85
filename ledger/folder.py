"""The books folder before anything in it is believed: its modes, what lies in it, what the top file asks for.

beancount runs the plugins that a top file names, puts folders on Python's path where it is told to, and deletes a cache
file that it does not use: so this is looked at before it is let near the books. What only a loaded book shows (a file
brought in by a batch, ``pad``) is looked at afterwards, and before its errors are printed, which would quote it.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import Any

from beancount.core import data
from beancount.parser import parser

from ledger.checks import EVERY, NAMES
from ledger.faults import ExitCode, Fault, FaultKind, Place, Refusal
from ledger.store import FILE_MODE, FOLDER_MODE, VIEW

MAIN, CHART, HEAD = "main.beancount", "chart.beancount", "head.beancount"
BATCHES = "batches/*/*.beancount"
INCLUDED = (CHART, HEAD, BATCHES)
"""What the top file includes, and nothing else."""

STRANGE = FaultKind(
    "账簿-打开-04",
    "账套里有不该有的东西",
    "只由 main.beancount 引入本账套自己的文件，只用本程序的插件",
    "有人改动过账套文件：运行 riskpool verify 查明，用备份恢复。",
)
WIDE = FaultKind(
    "账簿-打开-05",
    "账套文件的权限比建账时宽",
    "文件夹 0700、文件 0600：只有账套的主人能读写",
    "先查明是谁放宽的、谁看过账；再运行 chmod -R go-rwx,a-st 账套文件夹，普通文件另去掉执行权限。",
    ExitCode.REFUSED,
)
KINDS = (STRANGE, WIDE)
SHOWN = 20


def refuse_before(root: Path) -> None:
    """Refuse a folder that must not be loaded: strangers beside the top file, the top file itself, wide modes."""
    found = [Fault(STRANGE, text, Place(name), remedy=remedy) for name, text, remedy in _beside(root)]
    found += [Fault(STRANGE, text, Place(MAIN)) for text in _asked_for(root / MAIN)]
    if not found and not _is_view(root):  # a view is disposable and written where its reader likes
        found = [Fault(WIDE, text, Place(name)) for name, text in wide(root, _loaded_paths(root))]
    if found:
        raise Refusal(found[:SHOWN])


def refuse_after(root: Path, entries: Iterable[object], options: Mapping[str, Any]) -> None:
    """Refuse a loaded book: files brought in from elsewhere, a path for Python, entries without a voucher."""
    whole = root.resolve()
    allowed = {whole / MAIN, whole / CHART, whole / HEAD, *whole.glob(BATCHES)}
    brought = [Path(name).resolve() for name in options["include"]]
    found = [f"引入了 {path.name}" for path in brought if path not in allowed and not _is_view(root)]
    if any(isinstance(entry, data.Pad) for entry in entries):
        found.append("pad（会生出没有凭证的分录）")
    if options.get("pythonpath"):
        found.append("insert_pythonpath")
    if found:
        raise Refusal([Fault(STRANGE, text, Place(MAIN)) for text in found[:SHOWN]])


def _is_view(root: Path) -> bool:
    return (root / VIEW).is_file()


def is_between(root: Path, include: Iterable[str]) -> bool:
    """Whether a load fell between two commits: it saw a later batch without an earlier one, which stands.

    A folder is not listed in one instant. Of two files that come while it is, the second may be seen alone.
    """
    seen = {name for path in include if (name := os.path.basename(path))[:6].isdecimal()}  # noqa: PTH119 - of thousands
    last = max(seen, default="")
    if not last or len(seen) == int(last[:6]) + 1:
        return False
    return any(path.name not in seen and path.name < last for path in root.glob(BATCHES))


_CACHE_REMEDY = "别的 beancount 程序看账后留下的就删去它，今后让它看一份副本；来历不明的先查明。"


def _beside(root: Path) -> Iterator[tuple[str, str, str]]:
    """What lies beside the top file and may run code or lead elsewhere: name, what it is, what to do."""
    for item in sorted(os.scandir(root), key=lambda found: found.name):
        if item.name.endswith(".picklecache"):
            yield item.name, "缓存文件：读它会运行其中的代码", _CACHE_REMEDY
        elif item.name.endswith((".py", ".pyc", ".so")) or item.name == "__pycache__":
            yield item.name, "程序文件：可能被当作插件运行", ""
        elif item.is_symlink():
            yield item.name, "指向别处的链接", ""


def _asked_for(main: Path) -> Iterator[str]:
    """What the top file asks of beancount beyond our own checks and files; parsed only, nothing of it is run."""
    _, _, options = parser.parse_file(str(main))
    yield from (f"插件 {name}" for name, _ in options["plugin"] if name not in {EVERY, *NAMES})
    if not _is_view(main.parent):  # a daily view brings in the books' own batches from where they stand
        yield from (f"引入 {name}" for name in options["include"] if name not in INCLUDED)
    if options["insert_pythonpath"]:
        yield "insert_pythonpath"
    if options["plugin_processing_mode"] != "default":
        yield f"plugin_processing_mode {options['plugin_processing_mode']}（余额断言不会核对）"
    if options["documents"]:
        yield "documents（会生出没有批次的分录）"


def _loaded_paths(root: Path) -> Iterator[str]:
    """The folder, its rooms, and what a load reads: few enough to be looked at each time.

    What lies deeper nobody reaches who can't enter these.
    """
    yield str(root)
    for item in os.scandir(root):
        yield item.path
    if (root / "batches").is_dir():
        for year in os.scandir(root / "batches"):
            yield year.path
            if year.is_dir():
                yield from (batch.path for batch in os.scandir(year))


def wide(root: Path, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Of some paths those that others may use, as (name within the folder, how it stands and should)."""
    for path in sorted(paths):
        try:
            mode = os.lstat(path).st_mode
        except FileNotFoundError:
            continue  # a writer at work: its temporary file was there when the folder was listed, and has its name now
        if S_ISDIR(mode):
            made = FOLDER_MODE
        elif S_ISREG(mode):
            made = FILE_MODE
        else:
            continue
        if mode & 0o7777 & ~made & ~0o2000:  # setgid is inherited from the folder around and opens nothing
            yield os.path.relpath(path, root), f"权限 {mode & 0o7777:04o}，建账时 {made:04o}"
