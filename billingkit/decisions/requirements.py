"""Is a claim ready to go: the details and attachments it must have, by procedure, cover, status and insurer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from billingkit.decisions.codes import meeting
from billingkit.decisions.deadlines import folded
from billingkit.decisions.layout import Layout
from billingkit.terms import NOT_SENT

if TYPE_CHECKING:
    from billingkit.policy.agreement import AttachmentRule, Policy, RequiredDetail

# Attachments travel with a sending, so they are looked for before one.
BEFORE_SENDING: Final = (*NOT_SENT, "rejected", "not_found")
Settled = Callable[[str], bool]  # whether the practice said that its claims have a column the export lacks


@dataclass(frozen=True, slots=True)
class Missing:
    """What is missing on one claim, and who supplies it: (canonical column, role, kind of attachment)."""

    column: str
    provides: str
    kind: str = ""

    def word(self) -> str:
        """The detail as it is written in `missing`."""
        return f"{self.column}:{self.kind}" if self.kind else self.column


def with_requirements(claims: pl.DataFrame, policy: Policy, layout: Layout, settled: Settled) -> pl.DataFrame:
    """Each claim with `missing_details` (yes, no, null where it cannot be told), `missing` and `missing_unsure`.

    `missing` names the details that are certainly missing, `missing_unsure` those that nobody can tell,
    both joined by `|`; `do_not_attach` is true where the insurer wants nothing sent with it.
    """
    checks = [*_details(claims, policy, layout, settled), *_attachments(claims, policy, layout, settled)]
    columns = {f"_{place}": series for place, (_, series) in enumerate(checks)}
    frame = claims.with_columns(**columns, do_not_attach=_unwanted(claims, policy.attachments))
    sure = [pl.when(pl.col(name)).then(pl.lit(checks[at][0].word())) for at, name in enumerate(columns)]
    unsure = [pl.when(pl.col(name).is_null()).then(pl.lit(checks[at][0].word())) for at, name in enumerate(columns)]
    frame = frame.with_columns(_joined(sure).alias("missing"), _joined(unsure).alias("missing_unsure"))
    answer = (
        pl.when(pl.col("missing") != "")
        .then(pl.lit("yes"))
        .when(pl.col("missing_unsure") == "")
        .then(pl.lit("no"))
        .otherwise(pl.lit(None, dtype=pl.String))
    )
    return frame.with_columns(answer.alias("missing_details")).drop(columns)


def _joined(parts: Sequence[pl.Expr]) -> pl.Expr:
    return pl.concat_str(parts, separator="|", ignore_nulls=True) if parts else pl.lit("")


def _details(claims: pl.DataFrame, policy: Policy, layout: Layout, settled: Settled) -> list[tuple[Missing, pl.Series]]:
    return [
        (Missing(rule.column, rule.provides), _detail(claims, rule, layout, settled))
        for rule in policy.required
        if rule.column in claims.columns
    ]


def _detail(claims: pl.DataFrame, rule: RequiredDetail, layout: Layout, settled: Settled) -> pl.Series:
    applies = pl.lit(meeting(claims, rule.codes))
    if rule.coverage:
        applies &= pl.col("coverage").is_in(rule.coverage)
    if rule.statuses:
        applies &= pl.col("status").is_in(rule.statuses)
    return claims.with_columns(_lacks(applies, rule.column, layout, settled).alias("lacks"))["lacks"]


def _lacks(applies: pl.Expr, column: str, layout: Layout, settled: Settled) -> pl.Expr:
    """Required and not there: true, false, or null where the rule may apply or the export never shows it."""
    blank = pl.col(column).is_null()
    if layout.lacks("claims", column):
        unseen = pl.lit(value=False) if settled(column) else pl.lit(None, dtype=pl.Boolean)
        blank = pl.when(layout.gap("claims", column) & blank).then(unseen).otherwise(blank)
    return applies & blank


def _attachments(
    claims: pl.DataFrame, policy: Policy, layout: Layout, settled: Settled
) -> list[tuple[Missing, pl.Series]]:
    unwanted = _unwanted(claims, policy.attachments)
    found: list[tuple[Missing, pl.Series]] = []
    for rule in policy.attachments:
        if rule.need != "required":
            continue
        applies = pl.lit(meeting(claims, rule.codes)) & pl.col("status").is_in(BEFORE_SENDING) & ~pl.lit(unwanted)
        if rule.insurer:
            applies &= folded("insurer") == " ".join(rule.insurer.lower().split())
        if rule.coverage:
            applies &= pl.col("coverage").is_in(rule.coverage)
        absent = ~pl.lit(_attached(claims["attachments"], rule.kind))
        wanted = _lacks(applies, "attachments", layout, settled) | (applies & absent)
        series = claims.with_columns(wanted.alias("lacks"))["lacks"]
        found.append((Missing("attachments", "named contact", rule.kind), series))
    return found


def _attached(attachments: pl.Series, kind: str) -> pl.Series:
    """Whether the list names the kind, wholly or by its plain name; true where there is no list to look in."""
    distinct = attachments.unique().drop_nulls()
    if distinct.is_empty():
        return pl.repeat(value=True, n=len(attachments), dtype=pl.Boolean, eager=True)
    wanted = kind.casefold()
    named = [[item.strip().casefold() for item in row.split("|") if item.strip()] for row in distinct]
    found = pl.Series([any(item in wanted or wanted in item for item in items) for items in named], dtype=pl.Boolean)
    return attachments.replace_strict(distinct, found, default=True, return_dtype=pl.Boolean)


def _unwanted(claims: pl.DataFrame, rules: tuple[AttachmentRule, ...]) -> pl.Series:
    """Where an insurer says: send nothing unless asked. It outranks what holds for every insurer."""
    told = pl.lit(value=False)
    for rule in rules:
        if rule.need == "do not send" and rule.insurer:
            mine = folded("insurer") == " ".join(rule.insurer.lower().split())
            told |= (pl.lit(meeting(claims, rule.codes)) & mine).fill_null(value=False)
    return claims.with_columns(told.alias("told"))["told"]
