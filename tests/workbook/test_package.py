"""A package is copied member by member, and what is not changed keeps its compressed bytes."""

import zipfile
from datetime import date

import openpyxl
import pytest

from billingkit.workbook.package import Changes, open_package, relate, relationships, resolve, save
from billingkit.workbook.unsafe import UnsafeToPatch


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "book.xlsx"
    made = openpyxl.Workbook()
    made.active.append(["Claim", "Amount"])
    made.active.append(["C-1", 10])
    made.save(path)
    return path


def members(path):
    with zipfile.ZipFile(path) as z:
        return {i.filename: (i.CRC, i.compress_size, i.file_size, i.date_time) for i in z.infolist()}


def test_saving_without_changes_copies_every_member(book, tmp_path):
    package = open_package(book)
    save(package, Changes(package), tmp_path / "copy.xlsx")
    assert members(tmp_path / "copy.xlsx") == members(book)
    assert zipfile.ZipFile(tmp_path / "copy.xlsx").testzip() is None


def test_a_changed_part_is_the_only_one_that_differs(book, tmp_path):
    package = open_package(book)
    changes = Changes(package)
    changes.put("XL/Workbook.xml", changes.read("xl/workbook.xml") + b"<!-- more -->")
    changes.put("xl/extra.bin", lambda: (b"a" * 10, b"b"))
    save(package, changes, tmp_path / "out.xlsx")
    before, after = members(book), members(tmp_path / "out.xlsx")
    assert {n for n in after if before.get(n) != after[n]} == {"xl/workbook.xml", "xl/extra.bin"}
    assert open_package(tmp_path / "out.xlsx").read("xl/extra.bin") == b"aaaaaaaaaab"


def test_the_saved_file_is_private(book, tmp_path):
    package = open_package(book)
    assert save(package, Changes(package), tmp_path / "out.xlsx").path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("lock", ["~$book.xlsx", ".~lock.book.xlsx#"])
def test_a_file_open_elsewhere_is_left_alone_and_a_dated_name_taken(book, lock):
    (book.parent / lock).write_bytes(b"")
    before = book.read_bytes()
    package = open_package(book)
    first = save(package, Changes(package), book, dated=date(2026, 11, 23))
    second = save(package, Changes(package), book, dated=date(2026, 11, 23))
    assert [first.path.name, second.path.name] == ["book 2026-11-23.xlsx", "book 2026-11-23 (2).xlsx"]
    assert "open in another program" in first.said[0]
    assert book.read_bytes() == before


def test_a_failure_leaves_the_old_file_and_no_litter(book):
    def breaks():
        yield b"half"
        raise RuntimeError

    before = book.read_bytes()
    package = open_package(book)
    changes = Changes(package)
    changes.put("xl/workbook.xml", breaks)
    with pytest.raises(RuntimeError):
        save(package, changes, book)
    assert book.read_bytes() == before
    assert [p.name for p in book.parent.iterdir()] == ["book.xlsx"]


@pytest.mark.parametrize(
    ("part", "target", "meant"),
    [
        ("xl/workbook.xml", "worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
        ("xl/workbook.xml", "/xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
        ("xl/worksheets/sheet1.xml", "../comments1.xml", "xl/comments1.xml"),
        ("", "xl/workbook.xml", "xl/workbook.xml"),
        ("xl/workbook.xml", "../../../etc/passwd", "etc/passwd"),
    ],
)
def test_targets_are_resolved_inside_the_package(part, target, meant):
    assert resolve(part, target) == meant


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("xl\\odd.xml", "backslashes"),
        ("../odd.xml", "outside the file"),
        ("_xmlsignatures/sig1.xml", "signed"),
        ("xl/revisions/log.xml", "tracked changes"),
        ("xl/WORKBOOK.xml", "twice"),
    ],
)
def test_unsafe_packages_are_refused_in_one_sentence(book, name, sentence):
    with zipfile.ZipFile(book, "a") as z:
        info = zipfile.ZipInfo("x")
        info.filename = info.orig_filename = name  # past zipfile's own tidying
        z.writestr(info, b"<x/>")
    with pytest.raises(UnsafeToPatch, match=sentence):
        open_package(book)


def test_a_file_that_changes_while_it_is_read_is_noticed(book, tmp_path):
    package = open_package(book)
    book.write_bytes(book.read_bytes() + b" ")
    with pytest.raises(UnsafeToPatch, match="changed while"):
        save(package, Changes(package), tmp_path / "out.xlsx")


def test_a_new_relationship_takes_a_free_id(book):
    package = open_package(book)
    changes = Changes(package)
    identity = relate(changes, "xl/workbook.xml", "worksheet", "xl/worksheets/sheet9.xml")
    found = {r.id: r.target for r in relationships(changes, "xl/workbook.xml")}
    assert found[identity] == "xl/worksheets/sheet9.xml"
    assert len(found) == 1 + len(relationships(Changes(package), "xl/workbook.xml"))
