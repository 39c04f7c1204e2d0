"""What goes wrong around a run: a full disk, a folder that cannot be written, two at once, odd ways back."""

from __future__ import annotations

import csv
import resource
import sqlite3
import subprocess
import sys

import openpyxl
import pytest
from loop.weeks import NEXT, Reply, answer, events, inbox, pack, practice, questions, ref_of, run, through_libreoffice

from billingkit import commands
from billingkit.problems import FolderInUse


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One week that has gone out."""
    made = practice(tmp_path_factory.mktemp("faults"))
    run(made)
    return made


def test_a_full_disk_leaves_nothing_behind(tmp_path):
    """No file may grow past 16 kB: the run stops without a trace of a patient, and the next one is whole."""
    made = practice(tmp_path)
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (16_384, 16_384))  # noqa: E731 -- runs in the child
    command = [sys.executable, "-m", "billingkit", "review", str(made), "--as-of", "2026-11-16"]
    ended = subprocess.run(command, capture_output=True, text=True, preexec_fn=limit, check=False)
    assert ended.returncode != 0
    assert "Traceback" not in ended.stderr
    assert not list((made / "outbox").glob("2026*"))
    run(made)
    assert len(events(made, "run")) == 1


def test_a_second_run_is_told_who_is_in_the_folder(folder):
    holder = "import sys,time; from pathlib import Path; from billingkit.ledger import in_use_by_me\n"
    holder += f"with in_use_by_me(Path({str(folder)!r})):\n print('in', flush=True); sys.stdin.read()"
    first = subprocess.Popen([sys.executable, "-c", holder], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        first.stdout.readline()
        with pytest.raises(FolderInUse, match=f"process {first.pid}"):
            run(folder)
    finally:
        first.communicate()


def action_list(path):
    """The action list's cells as they are shown."""
    sheet = openpyxl.load_workbook(path)["Action list"]
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


@pytest.mark.parametrize("way", ["csv", "semicolons", "ods", "pasted", "sorted and renamed", "rows deleted"])
def test_answers_find_their_questions_whatever_became_of_the_workbook(folder, tmp_path, way):
    """The action list alone as text or pasted into a new workbook; sorted under another name; other rows deleted."""
    ref = ref_of(questions(pack(folder)), "member number")
    answered = tmp_path / "answered.xlsx"
    answer(pack(folder), answered, {ref: Reply("supplied", "40419999")})
    rows = action_list(answered)
    book = openpyxl.Workbook()
    if way in {"csv", "semicolons"}:
        answered = tmp_path / "Action list.csv"
        with answered.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, delimiter=";" if way == "semicolons" else ",").writerows(rows)
    elif way == "ods":
        answered = through_libreoffice(answered, tmp_path).with_suffix(".ods")
    elif way == "pasted":
        for row in rows:
            book.active.append(row)
        book.save(answered)
    else:
        book = openpyxl.load_workbook(answered)
        sheet = book["Action list"]
        head = next(number for number, row in enumerate(rows, 1) if "Ref" in row)
        body = [row for row in rows[head:] if any(row)]
        kept = list(reversed(body)) if way == "sorted and renamed" else [row for row in body if ref in row]
        sheet.delete_rows(head + 1, len(rows))
        for row in kept:
            sheet.append(row)
        sheet.title = "Back to you"
        book.save(answered)
    data = commands.receive(folder, answered, as_of=NEXT, dry_run=True).data
    assert [(one["ref"], one["value"]) for one in data["taken"]] == [(ref, "40419999")]
    assert (data["held"], data["conflicts"]) == ([], [])


def test_a_pasted_action_list_in_the_inbox_is_received_and_not_read_as_an_export(folder, tmp_path):
    import shutil

    made = tmp_path / "riverside"
    shutil.copytree(folder, made)
    ref = ref_of(questions(pack(made)), "member number")
    answer(pack(made), tmp_path / "answered.xlsx", {ref: Reply("supplied", "40419999")})
    book = openpyxl.Workbook()
    for row in action_list(tmp_path / "answered.xlsx"):
        book.active.append(row)
    book.save(inbox(made))
    assert "1 answers taken" in run(made, NEXT).text


def test_history_is_read_where_nothing_may_be_written(folder):
    """Another run is writing, or the folder is read-only: whoever only looks needs neither a lock nor a right."""
    database = sqlite3.connect(folder / "ledger.sqlite")
    database.execute("BEGIN IMMEDIATE")
    try:
        assert "asked" in commands.history(folder).text
    finally:
        database.close()
