"""Columns, notes, tabs and marks in one draft, as a practice pack has them: again, otherwise, and out again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from pathlib import Path

import pytest
from workbook.corpus import SAMPLES, edited, linked, with_parts, xlsxwriter_plain
from workbook.our_tabs import build_tabs, differing, members

from billingkit.workbook import Column, Note, patch_sheet
from billingkit.workbook.anatomy import Anatomy
from billingkit.workbook.graft import graft, look_at
from billingkit.workbook.marks import set_marks
from billingkit.workbook.package import Changes, open_package, save
from billingkit.workbook.undo import remove_everything
from billingkit.workbook.validity import convert, office_program, read_back_faults

_NO_PROPERTIES = b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"/>'
_PROMISED = b"""<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rIdvml"
Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/vmlDrawing" Target="../drawings/vmlDrawing1.vml"/></Relationships>"""
SHEET = "xl/worksheets/sheet1.xml"
BOOKS = SAMPLES | {
    "an empty list of names": lambda: edited(
        xlsxwriter_plain(), "xl/workbook.xml", "</sheets>", "</sheets>\n <definedNames/>\n  "
    ),
    "properties that are told of and not there": lambda: edited(
        xlsxwriter_plain(),
        "[Content_Types].xml",
        "</Types>",
        '<Override PartName="/docProps/custom.xml" ContentType="application/vnd.openxmlformats-officedocument.custom-properties+xml"/></Types>',
    ),
    "a drawing that is promised and not there": lambda: with_parts(
        xlsxwriter_plain(), **{"xl/worksheets/_rels/sheet1.xml.rels": _PROMISED}
    ),
    "an empty list of properties": lambda: linked(
        xlsxwriter_plain(),
        "",
        "custom-properties",
        "docProps/custom.xml",
        _NO_PROPERTIES,
        "application/vnd.openxmlformats-officedocument.custom-properties+xml",
    ),
}


def put_in(source: Path, target: Path, *, week: int = 1) -> None:
    stripped = target.with_name(f"stripped{target.suffix}")
    take_out(source, stripped, again={"Claims"})
    package = open_package(stripped)
    changes = Changes(package)
    sheet = Anatomy(stripped).worksheets[0].name
    columns = [
        Column("Next action", dict.fromkeys(range(7, 9 + week), f"Call {week}"), 20, {7: "urgent", 8: "hold"}),
        Column("By when", {7: date(2026, 11, 25)}, number_format="dd mmm yyyy" if week == 1 else "yyyy-mm-dd"),
    ]
    patch_sheet(
        changes, sheet=sheet, header_row=None, columns=columns, notes=[Note(7, "A", "look"), Note(8, "B", "at")]
    )
    graft(package, changes, build_tabs(look_at(package, changes), 1 + week))
    set_marks(package, changes, {"pack": f"RV-{week}"})
    save(package, changes, target)


def take_out(source: Path, target: Path, *, again: Collection[str] = ()) -> None:
    package = open_package(source)
    changes = Changes(package)
    remove_everything(changes, again=again)
    save(package, changes, target)


@pytest.mark.parametrize("name", sorted(BOOKS))
def test_the_whole_pack_again_otherwise_and_out_again(tmp_path: Path, name: str) -> None:
    suffix = ".xlsm" if name == "macros" else ".xlsx"
    hers, once, twice, other, back, removed = (
        tmp_path / f"{one}{suffix}" for one in ("hers", "once", "twice", "other", "back", "removed")
    )
    hers.write_bytes(BOOKS[name]())
    put_in(hers, once)
    put_in(once, twice)
    assert members(once) == members(twice)
    put_in(once, other, week=2)
    put_in(other, back)
    assert differing(once, back) == []
    for each in (once, other):
        take_out(each, removed)
        assert differing(hers, removed) == []


@pytest.mark.skipif(office_program() is None, reason="LibreOffice is not installed")
def test_workbooks_that_libreoffice_has_written(tmp_path: Path) -> None:
    sources = [tmp_path / f"{name}.xlsx" for name in ("xlsxwriter_everything", "openpyxl_styles", "xlsxwriter_1904")]
    for source in sources:
        source.write_bytes(SAMPLES[source.stem]())
    (tmp_path / "made").mkdir()
    for hers in convert(sources, "xlsx", tmp_path / "made"):
        assert hers is not None
        once, twice, removed = (tmp_path / f"{one}.xlsx" for one in ("once", "twice", "removed"))
        put_in(hers, once)
        put_in(once, twice)
        take_out(twice, removed)
        assert members(once) == members(twice)
        assert differing(hers, removed) == []
        assert read_back_faults(once, hers, {}) == []


def test_a_filter_that_she_set_on_our_column_is_there_again_where_ours_are(tmp_path: Path) -> None:
    """And on a sheet that is not annotated any more it goes with our columns."""
    hers, once, viewed, again = (tmp_path / f"{one}.xlsx" for one in ("hers", "once", "viewed", "again"))
    hers.write_bytes(edited(xlsxwriter_plain(), SHEET, "</sheetData>", '</sheetData><autoFilter ref="A7:E12"/>'))
    put_in(hers, once)
    by_ours = '<autoFilter ref="A7:I12"><filterColumn colId="7"><filters><filter val="Call 1"/></filters></filterColumn></autoFilter>'
    viewed.write_bytes(edited(once.read_bytes(), SHEET, '<autoFilter ref="A7:I12"/>', by_ours))
    put_in(viewed, again)
    assert by_ours in members(again)[SHEET].decode()
    take_out(again, tmp_path / "back.xlsx")
    assert differing(hers, tmp_path / "back.xlsx") == []
