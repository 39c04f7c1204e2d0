"""The one refusal of this room, made from one plain sentence."""

from __future__ import annotations

from billingkit.problems import UnsafeToPatch

__all__ = ["UnsafeToPatch", "unsafe"]


def unsafe(found: str, place: str = "This workbook was left as it is") -> UnsafeToPatch:
    """The refusal that says why a workbook cannot be changed without risk to what is in it; nothing was written."""
    return UnsafeToPatch(place, found, "Nothing was written.")
