"""What a manager types into a cell of words: some of a closed list, or none of some."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from billingkit.rules.column import Column, fold, nearest
from billingkit.rules.spans import Unreadable

SEPARATOR: Final = re.compile(r"\s*(?:[,;/|\n]|\bor\b|\band\b)\s*(?:\bor\b\s*)?")
NOT: Final = re.compile(r"(?:not|except|anything but|none of|<>|!=)\s*(?=[\s(\"'])|(?:<>|!=)\s*")
YES_NO: Final = {"y": "yes", "true": "yes", "1": "yes", "x": "yes", "n": "no", "false": "no", "0": "no"}


@dataclass(frozen=True, slots=True)
class Listed:
    """Positions of the words in the column's list, in the order typed; whether they are ruled out."""

    places: tuple[int, ...]
    negated: bool
    blank: bool


def read_list(text: str, column: Column, blank_words: Collection[str]) -> Listed:
    """Reads words of the column's list; an unknown word is refused with the nearest known one."""
    plain = _flat(text)
    negated = False
    opening = NOT.match(plain)
    if opening and _known_at(plain, 0, column, blank_words) is None:
        negated = True
        plain = plain[opening.end() :].strip().removeprefix("(").removesuffix(")").strip()
        if not plain:
            raise Unreadable('There is nothing after "not".')
    words = _split(plain, column, blank_words, negated=negated)
    if negated and "blank" in words and re.search(r"\bor\b", plain):
        raise Unreadable(
            f'"{text}" can be read in two ways.', 'Write "not ..., blank", or list the values that are meant.'
        )
    places = tuple(dict.fromkeys(column.positions[word] for word in words if word != "blank"))
    return Listed(places, negated, "blank" in words)


def _flat(text: str) -> str:
    """Folded, with line breaks kept as separators."""
    return "; ".join(fold(line) for line in text.split("\n") if line.strip())


def _split(plain: str, column: Column, blank_words: Collection[str], *, negated: bool) -> list[str]:
    """The known words in the cell, longest first, so that a label may itself hold "or" or a comma."""
    words: list[str] = []
    at = 0
    while at < len(plain):
        gap = SEPARATOR.match(plain, at)
        if gap and gap.end() > at:
            at = gap.end()
            continue
        again = NOT.match(plain, at)
        known = _known_at(plain, at, column, blank_words)
        if known is None and again and negated:
            at = again.end() + len(plain[again.end() :]) - len(plain[again.end() :].lstrip())
            continue
        if known is None:
            raise _unknown(plain, at, column)
        words.append(known[0])
        at = known[1]
    if not words:
        raise Unreadable("There is no word here.")
    return words


def _known_at(plain: str, at: int, column: Column, blank_words: Collection[str]) -> tuple[str, int] | None:
    """The longest known word that starts here and ends at a separator, with where it ends."""
    spellings = {word: word for word in column.positions}
    if column.kind == "yes/no":
        spellings |= YES_NO
    for word in blank_words:
        spellings.setdefault(word, "blank")
    for spelling in sorted(spellings, key=len, reverse=True):
        for quoted in (spelling, f'"{spelling}"', f"'{spelling}'"):
            end = at + len(quoted)
            if plain.startswith(quoted, at) and (end == len(plain) or SEPARATOR.match(plain, end)):
                return spellings[spelling], end
    return None


def _unknown(plain: str, at: int, column: Column) -> Unreadable:
    gap = SEPARATOR.search(plain, at)
    word = plain[at : gap.start() if gap and gap.start() > at else len(plain)]
    if NOT.match(word):
        return Unreadable(f'"{plain}" mixes words with "not".', "List what is meant, or only what is not meant.")
    if word.startswith(("<", ">", "=")):
        return Unreadable(f'"{word}" compares, but {column.heading} is a list of words.')
    near = nearest(word, column.labels)
    known = ", ".join(column.labels)
    advice = f'Did you mean "{near}"?' if near else f"It can be: {known}."
    return Unreadable(f'"{word}" is not a value of {column.heading}.', advice)
