"""Reading pauses Python's collector, and leaves it as it was found."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from billingkit.problems import NothingToRead
from billingkit.workbook import read_book
from billingkit.workbook.collecting import no_collecting


@pytest.fixture(autouse=True)
def collecting() -> Iterator[None]:
    """The collector on, before and after."""
    gc.enable()
    yield
    gc.enable()


def test_the_collector_rests_inside_and_works_again_after() -> None:
    """Also where one pause stands inside another."""
    with no_collecting():
        with no_collecting():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off() -> None:
    """The caller's own choice is not undone."""
    gc.disable()
    with no_collecting():
        pass
    assert not gc.isenabled()


def test_a_refused_file_leaves_the_collector_on(tmp_path: Path) -> None:
    """A refusal on the way changes nothing for the notebook that goes on."""
    with pytest.raises(NothingToRead):
        read_book(tmp_path / "missing.xlsx")
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04 cut short")
    with pytest.raises(Exception, match="damaged"):
        read_book(broken)
    assert gc.isenabled()
