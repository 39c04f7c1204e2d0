"""Text inside a package: entities, Excel's own escapes, and the table of shared strings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

_ENTITY = re.compile(r"&(?:#(\d+)|#x([0-9a-fA-F]+)|(lt|gt|amp|quot|apos));")
_NAMED = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&amp;": "&"}
_EXCEL = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ITEM = re.compile(r"<si>(?:<t(?: xml:space=\"preserve\")?>([^<]*)</t></si>|(.*?)</si>)|<si/>", re.DOTALL)
_BETWEEN = "</t></si><si><t>"
_PHONETIC = re.compile(r"<(?:\w+:)?rPh\b.*?</(?:\w+:)?rPh>", re.DOTALL)
_RICH = re.compile(r"<(?:\w+:)?r>.*?</(?:\w+:)?r>", re.DOTALL)
_RUN = re.compile(r"<(?:\w+:)?t(?:\s[^>]*)?(?<!/)>([^<]*)</(?:\w+:)?t>")


def plain(text: str) -> str:
    """Text of an XML element as the cell shows it: entities, line ends and `_x000D_` resolved."""
    return unescaped(_resolved(text))


def _resolved(text: str) -> str:
    """XML text with its entities and line ends resolved."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "&#" in text:
        text = _ENTITY.sub(_character, text)
    elif "&" in text:
        for name, sign in _NAMED.items():  # the ampersand last, so that nothing is resolved twice
            text = text.replace(name, sign)
    return text


def unescaped(text: str) -> str:
    """Excel's own escapes, such as `_x000D_` for a carriage return, as the character they stand for."""
    return _EXCEL.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _character(found: re.Match[str]) -> str:
    decimal, hexadecimal, name = found.groups()
    if name:
        return _NAMED[f"&{name};"]
    return chr(int(decimal) if decimal else int(hexadecimal, 16))


class TwoTexts(ValueError):
    """A string holds two texts that differ where the standard allows one, and programs show either."""


def runs(inner: str) -> str:
    """The text of `<si>` content: its own text and all its runs, without phonetic guides."""
    if "rPh" in inner:
        inner = _PHONETIC.sub("", inner)
    own = [plain(text) for text in _RUN.findall(_RICH.sub("", inner))]
    return one_text(own) + "".join(plain(run) for rich in _RICH.findall(inner) for run in _RUN.findall(rich))


def one_text(own: list[str]) -> str:
    """A string's own text (`t`, at most one by the standard's CT_Rst): said twice it counts once.

    Raises TwoTexts where the texts differ.
    """
    if len(set(own)) > 1:
        raise TwoTexts
    return own[0] if own else ""


def shared_strings(chunks: Iterable[bytes]) -> list[str]:
    """The table of shared strings in order, from the part's chunks (already proved well-formed)."""
    data = b"".join(chunks)
    if not _unprefixed(data[:2000]):
        return _parsed(data)
    text = data.decode("utf-8")
    return _plain_items(text) or (_scanned(text) if _simple(text) else _parsed(data))


def _unprefixed(head: bytes) -> bool:
    """Whether the part is UTF-8 and its elements have no prefixes."""
    start = head[:200].lower()
    return b"<sst" in head and (b"encoding" not in start or b"utf-8" in start)


def _plain_items(text: str) -> list[str]:
    """The items of a table in which each is one plain text, as nearly always: taken whole; none where one is not."""
    head, opened, rest = text.replace('<t xml:space="preserve">', "<t>").partition("<si><t>")
    body, closed, tail = rest.rpartition("</t></si>")
    around = head + tail
    if (
        not opened
        or not closed
        or "<si" in around
        or "<!" in around
        or body.count("<") != body.count(_BETWEEN) * _BETWEEN.count("<")
    ):
        return []
    body = _resolved(body.replace(_BETWEEN, "\0"))  # a sign that no XML text can hold
    items = body.split("\0")
    return list(map(unescaped, items)) if "_x" in body else items


def _simple(text: str) -> bool:
    """Whether the part has no comments or sections and its items are spelt so that a scan reads it exactly."""
    return "<!" not in text and text.count("<si") == text.count("<si>") + text.count("<si/>")


def _scanned(text: str) -> list[str]:
    return [
        runs(rich) if rich else plain(simple) if "&" in simple or "_x" in simple or "\r" in simple else simple
        for simple, rich in _ITEM.findall(text)
    ]


def _parsed(data: bytes) -> list[str]:
    root = fromstring(data, forbid_dtd=True)
    return ["".join(shown(item)) for item in root if local(item) == "si"]


def shown(item: Element) -> Iterator[str]:
    """The text of `<is>`, `<si>` or `<r>`, run by run, without phonetic guides."""
    yield one_text([unescaped(child.text or "") for child in item if local(child) == "t"])
    for child in item:
        if local(child) == "r":
            yield from shown(child)


def local(element: Element) -> str:
    """An element's name without its namespace, so that Strict and Transitional read alike."""
    return element.tag.rpartition("}")[2]
