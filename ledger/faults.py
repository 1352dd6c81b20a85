"""What is wrong with a user's data, said so that an officer can act on it.

A fault is a value: importers and checks gather them, nothing of the file is posted, and desk prints them
all. ``Refusal`` carries faults across a room's door when an act cannot go on. A mistake of our own is an
``assert``, never a fault.
"""

import errno
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import groupby


class ExitCode(IntEnum):
    """What a command tells the shell."""

    DONE = 0
    FINDINGS = 1
    BAD_INPUT = 2
    REFUSED = 3


@dataclass(frozen=True, slots=True)
class FaultKind:
    """One way in which data or a request can be wrong. ``code`` is what docs/faults.md lists.

    ``expected`` and ``remedy`` are the default texts; a fault may say them more exactly.
    """

    code: str
    title: str
    expected: str
    remedy: str
    exit_code: ExitCode = ExitCode.BAD_INPUT


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a user's paper: any part may be unknown. ``row`` counts from 1."""

    file: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""

    def __str__(self) -> str:
        """In the officer's words: ``boc-2024-03.xlsx 工作表「明细」第 18 行「交易金额」``."""
        parts = [self.file]
        if self.sheet:
            parts.append(f"工作表「{self.sheet}」")
        if self.row is not None:
            parts.append(f"第 {self.row} 行")
        text = " ".join(part for part in parts if part)
        return f"{text}「{self.column}」" if self.column else text


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing found wrong: place, what was read, what was expected, what to do.

    ``excerpt`` is the row as its cells' texts; ``bad`` is the index of the offending cell in it, or None.
    """

    kind: FaultKind
    found: str
    place: Place = Place()
    excerpt: tuple[str, ...] = ()
    bad: int | None = None
    expected: str = ""
    remedy: str = ""

    @property
    def code(self) -> str:
        """The fault's code, e.g. ``导入-金额-01``."""
        return self.kind.code

    @property
    def what_to_do(self) -> str:
        """This fault's remedy, or its kind's."""
        return self.remedy or self.kind.remedy

    def __str__(self) -> str:
        """The fault as an officer reads it (design: architecture.md, 'A fault')."""
        return f"{self.seen()}\n怎么办：{self.what_to_do}"

    def seen(self) -> str:
        """The fault without its remedy: place, excerpt, what was read, what was expected."""
        lines = [f"[{self.kind.code}] {legible(str(self.place), MAX_SHOWN) or self.kind.title}"]
        if self.excerpt:
            cells = tuple(legible(cell, MAX_CELL_SHOWN) for cell in self.excerpt)
            lines += _excerpt(self.place.row, cells, self.bad)
        found, expected = legible(self.found, MAX_SHOWN), legible(self.expected or self.kind.expected, MAX_SHOWN)
        lines.append(f"读到：{found}      应为：{expected}")
        return "\n".join(lines)


def listed(faults: Sequence[Fault]) -> Iterator[str]:
    """Faults as they are printed one after another: what several in a row ask for is said once, after the last."""
    for remedy, alike in groupby(faults, key=lambda fault: fault.what_to_do):
        *before, last = alike
        yield from (fault.seen() for fault in before)
        count = f"（以上 {len(before) + 1} 处）" if before else ""
        yield f"{last.seen()}\n怎么办：{count}{remedy}"


MAX_SHOWN, MAX_CELL_SHOWN = 500, 60
"""Characters of a text, and of one cell of an excerpt, that are printed: a cell may hold thirty thousand."""


def legible(text: str, limit: int = 0) -> str:
    """A text from outside as it may stand on a screen: what moves the cursor or turns the line written as an escape.

    ``limit``: the characters kept, 0 for all; the rest is three dots.
    """
    if limit and len(text) > limit:
        text = f"{text[:limit]}…"
    if text.isprintable():
        return text
    return "".join(char if _is_plain(char) else repr(char)[1:-1] for char in text)


def _is_plain(char: str) -> bool:
    return char.isprintable() or unicodedata.category(char) == "Zs"


def _width(text: str) -> int:
    # A CJK character takes two columns of a terminal.
    return sum(2 if ord(char) > 0x2E7F else 1 for char in text)


def _excerpt(row: int | None, cells: tuple[str, ...], bad: int | None) -> list[str]:
    lead = f"   {row} | " if row is not None else "   | "
    gap = "  "
    lines = [lead + gap.join(cells)]
    if bad is not None and bad < len(cells):
        before = _width(lead) + sum(_width(cell) + len(gap) for cell in cells[:bad])
        lines.append(" " * before + "^" * max(_width(cells[bad]), 1))
    return lines


class Refusal(Exception):  # noqa: N818 - it is the act that is refused, not an error of the program
    """An act that cannot go on, with every reason gathered."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        """Keep the faults; there is always at least one."""
        self.faults = tuple(faults)
        assert self.faults, "a refusal needs a reason"
        super().__init__("\n\n".join(str(fault) for fault in self.faults))

    @property
    def exit_code(self) -> ExitCode:
        """The gravest of the faults' exit codes."""
        return max(fault.kind.exit_code for fault in self.faults)


def refuse(kind: FaultKind, found: str, **more: object) -> Refusal:
    """A refusal for one reason, to be raised by the caller."""
    return Refusal([Fault(kind, found, **more)])  # type: ignore[arg-type] # the keywords are Fault's own


_OS_WORDS = {
    errno.ENOENT: "文件不存在",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EISDIR: "这是文件夹，不是文件",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "超出磁盘配额",
    errno.EFBIG: "文件过大，或超出限额",
    errno.EROFS: "磁盘是只读的",
    errno.EIO: "磁盘读写出错",
    errno.EADDRINUSE: "已被别的程序占用",
}


def toml_words(error: ValueError) -> str:
    """Where a TOML file can't be read, in the officer's language: the parser's own words are English."""
    if isinstance(error, UnicodeDecodeError):
        return "不是 UTF-8 文字"
    if place := re.search(r"at line (\d+), column (\d+)", str(error)):
        return f"第 {place[1]} 行第 {place[2]} 个字符处写法不对：少了引号、括号、等号，或文字没有加引号"
    return "写法不对：到文件末尾还有引号、括号没有合上，或同一项写了两次"


def os_words(error: OSError) -> str:
    """What the operating system says, in the officer's language; its own words where we have none."""
    return _OS_WORDS.get(error.errno or 0, error.strerror or "读写失败")
