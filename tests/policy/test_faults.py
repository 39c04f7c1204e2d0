"""Every fault of a policy workbook is listed with its cell and what to write, all at once."""

import random
from datetime import date, datetime

import pytest
from policy.sheetful import put, setting, starting

from billingkit import policy
from billingkit.policy import sheets
from billingkit.problems import BrokenPolicy

AT_MIDNIGHT = datetime  # how Excel hands over a date: without a time zone

SETTINGS = [
    ("Country", "Narnia", "two letters"),
    ("Currency", "$", "three letters"),
    ("Currency", 5, "three letters"),
    ("Date order", "dayfirst", 'Did you mean "day first"'),
    ("Date order", "year first", "day first, month first"),
    ("Decimal sign", ";", "., ,"),
    ("Time zone", "London time", "Europe/London"),
    ("Weekly day", "Mondy", 'Did you mean "Monday"'),
    ("Working days", "all week", "Monday to Friday"),
    ("Payments posted within (days)", "soon", "whole number of days"),
    ("Patient side", "maybe", "yes or no"),
    ("Minimum balance", "-5", "25.00"),
    ("Minimum balance", "about 20", "25.00"),
    ("Minimum balance", True, "25.00"),
    ("First check after (days)", "3 weeks", "Write the days: 21."),
    ("First check after (days)", 14.5, "whole number of days"),
    ("First check after (days)", AT_MIDNIGHT(2026, 1, 21), "Type the number of days"),
    ("Chase every (days)", 0, "from 1 to 365"),
    ("Escalate after (days)", "2 months", "Write it in days"),
    ("Filing limit (days)", "#REF!", "Type the value itself"),
    ("Contact email", "sue at practice", "one address"),
]


@pytest.mark.parametrize(("name", "value", "advice"), SETTINGS)
def test_a_setting_that_cannot_be_read_is_named_with_its_cell_and_what_to_write(name, value, advice):
    rows = starting()
    cell = setting(rows, name, value)
    errors, _ = policy.faults(rows)
    assert len(errors) == 1
    assert errors[0].startswith(f"{cell}: ")
    assert advice in errors[0]


LISTS = [
    # sheet, cells to set, the cell named, the advice
    ("Status words", {"A2": "Sent", "B2": "Submited"}, "B2", 'Did you mean "Submitted"'),
    ("Status words", {"B2": "Paid"}, "A2", "Fill it in, or clear the row"),
    ("Status words", {"A2": "Sent", "B2": "Submitted", "A3": "sent", "B3": "Paid"}, "B3", "Keep one of the two rows"),
    ("Column headings", {"A2": "Appt", "B2": "Date of servise"}, "B2", 'Did you mean "Date of service"'),
    ("Insurers", {"A2": "Vitalis", "D2": "two weeks"}, "D2", "whole number of days"),
    ("Insurers", {"A2": "Vitalis", "J2": "03/04/2026"}, "J2", "2026-12-25"),
    ("Insurers", {"A2": "Vitalis", "J2": "2026-02-30"}, "J2", "Check the day"),
    ("Insurers", {"A2": "Vitalis", "A3": "VITALIS."}, "A3", "Each spelling belongs to one insurer"),
    ("Insurers", {"A2": "Vitalis", "B2": "VD; V.D.", "A3": "Other", "B3": "vd"}, "B3", "already stands for Vitalis"),
    ("Insurers", {"B2": "VD"}, "A2", "Fill it in"),
    ("Required details", {"A40": "Shoe size"}, "A40", "Write one of: Claim key"),
    ("Required details", {"A40": "Provider", "B40": "D9999-D0001"}, "B40", "swap the two codes"),
    ("Required details", {"A40": "Provider", "B40": "crowns"}, "B40", "Write codes and ranges"),
    ("Required details", {"A40": "Provider", "C40": "first"}, "C40", "Write one of: primary"),
    ("Required details", {"A40": "Provider", "D40": "Ready, Sendt"}, "D40", "is not a status"),
    ("Required details", {"A40": "Provider", "E40": "the dentist"}, "E40", "Write one of: named contact"),
    ("Attachments", {"D40": "required"}, "E40", "Write it, such as x-ray"),
    ("Attachments", {"E40": "x-ray"}, "D40", "Write one of: required"),
    ("Attachments", {"D40": "allways", "E40": "x-ray"}, "D40", "Write one of: required"),
    ("Sources", {"A2": "Claims", "B2": "claim lines"}, "B2", "claims, one row per procedure"),
    ("Sources", {"A2": "Claims", "F2": "dd/mm"}, "F2", "day first, month first"),
    ("Sources", {"A2": "Claims", "G2": "perhaps"}, "G2", "yes or no"),
    ("Sources", {"B2": "claims"}, "A2", "Fill it in"),
    ("Ids", {"A2": "Member number", "B2": "eight"}, "B2", "whole number of digits"),
    ("Ids", {"A2": "Membership"}, "A2", "Member number"),
    ("Sensitive wording", {"A2": "complain"}, "B2", "Write one of: complaint"),
    ("Sensitive wording", {"A2": "complain", "B2": "complant"}, "B2", 'Did you mean "complaint"'),
    ("Sensitive wording", {"A2": "x", "B2": "complaint", "C2": "everything"}, "C2", "patient contact, claim too"),
    ("Agreements", {"A2": None, "B2": "yes"}, "A2", "Fill it in"),
    ("Agreements", {"D2": "last week"}, "D2", "2026-12-25"),
    ("Calendar", {"B2": "Christmas"}, "A2", "Type the date"),
    ("Calendar", {"A2": "25/12/2026"}, "A2", "year, month, day"),
    ("Calendar", {"A2": date(2026, 12, 25), "C2": "half day"}, "C2", "Bank holiday, Closure, Working day"),
    ("Measures", {"C30": "a note alone"}, "A30", "Fill it in"),
    ("Claim rules", {"E3": "Clozed"}, "E3", 'Did you mean "Closed"'),
    ("Claim rules", {"G4": "29-14"}, "G4", "14"),
    ("Balance rules", {"E3": "$4 weeks"}, "E3", ""),
    ("Escalation rules", {"G2": AT_MIDNIGHT(2026, 1, 10)}, "G2", "1 to 10"),
    ("Guarantees", {"B2": "On hld: yes"}, "B2", 'Did you mean "On hold"'),
]


@pytest.mark.parametrize(("sheet", "cells", "where", "advice"), LISTS)
def test_a_row_that_cannot_be_read_is_named_with_its_cell_and_what_to_write(sheet, cells, where, advice):
    rows = starting()
    for address, value in cells.items():
        put(rows, sheet, address, value)
    errors, _ = policy.faults(rows)
    named = [error for error in errors if error.startswith(f"{sheet}!{where}: ")]
    assert named, errors
    assert advice in named[0]
    assert len(errors) == len(named)


def test_a_word_or_heading_without_a_meaning_stays_open_and_is_said_but_stops_nothing():
    rows = starting()
    put(rows, "Status words", "A2", "Qry")
    put(rows, "Column headings", "A2", "Appt")
    read = policy.from_rows(rows, source="p")
    assert "Qry" not in {one.word for one in read.status_words}
    assert read.column_headings == ()
    said = [notice.split(": ")[0] for notice in read.notices]
    assert said == ["Status words!B2", "Column headings!B2", "Calendar"]


def test_all_faults_of_all_sheets_are_listed_at_once_and_nothing_runs():
    """one fault each on nine sheets -> nine faults, each with its cell"""
    rows = starting()
    cells = [setting(rows, "Date order", "dayfirst"), setting(rows, "Chase every (days)", "2 weeks")]
    chosen = ("Status words", "Insurers", "Ids", "Sources", "Calendar", "Claim rules", "Guarantees")
    for sheet, changes, where, _ in LISTS:
        if sheet in chosen and f"{sheet}!" not in " ".join(cells):
            cells.append(f"{sheet}!{where}")
            for address, value in changes.items():
                put(rows, sheet, address, value)
    with pytest.raises(BrokenPolicy) as broken:
        policy.from_rows(rows, source="policy.xlsx")
    assert {fault.split(": ")[0] for fault in broken.value.faults} == set(cells)
    assert str(broken.value).startswith(f"policy.xlsx: {len(cells)} faults to mend")


@pytest.mark.parametrize("sheet", ["Practice", "Claim rules", "Balance rules", "Escalation rules"])
def test_a_missing_sheet_that_nothing_can_stand_in_for_is_a_fault(sheet):
    rows = starting()
    del rows[sheet]
    errors, _ = policy.faults(rows)
    assert [error for error in errors if error.startswith(f'{sheet}: The sheet "{sheet}" is missing.')]


@pytest.mark.parametrize("sheet", [name for name in sheets.ORDER if name != "Practice" and not name.endswith("rules")])
def test_any_other_missing_sheet_is_said_and_the_policy_still_runs(sheet):
    rows = starting()
    del rows[sheet]
    read = policy.from_rows(rows, source="policy.xlsx")
    assert any(f'"{sheet}" is missing' in notice for notice in read.notices)


def test_without_the_sheet_of_guarantees_the_starting_ones_still_hold():
    rows = starting()
    del rows["Guarantees"]
    assert policy.from_rows(rows, source="p").guarantees == policy.shipped().guarantees


def test_a_misspelt_sheet_is_recognised_in_the_sentence():
    rows = starting()
    rows["Claim ruls"] = rows.pop("Claim rules")
    errors, _ = policy.faults(rows)
    assert 'Did you mean "Claim ruls"?' in errors[0]


def test_a_heading_that_is_missing_or_stands_twice_is_a_fault_with_its_place():
    rows = starting()
    rows["Status words"][0] = ["Their wurd", "Status", "Where"]
    rows["Ids"][0] = ["Field", "Digits", "Field"]
    errors, _ = policy.faults(rows)
    assert any(
        error.startswith('Status words!A1: The heading "Their word" is missing. Did you mean') for error in errors
    )
    assert any(error.startswith('Ids!C1: The heading "Field" stands twice.') for error in errors)


def test_a_setting_that_stands_twice_with_two_values_is_a_fault_and_with_one_value_is_not():
    rows = starting()
    setting(rows, "Currency", "GBP")
    rows["Practice"].append(["Currency", "GBP"])
    assert policy.faults(rows)[0] == ()
    rows["Practice"].append(["Currency", "USD"])
    assert "has another value in" in policy.faults(rows)[0][0]


def test_an_unknown_setting_is_left_alone_and_said():
    rows = starting()
    rows["Practice"].append(["Date ordr", "day first"])
    read = policy.from_rows(rows, source="p")
    assert read.practice.date_order is None
    assert any('Did you mean "Date order"?' in notice for notice in read.notices)


def test_extra_rows_columns_banners_and_sheets_change_nothing():
    rows = starting()
    plain = policy.from_rows(rows, source="p")
    moved = {"My notes": [["anything"]]}
    for sheet, cells in rows.items():
        wider = [["", *row, None, "mine" if number == 0 else None] for number, row in enumerate(cells)]
        moved[sheet.upper()] = [[sheet], [], ["words above the headings"], *wider, [], [None, None, "  "]]
    assert policy.from_rows(moved, source="p").hash == plain.hash


def test_the_order_of_rows_has_no_meaning_anywhere():
    rows = starting()
    for number in range(3):
        rows["Insurers"].append([f"Insurer {number}", None, None, 20 + number])
        rows["Status words"].append([f"word {number}", "Paid"])
        rows["Calendar"].append([date(2026, 12, 25 + number), f"day {number}"])
    plain = policy.from_rows(rows, source="p")
    shuffled = {}
    for sheet, (head, *body) in rows.items():
        random.Random(sheet).shuffle(body)
        shuffled[sheet] = [head, *body]
    assert policy.from_rows(shuffled, source="p").hash == plain.hash


@pytest.mark.parametrize("value", [None, "", "   "])
def test_a_blank_setting_stays_unknown_and_is_never_filled_in(value):
    rows = starting()
    for row in rows["Practice"][1:]:
        row[1] = value
    read = policy.from_rows(rows, source="p")
    practice = read.practice
    assert all(getattr(practice, name) in (None, ()) for name in practice.__slots__)
    assert all(one.answer is None for one in read.agreements)


def test_settings_are_read_as_they_are_meant():
    rows = starting()
    given = {
        "Practice name": "  Riverside   Dental ",
        "Practice code": 7,
        "Country": "uk",
        "Currency": "gbp",
        "Date order": "DAY-FIRST",
        "Decimal sign": "comma",
        "Working days": "Mon-Thu, Saturday",
        "Patient side": "Yes",
        "Minimum balance": 25,
        "First check after (days)": "21 days",
        "Chase every (days)": 14.0,
        "Contact name": "Sue",
        "Team lead": "Jo",
    }
    for name, value in given.items():
        setting(rows, name, value)
    read = policy.from_rows(rows, source="p")
    own = read.practice
    assert (own.name, own.code, own.country, own.currency) == ("Riverside Dental", "7", "GB", "GBP")
    assert (own.date_order, own.decimal_sign, own.patient_side) == ("day first", ",", True)
    assert (str(own.minimum_balance), own.first_check_after, own.chase_every) == ("25.00", 21, 14)
    assert read.calendar.weekend == (4, 6)
    assert (own.person("named contact"), own.person("team lead"), own.person("practice owner")) == (
        "Sue",
        "Jo",
        "practice owner",
    )


def test_a_word_may_mean_one_thing_here_and_another_there():
    rows = starting()
    rows["Status words"] += [
        ["R", "Received", "Claims.csv"],
        ["R", "Paid", "Old.csv"],
        ["(blank)", "Submitted", "TrackStat"],
    ]
    read = policy.from_rows(rows, source="p")
    own = [(one.word, one.status, one.where) for one in read.status_words[:3]]
    assert own == [("R", "received", "Claims.csv"), ("R", "paid", "Old.csv"), ("(blank)", "submitted", "TrackStat")]


def test_the_calendar_knows_its_years_closures_and_worked_days():
    rows = starting()
    rows["Calendar"] += [
        [AT_MIDNIGHT(2026, 12, 25), "Christmas Day", "Bank holiday"],
        ["2027-01-01", "New Year's Day", None],
        ["24 December 2026", "Party", "Closure"],
        [date(2028, 7, 3), "Move", "Closure"],
        [date(2026, 12, 19), "Catching up", "Working day"],
    ]
    calendar = policy.from_rows(rows, source="p").calendar
    assert calendar.years == frozenset({2026, 2027})  # a closure alone does not make a year listed
    assert calendar.missing_years(date(2026, 1, 1), date(2028, 1, 1)) == (2028,)
    assert not calendar.is_working_day(date(2026, 12, 24))
    assert calendar.is_working_day(date(2026, 12, 19))


def test_a_day_both_closed_and_worked_is_a_fault():
    rows = starting()
    rows["Calendar"] += [[date(2026, 12, 24), "Party", "Closure"], [date(2026, 12, 24), "Catch up", "Working day"]]
    assert "both as closed and as worked" in policy.faults(rows)[0][0]
