"""Respell a sheet's XML the way Excel writes it: no prefixes, double quotes, every cell with its address.

Odd exporters write prefixes, single quotes, other encodings, comments, or leave addresses out. expat reads
all of that; what comes out is the one spelling that `sheet_xml` scans.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from billingkit.workbook.preflight import damaged

_KEPT = {"row": ("r", "hidden", "ht"), "c": ("r", "s", "t"), "f": (), "v": (), "is": (), "t": (), "r": (), "rPh": ()}
_ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


class _Speller:
    """Writes the events of one sheet as plain XML; addresses left out are counted on."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.row, self.column = 0, 0
        self.bad = False
        self.depth: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        self.depth.append(name)
        if "sheetData" in self.depth and name in _KEPT:
            if name == "row":
                self.row = self._row(attributes.get("r"))
                attributes["r"], self.column = str(self.row), 0
            elif name == "c":
                attributes["r"] = self._cell(attributes.get("r"))
            kept = "".join(f" {key}={quoteattr(attributes[key])}" for key in _KEPT[name] if key in attributes)
            self.out.append(f"<{name}{kept}>")
        elif name in ("worksheet", "sheetData"):
            self.out.append(f"<{name}>")
        elif name in ("col", "mergeCell", "tablePart", "legacyDrawing"):
            spelt = "".join(f" {key.rpartition(' ')[2]}={quoteattr(value)}" for key, value in attributes.items())
            self.out.append(f"<{name}{spelt}/>")

    def end(self, tag: str) -> None:
        name = tag.rpartition(" ")[2]
        if ("sheetData" in self.depth and name in _KEPT) or name in ("worksheet", "sheetData"):
            self.out.append(f"</{name}>")
        self.depth.pop()

    def text(self, found: str) -> None:
        if self.depth and self.depth[-1] in ("v", "t") and "sheetData" in self.depth:
            self.out.append(escape(found).replace("\r", "&#13;"))

    def _row(self, address: str | None) -> int:
        if address is None:
            return self.row + 1
        self.bad |= not (address.isdecimal() and len(address) < 8)
        return 0 if self.bad else int(address)

    def _cell(self, address: str | None) -> str:
        if address is None:
            self.column += 1
            return f"{_letters(self.column)}{self.row}"
        found = _ADDRESS.fullmatch(address)
        if not found:
            self.bad = True
            return "A0"
        column = 0
        for letter in found[1]:
            column = column * 26 + ord(letter) - 64
        self.column = column
        return address


def respell(chunks: Iterable[bytes], place: str) -> Iterator[bytes]:
    """The sheet's XML in chunks, spelt plainly; only what is read of a sheet is kept."""
    speller = _Speller()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = speller.start, speller.end
    parser.CharacterDataHandler = speller.text
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
            if speller.bad:
                damaged(place)
            yield "".join(speller.out).encode("utf-8")
            speller.out.clear()
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError, ValueError):
        damaged(place)
    yield "".join(speller.out).encode("utf-8")


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
