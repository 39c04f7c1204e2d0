"""The sample practices show every kind of row each week, and their files are what the seeded script makes."""

from __future__ import annotations

import shutil
import sys
from datetime import date
from pathlib import Path

import pytest

from billingkit.practice import load_policy
from billingkit.preparing import prepare_files
from billingkit.run import review
from billingkit.workbook import read_book

SAMPLES = Path(__file__).resolve().parent.parent / "sample_data"
PRACTICES = ("riverside", "maple_court")
WEEKS = (date(2026, 11, 16), date(2026, 11, 23))
SHOWN = {
    "too soon": "CF-17",
    "due": "CF-19",
    "chased three times": "CF-20",
    "late": "CF-03",
    "missing details": "CF-04",
    "rejected": "CF-08",
    "denied, documents or data": "CF-13",
    "denied, clinical": "CF-14",
    "paid": "CF-12",
    "paid, not posted": "CF-11",
    "on hold": "PB-01",
    "credit balance": "PB-02",
}


@pytest.fixture(scope="module")
def decided():
    weeks = {}
    for practice in PRACTICES:
        policy = load_policy(SAMPLES / practice / "policy.xlsx")
        for week in WEEKS:
            files = sorted((SAMPLES / practice / "inbox" / week.isoformat()).iterdir())
            prepared = prepare_files(files, as_of=week, policy=policy, payments_to=week)
            weeks[practice, week] = review(prepared).review
    return weeks


@pytest.mark.parametrize("week", WEEKS, ids=str)
@pytest.mark.parametrize("practice", PRACTICES)
def test_each_week_shows_every_kind_of_row(decided, practice, week):
    made = decided[practice, week]
    rules = {*made.claims["rule"], *made.balances["rule"]}
    assert [kind for kind, rule in SHOWN.items() if rule not in rules] == []
    statuses = set(made.week.claims["status"].drop_nulls())
    assert {"paid_short", "rejected", "denied", "held", "closed"} <= statuses
    assert {"first_statement", "second_statement", "third_statement"} <= set(made.balances["action"])
    assert "PB-06" in rules  # a payment of the plan was missed
    assert any(hold.category == "complaint" for hold in made.holds)
    near = made.claims.filter(made.claims["days_to_deadline"].is_between(0, 14))
    assert set(near["priority"]) <= {"High", "Urgent"}
    assert near.height > 0


@pytest.mark.parametrize("week", WEEKS, ids=str)
@pytest.mark.parametrize("practice", PRACTICES)
def test_every_row_of_a_sample_week_is_accounted_for(decided, practice, week):
    for table in decided[practice, week].week.tables:
        assert table.rows == table.accepted + table.quarantined + sum(table.ignored.values())
        assert all(total.matches for total in table.control_totals)


def test_the_seeded_script_makes_the_same_cells_again(tmp_path, monkeypatch):
    for script in SAMPLES.glob("*.py"):
        shutil.copy(script, tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in ("situations", "riverside", "maple_court"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    import maple_court
    import riverside

    riverside.make_riverside(tmp_path / "riverside")
    maple_court.make_maple_court(tmp_path / "maple_court")
    for made in sorted(path for path in tmp_path.rglob("*") if path.suffix in {".xlsx", ".txt"}):
        kept = SAMPLES / made.relative_to(tmp_path)
        ours, theirs = read_book(made), read_book(kept)
        assert [sheet.rows for sheet in ours.sheets] == [sheet.rows for sheet in theirs.sheets], kept.name
