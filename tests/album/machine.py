"""How faults of the machine are met: a full disk, a component left out, another version, wide modes, a daily view."""

import shutil
import sys
import sysconfig
from pathlib import Path

from album.stage import NONE, YEAR, Apart, Provocation, Stage
from tools import REPO

from desk.server.favahost.kinds import VERSION

RISKPOOL = str(Path(sys.executable).with_name("riskpool"))
MAIN = "from desk.cli.app import main; main()"
IMPORT = "import 流水.csv --as chen"
LIST = "2023-03/boc-01-list-202303.csv"
SENT = "transfer --account boc-01 --to abchina-01 --amount 1.00 --instruction HB-9 --as chen"


def _bare(*folders: Path) -> Apart:
    """An interpreter that has what lies in these folders and nothing else."""
    path = ":".join(map(str, folders))
    return Apart((sys.executable, "-S", "-c", MAIN), {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"})


def _without_desk(stage: Stage) -> Apart:
    """An environment into which fava and waitress were not installed."""
    packages = stage.folder / "packages"
    packages.mkdir()
    for item in Path(sysconfig.get_path("purelib")).iterdir():
        if not item.name.startswith(("fava", "waitress")):
            (packages / item.name).symlink_to(item)
    return _bare(REPO, packages)


def _without_examples(stage: Stage) -> Apart:
    """The program as an installation has it: its packages, and no examples beside them."""
    packages = stage.folder / "packages"
    for name in ("desk", "importers", "ledger", "reports", "riskpool"):
        shutil.copytree(REPO / name, packages / name, ignore=shutil.ignore_patterns("__pycache__", "fonts"))
    return _bare(packages, Path(sysconfig.get_path("purelib")))


def _newer_fava(stage: Stage) -> Apart:
    """An environment in which somebody upgraded Fava."""
    stage.put("packages/fava-9.9.dist-info/METADATA", "Metadata-Version: 2.1\nName: fava\nVersion: 9.9\n")
    return Apart((RISKPOOL,), {"PYTHONPATH": str(stage.folder / "packages")})


def _full_disk(_: Stage) -> Apart:
    """A disk that takes not one byte more."""
    return Apart(("bash", "-c", f'ulimit -f 0; exec "{RISKPOOL}" "$@"', "riskpool"))


def _opened_wide(stage: Stage) -> None:
    (stage.books / "pool.toml").chmod(0o644)


def _view(stage: Stage) -> None:
    stage.does("daily --out 节略")


def _old_view(stage: Stage) -> None:
    _view(stage)
    stage.does(SENT, "review --as lu", "post --as shen")


PROVOCATIONS = (
    Provocation("命令-组件-01", "安装时没有装看账的组件。", "serve books", YEAR, apart=_without_desk),
    Provocation("演示-文件-01", "装好的程序旁边没有示例文件。", "demo --out 演示", NONE, apart=_without_examples),
    Provocation("界面-版本-01", "有人单独升级了 Fava。", "serve books", YEAR, apart=_newer_fava),
    Provocation(
        "账簿-写入-02",
        "磁盘写满了。",
        IMPORT,
        prepare=lambda stage: stage.example(LIST, "流水.csv"),
        apart=_full_disk,
        spoils=True,
    ),
    Provocation("账簿-写入-04", "--books 写错了。", f"{SENT} -b 帐套", YEAR),
    Provocation("账簿-打开-05", "有人把账套里的文件改成别人也能读。", "status", YEAR, _opened_wide, spoils=True),
    Provocation("账簿-节略-01", "还没有一个年度结完账。", "daily --out 节略"),
    Provocation("账簿-节略-02", "写成节略账之后又记了账。", "serve 节略", YEAR, _old_view, spoils=True),
    Provocation(
        "账簿-节略-03",
        "节略账写到有别的东西的文件夹。",
        "daily --out 满",
        YEAR,
        lambda stage: stage.put("满/x", "x"),
    ),
    Provocation("账簿-节略-04", "对着节略账记账。", f"{SENT} -b 节略", YEAR, _view),
)
assert VERSION != "9.9", "the provocation needs another version"
