"""Notes on cells: the comments part and the drawing that shows them. Hers are kept, ours join them.

A note of ours has our author; one that joins hers on the same cell is a last run of text behind our mark. Excel gives a
note a fixed size, so it is computed from its text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import ceil
from typing import Any

from lxml import etree

from billingkit.workbook import xmlparts as xml
from billingkit.workbook.package import (
    Changes,
    default_type,
    override_type,
    relate,
    relationships,
    unrelate,
)
from billingkit.workbook.places import area, letters
from billingkit.workbook.sheets import list_sheets
from billingkit.workbook.unsafe import unsafe

AUTHOR = "Billing kit"
MARK = "\n— from the billing team —\n"
COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
BLOCK = 1024  # shape numbers come in blocks of this size, each block belongs to one drawing
WIDTH = 290  # pixels
LINE = 42  # characters
TALLEST = 40  # lines; Excel shows a scroll bar to nobody, so a longer text is better read in its column

_EMPTY_VML = (
    b'<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    b'xmlns:x="urn:schemas-microsoft-com:office:excel"></xml>'
)
_NAMESPACES = (
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"'
)
_SHAPE_TYPE = (
    f'<v:shapetype {_NAMESPACES} id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_LAYOUT = '<o:shapelayout {} v:ext="edit"><o:idmap v:ext="edit" data="{}"/></o:shapelayout>'
_IDMAP = re.compile(rb"""(<(?:\w+:)?idmap\b[^>]*?\sdata\s*=\s*["'])([\d,\s]*)(["'])""")
_SHAPE_ID = re.compile(rb"""_x0000_s(\d+)["']""")
_OWN_SHAPE = re.compile(rb'<v:shape [^>]*?alt="billingkit"[^>]*>.*?</v:shape>', re.DOTALL)
_NOTE_SHAPE = re.compile(rb"<v:shape\s.*?</v:shape>", re.DOTALL)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class PlacedNote:
    """A note's text with its cell, 1-based."""

    row: int
    column: int
    text: str

    @property
    def ref(self) -> str:
        """The cell's address."""
        return f"{letters(self.column)}{self.row}"


def is_threaded(changes: Changes, sheet_part: str) -> bool:
    """Whether people discuss in threaded comments on that sheet."""
    return any(r.type == "threadedComment" for r in relationships(changes, sheet_part))


def add_notes(
    changes: Changes,
    sheet_part: str,
    notes: Iterable[PlacedNote],
    width_of: Callable[[int], int],
    *,
    legacy: str | None,
    strict: bool,
) -> tuple[dict[str, Any], str | None]:
    """Adds notes to a sheet's parts; gives the record for `drop_notes`, and the id of a drawing that is new.

    `width_of` gives a column's width in pixels; `legacy` is the id that the sheet's `legacyDrawing` names.
    """
    record: dict[str, Any] = {}
    part = _comments_part(changes, sheet_part, record, strict=strict)
    root = changes.root(part)
    record["author"], fresh, record["plain"] = _write_comments(root, notes)
    changes.put(part, root)
    drawing = None
    if fresh:
        drawing = _write_shapes(changes, sheet_part, fresh, width_of, record, legacy=legacy, strict=strict)
    return {key: value for key, value in record.items() if value}, drawing


def _comments_part(changes: Changes, sheet_part: str, record: dict[str, Any], *, strict: bool) -> str:
    found = [r.target for r in relationships(changes, sheet_part) if r.type == "comments"]
    if found:
        others = (s.part for s in list_sheets(changes) if s.part and s.part != sheet_part)
        for other in others:
            if any(r.type == "comments" and r.target == found[0] for r in relationships(changes, other)):
                raise unsafe("The sheet shares its notes with another sheet. Please open and save it in Excel first.")
        return found[0]
    part = changes.fresh("xl/comments{}.xml")
    root = xml.fresh(xml.STRICT if strict else xml.TRANSITIONAL, "comments")
    etree.SubElement(root, f"{{{xml.namespace(root)}}}authors")
    etree.SubElement(root, f"{{{xml.namespace(root)}}}commentList")
    changes.put(part, root)
    override_type(changes, part, COMMENTS_TYPE)
    relate(changes, sheet_part, "comments", part, strict=strict)
    record["comments"] = True
    return part


def _write_comments(root: xml.Element, notes: Iterable[PlacedNote]) -> tuple[bool, list[PlacedNote], list[str]]:
    """Whether our author is new, the notes that need a shape, and the cells whose own note was plain text."""
    space = xml.namespace(root)
    authors, comments = xml.child(root, "authors"), xml.child(root, "commentList")
    if authors is None or comments is None:
        raise unsafe(
            "The sheet's notes are stored in a way that cannot be followed. Please open and save it in Excel first."
        )
    names = [author.text or "" for author in xml.children(authors, "author")]
    new_author = AUTHOR not in names
    author = str(len(names) if new_author else names.index(AUTHOR))
    hers = {comment.get("ref"): comment for comment in xml.children(comments, "comment")}
    fresh, plain = [], []
    for note in notes:
        ref = note.ref
        if ref in hers:
            plain.extend([ref] if _join(hers[ref], note.text) else [])
            continue
        comment = etree.SubElement(comments, f"{{{space}}}comment", {"ref": ref, "authorId": author})
        _run(etree.SubElement(comment, f"{{{space}}}text"), note.text)
        fresh.append(note)
    if fresh and new_author:
        etree.SubElement(authors, f"{{{space}}}author").text = AUTHOR
    return bool(fresh) and new_author, fresh, plain


def _run(text: xml.Element, words: str) -> None:
    space = xml.namespace(text)
    run = etree.SubElement(text, f"{{{space}}}r")
    element = etree.SubElement(run, f"{{{space}}}t")
    element.text = _CONTROL.sub("", words)
    element.set(xml.XML_SPACE, "preserve")


def _join(comment: xml.Element, words: str) -> bool:
    """Adds our words behind hers; True if hers was plain text, which then becomes a run."""
    text = xml.child(comment, "text")
    if text is None:
        raise unsafe(f"The note on {comment.get('ref')} has no text. Please open and save it in Excel first.")
    plain = xml.child(text, "t")
    if plain is not None:
        text.remove(plain)
        run = text.makeelement(f"{{{xml.namespace(text)}}}r")
        text.insert(0, run)
        run.append(plain)
    _run(text, MARK + words)
    behind = [e for e in xml.children(text) if xml.local(e) in {"rPh", "phoneticPr"}]
    for element in behind:
        text.append(element)
    return plain is not None


def _write_shapes(
    changes: Changes,
    sheet_part: str,
    notes: list[PlacedNote],
    width_of: Callable[[int], int],
    record: dict[str, Any],
    *,
    legacy: str | None,
    strict: bool,
) -> str | None:
    drawing = _vml_part(changes, sheet_part, legacy)
    identity = None
    if drawing is None:
        drawing = changes.fresh("xl/drawings/vmlDrawing{}.vml")
        default_type(changes, "vml", VML_TYPE)
        changes.put(drawing, _EMPTY_VML)
        identity = relate(changes, sheet_part, "vmlDrawing", drawing, strict=strict)
        record["vml"] = True
    data = changes.read(drawing)
    end = data.rfind(b"</xml>")
    if end < 0:
        raise unsafe(
            "The drawing behind the sheet's notes is stored in a way that cannot be followed. Please open and save it in Excel first."
        )
    numbers, blocks = _free_numbers(changes, drawing, data, len(notes))
    added = "" if b"_x0000_t202" in data else _SHAPE_TYPE
    record["shape_type"] = bool(added)
    shapes = [_shape(note, number, width_of) for note, number in zip(notes, numbers, strict=True)]
    data = data[:end] + (added + "".join(shapes)).encode() + data[end:]
    changes.put(drawing, _with_blocks(data, blocks, record))
    return identity


def _vml_part(changes: Changes, sheet_part: str, legacy: str | None) -> str | None:
    """The drawing that the sheet's `legacyDrawing` names; one for headers and footers does not count."""
    found = (r for r in relationships(changes, sheet_part) if r.type == "vmlDrawing" and r.id == legacy)
    return next((r.target for r in found if changes.has(r.target)), None)


def _free_numbers(changes: Changes, drawing: str, data: bytes, count: int) -> tuple[list[int], list[int]]:
    """Free shape numbers, and the blocks that the drawing must claim for them."""
    taken = {int(n) for n in _SHAPE_ID.findall(data)}
    own = _blocks(data)
    blocks_in_use = set(own) | {n // BLOCK for n in taken}
    for name in changes.names():
        if name.lower().endswith(".vml") and name.lower() != drawing.lower():
            other = changes.read(name)
            blocks_in_use |= set(_blocks(other)) | {int(n) // BLOCK for n in _SHAPE_ID.findall(other)}
    numbers: list[int] = []
    for block in own:
        used = [n for n in taken if n // BLOCK == block]
        if used:  # a block of hers that stands empty stays so: then removal can tell
            numbers.extend(range(max(used) + 1, (block + 1) * BLOCK))
    fresh: list[int] = []
    block = 1
    while len(numbers) < count:
        if block not in blocks_in_use:
            fresh.append(block)
            numbers.extend(range(block * BLOCK + 1, (block + 1) * BLOCK))
        block += 1
    return numbers[:count], fresh


def _blocks(data: bytes) -> list[int]:
    return [int(n) for match in _IDMAP.findall(data) for n in match[1].split(b",") if n.strip()]


def _with_blocks(data: bytes, blocks: list[int], record: dict[str, Any]) -> bytes:
    if not blocks:
        return data
    listed = ",".join(str(block) for block in blocks)
    match = _IDMAP.search(data)
    if match:
        record["idmap"] = match[2].decode()
        joined = f"{match[2].decode().strip()},{listed}".strip(",")
        return data[: match.start(2)] + joined.encode() + data[match.end(2) :]
    start = data.index(b">", data.index(b"<xml")) + 1
    record["layout"] = True
    return data[:start] + _LAYOUT.format(_NAMESPACES, listed).encode() + data[start:]


def _shape(note: PlacedNote, number: int, width_of: Callable[[int], int]) -> str:
    lines = min(TALLEST, sum(max(1, ceil(len(line) / LINE)) for line in note.text.split("\n")))
    height = 18 * lines + 14
    left, right = min(note.column, 16_382), min(note.column, 16_382)
    room = WIDTH + 15
    while room > width_of(right + 1) and right < 16_383:
        room -= width_of(right + 1)
        right += 1
    top = max(note.row - 2, 0)
    bottom = min(top + height // 20 + 1, 1_048_575)
    anchor = f"{left}, 15, {top}, 10, {right}, {room}, {bottom}, {height % 20}"
    style = f"position:absolute;margin-left:60pt;margin-top:2pt;width:{WIDTH * 3 // 4}pt;height:{height * 3 // 4}pt"
    return (
        f'<v:shape {_NAMESPACES} id="_x0000_s{number}" type="#_x0000_t202" alt="billingkit" style="{style};z-index:1;'
        'visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>'
        '<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
        '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
        '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
        f"<x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>{note.row - 1}</x:Row>"
        f"<x:Column>{note.column - 1}</x:Column></x:ClientData></v:shape>"
    )


def drop_notes(changes: Changes, sheet_part: str, record: dict[str, Any], legacy: str | None) -> str | None:
    """Takes our notes out; gives the id of the drawing relationship that went with them, if one did."""
    part = next((r for r in relationships(changes, sheet_part) if r.type == "comments"), None)
    refs: set[str] = set()
    if part is not None:
        refs, empty = _erase_comments(changes, part.target, record)
        if empty and record.get("comments"):
            changes.remove(part.target)
            override_type(changes, part.target, None)
            unrelate(changes, sheet_part, part.id)
    return _erase_shapes(changes, sheet_part, refs, record, legacy)


def _erase_comments(changes: Changes, part: str, record: dict[str, Any]) -> tuple[set[str], bool]:
    root = changes.root(part)
    authors, comments = xml.child(root, "authors"), xml.child(root, "commentList")
    if authors is None or comments is None:
        return set(), False
    names = list(xml.children(authors, "author"))
    ours = {str(index) for index, author in enumerate(names) if author.text == AUTHOR}
    refs = set()
    for comment in list(xml.children(comments, "comment")):
        if comment.get("authorId") in ours:
            refs.add(comment.get("ref", ""))
            comments.remove(comment)
        else:
            _part_again(comment, record.get("plain", []))
    if record.get("author") and names and names[-1].text == AUTHOR:
        authors.remove(names[-1])
    changes.put(part, root)
    return refs, next(xml.children(comments), None) is None


def _part_again(comment: xml.Element, plain: list[str]) -> None:
    text = xml.child(comment, "text")
    runs = [] if text is None else list(xml.children(text, "r"))
    if text is None or not runs:
        return
    words = xml.child(runs[-1], "t")
    if words is None or not (words.text or "").startswith(MARK):
        return
    text.remove(runs[-1])
    hers = xml.child(runs[0], "t")
    if comment.get("ref") in plain and len(runs) == 2 and hers is not None and xml.child(runs[0], "rPr") is None:
        text.remove(runs[0])
        text.insert(0, hers)


def _erase_shapes(
    changes: Changes, sheet_part: str, refs: set[str], record: dict[str, Any], legacy: str | None
) -> str | None:
    drawing = _vml_part(changes, sheet_part, legacy)
    if drawing is None:
        return None
    relationship = next(r for r in relationships(changes, sheet_part) if r.target == drawing)
    data = _OWN_SHAPE.sub(b"", changes.read(drawing))
    data = _without_notes(data, refs)
    if record.get("vml") and b"ClientData" not in data:
        changes.remove(drawing)
        unrelate(changes, sheet_part, relationship.id)
        return relationship.id
    if record.get("shape_type"):
        data = data.replace(_SHAPE_TYPE.encode(), b"")
    changes.put(drawing, _without_blocks(data, record))
    return None


def _without_notes(data: bytes, refs: set[str]) -> bytes:
    """After another program has saved the file, our shapes are known by their cells only."""
    gone = {(place.top - 1, place.left - 1) for place in map(area, refs) if place}

    def kept(match: re.Match[bytes]) -> bytes:
        row, column = (re.search(rb"<x:%s>\s*(\d+)" % name, match[0]) for name in (b"Row", b"Column"))
        ours = row and column and (int(row[1]), int(column[1])) in gone and b'ObjectType="Note"' in match[0]
        return b"" if ours else bytes(match[0])

    return _NOTE_SHAPE.sub(kept, data)


def _without_blocks(data: bytes, record: dict[str, Any]) -> bytes:
    if record.get("layout"):
        return re.sub(rb"<o:shapelayout [^>]*>\s*<o:idmap [^>]*/>\s*</o:shapelayout>", b"", data, count=1)
    match = _IDMAP.search(data)
    if match and "idmap" in record:
        return data[: match.start(2)] + str(record["idmap"]).encode() + data[match.end(2) :]
    return data
