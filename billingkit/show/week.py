"""The sections of a practice's week, as a notebook shows them: counts and references, no patient's name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from billingkit.show.pieces import Shown, bars, counted, in_words, sentences, table, weeks
from billingkit.show.pieces import heading as headed
from billingkit.show.pieces import result as shown_result
from billingkit.terms import ACTION_BY_WORD, PRIORITIES

if TYPE_CHECKING:
    from pathlib import Path

    from billingkit.receiving import Receipt
    from billingkit.run import Run

MONEY: Final = "Money by age"


def heading(run: Run) -> Shown:
    """The practice and the week as a heading."""
    summary = run.summary
    return headed(f"{summary['practice']}: week as of {in_words(run.review.as_of)}")


def answers(receipts: Sequence[Receipt]) -> Shown:
    """What came back since the last run and became of it; a held answer by its cell, never by what it says."""
    lines = [line.strip() for receipt in receipts for line in receipt.text().splitlines()]
    return sentences(lines, nothing="Nothing came back since the last run.")


def first_of_all(run: Run) -> Shown:
    """What to know before anything else: what differs, what was assumed, what could not be read."""
    return sentences(run.review.notices, nothing="Everything could be read, and nothing was assumed.")


def what_was_read(run: Run) -> Shown:
    """The law of rows, a line for each table."""
    rows = [
        (
            t["file"] + (f", {t['sheet']}" if t["sheet"] else ""),
            t["holds"],
            t["rows"],
            t["accepted"],
            t["quarantined"],
            sum(t["ignored"].values()),
            "yes" if t["totals match"] else "NO",
        )
        for t in run.summary["tables"]
    ]
    headings = ("File and sheet", "Holds", "Rows", "Taken", "Set aside", "Passed over", "Printed totals match")
    return table(headings, rows)


def decisions_chart(run: Run) -> Shown:
    """How many rows got which decision, as bars."""
    counts = {ACTION_BY_WORD[word].label: float(count) for word, count in run.summary["actions"].items()}
    return bars("Claims and balances by what happens next", counts)


def decisions(run: Run) -> Shown:
    """How many rows got which decision, who acts, and by when first."""
    grouped = (
        run.actions.group_by("action", "owner_role")
        .agg(pl.len(), pl.col("by_when").min(), (pl.col("priority") == "Urgent").sum().alias("urgent"))
        .sort("len", "action", "owner_role", descending=[True, False, False])
    )
    rows = [
        (ACTION_BY_WORD[action].label, role or "nobody", count, urgent, first)
        for action, role, count, first, urgent in grouped.iter_rows()
    ]
    return table(("Decision", "Who acts", "Rows", "Urgent", "First by"), rows)


def questions(run: Run) -> Shown:
    """The questions for the practice, urgent first; by reference."""
    listed = sorted(run.review.listed, key=lambda q: (-PRIORITIES.index(q.priority), q.by_when, q.ref))
    rows = [(q.ref, q.priority, q.by_when, q.need, q.provides_name, q.times_asked) for q in listed]
    headings = ("Reference", "Priority", "By", "What we need", "Who can answer", "Times asked")
    return table(headings, rows, nothing="Nothing is asked this week.")


def holds(run: Run) -> Shown:
    """What is on hold, by its kind, and the first day somebody looks at it again."""
    kinds = Counter((hold.category, hold.stops) for hold in run.review.holds)
    rows = []
    for (category, stops), count in sorted(kinds.items(), key=lambda kind: (-kind[1], kind[0])):
        mine = [hold for hold in run.review.holds if (hold.category, hold.stops) == (category, stops)]
        review_by = min(hold.review_by for hold in mine)
        rows.append((category.replace("_", " "), stops, count, sum(hold.new for hold in mine), review_by))
    return table(("Kind", "Stops", "On hold", "New", "Look again by"), rows, nothing="Nothing is on hold.")


def money_chart(run: Run) -> Shown:
    """Outstanding money by age, week by week; the figures of the workbook's `Measures`."""
    values = [(m.as_of, m.label, float(m.value)) for m in _by_week(run, MONEY)]
    currency = run.review.policy.practice.currency or ""
    return weeks("Outstanding money by age", values, unit=currency)


def trends(run: Run) -> Shown:
    """Every measure, week by week; the figures of the workbook's `Measures`."""
    from billingkit.exchange.measures import grid, names

    told = run.review.measures
    latest = sorted({one.as_of for one in told})[-4:]
    rows: list[tuple[object, ...]] = []
    for measure in names(told):
        _, labels, values = grid(told, measure)
        rows += [
            (measure if place == 0 else "", label, *(_figure(measure, values.get((week, label))) for week in latest))
            for place, label in enumerate(labels)
        ]
    headings = ("Measure", "Group", *map(in_words, latest))
    return table(headings, rows, nothing="Nothing to measure yet.")


def written(files: Mapping[str, Path]) -> Shown:
    """What `write` wrote, by the names it has in the outbox, and which of these are not the usual ones."""
    return sentences([*(place.name for place in files.values()), *_beside(files)])


def result(run: Run, files: Mapping[str, Path]) -> Shown:
    """The run's summary and the names of its files as data, for whoever runs the notebook; shown as one line."""
    told = run.summary
    asked, decided = counted(told["questions"], "question"), counted(told["claims"], "claim")
    data = {**told, "files": [place.name for place in files.values()], "said": " ".join(_beside(files))}
    return shown_result(data, f"{asked}, {told['holds']} on hold, {decided} decided.")


def _beside(files: Mapping[str, Path]) -> list[str]:
    """A sentence for each file that stands beside an older one of its name."""
    return [
        f'"{name}" is open in another program and was left as it was: the new one is "{place.name}".'
        for name, place in files.items()
        if place.name != name
    ]


def summary_table(summary: Mapping[str, Any]) -> str:
    """The summary of a run as HTML: counts only."""
    rows: list[tuple[object, object]] = [("As of", summary["as_of"]), ("Practice", summary["practice"])]
    rows += [(f"Rows of {t['holds']}", _law(t)) for t in summary["tables"]]
    rows += [("Questions for the practice", f"{summary['questions']}, of these urgent {summary['urgent']}")]
    rows += [("On hold", str(summary["holds"]))]
    rows += [(f"Note {number}", notice) for number, notice in enumerate(summary["notices"], 1)]
    return table(("What", "This week"), rows).page


def _by_week(run: Run, measure: str) -> list[Any]:
    labels = list(
        dict.fromkeys(m.label for m in run.review.measures if m.measure == measure and m.as_of == run.review.as_of)
    )
    mine = [m for m in run.review.measures if m.measure == measure]
    place = {label: number for number, label in enumerate(labels)}
    return sorted(mine, key=lambda m: (place.get(m.label, len(place)), m.as_of))


def _figure(measure: str, value: Decimal | None) -> int | Decimal | None:
    # Counts are whole numbers; money keeps its pence, and so does an average.
    whole = value is not None and measure != MONEY and value == value.to_integral_value()
    return int(value) if whole and value is not None else value


def _law(table: Mapping[str, Any]) -> str:
    ignored = sum(table["ignored"].values())
    return f"{table['rows']} = {table['accepted']} taken + {table['quarantined']} set aside + {ignored} passed over"
