"""Kills an annotating process at 200 random moments and counts what stands there afterwards: old, new, or broken.

usage: python benchmarks/kill.py [TIMES]
"""

from __future__ import annotations

import collections
import multiprocessing
import random
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import xlsxwriter

from billingkit.workbook import Column, annotate

OURS = Column("Next action", dict.fromkeys(range(2, 402), "Call the insurer"))


def for_ever(source: Path, target: Path) -> None:
    while True:
        annotate(source, target, sheet="Claims", header_row=1, columns=[OURS])


def state(target: Path, old: bytes) -> str:
    data = target.read_bytes()
    if data == old:
        return "old"
    with zipfile.ZipFile(target) as archive:
        whole = archive.testzip() is None and b"Next action" in archive.read("xl/worksheets/sheet1.xml")
    return "new" if whole else "broken"


def main() -> None:
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    chance = random.Random(1)
    with tempfile.TemporaryDirectory() as where:
        source, target = Path(where) / "source.xlsx", Path(where) / "target.xlsx"
        with xlsxwriter.Workbook(source) as book:
            sheet = book.add_worksheet("Claims")
            for row in range(400):
                sheet.write_row(row, 0, [f"C-{row}", row])
        found: collections.Counter[str] = collections.Counter()
        for _ in range(times):
            target.write_bytes(source.read_bytes())
            process = multiprocessing.get_context("fork").Process(target=for_ever, args=(source, target))
            process.start()
            time.sleep(chance.random() * 0.8)
            process.kill()
            process.join()
            found[state(target, source.read_bytes())] += 1
    print(dict(found))


if __name__ == "__main__":
    main()
