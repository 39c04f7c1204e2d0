"""Is anything lost in real workbooks? Annotates and grafts every workbook of some folders and counts the outcomes.

usage: python benchmarks/fidelity.py FOLDER... [--second PROGRAM] [--validate] [--jobs N] [--only PART]

The workbooks come from elsewhere: the test suites of other spreadsheet programs and libraries hold thousands. For each
one, twice (the first sheet with headings, the last without): annotate, annotate again, take ours out; then graft tabs,
graft again, take them out; and once all of it in one draft, as a practice pack has it. What is looked for:
- lost: the fingerprint found something gone or different; `--second` names another program that compares two workbooks
  and exits with 1 where something is lost;
- invalid: a finding of the lint, or with `--validate` of the Open XML SDK's validator, that the source did not have;
- unread: openpyxl or calamine reads the source and not the result, or reads back something else than was written;
- unequal: twice is not once, or her parts are not as they were (equal as canonical XML) once ours are out;
- half: a refusal that left a file behind; crash: any exception but the refusal;
- refused, with its reason, and kept: all was well.
"""

from __future__ import annotations

import argparse
import collections
import hashlib
import multiprocessing
import re
import resource
import subprocess
import sys
import tempfile
import traceback
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import date
from decimal import Decimal
from functools import partial
from io import BytesIO
from pathlib import Path

from lxml import etree

from billingkit.workbook import Column, Note, UnsafeToPatch, annotate, patch_sheet, remove_ours
from billingkit.workbook.anatomy import Anatomy, TabPart, area_place, cell_place, within
from billingkit.workbook.fingerprint import Allowed, fingerprint, losses
from billingkit.workbook.fresh import Heading, open_workbook
from billingkit.workbook.graft import graft, ungraft
from billingkit.workbook.host import Host, look_at
from billingkit.workbook.lint import lint
from billingkit.workbook.marks import set_marks
from billingkit.workbook.package import Changes, open_package, save
from billingkit.workbook.places import letters, number
from billingkit.workbook.plain import plain_sheet
from billingkit.workbook.sheets import list_sheets
from billingkit.workbook.undo import remove_everything
from billingkit.workbook.validity import read_back_faults, validator_errors
from billingkit.workbook.xmlparts import canonical

KINDS = (".xlsx", ".xlsm", ".xltx", ".xltm")
MOST_ROWS = 300  # that are annotated
LARGEST = 20 << 20  # bytes, unpacked: the fingerprint holds a workbook whole
MEMORY = 4 << 30  # bytes that one workbook may take; more counts as a crash
GROWS = frozenset({"cols", "autoFilter"})
NAMES = frozenset({"_xlnm._FilterDatabase", "_xlnm.Print_Area"})
_SHEET = re.compile(rb"<(?:[\w.-]+:)?worksheet[\s>]")
ENDED = "a reader that lives through the source ends with its process"
Outcome = tuple[str, str, str]  # what was done, how it came out, details


def study(path: Path, *, second: str | None, validate: bool) -> list[Outcome]:
    """All that happens to one workbook."""
    warnings.simplefilter("ignore")
    found: list[Outcome] = []
    with tempfile.TemporaryDirectory() as where:
        folder = Path(where)
        check = partial(compare, second=second, validate=validate)
        for name, trial in (
            ("annotate", annotated),
            ("annotate bare", annotated_bare),
            ("graft", grafted),
            ("pack", packed),
        ):
            room = folder / name
            room.mkdir()
            try:
                told = list(trial(path, room, check)) or [("kept", "")]
            except UnsafeToPatch as error:
                told = [("refused", plainly(str(error)))] + [("half", one.name) for one in room.iterdir()]
            except Exception as error:  # noqa: BLE001 -- whatever it raises is the finding
                at = traceback.extract_tb(error.__traceback__)[-1]
                told = [("crash", f"{type(error).__name__}: {error} ({Path(at.filename).name}:{at.lineno})")]
            found += [(name, *one) for one in told]
    return found


def plainly(reason: str) -> str:
    """A refusal without the names in it, so that they can be counted."""
    return re.sub(r'"[^"]*"|\b[A-Z]{1,3}\d+\b|\d+|\([^)]*/[^)]*\)', "…", reason)


def annotated(path: Path, room: Path, check, *, bare: bool = False) -> Iterator[tuple[str, str]]:
    """Columns and notes, with headings on the first sheet."""
    package = opened(path, -1 if bare else 0)
    if package is None:
        for name in first_sheets(path):
            annotate(path, room / "once.xlsx", sheet=name, header_row=1, columns=ours(range(2, 4), set())[0])
        return
    sheets = package.worksheets
    tab = sheets[-1 if bare else 0]
    rows = [place[0] for cell in package.cells(tab) if (place := cell_place(cell.get("r", "")))]
    head, last = max(min(rows, default=1), 1), max(rows, default=1)  # a cell may claim to be in row 0
    head = min(head, 1_048_000 - MOST_ROWS)
    if not bare:
        head = min((where[0] for _, where in table_areas(package, tab)), default=head)
    tables = [name for name, _ in table_areas(package, tab)]
    noted = {
        one.get("ref", "")
        for part in package.linked(tab.part, "comments")
        for one in within(package.xml(part), "comment")
    }
    package.close()
    below = range(head + (not bare), min(max(last, head), head + MOST_ROWS) + 2)
    columns, notes = ours(below, noted)
    once, twice = room / f"once{path.suffix}", room / f"twice{path.suffix}"
    write = partial(annotate, sheet=tab.name, header_row=None if bare else head, columns=columns, notes=notes)
    done = write(path, once)
    at = {heading: number(where) for heading, where in done.columns.items()}
    area = (head, min(at.values()), max(last, below[-1]), max(at.values()))
    allowed = Allowed({tab.name: (area,)}, {tab.name: GROWS}, frozenset(tables), NAMES)
    meant = {(tab.name, f"{letters(at['Next action'])}{row}"): f"Call {row}" for row in below[:2]}
    hers = {f"note {tab.name} {ref} is different" for ref in noted}
    yield from (one for one in check(path, once, allowed, meant) if one[1] not in hers)
    write(once, twice)
    yield from unequal("twice", once, twice)
    package_after = open_package(once)
    save(package_after, remove_ours(package_after), room / "removed.xlsx")
    yield from unequal("removed", path, room / "removed.xlsx")


def opened(path: Path, which: int) -> Anatomy | None:
    """The workbook laid open; None where that sheet or its texts cannot be read, so that only a refusal can follow."""
    try:
        package = Anatomy(path)
        package.xml(package.worksheets[which].part)
        len(package.strings)
    except (zipfile.BadZipFile, etree.XMLSyntaxError, StopIteration, KeyError, IndexError):
        return None
    return package


def first_sheets(path: Path) -> list[str]:
    """The sheets of a workbook that this script cannot read: all that annotating itself finds, else any name."""
    return [one.name for one in list_sheets(Changes(open_package(path)))] or ["Sheet1"]


def table_areas(package: Anatomy, tab: TabPart) -> list[tuple[str, tuple[int, int, int, int]]]:
    """The tables of a tab that show their headings: name and range."""
    found = [(table, area_place(table.get("ref", ""))) for home, _, table in package.tables if home.part == tab.part]
    return [(table.get("displayName", ""), where) for table, where in found if where]


def annotated_bare(path: Path, room: Path, check) -> Iterator[tuple[str, str]]:
    """The same without headings, on the last sheet."""
    return annotated(path, room, check, bare=True)


def ours(rows: range, noted: set[str]) -> tuple[list[Column], list[Note]]:
    """Text, a date and an amount, with gaps and looks; notes beside hers, and one on hers."""
    columns = [
        Column("Next action", {row: f"Call {row}" for row in rows}, 22, dict.fromkeys(rows[::3], "urgent")),
        Column("By when", {row: date(2026, 11, 23) for row in rows[::2]}, styles=dict.fromkeys(rows[::4], "hold")),
        Column("Expected", {row: Decimal("12.50") for row in rows[1::2]}, number_format="#,##0.00"),
        Column("Answer", dict.fromkeys(rows), style="answer"),
    ]
    places = [f"A{row}" for row in rows[:3]] + sorted(noted)[:1]
    notes = [
        Note(int(re.sub(r"\D", "", one)), re.sub(r"\d", "", one), "please look\nhere") for one in dict.fromkeys(places)
    ]
    return columns, notes


def our_tabs(host: Host) -> bytes:
    """Two tabs with a table, choices, a note and a formula."""
    buffer = BytesIO()
    with open_workbook(
        buffer, as_of=date(2026, 11, 23), normal_font=host.normal_font, date_1904=host.date_1904
    ) as book:
        book.add_tab(host.free_tab("Start here")).text(1, 1, "Start here", "title")
        tab = book.add_tab(host.free_tab("Action list"))
        listed = [[f"Q{one}", Decimal(one), date(2026, 12, 1), None] for one in range(3)]
        headings = [
            Heading("Ref", kind="code"),
            Heading("Amount"),
            Heading("By when"),
            Heading("Answer", look="answer"),
        ]
        first, left, last, right = tab.table(
            "ActionList", 3, 1, headings, listed, row_looks=["urgent", "high", "normal"]
        )
        tab.drop_down((first + 1, right, last, right), ["supplied", "not available"], "Please choose.")
        tab.highlight((first + 1, left, last, right), f'=$D{first + 1}="supplied"', "hold")
        tab.note(4, 1, "A note of ours")
        tab.formula(last + 2, 2, "=SUM(ActionList[Amount])", Decimal(3), "total", kind="money")
    return buffer.getvalue()


def grafted(path: Path, room: Path, check) -> Iterator[tuple[str, str]]:
    """Tabs in front of hers."""
    once, twice = room / f"once{path.suffix}", room / f"twice{path.suffix}"
    for source, target in ((path, once), (once, twice)):
        package = open_package(source)
        changes = Changes(package)
        graft(package, changes, our_tabs(look_at(package, changes)))
        save(package, changes, target)
        if target is once:
            yield from check(path, once, Allowed(), {})
    yield from unequal("twice", once, twice)
    package = open_package(once)
    changes = Changes(package)
    ungraft(package, changes)
    save(package, changes, room / "removed.xlsx")
    yield from unequal("removed", path, room / "removed.xlsx")


def packed(path: Path, room: Path, check) -> Iterator[tuple[str, str]]:
    """All at once, as the practice pack has it: columns on the first sheet, tabs in front, and the pack's marks."""
    once, twice = room / f"once{path.suffix}", room / f"twice{path.suffix}"
    first = opened(path, 0)
    if first is None:
        raise UnsafeToPatch("", "cannot be read", "")
    tab, tables = first.worksheets[0].name, [name for name, _ in table_areas(first, first.worksheets[0])]
    noted = {f"note {tab} A{row} is different" for row in (3, 4)}
    first.close()
    columns, _ = ours(range(3, 9), set())
    for source, target in ((path, once), (once, twice)):
        package = open_package(source)
        changes = Changes(package)
        remove_everything(changes, again={tab})
        stripped = save(package, changes, room.parent / f"stripped {target.name}").path
        package = open_package(stripped)
        changes = Changes(package)
        done = patch_sheet(
            changes, sheet=tab, header_row=None, columns=columns, notes=[Note(3, "A", "look"), Note(4, "A", "here")]
        )
        graft(package, changes, our_tabs(look_at(package, changes)))
        set_marks(package, changes, {"pack": "RV-1"})
        save(package, changes, target)
        if target is once:
            at = [number(where) for where in done.columns.values()]
            allowed = Allowed({tab: ((3, min(at), 9, max(at)),)}, {tab: GROWS}, frozenset(tables), NAMES)
            meant = {(tab, f"{letters(at[0])}{row}"): f"Call {row}" for row in (3, 4)}
            yield from (one for one in check(path, once, allowed, meant) if one[1] not in noted)
    yield from unequal("twice", once, twice)
    package = open_package(once)
    changes = Changes(package)
    remove_everything(changes)
    save(package, changes, room / "removed.xlsx")
    yield from unequal("removed", path, room / "removed.xlsx")


def compare(
    before: Path, after: Path, allowed: Allowed, meant, *, second: str | None, validate: bool
) -> Iterator[tuple[str, str]]:
    """What is lost, newly invalid, or not read any more."""
    yield from (("lost", one) for one in losses(fingerprint(before), fingerprint(after), allowed))
    if second:
        told = subprocess.run([sys.executable, second, before, after], capture_output=True, text=True, check=False)
        if told.returncode:
            yield "lost (second)", " ".join((told.stdout or told.stderr[-200:]).split())
    yield from (("invalid (lint)", one) for one in fresh(before, after, lambda one: [str(each) for each in lint(one)]))
    if validate:
        yield from (("invalid", one) for one in fresh(before, after, validator_errors))
    if apart(read_back_faults, before, None, {}) == []:
        told = apart(read_back_faults, after, before, meant)
        yield from (("unread", one) for one in ([ENDED] if told is None else told))


def apart(work, *given):
    """What `work` gives, done in a process of its own; None where it ended that process, as compiled readers can."""
    receiver, sender = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(target=lambda: sender.send(work(*given)))
    child.start()
    sender.close()
    try:
        return receiver.recv()
    except EOFError:
        return None
    finally:
        child.join()


def fresh(before: Path, after: Path, check) -> Iterable[str]:
    """What a check says of the second file and not of the first."""
    found = collections.Counter(check(after))
    return (found - collections.Counter(check(before) if found else ())).elements()


def unequal(what: str, one: Path, other: Path) -> Iterator[tuple[str, str]]:
    """Parts that only one file has, or that say something else."""
    first, second = members(one), members(other)
    for part in sorted(first.keys() | second.keys()):
        if part not in first or part not in second:
            yield f"unequal ({what})", f"{part} only in one"
        elif first[part] != second[part] and not same(first[part], second[part], part):
            yield f"unequal ({what})", f"{part} differs"


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {one.filename: archive.read(one) for one in archive.infolist()}


def same(one: bytes, other: bytes, part: str) -> bool:
    """Whether they are equal as canonical XML; in a sheet, addresses that were left out count as written."""
    try:
        return canonical(one) == canonical(other) or (
            _SHEET.search(one[:2000]) is not None and canonical(plain_sheet(one, part)) == canonical(other)
        )
    except etree.XMLSyntaxError:
        return False


def workbooks(folders: list[str], only: str) -> list[Path]:
    """Every workbook below the folders, each content once."""
    seen: dict[str, Path] = {}
    for path in sorted(one for folder in folders for one in Path(folder).rglob("*") if one.suffix.lower() in KINDS):
        if only in str(path) and unpacked(path) <= LARGEST:
            seen.setdefault(hashlib.sha256(path.read_bytes()).hexdigest(), path)
    return list(seen.values())


def unpacked(path: Path) -> int:
    """The size of all parts; 0 for what is no zip file."""
    try:
        with zipfile.ZipFile(path) as archive:
            return sum(one.file_size for one in archive.infolist())
    except zipfile.BadZipFile:
        return 0


def main() -> None:
    reader = argparse.ArgumentParser()
    reader.add_argument("folders", nargs="+")
    reader.add_argument("--second")
    reader.add_argument("--validate", action="store_true")
    reader.add_argument("--jobs", type=int, default=2)
    reader.add_argument("--only", default="")
    reader.add_argument("--quiet", action="store_true", help="counts only")
    told = reader.parse_args()
    paths = workbooks(told.folders, told.only)
    counts: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    reasons: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    work = partial(study, second=told.second, validate=told.validate)
    limit = partial(resource.setrlimit, resource.RLIMIT_AS, (MEMORY, MEMORY))
    with ProcessPoolExecutor(told.jobs, initializer=limit) as pool:
        waiting = {pool.submit(work, path): path for path in paths}
        for done in as_completed(waiting):
            path, outcomes = waiting[done], done.result()
            for name, outcome in dict.fromkeys((name, outcome) for name, outcome, _ in outcomes):
                counts[name][outcome] += 1
            for name, outcome, details in outcomes:
                if outcome == "refused":
                    reasons[name][details] += 1
                if outcome != "kept" and not told.quiet:
                    print(f"{name} | {outcome} | {path.parent.name}/{path.name} | {details[:300]}", flush=True)
    print(f"{len(paths)} workbooks")
    for name, found in counts.items():
        print(f"{name}: " + ", ".join(f"{outcome} {times}" for outcome, times in sorted(found.items())))
        for reason, times in reasons[name].most_common():
            print(f"  {times:5} {reason}")


if __name__ == "__main__":
    main()
