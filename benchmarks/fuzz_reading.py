"""Mutants of seed workbooks: each is refused with a class from the closed list, or read as it stands.

    python benchmarks/fuzz_reading.py [mutants] [seed]

Four kinds of harm: bytes flipped in the file, the file cut, parts doubled or swapped, and bytes flipped
inside a part with the package put together again (the checksum is right, so only the XML can tell).
A reading counts as correct when it equals the seed's, or when openpyxl, a reader of its own, says the same
of every cell. Where openpyxl fails on a mutant that we read, there is no second opinion; those are counted apart.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from workbook.mutants import judge, mutant, seeds


def main(count: int, seed: int) -> int:
    chance, verdicts, slowest = random.Random(seed), Counter(), 0.0
    with TemporaryDirectory() as folder:
        sources = seeds(Path(folder))
        for number in range(count):
            source = chance.choice(sources)
            kind, data = mutant(source, chance)
            start = time.monotonic()
            verdict = judge(data, Path(folder) / f"mutant{kind}", source[1])
            slowest = max(slowest, time.monotonic() - start)
            verdicts[verdict] += 1
            if verdict.startswith("WRONG"):
                print(f"mutant {number} of seed {seed}: {verdict}")
    for verdict, times in verdicts.most_common():
        print(f"{times:6} {verdict}")
    print(f"slowest {slowest:.1f} s")
    return any(verdict.startswith("WRONG") for verdict in verdicts)


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    sys.exit(main(*(given + [5_000, 1][len(given) :])))
