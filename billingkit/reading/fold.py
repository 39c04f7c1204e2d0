"""Text made comparable: headings, ids and words folded for comparison only; what is kept is never changed."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from billingkit.workbook.book import NotCalculated, Value

_PUNCTUATION: Final = re.compile(r"[^a-z0-9<>=+]+")
_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_RANGE: Final = re.compile(r"(?<=\d)\s*(?:->?|\u2013|\u2014|to)\s*(?=\d)")

# What systems and people print where there is nothing. A date or a status is blank when it says one of these.
NOTHING: Final = frozenset(
    {"", "-", "--", "\u2013", "\u2014", "n/a", "na", "none", "null", "nil", "(none)", "(blank)", "."}
)
NOT_KNOWN: Final = frozenset({"?", "??", "???", "tbc", "tba", "unknown", "not known", "pending", "to follow"})


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """A heading for comparison: trimmed, case and accents dropped, punctuation as one space.

    A leading `=` or `-` is kept, because some systems mean it (`'=Patient` is not `Patient`); so are
    the signs of ageing labels (`> 90`, `0-30`).
    """
    plain = plain_text(text).lstrip("' ")
    sign = plain[:1] if plain[:1] in {"=", "-"} and plain[1:2].isalpha() else ""
    plain = _RANGE.sub(" to ", plain[len(sign) :].replace("#", " no ").replace("&", " and ").replace("%", " percent "))
    return sign + " ".join(_PUNCTUATION.sub(" ", plain.replace("'", "")).split())


def plain_text(text: str) -> str:
    """Text without accents, case, invisible characters and odd spaces; apostrophes made straight."""
    if text.isascii():
        return text.casefold()
    straight = _INVISIBLE.sub("", text).replace("\u2019", "'").replace("\u2018", "'").replace("`", "'")
    spread = unicodedata.normalize("NFKD", straight)
    return "".join(mark for mark in spread if not unicodedata.combining(mark)).casefold()


def fold_id(text: str) -> str:
    """An id for comparison only: NFKC, no invisible characters, no outer or doubled spaces, one case."""
    if text.isascii():
        return text.casefold() if text.isalnum() else " ".join(text.split()).casefold()
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).split()).casefold()


def fold_ids(ids: list[str | None]) -> list[str]:
    """A column of ids for comparison only; empty where there is none."""
    known = [text or "" for text in ids]
    whole = "".join(known)
    plain = whole.isascii() and whole.isalnum()
    return list(map(str.casefold if plain else fold_id, known))


def as_text(cell: Value) -> str:
    """A cell's text as a person would read it; empty for a blank or a cell without words."""
    if cell is None:
        return ""
    if type(cell) is str:
        return cell.strip()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, NotCalculated):
        return "(not calculated)"
    return str(getattr(cell, "text", cell))


def is_blank(cell: Value) -> bool:
    """Whether a cell holds nothing at all, not even a space that means something."""
    return cell is None or (type(cell) is str and not cell.strip())


def letters(position: int) -> str:
    """Excel's letters of a column; `position` counts from 0."""
    name = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        name = chr(65 + rest) + name
    return name
