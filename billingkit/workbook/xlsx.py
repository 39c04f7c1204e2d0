"""An .xlsx or .xlsm package as a Book: values, what formatting meant, comments, names and markers.

Everything is read from the package's own XML, in this process: the scan is plain Python over text that
is counted as it inflates, so nothing here can take the caller down, and no child process is needed.
"""

from __future__ import annotations

import posixpath
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote
from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import fromstring

from billingkit.problems import NotAWorkbook
from billingkit.workbook.book import Book, Sheet
from billingkit.workbook.grid import LAST_COLUMN, Grid, column_number
from billingkit.workbook.kinds import Kinds, Odd, Styles
from billingkit.workbook.preflight import Package, checked_xml, damaged, part_name, too_large
from billingkit.workbook.respell import respell
from billingkit.workbook.serials import format_code, look_of, meaning_of
from billingkit.workbook.sheet_xml import SheetScan, row_chunks
from billingkit.workbook.strings import TwoTexts, local, shared_strings, unescaped

_COL = re.compile(r"<(?:\w+:)?col\s([^>]*)>")
_MERGED = re.compile(r"<mergeCell\s[^>]*?ref=[\"']([^\"']*)[\"']")
_ATTRIBUTE = re.compile(r"([\w:]+)=[\"']([^\"']*)[\"']")
_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})(?::\$?([A-Z]{1,3})\$?(\d{1,7}))?")
_WITHOUT_CELLS = ("chartsheet", "dialogsheet", "xlMacrosheet", "xlIntlMacrosheet")
_READ = ("styles", "sharedStrings", "comments", "threadedComment", "table", "custom-properties", "customProperties")
_TOLD_APART = "[Threaded comment]"  # Excel's stand-in note for a thread; the thread itself is read instead


@dataclass(slots=True)
class _Reading:
    """One package being read: what the whole workbook shares."""

    package: Package
    folder: str  # of the workbook part
    deadline: float
    kinds: Kinds
    spent: tuple[int, int] = (0, 0)  # filled cells and gaps so far, over all sheets


def read_xlsx(package: Package, file: str, sha256: str, kind: str) -> Book:
    """Read a package whose kind is known; refuses what is damaged, hostile or too large."""
    main = main_part(package)
    root = tree(package, main)
    relations = rels(package, main)
    by_type = dict(relations.values())
    deadline = time.monotonic() + package.limits.seconds
    styles, strings = Styles(), list[str]()
    if part := by_type.get("styles"):
        styles = read_styles(tree(package, part), root)
    if part := by_type.get("sharedStrings"):
        try:
            strings = shared_strings(checked_xml(package.stream(part), package.place))
        except TwoTexts:
            damaged(package.place)
    reading = _Reading(package, posixpath.dirname(main), deadline, Kinds(strings, styles, package.place))
    listed = [entry for part in children(root, "sheets") for entry in part]
    if not listed:
        damaged(package.place)
    sheets = tuple(sheet for entry in listed if (sheet := read_sheet(reading, entry, relations)))
    properties = read_properties(package)
    package.rest()
    names = {name.get("name", ""): (name.text or "") for name in children(root, "definedNames", "definedName")}
    return Book(file, kind, sha256, sheets, custom_properties=properties, defined_names=names)


def main_part(package: Package) -> str:
    """The workbook part, found by the package's own relations."""
    found = (target for kind, target in rels(package, "").values() if kind == "officeDocument")
    main = next((target for target in found if target in package.names), None)
    return main or damaged(package.place)


def rels(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """A part's relations: id to (last word of the type, plain name of the target)."""
    folder, _, short = part.rpartition("/")
    where = f"{folder}/_rels/{short}.rels".lstrip("/")
    if where not in package.names:
        return {}
    found: dict[str, tuple[str, str]] = {}
    for one in tree(package, where):
        if one.get("TargetMode") == "External":
            continue
        target = unquote(one.get("Target", "").replace("\\", "/"))
        full = target if target.startswith("/") else posixpath.join(folder, target)
        kind, name = one.get("Type", "").rpartition("/")[2], part_name(posixpath.normpath(full))
        if kind in _READ and name not in package.names:
            damaged(package.place)
        found[one.get("Id", "")] = (kind, name)
    return found


def tree(package: Package, part: str) -> Element:
    """A small part as an element tree; a DOCTYPE was refused on the way."""
    if package.names[part].file_size > 32 << 20:
        raise too_large(package.place, "a part of the workbook that lists its styles or names is far too large.")
    try:
        root: Element = fromstring(package.read(part), forbid_dtd=True)
    except (ParseError, LookupError, ValueError):
        damaged(package.place)
    return root


def children(root: Element, *path: str) -> list[Element]:
    """The elements reached by local names, one level each."""
    found = [root]
    for name in path:
        found = [child for parent in found for child in parent if local(child) == name]
    return found


def truth(text: str | None) -> bool:
    """An XML boolean."""
    return text in ("1", "true", "on")


def read_styles(root: Element, workbook: Element) -> Styles:
    """What each cell style says about numbers, and the workbook's date system."""
    own: dict[int, str] = {}
    for one in children(root, "numFmts", "numFmt"):
        own[whole(one.get("numFmtId"))] = unescaped(one.get("formatCode", ""))
    codes = [format_code(whole(one.get("numFmtId")), own) for one in children(root, "cellXfs", "xf")]
    return Styles(
        looks=tuple(look_of(code) for code in codes),
        meanings=tuple(meaning_of(code) for code in codes),
        since_1904=any(truth(one.get("date1904")) for one in children(workbook, "workbookPr")),
        recalculate=any(truth(one.get("fullCalcOnLoad")) for one in children(workbook, "calcPr")),
    )


def whole(text: str | None) -> int:
    """A whole number from an attribute; 0 where it is left out, as the format says."""
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0


def relation_id(element: Element) -> str:
    """The element's `r:id`, whichever namespace spells it."""
    for name, value in element.attrib.items():
        if name.endswith("}id") and "relationships" in name:
            return value
    return ""


def read_sheet(reading: _Reading, entry: Element, relations: dict[str, tuple[str, str]]) -> Sheet | None:
    """One worksheet; None for a chart or dialogue sheet, which holds no cells."""
    package, name = reading.package, entry.get("name", "")
    kind, part = relations.get(relation_id(entry), ("", ""))
    if part not in package.names or local(entry) != "sheet" or kind not in ("worksheet", *_WITHOUT_CELLS):
        damaged(package.place)
    if kind in _WITHOUT_CELLS:
        return None
    grid, head, tail = read_grid(reading, part)
    own = rels(package, part)
    comments, threaded = read_comments(package, own)
    return Sheet(
        name=name,
        hidden=entry.get("state", "visible") != "visible",
        rows=grid.rows,
        hidden_rows=frozenset(grid.hidden_rows),
        hidden_columns=hidden_columns(head),
        number_formats=grid.number_formats,
        comments=comments,
        merged=tuple(box for ref in _MERGED.findall(tail) if (box := corners(ref))),
        tables=tuple(
            table for kind, target in own.values() if kind == "table" for table in read_table(package, target)
        ),
        threaded=threaded,
        formulas=frozenset(grid.formulas),
    )


def read_grid(reading: _Reading, part: str) -> tuple[Grid, str, str]:
    """The rows of a sheet, and the XML before and after them."""
    try:
        return _scan(reading, reading.package.stream(part))
    except Odd:
        plainly = respell(checked_xml(reading.package.stream(part), reading.package.place), reading.package.place)
    try:
        return _scan(reading, plainly)
    except Odd:
        damaged(reading.package.place)


def _scan(reading: _Reading, chunks: Iterable[bytes]) -> tuple[Grid, str, str]:
    package = reading.package
    grid = Grid(package.place, package.limits, filled=reading.spent[0], gaps=reading.spent[1])
    scan = SheetScan(grid, reading.kinds)
    around = {"head": "", "tail": ""}
    for where, text in row_chunks(chunks):
        if where == "rows":
            scan.feed(text)
        else:
            around[where] = text
        if time.monotonic() > reading.deadline:
            raise too_large(package.place, f"reading took longer than {package.limits.seconds:g} seconds.")
    reading.spent = (grid.filled, grid.gaps)
    return grid, around["head"], around["tail"]


def hidden_columns(head: str) -> frozenset[int]:
    """The hidden columns declared before the rows, 1-based."""
    found: set[int] = set()
    for spelt in _COL.findall(head):
        named = dict(_ATTRIBUTE.findall(spelt))
        if truth(named.get("hidden")) or named.get("width") == "0":
            first, last = whole(named.get("min")), min(whole(named.get("max")), LAST_COLUMN)
            found.update(range(max(first, 1), last + 1))
    return frozenset(found)


def corners(ref: str) -> tuple[int, int, int, int] | None:
    """`B2:C4` as (2, 2, 4, 3); None where the text is no range."""
    found = _RANGE.fullmatch(ref)
    if not found:
        return None
    left, top, right, bottom = found.groups()
    right, bottom = right or left, bottom or top
    return int(top), column_number(left), int(bottom), column_number(right)


def read_table(package: Package, part: str) -> list[tuple[str, int, int, int, int]]:
    """An Excel table's name and range."""
    root = tree(package, part)
    box = corners(root.get("ref", ""))
    return [(root.get("displayName") or root.get("name") or "", *box)] if box else []


def read_comments(package: Package, own: dict[str, tuple[str, str]]) -> tuple[dict[tuple[int, int], str], bool]:
    """Notes and threads by cell, replies joined by line breaks, and whether there are threads."""
    notes: dict[tuple[int, int], str] = {}
    threads: dict[tuple[int, int], list[str]] = {}
    for kind, target in own.values():
        if kind == "comments":
            for one in children(tree(package, target), "commentList", "comment"):
                if box := corners(one.get("ref", "")):
                    notes[box[0], box[1]] = said(one)
        elif kind == "threadedComment":
            for one in tree(package, target):
                if box := corners(one.get("ref", "")):
                    threads.setdefault((box[0], box[1]), []).append(said(one))
    spoken = {cell: "\n".join(texts) for cell, texts in threads.items()}
    kept = {cell: text for cell, text in notes.items() if not (cell in spoken and text.startswith(_TOLD_APART))}
    return {
        cell: "\n".join(text for text in (kept.get(cell), spoken.get(cell)) if text) for cell in kept.keys() | spoken
    }, bool(threads)


def said(element: Element) -> str:
    """All the text below an element, without phonetic guides."""
    return "".join(unescaped(one.text or "") for one in element.iter() if local(one) in ("t", "text") and not len(one))


def read_properties(package: Package) -> dict[str, str]:
    """The workbook's custom properties, as text."""
    found: dict[str, str] = {}
    for kind, target in rels(package, "").values():
        if kind in ("custom-properties", "customProperties"):
            for one in tree(package, target):
                found[one.get("name", "")] = "".join(one.itertext())
    return found


def workbook_kind(package: Package) -> str:
    """`xlsx`, `xlsm`, `xlsb` or `ods`; anything else in a zip is refused."""
    names = package.names
    if "mimetype" in names and "content.xml" in names:
        if b"opendocument.spreadsheet" in b"".join(package.stream("mimetype")):
            return "ods"
    elif "[content_types].xml" in names:
        main = next((target for kind, target in rels(package, "").values() if kind == "officeDocument"), "")
        if main.endswith(".bin"):
            return "xlsb"
        if main in names and local(tree(package, main)) == "workbook":
            return "xlsm" if any(name.endswith("vbaproject.bin") for name in names) else "xlsx"
    if any(name.endswith((".xlsx", ".xls", ".csv", ".xlsm", ".ods", ".txt")) for name in names):
        raise NotAWorkbook(
            package.place, "this is a packed folder with files in it.", "Unpack it and send the workbook itself."
        )
    found = "this is a packed file or a document of another kind, not a workbook."
    raise NotAWorkbook(package.place, found, "Send the Excel or CSV export itself.")
