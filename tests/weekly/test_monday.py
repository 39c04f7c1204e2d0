"""`billingkit weekly` over several practices: each on its own, none stopped by another, nothing done twice."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from weekly.samples import CODES, practices, run_notebook
from weekly.toys import RESULT, write_notebook

from billingkit.cli import main
from billingkit.practice import open_practice
from billingkit.problems import CannotRun, NothingToRead
from billingkit.weekly.monday import weekly
from billingkit.weekly.plan import practices_in
from billingkit.weekly.progress import Progress

DAY = date(2026, 11, 23)


def statuses(outcome):
    return {result["code"]: result["status"] for result in outcome.data["results"]}


def events(folder: Path) -> int:
    practice = open_practice(folder)
    try:
        return len(practice.ledger.chain())
    finally:
        practice.close()


def fingerprints(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != ".in-use")
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def monday(tmp_path_factory):
    """Two sound practices, a broken policy, a file that is no workbook, an empty inbox; run once."""
    root = practices(tmp_path_factory.mktemp("monday"))
    for name in ("broken", "hostile", "empty"):
        shutil.copytree(root / "riverside", root / name)
    (root / "broken" / "policy.xlsx").write_bytes(b"PK\x03\x04 not a policy")
    shutil.rmtree(root / "empty" / "inbox")
    (root / "empty" / "inbox").mkdir()
    bad = root / "hostile" / "inbox" / "2026-11-23"
    next(bad.glob("*.xlsx")).write_bytes(b"MZ this is a program")
    _recode(root / "hostile" / "policy.xlsx", "HOS")
    _recode(root / "empty" / "policy.xlsx", "EMP")
    return root, weekly(root, as_of=DAY)


def _recode(path: Path, code: str) -> None:
    import openpyxl

    book = openpyxl.load_workbook(path)
    for row in book["Practice"].iter_rows():
        for cell in row:
            if cell.value == "RIV":
                cell.value = code
    book.save(path)


def test_one_practice_that_cannot_run_stops_no_other(monday):
    _, outcome = monday
    said = statuses(outcome)
    assert {code for code, status in said.items() if status == "done"} == {"MAP", "RIV"}
    assert said["broken"] == "refused"
    assert said["EMP"] == "refused"
    assert said["HOS"] == "failed"
    assert outcome.code == 1


def test_the_summary_table_names_every_practice_and_what_was_wrong(monday):
    _, outcome = monday
    lines = outcome.text.splitlines()
    assert lines[0].split() == ["practice", "status", "questions", "urgent", "holds", "seconds"]
    assert len([line for line in lines[1:6] if line.split()[1] in {"done", "failed", "refused"}]) == 5
    assert any(line.startswith("HOS: ") for line in lines)
    assert lines[-2] == "2 done, 1 failed, 2 refused, 0 left as they were."
    assert any(line.startswith("broken: policy.xlsx: ") and "This is the practice's policy" in line for line in lines)
    assert "send the workbook again" not in outcome.text
    assert "--resume" in lines[-1]


def test_a_run_that_is_repeated_changes_nothing(monday):
    """The same files byte for byte, packs and reports included, and as many events in the ledger."""
    root, _ = monday
    before, counted = fingerprints(root / "riverside"), events(root / "riverside")
    assert statuses(weekly(root, as_of=DAY, only=["RIV"])) == {"RIV": "done"}
    assert events(root / "riverside") == counted
    after = fingerprints(root / "riverside")
    assert [name for name in before if after.get(name) != before[name]] == []
    assert after.keys() == before.keys()


def test_resume_leaves_out_what_is_done_and_runs_what_changed(monday):
    root, _ = monday
    assert statuses(weekly(root, as_of=DAY, only=["RIV", "MAP"], resume=True)) == {"RIV": "skipped", "MAP": "skipped"}
    stops = practices_in(root, as_of=date(2026, 11, 24), only=["RIV"], resume=True)
    assert [stop.done for stop in stops] == [False]
    about = root / "maple_court" / "outbox" / "2026-11-23" / "run.json"
    kept = about.read_text()
    about.write_text(json.dumps({**json.loads(kept), "inputs": ["another file"]}))
    assert [stop.done for stop in practices_in(root, as_of=DAY, only=["MAP"], resume=True)] == [False]
    about.write_text(kept)


@pytest.mark.parametrize("among", [1, 2, 3, 7])
def test_shards_share_every_practice_once(monday, among):
    root, _ = monday
    shares = [practices_in(root, as_of=DAY, shard=f"{mine}/{among}") for mine in range(1, among + 1)]
    everyone = [stop.path for stop in practices_in(root, as_of=DAY)]
    assert sorted(stop.path for share in shares for stop in share) == everyone


@pytest.mark.parametrize("shard", ["0/2", "3/2", "x", "1/2/3", "-1/2"])
def test_a_share_that_is_none_is_refused(monday, shard):
    with pytest.raises(CannotRun, match="is not a share"):
        practices_in(monday[0], as_of=DAY, shard=shard)


def test_a_code_that_is_nobodys_is_refused(monday):
    with pytest.raises(CannotRun, match="No practice here has the code XYZ"):
        practices_in(monday[0], as_of=DAY, only=["XYZ"])


def test_a_folder_without_practices_is_refused(tmp_path):
    with pytest.raises(NothingToRead):
        practices_in(tmp_path, as_of=DAY)


def test_two_practices_with_one_code_are_both_refused_and_stop_no_other(tmp_path):
    """A copy without an inbox counts too: either may be the copy, so neither is run, and both folders are named."""
    root = practices(tmp_path)
    shutil.copytree(root / "riverside", root / "copy")
    shutil.rmtree(root / "copy" / "inbox")
    outcome = weekly(root, as_of=DAY)
    assert [(one["code"], one["status"]) for one in outcome.data["results"]] == [
        ("MAP", "done"),
        ("RIV", "refused"),
        ("RIV", "refused"),
    ]
    assert outcome.text.count('the folders "copy" and "riverside" have the same practice code, RIV') == 1
    assert not (root / "riverside" / "outbox").exists()


def test_a_folder_whose_policy_cannot_be_read_takes_no_other_practices_code(tmp_path):
    """The folder is called RIV, as the other practice's code is; that other practice can run."""
    root = practices(tmp_path, "riverside")
    shutil.copytree(root / "riverside", root / "RIV")
    (root / "RIV" / "policy.xlsx").write_bytes(b"PK cut short")
    assert [bool(stop.fault) for stop in practices_in(root, as_of=DAY)] == [True, False]


HOLDS = "import sys, pathlib\nfrom billingkit.ledger import in_use_by_me\nwith in_use_by_me(pathlib.Path(sys.argv[1])):\n    print(1, flush=True)\n    input()"


def test_a_practice_that_somebody_runs_now_is_left_to_them_and_the_others_run(tmp_path):
    """It is told before any kernel starts, and nothing is left in its folder."""
    root = practices(tmp_path)
    command = [sys.executable, "-c", HOLDS, str(root / "riverside")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        other.stdout.readline()
        outcome = weekly(root, as_of=DAY)
        other.communicate(b"\n")
    done, left = outcome.data["results"]
    assert (done["code"], done["status"]) == ("MAP", "done")
    assert (left["code"], left["status"], left["cause"]) == ("RIV", "refused", "in use")
    assert left["said"].endswith(f"(process {other.pid}) is running this practice now. Wait, then run again.")
    assert not (root / "riverside" / "outbox").exists()
    assert statuses(weekly(root, as_of=DAY, resume=True)) == {"MAP": "skipped", "RIV": "done"}


def test_a_practice_that_is_done_is_done_although_somebody_is_in_it(monday):
    root, _ = monday
    command = [sys.executable, "-c", HOLDS, str(root / "riverside")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        other.stdout.readline()
        stops = practices_in(root, as_of=DAY, only=["RIV"], resume=True)
        other.communicate(b"\n")
    assert [(stop.done, stop.fault) for stop in stops] == [(True, "")]


@pytest.mark.parametrize("name", ["a {brace}", "{practice_code}", "50% & 'more' é"])
def test_a_folder_may_have_any_name(tmp_path, name):
    """Papermill fills parameters into a path where it finds braces."""
    root = practices(tmp_path / name, "riverside")
    (root / "riverside").rename(root / name)
    notebook = write_notebook(tmp_path / name / "n.ipynb", "1", RESULT)
    outcome = weekly(root, as_of=DAY, notebook=notebook)
    assert statuses(outcome) == {"RIV": "done"}
    assert (root / name / "outbox" / "2026-11-23" / "n.ipynb").exists()


def test_a_folder_that_cannot_be_looked_at_stops_no_other(tmp_path):
    """Its ledger is no database, and its outbox is a file."""
    root = practices(tmp_path)
    shutil.copytree(root / "riverside", root / "other")
    _recode(root / "other" / "policy.xlsx", "OTH")
    (root / "other" / "outbox").write_text("")
    (root / "riverside" / "ledger.sqlite").write_bytes(b"no database" * 1000)
    outcome = weekly(root, as_of=DAY, resume=True)
    assert statuses(outcome) == {"MAP": "done", "OTH": "failed", "RIV": "failed"}
    assert all(one["said"].endswith(".") for one in outcome.data["results"] if one["status"] != "done")


def test_the_data_says_how_the_monday_ended_and_where_every_file_is(monday):
    root, outcome = monday
    data = outcome.data
    assert (data["as_of"], data["ended"]) == ("2026-11-23", {"done": 2, "failed": 1, "refused": 2, "skipped": 0})
    by_code = {one["code"]: one for one in data["results"]}
    assert {code: one["cause"] for code, one in by_code.items()} == {
        "broken": "refused", "EMP": "refused", "HOS": "refused", "MAP": "", "RIV": "",
    }  # fmt: skip
    out = root / "riverside" / "outbox" / "2026-11-23"
    assert {Path(file).name for file in by_code["RIV"]["files"]} == {path.name for path in out.iterdir()}
    assert all(Path(file).is_file() for one in data["results"] for file in one["files"])


def test_a_practice_that_was_done_before_shows_its_figures(monday):
    root, outcome = monday
    before = {one["code"]: one["summary"] for one in outcome.data["results"]}
    again = weekly(root, as_of=DAY, only=["RIV"], resume=True).data["results"][0]
    assert again["status"] == "skipped"
    assert {name: again["summary"][name] for name in ("questions", "urgent", "holds")} == {
        name: before["RIV"][name] for name in ("questions", "urgent", "holds")
    }


def test_a_pack_that_is_open_in_excel_is_left_and_the_new_ones_name_is_said(tmp_path):
    root = practices(tmp_path, "riverside")
    out = root / "riverside" / "outbox" / "2026-11-23"
    out.mkdir(parents=True)
    pack = out / "RIV 2026-11-23 practice pack.xlsx"
    pack.write_bytes(b"hers")
    (out / f"~${pack.name}").write_bytes(b"")
    outcome = weekly(root, as_of=DAY)
    said = (
        f'RIV: "{pack.name}" is open in another program and was left as it was: the new one is "{pack.stem} (2).xlsx".'
    )
    assert said in outcome.text.splitlines()
    assert (pack.read_bytes(), outcome.code) == (b"hers", 0)
    assert str(out / f"{pack.stem} (2).xlsx") in outcome.data["results"][0]["files"]


def test_of_a_policy_with_many_faults_the_first_are_told_and_the_rest_are_named(tmp_path):
    import openpyxl

    root = practices(tmp_path, "riverside")
    book = openpyxl.load_workbook(root / "riverside" / "policy.xlsx")
    for row in book["Claim rules"].iter_rows(min_row=6, max_row=14):
        row[1].value = "perhaps"
    book.save(root / "riverside" / "policy.xlsx")
    outcome = weekly(root, as_of=DAY)
    lines = outcome.text.splitlines()
    assert len(lines) < 12
    assert any(
        line.endswith(f"more: `billingkit check {root / 'riverside' / 'policy.xlsx'}` lists them.") for line in lines
    )
    assert len(outcome.data["results"][0]["said"].splitlines()) > 6


def test_a_run_from_another_folder_finds_each_practices_own(tmp_path, monkeypatch):
    """The folder of folders is named by a relative path and two run at once; each marks the folder it was given."""
    root = practices(tmp_path / "root")
    mark = "import pathlib\npathlib.Path(practice_folder, 'mark').write_text(practice_code)"
    notebook = write_notebook(tmp_path / "n.ipynb", mark, RESULT)
    monkeypatch.chdir(tmp_path)
    assert weekly(Path("root"), as_of=DAY, jobs=2, notebook=notebook).code == 0
    assert {name: (root / name / "mark").read_text() for name in CODES} == CODES


def test_the_folder_of_another_practice_is_never_run(tmp_path):
    """The wrong-practice trap, end to end: the code says MAP, the folder is Riverside's; nothing is written."""
    root = practices(tmp_path, "riverside")
    before = fingerprints(root / "riverside")
    result = run_notebook(
        "weekly_review",
        tmp_path / "out",
        practice_folder=str(root / "riverside"),
        practice_code="MAP",
        as_of="2026-11-23",
    )
    assert result.status == "failed"
    assert result.said == "riverside: this is the folder of practice RIV, not of MAP. Nothing was run."
    assert fingerprints(root / "riverside") == before


def test_a_notebook_without_parameters_cell_runs_for_nobody(tmp_path):
    root = practices(tmp_path, "riverside")
    notebook = write_notebook(tmp_path / "n.ipynb", "1", tags=0)
    with pytest.raises(CannotRun, match="0 cells are tagged"):
        weekly(root, as_of=DAY, notebook=notebook)
    assert not (root / "riverside" / "outbox").exists()


def test_the_command_prints_data_and_exits_with_1_where_one_failed(tmp_path):
    root = practices(tmp_path, "riverside")
    shutil.rmtree(root / "riverside" / "inbox")
    said = CliRunner().invoke(main, ["weekly", str(root), "--as-of", "2026-11-23", "--json"])
    assert said.exit_code == 1
    assert [one["status"] for one in json.loads(said.stdout)["results"]] == ["refused"]


def test_the_bar_shows_practice_stage_and_time_left():
    screen = io.StringIO()
    with Progress(2, file=screen, bar=True) as progress:
        progress.stage("RIV", "What was read")
        progress.tick()
        progress.ended("RIV", "done")
        progress.tick()
    text = screen.getvalue()
    assert "RIV: What was read" in text
    assert "1/2 practices" in text
    assert "to go" in text


def test_without_a_terminal_each_practice_is_one_line():
    log = io.StringIO()
    with Progress(2, file=log) as progress:
        progress.stage("RIV", "What was read")
        progress.ended("RIV", "done")
        progress.ended("MAP", "failed")
    assert log.getvalue() == "1/2 RIV done\n2/2 MAP failed\n"
