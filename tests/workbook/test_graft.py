"""Our tabs go in front of hers, nothing of hers is lost, twice is once, and out again is as before."""

from __future__ import annotations

import re
import shutil
import warnings
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.table import Table
from workbook.corpus import SAMPLES, edited, parts_of, xlsxwriter_everything, xlsxwriter_plain, xlsxwriter_two_tabs
from workbook.our_tabs import build_tabs, differing, members, put_in, take_out

from billingkit.problems import UnsafeToPatch
from billingkit.workbook.anatomy import Anatomy, within
from billingkit.workbook.fingerprint import fingerprint, losses
from billingkit.workbook.fresh import open_workbook
from billingkit.workbook.graft import graft, ungraft
from billingkit.workbook.host import look_at
from billingkit.workbook.lint import lint
from billingkit.workbook.marks import read_marks, set_marks
from billingkit.workbook.package import Changes, open_package, save
from billingkit.workbook.validity import check_all, convert, office_program, read_back_faults, skipped_checks

OURS = ("Start here", "Action list", "billingkit lists", "Measures")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every workbook of the corpus, as it came and with our tabs."""
    folder = tmp_path_factory.mktemp("corpus")
    for name, build in SAMPLES.items():
        (folder / name_of(name)).write_bytes(build())
        put_in(folder / name_of(name), folder / f"with {name_of(name)}")
    return folder


def name_of(sample: str) -> str:
    return f"{sample}.xlsm" if sample == "macros" else f"{sample}.xlsx"


@pytest.mark.parametrize("sample", sorted(SAMPLES))
def test_nothing_of_hers_is_lost_and_what_is_untouched_stays_byte_for_byte(folder: Path, sample: str) -> None:
    before, after = folder / name_of(sample), folder / f"with {name_of(sample)}"
    assert losses(fingerprint(before), fingerprint(after)) == []
    touched = {"[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"}
    hers, now = members(before), members(after)
    changed = {name for name in hers if hers[name] != now[name]} - touched
    assert all(name.startswith(("xl/worksheets/", "xl/chartsheets/", "docProps/custom")) for name in changed)
    assert len(changed) <= 2  # the sheet that was the selected one, and the document's properties


@pytest.mark.parametrize("sample", sorted(SAMPLES))
def test_twice_is_the_same_as_once(folder: Path, tmp_path: Path, sample: str) -> None:
    once, twice = folder / f"with {name_of(sample)}", tmp_path / name_of(sample)
    put_in(once, twice)
    assert members(once) == members(twice)


@pytest.mark.parametrize("sample", sorted(SAMPLES))
def test_taken_out_again_her_parts_are_as_they_were(folder: Path, tmp_path: Path, sample: str) -> None:
    back = tmp_path / name_of(sample)
    put_in(folder / f"with {name_of(sample)}", tmp_path / f"more {name_of(sample)}", rows=7)
    take_out(tmp_path / f"more {name_of(sample)}", back)
    assert differing(folder / name_of(sample), back) == []


def test_an_empty_list_of_names_keeps_its_place(tmp_path: Path) -> None:
    spaced = edited(xlsxwriter_plain(), "xl/workbook.xml", "</sheets>", "</sheets><definedNames/>\n  ")
    (tmp_path / "hers.xlsx").write_bytes(spaced)
    for source, target in (("hers", "once"), ("once", "twice")):
        package = open_package(tmp_path / f"{source}.xlsx")
        changes = Changes(package)
        graft(package, changes, build_tabs(look_at(package, changes)))
        save(package, changes, tmp_path / f"{target}.xlsx")
    assert members(tmp_path / "once.xlsx") == members(tmp_path / "twice.xlsx")
    package = open_package(tmp_path / "twice.xlsx")
    changes = Changes(package)
    ungraft(package, changes)
    save(package, changes, tmp_path / "back.xlsx")
    assert differing(tmp_path / "hers.xlsx", tmp_path / "back.xlsx") == []


def test_every_workbook_with_our_tabs_is_clean_and_readable(folder: Path) -> None:
    for sample in SAMPLES:
        before, after = folder / name_of(sample), folder / f"with {name_of(sample)}"
        assert {str(one) for one in lint(after)} <= {str(one) for one in lint(before)}
        assert read_back_faults(after, before, {}) == []


def test_workbooks_with_our_tabs_are_valid(folder: Path) -> None:
    """By all four checks, on those that differ most: the other programs take their seconds."""
    names = [
        name_of(sample)
        for sample in ("xlsxwriter_everything", "strict", "prefixed", "pivot_and_slicer", "no_styles", "macros")
    ]
    verdicts = check_all([folder / f"with {name}" for name in names], [folder / name for name in names])
    assert [str(one) for one in verdicts if not one.ok] == []


def test_the_checks_that_need_other_programs_ran() -> None:
    if skipped_checks():
        pytest.skip("; ".join(skipped_checks()))


@pytest.mark.parametrize("sample", ["xlsxwriter_everything", "openpyxl_styles", "prefixed", "redefined_formats"])
def test_our_cells_look_the_same_in_any_workbook(folder: Path, sample: str) -> None:
    plain = shown(folder / "with xlsxwriter_plain.xlsx")
    other = shown(folder / f"with {name_of(sample)}")
    assert plain == other


def opened(path: Path) -> openpyxl.Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of extensions in her sheets that it does not know
        return openpyxl.load_workbook(path)


def shown(path: Path) -> dict[str, tuple[object, ...]]:
    """What our action list shows (its font's name and size are hers): value, fill, number format, border and lock of each cell that is written."""
    package = Anatomy(path)
    written = [
        cell.get("r", "") for cell in package.cells(next(tab for tab in package.tabs if tab.name == "Action list"))
    ]
    package.close()
    sheet, found = opened(path)["Action list"], {}
    for cell in map(sheet.__getitem__, written):
        font, fill = cell.font, cell.fill
        look = (font.b, font.i, font.color and font.color.rgb, fill.fill_type, fill.fgColor.rgb)
        found[cell.coordinate] = (cell.value, *look, cell.number_format, cell.border.left.style, cell.protection.locked)
    return found


def test_our_first_tab_is_the_active_one_and_the_only_selected_one(folder: Path) -> None:
    for sample in ("xlsxwriter_everything", "two_windows", "no_windows", "openpyxl_styles"):
        package = Anatomy(folder / f"with {name_of(sample)}")
        assert tuple(tab.name for tab in package.tabs)[:4] == OURS
        views = [view for tab in package.tabs for view in within(package.xml(tab.part), "sheetView")]
        first = [view.get("tabSelected") == "1" for view in views if view.get("workbookViewId") == "0"]
        assert first == [True] + [False] * (len(first) - 1)
        assert b'activeTab="0"' in package.read("xl/workbook.xml")
        package.close()


def test_names_of_her_tabs_follow_them_and_a_second_window_stays_on_its_tab(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "with two_windows.xlsx")
    assert list(book["Summary"].defined_names) == ["Here"]
    assert [view.activeTab for view in book.views] == [0, 5]


def test_behind_hers_our_tabs_leave_her_view_alone(tmp_path: Path) -> None:
    source, target = tmp_path / "in.xlsx", tmp_path / "out.xlsx"
    source.write_bytes(xlsxwriter_two_tabs())
    put_in(source, target, first=False)
    book = openpyxl.load_workbook(target)
    assert book.sheetnames == ["Claims", "Summary", *OURS]
    assert (book.active.title, list(book["Summary"].defined_names)) == ("Claims", ["Here"])
    take_out(target, tmp_path / "back.xlsx")
    assert differing(source, tmp_path / "back.xlsx") == []


def test_a_table_of_hers_with_our_tables_name_keeps_it_and_our_formulas_follow(tmp_path: Path) -> None:
    source, target = tmp_path / "in.xlsx", tmp_path / "out.xlsx"
    book = openpyxl.load_workbook(BytesIO(xlsxwriter_plain()))
    book["Claims"].add_table(Table(displayName="ActionList", ref="A5:G17"))
    book.save(source)
    assert put_in(source, target).renamed_tables == {"ActionList": "ActionList_2"}
    after = openpyxl.load_workbook(target)
    assert list(after["Claims"].tables) == ["ActionList"]
    assert list(after["Action list"].tables) == ["ActionList_2"]
    assert after["Action list"]["B7"].value == "=SUM(ActionList_2[Amount])"


def test_a_look_that_her_table_names_and_does_not_have_stays_without_effect(tmp_path: Path) -> None:
    before, after = tmp_path / "hers.xlsx", tmp_path / "with ours.xlsx"
    before.write_bytes(
        edited(xlsxwriter_everything(), "xl/tables/table1.xml", " totalsRowShown", ' dataDxfId="3" totalsRowShown')
    )
    put_in(before, after)
    looks = list(within(Anatomy(after).styles, "dxf"))
    assert len(looks) > 4  # ours stand behind
    assert len(looks[3]) == 0


def test_marks_read_back_and_replace_one_another(tmp_path: Path) -> None:
    source, target = tmp_path / "in.xlsx", tmp_path / "out.xlsx"
    source.write_bytes(xlsxwriter_everything())  # it has a property of its own
    package = open_package(source)
    changes = Changes(package)
    set_marks(package, changes, {"pack": "old", "practice": 'The "Elms"'})
    set_marks(package, changes, {"pack": "RV-1", "week": "2026-11-23"})
    save(package, changes, target)
    assert read_marks(open_package(target)) == {"pack": "RV-1", "week": "2026-11-23"}
    assert opened(target).custom_doc_props["Reviewed"].value == "yes"
    with pytest.raises(ValueError, match="cannot be a mark"):
        set_marks(package, changes, {"Pack id": "x"})


def refusals() -> dict[str, bytes]:
    plain = xlsxwriter_plain()
    return {
        "structure is protected": edited(plain, "xl/workbook.xml", "<bookViews>", '<workbookProtection lockStructure="1"/><bookViews>'),
        'already has a tab called "Start here"': edited(plain, "xl/workbook.xml", 'name="Claims"', 'name="START HERE"'),
        "formats that it does not have": edited(plain, "xl/worksheets/sheet1.xml", ' s="1"', ' s="77"'),
        'already has a name "billingkit_first_answer"': edited(
            plain, "xl/workbook.xml", "</sheets>", '</sheets><definedNames><definedName name="BILLINGKIT_first_answer">1</definedName></definedNames>'
        ),
        "a tab that is not in the file": edited(plain, "xl/_rels/workbook.xml.rels", "worksheets/sheet1.xml", "worksheets/sheet7.xml"),
        "in two alternative ways": edited(
            plain,
            "xl/styles.xml",
            "<fonts ",
            '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"/><fonts ',
        ),
    }  # fmt: skip  # one sentence and its cause


@pytest.mark.parametrize("sentence", sorted(refusals()))
def test_what_cannot_take_tabs_is_refused_in_a_sentence(tmp_path: Path, sentence: str) -> None:
    source = tmp_path / "in.xlsx"
    source.write_bytes(refusals()[sentence])
    package = open_package(source)
    tabs_path = tmp_path / "plain.xlsx"
    tabs_path.write_bytes(xlsxwriter_plain())
    tabs = build_tabs(look_at(open_package(tabs_path)))
    with pytest.raises(UnsafeToPatch, match=re.escape(sentence)):
        graft(package, Changes(package), tabs)


def test_a_font_or_format_written_in_two_ways_takes_one_place(tmp_path: Path) -> None:
    """As some programs write it: one font for readers of today, one for those that know more."""
    ways = "<mc:AlternateContent xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'><mc:Choice xmlns:n='urn:n' Requires='n'>{0}</mc:Choice><mc:Fallback>{0}</mc:Fallback></mc:AlternateContent>"
    data = xlsxwriter_plain()
    font = re.findall("<font>.*?</font>", parts_of(data)["xl/styles.xml"].decode())[0]
    data = edited(data, "xl/styles.xml", font, ways.format(font))
    form = re.findall(r"<xf [^>]*numFmtId=.164.[^>]*/>", parts_of(data)["xl/styles.xml"].decode())[0]
    (tmp_path / "hers.xlsx").write_bytes(edited(data, "xl/styles.xml", form, ways.format(form)))
    put_in(tmp_path / "hers.xlsx", tmp_path / "once.xlsx")
    put_in(tmp_path / "once.xlsx", tmp_path / "twice.xlsx")
    assert losses(fingerprint(tmp_path / "hers.xlsx"), fingerprint(tmp_path / "once.xlsx")) == []
    assert members(tmp_path / "once.xlsx") == members(tmp_path / "twice.xlsx")
    take_out(tmp_path / "twice.xlsx", tmp_path / "back.xlsx")
    assert differing(tmp_path / "hers.xlsx", tmp_path / "back.xlsx") == []


def test_a_free_name_is_found_for_a_tab_that_she_has_too(tmp_path: Path) -> None:
    source, target = tmp_path / "in.xlsx", tmp_path / "out.xlsx"
    source.write_bytes(edited(xlsxwriter_plain(), "xl/workbook.xml", 'name="Claims"', 'name="ACTION LIST"'))
    assert put_in(source, target).tabs[1] == "Action list - 2"
    assert look_at(open_package(target)).free_tab("x" * 31) == "x" * 31
    assert look_at(open_package(target)).tabs == ("ACTION LIST",)


def test_our_hidden_list_gets_a_free_name_and_the_choices_follow_it(tmp_path: Path) -> None:
    """A tracker that was begun from our template has such a tab too."""
    source, target = tmp_path / "in.xlsx", tmp_path / "out.xlsx"
    source.write_bytes(edited(xlsxwriter_plain(), "xl/workbook.xml", 'name="Claims"', 'name="billingkit lists"'))
    assert put_in(source, target).tabs[2] == "billingkit lists - 2"
    book = openpyxl.load_workbook(target)
    rules = book["Action list"].data_validations.dataValidation
    assert [rule.formula1 for rule in rules][1] == "'billingkit lists - 2'!$A$1:$A$2"
    put_in(target, tmp_path / "twice.xlsx")
    assert members(target) == members(tmp_path / "twice.xlsx")


def test_tabs_of_another_date_system_are_refused(tmp_path: Path) -> None:
    source, usual = tmp_path / "in.xlsx", tmp_path / "usual.xlsx"
    source.write_bytes(SAMPLES["xlsxwriter_1904"]())
    usual.write_bytes(xlsxwriter_plain())
    package = open_package(source)
    with pytest.raises(UnsafeToPatch, match="another year"):
        graft(package, Changes(package), build_tabs(look_at(open_package(usual))))


def test_a_name_of_ours_needs_the_prefix(tmp_path: Path) -> None:
    source, buffer = tmp_path / "in.xlsx", BytesIO()
    source.write_bytes(xlsxwriter_plain())
    with open_workbook(buffer) as book:
        book.add_tab("One").text(1, 1, "x")
        book.name("total", "One", (1, 1, 1, 1))
    package = open_package(source)
    with pytest.raises(ValueError, match="billingkit_"):
        graft(package, Changes(package), buffer.getvalue())


def test_a_copy_of_our_tab_made_by_hand_stays(tmp_path: Path) -> None:
    """Excel copies a tab with its own names, so the copy carries our mark."""
    source, once, twice = tmp_path / "in.xlsx", tmp_path / "once.xlsx", tmp_path / "twice.xlsx"
    source.write_bytes(xlsxwriter_two_tabs())
    put_in(source, once)
    parts = parts_of(once.read_bytes())
    book = parts["xl/workbook.xml"].decode()
    book = book.replace('name="Summary"', 'name="Action list (2)"')
    mark = """<definedName name="_billingkit_tab_2" localSheetId="5" hidden="1">'Action list (2)'!$A$1</definedName>"""
    once.write_bytes(
        edited(
            once.read_bytes(),
            "xl/workbook.xml",
            parts["xl/workbook.xml"],
            book.replace("</definedNames>", f"{mark}</definedNames>"),
        )
    )
    said = put_in(once, twice).said
    assert said == ('The tab "Action list (2)" was copied from one of ours by hand; it stays as it is.',)
    assert openpyxl.load_workbook(twice).sheetnames == [*OURS, "Claims", "Action list (2)"]


def test_our_tabs_are_known_again_after_libreoffice_has_saved_the_file(tmp_path: Path) -> None:
    if office_program() is None:
        pytest.skip("LibreOffice is not installed")
    source, once = tmp_path / "in.xlsx", tmp_path / "once.xlsx"
    source.write_bytes(xlsxwriter_two_tabs())
    put_in(source, once)
    saved = convert([once], "xlsx", tmp_path)[0]
    assert saved is not None
    again = shutil.copyfile(saved, tmp_path / "saved.xlsx")
    assert read_marks(open_package(again)) == {"pack": "RV-2026-11-23"}
    assert look_at(open_package(again)).tabs == ("Claims", "Summary")
    put_in(again, tmp_path / "twice.xlsx")
    assert openpyxl.load_workbook(tmp_path / "twice.xlsx").sheetnames == [*OURS, "Claims", "Summary"]
    take_out(tmp_path / "twice.xlsx", tmp_path / "back.xlsx")
    assert openpyxl.load_workbook(tmp_path / "back.xlsx").sheetnames == ["Claims", "Summary"]
    verdicts = check_all([tmp_path / "twice.xlsx", tmp_path / "back.xlsx"], [again, again])
    assert [str(one) for one in verdicts if not one.ok] == []


def test_what_another_program_renamed_and_moved_is_still_found(tmp_path: Path) -> None:
    """Saved by openpyxl with a tab renamed and moved: the record no longer fits, the marks do."""
    source, once, moved = tmp_path / "in.xlsx", tmp_path / "once.xlsx", tmp_path / "moved.xlsx"
    source.write_bytes(xlsxwriter_two_tabs())
    put_in(source, once)
    book = openpyxl.load_workbook(once)
    book["Action list"].title = "Done by Ann"
    book.move_sheet("Claims", -3)
    book.save(moved)
    take_out(moved, tmp_path / "back.xlsx")
    assert openpyxl.load_workbook(tmp_path / "back.xlsx").sheetnames == ["Claims", "Summary"]


def test_a_workbook_of_nothing_but_ours_is_refused(tmp_path: Path) -> None:
    source, once = tmp_path / "in.xlsx", tmp_path / "once.xlsx"
    source.write_bytes(xlsxwriter_plain())
    put_in(source, once)
    book = openpyxl.load_workbook(once)
    del book["Claims"]
    book.save(once)
    package = open_package(once)
    with pytest.raises(UnsafeToPatch, match="no tabs but ours"):
        graft(package, Changes(package), b"")
