"""A block of rows scanned at once is the rows read one by one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billingkit.problems import HostileFile, NotAWorkbook, TooLarge
from billingkit.workbook.grid import Grid
from billingkit.workbook.kinds import Kinds, Styles
from billingkit.workbook.limits import Limits
from billingkit.workbook.strings import shared_strings

SPELT = ["1", "-2", "+5", "007", "1.", ".5", "2.50", "1E+3", "974.6799999999999", "12345678901234567890", ""]
KINDS = Kinds(["Sent", "", "Paid"], Styles(), "book.xlsx")
cells = st.sampled_from([None, None, 1, "a", ""])


@given(st.lists(st.sampled_from(SPELT), min_size=1, max_size=4))
def test_a_column_of_numbers_is_read_as_each_of_them(stored):
    one_by_one = [KINDS.number(text) if text else None for text in stored]
    assert list(map(repr, KINDS.number_column(stored))) == list(map(repr, one_by_one))


@given(st.lists(st.sampled_from(["0", "1", "2", "02", ""]), min_size=1, max_size=4))
def test_a_column_of_shared_strings_is_read_as_each_of_them(stored):
    assert KINDS.shared_column(stored) == [KINDS.shared(text) for text in stored]


@pytest.mark.parametrize("stored", [["1", "3"], ["3", ""], ["99999999999"]])
def test_a_shared_string_that_is_not_there_is_damage(stored):
    with pytest.raises(NotAWorkbook):
        KINDS.shared_column(stored)


def put(rows, limits, *, at_once):
    """What became of a grid, or the refusal."""
    grid = Grid("book.xlsx", limits)
    numbers = [number for number, _ in rows]
    try:
        if at_once:
            grid.put_columns(numbers, list(zip(*(row for _, row in rows), strict=True)))
        else:
            for number, row in rows:
                grid.put(number, list(row))
    except (HostileFile, NotAWorkbook, TooLarge) as refusal:
        return type(refusal)
    return grid.rows, grid.filled, grid.gaps


@given(
    st.lists(st.tuples(st.integers(1, 2), st.lists(cells, min_size=3, max_size=3)), min_size=1, max_size=6),
    st.sampled_from([Limits(), Limits(cells=6), Limits(row_gap=1)]),
)
def test_rows_put_at_once_are_the_rows_put_one_by_one(steps, limits):
    rows, number = [], 0
    for step, row in steps:
        number += step
        rows.append((number, row))
    assert put(rows, limits, at_once=True) == put(rows, limits, at_once=False)


@pytest.mark.parametrize(
    ("items", "read"),
    [
        ("", []),
        ("<si><t></t></si>", [""]),
        ("<si><t>a &amp;lt; b</t></si><si><t>c</t></si>", ["a &lt; b", "c"]),
        ('<si><t xml:space="preserve"> a</t></si><si><t>&lt;/t&gt;&#65;\r\n_x000D_</t></si>', [" a", "</t>A\n\r"]),
        ("<si><t>_x0000_</t></si><si><t>b</t></si>", ["\0", "b"]),
        ("<si><t>a</t></si><si><r><t>b</t></r><r><t>c</t></r></si>", ["a", "bc"]),
        ("<si/><si><t>b</t></si>", ["", "b"]),
        ("<si><t>a</t></si> <si><t>b</t></si>", ["a", "b"]),
        ("<si><t>a</t></si><!-- <si><t>x</t></si> --><si><t>b</t></si>", ["a", "b"]),
        ("<si><t>a</t><rPh><t>x</t></rPh></si>", ["a"]),
    ],
)
def test_shared_strings_are_read_however_they_are_spelt(items, read):
    part = f'<?xml version="1.0" encoding="UTF-8"?><sst xmlns="x">{items}</sst>'
    assert shared_strings([part.encode()]) == read
