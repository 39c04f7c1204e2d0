"""One thing a check has to say about a table: what, where, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault ("error": the table is not used) or a remark ("warning"), with its cell and an example."""

    severity: Literal["error", "warning"]
    kind: str  # cell, heading, rule, overlap, gap, never fires, guarantee, sliver, bare number, rising, ...
    message: str
    cell: str | None = None  # such as "Claim rules!D14"
    suggestion: str | None = None
    rules: tuple[str, ...] = ()
    witness: str | None = None  # an example row in plain words

    def __str__(self) -> str:
        """The whole finding as one or two sentences."""
        where = f"{self.cell}: " if self.cell else ""
        example = f" For example: {self.witness}." if self.witness else ""
        advice = f" {self.suggestion}" if self.suggestion else ""
        return f"{where}{self.message}{example}{advice}"
