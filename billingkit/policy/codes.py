"""Procedure codes and ranges of them, as a practice writes them: `D2000-D2999; D7140`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

CODE: Final = re.compile(r"([A-Z]{0,3})\s*(\d{1,6})([A-Z]?)")
PART: Final = re.compile(r"([A-Z]{0,3}\s*\d{1,6}[A-Z]?)(?:\s*(?:-|\u2013|\bTO\b)\s*([A-Z]{0,3}\s*\d{1,6}[A-Z]?))?")


@dataclass(frozen=True, slots=True)
class CodeSpan:
    """Codes with the same letters in front, from `low` to `high`, both ends in."""

    letters: str
    low: int
    high: int
    suffix: str | None = None  # a lone code's letter at the end, such as the A of "1421A"

    def holds(self, letters: str, number: int, suffix: str) -> bool:
        """Whether a code lies in the span."""
        return letters == self.letters and self.low <= number <= self.high and self.suffix in (None, suffix)


def read_codes(text: str) -> tuple[CodeSpan, ...]:
    """The spans that a cell names. Raises ValueError with a plain sentence for what cannot be read."""
    parts = [part.strip() for part in re.split(r"[;,\n]", text.upper()) if part.strip()]
    return tuple(_span(part) for part in parts)


def matches(codes: str, procedure: str) -> bool:
    """Whether one procedure code lies in what a cell names; an empty cell names every code."""
    spans = read_codes(codes)
    found = CODE.fullmatch(procedure.strip().upper())
    if not spans:
        return True
    return found is not None and any(span.holds(found[1], int(found[2]), found[3]) for span in spans)


def _span(part: str) -> CodeSpan:
    found = PART.fullmatch(part)
    if found is None:
        raise ValueError(f'"{part}" is not a code or a range of codes.')
    first = CODE.fullmatch(found[1])
    last = CODE.fullmatch(found[2] or found[1])
    if first is None or last is None:
        raise ValueError(f'"{part}" is not a code or a range of codes.')
    letters = last[1] or first[1]
    if letters != first[1]:
        raise ValueError(f'"{part}" runs from one letter to another; write two ranges.')
    low, high = int(first[2]), int(last[2])
    if low > high:
        raise ValueError(f'"{part}" runs backwards; swap the two codes.')
    return CodeSpan(letters, low, high, first[3] or None if found[2] is None else None)
