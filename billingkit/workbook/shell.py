"""A sheet's XML without its rows, edited at byte offsets: what is not edited stays byte for byte.

The shell is everything up to and with the start of `sheetData`, and everything from its end on. Expat gives the
offsets of the elements in it, so prefixes, comments and unknown extensions need no understanding here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

from billingkit.workbook import xmlparts as xml
from billingkit.workbook.unsafe import unsafe

ORDER = [
    "sheetPr",
    "dimension",
    "sheetViews",
    "sheetFormatPr",
    "cols",
    "sheetData",
    "sheetCalcPr",
    "sheetProtection",
    "protectedRanges",
    "scenarios",
    "autoFilter",
    "sortState",
    "dataConsolidate",
    "customSheetViews",
    "mergeCells",
    "phoneticPr",
    "conditionalFormatting",
    "dataValidations",
    "hyperlinks",
    "printOptions",
    "pageMargins",
    "pageSetup",
    "headerFooter",
    "rowBreaks",
    "colBreaks",
    "customProperties",
    "cellWatches",
    "ignoredErrors",
    "smartTags",
    "drawing",
    "legacyDrawing",
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
]
RANK = {name: rank for rank, name in enumerate(ORDER)}
DEPTH = 3  # the worksheet is 0; cols is 1, a col is 2


@dataclass(slots=True)
class Piece:
    """One element of the shell with its place in the bytes."""

    name: str  # without prefix
    depth: int
    attributes: dict[str, str]
    start: int
    tag_end: int  # just behind its start tag
    end: int
    inside: list[Piece] = field(default_factory=list)

    def rank(self) -> int | None:
        """Where the schema wants it; an alternative stands where its first choice would."""
        if self.name == "AlternateContent":
            inner = (piece.rank() for choice in self.inside for piece in choice.inside)
            return next((rank for rank in inner if rank is not None), None)
        return RANK.get(self.name)


@dataclass(slots=True)
class Shell:
    """The shell's bytes, its elements, and the edits asked for so far."""

    data: bytes
    cut: int  # the rows stand here
    root: Piece
    prefix: str  # with its colon
    strict: bool
    edits: list[tuple[int, int, bytes]] = field(default_factory=list)

    def first(self, name: str) -> Piece | None:
        """The first element of that name directly in the worksheet."""
        return next((piece for piece in self.root.inside if piece.name == name), None)

    def chosen(self, name: str) -> Piece | None:
        """The first element of that name in the worksheet, or in an alternative that stands there."""
        ways = [way for piece in self.every("AlternateContent") for way in piece.inside]
        return self.first(name) or next((piece for way in ways for piece in way.inside if piece.name == name), None)

    def every(self, name: str) -> list[Piece]:
        """All elements of that name directly in the worksheet."""
        return [piece for piece in self.root.inside if piece.name == name]

    def replace(self, piece: Piece, content: bytes) -> None:
        """Puts other bytes in an element's place."""
        self.edits.append((piece.start, piece.end, content))

    def insert(self, name: str, content: bytes) -> None:
        """Puts a new element where the schema wants one of that name."""
        rank = RANK[name]
        later = (piece.start for piece in self.root.inside if (found := piece.rank()) is not None and found > rank)
        at = next(later, None)
        if at is None:
            at = self.data.rindex(b"</", 0, self.root.end)
        self.edits.append((at, at, content))

    def set(self, piece: Piece, name: str, value: str) -> None:
        """Changes one attribute that the element has, and nothing else of its tag."""
        start, end = _attribute(self.data, piece, name)
        self.edits.append((start, end, _escaped(value).encode()))

    def parts(self) -> tuple[bytes, bytes]:
        """The edited bytes before the rows and behind them."""
        before, behind = bytearray(), bytearray()
        at = 0
        for start, end, content in sorted(self.edits, key=lambda edit: edit[:2]):
            _copy(self.data, at, start, self.cut, before, behind)
            (before if start < self.cut else behind).extend(content)
            at = end
        _copy(self.data, at, len(self.data), self.cut, before, behind)
        return bytes(before), bytes(behind)


def _copy(data: bytes, start: int, end: int, cut: int, before: bytearray, behind: bytearray) -> None:
    before.extend(data[start : min(end, cut)])
    behind.extend(data[max(start, cut) : end])


def _escaped(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;").replace("'", "&apos;")


def _attribute(data: bytes, piece: Piece, name: str) -> tuple[int, int]:
    """The place of an attribute's value between its quotes."""
    at = piece.start
    while at < piece.tag_end:
        equals = data.index(b"=", at)
        before = data[at:equals].split()[-1]
        quote = min(i for i in (data.find(b'"', equals), data.find(b"'", equals)) if i >= 0)
        close = data.index(data[quote : quote + 1], quote + 1)
        if before == name.encode():
            return quote + 1, close
        at = close + 1
    raise KeyError(name)


def read_shell(before: bytes, behind: bytes) -> Shell:
    """The shell from the bytes before the rows (ending with the sheetData start tag) and those behind them.

    Raises:
        UnsafeToPatch: it is not well-formed, not a worksheet, or holds a document type.
    """
    data = before + behind
    reader = _Reader(data)
    reader.run()
    root = reader.root
    if root is None or root.name != "worksheet":
        raise unsafe("The sheet is not an ordinary worksheet.")
    rows = [piece for piece in root.inside if piece.name == "sheetData"]
    if len(rows) != 1 or rows[0].tag_end != len(before):
        raise unsafe("The sheet's rows are stored in a way that cannot be followed.")
    return Shell(data, len(before), root, reader.prefix, reader.space == xml.STRICT)


class _Reader:
    """Collects the elements with their offsets, one pass of expat."""

    def __init__(self, data: bytes) -> None:
        self.data, self.prefix, self.space = data, "", ""
        self._open: list[Piece] = []
        self.root: Piece | None = None
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.namespace_prefixes = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._doctype
        self._parser = parser

    def run(self) -> None:
        try:
            self._parser.Parse(self.data, True)
        except expat.ExpatError as error:
            raise unsafe(f"The sheet's XML is damaged ({error}).") from error

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        space, plain, prefix = _named(name)
        at, depth = self._parser.CurrentByteIndex, len(self._open)
        piece = Piece(plain, depth, {}, at, 0, 0)
        if depth == 0:
            self.root, self.prefix, self.space = piece, f"{prefix}:" if prefix else "", space
        if depth <= DEPTH:
            piece.attributes = {_attribute_name(key): value for key, value in attributes.items()}
            piece.tag_end = _tag_end(self.data, at)
            if self._open:
                self._open[-1].inside.append(piece)
        self._open.append(piece)

    def _end(self, _name: str) -> None:
        piece = self._open.pop()
        if piece.depth <= DEPTH:
            empty = self.data.startswith(b"/>", piece.tag_end - 2)
            piece.end = piece.tag_end if empty else self.data.index(b">", self._parser.CurrentByteIndex) + 1

    def _doctype(self, *_: object) -> None:
        raise unsafe("The sheet declares a document type, which no Excel file needs.")


def _named(name: str) -> tuple[str, str, str]:
    parts = name.split(" ")
    if len(parts) == 1:
        return "", parts[0], ""
    return parts[0], parts[1], parts[2] if len(parts) > 2 else ""


def _attribute_name(name: str) -> str:
    parts = name.split(" ")
    return parts[0] if len(parts) == 1 else f"{parts[0]} {parts[1]}"


def _tag_end(data: bytes, start: int) -> int:
    at = start
    while True:
        close = data.index(b">", at)
        quote = min((i for i in (data.find(b'"', at, close), data.find(b"'", at, close)) if i >= 0), default=-1)
        if quote < 0:
            return close + 1
        at = data.index(data[quote : quote + 1], quote + 1) + 1
