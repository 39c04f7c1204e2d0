"""Rules that have long decided nothing are named from the ledger, once there is a record that is long enough."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from billingkit import commands
from billingkit.ledger import Event
from billingkit.practice import open_practice
from billingkit.preparing import prepare

SAMPLE = Path(__file__).parent.parent.parent / "sample_data" / "riverside"
TODAY = date(2026, 11, 16)


def with_runs(tmp_path, *runs):
    shutil.copytree(SAMPLE, tmp_path / "riverside")
    folder = open_practice(tmp_path / "riverside")
    for day, rules in runs:
        events = [Event("run", day, body={"run": str(day), "rules": rules, "policy": ""})]
        folder.ledger.add(f"b{day}", "review", day, events)
    return folder


@pytest.mark.parametrize(
    ("runs", "named"),
    [
        ((), False),
        (((date(2026, 10, 5), ["CF-17"]),), False),  # six weeks of record tell nothing yet
        (((date(2026, 1, 5), ["CF-17"]), (date(2026, 11, 9), ["CF-19"])), True),
    ],
)
def test_check_and_review_name_rules_without_a_hit_for_half_a_year(tmp_path, runs, named):
    folder = with_runs(tmp_path, *runs)
    findings = commands.check(folder.path, policy=None, as_of=TODAY).data["findings"]
    said = [one for one in findings if "has decided no row for 26 weeks" in one]
    assert bool(said) == named
    assert any("CF-17 has decided no row for 26 weeks or more (last on 5 Jan 2026)" in one for one in said) == named
    assert not [one for one in said if "CF-19" in one]
    notices = prepare(folder, as_of=TODAY).policy.notices
    assert any("decided no row for half a year: CF-" in notice for notice in notices) == named
    folder.close()


def test_check_says_that_a_year_in_use_has_no_bank_holidays():
    """As of the end of 2028 the sample's calendar has neither that year nor the next."""
    findings = commands.check(SAMPLE / "policy.xlsx", policy=None, as_of=date(2028, 12, 18)).data["findings"]
    assert [one.split(",")[0] for one in findings] == [
        f"Calendar: There are no bank holidays for {year}" for year in (2028, 2029)
    ]
