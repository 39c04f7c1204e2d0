"""The difference between two versions, rules written out, rows explained, and the first day due, in words."""

from __future__ import annotations

from datetime import date

import pytest
from rules.claims import DAY, claims, rule, sound

from billingkit.rules import explain, forward, preview, render, render_rows

OLD = [
    rule("CF-01", 1, status="Paid", action="None"),
    rule("CF-02", 3, status="not paid", days="15+ or none stated", action="Wait"),
    rule("CF-03", 3, status="not paid", days="up to 14", action="Call insurer", due=2),
]
NEW = [
    OLD[0],
    rule("CF-02", 3, status="not paid", days="22+ or none stated", action="Wait"),
    rule("CF-03", 3, status="not paid", days="up to 21", action="Call insurer", due=2),
]


def test_a_moved_threshold_is_one_line():
    """Call from 21 days instead of 14 -> Wait becomes Call for 15 to 21, and nothing else changes."""
    changes = preview(sound(*OLD), sound(*NEW))
    assert [str(one) for one in changes] == ["Wait -> Call insurer: status not Paid; days to deadline 15 to 21"]
    assert (changes[0].rules_before, changes[0].rules_after) == (("CF-02",), ("CF-03",))


def test_a_changed_due_day_names_the_output_and_a_changed_name_is_no_change():
    """Due 2 -> 3 is a change; CF-03 called CF-30 is none; the same sheet sorted another way is none."""
    due = [*OLD[:2], rule("CF-03", 3, status="not paid", days="up to 14", action="Call insurer", due=3)]
    said = [str(one) for one in preview(sound(*OLD), sound(*due))]
    assert said == [
        "Call insurer, Due in (working days) 2 -> Due in (working days) 3: status not Paid; days to deadline up to 14"
    ]
    renamed = [*OLD[:2], ["CF-30", *OLD[2][1:]]]
    assert preview(sound(*OLD), sound(*reversed(renamed))) == []


def test_a_change_that_begins_later_says_when():
    """A rule that stops on 31 Dec -> from 1 Jan its rows are asked about."""
    ending = [
        *OLD[:2],
        rule("CF-03", 3, status="not paid", days="up to 14", action="Call insurer", due=2, ends=date(2026, 12, 31)),
    ]
    said = [str(one) for one in preview(sound(*OLD), sound(*ending))]
    assert said
    assert all(one.endswith("(from 1 Jan 2027)") for one in said)
    assert preview(sound(*OLD), sound(*ending), as_of=DAY) == []


def test_a_comparison_past_the_budget_says_so():
    """One step is not enough."""
    assert "not proven" in str(preview(sound(*OLD), sound(*NEW), budget=1)[0])


def test_versions_with_other_columns_are_not_compared():
    """Another output list -> refused."""
    from dataclasses import replace

    table = sound(*OLD)
    with pytest.raises(ValueError, match="different columns"):
        preview(table, replace(table, outputs=table.outputs[:1]))


def test_the_rules_are_written_out_with_their_canonical_cells():
    """By step and id, headings first; a rule that ends says so."""
    table = sound(*reversed(OLD))
    rows = render_rows(table)
    assert [row[0] for row in rows] == ["Rule", "CF-01", "CF-02", "CF-03"]
    assert rows[2][:6] == ["CF-02", "3", "not Paid", "15 or more or none stated", "-", "-"]
    assert (
        "CF-03, step 3\n  when  Status: not Paid; Days to deadline: up to 14\n  then  Action: Call insurer"
        in render(table)
    )
    ended = sound(rule("A", 1, ends=date(2026, 1, 1)))
    assert "(to 2026-01-01)" in render(ended)
    assert render_rows(ended, DAY) == [render_rows(ended)[0][:-1]]


def test_every_rule_tried_on_one_row_says_why_not():
    """A denied claim whose deadline is unknown: no, cannot tell, cannot tell."""
    tried = explain(sound(*OLD), {"status": "denied", "days": None, "amount": 100, "contact": None}, DAY)
    assert [one.text for one in tried] == [
        "CF-01: no. Status Denied is not Paid.",
        "CF-02: cannot tell. Days to deadline blank may be 15 or more or none stated.",
        "CF-03: cannot tell. Days to deadline blank may be up to 14.",
    ]
    later = sound(rule("A", 1, starts=date(2027, 1, 1)), rule("B", 1, ends=date(2026, 1, 1)), rule("C", 1))
    texts = [one.text for one in explain(later, {"status": "denied"}, DAY)]
    assert texts[0] == "A: no. The rule starts on 1 Jan 2027."
    assert texts[1] == "B: no. The rule ended on 1 Jan 2026."
    assert texts[2] == "C: yes. The rule applies to every row."


def test_a_waiting_row_comes_due_on_the_first_day_its_deadline_is_near_enough():
    """20 days to go, called from 14 -> in 6 days; no deadline stated -> never; already called -> nothing new."""
    frame = claims(days=[20, None, 3], days__special=[False, True, False])
    due = forward(sound(*OLD), frame, DAY, {"days": -1})
    assert due.rows() == [(6, "CF-03"), (None, None), (None, None)]
    assert forward(sound(*OLD), frame, DAY, {"days": -1}, 5).rows()[0] == (None, None)


def test_a_rule_that_comes_into_force_later_is_seen_ahead():
    """Nothing moves, but from 1 Dec everything is referred: 8 days from 23 Nov."""
    table = sound(rule("A", 2), rule("B", 1, action="Refer", starts=date(2026, 12, 1)))
    assert forward(table, claims(), DAY, {"days": -1}).rows() == [(8, "B")]
