#!/usr/bin/env python3
"""Set everything up and start: `python3 start.py` runs the sample, `python3 start.py test` the tests.

Needs only Python 3.11 or newer. It makes its own environment in .venv beside this file, so it needs no
administrator and leaves the system's Python alone.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
HOME = HERE / ".venv"
PYTHON = HOME / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
GROUPS = {"sample": (), "test": ("test",), "lint": ("test", "lint"), "bench": ("test", "bench"), "lab": ()}
USAGE = """\
python3 start.py            run the main job on the sample data and say where to look
python3 start.py test       run the tests (more words go to pytest: start.py test tests/rules -x)
python3 start.py lint       check style and types
python3 start.py lab        open the notebooks in JupyterLab"""


def main(words: list[str]) -> int:
    """Make the environment if it is not there yet, then do what the first word says."""
    task, rest = (words[0], words[1:]) if words else ("sample", [])
    if task not in GROUPS:
        print(USAGE)
        return 2
    if sys.version_info < (3, 11):  # noqa: UP036 -- an older Python gets a sentence, not a traceback
        print(f"billingkit needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
        return 2
    prepare(GROUPS[task])
    return {"sample": sample, "test": test, "lint": lint, "bench": bench, "lab": lab}[task](rest)


def prepare(groups: tuple[str, ...]) -> None:
    """Install what is needed into .venv; nothing is done where that is up to date."""
    wanted = hashlib.sha256((HERE / "pyproject.toml").read_bytes()).hexdigest()
    mark = HOME / "billingkit-installed"
    done = mark.read_text(encoding="utf-8").split() if mark.exists() and PYTHON.exists() else []
    if done[:1] == [wanted] and set(groups) <= set(done[1:]):
        return
    if not PYTHON.exists():
        print("1/3  Making an environment of its own in .venv ...", flush=True)
        make_environment()
    kept = sorted({*groups, *(done[1:] if done[:1] == [wanted] else ())})
    print("2/3  Installing billingkit and what it needs (a few minutes the first time) ...", flush=True)
    pip("install", "--upgrade", "pip>=25.1")
    extras = "[cluster]" if "test" in kept else ""
    pip("install", "--editable", f"{HERE}{extras}", *(word for group in kept for word in ("--group", group)))
    mark.write_text(" ".join((wanted, *kept)), encoding="utf-8")


def make_environment() -> None:
    """Make .venv with pip in it, also where the system keeps ensurepip in a package of its own."""
    try:
        venv.create(HOME, with_pip=True, clear=True)
    except (subprocess.CalledProcessError, ModuleNotFoundError):
        shutil.rmtree(HOME, ignore_errors=True)
        venv.create(HOME, with_pip=False)
        command = [sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "pip"]
        if subprocess.run(command, check=False).returncode:
            shutil.rmtree(HOME, ignore_errors=True)
            sys.exit(
                "This Python cannot make environments. On Debian or Ubuntu: sudo apt install python3-venv; "
                "elsewhere install Python from python.org. Then run this again.",
            )


def pip(*words: str) -> None:
    """Run the environment's pip, and show only what went wrong."""
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", *words, "--progress-bar", "on"]
    if "install" in words:
        command += ["--quiet"]
    if subprocess.run(command, cwd=HERE, check=False).returncode:
        sys.exit("The installation did not finish: see the lines above (usually no connection to the package index).")


def sample(rest: list[str]) -> int:
    """Copy the sample practices to ./out/sample and run the Monday morning on them."""
    print("3/3  Running the sample practices ...", flush=True)
    out = HERE / "out" / "sample"
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(HERE / "sample_data", out, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    code = run("-m", "billingkit", "weekly", str(out), "--as-of", "2026-11-23", *rest)
    if code == 0:
        print("\nLook at:")
        for pack in sorted(out.glob("*/outbox/2026-11-23/*")):
            if pack.suffix in {".xlsx", ".html"}:
                print(f"  {pack}")
    return code


def test(rest: list[str]) -> int:
    """Run the whole suite on all cores, or what the further words name."""
    return run("-m", "pytest", *(rest or ["-n", "auto", "--dist", "loadfile", "-q"]))


def lint(rest: list[str]) -> int:
    """Style, format and types."""
    del rest
    return run("-m", "ruff", "check", ".") or run("-m", "ruff", "format", "--check", ".") or run("-m", "mypy")


def bench(rest: list[str]) -> int:
    """Run one of the scripts in benchmarks/."""
    return run(*rest)


def lab(rest: list[str]) -> int:
    """Open JupyterLab on the notebooks."""
    return run("-m", "jupyterlab", str(HERE / "notebooks"), *rest)


def run(*words: str) -> int:
    """Run the environment's Python and give its exit code."""
    return subprocess.run([str(PYTHON), *words], cwd=HERE, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
