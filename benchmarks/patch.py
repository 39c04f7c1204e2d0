"""How fast a sheet is annotated: CPU ratios within one run, memory, and growth with the number of rows.

usage: python benchmarks/patch.py [ROWS] [--quick]   (100,000 rows by 25 columns unless told; openpyxl needs a minute for that)

Prints, for six columns with looks and dates, a table that grows, and notes on 5 % of the rows:
- our CPU seconds and peak memory (a process of its own);
- the floor: unpack the same parts, find every row, pack again at the same level;
- openpyxl's load, edit, save of the same workbook;
- our seconds at 1,000 rows and at ROWS, for each row.
"""

from __future__ import annotations

import re
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib
from datetime import date, timedelta
from pathlib import Path

COLUMNS = 25
OURS = ("Next action", "Who", "Not before", "By when", "Priority", "Why")
LOOKS = ("urgent", "high", "normal", "hold")
SOURCE = "source.xlsx"


def make(path: Path, rows: int) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Claims")
        day, money = (
            book.add_format({"num_format": "dd/mm/yyyy"}),
            book.add_format({"num_format": "#,##0.00", "border": 1}),
        )
        for row in range(1, rows + 1):
            for column in range(COLUMNS):
                if column % 5 == 0:
                    sheet.write_string(row, column, f"Text {row * 7 % 5000} {column}")
                elif column % 5 == 1:
                    sheet.write_number(row, column, 40_000 + row % 3000, day)
                else:
                    sheet.write_number(row, column, row * 1.25 + column, money)
        headings = [{"header": f"Column {column + 1}"} for column in range(COLUMNS)]
        sheet.add_table(0, 0, rows, COLUMNS - 1, {"columns": headings})


def values(rows: int) -> tuple[list[dict[int, object]], dict[int, str]]:
    start = date(2026, 11, 23)
    texts = ["Call the insurer", "Wait for payment", "Send the missing X-ray", "Ask the practice for the member number"]
    dates = [start + timedelta(days=n) for n in range(60)]
    kinds = [texts, ["practice", "billing team"], dates, dates, list(LOOKS), [t * 2 for t in texts]]
    filled = [{row: kind[(row * 31) % len(kind)] for row in range(2, rows + 2)} for kind in kinds]
    return filled, {row: LOOKS[row % 4] for row in range(2, rows + 2)}


def ours(folder: Path, rows: int, filled: list[dict[int, object]], looks: dict[int, str]) -> None:
    from billingkit.workbook import Column, Note, annotate

    columns = [Column(name, each, 18, looks) for name, each in zip(OURS, filled, strict=True)]
    notes = [
        Note(row, "C", "The member number is missing: please look it up and write it here.")
        for row in range(2, rows + 2, 20)
    ]
    annotate(folder / SOURCE, folder / "ours.xlsx", sheet="Claims", header_row=1, columns=columns, notes=notes)


def floor(folder: Path, *_: object) -> None:
    from billingkit.workbook.archive import LEVEL

    row = re.compile(rb'<row r="(\d+)"[^>]*>')
    with zipfile.ZipFile(folder / SOURCE) as source:
        data = source.read("xl/worksheets/sheet1.xml")
        found = sum(1 for _ in row.finditer(data))
        pack = zlib.compressobj(LEVEL, zlib.DEFLATED, -15)
        size = len(pack.compress(data)) + len(pack.flush())
    print(found, size, file=sys.stderr)


def by_openpyxl(folder: Path, rows: int, filled: list[dict[int, object]], looks: dict[int, str]) -> None:
    import openpyxl
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    fills = {
        name: PatternFill("solid", fgColor=colour)
        for name, colour in zip(LOOKS, ("F4B183", "FFE699", "FFFFFF", "D9D9D9"), strict=True)
    }
    book = openpyxl.load_workbook(folder / SOURCE)
    sheet = book["Claims"]
    for index, (name, each) in enumerate(zip(OURS, filled, strict=True), COLUMNS + 1):
        sheet.cell(1, index, name)
        for row, value in each.items():
            sheet.cell(row, index, value).fill = fills[looks[row]]
    for row in range(2, rows + 2, 20):
        sheet.cell(row, 3).comment = Comment("The member number is missing: please look it up and write it here.", "us")
    book.save(folder / "openpyxl.xlsx")


def source(folder: Path, rows: int, *_: object) -> None:
    make(folder / SOURCE, rows)


JOBS = {"source": source, "ours": ours, "floor": floor, "openpyxl": by_openpyxl}


def measure(job: str, folder: Path, rows: int) -> tuple[float, float]:
    """CPU seconds beyond starting Python, and peak memory in MB, of a process of its own."""
    command = [sys.executable, __file__, "--job", job, str(folder), str(rows)]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(out[0]), float(out[1])


def main() -> None:
    if sys.argv[1:2] == ["--job"]:
        job, folder, rows = sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])
        given = values(rows)  # what is to be written is at hand: making it up is nobody's work
        began = time.process_time()
        JOBS[job](folder, rows, *given)
        print(time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        return
    rows = next((int(word) for word in sys.argv[1:] if word.isdigit()), 100_000)
    with tempfile.TemporaryDirectory() as where:
        folder = Path(where)
        measure("source", folder, 1_000)  # in a process of its own too: a child's peak counts what its parent had
        small = min(measure("ours", folder, 1_000)[0] for _ in range(3))
        measure("source", folder, rows)
        ours_cpu, ours_memory = measure("ours", folder, rows)
        floor_cpu, _ = measure("floor", folder, rows)
        print(f"ours       {ours_cpu:7.2f} s  {ours_memory:6.0f} MB")
        print(f"floor      {floor_cpu:7.2f} s  ours is {ours_cpu / floor_cpu:.2f} times that (at most 2.5)")
        print(f"growth     {small:.3f} s for 1,000 rows, {ours_cpu / rows * 1000:.3f} s for each 1,000 of {rows:,}")
        if "--quick" not in sys.argv:
            cpu, memory = measure("openpyxl", folder, rows)
            print(f"openpyxl   {cpu:7.2f} s  {memory:6.0f} MB  ours is 1/{cpu / ours_cpu:.1f} of that (at most 1/20)")


if __name__ == "__main__":
    main()
