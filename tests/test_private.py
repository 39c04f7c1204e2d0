"""What an analyst's notebook writes is for its user alone, as what the command line writes."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

import billingkit as bk

SAMPLES = Path(__file__).resolve().parents[1] / "sample_data"


@pytest.fixture
def shared_machine():
    """A session whose files anybody may read."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
@pytest.mark.usefixtures("shared_machine")
def test_everything_a_notebook_writes_is_for_its_user_alone(tmp_path):
    folder = tmp_path / "riverside"
    shutil.copytree(SAMPLES / "riverside", folder)
    there = set(folder.rglob("*"))
    bk.review(bk.open_practice(folder).read_week(as_of="2026-11-23")).write()
    made = set(folder.rglob("*")) - there
    assert {path.name for path in made} >= {"ledger.sqlite", "run.json", "outbox", "policies"}
    assert {path.name: oct(path.stat().st_mode & 0o077) for path in made if path.stat().st_mode & 0o077} == {}
