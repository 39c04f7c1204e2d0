"""The sample practices in a folder of their own, and notebooks run on them."""

from __future__ import annotations

import shutil
from pathlib import Path

from weekly.toys import task

from billingkit.weekly.execution import Result, execute

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "notebooks"
CODES = {"riverside": "RIV", "maple_court": "MAP"}


def practices(root: Path, *names: str) -> Path:
    """Fresh copies of the named sample practices (all by default), with nothing run yet."""
    for name in names or CODES:
        shutil.copytree(
            ROOT / "sample_data" / name, root / name, ignore=shutil.ignore_patterns("outbox", "ledger*", ".in-use")
        )
    return root


def run_notebook(name: str, out: Path, **parameters: str) -> Result:
    """One of the project's notebooks, executed as `weekly` would."""
    out.mkdir(parents=True, exist_ok=True)
    return execute(task(NOTEBOOKS / f"{name}.ipynb", out, parameters=parameters))
