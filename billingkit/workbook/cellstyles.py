"""Cell formats: appended to the workbook's own, each derived from a format that is already there.

Nothing in the styles part is changed but its counts. A format that exists already is used again, so that a second
run appends nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from lxml import etree

from billingkit.workbook import xmlparts as xml
from billingkit.workbook.unsafe import unsafe

GROUPS = [
    "numFmts",
    "fonts",
    "fills",
    "borders",
    "cellStyleXfs",
    "cellXfs",
    "cellStyles",
    "dxfs",
    "tableStyles",
    "colors",
    "extLst",
]
COUNTED = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs")
MAX_FORMATS = 65_490
NOTHING_WRONG: Final[Mapping[str, str]] = {}
FONT_ORDER = [
    "b",
    "i",
    "strike",
    "condense",
    "extend",
    "outline",
    "shadow",
    "u",
    "vertAlign",
    "sz",
    "color",
    "name",
    "family",
    "charset",
    "scheme",
]
FIRST_OWN_NUMBER_FORMAT = 164
DATE_FORMAT = 14  # the reader's own short date
DATETIME_FORMAT = 22

_Key = tuple[str, frozenset[tuple[str, str]], str, tuple[Any, ...]]
Kind = Literal["text", "number", "date", "datetime", "heading"]


@dataclass(frozen=True, slots=True)
class Look:
    """What a cell looks like beside its neighbour's format."""

    fill: str | None = None  # RRGGBB
    bold: bool = False
    italic: bool = False
    wrap: bool = False
    unlocked: bool = False
    number_format: str | None = None


# Told apart in black and white too: by weight, slant and how dark the fill prints. Nothing wraps: her rows keep their heights.
LOOKS = {
    "urgent": Look(fill="F4B183", bold=True),
    "high": Look(fill="FFE699", bold=True),
    "normal": Look(),
    "hold": Look(fill="D9D9D9", italic=True),
    "answer": Look(fill="FFF9DB", wrap=True, unlocked=True),
}

MINIMAL = (
    '<styleSheet xmlns="{}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def minimal(*, strict: bool) -> bytes:
    """A styles part for a workbook that has none."""
    return MINIMAL.format(xml.STRICT if strict else xml.TRANSITIONAL).encode()


@dataclass(slots=True)
class Styles:
    """The styles part as a growing list of formats."""

    root: xml.Element
    grown: bool = False
    _known: dict[str, dict[_Key, int]] = field(default_factory=dict)
    _made: dict[tuple[int, Look, Kind], int] = field(default_factory=dict)

    def __len__(self) -> int:
        """How many cell formats there are."""
        return len(self._items("cellXfs"))

    def format(self, base: int, look: Look, kind: Kind) -> int:
        """The index of the base format changed to that look; the base itself if nothing changes."""
        key = (base, look, kind)
        if key not in self._made:
            self._made[key] = self._derive(base, look, kind)
        return self._made[key]

    def _derive(self, base: int, look: Look, kind: Kind) -> int:
        formats = self._items("cellXfs")
        if base < len(formats):
            made = deepcopy(formats[base])
        else:
            plain = {"numFmtId": "0", "fontId": "0", "fillId": "0", "borderId": "0", "xfId": "0"}
            made = self.root.makeelement(self._tag("xf"), plain)
        made.tail = None
        if self._dangling_style(made):
            made.set("xfId", "0")
        for name in ("quotePrefix", "pivotButton"):
            xml.drop_attribute(made, name)
        for extension in list(xml.children(made, "extLst")):
            made.remove(extension)  # a check box or the like belongs to her cell only
        self._number(made, look, kind)
        self._font(made, look)
        self._fill(made, look)
        _align(made, look, kind, self._tag)
        if look.unlocked:
            _inner(made, "protection", self._tag).set("locked", "0")
            made.set("applyProtection", "1")
        return self._append("cellXfs", made)

    def _number(self, made: xml.Element, look: Look, kind: Kind) -> None:
        if kind == "heading":
            return
        if look.number_format is not None:
            identity = self._number_format(look.number_format)
        else:
            identity = {"date": DATE_FORMAT, "datetime": DATETIME_FORMAT}.get(kind, 0)
            if kind in {"date", "datetime"} and self._is_date(made.get("numFmtId", "0")):
                return  # her own way of writing dates
        if made.get("numFmtId", "0") != str(identity):
            made.set("numFmtId", str(identity))
            made.set("applyNumberFormat", "1")

    def _is_date(self, identity: str) -> bool:
        if identity in {"14", "15", "16", "17", "22"}:
            return True
        codes = (e.get("formatCode", "") for e in self._items("numFmts") if e.get("numFmtId") == identity)
        return any("y" in code.lower() and "d" in code.lower() and "[" not in code for code in codes)

    def _number_format(self, code: str) -> int:
        named = (e.get("numFmtId", "0") for group in ("cellXfs", "cellStyleXfs") for e in self._items(group))
        taken = [FIRST_OWN_NUMBER_FORMAT - 1, *(int(one) for one in named if one.isdigit())]  # be they there or not
        for element in self._items("numFmts"):
            identity = int(element.get("numFmtId", "0"))
            if element.get("formatCode") == code:
                return identity
            taken.append(identity)
        element = self.root.makeelement(self._tag("numFmt"), {"numFmtId": str(max(taken) + 1), "formatCode": code})
        self._append("numFmts", element)
        return max(taken) + 1

    def _font(self, made: xml.Element, look: Look) -> None:
        if not (look.bold or look.italic or look.fill):
            return
        fonts, index = self._items("fonts"), int(made.get("fontId", "0"))
        if self._dangling("fonts", "fontId"):
            return
        font = deepcopy(fonts[index]) if index < len(fonts) else self.root.makeelement(self._tag("font"))
        font.tail = None
        if look.fill:  # her white text on a dark fill would vanish on our light one
            for colour in list(xml.children(font, "color")):
                font.remove(colour)
        for name, wanted in (("i", look.italic), ("b", look.bold)):
            if wanted and xml.child(font, name) is None:
                font.insert(
                    1 if name == "i" and xml.child(font, "b") is not None else 0, font.makeelement(self._tag(name))
                )
        font[:] = sorted(xml.children(font), key=_font_order)
        made.set("fontId", str(self._append("fonts", font)))
        made.set("applyFont", "1")

    def _fill(self, made: xml.Element, look: Look) -> None:
        if look.fill is None or self._dangling("fills", "fillId"):
            return
        fill = self.root.makeelement(self._tag("fill"))
        pattern = etree.SubElement(fill, self._tag("patternFill"), patternType="solid")
        etree.SubElement(pattern, self._tag("fgColor"), rgb="FF" + look.fill)
        etree.SubElement(pattern, self._tag("bgColor"), indexed="64")
        made.set("fillId", str(self._append("fills", fill)))
        made.set("applyFill", "1")

    def _dangling(self, group: str, attribute: str) -> bool:
        """Whether a format points past the group's end: appending there would give the pointer a new meaning."""
        count = max(len(self._items(group)), 1)
        formats = [*self._items("cellXfs"), *self._items("cellStyleXfs")]
        return any(int(e.get(attribute) or 0) >= count for e in formats if e.get(attribute, "0").isdigit())

    def _dangling_style(self, made: xml.Element) -> bool:
        """Whether it names a cell style that is not there; a format of ours must not."""
        named = made.get("xfId", "0")
        return named.isdigit() and int(named) >= max(len(self._items("cellStyleXfs")), 1)

    def _items(self, group: str) -> list[xml.Element]:
        found = xml.child(self.root, group)
        return [] if found is None else list(xml.children(found))

    def _append(self, group: str, element: xml.Element) -> int:
        """The element's index: an equal one's, or its own at the end."""
        if group not in self._known:
            self._known[group] = {}
            for index, item in enumerate(self._items(group)):
                self._known[group].setdefault(_canonical(item), index)
        known = self._known[group]
        key = _canonical(element)
        if key not in known:
            home = self._group(group)
            home.append(element)
            count = len(self._items(group))
            if home.get("count") is not None:  # some programs write no counts: theirs stays so
                home.set("count", str(count))
            known[key] = count - 1
            self.grown = True
            if group == "cellXfs" and count > MAX_FORMATS:
                raise unsafe(
                    "The workbook already uses as many cell formats as Excel allows. Please send a copy with fewer."
                )
        return known[key]

    def _group(self, name: str) -> xml.Element:
        found = xml.child(self.root, name)
        if found is None:
            found = self.root.makeelement(self._tag(name), {"count": "0"})
            later = set(GROUPS[GROUPS.index(name) + 1 :])
            behind = next((e for e in xml.children(self.root) if xml.local(e) in later), None)
            self.root.append(found) if behind is None else behind.addprevious(found)
        return found

    def _tag(self, name: str) -> str:
        return f"{{{xml.namespace(self.root)}}}{name}"


def _font_order(element: xml.Element) -> int:
    name = xml.local(element)
    return FONT_ORDER.index(name) if name in FONT_ORDER else len(FONT_ORDER)


def _canonical(element: xml.Element) -> _Key:
    """What an element says, whatever its prefixes and the order of its attributes."""
    attributes = frozenset((str(name), str(value)) for name, value in element.attrib.items())
    inside = tuple(_canonical(each) for each in xml.children(element))
    return str(element.tag), attributes, (element.text or "").strip(), inside


def _inner(made: xml.Element, name: str, tag: Callable[[str], str]) -> xml.Element:
    found = xml.child(made, name)
    if found is None:
        found = made.makeelement(tag(name))
        if name == "alignment":
            made.insert(0, found)
        else:
            made.append(found)
    return found


def _align(made: xml.Element, look: Look, kind: Kind, tag: Callable[[str], str]) -> None:
    alignment = xml.child(made, "alignment")
    if kind == "text" and alignment is not None and alignment.get("horizontal") in {"right", "fill", "distributed"}:
        del alignment.attrib["horizontal"]  # a money column's right edge is no place for a sentence
    if look.wrap and kind in {"text", "heading"}:
        alignment = _inner(made, "alignment", tag)
        xml.drop_attribute(alignment, "shrinkToFit")
        alignment.set("wrapText", "1")
        if kind == "text" and alignment.get("vertical") is None:
            alignment.set("vertical", "top")
    if alignment is not None:
        made.set("applyAlignment", "1")


def open_styles(data: bytes, part: str) -> Styles:
    """The styles part, ready to grow. Groups that a sparse writer left out are added with their defaults."""
    styles = Styles(xml.parse(data, part))
    defaults = etree.fromstring(minimal(strict=xml.namespace(styles.root) == xml.STRICT))
    if xml.namespace(styles.root) not in {xml.STRICT, xml.TRANSITIONAL}:
        raise unsafe(
            "The workbook's list of formats is not in Excel's own form. Please open and save it in Excel first."
        )
    bare = not styles._items("cellXfs")  # noqa: SLF001 -- the same module
    for name in ("fonts", "fills", "borders", "cellStyleXfs", "cellXfs"):
        if name == "cellStyleXfs" and not bare:
            continue
        if not styles._items(name):  # noqa: SLF001 -- the same module
            home = styles._group(name)  # noqa: SLF001 -- the same module
            home.extend(deepcopy(list(xml.children(xml.child(defaults, name)))))  # type: ignore[arg-type]
            home.set("count", str(len(home)))
    return styles


def counts(root: xml.Element) -> list[int]:
    """How many entries each group has, -1 for a group that is not there: what `shortened` goes back to."""
    groups = (xml.child(root, name) for name in COUNTED)
    return [-1 if group is None else len(list(xml.children(group))) for group in groups]


def fingerprint(root: xml.Element) -> str:
    """A short hash of the part as canonical XML."""
    return hashlib.sha256(etree.tostring(root, method="c14n")).hexdigest()[:16]


def wrong_counts(root: xml.Element) -> dict[str, str]:
    """The counts that groups say of themselves where that is not what they hold."""
    groups = {name: group for name in COUNTED if (group := xml.child(root, name)) is not None}
    held = {name: str(sum(1 for _ in xml.children(group))) for name, group in groups.items()}
    return {name: said for name, group in groups.items() if (said := group.get("count")) not in {None, held[name]}}


def shortened(
    root: xml.Element, were: list[int], hashed: str, said: Mapping[str, str] = NOTHING_WRONG
) -> xml.Element | None:
    """The part as it was before formats were appended; None if it has been saved by another program since.

    `said` gives the counts that were wrong before, by group.
    """
    copy = deepcopy(root)
    for name, count in zip(COUNTED, were, strict=True):
        group = xml.child(copy, name)
        if group is None:
            continue
        if count < 0:
            copy.remove(group)
            continue
        for element in list(xml.children(group))[count:]:
            group.remove(element)
        if group.get("count") is not None:
            group.set("count", said.get(name, str(count)))
    return copy if fingerprint(copy) == hashed else None
