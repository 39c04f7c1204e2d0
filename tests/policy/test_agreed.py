"""What was agreed, looked up and said back in plain words, and what is still to be settled."""

import json
from datetime import date
from pathlib import Path

import pytest
from policy.sheetful import setting, starting
from practices import policy_from_about

from billingkit import policy
from billingkit.policy.lookup import NAMES
from billingkit.workbook import read_template

SAMPLES = Path(__file__).parent.parent / "samples"
ABOUTS = sorted(SAMPLES.glob("*/about.json"))


def agreed(insurers=(), **settings):
    rows = starting()
    for name, value in settings.items():
        setting(rows, name.replace("_", " ").capitalize() + " (days)", value)
    rows["Insurers"] += [list(row) for row in insurers]
    return policy.from_rows(rows, source="policy.xlsx")


VITALIS = ("Vitalis", "VITALIS Dental; V. D.", "portal", 10, 7, 180, 30, 90, "their guide", date(2026, 10, 1))
BEXLEY = ("Bexley", None, None, 30, None, None, None, None, None, None)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("Vitalis", "Vitalis"),
        (" vitalis  DENTAL ", "Vitalis"),
        ("V.D", "Vitalis"),
        ("Vitalis Denta", None),  # never a near miss
        ("", None),
        (None, None),
    ],
)
def test_an_insurer_is_found_by_its_spellings_and_never_by_a_near_miss(written, found):
    one = policy.insurer(agreed([VITALIS]), written)
    assert (one.name if one else None) == found


@pytest.mark.parametrize(
    ("who", "what", "instruction", "days", "sure"),
    [
        ("Vitalis", "first_check_after", 3, 3, "claim instruction"),
        ("Vitalis", "first_check_after", None, 10, "confirmed"),
        ("Bexley", "first_check_after", None, 30, "assumed"),
        ("Bexley", "chase_every", None, 12, "confirmed"),  # the practice's own decision
        ("Bexley", "escalate_after", None, 60, "assumed"),  # nobody said: the kit's starting figure
        ("Bexley", "filing_limit", None, 365, "assumed"),  # general figure, not the insurer's word
        ("Vitalis", "filing_limit", None, 180, "confirmed"),
        ("Bexley", "appeal_window", None, None, "none stated"),
        (None, "answer_window", None, None, "none stated"),
    ],
)
def test_the_strongest_word_about_a_timeframe_counts(who, what, instruction, days, sure):
    """claim instruction > insurer > practice > starting figure; an insurer's window is never made up"""
    read = agreed([VITALIS, BEXLEY], chase_every=12, filing_limit=365)
    found, how_sure, sentence = policy.timeframe(read, who, what, instruction=instruction)
    assert (found, how_sure) == (days, sure)
    assert sentence.endswith(".")


@pytest.mark.parametrize("what", sorted(NAMES))
def test_with_nothing_agreed_no_timeframe_is_more_than_assumed(what):
    _, sure, _ = policy.timeframe(policy.shipped(), "Anybody", what)
    assert sure in ("assumed", "none stated")


def test_the_agreement_is_said_in_plain_words_with_the_practices_numbers_and_names():
    rows = starting()
    for name, value in (
        ("First check after (days)", 1),
        ("Contact name", "Sue Mallory"),
        ("Currency", "GBP"),
        ("Minimum balance", 25),
    ):
        setting(rows, name, value)
    rows["Agreements"][1][1:4] = ["card, link", "Dr Ana", date(2026, 11, 2)]
    rows["Insurers"].append(list(BEXLEY))
    parts = dict(policy.render(policy.from_rows(rows, source="p")))
    said = "\n".join(" | ".join(row) for part in parts.values() for row in part)
    for sentence in (
        "First check | 1 day after sending | The practice's own agreement.",
        "Chase | 14 days after the last contact, and again (assumed)",
        "File a claim within | none stated",
        "Smallest balance followed up | 25.00 GBP",
        "Bexley | first check after 30 days | assumed",
        "Which ways to pay may we tell patients about? | card, link | Dr Ana, 2 November 2026",
        "May we ever offer a discount? | not settled yet",
        "named contact: Sue Mallory",
        "Bank holidays listed for | no year yet",
    ):
        assert sentence in said, sentence
    assert all(len(row) == len(part[0]) for part in parts.values() for row in part)


def test_what_is_not_settled_is_listed_with_the_weightiest_first():
    points = policy.open_points(policy.shipped(), as_of=date(2026, 11, 23), insurers_seen=["Vitalis", "Vitalis"])
    keys = [point.key for point in points]
    assert {"setting_named_contact", "setting_date_order"} <= set(keys[:3])
    assert {"discounts", "payment_plans", "calendar", "insurer_Vitalis"} <= set(keys)
    assert [point.weight for point in points] == sorted(point.weight for point in points)
    assert len(keys) == len(set(keys))


def test_what_is_settled_is_not_listed():
    rows = starting()
    for name, value in (("Contact name", "Sue"), ("Date order", "day first")):
        setting(rows, name, value)
    rows["Agreements"][1][1:4] = ["card", "Sue", date(2026, 11, 2)]
    rows["Agreements"][2][1] = "no"
    rows["Insurers"] += [list(VITALIS), list(BEXLEY)]
    rows["Calendar"].append([date(2026, 12, 25), "Christmas Day"])
    read = policy.from_rows(rows, source="p")
    keys = {point.key for point in policy.open_points(read, as_of=date(2026, 11, 23), insurers_seen=["V.D."])}
    assert not keys & {
        "setting_named_contact",
        "setting_date_order",
        "payment_methods",
        "insurer_Vitalis",
        "calendar_2026",
    }
    assert {"payment_plans_by", "insurer_Bexley", "calendar_2027"} <= keys


@pytest.mark.parametrize("about", ABOUTS, ids=lambda path: path.parent.name)
def test_what_a_manager_tells_us_makes_a_policy_without_a_fault(about, tmp_path):
    told = json.loads(about.read_text(encoding="utf-8"))
    read = policy.from_rows(read_template(policy_from_about(told, tmp_path / "policy.xlsx")), source="policy.xlsx")
    assert read.practice.name == told["practice"]
    assert read.practice.date_order == told["date_order"].replace("-", " ")
    assert read.practice.first_check_after == told["timeframes"]["first_follow_up_days"]
    assert len(read.status_words) >= len(told["status_meanings"])
    assert {one.phrase for one in read.wording if one.agreed} >= set(told["sensitive_agreed"]["complaint"])
    assert read.calendar.missing_years(date(2025, 1, 1), date(2027, 1, 1)) == ()


def test_a_rule_that_says_something_else_than_was_agreed_runs_and_is_asked_about():
    """Denied for a large amount, sent to the practice instead of appealed: used, and asked about at its cell"""
    rows = starting()
    heads, *rules = rows["Claim rules"]
    number, rule = next((n, one) for n, one in enumerate(rules, 2) if one[0] == "CF-15")
    rule[heads.index("Action")], rule[heads.index("Owner")] = "Refer to practice for decision", "named contact"
    read = policy.from_rows(rows, source="p")
    said = [notice for notice in read.notices if "CF-15" in notice]
    assert len(said) == 1
    assert said[0].startswith(f"Claim rules!M{number}: CF-15 says Action Refer to practice for decision")
    assert "Is it meant? Then change what was agreed in Guarantees!C" in said[0]
    agreed = next(row for row in rows["Guarantees"] if row[4] == "A large amount is worth an appeal.")
    agreed[2] = "Action: Refer to practice for decision"
    again = policy.from_rows(rows, source="p")
    assert not [notice for notice in again.notices if "CF-15" in notice]


@pytest.mark.parametrize(
    ("sheet", "cells"),
    [
        ("Claim rules", {("CF-15", "Amount outstanding"): "250 or more", ("CF-16", "Amount outstanding"): "under 250"}),
        ("Claim rules", {("CF-19", "Times chased"): "0 to 4 or blank", ("CF-20", "Times chased"): "5 or more"}),
        (
            "Claim rules",
            {
                ("CF-04", "Owner"): "practice manager",
                ("CF-14", "Owner"): "practice owner",
                ("CF-20", "Owner"): "billing team",
            },
        ),
        ("Claim rules", {("CF-07", "Due in (working days)"): 2, ("CF-10", "Due in (working days)"): 5}),
        (
            "Balance rules",
            {
                ("PB-08", "Days since last statement"): "up to 44",
                ("PB-09", "Days since last statement"): "45 or more",
                ("PB-10", "Days since last statement"): "45 or more",
                ("PB-11", "Days since last statement"): "45 or more",
            },
        ),
        ("Escalation rules", {("ES-07", "Amount"): "2,500 or more", ("ES-08", "Amount"): "under 2,500 or blank"}),
    ],
)
def test_a_practices_own_days_amounts_counts_and_people_raise_nothing(sheet, cells):
    rows = starting()
    heads, *rules = rows[sheet]
    for rule in rules:
        for (name, heading), typed in cells.items():
            if rule[0] == name:
                rule[heads.index(heading)] = typed
    assert [one.cell for one in policy.findings(rows)] == ["Calendar"]
