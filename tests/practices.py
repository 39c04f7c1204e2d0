"""A practice's policy workbook for tests, filled in from what its manager told us in about.json."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from billingkit.policy.agreement import ColumnHeading, IdRule, SourceNote, StatusWord, Wording
from billingkit.templates import write_policy

COUNTRY = {"UK": ("GB", "ENG", "GBP", "Europe/London"), "US": ("US", None, "USD", "America/New_York")}
# Where the practice's own word says more than the coarse meaning beside it.
FINER = {
    "Re-sent": "resubmitted",
    "Resubmitted": "resubmitted",
    "Info requested": "info_requested",
    "Query": "info_requested",
    "Query raised": "info_requested",
    "Denied - appeal": "denied",
    "Declined": "denied",
    "Hold": "held_primary",
    "WaitQ": "ready",
    "To send": "ready",
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
SIGNS = {
    "Sent date present": StatusWord("(any date)", "submitted", "Sent"),
    "Re-Sent date present": StatusWord("(any date)", "resubmitted", "Re-Sent"),
    "On Hold date present": StatusWord("(any date)", "held", "On Hold"),
    "* on the amount": StatusWord("*", "paid_short"),
    "(blank TrackStat)": StatusWord("(blank)", "submitted", "TrackStat"),
}
SOURCES = {
    "P01": (
        SourceNote("Outstanding Insurance Claims", "claims", amount_is="billed"),
        SourceNote("AGING OF ACCOUNTS RECEIVABLE", "balances"),
    ),
    "P02": (SourceNote("Claims 2026", "claims"), SourceNote("Debtors", "balances"), SourceNote("READ ME", "ignore")),
    "P03": (SourceNote("INSAGING.xlsx", "claims", amount_is="outstanding"),),
    "P04": (SourceNote("insurance_claims", "claims"), SourceNote("invoices", "balances", owes_is="negative")),
}
HEADINGS = {
    "P03": (ColumnHeading("Tracer", "last_contact_date"), ColumnHeading("ID Number", "claim_id")),
}


def policy_from_about(about: dict[str, Any] | Path, path: Path) -> Path:
    """Write the policy that a practice's answers come to; gives the path back."""
    if isinstance(about, Path):
        about = json.loads(about.read_text(encoding="utf-8"))
    country, region, currency, zone = COUNTRY[about["country"]]
    days = about["timeframes"]
    as_of = date.fromisoformat(about["as_of"])
    member = "".join(sign for sign in about.get("member_id_rule", "") if sign.isdigit())
    write_policy(
        path,
        settings={
            "Practice name": about["practice"],
            "Practice code": about["practice_id"],
            "Currency": currency,
            "Date order": about["date_order"].replace("-", " "),
            "Decimal sign": ".",
            "Time zone": zone,
            "Patient side": True,
            "Minimum balance": about["balance_rules"]["statement_at"],
            "First check after (days)": days["first_follow_up_days"],
            "Chase every (days)": days["repeat_every_days"],
            "Escalate after (days)": days["escalate_after_days"],
            "Filing limit (days)": days["insurer_deadline_days_from_service"],
            "Contact name": about["contact"]["name"],
            "Contact role": about["contact"]["role"],
            "Contact email": about["contact"]["email"],
        },
        country=country,
        region=region,
        years=(as_of.year - 1, as_of.year, as_of.year + 1),
        status_words=[_status_word(word, meaning) for word, meaning in about["status_meanings"].items()],
        wording=[
            Wording(phrase, category, "patient contact")
            for category, phrases in about["sensitive_agreed"].items()
            if not category.startswith("_")
            for phrase in phrases
        ],
        sources=SOURCES[about["practice_id"]],
        column_headings=HEADINGS.get(about["practice_id"], ()),
        ids=[IdRule("member_id", int(member), None)] if member else (),
    )
    return path


def _status_word(word: str, meaning: str) -> StatusWord:
    coarse = meaning.split(" (", maxsplit=1)[0]
    return SIGNS.get(word) or StatusWord(word, FINER.get(word, COARSE[coarse]))
