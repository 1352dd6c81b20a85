"""Write the daily view of a long set of books, or take the one that stands there on to the newest batch."""

from pathlib import Path
from typing import NamedTuple

from desk.acts.office import put
from ledger.daily import Made, View, made
from ledger.faults import ExitCode, Fault, FaultKind, Refusal
from ledger.store import VIEW

OTHER_FOLDER = FaultKind(
    "账簿-节略-03",
    "文件夹里有别的东西",
    "空的、尚不存在的，或先前写成的节略账的文件夹",
    "用 --out 换一个位置。",
    ExitCode.REFUSED,
)
KINDS = (OTHER_FOLDER,)


class Written(NamedTuple):
    """A view as it now stands; ``continued`` where only later batches were added, ``unchanged`` where nothing was."""

    view: View
    continued: bool
    unchanged: bool


def daily(root: Path, out: Path) -> Written:
    """Write the view of ``root`` into ``out``. What stands there is replaced if it is a view, else it is refused."""
    if out.exists() and not (out / VIEW).is_file() and (not out.is_dir() or any(out.iterdir())):
        raise Refusal([Fault(OTHER_FOLDER, str(out))])
    found: Made = made(root, out)
    before = {name: (out / name).read_bytes() for name in found.files if (out / name).is_file()}
    if before == found.files:
        return Written(found.view, continued=True, unchanged=True)
    # What says where it stands is written last: until then the view is stale by its own word.
    for name in sorted(found.files, key=lambda item: item == VIEW):
        put(out / name, found.files[name])
    return Written(found.view, found.continued, unchanged=False)
