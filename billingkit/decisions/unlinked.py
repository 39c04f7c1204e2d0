"""Claims that nobody can link to an account: asked about by name, and an answer covers no later claim."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from billingkit.decisions.asking import Raised, Register
from billingkit.decisions.rowwise import about
from billingkit.decisions.topics import WHOSE_CLAIMS
from billingkit.terms import PRIORITIES

if TYPE_CHECKING:
    from billingkit.decisions.setting import Setting


NEEDED: Final = (
    "claim_key", "claim_id", "patient_name", "insurer", "service_date", "billed", "outstanding",
    "source_file", "source_sheet", "source_row",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unlinked:
    """The question of each such claim, by claim key; `stopping` are the claims that stop every statement."""

    by_key: Mapping[str, Raised]
    stopping: frozenset[str]


def settled_claims(keys: Iterable[str], register: Register) -> frozenset[str]:
    """The claims of which the practice said that they belong to no account."""
    if not any(past.code == WHOSE_CLAIMS.code for past in register.past.values()):
        return frozenset()
    told = ((key, register.batch_answer(WHOSE_CLAIMS, key)) for key in keys)
    return frozenset(key for key, past in told if past is not None and past.answer == "correct as it is")


def unlinked(facts: pl.DataFrame, said: pl.DataFrame, stopping: frozenset[str], setting: Setting) -> Unlinked:
    """The claims without a patient: those that stop statements, and those of which a hold cannot be told.

    What was asked together stays one question; a claim that comes later is asked about on its own.
    """
    waits = (
        pl.lit(said["asked"])
        & pl.col("causes").str.contains("=claims.patient_id", literal=True)
        & ~pl.col("quarantined").fill_null(value=False)
    )
    rows = facts.filter(waits | pl.col("claim_key").is_in(sorted(stopping))).select(*NEEDED)
    refs = setting.register.batches(WHOSE_CLAIMS, rows["claim_key"])
    asked = (row for row in rows.iter_rows(named=True) if row["claim_key"] in refs)
    found = {row["claim_key"]: _raised(row, refs[row["claim_key"]], setting) for row in asked}
    return Unlinked(found, stopping)


def _raised(row: dict[str, Any], ref: str, setting: Setting) -> Raised:
    amount = row["outstanding"] if row["outstanding"] is not None else row["billed"]
    return Raised(
        WHOSE_CLAIMS,
        ref,
        row["claim_key"],
        about(row, "claims", setting.policy),
        amount,
        setting.sheets.cell(row, "patient_id"),
        PRIORITIES[-1],
    )
