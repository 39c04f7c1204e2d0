"""Where the tables stand on a sheet: header rows, the rows below them, and the banner above.

A header is known by its words. Rows are the sheet's own, counted from 1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from billingkit.reading.aliases import KNOWN, WHICH_AMOUNT, is_ageing
from billingkit.reading.fold import as_text, fold, is_blank
from billingkit.reading.synonyms import is_known
from billingkit.workbook.book import NotCalculated, Sheet, Value

_DIGIT: Final = re.compile(r"\d")
_TOP: Final = 400  # rows looked at closely; further down a header must follow a gap or hold no digit
_LONGEST: Final = 60  # characters a heading may have


@dataclass(frozen=True, slots=True)
class Heading:
    """One column's heading: its text, the group heading above it, and its place counted from 0."""

    position: int
    text: str
    group: str = ""
    told: bool = True  # False for a formula that was never calculated: nobody can say what it would show

    @property
    def name(self) -> str:
        """The heading as a person would name it."""
        return _on_one_line(self.text) or _on_one_line(self.group)

    def folded(self) -> tuple[str, ...]:
        """The forms in which it may be known, the most telling first."""
        text, group = fold(self.text), fold(self.group)
        both = f"{group} {text}".strip() if group else text
        return (both, text) if both != text else (text,)


@lru_cache(maxsize=1024)
def _on_one_line(text: str) -> str:
    return " ".join(text.split())


@dataclass(frozen=True, slots=True)
class Table:
    """A table on a sheet, before anyone knows what it holds."""

    header_rows: tuple[int, ...]
    first_row: int
    last_row: int
    headings: tuple[Heading, ...]
    titles: tuple[str, ...]


def find_tables(sheet: Sheet, practice_words: frozenset[str]) -> tuple[Table, ...]:
    """Every table of a sheet, in order; `practice_words` are the practice's own headings, folded."""
    known = KNOWN | WHICH_AMOUNT | practice_words
    headers = _headers(sheet, known)
    if not headers:
        return ()
    tables = []
    ends = [rows[0] - 1 for rows, _ in headers[1:]] + [len(sheet.rows)]
    before = 1
    for (rows, headings), end in zip(headers, ends, strict=True):
        titles = tuple(
            as_text(cell) for row in sheet.rows[before - 1 : rows[0] - 1][-12:] for cell in row if not is_blank(cell)
        )
        tables.append(Table(rows, rows[-1] + 1, end, headings, titles))
        before = end + 1
    return tuple(tables)


def _headers(sheet: Sheet, known: frozenset[str]) -> list[tuple[tuple[int, ...], tuple[Heading, ...]]]:
    found: list[tuple[tuple[int, ...], tuple[Heading, ...]]] = []
    skip = 0
    for number in _candidates(sheet.rows):
        if number <= skip:
            continue
        best = _best_header(sheet, number, known)
        if best is None or (found and _same(found[-1][1], best[1])):
            continue
        found.append(best)
        skip = best[0][-1]
    return found


def _candidates(rows: list[list[Value]]) -> list[int]:
    """Rows that could be headers, found without looking closely at every one."""
    near = list(range(1, min(len(rows), _TOP) + 1))
    if len(rows) <= _TOP:
        return near
    far, lone = [], _lone(rows[_TOP - 1])
    for number, row in enumerate(rows[_TOP:], _TOP + 1):
        above, lone = lone, _lone(row)
        if (above and count_filled(row) >= 2) or (not lone and _wordy(row)):
            far.append(number)
    return near + far


def _lone(row: list[Value]) -> bool:
    """Whether at most two cells of a row hold something; in most tables the first three of a row always do."""
    return not (len(row) > 2 and all(row[:3])) and count_filled(row) <= 2


def count_filled(row: list[Value]) -> int:
    """How many cells of a row hold something."""
    return len(row) - row.count(None) - row.count("")


def _wordy(row: list[Value]) -> bool:
    if row and type(row[0]) is str and _DIGIT.search(row[0]):
        return False  # such as a claim's number, which opens most rows
    # zip and join run in C; a row of data nearly always holds a digit or a typed value
    try:
        return not _DIGIT.search("".join(filter(None, row)))  # type: ignore[arg-type]
    except TypeError:
        return False


def _best_header(
    sheet: Sheet, number: int, known: frozenset[str]
) -> tuple[tuple[int, ...], tuple[Heading, ...]] | None:
    """The header that starts its lowest row at `number` or wraps onto the next one or two rows."""
    if not _could_be_header(sheet.rows[number - 1]):
        return None
    single = _headings(sheet, (number,))
    score = _score(single, known)
    best: tuple[tuple[int, ...], tuple[Heading, ...]] = ((number,), single)
    if len(single) < 2:  # a title stands alone in its row; a group heading never does
        return None
    for rows in ((number, number + 1), (number, number + 1, number + 2)):
        if rows[-1] > len(sheet.rows) or not _could_be_header(sheet.rows[rows[-1] - 1]):
            break
        headings = _headings(sheet, rows)
        better = _score(headings, known)
        if better > score:
            best, score = (rows, headings), better
    return best if _enough(best[1], score) else None


def _could_be_header(row: list[Value]) -> bool:
    texts = [cell for cell in row if not is_blank(cell)]
    if not texts:
        return False
    odd = sum(1 for cell in texts if not _heading_like(cell))
    return odd * 5 <= len(texts)


def _heading_like(cell: Value) -> bool:
    if type(cell) is not str:
        return isinstance(cell, int) and cell in {0, 30, 60, 90, 120, 150, 180}
    text = cell.strip()
    return len(text) <= _LONGEST and (
        not _DIGIT.search(text)
        or is_ageing(fold(text))
        or fold(text) in KNOWN
        or (len(text) < 12 and any(map(str.isalpha, text)))  # an amount or a date in a text file is no heading
    )


def _headings(sheet: Sheet, rows: tuple[int, ...]) -> tuple[Heading, ...]:
    lowest = sheet.rows[rows[-1] - 1]
    above = [_spread(sheet, number) for number in rows[:-1]]
    width = max([len(lowest), *(len(row) for row in above)])
    headings = []
    for position in range(width):
        cell = lowest[position] if position < len(lowest) else None
        groups = [row[position] for row in above if position < len(row) and row[position]]
        if as_text(cell) or groups:
            headings.append(Heading(position, as_text(cell), " ".join(groups), not isinstance(cell, NotCalculated)))
    return tuple(headings)


def _spread(sheet: Sheet, number: int) -> list[str]:
    """A row of group headings with each text spread over the columns it is merged across."""
    texts = [as_text(cell) for cell in sheet.rows[number - 1]]
    merged = [area for area in sheet.merged if area[0] <= number <= area[2]]
    for first_row, first, last_row, last in merged:
        source = sheet.rows[first_row - 1] if first_row <= len(sheet.rows) else []
        text = as_text(source[first - 1]) if first <= len(source) else ""
        texts.extend([""] * (last - len(texts)) if last_row - first_row < 3 and last - first < 60 else [])
        for position in range(first - 1, min(last, len(texts))):
            texts[position] = text
    return texts


def _score(headings: tuple[Heading, ...], known: frozenset[str]) -> int:
    said = {folded for heading in headings for folded in (heading.folded()[0], heading.folded()[-1])}
    return sum(folded in known or is_ageing(folded) or is_known(folded) for folded in said)


def _enough(headings: tuple[Heading, ...], score: int) -> bool:
    return score >= 3 and (score >= 5 or score * 5 >= len(headings) * 2)


def _same(one: tuple[Heading, ...], other: tuple[Heading, ...]) -> bool:
    """Whether a header only repeats the one before, as reports do on every page."""
    return {(h.position, fold(h.text)) for h in one} == {(h.position, fold(h.text)) for h in other}
