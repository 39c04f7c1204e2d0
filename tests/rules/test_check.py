"""What the checks say, in the words that a practice manager reads."""

from __future__ import annotations

from datetime import date
from itertools import product
from random import Random

import pytest
from rules.brute import frame
from rules.claims import DAY, read, rule, sound

from billingkit.rules import Column, Finding, Output, check, decide, parse_guarantees, parse_table, unused


def found(table, kind, *rest, **how):
    return [one for one in check(table, *rest, **how) if one.kind == kind]


def test_an_overlap_is_named_with_its_column_and_an_example():
    """Up to 14 beside 14 to 29, in one step -> both apply at 14."""
    table = sound(rule("CF-01", 3, days="up to 14"), rule("CF-02", 3, days="14 to 29", action="Hold"))
    overlap = found(table, "overlap")[0]
    assert str(overlap) == (
        "Claim rules!A3: CF-01 and CF-02 both apply in step 3: days to deadline 14. For example: days to deadline 14. "
        "They share values of Days to deadline: change it in one of them, or put one rule in an earlier step."
    )


def test_no_gap_between_up_to_13_and_14_to_29_and_one_above_is_named():
    """Days are whole numbers; above 29 and "none stated" nothing applies."""
    table = sound(rule("CF-01", 3, days="up to 13"), rule("CF-02", 3, days="14-29"))
    gap = found(table, "gap")[0]
    assert gap.message == "No rule covers this: days to deadline 30 or more or none stated."
    assert gap.witness == "days to deadline 30"
    assert gap.cell == "Claim rules!E2"
    closed = sound(rule("CF-01", 3, days="up to 13"), rule("CF-02", 3, days="14+ or none stated"))
    assert check(closed) == ()


def test_a_rule_that_earlier_steps_leave_nothing_is_named_with_them():
    """Two rules of step 1 take every day; the rule of step 2 can never apply."""
    table = sound(
        rule("CF-01", 1, days="up to 13"),
        rule("CF-02", 1, days="14+ or none stated"),
        rule("CF-03", 2, days="5 to 20", action="Hold"),
    )
    never = found(table, "never fires")[0]
    assert never.rules == ("CF-03",)
    assert "CF-01, CF-02" in never.message


def test_a_lone_number_of_days_is_remarked_on_and_a_count_is_not():
    """ "30" in days -> did you mean "30 or more"? "2" in a count -> nothing."""
    table = sound(rule("CF-01", 1, days=30), rule("CF-02", 2, status="paid, denied, pending, submitted, resubmitted"))
    bare = found(table, "bare number")[0]
    assert bare.cell == "Claim rules!E2"
    assert bare.severity == "warning"
    assert '"30 or more"' in bare.suggestion


def test_two_thresholds_one_day_or_one_unit_of_money_apart_are_remarked_on():
    """29 and 30 days, 99.99 and 100.50 of money -> one sliver each; a range one day wide on purpose -> none."""
    apart = sound(
        rule("CF-01", 1, status="Paid", days="30+"),
        rule("CF-02", 1, status="Denied", days="29+"),
        rule("CF-03", 1, status="Pending", amount="100+"),
        rule("CF-04", 1, status="Submitted", amount="100.50+"),
    )
    slivers = found(apart, "sliver")
    assert [one.rules for one in slivers] == [("CF-02", "CF-01"), ("CF-03", "CF-04")]
    assert "29" in slivers[0].message
    meant = sound(rule("CF-01", 1, days="up to 13"), rule("CF-02", 1, days="14 to 14"), rule("CF-03", 1, days="15+"))
    assert not found(meant, "sliver")


def test_a_word_of_a_list_that_no_rule_names_is_remarked_on():
    """Rules for Paid and "not Denied" name two of five statuses."""
    table = sound(rule("CF-01", 1, status="Paid"), rule("CF-02", 2, status="not denied"))
    assert [one.message for one in found(table, "unnamed")] == [
        f'No rule names "{word}" in Status.' for word in ("Submitted", "Resubmitted", "Pending")
    ]
    assert not found(sound(rule("CF-01", 1, days="1+")), "unnamed")


def test_a_rule_that_lets_a_row_rest_on_missing_data_is_remarked_on():
    """ "under 5 or blank" -> Wait is remarked on; the same with Refer is not."""
    waits = sound(rule("A", 1, days="under 5 or blank"), rule("B", 1, days="5+ or none stated", action="Refer"))
    assert [one.cell for one in found(waits, "blank", idle=("Wait", "None"))] == ["Claim rules!E2"]
    refers = sound(rule("A", 1, days="under 5 or blank", action="Refer"), rule("B", 1, days="5+ or none stated"))
    assert not found(refers, "blank", idle=("Wait", "None"))


def test_a_rule_without_a_hit_for_half_a_year_is_remarked_on_once_there_is_a_record():
    """Last hit in January or never -> remark; last week -> none; no record at all -> none."""
    table = sound(rule("A", 1, days="up to 0"), rule("B", 1, days="1 to 5"), rule("C", 1, days="6+ or none stated"))
    hits = {"A": date(2026, 1, 5), "B": date(2026, 11, 16)}
    assert [one.rules for one in unused(table, hits, date(2025, 11, 3), DAY)] == [("A",), ("C",)]
    assert not unused(table, hits, date(2026, 10, 5), DAY)  # seven weeks of record tell nothing yet
    assert not unused(table, {}, None, DAY)
    young = sound(rule("A", 1, starts=date(2026, 11, 2)))
    assert not unused(young, {}, date(2025, 11, 3), DAY)


def test_each_period_of_dated_rules_is_checked():
    """CF-01 ends on 31 Dec, its successor starts on 2 Jan -> a gap on 1 Jan; it starts on 31 Dec -> an overlap."""
    late = sound(rule("A", 1, ends=date(2026, 12, 31)), rule("B", 1, starts=date(2027, 1, 2)))
    gaps = check(late, as_of=DAY)
    assert [one.message for one in gaps] == ["No rule is in force on 1 Jan 2027."]
    early = sound(rule("A", 1, ends=date(2026, 12, 31)), rule("B", 1, starts=date(2026, 12, 31)))
    assert found(early, "overlap", as_of=DAY)[0].message.endswith("From 31 Dec 2026.")
    assert check(sound(rule("A", 1, ends=date(2026, 12, 31)), rule("B", 1, starts=date(2027, 1, 1))), as_of=DAY) == ()


def guarantees(*rows, table):
    return parse_guarantees([["Table", "When", "Must be", "Note"], *rows], "Guarantees", [table])


def test_a_guarantee_that_a_rule_breaks_is_named_with_an_example():
    """Without the hold rule of step 1, a denied claim of 500 may be called about."""
    rows = [rule("CF-02", 2, amount="100+", action="Call insurer"), rule("CF-03", 2, amount="< 100")]
    table = sound(rule("CF-01", 1, status="Denied", action="Hold"), *rows)
    row = ["claim rules", "Status: denied; Amount outstanding: 500 or more", "Action: Hold or None", "agreed in May"]
    kept, faults = guarantees(row, table=table)
    assert faults == ()
    assert kept[0].note == "agreed in May"
    assert not found(table, "guarantee", kept)
    broken = found(sound(*rows), "guarantee", kept)
    assert len(broken) == 1
    assert broken[0].cell == "Claim rules!H2"
    assert "Guarantees!C2" in broken[0].suggestion
    assert "CF-02 says Action Call insurer" in broken[0].message
    assert broken[0].witness == "status Denied; amount outstanding 500"


def test_what_was_agreed_is_asked_about_and_may_speak_of_what_a_rule_says():
    """ "Action: Wait" must have no due; with "ask" a rule that has one is used and remarked on at its cell."""
    heads = ["Table", "When", "Must be", "If not", "Note"]
    table = sound(rule("A", 1, days="up to 0", due=1), rule("B", 1, days="1+ or none stated", action="Hold", due=2))
    for typed, severity in (("ask", "warning"), ("stop", "error"), (None, "error")):
        row = ["Claim rules", "Action: Wait", "Due in (working days): blank", typed, "Waiting has no day."]
        kept, faults = parse_guarantees([heads, row], "Guarantees", [table])
        assert faults == ()
        said = found(table, "guarantee", kept)
        assert [(one.severity, one.cell, one.rules) for one in said] == [
            (severity, table.cell(table.rules[0], "due"), ("A",))
        ]
        assert "Waiting has no day." in said[0].message
    row = ["Claim rules", "Action: Wait", "Due in (working days): blank", "perhaps", None]
    assert [one.cell for one in parse_guarantees([heads, row], "Guarantees", [table])[1]] == ["Guarantees!D2"]


def test_a_guarantee_about_a_number_and_one_that_always_holds():
    """ "Due in: 2 or more", whenever; a rule with 1, and one without any, break it."""
    table = sound(rule("A", 1, days="up to 0", due=1), rule("B", 1, days="1+", due=2), rule("C", 2))
    kept, faults = guarantees(["claims", None, "Due in (working days): 2 or more", None], table=table)
    assert faults == ()
    assert [one.rules for one in found(table, "guarantee", kept)] == [("A",), ("C",)]


def test_faults_of_guarantees_come_with_their_cell():
    """A sheet, a column, a word, a missing promise: four faults, four cells."""
    table = sound(rule("A", 1))
    _, faults = guarantees(
        ["Clam rules", "Status: paid", "Action: None", None],
        ["Claim rules", "Statuss: paid", "Action: None", None],
        ["Claim rules", "Status: paid", "Action: Nome", None],
        ["Claim rules", "Status: paid", None, None],
        ["Claim rules", "Status: paid; status: denied", "Action: None", None],
        table=table,
    )
    assert [one.cell for one in faults] == [f"Guarantees!{cell}" for cell in ("A2", "B3", "C4", "C5", "B6")]
    assert all(isinstance(one, Finding) and one.severity == "error" for one in faults)
    assert parse_guarantees([["x"]], "Guarantees", [table])[1][0].cell == "Guarantees!A1"


LEVELS = (Output("level", "Level", "number"), Output("priority", "Priority", "word", ("Normal", "High", "Urgent")))
URGENT = (
    Column("days", "Days to deadline", "number", low=0, high=4, special="none stated", rising=-1),
    Column("chased", "Times chased", "number", low=0, high=3, rising=1),
    Column("kind", "Kind", "list", ("claim", "question")),
)
URGENT_HEADINGS = ["Rule", "Active", "Step", *(one.heading for one in URGENT), "Level", "Priority"]


def escalation(*rows):
    return parse_table([URGENT_HEADINGS, *rows], name="e", sheet="E", columns=URGENT, outputs=LEVELS, steps=(1, 2))[0]


def test_a_level_that_falls_as_a_deadline_nears_is_named_with_both_rules():
    """Level 2 at 2 days or more, level 1 below -> falls; the other way round -> sound."""
    far, near = ["E-1", "yes", 1, "2+ or none stated", "-", "-"], ["E-2", "yes", 1, "up to 1", "-", "-"]
    fall = found(escalation([*far, 2, "Normal"], [*near, 1, "Normal"]), "rising")
    assert [one.rules for one in fall] == [("E-1", "E-2")]
    assert "Level falls from 2 (E-1) to 1 (E-2) when days to deadline goes from 2 to 1." in fall[0].message
    assert not found(escalation([*far, 1, "Normal"], [*near, 2, "Normal"]), "rising")
    assert found(escalation([*far, 1, "Urgent"], [*near, 2, "High"]), "rising")


@pytest.mark.parametrize("batch", range(5))
def test_a_falling_level_is_found_exactly_where_some_row_has_one(batch):
    """Random one and two step tables: a finding if and only if a row's level falls for the next value."""
    falling = 0
    for number in range(60):
        table = random_levels(Random(f"{batch}/{number}"))
        if any(one.kind in ("overlap", "gap") for one in check(table)):
            continue
        expected = levels_fall(table)
        falling += expected
        assert bool(found(table, "rising")) == expected
    assert falling


def random_levels(random):
    cut, count = random.randint(1, 3), random.randint(1, 2)
    days = [f"up to {cut}", f"{cut + 1} or more or none stated"] if cut < 4 else ["-"]
    times = [f"up to {count}", f"{count + 1} or more"]
    rows = [
        [f"E-{place}", "yes", 2, day, time, "-", random.randint(0, 2), random.choice(["Normal", "High"])]
        for place, (day, time) in enumerate(product(days, times))
    ]
    first = ["E-9", "yes", 1, f"{cut}", "-", random.choice(["claim", "-"]), random.randint(0, 2), "High"]
    return escalation(*rows, *([first] if random.random() < 0.5 else []))


def levels_fall(table):
    values = [[*range(5), "none yet"], [*range(4)], ["claim", "question"]]
    points = [dict(zip(("days", "chased", "kind"), point, strict=True)) for point in product(*values)]
    said = decide(table, frame(table, points), DAY, why=False)
    ranks = {"Normal": 0, "High": 1, "Urgent": 2}
    level = {
        tuple(point.values()): (row["level"], ranks[row["priority"]])
        for point, row in zip(points, said.iter_rows(named=True), strict=True)
    }
    for (days, chased, kind), now in level.items():
        nearer = level.get((days - 1, chased, kind), now) if days != "none yet" else now
        often = level.get((days, chased + 1, kind), now)
        if any(after < before for later in (nearer, often) for after, before in zip(later, now, strict=True)):
            return True
    return False


def test_a_faulty_sheet_and_a_sound_one_are_told_apart_by_severity():
    """Errors come before remarks."""
    table, _ = read(rule("A", 1, days=30), rule("B", 1, days="30+"))
    severities = [one.severity for one in check(table)]
    assert severities == sorted(severities)
    assert set(severities) == {"error", "warning"}
