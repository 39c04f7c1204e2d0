"""A column read at once is the column read cell by cell."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billingkit.policy import Wording
from billingkit.reading.fold import fold_id, fold_ids
from billingkit.reading.ids import are_plain_ids, is_plain_id
from billingkit.reading.money import MoneyReader, plain_amounts
from billingkit.reading.sensitive import Listener

ids = st.one_of(st.none(), st.text("AzÄ09 -\n?", max_size=4), st.from_regex(r"[A-Z]{1,3}[0-9]{1,4}", fullmatch=True))
numbers = st.one_of(
    st.none(),
    st.integers(-2_000_000, 2_000_000),
    st.decimals(-999_999, 999_999, places=2).map(float),
    st.sampled_from([0.0, -0.0, 12.345, 1e6, 0.1 + 0.2, float("nan"), float("inf"), True]),
)
READER = MoneyReader("USD", None)


@given(st.lists(ids, max_size=5))
def test_a_column_of_ids_is_plain_when_each_of_them_is(column):
    wanted = all(is_plain_id(one) and one.isascii() for one in column if one is not None)
    assert are_plain_ids(column) == wanted


@given(st.lists(ids, max_size=5))
def test_ids_fold_in_a_column_as_they_do_alone(column):
    assert fold_ids(column) == [fold_id(one) if one else "" for one in column]


@settings(max_examples=300)
@given(st.lists(numbers, max_size=5))
def test_amounts_of_a_column_are_those_of_its_cells(column):
    at_once = plain_amounts(column)
    one_by_one = [READER.read(cell) for cell in column]
    if at_once is None:
        told = zip(column, one_by_one, strict=True)
        assert any(type(cell) is bool or wrong or abs(cell or 0) >= 1e6 for cell, (_, wrong) in told)
    else:
        assert [(value, "") for value in at_once] == one_by_one


def test_amounts_keep_their_cents():
    assert list(map(str, plain_amounts([5, 0.1, -12.5, 0, None]) or [])) == ["5.00", "0.10", "-12.50", "0.00", "None"]
    assert plain_amounts([Decimal("1.00")]) is None


@pytest.mark.parametrize("other", ["ref 12345, upset", "ref 12, calm", "a\0b", "ref 12345, calm"])
def test_notes_heard_together_are_heard_as_alone(other):
    notes = ["ref 99123, upset", "ref 77001, calm", other, None, 7]
    together = Listener((Wording("upset", "upset", "patient contact"),)).hear_all(notes)
    alone = Listener((Wording("upset", "upset", "patient contact"),))
    assert together == {note: alone.hear(note) for note in notes if isinstance(note, str) and alone.hear(note)}


def test_a_practices_own_phrase_with_a_long_number_is_heard_and_no_other_number_is():
    """`ref 101` is sensitive here, `ref 102` is not, though all numbers look alike otherwise."""
    listener = Listener((Wording("ref 101", "stop flag", "patient contact"),))
    assert listener.hear_all(["see ref 101", "see ref 102"]) == {"see ref 101": "stop flag"}
