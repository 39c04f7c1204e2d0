"""What the practice supplied: used until its list carries it, marked, and asked about where the list then differs.

A value that was missing is filled in, one that was doubted is replaced. Where the list has changed since
the question was asked, news of the claim's course outranks the answer; anything else is asked again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from billingkit.columns import TABLES
from billingkit.decisions.topics import FROM_READING, HEADING, PER_PATIENT, missing
from billingkit.history import Correction, fingerprint
from billingkit.terms import STATUS_LABEL

if TYPE_CHECKING:
    from billingkit.decisions.asking import Register
    from billingkit.history import PastQuestion

# What moves by itself: the export's own news of it is newer than an old answer.
COURSE: Final = frozenset(
    {
        "status", "status_date", "submitted_date", "last_contact_date", "times_chased", "paid", "outstanding",
        "reason_codes", "insurer_request", "insurer_deadline", "balance", "insurance_pending", "patient_due",
        "last_statement_date", "statements_sent", "last_payment_date", "last_payment_amount", "payment_plan",
        "plan_next_due", "stop_flag",
    }
)  # fmt: skip
KEY: Final = {"claims": "claim_key", "balances": "account_key"}
DIFFERS: Final = "answer_differs"
YES_NO: Final = {"yes": True, "true": True, "no": False, "false": False}


@dataclass(slots=True)
class _Row:
    """What happens to one row."""

    marks: list[str]
    given: list[str]  # columns in which the practice's own value now stands
    differs: list[str]  # column=fingerprint of what the list says now


def corrected(frame: pl.DataFrame, corrections: Iterable[Correction], table: str) -> pl.DataFrame:
    """The frame with the practice's own values in it.

    `marks` says so in words, `given` names the columns, `differs` those in which the list has come to say
    something else; such a row is set aside with the question `answer_differs`.
    """
    by_column: dict[str, list[Correction]] = defaultdict(list)
    for one in corrections:
        by_column[one.column].append(one)
    told: dict[int, _Row] = defaultdict(lambda: _Row([], [], []))
    for column in TABLES[table]:
        if column.name in by_column and column.name != KEY[table]:
            frame = _one_column(frame, by_column[column.name], column.name, column.heading, told, table)
    return _told(frame, told)


def _one_column(
    frame: pl.DataFrame, corrections: list[Correction], name: str, heading: str, told: dict[int, _Row], table: str
) -> pl.DataFrame:
    by_key = {one.key: one for one in corrections}
    key = KEY[table]
    # An amount given for one account cannot stand on each of its lines.
    here = (
        frame.select(key, name).with_row_index("at").filter(pl.col(key).is_in(list(by_key)) & pl.col(key).is_unique())
    )
    changed: dict[int, Any] = {}
    for row in here.iter_rows(named=True):
        one, listed = by_key[row[key]], row[name]
        value = _typed(one.value, frame.schema[name])
        if value is None:
            continue
        if value == listed:
            told[row["at"]].given.append(name)
        elif listed is None or fingerprint(listed) == one.was:
            changed[row["at"]] = value
            told[row["at"]].given.append(name)
            told[row["at"]].marks.append(f"{heading}: {one.by or 'the practice'} gave it on {one.on:%d %b %Y}")
        elif name not in COURSE:
            told[row["at"]].differs.append(f"{name}={fingerprint(f'{listed}|{one.value}')}")
    if not changed:
        return frame
    places = sorted(changed)
    values = pl.Series([changed[at] for at in places], dtype=frame.schema[name])
    return frame.with_columns(frame[name].scatter(places, values))


def _typed(text: str, dtype: pl.DataType) -> Any:  # noqa: ANN401 -- whatever the column holds
    try:
        if dtype == pl.Date():
            return date.fromisoformat(text)
        if isinstance(dtype, pl.Decimal):
            return Decimal(text)
        if dtype == pl.Boolean():
            return YES_NO.get(text.strip().casefold())
        return int(text) if dtype == pl.Int64() else text
    except (ValueError, InvalidOperation):
        return None  # what was said does not fit the column, so it stays a question


def _told(frame: pl.DataFrame, told: dict[int, _Row]) -> pl.DataFrame:
    blank = pl.repeat(None, frame.height, dtype=pl.String, eager=True)
    places = sorted(told)
    frame = frame.with_columns(
        blank.clone().scatter(places, ["; ".join(told[at].marks) or None for at in places]).alias("marks"),
        blank.clone().scatter(places, ["|".join(told[at].given) or None for at in places]).alias("given"),
        blank.clone().scatter(places, ["|".join(told[at].differs) or None for at in places]).alias("differs"),
    )
    odd = pl.col("differs").is_not_null()
    if frame.select(odd.any()).item():
        frame = frame.with_columns(
            pl.when(odd)
            .then(pl.concat_str("questions", pl.lit(DIFFERS), separator="|", ignore_nulls=True))
            .otherwise("questions")
            .alias("questions"),
            (pl.col("quarantined").fill_null(value=False) | odd).alias("quarantined"),
        )
    return frame


def told_once(claims: pl.DataFrame, register: Register) -> pl.DataFrame:
    """The claims with answers that reach further than their own rows, this week and later.

    What the practice said about a status word of its own holds for every claim with that word, and what
    it said about a patient with an insurer for every claim of theirs.
    """
    if not register.past:
        return claims
    for column in PER_PATIENT:
        claims = _for_patient(claims, register, column)
    return _for_word(claims, register)


def _for_word(frame: pl.DataFrame, register: Register) -> pl.DataFrame:
    open_ = pl.col("status").is_null() & pl.col("status_as_written").is_not_null()
    topic = FROM_READING["unknown_status"]
    words = frame.filter(open_)["status_as_written"].unique()
    meant = {word: past for word in words if (past := register.supplied(topic, "word", word.strip().casefold()))}
    heard = {word: past for word, past in meant.items() if past.value in STATUS_LABEL}
    given = {
        word: (past.value, f'Status: "{word}" means {STATUS_LABEL[past.value]}, {_said(past)}')
        for word, past in heard.items()
    }
    rows = frame.with_row_index("at").filter(open_).select("at", "status_as_written").iter_rows()
    return _filled(frame, "status", {at: given[word] for at, word in rows if word in given})


def _for_patient(frame: pl.DataFrame, register: Register, column: str) -> pl.DataFrame:
    topics = [topic for topic in (missing(column), FROM_READING.get(f"{column}_suspect")) if topic is not None]
    if not any(past.code == topic.code for past in register.past.values() for topic in topics):
        return frame
    who = pl.coalesce("patient_id", "patient_name").alias("who")
    rows = (
        frame.with_row_index("at").filter(pl.col(column).is_null()).select("at", who, pl.col("insurer").fill_null(""))
    )
    dtype, given = frame.schema[column], {}
    for at, patient, insurer in rows.filter(pl.col("who").is_not_null()).iter_rows():
        found = (register.supplied(topic, "patient", patient, insurer) for topic in topics)
        past = next((one for one in found if one is not None), None)
        value = _typed(past.value, dtype) if past is not None else None
        if past is not None and value is not None:
            given[at] = (value, f"{HEADING[column]}: {_said(past)}")
    return _filled(frame, column, given)


def _filled(frame: pl.DataFrame, column: str, given: dict[int, tuple[Any, str]]) -> pl.DataFrame:
    if not given:
        return frame
    places = sorted(given)
    blank = pl.repeat(None, frame.height, dtype=pl.String, eager=True)
    marks = blank.clone().scatter(places, [given[at][1] for at in places])
    named = blank.clone().scatter(places, [column] * len(places))
    values = pl.Series([given[at][0] for at in places], dtype=frame.schema[column])
    return frame.with_columns(
        frame[column].scatter(places, values),
        pl.concat_str("marks", marks, separator="; ", ignore_nulls=True).replace("", None).alias("marks"),
        pl.concat_str("given", named, separator="|", ignore_nulls=True).replace("", None).alias("given"),
    )


def _said(past: PastQuestion) -> str:
    return f"{past.by or 'the practice'} gave it" + (f" on {past.on:%d %b %Y}" if past.on else "")
