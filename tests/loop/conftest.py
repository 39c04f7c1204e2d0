"""A practice whose first week has gone out, and copies of it to go on with."""

from __future__ import annotations

import shutil

import pytest
from loop.weeks import practice, run


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """One week that has gone out; nothing is changed in it."""
    made = practice(tmp_path_factory.mktemp("gone-out"))
    run(made)
    return made


@pytest.fixture
def made(folder, tmp_path):
    """A copy of it to go on with."""
    copy = tmp_path / "riverside"
    shutil.copytree(folder, copy)
    return copy
