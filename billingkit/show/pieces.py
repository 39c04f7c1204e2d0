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

RESULT: Final = "application/vnd.billingkit.result+json"
INK: Final = "#1f2933"
QUIET: Final = "#52606d"
LINE: Final = "#d9e2ec"
# The newest week stands out; the weeks before it step back.
WEEKS: Final = ("#2b6cb0", "#7ba7d4", "#b3cbe6", "#d5e2f1")
CELL: Final = f"padding:4px 12px;border-bottom:1px solid {LINE};text-align:{{align}};vertical-align:top"
HEAD: Final = CELL + ";background:#f0f4f8;font-weight:600"
WIDTH: Final = 520  # of a chart's drawing area, in pixels


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
    numbers = [
        all(isinstance(row[place], int | float | Decimal | None) for row in rows) for place in range(len(headings))
    ]
    head = "".join(
        f'<th style="{HEAD.format(align="right" if number else "left")}">{html.escape(heading)}</th>'
        for heading, number in zip(headings, numbers, strict=True)
    )
    body = "".join(
        "<tr>" + "".join(_cell(cell, number=number) for cell, number in zip(row, numbers, strict=True)) + "</tr>"
        for row in rows
    )
    page = f'<table style="border-collapse:collapse"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    text = "\n".join(" | ".join(_said(cell) for cell in row) for row in (headings, *rows))
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
    rows = [{"label": label, "value": value} for label, value in sorted(values.items(), key=lambda v: (-v[1], v[0]))]
    y = {"field": "label", "type": "nominal", "sort": None, "title": None, "axis": {"labelLimit": 300, "ticks": False}}
    x = {"field": "value", "type": "quantitative", "axis": None}
    layers = [
        {"mark": {"type": "bar", "color": WEEKS[0], "height": {"band": 0.7}}},
        {
            "mark": {"type": "text", "align": "left", "dx": 4, "color": INK},
            "encoding": {"text": {"field": "value", "type": "quantitative", "format": ",.0f"}},
        },
    ]
    return _drawn(
        title, {"data": {"values": rows}, "encoding": {"x": x, "y": y}, "layer": layers, "height": {"step": 21}}
    )


def weeks(title: str, values: Sequence[tuple[date, str, float]], *, unit: str = "") -> Shown:
    """Groups of columns, one column for each of the latest four weeks, the newest in full colour."""
    latest = sorted({week for week, _, _ in values})[-len(WEEKS) :]
    named = {week: f"{week:%d %b %Y}" for week in latest}
    rows = [{"week": named[week], "label": label, "value": value} for week, label, value in values if week in named]
    labels = list(dict.fromkeys(row["label"] for row in rows))
    colours = list(reversed(WEEKS[: len(latest)]))
    encoding = {
        "x": {
            "field": "label",
            "type": "nominal",
            "sort": labels,
            "title": None,
            "axis": {"labelAngle": 0, "ticks": False},
        },
        "xOffset": {"field": "week", "sort": list(named.values())},
        "y": {"field": "value", "type": "quantitative", "title": unit or None, "axis": {"format": ",", "tickCount": 5}},
        "color": {
            "field": "week",
            "type": "nominal",
            "scale": {"domain": list(named.values()), "range": colours},
            "legend": {"title": "Week as of", "orient": "bottom"},
        },
    }
    return _drawn(title, {"data": {"values": rows}, "mark": "bar", "encoding": encoding, "height": 200})


def _drawn(title: str, chart: Mapping[str, Any]) -> Shown:
    # The chart is said as a Vega-Lite document: the library that draws it starts at once, while the one that
    # writes such documents from Python takes seconds to import in every kernel.
    import vl_convert

    document = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "title": {"text": title, "anchor": "start", "color": INK, "fontSize": 14},
        "width": WIDTH,
        "config": {
            "view": {"stroke": None},
            "axis": {
                "labelColor": INK,
                "labelFontSize": 12,
                "titleColor": QUIET,
                "gridColor": "#eef2f6",
                "domain": False,
            },
            "legend": {"labelFontSize": 12, "titleColor": QUIET},
            "text": {"fontSize": 12},
        },
        **chart,
    }
    svg = vl_convert.vegalite_to_svg(document)
    return Shown(title, svg=svg, png=vl_convert.svg_to_png(svg, scale=1))


def _said(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return f"{cell:,.2f}" if cell != cell.to_integral_value() else f"{cell:,.0f}"
    return f"{cell:,}" if isinstance(cell, int | float) else str(cell)


def _cell(cell: object, *, number: bool) -> str:
    return f'<td style="{CELL.format(align="right" if number else "left")}">{html.escape(_said(cell))}</td>'
