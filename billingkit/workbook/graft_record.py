"""What a graft changed of hers, kept inside the package as a custom XML part, so that it can be undone exactly."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Final

from lxml import etree

from billingkit.workbook.marks import BookPart
from billingkit.workbook.package import Changes, override_type, relate, relationships, unrelate

SPACE: Final = "urn:billingkit:graft"
_ITEM: Final = "{6B2F0C86-3C0B-5B53-9D7B-5B1F4C0E7A11}"  # any fixed one: a package has one record
_PROPERTIES: Final = (
    f'<ds:datastoreItem xmlns:ds="http://schemas.openxmlformats.org/officeDocument/2006/customXml" ds:itemID="{_ITEM}">'
    f'<ds:schemaRefs><ds:schemaRef ds:uri="{SPACE}"/></ds:schemaRefs></ds:datastoreItem>'
)
_PROPERTIES_TYPE: Final = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"

Shown = tuple[str | None, str | None]  # activeTab and firstSheet as written


@dataclass(frozen=True, slots=True)
class View:
    """One window of the workbook: what it showed before, what it shows now; `made` if there were no windows at all."""

    before: Shown
    after: Shown
    made: bool = False


@dataclass(frozen=True, slots=True)
class StylesBefore:
    """Her styles: how long each list was, whether we made the part, and the whole part's digest as we left it."""

    part: str
    groups: dict[str, tuple[int, str | None]]
    made: bool
    digest: str


@dataclass(slots=True)
class Record:
    """All that a graft changed of hers; filled in as it happens."""

    styles: StylesBefore | None = None
    views: list[View] = field(default_factory=list)
    selected: dict[str, str] = field(default_factory=dict)  # part, and what its tabSelected was
    made_rels_default: bool = False
    had_names: bool = False  # a list of names, even an empty one


def digest(data: bytes) -> str:
    """A part's digest."""
    return hashlib.sha256(data).hexdigest()


def write(changes: Changes, book: BookPart, record: Record) -> None:
    """Put the record into the draft, linked from the workbook."""
    part, properties = changes.fresh("customXml/item{}.xml"), changes.fresh("customXml/itemProps{}.xml")
    root = etree.Element(f"{{{SPACE}}}graft", nsmap={None: SPACE})  # type: ignore[dict-item]  # the stubs lack the plain prefix
    root.text = json.dumps(asdict(record), sort_keys=True)
    changes.put(part, root)
    changes.put(properties, b'<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n' + _PROPERTIES.encode())
    override_type(changes, part, "application/xml")
    override_type(changes, properties, _PROPERTIES_TYPE)
    relate(changes, part, "customXmlProps", properties, strict=book.strict)
    relate(changes, book.part, "customXml", part, strict=book.strict)


def read(changes: Changes, book: BookPart) -> tuple[str, Record] | None:
    """The record's part and the record; None where no graft left one, or a program that saved the file dropped it."""
    for link in relationships(changes, book.part):
        if link.type == "customXml" and changes.has(link.target) and SPACE.encode() in changes.read(link.target):
            root = changes.root(link.target)
            if root.tag == f"{{{SPACE}}}graft":
                return link.target, _record(json.loads(root.text or "{}"))
    return None


def _record(told: dict[str, object]) -> Record:
    styles, views = told.get("styles"), told.get("views")
    selected = told.get("selected")
    return Record(
        _styles(styles) if isinstance(styles, dict) else None,
        [View(tuple(one["before"]), tuple(one["after"]), one["made"]) for one in views]
        if isinstance(views, list)
        else [],
        {str(key): str(value) for key, value in selected.items()} if isinstance(selected, dict) else {},
        bool(told.get("made_rels_default")),
        bool(told.get("had_names")),
    )


def _styles(told: dict[str, object]) -> StylesBefore:
    groups = told["groups"]
    listed = {str(name): (int(one[0]), one[1]) for name, one in groups.items()} if isinstance(groups, dict) else {}
    return StylesBefore(str(told["part"]), listed, bool(told["made"]), str(told["digest"]))


def remove(changes: Changes, book: BookPart, part: str) -> None:
    """Take the record out of the draft."""
    for inner in relationships(changes, part):
        override_type(changes, inner.target, None)
        changes.remove(inner.target)
    for link in relationships(changes, book.part):
        if link.target == part:
            unrelate(changes, book.part, link.id)
    override_type(changes, part, None)
    changes.remove(part)
