"""What the files that go out are called, and how a finished one is put into its folder."""

from __future__ import annotations

import os
import re
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from billingkit.workbook.package import is_open

if TYPE_CHECKING:
    from billingkit.decided import Review

_NOT_IN_NAMES: Final = re.compile(r"[^\w .-]+|_")


def file_name(review: Review, what: str, suffix: str = ".xlsx") -> str:
    """`harbour 2026-11-23 practice pack.xlsx`: the practice, the week and what it is; never a patient."""
    practice = review.policy.practice
    told = _NOT_IN_NAMES.sub(" ", practice.code or practice.name or "practice")
    short = " ".join(told.split())[:60].strip(". ") or "practice"
    return f"{short} {review.as_of.isoformat()} {what}{suffix}"


def put(data: bytes, target: Path) -> Path:
    """Write a whole file or nothing, private to the user; a file that is open elsewhere is left alone.

    Gives the path that was used: the next free one where the target is open in another program.
    """
    handle, name = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=target.parent)  # made with permissions 0600
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        return _into_place(temporary, target)
    except BaseException:
        with suppress(FileNotFoundError):
            temporary.unlink()
        raise


def _into_place(temporary: Path, target: Path) -> Path:
    if not is_open(target):
        with suppress(PermissionError):  # Windows says so where another program holds the file
            temporary.replace(target)
            return target
    place = free(target)
    temporary.replace(place)
    return place


def free(target: Path) -> Path:
    """The next name that is not taken: `... (2).xlsx`, `... (3).xlsx`."""
    number = 2
    while True:
        place = target.with_name(f"{target.stem} ({number}){target.suffix}")
        if not place.exists() and not is_open(place):
            return place
        number += 1
