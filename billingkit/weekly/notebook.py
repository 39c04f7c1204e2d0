"""A notebook before it runs: its parameters are checked by reading them, before any kernel starts."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from billingkit.problems import CannotRun
from billingkit.weekly.kernel import lean_imports


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook whose parameters cell was found and understood."""

    path: Path
    sha256: str
    parameters: dict[str, Any]  # name -> default


def read_notebook(path: Path) -> Notebook:
    """Read a notebook and its one cell tagged `parameters`.

    Without that cell papermill writes values at the top, the notebook's own defaults overwrite them, and a
    report for the wrong practice ends without an error; so it is refused here.

    Raises:
        CannotRun: no such cell or more than one, or the cell is not plain `name = literal` lines.
    """
    lean_imports()
    import nbformat

    from billingkit.practice import sha256

    cells = nbformat.read(path, as_version=4).cells
    tagged = [cell for cell in cells if "parameters" in cell.metadata.get("tags", [])]
    if len(tagged) != 1:
        raise CannotRun(
            f'{path.name}: {len(tagged)} cells are tagged "parameters"; there must be exactly one, '
            "or values would not reach the notebook.",
        )
    return Notebook(path, sha256(path), _defaults(path.name, tagged[0].source))


def check_parameters(notebook: Notebook, given: Mapping[str, Any]) -> None:
    """Refuse values that the notebook does not take, lacks, or that are not plain JSON scalars.

    Raises:
        CannotRun: listing every fault at once.
    """
    faults = [f'it takes no "{name}"' for name in given if name not in notebook.parameters]
    faults += [f'"{name}" is not given' for name in notebook.parameters if name not in given]
    faults += [
        f'"{name}" must be text, a number or yes/no, not {type(value).__name__}'
        for name, value in given.items()
        if not isinstance(value, str | int | float | bool)
    ]
    faults += [
        f'"{name}" must be {type(default).__name__}, not {type(given[name]).__name__}'
        for name, default in notebook.parameters.items()
        if name in given
        and isinstance(given[name], str | int | float | bool)
        and type(given[name]) is not type(default)
    ]
    if faults:
        raise CannotRun(f"{notebook.path.name}: {'; '.join(faults)}.")


def _defaults(name: str, source: str) -> dict[str, Any]:
    fault = CannotRun(f'{name}: the "parameters" cell may only hold lines such as `as_of = "2026-11-23"`.')
    try:
        lines = ast.parse(source).body
    except SyntaxError:
        raise fault from None
    defaults: dict[str, Any] = {}
    for line in lines:
        if not (isinstance(line, ast.Assign) and len(line.targets) == 1 and isinstance(line.targets[0], ast.Name)):
            raise fault
        try:
            defaults[line.targets[0].id] = ast.literal_eval(line.value)
        except ValueError:
            raise fault from None
    return defaults
