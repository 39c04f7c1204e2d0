"""Make the two invented sample practices, two weeks each: `python sample_data/make_samples.py`.

Everything is invented and seeded: running it again gives the same cells. Each week shows every kind of row:
too soon, due, late, rejected, denied, paid short, missing details, sensitive, on hold, credit balance,
plan missed, deadline near.
"""

from __future__ import annotations

from pathlib import Path

from maple_court import make_maple_court
from riverside import make_riverside

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Write both practices' folders beside this file."""
    make_riverside(HERE / "riverside")
    make_maple_court(HERE / "maple_court")
    for path in sorted(HERE.rglob("inbox/*/*")):
        print(path.relative_to(HERE))


if __name__ == "__main__":
    main()
