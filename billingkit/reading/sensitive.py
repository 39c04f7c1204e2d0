"""Sensitive wording: phrases found at a word's start, case and accents ignored; a decoy cancels its own span only."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Final

from billingkit.policy.agreement import Wording
from billingkit.reading.fold import plain_text

_TOKENS: Final = re.compile(r"[a-z0-9']+|\*|[^\sa-z0-9'*]+")
_WORD: Final = re.compile(r"[a-z0-9]+")
_LONG_NUMBER: Final = re.compile("[0-9][0-9][0-9]+")
_BETWEEN: Final = r"[ ,.;:/\-]*"
# A sentence of a note, and how many words around a hit tell one remark from the next.
_SENTENCE: Final = re.compile(r"[.;!?|]+")
_AROUND: Final = 3

Pattern = tuple[str, bool, re.Pattern[str], str]  # first letters, whether they are a whole word, the rest, category


class Listener:
    """Hears the practice's phrases and the broad list in any text; each distinct text is read once.

    Phrases are looked up by the words of a text, so the time for a text grows with its words, not with
    the number of phrases. A decoy of any phrase cancels every hit inside its own span: `upset tummy` is
    never an upset patient, whoever wrote the phrase `upset`.
    """

    def __init__(self, wording: Iterable[Wording]) -> None:
        rows = tuple(row for row in wording if row.phrase.strip())
        self._phrases, self._decoys = _indexes(rows)
        self._numbers_tell = any(_LONG_NUMBER.search(text) for row in rows for text in (row.phrase, *row.not_when))
        self._heard: dict[str, str] = {}

    def hear(self, text: str | None) -> str | None:
        """The categories a text falls under, in order, joined by `|`; None where there are none."""
        return self.hear_all([text]).get(text) if text else None

    def hear_all(self, cells: Sequence[Any]) -> dict[str, str]:
        """The texts of a column that fall under a category, each with its categories."""
        if str not in set(map(type, cells)):
            return {}
        texts = [cell for cell in set(cells) if type(cell) is str]
        alike = texts if self._numbers_tell else _alike(texts)
        heard = {one: self._listen(one) for one in set(alike)}
        if not any(heard.values()):
            return {}
        return {text: heard[one] for text, one in zip(texts, alike, strict=True) if heard[one]}

    def marks(self, text: str) -> set[str]:
        """Each remark that was heard as `category:fingerprint`: what tells a new remark from one answered for.

        The fingerprint covers the hit and the few words around it in its sentence, so that a note which
        grows elsewhere keeps the marks it had, and the same word said once more is a new one.
        """
        plain = " ".join(plain_text(text).replace("\n", " ; ").split())
        starts = [0, *(found.end() for found in _SENTENCE.finditer(plain))]
        ends = [*(found.start() for found in _SENTENCE.finditer(plain)), len(plain)]
        return {
            f"{category}:{hashlib.sha256(_around(plain, low, high, starts, ends).encode()).hexdigest()[:12]}"
            for low, high, category in self._hits(plain)
        }

    def _listen(self, text: str) -> str:
        if text in self._heard:
            return self._heard[text]
        plain = plain_text(text)
        if not plain.isascii() or "  " in plain or "\n" in plain:
            plain = " ".join(plain.split())
        said = self._heard[text] = "|".join(sorted({category for _, _, category in self._hits(plain)}))
        return said

    def _hits(self, plain: str) -> list[tuple[int, int, str]]:
        """Where phrases stand that no decoy cancels: from, to, category."""
        hits = self._phrases.spans(plain)
        quiet = [(low, high) for low, high, _ in self._decoys.spans(plain)] if hits else []
        return [hit for hit in hits if not any(low <= hit[0] and hit[1] <= high for low, high in quiet)]


def _alike(texts: list[str]) -> list[str]:
    """Texts that differ only in a reference or an amount made one, for phrases that have no such numbers."""
    alike = _LONG_NUMBER.sub("000", "\0".join(texts)).split("\0")  # all at once, for there are very many
    return alike if len(alike) == len(texts) else texts


def _around(plain: str, low: int, high: int, starts: list[int], ends: list[int]) -> str:
    before = plain[max(start for start in starts if start <= low) : low].split()[-_AROUND:]
    after = plain[high : min((end for end in ends if end >= high), default=len(plain))].split()[:_AROUND]
    return " ".join([*before, *plain[low:high].split(), *after])


class _Index:
    """Phrases by the word they start with; the words met are remembered."""

    def __init__(self, phrases: Iterable[tuple[str, str]]) -> None:
        self._patterns: dict[str, list[Pattern]] = {}
        for phrase, category in dict.fromkeys(phrases):
            found = _pattern(phrase, category)
            if found:
                self._patterns.setdefault(found[0][:2], []).append(found)
        self._starting: dict[str, tuple[tuple[re.Pattern[str], str], ...]] = {}

    def spans(self, plain: str) -> list[tuple[int, int, str]]:
        """Where phrases stand in a text: from, to, category."""
        found = []
        starting = self._starting
        for word in _WORD.finditer(plain):
            text = word[0]
            for pattern, category in starting[text] if text in starting else self._with(text):
                match = pattern.match(plain, word.start())
                if match:
                    found.append((match.start(), match.end(), category))
        return found

    def _with(self, word: str) -> tuple[tuple[re.Pattern[str], str], ...]:
        known = tuple(
            (pattern, category)
            for lead, whole, pattern, category in self._patterns.get(word[:2], ())
            if (word == lead if whole else word.startswith(lead))
        )
        self._starting[word] = known
        return known


@lru_cache(maxsize=4)
def _indexes(rows: tuple[Wording, ...]) -> tuple[_Index, _Index]:
    """The phrases and the decoys of a policy; several practices of one run mostly share them."""
    phrases = _Index((row.phrase, row.category) for row in rows)
    return phrases, _Index((decoy, "") for row in rows for decoy in row.not_when)


def _pattern(phrase: str, category: str) -> Pattern | None:
    """A phrase as a pattern: words in order, apostrophes optional, `*` for up to three words between."""
    plain = " ".join(plain_text(phrase).split())
    lead = _WORD.match(plain)
    if lead is None:
        return None
    parts = []
    for part in _TOKENS.findall(plain):
        if part == "*":
            parts.append(r"(?:[\w'/.,\-]+ ){0,3}?")
        else:
            parts.append(re.escape(part).replace("'", "'?") + _BETWEEN)
    text = "".join(parts).removesuffix(_BETWEEN)
    return lead[0], plain[lead.end() : lead.end() + 1] == " ", re.compile(text), category
