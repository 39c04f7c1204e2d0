"""Every way in which papermill ends well without being well is closed.

1 no cell tagged `parameters`, so the notebook's own values win: the first tests below, and in `test_monday`
  `test_the_folder_of_another_practice_is_never_run`
2 an unknown parameter only warns: `test_wrong_parameters_are_refused_before_a_kernel_starts`
3 the saved notebook says "completed" after a time-out, a dead kernel or none: `test_a_cell_over_its_time_...`,
  `test_a_run_that_ends_badly_...`, `test_a_kernel_that_cannot_start_...`, `test_the_kernel_a_notebook_names_...`
4 a working folder shared by threads: in `test_monday`, `test_a_run_from_another_folder_finds_each_practices_own`
5 parameters that are no plain values: `test_wrong_parameters_...`, `test_names_are_passed_as_they_are_...`
6 output in pieces, a `SystemExit(0)`, no limit for the whole run: `test_what_an_earlier_run_left_stays_whole_...`,
  `test_a_run_that_ends_badly_...`, `test_a_run_over_its_whole_time_is_stopped`
7 parameters kept in metadata: `test_a_run_that_ends_well_...`, `test_a_failed_copy_names_the_practice_by_its_code_...`
"""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import nbformat
import pytest
from weekly.toys import PARAMETERS, RESULT, task, write_notebook

from billingkit.problems import CannotRun
from billingkit.weekly.execution import execute
from billingkit.weekly.notebook import check_parameters, read_notebook

GIVEN = {"practice_folder": "/p", "practice_code": "RIV", "as_of": "2026-11-23"}
RUN_JSON = 'import json, pathlib\npathlib.Path(practice_folder, "run.json").write_text(json.dumps({"status": "done"}))'


@pytest.mark.parametrize(("tags", "found"), [(0, "0 cells"), (2, "2 cells")])
def test_a_notebook_without_one_parameters_cell_never_starts(tmp_path, tags, found):
    """The wrong-practice trap: values written at the top would be overwritten by the notebook's own."""
    notebook = write_notebook(tmp_path / "n.ipynb", "1", tags=tags)
    with pytest.raises(CannotRun, match=found):
        read_notebook(notebook)


@pytest.mark.parametrize("source", ["as_of = date.today()", "import os", "as_of: str = 'x'", "a, b = 1, 2", "a ="])
def test_a_parameters_cell_holds_plain_values_alone(tmp_path, source):
    notebook = write_notebook(tmp_path / "n.ipynb", "1", parameters=source)
    with pytest.raises(CannotRun, match="may only hold lines"):
        read_notebook(notebook)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"as_off": "2026-11-23"}, 'takes no "as_off"'),
        ({"as_of": None}, '"as_of" must be text'),
        ({"as_of": 20261123}, '"as_of" must be str, not int'),
        ({"practice_code": ("RIV",)}, "not tuple"),
        ({"as_of": date(2026, 11, 23)}, "not date"),
        ({"practice_code": Decimal("1.50")}, "not Decimal"),
    ],
)
def test_wrong_parameters_are_refused_before_a_kernel_starts(tmp_path, change, said):
    notebook = read_notebook(write_notebook(tmp_path / "n.ipynb", "1"))
    with pytest.raises(CannotRun, match=said):
        check_parameters(notebook, {**GIVEN, **change})


def test_a_missing_parameter_is_refused(tmp_path):
    notebook = read_notebook(write_notebook(tmp_path / "n.ipynb", "1"))
    with pytest.raises(CannotRun, match='"as_of" is not given'):
        check_parameters(notebook, {"practice_folder": "/p", "practice_code": "RIV"})


def test_a_run_that_ends_well_gives_its_result_and_keeps_no_papermill_metadata(tmp_path):
    notebook = write_notebook(tmp_path / "n.ipynb", RUN_JSON, RESULT)
    result = execute(task(notebook, tmp_path))
    assert (result.status, result.summary) == ("done", {"questions": 3})
    kept = nbformat.read(result.files[0], as_version=4)
    assert "papermill" not in kept.metadata
    assert all("papermill" not in cell.metadata for cell in kept.cells)
    assert kept.metadata["billingkit"] == {"practice": "RIV", "as_of": "2026-11-23"}
    assert json.loads((tmp_path / "run.json").read_text())["notebook"]["source"] == "0" * 64
    assert not list(tmp_path.glob(".*.ipynb"))


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import os; os._exit(1)", "stopped unexpectedly"),
        ("raise SystemExit(0)", "SystemExit"),
        ('raise ValueError("Mrs Featherstonehaugh owes 12")', "failed with ValueError"),
        ("1", "without a result"),
    ],
    ids=["dead kernel", "exit that looks fine", "error with a name in it", "no result"],
)
def test_a_run_that_ends_badly_is_kept_as_failed_with_one_sentence(tmp_path, source, said):
    notebook = write_notebook(tmp_path / "n.ipynb", source, "2")
    result = execute(task(notebook, tmp_path))
    assert result.status == "failed"
    assert said in result.said
    kept = tmp_path / "n.failed.ipynb"
    assert kept.exists()
    text = nbformat.read(kept, as_version=4)
    outputs = [output for cell in text.cells for output in cell.get("outputs", [])]
    assert "Featherstonehaugh" not in json.dumps([output.get("evalue", "") for output in outputs])
    assert "Featherstonehaugh" not in json.dumps([output.get("traceback", [])[-1:] for output in outputs])


def test_a_refusal_of_ours_is_told_in_its_own_words(tmp_path):
    source = (
        'from billingkit.problems import CannotRun\nraise CannotRun("this is the folder of practice MAP, not of RIV")'
    )
    result = execute(task(write_notebook(tmp_path / "n.ipynb", source), tmp_path))
    assert result.said == "this is the folder of practice MAP, not of RIV"


@pytest.mark.parametrize(
    ("source", "cause"),
    [
        ("import os; os._exit(1)", "machine"),
        ("raise ValueError", "notebook"),
        ("raise SystemExit(0)", "notebook"),
        ("import time; time.sleep(60)", "time"),
        ("from billingkit.problems import TooLarge\nraise TooLarge('a', 'b', 'c')", "refused"),
        ("from billingkit.problems import FolderInUse\nraise FolderInUse('RIV: taken')", "in use"),
    ],
)
def test_a_bad_end_says_of_which_kind_it_is(tmp_path, source, cause):
    """So that whatever starts the command knows what to try again."""
    result = execute(task(write_notebook(tmp_path / "n.ipynb", source, RESULT), tmp_path, cell_timeout=3))
    assert result.cause == cause


def test_a_folder_that_somebody_enters_in_mid_run_is_left_to_them(tmp_path):
    """No copy of ours is left among their files, and what lay there stays."""
    source = "from billingkit.problems import FolderInUse\nraise FolderInUse('RIV: taken')"
    out = tmp_path / "out"
    result = execute(task(write_notebook(tmp_path / "n.ipynb", source, RESULT), out))
    assert (result.status, result.said, result.files) == ("refused", "RIV: taken", ())
    assert not out.exists()


def test_a_cell_over_its_time_is_stopped_and_not_called_complete(tmp_path):
    notebook = write_notebook(tmp_path / "n.ipynb", "import time; time.sleep(60)", RESULT)
    result = execute(task(notebook, tmp_path, cell_timeout=2))
    assert (result.status, result.said) == ("failed", "A cell took longer than 2 seconds and was stopped.")


def test_a_run_over_its_whole_time_is_stopped(tmp_path):
    notebook = write_notebook(tmp_path / "n.ipynb", *["import time; time.sleep(2)"] * 30, RESULT)
    result = execute(task(notebook, tmp_path, run_timeout=6))
    assert (result.status, result.said) == ("failed", "The run took longer than 6 seconds and was stopped.")
    assert result.cause == "time"
    code = [cell for cell in nbformat.read(result.files[0], as_version=4).cells if cell.cell_type == "code"]
    assert len(code) == 33
    assert 2 <= len([cell for cell in code if cell.execution_count]) < 10  # the copy shows how far it came


def test_a_kernel_that_cannot_start_is_a_failure_told_plainly(tmp_path, monkeypatch, capfd):
    """Tried twice, and nothing of the library's own comes to the screen."""
    monkeypatch.setattr("billingkit.weekly.kernel.START", "raise SystemExit(3)")
    told = []
    result = execute(task(write_notebook(tmp_path / "n.ipynb", "1", RESULT), tmp_path), told.append)
    assert (result.status, result.said) == ("failed", "The notebook's Python could not be started.")
    assert "tried again" in told
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("source", ["import os; os._exit(1)", "import time; time.sleep(60)"])
def test_what_stops_a_run_is_not_logged_to_the_screen(tmp_path, capfd, source):
    execute(task(write_notebook(tmp_path / "n.ipynb", source, RESULT), tmp_path, cell_timeout=2))
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("named", [None, {"name": "r-4.1", "display_name": "R", "language": "R"}])
def test_the_kernel_a_notebook_names_is_not_looked_for(tmp_path, named):
    """A notebook saved on a machine with another kernel, or with none named, runs with this Python."""
    notebook = write_notebook(tmp_path / "n.ipynb", "import billingkit", RESULT)
    book = nbformat.read(notebook, as_version=4)
    book.metadata.pop("kernelspec")
    if named:
        book.metadata["kernelspec"] = named
    nbformat.write(book, notebook)
    assert execute(task(notebook, tmp_path)).said == ""


def test_what_an_earlier_run_left_stays_whole_until_the_new_one_is(tmp_path):
    """While a run goes, and after it has failed, the week's notebook is the earlier one."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "n.ipynb").write_text("earlier")
    look = "import pathlib\nassert pathlib.Path(practice_folder, 'n.ipynb').read_text() == 'earlier'"
    failing = write_notebook(tmp_path / "n.ipynb", look, "raise ZeroDivisionError")
    assert "ZeroDivisionError" in execute(task(failing, out)).said
    assert (out / "n.ipynb").read_text() == "earlier"
    assert sorted(path.name for path in out.iterdir()) == ["n.failed.ipynb", "n.ipynb"]
    result = execute(task(write_notebook(tmp_path / "n.ipynb", look, RESULT), out))
    assert result.said == ""
    assert nbformat.read(out / "n.ipynb", as_version=4).cells
    assert not (out / "n.failed.ipynb").exists()


def test_a_failed_copy_names_the_practice_by_its_code_alone(tmp_path):
    notebook = write_notebook(tmp_path / "n.ipynb", "raise ValueError")
    execute(task(notebook, tmp_path))
    kept = nbformat.read(tmp_path / "n.failed.ipynb", as_version=4)
    assert kept.metadata["billingkit"] == {"practice": "RIV", "as_of": "2026-11-23"}
    assert str(tmp_path) not in json.dumps([kept.metadata, *(cell.metadata for cell in kept.cells)])


def test_names_are_passed_as_they_are_and_never_run(tmp_path):
    nasty = "x'; raise ValueError('injected'); '\n\"\\"
    check = f"assert practice_code == {nasty!r}"
    notebook = write_notebook(tmp_path / "n.ipynb", RUN_JSON, check, RESULT, parameters=PARAMETERS)
    given = {"practice_folder": str(tmp_path), "practice_code": nasty, "as_of": "2026-11-23"}
    assert execute(task(notebook, tmp_path, parameters=given)).said == ""


def outputs_of(text):
    return [out for cell in json.loads(text)["cells"] for out in cell.get("outputs", [])]


SURNAME = "Featherstonehaugh"


@pytest.mark.parametrize(
    "source",
    [
        f"def look(row):\n    raise ValueError(row)\nlook('Mrs {SURNAME[:8]}' + '{SURNAME[8:]}')",
        "try:\n    raise KeyError(NAME)\nexcept KeyError as error:\n    raise ValueError('12 ' + NAME) from error",
        "raise ValueError('first line\\n12 ' + NAME + '\\nFile ' + NAME + ':3')",
        "raise ExceptionGroup('all of ' + NAME, [ValueError(NAME)])",
        "import sys\nsys.stderr.write(NAME)\nraise RuntimeError('x')",
        "import polars as pl\npl.DataFrame({'who': [NAME]})['who'].cast(pl.Int64)",
        "import decimal\ndecimal.Decimal(NAME)",
    ],
    ids=["message", "chained", "lines like code", "group", "standard error", "polars", "decimal"],
)
def test_a_failed_copy_holds_no_patients_value(tmp_path, source):
    """The name is in the error, in what caused it, in a local variable or on standard error; it is nowhere kept."""
    hidden = f"NAME = {SURNAME[:8]!r} + {SURNAME[8:]!r}"
    result = execute(task(write_notebook(tmp_path / "n.ipynb", hidden, source), tmp_path))
    assert result.status == "failed"
    assert SURNAME not in result.said
    kept = (tmp_path / "n.failed.ipynb").read_text()
    assert SURNAME not in kept
    places = [line for out in outputs_of(kept) for line in out.get("traceback", [])]
    # IPython writes a group's frames to standard error, which is not kept: the sentence and the cell say enough.
    assert "ExceptionGroup" in source or any("Cell In[" in line for line in places)


def test_a_fault_of_the_machine_is_tried_once_more_and_a_notebooks_own_is_not(tmp_path):
    """A kernel that dies the first time and a cell that always raises, each leaving a mark for each start."""
    mark = 'import os, pathlib\nmark = pathlib.Path(practice_folder, "starts")\nmark.open("a").write("x")'
    dies_once = f"{mark}\nif mark.read_text() == 'x':\n    os._exit(1)"
    assert execute(task(write_notebook(tmp_path / "n.ipynb", dies_once, RESULT), tmp_path)).status == "done"
    assert (tmp_path / "starts").read_text() == "xx"
    raises = f"{mark}\nraise ValueError"
    assert execute(task(write_notebook(tmp_path / "m.ipynb", raises, RESULT), tmp_path)).status == "failed"
    assert (tmp_path / "starts").read_text() == "xxx"


def test_the_stages_told_are_the_notebooks_headings(tmp_path):
    notebook = write_notebook(tmp_path / "n.ipynb", "1", RESULT)
    book = nbformat.read(notebook, as_version=4)
    book.cells.insert(1, nbformat.v4.new_markdown_cell("## What was read\n\nMore words."))
    nbformat.write(book, notebook)
    told = []
    execute(task(notebook, tmp_path), told.append)
    assert list(dict.fromkeys(told)) == ["starting", "What was read"]
