"""Small notebooks that end in every way a notebook can end."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import nbformat

from billingkit.weekly.execution import Task

PARAMETERS = 'practice_folder = "x"\npractice_code = "X"\nas_of = "2026-01-01"'
RESULT = (
    "from IPython.display import display\n"
    'display({"text/plain": "ok", "application/vnd.billingkit.result+json": {"questions": 3}}, raw=True)'
)


def write_notebook(path: Path, *sources: str, parameters: str | None = PARAMETERS, tags: int = 1) -> Path:
    """A notebook of code cells; the parameters cell first, tagged as many times as asked."""
    book = nbformat.v4.new_notebook()
    if parameters is not None:
        for _ in range(max(tags, 1)):
            cell = nbformat.v4.new_code_cell(parameters)
            cell.metadata["tags"] = ["parameters"] if tags else []
            book.cells.append(cell)
    book.cells += [nbformat.v4.new_code_cell(source) for source in sources]
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path.write_text(nbformat.writes(book), encoding="utf-8")
    return path


def task(notebook: Path, out: Path, **changes: object) -> Task:
    """A task for one toy."""
    made = Task(
        notebook=str(notebook),
        notebook_sha256="0" * 64,
        folder=str(out),
        code="RIV",
        as_of="2026-11-23",
        parameters={"practice_folder": str(out), "practice_code": "RIV", "as_of": "2026-11-23"},
        out=str(out),
        cell_timeout=60,
        run_timeout=120,
    )
    return replace(made, **changes)
