"""What headings mean: in other words, twice, above groups, and where the cells below say otherwise."""

from __future__ import annotations

from datetime import date

import pytest
from reading.books import rows, week_of
from reading.practice import policy

from billingkit.columns import PARTS
from billingkit.policy.agreement import ColumnHeading, Insurer, Practice, SourceNote, StatusWord
from billingkit.problems import AmbiguousLayout
from billingkit.reading.aliases import BY_TABLE
from billingkit.reading.fold import fold
from billingkit.reading.synonyms import known_words, words_of
from billingkit.reading.values import columns_of
from billingkit.workbook.book import NotCalculated, Sheet

US = Practice(date_order="month first", currency="USD")
WORDS = (StatusWord("Sent", "submitted"), StatusWord("Paid up", "paid"), StatusWord("Gone", "received"))
DAY, SENT, LATER = date(2026, 10, 1), date(2026, 10, 3), date(2026, 10, 20)
CLAIM = {"Claim #": "A1", "Patient": "Doe, Jo", "DOS": DAY, "Status": "Sent"}


def read(*claims, **more):
    """The week of one list of claims, each a dictionary by heading."""
    headings = list(dict.fromkeys(heading for claim in claims for heading in claim))
    body = [[claim.get(heading) for heading in headings] for claim in claims]
    return week_of({"S": [headings, *body]}, policy(practice=US, words=more.pop("words", WORDS), **more))


@pytest.mark.parametrize(
    ("heading", "cell", "column", "value"),
    [
        ("claim_submitted_date", SENT, "submitted_date", "2026-10-03"),
        ("Submitted Amt", 50, "billed", "50.00"),
        ("Amount Submitted ($)", 50, "billed", "50.00"),
        ("Ins O/S", 50, "outstanding", "50.00"),
        ("Policy Holder ID", "W12", "member_id", "W12"),
        ("Primary ID", "W12", "member_id", "W12"),
        ("Insurance Received", 5, "paid", "5.00"),
        ("last_followup_date", SENT, "last_contact_date", "2026-10-03"),
        ("How much we claimed", 50, "billed", "50.00"),
        ("Date we sent it", SENT, "submitted_date", "2026-10-03"),
        ("REMAINING_INS_BAL", 50, "outstanding", "50.00"),
        ("E-Claim Mailed", SENT, "submitted_date", "2026-10-03"),
    ],
)
def test_a_usual_heading_is_known_in_other_words_or_another_order(heading, cell, column, value):
    week = read({**CLAIM, "Carrier": "Aetna", heading: cell})
    assert rows(week.claims, column) == [(value,)]


@pytest.mark.parametrize("holds", ["claims", "balances"])
def test_words_that_could_mean_two_columns_mean_none(holds):
    for words, role in known_words(holds).items():
        named = {one.name for one in BY_TABLE[holds] for heading in one.sure | one.likely if words_of(heading) == words}
        assert named == {role}


def test_a_header_printed_twice_is_not_one_long_heading():
    assert words_of(fold("Claim Number Claim Number")) == ""
    assert words_of("=patient") == ""


@pytest.mark.parametrize(
    ("pair", "column", "value"),
    [
        ({"Chart #": "C9", "Patient ID": "77"}, "patient_id", "77"),
        ({"Plan Name": "PPO Gold", "Carrier Name": "Aetna"}, "insurer", "Aetna"),
        ({"Group": "x", "Policy Number": "P9", "Subscriber ID": "W1"}, "member_id", "W1"),
        ({"UCR Fee": 80, "Billed Amount": 70}, "billed", "70.00"),
        ({"Amount Paid": 30, "Ins Paid": 20}, "paid", "20.00"),
        ({"Balance Due": 60, "Ins Balance": 50}, "outstanding", "50.00"),
        ({"Completed Date": DAY, "Date of Service": date(2026, 9, 30)}, "service_date", "2026-09-30"),
        ({"Claim Status": "Sent", "Status": "Active patient"}, "status", "submitted"),
        ({"Stage": "Sent", "Claim Status": "Open"}, "status", ""),
        ({"Treating Provider": "Dr A", "Provider": "Dr B"}, "provider", "Dr A"),
        ({"Denial Reason": "no x-ray", "Remark Code": "N37"}, "reason_codes", "no x-ray|N37"),
    ],
)
def test_of_two_headings_for_one_field_the_one_that_says_more_is_taken(pair, column, value):
    claim = {
        name: cell for name, cell in CLAIM.items() if column != {"Status": "status", "DOS": "service_date"}.get(name)
    }
    week = read({**claim, "Insurer" if column != "insurer" else "Phone": "Aetna", **pair})
    assert rows(week.claims, column) == [(value,)]


def test_a_last_sending_beside_the_first_is_a_sending_again():
    week = read({**CLAIM, "Insurer": "Aetna", "Date Submitted": SENT, "Last Submitted Date": LATER})
    assert rows(week.claims, "first_submitted_date", "submitted_date") == [("2026-10-03", "2026-10-20")]


def test_two_headings_that_say_as_much_are_refused_until_the_practice_says_which():
    claim = {"Claim ID": "9", **CLAIM, "Insurer": "Aetna"}
    with pytest.raises(AmbiguousLayout, match='"Claim ID" and "Claim #"'):
        read(claim)
    told = read(claim, headings=(ColumnHeading("Claim #", "claim_id"),))
    assert rows(told.claims, "claim_id") == [("A1",)]


def test_of_two_status_columns_the_one_with_the_practices_own_words_is_taken():
    claims = [
        {**CLAIM, "Claim #": number, "Insurer": "Aetna", "Claim Status": "Active", "Status": word}
        for number, word in (("A1", "Sent"), ("A2", "Paid up"))
    ]
    assert rows(read(*claims).claims, "status") == [("submitted",), ("paid",)]


def test_the_practices_own_status_words_show_which_column_holds_them():
    claims = [
        {"Claim #": str(number), "Patient": "Doe, Jo", "Insurer": "Aetna", "DOS": DAY, "How far": word}
        for number, word in enumerate(["Sent", "Gone", "Sent", "Paid up"])
    ]
    week = read(*claims)
    assert rows(week.claims, "status") == [("submitted",), ("received",), ("submitted",), ("paid",)]
    assert week.tables[0].why["How far"] == "the practice's Status words stand below it"
    assert read(*claims, words=()).tables[0].unknown_columns == ("How far",)


def test_the_second_covers_columns_are_reported_and_never_mixed_with_the_firsts():
    header = [
        ["Claim #", "Patient", "DOS", "Primary Insurance", None, None, "Secondary Insurance", None, None, "Status"],
        [None, None, None, "Carrier", "ID #", "Paid", "Carrier", "ID #", "Paid", None],
    ]
    row = ["A1", "Doe, Jo", DAY, "Aetna", "W1", 10, "Cigna", "S2", 5, "Sent"]
    sheet = Sheet("S", hidden=False, rows=[*header, row], merged=((1, 4, 1, 6), (1, 7, 1, 9)))
    week = week_of({"S": sheet}, policy(practice=US, words=WORDS))
    assert rows(week.claims, "insurer", "member_id", "paid") == [("Aetna", "W1", "10.00")]
    assert week.tables[0].unknown_columns == (
        "Secondary Insurance: Carrier",
        "Secondary Insurance: ID #",
        "Secondary Insurance: Paid",
    )


@pytest.mark.parametrize("heading", ["No.", "#", "Row"])
def test_the_rows_own_numbers_are_no_claim_numbers(heading):
    claims = [{heading: number, "Patient": f"Doe, {number}", "Insurer": "Aetna", "DOS": DAY} for number in range(1, 6)]
    week = read(*[{**claim, "Status": "Sent"} for claim in claims])
    assert set(week.claims["claim_id"]) == {None}
    numbered = read(*[{**claim, heading: 7 * claim[heading] + 400, "Status": "Sent"} for claim in claims])
    assert set(numbered.claims["claim_id"]) == ({None} if heading == "Row" else {"407", "414", "421", "428", "435"})


def test_ticks_are_neither_dates_nor_amounts():
    week = read({**CLAIM, "Insurer": "Aetna", "Sent?": "\u2713", "Date sent": SENT, "Paid": "Y", "Billed": 60})
    assert rows(week.claims, "submitted_date", "billed", "paid", "questions") == [("2026-10-03", "60.00", "", "")]
    assert week.tables[0].unknown_columns == ("Sent?", "Paid")


def test_a_heading_that_is_a_formula_without_a_value_is_asked_for_by_its_cell():
    heading = ["Claim #", "Patient", "Insurer", "DOS", "Status", NotCalculated()]
    week = week_of({"S": [heading, ["A1", "Doe, Jo", "Aetna", DAY, "Sent", 5]]}, policy(practice=US, words=WORDS))
    assert [(one.code, one.cell) for one in week.problems] == [("not_calculated", "F1")]


def test_an_amount_with_a_decimal_comma_says_where_to_settle_it():
    week = read({**CLAIM, "Insurer": "Aetna", "Billed": "1.000,50"})
    (problem,) = week.problems
    assert (problem.code, problem.cell) == ("unreadable_amount", "F2")
    assert "Decimal sign" in problem.ask


def test_a_mark_of_bad_debt_is_asked_and_flags_nobody():
    heading = ["Patient ID", "Patient name", "Total debt", "Bad debtor", "0-30 days", "31-60 days"]
    week = week_of({"S": [heading, ["5", "Jo Doe", 60, "true", 60, 0]]}, policy(practice=US))
    assert rows(week.balances, "balance", "stop_flag") == [("60.00", "")]
    assert [(one.code, one.column, one.cell) for one in week.problems] == [("doubtful_heading", "Bad debtor", "D1")]


def test_a_patients_balance_beside_invoices_is_that_of_the_account():
    heading = ["Date", "Reference", "Patient", "Total", "Status", "Patient balance"]
    body = [[DAY, "I1", "Jo", 120, 120, -120], [DAY, "I2", "Al", 60, 60, 25], [DAY, "I3", "Mo", 50, "Paid", -9]]
    made = policy(practice=US, sources=(SourceNote("S", holds="balances", owes_is="negative"),))
    due = rows(week_of({"S": [heading, *body]}, made).balances, "balance", "patient_due")
    assert due == [("120.00", "120.00"), ("60.00", "0.00"), ("0.00", "0.00")]


def test_the_rows_of_a_text_list_are_never_taken_for_its_header():
    heading = ["Guarantor", "Phone", "Last Stmt", "0->30", "31->60", "61->90", "91->", "Ins Estimate", "Balance"]
    body = [[f"Doe, {name}", "(555)010-1000", "10/01/2026", "30", "45", "60", "90", "5", "225"] for name in "ABC"]
    week = week_of({None: [heading, *body]}, policy(practice=US))
    assert rows(week.balances, "guarantor_name", "balance", "aging")[0] == (
        "Doe, A",
        "225.00",
        "0->30=30.00|31->60=45.00|61->90=60.00|91->=90.00",
    )
    assert week.balances["source_row"].to_list() == [2, 3, 4]


def test_a_row_under_the_header_that_says_how_to_fill_it_in_is_no_claim():
    claims = [{"Claim #": "A1", "Patient": "Doe, Jo", "Insurer": "Aetna", "DOS": DAY, "Status": "Sent", "Billed": 5}]
    units = {"Claim #": None, "Patient": "(surname first)", "DOS": "(dd/mm/yyyy)", "Billed": "(\u00a3)"}
    week = read(units | {"Insurer": None, "Status": None}, *claims)
    assert (week.claims.height, week.tables[0].ignored) == (1, {"repeated header": 1})


def test_a_total_that_is_the_sum_of_the_aged_amounts_is_what_is_owed_and_each_bucket_is_checked():
    heading = ["Claim #", "Patient", "Insurer", "DOS", "Status", "0-30", "31-60", "61-90", "Total"]
    start = ["Doe, Jo", "Aetna", DAY, "Sent"]
    body = [["A1", *start, 50, None, None, 50], ["A2", *start, None, "20.50", 1, 21.5]]
    foot = ["Total", None, None, None, None, 50, 20.5, 1, 71.5]
    week = week_of({"S": [heading, *body, foot]}, policy(practice=US, words=WORDS))
    assert rows(week.claims, "outstanding", "billed") == [("50.00", ""), ("21.50", "")]
    assert [(one.column, str(one.printed), one.matches) for one in week.tables[0].control_totals] == [
        ("aging: 0-30", "50.00", True),
        ("aging: 31-60", "20.50", True),
        ("aging: 61-90", "1.00", True),
        ("outstanding", "71.50", True),
    ]
    body[1][-1] = 22
    other = week_of({"S": [heading, *body]}, policy(practice=US, words=WORDS))
    assert "doubtful_amount" in {gap.code for gap in other.gaps}


@pytest.mark.parametrize("heading", ["% paid", "DateOfService", "SUBM_DT", "CARRIER_NM", "InsPayAmt"])
def test_headings_of_databases_are_taken_apart(heading):
    known = {"% paid": None, "DateOfService": "service_date", "SUBM_DT": "submitted_date", "CARRIER_NM": "insurer"}
    found = known_words("claims").get(words_of(fold(heading)))
    assert found == known.get(heading, "paid")


def test_every_part_of_a_column_can_be_named_on_the_sheet_column_headings():
    named = {role.name for roles in BY_TABLE.values() for role in roles}
    assert set(PARTS) <= named


def test_a_column_without_a_heading_is_reported_and_what_stands_in_it_is_heard():
    heading = ["Claim #", "Patient", "Insurer", "DOS", "Status"]
    body = [["A1", "Jo", "Aetna", DAY, "Sent", None, "has passed away"], ["A2", "Al", "Aetna", DAY, "Sent"]]
    week = week_of({"S": [heading, *body]}, policy(practice=US, words=WORDS))
    assert rows(week.claims, "claim_id", "sensitive") == [("A1", "bereavement"), ("A2", "")]
    assert week.tables[0].unknown_columns == ("(no heading, right of the last one)",)
    body[0][3:3], body[1][3:3], heading[3:3] = ["was angry"], [None], [None]
    week = week_of({"S": [heading, *body]}, policy(practice=US, words=WORDS))
    assert rows(week.claims, "claim_id", "sensitive") == [("A1", "bereavement|upset"), ("A2", "")]
    assert week.tables[0].unknown_columns[0] == "(no heading, column D)"


def test_the_practices_own_insurers_show_which_column_holds_them():
    claims = [
        {**CLAIM, "Claim #": f"A{number}", "Provider": name} for number, name in enumerate(["Bupa", "AXA", "Bupa"])
    ]
    week = read(*claims, insurers=(Insurer("Bupa"), Insurer("AXA Health", ("AXA",))))
    assert rows(week.claims, "insurer", "provider") == [("Bupa", ""), ("AXA Health", ""), ("Bupa", "")]
    assert rows(read(*claims).claims, "insurer", "provider")[0] == ("", "Bupa")


def test_the_first_of_two_numbered_insurances_is_the_first_cover():
    week = read(
        {
            **CLAIM,
            "Insurance 1": "Aetna",
            "ID 1": "W1",
            "Insurance 2": "Cigna",
            "ID 2": "S2",
            "Ins 1 Paid": 5,
            "Ins 2 Paid": 6,
        }
    )
    assert rows(week.claims, "insurer", "member_id", "paid") == [("Aetna", "W1", "5.00")]
    assert week.tables[0].unknown_columns == ("Insurance 2", "ID 2", "Ins 2 Paid")


@pytest.mark.parametrize("word", ["not yet", "Not sent", "unsent"])
def test_a_claim_that_was_not_sent_yet_has_no_day_of_sending_and_no_question(word):
    claim = {**CLAIM, "Insurer": "Aetna", "Status": "To go", "Date sent": word}
    week = read(claim, {**claim, "Claim #": "A2", "Date sent": SENT}, words=(StatusWord("To go", "draft"),))
    assert rows(week.claims, "submitted_date", "questions") == [("", ""), ("2026-10-03", "")]


def test_a_column_of_decimal_commas_is_one_question_beside_those_of_its_rows():
    claims = [{**CLAIM, "Claim #": f"A{number}", "Insurer": "Aetna", "Billed": f"{number}0,50"} for number in (1, 2, 3)]
    assert "doubtful_decimal_sign" in {gap.code for gap in read(*claims).gaps}
    assert "doubtful_decimal_sign" not in {gap.code for gap in read(*claims[:2]).gaps}


def test_an_answer_that_names_no_list_says_of_any_what_its_amount_is():
    claim = {**CLAIM, "Insurer": "Aetna", "Amount": 60}
    assert rows(read(claim, sources=(SourceNote("", amount_is="outstanding"),)).claims, "outstanding") == [("60.00",)]
    own = (SourceNote("S", amount_is="billed"), SourceNote("", amount_is="outstanding"))
    assert rows(read(claim, sources=own).claims, "billed", "outstanding") == [("60.00", "")]
    other = (SourceNote("S", owes_is="positive"), SourceNote("", amount_is="billed"))
    assert rows(read(claim, sources=other).claims, "billed") == [("60.00",)]


def test_a_stray_cell_far_to_the_right_sizes_nothing_and_is_heard():
    claims = [
        ["A1", "Jo", "Aetna", DAY, "Sent"],
        ["A2", "Al", "Aetna", DAY, "Sent", *[None] * 16_000, "has passed away"],
    ]
    sheet = Sheet("S", hidden=False, rows=[["Claim #", "Patient", "Insurer", "DOS", "Status"], *claims])
    assert [len(column) for column in columns_of(sheet, [2, 3], 5, range(5))] == [2] * 5
    week = week_of({"S": sheet}, policy(practice=US, words=WORDS))
    assert rows(week.claims, "claim_id", "sensitive") == [("A1", ""), ("A2", "bereavement")]


def test_a_heading_far_to_the_right_has_its_column():
    far = [None] * 400
    sheet = Sheet("S", hidden=False, rows=[["Claim #", *far, "Patient"], ["A1", *far, "Jo"], ["A2"]])
    assert columns_of(sheet, [2, 3], 402, [0, 401])[401] == ("Jo", None)
    assert columns_of(sheet, [2, 3], 402, [0, 401])[0] == ("A1", "A2")


@pytest.mark.parametrize("text", ["1" * 31_000, "(" * 32_000, "*" * 32_000, "a" + " " * 30_000 + "b"])
def test_a_very_long_text_is_looked_at_as_fast_as_any(text):
    heading = ["Claim #", "Patient", "Insurer", "DOS", "Status"]
    body = [["A1", text, "Aetna", DAY, "Sent"], [], [text], ["A2", "Jo", "Aetna", DAY, "Sent"]]
    week = week_of({"S": [heading, *body]}, policy(practice=US, words=WORDS))
    assert week.claims["patient_name"].to_list()[0] == text
