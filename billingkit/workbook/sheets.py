"""Where a workbook's sheets are: its workbook part, its sheets in order, and what holds for all of them."""

from __future__ import annotations

from dataclasses import dataclass

from billingkit.workbook import xmlparts as xml
from billingkit.workbook.package import Changes, content_type, relationships
from billingkit.workbook.unsafe import unsafe

_BEFORE_NAMES = frozenset(
    [
        "fileVersion",
        "fileSharing",
        "workbookPr",
        "workbookProtection",
        "bookViews",
        "sheets",
        "functionGroups",
        "externalReferences",
    ]
)


@dataclass(frozen=True, slots=True)
class SheetPart:
    """One sheet of a workbook and the part that holds it."""

    name: str
    index: int  # its place among all sheets, from 0: what a local name refers to
    part: str
    kind: str  # worksheet, chartsheet, dialogsheet, ...
    workbook: str
    strict: bool
    date1904: bool


def workbook_part(changes: Changes) -> str:
    """The name of the workbook part.

    Raises:
        UnsafeToPatch: there is none, or it is in the binary format.
    """
    found = [r.target for r in relationships(changes, "") if r.type == "officeDocument" and not r.external]
    part = next((name for name in found if changes.has(name)), "")
    if not part:
        raise unsafe("The file is not an Excel workbook: it names no workbook part.")
    if part.lower().endswith(".bin") or "binary" in content_type(changes, part).lower():
        raise unsafe("The workbook is in the binary .xlsb format; please save it as .xlsx first.")
    return part


def list_sheets(changes: Changes) -> tuple[SheetPart, ...]:
    """Every sheet in order, hidden ones too."""
    workbook = workbook_part(changes)
    root = changes.root(workbook)
    targets = {r.id: r for r in relationships(changes, workbook)}
    strict = xml.namespace(root) == xml.STRICT
    properties = xml.child(root, "workbookPr")
    date1904 = properties is not None and properties.get("date1904") in {"1", "true", "on"}
    group = xml.child(root, "sheets")
    found = []
    for index, element in enumerate(xml.children(group, "sheet") if group is not None else ()):
        target = targets.get(xml.related(element) or "")
        part, kind = (target.target, target.type) if target else ("", "")
        found.append(SheetPart(element.get("name", ""), index, part, kind, workbook, strict, date1904))
    return tuple(found)


def find_sheet(changes: Changes, name: str) -> SheetPart:
    """The worksheet of that name, as written or in another case.

    Raises:
        UnsafeToPatch: no such sheet, it is a chart or a macro sheet, or two sheets share its part.
    """
    every = list_sheets(changes)
    same = [s for s in every if s.name == name] or [s for s in every if s.name.casefold() == name.casefold()]
    if len(same) != 1:
        raise unsafe(f'It has no sheet named "{name}".' if not same else f'It has more than one sheet named "{name}".')
    sheet = same[0]
    if sheet.kind != "worksheet" or not changes.has(sheet.part):
        raise unsafe(
            f'The sheet "{name}" is a chart, a macro sheet or not in the file, so nothing can be written into it.'
        )
    if sum(other.part.lower() == sheet.part.lower() for other in every) > 1:
        raise unsafe(
            f'The sheet "{name}" shares its contents with another sheet. Please open and save it in Excel first.'
        )
    return sheet


def styles_part(changes: Changes, workbook: str) -> str | None:
    """The name of the styles part; None if the workbook has none."""
    found = (r.target for r in relationships(changes, workbook) if r.type == "styles" and not r.external)
    return next((part for part in found if changes.has(part)), None)


def defined_names(root: xml.Element) -> list[xml.Element]:
    """The elements of the workbook's defined names."""
    group = xml.child(root, "definedNames")
    return [] if group is None else list(xml.children(group, "definedName"))


def add_name(root: xml.Element, name: str, text: str, **attributes: str) -> None:
    """Adds a defined name, making their group where the schema wants it."""
    space = xml.namespace(root)
    group = xml.child(root, "definedNames")
    if group is None:
        group = root.makeelement(f"{{{space}}}definedNames")
        before = [e for e in xml.children(root) if xml.local(e) in _BEFORE_NAMES]
        before[-1].addnext(group)
    element = group.makeelement(f"{{{space}}}definedName", {"name": name, **attributes})
    element.text = text
    group.append(element)


def drop_name(root: xml.Element, element: xml.Element) -> None:
    """Takes a defined name out; their group stays, even empty."""
    group = xml.child(root, "definedNames")
    if group is not None:
        group.remove(element)


def drop_empty_names(root: xml.Element) -> None:
    """Takes out the group of defined names, if none is left in it."""
    group = xml.child(root, "definedNames")
    if group is not None and next(xml.children(group), None) is None:
        root.remove(group)
