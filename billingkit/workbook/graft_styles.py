"""Our tabs' styles joined to hers: appended at the end, equal ones shared, so that a second time adds nothing.

Her Normal style, theme and number formats may be anything, so ours are written out in full: no theme colours or
theme fonts, every `apply...` said, and a built-in number format that she gave another meaning gets an id of its own.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Final

from lxml import etree

from billingkit.workbook import xmlparts as xml
from billingkit.workbook.unsafe import unsafe
from billingkit.workbook.xmlparts import Element

ORDER: Final = (
    "numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles", "colors", "extLst",
)  # fmt: skip  # the schema's own order, in one line
MOST_FORMATS: Final = 65_490  # Excel's published limit
_BUILT_IN: Final = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 14: "m/d/yyyy", 15: "d-mmm-yy",
    22: "m/d/yyyy h:mm", 37: "#,##0_);(#,##0)", 39: "#,##0.00_);(#,##0.00)", 49: "@",
}  # fmt: skip  # those that the kit's tabs may use
_COUNTED: Final = frozenset({"fonts", "fills", "borders", "cellXfs", "dxfs"})
_APPLY: Final = ("NumberFormat", "Font", "Fill", "Border", "Alignment", "Protection")
_EMPTY: Final = (
    '<styleSheet xmlns="{0}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


@dataclass(frozen=True, slots=True)
class StyleMap:
    """Where our styles went: our index to hers, for cell formats and for differential formats."""

    formats: dict[int, int]
    rules: dict[int, int]


def empty_styles(namespace: str) -> Element:
    """A styles part for a workbook that has none: the one format that such a workbook's cells have."""
    return etree.fromstring(_EMPTY.format(namespace))


def group_counts(styles: Element) -> dict[str, tuple[int, str | None]]:
    """How many entries each group has, and the count it says; for taking ours out again."""
    return {xml.local(one): (sum(1 for _ in xml.children(one)), one.get("count")) for one in xml.children(styles)}


def take_out(styles: Element, before: dict[str, tuple[int, str | None]]) -> None:
    """Cut every group back to what it was; groups that we made go."""
    for group in list(xml.children(styles)):
        told = before.get(xml.local(group))
        if told is None:
            styles.remove(group)
            continue
        number, count = told
        for extra in list(xml.children(group))[number:]:
            group.remove(extra)
        if count is None:
            group.attrib.pop("count", "")
        else:
            group.set("count", count)


def fill_groups(styles: Element) -> None:
    """Give a list of formats without one entry what a workbook without that list has: one plain format."""
    listed = xml.child(styles, "cellXfs")
    if listed is not None and next(xml.children(listed), None) is not None:
        return
    for plain in xml.children(empty_styles(xml.namespace(styles))):
        group = insert_group(styles, xml.local(plain))
        if next(xml.children(group), None) is None:
            group.extend(copy.deepcopy(list(xml.children(plain))))
            group.set("count", str(len(group)))


def pad_rules(styles: Element, length: int) -> None:
    """Make the list of differential formats at least that long, with empty ones: they change nothing that is shown."""
    space, group = xml.namespace(styles), xml.child(styles, "dxfs")
    listed = sum(1 for _ in xml.children(group)) if group is not None else 0
    if listed < length:
        group = insert_group(styles, "dxfs")
        for _ in range(length - listed):
            etree.SubElement(group, f"{{{space}}}dxf")
        group.set("count", str(length))


def insert_group(styles: Element, name: str) -> Element:
    """A group of the styles, made at the schema's place if there is none."""
    found = xml.child(styles, name)
    if found is not None:
        return found
    made = styles.makeelement(f"{{{xml.namespace(styles)}}}{name}")
    later = set(ORDER[ORDER.index(name) + 1 :])
    following = next((one for one in xml.children(styles) if xml.local(one) in later), None)
    if following is None:
        styles.append(made)
    else:
        following.addprevious(made)
    return made


def join(hers: Element, ours: Element, theme: tuple[str, ...]) -> StyleMap:
    """Append our styles to hers in place; `theme` is our own theme's colours in the order of their index.

    Raises:
        UnsafeToPatch: her styles are written in alternatives, or would pass Excel's limit of formats.
    """
    if any(xml.local(one) == "AlternateContent" and not _one_place(one, hers) for one in hers.iter(etree.Element)):
        raise unsafe(
            "This workbook's formats are written in two alternative ways, so no tabs can be added to it. "
            "Please open and save it in Excel first."
        )
    fill_groups(hers)
    return _Joining(hers, ours, theme).run()


def _one_place(alternatives: Element, styles: Element) -> bool:
    """Whether what is written in alternatives takes one place in its list, whichever is read, or stands inside one item."""
    group = alternatives.getparent()
    if group is None or group is styles:
        return False
    if group.getparent() is not styles:
        return True
    return xml.local(group) in _COUNTED and all(len(list(xml.children(way))) == 1 for way in xml.children(alternatives))


class _Joining:
    """Her styles while ours are being appended."""

    def __init__(self, hers: Element, ours: Element, theme: tuple[str, ...]) -> None:
        self.hers, self.ours, self.theme = hers, ours, theme
        self.space = xml.namespace(hers)
        self.codes = {int(one.get("numFmtId", "0")): one.get("formatCode", "") for one in self._listed(hers, "numFmts")}
        formats = [*self._listed(hers, "cellXfs"), *self._listed(hers, "cellStyleXfs")]
        # some of them may not be there; a format in alternatives names one in each
        self.named = {int(each.get("numFmtId", "0")) for one in formats for each in one.iter(etree.Element)}
        self.our_codes = {
            int(one.get("numFmtId", "0")): one.get("formatCode", "") for one in self._listed(ours, "numFmts")
        }

    def run(self) -> StyleMap:
        self._fixed_fills()
        fonts, borders = self._pool("fonts"), self._pool("borders")
        fills = self._pool("fills", first=2) | self._first_fills()
        formats = self._formats({"fontId": fonts, "fillId": fills, "borderId": borders})
        return StyleMap(formats, self._pool("dxfs") if self._listed(self.ours, "dxfs") else {})

    @staticmethod
    def _listed(styles: Element, name: str) -> list[Element]:
        group = xml.child(styles, name)
        return list(xml.children(group)) if group is not None else []

    def _group(self, name: str) -> Element:
        return insert_group(self.hers, name)

    def _append(self, group: Element, one: Element) -> int:
        one.tail = None
        group.append(one)
        number = sum(1 for _ in xml.children(group))
        group.set("count", str(number))
        return number - 1

    def _fixed_fills(self) -> None:
        """Excel takes fills 0 and 1 for none and grey whatever the file says; ours must start behind them."""
        group = self._group("fills")
        for pattern in ("none", "gray125")[len(list(xml.children(group))) :]:
            fill = group.makeelement(f"{{{self.space}}}fill")
            etree.SubElement(fill, f"{{{self.space}}}patternFill", {"patternType": pattern})
            self._append(group, fill)

    def _first_fills(self) -> dict[int, int]:
        """Our first two fills are her first two where those are the fixed ones."""
        fixed = [
            next((inner.get("patternType", "") for inner in xml.children(one)), "")
            for one in self._listed(self.hers, "fills")[:2]
        ]
        return {0: 0, 1: 1} if fixed == ["none", "gray125"] else {}

    def _pool(self, name: str, first: int = 0) -> dict[int, int]:
        group = self._group(name)
        known: dict[bytes, int] = {}
        for number, one in enumerate(xml.children(group)):
            if number >= first:
                known.setdefault(_fingerprint(one), number)
        places = {}
        for number, one in enumerate(self._listed(self.ours, name)):
            own = self._plain(copy.deepcopy(one))
            key = _fingerprint(own)
            if key not in known:
                known[key] = self._append(group, own)
            places[number] = known[key]
        return places

    def _formats(self, pools: dict[str, dict[int, int]]) -> dict[int, int]:
        group = self._group("cellXfs")
        known: dict[bytes, int] = {}
        for number, one in enumerate(xml.children(group)):
            known.setdefault(_fingerprint(one), number)
        base = self._named_styles()
        places = {}
        for number, one in enumerate(self._listed(self.ours, "cellXfs")):
            own = copy.deepcopy(one)
            for key, pool in pools.items():
                own.set(key, str(pool[int(own.get(key, "0"))]))
            own.set("numFmtId", str(self._number_format(int(own.get("numFmtId", "0")))))
            own.attrib.pop("xfId", "")
            if self._listed(self.hers, "cellStyleXfs"):
                own.set("xfId", str(base.get(int(one.get("xfId", "0")), base[0])))
            for what in _APPLY:
                own.set(f"apply{what}", "1")  # so that her Normal style cannot show through
            whole = _fingerprint(own)
            if whole not in known:
                known[whole] = self._append(group, own)
            places[number] = known[whole]
        if sum(1 for _ in xml.children(group)) > MOST_FORMATS:
            raise unsafe("This workbook has as many cell formats as Excel allows, so no tabs can be added to it.")
        return places

    def _named_styles(self) -> dict[int, int]:
        """Our named styles as hers, told by their built-in number; what she lacks becomes her Normal."""
        hers = {one.get("builtinId"): int(one.get("xfId", "0")) for one in self._listed(self.hers, "cellStyles")}
        normal = hers.get("0", 0)
        most = len(self._listed(self.hers, "cellStyleXfs"))
        found = {0: normal if normal < most else 0}
        for one in self._listed(self.ours, "cellStyles"):
            place = hers.get(one.get("builtinId"), normal)
            found[int(one.get("xfId", "0"))] = place if place < most else 0
        return found

    def _number_format(self, number: int) -> int:
        code = self.our_codes.get(number)
        if code is None:
            code = _BUILT_IN.get(number, "General")
            if self.codes.get(number, code) == code:
                return number
        found = next((known for known, text in self.codes.items() if text == code), None)
        if found is None:
            found = max([163, *self.codes, *self.named]) + 1
            self.codes[found] = code
            one = self.hers.makeelement(f"{{{self.space}}}numFmt", {"numFmtId": str(found), "formatCode": code})
            self._append(self._group("numFmts"), one)
        return found

    def _plain(self, one: Element) -> Element:
        for part in list(one.iter(etree.Element)):
            plain_colour(part, self.theme)
            if xml.local(part) == "numFmt":
                part.set("numFmtId", str(self._number_format(int(part.get("numFmtId", "0")))))
        return one


def plain_colour(part: Element, theme: tuple[str, ...]) -> None:
    """Take the theme out of one element: a theme font's scheme goes, a theme colour becomes its own RGB."""
    parent = part.getparent()
    if xml.local(part) == "scheme" and parent is not None:
        parent.remove(part)
        return
    index = int(part.get("theme", "-1"))
    if index == 1 and xml.local(part) == "color" and parent is not None and xml.local(parent) in {"font", "rPr"}:
        parent.remove(part)  # dark 1: no colour is automatic, the same on paper
    elif 0 <= index < len(theme):
        del part.attrib["theme"]
        part.set("rgb", f"FF{theme[index]}")


def theme_colours(theme: Element | None) -> tuple[str, ...]:
    """A theme's colours in the order in which styles count them: the first two pairs stand swapped."""
    scheme = (
        next((one for one in theme.iter(etree.Element) if xml.local(one) == "clrScheme"), None)
        if theme is not None
        else None
    )
    if scheme is None:
        return ()
    inner = [next(xml.children(one)) for one in xml.children(scheme)]
    colours = [str(one.get("lastClr") or one.get("val")) for one in inner]
    return (colours[1], colours[0], colours[3], colours[2], *colours[4:]) if len(colours) >= 12 else ()


def _fingerprint(one: Element) -> bytes:
    """An element's own content, whatever stands around it or how its namespace is written."""
    children = b"".join(_fingerprint(inner) for inner in xml.children(one))
    attributes = repr(sorted((str(key), str(value)) for key, value in one.attrib.items()))
    text = (one.text or "").strip()
    return f"<{xml.local(one)} {attributes}>{text}".encode() + children + b"</>"
