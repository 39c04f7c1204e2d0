"""References made for many keys at once are those made one by one."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from billingkit.refs import is_ref, make_ref, make_refs


@settings(max_examples=60)
@given(st.sampled_from("QHCA"), st.text(max_size=8), st.lists(st.text(max_size=20), max_size=30))
def test_many_references_are_the_same_as_single_ones(letter, salt, keys):
    assert make_refs(letter, salt, keys) == [make_ref(letter, salt, key) for key in keys]
    assert all(is_ref(ref) for ref in make_refs(letter, salt, keys))
