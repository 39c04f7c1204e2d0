"""Claims: the practice's rules on every row, and what stops a rule from acting on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from billingkit.columns import MONEY
from billingkit.decisions.deciding import (
    CLAIM_DAYS,
    CONTACTS,
    ask_reasons,
    carried,
    decided,
    escalated,
    turned_to_ask,
    with_days,
    with_next,
)
from billingkit.decisions.rowwise import named_reason
from billingkit.decisions.setting import Setting
from billingkit.decisions.topics import FROM_READING, HEADING
from billingkit.terms import FINISHED

if TYPE_CHECKING:
    from datetime import date

FACTS: Final = (
    "on_hold", "status", "missing_details", "days_to_deadline", "days_to_deadline__special", "denial_route",
    "amount_outstanding", "days_past_first_check", "days_past_chase_interval", "days_past_chase_interval__special",
    "times_chased",
)  # fmt: skip


def decide_claims(facts: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """One decision per claim row, before its questions are known; `facts` carries the claim's columns too."""
    table = setting.policy.claim_rules
    asked = facts.select(FACTS)
    said = decided(table, asked, setting.as_of)
    said = said.with_columns(
        *facts.select(
            pl.col("claim_key").alias("key"), "source_file", "source_sheet", "source_row", "deadline", "deadline_kind",
            "deadline_source", "days_to_deadline", "days_to_deadline__special", "on_hold", "times_chased",
            pl.when("preauth").then(None).otherwise("outstanding").cast(MONEY).alias("amount"),
            _open_past(setting.as_of).alias("days_open_past_limit"),
        )
    )  # fmt: skip
    said = _stopped(said, facts, setting)
    said = ask_reasons(said, facts["causes"])
    said = said.with_columns(_reason(facts).alias("reason"), _why(facts).alias("why"))
    said = with_days(said, setting.policy, setting.as_of)
    said = carried(said, setting.history)
    said = escalated(said, setting.policy, setting.as_of)
    return with_next(said, asked, table, CLAIM_DAYS, setting.policy, setting.as_of)


def _open_past(as_of: date) -> pl.Expr:
    """Days a claim is open past the practice's limit; what asks for no money, or is decided, does not age."""
    since = pl.coalesce("first_submitted_date", "submitted_date", "service_date")
    days = (pl.lit(as_of) - since).dt.total_days() - pl.col("escalate_after")
    still = pl.col("preauth") | pl.col("status").is_in(FINISHED).fill_null(value=False)
    return pl.when(still).then(0).otherwise(days)


def _stopped(said: pl.DataFrame, facts: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """No rule acts on a row that could not be taken, or on a table whose totals do not add up."""
    table = setting.policy.claim_rules
    left_alone = said["action"] == "hold"
    doubtful = facts["quarantined"].fill_null(value=False) & ~left_alone
    reasons = _row_reasons(facts["questions"])
    said = turned_to_ask(said, doubtful, reasons, "the row is doubtful", table)
    wrong = setting.totals.wrong(facts, "claims") & said["action"].is_in(CONTACTS)
    text = pl.repeat(setting.totals.reason("claims"), said.height, dtype=pl.String, eager=True)
    return turned_to_ask(said, wrong, text, "the totals do not add up", table)


def _row_reasons(questions: pl.Series) -> pl.Series:
    """What we ask before anything is done with a row."""
    distinct = questions.unique().drop_nulls()
    plain = "This row could not be taken as it stands, so nothing is done with it before you have answered."
    said = {codes: _first_need(codes, plain) for codes in distinct}
    return (
        questions.replace_strict(said, default=plain, return_dtype=pl.String)
        if said
        else pl.repeat(plain, len(questions), dtype=pl.String, eager=True)
    )


def _first_need(codes: str, plain: str) -> str:
    needs = [FROM_READING[code].need for code in codes.split("|") if code in FROM_READING]
    named = [
        HEADING.get(code[8:], code[8:].replace("_", " ")).lower()
        for code in codes.split("|")
        if code.startswith("missing_") and code not in FROM_READING
    ]
    needs += [f"Not in the list: {', '.join(named)}."] if named else []
    return f"{' '.join(dict.fromkeys(needs))} Until then nothing is done with it." if needs else plain


def _reason(facts: pl.DataFrame) -> pl.Expr:
    """The rule's sentence, with the details that are missing and what the insurer said."""
    words = {word: f" Missing: {named_reason(word)}." for word in facts["missing"].unique() if word}
    lacking = (
        pl.lit(facts["missing"]).replace_strict(words, default="", return_dtype=pl.String) if words else pl.lit("")
    )
    told = pl.lit(facts["denial_meaning"])
    insurer = pl.format(" The insurer says: {}.", told).fill_null("")
    routed = pl.lit(facts["status"].is_in(["denied", "paid_short", "rejected"]).fill_null(value=False))
    nothing = pl.lit(facts["do_not_attach"]) & pl.col("action").is_in(["send_claim", "send_new_claim"])
    return pl.concat_str(
        pl.col("reason").fill_null(""),
        pl.when(pl.col("action") == "ask_practice").then(lacking).otherwise(pl.lit("")),
        pl.when(routed).then(insurer).otherwise(pl.lit("")),
        pl.lit(facts["cover_note"]).fill_null(""),
        pl.when(nothing).then(pl.lit(" Attach nothing: this insurer asks when it wants more.")).otherwise(pl.lit("")),
    )


def _why(facts: pl.DataFrame) -> pl.Expr:
    """The rule's conditions, then the deadline with where it comes from, then what the practice supplied."""
    day = pl.col("deadline").dt.strftime("%d %b %Y")
    deadline = pl.format("; {} deadline {} ({})", "deadline_kind", day, "deadline_source").fill_null("")
    marks = pl.format("; {}", pl.lit(facts["marks"])).fill_null("")
    return pl.concat_str("why", deadline, marks)
