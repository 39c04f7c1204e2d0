"""What a killed runner leaves among the temporary files is cleared away by the next one, and nothing else is."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import pytest
from weekly.samples import practices
from weekly.toys import RESULT, task, write_notebook

from billingkit.weekly.execution import execute
from billingkit.weekly.monday import weekly
from billingkit.weekly.scratch import clear, clear_once, scratch

HELD = """
import sys
from billingkit.weekly.scratch import scratch
with scratch() as room:
    print(room, flush=True)
    input()
"""
RUNNER = """
import sys
from datetime import date
from pathlib import Path
from billingkit.weekly.monday import weekly
weekly(Path(sys.argv[1]), as_of=date(2026, 11, 23), jobs=1, notebook=Path(sys.argv[2]))
"""


@pytest.fixture
def temporary(tmp_path, monkeypatch):  # tmp_path first: pytest makes its own folder where temporary files go
    """A folder for temporary files, for this process and for those it starts; its path is short, as sockets need it."""
    with tempfile.TemporaryDirectory(prefix="t") as room:
        _keep_temporary_files_in(room, monkeypatch)
        yield Path(room)


def _keep_temporary_files_in(room, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(room))
    monkeypatch.setattr(tempfile, "tempdir", str(room))
    clear_once.cache_clear()


def held_by_another() -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-c", HELD], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout.readline()
    return process


def ended(process: subprocess.Popen[bytes], *, killed: bool) -> None:
    if killed:
        process.kill()
    process.communicate(None if killed else b"\n")


def test_a_run_leaves_no_scratch_folder(temporary):
    with scratch() as room:
        assert room.parent == temporary
        assert room.stat().st_mode & 0o777 == 0o700
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize(("killed", "left"), [(True, 1), (False, 0)])
def test_the_folder_of_a_killed_process_goes_and_that_of_a_living_one_stays(temporary, killed, left):
    dead, alive = held_by_another(), held_by_another()
    ended(dead, killed=killed)
    assert len(list(temporary.iterdir())) == 1 + left
    clear()
    clear()
    assert len(list(temporary.iterdir())) == 1
    ended(alive, killed=False)
    assert list(temporary.iterdir()) == []


def test_a_folder_that_another_run_of_this_process_holds_stays(temporary):
    """Two practices begin at once in two threads: one looks round while the other is already at work."""
    with scratch() as room:
        clear()
        assert room.is_dir()


def test_what_is_not_ours_stays(temporary, tmp_path):
    """A folder no run ever held, one that is just being made, a file, a link to a folder elsewhere, another name."""
    elsewhere = tmp_path / "elsewhere"
    for folder in (elsewhere, temporary / "bk-theirs", temporary / "bk-new", temporary / "other"):
        folder.mkdir()
        (folder / "kept").write_text("kept")
    for folder in (elsewhere, temporary / "other"):
        (folder / ".in-use").write_text("somebody")
    (temporary / "bk-new" / ".in-use").write_text("")
    (temporary / "bk-file").write_text("kept")
    (temporary / "bk-link").symlink_to(elsewhere)
    before = sorted(path.name for path in temporary.rglob("*"))
    clear()
    assert sorted(path.name for path in temporary.rglob("*")) == before
    assert (elsewhere / "kept").exists()


def test_temporary_files_may_lie_too_deep_for_a_socket(tmp_path, monkeypatch):
    deep = tmp_path / ("deep " * 20)
    deep.mkdir()
    _keep_temporary_files_in(deep, monkeypatch)
    result = execute(task(write_notebook(tmp_path / "n.ipynb", "1", RESULT), tmp_path))
    assert (result.status, result.said) == ("done", "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a runner is killed as Unix kills")
@pytest.mark.parametrize("names", [("riverside",), ("riverside", "maple_court")], ids=["one", "forked"])
def test_a_runner_killed_outright_leaves_nothing_after_the_next_run(tmp_path, temporary, names):
    """No process, no scratch folder, no half notebook in the outbox; and the practices are then run."""
    root = practices(tmp_path / "root", *names)
    sleep = (
        "import os, pathlib, time\n"
        "pathlib.Path(practice_folder, 'part').write_text(str(os.getpid()))\n"
        "pathlib.Path(practice_folder, 'part').rename(pathlib.Path(practice_folder, 'pid'))\ntime.sleep(90)"
    )
    notebook = write_notebook(tmp_path / "n.ipynb", sleep, RESULT)
    with subprocess.Popen([sys.executable, "-c", RUNNER, str(root), str(notebook)], stderr=subprocess.DEVNULL) as run:
        while not (marks := list(root.glob("*/pid"))):
            assert run.poll() is None
            time.sleep(0.1)
        run.kill()
    assert len(list(temporary.glob("bk-*"))) == 1
    kernel = int(marks[0].read_text())
    assert _gone(kernel)
    assert not list(root.rglob("outbox/*/*"))
    done = weekly(root, as_of=date(2026, 11, 23), notebook=write_notebook(tmp_path / "n.ipynb", "1", RESULT))
    assert done.code == 0
    assert list(temporary.glob("bk-*")) == []
    assert {path.name for path in root.glob("*/outbox/*/*")} == {"n.ipynb", "n.html"}


def _gone(process: int) -> bool:
    for _ in range(100):
        state = Path(f"/proc/{process}/stat")
        if not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] == "Z":
            return True
        time.sleep(0.1)
    return False
