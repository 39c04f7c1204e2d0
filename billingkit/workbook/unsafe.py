"""The one refusal of this room, made from one plain sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from billingkit.problems import UnsafeToPatch

__all__ = ["UnsafeToPatch", "on_sheet", "unsafe"]


def unsafe(found: str, place: str = "This workbook was left as it is") -> UnsafeToPatch:
    """The refusal that says why a workbook cannot be changed without risk to what is in it; nothing was written."""
    return UnsafeToPatch(place, found, "Nothing was written.")


@contextmanager
def on_sheet(name: str) -> Iterator[None]:
    """Refusals from within name the sheet."""
    try:
        yield
    except UnsafeToPatch as refusal:
        raise unsafe(refusal.found, f'{refusal.place} (sheet "{name}")') from refusal.__cause__
