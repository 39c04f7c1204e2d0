"""Practices per minute of `billingkit weekly` against the plain loop over papermill, in one run; run me:

    python benchmarks/weekly.py [--practices 40]

Both run the same notebook on copies of the sample practice in the same environment. Printed too: the memory of
one run, and what `import billingkit` costs beside `import polars`.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import openpyxl

ROOT = Path(__file__).resolve().parents[1]
DAY = date(2026, 11, 23)
PLAIN = """
import json, sys, papermill
for number, given in enumerate(json.loads(sys.argv[2])):
    papermill.execute_notebook(sys.argv[1], given["practice_folder"] + "/plain.ipynb", parameters=given, progress_bar=False)
"""


def practices(root: Path, count: int) -> list[dict[str, str]]:
    given = []
    for number in range(count):
        folder = root / f"practice{number:02d}"
        shutil.copytree(ROOT / "sample_data" / "riverside", folder, ignore=shutil.ignore_patterns("outbox", "ledger*"))
        code = f"P{number:02d}"
        book = openpyxl.load_workbook(folder / "policy.xlsx")
        for row in book["Practice"].iter_rows():
            for cell in row:
                if cell.value == "RIV":
                    cell.value = code
        book.save(folder / "policy.xlsx")
        given.append({"practice_folder": str(folder), "practice_code": code, "as_of": DAY.isoformat()})
    return given


def clocked(command: list[str]) -> tuple[float, float]:
    """Wall and CPU seconds of a command with its children."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - started, cpu


def importing(name: str) -> float:
    took = [clocked([sys.executable, "-c", f"import {name}"])[1] for _ in range(7)]
    return statistics.median(took)


def main() -> None:
    import json

    options = argparse.ArgumentParser()
    options.add_argument("--practices", type=int, default=40)
    count = options.parse_args().practices
    with tempfile.TemporaryDirectory() as room:
        given = practices(Path(room) / "plain", count)
        notebook = str(ROOT / "notebooks" / "weekly_review.ipynb")
        plain = clocked([sys.executable, "-c", PLAIN, notebook, json.dumps(given)])
        ours = {}
        for jobs in sorted({1, os.cpu_count() or 1}):
            practices(Path(room) / f"ours{jobs}", count)
            words = [str(Path(room) / f"ours{jobs}"), "--as-of", DAY.isoformat(), "--jobs", str(jobs)]
            ours[jobs] = clocked([sys.executable, "-m", "billingkit", "weekly", *words])
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        f"{count} practices, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} (others at work make walls unsure)"
    )
    print(
        f"plain papermill loop       {count / plain[0] * 60:6.1f} practices a minute, {plain[1] / count:.2f} CPU s each"
    )
    for jobs, (wall, cpu) in ours.items():
        print(
            f"billingkit weekly --jobs {jobs} {count / wall * 60:6.1f} practices a minute, {cpu / count:.2f} CPU s each; "
            f"ratios: practices a minute {plain[0] / wall:.2f}, CPU {plain[1] / cpu:.2f}"
        )
    print(f"largest process {largest:.0f} MB (a kernel, or the runner)")
    print(f"import billingkit / import polars {importing('billingkit') / importing('polars'):.2f}")


if __name__ == "__main__":
    main()
