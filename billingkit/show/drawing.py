"""Two charts as drawings (SVG): bars from left to right, and groups of columns by week.

They are written by hand because each run of a practice starts anew: a charting library takes longer to start
than everything else in the notebook together.
"""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from typing import Final

INK: Final = "#1f2933"
QUIET: Final = "#52606d"
GRID: Final = "#e4e9ef"
# The newest week stands out; the weeks before it step back.
SHADES: Final = ("#2b6cb0", "#7ba7d4", "#b3cbe6", "#d5e2f1")
WIDTH: Final = 760
FONT: Final = "Arial, Helvetica, Liberation Sans, sans-serif"
LETTER: Final = 6.4  # pixels of an average letter at 12 pixels


def bars(title: str, values: Mapping[str, float]) -> str:
    """Bars from left to right in the order given, each with its label and number; a number below 0 goes left."""
    left = 14 + min(260, max((len(label) for label in values), default=0) * LETTER)
    low, high = min(0.0, *values.values()), max(0.0, *values.values())
    room = WIDTH - left - 60 - (50 if low < 0 else 0)
    zero = left + (50 if low < 0 else 0) + room * -low / ((high - low) or 1)
    parts = []
    for place, (label, value) in enumerate(values.items()):
        top, long = 34 + place * 22, room * abs(value) / ((high - low) or 1)
        parts.append(_text(left - 8, top + 12, label, anchor="end"))
        parts.append(_box(zero if value >= 0 else zero - long, top, long, 16, SHADES[0]))
        beyond = zero + long + 5 if value >= 0 else zero - long - 5
        parts.append(_text(beyond, top + 12, f"{value:,.0f}", anchor="start" if value >= 0 else "end"))
    return _drawing(title, parts, 40 + len(values) * 22)


def columns(title: str, weeks: Sequence[str], groups: Mapping[str, Sequence[float | None]], *, unit: str = "") -> str:
    """Groups of columns, one column for each of at most four weeks, the newest in full colour."""
    top, bottom, left = 44, 214, 74
    step, last = _scale(max((value or 0 for values in groups.values() for value in values), default=0))
    parts = [_text(left - 8, top - 12, unit, anchor="end", fill=QUIET)] if unit else []
    for tick in range(last + 1):
        y = bottom - (bottom - top) * tick / last
        parts.append(_box(left, round(y), WIDTH - 10 - left, 1, GRID))  # on whole pixels, or pictures blur it dark
        parts.append(_text(left - 8, y + 4, f"{tick * step:,g}", anchor="end"))
    shades = list(reversed(SHADES[: len(weeks)]))
    wide = (WIDTH - 10 - left) / max(len(groups), 1)
    each = min(34.0, wide * 0.8 / max(len(weeks), 1))
    for place, (label, values) in enumerate(groups.items()):
        start = left + wide * (place + 0.5) - each * len(weeks) / 2
        for number, value in enumerate(values):
            tall = (bottom - top) * (value or 0) / (step * last)
            parts.append(_box(start + each * number, bottom - tall, each - 2, tall, shades[number]))
        for line, words in enumerate(label.split(", ")):
            parts.append(_text(left + wide * (place + 0.5), bottom + 16 + 15 * line, words))
    for number, week in enumerate(weeks):
        parts.append(_box(left + 110 * number, bottom + 50, 12, 12, shades[number]))
        parts.append(_text(left + 110 * number + 18, bottom + 60, week, anchor="start"))
    return _drawing(title, parts, bottom + 72)


def _scale(highest: float) -> tuple[float, int]:
    """A round step, and how many of them reach the highest value."""
    rough = max(highest, 1) / 5
    power = 10 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    step = max(step, 1)
    return step, max(1, math.ceil(max(highest, 1) / step))


def _box(x: float, y: float, width: float, height: float, fill: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}"/>'


def _text(x: float, y: float, text: str, *, anchor: str = "middle", fill: str = INK) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}">{html.escape(text)}</text>'


def _drawing(title: str, parts: Sequence[str], height: float) -> str:
    name = html.escape(title)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{name}" viewBox="0 0 {WIDTH} {height:.0f}" '
        f'width="{WIDTH}" height="{height:.0f}" font-family="{FONT}" font-size="12">'
        # Dark ink needs a white ground: JupyterLab's own may be dark.
        f'<rect width="100%" height="100%" fill="#ffffff"/>'
        f'<text x="8" y="18" font-size="14" font-weight="bold" fill="{INK}">{name}</text>{"".join(parts)}</svg>'
    )
