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
from weekly.toys import task

import billingkit as bk
from billingkit.weekly.execution import execute
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


@pytest.fixture(scope="module")
def patients(desk):
    """What a patient is known by in the week: names and their parts, birth dates, patient and member numbers."""
    week = bk.open_practice(desk[0] / "riverside").read_week("2026-11-23").week
    names = {
        name
        for frame, column in ((week.claims, "patient_name"), (week.balances, "patient_name"))
        for name in frame[column].drop_nulls()
    }
    numbers = {one for column in ("patient_id", "member_id") for one in week.claims[column].drop_nulls()}
    born = {day.isoformat() for day in week.claims["date_of_birth"].drop_nulls()}
    parts = {part.strip() for name in names for part in name.split(",")}
    assert min(len(parts), len(numbers), len(born)) > 5
    return parts | numbers | born


def named(file: Path, patients: set[str]) -> list[str]:
    text = re.sub(r'"image/png": "[^"]*"', "", file.read_text(encoding="utf-8"))
    return [one for one in sorted(patients) if re.search(rf"\b{re.escape(one)}\b", text)]


def test_no_patient_is_named_in_a_notebook_or_report(desk, patients):
    """Everything that names a patient of the week, looked for in all that was shown."""
    shown = [Path(file) for result in desk[1].values() for file in result.files if file.endswith((".ipynb", ".html"))]
    assert [(file.name, told) for file in shown if (told := named(file, patients))] == []


def test_ages_stand_from_young_to_old_in_the_report(desk):
    """In the second week too, when the ledger gives the first one's ages in the order of the alphabet."""
    page = Path(desk[1]["weekly_review"].files[1]).read_text(encoding="utf-8")
    places = [page.rindex(age) for age in ("0 to 7 days", "8 to 14 days", "15 to 28 days", "over 28 days")]
    assert places == sorted(places)


# Faults of the kit that can happen in a week, each with rows of the week in its message, its variables or its causes.
FAULTS = {
    "a value": "raise ValueError(str(review.actions['patient_name'].to_list()))",
    "a frame": "raise RuntimeError(str(review.prepared.week.claims.rows(named=True)))",
    "a key": "{}[review.actions['patient_name'][0]]",
    "an assertion": "assert not review.actions['patient_name'].to_list(), review.actions['patient_name'].to_list()",
    "polars": "import polars as pl\nreview.prepared.week.claims['patient_name'].cast(pl.Int64)",
    "a cause": "try:\n    {}[review.actions['member_id'][0]]\nexcept KeyError as fault:\n    raise OSError(fault) from fault",
    "said before": "import sys\nprint(review.actions['patient_name'].to_list(), file=sys.stderr)\nraise OSError",
    "in the library": "from decimal import Decimal\nlist(map(Decimal, review.prepared.week.claims['patient_name']))",
}


@pytest.mark.parametrize("source", FAULTS.values(), ids=FAULTS)
def test_a_failed_copy_of_a_week_names_no_patient(tmp_path, patients, source):
    """The weekly notebook with a fault after the week was decided: its copy keeps the places alone."""
    root = practices(tmp_path, "riverside")
    book = nbformat.read(NOTEBOOKS / "weekly_review.ipynb", as_version=4)
    place = next(number for number, cell in enumerate(book.cells) if "bk.review(" in cell.source)
    book.cells.insert(place + 1, nbformat.v4.new_code_cell(source))
    nbformat.write(book, tmp_path / "weekly_review.ipynb")
    given = {"practice_folder": str(root / "riverside"), "practice_code": "RIV", "as_of": "2026-11-23"}
    result = execute(task(tmp_path / "weekly_review.ipynb", tmp_path / "out", parameters=given))
    assert result.status == "failed"
    [copy] = map(Path, result.files)
    assert copy.name == "weekly_review.failed.ipynb"
    assert (named(copy, patients), [one for one in patients if one in result.said]) == ([], [])
    assert '"traceback"' in copy.read_text(encoding="utf-8")


def test_a_patient_typed_over_a_reference_is_not_shown_when_the_answer_is_held(tmp_path, patients):
    """The pack comes back with a name where a reference was; the run says which cell, and not what stands there."""
    import openpyxl

    root = practices(tmp_path, "riverside")
    folder, box = root / "riverside", root / "riverside" / "outbox"
    mine = {"practice_folder": str(folder), "practice_code": "RIV"}
    first = run_notebook("weekly_review", box / "2026-11-16", **mine, as_of="2026-11-16")
    pack = next(Path(file) for file in first.files if file.endswith("practice pack.xlsx"))
    book = openpyxl.load_workbook(pack)
    head = next(row for row in book["Action list"].iter_rows() if row[0].value == "Ref")
    answer = next(cell.column for cell in head if cell.value == "Answer")
    book["Action list"].cell(head[0].row + 1, 1).value = "Ashgrove, Hana"
    book["Action list"].cell(head[0].row + 1, answer).value = "supplied"
    book.save(folder / "inbox" / "2026-11-23" / "returned.xlsx")
    result = run_notebook("weekly_review", box / "2026-11-23", **mine, as_of="2026-11-23")
    copy = next(Path(file) for file in result.files if file.endswith(".ipynb"))
    assert "(no reference of ours): the reference was changed" in copy.read_text(encoding="utf-8")
    assert named(copy, patients) == []


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
