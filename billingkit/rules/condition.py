"""One condition cell as a value: which data it accepts, and the words it is written back in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

from billingkit.rules.column import HIGHEST, LOWEST, Column, fold, in_words
from billingkit.rules.listed import Listed, read_list
from billingkit.rules.spans import Span, Unreadable, as_written, cell_text, span, tidy

ANYTHING: Final = frozenset({"", "-", "--", "any", "anything", "all", "*", "every", "any value"})
BLANK_WORDS: Final = frozenset({"blank", "(blank)", "empty", "missing", "not known", "unknown"})
FILLED_WORDS: Final = frozenset({"not blank", "not (blank)", "not empty", "filled", "known", "present"})
OR: Final = re.compile(r"\s*(?:;|\n|\bor\b(?!\s+(?:more|over|above|later|up|less|fewer|under|below)\b))\s*")
AND: Final = re.compile(
    r"\s*(?:\band\b(?!\s+(?:more|over|above|later|up|less|fewer|under|below)\s*$)|&|,)\s*(?=[<>=a-z])"
)


@dataclass(frozen=True, slots=True)
class Condition:
    """What one cell accepts. Two conditions are equal when they accept the same.

    `spans` are both-ends-in ranges of numbers, hundredths or list positions; None is an open end.
    `blank` is True where the cell accepts missing data, False where it names `blank` and refuses it,
    None where it says nothing about it, so that missing data leaves the cell undecided.
    """

    spans: tuple[Span, ...]
    special: bool = False
    blank: bool | None = None
    everything: bool = False
    text: str = field(default="-", compare=False)
    bare: bool = field(default=False, compare=False)  # a number typed on its own
    listed: tuple[str, ...] = field(default=(), compare=False)  # words of a list that it accepts
    negated: bool = field(default=False, compare=False)  # typed as "not ..."

    @property
    def names_blank(self) -> bool:
        """Whether the cell itself says what happens on missing data."""
        return self.blank is not None and not self.everything

    def ends(self) -> tuple[tuple[int, int], ...]:
        """The spans with open ends filled in."""
        return tuple((LOWEST if a is None else a, HIGHEST if b is None else b) for a, b in self.spans)

    def accepts(self, value: int) -> bool:
        """Whether a known value meets the condition."""
        return self.everything or any(low <= value <= high for low, high in self.ends())

    def brief(self, column: Column) -> str:
        """The condition as quoted beside the value that met it, long lists cut short."""
        if self.listed and not self.negated:
            shown = ", ".join(self.listed[:2] if len(self.listed) > 3 else self.listed)
            return shown + (", ..." if len(self.listed) > 3 else "") + (" or blank" if self.blank else "")
        plain = column.numeric and self.spans and not self.negated
        return _written(self, column, under=True) if plain else self.text


ANY: Final = Condition((), special=True, blank=True, everything=True)


def parse_condition(raw: object, column: Column) -> Condition:
    """Reads one cell as typed; raises Unreadable, which says what to type instead and quotes what was typed."""
    text = _as_typed(raw, column)
    try:
        return _parsed(text, column)
    except Unreadable as fault:
        raise Unreadable(as_written(fault.message, text), fault.suggestion) from None


def _parsed(text: str, column: Column) -> Condition:
    plain = tidy(text)
    if plain in ANYTHING:
        return ANY
    if plain in FILLED_WORDS and plain not in column.positions:
        every: tuple[Span, ...] = ((None, None),)
        return Condition(every, special=column.special is not None, blank=False, text="not blank", negated=True)
    if column.numeric:
        return _numbers(text, column)
    return _words(read_list(text, column, BLANK_WORDS), column)


def _as_typed(raw: object, column: Column) -> str:
    """The cell as text; a date, an Excel error and a stray true or false are refused or read."""
    if isinstance(raw, (date, datetime)):
        raise Unreadable(f"Excel turned this cell into a date ({in_words(raw)}).", _undated(raw))
    if isinstance(raw, bool):
        if column.kind != "yes/no":
            raise Unreadable(f'"{str(raw).upper()}" is not a value of {column.heading}.')
        return "yes" if raw else "no"
    return cell_text(raw)


def _undated(day: date) -> str:
    """What was probably typed before Excel made a date of it."""
    pair = (day.month, day.year % 100) if day.day == 1 and day.year % 100 > 31 else tuple(sorted((day.month, day.day)))
    return f'Type it again as "{pair[0]} to {pair[1]}", with the cell formatted as Text.'


def _words(found: Listed, column: Column) -> Condition:
    places = found.places
    if found.negated:
        kept = [place for place in range(len(column.labels)) if place not in places]
        if not kept:
            raise Unreadable(f"This leaves no value of {column.heading} at all.")
        names = [column.labels[place] for place in places] + (["blank"] if found.blank else [])
        return Condition(
            _merged([(place, place) for place in kept]),
            blank=False if found.blank else None,
            text="not " + ", ".join(names),
            listed=tuple(column.labels[place] for place in kept),
            negated=True,
        )
    names = [column.labels[place] for place in places]
    return Condition(
        _merged([(place, place) for place in places]),
        blank=True if found.blank else None,
        text=" or ".join(names + (["blank"] if found.blank else [])),
        listed=tuple(names),
    )


def _numbers(text: str, column: Column) -> Condition:
    plain = tidy(text.replace("\n", ";"))
    negated = re.match(r"(?:not|except|anything but|<>|!=)\s*(?!(?:less|more|under|over)\b)", plain)
    if negated and plain not in FILLED_WORDS:
        return _negated(plain[negated.end() :].strip("()"), column)
    spans, special, blank, bare = _parts(plain, column)
    made = Condition(_merged(spans), special=special, blank=blank or None, bare=bare)
    return replace(made, text=_written(made, column))


def _parts(plain: str, column: Column) -> tuple[list[Span], bool, bool, bool]:
    """The alternatives of a number cell: spans, special named, blank named, a lone bare number."""
    spans: list[Span] = []
    special = blank = False
    parts = [part for part in OR.split(plain) if part]
    if not parts:
        raise Unreadable("There is nothing to compare with here.")
    if re.search(r"^or\b|\bor$", plain):
        raise Unreadable(f'"{plain}" has nothing on one side of "or".', "Write both, or leave the or out.")
    for part in parts:
        if column.special is not None and part == fold(column.special):
            special = True
        elif part in BLANK_WORDS:
            blank = True
        else:
            spans.append(_both(part, column))
    bare = any(re.fullmatch(r"[-+]?\s*[£$€]?[\d.,]+", part) for part in parts)
    return spans, special, blank, bare


def _both(part: str, column: Column) -> Span:
    """One alternative; "over 14 and under 30" is both at once."""
    sides = [side for side in AND.split(part) if side] if not part.startswith("between") else [part]
    if len(sides) == 1:
        bounds = re.findall(r"(?:<=|>=|<|>)[^<>]+", part)
        sides = bounds if len(bounds) > 1 and "".join(bounds) == part else sides
    lows, highs = zip(*(span(side, column) for side in sides), strict=True)
    low = max((one for one in lows if one is not None), default=None)
    high = min((one for one in highs if one is not None), default=None)
    if low is not None and high is not None and low > high:
        raise Unreadable(f'"{part}" can never be true.')
    return low, high


def _negated(plain: str, column: Column) -> Condition:
    """None of these: every other number; the special value and missing data are not met by it."""
    if not plain:
        raise Unreadable('There is nothing after "not".')
    spans, special, blank, _bare = _parts(plain.replace(",", ";") if ", " in plain else plain, column)
    kept = _complement(_merged(spans), column)
    if not kept:
        raise Unreadable(f"This leaves no value of {column.heading} at all.")
    ruled_out = Condition(_merged(spans), special=special, blank=blank or None)
    text = "not " + ", ".join(_pieces(ruled_out, column, under=False))
    return Condition(kept, blank=False if blank else None, text=text, negated=True)


def _written(made: Condition, column: Column, *, under: bool = False) -> str:
    """The canonical words of a number cell."""
    return " or ".join(_pieces(made, column, under=under))


def describe(made: Condition, column: Column) -> str:
    """The words of a condition that was not typed but worked out."""
    if made.spans == ((None, None),) and column.numeric:
        known = "known" if made.special or column.special is None else f"not {column.special}"
        return "anything" if made.blank and known == "known" else f"{known} or blank" if made.blank else known
    if column.numeric:
        return _written(made, column, under=True)
    places = [place for low, high in made.ends() for place in range(low, high + 1)]
    blank = [] if not made.blank else ["blank"]
    left = [label for place, label in enumerate(column.labels) if place not in places]
    if not left:
        return "known" if not blank else "anything"
    if len(left) <= 2 and len(places) > 2 * len(left) and not blank:
        return "not " + ", ".join(left)
    return " or ".join([column.labels[place] for place in places] + blank)


def _pieces(made: Condition, column: Column, *, under: bool) -> list[str]:
    words = [_span_words(one, column, under=under) for one in made.spans]
    words += [column.special or ""] if made.special else []
    return words + (["blank"] if made.blank else [])


def _span_words(one: Span, column: Column, *, under: bool) -> str:
    low, high = one
    if low is None and high is not None:
        if under and (high == -1 or (column.kind == "money" and high % 100 == 99)):
            return f"under {column.show(high + 1)}"
        return f"up to {column.show(high)}"
    if low is not None and high is None:
        return f"{column.show(low)} or more"
    if low is not None and high is not None and low != high:
        return f"{column.show(low)} to {column.show(high)}"
    return column.show(low if low is not None else 0)


def _merged(spans: list[Span]) -> tuple[Span, ...]:
    """Sorted spans, touching ones joined."""
    joined: list[Span] = []
    for low, high in sorted(spans, key=lambda one: LOWEST if one[0] is None else one[0]):
        if joined and (joined[-1][1] is None or low is None or low <= joined[-1][1] + 1):
            last_low, last_high = joined[-1]
            joined[-1] = (last_low, None if last_high is None or high is None else max(last_high, high))
        else:
            joined.append((low, high))
    return tuple(joined)


def _complement(spans: tuple[Span, ...], column: Column) -> tuple[Span, ...]:
    """Every number of the column outside the spans."""
    kept: list[Span] = []
    start: int | None = None
    bottom, top = column.bounds
    for low, high in spans:
        if low is not None and low > (bottom if start is None else start):
            kept.append((start, low - 1))
        if high is None or high >= top:
            return tuple(kept)
        start = high + 1
    kept.append((start, None))
    return tuple(kept)
