"""What must hold for every week: nobody is contacted because a cell went blank, and a hold is a hold."""

from __future__ import annotations

import os
import time
from datetime import date, timedelta
from decimal import Decimal

import polars as pl
import pytest
from decisions import weeks
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billingkit.columns import BALANCES, CLAIMS
from billingkit.decisions import review
from billingkit.decisions.deciding import CONTACTS
from billingkit.terms import STATUS_WORDS

FEW = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
DAYS = st.integers(0, 400).map(lambda days: weeks.AS_OF - timedelta(days=days))
PEOPLE = st.sampled_from([("P9", "Moss, Eve"), ("P8", "Moss, Kim"), ("P7", "Cole, Ben"), ("P6", "Cole, Ada")])
CLAIM = st.fixed_dictionaries(
    {
        "who": PEOPLE,
        "status": st.sampled_from(STATUS_WORDS),
        "coverage": st.sampled_from(["primary", "secondary", "preauth"]),
        "insurer": st.sampled_from(["Harbour Dental", "Summit Benefit", "Other Mutual"]),
        "service_date": DAYS,
        "submitted_date": DAYS,
        "status_date": DAYS,
        "last_contact_date": st.none() | DAYS,
        "times_chased": st.integers(0, 5),
        "outstanding": st.sampled_from([Decimal("10.00"), Decimal("99.99"), Decimal("100.00"), Decimal("900.00")]),
        "reason_codes": st.sampled_from([None, "CO-16", "CO-50", "PR-96", "CO-29", "ZZ1"]),
        "procedure_codes": st.sampled_from(["D0120", "D2740", "D4341"]),
        "subscriber_name": st.sampled_from(["Moss, Eve", "Cole, Ben"]),
        "sensitive": st.sampled_from([None, None, None, "complaint"]),
        "questions": st.sampled_from([None, None, None, "future_date"]),
    }
)
BALANCE = st.fixed_dictionaries(
    {
        "who": PEOPLE,
        "guarantor_name": st.sampled_from(["Moss, Eve", "Cole, Ben"]),
        "patient_due": st.sampled_from([Decimal("-5.00"), Decimal("0.00"), Decimal("20.00"), Decimal("80.00")]),
        "insurance_pending": st.sampled_from([Decimal("0.00"), Decimal("0.00"), Decimal("50.00")]),
        "payment_plan": st.sampled_from(["none", "none", "on track", "missed"]),
        "statements_sent": st.integers(0, 4),
        "last_statement_date": st.none() | DAYS,
        "stop_flag": st.sampled_from([False, False, True]),
        "sensitive": st.sampled_from([None, None, None, "hardship"]),
    }
)
WEEKS = st.tuples(st.lists(CLAIM, min_size=1, max_size=6), st.lists(BALANCE, min_size=1, max_size=5))
NOT_BLANKED = {"claim_key", "account_key", "quarantined", "source_file", "source_row"}


def row(drawn):
    number, name = drawn["who"]
    rest = {key: value for key, value in drawn.items() if key != "who"}
    return {**rest, "patient_id": number, "patient_name": name, "quarantined": bool(rest.get("questions"))}


def made(drawn, quiet=()):
    claim_rows, balance_rows = drawn
    return weeks.week([row(one) for one in claim_rows], [row(one) for one in balance_rows])


def decided(week, as_of=weeks.AS_OF, **more):
    return review(week, weeks.policy(), as_of=as_of, payments_to=as_of, **more)


def contacts(result):
    """Every row that has somebody approached, by its place."""
    both = pl.concat([result.claims, result.balances])
    return set(both.filter(pl.col("action").is_in(CONTACTS)).select("source_sheet", "source_row").iter_rows())


@settings(FEW, max_examples=40)
@given(WEEKS, st.data())
def test_blanking_a_cell_whose_blank_means_unknown_never_starts_a_contact(drawn, data):
    """claims and balances, any such cell -> the rows contacted are among those contacted before."""
    week = made(drawn)
    before = contacts(decided(week))
    table = data.draw(st.sampled_from(["claims", "balances"]))
    columns = [one.name for one in (CLAIMS if table == "claims" else BALANCES) if one.blank == "unknown"]
    column = data.draw(st.sampled_from([name for name in columns if name not in NOT_BLANKED]))
    frame = getattr(week, table)
    at = data.draw(st.integers(0, frame.height - 1))
    blank = frame.with_columns(pl.when(pl.int_range(pl.len()) == at).then(None).otherwise(column).alias(column))
    other = weeks.week()
    parts = {"claims": week.claims, "balances": week.balances, table: blank}
    after = contacts(decided(type(other)(**parts, problems=(), tables=(), sources=())))
    assert after <= before, column


KIM = {"patient_id": "P8", "patient_name": "Moss, Kim", "guarantor_name": "Moss, Eve"}
BEN = {"patient_id": "P7", "patient_name": "Cole, Ben", "guarantor_name": "Cole, Ben"}
# What keeps Eve's statement back: a claim or an account of her family, each met in another way.
FAMILIES = {
    "a claim met by number alone": (
        {"patient_id": "P8", "patient_name": "Moss, Kimberly", "subscriber_name": "X Y"},
        KIM,
    ),
    "a held claim met by number alone": (
        {
            "patient_id": "P8",
            "patient_name": "Moss, Kimberly",
            "subscriber_name": "X Y",
            "status": "paid",
            "sensitive": "upset",
        },
        KIM,
    ),
    "a claim met through the policy holder": (
        {"patient_id": "P55", "patient_name": "Baby", "subscriber_name": "Moss, Eve"},
        BEN,
    ),
    "an account on hold": ({"status": "paid"}, {**KIM, "sensitive": "hardship"}),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_no_blank_in_a_name_or_number_parts_a_family(family):
    """every name and number of claims and balances, blanked in turn -> nobody new is contacted."""
    claim, relative = FAMILIES[family]
    week = weeks.week([claim, {"patient_id": "P1", "status": "paid"}], [{}, relative, BEN | {"account_key": "A-3"}])
    before = contacts(decided(week))
    for table, names in (
        ("claims", ("patient_id", "patient_name", "subscriber_name")),
        ("balances", ("patient_id", "patient_name", "guarantor_name")),
    ):
        frame = getattr(week, table)
        for name in names:
            for at in range(2):
                blank = frame.with_columns(pl.when(pl.int_range(pl.len()) == at).then(None).otherwise(name).alias(name))
                parts = {"claims": week.claims, "balances": week.balances, table: blank}
                after = contacts(decided(type(week)(**parts, problems=(), tables=(), sources=())))
                assert after <= before, (table, name, at)


@FEW
@given(WEEKS)
def test_on_hold_means_no_contact(drawn):
    result = decided(made(drawn))
    held = pl.concat(
        [result.claims.filter(pl.col("on_hold") == "claim too"), result.balances.filter(pl.col("on_hold") != "no")]
    )
    assert not set(held["action"]) & set(CONTACTS)


@FEW
@given(WEEKS, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(drawn, dice):
    week = made(drawn)
    order = list(range(week.claims.height))
    dice.shuffle(order)
    turned = type(week)(week.claims[order], week.balances.reverse(), (), (), ())
    one, other = decided(week), decided(turned)
    by = ["source_sheet", "source_row"]
    assert one.claims.sort(by).equals(other.claims.sort(by))
    assert one.balances.sort(by).equals(other.balances.sort(by))
    assert {question.ref for question in one.questions} == {question.ref for question in other.questions}
    assert one.holds == other.holds


@FEW
@given(WEEKS)
def test_every_row_is_decided_once_and_money_is_kept(drawn):
    week = made(drawn)
    result = decided(week)
    place = ["source_file", "source_sheet", "source_row"]
    assert result.claims.select(place).equals(week.claims.select(place))
    assert result.balances.select(place).equals(week.balances.select(place))
    owed = week.claims.filter(pl.col("coverage") != "preauth")["outstanding"].sum()
    assert result.claims["amount"].sum() == owed
    assert result.claims["action"].null_count() == result.balances["action"].null_count() == 0


@FEW
@given(WEEKS, st.integers(1, 40))
def test_escalation_never_falls_as_time_passes(drawn, days):
    """the same open claims, some days later -> no level is lower."""
    week = made(drawn)
    later = weeks.AS_OF + timedelta(days=days)
    one, other = decided(week), decided(week, later)
    pairs = zip(one.claims["level"], other.claims["level"], strict=True)
    assert all(before <= after for before, after in pairs)


@FEW
@given(WEEKS)
def test_every_follow_up_has_an_earliest_and_a_latest_day(drawn):
    result = decided(made(drawn))
    both = pl.concat([result.claims, result.balances])
    active = both.filter(~pl.col("action").is_in(["none", "wait"]))
    assert active["not_before"].null_count() == active["by_when"].null_count() == 0
    assert (active["not_before"] <= active["by_when"]).all()
    assert (
        both.filter(pl.col("action") == "wait")["by_when"].null_count()
        == both.filter(pl.col("action") == "wait").height
    )


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
def test_the_same_week_gives_the_same_review_in_another_time_zone(zone, monkeypatch):
    week = weeks.many(300)
    first = decided(week)
    monkeypatch.setenv("TZ", zone)
    monkeypatch.setenv("LC_ALL", "tr_TR.UTF-8")
    time.tzset()
    try:
        again = decided(week)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert os.environ.get("TZ") != zone
    assert again.claims.equals(first.claims)
    assert again.balances.equals(first.balances)
    assert again.questions == first.questions


def test_nobody_asks_the_clock():
    """no as-of date -> refused, not today."""
    with pytest.raises(TypeError, match="as-of"):
        review(weeks.week([{}]), weeks.policy())


def test_a_run_on_another_day_is_another_review():
    week = weeks.week([{"submitted_date": date(2026, 11, 10)}])
    assert decided(week).claims["action"][0] == "wait"
    assert decided(week, date(2026, 12, 7)).claims["action"][0] == "call_insurer"
