"""How much one file may cost to read, in bytes, parts, cells, seconds and memory."""

from __future__ import annotations

from dataclasses import dataclass

MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """The most one file may cost; whatever passes a limit is refused, never cut short.

    Sizes are bytes. `inflated` counts what really comes out while inflating, over all parts; what a
    file declares about itself is not believed.
    """

    file: int = 100 * MEBIBYTE
    inflated: int = 200 * MEBIBYTE
    parts: int = 5_000
    ratio: int = 250  # inflated to packed, asked of parts over `ratio_from`; deflate cannot pass 1,032
    ratio_from: int = 16 * MEBIBYTE
    cells: int = 6_000_000  # cells that hold something, over all sheets
    seconds: float = 120.0
    memory: int = 2_048 * MEBIBYTE  # for the child process, on Unix
    row_gap: int = 20_000  # empty rows or cells allowed beyond 100 for each cell that holds something
