"""The billing team's worklist: in which order, on which tab, and what comes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from exchange import mishaps, reviews
from exchange.seen import seen
from hypothesis import given, settings
from hypothesis import strategies as st

from billingkit.exchange import asked_in, carries_her_sheets, pack_id, read_answers, write_worklist
from billingkit.exchange.outcomes import OUTCOME_WORDS
from billingkit.exchange.oversight import on_hold, spot_check, waiting_on_practice
from billingkit.exchange.rows import claims
from billingkit.exchange.wording import ON_HOLD
from billingkit.exchange.worklist import appeals, resubmissions, risk, statements, to_do
from billingkit.workbook import read_book

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture(scope="module")
def week(tmp_path_factory):
    return reviews.review(tmp_path_factory.mktemp("week"))


@pytest.fixture(scope="module")
def book(week, tmp_path_factory):
    return read_book(write_worklist(week, tmp_path_factory.mktemp("out"), pack_id=reviews.PACK))


def column(listing, heading):
    return [line.values[listing.headings.index(heading)] for line in listing.lines]


def test_every_action_of_the_team_stands_on_exactly_one_tab(week):
    """Calls and sending on `To do`; appeals, resubmissions and statements on tabs of their own."""
    work = [ref for listing in (to_do, appeals, resubmissions, statements) for ref in column(listing(week), "Ref")]
    assert len(work) == len(set(work))
    team = pl.concat([week.claims, week.balances]).filter(
        pl.col("owner_role").is_in(["billing team", "team lead"]) & ~pl.col("action").is_in(["wait", "none"])
    )
    assert sorted(work) == sorted(team["ref"])


def test_claims_of_one_insurer_stand_together_urgent_ones_first(week):
    insurers = column(to_do(week), "Insurer")
    assert insurers == ["Meridian Dental", "Meridian Dental", "Meridian Dental", "Oakfield Mutual"]
    assert column(to_do(week), "Priority")[0] == "High"


def test_a_near_deadline_weighs_more_than_a_larger_amount_and_nothing_unknown_is_taken_as_small():
    """| amount | days left | weight |: 100 in 0 days = 100; 100 in 7 days = 50; not known = as if today."""

    def told(amount, days, source="confirmed"):
        return risk({"amount": amount and Decimal(amount), "days_to_deadline": days, "deadline_source": source})

    assert told("100", 0) == told("200", 7) == told("100", -5) == told("100", None) == 100
    assert told("100", None, "none stated") < told("100", 90)
    assert told(None, 50) > told("1000000", 0)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 10**6), st.integers(0, 400), st.integers(1, 400))
def test_the_nearer_of_two_equal_amounts_comes_first(cents, days, more):
    near, far = (
        risk({"amount": Decimal(cents) / 100, "days_to_deadline": left, "deadline_source": "assumed"})
        for left in (days, days + more)
    )
    assert near > far


def test_a_bounced_claim_goes_as_a_new_one_and_an_adjudicated_one_as_a_replacement(week):
    listing = resubmissions(week)
    told = dict(zip(column(listing, "Claim"), column(listing, "Send as"), strict=True))
    assert told == {
        "HB-1004": "New claim",
        "HB-1006": "Replacement of the insurer's claim",
        "HB-1010": "Same claim again, with proof of first sending",
    }


def test_a_replacement_without_the_insurers_number_says_that_it_is_to_be_asked_for(week):
    bare = week.week.claims.with_columns(insurer_claim_number=pl.lit(None, dtype=pl.String()))
    listing = resubmissions(replace(week, week=replace(week.week, claims=bare)))
    numbers = dict(zip(column(listing, "Claim"), column(listing, "Insurer's claim"), strict=True))
    assert numbers["HB-1006"] == "not known: ask the insurer"


def test_on_hold_says_nothing_of_the_reason(week):
    text = str([line.values for line in on_hold(week).lines])
    assert ON_HOLD in text
    for word in ("vulnerab", "complaint", "sensitive"):
        assert word not in text


def test_the_spot_check_draws_the_same_rows_for_the_same_week_and_others_for_another(week):
    drawn = column(spot_check(week), "Ref")
    assert drawn == column(spot_check(week), "Ref")
    assert len(drawn) == 5
    later = replace(week, as_of=week.as_of + timedelta(days=7))
    assert drawn != column(spot_check(later), "Ref")


def test_questions_that_went_further_up_are_first(week):
    levels = column(waiting_on_practice(week), "Level")
    assert levels == sorted(levels, reverse=True)


def test_every_decided_claim_has_its_row_beside_it(week):
    assert [one.row["claim_id"] for one in claims(week)] == [row[0] for row in reviews.CLAIMS]


def test_the_worklist_reads_as_it_was_agreed(week, tmp_path):
    told = seen(write_worklist(week, tmp_path, pack_id=reviews.PACK))
    assert told == (GOLDEN / "team_worklist.txt").read_text(encoding="utf-8")


def test_the_worklist_without_names_names_nobody(week, tmp_path):
    told = seen(write_worklist(week, tmp_path, pack_id=reviews.PACK, no_names=True))
    assert not [word for person in reviews.PEOPLE for word in person.split() if word in told]
    assert "Person " in told


# --- what comes back ----------------------------------------------------------------------------


def receive(week, book):
    return read_answers(
        book,
        asked=asked_in(week),
        pack_ids={reviews.PACK: week.as_of},
        practice=mishaps.PRACTICE,
        as_of=date(2026, 11, 27),
        date_order="day first",
    )


def test_a_worklist_is_known_again_and_is_not_her_workbook(week, book):
    assert pack_id(book) == reviews.PACK
    assert not carries_her_sheets(book)
    answers = receive(week, book)
    assert (answers.outcomes, answers.held, answers.missing, answers.found) == ((), (), (), 0)


def test_an_outcome_comes_back_with_what_was_said(week, book):
    ref = column(to_do(week), "Ref")[0]
    typed = mishaps.fill(
        book, ref, tab="To do", Done="yes", Outcome="spoke to them", Insurer_said="in process", By="Ola",
        Contacted_on=date(2026, 11, 25), Next_status="Pending",
    )  # fmt: skip
    (one,) = receive(week, typed).outcomes
    assert one.to_json() == {
        "ref": ref, "done": True, "outcome": "spoke to them", "insurer_said": "in process",
        "contacted_on": "2026-11-25", "next_status": "pending", "by": "Ola", "cell": one.cell,
    }  # fmt: skip
    assert one.contact
    assert one.tab == "To do"


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"Outcome": "fine"}, "not one of the answers"),
        ({"Done": "maybe"}, "not one of the answers"),
        ({"Done": "yes", "Contacted_on": "yesterday"}, "cannot be read as a date"),
        ({"Done": "yes", "Next_status": "almost paid"}, "not one of the statuses"),
        ({"By": "Ola"}, "a name or date without an outcome"),
        ({"Done": "=TRUE"}, "a formula"),
    ],
)
def test_an_outcome_that_cannot_be_read_is_held_with_its_cell(week, book, cells, reason):
    ref = column(to_do(week), "Ref")[0]
    answers = receive(week, mishaps.fill(book, ref, tab="To do", **cells))
    (one,) = answers.held
    assert one.cell.startswith("To do!")
    assert reason in one.reason
    assert (answers.outcomes, answers.found) == ((), 1)


def test_an_outcome_beside_a_changed_reference_is_held(week, book):
    ref = column(to_do(week), "Ref")[0]
    typed = mishaps.fill(book, ref, tab="To do", Done="yes")
    bent = mishaps.change(
        typed, "To do", lambda rows: [[row[0][:-1] + "?", *row[1:]] if row and row[0] == ref else row for row in rows]
    )
    (one,) = receive(week, bent).held
    assert "reference was changed" in one.reason


def test_the_drop_downs_offer_the_words_that_are_read(week, tmp_path):
    sheet = openpyxl.load_workbook(write_worklist(week, tmp_path, pack_id="p"))["To do"]
    lists = [rule.formula1.strip('"') for rule in sheet.data_validations.dataValidation if rule.type == "list"]
    assert ",".join(OUTCOME_WORDS) in lists
    assert "yes,no" in lists
