"""What `new --from` proposes: each heading, word and insurer once, and what it left out."""

from __future__ import annotations

from datetime import date

from reading.books import book, week_of
from reading.practice import policy

from billingkit.practice import load_policy
from billingkit.reading.propose import propose
from billingkit.templates import write_policy
from billingkit.workbook.book import Sheet

DAY = date(2026, 10, 1)
HEADING = ["Claim #", "Surname", "Insurer", "DOS", "Sent", "Status", "Billed", "Balance"]


def row(number, status="Sent", insurer="Aetna"):
    return [f"A{number}", "Doe", insurer, DAY, DAY, status, 100, 100]


def test_a_heading_of_every_tab_is_proposed_once_and_one_that_differs_for_each():
    sheets = {
        "Oct": [HEADING, row(1)],
        "Nov": [HEADING, row(2)],
        "Debtors": [["Account no", "Patient", "Balance", "Last statement", "Oldest invoice"], ["7", "Jo", 5, DAY, DAY]],
    }
    proposed = propose(book(sheets), policy()).column_headings
    assert [(one.heading, one.column, one.where) for one in proposed if one.heading in {"Surname", "Balance"}] == [
        ("Surname", "surname", None),
        ("Balance", "outstanding", "Oct"),
        ("Balance", "outstanding", "Nov"),
        ("Balance", "balance", "Debtors"),
    ]


def test_of_two_columns_for_one_field_neither_is_proposed_unless_one_says_more():
    told = propose(book({"S": [[*HEADING, "Ins Balance"], [*row(1), 90]]}), policy()).column_headings
    assert {one.heading: one.column for one in told}["Ins Balance"] == "outstanding"
    twice = propose(book({"S": [[*HEADING, "Claim ID"], [*row(1), "77"]]}), policy()).column_headings
    assert [one.column for one in twice if one.heading in {"Claim #", "Claim ID"}] == ["", ""]


def test_words_in_columns_in_section_headings_and_on_amounts_are_proposed():
    named = [row(1, "sent off"), row(2, None), row(3, "odd word")]
    words = propose(book({"S": [HEADING, *named]}), policy()).status_words
    assert [(one.word, one.status) for one in words] == [("sent off", "submitted"), ("odd word", ""), ("(blank)", "")]
    plain = [*HEADING[:5], *HEADING[6:]]
    claims = [[*one[:5], "100*", 100] for one in map(row, range(1, 6))]
    sheet = [plain, ["Not sent yet"], *claims[:2], [], ["Ask Sue"], *claims[2:]]
    words = propose(book({"S": sheet}), policy()).status_words
    assert [(one.word, one.status, one.where) for one in words] == [
        ("(any date)", "submitted", "Sent"),
        ("Not sent yet", "draft", None),
        ("Ask Sue", "", None),
        ("*", "", None),
    ]


def test_a_heading_that_may_be_a_patients_name_is_never_proposed_as_a_word():
    plain = [*HEADING[:5], *HEADING[6:]]
    claims = [[*one[:5], 100, 100] for one in map(row, range(1, 7))]
    named = [[], ["Zelda Quill"], claims[0], [], ["Thorne, Al"], claims[1], [], ["Ed Low"], claims[2]]
    assert {one.word for one in propose(book({"S": [plain, *named]}), policy()).status_words} == {"(any date)"}
    nameless = [[*one[:1], *one[2:]] for one in (plain, *claims)]
    several = [nameless[0], ["Zelda Quill"], *nameless[1:4], [], ["Ed Low"], *nameless[4:]]
    assert {one.word for one in propose(book({"S": several}), policy()).status_words} == {"(any date)"}


def test_insurers_are_proposed_by_their_usual_spelling_from_columns_and_from_group_headings():
    spelled = [row(1, insurer="AETNA"), row(2), row(3), row(4, insurer="Cigna")]
    assert propose(book({"S": [HEADING, *spelled]}), policy()).insurers == ("Aetna", "Cigna")
    grouped = [[*HEADING[:2], *HEADING[3:]], ["Carrier: AETNA"], [*row(1)[:2], *row(1)[3:]]]
    assert propose(book({"S": grouped}), policy()).insurers == ("AETNA",)


def test_what_was_left_out_is_said():
    sheets = {
        "S": [[*HEADING, None, "Patient", "Account no", "Balance due"], [*row(1), None, "Bob", "5", 5]],
        "Old": Sheet("Old", hidden=True, rows=[HEADING, row(1)]),
        "Lookups": [["Insurer", "Phone"], ["Aetna", "555"]],
        "Blank": [],
    }
    assert propose(book(sheets), policy()).left_out == (
        (
            'The sheet "S" has a list of balances in columns J to L, 1 row, beside another list. It was not read. '
            "Please put it on a tab of its own, or below the other list."
        ),
        'The sheet "Old" is hidden; it was not read.',
        'The sheet "Lookups" holds no list of claims or balances that we recognise.',
    )


def test_what_is_proposed_and_confirmed_reads_the_workbook_as_it_was_read_before(tmp_path):
    heading = [*HEADING[:5], "Re-Sent", *HEADING[6:], "Chart"]
    sheet = {"S": [heading, [*row(1)[:5], date(2026, 11, 2), 100, 100, "C5"]]}
    proposed = propose(book(sheet), policy())
    write_policy(tmp_path / "policy.xlsx", column_headings=proposed.column_headings, status_words=proposed.status_words)
    confirmed = load_policy(tmp_path / "policy.xlsx")
    assert {one.heading: one.column for one in confirmed.column_headings}["Surname"] == "surname"
    before, after = (week_of(sheet, made).claims for made in (policy(words=proposed.status_words), confirmed))
    assert after.drop("sensitive").equals(before.drop("sensitive"))
    assert after["status"].to_list() == ["resubmitted"]
