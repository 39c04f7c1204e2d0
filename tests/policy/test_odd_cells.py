"""Whatever stands in a cell, the answer is a list of faults: never a crash, never a half-read policy."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from policy.sheetful import starting

from billingkit import policy
from billingkit.policy import sheets
from billingkit.problems import BrokenPolicy
from billingkit.workbook.book import ErrorCell, NotCalculated

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**18), 10**18),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(
        [
            "#REF!",
            "=1+1",
            "{",
            "}",
            "{Status}",
            "not",
            "or",
            ";",
            "- 1 to",
            "0" * 300,
            "Yes",
            "\u00a0",
            "\u200b",
            "29-14",
            "1e5",
        ]
    ),
    st.dates(),
    st.datetimes(),
    st.just(time(9, 30)),
    st.just(timedelta(days=2)),
    st.just(Decimal("1.005")),
    st.just(ErrorCell("#REF!")),
    st.just(NotCalculated()),
)
PLACES = st.tuples(st.sampled_from(sheets.ORDER), st.integers(0, 12), st.integers(0, 18), ODD)


@settings(max_examples=25, deadline=None)
@given(st.lists(PLACES, min_size=1, max_size=5))
def test_any_value_in_any_cell_gives_faults_or_a_policy_and_the_same_each_time(places):
    rows = starting()
    for sheet, row, column, value in places:
        cells = rows[sheet]
        while len(cells) <= row:
            cells.append([])
        cells[row] += [None] * (column + 1 - len(cells[row]))
        cells[row][column] = value
    errors, remarks = policy.faults(rows)
    assert (errors, remarks) == policy.faults(rows)
    assert all(isinstance(one, str) and one.strip() for one in (*errors, *remarks))
    if errors:
        with pytest.raises(BrokenPolicy) as broken:
            policy.from_rows(rows, source="policy.xlsx")
        assert broken.value.faults == errors
    else:
        assert policy.from_rows(rows, source="policy.xlsx").notices == remarks


def test_an_error_a_formula_without_value_and_a_time_are_named_as_what_they_are():
    rows = starting()
    odd = (ErrorCell("#N/A"), NotCalculated(), time(9, 30), datetime(2026, 1, 5, 9, 30), date(2026, 1, 5))  # noqa: DTZ001 - as Excel gives it
    for row, value in zip(rows["Practice"][13:18], odd, strict=True):
        row[1] = value
    errors, _ = policy.faults(rows)
    assert [error.split(":")[0] for error in errors] == [f"Practice!B{number}" for number in range(14, 19)]
    assert "Excel shows the error #N/A." in errors[0]
