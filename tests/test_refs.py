"""References survive retyping: a wrong character never passes for another question."""

from __future__ import annotations

import pytest

from billingkit.refs import ALPHABET, is_ref, make_ref, make_refs

KEYS = [f"claim-{number}" for number in range(60)]


def test_the_same_question_has_the_same_reference_every_week():
    assert make_ref("Q", "RIV", "missing_member_id", "c1") == make_ref("Q", "RIV", "missing_member_id", "c1")
    assert make_ref("Q", "RIV", "missing_member_id", "c1") != make_ref("Q", "MAP", "missing_member_id", "c1")


def test_many_references_are_made_as_one_is():
    assert make_refs("C", "RIV", KEYS) == [make_ref("C", "RIV", key) for key in KEYS]


@pytest.mark.parametrize("letter", ["Q", "H", "C", "A"])
def test_any_one_wrong_character_shows(letter):
    for key in KEYS[:8]:
        ref = make_ref(letter, "RIV", key)
        assert is_ref(ref)
        wrong = [
            ref[:place] + other + ref[place + 1 :]
            for place, right in enumerate(ref)
            if right != "-"
            for other in ALPHABET
            if other != right
        ]
        assert not [text for text in wrong if is_ref(text)]


@pytest.mark.parametrize("text", ["", "Q-", "q-76y8x7-d", "Q-76Y8X7", "Q 76Y8X7 D", "Q-IIIIII-0"])
def test_what_is_no_reference_is_none(text):
    assert not is_ref(text)
