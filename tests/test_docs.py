"""What the documents say is run as they say it."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from billingkit.cli import main

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ELSEWHERE = ("python3 start.py", "py start.py")  # the first commands themselves: test_start.py and CI run them


def blocks(page: Path, language: str) -> list[str]:
    return [text for kind, text in BLOCK.findall(page.read_text(encoding="utf-8")) if kind == language]


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder with the sample practices in it, as in a fresh checkout."""
    shutil.copytree(ROOT / "sample_data", tmp_path / "sample_data", ignore=shutil.ignore_patterns("outbox", "ledger*"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page):
    links = re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8"))
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "python")], ids=lambda page: page.name)
def test_python_blocks_run_as_they_stand(page, desk):
    for block in blocks(page, "python"):
        exec(compile(block, f"{page.name} block", "exec"), {})  # noqa: S102 -- the documents are ours


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "console")], ids=lambda page: page.name)
def test_commands_run_as_they_stand(page, desk):
    for line in (line for block in blocks(page, "console") for line in block.splitlines()):
        command = line.removeprefix("$ ").removeprefix("> ")
        if command.startswith(ELSEWHERE):
            continue
        program, *words = shlex.split(command)
        assert program == "billingkit", line
        said = subprocess.run([sys.executable, "-m", "billingkit", *words], capture_output=True, text=True, check=False)
        assert said.returncode in {0, 1}, f"{line}\n{said.stdout}{said.stderr}"


def test_the_readme_names_only_commands_that_exist():
    named = set(re.findall(r"`billingkit (\w+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert named - {"help"} <= set(main.commands)


def test_every_command_is_told_somewhere():
    told = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert [name for name in main.commands if f"billingkit {name}" not in told] == []
