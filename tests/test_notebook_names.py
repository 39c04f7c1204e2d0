"""The names that an analyst types in a notebook, in the order of the README."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

import billingkit as bk
from billingkit.problems import CannotRun

RIVERSIDE = Path(__file__).resolve().parent.parent / "sample_data" / "riverside"


def test_a_week_is_read_reviewed_written_and_its_pack_received(tmp_path):
    shutil.copytree(RIVERSIDE, tmp_path / "riverside", ignore=shutil.ignore_patterns("outbox", "ledger*", ".in-use"))
    practice = bk.open_practice(tmp_path / "riverside")
    week = practice.read_week(as_of="2026-11-23")
    review = bk.review(week)
    names = set(week.week.claims["patient_name"].drop_nulls())
    assert not [name for name in names if name in repr(week) + repr(review) + review._repr_html_()]
    ours = review.actions.filter(pl.col("owner") == "practice")
    assert ours.height == review.actions.filter(pl.col("owner_role") == "named contact").height > 0
    assert "RIV-4101" in review.explain("RIV-4101")
    pack = tmp_path / "riverside 2026-11-23 returned.xlsx"
    with pytest.raises(CannotRun, match="no run yet"):
        practice.receive(shutil.copy(RIVERSIDE / "policy.xlsx", pack))
    shutil.copy(review.write()["RIV 2026-11-23 practice pack.xlsx"], pack)
    assert practice.receive(str(pack)).recorded
    (imported,) = practice.ledger.of_kind("imported")
    assert imported[1].as_of == date(2026, 11, 23)
    practice.close()
