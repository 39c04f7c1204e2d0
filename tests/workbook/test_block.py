"""Rows written in one go are the cells that single writing gives, down to type, format and repair."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billingkit.workbook.block import CellStyle, CellValue
from billingkit.workbook.fresh import FreshBook, open_workbook
from billingkit.workbook.lint import lint

STYLES: tuple[CellStyle, ...] = (("normal", None), ("answer", "code"), ("urgent", "text"), ("normal", "number"))
values = st.one_of(
    st.none(),
    st.booleans(),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.sampled_from(["=1+1", "-5", "@x", " a ", "a\nb", "A\r\nB", "<b>&amp;", "_x0041_", "\x00"]),
    st.integers(-(10**14), 10**14),
    st.decimals(-(10**9), 10**9, places=2),
    st.dates(),
    st.datetimes(datetime(1905, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001  # Excel's times have no zone
)


def written(rows: list[list[CellValue]], *, at_once: bool) -> tuple[FreshBook, bytes]:
    target = BytesIO()
    with open_workbook(target) as book:
        tab = book.add_tab("Tab")
        tab.text(1, 1, "Above")
        if at_once:
            tab.block(3, rows, [STYLES] * len(rows), [15.0] * len(rows))
        for number, row in enumerate([] if at_once else rows, 3):
            tab.height(number, 15.0)
            for column, (value, (look, kind)) in enumerate(zip(row, STYLES, strict=True), 1):
                tab.value(number, column, value, look, kind)
        tab.text(3 + len(rows), 1, "Below")
    return book, target.getvalue()


def cells(data: bytes) -> list[tuple[object, ...]]:
    sheet = openpyxl.load_workbook(BytesIO(data)).active
    assert sheet is not None
    return [
        (one.coordinate, one.value, one.number_format, one.fill.fgColor.rgb, one.protection.locked, one.quotePrefix)
        for row in sheet.iter_rows()
        for one in row
    ]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(values, min_size=4, max_size=4), min_size=1, max_size=6))
def test_a_block_reads_as_its_single_cells_do(rows: list[list[CellValue]]) -> None:
    (one, at_once), (other, single) = written(rows, at_once=True), written(rows, at_once=False)
    # openpyxl leaves the escape of an underscore where a text stands in its cell
    assert repr(cells(at_once)).replace("_x005F_", "_") == repr(cells(single))
    assert one.repairs == other.repairs


def test_a_workbook_with_a_block_is_sound_and_the_same_each_time() -> None:
    rows: list[list[CellValue]] = [[f"C{n}", Decimal(n), date(2026, 11, 23), None] for n in range(200)]
    data = written(rows, at_once=True)[1]
    assert data == written(rows, at_once=True)[1]
    assert not list(lint(data))


@pytest.mark.parametrize("number", [float("inf"), 10**15])
def test_a_number_that_no_cell_holds_is_refused(number: float) -> None:
    with pytest.raises(ValueError, match="cannot stand in a cell"):
        written([[number, None, None, None]], at_once=True)


def test_rows_of_different_lengths_and_rows_past_the_last_are_refused() -> None:
    with pytest.raises(ValueError, match="argument"):
        written([["a", "b", "c"]], at_once=True)
    with open_workbook(BytesIO()) as book:
        tab = book.add_tab("Tab")
        tab.text(1, 1, "")
        with pytest.raises(ValueError, match="no such cell"):
            tab.block(1_048_576, [["a"], ["b"]], [STYLES[:1]] * 2, [15.0, 15.0])
