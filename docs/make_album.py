"""Write docs/album.md, every fault as it is met: ``python docs/make_album.py`` (minutes). A test compares."""

import re
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

REPO = Path(__file__).parents[1]
sys.path[:0] = [str(REPO / "tests"), str(REPO), str(REPO / "docs")]

from album.every import EVERY  # noqa: E402 - the path must be set first
from album.stage import Provocation, Theatre  # noqa: E402
from make_faults import GROUPS  # noqa: E402
from tools import run_command  # noqa: E402

LEAD = """# 错误图鉴：每个代码怎样会遇到、打印什么

每一条都真的做过一遍：在虚构的 2023 年账套上，用所写的命令、所说的文件，程序打印的就是所列的文字。
代码的意思和退出码见 [faults.md](faults.md)。本页由 `docs/make_album.py` 写成，测试逐条重做并逐字核对。
几处要做的事相同的，程序在最后一处之后只说一次；这里列第一处，以「……」接上那句话。
"""


def entry(one: Provocation, said: str) -> str:
    """The page's lines of one code."""
    command = re.sub(r"[\x00-\x1f]", lambda found: f"\\x{ord(found[0]):02x}", one.command)
    return f"### {one.code}\n\n{one.how}`riskpool {command}`\n\n```text\n{said}\n```\n"


def page(entries: Iterable[tuple[str, str]]) -> str:
    """The whole page from (code, entry) in the album's order."""
    found = dict(entries)
    parts = [LEAD]
    for group, title in GROUPS.items():
        every = [found[code] for code in sorted(found) if code.startswith(f"{group}-")]
        parts += [f"## {group}：{title}\n", *every] if every else []
    return "\n".join(parts)


def main() -> None:
    """Make the demonstration's books, provoke everything, write the page."""
    with tempfile.TemporaryDirectory() as folder:
        done = run_command("demo", "--out", f"{folder}/demo", "--quiet")
        assert done.returncode == 0, done.stderr
        theatre = Theatre(Path(folder, "demo", "books"), Path(folder, "album"))
        Path(folder, "album").mkdir()
        text = page((one.code, entry(one, theatre.said(one)[1])) for one in EVERY)
    Path(__file__).with_name("album.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
