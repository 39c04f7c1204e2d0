"""A review in numbers: rows read, decisions, questions, holds; no patient's name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from billingkit.decided import Review
from billingkit.week import ControlTotal, Week


def summarise(review: Review) -> dict[str, Any]:
    """Counts of a review, with no patient's name: rows, decisions, questions, holds, money."""
    actions = pl.concat([review.claims, review.balances]).group_by("action").len().sort("action")
    return {
        "practice": review.policy.practice.name or review.policy.practice.code or "",
        "as_of": review.as_of.isoformat(),
        "tables": tables_read(review.week),
        "claims": review.claims.height,
        "balances": review.balances.height,
        "actions": dict(actions.iter_rows()),
        "questions": len(review.listed),
        "urgent": sum(question.priority == "Urgent" for question in review.questions),
        "holds": len(review.holds),
        "problems": len(review.week.problems),
        "notices": list(review.notices),
    }


def tables_read(week: Week) -> list[dict[str, Any]]:
    """The law of rows for each table of the week: rows = accepted + quarantined + ignored."""
    return [
        {
            "file": table.file,
            "sheet": table.sheet,
            "holds": table.holds,
            "rows": table.rows,
            "accepted": table.accepted,
            "quarantined": table.quarantined,
            "ignored": dict(sorted(table.ignored.items())),
            "totals match": all(total.matches for total in table.control_totals),
            "totals unread": _unread(table.control_totals),
        }
        for table in week.tables
    ]


def _unread(totals: Sequence[ControlTotal]) -> bool:
    """Whether totals differ, and every one that does lacks amounts that could not be read."""
    differing = [total for total in totals if not total.matches]
    return bool(differing) and all(total.unread for total in differing)
