"""What in a workbook is ours, and what stood there before: hidden defined names, which every spreadsheet program keeps.

`_billingkit_3_1` refers to our first column on some sheet and carries its heading as its comment; `_billingkit_3_0`
says which sheet that is; `_billingkit_3_r1`, ... hold what removal needs to know, as JSON in short strings. Excel moves
the references when columns or rows are inserted, so ours are found wherever they went.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from billingkit.workbook import xmlparts as xml
from billingkit.workbook.places import Area, area, quoted, sheeted
from billingkit.workbook.sheets import add_name, defined_names, drop_name

PREFIX = "_billingkit_"
_NAME = re.compile(r"_billingkit_(\d+|book)_(r?)(\d+)")
PIECE = 200  # a string inside a defined name may hold 255 characters

Record = dict[str, Any]


@dataclass(slots=True)
class Ours:
    """Our additions to one sheet: each column's heading and place, and the record of what stood there before."""

    number: str
    sheet: str | None = None
    columns: dict[int, tuple[Area, str]] = field(default_factory=dict)
    record: Record = field(default_factory=dict)
    pieces: dict[int, str] = field(default_factory=dict)


def marked_columns(names: Mapping[str, str]) -> dict[str, frozenset[int]]:
    """Our columns by sheet name (1-based), from a workbook's defined names as name and text."""
    found: dict[str, set[int]] = {}
    for name, text in names.items():
        match = _NAME.fullmatch(name)
        place = sheeted(text) if match and not match[2] and match[3] != "0" else None
        where = area(place[1]) if place else None
        if place and where:
            found.setdefault(place[0], set()).update(range(where.left, where.right + 1))
    return {sheet: frozenset(columns) for sheet, columns in found.items()}


def read_marks(root: xml.Element) -> dict[str, Ours]:
    """Everything of ours that a workbook part's names tell, by number; "book" is the workbook's own record."""
    found: dict[str, Ours] = {}
    for element in defined_names(root):
        match = _NAME.fullmatch(element.get("name", ""))
        if not match:
            continue
        ours, index, text = found.setdefault(match[1], Ours(match[1])), int(match[3]), element.text or ""
        if match[2]:
            ours.pieces[index] = text.strip()[1:-1].replace('""', '"')
            continue
        place = sheeted(text)
        where = area(place[1]) if place else None
        if place and where:
            ours.sheet = place[0]
            if index:
                ours.columns[where.left] = (where, element.get("comment", ""))
    for ours in found.values():
        ours.record = _joined(ours.pieces)
    return found


def _joined(pieces: Mapping[int, str]) -> Record:
    text = "".join(pieces[index] for index in sorted(pieces))
    try:
        read = json.loads(text) if text else {}
    except ValueError:  # cut by another program: what ours is, the names still say
        return {}
    return read if isinstance(read, dict) else {}


def of_sheet(root: xml.Element, sheet: str) -> Ours | None:
    """Our additions to that sheet; None if there are none."""
    return next((o for o in read_marks(root).values() if o.sheet is not None and o.sheet == sheet), None)


def drop_marks(root: xml.Element, number: str) -> None:
    """Takes out the names of one number."""
    for element in defined_names(root):
        match = _NAME.fullmatch(element.get("name", ""))
        if match and match[1] == number:
            drop_name(root, element)


def free_number(root: xml.Element) -> str:
    """A number that no sheet of ours has yet."""
    taken = {int(n) for n in read_marks(root) if n.isdigit()}
    return str(next(n for n in range(1, len(taken) + 2) if n not in taken))


def write_marks(root: xml.Element, ours: Ours) -> None:
    """Writes the names of one sheet's additions, or the workbook's record, in place of those of the same number."""
    drop_marks(root, ours.number)
    if ours.sheet is not None:
        add_name(root, f"{PREFIX}{ours.number}_0", f"{quoted(ours.sheet)}!$A$1", hidden="1")
        for index, column in enumerate(sorted(ours.columns), 1):
            where, heading = ours.columns[column]
            text = f"{quoted(ours.sheet)}!{where.absolute()}"
            add_name(root, f"{PREFIX}{ours.number}_{index}", text, comment=heading[:255], hidden="1")
    text = json.dumps(ours.record, separators=(",", ":"), sort_keys=True)
    for index, start in enumerate(range(0, len(text), PIECE), 1):
        piece = text[start : start + PIECE].replace('"', '""')
        add_name(root, f"{PREFIX}{ours.number}_r{index}", f'"{piece}"', hidden="1")
