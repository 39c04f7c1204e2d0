"""What must grow with our columns, and shrink back without them: filter, print area, dimension, column widths.

Each function gives what it changed as a small record, so that removal can put back what stood there before.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from billingkit.workbook import xmlparts as xml
from billingkit.workbook.package import Changes
from billingkit.workbook.places import LAST_COLUMN, Area, area, quoted, sheeted, split_areas
from billingkit.workbook.placing import column_settings, filter_area
from billingkit.workbook.sheets import SheetPart, defined_names
from billingkit.workbook.shell import Piece, Shell

FILTER_NAME = "_xlnm._FilterDatabase"
PRINT_NAME = "_xlnm.Print_Area"
_SWITCHES = re.compile(
    r'\s(?:min|max|width|hidden|customWidth|bestFit|outlineLevel|collapsed)\s*=\s*(?:"[^"]*"|\'[^\']*\')'
)

Record = dict[str, Any]


def grow_dimension(shell: Shell, block: Area) -> Record:
    """The sheet's own statement of its size."""
    piece = shell.first("dimension")
    was = area(piece.attributes.get("ref")) if piece else None
    if piece is None or was is None:
        return {}
    now = Area(
        min(was.top, block.top), min(was.left, block.left), max(was.bottom, block.bottom), max(was.right, block.right)
    )
    if now == was:
        return {}
    shell.set(piece, "ref", str(now))
    return {"dimension": [piece.attributes["ref"], str(now)]}


def grow_filter(
    changes: Changes,
    sheet: SheetPart,
    shell: Shell,
    rows: frozenset[int],
    first: int,
    last: int,
    tables: Sequence[Area] = (),
) -> Record:
    """The sheet's filter and its hidden name, if our rows are in it: else sorting would tear rows apart.

    A filter beside a table stays as it is: it may not lie on one.
    """
    piece, was = shell.first("autoFilter"), filter_area(shell)
    if (
        piece is None
        or was is None
        or was.right >= last
        or was.left >= first
        or not any(was.has_row(row) for row in rows)
    ):
        return {}
    now = was.widened(last)
    if any(table.meets(now) for table in tables):
        return {}
    shell.set(piece, "ref", str(now))
    record: Record = {"filter": [piece.attributes["ref"], str(now)]}
    for sort in _sorts(piece):
        sorted_ = area(sort.attributes.get("ref"))
        if sorted_ and sorted_.right == was.right:  # sorted again, it would leave ours behind
            shell.set(sort, "ref", str(sorted_.widened(last)))
            record["sort"] = [sort.attributes["ref"], str(sorted_.widened(last))]
    for element in _own_names(changes, sheet, FILTER_NAME):
        found = sheeted(element.text or "")
        if found and area(found[1]) == was:
            record["filter_name"] = [element.text, f"{_sheet_of(element.text or '')}!{now.absolute()}"]
    return record | _renamed(changes, sheet, FILTER_NAME, record.get("filter_name"))


def grow_print_area(changes: Changes, sheet: SheetPart, rows: frozenset[int], her_last: int, last: int) -> Record:
    """The print area, where it reaches to her last column."""
    for element in _own_names(changes, sheet, PRINT_NAME):
        parts = []
        for text in split_areas(element.text or ""):
            found = sheeted(text)
            was = area(found[1]) if found else None
            if was and her_last <= was.right < last and any(was.has_row(row) for row in rows):
                text = f"{_sheet_of(text)}!{was.widened(last).absolute()}"  # noqa: PLW2901 -- the grown area stands in for its text
            parts.append(text)
        grown = ",".join(parts)
        if grown != element.text:
            record = [element.text or "", grown]
            return {"print": record} | _renamed(changes, sheet, PRINT_NAME, record)
    return {}


def _sheet_of(text: str) -> str:
    return text.rsplit("!", 1)[0]


def _own_names(changes: Changes, sheet: SheetPart, name: str) -> list[xml.Element]:
    names = defined_names(changes.root(sheet.workbook))
    return [e for e in names if e.get("name") == name and e.get("localSheetId") == str(sheet.index)]


def _renamed(changes: Changes, sheet: SheetPart, name: str, pair: list[str] | None) -> Record:
    """Replaces a local name's text, if it still is the first of the pair."""
    if pair is None:
        return {}
    root = changes.root(sheet.workbook)
    for element in defined_names(root):
        if element.get("name") == name and element.get("localSheetId") == str(sheet.index) and element.text == pair[0]:
            element.text = pair[1]
            changes.put(sheet.workbook, root)
    return {}


def set_widths(shell: Shell, first: int, widths: list[float]) -> Record:
    """Our columns' widths; settings that span them are cut, and what is left of them stays."""
    last = first + len(widths) - 1
    group = shell.first("cols")
    settings = list(zip(group.inside, column_settings(shell), strict=True)) if group else []
    crossed = [(piece, left, right) for piece, (left, right, _) in settings if left <= last and right >= first]
    raws = [shell.data[piece.start : piece.end] for piece, _, _ in crossed]
    gaps = _gaps(shell, [piece for piece, _, _ in crossed])
    styles = {
        c: _left_over(raw)
        for (_, a, b), raw in zip(crossed, raws, strict=True)
        for c in range(max(a, first), min(b, last) + 1)
    }
    own = "".join(
        f'<{shell.prefix}col min="{column}" max="{column}" width="{width:g}" customWidth="1"{styles.get(column, "")}/>'
        for column, width in enumerate(widths, first)
    ).encode()
    record: Record = {
        "cols": {
            "first": first,
            "last": last,
            "cut": [(raw + gap).decode() for raw, gap in zip(raws, gaps, strict=True)],
        }
    }
    if group is None or not settings:
        prefix = shell.prefix.encode()
        whole = b"<%scols>%s</%scols>" % (prefix, own, prefix)
        if group is None:
            record["cols"]["cut"] = None
            shell.insert("cols", whole)
        else:
            shell.replace(group, whole)
    elif not crossed:
        later = [piece.start for piece, (left, _, _) in settings if left > last]
        at = later[0] if later else settings[-1][0].end
        shell.edits.append((at, at, own))
    for index, ((piece, left, right), raw) in enumerate(zip(crossed, raws, strict=True)):
        before = _spanning(raw, left, first - 1) if left < first else b""
        behind = _spanning(raw, last + 1, right) if right > last else b""
        at_end = piece.end + len(gaps[index])
        shell.edits.append((piece.start, at_end, before + (b"" if index else own) + behind))
    return record


def _gaps(shell: Shell, pieces: list[Piece]) -> list[bytes]:
    """The white space behind each of some settings, up to the next of them."""
    between = [shell.data[one.end : following.start] for one, following in pairwise(pieces)]
    return [gap if gap.isspace() else b"" for gap in [*between, b""][: len(pieces)]]


def _spanning(raw: bytes, left: int, right: int) -> bytes:
    """The same setting for other columns."""
    raw = re.sub(rb"""(\smin\s*=\s*["'])\d+""", rb"\g<1>%d" % left, raw, count=1)
    return re.sub(rb"""(\smax\s*=\s*["'])\d+""", rb"\g<1>%d" % right, raw, count=1)


def _left_over(raw: bytes) -> str:
    """What of her setting holds for our column too: its default format, but not its width nor that it is hidden."""
    found = re.search(r"\sstyle\s*=\s*[\"']\d+[\"']", raw.decode())
    return found[0] if found else ""


def undo_shell(shell: Shell, record: Record) -> None:
    """Puts back the dimension, the filter and the column settings, each if it is still what we wrote."""
    for name in ("dimension", "filter"):
        piece = shell.first("autoFilter" if name == "filter" else name)
        was, now = record.get(name, (None, None))
        if piece and was and piece.attributes.get("ref") == now:
            shell.set(piece, "ref", was)
    was, now = record.get("sort", (None, None))
    for sort in _sorts(shell.first("autoFilter")):
        if was and sort.attributes.get("ref") == now:
            shell.set(sort, "ref", was)
    group, cols = shell.first("cols"), record.get("cols")
    if group and cols:
        _undo_widths(shell, group, cols)


def _sorts(filtered: Piece | None) -> list[Piece]:
    """How the rows of a filter were sorted last."""
    return [piece for piece in filtered.inside if piece.name == "sortState"] if filtered else []


def forget_views(shell: Shell) -> None:
    """A filter or sort set on a column of ours goes with it, for good."""
    piece, where = shell.first("autoFilter"), filter_area(shell)
    width = where.right - where.left + 1 if where else 0
    for column in piece.inside if piece else ():
        if column.name == "filterColumn" and int(column.attributes.get("colId", "0")) >= width:
            shell.replace(column, b"")
    for sort in _sorts(piece):
        conditions = [one for one in sort.inside if one.name == "sortCondition"]
        lost = [
            one for one in conditions if (at := area(one.attributes.get("ref"))) and where and at.left > where.right
        ]
        for gone in [sort] if lost and len(lost) == len(conditions) else lost:
            shell.replace(gone, b"")


def shrink_filter(shell: Shell, ours: Collection[Area]) -> None:
    """After another program has changed the filter: its range without our columns at its edge."""
    piece, where = shell.first("autoFilter"), filter_area(shell)
    if piece is not None and where is not None and (left := _without_ours(where, ours)) != where:
        shell.set(piece, "ref", str(left))
    for sort in _sorts(piece):
        where = area(sort.attributes.get("ref"))
        if where is not None and (left := _without_ours(where, ours)) != where:
            shell.set(sort, "ref", str(left))


def _without_ours(where: Area, ours: Collection[Area]) -> Area:
    """A range without our columns at its edge; what lies above or below ours only is hers."""
    columns = {one.left for one in ours if one.meets(where)}
    right = where.right
    while right in columns and right > where.left:
        right -= 1
    return replace(where, right=right)


def _undo_widths(shell: Shell, group: Piece, cols: Record) -> None:
    first, last = cols["first"], cols["last"]
    cut = [raw.encode() for raw in cols["cut"] or ()]
    spans = [_span(raw) for raw in cut]
    left, right = min([first, *(a for a, _ in spans)]), max([last, *(b for _, b in spans)])
    inside = []
    for piece, (a, b, _) in zip(group.inside, column_settings(shell), strict=True):
        if b < left or a > right:
            continue
        if a < left or b > right:  # another program joined settings: the widths stay as they are
            return
        inside.append(piece)
    if cols["cut"] is None and len(inside) == len(group.inside):
        shell.replace(group, b"")
        return
    for index, piece in enumerate(inside):
        shell.replace(piece, b"" if index else b"".join(cut))


def _span(raw: bytes) -> tuple[int, int]:
    left, right = (re.search(rb"""\s%s\s*=\s*["'](\d+)""" % name, raw) for name in (b"min", b"max"))
    return int(left[1]) if left else 1, int(right[1]) if right else LAST_COLUMN


def undo_names(changes: Changes, sheet: SheetPart, record: Record, ours: Collection[Area]) -> None:
    """Puts back the filter's hidden name and the print area, or cuts our columns off their edge."""
    for key, name in (("filter_name", FILTER_NAME), ("print", PRINT_NAME)):
        if key not in record:
            continue
        was, now = record[key]
        elements = _own_names(changes, sheet, name)
        if any(element.text == now for element in elements):
            _renamed(changes, sheet, name, [now, was])
        else:
            for element in elements:
                _renamed(changes, sheet, name, [element.text or "", _without(element.text or "", ours)])


def _without(text: str, ours: Collection[Area]) -> str:
    parts = []
    for each in split_areas(text):
        found = sheeted(each)
        where = area(found[1]) if found else None
        if found is None or where is None or (left := _without_ours(where, ours)) == where:
            parts.append(each)
            continue
        parts.append(f"{quoted(found[0])}!{left.absolute()}")
    return ",".join(parts)
