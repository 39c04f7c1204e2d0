"""What a decision table asks about, and what it says: condition columns and output columns."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Final, Literal

ColumnKind = Literal["list", "number", "money", "yes/no"]
OutputKind = Literal["word", "number", "text"]

LOWEST: Final = -(2**62)
HIGHEST: Final = 2**62
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MINOR: Final = 100  # money is held in hundredths of the practice's currency


def fold(text: object) -> str:
    """A word as it is compared: case, runs of spaces, underscores and curly apostrophes ignored."""
    return re.sub(r"[\s_]+", " ", str(text).replace("\u2019", "'")).strip().casefold()


def in_words(day: date) -> str:
    """A day as it is read in every locale, such as "1 Dec 2026"."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word somebody probably meant, or None."""
    by_fold = {fold(one): one for one in known}
    found = difflib.get_close_matches(fold(word), list(by_fold), 1, 0.6)
    return by_fold[found[0]] if found else None


@lru_cache(maxsize=512)
def _positions(labels: tuple[str, ...]) -> Mapping[str, int]:
    # Checking one policy asks ten thousand times; a proxy, because every asker gets the same one.
    return MappingProxyType({fold(label): place for place, label in enumerate(labels)})


@dataclass(frozen=True, slots=True)
class Column:
    """One condition column.

    Numbers are whole (days, counts); money is typed in units and held in hundredths. `values` are the
    labels of a list. `blank` says what missing data means when the facts carry no companion column:
    "unknown", or the column's `special` value. `special` is a named value of a number column, such as
    "none yet". `rising` is +1 where urgency may not fall as the column grows, -1 where it may not fall
    as the column shrinks (days to a deadline), 0 where neither is claimed.
    """

    name: str
    heading: str
    kind: ColumnKind
    values: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None
    unit: str = ""
    blank: str = "unknown"
    special: str | None = None
    rising: int = 0

    def __post_init__(self) -> None:
        """Refuse a column whose blank means a value that it does not have."""
        if self.kind == "list" and not self.values:
            raise ValueError(f"{self.heading}: a list column needs its values.")
        if self.special is not None and not self.numeric:
            raise ValueError(f"{self.heading}: only a number column can have a special value.")
        if self.blank != "unknown" and fold(self.blank) != fold(self.special or ""):
            raise ValueError(f'{self.heading}: a blank means "{self.blank}", which is no value of this column.')

    @property
    def numeric(self) -> bool:
        """Whether the column holds whole numbers or money."""
        return self.kind in ("number", "money")

    @property
    def labels(self) -> tuple[str, ...]:
        """The words of a list or yes/no column, in their own order."""
        return self.values or (("no", "yes") if self.kind == "yes/no" else ())

    @property
    def bounds(self) -> tuple[int, int]:
        """Lowest and highest value, as positions for a list and hundredths for money."""
        if not self.numeric:
            return 0, len(self.labels) - 1
        return LOWEST if self.low is None else self.low, HIGHEST if self.high is None else self.high

    @property
    def positions(self) -> Mapping[str, int]:
        """Each folded word of a list and its position."""
        return _positions(self.labels)

    @property
    def spoken(self) -> str:
        """The heading as it stands in the middle of a sentence."""
        head = self.heading
        return head if head[1:2].isupper() else head[:1].lower() + head[1:]

    def show(self, value: int) -> str:
        """One value in plain words: a label, a whole number, or an amount."""
        if not self.numeric:
            return self.labels[value]
        if self.kind == "number" or value % MINOR == 0:
            return str(value if self.kind == "number" else value // MINOR)
        return f"{Decimal(value) / MINOR:.2f}"


@dataclass(frozen=True, slots=True)
class Output:
    """One output column: a word of a closed list, a whole number, or a sentence that may name columns."""

    name: str
    heading: str
    kind: OutputKind
    values: tuple[str, ...] = ()

    def as_column(self) -> Column:
        """The output as something that a guarantee can set a condition on."""
        if self.kind == "text":
            raise ValueError(f"{self.heading}: a guarantee cannot be about free text.")
        if self.kind == "number":
            return Column(self.name, self.heading, "number")
        return Column(self.name, self.heading, "list", self.values)
