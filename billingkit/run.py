"""One run: a practice's week prepared, reviewed, written out, and remembered."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from billingkit.decided import Review
from billingkit.preparing import Prepared
from billingkit.summary import summarise
from billingkit.terms import PRACTICE_SIDE
from billingkit.writing import write


@dataclass(frozen=True, repr=False)
class Run:
    """A reviewed week, with what an analyst asks of it."""

    prepared: Prepared
    review: Review
    written: dict[str, Path] = field(default_factory=dict)

    @property
    def actions(self) -> pl.DataFrame:
        """One row per claim and account: action, owner, dates, reason, rule.

        `owner` is "practice", "billing team" or "team lead"; `owner_role` and `owner_name` say who exactly.
        """
        role = pl.col("owner_role")
        practice = pl.when(role.is_in(PRACTICE_SIDE)).then(pl.lit("practice")).otherwise(role)
        rows = pl.concat([self.review.claims, self.review.balances])
        return rows.with_columns(practice.alias("owner"), pl.col("owner").alias("owner_name"))

    def explain(self, claim_or_account: str) -> str:
        """Every rule tried for one claim or account: yes, no or cannot tell, and why not today."""
        from billingkit.decisions import explain

        return explain(self.review, claim_or_account)

    @cached_property
    def summary(self) -> dict[str, Any]:
        """Counts only: what was read, decided and asked."""
        return summarise(self.review)

    def write(self, out: str | Path | None = None, *, no_names: bool = False) -> dict[str, Path]:
        """Write the practice pack and the team worklist, record the run, and say where they are."""
        return write(self, Path(out) if out else None, no_names=no_names)

    def __repr__(self) -> str:
        """Counts only, as the table that a notebook shows."""
        summary = self.summary
        counts = ", ".join(f"{summary[name]} {name}" for name in ("claims", "balances", "questions", "holds"))
        return f"<review of {summary['as_of']}: {counts}>"

    def _repr_html_(self) -> str:
        from billingkit.show.week import summary_table

        return summary_table(self.summary)


def review(prepared: Prepared) -> Run:
    """Decide every row of a prepared week."""
    from billingkit.decisions import review as decide

    decided = decide(
        prepared.week,
        prepared.policy,
        prepared.history,
        prepared.as_of,
        payments_to=prepared.payments_to,
    )
    return Run(prepared, decided)
