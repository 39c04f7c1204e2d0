"""The starting rules: clean by every check, a decision for every status, and nothing beyond the practice's say."""

from datetime import date
from itertools import product

import polars as pl
import pytest

from billingkit import policy, terms
from billingkit.policy import sheets, tables
from billingkit.policy.codes import matches
from billingkit.rules import ASK, ASK_0, decide, parse_condition

TODAY = date(2026, 11, 23)
CLAIM = {
    "on_hold": "no",
    "status": "Submitted",
    "missing_details": "no",
    "days_to_deadline": 200,
    "denial_route": None,
    "amount_outstanding": 40000,
    "days_past_first_check": 5,
    "days_past_chase_interval": None,
    "times_chased": 0,
}
BALANCE = {
    "on_hold": "no",
    "patient_due": 8000,
    "above_minimum": "yes",
    "statement_guard": "none",
    "payment_plan": "None",
    "statements_sent": 0,
    "days_since_statement": None,
}
URGENCY = {
    "days_to_deadline": 200,
    "times_chased": 0,
    "days_past_by_when": 0,
    "days_open_past_limit": -10,
    "amount": 10000,
}


def facts(columns, rows):
    kinds = {column.name: pl.Int64 if column.numeric else pl.String for column in columns}
    return pl.DataFrame(rows, schema=kinds)


def decided(table, start, **changes):
    frame = facts(table.columns, [{**start, **changes}])
    return decide(table, frame, TODAY).row(0, named=True)


def test_the_starting_tables_pass_every_check_without_a_remark():
    found = policy.findings(sheets.starting_rows())
    assert [(one.severity, one.cell) for one in found] == [("warning", "Calendar")]  # each practice lists its own


@pytest.mark.parametrize("status", [status.label for status in terms.STATUSES])
def test_every_status_has_a_decision_and_closed_and_held_ones_are_left_alone(status):
    said = decided(policy.shipped().claim_rules, CLAIM, status=status, denial_route="none given")
    assert said["rule"] not in (ASK, ASK_0)
    assert said["action"]
    held = decided(policy.shipped().claim_rules, CLAIM, status=status, on_hold="claim too", denial_route="none given")
    assert (held["rule"], held["action"]) == ("CF-01", "Hold")


@pytest.mark.parametrize(
    ("changes", "rule", "action"),
    [
        ({"days_past_first_check": -3}, "CF-17", "Wait"),
        ({"days_past_first_check": 0}, "CF-19", "Call insurer"),
        ({"days_past_chase_interval": -1}, "CF-18", "Wait"),
        ({"days_past_chase_interval": 0, "times_chased": 2}, "CF-19", "Call insurer"),
        ({"days_past_chase_interval": 0, "times_chased": 3}, "CF-20", "Call insurer's supervisor"),
        ({"times_chased": None}, "CF-19", "Call insurer"),
        ({"days_past_first_check": None}, ASK, "Ask"),
        ({"status": None}, ASK, "Ask"),
        ({"missing_details": "yes"}, "CF-04", "Ask the practice"),
        ({"missing_details": "yes", "days_to_deadline": -1}, "CF-03", "Refer to practice"),
        ({"days_to_deadline": None}, ASK, "Ask"),
        ({"status": "Closed", "on_hold": "patient contact"}, "CF-02", "None"),
        ({"status": "Paid", "days_to_deadline": -40}, "CF-12", "Check second cover, then patient's part"),
        ({"status": "Denied", "denial_route": "documents"}, "CF-13", "Correct and send a replacement"),
        ({"status": "Paid short", "denial_route": "clinical"}, "CF-14", "Ask the clinician"),
        (
            {"status": "Denied", "denial_route": "not covered", "amount_outstanding": 9999},
            "CF-16",
            "Refer to practice for decision",
        ),
        (
            {"status": "Denied", "denial_route": "not covered", "amount_outstanding": 10000},
            "CF-15",
            "Prepare appeal for approval",
        ),
        ({"status": "Denied", "denial_route": "none given", "amount_outstanding": None}, ASK, "Ask"),
        ({"status": "Held primary"}, "CF-19", "Call insurer"),
        ({"on_hold": None}, ASK, "Ask"),
    ],
)
def test_claims_go_the_way_a_billing_team_would_take_them(changes, rule, action):
    said = decided(policy.shipped().claim_rules, CLAIM, **changes)
    assert said["rule"] == rule
    assert action in (said["action"], "Ask")


def test_a_deadline_nobody_has_stated_neither_hurries_nor_blocks_a_claim():
    frame = facts(policy.shipped().claim_rules.columns, [{**CLAIM, "days_to_deadline": None}])
    frame = frame.with_columns(pl.lit(value=True).alias("days_to_deadline__special"))
    assert decide(policy.shipped().claim_rules, frame, TODAY)["rule"].to_list() == ["CF-19"]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({}, "PB-07"),
        ({"on_hold": "yes"}, "PB-01"),
        ({"patient_due": -1}, "PB-02"),
        ({"patient_due": 100, "above_minimum": "no"}, "PB-03"),
        ({"above_minimum": None}, ASK),
        ({"statement_guard": "late denial"}, "PB-04"),
        ({"statement_guard": None}, ASK),
        ({"payment_plan": "On track"}, "PB-05"),
        ({"payment_plan": "Missed"}, "PB-06"),
        ({"payment_plan": None}, ASK),
        ({"statements_sent": 1, "days_since_statement": 29}, "PB-08"),
        ({"statements_sent": 1, "days_since_statement": 30}, "PB-09"),
        ({"statements_sent": 2, "days_since_statement": 45}, "PB-10"),
        ({"statements_sent": 3, "days_since_statement": 45}, "PB-11"),
        ({"statements_sent": 2}, "PB-12"),
        ({"days_since_statement": 12}, "PB-13"),
        ({"statements_sent": None}, ASK),
        ({"statements_sent": 1, "days_since_statement": -2}, "PB-08"),  # dated ahead: it is still to go out
        ({"statements_sent": 0, "days_since_statement": -2}, "PB-13"),
    ],
)
def test_balances_go_the_way_a_billing_team_would_take_them(changes, rule):
    assert decided(policy.shipped().balance_rules, BALANCE, **changes)["rule"] == rule


@pytest.mark.parametrize(
    ("changes", "level", "priority"),
    [
        ({}, 0, "Normal"),
        ({"days_to_deadline": 15}, 0, "Normal"),
        ({"days_to_deadline": 14}, 1, "High"),
        ({"days_to_deadline": 5}, 2, "Urgent"),
        ({"days_to_deadline": -30}, 2, "Urgent"),
        ({"days_to_deadline": None}, 1, "High"),  # a deadline that cannot be worked out counts as near
        ({"times_chased": 3}, 1, "Normal"),
        ({"times_chased": 6}, 2, "High"),
        ({"days_past_by_when": 1}, 1, "Normal"),
        ({"days_past_by_when": 5}, 2, "High"),
        ({"days_past_by_when": 10}, 3, "Urgent"),
        ({"days_open_past_limit": 0}, 0, "Normal"),
        ({"days_open_past_limit": 1}, 1, "High"),
        ({"days_open_past_limit": 1, "amount": 100000}, 2, "High"),
        ({"days_open_past_limit": 61}, 2, "High"),
        ({"times_chased": None, "amount": None, "days_open_past_limit": None, "days_past_by_when": None}, 0, "Normal"),
    ],
)
def test_urgency_follows_deadline_delay_age_and_amount(changes, level, priority):
    said = decided(policy.shipped().escalation_rules, URGENCY, **changes)
    assert (said["level"], said["priority"]) == (level, priority)


def test_the_level_and_the_priority_never_fall_as_anything_gets_worse():
    """every neighbour on a grid over all thresholds: one step worse is never a lower level or priority"""
    table = policy.shipped().escalation_rules
    grid = {
        "days_to_deadline": (15, 14, 6, 5, -1),
        "times_chased": (0, 2, 3, 5, 6),
        "days_past_by_when": (0, 1, 4, 5, 9, 10),
        "days_open_past_limit": (0, 1, 60, 61),
        "amount": (99999, 100000),
    }
    places = list(product(*(range(len(values)) for values in grid.values())))
    rows = [{name: grid[name][at] for name, at in zip(grid, place, strict=True)} for place in places]
    said = decide(table, facts(table.columns, rows), TODAY, why=False)
    order = {word: rank for rank, word in enumerate(terms.PRIORITIES)}
    pairs = zip(said["level"].to_list(), said["priority"].to_list(), strict=True)
    rank = {place: (level, order[priority]) for place, (level, priority) in zip(places, pairs, strict=True)}
    for place, (level, priority) in rank.items():
        for axis in range(len(grid)):
            worse = (*place[:axis], place[axis] + 1, *place[axis + 1 :])
            if worse in rank:
                assert rank[worse][0] >= level, (place, worse)
                assert rank[worse][1] >= priority, (place, worse)


def test_no_table_can_say_more_than_refer_to_the_practice():
    """the words a table may use, and the words it uses, hold no write-off, discount, refund, fee or collection"""
    beyond = ("write", "discount", "refund", "collect", "fee", "waive", "diagnos", "treat")
    for shape in tables.SHAPES:
        for output in shape.outputs:
            assert not [word for word in output.values for bad in beyond if bad in word.casefold()]
    assert "Ask" not in tables.ACTION_LABELS


def test_every_condition_cell_means_the_same_when_written_back():
    rows = sheets.starting_rows()
    for shape in tables.SHAPES:
        head, *body = rows[shape.sheet]
        for column in shape.columns:
            place = head.index(column.heading)
            for row in body:
                condition = parse_condition(row[place], column)
                assert parse_condition(condition.text, column) == condition, (row[0], column.heading)


def test_the_shipped_policy_says_that_it_is_and_knows_weekends_only():
    shipped = policy.shipped()
    assert shipped.shipped
    assert shipped.calendar.weekends_only
    assert shipped is policy.shipped()
    assert shipped.practice.first_check_after is None
    assert all(answer.answer is None for answer in shipped.agreements)
    assert all(not one.agreed for one in shipped.wording)


def test_shipped_status_words_leave_out_what_differs_between_systems():
    words = {one.word.casefold() for one in policy.shipped().status_words}
    assert {"submitted", "denied", "paid", "closed"} <= words
    assert not words & {
        "received",
        "pending",
        "rejected",
        "declined",
        "hold",
        "r",
        "s",
        "w",
        "sent",
        "accepted",
        "query",
    }


@pytest.mark.parametrize("sheet", ["Required details", "Attachments"])
def test_the_starting_lists_are_read_whole(sheet):
    rows = sheets.starting_rows()[sheet]
    read = policy.shipped().required if sheet == "Required details" else policy.shipped().attachments
    assert len(read) == len(rows) - 1


def test_starting_attachments_name_no_insurer():
    assert {one.insurer for one in policy.shipped().attachments} == {""}


@pytest.mark.parametrize(
    ("codes", "procedure", "held"),
    [
        ("", "anything", True),
        ("D2000-D2999; D7140", "D2740", True),
        ("D2000-D2999; D7140", "d7140", True),
        ("D2000-D2999; D7140", "D3000", False),
        ("D2000-2999", "D2999", True),
        ("1001 to 1005, 1421A", "1421A", True),
        ("1421A", "1421", False),
        ("1001-1005", "D1003", False),
        ("D2000-D2999", "crown", False),
    ],
)
def test_a_code_lies_in_a_range_as_a_person_would_read_it(codes, procedure, held):
    assert matches(codes, procedure) is held
