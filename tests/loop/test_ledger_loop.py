"""The ledger round a week: read, checked, rebuilt, replayed, cut off and healed; and who may read what is left."""

from __future__ import annotations

import random
import re
import signal
import stat
import subprocess
import sys
import time
import zipfile

import openpyxl
import pytest
from loop.weeks import MONDAY, NEXT, Reply, answer, events, inbox, pack, practice, questions, ref_of, run

from billingkit import commands
from billingkit.practice import PracticeFolder
from billingkit.problems import CannotRun, Refused

KILLS = 20


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two weeks, the member number answered in between."""
    made = practice(tmp_path_factory.mktemp("ledger"))
    run(made)
    ref = ref_of(questions(pack(made)), "member number")
    answer(pack(made), inbox(made), {ref: Reply("supplied", "40419999")})
    run(made, NEXT)
    return made


def cells(path):
    book = openpyxl.load_workbook(path)
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book}


def test_an_earlier_day_than_the_last_run_is_refused(folder):
    with pytest.raises(CannotRun, match="cannot go back to 2026-11-16"):
        run(folder, MONDAY)


def test_a_replay_gives_the_workbook_of_then_and_writes_no_ledger(folder):
    """Two weeks on, the first week's pack comes out cell for cell as it was."""
    count = len(events(folder))
    run(folder, MONDAY, replay=True)
    again = next((folder / "outbox" / "2026-11-16 replay").glob("*practice pack*"))
    assert cells(again) == cells(pack(folder))
    assert len(events(folder)) == count


def test_the_same_file_twice_changes_nothing(folder):
    count = len(events(folder))
    outcome = commands.receive(folder, inbox(folder), as_of=NEXT)
    assert "was read before" in outcome.text
    assert len(events(folder)) == count


def test_history_tells_who_answered_what_and_from_which_file(folder):
    """Asked for one claim: the question, the answer, by whom, from which file of the inbox and which cell."""
    ref = next(event.ref for event in events(folder, "answered"))
    text = commands.history(folder, ref).text
    assert f"{ref} asked: missing member id" in text
    assert (
        f"{ref} answered by Nerys Calder: supplied 40419999 (from inbox/2026-11-23/returned.xlsx, Action list!" in text
    )


def test_the_ledger_is_verified_and_rebuilt_from_its_files(folder):
    before = events(folder)
    assert commands.history(folder, verify=True).code == 0
    assert commands.history(folder, rebuild=True).code == 0
    assert events(folder) == before


def test_another_practices_pack_is_held_whole(folder, tmp_path):
    other = practice(tmp_path, "maple_court")
    run(other)
    ref = ref_of(questions(pack(other)), "member number")
    answer(pack(other), tmp_path / "theirs.xlsx", {ref: Reply("supplied", "40419999")})
    data = commands.receive(folder, tmp_path / "theirs.xlsx", as_of=NEXT, dry_run=True).data
    assert (len(data["taken"]), len(data["held"])) == (0, 1)
    assert "another practice" in data["held"][0]["reason"]


def test_a_truncated_file_is_refused_in_one_sentence(folder, tmp_path):
    cut = tmp_path / "cut.xlsx"
    cut.write_bytes(pack(folder, NEXT).read_bytes()[:5000])
    with pytest.raises(Refused) as refusal:
        commands.receive(folder, cut, as_of=NEXT)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("first", [0, 1])
def test_two_people_with_two_answers_are_a_conflict_in_either_order(tmp_path, first):
    made = practice(tmp_path)
    run(made)
    ref = ref_of(questions(pack(made)), "member number")
    files = [tmp_path / "sue.xlsx", tmp_path / "tom.xlsx"]
    for path, number in zip(files, ("40419999", "40418888"), strict=True):
        answer(pack(made), path, {ref: Reply("supplied", number, by=path.stem)})
    commands.receive(made, files[first], as_of=NEXT)
    outcome = commands.receive(made, files[1 - first], as_of=NEXT)
    assert outcome.code == 1
    assert [conflict["ref"] for conflict in outcome.data["conflicts"]] == [ref]
    run(made, NEXT)
    (again,) = [line for line in questions(pack(made, NEXT)) if line["Ref"] == ref]
    assert "two different answers" in again["Why"]


def test_a_changed_cell_of_ours_is_a_correction_to_confirm(folder, tmp_path):
    book = openpyxl.load_workbook(pack(folder, NEXT))
    sheet = book["Action list"]
    head = next(row for row in sheet.iter_rows() if "What we need" in [cell.value for cell in row])
    column = next(cell.column for cell in head if cell.value == "What we need")
    sheet.cell(head[0].row + 1, column).value = "Something else"
    book.save(tmp_path / "changed.xlsx")
    (change,) = commands.receive(folder, tmp_path / "changed.xlsx", as_of=NEXT, dry_run=True).data["corrections"]
    assert (change["column"], change["now"]) == ("What we need", "Something else")


def test_a_run_that_was_cut_off_before_the_ledger_is_cleared_away_and_said(tmp_path):
    made = practice(tmp_path)
    (made / "outbox" / ".unfinished-2026-11-16-review-000000000000").mkdir(parents=True)
    assert "cut off before it was recorded" in run(made).text


def test_a_run_that_was_cut_off_after_the_ledger_is_finished_and_said(folder, tmp_path):
    import shutil

    made = tmp_path / "riverside"
    shutil.copytree(folder, made)
    (run_event,) = [event for event in events(made, "run") if event.as_of == NEXT]
    done = made / "outbox" / NEXT.isoformat()
    done.rename(made / "outbox" / f".unfinished-{run_event.body['run']}")
    from billingkit.writing import heal

    opened = PracticeFolder(made)
    said = heal(opened)
    opened.close()
    assert "its files are now in place" in said[0]
    assert {path.name for path in done.iterdir()} >= set(run_event.body["outputs"])


def test_nothing_acknowledged_is_lost_when_it_is_killed(tmp_path):
    """Killed at 20 random moments: whatever was said to be done is there, once, and the next run heals."""
    made = practice(tmp_path)
    code = "from billingkit import commands; from pathlib import Path; from datetime import date\n"
    code += f"print(commands.review_sources([Path({str(made)!r})], as_of=date(2026, 11, 16)).text, flush=True)"
    dice = random.Random(7)
    for _ in range(KILLS):
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        time.sleep(dice.uniform(0.2, 3.0))
        process.send_signal(signal.SIGKILL)
        said, _ = process.communicate()
        runs = events(made, "run") if (made / "ledger.sqlite").exists() else []
        assert len(runs) <= 1
        if b"Written" in said:
            assert len(runs) == 1
    run(made)
    assert len(events(made, "run")) == 1
    assert commands.history(made, verify=True).code == 0
    assert list((made / "outbox").glob(".unfinished*")) == []


SURNAMES = ("Ashgrove", "Bramfield", "Cotterstock", "Duxbury", "Eskdale", "Fennimore", "Garside")


def left_behind(made):
    """Every file of a run but the practice's own, with zip members unpacked."""
    for path in sorted(made.rglob("*")):
        if path.is_file() and "inbox" not in path.parts and path.name != "policy.xlsx":
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as archive:
                    yield path, b"".join(archive.read(name) for name in archive.namelist())
            else:
                yield path, path.read_bytes()


def test_only_the_pack_and_the_worklist_name_patients(folder):
    for path, content in left_behind(folder):
        named = [name for name in SURNAMES if name.encode() in content]
        meant_to = "practice pack" in path.name or "worklist" in path.name
        assert bool(named) == meant_to or not named, path.name
        assert not any(name.casefold() in str(path.relative_to(folder)).casefold() for name in SURNAMES)


def test_without_names_nothing_names_a_patient(tmp_path):
    made = practice(tmp_path)
    run(made, no_names=True)
    for path, content in left_behind(made):
        assert [name for name in SURNAMES if name.encode() in content] == [], path.name


def test_what_goes_out_is_private(folder, tmp_path):
    """Made by the command line: files for their owner alone, folders too."""
    import shutil

    made = tmp_path / "riverside"
    shutil.copytree(folder / "inbox", made / "inbox")
    shutil.copy(folder / "policy.xlsx", made)
    command = [sys.executable, "-m", "billingkit", "review", str(made), "--as-of", "2026-11-16"]
    subprocess.run(command, check=True, capture_output=True)
    for path in [*(made / "outbox").rglob("*"), made / "ledger.sqlite", *(made / "ledger").rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path.name


def people(made, as_of=MONDAY):
    """The pseudonyms in a pack, and its bytes."""
    path = pack(made, as_of)
    with zipfile.ZipFile(path) as archive:
        content = b"".join(archive.read(name) for name in archive.namelist())
    return set(re.findall(rb"Person [A-Z]{5}", content)), path.read_bytes()


def test_pseudonyms_are_the_folders_own_stay_from_run_to_run_and_cannot_be_tried(tmp_path):
    """Twice in one folder: the same file; the key is its owner's alone; another folder has other pseudonyms."""
    one, two = practice(tmp_path / "a"), practice(tmp_path / "b")
    run(one, no_names=True)
    first = people(one)
    run(one, no_names=True)
    run(two, no_names=True)
    assert people(one) == first
    assert first[0]
    assert first[0] & people(two)[0] == set()
    assert stat.S_IMODE((one / "pseudonyms.key").stat().st_mode) == 0o600
    run(one, NEXT, no_names=True)
    assert first[0] & people(one, NEXT)[0]
    (one / "pseudonyms.key").write_text("cut")
    with pytest.raises(CannotRun, match=r"pseudonyms\.key was cut"):
        run(one, NEXT, no_names=True)
