"""A preloaded Python gives every run a fresh process: nothing of one run is seen by the next, and none hangs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest
from weekly.samples import practices
from weekly.toys import RESULT, task, write_notebook

from billingkit.weekly.execution import execute
from billingkit.weekly.forks import Forks, NoFork

pytestmark = pytest.mark.skipif(not Forks.possible(), reason="only Linux forks a preloaded Python")
THREADS = """
import os
from billingkit.weekly.preloaded import preload
preload()
print([open(f"/proc/self/task/{one}/comm").read().strip() for one in os.listdir("/proc/self/task")])
"""
POLARS = (
    "import polars as pl\n"
    "frame = pl.LazyFrame({'a': [1, 2, 3] * 50_000, 'b': range(150_000)})\n"
    "assert frame.group_by('a').agg(pl.col('b').sum()).sort('a').collect()['a'].to_list() == [1, 2, 3]"
)


def test_nothing_of_one_run_is_left_in_the_next(tmp_path):
    """The first run leaves marks in modules, the environment, the folder it stands in; the second finds none."""
    leave = (
        "import billingkit, os, sys\nbillingkit.mark = sys.mark = 'left'\nos.environ['MARK'] = 'left'\n"
        "os.chdir('/')\nmine = 'left'"
    )
    look = (
        "import billingkit, os, sys\n"
        "assert not hasattr(billingkit, 'mark') and not hasattr(sys, 'mark')\n"
        "assert 'MARK' not in os.environ and os.getcwd() != '/' and 'mine' not in globals()"
    )
    with Forks() as forks:
        first = execute(task(write_notebook(tmp_path / "a.ipynb", leave, RESULT), tmp_path), None, forks)
        second = execute(task(write_notebook(tmp_path / "b.ipynb", look, RESULT), tmp_path), None, forks)
    assert (first.status, first.said, second.status, second.said) == ("done", "", "done", "")


def test_a_forked_run_finds_its_imports_done_and_uses_polars(tmp_path):
    """Polars works in every child, because its parent has imported it and never used it."""
    source = "import sys\nassert {'polars', 'billingkit.decisions', 'sqlalchemy'} <= set(sys.modules)\n" + POLARS
    with Forks() as forks:
        said = [
            execute(task(write_notebook(tmp_path / f"{n}.ipynb", source, RESULT), tmp_path), None, forks).said
            for n in range(6)
        ]
    assert said == [""] * 6


def test_the_preloaded_python_has_not_started_polars_threads():
    told = subprocess.run([sys.executable, "-c", THREADS], check=True, capture_output=True, text=True).stdout
    names = set(eval(told))  # noqa: S307 -- our own list of names
    assert not [name for name in names if name.startswith("polars-") and name[7:].isdigit()]
    # Allocators and the cleaner of spilled files start with the import, and come through a fork.
    assert names <= {"python", "python3", "jemalloc_bg_thd", "polars-ooc-clea", *_pythons(names)}


def _pythons(names):
    return {name for name in names if name.startswith("python")}


def test_a_process_that_is_ended_says_so_and_so_do_those_of_a_parent_that_dies(tmp_path):
    with Forks() as forks:
        one = forks.start(str(tmp_path / "one.json"))
        one.kill()
        assert one.wait(30) == -signal.SIGKILL
        other = forks.start(str(tmp_path / "other.json"))
        os.kill(forks._server.pid, signal.SIGKILL)
        assert other.wait(30) is not None
        forks._reader.join(30)
        with pytest.raises(NoFork):
            forks.start(str(tmp_path / "nowhere.json"))


def test_without_the_preloaded_python_a_run_starts_in_the_ordinary_way(tmp_path):
    """Its process is killed before the run; the run ends well all the same."""
    with Forks() as forks:
        forks.start(str(tmp_path / "first.json"))
        os.kill(forks._server.pid, signal.SIGKILL)
        forks._reader.join(30)
        told = []
        result = execute(task(write_notebook(tmp_path / "n.ipynb", "1", RESULT), tmp_path), told.append, forks)
    assert (result.status, "tried again" in told) == ("done", True)


STOPPED = """
import sys
from datetime import date
from pathlib import Path
from billingkit.weekly.monday import weekly
weekly(Path(sys.argv[1]), as_of=date(2026, 11, 23), jobs=1, notebook=Path(sys.argv[2]))
"""


def test_ctrl_c_ends_the_practice_that_runs_and_starts_no_other(tmp_path):
    root = practices(tmp_path / "root")
    sleep = (
        "import os, pathlib, time\n"
        "pathlib.Path(practice_folder, 'part').write_text(str(os.getpid()))\n"
        "pathlib.Path(practice_folder, 'part').rename(pathlib.Path(practice_folder, 'pid'))\ntime.sleep(90)"
    )
    notebook = write_notebook(tmp_path / "n.ipynb", sleep, RESULT)
    command = [sys.executable, "-c", STOPPED, str(root), str(notebook)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True) as run:
        while not (root / "maple_court" / "pid").exists():
            assert run.poll() is None
            time.sleep(0.1)
        run.send_signal(signal.SIGINT)
        said = run.communicate(timeout=40)[1]
    assert b"KeyboardInterrupt" in said
    with pytest.raises(ProcessLookupError):
        os.kill(int((root / "maple_court" / "pid").read_text()), 0)
    assert not (root / "riverside" / "outbox").exists()
    assert not list(root.rglob(".*.ipynb"))


@pytest.mark.parametrize("limit", ["cell", "run"])
def test_a_forked_run_over_its_time_is_ended(tmp_path, limit):
    source = (
        "import os, pathlib, time\npathlib.Path(practice_folder, 'pid').write_text(str(os.getpid()))\ntime.sleep(60)"
    )
    limits = {"cell_timeout": 2} if limit == "cell" else {"run_timeout": 20}
    with Forks() as forks:
        result = execute(task(write_notebook(tmp_path / "n.ipynb", source, RESULT), tmp_path, **limits), None, forks)
        assert result.status == "failed"
        assert "took longer than" in result.said
        with pytest.raises(ProcessLookupError):
            os.kill(int((tmp_path / "pid").read_text()), 0)
