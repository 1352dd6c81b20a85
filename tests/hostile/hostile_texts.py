"""Texts that somebody might send to break a book, from a seed: the same ones every time, none twice.

``HOSTILE`` in the environment is how many a slot gets (``make hostile``: 10,000 in process, 200 through processes
and pages); without it the gate's slice.
"""

import os
import random
from collections.abc import Iterator

COUNT = int(os.environ.get("HOSTILE", "150"))
"""Texts a slot in process."""
OUTSIDE = int(os.environ.get("HOSTILE_OUTSIDE", "2"))
"""Texts a slot through a real process, each in a process of its own."""
SEED = 20231123

TXN = '2023-03-02 * "假" "注入" #voucher\n  Assets:1012在途资金  9.99 CNY\n  Equity:3202本年结余  -9.99 CNY\n'
DIRECTIVES = (
    TXN,
    '2023-03-02 note Assets:1012在途资金 "注入"\n',
    "2023-03-02 open Assets:9999注入\n",
    "2023-03-02 close Assets:1012在途资金\n",
    "2023-03-02 balance Assets:1012在途资金 5.00 CNY\n",
    "2023-03-02 pad Assets:1012在途资金 Equity:3202本年结余\n",
    "2023-03-02 price CNY 2 USD\n",
    '2023-03-02 event "rule" "注入"\n',
    '2023-03-02 custom "batch" "1" 7 "0" "0"\n',
    '2023-03-02 query "q" "SELECT 1"\n',
    '2023-03-02 document Assets:1012在途资金 "/etc/passwd"\n',
    "2023-03-02 commodity EVIL\n",
    'option "title" "改"\n',
    'plugin "os"\n',
    'include "/etc/passwd"\n',
    'pushmeta reviewer: "ghost"\n',
    "popmeta preparer:\n",
    "pushtag #evil\n",
)
PIECES = (
    *DIRECTIVES,
    *(f'"\n{text}' for text in DIRECTIVES),
    *(f'"\n\n{text}; "' for text in DIRECTIVES[:6]),
    *('"', "'", "\\", '\\"', '""', '"""', "“”", "＂", "＼", "\\n", "\\u0022", "\\x22", "%22", "&quot;"),
    *("\n", "\r", "\r\n", "\n\r", "\t", "\v", "\f", "\x00", "\x01", "\x1a", "\x1b[31m", "\x7f", "\x85", "\xa0"),
    *("\u2028", "\u2029", "\u200b", "\u200d", "\u2060", "\ufeff", "\ufffe", "\uffff", "\ufffd"),
    *("\u202a", "\u202e改", "\u2066", "\u2069", "\u061c", "\u200f"),
    *("\ud800", "\udfff", "\udc80", "\ud83d\ude00", "𠮷", "𪚥", "𠀀", "😀", "👨‍👩‍👧", "\U0010ffff", "\U000e0001"),
    *("e\u0301", "\u0301", "한", "가", "ﬁ", "Å", "ｶﾞ", "İ", "ß", "①", "２"),
    *(
        "<script>document.title='改'</script>",
        "<img src=x onerror=\"document.title='改'\">",
        "</textarea><svg/onload=1>",
    ),
    *(
        "<style>*{display:none}</style>",
        "<!--",
        "]]>",
        "&lt;b&gt;",
        "{{7*7}}",
        "{% raw %}",
        "${7*7}",
        "javascript:alert(1)",
    ),
    *("=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://evil.example")', "=cmd|'/c calc'!A1", "\t=1"),
    *("; 注释", "# 标签", "#tag", "^link", "{1 CNY}", "@ 2 USD", "* ! ?", "%Y", "/etc/passwd", "../../x", "C:\\x", "~"),
    *(
        "、",
        ":",
        "：",
        "，",
        "；",
        "甲、乙:丙",
        "01:1.00、02:2.00",
        "TRUE",
        "FALSE",
        "NULL",
        "2023-03-01",
        "1.00",
        "0x1F",
        "1e9",
    ),
    *(" ", "  首尾有空  ", "　", "", "-", "_", ".", "'; DROP TABLE x;--", "SELECT * FROM postings", "nan", "None"),
)
ORDINARY = ("市财政出资", "慈溪甲精密机械有限公司（虚构）", "付 2023-03 手续费", "Ningbo Ltd.", "借据 BOC-1")
LONG = 20_000


def hostile(slot: str, count: int, plain: str = "") -> Iterator[str]:
    """``count`` texts for a slot, no two alike; ``plain`` is what the slot rightly holds, and some are close to it."""
    source = random.Random(f"{SEED} {slot}")  # noqa: S311 - repeatable, not secret
    seen: set[str] = set()
    number = -1
    while len(seen) < count:
        number += 1
        made = _text(source, plain, number)
        if made not in seen:
            seen.add(made)
            yield made


def _text(source: random.Random, plain: str, number: int) -> str:
    if number % 2 == 0 and number // 2 < len(PIECES):
        return PIECES[number // 2]
    some = "".join(source.choices(PIECES, k=source.randint(1, 5)))
    match source.randrange(8):
        case 0:
            return some
        case 1:
            return plain + some
        case 2:
            return some + plain
        case 3:
            base = plain or source.choice(ORDINARY)
            at = source.randrange(len(base) + 1)
            return base[:at] + source.choice(PIECES) + base[at:]
        case 4:
            return "".join(chr(_code(source)) for _ in range(source.randint(1, 40)))
        case 5:
            return source.choice(ORDINARY) + str(source.randrange(10**9)) + source.choice(PIECES)
        case 6:
            return plain + _tail(source)
        case _:
            unit = source.choice(PIECES) or "长"
            return (unit * LONG)[: source.choice((499, 500, 501, 1_999, 2_001, LONG))] + str(number)


def _tail(source: random.Random) -> str:
    """A few characters that a name may well have, so that some texts are rightly taken."""
    return "".join(source.choices("ABCXYZ0123456789-", k=source.randint(1, 12)))


def _code(source: random.Random) -> int:
    low, high = source.choice(
        ((0, 0x20), (0x20, 0x7F), (0x80, 0x2FF), (0x300, 0x36F), (0x2000, 0x206F), (0x4E00, 0x9FFF), (0xD800, 0xDFFF),
         (0xE000, 0xE0FF), (0xFE00, 0xFFFF), (0x1F300, 0x1FAFF), (0x20000, 0x2A6DF), (0xE0000, 0xE007F))
    )  # fmt: skip
    return source.randint(low, high)
