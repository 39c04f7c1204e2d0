"""What reading costs: CPU time against polars.read_excel and openpyxl read-only, and growth with rows.

    python benchmarks/reading.py [rows]          (60,000 unless told; needs fastexcel for polars.read_excel)

`read_book` is a workbook as typed cells; `read_sources` the whole way to typed claims with their problems, preflight
included.

Every figure is CPU time of a process of its own that has done its imports, so the ratios hold on any
machine; memory is the process's peak.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import xlsxwriter

HEADINGS = (
    *("Claim number", "Status", "Date of service", "Billed", "Times chased", "Notes"),
    *("Patient number", "Insurer", "Date sent", "Outstanding", "Batch", "Lab"),
    *("Member number", "Provider", "Status date", "Expected", "Chair", "Internal notes"),
    *("Group number", "Patient", "Last contact", "Adjustment", "Office", "Scanned"),
    *("Payer claim number", "Tooth", "Deadline", "Deductible", "Plan code", "Posted by"),
)
COLUMNS = len(HEADINGS)
MEASURE = """
import json, pathlib, sys, time
path = sys.argv[1]
{setup}
small = sys.argv[2]
run(small)
start = time.process_time()
kept = run(path)
spent = time.process_time() - start
status = pathlib.Path("/proc/self/status")  # getrusage would count the parent's memory from before the start
peak = int(status.read_text().split("VmHWM:")[1].split()[0]) / 1024 if status.exists() else float("nan")
print(json.dumps([spent, peak]))
"""
POLICY = """
from datetime import date
import polars
from billingkit.policy.agreement import Policy, Practice, StatusWord
from billingkit.policy.wording import SHIPPED_WORDING
from billingkit.reading import read_sources
words = (("Sent", "submitted"), ("Received", "received"), ("Hold until pri", "held_primary"), ("Denied", "denied"))
policy = Policy(Practice(date_order="day first", currency="USD"), (), (), (), (), (), (),
    tuple(StatusWord(*word) for word in words), (), SHIPPED_WORDING, None, None, None, (), None, (), "benchmark")
def run(path):
    return read_sources([path], policy, date(2026, 11, 20), salt="benchmark")
"""
READERS = {
    "billingkit read_sources": POLICY,
    "billingkit read_book": "from billingkit.workbook import read_book\nrun = read_book",
    "polars.read_excel": "import polars, fastexcel\nrun = polars.read_excel",
    "openpyxl read-only": (
        "import openpyxl\n"
        "def run(path):\n"
        "    return [row for row in openpyxl.load_workbook(path, read_only=True).active.iter_rows(values_only=True)]"
    ),
}


def claims(path: Path, rows: int) -> Path:
    """A claims export: ids, names, dates, money, whole numbers, notes in half the rows."""
    chance, start = random.Random(1), dt.date(2026, 1, 1)
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Claims")
        day, money = book.add_format({"num_format": "dd/mm/yyyy"}), book.add_format({"num_format": "#,##0.00"})
        sheet.write_row(0, 0, HEADINGS)
        for r in range(1, rows + 1):
            served = chance.randrange(240)
            for c in range(0, COLUMNS, 6):
                sheet.write_string(r, c, f"CLM{chance.randrange(10**6):06d}")
                sheet.write_string(
                    r, c + 1, chance.choice(["Sent", "Received", "Hold until pri", "Denied", "Aetheria Dental"])
                )
                sheet.write_datetime(r, c + 2, start + dt.timedelta(days=served + c), day)
                sheet.write_number(r, c + 3, chance.randrange(300_000) / 100, money)
                sheet.write_number(r, c + 4, chance.randrange(100_000))
                if chance.random() < 0.5:
                    sheet.write_string(r, c + 5, f"called insurer, ref {chance.randrange(10**5)} & waiting")
    return path


def measured(setup: str, path: Path, small: Path) -> tuple[float, float]:
    """Seconds of CPU and peak MiB of one reader on one file, in its own process."""
    script = MEASURE.format(setup=setup)
    done = subprocess.run([sys.executable, "-c", script, path, small], check=True, capture_output=True, text=True)
    spent, peak = json.loads(done.stdout)
    return spent, peak


def main(rows: int) -> None:
    with TemporaryDirectory() as folder:
        small = claims(Path(folder) / "small.xlsx", 50)
        path = claims(Path(folder) / "claims.xlsx", rows)
        print(f"{rows:,} rows x {COLUMNS} columns")
        spent = {}
        for name, setup in READERS.items():
            spent[name], peak = measured(setup, path, small)
            print(f"  {name:22} {spent[name]:7.2f} s CPU   {peak:6.0f} MiB peak")
        for ours in ("read_book", "read_sources"):
            for name in ("polars.read_excel", "openpyxl read-only"):
                print(f"  {ours:12} / {name:18} {spent[f'billingkit {ours}'] / spent[name]:5.2f}")
        print("growth of read_sources")
        for count in (6_000, 60_000, 120_000):
            one = claims(Path(folder) / f"{count}.xlsx", count)
            cost, peak = measured(READERS["billingkit read_sources"], one, small)
            print(f"  {count:8,} rows {cost:7.2f} s CPU   {cost / count * 1e6:6.1f} us a row   {peak:6.0f} MiB peak")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60_000)
