"""A claim's status from the practice's own words, dates and marks; what nobody explained is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from billingkit.policy.agreement import Policy
from billingkit.reading.fold import NOTHING, fold
from billingkit.reading.mapping import Mapping, same_place
from billingkit.terms import STATUS_WORDS

# A mark on the amount beats an on-hold date, beats a re-sent date, beats a sent date.
SIGN_ORDER: Final = ("on_hold_date", "resent_date", "submitted_date", "first_submitted_date")
# Once a claim stands at one of these it has been sent, so the day of sending is needed.
SENT: Final = frozenset(
    {
        "submitted",
        "rejected",
        "not_found",
        "received",
        "pending",
        "info_requested",
        "paid_unposted",
        "paid",
        "paid_short",
        "denied",
        "resubmitted",
        "appealed",
    }
)


@dataclass(slots=True)
class StatusWords:
    """The practice's words that hold for one table."""

    words: dict[str, str] = field(default_factory=dict)
    blank: str | None = None
    dates: dict[int, str] = field(default_factory=dict)  # place of a column -> status where it has a date
    marks: dict[str, str] = field(default_factory=dict)


def status_words(policy: Policy, mapping: Mapping, file: str, sheet: str | None) -> StatusWords:
    """The Status words that hold for a table, by their `Where`; the nearest place wins."""
    found = StatusWords()
    at = mapping.at("status")
    for row in sorted(policy.status_words, key=lambda row: bool(row.where)):
        status = canonical(row.status)
        if status is None:
            continue
        word = row.word.strip()
        if word.casefold() in {"(any date)", "any date"}:
            for heading in mapping.table.headings:
                if row.where and (
                    fold(row.where) in heading.folded() or fold(row.where) == fold(f"{heading.group} {heading.text}")
                ):
                    found.dates[heading.position] = status
        elif word and not any(c.isalnum() or c in "()?" for c in word):
            if same_place(row.where, file, sheet) or _names_a_column(row.where, mapping):
                found.marks[word] = status
        elif same_place(row.where, file, sheet, mapping.heading(at)) or _names_column(row.where, mapping, at):
            if fold(word) == "blank" or not word:
                found.blank = status
            else:
                found.words[status_key(word)] = status
    return found


def canonical(status: str) -> str | None:
    """Our status that a policy cell names, by word or label."""
    word = status.strip().casefold().replace(" ", "_")
    return word if word in STATUS_WORDS else None


def status_key(word: str) -> str:
    """A status word for comparison: case, spacing and punctuation do not matter, but `??` is still a word."""
    return fold(word) or word.strip()


def _names_a_column(where: str | None, mapping: Mapping) -> bool:
    return bool(where) and (
        any(fold(where or "") in h.folded() for h in mapping.table.headings)
        or fold(where or "") in {"amount", "amounts", "the amount"}
    )


def _names_column(where: str | None, mapping: Mapping, at: int | None) -> bool:
    return bool(where) and any(h.position == at and fold(where or "") in h.folded() for h in mapping.table.headings)


def decide(
    words: StatusWords, written: str | None, dated: list[tuple[str, int]], mark: str
) -> tuple[str | None, str | None, str]:
    """One row's status, what it was taken from, and a code where it must be asked.

    `dated` are the (role, place) of the date columns that hold a date on this row.
    """
    shown = (written or "").strip()
    marked = words.marks.get(mark) if mark else None
    signs = {role: words.dates[place] for role, place in dated if place in words.dates}
    if shown and shown.casefold() not in NOTHING:
        return _by_word(words, shown, [status for status in (marked, signs.get("on_hold_date")) if status])
    if marked is not None:
        return marked, mark, ""
    strongest = next((signs[role] for role in SIGN_ORDER if role in signs), None)
    if strongest is None and len(set(signs.values())) > 1:
        return None, None, "conflicting_status"
    status = strongest or next(iter(signs.values()), words.blank)
    return status, None, "" if status else "missing_status"


def _by_word(words: StatusWords, shown: str, strong: list[str]) -> tuple[str | None, str | None, str]:
    """The word decides; a mark or an on-hold date that says otherwise is asked."""
    status = words.words.get(status_key(shown))
    if status is None:
        return None, shown, "unknown_status"
    if any(other != status for other in strong):
        return None, shown, "conflicting_status"
    return status, shown, ""
