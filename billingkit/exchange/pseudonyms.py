"""`--no-names`: the same review with stable pseudonyms instead of patients, for sharing with a supplier.

They hang on a secret that the practice's folder keeps, so nobody can try names until one fits. A run without a
folder has no secret to keep: its pseudonyms hang on the contents of its files, and another week has others.
Pseudonymised, not anonymous: whoever knows the practice's list can still tell who is meant by the
claim's number, its date and its amount.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

import polars as pl

if TYPE_CHECKING:
    from billingkit.decided import Review

NAMED: Final = ("patient_name", "subscriber_name", "guarantor_name")
NUMBERED: Final = ("patient_id", "member_id", "group_number")
# A birthday or a free note tells who it is as surely as a name does.
LEFT_OUT: Final = ("date_of_birth", "notes", "insurer_request")
SHORTEST_NUMBER: Final = 4
_ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"


def pseudonym(practice: str, text: str) -> str:
    """`Person KQWTB`: the same name in the same practice always gives the same one, whatever its spelling of case."""
    plain = " ".join(sorted(re.findall(r"\w+", text.casefold())))
    number = int.from_bytes(blake2b(f"{practice}\x1f{plain}".encode(), digest_size=8).digest(), "big")
    return "Person " + "".join(_ALPHABET[(number // 24**place) % 24] for place in range(5))


def number_code(practice: str, text: str) -> str:
    """The same for a patient's or member's number: `N-4821907`, whatever its spelling of case."""
    digest = blake2b(f"{practice}\x1f#{text.casefold()}".encode(), digest_size=8).digest()
    return f"N-{int.from_bytes(digest, 'big') % 10_000_000:07d}"


def salt(review: Review, secret: str) -> str:
    """What makes the pseudonyms this practice's own: its name, and its secret or the contents of its files."""
    practice = review.policy.practice
    contents = " ".join(sorted(source.sha256 for source in review.week.sources))
    return f"{practice.code or practice.name or review.history.practice}\x1f{secret or contents}"


def without_names(review: Review, secret: str = "") -> Review:
    """The review with every patient's name and number replaced in its tables and in its sentences."""
    said, salted = sentences(review, secret), salt(review, secret)
    # what was found in a cell may be a name, and the cells themselves stay behind
    week = replace(
        review.week,
        problems=(),
        claims=_frame(review.week.claims, salted),
        balances=_frame(review.week.balances, salted),
    )
    return replace(
        review,
        week=week,
        claims=_told(review.claims, said),
        balances=_told(review.balances, said),
        questions=tuple(_texts(one, said, ("need", "about", "why")) for one in review.questions),
        holds=tuple(_texts(one, said, ("about",)) for one in review.holds),
        statements=tuple(_texts(one, said, ("about", "why", "next_step")) for one in review.statements),
        updates=tuple(_texts(one, said, ("about", "line")) for one in review.updates),
        notices=tuple(map(said, review.notices)),
    )


def sentences(review: Review, secret: str = "") -> Callable[[str], str]:
    """A function that puts pseudonyms into a sentence: every name and number of this week's list, as whole words."""
    salted, known = salt(review, secret), dict[str, str]()
    for text in _values(review, NAMED):
        known[text.casefold()] = pseudonym(salted, text)
        for word in re.findall(r"\w[\w'-]+\w", text):
            # a surname by itself in a sentence is as much a name; short words would hit ordinary ones
            known.setdefault(word.casefold(), "(name left out)")
    for text in _values(review, (*NUMBERED, "account_key", "claim_key")):
        if len(text) < SHORTEST_NUMBER:
            continue  # "12" is also a number of days
        known[text.casefold()] = number_code(salted, text)
    if not known:
        return lambda sentence: sentence
    longest_first = sorted(known, key=lambda text: (-len(text), text))
    pattern = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)", re.IGNORECASE)
    return lambda sentence: pattern.sub(lambda found: known[found[0].casefold()], sentence)


def _values(review: Review, columns: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for frame in (review.week.claims, review.week.balances):
        for column in columns:
            if column in frame.columns:
                found.update(text for text in frame[column].drop_nulls().to_list() if text.strip())
    return found


def _frame(frame: pl.DataFrame, practice: str) -> pl.DataFrame:
    def renamed(column: str, code: Callable[[str, str], str]) -> pl.Series:
        told = [None if text is None else code(practice, text) for text in frame[column].to_list()]
        return pl.Series(column, told, dtype=pl.String)

    changed = [renamed(column, pseudonym) for column in NAMED if column in frame.columns]
    changed += [renamed(column, number_code) for column in (*NUMBERED, "account_key") if column in frame.columns]
    empty = [pl.lit(None, dtype=frame.schema[column]).alias(column) for column in LEFT_OUT if column in frame.columns]
    return frame.with_columns(*changed, *empty)


def _told(frame: pl.DataFrame, said: Callable[[str], str]) -> pl.DataFrame:
    texts = [
        pl.Series(name, [text and said(text) for text in frame[name].to_list()], pl.String)
        for name in ("reason", "why")
    ]
    return frame.with_columns(*texts)


def _texts(one: Any, said: Callable[[str], str], names: tuple[str, ...]) -> Any:  # noqa: ANN401  # any of the frozen dataclasses
    return replace(one, **{name: said(getattr(one, name)) for name in names})
