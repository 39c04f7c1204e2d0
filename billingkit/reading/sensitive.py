"""Sensitive wording: phrases found at a word's start, case and accents ignored; a decoy cancels its own span only."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from billingkit.policy.agreement import Wording
from billingkit.reading.fold import plain_text

_WORDS: Final = re.compile(r"[a-z0-9']+|\*|[^\sa-z0-9'*]+")
_START: Final = r"(?<![a-z0-9])"


class Listener:
    """Hears the practice's phrases and the broad list in any text; each distinct text is read once."""

    def __init__(self, wording: Iterable[Wording]) -> None:
        rows = [row for row in wording if row.phrase.strip()]
        self._category = {shape(row.phrase): row.category for row in reversed(rows)}
        self._phrases = _any_of(self._category)
        self._decoys = _any_of({shape(decoy) for row in rows for decoy in row.not_when if decoy.strip()})
        self._shapes = [(re.compile(f"^{one}"), category) for one, category in self._category.items()]
        self._heard: dict[str, str | None] = {}

    def hear(self, text: str | None) -> str | None:
        """The categories a text falls under, in order, joined by `|`; None where there are none."""
        if not text:
            return None
        if text not in self._heard:
            self._heard[text] = "|".join(sorted(self._listen(text))) or None
        return self._heard[text]

    def _listen(self, text: str) -> set[str]:
        if self._phrases is None:
            return set()
        plain = " ".join(plain_text(text).replace("\u2019", "'").split())
        if not self._phrases.search(plain):
            return set()
        quiet = [found.span() for found in self._decoys.finditer(plain)] if self._decoys else []
        found = set()
        for start in (match.start() for match in re.finditer(_START + r"(?=[a-z0-9])", plain)):
            for pattern, category in self._starting(plain[start : start + 2]):
                match = pattern.match(plain[start:])
                if match and not any(low <= start and start + match.end() <= high for low, high in quiet):
                    found.add(category)
        return found

    def _starting(self, letters: str) -> list[tuple[re.Pattern[str], str]]:
        return [(pattern, category) for pattern, category in self._shapes if pattern.pattern[1:2] == letters[:1]]


def shape(phrase: str) -> str:
    """A phrase as a pattern: words in order, apostrophes optional, `*` for up to three words between."""
    words = _WORDS.findall(" ".join(plain_text(phrase).split()))
    parts: list[str] = []
    for word in words:
        if word == "*":
            parts.append(r"(?:[\w'/.,-]+ ){0,3}?")
        else:
            parts.append(re.escape(word).replace("'", "'?") + " ")
    return "".join(parts).rstrip().replace(" ", r"[ ,.;:/-]*[ ]?") if parts else ""


def _any_of(shapes: Iterable[str]) -> re.Pattern[str] | None:
    listed = sorted(one for one in shapes if one)
    if not listed:
        return None
    by_letter: dict[str, list[str]] = {}
    for one in listed:
        by_letter.setdefault(one[0], []).append(one)
    # one branch per first letter, so that a text is scanned once and most places fail on one character
    return re.compile(_START + "(?:" + "|".join("(?:" + "|".join(group) + ")" for _, group in sorted(by_letter.items())) + ")")
