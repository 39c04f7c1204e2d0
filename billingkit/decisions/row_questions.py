"""What one row asks: what stands doubtful in it, what a rule could not tell, what a rule hands to the practice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from billingkit.decisions.deciding import TO_PRACTICE
from billingkit.decisions.denials import denial
from billingkit.decisions.rowwise import key_of, lacking, parts_of, read_questions
from billingkit.decisions.setting import Setting
from billingkit.decisions.topics import (
    BLANK_GUARANTOR,
    CREDITS,
    DECIDE,
    WHOSE_CLAIMS,
    Topic,
    decision,
    gap,
    missing,
)
from billingkit.decisions.topics import setting as setting_topic

if TYPE_CHECKING:
    from billingkit.history import PastQuestion

Found = tuple[Topic, tuple[str, ...]]
UNSURE: Final = {
    "claims.patient_id": (WHOSE_CLAIMS, ("claims",)),  # each claim by its own key: see `unlinked`
    "balances.guarantor_name": (BLANK_GUARANTOR, ("balances",)),
}
NOTHING: Final = "Tell us how to go on."
REASON: Final = "decide_reason"
# Questions that a value settles only where the row then adds up, or the practice's agreement carries it.
STILL_OPEN: Final = (
    "future_date",
    "submitted_before_service",
    "paid_exceeds_billed",
    "ambiguous_date",
    "answer_differs",
)
# What a question is made from: the row's own words, and what was decided about it.
NEEDED: Final = (
    "claim_key", "account_key", "claim_id", "patient_id", "patient_name", "insurer", "service_date", "status_as_written",
    "outstanding", "billed", "balance", "patient_due", "insurer_request", "questions", "quarantined", "missing", "causes", "differs",
    "source_file", "source_sheet", "source_row", "reason_codes",
)  # fmt: skip
SAID: Final = (
    "action", "asked", "unknown", "answered", "reason", "amount", "priority", "level", "deadline", "deadline_source", "due",
    "deadline_kind", "rule",
)  # fmt: skip
DECIDED: Final = tuple(word for word in TO_PRACTICE if word not in ("ask", "hold_and_tell"))


def busy_rows(facts: pl.DataFrame, said: pl.DataFrame) -> pl.Series:
    """The rows that may have something to ask."""
    return said.select(
        (
            pl.lit(facts["questions"].replace("", None)).is_not_null()
            | pl.lit(facts["quarantined"].fill_null(value=False))
        )
        | (pl.col("action").is_in(TO_PRACTICE) & (pl.col("action") != "hold_and_tell"))
    ).to_series()


def heard(
    topic: Topic, parts: tuple[str, ...], row: dict[str, Any], table: str, setting: Setting
) -> PastQuestion | None:
    """The practice's answer to one question of a row, where it is one that somebody can go by."""
    register = setting.register
    if topic.joins == "batch":
        return register.decided(register.batch_answer(topic, key_of(row, table)))
    past = register.decided(register.answer(topic, *parts))
    if past is not None and past.answer == "supplied" and topic.code in STILL_OPEN:
        return None
    # that a value is correct settles the doubt, not what is then to be done
    return None if past is not None and past.answer == "correct as it is" else past


def of_row(
    row: dict[str, Any], its: dict[str, Any], table: str, setting: Setting, *, off: bool
) -> Iterable[tuple[Topic, tuple[str, ...], str]]:
    """Every question of a row: its topic, what tells it from others of the topic, the address of its cell.

    `off` says that the practice wants nothing done for patients: then a row asks only where it could not be taken.
    """
    where = setting.sheets
    if off and not row["quarantined"]:
        return
    doubts = list(read_questions(row, table, where))
    yield from doubts
    if its["asked"] and not row["quarantined"]:
        for _, cause in causes_of(its, row):
            topic = _own(cause, row, table, setting)
            if topic is not None:
                yield topic, parts_of(topic, row, table), where.cell(row, topic.column)
    if its["action"] in DECIDED:
        if its["action"] == "ask_practice" and table == "claims" and row["missing"]:
            # A number that is asked about because it looks wrong is not asked for once more because it is missing.
            asked = {
                topic.column
                for topic, parts, _ in doubts
                if topic.joins == "patient" and heard(topic, parts, row, table, setting) is None
            }
            yield from (one for one in lacking(row, where, _providers(setting)) if one[0].column not in asked)
        else:
            topic = _decision(its, row, table)
            yield topic, parts_of(topic, row, table), where.cell(row, "status" if table == "claims" else "patient_due")


def _decision(its: dict[str, Any], row: dict[str, Any], table: str) -> Topic:
    """The question behind a decision that a rule hands to the practice."""
    if _credit(its, table):
        return CREDITS
    topic = decision(its["action"], _sentence(its, row), table)
    if its["action"] == "refer" and its["deadline_kind"] not in (None, "filing"):
        return replace(
            topic,
            need=f"The last day for this claim ({its['deadline_kind']}) has passed. Tell us what was sent before it, and how to go on.",
        )
    if topic.need == NOTHING:
        return replace(topic, need=its["reason"], why=f"Your agreement leaves this to you (rule {its['rule']}).")
    return topic


def _credit(its: dict[str, Any], table: str) -> bool:
    return table == "balances" and its["action"] == "ask_practice" and its["amount"] is not None and its["amount"] < 0


def _sentence(its: dict[str, Any], row: dict[str, Any]) -> str:
    said = str(its["reason"])
    request = row.get("insurer_request")
    return f"{said} The insurer asked for: {request}" if its["action"] == "get_information" and request else said


def _providers(setting: Setting) -> dict[str, str]:
    return {rule.column: rule.provides for rule in setting.policy.required}


def causes_of(its: dict[str, Any], row: dict[str, Any]) -> list[tuple[str, str]]:
    """(fact, where) for each fact that kept the rules from deciding."""
    unknown = set((its["unknown"] or "").split("|"))
    pairs = [part.partition("=") for part in (row["causes"] or "").split("|") if part]
    return [(fact, where) for fact, _, where in pairs if fact in unknown]


def _own(cause: str, row: dict[str, Any], table: str, setting: Setting) -> Topic | None:
    """The row's own topic for a cause; None where it is asked once for all."""
    if asked_once(cause, row["source_file"], setting) is not None:
        return None
    where, _, column = cause.partition(".")
    topic = (cause == "claims.reason_codes" and _reason(row.get("reason_codes"))) or missing(column, table=where)
    return topic if where == table else replace(topic, subject="account")


def _reason(codes: str | None) -> Topic | None:
    """What a reason that we know asks, where it does not say by itself what to do; else the reason is asked for."""
    known = denial(codes) if codes else None
    if known is None or known.unread or not known.ask:
        return None
    why = f"The insurer says: {known.meaning}. What is to be done hangs on this."
    return Topic(REASON, known.ask, why, answers=DECIDE, column="reason_codes")


def asked_once(cause: str, file: str, setting: Setting) -> Found | None:
    """The one question for the practice that a cause comes to; None where each row asks for itself."""
    where, _, column = cause.partition(".")
    if where == "policy":
        return setting_topic(column), (column,)
    if file in setting.layout.absent.get((where, column), frozenset()):
        return gap(where, column), (where, column)
    return UNSURE.get(cause)
