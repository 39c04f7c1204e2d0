"""Kill reviews and receipts of a sample practice at random moments and count what was lost: `python benchmarks/kill_runs.py 300`."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from billingkit import commands
from billingkit.practice import PracticeFolder

SAMPLE = Path(__file__).resolve().parents[1] / "sample_data" / "riverside"
sys.path.insert(0, str(SAMPLE.parent))


def runs_in(folder: Path) -> list[str]:
    """The runs that the ledger has, and any sign that it was harmed."""
    opened = PracticeFolder(folder)
    try:
        return [event.body["run"] for _, event in opened.ledger.of_kind("run")]
    finally:
        opened.close()


def one_kill(folder: Path, command: list[str], wait: float) -> tuple[bool, bool]:
    """Start a command, kill it after a while: whether it had said that it was done, and whether it was killed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "billingkit", *command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=folder
    )
    time.sleep(wait)
    killed = process.poll() is None
    process.kill()
    said, _ = process.communicate()
    return b"Written" in said or b"answers taken" in said, killed


def main(times: int) -> None:
    """Kill alternately a review and a receipt, and check the ledger after each."""
    from answering import Reply, answer, questions

    dice = random.Random(23)
    lost = killed_in_all = 0
    with tempfile.TemporaryDirectory() as room:
        folder = Path(room) / "riverside"
        shutil.copytree(SAMPLE, folder)
        from datetime import date

        commands.review_sources([folder], as_of=date(2026, 11, 16))
        pack = next((folder / "outbox").rglob("*practice pack*"))
        asked = [line["Ref"] for line in questions(pack)]
        for number in range(times):
            if number % 2:
                command = ["review", str(folder), "--as-of", "2026-11-23"]
            else:
                back = Path(room) / f"back {number}.xlsx"
                answer(pack, back, {asked[0]: Reply("supplied", f"answer {number}")})
                command = ["receive", str(folder), str(back), "--as-of", "2026-11-23"]
            before = len(runs_in(folder))
            done, killed = one_kill(folder, command, dice.uniform(0.1, 4.0))
            killed_in_all += killed
            lost += bool(done and number % 2 and not runs_in(folder)) or len(runs_in(folder)) < before
        commands.review_sources([folder], as_of=date(2026, 11, 23))
        checked = commands.history(folder, verify=True)
    print(f"{times} commands, {killed_in_all} killed, {lost} with something lost; at the end: {checked.text}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
