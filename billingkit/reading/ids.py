"""Numbers that name something: text always, zeros kept; where digits are gone for good, asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Final

from billingkit.reading.fold import NOT_KNOWN, NOTHING
from billingkit.workbook.book import ErrorCell, NotCalculated, Value

_LONGEST_NOTHING: Final = max(map(len, NOTHING | NOT_KNOWN))
Identified = tuple[str | None, str]  # the id, or why there is none
_SCIENTIFIC: Final = re.compile(r"^\d(?:[.,]\d+)?e[+]?\d{1,3}$", re.IGNORECASE)
# each letter as A, each digit as 0, the line ends between ids as they are, anything else as ?
_SHAPE: Final = (
    bytes(
        ord("A" if chr(code).isalpha() else "0" if chr(code).isdigit() else "\n" if chr(code) == "\n" else "?")
        for code in range(128)
    )
    + b"?" * 128
)
_ZEROS: Final = re.compile(r"^[\"\\ ]*(0+)[\"\\ ]*(?:;.*)?$")
_PATTERN: Final = re.compile(r"^[0\-\\ \"/.()]+$")


@dataclass(frozen=True, slots=True)
class IdReader:
    """Reads one column's cells. `digits` is the practice's rule; `usual` what the column itself shows."""

    digits: int | None = None
    usual: int | None = None  # the length of the column's text ids, where some start with a zero

    def read(self, cell: Value, number_format: str = "") -> Identified:
        """One cell's id as text, or the code of what is wrong with it ("suspect")."""
        if cell is None:
            return None, ""
        if isinstance(cell, str):
            return self._text(cell)
        if isinstance(cell, NotCalculated):
            return None, "not_calculated"
        if isinstance(cell, bool | ErrorCell | date | time | timedelta):
            return None, "suspect"
        return self._number(cell, number_format)

    def _text(self, cell: str) -> Identified:
        if is_plain_id(cell):
            return cell, ""
        text = cell.strip()
        if text.startswith("'"):
            text = text.strip("' ")
        if len(text) <= _LONGEST_NOTHING and (text.casefold() in NOTHING or text.casefold() in NOT_KNOWN):
            return None, ""
        if text.startswith("#") or (("e" in text or "E" in text) and _SCIENTIFIC.match(text)):
            return None, "suspect"
        if self.digits is not None and text.isdecimal() and len(text) != self.digits:
            return None, "suspect"
        return text, ""

    def _number(self, cell: float, number_format: str) -> Identified:
        if not float(cell).is_integer() or abs(cell) >= 1e15 or cell < 0:
            return None, "suspect"
        text = formatted(int(cell), number_format)
        if text is None:
            text = str(int(cell))
            if self.usual is not None and len(text) < self.usual:
                return None, "suspect"
        if self.digits is not None and len(re.sub(r"\D", "", text)) != self.digits:
            return None, "suspect"
        return text, ""


def is_plain_id(cell: str) -> bool:
    """Whether an id is like most, such as W54505182: letters, then digits, and none of the doubts of the others."""
    return cell[:1].isalpha() and cell[-1:].isdigit() and cell.isalnum()


def are_plain_ids(cells: Sequence[str | None]) -> bool:
    """Whether every id of a column is plain, blanks aside: the whole column is asked at once."""
    ids = [cell for cell in cells if cell is not None]
    whole = "\n".join(["", *ids, ""])
    if not whole.isascii() or whole.count("\n") != len(ids) + 1:
        return False
    shapes = whole.encode().translate(_SHAPE)
    return not any(odd in shapes for odd in (b"?", b"\n0", b"A\n", b"\n\n"))


def formatted(number: int, number_format: str) -> str | None:
    """The number as a format of zeros shows it (`00000` keeps lost zeros); None for any other format."""
    pattern = number_format.split(";", maxsplit=1)[0].replace('"', "").replace("\\", "")
    found = _ZEROS.match(pattern)
    if found:
        return str(number).zfill(len(found[1]))
    if pattern and _PATTERN.match(pattern) and pattern.count("0") > 1 and "." not in pattern:
        digits = iter(str(number).zfill(pattern.count("0")))
        return (
            "".join(next(digits) if mark == "0" else mark for mark in pattern)
            if len(str(number)) <= pattern.count("0")
            else None
        )
    return None


def usual_length(cells: list[Value]) -> int | None:
    """The one length of a column's all-digit text ids, where some begin with zero; None where there is none."""
    types = set(map(type, cells))
    if str not in types or not types & {int, float}:
        return None  # only a mixed column can have lost zeros that its other cells show
    digits = {cell.strip() for cell in cells if type(cell) is str and cell.strip().isdecimal()}
    lengths = {len(text) for text in digits}
    return next(iter(lengths)) if len(lengths) == 1 and any(text.startswith("0") for text in digits) else None
