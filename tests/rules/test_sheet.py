"""A table read from a sheet's cells: what is found, and every fault with its cell."""

from __future__ import annotations

from datetime import date, datetime

from rules.claims import COLUMNS, HEADINGS, OUTPUTS, read, rule

from billingkit.rules import parse_table


def faults(found):
    return [(one.severity, one.cell, one.kind) for one in found]


def test_the_header_row_is_found_below_a_title_a_hint_and_a_row_of_units():
    """Rule and Step in row 4 -> the rule below stands in row 5; empty rows between rules are passed over."""
    rows = [["Claim rules"], ["Lower step wins"], [None, None, None, "list", "days"], HEADINGS]
    rows += [rule("CF-01", 1, status="Paid", action="None"), [], [None] * 12, rule("CF-02", 3, action="Wait")]
    table, found = parse_table(rows, name="claims", sheet="Claim rules", columns=COLUMNS, outputs=OUTPUTS)
    assert [(one.id, one.row, one.step) for one in table.rules] == [("CF-01", 5, 1), ("CF-02", 8, 3)]
    assert found == ()


def test_columns_may_stand_in_any_order_and_columns_of_theirs_are_kept():
    """Action first, "Colour" beside it -> read; "Mood" among the conditions, "Statuss" anywhere -> a remark each."""
    own = {"Colour": "red", "Mood": "good", "Statuss": "Paid"}
    place = HEADINGS.index("Status") + 1
    kept = [one for one in (*HEADINGS[:place], "Mood", *HEADINGS[place:]) if one != "Action"]
    headings = ["Action", "Colour", *kept, "Statuss"]
    cells = dict(zip(HEADINGS, rule("CF-01", 1, status="Paid", action="None"), strict=True)) | own
    rows = [headings, [cells[one] for one in headings]]
    table, found = parse_table(rows, name="claims", sheet="Claim rules", columns=COLUMNS, outputs=OUTPUTS)
    assert table.rules[0].outputs["action"] == "None"
    where = [f"Claim rules!{chr(65 + headings.index(one))}1" for one in ("Mood", "Statuss")]
    assert faults(found) == [("warning", cell, "heading") for cell in where]


def test_every_fault_is_listed_at_once_with_its_cell_and_what_to_type():
    """Eight faults in six rows -> eight findings, each at its own cell."""
    table, found = read(
        rule("CF-01", 1, status="Payed", action="None"),
        rule("CF-01", 9, status="Paid", action="Nonne"),
        rule("CF-03", 2, days=datetime.fromisoformat("2026-01-29"), action="Wait"),
        rule("CF-04", 2, days="4 weeks", action=None),
        rule(None, 2, days="30+", action="Wait"),
        rule("CF-06", 3, amount="#REF!", action="Wait", reason="late by {Dayz}"),
    )
    said = {one.cell: one for one in found}
    assert set(said) == {f"Claim rules!{cell}" for cell in ("D2", "C3", "H3", "E4", "E5", "H5", "A6", "F7", "J7")}
    assert all(one.severity == "error" for one in found)
    assert "Paid" in said["Claim rules!D2"].suggestion
    assert "1 to 29" in said["Claim rules!E4"].suggestion
    assert "28" in said["Claim rules!E5"].suggestion
    assert "Days to deadline" in said["Claim rules!J7"].suggestion
    assert table.rules == ()


def test_two_rules_of_one_name_are_a_fault():
    """CF-01 twice, once in small letters -> the second is named, and the first's row with it."""
    _, found = read(rule("CF-01", 1, status="Paid", action="None"), rule("cf-01", 2, action="Wait"))
    assert faults(found) == [("error", "Claim rules!A3", "rule")]
    assert "row 2" in found[0].message


def test_a_sheet_without_headings_or_with_some_missing_says_so():
    """No "Rule"; no "Status"; nothing below the headings."""
    _, nothing = parse_table([["x"]], name="c", sheet="Claim rules", columns=COLUMNS, outputs=OUTPUTS)
    assert faults(nothing) == [("error", "Claim rules!A1", "heading")]
    headings = [one for one in HEADINGS if one != "Status"]
    _, missing = parse_table([headings], name="c", sheet="Claim rules", columns=COLUMNS, outputs=OUTPUTS)
    assert [one.kind for one in missing] == ["heading", "heading"]
    assert '"Status" is missing' in missing[0].message


def test_whether_a_rule_is_active_is_never_guessed():
    """An empty Active cell -> a fault; "no" -> read and switched off."""
    row = rule("CF-01", 1, action="Wait")
    row[1] = None
    _, found = read(row)
    assert faults(found) == [("error", "Claim rules!B2", "cell")]
    row[1] = "No"
    table, found = read(row)
    assert (table.rules[0].active, found) == (False, ())


def test_dates_in_force_are_read_and_swapped_ones_refused():
    """From 1 Jan 2027 as a date cell, To as text; swapped -> a fault."""
    table, found = read(rule("CF-01", 1, action="Wait", starts=datetime.fromisoformat("2027-01-01"), ends="2027-03-31"))
    assert found == ()
    assert (table.rules[0].starts, table.rules[0].ends) == (date(2027, 1, 1), date(2027, 3, 31))
    assert not table.rules[0].in_force(date(2026, 12, 31))
    assert table.rules[0].in_force(date(2027, 3, 31))
    _, found = read(rule("CF-01", 1, action="Wait", starts=date(2027, 1, 1), ends=date(2026, 1, 1)))
    assert len(found) == 1


def test_a_step_may_carry_its_name():
    """ "1 Stop first", 1.0, "1" -> 1; "1.5", "4", "first" -> faults."""
    for typed in ("1 Stop first", 1.0, "1", 1):
        table, found = read(rule("CF-01", typed, action="Wait"))
        assert (found, table.rules[0].step) == ((), 1)
    for typed in ("1.5", 1.5, "4", "first", None):
        assert len(read(rule("CF-01", typed, action="Wait"))[1]) == 1
