"""Is a workbook valid? Four checks that find different things, as one function.

1. the Open XML SDK's validator, 2. our own lint, 3. a full recalculation by LibreOffice,
4. reading it back with two readers. A check whose program is not on this machine is skipped, and
the verdict says so. No Excel takes part: that Excel offers no repair is argued here, not proven.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from billingkit.workbook.anatomy import Anatomy, cell_place
from billingkit.workbook.lint import lint

VALIDATOR_VARIABLE: Final = "BILLINGKIT_OOXML_VALIDATOR"
_PROFILE: Final = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""

_LINE: Final = re.compile(r" Line \d+, position \d+\.")
CellPlace = tuple[str, str]  # tab, cell


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the four checks found in one workbook, each finding in words; and which were skipped."""

    path: Path
    validator: tuple[str, ...] = ()
    lint: tuple[str, ...] = ()
    recalculated: tuple[str, ...] = ()
    read_back: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()

    @property
    def faults(self) -> tuple[str, ...]:
        """Every finding of every check."""
        return (*self.validator, *self.lint, *self.recalculated, *self.read_back)

    @property
    def ok(self) -> bool:
        """Did every check that could run find nothing?"""
        return not self.faults

    def __str__(self) -> str:
        """The verdict in a few lines."""
        said = "valid" if self.ok else f"{len(self.faults)} faults"
        return "\n".join([f"{self.path.name}: {said}", *(f"  {one}" for one in (*self.faults, *self.skipped))])


def check_valid(
    path: Path | str, source: Path | str | None = None, *, meant: Mapping[CellPlace, object] | None = None
) -> Verdict:
    """Run the four checks on one workbook; with a `source`, only what is new since then counts.

    `meant` gives cells that must read back as said, by (tab, cell) such as ("Claims", "C7").
    """
    return check_all([Path(path)], [Path(source) if source is not None else None], meant=[meant or {}])[0]


def check_all(
    paths: Sequence[Path],
    sources: Sequence[Path | None] | None = None,
    *,
    meant: Sequence[Mapping[CellPlace, object]] | None = None,
) -> list[Verdict]:
    """Run the four checks on several workbooks; LibreOffice starts once for all of them."""
    before = list(sources) if sources is not None else [None] * len(paths)
    wanted = list(meant) if meant is not None else [{} for _ in paths]
    recalculated = _recalculation_faults(paths, before)
    return [
        Verdict(
            path,
            _new(path, source, validator_errors),
            _new(path, source, lambda one: [str(found) for found in lint(one)]),
            shown,
            tuple(read_back_faults(path, source, cells)),
            skipped_checks(),
        )
        for path, source, cells, shown in zip(paths, before, wanted, recalculated, strict=True)
    ]


def skipped_checks() -> tuple[str, ...]:
    """The checks that cannot run on this machine, and why."""
    validator = f"SDK validator: skipped, it is not found; set {VALIDATOR_VARIABLE} to its program"
    office = "LibreOffice: skipped, soffice is not installed"
    found = ((validator, validator_program()), (office, office_program()))
    return tuple(said for said, program in found if program is None)


def _new(path: Path, source: Path | None, check: Callable[[Path], list[str]]) -> tuple[str, ...]:
    """What a check finds now and did not find in the source, which is asked only if there is something to compare."""
    after = Counter(check(path))
    return tuple((after - Counter(check(source) if after and source is not None else ())).elements())


def validator_program() -> str | None:
    """Where the SDK validator is: named by the environment, on the path, or among the node modules."""
    named = os.environ.get(VALIDATOR_VARIABLE)
    if named:
        return named if Path(named).exists() else None
    found = shutil.which("ooxml-validator")
    if found:
        return found
    for folder in (Path.cwd(), *Path.cwd().parents):
        inside = folder / "node_modules" / ".bin" / "ooxml-validator"
        if inside.exists():
            return str(inside)
    return None


def validator_errors(path: Path) -> list[str]:
    """The SDK validator's errors; without their position, so that files before and after compare."""
    program = validator_program()
    if program is None:
        return []
    with tempfile.TemporaryDirectory() as folder:
        # it goes by the extension, which a temporary name may lack
        copy = Path(folder) / ("book.xlsm" if path.suffix.lower() == ".xlsm" else "book.xlsx")
        shutil.copyfile(path, copy)
        ran = subprocess.run([program, str(copy)], capture_output=True, text=True, timeout=300, check=False)  # noqa: S603  # our own program, no shell
    try:
        told = json.loads(ran.stdout)
    except json.JSONDecodeError:
        return [f"the validator did not answer: {(ran.stderr or ran.stdout).strip()[:300]}"]
    if told.get("ok"):
        return []
    errors = told.get("errors") or [{"description": "not ok, and no reason given"}]
    return [f"validator: {one.get('path', '')}: {_LINE.sub('', one.get('description') or '')}" for one in errors]


def office_program() -> str | None:
    """Where LibreOffice is."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def convert(paths: Sequence[Path], to: str, into: Path) -> list[Path | None]:
    """Let LibreOffice open the files, calculate everything anew and save them as `to`, in one start.

    Results keep the order of the files; None where LibreOffice could not make one. Each run has
    its own profile, so that runs side by side do not disturb each other.
    """
    program = office_program()
    if program is None:
        raise FileNotFoundError("soffice is not installed")
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        profile = work / "profile" / "user"
        profile.mkdir(parents=True)
        (profile / "registrymodifications.xcu").write_text(_PROFILE, encoding="utf-8")
        copies = []
        for number, path in enumerate(paths):
            copies.append(work / f"{number}{path.suffix.lower() or '.xlsx'}")
            shutil.copyfile(path, copies[-1])
        command = [
            program,
            f"-env:UserInstallation={profile.parent.as_uri()}",
            "--headless",
            "--norestore",
            "--convert-to",
            to,
        ]
        subprocess.run(  # noqa: S603  # our own program, no shell
            [*command, "--outdir", str(into), *map(str, copies)],
            capture_output=True,
            timeout=120 + 20 * len(paths),
            check=False,
        )
    extension = to.partition(":")[0]
    made = [into / f"{number}.{extension}" for number in range(len(paths))]
    return [one if one.exists() else None for one in made]


def recalculate(paths: Sequence[Path]) -> dict[Path, dict[CellPlace, str] | None] | None:
    """Each file's error values after a full recalculation; None as a whole without LibreOffice."""
    if office_program() is None:
        return None
    if not paths:
        return {}
    with tempfile.TemporaryDirectory() as folder:
        different = list(dict.fromkeys(paths))
        made = convert(different, "xlsx", Path(folder))
        return {path: error_values(one) if one else None for path, one in zip(different, made, strict=True)}


def error_values(path: Path) -> dict[CellPlace, str]:
    """The cells of a workbook that show an error, such as #NAME?, by tab and cell."""
    package = Anatomy(path)
    try:
        return {
            (tab.name, cell.get("r", "")): package.shown_text(cell)
            for tab in package.worksheets
            for cell in package.cells(tab)
            if cell.get("t") == "e"
        }
    finally:
        package.close()


def _recalculation_faults(paths: Sequence[Path], sources: Sequence[Path | None]) -> list[tuple[str, ...]]:
    """What a full recalculation shows that neither the file nor its source had; sources are opened only if need be."""
    after = recalculate(paths)
    if after is None:
        return [()] * len(paths)
    known = [set(error_values(source or path)) for path, source in zip(paths, sources, strict=True)]
    doubtful = [(told := after[path]) is None or bool(set(told) - had) for path, had in zip(paths, known, strict=True)]
    asked = [source for source, doubt in zip(sources, doubtful, strict=True) if doubt and source is not None]
    before = recalculate(asked) or {}
    faults: list[tuple[str, ...]] = []
    for path, source, had in zip(paths, sources, known, strict=True):
        told, was = after[path], before.get(source) if source is not None else None
        if told is None:
            faults.append(() if source in before and was is None else ("LibreOffice could not open it",))
        else:
            fresh = sorted(set(told) - had - set(was or {}))
            faults.append(tuple(f'recalculated: "{tab}" {cell} shows {told[tab, cell]}' for tab, cell in fresh))
    return faults


@dataclass(frozen=True, slots=True)
class _ReadBack:
    """What a reader makes of a workbook: why it cannot read it, else the tabs it sees and the cells asked for."""

    said: str
    tabs: frozenset[str] = frozenset()
    cells: Mapping[CellPlace, object] = field(default_factory=dict)


def read_back_faults(path: Path, source: Path | None, meant: Mapping[CellPlace, object]) -> list[str]:
    """What openpyxl and calamine cannot read back, unless the source was already so.

    A tab that a reader does not see in the source, as openpyxl sees none of a strict workbook's, is not asked for.
    """
    faults = []
    for name, reader in (("openpyxl", _by_openpyxl), ("calamine", _by_calamine)):
        now = reader(path, meant)
        if now.said:
            faults += [] if source and reader(source, {}).said else [f"{name} cannot read it: {now.said}"]
            continue
        wrong = {place: value for place, value in meant.items() if now.cells.get(place) != value}
        if wrong and source:
            unseen = {tab.name for tab in Anatomy(source).tabs} - reader(source, {}).tabs
            wrong = {(tab, cell): value for (tab, cell), value in wrong.items() if tab not in unseen}
        faults += [
            f'{name}: "{tab}" {cell} reads {now.cells.get((tab, cell))!r}, not {value!r}'
            for (tab, cell), value in wrong.items()
        ]
    return faults


def _by_openpyxl(path: Path, meant: Mapping[CellPlace, object]) -> _ReadBack:
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of every extension that it does not know
        try:
            with path.open("rb") as file:
                book = openpyxl.load_workbook(file, data_only=True)
        except Exception as error:  # noqa: BLE001  # whatever it raises is the finding
            return _ReadBack(f"{type(error).__name__}: {error}"[:200])
        tabs = frozenset(book.sheetnames)
        return _ReadBack("", tabs, {(tab, cell): book[tab][cell].value for tab, cell in meant if tab in tabs})


def _by_calamine(path: Path, meant: Mapping[CellPlace, object]) -> _ReadBack:
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        grids = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    except Exception as error:  # noqa: BLE001  # whatever it raises is the finding
        return _ReadBack(f"{type(error).__name__}: {error}"[:200])
    found: dict[CellPlace, object] = {}
    for tab, cell in meant:
        place = cell_place(cell)
        grid = grids.get(tab, [])
        if place and place[0] <= len(grid) and place[1] <= len(grid[place[0] - 1]):
            value = grid[place[0] - 1][place[1] - 1]
            found[tab, cell] = None if value == "" else value
    return _ReadBack("", frozenset(grids), found)
