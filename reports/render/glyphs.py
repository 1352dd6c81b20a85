"""Every character of a paper must have a glyph in the bundled font, or the paper is refused.

typst prints an empty box for a missing glyph without a word (docs/architecture.md), so the font's own
character map is asked before.
"""

import functools
from pathlib import Path

from fontTools.ttLib import TTFont

from ledger.faults import Fault, FaultKind, Place, Refusal
from reports.render.paper import Paper, texts

FONTS = Path(__file__).parent / "fonts"
REGULAR = FONTS / "NotoSansSC-Regular.ttf"
BOLD = FONTS / "NotoSansSC-Bold.ttf"

MISSING_GLYPH = FaultKind(
    "报表-字形-01",
    "有字打印不出来",
    "随附字体（Noto Sans SC）收有的字",
    "核对原件上的这个字，改用规范字后重出；确为生僻字的，请维护人员补字体。",
)
KINDS = (MISSING_GLYPH,)

AROUND = 12
"""Characters shown on each side of a missing one."""

_BREAKS = frozenset("\n")


@functools.cache
def glyphs(font: Path = REGULAR) -> frozenset[int]:
    """The code points that a font can print. Read once per process: about a tenth of a second."""
    with TTFont(font, lazy=True) as opened:
        table = opened.getBestCmap()
    assert table, f"{font.name} has no Unicode character map"
    return frozenset(table)


def check_glyphs(paper: Paper) -> None:
    """Refuse a paper with a character that has no glyph, naming each such character once."""
    known = glyphs()
    missing: dict[str, str] = {}
    for text in texts(paper):
        for char in text:
            if ord(char) not in known and char not in _BREAKS:
                missing.setdefault(char, text)
    if missing:
        place = Place(paper.title)
        raise Refusal(
            [Fault(MISSING_GLYPH, _named(char), place, *_around(text, char)) for char, text in sorted(missing.items())]
        )


def _around(text: str, char: str) -> tuple[tuple[str, ...], int]:
    """What stands before and after the character, and its place among the three parts."""
    before, _, after = text.partition(char)
    return (before[-AROUND:], char if char.isprintable() else "　", after[:AROUND]), 1


def _named(char: str) -> str:
    shown = f"「{char}」" if char.isprintable() else ""
    return f"{shown}U+{ord(char):04X}"
