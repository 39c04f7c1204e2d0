"""Rows that the practice has answered for: what it said is the reason, and who carries it out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from billingkit.decisions.deciding import TO_PRACTICE
from billingkit.decisions.row_questions import NEEDED, SAID, busy_rows, heard, of_row
from billingkit.decisions.setting import Setting

if TYPE_CHECKING:
    from billingkit.history import PastQuestion

CARRIED: Final = "The billing team carries it out."
CARRIED_OUT: Final = ("supplied", "resume")


def answered_rows(said: pl.DataFrame, facts: pl.DataFrame, table: str, setting: Setting) -> pl.DataFrame:
    """Rows that the practice has answered for in full, marked `answered`, with its answer as the reason.

    What it decided, or promised to look into, waits; what it supplied goes to the billing team.
    """
    said = said.with_columns(pl.lit(value=False).alias("answered"))
    off = table == "balances" and not setting.policy.practice.patient_side
    if not setting.register.past or off:
        return said
    given = _answers(said, facts, table, setting, off=off)
    if not given:
        return said
    places = sorted(given)
    here = pl.int_range(pl.len()).is_in(places)
    waits = pl.int_range(pl.len()).is_in([at for at in places if given[at].answer not in CARRIED_OUT])
    none = pl.lit(None, dtype=pl.Date)
    return said.with_columns(
        said["reason"].scatter(places, [_given(given[at]) for at in places]),
        here.alias("answered"),
        pl.when(waits).then(pl.lit("wait")).otherwise("action").alias("action"),
        pl.when(here & ~waits).then(pl.lit("billing team")).otherwise("owner_role").alias("owner_role"),
        pl.when(waits).then(none).otherwise("by_when").alias("by_when"),
        pl.when(waits).then(none).otherwise("not_before").alias("not_before"),
    )


def _answers(
    said: pl.DataFrame, facts: pl.DataFrame, table: str, setting: Setting, *, off: bool
) -> dict[int, PastQuestion]:
    """By row, what it hangs on where every one of its questions is answered."""
    busy = busy_rows(facts, said)
    rows = facts.select(name for name in NEEDED if name in facts.columns).filter(busy).iter_rows(named=True)
    decisions = said.select(name for name in SAID if name in said.columns).filter(busy).iter_rows(named=True)
    given: dict[int, PastQuestion] = {}
    for at, row, its in zip(busy.arg_true(), rows, decisions, strict=True):
        if its["action"] in TO_PRACTICE and its["action"] != "hold_and_tell":
            found = of_row(row, its, table, setting, off=off)
            words = [heard(topic, parts, row, table, setting) for topic, parts, _ in found]
            told = [past for past in words if past is not None]
            if told and len(told) == len(words):
                # what is only promised, or the practice's own to do, keeps the row waiting
                given[at] = min(told, key=lambda past: past.answer in CARRIED_OUT)
    return given


def _given(past: PastQuestion) -> str:
    who, when = past.by or "The practice", f" on {past.on:%d %b %Y}" if past.on else ""
    if past.answer == "will check by" and past.until is not None:
        return f"{who} will check by {past.until:%d %b %Y}."
    if past.answer in CARRIED_OUT:
        return f"{who} answered{when}: {past.value or past.answer}. {CARRIED}"
    return f"{who} decided{when}{': ' + past.value if past.value else ''}. This is for the practice to carry out in its own system."
