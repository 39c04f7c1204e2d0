"""Past one machine: a real Dask scheduler and two worker processes on this one, and one of them is killed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from weekly.samples import practices

from billingkit.practice import open_practice
from billingkit.problems import CannotRun
from billingkit.weekly.monday import weekly

pytest.importorskip("distributed", reason="needs the extra [cluster]: pip install 'billingkit[cluster]'")
# distributed's own shutdown leaves sockets and loops to the garbage collector, and warns of lost workers.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.timeout(240),
]
DAY = date(2026, 11, 23)


def _start(*words, cwd, log):
    command = [sys.executable, "-m", *words]
    return subprocess.Popen(command, cwd=cwd, stdout=log.open("w"), stderr=subprocess.STDOUT, start_new_session=True)


@pytest.fixture
def cluster(tmp_path):
    """A scheduler's address and its two workers' processes, one practice at a time each."""
    address = tmp_path / "scheduler.json"
    scheduler = _start(
        "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
        "--scheduler-file", str(address), cwd=tmp_path, log=tmp_path / "scheduler.log",
    )  # fmt: skip
    workers = [
        _start(
            "distributed.cli.dask_worker", "--scheduler-file", str(address), "--nthreads", "1", "--no-nanny",
            "--no-dashboard", "--local-directory", str(tmp_path / f"w{number}"), "--name", f"w{number}",
            cwd=tmp_path, log=tmp_path / f"w{number}.log",
        )
        for number in (1, 2)
    ]  # fmt: skip
    try:
        yield _address(address), workers
    finally:
        for process in (*workers, scheduler):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=20)


def _address(file: Path) -> str:
    import json

    for _ in range(600):
        if file.exists() and file.stat().st_size:
            return json.loads(file.read_text())["address"]
        time.sleep(0.1)
    raise AssertionError("the scheduler did not start")


def _recode(path: Path, code: str) -> None:
    import openpyxl

    book = openpyxl.load_workbook(path)
    for row in book["Practice"].iter_rows():
        for cell in row:
            if cell.value == "RIV":
                cell.value = code
    book.save(path)


def test_a_worker_killed_in_mid_run_loses_no_practice_and_doubles_none(tmp_path, cluster):
    """Four practices on two workers; one worker is killed when the first practice's run has begun."""
    import threading

    address, workers = cluster
    root = practices(tmp_path / "root", "riverside")
    for code in ("AAA", "BBB", "CCC"):
        shutil.copytree(root / "riverside", root / code)
        _recode(root / code / "policy.xlsx", code)
    begun = threading.Event()

    def kill_one():
        # A run has begun in a practice's folder when it has first held it.
        for _ in range(2400):
            if any(root.glob("*/.in-use")):
                begun.set()
                os.killpg(workers[0].pid, signal.SIGKILL)
                return
            time.sleep(0.05)

    killer = threading.Thread(target=kill_one)
    killer.start()
    outcome = weekly(root, as_of=DAY, cluster=address)
    killer.join()
    assert begun.is_set()
    assert workers[0].poll() is not None or workers[0].wait(timeout=10) is not None
    assert {one["code"]: one["status"] for one in outcome.data["results"]} == dict.fromkeys(
        ("AAA", "BBB", "CCC", "RIV"), "done"
    )
    for folder in sorted(root.iterdir()):
        practice = open_practice(folder)
        runs = Counter(event.as_of for _, event in practice.ledger.of_kind("run"))
        practice.close()
        assert runs == {DAY: 1}, folder.name
        assert list((folder / "outbox" / "2026-11-23").glob("*practice pack.xlsx"))


def test_an_address_where_no_scheduler_answers_is_refused(tmp_path):
    practices(tmp_path)
    with pytest.raises(CannotRun, match="no Dask scheduler answers"):
        weekly(tmp_path, as_of=DAY, cluster="nonsense")
