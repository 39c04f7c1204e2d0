"""One practice's notebook, executed: whole and in place, or kept as NAME.failed.ipynb with a plain sentence."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from billingkit.weekly.discretion import clean
from billingkit.weekly.ending import IN_USE, MACHINE, NOTEBOOK, Result, of_cell_error, of_fault
from billingkit.weekly.engine import NAME, register
from billingkit.weekly.forks import Forks
from billingkit.weekly.kernel import Kernel, lean_imports
from billingkit.weekly.scratch import scratch

RESULT: Final = "application/vnd.billingkit.result+json"  # as billingkit.show writes it; not imported, to stay lean
_UNHEARD: Final = logging.NullHandler()
WEEKLY: Final = "weekly_review"  # whose report is the week's report.html


@dataclass(frozen=True, slots=True)
class Task:
    """One practice to run, in plain values that another process or machine can be handed."""

    notebook: str
    notebook_sha256: str
    folder: str
    code: str
    as_of: str
    parameters: dict[str, Any]
    out: str
    cell_timeout: int
    run_timeout: int


def execute(task: Task, stage: Callable[[str], None] | None = None, forks: Forks | None = None) -> Result:
    """Run one practice's notebook; every failure comes back as a value, so that it stops no other.

    `stage` is told the heading that the run has come to; `forks` gives the run's process where it can. A fault of
    the machine is tried once more, with a process started in the ordinary way.
    """
    started = time.monotonic()
    with scratch() as room:
        ending = _run(task, room / "1", stage, forks)
        if ending.cause == MACHINE and not (forks and forks.closed):  # Ctrl+C ends the forks; nothing starts after it
            if stage is not None:
                stage("tried again")
            ending = _run(task, room / "2", stage, None)
    return _kept(task, ending, started)


@dataclass(frozen=True, slots=True)
class _Ending:
    notebook: Any  # as far as it came
    said: str = ""  # one sentence that says what went wrong
    cause: str = ""


def _kept(task: Task, ending: _Ending, started: float) -> Result:
    """Put the executed notebook in its place, as done or as failed, and its report beside it."""
    summary = _result(ending.notebook)
    if not ending.said:
        ending = _seen_through(ending, summary)
    if ending.cause == IN_USE:  # somebody else is at work in there: nothing of ours is left among theirs
        return Result(task.code, task.folder, "refused", ending.said, ending.cause, _since(started))
    out, name = Path(task.out), Path(task.notebook).stem
    out.mkdir(parents=True, exist_ok=True)
    clean(ending.notebook, task, failed=bool(ending.said))
    kept = _write(ending.notebook, out / (f"{name}.failed.ipynb" if ending.said else f"{name}.ipynb"))
    if ending.said:
        return Result(task.code, task.folder, "failed", ending.said, ending.cause, _since(started), files=(str(kept),))
    report = _report(kept)
    (out / f"{name}.failed.ipynb").unlink(missing_ok=True)
    _note_in_run_json(out, task, kept)
    told = dict(summary or {})
    files = (str(kept), str(report), *(str(out / name) for name in told.pop("files", ())))
    said = told.pop("said", "")
    return Result(task.code, task.folder, "done", said, seconds=_since(started), summary=told, files=files)


def _seen_through(ending: _Ending, summary: dict[str, Any] | None) -> _Ending:
    """A notebook that ended without an error has run its last cell and given a result, or has failed."""
    if not _complete(ending.notebook):
        said = "The notebook ended before its last cell, without an error (a SystemExit does that)."
    elif summary is None:
        said = "The notebook ended without a result."
    else:
        return ending
    return replace(ending, said=said, cause=NOTEBOOK)


def _run(task: Task, room: Path, stage: Callable[[str], None] | None, forks: Forks | None) -> _Ending:
    """Execute in a folder for this kernel alone, and bring back the notebook as far as it came."""
    lean_imports()
    import nbformat
    import papermill
    from papermill.exceptions import PapermillExecutionError

    register()

    # How a run ends is told once, by its result: what papermill logs besides goes to whoever has asked for logs.
    logging.getLogger("papermill").addHandler(_UNHEARD)

    kernel = Kernel(room, forks)
    executed = [nbformat.v4.new_notebook()]
    said = cause = ""
    over = _Watch(kernel, task.run_timeout)
    try:
        papermill.execute_notebook(
            _as_path(task.notebook),
            None,  # it is put into its place below, whole
            engine_name=NAME,
            keep=executed.append,
            parameters=task.parameters,
            progress_bar=False,
            request_save_on_cell_execute=False,
            kernel_name="python3",
            language="python",
            execution_timeout=task.cell_timeout,
            kernel_manager_class=kernel.manager_class,
            shutdown_kernel="immediate",
            **({"on_cell_start": _stages(stage)} if stage else {}),
        )
    except PapermillExecutionError as error:
        said, cause = of_cell_error(error.ename, error.evalue)
    except Exception as error:  # noqa: BLE001 -- whatever stops one practice must stop no other
        limit = task.run_timeout if over.ended else None
        said, cause = of_fault(error, over=limit, cell_timeout=task.cell_timeout)
    finally:
        over.cancel()
        _close_loop()
    return _Ending(executed[-1], said, cause)


def _as_path(path: str) -> str:
    # Papermill fills parameters into a path where it finds braces, and a folder may be called {so}.
    return path.replace("{", "{{").replace("}", "}}")


def _close_loop() -> None:
    """Close the event loop that nbclient opened for this thread; within a running one it opened none."""
    from jupyter_core.utils import ensure_event_loop

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        loop = ensure_event_loop()
        left = asyncio.all_tasks(loop)  # after a time-out nbclient still listens
        for task in left:
            task.cancel()
        if left:
            loop.run_until_complete(asyncio.wait(left, timeout=5))
        loop.close()


def _stages(tell: Callable[[str], None]) -> Callable[..., None]:
    """What nbclient calls at each cell's start, telling the heading above the cell."""
    headings: list[str] = []

    def at_cell(cell: Any, cell_index: int) -> None:  # noqa: ANN401, ARG001 -- nbclient's own names
        if cell.cell_type == "code":
            tell(headings[-1] if headings else "starting")
        elif cell.source.startswith("#"):
            headings.append(cell.source.splitlines()[0].lstrip("# "))

    return at_cell


class _Watch:
    """Stops a kernel that outlives the time for the whole run."""

    def __init__(self, kernel: Kernel, seconds: int) -> None:
        self._kernel, self.ended = kernel, False
        self._timer = threading.Timer(seconds, self._stop)
        self._timer.daemon = True
        self._timer.start()

    def _stop(self) -> None:
        self.ended = True
        self._kernel.kill()

    def cancel(self) -> None:
        self._timer.cancel()


def _complete(notebook: Any) -> bool:  # noqa: ANN401
    # Papermill's own metadata says "completed" after a time-out too; a cell that ran has a count.
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    return bool(code) and all(cell.execution_count for cell in code)


def _result(notebook: Any) -> dict[str, Any] | None:  # noqa: ANN401
    for cell in reversed(notebook.cells):
        for output in cell.get("outputs", []):
            found = output.get("data", {}).get(RESULT)
            if found is not None:
                return dict(found)
    return None


def _write(notebook: Any, target: Path) -> Path:  # noqa: ANN401
    """Write it whole or not at all, and return its place; two runs that end at once each write a file of their own."""
    import nbformat

    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".ipynb")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            nbformat.write(notebook, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)  # noqa: PTH105 -- the atomic rename on every system
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return target


def _report(notebook: Path) -> Path:
    from billingkit.weekly.report import write_report

    name = "report.html" if notebook.stem == WEEKLY else f"{notebook.stem}.html"
    return write_report(notebook, notebook.with_name(name))


def _note_in_run_json(out: Path, task: Task, notebook: Path) -> None:
    from billingkit.practice import sha256

    path = out / "run.json"
    if not path.exists():  # only a notebook that writes a practice's week has a run to add to
        return
    about = json.loads(path.read_text(encoding="utf-8"))
    about["notebook"] = {"source": task.notebook_sha256, "executed": sha256(notebook)}
    temporary = path.with_suffix(".part")
    temporary.write_text(json.dumps(about, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    os.replace(temporary, path)  # noqa: PTH105 -- the atomic rename on every system


def _since(started: float) -> float:
    return round(time.monotonic() - started, 1)
