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
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from billingkit.weekly.discretion import clean, sentence
from billingkit.weekly.forks import Forks
from billingkit.weekly.kernel import Kernel, lean_imports

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


@dataclass(frozen=True, slots=True)
class Result:
    """How one practice's run ended."""

    code: str
    folder: str
    status: str  # done, failed, refused, skipped
    said: str = ""  # one plain sentence where it did not end well
    seconds: float = 0.0
    summary: dict[str, Any] = field(default_factory=dict)
    files: tuple[str, ...] = ()

    def data(self) -> dict[str, Any]:
        """The result as plain data."""
        return asdict(self)


def execute(task: Task, stage: Callable[[str], None] | None = None, forks: Forks | None = None) -> Result:
    """Run one practice's notebook; every failure comes back as a value, so that it stops no other.

    `stage` is told the heading that the run has come to; `forks` gives the run's process where it can. A fault of
    the machine is tried once more, with a process started in the ordinary way.
    """
    started = time.monotonic()
    out = Path(task.out)
    out.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=out, prefix=".", suffix=".ipynb")
    os.close(handle)
    try:
        ending = _run(task, Path(temporary), stage, forks)
        if ending.machine and not (forks and forks.closed):  # Ctrl+C ends the forks; nothing is started after it
            if stage is not None:
                stage("tried again")
            ending = _run(task, Path(temporary), stage, None)
        return _kept(task, Path(temporary), ending.said, started)
    finally:
        Path(temporary).unlink(missing_ok=True)


def _kept(task: Task, temporary: Path, said: str | None, started: float) -> Result:
    """Put the executed notebook in its place, as done or as failed, and its report beside it."""
    out, name = Path(task.out), Path(task.notebook).stem
    notebook = _read(temporary)
    if said is None and not _complete(notebook):
        said = "The notebook ended before its last cell, without an error (a SystemExit does that)."
    summary = _result(notebook)
    if said is None and summary is None:
        said = "The notebook ended without a result."
    clean(notebook, task, failed=said is not None)
    kept = out / (f"{name}.ipynb" if said is None else f"{name}.failed.ipynb")
    _write(notebook, temporary, kept)
    if said is not None:
        return Result(task.code, task.folder, "failed", said, _since(started), {}, (str(kept),))
    report = _report(kept)
    (out / f"{name}.failed.ipynb").unlink(missing_ok=True)
    _note_in_run_json(out, task, kept)
    return Result(task.code, task.folder, "done", "", _since(started), summary or {}, (str(kept), str(report)))


@dataclass(frozen=True, slots=True)
class _Ending:
    said: str | None = None  # one sentence that says what went wrong
    machine: bool = False  # the fault is the machine's, not the notebook's or the practice's


def _run(task: Task, target: Path, stage: Callable[[str], None] | None, forks: Forks | None) -> _Ending:
    """Execute into `target`."""
    lean_imports()
    import papermill
    from papermill.exceptions import PapermillExecutionError

    # How a run ends is told once, by its result: what papermill logs besides goes to whoever has asked for logs.
    logging.getLogger("papermill").addHandler(_UNHEARD)

    kernel = Kernel(forks)
    over = _Watch(kernel, task.run_timeout)
    try:
        papermill.execute_notebook(
            task.notebook,
            str(target),
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
        return _Ending(sentence(error.ename, error.evalue))
    except Exception as error:  # noqa: BLE001 -- whatever stops one practice must stop no other
        return _ended_by(error, task, over_time=over.ended)
    finally:
        over.cancel()
        kernel.forget()
        _close_loop()
    return _Ending()


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


def _ended_by(error: Exception, task: Task, *, over_time: bool) -> _Ending:
    kind = type(error).__name__
    if over_time:
        return _Ending(f"The run took longer than {task.run_timeout} seconds and was stopped.")
    if kind == "CellTimeoutError":
        return _Ending(f"A cell took longer than {task.cell_timeout} seconds and was stopped.")
    if kind == "DeadKernelError":
        return _Ending("The notebook's Python stopped unexpectedly (often too little memory).", machine=True)
    if kind == "RuntimeError":  # nbclient's, of a kernel that died before it answered
        return _Ending("The notebook's Python could not be started.", machine=True)
    # What is left happened around the notebook: no room on the disk, no socket, no process.
    return _Ending(f"The notebook could not be run ({kind}).", machine=isinstance(error, OSError | RuntimeError))


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


def _read(path: Path) -> Any:  # noqa: ANN401 -- nbformat has no types
    import nbformat

    return nbformat.read(path, as_version=4) if path.stat().st_size else nbformat.v4.new_notebook()


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


def _write(notebook: Any, temporary: Path, target: Path) -> None:  # noqa: ANN401
    import nbformat

    with temporary.open("w", encoding="utf-8") as file:
        nbformat.write(notebook, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, target)  # noqa: PTH105 -- the atomic rename on every system


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
