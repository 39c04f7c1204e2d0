"""At the terminal: a refusal is one plain sentence, exit code 2, nothing written, no patient's name."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import xlsxwriter
from click.testing import CliRunner

from billingkit import commands
from billingkit.cli import main
from billingkit.templates import write_policy

ROOT = Path(__file__).resolve().parent.parent
RIVERSIDE = ROOT / "sample_data" / "riverside"
WEEK = RIVERSIDE / "inbox" / "2026-11-23" / "Riverside claims tracker 23 Nov.xlsx"


def run(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


def sheet(path, rows):
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet("Sheet1")
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return path


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: path, "There is no such file"),
        (lambda path: (path.write_bytes(b"") and path) or path, "empty"),
        (lambda path: path.write_bytes(b"%PDF-1.7 not a workbook\x00\x01") and path, ""),
        (lambda path: path.write_bytes(WEEK.read_bytes()[:9000]) and path, ""),
        (lambda path: sheet(path, [["Recipe", "Flour"], ["Bread", 500]]), "no table of claims or balances"),
    ],
    ids=["missing", "empty", "not a workbook", "cut short", "no claims"],
)
def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(tmp_path, make, said):
    path = make(tmp_path / "week.xlsx")
    before = sorted(tmp_path.iterdir())
    result = run("review", path, "--as-of", "2026-11-23")
    assert result.exit_code == 2
    assert said in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert "Traceback" not in result.stderr
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("nosuch", "No such command"),
        ("read WEEK", "Missing option '--out'"),
        ("read WEEK --out out --as-of 23/11/2026", "is not a date"),
        ("read WEEK --out WEEK/out", "could not be read or written"),
        ("read . --out out", "This is a folder"),
        ("review WEEK --replay", "need a practice's folder"),
        ("review WEEK --ledger sqlite:///x.db", "need a practice's folder"),
        ("review WEEK --out WEEK/out", "could not be read or written"),
        ("new WEEK/oak", "could not be read or written"),
        ("new oak --region ENG", "needs its country"),
        ("new oak --country XX", "No bank holidays are known"),
        ("new oak --country GB --region ZZ", "is not a region of GB"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_sentence_and_leaves_nothing(tmp_path, monkeypatch, words, said):
    shutil.copy(WEEK, tmp_path / "week.xlsx")
    monkeypatch.chdir(tmp_path)
    result = run(*words.replace("WEEK", "week.xlsx").split())
    assert (result.exit_code, said in result.stderr) == (2, True), result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["week.xlsx"]


def test_a_country_may_be_typed_small(tmp_path):
    assert run("new", tmp_path / "oak", "--country", "gb", "--region", "eng").exit_code == 0


def test_a_broken_policy_lists_every_fault_and_writes_nothing(tmp_path):
    import openpyxl

    book = openpyxl.load_workbook(RIVERSIDE / "policy.xlsx")
    for row in book["Practice"].iter_rows():
        if row[0].value == "Date order":
            row[1].value = "whichever"
        if row[0].value == "Chase every (days)":
            row[1].value = "4 weeks"
    book.save(tmp_path / "policy.xlsx")
    result = run(
        "review", WEEK, "--policy", tmp_path / "policy.xlsx", "--as-of", "2026-11-23", "--out", tmp_path / "out"
    )
    assert result.exit_code == 2
    assert "whichever" in result.stderr
    assert "4 weeks" in result.stderr
    assert not (tmp_path / "out").exists()


def test_one_workbook_is_reviewed_with_no_folder_and_no_policy(tmp_path):
    shutil.copy(WEEK, tmp_path / "tracker.xlsx")
    result = run("review", tmp_path / "tracker.xlsx", "--as-of", "2026-11-23", "--json")
    assert result.exit_code == 0, result.stderr
    told = json.loads(result.stdout)
    assert {Path(path).suffix for path in told["written"].values()} >= {".xlsx", ".json"}
    assert any("Weekends are the only days off" in notice for notice in told["notices"])
    assert not (tmp_path / "ledger.sqlite").exists()


def test_reading_writes_the_four_files_of_the_contract(tmp_path):
    result = run(
        "read", WEEK, "--policy", RIVERSIDE / "policy.xlsx", "--as-of", "2026-11-23", "--out", tmp_path / "out"
    )
    assert result.exit_code == 0, result.stderr
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "claims.csv",
        "balances.csv",
        "problems.csv",
        "reading.json",
    }
    told = json.loads((tmp_path / "out" / "reading.json").read_text(encoding="utf-8"))
    tables = [table for entry in told["sheets"] for table in entry["tables"]]
    for table in tables:
        assert table["rows"] == table["accepted"] + table["quarantined"] + sum(table["ignored"].values())


def test_reading_counts_no_working_days_so_it_needs_no_bank_holidays(tmp_path):
    write_policy(tmp_path / "policy.xlsx", settings={"Date order": "day first"})
    options = ("--policy", tmp_path / "policy.xlsx", "--as-of", "2026-11-23", "--out", tmp_path / "out")
    assert run("read", WEEK, *options).exit_code == 0
    refused = run("review", WEEK, *options)
    assert (refused.exit_code, "Calendar" in refused.stderr) == (2, True)


def test_check_is_clean_on_a_good_policy_and_finds_what_a_workbook_lacks():
    assert run("check", RIVERSIDE / "policy.xlsx").exit_code == 0
    found = run("check", WEEK, "--policy", RIVERSIDE / "policy.xlsx", "--as-of", "2026-11-23")
    assert found.exit_code == 1
    assert "row" in found.stdout


def test_a_workbook_is_never_checked_under_another_policy_than_the_one_named(tmp_path):
    import openpyxl

    book = openpyxl.load_workbook(RIVERSIDE / "policy.xlsx")
    next(row[1] for row in book["Practice"].iter_rows() if row[0].value == "Date order").value = "whichever"
    shutil.copytree(RIVERSIDE / "inbox", tmp_path / "inbox")
    book.save(tmp_path / "policy.xlsx")
    refused = run("check", WEEK, "--policy", tmp_path / "policy.xlsx", "--as-of", "2026-11-23")
    assert refused.exit_code == 2
    assert "whichever" in refused.stderr
    folder = run("check", tmp_path, "--as-of", "2026-11-23")
    assert folder.exit_code == 1
    assert "were not checked" in folder.stdout


def test_a_new_folder_is_never_laid_over_an_old_one(tmp_path):
    assert run("new", tmp_path / "oak", "--country", "GB", "--region", "ENG").exit_code == 0
    again = run("new", tmp_path / "oak")
    assert again.exit_code == 2
    assert "never overwritten" in again.stderr


def test_a_fault_of_our_own_shows_no_value(monkeypatch):
    def fail(*_args, **_options):
        raise ValueError("Mrs Featherstonehaugh owes 12.00")

    monkeypatch.setattr(commands, "check", fail)
    result = run("check", WEEK)
    assert result.exit_code == 70
    assert "ValueError" in result.stderr
    assert "Featherstonehaugh" not in result.stderr


def test_the_module_is_the_command_too():
    said = subprocess.run([sys.executable, "-m", "billingkit", "--version"], capture_output=True, text=True, check=True)
    assert said.stdout.startswith("billingkit, version ")


def test_a_console_that_lacks_a_sign_stops_nothing(tmp_path):
    shutil.copy(WEEK, tmp_path / "říjen →.xlsx")
    words = [sys.executable, "-m", "billingkit", "check", "říjen →.xlsx", "--as-of", "2026-11-23"]
    settings = {**os.environ, "PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"}
    plain = subprocess.run(words, capture_output=True, cwd=tmp_path, env=settings, check=False)
    assert (plain.returncode, plain.stderr) == (1, b"")
    data = subprocess.run([*words, "--json"], capture_output=True, cwd=tmp_path, env=settings, check=False)
    assert any("říjen" in finding for finding in json.loads(data.stdout)["findings"])


def test_the_same_week_makes_the_same_files(tmp_path):
    for name in ("one", "two"):
        result = run(
            "review", WEEK, "--policy", RIVERSIDE / "policy.xlsx", "--as-of", "2026-11-23", "--out", tmp_path / name
        )
        assert result.exit_code == 0, result.stderr
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name
