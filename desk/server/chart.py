"""Two small charts drawn as SVG text on the server: no script, no style of their own, whole numbers only."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

WIDTH, HEIGHT = 560, 226
_LEFT, _RIGHT, _TOP, _BOTTOM = 76, 8, 12, 38


@dataclass(frozen=True, slots=True)
class Series:
    """One row of bars: its name, its CSS class and a value in fen for each label."""

    title: str
    css: str
    values_fen: Sequence[int]


def bars(title: str, labels: Sequence[str], series: Sequence[Series]) -> Markup:
    """A grouped bar chart. Axis in 万元; each bar carries its exact amount as a tooltip."""
    assert all(len(item.values_fen) == len(labels) for item in series), "a value for each label"
    top = _ceiling(max((value for item in series for value in item.values_fen), default=0))
    parts = [Markup('<svg class="desk-chart" viewBox="0 0 {} {}" role="img">').format(WIDTH, HEIGHT)]
    parts.append(Markup("<title>{}</title>").format(title))
    parts += _axis(top)
    for place, label in enumerate(labels):
        parts += _group(place, label, len(labels), top, [(item, item.values_fen[place]) for item in series])
    parts.append(Markup("</svg>"))
    return Markup("").join(parts)


def _ceiling(fen: int) -> int:
    # The next 1, 2 or 5 times a power of ten, at least 1 万元: four even steps read well.
    step = 10**6
    while True:
        for times in (1, 2, 4, 8):
            if step * times >= fen:
                return step * times
        step *= 10


def _y(fen: int, top: int) -> int:
    return HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * max(fen, 0) // top


def _axis(top: int) -> list[Markup]:
    parts = []
    for quarter in range(5):
        fen = top * quarter // 4
        line = Markup('<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/>')
        parts.append(line.format(_LEFT, WIDTH - _RIGHT, _y(fen, top), _y(fen, top)))
        text = Markup('<text class="tick" x="{}" y="{}" text-anchor="end">{}</text>')
        parts.append(text.format(_LEFT - 6, _y(fen, top) + 4, wan_text(fen)))
    return parts


def _group(place: int, label: str, count: int, top: int, values: Sequence[tuple[Series, int]]) -> list[Markup]:
    slot = (WIDTH - _LEFT - _RIGHT) // max(count, 1)
    left = _LEFT + slot * place
    width = max(min(slot * 7 // 10 // len(values), 34), 2)
    start = left + (slot - width * len(values)) // 2
    parts = []
    for number, (item, fen) in enumerate(values):
        y = _y(fen, top)
        shape = Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"><title>{} {}：{} 元</title></rect>')
        height = HEIGHT - _BOTTOM - y
        parts.append(
            shape.format(item.css, start + width * number, y, width - 1, height, label, item.title, f"{fen // 100:,}")
        )
    every = 1 + (count - 1) // 12
    if place % every == 0:
        year, month = label.split("-")
        tick = Markup('<text class="tick" x="{}" y="{}" text-anchor="middle">{}</text>')
        parts.append(tick.format(left + slot // 2, HEIGHT - 21, f"{int(month)}月"))
        if place == 0 or month == "01":
            parts.append(tick.format(left + slot // 2, HEIGHT - 6, f"{year}年"))
    return parts


def wan_text(fen: int) -> str:
    """An axis figure: 万元 below a hundred million yuan, 亿元 above, at most two decimals."""
    unit, word = (10**10, "亿") if abs(fen) >= 10**10 else (10**6, "万")
    whole, rest = divmod(abs(fen), unit)
    decimals = f"{rest * 100 // unit:02d}".rstrip("0")
    sign = "-" if fen < 0 else ""
    return f"{sign}{whole:,}{'.' + decimals if decimals else ''}{word if fen else ''}"
