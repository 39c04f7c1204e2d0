"""The day on which a returned pack is taken: late, but never before the pack was made."""

from __future__ import annotations

import shutil
from datetime import date

import pytest
from loop.weeks import MONDAY, NEXT, THIRD, Reply, answer, events, inbox, pack, questions, ref_of, run

from billingkit import commands
from billingkit.problems import CannotRun


def test_a_pack_cannot_have_come_back_before_it_was_made(made, tmp_path):
    """A slip in the date: refused with both days, and nothing is recorded."""
    back = tmp_path / "back.xlsx"
    answer(pack(made), back, {ref_of(questions(pack(made)), "posted"): Reply("will check by", until=THIRD)})
    count = len(events(made))
    with pytest.raises(CannotRun, match="the pack of 2026-11-16, so it cannot have come back on 2026-11-13"):
        commands.receive(made, back, as_of=date(2026, 11, 13))
    assert len(events(made)) == count


def test_an_older_pack_that_is_entered_late_is_taken_on_the_day_it_came(made, tmp_path):
    """It came on the Friday between two runs and is entered after the second: the third week does not ask again."""
    run(made, NEXT)
    ref = ref_of(questions(pack(made)), "member number")
    answer(pack(made), tmp_path / "back.xlsx", {ref: Reply("supplied", "40419999")})
    told = commands.receive(made, tmp_path / "back.xlsx", as_of=date(2026, 11, 20))
    assert "1 answers taken" in told.text
    assert "a newer one of 23 Nov 2026 has gone out since" in told.text
    shutil.copytree(made / "inbox" / NEXT.isoformat(), made / "inbox" / THIRD.isoformat())
    run(made, THIRD)
    assert ref not in {line["Ref"] for line in questions(pack(made, THIRD))}


def test_a_pack_put_into_an_older_folder_came_back_on_its_own_day_at_the_earliest(made):
    run(made, NEXT)
    ref = ref_of(questions(pack(made, NEXT)), "member number")
    answer(pack(made, NEXT), inbox(made, as_of=MONDAY), {ref: Reply("supplied", "40419999")})
    shutil.copytree(made / "inbox" / NEXT.isoformat(), made / "inbox" / THIRD.isoformat())
    run(made, THIRD)
    assert [event.as_of for event in events(made, "imported")] == [NEXT]
