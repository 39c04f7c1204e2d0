"""Marks by which the kit knows its own workbook again: in the document's properties and as hidden names.

Both are kept by Excel and LibreOffice when the workbook is saved again; Google Sheets keeps the names. A tab of
ours carries a hidden name of its own that follows it when it is renamed, moved or sorted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lxml import etree

from billingkit.workbook import xmlparts as xml
from billingkit.workbook.package import Changes, Package, content_type, override_type, relate, relationships, unrelate
from billingkit.workbook.unsafe import unsafe
from billingkit.workbook.xmlparts import Element

NAME_PREFIX: Final = "_billingkit_mark_"
PROPERTY_PREFIX: Final = "billingkit "
HAD_NAMES: Final = "_billingkit_had_names"  # she had an empty list of names
HAD_PROPERTIES: Final = "_billingkit_had_properties"  # and an empty list of properties
TAB_PREFIX: Final = "_billingkit_tab_"
NAMES_PREFIX: Final = "billingkit_"  # of our tabs' own names for the whole workbook
_CUSTOM: Final = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_CUSTOM_STRICT: Final = "http://purl.oclc.org/ooxml/officeDocument/customProperties"
_VARIANT: Final = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_VARIANT_STRICT: Final = "http://purl.oclc.org/ooxml/officeDocument/docPropsVTypes"
_CUSTOM_TYPE: Final = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_FORMAT_ID: Final = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
_WORD: Final = re.compile(r"[a-z][a-z0-9_]*")
# the schema's order of a workbook's parts
BOOK_ORDER: Final = (
    "fileVersion", "fileSharing", "workbookPr", "workbookProtection", "bookViews", "sheets", "functionGroups",
    "externalReferences", "definedNames", "calcPr", "oleSize", "customWorkbookViews", "pivotCaches", "smartTagPr",
    "smartTagTypes", "webPublishing", "fileRecoveryPr", "webPublishObjects", "extLst",
)  # fmt: skip  # one order, in few lines


@dataclass(frozen=True, slots=True)
class BookPart:
    """The workbook's own part: where it stands, its XML, and whether it is a strict one."""

    part: str
    root: Element
    strict: bool

    def group(self, name: str) -> Element | None:
        """A group such as `definedNames`, if there is one."""
        return xml.child(self.root, name)

    def make_group(self, name: str) -> Element:
        """A group, made at the schema's place if there is none."""
        found = self.group(name)
        if found is not None:
            return found
        made = self.root.makeelement(f"{{{xml.namespace(self.root)}}}{name}")
        later = set(BOOK_ORDER[BOOK_ORDER.index(name) + 1 :])
        following = next((one for one in xml.children(self.root) if xml.local(one) in later), None)
        if following is None:
            self.root.append(made)
        else:
            following.addprevious(made)
        return made

    def names(self) -> list[Element]:
        """The defined names."""
        group = self.group("definedNames")
        return list(xml.children(group, "definedName")) if group is not None else []

    def add_name(self, name: str, text: str, *, tab: int | None = None) -> None:
        """Add a hidden name, of one tab (by its position) or of the whole workbook."""
        told = {"name": name, "hidden": "1"} if tab is None else {"name": name, "localSheetId": str(tab), "hidden": "1"}
        group = self.make_group("definedNames")
        etree.SubElement(group, f"{{{xml.namespace(self.root)}}}definedName", told).text = text

    def drop_names(self, gone: list[Element], *, keep_list: bool = False) -> None:
        """Take names out; a list that becomes empty goes too, unless she had it so."""
        group = self.group("definedNames")
        if group is None or not gone:
            return
        for one in gone:
            group.remove(one)
        if not keep_list and next(xml.children(group), None) is None:
            self.root.remove(group)


def book_part(changes: Changes) -> BookPart:
    """The workbook's own part.

    Raises:
        UnsafeToPatch: there is none, or it is not a spreadsheet.
    """
    part = next((one.target for one in relationships(changes, "") if one.type == "officeDocument"), "")
    if not part or not changes.has(part):
        raise unsafe("The file is not an Excel workbook: it does not say where its tabs are listed.")
    root = changes.root(part)
    if xml.namespace(root) not in {xml.TRANSITIONAL, xml.STRICT}:
        raise unsafe(
            f"The file is not an Excel workbook of today: its parts are {xml.namespace(root) or 'of no known kind'}."
        )
    return BookPart(part, root, xml.namespace(root) == xml.STRICT)


def set_marks(package: Package, changes: Changes, marks: Mapping[str, str]) -> None:
    """Write marks such as `{"pack": "RV-2026-11-23-K7"}` into the draft, replacing all that were there.

    A mark's name is a lower-case word; its text at most 200 characters.
    """
    for name, text in marks.items():
        if not _WORD.fullmatch(name) or len(text) > 200 or not text.isprintable():
            raise ValueError(f"{name!r} cannot be a mark: a lower-case word and at most 200 printable characters.")
    clear_marks(package, changes)
    if not marks:
        return
    book = book_part(changes)
    for name in _empty_lists(changes, book):
        book.add_name(name, '"1"')
    for name, text in sorted(marks.items()):
        doubled = text.replace('"', '""')
        book.add_name(NAME_PREFIX + name, f'"{doubled}"')
    changes.put(book.part, book.root)
    _add_properties(changes, marks, strict=book.strict)


def _empty_lists(changes: Changes, book: BookPart) -> list[str]:
    """What she had that would go with the last of ours."""
    part = _property_part(changes)
    lists = [(HAD_NAMES, book.group("definedNames")), (HAD_PROPERTIES, changes.root(part) if part else None)]
    return [name for name, one in lists if one is not None and next(xml.children(one), None) is None]


def read_marks(package: Package, changes: Changes | None = None) -> dict[str, str]:
    """The marks of a workbook; a name is believed before a property, as names are what every program keeps."""
    draft = changes if changes is not None else Changes(package)
    found = {}
    part = _property_part(draft)
    for one in xml.children(draft.root(part), "property") if part else ():
        if one.get("name", "").startswith(PROPERTY_PREFIX):
            found[one.get("name", "").removeprefix(PROPERTY_PREFIX)] = "".join(map(str, one.itertext()))
    for one in book_part(draft).names():
        name, text = one.get("name", ""), (one.text or "").strip()
        if name.startswith(NAME_PREFIX) and text.startswith('"') and text.endswith('"'):
            found[name.removeprefix(NAME_PREFIX)] = text[1:-1].replace('""', '"')
    return found


def clear_marks(_package: Package, changes: Changes) -> None:
    """Take our marks out of the draft; a properties part that is there for them only goes too."""
    book = book_part(changes)
    had = {one.get("name", "") for one in book.names()} & {HAD_NAMES, HAD_PROPERTIES}
    gone = [one for one in book.names() if one.get("name", "").startswith(NAME_PREFIX) or one.get("name", "") in had]
    if gone:
        book.drop_names(gone, keep_list=HAD_NAMES in had)
        changes.put(book.part, book.root)
    part = _property_part(changes)
    if part is None:
        return
    root = changes.root(part)
    ours = [one for one in xml.children(root, "property") if one.get("name", "").startswith(PROPERTY_PREFIX)]
    for one in ours:
        root.remove(one)
    if ours and next(xml.children(root), None) is None and HAD_PROPERTIES not in had:
        identity = next(one.id for one in relationships(changes, "") if one.target == part)
        unrelate(changes, "", identity)
        override_type(changes, part, None)
        changes.remove(part)
    elif ours:
        changes.put(part, root)


def _property_part(changes: Changes) -> str | None:
    kinds = {"custom-properties", "customProperties"}
    return next(
        (one.target for one in relationships(changes, "") if one.type in kinds and changes.has(one.target)), None
    )


def _add_properties(changes: Changes, marks: Mapping[str, str], *, strict: bool) -> None:
    part = _property_part(changes)
    if part is None:
        part = "docProps/custom.xml"
        if changes.has(part) or content_type(changes, part) == _CUSTOM_TYPE:  # told of, if not there: that stays
            part = changes.fresh("docProps/custom{}.xml")
        space, variant = (_CUSTOM_STRICT, _VARIANT_STRICT) if strict else (_CUSTOM, _VARIANT)
        root = xml.parse(f'<Properties xmlns="{space}" xmlns:vt="{variant}"/>'.encode(), part)
        relate(changes, "", "customProperties" if strict else "custom-properties", part, strict=strict)
        override_type(changes, part, _CUSTOM_TYPE)
    else:
        root = changes.root(part)
    space = xml.namespace(root)
    variant = _VARIANT_STRICT if space == _CUSTOM_STRICT else _VARIANT
    number = max([1, *(int(one.get("pid", "1")) for one in xml.children(root, "property"))])
    for name, text in sorted(marks.items()):
        number += 1
        told = {"fmtid": _FORMAT_ID, "pid": str(number), "name": PROPERTY_PREFIX + name}
        one = etree.SubElement(root, f"{{{space}}}property", told)
        etree.SubElement(one, f"{{{variant}}}lpwstr", nsmap={"vt": variant}).text = text
    changes.put(part, root)
