"""A text as one cell can hold it."""

from __future__ import annotations

import re
from typing import Final

TEXT_LIMIT: Final = 32_767
LIKE_FORMULA: Final = ("=", "+", "-", "@")
_CUT: Final = " ... (cut short: a cell holds no more)"
# what XML cannot carry; tab and line feed may stay
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def utf16_length(text: str) -> int:
    """How long Excel thinks a text is: characters beyond the first plane count twice."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def tidy_text(text: str, limit: int = TEXT_LIMIT) -> tuple[str, tuple[str, ...]]:
    """A text as a cell can hold it, and what had to be done: control characters out, too long cut short."""
    if len(text) <= limit and text.isascii() and text.isprintable():
        return text, ()  # nearly every text
    done = []
    tidy = text.replace("\r\n", "\n").replace("\r", "\n")
    if _UNPRINTABLE.search(tidy):
        tidy = _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", tidy)
        done.append("characters that cannot be shown were replaced")
    if utf16_length(tidy) > limit:
        kept = tidy.encode("utf-16-le")[: 2 * (limit - len(_CUT))]
        tidy = kept.decode("utf-16-le", "ignore") + _CUT
        done.append(f"cut to {limit:,} characters")
    return tidy, tuple(done)
