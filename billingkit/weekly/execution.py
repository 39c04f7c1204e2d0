"""One practice's notebook, executed: whole and in place, or kept as NAME.failed.ipynb with a plain sentence."""

from __future__ import annotations

import json
import os
import tempfile
import threading
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from billingkit.weekly.kernel import Kernel, lean_imports

RESULT: Final = "application/vnd.billingkit.result+json"  # as billingkit.show writes it; not imported, to stay lean
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


def execute(task: Task) -> Result:
    """Run one practice's notebook; every failure comes back as a value, so that it stops no other."""
    started = time.monotonic()
    out = Path(task.out)
    name = Path(task.notebook).stem
    out.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=out, prefix=".", suffix=".ipynb")
    os.close(handle)
    try:
        said = _run(task, Path(temporary))
        notebook = _read(Path(temporary))
        if said is None and not _complete(notebook):
            said = "The notebook ended before its last cell, without an error (a SystemExit does that)."
        summary = _result(notebook)
        if said is None and summary is None:
            said = "The notebook ended without a result."
        _strip(notebook, task)
        kept = out / (f"{name}.ipynb" if said is None else f"{name}.failed.ipynb")
        _write(notebook, Path(temporary), kept)
        if said is not None:
            return Result(task.code, task.folder, "failed", said, _since(started), {}, (str(kept),))
        report = _report(kept)
        (out / f"{name}.failed.ipynb").unlink(missing_ok=True)
        _note_in_run_json(out, task, kept)
        return Result(task.code, task.folder, "done", "", _since(started), summary or {}, (str(kept), str(report)))
    finally:
        Path(temporary).unlink(missing_ok=True)


def _run(task: Task, target: Path) -> str | None:
    """Execute into `target` and return None, or one sentence that says what went wrong."""
    lean_imports()
    import papermill
    from papermill.exceptions import PapermillExecutionError

    kernel = Kernel()
    over = _Watch(kernel, task.run_timeout)
    try:
        papermill.execute_notebook(
            task.notebook,
            str(target),
            parameters=task.parameters,
            progress_bar=False,
            request_save_on_cell_execute=False,
            kernel_name="python3",
            execution_timeout=task.cell_timeout,
            kernel_manager_class=kernel.manager_class,
            shutdown_kernel="immediate",
        )
    except PapermillExecutionError as error:
        return _sentence(error.ename, error.evalue)
    except Exception as error:  # noqa: BLE001 -- whatever stops one practice must stop no other
        if over.ended:
            return f"The run took longer than {task.run_timeout} seconds and was stopped."
        if type(error).__name__ == "CellTimeoutError":
            return f"A cell took longer than {task.cell_timeout} seconds and was stopped."
        if type(error).__name__ == "DeadKernelError":
            return "The notebook's Python stopped unexpectedly (often too little memory)."
        return f"The notebook could not be run ({type(error).__name__})."
    finally:
        over.cancel()
        kernel.forget()
    return None


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


def _sentence(ename: str, evalue: str) -> str:
    from billingkit import problems

    known = getattr(problems, ename, None)
    if isinstance(known, type) and issubclass(known, problems.BillingkitError):
        return evalue
    # Other errors' texts may hold a cell of the practice's data: only their kind is told.
    return f"The notebook failed with {ename}; see the failed copy."


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


def _strip(notebook: Any, task: Task) -> None:  # noqa: ANN401
    """Leave the practice's code and the as-of date in the metadata, and nothing else of papermill's."""
    notebook.metadata.pop("papermill", None)
    notebook.metadata["billingkit"] = {"practice": task.code, "as_of": task.as_of}
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            if output.get("output_type") == "error":
                _quiet(output)


def _quiet(output: Any) -> None:  # noqa: ANN401
    """Keep the lines of a traceback that show code, and drop the message of an error that is not ours."""
    sentence = _sentence(output["ename"], output["evalue"])
    output["evalue"] = sentence
    output["traceback"] = [*output["traceback"][:-1], f"{output['ename']}: {sentence}"]


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
