"""Small XML parts of a package: parsed safely, asked by local name, written back.

Transitional, strict and prefixed files differ in namespaces only, so everything here goes by local names
within the namespace that the part itself uses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from billingkit.workbook.unsafe import unsafe

TRANSITIONAL = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_RELATIONSHIPS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_CODED = re.compile(rb'"[^"<]*&#[^"<]*"')
_QUOTED = re.compile(rb'"[^"<]*"')
XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"

Element = etree._Element  # noqa: SLF001 -- lxml gives its element class no public name


def parse(data: bytes, part: str) -> Element:
    """The root of one part.

    Raises:
        UnsafeToPatch: the part is not well-formed XML, or declares a document type.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, load_dtd=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise unsafe(
            f"A part of this workbook ({part}) is not well-formed XML. Please open and save it in Excel first."
        ) from error
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]
        raise unsafe(f"A part of this workbook ({part}) declares a document type, which no Excel file needs.")
    return root


def fresh(space: str, name: str) -> Element:
    """A new root element whose namespace is written without a prefix."""
    nsmap: dict[str | None, str] = {None: space}
    return etree.Element(f"{{{space}}}{name}", nsmap=nsmap)  # type: ignore[arg-type]


def write(root: Element, before: bytes = b"") -> bytes:
    """The part's bytes, as Excel writes them: UTF-8, standalone.

    Attributes that the part spelt in character references `before` (`name="&#x4E3B;"`) keep that spelling.
    """
    data = etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8", standalone=True)
    if b"&#" in before:
        spelt = {_respelt(raw): raw for raw in set(_CODED.findall(before))}
        data = _QUOTED.sub(lambda found: spelt.get(found[0], found[0]), data)
    return data


def _respelt(raw: bytes) -> bytes:
    """An attribute's value in its quotes as the writer spells it."""
    try:
        element = etree.fromstring(b"<a b=" + raw + b"/>")
    except etree.XMLSyntaxError:
        return raw
    return etree.tostring(element, encoding="UTF-8")[5:-2]


def local(element: Element) -> str:
    """The element's name without its namespace; empty for a comment or a processing instruction."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def namespace(element: Element) -> str:
    """The namespace of the element; empty if it has none."""
    return etree.QName(element).namespace or ""


def children(element: Element, name: str | None = None) -> Iterator[Element]:
    """The element's child elements, those of one local name if a name is given."""
    for child in element:
        if isinstance(child.tag, str) and (name is None or local(child) == name):
            yield child


def child(element: Element, name: str) -> Element | None:
    """The first child of that local name."""
    return next(children(element, name), None)


def attribute(element: Element, name: str) -> str | None:
    """An attribute by its local name, whatever its prefix (`id` finds `r:id`)."""
    plain = element.get(name)
    if plain is not None:
        return str(plain)
    return next((str(v) for k, v in element.attrib.items() if str(k).endswith("}" + name)), None)


def related(element: Element, name: str = "id") -> str | None:
    """A relationship attribute such as `r:id`, told from a plain `id` by its namespace."""
    for space in (RELATIONSHIPS, STRICT_RELATIONSHIPS):
        value = element.get(f"{{{space}}}{name}")
        if value is not None:
            return str(value)
    return None


def drop_attribute(element: Element, name: str) -> None:
    """Takes an attribute away, if it is there."""
    if name in element.attrib:
        del element.attrib[name]


def canonical(data: bytes) -> bytes:
    """Canonical XML, for comparing two parts."""
    return bytes(etree.tostring(etree.fromstring(data), method="c14n"))
