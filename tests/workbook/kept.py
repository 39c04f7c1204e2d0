"""An independent look at two packages: what of the first is missing from, or different in, the second.

It knows nothing of how the kit patches: parts are compared as canonical XML, sheets cell by cell.
"""

from __future__ import annotations

import re
import zipfile

from lxml import etree

GROWS = {"dimension", "cols", "autoFilter", "legacyDrawing"}


def parts(path):
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {info.filename: archive.read(info) for info in archive.infolist()}


def canonical(data):
    try:
        return etree.tostring(etree.fromstring(data), method="c14n")
    except etree.XMLSyntaxError:
        return data


def name(element):
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def differences(first, second):
    """Every part that is only in one of the two files, or says something else in the second."""
    before, after = parts(first), parts(second)
    found = [f"{part} only in one" for part in sorted(before.keys() ^ after.keys())]
    both = sorted(part for part in before.keys() & after.keys() if before[part] != after[part])
    return found + [f"{part} differs" for part in both if canonical(before[part]) != canonical(after[part])]


def column(ref):
    value = 0
    for letter in re.match(r"[A-Z]+", ref)[0]:
        value = value * 26 + ord(letter) - 64
    return value


def cells(root):
    """Each cell as (format, canonical content), by address; addresses are counted where they are left out."""
    found, row_number = {}, 0
    data = next(e for e in root if name(e) == "sheetData")
    for row in data:
        if name(row) != "row":
            continue
        row_number = int(row.get("r") or row_number + 1)
        at = 0
        for cell in row:
            if name(cell) != "c":
                continue
            at = column(cell.get("r")) if cell.get("r") else at + 1
            inside = tuple((name(e), tuple(sorted(e.attrib.items())), "".join(e.itertext())) for e in cell)
            found[row_number, at] = (cell.get("s", "0"), cell.get("t"), cell.get("cm"), inside)
    return found


def format_of(styles, index):
    """What a format index means, spelled out."""
    root = etree.fromstring(styles) if styles else None
    groups = {name(e): [c for c in e if isinstance(c.tag, str)] for e in root} if root is not None else {}
    formats = groups.get("cellXfs", [])
    if int(index) >= len(formats):
        return None
    xf = formats[int(index)]
    pointed = []
    for group, key in (("fonts", "fontId"), ("fills", "fillId"), ("borders", "borderId")):
        items, at = groups.get(group, []), int(xf.get(key) or 0)
        pointed.append(etree.tostring(items[at], method="c14n") if at < len(items) else None)
    codes = {e.get("numFmtId"): e.get("formatCode") for e in groups.get("numFmts", [])}
    return pointed, codes.get(xf.get("numFmtId")), etree.tostring(xf, method="c14n")


def losses(first, second, sheet_part):
    """What the second file lost of the first, where one sheet was annotated."""
    before, after = parts(first), parts(second)
    lost = [f"part {part}" for part in before if part not in after]
    may_change = re.compile(
        r"\[Content_Types\]\.xml|xl/workbook\.xml|.*\.rels|xl/styles\d*\.xml|xl/tables/.*|xl/comments.*|.*\.vml|"
        + re.escape(sheet_part),
        re.IGNORECASE,
    )
    lost += [
        f"bytes of {part}"
        for part in before
        if part in after and before[part] != after[part] and not may_change.fullmatch(part)
    ]
    return lost + _sheet_losses(before, after, sheet_part) + _other_losses(before, after)


def _sheet_losses(before, after, part):
    old, new = (etree.fromstring(p[part]) for p in (before, after))
    lost = []
    was, now = cells(old), cells(new)
    styles = [next((p[n] for n in p if n.lower() == "xl/styles.xml"), None) for p in (before, after)]
    meaning = {}
    for place, (style, *content) in was.items():
        if place not in now:
            lost.append(f"cell {place}")
        elif not any(content) and any(now[place][1:]):
            continue  # an empty cell, however painted, is free to be written on; removal must give it back
        elif content != list(now[place][1:]):
            lost.append(f"content of {place}: {content} is now {now[place]}")
        elif (style, now[place][0]) not in meaning:
            same = style == now[place][0] and (
                styles[0] is None or format_of(styles[0], style) == format_of(styles[1], style)
            )
            meaning[style, now[place][0]] = same
        if place in now and meaning.get((style, now[place][0])) is False:
            lost.append(f"format of {place}")
    kept = [etree.tostring(e, method="c14n") for e in new if name(e) not in GROWS | {"sheetData"}]
    for element in old:
        if name(element) not in GROWS | {"sheetData"} and etree.tostring(element, method="c14n") not in kept:
            lost.append(f"element {name(element)}")
        if name(element) in GROWS and not any(name(e) == name(element) for e in new):
            lost.append(f"element {name(element)}")
    return lost


def _other_losses(before, after):
    """Relationships, content types, names, notes and shapes that were there must still be there."""
    lost = []
    for part, data in before.items():
        if part not in after or data == after[part]:
            continue
        if part.endswith((".rels", "Types].xml")) or "comments" in part:
            kept = {etree.tostring(e, method="c14n") for e in etree.fromstring(after[part]).iter()}
            lost += [
                f"{part}: {name(e)} {dict(e.attrib)}"
                for e in etree.fromstring(data).iter()
                if name(e) in {"Relationship", "Default", "Override", "author"}
                and etree.tostring(e, method="c14n") not in kept
            ]
        if "comments" in part:
            texts = "".join(etree.fromstring(after[part]).itertext())
            lost += [f"note {t}" for t in etree.fromstring(data).itertext() if t not in texts]
        if part.endswith(".vml"):
            lost += [f"shape {s}" for s in re.findall(rb'<v:shape .*?id="[^"]+"', data) if s not in after[part]]
        if part.endswith("workbook.xml"):
            old, new = (
                {n.get("name") for n in etree.fromstring(p).iter() if name(n) == "definedName"}
                for p in (data, after[part])
            )
            lost += [f"name {n}" for n in old - new]
    return lost
