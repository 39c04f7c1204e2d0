"""Practice folders with two weeks in them, and what a manager answers between the two."""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "sample_data"))

from answering import Reply, _beside, answer, questions  # noqa: E402 -- the sample data lie beside the package

from billingkit import commands  # noqa: E402
from billingkit.practice import PracticeFolder  # noqa: E402

MONDAY, NEXT, THIRD = date(2026, 11, 16), date(2026, 11, 23), date(2026, 11, 30)
SAMPLES = ("riverside", "maple_court")

__all__ = ["MONDAY", "NEXT", "ROOT", "SAMPLES", "THIRD", "Reply", "answer", "beside", "questions"]
beside = _beside


def practice(tmp_path, name="riverside"):
    """A copy of a sample practice with nothing run yet."""
    folder = tmp_path / name
    shutil.copytree(ROOT / "sample_data" / name, folder)
    return folder


def run(folder, as_of=MONDAY, **options):
    """One week's review."""
    return commands.review_sources([folder], as_of=as_of, **options)


def pack(folder, as_of=MONDAY):
    """The practice pack of a week."""
    return next((folder / "outbox" / as_of.isoformat()).glob("*practice pack*.xlsx"))


def worklist(folder, as_of=MONDAY):
    """The team's worklist of a week."""
    return next((folder / "outbox" / as_of.isoformat()).glob("*worklist*.xlsx"))


def ref_of(asked, need):
    """The reference of the first question that says so."""
    return next(line["Ref"] for line in asked if need in line["What we need"])


def inbox(folder, name="returned.xlsx", as_of=NEXT):
    """Where a file that came back is put."""
    return folder / "inbox" / as_of.isoformat() / name


def events(folder, *kinds):
    """The ledger's events."""
    opened = PracticeFolder(folder)
    try:
        return [event for _, event in opened.ledger.events() if not kinds or event.kind in kinds]
    finally:
        opened.close()


def remembered(folder, as_of=NEXT):
    """What the ledger adds up to."""
    from billingkit.ledger import history

    opened = PracticeFolder(folder)
    try:
        return history(opened.ledger, "P", as_of)
    finally:
        opened.close()


def through_libreoffice(path, tmp_path):
    """The workbook as LibreOffice saves it: to its own format and back."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed, so nothing can be saved by it")
    first = tmp_path / "office"
    for source, kind in ((path, "ods"), (first / f"{path.stem}.ods", "xlsx")):
        command = [office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", kind]
        subprocess.run([*command, "--outdir", str(first), str(source)], check=True, capture_output=True, timeout=120)
    return first / f"{path.stem}.xlsx"


def claims_of(run_json_folder, as_of=NEXT):
    """The decisions of a week, by claim key, made again from what is in the folder."""
    from billingkit.preparing import prepare
    from billingkit.run import review

    opened = PracticeFolder(run_json_folder)
    try:
        made = review(prepare(opened, as_of=as_of)).review
        return {row["key"]: row for row in made.claims.iter_rows(named=True)}, made
    finally:
        opened.close()
