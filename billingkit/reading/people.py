"""Names: joined from their parts, parted from a number written before them, and compared."""

from __future__ import annotations

import re
from typing import Final

from billingkit.reading.fold import plain_text

_NUMBERED: Final = re.compile(r"^\s*(\d+)\s*-\s*(?=\D)(.+)$")
_SELF: Final = frozenset(
    {
        "self",
        "s",
        "patient",
        "same",
        "insured",
        "subscriber",
        "18",
        "self patient",
        "policyholder",
        "policy holder",
        "main member",
        "own",
    }
)
_TITLES: Final = frozenset({"mr", "mrs", "ms", "miss", "dr", "mx", "prof", "sir", "jr", "sr", "ii", "iii", "iv", "rev"})


def whole_name(surname: str | None, forename: str | None) -> str | None:
    """Forename and surname as one name."""
    return " ".join(part for part in (forename, surname) if part) or None


def numbered_names(names: list[str | None]) -> bool:
    """Whether the names of a column carry the patient's number before them, as in `123-Last, First`."""
    filled = [name for name in names if name]
    return bool(filled) and sum(1 for name in filled if _NUMBERED.match(name)) >= 0.8 * len(filled)


def part_number(name: str | None) -> tuple[str | None, str | None]:
    """The patient's number and the name without it."""
    found = _NUMBERED.match(name) if name else None
    return (found[1], found[2].strip()) if found else (None, name)


def is_self(relationship: str | None) -> bool:
    """Whether the relationship says that the patient holds the policy."""
    return bool(relationship) and " ".join(re.findall(r"[a-z0-9]+", plain_text(relationship or ""))) in _SELF


def same_person(one: str | None, other: str | None) -> bool:
    """Whether two written names can be one person: an initial or a middle name more or less is no difference."""
    if one == other:
        return True
    first, second = _parts(one), _parts(other)
    if not first or not second:
        return True
    fewer, more = (first, second) if len(first) <= len(second) else (second, first)
    return all(any(_fits(part, whole) for whole in more) for part in fewer)


def _parts(name: str | None) -> list[str]:
    words = re.findall(r"[^\W\d_]+", plain_text(name or "").replace("'", "").replace("-", ""))
    long = [word for word in words if word not in _TITLES and len(word) > 1]
    short = [word for word in words if len(word) == 1]
    return long if len(long) >= 2 else long + short


def _fits(part: str, whole: str) -> bool:
    return part == whole or (len(part) == 1 and whole.startswith(part)) or (len(whole) == 1 and part.startswith(whole))
