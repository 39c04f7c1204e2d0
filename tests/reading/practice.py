"""A practice's policy for tests, made straight from what its manager told us in about.json."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from billingkit.policy.agreement import (
    ColumnHeading,
    IdRule,
    Insurer,
    Policy,
    Practice,
    SourceNote,
    StatusWord,
    Wording,
)
from billingkit.policy.wording import SHIPPED_WORDING

CURRENCY = {"UK": "GBP", "US": "USD"}
# The practice's words, where they say more than the coarse meaning in about.json.
FINER = {
    "Re-sent": "resubmitted",
    "Resubmitted": "resubmitted",
    "Info requested": "info_requested",
    "Denied - appeal": "denied",
    "Hold": "held_primary",
    "WaitQ": "ready",
}
COARSE = {
    "not_sent": "draft",
    "on_hold": "held",
    "submitted": "submitted",
    "received": "received",
    "pending": "pending",
    "rejected": "rejected",
    "part_paid": "paid_short",
    "paid": "paid",
    "closed": "closed",
}
TRUTH = {
    "draft": "not_sent",
    "ready": "not_sent",
    "held": "on_hold",
    "held_primary": "on_hold",
    "resubmitted": "submitted",
    "info_requested": "pending",
    "denied": "rejected",
    "paid_short": "part_paid",
}
SIGNS = {
    "Sent date present": ("(any date)", "submitted", "Sent"),
    "Re-Sent date present": ("(any date)", "resubmitted", "Re-Sent"),
    "On Hold date present": ("(any date)", "held", "On Hold"),
    "* on the amount": ("*", "paid_short", None),
    "(blank TrackStat)": ("(blank)", "submitted", "TrackStat"),
}


def policy(
    *,
    practice: Practice | None = None,
    insurers: tuple[Insurer, ...] = (),
    sources: tuple[SourceNote, ...] = (),
    ids: tuple[IdRule, ...] = (),
    words: tuple[StatusWord, ...] = (),
    headings: tuple[ColumnHeading, ...] = (),
    wording: tuple[Wording, ...] = SHIPPED_WORDING,
) -> Policy:
    """A policy in which only what reading needs is filled in."""
    blank: Any = None
    return Policy(
        practice=practice or Practice(),
        agreements=(),
        insurers=insurers,
        required=(),
        attachments=(),
        sources=sources,
        ids=ids,
        status_words=words,
        column_headings=headings,
        wording=wording,
        claim_rules=blank,
        balance_rules=blank,
        escalation_rules=blank,
        guarantees=(),
        calendar=blank,
        measures=(),
        hash="test",
    )


def from_about(about: dict[str, Any], sources: tuple[SourceNote, ...] = ()) -> tuple[Policy, date]:
    """The policy that a practice's answers come to, and the day of the run."""
    words = []
    for word, meaning in about["status_meanings"].items():
        coarse = meaning.split(" (")[0]
        written, status, where = SIGNS.get(word, (word, FINER.get(word, COARSE[coarse]), None))
        words.append(StatusWord(written, status, where))
    agreed = tuple(
        Wording(phrase, category, "patient contact")
        for category, phrases in about["sensitive_agreed"].items()
        if not category.startswith("_")
        for phrase in phrases
    )
    rule = about.get("member_id_rule", "")
    made = policy(
        practice=Practice(
            name=about["practice"],
            code=about["practice_id"],
            currency=CURRENCY[about["country"]],
            date_order=about["date_order"].replace("-", " "),
        ),
        sources=sources,
        ids=(IdRule("member_id", int("".join(c for c in rule if c.isdigit())), True),) if rule else (),
        words=tuple(words),
        wording=(*SHIPPED_WORDING, *agreed),
    )
    return made, date.fromisoformat(about["as_of"])


def load(path: Any) -> dict[str, Any]:
    """A JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))
