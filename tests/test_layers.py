"""Who may import whom: the house keeps its rooms apart."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import billingkit

HOUSE = Path(billingkit.__file__).parent
WORDS = {"ages", "terms", "columns", "problems", "refs", "week", "history", "decided"}
MAY = {
    "ages": set(),
    "terms": set(),
    "columns": {"terms"},
    "problems": set(),
    "private": set(),
    "refs": set(),
    "week": {"problems", "columns"},
    "history": {"terms"},
    "decided": {"terms", "columns", "problems", "week", "history", "policy"},  # policy for its type alone
    "rules": {"terms", "problems"},
    "calendar": {"terms", "problems"},
    "policy": {"rules", "terms", "problems", "columns", "calendar", "workbook"},  # workbook only to open the file
    "decisions": {"policy", "calendar", "rules"} | WORDS,
    "workbook": {"problems"},
    "reading": {"workbook", "terms", "columns", "problems", "policy", "week", "calendar", "refs"},
    "exchange": {"workbook", "policy", "calendar", "rules", "decisions"} | WORDS,
    "ledger": {"terms", "history", "problems", "private", "refs", "columns"},
}
NEVER = {"openpyxl", "xlsxwriter", "papermill", "pathlib", "lxml", "zipfile"}


def modules():
    return sorted(HOUSE.rglob("*.py"))


def room(path: Path) -> str:
    first = path.relative_to(HOUSE).parts[0]
    return first.removesuffix(".py")


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module} | {
                f"{node.module}.{alias.name}" for alias in node.names if node.module == "billingkit"
            }
    return found


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(HOUSE)))
def test_a_room_imports_only_the_rooms_below_it(path):
    here = room(path)
    ours = {name.split(".")[1] for name in imports(path) if name.startswith("billingkit.")}
    if here in MAY:
        assert ours - MAY[here] - {here, "__version__"} == set()


@pytest.mark.parametrize(
    "path", [p for p in modules() if room(p) in {"rules", "decisions", "calendar"}], ids=lambda p: p.name
)
def test_decisions_know_no_files_and_no_excel(path):
    assert {name.split(".")[0] for name in imports(path)} & NEVER == set()


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(HOUSE)))
def test_only_the_command_line_asks_the_clock(path):
    """`date.today`, `datetime.now`, `time.time` and friends stand in cli.py alone."""
    clocks = {("date", "today"), ("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("time", "time")}
    clocks |= {("time", "localtime"), ("time", "gmtime"), ("time", "strftime")}
    asked = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
            asked |= {(name, node.func.attr)} & clocks
    assert not asked or room(path) == "cli"


def test_importing_billingkit_imports_nothing_heavy():
    code = (
        "import sys, billingkit\n"
        "heavy = {'polars','openpyxl','xlsxwriter','altair','papermill','sqlalchemy','lxml','great_tables','holidays'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
