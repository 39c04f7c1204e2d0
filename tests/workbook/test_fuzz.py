"""A hundred mutants: each refused with a class from the closed list, or read as another reader reads it.

`benchmarks/fuzz_reading.py` does the same with thousands.
"""

from __future__ import annotations

import random

import pytest
from workbook.mutants import judge, mutant, seeds


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    return seeds(tmp_path_factory.mktemp("seeds"))


@pytest.mark.parametrize("seed", range(5))
def test_no_mutant_is_read_wrong_hangs_or_raises_something_else(sources, seed, tmp_path):
    chance, verdicts = random.Random(seed), set()
    for _ in range(20):
        source = chance.choice(sources)
        kind, data = mutant(source, chance)
        verdicts.add(judge(data, tmp_path / f"mutant{kind}", source[1]))
    assert not {verdict for verdict in verdicts if verdict.startswith("WRONG")}
    assert any(verdict.startswith("refused") for verdict in verdicts)
    assert any(verdict.startswith("read") for verdict in verdicts)


def test_the_judge_finds_a_wrong_cell(sources, tmp_path, monkeypatch):
    """Dates read as numbers, as a lost style would have it, are caught."""
    monkeypatch.setattr("billingkit.workbook.kinds.moment", lambda number, _look, since_1904: number + since_1904)
    path = tmp_path / "mutant.xlsx"
    kind, data = sources[0]
    path.write_bytes(data)
    from workbook.mutants import agree

    from billingkit.workbook import read_book

    assert kind == ".xlsx"
    assert agree(read_book(path), path).startswith("WRONG cell (2, 3)")
