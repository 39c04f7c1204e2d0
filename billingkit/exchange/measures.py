"""`Measures`: this week against earlier weeks, as small tables with a chart each. No promise."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from billingkit.exchange.drawing import PAGE_INCHES, TITLE_HEIGHT
from billingkit.workbook.fresh import Heading, Series

if TYPE_CHECKING:
    from billingkit.decided import Review
    from billingkit.history import WeekMeasure
    from billingkit.workbook.fresh import FreshBook, Tab

MEASURES = "Measures"
WEEKS_SHOWN = 8
GROUP_WIDTH, WEEK_WIDTH = 40, 13  # characters
CHART_ROWS = 16
CHART_SIZE = (560, 300)
PAGE_HEIGHT = 6.6  # inches of a Letter page on its side, less margins and title

Grid = tuple[tuple[date, ...], tuple[str, ...], dict[tuple[date, str], Decimal]]


def measures(book: FreshBook, review: Review, *, pack_line: str, tab_name: str = MEASURES) -> Tab:
    """The measures as tables, one column per week, each with a native chart beside it."""
    tab = book.add_tab(tab_name)
    tab.text(1, 1, "Measures: this week against earlier weeks", "title")
    tab.height(1, TITLE_HEIGHT)
    tab.text(2, 1, pack_line)
    tab.text(3, 1, "For watching, not a promise: what counts as good is for the practice to say.")
    tab.width(1, GROUP_WIDTH)
    tab.width(2, WEEK_WIDTH, last=WEEKS_SHOWN + 1)
    good = {one.name: one.good for one in review.policy.measures if one.good}
    row = 5
    starts = []
    for measure in names(review.measures):
        starts.append(row)
        row = _one(tab, row, measure, grid(review.measures, measure), good.get(measure, ""))
    if not review.measures:
        tab.text(row, 1, "Nothing to measure yet.")
    _print(tab, starts, max((len(grid(review.measures, one.measure)[0]) for one in review.measures), default=1))
    return tab


def _print(tab: Tab, starts: list[int], weeks: int) -> None:
    """As many whole measures on a page as it holds, so that no chart is cut in two."""
    tab.print_on()
    inches = ((GROUP_WIDTH + WEEK_WIDTH * (weeks + 1)) * 7 + 5 * (weeks + 2) + CHART_SIZE[0] + 40) / 96
    scale = min(90, int(100 * PAGE_INCHES / inches))
    per_page = max(1, int(PAGE_HEIGHT * 100 / scale / (CHART_ROWS * 20 / 96)))
    tab.sheet.set_print_scale(scale)
    tab.sheet.set_h_pagebreaks([row - 1 for row in starts[per_page::per_page]])


def names(values: tuple[WeekMeasure, ...]) -> tuple[str, ...]:
    """The measures in the order of the newest week; those of earlier weeks alone come after."""
    return tuple(dict.fromkeys(one.measure for one in _newest_first(values)))


def _newest_first(values: Iterable[WeekMeasure]) -> list[WeekMeasure]:
    # The ledger gives earlier weeks back in the order of the alphabet, where 15 days come before 8.
    return sorted(values, key=lambda one: one.as_of, reverse=True)


def grid(values: tuple[WeekMeasure, ...], measure: str) -> Grid:
    """One measure as weeks across and labels down; the latest weeks only."""
    mine = [one for one in values if one.measure == measure]
    weeks = tuple(sorted({one.as_of for one in mine})[-WEEKS_SHOWN:])
    labels = tuple(dict.fromkeys(one.label for one in _newest_first(mine)))
    return weeks, labels, {(one.as_of, one.label): one.value for one in mine}


def _one(tab: Tab, row: int, measure: str, told: Grid, good: str) -> int:
    weeks, labels, values = told
    title = measure[:1].upper() + measure[1:]
    tab.text(row, 1, title, "subtitle")
    if good:
        tab.text(row, 2, f"Good for this practice: {good}")
    headings = [Heading("Group", GROUP_WIDTH), *(Heading(f"{week:%d %b %Y}", WEEK_WIDTH) for week in weeks)]
    rows = [[label or "all", *(_number(values.get((week, label))) for week in weeks)] for label in labels]
    area = tab.table(
        f"Measure {measure}", row + 1, 1, headings, rows, row_looks=["normal"] * len(rows), set_widths=False
    )
    # One series per week, the newest last, so that each group shows this week beside the weeks before.
    shown = range(max(0, len(weeks) - 3), len(weeks))
    series = [
        Series(
            f"{weeks[place]:%d %b %Y}",
            tab.name,
            (area[0] + 1, 1, area[2], 1),
            (area[0] + 1, place + 2, area[2], place + 2),
        )
        for place in shown
    ]
    tab.chart("column", row, len(weeks) + 3, title, series, size=CHART_SIZE, description=f"{title}, by week")
    return row + max(len(labels) + 3, CHART_ROWS)


def _number(value: Decimal | None) -> int | Decimal | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else value
