"""What a notebook shows: tables with inline style and charts as pictures, so that both survive anywhere.

A notebook that is not trusted drops SVG and style tags, and a report may be read with no internet.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from billingkit.ages import AGES, age_of
from billingkit.terms import ACTION_BY_WORD, FINISHED

if TYPE_CHECKING:
    from billingkit.run import Run

BLUE: Final = "#2b6cb0"
CELL: Final = "padding:4px 12px;border-bottom:1px solid #d9e2ec;text-align:{align};vertical-align:top"
HEAD: Final = CELL + ";background:#f0f4f8;font-weight:600"


class Shown:
    """Something to look at: HTML or a PNG, which a notebook and the report both show."""

    def __init__(self, text: str, *, page: str = "", png: bytes = b"", data: Mapping[str, Any] | None = None) -> None:
        self.text, self.page, self.png, self.data = text, page, png, data or {}

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        import base64

        bundle: dict[str, Any] = {"text/plain": self.text, **self.data}
        if self.page:
            bundle["text/html"] = self.page
        if self.png:
            bundle["image/png"] = base64.b64encode(self.png).decode()
        return bundle


def table(headings: Sequence[str], rows: Sequence[Sequence[object]], *, title: str = "") -> Shown:
    """A table with inline style; numbers stand to the right."""
    head = "".join(
        f'<th style="{HEAD.format(align=_align(rows, i))}">{html.escape(h)}</th>' for i, h in enumerate(headings)
    )
    body = "".join("<tr>" + "".join(_cell(cell) for cell in row) + "</tr>" for row in rows)
    caption = f'<div style="font-weight:600;margin:8px 0 4px">{html.escape(title)}</div>' if title else ""
    page = f'{caption}<table style="border-collapse:collapse"><tr>{head}</tr>{body}</table>'
    text = "\n".join(" | ".join(str(cell) for cell in row) for row in (headings, *rows))
    return Shown(text, page=page)


def summary_table(summary: Mapping[str, Any]) -> str:
    """The summary of a run as HTML: counts only."""
    rows: list[Sequence[object]] = [("As of", summary["as_of"]), ("Practice", summary["practice"])]
    rows += [(f"Rows of {t['holds']}", _law(t)) for t in summary["tables"]]
    rows += [("Questions for the practice", summary["questions"]), ("of these urgent", summary["urgent"])]
    rows += [("On hold", summary["holds"])]
    rows += [(f"Note {number}", notice) for number, notice in enumerate(summary["notices"], 1)]
    return table(("What", "This week"), rows).page


def heading(run: Run) -> Shown:
    """The practice and the week as a heading."""
    summary = run.summary
    text = f"{summary['practice']}: week as of {summary['as_of']}"
    return Shown(text, page=f"<h1>{html.escape(text)}</h1>")


def what_was_read(run: Run) -> Shown:
    """The law of rows, a line for each table."""
    rows = [
        (t["sheet"] or t["file"], t["holds"], t["rows"], t["accepted"], t["quarantined"], sum(t["ignored"].values()))
        for t in run.summary["tables"]
    ]
    return table(("Sheet or file", "Holds", "Rows", "Taken", "Set aside as questions", "Passed over"), rows)


def decisions(run: Run) -> Shown:
    """How many rows got which decision."""
    counts = sorted(run.summary["actions"].items(), key=lambda item: (-item[1], item[0]))
    return table(("Decision", "Rows"), [(ACTION_BY_WORD[word].label, count) for word, count in counts])


def questions(run: Run) -> Shown:
    """The questions for the practice, urgent first; by reference, without patients' names."""
    listed = sorted(
        run.review.questions, key=lambda q: (-("Normal", "High", "Urgent").index(q.priority), q.by_when, q.ref)
    )
    rows = [
        (q.ref, q.priority, q.by_when.isoformat(), q.code.replace("_", " "), q.provides_name, q.times_asked)
        for q in listed
    ]
    return table(("Ref", "Priority", "By when", "About", "Who provides it", "Times asked"), rows)


def decisions_chart(run: Run) -> Shown:
    """The decisions as bars, as a picture."""
    rows = [{"decision": ACTION_BY_WORD[word].label, "rows": count} for word, count in run.summary["actions"].items()]
    return _bars(rows, "decision", "rows", "Decisions this week", sort="-x")


def money_by_age(run: Run) -> list[tuple[str, Decimal]]:
    """Outstanding money of unfinished claims by age, the youngest first."""
    summed: dict[str, Decimal] = dict.fromkeys(AGES, Decimal(0))
    claims = run.review.week.claims.filter(pl.col("status").is_null() | ~pl.col("status").is_in(FINISHED))
    for served, outstanding in claims.select("service_date", "outstanding").iter_rows():
        summed[age_of(served, run.review.as_of)] += outstanding or Decimal(0)
    return list(summed.items())


def money_chart(run: Run) -> Shown:
    """Outstanding money by age as bars, as a picture."""
    rows = [{"age": age, "outstanding": float(amount)} for age, amount in money_by_age(run)]
    return _bars(rows, "age", "outstanding", "Outstanding by age of claim", sort=None)


def result(run: Run) -> Shown:
    """The run's summary as data, for whoever runs the notebook; shown as one line."""
    from billingkit.weekly.execution import RESULT

    summary = run.summary
    text = f"{summary['questions']} questions, {summary['holds']} on hold, {summary['claims']} claims decided"
    return Shown(text, page=f"<p>{html.escape(text)}</p>", data={RESULT: summary})


def _bars(rows: Sequence[Mapping[str, Any]], label: str, value: str, title: str, *, sort: str | None) -> Shown:
    # The chart is said as a Vega-Lite document: the library that draws it starts at once, while the one that
    # writes such documents from Python takes seconds to import in every kernel.
    import vl_convert

    document = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "title": title,
        "width": 560,
        "height": {"step": 24},
        "data": {"values": list(rows)},
        "mark": {"type": "bar", "color": BLUE},
        "encoding": {
            "x": {"field": value, "type": "quantitative", "title": None, "axis": {"format": ",", "tickCount": 5}},
            "y": {"field": label, "type": "nominal", "title": None, "sort": sort, "axis": {"labelLimit": 260}},
        },
    }
    return Shown(title, png=vl_convert.vegalite_to_png(document, scale=1))


def _law(table: Mapping[str, Any]) -> str:
    ignored = sum(table["ignored"].values())
    return f"{table['rows']} = {table['accepted']} taken + {table['quarantined']} set aside + {ignored} passed over"


def _align(rows: Sequence[Sequence[object]], place: int) -> str:
    return "right" if rows and all(isinstance(row[place], int | float) for row in rows) else "left"


def _cell(cell: object) -> str:
    number = isinstance(cell, int | float)
    text = f"{cell:,}" if number else html.escape(str(cell))
    return f'<td style="{CELL.format(align="right" if number else "left")}">{text}</td>'
