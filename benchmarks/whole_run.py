"""`billingkit review` on 60,000 claims against a straightforward pandas and openpyxl script; run me:

    python benchmarks/whole_run.py [--claims 60000] [--unknown-words]

The script reads with pandas, applies conditions like those of the starting tables as a chain of ifs, adds six
columns and saves with openpyxl. Both decide every row: the shipped policy knows all the status words. With
`--unknown-words` it does not know three of the eight, so that we also ask 22,500 cells, each with a note.

The ratio is that of the command as a user runs it, on a file that lies in no folder. The stages are timed in a
second process, with what the ledger adds for a practice that has a folder. CPU seconds of a process and its children.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

import xlsxwriter

DAY = date(2026, 11, 23)
BOUNCED = "Bounced before the insurer looked at it"
STATUSES = ("Submitted", "The insurer is deciding", "The insurer has it", "Paid", "Denied", BOUNCED, "Info requested",
            "Closed")  # fmt: skip
UNKNOWN = ("Submitted", "Pending", "Received", "Paid", "Denied", "Rejected", "Info requested", "Closed")
HEADINGS = (
    "Claim number", "Patient number", "Patient", "Date of birth", "Insurer", "Member number", "Group number",
    "Provider", "Date of service", "Last sent", "Status", "Status date", "Last contact", "Times chased",
    "Procedures", "Tooth or area", "Billed", "Expected", "Paid", "Outstanding", "Notes",
)  # fmt: skip

PLAIN = """
import sys, datetime as dt
import openpyxl, pandas as pd
source, out = sys.argv[1:]
frame = pd.read_excel(source)
today = pd.Timestamp("2026-11-23")
book = openpyxl.load_workbook(source)
sheet = book.active
first = sheet.max_column + 1
for place, heading in enumerate(("Next action", "Owner", "By when", "Priority", "Reason", "Rule")):
    sheet.cell(1, first + place, heading)
for number, row in frame.iterrows():
    since = (today - row["Last sent"]).days
    contact = (today - row["Last contact"]).days if not pd.isna(row["Last contact"]) else None
    deadline = 365 - (today - row["Date of service"]).days
    status = row["Status"]
    if status in ("Paid", "Closed"):
        found = ("None", "", None, "Normal", "Nothing is left to do.", "1")
    elif deadline < 0:
        found = ("Refer to practice", "contact", 1, "Urgent", "The last day has passed.", "2")
    elif status == "Info requested":
        found = ("Get what the insurer asked for", "contact", 2, "High", "The insurer waits.", "3")
    elif status in ("Rejected", "Bounced before the insurer looked at it"):
        found = ("Correct and send as a new claim", "team", 2, "High", "It was sent back.", "4")
    elif status == "Denied":
        found = ("Prepare appeal for approval", "team", 5, "Normal", "It was denied.", "5")
    elif deadline <= 30:
        found = ("Call insurer", "team", 1, "Urgent", "The deadline is near.", "6")
    elif contact is not None and contact < 14:
        found = ("Wait", "team", None, "Normal", "It was chased lately.", "7")
    elif row["Times chased"] >= 3:
        found = ("Call insurer's supervisor", "lead", 1, "High", "Three chases brought nothing.", "8")
    elif since >= 14:
        found = ("Call insurer", "team", 2, "Normal", "The first check is due.", "9")
    else:
        found = ("Wait", "team", None, "Normal", "It is too soon.", "10")
    for place, value in enumerate(found):
        if place == 2 and value is not None:
            value = (today + pd.offsets.BDay(value)).to_pydatetime()
        sheet.cell(number + 2, first + place, value)
book.save(out)
"""
STAGES = """
import sys, time
last = [time.process_time()]
stages = [("start Python", last[0])]
from datetime import date
from pathlib import Path
def stage(name):
    now = time.process_time(); stages.append((name, now - last[0])); last[0] = now
from billingkit.preparing import prepare_files
from billingkit.run import review
import billingkit.exchange.pack, billingkit.exchange.worklist, billingkit.decisions, billingkit.reading.sources
stage("import")
prepared = prepare_files([Path(sys.argv[1])], as_of=date(2026, 11, 23)); stage("read")
run = review(prepared); stage("decide")
from billingkit.exchange import write_pack, write_worklist
Path(sys.argv[2]).mkdir()
write_pack(run.review, Path(sys.argv[2]), pack_id="x"); stage("write the pack")
write_worklist(run.review, Path(sys.argv[2]), pack_id="x"); stage("write the worklist")
total = sum(took for _, took in stages)
for name, took in stages:
    print(f"  {name:<20}{took:7.2f} s {took / total:6.0%}")
print(f"  rows {run.review.claims.height}, questions {len(run.review.questions)}")
import tempfile
from billingkit.recording import review_events
from billingkit.ledger import Store, write_missing
stages.clear(); last[0] = time.process_time()
events = review_events(run.review, run={"run": "x", "inputs": [], "policy": "", "outputs": {}}); stage("tell events")
with tempfile.TemporaryDirectory() as room:
    store = Store("sqlite:///" + room + "/l.sqlite")
    store.add("x", "review", date(2026, 11, 23), events); stage("ledger, database")
    write_missing(store, Path(room) / "ledger"); stage("ledger, files")
    store.close()
print("a practice with a folder adds")
for name, took in stages:
    print(f"  {name:<20}{took:7.2f} s")
"""


def make(path: Path, claims: int, statuses: tuple[str, ...] = STATUSES) -> None:
    draw = random.Random(8)
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("Claims")
    extra = [f"Office {number}" for number in range(30 - len(HEADINGS))]
    sheet.write_row(0, 0, [*HEADINGS, *extra])
    for row in range(1, claims + 1):
        served = DAY - timedelta(days=draw.randint(1, 400))
        sent = min(served + timedelta(days=draw.randint(0, 10)), DAY)
        contact = min(sent + timedelta(days=draw.randint(5, 60)), DAY) if draw.random() < 0.5 else None
        billed = draw.randint(40, 2000)
        status = draw.choice(statuses)
        paid = billed if status in {"Paid", "Closed"} else 0
        values = [
            f"C{row:06d}", f"P{draw.randint(1, claims // 3):05d}", f"Invented{row % 997}, A", date(1980, 1, 1),
            f"Insurer {draw.randint(1, 40)}", f"M{row:08d}", "G1", "Dr Invented", served, sent, status, sent, contact,
            draw.randint(0, 4) if contact else 0, "D2740", "14", billed, billed, paid, billed - paid, "", *["x"] * len(extra),
        ]  # fmt: skip
        sheet.write_row(row, 0, values)
    book.close()


def clocked(*words: str) -> tuple[float, float, str]:
    """CPU seconds and peak MB of a command with its children, and what it printed."""
    code = (
        "import resource,subprocess,sys;subprocess.run(sys.argv[1:],check=True);"
        "used=resource.getrusage(resource.RUSAGE_CHILDREN);print('COST',used.ru_utime+used.ru_stime,used.ru_maxrss)"
    )
    called = [sys.executable, "-c", code, sys.executable, *words]
    said = subprocess.run(called, check=True, capture_output=True, text=True).stdout
    text, _, cost = said.rpartition("COST")
    cpu, rss = cost.split()
    return float(cpu), int(rss) / 1024, text


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--claims", type=int, default=60_000)
    options.add_argument("--unknown-words", action="store_true")
    told = options.parse_args()
    with tempfile.TemporaryDirectory() as room:
        source, out = Path(room) / "claims.xlsx", Path(room)
        make(source, told.claims, UNKNOWN if told.unknown_words else STATUSES)
        command = ("-m", "billingkit", "review", str(source), "--as-of", DAY.isoformat(), "--out", str(out / "out"))
        ours, ours_rss, _ = clocked(*command)
        print(f"{told.claims} claims x 30 columns\nbillingkit review: {ours:.1f} CPU s, {ours_rss:.0f} MB")
        print(clocked("-c", STAGES, str(source), str(out / "stages"))[2])
        plain, plain_rss, _ = clocked("-c", PLAIN, str(source), str(out / "plain.xlsx"))
        print(f"pandas and openpyxl: {plain:.1f} CPU s, {plain_rss:.0f} MB")
        print(f"CPU ratio, ours of theirs: 1/{plain / ours:.1f}")


if __name__ == "__main__":
    main()
