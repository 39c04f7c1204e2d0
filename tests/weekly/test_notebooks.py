"""The four notebooks: committed clean, thin, run on the sample practices, and readable with no internet."""

from __future__ import annotations

import base64
import re
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import polars as pl
import pytest
from weekly.samples import NOTEBOOKS, practices, run_notebook

import billingkit as bk
from billingkit.weekly.notebook import read_notebook

NAMES = ("weekly_review", "policy_rehearsal", "portfolio", "getting_started")
LINK = re.compile(r"(?:https?:)?//[\w.-]+\.\w+", re.IGNORECASE)


def cells(name):
    return nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4).cells


def test_there_are_these_notebooks_and_no_others():
    assert sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb")) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_committed_notebook_holds_nothing_of_a_run(name):
    book = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    assert set(book.metadata) <= {"kernelspec", "language_info"}
    for cell in book.cells:
        assert set(cell.metadata) <= {"tags"}
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count) == ([], None)


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_calls_the_library_and_decides_nothing_itself(name):
    code = [cell.source for cell in cells(name) if cell.cell_type == "code"]
    assert not re.search(r"^\s*(def|class|if|while)\b", "\n".join(code), re.MULTILINE)
    assert max(len(source.splitlines()) for source in code) <= 10
    assert read_notebook(NOTEBOOKS / f"{name}.ipynb").parameters


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """Riverside after two weeks of notebooks, Maple Court not yet run; every notebook's result by its name."""
    root = practices(tmp_path_factory.mktemp("desk"))
    mine = {"practice_folder": str(root / "riverside"), "practice_code": "RIV"}
    box, out = root / "riverside" / "outbox", root / "out"
    other = str(root / "maple_court" / "policy.xlsx")
    run_notebook("weekly_review", box / "2026-11-16", **mine, as_of="2026-11-16")
    results = {
        "weekly_review": run_notebook("weekly_review", box / "2026-11-23", **mine, as_of="2026-11-23"),
        "policy_rehearsal": run_notebook("policy_rehearsal", out, **mine, new_policy=other),
        "portfolio": run_notebook("portfolio", out, root_folder=str(root), as_of="2026-11-23"),
        "getting_started": run_notebook("getting_started", out, **mine, as_of="2026-11-23"),
    }
    return root, results


@pytest.mark.parametrize("name", NAMES)
def test_every_notebook_runs_to_its_end_and_gives_a_result(desk, name):
    result = desk[1][name]
    assert (result.status, result.said) == ("done", "")
    assert result.summary


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_warned_about(desk, name):
    book = nbformat.read(desk[1][name].files[0], as_version=4)
    streams = [out.text for cell in book.cells for out in cell.get("outputs", []) if out.get("name") == "stderr"]
    assert streams == []


@pytest.mark.parametrize("name", NAMES)
def test_a_chart_is_a_picture_too_and_needs_nothing_from_outside(desk, name):
    """A notebook that is not trusted drops drawings and style tags; the picture and inline style stay."""
    book = nbformat.read(desk[1][name].files[0], as_version=4)
    outputs = [out.data for cell in book.cells for out in cell.get("outputs", []) if "data" in out]
    drawn = [data for data in outputs if "image/svg+xml" in data]
    assert drawn
    for data in drawn:
        assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    pages = [data["text/html"] for data in outputs if "text/html" in data]
    assert pages
    assert not [page for page in pages if re.search(r"<(script|style|link|iframe)", page) or LINK.search(page)]


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.seen, self.addresses = [], []

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        self.addresses += [value for name, value in attrs if name in {"href", "src", "xlink:href", "action", "data"}]


@pytest.mark.parametrize("name", NAMES)
def test_a_report_is_light_has_no_code_and_links_to_nothing(desk, name):
    """Under 150 KB with its charts; no address of another place in it; no cell's code, no prompts."""
    path = Path(desk[1][name].files[1])
    page = path.read_text(encoding="utf-8")
    tags = Tags()
    tags.feed(page)
    assert len(page.encode()) < 150_000
    assert "svg" in tags.seen
    assert not {"script", "link", "iframe", "object", "pre", "code"} & set(tags.seen)
    assert [address for address in tags.addresses if address and not address.startswith("#")] == []
    assert not LINK.search(page)
    assert "import" not in re.sub(r"<[^>]+>", " ", page).split()
    assert "@media print" in page


def test_the_managers_report_has_two_charts_and_its_practice_in_the_title(desk):
    page = Path(desk[1]["weekly_review"].files[1]).read_text(encoding="utf-8")
    assert page.count("<svg") == 2
    assert "<title>Riverside Dental Practice: week as of 23 Nov 2026</title>" in page


def test_the_report_shows_the_figures_of_the_workbook(desk):
    """Its money by age is that of the practice pack's `Measures`, cell for cell."""
    import openpyxl

    root, results = desk
    pack = next((root / "riverside/outbox/2026-11-23").glob("*practice pack.xlsx"))
    book = openpyxl.load_workbook(pack, read_only=True)
    sheet = next(book[name] for name in book.sheetnames if name.startswith("Measures"))
    rows = [
        row
        for row in sheet.iter_rows(values_only=True)
        if row[0] and str(row[0]).startswith(("insurers,", "patients,"))
    ]
    page = Path(results["weekly_review"].files[1]).read_text(encoding="utf-8")
    shown = re.sub(r"<[^>]+>", "|", page)
    assert len(rows) == 5
    for label, before, now, *_ in rows:
        assert re.search(rf"{re.escape(label)}\|+{before:,.2f}\|+{now:,.2f}", shown), label


def test_no_patient_is_named_in_a_notebook_or_report(desk):
    """Every surname of the week, looked for in all that was shown."""
    root, results = desk
    week = bk.open_practice(root / "riverside").read_week("2026-11-23").week
    names = {
        name
        for frame, column in ((week.claims, "patient_name"), (week.balances, "patient_name"))
        for name in frame[column].drop_nulls()
    }
    surnames = {name.split(",")[0].strip() for name in names}
    assert len(surnames) > 5
    for result in results.values():
        for file in result.files:
            text = Path(file).read_text(encoding="utf-8")
            text = re.sub(r'"image/png": "[^"]*"', "", text)
            assert [name for name in sorted(surnames) if re.search(rf"\b{re.escape(name)}\b", text)] == []


def test_a_rehearsal_leaves_the_practice_as_it_was(desk):
    """The rehearsal named another practice's policy; the ledger still knows only the practice's own."""
    root, _ = desk
    policies = {event.body["policy"] for _, event in bk.open_practice(root / "riverside").ledger.of_kind("run")}
    assert policies == {bk.open_practice(root / "riverside").policy().hash}


def test_the_portfolio_counts_what_the_ledgers_hold(desk):
    summary = desk[1]["portfolio"].summary
    week = desk[1]["weekly_review"].summary
    assert (summary["practices"], summary["behind"]) == (2, ["maple_court"])
    assert (summary["questions"], summary["urgent"]) == (week["questions"], week["urgent"])
    review = bk.review(bk.open_practice(desk[0] / "riverside").read_week("2026-11-23"))
    assert summary["deadlines passed"] == review.actions.filter(pl.col("days_to_deadline") < 0).height
