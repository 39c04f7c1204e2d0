"""How the kit's own cells look: a few named looks that read on screen, in black and white, and on paper.

Colours never carry the meaning alone: urgent is white on dark, high is bold on a middle tone,
hold is slanted on grey, an answer cell is pale with a frame. Every pair of text and fill has a
contrast of at least 7 to 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["text", "code", "number", "money", "date", "percent"]

Look = Literal[
    "plain",
    "wrap",
    "beside",
    "beside wrapped",
    "title",
    "subtitle",
    "heading",
    "label",
    "muted",
    "warning",
    "urgent",
    "high",
    "normal",
    "hold",
    "answer",
    "total",
]

NUMBER_FORMATS: Final[dict[Kind, str]] = {
    "text": "General",
    "code": "@",
    "number": "#,##0",
    "money": "#,##0.00",
    "date": "dd mmm yyyy",
    "percent": "0%",
}

_FRAME: Final = {"border": 1, "border_color": "#8C8C8C"}

# The order matters to nobody; the keys are xlsxwriter's own property names.
LOOKS: Final[dict[Look, dict[str, object]]] = {
    "plain": {},
    "wrap": {"text_wrap": True},
    "beside": {"align": "left", "indent": 1},  # of a coloured cell: the text does not touch it
    "beside wrapped": {"align": "left", "indent": 1, "text_wrap": True},
    "title": {"bold": True, "font_size": 18, "font_color": "#12324D"},
    "subtitle": {"bold": True, "font_size": 13, "font_color": "#12324D"},
    "heading": {"bold": True, "font_color": "#FFFFFF", "bg_color": "#12324D", "text_wrap": True, **_FRAME},
    "label": {"bold": True, "text_wrap": True},
    "muted": {"italic": True, "font_color": "#4D4D4D", "text_wrap": True},
    "warning": {"bold": True, "font_color": "#3F2A00", "bg_color": "#FFE699", "text_wrap": True, **_FRAME},
    "urgent": {"bold": True, "font_color": "#FFFFFF", "bg_color": "#8B1A1A", "text_wrap": True, **_FRAME},
    "high": {"bold": True, "font_color": "#1A1A1A", "bg_color": "#F2B879", "text_wrap": True, **_FRAME},
    "normal": {"font_color": "#1A1A1A", "text_wrap": True, **_FRAME},
    "hold": {"italic": True, "font_color": "#262626", "bg_color": "#D9D9D9", "text_wrap": True, **_FRAME},
    "answer": {
        "font_color": "#1A1A1A",
        "bg_color": "#FFFBE0",
        "text_wrap": True,
        "border": 2,
        "border_color": "#7F6000",
        "locked": False,
    },
    "total": {"bold": True, "top": 1, "bottom": 6},
}

# Told apart by tone and by dash in a black and white print.
SERIES_COLOURS: Final = ("#12324D", "#C55A11", "#2E75B6", "#7F7F7F", "#548235", "#7030A0")
SERIES_DASHES: Final = ("solid", "dash", "round_dot", "long_dash", "dash_dot", "square_dot")


@dataclass(frozen=True, slots=True)
class Heading:
    """One column of a table: its heading, its width in characters, and how its cells look.

    Text in a column of kind "code" is kept as text even when somebody edits it, and never turns
    into a number or a date. An answer column gives `look="answer"`: unlocked and framed.
    """

    text: str
    width: float = 14
    look: Look = "wrap"
    kind: Kind | None = None  # None: by each value's own type
    note: str = ""  # shown when the pointer rests on the heading


def properties(look: Look, kind: Kind, *, quoted: bool = False) -> dict[str, object]:
    """What xlsxwriter is told for a look and a kind of value; `quoted` keeps "=..." a text when edited."""
    told = {"valign": "top", **LOOKS[look]}
    if NUMBER_FORMATS[kind] != "General":
        told["num_format"] = NUMBER_FORMATS[kind]
    if quoted:
        told["quote_prefix"] = True
    return told
