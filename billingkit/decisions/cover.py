"""Cover checks: hints that a patient's cover ended, changed or has not begun become questions before money is lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from billingkit.decisions.asking import Raised
from billingkit.decisions.rowwise import parts_of, raised
from billingkit.decisions.setting import Setting
from billingkit.decisions.topics import SETTLE, Topic
from billingkit.terms import OPEN

# Words of notes that speak of cover, each with what it makes us ask. Whole words; case ignored.
HINTS: Final = (
    (r"\b(?:inactive|terminated|termed|lapsed|cancel+ed|not eligible|ineligible|no longer covered|cover(?:age)? ended)\b", "ended"),
    (r"\b(?:new insurer|new insurance|changed insur\w+|switched insur\w+|different carrier|new carrier)\b", "changed"),
    (r"\b(?:waiting period|not yet covered|cover(?:age)? not started|effective date)\b", "waiting"),
)  # fmt: skip
CHECK: Final = {
    "ended": "Check whether this patient's cover was in force on the day, and whether there is a new insurer.",
    "changed": "Check which insurer covers this patient now, and send us the new details.",
    "waiting": "Check from which day this treatment is covered.",
    "order": "Check with the patient which insurer comes first, and whether the details are as on the card.",
}


def cover_questions(facts: pl.DataFrame, said: pl.DataFrame, setting: Setting) -> list[Raised]:
    """One question per patient and insurer for open claims whose notes or reason codes speak of cover."""
    found = []
    for at, row, topic, parts in _hinted(facts):
        if setting.register.decided(setting.register.answer(topic, *parts)) is None:
            place = (topic, setting.register.ref(topic, *parts), setting.sheets.cell(row, "notes"))
            found.append(raised(row, said.row(at, named=True), place, "claims", setting.policy))
    return found


def with_cover_answers(facts: pl.DataFrame, said: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """The decisions with what the practice said about the cover in their reason, for whoever calls the insurer."""
    if not any(past.code.startswith("cover_") for past in setting.register.past.values()):
        return said
    told: dict[int, str] = {}
    for at, _, topic, parts in _hinted(facts):
        past = setting.register.supplied(topic, *parts)
        if past is not None:
            when = f" on {past.on:%d %b %Y}" if past.on else ""
            told[at] = f"{said['reason'][at]} About the cover, {past.by or 'the practice'} said{when}: {past.value}"
    places = sorted(told)
    return said.with_columns(said["reason"].scatter(places, [told[at] for at in places])) if told else said


def _hinted(facts: pl.DataFrame) -> Iterator[tuple[int, dict[str, Any], Topic, tuple[str, ...]]]:
    """Open claims that say something about cover: place, row, what is asked, and the question's identity."""
    notes = pl.col("notes").str.to_lowercase()
    hint: pl.Expr = pl.when("denial_cover").then(pl.lit("order"))
    for pattern, word in reversed(HINTS):
        hint = pl.when(notes.str.contains(pattern)).then(pl.lit(word)).otherwise(hint)
    hints = facts.select(hint.alias("hint"))["hint"]
    wanted = hints.is_not_null() & facts["status"].is_in(OPEN).fill_null(value=False)
    wanted &= ~facts["quarantined"].fill_null(value=False) & (facts["on_hold"] != "claim too").fill_null(value=False)
    rows = facts.filter(wanted).iter_rows(named=True)
    for at, row, word in zip(wanted.arg_true(), rows, hints.filter(wanted), strict=True):
        topic = Topic(
            f"cover_{word}", CHECK[word], "The list says something about the patient's cover. Better to look now than after a refusal.",
            "patient", "patient", SETTLE, "text",
        )  # fmt: skip
        yield at, row, topic, parts_of(topic, row, "claims")
