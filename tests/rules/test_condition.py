"""Condition cells: what is typed, what it means, what is written back, what is refused and why."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billingkit.rules import ANY, Column, Unreadable, parse_condition

DAYS = Column("late", "Days late", "number", unit="days")
COUNT = Column("chased", "Times chased", "number", low=0, high=99, unit="times")
CONTACT = Column("contact", "Last contact", "number", unit="days", special="none yet", blank="none yet")
MONEY = Column("amount", "Amount", "money", unit="GBP")
STATUS = Column(
    "status",
    "Status",
    "list",
    ("Paid", "Denied", "Rejected", "Not found", "Held primary", "Paid short", "Info requested"),
)
ROUTE = Column("route", "Denial route", "list", ("documents", "not covered", "not separately payable"))
ACTION = Column(
    "action", "Action", "list", ("Wait", "Ask the practice to complete or release", "Check cover, then bill")
)
HOLD = Column("hold", "On hold", "yes/no")

WRITTEN_BACK = [
    (DAYS, None, "-"),
    (DAYS, "", "-"),
    (DAYS, " - ", "-"),
    (DAYS, "Any", "-"),
    (DAYS, ">= 30", "30 or more"),
    (DAYS, "30+", "30 or more"),
    (DAYS, "at least 30", "30 or more"),
    (DAYS, "30 days or more", "30 or more"),
    (DAYS, "30 DAYS  OR MORE", "30 or more"),
    (DAYS, "\u226530", "30 or more"),
    (DAYS, "over 29", "30 or more"),
    (DAYS, "more than 29 days", "30 or more"),
    (DAYS, "30 and over", "30 or more"),
    (DAYS, "< 14", "up to 13"),
    (DAYS, "under 14", "up to 13"),
    (DAYS, "up to 13", "up to 13"),
    (DAYS, "13 or less", "up to 13"),
    (DAYS, "at most 13 days", "up to 13"),
    (DAYS, "< 0", "up to -1"),
    (DAYS, "14-29", "14 to 29"),
    (DAYS, "14 - 29", "14 to 29"),
    (DAYS, "14\u201329", "14 to 29"),
    (DAYS, "14 to 29", "14 to 29"),
    (DAYS, "14 to 29 days", "14 to 29"),
    (DAYS, "between 14 and 29", "14 to 29"),
    (DAYS, "from 14 to 29", "14 to 29"),
    (DAYS, "[14..30)", "14 to 29"),
    (DAYS, "(13..29]", "14 to 29"),
    (DAYS, "14..29", "14 to 29"),
    (DAYS, ">= 14 and < 30", "14 to 29"),
    (DAYS, ">=14 <30", "14 to 29"),
    (DAYS, "over 13 and under 30", "14 to 29"),
    (DAYS, "-5 to -1", "-5 to -1"),
    (DAYS, "-5--1", "-5 to -1"),
    (DAYS, 30, "30"),
    (DAYS, 30.0, "30"),
    (DAYS, "1,000 or more", "1000 or more"),
    (DAYS, "2 or 5+", "2 or 5 or more"),
    (DAYS, "2; 5+", "2 or 5 or more"),
    (DAYS, "2\n5+", "2 or 5 or more"),
    (DAYS, "2 or 3", "2 to 3"),
    (DAYS, "not 5", "not 5"),
    (DAYS, "<> 5", "not 5"),
    (DAYS, "14+ or blank", "14 or more or blank"),
    (DAYS, "blank", "blank"),
    (DAYS, "Not Blank", "not blank"),
    (COUNT, "0 to 2", "0 to 2"),
    (COUNT, "2 times", "2"),
    (CONTACT, "none yet", "none yet"),
    (CONTACT, "0+ or none yet", "0 or more or none yet"),
    (CONTACT, "None  Yet", "none yet"),
    (CONTACT, "not none yet", "not none yet"),
    (CONTACT, "14+ or none yet or blank", "14 or more or none yet or blank"),
    (MONEY, "100 or more", "100 or more"),
    (MONEY, "\u00a3100 or more", "100 or more"),
    (MONEY, "$1,250.50+", "1250.50 or more"),
    (MONEY, "under 100", "up to 99.99"),
    (MONEY, "10 - 20 GBP", "10 to 20"),
    (STATUS, "denied, rejected", "Denied or Rejected"),
    (STATUS, "Denied or  REJECTED", "Denied or Rejected"),
    (STATUS, "denied;rejected\npaid", "Denied or Rejected or Paid"),
    (STATUS, "held_primary", "Held primary"),
    (STATUS, "paid short, paid", "Paid short or Paid"),
    (STATUS, "not paid, denied", "not Paid, Denied"),
    (STATUS, "not (paid or denied)", "not Paid, Denied"),
    (STATUS, "not Paid, not Denied", "not Paid, Denied"),
    (STATUS, "anything but paid", "not Paid"),
    (STATUS, "not found", "Not found"),
    (STATUS, "not found, denied", "Not found or Denied"),
    (STATUS, "not not found", "not Not found"),
    (STATUS, "blank", "blank"),
    (STATUS, "paid or blank", "Paid or blank"),
    (STATUS, "not paid, blank", "not Paid, blank"),
    (ROUTE, "not covered, not separately payable", "not covered or not separately payable"),
    (ROUTE, "not documents", "not documents"),
    (ACTION, "wait or ask the practice to complete or release", "Wait or Ask the practice to complete or release"),
    (ACTION, "Check cover, then bill", "Check cover, then bill"),
    (HOLD, "Y", "yes"),
    (HOLD, True, "yes"),
    (HOLD, "no", "no"),
    (HOLD, "not yes", "not yes"),
]


@pytest.mark.parametrize(("column", "typed", "written"), WRITTEN_BACK)
def test_a_cell_is_written_back_in_one_way_however_it_was_typed(column, typed, written):
    """Typed -> canonical, and the canonical text read again means the same."""
    condition = parse_condition(typed, column)
    assert condition.text == written
    assert parse_condition(condition.text, column) == condition
    assert parse_condition(condition.text, column).text == written


REFUSED = [
    (DAYS, "4 weeks", "Write", "28"),
    (DAYS, "2 weeks or more", "Write", "14"),
    (DAYS, "2 months", "Write the number of days", ""),
    (DAYS, "29-14", "Swap", "14 to 29"),
    (DAYS, "29 to 14", "Swap", "14 to 29"),
    (DAYS, date(2026, 1, 29), "Type it again", "1 to 29"),
    (DAYS, datetime.fromisoformat("2026-01-29"), "Text", "1 to 29"),
    (DAYS, date(2040, 2, 1), "Type it again", "2 to 40"),
    (COUNT, "$4", "Write", "4"),
    (COUNT, "4 days", "Write", "4"),
    (DAYS, "14.5", "Write", "14"),
    (DAYS, 14.5, "Write", "14"),
    (DAYS, "#NAME?", "Type", ""),
    (STATUS, "#REF!", "Type", ""),
    (DAYS, "2,5", "Write", "2 or 5"),
    (DAYS, "soon", "Type", "30 or more"),
    (DAYS, "> 30 and < 14", "", ""),
    (COUNT, "under 0", "", ""),
    (COUNT, "-1", "", ""),
    (COUNT, "100 or more", "", ""),
    (DAYS, "not", "", ""),
    (DAYS, True, "", ""),
    (MONEY, "99,50", "Write", "99.50"),
    (MONEY, "1.005", "Write", "1"),
    (STATUS, "denyed", "Did you mean", "Denied"),
    (STATUS, "paid, denyed", "Did you mean", "Denied"),
    (STATUS, "zzz", "It can be", "Paid"),
    (STATUS, ">= 3", "", ""),
    (STATUS, "not", "", ""),
    (STATUS, "not paid or blank", "Write", "not ..., blank"),
    (STATUS, "paid, not denied", "", ""),
    (HOLD, "maybe", "", "yes"),
    (HOLD, "not yes, no", "", ""),
]


@pytest.mark.parametrize(("column", "typed", "how", "what"), REFUSED)
def test_a_cell_that_can_be_misread_is_refused_with_what_to_type(column, typed, how, what):
    """Typed -> refused; the suggestion says how, and the words to type."""
    with pytest.raises(Unreadable) as refusal:
        parse_condition(typed, column)
    said = f"{refusal.value.message} {refusal.value.suggestion or ''}"
    assert how in said
    assert what in said


@pytest.mark.parametrize(
    ("column", "typed", "quoted"),
    [
        (STATUS, "Denyed", "Denyed"),
        (STATUS, "PAID, Under  Review", "Under  Review"),
        (STATUS, "Paid, Info_Requestd", "Info_Requestd"),
        (DAYS, "4 Weeks", "4 Weeks"),
        (DAYS, "Around Ten", "Around Ten"),
        (DAYS, "30 Or", "30 Or"),
        (HOLD, "Maybe", "Maybe"),
    ],
)
def test_a_word_that_is_not_known_is_quoted_as_it_was_typed(column, typed, quoted):
    with pytest.raises(Unreadable, match=re.escape(f'"{quoted}"')):
        parse_condition(typed, column)


def test_only_a_dash_and_a_cell_that_names_blank_decide_missing_data():
    """'-' takes it, 'blank' takes it, 'not blank' refuses it, all others leave it open."""
    assert parse_condition("-", STATUS) == ANY
    assert parse_condition("14+ or blank", DAYS).blank is True
    assert parse_condition("not blank", DAYS).blank is False
    assert parse_condition("not paid, blank", STATUS).blank is False
    for typed, column in (("14+", DAYS), ("not 5", DAYS), ("not paid", STATUS), ("none yet", CONTACT)):
        assert parse_condition(typed, column).blank is None


def test_none_yet_is_met_only_by_a_cell_that_says_so():
    """A number, a range and a "not" are not met by "none yet"; "- " and "not blank" are."""
    for typed in ("0+", "not 5", "not none yet"):
        assert not parse_condition(typed, CONTACT).special
    for typed in ("0+ or none yet", "none yet", "not blank", "-"):
        assert parse_condition(typed, CONTACT).special


def test_what_met_a_condition_is_quoted_briefly():
    """Four words or more are cut after two; a bound reads as it was meant."""
    assert parse_condition("paid, denied, rejected, paid short", STATUS).brief(STATUS) == "Paid, Denied, ..."
    assert parse_condition("paid, denied", STATUS).brief(STATUS) == "Paid, Denied"
    assert parse_condition("not paid", STATUS).brief(STATUS) == "not Paid"
    assert parse_condition("not covered", ROUTE).brief(ROUTE) == "not covered"
    assert parse_condition("< 0", DAYS).brief(DAYS) == "under 0"
    assert parse_condition("up to 13", DAYS).brief(DAYS) == "up to 13"
    assert parse_condition("< 100", MONEY).brief(MONEY) == "under 100"


@settings(max_examples=150, deadline=None)
@given(st.integers(-400, 400), st.integers(0, 400), st.sampled_from(["{a}-{b}", "{a} to {b}", "[{a}..{b}]"]))
def test_a_range_takes_both_ends_and_nothing_beside_them(low, width, pattern):
    """a to b -> a-1 no, a yes, b yes, b+1 no."""
    high = low + width
    condition = parse_condition(pattern.format(a=low, b=high), DAYS)
    assert [condition.accepts(value) for value in (low - 1, low, high, high + 1)] == [False, True, True, False]


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=30), st.sampled_from([DAYS, COUNT, CONTACT, MONEY, STATUS, ROUTE, HOLD]))
def test_any_text_is_read_or_refused_and_what_is_read_survives_being_written_back(typed, column):
    """Arbitrary text never crashes and never changes its meaning by a round trip."""
    try:
        condition = parse_condition(typed, column)
    except Unreadable:
        return
    assert parse_condition(condition.text, column) == condition


WORDS = st.sampled_from(
    [
        "14",
        "29",
        "0",
        "-3",
        "99.50",
        "1,000",
        "to",
        "-",
        "or",
        "and",
        "not",
        "blank",
        "none",
        "yet",
        "under",
        "over",
        "up",
        "at",
        "least",
        "more",
        "less",
        "days",
        "weeks",
        "<",
        ">=",
        "+",
        "(",
        ")",
        "[",
        "..",
        ",",
        ";",
        "paid",
        "denied",
        "found",
        "$",
        "between",
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(WORDS, max_size=7), st.sampled_from([DAYS, COUNT, CONTACT, MONEY, STATUS]))
def test_words_of_the_grammar_in_any_order_are_read_or_refused(words, column):
    """The same, with texts that nearly make sense."""
    try:
        condition = parse_condition(" ".join(words), column)
    except Unreadable:
        return
    assert parse_condition(condition.text, column) == condition


@dataclass(frozen=True)
class Shown:
    """A cell as whoever opened the file hands it over: an error by its name, or a formula without a value."""

    text: str = ""


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (Shown("#NAME?"), "Excel shows the error #NAME? here."),
        (Shown(), "This cell holds no value"),
        ("30 or", 'nothing on one side of "or"'),
        (">>3", "is not a number"),
        ("2, 5", 'Write "2 or 5"'),
    ],
)
def test_an_error_cell_and_a_half_typed_number_are_refused_in_words(typed, said):
    with pytest.raises(Unreadable, match=re.escape(said)):
        parse_condition(typed, Column("days", "Days", "number", unit="days"))
