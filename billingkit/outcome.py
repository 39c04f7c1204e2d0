"""What a command has to say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Outcome:
    """What a command has to say: in words, as data, and as an exit code."""

    text: str
    data: dict[str, Any] = field(default_factory=dict)
    code: int = 0
