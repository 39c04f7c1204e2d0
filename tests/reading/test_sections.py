"""Sections of a list: what their headings say of the claims below, and what they never say."""

from __future__ import annotations

from datetime import date

import pytest
from reading.books import rows, week_of
from reading.practice import policy

from billingkit.policy.agreement import Insurer, Practice, StatusWord
from billingkit.reading.linekinds import group_insurer
from billingkit.workbook.book import Sheet

US = Practice(date_order="month first", currency="USD")
WORDS = (StatusWord("Sent", "submitted"), StatusWord("Waiting to hear", "pending"), StatusWord("Denied", "denied"))
HEADING = ["Claim #", "Member ID", "DOS", "Date sent", "Billed", "Paid", "Balance"]


def claim(number, *more):
    return [f"A{number}", f"W{number}", date(2026, 9, number), date(2026, 9, number + 1), 100, 0, 100, *more]


def read(body, heading=HEADING, **more):
    return week_of({"S": [heading, *body]}, policy(practice=US, words=more.pop("words", WORDS), **more))


@pytest.mark.parametrize(
    "text",
    [
        "Patient: Doe, Jo (123)",
        "Guarantor: Roe, Al",
        "Dr Marsh",
        "Dr. A. Marsh",
        "Lee Marsh DDS",
        "October 2026",
        "Waiting to hear",
    ],
)
def test_only_an_insurers_heading_names_an_insurer(text):
    week = read([[text], claim(1), claim(2), [], ["Waiting to hear"], claim(3), claim(4)])
    assert set(week.claims["insurer"]) == {None}
    assert "missing_insurer" in {gap.code for gap in week.gaps}


def test_an_insurers_heading_may_print_its_telephone_in_another_column():
    body = [
        ["Insurance Company: AETNA", None, None, "(800) 555-0100"],
        claim(1),
        [None] * 5 + ["Total for AETNA:", 100],
        ["Insurance Company: CIGNA", None, None, "(800) 555-0111", "Group #: 0042"],
        claim(2),
        [None] * 5 + ["Total for CIGNA:", 100],
    ]
    week = read(body)
    assert rows(week.claims, "claim_id", "insurer", "group_number") == [("A1", "AETNA", ""), ("A2", "CIGNA", "0042")]
    assert week.tables[0].ignored == {"group heading": 2, "subtotal": 2}
    assert all(total.matches for total in week.tables[0].control_totals)


def test_people_head_the_claims_below_them_and_stay_inside_their_insurers_section():
    body = [["Carrier: AETNA"], ["Patient: Doe, Jo"], claim(1), claim(2), ["Patient: Roe, Al"], claim(3)]
    assert rows(read(body).claims, "claim_id", "patient_name", "insurer") == [
        ("A1", "Doe, Jo", "AETNA"),
        ("A2", "Doe, Jo", "AETNA"),
        ("A3", "Roe, Al", "AETNA"),
    ]


def test_a_section_headed_by_a_status_word_gives_the_status_where_no_column_does():
    body = [["WAITING TO HEAR"], claim(1), claim(2), ["Denied"], claim(3), ["Next week"], claim(4)]
    week = read(body)
    assert rows(week.claims, "status", "status_as_written") == [
        ("pending", "WAITING TO HEAR"),
        ("pending", "WAITING TO HEAR"),
        ("denied", "Denied"),
        ("", ""),
    ]


@pytest.mark.parametrize(
    ("tab", "banner", "insurers", "insurer"),
    [
        ("Cygnet", [], (Insurer("Cygnet Dental", ("Cygnet",)),), "Cygnet Dental"),
        ("Cygnet", [], (), ""),
        ("S", ["Insurer: Cygnet"], (), "Cygnet"),
        ("S", ["Carrier: All carriers"], (), ""),
        ("S", ["Claims of Cygnet"], (Insurer("Cygnet"),), ""),
        ("Cygnet", ["Insurer: Delta"], (Insurer("Cygnet"), Insurer("Delta")), ""),
        ("Cygnet", ["Insurer: Cygnet Dental"], (Insurer("Cygnet Dental", ("Cygnet",)),), "Cygnet Dental"),
    ],
)
def test_a_tab_or_a_banner_names_the_insurer_of_all_its_claims(tab, banner, insurers, insurer):
    made = policy(practice=US, words=WORDS, insurers=insurers)
    week = week_of({tab: [banner, HEADING, claim(1), claim(2)]}, made)
    assert rows(week.claims, "insurer") == [(insurer,)] * 2


def test_what_is_merged_down_over_rows_is_said_of_each_but_an_amount_stands_once():
    heading = ["Carrier", "Patient", *HEADING]
    body = [["Aetna", "Doe, Jo", *claim(1)], [None, None, *claim(2)], [None, "Roe, Al", *claim(3)]]
    body[1][6] = None  # its amount billed is merged too
    merged = ((2, 1, 4, 1), (2, 2, 3, 2), (2, 7, 3, 7))
    sheet = Sheet("S", hidden=False, rows=[heading, *body], merged=merged)
    week = week_of({"S": sheet}, policy(practice=US, words=WORDS))
    assert rows(week.claims, "insurer", "patient_name", "billed") == [
        ("Aetna", "Doe, Jo", "100.00"),
        ("Aetna", "Doe, Jo", ""),
        ("Aetna", "Roe, Al", "100.00"),
    ]
    plain = week_of({"S": [heading, *body]}, policy(practice=US, words=WORDS))
    assert rows(plain.claims, "insurer") == [("Aetna",), ("",), ("",)]


def test_overlapping_merges_are_no_layout():
    rows_ = [["Carrier", *HEADING], ["Aetna", *claim(1)], [None, *claim(2)]]
    sheet = Sheet("S", hidden=False, rows=rows_, merged=((2, 1, 3, 1),) * 50)
    assert rows(week_of({"S": sheet}, policy(practice=US, words=WORDS)).claims, "insurer") == [("Aetna",), ("",)]


def test_a_dated_line_under_a_claim_is_its_note_whatever_columns_it_stands_in():
    heading = ["Claim #", "Pat #", "Patient", "Carrier", *HEADING[1:]]
    first, second = ([one[0], "7", "Doe, Jo", "Aetna", *one[1:]] for one in (claim(1), claim(2)))
    week = read([first, [None, "11/02/2026 KS:", "pt passed away, spoke to son"], second], heading)
    assert rows(week.claims, "claim_id", "notes", "sensitive") == [
        ("A1", "11/02/2026 KS:  pt passed away, spoke to son", "bereavement"),
        ("A2", "", ""),
    ]
    assert week.tables[0].ignored == {"joined": 1}


def test_a_familys_total_is_a_subtotal_and_no_account():
    heading = ["Guarantor", "Patient", "Pat ID", "Patient Portion", "Insurance Portion", "Total Due"]
    body = [
        ["Doe, Jo", "Doe, Jo", "1", 40, 10, 50],
        ["Doe, Jo", "Doe, Kid", "2", 5, 0, 5],
        ["Family Total: Doe, Jo", None, None, 45, 10, 55],
        ["Report Total", None, None, 45, 10, 55],
    ]
    week = week_of({"R": [heading, *body]}, policy(practice=US))
    assert week.balances.height == 2
    assert week.tables[0].ignored == {"subtotal": 1, "total": 1}
    assert all(total.matches for total in week.tables[0].control_totals)


@pytest.mark.parametrize(
    ("text", "insurer"),
    [
        ("AETHERIA  (555)010-3150  Group #: 049482", ("AETHERIA", "049482")),
        ("Insurance Company: DELTA  (800) 555-0100", ("DELTA", "")),
        ("Account: 1234", ("", "")),
        ("Week of 11/16/2026", ("", "")),
    ],
)
def test_the_insurer_of_a_heading(text, insurer):
    assert group_insurer(text) == insurer


def test_what_stands_beside_a_name_or_heads_a_section_is_heard_and_a_name_or_a_place_is_not():
    heading = ["Account no", "Patient", "Balance owed", "Last statement", "On hold?"]
    names = ["Doe, Jo (DECEASED)", "*BANKRUPT* Roe, Al", "The Estate of Al Poe", "Courtney-Sue, Grace", "Rage, Mo"]
    body = [[f"A{number}", name, 50, None, None] for number, name in enumerate(names)]
    body += [[], ["Practice: Court Lane"], ["A8", "Low, Di", 9, None, None]]
    body += [[], ["DISPUTED ACCOUNTS - DO NOT CHASE"], ["A9", "Fox, Ed", 9, None, None]]
    heard = rows(week_of({"Debtors": [heading, *body]}, policy(practice=US)).balances, "patient_id", "sensitive")
    assert heard == [
        ("A0", "bereavement"),
        ("A1", "bankruptcy_or_breathing_space"),
        ("A2", "bereavement"),
        ("A3", ""),
        ("A4", ""),
        ("A8", ""),
        ("A9", "dispute|safeguarding_or_confidential_address"),
    ]


def test_a_comment_on_a_line_below_a_claim_is_heard_with_the_claim():
    sheet = Sheet("S", hidden=False, rows=[HEADING, claim(1), ["note: see comment"], claim(2)])
    sheet.comments[3, 1] = "patient passed away"
    week = week_of({"S": sheet}, policy(practice=US, words=WORDS))
    assert rows(week.claims, "claim_id", "sensitive") == [("A1", "bereavement"), ("A2", "")]


def test_a_section_that_goes_on_over_the_page_keeps_its_rows_for_its_total():
    heading = [*HEADING[:6], "Balance"]
    body = [["AETNA  (800) 555-0100"], claim(1), claim(2), heading, ["AETNA  (800) 555-0100 (cont.)"], claim(3)]
    week = read([*body, [None] * 5 + ["Subtotal", 300], ["CIGNA"], claim(4), [None] * 5 + ["Subtotal", 100]], heading)
    assert set(week.claims["insurer"]) == {"AETNA", "CIGNA"}
    assert [(str(one.printed), one.matches) for one in week.tables[0].control_totals] == [
        ("300.00", True),
        ("100.00", True),
    ]


def test_the_summary_below_a_list_is_no_claim_and_a_short_row_still_is():
    foot = [["Total claims", 2], ["Average days out", 34], ["Prepared by:", "Sue"], ["Checked on", date(2026, 11, 20)]]
    week = read([claim(1), claim(2), [], *foot, [], ["A9", "W9"]])
    assert week.claims["claim_id"].to_list() == ["A1", "A2", "A9"]
    assert week.tables[0].ignored == {"footer": 4}
    assert [(one.column, str(one.printed), str(one.read)) for one in week.tables[0].control_totals] == [
        ("rows", "2", "3")
    ]


@pytest.mark.parametrize("text", ["Quill, Zelda", "Quill, Zelda M.", "De Quill, Zelda (123)"])
def test_a_name_written_last_first_is_no_insurer(text):
    assert group_insurer(text) == ("", "")
    assert group_insurer("Guardian Life, Inc.")[0] == "Guardian Life, Inc."


def test_where_no_column_names_people_a_bare_heading_may_be_a_patients_and_names_no_insurer():
    body = [["Zelda Quill"], claim(1), [], ["Ed Low"], claim(2)]
    assert set(read(body).claims["insurer"]) == {None}
    assert "missing_insurer" in {gap.code for gap in read(body).gaps}
    known = read(body, insurers=(Insurer("Ed Low"),))
    assert rows(known.claims, "insurer") == [("",), ("Ed Low",)]
    people = [["Patient", *HEADING], ["AETNA"], ["Jo", *claim(1)], [], ["CIGNA"], ["Al", *claim(2)]]
    assert rows(read(people[1:], people[0]).claims, "insurer") == [("AETNA",), ("CIGNA",)]
