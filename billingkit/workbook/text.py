"""Text files as rows: encoding, delimiter and quoting by content; every cell stays text.

A row's number is the record's number, as a spreadsheet would show it: a quoted cell over several lines
is one row, and a blank line is a row.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter

from billingkit.problems import AmbiguousLayout, NotAWorkbook, TooLarge
from billingkit.workbook.book import Book, Sheet, Value
from billingkit.workbook.limits import Limits
from billingkit.workbook.preflight import too_large

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_LINE_END = re.compile(r"\r\n|\n|\r")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b]")
_DELIMITERS = "\t,;|"
_SAMPLE = 400
_CELL = 1 << 20  # characters in a cell; Excel holds 32,767


def read_text(data: bytes, file: str, sha256: str, place: str, limits: Limits) -> Book:
    """A text file as a Book of one sheet without a name."""
    text, warnings = decoded(data, place)
    rows = records(text, place)
    if sum(map(len, rows)) > limits.cells:
        raise too_large(place, f"the file holds more than {limits.cells:,} cells.")
    cells: list[list[Value]] = [[cell or None for cell in row] for row in rows]
    return Book(file, "csv", sha256, (Sheet(None, hidden=False, rows=cells),), warnings=warnings)


def decoded(data: bytes, place: str) -> tuple[str, tuple[str, ...]]:
    """The file's text: by its mark, else UTF-16 by its zeros, else UTF-8, else Windows-1252."""
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), None) or _unmarked(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise NotAWorkbook(
            place, "the file is neither a workbook nor readable text.", "Save it as .xlsx or CSV and send that."
        ) from None
    if _CONTROL.search(text):
        raise NotAWorkbook(
            place, "the file is neither a workbook nor plain text.", "Save it as .xlsx or CSV and send that."
        )
    note = ("The text is in the Windows-1252 character set.",) if encoding == "cp1252" else ()
    return text, note


def _unmarked(data: bytes) -> str:
    sample = data[:4096]
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if len(data) % 2 == 0 and sample[first::2].count(0) * 4 > len(sample):
            return encoding
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def records(text: str, place: str) -> list[list[str]]:
    """The file's records as lists of cells; the last line's end starts no new record."""
    delimiter = delimiter_of(text)
    strict = _quoted(text, delimiter)
    if strict is None and _all_quoted(text, delimiter):
        strict = _undoubled(text, delimiter)
    elif delimiter == "\t" and (strict is None or _never_quotes(text) or _swallowed(strict, delimiter)):
        strict = _unquoted(text, delimiter)
    if strict is None and '"' not in text:
        raise TooLarge(
            place,
            f"a cell holds more than {_CELL:,} characters.",
            "Export it again, as .xlsx if the system can.",
        )
    if strict is None:
        raise NotAWorkbook(
            place,
            "a quotation mark opens a cell and does not close it properly.",
            "Export it again, as .xlsx if the system can.",
        )
    swallowed = _swallowed(strict, delimiter)
    if swallowed:
        found = f"row {swallowed} holds a quotation mark that seems to swallow the rows after it."
        raise AmbiguousLayout(place, found, "Export it again, as .xlsx if the system can, or close the quotation mark.")
    return strict


def delimiter_of(text: str) -> str:
    """The delimiter whose count is steadiest over the first records; a tab wins where rows have tabs."""
    lines = [line for line in _LINE_END.split(text[:200_000])[:_SAMPLE] if line.strip()]
    if not lines:
        return ","
    if sum("\t" in line for line in lines) * 2 >= len(lines):
        return "\t"
    return max(",;|", key=lambda delimiter: _steadiness(text, delimiter))


def _steadiness(text: str, delimiter: str) -> tuple[float, int]:
    rows = _quoted(text[:200_000], delimiter, strict=False) or []
    counts = Counter(len(row) for row in rows[:_SAMPLE] if row)
    several = {width: count for width, count in counts.items() if width > 1}
    if not several:
        return 0.0, 0
    width = max(several, key=lambda one: (several[one], one))
    return round(several[width] / counts.total(), 1), width


def _quoted(text: str, delimiter: str, *, strict: bool = True) -> list[list[str]] | None:
    """Records in the usual quoting, inner quotes doubled; None where the text breaks it."""
    csv.field_size_limit(_CELL)
    lines = io.StringIO(text, newline="")
    try:
        rows = list(csv.reader(lines, delimiter=delimiter, strict=strict))
    except csv.Error:
        return None
    return [[_LINE_END.sub("\n", cell) if "\r" in cell else cell for cell in row] for row in rows]


def _never_quotes(text: str) -> bool:
    """Whether a tab-separated file shows that its writer quotes nothing: a cell with bare quotes inside."""
    quoting = (line for line in _lines(text) if '"' in line and line.count('"') % 2 == 0)
    return any('"' in cell and not cell.startswith('"') for line in quoting for cell in line.split("\t"))


def _unquoted(text: str, delimiter: str) -> list[list[str]]:
    return [line.split(delimiter) if line else [] for line in _lines(text)]


def _lines(text: str) -> list[str]:
    lines = _LINE_END.split(text)
    return lines[:-1] if lines and not lines[-1] else lines


def _all_quoted(text: str, delimiter: str) -> bool:
    """Whether every line of the sample opens with a quote and closes with one, as all-quoting writers do."""
    lines = [line for line in _lines(text[:200_000])[:_SAMPLE] if line]
    closed = [line.rstrip(delimiter).endswith('"') for line in lines]
    return bool(lines) and all(line.startswith('"') for line in lines) and all(closed)


def _undoubled(text: str, delimiter: str) -> list[list[str]] | None:
    """Records of a writer that quotes every cell and doubles no inner quote; a line is a record."""
    rows: list[list[str]] = []
    for line in _lines(text):
        bare = line.rstrip(delimiter)
        if not bare:
            rows.append([])
            continue
        if len(bare) < 2 or not (bare.startswith('"') and bare.endswith('"')):
            return None
        rows.append([*bare[1:-1].split(f'"{delimiter}"'), *[""] * (len(line) - len(bare))])
    return rows


def _swallowed(rows: list[list[str]], delimiter: str) -> int | None:
    """The first row with a cell over several lines that itself looks like whole rows."""
    widths = Counter(len(row) for row in rows if len(row) > 1)
    usual = max(widths, key=lambda one: (widths[one], one)) if widths else 0
    if usual < 3:
        return None
    for number, row in enumerate(rows, 1):
        for cell in row:
            if "\n" in cell and any(line.count(delimiter) >= usual - 1 for line in cell.split("\n")[1:]):
                return number
    return None
