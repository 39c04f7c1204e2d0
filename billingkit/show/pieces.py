"""Tables and charts that show anywhere: inline style, a picture beside the drawing, nothing from outside.

A notebook that is not trusted drops SVG and style tags, so every chart is a PNG too; a report prints the
drawing itself, which is sharp and light.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from billingkit.show import drawing

RESULT: Final = "application/vnd.billingkit.result+json"
LINE: Final = "#d9e2ec"
CELL: Final = f"padding:4px 12px;border-bottom:1px solid {LINE};text-align:{{align}};vertical-align:top"
HEAD: Final = CELL + ";background:#f0f4f8;font-weight:600"
Number: Final = (int, float, Decimal, type(None))
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SHORT: Final = 20  # characters that stand on one line


@dataclass(frozen=True, slots=True)
class Shown:
    """Something to look at in a notebook and in the report: a page's piece, a drawing, or both."""

    text: str
    page: str = ""
    svg: str = ""
    png: bytes = b""
    data: Mapping[str, Any] = field(default_factory=dict)

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        bundle: dict[str, Any] = {"text/plain": self.text, **self.data}
        if self.page:
            bundle["text/html"] = self.page
        if self.svg:
            bundle["image/svg+xml"] = self.svg
            bundle["image/png"] = base64.b64encode(self.png).decode()
        return bundle


def table(headings: Sequence[str], rows: Sequence[Sequence[object]], *, nothing: str = "Nothing.") -> Shown:
    """A table with inline style; numbers stand to the right. Without rows, the sentence `nothing`."""
    if not rows:
        return Shown(nothing, page=f"<p>{html.escape(nothing)}</p>")
    columns = [[row[place] for row in rows] for place in range(len(headings))]
    sides = ["right" if all(isinstance(cell, Number) for cell in column) else "left" for column in columns]
    places = _places(rows)
    said = [[_one(cell, places) for cell in row] for row in rows]
    head = "".join(
        f'<th style="{HEAD.format(align=side)}">{html.escape(heading)}</th>'
        for heading, side in zip(headings, sides, strict=True)
    )
    body = "".join(
        "<tr>" + "".join(_cell(text, side) for text, side in zip(row, sides, strict=True)) + "</tr>" for row in said
    )
    page = f'<table style="border-collapse:collapse"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    text = "\n".join(" | ".join(row) for row in (headings, *said))
    return Shown(text, page=page)


def sentences(lines: Sequence[str], *, nothing: str = "Nothing.") -> Shown:
    """A list of sentences."""
    if not lines:
        return Shown(nothing, page=f"<p>{html.escape(nothing)}</p>")
    page = "<ul>" + "".join(f"<li>{html.escape(line)}</li>" for line in lines) + "</ul>"
    return Shown("\n".join(lines), page=page)


def heading(text: str) -> Shown:
    """A heading; the report takes its title from the first."""
    return Shown(text, page=f"<h1>{html.escape(text)}</h1>")


def result(summary: Mapping[str, Any], said: str) -> Shown:
    """A notebook's result as data, for whoever runs the notebook; shown as one sentence."""
    return Shown(said, page=f"<p>{html.escape(said)}</p>", data={RESULT: dict(summary)})


def bars(title: str, values: Mapping[str, float]) -> Shown:
    """Bars from left to right, the longest first, each with its number."""
    ordered = dict(sorted(values.items(), key=lambda item: (-item[1], item[0])))
    return _pictured(title, drawing.bars(title, ordered))


def weeks(title: str, values: Sequence[tuple[date, str, float]], *, unit: str = "") -> Shown:
    """Groups of columns, one column for each of the latest four weeks; groups in the order they come in."""
    latest = sorted({week for week, _, _ in values})[-len(drawing.SHADES) :]
    found = {(label, week): value for week, label, value in values}
    groups = {label: [found.get((label, week)) for week in latest] for _, label, _ in values}
    return _pictured(title, drawing.columns(title, [in_words(week) for week in latest], groups, unit=unit))


def _pictured(title: str, svg: str) -> Shown:
    import vl_convert

    return Shown(title, svg=svg, png=vl_convert.svg_to_png(svg, scale=1))


def _places(rows: Sequence[Sequence[object]]) -> int:
    """Amounts show their pence in the whole table where any of them has some."""
    amounts = [cell for row in rows for cell in row if isinstance(cell, Decimal)]
    return 2 if any(amount != amount.to_integral_value() for amount in amounts) else 0


def _one(cell: object, places: int) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return f"{cell:,.{places}f}"
    if isinstance(cell, date):
        return in_words(cell)
    return f"{cell:,}" if isinstance(cell, int | float) else str(cell)


def counted(number: int, noun: str, plural: str = "") -> str:
    """`1 claim`, `3 claims`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def in_words(day: date) -> str:
    """A day that no reader takes for another, whatever the machine's language: 23 Nov 2026."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _cell(text: str, side: str) -> str:
    short = ";white-space:nowrap" if len(text) <= SHORT else ""
    return f'<td style="{CELL.format(align=side)}{short}">{html.escape(text)}</td>'
